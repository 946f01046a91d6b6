"""Map of real income: shapes of Natural Earth, dots for states too small to draw, grey where there are no data.

Draws the table ``incomes`` (variant, country, real_income; every country of the world that was solved) or, where it is
missing, ``world`` (the countries that move most). Boundaries as drawn by Natural Earth, no position taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

from detente.codes import Table
from detente.codes.units import Unit
from detente.data.tables import read
from detente.faces.charts.frame import Chart, ChartSetting, Row, Spec, finite, first_variant, rows_of, worded
from detente.faces.charts.theme import GAINS, INK, LOSSES, NO_DATA, NOTHING, PAPER, QUIET, spec

BOUNDARIES = "Boundaries as drawn by Natural Earth, no position taken."
LABELLED = 6
"""Countries whose number stands on the map."""

EDGE = "#a3acb5"
"""Border of countries that gain or stay."""

SLIM = 480
"""Width, pixels, below which the map is drawn for a telephone."""

RATIO = 0.45
"""Height of the map over its width."""


def world_map(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Change of real income of every country."""
    table, remark = first_variant(tables["incomes"] if "incomes" in tables else tables["world"])
    values = {str(r["country"]): float(r["real_income"]) for r in finite(rows_of(table), "real_income")}
    ends = bounds([v for v in values.values()])
    order = sorted(values, key=lambda code: values[code])
    best, worst = (f"{worded(values[c], Unit.SHARE, 2, sign=True)} in {about.the(c)}" for c in (order[-1], order[0]))
    names = {code: about.country(code) for code in values}
    whole = "" if table.name == "incomes" else "Only the countries of the table are coloured. "
    return [
        Chart(
            name="map",
            table=table.name,
            title="Real income around the world",
            alt=f"World map of the change of real income {about.between}: from {worst} to {best}.",
            unit="%",
            digits=2,
            note=f"{remark}{whole}Change of real income {about.between}. Orange with a black border: losses; "
            f"blue: gains; grey: no data of its own. Dots: places too small for their shape. {BOUNDARIES}",
            source=f"{about.source(table.name)}; shapes: Natural Earth",
            spec=lambda width: _spec(values, ends, names, width),
            wide=True,
        )
    ]


LEAST = 1e-12
"""Share below which a change is the rounding of a solution."""


def bounds(values: list[float]) -> tuple[float, float, float]:
    """Three round class bounds, shares, symmetric about zero, for the largest value and those far below it."""
    top = max((abs(v) for v in values), default=0.0)
    top = top if top > LEAST else 0.01
    return round_below(top / 30), round_below(top / 6), round_below(top / 1.5)


def round_below(value: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is not above a value."""
    from math import floor, log10

    power = 10.0 ** floor(log10(value))
    return float(f"{max(k for k in (1, 2, 5) if k * power <= value * (1 + 1e-12)) * power:.6g}")


def classes(ends: tuple[float, float, float]) -> list[tuple[str, float, float, str]]:
    """Label, lower and upper bound and colour of each class, from losses to gains."""
    a, b, c = ends
    edges = [-float("inf"), -c, -b, -a, a, b, c, float("inf")]
    colours = (*LOSSES, NOTHING, *GAINS)
    texts = [_bound(edge) for edge in edges[1:-1]]
    labels = [
        f"below {texts[0]}",
        *(f"{x} to {y}" for x, y in pairwise(texts)),
        f"above {texts[-1]}",
    ]
    return [(labels[i], edges[i], edges[i + 1], colours[i]) for i in range(7)]


def _bound(value: float) -> str:
    text = f"{abs(value) * 100:g}"
    return f"\u2212{text}" if value < 0 else f"+{text}"


def class_of(value: float, ends: tuple[float, float, float]) -> str:
    """Label of the class a value falls in."""
    return next(label for label, _, high, _ in classes(ends) if value < high or high == float("inf"))


def _spec(values: Mapping[str, float], ends: tuple[float, float, float], names: Mapping[str, str], width: int) -> Spec:
    drawn = {iso3 for iso3, _, _ in shapes()}
    small = [code for code in values if code not in drawn and code in places()]
    colours = classes(ends)
    legend = {
        "title": "Change of real income, %",
        "orient": "bottom",
        "columns": 2 if _slim(width) else 4,
        "symbolType": "square",
        "symbolSize": 130,
        "symbolStrokeColor": QUIET,
        "symbolStrokeWidth": 0.6,
        "labelFontSize": 11.5,
        "columnPadding": 10,
    }
    scale = {"domain": [label for label, *_ in colours], "range": [colour for *_, colour in colours]}
    fill = {"field": "class", "type": "nominal", "scale": scale, "legend": legend}
    layers = [
        {
            "data": {"values": _features({iso3 for iso3 in drawn if iso3 not in values})},
            "mark": {"type": "geoshape", "fill": NO_DATA, "stroke": PAPER, "strokeWidth": 0.4},
        },
        _coloured(values, ends, fill, losing=False),
        _coloured(values, ends, fill, losing=True),
        _dots(values, ends, fill, small),
        *_labels(values, names, width),
    ]
    return spec(width, round(RATIO * width), layers, beside=8, projection={"type": "equalEarth"})


def _coloured(values: Mapping[str, float], ends: tuple[float, float, float], fill: Spec, losing: bool) -> Spec:
    """Shapes of one sign; losses last, so that their black borders lie on top."""
    chosen = {
        c: v
        for c, v in values.items()
        if (class_of(v, ends).startswith(("below", "\u2212")) and v <= -ends[0]) is losing
    }
    features = [{**f, "class": class_of(chosen[f["id"]], ends)} for f in _features(set(chosen))]
    mark = {"type": "geoshape", "stroke": INK if losing else EDGE, "strokeWidth": 0.7 if losing else 0.4}
    return {"data": {"values": features}, "mark": mark, "encoding": {"fill": fill}}


def _dots(values: Mapping[str, float], ends: tuple[float, float, float], fill: Spec, small: list[str]) -> Spec:
    rows = [{"lon": places()[c][0], "lat": places()[c][1], "class": class_of(values[c], ends)} for c in small]
    mark = {"type": "circle", "size": 38, "stroke": INK, "strokeWidth": 0.7, "opacity": 1}
    return {"data": {"values": rows}, "mark": mark, "encoding": {**_at(), "fill": fill}}


def _labels(values: Mapping[str, float], names: Mapping[str, str], width: int) -> list[Spec]:
    """The numbers of the countries that move most, on a white edge; on a telephone codes for their names."""
    known = sorted((c for c in values if c in places()), key=lambda c: (-abs(values[c]), c))
    kept: list[str] = []
    for code in known:
        if len(kept) < LABELLED // (2 if _slim(width) else 1) and all(_apart(code, c, width) for c in kept):
            kept.append(code)
    rows: list[Row] = []
    for code in kept:
        number = worded(values[code], Unit.SHARE, 2, sign=True)
        text = f"{code if _slim(width) else names[code]} {number}"
        rows.append({"lon": places()[code][0], "lat": places()[code][1], "text": text})
    text = {"field": "text", "type": "nominal"}
    mark = {"type": "text", "fontSize": 11, "fontWeight": "bold"}
    halo = {**mark, "stroke": PAPER, "strokeWidth": 3, "strokeJoin": "round", "opacity": 0.9}
    return [{"data": {"values": rows}, "mark": m, "encoding": {**_at(), "text": text}} for m in (halo, mark)]


def _slim(width: int) -> bool:
    """Whether names of countries would run into one another, so that codes stand for them."""
    return width < SLIM


def _apart(first: str, other: str, width: int) -> bool:
    """Whether the labels of two places would not touch."""
    (x, y), (u, v) = places()[first], places()[other]
    return abs(x - u) > (80 if _slim(width) else 75) or abs(y - v) > (16 if _slim(width) else 9)


def _at() -> Spec:
    return {"longitude": {"field": "lon", "type": "quantitative"}, "latitude": {"field": "lat", "type": "quantitative"}}


@lru_cache(maxsize=1)
def shapes() -> tuple[tuple[str, str, list[Any]], ...]:
    """ISO3 (or blank), name and coordinates (polygons of rings of points, degrees) of every shape."""
    by_shape: dict[int, tuple[str, str, dict[int, list[Any]]]] = {}
    for iso3, name, shape, polygon, _, lon, lat in read("map_shapes").iter_rows():
        _, _, polygons = by_shape.setdefault(shape, (iso3, name, {}))
        polygons.setdefault(polygon, []).append([[x / 100, y / 100] for x, y in zip(lon, lat, strict=True)])
    return tuple((iso3, name, list(polygons.values())) for iso3, name, polygons in by_shape.values())


def _features(codes: set[str]) -> list[dict[str, Any]]:
    """Features of the named countries; of blank those without a code."""
    return [
        {"type": "Feature", "id": iso3, "geometry": {"type": "MultiPolygon", "coordinates": polygons}}
        for iso3, _, polygons in shapes()
        if iso3 in codes
    ]


@lru_cache(maxsize=1)
def places() -> dict[str, tuple[float, float]]:
    """Longitude and latitude of the main town of every country, degrees."""
    frame = read("countries", ["iso3", "lon", "lat"])
    return {iso3: (lon, lat) for iso3, lon, lat in frame.iter_rows()}
