"""The plane of two sides' gains: walk-away lines, what both can accept, its frontier and a few named packages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts.course import Course, Notice, Spot, Trace, course
from detente.faces.charts.frame import Chart, ChartSetting, Row, Spec, Tables, finite, fixed, rows_of, shown
from detente.faces.charts.layout import Box, Canvas, Point, Tag, in_lines, shorter, text_width
from detente.faces.charts.theme import AFTER, GAINS, INK, LOSS, PARTY, QUIET, field, labels, layer, narrow, spec

#: USD bn a year up to which a threat lies at the walk-away lines.
SAME = 1e-6

#: What rules of sharing give; the catalogue has them in words of everybody.
RULES = {
    "Nash package": "even",
    "Kalai-Smorodinsky package": "shares",
    "Egalitarian package": "equal",
    "Utilitarian package": "sum",
}

SHAPES = {"deal": "circle", "solution": "diamond", "offer": "triangle-up", "threat": "square"}


def at_zero(row: Row) -> bool:
    """Whether a point lies where the walk-away lines cross."""
    return abs(row["x"]) + abs(row["y"]) < SAME


def first_name(row: Row) -> str:
    """The first name of a point that has several."""
    return str(row["label"]).split("; ")[0]


@dataclass(frozen=True)
class GainsPlane:
    """Both gains on one scale: a unit across is as long as a unit upward.

    Attributes
    ----------
    edge : points of the frontier in order, x and y, USD bn a year; chosen, threats : named points, with label and kind.
    codes : of the side across and the side upward.
    """

    edge: Sequence[Row]
    chosen: Sequence[Row]
    threats: Sequence[Row]
    codes: tuple[str, str]
    width: int
    about: ChartSetting

    @property
    def size(self) -> int:
        """Pixels of a side of the plot."""
        return (self.width if narrow(self.width) else min(round(0.86 * self.width), 620)) - 66

    @property
    def ends(self) -> Box:
        """What the axes span: the lower end across as left, upward as top."""
        # The frontier counts where both gain; its far ends are cut off by the frame.
        rows = [*self.chosen, *self.threats, {"x": 0.0, "y": 0.0}, *self._inside()]
        sides = [(min(r[k] for r in rows), max(r[k] for r in rows)) for k in ("x", "y")]
        reach = max(high - low for low, high in sides) or 1.0
        (left, right), (low, high) = (((a + b - 1.2 * reach) / 2, (a + b + 1.2 * reach) / 2) for a, b in sides)
        return Box(left, low, right, high)

    def _inside(self) -> list[Row]:
        return [row for row in self.edge if min(row["x"], row["y"]) >= 0.0]

    def at(self, x: float, y: float) -> Point:
        """Pixels of two gains."""
        ends = self.ends
        across, up = (x - ends.left) / (ends.right - ends.left), (ends.bottom - y) / (ends.bottom - ends.top)
        return self.size * across, self.size * up

    def spec(self) -> Spec:
        """The picture."""
        x, y, ends = self._axis("x", 0), self._axis("y", 1), self.ends
        line = {"type": "line", "color": AFTER, "strokeWidth": 2.5}
        area = {"type": "area", "color": GAINS[0], "opacity": 0.5}
        wall = {"type": "rule", "color": INK, "strokeWidth": 1.5}
        dashed = {"type": "rule", "color": QUIET, "strokeDash": [4, 3], "strokeWidth": 1}
        point = {"type": "point", "filled": True, "size": 80, "color": LOSS, "opacity": 1}
        shape = {"field": "kind", "scale": {"domain": [*SHAPES], "range": [*SHAPES.values()]}, "legend": None}
        parts = [part for pair in pairwise((r["x"], r["y"]) for r in self.edge) if (part := ends.within(pair))]
        seen = [*(first for first, _ in parts), *(last for _, last in parts[-1:])]
        curve = [{"x": fixed(across), "y": fixed(up), "order": i} for i, (across, up) in enumerate(seen)]
        away = [row for row in self.threats if not at_zero(row)]
        layers = [
            layer(area, self._shaded(), x=x, y=y, y2={"field": "base"}),
            layer(wall, [{}], x={"datum": 0}),
            layer(wall, [{}], y={"datum": 0}),
            *(layer(dashed, [row], **{key: {"datum": row[key]}}) for row in away for key in "xy"),
            layer(line, curve, x=x, y=y, order={"field": "order"}),
            layer(point, [*self.threats, *self.chosen], x=x, y=y, shape=shape),
            *self._labels(),
        ]
        return spec(self.size, self.size, layers)

    def _axis(self, key: str, side: int) -> Spec:
        about, ends = self.about, self.ends
        units = [about.unit(f"{name}_a_year") for name in ("billion", "bn")]
        long, short = (
            about.say("chart.acceptable_axis", country=about.the(self.codes[side]), unit=unit) for unit in units
        )
        domain = [[ends.left, ends.right], [ends.top, ends.bottom]][side]
        axis = {"title": long if text_width(long) <= self.size else short, "grid": True,
                "tickCount": 4 if narrow(self.width) else 6}  # fmt: skip
        return {**field(key), "scale": {"domain": domain, "nice": False, "zero": False}, "axis": axis}

    def _shaded(self) -> list[Row]:
        """Where both gain: from the walk-away line up to the frontier."""
        inside = sorted(self._inside(), key=lambda row: row["x"])
        if not inside:
            return []
        start = max((r for r in self.edge if r["x"] < 0 <= r["y"]), key=lambda row: row["x"], default=None)
        first, top = inside[0], inside[0]["y"]
        if start and first["x"] > 0:
            top = start["y"] - start["x"] / (first["x"] - start["x"]) * (first["y"] - start["y"])
        return [{"x": x, "y": y, "base": 0.0} for x, y in ((0.0, top), *((row["x"], row["y"]) for row in inside))]

    def _labels(self) -> list[Spec]:
        """Names of packages and of threats, each where it touches nothing."""
        end, order = float(self.size), [*self.chosen, *self.threats]
        canvas = Canvas(Box(2.0, 2.0, end - 2.0, end - 2.0))
        canvas.path([self.at(row["x"], row["y"]) for row in self.edge])
        for row in (*self.threats, {"x": 0.0, "y": 0.0}):
            x, y = self.at(row["x"], row["y"])
            canvas.lines += [((x, 0.0), (x, end)), ((0.0, y), (end, y))]
        for row in order:
            canvas.dot(*self.at(row["x"], row["y"]), 5.5)
        looks = [{"offer": LOSS, "threat": QUIET}.get(row["kind"], INK) for row in order]
        return labels([self._tag(row) for row in order], looks, canvas)

    def _tag(self, row: Row) -> Tag:
        own, say, bare = row["kind"] == "offer", self.about.say, first_name(row)
        bare = say(f"chart.rule_{RULES[bare]}") if bare in RULES else bare
        name = say("chart.acceptable_fails", law=bare) if row["kind"] == "threat" else bare
        size, most = 12.0 if own else 11.5, 0.3 * self.size
        broken = (in_lines(name, wide, size, own) for wide in (most, 0.22 * self.size))
        first = in_lines(bare.split(", ")[0], most, size, own)
        forms = (name, *broken, first, shorter(bare, most, size, own))
        return Tag(*self.at(row["x"], row["y"]), tuple(dict.fromkeys(forms)), clear=6.0, size=size, bold=own)


SIDES = ("usa", "chn")
#: Packages with a name, that of this run among them; threats with walk-away lines; deals whose gains are told.
NAMED, THREATS, FEW = 5, 2, 3

#: Least gain that one digit shows, USD bn a year.
SHOWS = 0.05

#: Share of the widest gain within which two packages would lie on one another.
APART = 0.06

#: What each side counts, and what the catalogue calls it.
WEIGHTS = {"welfare": "welfare", "april-2025": "april_2025"}

#: A set of weights by its name in files.
COUNTED = re.compile(r"\bweights [\w-]+, ")


def acceptable(tables: Tables, about: ChartSetting) -> Chart | None:
    """What both sides could accept."""
    table = tables["acceptable"]
    sides = tuple([c.name for c in table.columns if c.unit is Unit.USD][:2] or SIDES)
    edge = _points(tables["frontier"], sides) if "frontier" in tables else []
    deals = _deals(tables["deals"], sides, about) if "deals" in tables else []
    if not edge and not deals:
        return None
    everything = _points(table, sides)
    both = any(row["x"] > 0 and row["y"] > 0 for row in everything)
    codes = (sides[0].upper(), sides[1].upper())
    chosen = named_packages(deals, edge or everything)
    threats = [row for row in deals if row["kind"] == "threat"][:THREATS]
    away, here = next((row for row in threats if not at_zero(row)), None), next(filter(at_zero, threats), None)
    # What each side counts stands above the picture, in words.
    notes = [COUNTED.sub("", note).rstrip(".") for note in table.notes if note]
    base = about.say("chart.acceptable_base", law=first_name(here)) if here else about.say("chart.acceptable_walking")
    words: dict[str, Any] = {
        "first": about.the(codes[0]), "second": about.the(codes[1]), "base": base.replace("the the ", "the "),
        "counts": counted_by(table, about) or about.say("chart.weights_of_case"), "notes": ". ".join(notes),
    }  # fmt: skip
    alt = [about.say(f"chart.acceptable_{'some' if both else 'none'}", **words), *_better_for_both(deals, codes, about)]
    walls = about.say("chart.acceptable_walls", law=first_name(away)) if away else ""
    return about.chart(
        "acceptable", "acceptable",
        lambda width: GainsPlane(edge, chosen[: NAMED - narrow(width)], threats, codes, width, about).spec(),
        "billion_a_year", 1, title=_finding(deals, codes, both, about), alt=" ".join(alt),
        note=("note", walls, "marks", "here" if notes else ""), **words,
    )  # fmt: skip


def counted_by(table: Table, about: ChartSetting) -> str:
    """What each side counts, by the notes of a table; "" where they do not say it."""
    match = re.search(r"weights ([\w-]+)", " ".join(table.notes))
    if match is None:
        return ""
    return about.say(f"chart.weights_{WEIGHTS.get(match[1], 'other')}", name=match[1])


def _finding(deals: list[Row], codes: tuple[str, str], both: bool, about: ChartSetting) -> str:
    """What this run gives both, or whether there is anything that both gain from."""
    own = next((row for row in deals if row["kind"] == "offer"), None)
    if own is None:
        return about.say(f"chart.acceptable_{'some' if both else 'no'}_packages")
    gains = [(own[key], about.the(code), about.number(abs(own[key]) * 1e9, Unit.USD, 1))
             for key, code in zip("xy", codes, strict=True)]  # fmt: skip
    size = [gain for gain, _, _ in gains]
    key = "neither" if max(size) < SHOWS else "gives" if min(size) >= SHOWS else "costs"
    (_, a, x), (_, b, y) = sorted(gains) if key == "costs" else gains
    return about.say(f"chart.acceptable_{key}", deal=first_name(own), a=a, x=x, b=b, y=y)


def named_packages(deals: list[Row], edge: list[Row]) -> list[Row]:
    """Packages that carry a name: this run's, an even bargain, then those that lie farthest from the ones chosen."""
    own, even, others = ([row for row in deals if row["kind"] == kind] for kind in ("offer", "solution", "deal"))
    chosen = [*own[:2], *even[:1]]
    reach = max((abs(row[key]) for row in (*edge, *deals) for key in ("x", "y")), default=1.0) or 1.0

    def alone(row: Row) -> float:
        return min((((row["x"] - c["x"]) ** 2 + (row["y"] - c["y"]) ** 2) ** 0.5 for c in chosen), default=0.0)

    while others and len(chosen) < NAMED:
        far = max(others, key=alone)
        if chosen and alone(far) < APART * reach:
            break
        chosen.append(far)
        others.remove(far)
    return chosen


def _better_for_both(deals: list[Row], codes: tuple[str, str], about: ChartSetting) -> list[str]:
    """Named deals from which both sides gain, as far as the digits show; a sentence or two, none without deals."""
    named = [row for row in deals if row["kind"] in ("offer", "deal")]
    better = [row for row in named if min(row["x"], row["y"]) >= SHOWS]
    if not better:
        return [about.say("chart.acceptable_no_named")] if named else []
    names = [about.country(code) for code in codes]
    gains = [f"{r['label']} ({', '.join(map(' '.join, zip(names, r['texts'], strict=True)))})" for r in better[:FEW]]
    kinds = [{row["kind"] for row in rows} for rows in (named, better)]
    own = [about.say("chart.acceptable_own_not")] if "offer" in kinds[0] - kinds[1] else []
    return [*own, about.say("chart.acceptable_named", deals=about.listed(gains))]


def _points(table: Table, sides: Sequence[str]) -> list[Row]:
    rows = finite(rows_of(table), *sides)
    return [{key: shown(r[side], Unit.USD) for key, side in zip("xy", sides, strict=True)} for r in rows]


def _deals(table: Table, sides: Sequence[str], about: ChartSetting) -> list[Row]:
    """Named points, those that lie on one another as one."""
    by_place: dict[tuple[float, float], Row] = {}
    for r in rows_of(table):
        x, y = (shown(r[side], Unit.USD) for side in sides)
        texts = [about.number(r[side], Unit.USD, 1, sign=True) for side in sides]
        row: Row = {"x": x, "y": y, "label": str(r["label"]), "kind": str(r.get("kind", "deal")), "texts": texts}
        known = by_place.setdefault((round(x, 2), round(y, 2)), row)
        if known is not row:
            known["label"] = f"{known['label']}; {row['label']}"
            known["kind"] = "threat" if row["kind"] == "threat" else known["kind"]
    return list(by_place.values())


def clocks(tables: Tables, about: ChartSetting) -> Chart | None:
    """What waiting does: each side's payoff while there is no deal, month by month, and the end of stocks."""
    table, say = tables["clocks"], about.say
    sides = [c.name for c in table.columns if c.unit is Unit.USD and c.name.upper() in PARTY]
    rows = finite(rows_of(table), "month", *sides)
    if not sides or len(rows) < 2:
        return None
    first, end = rows[0], rows[-1]
    traces, spots, sentences = list[Trace](), list[Spot](), list[str]()
    for side in sides:
        code = side.upper()
        sizes = [about.number(r[side], Unit.USD, 0) for r in (first, end)]
        points = tuple((float(r["month"]), shown(r[side], Unit.USD)) for r in rows)
        names = (f"{about.country(code)} {sizes[1]}", f"{about.brief(code)} {sizes[1]}")
        traces.append(Trace(names, points, PARTY[code]))
        spots.append(Spot(*points[-1], (), PARTY[code]))
        words = {"country": about.country(code), "first": sizes[0], "last": sizes[1], "month": f"{end['month']:.0f}"}
        sentences.append(say("chart.clocks_side", **words))
    gone = next((float(r["month"]) for r in rows if r.get("stock", 1.0) <= 0.0), 0.0)
    acts = ()
    if gone and first.get("stock", 0.0) > 0.0:
        acts = (Notice(gone, say("chart.clocks_stocks", month=f"{gone:.0f}"), QUIET, 1.0),)
    form = Course(
        tuple(traces), about.unit("billion_a_year"), dates=False, across=say("chart.clocks_axis"), acts=acts,
        spots=tuple(spots), height=220, say=say,
    )  # fmt: skip
    worst = min(sides, key=lambda s: end[s] - first[s])
    was, last = (about.number(abs(r[worst]), Unit.USD, 0) for r in (first, end))
    title = "no_more" if end[worst] >= first[worst] else "throughout" if was == last else "more"
    subtitle, counts = say("chart.clocks_subtitle"), counted_by(table, about)
    return about.chart(
        "clocks", "clocks", lambda width: course(form, width), "billion_a_year", 0, title=title,
        subtitle=about.listed([subtitle, counts]) if counts else subtitle, sides=", ".join(sentences),
        country=about.the(worst.upper()), first=was, last=last,
    )  # fmt: skip
