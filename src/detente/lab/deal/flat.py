"""Why a lever changes nothing, and which rules of the case a deal breaks: reasons and their parts, without words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from detente.chains.stocks import SHORT
from detente.lab.deal.levers import DUTIES, last_day, level_of
from detente.lab.deal.numbers import DealCase
from detente.lab.deal.warm import shortages
from detente.lab.ground.plane import Held

NOTHING = 1e-6
"""A payoff that moves by less, USD bn a year, does not move."""

BARELY = 0.05
"""A sector of which a duty covers less is as good as exempt."""

Part = str | float | date | None


@dataclass(frozen=True)
class CallOut:
    """A rule that is at work; faces say it.

    Attributes
    ----------
    lever : what it is about, "" for the whole deal; `kind` : "law", "flat", "constraint" or "clock".
    rule : name of the rule or measure behind it.
    reason : which sentence says it; `parts` : codes, shares and days that it names.
    """

    lever: str
    kind: str
    rule: str
    reason: str
    parts: Mapping[str, Part] = field(default_factory=dict)


def call_outs(case: DealCase) -> tuple[CallOut, ...]:
    """Everything that the reader of a deal should be told of its levers."""
    return tuple((*_law(case), *_levers(case), *_beside(case), *_materials(case), *_rules(case), *_clock(case)))


def _law(case: DealCase) -> Iterator[CallOut]:
    rows: list[Held] = [row for plane in case.planes.values() for row in plane.held]
    for row in rows:
        if row.measure is None:
            when = {"on": case.levers.on, "begins": row.begins, "ended": row.ended}
            yield CallOut(row.lever, "law", row.why.split(":")[0], "not_in_force", {"title": row.title, **when})


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
            priced = any(t.issue == issue.name and t.party == code for t in case.warm.case.terms())
            reason = "careless" if name in DUTIES or priced else "careless_other"
            parts = {"party": code, "lever": name, "issue": issue.label or issue.name}
            yield CallOut(name, "flat", f"terms of {case.warm.file.name}", reason, parts)


def _beside(case: DealCase) -> Iterator[CallOut]:
    levers = case.levers
    if levers.partner and levers.rate == 0.0:
        yield CallOut("partner", "flat", "rate", "zero_layer", {"partner": levers.partner})
    if levers.exempt and levers.us + levers.fentanyl == 0.0:
        yield CallOut("except", "flat", "rate", "zero_exceptions")
    row = case.warm.case.issues[case.warm.columns["us"]]
    for sector in levers.exempt:
        covered = case.planes["USA"].covered("us", sector)
        if covered < BARELY and levers.fentanyl == 0.0 and levers.us > 0.0:
            yield CallOut("except", "flat", row, "little_exception", {"sector": sector, "covered": covered})


def _materials(case: DealCase) -> Iterator[CallOut]:
    if "licences" not in case.warm.columns:
        return
    withheld = level_of(case.levers, "licences")
    months, unmet, _ = shortages().at(withheld)
    if withheld > 0.0 and months == 0.0:
        parts = {"withheld": withheld, "unmet": unmet, "short": SHORT}
        yield CallOut("licences", "flat", "stocks and other origins", "no_shortage", parts)


def _rules(case: DealCase) -> Iterator[CallOut]:
    rules_by_name = {c.name: c for rules in case.warm.case.outcome_space.constraints.values() for c in rules}
    for rule in rules_by_name.values():
        if not rule.holds(case.outcome[None])[0]:
            yield CallOut("", "constraint", rule.name, "outside", {"rule": rule.statement, "source": rule.source})


def _clock(case: DealCase) -> Iterator[CallOut]:
    end = last_day(case.levers)
    for row in case.warm.file.clocks:
        if row.ends is not None and case.levers.on <= row.ends < end:
            parts = {"end": end, "instrument": row.instrument, "ends": row.ends, "back": row.back}
            yield CallOut("duration", "clock", row.instrument, "clock", parts)
