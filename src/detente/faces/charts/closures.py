"""What the closure of trade balances does to the real income of both sides: a point a closure, within their range.

Draws ``closures`` variant, closure, and the change of real income of each side, shares; rows that are no closure of
trade balances stand in the table alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.frame import Chart, ChartSetting, Row, claimed, finite, rows_of, shown
from detente.lab.duties.among import two_sides
from detente.lab.world.incidence import CLOSURES


def closures(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Real income of the two sides under each closure; none where one closure alone was solved, or nothing moves."""
    table, remark = about.first_variant(tables["closures"])
    sides = [code for code in two_sides(tables) if code.lower() in table.data]
    rows = [r for r in finite(rows_of(table), *(code.lower() for code in sides)) if r["closure"] in CLOSURES]
    if len(rows) < 2 or not sides:
        return []
    ends = {code: _ends(rows, code.lower()) for code in sides}
    drawn = [_point(row, code, ends[code], about) for code in sides for row in rows]
    if not any(row["value"] for row in drawn):
        return []
    say, widest = about.say, max(sides, key=lambda code: ends[code][1] - ends[code][0])
    return [
        Chart(
            name="closures",
            table="closures",
            title=_finding(widest, ends[widest], about),
            subtitle=say("chart.closures_subtitle", between=about.between),
            alt=f"{about.listed([_told(code, ends[code], about) for code in sides])}.",
            unit=say("chart.unit_percent"),
            digits=2,
            note=about.note(remark, say("chart.closures_note"), say("chart.closures_used")),
            source=about.source("closures"),
            spec=lambda width: forms.intervals(drawn, width, say("chart.income_axis")),
        )
    ]


def _ends(rows: Sequence[Row], key: str) -> tuple[float, float]:
    """Lowest and highest change of real income over the closures."""
    values = [float(row[key]) for row in rows]
    return min(values), max(values)


def _point(row: Row, code: str, ends: tuple[float, float], about: ChartSetting) -> Row:
    """The number of a side under one closure, in the range of the side over all."""
    value = float(row[code.lower()])
    label = about.say(f"chart.closures_{row['closure'].replace('-', '_')}", country=about.brief(code))
    places = {"value": shown(value, Unit.SHARE), "low": shown(ends[0], Unit.SHARE), "high": shown(ends[1], Unit.SHARE)}
    return {"label": label, **places, "text": about.number(value, Unit.SHARE, 2, sign=True)}


def _told(code: str, ends: tuple[float, float], about: ChartSetting) -> str:
    low, high = (about.number(end, Unit.SHARE, 2, sign=True) for end in ends)
    return about.say("chart.closures_told", country=about.country(code), low=low, high=high)


def _finding(code: str, ends: tuple[float, float], about: ChartSetting) -> str:
    """What the choice of a closure does to the side that it moves most, as a title."""
    low, high = (about.number(end, Unit.SHARE, 2, sign=True) for end in ends)
    whom = about.say.country(code, "adjective")
    if low == high:
        return claimed(about.say("chart.closures_same", whom=whom, number=low))
    return claimed(about.say("chart.closures_title", whom=whom, low=low, high=high))
