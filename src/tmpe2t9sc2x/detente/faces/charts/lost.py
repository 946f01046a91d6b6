"""Output lost by month above, need not met by month beneath, without and with a deal on licences.

Draws ``materials_lost`` month (2025-04), lost, deal_lost (USD a month), short, deal_short (shares of need) and, where
known, stock (months of need).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts.course import Course, Notice, Spot, Trace, course
from detente.faces.charts.frame import Chart, ChartSetting, Row, Spec, finite, rows_of, shown
from detente.faces.charts.theme import CONFIG, GAIN, LOSS, QUIET

COUNTRY = "USA"
"""Whose output the table has."""

LEAST = 1e7
"""USD a month below which nothing is lost that a picture would show."""

ABOVE, BENEATH, BETWEEN, MARGIN = 150, 130, 62, 46.0
"""Heights of the two parts, the space between them and what stands left of them, pixels."""

GONE = 0.02
"""Months of need below which stocks are used up."""


def lost(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Output lost beside the need that is not met; none where nothing is lost."""
    table, remark = about.first_variant(tables["materials_lost"])
    rows = finite(rows_of(table), "lost", "deal_lost", "short", "deal_short")
    top = max(rows, key=lambda row: row["lost"], default=None)
    if len(rows) < 2 or top is None or top["lost"] < LEAST:
        return []
    say, end = about.say, rows[-1]
    parts = {name: about.number(value, Unit.USD, 2) for name, value in (("top", top["lost"]), ("end", end["lost"]))}
    parts["share"] = about.number(end["short"], Unit.SHARE, 0)
    return [
        Chart(
            name="lost",
            table="materials_lost",
            title=say(f"chart.lost_{'falls' if end['lost'] < top['lost'] / 2 else 'peaks'}", **parts),
            subtitle=say("chart.lost_subtitle", unit=say("chart.lost_unit")),
            alt=say(
                "chart.lost_alt",
                country=about.subject(COUNTRY),
                month=about.month(str(top["month"])),
                deal=about.number(top["deal_lost"], Unit.USD, 2),
                last=about.month(str(end["month"])),
                **parts,
            ),
            unit=say("chart.lost_unit"),
            digits=2,
            note=about.note(remark, say("chart.lost_note")),
            source=about.source("materials_lost"),
            spec=lambda width: _picture(rows, about, width),
            wide=True,
        )
    ]


def _picture(rows: list[Row], about: ChartSetting, width: int) -> Spec:
    """Two courses of the same months, one above the other, on axes of one left edge."""
    parts = [
        course(_course(rows, keys, unit, high, about), width)
        for keys, unit, high in (
            (("lost", "deal_lost"), about.say("chart.lost_unit"), ABOVE),
            (("short", "deal_short"), about.say("chart.lost_need"), BENEATH),
        )
    ]
    panels = [{key: part[key] for key in ("width", "height", "layer")} for part in parts]
    return {
        "$schema": parts[0]["$schema"],
        "config": CONFIG,
        "autosize": {"type": "pad"},
        "spacing": BETWEEN,
        "bounds": "flush",
        "vconcat": panels,
    }


def _course(rows: list[Row], keys: tuple[str, str], unit: str, high: int, about: ChartSetting) -> Course:
    names = ("without", "with")
    lines = [_trace(rows, key, name, about) for key, name in zip(keys, names, strict=True)]
    top = max(rows, key=lambda row: row[keys[0]])
    amount = keys[0] == "lost"
    text = about.number(top[keys[0]], Unit.USD if amount else Unit.SHARE, 2 if amount else 0)
    spot = Spot(_place(top), _value(top, keys[0]), (text,), LOSS)
    acts = _used_up(rows, about) if amount else ()
    return Course(
        tuple(lines), unit, stepped=amount, acts=acts, spots=(spot,), height=high, margin=MARGIN, say=about.say
    )


def _used_up(rows: list[Row], about: ChartSetting) -> tuple[Notice, ...]:
    """The month in which stocks are used up, where they are."""
    first = next((row for row in rows if row.get("stock", 1.0) < GONE), None)
    if first is None or first is rows[0]:
        return ()
    text = about.say("chart.lost_used_up", month=about.month(str(first["month"])))
    return (Notice(_place(first), text, QUIET, 1.0),)


def _trace(rows: list[Row], key: str, name: str, about: ChartSetting) -> Trace:
    forms = (about.say(f"chart.lost_{name}"), about.say(f"chart.lost_{name}_brief"))
    points = tuple((_place(row), _value(row, key)) for row in rows)
    return Trace(forms, points, LOSS if name == "without" else GAIN)


def _place(row: Row) -> float:
    return float(date.fromisoformat(f"{row['month']}-01").toordinal())


def _value(row: Row, key: str) -> float:
    """Billions of dollars, or per cent of need."""
    return shown(row[key], Unit.USD if key.endswith("lost") else Unit.SHARE)
