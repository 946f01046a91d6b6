"""Chances at a deadline, tilted by what a model says of the case: `model-1`, stated before it was scored.

Three numbers a threat, from the case as known: z1 room (what both could share), z2 asymmetry (what a week costs one
side over the other), z3 credibility (what carrying it out is worth to who threatens). Room and asymmetry move a deal,
credibility moves the threat carried out. Slopes are zero or more under half-normal priors, at their posterior mode over
earlier episodes, each of which counts once. Where nothing is known the rule is the record's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from detente.evidence.chances import Rule, Sight, ThreatRecord, stated
from detente.evidence.threats import OUTCOMES, RecordedThreat

Floats = NDArray[np.float64]

SPREAD = 0.25
"""Scale of the half-normal prior of a slope: a factor of 1.3 for one deviation."""

FEWEST = 10
"""Earlier episodes with the three numbers below which no slope is looked for."""

COVARIATES = 3
DEAL, IMPOSED = OUTCOMES.index("deal"), OUTCOMES.index("imposed")


def covariates_of(threats: Sequence[RecordedThreat], by_id: Mapping[str, Sequence[float]]) -> Floats:
    """The three numbers of each threat, NaN where none are on file, shape (threats, 3)."""
    blank = [np.nan] * COVARIATES
    return np.array([list(by_id.get(each.id, blank)) for each in threats], dtype=np.float64).reshape(-1, COVARIATES)


def model_rule(numbers: Floats) -> Rule:
    """The record's rule tilted by three numbers a threat.

    Parameters
    ----------
    numbers : z1, z2, z3 of each threat of the record, shape (threats, 3); NaN where they are not known.
    """

    def tilted(record: ThreatRecord, k: int, sight: Sight) -> Floats:
        base = stated(record, k, sight)
        seen = sight.seen & np.isfinite(numbers).all(axis=1)
        if not np.isfinite(numbers[k]).all() or np.unique(record.episode[seen]).size < FEWEST:
            return base
        standard = standardised(numbers, seen, sight.weight)
        earlier = np.flatnonzero(seen)
        bases = np.stack([stated(record, int(j), record.sights()[j]) for j in earlier])
        slopes = posterior_mode(bases, standard[earlier], record.outcome[earlier], sight.weight[earlier])
        return tilt_chances(base[None], standard[[k]], slopes)[0]

    return tilted


def tilt_chances(base: Floats, standard: Floats, slopes: Floats) -> Floats:
    """Chances times e to the tilt, made whole; the same where nothing tilts them.

    Parameters
    ----------
    base : chances of the four outcomes, shape (rows, 4); standard : of the three numbers, shape (rows, 3).
    slopes : alpha, beta, gamma.
    """
    eta = _tilts(standard, slopes)
    moved = base * np.exp(eta - eta.max(axis=1, keepdims=True))
    whole = moved / moved.sum(axis=1, keepdims=True)
    return np.where(np.abs(eta).max(axis=1, keepdims=True) > 0.0, whole, base)


def posterior_mode(bases: Floats, standard: Floats, outcome: NDArray[np.int64], weight: Floats) -> Floats:
    """Slopes of zero or more at the mode of their posterior, shape (3,); the logarithm of it is concave.

    Parameters
    ----------
    bases : chances before the tilt, shape (rows, 4); standard : shape (rows, 3).
    outcome : place in `OUTCOMES`; weight : one over the threats of the episode, both of shape (rows,).
    """
    from scipy.optimize import minimize

    rows = np.arange(outcome.size)

    def loss(slopes: Floats) -> tuple[float, Floats]:
        made = tilt_chances(bases, standard, slopes)
        against = made - np.eye(len(OUTCOMES))[outcome]
        slope = np.stack([against[:, DEAL], against[:, DEAL], against[:, IMPOSED]], axis=1) * standard
        worth = -weight @ np.log(made[rows, outcome]) + 0.5 * float(slopes @ slopes) / SPREAD**2
        return float(worth), weight @ slope + slopes / SPREAD**2

    bounds = [(0.0, None)] * COVARIATES
    return np.asarray(minimize(loss, np.zeros(COVARIATES), jac=True, method="L-BFGS-B", bounds=bounds).x)


def _tilts(standard: Floats, slopes: Floats) -> Floats:
    """What is added to the logarithm of each chance, shape (rows, 4)."""
    eta = np.zeros((len(standard), len(OUTCOMES)))
    eta[:, DEAL] = standard[:, :2] @ slopes[:2]
    eta[:, IMPOSED] = standard[:, 2] * slopes[2]
    return eta


def standardised(numbers: Floats, seen: NDArray[np.bool_], weight: Floats) -> Floats:
    """Numbers less their mean over earlier episodes, over their deviation; zero where they do not differ."""
    share = weight[seen] / weight[seen].sum()
    mean = share @ numbers[seen]
    spread = np.sqrt(share @ (numbers[seen] - mean) ** 2)
    return np.where(spread > 0.0, (numbers - mean) / np.where(spread > 0.0, spread, 1.0), 0.0)
