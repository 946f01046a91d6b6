"""Write `data/published_steps.yaml`: what lies between our average and each average in print, choice by choice.

    python tools/write_published_steps.py

A run shows the two largest steps beside a figure of others; computed once here, they cost it nothing. Write it again
after every change of law, data, definitions or defaults; `tests/contracts/test_reconcile.py` says when it is stale.
"""

from __future__ import annotations

from _shared import ROOT
from detente.lab.record.history import NOT_EXPLAINED, PublishedFigure, plainly, published_averages
from detente.lab.record.reconcile import reconcile

PLACE = ROOT / "src" / "detente" / "data" / "published_steps.yaml"
MOST, SEEN = 2, 5e-4
"""Steps of a figure, the largest, and the least of them that shows, share."""

HEAD = """\
# The two largest steps from our average to averages in print, points; written by `tools/write_published_steps.py`.
# A step keeps those before it; `ours` is our headline on the law of the figure, per cent.
"""


def steps_to(figure: PublishedFigure) -> tuple[float, list[tuple[str, float]]]:
    """Our average on the law of a figure, and every step from it to the figure: those of `detente reconcile`."""
    answer = reconcile(plainly(figure.value), figure.law, by=figure.definition)
    *steps, rest = answer.waterfall.bars
    return answer.waterfall.ours, [*((bar.words, bar.points) for bar in steps), (NOT_EXPLAINED, rest.points)]


def main() -> None:
    lines = []
    for figure in published_averages():
        ours, steps = steps_to(figure)
        largest = sorted(steps, key=lambda step: -abs(step[1]))[:MOST]
        told = ", ".join(f'["{words}", {100 * points:.2f}]' for words, points in largest if abs(points) >= SEEN)
        head = f"{{definition: {figure.definition}, report: {figure.report}, law: {figure.law}"
        lines.append(f"- {head}, ours: {100 * ours:.3f},\n   steps: [{told}]}}\n")
    PLACE.write_text(HEAD + "".join(lines), encoding="utf-8")
    print(f"{PLACE.name}: {len(lines)} figures")


if __name__ == "__main__":
    main()
