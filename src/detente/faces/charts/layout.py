"""Where labels stand: widths of words as the renderer measures them, and a place for each where it touches nothing.

A label that does not fit beside its point moves around it, then takes a shorter form, then stands off with a lead line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from math import ceil, cos, floor, log10, pi, sin

import numpy as np
from numpy.typing import NDArray

from detente.data.limits import memoized

Point = tuple[float, float]
Segment = tuple[Point, Point]

#: Of the size of a letter, what stands above its line and below it.
ABOVE, BELOW = 0.76, 0.24

#: Of the size of a letter, from one line to the next.
LINE = 1.17

#: Units of the metrics in the size of a letter.
UNITS = 2048


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels, from the top."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box, gap: float = 0.0) -> bool:
        """Whether two boxes overlap, or come nearer than a gap."""
        beside = self.left < other.right + gap and other.left < self.right + gap
        return beside and self.top < other.bottom + gap and other.top < self.bottom + gap

    def holds(self, other: Box) -> bool:
        """Whether another box lies wholly within."""
        beside = self.left <= other.left and self.right >= other.right
        return beside and self.top <= other.top and self.bottom >= other.bottom

    def crossed(self, segment: Segment) -> bool:
        """Whether a straight line runs through the box."""
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


@memoized
def _advances() -> dict[str, dict[str, float]]:
    """How far each character advances by weight, in sizes of its letters; of the metrics of the package."""
    text = (files("detente.faces.charts") / "metrics" / "advances.json").read_text("utf-8")
    return {
        weight: {letter: int(wide) / UNITS for wide, letters in groups.items() for letter in letters}
        for weight, groups in json.loads(text).items()
    }


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = 12.0, bold: bool = False) -> float:
    """Pixels that the longest line of a text takes."""
    advances = _advances()["bold" if bold else "regular"]
    return size * max(sum(advances.get(letter, 0.6) for letter in line) for line in text.split("\n"))


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
    _ends: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 4)), init=False)

    def free(self, box: Box, gap: float = 2.0) -> bool:
        """Whether a box touches nothing."""
        if not self.frame.holds(box):
            return False
        wide = box.grown(gap)
        if any(wide.meets(other) for other in self.boxes):
            return False
        return not any(wide.crossed(self.lines[k]) for k in self._near(wide)) and not self.taken(wide)

    def _near(self, box: Box) -> list[int]:
        """Lines whose own box meets one, by their places."""
        if len(self._ends) != len(self.lines):
            ends = np.asarray(self.lines, dtype=float).reshape(-1, 2, 2)
            self._ends = np.hstack([ends.min(axis=1), ends.max(axis=1)])
        left, top, right, bottom = self._ends.T
        meets = (right > box.left) & (left < box.right) & (bottom > box.top) & (top < box.bottom)
        return np.flatnonzero(meets).tolist()

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
    placed: list[Placed | None] = []
    for tag in tags:
        label = next((choice for choice in _choices(tag) if _fits(choice, canvas)), None)
        placed.append(label)
        canvas.boxes += [label.box] if label else []
        canvas.lines += [label.lead] if label and label.lead else []
    return placed


def _fits(label: Placed, canvas: Canvas) -> bool:
    """Whether a label touches nothing and its lead line crosses no other label or point."""
    lead = label.lead
    return canvas.free(label.box) and (lead is None or not any(box.crossed(lead) for box in canvas.boxes))


def _choices(tag: Tag) -> Iterator[Placed]:
    """Places in the order of preference: beside a point, then in fewer words, then off with a lead line."""
    for text in tag.forms:
        yield from (_at(tag, text, x, y, "center") for x, y in tag.within)
    for rings in (range(0), range(2, 7), range(7, 17)):
        for text in tag.forms:
            for x, y in ((tag.x, tag.y), *tag.others):
                moved = replace(tag, x=x, y=y)
                yield from _on_rings(moved, text, rings) if rings else _near(moved, text)


def _near(tag: Tag, text: str) -> Iterator[Placed]:
    """Places that touch the point: to the right, the left, above, below, and between."""
    away = tag.clear + 4.0
    high = text_box(text, 0.0, 0.0, "left", tag.size, tag.bold)
    up, down, near = -(away + high.bottom), away - high.top, away - 3
    for dx, dy, align in (
        (away, 0.0, "left"), (-away, 0.0, "right"), (0.0, up, "center"), (0.0, down, "center"),
        (near, up + 4, "left"), (near, down - 4, "left"), (-near, up + 4, "right"), (-near, down - 4, "right"),
    ):  # fmt: skip
        yield _at(tag, text, tag.x + dx, tag.y + dy, align)


def _on_rings(tag: Tag, text: str, rings: range) -> Iterator[Placed]:
    """Places on wider and wider rings around a point, with a lead line back to it."""
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
                ways = ((end[0] - tag.x) / length, (end[1] - tag.y) / length)
                near, far = ((tag.x + ways[0] * r, tag.y + ways[1] * r) for r in (tag.clear + 1, length - 2.5))
                yield replace(label, lead=(near, far))


def _at(tag: Tag, text: str, x: float, y: float, align: str) -> Placed:
    return Placed(text, x, y, align, text_box(text, x, y, align, tag.size, tag.bold))


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


#: Words at which a text does not end.
DANGLING = frozenset("a all an and as at by each every for from if in of on or than the to under with".split())


def in_lines(text: str, most: float, size: float = 12.0, bold: bool = False) -> str:
    """A text in lines of a width at most, as far as its words allow; lines are joined by newlines."""
    lines: list[str] = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size, bold) > most:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def ticks(low: float, high: float, count: int) -> list[float]:
    """Round numbers from below a value to above another: steps of 1, 2 or 5 times a power of ten."""
    rough = ((high - low) or 1.0) / max(count, 1)
    power = 10.0 ** floor(log10(rough))
    step = next(k * power for k in (1, 2, 2.5, 5, 10) if k * power >= rough * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [float(f"{i * step:.9g}") for i in range(first, last + 1)]
