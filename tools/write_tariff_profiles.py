"""Write docs/tariff_profiles.md: our averages of most-favoured-nation duties beside those of the WTO.

Published figures are those of `tariff_profiles.csv` beside this script, each with its source; ours are computed from
the schedules of the package, by subheading, with duties by quantity at their equivalents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import polars as pl

from _shared import LAWBOOKS, ROOT, read_text_csv
from detente.data.importer_flows import REST, by_subheading, country_flows, mixes
from detente.data.tables import countries

PAGE = ROOT / "docs" / "tariff_profiles.md"
PUBLISHED = Path(__file__).with_name("tariff_profiles.csv")
AT_LINES = ("JPN", "EU27", "GBR", "BRA", "AUS", "BGD")
GROUPS = ("total", "farm", "other")
FARM = (
    *("290543", "290544", "290545", "3301", "3501", "3502", "3503", "3504", "3505", "380910", "3823", "382460"),
    *("4101", "4102", "4103", "4301", "5001", "5002", "5003", "5101", "5102", "5103", "5201", "5202", "5203"),
    *("5301", "5302"),
)
"""Goods beyond chapter 24 that the Agreement on Agriculture counts as farm goods."""

FISH = ("03", "0509", "1504", "1604", "1605", "230120")
SHARES = ("free", "ad_valorem")
HEAD = """\
# Tariffs of other importers beside the WTO's profiles

The schedules of the package give an average of most-favoured-nation duties for every importer at national lines. The
WTO, the International Trade Centre and UNCTAD publish such averages each year as World Tariff Profiles. This page holds
ours beside theirs, for all goods, farm goods as the WTO counts them, and others.

Simple averages are means over subheadings of the means over their lines. Duties by quantity count at what they come to
at the unit values of US imports of 2024, an estimate (column `equivalent` of a schedule). Without it they would be left
out: 7 per cent of lines in Japan, 11 in the European Union, 9 in the United Kingdom; 1 to 2 per cent have none and stay
out. Averages weighted by trade take the modelled imports of 2022 as weights (`data/importer_flows.py`); the WTO takes
those of the year before.

All numbers are per cent of the value. A dash is a figure that no source at hand gives, or that a schedule cannot. The
page is written by `tools/write_tariff_profiles.py`.

| importer | average | all: WTO | ours | farm: WTO | ours | other: WTO | ours |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""
END = """
## What lies between them

* European Union, United Kingdom: duties are those of January 2021. Those on cereals were nothing in that month. The
  agricultural components of sweets and the entry prices of fruit have no equivalent here, so farm goods come out lower.
* Australia: 24 chapters are missing in the copy, clothing and steel among them; other goods come out lower. The part of
  a duty that stands in for the excise is not counted, as the WTO does not count it.
* Brazil: the tariff is that before the general cut by a tenth of 2022. A figure of the WTO was not found.
* Japan: gate prices of pork have no equivalent here, and the WTO's figure is nine years older: farm goods are lower.
* Bangladesh: customs duty alone counts, as the WTO counts it; regulatory and supplementary duty come on top.
* Canada, India: the package has single rates and means of sectors, no schedule, hence no average of lines.

## Sources

"""

Averages = Mapping[str, tuple[float, float]]


def rates(code: str) -> tuple[np.ndarray, np.ndarray]:
    """Subheadings and their mean duty today, share of the value; NaN where none is known."""
    table = pl.read_parquet(LAWBOOKS / code.lower() / "schedule.parquet").filter(pl.col("until") == "")
    rate = pl.when(pl.col("kind").is_in(list(SHARES))).then(pl.col("general")).otherwise(pl.col("equivalent"))
    table = table.with_columns(rate=rate, six=pl.col("code").str.slice(0, 6)).filter(pl.col("six") < "98")
    means = table.group_by("six").agg(pl.col("rate").mean()).sort("six")
    return means["six"].to_numpy().astype("<U6"), means["rate"].fill_null(float("nan")).to_numpy()


def of_farms(six: np.ndarray) -> np.ndarray:
    """Whether subheadings are farm goods."""
    return np.asarray([c.startswith(FARM) or (c < "25" and not c.startswith(FISH)) for c in six.tolist()])


def averages(code: str) -> Averages:
    """Simple and weighted average by group, per cent."""
    six, rate = rates(code)
    weight, counted, farm = imports(code, six), ~np.isnan(rate), of_farms(six)
    chosen = {"total": counted, "farm": counted & farm, "other": counted & ~farm}
    return {
        name: (100.0 * float(rate[here].mean()), 100.0 * float(np.average(rate[here], weights=weight[here])))
        for name, here in chosen.items()
    }


def imports(code: str, six: np.ndarray) -> np.ndarray:
    """Modelled imports by subheading, USD."""
    known = countries()
    members = known.expand(code) if code in known.groups else frozenset({code})
    partners = tuple(p for p in country_flows().countries if p not in members and p != REST)
    value = by_subheading(code, sorted(members), partners).sum(axis=1)
    row = mixes().six.positions(six)
    return np.where(row >= 0, value[row], 0.0)


def rows() -> Iterator[str]:
    published = {row["importer"]: row for row in read_text_csv(PUBLISHED).iter_rows(named=True)}
    for code in (*AT_LINES, *(code for code in published if code not in AT_LINES)):
        ours = averages(code) if code in AT_LINES else {}
        row = published.get(code, {})
        name = countries().groups[code].title if code in countries().groups else countries().names[code]
        for kind, (prefix, place) in {"simple": ("", 0), "weighted": ("weighted_", 1)}.items():
            if ours or any(row.get(f"{prefix}{group}") for group in GROUPS):
                cells = [
                    cell
                    for group in GROUPS
                    for cell in (row.get(f"{prefix}{group}") or "-", f"{ours[group][place]:.1f}" if ours else "-")
                ]
                year = f", {row['year']}" if row else ""
                yield f"| {name}{year} | {kind} | {' | '.join(cells)} |"


def sources() -> Iterator[str]:
    for row in read_text_csv(PUBLISHED).iter_rows(named=True):
        yield f"* {row['source']}."


def main() -> None:
    text = HEAD + "\n".join(rows()) + "\n" + END + "\n".join(dict.fromkeys(sources())) + "\n"
    PAGE.write_text(text, encoding="utf-8")
    print(f"{PAGE.name}: {text.count(chr(10))} lines")


if __name__ == "__main__":
    main()
