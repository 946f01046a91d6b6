"""The economies behind a run: producers first, then importers with what producers still make of parts (steps 14 to 23).

Every country is solved with what its own industries lack (scope direct); what the exposed industries of the producers
still make says how much of each imported part arrives; every country is solved again with those parts short (scope
requirement). One pass; how far a second would move the parts is reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.chains.baseline import part_supply
from detente.chains.disrupt import Disruption, answered
from detente.chains.equilibrium import NetworkEquilibrium, NetworkJob, solve_many
from detente.chains.steps import by_month
from detente.data import chain_world
from detente.data.chain_world import BLOCS
from detente.lab.chains.economies import DIRECT, REQUIREMENT, TOLERANCE, Floats, Nations, Quarter, quarter_path


@dataclass(frozen=True)
class Effects:
    """Economies under a shortage.

    Attributes
    ----------
    quarters : what industries can count on.
    direct, requirement : equilibria of the quarters by country; empty where a scope was not asked for.
    parts : supply of imported parts by country, shape (quarter, part).
    second_pass : largest move of any of these if producers were solved again with parts short; 0 where none is.
    """

    nations: Nations = field(repr=False)
    quarters: tuple[Quarter, ...] = field(repr=False)
    direct: Mapping[str, list[NetworkEquilibrium]] = field(repr=False)
    requirement: Mapping[str, list[NetworkEquilibrium]] = field(repr=False)
    parts: Mapping[str, Floats] = field(repr=False)
    second_pass: Mapping[str, float]

    def path(self, scope: str, bloc: str) -> list[NetworkEquilibrium]:
        """Equilibria of one country in one scope."""
        return (self.direct if scope == DIRECT else self.requirement)[bloc]

    @property
    def weights(self) -> list[float]:
        """Months of each quarter over three."""
        return [quarter.period.weight for quarter in self.quarters]


Paths = Mapping[str, list[NetworkEquilibrium]]
"""Equilibria of the quarters by country."""


@dataclass(frozen=True)
class EffectsCase:
    """Economies of a run that are asked for.

    Attributes
    ----------
    scopes : what is short: the material itself, imported parts that hold it, or both, each solved apart.
    only : countries whose losses are wanted; producers of parts are solved besides.
    by_price : industries of a country share what arrives at one price for each family of grades.
    """

    nations: Nations
    run: Disruption
    scopes: Sequence[str] = (DIRECT, REQUIREMENT)
    only: Sequence[str] = ()
    by_price: bool = False
    tol: float = TOLERANCE

    @cached_property
    def path(self) -> tuple[Quarter, ...]:
        """What each industry can count on, quarter by quarter."""
        return quarter_path(self.nations, self.run)

    @property
    def embedded(self) -> bool:
        """Whether imported parts are short."""
        return REQUIREMENT in self.scopes and bool(self.nations.sectors)

    @property
    def wanted(self) -> tuple[str, ...]:
        """Countries asked for."""
        return tuple(self.only) or tuple(self.nations.of)

    @property
    def producers(self) -> list[str]:
        """Countries of the first pass."""
        return [bloc for bloc in self.nations.of if self.embedded or bloc in self.wanted]

    @cached_property
    def rule(self) -> list[float | None]:
        """What the restrictor lets through of its own parts by quarter; see `_rule`."""
        return _rule(self.run, self.path)


def effects_many(cases: Sequence[EffectsCase]) -> list[Effects]:
    """The economies of many runs, each as it would be alone, to the byte; `SolveError` where one has no equilibrium."""
    direct = _solved([_networks(case, case.producers) for case in cases])
    first = [_by_bloc(case, case.producers, path) for case, path in zip(cases, direct, strict=True)]
    parts = [
        {bloc: _supply(case.nations, bloc, _made(case.nations, near), case.rule) for bloc in case.wanted}
        if case.embedded else {}
        for case, near in zip(cases, first, strict=True)
    ]  # fmt: skip
    again = [n for n, case in enumerate(cases) if case.embedded]
    second = _solved([_networks(cases[n], cases[n].wanted, parts[n], first[n]) for n in again])
    short = {n: _by_bloc(cases[n], cases[n].wanted, path) for n, path in zip(again, second, strict=True)}
    return [
        Effects(case.nations, case.path, first[n], short[n], parts[n], _moved(case, parts[n], short[n]))
        if n in short
        else Effects(case.nations, case.path, first[n], first[n] if REQUIREMENT in case.scopes else {}, {}, {})
        for n, case in enumerate(cases)
    ]


def _solved(jobs: Sequence[NetworkJob]) -> list[list[NetworkEquilibrium]]:
    return answered(solve_many(jobs))


def _moved(case: EffectsCase, parts: Mapping[str, Floats], requirement: Paths) -> dict[str, float]:
    """How far supplies of parts would move if producers were solved again with parts short, by country."""
    if set(case.wanted) != set(case.nations.of):
        return {}
    again = _made(case.nations, requirement)
    return {
        bloc: float(np.abs(_supply(case.nations, bloc, again, case.rule) - supply).max(initial=0.0))
        for bloc, supply in parts.items()
    }


def _networks(
    case: EffectsCase, blocs: Sequence[str], parts: Mapping[str, Floats] | None = None, near: Paths | None = None
) -> NetworkJob:
    """Networks of some countries and what each lacks, by country and quarter.

    Parameters
    ----------
    parts : supply of imported parts that are short, by country; `near` : equilibria to start from.
    """
    path = case.path
    cells = [(case.nations.of[bloc], t) for bloc in blocs for t in range(len(path))]
    networks = [nation.with_sigma(path[t].sigma, parts=parts is not None) for nation, t in cells]
    shortages = [
        nation.shortage(path[t].found.quantity, None if parts is None else parts[nation.bloc][t]) for nation, t in cells
    ]
    if case.by_price:
        families = case.nations.industries.family
        shortages = [nation.shared(s, families) for (nation, _), s in zip(cells, shortages, strict=True)]
    starts = [] if near is None or case.by_price else [near[nation.bloc][t] for nation, t in cells]
    return NetworkJob(networks, shortages, starts, case.tol)


def _by_bloc(case: EffectsCase, blocs: Sequence[str], solved: Sequence[NetworkEquilibrium]) -> Paths:
    length = len(case.path)
    return {bloc: list(solved[k * length : (k + 1) * length]) for k, bloc in enumerate(blocs)}


def _made(nations_: Nations, solved: Mapping[str, list[NetworkEquilibrium]]) -> Floats:
    """Output of the exposed part of each sector by country and quarter, hats, shape (quarter, sector, country).

    The restrictor and countries that are not solved hold not-a-number.
    """
    length = len(next(iter(solved.values())))
    made = np.full((length, len(nations_.sectors), len(BLOCS)), np.nan)
    for bloc, path in solved.items():
        if bloc != nations_.chain.restrictor:
            made[:, :, BLOCS.index(bloc)] = _exposed_made(nations_, bloc, path)
    return made


def _exposed_made(nations_: Nations, bloc: str, path: Sequence[NetworkEquilibrium]) -> Floats:
    """Output of the exposed industries by sector, weighed by output, shape (quarter, sector)."""
    nation = nations_.of[bloc]
    codes = [nations_.industries.keys[n][1] for n in nation.users.tolist()]
    of = [chain_world.sector_of(code) if nation.ground.scheme == "bea" else code for code in codes]
    outputs = np.array([solution.output[nation.at] for solution in path]).reshape(len(path), len(of))
    weight = nation.closed.output[nation.at]
    made = np.ones((len(path), len(nations_.sectors)))
    for k, sector in enumerate(nations_.sectors):
        mine = np.array([code == sector for code in of], dtype=bool)
        if mine.any():
            made[:, k] = outputs[:, mine] @ weight[mine] / weight[mine].sum()
    return made


def _supply(nations_: Nations, bloc: str, made: Floats, rule: Sequence[float | None]) -> Floats:
    """Supply of a country's imported parts, hats, shape (quarter, part)."""
    base, restrictor = nations_.of[bloc].ground, nations_.chain.restrictor
    columns = [nations_.sectors.index(sector) for sector in base.sector]
    countries, share = BLOCS, base.import_share
    if restrictor not in BLOCS:
        # A restrictor without accounts of its own sends no parts that can be told apart.
        countries, share = (*BLOCS, restrictor), np.pad(share, ((0, 0), (0, 1)))
        made = np.pad(made, ((0, 0), (0, 0), (0, 1)), constant_values=np.nan)
    supply = [
        part_supply(countries, share, y[columns], restrictor=restrictor, foreign_product_rule=passes)
        for y, passes in zip(made, rule, strict=True)
    ]
    return np.maximum(np.array(supply), 1e-6)


def _rule(run: Disruption, path: Sequence[Quarter]) -> list[float | None]:
    """What the restrictor lets through of its own parts by quarter where the foreign-product rule is on, else None."""
    on = by_month(run.deliveries.rule[None, :])[0]
    kg = run.deliveries.cells.kilograms
    passed = by_month(kg @ np.minimum(run.deliveries.flow, 1.0) / kg.sum()) if kg.size else np.ones(run.months)
    shares = 1.0 - on * (1.0 - passed)
    return [float(shares[q.period.months].mean()) if on[q.period.months].any() else None for q in path]


def world_shock_hat(effect: Effects, quarter: int) -> tuple[NDArray[np.str_], NDArray[np.str_], Floats]:
    """Countries, sectors and 1/y of each sector in one quarter: exposed parts by their share of the sector."""
    rows: list[tuple[str, str, float]] = []
    for bloc, path in effect.direct.items():
        rows += [(bloc, sector, y) for sector, y in _sector_output(effect.nations, bloc, path[quarter]).items()]
    codes = np.array([(bloc, sector) for bloc, sector, _ in rows], dtype=np.str_).reshape(-1, 2)
    return codes[:, 0], codes[:, 1], np.array([y for *_, y in rows])


def _sector_output(nations_: Nations, bloc: str, solution: NetworkEquilibrium) -> dict[str, float]:
    """Output of every sector of the world that has users, exposed parts and the rest together, hats."""
    nation = nations_.of[bloc]
    lost: dict[str, float] = defaultdict(float)
    for n, place in zip(nation.users.tolist(), nation.at.tolist(), strict=True):
        code = nations_.industries.keys[n][1]
        sector = chain_world.sector_of(code) if nation.ground.scheme == "bea" else code
        lost[sector] += float(nation.closed.output[place] * (1.0 - solution.output[place]))
    made = dict(zip(chain_world.world().sectors, chain_world.sector_output()[bloc].tolist(), strict=True))
    years = chain_world.YEARS
    scale = chain_world.gdp(bloc, years["icio28"]) / chain_world.gdp(bloc, years[nation.ground.scheme])
    return {sector: 1.0 - lost[sector] * scale / made[sector] for sector in lost}
