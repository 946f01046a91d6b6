"""From our number to another: what each choice in which they differ moves, and what no choice explains.

Draws ``bridge`` step, what, moves, level: ours, the steps in order, what is left, theirs.
"""

from __future__ import annotations

from collections.abc import Mapping

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.frame import Chart, ChartSetting, Row, claimed, rows_of, shown, worded

REST = "rest"
ENDS = {"ours": "Ours", "theirs": "Theirs"}


def bridge(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """A waterfall from our number to another one, both ends standing on zero."""
    table = tables["bridge"]
    units = {column.name: column.unit for column in table.columns}
    rows = [_of_bridge(r, units["level"], units["moves"]) for r in rows_of(table)]
    steps = [row for row in rows if row["kind"] != "total" and row["step"] != REST]
    if not steps:
        return []
    most = max(steps, key=lambda row: abs(row["end"] - row["start"]))
    unit = SAID.get(units["level"], str(units["level"]))
    return [
        Chart(
            name="bridge",
            table="bridge",
            title=f"{most['label']}: {most['text']} of it",
            subtitle=f"{table.title}; {unit}",
            alt=f"Ours {rows[0]['text']}, theirs {rows[-1]['text']}; most of it is '{most['label']}', {most['text']}.",
            unit=unit,
            digits=DECIMALS[units["level"]],
            note="Each step changes one choice of ours and keeps those before it; what is not explained is shown even "
            "where it is nothing.",
            source=about.source("bridge"),
            spec=lambda width: forms.steps(rows, width, claimed(unit)),
            wide=True,
        )
    ]


SAID = {Unit.SHARE: "per cent", Unit.USD: "billion dollars a year", Unit.DOLLARS: "dollars a year"}
DECIMALS = {Unit.SHARE: 2, Unit.USD: 0, Unit.DOLLARS: 0}


def _of_bridge(row: Row, unit: Unit, moves: Unit) -> Row:
    """A bar of the waterfall: an end on zero, or a step from where the one before it ended."""
    digits, level = DECIMALS[unit], float(row["level"])
    if row["step"] in ENDS:
        text = worded(level, unit, digits)
        ends = {"start": 0.0, "end": shown(level, unit)}
        return {"step": row["step"], "label": ENDS[row["step"]], **ends, "kind": "total", "text": text}
    moved = float(row["moves"])
    text = worded(moved, moves, digits, sign=True)
    ends = {"start": shown(level - moved, unit), "end": shown(level, unit)}
    kind = "up" if moved >= 0 else "down"
    return {"step": row["step"], "label": claimed(str(row["what"])), **ends, "kind": kind, "text": text}
