"""Countries: ISO3 inside; ISO2, M49, Census codes and common names understood; dated groups."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from detente.codes.errors import UnknownName
from detente.codes.names import Readable


@dataclass(frozen=True, slots=True)
class Membership:
    """One country's stay in a group; open ends are None, both days inclusive."""

    country: str
    start: date | None = None
    end: date | None = None

    def holds(self, on: date | None) -> bool:
        """Whether the country is in the group on that day (always, if no day is given)."""
        if on is None:
            return self.end is None
        return (self.start is None or self.start <= on) and (self.end is None or on <= self.end)


@dataclass(frozen=True, slots=True)
class Group:
    """A named, dated group of countries, such as EU27 or COL2."""

    id: str
    title: str
    members: tuple[Membership, ...]
    aliases: tuple[str, ...] = ()

    def on(self, day: date | None = None) -> frozenset[str]:
        """Members on a day."""
        return frozenset(m.country for m in self.members if m.holds(day))


@dataclass(frozen=True, repr=False)
class Countries(Readable):
    """Names and codes of every country, and the dated groups.

    Attributes
    ----------
    names : ISO3 -> English name.
    aliases : folded alias (ISO2, M49, Census code, name, spelling) -> ISO3.
    groups : group id -> Group.
    """

    names: Mapping[str, str]
    aliases: Mapping[str, str] = field(repr=False)
    groups: Mapping[str, Group] = field(repr=False, default_factory=dict)

    def resolve(self, text: str, where: str = "") -> str:
        """ISO3 of a country given by any code or name; `UnknownName` with the nearest names."""
        code = text.strip().upper()
        if code in self.names:
            return code
        iso3 = self.aliases.get(fold(text))
        if iso3 is None:
            known = [*self.names.values(), *self.names, *self.aliases]
            raise UnknownName("country", text, known, where, "give an ISO code such as CHN or a name")
        return iso3

    def expand(self, text: str, on: date | None = None, where: str = "") -> frozenset[str]:
        """Countries of a group id, or the single country of any other text."""
        group = self.group(text)
        return group.on(on) if group is not None else frozenset({self.resolve(text, where)})

    def code(self, text: str, where: str = "") -> str:
        """Id of a group, or ISO3 of a country, by any code or name; errors as `resolve`."""
        group = self.group(text)
        return group.id if group is not None else self.resolve(text, where)

    def group(self, text: str) -> Group | None:
        """The group of that id or alias, if there is one."""
        key = text.strip().upper().replace("-", "_")
        return self.groups.get(key) or self.groups.get(self._group_aliases.get(fold(text), ""))

    @cached_property
    def _group_aliases(self) -> dict[str, str]:
        return {fold(alias): group.id for group in self.groups.values() for alias in group.aliases}

    def name(self, iso3: str) -> str:
        """English name of an ISO3 code, or the code itself."""
        return self.names.get(iso3, iso3)


def fold(text: str) -> str:
    """Text in any script without accents, case, punctuation and a leading "the", for comparison of names."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(ch for ch in plain if not unicodedata.combining(ch))
    plain = re.sub(r"[\W_]+", " ", plain.lower()).strip()
    return plain.removeprefix("the ")


def alias_index(rows: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """Folded alias -> ISO3 from pairs (ISO3, its aliases); the first owner of an alias keeps it."""
    index: dict[str, str] = {}
    for iso3, aliases in rows:
        for alias in aliases:
            if alias:
                index.setdefault(fold(alias), iso3)
    return index
