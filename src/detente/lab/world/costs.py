"""Trade costs of a scenario that are not duties, laid on a world beside the duties of its laws.

They are icebergs: what a way costs more is lost on it, and raises no revenue for anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import Table, UnknownName, table_of
from detente.data.small_world import SECTORS
from detente.data.tariff_tables import CostRow, in_force, parse_costs, read_costs, side_of
from detente.economy import Economy, TableRow
from detente.economy.frame import Floats
from detente.economy.tariff_table import ALL, GOODS, SERVICES, costs_of, laid, refuse_hat
from detente.lab.averages.reform import sectors_of
from detente.lab.scenario import Point, Scenario
from detente.lab.world.chosen import world_of


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

Pair = tuple[TradeCosts, TradeCosts]
"""Costs under the earlier law and under the later one."""


def rows_of(point: Point, folder: Path, place: str) -> tuple[CostRow, ...]:
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
    rows = rows_of(point, folder, place)
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


def check_costs(scenario: Scenario, folder: Path) -> None:
    """Refuse what `pairs_of` refuses, on the world of the scenario."""
    if changes_costs(scenario):
        pairs_of(scenario, folder, world_of(scenario, folder))


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
    owner = laid(economy, placed(economy, [row]), refuse_hat, "cost").owner
    flows = np.asarray(economy.arrays["flows"], dtype=np.float64).reshape(owner.shape)
    return float(flows[owner >= 0].sum())
