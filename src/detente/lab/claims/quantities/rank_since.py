"""The place of a rate, or of a rise, in the history of the average US duty."""

from __future__ import annotations

from detente.codes import InputError
from detente.evidence.verdicts import Comparator
from detente.lab.claims.measurand import Elsewhere, Measurand, Readings, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import AVERAGE_KEYS

YEAR_DIGITS = 4


def _none_as_high(row: QuantityRow, comparator: Comparator, where: str) -> Comparator:
    """The comparator of a rank is always the same: no year after the one named was as high."""
    if comparator not in (Comparator.EQUAL, Comparator.MORE):
        what = f"a rank since a year cannot be compared by '{comparator}'"
        raise InputError(where, what, "leave the comparator out: no year after it was as high")
    if not str(row.value).isdigit() or len(str(row.value)) != YEAR_DIGITS:
        raise InputError(where, f"{row.value} is not a year", "write it as value: 1930")
    return Comparator.MORE


def _level(row: QuantityRow, own: ReadingRow | None) -> str:
    """A rank is one of levels unless the definition says `of: rise`."""
    return "level"


def _check_base(row: QuantityRow, readings: Readings, where: str) -> None:
    """Refuse a rank of levels that names a base, and a rank of rises that names none."""
    for reading in readings:
        if reading.of == "rise" and row.base is None:
            raise InputError(where, "a rise has no day it is counted from", "add base: 2025-01-01")
        if reading.of != "rise" and row.base is not None:
            raise InputError(where, "a level is not compared with a base", "leave base out, or say of: rise")


QUANTITY = Measurand(
    what="place of a rate, or of a rise, in the history of the average US duty",
    units=("year",),
    tolerance=0.0005,
    exact=True,
    order=100,
    takes=("base",),
    example={"value": "1930", "as_of": "2025-05-08"},
    needs={"value": refused},
    uses=("of", "since", "span", "start", "times_mean", "mean_years", *AVERAGE_KEYS),
    kinds=("", "level", "rise"),
    readings=(
        ReadingRow(name="level", label="statutory duty at 2024 imports; the past is duty collected", of="level"),
        ReadingRow(name="rise", label="rise since 1 January 2025; the past is duty collected", of="rise"),
    ),
    comparator=_none_as_high,
    unless_said=_level,
    check=_check_base,
    compute=Elsewhere("ranks", "rank_since"),
)
