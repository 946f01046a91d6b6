"""Tables of a case of the talks: what each side can believe of the other, and deals when each hides its type.

A type is the chance it gives to the status quo lasting: under the status quo alone every type accepts nearly anything,
so types that differ in nothing else would say nothing. Probabilities hold for one protocol and one prior; the range
over protocols is the answer.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from detente.codes import SolveError, Table, declared_note
from detente.lab.talks.deals import billions, of
from detente.lab.talks.talk import Setting, Talk
from detente.talks import (
    SignallingGame,
    Types,
    attrition,
    double_auction,
    equilibria,
    expected,
    screen,
    update,
)
from detente.talks.frontier import Curve
from detente.talks.information import PRECISIONS
from detente.talks.space import Floats, Negotiation

CHANCES = np.linspace(0.1, 0.9, 81)
"""Types: chances that the status quo lasts, equally likely."""

OWN = 0.5
"""Chance that the side who offers gives to the status quo."""

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


def protocol_table(talk: Talk) -> Table:
    """Chance of a deal by protocol, with what each side can expect; nothing here is a forecast by itself."""
    rows = [row for setting in talk.settings for row in _protocols(talk, setting)]
    return billions(
        "case.protocols", rows,
        declared_note("case.types", first=CHANCES[0], last=CHANCES[-1], own=OWN),
        declared_note("case.over_protocols"),
    )  # fmt: skip


def _protocols(talk: Talk, setting: Setting) -> Iterator[Row]:
    negotiation, head = talk.whole(setting), of(setting)
    now, past = negotiation.of_kind("status-quo"), negotiation.of_kind("past-law")
    curve = talk.survey(setting).curve
    if now is None or past is None or curve.point:
        why = declared_note("case.nothing_to_hide") if curve.point else declared_note("case.no_two_laws")
        yield (*head, "none", "", np.nan, np.nan, np.nan, np.nan, why)
        return
    walk = np.stack([expected(now, past, float(p)).value for p in CHANCES])
    yield from _screened(negotiation, curve, walk, head)
    yield _auctioned(curve, walk, head)
    yield _attrition(talk, setting, curve, walk, head)


def _screened(negotiation: Negotiation, curve: Curve, walk: Floats, head: tuple[str, str]) -> Iterator[Row]:
    offers, prior = curve.dense(201), np.full(len(CHANCES), 1.0 / len(CHANCES))
    mine = int(np.argmin(np.abs(CHANCES - OWN)))
    for i, party in enumerate(negotiation.parties):
        own = offers[:, i] - walk[mine, i]
        others = offers[:, [1 - i]] - walk[None, :, 1 - i]
        for precision in (None, *PRECISIONS):
            screening = screen(own, others, prior, precision)
            name = declared_note("case.take_it")
            if precision is not None:
                name = declared_note("case.take_it_noisy", precision=precision)
            words = declared_note("case.asks_for", party=party, gain=screening.gain)
            if screening.offer < 0:
                words = declared_note("case.no_offer")
            yield (*head, name, party, screening.probability, screening.expected, screening.loss, np.nan, words)


def _auctioned(curve: Curve, walk: Floats, head: tuple[str, str]) -> Row:
    """Both name at once what the first side is to get; a deal at the middle where the demands leave room."""
    least = walk[:, 0]
    most = np.asarray(curve.first(walk[:, 1]), dtype=np.float64)
    known = np.isfinite(most)
    name, blank = "simultaneous demands", (np.nan, np.nan, np.nan, np.nan)
    if known.sum() < 3 or np.ptp(least) <= 0.0 or np.ptp(most[known]) <= 0.0:
        return (*head, name, "", *blank, declared_note("case.types_alike"))
    try:
        auction = double_auction(_types(most[known]), _types(least))
    except SolveError as error:
        return (*head, name, "", *blank, f"not reported: {error}")
    words = declared_note("case.lost_to_caution", gap=auction.gap, efficient=auction.efficient)
    return (*head, name, "", auction.probability, auction.gains, auction.gap, np.nan, words)


def _types(values: Floats) -> Types:
    kept = np.unique(np.round(values, 9))
    return Types(kept, np.full(kept.size, 1.0 / kept.size))


def _attrition(talk: Talk, setting: Setting, curve: Curve, walk: Floats, head: tuple[str, str]) -> Row:
    prizes, costs = _prizes(curve, walk[np.argmin(np.abs(CHANCES - OWN))]), talk.ledger(setting).total[0]
    name = "war of attrition"
    if min(*prizes, *costs) <= 0.0:
        who = " and ".join(p for p, cost in zip(talk.parties, costs, strict=True) if cost <= 0.0) or "one side"
        return (*head, name, "", np.nan, np.nan, np.nan, np.nan, declared_note("case.never_yields", who=who))
    war = attrition(prizes, (float(costs[0]), float(costs[1])))
    words = ", ".join(f"{party} yields first: {p:.2f}" for party, p in zip(talk.parties, war.first, strict=True))
    return (*head, name, "", 1.0, float(war.payoffs.sum()), np.nan, war.length, words)


def _prizes(curve: Curve, d: Floats) -> tuple[float, float]:
    """What each side gains if the other yields: its best deal that leaves the other at its threat value, in a year."""
    first, second = float(curve.first(d[1]) - d[0]), float(curve.second(d[0]) - d[1])
    return first, second


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
