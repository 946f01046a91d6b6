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
from detente.faces.charts.course import written
from detente.faces.charts.economy import ends_of
from detente.faces.charts.frame import Chart, ChartSetting, Row, Spec, finite, rows_of
from detente.faces.charts.globe import Globe, land_of
from detente.faces.charts.layout import Box, Canvas, Tag, place, text_width
from detente.faces.charts.theme import EDGE, GAINS, INK, LOSSES, NO_DATA, NOTHING, OPEN, PAPER, QUIET, spec
from detente.lab.world.tables import FLOOR, sign_of
from detente.lab.world.tables import OPEN as SIGN_OPEN

LABELLED = 7
"""Countries whose number stands on the map; on a telephone four."""

SLIM = 480
"""Width, pixels, below which the map is drawn for a telephone."""


def world_map(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Change of real income of every country."""
    table, remark = about.first_variant(tables["incomes"] if "incomes" in tables else tables["world"])
    values = {str(r["country"]): float(r["real_income"]) for r in finite(rows_of(table), "real_income")}
    ends = bounds([v for v in values.values()])
    order = sorted(values, key=lambda code: values[code])
    best, worst = (
        f"{about.number(values[c], Unit.SHARE, 2, sign=True)} {about.within(c)}" for c in (order[-1], order[0])
    )
    say = about.say
    if not any(abs(value) >= 5e-5 for value in values.values()):
        return []
    unsure = _open(rows_of(table))
    ranked = [{"country": code, "real_income": values[code]} for code in reversed(order)]
    return [
        Chart(
            name="map",
            table=table.name,
            title=ends_of(ranked, about),
            subtitle=say("chart.income_subtitle", between=about.between),
            alt=say("chart.map_alt", between=about.between, worst=worst, best=best),
            unit=say("chart.unit_percent"),
            digits=2,
            note=about.note(
                remark,
                "" if table.name == "incomes" else say("chart.map_only"),
                say("chart.map_note", between=about.between),
                say("chart.map_hatched") if unsure else "",
                say("chart.map_dots"),
                say("chart.map_boundaries"),
            ),
            source=about.listed([about.source(table.name), say("chart.map_shapes")]),
            spec=lambda width: _spec(values, ends, unsure, about, width),
            wide=True,
        )
    ]


def _open(rows: list[Row]) -> frozenset[str]:
    """Countries whose gain or loss their range does not bear out."""
    ends = ("real_income", "real_income_low", "real_income_high")
    known = [r for r in rows if all(r.get(key, float("nan")) == r.get(key, float("nan")) for key in ends)]
    return frozenset(str(r["country"]) for r in known if sign_of(*(float(r[key]) for key in ends)) == SIGN_OPEN)


LEAST = 1e-12
"""Share below which a change is the rounding of a solution."""


def bounds(values: list[float]) -> tuple[float, float, float]:
    """Three round class bounds, shares, symmetric about zero, for the largest value and those far below it.

    The first is never below `FLOOR`: what is smaller is no gain or loss worth a colour.
    """
    top = max((abs(v) for v in values), default=0.0)
    top = top if top > LEAST else 0.01
    first = max(FLOOR, round_below(top / 30))
    second = max(round_below(top / 6), round_below(2.5 * first))
    return first, second, max(round_below(top / 1.5), 2 * second)


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


def _spec(
    values: Mapping[str, float],
    ends: tuple[float, float, float],
    unsure: frozenset[str],
    about: ChartSetting,
    width: int,
) -> Spec:
    globe = Globe.of(width - 8)
    drawn = {iso3 for iso3, _, _ in shapes()}
    small = [code for code in values if code not in drawn and code in places()]
    colours = {code: OPEN if code in unsure else colour_of(value, ends) for code, value in values.items()}
    layers = [
        {
            "data": {"values": _features({iso3 for iso3 in drawn if iso3 not in values})},
            "mark": {"type": "geoshape", "fill": NO_DATA, "stroke": PAPER, "strokeWidth": 0.4},
        },
        _coloured({code: colour for code, colour in colours.items() if code in drawn}),
        _dots({code: colours[code] for code in small}),
        *_labels(values, about, globe, width),
        *_key(ends, bool(unsure), globe, about),
    ]
    projection = {"type": "equalEarth", "scale": globe.scale, "translate": list(globe.origin)}
    return spec(width, globe.high, layers, beside=8, projection=projection)


def colour_of(value: float, ends: tuple[float, float, float]) -> str:
    """Colour of the class a value falls in."""
    label = class_of(value, ends)
    return next(colour for name, _, _, colour in classes(ends) if name == label)


AS_IS: Spec = {"field": "colour", "type": "nominal", "scale": None, "legend": None}


def _coloured(colours: Mapping[str, str]) -> Spec:
    features = [{**f, "colour": colours[f["id"]]} for f in _features(set(colours))]
    mark = {"type": "geoshape", "stroke": EDGE, "strokeWidth": 0.4}
    return {"data": {"values": features}, "mark": mark, "encoding": {"fill": AS_IS}}


def _dots(colours: Mapping[str, str]) -> Spec:
    rows = [{"lon": places()[c][0], "lat": places()[c][1], "colour": colour} for c, colour in colours.items()]
    mark = {"type": "circle", "size": 38, "stroke": INK, "strokeWidth": 0.7, "opacity": 1}
    return {"data": {"values": rows}, "mark": mark, "encoding": {**_at(), "fill": AS_IS}}


CELLS, GAP = 15, 34
"""Height of the key's cells, and from the map to them, pixels."""


def _key(ends: tuple[float, float, float], unsure: bool, globe: Globe, about: ChartSetting) -> list[Spec]:
    """A scale of colours with the bounds of its classes, and what is hatched or grey beside it or beneath."""
    known = classes(ends)
    slim = globe.wide < SLIM
    wide = min(46.0, (globe.wide - 20) / len(known))
    top = globe.high + 14.0
    cells = [_cell(8 + i * wide, top, wide, colour) for i, (*_, colour) in enumerate(known)]
    bounds_of = [
        _word(8 + i * wide, top + CELLS + 10, _bound(high), "center") for i, (_, _, high, _) in enumerate(known[:-1], 1)
    ]
    left, down = (8.0, top + GAP + 6) if slim else (8 + len(known) * wide + 24, top)
    others = [("no_data", NO_DATA), *([("sign_open", OPEN)] if unsure else [])]
    beside: list[Spec] = []
    for kind, colour in others:
        name = about.say(f"chart.map_{kind}")
        beside += [_cell(left, down, 18, colour), _word(left + 24, down + CELLS / 2, name, "left")]
        left += 24 + text_width(name, 11.5) + 18
    return [*cells, *bounds_of, *beside]


def _cell(left: float, top: float, wide: float, colour: str) -> Spec:
    ends = {"x": left, "x2": left + wide, "y": top, "y2": top + CELLS}
    mark = {"type": "rect", "fill": colour, "stroke": EDGE, "strokeWidth": 0.5}
    encoding = {key: {"value": round(value, 1)} for key, value in ends.items()}
    return {"data": {"values": [{}]}, "mark": mark, "encoding": encoding}


def _word(x: float, y: float, text: str, align: str) -> Spec:
    mark = {"type": "text", "fontSize": 11.5, "align": align, "baseline": "middle", "color": QUIET}
    encoding = {"x": {"value": round(x, 1)}, "y": {"value": round(y, 1)}, "text": {"field": "text"}}
    return {"data": {"values": [{"text": text}]}, "mark": mark, "encoding": encoding}


def _labels(values: Mapping[str, float], about: ChartSetting, globe: Globe, width: int) -> list[Spec]:
    """The numbers of the countries that move most, at sea, with lead lines to their towns."""
    known = sorted((c for c in values if c in places()), key=lambda c: (-abs(values[c]), c))
    chosen = known[: LABELLED // 2 + 1 if _slim(width) else LABELLED]
    canvas = Canvas(Box(2.0, 2.0, globe.wide - 2.0, globe.high - 2.0), taken=land_of(globe.wide).within)
    spots = {code: globe.at(*places()[code]) for code in chosen}
    for x, y in spots.values():
        canvas.dot(x, y, 2.5)
    tags = [Tag(*spots[code], _forms(code, values[code], about), clear=2.0, size=11.0, bold=True) for code in chosen]
    dots = [{"lon": places()[c][0], "lat": places()[c][1]} for c in chosen]
    small = {"type": "circle", "size": 9, "color": INK, "opacity": 1}
    layers: list[Spec] = [{"data": {"values": dots}, "mark": small, "encoding": _at()}]
    for label in place(tags, canvas):
        layers += written(label, INK, 11.0, bold=True) if label else []
    return layers


def _forms(code: str, value: float, about: ChartSetting) -> tuple[str, ...]:
    number, name = about.number(value, Unit.SHARE, 2, sign=True), about.country(code)
    return (f"{name} {number}", f"{name}\n{number}", f"{code} {number}")


def _slim(width: int) -> bool:
    """Whether there is room for few names."""
    return width < SLIM


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
