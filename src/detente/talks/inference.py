"""What deeds say of a side: its weights, what its terms reveal, beliefs on its type, and signals.

On a day when a party chose its duty by itself, no small change of it pays: in the direction of what the duty covered

    dEV + mu dREV + omega dVA = 0.

That is a line in (mu, omega), not a point. Moves that answered the other side and terms that both signed say nothing
about one government's weights and are not used.

Terms are rationalised by a case when they are acceptable to all, leave next to nothing on the table, and are the Nash
package within a tolerance. The answer is a region; at a corner it gives a one-sided bound and no value; where nothing
rationalises the terms, the condition that fails is named in dollars, issue by issue.

Supports of both types and of both replies are run through; what the supports leave open follows from indifference.
After a signal that nobody sends, a reply must be best for some belief (Kreps and Wilson 1982); equilibria that rest on
a reply that no belief justifies are struck out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

from detente.codes import InputError, declared_note
from detente.talks.frontier import Improvement, LeftOver, left_on_table
from detente.talks.payoff import PayoffWeights
from detente.talks.solutions import Corner, Solution, corners, nash_deals
from detente.talks.space import FREE, Floats, Negotiation
from detente.talks.world import FIRST_PARTS, TalksWorld

#: Step of the central differences, share (0.2 points).
STEP = 0.002

#: A slope below this is none, USD bn a year a point.
FLAT = 1e-6


@dataclass(frozen=True)
class DutyChoice:
    """A duty that a party set alone.

    Attributes
    ----------
    name, date, party : of the choice.
    world : base law of the day, and duties; `levels` : their levels that day, shape (duty,), shares.
    points : that one more share of the instrument adds to the party's tariffs, shape (country, sector).
    """

    name: str
    date: str
    party: str
    world: TalksWorld = field(repr=False)
    levels: Floats = field(repr=False)
    points: Floats = field(repr=False)


@dataclass(frozen=True)
class Line:
    """The weights with which a choice is a best one.

    Attributes
    ----------
    name, date, party, horizon : of the choice.
    income, revenue, added : derivatives of EV, REV and VA of the group, USD bn a year a point.
    """

    name: str
    date: str
    party: str
    horizon: str
    income: float
    revenue: float
    added: float

    def omega(self, mu: float = 0.0) -> float | None:
        """Weight of value added given mu; None where no weight of zero or more explains the choice."""
        pull = self.income + mu * self.revenue
        if abs(self.added) < FLAT:
            return None
        weight = -pull / self.added
        return weight if weight >= 0.0 else None

    @property
    def mu_alone(self) -> float | None:
        """Weight of revenue that explains the choice alone; None where none does."""
        if abs(self.revenue) < FLAT:
            return None
        weight = -self.income / self.revenue
        return weight if weight >= 0.0 else None

    @property
    def sentences(self) -> tuple[str, ...]:
        """What cannot be said of the choice."""
        words = []
        if self.omega() is None:
            words.append(declared_note("bargain.no_added_weight", day=self.date, party=self.party))
        if self.mu_alone is None and self.revenue < 0:
            words.append(declared_note("bargain.less_revenue", day=self.date, party=self.party))
        elif self.mu_alone is None:
            words.append(declared_note("bargain.income_rises", day=self.date, party=self.party))
        return tuple(words)


def line_of(choice: DutyChoice, group: Floats, horizon: str = "long run", step: float = STEP) -> Line:
    """The line of a choice by exact central differences.

    Parameters
    ----------
    group : one for sectors whose value added counts, shape (sector,).
    """
    up, down = (_moved(choice, sign * step) for sign in (1.0, -1.0))
    slope = (up - down) / (200.0 * step)
    income, revenue = slope[0], slope[1]
    added = slope[len(FIRST_PARTS) :] @ group
    return Line(choice.name, choice.date, choice.party, horizon, float(income), float(revenue), float(added))


def _moved(choice: DutyChoice, share: float) -> Floats:
    """Parts of the party when its duty moves in the direction of the choice, shape (part,)."""
    world, place = choice.world, choice.world.parties.index(choice.party)
    n = len(world.economy.countries)
    extra = np.zeros((n, n, len(world.economy.sectors)))
    extra[list(world.members[place])] = share * choice.points
    return world.parts_at(choice.levels, extra.reshape(world.base.shape))[place]


def weight_sets(
    lines: Sequence[Line], group: Floats, mu: float = 0.0
) -> tuple[dict[str, PayoffWeights], tuple[str, ...]]:
    """The set `welfare` and one named set for each line, with sentences for those that are not defined.

    Parameters
    ----------
    group : sectors whose value added counts, shape (sector,).
    mu : weight of revenue at which each line is read.
    """
    sets: dict[str, PayoffWeights] = {"welfare": PayoffWeights("welfare")}
    sentences: list[str] = []
    for line in lines:
        omega = line.omega(mu)
        sentences += line.sentences
        if omega is not None:
            sets[line.name] = PayoffWeights(line.name, mu=mu, omega=omega * group)
    return sets, tuple(sentences)


# --- what the terms signed say about the negotiators ------------------------------------------------------------------


#: Terms lie on the frontier when they leave less than this on the table, USD billion a year.
TABLE = 1.0

#: Terms are the Nash package when each payoff is within this of it, USD billion a year.
NEAR = 2.0

#: Places from which the package of Nash is climbed to.
STARTS = 3


@dataclass(frozen=True)
class Candidate:
    """One set of aims and circumstances that may explain the terms.

    Attributes
    ----------
    labels : what distinguishes it (weights set, horizon ...), for the report.
    negotiation : with these payoffs; `threat`, `constraints` : names.
    power : bargaining power by party, by default the negotiation's.
    """

    labels: Mapping[str, str | float]
    negotiation: Negotiation = field(repr=False)
    threat: str
    constraints: str = FREE
    power: Mapping[str, float] | None = None


@dataclass(frozen=True)
class CandidateVerdict:
    """Whether one candidate rationalises the terms.

    Attributes
    ----------
    candidate : the aims; `gains` : of each party over the threat, USD billion a year, shape (parties,).
    left : left on the table, USD billion a year; `distance` : terms less Nash package, shape (parties,), NaN where no
        package gains for all.
    acceptable, efficient, nash : the three conditions.
    corners : issues of the terms at the end of what is on the table: the verdict then bounds weights from one side.
    issues : changes of one issue that hurt nobody.
    violated : the condition that fails, in dollars; "" where none does.
    """

    candidate: Candidate
    gains: Floats
    left: float
    distance: Floats
    acceptable: bool
    efficient: bool
    nash: bool
    corners: tuple[Corner, ...]
    issues: tuple[Improvement, ...]
    violated: str

    @property
    def holds(self) -> bool:
        """Whether all three conditions hold."""
        return self.acceptable and self.efficient and self.nash


@dataclass(frozen=True)
class Inverse:
    """All candidates and the region of those that rationalise the terms.

    Attributes
    ----------
    outcome : the terms, shape (issues,); `verdicts` : one a candidate.
    sentence : the finding, with the tolerances.
    """

    outcome: Floats
    verdicts: tuple[CandidateVerdict, ...]
    sentence: str

    @property
    def region(self) -> tuple[CandidateVerdict, ...]:
        """Candidates that rationalise the terms."""
        return tuple(verdict for verdict in self.verdicts if verdict.holds)


def rationalise(
    outcome: Floats,
    candidates: Sequence[Candidate],
    names: Mapping[str, str] | None = None,
) -> Inverse:
    """Which candidates make the terms acceptable, efficient and the Nash package.

    Parameters
    ----------
    outcome : terms signed, shape (issues,).
    names : of issues and parties in what is violated, by default their codes.

    Raises
    ------
    SolveError : a search does not converge.
    """
    outcome, known = np.asarray(outcome, dtype=np.float64), dict[tuple[int, str], LeftOver]()
    for candidate in candidates:
        key = id(candidate.negotiation), candidate.constraints
        if key not in known:
            known[key] = left_on_table(candidate.negotiation, outcome, candidate.constraints)
    verdicts = tuple(
        _verdict(outcome, each, known[id(each.negotiation), each.constraints], names or {}) for each in candidates
    )
    count = sum(verdict.holds for verdict in verdicts)
    tolerances = {"table": TABLE, "near": NEAR}
    if count:
        words = declared_note("bargain.explained", count=count, tried=len(verdicts), **tolerances)
        return Inverse(outcome, verdicts, words)
    closest = min(verdicts, key=lambda verdict: verdict.left + float(np.maximum(-verdict.gains, 0.0).sum()))
    return Inverse(outcome, verdicts, declared_note("bargain.unexplained", closest=closest.violated, **tolerances))


def _verdict(outcome: Floats, candidate: Candidate, left: LeftOver, names: Mapping[str, str]) -> CandidateVerdict:
    negotiation, packages = candidate.negotiation, list[Solution]()
    threat = negotiation.threat(candidate.threat)
    gains = left.payoffs - threat.value
    # Where a side loses more than the tolerance, the terms cannot be a package that gains for all.
    if (gains >= -NEAR).all():
        powered = replace(negotiation, power=candidate.power or negotiation.power)
        packages = nash_deals(powered, powered.space.near(threat), threat.value, candidate.constraints, starts=STARTS)
    distance = gains - packages[0].gains if packages else np.full(gains.size, np.nan)
    accepted, efficient = bool((gains >= -1e-9).all()), left.allowed and left.total < TABLE
    is_nash = bool(packages) and bool((np.abs(distance) <= NEAR).all())
    ends = corners(negotiation, outcome, candidate.constraints)
    violated = _violated(negotiation, gains, left, distance, names)
    return CandidateVerdict(
        candidate, gains, left.total, distance, accepted, efficient, is_nash, ends, left.issues, violated
    )


def _violated(
    negotiation: Negotiation,
    gains: Floats,
    left: LeftOver,
    distance: Floats,
    names: Mapping[str, str],
) -> str:
    parties = [names.get(party, party) for party in negotiation.parties]
    words = [
        declared_note("bargain.would_lose", party=party, loss=-gain)
        for party, gain in zip(parties, gains, strict=True)
        if gain < 0.0
    ]
    if not left.allowed:
        words.append(declared_note("bargain.set_broken"))
    if left.total >= TABLE:
        space = negotiation.space
        steps = ", ".join(
            f"{names.get(better.issue, better.issue)} "
            f"{space.issues[space.index(better.issue)].reading(better.after)} gains "
            + " and ".join(f"{gain:.2f}" for gain in better.gains)
            for better in left.issues[:3]
        )
        words.append(declared_note("bargain.left_over", left=left.total) + (f" ({steps})" if steps else ""))
    if not words and np.isnan(distance).any():
        words.append(declared_note("bargain.no_package"))
    if not words and (np.abs(distance) > NEAR).any():
        away = ", ".join(f"{party} {gap:+.2f}" for party, gap in zip(parties, distance, strict=True))
        words.append(declared_note("bargain.away", away=away))
    return "; ".join(words)


# --- beliefs on the type of a side, before and after what it is seen to do --------------------------------------------


def prior_of(probabilities: Sequence[float] | Floats) -> Floats:
    """Probabilities as an array; `InputError` if one is negative or they do not sum to one."""
    prior = np.asarray(probabilities, dtype=np.float64)
    if prior.ndim != 1 or not prior.size or (prior < 0.0).any() or abs(prior.sum() - 1.0) > 1e-9:
        raise InputError(
            "prior", f"probabilities sum to {prior.sum():.6g}", "give shares of zero or more that sum to 1"
        )
    return prior


def update(prior: Mapping[str, float], likelihoods: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """Beliefs on types after each observed act, by Bayes' rule.

    Parameters
    ----------
    prior : probability of each type; `likelihoods` : of each act, by type, in the order observed.

    Raises
    ------
    InputError : probabilities that do not sum, a likelihood outside [0, 1], an act that no type would do.
    """
    prior_of(list(prior.values()))
    belief, path = dict(prior), []
    for number, likelihood in enumerate(likelihoods, start=1):
        where = f"act {number}"
        if set(likelihood) != set(belief) or not all(0.0 <= chance <= 1.0 for chance in likelihood.values()):
            raise InputError(where, "needs a likelihood from 0 to 1 for each type", f"name {', '.join(belief)}")
        total = sum(belief[kind] * likelihood[kind] for kind in belief)
        if total <= 0.0:
            raise InputError(where, "no type would do this", "give some type a likelihood above 0")
        belief = {kind: belief[kind] * likelihood[kind] / total for kind in belief}
        path.append(belief)
    return path


# --- signalling with two types, two signals and at most two replies ---------------------------------------------------


#: Payoffs closer than this are equal.
EXACT = 1e-12

Range = tuple[float, float]


@dataclass(frozen=True)
class SignallingGame:
    """A sender of one of two types, a receiver who sees only the signal.

    Attributes
    ----------
    prior : probability of each type, shape (2,).
    sender, receiver : for each of the two signals, payoffs of shape (types, replies), one reply where the game ends.
    """

    prior: Floats
    sender: tuple[Floats, Floats]
    receiver: tuple[Floats, Floats]

    def __post_init__(self) -> None:
        object.__setattr__(self, "prior", prior_of(self.prior))
        for name in ("sender", "receiver"):
            tables = tuple(np.asarray(table, dtype=np.float64) for table in getattr(self, name))
            object.__setattr__(self, name, tables)
        shapes = [table.shape for table in (*self.sender, *self.receiver)]
        if self.prior.shape != (2,) or shapes[:2] != shapes[2:] or any(s not in ((2, 1), (2, 2)) for s in shapes):
            raise InputError("signalling game", "needs two types and one or two replies a signal", "fill the tables")


@dataclass(frozen=True)
class SignallingEquilibrium:
    """A sequential equilibrium.

    Attributes
    ----------
    second : probability that each type sends the second signal, shape (2,).
    replies : probability of the second reply after each signal, shape (2,); of a signal that nobody sends the middle of
        `ranges`, all of which support the equilibrium.
    beliefs : probability of the second type after each signal, NaN after one that nobody sends, shape (2,).
    ranges : lowest and highest probability of the second reply after each signal.
    payoffs : of the two types and of the receiver.
    """

    second: Floats
    replies: Floats
    beliefs: Floats
    ranges: tuple[Range, Range]
    payoffs: tuple[float, float, float]

    @property
    def pure(self) -> bool:
        """Whether nobody randomises after what happens in equilibrium."""
        seen = np.isfinite(self.beliefs)
        return bool(np.isin(self.second, (0.0, 1.0)).all() and np.isin(self.replies[seen], (0.0, 1.0)).all())


def equilibria(game: SignallingGame) -> tuple[SignallingEquilibrium, ...]:
    """All sequential equilibria of a game without ties in the receiver's payoffs between replies to one type.

    Of a continuum that differs only off the path one stands for all, with its ranges. Where the receiver does not care
    which reply one type gets, there can be further families in which it randomises after that type alone.
    """
    candidates = [*_pooled_and_separated(game), *_one_mixes(game), *_both_mix(game)]
    kept: list[SignallingEquilibrium] = []
    for candidate in candidates:
        if not any(np.allclose(candidate.second, k.second) and np.allclose(candidate.ranges, k.ranges) for k in kept):
            kept.append(candidate)
    return tuple(kept)


def _best_replies(game: SignallingGame, signal: int, belief: float) -> Range:
    """Probabilities of the second reply that are best for a belief in the second type: a point, or (0, 1)."""
    table = game.receiver[signal]
    if table.shape[1] == 1:
        return 0.0, 0.0
    gain = float((table[:, 1] - table[:, 0]) @ (1.0 - belief, belief))
    return (0.0, 1.0) if abs(gain) <= EXACT else (1.0, 1.0) if gain > 0.0 else (0.0, 0.0)


def _justified(game: SignallingGame, signal: int) -> list[Range]:
    """Replies that are best for some belief: everything if some belief leaves the receiver indifferent."""
    ends = [_best_replies(game, signal, belief) for belief in (0.0, 1.0)]
    if ends[0] == ends[1]:
        return [ends[0]]
    return [(0.0, 1.0)]


def _beliefs(game: SignallingGame, second: Floats) -> Floats:
    sent = np.stack([(1.0 - second) * game.prior, second * game.prior])
    total = sent.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > EXACT, sent[:, 1] / total, np.nan)


def _worth(game: SignallingGame, signal: int, reply: float) -> Floats:
    """Payoff of each type from a signal answered with this probability of the second reply, shape (2,)."""
    table = game.sender[signal]
    return table[:, 0] + reply * (table[:, -1] - table[:, 0])


def _pooled_and_separated(game: SignallingGame) -> list[SignallingEquilibrium]:
    candidates = []
    for second in product((0.0, 1.0), repeat=2):
        chosen = np.array(second)
        beliefs = _beliefs(game, chosen)
        options = [
            _justified(game, s) if np.isnan(beliefs[s]) else [_best_replies(game, s, beliefs[s])] for s in (0, 1)
        ]
        for ranges in product(*options):
            candidates += _supported(game, chosen, beliefs, ranges)
    return candidates


def _supported(
    game: SignallingGame, second: Floats, beliefs: Floats, ranges: tuple[Range, ...]
) -> list[SignallingEquilibrium]:
    """The part of a box of replies (q0, q1) in which each type prefers its signal: one free reply at most is cut."""
    box = [list(interval) for interval in ranges]
    if sum(interval[1] > interval[0] for interval in box) == 2:
        corners = [(*a, *b) for a in ((box[0][0],) * 2, (box[0][1],) * 2) for b in ((box[1][0],) * 2, (box[1][1],) * 2)]
        return [e for c in corners for e in _supported(game, second, beliefs, ((c[0], c[1]), (c[2], c[3])))][:1]
    free = 0 if box[0][1] > box[0][0] else 1
    fixed = _worth(game, 1 - free, box[1 - free][0])
    low, high = box[free]
    for kind in (0, 1):
        base, rise = _worth(game, free, 0.0)[kind], _worth(game, free, 1.0)[kind] - _worth(game, free, 0.0)[kind]
        wants = 1.0 if second[kind] == free else -1.0
        slope, short = wants * rise, wants * (fixed[kind] - base)
        # The reply q must satisfy slope x q >= short.
        if abs(slope) <= EXACT:
            low, high = (low, high) if short <= EXACT else (1.0, 0.0)
        elif slope > 0.0:
            low = max(low, short / slope)
        else:
            high = min(high, short / slope)
    if low > high + EXACT:
        return []
    box[free] = [low, max(low, high)]
    return [_equilibrium(game, second, beliefs, box)]


def _equilibrium(
    game: SignallingGame, second: Floats, beliefs: Floats, box: list[list[float]]
) -> SignallingEquilibrium:
    replies = np.array([0.5 * (low + high) for low, high in box])
    worth = np.stack([_worth(game, s, replies[s]) for s in (0, 1)])
    types = (1.0 - second) * worth[0] + second * worth[1]
    tables = [table[:, 0] + q * (table[:, -1] - table[:, 0]) for table, q in zip(game.receiver, replies, strict=True)]
    receiver = float(game.prior @ ((1.0 - second) * tables[0] + second * tables[1]))
    ranges = ((box[0][0], box[0][1]), (box[1][0], box[1][1]))
    return SignallingEquilibrium(second, replies, beliefs, ranges, (float(types[0]), float(types[1]), receiver))


def _indifferent_belief(game: SignallingGame, signal: int) -> float | None:
    """Belief in the second type at which both replies are equally good, None if there is none inside (0, 1)."""
    table = game.receiver[signal]
    if table.shape[1] == 1:
        return None
    gain = table[:, 1] - table[:, 0]
    if abs(gain[0] - gain[1]) <= EXACT:
        return None
    belief = float(gain[0] / (gain[0] - gain[1]))
    return belief if EXACT < belief < 1.0 - EXACT else None


def _one_mixes(game: SignallingGame) -> list[SignallingEquilibrium]:
    """One type randomises, the other sends one signal; the receiver randomises after the signal both send."""
    candidates = []
    for mixer, shared in product((0, 1), (0, 1)):
        other, lone = 1 - mixer, 1 - shared
        belief = _indifferent_belief(game, shared)
        if belief is None:
            continue
        # Bayes: weight of the mixer on the shared signal that makes the receiver indifferent there.
        odds = belief / (1.0 - belief) if mixer == 1 else (1.0 - belief) / belief
        share = odds * game.prior[other] / game.prior[mixer]
        if not EXACT < share < 1.0 - EXACT:
            continue
        answer = _best_replies(game, lone, float(mixer))
        fixed, base = _worth(game, lone, answer[0]), _worth(game, shared, 0.0)
        rise = _worth(game, shared, 1.0) - base
        if answer[0] != answer[1] or abs(rise[mixer]) <= EXACT:
            continue
        reply = float((fixed[mixer] - base[mixer]) / rise[mixer])
        if -EXACT <= reply <= 1.0 + EXACT and base[other] + reply * rise[other] >= fixed[other] - EXACT:
            second = np.empty(2)
            second[mixer], second[other] = (share if shared == 1 else 1.0 - share), float(shared)
            box = [[0.0, 0.0], [0.0, 0.0]]
            box[shared], box[lone] = [reply, reply], [answer[0], answer[0]]
            candidates.append(_equilibrium(game, second, _beliefs(game, second), box))
    return candidates


def _both_mix(game: SignallingGame) -> list[SignallingEquilibrium]:
    """Both types and both replies randomise."""
    beliefs = [_indifferent_belief(game, signal) for signal in (0, 1)]
    if beliefs[0] is None or beliefs[1] is None or abs(beliefs[0] - beliefs[1]) <= EXACT:
        return []
    weight = (game.prior[1] - beliefs[0]) / (beliefs[1] - beliefs[0])
    base = _worth(game, 0, 0.0) - _worth(game, 1, 0.0)
    rises = np.stack([_worth(game, 1, 1.0) - _worth(game, 1, 0.0), _worth(game, 0, 0.0) - _worth(game, 0, 1.0)], axis=1)
    if not EXACT < weight < 1.0 - EXACT or abs(float(np.linalg.det(rises))) <= EXACT:
        return []
    reply_one, reply_zero = np.linalg.solve(rises, base)
    if not (-EXACT <= reply_one <= 1.0 + EXACT and -EXACT <= reply_zero <= 1.0 + EXACT):
        return []
    second = weight * np.array([1.0 - beliefs[1], beliefs[1]]) / game.prior
    box = [[float(reply_zero), float(reply_zero)], [float(reply_one), float(reply_one)]]
    return [_equilibrium(game, second, _beliefs(game, second), box)]
