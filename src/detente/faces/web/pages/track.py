"""Threats, deals and truces beside what was to be expected of them the day before."""

from __future__ import annotations

from datetime import date

from fastapi.responses import Response

from detente.codes import DetenteError, InputError, Table
from detente.data.dealrecord import read_through
from detente.faces.web.html import Address, Said, as_csv, one_of, page, refused, tried, whole
from detente.faces.words.track import sentences
from detente.lab.score.track import KINDS
from detente.lab.score.track import track as tables_of

PLACE = "Claims"


def track(address: Address) -> Response:
    """What the record allows to be said, scores of every rule, and the rows behind them."""
    messages = Said(address.request)
    kind = one_of(address("kind"), dict.fromkeys(KINDS), KINDS[0], "kind", messages)
    end = read_through()
    day = tried(lambda: _day(address("as_of", "")), end, messages)
    tables = tried(lambda: tables_of(kind, as_of=day), None, messages) or tables_of(kind)
    return page(
        "track.html.j2", address.request, place=PLACE, title=messages.say("track.title"), said=messages,
        asked={"kind": kind, "as_of": day.isoformat()}, kinds=KINDS, end=end.isoformat(),
        day=messages.say.day(min(day, end)), told=sentences(tables, messages.say),
        grids=[(whole(table, messages.say), n == 0) for n, table in enumerate(tables)],
    )  # fmt: skip


def data_csv(address: Address) -> Response:
    """One of the tables as CSV."""
    kind, name = address("kind", KINDS[0])[:20], address("table", "")
    try:
        tables = {table.name: table for table in tables_of(kind, as_of=_day(address("as_of", "")))}
        chosen = _named(tables, name)
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)
    return as_csv(chosen, chosen.name)


def _named(tables: dict[str, Table], name: str) -> Table:
    if name and name not in tables:
        raise InputError("table", f"'{name[:40]}' is not here", f"use {', '.join(tables)}")
    return tables[name] if name else next(iter(tables.values()))


def _day(text: str) -> date:
    """A day of the address; the end of the record where none is given."""
    if not text:
        return read_through()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("as_of", f"'{text[:20]}' is no day", "write it as 2025-09-01") from None
