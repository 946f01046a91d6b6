"""The duty page: the average duty of both sides by day with its acts and its authorities, for all partners or one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from fastapi.responses import Response

from detente.codes import DetenteError, Table
from detente.codes.days import BASE_DAY
from detente.data.importerfile import importer_id
from detente.data.importers import importer
from detente.faces.charts import Chart
from detente.faces.charts.gallery import charts, setting, source_line
from detente.faces.report.readers import Grid
from detente.faces.web.html import Address, Said, as_csv, day_of, one_of, page, picture, refused, tried, whole
from detente.faces.web.pages.files import drawn_as, page_with
from detente.faces.web.pages.importers import LAWS, PARTNER
from detente.faces.web.pages.law import code_named, names, names_in
from detente.faces.words.language import Language
from detente.faces.words.record import records_of
from detente.lab.ground.averages import daily_averages
from detente.lab.ground.ground import ground_of
from detente.lab.record.around import EVENT_COLUMNS
from detente.lab.record.tables import events_table

PLACE = "Law"
LONGEST = timedelta(days=3 * 366)
"""Span of one page."""


def duty(address: Address) -> Response:
    """The page, or the same for a frame on another page."""
    messages = Said()
    say = messages.say
    span, partner = _asked(address, messages)
    of = _importer(address, messages)
    tables = tried(lambda: _tables(*span, partner, of), {}, messages)
    drawn = _charts(tables, partner, of, say)
    sides = {code: tables[name] for code, name in (NAMES | _named(of)).items() if name in tables}
    framed = address.request.url.path.startswith("/embed/")
    query = f"from={span[0]}&to={span[1]}&partner={partner}{f'&of={of}' if of else ''}"
    standings = {code: table.standing for code, table in sides.items() if table.standing is not None}
    return page(
        "duty.html.j2", address.request, place=PLACE, title=_title(drawn, partner, say, of), said=messages,
        partner=partner, first=str(span[0]), last=str(span[1]), names=names_in(say), laws=LAWS, query=query,
        framed=framed, figures=[picture(chart) for chart in drawn], heading=_heading(partner, say, of), of=of or "USA",
        grids=[_grid(code, table, say) for code, table in sides.items()] if not framed else [],
        record=records_of(standings, say),
    )  # fmt: skip


def data_csv(address: Address) -> Response:
    """Days of one side as CSV: the table of `detente daily`."""
    (first, last), partner = _asked(address, Said())
    try:
        of = importer_id(address("of", "USA")[:60], "of")
        return as_csv(_days(of, first, last, _goods_of(of, partner)), f"daily-{of.lower()}")
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)


def chart_file(address: Address) -> Response:
    """One chart of the page as SVG, PNG or CSV."""
    span, partner = _asked(address, Said())
    try:
        of = _importer(address, Said())
        tables, say = _tables(*span, partner, of), Said().say
        return drawn_as(address, _charts(tables, partner, of, say), tables, page_with("/duty", address))
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)


NAMES = {"USA": "daily", "CHN": "daily_chn"}
"""Tables of the two sides."""

WHOLE, NOTHING = ("date", "average"), 5e-6
"""Columns that stand whatever they hold, and what an authority adds at least on some day to have one, share."""

OTHERS = ("icio-2022", "usa_imports_2024", "usa_exports_2024")
"""What averages of other importers rest on."""


def _importer(address: Address, messages: Said) -> str:
    """The importer whose days are shown alone; "" for the United States and China beside one another."""
    of = one_of(address("of"), LAWS, "USA", "importer", messages)
    return "" if of == "USA" or (of in NAMES and not address("partner")) else of


def _named(of: str) -> dict[str, str]:
    return {of: f"daily_{of.lower()}"} if of else {}


def _asked(address: Address, messages: Said) -> tuple[tuple[date, date], str]:
    """Days and partner of an address."""
    first = day_of(address("from"), BASE_DAY, messages)
    last = day_of(address("to"), date.today(), messages)
    if last < first or last - first > LONGEST:
        days = {"first": first, "last": last, "base": BASE_DAY}
        messages.add("duty.span_refused", **{name: messages.say.day(day) for name, day in days.items()})
        first, last = BASE_DAY, date.today()
    partner = code_named(address("partner")) if address("partner") else ""
    if partner and partner not in names():
        messages.add("duty.partner_unknown", name=partner[:40])
        partner = ""
    return (first, last), partner


def _goods_of(of: str, partner: str) -> str:
    """Whose goods a side's average is of: the partner's, or the first side's for the partner itself."""
    return "" if not partner else PARTNER[of] if of == "CHN" else partner


def _tables(first: date, last: date, partner: str, of: str = "") -> dict[str, Table]:
    """Days of the sides, and acts; China's side stands beside the whole, and beside its own goods."""
    if of:
        return {name: _days(code, first, last, partner) for code, name in _named(of).items()}
    sides = ("USA", "CHN") if partner in ("", "CHN") else ("USA",)
    tables = {NAMES[code]: _days(code, first, last, _goods_of(code, partner)) for code in sides}
    if partner not in ("", "CHN"):
        return tables  # the acts on record are those between the two sides
    events = tried(lambda: events_table(first, last).select(EVENT_COLUMNS), None, [])
    return tables | ({"events": events} if events is not None else {})


@lru_cache(maxsize=32)
def _days(of: str, first: date, last: date, partner: str) -> Table:
    """Average duty of an importer by day, as `detente daily` has it."""
    ground = ground_of(importer(of).law)
    if partner:
        ground = ground.only(ground.where.countries.expand(partner, first, "partner"))
    return daily_averages(ground, first, last)


def _charts(tables: Mapping[str, Table], partner: str, of: str, say: Language) -> list[Chart]:
    """Days of both sides on one chart, then what each authority adds."""
    drawn = charts(tables, ("daily", "authorities"), say=say) if tables else []
    for name in _named(of).values():
        drawn = [replace(chart, table=name, source=source_line(OTHERS, say)) for chart in drawn]
    if not partner:
        return drawn
    name = "goods_both" if partner == "CHN" and not of else "goods_alone"
    origin = setting(OTHERS, say).origin(partner)
    return [
        replace(chart, subtitle=say(f"chart.daily_{name}", subtitle=chart.subtitle, origin=origin)) for chart in drawn
    ]


def _heading(partner: str, say: Language, of: str = "") -> str:
    if of:
        owner = say.country(of, "of")
        if partner:
            return say("duty.of_importer_partner", of_country=owner, from_country=say.country(partner, "from"))
        return say("duty.of_importer", of_country=owner)
    if partner in ("", "CHN"):
        return say("duty.of_pair" if partner else "duty.of_all")
    return say("duty.of_partner", from_country=say.country(partner, "from"))


def _title(drawn: list[Chart], partner: str, say: Language, of: str) -> str:
    """What the page finds, where it has a chart; else what it is about."""
    return drawn[0].title if drawn else _heading(partner, say, of)


def _grid(code: str, table: Table, say: Language) -> tuple[str, Grid]:
    """Days on which the average of a side moves, as readers see them."""
    return code, replace(whole(_moves(table), say), title=say("duty.moved", country=say.name(code)))


def _moves(table: Table) -> Table:
    """Only the days on which the average moves, and only authorities that add to it on one of them."""
    moved = table.take(np.concatenate([[True], np.abs(np.diff(table["average"])) > 5e-7]))
    return moved.select([name for name in moved.data if name in WHOLE or np.any(moved[name] >= NOTHING)])
