"""Types of entry of the United States: what is owed on each, and when."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from math import inf
from typing import Annotated, Literal

from pydantic import Field

from detente.codes import InputError, UnknownName
from detente.data.library import package_folder
from detente.data.models import STRICT, Day, Number, Prose, Texts, Truth, read_rows
from detente.law.measure import ALWAYS, FOREVER

NAME = "entry_types.yaml"
INFORMAL, OTHER_TYPE = "informal", "enter the goods under another type"


@dataclass(frozen=True)
class EntryType:
    """A type of entry.

    Attributes
    ----------
    duty : what is owed, as the file says. also : words for it.
    processing : how its processing fee is owed; "" = not.
    harbor : whether the harbor maintenance fee is owed with it. `quota` : whether it is under a quota.
    start, until : days on which it may be filed, or frees goods; `until_of` : other last days, by origin.
    parcel : amounts a parcel, USD, each with the duty by value below or up to which it is owed.
    most : customs value up to which it is open, USD; 0 for any. `flag` : what it says beside the dollars.
    """

    __pydantic_config__ = STRICT
    code: str
    name: str
    duty: Literal["day", "zone", "none", "parcel", "flat", "apart"]
    also: Texts = ()
    processing: Literal["", "formal", "informal"] = ""
    harbor: Truth = False
    quota: Truth = False
    start: Annotated[Day, Field(alias="from")] = ALWAYS
    until: Day = FOREVER
    until_of: dict[str, Day] = field(default_factory=dict)
    most: Number = 0.0
    parcel: tuple[dict[str, Number], ...] = ()
    flag: Prose = ""
    source: Prose = ""

    def check(self, on: date, partner: str, value: float) -> None:
        """Refuse goods that cannot be entered so.

        Raises
        ------
        InputError : a type whose duty is not by the line, a day on which it was not open, a value above its limit.
        """
        last = self.until_of.get(partner, self.until)
        what = f"type {self.code} ({self.name})"
        if self.duty == "apart":
            raise InputError("entry_type", f"{what} is not rated by the line: {self.flag}", "leave the row out")
        if not self.start <= on <= last:
            days = f"until {last}" if on > last else f"from {self.start}"
            raise InputError("entry_type", f"{what} was open to goods of {partner} {days}", OTHER_TYPE)
        if self.most and value > self.most:
            raise InputError("entry_type", f"{what} is for goods of up to {self.most:,.0f} USD", OTHER_TYPE)

    def parcel_duty(self, rate: float) -> float:
        """What a parcel owes, USD, by the duty on goods of its country as a share of value."""
        return next(a["owed"] for a in self.parcel if rate < a.get("below", inf) and rate <= a.get("to", inf))


@lru_cache(maxsize=1)
def entry_types() -> dict[str, EntryType]:
    """The types by code."""
    return {row.code: row for row in read_rows(EntryType, package_folder() / NAME, NAME)}


def entry_type(text: str) -> EntryType:
    """The type that a cell names, by its code or a word; consumption where it names none.

    Raises
    ------
    UnknownName : no such type.
    """
    plain = text.strip().lower()
    code = re.match(r"\d{1,2}(?!\d)", plain)
    words = {word: row.code for row in entry_types().values() for word in row.also}
    name = "01" if not plain else code[0].zfill(2) if code else words.get(plain, "")
    if name not in entry_types():
        known = [f"{row.code} ({row.name})" for row in entry_types().values()]
        raise UnknownName(
            "type of entry", text, (*entry_types(), *words), "entry_type", f"types: {', '.join(known[:12])}"
        )
    return entry_types()[name]
