"""Ranges of an average over the shares nobody observes: the same draws as those of a whole run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np

from detente.codes import Table, table_of
from detente.draws import band
from detente.lab.ground.averages import Ground
from detente.lab.ground.uncertain import Position, UncertainDuties, averages, uncertain_duties
from detente.lab.statute.standing import standing_of
from detente.law import Law, Reading
from detente.trade.ranges import ELASTICITY, AverageRange

SEED = 20250512


def range_table(
    ground: Ground, on: date, reading: Reading = Reading.EFFECTIVE, draws: int = 200, seed: int = SEED
) -> Table:
    """The average on a day with its 5-95% range, and what each uncertain share does to it alone."""
    average = range_of(ground, on, reading, draws, seed)
    rows = [("average, 5-95% of joint draws", average.low, average.value, average.high)]
    swings = sorted(average.swings.items(), key=lambda kv: -abs(kv[1][1] - kv[1][0]))
    named = [(input_name(ground.law, name), pair) for name, pair in swings if average.moved_by(name)]
    rows += [(f"only: {name}", min(pair), average.value, max(pair)) for name, pair in named]
    table = table_of("averages.range", rows, on=on, draws=draws, seed=seed)
    return table.standing_on(standing_of(ground.law, on, on))


def input_name(law: Law, name: str) -> str:
    """What an uncertain input is called for readers: the title of an aspect and the parameter that sets it."""
    return f"{law.aspects[name].title} ({name})" if name in law.aspects else name


def range_of(
    ground: Ground, on: date, reading: Reading = Reading.EFFECTIVE, draws: int = 200, seed: int = SEED
) -> AverageRange:
    """Range of the average over content and claim shares."""
    duties = uncertain_duties(ground.reaching(on), on, reading)
    average = duties.owed(duties.flows.value / duties.flows.total)
    return _range(duties, duties.inputs, average, draws, seed)


def post_range_of(
    ground: Ground, start: date, on: date, reading: Reading, elasticity: float, draws: int, seed: int
) -> AverageRange:
    """Range of the average at post-shock weights over the elasticity, from half to twice of it, and all shares."""
    before, after = (uncertain_duties(ground.reaching(min(start, on)), day, reading) for day in (start, on))

    def average(position: Position) -> float:
        moved = elasticity * 2.0 ** position.get(ELASTICITY, 0.0)
        return averages(after.flows, before.at(position), after.at(position), moved)[1]

    return _range(after, [*dict.fromkeys([*after.inputs, *before.inputs]), ELASTICITY], average, draws, seed)


def _range(
    duties: UncertainDuties, inputs: Sequence[str], average: Callable[[Position], float], draws: int, seed: int
) -> AverageRange:
    """The value in the middle, its 5th and 95th percentile over draws, and what each input does alone.

    Which inputs are drawn follows from what the law asks about the goods, never from how numbers compare.
    """
    value = average({})
    drawn = [average(position) for position in duties.positions(inputs, draws, seed)]
    low, high = band(np.asarray(drawn)) if drawn else (value, value)
    swings = {name: (average({name: -1.0}), average({name: 1.0})) for name in inputs}
    return AverageRange(value, float(low), float(high), swings, draws, seed)
