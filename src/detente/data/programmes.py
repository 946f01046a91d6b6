"""Preference programmes: who may claim which special rate, and what the rate is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis, Countries, InputError, UnknownName
from detente.codes.countries import fold
from detente.data.lawbook import read_partners
from detente.data.library import package_folder
from detente.data.tables import arrays
from detente.data.yamlfile import as_date, as_list, read_yaml
from detente.law.measure import ALWAYS, FOREVER, Partners

ANY = ("FTA", "yes", "preference")
"""Words that claim whatever agreement the partner has."""


@dataclass(frozen=True, slots=True)
class Programme:
    """One column symbol of the special rates."""

    symbol: str
    also: tuple[str, ...]
    name: str
    title: str
    kind: str
    aliases: tuple[str, ...]
    partners: tuple[Partners, ...] | None
    start: date = ALWAYS
    end: date = FOREVER

    def open_to(self, partner: str, on: date) -> bool:
        """Whether goods of the partner may claim it on a day."""
        if not self.start <= on <= self.end:
            return False
        scopes = self.partners
        return scopes is None or any(partner in s.countries and s.start <= on <= s.end for s in scopes)


@dataclass(frozen=True)
class Programmes:
    """The programmes of one importer, with a reader of their rates."""

    by_symbol: Mapping[str, Programme]
    table: str = ""
    where: str = field(default="", repr=False)

    @cached_property
    def _names(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for symbol, programme in self.by_symbol.items():
            for name in (symbol, *programme.also, programme.name, programme.title, *programme.aliases):
                found.setdefault(fold(name), symbol)
        return found

    def claimed(self, text: str, partner: str, on: date) -> str:
        """Symbol of a claimed programme; refuses unknown names and partners outside it."""
        if fold(text) in {fold(word) for word in ANY}:
            return self._any(partner, on)
        symbol = self._names.get(fold(text))
        if symbol is None:
            known = [p.name for p in self.by_symbol.values()]
            raise UnknownName("programme", text, [*known, *self._names], "--claim", "as in USMCA or KORUS")
        programme = self.by_symbol[symbol]
        if not programme.open_to(partner, on):
            raise InputError(
                "--claim", f"goods of {partner} cannot claim {programme.name} on {on}", self._offer(partner, on)
            )
        return symbol

    def _any(self, partner: str, on: date) -> str:
        open_now = [p for p in self.by_symbol.values() if p.kind == "agreement" and p.open_to(partner, on)]
        if not open_now:
            raise InputError("--claim", f"{partner} has no trade agreement to claim on {on}", "leave --claim out")
        return open_now[0].symbol

    def _offer(self, partner: str, on: date) -> str:
        open_now = [p.name for p in self.by_symbol.values() if p.kind != "use" and p.open_to(partner, on)]
        return f"it may claim {' or '.join(open_now)}" if open_now else "leave --claim out"

    def base(self, symbol: str, lines: Axis, general: NDArray[np.float64], on: date | None) -> NDArray[np.float64]:
        """Base duty by line under a programme; the general rate where the line has none; shape (lines,)."""
        table = arrays(self.table, ("code", "programme", "rate", "from", "until"))
        programme = self.by_symbol[symbol]
        chosen = np.isin(table["programme"], [symbol, *programme.also])
        day = "" if on is None else on.isoformat()
        if day:
            chosen &= (table["from"] <= day) & ((table["until"] == "") | (day <= table["until"]))
        else:
            chosen &= table["until"] == ""
        codes, rate = table["code"][chosen], table["rate"][chosen]
        row = lines.longest_prefix(codes.tolist())
        special = np.asarray([*rate.tolist(), np.nan])[row]
        return np.where(np.isnan(special), general, special)


def read_programmes(iso3: str, countries: Countries) -> Programmes:
    """The programmes of an importer's lawbook; none if it has no such file."""
    path = package_folder() / "lawbooks" / iso3.lower() / "programmes.yaml"
    if not path.exists():
        return Programmes({})
    found: dict[str, Programme] = {}
    for row in read_yaml(path, "programmes.yaml"):
        partners = row.get("partners")
        members = read_partners(partners, countries, "programmes.yaml")
        found[row["symbol"]] = Programme(
            row["symbol"],
            tuple(as_list(row.get("also"))),
            row["name"],
            row.get("title", row["name"]),
            row.get("kind", "agreement"),
            tuple(as_list(row.get("aliases"))),
            members,
            as_date(row["from"], str(path)) if row.get("from") else ALWAYS,
            as_date(row["until"], str(path)) if row.get("until") else FOREVER,
        )
    return Programmes(found, "usa_special" if iso3 == "USA" else "")
