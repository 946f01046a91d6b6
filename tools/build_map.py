"""Shapes of countries for maps: Natural Earth 1:110m as rings of longitude and latitude, keyed by ISO3.

Source: Natural Earth (public domain), small-scale countries, as the TopoJSON of the world-atlas compilation carries it.
Its arcs are decoded and rounded to hundredths of a degree, so that neighbours still share their borders. Antarctica is
left out. Shapes without a code of ISO keep a blank, but for Kosovo.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import polars as pl

from _shared import arguments, write_table

DROPPED = {"010"}
CODED_BY_NAME = {"Kosovo": "XKX"}

Point = tuple[int, int]
"""Longitude and latitude in hundredths of a degree."""


def decoded(topology: dict[str, Any]) -> list[list[Point]]:
    """Every arc of the topology: differences summed, scaled and rounded."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    found: list[list[Point]] = []
    for arc in topology["arcs"]:
        x = y = 0
        points: list[Point] = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((round(100 * (x * sx + tx)), round(100 * (y * sy + ty))))
        found.append(points)
    return found


def ring_of(indices: list[int], arcs: list[list[Point]]) -> list[Point]:
    """One closed ring; a negative index is the arc backwards. Points that rounding made equal are dropped."""
    points: list[Point] = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points else arc
    kept = [p for i, p in enumerate(points) if not i or p != points[i - 1]]
    return kept if kept[0] == kept[-1] else [*kept, kept[0]]


def rings(topology: dict[str, Any], codes: dict[str, str]) -> Iterator[tuple[object, ...]]:
    """ISO3, name, shape, polygon, ring, longitudes and latitudes of every ring with an area."""
    arcs = decoded(topology)
    for number, shape in enumerate(topology["objects"]["countries"]["geometries"]):
        name = shape["properties"]["name"]
        if shape.get("id") in DROPPED:
            continue
        iso3 = CODED_BY_NAME.get(name, codes.get(str(shape.get("id")), ""))
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for p, polygon in enumerate(polygons):
            for r, indices in enumerate(polygon):
                points = ring_of(indices, arcs)
                if len(points) > 3:
                    yield iso3, name, number, p, r, [x for x, _ in points], [y for _, y in points]


def main() -> None:
    options = arguments(__doc__ or "")
    source = options.data / "countries" / "ne_countries_110m.topo.json"
    topology = json.loads(source.read_text(encoding="utf-8"))
    codes = dict(pl.read_parquet(options.out / "countries.parquet").select("m49", "iso3").iter_rows())
    schema = {
        "iso3": pl.String,
        "name": pl.String,
        "shape": pl.Int16,
        "polygon": pl.Int16,
        "ring": pl.Int16,
        "lon": pl.List(pl.Int32),
        "lat": pl.List(pl.Int32),
    }
    table = pl.DataFrame(list(rings(topology, codes)), schema=schema, orient="row")
    write_table(table, options.out / "map_shapes.parquet")


if __name__ == "__main__":
    main()
