"""Flags: what may be owed or hold beside the duties counted here: other duties, quotas, minimum prices, days beyond."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detente.codes import declared_note
from detente.data.base_law import unstated
from detente.data.fees import fees, likely_orders
from detente.data.importers import HOME
from detente.data.tables import read
from detente.lab.entries.piece import RatedPiece, by_sector
from detente.law import Law, Status

Mask = NDArray[np.bool_]

QUOTA_WORDS = re.compile("entered pursuant to its provisions|quota")
"""Words in the text of a line that say that a quota decides between it and another one."""


def flags_of(piece: RatedPiece) -> NDArray[np.str_]:
    """Flags of the rated rows, "; " between them, shape (rated rows,)."""
    words = np.full(piece.chosen.size, "", dtype=object)
    for name, mask in _masks(piece):
        words[mask] = np.where(words[mask] == "", name, words[mask] + f"; {name}")
    return words.astype(np.str_)


def _masks(piece: RatedPiece) -> Iterator[tuple[str, Mask]]:
    where, law = piece.calendar.where, piece.calendar.law
    rows, day = piece.rows, piece.rows.day
    if where.iso3 == HOME:
        yield declared_note("entries.likely"), _likely(piece)
        codes = tuple(where.lines.codes.tolist())
        yield declared_note("entries.quota"), _under_quota(where.file.schedule.table, codes)[piece.line]
        yield declared_note("entries.fee_year"), day > fees().known_to.toordinal()
        for k in np.unique(rows.kind).tolist():
            if rows.kinds[k].flag:
                yield f"{rows.kinds[k].name}: {rows.kinds[k].flag}", rows.kind == k
        yield declared_note("entries.zone"), rows.silent
    for code in sorted({*rows.rated_as.tolist()} - {""}):
        yield declared_note("entries.replaced", code=code), rows.rated_as == code
    yield declared_note("entries.minimum"), _minimum(piece, law)
    yield declared_note("entries.unstated"), _unstated(piece)
    yield declared_note("entries.presumed"), piece.presumed
    yield declared_note("entries.equivalent"), ~piece.base.exact
    yield declared_note("entries.sector"), by_sector(piece.calendar, piece.combos, piece.rated)[piece.combo]
    yield declared_note("entries.partly"), _partly(piece)
    if law.record is not None:
        yield declared_note("entries.beyond"), day > law.record.to.toordinal()


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
    keys = np.stack([combos.claim, combos.line, combos.segment])[:, claimed]
    distinct, place = np.unique(keys, axis=1, return_inverse=True)
    days = {segment: piece.calendar.first_day(segment) for segment in np.unique(distinct[2]).tolist()}
    codes = where.lines.codes
    known = [unstated(where, combos.claims[claim], str(codes[line]), days[s]) for claim, line, s in distinct.T.tolist()]
    mask[claimed] = np.asarray(list(map(bool, known)), dtype=bool)[place.reshape(-1)]
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
