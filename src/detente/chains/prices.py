"""Two prices: inside the restrictor, and outside where licences, other supply and doing without meet (step 20).

Need outside is one; each use gives up linearly between the base price and its choke price, the cost of doing without.
So the price outside stays of the order of that cost. It concerns what is traded; the shadow price of a user is a value
and no price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.chains.chain import Floats, Market, SupplyChain

#: Steps to a price at most; Newton takes five, a bracket alone fifty.
MOST = 80

#: Excess demand at which a market is cleared, share of need.
CLEARED = 1e-13


@dataclass(frozen=True)
class Prices:
    """Prices by element and month, shape (element, month), USD per kg of element.

    Attributes
    ----------
    elements : those with a market.
    inside, outside : price inside the restrictor, and the quote outside.
    average : what buyers outside pay in the mean of all they receive.
    rent : to the restrictor, USD a month: its share of (outside - inside) times licensed volume.
    licensed : share of need outside that is licensed.
    bought : share of need outside that is bought at the quote, hoarding included.
    traders : stock of traders left, months of need.
    gap : largest excess of demand over supply at the price, share of need.
    """

    elements: tuple[str, ...]
    inside: Floats = field(repr=False)
    outside: Floats = field(repr=False)
    average: Floats = field(repr=False)
    rent: Floats = field(repr=False)
    licensed: Floats = field(repr=False)
    bought: Floats = field(repr=False)
    traders: Floats = field(repr=False)
    gap: float


@dataclass(frozen=True)
class Conditions:
    """What the markets of one month face, each of shape (element,), shares of base need outside.

    Attributes
    ----------
    wanted : need with hoarding, W.
    licensed, leak, release : supply licensed, smuggled at most, and traders' stock for the month.
    reach : share of other supply that passes.
    inside : price inside, USD per kg.
    """

    wanted: Floats
    licensed: Floats
    leak: Floats
    release: Floats
    reach: Floats
    inside: Floats


@dataclass(frozen=True)
class Curves:
    """Demand and supply outside, stacked over markets.

    Attributes
    ----------
    base : base price, USD per kg, shape (element,); `share` and `choke` of the blocks, shape (element, block).
    other, room : supply of others at the base price and its most as a multiple, shape (element,).
    elasticity : of other supply; `markup` : cost of smuggling over the price inside; one number or shape (element,).
    """

    base: Floats
    share: Floats
    choke: Floats
    other: Floats
    room: Floats
    elasticity: float | Floats
    markup: float | Floats

    def demand(self, price: Floats, wanted: Floats) -> Floats:
        """W Σ_b share_b max(0, 1 - (p - p0)/(choke_b - p0)), shape (element,)."""
        given_up = (price - self.base)[:, None] / (self.choke - self.base[:, None])
        return wanted * (self.share * (1.0 - np.minimum(given_up, 1.0))).sum(axis=1)

    def supply(self, price: Floats, now: Conditions) -> Floats:
        """Licensed, other supply and traders' releases, without what is smuggled, shape (element,)."""
        ratio = price / self.base
        other = now.reach * self.other * np.minimum(ratio**self.elasticity, self.room)
        return now.licensed + other + now.release * (1.0 - 1.0 / ratio)

    def slopes(self, price: Floats, now: Conditions) -> Floats:
        """Slope of demand less supply in the price, shape (element,); never positive."""
        ratio = price / self.base
        width = self.choke - self.base[:, None]
        fall = (self.share / width * (price[:, None] < self.choke)).sum(axis=1)
        grown = ratio**self.elasticity
        rise = now.reach * self.other * self.elasticity * grown / price * (grown < self.room)
        return -now.wanted * fall - rise - now.release * self.base / price**2

    def clear(self, now: Conditions) -> tuple[Floats, Floats]:
        """The price outside, USD per kg, and what is smuggled, share of need; both of shape (element,).

        The price lies between the base price, below which no seller goes, and the highest choke price. Smugglers offer
        at their cost: if need outruns the rest at that cost but not with all of theirs, the price is that cost. Transit
        moves material between buyers outside and adds none, so that it is no supply here.
        """
        cost = np.maximum(now.inside * (1.0 + self.markup), self.base)
        without = self._root(now, np.zeros_like(now.leak))
        price = without
        if (now.leak > 0.0).any():
            price = np.where(without <= cost, without, np.maximum(self._root(now, now.leak), cost))
        lacking = self.demand(price, now.wanted) - self.supply(price, now)
        return price, np.clip(lacking, 0.0, now.leak * (price >= cost))

    def _root(self, now: Conditions, more: Floats) -> Floats:
        """Price at which demand meets supply and `more`: Newton inside a bracket, its middle where that leaves it."""
        low, high = np.array(self.base), self.choke.max(axis=1, initial=0.0)
        price = np.array(low)
        for _ in range(MOST):
            excess = self.demand(price, now.wanted) - self.supply(price, now) - more
            low, high = np.where(excess > 0.0, price, low), np.where(excess > 0.0, high, price)
            done = (np.abs(excess) <= CLEARED) | (high - low <= 0.0)
            if done.all():
                break
            slope = self.slopes(price, now)
            step = price - np.divide(excess, slope, out=np.zeros_like(excess), where=slope < 0.0)
            inside = (step > low) & (step < high) & (slope < 0.0)
            price = np.where(done, price, np.where(inside, step, 0.5 * (low + high)))
        return price


def curves(chain: SupplyChain, markets: tuple[Market, ...], outside: Floats | None = None) -> Curves:
    """Demand and supply of a chain's markets; blocks are padded with empty ones.

    `outside` is the share of need that the restrictor does not meet, shape (element,); by default as the markets say.
    """
    most = max((len(market.blocks) for market in markets), default=0)
    share, choke = np.zeros((len(markets), most)), np.zeros((len(markets), most))
    for n, market in enumerate(markets):
        choke[n] = market.price * 2.0 if not market.blocks else max(value for _, value in market.blocks)
        for b, (part, value) in enumerate(market.blocks):
            share[n, b], choke[n, b] = part, value
    return Curves(
        np.array([market.price for market in markets], dtype=np.float64),
        share,
        choke,
        np.array([market.outside for market in markets]) if outside is None else outside,
        np.array([market.capacity for market in markets], dtype=np.float64),
        chain.value("supply_elasticity"),
        chain.value("leak_markup"),
    )


@dataclass(frozen=True)
class MarketTerms:
    """What the markets of a run face; rows are the chain's markets, shape (element, month) unless said.

    Attributes
    ----------
    licensed : share of the restrictor's base flow that passes; `free` share of it that nothing holds back.
    reach : share of supply from all origins that passes; below 1 where a scenario cuts total supply.
    cover : stock of users at the start of the month over that of the base year.
    leak : most that is smuggled, share of the restrictor's base flow.
    volume : base need outside, kg a year, and `outside` share of it not met by the restrictor, shape (element,).
    saved : need left by thrift, share of the base.
    hoarding : wanted over base cover, shape (month,).
    """

    licensed: Floats
    free: Floats
    reach: Floats
    cover: Floats
    leak: Floats
    volume: Floats
    saved: Floats
    hoarding: Floats
    outside: Floats | None = None


@dataclass(frozen=True)
class MarketJob:
    """Markets of one run that are cleared month by month beside those of others; traders' stocks run down on the way.

    Where nothing holds it back the restrictor sends what is asked for, so that filling stocks again moves no price.

    Attributes
    ----------
    inside : price inside, USD per kg, shape (element, month); by default the base price throughout.
    release : whether traders hold their stocks.
    """

    chain: SupplyChain
    terms: MarketTerms = field(repr=False)
    inside: Floats | None = field(default=None, repr=False)
    release: bool = True

    @property
    def shape(self) -> tuple[int, int]:
        """Months and most blocks of a market, which runs that go together share."""
        most = max((len(market.blocks) for market in self.chain.markets), default=0)
        return self.terms.licensed.shape[1], most


def market_prices_many(jobs: Sequence[MarketJob]) -> list[Prices]:
    """The prices of many runs, each as they would be alone, to the byte."""
    prices: dict[int, Prices] = {}
    for shape in dict.fromkeys(job.shape for job in jobs):
        mine = [n for n, job in enumerate(jobs) if job.shape == shape]
        prices |= dict(zip(mine, _Markets([jobs[n] for n in mine]).cleared(), strict=True))
    return [prices[n] for n in range(len(jobs))]


class _Markets:
    """Markets of many runs, one after the other along the first axis."""

    def __init__(self, jobs: Sequence[MarketJob]) -> None:
        self.jobs = jobs
        sizes = [len(job.chain.markets) for job in jobs]
        lines = [curves(job.chain, job.chain.markets, job.terms.outside) for job in jobs]
        by_market = ("base", "share", "choke", "other", "room")
        self.lines = Curves(
            *(np.concatenate([getattr(line, name) for line in lines]) for name in by_market),
            *(np.repeat([getattr(line, name) for line in lines], sizes) for name in ("elasticity", "markup")),
        )
        self.rent_share, self.restock = (
            np.repeat([job.chain.value(name) for job in jobs], sizes) for name in ("rent_share", "restock_months")
        )
        self.cover, self.traders = (
            np.array([job.chain.value(getattr(m, name)) for job in jobs for m in job.chain.markets], dtype=np.float64)
            for name in ("cover", "traders")
        )
        self.traders *= np.repeat([job.release for job in jobs], sizes)
        ends = np.cumsum(sizes).tolist()
        self.rows = [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]
        names = ("licensed", "free", "reach", "cover", "leak", "saved")
        self.terms = {name: np.concatenate([getattr(job.terms, name) for job in jobs]) for name in names}
        self.terms["hoarding"] = np.repeat([job.terms.hoarding for job in jobs], sizes, axis=0)
        self.volume = np.concatenate([job.terms.volume for job in jobs])
        self.inside = np.concatenate([self._inside(n) for n in range(len(jobs))])

    def _inside(self, n: int) -> Floats:
        """Price inside of one run, shape (element, month)."""
        given, base = self.jobs[n].inside, self.lines.base[self.rows[n]]
        return np.repeat(base[:, None], self.jobs[n].terms.licensed.shape[1], axis=1) if given is None else given

    def cleared(self) -> list[Prices]:
        """The prices of each run."""
        lines, shape = self.lines, self.inside.shape
        names = ("outside", "average", "rent", "licensed", "bought", "traders", "excess")
        series = {name: np.zeros(shape) for name in names}
        traders = self.traders
        for t in range(shape[1]):
            now = self._conditions(traders, t)
            price, leaked = lines.clear(now)
            got = lines.demand(price, now.wanted)
            premium = np.maximum(price - now.inside, 0.0)
            direct = np.minimum(now.licensed, got)
            paid = direct * (now.inside + self.rent_share * premium) + (got - direct) * price
            traders = traders * (lines.base / price)
            month = {
                "outside": price,
                "average": np.divide(paid, got, out=np.array(price), where=got > 0.0),
                "rent": self.rent_share * premium * direct * self.volume / 12.0,
                "licensed": now.licensed,
                "bought": got,
                "traders": traders,
                "excess": got - lines.supply(price, now) - leaked,
            }
            for name, values in month.items():
                series[name][:, t] = values
        return [
            self._prices(n, {name: values[rows] for name, values in series.items()}) for n, rows in enumerate(self.rows)
        ]

    def _prices(self, n: int, series: dict[str, Floats]) -> Prices:
        names = tuple(market.element for market in self.jobs[n].chain.markets)
        gap = max(0.0, float(series.pop("excess").max(initial=0.0)))
        return Prices(names, self.inside[self.rows[n]], **series, gap=gap)

    def _conditions(self, traders: Floats, t: int) -> Conditions:
        """What the markets face in a month; W = 1 + (wanted - cover) / restock on top of need after thrift."""
        terms = {name: values[:, t] for name, values in self.terms.items()}
        missing = np.maximum(terms["hoarding"] - terms["cover"], 0.0) * self.cover
        wanted = terms["saved"] + missing / self.restock
        restricted = 1.0 - self.lines.other
        licensed = restricted * terms["licensed"] + terms["free"] * np.maximum(wanted - 1.0, 0.0)
        return Conditions(
            wanted,
            licensed * terms["reach"],
            restricted * terms["leak"],
            traders,
            terms["reach"],
            self.inside[:, t],
        )
