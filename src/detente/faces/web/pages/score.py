"""Forecasts made with the data of one month beside what came: errors, causes, misses, and every month."""

from __future__ import annotations

from functools import lru_cache

from fastapi.responses import Response

from detente.codes import DetenteError, InputError, Table
from detente.data.days import day_named
from detente.faces.charts.gallery import charts
from detente.faces.web.html import Address, Said, as_csv, one_of, page, picture, refused, tried, whole
from detente.lab.score.came import claimed
from detente.lab.score.forecast import CLAIMING
from detente.lab.score.score import DAY, KINDS
from detente.lab.score.score import score as forecasts

PLACE = "Claims"
OPEN = ("score_surprises", "score_misses")
"""Tables that stand open beside the errors."""


def score(address: Address) -> Response:
    """Errors beside those of rules, a picture, the largest misses, and the tables behind them."""
    messages = Said()
    say = messages.say
    months = known_months()
    made = one_of(address("made"), dict.fromkeys(months), standard_month(), "month", messages)
    kind = one_of(address("as"), dict.fromkeys(KINDS), KINDS[0], "forecast", messages)
    tables = tried(lambda: tables_of(made, kind), (), messages) or tables_of(standard_month(), KINDS[0])
    return page(
        "score.html.j2", address.request, place=PLACE, title=say("score.title"), said=messages, months=months,
        asked={"made": made, "as": kind}, kinds=KINDS,
        figures=[picture(chart) for chart in charts({t.name: t for t in tables}, ("score",), say=say)],
        grids=[(whole(by_name(table), say), table.name in OPEN or n == 0) for n, table in enumerate(tables)],
    )  # fmt: skip


def by_name(table: Table) -> Table:
    """A table as a page shows it: partners by name, without their codes; a file has both."""
    columns = list(table.data)
    return table.select([name for name in columns if name != "partner" or "partner_name" not in columns])


def data_csv(address: Address) -> Response:
    """One of the tables as CSV."""
    made, kind, name = address("made", standard_month()), address("as", KINDS[0]), address("table", "scores")
    try:
        tables = {table.name: table for table in tables_of(made[:7], kind[:20])}
        if name not in tables:
            raise InputError("table", f"'{name[:20]}' is not here", f"use {', '.join(tables)}")
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)
    return as_csv(tables[name], f"{name}-{made}")


def known_months() -> tuple[str, ...]:
    """Months in which forecasts can be made, the last on record left out."""
    return tuple(claimed(CLAIMING[0])[0][:-1])


def standard_month() -> str:
    """The month of the forecasts where none is named."""
    return day_named(DAY).strftime("%Y-%m")


@lru_cache(maxsize=16)
def tables_of(made: str, kind: str) -> tuple[Table, ...]:
    """Tables of a month's forecasts, kept: nothing in them changes while the server runs."""
    if made not in known_months():
        known = known_months()
        raise InputError("made", f"'{made}' is no month of a forecast", f"use one from {known[0]} to {known[-1]}")
    return tuple(forecasts(made, as_=kind))
