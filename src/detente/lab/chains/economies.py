"""From months of a chain to what economies lack: certainty-equivalent quantities by quarter, networks by country.

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

from detente.chains.baseline import exposed_part, split_exposed, with_spending
from detente.chains.chain import SupplyChain
from detente.chains.disrupt import Disruption
from detente.chains.industry import (
    CertaintyEquivalent,
    RunQuarter,
    certainty_equivalent,
    first_short_months,
    quarters,
    sigma_at,
)
from detente.chains.network import Network, Pool, Shortage
from detente.data import chain_world
from detente.data.chain_world import BLOCS, NetworkBasis, ground

Floats = NDArray[np.float64]
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
        sigma = _sigma(chain, mine, period.middle - run.licences.announced)
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


def _sigma(chain: SupplyChain, mine: Industries, month: float) -> Floats:
    """Elasticity of each industry some months after the announcement, shape (industry,)."""
    first = [chain.value(f"sigma_start_{name}") for name in CLASSES]
    last = [chain.value(f"sigma_end_{name}") for name in CLASSES]
    return mine.classes @ sigma_at(first, last, chain.value("sigma_months"), month)
