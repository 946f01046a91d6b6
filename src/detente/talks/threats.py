"""What happens if talks fail: threat points.

The status quo D0 and the past law DP enclose most of what can be expected.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from detente.economy import Economy
from detente.economy.frame import Floats
from detente.talks.payoff import SurfacePayoffs
from detente.talks.space import Threat

WEEKS_A_MONTH = 365.25 / 84.0


def threat_at(
    payoffs: SurfacePayoffs,
    parts_at: Callable[[Floats, Floats | None], Floats],
    outcome: Floats,
    *,
    name: str,
    kind: str,
    label: str = "",
    description: str = "",
    credible: bool = True,
    extra: Floats | None = None,
) -> Threat:
    """The threat of an outcome; read from the surface, or solved exactly where it lies beyond it.

    Parameters
    ----------
    parts_at : exact parts at levels of the duties with points on top (None for none), shape (party, part).
    outcome : a level of every issue of the payoffs, shape (issue,).
    extra : points that third countries add in this outcome alone, shaped like the tariff of the world.
    """
    levels = outcome[[payoffs.issues.index(issue) for issue in payoffs.surface.issues]]
    tops = np.array(payoffs.surface.tops)
    if (levels > tops + 1e-9).any():
        value = payoffs.of_parts(parts_at(levels, None), outcome)
    else:
        value = payoffs.value(outcome[None])[0]
    if extra is not None:
        moved = parts_at(levels, extra) - parts_at(levels, None)
        value = value + (payoffs.on_parts * moved).sum(axis=1)
    return Threat(name, label or name, description, value, outcome, credible, kind)


def third_country_points(economy: Economy, importers: Sequence[str], exporters: Sequence[int], points: float) -> Floats:
    """Points that some countries add on the goods of others, positions, shaped like the tariff of the world."""
    n = len(economy.countries)
    added = np.zeros((n, n, len(economy.sectors)))
    services = [economy.sector(name) for name in economy.parameters.get("services", ())]
    added[np.ix_([economy.country(code) for code in importers], list(exporters))] = points
    added[:, :, services] = 0.0
    return added.reshape(economy.arrays["flows"].shape)
