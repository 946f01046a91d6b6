"""Files: a deal, a saved run or a chart in every format, with its data, scenario and citation."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from detente.codes import Table
from detente.codes.days import of_fate
from detente.faces.ask.answer import as_file as written
from detente.faces.ask.answer import forms
from detente.faces.ask.questions.run import of_result
from detente.faces.ask.saved import answer_of
from detente.faces.charts import Chart
from detente.faces.charts.frame import NARROW, WIDE
from detente.faces.formats import csv_cell, to_csv
from detente.faces.python.plots import WRITERS, Plot
from detente.faces.report.replication import scenario_text
from detente.faces.web.answers import as_file, base_of
from detente.faces.web.deal import DESCRIBED, address_of, deals_of
from detente.faces.web.html import Address, page, picture
from detente.faces.web.problems import Problem
from detente.faces.web.work.questions import result_of_document
from detente.faces.web.work.store import ANSWERS
from detente.faces.words.deal import deal_result
from detente.version import VERSION

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


def table_of(document: Mapping[str, Any], name: str) -> Table:
    """A table of an answer or a result that is kept.

    Raises
    ------
    UnknownName : it has none of that name.
    """
    return answer_of(document).table(name) if "answer" in document else result_of_document(document).table(name)


def body_of(result: Result, form: str) -> bytes:
    """The bytes of a result in one format; as CSV all tables one beneath another, each under its name."""
    if form != "csv":
        return written(of_result(result, result.key), form)
    if all(name.startswith("deal_") for name in result.tables):
        return _numbers(result).encode()
    return "\n".join(f"# {name}: {table.title}\n{to_csv(table)}" for name, table in result.tables.items()).encode()


def _numbers(result: Result) -> str:
    """The numbers of a deal as one table, each with its unit."""

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


router = APIRouter(include_in_schema=False)
FORMS = ("csv", "json", "html", "zip", "py", "sh")
RUN_FORMS = ("html", "pdf", "xlsx", "json", "csv", "zip", "py", "sh")
Form = Annotated[str, Path(max_length=8)]

PYTHON = '''"""{title}. Run it where Détente {version} is installed."""

from detente.faces.words.deal import sentence_of
from detente.lab.deal.answer import DealEngine

engine = DealEngine({case!r})
deal = engine.deal({address!r})
print(deal.key, sentence_of(deal, engine))
for number in deal.numbers:
    print(f"{{number.label:60}} {{number.text:>16}}   {{number.definition}}")
assert deal.key == {key!r}, "another version, other data: other numbers"
'''

SHELL = """#!/bin/sh
# {title}
# Usage: sh {name}.sh WHEEL, with the wheel of Détente {version} or a clone of it.
set -e
python3 -m venv detente-{key}
. detente-{key}/bin/activate
pip install --quiet "${{1:?give the wheel of Détente {version}, or the folder of a clone}}"
cat > {name}.yaml <<'SCENARIO'
{scenario}SCENARIO
detente run {name}.yaml --out {name}.html
python3 - <<'PYTHON'
{python}PYTHON
"""

RUN_PYTHON = '''"""{title}. Run it where Détente {version} is installed."""

import detente

answer = detente.run("{name}.yaml")  # the scenario, which `{name}.sh` writes
print(answer.key, answer.headline)
'''


@router.get("/deal.{form}", openapi_extra=DESCRIBED)
def deal(request: Request, form: Form) -> Response:
    """The deal of the address as a file."""
    if form not in FORMS:
        raise Problem(404, f"a deal has no format '{form[:8]}'; there are {', '.join(FORMS)}")
    address, kept = address_of(request), deals_of(request)
    if form == "json":
        tag = kept.tag(address)
        name = tag.strip('"')[:12]
        return as_file(kept.document(address, tag), f"deal-{name}", form, tag, inline=True)
    deal, engine = kept.deal(address)
    result = deal_result(engine, deal)
    name = f"deal-{deal.key}"
    if form not in ("py", "sh"):
        return as_file(body_of(result, form), name, form, f'"{deal.key}-{form}"')
    python = PYTHON.format(
        title=result.scenario.title, version=VERSION, case=engine.warm.file.name, address=deal.deal.address(),
        key=deal.key,
    )  # fmt: skip
    return as_file(script(form, name, deal.key, python, result), name, form, f'"{deal.key}-{form}"')


def script(form: str, name: str, key: str, python: str, result: Result) -> str:
    """Do it yourself, in Python or in a shell, with the version that made it.

    Parameters
    ----------
    name : of the files it writes. python : the program.
    """
    scenario = scenario_text(result.scenario)
    words = {"title": _plain_title(result), "name": name, "key": key, "version": VERSION}
    return python if form == "py" else SHELL.format(**words, scenario=scenario, python=python)


def _plain_title(result: Result) -> str:
    """The title of a result in one line, without quotes that would end a text."""
    return " ".join((result.scenario.title or result.scenario.name).split()).replace('"', "'")


@router.get("/runs/{key}.{form}")
def run(request: Request, key: Annotated[str, Path(pattern="^[0-9a-f]{12}$")], form: Form) -> Response:
    """A saved run as a file."""
    if form not in RUN_FORMS:
        raise Problem(404, f"a run has no format '{form[:8]}'; there are {', '.join(RUN_FORMS)}")
    document, name, tag = document_of(request, key), f"run-{key}", f'"{key}-{form}"'
    if "answer" in document and "vintages" not in document:
        if form not in forms():
            raise Problem(404, f"an answer has no format '{form[:8]}'; there are {', '.join(forms())}")
        return as_file(written(answer_of(document), form), name, form, tag)
    result = result_of_document(document)
    if form in ("py", "sh"):
        python = RUN_PYTHON.format(title=_plain_title(result), version=VERSION, name=name)
        return as_file(script(form, name, key, python, result), name, form, tag)
    return as_file(body_of(result, form), name, form, tag)


CHART_FORMS = ("svg", "png", "card.png", "csv")
EMBED = "/embed/"


def drawn_as(address: Address, drawn: Sequence[Chart], tables: Mapping[str, Table], home: str) -> Response:
    """The chart that an address names, in its format; for a frame on another page with a link to its own.

    Parameters
    ----------
    home : address of the page that shows it.

    Raises
    ------
    Problem : 404, no such chart or format.
    """
    name, form = address("name"), address.request.path_params.get("form", "")
    if name.endswith(".card"):
        name, form = name.removesuffix(".card"), f"card.{form}"
    by_name = {chart.name: chart for chart in drawn}
    if name not in by_name:
        raise Problem(404, f"there is no chart '{name[:40]}'; there are {', '.join(by_name) or 'none'}")
    chart = by_name[name]
    if address.request.url.path.startswith(EMBED):
        file = f"{address.request.url.path.removeprefix(EMBED[:-1])}.card.png?{address.request.url.query}".rstrip("?")
        return page("chart.html.j2", address.request, title=chart.title, figure=picture(chart), home=home, card=file)
    if form not in CHART_FORMS:
        raise Problem(404, f"a chart has no format '{form[:8]}'; there are {', '.join(CHART_FORMS)}")
    if form == "csv":
        return as_file(to_csv(tables[chart.table]), name, form)
    plot = Plot((chart,), WIDE if chart.wide else NARROW, f"{base_of(address.request)}{home}")
    return as_file(WRITERS[f".{form}"](plot), name, form, inline=True)
