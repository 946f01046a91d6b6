"""The network economy behind a shortage: industries, imported rows, a controlled material and one final basket.

A `Network` is a balanced baseline; a `Shortage` says what is left of the material and of imported rows; `equilibrium`
solves the nested CES economy of `network_equations` by Newton and never returns numbers from a solve that did not end.
All values are USD per year at base prices, hats are new over base, and nominal final demand is the numeraire.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, UnknownName

Floats = NDArray[np.float64]

THETA, EPSILON, RHO = 0.5, 0.2, 0.9
"""Elasticities between value added and intermediates, among intermediates, in final demand: Baqaee and Farhi (2019)."""

ROUNDING = 1e-9
"""A residual of the accounts may be negative by this share of output: published tables are rounded."""


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
