"""Tables of talks of three and more: what each gets, who can block, what talks of two at a time do, who is hurt."""

from __future__ import annotations

import numpy as np

from detente.codes import Table, declared_note
from detente.lab.talks.counsel import by_place, outsiders_of
from detente.lab.talks.deals import (
    ONE_BY_ONE,
    amounts,
    billions,
    chosen_deals,
    each,
    exact,
    issues_of,
    of,
    of_outsiders,
)
from detente.lab.talks.power import measured_deal
from detente.lab.talks.talk import LEAKS, NASH, Setting, Talk
from detente.talks.answers import CONJECTURES


def off_surface() -> str:
    """That numbers are read off the surface."""
    return declared_note("many.off_surface")


def joined(members: tuple[str, ...]) -> str:
    """Codes of a coalition as one text."""
    return " and ".join(members)


def outsider_table(talk: Talk) -> Table:
    """The countries outside the talks that lose and gain most by each deal."""
    rows = []
    for horizon in talk.horizons:
        setting = Setting(talk.headline.weights, horizon)
        outcomes = chosen_deals(talk, setting)
        for name, deal in zip(outcomes, talk.solved(list(outcomes.values()), horizon), strict=True):
            whole = of_outsiders(talk, deal.world)
            for effect, some in outsiders_of(talk, deal.world).items():
                for rank, (country, income) in enumerate(some, 1):
                    rows.append((horizon.name, name, effect, rank, country, income, whole))
    return billions("many.outsiders", rows, amounts(), exact(talk))


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
    rows = []
    for setting, threat in each(talk):
        deals = talk.nash(setting, threat, talk.signable)
        for pair, change in talk.failures(setting, threat, deals[0].outcome) if deals and talk.on_table(threat) else ():
            words = ", ".join(talk.between(pair)) or declared_note("many.nothing_between")
            rows.append((*of(setting), threat.name, joined(pair), *change, words))
    return billions("many.failures", rows, amounts(), exact(talk), declared_note("many.from_nash"), party=talk.parties)


IN_TURN = "in turn"
NIL = 1e-3
"""An excess of no more is none, USD bn a year: searches are no finer."""


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
    return billions("many.pairs", rows, amounts(), exact(talk), note, party=talk.parties, issue=issues_of(space.issues))


def place_table(talk: Talk) -> Table:
    """What each partner of a hub gets by its place in the order of signature."""
    rows = []
    for setting, threat in each(talk):
        for hub in talk.hubs:
            last = by_place(talk, talk.turns(setting, threat, hub))
            for (party, place), gain in last.items():
                over = gain - last[party, max(p for code, p in last if code == party)]
                rows.append((*of(setting), threat.name, hub, party, place, gain, over))
    return billions("many.places", rows, amounts(), off_surface())


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
    return billions("many.leverage", rows, amounts(), exact(talk), note, party=talk.parties, deal=measured_deal(talk))


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
    return billions("many.harms", rows, amounts(), note, deal=measured_deal(talk))
