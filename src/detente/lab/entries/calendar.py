"""Calendar: the law of an importer compiled span by span, and what each cell of it owes on each day that differs.

Days between two changes of the law are one segment; neighbouring segments under the same base duties share a span,
whose lines and columns are compiled once. What is owed on a cell of a segment is its stack: what applies there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import dotted
from detente.data.importers import Importer
from detente.lab.entries.stacks import DayStacks, Stacker, TermBook
from detente.lab.statute.lookup import line_days
from detente.law import Law, PartnerColumn, Reading, Space
from detente.law.measure import ALWAYS, FOREVER
from detente.law.schedule import Resolver
from detente.law.space import build_space

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

MOST_SEGMENTS = 4
"""Segments of a span: more would split lines by conditions that hold on few of its days."""

FAR = 60
"""Days after which a span ends."""

TRADE = "trade"
"""What goods are taken for in trade as a whole, among the contexts of `Importer.shares`."""


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


FEW = 4
"""Calendars that are kept, as files share a law."""

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
