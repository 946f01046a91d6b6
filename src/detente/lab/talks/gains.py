"""How far the gain of a deal reaches: over weights and the bounds of what a case assumes. One range for every face.

A gain has one range, whoever shows it: the lowest and highest over the payoffs of real income alone and those of the
last choice, with every loss or worth that the case assumes at either of its bounds, in one horizon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from detente.codes import Table, declared_note
from detente.data.caserows import CaseFile, TermRow
from detente.lab.talks.case import WELFARE, Case
from detente.lab.talks.deals import billions
from detente.lab.talks.talk import Setting, Talk, weight_names
from detente.lab.talks.world import PLEDGES, pledge_ends
from detente.talks.materials import Tabulated
from detente.talks.payoff import PayoffTerm
from detente.talks.space import Threat

Floats = NDArray[np.float64]
Ends = tuple[PayoffTerm, PayoffTerm, PayoffTerm]
Mix = Sequence[tuple[float, Floats]]

NOTHING = 1e-3
"""Span of a gain, USD bn a year, below which an input does not move it."""


@dataclass(frozen=True)
class GainRange:
    """The range of the gains of both sides over one threat.

    Attributes
    ----------
    low, high : shape (party,), USD bn a year.
    moves : by party, how far each input alone moves the gain, by what readers call it, USD bn a year.
    parts : by party, parts of the payoffs whose bounds move it.
    alone : by set of weights, the ends over the bounds alone, shape (2, party), USD bn a year.
    """

    low: Floats
    high: Floats
    moves: tuple[Mapping[str, float], ...] = field(repr=False)
    parts: tuple[tuple[str, ...], ...] = field(repr=False)
    alone: Mapping[str, Floats] = field(repr=False, default_factory=dict)

    @property
    def ends(self) -> Floats:
        """Both ends, shape (2, party)."""
        return np.stack([self.low, self.high])


def term_ends(case: Case, months: Floats | None = None) -> list[Ends]:
    """Each term of the payoffs with its parameter at its low end, as it is in the case, and at its high end.

    A parameter that is set by hand has no ends but itself; flows of a supply chain have those of the chain. Terms of
    pledges come after those of the file.
    """
    own = [_ends(case, index, row, months) for index, row in enumerate(case.file.terms)]
    return [*own, *pledge_ends(case.file, case.number)]


def _ends(case: Case, index: int, row: TermRow, months: Floats | None) -> Ends:
    flows = case.materials.get(row.parameter)
    if isinstance(flows, Tabulated):
        low, high = flows.ends
        each = [replace(case, materials={**case.materials, row.parameter: end}).terms(months) for end in (low, high)]
        return each[0][index], case.terms(months)[index], each[1][index]
    now, parameter = case.number(row.parameter), case.file.parameters.get(row.parameter)
    bound = parameter is None or row.parameter in case.inputs
    low, high = (now, now) if parameter is None or bound else parameter.ends
    made = [replace(case, inputs={**case.inputs, row.parameter: value}).terms(months) for value in (low, now, high)]
    return made[0][index], made[1][index], made[2][index]


def threat_mix(file: CaseFile, threat: Threat, threats: Sequence[Threat]) -> list[tuple[float, Floats]]:
    """Outcomes behind a threat with their weights; a mix of laws has two."""
    if threat.outcome is not None:
        return [(1.0, threat.outcome)]
    row = next((row for row in file.threats if row.name == threat.name), None)
    kinds = {other.kind: other for other in reversed(threats)}
    p = 0.5 if row is None or row.p is None else row.p
    pair = ((p, kinds.get("status-quo")), (1.0 - p, kinds.get("past-law")))
    return [(part, other.outcome) for part, other in pair if other is not None and other.outcome is not None]


def reach(case: Case, gains: Mapping[str, Floats], ends: Sequence[Ends], deal: Floats, mix: Mix) -> GainRange:
    """The range of the gains of a deal over a threat.

    Parameters
    ----------
    gains : by set of weights, each of shape (party,), USD bn a year.
    ends : of `term_ends`, for the horizon of the gains.
    deal : shape (issue,); `mix` : outcomes behind the threat.
    """
    every = np.array(list(gains.values()))
    low, high = every.min(axis=0), every.max(axis=0)
    moves = [{"the weights": span} for span in np.ptp(every, axis=0).tolist()]
    parts: list[dict[str, None]] = [{} for _ in case.parties]
    shift = np.zeros((2, len(case.parties)))
    names = [row.parameter.replace("_", " ") for row in case.file.terms]
    for three, name in zip(ends, [*names, *(pledge[1].part for pledge in ends[len(names) :])], strict=True):
        party = case.parties.index(three[1].party)
        moved = [_moved(term, case.issues.index(term.issue), deal, mix) for term in three]
        shift[:, party] += min(moved) - moved[1], max(moved) - moved[1]
        moves[party][name] = span = max(moved) - min(moved)
        if span > NOTHING:
            parts[party][three[1].part] = None
    alone = {name: gain + shift for name, gain in gains.items()}
    return GainRange(low + shift[0], high + shift[1], tuple(moves), tuple(tuple(each) for each in parts), alone)


def _moved(term: PayoffTerm, column: int, deal: Floats, mix: Mix) -> float:
    """What a term adds to the gain over a threat, USD bn a year."""
    there = sum(p * float(term.flow.of(x[column : column + 1])[0]) for p, x in mix)
    return float(term.flow.of(deal[column : column + 1])[0]) - there


def ranged_settings(talk: Talk) -> tuple[Setting, ...]:
    """Settings that the range of a gain runs over: the first horizon, real income alone and the last choice.

    Where these weights are not both in the talk, all that are.
    """
    usual = tuple(dict.fromkeys((WELFARE, weight_names(talk.case)[-1])))
    weights = usual if set(usual) <= set(talk.weights) else talk.weights
    return tuple(Setting(name, talk.horizons[0]) for name in weights)


def gain_ranges(talk: Talk, deal: Floats) -> dict[str, GainRange]:
    """The ranges of the gains of a deal, shape (issue,), over each threat of a talk, by its name."""
    settings = ranged_settings(talk)
    values = {s: talk.negotiation(s).value(deal) for s in settings}
    threats = talk.whole(settings[0]).threats
    ends = term_ends(talk.case, talk.horizons[0].months)
    ranges = {}
    for name in talk.threats:
        gains = {s.weights: value - talk.whole(s).threat(name).value for s, value in values.items()}
        mix = threat_mix(talk.case.file, talk.whole(settings[0]).threat(name), threats)
        ranges[name] = reach(talk.case, gains, ends, deal, mix)
    return ranges


def over_words(file: CaseFile) -> str:
    """What the range of a gain runs over, within a sentence."""
    pledged = (f"{row.type}s" for row in file.issues if row.type in PLEDGES)
    parts = list(dict.fromkeys([*(row.part for row in file.terms), *pledged]))
    if not parts:
        return declared_note("talks.over_weights")
    return declared_note("talks.over_bounds", parts=" and ".join(parts))


def gain_range_table(talk: Talk, ranges: Mapping[str, GainRange] | None = None) -> Table:
    """Table `gain_ranges`: the range of each gain of the reference deal, by threat and side."""
    ranges = gain_ranges(talk, talk.case.outcome(talk.reference)) if ranges is None else ranges
    rows = [
        (name, party, each.low[i], each.high[i], ", ".join(each.parts[i]), *first[:, i], *last[:, i])
        for name, each in ranges.items()
        for first, *_, last in [[*each.alone.values()] * 2]
        for i, party in enumerate(talk.parties)
    ]
    settings = ranged_settings(talk)
    note = f"weights {', '.join(s.weights for s in settings)}; {talk.horizons[0].name}"
    words = {"deal": talk.label(talk.reference), "over": over_words(talk.case.file)}
    return billions("talks.gain_ranges", rows, note, **words)
