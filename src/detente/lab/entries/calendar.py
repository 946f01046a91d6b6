"""Calendar: the law of an importer compiled span by span, and what each cell of it owes on each day that differs.

Days between two changes of the law are one segment; neighbouring segments under the same base duties share a span,
whose lines and columns are compiled once. What is owed on a cell of a segment is its stack: what applies there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.codes import dotted
from detente.codes.axis import Floats, Ints, Mask
from detente.data.importers import Importer
from detente.lab.statute.lookup import line_days
from detente.law import Law, PartnerColumn, Reading, Space
from detente.law.measure import ALWAYS, FOREVER, Measure, MeasureKind, Period
from detente.law.schedule import Painted, Resolver
from detente.law.space import build_space

DUTY, EXEMPT, BAN = "duty", "exempt", "ban"


@dataclass(frozen=True, slots=True)
class StackTerm:
    """One measure at one rate, as it may stand in a stack.

    Attributes
    ----------
    kind : duty, exempt or ban.
    rate : share of the value it falls on; for a floor the least total.
    filing : place of its heading on an entry.
    """

    kind: str
    measure: str
    authority: str
    title: str
    heading: str
    rate: float
    floor: bool
    filing: int
    start: date


@dataclass
class TermBook:
    """Every term met so far, and every stack of them, each with a number that does not change.

    Attributes
    ----------
    start : where the terms of each stack begin, and the end, shape (stacks + 1,).
    term : numbers of the terms, stack after stack.
    points : rates of the duties that are no floors, shape (stacks,), share of value.
    floors : floors by stack, NaN where there are fewer, shape (stacks, most floors).
    banned : stacks that may not be imported, shape (stacks,).
    """

    terms: list[StackTerm] = field(default_factory=list)
    start: Ints = field(default_factory=lambda: np.zeros(1, dtype=np.int64), repr=False)
    term: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64), repr=False)
    points: Floats = field(default_factory=lambda: np.zeros(0), repr=False)
    floors: Floats = field(default_factory=lambda: np.zeros((0, 1)), repr=False)
    banned: Mask = field(default_factory=lambda: np.zeros(0, dtype=bool), repr=False)
    _numbers: dict[tuple[object, ...], int] = field(default_factory=dict, repr=False)
    _filing: dict[str, int] = field(default_factory=dict, repr=False)
    _stacks: dict[int, int] = field(default_factory=dict, repr=False)
    _frame: pl.DataFrame | None = field(default=None, repr=False)

    def frame(self) -> pl.DataFrame:
        """The terms by number, `rank` in the order of filing: by what a term is and not by who met it first."""
        terms = self.terms
        if self._frame is None or self._frame.height != len(terms):
            keys = [(t.filing, t.kind == DUTY, t.heading, t.measure, t.start, t.rate) for t in terms]
            rank = np.empty(len(terms), dtype=np.int64)
            rank[sorted(range(len(terms)), key=keys.__getitem__)] = np.arange(len(terms))
            texts = {name: [getattr(t, name) for t in terms] for name in ("heading", "authority", "measure")}
            texts["title"] = [t.title if t.kind == DUTY else f"exempt: {t.title}" for t in terms]
            truths = {"floor": [t.floor for t in terms], "ban": [t.kind == BAN for t in terms]}
            truths["levied"] = [t.kind == DUTY for t in terms]
            self._frame = pl.DataFrame([
                pl.Series("term", range(len(terms)), dtype=pl.Int64), pl.Series("rank", rank),
                pl.Series("points", [t.rate for t in terms], dtype=pl.Float64),
                *(pl.Series(name, values, dtype=pl.String) for name, values in texts.items()),
                *(pl.Series(name, values, dtype=pl.Boolean) for name, values in truths.items()),
            ])  # fmt: skip
        return self._frame

    def number(
        self, measure: Measure, period: Period | None, kind: str, rate: float, floor: bool, law: Law, partner: str = ""
    ) -> int:
        """Number of a term; a new one for a term that was not met yet."""
        start = period.start if period is not None else measure.start
        heading = (period.heading_of(partner) if period is not None else "") or measure.heading
        key = (kind, measure.id, start, heading, rate, floor)
        if key not in self._numbers:
            self._numbers[key] = len(self.terms)
            if not self._filing:
                self._filing.update({a.id: a.filing for a in law.authorities})
            place = self._filing.get(measure.authority, len(self._filing))
            own = (measure.id, measure.authority, measure.title)
            self.terms.append(StackTerm(kind, *own, heading, rate, floor, place, start))
        return self._numbers[key]

    def stacks(self, keys: NDArray[np.uint64], terms_at: Callable[[Ints], tuple[Ints, Ints]]) -> Ints:
        """Numbers of the stacks under distinct keys.

        Parameters
        ----------
        terms_at : terms of the stacks at some places among the keys: place among those, and number, by place.
        """
        known = keys.tolist()
        new = np.asarray([place for place, key in enumerate(known) if key not in self._stacks], dtype=np.int64)
        if new.size:
            self._stacks |= {known[place]: self.points.size + k for k, place in enumerate(new.tolist())}
            self._add(new.size, *terms_at(new))
        return np.asarray([self._stacks[key] for key in known], dtype=np.int64)

    def _add(self, count: int, of: Ints, term: Ints) -> None:
        """Further stacks with their terms: the stack of each, from 0, and its number."""
        chosen = [self.terms[number] for number in term.tolist()]
        rate = np.asarray([t.rate for t in chosen], dtype=np.float64)
        duty = np.asarray([t.kind == DUTY for t in chosen], dtype=bool)
        lifts = duty & np.asarray([t.floor for t in chosen], dtype=bool)
        ban = np.asarray([t.kind == BAN for t in chosen], dtype=bool)
        floor_of = of[lifts]
        place = np.arange(floor_of.size) - np.searchsorted(floor_of, floor_of)
        widest = max(self.floors.shape[1], int(place.max(initial=0)) + 1)
        floors = np.full((self.start.size - 1 + count, widest), np.nan)
        floors[:-count, : self.floors.shape[1]] = self.floors
        floors[self.start.size - 1 + floor_of, place] = rate[lifts]
        self.floors = floors
        plain = duty & ~lifts
        self.points = np.concatenate([self.points, np.bincount(of[plain], rate[plain], count).astype(np.float64)])
        self.banned = np.concatenate([self.banned, np.bincount(of[ban], minlength=count) > 0])
        self.start = np.concatenate([self.start, self.start[-1] + np.cumsum(np.bincount(of, minlength=count))])
        self.term = np.concatenate([self.term, term])


@dataclass(frozen=True)
class DayStacks:
    """What is owed on every cell of one segment.

    Attributes
    ----------
    row_of : row of `stack` for each pattern, shape (patterns,).
    stack : number of the stack on each cell, as the book of terms has it, shape (rows, cell columns).
    """

    row_of: Ints = field(repr=False)
    stack: Ints = field(repr=False)


@dataclass(frozen=True)
class Layer:
    """Where a term stands: a mask on rows and columns of a block, and its number by column, shape (cols,)."""

    painted: Painted
    mask: Mask
    number: Ints


@dataclass
class Stacker:
    """Makes the stacks of one day after another; what stays from day to day is laid once.

    Attributes
    ----------
    keys : sum of the numbers of the layers on each cell, spread over 64 bits, shape of the space.
    """

    space: Space = field(repr=False)
    book: TermBook = field(repr=False)
    keys: NDArray[np.uint64] = field(init=False, repr=False)
    _laid: dict[int, list[Layer]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.keys = np.zeros(self.space.shape, dtype=np.uint64)

    def on(self, painted: Iterable[Painted]) -> DayStacks:
        """The stacks of a day from its painted measures, which say what took the place of what."""
        laid = {id(block.item): list(_layers(block, self.space, self.book)) for block in painted}
        for item in [item for item in self._laid if item not in laid]:
            self._lay(self._laid.pop(item), off=True)
        for item, layers in laid.items():
            before = self._laid.setdefault(item, [])
            if not _alike(before, layers):
                self._lay(before, off=True)
                self._lay(layers)
                self._laid[item] = layers
        return self._stacks([layer for item in laid for layer in self._laid[item]])

    def _lay(self, layers: Iterable[Layer], *, off: bool = False) -> None:
        """Put layers on the cells, or take them off."""
        for layer in layers:
            # Few cells of a block are under its term: they are looked up in one flat array, which is quicker than two.
            rows, cols = np.divmod(np.flatnonzero(layer.mask), layer.mask.shape[1])
            spread = _mixed(layer.number)[cols]
            cells = layer.painted.rows[rows] * self.keys.shape[1] + layer.painted.cols[cols]
            flat = self.keys.reshape(-1)
            flat[cells] = flat[cells] - spread if off else flat[cells] + spread

    def _stacks(self, layers: Sequence[Layer]) -> DayStacks:
        columns = self.keys.shape[1]
        row_of, leaders = _rows(self.keys)
        keys, first, stack = np.unique(self.keys[leaders], return_index=True, return_inverse=True)
        numbers = self.book.stacks(
            keys, lambda new: _terms_at(layers, leaders[first[new] // columns], first[new] % columns)
        )
        return DayStacks(row_of, numbers[stack].reshape(leaders.size, columns))


def _alike(before: Sequence[Layer], after: Sequence[Layer]) -> bool:
    """Whether layers stand on the same cells under the same numbers."""
    return len(before) == len(after) and all(
        np.array_equal(a.mask, b.mask)
        and np.array_equal(a.number, b.number)
        and np.array_equal(a.painted.rows, b.painted.rows)
        and np.array_equal(a.painted.cols, b.painted.cols)
        for a, b in zip(before, after, strict=True)
    )


def _rows(keys: NDArray[np.uint64]) -> tuple[Ints, Ints]:
    """For each pattern the row that stands for it, and the pattern that leads each row."""
    odd = _mixed(np.arange(1, keys.shape[1] + 1, dtype=np.int64)) | np.uint64(1)
    _, leaders, row_of = np.unique((keys * odd[None, :]).sum(axis=1), return_index=True, return_inverse=True)
    return row_of.reshape(-1).astype(np.int64), leaders.astype(np.int64)


def _layers(block: Painted, space: Space, book: TermBook) -> Iterator[Layer]:
    measure, period, law = block.item.measure, block.item.period, space.law
    if not block.rows.size or not block.cols.size:
        return
    if measure.kind is MeasureKind.BAN:
        yield Layer(block, block.applies, np.full(block.cols.size, book.number(measure, period, BAN, 0.0, False, law)))
        return
    if measure.kind is not MeasureKind.DUTY:
        return
    left = block.applies.copy()
    for cut in block.displaced.values():
        left &= ~cut
    if not block.floor:
        left &= block.owed
    named = period.headings if period is not None else {}
    partners = [space.cell_columns[col].partner if named else "" for col in block.cols.tolist()]
    pairs = list(zip(block.rate.tolist(), partners, strict=True))
    numbers = {
        (r, who): book.number(measure, period, DUTY, r, block.floor, law, who) for r, who in dict.fromkeys(pairs)
    }
    yield Layer(block, left, np.asarray([numbers[pair] for pair in pairs], dtype=np.int64))
    for name, cut in block.displaced.items():
        other = law.by_id[name]
        if other.kind is MeasureKind.EXEMPTION and cut.any():
            number = book.number(other, other.periods[0], EXEMPT, 0.0, False, law)
            yield Layer(block, cut, np.full(block.cols.size, number))


def _mixed(numbers: Ints) -> NDArray[np.uint64]:
    """Numbers spread over 64 bits, so that sums of different sets differ."""
    mixed = (numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _terms_at(layers: Iterable[Layer], rows: Ints, cols: Ints) -> tuple[Ints, Ints]:
    """Terms that stand on some cells: cell and number, each pair once, by cell."""
    pairs: list[tuple[Ints, Ints]] = []
    for layer in layers:
        at_row, at_col = layer.painted.row_at[rows], layer.painted.col_at[cols]
        inside = np.flatnonzero((at_row >= 0) & (at_col >= 0))
        inside = inside[layer.mask[at_row[inside], at_col[inside]]]
        pairs.append((inside, layer.number[at_col[inside]]))
    if not pairs:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    cells, numbers = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    width = int(numbers.max(initial=0)) + 1
    return np.divmod(np.unique(cells * width + numbers), width)


# --- the law by day -------------------------------------------------------------------------------------------------

#: Segments of a span: more would split lines by conditions that hold on few of its days.
MOST_SEGMENTS = 4

#: Days after which a span ends.
FAR = 60

#: What goods are taken for in trade as a whole, among the contexts of `Importer.shares`.
TRADE = "trade"


@dataclass(frozen=True)
class LawSpan:
    """Segments that share lines and columns.

    Attributes
    ----------
    space : the law of the span, every state of the goods kept.
    column_at : partner column -> its position.
    start : first atom of each line, and the end, shape (lines + 1,).
    shares : what the law presumes of each fact, by line, shape (states - 1, lines) each.
    """

    space: Space = field(repr=False)
    column_at: dict[PartnerColumn, int] = field(repr=False)
    start: Ints = field(repr=False)
    shares: Mapping[str, Floats] = field(repr=False)


@dataclass
class Calendar:
    """The law of an importer by day.

    Attributes
    ----------
    where : whose law; `law` : the law itself; `reading` : of time.
    context : of `Importer.shares`; in `TRADE` goods of a partner are those without and with a claim of any programme.
    given : shares of goods that hold for all of them.
    terms : every duty, exemption and ban met so far.
    under : lines that stood under a code on the days of a segment, as far as rows named them; what stood in for it.
    unstated : whether no amount is on record of a claim on a line in a segment, as far as rows asked.
    columns : columns of base duties met so far, each with its number.
    """

    where: Importer
    law: Law
    reading: Reading = Reading.EFFECTIVE
    context: str = "line"
    given: Mapping[str, float] = field(default_factory=dict)
    terms: TermBook = field(default_factory=TermBook)
    under: dict[tuple[str, int], tuple[list[int], str]] = field(default_factory=dict, repr=False)
    unstated: dict[tuple[str, int, int], bool] = field(default_factory=dict, repr=False)
    columns: dict[str, int] = field(default_factory=dict, repr=False)
    _spans: dict[int, LawSpan] = field(default_factory=dict, repr=False)
    _days: dict[int, DayStacks] = field(default_factory=dict, repr=False)
    _live: tuple[int, Resolver, Stacker] | None = field(default=None, repr=False)
    _rates: dict[tuple[str, date], Floats] = field(default_factory=dict, repr=False)
    _open: dict[tuple[str, date], Mask] = field(default_factory=dict, repr=False)
    _extra: set[tuple[str, str]] = field(default_factory=set, repr=False)
    _masks: dict[int, Mask] = field(default_factory=dict, repr=False)

    @cached_property
    def written(self) -> list[str]:
        """Codes of the lines as they are written, with points."""
        return [dotted(code) for code in self.where.lines.codes.tolist()]

    @cached_property
    def edges(self) -> list[date]:
        """First day of every segment but the first, in order."""
        return sorted({*self._base_edges, *self._law_edges, *line_days(self.where)})

    @cached_property
    def _law_edges(self) -> set[date]:
        days = set(self.law.dates)
        if self.reading is Reading.PUBLISHED:
            days |= {p.published for m in self.law.measures for p in m.periods if p.published}
            days |= {g.published for m in self.law.measures for g in m.goods if g.published}
            days |= {rule.published for rule in self.law.active_rules if rule.published}
        return days

    @cached_property
    def _base_edges(self) -> set[date]:
        steps = self.where.own.steps.edges if self.where.own.steps is not None else ()
        return {*self.where.base_days, *self.where.programmes.days, *steps}

    def segments(self, ordinals: Ints) -> Ints:
        """Segment of each day, given as its proleptic ordinal."""
        return np.searchsorted([day.toordinal() for day in self.edges], ordinals, side="right").astype(np.int64)

    @cached_property
    def base_span(self) -> Ints:
        """First segment of those with the base duties of each, shape (segments,)."""
        return np.maximum.accumulate([n if n and self.edges[n - 1] in self._base_edges else 0
                                      for n in range(len(self.edges) + 1)])  # fmt: skip

    def first_day(self, segment: int) -> date:
        """First day of a segment."""
        return self.edges[segment - 1] if segment else ALWAYS

    @cached_property
    def span_of(self) -> Ints:
        """LawSpan of each segment, shape (segments,)."""
        numbers, start, count, number = [0], ALWAYS, 1, 0
        for day in self.edges:
            far = start == ALWAYS or (day - start).days > FAR
            if day in self._base_edges or count >= MOST_SEGMENTS or far:
                number, start, count = number + 1, day, 0
            numbers.append(number)
            count += 1
        return np.asarray(numbers, dtype=np.int64)

    def columns_for(self, pairs: Iterable[tuple[str, str]]) -> None:
        """See that goods of partners under claims (ISO3 code, symbol) have columns in the spans to come."""
        fresh = set(pairs) - self._extra
        if fresh:
            self._extra |= fresh
            self._spans.clear()
            self._days.clear()
            self._live = None

    def span(self, segment: int) -> LawSpan:
        """The span of a segment, compiled when it is first needed."""
        number = int(self.span_of[segment])
        if number not in self._spans:
            self._spans[number] = self._compiled(number)
        return self._spans[number]

    def stacks(self, segment: int) -> DayStacks:
        """What is owed on every cell of a segment."""
        if segment not in self._days:
            span = self.span(segment)
            day = max(self.first_day(segment), self.first_of(int(self.span_of[segment])))
            resolver, stacker = self._at_work(int(self.span_of[segment]), span)
            self._days[segment] = stacker.on(resolver.on(day))
        return self._days[segment]

    def _at_work(self, number: int, span: LawSpan) -> tuple[Resolver, Stacker]:
        """What resolves the days of a span; that of one span alone is kept, as it holds every block of its days."""
        if self._live is None or self._live[0] != number:
            self._live = (
                number,
                Resolver(span.space, self.reading, record=True, lean=True),
                Stacker(span.space, self.terms),
            )
        return self._live[1:]

    def rest(self) -> None:
        """Let go of what resolves the days of a span; what is owed on days that were resolved stays."""
        self._live = None

    def first_of(self, number: int) -> date:
        """First day of a span."""
        return self.first_day(int(np.searchsorted(self.span_of, number)))

    def _compiled(self, number: int) -> LawSpan:
        first, after = self.first_of(number), int(np.searchsorted(self.span_of, number, side="right"))
        last = self.edges[after - 1] - timedelta(1) if after <= len(self.edges) else FOREVER
        columns = self._columns(first)
        law = _between(self.law, first, last)
        shares = self.where.shares(law, self.context, self.given)
        base = self._base({column.base for column in columns}, first)
        space = build_space(law, self.where.lines, columns, shares, base, self.where.painter, keep_states=True)
        space = replace(
            space, atoms=replace(space.atoms, asked={k: self._once(m) for k, m in space.atoms.asked.items()})
        )
        start = np.searchsorted(space.atoms.line, np.arange(len(space.lines) + 1)).astype(np.int64)
        places = {column: i for i, column in enumerate(columns)}
        return LawSpan(space, places, start, shares.by_aspect)

    def _once(self, mask: Mask) -> Mask:
        """A mask on the lines, or the one like it of an earlier span: few of them change from span to span."""
        other = self._masks.setdefault(hash(mask.tobytes()), mask)
        return other if np.array_equal(other, mask) else mask

    def _base(self, names: Iterable[str], on: date) -> dict[str, Floats]:
        """Base duties by column, each computed once for all spans between two days on which they change."""
        since = max((day for day in self._base_edges if day <= on), default=ALWAYS)
        for name in names:
            if (name, since) not in self._rates:
                self._rates |= {(name, since): self.where.base([name], on)[name]}
        return {name: self._rates[name, since] for name in names}

    def _columns(self, on: date) -> list[PartnerColumn]:
        """Goods of every partner, without a claim and under every programme open to it on a day."""
        outside = [code for code in sorted(self.where.countries.names) if code not in self.where.members]
        if self.context == TRADE:
            return list(self.where.trade_columns(outside))
        programmes = [each for each in self.where.programmes.by_symbol.values() if each.kind != "use"]
        open_to = [(code, each.symbol) for each in programmes for code in outside if each.open_to(code, on)]
        pairs = dict.fromkeys([*((code, "") for code in outside), *open_to, *sorted(self._extra)])
        return list(dict.fromkeys(self.column(*pair, on) for pair in pairs))

    def open_to(self, partner: str, on: date) -> Mask:
        """Which programmes goods of a partner may claim on a day, in the order of the programmes."""
        if (partner, on) not in self._open:
            programmes = self.where.programmes.by_symbol.values()
            self._open[partner, on] = np.asarray([each.open_to(partner, on) for each in programmes], dtype=bool)
        return self._open[partner, on]

    def column(self, partner: str, claim: str, on: date) -> PartnerColumn:
        """The column of a partner's goods under a claim (symbol, "" for none) on a day."""
        if self.context == TRADE:
            return self.where.trade_columns([partner])[bool(claim)]
        return PartnerColumn(partner, bool(claim), self.where.base_column(partner, on, claim))


#: Calendars that are kept, as files share a law.
FEW = 4

_KEPT: dict[tuple[Any, ...], Calendar] = {}


def calendar_of(
    where: Importer, law: Law, reading: Reading, context: str, given: tuple[tuple[str, float], ...] = ()
) -> Calendar:
    """The calendar of a law, kept with all that was compiled for it."""
    key = (id(where), id(law), reading, context, given)
    if key not in _KEPT:
        if len(_KEPT) >= FEW:
            _KEPT.clear()
        _KEPT[key] = Calendar(where, law, reading, context, dict(given))
    return _KEPT[key]


def _between(law: Law, first: date, last: date) -> Law:
    """Only the measures and periods with a day in a span."""
    measures = []
    for measure in law.measures:
        periods = tuple(p for p in measure.periods if p.start <= last and p.end >= first)
        if periods:
            measures.append(measure if len(periods) == len(measure.periods) else replace(measure, periods=periods))
    return replace(law, measures=tuple(measures))
