"""The countries of a supply chain: which blocs there are, their networks, and where their imported parts come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from detente.chains.network import Network, condense, from_use_tables, from_world
from detente.codes import Parameter, UnknownName
from detente.codes.axis import Floats
from detente.data.chain_tables import UsNetwork, economies, us_network
from detente.data.limits import memoized
from detente.data.tables import arrays, countries
from detente.data.worlds import load_economy
from detente.economy.frame import Economy

WORLD = "icio-2022"
REST = "ROW"
#: Countries and blocs with a network of their own; the last is everybody else.
BLOCS = ("USA", "EU27", "JPN", "KOR", "GBR", "IND", "TWN", "VNM", "MEX", "CAN", "CHN", REST)

BASE_YEAR = 2024
#: Year of the tables behind the networks.
YEARS = {"bea": 2017, "icio28": 2022}


@memoized
def world() -> Economy:
    """The world of sectors behind the networks."""
    return load_economy(WORLD)


@memoized
def bloc_members() -> dict[str, tuple[str, ...]]:
    """Countries of the world in each bloc; a country is in one only."""
    known = world().countries
    named: dict[str, tuple[str, ...]] = {bloc: (bloc,) for bloc in BLOCS if bloc in known and bloc != REST}
    union = countries().expand("EU27")
    named["EU27"] = tuple(code for code in known if code in union)
    inside = {code for group in named.values() for code in group}
    named[REST] = tuple(code for code in known if code not in inside)
    return {bloc: named[bloc] for bloc in BLOCS}


def bloc_of(country: str) -> str:
    """The bloc a country belongs to, or the country itself where it is in none of those named."""
    if country == "EUR":
        return "EU27"
    for bloc, group in bloc_members().items():
        if country == bloc or (country in group and bloc != REST):
            return bloc
    return country


def check_bloc(text: str, where: str = Parameter("country")) -> str:
    """The code of a bloc by its code, or any name or alias; `UnknownName` says what a member belongs to."""
    code = text.strip().upper()
    if code in BLOCS:
        return code
    known = countries()
    code = known.code(text, where)
    if code in BLOCS:
        return code
    inside = bloc_of(code)
    repair = f"{known.name(code)} is counted in {inside}" if inside in BLOCS else f"known: {', '.join(BLOCS)}"
    raise UnknownName("country of a chain", text, BLOCS, where, repair)


def scheme_of(country: str) -> str:
    """Classification of a country's industries: "bea" for the United States, "icio28" elsewhere."""
    return "bea" if country == "USA" else "icio28"


def dollar_growth(bloc: str) -> float:
    """Nominal GDP in USD of the base year over that of the year of the bloc's network."""
    return gdp(bloc) / gdp(bloc, YEARS[scheme_of(bloc)])


def gdp(bloc: str, year: int = BASE_YEAR) -> float:
    """GDP of a bloc in a year, current USD; members without a figure of the base year too are left out."""
    figures, key = economies(), f"gdp_{year}"
    both = [figures[code] for code in bloc_members()[bloc] if {key, f"gdp_{BASE_YEAR}"} <= figures.get(code, {}).keys()]
    return sum(row[key] for row in both)


def sector_of(code: str) -> str:
    """Sector of the world that makes what a BEA industry makes.

    Raises
    ------
    UnknownName : no code of the concordance is near.
    """
    table = arrays("concordance_naics_icio28")
    known = dict(zip(table["source"].tolist(), table["target"].tolist(), strict=True))
    for length in range(len(code), 1, -1):
        for name, sector in known.items():
            if name[:length] == code[:length]:
                return sector
    raise UnknownName("BEA industry", code, known, "sectors of the world")


def _part_codes() -> tuple[str, ...]:
    table = us_network()
    return tuple(code for code, part in zip(table.codes, table.parts, strict=True) if part)


@memoized
def part_sectors() -> tuple[str, ...]:
    """Sectors of the world that make parts with magnets inside."""
    return tuple(dict.fromkeys(sector_of(code) for code in _part_codes()))


def parts_of(bloc: str, sectors: Sequence[str]) -> tuple[str, ...]:
    """Imported goods of a country that may hold the material: BEA codes for the United States, sectors elsewhere."""
    return tuple(sectors) if not sectors or scheme_of(bloc) == "icio28" else _part_codes()


def output(bloc: str) -> dict[str, float]:
    """Output by industry of a bloc in USD of the base year."""
    growth = dollar_growth(bloc)
    if scheme_of(bloc) == "bea":
        table = us_network()
        return {code: float(usd) * growth for code, usd in zip(table.codes, table.supply, strict=True)}
    made = sector_output()[bloc]
    return {code: float(usd) * growth for code, usd in zip(world().sectors, made, strict=True)}


@memoized
def sector_output() -> dict[str, Floats]:
    """Sales of each bloc by sector of the world, USD of 2022, shape (sector,)."""
    economy = world()
    made = np.asarray(economy.arrays["flows"], dtype=np.float64).sum(axis=0)
    index = {code: i for i, code in enumerate(economy.countries)}
    return {bloc: made[[index[code] for code in group]].sum(axis=0) for bloc, group in bloc_members().items()}


@memoized
def bloc_trade() -> Floats:
    """Imports between blocs, net of tariff, USD of 2022, shape (importer, exporter, sector); nothing inside a bloc."""
    economy = world()
    index = {code: i for i, code in enumerate(economy.countries)}
    into = np.zeros((len(BLOCS), len(economy.countries)))
    for b, bloc in enumerate(BLOCS):
        into[b, [index[code] for code in bloc_members()[bloc]]] = 1.0
    trade = np.einsum("ai,ijk,bj->abk", into, np.asarray(economy.arrays["flows"]), into, optimize=True)
    trade[np.arange(len(BLOCS)), np.arange(len(BLOCS))] = 0.0
    return trade


def import_share(bloc: str, sectors: Sequence[str]) -> Floats:
    """Share of each bloc in a bloc's imports of each sector, shape (sector, bloc); rows sum to 1."""
    trade = bloc_trade()[BLOCS.index(bloc)]
    picked = trade[:, [world().sector(code) for code in sectors]].T
    return picked / picked.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class NetworkBasis:
    """What a country's network is made of, before anything is spent on the material.

    Attributes
    ----------
    bloc : code; `scheme` of its industries.
    closed : network without imported parts that may be short; `open` : with them.
    parts : imported parts; `sector` of the world that makes each.
    groups : industry in `closed` of each industry of the tables.
    """

    bloc: str
    scheme: str
    closed: Network = field(repr=False)
    open: Network = field(repr=False)
    parts: tuple[str, ...]
    sector: tuple[str, ...]
    groups: Mapping[str, str] = field(repr=False)

    @cached_property
    def import_share(self) -> Floats:
        """Share of each bloc in the imports of each part, shape (part, bloc)."""
        return import_share(self.bloc, self.sector)


@memoized
def ground(bloc: str, users: tuple[str, ...], parts: tuple[str, ...], *, full: bool = False) -> NetworkBasis:
    """The networks of a bloc with its users at detail and other industries in groups (steps 17, 21, 22).

    Parameters
    ----------
    users : codes of its users of the material, in its own classification.
    parts : imported goods that may be short: BEA codes for the United States, sectors of the world elsewhere.
    full : leave every industry at detail.
    """
    scheme = scheme_of(bloc)
    sector = tuple(sector_of(code) for code in parts) if scheme == "bea" else parts
    networks = _usa(parts) if scheme == "bea" else _of_world(bloc, parts)
    groups = {code: code for code in networks[0].industries}
    if not full:
        if scheme == "bea":  # users, parts and carriers stay; others have their summary code
            table = us_network()
            groups |= zip(table.codes, table.groups({*users, *parts}), strict=True)
        else:  # users and services stay
            names = {"A": "farms", "B": "mines", "C": "other manufactures"}
            groups |= {code: names[code[0]] for code in groups if code not in users and code[0] in names}
        networks = (condense(networks[0], groups), condense(networks[1], groups))
    return NetworkBasis(bloc, scheme, *networks, parts, sector, groups)


@memoized
def _usa(parts: tuple[str, ...]) -> tuple[Network, Network]:
    table: UsNetwork = us_network()

    def network(rows: tuple[str, ...]) -> Network:
        return from_use_tables(
            "USA, input-output accounts of 2017",
            table.codes,
            supply=table.supply,
            domestic=table.use,
            imported=table.imported,
            imports=table.imports,
            parts=rows,
        )

    return network(()), network(parts)


@memoized
def _of_world(bloc: str, parts: tuple[str, ...]) -> tuple[Network, Network]:
    economy, name = world(), f"{bloc}, {WORLD}"
    group, arrays = bloc_members()[bloc], economy.arrays

    def network(rows: tuple[str, ...]) -> Network:
        return from_world(
            name,
            group,
            countries=economy.countries,
            sectors=economy.sectors,
            flows=arrays["flows"],
            input_share=arrays["input_share"],
            tariff=arrays["tariff"],
            parts=rows,
        )

    return network(()), network(parts)


def with_part_shares(network: Network, share: Mapping[str, float]) -> Network:
    """The network in which only a share of each imported part may be short; the rest joins the other imports.

    Parameters
    ----------
    share : share of the imports of a part that holds the material, by its code.
    """
    kept = np.array([share[code] for code in network.imported_rows])
    freed = (1.0 - kept) @ network.imported_use
    return replace(
        network,
        other_imports=network.other_imports + freed,
        imported_use=network.imported_use * kept[:, None],
        imported_final=network.imported_final * kept,
    )
