"""A world under tariffs given as rows, for faces that have no file of them."""

from __future__ import annotations

from collections.abc import Sequence

from detente.data.tariff_tables import side_of
from detente.economy import Economy, Equilibrium, TableRow, shock_of
from detente.economy import solve as solved_world
from detente.lab.world.effects import Setting

Row = tuple[str, str, str | None, float]


def solved(setting: Setting, rows: Sequence[Row]) -> Equilibrium:
    """The equilibrium under rows (importer, exporter, sector or None for goods, tariff as a share).

    Countries may be groups or all, as in a table of tariffs.

    Raises
    ------
    UnknownName, InputError : a country or sector the world does not have, a cell given twice.
    SolveError : no equilibrium.
    """
    economy = setting.economy()
    named = [_row(economy, at, *row) for at, row in enumerate(rows, start=1)]
    return solved_world(economy, shock_of(economy, named, **setting.options(economy)))


def _row(economy: Economy, at: int, importer: str, exporter: str, sector: str | None, rate: float) -> TableRow:
    where = f"tariff {at}"
    sides = [side_of(code[:60], economy.countries, where) for code in (importer, exporter)]
    return TableRow(sides[0], sides[1], rate, (sector,) if sector else (), where=where)
