"""A piece of a file of entries rated: its rows, their headings, what they leave open, and its part of every total."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from detente.codes import InputError, declared_note, dotted
from detente.codes.axis import Floats, Ints, Mask
from detente.data.base_law import averaged
from detente.data.importers import METALS, PRESUMED
from detente.lab.entries.calendar import BAN, Calendar
from detente.lab.entries.dollars import (
    BaseDuties,
    Charges,
    base_duties,
    by_row,
    charges,
    filing,
    whole,
)
from detente.lab.entries.rating import Combos, Given, GoodsParts, Rated, SpanRating, by_span, expand, rate
from detente.lab.entries.rows import EntryRows, read_rows
from detente.lab.statute.consignment import CLAIM, SAME
from detente.lab.statute.lookup import weights_of
from detente.law import Aspect

#: Share of value by which a floor may miss the whole of it.
WHOLE = 1e-9


@dataclass(frozen=True)
class RatedPiece:
    """Rows of a piece with what they owe; arrays of shape (rated rows,) unless said otherwise.

    Attributes
    ----------
    every : all rows of the piece; rows : those that are rated; chosen : their places among all.
    combo : combination of each; `line` : position of its line; `value` : customs value in whole dollars.
    dutiable : USD of the value on which duty is owed now. `presumed` : whether averages stand for facts left out.
    duty : USD. `refund` : what would not be owed without some measures, USD; None where nobody asks.
    filed : headings of the rows. left : those that would be owed all the same. open : answers, as of `questions`.
    """

    every: EntryRows = field(repr=False)
    rows: EntryRows = field(repr=False)
    calendar: Calendar = field(repr=False)
    chosen: Ints = field(repr=False)
    combos: Combos = field(repr=False)
    combo: Ints = field(repr=False)
    line: Ints = field(repr=False)
    value: Floats = field(repr=False)
    rated: Rated = field(repr=False)
    base: BaseDuties = field(repr=False)
    dutiable: Floats = field(repr=False)
    presumed: Mask = field(repr=False)
    filed: pl.DataFrame = field(repr=False)
    duty: Floats = field(repr=False)
    fees: Charges = field(repr=False)
    open: pl.DataFrame = field(repr=False)
    refund: Floats | None = field(repr=False, default=None)
    left: pl.DataFrame | None = field(repr=False, default=None)


def rate_piece(frame: pl.DataFrame, calendar: Calendar, void: Calendar | None = None) -> RatedPiece:
    """A piece of a file rated.

    Parameters
    ----------
    frame : rows under the names of the program, every cell as text, with their number in the file as `row`.
    void : the law without some measures, for what would be refunded.
    """
    rows = read_rows(frame, calendar)
    calendar.columns_for(_used(rows, calendar))
    combos, combo, several = _combos(rows, calendar)
    spans = by_span(calendar, combos, rows.given)
    rated = rate(calendar, combos, spans)
    calendar.rest()
    _check_alike(rows, calendar, combos, rated, combo, several)
    _check_bans(rows, calendar, rated, combo)
    _check_listed(rows, calendar, combos, rated, combo)
    return _with_dollars(rows, calendar, combos, combo, spans, rated, void)


def _used(rows: EntryRows, calendar: Calendar) -> set[tuple[str, str]]:
    """Pairs of partner and claim that no span has a column for by itself: uses that are claimed."""
    uses = [
        i for i, claim in enumerate(rows.claims) if claim and calendar.where.programmes.by_symbol[claim].kind == "use"
    ]
    home = [i for i, partner in enumerate(rows.partners) if partner in calendar.where.members]
    chosen = (np.isin(rows.claim, uses) & (rows.partner >= 0)) | np.isin(rows.partner, home)
    return {(rows.partners[p], rows.claims[c]) for p, c in zip(rows.partner[chosen], rows.claim[chosen], strict=True)}


def _combos(rows: EntryRows, calendar: Calendar) -> tuple[Combos, Ints, Ints]:
    """Distinct combinations, that of each row (-1 for rows that cannot be rated), and how many lines stand for each."""
    _check_goods(rows, calendar)
    chosen = np.flatnonzero(rows.reasons.good())
    sizes = (rows.line.size, max(len(rows.partners), 1), len(rows.claims), int(rows.contents.max(initial=0)) + 1)
    parts = (rows.pair[chosen], rows.partner[chosen], rows.claim[chosen], rows.contents[chosen])
    keys, first, key = np.unique(np.ravel_multi_index(parts, sizes), return_index=True, return_inverse=True)
    source = chosen[first]
    sizes_of = np.ones(rows.line.size, dtype=np.int64)
    sizes_of[list(rows.several)] = [len(lines) for lines in rows.several.values()]
    counts = sizes_of[rows.pair[source]]
    owner, place = expand(np.zeros(keys.size, dtype=np.int64), counts)
    of = source[owner]
    line = rows.line[rows.pair[of]]
    further = np.flatnonzero(place)
    pairs = zip(rows.pair[of[further]].tolist(), place[further].tolist(), strict=True)
    line[further] = [rows.several[pair][p] for pair, p in pairs]
    combos = Combos(
        line, rows.segment[of], rows.contents[of], rows.partner[of], rows.claim[of], rows.partners, rows.claims
    )
    combo = np.full(rows.day.size, -1, dtype=np.int64)
    combo[chosen] = (np.cumsum(counts) - counts)[key.reshape(-1)]
    several = np.ones(line.size, dtype=np.int64)
    several[np.cumsum(counts) - counts] = counts
    return combos, combo, several


def _check_goods(rows: EntryRows, calendar: Calendar) -> None:
    """Give a reason to rows that claim a programme which is not for their goods."""
    programmes, codes = calendar.where.programmes, calendar.where.lines.codes
    for k, symbol in enumerate(rows.claims):
        if not symbol or not programmes.by_symbol[symbol].only:
            continue
        claimed = rows.claim == k
        for pair in np.unique(rows.pair[claimed & (rows.pair >= 0)]).tolist():
            try:
                programmes.check_goods(symbol, [str(codes[i]) for i in rows.several.get(pair, [rows.line[pair]])])
            except InputError as error:
                rows.reasons.of(claimed & (rows.pair == pair), error)


def _check_alike(rows: EntryRows, calendar: Calendar, combos: Combos, rated: Rated, combo: Ints, several: Ints) -> None:
    """Give a reason to rows whose code stands for several lines that owe different duties.

    Where the code is one of another day, for which these lines stand in, the most traded of them is taken and named.
    """
    for k in np.flatnonzero(several > 1).tolist():
        totals = rated.total[k : k + int(several[k])]
        if np.ptp(totals) < 1e-12 and np.ptp(rated.banned[k : k + int(several[k])].astype(int)) == 0:
            continue
        span = f"{totals.min():.2%} to {totals.max():.2%}"
        what = f"the {several[k]} lines under this code owe from {span}"
        mine = np.flatnonzero(combo == k).tolist()
        if mine and rows.rated_as[mine[0]]:
            codes = calendar.where.lines.codes[combos.line[k : k + int(several[k])]].tolist()
            origin = combos.partners[combos.partner[k]]
            weights, _ = weights_of(totals.tolist(), codes, origin, calendar.where.iso3, tuple(codes))
            best = int(np.argmax(weights))
            combo[mine] = k + best
            taken = declared_note("entries.taken", code=dotted(codes[best]), count=int(several[k]), span=span)
            rows.rated_as[mine] = len(rows.others)
            rows.others.append(taken)
            continue
        rows.reasons.of(combo == k, InputError("line", what, "give all ten digits"))


def _check_bans(rows: EntryRows, calendar: Calendar, rated: Rated, combo: Ints) -> None:
    """Give a reason to rows whose goods may not be imported."""
    for k in np.flatnonzero(rated.banned).tolist():
        terms = (calendar.terms.terms[t] for t in rated.term[rated.start[k] : rated.start[k + 1]].tolist())
        act = next((term.title for term in terms if term.kind == BAN), "a ban")
        rows.reasons.of(combo == k, InputError("goods", f"may not be imported: {act}"))


def by_sector(calendar: Calendar, combos: Combos, rated: Rated) -> Mask:
    """Combinations whose base duty is on record by the mean of its sector alone, shape (combinations,)."""
    where, spans, mean = calendar.where, calendar.span_of[combos.segment], np.zeros(len(combos), dtype=bool)
    if where.unlisted.any():
        names = list(calendar.columns)
        for span, column in {*zip(spans.tolist(), rated.column.tolist(), strict=True)}:
            mine = (spans == span) & (rated.column == column)
            mean |= mine & averaged(where, names[column], calendar.first_of(span))[combos.line]
    return mean


def _check_listed(rows: EntryRows, calendar: Calendar, combos: Combos, rated: Rated, combo: Ints) -> None:
    """Give a reason to rows whose duty depends on a base duty that is on record by the mean of its sector alone."""
    for k in np.flatnonzero(by_sector(calendar, combos, rated)).tolist():
        terms = slice(int(rated.start[k]), int(rated.start[k + 1]))
        lifted = [calendar.terms.terms[t].floor for t in rated.term[terms].tolist()]
        # A floor on all of the value is owed whatever the base duty below it: terms that add nothing are left out.
        if abs(float(rated.weight[terms] @ np.asarray(lifted, dtype=np.float64)) - 1.0) < WHOLE:
            continue
        what = f"its base duty is not on record; {rated.base[k]:.2%} was the mean of its sector in 2022, no rate of it"
        rows.reasons.of(combo == k, InputError("line", what, "rate it where the schedule is on record by line"))


def _with_dollars(
    every: EntryRows, calendar: Calendar, combos: Combos, combo: Ints, spans: Sequence[SpanRating], rated: Rated,
    void: Calendar | None,
) -> RatedPiece:  # fmt: skip
    chosen = np.flatnonzero(every.reasons.good())
    own, rows = combo[chosen], every.take(chosen)
    value, line = whole(rows.value), combos.line[own]
    dutiable = whole(rows.part) * ~rows.free
    base = base_duties(calendar, rows, value, dutiable, line, rated.column[own], rated.base[own])
    filed = filing(rated, calendar, _to_file(rows, own, line, value, dutiable, base))
    piece = RatedPiece(
        every, rows, calendar, chosen, combos, own, line, value, rated, base, dutiable,
        presumed_in(calendar, combos, every.given, spans)[own], filed, by_row(filed, chosen.size),
        charges(calendar.where, rows, value, dutiable, line), questions(calendar, combos, every.given, spans, rated),
    )  # fmt: skip
    return piece if void is None else _refunded(piece, void)


def _to_file(
    rows: EntryRows, combo: Ints, line: Ints, value: Floats, dutiable: Floats, base: BaseDuties
) -> pl.DataFrame:
    columns = {"combo": combo, "line": line, "value": dutiable, "share": base.share, "base": base.dollars}
    return pl.DataFrame({"place": np.arange(combo.size), **columns, "full": value, "provision": rows.provision})


def _refunded(piece: RatedPiece, void: Calendar) -> RatedPiece:
    """The piece with what would not be owed under the law without some measures."""
    combos = piece.combos
    days = np.asarray([max(piece.calendar.first_day(s).toordinal(), 1) for s in range(len(piece.calendar.edges) + 1)])
    void.columns_for(_used(piece.rows, void))
    others = replace(combos, segment=void.segments(days[combos.segment]))
    rated = rate(void, others, by_span(void, others, piece.rows.given))
    void.rest()
    filed = filing(rated, void, _to_file(piece.rows, piece.combo, piece.line, piece.value, piece.dutiable, piece.base))
    return replace(piece, refund=np.round(piece.duty - by_row(filed, piece.chosen.size), 2), left=filed)


# --- questions --------------------------------------------------------------------------------------------------------

#: The answer that nothing is claimed.
NO_CLAIM = "none"


WORDS = {"fact": pl.String, "title": pl.String, "answer": pl.String}
#: Combinations whose duty an answer changes, the duty under it, share of value, NaN where goods may not be imported;
#: and what `WORDS` stand for, the title for readers.
Moved = tuple[Ints, Floats, tuple[str, str, str]]


def questions(
    calendar: Calendar, combos: Combos, given: Given, spans: Sequence[SpanRating], rated: Rated
) -> pl.DataFrame:
    """What combinations do not say of contents, use and claims, as far as an answer changes what they owe.

    Columns are `combo`, those of `WORDS`, and `total`, the duty under the answer.
    """
    about = (own for rating in spans for a in _facts(rating.parts) for own in _about(a, rating, combos, given, rated))
    parts = [own for own in (*about, *_claimed(calendar, combos, given, rated)) if own[0].size]
    combo, total, words = zip(*parts, strict=True) if parts else ((), (), ())
    of = np.repeat(np.arange(len(parts)), [own.size for own in combo])
    named = pl.DataFrame(words, WORDS, orient="row")[of]
    numbers = np.concatenate([np.zeros(0, dtype=np.int64), *combo]), np.concatenate([np.zeros(0), *total])
    return named.with_columns(pl.Series("combo", numbers[0]), pl.Series("total", numbers[1]))


def _moved(combo: Ints, total: Floats, rated: Rated, words: tuple[str, str, str]) -> Moved:
    """The combinations whose duty an answer changes from what was taken."""
    moved = _apart(total, np.where(rated.banned[combo], np.nan, rated.total[combo]))
    return combo[moved], total[moved], words


def presumed_in(calendar: Calendar, combos: Combos, given: Given, spans: Sequence[SpanRating]) -> Mask:
    """Combinations of which an average stands for a fact that their rows leave out, shape (combinations,)."""
    mask = np.zeros(len(combos), dtype=bool)
    for rating in spans if calendar.context == PRESUMED else ():
        lines, sets = combos.line[rating.chosen], combos.contents[rating.chosen]
        for aspect in _facts(rating.parts):
            share = rating.shares[aspect.id]
            mixed = ((share > 0.0) & (share < 1.0)).any(axis=0) & rating.parts.span.space.atoms.asked[aspect.id][lines]
            mask[rating.chosen] |= mixed & ~_stated(aspect, sets, given)
    return mask


def _facts(parts: GoodsParts) -> list[Aspect]:
    return [a for name, a in parts.span.space.law.aspects.items() if name in parts.factors and a.above is None]


def _about(aspect: Aspect, rating: SpanRating, combos: Combos, given: Given, rated: Rated) -> Iterator[Moved]:
    """Duties of the combinations of a span with all of the value in one state of a fact after the other."""
    parts, lines = rating.parts, combos.line[rating.chosen]
    silent = parts.span.space.atoms.asked[aspect.id][lines] & ~_stated(aspect, combos.contents[rating.chosen], given)
    mine, size = np.flatnonzero(silent[parts.combo]), int(silent.sum())
    if not mine.size:
        return
    followers = [a for a in parts.span.space.law.aspects.values() if a.above is not None and a.above[0] == aspect.id]
    rest = _without(parts, mine, {aspect.id, *(a.id for a in followers)})
    atom, many = parts.atom[mine], len(aspect.states)
    state = parts.span.space.atoms.states[aspect.id][atom].astype(np.int64)
    for other in followers:
        rest = rest * _follows(other, state, atom, parts)
    place, cells = (np.cumsum(silent) - 1)[parts.combo[mine]] * many + state, size * many
    added = np.bincount(place, rest * parts.added[mine], cells).reshape(size, many).T
    totals, chosen = rating.base[silent] + added, rating.chosen[silent]
    barred = parts.banned[mine]
    if barred.any():
        out = np.bincount(place[barred], rest[barred], cells).reshape(size, many).T > 1.0 - SAME
        totals = np.where(out, np.nan, totals)
    for total, name in zip(totals, aspect.states, strict=True):
        # A small American content that changes nothing of its own is no answer.
        minor = name == "us_minor"
        kept = _apart(total, totals[aspect.states.index("foreign")]) if minor else np.ones(size, dtype=bool)
        yield _moved(chosen[kept], total[kept], rated, (aspect.id, aspect.title, name))


def _apart(first: Floats, second: Floats) -> Mask:
    """Whether duties differ; a ban differs from any duty."""
    barred = np.isnan(first) != np.isnan(second)
    return barred | (np.abs(np.nan_to_num(first) - np.nan_to_num(second)) > SAME)


def _stated(aspect: Aspect, sets: Ints, given: Given) -> Mask:
    """Combinations whose rows say what share is in which state of a fact."""
    names = [f"{metal}_content" for metal in METALS] if aspect.id == "metal" else [aspect.id]
    return np.any([~np.isnan(given.of(name, sets)) for name in names], axis=0)


def _without(parts: GoodsParts, mine: Ints, left: set[str]) -> Floats:
    """Weights of some parts without the shares of some facts, shape (parts,)."""
    weight = np.ones(parts.combo.size)
    for name, (split, factor) in parts.factors.items():
        if name not in left:
            weight[split] *= factor
    return weight[mine]


def _follows(aspect: Aspect, state: Ints, atom: Ints, parts: GoodsParts) -> Mask:
    """Parts that a fact about another one leaves: those over its limit where all is in a state but the first."""
    atoms = parts.span.space.atoms
    if aspect.id not in atoms.states:
        return np.ones(atom.size, dtype=bool)
    matters = atoms.asked[aspect.id][atoms.line[atom]]
    return ~matters | (atoms.states[aspect.id][atom] == (state > 0))


def _other_claims(calendar: Calendar, combos: Combos) -> Iterator[tuple[str, Ints]]:
    """Programmes that combinations may claim and do not, "" for no claim, each with the combinations."""
    where = calendar.where
    claimed = np.asarray([bool(claim) for claim in combos.claims])[combos.claim]
    if claimed.any():
        yield "", np.flatnonzero(claimed)
    width = len(calendar.edges) + 1
    pairs, pair = np.unique(combos.partner * width + combos.segment, return_inverse=True)
    days = {s: calendar.first_day(s) for s in np.unique(pairs % width).tolist()}
    open_to = [calendar.open_to(combos.partners[p // width], days[p % width]) for p in pairs.tolist()]
    can = np.asarray(open_to, dtype=bool).reshape(pairs.size, len(where.programmes.by_symbol))
    for k, (symbol, programme) in enumerate(where.programmes.by_symbol.items()):
        if programme.kind == "use":
            continue
        own = np.asarray([claim == symbol for claim in combos.claims])[combos.claim]
        chosen = np.flatnonzero(can[:, k][pair] & ~own & _covered(calendar, programme.only)[combos.line])
        if chosen.size:
            yield symbol, chosen


def _covered(calendar: Calendar, only: tuple[str, ...]) -> Mask:
    lines = calendar.where.lines
    return lines.mask(list(only)) if only else np.ones(len(lines), dtype=bool)


def _claimed(calendar: Calendar, combos: Combos, given: Given, rated: Rated) -> Iterator[Moved]:
    """Duties of combinations under other claims, all claims at once."""
    claims = list(_other_claims(calendar, combos))
    if not claims:
        return
    chosen = np.concatenate([places for _, places in claims])
    claim = np.repeat(np.arange(len(claims)), [places.size for _, places in claims])
    others = replace(combos.take(chosen), claim=claim, claims=tuple(symbol for symbol, _ in claims))
    answer = rate(calendar, others, by_span(calendar, others, given))
    total = np.where(answer.banned, np.nan, answer.total)
    for k, (symbol, places) in enumerate(claims):
        name = calendar.where.programmes.by_symbol[symbol].name if symbol else NO_CLAIM
        yield _moved(places, total[claim == k], rated, (CLAIM, "Claim of a preference programme", name))
