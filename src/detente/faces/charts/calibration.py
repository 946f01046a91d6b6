"""Chart of calibration: how often threats were carried out, beside the chance that was given to it, in a few bins.

Table and columns it draws: ``track_calibration`` count, chance, share (shares); one row a bin, in rising order.
"""

from __future__ import annotations

from collections.abc import Mapping

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts.course import Course, Spot, Trace, course
from detente.faces.charts.frame import LEAST_CASES, Chart, ChartSetting, Row, rows_of, shown
from detente.faces.charts.theme import INK, QUIET

FEWEST = 2
"""Bins below which nothing is drawn."""


def calibrated(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """What came against what was expected; on the dashed line both are the same."""
    rows, say = rows_of(tables["track_calibration"]), about.say
    if len(rows) < FEWEST:
        return []
    points = tuple((shown(row["chance"], Unit.SHARE), shown(row["share"], Unit.SHARE)) for row in rows)
    end = max(max(point) for point in points)
    even = Trace((say("chart.calibration_even"),), ((0.0, 0.0), (end, end)), QUIET, dashed=True)
    came = Trace((say("chart.calibration_came"),), points, INK)
    form = Course(
        series=(came, even), unit=say("chart.unit_percent"), dates=False, across=say("chart.calibration_axis"),
        spots=tuple(_spot(row, point, about) for row, point in zip(rows, points, strict=True)), height=260, say=say,
    )  # fmt: skip
    many = [row for row in rows if row["count"] >= LEAST_CASES]
    worst = max(many or rows, key=lambda row: abs(row["share"] - row["chance"]))
    parts = {name: about.number(worst[name], Unit.SHARE, 0) for name in ("chance", "share")}
    return [
        Chart(
            name="calibration",
            table="track_calibration",
            title=say(f"chart.calibration_{'title' if many else 'few'}", **parts),
            subtitle=say("chart.calibration_subtitle"),
            alt=about.listed([_told(row, about) for row in rows]) + ".",
            unit=say("chart.unit_percent"),
            digits=0,
            note=say("chart.calibration_note"),
            source=about.source("deal_threats"),
            spec=lambda width: course(form, width),
        )
    ]


def _spot(row: Row, point: tuple[float, float], about: ChartSetting) -> Spot:
    return Spot(*point, (about.say("chart.calibration_count", count=row["count"]), str(row["count"])))


def _told(row: Row, about: ChartSetting) -> str:
    words = {name: about.number(row[name], Unit.SHARE, 0) for name in ("chance", "share")}
    return about.say("chart.calibration_told", count=row["count"], **words)
