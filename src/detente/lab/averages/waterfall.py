"""Waterfall: from one value of a quantity to another through named choices, one after another, in any order.

A choice changes a view, which is how a number is taken, or adds what only a publisher's own figures say. Bars are
differences between values on the way, so that in every order they sum to the difference with what is left over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from math import factorial
from typing import Any, Generic, TypeVar

from detente.codes import InputError, Parameter, UnknownName
from detente.codes.days import spelled_day

View = TypeVar("View")

#: Name of the last bar: what no choice explains.
REST = "rest"

#: Choices whose every order is averaged: they take two to this power values.
MOST_AVERAGED = 8

#: Bars that move less, in the unit of the quantity over its size, are nothing.
NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class Option(Generic[View]):
    """A choice in which two definitions of a number differ.

    Attributes
    ----------
    name, words : in short, and what is chosen.
    apply : a view with the choice made; None where only a publisher's own figures say what it moves.
    points : what it adds, in the unit of the quantity; None where the view says it.
    """

    name: str
    words: str
    apply: Callable[[View], View] | None = None
    points: float | None = None


def setting(name: str, words: str, **values: Any) -> Option[Any]:
    """The choice of some fields of a view."""
    return Option(name, words, lambda view: replace(view, **values))


@dataclass(frozen=True, slots=True)
class Bar:
    """A step of a waterfall: what a choice moves, and the level after it, in the unit of the quantity."""

    name: str
    words: str
    points: float
    level: float


@dataclass(frozen=True)
class Waterfall:
    """A walk from our number to another.

    Attributes
    ----------
    ours, theirs : both ends. bars : in order, the last what no choice explains; they sum to theirs less ours.
    averaged : whether bars are means over every order of the choices.
    """

    ours: float
    theirs: float
    bars: tuple[Bar, ...]
    averaged: bool = False

    @property
    def steps(self) -> tuple[Bar, ...]:
        """The bars of choices, without the rest."""
        return self.bars[:-1]

    @property
    def rest(self) -> float:
        """What no choice explains."""
        return self.bars[-1].points

    @property
    def reached(self) -> float:
        """The level after the last choice."""
        return self.theirs - self.rest

    @property
    def largest(self) -> tuple[Bar, ...]:
        """Choices that move anything, the largest first."""
        size = max(abs(self.ours), abs(self.theirs), NOTHING)
        moving = [bar for bar in self.steps if abs(bar.points) > NOTHING * size]
        return tuple(sorted(moving, key=lambda bar: -abs(bar.points)))


def walk(
    view: View, turns: Sequence[Option[View]], value: Callable[[View], float], theirs: float, missing: str
) -> Waterfall:
    """The choices one after another, each keeping those before it.

    Parameters
    ----------
    value : of a view, in the unit of the quantity. theirs : the number to be reached.
    missing : what the last bar is put down to.
    """
    ours = level = value(view)
    added, bars = 0.0, []
    for turn in turns:
        view = view if turn.apply is None else turn.apply(view)
        added += turn.points or 0.0
        after = value(view) + added
        bars.append(Bar(turn.name, turn.words, after - level, after))
        level = after
    return Waterfall(ours, theirs, (*bars, Bar(REST, missing, theirs - level, theirs)))


def averaged(
    view: View, turns: Sequence[Option[View]], value: Callable[[View], float], theirs: float, missing: str
) -> Waterfall:
    """Each choice by its mean over all orders (Shapley 1953), so that no order favours any of them.

    Raises
    ------
    InputError : more choices than `MOST_AVERAGED`.
    """
    moving = [turn for turn in turns if turn.apply is not None]
    n = len(moving)
    if n > MOST_AVERAGED:
        what = f"{n} choices are too many to average over every order"
        raise InputError(Parameter("shapley"), what, f"leave it out, or keep to {MOST_AVERAGED} choices")
    subsets = (some for size in range(n + 1) for some in combinations(moving, size))
    values = {frozenset(turn.name for turn in some): value(made(view, some)) for some in subsets}
    ours = level = values[frozenset()]
    bars = []
    for turn in turns:
        points = turn.points or 0.0
        for before in values if turn.apply is not None else ():
            if turn.name not in before:
                weight = factorial(len(before)) * factorial(n - len(before) - 1) / factorial(n)
                points += weight * (values[before | {turn.name}] - values[before])
        level += points
        bars.append(Bar(turn.name, turn.words, points, level))
    return Waterfall(ours, theirs, (*bars, Bar(REST, missing, theirs - level, theirs)), averaged=True)


def made(view: View, turns: Iterable[Option[View]]) -> View:
    """A view with several choices made."""
    for turn in turns:
        view = view if turn.apply is None else turn.apply(view)
    return view


def in_order(turns: Sequence[Option[View]], names: Sequence[str]) -> list[Option[View]]:
    """The choices with the named ones first, as they are named; the others keep their order.

    Raises
    ------
    UnknownName : a name that is no choice here. InputError : one that is named twice.
    """
    known = {turn.name: turn for turn in turns}
    for number, name in enumerate(names):
        if name not in known:
            raise UnknownName("choice", name, known, Parameter("order"), f"use {', '.join(known)}")
        if name in names[:number]:
            raise InputError(Parameter("order"), f"'{name}' stands twice", "name each choice once")
    return [*(known[name] for name in names), *(turn for turn in turns if turn.name not in names)]


def of_law(day: date, announced: tuple[str, ...] = ()) -> Option[Any]:
    """The choice of the law of another day; views have it as `on`.

    Parameters
    ----------
    announced : measures that were announced and are counted as law, of views that have some.
    """
    if not announced:
        return setting("law", f"tariffs of {spelled_day(day)}", on=day)
    return setting("law", f"tariffs announced for {spelled_day(day)}", on=day, announced=announced)
