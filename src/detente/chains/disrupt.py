"""What licences do to the users of a chain: shares of need met, first days short, stocks, prices (steps 1-10, 20).

`disrupt` chains the months of `months.py`, the allocation inside a country, the stocks and the two prices. Numbers are
in the chain's scope. Everything is deterministic: draws replace the parameters of the chain.

What a run of a chain gives: shares of need met, first days short, stocks and prices, with a certificate.

Many runs at once: each step goes through all of them, and what fails, fails alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from detente.chains.allocation import Arrivals, allotted, leak_of
from detente.chains.chain import (
    DAYS_PER_MONTH,
    STEP,
    Floats,
    SupplyChain,
    Thrift,
    Whole,
    by_month,
    by_step,
    middles,
    progress,
)
from detente.chains.ledger import Book, Imbalance, MaterialLedger, ledger_of
from detente.chains.licences import Licences
from detente.chains.months import FREE, Deliveries, DeliveryCase, RunSetting, deliveries_many, restocking, setting
from detente.chains.prices import MarketTerms, Prices, market_prices
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
from detente.codes import InputError, Parameter, SolveError, Table, UnknownName, declared_note, table_with
from detente.codes.kinds import checked
from detente.codes.names import Readable

#: Months of the longest run.
LONGEST = 600

#: Largest residual of a balance that a result may have, share of the flow.
BALANCED = 1e-9


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
    return disrupt_many([case])[0]


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


def disrupt_many(cases: Sequence[DisruptCase]) -> list[Disruption]:
    """Many runs, each as `disrupt` gives it alone, to the byte; `SolveError` where a balance does not close."""
    for case in cases:
        _check(case.months, case.enforcement, case.leak_cap)
    supplied = [
        _supplied(*run) for run in zip(cases, deliveries_many([case.deliveries for case in cases]), strict=True)
    ]
    stocks = run_stocks_many([run.job for run in supplied])
    used = [stock.rows(run.row) for run, stock in zip(supplied, stocks, strict=True)]
    return [_result(*run, _market(*run)) for run in zip(supplied, used, strict=True)]


def _supplied(case: DisruptCase, delivered: Deliveries) -> _Supplied:
    """What users receive, and the stocks that they draw on."""
    receipts, need, cell, shadow = _allocated(case.chain, delivered, case.allocation)
    held_back = np.minimum(delivered.flow, delivered.supply).min(axis=0, initial=1.0) < 1.0
    news = (middles(case.months) >= case.licences.announced) & held_back
    job, row = _stocks(
        case,
        delivered,
        receipts,
        need,
        cell,
        (Hoarding(case.chain.value("hoarding"), case.chain.value("restock_months"), news.astype(np.float64)))
        if case.hoarding
        else None,
    )
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


def _market(supplied: _Supplied, run: StockRun) -> Prices:
    """The two prices, with what users lack after their stocks."""
    case, delivered = supplied.case, supplied.delivered
    chain, layout, cells, rows = case.chain, case.chain.layout, delivered.cells, delivered.rows
    markets = [chain.elements.index(market.element) for market in chain.markets]
    sent = layout.licensed[cells.country, cells.grade] * cells.kilograms
    shape = (len(markets), case.months)
    licensed, free = np.ones(shape), np.ones(shape)
    missing, volume = np.zeros(shape), np.zeros(shape[0])
    outside = np.array([market.outside for market in chain.markets])
    bought_in = 1.0 - layout.third[cells.country, cells.grade].sum(axis=1)
    short = by_month(supplied.need)[supplied.cell] * (1.0 - run.met_by_class.mean(axis=1))
    for n, e in enumerate(markets):
        recipe = layout.recipe[:, e]
        kg, feed = sent * recipe[cells.grade], rows.bought * (1.0 - rows.outside) * (rows.element == e)
        flow = float(kg.sum() + feed.sum())
        if flow > 0.0:
            licensed[n] = by_month(
                np.minimum((kg @ (delivered.flow * delivered.supply) + feed @ delivered.feed_flow) / flow, 1.0)
            )
            loose = kg @ (delivered.flow * delivered.supply >= FREE) + feed @ (delivered.feed_flow >= FREE)
            free[n] = by_month(loose / flow)
        carried = cells.kilograms * recipe[cells.grade]
        if np.isnan(outside[n]):
            need = float(carried @ bought_in + (rows.bought * (rows.element == e)).sum())
            outside[n] = 1.0 - flow / need if need > 0.0 else 0.0
        weight = layout.kilograms * recipe[layout.grade]
        if weight.sum() > 0.0:
            missing[n] = weight @ short / weight.sum()
        own = float(weight.sum() + (rows.bought * (rows.element == e)).sum())
        volume[n] = own if np.isnan(chain.markets[n].volume) else chain.markets[n].volume
    news = by_month((supplied.news & case.hoarding_in_price).astype(np.float64)) > 0.0
    traders = np.array([chain.value(m.traders) * case.days.traders for m in chain.markets], dtype=np.float64)
    wanted, outside = np.where(news, chain.value("hoarding"), 1.0), np.clip(outside, 0.0, 1.0)
    terms = MarketTerms(licensed, free, missing, volume, wanted, outside, traders)
    return market_prices(chain, terms, case.inside)


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
    certificate = _certificate(chain, delivered, run, ledger.worst())
    begins = case.licences.announced
    return Disruption(
        chain=chain,
        licences=case.licences,
        months=months,
        met=by_class.mean(axis=1),
        met_by_class=by_class,
        receipts=by_month(receipts)[cell],
        first_short=(first_short(by_user(chain, short)) - begins) * DAYS_PER_MONTH,
        first_short_by_grade=(first_short(short) - begins) * DAYS_PER_MONTH,
        stocks=run,
        backlog=np.maximum(lost, 0.0)[cells.of],
        leakage=leakage,
        shadow=supplied.shadow,
        prices=prices,
        deliveries=delivered,
        ledger=ledger,
        certificate=certificate,
        notes=(*delivered.notes, *_remarks(chain)),
    )


def _certificate(chain: SupplyChain, delivered: Deliveries, run: StockRun, material: Imbalance) -> ChainCertificate:
    stages = np.array([delivered.balance[stage] for stage in chain.stage_order])
    lowest = min(run.lowest, delivered.feed_run.lowest)
    certificate = ChainCertificate(stages, max(run.balance, delivered.feed_run.balance), lowest, material)
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


@dataclass(frozen=True, repr=False)
class ChainCertificate(Readable):
    """What a run ended with; a run with a larger residual than 1e-9 is not returned.

    Attributes
    ----------
    stages : largest residual of the mass balance by stage and month, share of what enters, shape (stage, month).
    stocks : largest residual of receipts, releases, use and change of stock, months of need.
    lowest_stock : lowest stock of any class, months; at least 0.
    material : where the ledger of all flows in kg is off by most, share of what enters the place.
    """

    stages: Floats
    stocks: float
    lowest_stock: float
    material: Imbalance

    @property
    def residual(self) -> float:
        """The largest of all residuals."""
        of_parts = (float(self.stages.max(initial=0.0)), self.stocks, -self.lowest_stock)
        return max(*of_parts, self.material.residual)


@dataclass(frozen=True, repr=False)
class Disruption(Readable):
    """What happens to the users of a chain, pair by pair of user and grade (`chain.layout`).

    Attributes
    ----------
    met : share of need met, shape (pair, month).
    met_by_class : by cover class, shape (pair, class, month); classes weigh the same.
    receipts : all that arrives, share of base need, shape (pair, month).
    first_short : days from the announcement until 5% of a user's need is unmet, shape (user,); NaN for never.
    first_short_by_grade : the same for each pair, shape (pair,).
    stocks : stocks of the pairs, what national and trader stocks released, and what was bought to fill them again;
        those of feed are in `deliveries.feed_run`.
    backlog : flow lost under licence since the start and not made up, months of base flow, shape (pair, month).
    leakage : transit, kg a month, shape (grade, month).
    shadow : price of the last kg where allocation is by price, USD per kg, shape (pair, month); 0 elsewhere.
    prices : inside, outside, average and rent by element and month.
    deliveries : receipts by origin, output of producers, new output by stage.
    ledger : all flows of every material by place and month, kg.
    certificate : residuals.
    notes : what bound, what the chain lacks.
    """

    chain: SupplyChain
    licences: Licences
    months: int
    met: Floats = field(repr=False)
    met_by_class: Floats = field(repr=False)
    receipts: Floats = field(repr=False)
    first_short: Floats = field(repr=False)
    first_short_by_grade: Floats = field(repr=False)
    stocks: StockRun = field(repr=False)
    backlog: Floats = field(repr=False)
    leakage: Floats = field(repr=False)
    shadow: Floats = field(repr=False)
    prices: Prices = field(repr=False)
    deliveries: Deliveries = field(repr=False)
    ledger: MaterialLedger = field(repr=False)
    certificate: ChainCertificate
    notes: tuple[str, ...] = ()

    @property
    def unmet(self) -> Floats:
        """Need unmet by pair and month, USD at base prices, shape (pair, month)."""
        return (1.0 - self.met) * self.chain.layout.spending[:, None] / 12.0

    @property
    def met_by_user(self) -> Floats:
        """Share of need met by user and month, grades weighed by spending, shape (user, month)."""
        return by_user(self.chain, self.met)

    def pairs_of(self, country: str, code: str, *, defence: bool = False) -> Whole:
        """Positions of the pairs of one user; `UnknownName` if the chain does not have it."""
        users = self.chain.users
        for u, user in enumerate(users):
            if (user.country, user.code, user.defence) == (country, code, defence):
                return np.flatnonzero(self.chain.layout.user == u)
        label = f"{country} {code}{' defence' if defence else ''}"
        raise UnknownName("user", label, (user.label for user in users), f"chain {self.chain.name}")

    def table(self) -> Table:
        """One row a user, grade and month: share of need met, and what is left of stocks."""
        layout, chain = self.chain.layout, self.chain
        pairs, months = self.met.shape
        who = _who(chain, np.repeat(layout.user, months))
        grades = np.array([grade.name for grade in chain.grades])
        data = who | {
            "grade": np.repeat(grades[layout.grade], months),
            "month": np.tile(np.arange(1, months + 1), pairs),
            "need": np.repeat(layout.spending / 12.0, months),
            "met": self.met.ravel(),
            "stock": self.stocks.stock.ravel(),
        }
        return table_with("chains.shortage", data, self._notes, run=self._title)

    @property
    def _title(self) -> str:
        return f"{self.chain.name}, {self.licences.name}, scope {self.chain.scope}, {self.months} months"

    @property
    def _notes(self) -> tuple[str, ...]:
        return (*self.chain.notes, *self.notes)


def _who(chain: SupplyChain, users: Whole) -> dict[str, NDArray[Any]]:
    return {
        "country": np.array([user.country for user in chain.users], dtype=np.str_)[users],
        "user": np.array([user.code for user in chain.users], dtype=np.str_)[users],
        "defence": np.array([int(user.defence) for user in chain.users], dtype=np.int64)[users],
    }


def by_user(chain: SupplyChain, values: Floats) -> Floats:
    """Mean over the grades of each user by spending, shape (user, ...); a user without need is met in full or 0 short.

    `values` has the shape (pair, ...).
    """
    layout = chain.layout
    first = np.searchsorted(layout.user, np.arange(len(chain.users)))
    total = np.bincount(layout.user, layout.spending, minlength=len(chain.users))
    # Each pair weighs by its spending over that of its user.
    weighted = values * (layout.spending / total[layout.user])[:, None]
    has = np.bincount(layout.user, minlength=len(chain.users)) > 0
    out = np.full((len(chain.users), values.shape[1]), np.nan)
    if has.any():
        out[has] = np.add.reduceat(weighted, first[has], axis=0)
    return out


Case = TypeVar("Case")
Found = TypeVar("Found")

#: Runs side by side; with more their arrays outgrow the processor's nearest memory.
AT_A_TIME = 10


def side_by_side(
    kernel: Callable[[Sequence[Case]], Sequence[Found]], cases: Sequence[Case]
) -> list[Found | SolveError]:
    """What a kernel gives for many cases, some at a time; where one has no answer each is done alone, and it fails."""
    answers: list[Found | SolveError] = []
    for start in range(0, len(cases), AT_A_TIME):
        block = cases[start : start + AT_A_TIME]
        try:
            answers += kernel(block)
        except SolveError as error:
            answers += [error] if len(block) == 1 else [side_by_side(kernel, [case])[0] for case in block]
    return answers


def answered(answers: Sequence[Found | SolveError]) -> list[Found]:
    """The answers; the first error of one without is raised."""
    for answer in answers:
        if isinstance(answer, SolveError):
            raise answer
    return [answer for answer in answers if not isinstance(answer, SolveError)]
