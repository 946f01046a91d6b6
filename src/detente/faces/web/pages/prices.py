"""Consumer prices and household cost of a deal: a part of the Deal page, and a page of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi.responses import Response

from detente.codes import DetenteError, InputError, Table
from detente.faces.charts.frame import rows_of
from detente.faces.charts.gallery import charts
from detente.faces.web.api.deal import address_of, deals_of
from detente.faces.web.html import Address, as_csv, page, picture, refused, whole
from detente.faces.web.pages.files import drawn_as, page_with
from detente.faces.words.language import Language, load
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
    say = load()
    return page(
        "prices.html.j2", address.request, place=PLACE, title=say("prices.title"), query=query,
        cards=_cards(tables, say),
        figures=[picture(chart) for chart in charts(tables, NAMES, say=say)],
        grids=[whole(table, say) for table in tables.values()],
    )  # fmt: skip


def data_csv(address: Address) -> Response:
    """One of the two tables as CSV: the table of `detente prices` or `detente households`."""
    name = address("table", "households")
    _, tables = _of(address)
    if name not in tables:
        error = InputError("table", f"'{name[:20]}' is not here", f"use {' or '.join(tables)}")
        return refused(error, PLACE, request=address.request)
    return as_csv(tables[name], f"deal-{name}")


def chart_file(address: Address) -> Response:
    """One chart as SVG, PNG or CSV."""
    _, tables = _of(address)
    try:
        return drawn_as(address, charts(tables, NAMES, say=load()), tables, page_with("/deal/prices", address))
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)


def _of(address: Address) -> tuple[str, dict[str, Table]]:
    """The deal of an address as a query, and its tables."""
    deal, engine = deals_of(address.request).deal(address_of(address.request), quick=True)
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


def _cards(tables: Mapping[str, Table], say: Language) -> list[dict[str, Any]]:
    """Cost of a household on both bases and the change of all prices, with ranges."""
    household = next(row for row in rows_of(tables["households"]) if row["decile"] == EVERYBODY)
    whole_of = next(row for row in rows_of(tables["prices"]) if row["category"] == ALL)
    percents = [say.percent(float(whole_of[name]), 2, sign=True) for name in ("change", "low", "high")]
    return [
        _card("pocket", say("prices.a_year"), household, say),
        _card("accounts", say("prices.a_year_accounts"), household, say),
        {
            "label": say("prices.consumer"), "note": say("prices.first_round"), "text": percents[0],
            "range": _range(percents[1], percents[2], say),
        },
    ]  # fmt: skip


def _card(name: str, note: str, row: Mapping[str, Any], say: Language) -> dict[str, Any]:
    text, low, high = (_dollars(row[f"{name}{end}"], say) for end in ("", "_low", "_high"))
    return {"label": say(f"prices.{name}"), "note": note, "text": text, "range": _range(low, high, say)}


def _dollars(value: float, say: Language) -> str:
    """Whole dollars with their sign: -402.2 -> "−$402"."""
    if math.isnan(value):
        return ""
    amount = round(value)
    sign = say.forms["minus"] if amount < 0 else "+" if amount else ""
    return say("prices.dollars", sign=sign, number=say.number(abs(amount)))


def _range(low: str, high: str, say: Language) -> str:
    return say("frame.range", low=low, high=high) if low and high and low != high else ""
