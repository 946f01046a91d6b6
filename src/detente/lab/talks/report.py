"""The report of a case of the talks: its sections, each a few tables, and how far its laws are on record."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from detente.codes import Table, table_of
from detente.codes.standing import Standing
from detente.data.casefile import case_names, load_case, variant_names
from detente.data.caserows import CaseFile, WholeLaw
from detente.data.importers import importer
from detente.lab.statute.standing import standing_of, words_of
from detente.lab.talks import deals, hidden, power, several
from detente.lab.talks.gains import gain_range_table
from detente.lab.talks.outlook import outlook_table
from detente.lab.talks.tables import coverage_table, surface_error_table, weights_table
from detente.lab.talks.talk import Talk

Build = Callable[[Talk], Table]


def _coverage(talk: Talk) -> Table:
    return coverage_table(talk.case)


def _weights(talk: Talk) -> Table:
    return weights_table(talk.case)


def _exactness(talk: Talk) -> Table:
    return surface_error_table(talk.case.surface())


SECTIONS: Mapping[str, Mapping[str, Build]] = {
    "payoffs": {"payoffs": deals.payoff_table, "break_even": power.break_even_table},
    "threats": {"threats": deals.threat_table, "gains": deals.gain_table, "gain_ranges": gain_range_table},
    "acceptable": {"room": deals.room_table, "limits": deals.limit_table},
    "frontier": {"left": deals.left_table, "improve": deals.improvement_table},
    "solutions": {"solutions": deals.solution_table},
    "leverage": {"leverage": power.leverage_table},
    "linkage": {"linkage": power.linkage_table, "tracks": power.track_table, "rates": power.rate_table},
    "delay": {"delay": power.delay_table, "clocks": power.clock_table},
    "information": {"beliefs": hidden.belief_table, "signals": hidden.signal_table},
    "stability": {"outlook": outlook_table, "stability": power.stability_table, "lowest": power.lowest_table},
    "inverse": {"inverse": power.inverse_table},
    "cautions": {"cautions": power.caution_table},
    "inputs": {"coverage": _coverage, "weights": _weights, "surface": _exactness},
    "bounds": {"bounds": power.bound_table},
    "charts": {
        "acceptable": deals.acceptable_table, "frontier": deals.frontier_table, "deals": deals.deals_table,
    },
}  # fmt: skip
"""Sections in the order of the report, each with its tables by name."""

SEVERAL: Mapping[str, Mapping[str, Build]] = {
    "payoffs": {"payoffs": several.payoff_table, "outsiders": several.outsider_table},
    "threats": {
        "threats": several.threat_table, "gains": several.gain_table, "coalitions": several.coalition_table,
        "failures": several.pair_failure_table,
    },
    "acceptable": {"room": several.room_table},
    "solutions": {"solutions": several.solution_table},
    "core": {"blocking": several.blocking_table, "core": several.core_table},
    "pairs": {"pairs": several.pair_table, "places": several.place_table},
    "frontier": {"frontiers": several.frontier_table, "curves": several.curve_table},
    "left": {"left": several.left_table, "improve": several.improvement_table},
    "leverage": {"leverage": several.leverage_table, "harms": several.harm_table},
    "stability": {"stability": several.stability_table},
    "inputs": {"coverage": _coverage, "weights": _weights, "surface": _exactness},
}  # fmt: skip
"""The same of three parties and more."""


def builders(talk: Talk) -> dict[str, Build]:
    """Makers of the tables of a talk, by name."""
    sections = SEVERAL if talk.exact else SECTIONS
    return {name: build for tables in sections.values() for name, build in tables.items()}


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
