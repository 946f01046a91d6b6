"""The pages: Deal, Law, World, Materials, Talks, Claims, Runs. They show what the lab computes, and compute nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import QueryParams

from detente.codes import DetenteError
from detente.data.casefile import presets, settled_case
from detente.data.limits import memoized
from detente.data.tables import countries
from detente.faces.ask.question import find
from detente.faces.charts.gallery import charts
from detente.faces.web.answers import DEAL, page_parameters
from detente.faces.web.deal import DEFAULT, address_of, deals_of
from detente.faces.web.deal import router as live
from detente.faces.web.files import drawn_as
from detente.faces.web.html import Address, as_script, page
from detente.faces.web.pages import runs
from detente.faces.web.pages.tariff import scenario_file, tariff
from detente.faces.web.pages.today import law, today
from detente.faces.words.language import Language, load, sorted_as
from detente.lab.deal.answer import ASKED_HORIZONS as HORIZONS
from detente.lab.deal.file import preset_address, scenario_of
from detente.lab.deal.levers import served
from detente.lab.deal.offers import STRATEGIES, plane_tables
from detente.lab.duties.own import SECTOR_NAMES


def chart_file(address: Address) -> Response:
    """What both can accept, with the deal of the address in it."""
    deal, engine = deals_of(address.request).deal(address_of(address.request), quick=True)
    tables = plane_tables(engine, deal)
    return drawn_as(address, charts(tables, ("acceptable",)), tables, f"/deal?{deal.deal.query()}")


#: What the file of a deal says that moves no price.
BESIDE = {"note", "materials", "deal"}


def country(address: Address) -> Response:
    """The brief of a country under the deal; of today where no scenario can say its duties."""
    query = {"country": address("country", "USA")}
    with suppress(DetenteError):
        query["scenario"] = _scenario(address)
    return RedirectResponse(f"/brief?{QueryParams(query)}", 307)


def _scenario(address: Address) -> str:
    """The deal of the address as a scenario, in JSON."""
    deal, engine = deals_of(address.request).deal(address_of(address.request), quick=True)
    scenario = scenario_of(engine, deal).model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=BESIDE)
    return json.dumps(scenario, separators=(",", ":"))


def prices(address: Address) -> Response:
    """The page of the question, a table or a chart of it."""
    named = address.request.path_params
    form = named.get("form", "csv" if address.request.url.path.endswith(".csv") else "")
    framed = "/embed" if address.request.url.path.startswith("/embed/") else ""
    query = {"scenario": _scenario(address)}
    if form == "csv":
        query["table"] = named.get("name") or address("table", "households")
    elif "name" in named:
        query["chart"] = named["name"]
    return RedirectResponse(f"{framed}/prices{form and f'.{form}'}?{QueryParams(query)}", 307)


def worth(address: Address) -> Response:
    """What the deal of the address is worth by how long it lasts, alone; a part of the Deal page."""
    request = address.request
    lengths, query = deals_of(request).worth(address_of(request)), request.url.query[:2000]
    return page("worth.html.j2", request, place="Deal", title=load()("deal.worth_title"), worth=lengths, query=query)


router = APIRouter(include_in_schema=False)
router.include_router(live)

OWN = "on title closure blank do row* of* to* goods* codes* kind* rate* from* until*"
#: Addresses, each with the function that answers, and what it reads of the query.
PLACES = (
    ("/law", law, "of on partner q"),
    ("/deal/prices", prices, DEAL),
    ("/deal/prices.csv", prices, f"{DEAL} table"),
    ("/deal/prices/chart/{name}.{form}", prices, DEAL),
    ("/embed/deal/prices/chart/{name}", prices, DEAL),
    ("/deal/worth", worth, DEAL),
    ("/deal/country", country, f"{DEAL} country"),
    ("/deal/chart/{name}.{form}", chart_file, DEAL),
    ("/embed/deal/chart/{name}", chart_file, DEAL),
    ("/tariff", tariff, OWN),
    ("/tariff.yaml", scenario_file, "on title closure row*"),
    ("/runs", runs.runs, "offset gone emptied"),
    ("/runs/{key}/delete", runs.ask_to_delete, ""),
    ("/runs/{key}", runs.run, ""),
    ("/runs/{key}/chart/{name}.{form}", runs.chart_file, ""),
    ("/embed/runs/{key}/chart/{name}", runs.chart_file, ""),
)


def _page_of(view: Callable[[Address], Response]) -> Callable[[Request], Response]:
    """A view as the framework calls it."""

    def answer(request: Request) -> Response:
        return view(Address(request))

    return answer


for _path, _view, _names in PLACES:
    router.add_api_route(_path, _page_of(_view), methods=["GET"], openapi_extra=page_parameters(_names))


SUFFIXES = (".html", ".csv", ".json", ".zip", ".py", ".sh")
#: Weights of the Deal page: those of the last choice of the case, and real income alone.
WEIGHTS = ("", "welfare")

CLOSURES = ("", "proportional", "zero")
#: Third countries whose pages the Deal page offers.
SEEN = ("DEU", "JPN", "MEX")

#: Years of the trade that weighs duties.
YEARS = tuple(map(str, range(2015, 2026)))

#: Year of the trade that weighs duties where the address names none.
YEAR = "2024"

#: A deal of which nothing is known yet.
BLANK: Mapping[str, Any] = {
    "sentence": "", "scenario": {"messages": ()}, "numbers": (), "flat": (), "walks": (), "levers": {},
    "brief": {"deal": "", "does": (), "hold": ()},
    "sides": {"third": ()}, "record_lines": (), "hold": "", "assumed": (), "pairs": (), "alone": (), "parties": (),
    "laid": True,
}  # fmt: skip
ASKED = ("case", "date", "partner", "rate", "except", "weights", "horizon", "closure", "year")


@router.post("/runs/{key}/delete")
def delete_run(request: Request) -> Response:
    """Delete a run of the reader."""
    return runs.delete_run(request)


@router.get("/", openapi_extra=page_parameters(DEAL))
def home(request: Request) -> Response:
    """The first page is today; the address of a deal, which stood here before, leads to its page."""
    return RedirectResponse(f"/deal?{request.url.query}", 308) if request.url.query else today(Address(request))


#: Arguments of the question by what the address of its page calls them.
ASKED_AS = {"china": "cn", "on": "date", "days": "duration", "values": "weights"}

ASKING = f"{DEAL} {' '.join(ASKED_AS)} levels country"


@router.get("/deal", openapi_extra=page_parameters(ASKING))
def deal(request: Request) -> Response:
    """The negotiating table; an address in the words of the question leads to that of its sliders."""
    return _led(request) or _deal(request, embedded=False)


def _led(request: Request) -> Response | None:
    given = request.query_params.multi_items()
    if not {"levels", "country", *ASKED_AS} & {name for name, _ in given}:
        return None
    case = "case" in request.query_params
    words = [] if case else [("case", str(find("deal").parameters["case"].default))]
    for name, text in given:
        levels = text.split(",") if name == "levels" else [f"{name}={text}"] if name != "country" else []
        for own, _, value in (level.partition("=") for level in levels):
            own = "year" if own == "weights" and value.isdigit() else ASKED_AS.get(own, own)
            words.append((own, HORIZONS.get(value, value) if own == "horizon" else value))
    return RedirectResponse(f"{request.url.path}?{QueryParams(words)}", 307)


@router.get("/embed/deal", openapi_extra=page_parameters(f"{ASKING} frozen"))
def embedded(request: Request) -> Response:
    """The same for a frame on another page: live, or a saved result as it was."""
    key = request.query_params.get("frozen", "")[:12]
    if key and request.app.state.store.run(key) is not None:
        return runs.run(Address(request), key)
    return _led(request) or _deal(request, embedded=True)


def _deal(request: Request, embedded: bool) -> Response:
    choices = {name: request.query_params.get(name, "")[:400] for name in ASKED}
    deal = first_answer(request)
    query = deal["scenario"]["query"] if deal else request.url.query[:2000]
    choices |= {name: str(deal["scenario"].get(name, "")) for name in ASKED} if deal else {}
    say = load()
    shown, titles = {row["id"]: row for row in (deal or BLANK)["numbers"]}, case_titles()
    parties = (deal or BLANK)["parties"] or parties_of(choices["case"])
    return page(
        "deal.html.j2", request, place="Deal", title=say("deal.title"), deal=deal or BLANK,
        first=as_script(deal), asked=choices,
        query=query, shown=shown, parties=parties, seen=sorted({*parties, *SEEN}, key=[*parties, *SEEN].index),
        embedded=embedded, worth=deals_of(request).worth(address_of(request), known=True) if deal else None,
        cases=titles, case_title=titles.get(choices["case"], next(iter(titles.values()))),
        more_open=any(choices[name] for name in ("partner", "except", "weights", "horizon", "closure", "year")),
        presets=preset_deals(date.today()),
        suffixes=SUFFIXES,
        names=sorted({say.name(code) for code in countries().names}, key=sorted_as),
        partners=_partners(say, parties), weights=WEIGHTS, closures=CLOSURES,
        years=["", *(year for year in YEARS if year != YEAR)], usual_year=YEAR,
        sectors=SECTOR_NAMES.items(),
        strategies=list(STRATEGIES),
    )  # fmt: skip


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


@memoized
def case_titles() -> dict[str, str]:
    """Cases that deals are made in, by name, each with the title of its file."""
    return {name: settled_case(name).title for name in served()}


@memoized
def preset_deals(today: date) -> tuple[dict[str, str], ...]:
    """Deals of the presets as addresses; a preset of today is of that day, or the nearest of which its case speaks."""
    return tuple({"label": row.title, "query": str(QueryParams(preset_address(row, today)))} for row in presets())


def parties_of(case: str) -> tuple[str, ...]:
    """The sides of a case, by name; those of the usual one where there is none of that name."""
    return settled_case(case if case in case_titles() else DEFAULT).parties


def _partners(say: Language, parties: Sequence[str]) -> list[tuple[str, str]]:
    """Third countries by code, in the order of their names."""
    names = sorted(((code, say.name(code)) for code in countries().names), key=lambda pair: sorted_as(pair[1]))
    return [pair for pair in names if pair[0] not in parties]
