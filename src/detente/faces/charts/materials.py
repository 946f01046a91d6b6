"""The months of a shortage: what share of its need each user is without.

Draws the table ``months``: month (number from the first, or 2025-04), group (user, country or element), short (share of
need that is not met); and of a table whose name begins with ``materials``: country, scope, measure, period, without,
deal (losses over annual GDP without and with a deal on licences).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import ceil

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.frame import (
    Chart,
    ChartSetting,
    Row,
    Spec,
    claimed,
    finite,
    rows_of,
    shown,
)
from detente.faces.charts.theme import (
    GAINS,
    HEAT,
    INK,
    PAPER,
    QUIET,
    beside_of,
    label_axis,
    lines,
    narrow,
    spec,
    upright,
    wrapped,
)

MOST = 10
"""Users of a chart, those without most."""

DARK_FROM = 0.6
"""Share of the largest shortage above which a cell is dark enough for white numbers."""


def months(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Shortage by user and month."""
    table, remark = about.first_variant(tables["months"])
    rows = finite(rows_of(table), "short")
    worst: dict[str, float] = {}
    for r in rows:
        worst[str(r["group"])] = max(worst.get(str(r["group"]), 0.0), float(r["short"]))
    say, without = about.say, "deal" in table.data
    kept = sorted(worst, key=lambda name: (-worst[name], name))[:MOST]
    drawn = [_cell(r, about) for r in rows if str(r["group"]) in kept]
    top = max(rows, key=lambda r: r["short"])
    if not top["short"] > 0:
        return []
    share, month = about.number(top["short"], Unit.SHARE, 0), about.month(str(top["month"]))
    return [
        Chart(
            name="months",
            table="months",
            title=say(
                f"chart.months_title{'_deal' if without else ''}",
                user=_user(str(top["group"]), about),
                share=share,
                month=month,
            ),
            subtitle=say(f"chart.months_subtitle{'_deal' if without else ''}"),
            alt=say("chart.months_alt", user=about.the(str(top["group"])), share=share, month=month),
            unit=say("chart.unit_of_need"),
            digits=0,
            note=about.note(
                remark,
                say("chart.months_without") if without else "",
                say("chart.months_note"),
                say("chart.months_most", number=len(kept)),
            ),
            source=about.source("months"),
            spec=lambda width: _cells(drawn, [_user(name, about) for name in kept], width, about),
            wide=True,
        )
    ]


def _user(name: str, about: ChartSetting) -> str:
    """A country, or an industry in few words: "Aircraft engine and engine parts manufacturing" without the last."""
    return claimed(about.country(name).replace(" manufacturing", ""))


def _plain(row: Row) -> str:
    """What a row shows, in words that may break anywhere."""
    return f"{row['label']} {row['text']}".replace("\u00a0", " ")


def _whole(text: str) -> str:
    """Words that stay on one line."""
    return text.replace(" ", "\u00a0")


def deals(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Loss of GDP without and with a deal on licences."""
    named = [t for name, t in tables.items() if name.startswith("materials") and set(t.data) >= WANTED and len(t)]
    return [chart for table in named[:1] for chart in _deals(table, about)]


WANTED = {"country", "scope", "measure", "period", "without", "deal"}


def _deals(table: Table, about: ChartSetting) -> list[Chart]:
    table, remark = about.first_variant(table)
    known = finite(rows_of(table), "without", "deal")
    first = known[0]["measure"] if known else ""
    scope = known[-1]["scope"] if known else ""
    rows = [r for r in known if r["measure"] == first and r["scope"] == scope and str(r["period"]).startswith("year")]
    if not rows:
        return []
    drawn = [
        {
            "label": f"{about.country(str(r['country']))}, {_whole(str(r['period']))}",
            "before": shown(r["without"], Unit.SHARE),
            "after": shown(r["deal"], Unit.SHARE),
            "text": " \u2192 ".join(about.number(r[key], Unit.SHARE, 3) for key in ("without", "deal")),
        }
        for r in rows
    ]
    if len(rows) < 2 or not any(r["without"] for r in rows):
        return []
    top = max(range(len(rows)), key=lambda i: rows[i]["without"])
    worst = rows[top]
    before, after = (about.number(worst[key], Unit.SHARE, 3) for key in ("without", "deal"))
    say, what = about.say, str(first)
    return [
        Chart(
            name="licences",
            table=table.name,
            title=say("chart.licences_title", of_country=about.of(str(worst["country"])), before=before, after=after),
            subtitle=say("chart.licences_subtitle", what=what),
            alt=say("chart.licences_alt", worst=_plain(drawn[top])),
            unit=say("chart.unit_of_gdp"),
            digits=3,
            note=about.note(
                remark,
                say("chart.licences_scope", what=what, scope=str(scope)),
                say("chart.licences_note"),
            ),
            source=about.source(table.name),
            spec=lambda width: forms.before_after(drawn, width, say("chart.licences_axis")),
        )
    ]


def _cell(row: Row, about: ChartSetting) -> Row:
    short = float(row["short"])
    text = about.number(short, Unit.SHARE, 0) if short >= 5e-3 else ""
    month = str(row["month"])
    value = shown(short, Unit.SHARE)
    return {"label": _user(str(row["group"]), about), "month": month, "value": value, "text": text.rstrip("%\u202f")}


def _cells(rows: list[Row], order: list[str], width: int, about: ChartSetting) -> Spec:
    labels = [wrapped(name, width) for name in order]
    whole = list(dict.fromkeys(row["month"] for row in rows))
    top = max([10.0, *(row["value"] for row in rows)])
    labelled = not narrow(width) and len(whole) <= 26
    data = [{**row, "label": wrapped(str(row["label"]), width), "colour": _shade(row["value"], top)} for row in rows]
    x = {"field": "month", "type": "ordinal", "sort": whole, "axis": _months_axis(whole, data, width, about)}
    x["scale"] = {"padding": 0.05}
    colour = {"field": "colour", "type": "nominal", "scale": None, "legend": None}
    layers: list[Spec] = [{"mark": {"type": "rect", "stroke": GAINS[0]}, "encoding": {"x": x, "color": colour}}]
    if labelled:
        white = {"condition": {"test": f"datum.value > {top * DARK_FROM:g}", "value": PAPER}, "value": INK}
        mark = {"type": "text", "fontSize": 10.5}
        layers.append({"mark": mark, "encoding": {"x": x, "text": {"field": "text"}, "color": white}})
    step = max(22, 14 * lines(labels) + 6)
    high = step * len(labels)
    key = [] if labelled else _key(top, high)
    return spec(width, high, [*upright(label_axis(labels, width), layers), *key], data)


def _shade(value: float, top: float) -> str:
    """Colour of a share: paper for none, then even steps up to the largest; reads the same in grey."""
    return PAPER if value < 0.5 else HEAT[min(int(len(HEAT) * value / top), len(HEAT) - 1)]


def _months_axis(whole: list[str], data: list[Row], width: int, about: ChartSetting) -> Spec:
    shown_as = {month: _month(month, about) for month in whole}
    longest = max(map(len, shown_as.values()))
    every = ceil((6.5 * longest + 10) / max((width - beside_of(data) - 10) / len(whole), 1.0))
    title = about.say("chart.months_axis") if whole[0].isdigit() else None
    return {
        "title": title,
        "labelAngle": 0,
        "orient": "top",
        "values": whole[::every],
        "labelExpr": f"({json.dumps(shown_as, ensure_ascii=False)})[datum.value]",
        "domain": False,
        "ticks": False,
    }


def _month(text: str, about: ChartSetting) -> str:
    """A month in words: "2025-04" -> "Apr 2025"; the number of a month stays."""
    year, _, month = text.partition("-")
    return f"{about.say.forms['months_short'][int(month) - 1]} {year}" if month.isdigit() else text


def _key(top: float, high: int) -> list[Spec]:
    """The steps of colour with their bounds, under the cells."""
    wide, layers = 34.0, []
    for i, colour in enumerate(HEAT):
        ends = {"x": i * wide, "x2": (i + 1) * wide, "y": high + 14.0, "y2": high + 28.0}
        encoding = {key: {"value": value} for key, value in ends.items()}
        layers.append({"data": {"values": [{}]}, "mark": {"type": "rect", "fill": colour}, "encoding": encoding})
    for i in range(1, len(HEAT)):
        words = {"text": f"{top * i / len(HEAT):.0f}%"}
        spot = {"x": {"value": i * wide}, "y": {"value": high + 38.0}, "text": {"field": "text"}}
        mark = {"type": "text", "fontSize": 11.5, "color": QUIET, "baseline": "middle"}
        layers.append({"data": {"values": [words]}, "mark": mark, "encoding": spot})
    return layers
