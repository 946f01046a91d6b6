"""The form of what goes over time: lines that carry their names, acts in lanes above them, a veil where law ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise, product
from math import isfinite

from detente.faces.charts.frame import MINUS, Row, Spec
from detente.faces.charts.layout import Box, Canvas, Placed, Point, Tag, shorter, text_width, ticks
from detente.faces.charts.theme import INK, LOSS, QUIET, VEIL, labels, layer, narrow, pixel, spec, words
from detente.faces.words.language import Language, load

#: Pixels of a lane of acts.
LANE = 15

#: Size of the words of acts and levels.
SMALL = 11.0


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
    """What a chart over time, or along another number, shows.

    Attributes
    ----------
    unit : of the values, above their axis.
    dates : whether places are days, as ordinals; else they are numbers.
    across : what the horizontal axis counts, where that is not time itself; it falls where the first line's places do.
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
    form = replace(form, series=tuple(_stacked(form.series))) if form.stacked else form
    frame = _Plot.of(form, width)
    lanes, high = _lanes(form, frame, width)
    x, y = _axes(form, frame)
    dashed = {"type": "rule", "strokeDash": [6, 3], "strokeWidth": 1.5, "color": LOSS}
    layers = [*_lines(form, x, y), *(layer(dashed, [{"y": value}], y=y) for value, _ in form.levels)]
    for act, label in lanes:
        stem = {"type": "rule", "color": act.colour, "strokeWidth": 1.2 if act.bold else 0.7, "opacity": 0.7}
        stem |= {} if act.bold else {"strokeDash": [2, 3]}
        ends = {"y": pixel(label.box.bottom + 1), "y2": pixel(frame.high)}
        layers.append(layer(stem, [{}], x=pixel(frame.at(act.at, 0)[0]), **ends))
        look = {"fontWeight": "bold"} if act.bold else {}
        layers.append(words(label.text, label.x, label.y, align="left", fontSize=SMALL, color=act.colour, **look))
    for spot in form.spots:
        mark = {"type": "point", "filled": True, "size": 50, "color": spot.colour, "opacity": 1}
        layers.append(layer(mark, [{"x": spot.at, "y": spot.value}], x=x, y=y))
    if form.veil:
        edge = pixel(frame.at(form.veil[0], 0)[0])
        layers.insert(0, layer({"type": "rule", "strokeDash": [2, 2], "color": QUIET}, [{}], x=edge))
        ends = {"x2": pixel(frame.wide), "y": pixel(0), "y2": pixel(frame.high)}
        layers.append(layer({"type": "rect", "color": VEIL, "opacity": 0.6}, [{}], x=edge, **ends))
    layers += labels(*_tags(form, frame), _canvas(form, frame, lanes))
    layers.append(words(form.unit, 0, -12.0 - high, align="left", color=QUIET))
    # Nothing, right of the room for names: without them a drawing is as wide, so that pages do not blow it up.
    right = pixel(frame.wide + frame.right)
    layers.append(layer({"type": "rule", "opacity": 0}, [{}], x=right, x2=right, y=pixel(0), y2=pixel(1)))
    return spec(frame.wide, form.height, layers)


@dataclass(frozen=True)
class _Plot:
    """Size of the plot and what its axes span."""

    wide: float
    high: float
    left: float
    right: float
    across: tuple[float, float]
    steps: tuple[float, ...]

    @classmethod
    def of(cls, form: Course, width: int) -> _Plot:
        values = [v for s in form.series for v in (*(y for _, y in s.points), *s.low, *s.high) if isfinite(v)]
        values += [value for value, _ in form.levels] + [0.0]
        steps = ticks(min(values), max(values), 4 if form.height < 200 else 5)
        places = [x for s in form.series for x, _ in s.points]
        left = max(form.margin, *(text_width(_number(step)) + 8 for step in steps))
        names = [min(s.forms, key=text_width) for s in form.series if s.forms]
        right = max((text_width(name, bold=True) for name in names), default=0.0) + 14
        right = min(right, 0.3 * width) if names else 22.0
        first = form.series[0].points
        ends = (min(places), max(places))
        ends = ends if first[0][0] <= first[-1][0] else (ends[1], ends[0])
        return cls(round(width - left - right - 8), form.height, left, right, ends, tuple(steps))

    def at(self, x: float, y: float) -> Point:
        """Pixels of a place and a value."""
        (first, last), low, high = self.across, self.steps[0], self.steps[-1]
        return self.wide * (x - first) / ((last - first) or 1.0), self.high * (high - y) / ((high - low) or 1.0)


def _stacked(series: Sequence[Trace]) -> list[Trace]:
    """The lines of a stack, each on those below it."""
    base = [0.0] * len(series[0].points)
    raised: list[Trace] = []
    for each in series:
        tops = [b + y for b, (_, y) in zip(base, each.points, strict=True)]
        points = tuple((x, top) for (x, _), top in zip(each.points, tops, strict=True))
        raised.append(replace(each, points=points, low=tuple(base)))
        base = tops
    return raised


def _corners(points: Sequence[Point], stepped: bool) -> list[Point]:
    """Points of a line as it is drawn, without those in the middle of a level."""
    kept = [p for p in points if isfinite(p[1])]
    if not stepped:
        return kept
    moves = [corner for old, new in pairwise(kept) if new[1] != old[1] for corner in ((new[0], old[1]), new)]
    return [*kept[:1], *moves, *kept[-1:]]


def _number(value: float) -> str:
    return f"{value:,.10g}".replace("-", MINUS)


def _axes(form: Course, frame: _Plot) -> tuple[Spec, Spec]:
    count = max(2, round(frame.wide / 95))
    low, high = sorted(frame.across)
    near = 1e-6 * (high - low)
    plain = {step: f"{step:g}" for step in ticks(low, high, count) if low - near <= step <= high + near}
    marks = day_ticks(low, high, count, form.say) if form.dates else plain
    named = ", ".join(f"'{spot:g}': '{name}'" for spot, name in marks.items())
    scale = {"nice": False, "zero": False}
    x_axis = {
        "title": form.across or None, "grid": False, "labelFlush": False, "values": [float(spot) for spot in marks],
        "labelExpr": f"({{{named}}})[toString(datum.value)]",
    }  # fmt: skip
    y_axis = {"title": None, "grid": True, "domain": False, "ticks": False, "values": list(frame.steps)}
    x = {"field": "x", "type": "quantitative", "scale": {"domain": list(frame.across), **scale}, "axis": x_axis}
    ends = {"domain": [frame.steps[0], frame.steps[-1]], **scale}
    return x, {"field": "y", "type": "quantitative", "scale": ends, "axis": {**y_axis, "format": ",.10~g"}}


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


def _lines(form: Course, x: Spec, y: Spec) -> list[Spec]:
    curve = "step-after" if form.stepped else "linear"
    layers: list[Spec] = []
    for series in form.series:
        if series.low:
            highs = series.high or tuple(py for _, py in series.points)
            band = [{"x": px, "low": a, "y": b} for (px, _), a, b in zip(series.points, series.low, highs, strict=True)]
            opacity = 0.85 if form.stacked else 0.18
            area = {"type": "area", "color": series.colour, "opacity": opacity, "interpolate": curve}
            layers.append(layer(area, band, x=x, y=y, y2={"field": "low"}))
        stroke: Spec = {"type": "line", "strokeWidth": 0.5 if form.stacked else 2, "interpolate": curve}
        stroke |= {"color": series.colour, "strokeDash": [5, 3] if series.dashed else [1, 0]}
        # Of a stepped line its first, its last and the points at which it moves.
        last = len(series.points) - 1
        kept = [p for i, p in enumerate(series.points)
                if not form.stepped or i in (0, last) or p[1] != series.points[i - 1][1]]  # fmt: skip
        rows: list[Row] = [{"x": px, "y": py} for px, py in kept]
        layers.append(layer(stroke, rows, x=x, y=y))
    return layers


def _canvas(form: Course, frame: _Plot, lanes: Sequence[tuple[Notice, Placed]]) -> Canvas:
    """What words must not touch."""
    canvas = Canvas(Box(2.0, 3.0, frame.wide + frame.right, form.height - 3.0))
    for series in form.series:
        canvas.path([frame.at(*p) for p in _corners(series.points, form.stepped)])
    for value, _ in form.levels:
        canvas.path([frame.at(end, value) for end in frame.across])
    for spot in form.spots:
        canvas.dot(*frame.at(spot.at, spot.value), 4.5)
    upright = [frame.at(act.at, 0)[0] for act, _ in lanes]
    upright += [0.0, frame.wide] if form.stacked else []
    upright += [frame.at(form.veil[0], 0)[0]] if form.veil else []
    canvas.lines += [((x, 0.0), (x, float(form.height))) for x in upright]
    return canvas


#: Where along a level its words may stand, shares of its length.
SPREAD = (0.75, 0.5, 0.3, 0.9, 0.15, 0.62, 0.4, 0.2)


def _tags(form: Course, frame: _Plot) -> tuple[list[Tag], list[str]]:
    """Words of spots, names of lines, words of levels and of the veil, and the colour of each."""
    tags = [(Tag(*frame.at(spot.at, spot.value), spot.forms, bold=True), INK) for spot in form.spots if spot.forms]
    name = _inside if form.stacked else _name
    tags += [(name(series, frame), series.colour) for series in form.series if series.forms]
    first, last = frame.across
    for value, text in form.levels:
        there = [frame.at(first + share * (last - first), value) for share in SPREAD]
        forms = (text, shorter(text, 0.6 * frame.wide, bold=True))
        tags.append((Tag(*there[0], forms, clear=1.0, bold=True, others=tuple(there[1:])), LOSS))
    if form.veil:
        edge = frame.at(form.veil[0], 0)[0]
        there = [(edge, 4.0 + 15 * k) for k in range(int(form.height / 15))]
        forms = (*form.veil[1], shorter(form.veil[1][-1], 0.5 * frame.wide, SMALL))
        tags.append((Tag(*there[0], forms, clear=1.0, size=SMALL, others=tuple(there[1:])), QUIET))
    return [tag for tag, _ in tags], [colour for _, colour in tags]


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


LANES = 6
#: Lanes of acts at most; shares of the plot's width to which words are cut; how far they stand left of their stem.
SHARES, SHIFTS = (1.0, 0.55, 0.4, 0.28, 0.2), (0.0, 0.5, 1.0)

#: Shares and shifts that are tried before all others, but for words that are not to be cut.
FIRST = ((1.0, 0.0), (0.55, 0.0), (0.4, 0.0))

#: Acts in words above a wide chart; on a telephone half of them; the others stand in their table.
MOST_ACTS = 7


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
