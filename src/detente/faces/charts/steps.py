"""Steps: the duty on one good over time, with the acts that moved it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts.course import Course, Notice, Spot, Trace, course, ordinal_of
from detente.faces.charts.days import short_day
from detente.faces.charts.frame import Chart, ChartSetting, Row, day, rows_of, shown, worded
from detente.faces.charts.theme import PARTY, QUIET

PERCENT = "% of customs value"
MOST = 12
"""Acts that are named beneath at most; those that move the duty most."""


def rate_series(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """The duty on a good as steps, with the acts behind them."""
    table = tables["line_history"]
    levels = rows_of(table)
    first, last, peak = levels[0], levels[-1], max(levels, key=lambda r: r["total"])
    acts = sorted(sorted(levels[1:], key=lambda r: -abs(r["change"]))[:MOST], key=lambda r: str(r["date"]))
    named = "; ".join(f"{day(r['date'])}: {r['what']}" for r in acts)
    start, end, top = (worded(r["total"], Unit.SHARE, 1) for r in (first, last, peak))
    form = Course(
        series=(_line(table, levels),),
        unit=PERCENT,
        stepped=True,
        acts=tuple(_act(r) for r in acts),
        spots=() if peak is last else (Spot(ordinal_of(peak, "date"), shown(peak["total"], Unit.SHARE), (top,)),),
    )
    return [
        Chart(
            name="series",
            table=table.name,
            title=f"{table.title}: from {start} to {end}",
            alt=f"The duty peaks at {top} from {day(peak['date'])} and stands at {end} from {day(last['date'])}.",
            unit=PERCENT,
            digits=1,
            note=f"It moves on the days on which an act takes effect.{f' {named}.' if named else ''}",
            source=about.source(table.name),
            subtitle=f"Duty the law asks for, {PERCENT}, day by day",
            spec=lambda width: course(form, width),
            wide=True,
        )
    ]


def _line(table: Table, levels: list[Row]) -> Trace:
    points = [(ordinal_of(r, "date"), shown(r["total"], Unit.SHARE)) for r in levels]
    end = float(date.fromisoformat(_end(table, levels[-1])).toordinal())
    text = worded(levels[-1]["total"], Unit.SHARE, 1)
    return Trace((text,), (*points, (end, points[-1][1])), PARTY.get("USA", QUIET))


def _act(row: Row) -> Notice:
    """What moved the duty, without its points: they stand beneath."""
    title = str(row["what"]).partition(":")[0]
    return Notice(ordinal_of(row, "date"), f"{short_day(str(row['date']))}: {title}", QUIET, abs(float(row["change"])))


def _end(table: Table, last: Row) -> str:
    """Last day that is drawn: that of the span where the table says it, else a month after the last level."""
    until = next((note.removeprefix(UNTIL) for note in table.notes if note.startswith(UNTIL)), "")
    after = date.fromordinal(date.fromisoformat(str(last["date"])).toordinal() + 30).isoformat()
    return max(until, str(last["date"])) if until else after


UNTIL = "looked at until "
"""How a note of the table begins that says the last day of its span."""
