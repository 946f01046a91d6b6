"""Base duties by the unit: quantities of rows read in the measures of the duty on their line, and what they owe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.data.base_law import base_law
from detente.data.embedded import COUNTED, EMBEDDED
from detente.data.importer_lines import SECTOR
from detente.data.importers import GENERAL, SPECIAL, Importer
from detente.data.tables import read
from detente.lab.entries.rounding import cents, whole
from detente.law.duty import DEGREE, Duty, DutyPart
from detente.law.duty_text import parse_duty
from detente.law.quantity import read_quantity

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DEAR = 1.0
"""USD per unit up to which quantities are taken in whole units, and above which in hundredths."""

SPIRITS = ("pf.liter", "liter")
"""Measures of alcoholic beverages, whose quantities are not rounded."""

PLAIN = r"^(\d+(?:\.\d+)?|\.\d+)\s*(.*)$"
"""A quantity that is one number and perhaps its unit."""


@dataclass(frozen=True)
class BaseDuties:
    """Base duties of rows, arrays of shape (rows,).

    Attributes
    ----------
    dollars : USD, to the cent. `share` : share of customs value.
    duty : place in `duties` of the duty by the unit, -1 where the base duty is on value alone.
    exact : whether it is by the text of the law, and not by an equivalent as a share of value.
    """

    dollars: Floats = field(repr=False)
    share: Floats = field(repr=False)
    duty: Ints = field(repr=False)
    exact: NDArray[np.bool_] = field(repr=False)
    duties: tuple[Duty, ...] = ()


def base_duties(
    where: Importer, frame: pl.DataFrame, value: Floats, lines: Ints, columns: NDArray[np.object_], share: Floats,
    days: Sequence[date], day: Ints,
) -> BaseDuties:  # fmt: skip
    """Base duties of rows that are on a line.

    Parameters
    ----------
    value : customs value in whole dollars. `lines` : positions. `columns` : names of columns of base duties.
    share : base duty as a share of value. `days` : those on which base duties are read; `day` : of each row.
    """
    place, duties = _duties_of(where, lines, columns, share, days, day)
    dollars, exact = cents(value * share), np.ones(value.size, dtype=bool)
    ratio = share.copy()
    mine = np.flatnonzero(place >= 0)
    written = list(_written(frame[mine])) if mine.size else []
    for k, duty in enumerate(duties):
        own = np.flatnonzero(place[mine] == k)
        rows = mine[own]
        owed = owed_by_quantity(duty, value[rows], _amounts(duty, written, own))
        known = ~np.isnan(owed)
        exact[rows] = known
        dollars[rows[known]] = cents(owed[known])
        ratio[rows[known]] = dollars[rows[known]] / np.maximum(value[rows[known]], 1.0)
    return BaseDuties(dollars, ratio, place, exact, duties)


def _duties_of(
    where: Importer, lines: Ints, columns: NDArray[np.object_], share: Floats, days: Sequence[date], day: Ints
) -> tuple[Ints, tuple[Duty, ...]]:
    """Duty by the unit of each row, -1 where there is none."""
    place = np.full(lines.size, -1, dtype=np.int64)
    rows = np.flatnonzero(_candidates(where)[lines])
    known: dict[object, int] = {}
    duties: dict[Duty, int] = {}
    for row in rows.tolist():
        key = (int(lines[row]), columns[row], int(day[row]))
        if key not in known:
            duty = _duty(where, *key[:2], days[key[2]], float(share[row]))
            known[key] = -1 if duty is None else duties.setdefault(duty, len(duties))
        place[row] = known[key]
    return place, tuple(duties)


def _duty(where: Importer, line: int, column: str, on: date, share: float) -> Duty | None:
    """The duty on a line as its text states it, where that is by the unit and a quantity settles it."""
    code = str(where.lines.codes[line])
    if column.startswith(SPECIAL) and not share:
        return None
    if column == GENERAL and where.file.schedule.table == "usa_lines":
        duty = _parsed(_general_texts()[code])
    else:
        law = base_law(where.only([code]), column, on)
        duty = law.duty if law is not None else None
    return None if duty is None or duty.ad_valorem or duty.kind == "other" or duty.limit else duty


@lru_cache(maxsize=1)
def _general_texts() -> Mapping[str, str | None]:
    return dict(read("usa_lines", ["code", "general_text"]).iter_rows())


@lru_cache(maxsize=4096)
def _parsed(text: str | None) -> Duty | None:
    return parse_duty(text)


def _candidates(where: Importer) -> NDArray[np.bool_]:
    """Lines on which some base duty may be by the unit, shape (lines,)."""
    table = EMBEDDED.get(where.file.schedule.table)
    if table is None:
        return ~np.isin(where.table["kind"], ("", "free", "ad_valorem", SECTOR, *COUNTED))
    if not table.texts:
        return np.zeros(len(where.lines), dtype=bool)
    lines, eight = _codes_by_unit()
    return np.asarray([code in lines or code[:8] in eight for code in where.lines.codes.tolist()], dtype=bool)


@lru_cache(maxsize=1)
def _codes_by_unit() -> tuple[frozenset[str], frozenset[str]]:
    """US lines with a rate by the unit, general or of column 2, and eight digits of those with such a special rate."""
    rows = read("usa_lines", ["code", "general_text", "other_text"])
    special = read("usa_special", ["code", "text"]).drop_nulls("text")["code"].to_list()
    return frozenset(code for code, *texts in rows.iter_rows() if any(map(_by_unit, texts))), frozenset(special)


def _by_unit(text: str | None) -> bool:
    duty = _parsed(text)
    return duty is not None and not duty.ad_valorem


@dataclass(frozen=True)
class Quantities:
    """Quantities of rows as they are written: number and unit of plain ones, NaN for others, and the whole text."""

    number: Floats = field(repr=False)
    unit: list[str] = field(repr=False)
    text: list[str] = field(repr=False)


def _amounts(duty: Duty, written: Iterable[Quantities], rows: Ints) -> dict[str, Floats]:
    """Amounts of a duty's measures in rows, NaN where a row does not say; shape (rows,) each."""
    amounts = {measure: np.full(rows.size, np.nan) for measure in duty.measures}
    for own in written:
        places = rows.tolist()
        _add(duty, amounts, own.number[rows], [own.unit[i] for i in places], [own.text[i] for i in places])
    return amounts


def _written(frame: pl.DataFrame) -> Iterator[Quantities]:
    """What rows write as their first and their second quantity."""
    for name, unit in (("quantity", "unit"), ("quantity_2", "unit_2")):
        if name in frame.columns:
            yield _texts(frame, name, unit)


def _texts(frame: pl.DataFrame, name: str, unit: str) -> Quantities:
    import polars as pl

    text = frame[name].fill_null("").str.strip_chars()
    if unit in frame.columns:
        own = frame[unit].fill_null("").str.strip_chars()
        text = pl.select(pl.when(text.str.contains(r"^[\d.]+$")).then(text + " " + own).otherwise(text)).to_series()
        text = text.str.strip_chars()
    number = text.str.extract(PLAIN, 1).cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    return Quantities(number, text.str.extract(PLAIN, 2).fill_null("").to_list(), text.to_list())


def _add(duty: Duty, amounts: dict[str, Floats], number: Floats, units: Sequence[str], texts: Sequence[str]) -> None:
    """Put quantities among the amounts of the measures they mean; those in units that are not charged mean none."""
    factors = {unit: _read(duty, f"1 {unit}".strip()) for unit in set(units)}
    for i, (unit, text) in enumerate(zip(units, texts, strict=True)):
        if not text:
            continue
        plain = not np.isnan(number[i]) and len(factors[unit]) == 1
        several = {m: f * number[i] for m, f in factors[unit].items()} if plain else _read(duty, text)
        for measure, amount in several.items():
            if np.isnan(amounts[measure][i]):
                amounts[measure][i] = amount


@lru_cache(maxsize=65536)
def _read(duty: Duty, text: str) -> Mapping[str, float]:
    """Amounts that a text names; none where it is not in units of the duty."""
    try:
        return read_quantity(text, duty)
    except InputError:
        return {}


def owed_by_quantity(duty: Duty, value: Floats, amounts: Mapping[str, Floats]) -> Floats:
    """The duty on rows, USD; NaN where a measure is missing. Quantities are rounded as 19 CFR 159.3(b) says."""
    owed = _sum(duty.parts, value, amounts)
    if duty.least:
        owed = np.maximum(owed, _sum(duty.least, value, amounts))
    return np.minimum(owed, _sum(duty.most, value, amounts)) if duty.most else owed


def _sum(parts: Sequence[DutyPart], value: Floats, amounts: Mapping[str, Floats]) -> Floats:
    degrees = amounts.get(DEGREE, np.full(value.size, 100.0))
    owed = np.zeros(value.size)
    for part in parts:
        if not part.measure:
            owed = owed + part.amount * value
            continue
        amount = amounts[part.measure]
        if part.measure.endswith(", if any"):
            amount = np.nan_to_num(amount)
        rate = np.maximum(part.amount - part.per_degree * (100.0 - degrees), part.least)
        owed = owed + rate * (amount if part.is_share else _rounded(amount, part))
    return owed


def _rounded(amount: Floats, part: DutyPart) -> Floats:
    """Quantities as duty is taken on them: whole units of what is charged up to a dollar a unit, else hundredths."""
    if part.unit in SPIRITS:
        return amount
    return whole(amount) if part.amount <= DEAR else whole(amount * 100.0) / 100.0
