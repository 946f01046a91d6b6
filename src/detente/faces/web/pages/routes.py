"""The pages: Deal, Law, World, Materials, Talks, Claims, Runs. They show what the lab computes, and compute nothing."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import QueryParams

from detente.faces.web.html import Address, as_script, page
from detente.faces.web.known import SECTORS, years
from detente.faces.web.tongue import LANG, language_of, say_of
from detente.faces.words.language import Language, load, sorted_as
from detente.faces.words.tables import cell_in

router = APIRouter(include_in_schema=False)

PLACES = (
    ("/law", "law", "law"),
    ("/law.csv", "law", "data_csv"),
    ("/law/importers", "importers", "importers"),
    ("/law/importers.csv", "importers", "data_csv"),
    ("/facing", "facing", "facing"),
    ("/entries", "entries", "entries"),
    ("/micro", "micro", "micro"),
    ("/facing.csv", "facing", "data_csv"),
    ("/watch", "watch", "watch_page"),
    ("/watch.csv", "watch", "data_csv"),
    ("/law/line/{code}", "law", "line"),
    ("/law/measure", "law", "measure"),
    ("/law/changes", "law", "changes"),
    ("/law/changes.json", "law", "changes_json"),
    ("/law/changes.atom", "law", "changes_atom"),
    ("/law/diff", "law", "diff"),
    ("/deal/prices", "prices", "prices"),
    ("/deal/prices.csv", "prices", "data_csv"),
    ("/deal/prices/chart/{name}.{form}", "prices", "chart_file"),
    ("/embed/deal/prices/chart/{name}", "prices", "chart_file"),
    ("/deal/chart/{name}.{form}", "plane", "chart_file"),
    ("/embed/deal/chart/{name}", "plane", "chart_file"),
    ("/tariff", "tariff", "tariff"),
    ("/tariff.yaml", "tariff", "scenario_file"),
    ("/duty", "duty", "duty"),
    ("/duty.csv", "duty", "data_csv"),
    ("/duty/chart/{name}.{form}", "duty", "chart_file"),
    ("/embed/duty/chart/{name}", "duty", "chart_file"),
    ("/embed/duty", "duty", "duty"),
    ("/reconcile", "reconcile", "reconciled"),
    ("/reconcile.csv", "reconcile", "data_csv"),
    ("/reconcile/chart/{name}.{form}", "reconcile", "chart_file"),
    ("/embed/reconcile/chart/{name}", "reconcile", "chart_file"),
    ("/world", "world", "world"),
    ("/world.csv", "world", "data_csv"),
    ("/world/chart/{name}.{form}", "world", "chart_file"),
    ("/embed/world/chart/{name}", "world", "chart_file"),
    ("/world/map.json", "world", "map_json"),
    ("/world/data.csv", "world", "data_csv"),
    ("/world/country", "country", "find"),
    ("/world/{place}.csv", "country", "data_csv"),
    ("/world/{place}/chart/{name}.{form}", "country", "chart_file"),
    ("/embed/world/{place}/chart/{name}", "country", "chart_file"),
    ("/world/{place}", "country", "country"),
    ("/materials", "materials", "page_of_materials"),
    ("/materials/data.csv", "materials", "data_csv"),
    ("/materials/chart/{name}.{form}", "materials", "chart_file"),
    ("/embed/materials/chart/{name}", "materials", "chart_file"),
    ("/talks", "talks", "cases"),
    ("/talks/{case}/chart/{name}.{form}", "talks", "chart_file"),
    ("/embed/talks/{case}/chart/{name}", "talks", "chart_file"),
    ("/talks/{case}.csv", "talks", "data_csv"),
    ("/talks/{case}", "talks", "talk"),
    ("/claims", "claims", "ledger"),
    ("/claims/check", "claims", "own"),
    ("/claims.csv", "claims", "data_csv"),
    ("/claims/chart/{name}.{form}", "claims", "chart_file"),
    ("/embed/claims/chart/{name}", "claims", "chart_file"),
    ("/claims/score", "score", "score"),
    ("/claims/score.csv", "score", "data_csv"),
    ("/claims/track", "track", "track"),
    ("/claims/track.csv", "track", "data_csv"),
    ("/runs", "runs", "runs"),
    ("/runs/{key}/delete", "runs", "ask_to_delete"),
    ("/runs/{key}", "runs", "run"),
    ("/runs/{key}/chart/{name}.{form}", "runs", "chart_file"),
    ("/embed/runs/{key}/chart/{name}", "runs", "chart_file"),
    ("/compare", "runs", "compare"),
)
"""Addresses, each with the module of this room that answers and its function."""


def _lazily(module: str, name: str) -> Callable[[Request], Response]:
    """An answer whose module is loaded when it is first asked for, so that the server starts at once."""

    def answer(request: Request) -> Response:
        view = getattr(importlib.import_module(f"detente.faces.web.pages.{module}"), name)
        return view(Address(request))

    return answer


for _path, _module, _name in PLACES:
    router.add_api_route(_path, _lazily(_module, _name), methods=["GET"])

SUFFIXES = (".html", ".csv", ".json", ".png", ".zip", ".py", ".sh")
WEIGHTS = ("", "welfare")
"""Weights of the Deal page: those of the last choice of the case, and real income alone."""

CLOSURES = ("", "proportional", "zero")
YEAR = "2024"
"""Year of the trade that weighs duties where the address names none."""

BLANK: Mapping[str, Any] = {
    "sentence": "", "scenario": {"messages": ()}, "numbers": (), "flat": (), "walks": (), "levers": {},
    "brief": {"deal": "", "does": (), "hold": ()},
    "sides": {"third": ()}, "record_lines": (), "hold": "", "assumed": (),
}  # fmt: skip
"""A deal of which nothing is known yet."""
BOTH = (
    ("income_USA", "income_CHN", "income"),
    ("us_on_china", "china_on_us", "duty"),
    ("revenue_USA", "revenue_CHN", "revenue"),
    ("imports_USA", "imports_CHN", "imports"),
    ("days_USA", "days_CHN", "days"),
    ("p_star_USA", "p_star_CHN", "p_star"),
)
"""Numbers of the two sides that stand beside one another, with the id of their words; the script shows the same."""
ALONE = ("us_average", "static_revenue", "months_short", "first_short", "unmet")
ASKED = ("case", "date", "partner", "rate", "except", "weights", "horizon", "closure", "year")


@router.post("/runs/{key}/delete")
def delete_run(request: Request) -> Response:
    """Delete a run of the reader."""
    from detente.faces.web.pages.runs import delete_run as delete

    return delete(request)


@router.post("/entries")
async def send_entries(request: Request) -> Response:
    """What the file of entries that was sent owes."""
    from starlette.concurrency import run_in_threadpool

    from detente.faces.web.pages.entries import sent

    body = await request.body()
    return await run_in_threadpool(sent, Address(request), body)


@router.post("/micro")
async def send_micro(request: Request) -> Response:
    """What was asked of the microdata that were sent."""
    from starlette.concurrency import run_in_threadpool

    from detente.faces.web.pages.micro import sent

    body = await request.body()
    return await run_in_threadpool(sent, Address(request), body)


@router.get("/")
def home(request: Request) -> Response:
    """The first place is the deal; a scenario in the address goes with it."""
    return RedirectResponse(f"/deal?{request.url.query}" if request.url.query else "/deal", 307)


@router.get("/deal")
def deal(request: Request) -> Response:
    """The negotiating table."""
    return _deal(request, embedded=False)


@router.get("/embed/deal")
def embedded(request: Request) -> Response:
    """The same for a frame on another page: live, or a saved result as it was."""
    from detente.faces.web.pages.runs import frozen

    key = request.query_params.get("frozen", "")[:12]
    content = frozen(request, key) if key else None
    if content is not None:
        return page(
            "frozen.html.j2", request, place="Deal", title=say_of(request)("runs.result_title", key=key), it=content
        )
    return _deal(request, embedded=True)


def _deal(request: Request, embedded: bool) -> Response:
    from detente.lab.talks.play import STRATEGIES

    choices = {name: request.query_params.get(name, "")[:400] for name in ASKED}
    deal = first_answer(request)
    query = deal["scenario"]["query"] if deal else request.url.query[:2000]
    choices |= {name: str(deal["scenario"].get(name, "")) for name in ASKED} if deal else {}
    say = say_of(request)
    shown = {row["id"]: row for row in (deal or BLANK)["numbers"]}
    titles = {name: cell_in(title, say) for name, title in case_titles().items()}
    return page(
        "deal.html.j2", request, place="Deal", title=say("deal.title"), deal=deal or BLANK,
        first=as_script(deal), asked=choices,
        query=query, sides=_sides(shown), alone=[shown[name] for name in ALONE if name in shown], embedded=embedded,
        cases=titles, case_title=titles.get(choices["case"], next(iter(titles.values()))),
        more_open=any(choices[name] for name in ("partner", "except", "weights", "horizon", "closure", "year")),
        presets=[row | {"label": cell_in(row["label"], say)} for row in preset_deals(date.today())],
        suffixes=SUFFIXES, asked_deal=dict(QueryParams(query)),
        names=country_names(say.code), partners=_partners(say), weights=WEIGHTS, closures=CLOSURES,
        years=["", *(year for year in years() if year != YEAR)], usual_year=YEAR,
        sectors=[(code, cell_in(name, say)) for code, name in SECTORS],
        strategies=list(STRATEGIES),
    )  # fmt: skip


def _sides(shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of the table of both sides."""
    return [
        {"id": usa, "label": label, "cells": [shown[usa], shown[chn]]}
        for usa, chn, label in BOTH
        if usa in shown and chn in shown
    ]


def first_answer(request: Request) -> Mapping[str, Any] | None:
    """What the interface answers to the address of the page, where the case is warm; else it is warmed, and None."""
    kept = getattr(request.app.state, "engine", None)
    if kept is None:
        return None
    address = {key[:40]: value[:400] for key, value in request.query_params.items()}
    for name in ("frozen", LANG):
        address.pop(name, None)
    case, _ = kept.case_of(address)
    if kept.status().get(case) != "ready":
        kept.warm(case)
        return None
    lang = language_of(request)
    return json.loads(kept.document(address, kept.tag(address, lang=lang), lang=lang))


@lru_cache(maxsize=1)
def case_titles() -> dict[str, str]:
    """Cases that deals are made in, by name, each with the title of its file."""
    from detente.data.casefile import settled_case
    from detente.lab.deal.levers import served

    return {name: settled_case(name).title for name in served()}


@lru_cache(maxsize=2)
def preset_deals(today: date) -> tuple[dict[str, str], ...]:
    """Deals of the presets as addresses; a preset of today is of that day, or the nearest of which its case speaks."""
    from detente.data.presets import presets
    from detente.lab.deal.levers import preset_address

    return tuple({"label": row.title, "query": str(QueryParams(preset_address(row, today)))} for row in presets())


@lru_cache(maxsize=8)
def country_names(lang: str) -> list[str]:
    """Names of all countries in a language."""
    from detente.data.tables import countries

    say = load(lang)
    return sorted({say.name(code) for code in countries().names}, key=sorted_as)


def _partners(say: Language) -> list[tuple[str, str]]:
    """Third countries by code, in the order of their names."""
    from detente.data.tables import countries

    names = sorted(((code, say.name(code)) for code in countries().names), key=lambda pair: sorted_as(pair[1]))
    return [pair for pair in names if pair[0] not in ("USA", "CHN")]
