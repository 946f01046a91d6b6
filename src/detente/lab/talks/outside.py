"""What the deals on a table do to countries that are not at it: real income by an exact solve of each package."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, UnknownName
from detente.economy import Economy
from detente.lab.talks.advice import Advice, OutsideAdvice, OutsideRow, PackageSeen
from detente.lab.talks.talk import Talk
from detente.lab.world.chosen import place_in
from detente.talks.space import Floats

Places = NDArray[np.int64]

NAMED = 5
"""Countries that are named on either end."""


def outside_advice(talk: Talk, country: str, made: Callable[[], Advice]) -> OutsideAdvice:
    """What every package of an advice does to a country of the world.

    Parameters
    ----------
    country : code of a country that is not at the table, or is part of such a region.
    made : advice of any party, whose packages are taken.

    Raises
    ------
    UnknownName : no country of the world. InputError : the world has none but the parties.
    """
    economy = talk.case.economy()
    others = [code for code in economy.countries if code not in talk.parties]
    if not others:
        parts = f"world {economy.name} has no country but the parties", f"use {' or '.join(talk.parties)}"
        raise InputError(Parameter("country"), *parts)
    country = _region(economy, country)
    if country not in others:
        raise UnknownName("country", country, economy.countries, Parameter("country"), "name a country of the world")
    advice = made()
    base = next((threat.name for threat in advice.threats if threat.kind == "status-quo"), advice.base)
    day = next((row for row in advice.packages if row.kind == "status-quo"), None)
    start = worth_of(talk, np.array([issue.start for issue in advice.issues]))
    incomes = {row.name: worth_of(talk, np.array(row.levels)) - start for row in advice.packages}
    places = np.array([economy.country(code) for code in others])
    me, income = economy.country(country), talk.case.space().level.income
    rows = tuple(_row(row, incomes[row.name], me, places, float(income[me])) for row in advice.packages)
    shown = advice.advice or day or advice.packages[0]
    moves = incomes[shown.name][places]
    order = np.argsort(moves, kind="stable")
    ends = [(others[k], float(moves[k])) for k in order.tolist()]
    return OutsideAdvice(
        advice.case, advice.title, advice.on, advice.known, country, advice.parties, advice.issues, base,
        advice.threats, rows, len(others), tuple(pair for pair in ends[:NAMED] if pair[1] < 0.0),
        tuple(pair for pair in ends[::-1][:NAMED] if pair[1] > 0.0), advice.footing,
    )  # fmt: skip


def _region(economy: Economy, country: str) -> str:
    """The region of a small world that a country is part of; the country itself where nothing holds it."""
    try:
        return place_in(economy, country)[0]
    except UnknownName:
        return country


def _row(row: PackageSeen, moves: Floats, me: int, places: Places, income: float) -> OutsideRow:
    rank = int((moves[places] < moves[me]).sum()) + 1
    return OutsideRow(
        row.name, row.label, row.kind, row.levels, float(moves[me]), float(moves[me]) / income, rank
    )  # fmt: skip


def worth_of(talk: Talk, levels: Floats) -> Floats:
    """Real income of every country of the world at levels of all issues, from the reference, USD bn a year."""
    space = talk.case.space(switched=talk.case.switched(levels))
    return space.measured_at(levels[[talk.case.issues.index(name) for name in space.issues]])[1]
