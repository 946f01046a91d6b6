"""Tables of talks of three and more: what each gets, who can block, what talks of two at a time do, who is hurt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np

from detente.codes import Table, declared_note
from detente.lab.talks.counsel import broken_by, by_place, outsiders_of, temptation
from detente.lab.talks.deals import amounts, billions, issues_of, of, world_note
from detente.lab.talks.talk import LEAKS, NASH, ORDER, Floats, Setting, Talk
from detente.talks.answers import CONJECTURES
from detente.talks.improvements import Improvement
from detente.talks.space import OutcomeSpace, Threat

ONE_BY_ONE = "one by one"
"""Package of talks of two at a time."""


def exact() -> str:
    """That numbers of deals are no readings."""
    return declared_note("many.exact")


def off_surface() -> str:
    """That they are."""
    return declared_note("many.off_surface")


def each(talk: Talk) -> Iterator[tuple[Setting, Threat]]:
    """Every setting with every threat."""
    for setting in talk.settings:
        for threat in talk.negotiation(setting).threats:
            yield setting, threat


def chosen_deals(talk: Talk, setting: Setting, threat: Threat) -> dict[str, Floats]:
    """Named outcomes, then the package of Nash and that of talks of two at a time, where there are any."""
    outcomes = {talk.label(name): outcome for name, outcome in talk.case.outcome_space.named.items()}
    deals, pairs = talk.nash(setting, threat, talk.signable), talk.one_by_one(setting, threat)
    outcomes |= {NASH: deals[0].outcome} if deals else {}
    return outcomes | ({ONE_BY_ONE: pairs[0].outcome} if pairs else {})


def _of_outsiders(talk: Talk, world: Floats) -> float:
    """The change of real income of all outsiders together, USD bn a year."""
    return float(world[list(talk.outsiders)].sum())


def joined(members: tuple[str, ...]) -> str:
    """Codes of a coalition as one text."""
    return " and ".join(members)


def payoff_table(talk: Talk) -> Table:
    """Named deals and packages by party: payoff and its parts."""
    known: dict[str, None] = {}
    splits: list[tuple[Setting, list[str], Mapping[str, Floats]]] = []
    for setting in talk.settings:
        outcomes = chosen_deals(talk, setting, talk.negotiation(setting).threats[0])
        split = talk.by_part(list(outcomes.values()), setting)
        known |= dict.fromkeys(split)
        splits.append((setting, list(outcomes), split))
    known = {name: None for name in (*ORDER, *known) if name in known}
    rows: list[tuple[Any, ...]] = []
    for setting, names, split in splits:
        whole = sum(split.values(), np.zeros(1))
        for k, name in enumerate(names):
            for i, party in enumerate(talk.parties):
                parts = (float(split[part][k, i]) if part in split else 0.0 for part in known)
                rows.append((*of(setting), name, party, whole[k, i], *parts))
    notes = (amounts(), world_note(talk), exact())
    return billions("many.payoffs", rows, *notes, case=talk.case.file.title, part=list(known))


def gain_table(talk: Talk) -> Table:
    """Gains of deals over each threat, and the chance of the status quo above which each signs."""
    rows = []
    for setting, threat in each(talk):
        outcomes = chosen_deals(talk, setting, talk.negotiation(setting).threats[0])
        values = talk.worth(list(outcomes.values()), setting)
        stars, fallen = talk.p_stars(setting, values), talk.fallen(setting, threat)
        for k, name in enumerate(outcomes):
            rows.append((*of(setting), threat.name, name, *(values[k] - fallen), *stars[k]))
    return billions("many.gains", rows, amounts(), exact(), declared_note("many.signs"), party=talk.parties)


def outsider_table(talk: Talk) -> Table:
    """The countries outside the talks that lose and gain most by each deal."""
    rows = []
    for horizon in talk.horizons:
        setting = Setting(talk.headline.weights, horizon)
        outcomes = chosen_deals(talk, setting, talk.negotiation(setting).threats[0])
        for name, deal in zip(outcomes, talk.solved(list(outcomes.values()), horizon), strict=True):
            whole = _of_outsiders(talk, deal.world)
            for effect, some in outsiders_of(talk, deal.world).items():
                for rank, (country, income) in enumerate(some, 1):
                    rows.append((horizon.name, name, effect, rank, country, income, whole))
    return billions("many.outsiders", rows, amounts(), exact())


def threat_table(talk: Talk) -> Table:
    """What happens if talks fail, by party."""
    rows, space = [], talk.case.outcome_space
    for setting, threat in each(talk):
        levels = "a mix of laws" if threat.outcome is None else space.reading(threat.outcome)
        credible = "yes" if threat.credible else declared_note("many.all_skip")
        rows.append((*of(setting), threat.name, threat.label, *talk.fallen(setting, threat), credible, levels))
    return billions("many.threats", rows, amounts(), exact(), party=talk.parties)


def coalition_table(talk: Talk) -> Table:
    """What each coalition reaches where the others keep the threat, answer with own duties, or sign in pairs."""
    rows, places = [], {code: k for k, code in enumerate(talk.parties)}
    for setting, threat in each(talk):
        for conjecture in CONJECTURES:
            for members, deal in talk.coalition(setting, threat, conjecture).items():
                gains = deal.payoffs - threat.value
                value = sum(float(gains[places[code]]) for code in members)
                rows.append((*of(setting), threat.name, joined(members), conjecture, value, *gains,
                             _between(talk, members)))  # fmt: skip
    return billions("many.coalitions", rows, amounts(), declared_note("many.no_coalition"), party=talk.parties)


def _between(talk: Talk, members: tuple[str, ...]) -> str:
    issues = ", ".join(talk.between(members))
    return issues or (declared_note("many.nothing_between") if len(members) > 1 else "")


def pair_failure_table(talk: Talk) -> Table:
    """What changes for everybody if the issues of one pair go to the threat and the rest stays as in the package."""
    rows, issues = [], talk.case.outcome_space.names
    for setting, threat in each(talk):
        deals = talk.nash(setting, threat, talk.signable)
        if not deals or not talk.on_table(threat):
            continue
        pairs = list(combinations(talk.parties, 2))
        own = [talk.between(pair) for pair in pairs]
        failed = [np.where(np.isin(issues, some), talk.base(threat), deals[0].outcome) for some in own]
        values = talk.worth([deals[0].outcome, *failed], setting)
        for pair, some, value in zip(pairs, own, values[1:], strict=True):
            words = ", ".join(some) or declared_note("many.nothing_between")
            rows.append((*of(setting), threat.name, joined(pair), *(value - values[0]), words))
    return billions("many.failures", rows, amounts(), exact(), declared_note("many.from_nash"), party=talk.parties)


def room_table(talk: Talk) -> Table:
    """The acceptable set: room of each, and who closes it where it is empty."""
    rows = []
    for setting, threat in each(talk):
        for constraints in talk.sets:
            ground = talk.ground(setting, threat, constraints)
            words = {"": "a deal exists", "conflict": "none: payoffs conflict"}.get(ground.empty, ground.empty)
            rows.append((*of(setting), constraints, threat.name, *ground.room, *ground.most, ground.smallest, words,
                         " or ".join(ground.closes)))  # fmt: skip
    return billions("many.room", rows, amounts(), off_surface(), party=talk.parties)


IN_TURN = "in turn"
NIL = 1e-3
"""An excess of no more is none, USD bn a year: searches are no finer."""

AT_END = 1e-6
"""A level this near to an end is at it, share of the width."""


def solution_table(talk: Talk) -> Table:
    """The package of every concept; of Nash every peak near the best."""
    rows, space = [], talk.case.outcome_space
    for setting, threat in each(talk):
        for constraints in talk.sets:
            packages = talk.packages(setting, threat, constraints)
            peaks = talk.nash(setting, threat, constraints)
            several = [(NASH, peak.outcome, peak.product) for peak in peaks]
            several += [(name, outcome, np.nan) for name, outcome in packages.items() if name != NASH]
            if not several:
                continue
            gains = talk.gains([outcome for _, outcome, _ in several], setting, threat)
            for (name, outcome, product), gain in zip(several, gains, strict=True):
                rows.append((*of(setting), constraints, threat.name, name, *gain, product, *outcome,
                             ends(space, outcome)))  # fmt: skip
    notes = declared_note("many.concepts"), declared_note("many.no_package")
    return billions("many.solutions", rows, amounts(), exact(), *notes, party=talk.parties,
                    issue=issues_of(space.issues))  # fmt: skip


def ends(space: OutcomeSpace, outcome: Floats) -> str:
    """Issues at the end of what is on the table."""
    near = AT_END * (space.upper - space.lower)
    names = [
        f"{issue.name} ({'lowest' if x <= low + gap else 'highest'})"
        for issue, x, low, high, gap in zip(space.issues, outcome, space.lower, space.upper, near, strict=True)
        if x <= low + gap or x >= high - gap
    ]
    return ", ".join(names)


def blocking_table(talk: Talk) -> Table:
    """For every coalition its best deal against the package of Nash."""
    rows, space = [], talk.case.outcome_space
    for setting, threat in each(talk):
        deals = talk.nash(setting, threat, talk.signable)
        for row in talk.blocked(setting, threat, deals[0].outcome) if deals else []:
            blocks = "yes" if row.blocks else "no"
            package = space.reading(row.outcome) if talk.between(row.members) else ""
            rows.append((*of(setting), threat.name, joined(row.members), row.gain, blocks,
                         *(row.payoffs - deals[0].payoffs), package))  # fmt: skip
    words = declared_note("many.blocks")
    return billions("many.blocking", rows, amounts(), words, party=talk.parties, deal=NASH)


def core_table(talk: Talk) -> Table:
    """The least core with transfers, by what the others do and what transfers lose."""
    rows = []
    for setting, threat in each(talk):
        for conjecture, leak in [(CONJECTURES[0], leak) for leak in LEAKS] + [
            (way, LEAKS[0]) for way in CONJECTURES[1:]
        ]:
            core = talk.core(setting, threat, conjecture, leak)
            if core is not None:
                stable, tight = "no" if core.excess > NIL else "yes", ", ".join(map(joined, core.tight))
                rows.append((*of(setting), threat.name, conjecture, leak, core.excess, stable, *core.payoffs, tight))
    note = declared_note("many.leak")
    return billions("many.core", rows, amounts(), note, party=talk.parties)


def pair_table(talk: Talk) -> Table:
    """Results of parallel talks of two, every one found, and of a hub that signs with one after another."""
    rows, space = [], talk.case.outcome_space
    blank = np.full(len(talk.parties), np.nan), np.full(len(space.issues), np.nan)
    for setting, threat in each(talk):
        settled = talk.one_by_one(setting, threat)
        if settled == []:
            rows.append((*of(setting), threat.name, ONE_BY_ONE, "", np.nan, *blank[0], *blank[1], "no fixed point"))
        for deal in settled or []:
            (gain,) = talk.gains([deal.outcome], setting, threat)
            rows.append((*of(setting), threat.name, ONE_BY_ONE, "", deal.rounds, *gain, *deal.outcome,
                         f"{len(settled or [])} found"))  # fmt: skip
        for hub in talk.hubs:
            for turn in talk.turns(setting, threat, hub):
                (gain,) = talk.gains([turn.outcome], setting, threat)
                order = ", then ".join(turn.order)
                rows.append((*of(setting), threat.name, IN_TURN, order, np.nan, *gain, *turn.outcome,
                             f"{hub} signs"))  # fmt: skip
    note = declared_note("many.shares_own")
    return billions("many.pairs", rows, amounts(), exact(), note, party=talk.parties, issue=issues_of(space.issues))


def place_table(talk: Talk) -> Table:
    """What each partner of a hub gets by its place in the order of signature."""
    rows = []
    for setting, threat in each(talk):
        for hub in talk.hubs:
            for (party, place), gain in by_place(talk, talk.turns(setting, threat, hub)).items():
                last = by_place(talk, talk.turns(setting, threat, hub))
                over = gain - last[party, max(p for code, p in last if code == party)]
                rows.append((*of(setting), threat.name, hub, party, place, gain, over))
    return billions("many.places", rows, amounts(), off_surface())


STEPS = 3
"""Single steps that are shown of each deal."""


def frontier_table(talk: Talk) -> Table:
    """Packages on the frontier above the first threat, under the headline setting."""
    rows, (setting, threat) = [], talk.first
    frontier = talk.frontier(setting, threat)
    if frontier is not None:
        for k, (value, outcome) in enumerate(zip(frontier.payoffs, frontier.outcomes, strict=True)):
            most = ", ".join(code for code, end in zip(talk.parties, frontier.ends, strict=True) if end == k)
            rows.append((*of(setting), threat.name, *(value - threat.value), *outcome, most))
    note = declared_note("many.directions")
    issues = issues_of(talk.case.outcome_space.issues)
    return billions("many.frontier", rows, amounts(), note, party=talk.parties, issue=issues)


def curve_table(talk: Talk) -> Table:
    """What each pair can have where the others keep what the package of Nash gives them; over the first threat."""
    rows, (setting, threat) = [], talk.first
    for curve in talk.curves(setting, threat):
        for value, outcome in zip(curve.payoffs, curve.outcomes, strict=True):
            rows.append((*of(setting), threat.name, *curve.pair, *(value - threat.value), *outcome))
    issues = issues_of(talk.case.outcome_space.issues)
    return billions("many.curves", rows, amounts(), off_surface(), party=talk.parties, issue=issues)


def left_table(talk: Talk) -> Table:
    """What deals leave on the table, and what taking it would do to outsiders."""
    rows, space = [], talk.case.outcome_space
    for setting in talk.settings:
        for name, outcome in chosen_deals(talk, setting, talk.negotiation(setting).threats[0]).items():
            if not _on_table(talk, outcome):
                continue
            left = talk.left(setting, outcome)
            before, after = talk.solved([outcome, left.package], setting.horizon)
            beside = _of_outsiders(talk, after.world - before.world)
            rows.append((*of(setting), talk.signable, name, left.total, *left.alone, beside,
                         space.reading(left.package)))  # fmt: skip
    return billions("many.left", rows, amounts(), declared_note("many.outsiders_exact"), party=talk.parties)


def _on_table(talk: Talk, outcome: Floats) -> bool:
    space = talk.case.outcome_space
    return bool((outcome <= space.upper + 1e-9).all() and (outcome >= space.lower - 1e-9).all())


def improvement_table(talk: Talk) -> Table:
    """Changes of one issue of each deal by which no party loses, with what they do to outsiders."""
    rows = []
    for setting in talk.settings:
        for name, outcome in chosen_deals(talk, setting, talk.negotiation(setting).threats[0]).items():
            steps = talk.left(setting, outcome).issues[:STEPS] if _on_table(talk, outcome) else ()
            if not steps:
                continue
            solved = talk.solved([outcome, *(step.outcome for step in steps)], setting.horizon)
            values = talk.worth([deal.outcome for deal in solved], setting)
            for rank, step in enumerate(steps, 1):
                world = solved[rank].world - solved[0].world
                hurt, whole = outsiders_of(talk, world)["hurt"], _of_outsiders(talk, world)
                rows.append((*of(setting), talk.signable, name, rank, step_words(talk, step),
                             *(values[rank] - values[0]), whole, hurt[0][0] if hurt else ""))  # fmt: skip
    return billions("many.improve", rows, amounts(), exact(), party=talk.parties)


def step_words(talk: Talk, step: Improvement) -> str:
    """A change of one issue in words."""
    space = talk.case.outcome_space
    issue = space.issues[space.index(step.issue)]
    return f"{issue.label or issue.name} from {issue.reading(step.before)} to {issue.reading(step.after)}"


def _deal(talk: Talk) -> str:
    """The deal that is measured from, for the title."""
    reached = talk.nash(*talk.first, talk.signable)
    return f"the package of {NASH.title()}" if reached else talk.label(talk.reference)


def leverage_table(talk: Talk) -> Table:
    """What each loses if talks fail, when it signs, what a week costs it, and how its fallback moves the package."""
    rows = []
    for setting, threat in each(talk):
        deal = talk.deal(setting, threat)
        (value,) = talk.worth([deal], setting)
        exposure, stars = value - talk.fallen(setting, threat), talk.p_stars(setting, value)
        week, power = talk.week(setting, deal), talk.power(setting, threat)
        for i, party in enumerate(talk.parties):
            moved = np.full(len(talk.parties), np.nan) if power is None else power[:, i]
            rows.append((*of(setting), threat.name, party, exposure[i], stars[i], week[i], *moved))
    note = declared_note("many.never_added")
    return billions("many.leverage", rows, amounts(), exact(), note, party=talk.parties, deal=_deal(talk))


def harm_table(talk: Talk) -> Table:
    """What each can do to each other, and whom a week costs more."""
    rows, places = [], {code: k for k, code in enumerate(talk.parties)}
    for setting, threat in each(talk):
        week = talk.week(setting, talk.deal(setting, threat))
        for harm in talk.harm(setting, threat):
            own, other = week[places[harm.party]], week[places[harm.other]]
            patience = float(other / own) if own > 0.0 else np.nan
            rows.append((*of(setting), threat.name, harm.party, harm.other, harm.loss, harm.cost, harm.beside, patience,
                         ", ".join(harm.issues)))  # fmt: skip
    note = declared_note("many.harm")
    return billions("many.harms", rows, amounts(), note, deal=_deal(talk))


def stability_table(talk: Talk) -> Table:
    """Whether each party keeps the package by itself, under every answer to a breach."""
    rows = []
    for setting in talk.settings:
        negotiation = talk.negotiation(setting)
        deal = talk.deal(setting, negotiation.threats[0])
        for name, truce in talk.truces(setting, deal).items():
            for side in truce.sides:
                broken = broken_by(talk, side, deal)
                cost = side.deal - side.punishment
                rows.append((*of(setting), name, side.party, "yes" if side.holds else "no", temptation(side), cost,
                             ", ".join(broken), side.why))  # fmt: skip
    return billions("many.stability", rows, amounts(), off_surface(), deal=_deal(talk))
