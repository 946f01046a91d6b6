"""Charges beside duties: the merchandise processing fee of whole entries and the harbor maintenance fee of rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.data.entry_types import INFORMAL
from detente.data.fees import OTHER, UNKNOWN, VESSEL, Fees, fees
from detente.data.importers import HOME, Importer
from detente.lab.entries.rounding import cents
from detente.lab.entries.rows import EntryRows, distinct

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

NOT_FREE = ("98020060", "98020080")
"""Lines of chapter 98 that owe the processing fee all the same."""


@dataclass(frozen=True)
class Charges:
    """Fees of rows, arrays of shape (rows,).

    Attributes
    ----------
    processing : merchandise processing fee at its rate, before the limits of the entry, USD.
    harbor : harbor maintenance fee, USD. `mode` : vessel, other or "" for a row that does not say.
    informal : whether the row is of an informal entry.
    """

    processing: Floats = field(repr=False)
    harbor: Floats = field(repr=False)
    mode: NDArray[np.str_] = field(repr=False)
    informal: Mask = field(repr=False)


def charges(where: Importer, rows: EntryRows, value: Floats, lines: Ints) -> Charges:
    """Fees of rows of a piece; none of importers other than the United States.

    Parameters
    ----------
    value : customs value in whole dollars; `lines` : positions of the lines.
    """
    known, size = fees(), value.size
    mode = _column(rows.frame, "mode", known.mode)
    if where.iso3 != HOME:
        return Charges(np.zeros(size), np.zeros(size), mode, np.zeros(size, dtype=bool))
    free = _free(where, rows, lines, known)
    how = np.asarray([kind.processing for kind in rows.kinds])[rows.kind]
    once = np.asarray([kind.harbor for kind in rows.kinds])[rows.kind]
    processing = np.where(free | rows.free | (how == ""), 0.0, cents(value * known.rate))
    harbor = np.where((mode == VESSEL) & once, cents(value * known.harbor), 0.0)
    return Charges(processing, harbor, np.where(once, mode, OTHER), how == INFORMAL)


def _column(frame: pl.DataFrame, name: str, read: object) -> NDArray[np.str_]:
    """A column read text by text; "" where the file has none."""
    if name not in frame.columns:
        return np.full(frame.height, UNKNOWN)
    texts, place = distinct(frame[name])
    return np.asarray([read(text) for text in texts])[place]  # type: ignore[operator]


def _free(where: Importer, rows: EntryRows, lines: Ints, known: Fees) -> Mask:
    """Rows whose goods are free of the processing fee."""
    by_symbol = where.programmes.by_symbol
    origins = known.origins.union(
        *(scope.countries for name in known.origins_of if name in by_symbol for scope in by_symbol[name].partners or ())
    )
    claimed = np.asarray([claim in known.claims for claim in rows.claims])[rows.claim]
    born = np.asarray([*(partner in origins for partner in rows.partners), False])[rows.partner]
    codes = where.lines.codes
    odd = np.char.startswith(codes, known.chapters[0])
    for prefix in NOT_FREE:
        odd &= ~np.char.startswith(codes, prefix)
    return claimed | born | odd[lines]


def limited(processing: Floats, informal: Mask, day: Ints) -> Floats:
    """The merchandise processing fee of entries within the limits of their fiscal year, USD, shape (entries,).

    Parameters
    ----------
    processing : sum over the rows of an entry at the rate; nothing is owed where that is nothing.
    informal : entries that are filed as such. `day` : proleptic ordinals.
    """
    years = fees().years
    year = np.searchsorted(np.asarray([y.start.toordinal() for y in years]), day, side="right") - 1
    least, most, fixed = (
        np.asarray([getattr(y, name) for y in years])[np.maximum(year, 0)] for name in ("least", "most", "informal")
    )
    owed = np.where(informal, fixed, np.clip(processing, least, most))
    return np.where(processing > 0, owed, 0.0)
