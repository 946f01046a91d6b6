"""Forms of labelled rows: bars about zero, stacked, about a base; before and after; ranges; steps; dots; cells.

Rows have `label` and `text`, and `low` and `high`, between which their marks lie. A text stands beyond the mark, on the
right or on the `side` that the row says. Labels are broken into lines, none is cut.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil
from typing import Any

from detente.faces.charts.frame import Row, Spec
from detente.faces.charts.layout import in_lines, text_width
from detente.faces.charts.theme import (
    AFTER,
    AS_IS,
    BEFORE,
    DOWN,
    GAIN,
    GAINS,
    HEAT,
    INK,
    LOSS,
    PAPER,
    QUIET,
    RULE,
    field,
    layer,
    narrow,
    pixel,
    spec,
    words,
)

#: Losses in one colour, gains in the other.
SIGN: Spec = {"condition": {"test": "datum.value < 0", "value": LOSS}, "value": GAIN}

#: Pixels of a line of a label.
LINE = 14


def _broken(rows: Sequence[Row], width: int) -> tuple[list[Row], list[str], float]:
    """Rows with their labels in lines, the labels in order, and the pixels that stand beside the plot."""
    data = [{**row, "label": in_lines(str(row["label"]), 126.0 if narrow(width) else 204.0)} for row in rows]
    order = list(dict.fromkeys(str(row["label"]) for row in data))
    return data, order, max(map(text_width, order), default=0.0) + 16


def _rows(
    rows: Sequence[Row], width: int, title: str, layers: Sequence[Spec], *,
    base: float = 0.0, plain: bool = False, **look: Any,
) -> Spec:  # fmt: skip
    """Layers of marks on one axis of numbers, a line at their base through all rows.

    Parameters
    ----------
    plain : whether the rows have no texts. look : of the axis of labels.
    """
    data, order, beside = _broken(rows, width)
    low, high = min(base, *(row["low"] for row in data)), max(base, *(row["high"] for row in data))
    ends = {side: [row for row in data if row.get("side", "right") == side and not plain] for side in SIDES}
    room = [max((text_width(row["text"]) + 14 for row in side), default=0.02 * width) for side in ends.values()]
    pad = [(high - low or 1.0) * wide / max(width - beside - sum(room), 40.0) for wide in room]
    axis = {"tickCount": 4 if narrow(width) else 7, "title": in_lines(title, width - beside).split("\n")}
    x = {"scale": {"domain": [low - pad[0], high + pad[1]], "nice": False}, "axis": axis}
    y = _label_axis(order, width, **look)
    drawn = [{**each, "encoding": {**each["encoding"], "x": x | each["encoding"]["x"], "y": y}} for each in layers]
    for side, (align, dx, end) in SIDES.items():
        mark = {"type": "text", "align": align, "dx": dx}
        if ends[side]:
            drawn.append(layer(mark, ends[side], x=field(end), y=y, text={"field": "text"}))
    drawn.append(layer({"type": "rule", "color": QUIET}, [{}], x={"datum": base}))
    return spec(width - beside, _height(order, width), drawn, data)


#: Where a text stands: how it is aligned, how many pixels off, and at which end of the mark.
SIDES = {"left": ("right", -9, "low"), "right": ("left", 9, "high")}

#: Labels of several lines stand with their middle at their row.
_CENTRED: Spec = {
    "condition": [
        {"test": f"length(split(datum.value, '\\n')) == {count}", "value": -LINE / 2 * (count - 1)}
        for count in range(2, 10)
    ],
    "value": 0,
}


def _label_axis(order: Sequence[str], width: int, **look: Any) -> Spec:
    axis = {"labelExpr": "split(datum.value, '\\n')", "title": None, "labelOffset": _CENTRED, **look}
    scale = {"paddingInner": 0.3 if narrow(width) else 0.25}
    return {"field": "label", "type": "nominal", "sort": list(order), "axis": axis, "scale": scale}


def _height(labels: Sequence[str], width: int) -> int:
    """Height of a plot of labelled rows, so that no two neighbours touch."""
    high = [label.count("\n") + 1 for label in labels]
    pairs = max((a + b for a, b in pairwise(high)), default=2 * max(high, default=1))
    ends = max((*high[:1], *high[-1:]), default=1)
    return len(high) * max(26 if narrow(width) else 24, LINE // 2 * (pairs + 1), LINE * ends + 4)


def bars(rows: Sequence[Row], width: int, title: str) -> Spec:
    """Bars about zero with their numbers at the end. Rows: label, value, text, and mark where a stroke is to stand."""
    data: list[Row] = []
    for row in rows:
        spans = (0.0, row["value"], row.get("mark", 0.0))
        side = "left" if row["value"] < 0 else "right"
        data.append({"side": side, **row, "base": 0.0, "low": min(spans), "high": max(spans)})
    layers = [layer({"type": "bar"}, x=field("base"), x2={"field": "value"}, color=SIGN)]
    if any("mark" in row for row in data):
        here = [{"filter": "isValid(datum.mark)"}]
        for look in ({"color": PAPER, "thickness": 5, "height": 21}, {"color": INK, "thickness": 2, "height": 19}):
            layers.append({"transform": here, **layer({"type": "tick", **look}, x=field("mark"))})
    return _rows(data, width, title, layers)


def before_after(rows: Sequence[Row], width: int, title: str) -> Spec:
    """Hollow point before, full point after, a line between. Rows: label, before, after, text."""
    data = [{**row, "low": min(row["before"], row["after"]), "high": max(row["before"], row["after"])} for row in rows]
    point: Spec = {"type": "point", "filled": True, "opacity": 1}
    hollow = {**point, "size": 70, "fill": PAPER, "stroke": BEFORE, "strokeWidth": 2}
    layers = [
        layer({"type": "rule", "strokeWidth": 3, "color": RULE}, x=field("before"), x2={"field": "after"}),
        layer(hollow, x=field("before")),
        layer({**point, "size": 80, "color": AFTER}, x=field("after")),
    ]
    return _rows(data, width, title, layers)


def intervals(rows: Sequence[Row], width: int, title: str, signed: bool = True) -> Spec:
    """A point with its range. Rows: label, value, low, high, text; a row without a range has low and high equal.

    `signed` : losses in the colour of losses; without it one colour for all. The point of a row with `open` is hollow.
    """
    data = [{**row, "side": "left" if row["value"] < 0 and row["high"] <= 0 else "right"} for row in rows]
    colour = SIGN if signed else {"value": GAIN}
    point: Spec = {"type": "point", "filled": True, "opacity": 1}
    look = {"type": "rule", "strokeWidth": 5, "opacity": 0.35, "strokeCap": "round"}
    layers = [
        layer(look, x=field("low"), x2={"field": "high"}, color=colour),
        layer({**point, "size": 70}, x=field("value"), color=colour),
    ]
    if any(row.get("open") for row in data):
        inner = layer({**point, "size": 22, "color": PAPER}, x=field("value"))
        layers.append({"transform": [{"filter": "datum.open"}], **inner})
    return _rows(data, width, title, layers)


def steps(rows: Sequence[Row], width: int, title: str, up: str = LOSS, down: str = DOWN) -> Spec:
    """Steps that add up from a first to a last total. Rows: label, start, end, kind (total, up, down), text."""
    data = [{**row, "low": min(row["start"], row["end"]), "high": max(row["start"], row["end"])} for row in rows]
    scale = {"domain": ["total", "up", "down"], "range": [INK, up, down]}
    colour = {"field": "kind", "type": "nominal", "scale": scale, "legend": None}
    return _rows(data, width, title, [layer({"type": "bar"}, x=field("start"), x2={"field": "end"}, color=colour)])


def reaches(rows: Sequence[Row], width: int, title: str, base: float) -> Spec:
    """Bars from low to high, the part below a base in one colour, the part above in another. Rows: low, high, text."""
    data = [{**row, "base": min(max(base, row["low"]), row["high"]), "ends": row["high"]} for row in rows]
    data = [{**row, "high": max(row["high"], base)} for row in data]
    layers = [
        layer({"type": "bar", "color": LOSS}, x=field("low"), x2={"field": "base"}),
        layer({"type": "bar", "color": GAIN}, x=field("base"), x2={"field": "ends"}),
    ]
    return _rows(data, width, title, layers, base=base)


def dots(rows: Sequence[Row], width: int, title: str, groups: Mapping[str, tuple[str, str]]) -> Spec:
    """Several values a row, told apart by colour and shape. Rows: label, value, group; `groups` -> colour, shape."""
    data = [{**row, "low": row["value"], "high": row["value"]} for row in rows]
    legend = {"title": None, "orient": "top", "direction": "horizontal"}
    looks = {
        name: {"field": "group", "scale": {"domain": list(groups), "range": [of[i] for of in groups.values()]},
               "legend": legend}
        for i, name in enumerate(("color", "shape"))
    }  # fmt: skip
    mark = {"type": "point", "size": 65, "filled": True, "opacity": 0.95}
    layers = [layer(mark, None, x=field("value"), **looks)]
    return _rows(data, width, title, layers, plain=True, grid=True, gridColor=RULE)


#: Pixels left free on either side of a name within a part of a bar.
NAMED = 4


def parts(rows: Sequence[Row], width: int, title: str) -> Spec:
    """Parts of a whole end to end, named where there is room. Rows: label, start, end (per cent), colour, text."""
    data, _, beside = _broken(rows, width)
    each = (width - beside - 16) / 100.0
    named = [row for row in data if text_width(row["text"]) + 2 * NAMED < each * (row["end"] - row["start"])]
    data = [{**row, "low": 0.0, "high": 100.0, "middle": (row["start"] + row["end"]) / 2,
             "text": row["text"] if row in named else ""} for row in data]  # fmt: skip
    bar = {"type": "bar", "stroke": PAPER, "strokeWidth": 1.5}
    layers = [
        layer(bar, x=field("start"), x2={"field": "end"}, color=AS_IS),
        layer({"type": "text", "color": PAPER}, x=field("middle"), text={"field": "text"}),
    ]
    return _rows(data, width, title, layers, plain=True)


#: Share of the largest number above which a cell is dark enough for white words.
DARK_FROM = 0.6

#: Columns from which on cells have no numbers.
MANY = 26


def cells(rows: Sequence[Row], width: int, columns: Mapping[str, str], title: str | None, least: float) -> Spec:
    """A table in colours, the numbers in its cells or a scale beneath. Rows: label, column, value, text.

    Parameters
    ----------
    columns : names of columns in order -> how they are written. least : the largest number is at least this.
    """
    data, order, beside = _broken(rows, width)
    top = max([least, *(row["value"] for row in data)])
    labelled = not narrow(width) and len(columns) <= MANY
    # Paper for none, then even steps up to the largest, which read the same in grey.
    shades = [HEAT[min(int(len(HEAT) * row["value"] / top), len(HEAT) - 1)] for row in data]
    data = [{**row, "colour": shade if row["value"] >= 0.5 else PAPER} for row, shade in zip(data, shades, strict=True)]
    wide = width - beside
    every = ceil((max(map(text_width, columns.values())) + 10) / max(wide / len(columns), 1.0))
    axis = {
        "title": title, "labelAngle": 0, "orient": "top", "domain": False, "ticks": False,
        "values": [*columns][::every], "labelExpr": f"({json.dumps(dict(columns), ensure_ascii=False)})[datum.value]",
    }  # fmt: skip
    x = {"field": "column", "type": "ordinal", "sort": list(columns), "axis": axis, "scale": {"padding": 0.05}}
    y = _label_axis(order, width)
    layers = [layer({"type": "rect", "stroke": GAINS[0]}, x=x, y=y, color=AS_IS)]
    high = max(22, LINE * max(label.count("\n") + 1 for label in order) + 6) * len(order)
    if labelled:
        white = {"condition": {"test": f"datum.value > {top * DARK_FROM:g}", "value": PAPER}, "value": INK}
        layers.append(layer({"type": "text", "fontSize": 10.5}, x=x, y=y, text={"field": "text"}, color=white))
    else:
        for i, colour in enumerate(HEAT):
            ends = {"x": pixel(34.0 * i), "x2": pixel(34.0 * (i + 1)), "y": pixel(high + 14), "y2": pixel(high + 28)}
            layers.append(layer({"type": "rect", "fill": colour}, [{}], **ends))
            bound = f"{top * i / len(HEAT):.0f}%" if i else ""
            layers.append(words(bound, 34.0 * i, high + 38, fontSize=11.5, color=QUIET))
    return spec(wide, high, layers, data)
