"""Whether charts can be drawn at all: what draws them ends the whole process where it gets too little memory."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from detente.data.limits import memoized, memory_left
from detente.faces.charts.frame import NARROW, WIDE, Chart
from detente.faces.charts.layout import in_lines
from detente.faces.charts.theme import DARK, FONT, INK, NOTHING, OPEN, PAPER, QUIET
from detente.lab.work.schedule import handed

LEFT_OUT = "Charts are left out: the memory this process may use is too little to draw them."
#: Draws one point with as much memory taken as the program has.
PROBE = """
import mmap, sys
held = mmap.mmap(-1, int(sys.argv[1]))
import vl_convert
vl_convert.vegalite_to_svg('{"mark": "point", "data": {"values": [{}]}}')
"""

#: Bytes of memory that the charts of a whole report take, in half of it; more than one point does.
ROOM = 256 << 20

#: Seconds to wait for the point.
LONGEST = 60


@lru_cache(maxsize=1)
def can_draw() -> bool:
    """Whether charts can be drawn: never tried where a control group is nearly full, for the system then ends whichever
    process of the group it likes; where a limit of this process is set, tried in one of its own.
    """
    left = memory_left()
    return (left is None or left >= ROOM) and (not _limited() or _drawn_elsewhere())


def _limited() -> bool:
    """Whether the system limits the memory of this process alone."""
    try:
        import resource
    except ImportError:  # no limits of this kind
        return False
    kinds = (resource.RLIMIT_AS, resource.RLIMIT_DATA)
    return any(resource.getrlimit(kind)[0] != resource.RLIM_INFINITY for kind in kinds)


def _drawn_elsewhere() -> bool:
    command = [sys.executable, "-c", PROBE, str(_taken() + ROOM)]
    try:
        return not subprocess.run(command, capture_output=True, timeout=LONGEST, check=False).returncode
    except (OSError, subprocess.TimeoutExpired):
        return False


def _taken() -> int:
    """Bytes of memory the process has, where the system says so."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return ROOM
    import resource

    return pages * resource.getpagesize()


#: Name of the fonts in `metrics`: how far the letters of Liberation Sans advance, for measuring alone.
METRICS = "Detente Metrics"

_SPOKEN = re.compile(r' (?:role|aria-[a-z]+|pointer-events)="[^"]*"')
_EMPTY = re.compile(r'<path class="(?:background|foreground)"(?: d="")?(?: d="M0,0h0v0h0Z")?(?: display="none")?/>')
_LONG = re.compile(r"-?\d+\.\d{2,}")
_PATH = re.compile(r' (?:d|transform|x|y|x1|x2|y1|y2|width|height|cx|cy|r)="[^"]*"')
_CIRCLE = re.compile(
    r'<path transform="translate\(([-\d.]+),([-\d.]+)\)" '
    r'd="M([\d.]+),0A\3,\3,0,1,1,-\3,0A\3,\3,0,1,1,\3,0(?:Z)?"'
)
_NAMES = re.compile(r' class="[^"]*"')
_HEAD = re.compile(r"<svg [^>]*>")
_COLOUR = re.compile(r"#[0-9a-f]{6}\b")
_TEXTS, _TAGS = re.compile(r"<text([^>]*)>(.*?)</text>"), re.compile(r"<[^>]+>")
_IDS = re.compile(r'(id="|url\(#)([A-Za-z_]+\d+)')


def svg(chart: Chart, width: int = WIDE, dark: bool = False) -> str:
    """The chart as one SVG document, with nothing in it that points outside; in the colours of a dark page if asked.

    Numbers are rounded to a tenth of a pixel; what it says to those who do not see it is the chart's own sentence.
    """
    # The label of the whole stands on the document; thousands of labels of single marks would only be noise.
    drawn = tidy(_drawn(_specified(chart, width)), f"{chart.name}-{width}", chart.alt)
    return _COLOUR.sub(lambda m: DARK.get(m[0], m[0]), drawn) if dark else drawn


def draw_ahead(executor: Executor, pictures: Sequence[tuple[Chart, int]]) -> None:
    """Draw charts of some widths in another process; `svg` takes them from there.

    All of them, as what draws takes half a second to start in each process.
    """
    for chart, width in pictures:
        spec = _specified(chart, width)
        if spec not in _AHEAD:
            _AHEAD[spec] = handed(executor, _vega, spec)


#: By specification; kept, so that what a page and a brief share is drawn once.
_AHEAD: dict[str, Callable[[], str]] = {}


@memoized
def _specified(chart: Chart, width: int) -> str:
    return json.dumps(chart.spec(width))


@memoized
def _drawn(spec: str) -> str:
    """What Vega draws of a specification; kept, since a page, a brief and a paper show the same chart."""
    ahead = _AHEAD.get(spec)
    return _vega(spec) if ahead is None else ahead()


def _vega(spec: str) -> str:
    import vl_convert

    _measured()
    drawn = vl_convert.vegalite_to_svg(spec.replace(FONT, f"{METRICS}, {FONT}"), show_warnings=False)
    return drawn.replace(f"{METRICS}, ", "")


@lru_cache(maxsize=1)
def _measured() -> None:
    """Have texts measured on the metrics of the package: the same layout whatever typefaces a machine has."""
    import vl_convert

    vl_convert.register_font_directory(str(files("detente.faces.charts") / "metrics"))


def tidy(drawn: str, prefix: str, alt: str) -> str:
    """An SVG without idle attributes, ids of its own, and a title that is read aloud."""
    from html import escape

    head = _HEAD.match(drawn)
    size = dict(re.findall(r'(width|height)="([\d.]+)"', head[0] if head else ""))
    body = _SPOKEN.sub("", drawn[head.end() if head else 0 :])
    body = _EMPTY.sub("", body)
    body = _CIRCLE.sub(r'<circle cx="\1" cy="\2" r="\3"', body)
    body = _PATH.sub(lambda m: _LONG.sub(_tenth, m[0]), body)
    # The library counts ids on from picture to picture; here each picture counts its own.
    order = {name: i for i, name in enumerate(dict.fromkeys(m[2] for m in _IDS.finditer(body)))}
    body = _IDS.sub(lambda m: f"{m[1]}{prefix}-{order[m[2]]}", body)
    body = _hatched(_NAMES.sub(_kept, body).replace("<g></g>", ""), prefix)
    wide, high = size["width"], size["height"]
    label = f'role="img" aria-label="{escape(alt)}"'
    return f'<svg {label} viewBox="0 0 {wide} {high}" width="{wide}" height="{high}">{body}'


def _hatched(body: str, prefix: str) -> str:
    """A drawing with stripes where its specification has the colour that stands for them."""
    if f'fill="{OPEN}"' not in body:
        return body
    stripe = f'<path d="M0,5L5,0M-1,1L1,-1M4,6L6,4" stroke="{QUIET}" stroke-width="1"/>'
    ground = f'<rect width="5" height="5" fill="{NOTHING}"/>'
    size = 'width="5" height="5" patternUnits="userSpaceOnUse"'
    pattern = f'<defs><pattern id="{prefix}-open" {size}>{ground}{stripe}</pattern></defs>'
    return pattern + body.replace(f'fill="{OPEN}"', f'fill="url(#{prefix}-open)"')


def _tenth(number: re.Match[str]) -> str:
    text = f"{float(number[0]):.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"


def _kept(name: re.Match[str]) -> str:
    """Of the classes only those that tell the numbers of an axis from those of the data."""
    for kept in ("role-axis", "role-legend"):
        if kept in name[0] and "-" not in name[0].split(kept)[1]:
            return f' class="{kept}"'
    return ""


def warm() -> None:
    """Start what draws, which takes a third of a second the first time; a thread may do it while others compute."""
    _drawn('{"mark": "point", "data": {"values": [{}]}}')


def standalone(drawn: str) -> str:
    """The same SVG as a file of its own."""
    return drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1) + "\n"


def png(chart: Chart, width: int = WIDE, scale: float = 2.0, dark: bool = False) -> bytes:
    """The chart as PNG, `scale` dots a pixel."""
    import vl_convert

    return vl_convert.svg_to_png(standalone(svg(chart, width, dark)), scale=scale)


#: Width and height of a card in pixels, as social media show it.
CARD = (1200, 630)

#: Pixels around what stands on a card, and width of its words, to the left of the chart.
EDGE, COLUMN = 48, 430


def card(chart: Chart, address: str = "") -> bytes:
    """The chart as a card for social media, PNG: its title large beside it, its source and an address beneath."""
    import vl_convert

    wide, high = CARD
    address = address.partition("://")[2].rstrip("?")
    address = address if len(address) < 60 else address.partition("?")[0][:60]
    room, foot = (wide - COLUMN - 3 * EDGE, high - 3 * EDGE), high - EDGE
    drawn = svg(chart, WIDE), svg(chart, NARROW)
    spans = (re.findall(r' (?:width|height)="([\d.]+)"', picture.partition(">")[0]) for picture in drawn)
    sizes = [(float(across), float(down)) for across, down in spans]
    scale, which = max((min(room[0] / w, room[1] / h), i) for i, (w, h) in enumerate(sizes))
    left, top = (wide - EDGE - scale * sizes[which][0], EDGE + (room[1] - scale * sizes[which][1]) / 2)
    big = next((size for size in (46, 40, 35) if in_lines(chart.title, COLUMN, size, True).count("\n") < 6), 30)
    parts, y = [f'<rect width="{wide}" height="{high}" fill="{PAPER}"/>'], float(EDGE)
    for text, size, colour, bold in ((chart.title, big, INK, True), (chart.subtitle, 20, QUIET, False)):
        for line in in_lines(text, COLUMN, size, bold).split("\n"):
            y += 1.2 * size
            parts.append(_written(line, EDGE, y, size, colour, bold) if y < foot - 40 else "")
        y += 20
    source = in_lines(chart.source, wide - 2 * EDGE - 12 * len(address), 18).split("\n")[0]
    parts += [_written(source, EDGE, foot, 18, QUIET), _written(address, wide - EDGE, foot, 18, QUIET, anchor="end")]
    parts.append(f'<g transform="translate({left:.1f},{top:.1f}) scale({scale:.4f})">{drawn[which]}</g>')
    whole = f'<svg viewBox="0 0 {wide} {high}" width="{wide}" height="{high}">{"".join(parts)}</svg>'
    return vl_convert.svg_to_png(standalone(whole), scale=1.0)


def _written(text: str, x: float, y: float, size: float, colour: str, bold: bool = False, anchor: str = "start") -> str:
    from html import escape

    look = f'font-family="{FONT}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"'
    return f'<text x="{x}" y="{y:.1f}" {look} font-weight="{"bold" if bold else "normal"}">{escape(text)}</text>'


def pdf(chart: Chart, width: int = WIDE) -> bytes:
    """The chart as a one-page PDF of drawn shapes, its typeface within."""
    import vl_convert

    return vl_convert.svg_to_pdf(standalone(svg(chart, width)))


__all__ = ["NARROW", "WIDE", "card", "pdf", "png", "standalone", "svg", "tidy", "warm"]
