"""The Law page: find a product or a measure, climb the ladder of its duties, see it change, compare two days."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from fastapi.responses import RedirectResponse, Response

from detente.codes import DetenteError, Table, dotted
from detente.codes.days import BASE_DAY, EARLIEST
from detente.codes.names import first_upper
from detente.data.importers import importer
from detente.data.tables import countries
from detente.faces.ask.questions.law_list import law_list
from detente.faces.charts.frame import rows_of
from detente.faces.ladder import as_json, fact_line, owed, stand_in, titles_of, without_effect
from detente.faces.web.html import Address, Said, day_of, one_of, page, refused, tried
from detente.faces.web.pages.draw import step_chart
from detente.faces.web.pages.importers import LAWS, PARTNER
from detente.faces.words.language import Language, sorted_as
from detente.faces.words.record import record_sentences
from detente.lab.statute import search as law_search
from detente.lab.statute.line_history import line_history
from detente.lab.statute.lookup import LineDuty, look_up
from detente.law import Law

PLACE = "Law"
BEFORE = timedelta(days=92)
"""A quarter before days begin, so that a chart shows what they set out from."""

MOST = 40
"""Results of a search shown; the number of all is said."""
TRIED = (
    ("batteries", "/law/line/8507.60.00.20?partner=CHN"),
    ("phones", "/law/line/8517.13.00.00?partner=CHN"),
    ("cars", "/law/line/8703.23.01?partner=JPN"),
    ("soybeans", "/law/line/1201.90?partner=USA&of=CHN"),
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
            f"/law/line/{code}?partner={_word(partner)}&of={of}&on={_word(address('on')) if messages else when}", 303
        )
    where = importer(of)
    tables = tried(lambda: law_search.search(where, where.law, q), [], messages) if q.strip() else []
    lines = next((rows_of(t) for t in tables if t.name == "lines"), [])
    measures = next((rows_of(t) for t in tables if t.name == "measures"), [])
    live = [row for row in lines if not row["until"] or row["until"] >= str(when)]
    acts = None if q.strip() else law_list(when, of=of)
    return page(
        "law.html.j2", address.request, place=PLACE, q=q,
        title=say("law.title_words", words=q) if q else say("frame.place_law"), of=of, laws=LAWS, on=str(when),
        said=messages, partner=partner, lines=(live or lines)[:MOST], count=len(live or lines), measures=measures,
        tried=TRIED, acts=acts, force=[] if acts is None else rows_of(acts.main),
        standing=_standing(None if acts is None else acts.main, say),
        names=names_in(say),
    )  # fmt: skip


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


def _sentence(text: str) -> str:
    return f"{first_upper(text)}."


def line(address: Address) -> Response:
    """The ladder of duties on a good on a day, and how it came to be."""
    code, partner, claim = address("code"), address("partner"), address("claim")
    messages = Said()
    of = one_of(address("of"), LAWS, "USA", "law", messages)
    when = day_of(address("on"), date.today(), messages)
    partner = partner or PARTNER[of]
    if when < EARLIEST:
        messages.add("law.begins", first=messages.say.day(EARLIEST), day=messages.say.day(when))
        when = EARLIEST
    try:
        answer = look_up(code[:40], partner[:60], when, claim=claim, of=of)
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)
    if answer.stands_in:
        messages.append(_sentence(stand_in(answer)))
    where = importer(of)
    first = max(day_of(address("from"), BASE_DAY - BEFORE, messages), EARLIEST)
    past = tried(lambda: _history(code[:40], partner[:60], first, of), None, messages)
    say = messages.say
    country, came = say.name(answer.partner), say.country(answer.partner, "from")
    total = say("law.no_duty") if answer.banned else _total(answer, say)
    sentence = say("law.owes", code=dotted(answer.code), from_country=came, total=total, day=say.day(answer.on))
    titles = titles_of(answer)
    messages += [_sentence(text) for text in without_effect(answer)]
    return page(
        "line.html.j2", address.request, place=PLACE, title=sentence,
        answer=answer, said=messages, of=of, laws=LAWS, names=names_in(say),
        code=code, on=str(answer.on), partner=answer.partner, country=country, claim=claim, since=str(first),
        about=where.description(where.lines.index(answer.main.line)), ladder=_rungs(answer, where.law),
        base_source=where.base_source(answer.main.line, answer.on, answer.partner),
        total=total, sentence=sentence, history=past,
        standing=_standing(answer, say),
        hangs_on=[fact_line(fact, titles) for fact in answer.facts],
        drawn=_drawn(past, answer.on, say) if past is not None else {}, rows=rows_of(past) if past is not None else [],
    )  # fmt: skip


def _standing(answer: LineDuty | Table | None, say: Language) -> list[str]:
    """What a reader should know of the record behind an answer."""
    return record_sentences(None if answer is None else answer.standing)


@lru_cache(maxsize=256)
def _history(code: str, partner: str, first: date, of: str) -> Table:
    return line_history(code, partner, first=first, last=_end(), of=of)


def _end() -> date:
    """Last day of the charts: half a year ahead, where acts that are due are on record."""
    return date.today() + timedelta(days=180)


def _drawn(past: Table, here: date, say: Language) -> dict[str, Any]:
    """The chart for a page and for a telephone; what lies ahead of today assumes that the law stays."""
    rows = rows_of(past)
    first, last = date.fromisoformat(str(rows[0]["date"])), max(_end(), here)
    return {
        name: step_chart(rows, first, last, date.today(), here, width, say)
        for name, width in (("wide", 900), ("narrow", 360))
    }


def _total(answer: LineDuty, say: Language) -> str:
    """What is owed, to a tenth of a point where it is a share of value alone; of several lines their range first."""
    if not answer.uniform and not answer.by_quantity and answer.level == "line":
        low, high = map(say.percent, answer.ends)
        return say("law.range", low=low, high=high, mean=say.percent(answer.total), count=len(answer.ladders))
    return owed(answer) if answer.by_quantity or answer.level != "line" else say.percent(answer.total)


def _rungs(answer: LineDuty, law: Law) -> dict[str, Any]:
    """The ladder as a page shows it: terms that add something, then those that were displaced."""
    content = as_json(answer)
    titles = {m.id: m.title for m in law.measures}
    terms = [
        {**term, "displaced_by": [titles.get(name, name) for name in term["displaced_by"]]} for term in content["terms"]
    ]
    adds = [term for term in terms if abs(term["points"]) > 1e-9]
    idle = [term for term in terms if abs(term["points"]) <= 1e-9]
    return {**content, "total": answer.total, "adds": adds, "idle": idle, "controlled": answer.controls}
