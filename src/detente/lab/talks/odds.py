"""The odds at which sides decide, an even chance of today's law and the law before, and when each signs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from detente.lab.talks.advice import ODDS
from detente.talks import Threat, expected
from detente.talks.space import Floats, Negotiation

EVEN = 0.5
"""Chance of today's law at which limits are told."""


def even_odds(whole: Negotiation, base: Threat) -> tuple[Threat, float | None]:
    """An even chance of today's law and the law before, with the chance; the base where there are not both."""
    day, past = whole.of_kind("status-quo"), whole.of_kind("past-law")
    return (base, None) if day is None or past is None else (replace(expected(day, past, EVEN), name=ODDS), EVEN)


def base_of(whole: Negotiation, name: str) -> Threat:
    """What gains are over under a setting: the odds at which sides decide, or a threat by its name."""
    return even_odds(whole, whole.threats[0])[0] if name == ODDS else whole.threat(name)


def chances(whole: Negotiation, stars: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Chance of today's law above which each signs, and below which, NaN where none decides, each of shape (parties,).

    Who signs whatever comes does so above 0. One for whom today's law is better than the law before signs below some.

    Parameters
    ----------
    stars : p* of each, NaN where today's law is no worse for it than the law before; `values` : its payoffs.
    """
    day, past = whole.of_kind("status-quo"), whole.of_kind("past-law")
    if day is None or past is None:
        return np.asarray(stars), np.full(values.shape, np.nan)
    always = np.isnan(stars) & (values >= np.maximum(day.value, past.value) - 1e-9)
    rise = day.value - past.value
    below = np.where(rise > 0.0, (values - past.value) / np.where(rise > 0.0, rise, 1.0), 0.0)
    return np.where(always, 0.0, stars), np.where(np.isnan(stars) & ~always, np.maximum(below, 0.0), np.nan)
