"""What others said of the average duty around a day, beside what the scenario gives."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from detente.codes import Table, table_of
from detente.data.published import PublishedAverage, published_averages
from detente.lab.ground.sides import Side

MOST = 3
NEAR = timedelta(days=5)
"""Days between the law of a scenario and that of a figure up to which they are of one law, if the average agrees."""
SAME = 1e-6


def published_table(side: Side) -> Table | None:
    """Figures of others on the law of a side, nearest first, one a publisher; None where there are none.

    A law that is nobody's but the scenario's has none.
    """
    if not side.shipped or side.law.importer != "USA":
        return None
    near = [figure for figure in published_averages() if abs(figure.law - side.on) <= NEAR and _stands(side, figure)]
    rows = [(f.who, str(f.said), str(f.law), f.rate, side.average, f.says) for f in _first(near, side.on)]
    return table_of("history.published", rows) if rows else None


def _stands(side: Side, figure: PublishedAverage) -> bool:
    """Whether the law of the figure is that of the side: its average is the same."""
    return figure.law == side.on or abs(side.ground.whole(figure.law, side.reading) - side.average) < SAME


def _first(figures: Iterable[PublishedAverage], on: date) -> list[PublishedAverage]:
    nearest: dict[str, PublishedAverage] = {}
    for figure in sorted(figures, key=lambda f: (abs(f.law - on), abs(f.said - on))):
        nearest.setdefault(figure.who, figure)
    return list(nearest.values())[:MOST]
