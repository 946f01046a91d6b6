"""The form of what goes over time: lines that carry their names, acts in lanes above them, a veil where law ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise, product
from math import isfinite
from typing import Any

from detente.faces.charts.frame import Row, Spec
from detente.faces.charts.layout import LINE, Box, Canvas, Placed, Point, Tag, place, shorter, text_width, ticks
from detente.faces.charts.theme import AREAS, INK, LOSS, PAPER, QUIET, VEIL, narrow, spec
from detente.faces.words.language import Language, load

LANE = 15
"""Pixels of a lane of acts."""

SMALL = 11.0
"""Size of the words of acts and levels."""


@dataclass(frozen=True)
class Trace:
    """One line: places and values in order, its names from long to short, and its look.

    `stands` : the value that its name gives, where that is not the last; the name stands at its height.
    """

    forms: tuple[str, ...]
    points: tuple[Point, ...]
    colour: str
    dashed: bool = False
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    stands: float | None = None


@dataclass(frozen=True)
class Notice:
    """An act at a place in time: in words, by whom (a colour), and what it weighs among others."""

    at: float
    text: str
    colour: str = QUIET
    weight: float = 0.0
    bold: bool = False


@dataclass(frozen=True)
class Spot:
    """A point of a line with its words, from long to short."""

    at: float
    value: float
    forms: tuple[str, ...]
    colour: str = LOSS


@dataclass(frozen=True)
class Course:
    """What a chart over time shows.

    Attributes
    ----------
    unit : of the values, above their axis.
    dates : whether places are days, as ordinals; else they are numbers.
    across : what the horizontal axis counts, where that is not time itself.
    stepped : whether a value holds until the next.
    stacked : whether areas stand one on another in the order of the series.
    levels : value and words of lines across.
    veil : place from which what is drawn is not known, and words for it from long to short.
    margin : pixels left of the plot at least, where it stands above another.
    say : what writes the days of its axes.
    """

    series: tuple[Trace, ...]
    unit: str
    dates: bool = True
    across: str = ""
    stepped: bool = False
    stacked: bool = False
    levels: tuple[tuple[float, str], ...] = ()
    acts: tuple[Notice, ...] = ()
    spots: tuple[Spot, ...] = ()
    veil: tuple[float, tuple[str, ...]] | None = None
    height: int = 250
    margin: float = 0.0
    say: Language = field(default_factory=load, repr=False)


def course(form: Course, width: int) -> Spec:
    """The picture of a course at a width."""
    frame = _Plot.of(form, width)
    canvas = Canvas(Box(2.0, 3.0, frame.wide + frame.right, form.height - 3.0))
    lanes, high = _lanes(form, frame, width)
    for series in _drawn(form):
        canvas.path([frame.at(*p) for p in _corners(series.points, form.stepped)])
    for value, _ in form.levels:
        canvas.path([frame.at(frame.across[0], value), frame.at(frame.across[1], value)])
    for spot in form.spots:
        canvas.dot(*frame.at(spot.at, spot.value), 4.5)
    for act, _ in lanes:
        canvas.path([(frame.at(act.at, 0)[0], 0.0), (frame.at(act.at, 0)[0], float(form.height))])
    if form.stacked:
        canvas.lines += [((x, 0.0), (x, float(form.height))) for x in (0.0, frame.wide)]
    if form.veil:
        canvas.path([(frame.at(form.veil[0], 0)[0], 0.0), (frame.at(form.veil[0], 0)[0], float(form.height))])
    layers = [*_veil_beneath(form, frame), *_lines(form, frame), *_levels(form, frame), *_strip(lanes, frame)]
    layers += [*_spots(form, frame), *_veil(form, frame), *_words(form, frame, canvas), _unit(form, high), _edge(frame)]
    return spec(width, form.height, layers, beside=frame.left + frame.right + 8)


@dataclass(frozen=True)
class _Plot:
    """Size of the plot and what its axes span."""

    wide: float
    high: float
    left: float
    right: float
    across: tuple[float, float]
    up: tuple[float, float]
    steps: tuple[float, ...]

    @classmethod
    def of(cls, form: Course, width: int) -> _Plot:
        drawn = _drawn(form)
        values = [v for s in drawn for v in (*(y for _, y in s.points), *s.low, *s.high) if isfinite(v)]
        values += [value for value, _ in form.levels] + [0.0]
        steps = ticks(min(values), max(values), 4 if form.height < 200 else 5)
        places = [x for s in drawn for x, _ in s.points]
        left = max(text_width(_number(step)) for step in steps) + 8
        left = max(left, form.margin)
        names = [min(s.forms, key=text_width) for s in form.series if s.forms]
        right = max((text_width(name, bold=True) for name in names), default=0.0) + 14
        right = min(right, 0.3 * width) if names else 22.0
        plot = width - left - right - 8
        return cls(
            round(plot), form.height, left, right, (min(places), max(places)), (steps[0], steps[-1]), tuple(steps)
        )

    def at(self, x: float, y: float) -> Point:
        """Pixels of a place and a value."""
        (first, last), (low, high) = self.across, self.up
        return self.wide * (x - first) / ((last - first) or 1.0), self.high * (high - y) / ((high - low) or 1.0)


def _drawn(form: Course) -> list[Trace]:
    """The lines; of a stack each on those below it."""
    if not form.stacked:
        return list(form.series)
    base = [0.0] * len(form.series[0].points)
    raised: list[Trace] = []
    for series in form.series:
        tops = [b + y for b, (_, y) in zip(base, series.points, strict=True)]
        points = tuple((x, top) for (x, _), top in zip(series.points, tops, strict=True))
        raised.append(Trace(series.forms, points, series.colour, low=tuple(base)))
        base = tops
    return raised


def _corners(points: Sequence[Point], stepped: bool) -> list[Point]:
    """Points of a line as it is drawn, without those in the middle of a level."""
    kept = [p for p in points if isfinite(p[1])]
    if not stepped:
        return kept
    through = kept[:1]
    for before, after in pairwise(kept):
        if after[1] != before[1]:
            through += [(after[0], before[1]), after]
    return [*through, *kept[-1:]]


def _number(value: float) -> str:
    return f"{value:,.10g}".replace("-", "\u2212")


def _axes(form: Course, frame: _Plot) -> tuple[Spec, Spec]:
    count = narrow_count(frame.wide)
    marks = day_ticks(*frame.across, count, form.say) if form.dates else _plain_ticks(frame)
    names = ", ".join(f"'{spot:g}': '{name}'" for spot, name in marks.items())
    x_axis: dict[str, Any] = {
        "title": form.across or None,
        "grid": False,
        "values": [float(spot) for spot in marks],
        "labelExpr": f"({{{names}}})[toString(datum.value)]",
        "labelFlush": False,
    }
    y_axis: dict[str, Any] = {"title": None, "grid": True, "domain": False, "ticks": False, "values": list(frame.steps)}
    y_axis["format"] = ",.10~g"
    x = {"field": "x", "type": "quantitative", "scale": {"domain": list(frame.across), "nice": False, "zero": False}}
    y = {"field": "y", "type": "quantitative", "scale": {"domain": list(frame.up), "nice": False, "zero": False}}
    return {**x, "axis": x_axis}, {**y, "axis": y_axis}


def narrow_count(wide: float) -> int:
    """Labels that an axis of days has room for."""
    return max(2, round(wide / 95))


def _plain_ticks(frame: _Plot) -> dict[float, str]:
    first, last = frame.across
    return {step: f"{step:g}" for step in ticks(first, last, narrow_count(frame.wide)) if first <= step <= last}


def day_ticks(first: float, last: float, count: int, say: Language | None = None) -> dict[float, str]:
    """First days of months, quarters or years between two days, as ordinals, each with its name."""
    start, end = date.fromordinal(int(first)), date.fromordinal(int(last))
    say = say or load()
    months = [(y, m) for y in range(start.year, end.year + 1) for m in range(1, 13)]
    for step in (1, 2, 3, 6, 12, 24, 60, 120):
        days = [date(y, m, 1) for y, m in months if (12 * y + m - 1) % step == 0]
        within = [d for d in days if start <= d <= end]
        if len(within) <= count and within:
            return {float(d.toordinal()): _tick(d, step, d == within[0], say) for d in within}
    return {float(start.toordinal()): _tick(start, 1, True, say)}


def _tick(day: date, step: int, first: bool, say: Language) -> str:
    month = say.forms["months_short"][day.month - 1]
    return str(day.year) if step >= 12 else f"{month} {day.year}" if first or day.month == 1 else month


def _lines(form: Course, frame: _Plot) -> list[Spec]:
    x, y = _axes(form, frame)
    curve = "step-after" if form.stepped else "linear"
    layers: list[Spec] = []
    for series in _drawn(form):
        rows: list[Row] = [{"x": px, "y": py} for px, py in _thinned(series.points, form.stepped)]
        if series.low:
            highs = series.high or tuple(py for _, py in series.points)
            band = [{"x": px, "low": a, "y": b} for (px, _), a, b in zip(series.points, series.low, highs, strict=True)]
            look = {"color": series.colour, "opacity": 0.85 if form.stacked else 0.18, "interpolate": curve}
            edge = {"y": y, "y2": {"field": "low"}}
            layers.append({"data": {"values": band}, "mark": {"type": "area", **look}, "encoding": {"x": x, **edge}})
        stroke: Spec = {"type": "line", "strokeWidth": 0.5 if form.stacked else 2, "interpolate": curve}
        stroke |= {"color": series.colour, "strokeDash": [5, 3] if series.dashed else [1, 0]}
        layers.append({"data": {"values": rows}, "mark": stroke, "encoding": {"x": x, "y": y}})
    return layers


def _thinned(points: Sequence[Point], stepped: bool) -> list[Point]:
    """Of a stepped line its first, its last and the points at which it moves."""
    if not stepped:
        return list(points)
    return [p for i, p in enumerate(points) if i in (0, len(points) - 1) or p[1] != points[i - 1][1]]


def _levels(form: Course, frame: _Plot) -> list[Spec]:
    rule = {"type": "rule", "strokeDash": [6, 3], "strokeWidth": 1.5, "color": LOSS}
    _, y = _axes(form, frame)
    return [{"data": {"values": [{"y": v}]}, "mark": rule, "encoding": {"y": y}} for v, _ in form.levels]


def _spots(form: Course, frame: _Plot) -> list[Spec]:
    x, y = _axes(form, frame)
    return [
        {
            "data": {"values": [{"x": spot.at, "y": spot.value}]},
            "mark": {"type": "point", "filled": True, "size": 50, "color": spot.colour, "opacity": 1},
            "encoding": {"x": x, "y": y},
        }
        for spot in form.spots
    ]


def _veil_beneath(form: Course, frame: _Plot) -> list[Spec]:
    """The edge of the veil; what is beyond it is hidden by `_veil`, which lies on top."""
    if not form.veil:
        return []
    rule = {"type": "rule", "strokeDash": [2, 2], "color": QUIET}
    return [{"data": {"values": [{}]}, "mark": rule, "encoding": {"x": {"datum": form.veil[0]}}}]


def _veil(form: Course, frame: _Plot) -> list[Spec]:
    if not form.veil:
        return []
    start = frame.at(form.veil[0], 0)[0]
    look = {"type": "rect", "color": VEIL, "opacity": 0.6}
    ends = {"x": {"value": start}, "x2": {"value": frame.wide}, "y": {"value": 0}, "y2": {"value": frame.high}}
    return [{"data": {"values": [{}]}, "mark": look, "encoding": ends}]


def _words(form: Course, frame: _Plot, canvas: Canvas) -> list[Spec]:
    """Names of lines, words of spots, of levels and of the veil, each where it touches nothing."""
    tags = [Tag(*frame.at(spot.at, spot.value), spot.forms, clear=5.0, bold=True) for spot in form.spots if spot.forms]
    looks = [INK for _ in tags]
    if form.stacked:
        tags += [_inside(series, frame) for series in _drawn(form)]
        looks += [series.colour for series in form.series]
    else:
        tags += [_name(series, frame) for series in form.series if series.forms]
        looks += [series.colour for series in form.series if series.forms]
    for value, text in form.levels:
        there = [frame.at(frame.across[0] + share * (frame.across[1] - frame.across[0]), value) for share in SPREAD]
        most = 0.6 * frame.wide
        forms = (text, shorter(text, most, bold=True))
        tags.append(Tag(*there[0], forms, clear=1.0, bold=True, others=tuple(there[1:])))
        looks.append(LOSS)
    if form.veil:
        edge = frame.at(form.veil[0], 0)[0]
        there = [(edge, 4.0 + 15 * k) for k in range(int(form.height / 15))]
        words = form.veil[1]
        forms = (*words, shorter(words[-1], 0.5 * frame.wide, SMALL))
        tags.append(Tag(*there[0], forms, clear=1.0, size=SMALL, others=tuple(there[1:])))
        looks.append(QUIET)
    return [
        layer
        for tag, colour, label in zip(tags, looks, place(tags, canvas), strict=True)
        if label
        for layer in written(label, _ink(label, tag, colour), tag.size, tag.bold)
    ]


def _ink(label: Placed, tag: Tag, colour: str) -> str:
    """Colour of words: light within a dark area, dark beside it and within others."""
    if not tag.within or colour != DARKEST:
        return INK if tag.within else colour
    return PAPER if (label.x, label.y) in tag.within and not label.lead else INK


DARKEST = AREAS[1]
"""The one area of a stack on which dark words could not be read."""


SPREAD = (0.75, 0.5, 0.3, 0.9, 0.15, 0.62, 0.4, 0.2)
"""Where along a level its words may stand, shares of its length."""


def _name(series: Trace, frame: _Plot) -> Tag:
    """The name of a line, best at its end."""
    points = [frame.at(*p) for p in series.points if isfinite(p[1])]
    others = tuple(points[max(0, round((len(points) - 1) * share))] for share in (0.9, 0.75, 0.6, 0.45, 0.3, 0.15))
    end = points[-1] if series.stands is None else frame.at(series.points[-1][0], series.stands)
    return Tag(*end, series.forms, clear=2.0, bold=True, others=others)


def _inside(series: Trace, frame: _Plot) -> Tag:
    """The name of an area: in it where it is high, else led to it."""
    spans = [
        (high - low, (frame.at(x, low)[0] + frame.at(u, low)[0]) / 2, frame.at(x, (low + high) / 2)[1])
        for (x, high), (u, _), low in zip(series.points, series.points[1:], series.low, strict=False)
    ]
    best = [(x, y) for _, x, y in sorted(spans, reverse=True)]
    x, top = series.points[-1]
    ends = () if top - series.low[-1] < 1e-9 else (frame.at(x, (top + series.low[-1]) / 2),)
    here = (*ends, *best)
    return Tag(*here[0], series.forms, clear=0.0, others=here[1:3], within=tuple(best[:12]))


def written(label: Placed, colour: str, size: float = 12.0, bold: bool = False) -> list[Spec]:
    """A placed label, with its lead line."""
    mark: Spec = {"type": "text", "align": label.align, "fontSize": size, "color": colour, "baseline": "middle"}
    mark |= {"fontWeight": "bold"} if bold else {}
    breaks = label.text.count("\n")
    if breaks:
        # The renderer stands the first line at the place; the middle of all of them is meant.
        mark |= {"lineBreak": "\n", "lineHeight": LINE * size, "dy": -LINE * size * breaks / 2}
    spot = {"x": {"value": round(label.x, 1)}, "y": {"value": round(label.y, 1)}}
    text = {"text": {"field": "text"}}
    layers: list[Spec] = [{"data": {"values": [{"text": label.text}]}, "mark": mark, "encoding": {**spot, **text}}]
    if label.lead:
        (x, y), (u, v) = label.lead
        rule = {"type": "rule", "color": QUIET, "strokeWidth": 0.8}
        ends = {"x": {"value": round(x, 1)}, "x2": {"value": round(u, 1)}}
        ends |= {"y": {"value": round(y, 1)}, "y2": {"value": round(v, 1)}}
        layers.insert(0, {"data": {"values": [{}]}, "mark": rule, "encoding": ends})
    return layers


def _unit(form: Course, high: float) -> Spec:
    """The unit of the values, level, above all."""
    mark = {"type": "text", "align": "left", "color": QUIET, "baseline": "middle"}
    spot = {"x": {"value": 0}, "y": {"value": -12.0 - high}}
    return {"data": {"values": [{"text": form.unit}]}, "mark": mark, "encoding": {**spot, "text": {"field": "text"}}}


def _edge(frame: _Plot) -> Spec:
    """Nothing, right of the room for names: without them a drawing is as wide, so that pages do not blow it up."""
    right = {"value": frame.wide + frame.right}
    return {
        "data": {"values": [{}]},
        "mark": {"type": "rule", "opacity": 0},
        "encoding": {"x": right, "x2": right, "y": {"value": 0}, "y2": {"value": 1}},
    }


LANES = 6
SHARES, SHIFTS = (1.0, 0.55, 0.4, 0.28, 0.2), (0.0, 0.5, 1.0)
"""Lanes of acts at most; shares of the plot's width to which words are cut; how far they stand left of their stem."""

FIRST = ((1.0, 0.0), (0.55, 0.0), (0.4, 0.0))
"""Shares and shifts that are tried before all others, but for words that are not to be cut."""

MOST_ACTS = 7
"""Acts in words above a wide chart; on a telephone half of them; the others stand in their table."""


def _lanes(form: Course, frame: _Plot, width: int) -> tuple[list[tuple[Notice, Placed]], float]:
    """The acts that weigh most, each with its label in a lane above the plot; and the height of the lanes."""
    most = MOST_ACTS // 2 if narrow(width) else MOST_ACTS
    chosen = sorted(form.acts, key=lambda act: (-act.bold, -act.weight, act.at))[:most]
    canvas = Canvas(Box(-frame.left, -400.0, frame.wide + frame.right, 0.0))
    placed: list[tuple[Notice, Placed]] = []
    for act in sorted(chosen, key=lambda act: -act.at):
        label = _lane(act, frame, canvas)
        if label:
            placed.append((act, label))
            canvas.boxes.append(label.box)
            canvas.path([(frame.at(act.at, 0)[0], label.box.bottom), (frame.at(act.at, 0)[0], 0.0)])
    return placed, max((-label.box.top for _, label in placed), default=0.0)


def _lane(act: Notice, frame: _Plot, canvas: Canvas) -> Placed | None:
    """The lowest lane in which an act's words touch nothing and its stem crosses none; best to the right of it.

    Words to the left of a stem would stand in the way of earlier acts.
    """
    x = frame.at(act.at, 0)[0]
    for share, shift in (*(() if act.bold else FIRST), *product(SHARES, SHIFTS)):
        text = shorter(act.text, share * frame.wide, SMALL, act.bold)
        wide = text_width(text, SMALL, act.bold)
        left = x - 3 - shift * (wide - 6)
        for lane in range(LANES):
            y = -LANE * (lane + 1) + 3
            box = Box(left, y - 5.5, left + wide, y + 6.0)
            stem = ((x, box.bottom), (x, 0.0))
            if canvas.free(box, 1.5) and not any(other.grown(1.5).crossed(stem) for other in canvas.boxes):
                return Placed(text, left, y, "left", box)
    return None


def _strip(lanes: Sequence[tuple[Notice, Placed]], frame: _Plot) -> list[Spec]:
    layers: list[Spec] = []
    for act, label in lanes:
        x = round(frame.at(act.at, 0)[0], 1)
        rule = {"type": "rule", "color": act.colour, "strokeWidth": 1.2 if act.bold else 0.7, "opacity": 0.7}
        rule |= {} if act.bold else {"strokeDash": [2, 3]}
        ends = {"x": {"value": x}, "y": {"value": round(label.box.bottom + 1, 1)}, "y2": {"value": frame.high}}
        layers.append({"data": {"values": [{}]}, "mark": rule, "encoding": ends})
        layers += written(label, act.colour, SMALL, act.bold)
    return layers


def ordinal_of(row: Mapping[str, Any], key: str) -> float:
    """A day of a row as an ordinal."""
    return float(date.fromisoformat(str(row[key])[:10]).toordinal())
