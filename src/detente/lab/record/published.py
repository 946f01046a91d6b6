"""What others said of the average duty around a day, beside what the scenario gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from detente.codes import Table, table_of
from detente.data.definitions import PublishedFigure, definition, published_figures, published_steps
from detente.lab.averages.definitions import average_as, choices
from detente.lab.averages.sides import Side
from detente.lab.record.reconcile import reconcile

MOST = 3
NEAR = timedelta(days=5)
"""Days between the law of a scenario and that of a figure up to which they are of one law, if the average agrees."""
SOON = timedelta(days=300)
"""Days after the law within which a figure is of its time; later ones look back."""
SAME = 1e-6
KEY = "record, definition"
NOT_EXPLAINED = "not explained"
TAKEN_ALIKE = 5e-4
"""Difference, share, up to which two averages of ours are taken to be the same."""


def published_table(side: Side, under: str = "") -> Table | None:
    """Figures of others on the law of a side, nearest first, one a publisher; None where there are none.

    A law that is nobody's but the scenario's has none.

    Parameters
    ----------
    under : a definition by name; what it gives for the day, as computed here, stands first.
    """
    if not side.shipped or side.law.importer != "USA":
        return None
    near = [figure for figure in published_averages() if abs(figure.law - side.on) <= NEAR and _stands(side, figure)]
    rows = [_row(f, side.average) for f in _first(near, side.on)]
    if under:
        who = definition(under, KEY)
        rows.insert(0, (f"as {who.short} counts, computed here", str(side.on), str(side.on),
                        average_as(under, side.on), side.average, _words(under, side.on), "", under))  # fmt: skip
    return table_of("history.published", rows) if rows else None


@lru_cache(maxsize=1)
def published_averages() -> tuple[PublishedFigure, ...]:
    """Averages of all US imports in print before buyers move, given within a year of their law."""
    return tuple(
        figure
        for figure in published_figures()
        if (figure.unit, figure.substitution) == ("level", "pre") and figure.report - figure.law <= SOON
    )


def nearest_figure(name: str, on: date) -> PublishedFigure | None:
    """What a publisher has printed of the law of a day, or of one within five days; None where it has not."""
    near = [figure for figure in published_averages() if figure.definition == name and abs(figure.law - on) <= NEAR]
    return min(near, key=lambda figure: (abs(figure.law - on), abs(figure.report - on)), default=None)


def _row(figure: PublishedFigure, ours: float) -> tuple[str | float, ...]:
    days = str(figure.report), str(figure.law)
    first, second = steps_from(figure, ours)
    return _who(figure), *days, figure.value, ours, _says(figure), *first, *second, figure.definition


NO_STEP = ("", float("nan"))


def steps_from(figure: PublishedFigure, ours: float) -> list[tuple[str, float]]:
    """The two largest steps from our average to a figure, words and points; blank where ours is taken otherwise."""
    known = published_steps().get((figure.definition, figure.report, figure.law))
    steps = [] if known is None or abs(known.ours - ours) > TAKEN_ALIKE else known.steps
    return [*steps, NO_STEP, NO_STEP][:2]


def steps_to(figure: PublishedFigure) -> tuple[float, list[tuple[str, float]]]:
    """Our average on the law of a figure, and every step from it to the figure: those of `detente reconcile`."""
    answer = reconcile(plainly(figure.value), figure.law, by=figure.definition)
    *steps, rest = answer.waterfall.bars
    return answer.waterfall.ours, [*((bar.words, bar.points) for bar in steps), (NOT_EXPLAINED, rest.points)]


def plainly(value: float) -> str:
    """A share as per cents with the digits that it has, as a reader types it: "17.8"."""
    text = f"{100 * value:.2f}"
    return text[:-1] if text.endswith("0") else text


def _who(figure: PublishedFigure) -> str:
    return definition(figure.definition).short if figure.definition else figure.who


def _says(figure: PublishedFigure) -> str:
    return figure.says or _words(figure.definition, figure.report)


def _words(name: str, on: date) -> str:
    return "; ".join(choice.words for choice in choices(name, on)) or "every choice as ours"


def _stands(side: Side, figure: PublishedFigure) -> bool:
    """Whether the law of the figure is that of the side: its average is the same."""
    return figure.law == side.on or abs(side.ground.whole(figure.law, side.reading) - side.average) < SAME


def _first(figures: Iterable[PublishedFigure], on: date) -> list[PublishedFigure]:
    nearest: dict[str, PublishedFigure] = {}
    # Of equals the publisher with most figures on record comes first.
    known = Counter(figure.definition for figure in published_averages())
    for figure in sorted(figures, key=lambda f: (abs(f.law - on), abs(f.report - on), -known[f.definition])):
        nearest.setdefault(_who(figure), figure)
    return list(nearest.values())[:MOST]
