"""The page from our number to one that somebody printed: a form, the sentence, the waterfall, definitions near it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from fastapi.responses import Response

from detente.codes import DetenteError, Table, UnknownName
from detente.codes.given import several
from detente.data.definitions import definitions
from detente.data.importerfile import importer_id
from detente.data.other_counts import other_counts
from detente.faces.charts.gallery import charts
from detente.faces.report.readers import Grid
from detente.faces.web.html import Address, Said, as_csv, day_of, one_of, page, picture, refused, tried, whole
from detente.faces.web.pages.files import drawn_as, page_with
from detente.faces.words.language import Language, load
from detente.faces.words.reconcile import told_tables, verdict_in_words
from detente.faces.words.record import records_of
from detente.lab.record.printed import WHAT
from detente.lab.record.reconcile import Reconciliation, definition_names, reconcile

PLACE = "Law"
CHART, STEP = "bridge", "step"


@dataclass(frozen=True)
class NumberAsked:
    """What a page is asked to lead to; as in `lab.record.reconcile.reconcile`."""

    number: str
    on: date
    what: str
    by: str
    of: str
    partner: str
    order: str


def reconciled(address: Address) -> Response:
    """The page; without a number the form alone."""
    messages = Said()
    asked_for = _asked(address, messages)
    answer = tried(lambda: _answer(asked_for), None, messages) if asked_for.number else None
    say, tables = messages.say, {} if answer is None else _tables(answer, messages.say)
    drawn = charts(tables, (CHART,), say=say) if tables else []
    return page(
        "reconcile.html.j2", address.request, place=PLACE, title=say("reconcile.title"), said=messages, asked=asked_for,
        quantities=WHAT, whose=_whose(say), sentence="" if answer is None else verdict_in_words(answer, say),
        figures=[picture(chart) for chart in drawn], grids=[_grid(table, say) for table in tables.values()],
        query=address.request.url.query[:2000],
        record=[] if answer is None or answer.standing is None else records_of({answer.importer: answer.standing}, say),
    )  # fmt: skip


def data_csv(address: Address) -> Response:
    """One of the two tables as CSV."""
    name = address("table", CHART)
    try:
        tables = _tables(_answer(_asked(address, Said())), load())
        if name not in tables:
            raise UnknownName("table", name[:20], tables, "table", f"use {' or '.join(tables)}")
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)
    return as_csv(tables[name], f"reconcile-{name}")


def chart_file(address: Address) -> Response:
    """The waterfall as SVG, PNG or CSV, or for a frame."""
    try:
        say = load()
        tables = _tables(_answer(_asked(address, Said())), say)
        return drawn_as(address, charts(tables, (CHART,), say=say), tables, page_with("/reconcile", address))
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)


def _asked(address: Address, messages: Said) -> NumberAsked:
    what = one_of(address("what"), dict.fromkeys(("", *WHAT)), "", "quantity", messages)
    by = one_of(address("by"), dict.fromkeys(definition_names()), "", "definition", messages)
    of = tried(lambda: importer_id(address("of", "USA")[:60], "of"), "USA", messages)
    on = day_of(address("on"), date.today(), messages)
    return NumberAsked(address("number")[:40], on, what, by, of, address("partner")[:60], address("order"))


@lru_cache(maxsize=32)
def _answer(given: NumberAsked) -> Reconciliation:
    order = several(given.order, "order")
    return reconcile(
        given.number, given.on, what=given.what, by=given.by, of=given.of, partner=given.partner, order=order
    )


def _tables(answer: Reconciliation, say: Language) -> dict[str, Table]:
    """Steps and definitions by name."""
    return {table.name: table for table in told_tables(answer, say=say)}


def _grid(table: Table, say: Language) -> Grid:
    """A table as readers see it; the sentence and the record stand above it."""
    notes = table.notes[1:] if table.name == CHART else table.notes
    lines = () if table.standing is None else table.standing.lines
    # What a step is called in files stands there.
    columns = [name for name in table.data if table.name != CHART or name != STEP]
    return whole(replace(table.select(columns), notes=tuple(note for note in notes if note not in lines)), say)


def _whose(say: Language) -> Mapping[str, str]:
    """Definitions to choose from, each with whose it is."""
    titles = {row.name: row.who for row in other_counts()} | {name: who.title for name, who in definitions().items()}
    return {"": say("reconcile.nearest")} | {name: titles[name] for name in definition_names()}
