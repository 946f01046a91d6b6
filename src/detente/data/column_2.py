"""Column 2 of the US tariff: whose goods owe it from which day, and the rates in place of it for goods of Russia."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis, Countries
from detente.data.tables import arrays

Floats = NDArray[np.float64]

COLUMN_2 = "column_2"
GROUP = "COL2"
TABLE = "usa_russia"
RAISED = "RUS"
"""The partner on whose goods column 2 was raised; the act names Russia alone, not Belarus."""

SUSPENDED = ("BLR", "RUS")
"""Partners whose normal trade relations P.L. 117-110 suspended."""

ACTS = {"2022-07-27": "Proc. 10420; 87 FR 38875", "2023-04-01": "Proc. 10523; 88 FR 13277"}
"""Acts behind the rates in place of column 2, by first day."""


def column_2_of(partner: str, on: date | None, countries: Countries) -> str:
    """Name of the column of base duties of a partner's goods under column 2 on a day; "" where they are under column 1.

    Without a day it is the column of a partner that is under it now. A column bears the partner's name where its rates
    have dates.
    """
    group = countries.groups.get(GROUP)
    if group is None or partner not in group.on(on):
        return ""
    dated = any(m.country == partner and m.start is not None for m in group.members)
    return f"{COLUMN_2}:{partner}" if dated else COLUMN_2


def column_2(name: str, lines: Axis, general: Floats, other: Floats, on: date | None, countries: Countries) -> Floats:
    """Base duty by line in a column of `column_2_of`, shape (lines,), share of customs value.

    Parameters
    ----------
    general, other : columns 1 and 2 as printed, shape (lines,).
    """
    _, _, partner = name.partition(":")
    if not partner:
        return other
    if not column_2_of(partner, on, countries):
        return general
    return _raised(lines, other, on) if partner == RAISED else other


def _in_force(on: date | None) -> NDArray[np.bool_]:
    """Rows of the raised rates that hold on a day, or now, shape (rows,)."""
    rows, day = arrays(TABLE), "9999" if on is None else on.isoformat()
    return (rows["from"] <= day) & ((rows["until"] == "") | (day <= rows["until"]))


def _raised(lines: Axis, other: Floats, on: date | None) -> Floats:
    rows, now = arrays(TABLE), _in_force(on)
    positions = lines.longest_prefix(rows["code"][now].tolist())
    return np.where(positions >= 0, np.append(rows["rate"][now], 0.0)[positions], other)


def _row(code: str, on: date) -> int:
    """Row of the rate in place of column 2 on a Russian good on a day; -1 where there is none."""
    rows = np.flatnonzero(_in_force(on) & (arrays(TABLE)["code"] == code[:8]))
    return int(rows[0]) if rows.size else -1


def raised_heading(code: str, on: date) -> str:
    """Heading of chapter 99 that stands in place of column 2 for a Russian good on a day; "" where none does."""
    row = _row(code, on)
    return str(arrays(TABLE)["heading"][row]) if row >= 0 else ""


def column_2_source(code: str, partner: str, on: date) -> str:
    """Act under which goods of a partner owe the rate of column 2, or the one in its place, on a day."""
    row = _row(code, on) if partner == RAISED else -1
    if row >= 0:
        start = str(arrays(TABLE)["from"][row])
        return f"{arrays(TABLE)['heading'][row]}, {ACTS[start]}"
    return f"Harmonized Tariff Schedule, column 2{'; P.L. 117-110' if partner in SUSPENDED else ''}"


def column_2_days(countries: Countries) -> tuple[date, ...]:
    """Days on which goods of some partner came under column 2, or its rates changed, in order."""
    rows = arrays(TABLE)
    starts = {date.fromisoformat(day) for day in np.unique(rows["from"]).tolist()}
    ends = {date.fromisoformat(day) + timedelta(1) for day in np.unique(rows["until"]).tolist() if day}
    group = countries.groups.get(GROUP)
    members = {m.start for m in group.members if m.start is not None} if group is not None else set[date]()
    return tuple(sorted(starts | ends | members))
