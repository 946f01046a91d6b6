"""Stocks in cover classes, day by day: who still works when deliveries fall (step 8).

Firms of one user do not run out together. Each pair of user and grade holds ten equal classes whose cover is
lognormal; no class lends to another unless asked. National and trader stocks are released in proportion to unmet need.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist

import numpy as np

from detente.chains.chain import DAYS_PER_MONTH, EVERY, STEP, STEPS, Floats, SupplyChain, Whole
from detente.codes import InputError

CLASSES = 10


@dataclass(frozen=True)
class Reserve:
    """Stocks that many rows draw on.

    Attributes
    ----------
    level : at the start, months of base need of the group; `rate` most released, share of need; `delay` in months;
        all of shape (reserve,).
    group : which reserve a row draws on, shape (row,).
    weight : base need of each row, any one unit, shape (row,).
    keys : country and item of each reserve.
    """

    level: Floats
    rate: Floats
    delay: Floats
    group: Whole
    weight: Floats
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Hoarding:
    """Firms that want more cover after the news: every second class orders until it has it.

    Attributes
    ----------
    wanted : wanted over base cover; `restock` months over which they close the gap.
    active : whether hoarding goes on, shape (step,).
    """

    wanted: float
    restock: float
    active: Floats


@dataclass(frozen=True)
class StockRun:
    """What firms used and held; shares are of base need, stocks in months of it.

    Attributes
    ----------
    met : share of need met, shape (row, step).
    met_by_class : the same by class and month, shape (row, class, month).
    stock : stock at the end of each month, mean of the classes, shape (row, month); `stock_at_start` of shape (row,).
    released : from reserves, shape (row, month), and `reserve` left, shape (reserve, month), months of need;
        `reserve_keys` country and item of each, `reserve_at_start` and base need `reserve_weight` of shape (reserve,).
    restocked : bought to fill stocks again, months of need, shape (row, month).
    balance : largest gap between receipts, releases, use and change of stock, months of need.
    lowest : lowest stock of any class, months; never negative.
    """

    met: Floats = field(repr=False)
    met_by_class: Floats = field(repr=False)
    stock: Floats = field(repr=False)
    stock_at_start: Floats = field(repr=False)
    released: Floats = field(repr=False)
    restocked: Floats = field(repr=False)
    reserve: Floats = field(repr=False)
    reserve_keys: tuple[tuple[str, str], ...] = field(repr=False)
    reserve_at_start: Floats = field(repr=False)
    reserve_weight: Floats = field(repr=False)
    balance: float
    lowest: float

    def rows(self, of: Whole) -> StockRun:
        """The run with row `of[n]` in the place of each n."""
        return replace(
            self,
            met=self.met[of],
            met_by_class=self.met_by_class[of],
            stock=self.stock[of],
            stock_at_start=self.stock_at_start[of],
            released=self.released[of],
            restocked=self.restocked[of],
        )


def cover_classes(median: Floats, spread: float, classes: int = CLASSES) -> Floats:
    """Cover of equal classes: lognormal quantiles in the middle of each class, never below zero; shape (..., class).

    Parameters
    ----------
    median : months; spread : standard deviation of the log.
    """
    middle = [NormalDist().inv_cdf((c + 0.5) / classes) for c in range(classes)]
    return np.maximum(np.multiply.outer(np.asarray(median), np.exp(spread * np.array(middle))), 0.0)


@dataclass(frozen=True)
class StockJob:
    """Stocks of one run that go through the days beside those of others.

    Each step: use = min(need, receipts + stock), stock' = stock + receipts - use.

    Attributes
    ----------
    receipts, need : share of base need, shape (row, step).
    cover : stock at the start, months of base need, shape (row, class).
    reserve : common stocks and who draws on them.
    refill : share of what a stock lacks that is bought on top in a month, where nothing holds back deliveries, shape
        (row, step); by default stocks are not filled again.
    """

    receipts: Floats = field(repr=False)
    need: Floats = field(repr=False)
    cover: Floats = field(repr=False)
    reserve: Reserve = field(repr=False)
    hoarding: Hoarding | None = None
    refill: Floats | None = field(default=None, repr=False)

    @property
    def shape(self) -> tuple[int, int]:
        """Steps and classes, which runs that go together share."""
        return self.receipts.shape[1], self.cover.shape[1]


def run_stocks_many(jobs: Sequence[StockJob]) -> list[StockRun]:
    """Many runs of stocks, each as it would be alone, to the byte."""
    runs: dict[int, StockRun] = {}
    for shape in dict.fromkeys(job.shape for job in jobs):
        mine = [n for n, job in enumerate(jobs) if job.shape == shape]
        runs |= dict(zip(mine, _together([jobs[n] for n in mine], shape[0]), strict=True))
    return [runs[n] for n in range(len(jobs))]


def _together(jobs: Sequence[StockJob], steps: int) -> list[StockRun]:
    """Runs of one length with the same number of classes."""
    book = _Book(jobs, steps)
    arrivals, needed = (_by_step([getattr(job, name) for job in jobs]) for name in ("receipts", "need"))
    refilled = any(job.refill is not None for job in jobs)
    orders = _by_step([np.zeros_like(j.receipts) if j.refill is None else j.refill for j in jobs]) if refilled else None
    ordering: list[bool] = [False] * steps if orders is None else (orders != 0.0).any(axis=1).tolist()
    for step in range(steps):
        arriving: Floats = arrivals[step]
        hoarding = [
            n for n, job in enumerate(jobs) if (job.hoarding is not None and bool(job.hoarding.active[step] > 0.0))
        ]
        if hoarding:
            arriving = book.by_orders(arriving, hoarding)
        if orders is not None and ordering[step]:
            arriving = arriving + book.orders(step, orders[step])
        book.day(step, arriving, needed[step])
    return book.closed()


def _by_step(rates: Sequence[Floats]) -> Floats:
    """Rates a month of all rows as amounts of a step, shape (step, row): the rows of a step lie side by side."""
    return np.ascontiguousarray(np.concatenate(rates).T) * STEP


def _by_orders(arriving: Floats, stock: Floats, cover: Floats, hoarding: Hoarding) -> Floats:
    """Deliveries of a step shared out by orders, where they do not reach for all; shape (class, row)."""
    extra = np.maximum(hoarding.wanted * cover - stock, 0.0) / hoarding.restock * STEP
    extra[::2] = 0.0
    orders = STEP + extra
    return orders * (arriving / (_total(orders) / len(orders)))


class _Book:
    """Stocks and use while the days run; classes come first, so that rows lie side by side in memory."""

    def __init__(self, jobs: Sequence[StockJob], steps: int) -> None:
        self.jobs = jobs
        self.start = np.ascontiguousarray(np.concatenate([job.cover for job in jobs]).T)
        classes, rows = self.start.shape
        months = steps // STEPS
        self.stock, self.used, self.lacking = self.start.copy(), np.empty((classes, rows)), np.empty((classes, rows))
        self.use = np.empty((steps, rows))
        self.by_class = np.zeros((months, classes, rows))
        self.stocks = np.empty((months, rows))
        self.released, self.restocked = np.zeros((months, rows)), np.zeros((months, rows))
        self.lowest = np.minimum(self.start.min(axis=0), 0.0)
        self.part = 1.0 / classes
        self.mean_start = _total(self.start) / classes
        self.rows = _block_starts([len(job.cover) for job in jobs])
        self._open_reserves(months)

    def by_orders(self, arriving: Floats, hoarding: Sequence[int]) -> Floats:
        """Deliveries of a step, shared out by orders in some of the runs; shape (class, row)."""
        deliveries = np.repeat(arriving[None, :], len(self.stock), axis=0)
        for n in hoarding:
            rows, rule = self.rows[n], self.jobs[n].hoarding
            assert rule is not None
            deliveries[:, rows] = _by_orders(arriving[rows], self.stock[:, rows], self.start[:, rows], rule)
        return deliveries

    def orders(self, step: int, rate: Floats) -> Floats:
        """What stocks lack of their level at the start, times a rate; shape (class, row)."""
        bought = np.subtract(self.start, self.stock, out=self.lacking)
        np.maximum(bought, 0.0, out=bought)
        np.multiply(bought, rate, out=bought)
        self.restocked[step // STEPS] += _total(bought) * self.part
        return bought

    def day(self, step: int, arriving: Floats, need: Floats) -> None:
        """One step: use, stocks, releases."""
        month, used, stock = step // STEPS, self.used, self.stock
        np.add(stock, arriving, out=stock)
        np.minimum(stock, need, out=used)
        np.subtract(stock, used, out=stock)
        if self.open.size and self.left.any():
            self._release(step, month, need)
        self.use[step] = _total(used)
        self.by_class[month] += used
        if (step + 1) % STEPS == 0:
            self.stocks[month] = _total(stock) / len(stock)
            self.reserves[month] = self.left
            np.minimum(self.lowest, stock.min(axis=0), out=self.lowest)

    def _open_reserves(self, months: int) -> None:
        """Reserves that hold anything, and the rows that draw on them: all others are never touched by a release."""
        holdings = [job.reserve for job in self.jobs]
        self.of = _block_starts([reserve.level.size for reserve in holdings])
        level, rate, delay = (
            np.concatenate([getattr(r, name) for r in holdings]) for name in ("level", "rate", "delay")
        )
        group = np.concatenate([reserve.group + of.start for reserve, of in zip(holdings, self.of, strict=True)])
        weight = np.concatenate([reserve.weight for reserve in holdings])
        self.left, self.reserves = level.copy(), np.empty((months, level.size))
        self.open = np.flatnonzero(level > 0.0)
        place = np.full(level.size, -1)
        place[self.open] = np.arange(self.open.size)
        self.drawing = np.flatnonzero(place[group] >= 0)
        self.group, self.weight = place[group[self.drawing]], weight[self.drawing]
        self.rate, self.delay = rate[self.open] * STEP, delay[self.open]
        self.asking = np.bincount(self.group, self.weight, minlength=self.open.size)

    def _release(self, step: int, month: int, need: Floats) -> None:
        rows, left = self.drawing, self.left[self.open]
        short = need[rows] - self.used.take(rows, axis=1)
        mean = _total(short) * self.part
        unmet = np.bincount(self.group, mean * self.weight, minlength=left.size)
        if not unmet.any():
            return
        most = np.minimum(self.rate, left) * (self.delay <= step * STEP)
        wanted = np.divide(unmet, self.asking, out=np.zeros_like(unmet), where=self.asking > 0.0)
        given = np.minimum(most, wanted)
        self.left[self.open] = left - given
        share = np.divide(given, wanted, out=np.zeros_like(given), where=wanted > 0.0)[self.group]
        self.used[:, rows] += short * share
        self.released[month, rows] += mean * share

    def closed(self) -> list[StockRun]:
        """The runs, each with its balance."""
        self.use *= self.part
        return [self._closed(*each) for each in zip(self.jobs, self.rows, self.of, strict=True)]

    def _closed(self, job: StockJob, rows: slice, reserves: slice) -> StockRun:
        use, by_class, released, restocked = (
            values[..., rows] for values in (self.use, self.by_class, self.released, self.restocked)
        )
        stock, start = self.stocks[-1, rows], self.mean_start[rows]
        need = (job.need * STEP).T
        by_month = need.reshape(len(need) // STEPS, STEPS, need.shape[1]).sum(axis=1)[:, None, :]
        met = np.divide(by_class, by_month, out=np.ones_like(by_class), where=by_month > 0.0)
        daily = np.divide(use, need, out=np.ones_like(use), where=need > 0.0)
        received = job.receipts.sum(axis=1) * STEP + released.sum(axis=0) + restocked.sum(axis=0)
        gap = received - use.sum(axis=0) - (stock - start)
        return StockRun(
            np.ascontiguousarray(daily.T),
            np.ascontiguousarray(met.transpose(2, 1, 0)),
            self.stocks[:, rows].T,
            start,
            released.T,
            restocked.T,
            self.reserves[:, reserves].T,
            job.reserve.keys,
            job.reserve.level,
            np.bincount(job.reserve.group, job.reserve.weight, job.reserve.level.size).astype(np.float64),
            float(np.abs(gap).max(initial=0.0)),
            float(self.lowest[rows].min(initial=0.0)),
        )


def _total(values: Floats) -> Floats:
    """Sum over classes, one after the other for any number of rows, shape (row,)."""
    return np.add.reduce(values, axis=0) if values.shape[1] > 1 else np.add.accumulate(values, axis=0)[-1]


def _block_starts(sizes: Sequence[int]) -> list[slice]:
    """Where each of several blocks lies when they are put one after the other."""
    ends = np.cumsum(sizes).tolist()
    return [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]


#: Share of need unmet from which on a user counts as short.
SHORT = 0.05


def first_short(unmet: Floats, threshold: float = SHORT) -> Floats:
    """Months until the unmet share first reaches a threshold, interpolated inside the step; NaN where it never does.

    Parameters
    ----------
    unmet : share of need unmet, shape (row, step).
    """
    over = unmet >= threshold
    step = over.argmax(axis=1)
    rows = np.arange(unmet.shape[0])
    now, before = unmet[rows, step], np.where(step > 0, unmet[rows, np.maximum(step - 1, 0)], 0.0)
    inside = np.divide(threshold - before, now - before, out=np.ones_like(now), where=now > before)
    return np.where(over.any(axis=1), (step + inside) * STEP, np.nan)


def cover_of(chain: SupplyChain, median: Floats, *, share: bool = False, classes: int = CLASSES) -> Floats:
    """Stock of every class at the start, months of need, shape (row, class).

    Parameters
    ----------
    median : median cover of the firms of each row, months, shape (row,).
    share : firms of a row lend to one another: every class holds the mean.
    """
    cover = cover_classes(median, chain.value("cover_spread"), classes)
    return np.repeat(cover.mean(axis=1, keepdims=True), classes, axis=1) if share else cover


@dataclass(frozen=True)
class StockDays:
    """Stocks set by hand, days of base need; None keeps what the chain has.

    Attributes
    ----------
    national : stock of every country, in the form it works up: feed for what it makes itself, product for the rest.
    users : median stock of firms, of product and of feed; its spread stays.
    traders : whether traders outside hold stocks.
    """

    national: float | None = None
    users: float | None = None
    traders: bool = True

    @classmethod
    def of(cls, days: float | StockDays | None) -> StockDays:
        """Days as they are given: 0 alone switches every stock off, another number alone is the national stock.

        Raises
        ------
        InputError : days below zero.
        """
        given = cls(0.0, 0.0, traders=False) if days == 0 else days
        chosen = given if isinstance(given, StockDays) else cls(given)
        for value in (chosen.national, chosen.users):
            if value is not None and not 0.0 <= value < np.inf:
                raise InputError("stock days", f"a stock of {value:g} days", "give days of at least 0")
        return chosen

    def cover(self, median: Floats) -> Floats:
        """Median cover of firms, months of need, in place of the chain's own."""
        return median if self.users is None else np.full_like(median, self.users / DAYS_PER_MONTH)


def reserves(
    chain: SupplyChain,
    keys: list[tuple[str, str]],
    weight: Floats,
    *,
    days: float | None = None,
    part: Floats | None = None,
    grades: bool = True,
) -> Reserve:
    """National and trader stocks that a list of (country, item) can draw on.

    Parameters
    ----------
    keys : country and grade (or element of feed) of each row.
    weight : base need of each row, shape (row,).
    days : national stock of every country in days of use, in place of the chain's own; 0 for none.
    part : part of the need of a row that this form of stock stands for, shape (row,); all by default.
    grades : whether the items are grades, which stocks of `"*"` hold too.
    """
    groups = list(dict.fromkeys(keys))
    terms = {key: [0.0, 0.0, np.inf] for key in groups}
    if days is not None:
        share = dict(zip(keys, np.ones(len(keys)) if part is None else part, strict=True))
        terms = {key: [days / DAYS_PER_MONTH * float(share[key]), 1.0, 0.0] for key in groups}
    else:
        _fill(chain, terms, grades)
    values = np.array([terms[key] for key in groups]).reshape(len(groups), 3)
    number = {key: n for n, key in enumerate(groups)}
    group = np.array([number[key] for key in keys], dtype=np.int64)
    return Reserve(values[:, 0], values[:, 1], values[:, 2], group, weight, tuple(groups))


def _fill(chain: SupplyChain, terms: dict[tuple[str, str], list[float]], grades: bool) -> None:
    for stock in chain.stocks:
        for (country, item), row in terms.items():
            if country == stock.country and (item == stock.item or (grades and stock.item == EVERY)):
                row[0] += chain.value(stock.cover)
                row[1] += stock.rate
                row[2] = min(row[2], stock.delay)
