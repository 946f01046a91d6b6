"""Map of real income: shapes of Natural Earth, dots for states too small to draw, grey where there are no data.

Boundaries as drawn by Natural Earth, no position taken. The projection is the equal-area one of Savric, Patterson and
Jenny (2018), as the renderer draws it; places are projected here as well, to find where labels have room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import floor, log10, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.data.limits import memoized
from detente.data.tables import read
from detente.faces.charts.frame import MINUS, ChartSetting, Spec
from detente.faces.charts.layout import Box, Canvas, Point, Tag, text_width
from detente.faces.charts.theme import (
    AS_IS,
    EDGE,
    GAINS,
    INK,
    LOSSES,
    NO_DATA,
    NOTHING,
    OPEN,
    PAPER,
    QUIET,
    field,
    labels,
    layer,
    pixel,
    spec,
    words,
)
from detente.lab.world.tables import FLOOR

#: Countries whose number stands on the map; on a telephone four.
LABELLED = 7

#: Width, pixels, below which the map is drawn for a telephone.
SLIM = 480

COEFFICIENTS = (1.340264, -0.081106, 0.000893, 0.003796)
HALF = sqrt(3.0) / 2.0

#: Latitudes at which the picture ends.
NORTH, SOUTH = 84.0, -56.5


Floats = NDArray[np.float64]


def projected(lon: Floats | float, lat: Floats | float) -> tuple[Floats, Floats]:
    """Place on the plane of the projection, of longitudes and latitudes in degrees; equation 1 of the paper."""
    a, b, c, d = COEFFICIENTS
    angle = np.arcsin(HALF * np.sin(np.radians(lat)))
    square, sixth = angle**2, angle**6
    across = np.radians(lon) * np.cos(angle) / (HALF * (a + 3 * b * square + sixth * (7 * c + 9 * d * square)))
    return across, angle * (a + b * square + sixth * (c + d * square))


@dataclass(frozen=True)
class Globe:
    """The world on a picture: pixels a unit of the plane, and where its origin lies."""

    wide: int
    high: int
    scale: float
    origin: Point

    @classmethod
    def of(cls, wide: int) -> Globe:
        """The whole width of the world on a width in pixels."""
        scale = wide / (2 * float(projected(180.0, 0.0)[0]))
        top, foot = (float(projected(0.0, lat)[1]) for lat in (NORTH, SOUTH))
        return cls(wide, round(scale * (top - foot)), scale, (wide / 2, scale * top))

    def at(self, lon: float, lat: float) -> Point:
        """Pixels of a place."""
        x, y = projected(lon, lat)
        return self.origin[0] + self.scale * float(x), self.origin[1] - self.scale * float(y)

    def has_land(self, box: Box) -> bool:
        """Whether a corner of a shape lies in a box, or the middle of the box in a shape: behind an odd coast."""
        x, y, closing = _coasts()
        x, y = self.origin[0] + self.scale * x, self.origin[1] - self.scale * y
        if np.any((x > box.left) & (x < box.right) & (y > box.top) & (y < box.bottom)):
            return True
        across, down = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        edge = np.flatnonzero(((y[1:] > down) != (y[:-1] > down)) & ~closing)
        place = x[edge] + (down - y[edge]) * (x[edge + 1] - x[edge]) / (y[edge + 1] - y[edge])
        return bool(np.sum(place > across) % 2)


@memoized
def _coasts() -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Corners of all shapes on the plane, and whether a ring ends between one and the next."""
    table = read("map_shapes", ["lon", "lat"])
    ring = np.repeat(np.arange(len(table)), table["lon"].list.len().to_numpy())
    x, y = projected(*(table[name].explode().to_numpy() / 100.0 for name in ("lon", "lat")))
    return x, y, ring[1:] != ring[:-1]


#: Share below which a change is the rounding of a solution.
LEAST = 1e-12


def class_bounds(values: list[float]) -> tuple[float, float, float]:
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
    power = 10.0 ** floor(log10(value))
    return float(f"{max(k for k in (1, 2, 5) if k * power <= value * (1 + 1e-12)) * power:.6g}")


def classes(ends: tuple[float, float, float]) -> list[tuple[float, float, str]]:
    """Lower and upper bound and colour of each class, from losses to gains."""
    a, b, c = ends
    edges = [-float("inf"), -c, -b, -a, a, b, c, float("inf")]
    colours = (*LOSSES, NOTHING, *GAINS)
    return [(low, high, colour) for (low, high), colour in zip(pairwise(edges), colours, strict=True)]


def colour_of(value: float, ends: tuple[float, float, float]) -> str:
    """Colour of the class a value falls in."""
    return next(colour for low, high, colour in classes(ends) if low <= value < high)


def world(values: Mapping[str, float], unsure: frozenset[str], about: ChartSetting, width: int) -> Spec:
    """The map of a share by country (ISO3); `unsure`, those whose sign is open, are hatched."""
    globe, ends = Globe.of(width - 8), class_bounds([*values.values()])
    drawn = {iso3 for iso3, _, _ in shapes()}
    colours = {code: OPEN if code in unsure else colour_of(value, ends) for code, value in values.items()}
    dots = [{**_place(code), "colour": colours[code]} for code in values if code not in drawn and code in places()]
    shape: Spec = {"type": "geoshape", "strokeWidth": 0.4}
    dot = {"type": "circle", "size": 38, "stroke": INK, "strokeWidth": 0.7, "opacity": 1}
    layers = [
        layer({**shape, "fill": NO_DATA, "stroke": PAPER}, _features(dict.fromkeys(drawn - set(values), ""))),
        layer({**shape, "stroke": EDGE}, _features(colours), fill=AS_IS),
        layer(dot, dots, **AT, fill=AS_IS),
        *_labels(values, about, globe),
        *_key(ends, bool(unsure), globe, about),
    ]
    projection = {"type": "equalEarth", "scale": globe.scale, "translate": list(globe.origin)}
    return spec(globe.wide, globe.high, layers, projection=projection)


AT = {"longitude": field("lon"), "latitude": field("lat")}
#: Height of the key's cells, and from the first row of the key to the second, pixels.
CELLS, GAP = 15, 40


def _key(ends: tuple[float, float, float], unsure: bool, globe: Globe, about: ChartSetting) -> list[Spec]:
    """A scale of colours with the bounds of its classes, and what is hatched or grey beside it or beneath."""
    known, top = classes(ends), globe.high + 14.0
    wide = min(46.0, (globe.wide - 20) / len(known))
    layers: list[Spec] = []
    for i, (_, high, colour) in enumerate(known):
        left = 8 + i * wide
        bound = f"{MINUS if high < 0 else '+'}{abs(high) * 100:g}" if i < len(known) - 1 else ""
        layers += [_cell(left, top, wide, colour),
                   words(bound, left + wide, top + CELLS + 10, fontSize=11.5, color=QUIET)]  # fmt: skip
    left, down = (8.0, top + GAP) if globe.wide < SLIM else (8 + len(known) * wide + 24, top)
    for kind, colour in (("no_data", NO_DATA), *([("sign_open", OPEN)] if unsure else [])):
        name = about.say(f"chart.map_{kind}")
        text = words(name, left + 24, down + CELLS / 2, fontSize=11.5, color=QUIET, align="left")
        layers += [_cell(left, down, 18, colour), text]
        left += 24 + text_width(name, 11.5) + 18
    return layers


def _cell(left: float, top: float, wide: float, colour: str) -> Spec:
    ends = {"x": pixel(left), "x2": pixel(left + wide), "y": pixel(top), "y2": pixel(top + CELLS)}
    return layer({"type": "rect", "fill": colour, "stroke": EDGE, "strokeWidth": 0.5}, [{}], **ends)


def _labels(values: Mapping[str, float], about: ChartSetting, globe: Globe) -> list[Spec]:
    """The numbers of the countries that move most, at sea, with lead lines to their towns."""
    known = sorted((c for c in values if c in places()), key=lambda c: (-abs(values[c]), c))
    chosen = known[: LABELLED // 2 + 1 if globe.wide < SLIM else LABELLED]
    canvas = Canvas(Box(2.0, 2.0, globe.wide - 2.0, globe.high - 2.0), taken=globe.has_land)
    spots = {code: globe.at(*places()[code]) for code in chosen}
    for x, y in spots.values():
        canvas.dot(x, y, 2.5)
    tags = []
    for code in chosen:
        number, name = about.share(values[code], 2, sign=True), about.country(code)
        forms = (f"{name} {number}", f"{name}\n{number}", f"{code} {number}")
        tags.append(Tag(*spots[code], forms, clear=2.0, size=11.0, bold=True))
    dots = layer({"type": "circle", "size": 9, "color": INK, "opacity": 1}, [_place(c) for c in chosen], **AT)
    return [dots, *labels(tags, [INK] * len(tags), canvas)]


@memoized
def shapes() -> tuple[tuple[str, str, list[Any]], ...]:
    """ISO3 (or blank), name and coordinates (polygons of rings of points, degrees) of every shape."""
    by_shape: dict[int, tuple[str, str, dict[int, list[Any]]]] = {}
    for iso3, name, shape, polygon, _, lon, lat in read("map_shapes").iter_rows():
        _, _, polygons = by_shape.setdefault(shape, (iso3, name, {}))
        polygons.setdefault(polygon, []).append([[x / 100, y / 100] for x, y in zip(lon, lat, strict=True)])
    return tuple((iso3, name, list(polygons.values())) for iso3, name, polygons in by_shape.values())


def _features(colours: Mapping[str, str]) -> list[dict[str, Any]]:
    """Features of countries with their colours; of blank those without a code."""
    return [
        {"type": "Feature", "id": iso3, "colour": colours[iso3],
         "geometry": {"type": "MultiPolygon", "coordinates": polygons}}
        for iso3, _, polygons in shapes()
        if iso3 in colours
    ]  # fmt: skip


@memoized
def places() -> dict[str, tuple[float, float]]:
    """Longitude and latitude of the main town of every country, degrees."""
    return {iso3: (lon, lat) for iso3, lon, lat in read("countries", ["iso3", "lon", "lat"]).iter_rows()}


def _place(code: str) -> dict[str, float]:
    return dict(zip(("lon", "lat"), places()[code], strict=True))
