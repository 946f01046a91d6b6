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

from detente.chains import NetworkEquilibrium, equilibrium, part_supply
from detente.chains.batch import NetworkJob, solve_all_many
from detente.chains.disrupt import Disruption, answered, each, in_one_call
from detente.chains.steps import by_month
from detente.codes import SolveError
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


def effects(
    nations_: Nations,
    run: Disruption,
    *,
    scopes: Sequence[str] = (DIRECT, REQUIREMENT),
    only: Sequence[str] = (),
    by_price: bool = False,
    tol: float = TOLERANCE,
) -> Effects:
    """Solve the economies of a run.

    Parameters
    ----------
    scopes : "direct", "requirement" or both.
    only : countries whose scope requirement is wanted; all by default. In scope direct the producers of parts are
        solved all the same where another country needs them.
    by_price : within a country what arrives of a family of grades goes where it is worth most: one shadow price.
    tol : largest residual of the networks' equations, logs.
    """
    return answered(effects_many([EffectsCase(nations_, run, scopes, only, by_price, tol)]))[0]


Paths = Mapping[str, list[NetworkEquilibrium]]
"""Equilibria of the quarters by country."""


@dataclass(frozen=True)
class EffectsCase:
    """Economies that are asked for; fields as the arguments of `effects`."""

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


@dataclass(frozen=True)
class _Pass:
    """Networks to solve: those of some countries, with parts short in the second pass, from equilibria nearby."""

    case: EffectsCase
    blocs: Sequence[str]
    parts: Mapping[str, Floats] | None = None
    near: Paths | None = None


def effects_many(cases: Sequence[EffectsCase]) -> list[Effects | SolveError]:
    """The economies of many runs, each as `effects` gives them alone, to the byte; the error of one without."""
    direct = _solved([_Pass(case, case.producers) for case in cases])
    places = [n for n, run in enumerate(direct) if not isinstance(run, SolveError) and run[0].case.embedded]
    second = _solved(each(lambda run: _second(*run), [direct[n] for n in places]))
    results = each(lambda run: _without_parts(*run), direct)
    for n, run in zip(places, each(lambda run: _with_parts(*run), second), strict=True):
        results[n] = run
    return results


def _without_parts(first: _Pass, direct: Paths) -> Effects:
    case = first.case
    return Effects(case.nations, case.path, direct, direct if REQUIREMENT in case.scopes else {}, {}, {})


def _second(first: _Pass, direct: Paths) -> _Pass:
    """The pass in which what producers make of parts is short."""
    case = first.case
    made = _made(case.nations, direct)
    parts = {bloc: _supply(case.nations, bloc, made, case.rule) for bloc in case.wanted}
    return _Pass(case, case.wanted, parts, direct)


def _with_parts(second: _Pass, requirement: Paths) -> Effects:
    case, parts, direct = second.case, second.parts or {}, second.near or {}
    moved = {}
    if set(case.wanted) == set(case.nations.of):
        again = _made(case.nations, requirement)
        for bloc, supply in parts.items():
            moved[bloc] = float(np.abs(_supply(case.nations, bloc, again, case.rule) - supply).max(initial=0.0))
    return Effects(case.nations, case.path, direct, requirement, parts, moved)


def _solved(passes: Sequence[_Pass | SolveError]) -> list[tuple[_Pass, Paths] | SolveError]:
    return in_one_call(_solved_many, lambda short: short, passes)


def _solved_many(passes: Sequence[_Pass]) -> list[Paths | SolveError]:
    """Equilibria of passes: in one call, but for those whose industries share what arrives at one price."""
    jobs = [_networks(short) for short in passes]
    by_price = [short.case.by_price for short in passes]
    one_by_one = iter(each(_one_by_one, [job for job, shared in zip(jobs, by_price, strict=True) if shared]))
    at_once = iter(solve_all_many([job for job, shared in zip(jobs, by_price, strict=True) if not shared]))
    solved = [next(one_by_one if shared else at_once) for shared in by_price]
    return [
        path if isinstance(path, SolveError) else _by_bloc(short, path)
        for short, path in zip(passes, solved, strict=True)
    ]


def _one_by_one(job: NetworkJob) -> list[NetworkEquilibrium]:
    return [
        equilibrium(network, shortage, tol=job.tol)
        for network, shortage in zip(job.networks, job.shortages, strict=True)
    ]


def _networks(short: _Pass) -> NetworkJob:
    """The networks of a pass and what each lacks, by country and quarter; imported parts are in those of the second."""
    case, path, parts = short.case, short.case.path, short.parts
    cells = [(case.nations.of[bloc], t) for bloc in short.blocs for t in range(len(path))]
    networks = [nation.with_sigma(path[t].sigma, parts=parts is not None) for nation, t in cells]
    shortages = [
        nation.shortage(path[t].found.quantity, None if parts is None else parts[nation.bloc][t]) for nation, t in cells
    ]
    if case.by_price:
        families = case.nations.industries.family
        shortages = [nation.shared(s, families) for (nation, _), s in zip(cells, shortages, strict=True)]
    starts = [] if short.near is None else [short.near[nation.bloc][t] for nation, t in cells]
    return NetworkJob(networks, shortages, starts, case.tol)


def _by_bloc(short: _Pass, solved: Sequence[NetworkEquilibrium]) -> Paths:
    length = len(short.case.path)
    return {bloc: list(solved[k * length : (k + 1) * length]) for k, bloc in enumerate(short.blocs)}


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
        part_supply(base.parts, countries, share, y[columns], restrictor=restrictor, foreign_product_rule=passes)
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
