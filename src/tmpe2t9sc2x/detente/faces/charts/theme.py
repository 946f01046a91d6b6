"""One look for every chart: colours that survive colour-blindness and a grey printer, one typeface, quiet axes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from detente.faces.charts.frame import NARROW, Row, Spec

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
INK, QUIET, RULE, PAPER = "#1d2733", "#56606b", "#d5dae0", "#ffffff"

GAIN, LOSS, BEFORE, AFTER = "#12436d", "#d4641b", "#8a949e", "#12436d"
"""Dark blue and orange differ in hue for every kind of colour-blindness and in lightness on a grey printer."""

PARTY = {"USA": "#12436d", "CHN": "#d4641b"}
SHAPE = {"USA": "circle", "CHN": "diamond"}


def party_colours(codes: Sequence[str]) -> dict[str, str]:
    """A colour for each side: its own; the others in the order of those that are left, then quiet."""
    left = [colour for code, colour in PARTY.items() if code not in codes]
    return {code: PARTY.get(code) or (left.pop(0) if left else QUIET) for code in codes}


AREAS = ("#8a949e", "#12436d", "#6fa3cf", "#d4641b", "#e0a878", "#c5dcee")
"""Of areas that stand one on another: neighbours differ in hue and in lightness."""
LOSSES = ("#a6480b", "#e08a4a", "#f8d2b0")
"""From large to small."""
NOTHING = "#f3f1ea"
GAINS = ("#c5dcee", "#6fa3cf", "#12436d")
"""From small to large."""
NO_DATA = "#c9ced3"
OPEN = "#efe7f8"
"""Stands for hatching, which the renderer knows not: `drawing` puts a pattern in its place."""

HEAT = (LOSSES[2], "#ecae7d", LOSSES[1], "#c3692b", LOSSES[0])
"""Steps from little to much, even in lightness."""
DOWN = "#5b9bd5"
"""A step that takes away."""
VEIL, EDGE = "#eceff2", "#a3acb5"
"""Over what no law on record stands behind; borders of countries."""

DARK = {
    INK: "#e6ebf0",
    QUIET: "#a2adb8",
    RULE: "#39424c",
    PAPER: "#14181d",
    GAIN: "#6db1ee",
    LOSS: "#f08a45",
    BEFORE: "#8f99a3",
    LOSSES[0]: "#f5a86c",
    LOSSES[1]: "#b5662b",
    LOSSES[2]: "#5a3418",
    NOTHING: "#2a2f35",
    GAINS[0]: "#1f3f5c",
    GAINS[1]: "#3f7db3",
    NO_DATA: "#4a525b",
    AREAS[4]: "#a8703f",
    HEAT[1]: "#7d4a20",
    HEAT[3]: "#d98747",
    DOWN: "#4f8fc9",
    VEIL: "#1c2229",
    EDGE: "#59636d",
}
"""Each colour of a chart on a dark page; what is much is bright there, as it is dark on paper."""


def dark_style(selector: str = "svg") -> str:
    """Rules of style that show drawings in the dark theme: one drawing stands on both kinds of page."""
    return "\n".join(
        f'{selector} [{place}="{light}"]{{{place}:{dark}}}'
        for light, dark in DARK.items()
        for place in ("fill", "stroke")
    )


def both_styles(selector: str = "svg") -> str:
    """Rules of style by which one drawing follows the theme of its page, light or dark; paper stays light."""
    return "\n".join(
        f'{selector} [{place}="{light}"]{{{place}:light-dark({light},{dark})}}'
        for light, dark in {**DARK, "#b9cbdc": "#3d5975", "#9dbad4": "#3f6a8f", "#d9dee3": "#3a424b"}.items()
        for place in ("fill", "stroke")
    )


CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": PAPER,
    "view": {"stroke": None},
    "padding": 4,
    "axis": {
        "labelColor": INK,
        "titleColor": QUIET,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": RULE,
        "domainColor": RULE,
        "tickColor": RULE,
        "labelLimit": 0,
        "titleLimit": 0,
        "labelPadding": 6,
    },
    "axisY": {"grid": False, "ticks": False, "domain": False, "title": None, "labelLineHeight": 14},
    "axisX": {"labelFlush": False, "domain": False},
    "text": {"color": INK, "fontSize": 12},
    "rule": {"color": QUIET},
    "legend": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": QUIET,
        "labelLimit": 0,
        "titleLimit": 0,
        "orient": "top",
        "symbolStrokeWidth": 2,
    },
}


def spec(
    width: int,
    height: int,
    layers: Sequence[Spec],
    data: Sequence[Row] | None = None,
    beside: float = 62.0,
    **more: Any,
) -> Spec:
    """A layered specification of about an outer width.

    The plot's own size is given, since fitting it to an outer size draws everything twice.

    Parameters
    ----------
    width : outer width in pixels; what stands beside the plot is inside it.
    height : of the plot, pixels.
    data : rows that all layers share.
    beside : pixels that stand beside the plot; of rows with labels, those of the longest one.
    """
    rows = list(data or ())
    if rows and "label" in rows[0]:
        beside = beside_of(rows) + 10
    chart: Spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": round(width - beside),
        "height": height,
        "autosize": {"type": "pad"},
        "config": CONFIG,
        "layer": [{key: value for key, value in layer.items() if key != "span"} for layer in layers],
        **more,
    }
    return chart | ({"data": {"values": rows}} if data is not None else {})


def beside_of(rows: Sequence[Row]) -> float:
    """Pixels that the longest line of the labels takes."""
    return 6.4 * max((len(line) for row in rows for line in str(row["label"]).split("\n")), default=0) + 14


def narrow(width: int) -> bool:
    """Whether the chart is drawn for a telephone."""
    return width <= NARROW


def wrapped(text: str, width: int) -> str:
    """A label broken into lines that fit beside the plot; lines are joined by newlines."""
    import textwrap

    return "\n".join(textwrap.wrap(text, 21 if narrow(width) else 34, break_long_words=False)) or text


def lines(labels: Sequence[str]) -> int:
    """Lines of the tallest label."""
    return max((label.count("\n") + 1 for label in labels), default=1)


def label_axis(order: Sequence[str], width: int) -> Spec:
    """Vertical axis of labels in the given order, broken into lines, none of them cut."""
    return {
        "field": "label",
        "type": "nominal",
        "sort": list(order),
        "axis": {"labelExpr": "split(datum.value, '\\n')", "title": None, "labelOffset": _CENTRED},
        "scale": {"paddingInner": 0.3 if narrow(width) else 0.25},
    }


_CENTRED: Spec = {
    "condition": [
        {"test": f"length(split(datum.value, '\\n')) == {count}", "value": -7 * (count - 1)} for count in range(2, 10)
    ],
    "value": 0,
}
"""Labels of several lines stand with their middle at their row."""


def number_axis(field: str, title: str, domain: tuple[float, float], width: int, **axis: Any) -> Spec:
    """Horizontal axis of numbers with its unit."""
    ticks = {"tickCount": 4 if narrow(width) else 7, "title": title, **axis}
    return {"field": field, "type": "quantitative", "scale": {"domain": list(domain), "nice": False}, "axis": ticks}


def room(
    values: Sequence[float], width: int, rows: Sequence[Row] = (), left: bool = True, right: bool = True
) -> tuple[float, float]:
    """A domain that holds zero, the values and the labels of the rows beside them.

    A row's `side` says on which side of its mark its label stands; without it there is room for it on both.
    """
    low, high = min(0.0, *values), max(0.0, *values)
    span = (high - low) or 1.0
    before = _words_on("left", rows) if left and low < 0 else 0.0
    behind = _words_on("right", rows) if right and high > 0 else 0.0
    plot = max(width - beside_of(rows) - 10 - before - behind, 40.0)
    shares = [max(written / plot, 0.02) for written in (before, behind)]
    return low - shares[0] * span, high + shares[1] * span


def _words_on(side: str, rows: Sequence[Row]) -> float:
    """Pixels of the longest label on one side of the marks."""
    written = [len(str(row.get("text", ""))) for row in rows if row.get("side", side) == side]
    return 6.9 * max(written, default=0) + 12


def upright(y: Spec, layers: Sequence[Spec]) -> list[Spec]:
    """Layers that share a vertical axis, but for those that span it."""
    return [x if "span" in x else {**x, "encoding": {"y": y, **x["encoding"]}} for x in layers]


def height_of(labels: Sequence[str], width: int) -> int:
    """Height of a plot of labelled rows, so that no two neighbours touch."""
    high = [label.count("\n") + 1 for label in labels]
    pairs = max((a + b for a, b in pairwise(high)), default=2 * max(high, default=1))
    return len(high) * max(26 if narrow(width) else 24, 7 * pairs + 7, 14 * max((high[:1] + high[-1:]), default=1) + 4)
