"""An answer as a document that is kept and read again: what was asked, the words, and the tables with their units."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from detente.codes import InputError, Parameter, Table
from detente.codes.days import Standing
from detente.faces.ask.answer import Answer, Number
from detente.faces.report.saved import about, as_document, from_document, table_of
from detente.lab.result import Result
from detente.version import VERSION

#: Texts of an answer that are kept as they are.
SAID = ("question", "headline", "warnings", "following", "verbatim", "own_key", "markup", "between")


def document_of(answer: Answer, key: str) -> dict[str, Any]:
    """Everything of an answer but tables that are made when they are named.

    Parameters
    ----------
    key : under which it is kept.
    """
    standings = {name: t.standing.as_json() for name, t in answer.tables.items() if t.standing is not None}
    own = {name: getattr(answer, name) for name in SAID}
    own |= {"arguments": answer.to_dict((answer.main.name,), 0)["arguments"], "more": list(answer.more)}
    own |= {"number": None if answer.number is None else vars(answer.number), "standings": standings}
    if isinstance(answer.result, Result):
        return {**as_document(answer.result), "key": key, "answer": own}
    return {
        "key": key, "version": VERSION, "scenario": {"name": answer.question, "title": answer.headline},
        "answer": own, "tables": {name: list(table.rows()) for name, table in answer.tables.items()},
        "about": {name: about(table) for name, table in answer.tables.items()},
    }  # fmt: skip


def answer_of(document: Mapping[str, Any]) -> Answer:
    """The answer that a document holds, of a run with its result; of tables that were not made the names alone."""
    own = document["answer"]
    if "vintages" in document:
        from detente.faces.ask.questions.run import of_result

        answer = of_result(from_document(document), own["arguments"]["scenario"])
        return answer.asked(own["question"], own["arguments"])
    standings = {name: Standing.from_json(row) for name, row in own["standings"].items()}
    tables = {
        name: table_of(name, rows, document["about"][name]).standing_on(standings.get(name))
        for name, rows in document["tables"].items()
    }
    texts: dict[str, Any] = {name: own[name] for name in SAID} | {"warnings": tuple(own["warnings"])}
    number = None if own["number"] is None else Number(**own["number"])
    more = {name: partial(_unmade, name) for name in own["more"]}
    return Answer(tables=tables, number=number, arguments=own["arguments"], more=more, **texts)


def _unmade(name: str) -> Table:
    raise InputError(Parameter("table"), f"'{name}' is not kept with this answer", "ask the question again with it")
