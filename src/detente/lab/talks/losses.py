"""Losses from withheld licences by the supply chain of rare earths, with their range over draws: as they are stored."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.chains.equilibrium import real_income_change
from detente.codes import SolveError
from detente.data import chain_world
from detente.data.npzfile import key_of, stored
from detente.lab.chains.answer import rents_abroad
from detente.lab.chains.draws import sample_of
from detente.lab.chains.months import CONTROLLED, ChainQuestion, Ran, RunCase, Words, run_many, run_question
from detente.talks.world import BILLION

Floats = NDArray[np.float64]

CHAIN = "rare-earths"
MONTHS = 36
#: Shares withheld at which the chain is run; the loss rises steeply towards the end.
LEVELS = (0.0, 0.25, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)

DRAWS, SEED = 100, 20250512
#: Quantiles of the draws that a loss is shown between.
ENDS = (0.05, 0.95)

#: Runs solved side by side.
BLOCK = 10


@lru_cache(maxsize=4)
def losses_of(country: str, everyone: bool) -> tuple[Floats, Floats, Floats, Floats]:
    """Loss of real income at each level by month, both ends of its range, and rents of whoever restricts.

    Four arrays (levels, months), USD bn a year. Without a range where nothing is stored for the country.
    """
    table = stored(key_of("losses", loss_content(country, everyone))).get("losses")
    if table is not None:
        central, low, high, rents = np.asarray(table, dtype=np.float64)
        return central, low, high, rents
    central, rents = _central(country, everyone)
    return central, central, central, rents


def _central(country: str, everyone: bool) -> tuple[Floats, Floats]:
    """Losses and rents of the central run at each level by month, each of shape (levels, months)."""
    pairs = [_at(country, everyone, level) for level in LEVELS]
    return np.stack([loss for loss, _ in pairs]), np.stack([rents for _, rents in pairs])


def loss_content(country: str, everyone: bool) -> dict[str, Any]:
    """What stored losses rest on."""
    file = _question(country, everyone, 1.0).file
    digest = hashlib.sha256(Path(file.path).read_bytes()).hexdigest()
    return {"chain": CHAIN, "file": digest, "elements": list(CONTROLLED), "months": MONTHS, "levels": list(LEVELS),
            "country": country, "everyone": everyone, "draws": DRAWS, "seed": SEED}  # fmt: skip


def loss_arrays(country: str, everyone: bool) -> dict[str, NDArray[Any]]:
    """Losses with their range and rents, by exact runs, as they are stored: shape (4, levels, months)."""
    central, rents = _central(country, everyone)
    low, high = np.zeros_like(central), np.zeros_like(central)
    for k, level in enumerate(LEVELS[1:], start=1):
        drawn = _drawn(country, everyone, level)
        low[k], high[k] = np.quantile(drawn, ENDS, axis=0)
    # The range holds the central run, which is no draw.
    return {"losses": np.stack([central, np.minimum(low, central), np.maximum(high, central), rents])}


def _drawn(country: str, everyone: bool, level: float) -> Floats:
    """Losses by draw and month, shape (draws, months); draws without an equilibrium are left out."""
    question = _question(country, everyone, level)
    sample, losses = sample_of(question, DRAWS, SEED), []
    rows = [dict(zip(sample.names, row, strict=True)) for row in sample.values.tolist()]
    for start in range(0, len(rows), BLOCK):
        cases = [RunCase(replace(question, values=values)) for values in rows[start : start + BLOCK]]
        losses += [_loss_path(ran, country) for ran in run_many(cases) if not isinstance(ran, SolveError)]
    return np.stack(losses)


def _question(country: str, everyone: bool, level: float) -> ChainQuestion:
    words = Words(cut=level, elements=CONTROLLED, to=() if everyone else (country,))
    return ChainQuestion(CHAIN, words, MONTHS, "direct", countries=(country,))


def _at(country: str, everyone: bool, level: float) -> tuple[Floats, Floats]:
    """Losses and rents of the central run at one level, each of shape (months,)."""
    if level == 0.0:
        return np.zeros(MONTHS), np.zeros(MONTHS)
    ran = run_question(_question(country, everyone, level))
    scope, rents = ran.scopes[0], np.zeros(MONTHS)
    yearly = rents_abroad(ran.runs[scope], country, ran.effects[scope])
    for quarter, rent in zip(ran.effects[scope].quarters, yearly, strict=True):
        rents[quarter.period.months] = rent / BILLION
    return _loss_path(ran, country), rents


def _loss_path(ran: Ran, country: str) -> Floats:
    """Loss of real income by month, USD bn a year, shape (months,)."""
    effect = ran.effects[ran.scopes[0]]
    losses = np.zeros(MONTHS)
    for quarter, changes in zip(effect.quarters, effect.path(ran.scopes[0], country), strict=True):
        losses[quarter.period.months] = -real_income_change(changes) * chain_world.gdp(country) / BILLION
    return losses
