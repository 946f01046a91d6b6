"""What is negotiated: issues, outcome space, constraints, payoffs, threats, and the negotiation that binds them.

An outcome is one level of every issue, in the order of the issues: X of shape (outcomes, issues). Duties are shares
(1.25 is 125 points). A payoff is USD billion a year from one reference outcome, at which it is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, UnknownName
from detente.codes.names import Readable

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: A constraint holds when its gap is not below this, in the units of the gap.
HOLDS = 1e-9

ISSUES = ("duty", "control", "action", "other")
CONSTRAINTS = ("at-least", "equal")
THREATS = ("status-quo", "past-law", "war", "escalation", "expected", "other")

#: Units of levels that a reader sees as per cent, as cases write them.
PARTS_OF = ("share of the base duty", "share of the pledge")

ON_OR_OFF = "on or off"

#: Name of the constraint set without constraints; always there.
FREE = "free"

#: Name of the set of what all may sign: no duty above its level of the day, or above what its authority allows.
LAWFUL = "lawful"


def is_part_of(unit: str) -> bool:
    """Whether levels in a unit are parts of a whole, which a reader sees as per cent."""
    return unit in PARTS_OF


@dataclass(frozen=True, repr=False)
class Issue(Readable):
    """One thing that is bargained over.

    Attributes
    ----------
    name : short name; `label` is what a reader sees, by default the name.
    party : code of the party that sets it, "both" where the parties set it together.
    levels : levels of the grid, ascending, shape (levels,), in `unit`; the first and last bound continuous modes.
    unit : "share" (of customs value; printed in points), "share of base flow", "effort", "on or off", "days" ...
    track : name of the track on which it is bargained.
    kind : "duty", "control", "action" or "other"; tariff wars are fought with duties, truces broken with duties and
        controls.
    instrument : legal instrument; `expiry` : ISO date on which it ends by itself.
    default : level where the issue stays when no deal names it, by default the lowest.
    worst : level with which its owner hurts the other side most, by default the highest.
    whole : whether only the levels of the grid exist (on or off), so that continuous modes stay on them.
    receivers : codes of the parties on whom it falls; all but the one that sets it where none is named.
    """

    name: str
    party: str
    levels: Floats
    unit: str = "share"
    track: str = "tariffs"
    kind: str = "duty"
    instrument: str = ""
    expiry: str | None = None
    default: float | None = None
    worst: float | None = None
    whole: bool = False
    label: str = ""
    receivers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        where = f"issue {self.name}"
        levels = np.asarray(self.levels, dtype=np.float64)
        object.__setattr__(self, "levels", levels)
        if not self.party:
            raise InputError(where, "no party sets it", "name the party that controls it, or 'both'")
        if levels.ndim != 1 or levels.size < 2 or not np.isfinite(levels).all():
            raise InputError(where, "needs at least two finite levels", "list its levels")
        if (np.diff(levels) <= 0.0).any():
            raise InputError(where, "levels cross", "list them in ascending order, each once")
        if self.kind not in ISSUES:
            raise UnknownName("kind of issue", self.kind, ISSUES, where)
        for name, value, end in (("default", self.default, levels[0]), ("worst", self.worst, levels[-1])):
            object.__setattr__(self, name, float(end if value is None else value))
            if not levels[0] <= getattr(self, name) <= levels[-1]:
                raise InputError(where, f"{name} {value} lies outside its levels", "widen the levels or move it")

    @property
    def low(self) -> float:
        """Lowest level."""
        return float(self.levels[0])

    @property
    def high(self) -> float:
        """Highest level."""
        return float(self.levels[-1])

    def reading(self, level: float) -> str:
        """The level for a reader: points, per cent of a pledge or a base, on or off, else the number."""
        if is_part_of(self.unit):
            return f"{100.0 * level:.0f}%"
        if self.unit == ON_OR_OFF:
            return "on" if level > 0.5 else "off"
        return f"{100.0 * level:.1f} points" if self.unit == "share" else f"{level:.3g}"


@dataclass(frozen=True)
class Constraint:
    """A condition on outcomes that a case may switch on.

    Attributes
    ----------
    name : short name; `statement` : the condition in words; `source` : who said it, and where.
    gap : function of X (outcomes, issues) with shape (outcomes,): zero or more where the condition holds ("at-least"),
        zero where it holds ("equal").
    kind : "at-least" or "equal".
    coefficients : by issue, where the gap is linear: gap = sum coefficient x level + constant.
    """

    name: str
    statement: str
    source: str
    gap: Callable[[Floats], Floats]
    kind: str = "at-least"
    coefficients: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in CONSTRAINTS:
            raise UnknownName("kind of constraint", self.kind, CONSTRAINTS, f"constraint {self.name}")

    def holds(self, X: Floats) -> Bools:
        """Where the condition holds, shape (outcomes,)."""
        gap = self.gap(X)
        return (np.abs(gap) <= HOLDS) if self.kind == "equal" else (gap >= -HOLDS)


def linear(
    name: str,
    issues: tuple[str, ...],
    coefficients: Mapping[str, float],
    constant: float = 0.0,
    *,
    kind: str = "at-least",
    statement: str = "",
    source: str = "",
) -> Constraint:
    """The constraint sum coefficient x level + constant >= 0 ("at-least") or = 0 ("equal").

    Parameters
    ----------
    issues : names of all issues of the space, in order.

    Raises
    ------
    UnknownName : a coefficient names no issue.
    """
    for issue in coefficients:
        if issue not in issues:
            raise UnknownName("issue", issue, issues, f"constraint {name}")
    weights = np.array([coefficients.get(issue, 0.0) for issue in issues])
    return Constraint(name, statement, source, lambda X: X @ weights + constant, kind, dict(coefficients))


@dataclass(frozen=True, repr=False)
class OutcomeSpace(Readable):
    """All outcomes: issues, the sets of constraints that may hold, and outcomes with a name.

    Attributes
    ----------
    parties : codes.
    issues : in the order of the columns of X.
    constraints : by name of the set; the set "free" has none and is added.
    named : outcomes with a name, each of shape (issues,).
    """

    parties: tuple[str, ...]
    issues: tuple[Issue, ...]
    constraints: Mapping[str, tuple[Constraint, ...]] = field(default_factory=dict)
    named: Mapping[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.parties) < 2:
            raise InputError("parties", "a negotiation needs two or more", "name them")
        if len(set(self.names)) < len(self.names) or not self.issues:
            raise InputError("issues", "none, or two of one name", "give each issue a name of its own")
        for issue in self.issues:
            for code in (*((issue.party,) if issue.party != "both" else ()), *issue.receivers):
                if code not in self.parties:
                    raise UnknownName("party", code, self.parties, f"issue {issue.name}")
        object.__setattr__(self, "constraints", {FREE: (), **self.constraints})
        named = {name: np.asarray(point, dtype=np.float64) for name, point in self.named.items()}
        for name, point in named.items():
            if point.shape != (len(self.issues),):
                raise InputError(f"outcome {name}", f"shape {point.shape}", f"give {len(self.issues)} levels")
        object.__setattr__(self, "named", named)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the issues."""
        return tuple(issue.name for issue in self.issues)

    @cached_property
    def lower(self) -> Floats:
        """Lowest level of each issue, shape (issues,)."""
        return np.array([issue.low for issue in self.issues])

    @cached_property
    def upper(self) -> Floats:
        """Highest level of each issue, shape (issues,)."""
        return np.array([issue.high for issue in self.issues])

    @cached_property
    def default(self) -> Floats:
        """Level of each issue that no deal names, shape (issues,)."""
        return np.array([issue.default for issue in self.issues], dtype=np.float64)

    @cached_property
    def tracks(self) -> tuple[str, ...]:
        """Tracks in the order of the issues."""
        return tuple(dict.fromkeys(issue.track for issue in self.issues))

    def index(self, issue: str) -> int:
        """Column of an issue; `UnknownName` if there is none."""
        try:
            return self.names.index(issue)
        except ValueError:
            raise UnknownName("issue", issue, self.names, "outcome space") from None

    def party(self, code: str) -> int:
        """Position of a party; `UnknownName` if there is none."""
        try:
            return self.parties.index(code)
        except ValueError:
            raise UnknownName("party", code, self.parties, "negotiation") from None

    def outcome(self, name: str) -> Floats:
        """The outcome of this name, shape (issues,); `UnknownName` if there is none."""
        try:
            return self.named[name]
        except KeyError:
            raise UnknownName("outcome", name, self.named, "outcome space") from None

    def own(self, party: str, kinds: tuple[str, ...] = ("duty",)) -> tuple[int, ...]:
        """Columns of the issues that a party sets, of these kinds."""
        self.party(party)
        return tuple(k for k, issue in enumerate(self.issues) if issue.party == party and issue.kind in kinds)

    def sides(self, issue: Issue) -> frozenset[str]:
        """Who sets an issue and on whom it falls."""
        if issue.party == "both":
            return frozenset(issue.receivers or self.parties)
        return frozenset((issue.party, *(issue.receivers or self.parties)))

    def of_set(self, constraints: str) -> tuple[Constraint, ...]:
        """The constraints of a set; `UnknownName` if there is none of that name."""
        try:
            return self.constraints[constraints]
        except KeyError:
            raise UnknownName("constraint set", constraints, self.constraints, "outcome space") from None

    def feasible(self, X: Floats, constraints: str = FREE) -> Bools:
        """Where all constraints of the set hold, shape (outcomes,)."""
        holds = np.ones(len(X), dtype=np.bool_)
        for constraint in self.of_set(constraints):
            holds &= constraint.holds(X)
        return holds

    def near(self, threat: Threat) -> Floats:
        """An outcome on the table near which a threat stands, shape (issues,)."""
        return np.clip(self.default if threat.outcome is None else threat.outcome, self.lower, self.upper)

    def reading(self, outcome: Floats) -> str:
        """An outcome for a reader: every issue with its level."""
        parts = (
            f"{issue.label or issue.name} {issue.reading(x)}" for issue, x in zip(self.issues, outcome, strict=True)
        )
        return ", ".join(parts)


class Payoffs(Protocol):
    """What each party gets from each outcome."""

    @property
    def parties(self) -> tuple[str, ...]:
        """Codes, in the order of the columns of `value`."""
        ...

    def value(self, X: Floats) -> Floats:
        """Payoffs, USD billion a year from the reference outcome, shape (outcomes, parties)."""
        ...

    def slope(self, X: Floats) -> Floats:
        """Derivatives in the level of each issue, USD billion a year, shape (outcomes, parties, issues)."""
        ...


def local(payoffs: Payoffs, x: Floats) -> tuple[Floats, Floats]:
    """Payoffs and derivatives at one outcome, shapes (parties,) and (parties, issues).

    Payoffs with a way of their own to give both at once, a method `local`, are asked for it.
    """
    both = getattr(payoffs, "local", None)
    return both(x) if both is not None else (payoffs.value(x[None])[0], payoffs.slope(x[None])[0])


@dataclass(frozen=True)
class Formula:
    """Payoffs by a function, with its own derivatives or central differences.

    Attributes
    ----------
    parties : codes.
    function : X (outcomes, issues) to payoffs (outcomes, parties), USD billion a year.
    derivative : X to (outcomes, parties, issues); None for central differences.
    step : step of the differences, in units of the issue.
    """

    parties: tuple[str, ...]
    function: Callable[[Floats], Floats]
    derivative: Callable[[Floats], Floats] | None = None
    step: float = 1e-5

    def value(self, X: Floats) -> Floats:
        """Payoffs, USD billion a year, shape (outcomes, parties)."""
        return self.function(np.asarray(X, dtype=np.float64))

    def slope(self, X: Floats) -> Floats:
        """Derivatives, shape (outcomes, parties, issues)."""
        X = np.asarray(X, dtype=np.float64)
        if self.derivative is not None:
            return self.derivative(X)
        m, n = X.shape
        moved = X[:, None, None, :] + self.step * np.array([1.0, -1.0])[:, None, None] * np.eye(n)
        values = self.function(moved.reshape(-1, n)).reshape(m, 2, n, -1)
        return np.swapaxes(values[:, 0] - values[:, 1], 1, 2) / (2.0 * self.step)


@dataclass(frozen=True, repr=False)
class Threat(Readable):
    """What happens if talks fail.

    Attributes
    ----------
    name : short name, such as "D0"; `label` and `description` are for readers.
    value : payoff of each party, USD billion a year, shape (parties,).
    outcome : the outcome it stands for, shape (issues,); None where it is a mix.
    credible : whether somebody would carry it out; one that both would skip is shown and flagged.
    kind : "status-quo", "past-law", "war", "escalation", "expected" or "other".
    """

    name: str
    label: str
    description: str
    value: Floats
    outcome: Floats | None = None
    credible: bool = True
    kind: str = "other"

    def __post_init__(self) -> None:
        if self.kind not in THREATS:
            raise UnknownName("kind of threat", self.kind, THREATS, f"threat {self.name}")
        object.__setattr__(self, "value", np.asarray(self.value, dtype=np.float64))


def expected(status_quo: Threat, past_law: Threat, p: float) -> Threat:
    """The threat that the status quo lasts with probability p and the past law returns otherwise.

    Raises
    ------
    InputError : a probability outside [0, 1].
    """
    if not 0.0 <= p <= 1.0:
        raise InputError("p", f"{p} is no probability", "give a number from 0 to 1")
    value = p * status_quo.value + (1.0 - p) * past_law.value
    words = f"{status_quo.label} with probability {p:.3g}, else {past_law.label}"
    return Threat(f"DX {p:.3g}", "expected law", words, value, kind="expected")


@dataclass(frozen=True, repr=False)
class Negotiation(Readable):
    """Parties who bargain over an outcome space, with what each outcome and each failure gives them.

    Attributes
    ----------
    space, payoffs : outcomes and what they are worth; the parties are in one order.
    threats : two or more: results hang on the threat point more than on anything else.
    rates : discount rate of each party, share a year; `power` : bargaining power, shares that sum to one.
    lag : weeks until a breach is answered.
    weights, horizon : labels of the payoffs ("welfare", "long run" ...), carried by every number.
    name : name of the case; `notes` : assumptions to print.
    """

    space: OutcomeSpace
    payoffs: Payoffs
    threats: tuple[Threat, ...]
    rates: Mapping[str, float] = field(default_factory=dict)
    power: Mapping[str, float] = field(default_factory=dict)
    lag: float = 1.0
    weights: str = "welfare"
    horizon: str = "long run"
    name: str = "negotiation"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        where, parties = f"negotiation {self.name}", self.space.parties
        if tuple(self.payoffs.parties) != parties:
            raise InputError(where, f"payoffs are for {self.payoffs.parties}, not {parties}", "use one order")
        if len(self.threats) < 2:
            what = f"only the threat {self.threats[0].name}" if self.threats else "no threat"
            raise InputError(where, what, "give two or more: no result is shown for one threat point alone")
        if len({threat.name for threat in self.threats}) < len(self.threats):
            raise InputError(where, "two threats of one name", "give each its own")
        for threat in self.threats:
            if threat.value.shape != (len(parties),) or not np.isfinite(threat.value).all():
                raise InputError(f"threat {threat.name}", "needs one finite value a party", f"give {len(parties)}")
        object.__setattr__(self, "rates", {party: self.rates.get(party, 0.05) for party in parties})
        object.__setattr__(self, "power", dict(self.power) or dict.fromkeys(parties, 1.0 / len(parties)))
        for party, rate in self.rates.items():
            if not 0.0 < rate < 1.0:
                raise InputError(where, f"discount rate {rate} of {party}", "give a share a year between 0 and 1")
        if set(self.power) != set(parties) or min(self.power.values()) <= 0.0:
            raise InputError(where, "power must be positive for each party", f"name {', '.join(parties)}")
        if abs(sum(self.power.values()) - 1.0) > HOLDS:
            raise InputError(where, f"bargaining power sums to {sum(self.power.values()):.6g}", "make it sum to 1")
        if self.lag <= 0.0:
            raise InputError(where, "the lag must be positive", "give weeks")

    @cached_property
    def clouds(self) -> dict[tuple[bytes, bytes, str], tuple[Floats, Floats]]:
        """Outcomes among which searches begin, with their payoffs, by what moves: kept by the searches."""
        return {}

    @property
    def parties(self) -> tuple[str, ...]:
        """Codes of the parties."""
        return self.space.parties

    def threat(self, name: str) -> Threat:
        """The threat of this name; `UnknownName` if there is none."""
        for threat in self.threats:
            if threat.name == name:
                return threat
        raise UnknownName("threat", name, [threat.name for threat in self.threats], f"negotiation {self.name}")

    def of_kind(self, kind: str) -> Threat | None:
        """The first threat of a kind, None if there is none."""
        return next((threat for threat in self.threats if threat.kind == kind), None)

    def value(self, outcome: Floats) -> Floats:
        """Payoffs at one outcome, shape (parties,)."""
        return self.payoffs.value(np.asarray(outcome, dtype=np.float64)[None, :])[0]


def least(V: Floats) -> Floats:
    """Smallest value of each row, column by column: with a few columns many times faster than a reduction of rows.

    Parameters
    ----------
    V : shape (outcomes, parties).

    Returns
    -------
    shape (outcomes,).
    """
    smallest = V[:, 0]
    for column in V.T[1:]:
        smallest = np.minimum(smallest, column)
    return smallest


def factors(negotiation: Negotiation, weeks: float) -> Floats:
    """Discount factor of each party over some weeks, exp(-rate x weeks / 52), shape (parties,)."""
    rates = np.array([negotiation.rates[party] for party in negotiation.parties])
    return np.exp(-rates * weeks / 52.0)


# --- what the conditions of a set leave of every issue ----------------------------------------------------------------


def signable(space: OutcomeSpace) -> str:
    """Name of the set of what all may sign, of the free one where no law is known."""
    return LAWFUL if LAWFUL in space.constraints else FREE


def held_issues(space: OutcomeSpace) -> frozenset[str]:
    """Names of the issues that no deal may move."""
    low, high = reach(space, signable(space))
    return frozenset(name for name, room in zip(space.names, high - low, strict=True) if abs(room) <= HOLDS)


def reach(space: OutcomeSpace, constraints: str) -> tuple[Floats, Floats]:
    """Lowest and highest level of each issue by the conditions of a set on it alone, each of shape (issues,)."""
    low, high, zero = space.lower.copy(), space.upper.copy(), np.zeros((1, len(space.issues)))
    for rule in space.of_set(constraints):
        if len(rule.coefficients) == 1:
            ((name, weight),) = rule.coefficients.items()
            k, level = space.index(name), -float(rule.gap(zero)[0]) / weight
            if rule.kind == "equal" or weight > 0.0:
                low[k] = max(low[k], level)
            if rule.kind == "equal" or weight < 0.0:
                high[k] = min(high[k], level)
    return low, high


def within(
    space: OutcomeSpace, free: Bools, base: Floats, constraints: str
) -> tuple[Bools, Floats, tuple[Constraint, ...]]:
    """Issues that still move under a set, an outcome with the others where they are held, and what binds the rest.

    A condition that names issues which are not to move does not bind.

    Parameters
    ----------
    free : issues that are to move, shape (issues,); `base` : levels of the others, shape (issues,).
    """
    low, high = reach(space, constraints)
    fixed = free & (np.abs(high - low) <= HOLDS)
    moving, point = free & ~fixed, np.where(fixed, low, base)
    whole, names = ({name for name, on in zip(space.names, some, strict=True) if on} for some in (free, moving))
    rules = [rule for rule in space.of_set(constraints) if whole >= {*rule.coefficients}]
    bind = (rule for rule in rules if not rule.coefficients or names & {*rule.coefficients})
    return moving, point, tuple(bind if free.all() else (rule for rule in bind if rule.coefficients))


# --- points spread evenly -------------------------------------------------------------------------------------------

#: Primitive polynomials and first direction numbers of the dimensions after the first (Joe and Kuo 2008).
DIRECTIONS = (
    (0, (1,)), (1, (1, 3)), (1, (1, 3, 1)), (2, (1, 1, 1)), (1, (1, 1, 3, 3)), (4, (1, 3, 5, 13)),
    (2, (1, 1, 5, 5, 17)), (4, (1, 1, 5, 5, 5)), (7, (1, 1, 7, 11, 19)), (11, (1, 1, 5, 1, 1)),
    (13, (1, 1, 1, 3, 11)), (14, (1, 3, 5, 5, 31)), (1, (1, 3, 3, 9, 7, 49)), (13, (1, 1, 1, 15, 21, 21)),
    (16, (1, 3, 1, 13, 27, 49)), (19, (1, 1, 1, 15, 7, 5)), (22, (1, 3, 1, 15, 13, 25)), (25, (1, 1, 5, 5, 19, 61)),
    (1, (1, 3, 7, 11, 23, 15, 103)), (4, (1, 3, 7, 13, 13, 15, 69)),
)  # fmt: skip

BITS = 30


def evenly(count: int, dimensions: int) -> Floats:
    """The first points of the sequence of Sobol in the unit cube, shape (count, dimensions).

    The same as those of scipy, whose statistics take a third of a second to load.
    """
    if dimensions > len(DIRECTIONS) + 1:
        from scipy.stats import qmc

        return qmc.Sobol(dimensions, scramble=False).random(count)
    ways = np.ones((dimensions, BITS), dtype=np.int64)
    for way, (taps, first) in zip(ways[1:], DIRECTIONS, strict=False):
        size = len(first)
        way[:size] = first
        for k in range(size, BITS):
            mixed = [way[k - i] << i for i in range(1, size) if taps >> (size - 1 - i) & 1]
            way[k] = np.bitwise_xor.reduce([way[k - size], way[k - size] << size, *mixed])
    ways <<= np.arange(BITS)[::-1]
    numbers = np.arange(count)
    bits = (numbers ^ numbers >> 1)[:, None] >> np.arange(BITS) & 1
    return np.bitwise_xor.reduce(bits[:, None, :] * ways, axis=2) / 2.0**BITS
