"""Questions to the world economy: what is asked, solved, and the tables of the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter, Table, table_of, table_with
from detente.codes.standing import Standing
from detente.data.costfile import parse_costs
from detente.data.tariff_tables import TariffRows
from detente.data.worlds import DEFAULT
from detente.economy import Equilibrium, attribution, decompose, income_parts
from detente.economy.frame import Floats, without_noise
from detente.economy.nearby import under_closure
from detente.lab.ground.sides import latest_standing
from detente.lab.prepared import prepared
from detente.lab.scenario import Scenario, parse_scenario
from detente.lab.world import effects as lab
from detente.lab.world.chosen import world_at
from detente.lab.world.costs import pairs_of
from detente.lab.world.effects import WorldSetting
from detente.lab.world.incidence import laws
from detente.lab.world.named import country_of

TODAY = "today"
"""Scenario that is meant where none is named and no tariffs are given."""

LONG, SHORT = "long-run", "first-year"
HORIZONS = {LONG: "", SHORT: "short"}
"""How much time trade and capital have, by what a world calls it; in the first year capital stays in its sector."""

VARY = {"one rate": "uniform", "country": "partner", "sector": "sector", "country x sector": "partner x sector"}
"""What rates may differ by, by what the search calls it."""

CLOSURES = ("fixed-transfers", "proportional", "zero", "balanced", "balanced-as-published")
REVENUE = "revenue"
OBJECTIVES = ("real-income", "political", REVENUE)

DIFFERENCES = ("deficit", "revenue_to_expenditure")
"""Changes over something else than their own level, which differ by subtraction."""

Given = str | Path | Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Assumed:
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
) -> tuple[WorldSetting, Assumed]:
    """A world and how its accounts close, from the arguments of a question.

    Parameters
    ----------
    given : parameters of the world by name, `rebate`, and those of `Assumed` that the question `takes`.

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
        rebate=str(own.pop("rebate", "")), horizon=HORIZONS[horizon], costs=rows,  # type: ignore[arg-type]
        objective="" if objective in ("", OBJECTIVES[0], REVENUE) else objective,
    )  # fmt: skip
    return setting, Assumed(**{name: read[name](value) for name, value in own.items()})


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
    scenario : whose laws are compared, dated; `standing` : how far they are on record.
    """

    after: Equilibrium
    before: Equilibrium | None = field(default=None, repr=False)
    scenario: Scenario | None = None
    standing: Standing | None = None

    def change(self, name: str) -> Floats:
        """Change by country, share."""
        new = self.after.changes[name]
        if self.before is None:
            return new
        old = self.before.changes[name]
        return new - old if name in DIFFERENCES else (1.0 + new) / (1.0 + old) - 1.0

    @cached_property
    def table(self) -> Table:
        """Every change by country, the largest gain first."""
        own = self.after.table()
        moved = {name: without_noise(self.change(name)) for name in self.after.changes if name in own.data}
        changed = replace(own, data={**own.data, **moved}).sorted("welfare", descending=True)
        return changed.noted(*self.after.shock.notes).standing_on(self.standing)

    @cached_property
    def world(self) -> Table:
        """Real income by country, as it is drawn."""
        names = {"real_income": "welfare", "real_wage": "real_wage", "real_gdp": "real_gdp"}
        data = {name: without_noise(self.change(key)) for name, key in names.items() if key in self.after.changes}
        data |= {"country": np.asarray(self.after.economy.countries)}  # type: ignore[dict-item]
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
    setting: WorldSetting, tariffs: Given = "", scenario: Any = "", on: date | None = None, assumed: Assumed | None = None
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
    more = assumed or Assumed()
    if scenario and tariffs:
        raise InputError(Parameter("tariffs"), "are given beside a scenario, which has its own", "leave one of them out")
    if scenario or not (tariffs or setting.costs or more.quotas or more.productivity):
        return _of_laws(setting, scenario or TODAY, on)
    if on is not None and not setting.costs:
        repair = "leave it out, or name a scenario"
        raise InputError(Parameter("on"), "says whose law of a day counts, and a table of tariffs has none", repair)
    return WorldChange(replace(setting, on=on).solved(rows_of(tariffs), more.quotas, more.productivity))


def _of_laws(setting: WorldSetting, given: Any, on: date | None) -> WorldChange:
    """Both laws of a scenario, of its first variant, as a run has them."""
    known = parse_scenario(given, "scenario", "scenario") if isinstance(given, Mapping) else given
    ready = prepared(known, today=date.today(), on=on)
    scenario = ready.scenario
    assert isinstance(scenario.on, date)
    own = world_at(scenario, ready.folder) if setting.world == DEFAULT else setting.world
    setting = replace(setting, world=own, on=scenario.on)
    economy, options = setting.economy(), setting.options(setting.economy())
    world, closed = (economy, {}) if setting.closure else under_closure(economy, scenario.closure)
    first = laws(ready.pairings, economy, pairs_of(scenario, ready.folder, economy))[0]
    first = replace(first, after=setting.with_costs(economy, first.after))
    effect = first.solved(world, options={**closed, **options})
    standing = latest_standing([several[0] for several in ready.pairings.values()])
    return WorldChange(effect.after, effect.before, scenario, standing)


def decomposed(change: WorldChange, country: str, by: Sequence[str]) -> list[Table]:
    """Where the change of real income of a country comes from, in parts that add up.

    Parameters
    ----------
    by : importer, exporter and sector, one or several: whose tariffs; none of the first two: by cause, with the parts
        by sector and by partner.

    Beside an earlier law the parts are those from the world's own year to the later law, less those to the earlier one.
    """
    ends = [change.after] if change.before is None else [change.after, change.before]
    code = country_of(change.after.economy, country, Parameter("country"))
    if {"importer", "exporter"} & {*by}:
        made = [[attribution(end, code, by=tuple(by))] for end in ends]
    else:
        made = [_by_cause(end, code) for end in ends]
    tables = made[0] if len(made) == 1 else [_less(new, old) for new, old in zip(*made, strict=True)]
    return [table.noted(*change.after.shock.notes).standing_on(change.standing) for table in tables]


def _by_cause(equilibrium: Equilibrium, code: str) -> list[Table]:
    parts, paid = decompose(equilibrium), income_parts(equilibrium)
    own = paid.take(np.asarray(paid["country"]) == code)
    return [parts.first_order(code), parts.by_sector(code), parts.by_partner(code), own, parts.table()]


def _less(new: Table, old: Table) -> Table:
    """A table less another of the same columns, row by row as its texts have it; a row that one lacks counts as zero."""
    texts = [column.name for column in new.columns if np.asarray(new.data[column.name]).dtype.kind not in "fi"]
    numbers = [column.name for column in new.columns if column.name not in texts]
    sides = [{tuple(row[name] for name in texts): row for row in table.rows()} for table in (new, old)]
    nothing = dict.fromkeys(numbers, 0.0)
    keys = list(dict.fromkeys((*sides[0], *sides[1])))
    data = {name: np.asarray([key[at] for key in keys]) for at, name in enumerate(texts)}
    data |= {
        name: np.asarray([sides[0].get(key, nothing)[name] - sides[1].get(key, nothing)[name] for key in keys])
        for name in numbers
    }
    return replace(new, data=data)


def players_table(war: lab.Nash | None, agreement: lab.Cooperative | None) -> Table:
    """Rates of each player on the others' goods, today, in a war and by agreement, and what they do to it."""
    found = war or agreement
    assert found is not None
    economy, players = found.equilibrium.economy, found.players
    agreed = {} if agreement is None else {row["player"]: row for row in agreement.table().rows()}
    nothing, rows = float("nan"), []
    for code in players:
        war_rate, war_income = (nothing, nothing) if war is None else (float(np.mean(war.rates[code])), war.welfare[code])
        own = agreed.get(code, {})
        rows.append((code, lab.owed_before(economy, code, players), war_rate, war_income,
                     own.get("rate", nothing), own.get("welfare", nothing)))  # fmt: skip
    notes = () if war is None else war.notes
    return table_of("economy.players", rows, (*notes, *(() if agreement is None else agreement.notes)),
                    world=economy.name)  # fmt: skip
