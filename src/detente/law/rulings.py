"""Rulings: what a court, an act or a proclamation says of measures and partners, beside the measures themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from detente.law.measure import ALWAYS

COLUMN_2 = "column_2"
"""A column of base duties, beside the general one, that a ruling may put a partner's goods under."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A ruling, or an act that says under which column of base duties a partner's goods stand.

    Attributes
    ----------
    day : the day it was given, or from which it holds.
    voids : selectors of measures that it voids from their first day; they count in all readings but that of the ruling.
    column : column of base duties that goods of `partners` and of members of `group` owe; "" = none.
    group : id of a dated group of countries, "" = none.
    rates : table of rates, by line and days, that stand in place of the column; "" = none.
    source : file it was read from.
    """

    id: str
    title: str
    day: date = ALWAYS
    voids: tuple[str, ...] = ()
    column: str = ""
    partners: frozenset[str] = frozenset()
    group: str = ""
    rates: str = ""
    citation: str = ""
    source: str = field(default="", compare=False)

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"{self.source}, ruling {self.id}" if self.source else f"ruling {self.id}"
