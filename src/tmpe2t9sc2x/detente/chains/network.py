"""The network economy behind a shortage: industries, imported rows, a controlled material and one final basket.

A `Network` is a balanced baseline; a `Shortage` says what is left of the material and of imported rows; `equilibrium`
solves the nested CES economy of `network_equations` by Newton and never returns numbers from a solve that did not end.
All values are USD per year at base prices, hats are new over base, and nominal final demand is the numeraire.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.chains.network_equations import Floats, Rations, Structure
from detente.codes import InputError, UnknownName

THETA, EPSILON, RHO = 0.5, 0.2, 0.9
"""Elasticities between value added and intermediates, among intermediates, in final demand: Baqaee and Farhi (2019)."""

ROUNDING = 1e-9
"""A residual of the accounts may be negative by this share of output: published tables are rounded."""


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
    labour_share : wages in value added, shape (user,), for the long run; None makes value added one mobile factor.
    notes : assumptions and repairs, printed with every report.

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
    labour_share: Floats | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n, m = len(self.industries), len(self.imported_rows)
        shapes = {"output": (n,), "use": (n, n), "other_imports": (n,), "spending": (n,), "sigma": (n,)}
        shapes |= {"imported_use": (m, n), "imported_final": (m,)}
        for name, shape in shapes.items():
            object.__setattr__(self, name, self._array(name, shape))
        object.__setattr__(self, "theta", np.broadcast_to(np.asarray(self.theta, dtype=np.float64), (n,)))
        if self.labour_share is not None:
            object.__setattr__(self, "labour_share", self._array("labour_share", (n,)))
        self._refuse()

    def _array(self, name: str, shape: tuple[int, ...]) -> Floats:
        values = np.asarray(getattr(self, name), dtype=np.float64)
        values = values.reshape(shape) if values.size == 0 == np.prod(shape) else values
        if values.shape != shape:
            raise InputError(f"network {self.name}, {name}", f"shape {values.shape}", f"give {shape}")
        if values.size and not (values.min() >= 0.0 and values.max() < np.inf):
            cell = tuple(np.argwhere(~(np.isfinite(values) & (values >= 0)))[0])
            where = f"network {self.name}, {name} of {self._label(name, cell)}"
            raise InputError(where, f"{values[cell]:g} is negative or not a number", "give zero or more")
        return values

    def _label(self, name: str, cell: tuple[int, ...]) -> str:
        rows = self.imported_rows if name.startswith("imported") else self.industries
        return ", ".join([rows[cell[0]], *(self.industries[column] for column in cell[1:])])

    def _refuse(self) -> None:
        for kind, codes in (("industry", self.industries), ("imported row", self.imported_rows)):
            twice = {code for code in codes if codes.count(code) > 1} if len(set(codes)) < len(codes) else set()
            if twice:
                raise InputError(f"network {self.name}", f"{kind} '{min(twice)}' is there twice", "give each code once")
        checks: tuple[tuple[NDArray[np.bool_], str, str], ...] = (
            (self.output <= 0, "no output", "leave the industry out"),
            (self._left_of_cost <= 0, "costs leave no value added", "check its column or scale its inputs down"),
            (self._left_of_sales < -ROUNDING * self.output, "use exceeds output", "check its row or scale it down"),
        )
        self._refuse_first(checks)
        self._refuse_elasticities()
        if self.imported_rows and not (self.imported_supply > 0).all():
            empty = self.imported_rows[int(np.argmin(self.imported_supply))]
            raise InputError(f"network {self.name}, {empty}", "nothing of it is imported", "leave the row out")

    def _refuse_first(self, checks: tuple[tuple[NDArray[np.bool_], str, str], ...]) -> None:
        for bad, what, repair in checks:
            if bad.any():
                raise InputError(f"network {self.name}, {self.industries[int(np.argmax(bad))]}", what, repair)

    def _refuse_elasticities(self) -> None:
        self._refuse_first(
            (
                ((self.spending > 0) & (self.sigma <= 0), "sigma is not above 0", "give a positive elasticity"),
                (np.asarray(self.theta) <= 0, "theta is not above 0", "give a positive elasticity"),
            )
        )
        for name, value in (("epsilon", self.epsilon), ("rho", self.rho)):
            if not value > 0:
                raise InputError(f"network {self.name}, {name}", f"{value:g} is not above 0", "give a positive number")

    @cached_property
    def _left_of_cost(self) -> Floats:
        return self.output - self.use.sum(axis=0) - self.imported_use.sum(axis=0) - self.other_imports - self.spending

    @cached_property
    def _left_of_sales(self) -> Floats:
        return self.output - self.use.sum(axis=1)

    @property
    def value_added(self) -> Floats:
        """V, output less all costs, shape (industry,), USD per year."""
        return self._left_of_cost

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
    def material_share(self) -> Floats:
        """s, spending on the material over output, shape (industry,), share."""
        return self.spending / self.output

    @cached_property
    def _industry_at(self) -> dict[str, int]:
        return {code: i for i, code in enumerate(self.industries)}

    @cached_property
    def _row_at(self) -> dict[str, int]:
        return {code: i for i, code in enumerate(self.imported_rows)}

    def industry(self, code: str, where: str = "") -> int:
        """Position of an industry; `UnknownName` if the network does not have it."""
        if code not in self._industry_at:
            raise UnknownName("industry", code, self._industry_at, where or f"network {self.name}")
        return self._industry_at[code]

    def imported_row(self, code: str, where: str = "") -> int:
        """Position of an imported row; `UnknownName` if the network does not have it."""
        if code not in self._row_at:
            raise UnknownName("imported row", code, self._row_at, where or f"network {self.name}")
        return self._row_at[code]

    def with_elasticities(self, **values: Any) -> Network:
        """The same accounts with other `sigma`, `theta`, `epsilon` or `rho`."""
        for name in values:
            if name not in ("sigma", "theta", "epsilon", "rho"):
                raise UnknownName("elasticity", name, ("sigma", "theta", "epsilon", "rho"), f"network {self.name}")
        changed = copy(self)
        changed.__dict__.pop("structure", None)
        if "sigma" in values:
            values["sigma"] = changed._set("sigma", values["sigma"])._array("sigma", self.output.shape)
        if "theta" in values:
            values["theta"] = np.broadcast_to(np.asarray(values["theta"], dtype=np.float64), self.output.shape)
        for name, value in values.items():
            changed._set(name, value)
        changed._refuse_elasticities()
        changed.__dict__["accounts_structure"] = self.accounts_structure
        return changed

    def _set(self, name: str, value: Any) -> Network:
        object.__setattr__(self, name, value)
        return self

    @cached_property
    def accounts_structure(self) -> Structure:
        """Shares of the accounts; the elasticities in it are those of the network it was derived from."""
        return _structure(self)

    @cached_property
    def structure(self) -> Structure:
        """Shares and elasticities the equations use."""
        sigma = np.where(self.spending > 0, self.sigma, 1.0)
        base = self.accounts_structure
        changed = replace(base, sigma=sigma, theta=np.asarray(self.theta), epsilon=self.epsilon, rho=self.rho)
        changed.__dict__["inputs_by_user"] = base.inputs_by_user
        return changed


def _structure(network: Network) -> Structure:
    inputs = np.vstack([network.use, network.imported_use])
    final = np.concatenate([network.final_use, network.imported_final])
    cost = inputs.sum(axis=0) + network.other_imports
    sales = inputs.sum(axis=1) + final
    bought = np.where(cost > 0, cost, 1.0)
    labour, value = network.labour_share, network.value_added
    factor_share = np.ones((1, cost.size)) if labour is None else np.stack([labour, 1.0 - labour])
    income = factor_share * value
    return Structure(
        inputs=inputs / bought,
        other=np.where(cost > 0, network.other_imports / bought, 1.0),
        demand=inputs / sales[:, None],
        final=final / sales,
        basket=final / final.sum(),
        value_added=value / (value + cost),
        material=network.material_share,
        spending=network.spending,
        sigma=network.sigma,
        theta=np.asarray(network.theta),
        epsilon=network.epsilon,
        rho=network.rho,
        factor_share=factor_share,
        factor_use=income / income.sum(axis=1, keepdims=True),
    )


@dataclass(frozen=True)
class Pool:
    """Users who share what arrives so that its value at the margin is the same for all (allocation by price).

    Attributes
    ----------
    users : positions of the users, shape (user,).
    quantity : what the pool receives over its base need, hat.
    """

    users: tuple[int, ...]
    quantity: float


@dataclass(frozen=True, eq=False)
class Shortage:
    """What is left, on the axes of a network.

    Attributes
    ----------
    quantity : q, controlled material received over base need, shape (user,), hats; 1 where nothing is short.
    imported : supply of the imported rows, shape (row,), hats.
    pools : users who share; their `quantity` is then not used.
    """

    quantity: Floats = field(repr=False)
    imported: Floats = field(repr=False)
    pools: tuple[Pool, ...] = ()


def shortage_of(
    network: Network,
    quantity: Mapping[str, float] | None = None,
    imported: Mapping[str, float] | None = None,
    pools: Sequence[tuple[Sequence[str], float]] = (),
) -> Shortage:
    """A shortage by code; what is not named is not short.

    Parameters
    ----------
    quantity : material received over base need by user code, shares of need in (0, 1].
    imported : supply of imported rows by code, shares of base imports in (0, 1].
    pools : user codes and what they receive together, share of their need.

    Raises
    ------
    UnknownName : a code the network does not have. InputError : a share outside (0, 1].
    """
    q, rows = np.ones(len(network.industries)), np.ones(len(network.imported_rows))
    for code, value in (quantity or {}).items():
        q[network.industry(code, "quantity")] = _share(f"quantity of {code}", value)
    for code, value in (imported or {}).items():
        rows[network.imported_row(code, "imported")] = _share(f"imports of {code}", value)
    shared = tuple(
        Pool(tuple(network.industry(code, "pool") for code in users), _share(f"pool of {', '.join(users)}", value))
        for users, value in pools
    )
    return Shortage(q, rows, shared)


def _share(where: str, value: float) -> float:
    if not 0.0 < value <= 1.0:
        raise InputError(where, f"{value:g} is not in (0, 1]", "give the share of the need that is met, 0.4 for 40%")
    return value


def pooled(network: Network, shortage: Shortage) -> Shortage:
    """The same total of the material, shared by all its users as one pool."""
    users = np.flatnonzero(network.spending > 0)
    if not users.size or shortage.pools:
        return shortage
    need = network.spending[users]
    share = float(need @ np.asarray(shortage.quantity)[users] / need.sum())
    return replace(shortage, pools=(Pool(tuple(int(u) for u in users), share),))


def rations(network: Network, shortage: Shortage, long_run: bool) -> Rations:
    """The shortage in logs; `InputError` names what does not fit the network."""
    n, m = len(network.industries), len(network.imported_rows)
    for name, values, codes in (
        ("quantity", np.asarray(shortage.quantity, dtype=np.float64), network.industries),
        ("imported", np.asarray(shortage.imported, dtype=np.float64), network.imported_rows),
    ):
        if values.shape != (len(codes),):
            raise InputError(f"shortage, {name}", f"shape {values.shape} does not fit {(len(codes),)}", "use its axes")
        bad = ~((values > 0) & np.isfinite(values))
        if bad.any():
            row = int(np.argmax(bad))
            where, what = f"shortage, {name} of {codes[row]}", f"{values[row]:g} is not above zero"
            raise InputError(where, what, "something always remains; give the floor that stands for it")
    pool = np.full(n, -1, dtype=np.int64)
    for number, shared in enumerate(shortage.pools):
        _refuse_pool(network, shared, pool)
        pool[list(shared.users)] = number
    log_pool = np.log(np.array([shared.quantity for shared in shortage.pools], dtype=np.float64))
    quantity = np.where(network.spending > 0, np.log(shortage.quantity), 0.0)
    return Rations(quantity, pool, log_pool, np.log(shortage.imported).reshape(m), long_run)


def _refuse_pool(network: Network, shared: Pool, pool: NDArray[np.int64]) -> None:
    users = list(shared.users)
    names = ", ".join(network.industries[u] for u in users[:5])
    if not users or not (network.spending[users] > 0).all():
        raise InputError(f"pool of {names}", "a user in it buys none of the material", "leave such users out")
    if (pool[users] >= 0).any():
        raise InputError(f"pool of {names}", "a user is in two pools", "put each user in one")
    if not (shared.quantity > 0 and np.isfinite(shared.quantity)):
        raise InputError(f"pool of {names}", f"{shared.quantity:g} is not above zero", "give the share of need met")
