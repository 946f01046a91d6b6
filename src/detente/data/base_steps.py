"""Base duties by date: days on which a general rate is another than in the line table, and where it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis, Countries
from detente.codes.arrays import Floats
from detente.codes.countries import Membership
from detente.data.embedded import EMBEDDED
from detente.data.tables import arrays
from detente.law.law import COLUMN_2, Ruling

SCHEDULES = {2018: "MFN schedule of 2018, Ministry of Finance"}
SCHEDULE_2019 = "MFN schedule of 1 January 2019, Ministry of Finance"
#: How a rate of China's line table was found, where that is not the rate of the line itself.
KINDS = {
    "quota": "rate within the tariff quota",
    "specific": "a duty by quantity, not counted",
    "equivalent": "ad valorem equivalent of a duty by quantity",
    "mean": "mean of the line's numbers",
}


@dataclass(frozen=True)
class BaseSteps:
    """Rows of a table of base duties by date; `from` and `until` are ISO days, "" = open."""

    rows: Mapping[str, NDArray[Any]] = field(repr=False)

    @cached_property
    def edges(self) -> tuple[date, ...]:
        """Days on which some base duty changes, in order."""
        starts = {date.fromisoformat(day) for day in np.unique(self.rows["from"]).tolist() if day}
        ends = {date.fromisoformat(day) + timedelta(1) for day in np.unique(self.rows["until"]).tolist() if day}
        return tuple(sorted(starts | ends))

    def active(self, on: date) -> NDArray[np.bool_]:
        """Rows in force on a day, shape (rows,)."""
        day, start, end = on.isoformat(), self.rows["from"], self.rows["until"]
        active: NDArray[np.bool_] = (start <= day) & ((end == "") | (day <= end))
        return active

    def since(self, on: date | None) -> date | None:
        """First day of the base duties of a day; None where they are those of the line table."""
        if on is None or not self.edges or not self.active(on).any():
            return None
        return max((edge for edge in self.edges if edge <= on), default=date.min)

    def laid(self, lines: Axis, general: Floats, on: date) -> Floats:
        """Base duty of a day by line, shape (lines,), share of customs value."""
        now = self.active(on)
        positions, rate = lines.positions(self.rows["code"][now]), self.rows["rate"][now]
        duty = general.copy()
        duty[positions[positions >= 0]] = rate[positions >= 0]
        return duty

    def source(self, code: str, on: date) -> str:
        """Where the base duty of a line on a day is written; "" where it is that of the line table."""
        hit = np.flatnonzero(self.active(on) & (self.rows["code"] == code))
        return str(self.rows["source"][hit[0]]) if hit.size else ""


@lru_cache(maxsize=4)
def base_steps(table: str) -> BaseSteps | None:
    """The base duties by date of an embedded table of lines; None where they have no dates."""
    own = EMBEDDED.get(table)
    return BaseSteps(arrays(own.steps)) if own is not None and own.steps else None


def chinese_source(code: str, on: date) -> str:
    """Where China's base duty on a line on a day is written, and what stands in for what is not on record."""
    steps = base_steps("chn_lines")
    dated = steps.source(code, on) if steps is not None else ""
    if dated:
        return dated
    table = arrays("chn_lines", ("code", "general_kind", "like"))
    row = np.flatnonzero(table["code"] == code)[0]
    kind, like = str(table["general_kind"][row]), str(table["like"][row])
    how = f"rate of line {like}, of which it was made" if kind == "inherited" else KINDS.get(kind, "")
    stands_in = f"stands in for {on.year}" if on.year > 2019 else ""
    return "; ".join(part for part in (SCHEDULES.get(on.year, SCHEDULE_2019), how, stands_in) if part)


# --- column 2 of a tariff: whose goods owe it from which day, and rates that stand in its place, as rulings s --------


@dataclass(frozen=True)
class Column2:
    """Rulings that put goods of some partners under column 2.

    Attributes
    ----------
    rulings : those of an importer that name the column; none where its tariff has no such column.
    """

    rulings: tuple[Ruling, ...]
    countries: Countries

    @cached_property
    def _members(self) -> tuple[Membership, ...]:
        groups = (self.countries.groups[ruling.group] for ruling in self.rulings if ruling.group)
        return tuple(member for group in groups for member in group.members)

    def of(self, partner: str, on: date | None) -> str:
        """Name of the column of base duties of a partner's goods on a day; "" where they are under column 1.

        Without a day it is the column of a partner that is under it now. A column bears the partner's name where its
        rates have dates.
        """
        own = [member for member in self._members if member.country == partner]
        if not any(member.holds(on) for member in own):
            return ""
        dated = any(member.start is not None for member in own)
        return f"{COLUMN_2}:{partner}" if dated else COLUMN_2

    def base(self, name: str, lines: Axis, general: Floats, other: Floats, on: date | None) -> Floats:
        """Base duty by line in a column of `of`, shape (lines,), share of customs value.

        Parameters
        ----------
        general, other : columns 1 and 2 as printed, shape (lines,).
        """
        _, _, partner = name.partition(":")
        if not partner:
            return other
        if not self.of(partner, on):
            return general
        table = self._table(partner)
        return _raised(table, lines, other, on) if table else other

    def _acts(self, partner: str) -> Iterator[Ruling]:
        return (ruling for ruling in self.rulings if partner in ruling.partners)

    def _table(self, partner: str) -> str:
        """Table of rates in place of the column on a partner's goods; "" where it owes the column itself."""
        return next((ruling.rates for ruling in self._acts(partner) if ruling.rates), "")

    def heading(self, code: str, partner: str, on: date) -> str:
        """Heading of chapter 99 that stands in place of column 2 on a good on a day; "" where none does."""
        table = self._table(partner)
        row = _row(table, code, on) if table else -1
        return str(arrays(table)["heading"][row]) if row >= 0 else ""

    def source(self, code: str, partner: str, on: date) -> str:
        """Act under which goods of a partner owe the rate of column 2, or the one in its place, on a day."""
        table = self._table(partner)
        row = _row(table, code, on) if table else -1
        if row >= 0:
            start = date.fromisoformat(str(arrays(table)["from"][row]))
            act = max((r for r in self._acts(partner) if r.rates and r.day <= start), key=lambda ruling: ruling.day)
            return f"{arrays(table)['heading'][row]}, {act.citation}"
        acts = [ruling.citation for ruling in self._acts(partner) if not ruling.rates]
        return "; ".join(["Harmonized Tariff Schedule, column 2", *acts])

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Days on which goods of some partner came under column 2, or its rates changed, in order."""
        days = {member.start for member in self._members if member.start is not None}
        for table in {ruling.rates for ruling in self.rulings if ruling.rates}:
            days |= set(BaseSteps(arrays(table)).edges)
        return tuple(sorted(days))


def _raised(table: str, lines: Axis, other: Floats, on: date | None) -> Floats:
    rows = arrays(table)
    now = BaseSteps(rows).active(on or date.max)
    positions = lines.longest_prefix(rows["code"][now].tolist())
    return np.where(positions >= 0, np.append(rows["rate"][now], 0.0)[positions], other)


def _row(table: str, code: str, on: date) -> int:
    """Row of the rate in place of column 2 on a good on a day; -1 where there is none."""
    rows = np.flatnonzero(BaseSteps(arrays(table)).active(on) & (arrays(table)["code"] == code[:8]))
    return int(rows[0]) if rows.size else -1
