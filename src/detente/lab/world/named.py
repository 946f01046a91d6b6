"""Countries of a world by any name: "Germany", "US", "South Korea"; a group such as EU for each of its members."""

from __future__ import annotations

import re
from collections.abc import Sequence

from detente.codes import InputError, Parameter, UnknownName, declared_note
from detente.data.small_world import REGION_NAMES, SECTOR_NAMES
from detente.data.tables import countries, partner_name
from detente.data.tariff_tables import side_of
from detente.economy import Economy
from detente.economy.tariff_table import ALL
from detente.lab.ground.averages import industry_names, sector_names
from detente.lab.ground.axes import REST, Axes

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
