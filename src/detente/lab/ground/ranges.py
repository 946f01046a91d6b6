"""Ranges of an average over the shares nobody observes: the same draws as those of a whole run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from detente.codes import Table, table_of
from detente.data.tables import partner_name
from detente.draws import band
from detente.lab.ground.bounds import YEAR, of_other_year, other_year_drawn, years_of
from detente.lab.ground.ground import Ground
from detente.lab.ground.uncertain import Positions, UncertainDuties, uncertain_duties
from detente.lab.statute.standing import standing_of
from detente.law import Law, Reading
from detente.trade import post_value
from detente.trade.flows import Floats
from detente.trade.ranges import CLAIMS, ELASTICITY, AverageRange

SEED = 20250512


def range_table(
    ground: Ground, on: date, reading: Reading = Reading.EFFECTIVE, draws: int = 200, seed: int = SEED
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


INPUTS = {CLAIMS: "claims", ELASTICITY: "import_elasticity", YEAR: "year"}
"""Ids of inputs by the names that their draws are seeded with; others have the name of the parameter that sets them."""


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
    ground: Ground, on: date, reading: Reading = Reading.EFFECTIVE, draws: int = 200, seed: int = SEED
) -> AverageRange:
    """Range of the average over content and claim shares."""
    return _fixed_range(uncertain_duties(ground.reaching(on), on, reading), draws, seed)


def ranges_of(
    ground: Ground, start: date, on: date, reading: Reading, elasticity: float, draws: int, seed: int
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
        return _of_years(positions, [mean(positions) for mean in means])

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
        return np.asarray([_after_substitution(*row) for row in rows])

    return _range(after, [*dict.fromkeys([*after.inputs, *before.inputs]), ELASTICITY], average, draws, seed)


def _after_substitution(value: Floats, start: Floats, rates: Floats, elasticity: float) -> float:
    """Average at post-shock weights, share; that of `averages` alone."""
    moved = post_value(value, start, rates, elasticity)
    return float(moved @ rates) / float(moved.sum())


def _years(duties: UncertainDuties) -> list[Floats]:
    """The trade that weighs the duties and, where it is known, that of the other year, USD, each of shape (pairs,)."""
    other = of_other_year(duties.flows)
    return [duties.flows.value] if other is None else [duties.flows.value, other]


def _of_years(positions: Positions, by_year: Sequence[Floats]) -> Floats:
    """The number of each position by its year of weights, shape (positions,)."""
    place = np.asarray([position.get(YEAR, 0.0) for position in positions], dtype=np.int64)
    return np.stack(by_year)[place, np.arange(place.size)]


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
