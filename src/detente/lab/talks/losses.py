"""Losses from withheld licences by the supply chain of rare earths, with their range over draws: as they are stored."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.chains.equilibrium import real_income_change
from detente.data import chain_world
from detente.data.limits import memoized
from detente.data.npzfile import key_of, stored
from detente.lab.chains.answer import rents_abroad
from detente.lab.chains.months import CONTROLLED, ChainQuestion, Ran, Words, run_question
from detente.talks.world import BILLION

Floats = NDArray[np.float64]

CHAIN = "rare-earths"
MONTHS = 36
#: Shares withheld at which the chain is run; the loss rises steeply towards the end.
LEVELS = (0.0, 0.25, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)

DRAWS, SEED = 100, 20250512


@memoized
def losses_of(country: str, everyone: bool) -> tuple[Floats, Floats, Floats, Floats]:
    """Loss of real income at each level by month, both ends of its range, and rents of whoever restricts.

    Four arrays (levels, months), USD bn a year. Without a range where nothing is stored for the country.
    """
    table = stored(key_of("losses", loss_content(country, everyone))).get("losses")
    if table is not None:
        central, low, high, rents = np.asarray(table, dtype=np.float64)
        return central, low, high, rents
    central, rents = central_of(country, everyone)
    return central, central, central, rents


def central_of(country: str, everyone: bool) -> tuple[Floats, Floats]:
    """Losses and rents of the central run at each level by month, each of shape (levels, months)."""
    pairs = [_at(country, everyone, level) for level in LEVELS]
    return np.stack([loss for loss, _ in pairs]), np.stack([rents for _, rents in pairs])


def loss_content(country: str, everyone: bool) -> dict[str, Any]:
    """What stored losses rest on."""
    file = question_of(country, everyone, 1.0).file
    digest = hashlib.sha256(Path(file.path).read_bytes()).hexdigest()
    return {"chain": CHAIN, "file": digest, "elements": list(CONTROLLED), "months": MONTHS, "levels": list(LEVELS),
            "country": country, "everyone": everyone, "draws": DRAWS, "seed": SEED}  # fmt: skip


def question_of(country: str, everyone: bool, level: float) -> ChainQuestion:
    """What is asked of the chain at a share of licences withheld."""
    words = Words(cut=level, elements=CONTROLLED, to=() if everyone else (country,))
    return ChainQuestion(CHAIN, words, MONTHS, "direct", countries=(country,))


def _at(country: str, everyone: bool, level: float) -> tuple[Floats, Floats]:
    """Losses and rents of the central run at one level, each of shape (months,)."""
    if level == 0.0:
        return np.zeros(MONTHS), np.zeros(MONTHS)
    ran = run_question(question_of(country, everyone, level))
    scope, rents = ran.scopes[0], np.zeros(MONTHS)
    yearly = rents_abroad(ran.runs[scope], country, ran.effects[scope])
    for quarter, rent in zip(ran.effects[scope].quarters, yearly, strict=True):
        rents[quarter.period.months] = rent / BILLION
    return loss_path(ran, country), rents


def loss_path(ran: Ran, country: str) -> Floats:
    """Loss of real income by month, USD bn a year, shape (months,)."""
    effect = ran.effects[ran.scopes[0]]
    losses = np.zeros(MONTHS)
    for quarter, changes in zip(effect.quarters, effect.path(ran.scopes[0], country), strict=True):
        losses[quarter.period.months] = -real_income_change(changes) * chain_world.gdp(country) / BILLION
    return losses
