"""From a case of the talks to advice for a side: only what a page shows is solved.

The package is Nash's under the last set of constraints of the talk, over its first threat, under its headline weights.
Limits take an even chance of today's law and the law before the quarrel, where the case has both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from detente.codes import Parameter, UnknownName
from detente.data.caserows import CaseFile
from detente.data.tables import countries
from detente.evidence.lives import in_steps
from detente.lab.talks.advice import (
    ADVICE,
    BELIEVED,
    FALLBACK,
    ODDS,
    Advice,
    Belief,
    Bought,
    IssueSeen,
    LimitSeen,
    MoveSeen,
    PackageSeen,
    PointRate,
    Stay,
    ThreatSeen,
)
from detente.lab.talks.deadline import deadline_of
from detente.lab.talks.footing import footing_of
from detente.lab.talks.gains import ranged_settings
from detente.lab.talks.odds import EVEN, base_of, chances, even_odds
from detente.lab.talks.outlook import AMERICA, outlook_on, weakest_link
from detente.lab.talks.swings import swings_of
from detente.lab.talks.talk import Setting, Talk, week_flows
from detente.talks import Solution, Threat, linkage, truce, update
from detente.talks.acceptable import accepted
from detente.talks.continuous import maximise, weighted_sum
from detente.talks.delay import WEEKS
from detente.talks.frontier import Survey, survey
from detente.talks.limits import held_issues
from detente.talks.solutions import nash_package
from detente.talks.space import LAWFUL, Floats, Issue, Negotiation, least
from detente.talks.stability import moves_from

ROWS = 7
"""Packages that a page shows at most."""

LITTLE = 0.25
"""Change of every payoff below which an issue other than a duty goes to its default, USD bn a year."""

SAME = 5e-3
"""Levels closer than this are one package."""

NIL = 0.05
"""A gain that prints as none, USD bn a year."""

STAKES = 0.005
"""Spread of payoffs over all that may be signed below which there is nothing to bargain over, USD bn a year."""

BETTER = 0.5
"""Least gain of the others for which a second package is worth having, USD bn a year."""


def party_of(talk: Talk, side: str) -> str:
    """A party of a talk by code or name, the first where none is named.

    Raises
    ------
    UnknownName : it is not at the table.
    """
    code = place_of(talk.parties, side) if side else talk.parties[0]
    if code not in talk.parties:
        raise UnknownName("side", side, talk.parties, Parameter("side"), f"use {' or '.join(talk.parties)}")
    return code


def place_of(parties: Sequence[str], name: str) -> str:
    """Code of a party or a country by code or name; a member of a union has the page of the union.

    The name itself where it is neither.
    """
    upper = name.strip().upper()
    if upper in parties:
        return upper
    group = countries().group(name)
    if group is not None:
        members = countries().expand(group.id)
        return next((code for code in parties if _members(code) == members), name)
    try:
        code = countries().resolve(name)
    except UnknownName:
        return name
    return next((party for party in parties if code in _members(party)), code)


def _members(party: str) -> frozenset[str]:
    """Countries of a party; none of one that a textbook made up."""
    known = countries()
    return frozenset(known.expand(party)) if party in known.names or party in known.groups else frozenset()


def advice_of(talk: Talk, side: str = "") -> Advice:
    """What a side of a case can do.

    Parameters
    ----------
    side : by code or name, the first party where none is named.

    Raises
    ------
    UnknownName : no such side. SolveError : a search does not converge.
    """
    party = party_of(talk, side)
    table = Tabled(talk, talk.headline)
    best = table.best
    file, deal = talk.case.file, best.outcome if best is not None else talk.case.today
    fallback = _fallback(table, party) if best is not None else None
    day = known_to(file)
    known = day.isoformat() if day else ""
    return Advice(
        file.name, file.title, file.on.isoformat(), known, party, talk.parties, issues_seen(talk),
        talk.headline.weights, talk.headline.horizon.name, table.constraints,
        tuple(setting.weights for setting in ranged_settings(talk)), table.constraints != talk.signable,
        table.base.name, talk.reference, threats_seen(talk),
        _rows(table, fallback), tuple(_moves(table)), tuple(_limits(table, deal)) if best is not None else (),
        fallback, _week(talk, deal),
        tuple(_bought(table)), tuple(_exchanges(table)) if best is not None else (), tuple(_beliefs(talk)),
        swings_of(talk, party, table.grid, table.base, table.odds[0], best) if best is not None else (),
        _stay(table) if best is not None else None, deadline_of(file), footing_of(talk, deal, table.base),
        stakes=table.grid.size >= STAKES,
    )  # fmt: skip


@dataclass(frozen=True)
class Tabled:
    """A talk under one setting, with the package that its advice is about."""

    talk: Talk
    setting: Setting

    @property
    def negotiation(self) -> Negotiation:
        """With the threats asked for."""
        return self.talk.negotiation(self.setting)

    @property
    def first(self) -> Threat:
        """What comes without a deal: today's law, or the first threat that was asked for."""
        return self.negotiation.threats[0]

    @property
    def base(self) -> Threat:
        """Over which gains are: the first threat, or even odds where not all sign at them what gains over it."""
        odds, chance = self.odds
        believed = self._believed[2]
        signed = believed is not None and (believed.payoffs >= odds.value).all()
        return self.first if chance is None or signed else odds

    def _package(self, threat: Threat) -> tuple[str, Survey, Solution | None]:
        """The package over a threat under the conditions of the talk, else within what all may sign."""
        tried = []
        for name in dict.fromkeys((self.talk.signable, LAWFUL)):
            grid = survey(self.negotiation, name)
            solved = nash_package(grid, threat) if len(grid.X) and grid.size >= STAKES else None
            if solved is not None:
                return name, grid, _plain(self.negotiation, solved, threat, name)
            tried.append((name, grid, None))
        return tried[0]

    @cached_property
    def _believed(self) -> tuple[str, Survey, Solution | None]:
        return self._package(self.first)

    @cached_property
    def _searched(self) -> tuple[str, Survey, Solution | None]:
        return self._believed if self.base is self.first else self._package(self.base)

    @property
    def constraints(self) -> str:
        """Name of the set in which the advice lies."""
        return self._searched[0]

    @property
    def grid(self) -> Survey:
        """Outcomes that it allows."""
        return self._searched[1]

    @property
    def best(self) -> Solution | None:
        """The package, without what matters to nobody; None where none gains for all, or none changes anything."""
        return self._moving(self._searched[2])

    @property
    def believed(self) -> Solution | None:
        """The package for sides that believe that today's law stays, where it is another and worth something."""
        package = None if self.base is self.first else self._moving(self._believed[2])
        return None if package is None or package.gains.max() < NIL else package

    def _moving(self, solved: Solution | None) -> Solution | None:
        still = solved is None or np.abs(solved.outcome - self.talk.case.today).max() < SAME
        return None if still else solved

    @cached_property
    def odds(self) -> tuple[Threat, float | None]:
        """What limits are told against, and its chance of today's law."""
        return even_odds(self.talk.whole(self.setting), self.first)

    def seen(self, name: str, label: str, kind: str, outcome: Floats) -> PackageSeen:
        """A package with its gains, their ends over the weights, and when each party signs."""
        values = {s: self.talk.negotiation(s).value(outcome) for s in (*ranged_settings(self.talk), self.setting)}
        gains = {s: value - base_of(self.talk.whole(s), self.base.name).value for s, value in values.items()}
        every = np.array([gains[s] for s in dict.fromkeys((*ranged_settings(self.talk), self.setting))])
        value = values[self.setting]
        stars = chances(self.talk.whole(self.setting), self.talk.p_stars(self.setting, value), value)
        return package_seen((name, label, kind), outcome, gains[self.setting], every, stars)


def package_seen(
    names: tuple[str, str, str], outcome: Floats, gains: Floats, every: Floats, signing: tuple[Floats, Floats]
) -> PackageSeen:
    """A package as a page shows it.

    Parameters
    ----------
    names : its name, label and kind; `outcome` : shape (issues,); `gains` : shape (parties,), USD bn a year.
    every : gains under every set of weights, shape (sets, parties); `signing` : from `chances`.
    """
    above, below = (tuple(None if x != x else x for x in some.tolist()) for some in signing)
    return PackageSeen(
        *names, tuple(outcome.tolist()), tuple(gains.tolist()), tuple(every.min(axis=0).tolist()),
        tuple(every.max(axis=0).tolist()), above, below,
    )  # fmt: skip


def _plain(negotiation: Negotiation, best: Solution, base: Threat, constraints: str) -> Solution:
    """A package with every issue but duties at its default where that moves no party by `LITTLE`."""
    space, outcome = negotiation.space, np.array(best.outcome)
    for k, issue in enumerate(space.issues):
        plain = np.array(outcome)
        plain[k] = issue.default
        if issue.kind == "duty" or plain[k] == outcome[k] or not space.feasible(plain[None], constraints)[0]:
            continue
        payoffs = negotiation.value(plain)
        if np.abs(payoffs - best.payoffs).max() < LITTLE and (payoffs > base.value).all():
            outcome = plain
    payoffs = negotiation.value(outcome)
    return replace(best, outcome=outcome, payoffs=payoffs, gains=payoffs - base.value)


# --- what is on the table --------------------------------------------------------------------------------------------


def known_to(file: CaseFile) -> date | None:
    """Last day whose facts are in a case: as it says, else the day before its own where its rows have such days."""
    dated = any(isinstance(row.known_on, date) for row in (*file.threats, *file.outcomes.values()))
    return file.as_known or (file.on - timedelta(days=1) if dated else None)


def issues_seen(talk: Talk) -> tuple[IssueSeen, ...]:
    """The issues with the levels of today's law."""
    space, start = talk.case.outcome_space, talk.case.today.tolist()
    rows = {row.name: row for row in talk.case.file.issues}
    return tuple(
        IssueSeen(
            issue.name, issue.label or issue.name.replace("_", " "), issue.party,
            tuple(party for party in space.parties if party in space.sides(issue) and party != issue.party),
            issue.kind, str(rows[issue.name].type), issue.unit, level, rows[issue.name].in_all,
        )
        for issue, level in zip(space.issues, start, strict=True)
    )  # fmt: skip


def threats_seen(talk: Talk) -> tuple[ThreatSeen, ...]:
    """Every threat of the case, and the odds at which sides decide."""
    laws = {name: row.label for name, row in talk.case.file.outcomes.items()}
    rows = [
        ThreatSeen(row.name, row.kind, row.label or row.name, laws.get(row.outcome, ""), row.p)
        for row in talk.case.file.threats
    ]
    return (*rows, ThreatSeen(ODDS, "expected", ODDS, "", EVEN))


def _rows(table: Tabled, fallback: PackageSeen | None) -> tuple[PackageSeen, ...]:
    """Today's law, the advice, the fallback, the law before, and the named deals that lie farthest apart."""
    talk, best = table.talk, table.best
    kinds = {row.outcome: row.kind for row in talk.case.file.threats if row.kind in ("status-quo", "past-law")}
    named = [
        table.seen(name, talk.label(name), kinds.get(name, "deal"), point)
        for name, point in talk.case.outcome_space.named.items()
    ]
    kept = [talk.reference, *([fallback.name] if fallback is not None else [])]
    fixed = [row for row in named if row.kind != "deal" or row.name in kept]
    for kind, package in ((ADVICE, best), (BELIEVED, table.believed)):
        if package is not None:
            fixed.append(table.seen(kind, "", kind, package.outcome))
    if fallback is not None and fallback.name == FALLBACK:
        fixed.append(fallback)
    rows = _spread(fixed, [row for row in named if row not in fixed])
    duties = [k for k, issue in enumerate(talk.case.outcome_space.issues) if issue.kind == "duty"]
    return tuple(sorted(rows, key=lambda row: (row.kind != "status-quo", -sum(row.levels[k] for k in duties))))


def _moves(table: Tabled) -> Iterator[MoveSeen]:
    """Every issue that the package moves, with what that alone is worth to each party."""
    best, start = table.best, table.talk.case.today
    for k, issue in enumerate(table.negotiation.space.issues):
        if best is not None and abs(best.outcome[k] - start[k]) > 1e-9:
            still, moved = np.array(best.outcome), np.array(start)
            still[k], moved[k] = start[k], best.outcome[k]
            worth = best.payoffs - table.negotiation.value(still)
            alone = table.negotiation.value(moved) - table.negotiation.value(start)
            yield MoveSeen(
                issue.name, float(start[k]), float(best.outcome[k]), tuple(worth.tolist()), tuple(alone.tolist())
            )


def _alike(first: PackageSeen, second: PackageSeen) -> bool:
    return bool(np.allclose(first.levels, second.levels, atol=SAME))


def _spread(rows: list[PackageSeen], left: list[PackageSeen]) -> list[PackageSeen]:
    """Rows and as many of those left as there is room for, each the farthest in gains from those taken."""
    rows, left = list(rows), list(left)
    if left and not rows:
        rows.append(left.pop(0))
    while left and len(rows) < ROWS:
        taken = np.array([row.gains for row in rows])
        gaps = [float(np.abs(taken - np.array(row.gains)).sum(axis=1).min()) for row in left]
        rows.append(left.pop(int(np.argmax(gaps))))
    return rows


def _fallback(table: Tabled, party: str) -> PackageSeen | None:
    """The package that keeps half of the side's gain and gives the others most; None where it gives them no more."""
    best, grid, space = table.best, table.grid, table.negotiation.space
    assert best is not None
    me = space.party(party)
    floor = table.base.value + np.where(np.arange(len(space.parties)) == me, 0.5 * best.gains, 0.0)
    floor = np.maximum(floor, table.odds[0].value)
    others = (np.arange(len(space.parties)) != me).astype(np.float64)
    keep = least(grid.V - floor) >= 0.0
    starts = [best.outcome, *grid.best(grid.V @ others, keep)]
    nearest = maximise(grid.problem(floor), weighted_sum(others), starts, "fallback")
    if float((nearest.payoffs - best.payoffs) @ others) < BETTER:
        return None
    row = table.seen(FALLBACK, "", FALLBACK, nearest.outcome)
    talk = table.talk
    named = [table.seen(name, talk.label(name), "deal", x) for name, x in talk.case.outcome_space.named.items()]
    same = next((deal for deal in named if _alike(deal, row)), None)
    return row if same is None else replace(same, kind=FALLBACK)


# --- where each walks, and what waiting costs ------------------------------------------------------------------------


def _limits(table: Tabled, deal: Floats) -> Iterator[LimitSeen]:
    """Limits of every party along each duty and control of others that falls on it."""
    negotiation, (threat, odds) = table.negotiation, table.odds
    space = negotiation.space
    fixed = held_issues(space)
    for party in space.parties:
        for issue in space.issues:
            moves = issue.kind in ("duty", "control") and issue.name not in fixed
            if moves and issue.party != party and party in space.sides(issue):
                yield limit_seen(negotiation, party, issue, deal, threat, odds)


def limit_seen(
    negotiation: Negotiation, party: str, issue: Issue, deal: Floats, threat: Threat, odds: float | None
) -> LimitSeen:
    """Where a party walks along an issue, the rest as in a deal, shape (issues,), rather than take the threat."""
    level = float(deal[negotiation.space.index(issue.name)])
    intervals = accepted(negotiation, party, issue.name, deal, threat)
    inside = [high for low, high in intervals if low - SAME <= level <= high + SAME]
    if not intervals:
        return LimitSeen(party, issue.name, odds, None, "always")
    top = inside[0] if inside else intervals[-1][1]
    if top >= issue.high - 1e-9:
        return LimitSeen(party, issue.name, odds, None, "never")
    return LimitSeen(party, issue.name, odds, float(top), "above")


def _week(talk: Talk, deal: Floats) -> tuple[float, ...]:
    """What the first week without the package costs each party, USD bn."""
    weights, first = talk.headline.weights, np.zeros(1)
    without, signed = (
        sum(week_flows(talk.case, weights, outcome, first).values(), np.zeros(1))[0]
        for outcome in (talk.case.today, deal)
    )
    return tuple(((signed - without) / WEEKS).tolist())


# --- what buys what --------------------------------------------------------------------------------------------------


def _bought(table: Tabled) -> Iterator[Bought]:
    """What each track moves in the duties of the package: its price."""
    space, threat = table.negotiation.space, table.base
    if table.best is None or threat.outcome is None or len(space.tracks) < 2:
        return
    if (threat.outcome > space.upper + 1e-9).any():
        return
    linked = linkage(table.negotiation, threat, table.constraints, table.grid)
    for price in linked.prices:
        owners = {issue.party for issue in space.issues if issue.track == price.track}
        for name, points in price.moves.items():
            issue = space.issues[space.index(name)]
            if issue.kind == "duty" and abs(points) > SAME and owners != {issue.party}:
                yield Bought(price.track, owners.pop() if len(owners) == 1 else "", name, float(points))


def _exchanges(table: Tabled) -> Iterator[PointRate]:
    """What the last point of every duty of the package gives its owner, and costs those on whom it falls."""
    space, best = table.negotiation.space, table.best
    assert best is not None
    slope = table.negotiation.payoffs.slope(best.outcome[None])[0] / 100.0
    fixed = held_issues(space)
    for k, issue in enumerate(space.issues):
        moves = issue.kind == "duty" and not issue.whole and issue.name not in fixed
        if moves and issue.party in space.parties and best.outcome[k] > SAME:
            me = space.party(issue.party)
            for other in space.sides(issue) - {issue.party}:
                own, theirs = float(slope[me, k]), float(slope[space.party(other), k])
                yield PointRate(issue.name, issue.party, other, own, theirs)


# --- beliefs, and whether it lasts -----------------------------------------------------------------------------------


def _beliefs(talk: Talk) -> Iterator[Belief]:
    """What others may take each party for, from acts up to the day of the case."""
    file = talk.case.file
    for row in file.beliefs:
        acts = [act for act in row.acts if act.date <= (known_to(file) or file.on)]
        if not acts:
            continue
        last = update(row.types, [act.likelihood for act in acts])[-1]
        kind = max(last, key=lambda name: last[name])
        rest = [name for name in last if name != kind]
        speaks = [act.likelihood[kind] > max(act.likelihood[name] for name in rest) for act in acts] if rest else []
        yield Belief(
            row.party, kind, float(last[kind]),
            tuple(act.what for act, yes in zip(acts, speaks, strict=False) if yes),
            tuple(act.what for act, yes in zip(acts, speaks, strict=False) if not yes),
            any("assumed" in act.source for act in acts),
        )  # fmt: skip


def _stay(table: Tabled) -> Stay:
    """Chance to last on the record of the day, and what each party gains by breaking."""
    talk, best = table.talk, table.best
    assert best is not None
    view = outlook_on(talk.case.file, ADVICE, day=talk.case.file.on)
    pact = truce(table.negotiation, best.outcome, table.base, moves=moves_from(table.negotiation, best.outcome))
    link = weakest_link(talk, best.outcome.tolist(), {(table.setting, table.base.name): pact})
    days = tuple(view.chances) if AMERICA in talk.parties else ()
    return Stay(
        view.then.form, view.assumed, days, tuple(view.chances[d] for d in days),
        tuple(in_steps(view.then.beside(d)) for d in days),
        tuple(max(side.deviation - side.deal, 0.0) for side in pact.sides),
        tuple(side.deal - side.punishment for side in pact.sides),
        table.base.name, link.party if link else "", _named(talk, link.issues) if link else (),
    )  # fmt: skip


def _named(talk: Talk, labels: Sequence[str]) -> tuple[str, ...]:
    """Names of issues by their labels."""
    names = {issue.label or issue.name: issue.name for issue in talk.case.outcome_space.issues}
    return tuple(names[label] for label in labels)
