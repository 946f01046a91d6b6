"""What an outcome is worth to each side: trade by weighted parts, materials, fentanyl, audience.

    V_i(x) = G_i(t) + M_i(r) + F_i(f) - A_i(x)
    G_i = EV_i + mu_i REV_i + sum_s omega_is VA_is + kappa_i BAL_i

USD bn a year from the reference, at which it is zero. mu, omega and kappa are extra dollars for a dollar: 0.3 counts it
as 1.3. All zero is real income, exactly.

Trade reacts over years: m months after a change its flow is e^(-m/24) short + (1 - e^(-m/24)) long. An outcome is worth
the annuity of its path, the constant flow with the same present value over the horizon.

The loss at a share r of licences withheld is a flow by month: stocks delay it, substitutes shrink it later. A model of
the supply chain gives it as arrays; until it does, a number of the case stands in. The net value of keeping control,
K, may be of either sign: below zero its owner gains by lifting alone, and there is nothing to trade.

The status quo D0 and the past law DP enclose most of what can be expected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Protocol

import numpy as np

from detente.codes import InputError, UnknownName
from detente.economy import Economy
from detente.economy.frame import Floats
from detente.talks.fit import PayoffFit
from detente.talks.space import Threat
from detente.talks.world import FIRST_PARTS, Surface

#: Months in which the share of the short run falls to 1/e.
DECAY = 24.0

YEAR_DAYS = 365.25
FOREVER = float("inf")


@dataclass(frozen=True)
class Horizon:
    """Over which time a flow counts.

    Attributes
    ----------
    name : for the reader.
    years : years counted; infinite for the long run, 0 for the short run alone.
    rate : discount rate, share a year.
    decay : months in which the share of the short run falls to 1/e.
    """

    name: str
    years: float
    rate: float = 0.05
    decay: float = DECAY

    def __post_init__(self) -> None:
        if not 0.0 < self.rate < 1.0:
            raise InputError(f"horizon {self.name}", f"discount rate {self.rate:g}", "give a share between 0 and 1")
        if self.years < 0.0:
            raise InputError(f"horizon {self.name}", f"{self.years:g} years", "give a positive number of years")

    @property
    def months(self) -> Floats | None:
        """Weight of each month, shape (months,), sum one; None in the long and the short run."""
        count = 0 if np.isinf(self.years) else round(12.0 * self.years)
        if count == 0:
            return None
        weight = np.exp(-self.rate * (np.arange(count) + 0.5) / 12.0)
        return weight / weight.sum()

    @property
    def short(self) -> float:
        """Share of the short run in the annuity."""
        months = self.months
        if months is None:
            return 1.0 if self.years == 0.0 else 0.0
        return float(months @ np.exp(-(np.arange(months.size) + 0.5) / self.decay))


LONG_RUN = Horizon("long run", FOREVER)
SHORT_RUN = Horizon("short run", 0.0)


# --- materials under export control, in the units of a payoff ---------------------------------------------------------


@dataclass(frozen=True)
class Flow:
    """A yearly flow as a function of one level.

    Attributes
    ----------
    of : levels, shape (points,), to USD bn a year; `slope` its derivative.
    label : where it comes from.
    """

    of: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    label: str = ""

    def times(self, factor: float) -> Flow:
        """The flow multiplied by a number."""
        return Flow(lambda x: factor * self.of(x), lambda x: factor * self.slope(x), self.label)


class Monthly(Protocol):
    """A flow that changes from month to month after the level is set."""

    @property
    def label(self) -> str:
        """Where it comes from."""
        ...

    def flow(self, weights: Floats | None = None) -> Flow:
        """The yearly flow under weights of the months, shape (months,), sum one; None for the last month on record."""
        ...


@dataclass(frozen=True)
class Power:
    """scale x r^exponent, after months of stock and a ramp.

    Attributes
    ----------
    scale : the flow at r = 1 in the long run, USD bn a year.
    stock, ramp : months of stock, and months until the flow is whole after that.
    """

    scale: float
    exponent: float = 2.0
    stock: float = 0.0
    ramp: float = 0.0
    label: str = ""

    def part(self, months: int) -> Floats:
        """Share of the long-run flow in each month, shape (months,)."""
        time = np.arange(months) + 0.5
        if self.ramp <= 0.0:
            return (time > self.stock).astype(np.float64)
        return np.minimum(np.maximum((time - self.stock) / self.ramp, 0.0), 1.0)

    def flow(self, weights: Floats | None = None) -> Flow:
        """The yearly flow under weights of the months; None for the long run."""
        size = self.scale * (1.0 if weights is None else float(self.part(weights.size) @ weights))
        n = self.exponent
        return Flow(lambda r: size * r**n, lambda r: size * n * r ** (n - 1.0), self.label)


@dataclass(frozen=True)
class Tabulated:
    """Flows that a model computed at some levels, month by month.

    Attributes
    ----------
    levels : ascending from 0, shape (levels,).
    flows : USD bn a year, shape (levels, months); the last month stays for ever.
    low, high : ends of their range, same shape; None where there is none.
    """

    levels: Floats = field(repr=False)
    flows: Floats = field(repr=False)
    label: str = ""
    low: Floats | None = field(default=None, repr=False)
    high: Floats | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.flows.ndim != 2 or len(self.flows) != self.levels.size or self.levels.size < 2:
            raise InputError("materials", f"flows of shape {self.flows.shape} for {self.levels.size} levels",
                             "give one row of months for each level")  # fmt: skip
        if (np.diff(self.levels) <= 0.0).any() or not np.isfinite(self.flows).all():
            raise InputError("materials", "levels cross or a flow is not a number", "list levels in ascending order")

    def flow(self, weights: Floats | None = None) -> Flow:
        """The yearly flow under weights of the months, monotone between the levels; None for the last month."""
        from scipy.interpolate import PchipInterpolator

        curve = PchipInterpolator(self.levels, self._mean(weights))

        def read(pieces: Floats, r: Floats) -> Floats:
            piece = np.clip(np.searchsorted(self.levels, r, side="right") - 1, 0, self.levels.size - 2)
            return np.asarray(np.polyval(pieces[:, piece], r - self.levels[piece]), dtype=np.float64)

        return Flow(partial(read, curve.c), partial(read, curve.derivative().c), self.label)

    @property
    def ends(self) -> tuple[Tabulated, Tabulated]:
        """The flows at both ends of their range; themselves where there is none."""
        low, high = (self.flows if end is None else end for end in (self.low, self.high))
        return replace(self, flows=low, low=None, high=None), replace(self, flows=high, low=None, high=None)

    def _mean(self, weights: Floats | None) -> Floats:
        if weights is None:
            return self.flows[:, -1]
        months = np.minimum(np.arange(weights.size), self.flows.shape[1] - 1)
        return np.asarray(self.flows[:, months] @ weights, dtype=np.float64)


# --- what an outcome is worth to each side ----------------------------------------------------------------------------


COMPARATORS = ("=", "<=", ">=")


@dataclass(frozen=True)
class PayoffWeights:
    """What a dollar of each part is worth to a government beyond real income.

    Attributes
    ----------
    name : name of the set.
    mu : extra dollars for a dollar of tariff revenue.
    omega : extra dollars for a dollar of value added, by sector, shape (sector,); empty for none.
    kappa : dollars for a dollar of bilateral balance in goods.
    """

    name: str = "welfare"
    mu: float = 0.0
    omega: Floats = field(default_factory=lambda: np.zeros(0), repr=False)
    kappa: float = 0.0

    def on_parts(self, parts: int) -> Floats:
        """Weight of each part without rents, shape (part,)."""
        sectors = parts - len(FIRST_PARTS)
        omega = self.omega if self.omega.size else np.zeros(sectors)
        if omega.size != sectors:
            raise InputError(f"weights {self.name}", f"{omega.size} weights for {sectors} sectors", "give one each")
        return np.concatenate([[1.0, self.mu, self.kappa], omega])


@dataclass(frozen=True)
class PayoffTerm:
    """A part of a payoff that depends on one issue alone.

    Attributes
    ----------
    part : "materials" or "fentanyl"; `party` who has it; `issue` on what it depends.
    flow : the flow, USD bn a year; a loss has negative values.
    """

    part: str
    party: str
    issue: str
    flow: Flow


@dataclass(frozen=True)
class Commitment:
    """A public statement that costs its author something to walk away from.

    Attributes
    ----------
    party : who made it.
    issues : duties whose sum it speaks of.
    level : the level, share; `comparator` "=", "<=" or ">=".
    cost : a_i, USD bn a year for each point of distance; zero by default, since nothing identifies it.
    """

    party: str
    issues: tuple[str, ...]
    level: float
    comparator: str = "="
    cost: float = 0.0
    source: str = ""

    def __post_init__(self) -> None:
        if self.comparator not in COMPARATORS:
            raise UnknownName("comparator", self.comparator, COMPARATORS, f"commitment of {self.party}")

    def distance(self, total: Floats) -> tuple[Floats, Floats]:
        """Points between the sum of its issues and the level, and the derivative in the sum."""
        over = total - self.level
        if self.comparator == "<=":
            over = np.maximum(over, 0.0)
        elif self.comparator == ">=":
            over = np.minimum(over, 0.0)
        return 100.0 * np.abs(over), 100.0 * np.sign(over)


@dataclass(frozen=True, eq=False)
class SurfacePayoffs:
    """Payoffs read from a surface, with the terms that no model of trade prices.

    Attributes
    ----------
    issues : names of all issues, in the order of the columns of X.
    surface : parts of G by duty; `off` : the same without what `switch`, an issue of 0 or 1, adds to every outcome.
    weights : by party.
    terms : materials and fentanyl; `commitments` : audience costs.
    rents : share of the rent that exporters get, by quota.
    """

    issues: tuple[str, ...]
    surface: Surface
    weights: Mapping[str, PayoffWeights] = field(default_factory=dict)
    terms: tuple[PayoffTerm, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    off: Surface | None = None
    switch: str = ""
    rents: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = [*self.surface.issues, *(term.issue for term in self.terms), *([self.switch] if self.switch else [])]
        for issue in (*named, *(name for commitment in self.commitments for name in commitment.issues)):
            if issue not in self.issues:
                raise UnknownName("issue", issue, self.issues, "payoffs")
        for party in (*self.weights, *(t.party for t in self.terms), *(c.party for c in self.commitments)):
            self._party(party)
        if bool(self.switch) != (self.off is not None):
            raise InputError("payoffs", "a switch needs a surface without it", "give both or none")

    @property
    def parties(self) -> tuple[str, ...]:
        """The sides."""
        return self.surface.parties

    def _party(self, code: str) -> int:
        if code not in self.parties:
            raise UnknownName("party", code, self.parties, "payoffs")
        return self.parties.index(code)

    def _column(self, issue: str) -> int:
        return self.issues.index(issue)

    @cached_property
    def _duties(self) -> list[int]:
        return [self._column(issue) for issue in self.surface.issues]

    @cached_property
    def on_parts(self) -> Floats:
        """Weight of each part by party, shape (party, part)."""
        size = len(self.surface.parts) - len(self.rents)
        weights = [self.weights.get(party, PayoffWeights()) for party in self.parties]
        shares = list(self.rents.values())
        return np.stack([np.append(some.on_parts(size), shares) for some in weights])

    @cached_property
    def _trade(self) -> tuple[tuple[PayoffFit, float], ...]:
        """Fits of G with the level of the switch at which each holds."""
        layers = ((self.surface.weighted(self.on_parts), 1.0),)
        return layers if self.off is None else (*layers, (self.off.weighted(self.on_parts), 0.0))

    def _share(self, X: Floats, level: float) -> Floats:
        """Part of each outcome that a surface stands for, shape (point, 1)."""
        if not self.switch:
            return np.ones((len(X), 1))
        on = X[:, [self._column(self.switch)]]
        return on if level else 1.0 - on

    def trade(self, X: Floats) -> Floats:
        """G, USD bn a year, shape (point, party); NaN beyond the axes of the surface, where nothing was solved."""
        levels = X[:, self._duties]
        known = self._trade[0][0].within(levels)
        if not known.all():
            payoffs = np.full((len(X), len(self.parties)), np.nan)
            payoffs[known] = self.trade(X[known])
            return payoffs
        if not self.switch:
            return self._trade[0][0].at(levels)
        payoffs = np.zeros((len(X), len(self.parties)))
        for fit, level in self._trade:
            share = self._share(X, level)
            some = np.flatnonzero(share)
            if some.size:
                payoffs[some] += share[some] * fit.at(levels[some])
        return payoffs

    def value(self, X: Floats) -> Floats:
        """Payoffs, USD bn a year from the reference, shape (point, party); NaN beyond the axes of the surface."""
        X = np.asarray(X, dtype=np.float64)
        if len(X) == 1 and self._trade[0][0].within(X[:, self._duties])[0]:
            return self.local(X[0])[0][None]
        return self.trade(X) + self.beside_trade(X)

    def beside_trade(self, X: Floats) -> Floats:
        """Materials, fentanyl and audience, USD bn a year, shape (point, party)."""
        payoffs = np.zeros((len(X), len(self.parties)))
        for term in self.terms:
            payoffs[:, self._party(term.party)] += term.flow.of(X[:, self._column(term.issue)])
        return payoffs - self._audience(X)

    def _audience(self, X: Floats) -> Floats:
        payoffs = np.zeros((len(X), len(self.parties)))
        for commitment in self._costly:
            total = X[:, [self._column(issue) for issue in commitment.issues]].sum(axis=1)
            payoffs[:, self._party(commitment.party)] += commitment.cost * commitment.distance(total)[0]
        return payoffs

    def slope(self, X: Floats) -> Floats:
        """Derivatives in the level of each issue, USD bn a year per unit, shape (point, party, issue)."""
        return np.stack([self.local(x)[1] for x in np.asarray(X, dtype=np.float64)])

    def local(self, x: Floats) -> tuple[Floats, Floats]:
        """Payoffs and derivatives at one outcome, shapes (party,) and (party, issue): what a search asks for."""
        duties, slope = self._duties, np.zeros((len(self.parties), len(self.issues)))
        payoffs, on = np.zeros(len(self.parties)), float(x[self._column(self.switch)]) if self.switch else 1.0
        for fit, level in self._trade:
            share = on if level else 1.0 - on
            value, slopes = fit.local(x[duties])
            payoffs += share * value
            slope[:, duties] += share * slopes
            if self.switch:
                slope[:, self._column(self.switch)] += (1.0 if level else -1.0) * value
        for party, column, flow in self._placed:
            level_there = x[column : column + 1]
            payoffs[party] += flow.of(level_there)[0]
            slope[party, column] += flow.slope(level_there)[0]
        for commitment in self._costly:
            columns, party = [self._column(issue) for issue in commitment.issues], self._party(commitment.party)
            away, way = commitment.distance(x[columns].sum(keepdims=True))
            payoffs[party] -= commitment.cost * away[0]
            slope[party, columns] -= commitment.cost * way[0]
        return payoffs, slope

    @cached_property
    def _costly(self) -> tuple[Commitment, ...]:
        return tuple(commitment for commitment in self.commitments if commitment.cost)

    @cached_property
    def _placed(self) -> tuple[tuple[int, int, Flow], ...]:
        """Terms by place of their party and issue."""
        return tuple((self._party(term.party), self._column(term.issue), term.flow) for term in self.terms)

    def parts(self, X: Floats) -> Floats:
        """Unweighted parts of G, USD bn a year, shape (point, party, part)."""
        X = np.asarray(X, dtype=np.float64)
        levels = X[:, self._duties]
        pairs = [(self.surface, 1.0), *([(self.off, 0.0)] if self.off is not None else [])]
        return sum((self._share(X, on)[:, :, None] * s.parts_at(levels) for s, on in pairs), np.zeros(1))

    def breakdown(self, X: Floats, solved: Floats | None = None) -> dict[str, Floats]:
        """Payoffs by part, each of shape (point, party), USD bn a year; they sum to `value`.

        Parameters
        ----------
        solved : parts of G by exact solves, shape (point, party, part); read off the surface where none are given.
        """
        X = np.asarray(X, dtype=np.float64)
        weighted = (self.parts(X) if solved is None else solved) * self.on_parts
        parts = {name: weighted[:, :, column] for column, name in enumerate(("real income", "revenue", "balance"))}
        last = weighted.shape[2] - len(self.rents)
        parts["value added"] = weighted[:, :, len(FIRST_PARTS) : last].sum(axis=2)
        if self.rents:
            parts["quota rents"] = weighted[:, :, last:].sum(axis=2)
        for name in dict.fromkeys(term.part for term in self.terms):
            only = replace(self, terms=tuple(t for t in self.terms if t.part == name), commitments=())
            parts[name] = only.beside_trade(X)
        parts["audience"] = -self._audience(X)
        return parts

    def of_parts(self, parts: Floats, X: Floats) -> Floats:
        """Payoffs where the parts of G come from an exact solve, shape (party, part), at one outcome X (issue,)."""
        return (self.on_parts * parts).sum(axis=1) + self.beside_trade(np.atleast_2d(X))[0]


def break_even(gap: float, per_unit: float) -> float | None:
    """Units of something at which a gap of payoffs closes, gap / per_unit; None where it moves nothing."""
    return None if abs(per_unit) < 1e-12 else gap / per_unit


def fentanyl_break_even(payoffs: SurfacePayoffs, party: str, deal: Floats, duty: str) -> float:
    """Trade payoff that a party gives up by dropping a duty at the other terms of a deal, USD bn a year.

    The value of what it gets in return must reach this; negative means that dropping the duty is a gain by itself:
    there is nothing to buy.
    """
    column = payoffs.issues.index(duty)
    without = np.array(deal, dtype=np.float64)
    without[column] = 0.0
    kept, gone = payoffs.trade(np.stack([deal, without]))[:, payoffs.parties.index(party)]
    return float(kept - gone)


# --- what happens if talks fail ---------------------------------------------------------------------------------------


WEEKS_A_MONTH = 365.25 / 84.0


def threat_at(
    payoffs: SurfacePayoffs,
    parts_at: Callable[[Floats, Floats | None], Floats],
    outcome: Floats,
    *,
    name: str,
    kind: str,
    label: str = "",
    description: str = "",
    credible: bool = True,
    extra: Floats | None = None,
) -> Threat:
    """The threat of an outcome; read from the surface, or solved exactly where it lies beyond it.

    Parameters
    ----------
    parts_at : exact parts at levels of the duties with points on top (None for none), shape (party, part).
    outcome : a level of every issue of the payoffs, shape (issue,).
    extra : points that third countries add in this outcome alone, shaped like the tariff of the world.
    """
    levels = outcome[[payoffs.issues.index(issue) for issue in payoffs.surface.issues]]
    tops = np.array(payoffs.surface.tops)
    if (levels > tops + 1e-9).any():
        value = payoffs.of_parts(parts_at(levels, None), outcome)
    else:
        value = payoffs.value(outcome[None])[0]
    if extra is not None:
        moved = parts_at(levels, extra) - parts_at(levels, None)
        value = value + (payoffs.on_parts * moved).sum(axis=1)
    return Threat(name, label or name, description, value, outcome, credible, kind)


def third_country_points(economy: Economy, importers: Sequence[str], exporters: Sequence[int], points: float) -> Floats:
    """Points that some countries add on the goods of others, positions, shaped like the tariff of the world."""
    n = len(economy.countries)
    added = np.zeros((n, n, len(economy.sectors)))
    services = [economy.sector(name) for name in economy.parameters.get("services", ())]
    added[np.ix_([economy.country(code) for code in importers], list(exporters))] = points
    added[:, :, services] = 0.0
    return added.reshape(economy.arrays["flows"].shape)
