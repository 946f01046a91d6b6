"""Consumer prices and household cost of a deal: a part of the Deal page, and a page of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi.responses import Response

from detente.codes import DetenteError, InputError, Table
from detente.codes.units import Unit
from detente.faces.charts.frame import MINUS, rows_of, worded
from detente.faces.charts.gallery import charts
from detente.faces.web.api.deal import address_of, deals_of
from detente.faces.web.html import Address, as_csv, page, picture, refused, whole
from detente.faces.web.pages.files import drawn_as, page_with
from detente.lab.deal.file import scenario_of
from detente.lab.ground.sides import latest_standing, pairings_of
from detente.lab.prices.prices import DRAWS, price_changes
from detente.lab.prices.tables import ALL, category_table, household_table
from detente.lab.scenario import Scenario

PLACE, NAMES = "Deal", ("households", "prices")
EVERYBODY = "all"
"""Row of a table of households that is of all of them."""


def prices(address: Address) -> Response:
    """What a deal does to consumer prices and to a household, with ranges over how prices follow."""
    query, tables = _of(address)
    return page(
        "prices.html.j2", place=PLACE, title="Household cost and consumer prices", query=query, cards=_cards(tables),
        figures=[picture(chart) for chart in charts(tables, NAMES)],
        grids=[whole(table) for table in tables.values()],
    )  # fmt: skip


def data_csv(address: Address) -> Response:
    """One of the two tables as CSV: the table of `detente prices` or `detente households`."""
    name = address("table", "households")
    _, tables = _of(address)
    if name not in tables:
        return refused(InputError("table", f"'{name[:20]}' is not here", f"use {' or '.join(tables)}"), PLACE)
    return as_csv(tables[name], f"deal-{name}")


def chart_file(address: Address) -> Response:
    """One chart as SVG, PNG or CSV."""
    _, tables = _of(address)
    try:
        return drawn_as(address, charts(tables, NAMES), tables, page_with("/deal/prices", address))
    except DetenteError as error:
        return refused(error, PLACE)


def _of(address: Address) -> tuple[str, dict[str, Table]]:
    """The deal of an address as a query, and its tables."""
    words = {key: value for key, value in address_of(address.request).items() if key not in ("table", "again")}
    deal, engine = deals_of(address.request).deal(words, quick=True)
    return deal.levers.query(), _tables(deal.key, _Asked(scenario_of(engine, deal)))


class _Asked:
    """A scenario that is known by the key beside it."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked)


@lru_cache(maxsize=64)
def _tables(key: str, of: _Asked) -> dict[str, Table]:
    """Tables by name, as the commands have them for the file of the deal."""
    pairings = list(pairings_of(of.scenario, "USA", Path()))
    changes = price_changes(pairings, draws=DRAWS, seed=of.scenario.seed)
    made = (household_table(changes), category_table(changes))
    return {table.name: table.standing_on(latest_standing(pairings)) for table in made}


def _cards(tables: Mapping[str, Table]) -> list[dict[str, Any]]:
    """Cost of a household on both bases and the change of all prices, with ranges."""
    household = next(row for row in rows_of(tables["households"]) if row["decile"] == EVERYBODY)
    whole_of = next(row for row in rows_of(tables["prices"]) if row["category"] == ALL)
    return [
        _card("A household, out of pocket", "a year", household, "pocket"),
        _card("A household, national accounts", "a year, with what others pay for it", household, "accounts"),
        {
            "label": "Consumer prices", "note": "first round", "text": _percent(whole_of["change"]),
            "range": _range(_percent(whole_of["low"]), _percent(whole_of["high"])),
        },
    ]  # fmt: skip


def _card(label: str, note: str, row: Mapping[str, Any], name: str) -> dict[str, Any]:
    low, high = (row[f"{name}_{end}"] for end in ("low", "high"))
    return {"label": label, "note": note, "text": _dollars(row[name]), "range": _range(_dollars(low), _dollars(high))}


def _percent(value: float) -> str:
    return worded(value, Unit.SHARE, 2, sign=True)


def _dollars(value: float) -> str:
    """Whole dollars with their sign: -402.2 -> "−$402"."""
    if math.isnan(value):
        return ""
    amount = round(value)
    return f"{MINUS if amount < 0 else '+' if amount else ''}${abs(amount):,}"


def _range(low: str, high: str) -> str:
    return f"{low} to {high}" if low and high and low != high else ""
