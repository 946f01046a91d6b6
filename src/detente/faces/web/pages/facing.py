"""What goods of a country owe in every importer on record, before and after, and the acts between, on a page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache

from fastapi.responses import Response

from detente.codes import DetenteError, Table
from detente.codes.days import BASE_DAY
from detente.faces.report.readers import Grid
from detente.faces.web.html import Address, Said, as_csv, day_of, page, refused, tried, whole
from detente.faces.web.pages.law import code_named, names, names_in
from detente.faces.words.language import Language
from detente.faces.words.record import record_sentences
from detente.lab.ground.facing import BY, facing_tables

PLACE, AMERICA = "Law", "USA"
NAMES = ("importer_name", "section_name")
"""Columns that say by name what a code before them says."""


def facing(address: Address) -> Response:
    """The page: a row an importer or a section, and the days on which it moved."""
    messages = Said()
    say = messages.say
    exporter, span, by = _asked(address, messages)
    tables = tried(lambda: _tables(exporter, *span, by), (), messages)
    query = f"exporter={exporter}&against={span[0]}&on={span[1]}&by={by}"
    title = say("facing.heading", of_country=say.country(exporter, "of"))
    shown = [table.select([c.name for c in table.columns if c.name != NAMES[0]]) for table in tables]
    return page(
        "facing.html.j2", address.request, place=PLACE, title=title, said=messages, exporter=exporter, by=by,
        before=str(span[0]), after=str(span[1]), names=names_in(say), groupings=BY, query=query,
        grids=[(table.name, _grid(table, say)) for table in shown],
        record=record_sentences(tables[0].standing if tables else None),
    )  # fmt: skip


def _grid(table: Table, say: Language) -> Grid:
    """A table as readers see it; how far its law is on record stands above it."""
    lines = () if table.standing is None else table.standing.lines
    return whole(replace(table, notes=tuple(note for note in table.notes if note not in lines)), say)


def data_csv(address: Address) -> Response:
    """One table of the page as CSV: that of `detente facing`."""
    exporter, span, by = _asked(address, Said())
    try:
        table = next((t for t in _tables(exporter, *span, by) if t.name == address("table")), None)
        chosen = _tables(exporter, *span, by)[0] if table is None else table
        return as_csv(chosen, f"{chosen.name}-{exporter.lower()}")
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)


def _asked(address: Address, messages: Said) -> tuple[str, tuple[date, date], str]:
    """Exporter, days and breakdown of an address."""
    exporter = code_named(address("exporter", AMERICA))
    if exporter not in names():
        messages.add("duty.partner_unknown", name=exporter[:40])
        exporter = AMERICA
    before, after = day_of(address("against"), BASE_DAY, messages), day_of(address("on"), date.today(), messages)
    by = address("by", BY[0])
    return exporter, (before, after), by if by in BY else BY[0]


@lru_cache(maxsize=32)
def _tables(exporter: str, before: date, after: date, by: str) -> tuple[Table, ...]:
    """The tables of `detente facing`; the laws of some fifty importers take seconds the first time."""
    return tuple(facing_tables(exporter, after, before, by))
