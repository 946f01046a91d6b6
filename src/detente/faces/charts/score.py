"""A forecast beside what came: duty over imports by month, with the range of buyers' answer and with later acts.

Draws ``score_rates`` month, partner, came, source, forecast, low, high, with_law: the rows of every partner together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts.course import Course, Trace, course
from detente.faces.charts.frame import Chart, ChartSetting, Row, finite, rows_of, shown, worded
from detente.faces.charts.theme import AFTER, INK, QUIET

UNIT = "% of the value of imports"


def scored(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """The duty that was forecast for every month, beside the duty collected."""
    rows = [row for row in rows_of(tables["score_rates"]) if row["partner"] == "all"]
    known = finite(rows, "came")
    if len(rows) < 2 or not known:
        return []
    last = known[-1]
    form = Course(
        series=(
            _line(rows, "with_law", ("with later acts", "later acts"), QUIET, dashed=True),
            _fan(rows),
            _line(known, "came", (f"came {_words(last, 'came')}", "came"), INK),
        ),
        unit=UNIT,
    )
    return [
        Chart(
            name="score",
            table="score_rates",
            title=f"{_words(last, 'forecast')} was forecast for {_month(last)}, {_words(last, 'came')} came",
            subtitle=f"Duty collected over imports, {UNIT}, and its forecast months ahead",
            alt=f"{'; '.join(_told(row) for row in known)}.",
            unit=UNIT,
            digits=1,
            note="Band: the answer of buyers from none to that of the long run. Dashed: the same forecast with the "
            f"acts that were signed later. {_sources(known)}",
            source=about.source("score_rates"),
            spec=lambda width: course(form, width),
            wide=True,
        )
    ]


def _place(row: Row) -> float:
    return float(date.fromisoformat(f"{row['month']}-01").toordinal())


def _month(row: Row) -> str:
    return date.fromisoformat(f"{row['month']}-01").strftime("%B %Y")


def _words(row: Row, name: str) -> str:
    return worded(row[name], Unit.SHARE, 1)


def _told(row: Row) -> str:
    return f"{_month(row)}: forecast {_words(row, 'forecast')}, came {_words(row, 'came')}"


def _line(rows: list[Row], name: str, forms: tuple[str, ...], colour: str, dashed: bool = False) -> Trace:
    points = tuple((_place(r), shown(r[name], Unit.SHARE)) for r in rows)
    return Trace(forms, points, colour, dashed)


def _fan(rows: list[Row]) -> Trace:
    """The forecast with its range."""
    line = _line(rows, "forecast", (f"forecast {_words(rows[-1], 'forecast')}", "forecast"), AFTER)
    low, high = (tuple(shown(r[name], Unit.SHARE) for r in rows) for name in ("low", "high"))
    return Trace(line.forms, line.points, line.colour, low=low, high=high)


def _sources(rows: list[Row]) -> str:
    """From which month on receipts stand for duty calculated on entries."""
    later = [row for row in rows if str(row["source"]).startswith("customs")]
    return f"From {_month(later[0])} on: customs receipts." if later else f"On record to {_month(rows[-1])}."
