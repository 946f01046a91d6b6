"""A supply chain under export control, checked, and laid out as arrays."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.chains.rows import (
    EVERY,
    NEEDED,
    Feed,
    Floats,
    Grade,
    GradeSource,
    Market,
    Plant,
    Range,
    Redesign,
    Stage,
    Stock,
    Thrift,
    User,
    Whole,
    ordered,
)
from detente.codes import InputError, UnknownName
from detente.codes.portrait import Readable


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


def _places(chain: SupplyChain) -> tuple[str, ...]:
    named = {user.country for user in chain.users} | {source.origin for source in chain.sources}
    named |= {plant.country for plant in chain.plants} | {feed.country for feed in chain.feeds}
    return tuple(sorted(named - {chain.restrictor, EVERY}))


def _layout(chain: SupplyChain) -> Layout:
    places = _places(chain)
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
    _known("scope", chain.scope, SCOPES, f"chain {chain.name}")
    for check in (_parameters, _stages, _grades, _users, _sources, _feeds, _plants, _stocks, _markets, _changes):
        check(chain)


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
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InputError(where, f"{kind} '{name}' is there twice", "keep one row")
        seen.add(name)


def _months(chain: SupplyChain, where: str, what: str, value: float | str) -> None:
    _at_least_zero(where, what, chain.value(value))


def _parameters(chain: SupplyChain) -> None:
    where = f"chain {chain.name}, parameters"
    for name in NEEDED:
        if name not in chain.parameters:
            raise InputError(where, f"'{name}' is missing", "add a row with central, low, high and source")
    for name, parameter in chain.parameters.items():
        here = f"{where}, {name}"
        if not parameter.low <= parameter.central <= parameter.high:
            message = f"{parameter.central:g} lies outside {parameter.low:g} to {parameter.high:g}"
            raise InputError(here, message, "order the values as low <= central <= high")
        _known("shape", parameter.shape, SHAPES, here)


def _stages(chain: SupplyChain) -> None:
    where = f"chain {chain.name}, stages"
    names = [stage.name for stage in chain.stages]
    _once(names, "stage", where)
    for stage in chain.stages:
        here = f"{where}, {stage.name}"
        for feed in stage.feeds:
            _known("stage", feed, names, here)
        for element, value in stage.yields.items():
            _known("element", element, (*chain.elements, EVERY), here)
            if not 0.0 < value <= 1.0:
                raise InputError(here, f"a yield of {value:g} for {element} cannot be", "give kg out per kg in, 0 to 1")
    ordered(chain.stages, chain.name)


def _grades(chain: SupplyChain) -> None:
    where = f"chain {chain.name}, grades"
    _once((grade.name for grade in chain.grades), "grade", where)
    for grade in chain.grades:
        here = f"{where}, {grade.name}"
        if grade.name in chain.elements:
            raise InputError(here, "an element has this name too", f"call it '{grade.name} metal' or the like")
        _known("stage", grade.stage, (stage.name for stage in chain.stages), here)
        if not grade.recipe:
            raise InputError(here, "the grade has no recipe", "say how many kg of which element a kg of it holds")
        for element, content in grade.recipe.items():
            _known("element", element, chain.elements, here)
            _share(here, f"a content of {element}", content)
        if sum(grade.recipe.values()) > 1.0 + 1e-9:
            raise InputError(here, f"the recipe adds up to {sum(grade.recipe.values()):g} kg per kg", "lower a content")
        if not grade.price > 0.0:
            raise InputError(here, f"a price of {grade.price:g} cannot be", "give USD per kg above 0")


def _users(chain: SupplyChain) -> None:
    where = f"chain {chain.name}, users"
    _once((user.label for user in chain.users), "user", where)
    grades = [grade.name for grade in chain.grades]
    for user in chain.users:
        here = f"{where}, {user.label}"
        if user.country == chain.restrictor:
            raise InputError(here, "the restrictor's own users are not rationed", "leave the row out")
        for grade, usd in user.need.items():
            if grade not in grades:
                repair = "add the grade with its recipe, or take the need out"
                raise UnknownName("grade", grade, grades, here, repair)
            _at_least_zero(here, f"a need of {grade}", usd)
        _months(chain, here, "a cover", user.cover)
        for grade, cover in user.cover_by_grade.items():
            _known("grade", grade, grades, here)
            _months(chain, here, f"a cover of {grade}", cover)
        if not 0.0 < user.exposed <= 1.0:
            raise InputError(here, f"an exposed share of {user.exposed:g}", "give a share above 0 and at most 1")
        if abs(sum(user.class_weights.values()) - 1.0) > 1e-9:
            raise InputError(here, "the weights of its classes do not add up to 1", "bring them to 1")


def _sources(chain: SupplyChain) -> None:
    total: dict[tuple[str, str], float] = defaultdict(float)
    for number, source in enumerate(chain.sources, start=1):
        where = f"chain {chain.name}, source row {number} ({source.country}, {source.grade}, {source.origin})"
        _known("grade", source.grade, (grade.name for grade in chain.grades), where)
        _share(where, "a share", source.share)
        total[source.country, source.grade] += source.share
        if total[source.country, source.grade] > 1.0 + 1e-9:
            sum_ = total[source.country, source.grade]
            raise InputError(where, f"the origins of this need add up to {sum_:g}", "bring the shares to at most 1")


def _feeds(chain: SupplyChain) -> None:
    rows = {(feed.country, feed.element) for feed in chain.feeds}
    for number, feed in enumerate(chain.feeds, start=1):
        where = f"chain {chain.name}, feed row {number} ({feed.country}, {feed.element})"
        _known("element", feed.element, chain.elements, where)
        _known("stage", feed.stage, (stage.name for stage in chain.stages), where)
        _share(where, "a share from outside", chain.value(feed.outside))
        _months(chain, where, "a cover", feed.cover)
    recipes = {grade.name: grade.recipe for grade in chain.grades}
    for source in chain.sources:
        if source.origin == chain.restrictor or source.share == 0.0:
            continue
        for element in recipes[source.grade]:
            if not rows & {(source.origin, element), (EVERY, element)}:
                where = f"chain {chain.name}, feeds"
                what = f"{source.origin} makes {source.grade} and no row says where its {element} comes from"
                raise InputError(where, what, f"add a row for {source.origin} or '*' with the share from outside")


def _plants(chain: SupplyChain) -> None:
    grades = {grade.name for grade in chain.grades} | {grade.family for grade in chain.grades if grade.family}
    for number, plant in enumerate(chain.plants, start=1):
        where = f"chain {chain.name}, plant row {number} ({plant.name})"
        _known("stage", plant.stage, (stage.name for stage in chain.stages), where)
        _known("element or grade", plant.item, (*chain.elements, *sorted(grades)), where)
        _at_least_zero(where, "a capacity", plant.capacity)
        _at_least_zero(where, "a ramp", plant.ramp)
        _not_of_the_restrictor(chain, plant, where)


def _not_of_the_restrictor(chain: SupplyChain, plant: Plant, where: str) -> None:
    if plant.country == chain.restrictor:
        raise InputError(where, "a plant of the restrictor is no other supply", "leave the row out")


def _stocks(chain: SupplyChain) -> None:
    items = (*(grade.name for grade in chain.grades), *chain.elements, EVERY)
    for number, stock in enumerate(chain.stocks, start=1):
        where = f"chain {chain.name}, stock row {number} ({stock.holder})"
        _known("element or grade", stock.item, items, where)
        _months(chain, where, "a stock", stock.cover)
        _at_least_zero(where, "a rate of release", stock.rate)
        _at_least_zero(where, "a delay", stock.delay)


def _markets(chain: SupplyChain) -> None:
    _once((market.element for market in chain.markets), "market", f"chain {chain.name}, markets")
    for market in chain.markets:
        where = f"chain {chain.name}, market {market.element}"
        _known("element", market.element, chain.elements, where)
        _share(where, "a share from outside", 0.0 if math.isnan(market.outside) else market.outside)
        _months(chain, where, "a stock of traders", market.traders)
        _months(chain, where, "a cover", market.cover)
        if not market.price > 0.0:
            raise InputError(where, f"a price of {market.price:g} cannot be", "give USD per kg above 0")
        if market.capacity < 1.0:
            raise InputError(where, "other supply cannot have less room than its base", "give a multiple of at least 1")
        _blocks(where, market.price, market.blocks)


def _blocks(where: str, price: float, blocks: tuple[tuple[float, float], ...]) -> None:
    if abs(sum(share for share, _ in blocks) - 1.0) > 1e-6:
        raise InputError(where, "the shares of its uses do not add up to 1", "bring them to 1")
    for share, choke in blocks:
        _share(where, "a share of use", share)
        if choke <= price:
            what = f"a choke price of {choke:g} is not above the base price of {price:g}"
            raise InputError(where, what, "give what doing without costs, USD per kg")


def _changes(chain: SupplyChain) -> None:
    for change in chain.changes:
        where = f"chain {chain.name}, {type(change).__name__.lower()}"
        if isinstance(change, Thrift):
            _known("element", change.element, chain.elements, where)
            _share(where, "a saving", change.saving)
        elif isinstance(change, Redesign):
            chain.grade(change.grade, where)
            _share(where, "a share", change.share)
    for pool in chain.pools:
        for code in pool:
            _known("country", code, (user.country for user in chain.users), f"chain {chain.name}, pools")
