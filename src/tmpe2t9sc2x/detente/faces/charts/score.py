"""A forecast beside what came: duty over imports by month, with the range of buyers' answer and with later acts.

Draws ``score_rates`` month, partner, came, source, forecast, low, high, with_law: the rows of every partner together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts.course import Course, Trace, course
from detente.faces.charts.frame import Chart, ChartSetting, Row, claimed, finite, rows_of, shown
from detente.faces.charts.theme import AFTER, INK, QUIET


def scored(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """The duty that was forecast for every month, beside the duty collected."""
    rows = [row for row in rows_of(tables["score_rates"]) if row["partner"] == "all"]
    known = finite(rows, "came")
    if len(rows) < 2 or not known:
        return []
    last, say, unit = known[-1], about.say, about.say("chart.unit_of_imports")
    came = say("chart.score_came")
    later = (say("chart.score_with_later"), say("chart.score_later"))
    form = Course(
        series=(
            _line(rows, "with_law", later, QUIET, dashed=True),
            _fan(rows, about),
            _line(known, "came", (f"{came} {_words(last, 'came', about)}", came), INK),
        ),
        unit=unit,
        say=say,
    )
    parts = {"forecast": _words(last, "forecast", about), "month": _month(last, about)}
    return [
        Chart(
            name="score",
            table="score_rates",
            title=say("chart.score_title", came=_words(last, "came", about), **parts),
            subtitle=say("chart.score_subtitle", unit=unit),
            alt=claimed(f"{about.listed([_told(row, about) for row in known])}."),
            unit=unit,
            digits=1,
            note=about.note(say("chart.score_note"), _sources(known, about)),
            source=about.source("score_rates"),
            spec=lambda width: course(form, width),
            wide=True,
        )
    ]


def _place(row: Row) -> float:
    return float(date.fromisoformat(f"{row['month']}-01").toordinal())


def _month(row: Row, about: ChartSetting) -> str:
    return about.month(str(row["month"]))


def _words(row: Row, name: str, about: ChartSetting) -> str:
    return about.number(row[name], Unit.SHARE, 1)


def _told(row: Row, about: ChartSetting) -> str:
    forecast, came = (_words(row, name, about) for name in ("forecast", "came"))
    return about.say("chart.score_told", month=_month(row, about), forecast=forecast, came=came)


def _line(rows: list[Row], name: str, forms: tuple[str, ...], colour: str, dashed: bool = False) -> Trace:
    points = tuple((_place(r), shown(r[name], Unit.SHARE)) for r in rows)
    return Trace(forms, points, colour, dashed)


def _fan(rows: list[Row], about: ChartSetting) -> Trace:
    """The forecast with its range."""
    name = about.say("chart.score_forecast")
    line = _line(rows, "forecast", (f"{name} {_words(rows[-1], 'forecast', about)}", name), AFTER)
    low, high = (tuple(shown(r[name], Unit.SHARE) for r in rows) for name in ("low", "high"))
    return Trace(line.forms, line.points, line.colour, low=low, high=high)


def _sources(rows: list[Row], about: ChartSetting) -> str:
    """From which month on receipts stand for duty calculated on entries."""
    later = [row for row in rows if str(row["source"]).startswith("customs")]
    name, row = ("receipts", later[0]) if later else ("on_record", rows[-1])
    return about.say(f"chart.score_{name}", month=_month(row, about))
