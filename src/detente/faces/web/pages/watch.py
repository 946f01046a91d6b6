"""What changed for one's own lines and partners since a day, and what is known to come, on a page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import QueryParams

from detente.codes import DetenteError, Table
from detente.faces.web.html import Address, Said, as_csv, day_of, note_refusal, page, refused, whole
from detente.faces.words.language import Language
from detente.faces.words.record import record_sentences
from detente.lab.statute.watch.changes import watch
from detente.lab.statute.watch.listed import NEEDED, OPTIONAL, Watched, listed, row_of
from detente.lab.statute.watch.tables import watch_table, watch_tables

PLACE = "Law"
DAYS = 30
"""Days that are looked back over where none is named."""

MOST = 400
"""Rows of an address."""

EXAMPLE = ("8507.60:China", "1201.90:United States:China")
READ = "law read to"
"""How the note begins that the page has in words of its own."""

SHOWN = ("date", "importer", "line", "partner", "range", "before", "after", "what", "status", "branches", "note")
"""Columns of the page; the others are in its files."""


def watch_page(address: Address) -> Response:
    """The list as a form, its changes, what is to come, and the addresses of feed and calendar."""
    given = address.request.query_params
    if "list" in given:
        return RedirectResponse(f"/watch?{_of_form(given)}", 303)
    messages = Said()
    today = date.today()
    since, now = (day_of(address(name), day, messages) for name, day in
                  (("since", today - timedelta(days=DAYS)), ("on", today)))  # fmt: skip
    words = [text[:400] for text in given.getlist("row")[:MOST]]
    tables = _tables(words or list(EXAMPLE), since, now, messages)
    query = str(QueryParams([*(("row", word) for word in words or EXAMPLE), ("since", str(since))]))
    say = messages.say
    shown = [_spoken(table.select([c.name for c in table.columns if c.name in SHOWN])) for table in tables[:2]]
    return page(
        "watch.html.j2", address.request, place=PLACE, title=say("watch.heading"), said=messages, since=str(since),
        text="\n".join(", ".join(cell for cell in _cells(word)) for word in words or EXAMPLE), query=query,
        grids=[(table.name, len(table), whole(table, say)) for table in shown],
        record=record_sentences(tables[0].standing if tables else None), read=_read(tables, say),
    )  # fmt: skip


def data_csv(address: Address) -> Response:
    """The changes of the page as CSV."""
    given, today = address.request.query_params, date.today()
    try:
        since = day_of(address("since"), today - timedelta(days=DAYS), [])
        goods = _goods([text[:400] for text in given.getlist("row")[:MOST]] or list(EXAMPLE), today)
        return as_csv(watch_table(watch(goods, since, today)), "watch")
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)


def _tables(words: list[str], since: date, today: date, messages: Said) -> list[Table]:
    """The tables of `detente watch`; none where a row cannot be read, each fault a message."""
    try:
        return watch_tables(watch(_goods(words, today), since, today))
    except DetenteError as error:
        note_refusal(error, messages)
        return []


def _read(tables: list[Table], say: Language) -> list[str]:
    """How far the law of each importer was read."""
    return [
        say("watch.read", name=say.name(row["importer"]), day=say.day(row["read_to"]))
        for table in tables[2:]
        for row in table.rows()
        if row["read_to"]
    ]


def _spoken(table: Table) -> Table:
    """The table with the standing of each change in words, and without what the page says by itself."""
    words = [str(text).replace("_", " ") for text in table["status"].tolist()]
    known = table.standing.lines if table.standing is not None else ()
    notes = tuple(note for note in table.notes if note not in known and not note.startswith(READ))
    return replace(table, notes=notes, data={**table.data, "status": np.asarray(words, dtype=np.str_)})


def _goods(words: list[str], today: date) -> list[Watched]:
    return listed([row_of(word) for word in words], "list", on=today, first=1)


def _cells(word: str) -> list[str]:
    """Cells of a row, blank ones at its end left out."""
    row = row_of(word)
    cells = [row[name] for name in (*NEEDED, *OPTIONAL)]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _of_form(given: QueryParams) -> str:
    """The address of a list that was typed: a row a line, with commas between its cells."""
    lines = [line.strip() for line in given.get("list", "")[:20_000].splitlines()]
    rows = [[cell.replace(":", " ").strip() for cell in line.split(",", 3)] for line in lines if line]
    words = [("row", ":".join(row)) for row in rows[:MOST] if row[0].lower() != NEEDED[0]]
    return str(QueryParams([*words, ("since", given.get("since", "")[:10])])).replace("%3A", ":")


__all__ = ["data_csv", "watch_page"]
