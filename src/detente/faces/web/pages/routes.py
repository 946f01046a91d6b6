"""The pages: Deal, Law, World, Materials, Claims, Runs. They show what the lab computes, and compute nothing."""

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

from detente.faces.web.html import LANG, Address, as_script, language_of, page, spoken, tongues
from detente.faces.web.known import SECTORS

router = APIRouter(include_in_schema=False)

PLACES = (
    ("/law", "law", "law"),
    ("/law.csv", "law", "data_csv"),
    ("/law/importers", "importers", "importers"),
    ("/law/importers.csv", "importers", "data_csv"),
    ("/law/line/{code}", "law", "line"),
    ("/law/measure", "law", "measure"),
    ("/law/changes", "law", "changes"),
    ("/law/changes.json", "law", "changes_json"),
    ("/law/changes.atom", "law", "changes_atom"),
    ("/law/diff", "law", "diff"),
    ("/deal/prices", "prices", "prices"),
    ("/deal/prices.csv", "prices", "data_csv"),
    ("/deal/prices/chart/{name}.{form}", "prices", "chart_file"),
    ("/duty", "duty", "duty"),
    ("/duty.csv", "duty", "data_csv"),
    ("/duty/chart/{name}.{form}", "duty", "chart_file"),
    ("/embed/duty", "duty", "duty"),
    ("/world", "world", "world"),
    ("/world.csv", "world", "data_csv"),
    ("/world/chart/{name}.{form}", "world", "chart_file"),
    ("/world/map.json", "world", "map_json"),
    ("/world/data.csv", "world", "data_csv"),
    ("/materials", "materials", "page_of_materials"),
    ("/materials/data.csv", "materials", "data_csv"),
    ("/claims", "claims", "ledger"),
    ("/claims.csv", "claims", "data_csv"),
    ("/runs", "runs", "runs"),
    ("/runs/{key}", "runs", "run"),
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

SUFFIXES = (
    (".html", "report"), (".csv", "numbers"), (".json", "result"), (".png", "picture"),
    (".zip", "data, scenario and citation"), (".py", "do it yourself in Python"), (".sh", "do it yourself in a shell"),
)  # fmt: skip
WEIGHTS = (("", "real income"), ("april-2025", "sectors as its choices of April 2025 reveal"))
BLANK: Mapping[str, Any] = {
    "sentence": "", "scenario": {"messages": ()}, "numbers": (), "flat": (), "walks": (), "levers": {},
    "brief": {"deal": "", "does": (), "hold": ()},
    "sides": {"third": ()}, "record_lines": (), "hold": "", "assumed": (),
}  # fmt: skip
"""A deal of which nothing is known yet."""
BOTH = (
    ("income_USA", "income_CHN", "Real income"),
    ("us_on_china", "china_on_us", "Average duty on the other’s goods"),
    ("revenue_USA", "revenue_CHN", "Duty collected a year"),
    ("imports_USA", "imports_CHN", "Imports from the other side"),
    ("prices_USA", "prices_CHN", "Price of final goods"),
    ("days_USA", "days_CHN", "Worth of the days of the deal"),
    ("p_star_USA", "p_star_CHN", "Signs once the chance that the status quo lasts is above"),
)
"""Numbers of the two sides that stand beside one another; the script of the page shows the same."""
ALONE = ("us_average", "static_revenue", "months_short", "first_short", "unmet")
STRATEGY_WORDS = {
    "nash": "Nash: largest product of gains", "asymmetric nash": "Nash, weighed by power",
    "kalai-smorodinsky": "Kalai-Smorodinsky: in proportion", "egalitarian": "equal gains",
    "utilitarian": "largest sum of gains", "tough": "tough: all for itself", "split": "tough, then halfway to Nash",
}  # fmt: skip
"""How the other side proposes, short enough for a telephone."""
ASKED = ("case", "date", "partner", "rate", "except", "weights", "horizon")


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
        return page("frozen.html.j2", place="Deal", title=f"Result {key}", it=content)
    return _deal(request, embedded=True)


def _deal(request: Request, embedded: bool) -> Response:
    from detente.lab.talks.play import STRATEGIES

    choices = {name: request.query_params.get(name, "")[:400] for name in ASKED}
    deal = first_answer(request)
    query = deal["scenario"]["query"] if deal else request.url.query[:2000]
    choices |= {name: str(deal["scenario"].get(name, "")) for name in ASKED} if deal else {}
    shown, titles = {row["id"]: row for row in (deal or BLANK)["numbers"]}, case_titles()
    made = page(
        "deal.html.j2", place="Deal", title="Deal", **tongues(request, query), deal=deal or BLANK,
        first=as_script(deal), asked=choices,
        query=query, sides=_sides(shown), alone=[shown[name] for name in ALONE if name in shown], embedded=embedded,
        cases=titles, case_title=titles.get(choices["case"], next(iter(titles.values()))),
        more_open=any(choices[name] for name in ("partner", "except", "weights", "horizon")),
        presets=preset_deals(date.today()), suffixes=SUFFIXES,
        partners=_partners(), sectors=SECTORS, weights=WEIGHTS,
        strategies=[(name, STRATEGY_WORDS.get(name, name)) for name in STRATEGIES],
    )  # fmt: skip
    return spoken(made, request)


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
    from detente.data.casefile import load_case
    from detente.lab.deal.levers import served

    return {name: load_case(name).title for name in served()}


@lru_cache(maxsize=2)
def preset_deals(today: date) -> tuple[dict[str, str], ...]:
    """Deals of the presets as addresses; a preset of today is of that day, or the nearest of which its case speaks."""
    from detente.data.presets import presets
    from detente.lab.deal.levers import preset_address

    return tuple({"label": row.title, "query": str(QueryParams(preset_address(row, today)))} for row in presets())


@lru_cache(maxsize=1)
def _partners() -> list[tuple[str, str]]:
    """Third countries by code, in the order of their names."""
    from detente.data.tables import countries

    names = sorted(countries().names.items(), key=lambda pair: pair[1])
    return [pair for pair in names if pair[0] not in ("USA", "CHN")]
