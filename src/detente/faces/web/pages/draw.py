"""Drawings that stand in a page without a library: a chain of materials."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup, escape

from detente.faces.words.language import Language

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


__all__ = ["alone", "as_png", "draw_chain", "stage_name"]
