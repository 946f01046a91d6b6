"""From our number to another: what each choice in which they differ moves, and what no choice explains.

Draws ``bridge`` step, what, moves, level: ours, the steps in order, what is left, theirs.
"""

from __future__ import annotations

from collections.abc import Mapping

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.frame import Chart, ChartSetting, Row, claimed, lowered, rows_of, shown

REST = "rest"
ENDS = ("ours", "theirs")


def bridge(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """A waterfall from our number to another one, both ends standing on zero."""
    table = tables["bridge"]
    units = {column.name: column.unit for column in table.columns}
    rows = [_of_bridge(r, units["level"], units["moves"], about) for r in rows_of(table)]
    steps = [row for row in rows if row["kind"] != "total" and row["step"] != REST]
    if not steps:
        return []
    most = max(steps, key=lambda row: abs(row["end"] - row["start"]))
    kind, say = SAID.get(units["level"], ""), about.say
    unit = say(f"chart.bridge_{kind}") if kind else str(units["level"])
    return [
        Chart(
            name="bridge",
            table="bridge",
            title=say("chart.bridge_title", label=lowered(most["label"]), number=most["text"]),
            subtitle=about.listed([table.title, unit]),
            alt=say(
                "chart.bridge_alt",
                ours=rows[0]["text"],
                theirs=rows[-1]["text"],
                label=most["label"],
                number=most["text"],
            ),
            unit=unit,
            digits=DECIMALS[units["level"]],
            note=say("chart.bridge_note"),
            source=about.source("bridge"),
            spec=lambda width: forms.steps(rows, width, claimed(unit)),
            wide=True,
        )
    ]


SAID = {Unit.SHARE: "percent", Unit.USD: "billions", Unit.DOLLARS: "dollars"}
"""Units as the catalogue has them."""
DECIMALS = {Unit.SHARE: 2, Unit.USD: 0, Unit.DOLLARS: 0}


def _of_bridge(row: Row, unit: Unit, moves: Unit, about: ChartSetting) -> Row:
    """A bar of the waterfall: an end on zero, or a step from where the one before it ended."""
    digits, level = DECIMALS[unit], float(row["level"])
    if row["step"] in ENDS:
        text = about.number(level, unit, digits)
        ends = {"start": 0.0, "end": shown(level, unit)}
        label = about.say(f"chart.bridge_{row['step']}")
        return {"step": row["step"], "label": label, **ends, "kind": "total", "text": text}
    moved = float(row["moves"])
    text = about.number(moved, moves, digits, sign=True)
    ends = {"start": shown(level - moved, unit), "end": shown(level, unit)}
    kind = "up" if moved >= 0 else "down"
    label = str(row["what"])
    # Why some of it is not explained stands in the table; beside a bar there is no room for it.
    label = label.split(":")[0].rstrip() if row["step"] == REST else label
    return {"step": row["step"], "label": claimed(label), **ends, "kind": kind, "text": text}
