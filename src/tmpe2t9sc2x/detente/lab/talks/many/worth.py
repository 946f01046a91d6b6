"""Tables of several parties: what deals are worth by party and part, against each threat, and to those outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from detente.codes import Table, declared_note
from detente.lab.talks.deals import amounts, billions, of, world_note
from detente.lab.talks.many.talk import NASH, ORDER, Floats, Round
from detente.lab.talks.talk import Setting
from detente.talks.space import Threat

ENDS = 5
"""Countries that are named on either end."""

SOME = 5e-4
"""A change of real income of less is none, USD bn a year."""

ONE_BY_ONE = "one by one"
"""Package of talks of two at a time."""


def exact() -> str:
    """That numbers of deals are no readings."""
    return declared_note("many.exact")


def off_surface() -> str:
    """That they are."""
    return declared_note("many.off_surface")


def each(round_: Round) -> Iterator[tuple[Setting, Threat]]:
    """Every setting with every threat."""
    for setting in round_.talk.settings:
        for threat in round_.negotiation(setting).threats:
            yield setting, threat


def first(round_: Round) -> tuple[Setting, Threat]:
    """The setting of what is shown once, with its first threat."""
    return round_.talk.headline, round_.negotiation(round_.talk.headline).threats[0]


def named(round_: Round) -> dict[str, Floats]:
    """Outcomes with a name, for readers, shape (issues,)."""
    return {round_.talk.label(name): outcome for name, outcome in round_.case.outcome_space.named.items()}


def chosen_deals(round_: Round, setting: Setting, threat: Threat) -> dict[str, Floats]:
    """Named outcomes, then the package of Nash and that of talks of two at a time, where there are any."""
    outcomes = named(round_)
    deals, pairs = round_.nash(setting, threat, round_.constraints), round_.one_by_one(setting, threat)
    outcomes |= {NASH: deals[0].outcome} if deals else {}
    return outcomes | ({ONE_BY_ONE: pairs[0].outcome} if pairs else {})


def joined(members: tuple[str, ...]) -> str:
    """Codes of a coalition as one text."""
    return " and ".join(members)


def payoff_table(round_: Round) -> Table:
    """Named deals and packages by party: payoff and its parts."""
    known: dict[str, None] = {}
    splits: list[tuple[Setting, list[str], Mapping[str, Floats]]] = []
    for setting in round_.talk.settings:
        outcomes = chosen_deals(round_, setting, round_.negotiation(setting).threats[0])
        split = round_.by_part(list(outcomes.values()), setting)
        known |= dict.fromkeys(split)
        splits.append((setting, list(outcomes), split))
    known = {name: None for name in (*ORDER, *known) if name in known}
    rows: list[tuple[Any, ...]] = []
    for setting, names, split in splits:
        whole = sum(split.values(), np.zeros(1))
        for k, name in enumerate(names):
            for i, party in enumerate(round_.parties):
                parts = (float(split[part][k, i]) if part in split else 0.0 for part in known)
                rows.append((*of(setting), name, party, whole[k, i], *parts))
    notes = (amounts(), world_note(round_.talk), exact())
    return billions("many.payoffs", rows, *notes, case=round_.case.file.title, part=list(known))


def gain_table(round_: Round) -> Table:
    """Gains of deals over each threat, and the chance of the status quo above which each signs."""
    rows = []
    for setting, threat in each(round_):
        outcomes = chosen_deals(round_, setting, round_.negotiation(setting).threats[0])
        values = round_.worth(list(outcomes.values()), setting)
        stars, fallen = round_.signs(setting, values), round_.fallen(setting, threat)
        for k, name in enumerate(outcomes):
            rows.append((*of(setting), threat.name, name, *(values[k] - fallen), *stars[k]))
    return billions("many.gains", rows, amounts(), exact(), declared_note("many.signs"), party=round_.parties)


def outsider_table(round_: Round) -> Table:
    """The countries outside the talks that lose and gain most by each deal."""
    rows = []
    for horizon in round_.talk.horizons:
        setting = Setting(round_.talk.headline.weights, horizon)
        outcomes = chosen_deals(round_, setting, round_.negotiation(setting).threats[0])
        for name, deal in zip(outcomes, round_.solved(list(outcomes.values()), horizon), strict=True):
            ends, whole = ends_of(round_, deal.world)
            for effect, some in ends.items():
                for rank, (country, income) in enumerate(some, 1):
                    rows.append((horizon.name, name, effect, rank, country, income, whole))
    return billions("many.outsiders", rows, amounts(), exact())


def ends_of(round_: Round, world: Floats) -> tuple[dict[str, list[tuple[str, float]]], float]:
    """Outsiders that lose and gain most, `hurt` and `helped`, with USD bn a year, and the sum of all outsiders.

    Parameters
    ----------
    world : change of real income of every country, shape (country,).
    """
    countries = round_.case.economy().countries
    moves = sorted(((countries[k], float(world[k])) for k in round_.outsiders), key=lambda pair: pair[1])
    hurt = [pair for pair in moves[:ENDS] if pair[1] < -SOME]
    helped = [pair for pair in moves[::-1][:ENDS] if pair[1] > SOME]
    return {"hurt": hurt, "helped": helped}, float(world[list(round_.outsiders)].sum())
