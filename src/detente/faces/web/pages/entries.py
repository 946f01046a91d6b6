"""A file of entries on a page: sent with a form, rated at once, shown in dollars, kept nowhere."""

from __future__ import annotations

from fastapi.responses import Response

from detente.codes import DetenteError
from detente.faces.entry_files import MAIN, shown
from detente.faces.web.answers import SINCE
from detente.faces.web.html import Address, Said, note_refusal, page, whole
from detente.faces.web.work.sent_entries import MOST_ROWS, of_form, order_of, rated_sent
from detente.lab.entries.job import RatedEntries
from detente.lab.entries.tables import SUMMARY, entry_table

PLACE = "Law"
FEW = 50
"""Rows of each table that the page shows; the file has all."""

IEEPA = "basis:IEEPA"
SHOWN = (SUMMARY, "entry_sums", "entry_answers", "entry_reasons", MAIN)
EXAMPLE = f"line,partner,date,value,entry,mode\n8507.60.00.20,China,{SINCE},250000,A1,vessel\n"


def entries(address: Address) -> Response:
    """The form, with no file yet."""
    return _page(address, None, IEEPA, Said())


def sent(address: Address, body: bytes) -> Response:
    """The form with what the file that was sent owes, or with every fault of it; the rows as a file where asked for."""
    messages = Said()
    media = address.request.headers.get("content-type", "")
    void = IEEPA
    try:
        fields, file = of_form(body, media)
        void = fields.get("void", "")
        if file is None:
            messages.add("entries.no_file")
            return _page(address, None, void, messages)
        rated = rated_sent(file.content, file.name, order_of("USA", void, "effective"))
    except DetenteError as error:
        note_refusal(error, messages)
        return _page(address, None, void, messages)
    if fields.get("do") == "csv":
        headers = {"content-disposition": 'attachment; filename="entries-rated.csv"'}
        return Response(shown(rated, "csv", (MAIN,)), headers=headers, media_type="text/csv; charset=utf-8")
    return _page(address, rated, void, messages)


def _page(address: Address, rated: RatedEntries | None, void: str, messages: Said) -> Response:
    import numpy as np

    say = messages.say
    tables = [entry_table(rated, name) for name in SHOWN] if rated is not None else []
    first = [table.take(np.arange(min(len(table), FEW))) for table in tables if len(table)]
    return page(
        "entries.html.j2", address.request, place=PLACE, title=say("entries.heading"), said=messages,
        grids=[(table.name, whole(table, say)) for table in first], void=void, most=MOST_ROWS, example=EXAMPLE, few=FEW,
        counts={name: int(rated.sums[name]) for name in ("rows", "not_rated", "entries")} if rated else {},
    )  # fmt: skip
