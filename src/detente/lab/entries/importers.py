"""Importers: rows of a piece under another law than the file as a whole: of another importer, or in transit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.codes import DetenteError
from detente.data.importerfile import importer_id
from detente.lab.entries.rows import distinct
from detente.lab.statute.lookup import TransitClause, clauses_of

if TYPE_CHECKING:
    import polars as pl

COLUMN = "importer"


def groups_of(frame: pl.DataFrame, home: str) -> dict[str, NDArray[np.bool_]]:
    """Rows by importer; those that name none, or one that nobody knows, under the importer of the file."""
    if COLUMN not in frame.columns:
        return {home: np.ones(frame.height, dtype=bool)}
    texts, place = distinct(frame[COLUMN])
    codes = np.asarray([_code(text, home) for text in texts])[place]
    return {code: codes == code for code in dict.fromkeys([home, *np.unique(codes).tolist()]) if (codes == code).any()}


def _code(text: str, home: str) -> str:
    try:
        return importer_id(text, COLUMN) if text else home
    except DetenteError:
        return home


LOADED = "loaded"


def by_transit(frame: pl.DataFrame, of: str) -> Iterator[tuple[tuple[TransitClause, ...], pl.DataFrame]]:
    """Rows by the clauses on goods in transit that they are under; without the column all under none."""
    import polars as pl

    if LOADED not in frame.columns:
        yield (), frame
        return
    days = [[_day(text) for text in frame[name].fill_null("").to_list()] for name in (LOADED, "date")]
    under = [
        clauses_of(of, loaded, on) if loaded and on and loaded <= on else () for loaded, on in zip(*days, strict=True)
    ]
    for clauses in dict.fromkeys(under):
        yield clauses, frame.filter(pl.Series([own == clauses for own in under], dtype=pl.Boolean))


def _day(text: str) -> date | None:
    """A day; None for a cell that is none, for which its row has a reason."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def together(parts: list[dict[str, pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    """Tables of several importers as those of one piece, rows in the order of the file."""
    import polars as pl

    if len(parts) == 1:
        return parts[0]
    whole = {name: pl.concat([part[name] for part in parts], how="diagonal") for name in parts[0]}
    refunds = ("entry_rows", "entry_totals")
    for name, frame in whole.items():
        if name in refunds and "refund" in frame.columns:
            frame = frame.with_columns(pl.col("refund").fill_null(0.0))
        whole[name] = frame.sort("row", maintain_order=True) if "row" in frame.columns else frame
    return whole
