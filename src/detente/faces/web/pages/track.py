"""Threats, deals and truces beside what was to be expected of them the day before."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from fastapi.responses import Response

from detente.codes import DetenteError, InputError, Table
from detente.data.dealrecord import read_through
from detente.faces.charts.gallery import charts
from detente.faces.web import html
from detente.faces.web.answers import day_of
from detente.faces.web.html import Address, Said, as_csv, one_of, page, picture, refused, tried, whole
from detente.faces.words.track import SCREEN, sentences, short
from detente.lab.score.track import KINDS
from detente.lab.score.track import track as record

PLACE = "Claims"
DRAWN = ("calibration", "survival")
"""Charts of the record."""

OPEN = SCREEN
"""Tables that stand open."""


def track(address: Address) -> Response:
    """What the record allows to be said, scores of every rule, and the rows behind them."""
    messages = Said()
    kind = one_of(address("kind"), dict.fromkeys(KINDS), KINDS[0], "kind", messages)
    end = read_through()
    day = html.day_of(address("as_of"), end, messages)
    tables = tried(lambda: tables_of(kind, day), (), messages) or tables_of(kind, end)
    return page(
        "track.html.j2", address.request, place=PLACE, title=messages.say("track.title"), said=messages,
        asked={"kind": kind, "as_of": day.isoformat()}, kinds=KINDS, end=end.isoformat(),
        day=messages.say.day(min(day, end)), told=sentences(tables, messages.say),
        figures=[picture(chart) for chart in charts({t.name: t for t in tables}, DRAWN, say=messages.say)],
        grids=[(whole(short(table), messages.say), table.name in OPEN) for table in tables],
    )  # fmt: skip


def data_csv(address: Address) -> Response:
    """One of the tables as CSV."""
    kind, name = address("kind", KINDS[0])[:20], address("table", "")
    try:
        day = day_of(address("as_of", ""), "as_of", read_through())
        tables = {table.name: table for table in tables_of(kind, day)}
        chosen = _named(tables, name)
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)
    return as_csv(chosen, chosen.name)


def _named(tables: dict[str, Table], name: str) -> Table:
    if name and name not in tables:
        raise InputError("table", f"'{name[:40]}' is not here", f"use {', '.join(tables)}")
    return tables[name] if name else next(iter(tables.values()))


@lru_cache(maxsize=16)
def tables_of(kind: str, day: date) -> tuple[Table, ...]:
    """Tables of a kind as known on a day, kept: nothing in them changes while the server runs."""
    return tuple(record(kind, as_of=day))
