"""The network economy behind a shortage: industries, imported rows, a controlled material and one final basket.

A `Network` is a balanced baseline; a `Shortage` says what is left of the material and of imported rows; `equilibrium`
solves the nested CES economy of `network_equations` by Newton and never returns numbers from a solve that did not end.
All values are USD per year at base prices, hats are new over base, and nominal final demand is the numeraire.

The baseline network of a country from its tables: use tables by industry, or the accounts of a world of sectors.

Equations of the network economy behind a shortage, for many networks of one size at once.

Unknowns are logs of hats: prices p of n industries, bundles M of intermediates they use, prices of m imported rows, and
last the price of each pool of a controlled material. At zero nothing has changed. For each industry, B is value added
with intermediates, b its price, m the price of the bundle:

    quarter     B = [v + (1-v) M^r]^(1/r), r = (theta-1)/theta;  b = m (M/B)^(1/theta)
    rationed    y = [s q^h + (1-s) B^h]^(1/h), h = (sigma-1)/sigma;  lambda = b (q/B)^(-1/sigma)
    pooled      the same with one lambda for all users of the pool and q left to them

Residuals: log p - log b - (log B - log y)/sigma; log demand over supply of every domestic and imported row; log use
over supply of every pool. With M rather than y as unknown every trial is feasible however small q is.
Source: nested CES network with general equilibrium as in Baqaee and Farhi (2019), "The Macroeconomic Impact of
Microeconomic Shocks: Beyond Hulten's Theorem".

A sum over the axis of a network never mixes networks, so that each comes out as it would alone, to the byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.chains.industry import ces_log, substitution_exponent
from detente.codes import InputError, UnknownName
from detente.codes.axis import Floats

#: Elasticities between value added and intermediates, among intermediates, in final demand: Baqaee and Farhi (2019).
THETA, EPSILON, RHO = 0.5, 0.2, 0.9

#: A residual of the accounts may be negative by this share of output: published tables are rounded.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Structure:
    """Base shares of a network. Goods are the n industries' products, then the m imported rows.

    Attributes
    ----------
    inputs : share of a good in the bundle of intermediates, shape (user, good).
    other : share of all other imports in the bundle, shape (user,); 1 where an industry buys none at all.
    demand : share of a user in the sales of a good, shape (good, user).
    final : share of final demand in the sales of a good, shape (good,).
    basket : share of a good in final demand, shape (good,).
    value_added : v, share of value added in value added with intermediates, shape (user,).
    material : s, share of the controlled material in cost, shape (user,).
    """

    inputs: Floats = field(repr=False)
    other: Floats = field(repr=False)
    demand: Floats = field(repr=False)
    final: Floats = field(repr=False)
    basket: Floats = field(repr=False)
    value_added: Floats = field(repr=False)
    material: Floats = field(repr=False)


@dataclass(frozen=True, eq=False)
class Network:
    """Input-output accounts of one country or bloc, with what it spends on a controlled material.

    Value added and final use are what the accounts leave over: output less costs, output less use by industries. Final
    use holds consumption, investment, government and exports.

    Attributes
    ----------
    name : country and source, for messages.
    industries : codes of the n industries, unique.
    output : Y, sales of domestic output, shape (industry,), USD per year.
    use : domestic inputs, shape (input, user), USD per year.
    other_imports : imported inputs that are not short, shape (user,), USD per year.
    spending : R, spending on the controlled material, shape (user,), USD per year.
    sigma : elasticity between the material and all else, shape (user,); no matter where R is zero.
    imported_rows : codes of the m imported goods that may be short.
    imported_use : their use by industries, shape (row, user), USD per year.
    imported_final : their final use, shape (row,), USD per year.
    theta : elasticity between value added and intermediates, one number or shape (user,).
    epsilon : elasticity among intermediates; `rho` : elasticity in final demand.

    Raises
    ------
    InputError : shapes that do not fit, negative or missing values, costs above output, use above output, elasticities
        not above zero; the industry is named.
    """

    name: str
    industries: tuple[str, ...]
    output: Floats = field(repr=False)
    use: Floats = field(repr=False)
    other_imports: Floats = field(repr=False)
    spending: Floats = field(repr=False)
    sigma: Floats = field(repr=False)
    imported_rows: tuple[str, ...] = ()
    imported_use: Floats = field(default_factory=lambda: np.zeros((0, 0)), repr=False)
    imported_final: Floats = field(default_factory=lambda: np.zeros(0), repr=False)
    theta: float | Floats = THETA
    epsilon: float = EPSILON
    rho: float = RHO

    def __post_init__(self) -> None:
        n, m = len(self.industries), len(self.imported_rows)
        shapes = {"output": (n,), "use": (n, n), "other_imports": (n,), "spending": (n,), "sigma": (n,)}
        shapes |= {"imported_use": (m, n), "imported_final": (m,), "theta": (n,)}
        for name, shape in shapes.items():
            values = np.asarray(getattr(self, name), dtype=np.float64)
            if values.size == 0 == np.prod(shape) or name == "theta":
                values = np.broadcast_to(values, shape) if values.size else values.reshape(shape)
            if values.shape != shape:
                raise InputError(f"network {self.name}, {name}", f"shape {values.shape}", f"give {shape}")
            if values.size and not (values.min() >= 0.0 and values.max() < np.inf):
                raise InputError(f"network {self.name}, {name}", "a value is below 0 or no number", "give 0 or more")
            object.__setattr__(self, name, values)
        for bad, what, repair in (
            (self.output <= 0, "no output", "leave the industry out"),
            (self.value_added <= 0, "costs leave no value added", "check its column or scale its inputs down"),
            (self._left_of_sales < -ROUNDING * self.output, "use exceeds output", "check its row or scale it down"),
            ((self.spending > 0) & (self.sigma <= 0), "sigma is not above 0", "give a positive elasticity"),
        ):
            if bad.any():
                raise InputError(f"network {self.name}, {self.industries[int(np.argmax(bad))]}", what, repair)

    @cached_property
    def value_added(self) -> Floats:
        """V, output less all costs, shape (industry,), USD per year."""
        return self.output - self.use.sum(axis=0) - self.imported_use.sum(axis=0) - self.other_imports - self.spending

    @cached_property
    def _left_of_sales(self) -> Floats:
        return self.output - self.use.sum(axis=1)

    @cached_property
    def final_use(self) -> Floats:
        """C, output less use by industries, shape (industry,), USD per year."""
        return np.maximum(self._left_of_sales, 0.0)

    @cached_property
    def imported_supply(self) -> Floats:
        """Imports of each imported row, shape (row,), USD per year."""
        return self.imported_use.sum(axis=1) + self.imported_final

    @property
    def gdp(self) -> float:
        """Sum of value added, USD per year."""
        return float(self.value_added.sum())

    @property
    def final_demand(self) -> float:
        """Final use of domestic and imported rows, exports included, USD per year."""
        return float(self.final_use.sum() + self.imported_final.sum())

    @cached_property
    def _industry_at(self) -> dict[str, int]:
        return {code: i for i, code in enumerate(self.industries)}

    def industry(self, code: str, where: str = "") -> int:
        """Position of an industry; `UnknownName` if the network does not have it."""
        if code not in self._industry_at:
            raise UnknownName("industry", code, self._industry_at, where or f"network {self.name}")
        return self._industry_at[code]

    def with_elasticities(self, **values: Any) -> Network:
        """The same accounts with other `sigma`, `theta`, `epsilon` or `rho`, above zero."""
        changed = copy(self)
        for name, value in values.items():
            number = value if name in ("epsilon", "rho") else np.broadcast_to(np.asarray(value), self.output.shape)
            object.__setattr__(changed, name, number)
        return changed

    @cached_property
    def structure(self) -> Structure:
        """Shares of the accounts that the equations use."""
        inputs = np.vstack([self.use, self.imported_use])
        final = np.concatenate([self.final_use, self.imported_final])
        cost = inputs.sum(axis=0) + self.other_imports
        sales = inputs.sum(axis=1) + final
        bought = np.where(cost > 0, cost, 1.0)
        return Structure(
            inputs=np.ascontiguousarray((inputs / bought).T),
            other=np.where(cost > 0, self.other_imports / bought, 1.0),
            demand=inputs / sales[:, None],
            final=final / sales,
            basket=final / final.sum(),
            value_added=self.value_added / (self.value_added + cost),
            material=self.spending / self.output,
        )


@dataclass(frozen=True)
class Pool:
    """Users who share what arrives so that its value at the margin is the same for all (allocation by price).

    Attributes
    ----------
    users : positions of the users, shape (user,); a user is in one pool at most.
    quantity : what the pool receives over its base need, hat.
    """

    users: tuple[int, ...]
    quantity: float


@dataclass(frozen=True, eq=False)
class Shortage:
    """What is left, on the axes of a network; something always remains.

    Attributes
    ----------
    quantity : q, controlled material received over base need, shape (user,), hats; 1 where nothing is short.
    imported : supply of the imported rows, shape (row,), hats.
    pools : users who share; their `quantity` is then not used.
    """

    quantity: Floats = field(repr=False)
    imported: Floats = field(repr=False)
    pools: tuple[Pool, ...] = ()


#: Use by industries is kept within this share of the output of a row.
ROW_LIMIT = 0.999

#: Ends of the codes of the parts of an industry that is split.
EXPOSED, REST = ":exposed", ":rest"

#: Value added is kept at this share of output or more.
LEAST_VALUE_ADDED = 0.02


def from_use_tables(
    name: str,
    industries: Sequence[str],
    *,
    supply: ArrayLike,
    domestic: ArrayLike,
    imported: ArrayLike,
    imports: ArrayLike,
    parts: Sequence[str] = (),
) -> Network:
    """The network of a country from its use tables, rows and columns on the same codes (spec of chains, step 21).

    Negative cells count as zero; rows whose use exceeds `ROW_LIMIT` of supply, and columns that leave less than
    `LEAST_VALUE_ADDED`, are scaled down. Value added and final use are what is left. Nothing is spent on the controlled
    material yet: see `with_spending`.

    Parameters
    ----------
    supply : domestic output, shape (industry,), USD per year.
    domestic, imported : use of domestic and imported goods, shape (commodity, industry), USD per year.
    imports : all imports by commodity, shape (industry,), USD per year.
    parts : commodities whose imports may be short; they become imported rows.
    """
    Y, codes = np.asarray(supply, dtype=np.float64), tuple(industries)
    rows = [codes.index(part) for part in parts]
    home, abroad = (np.maximum(np.asarray(a, dtype=np.float64), 0.0) for a in (domestic, imported))
    home *= _within(home.sum(axis=1), ROW_LIMIT * Y)[:, None]
    kept = _within(home.sum(axis=0) + abroad.sum(axis=0), (1.0 - LEAST_VALUE_ADDED) * Y)
    home, abroad = home * kept, abroad * kept
    part_use = abroad[rows]
    others = np.maximum(abroad.sum(axis=0) - part_use.sum(axis=0), 0.0)
    part_final = np.maximum(np.asarray(imports, dtype=np.float64)[rows] - part_use.sum(axis=1), 0.0)
    return Network(name, codes, Y, home, others, 0.0 * Y, 0.0 * Y + 1.0, tuple(parts), part_use, part_final)


def _within(total: Floats, limit: Floats) -> Floats:
    """Factors that keep totals within limits, at most one."""
    largest = np.maximum(total, limit)
    return np.where(largest > 0, limit / np.where(largest > 0, largest, 1.0), 1.0)


def from_world(
    name: str,
    members: Sequence[str],
    *,
    countries: Sequence[str],
    sectors: Sequence[str],
    flows: ArrayLike,
    input_share: ArrayLike,
    tariff: ArrayLike = 0.0,
    parts: Sequence[str] = (),
) -> Network:
    """The network of a country, or of a bloc taken as one, from the accounts of a world of sectors (step 22).

    Inputs are gamma_kj Y_j, summed over the members before any share is taken; their domestic part is the share of the
    members' own goods in their spending on a sector, the rest is imported. Final use is what is left of output. Sectors
    that a country does not have are left out. Nothing is spent on the controlled material yet: see `with_spending`.

    Parameters
    ----------
    members : ISO3 codes; several make a bloc.
    flows : value net of tariff [importer, exporter, sector], own trade on the diagonal, USD per year.
    input_share : gamma, cost share of an input in output [country, input, user].
    tariff : rates on the axes of `flows`, shares of the value net of tariff.
    parts : sectors whose imports may be short; they become imported rows.
    """
    names = tuple(sectors)
    inside, rows = [countries.index(code) for code in members], [names.index(part) for part in parts]
    trade = np.asarray(flows, dtype=np.float64)
    made = trade[:, inside].sum(axis=0)
    needed = np.einsum("ckj,cj->kj", np.asarray(input_share, dtype=np.float64)[inside], made)
    own = trade[np.ix_(inside, inside)].sum(axis=(0, 1))
    rates = np.broadcast_to(np.asarray(tariff, dtype=np.float64), trade.shape)
    bought = (trade[inside] * (1.0 + rates[inside])).sum(axis=(0, 1))
    home_share = own / np.where(bought > 0, bought, 1.0)
    output = made.sum(axis=0)
    home, abroad = needed * home_share[:, None], needed * (1.0 - home_share)[:, None]
    home *= _within(home.sum(axis=1), ROW_LIMIT * output)[:, None]
    part_final = np.maximum(bought - own - abroad.sum(axis=1), 0.0)[rows]
    kept = [k for k, made_of in enumerate(output) if made_of > 0]
    others = abroad.sum(axis=0) - abroad[rows].sum(axis=0)
    return Network(
        name,
        tuple(names[k] for k in kept),
        output[kept],
        home[np.ix_(kept, kept)],
        others[kept],
        np.zeros(len(kept)),
        np.ones(len(kept)),
        tuple(parts),
        abroad[np.ix_(rows, kept)],
        part_final,
    )


def carved(other_imports: Floats, old: Floats, new: Floats) -> Floats:
    """Other imports after spending on the material, part of them, changes from old to new, shape (user,), USD."""
    return np.maximum(other_imports + old - new, 0.0)


def with_spending(network: Network, spending: Floats, sigma: Floats) -> Network:
    """The same network that spends R on the controlled material, taken out of its other imports.

    Where R is more than those, the rest comes out of value added.

    Parameters
    ----------
    spending : R, shape (industry,), USD of the network's year; `sigma` : its elasticity, same shape.
    """
    others = carved(network.other_imports, network.spending, spending)
    return replace(network, spending=spending, sigma=sigma, other_imports=others)


def condense(network: Network, groups: Mapping[str, str]) -> Network:
    """The network with industries added up to groups, those that stay being groups of their own (step 17).

    Every user of the material must stay: an average over users hides the loss. Elasticities of a group are means by
    output.
    """
    names = [groups[code] for code in network.industries]
    codes = tuple(dict.fromkeys(names))
    return _remapped(network, codes, (np.array(names) == np.array(codes)[:, None]).astype(np.float64))


def _remapped(network: Network, codes: tuple[str, ...], into: Floats) -> Network:
    """The network on other codes, `into` [new, old] being the share of an old industry that goes to a new one."""
    output = into @ network.output
    return replace(
        network,
        industries=codes,
        output=output,
        use=into @ network.use @ into.T,
        other_imports=into @ network.other_imports,
        spending=into @ network.spending,
        imported_use=network.imported_use @ into.T,
        **{name: into @ (network.output * getattr(network, name)) / output for name in ("sigma", "theta")},
    )


def split_exposed(network: Network, exposed: Mapping[str, float | Mapping[str, float]]) -> Network:
    """The network with users split: each part that touches the material, and the rest (step 22).

    Columns, rows and final use are split pro rata; all spending on the material goes to the first exposed part, out of
    its other imports. Codes become "C27:exposed" and "C27:rest"; a share of one leaves the industry whole. Several
    parts of one industry are named: "334413:Ga", "334413:Ge" and "334413:rest".

    Parameters
    ----------
    exposed : share of the output of an industry that is exposed, in (0, 1], or such shares by name of part.

    Raises
    ------
    UnknownName : an industry the network does not have. InputError : a share outside (0, 1], parts above one together;
        an exposed part that spends more on the material than it imports and adds.
    """
    for code in exposed:
        network.industry(code, "exposed shares")
    pieces = [
        (number, *part)
        for number, code in enumerate(network.industries)
        for part in _parts(code, exposed.get(code, 1.0))
    ]
    origin = np.array([number for number, *_ in pieces])
    into = np.zeros((len(pieces), len(network.industries)))
    into[np.arange(len(pieces)), origin] = [share for _, _, share, _ in pieces]
    split = _remapped(network, tuple(name for _, name, _, _ in pieces), into)
    spending = np.where([first for *_, first in pieces], network.spending[origin], 0.0)
    return replace(split, spending=spending, other_imports=carved(split.other_imports, split.spending, spending))


def _parts(code: str, exposed: float | Mapping[str, float]) -> list[tuple[str, float, bool]]:
    """Name and share of each part of an industry, and whether spending goes there."""
    shares = dict(exposed) if isinstance(exposed, Mapping) else {EXPOSED[1:]: exposed}
    for share in shares.values():
        if not 0.0 < share <= 1.0:
            raise InputError(f"exposed share of {code}", f"{share:g} is not in (0, 1]", "give a share of output")
    left = 1.0 - sum(shares.values())
    if left < -1e-9:
        raise InputError(f"exposed shares of {code}", f"they add up to {1.0 - left:g}", "bring them to at most 1")
    if len(shares) == 1 and left < 1e-9:
        return [(code, 1.0, True)]
    parts: list[tuple[str, float, bool]] = [(f"{code}:{name}", s, n == 0) for n, (name, s) in enumerate(shares.items())]
    return parts if left < 1e-9 else [*parts, (code + REST, left, False)]


def exposed_part(network: Network, code: str, part: str = "") -> str:
    """Code of the exposed part of an industry, or its own where it was not split; `UnknownName` for neither.

    `part` names one of several.
    """
    for name in (f"{code}:{part}" if part else code + EXPOSED, code):
        if name in network.industries:
            return name
    raise UnknownName("industry", code, network.industries, f"network {network.name}")


def part_supply(
    countries: Sequence[str],
    import_share: Floats,
    output: Floats,
    *,
    restrictor: str,
    foreign_product_rule: float | None = None,
) -> Floats:
    """Supply q of imported parts, the sum over countries of import share times output (spec of chains, step 23).

    Parameters
    ----------
    countries : codes of the countries the parts come from.
    import_share : share of each country in the imports of each part, shape (part, country), rows sum to one.
    output : y of the exposed sector behind each part, shape (part, country), hats; not a number where a country was
        not solved: it then takes the mean of those solved, by import share, and 1 where none was.
    restrictor : country whose own parts keep coming.
    foreign_product_rule : what the restrictor lets through of its own parts if the control extends to them, hat; by
        default it does not and they come in full.

    Returns
    -------
    q of each imported row, shape (part,), hats.
    """
    y, own = np.array(output), countries.index(restrictor)
    y[:, own] = 1.0 if foreign_product_rule is None else foreign_product_rule
    weight = np.where(np.isfinite(y) & (np.arange(len(countries)) != own), import_share, 0.0)
    total = weight.sum(axis=1)
    mean = np.where(total > 0, (weight * np.nan_to_num(y)).sum(axis=1) / np.where(total > 0, total, 1.0), 1.0)
    return (import_share * np.where(np.isfinite(y), y, mean[:, None])).sum(axis=1)


Rows = TypeVar("Rows")


@dataclass(frozen=True)
class NetworkStack(Structure):
    """Networks of one size under their shortages: the shares of `Structure` with a network in front, and what is short.

    Attributes
    ----------
    quantity : log of the material received over base need, shape (network, user).
    imported : log of the supply of imported rows, shape (network, row).
    pooled : share of each user in the need of each pool, 0 outside, shape (network, pool, user).
    pool_quantity : log of what each pool receives over its need, shape (network, pool).
    """

    sigma: Floats = field(repr=False)
    theta: Floats = field(repr=False)
    epsilon: Floats = field(repr=False)
    rho: Floats = field(repr=False)
    quantity: Floats = field(repr=False)
    imported: Floats = field(repr=False)
    pooled: Floats = field(repr=False)
    pool_quantity: Floats = field(repr=False)

    @cached_property
    def member(self) -> Floats:
        """1 where a user is in a pool, shape (network, pool, user)."""
        return (self.pooled > 0.0).astype(np.float64)

    @property
    def unknowns(self) -> int:
        """How many there are: 2n + m, and one for each pool."""
        return self.material.shape[1] + self.basket.shape[1] + self.pool_quantity.shape[1]

    def scaled(self, part: float) -> NetworkStack:
        """A part of the shortages, in logs."""
        short = ("quantity", "imported", "pool_quantity")
        return replace(self, **{name: part * getattr(self, name) for name in short})


def stack_of(networks: Sequence[Network], shortages: Sequence[Shortage]) -> NetworkStack:
    """Networks with as many industries, imported rows and pools as each other, and their shortages."""
    rows = [_row(*each) for each in zip(networks, shortages, strict=True)]
    return NetworkStack(*(np.array(values, dtype=np.float64) for values in zip(*rows, strict=True)))


def _row(network: Network, shortage: Shortage) -> list[Any]:
    bought, spending = network.spending > 0, network.spending
    pooled = np.zeros((len(shortage.pools), spending.size))
    for number, pool in enumerate(shortage.pools):
        users = list(pool.users)
        pooled[number, users] = spending[users] / spending[users].sum()
    return [
        *(getattr(network.structure, share.name) for share in fields(Structure)),
        np.where(bought, network.sigma, 1.0), network.theta, [network.epsilon], [network.rho],
        np.where(bought, np.log(shortage.quantity), 0.0), np.log(shortage.imported), pooled,
        np.log([pool.quantity for pool in shortage.pools]),
    ]  # fmt: skip


def rows_of(stacked: Rows, rows: NDArray[np.int64]) -> Rows:
    """Some of the networks of a stack, or of where they stand."""
    kept: Any = stacked
    return type(kept)(*(getattr(kept, each.name)[rows] for each in fields(kept)))


@dataclass(frozen=True)
class Points:
    """Where the networks stand, logs of hats unless said otherwise, shape (network, ...).

    Attributes
    ----------
    goods : prices of goods, shape (network, good); `basket` : their index in final demand, shape (network, 1).
    bundle, bundle_price : M and m; `composite`, `composite_price` : B and b, shape (network, user).
    output : y; `quantity` : q, shape (network, user).
    common : prices of the pools, shape (network, pool); `demand` : for goods over base, hats, shape (network, good).
    inner, material : share of intermediates in B and of the material in y, shape (network, user).
    residual : shape (network, unknown).
    """

    goods: Floats
    basket: Floats
    bundle: Floats
    bundle_price: Floats
    composite: Floats
    composite_price: Floats
    output: Floats
    quantity: Floats
    common: Floats
    demand: Floats
    inner: Floats
    material: Floats
    residual: Floats


def _times(matrix: Floats, vector: Floats) -> Floats:
    """Matrix times vector for each network."""
    return np.matmul(matrix, vector[..., None])[..., 0]


def _index(logs: Floats, shares: Floats, elasticity: Floats) -> Floats:
    """Log of the CES price index, shape (network, 1)."""
    k = 1.0 - elasticity
    flat = (shares * logs).sum(axis=1, keepdims=True)
    curved = np.log1p((shares * np.expm1(k * logs)).sum(axis=1, keepdims=True)) / np.where(k == 0.0, 1.0, k)
    return np.where(k == 0.0, flat, curved)


def _bundle_prices(stack: NetworkStack, goods: Floats, basket: Floats) -> Floats:
    """Log prices of the bundles of intermediates; other imports cost the final basket."""
    k = 1.0 - stack.epsilon
    flat = _times(stack.inputs, goods) + stack.other * basket
    rise = _times(stack.inputs, np.expm1(k * goods)) + stack.other * np.expm1(k * basket)
    return np.where(k == 0.0, flat, np.log1p(rise) / np.where(k == 0.0, 1.0, k))


def evaluate(stack: NetworkStack, u: Floats) -> Points:
    """The economies and the residuals of their equations at unknowns u, shape (network, unknown)."""
    n, size = stack.material.shape[1], stack.basket.shape[1]
    goods, bundle = np.concatenate([u[:, :n], u[:, 2 * n : n + size]], axis=1), u[:, n : 2 * n]
    common, quantity = u[:, n + size :], stack.quantity
    basket = _index(goods, stack.basket, stack.rho)
    m = _bundle_prices(stack, goods, basket)
    composite, inner = ces_log(bundle, 1.0 - stack.value_added, substitution_exponent(stack.theta))
    price = m + (bundle - composite) / stack.theta
    if common.size:
        shared = composite + stack.sigma * (price - (common[:, :, None] * stack.member).sum(axis=1))
        quantity = np.where(stack.member.any(axis=1), shared, quantity)
    gain, material = ces_log(quantity - composite, stack.material, substitution_exponent(stack.sigma))
    weight = np.exp(bundle + stack.epsilon * m)
    demand = np.exp(-stack.epsilon * goods) * _times(stack.demand, weight)
    demand += stack.final * np.exp((stack.rho - 1.0) * basket - stack.rho * goods)
    output = composite + gain
    rows = np.log(demand) - np.concatenate([output, stack.imported], axis=1)
    pools = np.log(_times(stack.pooled, np.exp(quantity))) - stack.pool_quantity
    residual = np.concatenate([goods[:, :n] - price + gain / stack.sigma, rows, pools], axis=1)
    return Points(
        goods, basket, bundle, m, composite, price, output, quantity, common, demand, inner, material, residual
    )


def newton_steps(stack: NetworkStack, points: Points) -> Floats:
    """The step of each network that would bring its linearised residuals to zero, shape (network, unknown).

    Bundles are solved for first, each from the price equation of its industry, so that goods and pools are left.
    """
    n, size = stack.material.shape[1], stack.basket.shape[1]
    users, goods_at = np.arange(n), np.arange(size)
    gap, eps, rho = points.residual, stack.epsilon, stack.rho
    inside = stack.member.any(axis=1)
    # Slopes of the log of q over B in M, m and the prices of pools; where a user has its own q, only B moves.
    rise = (1.0 - points.inner) / stack.theta
    x_bundle, x_price = np.where(inside, stack.sigma * rise, -points.inner), np.where(inside, stack.sigma, 0.0)
    x_common = -stack.sigma[:, :, None] * stack.member.transpose(0, 2, 1)
    pull = points.material / stack.sigma
    on_price, per_m = -rise + pull * x_bundle, -1.0 + pull * x_price
    weight = np.exp(points.bundle + eps * points.bundle_price)
    sales = stack.demand * (np.exp(-eps * points.goods) / points.demand)[..., None] * weight[:, None, :]
    final = stack.final * np.exp((rho - 1.0) * points.basket - rho * points.goods) / points.demand
    basket = stack.basket * np.exp((1.0 - rho) * (points.goods - points.basket))
    k = 1.0 - eps
    bundle = stack.inputs * np.exp(k * points.goods)[:, None, :]
    bundle += (stack.other * np.exp(k * points.basket))[..., None] * basket[:, None, :]
    bundle *= np.exp(-k * points.bundle_price)[..., None]
    used = stack.pooled * np.exp(points.quantity)[:, None, :]
    used /= used.sum(axis=2, keepdims=True)
    through = eps[..., None] * sales
    per_price = sales
    if points.common.size:
        through = np.concatenate([through, used * x_price[:, None, :]], axis=1)
        per_price = np.concatenate([sales, used * (points.inner + x_bundle)[:, None, :]], axis=1)
        through[:, users, users] -= points.material * x_price
    per_price[:, users, users] -= points.inner + points.material * x_bundle
    per_price /= on_price[:, None, :]
    through -= per_price * per_m[:, None, :]
    matrix = np.empty((len(gap), per_price.shape[1], per_price.shape[1]))
    np.matmul(through, bundle, out=matrix[:, :, :size])
    matrix[:, :, :n] -= per_price
    matrix[:, :size, :size] += ((rho - 1.0) * final)[..., None] * basket[:, None, :]
    matrix[:, goods_at, goods_at] -= eps * (1.0 - final) + rho * final
    matrix[:, :, size:] = -np.matmul(per_price, pull[:, :, None] * x_common)
    matrix[:, :n, size:] -= points.material[:, :, None] * x_common
    matrix[:, size:, size:] += np.matmul(used, x_common)
    step = solutions(matrix, _times(per_price, gap[:, :n]) - gap[:, n:])
    goods, common = step[:, :size], step[:, size:]
    taken = gap[:, :n] + goods[:, :n] + per_m * _times(bundle, goods) + pull * _times(x_common, common)
    return np.concatenate([goods[:, :n], -taken / on_price, goods[:, n:], common], axis=1)


def solutions(matrix: Floats, right: Floats) -> Floats:
    """Solutions of many linear systems, each as alone; not a number where a matrix is singular.

    Parameters
    ----------
    matrix : shape (system, n, n); `right` of shape (system, n).
    """
    try:
        return np.asarray(np.linalg.solve(matrix, right[..., None])[..., 0], dtype=np.float64)
    except np.linalg.LinAlgError:
        if len(matrix) == 1:
            return np.full(right.shape, np.nan)
        return np.concatenate([solutions(matrix[k : k + 1], right[k : k + 1]) for k in range(len(matrix))])


def shadow_price(stack: NetworkStack, points: Points) -> Floats:
    """Log lambda = log b - log(q/B)/sigma, shape (network, user)."""
    return points.composite_price - (points.quantity - points.composite) / stack.sigma


def value_added_price(stack: NetworkStack, points: Points) -> Floats:
    """Log price of value added, log b + log(B)/theta, shape (network, user)."""
    return points.composite_price + points.composite / stack.theta


def other_imports(stack: NetworkStack, points: Points) -> Floats:
    """Log of other imports of each industry, shape (network, user)."""
    return points.bundle - stack.epsilon * (points.basket - points.bundle_price)
