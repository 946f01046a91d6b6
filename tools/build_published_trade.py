"""Build trade_published: trade in goods by country, partner and period, as statistical offices publish it.

Single figures of releases of the US Census Bureau and Bureau of Economic Analysis and of the General Administration of
Customs of China, in `tools/published_trade.csv`; the national accounts of the United States by year from their file.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from _shared import ROOT, arguments, read_text_csv, write_table
from build_evidence import BILLION, line

ACCOUNTS = "us-accounts-2025-03"
RELEASED = "2025-03-27"
FIRST = 1960
NAMES = ("country", "partner", "period", "flow", "value", "public", "source", "confidence")


def main() -> None:
    """The one table."""
    options = arguments(__doc__ or "")
    rows = [*releases(ROOT / "tools" / "published_trade.csv"), *accounts(options.data / "tariff_history")]
    table = pl.DataFrame(rows, schema=list(NAMES), orient="row").sort("country", "partner", "period", "flow", "source")
    write_table(table, options.out / "trade_published.parquet")


def releases(path: Path) -> list[tuple[str | float, ...]]:
    """Figures of releases, USD."""
    rows = read_text_csv(path).iter_rows()
    return [(*row[:4], round(float(row[4]) * BILLION), *row[5:]) for row in rows]


def accounts(folder: Path) -> list[tuple[str | float, ...]]:
    """Exports and imports of goods of the United States by year, national accounts, USD."""
    flows = {"exports": line(folder / "NIPA-imports.csv", "3"), "imports": line(folder / "NIPA-imports.csv", "19")}
    return [
        ("USA", "all", str(year), flow, round(value * BILLION), RELEASED, ACCOUNTS, "A")
        for flow, by_year in flows.items()
        for year, value in by_year.items()
        if year >= FIRST
    ]


if __name__ == "__main__":
    main()
