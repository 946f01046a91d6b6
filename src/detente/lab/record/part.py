"""The record in a run: the place of the average duty in history; events and claims of the days around it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from detente.lab.part import Built, Part, RunQuestion, Tables, by_name
from detente.lab.scenario import NO_RECORD

if TYPE_CHECKING:
    from detente.lab.scenario import Scenario


def _build_history(question: RunQuestion, tables: Tables) -> Built:
    from detente.lab.record.history import entries_of, places_table, published_table, years_table

    pairings = question.pairings["USA"]
    others = published_table(pairings[0].after, question.scenario.record.definition)
    own = [places_table(entries_of(pairings)), years_table()]
    return Built(by_name([*own, *([] if others is None else [others])]))


def _build_record(question: RunQuestion, tables: Tables) -> Built:
    from detente.lab.record.history import record_tables

    scenario = question.scenario
    assert isinstance(scenario.on, date)
    built = record_tables(scenario.record, question.folder, scenario.on, question.draws or 0, scenario.seed)
    return Built(by_name(built))


def _rests_on(scenario: Scenario) -> tuple[str, ...]:
    from detente.data.library import tables_starting

    return tables_starting("evidence_")


HISTORY = Part(
    "history",
    {"places": "record", "history": "record", "published": "others"},
    asked=lambda question: (
        question.scenario.record.history
        and isinstance(question.scenario.on, date)
        and question.scenario.importer == "USA"
    ),
    build=_build_history,
    rests_on=_rests_on,
    key="record.history",
    off=lambda scenario: scenario.model_copy(update={"record": scenario.record.model_copy(update={"history": False})}),
)
RECORD = Part(
    "record",
    {"events": "deal", "claims": "record"},
    asked=lambda question: (
        isinstance(question.scenario.on, date)
        and question.scenario.record.model_copy(update={"history": False}) != NO_RECORD
    ),
    build=_build_record,
    rests_on=_rests_on,
    key="record",
    off=lambda scenario: scenario.model_copy(
        update={"record": NO_RECORD.model_copy(update={"history": scenario.record.history})}
    ),
    # Half of the program stands behind verdicts: with draws they are given beside the other parts that take them.
    apart=lambda question: not question.draws or bool(question.scenario.record.claims),
)
