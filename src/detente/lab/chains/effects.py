"""The economies behind a run: producers first, then importers with what producers still make of parts (steps 14 to 23).

Every country is solved with what its own industries lack (scope direct); what the exposed industries of the producers
still make says how much of each imported part arrives; every country is solved again with those parts short (scope
requirement). One pass; how far a second would move the parts is reported.

From months of a chain to what economies lack: certainty-equivalent quantities by quarter, networks by country.

Shares of need met by class, month and grade become one quantity for each industry and quarter (spec of chains, steps 11
to 13); the networks that lack them are those of the industries of each country. `effects.py` solves them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.chains.chain import SupplyChain, by_month
from detente.chains.disrupt import Disruption, answered
from detente.chains.equilibrium import NetworkEquilibrium, NetworkJob, solve_many
from detente.chains.industry import (
    CertaintyEquivalent,
    RunQuarter,
    certainty_equivalent,
    first_short_months,
    quarters,
    sigma_at,
)
from detente.chains.network import Network, Pool, Shortage, exposed_part, part_supply, split_exposed, with_spending
from detente.codes.axis import Floats
from detente.data import chain_world
from detente.data.chain_world import BLOCS, NetworkBasis, ground

Key = tuple[str, str, str]

DIRECT, REQUIREMENT = "direct", "requirement"
TOLERANCE = 1e-10


@dataclass(frozen=True)
class Industries:
    """Users of a chain by industry, defence and civil together; a slot is a pair of user and grade of one industry.

    Attributes
    ----------
    keys : country, code and part of each industry; `family` of grades that it needs most, shape (industry,).
    spending : USD of the base year, shape (industry,); `exposed` share of the industry, same shape.
    classes : weight of classes A, B and C in its need, shape (industry, 3).
    pair, slot, industry : position of each pair of the chain's layout, shape (pair,).
    weight : share of a slot in the industry's spending, shape (industry, slot).
    """

    keys: tuple[Key, ...]
    spending: Floats = field(repr=False)
    exposed: Floats = field(repr=False)
    classes: Floats = field(repr=False)
    industry: NDArray[np.int64] = field(repr=False)
    slot: NDArray[np.int64] = field(repr=False)
    weight: Floats = field(repr=False)
    family: tuple[str, ...] = ()

    def of(self, bloc: str) -> list[int]:
        """Positions of the industries of a country."""
        return [n for n, key in enumerate(self.keys) if key[0] == bloc]


CLASSES = ("A", "B", "C")


def industries(chain: SupplyChain) -> Industries:
    """The industries behind the users of a chain."""
    layout = chain.layout
    keys = tuple(dict.fromkeys((user.country, user.code, user.part) for user in chain.users))
    place = {key: n for n, key in enumerate(keys)}
    of_user = np.array([place[user.country, user.code, user.part] for user in chain.users], dtype=np.int64)
    industry = of_user[layout.user]
    spending = np.bincount(industry, layout.spending, minlength=len(keys)).astype(np.float64)
    slot, filled = np.zeros_like(industry), np.zeros(len(keys), dtype=np.int64)
    for pair, n in enumerate(industry.tolist()):
        slot[pair] = filled[n]
        filled[n] += 1
    weight = np.zeros((len(keys), int(filled.max(initial=1))))
    weight[industry, slot] = layout.spending / spending[industry]
    classes, exposed = np.zeros((len(keys), len(CLASSES))), np.ones(len(keys))
    for user, n in zip(chain.users, of_user.tolist(), strict=True):
        exposed[n] = user.exposed
        classes[n] = [user.class_weights.get(name, 0.0) for name in CLASSES]
    return Industries(keys, spending, exposed, classes, industry, slot, weight, _families(chain, industry, len(keys)))


def _families(chain: SupplyChain, industry: NDArray[np.int64], n: int) -> tuple[str, ...]:
    """The family of grades that each industry spends most on."""
    layout = chain.layout
    names = [grade.family or grade.name for grade in chain.grades]
    known = list(dict.fromkeys(names))
    spent = np.zeros((n, len(known)))
    np.add.at(spent, (industry, np.array([known.index(name) for name in names])[layout.grade]), layout.spending)
    return tuple(known[k] for k in spent.argmax(axis=1).tolist())


@dataclass(frozen=True)
class National:
    """A country's networks with its spending on the material.

    Attributes
    ----------
    bloc : code; `users` positions of its industries among the chain's; `at` their positions in the networks.
    closed : network without imported parts that may be short; `open` : with them.
    """

    bloc: str
    ground: NetworkBasis
    users: NDArray[np.int64]
    at: NDArray[np.int64]
    closed: Network = field(repr=False)
    open: Network = field(repr=False)

    def shortage(self, quantity: Floats, parts: Floats | None = None) -> Shortage:
        """What is left for its users and, with `parts`, of imported parts."""
        network = self.closed if parts is None else self.open
        q = np.ones(len(network.industries))
        q[self.at] = quantity[self.users]
        return Shortage(q, np.ones(len(network.imported_rows)) if parts is None else parts)

    def shared(self, shortage: Shortage, families: Sequence[str]) -> Shortage:
        """The same arrivals shared at one price for each family of grades (step 9, by price in the network)."""
        q, need = np.asarray(shortage.quantity)[self.at], self.closed.spending[self.at]
        pools = []
        for family in dict.fromkeys(families[n] for n in self.users.tolist()):
            mine = np.array([families[n] == family for n in self.users.tolist()], dtype=bool) & (need > 0.0)
            total = float(need[mine] @ q[mine] / need[mine].sum()) if mine.any() else 1.0
            if total < 1.0 - 1e-12:
                pools.append(Pool(tuple(self.at[mine].tolist()), total))
        return replace(shortage, pools=tuple(pools))

    def with_sigma(self, sigma: Floats, *, parts: bool) -> Network:
        """The network with elasticities of the chain's industries."""
        network = self.open if parts else self.closed
        values = np.ones(len(network.industries))
        values[self.at] = sigma[self.users]
        return network.with_elasticities(sigma=values)


@dataclass(frozen=True)
class Nations:
    """The countries of a chain with their industries.

    Attributes
    ----------
    of : networks by country; `sectors` that make parts with the material, `exposed` share of each of these sectors.
    """

    chain: SupplyChain = field(repr=False)
    industries: Industries = field(repr=False)
    of: Mapping[str, National] = field(repr=False)
    sectors: tuple[str, ...]
    exposed: Mapping[str, float]

    @cached_property
    def share(self) -> Floats:
        """Cost share of the material in each industry, shape (industry,)."""
        shares = np.zeros(len(self.industries.keys))
        for nation in self.of.values():
            shares[nation.users] = nation.closed.structure.material[nation.at]
        return shares


def nations(
    chain: SupplyChain, blocs: Sequence[str] = BLOCS, *, exposed: Mapping[str, float], full: bool = False
) -> Nations:
    """The networks of countries for a chain.

    Parameters
    ----------
    exposed : share of each sector of the world that touches the material; empty where imported parts hold none.
    full : the United States with all industries at detail.
    """
    mine = industries(chain)
    sectors = tuple(code for code in chain_world.part_sectors() if code in exposed)
    networks = {bloc: _national(chain, mine, bloc, sectors, exposed, full and bloc == "USA") for bloc in blocs}
    return Nations(chain, mine, networks, sectors, exposed)


def _national(
    chain: SupplyChain, mine: Industries, bloc: str, sectors: tuple[str, ...], exposed: Mapping[str, float], full: bool
) -> National:
    users = np.array(mine.of(bloc), dtype=np.int64)
    codes = tuple(dict.fromkeys(mine.keys[n][1] for n in users.tolist()))
    base = ground(bloc, codes or sectors, chain_world.parts_of(bloc, sectors), full=full)
    open_ = base.open if base.scheme == "bea" else chain_world.with_part_shares(base.open, exposed)
    shares = _exposed_parts(mine, users)
    closed, opened = split_exposed(base.closed, shares), split_exposed(open_, shares)
    names = [exposed_part(closed, mine.keys[n][1], mine.keys[n][2]) for n in users.tolist()]
    positions = np.array([closed.industry(name) for name in names], dtype=np.int64)
    spending, ones = np.zeros(len(closed.industries)), np.ones(len(closed.industries))
    spending[positions] = mine.spending[users] / chain_world.dollar_growth(bloc)
    value = {name: chain.value(name) for name in ("epsilon", "rho")}
    built = [with_spending(n, spending, ones) for n in (closed, opened)]
    theta = np.full(len(ones), chain.value("theta"))
    built = [n.with_elasticities(theta=theta, **value) for n in built]
    return National(bloc, base, users, positions, *built)


def _exposed_parts(mine: Industries, users: NDArray[np.int64]) -> dict[str, float | Mapping[str, float]]:
    """Exposed share of each industry of a country, by part where it has named ones."""
    shares: dict[str, float | Mapping[str, float]] = {}
    named: dict[str, dict[str, float]] = defaultdict(dict)
    for n in users.tolist():
        _, code, part = mine.keys[n]
        if part:
            named[code][part] = float(mine.exposed[n])
        else:
            shares[code] = float(mine.exposed[n])
    return shares | named


@dataclass(frozen=True)
class Quarter:
    """One quarter of a run: what each industry can count on, with which elasticity.

    Attributes
    ----------
    period : its months. found : certainty equivalents. sigma : of each industry, shape (industry,).
    """

    period: RunQuarter
    found: CertaintyEquivalent = field(repr=False)
    sigma: Floats = field(repr=False)


def quarter_path(nations_: Nations, run: Disruption) -> tuple[Quarter, ...]:
    """Certainty-equivalent quantities of every industry, quarter by quarter (steps 11 to 13).

    An industry that stands in several classes has the mean of their elasticities, weighed by spending. Elasticities
    move from the announcement on, quarters with the time axis.
    """
    mine, chain = nations_.industries, nations_.chain
    _, classes, months = run.met_by_class.shape
    met = np.ones((*mine.weight.shape, classes, months))
    met[mine.industry, mine.slot] = run.met_by_class
    floor, stiff = chain.value("q_floor"), chain.value("leontief_share")
    critical = first_short_months(met) if stiff else None
    path = []
    for period in quarters(months):
        # Elasticity of each industry some months after the announcement, shape (industry,).
        first = [chain.value(f"sigma_start_{name}") for name in CLASSES]
        last = [chain.value(f"sigma_end_{name}") for name in CLASSES]
        month = period.middle - run.licences.announced
        sigma = mine.classes @ sigma_at(first, last, chain.value("sigma_months"), month)
        quantities = certainty_equivalent(
            met[..., period.months],
            mine.weight,
            nations_.share,
            sigma,
            floor=floor,
            leontief_share=stiff,
            critical=None if critical is None else critical[..., period.months],
        )
        path.append(Quarter(period, quantities, sigma))
    return tuple(path)


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


#: Equilibria of the quarters by country.
Paths = Mapping[str, list[NetworkEquilibrium]]


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
