"""Tables of a case of the talks: what each side can believe of the other, and what holding out says of its type.

A type is the chance it gives to the status quo lasting: under the status quo alone every type accepts nearly anything,
so types that differ in nothing else would say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from detente.codes import Table, declared_note
from detente.lab.talks.deals import billions, of
from detente.lab.talks.talk import Setting, Talk
from detente.talks import SignallingGame, equilibria, expected, update
from detente.talks.frontier import Curve
from detente.talks.space import Floats

WEAK, STRONG = 0.9, 0.3
"""Chances that the two types of the signalling game give to the status quo."""

Row = tuple[object, ...]


def belief_table(talk: Talk) -> Table:
    """Beliefs on the type of each side after each act of the record, by Bayes' rule."""
    rows: list[Row] = []
    for beliefs in talk.case.file.beliefs:
        rows += [(beliefs.party, "", "prior", kind, p, "") for kind, p in beliefs.types.items()]
        path = update(beliefs.types, [act.likelihood for act in beliefs.acts])
        for act, belief in zip(beliefs.acts, path, strict=True):
            rows += [(beliefs.party, act.date.isoformat(), act.what, kind, p, act.source) for kind, p in belief.items()]
    return billions("case.beliefs", rows)


def signal_table(talk: Talk) -> Table:
    """Hold out or concede: a game of two types of the second side, its signal, and the reply of the first."""
    rows = [row for setting in talk.settings for row in _signals(talk, setting)]
    return billions(
        "case.signals", rows,
        declared_note("case.two_types", weak=WEAK, strong=STRONG, party=talk.parties[1]), party=talk.parties[1],
    )  # fmt: skip


def _signals(talk: Talk, setting: Setting) -> Iterator[Row]:
    negotiation, curve = talk.whole(setting), talk.survey(setting).curve
    now, past = negotiation.of_kind("status-quo"), negotiation.of_kind("past-law")
    if now is None or past is None or curve.point:
        return
    weak, strong = (expected(now, past, p).value for p in (WEAK, STRONG))
    game = _game(talk, setting, curve, weak, strong)
    if game is None:
        return
    for k, equilibrium in enumerate(equilibria(game), 1):
        belief = equilibrium.beliefs[1]
        kind = "pure" if equilibrium.pure else "mixed"
        yield (*of(setting), f"{k}", equilibrium.second[0], equilibrium.second[1], equilibrium.replies[1], belief, kind)


def _game(talk: Talk, setting: Setting, curve: Curve, weak: Floats, strong: Floats) -> SignallingGame | None:
    """Signals: concede, hold out; replies to holding out: keep the duties, give way; payoffs USD bn a year."""
    from detente.talks.solutions import nash_on_curve

    middle = 0.5 * (weak + strong)
    nash = nash_on_curve(curve, middle)
    yielded = np.array([float(curve.first(middle[1])), middle[1]])
    if nash is None or not np.isfinite(yielded).all():
        return None
    prior = _strong_prior(talk)
    waits = talk.ledger(setting).total[:13].sum(axis=0)
    sender = (np.full((2, 1), yielded[1]), np.array([[yielded[1] - waits[1], nash[1]], [strong[1], nash[1]]]))
    receiver = (np.full((2, 1), yielded[0]), np.array([[yielded[0] - waits[0], nash[0]], [strong[0], nash[0]]]))
    return SignallingGame(np.array([1.0 - prior, prior]), sender, receiver)


def _strong_prior(talk: Talk) -> float:
    """Belief after the record that the second side can wait; even chances without a record."""
    for beliefs in talk.case.file.beliefs:
        if beliefs.party == talk.parties[1] and len(beliefs.types) == 2:
            path = update(beliefs.types, [act.likelihood for act in beliefs.acts])
            return float(list((path[-1] if path else beliefs.types).values())[-1])
    return 0.5
