"""Forms that many charts share: bars about zero, before and after, values with ranges, steps that add up, lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from detente.faces.charts.frame import Row, Spec
from detente.faces.charts.theme import (
    AFTER,
    BEFORE,
    GAIN,
    INK,
    LOSS,
    PAPER,
    QUIET,
    RULE,
    height_of,
    label_axis,
    narrow,
    number_axis,
    room,
    spec,
    upright,
    wrapped,
)


def broken(rows: Sequence[Row], width: int) -> tuple[list[Row], list[str]]:
    """Rows with their labels broken into lines, and the labels in order."""
    broken_rows = [{**row, "label": wrapped(str(row["label"]), width)} for row in rows]
    return broken_rows, list(dict.fromkeys(row["label"] for row in broken_rows))


def _text(x: str, side: str, test: str = "true", **more: Any) -> Spec:
    """Direct labels to one side of a position."""
    right = side == "right"
    mark = {"type": "text", "align": "left" if right else "right", "dx": 9 if right else -9, **more}
    return {
        "transform": [{"filter": test}],
        "mark": mark,
        "encoding": {"x": {"field": x, "type": "quantitative"}, "text": {"field": "text"}},
    }


def _zero() -> Spec:
    """A line at zero from the top to the foot of the plot."""
    rule = {"type": "rule", "color": QUIET}
    return {"span": True, "data": {"values": [{}]}, "mark": rule, "encoding": {"x": {"datum": 0}}}


def bars(rows: Sequence[Row], width: int, title: str) -> Spec:
    """Bars about zero with their numbers at the end. Rows: label, value, text."""
    data, order = broken(rows, width)
    values = [row["value"] for row in data]
    domain = room(values, width, data)
    y, x = label_axis(order, width), number_axis("value", title, domain, width)
    colour = {"condition": {"test": "datum.value < 0", "value": LOSS}, "value": GAIN}
    layers = [
        {"mark": {"type": "bar"}, "encoding": {"x": x, "color": colour}},
        _text("value", "right", "datum.value >= 0"),
        _text("value", "left", "datum.value < 0"),
        _zero(),
    ]
    return spec(width, height_of(order, width), upright(y, layers), data)


def before_after(rows: Sequence[Row], width: int, title: str) -> Spec:
    """Hollow point before, full point after, a line between. Rows: label, before, after, text, edge."""
    data, order = broken(rows, width)
    ends = [{**row, "edge": max(row["before"], row["after"])} for row in data]
    domain = room([e for row in ends for e in (row["before"], row["after"])], width, data)
    y, x = label_axis(order, width), number_axis("before", title, domain, width)
    far = {"field": "after", "type": "quantitative"}
    layers = [
        {"mark": {"type": "rule", "strokeWidth": 3, "color": RULE}, "encoding": {"x": x, "x2": {"field": "after"}}},
        {
            "mark": {"type": "point", "size": 70, "filled": True, "fill": PAPER, "stroke": BEFORE, "strokeWidth": 2},
            "encoding": {"x": x},
        },
        {"mark": {"type": "point", "size": 80, "filled": True, "color": AFTER, "opacity": 1}, "encoding": {"x": far}},
        _text("edge", "right"),
    ]
    return spec(width, height_of(order, width), upright(y, layers), ends)


def intervals(rows: Sequence[Row], width: int, title: str, signed: bool = True) -> Spec:
    """A point with its range. Rows: label, value, low, high, text; a row without a range has low and high equal.

    `signed` : losses in the colour of losses; without it one colour for all.
    """
    data, order = broken(rows, width)
    ends = [{**row, **_edge(row)} for row in data]
    domain = room([v for row in ends for v in (row["low"], row["high"], row["value"])], width, data)
    y, x = label_axis(order, width), number_axis("low", title, domain, width)
    colour: Spec = {"value": GAIN}
    if signed:
        colour["condition"] = {"test": "datum.value < 0", "value": LOSS}
    layers = [
        _zero(),
        {
            "mark": {"type": "rule", "strokeWidth": 5, "opacity": 0.35, "strokeCap": "round"},
            "encoding": {"x": x, "x2": {"field": "high"}, "color": colour},
        },
        {
            "mark": {"type": "point", "size": 70, "filled": True, "opacity": 1},
            "encoding": {"x": {"field": "value", "type": "quantitative"}, "color": colour},
        },
        _text("edge", "right", "datum.side == 'right'"),
        _text("edge", "left", "datum.side == 'left'"),
    ]
    return spec(width, height_of(order, width), upright(y, layers), ends)


def _edge(row: Row) -> Row:
    """Where a number stands: beyond its range, on the side away from zero."""
    below = max(row["value"], row["high"]) <= 0 and row["value"] < 0
    return {
        "edge": min(row["value"], row["low"]) if below else max(row["value"], row["high"]),
        "side": "left" if below else "right",
    }


def steps(rows: Sequence[Row], width: int, title: str) -> Spec:
    """Steps that add up from a first to a last total. Rows: label, start, end, kind (total, up, down), text."""
    data, order = broken(rows, width)
    ends = [{**row, "edge": max(row["start"], row["end"])} for row in data]
    domain = room([v for row in ends for v in (row["start"], row["end"])], width, data)
    colour = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": ["total", "up", "down"], "range": [INK, LOSS, "#5b9bd5"]},
        "legend": None,
    }
    y, x = label_axis(order, width), number_axis("start", title, domain, width)
    layers = [
        {"mark": {"type": "bar"}, "encoding": {"x": x, "x2": {"field": "end"}, "color": colour}},
        _text("edge", "right"),
        _zero(),
    ]
    return spec(width, height_of(order, width), upright(y, layers), ends)


def points(rows: Sequence[Row], width: int, title: str, groups: dict[str, tuple[str, str]], head: str = "") -> Spec:
    """Several values a row, told apart by colour and shape. Rows: label, value, group; `groups` -> colour, shape."""
    data, order = broken(rows, width)
    domain = room([row["value"] for row in data], width, left=False, right=False)
    span = domain[1] - domain[0]
    y = label_axis(order, width)
    x = number_axis("value", title, (domain[0] - 0.02 * span, domain[1] + 0.02 * span), width)
    names = list(groups)
    legend = {"title": head or None, "orient": "top", "direction": "horizontal"}
    colour = {"field": "group", "scale": {"domain": names, "range": [groups[n][0] for n in names]}, "legend": legend}
    shape = {"field": "group", "scale": {"domain": names, "range": [groups[n][1] for n in names]}, "legend": legend}
    mark = {"type": "point", "size": 65, "filled": True, "opacity": 0.95}
    layers = [_zero(), {"mark": mark, "encoding": {"x": x, "color": colour, "shape": shape}}]
    grid = {**y, "axis": {**y["axis"], "grid": True, "gridColor": RULE}}
    return spec(width, height_of(order, width), upright(grid, layers), data)


def line(
    rows: Sequence[Row],
    width: int,
    title: str,
    *,
    dates: bool,
    colours: Mapping[str, str] | None = None,
    levels: Sequence[Row] = (),
    stepped: bool = False,
    marks: Sequence[Row] = (),
    ends: Sequence[Row] = (),
    across: str = "",
    height: int = 250,
) -> Spec:
    """One or several lines over time, with numbered events at its foot.

    Rows: at, value, group (dashes tell groups apart), and low, high where known. Marks: at, number. Ends: at, value,
    text, side: direct labels. Levels: value, text: lines across. `colours` : of the groups, in their order; `across` :
    what the horizontal axis counts, where that is not time itself.
    """
    kind = "temporal" if dates else "quantitative"
    axis = {"format": "%-d %b %Y"} if dates else {"format": "d"}
    count = 3 if narrow(width) else 6
    x: Spec = {
        "field": "at",
        "type": kind,
        "axis": {"title": across or None, "grid": False, "tickCount": count, **axis},
    }
    x["scale"] = {"nice": False, "zero": False}
    y: Spec = {"field": "value", "type": "quantitative", "axis": _upright(title), "scale": {"zero": True}}
    dash = {"field": "group", "legend": None, "type": "nominal", "sort": None}
    curve = "step-after" if stepped else "linear"
    layers: list[Spec] = []
    if rows and "low" in rows[0]:
        band = {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "detail": {"field": "group"}}
        layers.append(
            {"mark": {"type": "area", "opacity": 0.15, "color": AFTER, "interpolate": curve}, "encoding": band}
        )
    stroke = {"type": "line", "strokeWidth": 2, "interpolate": curve}
    scale = {"domain": list(colours), "range": list(colours.values())} if colours else {"range": [AFTER]}
    colour = {"field": "group", "type": "nominal", "legend": None, "scale": scale}
    layers.append({"mark": stroke, "encoding": {"x": x, "y": y, "strokeDash": dash, "color": colour}})
    layers += _levels(levels, y)
    layers += _ends(ends, x, y)
    layers += _strip(marks, x)
    return spec(width, height, layers, rows)


def _ends(ends: Sequence[Row], x: Spec, y: Spec) -> list[Spec]:
    """Points with their numbers beside them."""
    if not ends:
        return []
    dot = {"type": "point", "filled": True, "size": 55, "color": LOSS, "opacity": 1}
    layers: list[Spec] = [{"data": {"values": list(ends)}, "mark": dot, "encoding": {"x": x, "y": y}}]
    for side, align, dx in (("left", "right", -7), ("right", "left", 7)):
        rows = [row for row in ends if row["side"] == side]
        mark = {"type": "text", "align": align, "dx": dx, "dy": -8}
        if rows:
            label = {"x": x, "y": y, "text": {"field": "text"}}
            layers += [{"data": {"values": rows}, "mark": m, "encoding": label} for m in ({**mark, **HALO}, mark)]
    return layers


def _levels(levels: Sequence[Row], y: Spec) -> list[Spec]:
    """Dashed lines across with their words above them, at the right."""
    if not levels:
        return []
    data = {"data": {"values": list(levels)}}
    rule = {"type": "rule", "strokeDash": [6, 3], "strokeWidth": 1.5, "color": LOSS}
    text = {"type": "text", "align": "right", "dy": -7, "fontWeight": "bold"}
    label = {"x": {"value": "width"}, "y": y, "text": {"field": "text"}}
    return [{**data, "mark": rule, "encoding": {"y": y}}, {**data, "mark": text, "encoding": label}]


HALO: Spec = {"stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round"}
"""A white edge under words that a line may cross."""


def _upright(title: str) -> Spec:
    """A vertical axis whose unit is written level, above it."""
    level = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleX": 0, "titleY": -10}
    return {"title": title, **level, "grid": True, "domain": False, "ticks": False}


def _strip(marks: Sequence[Row], x: Spec) -> list[Spec]:
    """Numbered events as thin rules, the numbers at the foot of the plot."""
    if not marks:
        return []
    rule = {"type": "rule", "strokeDash": [2, 3], "color": QUIET, "opacity": 0.7}
    layers: list[Spec] = [{"data": {"values": list(marks)}, "mark": rule, "encoding": {"x": x}}]
    text = {"type": "text", "baseline": "bottom", "align": "left", "dx": 3, "fontSize": 10.5, "color": QUIET}
    encoding = {"x": x, "y": {"value": "height"}, "text": {"field": "number"}}
    for row, chosen in enumerate(_staggered(marks)):
        mark = {**text, "dy": -3 - 13 * row}
        layers += [{"data": {"values": chosen}, "mark": m, "encoding": encoding} for m in ({**mark, **HALO}, mark)]
    return layers


CLOSE = 0.05
"""Share of the time shown within which two numbers would touch."""


def _staggered(marks: Sequence[Row]) -> list[list[Row]]:
    """Marks in rows, one above the other, so that no two of a row touch."""
    days = [date.fromisoformat(str(row["at"])).toordinal() for row in marks]
    least = CLOSE * max(days[-1] - days[0], 1)
    rows: list[list[Row]] = []
    last: list[int] = []
    for mark, position in zip(marks, days, strict=True):
        free = next((i for i, end in enumerate(last) if position - end >= least), len(rows))
        if free == len(rows):
            rows.append([])
            last.append(position)
        rows[free].append(mark)
        last[free] = position
    return rows
