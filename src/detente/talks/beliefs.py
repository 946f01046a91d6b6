"""Beliefs on the type of a side, before and after what it is seen to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from detente.codes import InputError
from detente.talks.space import Floats


def prior_of(probabilities: Sequence[float] | Floats, where: str = "prior") -> Floats:
    """Probabilities as an array; `InputError` if one is negative or they do not sum to one."""
    prior = np.asarray(probabilities, dtype=np.float64)
    if prior.ndim != 1 or not prior.size or (prior < 0.0).any() or abs(prior.sum() - 1.0) > 1e-9:
        raise InputError(where, f"probabilities sum to {prior.sum():.6g}", "give shares of zero or more that sum to 1")
    return prior


def update(prior: Mapping[str, float], likelihoods: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """Beliefs on types after each observed act, by Bayes' rule.

    Parameters
    ----------
    prior : probability of each type; `likelihoods` : of each act, by type, in the order observed.

    Raises
    ------
    InputError : probabilities that do not sum, a likelihood outside [0, 1], an act that no type would do.
    """
    prior_of(list(prior.values()))
    belief, path = dict(prior), []
    for number, likelihood in enumerate(likelihoods, start=1):
        where = f"act {number}"
        if set(likelihood) != set(belief) or not all(0.0 <= chance <= 1.0 for chance in likelihood.values()):
            raise InputError(where, "needs a likelihood from 0 to 1 for each type", f"name {', '.join(belief)}")
        total = sum(belief[kind] * likelihood[kind] for kind in belief)
        if total <= 0.0:
            raise InputError(where, "no type would do this", "give some type a likelihood above 0")
        belief = {kind: belief[kind] * likelihood[kind] / total for kind in belief}
        path.append(belief)
    return path
