"""World: what tariffs do to every country, with labelled numbers; countries by code, name or group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import Column, InputError, Parameter, Table, Unit
from detente.codes.given import Several, several, share
from detente.codes.kinds import checked
from detente.codes.names import first_upper
from detente.data.costfile import read_costs
from detente.data.tables import countries, place
from detente.data.tariff_tables import read_tariffs, side_of
from detente.data.worlds import DEFAULT
from detente.economy import (
    Cooperative,
    Economy,
    Equilibrium,
    Nash,
    Optimum,
    Shock,
    TableRow,
    cooperative,
    nash,
    optimal_tariff,
    shock_of,
    solve,
)
from detente.economy.frame import baseline_tariff, without_noise
from detente.economy.tariff_table import costs_of
from detente.faces.python.answer import AnswerBase
from detente.faces.python.plots import Plot, plot
from detente.faces.python.series import PER_CENT, Labelled
from detente.lab.world.costs import placed
from detente.lab.world.effects import WorldSetting, about_solve, nash_table, rates_table, sector_table

Pair = tuple[str, str] | tuple[str, str, str]
"""Importer and exporter, and a sector where goods as a whole are not meant."""

Tariffs = Mapping[Pair, float | str] | Iterable[tuple[Any, ...]] | str | Path


@checked
def world(
    name: str | Path = DEFAULT,
    *,
    elasticities: str = "",
    closure: str = "",
    rebate: str = "",
    horizon: str = "",
    objective: str = "",
    set: Mapping[str, float] | None = None,
) -> World:
    """A world economy, ready to be asked.

    Parameters
    ----------
    name : of a world in the package, or the path of one's own; by default the world of every run.
    elasticities : a named set; closure, rebate, horizon, objective : as for `detente economy`.
    set : parameters by name, as {"trade_elasticity": 8}.

    Raises
    ------
    UnknownName, InputError : a world, set or parameter that is not there.
    """
    words: dict[str, Any] = {"closure": closure, "rebate": rebate, "horizon": horizon, "objective": objective}
    setting = WorldSetting(str(name), elasticities, dict(set or {}), **words)
    return World(setting, setting.economy())


@dataclass(frozen=True, repr=False)
class World(AnswerBase):
    """A world economy: `solve` for new tariffs, `nash`, `optimal` and `cooperative` for those that countries choose.

    Attributes
    ----------
    setting : name and options; `economy` : the balanced baseline, for the functions below.
    """

    setting: WorldSetting
    economy: Economy

    @property
    def title(self) -> str:
        """Name and size."""
        n, s = len(self.economy.countries), len(self.economy.sectors)
        return f"World {self.economy.name}: {n} countries, {s} {'sector' if s == 1 else 'sectors'}"

    @property
    def sentences(self) -> Sequence[str]:
        """Where it is from, and what to ask."""
        return (
            *self.economy.notes[:1],
            ".solve(tariffs={('USA', 'CHN'): 0.34}), .nash(['US', 'China']), .optimal('US')",
        )

    def shown(self) -> None:
        """No table: a list of countries says little."""

    @property
    def tables(self) -> Mapping[str, Table]:
        """Its countries: table `countries`."""
        codes = self.economy.countries
        columns = (Column("country", Unit.CODE, "code"), Column("name", Unit.TEXT, "name"))
        return {"countries": Table.of_rows("countries", "Countries", columns, [(c, name_of(c)) for c in codes])}

    def solve(
        self,
        tariffs: Tariffs | None = None,
        *,
        added: Tariffs | None = None,
        costs: Tariffs | None = None,
    ) -> WorldChange:
        """The world under new tariffs.

        Parameters
        ----------
        tariffs : new rates by (importer, exporter) or (importer, exporter, sector), shares: {("USA", "CHN"): 0.34}; or
            rows, or the path of a table. Groups such as "EU27" and "all" are understood; without a sector goods are
            meant.
        added : the same as points on top of the rates of the world.
        costs : trade costs beside duties, new over old: {("USA", "CHN"): 1.05}; or the path of a table.

        Raises
        ------
        InputError, UnknownName : nothing that changes, a rate that is no share, a country the world lacks.
        SolveError : no equilibrium.
        """
        if tariffs is None and added is None and costs is None:
            repair = "as in solve(tariffs={('USA', 'CHN'): 0.34})"
            raise InputError(Parameter("tariffs"), "nothing is to change, so nothing would", repair)
        rows = [*self._rows(tariffs, "tariffs"), *(replace(row, added=True) for row in self._rows(added, "added"))]
        options = self.setting.options(self.economy)
        shock = shock_of(self.economy, rows, **options) if rows else Shock(options=options)
        if costs is not None:
            of_file = isinstance(costs, str | Path)
            rows = placed(self.economy, read_costs(Path(costs))) if of_file else self._rows(costs, "costs", rate=False)
            hat, note = costs_of(self.economy, rows)
            shock = replace(shock, cost_hat=hat, notes=(*shock.notes, note))
        return WorldChange(solve(self.economy, shock))

    def nash(self, players: Several, *, over: str = "uniform", **options: Any) -> TariffGame:
        """Tariffs of some countries on one another from which none gains by moving alone.

        Parameters
        ----------
        players : codes or names, "US, China" or a list.
        over : along which axes rates differ: uniform, partner, sector or "partner x sector".
        options : further ones of `detente.nash`.
        """
        return TariffGame(nash(self.economy, self._codes(players, "players"), over=over, **self._shocked(options)))

    def cooperative(self, players: Several, *, over: str = "uniform", **options: Any) -> TariffGame:
        """Tariffs of some countries on one another that share the gains of agreement; as for `nash`."""
        codes = self._codes(players, "players")
        return TariffGame(cooperative(self.economy, codes, over=over, **self._shocked(options)))

    @checked
    def optimal(self, country: str, *, over: str = "uniform", **options: Any) -> BestTariff:
        """The tariffs on goods that are best for a country, the others' as they are."""
        code, *_ = self._codes(country, "country")
        return BestTariff(optimal_tariff(self.economy, code, over=over, **self._shocked(options)))

    def _shocked(self, options: dict[str, Any]) -> dict[str, Any]:
        return {"shock": Shock(options=self.setting.options(self.economy)), **options}

    def _codes(self, names: Several, where: str) -> tuple[str, ...]:
        """Codes of countries of the world by any name; of a group its members."""
        return tuple(
            code for name in several(names, where) for code in side_of(name, self.economy.countries, Parameter(where))
        )

    def _rows(self, given: Tariffs | None, where: str, rate: bool = True) -> list[TableRow]:
        """Rows of a table from what a caller gives."""
        if given is None:
            return []
        if isinstance(given, str | Path):
            return read_tariffs(Path(given), self.economy.countries, self.economy.sectors)
        pairs = given.items() if isinstance(given, Mapping) else ((row[:-1], row[-1]) for row in _listed(given, where))
        return [self._row(pair, number, where, rate) for pair, number in pairs]

    def _row(self, pair: Any, number: Any, where: str, rate: bool) -> TableRow:
        if not isinstance(pair, tuple | list) or not 2 <= len(pair) <= 3:
            repair = "as in {('USA', 'CHN'): 0.34}"
            raise InputError(Parameter(where), f"{pair!r} is no importer and exporter", repair)
        place = f"{where} {tuple(pair)!r}".replace("'", "")
        sides = [side_of(str(code), self.economy.countries, place) for code in pair[:2]]
        sectors = tuple(str(sector) for sector in pair[2:] if sector)
        value = share(number, place) if rate else float(number)
        return TableRow(sides[0], sides[1], value, sectors, sure=True, where=place)


def _listed(rows: Any, where: str) -> Iterable[tuple[Any, ...]]:
    listed = list(rows) if isinstance(rows, Iterable) else [rows]
    if not all(isinstance(row, tuple | list) for row in listed):
        raise InputError(Parameter(where), f"{rows!r} is no table of tariffs", "as in {('USA', 'CHN'): 0.34}")
    return [tuple(row) for row in listed]


def name_of(code: str) -> str:
    """Name of a country, or the code where it has none, as that of the rest of the world."""
    return countries().names.get(code, code)


def code_of(economy: Economy) -> Callable[[str], str]:
    """What finds the code of a country of a world by any of its names."""
    return lambda name: side_of(name, economy.countries, "country")[0]


@dataclass(frozen=True, repr=False)
class WorldChange(AnswerBase):
    """What a change does to every country; each number by country, in per cent.

    Attributes
    ----------
    equilibrium : the solved world, with arrays and certificate.
    """

    equilibrium: Equilibrium

    @property
    def title(self) -> str:
        """World and what is shown."""
        return f"Changes by country, {self.equilibrium.economy.name}"

    @property
    def sentences(self) -> Sequence[str]:
        """Who gains and loses most, what was changed, and how well it is solved."""
        low, high = (place(code) for code in (self._most(-1.0), self._most(1.0)))
        welfare = self.welfare
        return (
            f"Real income falls most in {low}, {welfare[self._most(-1.0)]:+.2f}%, and rises most in {high}, "
            f"{welfare[self._most(1.0)]:+.2f}%.",
            *(f"{first_upper(note)}." for note in self.equilibrium.shock.notes),
            f"Solved: {about_solve(self.equilibrium)}.",
        )

    def _most(self, sign: float) -> str:
        changes = self.equilibrium.changes["welfare"]
        return self.equilibrium.economy.countries[int(np.argmax(sign * changes))]

    @property
    def tables(self) -> Mapping[str, Table]:
        """Every change by country: table `economy`."""
        return {"economy": self.equilibrium.table()}

    def shown(self) -> Table:
        """The countries whose real income moves most."""
        changes = self.equilibrium.table()
        heads = [(name, label) for name, label in SHOWN if name in self.equilibrium.changes]
        known = {c.name: c for c in changes.columns}
        columns = (
            Column("country", Unit.CODE, "code"),
            Column("name", Unit.TEXT, "name"),
            *(replace(known[name], label=label) for name, label in heads),
        )
        names = np.array(list(map(name_of, changes["country"].tolist())))
        data = {"country": changes["country"], "name": names, **{name: changes[name] for name, _ in heads}}
        order = np.argsort(-np.abs(changes["welfare"]), kind="stable")
        return Table("economy", self.title, columns, data).take(order)

    @property
    def welfare(self) -> Labelled:
        """Change of real income."""
        return self._labelled("welfare", "real income")

    @property
    def real_income(self) -> Labelled:
        """The same as `welfare`."""
        return self.welfare

    @property
    def real_gdp(self) -> Labelled:
        """Change of real GDP at the prices and tariffs of the world's own year."""
        return self._labelled("real_gdp", "real GDP")

    @property
    def prices(self) -> Labelled:
        """Change of consumer prices over the wage: how much longer one works for the same basket."""
        return self._shown(1.0 / (1.0 + self._column("real_wage")) - 1.0, "consumer prices over wages")

    @property
    def real_wage(self) -> Labelled:
        """Change of the wage over consumer prices."""
        return self._labelled("real_wage", "real wage")

    @property
    def employment(self) -> Labelled:
        """Change of employment."""
        return self._labelled("employment", "employment")

    @property
    def exports(self) -> Labelled:
        """Change of exports over GDP."""
        return self._labelled("exports_to_gdp", "exports over GDP")

    @property
    def imports(self) -> Labelled:
        """Change of imports over GDP."""
        return self._labelled("imports_to_gdp", "imports over GDP")

    def plot(self, name: str = "incomes") -> Plot:
        """A chart of real income: `incomes` (the countries it moves most) or `map`."""
        changes = self.equilibrium.changes["welfare"]
        nothing = np.full(len(changes), np.nan)
        columns = (
            Column("country", Unit.CODE, "code"),
            *(Column(name, Unit.SHARE, "change of real income") for name in INCOME),
        )
        data = dict(zip(INCOME, (changes, nothing, nothing), strict=True))
        whole = Table(
            "incomes", "Real income", columns, {"country": np.array(self.equilibrium.economy.countries), **data}
        )
        most = np.argsort(-np.abs(changes), kind="stable")[:MOST]
        tables = {"world": replace(whole.take(most), name="world"), "incomes": whole}
        return plot(tables, name, between="under the new tariffs")

    def sectors(self, country: Several) -> Table:
        """Changes by sector of one or several countries."""
        codes = [code_of(self.equilibrium.economy)(name) for name in several(country, "country")]
        return sector_table(self.equilibrium, codes)

    def _column(self, column: str) -> Any:
        if column not in self.equilibrium.changes:
            where, known = self.equilibrium.economy.name, ", ".join(self.equilibrium.changes)
            raise InputError(column, f"is no number of {where}", f"it has {known}")
        return self.equilibrium.changes[column]

    def _labelled(self, column: str, what: str) -> Labelled:
        return self._shown(self._column(column), what)

    def _shown(self, changes: Any, what: str) -> Labelled:
        economy, values = self.equilibrium.economy, PER_CENT * without_noise(changes)
        names = tuple(map(name_of, economy.countries))
        return Labelled(f"Change of {what}", "%", "country", economy.countries, names, tuple(values.tolist()),
                        code_of(economy))  # fmt: skip


@dataclass(frozen=True, repr=False)
class TariffGame(AnswerBase):
    """Tariffs that some countries set on one another, in a war or by agreement.

    Attributes
    ----------
    result : of `detente.nash` or `detente.cooperative`, with its certificate.
    """

    result: Nash | Cooperative

    @property
    def title(self) -> str:
        """Kind of the game and who plays it."""
        kind = "Tariff war" if isinstance(self.result, Nash) else "Tariffs by agreement"
        return f"{kind} of {' and '.join(map(place, self.result.players))}, {self.result.equilibrium.economy.name}"

    @property
    def sentences(self) -> Sequence[str]:
        """Mean rate and real income of each player."""
        return tuple(
            f"{first_upper(place(code))} sets {float(np.mean(self.result.rates[code])):.1%} on average; its real "
            f"income changes by {self.result.welfare[code]:+.2%}."
            for code in self.result.players
        )

    @property
    def tables(self) -> Mapping[str, Table]:
        """Players and points, and all rates: `nash` or `cooperative`, and `rates`."""
        result = self.result
        first = nash_table(result) if isinstance(result, Nash) else result.table()
        return {first.name: first, "rates": self.rates}

    @property
    def rates(self) -> Table:
        """Rates by importer, exporter and sector: those that the players set on one another."""
        return tariff_rows(self.result.equilibrium, self.result.players)

    @property
    def welfare(self) -> Labelled:
        """Change of real income of each player."""
        players = self.result.players
        values = tuple(PER_CENT * self.result.welfare[code] for code in players)
        resolve = code_of(self.result.equilibrium.economy)
        return Labelled("Change of real income", "%", "country", players, tuple(map(name_of, players)), values, resolve)

    @cached_property
    def world(self) -> WorldChange:
        """What the tariffs do to every country."""
        return WorldChange(self.result.equilibrium)


@dataclass(frozen=True, repr=False)
class BestTariff(AnswerBase):
    """The tariffs that are best for one country.

    Attributes
    ----------
    result : of `detente.optimal_tariff`, with its certificate.
    """

    result: Optimum

    @property
    def title(self) -> str:
        """Whose tariffs, in which world."""
        return f"Best tariffs of {place(self.result.country)}, {self.result.equilibrium.economy.name}"

    @property
    def sentences(self) -> Sequence[str]:
        """Mean rate on what is taxed, and what it gains."""
        mean = float(np.mean(self.result.rates[self.result.group >= 0]))
        return (f"The mean rate is {mean:.1%}; real income changes by {self.result.value:+.2%}.", *self.result.notes)

    @property
    def tables(self) -> Mapping[str, Table]:
        """Rates by exporter and sector: table `optimal`."""
        return {"optimal": rates_table(self.result)}

    @property
    def rates(self) -> Table:
        """Rates by exporter and sector."""
        return self.table("optimal")

    @property
    def world(self) -> WorldChange:
        """What the tariffs do to every country."""
        return WorldChange(self.result.equilibrium)


INCOME, MOST = ("real_income", "real_income_low", "real_income_high"), 12
"""Columns of the charts of real income, and countries that they show."""

SHOWN = (
    ("welfare", "real income"),
    ("exports_to_gdp", "exports/GDP"),
    ("real_gdp", "real GDP"),
    ("real_wage", "real wage"),
    ("employment", "employment"),
)
"""Changes that are printed, and their heads."""

RATE_COLUMNS = (
    Column("importer", Unit.CODE, "country that sets the rate"),
    Column("exporter", Unit.CODE, "country it falls on"),
    Column("sector", Unit.CODE, "goods it falls on"),
    Column("rate", Unit.SHARE, "tariff, share of value before duty"),
    Column("before", Unit.SHARE, "tariff of the baseline"),
)


def tariff_rows(equilibrium: Equilibrium, among: Sequence[str]) -> Table:
    """Tariffs of some countries on one another, one row for each importer, exporter and sector of goods."""
    economy = equilibrium.economy
    n, s = len(economy.countries), len(economy.sectors)
    old = np.asarray(baseline_tariff(economy)).reshape(n, n, s)
    new = old if equilibrium.shock.tariff is None else np.asarray(equilibrium.shock.tariff).reshape(n, n, s)
    services = economy.parameters.get("services", ())
    rows = [
        (importer, exporter, sector, float(new[i, j, k]), float(old[i, j, k]))
        for importer, i in ((code, economy.country(code)) for code in among)
        for exporter, j in ((code, economy.country(code)) for code in among)
        for k, sector in enumerate(economy.sectors)
        if i != j and sector not in services
    ]
    return Table.of_rows("rates", f"Tariffs, {economy.name}", RATE_COLUMNS, rows)
