"""Column 2 of a tariff: whose goods owe it from which day, and rates that stand in its place, as rulings say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis, Countries
from detente.codes.countries import Membership
from detente.data.base_steps import BaseSteps
from detente.data.tables import arrays
from detente.law.law import COLUMN_2, Ruling

Floats = NDArray[np.float64]


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
