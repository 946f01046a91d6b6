"""The Runs page: saved results, one of them as a page, two side by side, and jobs under way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import QueryParams

from detente.faces.ask.question import find
from detente.faces.ask.saved import answer_of
from detente.faces.charts.gallery import charts_of
from detente.faces.report.content import content
from detente.faces.web.answers import whole
from detente.faces.web.asked import shown_answer
from detente.faces.web.files import delete_run as delete
from detente.faces.web.files import document_of, drawn_as
from detente.faces.web.html import Address, page, picture, tried
from detente.faces.web.problems import Problem
from detente.faces.web.work.jobs import shown as job_shown
from detente.faces.web.work.questions import result_of_document
from detente.faces.web.work.store import ANSWERS
from detente.faces.words.language import Language, load
from detente.faces.words.record import records_of
from detente.lab.scenario import load_scenario
from detente.lab.scenario import shipped as scenarios

PLACE = "Runs"
#: In the place of a key: every run.
ALL = "all"

#: Runs of a page.
PAGE = 20
KEY = re.compile(r"^[0-9a-f]{12}$")
#: The sentence of a note that holds the address of a deal.
ADDRESS = re.compile(r"Deal (v=[^ ]+?)\.(?: |$)")
#: Files that a run can be had as, in the order of its page.
REPORTS = ("html", "pdf", "xlsx", "csv", "json", "zip", "py", "sh")


def runs(address: Address) -> Response:
    """Saved results and jobs, the newest first."""
    offset = tried(lambda: whole({"offset": address("offset", "0")}, "offset"), 0, [])
    store, say = address.request.app.state.store, load()
    rows, total = store.runs(PAGE, offset)
    jobs, _ = store.jobs(PAGE, 0)
    listed = [_job(job_shown(row), say) for row in jobs]
    return page(
        "runs.html.j2", address.request, place=PLACE, title=say("frame.place_runs"), total=total,
        said=_gone(address),
        runs=[_head(row) for row in rows], offset=offset, size=PAGE, jobs=listed, scenarios=_scenarios(),
    )  # fmt: skip


def _gone(address: Address) -> list[str]:
    """What became of a run that was deleted."""
    say, key = load(), address("gone")
    if address("emptied").isdigit():
        return [say("delete.all_gone", count=int(address("emptied")[:6]))]
    return [say("delete.gone", key=key)] if KEY.match(key) else []


def ask_to_delete(address: Address) -> Response:
    """The step before a run, or all of them, are deleted: what goes, and the button that does it."""
    key, store = address("key"), address.request.app.state.store
    head = store.run_head(key) if KEY.match(key) else None
    if key != ALL and (head is None or head["kind"] in ANSWERS):
        raise Problem(404, f"there is no run {key[:12]} to delete; look it up in the list of runs")
    count = store.runs(0, 0)[1]
    words: dict[str, Any] = {"run": {"key": ALL}, "count": count} if head is None else {"run": _head(head)}
    title = load()("delete.all_heading" if key == ALL else "delete.heading")
    return page("delete.html.j2", address.request, place=PLACE, title=title, **words)


def delete_run(request: Request) -> Response:
    """Delete a run, or all of them, and go back to the list."""
    key = str(request.path_params["key"])[:12]
    if key == ALL:
        count, _ = request.app.state.jobs.clear()
        return RedirectResponse(f"/runs?emptied={count}", 303)
    delete(request, key)
    return RedirectResponse(f"/runs?gone={key}", 303)


def _scenarios() -> list[tuple[str, str]]:
    return [(name, load_scenario(name)[0].title or name) for name in scenarios()]


def _head(row: Mapping[str, Any]) -> dict[str, Any]:
    """A run as a line of the list."""
    return {**row, "when": _moment(row["created"])}


def _job(row: Mapping[str, Any], say: Language) -> dict[str, Any]:
    """A job as a line of the list."""
    request = row["request"]
    subject = next(iter(request.get("arguments", {}).values()), "")
    if isinstance(subject, Mapping):
        subject = subject.get("title") or subject.get("name") or say("runs.own")
    what = f"{request.get('question', row['kind'])} {subject}".strip()
    return {**row, "what": what, "when": _moment(row["created"])}


def _moment(seconds: float | None) -> str:
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def run(address: Address, key: str = "") -> Response:
    """One saved result: findings, numbers, charts, tables, and the files it can be had as; in a frame without these.

    Parameters
    ----------
    key : of the result, where its address has it not in its path.
    """
    framed = bool(key)
    document = document_of(address.request, key or address("key"))
    if "answer" in document and "vintages" not in document:
        return _answer(address.request, document)
    result = result_of_document(document)
    deal, head = ADDRESS.search(result.scenario.note), address.request.app.state.store.run_head(result.key)
    report = content(result)
    report = replace(report, note=ADDRESS.sub("", report.note))
    figures = [picture(chart) for chart in report.pictures]
    drawn = {chart.name: chart for chart in report.pictures}
    drawn |= {chart.name: chart for part in report.parts for chart in part.charts}
    return page(
        "run.html.j2", address.request, place=PLACE, title=report.title or report.key, it=report,
        front=figures, deal=deal[1] if deal else "",
        drawn=list(drawn.values()), grids=report.grids,
        reports=REPORTS, framed=framed, made_by=document.get("version", ""),
        record=records_of(result.standings, load()),
        head=_head(head or {"created": None}), mine=bool(head and head["kind"] not in ANSWERS),
    )  # fmt: skip


def _answer(request: Request, document: Mapping[str, Any]) -> Response:
    """The answer to a question as it was kept."""
    answer = answer_of(document)
    given = {name: str(value) for name, value in answer.arguments.items() if value not in (None, "", [])}
    return shown_answer(find(answer.question), request, given, answer, answer.tables, str(QueryParams(given)))


def chart_file(address: Address) -> Response:
    """A chart of a saved result as a file, or for a frame."""
    result = result_of_document(document_of(address.request, address("key")))
    return drawn_as(address, charts_of(result, load()), result.tables, f"/runs/{result.key}")
