"""Stacks: the duties, exemptions and bans that meet on a cell of the law on one day, each set of them once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.law import Space
from detente.law.law import Law
from detente.law.measure import Measure, MeasureKind, Period
from detente.law.schedule import Painted

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

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
        import polars as pl

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
