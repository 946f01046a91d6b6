"""Revenue: static, and with an import-demand elasticity."""

from __future__ import annotations

from dataclasses import dataclass

from detente.trade.effective import PairRates, post_value
from detente.trade.flows import Flows


@dataclass(frozen=True, slots=True)
class Revenue:
    """Duty on a year's imports, USD.

    Attributes
    ----------
    static : at the weights of the flows' year.
    elastic : at post-shock weights.
    imports : imports at post-shock weights.
    """

    static: float
    elastic: float
    imports: float


def revenue(flows: Flows, before: PairRates, after: PairRates, elasticity: float) -> Revenue:
    """Duty a year under `after`, with imports as they were and moved from those under `before`."""
    moved = post_value(flows.value, before.total, after.total, elasticity)
    return Revenue(float(flows.value @ after.total), float(moved @ after.total), float(moved.sum()))
