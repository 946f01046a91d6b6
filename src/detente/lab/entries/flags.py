"""Flags: what may be owed or hold beside the duties counted here: other duties, quotas, minimum prices, days beyond."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.codes import declared_note
from detente.data.base_law import unstated
from detente.data.fees import fees, likely_orders
from detente.data.importers import HOME
from detente.data.tables import read
from detente.lab.entries.piece import RatedPiece, by_sector
from detente.law import Law, Status

if TYPE_CHECKING:
    import polars as pl

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

QUOTA_WORDS = re.compile("entered pursuant to its provisions|quota")
"""Words in the text of a line that say that a quota decides between it and another one."""


def flags_of(piece: RatedPiece) -> pl.Series:
    """Flags of the rated rows, "; " between them, shape (rated rows,)."""
    import polars as pl

    known, of = [""], np.zeros(piece.chosen.size, dtype=np.int64)
    for names, place in _flags(piece):
        # Rows with the same flags so far share one text, whatever their number.
        keys, of = np.unique(of * len(names) + place, return_inverse=True)
        pairs = [(known[key // len(names)], names[key % len(names)]) for key in keys.tolist()]
        known = ["; ".join(filter(None, pair)) for pair in pairs]
    return pl.Series("flags", known, dtype=pl.String).gather(of)


def _flags(piece: RatedPiece) -> Iterator[tuple[Sequence[str], Ints]]:
    """Flags of one kind, "" first, and the place of each rated row among them."""
    rows = piece.rows
    yield from ((("", name), mask.astype(np.int64)) for name, mask in _of_entries(piece))
    yield [declared_note("entries.replaced", code=code) if code else "" for code in rows.others], rows.rated_as
    yield from ((("", name), mask.astype(np.int64)) for name, mask in _masks(piece) if mask.any())


def _of_entries(piece: RatedPiece) -> Iterator[tuple[str, Mask]]:
    """What is known of entries of the United States alone."""
    where, rows, day = piece.calendar.where, piece.rows, piece.rows.day
    if where.iso3 == HOME:
        yield declared_note("entries.likely"), _likely(piece)
        codes = tuple(where.lines.codes.tolist())
        yield declared_note("entries.quota"), _under_quota(where.file.schedule.table, codes)[piece.line]
        yield declared_note("entries.fee_year"), day > fees().known_to.toordinal()
        for k in np.unique(rows.kind).tolist():
            if rows.kinds[k].flag:
                yield f"{rows.kinds[k].name}: {rows.kinds[k].flag}", rows.kind == k
        yield declared_note("entries.zone"), rows.silent


def _masks(piece: RatedPiece) -> Iterator[tuple[str, Mask]]:
    law = piece.calendar.law
    yield declared_note("entries.minimum"), _minimum(piece, law)
    yield declared_note("entries.unstated"), _unstated(piece)
    yield declared_note("entries.presumed"), piece.presumed
    yield declared_note("entries.equivalent"), ~piece.base.exact
    yield declared_note("entries.sector"), by_sector(piece.calendar, piece.combos, piece.rated)[piece.combo]
    yield declared_note("entries.partly"), _partly(piece)
    if law.record is not None:
        yield declared_note("entries.beyond"), piece.rows.day > law.record.to.toordinal()


def _likely(piece: RatedPiece) -> Mask:
    """Rows whose goods and origin an order is likely to cover."""
    lines, partner = piece.calendar.where.lines, piece.rows.partner
    mask = np.zeros(partner.size, dtype=bool)
    for order in likely_orders():
        origins = [i for i, code in enumerate(piece.rows.partners) if code in order.partners]
        if origins:
            mask |= np.isin(partner, origins) & lines.mask(list(order.codes))[piece.line]
    return mask


def _unstated(piece: RatedPiece) -> Mask:
    """Rows that claim a special rate of which no amount is on record."""
    where, combos = piece.calendar.where, piece.combos
    mask = np.zeros(len(combos), dtype=bool)
    claimed = np.flatnonzero(np.asarray([bool(claim) for claim in combos.claims])[combos.claim])
    span = piece.calendar.base_span[combos.segment[claimed]]
    sizes = len(combos.claims), len(where.lines), len(piece.calendar.edges) + 1
    parts = combos.claim[claimed], combos.line[claimed], span
    keys, place = np.unique(np.ravel_multi_index(parts, sizes), return_inverse=True)
    days = {segment: piece.calendar.first_day(segment) for segment in np.unique(span).tolist()}
    codes, known = where.lines.codes, piece.calendar.unstated
    lacking = np.zeros(keys.size, dtype=bool)
    for k, (c, line, segment) in enumerate(np.stack(np.unravel_index(keys, sizes)).T.tolist()):
        key = combos.claims[c], line, segment
        if key not in known:
            known[key] = bool(unstated(where, key[0], str(codes[line]), days[segment]))
        lacking[k] = known[key]
    mask[claimed] = lacking[place]
    return mask[piece.combo]


@lru_cache(maxsize=2)
def _under_quota(table: str, codes: tuple[str, ...]) -> Mask:
    """Lines whose text speaks of a quota, looked for in the table: nobody needs the words of all lines in memory."""
    import polars as pl

    from detente.data.importers import importer

    if not table:
        return np.zeros(len(codes), dtype=bool)
    where = importer(HOME)
    spoken = pl.col("text").str.to_lowercase().str.contains(QUOTA_WORDS.pattern)
    named = dict(read(where.file.schedule.texts).select("code", spoken).rows())
    short = zip(where.lines.codes.tolist(), where.labels(), strict=True)
    named |= {c: QUOTA_WORDS.search(label.lower()) is not None for c, label in short if c not in named}
    return np.asarray([named.get(code, False) for code in codes], dtype=bool)


def _minimum(piece: RatedPiece, law: Law) -> Mask:
    """Rows under a minimum price or a least duty, which are in no dollars here."""
    mask = np.zeros(piece.chosen.size, dtype=bool)
    partner, day = piece.rows.partner, piece.rows.day
    for measure in law.measures:
        periods = [p for p in measure.periods if p.minimum is not None]
        if not periods or measure.status is not Status.IN_FORCE:
            continue
        codes = [prefix for goods in measure.goods for prefix in goods.prefixes]
        under = piece.calendar.where.lines.mask(codes)[piece.line] if codes else mask
        for scope in measure.partners or (None,):
            named = [i for i, code in enumerate(piece.rows.partners) if scope is None or code in scope.countries]
            for period in periods:
                inside = (day >= period.start.toordinal()) & (day <= period.end.toordinal())
                mask |= under & inside & np.isin(partner, named)
    return mask


def _partly(piece: RatedPiece) -> Mask:
    """Rows of which some of the value may not be imported."""
    terms = piece.calendar.terms.terms
    bans = np.asarray([t.kind == "ban" for t in terms] or [False])
    barred = np.zeros(piece.rated.base.size, dtype=bool)
    owner = np.repeat(np.arange(piece.rated.base.size), np.diff(piece.rated.start))
    if piece.rated.term.size:
        barred[owner[bans[piece.rated.term]]] = True
    return barred[piece.combo]
