"""A supply chain under export control, checked, and laid out as arrays.

Rows of a supply chain: stages, grades, users, sources, plants, stocks and markets as plain values.

Units: need in USD a year, quantities in kg a year, prices in USD per kg, time in months. Month 0 is the first of the
time axis. Shares are of the base year. Nothing here is read from a file and no figure has a default that a source
should give.

The time axis of a chain: thirty equal steps a month, so that stocks move daily and results are read by month.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, UnknownName
from detente.codes.axis import Floats
from detente.codes.names import Readable
from detente.draws import Input

Whole = NDArray[np.int64]

#: In a key: every element, every country, every grade.
EVERY = "*"

#: Parameters that the months of a chain use, by the names a chain gives them.
NEEDED = (
    "licence_wait",
    "approved_share",
    "approved_share_defence",
    "hold_up_share",
    "lambda_heavy",
    "cover_spread",
    "hoarding",
    "restock_months",
    "leak_lag",
    "leak_cap",
    "rent_share",
)


@dataclass(frozen=True)
class Range:
    """A value that is not known exactly.

    Attributes
    ----------
    central, low, high : the value used, and the ends between which it is drawn; low <= central <= high.
    unit : of all three; source : short name of where they come from.
    basis : what a derived or assumed figure rests on.
    confidence : found, derived, recalled, secondary or assumption.
    shape : "triangular" (mode at the central value) or "uniform" between the ends.
    """

    central: float
    low: float
    high: float
    unit: str = ""
    source: str = ""
    basis: str = ""
    confidence: str = ""
    shape: str = "triangular"

    def as_input(self, name: str) -> Input:
        """What is drawn, under a name of its own."""
        return Input(name, self.central, self.low, self.high, self.shape)


@dataclass(frozen=True)
class Stage:
    """One step of the chain.

    Attributes
    ----------
    feeds : stages whose output it works up; empty for the first.
    yields : kg of element out per kg of it in, by element, `"*"` for the rest; 1 where nothing is given.
    """

    name: str
    feeds: tuple[str, ...] = ()
    yields: Mapping[str, float] = field(default_factory=dict)

    def yield_of(self, element: str) -> float:
        """Yield of one element, kg per kg."""
        return float(self.yields.get(element, self.yields.get(EVERY, 1.0)))


@dataclass(frozen=True)
class Grade:
    """A product that users buy.

    Attributes
    ----------
    stage : where it is made.
    recipe : kg of element per kg of product; a metal or oxide has its own element at 1.
    price : USD per kg in the base year.
    code : customs code; goods under one code are held up together.
    family : grades made in the same plants share it; by default the grade's own name.
    """

    name: str
    stage: str
    recipe: Mapping[str, float]
    price: float
    code: str = ""
    family: str = ""


@dataclass(frozen=True)
class User:
    """An industry of a country that buys the material; its defence part is a user of its own.

    Attributes
    ----------
    need : spending by grade, USD a year.
    cover : median stock of its firms, months of need, or the name of the parameter that holds it.
    output : gross output of the industry, USD a year; NaN where unknown.
    sigma_class : class of its elasticity of substitution, "A", "B" or "C".
    cover_by_grade : cover of grades that it holds more or less of, months or names of parameters.
    classes : what each class weighs in its need, where it stands in several; weights sum to 1.
    exposed : share of the industry that touches the material; `part` tells it from other exposed parts of the industry.
    """

    country: str
    code: str
    need: Mapping[str, float]
    cover: float | str
    defence: bool = False
    output: float = float("nan")
    sigma_class: str = "B"
    cover_by_grade: Mapping[str, float | str] = field(default_factory=dict)
    classes: Mapping[str, float] = field(default_factory=dict)
    exposed: float = 1.0
    part: str = ""

    def cover_of(self, grade: str) -> float | str:
        """Median cover of a grade, months or the name of a parameter."""
        return self.cover_by_grade.get(grade, self.cover)

    @property
    def label(self) -> str:
        """Country and code, as messages print them."""
        part = f" ({self.part})" if self.part else ""
        return f"{self.country} {self.code}{part}{' defence' if self.defence else ''}"

    @property
    def class_weights(self) -> Mapping[str, float]:
        """Weight of each class of elasticity; sums to 1."""
        return self.classes or {self.sigma_class: 1.0}


@dataclass(frozen=True)
class GradeSource:
    """Where a country's need of a grade comes from in the base year; what no row names stays as it is.

    Attributes
    ----------
    origin : the restrictor, the country itself or another producer.
    share : of the country's need of the grade.
    """

    country: str
    grade: str
    origin: str
    share: float


@dataclass(frozen=True)
class Feed:
    """What the plants of a producing country work up.

    Attributes
    ----------
    country : the producer, or `"*"` for all without a row of their own.
    stage : whose output they buy.
    outside : share of this feed that does not come from the restrictor, or the name of the parameter that holds it.
    cover : median stock of the feed, months, or the name of a parameter.
    """

    country: str
    element: str
    stage: str
    outside: float | str
    cover: float | str = 0.0


@dataclass(frozen=True)
class Plant:
    """Capacity outside the restrictor that comes on during the months looked at.

    Attributes
    ----------
    item : an element at a stage of elements; a grade or family at the stage of a product.
    capacity : kg a year when fully on.
    start, ramp : month it starts, and months over which output rises linearly. Only the rise after month 0 counts:
        what runs in the base year is in the sources.
    serves : country whose need it fills; `"*"` for all in proportion to what they lack; empty for its own.
    own_feed : elements it need not buy, `("*",)` for all.
    """

    name: str
    stage: str
    country: str
    item: str
    capacity: float
    start: float
    ramp: float = 12.0
    serves: str = ""
    own_feed: tuple[str, ...] = (EVERY,)

    def has(self, element: str) -> bool:
        """Whether the plant has its own feed of an element."""
        return EVERY in self.own_feed or element in self.own_feed

    def rise(self, months: Floats) -> Floats:
        """Output above that of month 0, kg a year, shape of `months`."""

        def on(t: Floats | float) -> Floats:
            steps = (np.asarray(t) - self.start) / self.ramp if self.ramp > 0 else np.asarray(t) >= self.start
            return np.clip(steps, 0.0, 1.0).astype(np.float64)

        return self.capacity * (on(months) - on(0.0))


@dataclass(frozen=True)
class Stock:
    """A national or trader stock, released to unmet need.

    Attributes
    ----------
    item : a grade, an element of feed, or `"*"` for every grade of the country.
    cover : months of the country's need.
    rate : most that is released, share of the country's need.
    delay : months after the start of the time axis before the first release.
    """

    holder: str
    country: str
    item: str
    cover: float | str
    rate: float = 1.0
    delay: float = 0.0


@dataclass(frozen=True)
class Market:
    """The market outside the restrictor for one element.

    Attributes
    ----------
    price : base price, USD per kg of element.
    blocks : ways of doing without: (share of need, highest price in USD per kg); shares sum to 1 or more.
    outside : share of need outside that is not met by the restrictor's exports; NaN takes it from the chain's sources
        and feed.
    traders, cover : stock of traders, and stock of users, months of need.
    volume : kg a year that the market trades; NaN takes the need of the chain's users and producers.
    """

    element: str
    price: float
    blocks: tuple[tuple[float, float], ...]
    outside: float
    traders: float | str = 0.0
    cover: float | str = 0.0
    volume: float = float("nan")


@dataclass(frozen=True)
class Thrift:
    """Less of an element in every product: content falls by `saving` over `over` months from `start`."""

    element: str
    saving: float
    start: float = 0.0
    over: float = 12.0


@dataclass(frozen=True)
class Redesign:
    """A share of the need of a grade that is designed out: met by something no control covers.

    Attributes
    ----------
    users : codes of the industries that do it; empty for all.
    """

    grade: str
    share: float
    start: float = 0.0
    over: float = 12.0
    users: tuple[str, ...] = ()


def progress(months: Floats, start: float, over: float) -> Floats:
    """How far a change that is linear in time has come, 0 to 1, shape of `months`."""
    if over <= 0.0:
        return (months >= start).astype(np.float64)
    return np.clip((months - start) / over, 0.0, 1.0)


def ordered(stages: tuple[Stage, ...], chain: str) -> tuple[str, ...]:
    """Names of stages, feeds first; `InputError` names the stages of a cycle."""
    left, done = {stage.name: set(stage.feeds) for stage in stages}, []
    while left:
        ready = [name for name, feeds in left.items() if feeds <= set(done)]
        if not ready:
            circle = ", ".join(sorted(left))
            raise InputError(f"chain {chain}, stages", f"{circle} feed one another in a circle", "take one feed out")
        done += ready
        left = {name: feeds for name, feeds in left.items() if name not in ready}
    return tuple(done)


#: Steps a month.
STEPS = 30

#: Days of a mean month; 45 working days at 5 a week are 63 days, 2.07 months.
DAYS_PER_MONTH = 365.25 / 12.0

#: Length of a step, months.
STEP = 1.0 / STEPS


def edges(months: int) -> Floats:
    """Bounds of the steps, months, shape (steps + 1,)."""
    return np.arange(months * STEPS + 1) / STEPS


def middles(months: int) -> Floats:
    """Middles of the steps, months, shape (steps,)."""
    return (np.arange(months * STEPS) + 0.5) / STEPS


def by_month(steps: Floats) -> Floats:
    """Mean over the steps of each month; the last axis shrinks from steps to months."""
    return steps.reshape(*steps.shape[:-1], steps.shape[-1] // STEPS, STEPS).mean(axis=-1)


def by_step(months: Floats) -> Floats:
    """Each month's value in all its steps; the last axis grows from months to steps."""
    return np.repeat(months, STEPS, axis=-1)


@dataclass(frozen=True)
class Layout:
    """The chain as arrays; a pair is a user and a grade it needs.

    Attributes
    ----------
    places : countries of users, origins, plants and feeds, the restrictor left out.
    user, grade, country : position of each pair's user, grade and country (in `places`), shape (pair,).
    spending, kilograms : need of each pair, USD and kg a year, shape (pair,).
    defence : whether the pair's user is defence, shape (pair,).
    recipe : kg per kg, shape (grade, element).
    licensed : share of need that the restrictor sends, shape (place, grade).
    third : share of need by producing country, shape (place, grade, place).
    """

    places: tuple[str, ...]
    user: Whole
    grade: Whole
    country: Whole
    spending: Floats
    kilograms: Floats
    defence: NDArray[np.bool_]
    recipe: Floats
    licensed: Floats
    third: Floats

    @property
    def need(self) -> Floats:
        """Kg a year by country and grade, shape (place, grade)."""
        total = np.zeros(self.licensed.shape)
        np.add.at(total, (self.country, self.grade), self.kilograms)
        return total


@dataclass(frozen=True, repr=False)
class SupplyChain(Readable):
    """A chain of stages, who makes and who needs its grades, and what is known about them.

    Attributes
    ----------
    scope : "direct" (bought by the industries of a country) or "requirement" (with what imported parts hold); printed
        with every number.
    restrictor : ISO3 code of the country whose exports are controlled.
    parameters : ranges by name; `NEEDED` must be there, others travel along for the economy.
    changes : thrift and redesign under way.
    pools : groups of countries that share what reaches them without an end-use condition.
    asked : need of each product as its file has it, USD a year; empty where a chain is from no file.

    Raises
    ------
    InputError, UnknownName : a row that cannot be, named.
    """

    name: str
    scope: str
    restrictor: str
    elements: tuple[str, ...]
    stages: tuple[Stage, ...]
    grades: tuple[Grade, ...]
    users: tuple[User, ...] = field(repr=False)
    sources: tuple[GradeSource, ...] = field(repr=False)
    feeds: tuple[Feed, ...] = field(default=(), repr=False)
    plants: tuple[Plant, ...] = field(default=(), repr=False)
    stocks: tuple[Stock, ...] = field(default=(), repr=False)
    markets: tuple[Market, ...] = field(default=(), repr=False)
    parameters: Mapping[str, Range] = field(default_factory=dict, repr=False)
    changes: tuple[Thrift | Redesign, ...] = ()
    pools: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    asked: Mapping[str, float] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        check_chain(self)

    @property
    def unplaced(self) -> tuple[str, float]:
        """The product whose need in the file and in the run are furthest apart, and by how much, share of that need."""
        product_of, used = (
            {grade.name: grade.family or grade.name for grade in self.grades},
            dict.fromkeys(self.asked, 0.0),
        )
        for user in self.users:
            for grade, usd in user.need.items():
                used[product_of[grade]] += usd
        gaps = {name: abs(used[name] - usd) / usd for name, usd in self.asked.items() if usd > 0.0}
        return max(gaps.items(), key=lambda item: item[1], default=("", 0.0))

    def value(self, name: str | float) -> float:
        """The central value of a parameter; a number stands for itself."""
        if not isinstance(name, str):
            return float(name)
        if name not in self.parameters:
            raise UnknownName("parameter", name, self.parameters, f"chain {self.name}")
        return self.parameters[name].central

    def with_values(self, values: Mapping[str, float]) -> SupplyChain:
        """The same chain with other central values; ranges widen to hold them."""
        parameters = dict(self.parameters)
        for name, value in values.items():
            if name not in parameters:
                raise UnknownName("parameter", name, parameters, f"chain {self.name}")
            was = parameters[name]
            parameters[name] = replace(was, central=value, low=min(was.low, value), high=max(was.high, value))
        return replace(self, parameters=parameters)

    @cached_property
    def stage_order(self) -> tuple[str, ...]:
        """Stages with every feed before what it feeds."""
        return ordered(self.stages, self.name)

    @cached_property
    def layout(self) -> Layout:
        """The chain as arrays."""
        return _layout(self)

    def grade(self, name: str, where: str = "") -> int:
        """Position of a grade."""
        names = [grade.name for grade in self.grades]
        if name not in names:
            raise UnknownName("grade", name, names, where or f"chain {self.name}")
        return names.index(name)

    def path_yield(self, element: str, bought: str, made: str) -> float:
        """Kg of element in a product of stage `made` per kg of it bought at stage `bought`."""
        if bought == made:
            return 1.0
        stage = next(s for s in self.stages if s.name == made)
        for feed in stage.feeds:
            behind = self.path_yield(element, bought, feed)
            if behind > 0.0:
                return behind * stage.yield_of(element)
        return 0.0


def _layout(chain: SupplyChain) -> Layout:
    named = {user.country for user in chain.users} | {source.origin for source in chain.sources}
    named |= {plant.country for plant in chain.plants} | {feed.country for feed in chain.feeds}
    places = tuple(sorted(named - {chain.restrictor, EVERY}))
    countries = {code: i for i, code in enumerate(places)}
    grades = {grade.name: g for g, grade in enumerate(chain.grades)}
    pairs = [(u, grades[name], usd) for u, user in enumerate(chain.users) for name, usd in user.need.items() if usd > 0]
    pairs.sort(key=lambda pair: pair[:2])
    user = np.array([pair[0] for pair in pairs], dtype=np.int64)
    grade = np.array([pair[1] for pair in pairs], dtype=np.int64)
    spending = np.array([pair[2] for pair in pairs], dtype=np.float64)
    price = np.array([g.price for g in chain.grades])
    licensed, third = _shares(chain, countries, grades)
    return Layout(
        places,
        user,
        grade,
        np.array([countries[chain.users[u].country] for u in user], dtype=np.int64),
        spending,
        spending / price[grade],
        np.array([chain.users[u].defence for u in user], dtype=bool),
        np.array([[g.recipe.get(e, 0.0) for e in chain.elements] for g in chain.grades]),
        licensed,
        third,
    )


def _shares(chain: SupplyChain, countries: Mapping[str, int], grades: Mapping[str, int]) -> tuple[Floats, Floats]:
    n, k = len(countries), len(grades)
    licensed, third = np.zeros((n, k)), np.zeros((n, k, n))
    for source in chain.sources:
        i, g = countries.get(source.country, -1), grades[source.grade]
        if i < 0:
            continue
        if source.origin == chain.restrictor:
            licensed[i, g] += source.share
        else:
            third[i, g, countries[source.origin]] += source.share
    return licensed, third


SCOPES = ("direct", "requirement")
SHAPES = ("triangular", "uniform")


def check_chain(chain: SupplyChain) -> None:
    """Raise `InputError` or `UnknownName` for the first row of a chain that cannot be."""
    here = f"chain {chain.name}"
    _known("scope", chain.scope, SCOPES, here)
    _parameters(chain, f"{here}, parameters")
    rows: list[tuple[str, Any]] = [(f"{here}, stages, {stage.name}", stage) for stage in chain.stages]
    rows += [(f"{here}, grades, {grade.name}", grade) for grade in chain.grades]
    rows += [(f"{here}, users, {user.label}", user) for user in chain.users]
    rows += _numbered(f"{here}, source row", chain.sources, ("country", "grade", "origin"))
    rows += _numbered(f"{here}, feed row", chain.feeds, ("country", "element"))
    rows += _numbered(f"{here}, plant row", chain.plants, ("name",))
    rows += _numbered(f"{here}, stock row", chain.stocks, ("holder",))
    rows += [(f"{here}, market {market.element}", market) for market in chain.markets]
    rows += [(f"{here}, {type(change).__name__.lower()}", change) for change in chain.changes]
    names = {"stage": [stage.name for stage in chain.stages], "element": [*chain.elements]}
    names["grade"] = [grade.name for grade in chain.grades]
    families = sorted({grade.family for grade in chain.grades if grade.family} - {*names["grade"]})
    items = [*names["grade"], *chain.elements]
    kinds = {Plant: [*chain.elements, *names["grade"], *families], Stock: [*items, EVERY]}
    for where, row in rows:
        for name, value in vars(row).items():
            if name in names:
                _known(name, value, names[name], where)
            elif name == "item":
                _known("element or grade", value, kinds[type(row)], where)
            elif name in SHARES:
                number = chain.value(value)
                _share(where, SHARES[name], 0.0 if math.isnan(number) else number)
            elif name in AMOUNTS:
                _at_least_zero(where, AMOUNTS[name], chain.value(value))
            elif name == "price" and not value > 0.0:
                raise InputError(where, f"a price of {value:g} cannot be", "give USD per kg above 0")
    for kind, known in (("stage", names["stage"]), ("grade", names["grade"])):
        _once(known, kind, f"{here}, {kind}s")
    _once((user.label for user in chain.users), "user", f"{here}, users")
    _once((market.element for market in chain.markets), "market", f"{here}, markets")
    checks = {Stage: _stage, Grade: _grade, User: _user, Plant: _plant, Market: _market}
    for where, row in rows:
        if type(row) in checks:
            checks[type(row)](chain, row, where)
    ordered(chain.stages, chain.name)
    _sources(chain, rows)
    for pool in chain.pools:
        for code in pool:
            _known("country", code, (user.country for user in chain.users), f"{here}, pools")


SHARES = {"share": "a share", "saving": "a saving", "outside": "a share from outside"}
#: Attributes of rows that are shares, and those that are numbers of at least zero, with what a message calls them.
AMOUNTS = {
    "cover": "a cover", "traders": "a stock of traders", "capacity": "a capacity", "ramp": "a ramp",
    "rate": "a rate of release", "delay": "a delay",
}  # fmt: skip


def _numbered(where: str, rows: Iterable[Any], shown: tuple[str, ...]) -> list[tuple[str, Any]]:
    return [
        (f"{where} {number} ({', '.join(getattr(row, name) for name in shown)})", row)
        for number, row in enumerate(rows, start=1)
    ]


def _known(kind: str, name: str, known: Iterable[str], where: str) -> None:
    names = tuple(known)
    if name not in names:
        raise UnknownName(kind, name, names, where)


def _at_least_zero(where: str, what: str, value: float) -> None:
    if not (value >= 0.0 and math.isfinite(value)):
        raise InputError(where, f"{what} of {value:g} cannot be", "give a number of at least 0")


def _share(where: str, what: str, value: float) -> None:
    if not 0.0 <= value <= 1.0:
        raise InputError(where, f"{what} of {value:g} is no share", "give a share between 0 and 1")


def _once(names: Iterable[str], kind: str, where: str) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise InputError(where, f"{kind} '{name}' is there twice", "keep one row")


def _parameters(chain: SupplyChain, where: str) -> None:
    for name in NEEDED:
        if name not in chain.parameters:
            raise InputError(where, f"'{name}' is missing", "add a row with central, low, high and source")
    for name, parameter in chain.parameters.items():
        if not parameter.low <= parameter.central <= parameter.high:
            message = f"{parameter.central:g} lies outside {parameter.low:g} to {parameter.high:g}"
            raise InputError(f"{where}, {name}", message, "order the values as low <= central <= high")
        _known("shape", parameter.shape, SHAPES, f"{where}, {name}")


def _stage(chain: SupplyChain, stage: Stage, where: str) -> None:
    for feed in stage.feeds:
        _known("stage", feed, (other.name for other in chain.stages), where)
    for element, value in stage.yields.items():
        _known("element", element, (*chain.elements, EVERY), where)
        if not 0.0 < value <= 1.0:
            raise InputError(where, f"a yield of {value:g} for {element} cannot be", "give kg out per kg in, 0 to 1")


def _grade(chain: SupplyChain, grade: Grade, where: str) -> None:
    if grade.name in chain.elements:
        raise InputError(where, "an element has this name too", f"call it '{grade.name} metal' or the like")
    if not grade.recipe:
        raise InputError(where, "the grade has no recipe", "say how many kg of which element a kg of it holds")
    for element, content in grade.recipe.items():
        _known("element", element, chain.elements, where)
        _share(where, f"a content of {element}", content)
    if sum(grade.recipe.values()) > 1.0 + 1e-9:
        raise InputError(where, f"the recipe adds up to {sum(grade.recipe.values()):g} kg per kg", "lower a content")


def _user(chain: SupplyChain, user: User, where: str) -> None:
    grades = [grade.name for grade in chain.grades]
    if user.country == chain.restrictor:
        raise InputError(where, "the restrictor's own users are not rationed", "leave the row out")
    for grade, usd in user.need.items():
        if grade not in grades:
            raise UnknownName("grade", grade, grades, where, "add the grade with its recipe, or take the need out")
        _at_least_zero(where, f"a need of {grade}", usd)
    for grade, cover in user.cover_by_grade.items():
        _known("grade", grade, grades, where)
        _at_least_zero(where, f"a cover of {grade}", chain.value(cover))
    if not 0.0 < user.exposed <= 1.0:
        raise InputError(where, f"an exposed share of {user.exposed:g}", "give a share above 0 and at most 1")
    if abs(sum(user.class_weights.values()) - 1.0) > 1e-9:
        raise InputError(where, "the weights of its classes do not add up to 1", "bring them to 1")


def _sources(chain: SupplyChain, rows: Iterable[tuple[str, Any]]) -> None:
    total: Counter[tuple[str, str]] = Counter()
    recipes = {grade.name: grade.recipe for grade in chain.grades}
    fed = {(feed.country, feed.element) for feed in chain.feeds}
    for where, source in rows:
        if not isinstance(source, GradeSource):
            continue
        total[source.country, source.grade] += source.share  # type: ignore[assignment]
        if (sum_ := total[source.country, source.grade]) > 1.0 + 1e-9:
            raise InputError(where, f"the origins of this need add up to {sum_:g}", "bring the shares to at most 1")
        for element in recipes[source.grade] if source.origin != chain.restrictor and source.share else ():
            if not fed & {(source.origin, element), (EVERY, element)}:
                raise InputError(
                    f"chain {chain.name}, feeds",
                    f"{source.origin} makes {source.grade} and no row says where its {element} comes from",
                    f"add a row for {source.origin} or '*' with the share from outside",
                )


def _plant(chain: SupplyChain, plant: Plant, where: str) -> None:
    if plant.country == chain.restrictor:
        raise InputError(where, "a plant of the restrictor is no other supply", "leave the row out")


def _market(chain: SupplyChain, market: Market, where: str) -> None:
    if sum(share for share, _ in market.blocks) < 1.0 - 1e-6:
        raise InputError(where, "the ways of doing without do not add up to all demand", "bring their shares to 1")
    for share, choke in market.blocks:
        _share(where, "a share of use", share)
        if choke <= market.price:
            raise InputError(
                where,
                f"a choke price of {choke:g} is not above the base price of {market.price:g}",
                "give what doing without costs, USD per kg",
            )
