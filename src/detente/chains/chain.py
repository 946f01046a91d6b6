"""A supply chain under export control, checked, and laid out as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.chains.checks import check_chain
from detente.chains.rows import (
    EVERY,
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
from detente.codes import UnknownName
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
