"""Who makes a material: shares of the world's output, stage by stage, the country that makes most in front.

Draws the table ``producers``: stage, material, country, share.
"""

from __future__ import annotations

from collections.abc import Mapping

from detente.codes import Table
from detente.codes.names import first_upper
from detente.codes.units import Unit
from detente.faces.charts.forms import broken
from detente.faces.charts.frame import Chart, ChartSetting, Row, Spec, rows_of, shown
from detente.faces.charts.theme import GAIN, LOSS, PAPER, height_of, label_axis, number_axis, spec, upright

NAMED = 7.0
"""Per cent of output from which on a maker is named within its bar; narrow charts name from twice as much on."""


def makers(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Makers by stage and material; none where only some countries are asked for."""
    rows, stages = rows_of(tables["producers"]), dict[str, list[Row]]()
    several = {row["stage"] for row in rows if any(o["stage"] == row["stage"] and o["material"] != row["material"]
                                                   for o in rows)}  # fmt: skip
    for row in rows:
        material = f", {row['material']}" if row["stage"] in several else ""
        stages.setdefault(first_upper(f"{row['stage']}{material}".replace("_", " ")), []).append(row)
    totals: dict[str, float] = {}
    for row in rows:
        totals[str(row["country"])] = totals.get(str(row["country"]), 0.0) + float(row["share"])
    first = max(totals, key=lambda code: totals[code])
    bars = [bar for label, own in stages.items() for bar in _bars(label, own, first, about)]
    top, share = max(((label, float(row["share"])) for label, own in stages.items() for row in own
                      if row["country"] == first), key=lambda pair: pair[1])  # fmt: skip
    say, most = about.say, about.number(share, Unit.SHARE, 0)
    words = {"country": about.the(first), "stage": top, "share": most}
    return [
        Chart(
            name="makers", table="producers", title=first_upper(say("chart.makers_title", **words)),
            subtitle=say("chart.makers_subtitle"), alt=first_upper(say("chart.makers_alt", **words)),
            unit=say("chart.makers_axis"), digits=0, note=say("chart.makers_note", country=about.country(first)),
            source=about.source("producers"), spec=lambda width: _spec(bars, width, say("chart.makers_axis")),
        )
    ]  # fmt: skip


def _bars(label: str, makers_of: list[Row], first: str, about: ChartSetting) -> list[Row]:
    """Parts of one bar, end to end."""
    made, end = list[Row](), 0.0
    for row in sorted(makers_of, key=lambda row: (row["country"] != first, -row["share"])):
        start, end = end, end + shown(row["share"], Unit.SHARE)
        colour = LOSS if row["country"] == first else GAIN
        name = about.country(str(row["country"]))
        made.append({"label": label, "start": start, "end": end, "middle": (start + end) / 2, "colour": colour,
                     "text": name, "wide": end - start})  # fmt: skip
    return made


def _spec(rows: list[Row], width: int, title: str) -> Spec:
    data, order = broken(rows, width)
    y, x = label_axis(order, width), number_axis("start", title, (0.0, 100.0), width)
    colour = {"field": "colour", "type": "nominal", "scale": None, "legend": None}
    bar = {"type": "bar", "stroke": PAPER, "strokeWidth": 1.5}
    least = NAMED if width > 500 else 2 * NAMED
    name = {"type": "text", "color": PAPER, "limit": width / 4}
    layers: list[Spec] = [
        {"mark": bar, "encoding": {"x": x, "x2": {"field": "end"}, "color": colour}},
        {"transform": [{"filter": f"datum.wide >= {least} && length(datum.text) <= datum.wide * {width / 900:g}"}],
         "mark": name, "encoding": {"x": {"field": "middle", "type": "quantitative"}, "text": {"field": "text"}}},
    ]  # fmt: skip
    return spec(width, height_of(order, width), upright(y, layers), data)
