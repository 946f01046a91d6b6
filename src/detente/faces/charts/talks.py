"""The acceptable set: both sides' gains on two axes of one scale, walk-away lines, frontier, solutions and named deals.

Tables and columns it draws:

* ``acceptable`` a, b: gains of the two sides over what they would have without a deal, USD a year; one row an outcome;
  the names of the two columns after the codes of the sides, as ``usa``, ``chn``;
* ``frontier`` the same two columns, in order along the edge;
* ``deals`` label, the same two columns, and ``kind``: ``deal``, ``solution`` (Nash and others), ``offer`` or ``threat``
  (what happens if talks fail: the first at the walk-away lines, the others with dashed lines of their own).

Any of the three may be missing, but not ``acceptable``. Points are numbered; the key stands beneath.

* ``linkage`` track, ``usa_gain``, ``chn_gain`` (codes of the sides): what adding a track changes for each side.
"""

from __future__ import annotations

from collections.abc import Mapping

from detente.codes import Table
from detente.codes.names import in_sentence
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.frame import Chart, ChartSetting, Row, Spec, rows_of, shown, worded
from detente.faces.charts.theme import AFTER, GAINS, INK, LOSS, QUIET, narrow, spec

SIDES = ("usa", "chn")
MOST = 1500
"""Outcomes drawn; a larger set is thinned evenly."""

FEW = 3
"""Named deals whose gains are told in words."""

SHOWS = 0.05
"""Least gain that one digit shows, USD bn a year."""


def acceptable(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """What both sides could accept."""
    table = tables["acceptable"]
    first, second = _sides(table)
    edge = _points(tables["frontier"], first, second) if "frontier" in tables else []
    deals = _deals(tables["deals"], first, second) if "deals" in tables else []
    everything = _points(table, first, second)
    both = sum(1 for row in everything if row["x"] > 0 and row["y"] > 0)
    kept = _inside(everything, [*edge, *deals])
    cloud = kept[:: max(1, len(table) // MOST)]
    names = (about.country(first.upper()), about.country(second.upper()))
    the = tuple(in_sentence(name) for name in names)
    away = any(row["kind"] == "threat" and (row["x"] or row["y"]) for row in deals)
    walls = "Dashed: the same lines for the other threat points. " if away else ""
    under = f" Here: {'. '.join(note.rstrip('.') for note in table.notes)}." if table.notes else ""
    beyond = "; those beyond the frame of the points and the curve are left out" if len(kept) < len(everything) else ""
    return [
        Chart(
            name="acceptable",
            table="acceptable",
            title="What both sides could accept",
            alt=f"{'No outcome' if not both else 'A set of outcomes'} leaves both {the[0]} and {the[1]} better off "
            f"than walking away.{_better_for_both(deals, names)}",
            unit="billion USD a year",
            digits=1,
            note=f"Gains over walking away (no deal), {the[0]} across, {the[1]} upward, on one scale. Above and to "
            f"the right of the lines both gain. {walls}Pale dots: outcomes on the table, as duties, licences and "
            f"action can be combined{beyond}. Curve: best that one side can have for what the other has. "
            "Triangle: what this run is about; circle: named deal; diamond: what a rule of sharing gives; square: what "
            f"happens if talks fail.{under}",
            source=about.source("acceptable"),
            spec=lambda width: _plane(cloud, edge, deals, names, width),
        )
    ]


def _better_for_both(deals: list[Row], names: tuple[str, str]) -> str:
    """Named deals from which both sides gain, as far as the digits show; a sentence or two, none without deals."""
    named = [row for row in deals if row["kind"] in ("offer", "deal")]
    better = [row for row in named if min(row["x"], row["y"]) >= SHOWS]
    if not named:
        return ""
    gains = "; ".join(
        f"{row['label']} ({', '.join(map(' '.join, zip(names, row['text'].split(', '), strict=True)))})"
        for row in better[:FEW]
    )
    own = any(row["kind"] == "offer" for row in named) and not any(row["kind"] == "offer" for row in better)
    sentence = f"Named deals that do: {gains}." if gains else "No named deal does."
    return f" What this run is about does not. {sentence}" if own and gains else f" {sentence}"


def _inside(cloud: list[Row], framed: list[Row]) -> list[Row]:
    """Outcomes within the frame of what has a name and of the frontier, where there is any."""
    if len(framed) < 2:
        return cloud
    ends = {key: [*(row[key] for row in framed), 0.0] for key in ("x", "y")}
    return [row for row in cloud if all(min(ends[key]) <= row[key] <= max(ends[key]) for key in ("x", "y"))]


def linkage(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """What adding each track to the others changes for both sides."""
    table = tables["linkage"]
    columns = [c.name for c in table.columns if c.name.endswith("_gain")]
    kept = rows_of(table)
    if "threat" in table.data:
        first = {key: kept[-1][key] for key in ("weights", "horizon", "constraints") if key in table.data}
        first["threat"] = kept[0]["threat"]
        kept = [row for row in kept if all(row[key] == value for key, value in first.items())]
    drawn: list[Row] = []
    for row in kept:
        for column in columns:
            side = about.country(column.removesuffix("_gain").upper())
            text = worded(row[column], Unit.USD, 1, sign=True)
            drawn.append({"label": f"{row['track']}, {side}", "value": shown(row[column], Unit.USD), "text": text})
    if not drawn:
        return []
    top = max(drawn, key=lambda row: abs(row["value"]))
    under = f" Here: {table.notes[0].rstrip('.')}." if table.notes else ""
    return [
        Chart(
            name="linkage",
            table="linkage",
            title="What adding a track to the talks changes",
            alt=f"The largest change: {top['label']} {top['text']} billion USD a year.",
            unit="billion USD a year",
            digits=1,
            note="Change of each side's gain in the Nash package when the track is bargained together with all others, "
            f"against the same talks without it.{under}",
            source=about.source("linkage"),
            spec=lambda width: forms.bars(drawn, width, "Change of the gain, billion USD a year"),
        )
    ]


def _sides(table: Table) -> tuple[str, str]:
    """The two columns of gains: those in USD."""
    columns = [c.name for c in table.columns if c.unit is Unit.USD] or list(SIDES)
    return columns[0], columns[1]


def _points(table: Table, first: str, second: str) -> list[Row]:
    return [
        {"x": shown(r[first], Unit.USD), "y": shown(r[second], Unit.USD), "order": i}
        for i, r in enumerate(rows_of(table))
        if r[first] == r[first] and r[second] == r[second]
    ]


def _deals(table: Table, first: str, second: str) -> list[Row]:
    """Named points, those that lie on one another as one, numbered in order."""
    by_place: dict[tuple[float, float], Row] = {}
    for r in rows_of(table):
        place = shown(r[first], Unit.USD), shown(r[second], Unit.USD)
        text = f"{worded(r[first], Unit.USD, 1, sign=True)}, {worded(r[second], Unit.USD, 1, sign=True)}"
        row = {"x": place[0], "y": place[1], "label": str(r["label"]), "kind": str(r.get("kind", "deal")), "text": text}
        key = (round(place[0], 2), round(place[1], 2))
        known = by_place.setdefault(key, row)
        if known is not row:
            known["label"] = f"{known['label']}; {row['label']}"
            known["kind"] = "threat" if "threat" in (known["kind"], row["kind"]) else known["kind"]
    return [{**row, "number": str(k)} for k, row in enumerate(by_place.values(), 1)]


def _key(deals: list[Row], height: int) -> list[Spec]:
    """The key beneath the plot, one line a point, each at a fixed place."""
    mark = {"type": "text", "align": "left", "baseline": "top", "fontSize": 11.5, "limit": 0}
    layers: list[Spec] = []
    for k, row in enumerate(deals):
        place = {"x": {"value": -40}, "y": {"value": height + 58 + 17 * k}}
        line = [{"line": f"{row['number']}  {row['label']}"}]
        layers.append({"data": {"values": line}, "mark": mark, "encoding": {**place, "text": {"field": "line"}}})
    return layers


def _plane(cloud: list[Row], edge: list[Row], deals: list[Row], names: tuple[str, str], width: int) -> Spec:
    """Both gains on one scale: a unit across is as long as a unit upward."""
    rows = [*cloud, *edge, *deals, {"x": 0.0, "y": 0.0}]
    sides = [(min(r[k] for r in rows), max(r[k] for r in rows)) for k in ("x", "y")]
    reach = max(high - low for low, high in sides) or 1.0
    pad = 0.12 * reach
    domains = [((low + high - reach) / 2 - pad, (low + high + reach) / 2 + pad) for low, high in sides]
    ticks = 4 if narrow(width) else 7
    x, y = (
        {
            "field": key,
            "type": "quantitative",
            "scale": {"domain": list(domain), "nice": False, "zero": False},
            "axis": {"title": f"Gain of {in_sentence(name)}, billion USD a year", "tickCount": ticks, "grid": True},
        }
        for key, domain, name in zip(("x", "y"), domains, names, strict=True)
    )
    encoding = {"x": x, "y": y}
    line = {"type": "line", "color": AFTER, "strokeWidth": 2.5}
    shape = {
        "field": "kind",
        "scale": {
            "domain": ["deal", "solution", "offer", "threat"],
            "range": ["circle", "diamond", "triangle-up", "square"],
        },
    }
    point = {"type": "point", "filled": True, "size": 90, "color": LOSS, "opacity": 1}
    label = {"type": "text", "align": "left", "dx": 8, "fontSize": 11.5}
    dot = {"type": "point", "filled": True, "size": 12, "color": GAINS[1], "opacity": 0.5}
    wall = {"data": {"values": [{}]}, "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5}}
    word = {"type": "text", "align": "left", "dx": 4, "dy": -6, "color": QUIET}
    corner = {"x": {"datum": domains[0][0]}, "y": {"datum": 0}, "text": {"field": "text"}}
    layers: list[Spec] = [
        {"data": {"values": cloud}, "mark": dot, "encoding": encoding},
        {**wall, "encoding": {"x": {"datum": 0}}},
        {**wall, "encoding": {"y": {"datum": 0}}},
        {"data": {"values": edge}, "mark": line, "encoding": {**encoding, "order": {"field": "order"}}},
        *_walls([row for row in deals if row["kind"] == "threat"]),
        {"data": {"values": deals}, "mark": point, "encoding": {**encoding, "shape": {**shape, "legend": None}}},
        {"data": {"values": deals}, "mark": label, "encoding": {**encoding, "text": {"field": "number"}}},
        {"data": {"values": [{"text": "walk away"}]}, "mark": word, "encoding": corner},
    ]
    across = width if narrow(width) else round(0.86 * width)
    return spec(across, across - 66, [*layers, *_key(deals, across - 66)], beside=66)


def _walls(threats: list[Row]) -> list[Spec]:
    """Dashed lines of the threat points that are not at the walk-away lines."""
    away = [row for row in threats if abs(row["x"]) + abs(row["y"]) > 1e-6]
    mark = {"type": "rule", "color": QUIET, "strokeDash": [4, 3], "strokeWidth": 1}
    return [
        {"data": {"values": [row]}, "mark": mark, "encoding": {key: {"datum": row[key]}}}
        for row in away
        for key in "xy"
    ]
