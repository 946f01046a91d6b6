"""Ranges of an average over what nobody observes: shares of goods, claims of another time, trade of another year.

On one day the law fixes the duty on an atom of a line, so the duty of a pair is linear in the weights of its atoms. It
is computed once for each kind of pair; a draw of the shares is then one product over the kinds. What is modelled with
the trade of a year, and what claims of a preference it is laid under, is a choice; ranges hold both sides of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from detente.codes import Table, table_of
from detente.codes.axis import Ints
from detente.data.flows import STANDS_FOR, chn_imports, usa_imports, usa_pairs
from detente.data.importers import importer
from detente.data.tables import EMBEDDED, partner_name
from detente.data.trade_years import YEARS, Pairs
from detente.draws import Input, band, sampled
from detente.lab.averages.laid_law import LaidLaw, at_other_claims
from detente.lab.statute.standing import standing_of
from detente.law import Law, Reading, Schedule, schedule_on
from detente.trade import Exposure, Flows, Onto, post_value
from detente.trade.exposure import (
    CLAIMS,
    ELASTICITY,
    AtomWeights,
    AverageRange,
    BoundedShare,
    base_at,
    bounded,
    partner_columns,
)
from detente.trade.flows import Floats, PairKinds, kinds, kinds_of_pairs

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from detente.lab.averages.sides import Side

#: Positions at which duties are computed side by side.
SEVERAL = 256

#: Input -> where it lies: -1 at its low bound, 0 at its default, 1 at its high bound; 0 for what is left out.
Position = Mapping[str, float]

Positions = Sequence[Position]
Kept = TypeVar("Kept")


@dataclass(frozen=True)
class UncertainDuties:
    """Duty of every pair of an importer's trade under one law on one day, linear in the weights of atoms and in claims.

    Attributes
    ----------
    weights : of the kinds of atoms whose duty depends on shares, after one that always weighs 1.
    kind : of each pair; the law and the draws treat pairs of a kind alike but for their claims, shape (pairs,).
    sides : duty of goods without and with a claim by kind of atom, shape (kinds, 1 + atoms), share of customs value.
    claims : share that claims a preference, at its default and at its other bound, each of shape (pairs,).
    """

    flows: Flows = field(repr=False)
    weights: AtomWeights = field(repr=False)
    kind: Ints = field(repr=False)
    sides: tuple[csr_array, csr_array] = field(repr=False)
    claims: tuple[Floats, Floats] = field(repr=False)

    @property
    def inputs(self) -> list[str]:
        """Aspects some duty depends on, and the claims if their bounds differ."""
        first, other = self.claims
        return self.weights.inputs + ([CLAIMS] if (first != other).any() else [])

    def positions(self, names: Sequence[str], draws: int, seed: int) -> list[dict[str, float]]:
        """Joint draws of where some inputs lie, by Latin hypercube; an input has the same ones in every answer.

        Names are those of `inputs`, or of anything else that lies between -1 and 1.
        """
        if not draws:
            return []
        inputs = [position_input(self.flows.importer, name) for name in names]
        return [dict(zip(names, row, strict=True)) for row in sampled(inputs, draws, seed).values.tolist()]

    def of(self, pairs: Ints) -> UncertainDuties:
        """The duties of some pairs, by position, from which no duty of the whole is owed."""
        first, other = self.claims
        return replace(self, kind=self.kind[pairs], claims=(first[pairs], other[pairs]))

    @property
    def codes(self) -> tuple[Ints, ...]:
        """Numbers of each pair that are alike where its duty is the same at every position, each of shape (pairs,)."""
        return self.kind, *(np.unique(part, return_inverse=True)[1] for part in self.claims)

    def at(self, position: Position) -> Floats:
        """Duty of every pair, shape (pairs,), share of customs value."""
        weight = self._weights([position])[:, 0]
        without, claimed = (side @ weight for side in self.sides)
        first, other = self.claims
        step = float(_claim_steps([position])[0])
        claim = first + step * (other - first) if step else first
        return without[self.kind] + claim * (claimed - without)[self.kind]

    def _weights(self, positions: Positions) -> Floats:
        """Weight of each kind of atom in its line, after the one that weighs 1, shape (1 + atoms, positions)."""
        return np.vstack([np.ones(len(positions)), self.weights.at(positions)])

    def owed(self, value: Floats) -> Callable[[Positions], Floats]:
        """The duty owed on values of the pairs at some positions, shape (positions,).

        Parameters
        ----------
        value : shape (pairs,), any one unit, which is that of the duty.
        """
        first, other = self.claims
        without, claimed, step = (
            np.bincount(self.kind, value * part, minlength=self.sides[0].indptr.size - 1)
            for part in (1.0 - first, first, other - first)
        )
        main = self.sides[0].T @ without + self.sides[1].T @ claimed
        further = (self.sides[1] - self.sides[0]).T @ step

        def owed(positions: Positions) -> Floats:
            weights = self._weights(positions)
            return main @ weights + _claim_steps(positions) * (further @ weights)

        return owed

    def of_pairs(self, pairs: Ints) -> Callable[[Positions], Iterator[Floats]]:
        """The duty of some pairs at one position after another, shape (pairs,), share of customs value."""
        first, other = (claim[pairs] for claim in self.claims)
        kind, further = self.kind[pairs], other - first
        without, more = self.sides[0], self.sides[1] - self.sides[0]

        def duties(positions: Positions) -> Iterator[Floats]:
            for start in range(0, len(positions), SEVERAL):
                some = positions[start : start + SEVERAL]
                weights = self._weights(some)
                rows = (np.ascontiguousarray((side @ weights).T) for side in (without, more))
                for plain, claimed, step in zip(*rows, _claim_steps(some), strict=True):
                    yield plain[kind] + (first + step * further if step else first) * claimed[kind]

        return duties

    @cached_property
    def _heeds_claims(self) -> NDArray[np.bool_]:
        """Whether the duty depends on the claim, shape (pairs,)."""
        without, claimed = self.sides
        return np.logical_or.reduceat(without.data != claimed.data, without.indptr[:-1])[self.kind]

    def alike(self, other: UncertainDuties, *values: Floats) -> tuple[Ints, tuple[Floats, ...]]:
        """A pair of each kind that neither law nor draws tell apart, shape (kinds,), and values of each kind.

        Parameters
        ----------
        other : of the same trade under another law.
        values : of the pairs, USD, each of shape (pairs,); they come back by kind, in that order.
        """
        heed = np.flatnonzero(self._heeds_claims | other._heeds_claims)
        # Claims of the other law are others where programmes end between the two.
        same = all(a is b or np.array_equal(a, b) for a, b in zip(self.claims, other.claims, strict=True))
        shares = self.claims if same else (*self.claims, *other.claims)
        claims = np.zeros((len(shares), self.kind.size), dtype=np.int64)
        for number, claim in zip(claims, shares, strict=True):
            number[heed] = np.unique(claim[heed], return_inverse=True)[1]
        first, kind = kinds(self.kind, other.kind, *claims)
        return first, tuple(np.bincount(kind, value).astype(np.float64) for value in values)


def _claim_steps(positions: Positions) -> Floats:
    """How far claims are from their default to their other bound, shape (positions,)."""
    return np.maximum(0.0, [position.get(CLAIMS, 0.0) for position in positions])


def position_input(code: str, name: str, title: str = "") -> Input:
    """An input of an importer as a position: -1 at the low bound, 0 at the default, 1 at the high bound.

    Its draws are those of its name among the inputs of all importers; the elasticity is of no importer.
    """
    return Input(name if name == ELASTICITY else f"{code} {name}", 0.0, -1.0, 1.0, title=title)


def uncertain_duties(
    ground: LaidLaw, on: date, reading: Reading = Reading.EFFECTIVE, claims: tuple[Floats, Floats] | None = None
) -> UncertainDuties:
    """The duties of a ground's law on a day, ready for draws of shares.

    Parameters
    ----------
    claims : those of the same trade on another day, where they are known.
    """
    here = ground.as_of(on)
    ground, claims = here, claims if here is ground else None
    space, flows = ground.kept_space(on), ground.flows
    default = ground.where.shares(ground.law, "trade", ground.parameters)
    shares = dict(bounded(default, *ground.where.bounds(ground.law, ground.parameters)))
    for name, share in shares.items():
        if share.default.shape[0] == 1:  # a share that is known and lies outside the bounds of the others is no bound
            known = (share.default < share.low) | (share.default > share.high)
            ends = (np.where(known, share.default, end) for end in (share.low, share.high))
            shares[name] = BoundedShare(share.default, *ends)
    weights, atom_kind = AtomWeights.of(space.atoms, shares)
    pairs = kinds_of_pairs(space, flows, partner_columns(space, flows, STANDS_FOR), atom_kind)
    schedule = schedule_on(space, on, reading)
    points, floors = schedule.coefficients()
    line, pattern, duties = space.atoms.line[pairs.atom], space.pattern[pairs.atom] * space.shape[1], list[Floats]()
    for cell in (cells[pairs.row] for cells in pairs.cells):
        base, place = base_at(space, cell, line), pattern + cell
        duties.append(base + points.take(place) - floors.take(place) * base)
    used, place, kept = _moving(pairs, duties, atom_kind)
    ends = np.concatenate([[0], np.cumsum(np.bincount(pairs.row[kept]))])
    shape = pairs.starts.size, used.size + 1
    from scipy.sparse import csr_array  # Slow to load.

    without, claimed = (csr_array((duty[kept], place[kept], ends), shape=shape) for duty in duties)
    first, kind = _distinct(without, claimed, used.size + 1)
    sides = without[first], claimed[first]
    return UncertainDuties(flows, weights.take(used), kind[pairs.kind], sides, claims or claim_bounds(flows))


def _distinct(without: csr_array, claimed: csr_array, n: int) -> tuple[Ints, Ints]:
    """A row of each kind, and the kind of each row, of matrices with n columns.

    Rows are of a kind if they come to the same at random weights; others do so with a chance below 1e-6.
    """
    weights = np.random.PCG64(0).random_raw(2 * n).astype(np.float64)
    sums = without @ weights[:n] + 1j * (claimed @ weights[n:])
    _, first, kind = np.unique(sums, return_index=True, return_inverse=True)
    return first, kind


def _moving(pairs: PairKinds, duties: Sequence[Floats], atom_kind: Ints) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Kinds of atoms in use, the place of each row among them, and the rows to keep.

    Rows of pairs whose duty depends on the atom stand from 1 on; of any other pair the first stands for all, at 0.
    """
    moving = np.zeros(pairs.starts.size, dtype=bool)
    for duty in duties:
        moving |= np.maximum.reduceat(duty, pairs.starts) != np.minimum.reduceat(duty, pairs.starts)
    kept, place = moving[pairs.row], np.zeros(pairs.row.size, dtype=np.int64)
    used, number = np.unique(atom_kind[pairs.atom[kept]], return_inverse=True)
    place[kept] = number + 1
    kept[pairs.starts] = True
    return used, place, kept


def claim_bounds(flows: Flows) -> tuple[Floats, Floats]:
    """Claim shares at their default and at their other bound, each of shape (pairs,); kept with the flows."""
    return kept_with(flows, "_claim_bounds", lambda: (flows.claim, (at_other_claims(flows) or flows).claim))


def kept_with(owner: object, name: str, make: Callable[[], Kept]) -> Kept:
    """What is kept with a value under a name; made where it is not."""
    if name not in owner.__dict__:
        owner.__dict__[name] = make()
    return owner.__dict__[name]


def averages(value: Floats, start: Floats, rates: Floats, elasticity: float) -> tuple[float, float, float, float]:
    """Average at fixed and at post-shock weights, share; duty a year at fixed and at post-shock weights, USD."""
    moved = post_value(value, start, rates, elasticity)
    static, elastic = float(value @ rates), float(moved @ rates)
    return static / float(value.sum()), elastic / float(moved.sum()), static, elastic


#: What readers call the choice of the year whose trade weighs duties.
YEAR = "year of weights"


#: What ranges of the economy hold beside sets of elasticities and closures, where it moves a duty.
CLAIMS_MOVED, YEAR_MOVED = "claims", "year"


def weighed_by(trade: Onto, value: Floats, other: Floats | None) -> Onto:
    """Trade on the axes of a world with other values of its pairs; as it is without them.

    Parameters
    ----------
    value, other : of the undivided pairs, USD, each of shape (pairs,).
    """
    if other is None:
        return trade
    scale = other / np.where(value > 0.0, value, 1.0)
    return replace(trade, value=trade.value * scale[trade.source])


def at_claims(side: Side) -> Floats | None:
    """Duty of every pair at the other bound of claims, share of customs value, shape (pairs,); None where none is.

    Kept with the side.
    """
    return kept_with(side, "_at_claims", lambda: claimed_otherwise(side.here.exposure, side.schedule, side.rates.total))


def claimed_otherwise(exposure: Exposure, schedule: Schedule, rates: Floats) -> Floats | None:
    """Duties of pairs at the other bound of claims, share, shape (pairs,); None where none is."""
    claim, other = claim_bounds(exposure.flows)
    if not (moves := other != claim).any():
        return None
    rates = rates.copy()
    rates[moves] += (other - claim)[moves] * exposure.preference(schedule)[moves]
    return rates


def years_of(flows: Flows) -> tuple[str, str] | None:
    """The year whose trade weighs duties and the one before it (after it, for the first); None for other trade."""
    table, text = importer(flows.importer).file.schedule.table, flows.period[:4]
    if table not in EMBEDDED or not flows.source.startswith(("usa_imports", "chn_imports")) or not text.isdigit():
        return None
    year = int(text)
    return text, str(year - 1 if year > YEARS[0] else year + 1)


def of_other_year(flows: Flows) -> Floats | None:
    """The trade of the other year on the pairs of this one, USD, shape (pairs,); None where no other is known.

    Trade in goods that a partner does not sell in this year goes with its trade in the same chapter. Kept with the
    flows, once for all claims.
    """
    known = flows.same_trade or flows
    return kept_with(known, "_of_other_year", lambda: _of_other_year(known))


def _of_other_year(flows: Flows) -> Floats | None:
    years = years_of(flows)
    if years is None:
        return None
    year = int(years[1])
    if flows.importer == "USA" and flows.split is not None:
        return onto_pairs(*usa_pairs(year), flows)
    other = usa_imports(year=year).expanded()[0] if flows.importer == "USA" else chn_imports(year)
    return onto_pairs(other.partners, Pairs(other.line_at, other.partner_at, other.value), flows)


def year_input(years: tuple[str, str]) -> Input:
    """The choice of the year, each as likely; its draws are the same in every answer."""
    return Input(YEAR, years[0], shape="choice", choices=years, title="year")


def other_year_drawn(years: tuple[str, str], draws: int, seed: int) -> list[float]:
    """Whether each draw weighs by the other year, 1 or 0, shape (draws,)."""
    return [float(row[YEAR] != years[0]) for row in sampled([year_input(years)], draws, seed).rows] if draws else []


def claims_between(code: str, draws: int, seed: int) -> Floats:
    """How far claims of each draw lie from their default to their other bound, 0 to 1, shape (draws,)."""
    if not draws:
        return np.zeros(0)
    return np.maximum(0.0, sampled([position_input(code, CLAIMS)], draws, seed).values[:, 0])


def onto_pairs(partners: Sequence[str], other: Pairs, flows: Flows) -> Floats:
    """Trade laid on the pairs of other trade of the same lines, USD, shape (pairs,).

    Parameters
    ----------
    other : the trade, whose partners are those named.
    """
    places = {code: place for place, code in enumerate(flows.partners)}
    partner = np.asarray([places.get(code, -1) for code in partners], dtype=np.int64)[other.partner]
    lines, n = len(flows.lines), len(flows.partners)
    row = np.full(n * lines, -1)
    row[flows.partner_at * lines + flows.line_at] = np.arange(flows.value.size)
    place = np.where(partner >= 0, row[partner * lines + other.line], -1)
    value = np.bincount(place[place >= 0], other.value[place >= 0], minlength=flows.value.size)
    chapter = np.unique(flows.lines.codes.astype("<U2"), return_inverse=True)[1]
    cell, rest = flows.partner_at * CHAPTERS + chapter[flows.line_at], (partner >= 0) & (place < 0)
    beside = (partner * CHAPTERS + chapter[other.line])[rest]
    more = np.bincount(beside, other.value[rest], minlength=n * CHAPTERS)
    laid = np.bincount(cell, value, minlength=n * CHAPTERS)
    return value * (1.0 + more / np.where(laid > 0, laid, np.inf))[cell]


#: Chapters at most.
CHAPTERS = 100


SEED = 20250512


def range_table(
    ground: LaidLaw, on: date, reading: Reading = Reading.EFFECTIVE, draws: int = 200, seed: int = SEED
) -> Table:
    """The average on a day with its 5-95% range, and what each uncertain share does to it alone."""
    average = range_of(ground, on, reading, draws, seed)
    rows = [("joint", average.low, average.value, average.high)] if draws else []
    swings = sorted(average.swings.items(), key=lambda kv: -abs(kv[1][1] - kv[1][0]))
    rows += [
        (INPUTS.get(name, name), min(pair), average.value, max(pair)) for name, pair in swings if average.moved_by(name)
    ]
    table = table_of("averages.range", rows, on=on, draws=draws, seed=seed)
    table = table.named(titles_of({ground.law.importer: ground.law}))
    table = table if draws else replace(table, notes=())
    return table.standing_on(standing_of(ground.law, on, on, partners=ground.chosen))


#: Ids of inputs by the names that their draws are seeded with; others have the name of the parameter that sets them.
INPUTS = {CLAIMS: "claims", ELASTICITY: "import_elasticity", YEAR: "year"}


def titles_of(laws: Mapping[str, Law]) -> dict[str, str]:
    """What lawbooks call the inputs they ask about, by id; those of importers but the first with whose they are."""
    own, titles = next(iter(laws)), dict[str, str]()
    for code, law in laws.items():
        for name, aspect in law.aspects.items():
            titles[input_id(name, code, own)] = aspect.title if code == own else f"{aspect.title}, {partner_name(code)}"
    return titles


def input_id(name: str, code: str, own: str) -> str:
    """The id of an input of an importer in the tables of a run, whose first importer is another or the same."""
    return INPUTS.get(name, name) if code == own else f"{INPUTS.get(name, name)}_{code.lower()}"


def range_of(
    ground: LaidLaw, on: date, reading: Reading = Reading.EFFECTIVE, draws: int = 200, seed: int = SEED
) -> AverageRange:
    """Range of the average over content and claim shares."""
    return _fixed_range(uncertain_duties(ground.reaching(on), on, reading), draws, seed)


def ranges_of(
    ground: LaidLaw, start: date, on: date, reading: Reading, elasticity: float, draws: int, seed: int
) -> tuple[AverageRange, AverageRange]:
    """Range of the average at fixed weights over all shares, as `range_of`, and at post-shock weights.

    The latter set out from the law of `start` and are drawn with the elasticity, from half to twice of it.
    """
    long = ground.reaching(min(start, on))
    before = uncertain_duties(long, start, reading)
    after = uncertain_duties(long, on, reading, before.claims)
    short = ground.reaching(on)
    fixed = after if short is long else uncertain_duties(short, on, reading)
    return _fixed_range(fixed, draws, seed), _post_range(before, after, elasticity, draws, seed)


def _fixed_range(duties: UncertainDuties, draws: int, seed: int) -> AverageRange:
    means = [duties.owed(value / value.sum()) for value in _years(duties)]

    def average(positions: Positions) -> Floats:
        place = np.asarray([position.get(YEAR, 0.0) for position in positions], dtype=np.int64)
        return np.stack([mean(positions) for mean in means])[place, np.arange(place.size)]

    return _range(duties, duties.inputs, average, draws, seed)


def _post_range(
    before: UncertainDuties, after: UncertainDuties, elasticity: float, draws: int, seed: int
) -> AverageRange:
    """The average is of kinds of pairs: those that no draw tells apart move together."""
    pairs, values = after.alike(before, *_years(after))
    old, new = before.of_pairs(pairs), after.of_pairs(pairs)

    def average(positions: Positions) -> Floats:
        moves = [elasticity * 2.0 ** position.get(ELASTICITY, 0.0) for position in positions]
        weights = [values[int(position.get(YEAR, 0.0))] for position in positions]
        rows = zip(weights, old(positions), new(positions), moves, strict=True)
        moved = ((post_value(value, start, rates, move), rates) for value, start, rates, move in rows)
        return np.asarray([float(value @ rates) / float(value.sum()) for value, rates in moved])

    return _range(after, [*dict.fromkeys([*after.inputs, *before.inputs]), ELASTICITY], average, draws, seed)


def _years(duties: UncertainDuties) -> list[Floats]:
    """The trade that weighs the duties and, where it is known, that of the other year, USD, each of shape (pairs,)."""
    other = of_other_year(duties.flows)
    return [duties.flows.value] if other is None else [duties.flows.value, other]


def _range(
    duties: UncertainDuties, inputs: Sequence[str], average: Callable[[Positions], Floats], draws: int, seed: int
) -> AverageRange:
    """The value in the middle, its 5th and 95th percentile over draws, and what each input does alone.

    Which inputs are drawn follows from what the law asks about the goods and which trade is on record, never from how
    numbers compare.
    """
    years = years_of(duties.flows)
    alone = [{name: end} for name in inputs for end in (-1.0, 1.0)]
    alone += [{YEAR: place} for place in (0.0, 1.0)] if years else []
    positions = duties.positions(inputs, draws, seed)
    if years:
        other = other_year_drawn(years, draws, seed)
        positions = [{**position, YEAR: place} for position, place in zip(positions, other, strict=True)]
    value, *others = average([{}, *alone, *positions]).tolist()
    ends, drawn = others[: len(alone)], others[len(alone) :]
    low, high = band(np.asarray(drawn)) if drawn else (value, value)
    names = [*inputs, YEAR] if years else inputs
    swings = dict(zip(names, zip(ends[::2], ends[1::2], strict=True), strict=True))
    return AverageRange(value, float(low), float(high), swings, draws, seed)
