"""Where labels stand: widths of words as the renderer measures them, and a place for each where it touches nothing.

A label that does not fit beside its point moves around it, then takes a shorter form, then stands off with a lead line.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from math import cos, pi, sin

Point = tuple[float, float]
Segment = tuple[Point, Point]

ABOVE, BELOW = 0.76, 0.24
"""Of the size of a letter, what stands above its line and below it."""

LINE = 1.17
"""Of the size of a letter, from one line to the next."""


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels, from the top."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box, gap: float = 0.0) -> bool:
        """Whether two boxes overlap, or come nearer than a gap."""
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.top < other.bottom + gap
            and other.top < self.bottom + gap
        )

    def holds(self, other: Box) -> bool:
        """Whether another box lies wholly within."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )

    def crossed(self, segment: Segment) -> bool:
        """Whether a straight line runs through the box."""
        (x, y), (u, v) = segment
        if (x <= self.left and u <= self.left) or (x >= self.right and u >= self.right):
            return False
        if (y <= self.top and v <= self.top) or (y >= self.bottom and v >= self.bottom):
            return False
        return self.within(segment) is not None

    def within(self, segment: Segment) -> Segment | None:
        """The part of a straight line that lies in the box (Liang and Barsky, 1984); None where none does."""
        (x, y), (u, v) = segment
        first, last = 0.0, 1.0
        for way, start, low, high in ((u - x, x, self.left, self.right), (v - y, y, self.top, self.bottom)):
            if way == 0.0:
                if not low < start < high:
                    return None
                continue
            near, far = sorted(((low - start) / way, (high - start) / way))
            first, last = max(first, near), min(last, far)
        if first >= last:
            return None
        return (x + first * (u - x), y + first * (v - y)), (x + last * (u - x), y + last * (v - y))

    def grown(self, by: float) -> Box:
        """The box with a margin."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)


@lru_cache(maxsize=2)
def _advances(weight: str) -> dict[int, float]:
    """How far each character advances, in sizes of its letters; read from the metrics of the package."""
    raw = (files("detente.faces.charts") / "metrics" / f"{weight}.ttf").read_bytes()
    count = struct.unpack(">H", raw[4:6])[0]
    heads = (struct.unpack(">4sIII", raw[12 + 16 * i : 28 + 16 * i]) for i in range(count))
    starts = {tag.decode(): start for tag, _, start, _ in heads}
    unit = struct.unpack(">H", raw[starts["head"] + 18 : starts["head"] + 20])[0]
    widths = struct.unpack(">H", raw[starts["hhea"] + 34 : starts["hhea"] + 36])[0]
    glyphs = [
        struct.unpack(">H", raw[starts["hmtx"] + 4 * i : starts["hmtx"] + 4 * i + 2])[0] / unit for i in range(widths)
    ]
    return {code: glyphs[min(glyph, widths - 1)] for code, glyph in _characters(raw, starts["cmap"])}


def _characters(raw: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Code points and glyphs of a table of segments (format 4)."""
    subtables = struct.unpack(">H", raw[start + 2 : start + 4])[0]
    offsets = (struct.unpack(">HHI", raw[start + 4 + 8 * i : start + 12 + 8 * i])[2] for i in range(subtables))
    here = next(start + o for o in offsets if struct.unpack(">H", raw[start + o : start + o + 2])[0] == 4)
    n = struct.unpack(">H", raw[here + 6 : here + 8])[0] // 2

    def row(start: int, kind: str = "H") -> tuple[int, ...]:
        return struct.unpack(f">{n}{kind}", raw[start : start + 2 * n])

    end, begin, delta, skip = here + 14, here + 16 + 2 * n, here + 16 + 4 * n, here + 16 + 6 * n
    for i, (last, first, shift, jump) in enumerate(zip(row(end), row(begin), row(delta, "h"), row(skip), strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            if not jump:
                yield code, (code + shift) & 0xFFFF
                continue
            place_of = skip + 2 * i + jump + 2 * (code - first)
            glyph = struct.unpack(">H", raw[place_of : place_of + 2])[0]
            yield code, (glyph + shift) & 0xFFFF if glyph else 0


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = 12.0, bold: bool = False) -> float:
    """Pixels that the longest line of a text takes."""
    advances = _advances("bold" if bold else "regular")
    return size * max(sum(advances.get(ord(letter), 0.6) for letter in line) for line in text.split("\n"))


def text_box(text: str, x: float, y: float, align: str, size: float = 12.0, bold: bool = False) -> Box:
    """Box of a text whose middle stands at a height; aligned left, center or right of a place across."""
    wide = text_width(text, size, bold)
    left = x - {"left": 0.0, "center": wide / 2, "right": wide}[align]
    lines = text.count("\n")
    middle = y - LINE * size * lines / 2
    return Box(left, middle + (0.3 - ABOVE) * size, left + wide, middle + (0.3 + BELOW + LINE * lines) * size)


@dataclass(frozen=True)
class Tag:
    """A label to be placed.

    Attributes
    ----------
    x, y : the point it names, pixels.
    forms : its words from long to short; lines are parted by newlines.
    clear : radius of the mark at the point.
    others : further points it may as well stand at, in order.
    within : points it may cover, best first: middles of an area.
    """

    x: float
    y: float
    forms: tuple[str, ...]
    clear: float = 5.0
    size: float = 12.0
    bold: bool = False
    others: tuple[Point, ...] = ()
    within: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Placed:
    """A label with its place: aligned at (x, y), the middle of its height; with a lead line where it stands off."""

    text: str
    x: float
    y: float
    align: str
    box: Box
    lead: Segment | None = None


@dataclass
class Canvas:
    """What labels must not touch: boxes (other labels), points with a radius, lines; and the frame they stay in.

    `taken` says of areas of any shape whether they reach into a box.
    """

    frame: Box
    boxes: list[Box] = field(default_factory=list)
    lines: list[Segment] = field(default_factory=list)
    taken: Callable[[Box], bool] = lambda _: False

    def free(self, box: Box, gap: float = 2.0) -> bool:
        """Whether a box touches nothing."""
        wide = box.grown(gap)
        return (
            self.frame.holds(box)
            and not self.taken(wide)
            and not any(wide.meets(other) for other in self.boxes)
            and not any(wide.crossed(line) for line in self.lines)
        )

    def path(self, points: Sequence[Point]) -> None:
        """Add a line through points."""
        self.lines += list(pairwise(points))

    def dot(self, x: float, y: float, radius: float) -> None:
        """Add a point."""
        self.boxes.append(Box(x - radius, y - radius, x + radius, y + radius))


def place(tags: Sequence[Tag], canvas: Canvas) -> list[Placed | None]:
    """A place for each label, in the order of the tags; None where there is none at all.

    The canvas takes up the labels and their lead lines.
    """
    return [_settled(tag, canvas) for tag in tags]


def _settled(tag: Tag, canvas: Canvas) -> Placed | None:
    for label in _choices(tag):
        if canvas.free(label.box) and (label.lead is None or _clear(label, canvas)):
            canvas.boxes.append(label.box)
            canvas.lines += [label.lead] if label.lead else []
            return label
    return None


def _choices(tag: Tag) -> Iterator[Placed]:
    """Places in the order of preference: beside a point, then in fewer words, then off with a lead line."""
    for text in tag.forms:
        yield from (_at(tag, text, x, y, "center") for x, y in tag.within)
    for options in (_near, _off, _far):
        for text in tag.forms:
            for x, y in ((tag.x, tag.y), *tag.others):
                yield from options(replace(tag, x=x, y=y), text)


def _near(tag: Tag, text: str) -> Iterator[Placed]:
    """Places that touch the point: to the right, the left, above, below, and between."""
    away = tag.clear + 4.0
    high = text_box(text, 0.0, 0.0, "left", tag.size, tag.bold)
    up, down = -(away + high.bottom), away - high.top
    for dx, dy, align in (
        (away, 0.0, "left"),
        (-away, 0.0, "right"),
        (0.0, up, "center"),
        (0.0, down, "center"),
        (away - 3, up + 4, "left"),
        (away - 3, down - 4, "left"),
        (3 - away, up + 4, "right"),
        (3 - away, down - 4, "right"),
    ):
        yield _at(tag, text, tag.x + dx, tag.y + dy, align)


def _off(tag: Tag, text: str) -> Iterator[Placed]:
    """Places that stand off a little, with a lead line back to the point."""
    return _on_rings(tag, text, range(2, 7))


def _far(tag: Tag, text: str) -> Iterator[Placed]:
    """Places that stand off farther, where there is none nearer in fewer words either."""
    return _on_rings(tag, text, range(7, 17))


def _on_rings(tag: Tag, text: str, rings: range) -> Iterator[Placed]:
    """Places on wider and wider rings around a point."""
    for ring in rings:
        reach = tag.clear + 9.0 * ring
        for step in range(24):
            angle = 2 * pi * step / 24
            dx, dy = reach * cos(angle), -reach * sin(angle)
            align = "left" if dx > 1 else "right" if dx < -1 else "center"
            label = _at(tag, text, tag.x + dx, tag.y + dy, align)
            box = label.box
            end = (min(max(tag.x, box.left), box.right), min(max(tag.y, box.top), box.bottom))
            length = ((end[0] - tag.x) ** 2 + (end[1] - tag.y) ** 2) ** 0.5
            if length > tag.clear + 4:
                near, far = tag.clear + 1, length - 2.5
                ways = ((end[0] - tag.x) / length, (end[1] - tag.y) / length)
                lead = tuple((tag.x + ways[0] * r, tag.y + ways[1] * r) for r in (near, far))
                yield Placed(label.text, label.x, label.y, label.align, box, (lead[0], lead[1]))


def _at(tag: Tag, text: str, x: float, y: float, align: str) -> Placed:
    return Placed(text, x, y, align, text_box(text, x, y, align, tag.size, tag.bold))


def _clear(label: Placed, canvas: Canvas) -> bool:
    """Whether a lead line crosses no other label or point."""
    lead = label.lead
    return lead is None or not any(box.crossed(lead) for box in canvas.boxes)


def shorter(text: str, most: float, size: float = 12.0, bold: bool = False) -> str:
    """The words of a text that fit into a width; what stands before a comma or a bracket goes first."""
    for mark in (" (", ", "):
        if text_width(text, size, bold) > most and mark in text:
            text = text.split(mark)[0]
    words = text.split()
    while len(words) > 1 and text_width(" ".join(words), size, bold) > most:
        words.pop()
    while len(words) > 1 and words[-1].lower() in DANGLING:
        words.pop()
    return " ".join(words).rstrip(",;:")


DANGLING = frozenset("a all an and as at by each every for from if in of on or than the to under with".split())
"""Words at which a text does not end."""


def ticks(low: float, high: float, count: int) -> list[float]:
    """Round numbers from below a value to above another: steps of 1, 2 or 5 times a power of ten."""
    from math import ceil, floor, log10

    span = (high - low) or 1.0
    rough = span / max(count, 1)
    power = 10.0 ** floor(log10(rough))
    step = next(k * power for k in (1, 2, 2.5, 5, 10) if k * power >= rough * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [float(f"{i * step:.9g}") for i in range(first, last + 1)]
