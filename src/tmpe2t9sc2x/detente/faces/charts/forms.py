"""Forms that many charts share: bars about zero, before and after, values with ranges, steps that add up, lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from detente.faces.charts.frame import Row, Spec
from detente.faces.charts.theme import (
    AFTER,
    BEFORE,
    DOWN,
    GAIN,
    INK,
    LOSS,
    PAPER,
    QUIET,
    RULE,
    height_of,
    label_axis,
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
    """Bars about zero with their numbers at the end. Rows: label, value, text, and mark where a stroke is to stand."""
    data, order = broken(rows, width)
    data = [{**row, "edge": _outer(row), "side": "left" if row["value"] < 0 else "right"} for row in data]
    values = [value for row in data for value in (row["value"], row["edge"])]
    domain = room(values, width, data)
    y, x = label_axis(order, width), number_axis("value", title, domain, width)
    colour = {"condition": {"test": "datum.value < 0", "value": LOSS}, "value": GAIN}
    layers = [
        {"mark": {"type": "bar"}, "encoding": {"x": x, "color": colour}},
        *_strokes(data),
        _text("edge", "right", "datum.value >= 0"),
        _text("edge", "left", "datum.value < 0"),
        _zero(),
    ]
    return spec(width, height_of(order, width), upright(y, layers), data)


def _outer(row: Row) -> float:
    """The end of a bar or its stroke, whichever lies farther out on the bar's side."""
    value = float(row["value"])
    mark = float(row.get("mark", value))
    return min(value, mark) if value < 0 else max(value, mark)


def _strokes(data: Sequence[Row]) -> list[Spec]:
    """Upright strokes of a second number."""
    marked = [row for row in data if "mark" in row]
    if not marked:
        return []
    x = {"field": "mark", "type": "quantitative"}
    looks = ({"color": PAPER, "thickness": 5, "height": 21}, {"color": INK, "thickness": 2, "height": 19})
    return [{"data": {"values": marked}, "mark": {"type": "tick", **look}, "encoding": {"x": x}} for look in looks]


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


def intervals(rows: Sequence[Row], width: int, title: str, signed: bool = True, hollow: str = "") -> Spec:
    """A point with its range. Rows: label, value, low, high, text; a row without a range has low and high equal.

    `signed` : losses in the colour of losses; without it one colour for all. `hollow` : how the texts of rows end whose
    point is hollow, as their sign is open; "" for none.
    """
    data, order = broken(rows, width)
    ends = [{**row, **_edge(row)} for row in data]
    domain = room([v for row in ends for v in (row["low"], row["high"], row["value"])], width, ends)
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
        *_hollow(ends, hollow),
        _text("edge", "right", "datum.side == 'right'"),
        _text("edge", "left", "datum.side == 'left'"),
    ]
    return spec(width, height_of(order, width), upright(y, layers), ends)


def _hollow(rows: Sequence[Row], end: str) -> list[Spec]:
    """A white middle in the points of rows whose sign is open."""
    hollow = [row for row in rows if end and str(row["text"]).endswith(end)]
    mark = {"type": "point", "size": 22, "filled": True, "color": PAPER, "opacity": 1}
    x = {"field": "value", "type": "quantitative"}
    return [{"data": {"values": hollow}, "mark": mark, "encoding": {"x": x}}] if hollow else []


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
        "scale": {"domain": ["total", "up", "down"], "range": [INK, LOSS, DOWN]},
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
