"""The pages: Deal, Law, World, Materials, Claims, Runs. They show what the lab computes, and compute nothing."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from detente.faces.web.html import Address, as_script, page
from detente.faces.web.known import SECTORS

router = APIRouter(include_in_schema=False)

PLACES = (
    ("/law", "law", "law"),
    ("/law/line/{code}", "law", "line"),
    ("/law/measure", "law", "measure"),
    ("/law/changes", "law", "changes"),
    ("/law/changes.json", "law", "changes_json"),
    ("/law/changes.atom", "law", "changes_atom"),
    ("/law/diff", "law", "diff"),
    ("/world", "world", "world"),
    ("/world/map.json", "world", "map_json"),
    ("/world/data.csv", "world", "data_csv"),
    ("/materials", "materials", "page_of_materials"),
    ("/materials/data.csv", "materials", "data_csv"),
    ("/claims", "claims", "ledger"),
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

PRESETS = (
    ("Status quo of May 2025", "case=us-china-2025-05&date=2025-05-08&us=125&fentanyl=20&cn=125&licences=0.1&action=0"),
    ("US below 60", "case=us-china-2025-05&date=2025-05-08&us=40&fentanyl=20&cn=10&licences=1&action=0"),
    ("34 on both sides", "case=us-china-2025-05&date=2025-05-08&us=34&fentanyl=20&cn=34&licences=1&action=0"),
    ("Geneva", "case=us-china-2025-05&date=2025-05-14&us=10&fentanyl=20&cn=10&licences=1&action=0"),
    ("Today, as written", "case=us-china-today&date=2026-11-25&us=12.5&cn=34&licences=0.5&action=0"),
    ("Today, truce renewed", "case=us-china-today&date=2026-11-25&us=12.5&cn=10&licences=0.9&action=0"),
)
"""Deals of the record as addresses; a test compares them with the outcomes of the case files."""

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
    shown = {row["id"]: row for row in (deal or BLANK)["numbers"]}
    return page(
        "deal.html.j2", place="Deal", title="Deal", deal=deal or BLANK, first=as_script(deal), asked=choices,
        query=query, sides=_sides(shown), alone=[shown[name] for name in ALONE if name in shown], embedded=embedded,
        cases=CASES, case_title=CASES.get(choices["case"], next(iter(CASES.values()))),
        more_open=any(choices[name] for name in ("partner", "except", "weights", "horizon")),
        presets=[{"label": label, "query": query} for label, query in PRESETS], suffixes=SUFFIXES,
        partners=_partners(), sectors=SECTORS, weights=WEIGHTS,
        strategies=[(name, STRATEGY_WORDS.get(name, name)) for name in STRATEGIES],
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
    address.pop("frozen", None)
    case, _ = kept.case_of(address)
    if kept.status().get(case) != "ready":
        kept.warm(case)
        return None
    return json.loads(kept.document(address, kept.tag(address)))


CASES = {
    "us-china-2025-05": "United States and China before Geneva, May 2025",
    "us-china-2025-10": "United States and China before Busan, October 2025",
    "us-china-today": "United States and China after the truce, November 2026",
}


@lru_cache(maxsize=1)
def _partners() -> list[tuple[str, str]]:
    """Third countries by code, in the order of their names."""
    from detente.data.tables import countries

    names = sorted(countries().names.items(), key=lambda pair: pair[1])
    return [pair for pair in names if pair[0] not in ("USA", "CHN")]
