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
from detente.codes.names import in_sentence
from detente.data.worlds import DEFAULT, world_names, world_size
from detente.faces.charts import Chart
from detente.faces.charts.frame import rows_of, worded
from detente.faces.charts.gallery import charts
from detente.faces.web.html import (
    Address,
    as_csv,
    language_of,
    number_of,
    one_of,
    page,
    picture,
    refused,
    shown,
    tried,
    whole,
)
from detente.faces.web.pages.files import drawn_as, page_with
from detente.faces.web.pages.law import names
from detente.faces.web.pages.routes import country_names
from detente.faces.words.language import load
from detente.lab.ground.averages import sector_names
from detente.lab.world import effects as lab

PLACE, PATH = "World", "/world"
YEAR = re.compile(r"\b(?:19|20)\d\d\b")

QUESTIONS = {
    "nash": "Tariff war: each side its best tariff",
    "optimal": "Best tariff of one side, the other as it is",
    "decouple": "Decoupling: the two stop trading",
}
COUNTRIES = {"USA": "United States", "CHN": "China", "DEU": "Germany", "JPN": "Japan", "MEX": "Mexico", "CAN": "Canada",
             "KOR": "South Korea", "IND": "India", "GBR": "United Kingdom", "BRA": "Brazil"}  # fmt: skip
WIDTHS = (300.0, 1400.0)
"""Least and greatest width of the map, pixels."""

AGAINST = "against the tariffs of the world's own year"
SECTOR_NAMES = {
    "AGR": "Farm goods", "ENE": "Energy", "ORE": "Ores", "FOO": "Food", "TEX": "Textiles, clothing",
    "WPP": "Wood, paper", "CHM": "Chemicals", "PHA": "Medicines", "MET": "Metals", "ELE": "Electronics",
    "EEQ": "Electrical equipment", "MAC": "Machinery", "VEH": "Vehicles", "OMF": "Other manufactures",
    "SVC": "Services",
}  # fmt: skip
"""Sectors of the small world."""


@dataclass(frozen=True)
class Found:
    """What a question gave.

    Attributes
    ----------
    sentence : the finding; `incomes` : change of real income by country; `table` : rates or the path.
    sectors : changes by sector of the two sides, None in a world of one sector.
    """

    sentence: str
    incomes: Table
    table: Table
    sectors: Table | None


def world(address: Address) -> Response:
    """The question with its map and tables; before one is asked, only the choice."""
    messages: list[str] = []
    answer, choices = _asked(address, messages)
    chart = _map(answer) if answer else None
    title = answer.sentence if answer else "World"
    ranked = answer.incomes.sorted("real_income") if answer else None
    return page(
        "world.html.j2", place=PLACE, title=title, said=messages, asked=choices, worlds=worlds(), questions=QUESTIONS,
        countries=COUNTRIES, found=answer, figure=picture(chart) if chart else None,
        incomes=whole(ranked) if ranked else None, codes=ranked["country"].tolist() if ranked else [],
        rows=shown(answer.table) if answer else None,
        sectors=whole(answer.sectors) if answer and answer.sectors else None,
        query="&".join(f"{key}={value}" for key, value in choices.items()),
        say=load(language_of(address.request)), names=country_names(),
    )  # fmt: skip


def data_csv(address: Address) -> Response:
    """One of the tables of an answer, whole, as CSV."""
    messages: list[str] = []
    answer, choices = _asked(address, messages)
    tables = {} if answer is None else {"incomes": answer.incomes, "answer": answer.table, "sectors": answer.sectors}
    name = one_of(address("table"), tables, "incomes", "table", messages)
    table = tables.get(name)
    if table is None:
        return refused(InputError("world", "no question was asked", "as in /world/data.csv?ask=nash"), PLACE)
    return as_csv(table, f"world-{choices['ask']}-{name}")


def chart_file(address: Address) -> Response:
    """The map as SVG, PNG or CSV."""
    answer, _ = _asked(address, [])
    chart = _map(answer) if answer else None
    tables = {} if answer is None or chart is None else {chart.table: answer.incomes}
    try:
        return drawn_as(address, [chart] if chart else [], tables, page_with(PATH, address))
    except DetenteError as error:
        return refused(error, PLACE)


def map_json(address: Address) -> Response:
    """The specification of the map at the width of the screen, for the page to draw with labels under the pointer."""
    answer, _ = _asked(address, [])
    chart = _map(answer) if answer else None
    width = round(number_of(address("width"), *WIDTHS, 900.0, "width", []))
    return JSONResponse(_pointed(chart.spec(width), answer) if chart and answer else {})


def _asked(address: Address, messages: list[str]) -> tuple[Found | None, dict[str, str]]:
    """The answer to an address and the address as it was read."""
    question = one_of(address("ask"), QUESTIONS, "nash", "question", messages) if address("ask") else ""
    name = one_of(address("of"), worlds(), DEFAULT, "world", messages)
    given = ((address("first"), "USA"), (address("second"), "CHN"))
    first, other = (one_of(code, COUNTRIES, known, "country", messages) for code, known in given)
    if first == other:
        other = "CHN" if first != "CHN" else "USA"
        messages.append(f"Both sides are {first}; taken {other} for the second.")
    dear = number_of(address("cost"), 1.0, 1e6, 1000.0, "cost", messages)
    choices = {"ask": question, "of": name, "first": first, "second": other, "cost": f"{dear:g}"}
    if not question:
        return None, choices
    return tried(lambda: answer(question, name, first, other, dear), None, messages), choices


@lru_cache(maxsize=32)
def answer(question: str, name: str, first: str, second: str, cost: float) -> Found:
    """One of the three questions to a world."""
    setting = lab.WorldSetting(name)
    if question == "optimal":
        best = lab.optimal(setting, first, "uniform")
        table = _one_rate(lab.rates_table(best))
        rate = float(table["rate"][0])
        words = (
            f"The best uniform tariff of {the(first)} is {worded(rate, Unit.SHARE, 1)} and changes its real income by "
            f"{worded(best.value, Unit.SHARE, 2, sign=True)} against {_year(name)}, if nobody answers"
        )
        return _found(words, best.equilibrium, table, (first, second))
    if question == "decouple":
        path = lab.apart(setting, (first,), (second,), cost)
        table, last = path.table(), rows_of(path.table())[-1]
        words = (
            f"If {the(first)} and {the(second)} stop trading, real income changes by "
            f"{worded(last['first'], Unit.SHARE, 2, sign=True)} and {worded(last['second'], Unit.SHARE, 2, sign=True)} "
            f"against {_year(name)}"
        )
        return _found(words, path.equilibria[-1], table, (first, second))
    war = lab.mutual(setting, (first, second), "uniform")
    table = lab.nash_table(war)
    rates = {row["player"]: row["rate"] for row in reversed(rows_of(table))}
    words = (
        f"In a tariff war {the(first)} sets {worded(rates[first], Unit.SHARE, 1)} and {the(second)} "
        f"{worded(rates[second], Unit.SHARE, 1)}; real income changes by "
        f"{worded(war.welfare[first], Unit.SHARE, 2, sign=True)} and "
        f"{worded(war.welfare[second], Unit.SHARE, 2, sign=True)} {_against(name, war.equilibrium, first, second)}"
    )
    return _found(words, war.equilibrium, table, (first, second))


def _year(name: str) -> str:
    """The year of a world, whose tariffs every change is measured against."""
    year = YEAR.search(name)
    return year[0] if year else "its own year"


def worlds() -> dict[str, str]:
    """Worlds of the package, each with its size and year in words."""
    sizes = {name: world_size(name) for name in world_names()}
    words = {
        name: (f"{countries} countries or regions", "one sector" if sectors == 1 else f"{sectors} sectors")
        for name, (countries, sectors) in sizes.items()
    }
    return {name: ", ".join((*parts, _year(name))) for name, parts in words.items()}


def _against(name: str, equilibrium: Any, first: str, second: str) -> str:
    """What a war is compared with: the tariffs of the world's year, with what the two sides owed one another."""
    economy = equilibrium.economy
    owed = [lab.owed_before(economy, side, other) for side, other in ((first, second), (second, first))]
    if not any(owed):
        return f"against {_year(name)}, in which this world has no tariffs between the two"
    rates = " and ".join(worded(rate, Unit.SHARE, 1) for rate in owed)
    return f"against the tariffs of {_year(name)}, which were {rates} between the two"


def the(code: str) -> str:
    """A country within a sentence."""
    return in_sentence(COUNTRIES[code])


def _one_rate(table: Table) -> Table:
    """The rates of an optimum with one row each exporter where they do not differ by sector."""
    rows = np.unique(table["exporter"], return_index=True)[1]
    return table.take(np.sort(rows)).select(["exporter", "rate"])


def _found(words: str, equilibrium: Any, table: Table, sides: tuple[str, str]) -> Found:
    own = equilibrium.table()
    source = {"country": "country", "real_income": "welfare", "real_wage": "real_wage", "prices": "prices"}
    data = {name: own[column] for name, column in source.items() if column in own.data}
    incomes = table_with("economy.incomes", data, equilibrium.notes, set(source) - set(data))
    many = len(equilibrium.economy.sectors) > 1 and "output" in equilibrium.hats
    return Found(f"{words}.", incomes, table, _by_sector(equilibrium, sides) if many else None)


def _by_sector(equilibrium: Any, sides: tuple[str, str]) -> Table:
    """Changes by sector of the two sides, sectors under their names."""
    table = lab.sector_table(equilibrium, sides)
    names = np.asarray([SECTOR_NAMES.get(code, sector_names().get(code, code)) for code in table["sector"].tolist()])
    columns = tuple(replace(c, unit=Unit.TEXT) if c.name == "sector" else c for c in table.columns)
    return replace(table, columns=columns, data={**table.data, "sector": names})


def _map(answer: Found) -> Chart | None:
    drawn = charts({"world": answer.incomes, "incomes": answer.incomes}, ("map",), between=AGAINST)
    return drawn[0] if drawn else None


def _pointed(spec: Mapping[str, Any], answer: Found) -> dict[str, Any]:
    """The map with the number of a country under the pointer."""
    values = {str(row["country"]): float(row["real_income"]) for row in rows_of(answer.incomes)}
    layers = []
    for layer in spec["layer"]:
        rows = layer.get("data", {}).get("values", [])
        shapes = [row for row in rows if isinstance(row, dict) and row.get("id") in values]
        if layer.get("mark", {}).get("type") == "geoshape" and shapes:
            labelled = [{**row, "told": _told(row["id"], values), "page": f"/world/{row['id']}"} for row in rows]
            pointed = {"tooltip": {"field": "told", "type": "nominal"}, "href": {"field": "page", "type": "nominal"}}
            encoding = {**layer.get("encoding", {}), **pointed}
            layer = {**layer, "data": {"values": labelled}, "encoding": encoding}
        layers.append(layer)
    return {**spec, "layer": layers}


def _told(code: str, values: Mapping[str, float]) -> str:
    """A country with its number, for the pointer."""
    return f"{names().get(code, code)}: {worded(values[code], Unit.SHARE, 2, sign=True)}"
