"""What declarations of several quantities share: units, keys of readings, populations, inputs."""

from __future__ import annotations

from detente.lab.claims.rows import QuantityRow, ReadingRow

SHARES = ("percent", "points", "share")
"""Units of a share of one."""

LAW_KEYS = ("scope", "on", "law", "extend", "halve_since")
PRICE_KEYS = ("partner", "border", "follow", "margin", *LAW_KEYS)
AVERAGE_KEYS = ("duty", "period", "weights", "substitution", "sigma", *LAW_KEYS)
MARKET_KEYS = ("market", "session")

OWN = "the claim's own definition"
"""What a definition without a label is called."""

SESSIONS = "quoted sessions"
"""Input of what markets did."""

US_IMPORTS = (
    "imports", "US goods imports", "US imports of goods", "US merchandise imports", "American imports",
    "imports of United States", "imports into United States",
)  # fmt: skip
"""Other words for US imports."""

YEARS_END = (12, 31)


def with_whole_year(row: QuantityRow, readings: tuple[ReadingRow, ...]) -> tuple[ReadingRow, ...]:
    """The whole year beside its last month, where a claim about duty collected until 31 December leaves it open."""
    if row.as_of is None or (row.as_of.month, row.as_of.day) != YEARS_END:
        return readings
    months = [r for r in readings if r.duty == "collected" and not r.period]
    if not months or any(r.period for r in readings):
        return readings
    label = f"duty collected in the whole year {row.as_of.year}"
    year = {"name": "whole-year", "label": label, "period": "year", "default": False, "likely": False}
    return (*readings, months[0].model_copy(update=year))
