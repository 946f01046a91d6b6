"""Losses from withheld licences out of the supply chain of rare earths, in place of the stand-in of a case.

The chain is run at some shares of licences withheld for three years; the loss is the change of exact real income of the
side that is cut off, quarter by quarter, USD bn a year. Aimed at one buyer alone, trade through third countries undoes
most of it within a year; aimed at all buyers it does not: both are offered.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detente.chains import real_income_change
from detente.codes import InputError, Parameter
from detente.data import chain_world
from detente.lab.chains.months import ChainQuestion, run_question
from detente.lab.chains.paths import CONTROLLED, Words
from detente.lab.talks.case import Case
from detente.talks.duties import BILLION
from detente.talks.materials import Monthly, Tabulated

Floats = NDArray[np.float64]

CHAIN = "rare-earths"
MONTHS = 36
LEVELS = (0.0, 0.25, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
"""Shares withheld at which the chain is run; the loss rises steeply towards the end."""


def chain_losses(case: Case, *, everyone: bool = False) -> tuple[dict[str, Monthly], str]:
    """Losses of the side that is cut off, by parameter of the case, and their label.

    Parameters
    ----------
    everyone : whether licences are withheld from all buyers, not from the other side alone.

    Raises
    ------
    InputError : the case has no control whose withholding costs the other side.
    """
    owners = {row.name: row.party for row in case.file.issues if row.kind == "control"}
    rows = [row for row in case.file.terms if row.issue in owners and row.party != owners[row.issue] and row.sign < 0]
    if not rows:
        what = f"case {case.file.name} has no loss from a control that a chain could give"
        raise InputError(Parameter("materials"), what, "use stand-in")
    to = "all buyers" if everyone else "the other side alone"
    label = f"loss of real income from the chain {CHAIN}, licences withheld from {to}"
    flows: dict[str, Monthly] = {}
    for row in rows:
        # A loss is a positive number here: the term of the case carries its sign.
        flows[row.parameter] = Tabulated(np.array(LEVELS), _losses(row.party, everyone), label)
    return flows, label


@lru_cache(maxsize=4)
def _losses(country: str, everyone: bool) -> Floats:
    """Loss of real income at each level by month, shape (levels, months), USD bn a year."""
    return np.stack([_at(country, everyone, level) for level in LEVELS])


def _at(country: str, everyone: bool, level: float) -> Floats:
    if level == 0.0:
        return np.zeros(MONTHS)
    words = Words(cut=level, elements=CONTROLLED, to=() if everyone else (country,))
    ran = run_question(ChainQuestion(CHAIN, words, MONTHS, "direct", countries=(country,)))
    effect = ran.effects[ran.scopes[0]]
    losses = np.zeros(MONTHS)
    for quarter, changes in zip(effect.quarters, effect.path(ran.scopes[0], country), strict=True):
        losses[quarter.period.months] = -real_income_change(changes) * chain_world.gdp(country) / BILLION
    return losses


def chain_summary(flows: Mapping[str, Monthly], level: float) -> str:
    """What a chain says at one share withheld: loss in the first quarter, after a year and at the end."""
    words = []
    for flow in flows.values():
        if isinstance(flow, Tabulated):
            path = [float(np.interp(level, flow.levels, flow.flows[:, month])) for month in (1, 12, -1)]
            words.append(
                f"at {100 * level:.0f}% withheld {path[0]:.1f} USD bn a year in the first quarter, {path[1]:.1f} after "
                f"a year, {path[2]:.1f} after three years"
            )
    return "; ".join(words)
