"""Offers by hand: what an offer is worth to both sides, and how the other side answers by a strategy.

The other side accepts what gives it at least as much as its own next proposal; otherwise it proposes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from detente.codes import InputError, Parameter, UnknownName, declared_note
from detente.codes.countries import fold
from detente.data.tables import countries
from detente.lab.talks.talk import Setting, Talk
from detente.talks import CONCEPTS, Threat, left_on_table, solve_concept
from detente.talks.continuous import maximise, weighted_sum
from detente.talks.frontier import Survey
from detente.talks.solutions import nash_on_curve
from detente.talks.space import Floats, Issue

TOUGH, SPLIT = "tough", "split"
STRATEGIES: Mapping[str, str] = {
    "nash": "talks.plays_nash",
    "asymmetric nash": "talks.plays_asymmetric",
    "kalai-smorodinsky": "talks.plays_proportion",
    "egalitarian": "talks.plays_equal",
    "utilitarian": "talks.plays_sum",
    TOUGH: "talks.plays_tough",
    SPLIT: "talks.plays_split",
}
"""How the other side proposes, by the key of the note that says it."""


def strategies() -> dict[str, str]:
    """How the other side proposes, in words."""
    return {name: declared_note(key) for name, key in STRATEGIES.items()}


CLOSE = 0.05
"""An offer within this of its own proposal is as good to the other side, USD bn a year."""


@dataclass(frozen=True)
class Worth:
    """What an outcome is worth.

    Attributes
    ----------
    outcome : shape (issues,); `payoffs` : USD bn a year, shape (parties,).
    gains : over each threat by name, shape (parties,). p_star : by party, shape (parties,).
    left : what both together could still gain, USD bn a year, with nobody worse off, no constraints.
    broken : constraints of the case that it does not meet, in words.
    """

    outcome: Floats
    payoffs: Floats
    gains: Mapping[str, Floats]
    p_star: Floats
    left: float
    broken: tuple[str, ...]


@dataclass(frozen=True)
class Reply:
    """The other side's answer: whether it accepts, and its proposal; None where no deal gains for both."""

    accepts: bool
    proposal: Worth | None


@dataclass
class Session:
    """One round of talks at the keyboard.

    Attributes
    ----------
    talk : the case; `setting` : weights and horizon.
    you : code of the side that speaks; `strategy` : how the other proposes.
    table : name of the threat against which it proposes.
    rounds : offers made so far.
    """

    talk: Talk
    setting: Setting
    you: str
    strategy: str
    table: str
    rounds: int = 0
    _made: dict[tuple[str, int], Floats | None] = field(default_factory=dict, repr=False)

    @property
    def other(self) -> str:
        """The side that answers."""
        return next(code for code in self.talk.parties if code != self.you)

    @property
    def threat(self) -> Threat:
        """What happens if talks fail, for the proposals."""
        return self.talk.negotiation(self.setting).threat(self.table)

    def worth(self, outcome: Floats) -> Worth:
        """What an outcome is worth to both sides."""
        negotiation = self.talk.negotiation(self.setting)
        payoffs = negotiation.value(outcome)
        gains = {threat.name: payoffs - threat.value for threat in negotiation.threats}
        left = left_on_table(self.talk.survey(self.setting), outcome, traced=True)
        rules_by_name = {
            rule.name: rule for rules in self.talk.case.outcome_space.constraints.values() for rule in rules
        }
        broken = tuple(f"{c.name} ({c.statement})" for c in rules_by_name.values() if not c.holds(outcome[None])[0])
        return Worth(outcome, payoffs, gains, self.talk.p_stars(self.setting, payoffs), left.total, broken)

    def put(self, outcome: Floats) -> tuple[Worth, Reply]:
        """Put an offer on the table: its worth and the answer."""
        offer = self.worth(outcome)
        self.rounds += 1
        proposal = self.proposal()
        me = self.talk.parties.index(self.other)
        walk = self.threat.value
        if proposal is None:
            return offer, Reply(bool(offer.payoffs[me] >= walk[me]), None)
        wanted = max(float(walk[me]), float(self.talk.negotiation(self.setting).value(proposal)[me]) - CLOSE)
        return offer, Reply(bool(offer.payoffs[me] >= wanted), self.worth(proposal))

    def proposal(self) -> Floats | None:
        """What the other side proposes in this round, shape (issues,)."""
        key = self.strategy, self.rounds if self.strategy == SPLIT else 0
        if key not in self._made:
            self._made[key] = self._proposed()
        return self._made[key]

    def _proposed(self) -> Floats | None:
        grid = self.talk.survey(self.setting, self.talk.sets[-1])
        if self.strategy in CONCEPTS:
            solution = solve_concept(grid, self.threat, self.strategy)
            return None if solution is None else solution.outcome
        nash = solve_concept(grid, self.threat, "nash")
        if nash is None:
            return None
        tough = self._toughest(grid, nash.outcome)
        if self.strategy == TOUGH or grid.curve.point:
            return tough
        return self._between(grid, tough, max(self.rounds - 1, 0), nash.outcome)

    def _toughest(self, grid: Survey, start: Floats) -> Floats:
        me = self.talk.parties.index(self.other)
        floor = np.where(np.arange(2) == me, -np.inf, self.threat.value)
        keep = grid.V[:, 1 - me] >= self.threat.value[1 - me]
        starts = grid.best(grid.V[:, me], keep) or [start]
        return maximise(grid.problem(floor), weighted_sum(np.eye(2)[me]), starts, TOUGH, spare=[start]).outcome

    def _between(self, grid: Survey, tough: Floats, step: int, nash: Floats) -> Floats:
        """The point of the traced frontier where the first side's payoff is half way nearer to the Nash package."""
        negotiation = self.talk.negotiation(self.setting)
        end = nash_on_curve(grid.curve, self.threat.value)
        start = negotiation.value(tough)
        if end is None or step == 0:
            return tough if step == 0 else nash
        return grid.curve.outcome(float(end[0] + (start[0] - end[0]) * 0.5**step))

    def outcome(self, words: str, base: Floats) -> Floats:
        """The outcome that some words name: a named outcome, or issue=level pairs over a base, shape (issues,).

        Raises
        ------
        InputError, UnknownName : words that say no offer.
        """
        words = words.strip()
        if "=" not in words:
            return self.talk.case.outcome(
                words.replace(" ", "_") if words not in self.talk.case.file.outcomes else words
            )
        outcome = np.array(base, dtype=np.float64)
        for pair in words.replace(",", " ").split():
            name, _, level = pair.partition("=")
            k = self._issue(name)
            outcome[k] = level_of(self.talk.case.outcome_space.issues[k], level)
        return outcome

    def _issue(self, name: str) -> int:
        issues = self.talk.case.outcome_space.issues
        names = [issue.name for issue in issues]
        if name not in names:
            raise UnknownName("issue", name, names, "offer", f"the issues are {', '.join(names)}")
        return names.index(name)


def level_of(issue: Issue, words: str) -> float:
    """A level as a user writes it: points for a duty (30 or 30%), else the number in the unit of the issue.

    Raises
    ------
    InputError : not a number, or a level that is not on the table.
    """
    try:
        value = float(words.strip().rstrip("%"))
    except ValueError:
        raise InputError(f"offer, {issue.name}", f"'{words}' is not a number", "write it as cn_tariff=10") from None
    duty = issue.unit == "share"
    level = value / 100.0 if duty or words.strip().endswith("%") else value
    if not issue.low - 1e-9 <= level <= issue.high + 1e-9:
        ends = f"{issue.reading(issue.low)} to {issue.reading(issue.high)}"
        raise InputError(f"offer, {issue.name}", f"{words} is not on the table", f"give {ends}")
    return float(np.clip(level, issue.low, issue.high))


def open_session(talk: Talk, strategy: str = "nash", side: str = "") -> Session:
    """A session against one strategy; you speak for the first side unless told otherwise.

    Raises
    ------
    UnknownName : no such strategy or side.
    """
    if strategy not in STRATEGIES:
        raise UnknownName("strategy", strategy, STRATEGIES, Parameter("strategy"), f"use {', '.join(STRATEGIES)}")
    you = _party(talk, side) if side else talk.parties[0]
    return Session(talk, talk.headline, you, strategy, talk.threats[0])


def _party(talk: Talk, text: str) -> str:
    """The side of that code or name."""
    code = next((party for party in talk.parties if party.lower() == text.strip().lower()), "")
    code = code or countries().aliases.get(fold(text), "")
    if code not in talk.parties:
        raise UnknownName("side", text, talk.parties, Parameter("side"), f"use {' or '.join(talk.parties)}")
    return code
