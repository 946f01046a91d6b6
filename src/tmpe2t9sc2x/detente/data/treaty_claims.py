"""Claims of the USMCA on record: the share of imports that claimed the treaty, by partner, month and line.

Shares are on record for statistical numbers and, for the rest of a heading, a chapter or all goods, for its prefix;
each line takes the longest that begins it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.data.importers import importer
from detente.data.tables import read

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EARLIEST, LATEST = "2024", "2025H2"
"""Names of the shares before and after the months on record."""


NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class ClaimShares:
    """A table of shares whose codes are looked up among the lines once, for all partners and months.

    Attributes
    ----------
    code : of each row among the codes in order, where a code stands behind those that begin it, shape (rows,).
    ends : first and past-the-last line that a code begins, each of shape (codes,).
    rows : partner and month -> rows; the month is "" where there are none.
    shares : columns of shares, each of shape (rows,).
    """

    code: NDArray[np.uint32] = field(repr=False)
    ends: tuple[Ints, Ints] = field(repr=False)
    rows: dict[tuple[str, str], Ints] = field(repr=False)
    shares: dict[str, NDArray[np.float32]] = field(repr=False)

    def by_line(self, partner: str, month: str, column: str) -> Floats:
        """Share of each line, that of the longest code that begins it, else zero, shape (lines,)."""
        rows = self.rows.get((partner, month), NONE)
        rows = rows[np.argsort(self.code[rows], kind="stable")]
        first, count = self.ends[0][self.code[rows]], (self.ends[1] - self.ends[0])[self.code[rows]]
        line = np.arange(count.sum()) + np.repeat(first - (np.cumsum(count) - count), count)
        share = np.zeros(len(importer("USA").lines))
        # What is assigned last stays: the longest code.
        share[line] = np.repeat(self.shares[column][rows].astype(np.float64), count)
        return np.nan_to_num(share)


@lru_cache(maxsize=2)
def _record(name: str, columns: tuple[str, ...]) -> ClaimShares:
    frame = read(name)
    partners, partner = _numbered(frame.get_column("partner"))
    months, month = _numbered(frame.get_column("month")) if "month" in frame.columns else ([""], 0)
    key = partner.astype(np.int64) * len(months) + month
    order = np.argsort(key, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(key[order])) + 1)
    names = [divmod(int(key[part[0]]), len(months)) for part in parts]
    codes, code = _numbered(frame.get_column("code"))
    return ClaimShares(
        code,
        importer("USA").lines.bounds(codes),
        {(partners[who], months[when]): part for (who, when), part in zip(names, parts, strict=True)},
        {column: frame.get_column(column).to_numpy() for column in columns},
    )


def _numbered(series: pl.Series) -> tuple[list[str], NDArray[np.uint32]]:
    """Texts that occur, in order, "" for missing ones, and which of them each one is."""
    import polars as pl

    known = series.fill_null("") if series.null_count() else series
    distinct = known.unique().sort()
    return distinct.to_list(), known.cast(pl.Enum(distinct)).to_physical().to_numpy()


def _monthly() -> ClaimShares:
    return _record("usa_claims_usmca_monthly", ("share",))


@lru_cache(maxsize=1)
def months_on_record() -> tuple[str, ...]:
    """The months whose claims are on record, as 2025-01, in order."""
    return tuple(sorted({month for _, month in _monthly().rows}))


@lru_cache(maxsize=40)
def claimed_by_line(partner: str, claims: str) -> Floats:
    """Share of imports from a partner that claims the treaty by line, shape (lines,).

    Parameters
    ----------
    claims : a month on record, or the earliest or latest shares.
    """
    if claims not in (EARLIEST, LATEST):
        return _monthly().by_line(partner, claims, "share")
    column = "share_2024" if claims == EARLIEST else "share"
    return _record("usa_claims_usmca", ("share_2024", "share")).by_line(partner, "", column)
