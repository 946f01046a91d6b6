"""Words that quantities of trade and time share, and what they have in common as declarations.

What declarations of several quantities share: units, keys of readings, populations, inputs.

What exports, imports and balances of trade have in common as quantities of claims, declared once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from detente.codes import InputError, declared_note
from detente.lab.claims.measurand import Elsewhere, FittedElsewhere, Measurand, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow

if TYPE_CHECKING:
    from detente.lab.claims.measurand import Wording

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

OWN_ECONOMY, WORLDWIDE = "United States", ("world", "global")
ECONOMIES = {
    OWN_ECONOMY: (
        "US", "USA", "America", "US economy", "American economy", "US GDP", "US income", "US real income", "Americans",
    ),
    "world": ("world economy", "world GDP", "world income", "global economy", "economy", "GDP", "partner"),
}  # fmt: skip
"""Whose income or output a claim speaks of that names no partner; of an economy that is not said, the importer's."""

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
    collected, year = [r for r in listed if r.duty == "collected"], row.year or row.period
    if own is not None or not collected or not str(year).isdigit():
        return listed
    whole = collected[0].model_copy(
        update={"name": "whole-year", "label": declared_note("claims.whole_year", year=year), "period": "year"}
    )
    law = [
        r.model_copy(
            update={
                "default": False,
                "likely": False,
                "label": declared_note("claims.last_day_of", reading=r.label, year=year),
            }
        )
        for r in listed
        if r.duty == "statutory"
    ]
    return (whole.model_copy(update={"default": True, "likely": True}), *law)


def with_whole_year(row: QuantityRow, readings: tuple[ReadingRow, ...]) -> tuple[ReadingRow, ...]:
    """The whole year beside its last month, where a claim about duty collected until 31 December leaves it open."""
    if row.as_of is None or (row.as_of.month, row.as_of.day) != YEARS_END:
        return readings
    months = [r for r in readings if r.duty == "collected" and not r.period]
    if not months or any(r.period for r in readings):
        return readings
    label = declared_note("claims.whole_year", year=row.as_of.year)
    year = {"name": "whole-year", "label": label, "period": "year", "default": False, "likely": False}
    return (*readings, months[0].model_copy(update=year))


MONEY = ("usd_bn", "usd")
"""Units of values; the first is taken where a claim names none."""

LEVEL, CHANGE, BEFORE, PROJECTED = "level", "change", "before", "projected"
KINDS = ("", LEVEL, CHANGE, BEFORE)
"""What `of:` says of a series: its level, its change against the year before, or against the period just before."""

POINT = 0.01
"""Least tolerance of a change, in per cent of which revisions of trade are about one point."""

SERIES_KEYS = ("of", "record", "partner")
"""Keys of a reading of a series."""


def period(wording: Wording) -> str:
    """Of which month or year?"""
    if wording.row.period or wording.names("year"):
        return ""
    return declared_note("claims.period_unsaid", quantity=wording.words)


def level_or_change(row: QuantityRow, own: ReadingRow | None) -> str:
    """A value is one of a level; per cent are those of a change."""
    return CHANGE if row.unit in SHARES else LEVEL


def check_level(row: QuantityRow, readings: tuple[ReadingRow, ...], where: str) -> None:
    """Refuse a change in dollars or tonnes, a level in per cent, and a level that is said to rise or fall."""
    name, part = row.name.replace("_", " "), row.unit in SHARES
    for reading in readings:
        if (reading.of in (CHANGE, BEFORE)) is not part:
            what = f"a {'level' if part else 'change'} of {name} is not given in {row.unit or 'what it is counted in'}"
            raise InputError(where, what, "say unit: percent for a change, and leave it out for a level")
    if row.comparator.startswith(("rose", "fell")) and not part:
        raise InputError(where, f"a level of {name} neither rises nor falls", "say unit: percent, as a change")


NARROWED = ("partner", "country", "year", "period")
"""Keys that say which trade is meant."""


def of_trade(
    what: str,
    *,
    tolerance: float,
    order: int,
    example: Mapping[str, str],
    labels: Mapping[str, str],
    named: Sequence[str] = (),
    populations: Mapping[str, tuple[str, ...]] | None = None,
) -> Measurand:
    """A quantity of trade between countries: a level in money, or its change in per cent.

    Parameters
    ----------
    tolerance : share of the number claimed. labels : name of a record -> how readers call its reading, in order.
    named : further keys that say whose trade is meant; populations : as of `Measurand`.
    """
    return Measurand(
        what=what,
        units=(*MONEY, *SHARES),
        tolerance=tolerance,
        relative=True,
        least=POINT,
        order=order,
        example=example,
        needs={"value": refused, "year": period},
        narrowed_by=(NARROWED[0], *named, *NARROWED[1:]),
        uses=SERIES_KEYS,
        kinds=KINDS,
        populations=populations or {},
        readings=tuple(ReadingRow(name=name, label=label, of=LEVEL, record=name) for name, label in labels.items()),
        unless_said=level_or_change,
        fitting=FittedElsewhere("trade", "fitted"),
        check=check_level,
        compute=Elsewhere("trade", "traded"),
    )
