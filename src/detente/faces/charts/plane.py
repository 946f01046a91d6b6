"""The plane of two sides' gains: walk-away lines, what both can accept, its frontier and a few named packages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from detente.faces.charts.frame import ChartSetting, Row, Spec, fixed
from detente.faces.charts.layout import Box, Canvas, Point, Tag, in_lines, shorter, text_width
from detente.faces.charts.theme import AFTER, GAINS, INK, LOSS, QUIET, field, labels, layer, narrow, spec

SAME = 1e-6
"""USD bn a year up to which a threat lies at the walk-away lines."""

RULES = {
    "Nash package": "even",
    "Kalai-Smorodinsky package": "shares",
    "Egalitarian package": "equal",
    "Utilitarian package": "sum",
}
"""What rules of sharing give; the catalogue has them in words of everybody."""

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
