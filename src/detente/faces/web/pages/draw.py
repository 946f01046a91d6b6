"""Drawings that stand in a page without a library: the duty on a line over time, and a chain of materials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from math import ceil
from typing import Any

from markupsafe import Markup, escape

from detente.faces.words.language import Language

LEFT, RIGHT, TOP, EVENTS = 46.0, 14.0, 14.0, 56.0
TALL = {900: 300, 360: 250}
"""Height of the plot by width, pixels."""


def step_chart(
    rows: Sequence[Mapping[str, Any]], first: date, last: date, veil: date, here: date, width: int, say: Language
) -> Markup:
    """The duty on a line as steps, its acts in a strip beneath, and a veil over what no act has settled yet.

    Parameters
    ----------
    rows : of `line_history`, in order; first row from `first` on.
    veil : day from which the law is only assumed to stay; `here` : the day of the page.
    """
    height = TALL[width]
    base = height - EVENTS
    top = _top(max(float(row["total"]) for row in rows))
    days = (last - first).days or 1

    def x(on: date) -> float:
        return LEFT + (min(max(on, first), last) - first).days / days * (width - LEFT - RIGHT)

    def y(rate: float) -> float:
        return base - rate / top * (base - TOP)

    out = [
        f'<svg viewBox="0 0 {width} {height}" role="group" aria-label="{escape(say("law.chart"))}">',
        *_grid(first, last, top, x, y, width, base, say),
    ]
    path = [f"M{x(first):.1f},{y(float(rows[0]['total'])):.1f}"]
    for row in rows[1:]:
        on = date.fromisoformat(str(row["date"]))
        path.append(f"H{x(on):.1f}V{y(float(row['total'])):.1f}")
    path.append(f"H{x(last):.1f}")
    out.append(f'<path class="area" d="{"".join(path)}V{base}H{x(first):.1f}Z"/>')
    out.append(f'<path class="step" d="{"".join(path)}"/>')
    if veil < last:
        out.append(
            f'<rect class="veil" x="{x(veil):.1f}" y="{TOP}" width="{x(last) - x(veil):.1f}" height="{base - TOP}"/>'
        )
    if first <= here <= last:
        out.append(f'<line class="here" x1="{x(here):.1f}" x2="{x(here):.1f}" y1="{TOP}" y2="{base + 14}"/>')
    out += _acts(rows[1:], x, base, say)
    return Markup("".join(out) + "</svg>")


def _top(rate: float) -> float:
    """A round top of the axis above a rate, share."""
    for step in (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0):
        if rate <= 6 * step:
            return max(step, ceil(rate / step + 0.05) * step)
    return rate


def _grid(first: date, last: date, top: float, x: Any, y: Any, width: int, base: float, say: Language) -> list[str]:
    """Rules, rates and years."""
    out = []

    def mark(rate: float) -> str:
        return f"{say.plain(float(f'{rate * 100:.3g}'))}{say.forms['percent']}"

    count = next(k for k in (5, 4, 6, 3, 2, 1) if abs(top * 20 / k - round(top * 20 / k)) < 1e-9 or k == 1)
    for k in range(count + 1):
        rate = top * k / count
        out.append(f'<line class="rule" x1="{LEFT}" x2="{width - RIGHT}" y1="{y(rate):.1f}" y2="{y(rate):.1f}"/>')
        out.append(f'<text class="quiet" x="{LEFT - 6}" y="{y(rate) + 4:.1f}" text-anchor="end">{mark(rate)}</text>')
    years = list(range(first.year, last.year + 1))
    every = max(1, ceil(len(years) * 44 / (width - LEFT - RIGHT)))
    for year in years[::every]:
        on = date(year, 1, 1)
        if on >= first:
            anchor = "start" if x(on) < LEFT + 14 else "middle"
            out.append(f'<line class="rule" x1="{x(on):.1f}" x2="{x(on):.1f}" y1="{base}" y2="{base + 6}"/>')
            out.append(f'<text class="quiet" x="{x(on):.1f}" y="{base + 20}" text-anchor="{anchor}">{year}</text>')
    return out


def _acts(rows: Sequence[Mapping[str, Any]], x: Any, base: float, say: Language) -> list[str]:
    """The strip of events: one mark a change, which leads to its line in the list."""
    out: list[str] = []
    for row in rows:
        on = date.fromisoformat(str(row["date"]))
        what = str(row["what"])
        label = escape(
            f"{say.day(on)}{say('frame.colon')} {say.percent(float(row['total']))}{say('frame.semicolon')}{what}"
        )
        out.append(
            f'<a href="#day-{row["date"]}" data-twin="{row["date"]}" aria-label="{label}">'
            f"<title>{label}</title>"
            f'<circle class="event" cx="{x(on):.1f}" cy="{base + 38}" r="5.5"/></a>'
        )
    return out


STAGES = ("mine", "separation", "metal", "magnet", "refining", "wafer")
"""Stages that readers know by another name; others go by their own."""


def stage_name(stage: str, say: Language) -> str:
    """A stage as readers know it: "magnet" -> "Magnets", "metal, Ga" -> "Metal, Ga"."""
    name, comma, rest = stage.partition(",")
    own = say(f"materials.stage_{name}") if name in STAGES else name.title()
    return f"{own}{comma}{rest}"


INSET = 3.0
"""From the edge of a bar to its label, pixels."""

FEW = 50.0
"""Space, pixels, in which only a few names would fit."""


def draw_chain(
    stages: Sequence[tuple[str, Sequence[tuple[str, str, float]]]],
    buyers: Sequence[tuple[str, str, float, float]],
    restrictor: str,
    width: int,
    say: Language,
) -> Markup:
    """Stages of a chain as columns of makers, the restrictor at the foot, and the buyers at the end.

    Parameters
    ----------
    stages : name of the stage for readers, then (code, name, share of the world's output) of its makers, largest
        first.
    buyers : (code, name, share of the need, share of it from the restrictor).
    """
    height, top, foot = 420, 26, 6
    columns = len(stages) + (1 if buyers else 0)
    # On a telephone bars are as wide as a code with its share, at the cost of the flows between them.
    bar = min((width - 8) / columns * (0.84 if width < 600 else 0.62), 130.0)
    gap = (width - 8 - bar) / max(columns - 1, 1)
    room = height - top - foot
    out = [f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(_said(stages, say))}">']
    bars: list[tuple[float, float, float]] = []
    for k, (stage, makers) in enumerate(stages):
        x = 4 + k * gap
        own = next((share for code, _, share in makers if code == restrictor), 0.0)
        bars.append((x, bar, own))
        out.append(f'<text x="{x:.1f}" y="16">{escape(stage)}</text>')
        out += _stack(makers, restrictor, x, bar, top, room, say)
    for (x, wide, own), (after, _, then) in pairwise(bars):
        out.insert(1, _flow(x + wide, after, top + room, own * room, then * room))
    if buyers:
        x = 4 + len(stages) * gap
        out.append(f'<text x="{x:.1f}" y="16">{escape(say("materials.buyers"))}</text>')
        out += _buyers(buyers, bars[-1], x, bar, top, room, say)
    return Markup("".join(out) + "</svg>")


def _said(stages: Sequence[tuple[str, Sequence[tuple[str, str, float]]]], say: Language) -> str:
    colon = say("frame.colon")
    parts = [
        f"{stage}{colon} " + ", ".join(f"{n} {say.percent(s, 0)}" for _, n, s in makers[:3]) for stage, makers in stages
    ]
    return say("materials.who_makes", stages=say("frame.semicolon").join(parts))


def _stack(
    makers: Sequence[tuple[str, str, float]],
    restrictor: str,
    x: float,
    bar: float,
    top: float,
    room: float,
    say: Language,
) -> list[str]:
    """One stage: the restrictor's part at the foot, the others above it."""
    out, level = [], top + room
    for code, name, share in sorted(makers, key=lambda maker: (maker[0] != restrictor, -maker[2])):
        high = share * room
        level -= high
        kind = "restrictor" if code == restrictor else "other"
        title = escape(say("materials.of_output", name=name, share=say.percent(share, 0)))
        out.append(
            f'<g><title>{title}</title><rect class="{kind}" x="{x:.1f}" y="{level:.1f}" width="{bar:.1f}" '
            f'height="{max(high - 1, 0.5):.1f}"/>'
        )
        if high >= 15:
            label = _label(code, name, bar - 34)
            number = say.percent(share, 0)
            words = f"{label} {number}" if len(label) * 6.6 + 34 <= bar else number
            out.append(f'<text x="{x + INSET:.1f}" y="{level + min(high / 2 + 4, 16):.1f}">{escape(words)}</text>')
        out.append("</g>")
    rest = 1.0 - sum(share for _, _, share in makers)
    if rest > 0.005:
        level -= rest * room
        unknown = escape(say("materials.not_by_country", share=say.percent(rest, 0)))
        out.append(
            f'<g><title>{unknown}</title><rect class="rest" x="{x:.1f}" y="{level:.1f}" '
            f'width="{bar:.1f}" height="{max(rest * room - 1, 0.5):.1f}"/></g>'
        )
    return out


def _label(code: str, name: str, space: float) -> str:
    """A country's name where there is space for it, pixels; on narrow bars the code, for all alike."""
    return name if len(name) * 6.4 <= space and space > FEW else code


def _flow(left: float, right: float, foot: float, own: float, then: float) -> str:
    """The restrictor's part from one stage to the next."""
    middle = (left + right) / 2
    return (
        f'<path class="flow" d="M{left:.1f},{foot - own:.1f}'
        f"C{middle:.1f},{foot - own:.1f} {middle:.1f},{foot - then:.1f} "
        f'{right:.1f},{foot - then:.1f}V{foot:.1f}H{left:.1f}Z"/>'
    )


def _buyers(
    buyers: Sequence[tuple[str, str, float, float]],
    last: tuple[float, float, float],
    x: float,
    bar: float,
    top: float,
    room: float,
    say: Language,
) -> list[str]:
    """Buyers by their part of the need; the dark part of each comes from the restrictor."""
    out, level = [], top + room
    start, wide, own = last
    out.append(_flow(start + wide, x, top + room, own * room, room))
    for code, name, share, leaning in buyers:
        high = share * room
        level -= high
        title = escape(
            say("materials.of_need", name=name, share=say.percent(share, 0), leaning=say.percent(leaning, 0))
        )
        out.append(
            f'<g><title>{title}</title><rect class="other" x="{x:.1f}" y="{level:.1f}" width="{bar:.1f}" '
            f'height="{max(high - 1, 0.5):.1f}"/><rect class="restrictor" x="{x:.1f}" y="{level:.1f}" '
            f'width="{bar * leaning:.1f}" height="{max(high - 1, 0.5):.1f}"/>'
        )
        if high >= 14:
            label = _label(code, name, bar - 12)
            out.append(f'<text x="{x + INSET:.1f}" y="{level + min(high / 2 + 4, 16):.1f}">{escape(label)}</text>')
        out.append("</g>")
    return out


LOOKS = (
    "text{font:12px Liberation Sans,Arial,sans-serif;fill:#1d2733}.other{fill:#9dbad4}.restrictor{fill:#d4641b}"
    ".rest{fill:#d9dee3}.flow{fill:#d4641b;fill-opacity:.22}"
)
"""Looks of the graph where no page lends its own."""


def alone(drawn: Markup) -> str:
    """A drawing of a page as a file of its own, on white."""
    head, _, body = str(drawn).partition(">")
    size = head.partition('viewBox="')[2].partition('"')[0].split()
    frame = f' xmlns="http://www.w3.org/2000/svg" width="{size[2]}" height="{size[3]}"'
    ground = f'<style>{LOOKS}</style><rect width="{size[2]}" height="{size[3]}" fill="#ffffff"/>'
    return f"{head.replace('<svg', f'<svg{frame}', 1)}>{ground}{body}\n"


def as_png(drawing: str) -> bytes:
    """A drawing as a picture, two dots a pixel."""
    import vl_convert

    return vl_convert.svg_to_png(drawing, scale=2.0)


__all__ = ["alone", "as_png", "draw_chain", "stage_name", "step_chart"]
