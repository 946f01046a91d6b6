"""The tariff that raises most revenue for one country in equilibrium: the top of its Laffer curve.

Revenue is R'_n = sum over exporters and goods of t X' (net of tariff) at the new prices, wages and spending of every
country. The headline is real revenue, R'_n / P^_n with P^_n the hat of the country's consumer prices: what the money
buys at home, in USD of the baseline. In units of the numeraire (family A: the world's average price; family B: world
value added) the top lies elsewhere, since a tariff raises prices at home; both are reported. The search runs on the
exact derivative, one adjoint solve each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, SolveError, Table, declared_note, table_of, whole_number
from detente.codes.given import Several, several_or_none
from detente.codes.kinds import checked
from detente.codes.names import Readable
from detente.economy.families import family_of
from detente.economy.frame import Economy, Equilibrium, Floats, Shock
from detente.economy.policies.policy import Search, by_rate, groups, many_rates, near_rate, scale_of, vertex
from detente.economy.solver import gradient_from, scan, solve

POINTS = 25
XTOL = 1e-9
#: Distance, in log(1 + rate), at which the certificate looks at the slope on either side of the top.
ASIDE = 0.01


@dataclass(frozen=True, repr=False)
class LafferCertificate(Readable):
    """What the search for the top ended with.

    Attributes
    ----------
    first_order : largest derivative of log real revenue in log(1 + rate) at the rates found; dimensionless.
    below, above : the same derivative one per cent of 1 + rate below and above the common rate; the first is positive
        and the second negative at a top.
    evaluations : solves used.
    """

    first_order: float
    below: float
    above: float
    evaluations: int


@dataclass(frozen=True, repr=False)
class Laffer(Readable):
    """The revenue-maximising tariffs of one country.

    Attributes
    ----------
    country, over : whose rates, and along which axes they may differ.
    rate : the common rate that raises most real revenue, share; `revenue` : that revenue, USD a year.
    rates : tariffs of the country, shape (exporter,) or (exporter, sector), shares; they raise `revenue_over`, which
        is `revenue` where `over` is "uniform".
    today : real revenue under the shock given, USD a year; `change` : welfare at the top, share.
    curve : real and nominal revenue and welfare at common rates.
    equilibrium : the solved economy under `rates`.
    """

    country: str
    over: str
    rate: float
    revenue: float
    rates: Floats = field(repr=False)
    revenue_over: float
    today: float
    change: float
    curve: Table = field(repr=False)
    equilibrium: Equilibrium = field(repr=False)
    certificate: LafferCertificate


def real_revenue(equilibrium: Equilibrium, index: int) -> float:
    """Tariff revenue of a country over the hat of its consumer prices, USD a year of the baseline."""
    return float(equilibrium.levels["revenue"][index] / (1.0 + equilibrium.changes["prices"][index]))


def revenue_objective(index: int) -> Callable[[Equilibrium], tuple[Floats, Floats]]:
    """Real revenue of a country as an objective of `gradient`: its derivatives in u and, at given u, in the tariff."""
    return lambda equilibrium: family_of(equilibrium.economy).revenue_gradient(equilibrium, index)


@dataclass
class _Revenue(Search):
    """Revenue of the country at position `index` as a function of its rates, in `unit` USD.

    Solves and adjoints set out from those of the rates nearest by.
    """

    index: int = 0
    unit: float = 1.0
    _adjoints: list[tuple[Floats, Floats]] = field(default_factory=list, init=False, repr=False)
    _points: list[tuple[Floats, Floats]] = field(default_factory=list, init=False, repr=False)

    def solve(self, logs: Floats) -> tuple[float, Equilibrium]:
        """Objective and equilibrium at rates."""
        fresh = self._at is None or not np.array_equal(self._at, logs)
        start = _between(self._points, logs)
        if fresh and start is not None and self.warm is not None:
            self.warm = replace(self.warm, u=start)
        value, equilibrium = super().solve(logs)
        if fresh:
            self._points = [*_kept(self._points, logs), (logs, equilibrium.u)]
        return value, equilibrium

    def slope(self, logs: Floats) -> tuple[float, Floats]:
        """Revenue and its derivative in the logs."""
        _, equilibrium = self.solve(logs)
        level, objective = real_revenue(equilibrium, self.index), revenue_objective(self.index)

        def in_units(point: Equilibrium) -> tuple[Floats, Floats]:
            in_u, in_tariff = objective(point)
            return in_u / self.unit, in_tariff / self.unit

        cells, adjoint = gradient_from(equilibrium, in_units, _between(self._adjoints, logs), tol=0.1 * self.tol)
        self._adjoints = [*_kept(self._adjoints, logs), (logs, adjoint)]
        return level / self.unit, by_rate(self.group, cells, logs.size) * np.exp(logs)


def _kept(points: list[tuple[Floats, Floats]], logs: Floats) -> list[tuple[Floats, Floats]]:
    """What stays known beside a new point: at one rate everything, as the next may lie anywhere."""
    return points if logs.size == 1 else []


def _between(points: Sequence[tuple[Floats, Floats]], logs: Floats) -> Floats | None:
    """What stands at some logs as the nearest of those that were solved lead to expect; None: there are none.

    At one rate it lies on the line through the two nearest, otherwise it is that of the last.
    """
    if len(points) < 2 or logs.size > 1:
        return points[-1][1] if points else None
    (first, old), (second, new) = sorted(points, key=lambda point: abs(point[0][0] - logs[0]))[:2]
    return old + (new - old) * ((logs[0] - first[0]) / (second[0] - first[0]))


@np.errstate(all="ignore")
@checked
def laffer(
    economy: Economy,
    country: str,
    *,
    over: str = "uniform",
    partners: Several | None = None,
    sectors: Several | None = None,
    shock: Shock | None = None,
    highest: float = 5.0,
    points: int = POINTS,
) -> Laffer:
    """The tariffs that raise most real revenue for a country, and the curve of revenue over a common rate.

    Revenue is that of all the country's tariffs, also of those the search leaves alone.

    Parameters
    ----------
    over : "uniform" (one rate), "partner", "sector" or "partner x sector"; the top is sought at one rate first.
    partners : exporters that are taxed, by default all; `sectors` : by default all goods, services only if named.
        Rates replace the baseline.
    shock : the others' tariffs, those of the country on what is left out, and the options of the closure.
    highest : highest common rate looked at, share; `points` : rates of the curve.

    Raises
    ------
    UnknownName, InputError : a country, axis, partner or range that cannot be used.
    SolveError : revenue has no top between zero and `highest`, or no equilibrium along the way.
    """
    if not (np.isfinite(highest) and highest > 0.0):
        raise InputError("laffer", f"{highest:g} is no highest rate", "give a share above zero, such as 5")
    points = whole_number(points, "laffer, points", 2)
    index, change = economy.country(country, "laffer"), shock or Shock()
    partners, sectors = several_or_none(partners, "partners"), several_or_none(sectors, "sectors")
    whole = groups(economy, country, "uniform", partners, sectors)
    real = _revenue(economy, change, whole, index)
    curve = _curve(real, country, highest, points)
    log = _top(real, curve, country, highest)
    top = real.solve(np.array([log]))[1]
    own, logs = real, np.array([log])
    if over != "uniform":
        own = _revenue(economy, change, groups(economy, country, over, partners, sectors), index)
        logs = _climb(own, log)
    best = top if own is real else own.solve(logs)[1]
    slopes, today = _slopes(own, logs, real, log), solve(economy, change)
    certificate = LafferCertificate(*slopes, real.solves + (own.solves if own is not real else 0) + 1)
    return Laffer(
        country=country,
        over=over,
        rate=float(np.expm1(log)),
        revenue=real_revenue(top, index),
        rates=np.asarray(best.shock.tariff)[index],
        revenue_over=real_revenue(best, index),
        today=real_revenue(today, index),
        change=best.change("welfare", country),
        curve=curve,
        equilibrium=best,
        certificate=certificate,
    )


def _slopes(own: _Revenue, logs: Floats, real: _Revenue, log: float) -> tuple[float, float, float]:
    """Slopes of log revenue: the largest at the rates found, and those below and above the best common rate."""
    value, slope = own.slope(logs)
    level = real_revenue(real.solve(np.array([log]))[1], real.index) / real.unit
    below, above = (float(real.slope(np.array([log + step]))[1][0]) / level for step in (-ASIDE, ASIDE))
    return float(np.abs(slope).max()) / value, below, above


def _revenue(economy: Economy, shock: Shock, group: NDArray[np.int64], index: int) -> _Revenue:
    unit = float(np.asarray(economy.arrays["flows"])[index].sum())
    return _Revenue(economy, shock, np.zeros(len(economy.countries)), group, index=index, unit=unit)


def _climb(search: _Revenue, log: float) -> Floats:
    """Best rates from one common rate; begun again where the climb stopped, for welfare is not flat there."""
    scale = scale_of(search.economy, search.group)
    logs = np.full(scale.size, log)
    for _ in range(2):
        logs = many_rates(search, logs, scale)[1]
    return logs


def _curve(search: _Revenue, country: str, highest: float, points: int) -> Table:
    """Revenue and welfare at common rates even in log(1 + rate); rates without an equilibrium are left out."""
    rates = np.expm1(np.linspace(0.0, np.log1p(highest), points))
    equilibria = scan(search.economy, [search.shock_at(np.array([np.log1p(rate)])) for rate in rates])
    search.solves += points
    solved = [(rate, point) for rate, point in zip(rates, equilibria, strict=True) if point is not None]
    index = search.index
    rows: list[tuple[Any, ...]] = [
        (
            rate,
            real_revenue(point, index),
            (float(point.levels["revenue"][index])),
            point.changes["revenue_to_expenditure"][index],
            point.changes["welfare"][index],
        )
        for rate, point in solved
    ]
    missing = points - len(rows)
    notes = (declared_note("economy.rates_left_out", count=missing),) if missing else ()
    return table_of("economy.laffer", rows, notes, country=country, world=search.economy.name)


def _top(search: _Revenue, curve: Table, country: str, highest: float) -> float:
    """The log of one plus the best common rate: the root of the derivative between the neighbours of the best point."""
    logs, values = np.log1p(curve["rate"]), curve["revenue"]
    best = int(np.argmax(values)) if values.size else 0
    if values.size < 3 or best + 1 == values.size:
        reached = float(np.expm1(logs[-1])) if values.size else 0.0
        raise SolveError(
            f"{search.economy.name}: no top of the revenue of {country} below {100.0 * highest:.3g}%; it still rises "
            f"at {100.0 * reached:.3g}%. {_advice(reached, highest)}"
        )
    if best == 0:
        raise SolveError(
            f"{search.economy.name}: a tariff on these goods never brings {country} more revenue than a rate of zero; "
            "tax other partners or sectors."
        )

    low, high = float(logs[best - 1]), float(logs[best + 1])
    around, heights = logs[best - 1 : best + 2], values[best - 1 : best + 2] / search.unit
    near = near_rate(search, vertex(around, heights), low, high, XTOL, _bend(around, heights))
    if near is not None:
        return near
    from scipy.optimize import brentq

    def derivative(log: float) -> float:
        return float(search.slope(np.array([log]))[1][0])

    return cast(float, brentq(derivative, low, high, xtol=XTOL))


def _advice(reached: float, highest: float) -> str:
    if reached > 0.999 * highest:
        return "Look further up (highest)."
    return (
        "At higher rates no equilibrium was found: a trade deficit that the closure fixes has to be imported at any "
        "tariff; use the closure zero."
    )


def _bend(points: Floats, values: Floats) -> float:
    """Second derivative of the parabola through three points."""
    rises = np.diff(values) / np.diff(points)
    return 2.0 * float((rises[1] - rises[0]) / (points[2] - points[0]))
