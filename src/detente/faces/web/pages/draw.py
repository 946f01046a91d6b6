"""A drawing that stands in a page without a library: the duty on a line over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
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
