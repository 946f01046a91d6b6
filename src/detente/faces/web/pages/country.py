"""Country pages: what the deal of the address does to one country, with a search over all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import QueryParams

from detente.codes import DetenteError, Table
from detente.data.tables import countries
from detente.faces.charts import Chart
from detente.faces.charts.country import trade_moves
from detente.faces.charts.frame import rows_of
from detente.faces.charts.gallery import WORLD, setting
from detente.faces.web.api.deal import address_of, deals_of
from detente.faces.web.html import Address, as_csv, page, picture, refused, whole
from detente.faces.web.pages.files import drawn_as, page_with
from detente.faces.web.pages.routes import country_names
from detente.faces.web.work.countries import DealtCountry, country_answer
from detente.faces.words.language import Language, load
from detente.faces.words.nation import country_sentences, name_of
from detente.faces.words.record import records_of

PLACE = "World"
TABLES = ("country", "country_exports", "country_imports", "country_duties")


def country(address: Address) -> Response:
    """The page of a country."""
    try:
        answer = _answer(address)
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)
    of, query = answer.of, answer.of.levers.query()
    say = load()
    sentences = country_sentences(answer.tables, of.code, say)
    deal = deals_of(address.request).deal(of.levers.address(), quick=True)
    return page(
        "country.html.j2", address.request, place=PLACE, title=sentences[0],
        sentences=sentences, answer=answer, of=of, query=query, deal=_terms(deal, say), law=say.law(of.against),
        note=_part(answer, address("place"), say), names=country_names(),
        fields=of.levers.address(), cards=_cards(answer.tables["country"], say),
        figures=[picture(chart) for chart in _charts(answer, say)],
        grids=[whole(answer.tables[name], say) for name in TABLES[1:]], here=f"/world/{of.code}",
        record=records_of(of.standings, say), said=answer.messages,
    )  # fmt: skip


def find(address: Address) -> Response:
    """From the search to the page of a country; a name that nobody knows is refused with the nearest."""
    name = address("name").strip()
    query = str(QueryParams(_deal_of(address)))
    plain = "".join(letter if letter.isalnum() or letter in " -'." else "-" for letter in name) or "USA"
    return RedirectResponse(f"/world/{plain}{f'?{query}' if query else ''}", 303)


def data_csv(address: Address) -> Response:
    """One table of a country, whole, as CSV: that of `detente country`."""
    try:
        answer = _answer(address)
        name = address("table", TABLES[0])
        if name not in answer.tables:
            from detente.codes import UnknownName

            raise UnknownName("table", name[:40], TABLES, repair=f"use {', '.join(TABLES)}")
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)
    return as_csv(answer.tables[name], f"{name}-{answer.of.code.lower()}")


def chart_file(address: Address) -> Response:
    """One chart as SVG, PNG or CSV."""
    try:
        answer = _answer(address)
        return drawn_as(
            address,
            _charts(answer, load()),
            answer.tables,
            page_with(f"/world/{answer.of.code}", address),
        )
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)


def _answer(address: Address) -> DealtCountry:
    return country_answer(deals_of(address.request), _deal_of(address), address("place"))


def _deal_of(address: Address) -> dict[str, str]:
    """Words of the address that say the deal."""
    return {key: value for key, value in address_of(address.request).items() if value}


def _charts(answer: DealtCountry, say: Language) -> list[Chart]:
    law = say.law(answer.of.against).removeprefix("the ")
    between = (
        say("chart.all_against", law=law) if answer.of.against.startswith("law") else say("chart.all_against_none")
    )
    about = setting(WORLD, say, between)
    return trade_moves(answer.tables, answer.of.code, about)


def _cards(table: Table, say: Language) -> list[dict[str, str]]:
    """Each change with its range."""
    cards = []
    for row in rows_of(table):
        text, low, high = (_changed(row[key], say) for key in ("change", "low", "high"))
        label = say(f"country.measure_{row['measure'].replace(' ', '_')}")
        cards.append({"label": label, "text": text, "range": say("from_to", low=low, high=high) if low != high else ""})
    return cards


def _changed(value: float, say: Language) -> str:
    return say.percent(value, 2, sign=True) if value == value else say("compare.unknown")


def _terms(deal: Any, say: Language) -> str:
    """What is on the table, in a sentence."""
    from detente.faces.words.deal import terms_of_deal

    made, engine = deal
    address: Mapping[str, str] = made.levers.address()
    levers, labels = engine.levers, {name: lever.label for name, lever in engine.levers.items()}
    return terms_of_deal({name: float(address[name]) for name in levers}, labels, say, made.moves)


def _part(answer: DealtCountry, name: str, say: Language) -> str:
    """That a country is part of a region of the world."""
    if not answer.note:
        return ""
    code = countries().resolve(name.replace("-", " "), "country")
    return say("country.part", country=say.name(code), region=name_of(answer.of.code, say))
