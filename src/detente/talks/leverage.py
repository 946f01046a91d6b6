"""Leverage: what tying tracks together buys, and what waiting costs, week by week.

All combinations of tracks are solved, the other tracks at the threat's levels. The price of a track is what the joint
package concedes on duties against the package without it. Sums of Nash gains are not compared: Nash does not maximise
the sum, and the difference gives back the loss that was put in.

A week costs one fifty-second of a yearly flow, the flow of that week and not the long-run loss: trade reacts over
years, stocks of materials run down over weeks, substitutes come over years.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from detente.codes import InputError, declared_note
from detente.codes.names import Readable
from detente.talks.solutions import Solution, largest_sum, nash_deals
from detente.talks.space import FREE, Bools, Floats, Negotiation, Threat

#: Places from which each package is climbed to.
STARTS = 4

#: Levels closer than this (0.05 points) are the same in a comparison of packages.
SAME = 5e-4


@dataclass(frozen=True)
class Subset:
    """What one combination of tracks gives.

    Attributes
    ----------
    tracks : names; `package` : the Nash package, None where no deal gains for all.
    surplus : largest total gain with nobody below the threat, USD billion a year.
    """

    tracks: tuple[str, ...]
    package: Solution | None
    surplus: float


@dataclass(frozen=True)
class Price:
    """What adding one track to the others buys.

    Attributes
    ----------
    track : its name; `others` : the tracks bargained without it.
    moves : by issue of the other tracks, level in the joint package less level without the track, units of the issue.
    gains : change of each party's gain, USD billion a year, shape (parties,).
    surplus : change of the largest total gain, USD billion a year.
    sentence : the price in words.
    """

    track: str
    others: tuple[str, ...]
    moves: dict[str, float]
    gains: Floats
    surplus: float
    sentence: str


@dataclass(frozen=True, repr=False)
class Linkage(Readable):
    """All combinations of tracks against one threat.

    Attributes
    ----------
    threat, constraints : names; `subsets` : by tracks.
    prices : of each track, added to all others.
    rates : exchange rate of each duty on the joint package, -dV_first/dV_second of a point, NaN at a kink.
    """

    threat: str
    constraints: str
    subsets: dict[tuple[str, ...], Subset] = field(repr=False)
    prices: tuple[Price, ...]
    rates: dict[str, float]

    def alone(self) -> tuple[str, ...]:
        """Tracks that give all sides something by themselves."""
        return tuple(tracks[0] for tracks, subset in self.subsets.items() if len(tracks) == 1 and subset.package)


def linkage(negotiation: Negotiation, threat: Threat, constraints: str = FREE) -> Linkage:
    """Nash packages and total surplus of every combination of tracks.

    Raises
    ------
    InputError : the threat is a mix without an outcome, so that tracks left aside have no levels.
    SolveError : a search does not converge.
    """
    if threat.outcome is None:
        raise InputError(
            f"linkage against {threat.name}", "the threat has no outcome", "name a threat with levels of all issues"
        )
    tracks = negotiation.space.tracks
    chosen = [some for n in range(1, len(tracks) + 1) for some in combinations(tracks, n)]
    subsets = {some: _subset(negotiation, threat, constraints, some) for some in chosen}
    prices = tuple(_price(negotiation, subsets, track) for track in tracks) if len(tracks) > 1 else ()
    joint = subsets[tracks].package
    return Linkage(threat.name, constraints, subsets, prices, exchange_rates(negotiation, joint))


def _subset(negotiation: Negotiation, threat: Threat, constraints: str, tracks: tuple[str, ...]) -> Subset:
    free = np.array([issue.track in tracks for issue in negotiation.space.issues])
    base, origin = negotiation.space.near(threat), threat.value
    packages = nash_deals(negotiation, base, origin, constraints, starts=STARTS, free=free)
    if not packages:
        return Subset(tracks, None, 0.0)
    most = largest_sum(negotiation, base, origin, constraints, [packages[0].outcome], free)
    return Subset(tracks, packages[0], float(most.gains.sum()) if most is not None else 0.0)


def _price(negotiation: Negotiation, subsets: dict[tuple[str, ...], Subset], track: str) -> Price:
    space = negotiation.space
    others = tuple(name for name in space.tracks if name != track)
    joint, without = subsets[space.tracks], subsets[others]
    zero = np.zeros(len(space.parties))
    gains = (joint.package.gains if joint.package else zero) - (without.package.gains if without.package else zero)
    moves = {}
    if joint.package and without.package:
        for k, issue in enumerate(space.issues):
            if issue.track != track:
                moves[issue.name] = float(joint.package.outcome[k] - without.package.outcome[k])
    words = _price_words(negotiation, track, moves, joint, without)
    return Price(track, others, moves, gains, joint.surplus - without.surplus, words)


def _price_words(negotiation: Negotiation, track: str, moves: dict[str, float], joint: Subset, without: Subset) -> str:
    if joint.package is None:
        return declared_note("bargain.joint_none", track=track)
    if without.package is None:
        return declared_note("bargain.only_with", track=track)
    bought = [
        f"{abs(move) * 100:.1f} points {'off' if move < 0 else 'on'} {name}"
        for name, move in moves.items()
        if abs(move) > SAME and negotiation.space.issues[negotiation.space.index(name)].kind == "duty"
    ]
    if not bought:
        return declared_note("bargain.price_zero", track=track)
    return declared_note("bargain.goes_with", track=track, moves=", ".join(bought))


def exchange_rates(negotiation: Negotiation, package: Solution | None) -> dict[str, float]:
    """-dV_first/dV_second of each duty at a package of two parties: what the payer loses per dollar that arrives."""
    if package is None or len(negotiation.parties) != 2:
        return {}
    slope = negotiation.payoffs.slope(package.outcome[None])[0]
    space = negotiation.space
    duties: Bools = np.array([issue.kind == "duty" for issue in space.issues])
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = -slope[0] / slope[1]
    return {space.names[k]: float(rates[k]) for k in np.flatnonzero(duties)}


# --- what waiting costs -----------------------------------------------------------------------------------------------


WEEKS = 52.0


@dataclass(frozen=True, repr=False)
class DelayLedger(Readable):
    """A ledger of delay.

    Attributes
    ----------
    parties : codes; `deal` : name of the deal compared with; `parts` : names of the flows.
    weeks : week numbers from 0, shape (weeks,).
    cost : of each week of no deal, USD billion, shape (weeks, parties, parts); `total` : summed over parts.
    cumulative : from the first week, USD billion, shape (weeks, parties).
    stocks : what is left of each stock, by name, share, shape (weeks,).
    inside : payoffs while there is no deal, USD billion a year, shape (weeks, parties): the two clocks.
    predicted : payoffs of the Nash package if talks fell back to that week's flows for ever, shape (weeks, parties),
        NaN where no package gains for all.
    """

    parties: tuple[str, ...]
    deal: str
    parts: tuple[str, ...]
    weeks: Floats
    cost: Floats
    cumulative: Floats
    stocks: Mapping[str, Floats]
    inside: Floats
    predicted: Floats

    @property
    def total(self) -> Floats:
        """Cost of each week, USD billion, shape (weeks, parties)."""
        return self.cost.sum(axis=2)

    @property
    def patience(self) -> Floats:
        """Cost of a week to each party over its cost to the others, shape (weeks, parties)."""
        others = self.total.sum(axis=1, keepdims=True) - self.total
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(others != 0.0, self.total / others, np.nan)


def delay_ledger(
    parties: tuple[str, ...],
    no_deal: Mapping[str, Floats],
    deal: Mapping[str, Floats],
    *,
    name: str = "deal",
    stocks: Mapping[str, Floats] | None = None,
    predict: Callable[[Floats], Floats | None] = lambda inside: None,
) -> DelayLedger:
    """The ledger of weeks without a deal.

    Parameters
    ----------
    no_deal, deal : by part (trade, materials, markets), yearly flows in each week, USD billion a year, shape
        (weeks, parties); the deal's flows are those it would have in the same weeks.
    stocks : by name, what is left in each week, share.
    predict : payoffs of the package of Nash where failed talks leave some payoffs, shape (parties,), None without one.

    Raises
    ------
    InputError : parts or shapes differ.
    """
    parts = tuple(no_deal)
    if set(parts) != set(deal) or not parts:
        raise InputError("delay ledger", f"parts {parts} and {tuple(deal)}", "give the same parts with and without")
    without = np.stack([np.asarray(no_deal[part], dtype=np.float64) for part in parts], axis=2)
    signed = np.stack([np.asarray(deal[part], dtype=np.float64) for part in parts], axis=2)
    if without.shape != signed.shape or without.shape[1] != len(parties):
        raise InputError("delay ledger", f"shapes {without.shape} and {signed.shape}", "give (weeks, parties)")
    cost = (signed - without) / WEEKS
    inside = without.sum(axis=2)
    predicted = np.full(inside.shape, np.nan)
    for week, flows in enumerate(inside):
        if (package := predict(flows)) is not None:
            predicted[week] = package
    weeks = np.arange(len(cost), dtype=np.float64)
    return DelayLedger(
        parties, name, parts, weeks, cost, cost.sum(axis=2).cumsum(axis=0), stocks or {}, inside, predicted
    )
