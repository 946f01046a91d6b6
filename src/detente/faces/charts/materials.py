"""The months of a shortage: what share of its need each user is without.

Draws the table ``months``: month (number from the first, or 2025-04), group (user, country or element), short (share of
need that is not met); and of a table whose name begins with ``materials``: country, scope, measure, period, without,
deal (losses over annual GDP without and with a deal on licences).
"""

from __future__ import annotations

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
    finite,
    first_variant,
    month_in_words,
    rows_of,
    shown,
    worded,
)
from detente.faces.charts.theme import (
    GAINS,
    INK,
    LOSSES,
    PAPER,
    beside_of,
    label_axis,
    lines,
    narrow,
    spec,
    upright,
    wrapped,
)

MOST = 14
"""Users of a chart, those without most."""

DARK = 0.7
"""Share of the largest shortage above which a cell is dark enough for white numbers."""


def months(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Shortage by user and month."""
    table, remark = first_variant(tables["months"])
    rows = finite(rows_of(table), "short")
    worst: dict[str, float] = {}
    for r in rows:
        worst[str(r["group"])] = max(worst.get(str(r["group"]), 0.0), float(r["short"]))
    without = "Without the deal. " if "deal" in table.data else ""
    kept = sorted(worst, key=lambda name: (-worst[name], name))[:MOST]
    drawn = [_cell(r, about) for r in rows if str(r["group"]) in kept]
    top = max(rows, key=lambda r: r["short"])
    return [
        Chart(
            name="months",
            table="months",
            title="Who runs short, month by month",
            alt=f"At the worst, {about.the(str(top['group']))} lacks {worded(top['short'], Unit.SHARE, 0)} of its "
            f"need in {month_in_words(str(top['month']))}.",
            unit="% of need not met",
            digits=0,
            note=f"{remark}{without}Share of the need of a month that neither deliveries nor stocks meet; blank cells "
            f"are months without a shortage. The {len(kept)} that lack most.",
            source=about.source("months"),
            spec=lambda width: _cells(drawn, [about.country(name) for name in kept], width),
            wide=True,
        )
    ]


def deals(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Loss of GDP without and with a deal on licences."""
    named = [t for name, t in tables.items() if name.startswith("materials") and set(t.data) >= WANTED and len(t)]
    return [chart for table in named[:1] for chart in _deals(table, about)]


WANTED = {"country", "scope", "measure", "period", "without", "deal"}


def _deals(table: Table, about: ChartSetting) -> list[Chart]:
    table, remark = first_variant(table)
    known = finite(rows_of(table), "without", "deal")
    first = known[0]["measure"] if known else ""
    scope = known[-1]["scope"] if known else ""
    rows = [r for r in known if r["measure"] == first and r["scope"] == scope and str(r["period"]).startswith("year")]
    if not rows:
        return []
    drawn = [
        {
            "label": f"{about.country(str(r['country']))}, {r['period']}",
            "before": shown(r["without"], Unit.SHARE),
            "after": shown(r["deal"], Unit.SHARE),
            "text": f"{worded(r['without'], Unit.SHARE, 3)} \u2192 {worded(r['deal'], Unit.SHARE, 3)}",
        }
        for r in rows
    ]
    top = max(range(len(rows)), key=lambda i: rows[i]["without"])
    return [
        Chart(
            name="licences",
            table=table.name,
            title="What a deal on licences saves",
            alt=f"Loss without and with the deal, over annual GDP: {drawn[top]['label']} {drawn[top]['text']}.",
            unit="% of annual GDP",
            digits=3,
            note=f"{remark}{first}, scope {scope}. Hollow point: without the deal; full point: with it. Losses of "
            "output for want of the materials, not of trade or of war.",
            source=about.source(table.name),
            spec=lambda width: forms.before_after(drawn, width, "Loss, % of annual GDP"),
        )
    ]


def _cell(row: Row, about: ChartSetting) -> Row:
    short = float(row["short"])
    text = worded(short, Unit.SHARE, 0) if short >= 5e-3 else ""
    month = str(row["month"])
    value = shown(short, Unit.SHARE)
    return {"label": about.country(str(row["group"])), "month": month, "value": value, "text": text.rstrip("%")}


def _cells(rows: list[Row], order: list[str], width: int) -> Spec:
    data = [{**row, "label": wrapped(str(row["label"]), width)} for row in rows]
    labels = [wrapped(name, width) for name in order]
    whole = list(dict.fromkeys(row["month"] for row in data))
    longest = max(len(month) for month in whole)
    beside = beside_of(data) + 10
    every = ceil((6.5 * longest + 10) / max((width - beside) / len(whole), 1.0))
    axis = {
        "title": "Month" if whole[0].isdigit() else None,
        "labelAngle": 0,
        "orient": "top",
        "values": whole[::every],
        "domain": False,
        "ticks": False,
    }
    x = {"field": "month", "type": "ordinal", "sort": whole, "axis": axis, "scale": {"padding": 0.05}}
    # From paper white to dark orange in even steps of lightness: reads the same in grey.
    top = max([10.0, *(row["value"] for row in data)])
    stops = [PAPER, LOSSES[2], LOSSES[1], LOSSES[0]]
    scale = {"domain": [0, top / 3, 2 * top / 3, top], "range": stops, "interpolate": "rgb"}
    labelled = not narrow(width) and len(whole) <= 26
    key = (
        None if labelled else {"title": "% of need not met", "orient": "bottom", "gradientLength": 160, "tickCount": 4}
    )
    colour = {"field": "value", "type": "quantitative", "scale": scale, "legend": key}
    layers: list[Spec] = [{"mark": {"type": "rect", "stroke": GAINS[0]}, "encoding": {"x": x, "color": colour}}]
    if labelled:
        white = {"condition": {"test": f"datum.value > {top * DARK:g}", "value": PAPER}, "value": INK}
        mark = {"type": "text", "fontSize": 10.5}
        layers.append({"mark": mark, "encoding": {"x": x, "text": {"field": "text"}, "color": white}})
    step = max(22, 14 * lines(labels) + 6)
    return spec(width, step * len(labels), upright(label_axis(labels, width), layers), data)
