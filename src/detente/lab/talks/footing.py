"""What the numbers of an advice stand on: the world, the weights, and how much of a gain the case assumes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from detente.data.caserows import TermRow, WholeLaw
from detente.lab.talks.advice import Assumed, Footing
from detente.lab.talks.gains import term_ends, threat_mix
from detente.lab.talks.talk import Talk
from detente.talks.space import Floats, Threat

WORTH_TELLING = 0.5
"""Part of a gain below which an assumption is not told, USD bn a year."""


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
    )  # fmt: skip


def _assumed(talk: Talk, deal: Floats, base: Threat) -> Iterator[Assumed]:
    """Parts of the gains that rest on a parameter of the case."""
    case, threats = talk.case, talk.whole(talk.headline).threats
    mix = threat_mix(case.file, base, threats)
    for row, (_, now, _) in zip(case.file.terms, term_ends(case, talk.headline.horizon.months), strict=True):
        column = case.issues.index(row.issue)
        there = sum(p * float(now.flow.of(x[column : column + 1])[0]) for p, x in mix)
        gain = float(now.flow.of(deal[column : column + 1])[0]) - there
        if abs(gain) >= WORTH_TELLING and not case.materials.get(row.parameter):
            yield _row(talk, row, gain)


def _row(talk: Talk, row: TermRow, gain: float) -> Assumed:
    parameter = talk.case.file.parameters.get(row.parameter)
    value = talk.case.number(row.parameter)
    low, high = parameter.ends if parameter is not None else (value, value)
    return Assumed(row.part, row.party, gain, row.parameter, value, low, high)
