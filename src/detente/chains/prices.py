"""Two prices: inside the restrictor, and the quote outside, which follows demand that is unmet after stocks (step 20).

Each way of doing without has a share of the demand and a highest price; inside it costs run evenly from the base price
to that. Filled in the order of cost they are one schedule: the price at which a share of the demand gives up. Users
with stocks do not bid, so that what is missing is demand less use. Orders for larger stocks bid besides, but no more
than the first way of doing without costs in the mean. Only what is not under contract is priced anew each month.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from detente.chains.chain import Floats, Market, SupplyChain

#: Figure of a chain: share of the volume whose price a contract holds. All is spot where a chain has none.
CONTRACT = "contract_share"

#: Share of need below which nothing is missing or held back: it is what rounding leaves.
LEAST = 1e-6


@dataclass(frozen=True)
class Prices:
    """Prices by element and month, shape (element, month), USD per kg of element.

    Attributes
    ----------
    elements : those with a market.
    inside, outside : price inside the restrictor, and the quote outside.
    upper : quote for users without a licence, if those with one get all that they need.
    average : what buyers outside pay in the mean of all they receive.
    rent : to the restrictor, USD a month: its share of (outside - inside) times licensed volume.
    licensed : share of need outside that is licensed.
    missing : share of need outside that is unmet after stocks; `orders` for larger stocks, share of need.
    """

    elements: tuple[str, ...]
    inside: Floats = field(repr=False)
    outside: Floats = field(repr=False)
    upper: Floats = field(repr=False)
    average: Floats = field(repr=False)
    rent: Floats = field(repr=False)
    licensed: Floats = field(repr=False)
    missing: Floats = field(repr=False)
    orders: Floats = field(repr=False)


def schedule(market: Market, missing: Floats) -> Floats:
    """Price at which shares of the demand are given up, USD per kg, shape of `missing`; it never falls in it."""
    price, begins = np.full(missing.shape, market.price), 0.0
    for share, top in sorted(market.blocks, key=lambda block: block[1]):
        part = np.clip((missing - begins) / share, 0.0, 1.0) if share > 0.0 else np.zeros_like(missing)
        price, begins = np.maximum(price, market.price + (top - market.price) * part), begins + share
    return price


def moved(target: Floats, base: Floats, speed: Floats, months: float) -> Floats:
    """A quote that closes a share of its gap each month on the way up, and falls evenly over some months.

    Parameters
    ----------
    target : price at which what is missing is given up, shape (element, month); `base` price, shape (element,).
    speed : share of the gap closed in a month, shape (element,); `months` a quote takes to fall back at most.
    """
    quote, top, path = base, base, np.empty_like(target)
    for t in range(target.shape[1]):
        rising = target[:, t] >= quote
        fallen = np.maximum(target[:, t], quote - (top - base) / max(months, 1.0))
        quote = np.where(rising, quote + speed * (target[:, t] - quote), fallen)
        top = np.where(rising, quote, top)
        path[:, t] = quote
    return path


@dataclass(frozen=True)
class MarketTerms:
    """What the markets of a run face; rows are the chain's markets, shape (element, month) unless said.

    Attributes
    ----------
    licensed : share of the restrictor's base flow that passes; `free` share of it that nothing holds back.
    missing : share of need that is unmet after stocks.
    volume : base need outside, kg a year, and `outside` share of it not met by the restrictor, shape (element,).
    traders : stock of traders, which slows the quote, months of need, shape (element,).
    hoarding : wanted over base cover, shape (month,).
    """

    licensed: Floats
    free: Floats
    missing: Floats
    volume: Floats
    hoarding: Floats
    outside: Floats
    traders: Floats


def market_prices(chain: SupplyChain, terms: MarketTerms, inside: Floats | None = None) -> Prices:
    """The prices of a run; `inside` the restrictor's, USD per kg, shape (element, month), by default the base price."""
    base = np.array([market.price for market in chain.markets], dtype=np.float64)
    cover = np.array([chain.value(market.cover) for market in chain.markets], dtype=np.float64)
    shape, months, rent_share = terms.missing.shape, chain.value("restock_months"), chain.value("rent_share")
    inside = np.repeat(base[:, None], shape[1], axis=1) if inside is None else inside
    orders = (1.0 - terms.free) * (terms.hoarding - 1.0) * cover[:, None] / max(months, 1.0)
    licensed = (1.0 - terms.outside)[:, None] * terms.licensed
    without = (1.0 - terms.outside)[:, None] * (1.0 - terms.licensed)
    alone = np.divide(terms.missing, without, out=np.zeros(shape), where=(without > LEAST) & (terms.missing > LEAST))
    alone = np.minimum(alone, 1.0 - terms.outside[:, None])
    quotes, alones = np.zeros(shape), np.zeros(shape)
    for n, market in enumerate(chain.markets):
        first = min((top for _, top in market.blocks), default=market.price)
        mean = 0.5 * (market.price + first)
        bids = np.minimum(schedule(market, terms.missing[n] + orders[n]), mean)
        quotes[n] = np.maximum(schedule(market, terms.missing[n]), bids)
        alones[n] = np.maximum(schedule(market, np.maximum(alone[n], terms.missing[n])), bids)
    spot = 1.0 - (chain.value(CONTRACT) if CONTRACT in chain.parameters else 0.0)
    outside, upper = (moved(each, base, spot / (1.0 + terms.traders), months) for each in (quotes, alones))
    premium = np.maximum(outside - inside, 0.0)
    got = np.maximum(1.0 - terms.missing, licensed)
    paid = licensed * (inside + rent_share * premium) + (got - licensed) * outside
    average = np.divide(paid, got, out=np.array(outside), where=got > 0.0)
    rent = rent_share * premium * licensed * terms.volume[:, None] / 12.0
    names = tuple(market.element for market in chain.markets)
    return Prices(names, inside, outside, upper, average, rent, licensed, terms.missing, orders)
