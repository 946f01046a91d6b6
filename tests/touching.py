"""What of a drawing touches what: boxes of its words against one another, its points, its lines and its frame.

Grid lines and ticks of axes are no lines here: they lie beneath everything. Bars and areas may hold words whole, but no
edge of a bar runs through one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from xml.etree.ElementTree import Element, fromstring

from detente.faces.charts.layout import Box, Point, Segment, text_box

_MOVED = re.compile(r"translate\(([-\d.]+)[ ,]+([-\d.]+)\)")
_TURNED = re.compile(r"rotate\(([-\d.]+)")
_STEP = re.compile(r"([MLHVhvlCAZz])([^MLHVhvlCAZz]*)")
_NUMBER = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?")

SMALL = 16.0
"""Widest closed shape, pixels, that is a point and not an area."""

FAINT = 0.7
"""Opacity below which an area is a veil that words may cross."""

TOLERANCE = 0.75
"""Pixels that boxes may overlap: what is rounded, and the empty edge of letters."""


@dataclass
class Drawn:
    """Words with their boxes, points, lines and bars of a drawing, in pixels of its frame."""

    frame: Box
    words: list[tuple[str, Box]] = field(default_factory=list)
    points: list[Box] = field(default_factory=list)
    lines: list[Segment] = field(default_factory=list)
    bars: list[Box] = field(default_factory=list)


def touching(drawn: str) -> list[str]:
    """Each pair that touches, in words; empty for a drawing in which nothing does."""
    picture = read(drawn)
    return [*_among_words(picture), *_with_marks(picture)]


def _among_words(picture: Drawn) -> Iterator[str]:
    for i, (text, box) in enumerate(picture.words):
        inner = box.grown(-TOLERANCE)
        if not picture.frame.holds(inner):
            yield f"'{text}' leaves the frame"
        for other, second in picture.words[i + 1 :]:
            if inner.meets(second.grown(-TOLERANCE)):
                yield f"'{text}' meets '{other}'"


def _with_marks(picture: Drawn) -> Iterator[str]:
    for text, box in picture.words:
        inner = box.grown(-TOLERANCE)
        if any(inner.meets(point.grown(-TOLERANCE)) for point in picture.points):
            yield f"'{text}' meets a point"
        if any(inner.crossed(line) for line in picture.lines):
            yield f"'{text}' meets a line"
        if any(inner.meets(bar) and not bar.grown(TOLERANCE).holds(inner) for bar in picture.bars):
            yield f"'{text}' meets the edge of a bar"


def read(drawn: str) -> Drawn:
    """Words, points, lines and bars of an SVG as the program draws it."""
    root = fromstring(drawn)
    picture = Drawn(Box(0.0, 0.0, float(root.attrib["width"]), float(root.attrib["height"])))
    _walk(root, (0.0, 0.0), False, picture)
    # Words with a white edge are drawn twice at one place: the edge, then the words.
    picture.words = list(dict.fromkeys(picture.words))
    return picture


def _walk(node: Element, origin: Point, axis: bool, picture: Drawn) -> None:
    tag = node.tag.rsplit("}", 1)[-1]
    if tag in ("defs", "clipPath", "pattern") or node.attrib.get("opacity") == "0":
        return
    moved = _MOVED.search(node.attrib.get("transform", ""))
    here = (origin[0] + float(moved[1]), origin[1] + float(moved[2])) if moved else origin
    axis = axis or "role-axis" in node.attrib.get("class", "") or "role-legend" in node.attrib.get("class", "")
    if tag == "text":
        _take_words(node, here, picture)
    elif tag == "circle":
        _take_circle(node, here, picture)
    elif not axis and tag == "line":
        end = (here[0] + float(node.attrib.get("x2", 0)), here[1] + float(node.attrib.get("y2", 0)))
        picture.lines.append((here, end))
    elif not axis and tag == "path":
        _take_path(node, here, picture)
    for child in node:
        if tag != "text":
            _walk(child, here, axis, picture)


def _take_words(node: Element, here: Point, picture: Drawn) -> None:
    if _TURNED.search(node.attrib.get("transform", "")):
        return
    size = float(node.attrib.get("font-size", "11px").removesuffix("px"))
    align = {"start": "left", "middle": "center", "end": "right"}[node.attrib.get("text-anchor", "start")]
    bold = node.attrib.get("font-weight") == "bold"
    lines = [(node.text or "", 0.0)] if not len(node) else []
    step = 0.0
    for child in node:
        step += float(child.attrib.get("dy", 0))
        lines.append((child.text or "", step))
    for text, down in lines:
        if text.strip():
            # The renderer stands words on their base line, the boxes of the layout on their middle.
            box = text_box(text, here[0], here[1] + down - 0.3 * size, align, size, bold)
            picture.words.append((text, box))


def _take_circle(node: Element, here: Point, picture: Drawn) -> None:
    x, y, r = (float(node.attrib[key]) for key in ("cx", "cy", "r"))
    picture.points.append(Box(here[0] + x - r, here[1] + y - r, here[0] + x + r, here[1] + y + r))


def _take_path(node: Element, here: Point, picture: Drawn) -> None:
    points, curved = _through(node.attrib.get("d", ""))
    scale = re.search(r"scale\(([-\d.]+)", node.attrib.get("transform", ""))
    factor = float(scale[1]) if scale else 1.0
    points = [(here[0] + factor * x, here[1] + factor * y) for x, y in points]
    if len(points) < 2:
        return
    xs, ys = [x for x, _ in points], [y for _, y in points]
    box = Box(min(xs), min(ys), max(xs), max(ys))
    faint = min(float(node.attrib.get(key, 1.0)) for key in ("opacity", "fill-opacity")) < FAINT
    filled = node.attrib.get("fill", "none") not in ("none", "transparent")
    closed = node.attrib.get("d", "").rstrip().lower().endswith("z") or curved
    if closed and max(box.right - box.left, box.bottom - box.top) <= SMALL and (filled or node.attrib.get("stroke")):
        picture.points.append(box)
    elif closed and filled and not faint and _is_bar(points):
        picture.bars.append(box)
    elif not filled and not closed:
        picture.lines += list(pairwise(points))


def _is_bar(points: list[Point]) -> bool:
    """Whether an outline is an upright rectangle."""
    corners = [p for i, p in enumerate(points) if not i or p != points[i - 1]]
    return len({x for x, _ in corners}) == 2 and len({y for _, y in corners}) == 2


def _through(path: str) -> tuple[list[Point], bool]:
    """Points of a path, and whether any of it is an arc."""
    points: list[Point] = []
    x = y = 0.0
    curved = False
    for letter, rest in _STEP.findall(path):
        numbers = [float(n) for n in _NUMBER.findall(rest)]
        if letter in "ML":
            for x, y in zip(numbers[::2], numbers[1::2], strict=False):
                points.append((x, y))
        elif letter in "HVhv":
            for n in numbers:
                x, y = {"H": (n, y), "V": (x, n), "h": (x + n, y), "v": (x, y + n)}[letter]
                points.append((x, y))
        elif letter == "l":
            for dx, dy in zip(numbers[::2], numbers[1::2], strict=False):
                x, y = x + dx, y + dy
                points.append((x, y))
        elif letter == "A":
            curved = True
            for k in range(0, len(numbers), 7):
                r, x, y = numbers[k], numbers[k + 5], numbers[k + 6]
                points += [(x, y), (0.0, r), (0.0, -r)] if abs(abs(x) - r) < 1e-6 else [(x, y)]
        elif letter == "C":
            for k in range(0, len(numbers), 6):
                x, y = numbers[k + 4], numbers[k + 5]
                points.append((x, y))
    return points, curved
