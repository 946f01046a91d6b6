"""The world of a scenario: one of the package or a user's own, on whose axes the duties of its laws can be laid.

Countries of a world by any name: "Germany", "US", "South Korea"; a group such as EU for each of its members.

Trade costs of a scenario that are not duties, laid on a world beside the duties of its laws.

They are icebergs: what a way costs more is lost on it, and raises no revenue for anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_of
from detente.codes.names import vocabulary
from detente.data.importers import importer
from detente.data.library import sha256
from detente.data.limits import memoized
from detente.data.small_world import SECTORS, SECTORS_2025, groups_on
from detente.data.tables import countries, partner_name
from detente.data.tariff_tables import CostRow, in_force, parse_costs, read_costs, side_of
from detente.data.worlds import load_economy, world_names
from detente.economy import Economy, TableRow, goods
from detente.economy.frame import Floats
from detente.economy.tariff_table import ALL, GOODS, SERVICES, costs_of, refuse_hat
from detente.economy.tariff_table import laid as laid_rows
from detente.lab.averages.averages import industry_names, sector_names
from detente.lab.averages.axes import REST, WORLD, Axes, laid, rows_of
from detente.lab.averages.reform import sectors_of
from detente.lab.scenario import Point, Scenario

if TYPE_CHECKING:
    from detente.lab.averages.sides import Pairing


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


@memoized
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

#: Worlds called after the edition of their table, and the year it is of.
EDITION, EDITION_YEAR = "icio-2025", "2022"

#: Worlds in which the European Union is one country.
ONE_UNION = ("icio-2022-small", "icio-2025-small")


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
    region = declared_note("world.rest") if rest else vocabulary("region").get(place) or partner_name(place)
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
    return {**industry_names(), **sector_names(), **vocabulary("sector")}


def players_of(economy: Economy, texts: Sequence[str]) -> list[str]:
    """Codes of the players of a game, each one country; errors as `country_of`."""
    return [country_of(economy, text, PLAYERS) for text in texts]


@dataclass(frozen=True)
class TradeCosts:
    """Trade costs of one law at its day.

    Attributes
    ----------
    hat : new over old, shaped like the tariff of the world; None where none changes.
    rows : those in force; `notes` : what they touch, for readers.
    """

    hat: Floats | None = field(default=None, repr=False)
    rows: tuple[CostRow, ...] = ()
    notes: tuple[str, ...] = ()


NOTHING = ([], None)

NO_COSTS = TradeCosts()

#: Costs under the earlier law and under the later one.
Pair = tuple[TradeCosts, TradeCosts]


def _rows_at(point: Point, folder: Path, place: str) -> tuple[CostRow, ...]:
    """All rows of one law of a scenario, from its file or its place; errors as `read_costs`."""
    given = point.costs
    if given in NOTHING:
        return ()
    return read_costs(folder / given, str(given)) if isinstance(given, str) else parse_costs(given, place)


def placed(economy: Economy, rows: Sequence[CostRow]) -> list[TableRow]:
    """Rows on the countries and sectors of a world.

    Raises
    ------
    UnknownName, InputError : a country or sector that the world does not have.
    """
    return [_placed(economy, row) for row in rows]


def _placed(economy: Economy, row: CostRow) -> TableRow:
    ends = [
        side_of(text, economy.countries, f"{row.where}, {key}")
        for key, text in (("importer", row.importer), ("exporter", row.exporter))
    ]
    sectors = _sectors(economy, row.sector, f"{row.where}, sector")
    return TableRow(ends[0], ends[1], row.hat, sectors, sure=True, where=row.where)


def _sectors(economy: Economy, name: str, where: str) -> tuple[str, ...]:
    """Sectors of a world under a code of either world of the input-output tables, a name or a word."""
    if not name or name in (*economy.sectors, ALL, GOODS, SERVICES):
        return (name,) if name else ()
    large = sectors_of(name, where)
    small = tuple(code for code, members in SECTORS.items() if set(members) <= set(large))
    known = next((codes for codes in (large, small) if codes and set(codes) <= set(economy.sectors)), None)
    if known is None:
        raise UnknownName("sector", name[:60], economy.sectors, where, f"sectors: {', '.join(economy.sectors)}")
    return known


def laid_on(economy: Economy, rows: Sequence[CostRow], on: date | None) -> TradeCosts:
    """Costs of the rows that hold on a day; of all rows without one.

    Raises
    ------
    UnknownName, InputError : what the world does not have, a cell that two rows speak of and neither more narrowly.
    """
    chosen = in_force(rows, on)
    if not chosen:
        return NO_COSTS
    hat, note = costs_of(economy, placed(economy, chosen))
    return TradeCosts(hat, chosen, (note,))


def pairs_of(scenario: Scenario, folder: Path, economy: Economy) -> list[Pair]:
    """Costs under both laws of every variant of a dated scenario, in the order of its pairings.

    Raises
    ------
    UnknownName, InputError : what cannot be read or laid on the world, with its place.
    """
    name = f"scenario {scenario.name}"
    before = _at(scenario.against or Point(on=scenario.on), folder, economy, f"{name}, against.costs")
    points: Mapping[str, Point] = scenario.variants or {"": scenario}
    places = ((point, f"{name}, variants.{key}.costs" if key else f"{name}, costs") for key, point in points.items())
    return [(before, _at(point, folder, economy, place)) for point, place in places]


def _at(point: Point, folder: Path, economy: Economy, place: str) -> TradeCosts:
    assert isinstance(point.on, date)
    rows = _rows_at(point, folder, place)
    _ = placed(economy, rows)
    return laid_on(economy, rows, point.on)


def with_costs(scenario: Scenario, costs: str | Path | Sequence[Mapping[str, Any]]) -> Scenario:
    """The scenario with the trade costs of a file, or of rows, in every law but the one it is compared with."""
    own = {"costs": str(Path(costs).resolve()) if isinstance(costs, str | Path) else [dict(row) for row in costs]}
    variants = {name: point.model_copy(update=own) for name, point in scenario.variants.items()}
    return scenario.model_copy(update={**own, "variants": variants})


def changes_costs(scenario: Scenario) -> bool:
    """Whether any law of a scenario comes with trade costs."""
    points = (scenario, *scenario.variants.values(), *((scenario.against,) if scenario.against else ()))
    return any(point.costs not in NOTHING for point in points)


def costs_table(variants: Sequence[str], pairs: Sequence[Pair], economy: Economy) -> Table:
    """What changes on the way of goods: cost before and after, by seller, buyer and sector."""
    rows = [row for name, pair in zip(variants, pairs, strict=True) for row in _rows(name, pair, economy)]
    return table_of("world.costs", rows)


def _rows(variant: str, pair: Pair, economy: Economy) -> Iterator[tuple[object, ...]]:
    ends = [{(row.exporter, row.importer, row.sector): row for row in costs.rows} for costs in pair]
    for way in dict.fromkeys((*ends[1], *ends[0])):
        old, new = (side.get(way) for side in ends)
        row = new or old
        assert row is not None
        days = [str(day) if day else "" for day in (row.from_, row.until)]
        change = [side.change if side else 0.0 for side in (old, new)]
        yield (variant, *way, *change, _trade(economy, row), *days, row.note)


def _trade(economy: Economy, row: CostRow) -> float:
    """Baseline trade that a row speaks of, USD."""
    owner = laid_rows(economy, placed(economy, [row]), refuse_hat, "cost").owner
    flows = np.asarray(economy.arrays["flows"], dtype=np.float64).reshape(owner.shape)
    return float(flows[owner >= 0].sum())
