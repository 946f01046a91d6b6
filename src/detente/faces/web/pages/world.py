"""The World page: real income of every country, by country and by sector; optimal, Nash and decoupling in seconds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from fastapi.responses import JSONResponse, Response

from detente.codes import DetenteError, InputError, Table, Unit, table_with
from detente.data.worlds import DEFAULT, VALIDATION, world_names, world_size
from detente.faces.charts import Chart
from detente.faces.charts.frame import rows_of
from detente.faces.charts.gallery import charts
from detente.faces.report.readers import Grid
from detente.faces.web.html import Address, Said, as_csv, number_of, one_of, page, picture, refused, shown, tried, whole
from detente.faces.web.pages.files import drawn_as, page_with
from detente.faces.web.pages.law import names
from detente.faces.web.pages.routes import country_names
from detente.faces.words.language import Language, load
from detente.lab.world import effects as lab
from detente.lab.world.named import world_sector_names

PLACE, PATH = "World", "/world"
YEAR = re.compile(r"\b(?:19|20)\d\d\b")

QUESTIONS = ("nash", "optimal", "decouple")
COUNTRIES = ("USA", "CHN", "DEU", "JPN", "MEX", "CAN", "KOR", "IND", "GBR", "BRA")
WIDTHS = (300.0, 1400.0)
"""Least and greatest width of the map, pixels."""

EDITION, EDITION_YEAR = "icio-2025", "2022"
"""Worlds called after the edition of their table, and the year it is of."""


@dataclass(frozen=True)
class Found:
    """What a question gave.

    Attributes
    ----------
    sentence : the finding.
    incomes : change of real income by country; `table` : rates or the path.
    sectors : changes by sector of the two sides, None in a world of one sector.
    """

    sentence: str
    incomes: Table
    table: Table
    sectors: Table | None


def world(address: Address) -> Response:
    """The question with its map and tables; before one is asked, only the choice."""
    messages = Said()
    say = messages.say
    answer, choices = _asked(address, messages)
    chart = _map(answer, say) if answer else None
    title = answer.sentence if answer else say("frame.place_world")
    ranked = answer.incomes.sorted("real_income") if answer else None
    return page(
        "world.html.j2", address.request, place=PLACE, title=title, said=messages, asked=choices, worlds=worlds(say),
        questions=QUESTIONS, countries={code: say.name(code) for code in COUNTRIES}, found=answer,
        figure=picture(chart) if chart else None,
        incomes=_noted(whole(ranked, say), say) if ranked else None, codes=ranked["country"].tolist() if ranked else [],
        rows=_named(answer.table, choices, say) if answer else None,
        sectors=whole(answer.sectors, say) if answer and answer.sectors else None,
        query="&".join(f"{key}={value}" for key, value in choices.items()),
        names=country_names(),
    )  # fmt: skip


BLOCS, CODED = ("first", "second"), re.compile(r"\b(?:[A-Z]{3}|[A-Z]\d{2}(?:T\d{2})?)\b")
"""Columns of the two sides that a question is about, and how countries and sectors are called in files."""


def _named(table: Table, choices: Mapping[str, str], say: Language) -> Grid:
    """A table as readers see it, the columns of the two sides under their names."""
    sides = {name: say.name(choices[name]) for name in BLOCS}
    columns = tuple(replace(c, label=sides.get(c.name, c.label)) for c in table.columns)
    return _noted(shown(replace(table, columns=columns), say), say)


def _noted(grid: Grid, say: Language) -> Grid:
    """A grid whose title and notes call countries and sectors by their names."""
    sectors = world_sector_names()

    def named(match: re.Match[str]) -> str:
        code = match[0]
        return say.name(code) if code in names() else sectors.get(code, code)

    def read(text: str) -> str:
        return CODED.sub(named, text)

    return replace(grid, title=read(grid.title), notes=tuple(read(note) for note in grid.notes))


def data_csv(address: Address) -> Response:
    """One of the tables of an answer, whole, as CSV."""
    messages = Said()
    answer, choices = _asked(address, messages)
    tables = {} if answer is None else {"incomes": answer.incomes, "answer": answer.table, "sectors": answer.sectors}
    name = one_of(address("table"), tables, "incomes", "table", messages)
    table = tables.get(name)
    if table is None:
        error = InputError("world", "no question was asked", "as in /world/data.csv?ask=nash")
        return refused(error, PLACE, request=address.request)
    return as_csv(table, f"world-{choices['ask']}-{name}")


def chart_file(address: Address) -> Response:
    """The map as SVG, PNG or CSV."""
    answer, _ = _asked(address, Said())
    chart = _map(answer, load()) if answer else None
    tables = {} if answer is None or chart is None else {chart.table: answer.incomes}
    try:
        return drawn_as(address, [chart] if chart else [], tables, page_with(PATH, address))
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)


def map_json(address: Address) -> Response:
    """The specification of the map at the width of the screen, for the page to draw with labels under the pointer."""
    answer, _ = _asked(address, Said())
    say = load()
    chart = _map(answer, say) if answer else None
    width = round(number_of(address("width"), *WIDTHS, 900.0, "width", Said()))
    return JSONResponse(_pointed(chart.spec(width), answer, say) if chart and answer else {})


def _asked(address: Address, messages: Said) -> tuple[Found | None, dict[str, str]]:
    """The answer to an address and the address as it was read."""
    say = messages.say
    question = one_of(address("ask"), dict.fromkeys(QUESTIONS), "nash", "question", messages) if address("ask") else ""
    name = one_of(address("of"), worlds(say), DEFAULT, "world", messages)
    given = ((address("first"), "USA"), (address("second"), "CHN"))
    first, other = (one_of(code, dict.fromkeys(COUNTRIES), known, "country", messages) for code, known in given)
    if first == other:
        other = "CHN" if first != "CHN" else "USA"
        messages.add("world.both_sides", name=say.name(first), other=say.name(other))
    dear = number_of(address("cost"), 1.0, 1e6, 1000.0, "cost", messages)
    choices = {"ask": question, "of": name, "first": first, "second": other, "cost": f"{dear:g}"}
    if not question:
        return None, choices
    return tried(lambda: answer(question, name, first, other, dear), None, messages), choices


@lru_cache(maxsize=32)
def answer(question: str, name: str, first: str, second: str, cost: float) -> Found:
    """One of the three questions to a world, with its finding."""
    solved, say = _solved(question, name, first, second, cost), load()
    year = _year(name, say)
    changes = [say.percent(value, 2, sign=True) for value in solved.incomes]
    places = {"first": say.country(first), "second": say.country(second)}
    if question == "optimal":
        rate, of_country = say.percent(solved.rates[0]), say.country(first, "of")
        sentence = say("world.best", of_country=of_country, rate=rate, income=changes[0], year=year)
    elif question == "decouple":
        sentence = say("world.apart", **places, income=changes[0], other=changes[1], year=year)
    else:
        rate, other_rate = (say.percent(value) for value in solved.rates)
        against = _against(name, solved.equilibrium, first, second, say)
        parts = {"rate": rate, "other_rate": other_rate, "income": changes[0], "other": changes[1], "against": against}
        sentence = say("world.war", **places, **parts)
    return _found(sentence, solved.equilibrium, solved.table, (first, second))


@dataclass(frozen=True)
class SolvedQuestion:
    """What a question gave, before it is said.

    Attributes
    ----------
    incomes : changes of real income of the sides it speaks of; `rates` : tariffs it found, shares.
    """

    equilibrium: Any
    table: Table
    incomes: tuple[float, ...]
    rates: tuple[float, ...] = ()


@lru_cache(maxsize=32)
def _solved(question: str, name: str, first: str, second: str, cost: float) -> SolvedQuestion:
    setting = lab.WorldSetting(name)
    if question == "optimal":
        best = lab.optimal(setting, first, "uniform")
        table = lab.rates_table(best)
        return SolvedQuestion(best.equilibrium, table, (best.value,), (float(table["rate"][0]),))
    if question == "decouple":
        path = lab.apart(setting, (first,), (second,), cost)
        last = rows_of(path.table())[-1]
        return SolvedQuestion(path.equilibria[-1], path.table(), (last["first"], last["second"]))
    war = lab.mutual(setting, (first, second), "uniform")
    table = lab.nash_table(war)
    rates = {row["player"]: row["rate"] for row in reversed(rows_of(table))}
    incomes = (war.welfare[first], war.welfare[second])
    return SolvedQuestion(war.equilibrium, table, incomes, (rates[first], rates[second]))


def _year(name: str, say: Language) -> str:
    """The year of a world, whose tariffs every change is measured against."""
    if name.startswith(EDITION):
        return EDITION_YEAR
    year = YEAR.search(name)
    return year[0] if year else say("world.own_year")


def worlds(say: Language) -> dict[str, str]:
    """Worlds of the package, each with its size and year in words."""
    sizes = {name: world_size(name) for name in world_names()}
    words = {
        name: (say("world.countries", count=countries), say("world.sectors", count=sectors))
        for name, (countries, sectors) in sizes.items()
    }
    texts = {name: ", ".join((*parts, _year(name, say))) for name, parts in words.items()}
    return {name: say("world.validates", world=text) if name in VALIDATION else text for name, text in texts.items()}


def _against(name: str, equilibrium: Any, first: str, second: str, say: Language) -> str:
    """What a war is compared with: the tariffs of the world's year, with what the two sides owed one another."""
    economy = equilibrium.economy
    owed = [lab.owed_before(economy, side, other) for side, other in ((first, second), (second, first))]
    if not any(owed):
        return say("world.against_none", year=_year(name, say))
    rate, other = (say.percent(value) for value in owed)
    return say("world.against_rates", year=_year(name, say), rate=rate, other=other)


def _found(words: str, equilibrium: Any, table: Table, sides: tuple[str, str]) -> Found:
    own = equilibrium.table()
    source = {"country": "country", "real_income": "welfare", "real_wage": "real_wage", "real_gdp": "real_gdp"}
    data = {name: own[column] for name, column in source.items() if column in own.data}
    incomes = table_with("economy.incomes", data, equilibrium.notes, set(source) - set(data))
    many = len(equilibrium.economy.sectors) > 1 and "output" in equilibrium.hats
    return Found(words, incomes, table, _by_sector(equilibrium, sides) if many else None)


def _by_sector(equilibrium: Any, sides: tuple[str, str]) -> Table:
    """Changes by sector of the two sides, sectors under their names."""
    table = lab.sector_table(equilibrium, sides)
    known = world_sector_names()
    names = np.asarray([known.get(code, code) for code in table["sector"].tolist()])
    columns = tuple(replace(c, unit=Unit.TEXT) if c.name == "sector" else c for c in table.columns)
    return replace(table, columns=columns, data={**table.data, "sector": names})


def _map(answer: Found, say: Language) -> Chart | None:
    tables = {"world": answer.incomes, "incomes": answer.incomes}
    drawn = charts(tables, ("map",), between=say("chart.all_against_world"), say=say)
    return drawn[0] if drawn else None


def _pointed(spec: Mapping[str, Any], answer: Found, say: Language) -> dict[str, Any]:
    """The map with the number of a country under the pointer."""
    values = {str(row["country"]): float(row["real_income"]) for row in rows_of(answer.incomes)}
    layers = []
    for layer in spec["layer"]:
        rows = layer.get("data", {}).get("values", [])
        shapes = [row for row in rows if isinstance(row, dict) and row.get("id") in values]
        if layer.get("mark", {}).get("type") == "geoshape" and shapes:
            labelled = [{**row, "told": _told(row["id"], values, say), "page": f"/world/{row['id']}"} for row in rows]
            pointed = {"tooltip": {"field": "told", "type": "nominal"}, "href": {"field": "page", "type": "nominal"}}
            encoding = {**layer.get("encoding", {}), **pointed}
            layer = {**layer, "data": {"values": labelled}, "encoding": encoding}
        layers.append(layer)
    return {**spec, "layer": layers}


def _told(code: str, values: Mapping[str, float], say: Language) -> str:
    """A country with its number, for the pointer."""
    name = say.name(code) if code in names() else code
    return f"{name}{say('frame.colon')} {say.percent(values[code], 2, sign=True)}"
