"""Write docs/published_averages.md: averages published elsewhere beside ours, and what lies between them.

The published figures come from `spec/published_averages.csv` of the shared folder and from `published_more.csv` beside
this script; everything else is computed. Run it again after every change of law, data or method: one command, less than
a minute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from _shared import ROOT, arguments, read_text_csv
from detente.lab.ground.reconciliation import Published, Reconciled, reconcile

PAGE = ROOT / "docs" / "published_averages.md"
UNITS = {
    "level": "average",
    "partner_level": "average of one partner",
    "realised": "collected",
    "change_pp": "change",
    "partner_change_pp": "change, Canada",
}
HEAD = """\
# Published averages beside ours

Others publish averages of the duties on US imports too. Each answers a question of its own: some weigh with trade
after buyers have answered, some with the claims of a treaty before the duties made claiming worth while, some count law
that is announced. This page holds {count} figures against ours on the same law, and says what lies between the two.

"Ours" is the headline of `detente average` on the day: effective law, goods with a tariff line, trade of 2024, USMCA
claims of late 2025, no substitution. Where it misses a figure by more than the tolerance, the second table walks from
ours to the figure: every step changes one choice and keeps those before it, and the steps and the rest sum to the gap.
A step says what a choice moves, not that the publisher made it; the rest is what we cannot name.

Of the {count} figures {inside} lie within their tolerance, {explained} more do once the steps are taken, and {open}
keep a rest outside it. All numbers are per cent of customs value and points. The page is written by
`tools/write_published_averages.py`.

| no. | source | law of | what | published | ours | gap | tolerance | verdict |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""
MIDDLE = """
## From ours to theirs

| no. | step | points |
| --- | --- | --- |
"""
END = """
## What the steps are

| step | what it changes |
| --- | --- |
| over all imports | imports of chapters 98 and 99, which mostly owe nothing, count in the denominator |
| USMCA claims of 2024 | Canada and Mexico claim the treaty for as much of each line as in 2024; later for far more |
| the act began some days later than announced | the day of the law is that on which it did |
| texts out by that day only | relief published later with effect from before is not counted |
| announced rates, letters, the pause | law that had been announced for a later day counts in full |
| the publisher's method of that spring | Yale went from 17.8 to 15.6 in two reports while the law added 0.8 |
| electronics carved out more widely | Yale gave up a wider exemption on 15 April 2025; 27 became 28 by it |
| substitution, as the publisher gives it | the average after consumption shifts less that before, of one report |
| substitution, import-demand elasticity 2 | each flow shrinks with its own duty, as in `--definition post` |
| without exclusions | goods excluded from US section 301 duties, or from China's answers to them, owe these duties |
| base duty of the schedule | no preference or other exemption from the base duty is claimed |
| trade of 2017 | the weights of `--weights 2017` |
| the exporter's sales | sectors weigh as in all the exporter sells abroad (`icio-2022`); PIIE does by HS6 |
| each subheading at the highest duty | averages by HS6 cannot see lines, nor the metal in a good |
| weights and method, as on 14 February 2020 | what lay between PIIE's 19.3 and 20.3 and ours when the law was old |
| codes listed for civil aircraft exempt | Waugh's account: the exemption by use is taken for every listed code |
| switchboards taken for car parts | the same account: 0.19 points |
| collected | what customs took in over imports of the month: delays, claims and buyers' answers are in it |
| receipts of the month after | the Treasury's receipts, where duty on the month's entries is not on record |

Three steps use a figure of the publisher beside the one explained: Yale's spring method, which rests on no. 42, its
substitution, and PIIE's February 2020.
"""


def published(path: Path) -> Iterator[Published]:
    """The figures of a list."""
    for row in read_text_csv(path).iter_rows(named=True):
        yield Published(
            source=re.sub(r"[,\s]+$", "", row["source"]),
            regime=row["regime_date"],
            value=float(row["value_pct"]) / 100.0,
            tolerance=float(row["tolerance_pp"]) / 100.0,
            unit=row["unit"],
            substitution=row["substitution"] or "",
            note=row["note"] or "",
        )


def verdict(figure: Reconciled) -> str:
    """Inside, explained or open."""
    return "inside" if figure.inside else "explained" if figure.explained else "rest"


def summary(number: int, figure: Reconciled) -> str:
    """Row of the first table."""
    one = figure.published
    gap = (one.value - figure.ours) * 100
    cells = (number, one.source, one.regime, UNITS[one.unit], f"{one.value * 100:.2f}", f"{figure.ours * 100:.2f}")
    return _row(*cells, f"{gap:+.2f}", f"{one.tolerance * 100:g}", verdict(figure))


def walk(number: int, figure: Reconciled) -> Iterator[str]:
    """Rows of the second table."""
    for name, points in figure.steps:
        yield _row(number, name, f"{points * 100:+.2f}")
    yield _row(number, "rest", f"{figure.rest * 100:+.2f}")


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def main() -> None:
    options = arguments(__doc__ or "")
    lists = (options.shared / "spec" / "published_averages.csv", ROOT / "tools" / "published_more.csv")
    figures = [reconcile(one) for path in lists for one in published(path)]
    names = [verdict(figure) for figure in figures]
    counts = {"inside": names.count("inside"), "explained": names.count("explained"), "open": names.count("rest")}
    numbered = list(enumerate(figures, start=1))
    parts = [HEAD.format(count=len(figures), **counts), *(summary(n, f) for n, f in numbered), MIDDLE]
    parts += [row for number, figure in numbered if not figure.inside for row in walk(number, figure)]
    PAGE.write_text("".join([*parts, END]), encoding="utf-8")
    print(f"{PAGE.name}: {len(figures)} figures, " + ", ".join(f"{count} {name}" for name, count in counts.items()))


if __name__ == "__main__":
    main()
