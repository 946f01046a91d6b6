"""Signalling with two types, two signals and at most two replies: all sequential equilibria, by enumeration.

Supports of both types and of both replies are run through; what the supports leave open follows from indifference.
After a signal that nobody sends, a reply must be best for some belief (Kreps and Wilson 1982); equilibria that rest on
a reply that no belief justifies are struck out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from detente.codes import InputError
from detente.talks.beliefs import prior_of
from detente.talks.space import Floats

EXACT = 1e-12
"""Payoffs closer than this are equal."""

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
