"""Microdata on a page: sent with a form, grouped and answered for at once, kept nowhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from fastapi.responses import Response

from detente.codes import DetenteError
from detente.faces.formats import to_csv
from detente.faces.micro_view import in_dollars, screen
from detente.faces.web.html import Address, Said, note_refusal, one_of, page, whole
from detente.faces.web.pages.importers import LAWS
from detente.faces.web.work.sent_entries import of_form
from detente.faces.web.work.sent_micro import MOST_MONTHS, MOST_ROWS, MicroWords, answered
from detente.lab.micro.micro import Micro
from detente.lab.micro.months import ASKS

PLACE = "Law"
FEW = 60
"""Rows of each table that the page shows; the file has all."""

EXAMPLE = "month,line,partner,programme,value,duty\n2025-04,8507600020,China,,900000,800000\n"
WORDS = ("ask", "by", "void", "of", "first", "last")
"""Fields of the form."""


def micro(address: Address) -> Response:
    """The form, with no file yet."""
    messages = Said()
    return _page(address, MicroWords(of=one_of(address("of"), LAWS, "USA", "law", messages)), None, messages)


def sent(address: Address, body: bytes) -> Response:
    """The form with what was asked of the file, or what is wrong with it; the first table as a file where wanted."""
    messages, words = Said(), MicroWords()
    try:
        fields, file = of_form(body, address.request.headers.get("content-type", ""))
        words = replace(words, **{name: text for name in WORDS if (text := fields.get(name, "").strip())})
        if file is None:
            messages.add("micro.no_file")
            return _page(address, words, None, messages)
        answer = answered(file, words)
    except DetenteError as error:
        note_refusal(error, messages)
        return _page(address, words, None, messages)
    if fields.get("do") == "csv":
        headers = {"content-disposition": f'attachment; filename="micro-{words.ask}.csv"'}
        content = to_csv(next(iter(answer.tables.values())))
        return Response(content, headers=headers, media_type="text/csv; charset=utf-8")
    return _page(address, words, answer, messages)


def _page(address: Address, words: MicroWords, answer: Micro | None, messages: Said) -> Response:
    say = messages.say
    tables = [] if answer is None else [in_dollars(table) for table in screen(answer)]
    first = [table.take(np.arange(min(len(table), FEW))) for table in tables if len(table)]
    counts = {} if answer is None else {
        "rows": answer.rows, "left": sum(answer.faults.count.values()), "first": answer.months[0],
        "last": answer.months[-1],
    }  # fmt: skip
    return page(
        "micro.html.j2", address.request, place=PLACE, title=say("micro.heading"), said=messages, words=words,
        questions=tuple(ASKS), laws=LAWS, grids=[whole(table, say) for table in first], counts=counts,
        most=MOST_ROWS, months=MOST_MONTHS, example=EXAMPLE, few=FEW,
    )  # fmt: skip
