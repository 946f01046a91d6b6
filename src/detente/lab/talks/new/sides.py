"""The parties of a new case: countries and unions by name, and the world in which each of them stands alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from detente.codes import InputError
from detente.data.casefile import MOST_PARTIES
from detente.data.importerfile import importer_id, lawbooks, member_note
from detente.data.importers import Importer, importer
from detente.data.small_world import REGIONS, region_groups
from detente.data.tables import countries, partner_name, place
from detente.data.worlds import load_economy

LARGE, SMALL = "icio-2022", "icio-2022-small"
OF_SECTORS = "sector"
SHORT = {"USA": ("us", "US"), "EU27": ("eu", "EU"), "CHN": ("chn", "Chinese"), "GBR": ("gbr", "British")}
"""What begins the names and the labels of issues, where it is not the code and the name."""


@dataclass(frozen=True)
class Party:
    """A party of a new case: `code` as in case files, `note` what a reader should know of how it was named."""

    code: str
    note: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """Within a sentence: "the United States", "Japan"."""
        return place(self.code)

    @property
    def title(self) -> str:
        """By itself: "United States"."""
        return partner_name(self.code)

    @property
    def short(self) -> str:
        """The beginning of the names of its issues: "us", "jpn"."""
        return SHORT.get(self.code, (self.code.lower(), ""))[0]

    @property
    def adjective(self) -> str:
        """The beginning of labels: "US", "EU", else "Japan's"."""
        name = self.title
        return SHORT[self.code][1] if self.code in SHORT else f"{name}'" if name.endswith("s") else f"{name}'s"

    @cached_property
    def importer(self) -> Importer:
        """Its law, lines and trade."""
        return importer(self.code)

    @property
    def members(self) -> frozenset[str]:
        """Countries that apply its law."""
        return frozenset(self.importer.members)

    @property
    def lines(self) -> bool:
        """Whether its tariff is known by line, not as averages of sectors alone."""
        return self.importer.file.level != OF_SECTORS


def parties_of(names: Sequence[str]) -> tuple[Party, ...]:
    """The parties by name or code, in the order given.

    Raises
    ------
    UnknownName, InputError : no such country, one that no world has alone, the same twice, too few or too many.
    """
    where = "parties"
    parties = tuple(_party(name, where) for name in names)
    for party in parties:
        if parties.count(party) > 1:
            note = next((same.note for same in parties if same == party and same.note), "")
            what = f"{party.title} is named twice{f': {note}' if note else ''}"
            raise InputError(where, what, "name each party once")
    if not 2 <= len(parties) <= MOST_PARTIES:
        raise InputError(where, f"{len(parties)} are given", f"name two to {MOST_PARTIES} countries, or the EU")
    return parties


def _party(text: str, where: str) -> Party:
    group = countries().group(text)
    if group is not None and group.id not in ("EU", *lawbooks()):
        raise InputError(where, f"{group.title} has no tariff of its own", "name countries, or the EU")
    if group is None:
        code = countries().resolve(text, where)
        if code not in load_economy(LARGE).countries:
            name = countries().name(code)
            raise InputError(where, f"{name} does not stand alone in the world {LARGE}", "name another country")
    code = importer_id(text, where)
    return Party(code, member_note(text, code))


def world_of(parties: Sequence[Party]) -> str:
    """The small world where every party stands alone in it, or is a whole region; else the large one."""
    grouped = region_groups()
    whole = {frozenset(members) for members in REGIONS.values()}
    small = all(party.code not in grouped and (party.code in _alone() or party.members in whole) for party in parties)
    return SMALL if small else LARGE


def _alone() -> frozenset[str]:
    return frozenset(load_economy(SMALL).countries)
