"""The Materials page: who makes what at which stage, who runs short when, and what levers are worth."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from fastapi.responses import Response

from detente.codes import DetenteError, Table, UnknownName
from detente.data.chain_build import load_chain
from detente.data.chainfile import chain_file, chain_names
from detente.data.days import day_named
from detente.data.tables import GROUPS
from detente.faces.charts.frame import lowered
from detente.faces.charts.gallery import charts
from detente.faces.report.readers import Grid
from detente.faces.web.html import Address, Said, as_csv, number_of, one_of, page, picture, refused, shown, tried
from detente.faces.web.pages.draw import alone, as_png, draw_chain, stage_name
from detente.faces.web.pages.files import EMBED, FORMS, drawn_as, page_with
from detente.faces.web.pages.law import names
from detente.faces.web.pages.wait import again, answer_of, awaited
from detente.faces.web.work.questions import Pending, levers_of
from detente.faces.words.language import Language, load
from detente.lab.chains.graph import PATHS, Graph, chain_graph
from detente.lab.chains.materials import materials
from detente.lab.chains.paths import paths_of
from detente.lab.result import Result
from detente.lab.scenario import Materials

PLACE, GRAPH = "Materials", "chain"
CHARTS = ("months", "lost", "licences")
BUYERS = ("USA", "EU27", "JPN", "KOR")


@lru_cache(maxsize=8)
def _paths(chain: str) -> tuple[str, ...]:
    return tuple(name for name in paths_of(load_chain(chain)) if name != "2010")


def _chosen(address: Address, chain: str, messages: Said) -> tuple[dict[str, None], list[str]]:
    """Licence paths that touch a chain, and the two that are asked for: without a deal, and with it.

    The path that needs its own question is left out.
    """
    known = dict.fromkeys(_paths(chain))
    usual = (next(iter(known)), "general-licence" if "general-licence" in known else next(reversed(known)))
    controls = zip(("without", "deal"), usual, strict=True)
    return known, [one_of(address(key), known, standard, "licence path", messages) for key, standard in controls]


def page_of_materials(address: Address) -> Response:
    """The chain as a graph, and where a licence path is chosen the months under it."""
    messages = Said()
    say = messages.say
    known = {name: chain_file(name).title for name in chain_names()}
    chain = one_of(address("chain"), known, "rare-earths", "chain", messages)
    path = one_of(address("path"), PATHS, "magnets", "materials", messages)
    paths, (first, second) = _chosen(address, chain, messages)
    country = one_of(address("country"), dict.fromkeys(BUYERS), "USA", "country", messages)
    length = int(number_of(address("months"), 1, 60, 24, "months", messages))
    choices = {"chain": chain, "path": path, "without": first, "deal": second, "months": str(length)}
    choices["country"] = country
    levers, months = address("ask") == "levers", bool(address("without") or address("ask"))
    ran = tried(lambda: _ran(chain, first, second, length), {}, messages) if months and not levers else {}
    result = _levers(address, chain, first, length, country, messages) if levers else None
    graph = _graph(chain, path)
    figures = [picture(chart) for chart in charts(ran, CHARTS, say=say)] if ran else []
    return page(
        "materials.html.j2", address.request, place=PLACE, title=say("materials.title", chain=known[chain]),
        said=messages, asked=choices, chains=known, paths=paths, words=PATHS, buyers=BUYERS, graph=_drawn(graph, say),
        sentence=_sentence(graph, say), concentration=shown(graph.tables["concentration"], say),
        dependency=shown(graph.tables["dependency"].sorted("need", descending=True), say),
        ran={name: shown(table, say) for name, table in ran.items() if name != "months"}, figures=figures,
        worth=_worth(result, country, say), pending=awaited(result, say("materials.levers_wait")),
        again=again(address),
    )  # fmt: skip


def chart_file(address: Address) -> Response:
    """A chart of the months, or the graph of the chain, as a file, or for a frame."""
    messages = Said()
    chain = one_of(address("chain"), dict.fromkeys(chain_names()), "rare-earths", "chain", messages)
    if address("name") == GRAPH:
        path = one_of(address("path"), PATHS, "magnets", "materials", messages)
        return _graph_file(address, _graph(chain, path), f"{chain}-{path}")
    _, (first, second) = _chosen(address, chain, messages)
    try:
        ran = _ran(chain, first, second, int(number_of(address("months"), 1, 60, 24, "months", messages)))
        return drawn_as(address, charts(ran, CHARTS, say=messages.say), ran, page_with("/materials", address))
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)


def _graph_file(address: Address, graph: Graph, name: str) -> Response:
    """The graph of a chain: drawing, picture, who makes what as a table, or alone in a frame."""
    say = load()
    drawn = _drawn(graph, say)
    if address.request.url.path.startswith(EMBED):
        home = page_with("/materials", address)
        return page("chain.html.j2", address.request, title=_sentence(graph, say), graph=drawn, home=home)
    form = address("form")
    if form == "csv":
        return as_csv(graph.tables["producers"], f"{name}-producers")
    headers = {"content-disposition": f'inline; filename="{name}.{form}"'}
    if form == "svg":
        return Response(alone(drawn["wide"]), headers=headers, media_type="image/svg+xml")
    if form == "png":
        return Response(as_png(alone(drawn["wide"])), headers=headers, media_type="image/png")
    error = UnknownName("format", form[:8], FORMS, repair=f"use {', '.join(FORMS)}")
    return refused(error, PLACE, request=address.request)


def data_csv(address: Address) -> Response:
    """One table of a chain, or of its months under two licence paths, whole, as CSV."""
    messages = Said()
    chain = one_of(address("chain"), dict.fromkeys(chain_names()), "rare-earths", "chain", messages)
    tables = dict(_graph(chain, "magnets").tables)
    if address("without"):
        _, (first, second) = _chosen(address, chain, messages)
        tables |= _ran(chain, first, second, int(number_of(address("months"), 1, 60, 24, "months", messages)))
    name = one_of(address("table"), tables, "producers", "table", messages)
    return as_csv(tables[name], f"{chain}-{name}")


@lru_cache(maxsize=8)
def _graph(chain: str, path: str) -> Graph:
    return chain_graph(chain, path)


@lru_cache(maxsize=16)
def _ran(chain: str, without: str, deal: str, months: int) -> dict[str, Table]:
    """Tables of the months under two licence paths."""
    question = Materials(chain=chain, without=without, deal=deal, months=months, countries=list(BUYERS))
    # The day from which general licences run in a path that has them.
    return materials(question, day_named("geneva"))


def _levers(
    address: Address, chain: str, path: str, months: int, country: str, messages: Said
) -> Result | Pending | None:
    """What each lever is worth to a country, or the job that works it out."""
    return answer_of(address, lambda: levers_of(chain, None, path, months, country), messages)


def _worth(result: object, country: str, say: Language) -> Grid | None:
    if not isinstance(result, Result):
        return None
    table = result.table("levers")
    return shown(replace(table, title=table.title.replace(country, load().name(country))), say)


def _name(code: str, say: Language) -> str:
    own = {"ROW": "materials.rest", "EUR": "materials.europe"}
    return say(own[code]) if code in own else say.name(code) if code in (*names(), *GROUPS) else code


def _drawn(graph: Graph, say: Language) -> dict[str, Any]:
    """The graph for a page and for a telephone."""
    stages = [
        (stage_name(stage.name, say), [(code, _name(code, say), share) for code, share in stage.makers.items()])
        for stage in graph.stages
    ]
    buyers = [(buyer.country, _name(buyer.country, say), buyer.share, buyer.leans) for buyer in graph.buyers]
    widths = {"wide": 1000, "narrow": 360}
    return {key: draw_chain(stages, buyers, graph.restrictor, width, say) for key, width in widths.items()}


def _sentence(graph: Graph, say: Language) -> str:
    """The restrictor's part at the first stage, the last and the one where it is largest."""
    first, last, largest = (
        (lowered(stage_name(stage.name, say)), say.percent(stage.held(graph.restrictor), 0))
        for stage in (graph.stages[0], graph.stages[-1], graph.largest)
    )
    parts = {"first": first, "last": last, "most": largest}
    words = {name: share for name, (_, share) in parts.items()}
    words |= {f"{name}_stage": stage for name, (stage, _) in parts.items()}
    return say("materials.sentence", country=_name(graph.restrictor, say), **words)
