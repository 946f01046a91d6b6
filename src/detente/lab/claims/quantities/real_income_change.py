"""The change of real income of the world, or of one country, by the world model."""

from __future__ import annotations

from detente.codes import InputError
from detente.lab.claims.measurand import Elsewhere, Measurand, Readings, Wording, base, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import ECONOMIES, LAW_KEYS, SHARES

DECOUPLING = "decoupling"


def _compared_with(wording: Wording) -> str:
    """A change needs the day it is counted from; real income may be that of a decoupling instead."""
    kinds = {reading.of for reading in (*wording.given, *([wording.own] if wording.own else ()))}
    if kinds and kinds <= {"decoupling"}:
        return ""
    return base(wording, ", or definition: {of: decoupling} for trade of the two cut by nine tenths")


def _kind(row: QuantityRow, own: ReadingRow | None) -> str:
    """A decoupling, unless a day or a law is named under which income changes."""
    names_law = row.base is not None or (own is not None and bool(own.model_fields_set & set(LAW_KEYS)))
    return "law" if names_law else "decoupling"


def _of_horizon(row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
    """Listed readings, first those of the horizon that a claim names."""
    return tuple(sorted(listed, key=lambda reading: reading.horizon != (row.horizon or reading.horizon)))


def _check_base(row: QuantityRow, readings: Readings, where: str) -> None:
    """Refuse a base law beside a decoupling, which is compared with no law."""
    if row.base is not None and any(reading.of == DECOUPLING for reading in readings):
        raise InputError(where, "a decoupling is not compared with a base", "leave base out, or say of: law")


QUANTITY = Measurand(
    what="change of real income of the world, or of the partner named, by the world model",
    units=SHARES,
    tolerance=0.0025,
    order=130,
    effect=True,
    settled="once workers, trade and capital have moved",
    example={"value": "0.4", "comparator": "fell", "partner": "USA", "as_of": "2025-05-08"},
    needs={"value": refused, "base": _compared_with},
    narrowed_by=("partner", "horizon"),
    uses=("of", "horizon", "partner", *LAW_KEYS),
    kinds=("", "decoupling", "law"),
    populations=ECONOMIES,
    readings=(
        ReadingRow(
            name="long-run", label="trade between the two cut by 90%, capital mobile, over the elasticity sets",
            of="decoupling", horizon="long",
        ),
        ReadingRow(
            name="short-run", label="the same with capital fixed in its sector", of="decoupling", horizon="short",
        ),
        ReadingRow(
            name="law-long-run",
            label="US and Chinese duties of the day against those of the base day, capital mobile, "
            "over the elasticity sets",
            of="law", horizon="long",
        ),
        ReadingRow(
            name="law-short-run", label="the same duties with capital fixed in its sector", of="law", horizon="short",
        ),
    ),
    unless_said=_kind,
    fitting=_of_horizon,
    check=_check_base,
    compute=Elsewhere("economy", "real_income"),
)  # fmt: skip
