"""Tying tracks together: what each combination of tracks gives, and the price in tariff points.

All combinations of tracks are solved, the other tracks at the threat's levels. The price of a track is what the joint
package concedes on duties against the package without it. Sums of Nash gains are not compared: Nash does not maximise
the sum, and the difference gives back the loss that was put in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from detente.codes import InputError, declared_note
from detente.codes.portrait import Readable
from detente.talks.solutions import Solution, largest_sum, nash_deals
from detente.talks.space import FREE, Bools, Floats, Negotiation, Threat

STARTS = 4
"""Places from which each package is climbed to."""

SAME = 5e-4
"""Levels closer than this (0.05 points) are the same in a comparison of packages."""


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
