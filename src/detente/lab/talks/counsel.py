"""From a case of the talks to advice: for a party of two or more, and what the deals do to a country outside.

The package is Nash's at the odds at which sides decide, under the last set of constraints of the talk and its headline
weights. Limits take an even chance of today's law and the law before the quarrel, where the case has both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from detente.codes import InputError, Parameter, UnknownName
from detente.data.caserows import CaseFile, IssueRow, WholeLaw
from detente.data.tables import countries, place
from detente.evidence.lives import in_steps
from detente.lab.talks.advice import (
    ADVICE,
    BELIEVED,
    FALLBACK,
    ODDS,
    PAIRWISE,
    Advice,
    Assumed,
    Belief,
    Bought,
    Footing,
    IssueSeen,
    Leaver,
    LimitSeen,
    MoveSeen,
    OutsideAdvice,
    OutsideRow,
    Outsiders,
    PackageSeen,
    PairFailure,
    Pairwise,
    PointRate,
    Stay,
    Swing,
    ThreatSeen,
)
from detente.lab.talks.gains import Swings, ranged_settings, threat_mix
from detente.lab.talks.outlook import AMERICA, deadline_of, outlook_on
from detente.lab.talks.power import broken_by, temptation
from detente.lab.talks.talk import EVEN, Setting, Talk, chances, even_odds, weight_names
from detente.lab.world.chosen import place_in
from detente.talks import linkage, truce, update
from detente.talks.coalitions import CONJECTURES, SignedInTurn
from detente.talks.payoff import LONG_RUN
from detente.talks.search import scattered, search, weighted_sum
from detente.talks.solutions import Solution, accepted
from detente.talks.space import LAWFUL, Floats, Issue, Negotiation, Threat, held_issues, within
from detente.talks.stability import TruceSide, moves_from

#: Packages that a page shows at most.
ROWS = 7

#: Change of every payoff below which an issue other than a duty goes to its default, USD bn a year.
LITTLE = 0.25

#: Levels closer than this are one package.
SAME = 5e-3

#: A gain that prints as none, USD bn a year.
NIL = 0.05

#: Spread of payoffs over all that may be signed below which there is nothing to bargain over, USD bn a year.
STAKES = 0.005

#: Least gain of the other side for which a second package is worth having, USD bn a year.
BETTER = 0.5

#: Countries outside that are named on either end.
ENDS = 5

#: A change of real income of less is none, USD bn a year.
SOME = 5e-4


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


def advice_of(talk: Talk, party: str = "") -> Advice:
    """What a party of a case can do; `party` : its code, the first where none is named.

    Raises
    ------
    SolveError : a search does not converge.
    """
    party, table = party or talk.parties[0], tabled(talk)
    setting, best, file = table.setting, table.best, talk.case.file
    deal = talk.case.today if best is None else best.outcome
    negotiation = table.negotiation
    sides = truce(negotiation, deal, table.base, moves=moves_from(negotiation, deal)).sides if best is not None else ()
    fallback, day = _fallback(table, party), known_to(file)
    cores = {way: talk.core(setting, table.first, way, 0.0) for way in CONJECTURES} if best and talk.exact else {}
    own = cores.get(CONJECTURES[0])
    hurt, helped = _outside(table)
    return Advice(
        case=file.name, title=file.title, on=file.on.isoformat(), known=day.isoformat() if day else "", side=party,
        parties=talk.parties, issues=issues_seen(talk), weights=setting.weights, horizon=setting.horizon.name,
        constraints=table.constraints, over=tuple(some.weights for some in ranged_settings(talk)),
        breaks=table.constraints != talk.signable, base=table.base.name, reference=talk.reference,
        threats=threats_seen(talk), packages=_packages(table, fallback), moves=tuple(_moves(table)),
        limits=tuple(_limits(table)), fallback=fallback, week=tuple(talk.week(setting, deal).tolist()),
        bought=None if talk.exact else tuple(_bought(table)), rates=tuple(_exchanges(table)),
        beliefs=tuple(_beliefs(talk)), swings=_swings(table, party), stay=_stay(table, sides),
        deadline=deadline_of(file), footing=footing_of(talk, deal, table.base), stakes=table.stakes >= STAKES,
        silent=tuple(pair for pair in talk.pairs if not talk.between(pair)),
        closes=talk.ground(setting, table.base, table.constraints).closes if talk.exact and best is None else (),
        leavers=tuple(_leavers(table)), divisible=None if own is None else not own.empty,
        undivided=tuple(way for way in CONJECTURES[1:] if (other := cores.get(way)) is not None and other.empty),
        refusals=tuple(_refusals(table)), pairwise=_pairwise(table), hurt=hurt, helped=helped,
        breakers=tuple(side.party for side in sides if not side.holds), weighed=tuple(_weighed(talk)),
    )  # fmt: skip


@dataclass(frozen=True)
class Tabled:
    """A talk with the package that its advice is about.

    Attributes
    ----------
    base : what gains are over: what comes without a deal, or even odds where not all sign at them what gains over it.
    constraints : name of the set in which the advice lies.
    best : the package; None where none gains for all, or none changes anything.
    believed : the package for sides that believe that today's law stays, where it is another and worth something.
    stakes : the most that any party gains or loses between two outcomes that all may sign, USD bn a year.
    """

    talk: Talk
    setting: Setting
    base: Threat
    constraints: str
    best: Solution | None
    believed: Solution | None
    stakes: float

    @property
    def negotiation(self) -> Negotiation:
        """With the threats asked for."""
        return self.talk.negotiation(self.setting)

    @property
    def first(self) -> Threat:
        """What comes without a deal: today's law, or the first threat that was asked for."""
        return self.negotiation.threats[0]


def tabled(talk: Talk) -> Tabled:
    """The package of a talk, and at which odds all sign it."""
    setting = talk.headline
    first, odds = talk.negotiation(setting).threats[0], talk.odds(setting)
    believed = _package(talk, first)
    if odds is None or (believed.best is not None and (believed.best.payoffs >= odds.value).all()):
        return believed
    package = _package(talk, odds)
    signed = package.best is not None and (package.best.payoffs >= odds.value).all()
    other = believed.best if believed.best is not None and believed.best.gains.max() >= NIL else None
    return replace(package, best=package.best if signed else None, believed=other)


def _package(talk: Talk, threat: Threat) -> Tabled:
    """The package over a threat under the conditions of the talk, else within what all may sign."""
    setting, tried = talk.headline, list[Tabled]()
    for name in dict.fromkeys((talk.signable, LAWFUL)):
        negotiation, space = talk.negotiation(talk.headline), talk.case.outcome_space
        free, base, _ = within(space, np.ones(len(space.issues), dtype=np.bool_), talk.case.today, name)
        stakes = float(np.ptp(negotiation.payoffs.value(scattered(space, free, base, name)), axis=0).max())
        package = Tabled(talk, setting, threat, name, None, None, stakes)
        deals = [] if package.stakes < STAKES else talk.nash(setting, threat, name)
        if deals:
            outcome = deals[0].outcome if talk.exact else _plain(package, deals[0].outcome)
            if np.abs(outcome - talk.case.today).max() < SAME:
                return package
            payoffs = talk.worth([outcome], setting)[0]
            return replace(package, best=Solution(outcome, payoffs, payoffs - talk.fallen(setting, threat)))
        tried.append(package)
    return tried[0]


def _plain(table: Tabled, best: Floats) -> Floats:
    """A package of two with every issue but duties at its default where that moves no party by `LITTLE`.

    What says how duties count is as good as a duty.
    """
    negotiation, outcome = table.negotiation, np.array(best)
    counted = {row.in_all for row in table.talk.case.file.issues}
    value = negotiation.value(best)
    for k, issue in enumerate(negotiation.space.issues):
        plain = np.array(outcome)
        plain[k] = issue.default
        allowed = negotiation.space.feasible(plain[None], table.constraints)[0]
        if issue.kind == "duty" or issue.name in counted or plain[k] == outcome[k] or not allowed:
            continue
        payoffs = negotiation.value(plain)
        if np.abs(payoffs - value).max() < LITTLE and (payoffs > table.base.value).all():
            outcome = plain
    return outcome


# --- what is on the table --------------------------------------------------------------------------------------------


def known_to(file: CaseFile) -> date | None:
    """Last day whose facts are in a case: as it says, else the day before its own where its rows have such days."""
    dated = any(isinstance(row.known_on, date) for row in (*file.threats, *file.outcomes.values()))
    return file.as_known or (file.on - timedelta(days=1) if dated else None)


def issues_seen(talk: Talk) -> tuple[IssueSeen, ...]:
    """The issues with the levels of today's law; those of several that have no name are called by who lays them."""
    space, start = talk.case.outcome_space, talk.case.today.tolist()
    rows = {row.name: row for row in talk.case.file.issues}
    seen = []
    for issue, level in zip(space.issues, start, strict=True):
        row = rows[issue.name]
        others = tuple(party for party in space.parties if party in space.sides(issue) and party != issue.party)
        label = issue.label or (_called(row, others) if talk.exact else issue.name.replace("_", " "))
        seen.append(IssueSeen(issue.name, label, issue.party, others, issue.kind, str(row.type), issue.unit, level,
                              row.in_all))  # fmt: skip
    return tuple(seen)


def _called(row: IssueRow, receivers: Sequence[str]) -> str:
    """An issue by who lays it on whom and on what."""
    others, giver = " and ".join(map(place, receivers)), place(row.party)
    goods = f" (HS {', '.join(row.codes)})" if row.codes else " (other goods)" if row.besides else ""
    if row.kind == "duty":
        return f"{'US duty' if row.party == AMERICA else f'duty of {giver}'} on {others}{goods}"
    what = row.type if row.type in ("purchase", "investment", "control") else row.name.replace("_", " ")
    return f"{what} of {giver} for {others}{goods}"


def threats_seen(talk: Talk) -> tuple[ThreatSeen, ...]:
    """Every threat of the case, and the odds at which sides decide."""
    laws = {name: row.label for name, row in talk.case.file.outcomes.items()}
    rows = [
        ThreatSeen(row.name, row.kind, row.label or row.name, laws.get(row.outcome, ""), row.p)
        for row in talk.case.file.threats
    ]
    return (*rows, ThreatSeen(ODDS, "expected", ODDS, "", EVEN))


#: Name, label, kind and levels of a package.
Named = tuple[str, str, str, Floats]


def _packages(table: Tabled, fallback: PackageSeen | None) -> tuple[PackageSeen, ...]:
    """Today's law, the advice, the fallback, talks of two at a time, the law before, and the named deals that lie
    farthest apart.
    """
    talk = table.talk
    kinds = {row.outcome: row.kind for row in talk.case.file.threats if row.kind in ("status-quo", "past-law")}
    named = _seen(table, [(name, talk.label(name), kinds.get(name, "deal"), x)
                          for name, x in talk.case.outcome_space.named.items()])  # fmt: skip
    kept = [talk.reference, *([fallback.name] if fallback is not None else [])]
    own: list[Named] = [
        (kind, "", kind, deal.outcome) for kind, deal in ((ADVICE, table.best), (BELIEVED, table.believed)) if deal
    ]
    pairs = talk.one_by_one(table.setting, table.first)
    own += [(PAIRWISE, "bargaining one by one", PAIRWISE, pairs[0].outcome)] if pairs else []
    fixed = [*(row for row in named if row.kind != "deal" or row.name in kept), *_seen(table, own)]
    if fallback is not None and fallback.name == FALLBACK:
        fixed.append(fallback)
    rows = _spread(fixed, [row for row in named if row not in fixed])
    duties = [k for k, issue in enumerate(talk.case.outcome_space.issues) if issue.kind == "duty"]
    return tuple(sorted(rows, key=lambda row: (row.kind != "status-quo", -sum(row.levels[k] for k in duties))))


def _seen(table: Tabled, rows: Sequence[Named]) -> list[PackageSeen]:
    """Packages with their gains, the ends of those over the weights, and when each party signs."""
    talk, outcomes = table.talk, [row[3] for row in rows]
    if not rows:
        return []
    values = {s: talk.worth(outcomes, s) for s in dict.fromkeys((*ranged_settings(talk), table.setting))}
    gains = {s: value - talk.fallen(s, table.base if table.base.name == ODDS else talk.whole(s).threat(table.base.name))
             for s, value in values.items()}  # fmt: skip
    every, whole = np.array(list(gains.values())), talk.whole(table.setting)
    low, high, own = every.min(axis=0), every.max(axis=0), values[table.setting]
    stars, made = talk.p_stars(table.setting, own), []
    for k, (name, label, kind, outcome) in enumerate(rows):
        signs = (tuple(None if x != x else x for x in some.tolist()) for some in chances(whole, stars[k], own[k]))
        ends = (tuple(some[k].tolist()) for some in (gains[table.setting], low, high))
        made.append(PackageSeen(name, label, kind, tuple(outcome.tolist()), *ends, *signs))
    return made


def _moves(table: Tabled) -> Iterator[MoveSeen]:
    """Every issue that the package moves, with what that alone is worth to each party."""
    if table.best is None:
        return
    talk, start, package = table.talk, table.talk.case.today, table.best.outcome
    moving, places = np.flatnonzero(np.abs(package - start) > 1e-9).tolist(), np.arange(start.size)
    still = [np.where(places == k, start, package) for k in moving]
    moved = [np.where(places == k, package, start) for k in moving]
    values, alone = (talk.worth(some, table.setting) for some in ([package, *still], [start, *moved]))
    for n, k in enumerate(moving, 1):
        gained, own = values[0] - values[n], alone[n] - alone[0]
        yield MoveSeen(talk.case.issues[k], float(start[k]), float(package[k]), tuple(gained.tolist()),
                       tuple(own.tolist()))  # fmt: skip


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
    """The package that keeps half of the side's gain and gives the other most; None where it gives it no more."""
    best, talk = table.best, table.talk
    if best is None or talk.exact:
        return None
    mine, free = np.arange(len(talk.parties)) == talk.parties.index(party), np.ones(best.outcome.size, dtype=np.bool_)
    odds = even_odds(talk.whole(table.setting), table.first)[0]
    floor = np.maximum(table.base.value + np.where(mine, 0.5 * best.gains, 0.0), odds.value)
    others = (~mine).astype(np.float64)
    aim, start = weighted_sum(others), talk.case.today
    nearest = search(table.negotiation, free, aim, start, table.constraints, "fallback", floor, [best.outcome])
    if nearest is None:
        return None
    if float((nearest.payoffs - best.payoffs) @ others) < BETTER:
        return None
    (row,) = _seen(table, [(FALLBACK, "", FALLBACK, nearest.outcome)])
    named = _seen(table, [(name, talk.label(name), FALLBACK, x) for name, x in talk.case.outcome_space.named.items()])
    return next((deal for deal in named if np.allclose(deal.levels, row.levels, atol=SAME)), row)


# --- where each walks ------------------------------------------------------------------------------------------------


def _limits(table: Tabled) -> Iterator[LimitSeen]:
    """Limits of every party along duties and controls of others that fall on it: between two along each, among more
    along the one of each other party that it minds most.
    """
    if table.best is None:
        return
    talk, space, deal = table.talk, table.negotiation.space, table.best.outcome
    threat, odds = even_odds(talk.whole(table.setting), table.first)
    fixed = held_issues(space)
    for party in space.parties:
        falling: dict[str, list[Issue]] = {}
        for issue in space.issues:
            moves = issue.kind in ("duty", "control") and issue.name not in fixed
            if moves and issue.party != party and party in space.sides(issue):
                falling.setdefault(issue.party, []).append(issue)
        for issues in falling.values():
            most = max(issues, key=lambda issue: _weight(table, issue, party))
            for issue in [most] if talk.exact else issues:
                yield _limit(table.negotiation, party, issue, deal, threat, odds)


def _weight(table: Tabled, issue: Issue, party: str) -> float:
    """How much an issue between its ends is worth to a party, all else as in the advice, USD bn a year."""
    assert table.best is not None
    space = table.negotiation.space
    k, X = space.index(issue.name), np.stack([table.best.outcome] * 2)
    X[:, k] = space.lower[k], space.upper[k]
    return abs(float(np.ptp(table.negotiation.payoffs.value(X)[:, space.party(party)])))


def _limit(
    negotiation: Negotiation, party: str, issue: Issue, deal: Floats, threat: Threat, odds: float | None
) -> LimitSeen:
    """Where a party walks along an issue, the rest as in a deal, shape (issues,), rather than take the threat."""
    level = float(deal[negotiation.space.index(issue.name)])
    intervals = accepted(negotiation, party, issue.name, deal, threat)
    if not intervals:
        return LimitSeen(party, issue.name, odds, None, "always")
    inside = [high for low, high in intervals if low - SAME <= level <= high + SAME]
    top = inside[0] if inside else intervals[-1][1]
    if top >= issue.high - 1e-9:
        return LimitSeen(party, issue.name, odds, None, "never")
    return LimitSeen(party, issue.name, odds, float(top), "above")


# --- what buys what --------------------------------------------------------------------------------------------------


def _bought(table: Tabled) -> Iterator[Bought]:
    """What each track moves in the duties of the package: its price."""
    space, threat = table.negotiation.space, table.base
    if table.best is None or threat.outcome is None or len(space.tracks) < 2:
        return
    if (threat.outcome > space.upper + 1e-9).any():
        return
    for price in linkage(table.negotiation, threat, table.constraints).prices:
        owners = {issue.party for issue in space.issues if issue.track == price.track}
        for name, points in price.moves.items():
            issue = space.issues[space.index(name)]
            if issue.kind == "duty" and abs(points) > SAME and owners != {issue.party}:
                yield Bought(price.track, owners.pop() if len(owners) == 1 else "", name, float(points))


def _exchanges(table: Tabled) -> Iterator[PointRate]:
    """What the last point of every duty of the package gives its owner, and costs those on whom it falls."""
    if table.best is None:
        return
    space, best = table.negotiation.space, table.best.outcome
    slope = table.negotiation.payoffs.slope(best[None])[0] / 100.0
    fixed = held_issues(space)
    for k, issue in enumerate(space.issues):
        moves = issue.kind == "duty" and not issue.whole and issue.name not in fixed
        if moves and issue.party in space.parties and best[k] > SAME:
            for other in sorted(space.sides(issue) - {issue.party}, key=space.party):
                own, theirs = (float(slope[space.party(code), k]) for code in (issue.party, other))
                yield PointRate(issue.name, issue.party, other, own, theirs)


def _swings(table: Tabled, party: str) -> tuple[Swing, ...] | None:
    """Inputs that move the gain of a side most; None among three and more, where they are not looked for."""
    if table.talk.exact:
        return None
    if table.best is None:
        return ()
    grid = table.talk.survey(table.setting, table.constraints)
    odds = even_odds(table.talk.whole(table.setting), table.first)[0]
    me = table.talk.parties.index(party)
    return Swings(table.talk, me, grid, table.base, odds, table.best).widest()


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


def _stay(table: Tabled, sides: Sequence[TruceSide]) -> Stay | None:
    """What each party gains by breaking, and the chance to last, which is on record for the United States alone."""
    if table.best is None:
        return None
    talk, deal = table.talk, table.best.outcome
    view = outlook_on(talk.case.file, ADVICE, day=talk.case.file.on)
    days = tuple(view.chances) if AMERICA in talk.parties else ()
    worst = max(sides, key=temptation)
    tempted = temptation(worst) > NIL
    return Stay(
        view.then.form, view.assumed, days, tuple(view.chances[day] for day in days),
        tuple(in_steps(view.then.beside(day)) for day in days), tuple(map(temptation, sides)),
        tuple(side.deal - side.punishment for side in sides), table.base.name, worst.party if tempted else "",
        tuple(broken_by(talk, worst, deal)) if tempted else (),
    )  # fmt: skip


# --- what only several parties have ----------------------------------------------------------------------------------


def _leavers(table: Tabled) -> list[Leaver]:
    """Coalitions by what they gain without the others."""
    if table.best is None or not table.talk.exact:
        return []
    rows = table.talk.blocked(table.setting, table.first, table.best.outcome)
    return [Leaver(row.members, row.gain, row.blocks) for row in rows]


def _refusals(table: Tabled) -> Iterator[PairFailure]:
    """What each loses where one pair fails."""
    talk, first = table.talk, table.first
    if table.best is not None and talk.exact and talk.on_table(first):
        for pair, change in talk.failures(table.setting, first, table.best.outcome):
            if talk.between(pair):
                yield PairFailure(pair, tuple(change.tolist()))


def _pairwise(table: Tabled) -> Pairwise | None:
    """What talks of two at a time come to; None where they cannot be."""
    talk, setting, first = table.talk, table.setting, table.first
    settled = talk.one_by_one(setting, first)
    if settled is None:
        return None
    hub = next(iter(talk.hubs), "")
    places = by_place(talk, talk.turns(setting, first, hub)) if hub else {}
    partners = {party: max(place for code, place in places if code == party) for party, _ in places}
    ahead = {party: places[party, 1] - places[party, last] for party, last in partners.items() if last > 1}
    if not settled or table.best is None:
        return Pairwise(len(settled), (), hub, ahead)
    after, before = talk.worth([settled[0].outcome, table.best.outcome], setting)
    return Pairwise(len(settled), tuple((after - before).tolist()), hub, ahead)


def by_place(talk: Talk, turns: Sequence[SignedInTurn]) -> dict[tuple[str, int], float]:
    """Gain of each partner in each place of an order of signature, mean over the orders, USD bn a year."""
    gains: dict[tuple[str, int], list[float]] = {}
    for turn in turns:
        for number, party in enumerate(turn.order, 1):
            gains.setdefault((party, number), []).append(float(turn.gains[talk.parties.index(party)]))
    return {key: float(np.mean(values)) for key, values in sorted(gains.items())}


def _weighed(talk: Talk) -> Iterator[tuple[str, str, float]]:
    """What each party counts beside real income under the weights of the page."""
    for party, weights in talk.case.weights(talk.headline.weights).items():
        counted = {"revenue": weights.mu, "added": float(np.max(weights.omega, initial=0.0)), "balance": weights.kappa}
        yield from ((party, what, float(extra)) for what, extra in counted.items() if extra)


# --- countries that are not at the table -----------------------------------------------------------------------------


def _outside(table: Tabled) -> tuple[Outsiders, Outsiders]:
    """Outsiders that the advice hurts and helps most, over the base where it is one law, else near it."""
    talk, base = table.talk, table.base
    if table.best is None or not talk.outsiders:
        return (), ()
    before = talk.case.outcome_space.near(base) if base.outcome is None else base.outcome
    worlds = [deal.world for deal in talk.solved([table.best.outcome, before], table.setting.horizon)]
    some = outsiders_of(talk, worlds[0] - worlds[1])
    return some["hurt"], some["helped"]


def outsiders_of(talk: Talk, world: Floats) -> dict[str, Outsiders]:
    """Outsiders that lose and gain most, `hurt` and `helped`, with USD bn a year.

    Parameters
    ----------
    world : change of real income of every country, shape (country,).
    """
    codes = talk.case.economy().countries
    moves = sorted(((codes[k], float(world[k])) for k in talk.outsiders), key=lambda pair: pair[1])
    hurt = [pair for pair in moves[:ENDS] if pair[1] < -SOME]
    return {"hurt": tuple(hurt), "helped": tuple(pair for pair in moves[::-1][:ENDS] if pair[1] > SOME)}


def outside_advice(talk: Talk, country: str, made: Callable[[], Advice]) -> OutsideAdvice:
    """What every package of an advice does to a country of the world.

    Parameters
    ----------
    country : code of a country that is not at the table, or is part of such a region.
    made : advice of any party, whose packages are taken.

    Raises
    ------
    UnknownName : no country of the world. InputError : the world has none but the parties.
    """
    economy = talk.case.economy()
    codes = [economy.countries[k] for k in talk.outsiders]
    if not codes:
        parts = f"world {economy.name} has no country but the parties", f"use {' or '.join(talk.parties)}"
        raise InputError(Parameter("country"), *parts)
    with suppress(UnknownName):
        country = place_in(economy, country)[0]
    if country not in codes:
        raise UnknownName("country", country, economy.countries, Parameter("country"), "name a country of the world")
    page = made()
    levels = [np.array([issue.start for issue in page.issues]), *(np.array(row.levels) for row in page.packages)]
    start, *worlds = (deal.world for deal in talk.solved(levels, LONG_RUN))
    me, places = economy.country(country), list(talk.outsiders)
    income = float(talk.case.space().level.income[me])
    moves = {row.name: world - start for row, world in zip(page.packages, worlds, strict=True)}
    rows = tuple(
        OutsideRow(row.name, row.label, row.kind, row.levels, float(move[me]), float(move[me]) / income,
                   int((move[places] < move[me]).sum()) + 1)
        for row, move in zip(page.packages, moves.values(), strict=True)
    )  # fmt: skip
    shown = page.advice or next((row for row in page.packages if row.kind == "status-quo"), page.packages[0])
    ends, day = outsiders_of(talk, moves[shown.name]), page.of_kind("status-quo")
    return OutsideAdvice(
        page.case, page.title, page.on, page.known, country, page.parties, page.issues,
        page.base if day is None else day.name, page.threats, rows, len(codes), ends["hurt"], ends["helped"],
        page.footing,
    )  # fmt: skip


# --- what the numbers stand on ----------------------------------------------------------------------------------------

#: Part of a gain below which an assumption is not told, USD bn a year.
WORTH_TELLING = 0.5


def footing_of(talk: Talk, deal: Floats, base: Threat) -> Footing:
    """World, weights and assumptions behind the gains of a package over a threat."""
    case, weights = talk.case, talk.headline.weights
    economy, error = case.economy(), case.surface().error
    omegas = {party: float(np.max(own.omega, initial=0.0)) for party, own in case.weights(weights).items()}
    weighing = max(omegas, key=lambda party: omegas[party])
    choice = next((row for row in case.file.weights.choices if row.name == weights), None)
    return Footing(
        case.file.world.name, len(economy.countries), len(economy.sectors),
        error.largest if error.points else None,
        tuple(row.importer for row in case.file.base_law if isinstance(row, WholeLaw)),
        weights, choice.date.isoformat() if choice else "", omegas[weighing],
        weighing if omegas[weighing] > 0.0 else "", talk.materials if case.materials else "",
        tuple(_assumed(talk, deal, base)),
        _unread(talk),
    )  # fmt: skip


def _unread(talk: Talk) -> tuple[str, str] | None:
    """Day and party of the last choice where no weight explains any of the case."""
    if len(weight_names(talk.case)) > 1:
        return None
    return next(((row.date.isoformat(), row.party) for row in reversed(talk.case.file.weights.choices)), ("", ""))


def _assumed(talk: Talk, deal: Floats, base: Threat) -> Iterator[Assumed]:
    """Parts of the gains that rest on what the case assumes; what a supply chain gives is none of it."""
    case, months = talk.case, talk.headline.horizon.months
    mix = threat_mix(case.file, base, talk.whole(talk.headline).threats)
    gains: dict[tuple[str, str], float] = {}
    for k, term in enumerate(case.terms(months)):
        parameter = case.file.terms[k].parameter if k < len(case.file.terms) else ""
        if parameter in case.materials:
            continue
        column = case.issues.index(term.issue)
        there = sum(p * float(term.flow.of(x[column : column + 1])[0]) for p, x in mix)
        key = (term.part, term.party)
        gains[key] = gains.get(key, 0.0) + float(term.flow.of(deal[column : column + 1])[0]) - there
    for (part, party), gain in gains.items():
        if abs(gain) >= WORTH_TELLING:
            yield Assumed(part, party, gain)
