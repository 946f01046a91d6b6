"""From our average to a published one: what each choice in which they differ moves, and the rest without a name.

Draws ``reconciliation`` figure, source, day, step, points: rows of a figure in order, the last its rest; they sum to
published less ours; ``bridge`` step, what, moves, level: ours, the steps, what is left, theirs.
"""

from __future__ import annotations

from collections.abc import Mapping

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.frame import MINUS, Chart, ChartSetting, Row, claimed, day, rows_of, shown, worded

REST = "rest"
FIGURES = 3
"""Published figures that have a chart, those with most steps."""


def gaps(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """A waterfall of differences a published figure, of those that two or more choices part from ours."""
    by_figure: dict[str, list[Row]] = {}
    for r in rows_of(tables["reconciliation"]):
        by_figure.setdefault(str(r["figure"]), []).append(r)
    several = [rows for rows in by_figure.values() if len(rows) > 2]
    chosen = sorted(several, key=lambda rows: -len(rows))[:FIGURES]
    return [_gap(f"reconcile-{i}", rows, about) for i, rows in enumerate((r for r in several if r in chosen), 1)]


def _gap(name: str, rows: list[Row], about: ChartSetting) -> Chart:
    source, on = str(rows[0]["source"]), day(str(rows[0]["day"]))
    total = float(sum(r["points"] for r in rows))
    drawn, level = [], 0.0
    for r in rows:
        start, level = level, level + float(r["points"])
        label = "not explained" if r["step"] == REST else str(r["step"])
        drawn.append(_step(claimed(label), start, level, "up" if r["points"] >= 0 else "down", float(r["points"])))
    drawn.append(_step("Theirs less ours", 0.0, level, "total", total))
    named = [row for row in drawn[:-1] if row["label"] != "Not explained"]
    most = max(named, key=lambda row: abs(row["end"] - row["start"]))
    size, side = worded(abs(total), Unit.POINTS, 1), "above" if total > 0 else "below"
    return Chart(
        name=name,
        table="reconciliation",
        title=f"{source} lies {size} points {side} ours for {on}",
        subtitle="What each choice moves the average duty by, percentage points, one after another",
        alt=f"Theirs less ours is {drawn[-1]['text']} points; most of it is '{most['label']}', {most['text']}.",
        unit="percentage points",
        digits=1,
        note="Zero is our average of the law of that day. Each step changes one choice of ours and keeps those before "
        "it; what is not explained is shown even where it is nothing.",
        source=about.source("reconciliation"),
        spec=lambda width: forms.steps(drawn, width, "Percentage points from ours"),
    )


def _step(label: str, start: float, end: float, kind: str, points: float) -> Row:
    text = worded(points, Unit.POINTS, 1, sign=True)
    ends = {"start": shown(start, Unit.POINTS), "end": shown(end, Unit.POINTS)}
    return {"label": label, **ends, "kind": kind, "text": text if text != f"{MINUS}0.0" else "0.0"}


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
