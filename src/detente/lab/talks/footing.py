"""What the numbers of an advice stand on: the world, the weights, and how much of a gain the case assumes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from detente.data.caserows import WholeLaw
from detente.lab.talks.advice import Assumed, Footing
from detente.lab.talks.gains import threat_mix
from detente.lab.talks.talk import Talk, weight_names
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
