"""Misses: the largest differences between a forecast and what came, by name, with their likely reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.codes import Table, declared_note, table_of
from detente.data.days import signings
from detente.lab.score.duties import EVERYONE, GROUPS
from detente.lab.score.forecast import CLAIMING, CLAIMS, LAW, PUBLISHED
from detente.lab.score.months import last_day
from detente.lab.score.tables import IMPORTS, MOST, RATE, Scored, name_of

Floats = NDArray[np.float64]

BILLION = 1e9
FRESH = 0.01
"""Rise of the law of a month on the month before, share, after which goods at sea are a likely reason."""

KNOWING = f"{RATE}, law and claims known"
EARLY = 3
"""Months of a rise after which stocks bought before it are used up."""


class Miss(NamedTuple):
    """One miss: what, when, whose; its weight among all imports, signed, and the cells of its row."""

    quantity: str
    month: str
    partner: str
    weight: float
    forecast: str
    came: str
    words: str


def misses_table(scored: Scored) -> Table:
    """The largest misses of duty rates and of imports, the largest first."""
    rows = [
        (m.quantity, m.month, m.partner, name_of(m.partner), m.forecast, m.came, m.weight, m.words)
        for several in (rate_misses(scored), rate_misses(scored, CLAIMS), import_misses(scored))
        for m in _worst(several)[:MOST]
    ]
    return table_of("score.score_misses", rows, made=scored.forecast.made)


def _worst(misses: Sequence[Miss]) -> list[Miss]:
    """The largest miss of every partner, the largest first."""
    worst: dict[str, Miss] = {}
    for miss in sorted(misses, key=lambda miss: -abs(miss.weight)):
        worst.setdefault(miss.partner, miss)
    return list(worst.values())


def rate_misses(scored: Scored, reading: str = PUBLISHED) -> list[Miss]:
    """Misses of the duty rate of every partner alone, weighed by its imports among all.

    Parameters
    ----------
    reading : the forecast as it was made, or had law and claims been known.
    """
    own, law, claims = (scored.forecast.paths[name].rate for name in (reading, LAW, CLAIMS))
    law = claims if reading == CLAIMS else law
    quantity = RATE if reading == PUBLISHED else KNOWING
    came, months = scored.came, scored.forecast.months
    misses: list[Miss] = []
    for k, code in enumerate(EVERYONE[1:], 1):
        for m, month in enumerate(months):
            parts = (law[m, k] - own[m, k], claims[m, k] - law[m, k], came.rate[m, k] - claims[m, k])
            weight = (own[m, k] - came.rate[m, k]) * came.imports[m, k] / came.imports[m, 0]
            if np.isfinite(weight):
                words = _why_rate(parts, code, _risen(claims[:, k], m), scored.forecast.made, month)
                misses.append(Miss(quantity, month, code, weight, f"{own[m, k]:.1%}", f"{came.rate[m, k]:.1%}", words))
    return misses


def _risen(rates: Floats, month: int) -> bool:
    """Whether the law of a partner rose in the months just before."""
    first = max(month - EARLY + 1, 0)
    before = rates[first - 1] if first else 0.0
    return bool(rates[month] - before > FRESH)


def _why_rate(parts: tuple[float, float, float], code: str, risen: bool, made: str, month: str) -> str:
    acts, claims, rest = parts
    largest = max(parts, key=abs)
    if largest == acts:
        return _why_acts(acts * 100, made, month)
    if largest == claims:
        return declared_note("score.miss_claims", points=claims * 100)
    if code in CLAIMING and rest < 0:
        return declared_note("score.miss_unclaimed")
    if rest < 0 and risen:
        return declared_note("score.miss_at_sea")
    return declared_note("score.miss_excluded" if rest < 0 else "score.miss_dearer")


def _why_acts(points: float, made: str, month: str) -> str:
    """What acts of the law signed between moved, the first of them by name."""
    between = [s.act for s in signings() if last_day(made) < s.signed <= last_day(month)]
    if not between:
        return declared_note("score.miss_acts", points=points)
    if len(between) == 1:
        return declared_note("score.miss_act", act=between[0], points=points)
    return declared_note("score.miss_act_and_more", act=between[0], more=len(between) - 1, points=points)


def import_misses(scored: Scored) -> list[Miss]:
    """Misses of imports of every partner alone, over what came of all."""
    own, law = (scored.forecast.paths[name].imports for name in (PUBLISHED, LAW))
    came, months = scored.came.imports, scored.forecast.months
    misses: list[Miss] = []
    for k in range(1, len(GROUPS) + 1):
        for m, month in enumerate(months):
            weight = (own[m, k] - came[m, k]) / came[m, 0]
            if np.isfinite(weight):
                words = _why_imports(own[m, k], law[m, k], came[m, k])
                cells = (f"{own[m, k] / BILLION:.1f} bn USD", f"{came[m, k] / BILLION:.1f} bn USD")
                misses.append(Miss(IMPORTS, month, EVERYONE[k], weight, *cells, words))
    return misses


def _why_imports(own: float, law: float, came: float) -> str:
    if (law - own) * (came - own) > 0 and abs(law - own) > 0.5 * abs(came - own):
        return declared_note("score.miss_later_acts")
    return declared_note("score.miss_answered" if came < law else "score.miss_moved_here")
