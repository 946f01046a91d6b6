"""Event study of many assets on one date: standardised, corrected for correlation, and by ranks.

Sources: Boehmer, Musumeci and Poulsen (1991), Journal of Financial Economics 30; Kolari and Pynnönen (2010), Review
of Financial Studies 23; Corrado (1989), Journal of Financial Economics 23.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.evidence.event_study import Study
from detente.evidence.student import two_sided

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PanelTest:
    """A test of the mean abnormal return of several assets.

    Attributes
    ----------
    statistic, p_value : of the test; freedom : degrees of freedom, 0 for the normal law.
    """

    name: str
    statistic: float
    p_value: float
    freedom: int = 0


@dataclass(frozen=True)
class Panel:
    """Tests of several assets that share an event day.

    Attributes
    ----------
    mean : mean abnormal return over the event days, share; correlation : mean correlation of estimation residuals.
    """

    assets: tuple[str, ...]
    mean: float
    correlation: float
    tests: tuple[PanelTest, ...]


def panel(studies: Sequence[Study]) -> Panel:
    """Tests of a group of studies; the rank test, which is one of single days, is left out over several event days.

    Raises
    ------
    InputError : fewer than two assets, more than one horizon, or too few days on which all of them traded.
    """
    if len(studies) < 2:
        raise InputError("event study", "a group needs at least two assets", "add one")
    if len({s.abnormal.size for s in studies}) > 1:
        raise InputError("event study", "horizons differ", "give one horizon")
    scaled = np.asarray([s.t for s in studies])
    residuals = aligned(studies)
    moves = np.asarray([s.car for s in studies])
    correlation = mean_correlation(residuals)
    tests = (bmp(scaled), kolari_pynnonen(scaled, correlation))
    tests = (*tests, corrado(residuals, moves)) if studies[0].horizon == 1 else tests
    return Panel(tuple(s.asset for s in studies), float(moves.mean()), correlation, tests)


def aligned(studies: Sequence[Study]) -> Floats:
    """Residuals on the days that all estimation windows share, shape (days, assets)."""
    shared = sorted(set.intersection(*(set(s.dates) for s in studies)))
    if len(shared) < 30:
        raise InputError("event study", f"assets share only {len(shared)} days", "take assets of one calendar")
    columns = [dict(zip(s.dates, s.residuals.tolist(), strict=True)) for s in studies]
    return np.asarray([[column[day] for column in columns] for day in shared])


def bmp(scaled: Floats) -> PanelTest:
    """Cross-section of standardised abnormal returns, shape (assets,)."""
    n = scaled.size
    t = float(scaled.mean() * np.sqrt(n) / scaled.std(ddof=1))
    return PanelTest("BMP", t, two_sided(t, n - 1), n - 1)


def kolari_pynnonen(scaled: Floats, correlation: float) -> PanelTest:
    """The same, corrected for the mean correlation of the assets."""
    n = scaled.size
    base = bmp(scaled)
    inner = (1.0 - correlation) / (1.0 + (n - 1) * correlation)
    t = base.statistic * float(np.sqrt(max(inner, 0.0)))
    return PanelTest("Kolari-Pynnönen", t, two_sided(t, n - 1), n - 1)


def mean_correlation(residuals: Floats) -> float:
    """Mean off-diagonal correlation of residuals, shape (days, assets)."""
    n = residuals.shape[1]
    matrix = np.corrcoef(residuals, rowvar=False)
    return float((matrix.sum() - n) / (n * (n - 1)))


def corrado(residuals: Floats, event: Floats) -> PanelTest:
    """Rank test: mean rank of the event day over the spread of mean ranks of all days.

    Parameters
    ----------
    residuals : estimation window, shape (L, assets); event : abnormal returns of the event day, shape (assets,).
    """
    days = residuals.shape[0]
    everything = np.vstack([residuals, event])
    ranks = everything.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable") + 1.0
    mean = (ranks - (days + 2) / 2.0).mean(axis=1)
    z = float(mean[-1] / np.sqrt(np.mean(mean**2)))
    return PanelTest("Corrado", z, _normal(z))


def _normal(z: float) -> float:
    from scipy.special import ndtr

    return float(2.0 * ndtr(-abs(z)))
