"""The acceptable set behind a deal: the chart of both sides' gains, the nearest deal, better and counter offers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Table, UnknownName, declared_note, table_of
from detente.codes.names import first_upper
from detente.lab.deal.answer import Deal, DealEngine, recorded
from detente.lab.deal.levers import Levers, in_address
from detente.lab.deal.numbers import SIDES, the
from detente.lab.deal.signing import RULES
from detente.lab.deal.strategies import STRATEGIES, Answerer, strategies
from detente.lab.talks.deals import distinct
from detente.lab.talks.talk import Setting
from detente.talks import left_on_table, solve_all
from detente.talks.acceptable import acceptable
from detente.talks.frontier import Survey
from detente.talks.space import FREE
from detente.talks.world import BILLION

Floats = NDArray[np.float64]
UNSEEN = 1e-3
"""Distance of two points of the plane that no eye tells apart, share of its size."""

CLOUD = 1200
"""Outcomes of the cloud that are drawn, thinned evenly."""

DAY = re.compile(r"\b(\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)"
                 r" 20\d\d)\b")  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """A proposed deal.

    Attributes
    ----------
    levers : the deal; `gains` : of both sides over the first threat, USD a year.
    better : of both sides over the deal it answers, USD a year.
    words : what was done, for the reader; `accepts` : whether the other side takes the offer it answers.
    """

    levers: Levers
    gains: Mapping[str, float]
    better: Mapping[str, float]
    words: str
    accepts: bool | None = None


def acceptable_set(engine: DealEngine, weights: str = "", horizon: str = "long") -> dict[str, Any]:
    """What the chart draws, USD a year over the first threat: cloud, frontier, walk-away points, packages, deals."""
    setting = engine.warm.setting(weights, horizon)
    talk, threats = engine.warm.talk, engine.warm.talk.negotiation(setting).threats
    base, survey = threats[0].value, engine.warm.talk.survey(setting)
    chosen = np.linspace(0, len(survey.V) - 1, min(len(survey.V), CLOUD)).astype(int)
    curve = survey.curve
    solutions = solve_all(survey, threats[0], acceptable(survey, threats[0]))
    return {
        **recorded(engine.standings(engine.warm.file.on)),
        "case": engine.warm.file.name,
        "setting": {"weights": setting.weights, "horizon": setting.horizon.name, "over": threats[0].label},
        "unit": "USD",
        "axes": [{"side": code, "label": f"gain of {the(code)} over {threats[0].label}, a year"} for code in SIDES],
        "cloud": [_point(v - base) for v in survey.V[chosen]],
        "frontier": [
            {**_named(v - base), "levers": _levers(engine, x)}
            for v, x in zip(curve.payoffs, curve.outcomes, strict=True)
        ],
        "walks": [
            {"threat": t.name, "label": t.label or t.name, "description": t.description, "credible": t.credible,
             **_named(t.value - base), **_law_of(engine, t.name)}
            for t in threats
        ],
        "solutions": [
            {"concept": name, **_named(np.asarray(solution.gains)), "levers": _levers(engine, solution.outcome)}
            for name, solution in distinct(solutions.items())
        ],
        "deals": list(_deals(engine, setting, base)),
        "note": declared_note("deal.amounts", materials=talk.materials) if talk.materials else "",
    }  # fmt: skip


def plane_tables(engine: DealEngine, deal: Deal) -> dict[str, Table]:
    """The same as tables of a run, with the deal in hand as its offer: what charts of a report draw."""
    content = acceptable_set(engine, deal.levers.weights, deal.levers.horizon)
    words = {"party": SIDES, "threat": content["setting"]["over"]}
    note = declared_note("deal.plane", weights=deal.levers.weights, horizon=content["setting"]["horizon"])
    named = [("this deal", deal.point["USA"], deal.point["CHN"], "offer")]
    named += [(row["label"], row["USA"], row["CHN"], row["kind"]) for row in content["deals"]]
    named += [(row["label"], row["USA"], row["CHN"], "threat") for row in content["walks"] if "levers" not in row]
    for row in content["solutions"]:
        rule = RULES[row["concept"].split(", ")[0]]
        named.append((f"{rule} package", row["USA"], row["CHN"], "solution"))
    return {
        "acceptable": table_of("case.acceptable", content["cloud"], (note,), **words),
        "frontier": table_of("deal.edge", [(row["USA"], row["CHN"]) for row in content["frontier"]], **words),
        "deals": table_of("case.deals", named, (note,), **words),
    }


def _deals(engine: DealEngine, setting: Setting, base: Floats) -> Iterable[dict[str, Any]]:
    """Named deals of the timeline with the day that their source names."""
    file, negotiation = engine.warm.file, engine.warm.talk.negotiation(setting)
    apart = {row.outcome for row in file.threats}
    for name, row in file.outcomes.items():
        outcome = engine.warm.case.outcome(name)
        day = DAY.search(row.source or "")
        when = datetime.strptime(day[1], "%d %B %Y").date().isoformat() if day else None
        yield {
            "name": name, "label": row.label or name, "source": row.source, "date": when,
            "kind": "threat" if name in apart else "deal", **_named(negotiation.value(outcome) - base),
            "levers": _levers(engine, outcome),
        }  # fmt: skip


def _law_of(engine: DealEngine, threat: str) -> dict[str, Any]:
    """Levers of what a threat leads to, where that is a law of the case."""
    outcomes = {row.name: row.outcome for row in engine.warm.file.threats if row.outcome in engine.warm.file.outcomes}
    if threat not in outcomes:
        return {}
    return {"levers": _levers(engine, engine.warm.case.outcome(outcomes[threat]))}


def _point(gain: Floats) -> list[float]:
    """A point of the cloud, USD to the nearest million."""
    return [round(BILLION * float(value), -6) for value in gain]


def _named(gain: Floats) -> dict[str, float]:
    return {code: BILLION * float(gain[i]) for i, code in enumerate(SIDES)}


def _levers(engine: DealEngine, outcome: Floats) -> dict[str, float]:
    """Values of the levers in the units of the address."""
    return {name: in_address(name, float(outcome[column])) for name, column in engine.warm.columns.items()}


def nearest(engine: DealEngine, usa: float, chn: float, like: Levers) -> Offer:
    """The deal whose gains are nearest to a point of the plane: of the grid, or the one in hand.

    Of deals whose points no eye tells apart it is the one nearest to the deal in hand, lever by lever.

    Parameters
    ----------
    usa, chn : gains over the first threat, USD a year.
    like : the deal in hand, whose date, length, other partners, exceptions and setting stay.

    Raises
    ------
    InputError : a point that is no pair of numbers.
    """
    if not np.isfinite([usa, chn]).all():
        raise InputError("point", "is not a pair of numbers", "give usa and chn in USD a year")
    setting, survey, base = _grid(engine, like)
    hand = engine.outcome_of(like)
    outcomes = np.vstack([hand, survey.X])
    own = engine.warm.talk.negotiation(setting).value(hand)
    # What exceptions and other partners add to the gains of the deal in hand they add to those around it.
    beside = np.array([engine.deal(like).point[code] for code in SIDES]) / BILLION - (own - base)
    gains = np.vstack([own, survey.V]) - base + beside
    distance = np.hypot(*(gains - np.array([usa, chn]) / BILLION).T)
    near = np.flatnonzero(distance <= distance.min() + UNSEEN * survey.size)
    spans = np.maximum(np.ptp(survey.X, axis=0), 1e-9)
    moved = np.abs((outcomes[near] - hand) / spans).sum(axis=1)
    return _offer(engine, setting, outcomes[near[int(np.argmin(moved))]], like, "nearest deal")


def improve(engine: DealEngine, levers: Levers) -> Offer:
    """The largest total gain with nobody worse off than under a deal; the deal itself where it leaves nothing."""
    setting, survey, _ = _grid(engine, levers)
    left = left_on_table(survey, engine.outcome_of(levers), traced=True)
    if left.total < 1e-6:
        return _offer(engine, setting, left.outcome, levers, declared_note("deal.nothing_left"))
    words = declared_note("deal.more_in_all", total=left.total)
    return _offer(engine, setting, left.package, levers, words)


def counter(engine: DealEngine, levers: Levers, strategy: str = "nash", side: str = "USA", rounds: int = 0) -> Offer:
    """How the other side answers a deal put on the table.

    Parameters
    ----------
    side : who put it; `rounds` : offers made before, which the strategy "split" looks at.

    Raises
    ------
    UnknownName : no such strategy or side.
    InputError : no deal gains for both.
    """
    if strategy not in STRATEGIES:
        raise UnknownName("strategy", strategy[:40], STRATEGIES, "counter-offer", f"use {', '.join(STRATEGIES)}")
    if side not in SIDES:
        raise UnknownName("side", side[:40], SIDES, "counter-offer", "use USA or CHN")
    setting, _, _ = _grid(engine, levers)
    talk = engine.warm.talk
    other = next(code for code in talk.parties if code != side)
    accepts, proposal = Answerer(talk, setting, talk.parties.index(other), strategy, rounds).reply(
        engine.outcome_of(levers)
    )
    if proposal is None:
        raise InputError("counter-offer", "no deal gains for both sides", "choose other weights")
    answer = "accepts" if accepts else "does not accept"
    words = f"{first_upper(the(other))} {answer}; it proposes {strategies()[strategy]}"
    return replace(_offer(engine, setting, proposal, levers, words), accepts=accepts)


def _grid(engine: DealEngine, levers: Levers) -> tuple[Setting, Survey, Floats]:
    setting = engine.warm.setting(levers.weights, levers.horizon)
    talk = engine.warm.talk
    return setting, talk.survey(setting, FREE), talk.negotiation(setting).threats[0].value


def _offer(engine: DealEngine, setting: Setting, outcome: Floats, like: Levers, words: str) -> Offer:
    negotiation = engine.warm.talk.negotiation(setting)
    base = negotiation.threats[0].value
    value, old = negotiation.value(outcome), negotiation.value(engine.outcome_of(like))
    return Offer(engine.levers_of(outcome, like), _named(value - base), _named(value - old), words)


def offer_row(engine: DealEngine, offer: Offer) -> dict[str, Any]:
    """An offer as plain values."""
    address = offer.levers.address()
    return {
        "levers": {name: float(address[name]) for name in engine.levers},
        "scenario": {**address, "query": offer.levers.query()},
        "point": dict(offer.gains),
        "better": dict(offer.better),
        "sentence": offer.words,
        "accepts": offer.accepts,
        **recorded(engine.standings(offer.levers.on)),
    }
