"""Tables of several parties: exposure, patience and threat value of each against each, and whether a deal holds."""

from __future__ import annotations

import numpy as np

from detente.codes import Table, declared_note
from detente.lab.talks.deals import amounts, billions, of
from detente.lab.talks.many.talk import NASH, Round
from detente.lab.talks.many.worth import each, exact, first, off_surface
from detente.talks.stability import TruceSide


def _deal(round_: Round) -> str:
    """The deal that is measured from, for the title."""
    reached = round_.nash(*first(round_), round_.constraints)
    return f"the package of {NASH.title()}" if reached else round_.talk.label(round_.talk.reference)


def leverage_table(round_: Round) -> Table:
    """What each loses if talks fail, when it signs, what a week costs it, and how its fallback moves the package."""
    rows = []
    for setting, threat in each(round_):
        deal = round_.deal(setting, threat)
        (value,) = round_.worth([deal], setting)
        exposure, stars = value - round_.fallen(setting, threat), round_.signs(setting, value)
        week, power = round_.week(setting, deal), round_.power(setting, threat)
        for i, party in enumerate(round_.parties):
            moved = np.full(len(round_.parties), np.nan) if power is None else power[:, i]
            rows.append((*of(setting), threat.name, party, exposure[i], stars[i], week[i], *moved))
    note = declared_note("many.never_added")
    return billions("many.leverage", rows, amounts(), exact(), note, party=round_.parties, deal=_deal(round_))


def harm_table(round_: Round) -> Table:
    """What each can do to each other, and whom a week costs more."""
    rows, places = [], {code: k for k, code in enumerate(round_.parties)}
    for setting, threat in each(round_):
        week = round_.week(setting, round_.deal(setting, threat))
        for harm in round_.harm(setting, threat):
            own, other = week[places[harm.party]], week[places[harm.other]]
            patience = float(other / own) if own > 0.0 else np.nan
            rows.append((*of(setting), threat.name, harm.party, harm.other, harm.loss, harm.cost, harm.beside, patience,
                         ", ".join(harm.issues)))  # fmt: skip
    note = declared_note("many.harm")
    return billions("many.harms", rows, amounts(), note, deal=_deal(round_))


def stability_table(round_: Round) -> Table:
    """Whether each party keeps the package by itself, under every answer to a breach."""
    rows = []
    for setting in round_.talk.settings:
        negotiation = round_.negotiation(setting)
        deal = round_.deal(setting, negotiation.threats[0])
        for name, truce in round_.truces(setting, deal).items():
            for side in truce.sides:
                broken = broken_by(round_, side, deal)
                cost = side.deal - side.punishment
                rows.append((*of(setting), name, side.party, "yes" if side.holds else "no", temptation(side), cost,
                             ", ".join(broken), side.why))  # fmt: skip
    return billions("many.stability", rows, amounts(), off_surface(), deal=_deal(round_))


def temptation(side: TruceSide) -> float:
    """What a party gains a year by breaking a deal, until the answer, USD bn."""
    return max(side.deviation - side.deal, 0.0)


def broken_by(round_: Round, side: TruceSide, deal: np.ndarray) -> list[str]:
    """Issues with which a party would break a deal."""
    names = round_.case.outcome_space.names
    return [name for name, before, after in zip(names, deal, side.broken, strict=True) if abs(after - before) > 1e-6]
