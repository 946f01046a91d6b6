"""Schedule: the law on one date, as coefficients on cells and rates on lines and partners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from detente.codes.errors import UnknownName
from detente.codes.portrait import Readable
from detente.law.law import Law, Reading
from detente.law.measure import MeasureKind
from detente.law.resolve import Painted, Resolver
from detente.law.space import Floats, Ints, Mask, Space


@dataclass(frozen=True, slots=True, repr=False)
class DutyTerm(Readable):
    """One measure's part in the duty on one line from one partner.

    Attributes
    ----------
    rate : share of the value it falls on (for a floor: what is missing to the floor).
    share : share of the line's value it falls on after stacking.
    displaced_by : ids of measures that took its place -> share of value.
    floor : the floor of the total, where the measure is one.
    """

    measure: str
    authority: str
    title: str
    rate: float
    share: float
    citation: str
    instrument: str
    heading: str
    start: date
    end: date
    displaced_by: dict[str, float]
    floor: float | None = None
    note: str = ""

    @property
    def entire(self) -> bool:
        """Whether it falls on the whole value."""
        return self.share > 1.0 - 1e-9

    @property
    def points(self) -> float:
        """What the measure adds to the duty, share of customs value."""
        return self.rate * self.share


@dataclass(frozen=True, repr=False)
class Ladder(Readable):
    """The duty on one line from one partner on one date, rung by rung.

    Attributes
    ----------
    base : base duty, share of customs value.
    terms : duties that apply or were displaced, in order of authority.
    bans : acts under which some of the goods may not be imported; `share` says how much of them.
    total : base plus what each term adds, were the goods let in.
    """

    line: str
    partner: str
    on: date
    base: float
    terms: tuple[DutyTerm, ...]
    bans: tuple[DutyTerm, ...] = ()

    @property
    def total(self) -> float:
        """Duty as a share of customs value."""
        return self.base + sum(term.points for term in self.terms)

    def by_authority(self) -> dict[str, float]:
        """Points added under each authority."""
        points: dict[str, float] = {}
        for term in self.terms:
            points[term.authority] = points.get(term.authority, 0.0) + term.points
        return points


@dataclass(frozen=True, repr=False)
class Schedule(Readable):
    """The law on one date.

    Attributes
    ----------
    painted : measures in force, with the cells on which each owes its duty.
    """

    space: Space
    on: date
    reading: Reading
    painted: tuple[Painted, ...] = field(repr=False)

    @property
    def law(self) -> Law:
        """The law it was made from."""
        return self.space.law

    @property
    def duties(self) -> Iterator[Painted]:
        """Painted duties, without exemptions."""
        return (p for p in self.painted if p.item.measure.kind is MeasureKind.DUTY)

    @cached_property
    def authorities(self) -> tuple[str, ...]:
        """Authorities under which duties are counted, in printing order."""
        return tuple(a.id for a in self.law.levying)

    def coefficients(self, authority: str | None = None) -> tuple[Floats, Floats]:
        """Points added and floors counted on each cell, two arrays of shape (patterns, cell columns).

        The duty of a cell with base duty b is `points - floors * b`, share of customs value.
        """
        points, floors = np.zeros(self.space.shape), np.zeros(self.space.shape)
        for painted in self.duties:
            if authority is None or painted.item.measure.authority == authority:
                block = np.ix_(painted.rows, painted.cols)
                points[block] += painted.owed * painted.rate[None, :]
                if painted.floor:
                    floors[block] += painted.owed
        return points, floors

    def rate(self, authority: str | None = None, columns: Sequence[int] | None = None) -> Floats:
        """Additional duty by line and column, shape (lines, columns), share of customs value.

        `authority` None sums all authorities; the base duty is not in it. `columns` are positions
        in `space.columns`, all by default. Goods are split by the shares the space was built with.
        """
        space = self.space
        wanted = np.arange(len(space.columns)) if columns is None else np.asarray(columns)
        points, floors = self.coefficients(authority)
        starts = np.searchsorted(space.atoms.line, np.arange(len(space.lines)))
        cells = np.unique(space.column_of[wanted])
        rates = np.empty((len(space.lines), space.shape[1]), dtype=np.float64)
        for cell in cells:
            rates[:, cell] = self._column_rate(points[:, cell], floors[:, cell], int(cell), starts)
        return rates[:, space.column_of[wanted]]

    def _column_rate(self, points: Floats, floors: Floats, cell: int, starts: Ints) -> Floats:
        space = self.space
        duty = points[space.pattern]
        if floors.any():
            base = space.base[space.cell_columns[cell].base][space.atoms.line]
            duty = duty - floors[space.pattern] * base
        return np.add.reduceat(duty * space.atoms.weight, starts)

    def base(self, columns: Sequence[int] | None = None) -> Floats:
        """Base duty by line and column, shape (lines, columns), share of customs value."""
        wanted = range(len(self.space.columns)) if columns is None else columns
        return np.stack([self.space.base[self.space.columns[i].base] for i in wanted], axis=1)

    @cached_property
    def recorded(self) -> Schedule:
        """The same schedule with what took the place of each displaced term."""
        return schedule_on(self.space, self.on, self.reading, record=True)

    def explain(self, line: str, partner: str, *, preference: bool = False) -> Ladder:
        """Every rung of the duty on a line (ten digits) from a partner (ISO3), goods split by the shares of trade."""
        columns = {(c.partner, c.preference): i for i, c in enumerate(self.space.columns)}
        if (partner, preference) not in columns:
            raise UnknownName("partner", partner, {c.partner for c in self.space.columns}, "schedule")
        return self.recorded.ladder(self.space.lines.index(line, "schedule"), columns[(partner, preference)])

    def ladder(self, line: int, column: int) -> Ladder:
        """Every rung of the duty on one line for one column (positions on the axes)."""
        space = self.space
        cell = int(space.column_of[column])
        chosen = np.flatnonzero(space.atoms.line == line)
        rows, weight = space.pattern[chosen], space.atoms.weight[chosen]
        base, partner = float(space.base[space.columns[column].base][line]), space.columns[column].partner
        terms = [t for p in self.duties if (t := _term(p, rows, weight, cell, base, partner)) is not None]
        order = {name: i for i, name in enumerate(self.authorities)}
        terms.sort(key=lambda term: order.get(term.authority, len(order)))
        banned = (
            _term(p, rows, weight, cell, base, partner) for p in self.painted if p.item.measure.kind is MeasureKind.BAN
        )
        bans = tuple(term for term in banned if term is not None)
        return Ladder(str(space.lines.codes[line]), partner, self.on, base, tuple(terms), bans)


def _share(mask: Mask, painted: Painted, rows: Ints, weight: Floats, cell: int) -> float:
    """Weight of the atoms on which a mask of a block holds."""
    col = np.flatnonzero(painted.cols == cell)
    if not col.size:
        return 0.0
    places = np.minimum(np.searchsorted(painted.rows, rows), max(painted.rows.size - 1, 0))
    inside = (painted.rows[places] == rows) if painted.rows.size else np.zeros(rows.size, dtype=bool)
    return float(weight[inside & np.where(inside, mask[places, col[0]], False)].sum()) if inside.any() else 0.0


def _term(painted: Painted, rows: Ints, weight: Floats, cell: int, base: float, partner: str) -> DutyTerm | None:
    if not _share(painted.applies, painted, rows, weight, cell):
        return None
    m, period = painted.item.measure, painted.item.period
    left = painted.applies.copy()
    for cut in painted.displaced.values():
        left &= ~cut
    full = float(painted.rate[np.flatnonzero(painted.cols == cell)[0]])
    cuts = {name: _share(cut, painted, rows, weight, cell) for name, cut in painted.displaced.items()}
    return DutyTerm(
        measure=m.id,
        authority=m.authority,
        title=m.title,
        rate=max(0.0, full - base) if painted.floor else full,
        share=_share(left, painted, rows, weight, cell),
        citation=period.citation or m.citation,
        instrument=period.instrument or m.instrument,
        heading=period.heading_of(partner, met=painted.floor and full <= base) or m.heading,
        start=period.start,
        end=period.end,
        displaced_by={name: share for name, share in cuts.items() if share > 0},
        floor=full if painted.floor else None,
        note=period.note or m.note,
    )


def schedule_on(space: Space, day: date, reading: Reading = Reading.EFFECTIVE, *, record: bool = False) -> Schedule:
    """The law of a space on one date. With `record` each displaced term names what took its place."""
    resolver = Resolver(space, reading, record=record)
    return Schedule(space, day, reading, tuple(resolver.on(day)))
