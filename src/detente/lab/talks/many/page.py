"""Advice to a party of talks of three or more: the page of a side, and who can block, be left out, or be hurt outside.

What a page of two sides has is kept (offer, ask, limits, what breaking gains); what only several have stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detente.data.caserows import IssueRow
from detente.data.tables import place
from detente.evidence.lives import in_steps
from detente.lab.talks.advice import (
    ADVICE,
    BELIEVED,
    ODDS,
    Advice,
    IssueSeen,
    LimitSeen,
    MoveSeen,
    Numbers,
    PackageSeen,
    Stay,
)
from detente.lab.talks.counsel import (
    STAKES,
    issues_seen,
    known_to,
    limit_seen,
    package_seen,
    party_of,
    threats_seen,
)
from detente.lab.talks.deadline import deadline_of
from detente.lab.talks.footing import footing_of
from detente.lab.talks.gains import ranged_settings
from detente.lab.talks.many.force import broken_by, temptation
from detente.lab.talks.many.packages import by_place
from detente.lab.talks.many.talk import Floats, Round
from detente.lab.talks.many.worth import ends_of, first
from detente.lab.talks.odds import chances, even_odds
from detente.lab.talks.outlook import AMERICA, outlook_on
from detente.talks.answers import CONJECTURES
from detente.talks.limits import held_issues
from detente.talks.space import Threat

PAIRWISE = "pairwise"
"""Name of the package of talks of two at a time."""

COLUMNS = 5
"""Packages that a page shows at most."""

SAME = 5e-3
"""Levels closer than this are one."""

SHOWN_GAP = 0.05
"""An amount that prints as none, USD bn a year."""


@dataclass(frozen=True)
class Leaver:
    """What some parties could have without the others.

    Attributes
    ----------
    members : codes; gain : over the advice, of the one that gains least; blocks : whether each gains enough to leave.
    """

    members: tuple[str, ...]
    gain: float
    blocks: bool


@dataclass(frozen=True)
class PairFailure:
    """What each party loses where one pair fails and the rest stays as agreed: codes of the pair, change by party."""

    pair: tuple[str, str]
    change: Numbers


@dataclass(frozen=True)
class Pairwise:
    """What talks of two at a time would do.

    Attributes
    ----------
    count : results found; zero where none settles, None where talks of two cannot be.
    change : of each party against the advice, by the first of them; empty without any.
    hub : who signs with one after another, "" for none.
    first : of each partner of the hub, what it gains in the first place over the last.
    """

    count: int | None
    change: Numbers
    hub: str
    first: dict[str, float]


@dataclass(frozen=True)
class ManyAdvice:
    """The page of a party where three or more bargain.

    Attributes
    ----------
    side : the page as two sides have it, its tuples in the order of the parties.
    silent : pairs with nothing on the table between them.
    closes : who alone stands in the way of any deal; empty where there is one.
    leavers : coalitions, those nearest to leaving first; divisible : whether payments between parties keep all in.
    undivided : of other conjectures, those under which they do not.
    refusals : of each pair with something between them; pairwise : talks of two at a time.
    hurt, helped : outsiders by what the advice does to their real income over the base, USD bn a year.
    breakers : parties that would break the advice whatever the base threat does to them.
    weighed : extra dollars that a party counts for a dollar of revenue, value added or balance: party, what, how many.
    """

    side: Advice
    silent: tuple[tuple[str, str], ...]
    closes: tuple[str, ...]
    leavers: tuple[Leaver, ...]
    divisible: bool | None
    undivided: tuple[str, ...]
    refusals: tuple[PairFailure, ...]
    pairwise: Pairwise
    hurt: tuple[tuple[str, float], ...]
    helped: tuple[tuple[str, float], ...]
    breakers: tuple[str, ...]
    weighed: tuple[tuple[str, str, float], ...]


def many_advice(round_: Round, side: str = "") -> ManyAdvice:
    """What a party can do.

    Parameters
    ----------
    side : by code or name, the first party where none is named.

    Raises
    ------
    UnknownName : no such party. SolveError : a search does not converge.
    """
    setting, threat = first(round_)
    party, (base, package, _) = party_of(round_.talk, side), round_.advised
    pairs = [(a, b) for k, a in enumerate(round_.parties) for b in round_.parties[k + 1 :]]
    hurt, helped = _outside(round_, package, threat)
    leavers = [
        Leaver(row.members, row.gain, row.blocks)
        for row in (round_.blocked(setting, threat, package) if package is not None else [])
    ]
    cores = {way: round_.core(setting, threat, way, 0.0) for way in CONJECTURES} if package is not None else {}
    core = cores.get(CONJECTURES[0])
    return ManyAdvice(
        _as_of_two(round_, party, package),
        tuple(pair for pair in pairs if not round_.between(pair)),
        round_.ground(setting, base, round_.constraints).closes,
        tuple(leavers), None if core is None else not core.empty,
        tuple(way for way in CONJECTURES[1:] if (other := cores.get(way)) is not None and other.empty),
        tuple(_refusals(round_, package, pairs)), _pairwise(round_, package), hurt, helped,
        tuple(side.party for side in round_.truces(setting, package)[base.name].sides if not side.holds)
        if package is not None else (), tuple(_weighed(round_)),
    )  # fmt: skip


def _weighed(round_: Round) -> Iterator[tuple[str, str, float]]:
    """What each party counts beside real income under the weights of the page."""
    for party, weights in round_.case.weights(round_.talk.headline.weights).items():
        counted = {"revenue": weights.mu, "added": float(np.max(weights.omega, initial=0.0)), "balance": weights.kappa}
        yield from ((party, what, float(extra)) for what, extra in counted.items() if extra)


def _as_of_two(round_: Round, party: str, package: Floats | None) -> Advice:
    """The page as two sides have it."""
    talk, setting, threat = round_.talk, round_.talk.headline, round_.advised[0]
    file, deal = talk.case.file, round_.case.today if package is None else package
    day = known_to(file)
    return Advice(
        case=file.name, title=file.title, on=file.on.isoformat(), known=day.isoformat() if day else "", side=party,
        parties=talk.parties, issues=named_issues(round_), weights=setting.weights, horizon=setting.horizon.name,
        constraints=round_.constraints, over=tuple(some.weights for some in ranged_settings(talk)), breaks=False,
        base=threat.name, reference=talk.reference, threats=threats_seen(talk),
        packages=tuple(_packages(round_, package)), moves=tuple(_moves(round_, package)),
        limits=tuple(_limits(round_, package)) if package is not None else (), fallback=None,
        week=tuple(round_.week(setting, deal).tolist()), bought=(), rates=(), beliefs=(), swings=(),
        stay=_stay(round_, package) if package is not None else None, deadline=deadline_of(file),
        footing=footing_of(talk, deal, threat), stakes=round_.stakes >= STAKES,
    )  # fmt: skip


def named_issues(round_: Round) -> tuple[IssueSeen, ...]:
    """The issues, those that the case does not call by a name called by who lays them on whom."""
    rows = {row.name: row for row in round_.case.file.issues}
    seen = []
    for issue in issues_seen(round_.talk):
        row = rows[issue.name]
        seen.append(issue if row.label else replace(issue, label=_called(issue, row)))
    return tuple(seen)


def _called(issue: IssueSeen, row: IssueRow) -> str:
    """An issue by who lays it on whom and on what."""
    others = " and ".join(map(place, issue.receivers))
    codes = f" (HS {', '.join(row.codes)})" if row.codes else ""
    goods = codes or (" (other goods)" if row.besides else "")
    giver = place(issue.party)
    if issue.kind == "duty":
        own = issue.party == AMERICA
        return f"US duty on {others}{goods}" if own else f"duty of {giver} on {others}{goods}"
    what = row.type if row.type in ("purchase", "investment", "control") else issue.name.replace("_", " ")
    return f"{what} of {giver} for {others}{goods}"


def _moves(round_: Round, package: Floats | None) -> Iterator[MoveSeen]:
    """Every issue that the advice moves, with what that alone is worth to each party."""
    start, names = round_.case.today, round_.case.issues
    moving = [] if package is None else [k for k in range(start.size) if abs(package[k] - start[k]) > 1e-9]
    if package is None or not moving:
        return
    still = [np.where(np.arange(start.size) == k, start, package) for k in moving]
    moved = [np.where(np.arange(start.size) == k, package, start) for k in moving]
    values, alone = (round_.worth(some, round_.talk.headline) for some in ([package, *still], [start, *moved]))
    for k, value in zip(moving, values[1:], strict=True):
        gained, own = values[0] - value, alone[moving.index(k) + 1] - alone[0]
        yield MoveSeen(names[k], float(start[k]), float(package[k]), tuple(gained.tolist()), tuple(own.tolist()))


def _packages(round_: Round, package: Floats | None) -> Iterator[PackageSeen]:
    """Today's law, the advice, talks of two at a time, the law before, and named deals, `COLUMNS` of them at most."""
    (setting, threat), talk, (base, _, believed) = first(round_), round_.talk, round_.advised
    kinds = {row.outcome: row.kind for row in talk.case.file.threats if row.kind in ("status-quo", "past-law")}
    space = round_.case.outcome_space
    some = [(name, talk.label(name), kinds.get(name, "deal"), x) for name, x in space.named.items()]
    day = [row for row in some if row[2] == "status-quo"]
    past = [row for row in some if row[2] == "past-law"]
    own = ((kind, kind, kind, x) for kind, x in ((ADVICE, package), (BELIEVED, believed)) if x is not None)
    rows = [*day, *own]
    pairs = round_.one_by_one(setting, threat)
    rows += [(PAIRWISE, "bargaining one by one", PAIRWISE, pairs[0].outcome)] if pairs else []
    rows += [*past, *(row for row in some if row[2] == "deal")]
    rows = rows[:COLUMNS]
    outcomes = [row[3] for row in rows]
    settings = list(dict.fromkeys((*ranged_settings(talk), setting)))
    over = {each: base if base.name == ODDS else talk.whole(each).threat(base.name) for each in settings}
    gains = {each: round_.gains(outcomes, each, threat) for each, threat in over.items()}
    ends, values = np.array(list(gains.values())), round_.worth(outcomes, setting)
    signs = [chances(talk.whole(setting), *pair) for pair in zip(round_.signs(setting, values), values, strict=True)]
    for k, (name, label, kind, outcome) in enumerate(rows):
        yield package_seen((name, label, kind), outcome, gains[setting][k], ends[:, k], signs[k])


def _limits(round_: Round, package: Floats) -> Iterator[LimitSeen]:
    """Of every party the limit along the issue of each other that it minds most, the rest as in the advice."""
    (setting, threat), space = first(round_), round_.case.outcome_space
    fixed = held_issues(space)
    against, odds = even_odds(round_.talk.whole(setting), threat)
    for party in space.parties:
        for giver in (code for code in space.parties if code != party):
            falling = [
                k for k, issue in enumerate(space.issues)
                if issue.party == giver and party in space.sides(issue) and issue.kind in ("duty", "control")
                and issue.name not in fixed
            ]  # fmt: skip
            if falling:
                k = max(falling, key=lambda k: _weight(round_, k, space.party(party), package))
                yield limit_seen(round_.negotiation(setting), party, space.issues[k], package, against, odds)


def _weight(round_: Round, k: int, party: int, package: Floats) -> float:
    """How much an issue between its ends is worth to a party, USD bn a year."""
    space = round_.case.outcome_space
    X = np.stack([package, package])
    X[:, k] = space.lower[k], space.upper[k]
    low, high = round_.negotiation(round_.talk.headline).payoffs.value(X)[:, party]
    return abs(float(high - low))


def _stay(round_: Round, package: Floats) -> Stay:
    """What each party gains by breaking the advice; the chance to last is on record for the United States alone."""
    setting, threat = round_.talk.headline, round_.advised[0]
    view = outlook_on(round_.case.file, ADVICE, day=round_.case.file.on)
    days = tuple(view.chances) if AMERICA in round_.parties else ()
    sides = round_.truces(setting, package)[threat.name].sides
    worst = max(sides, key=temptation)
    weakest = worst.party if temptation(worst) > SHOWN_GAP else ""
    return Stay(
        form=view.then.form, assumed=view.assumed, days=days, alive=tuple(view.chances[day] for day in days),
        beside=tuple(in_steps(view.then.beside(d)) for d in days), temptation=tuple(map(temptation, sides)),
        cost=tuple(side.deal - side.punishment for side in sides), answer=threat.name, weakest=weakest,
        breaks=tuple(broken_by(round_, worst, package)) if weakest else (),
    )  # fmt: skip


def _refusals(round_: Round, package: Floats | None, pairs: Sequence[tuple[str, str]]) -> Iterator[PairFailure]:
    """What each loses where one pair fails, by exact solves."""
    setting, threat = first(round_)
    some = [pair for pair in pairs if round_.between(pair)]
    if package is None or not round_.on_table(threat) or not some:
        return
    names = round_.case.outcome_space.names
    failed = [np.where(np.isin(names, round_.between(pair)), round_.base(threat), package) for pair in some]
    values = round_.worth([package, *failed], setting)
    for pair, value in zip(some, values[1:], strict=True):
        yield PairFailure(pair, tuple((value - values[0]).tolist()))


def _pairwise(round_: Round, package: Floats | None) -> Pairwise:
    setting, threat = first(round_)
    settled = round_.one_by_one(setting, threat)
    if settled is None:
        return Pairwise(None, (), "", {})
    hub = next(iter(round_.hubs), "")
    places = by_place(round_, round_.turns(setting, threat, hub)) if hub else {}
    partners = {party: max(place for code, place in places if code == party) for party, _ in places}
    ahead = {party: places[party, 1] - places[party, last] for party, last in partners.items() if last > 1}
    if not settled or package is None:
        return Pairwise(len(settled), (), hub, ahead)
    after, before = round_.worth([settled[0].outcome, package], setting)
    return Pairwise(len(settled), tuple((after - before).tolist()), hub, ahead)


def _outside(
    round_: Round, package: Floats | None, threat: Threat
) -> tuple[tuple[tuple[str, float], ...], tuple[tuple[str, float], ...]]:
    """Outsiders that the advice hurts and helps most, over the base where it is one law, else over the reference."""
    if package is None:
        return (), ()
    base = round_.base(threat) if threat.outcome is None else threat.outcome
    after, before = round_.solved([package, base], round_.talk.headline.horizon)
    some, _ = ends_of(round_, after.world - before.world)
    return tuple(some["hurt"]), tuple(some["helped"])
