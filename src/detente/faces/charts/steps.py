"""Steps: the duty on one good over time, with the acts that moved it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts.course import Course, Notice, Spot, Trace, course, ordinal_of
from detente.faces.charts.days import dated
from detente.faces.charts.frame import Chart, ChartSetting, Row, rows_of, shown
from detente.faces.charts.theme import PARTY, QUIET

MOST = 12
"""Acts that are named beneath at most; those that move the duty most."""


def rate_series(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """The duty on a good as steps, with the acts behind them."""
    table = tables["line_history"]
    levels = rows_of(table)
    first, last, peak = levels[0], levels[-1], max(levels, key=lambda r: r["total"])
    acts = sorted(sorted(levels[1:], key=lambda r: -abs(r["change"]))[:MOST], key=lambda r: str(r["date"]))
    say, unit = about.say, about.say("chart.unit_of_value")
    named = about.listed([say("chart.all_dated", day=about.day(r["date"]), what=_what(r, about)) for r in acts])
    start, end, top = (about.number(r["total"], Unit.SHARE, 1) for r in (first, last, peak))
    form = Course(
        series=(_line(table, levels, about),),
        unit=unit,
        stepped=True,
        acts=tuple(_act(r, about) for r in acts),
        spots=() if peak is last else (Spot(ordinal_of(peak, "date"), shown(peak["total"], Unit.SHARE), (top,)),),
        say=say,
    )
    return [
        Chart(
            name="series",
            table=table.name,
            title=say("chart.series_title", what=table.title, start=start, end=end),
            alt=say("chart.series_alt", top=top, peak=about.day(peak["date"]), end=end, last=about.day(last["date"])),
            unit=unit,
            digits=1,
            note=about.note(say("chart.series_note"), f"{named}." if named else ""),
            source=about.source(table.name),
            subtitle=say("chart.series_subtitle", unit=unit),
            spec=lambda width: course(form, width),
            wide=True,
        )
    ]


def _line(table: Table, levels: list[Row], about: ChartSetting) -> Trace:
    points = [(ordinal_of(r, "date"), shown(r["total"], Unit.SHARE)) for r in levels]
    end = float(date.fromisoformat(_end(table, levels[-1])).toordinal())
    text = about.number(levels[-1]["total"], Unit.SHARE, 1)
    return Trace((text,), (*points, (end, points[-1][1])), PARTY.get("USA", QUIET))


def _act(row: Row, about: ChartSetting) -> Notice:
    """What moved the duty, without its points: they stand beneath."""
    title = str(row["what"]).partition(":")[0]
    text = dated(str(row["date"]), title, about)
    return Notice(ordinal_of(row, "date"), text, QUIET, abs(float(row["change"])))


def _what(row: Row, about: ChartSetting) -> str:
    """What moved the duty: acts with their points before and after."""
    return about.listed(str(row["what"]).split("; "))


def _end(table: Table, last: Row) -> str:
    """Last day that is drawn: that of the span where the table says it, else a month after the last level."""
    until = next((note.removeprefix(UNTIL) for note in table.notes if note.startswith(UNTIL)), "")
    after = date.fromordinal(date.fromisoformat(str(last["date"])).toordinal() + 30).isoformat()
    return max(until, str(last["date"])) if until else after


UNTIL = "looked at until "
"""How a note of the table begins that says the last day of its span."""
