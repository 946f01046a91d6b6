"""Questions to the world economy: what tariffs do to every country, solved, with the tables of the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter, SolveError, Table, table_of, table_with
from detente.codes.days import Standing
from detente.data.small_world import DEFAULT
from detente.data.tariff_tables import TariffRows, parse_costs
from detente.economy import (
    Cooperative,
    Decoupling,
    Economy,
    Equilibrium,
    Nash,
    attribution,
    baseline_tariff,
    decompose,
    goods,
    income_parts,
)
from detente.economy.families import family_of
from detente.economy.frame import Floats, without_noise
from detente.economy.solver import solve, under_closure
from detente.lab.averages.sides import latest_standing
from detente.lab.prepared import prepared
from detente.lab.scenario import Scenario, parse_scenario
from detente.lab.world import effects as lab
from detente.lab.world.choices import AGREEMENT, HORIZONS, INCOME, LONG, REVENUE, VARY, WAR, Given
from detente.lab.world.chosen import check_laws, countries_of, country_of, pairs_of, world_at
from detente.lab.world.effects import WorldSetting
from detente.lab.world.incidence import Laws, laws

#: Scenario that is meant where none is named and no tariffs are given.
TODAY = "today"

#: Changes over something else than their own level, which differ by subtraction.
DIFFERENCES = ("deficit", "revenue_to_expenditure")


@dataclass(frozen=True)
class WorldInputs:
    """What `set` may say beside parameters of the world: files of quotas and productivity, sectors, a lowest rate."""

    quotas: Path | None = None
    productivity: Path | None = None
    sectors: tuple[str, ...] = ()
    lowest: float = -0.5


def setting_of(
    world: str = DEFAULT,
    closure: str = "",
    horizon: str = LONG,
    elasticities: str = "",
    costs: Given = "",
    given: Mapping[str, Any] | Sequence[str] = (),
    objective: str = "",
    takes: Sequence[str] = (),
) -> tuple[WorldSetting, WorldInputs]:
    """A world and how its accounts close, from the arguments of a question.

    Parameters
    ----------
    given : parameters of the world by name, `rebate`, and those of `WorldInputs` that the question `takes`.

    Raises
    ------
    InputError, UnknownName : what cannot be used.
    """
    values = dict(given) if isinstance(given, Mapping) else {}
    own = {name: values.pop(name) for name in (*takes, "rebate") if name in values}
    read: dict[str, Callable[[Any], Any]] = {"quotas": Path, "productivity": Path, "lowest": partial(_number, "lowest"),
                                             "sectors": lambda text: tuple(str(text).split())}  # fmt: skip
    rows = (Path(costs) if isinstance(costs, str) else parse_costs(costs, "costs")) if costs else None
    setting = WorldSetting(
        str(world), elasticities, {name: _number(name, value) for name, value in values.items()}, closure=closure,
        rebate=str(own.pop("rebate", "")), horizon=HORIZONS[horizon], costs=rows,
        objective="" if objective in ("", INCOME, REVENUE) else objective,
    )  # fmt: skip
    return setting, WorldInputs(**{name: read[name](value) for name, value in own.items()})


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        what = f"'{str(value)[:40]}' is not a number"
        raise InputError(Parameter("set", name), what, "write it as trade_elasticity=8") from None


def rows_of(given: Given) -> TariffRows | None:
    """Tariffs as they are given: a file, or rows; None where none are."""
    return (Path(given) if isinstance(given, str) else given) if given else None


@dataclass(frozen=True)
class WorldChange:
    """What new tariffs do to every country.

    Attributes
    ----------
    after : the world under them; `before` : what it is compared with, None for the world's own year.
    scenario : whose laws are compared, dated; `days` : of both; `standing` : how far they are on record.
    closure : of trade balances, "" for the default; `base` : the world before it, None where no other can be taken.
    """

    after: Equilibrium
    before: Equilibrium | None = field(default=None, repr=False)
    scenario: Scenario | None = None
    days: tuple[date, ...] = ()
    standing: Standing | None = None
    closure: str = ""
    base: Economy | None = field(default=None, repr=False)

    def change(self, name: str) -> Floats:
        """Change by country, share."""
        new = self.after.changes[name]
        if self.before is None:
            return new
        old = self.before.changes[name]
        return new - old if name in DIFFERENCES else (1.0 + new) / (1.0 + old) - 1.0

    def under(self, closure: str) -> WorldChange | None:
        """The same under another closure of trade balances; None for its own, and where that has no equilibrium."""
        if self.base is None:
            return None
        known = family_of(self.base)
        own = self.closure or str(known.options["closure"])
        if known.closure(closure) == known.closure(own):
            return None
        kept = {name: value for name, value in self.after.shock.options.items() if name != "closure"}
        try:
            economy, options = under_closure(self.base, closure)
            after, before = (
                None if each is None else solve(economy, replace(each.shock, options={**kept, **options}))
                for each in (self.after, self.before)
            )
        except (InputError, SolveError):
            return None
        assert after is not None
        return replace(self, after=after, before=before, closure=closure)

    @cached_property
    def table(self) -> Table:
        """Every change by country, the largest gain first."""
        own = self.after.table()
        moved = {name: without_noise(self.change(name)) for name in self.after.changes if name in own.data}
        changed = replace(own, data={**own.data, **moved}).sorted("welfare", descending=True)
        return changed.noted(*self.after.shock.notes).standing_on(self.standing)

    def shown(self, countries: Sequence[str]) -> Table:
        """The same of some countries, of all where none is named."""
        return self.table.take(np.isin(self.table["country"], [*countries])) if countries else self.table

    @cached_property
    def incomes(self) -> Table:
        """Real income by country, as it is drawn."""
        names = {"real_income": "welfare", "real_wage": "real_wage", "real_gdp": "real_gdp"}
        data = {name: without_noise(self.change(key)) for name, key in names.items() if key in self.after.changes}
        data |= {"country": np.asarray(self.after.economy.countries)}
        made = table_with("economy.incomes", data, (), set(names) - set(data))
        return made.sorted("real_income", descending=True).standing_on(self.standing)

    def sectors(self, countries: Sequence[str]) -> Table:
        """Changes by sector of some countries, of all where none is named."""
        return lab.sector_table(self.after, countries, self.before).standing_on(self.standing)

    @property
    def certificate(self) -> Table:
        """How well it is solved."""
        earlier = {} if self.before is None else {"earlier tariffs": self.before.certificate}
        return certificates({"new tariffs": self.after.certificate, **earlier})


def certificates(ended: Mapping[str, Any]) -> Table:
    """What solves and searches ended with, one row a number."""
    return table_of("economy.certificate", [row for name, each in ended.items() for row in _ended(name, each)])


def _ended(name: str, certificate: Any) -> Iterator[tuple[str, str, str]]:
    for what, value in asdict(certificate).items():
        number = isinstance(value, float) and not isinstance(value, bool)
        yield name, what.replace("_", " "), f"{value:.3g}" if number else str(value)


def world_change(
    setting: WorldSetting,
    tariffs: Given = "",
    scenario: Any = "",
    on: date | None = None,
    assumed: WorldInputs | None = None,
) -> WorldChange:
    """The world under new tariffs, or under the later law of a scenario beside the earlier one.

    Parameters
    ----------
    scenario : a name, a file or its content; that of today where nothing else changes either.
    on : day of the scenario in place of its own; of a table of trade costs the day whose rows count.

    Raises
    ------
    InputError, UnknownName : what cannot be used. SolveError : no equilibrium.
    """
    more = assumed or WorldInputs()
    if scenario and tariffs:
        raise InputError(
            Parameter("tariffs"), "are given beside a scenario, which has its own", "leave one of them out"
        )
    if scenario or not (tariffs or setting.costs or more.quotas or more.productivity):
        meant = laws_meant(setting, scenario or TODAY, on)
        effect = meant.laws.solved(meant.economy, options=meant.options)
        own = meant.setting.closure or meant.scenario.closure
        return WorldChange(
            effect.after, effect.before, meant.scenario, meant.days, meant.standing, own, meant.setting.economy()
        )
    if on is not None and not setting.costs:
        repair = "leave it out, or name a scenario"
        raise InputError(Parameter("on"), "says whose law of a day counts, and a table of tariffs has none", repair)
    after = replace(setting, on=on).solved(rows_of(tariffs), more.quotas, more.productivity)
    return WorldChange(after, closure=setting.closure, base=None if more.quotas else setting.economy())


@dataclass(frozen=True)
class LawsMeant:
    """The laws of a scenario, of its first variant, on a world.

    Attributes
    ----------
    setting : with the world and the day of the scenario; `economy` : the world, as the closure has it, with the
        `options` of its shocks; `laws` : before and after; `days` : of both; `standing` : how far they are on record.
    """

    setting: WorldSetting
    economy: Economy
    options: Mapping[str, Any]
    laws: Laws
    scenario: Scenario
    days: tuple[date, date]
    standing: Standing | None


def laws_meant(setting: WorldSetting, given: Any, on: date | None) -> LawsMeant:
    """Both laws of a scenario on the world of a setting, as a run has them; errors as `world_change`."""
    known = parse_scenario(given, "scenario", "scenario") if isinstance(given, Mapping) else given
    ready = prepared(known, today=date.today(), on=on)
    scenario = ready.scenario
    assert isinstance(scenario.on, date)
    own = world_at(scenario, ready.folder) if setting.world == DEFAULT else setting.world
    setting = replace(setting, world=own, on=scenario.on)
    economy, options = setting.economy(), setting.options(setting.economy())
    check_laws(economy, ready.pairings)
    world, closed = (economy, {}) if setting.closure else under_closure(economy, scenario.closure)
    first = laws(ready.pairings, economy, pairs_of(scenario, ready.folder, economy))[0]
    first = replace(first, after=setting.with_costs(economy, first.after))
    own_side = ready.pairings[scenario.importer][0]
    standing = latest_standing([several[0] for several in ready.pairings.values()])
    days = own_side.before.on, own_side.after.on
    return LawsMeant(setting, world, {**closed, **options}, first, scenario, days, standing)


def decomposed(change: WorldChange, country: str, by: Sequence[str]) -> tuple[str, list[Table]]:
    """Code of a country, and where the change of real income of a country comes from, in parts that add up.

    Parameters
    ----------
    by : importer, exporter and sector, one or several: whose tariffs, on what; else by cause, with the parts by sector
        and by partner.

    Beside an earlier law the parts are those from the world's own year to the later law, less those to the earlier one.
    """
    ends = [change.after] if change.before is None else [change.after, change.before]
    code = country_of(change.after.economy, country, Parameter("country"))
    made = []
    for end in ends:
        if "cause" in by:
            parts, paid = decompose(end), income_parts(end)
            own = paid.take(np.asarray(paid["country"]) == code)
            made.append([parts.first_order(code), parts.by_sector(code), parts.by_partner(code), own, parts.table()])
        else:
            made.append([attribution(end, code, by=tuple(by))])
    tables = made[0] if len(made) == 1 else [_less(new, old) for new, old in zip(*made, strict=True)]
    return code, [table.noted(*change.after.shock.notes).standing_on(change.standing) for table in tables]


def _less(new: Table, old: Table) -> Table:
    """A table less another of the same columns, row by row as its texts have it; a row that one lacks is zero."""
    texts = [column.name for column in new.columns if np.asarray(new.data[column.name]).dtype.kind not in "fi"]
    numbers = [column.name for column in new.columns if column.name not in texts]
    sides = [{tuple(row[name] for name in texts): row for row in table.rows()} for table in (new, old)]
    nothing = dict.fromkeys(numbers, 0.0)
    keys = list(dict.fromkeys((*sides[0], *sides[1])))
    data = {name: np.asarray([key[place] for key in keys]) for place, name in enumerate(texts)}
    data |= {
        name: np.asarray([sides[0].get(key, nothing)[name] - sides[1].get(key, nothing)[name] for key in keys])
        for name in numbers
    }
    return replace(new, data=data)


@dataclass(frozen=True)
class BestTariffs:
    """The tariffs that are best for one country, with the tables of the answer.

    Attributes
    ----------
    country : code; world : name; rates : those sought, shares.
    income : change of its real income, or of what it maximises.
    revenue : tariff revenue a year under them and today, USD; None where another aim is meant.
    """

    country: str
    world: str
    rates: tuple[float, ...]
    income: float
    tables: list[Table] = field(repr=False)
    revenue: tuple[float, float] | None = None


def best_tariffs(
    setting: WorldSetting, country: str, vary: str, objective: str, partners: Sequence[str]
) -> BestTariffs:
    """The tariffs on goods that are best for a country, or raise it most revenue, the others' as they are.

    Raises
    ------
    UnknownName, InputError : what cannot be used. SolveError : no equilibrium along the way.
    """
    if objective == REVENUE:
        peak = lab.revenue_top(setting, country, VARY[vary], partners)
        economy = peak.equilibrium.economy
        taxed = countries_of(economy, partners, Parameter("partner"))
        rates, others = lab.revenue_rates(peak, taxed), [peak.curve]
        ended: Any = peak
        money, income = (peak.revenue_over, peak.today), peak.change
    else:
        ended = lab.optimal(setting, country, VARY[vary], partners)
        rates, others, money, income = lab.rates_table(ended), [], None, ended.value
    search = certificates({"search": ended.certificate, "solve": ended.equilibrium.certificate})
    tables = [rates, *others, WorldChange(ended.equilibrium).incomes, search]
    world = ended.equilibrium.economy.name
    settled = [table.settled() for table in tables]
    return BestTariffs(ended.country, world, tuple(settled[0]["rate"].tolist()), income, settled, money)


@dataclass(frozen=True)
class TariffGame:
    """Tariffs that some countries set on one another, in a war or by agreement.

    Attributes
    ----------
    war, agreement : what was asked for. setting : the world they are of.
    """

    setting: WorldSetting
    war: Nash | None
    agreement: Cooperative | None

    @property
    def found(self) -> Nash | Cooperative:
        """The one whose world is shown: agreement where both are asked for."""
        shown = self.agreement or self.war
        assert shown is not None
        return shown

    @property
    def tables(self) -> list[Table]:
        """Rates and gains of the players, points of the war, real income, certificates."""
        played = {"war": self.war, "agreement": self.agreement}
        ended = {name: each.certificate for name, each in played.items() if each is not None}
        ended |= {"solve": self.found.equilibrium.certificate}
        own = [] if self.war is None else [lab.nash_table(self.war)]
        own += [] if self.agreement is None else [self.agreement.table()]
        made = [self._players(), *own, WorldChange(self.found.equilibrium).incomes, certificates(ended)]
        return [table.settled() for table in made]

    def _players(self) -> Table:
        players, economy, nothing = self.found.players, self.found.equilibrium.economy, float("nan")
        agreed = {} if self.agreement is None else {row["player"]: row for row in self.agreement.table().rows()}
        rows = []
        for code in players:
            war = (nothing, nothing)
            if self.war is not None:
                war = float(np.mean(self.war.rates[code])), self.war.welfare[code]
            own = [agreed[code][name] if agreed else nothing for name in ("rate", "welfare")]
            rows.append((code, lab.owed_before(economy, code, players), *war, *own))
        notes = [note for each in (self.war, self.agreement) if each is not None for note in each.notes]
        return table_of("economy.players", rows, notes, world=economy.name)

    def by_formula(self) -> Table:
        """Rates of a war by sufficient statistics, and how far they are from exact ones."""
        return lab.formula_table(lab.by_formula(self.setting, self.found.players))

    def rates(self) -> Table:
        """Tariffs of the players on one another, one row for each importer, exporter and sector of goods."""
        equilibrium, players = self.found.equilibrium, self.found.players
        economy = equilibrium.economy
        shape = (len(economy.countries),) * 2 + (len(economy.sectors),)
        old = np.asarray(baseline_tariff(economy)).reshape(shape)
        new = old if equilibrium.shock.tariff is None else np.asarray(equilibrium.shock.tariff).reshape(shape)
        rows = [
            (importer, exporter, name, *(float(each[economy.country(importer), economy.country(exporter), k])
                                         for each in (new, old)))
            for importer in players for exporter in players if importer != exporter
            for k, name in enumerate(economy.sectors) if name in goods(economy)
        ]  # fmt: skip
        return table_of("economy.rates", rows, world=economy.name)


def stopped(
    setting: WorldSetting, first: Sequence[str], second: Sequence[str], cost: float, sectors: Sequence[str]
) -> tuple[Decoupling, list[Table]]:
    """Two blocs that stop trading with one another, with the tables of the answer."""
    path = lab.apart(setting, first, second, cost, sectors)
    ended = {f"step {step}": each.certificate for step, each in enumerate(path.equilibria)}
    return path, [path.table(), WorldChange(path.end).incomes, certificates(ended)]


def tariff_game(
    setting: WorldSetting, players: Sequence[str], outcome: str, vary: str, tariffs: Given, lowest: float
) -> TariffGame:
    """What countries would set if each answered the others, or if they agreed.

    Parameters
    ----------
    tariffs : what comes about without agreement; the tariff war by default. lowest : rate of an agreement, share.

    Raises
    ------
    UnknownName, InputError : what cannot be used. SolveError : no equilibrium along the way.
    """
    if tariffs and outcome == WAR:
        what = "are what comes about without agreement, and no agreement is asked for"
        raise InputError(Parameter("tariffs"), what, "add outcome agreement, or both")
    war = lab.mutual(setting, players, VARY[vary]) if outcome != AGREEMENT else None
    agreed = lab.agreed(setting, players, VARY[vary], rows_of(tariffs), lowest) if outcome != WAR else None
    return TariffGame(setting, war, agreed)
