"""Why a lever changes nothing, and which rules of the case a deal breaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from detente.chains.stocks import SHORT
from detente.lab.deal.levers import DUTIES, last_day, level_of
from detente.lab.deal.numbers import DealCase, first_upper, the
from detente.lab.deal.warm import shortages
from detente.lab.ground.plane import Held
from detente.lab.talks.words import with_article

NOTHING = 1e-6
"""A payoff that moves by less, USD bn a year, does not move."""

BARELY = 0.05
"""A sector of which a duty covers less is as good as exempt."""


@dataclass(frozen=True)
class CallOut:
    """One sentence that says which rule is at work.

    Attributes
    ----------
    lever : what it is about, "" for the whole deal; `kind` : "law", "flat", "constraint", "no deal" or "clock".
    rule : name of the rule or measure behind it; `sentence` : for the reader.
    """

    lever: str
    kind: str
    rule: str
    sentence: str


def call_outs(case: DealCase) -> tuple[CallOut, ...]:
    """Everything that the reader of a deal should be told of its levers."""
    return tuple(
        (*_no_deal(case), *_law(case), *_levers(case), *_beside(case), *_materials(case), *_rules(case), *_clock(case))
    )


def _no_deal(case: DealCase) -> Iterator[CallOut]:
    if np.abs(case.outcome - case.warm.status).max() < 1e-9 and not case.beside:
        law = with_article(case.words)
        words = f"This is {law}: no deal. It has numbers of its own; gains over it are zero by definition."
        yield CallOut("", "no deal", "status quo", words)


def _law(case: DealCase) -> Iterator[CallOut]:
    rows: list[Held] = [row for plane in case.planes.values() for row in plane.held]
    for row in rows:
        if row.measure is None:
            words = (
                f"The averages of the law do not move with this lever: {row.why}. The model of trade takes the level."
            )
            yield CallOut(row.lever, "law", row.why.split(":")[0], words)


def _levers(case: DealCase) -> Iterator[CallOut]:
    """Levers whose whole way leaves both payoffs as they are."""
    space = case.warm.case.outcome_space
    negotiation = case.warm.talk.negotiation(case.warm.setting(case.levers.weights, case.levers.horizon))
    for name, column in case.warm.columns.items():
        issue = space.issues[column]
        ends = np.tile(case.outcome, (2, 1))
        ends[:, column] = issue.low, issue.high
        value = negotiation.payoffs.value(ends)
        for i, code in enumerate(space.parties):
            if abs(value[1, i] - value[0, i]) >= NOTHING:
                continue
            words = (
                f"{first_upper(the(code))} does not care: nothing in its payoff depends on {issue.label or issue.name}."
            )
            if name not in DUTIES and not any(
                t.issue == issue.name and t.party == code for t in case.warm.case.terms()
            ):
                words = f"{words[:-1]}; the case prices it for the other side alone."
            yield CallOut(name, "flat", f"terms of {case.warm.file.name}", words)


def _beside(case: DealCase) -> Iterator[CallOut]:
    levers = case.levers
    if levers.partner and levers.rate == 0.0:
        yield CallOut("partner", "flat", "rate", f"A layer of 0% on {the(levers.partner)} changes nothing.")
    if levers.exempt and levers.us + levers.fentanyl == 0.0:
        words = "Exceptions change nothing: the US duties of the deal are zero."
        yield CallOut("except", "flat", "rate", words)
    row = case.warm.case.issues[case.warm.columns["us"]]
    for sector in levers.exempt:
        covered = case.planes["USA"].covered("us", sector)
        if covered < BARELY and levers.fentanyl == 0.0 and levers.us > 0.0:
            words = (
                f"Leaving {sector} out changes little: the duty covers {covered:.0%} of it anyway, by its own annex."
            )
            yield CallOut("except", "flat", row, words)


def _materials(case: DealCase) -> Iterator[CallOut]:
    if "licences" not in case.warm.columns:
        return
    withheld = level_of(case.levers, "licences")
    months, unmet, _ = shortages().at(withheld)
    if withheld > 0.0 and months == 0.0:
        words = (
            f"With {withheld:.0%} of licences withheld no month is short: {unmet:.1%} of need is not met in the worst "
            f"month, and a month counts as short from {SHORT:.0%} on."
        )
        yield CallOut("licences", "flat", "stocks and other origins", words)


def _rules(case: DealCase) -> Iterator[CallOut]:
    rules_by_name = {c.name: c for rules in case.warm.case.outcome_space.constraints.values() for c in rules}
    for rule in rules_by_name.values():
        if not rule.holds(case.outcome[None])[0]:
            words = f"Outside what is on the table: {rule.statement} ({rule.source})."
            yield CallOut("", "constraint", rule.name, words)


def _clock(case: DealCase) -> Iterator[CallOut]:
    end = last_day(case.levers)
    for row in case.warm.file.clocks:
        if row.ends is not None and case.levers.on <= row.ends < end:
            words = f"Before the deal ends on {end}, {row.instrument} ends on {row.ends}: {row.back}."
            yield CallOut("duration", "clock", row.instrument, words)
