"""What a model said of bargains and threats from cases as known on their day, beside what came.

The rate of a bargain is a sample over draws of what its case assumes; its score is the continuous ranked probability
score. Terms that a partner gives are said with certainty, and scored by Brier beside the share of earlier bargains.
The tilt of chances is scored with each threat left out of the slopes that move it, and with its whole episode left out:
too few episodes had ended before for slopes in order of time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.evidence.tilt import posterior_mode, standardised, tilt_chances

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ENOUGH = 10
"""Episodes below which rules are not ranked."""

NEAR = 3
"""Days after that of a case within which the bargain that it is about was announced."""


@dataclass(frozen=True)
class ModelForecast:
    """What a model said of a case between the United States and one other, as known on its day.

    Attributes
    ----------
    case, day : its name and day, ISO; partner : the other side.
    threat : id of the threat with the next deadline, "" without one; p : chance that talks that fail end in it.
    before : general rate of the day, share; rate : of the package, NaN where nothing gains for both.
    sample : the rate over draws of what the case assumes; where nothing gains, that of the day.
    room, asymmetry, credibility : the three numbers of a threat, NaN without one; see `detente.evidence.tilt`.
    terms : whether the package has what a partner gives, by name; None where it is not on the table.
    """

    case: str
    day: str
    partner: str
    threat: str
    p: float
    before: float
    rate: float
    sample: tuple[float, ...] = field(repr=False)
    room: float
    asymmetry: float
    credibility: float
    terms: Mapping[str, bool | None] = field(default_factory=dict)

    @property
    def points(self) -> Floats:
        """The sample in points."""
        return 100.0 * np.asarray(self.sample)


def covariates_by_threat(forecasts: Sequence[ModelForecast]) -> dict[str, tuple[float, float, float]]:
    """The three numbers of each threat, of the latest case that is about it."""
    ordered = sorted((each for each in forecasts if each.threat), key=lambda each: each.day)
    return {each.threat: (each.room, each.asymmetry, each.credibility) for each in ordered}


def tilted_without(bases: Floats, numbers: Floats, outcome: Ints, group: Ints) -> Floats:
    """Chances of each threat, tilted by slopes that its group has no part in; one set of slopes for all others.

    Parameters
    ----------
    bases : chances before the tilt, shape (threats, 4); numbers : the three of each, shape (threats, 3).
    outcome : what came, place in `OUTCOMES`; group : what is left out together; both of shape (threats,).
    """
    made = bases.copy()
    for k in range(len(bases)):
        others = group != group[k]
        if not others.any():
            continue
        even = np.ones(len(bases))
        standard = standardised(numbers, others, even)
        slopes = posterior_mode(bases[others], standard[others], outcome[others], even[others])
        made[k] = tilt_chances(bases[[k]], standard[[k]], slopes)[0]
    return made
