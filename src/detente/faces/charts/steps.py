"""Steps: the duty on one good over time, with the acts that moved it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.frame import Chart, ChartSetting, Row, day, rows_of, shown, worded

PERCENT = "% of customs value"
MOST = 12
"""Acts that are numbered at most; those that move the duty most."""


def rate_series(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """The duty on a good as steps; the acts behind them are numbered and named beneath."""
    table = tables["line_history"]
    levels = rows_of(table)
    last = levels[-1]
    end = max(_end(table, last), str(last["date"]))
    rows = [{"at": r["date"], "value": shown(r["total"], Unit.SHARE), "group": "duty"} for r in levels]
    rows.append({"at": end, "value": rows[-1]["value"], "group": "duty"})
    acts = sorted(levels[1:], key=lambda r: -abs(r["change"]))[:MOST]
    numbered = sorted(acts, key=lambda r: str(r["date"]))
    marks = [{"at": r["date"], "number": str(i)} for i, r in enumerate(numbered, start=1)]
    legend = "; ".join(f"({i}) {day(r['date'])}: {r['what']}" for i, r in enumerate(numbered, start=1))
    peak = max(levels, key=lambda r: r["total"])
    return [
        Chart(
            name="series",
            table=table.name,
            title=table.title,
            alt=f"The duty peaks at {worded(peak['total'], Unit.SHARE, 1)} from {day(peak['date'])} and stands at "
            f"{worded(last['total'], Unit.SHARE, 1)} from {day(last['date'])}.",
            unit=PERCENT,
            digits=1,
            note=f"It moves on the days on which an act takes effect.{f' Numbers: {legend}.' if legend else ''}",
            source=about.source(table.name),
            spec=lambda width: forms.line(
                rows, width, PERCENT, dates=True, stepped=True, marks=marks, ends=_ends(peak, last, end)
            ),
            wide=True,
        )
    ]


def _end(table: Table, last: Row) -> str:
    """Last day that is drawn: that of the span where the table says it, else a month after the last level."""
    until = next((note.removeprefix(UNTIL) for note in table.notes if note.startswith(UNTIL)), "")
    if until:
        return until
    day_of = date.fromisoformat(str(last["date"]))
    return date.fromordinal(day_of.toordinal() + 30).isoformat()


UNTIL = "looked at until "
"""How a note of the table begins that says the last day of its span."""


def _ends(peak: Row, last: Row, end: str) -> list[Row]:
    """Direct labels: of the highest level where it begins, of the last one at the end of the span."""
    marks = [{"at": end, "side": "left", "level": float(last["total"])}]
    if peak is not last:
        marks.append({"at": str(peak["date"]), "side": "right", "level": float(peak["total"])})
    return [
        {
            "at": mark["at"],
            "side": mark["side"],
            "value": shown(mark["level"], Unit.SHARE),
            "text": worded(mark["level"], Unit.SHARE, 1),
        }
        for mark in marks
    ]
