"""World: what tariffs do to every country, from a table of tariffs to the tables of an equilibrium."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import Column, InputError, Table, Unit, UnknownName
from detente.data.readers import read_tariffs
from detente.data.worlds import load_economy, world_names
from detente.economy import Economy, Equilibrium, Nash, Optimum, Shock, nash, optimal_tariff, shock_of, solve

SAME = {"fixed-transfers": "fixed", "proportional": "gdp", "zero": "zero"}
"""Names of the closures in a world with input-output links, by their names in a world of one sector."""


def closed(economy: Economy, closure: str, rebate: str) -> dict[str, Any]:
    """Options of a shock by the names of the command line; refuses what the world's family does not have."""
    options: dict[str, Any] = {}
    if closure:
        options["closure"] = SAME.get(closure, closure) if economy.family == "caliendo_parro" else closure
    if rebate:
        if economy.family == "caliendo_parro" and rebate != "lump-sum":
            raise InputError(
                "--rebate", f"'{rebate}' is not known in {economy.name}", "revenue is income there: lump-sum"
            )
        if economy.family != "caliendo_parro":
            options["rebate"] = rebate
    return options


def world(name: str, parameters: Mapping[str, float] | None = None, elasticities: str = "") -> Economy:
    """A world by name or path, with some of its parameters set."""
    economy = load_economy(name, elasticities=elasticities or None)
    given = dict(parameters or {})
    for key, value in given.items():
        if key not in economy.parameters:
            raise UnknownName("parameter", key, economy.parameters, "--set", f"known: {', '.join(economy.parameters)}")
        if not np.isfinite(value):
            raise InputError(f"parameter {key}", "is not a number", "give a number, as in trade_elasticity=8")
    return economy.with_parameters(**given) if given else economy


def solved(economy: Economy, tariffs: Path | None, closure: str = "", rebate: str = "") -> Equilibrium:
    """The equilibrium under a table of new tariffs; none leaves the baseline."""
    options = closed(economy, closure, rebate)
    if tariffs is None:
        return solve(economy, Shock(options=options))
    rows = read_tariffs(tariffs, economy.countries, economy.sectors)
    return solve(economy, shock_of(economy, rows, **options))


def certificate(equilibrium: Equilibrium) -> dict[str, Any]:
    """The certificate of a solve as plain values."""
    return asdict(equilibrium.certificate)


def welfare_of(equilibrium: Equilibrium) -> dict[str, float]:
    """Change of welfare by country, share."""
    table = equilibrium.table()
    return dict(zip(table["country"].tolist(), table["welfare"].tolist(), strict=True))


def optimal(
    economy: Economy,
    country: str,
    over: str,
    closure: str = "",
    rebate: str = "",
    sectors: Sequence[str] | None = None,
) -> Optimum:
    """The best tariffs of a country, the others' tariffs as they are."""
    shock = Shock(options=closed(economy, closure, rebate))
    return optimal_tariff(economy, country, over=over, shock=shock, sectors=sectors or goods(economy))


def mutual(economy: Economy, players: Sequence[str], over: str, closure: str = "", rebate: str = "") -> Nash:
    """Tariffs of some players from which none gains by moving alone."""
    shock = Shock(options=closed(economy, closure, rebate))
    return nash(economy, players, over=over, shock=shock, sectors=goods(economy))


def goods(economy: Economy) -> tuple[str, ...] | None:
    """Sectors that a tariff can fall on: all but services; None where there is one sector."""
    if len(economy.sectors) == 1:
        return None
    services = [s for s in economy.sectors if s.startswith(("SVC", "SER")) or s in SERVICES]
    return tuple(s for s in economy.sectors if s not in services)


SERVICES = ("D35T39", "F", "G45T47", "SERV", "Services")


def rates_table(found: Optimum) -> Table:
    """The rates of an optimum, one row per exporter (and sector) they differ by."""
    economy = found.equilibrium.economy
    own = economy.country(found.country)
    rates = found.rates.reshape(len(economy.countries), -1)
    rows = [
        (economy.countries[i], economy.sectors[k], rates[i, k])
        for i in range(len(economy.countries))
        if i != own
        for k in range(rates.shape[1])
    ]
    columns = (
        Column("exporter", Unit.CODE, "country the rate falls on"),
        Column("sector", Unit.CODE, "goods it falls on"),
        Column("rate", Unit.SHARE, "tariff, share of value before duty"),
    )
    data = {c.name: np.asarray([row[j] for row in rows]) for j, c in enumerate(columns)}
    c = found.certificate
    note = (
        f"welfare {found.value:+.4%}; first-order residual {c.first_order:.1e}, {len(c.starts)} starts apart by "
        f"{c.apart:.1e}, {c.evaluations} solves"
    )
    return Table("optimal", f"Best tariffs of {found.country}, {economy.name}", columns, data, (note,))


def nash_table(found: Nash) -> Table:
    """Rates and welfare of each player."""
    rows = [(p, float(np.mean(found.rates[p])), found.welfare[p]) for p in found.players]
    columns = (
        Column("player", Unit.CODE, "country"),
        Column("rate", Unit.SHARE, "its tariff on the others' goods, mean over its rates"),
        Column("welfare", Unit.POINTS, "change of its welfare"),
    )
    data = {c.name: np.asarray([row[j] for row in rows]) for j, c in enumerate(columns)}
    c = found.certificate
    note = f"largest gain of a player moving alone, by a fresh search: {c.gain:.1e}; {c.rounds} rounds"
    return Table("nash", f"Tariff war, {found.equilibrium.economy.name}", columns, data, (note,))


def worlds_table() -> Table:
    """The worlds in the package."""
    rows = []
    for name in world_names():
        economy = load_economy(name)
        rows.append((name, economy.family, len(economy.countries), len(economy.sectors), "; ".join(economy.notes)))
    names = ("world", "family", "countries", "sectors", "notes")
    units = (Unit.CODE, Unit.CODE, Unit.COUNT, Unit.COUNT, Unit.TEXT)
    columns = tuple(Column(n, u, n) for n, u in zip(names, units, strict=True))
    data = {n: np.asarray([row[j] for row in rows]) for j, n in enumerate(names)}
    return Table("worlds", "Worlds in the package", columns, data)
