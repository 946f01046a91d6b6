"""The report of talks of three or more: its sections, each a few tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from detente.codes import InputError, Parameter, Table, UnknownName
from detente.lab.talks.many import failure, force, packages, slices, worth
from detente.lab.talks.many.talk import Round
from detente.lab.talks.tables import SEARCHED, coverage_table, surface_error_table, weights_table
from detente.lab.talks.talk import Talk, open_talk

Build = Callable[[Round], Table]


def _coverage(round_: Round) -> Table:
    return coverage_table(round_.case)


def _weights(round_: Round) -> Table:
    return weights_table(round_.case)


def _exactness(round_: Round) -> Table:
    return surface_error_table(round_.case.surface())


MANY_SECTIONS: Mapping[str, Mapping[str, Build]] = {
    "payoffs": {"payoffs": worth.payoff_table, "outsiders": worth.outsider_table},
    "threats": {
        "threats": failure.threat_table, "gains": worth.gain_table, "coalitions": failure.coalition_table,
        "failures": failure.pair_failure_table,
    },
    "acceptable": {"room": failure.room_table},
    "solutions": {"solutions": packages.solution_table},
    "core": {"blocking": packages.blocking_table, "core": packages.core_table},
    "pairs": {"pairs": packages.pair_table, "places": packages.place_table},
    "frontier": {"frontiers": slices.frontier_table, "curves": slices.curve_table},
    "left": {"left": slices.left_table, "improve": slices.improvement_table},
    "leverage": {"leverage": force.leverage_table, "harms": force.harm_table},
    "stability": {"stability": force.stability_table},
    "inputs": {"coverage": _coverage, "weights": _weights, "surface": _exactness},
}  # fmt: skip
"""Sections in the order of the report, each with its tables by name."""


def many_tables(round_: Round, name: str) -> list[Table]:
    """The tables of one section that have rows.

    Raises
    ------
    UnknownName : no such section.
    """
    builds = MANY_SECTIONS.get(name, {}).values()
    if not builds:
        raise UnknownName("section", name, MANY_SECTIONS, Parameter("section"), f"use {', '.join(MANY_SECTIONS)}")
    return [table.settled(SEARCHED) for table in (build(round_) for build in builds) if len(table)]


def round_of(talk: Talk) -> Round:
    """Talks of several parties from an open case.

    Raises
    ------
    InputError : a case between two, which has a report of its own.
    """
    if len(talk.parties) < 3:
        what = "it is between two"
        raise InputError(f"case {talk.case.file.name}", what, "ask for its talks as those of two parties")
    return Round(talk)


def open_round(name: str | Path, variant: str = "", *, weights: Sequence[str] = (), **options: Any) -> Round:
    """A case between three or more, ready to be asked; options are those of `open_talk`.

    Raises
    ------
    UnknownName, InputError : what the case does not have; a case between two.
    """
    return round_of(open_talk(name, variant, weights=weights, **options))
