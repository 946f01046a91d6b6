"""Bargaining when each side hides its type: screening, simultaneous bids, attrition, beliefs and noisy replies.

Every probability here is conditional on a protocol and a prior. The range over protocols is the answer, never one of
them: `deal_probabilities` puts them side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detente.codes import InputError, SolveError
from detente.talks.space import Bools, Floats

PRECISIONS = (1.0, 3.0, 10.0)
"""Precisions of noisy replies, per ten billion dollars a year."""

BILLIONS = 10.0
"""A precision of 1 makes a gain of so many billion dollars e times as likely to be taken as not."""

REGRET = 0.005
"""Largest regret of a bid with which an auction is reported, share of the range of types."""

STILL = 1e-9
"""Bids settle when a round of best responses moves none further than this share of the range of types."""


def prior_of(probabilities: Sequence[float] | Floats, where: str = "prior") -> Floats:
    """Probabilities as an array; `InputError` if one is negative or they do not sum to one."""
    prior = np.asarray(probabilities, dtype=np.float64)
    if prior.ndim != 1 or not prior.size or (prior < 0.0).any() or abs(prior.sum() - 1.0) > 1e-9:
        raise InputError(where, f"probabilities sum to {prior.sum():.6g}", "give shares of zero or more that sum to 1")
    return prior


@dataclass(frozen=True)
class Screening:
    """A take-it-or-leave-it offer to a side of unknown type.

    Attributes
    ----------
    offer : position of the best offer, -1 where making none is best; `gain` : the proposer's gain from it, USD billion
        a year; `expected` : gain times the probability of a deal.
    probability : that it is accepted; `accepts` : probability of acceptance by type, shape (types,).
    loss : expected loss from refusal against offers that know the type, USD billion a year.
    """

    offer: int
    gain: float
    expected: float
    probability: float
    accepts: Floats
    loss: float


def screen(own: Floats, others: Floats, prior: Sequence[float] | Floats, precision: float | None = None) -> Screening:
    """The offer that maximises the proposer's gain times the probability of acceptance.

    Parameters
    ----------
    own : the proposer's gain over its threat from each offer, USD billion a year, shape (offers,).
    others : gain of each type of the other side, shape (offers, types).
    prior : probability of each type.
    precision : of noisy replies, per ten billion dollars a year; None for exact ones, which accept a gain of zero.

    Raises
    ------
    InputError : probabilities that do not sum to one, a precision that is not positive.
    """
    weight = prior_of(prior)
    own, others = np.asarray(own, dtype=np.float64), np.asarray(others, dtype=np.float64)
    accepts = (others >= 0.0).astype(np.float64) if precision is None else acceptance(others, precision)
    chance = accepts @ weight
    score = own * chance
    offer = int(np.argmax(score))
    known = float(weight @ np.maximum((own[:, None] * accepts).max(axis=0), 0.0))
    if score[offer] <= 0.0:
        return Screening(-1, 0.0, 0.0, 0.0, np.zeros(weight.size), known)
    best = float(score[offer])
    return Screening(offer, float(own[offer]), best, float(chance[offer]), accepts[offer], known - best)


def acceptance(gain: Floats, precision: float) -> Floats:
    """Probability that a noisy reply (logit, McKelvey and Palfrey 1995) accepts a gain, USD billion a year.

    Raises
    ------
    InputError : a precision that is not positive.
    """
    if precision <= 0.0:
        raise InputError("precision", f"{precision} is not positive", f"use one of {PRECISIONS}")
    scaled = np.clip(precision * np.asarray(gain, dtype=np.float64) / BILLIONS, -700.0, 700.0)
    return 1.0 / (1.0 + np.exp(-scaled))


@dataclass(frozen=True)
class Types:
    """Types of one side of a double auction: evenly spaced values with probabilities.

    Attributes
    ----------
    values : ascending, shape (types,); `probabilities` : shape (types,).
    """

    values: Floats
    probabilities: Floats

    def __post_init__(self) -> None:
        if (np.diff(self.values) <= 0.0).any() or self.values.size < 3:
            raise InputError("types", "values must ascend, three or more", "list each value once")
        object.__setattr__(self, "probabilities", prior_of(self.probabilities, "types"))


def uniform_types(low: float = 0.0, high: float = 1.0, many: int = 200) -> Types:
    """Evenly spread types, each at the middle of its share of the range."""
    return Types(low + (high - low) * (np.arange(many) + 0.5) / many, np.full(many, 1.0 / many))


@dataclass(frozen=True)
class Auction:
    """An equilibrium of the double auction at the mid-price.

    Attributes
    ----------
    bids : of the buyer's types; `asks` : of the seller's types.
    probability : of a deal; `gains` : expected, in the unit of values; `efficient` : if every gain were realised.
    regret : most that a type gains by another bid, in the unit of values; `rounds` : of best responses.
    """

    bids: Floats
    asks: Floats
    probability: float
    gains: float
    efficient: float
    regret: float
    rounds: int

    @property
    def gap(self) -> float:
        """Gains that no simultaneous bids reach here; some gap remains in any mechanism (Myerson, Satterthwaite)."""
        return self.efficient - self.gains


def linear_auction(low: float = 0.0, high: float = 1.0) -> dict[str, float]:
    """The linear equilibrium for uniform types (Chatterjee and Samuelson 1983).

    Bids are 2/3 value + a twelfth (of the range), asks 2/3 cost + a quarter; a deal is struck with probability 9/32 and
    gains are 9/64 of the range, 1/6 were possible.
    """
    width = high - low
    return {
        "slope": 2.0 / 3.0,
        "bid": low / 3.0 + width / 12.0,
        "ask": low / 3.0 + width / 4.0,
        "probability": 9.0 / 32.0,
        "gains": 9.0 / 64.0 * width,
        "efficient": width / 6.0,
    }


def double_auction(buyer: Types, seller: Types, *, rounds: int = 120, damping: float = 0.3) -> Auction:
    """Bids that answer one another, by damped rounds of best responses from honest bids.

    Best responses are fitted by parabolas in the type over the types that trade: without that, kinks between types feed
    on one another and rounds never settle. There are many equilibria; this is the smooth one, with the regret left by
    the fit as its certificate. Distributions are smoothed as if each type stood for its share of the range.

    Raises
    ------
    SolveError : a type still regrets its bid by more than `REGRET` of the range of types.
    """
    low = min(buyer.values[0], seller.values[0])
    width = float(max(buyer.values[-1], seller.values[-1]) - low)
    bids, asks = buyer.values.copy(), seller.values.copy()
    candidates = low + width * np.linspace(0.0, 1.0, 801)
    move, done = np.inf, 0
    while done < rounds and move > STILL * width:
        best, _ = _best_bids(buyer.values, bids, asks, seller.probabilities, candidates)
        turned, _ = _best_asks(seller.values, asks, bids, buyer.probabilities, candidates)
        trades = _below(asks, seller.probabilities, bids)[0] > 1e-6
        sells = _below(-bids[::-1], buyer.probabilities[::-1], -asks)[0] > 1e-6
        steps = _fitted(buyer.values, best, trades) - bids, _fitted(seller.values, turned, sells) - asks
        bids = np.maximum.accumulate(bids + damping * steps[0])
        asks = np.maximum.accumulate(asks + damping * steps[1])
        move, done = max(float(np.abs(step).max()) for step in steps), done + 1
    return _auction(buyer, seller, bids, asks, candidates, done, width)


def _fitted(values: Floats, bids: Floats, keep: Bools) -> Floats:
    """A parabola through the bids of types that trade, for all types."""
    if keep.sum() < 4:
        raise SolveError("double auction: hardly any type trades; there is no room between values and costs.")
    return np.asarray(np.polyval(np.polyfit(values[keep], bids[keep], 2), values), dtype=np.float64)


def _best_bids(values: Floats, bids: Floats, asks: Floats, weight: Floats, candidates: Floats) -> tuple[Floats, Floats]:
    """Bid of each value that maximises sum (value - (bid + ask) / 2) over asks below it, and the regret of `bids`.

    A type that no bid serves better keeps its own: below the lowest ask all bids are alike.
    """
    chance, mean = _below(asks, weight, candidates)
    score = values[:, None] * chance - 0.5 * (candidates * chance + mean)
    best = score.argmax(axis=1)
    now, cost = _below(asks, weight, bids)
    regret = score[np.arange(values.size), best] - (values * now - 0.5 * (bids * now + cost))
    return np.where(regret > 1e-12 * np.ptp(candidates), candidates[best], bids), regret


def _best_asks(costs: Floats, asks: Floats, bids: Floats, weight: Floats, candidates: Floats) -> tuple[Floats, Floats]:
    """What a seller asks is what it would bid if money were counted the other way."""
    turned, regret = _best_bids(-costs[::-1], -asks[::-1], -bids[::-1], weight[::-1], -candidates[::-1])
    return -turned[::-1], regret[::-1]


def _cost_at(bids: Floats, asks: Floats, costs: Floats) -> Floats:
    """Highest cost whose ask is met by each bid, beyond the ends as far as the nearest types go on."""
    rising = np.maximum.accumulate(asks) + np.arange(asks.size) * 1e-13
    half = 0.5 * (costs[1] - costs[0]), 0.5 * (costs[-1] - costs[-2])
    steps = 0.5 * (rising[1] - rising[0]), 0.5 * (rising[-1] - rising[-2])
    points = np.concatenate([[rising[0] - steps[0]], rising, [rising[-1] + steps[1]]])
    return np.interp(bids, points, np.concatenate([[costs[0] - half[0]], costs, [costs[-1] + half[1]]]))


def _below(points: Floats, weight: Floats, candidates: Floats) -> tuple[Floats, Floats]:
    """Probability of a point below each candidate and the mean over those, linear between neighbouring points."""
    middle = 0.5 * (points[1:] + points[:-1])
    edges = np.concatenate([[2.0 * points[0] - middle[0]], middle, [2.0 * points[-1] - middle[-1]]])
    # Strategies may be flat over some types; an edge must still rise for the look-up.
    edges = np.maximum.accumulate(edges) + np.arange(edges.size) * 1e-13
    chance = np.interp(candidates, edges, np.append(0.0, weight.cumsum()))
    mean = np.interp(candidates, edges, np.append(0.0, (weight * points).cumsum()))
    return chance, mean


def _auction(
    buyer: Types, seller: Types, bids: Floats, asks: Floats, candidates: Floats, rounds: int, width: float
) -> Auction:
    chance, _ = _below(asks, seller.probabilities, bids)
    bought = _best_bids(buyer.values, bids, asks, seller.probabilities, candidates)[1]
    sold = _best_asks(seller.values, asks, bids, buyer.probabilities, candidates)[1]
    regret = float(max(bought.max(), sold.max()))
    _, costs = _below(seller.values, seller.probabilities, _cost_at(bids, asks, seller.values))
    gains = float(buyer.probabilities @ (buyer.values * chance - costs))
    overlap = np.maximum(buyer.values[:, None] - seller.values, 0.0)
    efficient = float(buyer.probabilities @ overlap @ seller.probabilities)
    if regret > REGRET * width:
        raise SolveError(f"double auction: a type regrets its bid by {regret:.2g}; use more types or more rounds.")
    return Auction(bids, asks, float(buyer.probabilities @ chance), gains, efficient, regret, rounds)


@dataclass(frozen=True)
class Attrition:
    """A war of attrition of two sides in continuous time.

    Attributes
    ----------
    hazards : rate at which each side yields, a unit of time, shape (2,).
    length : expected length; `first` : probability that each yields first, shape (2,).
    payoffs : expected payoffs, shape (2,), zero where nobody yields at once.
    """

    hazards: Floats
    length: float
    first: Floats
    payoffs: Floats


def attrition(prizes: tuple[float, float], costs: tuple[float, float]) -> Attrition:
    """The mixed equilibrium: each side yields at the rate that leaves the other indifferent, its cost over its prize.

    Parameters
    ----------
    prizes : what each gains if the other yields, USD billion; `costs` : of waiting, USD billion a unit of time.

    Raises
    ------
    InputError : a prize or cost that is not positive.
    """
    prize, cost = np.asarray(prizes, dtype=np.float64), np.asarray(costs, dtype=np.float64)
    if min(prize.min(), cost.min()) <= 0.0:
        raise InputError("war of attrition", "prizes and costs must be positive", "who has no cost never yields")
    hazards = (cost / prize)[::-1]
    length = 1.0 / float(hazards.sum())
    first = hazards * length
    return Attrition(hazards, length, first, first[::-1] * prize - cost * length)


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


def deal_probabilities(
    gains: Floats, others: Floats, prior: Sequence[float] | Floats, auction: Auction | None = None
) -> dict[str, float]:
    """Probability of a deal by protocol: screening with exact and with noisy replies, and simultaneous bids.

    Parameters
    ----------
    gains, others, prior : as in `screen`.
    auction : simultaneous bids on the same surplus, if computed.
    """
    probabilities = {"screening": screen(gains, others, prior).probability}
    for precision in PRECISIONS:
        probabilities[f"screening, precision {precision:g}"] = screen(gains, others, prior, precision).probability
    if auction is not None:
        probabilities["simultaneous bids"] = auction.probability
    return probabilities
