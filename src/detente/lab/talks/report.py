"""The report of a case of the talks: its sections, each a few tables, and how far its laws are on record."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from detente.codes import Parameter, Table, UnknownName, declared_note, table_of
from detente.codes.standing import Standing
from detente.data.casefile import case_names, load_case, variant_names
from detente.data.caserows import CaseFile, WholeLaw
from detente.data.importers import importer
from detente.lab.statute.standing import standing_of, words_of
from detente.lab.talks import deals, hidden, power
from detente.lab.talks.gains import gain_range_table
from detente.lab.talks.outlook import outlook_table
from detente.lab.talks.tables import SEARCHED, coverage_table, surface_error_table, weights_table
from detente.lab.talks.talk import Talk

Build = Callable[[Talk], Table]


def _coverage(talk: Talk) -> Table:
    return coverage_table(talk.case)


def _weights(talk: Talk) -> Table:
    return weights_table(talk.case)


def _exactness(talk: Talk) -> Table:
    return surface_error_table(talk.case.surface())


SECTIONS: Mapping[str, tuple[str, tuple[Build, ...]]] = {
    "payoffs": ("reader.payoffs", (deals.payoff_table, power.break_even_table)),
    "threats": (
        "reader.threats",
        (deals.threat_table, deals.gain_table, gain_range_table),
    ),
    "acceptable": ("reader.acceptable", (deals.room_table, deals.limit_table)),
    "frontier": ("reader.frontier", (deals.left_table, deals.improvement_table)),
    "solutions": ("reader.solutions", (deals.solution_table,)),
    "leverage": ("reader.leverage", (power.leverage_table,)),
    "linkage": ("reader.linkage", (power.linkage_table, power.track_table, power.rate_table)),
    "delay": ("reader.delay", (power.delay_table, power.clock_table)),
    "information": ("reader.information", (hidden.belief_table, hidden.signal_table)),
    "stability": ("reader.stability", (outlook_table, power.stability_table, power.lowest_table)),
    "inverse": ("reader.inverse", (power.inverse_table,)),
    "cautions": ("reader.cautions", (power.caution_table,)),
    "inputs": ("reader.inputs", (_coverage, _weights, _exactness)),
    "bounds": ("reader.bounds", (power.bound_table,)),
    "charts": ("reader.charts", (deals.acceptable_table, deals.frontier_table, deals.deals_table)),
}
"""Sections in the order of the report: the note that says what each answers, and its tables."""

WHOLE = tuple(name for name in SECTIONS if name != "bounds")
"""Sections that machines get: the scan of weights, which takes seconds, only when it is named."""

SHOWN = tuple(name for name in WHOLE if name != "charts")
"""Sections that readers get."""


def question(name: str) -> str:
    """What a section answers; its name where there is none such."""
    return declared_note(SECTIONS[name][0]) if name in SECTIONS else name


def section_tables(talk: Talk, name: str) -> list[Table]:
    """The tables of one section that have rows.

    Raises
    ------
    UnknownName : no such section.
    """
    if name not in SECTIONS:
        raise UnknownName("section", name, SECTIONS, Parameter("section"), f"use {', '.join(SECTIONS)}")
    return [table.settled(SEARCHED) for table in (build(talk) for build in SECTIONS[name][1]) if len(table)]


def case_table() -> Table:
    """Cases of the package with their variants."""
    rows = []
    for name in case_names():
        file = load_case(name)
        threats = ", ".join(row.name for row in file.threats)
        rows.append((name, ", ".join(variant_names(name)), file.on.isoformat(), file.title, threats))
    return table_of("case.cases", rows)


def fates_of_case(file: CaseFile) -> dict[str, str]:
    """Fates of the clauses that are open on the day of a case in the laws it begins from, by name, in words."""
    records = (importer(row.importer).law.record for row in file.base_law if isinstance(row, WholeLaw))
    return words_of([clause for record in records if record is not None for clause in record.open_on(file.on)])


def standings(talk: Talk) -> dict[str, Standing]:
    """How far the law of each party is on record on the day of the case."""
    on, codes = talk.case.file.on, [code for code in talk.parties if code in ("USA", "CHN")]
    by_side = {code: standing_of(importer(code).law, on, on) for code in codes}
    return {code: standing for code, standing in by_side.items() if standing is not None}
