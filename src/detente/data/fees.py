"""Fees on entries that are no duties: amounts by fiscal year, who is free of them, words for modes of transport."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from math import inf
from typing import Annotated, Any, Literal

from pydantic import Field

from detente.codes import InputError, UnknownName
from detente.codes.countries import fold
from detente.data.library import package_folder
from detente.data.limits import memoized
from detente.data.models import STRICT, Day, Number, Prose, Texts, Truth, read_rows
from detente.data.yamlfile import as_date, read_yaml
from detente.law.measure import ALWAYS, FOREVER

#: Modes of transport as far as a fee tells them apart; the last for one that nobody knows.
VESSEL, OTHER, UNKNOWN = "vessel", "other", ""


@dataclass(frozen=True, slots=True)
class ProcessingYear:
    """The merchandise processing fee from a day on: least and most of a formal entry, that of an informal one, USD."""

    start: date
    least: float
    most: float
    informal: float
    source: str


@dataclass(frozen=True)
class Fees:
    """Fees of the United States.

    Attributes
    ----------
    rate : of the merchandise processing fee, share of customs value; `years` : its limits, in order of days.
    known_to : last day for which limits are on record.
    claims : programmes whose claim frees goods of it. `origins` : countries whose goods are free of it.
    harbor : rate of the harbor maintenance fee, share of customs value.
    harbor_nothing : fee of an entry up to which it is not collected where nothing else is owed, USD.
    """

    rate: float
    years: tuple[ProcessingYear, ...]
    known_to: date
    informal_up_to: float
    claims: frozenset[str]
    origins: frozenset[str]
    origins_of: frozenset[str]
    chapters: tuple[str, ...]
    harbor: float
    harbor_nothing: float
    modes: Mapping[str, str] = field(repr=False)
    sources: Mapping[str, str] = field(repr=False, default_factory=dict)

    def mode(self, text: str) -> str:
        """Mode of transport by a word or a code of Customs; `UNKNOWN` for any other text."""
        return self.modes.get(fold(text), UNKNOWN)


@memoized
def fees() -> Fees:
    """The fees on record."""
    content: Mapping[str, Any] = read_yaml(package_folder() / NAME, NAME)
    fee, harbor = content["merchandise_processing"], content["harbor_maintenance"]
    words = content["modes"]
    modes = {fold(str(word)): mode for mode in (VESSEL, OTHER) for word in words[mode]}
    sources = {name: text for name, text in fee.items() if name.endswith("source")} | {"harbor": harbor["source"]}
    return Fees(
        fee["rate"], tuple(_year(row) for row in fee["years"]), as_date(fee["known_to"], NAME),
        float(fee["informal_up_to"]), frozenset(fee["claims"]), frozenset(fee["origins"]),
        frozenset(fee["origins_of"]), tuple(fee["chapters"]), harbor["rate"],
        float(harbor["nothing_up_to"]), modes, sources,
    )  # fmt: skip


def _year(row: Mapping[str, Any]) -> ProcessingYear:
    least, most, informal = (float(row[name]) for name in ("least", "most", "informal"))
    return ProcessingYear(as_date(row["from"], NAME), least, most, informal, row["source"])


NAME = "fees.yaml"


# --- types of entry of the United States: what is owed on each, and when ---------------------------------------------


TYPES = "entry_types.yaml"
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


@memoized
def entry_types() -> dict[str, EntryType]:
    """The types by code."""
    return {row.code: row for row in read_rows(EntryType, package_folder() / TYPES, TYPES)}


@dataclass(frozen=True)
class SpecialProvision:
    """A provision of chapter 98 that goods may be entered under.

    Attributes
    ----------
    codes : its numbers, eight digits with points. owes : what owes duty: the work abroad, the rest, nothing.
    whole : authorities whose duties fall on the whole value. `fee` : whether the processing fee is owed on what owes.
    """

    __pydantic_config__ = STRICT
    codes: Texts
    owes: Literal["work", "rest", "nothing"]
    whole: Texts = ()
    fee: Truth = False
    source: Prose = ""


@memoized
def provisions() -> tuple[SpecialProvision, ...]:
    """The provisions of chapter 98 that may stand beside a number of the goods, one for each of their numbers."""
    rows = read_rows(SpecialProvision, package_folder() / PROVISIONS, PROVISIONS)
    return tuple(replace(row, codes=(code,)) for row in rows for code in row.codes)


PROVISIONS = "chapter_98.yaml"


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
