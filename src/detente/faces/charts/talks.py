"""The acceptable set: both sides' gains on two axes of one scale, walk-away lines, frontier and a few named packages.

Tables and columns it draws:

* ``acceptable`` a, b: gains of the two sides over what they would have without a deal, USD a year; one row an outcome;
  the names of the two columns after the codes of the sides, as ``usa``, ``chn``;
* ``frontier`` the same two columns, in order along the edge;
* ``deals`` label, the same two columns, and ``kind``: ``deal``, ``solution`` (Nash and others), ``offer`` or ``threat``
  (what happens if talks fail: the first at the walk-away lines, the second with dashed lines of its own).

Any of the three may be missing, but not ``acceptable``. A few packages that lie apart carry their names; the others
stand in the table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts.course import written
from detente.faces.charts.frame import Chart, ChartSetting, Row, Spec, claimed, fixed, rows_of, shown
from detente.faces.charts.layout import Box, Canvas, Point, Tag, place, shorter, text_width, ticks
from detente.faces.charts.theme import AFTER, GAINS, INK, LOSS, QUIET, narrow, spec

SIDES = ("usa", "chn")
NAMED, THREATS = 5, 2
"""Packages with a name, that of this run among them; threats with walk-away lines."""

FEW = 3
"""Named deals whose gains are told in words."""

SHOWS = 0.05
"""Least gain that one digit shows, USD bn a year."""

SAME = 1e-6
"""USD bn a year up to which a threat lies at the walk-away lines."""

RULES = {
    "Nash package": "even",
    "Kalai-Smorodinsky package": "shares",
    "Egalitarian package": "equal",
    "Utilitarian package": "sum",
}
"""What rules of sharing give; the catalogue has them in words of everybody."""

WEIGHTS = {"welfare": "welfare", "april-2025": "april_2025"}
"""What each side counts, and what the catalogue calls it."""


def acceptable(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """What both sides could accept."""
    table = tables["acceptable"]
    first, second = _sides(table)
    edge = _points(tables["frontier"], first, second) if "frontier" in tables else []
    deals = _deals(tables["deals"], first, second, about) if "deals" in tables else []
    if not edge and not deals:
        return []
    everything = _points(table, first, second)
    both = sum(1 for row in everything if row["x"] > 0 and row["y"] > 0)
    codes = (first.upper(), second.upper())
    names = (about.country(codes[0]), about.country(codes[1]))
    the = {"first": about.the(codes[0]), "second": about.the(codes[1])}
    chosen = named_packages(deals, edge or everything)
    threats = [row for row in deals if row["kind"] == "threat"][:THREATS]
    say, unit = about.say, about.say("chart.unit_billion_a_year")
    counts = counted_by(table, about) or say("chart.weights_of_case")
    return [
        Chart(
            name="acceptable",
            table="acceptable",
            title=_finding(deals, codes, both, about),
            subtitle=say("chart.acceptable_subtitle", base=_base(threats, about), unit=unit, counts=counts),
            alt=about.note(
                say(f"chart.acceptable_{'some' if both else 'none'}", **the), _better_for_both(deals, names, about)
            ),
            unit=unit,
            digits=1,
            note=about.note(
                say("chart.acceptable_note", **the),
                _walls_note(threats, about),
                say("chart.acceptable_marks"),
                _under(table, about),
            ),
            source=about.source("acceptable"),
            spec=lambda width: _Plane.of(edge, chosen[: NAMED - narrow(width)], threats, codes, width, about).spec(),
        )
    ]


COUNTED = re.compile(r"\bweights [\w-]+, ")
"""A set of weights by its name in files."""


def counted_by(table: Table, about: ChartSetting) -> str:
    """What each side counts, by the notes of a table; "" where they do not say it."""
    match = re.search(r"weights ([\w-]+)", " ".join(table.notes))
    if match is None:
        return ""
    if match[1] in WEIGHTS:
        return about.say(f"chart.weights_{WEIGHTS[match[1]]}")
    return about.say("chart.weights_other", name=match[1])


def _under(table: Table, about: ChartSetting) -> str:
    """What holds for the whole picture, by the notes of its table."""
    # What each side counts stands above the picture, in words.
    notes = [COUNTED.sub("", note).rstrip(".") for note in table.notes if note]
    return about.say("chart.acceptable_here", notes=". ".join(notes)) if notes else ""


def _finding(deals: list[Row], codes: tuple[str, str], both: int, about: ChartSetting) -> str:
    """What this run gives both, or whether there is anything that both gain from."""
    own = [row for row in deals if row["kind"] == "offer"]
    if not own:
        return about.say(f"chart.acceptable_{'some' if both else 'no'}_packages")
    gains = [own[0]["x"], own[0]["y"]]
    sizes = [about.number(abs(g) * 1e9, Unit.USD, 1) for g in gains]
    deal = _first(own[0])
    if max(gains) < SHOWS:
        return claimed(about.say("chart.acceptable_neither", deal=deal))
    winner, loser = (0, 1) if gains[0] > gains[1] else (1, 0)
    if min(gains) >= SHOWS:
        to = [about.subject(code) for code in codes]
        return claimed(about.say("chart.acceptable_gives", deal=deal, a=to[0], x=sizes[0], b=to[1], y=sizes[1]))
    to = [about.subject(codes[side]) for side in (loser, winner)]
    return claimed(about.say("chart.acceptable_costs", deal=deal, a=to[0], x=sizes[loser], b=to[1], y=sizes[winner]))


def _base(threats: list[Row], about: ChartSetting) -> str:
    """What gains are counted from, in words."""
    at_zero = [row for row in threats if abs(row["x"]) + abs(row["y"]) < SAME]
    if not at_zero:
        return about.say("chart.acceptable_walking")
    return about.say("chart.acceptable_base", law=_first(at_zero[0])).replace("the the ", "the ")


def _first(row: Row) -> str:
    """The first name of a point that has several."""
    return str(row["label"]).split("; ")[0]


def _walls_note(threats: list[Row], about: ChartSetting) -> str:
    away = [row for row in threats if abs(row["x"]) + abs(row["y"]) >= SAME]
    return about.say("chart.acceptable_walls", law=_first(away[0])) if away else ""


def named_packages(deals: list[Row], edge: list[Row]) -> list[Row]:
    """Packages that carry a name: this run's, an even bargain, then those that lie farthest from the ones chosen."""
    own = [row for row in deals if row["kind"] == "offer"]
    even = [row for row in deals if row["kind"] == "solution"][:1]
    chosen, others = [*own[:2], *even], [row for row in deals if row["kind"] == "deal"]
    reach = max((abs(row[key]) for row in (*edge, *deals) for key in ("x", "y")), default=1.0) or 1.0
    while others and len(chosen) < NAMED:
        far = max(others, key=lambda row: min((_apart(row, c) for c in chosen), default=0.0))
        if chosen and min(_apart(far, c) for c in chosen) < APART * reach:
            break
        chosen.append(far)
        others.remove(far)
    return chosen


APART = 0.06
"""Share of the widest gain within which two packages would lie on one another."""


def _apart(first: Row, second: Row) -> float:
    return float(((first["x"] - second["x"]) ** 2 + (first["y"] - second["y"]) ** 2) ** 0.5)


def _better_for_both(deals: list[Row], names: tuple[str, str], about: ChartSetting) -> str:
    """Named deals from which both sides gain, as far as the digits show; a sentence or two, none without deals."""
    named = [row for row in deals if row["kind"] in ("offer", "deal")]
    better = [row for row in named if min(row["x"], row["y"]) >= SHOWS]
    if not named:
        return ""
    gains = about.listed(
        [
            f"{row['label']} ({', '.join(map(' '.join, zip(names, row['text'].split(', '), strict=True)))})"
            for row in better[:FEW]
        ]
    )
    own = any(row["kind"] == "offer" for row in named) and not any(row["kind"] == "offer" for row in better)
    sentence = about.say("chart.acceptable_named", deals=gains) if gains else about.say("chart.acceptable_no_named")
    return about.note(about.say("chart.acceptable_own_not") if own and gains else "", sentence)


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


def _deals(table: Table, first: str, second: str, about: ChartSetting) -> list[Row]:
    """Named points, those that lie on one another as one."""
    by_place: dict[tuple[float, float], Row] = {}
    for r in rows_of(table):
        place = shown(r[first], Unit.USD), shown(r[second], Unit.USD)
        text = ", ".join(about.number(r[side], Unit.USD, 1, sign=True) for side in (first, second))
        kind, label = str(r.get("kind", "deal")), str(r["label"])
        row = {"x": place[0], "y": place[1], "label": label, "kind": kind, "text": text}
        key = (round(place[0], 2), round(place[1], 2))
        known = by_place.setdefault(key, row)
        if known is not row:
            known["label"] = f"{known['label']}; {row['label']}"
            known["kind"] = "threat" if "threat" in (known["kind"], row["kind"]) else known["kind"]
    return list(by_place.values())


@dataclass(frozen=True)
class _Plane:
    """Both gains on one scale: a unit across is as long as a unit upward."""

    size: int
    steps: tuple[float, ...]
    domains: tuple[tuple[float, float], tuple[float, float]]
    edge: list[Row]
    chosen: list[Row]
    threats: list[Row]
    codes: tuple[str, str]
    width: int
    about: ChartSetting

    @classmethod
    def of(
        cls,
        edge: list[Row],
        chosen: list[Row],
        threats: list[Row],
        codes: tuple[str, str],
        width: int,
        about: ChartSetting,
    ) -> _Plane:
        """The plane of some points at a width."""
        rows = [*chosen, *threats, {"x": 0.0, "y": 0.0}]
        # The frontier counts where both gain; its far ends are cut off by the frame.
        rows += [row for row in edge if min(row["x"], row["y"]) >= 0.0]
        sides = [(min(r[k] for r in rows), max(r[k] for r in rows)) for k in ("x", "y")]
        reach = max(high - low for low, high in sides) or 1.0
        pad = 0.1 * reach
        domains = [((low + high - reach) / 2 - pad, (low + high + reach) / 2 + pad) for low, high in sides]
        across = width if narrow(width) else min(round(0.86 * width), 620)
        steps = ticks(0.0, reach, 4 if narrow(width) else 6)
        return cls(across - 66, tuple(steps), (domains[0], domains[1]), edge, chosen, threats, codes, width, about)

    def at(self, x: float, y: float) -> Point:
        """Pixels of two gains."""
        (left, right), (low, high) = self.domains
        return self.size * (x - left) / (right - left), self.size * (high - y) / (high - low)

    def spec(self) -> Spec:
        """The picture."""
        x, y = self._axis("x", 0), self._axis("y", 1)
        encoding = {"x": x, "y": y}
        line = {"type": "line", "color": AFTER, "strokeWidth": 2.5}
        area = {"type": "area", "color": GAINS[0], "opacity": 0.5}
        wall = {"data": {"values": [{}]}, "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5}}
        shape = {"domain": list(SHAPES), "range": list(SHAPES.values())}
        point = {"type": "point", "filled": True, "size": 80, "color": LOSS, "opacity": 1}
        shaped = {**encoding, "shape": {"field": "kind", "scale": shape, "legend": None}}
        shaded = {"x": x, "y": y, "y2": {"field": "base"}}
        order = {**encoding, "order": {"field": "order"}}
        layers: list[Spec] = [
            {"data": {"values": self._both_gain()}, "mark": area, "encoding": shaded},
            {**wall, "encoding": {"x": {"datum": 0}}},
            {**wall, "encoding": {"y": {"datum": 0}}},
            *self._dashed(),
            {"data": {"values": self._seen()}, "mark": line, "encoding": order},
            {"data": {"values": [*self.threats, *self.chosen]}, "mark": point, "encoding": shaped},
            *self._labels(),
        ]
        return spec(self.size + 66, self.size, layers, beside=66)

    def _axis(self, key: str, side: int) -> Spec:
        say, whose = self.about.say, self.about.of(self.codes[side])
        title = say("chart.acceptable_axis", of_country=whose, unit=say("chart.unit_billion_a_year"))
        if text_width(title) > self.size:
            title = say("chart.acceptable_axis", of_country=whose, unit=say("chart.unit_bn_a_year"))
        scale = {"domain": list(self.domains[side]), "nice": False, "zero": False}
        axis = {"title": title, "grid": True, "tickCount": 4 if narrow(self.width) else 6}
        return {"field": key, "type": "quantitative", "scale": scale, "axis": axis}

    def _both_gain(self) -> list[Row]:
        """The shaded part: from the walk-away line up to the frontier."""
        inside = [{"x": row["x"], "y": row["y"], "base": 0.0} for row in self.edge if min(row["x"], row["y"]) >= 0]
        if not inside:
            return []
        inside.sort(key=lambda row: row["x"])
        before = [row for row in self.edge if row["x"] < 0 <= row["y"]]
        start = max(before, key=lambda row: row["x"], default=None)
        top = inside[0]["y"]
        if start and inside[0]["x"] > 0:
            share = -start["x"] / (inside[0]["x"] - start["x"])
            top = start["y"] + share * (inside[0]["y"] - start["y"])
        return [{"x": 0.0, "y": top, "base": 0.0}, *inside]

    def _seen(self) -> list[Row]:
        """The frontier as far as the frame goes."""
        (left, right), (low, high) = self.domains
        frame = Box(left, low, right, high)
        points = [(row["x"], row["y"]) for row in self.edge]
        parts = [part for pair in pairwise(points) if (part := frame.within(pair))]
        seen = [*(first for first, _ in parts), *(last for _, last in parts[-1:])]
        return [{"x": fixed(x), "y": fixed(y), "order": i} for i, (x, y) in enumerate(seen)]

    def _dashed(self) -> list[Spec]:
        """Dashed lines of the threats that are not at the walk-away lines."""
        away = [row for row in self.threats if abs(row["x"]) + abs(row["y"]) >= SAME]
        mark = {"type": "rule", "color": QUIET, "strokeDash": [4, 3], "strokeWidth": 1}
        return [
            {"data": {"values": [row]}, "mark": mark, "encoding": {key: {"datum": row[key]}}}
            for row in away
            for key in "xy"
        ]

    def _labels(self) -> list[Spec]:
        """Names of packages and of threats, each where it touches nothing."""
        canvas = Canvas(Box(2.0, 2.0, self.size - 2.0, self.size - 2.0))
        canvas.path([self.at(row["x"], row["y"]) for row in self.edge])
        for row in (*self.threats, {"x": 0.0, "y": 0.0}):
            (x, y), end = self.at(row["x"], row["y"]), float(self.size)
            canvas.lines += [((x, 0.0), (x, end)), ((0.0, y), (end, y))]
        for row in (*self.threats, *self.chosen):
            canvas.dot(*self.at(row["x"], row["y"]), 5.5)
        order = [*self.chosen, *self.threats]
        tags = [self._tag(row) for row in order]
        looks = [LOSS if row["kind"] == "offer" else QUIET if row["kind"] == "threat" else INK for row in order]
        return [
            layer
            for tag, colour, label in zip(tags, looks, place(tags, canvas), strict=True)
            if label
            for layer in written(label, colour, tag.size, tag.bold)
        ]

    def _tag(self, row: Row) -> Tag:
        own, threat = row["kind"] == "offer", row["kind"] == "threat"
        say, bare = self.about.say, _first(row)
        bare = say(f"chart.rule_{RULES[bare]}") if bare in RULES else bare
        name = say("chart.acceptable_fails", law=bare) if threat else bare
        size = 12.0 if own else 11.5
        broken = (in_lines(name, share * self.size, size, own) for share in (0.3, 0.22))
        first = in_lines(bare.split(", ")[0], 0.3 * self.size, size, own)
        forms = (name, *broken, first, shorter(bare, 0.3 * self.size, size, own))
        return Tag(*self.at(row["x"], row["y"]), tuple(dict.fromkeys(forms)), clear=6.0, size=size, bold=own)


SHAPES = {"deal": "circle", "solution": "diamond", "offer": "triangle-up", "threat": "square"}


def in_lines(text: str, most: float, size: float = 12.0, bold: bool = False) -> str:
    """A text in lines of a width at most, as far as its words allow."""
    lines: list[str] = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size, bold) > most:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)
