"""The page as it stands as a file: `/deal.csv`, `.json`, `.html`, `.zip`, `.py`, `.sh`; the same of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from detente.faces.web.api.deal import DESCRIBED, address_of, deals_of
from detente.faces.web.media import as_file
from detente.faces.web.problems import Problem
from detente.faces.web.work.results import body_of, document_of, result_of_document
from detente.version import VERSION

if TYPE_CHECKING:
    from detente.lab.result import Result

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
    from detente.faces.words.deal import deal_result

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
    from detente.faces.report.replication import scenario_text

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
        from detente.faces.ask.output import as_file as written
        from detente.faces.ask.output import forms
        from detente.faces.ask.saved import answer_of

        if form not in forms():
            raise Problem(404, f"an answer has no format '{form[:8]}'; there are {', '.join(forms())}")
        return as_file(written(answer_of(document), form), name, form, tag)
    result = result_of_document(document)
    if form in ("py", "sh"):
        python = RUN_PYTHON.format(title=_plain_title(result), version=VERSION, name=name)
        return as_file(script(form, name, key, python, result), name, form, tag)
    return as_file(body_of(result, form), name, form, tag)
