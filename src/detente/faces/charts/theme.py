"""One look for every chart: colours that survive colour-blindness and a grey printer, one typeface, quiet axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from detente.faces.charts.frame import NARROW, Row, Spec
from detente.faces.charts.layout import LINE, Canvas, Tag, place

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
INK, QUIET, RULE, PAPER = "#1d2733", "#56606b", "#d5dae0", "#ffffff"

#: Dark blue and orange differ in hue for every kind of colour-blindness and in lightness on a grey printer.
GAIN, LOSS, BEFORE, AFTER = "#12436d", "#d4641b", "#8a949e", "#12436d"

PARTY = {"USA": "#12436d", "CHN": "#d4641b"}
SHAPE = {"USA": "circle", "CHN": "diamond"}


def party_colours(codes: Sequence[str]) -> dict[str, str]:
    """A colour for each side: its own; the others in the order of those that are left, then quiet."""
    left = [colour for code, colour in PARTY.items() if code not in codes]
    return {code: PARTY.get(code) or (left.pop(0) if left else QUIET) for code in codes}


#: Of areas that stand one on another: neighbours differ in hue and in lightness.
AREAS = ("#8a949e", "#12436d", "#6fa3cf", "#d4641b", "#e0a878", "#c5dcee")
#: The one area of a stack on which dark words could not be read.
DARKEST = AREAS[1]
#: From large to small.
LOSSES = ("#a6480b", "#e08a4a", "#f8d2b0")
NOTHING = "#f3f1ea"
#: From small to large.
GAINS = ("#c5dcee", "#6fa3cf", "#12436d")
NO_DATA = "#c9ced3"
#: Stands for hatching, which the renderer knows not: `drawing` puts a pattern in its place.
OPEN = "#efe7f8"

#: Steps from little to much, even in lightness.
HEAT = (LOSSES[2], "#ecae7d", LOSSES[1], "#c3692b", LOSSES[0])
#: A step that takes away.
DOWN = "#5b9bd5"
#: Over what no law on record stands behind; borders of countries.
VEIL, EDGE = "#eceff2", "#a3acb5"

#: Each colour of a chart on a dark page; what is much is bright there, as it is dark on paper.
DARK = {
    INK: "#e6ebf0", QUIET: "#a2adb8", RULE: "#39424c", PAPER: "#14181d", GAIN: "#6db1ee", LOSS: "#f08a45",
    BEFORE: "#8f99a3", LOSSES[0]: "#f5a86c", LOSSES[1]: "#b5662b", LOSSES[2]: "#5a3418", NOTHING: "#2a2f35",
    GAINS[0]: "#1f3f5c", GAINS[1]: "#3f7db3", NO_DATA: "#4a525b", AREAS[4]: "#a8703f", HEAT[1]: "#7d4a20",
    HEAT[3]: "#d98747", DOWN: "#4f8fc9", VEIL: "#1c2229", EDGE: "#59636d",
}  # fmt: skip


#: The same of colours that pages draw and no chart does.
MORE_DARK = {"#b9cbdc": "#3d5975", "#9dbad4": "#3f6a8f", "#d9dee3": "#3a424b"}


def both_styles(selector: str = "svg") -> str:
    """Rules of style by which one drawing follows the theme of its page, light or dark; paper stays light."""
    return "\n".join(
        f'{selector} [{place}="{light}"]{{{place}:light-dark({light},{dark})}}'
        for light, dark in (DARK | MORE_DARK).items()
        for place in ("fill", "stroke")
    )


_WORDS = {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelColor": INK, "titleColor": QUIET,
          "labelLimit": 0, "titleLimit": 0}  # fmt: skip
CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": PAPER,
    "view": {"stroke": None},
    "padding": 4,
    "axis": {**_WORDS, "gridColor": RULE, "domainColor": RULE, "tickColor": RULE, "labelPadding": 6},
    "axisY": {"grid": False, "ticks": False, "domain": False, "title": None, "labelLineHeight": 14},
    "axisX": {"labelFlush": False, "domain": False},
    "text": {"color": INK, "fontSize": 12},
    "rule": {"color": QUIET},
    "legend": {**_WORDS, "orient": "top", "symbolStrokeWidth": 2},
}


def narrow(width: int) -> bool:
    """Whether the chart is drawn for a telephone."""
    return width <= NARROW


def spec(width: float, height: float, layers: Sequence[Spec], data: Sequence[Row] | None = None, **more: Any) -> Spec:
    """A layered specification with a plot of a size in pixels; `data`, rows that all layers share.

    The plot's own size is given, since fitting it to an outer size draws everything twice.
    """
    chart: Spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": round(width),
        "height": height,
        "autosize": {"type": "pad"},
        "config": CONFIG,
        "layer": list(layers),
        **more,
    }
    return chart | ({"data": {"values": list(data)}} if data is not None else {})


def layer(mark: Spec, values: Sequence[Row] | None = None, **encoding: Any) -> Spec:
    """A mark with its encoding, of rows of its own where there are any."""
    made: Spec = {"mark": mark, "encoding": encoding}
    return made if values is None else {"data": {"values": list(values)}, **made}


def field(name: str) -> Spec:
    """Numbers of a column, as a place."""
    return {"field": name, "type": "quantitative"}


def pixel(value: float) -> Spec:
    """A place in pixels."""
    return {"value": round(value, 1)}


#: Each row in its own colour.
AS_IS: Spec = {"field": "colour", "type": "nominal", "scale": None, "legend": None}


def words(text: str, x: float, y: float, **look: Any) -> Spec:
    """A text whose middle stands at a place in pixels."""
    mark: Spec = {"type": "text", "baseline": "middle", **look}
    return layer(mark, [{"text": text}], x=pixel(x), y=pixel(y), text={"field": "text"})


def labels(tags: Sequence[Tag], colours: Sequence[str], canvas: Canvas) -> list[Spec]:
    """Tags where each touches nothing, with their lead lines; those for which there is no place are left out.

    The words of an area are light in it where it is dark, and dark beside it and within others.
    """
    layers: list[Spec] = []
    for tag, colour, label in zip(tags, colours, place(tags, canvas), strict=True):
        if not label:
            continue
        if tag.within:
            inside = colour == DARKEST and (label.x, label.y) in tag.within and not label.lead
            colour = PAPER if inside else INK
        if label.lead:
            (x, y), (u, v) = label.lead
            rule = {"type": "rule", "color": QUIET, "strokeWidth": 0.8}
            layers.append(layer(rule, [{}], x=pixel(x), x2=pixel(u), y=pixel(y), y2=pixel(v)))
        mark: Spec = {"align": label.align, "fontSize": tag.size, "color": colour}
        mark |= {"fontWeight": "bold"} if tag.bold else {}
        breaks = label.text.count("\n")
        if breaks:
            # The renderer stands the first line at the place; the middle of all of them is meant.
            mark |= {"lineBreak": "\n", "lineHeight": LINE * tag.size, "dy": -LINE * tag.size * breaks / 2}
        layers.append(words(label.text, label.x, label.y, **mark))
    return layers
