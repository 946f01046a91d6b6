"""The Law page: find a product or a measure, climb the ladder of its duties, see it change, compare two days."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
from fastapi.responses import JSONResponse, RedirectResponse, Response

from detente.codes import DetenteError, Table
from detente.data.importers import importer
from detente.data.tables import countries
from detente.faces.charts.frame import rows_of
from detente.faces.formats import clean
from detente.faces.web.beneath import base_of
from detente.faces.web.feeds import MEDIA, atom
from detente.faces.web.html import Address, Said, as_csv, day_of, one_of, page, refused, shown, tried
from detente.faces.web.pages.importers import LAWS, PARTNER
from detente.faces.words.language import Language, sorted_as
from detente.faces.words.record import record_sentences
from detente.lab.statute import book as statute
from detente.lab.statute import search as law_search
from detente.lab.statute.line_history import last_act
from detente.lab.statute.lookup import LineDuty

PLACE = "Law"
BEFORE = timedelta(days=92)
"""A quarter before days begin, so that a chart shows what they set out from."""

MOST = 40
"""Results of a search shown; the number of all is said."""
TRIED = (
    ("batteries", "/rate?line=8507.60.00.20&partner=CHN"),
    ("phones", "/rate?line=8517.13.00.00&partner=CHN"),
    ("cars", "/rate?line=8703.23.01&partner=JPN"),
    ("soybeans", "/rate?line=1201.90&partner=USA&of=CHN"),
)
CODE = re.compile(r"^[\d. ]{4,14}$")


def law(address: Address) -> Response:
    """Search by code or words; without any the measures in force on a day."""
    q, partner = address("q"), address("partner")
    messages = Said()
    say = messages.say
    of = one_of(address("of"), LAWS, "USA", "law", messages)
    when = day_of(address("on"), date.today(), messages)
    partner = partner or PARTNER[of]
    if CODE.match(q.strip()) and sum(ch.isdigit() for ch in q) >= 4 and not q.strip().startswith("99"):
        code = q.strip().replace(" ", "")
        return RedirectResponse(
            f"/rate?line={code}&partner={_word(partner)}&of={of}&on={_word(address('on')) if messages else when}", 303
        )
    where = importer(of)
    tables = tried(lambda: law_search.search(where, where.law, q), [], messages) if q.strip() else []
    lines = next((rows_of(t) for t in tables if t.name == "lines"), [])
    measures = next((rows_of(t) for t in tables if t.name == "measures"), [])
    live = [row for row in lines if not row["until"] or row["until"] >= str(when)]
    force = None if q.strip() else statute.measures_table(where.law, when)
    return page(
        "law.html.j2", address.request, place=PLACE, q=q,
        title=say("law.title_words", words=q) if q else say("frame.place_law"), of=of, laws=LAWS, on=str(when),
        said=messages, partner=partner, lines=(live or lines)[:MOST], count=len(live or lines), measures=measures,
        tried=TRIED, force=[] if force is None else rows_of(force), standing=_standing(force, say),
        names=names_in(say),
    )  # fmt: skip


def data_csv(address: Address) -> Response:
    """Measures in force on a day, or the products that words find, as CSV."""
    q, messages = address("q").strip(), Said()
    where = importer(one_of(address("of"), LAWS, "USA", "law", messages))
    when = day_of(address("on"), date.today(), messages)
    if not q:
        return as_csv(statute.measures_table(where.law, when), f"measures-{where.law.importer.lower()}-{when}")
    try:
        tables = {table.name: table for table in law_search.search(where, where.law, q)}
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)
    name = one_of(address("table"), tables, next(iter(tables), "lines"), "table", messages)
    return as_csv(tables[name], name)


def _word(text: str) -> str:
    """A word of an address with nothing in it that an address reads otherwise."""
    return re.sub(r"[^A-Za-z0-9 .'-]", "", text)


@lru_cache(maxsize=1)
def names() -> dict[str, str]:
    """Countries by code in the order of their names."""
    return dict(sorted(countries().names.items(), key=lambda pair: pair[1]))


def code_named(text: str) -> str:
    """Code of a country by its code or any of its names; the text itself where nobody knows it."""
    try:
        return countries().resolve(text[:60])
    except DetenteError:
        return text[:60]


def names_in(say: Language) -> dict[str, str]:
    """Countries by code under their names, in the order of these."""
    return dict(sorted(((code, say.name(code)) for code in names()), key=lambda pair: sorted_as(pair[1])))


def _standing(answer: LineDuty | Table | None, say: Language) -> list[str]:
    """What a reader should know of the record behind an answer."""
    return record_sentences(None if answer is None else answer.standing)


def measure(address: Address) -> Response:
    """One measure: its text, periods, goods and the rules that name it."""
    messages = Said()
    of = one_of(address("of"), LAWS, "USA", "law", messages)
    try:
        tables = [t for t in statute.show(importer(of).law, address("id")) if len(t)]
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)
    say, titles = messages.say, {m.id: m.title for m in importer(of).law.measures}
    return page(
        "measure.html.j2", address.request, place=PLACE, title=tables[0].title, said=messages,
        of=of, laws=LAWS, facts=[_fact(row, titles, say) for row in rows_of(tables[0])],
        grids=[shown(_selected(t, titles, say), say) for t in tables[1:]],
    )  # fmt: skip


def _selector(text: str, titles: Mapping[str, str], say: Language) -> str:
    """A selector of a rule in words: a measure by its title, a group by what stands before its colon."""
    kind, _, name = text.partition(":")
    words = f"law.selects_{kind}"
    if name and words in say.sentences:
        return say(words, name=name.replace("_", " "))
    return titles.get(text, text)


def _selected(table: Table, titles: Mapping[str, str], say: Language) -> Table:
    """A table of rules whose selectors are in words; what a rule is called in files is left out."""
    if table.name != "stacking":
        return table
    words = {
        name: np.asarray(
            [
                say("frame.semicolon").join(_selector(s, titles, say) for s in str(cell).split(", "))
                for cell in table[name]
            ]
        )
        for name in ("by", "of")
    }
    named = replace(table, data={**table.data, **words})
    return named.select([name for name in table.data if name != "rule"])


def _fact(row: Mapping[str, Any], titles: Mapping[str, str], say: Language) -> dict[str, str]:
    """A fact on a measure in words: countries and measures by name, without the underscores of files."""
    key, value = str(row["key"]), str(row["value"])
    if key == "partners":
        value = PLACES.sub(lambda match: say.name(match[0]) if match[0] in names() else match[0], value)
        value = value.replace("; ", say("frame.semicolon"))
    elif key in ("exempts", "replaces"):
        value = say("frame.semicolon").join(_selector(name, titles, say) for name in value.split(", "))
    elif key in ("status", "authority", "class", "kind"):
        value = value.replace("_", " ")
    return {"key": key, "value": value}


PLACES = re.compile(r"\b[A-Z]{3}\b")


def _changes(address: Address, messages: Said) -> tuple[str, date, date, Table]:
    """The feed with its span, in the nearest valid state."""
    of, say = one_of(address("of"), LAWS, "USA", "law", messages), messages.say
    last = day_of(address("to"), min(last_act(of), date.today()), messages)
    first = day_of(address("from"), last - timedelta(days=365), messages)
    if first > last:
        messages.add("law.swapped", last=say.day(last), first=say.day(first))
        first, last = last, first
    return of, first, last, statute.changes_table(importer(of).law, first, last)


def changes(address: Address) -> Response:
    """What began, changed or ended, newest first."""
    messages = Said()
    of, first, last, table = _changes(address, messages)
    days: dict[str, list[dict[str, Any]]] = {}
    for row in reversed(rows_of(table)):
        days.setdefault(str(row["date"]), []).append(row)
    return page(
        "changes.html.j2", address.request, place=PLACE, title=messages.say("law.changes_title"),
        said=messages, of=of, laws=LAWS, first=str(first),
        last=str(last), days=days, count=len(table), standing=_standing(table, messages.say),
    )  # fmt: skip


def changes_json(address: Address) -> Response:
    """The feed as JSON."""
    messages = Said()
    of, first, last, table = _changes(address, messages)
    rows = list(reversed(rows_of(table)))
    standing = table.standing.as_json() if table.standing is not None else {}
    answer = {"law": of, "from": str(first), "to": str(last), "messages": messages, **standing, "changes": rows}
    return JSONResponse(clean(answer))


def changes_atom(address: Address) -> Response:
    """The feed as Atom."""
    of, _, _, table = _changes(address, Said())
    body = atom(table, f"Changes of the law of {LAWS.place(of)}", base_of(address.request), "/law/changes")
    return Response(body, media_type=MEDIA)


def diff(address: Address) -> Response:
    """Measures that differ between two days."""
    messages = Said()
    of = one_of(address("of"), LAWS, "USA", "law", messages)
    say = messages.say
    second = day_of(address("after"), last_act(of, date.today()), messages)
    first = day_of(address("before"), second - timedelta(days=1), messages)
    table = statute.diff_table(importer(of).law, first, second)
    keys = ("before", "after")
    rows = [
        {**row, **dict(zip(keys, (row[f"on_{first}"], row[f"on_{second}"]), strict=True))} for row in rows_of(table)
    ]
    return page(
        "diff.html.j2", address.request, place=PLACE,
        title=say("law.diff_title", before=say.day(first), after=say.day(second)), said=messages, of=of,
        laws=LAWS, before=str(first), after=str(second), rows=rows, standing=_standing(table, messages.say),
    )  # fmt: skip
