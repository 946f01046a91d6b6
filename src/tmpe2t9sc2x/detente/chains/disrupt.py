"""What licences do to the users of a chain: shares of need met, first days short, stocks, prices (steps 1-10, 20).

`disrupt` chains the months of `months.py`, the allocation inside a country, the stocks and the two prices. Numbers are
in the chain's scope. Everything is deterministic: draws replace the parameters of the chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.chains.allocation import Arrivals, allotted
from detente.chains.chain import SupplyChain
from detente.chains.disruption import ChainCertificate, Disruption, by_user, weight_of
from detente.chains.leakage import leak_of
from detente.chains.ledger import Book, Imbalance, ledger_of
from detente.chains.licences import Licences
from detente.chains.many import answered, each, in_blocks, in_one_call
from detente.chains.months import FREE, Deliveries, DeliveryCase, RunSetting, deliveries_many, restocking, setting
from detente.chains.prices import MarketJob, MarketTerms, Prices, market_prices_many
from detente.chains.rows import Floats, Thrift, Whole, progress
from detente.chains.steps import DAYS_PER_MONTH, STEP, by_month, by_step, middles
from detente.chains.stocks import (
    Hoarding,
    StockDays,
    StockJob,
    StockRun,
    cover_of,
    first_short,
    reserves,
    run_stocks_many,
)
from detente.codes import InputError, Parameter, SolveError, declared_note
from detente.codes.kinds import checked

LONGEST = 600
"""Months of the longest run."""

BALANCED = 1e-9
"""Largest residual of a balance that a result may have, share of the flow."""


@checked
def disrupt(
    chain: SupplyChain,
    licences: Licences,
    months: int = 24,
    *,
    allocation: str = "prorata",
    stock_days: float | StockDays | None = None,
    share_stocks: bool = False,
    hoarding: bool = False,
    hoarding_in_price: bool = True,
    enforcement: float = 0.0,
    leak_cap: float | None = None,
    redirect: bool = False,
    inside: Floats | None = None,
) -> Disruption:
    """Run a chain under licences, month by month.

    Parameters
    ----------
    months : length of the run.
    allocation : "prorata" (licences by firm), "price" (highest value first) or "defence_first"; the last two, and
        countries that pool their supply, settle by month.
    stock_days : 0 switches every stock off; another number sets the national stock of each country to these days of
        use, as feed of what it makes itself and as product of the rest, and leaves what firms hold; `StockDays` sets
        them apart; None takes the chain's stocks.
    share_stocks : firms of one user lend to one another.
    hoarding : firms order extra cover after the news, so that others run short first; `hoarding_in_price` counts it in
        the market outside.
    enforcement : share of transit that is stopped, 0 to 1; `leak_cap` replaces the chain's cap, share of base flow:
        1 where refined material moves freely between all other countries.
    redirect : plants outside turn feed that heavy-bearing grades cannot use to the other grades of the family.
    inside : price inside the restrictor by market and month, USD per kg; by default the base price.

    Raises
    ------
    InputError, UnknownName : options, acts or chains that cannot be. SolveError : a balance that does not close.
    """
    case = DisruptCase(
        chain, licences, months, allocation, stock_days, share_stocks, hoarding, hoarding_in_price, enforcement,
        leak_cap, redirect, inside,
    )  # fmt: skip
    return answered(disrupt_many([case]))[0]


@dataclass(frozen=True)
class DisruptCase:
    """A run that is asked for; fields as the arguments of `disrupt`."""

    chain: SupplyChain
    licences: Licences
    months: int = 24
    allocation: str = "prorata"
    stock_days: float | StockDays | None = None
    share_stocks: bool = False
    hoarding: bool = False
    hoarding_in_price: bool = True
    enforcement: float = 0.0
    leak_cap: float | None = None
    redirect: bool = False
    inside: Floats | None = field(default=None, repr=False)

    @cached_property
    def days(self) -> StockDays:
        """Days of the stocks that are set by hand."""
        return StockDays.of(self.stock_days)

    @cached_property
    def setup(self) -> RunSetting:
        """The chain and its licences, read."""
        leak = leak_of(self.chain, self.licences.announced, enforcement=self.enforcement, cap=self.leak_cap)
        return setting(self.chain, self.licences, self.months, leak)

    @property
    def deliveries(self) -> DeliveryCase:
        """What is asked of the months of the chain."""
        return DeliveryCase(self.setup, self.days, self.share_stocks, self.redirect)


@dataclass(frozen=True)
class _Supplied:
    """A run up to what its users receive; `job` the stocks that they draw on, `row` of each pair in it, shape (pair,).

    Receipts and need by row and step, the row of each pair in `cell`, `shadow` the price of the last kg by pair and
    month, `news` the steps with something held back after the announcement.
    """

    case: DisruptCase
    delivered: Deliveries
    receipts: Floats
    need: Floats
    cell: Whole
    shadow: Floats
    news: NDArray[np.bool_]
    job: StockJob
    row: Whole


def disrupt_many(cases: Sequence[DisruptCase]) -> list[Disruption | SolveError]:
    """Many runs, each as `disrupt` gives it alone, to the byte; the error in the place of one without an answer."""
    return in_blocks(_disrupted, cases)


def _disrupted(cases: Sequence[DisruptCase]) -> list[Disruption | SolveError]:
    for case in cases:
        _check(case.months, case.enforcement, case.leak_cap)
    delivered = deliveries_many([case.deliveries for case in cases])
    supplied = each(_supplied, list(zip(cases, delivered, strict=True)))
    stocked = in_one_call(run_stocks_many, lambda run: run.job, supplied)
    used = each(lambda pair: (pair[0], pair[1].rows(pair[0].row)), stocked)
    priced = in_one_call(market_prices_many, lambda pair: _market(*pair), used)
    return each(lambda run: _result(*run[0], run[1]), priced)


def _supplied(run: tuple[DisruptCase, Deliveries]) -> _Supplied:
    """What users receive, and the stocks that they draw on."""
    case, delivered = run
    receipts, need, cell, shadow = _allocated(case.chain, delivered, case.allocation)
    held_back = np.minimum(delivered.flow, delivered.supply).min(axis=0, initial=1.0) < 1.0
    news = (middles(case.months) >= case.licences.announced) & held_back
    job, row = _stocks(case, delivered, receipts, need, cell, _hoarding(case.chain, news) if case.hoarding else None)
    return _Supplied(case, delivered, receipts, need, cell, shadow, news, job, row)


def _check(months: int, enforcement: float, leak_cap: float | None) -> None:
    if not isinstance(months, int | np.integer) or not 1 <= months <= LONGEST:
        raise InputError(Parameter("months"), f"a run of {months} months", f"give a whole number, 1 to {LONGEST}")
    for where, value in (("enforcement", enforcement), ("leak cap", 0.0 if leak_cap is None else leak_cap)):
        if not 0.0 <= value <= 1.0:
            raise InputError(where, f"a share of {value:g}", "give a share between 0 and 1")


def _allocated(chain: SupplyChain, delivered: Deliveries, rule: str) -> tuple[Floats, Floats, Whole, Floats]:
    """Receipts and need by row and step, the row of each pair, and the price of the last kg by pair and month."""
    cells = delivered.cells
    if rule == "prorata" and not chain.pools:
        months = delivered.licensed.shape[1] // int(1 / STEP + 0.5)
        return delivered.receipts, cells.need, cells.of, np.zeros((cells.of.size, months))
    arrivals = Arrivals(*(by_month(values)[cells.of] for values in (delivered.tied, delivered.loose, cells.need)))
    receipts, shadow = allotted(chain, rule, arrivals)
    return by_step(receipts), by_step(arrivals.need), np.arange(cells.of.size), shadow


def _hoarding(chain: SupplyChain, news: NDArray[np.bool_]) -> Hoarding:
    return Hoarding(chain.value("hoarding"), chain.value("restock_months"), news.astype(np.float64))


def _stocks(
    case: DisruptCase, delivered: Deliveries, receipts: Floats, need: Floats, cell: Whole, hoarding: Hoarding | None
) -> tuple[StockJob, Whole]:
    """Stocks of every pair: those with the same receipts and cover as one row, and the row of each pair."""
    chain, days, layout = case.chain, case.days, case.chain.layout
    pairs = zip(layout.user.tolist(), layout.grade.tolist(), strict=True)
    covers = [chain.value(chain.users[u].cover_of(chain.grades[g].name)) for u, g in pairs]
    median = np.array(covers, dtype=np.float64)
    _, first, inverse = np.unique(np.column_stack([cell, median]), axis=0, return_index=True, return_inverse=True)
    of = inverse.ravel().astype(np.int64)
    keys = [
        (layout.places[i], chain.grades[g].name)
        for i, g in zip(layout.country[first], layout.grade[first], strict=True)
    ]
    own = np.einsum("igi->ig", layout.third)[layout.country[first], layout.grade[first]]
    weight = np.bincount(of, layout.kilograms).astype(np.float64)
    reserve = reserves(chain, keys, weight, days=days.national, part=1.0 - own)
    cover = cover_of(chain, days.cover(median[first]), share=case.share_stocks)
    refill = restocking(chain, np.minimum(delivered.flow, delivered.supply))
    refill = None if refill is None else refill[delivered.cells.of[first]]
    rows = cell[first]
    return StockJob(receipts[rows], need[rows], cover, reserve, hoarding, refill), of


def _market(supplied: _Supplied, run: StockRun) -> MarketJob:
    """What the markets outside face, with the stocks of users as they run down."""
    case, delivered = supplied.case, supplied.delivered
    chain, content, months = case.chain, case.setup.content, case.months
    layout, cells, rows = chain.layout, delivered.cells, delivered.rows
    markets = [chain.elements.index(market.element) for market in chain.markets]
    sent = layout.licensed[cells.country, cells.grade] * cells.kilograms
    shape = (len(markets), months)
    licensed, free, reach, cover = (np.ones(shape) for _ in range(4))
    leak, volume, outside = np.zeros(shape), np.zeros(shape[0]), np.array([m.outside for m in chain.markets])
    bought_in = 1.0 - layout.third[cells.country, cells.grade].sum(axis=1)
    opening = np.concatenate([run.stock_at_start[:, None], run.stock[:, :-1]], axis=1)
    for n, e in enumerate(markets):
        recipe = layout.recipe[:, e]
        kg, feed = sent * recipe[cells.grade], rows.bought * (1.0 - rows.outside) * (rows.element == e)
        passed = kg @ delivered.flow + feed @ delivered.feed_flow
        if kg.sum() + feed.sum() > 0.0:
            licensed[n] = by_month(np.minimum(passed / (kg.sum() + feed.sum()), 1.0))
            loose = kg @ (delivered.flow * delivered.supply >= FREE) + feed @ (delivered.feed_flow >= FREE)
            free[n] = by_month(loose / (kg.sum() + feed.sum()))
        carried = cells.kilograms * recipe[cells.grade]
        if np.isnan(outside[n]):
            need = float(carried @ bought_in + (rows.bought * (rows.element == e)).sum())
            outside[n] = 1.0 - float(kg.sum() + feed.sum()) / need if need > 0.0 else 0.0
        if carried.sum() > 0.0:
            reach[n] = by_month(carried @ delivered.supply / carried.sum())
        leak[n] = _mean(delivered.smuggle_room, layout.need.sum(axis=0) * recipe)
        weight = layout.kilograms * recipe[layout.grade]
        if weight @ run.stock_at_start > 0.0:
            cover[n] = (weight @ opening) / (weight @ run.stock_at_start)
        own = float(weight.sum() + (rows.bought * (rows.element == e)).sum())
        volume[n] = own if np.isnan(chain.markets[n].volume) else chain.markets[n].volume
    wanted = np.where(
        by_month((supplied.news & case.hoarding_in_price).astype(np.float64)) > 0.0, chain.value("hoarding"), 1.0
    )
    saved = by_month(content[markets]) if markets else np.zeros(shape)
    terms = MarketTerms(licensed, free, reach, cover, leak, volume, saved, wanted, np.clip(outside, 0.0, 1.0))
    return MarketJob(chain, terms, case.inside, release=case.days.traders)


def _mean(values: Floats, weight: Floats) -> Floats:
    """Weighted mean over grades, by month; zero where nothing weighs."""
    total = float(weight.sum())
    return by_month(weight @ values / total) if total > 0.0 else by_month(values[0] * 0.0)


def _result(supplied: _Supplied, run: StockRun, prices: Prices) -> Disruption:
    """All of a run, with its certificate."""
    case, delivered, receipts, need, cell = (
        supplied.case, supplied.delivered, supplied.receipts, supplied.need, supplied.cell,
    )  # fmt: skip
    chain, months = case.chain, case.months
    ledger = ledger_of(Book(chain, delivered, case.setup.content, receipts, need, cell, run))
    layout, cells = chain.layout, delivered.cells
    wanted = by_month(need)[cell]
    by_class = 1.0 - wanted[:, None, :] * (1.0 - run.met_by_class)
    short = 1.0 - run.met if (need == 1.0).all() else need[cell] * (1.0 - run.met)
    sent = layout.licensed[cells.country, cells.grade][:, None] * cells.need
    lost = np.cumsum(by_month(np.where(sent > 0.0, 1.0 - delivered.flow, 0.0)), axis=1)
    leaked = by_month(delivered.leaked) * cells.kilograms[:, None] / 12.0
    leakage = np.zeros((len(chain.grades), months))
    np.add.at(leakage, cells.grade, leaked)
    certificate = _certificate(chain, delivered, run, prices, ledger.worst())
    begins = case.licences.announced
    return Disruption(
        chain=chain,
        licences=case.licences,
        months=months,
        met=by_class.mean(axis=1),
        met_by_class=by_class,
        weight=weight_of(chain),
        receipts=by_month(receipts)[cell],
        first_short=(first_short(by_user(chain, short)) - begins) * DAYS_PER_MONTH,
        first_short_by_grade=(first_short(short) - begins) * DAYS_PER_MONTH,
        stock=run.stock,
        stock_at_start=run.stock_at_start,
        released=run.released,
        restocked=run.restocked,
        backlog=np.maximum(lost, 0.0)[cells.of],
        leakage=leakage,
        reserve=run.reserve,
        reserve_keys=run.reserve_keys,
        reserve_at_start=run.reserve_at_start,
        reserve_weight=run.reserve_weight,
        shadow=supplied.shadow,
        prices=prices,
        deliveries=delivered,
        ledger=ledger,
        certificate=certificate,
        notes=(*delivered.notes, *_remarks(chain)),
    )


def _certificate(
    chain: SupplyChain, delivered: Deliveries, run: StockRun, prices: Prices, material: Imbalance
) -> ChainCertificate:
    stages = np.array([delivered.balance[stage] for stage in chain.stage_order])
    lowest = min(run.lowest, delivered.feed_run.lowest)
    certificate = ChainCertificate(stages, max(run.balance, delivered.feed_run.balance), lowest, prices.gap, material)
    if not certificate.residual <= BALANCED:
        name = chain.stage_order[int(np.unravel_index(stages.argmax(), stages.shape)[0])]
        message = (
            f"chain {chain.name}: balances leave a residual of {certificate.residual:.1e}, stage {name} the most, "
            f"material {material}"
        )
        raise SolveError(f"{message}; check yields, recipes and capacities for extreme values")
    return certificate


def _remarks(chain: SupplyChain) -> tuple[str, ...]:
    remarks = []
    for change in chain.changes:
        if isinstance(change, Thrift) and not progress(np.array([LONGEST]), change.start, change.over)[0]:
            remarks.append(declared_note("chains.late_thrift", element=change.element))
    return tuple(remarks)
