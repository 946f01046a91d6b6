"""Tables of several parties: what happens if talks fail, for all, for a coalition, for a pair; and is there room."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from detente.codes import Table, declared_note
from detente.lab.talks.deals import amounts, billions, of
from detente.lab.talks.many.talk import Round
from detente.lab.talks.many.worth import each, exact, joined, off_surface
from detente.talks.answers import CONJECTURES


def threat_table(round_: Round) -> Table:
    """What happens if talks fail, by party."""
    rows, space = [], round_.case.outcome_space
    for setting, threat in each(round_):
        levels = "a mix of laws" if threat.outcome is None else space.reading(threat.outcome)
        credible = "yes" if threat.credible else declared_note("many.all_skip")
        rows.append((*of(setting), threat.name, threat.label, *round_.fallen(setting, threat), credible, levels))
    return billions("many.threats", rows, amounts(), exact(), party=round_.parties)


def coalition_table(round_: Round) -> Table:
    """What each coalition reaches where the others keep the threat, answer with own duties, or sign in pairs."""
    rows, places = [], {code: k for k, code in enumerate(round_.parties)}
    for setting, threat in each(round_):
        for conjecture in CONJECTURES:
            for members, deal in round_.coalition(setting, threat, conjecture).items():
                gains = deal.payoffs - threat.value
                value = sum(float(gains[places[code]]) for code in members)
                rows.append((*of(setting), threat.name, joined(members), conjecture, value, *gains,
                             _between(round_, members)))  # fmt: skip
    return billions("many.coalitions", rows, amounts(), declared_note("many.no_coalition"), party=round_.parties)


def _between(round_: Round, members: tuple[str, ...]) -> str:
    issues = ", ".join(round_.between(members))
    return issues or (declared_note("many.nothing_between") if len(members) > 1 else "")


def pair_failure_table(round_: Round) -> Table:
    """What changes for everybody if the issues of one pair go to the threat and the rest stays as in the package."""
    rows, issues = [], round_.case.outcome_space.names
    for setting, threat in each(round_):
        deals = round_.nash(setting, threat, round_.constraints)
        if not deals or not round_.on_table(threat):
            continue
        pairs = list(combinations(round_.parties, 2))
        own = [round_.between(pair) for pair in pairs]
        failed = [np.where(np.isin(issues, some), round_.base(threat), deals[0].outcome) for some in own]
        values = round_.worth([deals[0].outcome, *failed], setting)
        for pair, some, value in zip(pairs, own, values[1:], strict=True):
            words = ", ".join(some) or declared_note("many.nothing_between")
            rows.append((*of(setting), threat.name, joined(pair), *(value - values[0]), words))
    return billions("many.failures", rows, amounts(), exact(), declared_note("many.from_nash"), party=round_.parties)


def room_table(round_: Round) -> Table:
    """The acceptable set: room of each, and who closes it where it is empty."""
    rows = []
    for setting, threat in each(round_):
        for constraints in round_.talk.sets:
            ground = round_.ground(setting, threat, constraints)
            words = {"": "a deal exists", "conflict": "none: payoffs conflict"}.get(ground.empty, ground.empty)
            rows.append((*of(setting), constraints, threat.name, *ground.room, *ground.most, ground.smallest, words,
                         " or ".join(ground.closes)))  # fmt: skip
    return billions("many.room", rows, amounts(), off_surface(), party=round_.parties)
