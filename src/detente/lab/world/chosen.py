"""The world of a scenario: one of the package or a user's own, on whose axes the duties of its laws can be laid.

Countries of a world by any name: "Germany", "US", "South Korea"; a group such as EU for each of its members.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from detente.codes import InputError, Parameter, UnknownName, declared_note
from detente.data.importers import importer
from detente.data.library import sha256
from detente.data.small_world import REGION_NAMES, SECTOR_NAMES, SECTORS, SECTORS_2025, groups_on
from detente.data.tables import countries, partner_name
from detente.data.tariff_tables import side_of
from detente.data.worlds import load_economy, world_names
from detente.economy import Economy, goods
from detente.economy.tariff_table import ALL
from detente.lab.averages.averages import industry_names, sector_names
from detente.lab.averages.axes import REST, WORLD, Axes, laid, rows_of
from detente.lab.averages.sides import Pairing
from detente.lab.scenario import Scenario


def world_of(scenario: Scenario, folder: Path) -> Economy:
    """The world of a scenario; one of the user's own is looked for from its folder.

    Raises
    ------
    UnknownName, InputError : neither a world of the package nor a file or folder that holds one.
    """
    if scenario.world in world_names():
        return load_economy(scenario.world)
    path = folder / scenario.world
    files = world_files(path)
    if not files:
        raise unknown_world(scenario)
    return _own(path, tuple(sha256(file) for file in files))


def unknown_world(scenario: Scenario) -> UnknownName:
    """That a scenario names neither a world of the package nor one beside it."""
    named = f"use {', '.join(world_names())}, or a world beside the scenario"
    return UnknownName("world", scenario.world[:60], world_names(), f"scenario {scenario.name}, world", named)


def world_at(scenario: Scenario, folder: Path) -> str:
    """Name of the world of a scenario in the package, or where the user's own lies: what `load_economy` takes."""
    return scenario.world if scenario.world in world_names() else str((folder / scenario.world).resolve())


def world_files(path: Path) -> list[Path]:
    """Files of a user's own world: a file, or all of a folder of tables; none where there is nothing."""
    return [file for file in sorted(path.rglob("*")) if file.is_file()] if path.is_dir() else [path] * path.is_file()


@lru_cache(maxsize=4)
def _own(path: Path, content: tuple[str, ...]) -> Economy:
    """A user's own world, read anew when a file of it is another one."""
    return load_economy(path)


def is_usual(scenario: Scenario) -> bool:
    """Whether a scenario runs in the world that everything else stands on: its talks, its deals, the pages."""
    return scenario.world == WORLD


def check_world(scenario: Scenario, folder: Path, pairings: Mapping[str, Sequence[Pairing]]) -> None:
    """Refuse a world on which the laws of a scenario cannot be laid.

    Raises
    ------
    UnknownName, InputError : no such world, one without the sectors of tariff lines, without a side of the scenario, or
        without the partners of much of its trade.
    """
    if is_usual(scenario):
        return
    economy, place = world_of(scenario, folder), f"scenario {scenario.name}, world"
    try:
        check_laws(economy, pairings)
        for several in pairings.values():
            laid(several[0].before.ground, Axes.of(economy))
    except InputError as error:
        raise error.inside(place) from None


def check_laws(economy: Economy, importers: Iterable[str]) -> None:
    """Refuse a world whose sectors are no goods of tariffs, or that does not tell an importer apart."""
    known = {*_codes(SECTORS), *_codes(SECTORS_2025), *groups_on(economy.sectors, SECTORS, SECTORS_2025).values()}
    unknown = [name for name in goods(economy) if name not in known]
    if unknown or economy.sectors == ("all",):
        several = f"makes goods of {len(unknown)} sectors that no tariff line belongs to: {', '.join(unknown[:3])}"
        what = several if economy.sectors != ("all",) else "has one sector alone"
        raise InputError(economy.name, what, f"use the sectors of {WORLD} or icio-2025, or a world of the package")
    for code in importers:
        _check_importer(economy, code)


def _codes(groups: Mapping[str, Iterable[str]]) -> Iterator[str]:
    return (code for members in groups.values() for code in members)


def _check_importer(economy: Economy, code: str) -> None:
    """Refuse a world that does not tell an importer apart, or knows some members of a union alone."""
    try:
        rows = rows_of(economy, code)
    except UnknownName:
        what = f"does not tell {partner_name(code)} apart, whose law the scenario lays on it"
        raise InputError(economy.name, what, f"use {WORLD} or icio-2025, or leave that law out") from None
    trade = np.asarray(economy.arrays["flows"])[rows].sum()
    if not trade > 0.0:
        what = f"has no imports of {partner_name(importer(code).iso3)}"
        raise InputError(economy.name, what, f"use {WORLD}")


PLAYERS = Parameter("countries")

EDITION, EDITION_YEAR = "icio-2025", "2022"
"""Worlds called after the edition of their table, and the year it is of."""

ONE_UNION = ("icio-2022-small", "icio-2025-small")
"""Worlds in which the European Union is one country."""


def country_of(economy: Economy, text: str, where: str) -> str:
    """Code of the one country of a world that a name stands for.

    Raises
    ------
    UnknownName : no country of that name, or none of this world.
    InputError : a group that is several countries there.
    """
    codes = countries_of(economy, [text], where)
    if len(codes) == 1:
        return codes[0]
    union = next((name for name in ONE_UNION if name.startswith(economy.name)), ONE_UNION[0])
    repair = f"name one of them, or take the world {union}, where the European Union is one"
    raise InputError(where, f"'{text}' is {len(codes)} countries in the world {economy.name}", repair)


def place_in(economy: Economy, text: str) -> tuple[str, str]:
    """Country of a world for any country by name, and a note where it is part of a region there.

    Raises
    ------
    UnknownName : a name that nobody knows.
    """
    name = text.strip().replace("-", " ")
    if name.upper() in economy.countries:
        return name.upper(), ""
    code = countries().resolve(name, Parameter("country"))
    row = int(Axes.of(economy).rows([code])[0])
    if row < 0:
        raise UnknownName("country", code, economy.countries, f"world {economy.name}")
    place = economy.countries[row]
    if place == code:
        return code, ""
    rest = place == REST
    region = declared_note("world.rest") if rest else REGION_NAMES.get(place) or partner_name(place)
    return place, declared_note("world.part_of", country=partner_name(code), region=region)


def countries_of(economy: Economy, texts: Sequence[str], where: str) -> list[str]:
    """Codes of the countries of a world that names stand for, each once, in the order given; errors as `side_of`."""
    codes = [code for text in texts for code in side_of(text, economy.countries, where)]
    whole = economy.countries if ALL in codes else codes
    return list(dict.fromkeys(whole))


def year_of(world: str) -> str:
    """The year of a world, whose tariffs every change is measured against; "" where its name tells none."""
    if world.startswith(EDITION):
        return EDITION_YEAR
    year = re.search(r"\b(?:19|20)\d\d\b", world)
    return year[0] if year else ""


def world_sector_names() -> dict[str, str]:
    """Names of the sectors of all worlds of the input-output tables, large and small, by code."""
    return {**industry_names(), **sector_names(), **SECTOR_NAMES}


def players_of(economy: Economy, texts: Sequence[str]) -> list[str]:
    """Codes of the players of a game, each one country; errors as `country_of`."""
    return [country_of(economy, text, PLAYERS) for text in texts]
