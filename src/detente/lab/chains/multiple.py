"""How many times the value of the missing material a loss is, and from where on that is beyond the model.

A loss of GDP that is thousands of times what is missing says more of elasticities near zero than of an economy. It is
flagged, and stands beside what the missing material would cost at the quote outside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.chains.disrupt import Disruption
from detente.chains.equilibrium import NetworkEquilibrium
from detente.chains.industry import RunQuarter, output
from detente.chains.measures import PEAK, QUARTERS, gdp_change
from detente.codes import declared_note
from detente.data import chain_world
from detente.lab.chains.economies import DIRECT
from detente.lab.chains.effects import Effects
from detente.lab.chains.months import Ran

Floats = NDArray[np.float64]

LAST = "value_multiple"
"""Figure of a chain: value of the finished good for a dollar of the material in it."""

STANDARD = 1000.0
"""That figure where a chain has none."""

NETWORK = 3.0
"""Most by which a network multiplies the losses of the users themselves."""

DUST = 1.0
"""USD below which nothing is missing: it is what rounding leaves of a need that is met."""


def beyond_words() -> str:
    """What is said of a loss that is beyond the model."""
    return declared_note("chains.beyond")


@dataclass(frozen=True)
class Multiple:
    """A loss beside the material that is missing.

    Attributes
    ----------
    missing : need unmet in the period and scope at base prices, USD; `at_quote` its cost at the quote outside.
    times : loss over `missing`; NaN where nothing is missing. `most` : from where on it is beyond the model.
    """

    missing: float
    at_quote: float
    times: float
    most: float

    @property
    def beyond(self) -> bool:
        """Whether the loss is an upper bound at best."""
        return bool(self.times > self.most)


Key = tuple[str, str, str, str]


def multiples(ran: Ran, values: Mapping[Key, float]) -> dict[Key, Multiple]:
    """The multiples of the losses of GDP and income.

    Parameters
    ----------
    values : losses by country, scope, measure and period, share of annual GDP.
    """
    rows: dict[Key, Multiple] = {}
    of_users: dict[tuple[str, str], tuple[float, float]] = {}
    for key, value in values.items():
        bloc, scope, _, period = key
        effect = ran.effects[scope]
        if bloc not in ran.runs[scope].chain.layout.places:
            continue
        path = effect.path(scope, bloc)
        if (bloc, scope) not in of_users:
            of_users[bloc, scope] = with_parts(ran, bloc, scope), most_of(ran, path, scope)
        parts, most = of_users[bloc, scope]
        quarters = _quarters(effect, path, period)
        missing, at_quote = (parts * usd for usd in _missing(ran.runs[scope], bloc, quarters))
        lost = value * chain_world.gdp(bloc) * (0.25 if period == PEAK else 1.0)
        missing, at_quote = (missing, at_quote) if missing >= DUST else (0.0, 0.0)
        times = lost / missing if missing else float("nan")
        rows[key] = Multiple(missing, at_quote, times, most)
    return rows


def with_parts(ran: Ran, bloc: str, scope: str) -> float:
    """Need with what imported parts hold over that of the users; 1 in scope direct and where no figure is known."""
    file = ran.question.file
    rows = [row for row in file.spending if chain_world.bloc_of(row.country) == bloc]
    whole = next((row for row in rows if row.scope == "requirement"), None)
    users = [user for user in ran.chains[scope].users if user.country == bloc]
    spent = sum(sum(user.need.values()) for user in users)
    if scope == DIRECT or whole is None or not spent > 0.0:
        return 1.0
    direct = sum(row.central for row in rows if row.product == whole.product and row.scope == "direct")
    return 1.0 + max(whole.central - direct, 0.0) / spent if direct else 1.0


def _quarters(effect: Effects, path: Sequence[NetworkEquilibrium], period: str) -> list[RunQuarter]:
    """Quarters that a period of losses covers."""
    of_run = [quarter.period for quarter in effect.quarters]
    if period == PEAK:
        return [of_run[int(np.argmax([-gdp_change(equilibrium) for equilibrium in path]))]]
    year = int(period.removeprefix("year "))
    return of_run[QUARTERS * (year - 1) : QUARTERS * year]


def _missing(run: Disruption, bloc: str, quarters: Sequence[RunQuarter]) -> tuple[float, float]:
    """Need of a country unmet in some quarters at base prices, and at the quote outside, USD."""
    layout, prices = run.chain.layout, run.prices
    mine = layout.country == layout.places.index(bloc)
    elements = [run.chain.elements.index(name) for name in prices.elements]
    dearer = layout.recipe[layout.grade][:, elements] @ (prices.outside - prices.inside)
    short = (1.0 - run.met) / 12.0
    usd = short * layout.spending[:, None]
    quoted = usd + short * layout.kilograms[:, None] * dearer
    months = [m for quarter in quarters for m in range(run.months)[quarter.months]]
    return float(usd[mine][:, months].sum()), float(quoted[mine][:, months].sum())


def most_of(ran: Ran, path: Sequence[NetworkEquilibrium], scope: str) -> float:
    """Largest multiple within the model: value behind a dollar of material, times what the network adds (1 to 3)."""
    chain = ran.chains[scope]
    last = chain.value(LAST) if LAST in chain.parameters else STANDARD
    own = sum(own_loss(equilibrium) for equilibrium in path)
    added = sum(-gdp_change(equilibrium) for equilibrium in path) / own if own > 0.0 else 1.0
    return last * float(np.clip(added, 1.0, NETWORK))


def own_loss(equilibrium: NetworkEquilibrium) -> float:
    """What the users lose by themselves, all else as it is, over base value added; material not bought is no loss."""
    network = equilibrium.network
    uses = network.spending > 0.0
    made, spent = network.output[uses], network.spending[uses]
    q = equilibrium.quantity[uses]
    lost = made * (1.0 - output(q, spent / made, network.sigma[uses])) - spent * (1.0 - q)
    return float(lost.sum() / network.value_added.sum())
