"""The record in a run: the place of the average duty in history; events, markets and claims of the days around it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from detente.codes import Table
from detente.lab.part import Built, Part, Question, Tables, by_name
from detente.lab.scenario import NO_RECORD

if TYPE_CHECKING:
    from detente.lab.scenario import Scenario


def _build_history(question: Question, tables: Tables) -> Built:
    from detente.lab.record.around import history_tables
    from detente.lab.record.published import published_table

    pairings = question.pairings["USA"]
    others = published_table(pairings[0].after)
    return Built(by_name([*history_tables(pairings), *([] if others is None else [others])]))


def _build_record(question: Question, tables: Tables) -> Built:
    from detente.lab.record.around import record_tables

    scenario = question.scenario
    assert isinstance(scenario.on, date)
    built = record_tables(scenario.record, question.folder, scenario.on, question.draws or 0, scenario.seed)
    return Built(by_name(built))


def _rests_on(scenario: Scenario) -> tuple[str, ...]:
    from detente.data.library import tables_starting

    return tables_starting("evidence_")


def _asks_record(question: Question) -> bool:
    scenario = question.scenario
    return isinstance(scenario.on, date) and scenario.record.model_copy(update={"history": False}) != NO_RECORD


def history_sentences(tables: Mapping[str, Table]) -> list[str]:
    """Where the average duty stands among the years since 1901."""
    rows = list(tables["places"].rows()) if "places" in tables else []
    return [
        f"{row['rate_of'] + ': an' if len(rows) > 1 else 'An'} average duty of {row['rate']:.1%} is "
        f"{since(str(row['highest_since']), float(row['rate_then']))}."
        for row in rows
    ]


def since(year: str, rate: float) -> str:
    """What the column `highest_since` says, within a sentence; `rate` : of that year, share."""
    number, _, level = year.partition(" ")
    if not number.isdigit():
        return "higher than in any year since 1901, by duty collected"
    then = f" ({rate:.1%} then, by duty collected)"
    return f"level with that of {number}{then}" if level else f"the highest since {number}{then}"


HISTORY = Part(
    "history",
    {"places": "record", "history": "record", "published": "others"},
    asked=lambda question: question.scenario.record.history and isinstance(question.scenario.on, date),
    build=_build_history,
    rests_on=_rests_on,
    key="record.history",
    off=lambda scenario: _recording(scenario, history=False),
    say=history_sentences,
)
RECORD = Part(
    "record",
    {"events": "deal", "claims": "record", "event_study": "record"},
    asked=_asks_record,
    build=_build_record,
    rests_on=_rests_on,
    key="record",
    off=lambda scenario: scenario.model_copy(
        update={"record": NO_RECORD.model_copy(update={"history": scenario.record.history})}
    ),
    # Half of the program stands behind verdicts: they are given beside the other parts that take draws.
    apart=lambda question: bool(question.draws and question.scenario.record.claims),
)


def _recording(scenario: Scenario, **switches: object) -> Scenario:
    return scenario.model_copy(update={"record": scenario.record.model_copy(update=switches)})
