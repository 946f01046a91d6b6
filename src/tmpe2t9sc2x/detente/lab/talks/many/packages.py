"""Tables of several parties: packages, who can block them, the core with transfers, and talks of two at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.codes import Table, declared_note
from detente.lab.talks.deals import amounts, billions, issues_of, of
from detente.lab.talks.many.talk import LEAKS, NASH, Floats, Round
from detente.lab.talks.many.worth import ONE_BY_ONE, each, exact, joined, off_surface
from detente.talks.answers import CONJECTURES
from detente.talks.pairwise import SignedInTurn
from detente.talks.space import OutcomeSpace

IN_TURN = "in turn"
NIL = 1e-3
"""An excess of no more is none, USD bn a year: searches are no finer."""

AT_END = 1e-6
"""A level this near to an end is at it, share of the width."""


def solution_table(round_: Round) -> Table:
    """The package of every concept; of Nash every peak near the best."""
    rows, space = [], round_.case.outcome_space
    for setting, threat in each(round_):
        for constraints in round_.talk.sets:
            packages = round_.packages(setting, threat, constraints)
            peaks = round_.nash(setting, threat, constraints)
            several = [(NASH, peak.outcome, peak.product) for peak in peaks]
            several += [(name, outcome, np.nan) for name, outcome in packages.items() if name != NASH]
            if not several:
                continue
            gains = round_.gains([outcome for _, outcome, _ in several], setting, threat)
            for (name, outcome, product), gain in zip(several, gains, strict=True):
                rows.append((*of(setting), constraints, threat.name, name, *gain, product, *outcome,
                             ends(space, outcome)))  # fmt: skip
    notes = declared_note("many.concepts"), declared_note("many.no_package")
    return billions("many.solutions", rows, amounts(), exact(), *notes, party=round_.parties,
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


def blocking_table(round_: Round) -> Table:
    """For every coalition its best deal against the package of Nash."""
    rows, space = [], round_.case.outcome_space
    for setting, threat in each(round_):
        deals = round_.nash(setting, threat, round_.constraints)
        for row in round_.blocked(setting, threat, deals[0].outcome) if deals else []:
            blocks = "yes" if row.blocks else "no"
            package = space.reading(row.outcome) if round_.between(row.members) else ""
            rows.append((*of(setting), threat.name, joined(row.members), row.gain, blocks,
                         *(row.payoffs - deals[0].payoffs), package))  # fmt: skip
    words = declared_note("many.blocks")
    return billions("many.blocking", rows, amounts(), words, party=round_.parties, deal=NASH)


def core_table(round_: Round) -> Table:
    """The least core with transfers, by what the others do and what transfers lose."""
    rows = []
    for setting, threat in each(round_):
        for conjecture, leak in [(CONJECTURES[0], leak) for leak in LEAKS] + [
            (way, LEAKS[0]) for way in CONJECTURES[1:]
        ]:
            core = round_.core(setting, threat, conjecture, leak)
            if core is not None:
                stable, tight = "no" if core.excess > NIL else "yes", ", ".join(map(joined, core.tight))
                rows.append((*of(setting), threat.name, conjecture, leak, core.excess, stable, *core.payoffs, tight))
    note = declared_note("many.leak")
    return billions("many.core", rows, amounts(), note, party=round_.parties)


def pair_table(round_: Round) -> Table:
    """Results of parallel talks of two, every one found, and of a hub that signs with one after another."""
    rows, space = [], round_.case.outcome_space
    blank = np.full(len(round_.parties), np.nan), np.full(len(space.issues), np.nan)
    for setting, threat in each(round_):
        settled = round_.one_by_one(setting, threat)
        if settled == []:
            rows.append((*of(setting), threat.name, ONE_BY_ONE, "", np.nan, *blank[0], *blank[1], "no fixed point"))
        for deal in settled or []:
            (gain,) = round_.gains([deal.outcome], setting, threat)
            rows.append((*of(setting), threat.name, ONE_BY_ONE, "", deal.rounds, *gain, *deal.outcome,
                         f"{len(settled or [])} found"))  # fmt: skip
        for hub in round_.hubs:
            for turn in round_.turns(setting, threat, hub):
                (gain,) = round_.gains([turn.outcome], setting, threat)
                order = ", then ".join(turn.order)
                rows.append((*of(setting), threat.name, IN_TURN, order, np.nan, *gain, *turn.outcome,
                             f"{hub} signs"))  # fmt: skip
    note = declared_note("many.shares_own")
    return billions("many.pairs", rows, amounts(), exact(), note, party=round_.parties, issue=issues_of(space.issues))


def place_table(round_: Round) -> Table:
    """What each partner of a hub gets by its place in the order of signature."""
    rows = []
    for setting, threat in each(round_):
        for hub in round_.hubs:
            for (party, place), gain in by_place(round_, round_.turns(setting, threat, hub)).items():
                last = by_place(round_, round_.turns(setting, threat, hub))
                over = gain - last[party, max(p for code, p in last if code == party)]
                rows.append((*of(setting), threat.name, hub, party, place, gain, over))
    return billions("many.places", rows, amounts(), off_surface())


def by_place(round_: Round, turns: Sequence[SignedInTurn]) -> dict[tuple[str, int], float]:
    """Gain of each partner in each place, mean over the orders, USD bn a year."""
    gains: dict[tuple[str, int], list[float]] = {}
    for turn in turns:
        for place, party in enumerate(turn.order, 1):
            gains.setdefault((party, place), []).append(float(turn.gains[round_.parties.index(party)]))
    return {key: float(np.mean(values)) for key, values in sorted(gains.items())}
