"""Importers: rows of a piece that name another importer than the file as a whole, each under its own law."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.codes import DetenteError
from detente.data.importerfile import importer_id
from detente.lab.entries.rows import distinct

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
