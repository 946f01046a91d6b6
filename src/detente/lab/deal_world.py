"""A world under tariffs given as rows, for faces that have no file of them."""

from __future__ import annotations

from collections.abc import Sequence

from detente.codes import UnknownName
from detente.data.tables import countries
from detente.economy import Economy, Equilibrium, shock_of
from detente.economy import solve as solved_world
from detente.lab.world import Setting

Row = tuple[str, str, str | None, float]


def solved(setting: Setting, rows: Sequence[Row]) -> Equilibrium:
    """The equilibrium under rows (importer, exporter, sector or None, tariff as a share).

    Raises
    ------
    UnknownName, InputError : a country or sector the world does not have, a cell given twice.
    SolveError : no equilibrium.
    """
    economy = setting.economy()
    named = [(_code(economy, a), _code(economy, b), sector or None, rate) for a, b, sector, rate in rows]
    return solved_world(economy, shock_of(economy, named, **setting.options(economy)))


def _code(economy: Economy, text: str) -> str:
    """Code of a country in a world, by its own code or by any name."""
    if text in economy.countries:
        return text
    code = countries().resolve(text, "country")
    if code not in economy.countries:
        raise UnknownName("country", text[:60], economy.countries, f"world {economy.name}")
    return code
