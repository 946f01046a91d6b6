"""The page as it stands as a file: `/deal.csv`, `.json`, `.html`, `.zip`, `.py`, `.sh`; the same of a run."""

from __future__ import annotations

import shlex
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from detente.faces.web.api.deal import DESCRIBED, address_of, deals_of
from detente.faces.web.media import MEDIA
from detente.faces.web.problems import Problem
from detente.faces.web.work.results import body_of, document_of, rendered_as, result_of_document
from detente.version import VERSION

router = APIRouter(include_in_schema=False)
FORMS = ("csv", "json", "html", "zip", "py", "sh")
Form = Annotated[str, Path(max_length=8)]

PYTHON = '''"""{title}. Run it where Détente {version} is installed."""

from detente.faces.words.deal_result import sentence_of
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
# Usage: sh deal-{key}.sh WHEEL, with the wheel of Détente {version} or a clone of it.
set -e
python3 -m venv detente-{key}
. detente-{key}/bin/activate
pip install --quiet "${{1:?give the wheel of Détente {version}, or the folder of a clone}}"
cat > deal-{key}.yaml <<'SCENARIO'
{scenario}SCENARIO
detente run deal-{key}.yaml --out deal-{key}.html
python3 - <<'PYTHON'
{python}PYTHON
"""

RUN_PYTHON = '''"""{title}. Run it where Détente {version} is installed."""

import detente

answer = detente.run("{name}.yaml")  # the scenario lies in the archive of this run
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
        headers = {"content-disposition": f'inline; filename="deal-{name}.json"', "etag": tag}
        return Response(kept.document(address, tag), headers=headers, media_type=MEDIA["json"])
    from detente.faces.words.deal_result import deal_result

    deal, engine = kept.deal(address)
    result = deal_result(engine, deal)
    if form in ("py", "sh"):
        text = scripts(result.scenario.title, deal.key, engine.warm.file.name, deal.deal.address(), result)[form]
        return _file(text.encode(), form, f"deal-{deal.key}", deal.key)
    return rendered_as(result, form, f"deal-{deal.key}")


def scripts(title: str, key: str, case: str, address: dict[str, str], result: object) -> dict[str, str]:
    """Do it yourself, in Python and in a shell, with the version that made it."""
    from detente.faces.report.replication import scenario_text
    from detente.lab.result import Result

    assert isinstance(result, Result)
    python = PYTHON.format(title=title, version=VERSION, case=case, address=address, key=key)
    scenario = scenario_text(result.scenario)
    return {"py": python, "sh": SHELL.format(title=title, key=key, version=VERSION, scenario=scenario, python=python)}


@router.get("/runs/{key}.{form}")
def run(request: Request, key: Annotated[str, Path(pattern="^[0-9a-f]{12}$")], form: Form) -> Response:
    """A saved run as a file."""
    if form not in MEDIA:
        raise Problem(404, f"a run has no format '{form[:8]}'; there are {', '.join(MEDIA)}")
    document = document_of(request, key)
    if "answer" in document and "vintages" not in document:
        from detente.faces.ask.output import as_file, forms
        from detente.faces.ask.saved import answer_of

        if form not in forms():
            raise Problem(404, f"an answer has no format '{form[:8]}'; there are {', '.join(forms())}")
        return _file(as_file(answer_of(document), form), form, f"run-{key}", key)
    result = result_of_document(document)
    name = result.scenario.name or "scenario"
    title = " ".join((result.scenario.title or name).split()).replace('"', "'")
    if form == "py":
        safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in name)
        return _file(RUN_PYTHON.format(title=title, version=VERSION, name=safe).encode(), form, f"run-{key}", key)
    if form == "sh":
        return _file(_shell(result, title).encode(), form, f"run-{key}", key)
    return _file(body_of(result, form), form, f"run-{key}", key)


def _shell(result: object, title: str) -> str:
    from detente.faces.report.replication import scenario_text
    from detente.lab.result import Result

    assert isinstance(result, Result)
    lines = [
        "#!/bin/sh",
        f"# {title}",
        "set -e",
        f"pip install 'detente=={VERSION}'",
        "cat > scenario.yaml <<'SCENARIO'",
        f"{scenario_text(result.scenario)}SCENARIO",
        f"detente run scenario.yaml --out {shlex.quote(f'run-{result.key}.html')}",
    ]
    return "\n".join([*lines, ""])


def _file(body: bytes, form: str, name: str, key: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}.{form}"', "etag": f'"{key}-{form}"'}
    return Response(body, headers=headers, media_type=MEDIA[form])
