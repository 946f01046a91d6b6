"""Preference programmes: who may claim which special rate, and what the rate is.

Most rates stand in the special column of the tariff under the symbol of the programme. Some programmes free goods by
headings of chapter 98 besides, apparel above all; those are written in the file of programmes as `free`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis, InputError, Parameter, UnknownName
from detente.codes.countries import fold
from detente.data.base_steps import BaseSteps
from detente.data.importer_lines import PREFERENCES, read_columns
from detente.data.tables import arrays
from detente.law.measure import ALWAYS, FOREVER, Partners, names_partner

#: Words that claim whatever agreement the partner has.
ANY = ("FTA", "yes", "preference")


@dataclass(frozen=True, slots=True)
class Grant:
    """Goods that a programme frees of base duty by headings of chapter 98.

    Attributes
    ----------
    codes : prefixes of the goods.
    partners : None means every partner of the programme.
    """

    heading: str
    codes: tuple[str, ...]
    partners: tuple[Partners, ...] | None

    def open_to(self, partner: str, on: date) -> bool:
        """Whether it is for goods of a partner on a day."""
        return names_partner(self.partners, partner, on)


@dataclass(frozen=True, slots=True)
class Programme:
    """One column symbol of the special rates.

    Attributes
    ----------
    free : goods freed by headings of chapter 98.
    only : beginnings of the goods it is for; empty = all goods.
    aspect : fact about the goods that its claim says is true of them whole; "" = none.
    lapse : first and last day on which it had lapsed, until a later text revived it back to the first of them.
    """

    symbol: str
    also: tuple[str, ...]
    name: str
    title: str
    kind: str
    aliases: tuple[str, ...]
    partners: tuple[Partners, ...] | None
    start: date = ALWAYS
    end: date = FOREVER
    free: tuple[Grant, ...] = ()
    only: tuple[str, ...] = ()
    lapse: tuple[date, date] | None = None
    aspect: str = ""

    def open_to(self, partner: str, on: date) -> bool:
        """Whether goods of the partner may claim it on a day."""
        return self.start <= on <= self.end and names_partner(self.partners, partner, on)

    def covers(self, codes: Iterable[str]) -> bool:
        """Whether it is for all goods under some codes."""
        return not self.only or all(code.startswith(self.only) for code in codes)

    def lapsed(self, on: date) -> bool:
        """Whether by the texts of the day it had lapsed."""
        return self.lapse is not None and self.lapse[0] <= on <= self.lapse[1]


@dataclass(frozen=True)
class Programmes:
    """The programmes of one importer, with a reader of their rates."""

    by_symbol: Mapping[str, Programme]
    table: str = ""
    rates: Path | None = None

    def _rows(self) -> Mapping[str, NDArray[Any]]:
        """Special rates: code, programme, rate, days."""
        if self.rates is not None:
            return read_columns(self.rates, PREFERENCES)
        return arrays(self.table, RATES) if self.table else NO_RATES

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Days on which some programme begins, lapses or changes a rate, in order."""
        spans = [(p.start, p.end) for p in self.by_symbol.values()]
        spans += [(s.start, s.end) for p in self.by_symbol.values() for s in p.partners or ()]
        starts = {start for start, _ in spans if start != ALWAYS}
        ends = {end + timedelta(1) for _, end in spans if end != FOREVER}
        return tuple(sorted({*starts, *ends, *BaseSteps(self._rows()).edges}))

    @cached_property
    def _names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for symbol, programme in self.by_symbol.items():
            for name in (symbol, *programme.also, programme.name, programme.title, *programme.aliases):
                names.setdefault(fold(name), symbol)
        return names

    def claimed(self, text: str, partner: str, on: date, *, published: bool = False) -> str:
        """Symbol of a claimed programme; refuses unknown names and partners outside it.

        With `published` the texts of the day count, by which a programme renewed later had lapsed.
        """
        if fold(text) in {fold(word) for word in ANY}:
            return self._any(partner, on)
        symbol = self._names.get(fold(text))
        if symbol is None:
            known = [p.name for p in self.by_symbol.values()]
            raise UnknownName("programme", text, [*known, *self._names], Parameter("claim"), "as in USMCA or KORUS")
        programme = self.by_symbol[symbol]
        if not programme.open_to(partner, on):
            raise InputError(
                Parameter("claim"),
                f"goods of {partner} cannot claim {programme.name} on {on}",
                self._offer(partner, on),
            )
        if published and programme.lapsed(on):
            raise InputError(
                Parameter("claim"),
                f"{programme.name} had lapsed by the texts of {on}",
                "leave it out, or take the reading effective: it was renewed back to the day of the lapse",
            )
        return symbol

    def aspect(self, symbol: str) -> str:
        """Fact about the goods that the claim of a programme says is true; "" where it says none."""
        return self.by_symbol[symbol].aspect if symbol else ""

    def check_goods(self, symbol: str, codes: Iterable[str]) -> None:
        """Refuse the claim of a programme that is not for the goods."""
        programme = self.by_symbol[symbol]
        if not programme.covers(codes):
            raise InputError(
                Parameter("claim"), f"{programme.name} is not for these goods", "claim another programme, or none"
            )

    def freed_under(self, column: str, code: str) -> str:
        """Heading of chapter 98 under which goods are free in a column of `column`; "" where none frees them."""
        symbol, *headings = column.split("/")
        grants = (g for g in self.by_symbol[symbol].free if g.heading in headings)
        return next((g.heading for g in grants if code.startswith(g.codes)), "")

    def column(self, symbol: str, partner: str, on: date | None) -> str:
        """Name of the column of rates of a programme, with the headings of chapter 98 open to a partner on a day."""
        grants = self.by_symbol[symbol].free if on is not None else ()
        return "/".join((symbol, *(g.heading for g in grants if on is not None and g.open_to(partner, on))))

    def _any(self, partner: str, on: date) -> str:
        open_now = [p for p in self.by_symbol.values() if p.kind == "agreement" and p.open_to(partner, on)]
        if not open_now:
            raise InputError(
                Parameter("claim"), f"{partner} has no trade agreement to claim on {on}", "leave the claim out"
            )
        return open_now[0].symbol

    def _offer(self, partner: str, on: date) -> str:
        open_now = [p.name for p in self.by_symbol.values() if p.kind != "use" and p.open_to(partner, on)]
        return f"it may claim {' or '.join(open_now)}" if open_now else "leave the claim out"

    def base(self, column: str, lines: Axis, general: NDArray[np.float64], on: date | None) -> NDArray[np.float64]:
        """Base duty by line in a column of `column`; the general rate where the line has none; shape (lines,)."""
        symbol, *headings = column.split("/")
        programme = self.by_symbol[symbol]
        rates = np.where(np.isnan(special := self._printed(programme, lines, on)), general, special)
        for grant in (g for g in programme.free if g.heading in headings):
            rates[lines.mask(grant.codes)] = 0.0
        return rates

    def text(self, symbol: str, code: str, on: date) -> str:
        """What the special rate of a line says where it is no share of value; "" where it is one, or there is none."""
        table = self._rows_of(self.by_symbol[symbol])
        if "text" not in table:
            return ""
        day = on.isoformat()
        prefixes = [code[:n] for n in range(1, len(code) + 1)]
        here = np.flatnonzero(np.isin(table["code"], prefixes))
        of_day = [i for i in here.tolist() if table["from"][i] <= day and (table["until"][i] or day) >= day]
        nearest = max(of_day, key=lambda i: len(table["code"][i]), default=None)
        return "" if nearest is None or not np.isnan(table["rate"][nearest]) else str(table["text"][nearest])

    @cached_property
    def _own_rows(self) -> dict[str, Mapping[str, NDArray[Any]]]:
        return {}

    @cached_property
    def _places(self) -> dict[str, tuple[Axis, Mapping[str, NDArray[Any]]]]:
        return {}

    def _rows_of(self, programme: Programme) -> Mapping[str, NDArray[Any]]:
        """Special rates under the symbols of one programme, looked out once as they are asked for day by day."""
        if programme.symbol not in self._own_rows:
            table = self._rows()
            chosen = np.isin(table["programme"], [programme.symbol, *programme.also])
            names = (*RATES, *(["text"] if "text" in table else []))
            self._own_rows[programme.symbol] = {name: table[name][chosen] for name in names}
        return self._own_rows[programme.symbol]

    def _places_of(self, programme: Programme, lines: Axis) -> Mapping[str, NDArray[Any]]:
        """Which of some lines are under each code of a programme; kept for the most lines that were asked for."""
        kept = self._places.get(programme.symbol)
        if kept is not None and kept[0] is lines:
            return kept[1]
        codes = self._rows_of(programme)["code"]
        lo, hi = lines.bounds(codes.tolist())
        places = {"length": np.char.str_len(codes), "lo": lo, "hi": hi}
        if kept is None or len(lines) >= len(kept[0]):
            self._places[programme.symbol] = lines, places
        return places

    def _printed(self, programme: Programme, lines: Axis, on: date | None) -> NDArray[np.float64]:
        """Special rate by line as printed under the symbols of a programme, NaN where there is none; shape (lines,)."""
        table, places = self._rows_of(programme), self._places_of(programme, lines)
        day = "" if on is None else on.isoformat()
        if day:
            chosen = (table["from"] <= day) & ((table["until"] == "") | (day <= table["until"]))
        else:
            chosen = table["until"] == ""
        row = lines.longest_of(*(places[name][chosen] for name in ("length", "lo", "hi")))
        return np.append(table["rate"][chosen], np.nan)[row]


RATES = ("code", "programme", "rate", "from", "until")
NO_RATES: Mapping[str, NDArray[Any]] = {
    name: np.zeros(0, dtype=np.float64 if name == "rate" else np.str_) for name in RATES
}
