"""The report of talks of three or more: its sections, each a few tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note
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


MANY_SECTIONS: Mapping[str, tuple[str, tuple[Build, ...]]] = {
    "payoffs": ("many.section_payoffs", (worth.payoff_table, worth.outsider_table)),
    "threats": (
        "many.section_threats",
        (failure.threat_table, worth.gain_table, failure.coalition_table, failure.pair_failure_table),
    ),
    "acceptable": ("many.section_acceptable", (failure.room_table,)),
    "solutions": ("reader.solutions", (packages.solution_table,)),
    "core": ("many.section_core", (packages.blocking_table, packages.core_table)),
    "pairs": ("many.section_pairs", (packages.pair_table, packages.place_table)),
    "frontier": ("many.section_frontier", (slices.frontier_table, slices.curve_table)),
    "left": ("many.section_left", (slices.left_table, slices.improvement_table)),
    "leverage": ("many.section_leverage", (force.leverage_table, force.harm_table)),
    "stability": ("reader.stability", (force.stability_table,)),
    "inputs": ("reader.inputs", (_coverage, _weights, _exactness)),
}
"""Sections in the order of the report: the note that says what each answers, and its tables."""


def many_question(name: str) -> str:
    """What a section answers."""
    return declared_note(MANY_SECTIONS[name][0])


def many_tables(round_: Round, name: str) -> list[Table]:
    """The tables of one section that have rows.

    Raises
    ------
    UnknownName : no such section.
    """
    if name not in MANY_SECTIONS:
        raise UnknownName("section", name, MANY_SECTIONS, Parameter("section"), f"use {', '.join(MANY_SECTIONS)}")
    return [table.settled(SEARCHED) for table in (build(round_) for build in MANY_SECTIONS[name][1]) if len(table)]


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
