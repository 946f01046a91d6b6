"""The frame every model of the world economy shares: baseline, shock, equilibrium, certificate.

Exact hat algebra: a hat is new over old. What a family of models is says `detente.economy.family`.

One point of the path of a shock, as a family of models gives it to a decomposition of real income.

Arrays run [sector, importer, exporter]; equations and names are those of `detente.economy.decomposition`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis, InputError, Table, UnknownName, declared_columns, declared_note, table_with
from detente.codes.axis import Floats
from detente.codes.names import Readable

Row = tuple[str, str, str | None, float]

#: Column of welfare as a government weighs it, where it does.
POLITICAL = "political_welfare"


@dataclass(frozen=True, repr=False)
class Certificate(Readable):
    """What a solve ended with.

    Attributes
    ----------
    residual : largest scaled residual of the equations, dimensionless.
    walras : residual of the equation that Walras' law lets drop, over world income.
    iterations : evaluations of the residual.
    converged : whether `residual` is within the tolerance asked for; an unconverged solve is never returned.
    worst : country (and sector) with the largest residual.
    method : how the last iterate was found.
    """

    residual: float
    walras: float
    iterations: int
    converged: bool
    worst: str
    method: str


@dataclass(frozen=True, repr=False)
class Economy(Readable):
    """A balanced baseline.

    Attributes
    ----------
    name : name of the world.
    family : name of the family of models, as in `detente.economy.families`.
    countries, sectors : codes of the axes, in the order of the arrays; `sectors` holds one name in one-sector worlds.
    arrays : baseline arrays by name; the family's module documents names, shapes and units.
    parameters : elasticities and shares by name.
    notes : assumptions, sources and repairs, printed with every report.
    """

    name: str
    family: str
    countries: tuple[str, ...]
    sectors: tuple[str, ...] = ("all",)
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict, repr=False)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    #: What families and the solver derive from the baseline and keep; never part of the baseline itself.
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        Axis("country", np.asarray(self.countries, dtype=np.str_))
        Axis("sector", np.asarray(self.sectors, dtype=np.str_))

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    @cached_property
    def _country_at(self) -> dict[str, int]:
        return {code: i for i, code in enumerate(self.countries)}

    @cached_property
    def _sector_at(self) -> dict[str, int]:
        return {code: i for i, code in enumerate(self.sectors)}

    def country(self, code: str, where: str = "") -> int:
        """Position of a country; `UnknownName` if the world does not have it."""
        return _position(self._country_at, "country", code, where or f"world {self.name}")

    def sector(self, code: str, where: str = "") -> int:
        """Position of a sector; `UnknownName` if the world does not have it."""
        return _position(self._sector_at, "sector", code, where or f"world {self.name}")

    def with_parameters(self, **values: Any) -> Economy:
        """The same baseline with some parameters replaced; `UnknownName` for a parameter it does not have."""
        for name in values:
            if name not in self.parameters:
                raise UnknownName("parameter", name, self.parameters, f"world {self.name}")
        return replace(self, parameters={**self.parameters, **values})


def _position(known: Mapping[str, int], kind: str, code: str, where: str) -> int:
    try:
        return known[code]
    except KeyError:
        raise UnknownName(kind, code, known, where) from None


@dataclass(frozen=True, eq=False, repr=False)
class Shock(Readable):
    """What changes, on the axes of an economy; None keeps the baseline.

    Attributes
    ----------
    tariff : new rates, shape (importer, exporter) or (importer, exporter, sector), shares of value net of tariff.
    cost_hat : iceberg trade costs new over old, same axes.
    productivity_hat : productivity new over old, shape (country,) or (country, sector).
    options : choices of the family by name, such as `closure` and `rebate`.
    notes : what is to be said of the shock under every table of its equilibrium.
    """

    tariff: Floats | None = field(default=None, repr=False)
    cost_hat: Floats | None = field(default=None, repr=False)
    productivity_hat: Floats | None = field(default=None, repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    #: What a family derives from the shock and keeps while a solve runs.
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def nothing(self) -> Shock:
        """The shock that changes nothing, with the same options."""
        return Shock(options=self.options)

    def with_tariff(self, tariff: Floats) -> Shock:
        """The same shock with other tariffs, of which its notes say nothing."""
        return replace(self, tariff=tariff, notes=())

    @property
    def key(self) -> tuple[tuple[str, str], ...]:
        """The options as something that can be looked up."""
        return tuple(sorted((name, repr(value)) for name, value in self.options.items()))


@dataclass(frozen=True, repr=False)
class Equilibrium(Readable):
    """A solved economy.

    Attributes
    ----------
    economy, shock : what was solved.
    u : unknowns of the family at the solution (logs of hats), shape (unknowns,).
    hats : new over old by name; the family's module documents names and shapes.
    levels : new values by name, USD or shares.
    changes : one array of shape (country,) per column of its table that the family has, shares.
    certificate : residuals, iterations, method.
    notes : caveats of this solve.
    """

    economy: Economy
    shock: Shock
    u: Floats = field(repr=False)
    hats: Mapping[str, Floats] = field(repr=False)
    levels: Mapping[str, Floats] = field(repr=False)
    changes: Mapping[str, Floats] = field(repr=False)
    certificate: Certificate
    notes: tuple[str, ...] = ()

    def change(self, column: str, country: str) -> float:
        """One number of the table, share."""
        if column not in self.changes:
            raise UnknownName("column", column, self.changes, f"equilibrium of {self.economy.name}")
        return float(self.changes[column][self.economy.country(country)])

    @property
    def quantity(self) -> Floats:
        """What importers buy at the border prices of the baseline, net of duty, USD: `levels["trade"]` as a volume.

        `InputError` where the family has no cost by sector.
        """
        if "cost" not in self.hats:
            what = "has no tables by sector"
            raise InputError(f"world {self.economy.name}", what, "use a world of many sectors")
        return quantities(self.levels["trade"], self.hats["cost"], self.shock)

    @property
    def payoff(self) -> Floats:
        """What policies maximise, by country, share: welfare, or political welfare if the shock's objective says so."""
        political = self.shock.options.get("objective") == "political"
        return self.changes[POLITICAL if political else "welfare"]

    def table(self) -> Table:
        """One row a country with the columns of `economy.economy`; NaN and a note where the family has no number."""
        without = () if POLITICAL in self.changes else (POLITICAL,)
        names = [column.name for column in declared_columns("economy.economy", without)][1:]
        missing = [name for name in names if name not in self.changes]
        blank = np.full(len(self.economy.countries), np.nan)
        data: dict[str, NDArray[Any]] = {name: without_noise(self.changes.get(name, blank)) for name in names}
        data["country"] = np.asarray(self.economy.countries)
        lacking = (declared_note("economy.lacking", columns=", ".join(missing)),) if missing else ()
        notes = (*self.economy.notes, *self.notes, *lacking)
        return table_with("economy.economy", data, notes, without, world=self.economy.name)


def quantities(trade: Floats, cost: Floats, shock: Shock) -> Floats:
    """Trade at the border prices of the baseline, shape (importer, exporter, sector), USD.

    Parameters
    ----------
    trade : value net of duty, USD; `cost` : price at the gate, new over old, shape (exporter, sector).
    """
    price = cost[None] if shock.cost_hat is None else cost[None] * np.reshape(shock.cost_hat, trade.shape)
    return trade / price


#: Changes smaller than this are what the tolerance of a solve leaves, not a change; share.
NOISE = 1e-11


def without_noise(values: Floats) -> Floats:
    """Changes with those below `NOISE` set to zero, so that nothing is printed or ordered by them."""
    return np.where(np.abs(values) < NOISE, 0.0, values)


def shape_of(economy: Economy) -> tuple[int, ...]:
    """Shape of a tariff array: (importer, exporter), with sectors (importer, exporter, sector)."""
    n, s = len(economy.countries), len(economy.sectors)
    return (n, n) if s == 1 else (n, n, s)


def baseline_tariff(economy: Economy) -> Floats:
    """Baseline tariffs of the world, shares, shaped like `shape_of`; zero where the world has none."""
    tariff = economy.arrays.get("tariff")
    if tariff is None:
        return np.zeros(shape_of(economy))
    return np.asarray(tariff, dtype=np.float64).reshape(shape_of(economy))


def flows_of(economy: Economy) -> Floats:
    """Baseline trade net of tariff, USD, shaped like `shape_of`."""
    return np.asarray(economy.arrays["flows"], dtype=np.float64).reshape(shape_of(economy))


def cell_of(economy: Economy, cell: Sequence[int]) -> str:
    """Importer, exporter and, where there are several, sector of a cell, for messages."""
    return ", ".join([*(economy.countries[i] for i in cell[:2]), *(economy.sectors[k] for k in cell[2:])])


def check_tariff(economy: Economy, tariff: Floats) -> Floats:
    """The tariff as float64 on the economy's axes; `InputError` names the first bad cell."""
    rates = np.asarray(tariff, dtype=np.float64)
    if rates.shape == (*shape_of(economy), 1):
        rates = rates[:, :, 0]
    if rates.shape != shape_of(economy):
        raise InputError("tariff", f"shape {rates.shape} does not fit {shape_of(economy)}", "use the world's own axes")
    if not (rates > -1.0).all() or not np.isfinite(rates).all():
        cell = np.argwhere(~((rates > -1.0) & np.isfinite(rates)))[0]
        raise InputError(
            f"tariff ({cell_of(economy, cell)})", f"{rates[tuple(cell)]:g} is not above -1", "give a share"
        )
    return rates


def partial_shock(economy: Economy, shock: Shock, part: float) -> Shock:
    """A part of a shock in logs: part 0 keeps the baseline, part 1 is the whole shock."""
    tariff = None
    if shock.tariff is not None:
        old = np.log1p(baseline_tariff(economy))
        tariff = np.expm1(old + part * (np.log1p(shock.tariff) - old))
    cost = None if shock.cost_hat is None else shock.cost_hat**part
    productivity = None if shock.productivity_hat is None else shock.productivity_hat**part
    return Shock(tariff, cost, productivity, shock.options)


@dataclass(frozen=True)
class ShockPath:
    """Equilibria along a path.

    Attributes
    ----------
    end : the equilibrium it leads to.
    u : unknowns of the family at the points, shape (point, unknown).
    """

    end: Equilibrium
    u: Floats = field(repr=False)

    @property
    def economy(self) -> Economy:
        """The economy that is shocked."""
        return self.end.economy

    @property
    def parts(self) -> Floats:
        """Parts s of the shock, shape (point,)."""
        return points(len(self.u) - 1)

    def shock(self, point: int) -> Shock:
        """The shock at a point."""
        return shock_at(self.end, float(self.parts[point]))

    def at(self, point: int) -> Equilibrium:
        """The end with shock and unknowns of a point: what `gradient` reads; hats, levels and changes are the end's."""
        return replace(self.end, shock=self.shock(point), u=self.u[point])

    def slope(self, values: Floats) -> Floats:
        """Derivative in s of values at the points, shape (point, ...)."""
        return np.tensordot(differentiation(len(values) - 1), values, axes=1)

    def integral(self, values: Floats) -> Floats:
        """Integral over s of values at the points, shape (...)."""
        return np.tensordot(weights(len(values) - 1), values, axes=1)


def points(intervals: int) -> Floats:
    """s_k = (1 - cos(pi k / n)) / 2, shape (n + 1,)."""
    return (1.0 - np.cos(np.pi * np.arange(intervals + 1) / intervals)) / 2.0


@lru_cache(maxsize=16)
def differentiation(intervals: int) -> Floats:
    """Derivatives at the points of the polynomial through values there, shape (n + 1, n + 1)."""
    s = points(intervals)
    c = barycentric(intervals)
    apart = s[:, None] - s + np.eye(s.size)
    matrix = c / c[:, None] / apart
    return (matrix - np.diag(matrix.sum(axis=1))).astype(np.float64)


def barycentric(intervals: int) -> Floats:
    """Barycentric weights of the points."""
    c = np.where(np.arange(intervals + 1) % 2, -1.0, 1.0)
    c[[0, -1]] /= 2.0
    return c


def weights(intervals: int) -> Floats:
    """Weights of Clenshaw and Curtis on [0, 1], shape (n + 1,); n even."""
    k, j = np.arange(intervals + 1.0), np.arange(1.0, intervals // 2 + 1)
    b = np.where(j == intervals // 2, 1.0, 2.0) / (4.0 * j * j - 1.0)
    ends = np.where((k == 0) | (k == intervals), 1.0, 2.0) / (2.0 * intervals)
    return ends * (1.0 - np.cos(2.0 * np.pi * np.outer(k, j) / intervals) @ b)


def shock_at(end: Equilibrium, part: float) -> Shock:
    """A part of the shock of an equilibrium; the shock itself at 1. Rates that do not change keep every digit."""
    if part == 1.0:
        return end.shock
    shock = partial_shock(end.economy, end.shock, part)
    if shock.tariff is None:
        return shock
    old = baseline_tariff(end.economy)
    return shock.with_tariff(np.where(end.shock.tariff == old, old, shock.tariff))


@dataclass(frozen=True)
class PathPoint:
    """One point of a path; slopes are derivatives in s.

    Attributes
    ----------
    trade : M, value net of tariff, shape (sector, importer, exporter), USD.
    rate : tau, share of it, same shape.
    border : share of `trade` that the exporter receives, shape (importer,).
    cost : slope of log c, shape (sector, country).
    flow : slope of log M, shape (sector, importer, exporter).
    freight : slope of log d, same shape; None where trade costs do not change.
    transfer, transfer_slope : D and its slope, shape (country,), USD.
    worth : what turns USD into a log change of real income, shape (country,), USD.
    by_sector : the family's own parts, shape (country, sector), USD; `whole` those without sectors, shape (country,).
    """

    trade: Floats = field(repr=False)
    rate: Floats = field(repr=False)
    border: Floats = field(repr=False)
    cost: Floats = field(repr=False)
    flow: Floats = field(repr=False)
    freight: Floats | None = field(repr=False)
    transfer: Floats = field(repr=False)
    transfer_slope: Floats = field(repr=False)
    worth: Floats = field(repr=False)
    by_sector: Mapping[str, Floats] = field(repr=False)
    whole: Mapping[str, Floats] = field(repr=False)


@dataclass(frozen=True)
class ShockSlopes:
    """Slopes that are the same at every point of a path, [sector, importer, exporter].

    Attributes
    ----------
    old : log of one plus the baseline tariff.
    tariff : slope of log(1 + tau).
    freight : slope of log d, or None.
    productivity : slope of log A, shape (sector, country), or None.
    """

    old: Floats = field(repr=False)
    tariff: Floats = field(repr=False)
    freight: Floats | None = field(repr=False)
    productivity: Floats | None = field(repr=False)

    def rate(self, part: float) -> Floats:
        """The tariff at a part of the shock."""
        return np.expm1(self.old + part * self.tariff)

    def net(self, elasticity: Floats, exponent: Floats | float) -> Floats:
        """Slope of log[(1 + tau)^(-theta phi - 1) d^-theta], theta of shape (sector, 1, 1)."""
        slope = -(elasticity * exponent + 1.0) * self.tariff
        return slope if self.freight is None else slope - elasticity * self.freight
