"""Results as files: a saved run or a deal in every format of a report, with its data, scenario and citation."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fastapi import Request

from detente.codes.standing import of_fate
from detente.faces.web.problems import Problem
from detente.faces.web.work.schema import ANSWERS

if TYPE_CHECKING:
    from detente.codes import Table
    from detente.lab.result import Result


def document_of(request: Request, key: str) -> dict[str, Any]:
    """The document of a saved run.

    Raises
    ------
    Problem : 404, there is none.
    """
    document = request.app.state.store.run(key)
    if document is None:
        raise Problem(404, f"there is no run {key[:12]}")
    return document


def delete_run(request: Request, key: str) -> None:
    """Delete a saved run for good.

    Raises
    ------
    Problem : 404, no such run; 403, it is an answer that the server keeps for its pages.
    """
    head = request.app.state.store.run_head(key)
    if head is None:
        raise Problem(404, f"there is no run {key[:12]}")
    if head["kind"] in ANSWERS:
        raise Problem(
            403, f"the server keeps {key} for its pages; `detente serve prune --answers` removes such answers"
        )
    request.app.state.store.delete_run(key)


def result_of_document(document: Mapping[str, Any]) -> Result:
    """The result that a document holds."""
    from detente.faces.report.saved import from_document

    return from_document(document, f"run {str(document.get('key', ''))[:12]}")


def table_of(document: Mapping[str, Any], name: str) -> Table:
    """A table of an answer or a result that is kept.

    Raises
    ------
    UnknownName : it has none of that name.
    """
    from detente.faces.ask.saved import answer_of

    return answer_of(document).table(name) if "answer" in document else result_of_document(document).table(name)


def body_of(result: Result, form: str) -> bytes:
    """The bytes of a result in one format."""
    from detente.faces.ask.output import as_file
    from detente.faces.ask.questions.run import of_result

    return csv_of(result).encode() if form == "csv" else as_file(of_result(result, result.key), form)


def csv_of(result: Result) -> str:
    """All tables of a result one beneath another, each under its name."""
    from detente.faces.formats import to_csv

    if all(name.startswith("deal_") for name in result.tables):
        return _numbers(result)
    return "\n".join(f"# {name}: {table.title}\n{to_csv(table)}" for name, table in result.tables.items())


def _numbers(result: Result) -> str:
    """The numbers of a deal as one table, each with its unit."""
    import csv

    from detente.faces.formats import csv_cell

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    tables = {name: table.for_machines() for name, table in result.tables.items()}
    heads = ["table", "number", "label", "value", "low", "high", "before", "unit", "against", "definition", "range"]
    beyond = dict.fromkeys(c.name for table in tables.values() for c in table.columns)
    heads += [name for name in beyond if of_fate(name)[1] or name == "record_to"]
    writer.writerow(heads)
    for name, table in tables.items():
        unit = next(column.unit for column in table.columns if column.name == "value")
        for row in table.rows():
            whole = {**row, "table": name, "unit": str(unit)}
            writer.writerow([csv_cell(whole.get(head)) for head in heads])
    return out.getvalue()


def plain(document: Mapping[str, Any]) -> str:
    """A document as indented JSON text."""
    return json.dumps(document, ensure_ascii=False, indent=1)
