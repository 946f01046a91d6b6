"""Rating: combinations of line, column, segment and contents to duties, each once and all of a span at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from detente.codes.axis import Floats, Ints, Mask
from detente.data.importers import METALS, Importer
from detente.lab.entries.calendar import DUTY, TRADE, Calendar, LawSpan
from detente.law import Aspect, Law
from detente.law.measure import PREFERENCE, content_states

#: Share of value below which a part of the goods is none.
LEAST = 1e-12


@dataclass(frozen=True)
class Combos:
    """Combinations to be rated, arrays of shape (combinations,).

    Attributes
    ----------
    line : position of the tariff line. `segment` : of the calendar. `contents` : set of contents.
    partner, claim : places in `partners` and `claims` (symbols of programmes, "" for none).
    """

    line: Ints = field(repr=False)
    segment: Ints = field(repr=False)
    contents: Ints = field(repr=False)
    partner: Ints = field(repr=False)
    claim: Ints = field(repr=False)
    partners: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()

    def __len__(self) -> int:
        return int(self.line.size)

    def take(self, chosen: Ints | Mask) -> Combos:
        """Some of them."""
        names = ("line", "segment", "contents", "partner", "claim")
        return replace(self, **{name: getattr(self, name)[chosen] for name in names})


@dataclass(frozen=True)
class Rated:
    """What combinations owe.

    Attributes
    ----------
    base : base duty, share of value, shape (combinations,); `total` : with all additional duties.
    column : number of the column of base duties, as the calendar has it, shape (combinations,).
    banned : whether nothing of the value may be imported, shape (combinations,).
    start : where the terms of each combination begin, and the end, shape (combinations + 1,).
    term, weight, points : number of each term, share of the value it falls on, and what it adds, share of value.
    """

    base: Floats = field(repr=False)
    total: Floats = field(repr=False)
    column: Ints = field(repr=False)
    banned: Mask = field(repr=False)
    start: Ints = field(repr=False)
    term: Ints = field(repr=False)
    weight: Floats = field(repr=False)
    points: Floats = field(repr=False)


@dataclass(frozen=True)
class GoodsParts:
    """Combinations of one span split by the states of their goods.

    Attributes
    ----------
    combo : combination of each part; `atom` : atom of the space; `stack` : what is owed on it.
    factors : fact -> parts that it splits, and the share of the state of each of them.
    weight : share of the combination's value, shape (parts,).
    added : what is owed on the part beside the base duty, share of its value, shape (parts,).
    banned : shape (parts,).
    """

    span: LawSpan = field(repr=False)
    combo: Ints = field(repr=False)
    atom: Ints = field(repr=False)
    stack: Ints = field(repr=False)
    factors: Mapping[str, tuple[Ints, Floats]] = field(repr=False)
    weight: Floats = field(repr=False)
    added: Floats = field(repr=False)
    banned: Mask = field(repr=False)


@dataclass(frozen=True)
class SpanRating:
    """Combinations of one span: their places among all, base duties and parts."""

    chosen: Ints = field(repr=False)
    base: Floats = field(repr=False)
    column: Ints = field(repr=False)
    shares: Mapping[str, Floats] = field(repr=False)
    parts: GoodsParts = field(repr=False)


def expand(start: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Owner and place of every element of runs that begin at `start` and have `counts` elements."""
    owner = np.repeat(np.arange(counts.size, dtype=np.int64), counts)
    first = np.cumsum(counts) - counts
    return owner, np.arange(owner.size, dtype=np.int64) - first[owner] + start[owner]


def by_span(calendar: Calendar, combos: Combos, given: Given) -> list[SpanRating]:
    """Combinations rated span by span."""
    spans = calendar.span_of[combos.segment]
    order = [np.flatnonzero(spans == number) for number in np.unique(spans).tolist()]
    return [_rated_span(calendar, combos.take(chosen), chosen, given) for chosen in order]


def _rated_span(calendar: Calendar, combos: Combos, chosen: Ints, given: Given) -> SpanRating:
    span, programmes = calendar.span(int(combos.segment[0])), calendar.where.programmes
    day = calendar.first_of(int(calendar.span_of[combos.segment[0]]))
    pairs, pair = np.unique(combos.partner * len(combos.claims) + combos.claim, return_inverse=True)
    ends = (divmod(number, len(combos.claims)) for number in pairs.tolist())
    columns = [calendar.column(combos.partners[partner], combos.claims[claim], day) for partner, claim in ends]
    cell = np.asarray([span.space.column_of[span.column_at[column]] for column in columns], dtype=np.int64)[pair]
    names = sorted({column.base for column in columns})
    place = np.asarray([names.index(column.base) for column in columns], dtype=np.int64)[pair]
    base = np.stack([span.space.base[name] for name in names])[place, combos.line]
    number = np.asarray([calendar.columns.setdefault(name, len(calendar.columns)) for name in names])
    claims = [programmes.aspect(symbol) if calendar.context != TRADE else "" for symbol in combos.claims]
    presumed = {
        name: np.isin(combos.claim, [i for i, aspect in enumerate(claims) if aspect == name])
        for name in set(claims) & set(calendar.law.aspects)
    }
    split = {name for name, mask in span.space.atoms.asked.items() if mask[combos.line].any()}
    shares = shares_of(
        calendar.where, span.space.law, span.shares, combos.line, combos.contents, given, presumed, split
    )
    parts = _parts(calendar, span, combos, cell, base, shares)
    return SpanRating(chosen, base, number[place], shares, parts)


def _parts(
    calendar: Calendar, span: LawSpan, combos: Combos, cell: Ints, base: Floats, shares: Mapping[str, Floats]
) -> GoodsParts:
    atoms, book = span.space.atoms, calendar.terms
    combo, atom = expand(span.start[combos.line], span.start[combos.line + 1] - span.start[combos.line])
    line, weight = combos.line[combo], np.ones(combo.size)
    factors: dict[str, tuple[Ints, Floats]] = {}
    for name, states in atoms.states.items():
        if atoms.asked[name][combos.line].any():
            split = np.flatnonzero(atoms.asked[name][line])
            factors[name] = split, shares[name][states[atom[split]], combo[split]]
            weight[split] *= factors[name][1]
    stack = np.empty(combo.size, dtype=np.int64)
    for segment in np.unique(combos.segment).tolist():
        mine, day = np.flatnonzero((combos.segment == segment)[combo]), calendar.stacks(segment)
        stack[mine] = day.stack[day.row_of[span.space.pattern[atom[mine]]], cell[combo[mine]]]
    added = book.points[stack]
    for floor in book.floors.T:
        added = added + np.nan_to_num(np.maximum(floor[stack] - base[combo], 0.0))
    return GoodsParts(span, combo, atom, stack, factors, weight, added, book.banned[stack])


def rate(calendar: Calendar, combos: Combos, spans: Sequence[SpanRating]) -> Rated:
    """What combinations owe, from their parts by span."""
    n, book = len(combos), calendar.terms
    base, total, banned = np.zeros(n), np.zeros(n), np.zeros(n, dtype=bool)
    column = np.zeros(n, dtype=np.int64)
    pairs: list[Ints] = []
    weights: list[Floats] = []
    for rating in spans:
        parts, chosen = rating.parts, rating.chosen
        base[chosen], column[chosen] = rating.base, rating.column
        size = chosen.size
        added = np.bincount(parts.combo, parts.weight * parts.added, size)
        total[chosen] = rating.base + added
        barred = np.bincount(parts.combo[parts.banned], parts.weight[parts.banned], size)
        banned[chosen] = barred > 1.0 - 1e-9
        kept = np.flatnonzero(parts.weight > LEAST)
        first, end = book.start[parts.stack[kept]], book.start[parts.stack[kept] + 1]
        owner, place = expand(first, end - first)
        pairs.append(np.stack([chosen[parts.combo[kept[owner]]], book.term[place]]))
        weights.append(parts.weight[kept[owner]])
    return _summed(calendar, base, total, column, banned, pairs, weights)


def _summed(
    calendar: Calendar, base: Floats, total: Floats, column: Ints, banned: Mask,
    pairs: Sequence[Ints], weights: Sequence[Floats],
) -> Rated:  # fmt: skip
    """Terms by combination, each once with the share of value it falls on."""
    terms = calendar.terms.terms
    both = np.concatenate(pairs, axis=1) if pairs else np.zeros((2, 0), dtype=np.int64)
    weight = np.concatenate(weights) if weights else np.zeros(0)
    key, inverse = np.unique(both[0] * max(len(terms), 1) + both[1], return_inverse=True)
    combo, term = np.divmod(key, max(len(terms), 1))
    share = np.bincount(inverse, weight, key.size).astype(np.float64)
    rates = np.asarray([t.rate for t in terms] or [0.0])[term]
    floor = np.asarray([t.floor for t in terms] or [False])[term]
    duty = np.asarray([t.kind == DUTY for t in terms] or [False])[term]
    points = np.where(floor, np.maximum(rates - base[combo], 0.0), rates) * share * duty
    kept = ~floor | (points > 0)
    combo, term, share, points = combo[kept], term[kept], share[kept], points[kept]
    start = np.searchsorted(combo, np.arange(base.size + 1)).astype(np.int64)
    return Rated(base, total, column, banned, start, term, share, points)


# --- contents ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """What rows say of their contents.

    Attributes
    ----------
    shares : name of a fact, or of the content of a metal -> share of value by set of contents, NaN where a row says
        nothing, shape (sets,).
    """

    shares: Mapping[str, Floats] = field(default_factory=dict, repr=False)

    def of(self, name: str, sets: Ints) -> Floats:
        """What some sets say of a fact, NaN for nothing; shape (sets,)."""
        known = self.shares.get(name)
        return np.full(sets.size, np.nan) if known is None else known[sets]


def shares_of(
    where: Importer, law: Law, default: Mapping[str, Floats], lines: Ints, sets: Ints, given: Given,
    presumed: Mapping[str, NDArray[np.bool_]], wanted: Collection[str],
) -> dict[str, Floats]:  # fmt: skip
    """Share of every state of some facts by combination, the first included, arrays of shape (states, combinations).

    Parameters
    ----------
    default : shares that the law presumes, by fact and line, as in `Shares`.
    lines, sets : line and set of contents of each combination, shape (combinations,).
    presumed : fact -> combinations whose claim says that it is true of the whole good.
    wanted : the facts; those that they hang on are among the answers too.
    """
    shares: dict[str, Floats] = {}
    limits = [law.aspects[name] for name in sorted(wanted) if law.aspects[name].above is not None]
    needed = {*wanted, *(limit.above[0] for limit in limits if limit.above is not None)}
    for aspect in law.aspects.values():
        if aspect.id in needed and aspect.id != PREFERENCE and aspect.above is None:
            others = default[aspect.id][:, lines]
            rest = _metals(where, aspect, others, lines, sets, given) if aspect.id == "metal" else others
            if aspect.id != "metal":
                value = given.of(aspect.id, sets)
                true = presumed.get(aspect.id)
                value = value if true is None else np.where(np.isnan(value) & true, 1.0, value)
                rest = _stated(aspect, others, value)
            shares[aspect.id] = np.vstack([1.0 - rest.sum(axis=0), rest])
    return shares | {limit.id: above(limit, shares) for limit in limits}


def _stated(aspect: Aspect, default: Floats, value: Floats) -> Floats:
    """Shares of the states but the first, those that rows state in the place of the default."""
    known = ~np.isnan(value)
    if not known.any():
        return default
    filled = np.where(known, value, 0.0)
    states = content_states(filled, aspect.counts_from) if aspect.counts_from is not None else filled[None, :]
    return np.where(known[None, :], states, default)


def above(aspect: Aspect, shares: Mapping[str, Floats]) -> Floats:
    """Shares of a fact that says whether another one is over a limit, shape (2, combinations)."""
    assert aspect.above is not None
    of, limit = aspect.above
    over = (1.0 - shares[of][0] > limit).astype(np.float64)
    return np.stack([1.0 - over, over])


def _metals(where: Importer, aspect: Aspect, default: Floats, lines: Ints, sets: Ints, given: Given) -> Floats:
    """Shares of the metals: where a row names one, those it does not name are none of the value."""
    stated = np.stack([given.of(f"{metal}_content", sets) for metal in METALS])
    named = np.asarray(~np.isnan(stated).all(axis=0))
    if not named.any():
        return default
    shares = np.nan_to_num(stated)
    for prefix, metal in aspect.whole.items():
        row = aspect.state(metal) - 1
        under = where.lines.mask([prefix])[lines] & np.isnan(stated[METALS.index(metal)])
        shares[row, under] = 0.0
        shares[row, under] = 1.0 - shares[:, under].sum(axis=0)
    return np.where(named, shares, default)
