"""Two results side by side: headline averages of two runs, or the numbers of two deals."""

from __future__ import annotations

import numpy as np

from detente.codes import Column, InputError, Table, Unit
from detente.codes.standing import furthest
from detente.lab.compare import compare
from detente.lab.result import Result

HEADLINE = ("headline", "china", "revenue")
DEAL = "deal_"


def side_by_side(first: Result, second: Result) -> list[Table]:
    """What two results have in common, one row a number.

    Raises
    ------
    InputError : they have nothing in common.
    """
    found = []
    if all(name in one.tables for name in HEADLINE for one in (first, second)):
        found.append(compare([first, second]))
    shared = [name for name in first.tables if name.startswith(DEAL) and name in second.tables]
    found += [_numbers(first, second, name) for name in shared]
    if not found:
        raise InputError("compare", f"runs {first.key} and {second.key} have no numbers in common", "choose two alike")
    return found


def _numbers(first: Result, second: Result, name: str) -> Table:
    """One table of numbers of two deals, on the numbers that both have."""
    one, two = first.tables[name], second.tables[name]
    unit = next(column.unit for column in one.columns if column.name == "value")
    place = {number: at for at, number in enumerate(two["number"].tolist())}
    rows = [at for at, number in enumerate(one["number"].tolist()) if number in place]
    other = [place[one["number"][at]] for at in rows]
    a, b = np.asarray(one["value"], float)[rows], np.asarray(two["value"], float)[other]
    columns = (
        Column("number", Unit.CODE, "name of the number"), Column("label", Unit.TEXT, "what it is"),
        Column("a", unit, f"in {first.key}"), Column("b", unit, f"in {second.key}"),
        Column("difference", Unit.POINTS if unit is Unit.SHARE else unit, "b less a"),
        Column("against_a", Unit.TEXT, "what a is compared with"), Column("against_b", Unit.TEXT, "what b is"),
    )  # fmt: skip
    data = {
        "number": one["number"][rows], "label": one["label"][rows], "a": a, "b": b, "difference": b - a,
        "against_a": one["against"][rows], "against_b": two["against"][other],
    }  # fmt: skip
    table = Table(name, one.title, columns, data, (f"a: {first.key}, b: {second.key}",))
    return table.standing_on(furthest(result.standings["USA"] for result in (first, second) if result.standings))
