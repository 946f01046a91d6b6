"""The months of a chain: what reaches each user from where, step by step, with a balance at every stage (steps 6-8).

A cell is a set of pairs that are treated alike: same country, grade, licences, defence or civil, plan of redesign.
Receipts are worked out by cell; stocks by pair and class.

What plants outside the restrictor make: feed, capacity and yields, stage by stage (step 6).

A producer's output in the base year needs feed, part of it from the restrictor. Output of a grade is the least of
capacity and of what each element of its recipe allows. Output that starts after month 0 goes into a pool at its
stage and is shared in proportion to claims: feed that producers lack, plants one stage on, users that buy there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.chains.allocation import Leak, transit
from detente.chains.chain import (
    EVERY,
    STEP,
    Feed,
    Floats,
    Grade,
    Plant,
    Redesign,
    SupplyChain,
    Thrift,
    Whole,
    by_month,
    middles,
    progress,
)
from detente.chains.licences import Licences, Passing, passing
from detente.chains.stocks import StockDays, StockJob, StockRun, cover_of, reserves, run_stocks_many
from detente.codes import InputError


@dataclass(frozen=True)
class FeedRows:
    """Feed of producing countries in the base year; a row is a country and an element.

    Attributes
    ----------
    country, element : positions, shape (row,); `stage` where the feed is bought.
    bought : kg of element a year, shape (row,).
    outside : share not from the restrictor, shape (row,); `cover` median stock, months, shape (row,).
    per_kg : kg of element bought per kg of grade made, shape (row, grade); 0 where the grade does not need it.
    output : base output, kg a year, shape (place, grade).
    """

    country: Whole
    element: Whole
    stage: tuple[str, ...]
    bought: Floats
    outside: Floats
    cover: Floats
    per_kg: Floats
    output: Floats

    @property
    def keys(self) -> tuple[tuple[int, int], ...]:
        """(country, element) positions of each row."""
        return tuple(zip(self.country.tolist(), self.element.tolist(), strict=True))


def feed_rows(chain: SupplyChain) -> FeedRows:
    """Feed that the base output of producers outside the restrictor needs, recipe times output over yields.

    Raises
    ------
    InputError : feed that is bought at a stage which does not lead to the product.
    """
    layout = chain.layout
    output = np.einsum("igj,ig->jg", layout.third, layout.need)
    rows: dict[tuple[int, int], tuple[Feed, Floats]] = {}
    for j, g in np.argwhere(output > 0.0).tolist():
        grade = chain.grades[g]
        for element in grade.recipe:
            e = chain.elements.index(element)
            feeds = {feed.country: feed for feed in chain.feeds if feed.element == element}
            feed = feeds.get(layout.places[j]) or feeds[EVERY]
            per_kg = rows.setdefault((j, e), (feed, np.zeros(len(chain.grades))))[1]
            per_kg[g] = grade.recipe[element] / _yield(chain, feed, grade)
    keys = list(rows)
    per_kg = np.array([rows[key][1] for key in keys]).reshape(len(keys), len(chain.grades))
    country = np.array([key[0] for key in keys], dtype=np.int64)
    return FeedRows(
        country,
        np.array([key[1] for key in keys], dtype=np.int64),
        tuple(rows[key][0].stage for key in keys),
        (per_kg * output[country]).sum(axis=1),
        np.array([chain.value(rows[key][0].outside) for key in keys], dtype=np.float64),
        np.array([chain.value(rows[key][0].cover) for key in keys], dtype=np.float64),
        per_kg,
        output,
    )


def _yield(chain: SupplyChain, feed: Feed, grade: Grade) -> float:
    value = chain.path_yield(feed.element, feed.stage, grade.stage)
    if value <= 0.0:
        where = f"chain {chain.name}, feed of {feed.country} ({feed.element})"
        what = f"stage {feed.stage} does not lead to {grade.stage}, where {grade.name} is made"
        raise InputError(where, what, "name a stage that feeds it")
    return value


@dataclass(frozen=True)
class Output:
    """What producers make.

    Attributes
    ----------
    made : kg a year, shape (place, grade, step); at most the base output.
    extra : beyond the base output, from capacity that other grades of the family leave idle, same shape.
    left : feed that is not worked up, kg a year, shape (row, step).
    used : feed worked up, kg a year, shape (row, step).
    """

    made: Floats = field(repr=False)
    extra: Floats = field(repr=False)
    left: Floats = field(repr=False)
    used: Floats = field(repr=False)


def produce(
    chain: SupplyChain, rows: FeedRows, available: Floats, content: Floats, *, redirect: bool = False
) -> Output:
    """Output from the feed at hand.

    Each grade has its part of every feed as in the base year, so that the share of feed from outside is what is left
    of it under a full stop. With `redirect` heavy-bearing grades take all they can use, and light feed and capacity
    that they leave idle make the other grades of the family.

    Parameters
    ----------
    available : kg of element a year, shape (row, step).
    content : recipe over that of the base year, shape (element, step).
    """
    need = content[rows.element]
    if redirect:
        return _redirected(chain, rows, available, need)
    wanted = rows.bought[:, None] * need
    share = np.minimum(np.divide(available, wanted, out=np.ones_like(available), where=wanted > 0.0), 1.0)
    made = np.repeat(rows.output[:, :, None], available.shape[1], axis=2)
    least = np.ones_like(made)
    for r, (j, _) in enumerate(rows.keys):
        needs = rows.per_kg[r] > 0.0
        least[j, needs] = np.minimum(least[j, needs], share[r])
    made *= least
    used = _used(rows, made, need)
    return Output(made, np.zeros_like(made), available - used, used)


def _used(rows: FeedRows, made: Floats, need: Floats) -> Floats:
    """Feed in what was made, kg a year, shape (row, step)."""
    return np.einsum("rg,rgt->rt", rows.per_kg, made[rows.country]) * need


def _redirected(chain: SupplyChain, rows: FeedRows, available: Floats, need: Floats) -> Output:
    left, steps = np.array(available), available.shape[1]
    made = np.zeros((*rows.output.shape, steps))
    extra = np.zeros_like(made)
    order = premium_first(chain)
    for j in np.unique(rows.country).tolist():
        mine, base = np.flatnonzero(rows.country == j), rows.output[j]
        for g in order:
            if base[g] > 0.0:
                made[j, g] = _make(np.full(steps, base[g]), left, rows, mine, g, need)
        for g in order:
            if base[g] > 0.0:
                extra[j, g] = _make(_room(chain, g, base, made[j] + extra[j]), left, rows, mine, g, need)
    return Output(made, extra, left, _used(rows, made + extra, need))


def premium_first(chain: SupplyChain) -> list[int]:
    """Grades in the order in which plants make them: those with more elements first."""
    return sorted(range(len(chain.grades)), key=lambda g: -len(chain.grades[g].recipe))


def _make(most: Floats, left: Floats, rows: FeedRows, mine: Whole, g: int, need: Floats) -> Floats:
    """Output of one grade, at most `most`; takes its feed out of `left`."""
    made = np.array(most)
    wanted = [r for r in mine.tolist() if rows.per_kg[r, g] > 0.0]
    per_kg = {r: rows.per_kg[r, g] * need[r] for r in wanted}
    for r in wanted:
        made = np.minimum(made, np.divide(left[r], per_kg[r], out=np.array(made), where=per_kg[r] > 0.0))
    for r in wanted:
        left[r] = np.maximum(left[r] - made * per_kg[r], 0.0)
    return made


def _room(chain: SupplyChain, g: int, base: Floats, made: Floats) -> Floats:
    """Capacity of a family that its output leaves, kg a year, shape (step,)."""
    family = [h for h in range(base.size) if family_of(chain.grades[h]) == family_of(chain.grades[g])]
    return np.maximum(base[family].sum() - made[family].sum(axis=0), 0.0)


def family_of(grade: Grade) -> str:
    """Name of the family of a grade."""
    return grade.family or grade.name


@dataclass
class NewOutput:
    """New output by stage and element and who it goes to, all kg a year by step.

    Attributes
    ----------
    feed : to producers that lack feed, shape (row, step).
    direct : to users that buy at the stage, in product, shape (place, grade, step).
    plants : feed of plants that make products: by plant and element, shape (step,).
    source, granted : of each stage and element, shape (step,): made, and given to claims.
    """

    feed: Floats
    direct: Floats
    plants: dict[tuple[int, str], Floats] = field(default_factory=dict)
    source: dict[tuple[str, str], Floats] = field(default_factory=dict)
    granted: dict[tuple[str, str], Floats] = field(default_factory=dict)


@dataclass(frozen=True)
class Lacking:
    """What the pool is shared by.

    Attributes
    ----------
    feed : feed that producers lack, kg a year, shape (row, step).
    grades : product that users lack, kg a year, shape (place, grade, step).
    content : recipe over that of the base year, shape (element, step).
    months : middles of the steps, shape (step,).
    """

    feed: Floats
    grades: Floats
    content: Floats
    months: Floats


Claim = tuple[str, object, Floats]


def share_pool(chain: SupplyChain, rows: FeedRows, lacking: Lacking) -> NewOutput:
    """Share new output among claims, stage by stage from the first on."""
    pool = NewOutput(np.zeros_like(lacking.feed), np.zeros_like(lacking.grades))
    if not chain.plants:
        return pool
    to_plants: dict[tuple[int, str], Floats] = {}
    for stage in chain.stage_order:
        share: dict[str, Floats] = {}
        for element in chain.elements:
            source = _source(chain, stage, element, to_plants, lacking.months)
            if source.any():
                claims = _claims(chain, rows, lacking, stage, element)
                share[element] = _granted(pool, stage, element, source, claims, to_plants)
        _to_users(chain, pool, lacking, stage, share)
    made = {grade.name for grade in chain.grades} | {family_of(grade) for grade in chain.grades}
    pool.plants = {key: kg for key, kg in to_plants.items() if chain.plants[key[0]].item in made}
    return pool


def _source(
    chain: SupplyChain, stage: str, element: str, to_plants: dict[tuple[int, str], Floats], months: Floats
) -> Floats:
    """New output of an element at a stage: capacity, or yield times the feed that was granted."""
    total = np.zeros(months.size)
    factor = next(s for s in chain.stages if s.name == stage).yield_of(element)
    for n, plant in enumerate(chain.plants):
        if plant.stage == stage and plant.item == element:
            most = plant.rise(months)
            fed = most if plant.has(element) else factor * to_plants.get((n, element), np.zeros(months.size))
            total += np.minimum(most, fed)
    return total


def _claims(chain: SupplyChain, rows: FeedRows, lacking: Lacking, stage: str, element: str) -> list[Claim]:
    e = chain.elements.index(element)
    claims: list[Claim] = [
        ("feed", r, lacking.feed[r]) for r, name in enumerate(rows.stage) if name == stage and rows.element[r] == e
    ]
    for n, plant in enumerate(chain.plants):
        made = next(s for s in chain.stages if s.name == plant.stage)
        if stage in made.feeds and not plant.has(element):
            claims.append(("plant", (n, element), _asked(chain, plant, element, lacking) / made.yield_of(element)))
    for g, grade in enumerate(chain.grades):
        if grade.stage == stage and element in grade.recipe:
            wanted = lacking.grades[:, g].sum(axis=0) * grade.recipe[element] * lacking.content[e]
            claims.append(("users", g, wanted))
    return claims


def _asked(chain: SupplyChain, plant: Plant, element: str, lacking: Lacking) -> Floats:
    """Content of an element that a plant needs in its output, kg a year, shape (step,)."""
    if plant.item == element:
        return plant.rise(lacking.months)
    own = [g for g, grade in enumerate(chain.grades) if plant.item in (grade.name, family_of(grade))]
    served = serves(chain, plant)
    wanted = lacking.grades[np.ix_(served, own)].sum(axis=0)
    total = wanted.sum(axis=0)
    made = np.minimum(plant.rise(lacking.months), total)
    mix = np.divide(wanted, total, out=np.zeros_like(wanted), where=total > 0.0)
    recipe = np.array([chain.grades[g].recipe.get(element, 0.0) for g in own])
    return made * (recipe @ mix) * lacking.content[chain.elements.index(element)]


def serves(chain: SupplyChain, plant: Plant) -> list[int]:
    """Positions of the countries a plant supplies."""
    places = chain.layout.places
    target = plant.serves or plant.country
    return list(range(len(places))) if target == EVERY else [places.index(target)]


def _granted(
    pool: NewOutput,
    stage: str,
    element: str,
    source: Floats,
    claims: list[Claim],
    to_plants: dict[tuple[int, str], Floats],
) -> Floats:
    """Give every claim the same share of what it asks; returns the share, shape (step,)."""
    total = np.sum([claim for _, _, claim in claims], axis=0) if claims else np.zeros(source.size)
    share = np.minimum(1.0, np.divide(source, total, out=np.zeros_like(source), where=total > 0.0))
    for kind, key, claim in claims:
        if kind == "feed":
            pool.feed[key] = share * claim  # type: ignore[index]
        elif kind == "plant":
            to_plants[key] = share * claim  # type: ignore[index]
    pool.source[stage, element] = source
    pool.granted[stage, element] = share * total
    return share


def _to_users(chain: SupplyChain, pool: NewOutput, lacking: Lacking, stage: str, share: dict[str, Floats]) -> None:
    """Product for users that buy at a stage: as much as the scarcest of its elements allows."""
    for g, grade in enumerate(chain.grades):
        if grade.stage == stage and share.keys() >= grade.recipe.keys():
            least = np.min([share[element] for element in grade.recipe], axis=0)
            pool.direct[:, g] = lacking.grades[:, g] * least


def new_products(
    chain: SupplyChain, pool: NewOutput, extra: Floats, missing: Floats, content: Floats, months: Floats
) -> Floats:
    """Product that new plants and idle capacity bring to users, at most what they lack.

    Parameters
    ----------
    extra : from idle capacity of producers, kg a year, shape (place, grade, step); it serves their own country.
    missing : what users lack, same shape. content : recipe over the base, shape (element, step).

    Returns
    -------
    Kg a year, shape (place, grade, step).
    """
    given = np.minimum(pool.direct, missing)
    given += np.minimum(extra, missing - given)
    for n, plant in enumerate(chain.plants):
        room = plant.rise(months)
        feed = {element: kg for (number, element), kg in pool.plants.items() if number == n}
        served = serves(chain, plant)
        for g in premium_first(chain):
            if (
                plant.item in (chain.grades[g].name, family_of(chain.grades[g]))
                and plant.stage == chain.grades[g].stage
            ):
                lacks = (missing - given)[served, g]
                made = _from_plant(chain, plant, g, np.minimum(room, lacks.sum(axis=0)), feed, content)
                total = lacks.sum(axis=0)
                given[served, g] += lacks * np.divide(made, total, out=np.zeros_like(made), where=total > 0.0)
                room = room - made
    return given


def _from_plant(
    chain: SupplyChain, plant: Plant, g: int, most: Floats, feed: dict[str, Floats], content: Floats
) -> Floats:
    """Output of a grade by one plant; takes what it uses out of its bought feed."""
    made, grade = np.array(most), chain.grades[g]
    factor = next(s for s in chain.stages if s.name == plant.stage)
    per_kg = {
        element: share / factor.yield_of(element) * content[chain.elements.index(element)]
        for element, share in grade.recipe.items()
        if not plant.has(element)
    }
    for element, kg in per_kg.items():
        bought = feed.get(element, np.zeros_like(made))
        made = np.minimum(made, np.divide(bought, kg, out=np.array(made), where=kg > 0.0))
    for element, kg in per_kg.items():
        if element in feed:
            feed[element] = np.maximum(feed[element] - made * kg, 0.0)
    return made


#: Stocks as the chain has them.
KEPT = StockDays()

#: Share of the base flow from which on nothing holds back what is asked for.
FREE = 1.0 - 1e-12


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
    missing = _shortfall(setup, *_base(setup, before))
    pool = share_pool(chain, rows, Lacking((wanted - arriving) * bought, missing, setup.content, setup.time))
    arriving = arriving + np.divide(pool.feed, bought, out=np.zeros_like(pool.feed), where=bought > 0.0)
    return _Fed(case, arriving, wanted, pool)


def _delivered(fed: _Fed, run: StockRun) -> Deliveries:
    """What users receive of what the plants make with their feed and their stocks of it."""
    setup, arriving, wanted, pool = fed.case.setup, fed.arriving, fed.wanted, fed.pool
    chain, rows, cells = setup.chain, setup.rows, setup.cells
    output = produce(chain, rows, run.met * wanted * rows.bought[:, None], setup.content, redirect=fed.case.redirect)
    licensed, others = _base(setup, output)
    missing = _shortfall(setup, licensed, others)
    new = new_products(chain, pool, output.extra, missing, setup.content, setup.time)
    share = np.divide(new, missing, out=np.zeros_like(new), where=missing > 0.0)
    lacks = np.maximum(setup.cells.need - licensed - others, 0.0)
    plants = lacks * share[setup.cells.country, setup.cells.grade]
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


def _shortfall(setup: RunSetting, licensed: Floats, others: Floats) -> Floats:
    """Kg a year that users lack, shape (place, grade, step)."""
    lacks = np.maximum(setup.cells.need - licensed - others, 0.0)
    return setup.cells.total(lacks, setup.chain.layout.licensed.shape)


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
