"""What declarations of several quantities share: units, keys of readings, populations, inputs."""

from __future__ import annotations

from detente.lab.claims.rows import QuantityRow, ReadingRow

SHARES = ("percent", "points", "share")
"""Units of a share of one."""

LAW_KEYS = ("scope", "on", "published", "law", "extend", "halve_since")
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
HOME = ("USA", "US", "United States", "America")
"""Names of the importer that is meant where a claim names none; they are asked for without a table of countries."""


def of_importer(row: QuantityRow, own: ReadingRow | None, listed: tuple[ReadingRow, ...]) -> tuple[ReadingRow, ...]:
    """Readings that another importer's duty has: of its law at its own imports, without what the US record adds."""
    if not row.importer or row.importer in HOME:
        return of_year(row, own, listed)
    plain = [r for r in listed if r.duty == "statutory" and r.start == "law" and r.scope == "tariff-lines"]
    chosen = [r for r in plain if r.substitution == "none" or r.sigma == ReadingRow().sigma]
    return tuple(r.model_copy(update={"label": _elsewhere(r.label)}) for r in chosen)


def _elsewhere(label: str) -> str:
    """The label of a reading where the imports are of another importer, and of another year."""
    return label.replace("2024 imports", "its own imports").replace(", chapters 1-97", "")


def of_year(row: QuantityRow, own: ReadingRow | None, listed: tuple[ReadingRow, ...]) -> tuple[ReadingRow, ...]:
    """Readings of a claim about a whole year: first what was collected in it, then the law of its last day."""
    collected = [r for r in listed if r.duty == "collected"]
    if row.year is None or own is not None or not collected:
        return listed
    whole = collected[0].model_copy(
        update={"name": "whole-year", "label": f"duty collected in the whole year {row.year}", "period": "year"}
    )
    law = [r.model_copy(update={"default": False, "likely": False}) for r in listed if r.duty == "statutory"]
    return (whole.model_copy(update={"default": True, "likely": True}), *law)


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
