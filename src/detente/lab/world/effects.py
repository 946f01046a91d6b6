"""World: what tariffs do to every country, from a table of tariffs to the tables of an equilibrium."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_of, table_with
from detente.data.small_world import DEFAULT
from detente.data.tariff_tables import CostRow, TariffRows, read_by_country, read_costs, read_tariffs
from detente.data.worlds import VALIDATION, load_economy, world_names
from detente.economy import (
    Cooperative,
    Decoupling,
    Economy,
    Equilibrium,
    Laffer,
    Nash,
    Optimum,
    Shock,
    SufficientNash,
    concessions,
    cooperative,
    decouple,
    exchange_rates,
    goods,
    laffer,
    nash,
    optimal_tariff,
    shock_of,
    solve,
    sufficient_nash,
    with_quotas,
)
from detente.economy.families import family_of
from detente.economy.frame import baseline_tariff, without_noise
from detente.economy.policies.policy import at_bound, groups, said_of
from detente.economy.policies.quotas import quotas_of
from detente.economy.solver import without_deficits
from detente.economy.tariff_table import productivity_of
from detente.lab.world.chosen import countries_of, country_of, laid_on, players_of, world_sector_names


@dataclass(frozen=True)
class WorldSetting:
    """A world and how its accounts close, in the words of the command line.

    Attributes
    ----------
    world : name or path; `elasticities` : a named set, "" keeps the world's own; `parameters` : values by name.
    closure : what happens to deficits; `rebate` : where revenue goes; `horizon` : whether capital moves;
        `objective` : what policies maximise. "" keeps the default of the world's family.
    costs : trade costs that are not duties, a file or rows; `on` : day on which rows count, all of them without one.
    """

    world: str = DEFAULT
    elasticities: str = ""
    parameters: Mapping[str, float] = field(default_factory=dict)
    closure: str = ""
    rebate: str = ""
    horizon: str = ""
    objective: str = ""
    costs: Path | tuple[CostRow, ...] | None = None
    on: date | None = None

    def economy(self) -> Economy:
        """The world with its parameters set."""
        return world(self.world, self.parameters, self.elasticities)

    def options(self, economy: Economy) -> dict[str, Any]:
        """Options of a shock; refuses what the world's family does not have."""
        options = closed(economy, self.closure, self.rebate)
        for name in ("horizon", "objective"):
            if value := getattr(self, name):
                if name not in family_of(economy).options:
                    raise InputError(Parameter(name), f"is not known in {economy.name}", "use a world of many sectors")
                options[name] = value
        return options

    def shock(self, economy: Economy, tariffs: TariffRows | None = None, *, no_rows: bool = False) -> Shock:
        """New tariffs from a table, or the baseline's, with the trade costs of the setting; `no_rows`: or none new."""
        options = self.options(economy)
        shock = Shock(options=options)
        if tariffs is not None:
            rows = read_tariffs(tariffs, economy.countries, economy.sectors, no_rows=no_rows)
            shock = shock_of(economy, rows, **options)
        return self.with_costs(economy, shock)

    def with_costs(self, economy: Economy, shock: Shock) -> Shock:
        """A shock with the trade costs of the setting."""
        if not self.costs:
            return shock
        rows = self.costs if isinstance(self.costs, tuple) else read_costs(self.costs)
        costs = laid_on(economy, rows, self.on)
        return replace(shock, cost_hat=costs.hat, notes=(*shock.notes, *costs.notes))

    def solved(
        self,
        tariffs: TariffRows | None = None,
        quotas: Path | None = None,
        productivity: Path | None = None,
    ) -> Equilibrium:
        """The equilibrium under tables of new tariffs, quotas and productivity; none is the baseline."""
        economy = self.economy()
        shock, axes = self.shock(economy, tariffs), (economy.countries, economy.sectors)
        if productivity is not None:
            hat = productivity_of(economy, read_by_country(productivity, *axes, "productivity"))
            shock = replace(shock, productivity_hat=hat)
        if quotas is None:
            return solve(economy, shock)
        quota, note = quotas_of(economy, read_tariffs(quotas, *axes, ("quota",)))
        return with_quotas(economy, replace(shock, notes=(*shock.notes, note)), quota).equilibrium

    def balanced(self, *, trade: bool = False) -> Economy:
        """The world with its accounts balanced and, if `trade`, its deficits set to zero at its own tariffs."""
        economy = self.economy()
        family = family_of(economy)
        if not family.always_balanced:
            economy = economy if trade and family.is_balanced(economy) else family.balance(economy)
        elif not trade:
            what = f"is needed: the accounts of world {economy.name} balance by construction"
            raise InputError(Parameter("trade"), what, "set it to balance trade as well")
        return without_deficits(economy) if trade else economy


def closed(economy: Economy, closure: str, rebate: str) -> dict[str, Any]:
    """Options of a shock by the names of the command line; refuses what the world's family does not have."""
    family = family_of(economy)
    options: dict[str, Any] = dict(family.closure(closure)) if closure else {}
    if rebate and "rebate" in family.options:
        options["rebate"] = rebate
    elif rebate and rebate not in family.rebates:
        known = " or ".join(family.rebates)
        raise InputError(
            Parameter("rebate"), f"'{rebate}' is not known in {economy.name}", f"revenue is income there: {known}"
        )
    return options


def world(name: str, parameters: Mapping[str, float] | None = None, elasticities: str = "") -> Economy:
    """A world by name or path, with some of its parameters set."""
    economy = load_economy(name, elasticities=elasticities or None)
    given = dict(parameters or {})
    for key, value in given.items():
        if key not in economy.parameters:
            raise UnknownName(
                "parameter", key, economy.parameters, Parameter("set"), f"known: {', '.join(economy.parameters)}"
            )
        if not np.isfinite(value):
            raise InputError(f"parameter {key}", "is not a number", "give a number, as in trade_elasticity=8")
    return economy.with_parameters(**given) if given else economy


def owed_before(economy: Economy, importer: str, exporters: Sequence[str]) -> float:
    """Average tariff of a country on the goods of some others in the world's own year, by its trade, share."""
    i, sellers = economy.country(importer), [economy.country(code) for code in exporters if code != importer]
    inside = np.isin(economy.sectors, goods(economy))
    flows = np.reshape(economy.arrays["flows"], (len(economy.countries),) * 2 + (-1,))
    worth = np.where(inside, flows[i, sellers], 0.0)
    tariff = np.reshape(baseline_tariff(economy), flows.shape)[i, sellers]
    return float((tariff * worth).sum() / worth.sum()) if worth.sum() > 0.0 else 0.0


def sector_table(equilibrium: Equilibrium, countries: Sequence[str], before: Equilibrium | None = None) -> Table:
    """Output, work, trade, prices and sales by sector of some countries; all of them if none is named.

    Parameters
    ----------
    before : what it is compared with; the world's own year without one.
    """
    economy, new = equilibrium.economy, equilibrium.quantity
    codes = tuple(countries_of(economy, countries, Parameter("country"))) or economy.countries
    positions = np.asarray([economy.country(code) for code in codes], dtype=np.int64)
    old = np.asarray(economy.arrays["flows"], dtype=np.float64).reshape(new.shape)
    old = old if before is None else before.quantity
    made = _growth(old.sum(axis=0)[positions], new.sum(axis=0)[positions])
    crossing = [_growth(_abroad(old, positions, out), _abroad(new, positions, out)) for out in (True, False)]
    hats = {name: equilibrium.hats[name] / (1.0 if before is None else before.hats[name]) for name in HATS}
    jobs, price, sales = (hats[name][positions] - 1.0 for name in HATS)
    names, values = (
        ("output", "employment", "exports", "imports", "price", "sales"),
        (made, jobs, *crossing, price, sales),
    )
    known = world_sector_names()
    goods_ = [known.get(code, code) for code in economy.sectors]
    data = {"country": np.repeat(codes, len(economy.sectors)), "sector": np.tile(economy.sectors, len(codes))}
    data["goods"] = np.tile(goods_, len(codes))
    data |= {name: without_noise(value.ravel()) for name, value in zip(names, values, strict=True)}
    return table_with("economy.sectors", data, (*economy.notes, *equilibrium.notes), world=economy.name)


#: Work, prices and sales, as an equilibrium calls them.
HATS = ("labor", "price", "output")


def _abroad(trade: Any, positions: Any, out: bool) -> Any:
    """Exports (out) or imports of countries by sector, USD."""
    whole = trade.sum(axis=0)[positions] if out else trade.sum(axis=1)[positions]
    return whole - trade[positions, positions]


def _growth(old: Any, new: Any) -> Any:
    return np.where(old > 0, new / np.where(old > 0, old, 1.0) - 1.0, np.nan)


def optimal(setting: WorldSetting, country: str, over: str, partners: Sequence[str] = ()) -> Optimum:
    """The best tariffs of a country on goods of all or some partners, the others' tariffs as they are."""
    economy = setting.economy()
    country = country_of(economy, country, Parameter("country"))
    taxed = countries_of(economy, partners, Parameter("partner")) or None
    shock, sectors = setting.shock(economy), goods(economy)
    return optimal_tariff(economy, country, over=over, shock=shock, partners=taxed, sectors=sectors)


def mutual(setting: WorldSetting, players: Sequence[str], over: str) -> Nash:
    """Tariffs of some players on goods from which none gains by moving alone."""
    economy = setting.economy()
    players = players_of(economy, players)
    return nash(economy, players, over=over, shock=setting.shock(economy), sectors=goods(economy))


def by_formula(setting: WorldSetting, players: Sequence[str]) -> SufficientNash:
    """One rate of each player by sufficient statistics, with its distance from exact best responses."""
    if setting.costs is not None:
        what = "are not counted by the formula, which is of the baseline"
        raise InputError(Parameter("costs"), what, "leave them out, or the table by_formula")
    economy = setting.economy()
    players = players_of(economy, players)
    return sufficient_nash(economy, players, shock=setting.shock(economy), sectors=goods(economy))


def agreed(
    setting: WorldSetting, players: Sequence[str], over: str, threat: TariffRows | None, lowest: float
) -> Cooperative:
    """Tariffs of some players that share the gains over a threat: a table of tariffs, or the tariff war."""
    economy = setting.economy()
    end = None if threat is None else solve(economy, setting.shock(economy, threat, no_rows=True))
    shock, sectors, players = setting.shock(economy), goods(economy), players_of(economy, players)
    agreement = cooperative(economy, players, over=over, threat=end, shock=shock, sectors=sectors, lowest=lowest)
    notes = () if end is None else tuple(f"threat: {note}" for note in end.shock.notes)
    return replace(agreement, notes=(*notes, *agreement.notes))


def apart(
    setting: WorldSetting, first: Sequence[str], second: Sequence[str], cost: float, sectors: Sequence[str] = ()
) -> Decoupling:
    """Two blocs that stop trading; all sectors unless some are named."""
    economy = setting.economy()
    first = countries_of(economy, first, Parameter("countries"))
    second = countries_of(economy, second, Parameter("others"))
    return decouple(economy, first, second, cost=cost, sectors=sectors or None, shock=setting.shock(economy))


def conceded(equilibrium: Equilibrium, players: Sequence[str], by: str) -> list[Table]:
    """What a point of each duty is worth, and between two players what one point of one buys of the other."""
    players = players_of(equilibrium.economy, players)
    sectors = goods(equilibrium.economy)
    tables = [concessions(equilibrium, players, by=by, sectors=sectors)]
    if len(players) == 2:
        axis = by if by in ("uniform", "sector") else "uniform"
        tables.append(exchange_rates(equilibrium, players[0], players[1], by=axis, sectors=sectors))
    return [table.noted(*equilibrium.shock.notes) for table in tables]


def revenue_top(setting: WorldSetting, country: str, over: str, partners: Sequence[str]) -> Laffer:
    """The rates that raise most revenue for a country, on all its partners or on some."""
    economy = setting.economy()
    return laffer(
        economy,
        country_of(economy, country, Parameter("country")),
        over=over,
        partners=countries_of(economy, partners, Parameter("partner")) or None,
        sectors=goods(economy),
        shock=setting.shock(economy),
    )


def rates_table(optimum: Optimum) -> Table:
    """The rates of an optimum, one row for each exporter (and sector) they differ by; `all` for every one taxed."""
    c = optimum.certificate
    search = {"residual": c.first_order, "starts": len(c.starts), "apart": c.apart, "solves": c.evaluations}
    note = declared_note("economy.optimum", welfare=optimum.value, **search)
    return _rates(optimum, optimum.over, optimum.group, (note, *said_of(c)))


def revenue_rates(peak: Laffer, partners: Sequence[str] = ()) -> Table:
    """The rates that raise most revenue, as those of an optimum; `partners` : codes of those taxed, all without any."""
    economy = peak.equilibrium.economy
    cells = groups(economy, peak.country, peak.over, partners or None, goods(economy))
    return _rates(peak, peak.over, cells[economy.country(peak.country)], ())


def _rates(answer: Optimum | Laffer, over: str, group: Any, notes: Sequence[str]) -> Table:
    economy = answer.equilibrium.economy
    group = group.reshape(len(economy.countries), -1)
    rates = answer.rates.reshape(group.shape)
    rows = []
    for number in range(int(group.max()) + 1):
        i, k = np.argwhere(group == number)[0]
        exporter = economy.countries[i] if "partner" in over else "all"
        rows.append((exporter, economy.sectors[k] if "sector" in over else "all", rates[i, k]))
    names = {0: "", 1: "highest", -1: "lowest"}
    marked = [(*row, names[int(at_bound(np.log1p(row[2])))]) for row in rows]
    return table_of("economy.optimal", marked, notes, country=answer.country, world=economy.name)


def nash_table(war: Nash) -> Table:
    """Rates and welfare of each player, at the answer and at every other point found."""
    rows = []
    for number, point in enumerate(war.points):
        closed = all(float(np.min(own)) > PROHIBITIVE for own in point.rates.values())
        name = "answer" if not number else "no trade" if closed else "another"
        for player in war.players:
            rate = np.nan if name == "no trade" else float(np.mean(point.rates[player]))
            rows.append((name, "yes" if point.holds else "no", player, rate, point.welfare[player]))
    c = war.certificate
    note = declared_note("economy.nash_gain", gain=c.gain, apart=c.apart)
    return table_of("economy.nash", rows, (note, *war.notes), world=war.equilibrium.economy.name)


#: Rates above this stand for no trade, shares.
PROHIBITIVE = 100.0


def formula_table(war: SufficientNash) -> Table:
    """Rates by formula, and what the formula leaves out."""
    rows = []
    for player in war.players:
        away = war.departures.get(player)
        best, gain = (away.best, away.gain) if away is not None else (np.nan, np.nan)
        rows.append((player, float(np.mean(war.rates[player])), best, war.welfare[player], gain))
    return table_of("economy.nash_by_formula", rows, war.notes, world=war.equilibrium.economy.name)


def worlds_table() -> Table:
    """The worlds in the package."""
    rows = []
    for name in world_names():
        economy = load_economy(name)
        first = economy.notes[0] if economy.notes else ""
        sets = ", ".join(economy.parameters.get("elasticity_sets", ()))
        use = "economy.validates" if name in VALIDATION else "economy.default" if name == DEFAULT else "economy.by_name"
        size = (len(economy.countries), len(economy.sectors))
        rows.append((name, economy.family, *size, sets, first, declared_note(use)))
    return table_of("economy.worlds", rows)
