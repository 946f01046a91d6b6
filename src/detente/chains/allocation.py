"""Who gets what arrives in a country: pro rata, by price, defence first (step 9).

By price is a linear programme over blocks of need with their value per kg (HiGHS); its dual is the price at which the
last kg goes. Supply that carries an end-use condition cannot go to defence under any rule.

Transit past a control: places that are better supplied pass on to those that are worse supplied (step 10).

What a buyer gets in transit is taken from the receipts of those who pass it on, so that nothing appears from nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from detente.chains.chain import Floats, SupplyChain, Whole
from detente.chains.industry import output
from detente.codes import InputError, Parameter, SolveError, UnknownName

RULES = ("prorata", "price", "defence_first")
BLOCKS = 10


@dataclass(frozen=True)
class Sold:
    """What a linear programme gave.

    Attributes
    ----------
    filled : kg by block, shape of the blocks, (user, block).
    price : dual of supply by group, USD per kg, shape (group,): the value of one kg more; 0 where nobody lacks any.
    barrier : dual of the cap on defence by group, USD per kg, shape (group,).
    value : value of what was allotted, USD.
    """

    filled: Floats = field(repr=False)
    price: Floats
    barrier: Floats
    value: float


def ces_blocks(price: Floats, share: Floats, sigma: Floats, blocks: int = BLOCKS) -> Floats:
    """Value per kg of equal blocks of a user's need, from the first kg to the last; USD per kg, shape (user, block).

    The output that a block carries, Y [z(q_high) - z(q_low)] over its kg, with z(q) = [(1 - s) + s q^h]^(1/h) and
    h = (sigma - 1)/sigma (step 11): falling from block to block, and Y over the kg of need in the mean, so that no
    block is worth more than the output behind it.

    Parameters
    ----------
    price : base price, USD per kg; share : spending over output; sigma : elasticity; all of shape (user,).
    """
    made = output(np.linspace(0.0, 1.0, blocks + 1), share[:, None], sigma[:, None])
    return (price / share)[:, None] * np.diff(made, axis=1) * blocks


def by_value(
    value: Floats,
    size: Floats,
    group: Whole,
    supply: Floats,
    *,
    capped: Floats | None = None,
    cap: Floats | None = None,
) -> Sold:
    """Fill blocks of need so that their value is greatest (HiGHS).

    Parameters
    ----------
    value : USD per kg, shape (user, block); size : kg, shape (user, block).
    group : destination and grade of each user, shape (user,).
    supply : kg that arrive, shape (group,).
    capped : 1 for users that may have at most `cap` of it in all, shape (user,).
    cap : kg, shape (group,).

    Raises
    ------
    SolveError : the programme has no solution.
    """
    from scipy.optimize import linprog

    users, blocks = value.shape
    groups = supply.size
    scale = float(np.abs(value).max()) or 1.0
    unit = float(size.max()) or 1.0
    rows, limits = _constraints(group, blocks, groups, supply, capped, cap)
    bounds = np.stack([np.zeros(size.size), size.ravel() / unit], axis=1)
    optimum = linprog(-value.ravel() / scale, A_ub=rows, b_ub=limits / unit, bounds=bounds, method="highs")
    if optimum.status != 0:
        raise SolveError(f"allocation by price: {optimum.message}; check supplies and needs for negative numbers")
    duals = -np.asarray(optimum.ineqlin.marginals) * scale
    filled = np.asarray(optimum.x).reshape(users, blocks) * unit
    barrier = duals[groups:] if capped is not None else np.zeros(groups)
    return Sold(filled, duals[:groups], barrier, float((filled * value).sum()))


def _constraints(
    group: Whole, blocks: int, groups: int, supply: Floats, capped: Floats | None, cap: Floats | None
) -> tuple[object, Floats]:
    from scipy.sparse import csr_array

    of = np.repeat(group, blocks)
    columns = np.arange(of.size)
    data, row, column, limits = [np.ones(of.size)], [of], [columns], supply
    if capped is not None and cap is not None:
        data, row, column = [*data, np.repeat(capped, blocks)], [*row, of + groups], [*column, columns]
        limits = np.concatenate([supply, cap])
    entries = (np.concatenate(data), (np.concatenate(row), np.concatenate(column)))
    return csr_array(entries, shape=(limits.size, of.size)), limits


@dataclass(frozen=True)
class Arrivals:
    """What reaches the pairs of a chain before anybody moves it, share of base need, shape (pair, month).

    Attributes
    ----------
    licensed : with an end-use condition.
    free : without: other origins, plants, transit.
    need : share of base need that is asked for.
    """

    licensed: Floats
    free: Floats
    need: Floats


def allotted(chain: SupplyChain, rule: str, arrivals: Arrivals) -> tuple[Floats, Floats]:
    """Receipts under a rule and the price of the last kg.

    Returns
    -------
    Receipts as a share of base need, shape (pair, month), and the dual, USD per kg, shape (pair, month).

    Raises
    ------
    UnknownName : the rule. InputError : `price` without outputs or elasticities of the users.
    """
    if rule not in RULES:
        raise UnknownName("allocation", rule, RULES, Parameter("allocation"), f"use {', '.join(RULES)}")
    group = _groups(chain)
    total = arrivals.licensed + arrivals.free
    price = np.zeros_like(total)
    if rule == "prorata":
        return (_pooled(chain, group, arrivals) if chain.pools else total), price
    if rule == "defence_first":
        return _defence_first(chain, group, arrivals), price
    receipts = np.array(total)
    value = _values(chain)
    seen: dict[bytes, int] = {}
    for month in range(total.shape[1]):
        key = b"".join(part[:, month].tobytes() for part in (arrivals.licensed, arrivals.free, arrivals.need))
        if key in seen:
            receipts[:, month], price[:, month] = receipts[:, seen[key]], price[:, seen[key]]
            continue
        seen[key] = month
        receipts[:, month], price[:, month] = _sell(chain, group, value, arrivals, month)
    return receipts, price


def _groups(chain: SupplyChain) -> Whole:
    """Destination (or pool) and grade of every pair, shape (pair,)."""
    layout = chain.layout
    pool = np.arange(len(layout.places))
    for members in chain.pools:
        rows = [layout.places.index(code) for code in members]
        pool[rows] = pool[rows[0]]
    joint = pool[layout.country] * len(chain.grades) + layout.grade
    return np.unique(joint, return_inverse=True)[1].ravel().astype(np.int64)


def _summed(group: Whole, values: Floats) -> Floats:
    """Sum of rows by group, shape (group, ...)."""
    out = np.zeros((int(group.max(initial=-1)) + 1, *values.shape[1:]))
    np.add.at(out, group, values)
    return out


def _values(chain: SupplyChain) -> Floats:
    layout = chain.layout
    users = [chain.users[u] for u in layout.user]
    for user in users:
        if not user.output > 0.0:
            raise InputError(f"chain {chain.name}, {user.label}", "its output is not known", "give output, USD a year")
    share = np.array([usd / user.output for usd, user in zip(layout.spending, users, strict=True)])
    sigma = np.array([chain.value(f"sigma_start_{user.sigma_class}") for user in users])
    return ces_blocks(layout.spending / layout.kilograms, np.minimum(share, 0.999), sigma)


def _sell(chain: SupplyChain, group: Whole, value: Floats, arrivals: Arrivals, month: int) -> tuple[Floats, Floats]:
    layout = chain.layout
    need = arrivals.need[:, month] * layout.kilograms
    given = (arrivals.licensed + arrivals.free)[:, month]
    supply = _summed(group, given * layout.kilograms)
    allowed = (arrivals.free + arrivals.licensed * layout.defence[:, None])[:, month]
    cap = _summed(group, allowed * layout.kilograms)
    size = np.repeat(need[:, None], value.shape[1], axis=1) / value.shape[1]
    sold = by_value(value, size, group, supply, capped=layout.defence.astype(np.float64), cap=cap)
    receipts = sold.filled.sum(axis=1) / layout.kilograms
    idle = np.maximum(supply - _summed(group, need), 0.0) / _summed(group, layout.kilograms)
    return receipts + idle[group], sold.price[group]


def _defence_first(chain: SupplyChain, group: Whole, arrivals: Arrivals) -> Floats:
    """Defence is filled from what carries no end-use condition; the rest is shared in proportion; (pair, month)."""
    kg, defence = chain.layout.kilograms[:, None], chain.layout.defence[:, None]
    total = arrivals.licensed + arrivals.free

    lacking = np.where(defence, np.maximum(arrivals.need - total, 0.0), 0.0)
    wanted = _summed(group, lacking * kg)
    offered = _summed(group, np.where(defence, 0.0, arrivals.free) * kg)
    moved = np.minimum(wanted, offered)
    gets = np.divide(moved, wanted, out=np.zeros_like(moved), where=wanted > 0.0)[group]
    gives = np.divide(moved, offered, out=np.zeros_like(moved), where=offered > 0.0)[group]
    return np.where(defence, total + lacking * gets, arrivals.licensed + arrivals.free * (1.0 - gives))


def _pooled(chain: SupplyChain, group: Whole, arrivals: Arrivals) -> Floats:
    """What carries no end-use condition, shared in a pool by what licences leave unmet; shape (pair, month)."""
    kg = chain.layout.kilograms[:, None]
    lacking = np.maximum(arrivals.need - arrivals.licensed, 0.0)
    wanted, offered = _summed(group, lacking * kg), _summed(group, arrivals.free * kg)
    share = np.minimum(np.divide(offered, wanted, out=np.zeros_like(offered), where=wanted > 0.0), 1.0)[group]
    everyone = np.isin(chain.layout.country, [chain.layout.places.index(code) for pool in chain.pools for code in pool])
    idle = arrivals.licensed + np.where(wanted[group] > 0.0, 0.0, arrivals.free)
    return np.where(everyone[:, None], idle + lacking * share, arrivals.licensed + arrivals.free)


#: Move of a place's supply below which nothing moves, share of its need.
EVEN = 1e-12

#: Parameter of what is smuggled; a chain without it has none.
SMUGGLED = "smuggle_cap"


@dataclass(frozen=True)
class Leak:
    """How transit works.

    Attributes
    ----------
    opens : months after the start of the time axis.
    cap : share of what a place may pass on of its receipts, and of what a place may get of its need; enforcement has
        been taken off.
    smuggled : most that gets past the control, share of the restrictor's base flow; it comes out of what the restrictor
        withholds.
    """

    opens: float
    cap: float
    smuggled: float = 0.0


def leak_of(chain: SupplyChain, announced: float, *, enforcement: float = 0.0, cap: float | None = None) -> Leak:
    """Transit and smuggling with the chain's parameters; enforcement 1 closes both. `cap` replaces that of transit."""
    most = chain.value("leak_cap") if cap is None else cap
    past = chain.value(SMUGGLED) if SMUGGLED in chain.parameters else 0.0
    left = 1.0 - enforcement
    return Leak(announced + chain.value("leak_lag"), most * left, past * left)


@dataclass(frozen=True)
class Transit:
    """What places get in transit and what they pass on, kg a year; in every column the two sums are the same."""

    gained: Floats
    passed: Floats


def transit(cap: float, received: Floats, need: Floats, passable: Floats) -> Transit:
    """Material that moves from places better supplied to places worse supplied, and never past equality.

    With x the share of need received, the level x* at which all rooms meet: sum of min(cap need, (x* - x) need) over
    those below it is the sum of min(cap passable, (x - x*) need) over those above. Both sides are paid in full there.

    Parameters
    ----------
    cap : share, 0 to 1.
    received, need : kg a year, shape (place, ...).
    passable : part of what was received that may be passed on, kg a year, same shape.
    """
    wants = need > 0.0
    weight = np.where(wants, need, 0.0)
    share = np.divide(received, need, out=np.zeros_like(received), where=wants)
    given = np.divide(passable, need, out=np.zeros_like(passable), where=wants)
    level = _common_level(share - cap * given, share + cap, weight, cap * (weight * given).sum(axis=0))
    gap = np.where(wants, level - share, 0.0)
    gap[np.abs(gap) <= EVEN] = 0.0
    gained = weight * np.clip(gap, 0.0, cap)
    passed = np.minimum(cap * passable, weight * np.maximum(-gap, 0.0))
    got, gave = gained.sum(axis=0), passed.sum(axis=0)
    moved = np.minimum(got, gave)
    ratio_in = np.divide(moved, got, out=np.zeros_like(got), where=got > 0.0)
    ratio_out = np.divide(moved, gave, out=np.zeros_like(gave), where=gave > 0.0)
    return Transit(gained * ratio_in, passed * ratio_out)


def _common_level(low: Floats, high: Floats, weight: Floats, given: Floats) -> Floats:
    """Root of sum weight clip(x - low, 0, high - low) = given, which is piecewise linear and rises; shape (...)."""
    edges = np.concatenate([low, high])
    order = np.argsort(edges, axis=0, kind="stable")
    edges = np.take_along_axis(edges, order, axis=0)
    slope = np.cumsum(np.take_along_axis(np.concatenate([weight, -weight]), order, axis=0), axis=0)[:-1]
    value = np.concatenate([np.zeros_like(edges[:1]), np.cumsum(slope * np.diff(edges, axis=0), axis=0)])
    segment = np.minimum((value < given).sum(axis=0), len(edges) - 1)[None]
    before = np.maximum(segment - 1, 0)
    start, base = (np.take_along_axis(values, before, axis=0)[0] for values in (edges, value))
    rise = np.take_along_axis(slope, np.minimum(before, len(slope) - 1), axis=0)[0]
    return start + np.divide(given - base, rise, out=np.zeros_like(given), where=rise > 0.0)
