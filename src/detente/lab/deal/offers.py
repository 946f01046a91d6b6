"""What can be agreed around a deal: the chart of two sides' gains, the nearest deal, better and counter offers.

The other side of two accepts what gives it at least as much as its own next proposal; otherwise it proposes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Table, UnknownName, declared_note, table_of
from detente.codes.names import first_upper
from detente.lab.deal.answer import DealEngine, Dealt, recorded
from detente.lab.deal.levers import Deal
from detente.lab.deal.numbers import sides_of, the
from detente.lab.deal.signing import RULES
from detente.lab.talks.deals import distinct
from detente.lab.talks.talk import Setting, Talk
from detente.talks import CONCEPTS, Threat, solve_concept
from detente.talks.frontier import most_beside, pair_curve
from detente.talks.search import scattered, search, weighted_sum
from detente.talks.space import FREE
from detente.talks.world import BILLION

Floats = NDArray[np.float64]
TOUGH, SPLIT = "tough", "split"
#: How the other side proposes, by the key of the note that says it.
STRATEGIES: Mapping[str, str] = {
    "nash": "talks.plays_nash",
    "asymmetric nash": "talks.plays_asymmetric",
    "kalai-smorodinsky": "talks.plays_proportion",
    "egalitarian": "talks.plays_equal",
    "utilitarian": "talks.plays_sum",
    TOUGH: "talks.plays_tough",
    SPLIT: "talks.plays_split",
}

#: An offer within this of its own proposal is as good to the other side, USD bn a year.
CLOSE = 0.05

#: Distance of two points of the plane that no eye tells apart, share of its size.
UNSEEN = 1e-3

#: Outcomes of the cloud that are drawn, thinned evenly.
CLOUD = 1200

DAY = re.compile(r"\b(\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)"
                 r" 20\d\d)\b")  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """A proposed deal.

    Attributes
    ----------
    deal : as proposed; `gains` : of all sides over the first threat, USD a year.
    better : of all sides over the deal it answers, USD a year.
    words : what was done, for the reader; `accepts` : whether the other side takes the offer it answers.
    """

    deal: Deal
    gains: Mapping[str, float]
    better: Mapping[str, float]
    words: str
    accepts: bool | None = None


def pair_from(engine: DealEngine, named: str = "") -> tuple[str, str]:
    """Two sides whose gains a chart shows, from "USA,CAN"; the first two where none are named.

    Raises
    ------
    UnknownName, InputError : a side that the case does not have, or not two.
    """
    sides = [code.strip().upper() for code in named.split(",")] if named else list(engine.parties[:2])
    for code in sides:
        if code not in engine.parties:
            raise UnknownName("side", code[:40], engine.parties, "sides", f"use two of {', '.join(engine.parties)}")
    if len(set(sides)) != 2:
        raise InputError("sides", f"'{named[:40]}' are not two", f"use two of {', '.join(engine.parties)}")
    return sides[0], sides[1]


def acceptable_set(
    engine: DealEngine, weights: str = "", horizon: str = "long", pair: tuple[str, str] | None = None
) -> dict[str, Any]:
    """What the chart draws, USD a year over the first threat: cloud, frontier, walk-away points, packages, deals.

    Parameters
    ----------
    pair : whose gains; the first two sides by default.
    """
    setting, talk = engine.warm.setting(weights, horizon), engine.warm.talk
    threats, sides = talk.negotiation(setting).threats, pair or pair_from(engine)
    base, columns = threats[0].value, [engine.parties.index(code) for code in sides]
    _, V = _spread(engine, setting)
    chosen = np.linspace(0, len(V) - 1, min(len(V), CLOUD)).astype(int)
    return {
        **recorded(engine.standings(engine.warm.file.on)),
        "case": engine.warm.file.name,
        "parties": list(engine.parties),
        "sides": list(sides),
        "setting": {"weights": setting.weights, "horizon": setting.horizon.name, "over": threats[0].label},
        "unit": "USD",
        "axes": [{"side": code, "label": f"gain of {the(code)} over {threats[0].label}, a year"} for code in sides],
        "cloud": (1e6 * np.round(1e3 * (V[chosen] - base)[:, columns])).tolist(),
        "frontier": [
            {**_named(engine, v - base), "levers": engine.values_of(x)} for x, v in _edge(engine, setting, sides)
        ],
        "walks": [
            {"threat": t.name, "label": t.label or t.name, "description": t.description, "credible": t.credible,
             **_named(engine, t.value - base), **_law_of(engine, t.name)}
            for t in threats
        ],
        "solutions": [
            {"concept": name, **_named(engine, v - base), "levers": engine.values_of(x)}
            for name, x, v in _packages(engine, setting)
        ],
        "deals": list(_deals(engine, setting, base)),
        "note": declared_note("deal.amounts", materials=talk.materials) if talk.materials else "",
    }  # fmt: skip


def _spread(engine: DealEngine, setting: Setting) -> tuple[Floats, Floats]:
    """Outcomes spread over the table, shape (outcome, issue), and what they are worth, shape (outcome, party)."""
    if len(engine.parties) == 2:
        survey = engine.warm.talk.survey(setting, FREE)
        return survey.X, survey.V
    negotiation = engine.warm.talk.negotiation(setting)
    free = np.ones(len(negotiation.space.issues), dtype=np.bool_)
    X = scattered(negotiation.space, free, engine.warm.status)
    return X, negotiation.payoffs.value(X)


def _edge(engine: DealEngine, setting: Setting, sides: tuple[str, str]) -> list[tuple[Floats, Floats]]:
    """The edge of what two sides can have, outcome and payoffs; others keep what the package of Nash gives them."""
    talk, curve = engine.warm.talk, None
    threat = talk.negotiation(setting).threats[0]
    if len(engine.parties) == 2:
        curve = talk.curve(setting)
    elif deals := talk.nash(setting, threat, talk.signable):
        curve = pair_curve(talk.negotiation(setting), sides, deals[0].outcome, threat.value, talk.signable)
    return [] if curve is None else list(zip(curve.outcomes, curve.payoffs, strict=True))


def _packages(engine: DealEngine, setting: Setting) -> list[tuple[str, Floats, Floats]]:
    """Name, outcome and payoffs of what every rule of sharing gives over the first threat."""
    talk = engine.warm.talk
    allowed = FREE if len(engine.parties) == 2 else talk.signable
    solved = talk.solutions(setting, talk.negotiation(setting).threats[0], allowed)
    return [(name, package.outcome, package.payoffs) for name, package in distinct(solved.items())]


def plane_tables(engine: DealEngine, dealt: Dealt) -> dict[str, Table]:
    """The same as tables of a run, with the deal in hand as its offer: what charts of a report draw."""
    content = acceptable_set(engine, dealt.deal.weights, dealt.deal.horizon)
    first, second = content["sides"]
    words = {"party": (first, second), "threat": content["setting"]["over"]}
    note = declared_note("deal.plane", weights=dealt.deal.weights, horizon=content["setting"]["horizon"])
    named = [("this deal", dealt.point[first], dealt.point[second], "offer")]
    named += [(row["label"], row[first], row[second], row["kind"]) for row in content["deals"]]
    named += [(row["label"], row[first], row[second], "threat") for row in content["walks"] if "levers" not in row]
    for row in content["solutions"]:
        concept = row["concept"].split(", ")[0]
        rule = RULES.get(concept, first_upper(concept))
        named.append((f"{rule} package", row[first], row[second], "solution"))
    return {
        "acceptable": table_of("case.acceptable", content["cloud"], (note,), **words),
        "frontier": table_of("deal.edge", [(row[first], row[second]) for row in content["frontier"]], **words),
        "deals": table_of("case.deals", named, (note,), **words),
    }


def _deals(engine: DealEngine, setting: Setting, base: Floats) -> Iterable[dict[str, Any]]:
    """Named deals of the timeline with the day that their source names."""
    file, negotiation = engine.warm.file, engine.warm.talk.negotiation(setting)
    apart = {row.outcome for row in file.threats}
    for name, row in file.outcomes.items():
        outcome = engine.warm.named[name]
        day = DAY.search(row.source or "")
        when = datetime.strptime(day[1], "%d %B %Y").date().isoformat() if day else None
        yield {
            "name": name, "label": row.label or name, "source": row.source, "date": when,
            "kind": "threat" if name in apart else "deal", **_named(engine, negotiation.value(outcome) - base),
            "levers": engine.values_of(outcome),
        }  # fmt: skip


def _law_of(engine: DealEngine, threat: str) -> dict[str, Any]:
    """Levers of what a threat leads to, where that is a law of the case."""
    outcome = next(row.outcome for row in engine.warm.file.threats if row.name == threat)
    return {"levers": engine.values_of(engine.warm.named[outcome])} if outcome in engine.warm.named else {}


def _named(engine: DealEngine, gain: Floats) -> dict[str, float]:
    return dict(zip(engine.parties, (BILLION * gain).tolist(), strict=True))


def nearest(engine: DealEngine, point: tuple[float, float], like: Deal, pair: tuple[str, str] | None = None) -> Offer:
    """The deal whose gains are nearest to a point of the plane: of the cloud, or the one in hand.

    Of deals whose points no eye tells apart it is the one nearest to the deal in hand, lever by lever.

    Parameters
    ----------
    point : gains over the first threat of `pair`, by default the first two sides, USD a year.
    like : the deal in hand, whose date, length, other partners, exceptions and setting stay.

    Raises
    ------
    InputError : a point that is no pair of numbers.
    """
    if not np.isfinite(point).all():
        raise InputError("point", "is not a pair of numbers", "give x and y in USD a year")
    setting, columns = _setting(engine, like), [engine.parties.index(code) for code in pair or pair_from(engine)]
    negotiation = engine.warm.talk.negotiation(setting)
    (X, V), hand, base = _spread(engine, setting), engine.outcome_of(like), negotiation.threats[0].value
    outcomes, own = np.vstack([hand, X]), negotiation.value(hand)
    # What exceptions and other partners add to the gains of the deal in hand they add to those around it.
    beside = np.array(list(engine.deal(like, quick=True).point.values())) / BILLION - (own - base)
    gains = (np.vstack([own, V]) - base + beside)[:, columns]
    distance = np.hypot(*(gains - np.array(point) / BILLION).T)
    near = np.flatnonzero(distance <= distance.min() + UNSEEN * _size(V[:, columns]))
    spans = np.maximum(np.ptp(X, axis=0), 1e-9)
    moved = np.abs((outcomes[near] - hand) / spans).sum(axis=1)
    return _offer(engine, setting, outcomes[near[int(np.argmin(moved))]], like, "nearest deal")


def _size(V: Floats) -> float:
    return float(np.hypot(*np.ptp(V, axis=0)))


def improve(engine: DealEngine, deal: Deal) -> Offer:
    """The largest total gain with nobody worse off than under a deal; the deal itself where it leaves nothing."""
    setting, outcome = _setting(engine, deal), engine.outcome_of(deal)
    left = engine.warm.talk.left(setting, outcome, FREE if len(engine.parties) == 2 else "")
    if left.total < 1e-6:
        return _offer(engine, setting, outcome, deal, declared_note("deal.nothing_left"))
    return _offer(engine, setting, left.package, deal, declared_note("deal.more_in_all", total=left.total))


def counter(engine: DealEngine, deal: Deal, strategy: str = "nash", side: str = "", rounds: int = 0) -> Offer:
    """How the other side answers a deal put on the table.

    Parameters
    ----------
    side : who put it, the first by default; `rounds` : offers made before, which the strategy "split" looks at.

    Raises
    ------
    UnknownName : no such strategy or side.
    InputError : talks of more than two sides; no deal gains for both.
    """
    parties, side = engine.parties, side or engine.parties[0]
    if strategy not in STRATEGIES:
        raise UnknownName("strategy", strategy[:40], STRATEGIES, "counter-offer", f"use {', '.join(STRATEGIES)}")
    if side not in parties:
        raise UnknownName("side", side[:40], parties, "counter-offer", f"use {' or '.join(parties)}")
    if len(parties) > 2:
        raise InputError("counter-offer", f"{engine.warm.file.name} has {len(parties)} sides",
                         "ask for a package that is better for all")  # fmt: skip
    setting, talk = _setting(engine, deal), engine.warm.talk
    other = next(code for code in parties if code != side)
    answerer = Answerer(talk, setting, parties.index(other), strategy, rounds)
    accepts, proposal = answerer.reply(engine.outcome_of(deal))
    if proposal is None:
        raise InputError("counter-offer", "no deal gains for both sides", "choose other weights")
    answer = "accepts" if accepts else "does not accept"
    words = f"{first_upper(the(other))} {answer}; it proposes {declared_note(STRATEGIES[strategy])}"
    return replace(_offer(engine, setting, proposal, deal, words), accepts=accepts)


def _setting(engine: DealEngine, deal: Deal) -> Setting:
    return engine.warm.setting(deal.weights, deal.horizon)


def _offer(engine: DealEngine, setting: Setting, outcome: Floats, like: Deal, words: str) -> Offer:
    negotiation = engine.warm.talk.negotiation(setting)
    value, old = negotiation.value(outcome), negotiation.value(engine.outcome_of(like))
    over = _named(engine, value - negotiation.threats[0].value)
    return Offer(engine.deal_of(outcome, like), over, _named(engine, value - old), words)


def offer_row(engine: DealEngine, offer: Offer) -> dict[str, Any]:
    """An offer as plain values."""
    return {
        "levers": engine.values_of(engine.outcome_of(offer.deal)) | {"duration": float(offer.deal.days)},
        "scenario": {**offer.deal.address(), "query": offer.deal.query()},
        "point": dict(offer.gains),
        "better": dict(offer.better),
        "sentence": offer.words,
        "accepts": offer.accepts,
        **recorded(engine.standings(offer.deal.on)),
    }


def offers_of(engine: DealEngine, dealt: Dealt, strategy: str, side: str) -> Iterator[tuple[str, Offer]]:
    """The nearest package that is better for all, and what the other side of two would propose in place of a deal."""
    yield "better for both" if len(engine.parties) == 2 else "better for all", improve(engine, dealt.deal)
    if len(engine.parties) == 2:
        yield "their reply", counter(engine, dealt.deal, strategy, side)


def offers_table(engine: DealEngine, offers: Mapping[str, Offer], side: str) -> Table:
    """Offers, a row each: levels of every issue, what each side gains by them and over the deal they answer."""
    levers, rows = engine.warm.levers, []
    order = [side, *(code for code in engine.parties if code != side)]
    for kind, offer in offers.items():
        levels = engine.values_of(engine.outcome_of(offer.deal)).values()
        gains = [row[code] for row in (offer.gains, offer.better) for code in order]
        rows.append((kind, *levels, *gains, "" if offer.accepts is None else "yes" if offer.accepts else "no"))
    issues = [{"issue": name, "label": lever.label} for name, lever in levers.items()]
    names = ["own", "their"] if len(order) == 2 else ["own", *(code.lower() for code in order[1:])]
    sides = [{"whose": name, "side": code} for name, code in zip(names, order, strict=True)]
    return table_of("deal.offers", rows, issue=issues, whose=sides)


def rounds_table(engine: DealEngine, dealt: Dealt, strategy: str, side: str, most: int = 10) -> Table:
    """Offers and replies in turn, until a side accepts: each answers the last offer of the other."""
    deal, rows, mover, parties = dealt.deal, [], side, engine.parties
    for number in range(most):
        reply = counter(engine, deal, strategy, mover, number)
        by = next(code for code in parties if code != mover)
        rows.append((number + 1, by, "yes" if reply.accepts else "no", *(reply.gains[code] for code in parties)))
        if reply.accepts or np.allclose([reply.better[code] for code in parties], 0.0, atol=1e6):
            break
        deal, mover = reply.deal, by
    return table_of("deal.rounds", rows, side=sides_of(parties))


# --- how the other side answers ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answerer:
    """The side that answers the offers of the other.

    Attributes
    ----------
    talk : the case; `setting` : weights and horizon.
    side : its index among the parties; `strategy` : how it proposes.
    rounds : offers made before.
    """

    talk: Talk
    setting: Setting
    side: int
    strategy: str
    rounds: int

    @property
    def threat(self) -> Threat:
        """What happens if talks fail, for the proposals: the first threat."""
        return self.talk.negotiation(self.setting).threat(self.talk.threats[0])

    def reply(self, offer: Floats) -> tuple[bool, Floats | None]:
        """Whether the side accepts an outcome, and what it proposes; None where no deal gains for both."""
        me, value = self.side, self.talk.negotiation(self.setting).value
        proposal, least = self.proposal(), float(self.threat.value[self.side])
        if proposal is not None:
            least = max(least, float(value(proposal)[me]) - CLOSE)
        return bool(value(offer)[me] >= least), proposal

    def proposal(self) -> Floats | None:
        """What the side proposes in this round, shape (issues,)."""
        negotiation, rules = self.talk.negotiation(self.setting), self.talk.sets[-1]
        concept = self.strategy if self.strategy in CONCEPTS else "nash"
        package = solve_concept(negotiation, self.threat, concept, rules)
        if package is None or self.strategy in CONCEPTS:
            return None if package is None else package.outcome
        tough = self._toughest(package.outcome)
        if self.strategy == TOUGH or self.rounds == 0:
            return tough
        # The own payoff goes half of what is left of the way to the package of Nash in each round.
        me, most, floor = self.side, negotiation.value(tough), np.full(2, -np.inf)
        level = float(package.payoffs[me] + (most[me] - package.payoffs[me]) * 0.5**self.rounds)
        best = most_beside(negotiation, 1 - me, me, level, package.outcome, tough, floor, rules)
        return package.outcome if best is None else best.outcome

    def _toughest(self, start: Floats) -> Floats:
        """What the side likes best of all that leaves the other no worse off than its threat."""
        negotiation, own = self.talk.negotiation(self.setting), np.arange(2) == self.side
        floor, aim = np.where(own, -np.inf, self.threat.value), weighted_sum(own.astype(np.float64))
        free, rules = np.ones(start.size, dtype=np.bool_), self.talk.sets[-1]
        best = search(negotiation, free, aim, start, rules, TOUGH, floor, [start])
        return start if best is None else best.outcome
