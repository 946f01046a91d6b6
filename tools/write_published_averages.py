"""Write docs/published_averages.md and docs/definitions.md: figures of others beside ours, and how each counts.

Definitions and figures are those of `data/definitions/`; everything else is computed. Run it again after every change
of law, data or method: one command, some minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from _shared import ROOT
from detente.data.definitions import PublishedFigure, Publisher, definitions, published_figures
from detente.lab.averages import waterfall
from detente.lab.averages.definitions import choices, figure_choices, value_of, value_of_figure

PAGES = {name: ROOT / "docs" / f"{name}.md" for name in ("published_averages", "definitions")}
UNITS = {
    "level": "average",
    "partner_level": "average of one partner",
    "realised": "collected",
    "change_pp": "change",
    "partner_change_pp": "change, one partner",
}
MET = 0.005
END, DAY = date.max, timedelta(1)
SMALLEST = 5e-5
HEAD = """\
# Published averages beside ours

Others publish averages of the duties on US imports too. Each answers a question of its own: some weigh with trade
after buyers have answered, some with the claims of a treaty before the duties made claiming worth while, some count law
that is announced. This page holds {count} figures against ours on the same law, and against ours counted as they do:
`detente average --publisher NAME` ([how each counts](definitions.md)).

"Ours" is the headline of `detente average` on the day. "As they count" makes every choice of the publisher that we know
or guess; no constant is set so that a figure is met. A figure is met where the two lie within half a point.

Of the {count} figures {met} are met; {gap} are not, with the reason under the table. A star marks the {outside} figures
from outside the list that the choices were first made from; {outside_met} of them are met. Some guesses were made with
figures in sight, and say so. All numbers are per cent of customs value and points. The page is written by
`tools/write_published_averages.py`.

| no. | publisher | law of | said | what | published | ours | as they count | rest | verdict |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""
MIDDLE = """
## From ours to theirs

Every step makes one choice of the publisher and keeps those before it; steps and rest sum to published less ours.
Figures with a star are walked to in one step.

| no. | step | points |
| --- | --- | --- |
"""
REASONS = """
## Why a rest is left

| no. | reason |
| --- | --- |
"""
DEFINITIONS = """\
# Definitions of the average by name

`detente average --publisher NAME` counts as a publisher does; `detente data list publishers` shows all of them. What is
given beside it goes before the publisher's choice, and the first line says so: `--weights`, `--claims`, `--scope`,
`--reading`, `--set`, `--partner`.
The table `after_substitution` has the average as the publisher takes it once buyers move. In Python it is
`dt.average(publisher="yale")`, in the interface `/api/v1/average?publisher=yale`. In a scenario
`record: {definition: yale}` puts the number among those of others in its report.

One file a publisher lies in `data/definitions/`; a new publisher is one more file. What is guessed says so. Figures of
a publisher's own that serve a reconciliation alone stand under `theirs` and enter no average.

The page is written by `tools/write_published_averages.py`; the figures are on [their own page](published_averages.md).
"""


@dataclass(frozen=True)
class Row:
    """A figure beside ours, with the average after each choice of its publisher."""

    number: int
    figure: PublishedFigure
    steps: tuple[tuple[str, float], ...]

    @property
    def ours(self) -> float:
        """Our headline, share."""
        return self.steps[0][1]

    @property
    def rest(self) -> float:
        """What the publisher's choices leave, share."""
        return self.figure.value - self.steps[-1][1]

    @property
    def met(self) -> bool:
        """Whether the rest is within half a point."""
        return abs(self.rest) <= MET + 1e-12

    @property
    def verdict(self) -> str:
        """Met, or that a reason is given."""
        return "met" if self.met else "reason below" if self.figure.gap else "open"


def _cells(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def steps_of(figure: PublishedFigure) -> tuple[tuple[str, float], ...]:
    """The walk to a figure; to one that checks the choices from outside, in one step."""
    if not figure.outside:
        steps = waterfall.walk(*figure_choices(figure), value_of, 0.0, "")
        return (("", steps.ours), *((bar.words, bar.level) for bar in steps.steps))
    return (("", value_of(figure_choices(figure)[0])), ("its choices together", value_of_figure(figure)))


def summary(row: Row) -> str:
    """Row of the first table."""
    one = row.figure
    number = f"{row.number}*" if one.outside else str(row.number)
    kind = UNITS[one.unit] + (", after substitution" if one.substitution == "post" else "")
    values = (one.value, row.ours, row.steps[-1][1])
    shown = (f"{value * 100:.2f}" for value in values)
    return _cells(number, one.who, one.law, one.report, kind, *shown, f"{row.rest * 100:+.2f}", row.verdict)


def walk(row: Row) -> Iterator[str]:
    """Rows of the second table."""
    for (_, before), (name, after) in zip(row.steps, row.steps[1:], strict=False):
        if abs(after - before) >= SMALLEST:
            yield _cells(row.number, name, f"{(after - before) * 100:+.2f}")
    yield _cells(row.number, "rest", f"{row.rest * 100:+.2f}")


def chapter(publisher: Publisher, rows: list[Row]) -> str:
    """What is said of one publisher."""
    today = [choice.words for choice in choices(publisher, END)]
    lines = [f"\n## {publisher.title}\n", f"`--publisher {publisher.name}`. Source: {publisher.source}.\n"]
    lines += [f"Chooses: {'; '.join(today) or 'every choice as ours'}.\n"]
    for change in publisher.changes:
        before = (choice.words for choice in choices(publisher, change.until - DAY))
        lines.append(f"Before {change.until}: {'; '.join(before)}.\n")
    missing = tuple(f"{lack.words}." for lack in publisher.missing)
    for head, sentences in (("Known", publisher.known), ("Guessed", publisher.guessed), ("Missing", missing)):
        if sentences:
            lines.append(f"{head}:\n\n" + "\n".join(f"- {sentence}" for sentence in sentences) + "\n")
    if rows:
        lines.append(f"Of {len(rows)} figures of its own {sum(row.met for row in rows)} are met within half a point.\n")
    return "\n".join(lines)


def main() -> None:
    rows = [Row(n, figure, steps_of(figure)) for n, figure in enumerate(published_figures(), start=1)]
    outside = [row for row in rows if row.figure.outside]
    counts = {
        "count": len(rows),
        "met": sum(row.met for row in rows),
        "gap": sum(not row.met for row in rows),
        "outside": len(outside),
        "outside_met": sum(row.met for row in outside),
    }
    parts = [HEAD.format(**counts), *map(summary, rows), MIDDLE]
    parts += [line for row in rows for line in walk(row)]
    parts += [REASONS, *(_cells(row.number, row.figure.gap) for row in rows if not row.met)]
    PAGES["published_averages"].write_text("".join(parts), encoding="utf-8")
    by_name = {name: [row for row in rows if row.figure.definition == name] for name in definitions()}
    text = DEFINITIONS + "".join(chapter(publisher, by_name[name]) for name, publisher in definitions().items())
    PAGES["definitions"].write_text(text, encoding="utf-8")
    print(", ".join(f"{value} {name}" for name, value in counts.items()))


if __name__ == "__main__":
    main()
