"""The same change of law with duties weighed by the trade of another year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from detente.codes import Table, table_of
from detente.data.trade_years import YEARS
from detente.lab.averages.laid_law import laid_law
from detente.lab.averages.sides import Pairing, Side
from detente.lab.prices.prices import PriceChange, price_changes
from detente.lab.prices.tables import notes
from detente.trade.prices import PassThrough


def on_weights(pairings: Sequence[Pairing], year: str) -> list[Pairing]:
    """The same laws on the trade of another year."""
    return [replace(each, before=_laid(each.before, year), after=_laid(each.after, year)) for each in pairings]


def _laid(side: Side, year: str) -> Side:
    return replace(side, ground=laid_law(side.law, side.ground.parameters, weights=year))


def year_table(pairings: Sequence[Pairing], assumed: PassThrough, level: str) -> Table:
    """Rise of all consumer prices with duties weighed by the trade of each year on record."""
    rows: list[tuple[object, ...]] = []
    changes: list[PriceChange] = []
    for year in map(str, YEARS):
        changes = price_changes(on_weights(pairings, year), assumed, draws=0, level=level)
        rows += [(each.variant, year, *(effect.headline for effect in each.effects), each.change) for each in changes]
    last = [note for note in notes(changes) if not note.startswith(("rise against", "as assumed"))]
    return table_of("prices.years", rows, last)
