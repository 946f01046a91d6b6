"""The months of a chain: what reaches each user from where, step by step, with a balance at every stage (steps 6-8).

A cell is a set of pairs that are treated alike: same country, grade, licences, defence or civil, plan of redesign.
Receipts are worked out by cell; stocks by pair and class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.chains.allocation import Leak, transit
from detente.chains.chain import SupplyChain
from detente.chains.licences import Licences, Passing, passing
from detente.chains.production import FeedRows, Lacking, NewOutput, Output, feed_rows, new_products, produce, share_pool
from detente.chains.rows import Floats, Redesign, Thrift, Whole, progress
from detente.chains.steps import STEP, by_month, middles
from detente.chains.stocks import StockDays, StockJob, StockRun, cover_of, reserves, run_stocks_many

KEPT = StockDays()
"""Stocks as the chain has them."""

FREE = 1.0 - 1e-12
"""Share of the base flow from which on nothing holds back what is asked for."""


@dataclass(frozen=True)
class Cells:
    """Pairs that are treated alike.

    Attributes
    ----------
    of : cell of each pair, shape (pair,).
    country, grade, profile : of each cell, shape (cell,).
    kilograms : base need, kg a year, shape (cell,).
    need : share of base need that is asked for, shape (cell, step).
    """

    of: Whole
    country: Whole
    grade: Whole
    profile: Whole
    kilograms: Floats
    need: Floats

    def total(self, values: Floats, shape: tuple[int, int]) -> Floats:
        """Sum by country and grade of shares of need, in kg a year; shape (place, grade, step)."""
        flat = np.zeros((shape[0] * shape[1], values.shape[1]))
        np.add.at(flat, self.country * shape[1] + self.grade, values * self.kilograms[:, None])
        return flat.reshape(*shape, values.shape[1])


@dataclass(frozen=True)
class Deliveries:
    """What reaches users, as a share of base need, shape (cell, step).

    Attributes
    ----------
    licensed : from the restrictor under licence.
    others : from other producers, and what no source names.
    plants : from plants and stages that come on, and idle capacity.
    leaked : in transit, taken from `passed_on` by those who are better supplied.
    smuggled : past the control, out of what the restrictor withholds.
    flow, supply : share of the restrictor's base flow, and of supply from all origins, that passes, (cell, step).
    feed_flow : the same for feed, shape (feed row, step); `feed_arriving` all feed that arrives, share of the base.
    rule : share of each step in which the foreign-product rule is on, shape (step,).
    cells, rows : the axes. output : of the producers. pool : new output by stage.
    feed_run : stocks of feed.
    smuggle_room : what can be smuggled at most, share of the base flow, shape (grade, step).
    balance : largest residual of the balance by stage and month, share of what enters the stage.
    notes : from the licences.
    """

    licensed: Floats = field(repr=False)
    others: Floats = field(repr=False)
    plants: Floats = field(repr=False)
    leaked: Floats = field(repr=False)
    passed_on: Floats = field(repr=False)
    smuggled: Floats = field(repr=False)
    flow: Floats = field(repr=False)
    supply: Floats = field(repr=False)
    feed_flow: Floats = field(repr=False)
    feed_arriving: Floats = field(repr=False)
    rule: Floats = field(repr=False)
    cells: Cells = field(repr=False)
    rows: FeedRows = field(repr=False)
    output: Output = field(repr=False)
    pool: NewOutput = field(repr=False)
    feed_run: StockRun = field(repr=False)
    smuggle_room: Floats = field(repr=False)
    balance: Mapping[str, Floats] = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def receipts(self) -> Floats:
        """All that reaches users, share of base need, shape (cell, step)."""
        return self.tied + self.loose

    @property
    def loose(self) -> Floats:
        """What arrives without an end-use condition and stays, share of base need, shape (cell, step)."""
        came = self.others + self.plants + self.leaked + self.smuggled
        return came - np.minimum(self.passed_on, came)

    @property
    def tied(self) -> Floats:
        """What arrives under licence and stays: what free material cannot cover of transit is taken from it."""
        came = self.others + self.plants + self.leaked + self.smuggled
        return self.licensed - np.maximum(self.passed_on - came, 0.0)


@dataclass(frozen=True)
class RunSetting:
    """A chain under licences, read once.

    Attributes
    ----------
    months : length of the run; `time` middles of its steps.
    content : recipe over that of the base year, shape (element, step).
    """

    chain: SupplyChain
    months: int
    time: Floats
    content: Floats
    passing: Passing
    cells: Cells
    rows: FeedRows
    leak: Leak


def setting(chain: SupplyChain, licences: Licences, months: int, leak: Leak) -> RunSetting:
    """Read a chain and its licences for a run."""
    rows, time = feed_rows(chain), middles(months)
    places = chain.layout.places
    keys = tuple((places[j], chain.elements[e]) for j, e in rows.keys)
    passed = passing(chain, licences, months, keys)
    return RunSetting(chain, months, time, content_path(chain, time), passed, cells_of(chain, passed, time), rows, leak)


def content_path(chain: SupplyChain, time: Floats) -> Floats:
    """Content of each element in every product over that of the base year, shape (element, step)."""
    content = np.ones((len(chain.elements), time.size))
    for change in chain.changes:
        if isinstance(change, Thrift):
            e = chain.elements.index(change.element)
            content[e] *= 1.0 - change.saving * progress(time, change.start, change.over)
    return content


def cells_of(chain: SupplyChain, passed: Passing, time: Floats) -> Cells:
    """Group the pairs of a chain by country, grade, licences, defence and redesign."""
    layout = chain.layout
    plans = [change for change in chain.changes if isinstance(change, Redesign)]
    concerned = np.zeros((layout.user.size, len(plans)), dtype=np.int64)
    for n, plan in enumerate(plans):
        codes = np.array([not plan.users or chain.users[u].code in plan.users for u in layout.user], dtype=bool)
        concerned[:, n] = codes & (layout.grade == chain.grade(plan.grade))
    keys = np.column_stack([layout.country, layout.grade, passed.pair, layout.defence, concerned])
    distinct, inverse = np.unique(keys, axis=0, return_inverse=True)
    of = inverse.ravel().astype(np.int64)
    need = np.ones((distinct.shape[0], time.size))
    for n, plan in enumerate(plans):
        hit = distinct[:, 4 + n] == 1
        need[hit] *= 1.0 - plan.share * progress(time, plan.start, plan.over)
    kilograms = np.bincount(of, layout.kilograms, minlength=distinct.shape[0]).astype(np.float64)
    country, grade, profile = distinct[:, :3].T.astype(np.int64)
    return Cells(of, country, grade, profile, kilograms, need)


@dataclass(frozen=True)
class DeliveryCase:
    """Deliveries that are asked for.

    Attributes
    ----------
    stocks : stocks set by hand.
    share_stocks : firms that hold feed lend to one another.
    redirect : plants turn feed that heavy-bearing grades cannot use to the other grades of the family.
    """

    setup: RunSetting
    stocks: StockDays = KEPT
    share_stocks: bool = False
    redirect: bool = False


@dataclass(frozen=True)
class _Fed:
    """What reaches the plants before their stocks of feed are known; shape (row, step)."""

    case: DeliveryCase
    arriving: Floats = field(repr=False)
    wanted: Floats = field(repr=False)
    pool: NewOutput = field(repr=False)


def deliveries_many(cases: Sequence[DeliveryCase]) -> list[Deliveries]:
    """Receipts of every cell from every origin, for each of many runs as it would be alone, to the byte."""
    fed = [_fed(case) for case in cases]
    runs = run_stocks_many([_feed_stocks(plants) for plants in fed])
    return [_delivered(plants, run) for plants, run in zip(fed, runs, strict=True)]


def _fed(case: DeliveryCase) -> _Fed:
    """Feed that plants want and what arrives of it, with what new producers add."""
    setup = case.setup
    chain, rows = setup.chain, setup.rows
    wanted = setup.content[rows.element]
    arriving = np.minimum(rows.outside[:, None] + (1.0 - rows.outside[:, None]) * setup.passing.feed, wanted)
    bought = rows.bought[:, None]
    before = produce(chain, rows, arriving * bought, setup.content, redirect=case.redirect)
    missing = _missing(setup, *_base(setup, before))
    pool = share_pool(chain, rows, Lacking((wanted - arriving) * bought, missing, setup.content, setup.time))
    arriving = arriving + np.divide(pool.feed, bought, out=np.zeros_like(pool.feed), where=bought > 0.0)
    return _Fed(case, arriving, wanted, pool)


def _delivered(fed: _Fed, run: StockRun) -> Deliveries:
    """What users receive of what the plants make with their feed and their stocks of it."""
    setup, arriving, wanted, pool = fed.case.setup, fed.arriving, fed.wanted, fed.pool
    chain, rows, cells = setup.chain, setup.rows, setup.cells
    output = produce(chain, rows, run.met * wanted * rows.bought[:, None], setup.content, redirect=fed.case.redirect)
    licensed, others = _base(setup, output)
    missing = _missing(setup, licensed, others)
    new = new_products(chain, pool, output.extra, missing, setup.content, setup.time)
    plants = _to_cells(setup, new, missing, licensed, others)
    leaked, passed_on = _in_transit(setup, licensed, others + plants)
    received = licensed + others + plants + leaked - passed_on
    smuggled = _smuggled(setup, licensed, np.maximum(cells.need - received, 0.0))
    return Deliveries(
        licensed=licensed,
        others=others,
        plants=plants,
        leaked=leaked,
        passed_on=passed_on,
        smuggled=smuggled,
        flow=setup.passing.flow[cells.profile],
        supply=setup.passing.supply[cells.profile],
        feed_flow=setup.passing.feed,
        feed_arriving=arriving,
        rule=setup.passing.rule,
        cells=cells,
        rows=rows,
        output=output,
        pool=pool,
        feed_run=run,
        smuggle_room=_smuggle_room(setup),
        balance=_balance(setup, arriving, wanted, run, output, pool),
        notes=setup.passing.notes,
    )


def _feed_stocks(fed: _Fed) -> StockJob:
    setup, stocks = fed.case.setup, fed.case.stocks
    chain, rows = setup.chain, setup.rows
    cover = cover_of(chain, stocks.cover(rows.cover), share=fed.case.share_stocks)
    places = chain.layout.places
    keys = [(places[j], chain.elements[e]) for j, e in rows.keys]
    reserve = reserves(chain, keys, rows.bought, days=stocks.national, grades=False)
    refill = restocking(chain, setup.passing.feed)
    return StockJob(fed.arriving, fed.wanted, cover, reserve, refill=refill)


def restocking(chain: SupplyChain, flow: Floats) -> Floats | None:
    """Share of what a stock lacks that is ordered a month where everything asked for passes; None where none is.

    Parameters
    ----------
    flow : share of the base flow that passes, shape (row, step).
    """
    free = flow >= FREE
    if free.all() or not free.any():
        return None
    restock = max(chain.value("restock_months"), STEP)
    return free / restock


def _base(setup: RunSetting, output: Output) -> tuple[Floats, Floats]:
    """Receipts under licence, and from other producers and what no source names; shares of base need, (cell, step)."""
    layout, cells, rows = setup.chain.layout, setup.cells, setup.rows
    made = output.made
    ratio = np.divide(made, rows.output[:, :, None], out=np.ones_like(made), where=rows.output[:, :, None] > 0.0)
    flow, supply = setup.passing.flow[cells.profile], setup.passing.supply[cells.profile]
    third = layout.third[cells.country, cells.grade]
    ruled = 1.0 - setup.passing.rule * (1.0 - np.minimum(flow, 1.0))
    others = np.zeros_like(flow)
    for j in np.flatnonzero(third.any(axis=0)).tolist():
        abroad = (cells.country != j)[:, None]
        others += third[:, j, None] * ratio[j][cells.grade] * np.where(abroad, ruled, 1.0)
    licensed = layout.licensed[cells.country, cells.grade][:, None]
    others = (others + 1.0 - licensed - third.sum(axis=1)[:, None]) * supply
    others = np.minimum(np.maximum(others, 0.0), cells.need)
    most = np.maximum(cells.need * np.maximum(flow, 1.0) - others, 0.0)
    return np.minimum(licensed * flow * supply, most), others


def _missing(setup: RunSetting, licensed: Floats, others: Floats) -> Floats:
    """Kg a year that users lack, shape (place, grade, step)."""
    lacks = np.maximum(setup.cells.need - licensed - others, 0.0)
    return setup.cells.total(lacks, setup.chain.layout.licensed.shape)


def _to_cells(setup: RunSetting, given: Floats, missing: Floats, licensed: Floats, others: Floats) -> Floats:
    """Kg by country and grade shared among its cells by what they lack; share of base need, shape (cell, step)."""
    share = np.divide(given, missing, out=np.zeros_like(given), where=missing > 0.0)
    lacks = np.maximum(setup.cells.need - licensed - others, 0.0)
    return lacks * share[setup.cells.country, setup.cells.grade]


def _in_transit(setup: RunSetting, licensed: Floats, free: Floats) -> tuple[Floats, Floats]:
    """What each cell gets in transit and what it passes on, shares of base need, (cell, step).

    Countries trade grade by grade; inside a country what comes goes to those who lack, what leaves comes from all that
    may be passed on.
    """
    cells, shape = setup.cells, setup.chain.layout.licensed.shape
    gets, gives = np.zeros_like(free), np.zeros_like(free)
    now = np.flatnonzero(setup.time >= setup.leak.opens)
    if setup.leak.cap <= 0.0 or not now.size:
        return gets, gives
    free, licensed, need = free[:, now], licensed[:, now], cells.need[:, now]
    may = free + licensed * setup.passing.onward[cells.profile][:, now]
    lacks = np.maximum(need - free - licensed, 0.0)
    received, wanted, passable, lacking = (cells.total(part, shape) for part in (free + licensed, need, may, lacks))
    moved = transit(setup.leak.cap, received, wanted, passable)
    for out, part, total, by_cell in ((gets, moved.gained, lacking, lacks), (gives, moved.passed, passable, may)):
        share = np.divide(part, total, out=np.zeros_like(part), where=total > 0.0)
        out[:, now] = by_cell * share[cells.country, cells.grade]
    return gets, gives


def _smuggled(setup: RunSetting, licensed: Floats, lacks: Floats) -> Floats:
    """What each cell gets past the control, out of what the restrictor withholds; share of base need, (cell, step)."""
    cells = setup.cells
    base = setup.chain.layout.licensed[cells.country, cells.grade][:, None]
    most = np.minimum(setup.leak.smuggled * base, np.maximum(base - licensed, 0.0))
    return np.minimum(most, lacks) * (setup.time >= setup.leak.opens)


def _smuggle_room(setup: RunSetting) -> Floats:
    """The most that is smuggled of each grade, share of the base flow, shape (grade, step)."""
    cells, layout = setup.cells, setup.chain.layout
    base = layout.licensed[cells.country, cells.grade] * cells.kilograms
    smuggled = np.minimum(setup.leak.smuggled, np.maximum(1.0 - setup.passing.flow[cells.profile], 0.0)) * base[:, None]
    room, sent = (
        np.zeros((len(setup.chain.grades), setup.time.size)),
        np.bincount(cells.grade, base, len(setup.chain.grades)),
    )
    np.add.at(room, cells.grade, smuggled * (setup.time >= setup.leak.opens))
    return np.divide(room, sent[:, None], out=np.zeros_like(room), where=sent[:, None] > 0.0)


def _balance(
    setup: RunSetting, arriving: Floats, wanted: Floats, run: StockRun, output: Output, pool: NewOutput
) -> dict[str, Floats]:
    """Residual by stage and month, share of what enters: feed bought and drawn from stock less used and left over.

    For the pool: what is given beyond what is made.
    """
    chain, rows = setup.chain, setup.rows
    months, balance = setup.months, {}
    start = np.concatenate([run.stock_at_start[:, None], run.stock[:, :-1]], axis=1)
    entered = (by_month(arriving) + run.released + run.restocked + start - run.stock) / 12.0
    worked = by_month(output.used + output.left) / 12.0
    for stage in chain.stage_order:
        mine = np.array([name == stage for name in rows.stage], dtype=bool)
        into = (entered * rows.bought[:, None])[mine].sum(axis=0)
        gap = np.abs(into - worked[mine].sum(axis=0))
        over = np.zeros(months)
        for (name, element), source in pool.source.items():
            if name == stage:
                over += by_month(np.maximum(pool.granted[name, element] - source, 0.0)) / 12.0
        scale = np.maximum(into, float(rows.bought[mine].sum()) / 12.0)
        balance[stage] = np.divide(gap + over, scale, out=np.array(over), where=scale > 0.0)
    return balance
