"""Questions: what a row does not say and its duty hangs on, and the duty under each answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.data.importers import METALS, PRESUMED
from detente.lab.entries.calendar import Calendar
from detente.lab.entries.contents import Given
from detente.lab.entries.rating import Combos, GoodsParts, Rated, SpanRating, by_span, rate
from detente.lab.statute.consignment import CLAIM, SAME
from detente.law import Aspect

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

NO_CLAIM = "none"
"""The answer that nothing is claimed."""


WORDS = {"fact": pl.String, "title": pl.String, "answer": pl.String}
Moved = tuple[Ints, Floats, tuple[str, str, str]]
"""Combinations whose duty an answer changes, the duty under it, share of value, NaN where goods may not be imported;
and what `WORDS` stand for, the title for readers."""


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
