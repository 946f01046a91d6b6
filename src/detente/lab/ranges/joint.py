"""Uncertainty: all inputs of a scenario that nobody knows, drawn jointly; ranges of its headline numbers, a tornado.

One seed, one Latin hypercube over content and use shares and claims of both importers, the year whose trade weighs
duties, the import-demand elasticity, the set of trade elasticities and their scale, and what happens to trade balances.
Every draw goes the whole way: shares to duties, duties to averages and to tariffs of the world, tariffs to both
equilibria. So a share that moves a duty moves real income in the same draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import SolveError, Table, declared_note, table_of
from detente.codes.axis import Floats
from detente.data.limits import memoized
from detente.data.worlds import load_economy
from detente.draws import (
    BAND,
    LEAST_DRAWS,
    MOST_FAILED,
    Driver,
    Input,
    Sample,
    Value,
    associations,
    central,
    columns_of,
    drivers,
    moved_by,
    quantiles,
    sampled,
    swing,
)
from detente.economy import Economy, Equilibrium, Shock, elasticities, solve
from detente.economy.solver import beside, under_closure
from detente.lab.averages.axes import WORLD, Axes, laid, tariff_under
from detente.lab.averages.ranges import (
    INPUTS,
    YEAR,
    UncertainDuties,
    averages,
    input_id,
    of_other_year,
    position_input,
    titles_of,
    weighed_by,
    year_input,
    years_of,
)
from detente.lab.averages.ranges import uncertain_duties as duties_of
from detente.lab.averages.sides import START, Pairing, Side
from detente.lab.scenario import CLOSURES, Scenario
from detente.lab.work.chunks import Chunk, Crew, Progress, given_value, go_on, in_memory, spans
from detente.lab.work.threads import on_one_thread
from detente.lab.world.chosen import NO_COSTS, Pair, changes_costs, pairs_of, world_at, world_of
from detente.lab.world.incidence import BALANCES, PARTIES, SETS, Effect, parties_of
from detente.lab.world.tables import measures, sign_of
from detente.trade import Onto
from detente.trade.exposure import ELASTICITY

#: Variant, measure, country, partner ("" for none).
Key = tuple[str, str, str, str]
#: Input -> its value in a draw: a position between bounds, a number, or a name.
Values = Mapping[str, Value]

#: Name that its draws are seeded with; so are those of the next two.
SCALE = "scale of trade elasticities"

SET, BALANCE = "trade elasticities", "what happens to trade balances"

#: Numbers that are drawn for maps and lists of countries; the tables of headline numbers leave them out.
EVERYBODY = "real_income_of_all"

#: Draws handed to a process at a time; draws from which on several processes are worth their start.
CHUNK, SEVERAL = 10, 60

#: Trade answers over years: in the first it is about half of what it becomes, so the scale runs from there to one.
LEAST_SCALE = 0.5

#: Where an input stands that moves a number one way only.
DEFAULT = "default"


@dataclass(frozen=True)
class JointDraws:
    """Joint draws of a scenario.

    Attributes
    ----------
    sample : what was drawn; `keys` : the numbers measured.
    central : the numbers with every input central; `alone` : input -> what stands there -> the numbers.
    numbers : shape (draws, keys), NaN where a draw has no equilibrium.
    names : words of ids of inputs that lawbooks have.
    """

    sample: Sample
    keys: tuple[Key, ...]
    central: Floats = field(repr=False)
    alone: Mapping[str, Mapping[str, Floats]] = field(repr=False)
    numbers: Floats = field(repr=False)
    names: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def headlines(self) -> list[tuple[int, Key]]:
        """The headline numbers with their places among the keys."""
        return [(k, key) for k, key in enumerate(self.keys) if key[1] != EVERYBODY]

    @property
    def failed(self) -> int:
        """Draws without an equilibrium, which are left out."""
        return int(np.isnan(self.numbers).any(axis=1).sum())

    def all_drivers(self, k: int) -> tuple[Driver, ...]:
        """The inputs that number k depends on, by their share of it over the draws, largest first."""
        return associations(self._acting(k), self.numbers[:, k])

    def drivers(self, k: int) -> tuple[Driver, ...]:
        """The two of them that move number k most, without those that are no more than noise."""
        return drivers(self._acting(k), self.numbers[:, k])

    def moves(self, k: int) -> dict[str, tuple[float, ...]]:
        """Number k with each input that moves it alone at the ends of its range, by the id of the input."""
        return {
            self.titles[name]: tuple(float(numbers[k]) for numbers in ends.values())
            for name, ends in self.alone.items()
            if self._swing(name, k) > 0.0
        }

    def _acting(self, k: int) -> dict[str, list[Value]]:
        """Values over the draws of the inputs that number k depends on."""
        return {name: column for name, column in self._columns.items() if self._swing(name, k) > 0.0}

    @cached_property
    def titles(self) -> dict[str, str]:
        """Ids of the inputs by name."""
        return {quantity.name: quantity.title for quantity in self.sample.inputs}

    @cached_property
    def _columns(self) -> dict[str, list[Value]]:
        return columns_of(self.sample.rows)

    def _swing(self, name: str, k: int) -> float:
        """How far an input alone moves number k; 0 where that is rounding."""
        return swing([float(self.central[k]), *(float(numbers[k]) for numbers in self.alone[name].values())])


@dataclass(frozen=True)
class Variant:
    """The laws of one variant, ready for draws: duties before and after by importer, and at the start of weights."""

    name: str
    before: Mapping[str, UncertainDuties]
    after: Mapping[str, UncertainDuties]
    start: tuple[UncertainDuties, UncertainDuties]
    costs: Pair = (NO_COSTS, NO_COSTS)


@dataclass(frozen=True)
class Model:
    """A scenario as a function of its inputs.

    Attributes
    ----------
    trade : importer -> where its trade of the year in use lies on the world, then that of the other year; empty where
        no world is solved.
    world : what the world is loaded by; year : the year in use, "" where no other is known.
    names : words of ids of inputs that lawbooks have.
    """

    variants: tuple[Variant, ...]
    inputs: tuple[Input, ...]
    trade: Mapping[str, tuple[Onto, Onto]] = field(repr=False)
    parties: tuple[str, ...] = PARTIES
    world: str = WORLD
    year: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    def numbers(self, values: Values) -> dict[Key, float]:
        """Every headline number at some values of the inputs.

        Raises
        ------
        SolveError : no equilibrium.
        """
        known: dict[int, Floats] = {}

        def duty_rates(code: str, duties: UncertainDuties) -> Floats:
            if id(duties) not in known:
                # Positions of the shares of one importer's goods among the values of a draw.
                head = f"{code} "
                own = {name.removeprefix(head): float(v) for name, v in values.items() if name.startswith(head)}
                known[id(duties)] = duties.at(own)
            return known[id(duties)]

        numbers: dict[Key, float] = {}
        solved: dict[tuple[int, ...], Equilibrium] = {}
        other = values.get(YEAR, self.year) != self.year
        trade = {code: both[other] for code, both in self.trade.items()}
        for variant in self.variants:
            numbers |= _duty_numbers(variant, duty_rates, float(values[ELASTICITY]), other)
            if trade:
                drawn = scaled(self.world, str(values.get(SET, "")), float(values[SCALE]))
                economy = under_closure(drawn, str(values[BALANCE]))
                numbers |= _world_numbers(variant, duty_rates, trade, self.parties, economy, solved)
        return numbers


At = Callable[[str, UncertainDuties], Floats]
#: Whose goods an average is named after that is on record for them alone.
BUYS_OF = ("USA",)


def _worth(duties: UncertainDuties, other: bool) -> Floats:
    """The trade that weighs duties: of the year in use, or of the other one where it is known."""
    value = of_other_year(duties.flows) if other else None
    return duties.flows.value if value is None else value


def _duty_numbers(
    variant: Variant, duty_rates: At, elasticity: float, other: bool = False
) -> Iterator[tuple[Key, float]]:
    own, *others = variant.after
    before, after = variant.before[own], variant.after[own]
    start = [duty_rates(own, duties) for duties in variant.start]
    old = averages(_worth(before, other), start[0], duty_rates(own, before), elasticity)
    new = averages(_worth(after, other), start[1], duty_rates(own, after), elasticity)
    yield (variant.name, "average_fixed", own, ""), new[0]
    yield (variant.name, "average_post", own, ""), new[1]
    yield (variant.name, "change_fixed", own, ""), new[0] - old[0]
    yield (variant.name, "change_post", own, ""), new[1] - old[1]
    for code in others:
        duties = variant.after[code]
        worth = _worth(duties, other)
        average = float(worth @ duty_rates(code, duties)) / float(worth.sum())
        name = "average_on_us" if duties.flows.partners == BUYS_OF else "average"
        yield (variant.name, name, code, ""), average
    yield (variant.name, "duty_static", own, ""), new[2] / old[2] - 1.0
    yield (variant.name, "duty_elastic", own, ""), new[3] / old[3] - 1.0


def _world_numbers(
    variant: Variant,
    duty_rates: At,
    trade: Mapping[str, Onto],
    parties: tuple[str, ...],
    world: tuple[Economy, Mapping[str, Any]],
    solved: dict[tuple[int, ...], Equilibrium],
) -> Iterator[tuple[Key, float]]:
    """The numbers of the tables `economy` and `incomes`; a law that several variants share is solved once.

    Parameters
    ----------
    world : the economy, and the options of its shocks.
    """
    ends, (economy, options) = [], world
    for side, cost in zip((variant.before, variant.after), variant.costs, strict=True):
        key = (*(id(duties) for duties in side.values()), id(cost.hat))
        if key not in solved:
            rates = {code: trade[code].mean(duty_rates(code, duties)) for code, duties in side.items()}
            shock = Shock(tariff=tariff_under(economy, rates), cost_hat=cost.hat, options=options)
            solved[key] = solve(economy, shock)
        ends.append(solved[key])
    effect = Effect(variant.name, ends[0], ends[1], {}, parties)
    for measure, country, partner, number in measures(parties):
        yield (variant.name, measure, country, partner), number(effect)
    for country, change in zip(economy.countries, effect.change("welfare").tolist(), strict=True):
        yield (variant.name, EVERYBODY, country, ""), change


@memoized
def scaled(world: str, name: str, scale: float = 1.0) -> Economy:
    """A world under a named set of trade elasticities, "" for its own, all multiplied by a number."""
    first = economy = load_economy(world)
    if name not in ("", economy.parameters.get("elasticities")):
        economy = beside(elasticities(economy, name), first)
    if scale == 1.0:
        return economy
    theta = np.asarray(economy.parameters["trade_elasticity"]) * scale
    return beside(economy.with_parameters(trade_elasticity=theta), first)


def model_of(scenario: Scenario, pairings: Mapping[str, Sequence[Pairing]], folder: Path | None = None) -> Model:
    """A scenario as a function of what nobody knows, from the pairings of a run.

    Parameters
    ----------
    folder : in which the files lie that the scenario names.
    """
    known: dict[tuple[object, ...], UncertainDuties] = {}

    def uncertain(side: Side, start: bool = False) -> UncertainDuties:
        key = (id(side.ground.law), side.ground.law.importer, id(side.ground.flows), start or (side.on, side.reading))
        if key not in known:
            known[key] = duties_of(side.ground, START) if start else duties_of(side.ground, side.on, side.reading)
        return known[key]

    economy, folder = world_of(scenario, folder or Path()), folder or Path()
    changing = changes_costs(scenario)
    costs = pairs_of(scenario, folder, economy) if changing else repeat((NO_COSTS, NO_COSTS))  # the same in every draw
    variants = tuple(
        Variant(
            several[0].variant,
            {code: uncertain(pair.before) for code, pair in zip(pairings, several, strict=True)},
            {code: uncertain(pair.after) for code, pair in zip(pairings, several, strict=True)},
            (uncertain(several[0].before, start=True), uncertain(several[0].after, start=True)),
            cost,
        )
        for *several, cost in zip(*pairings.values(), costs, strict=False)
    )
    axes, trade = Axes.of(economy), dict[str, tuple[Onto, Onto]]()
    for code, pairs in pairings.items() if scenario.report.world else ():
        ground = pairs[0].before.ground
        own = laid(ground, axes)
        trade[code] = own, weighed_by(own, ground.flows.value, of_other_year(ground.flows))
    years = years_of(next(iter(pairings.values()))[0].after.ground.flows)
    inputs = list[Input]()
    for code in pairings:  # shares of goods and claims that some duty depends on, in the order of their names
        names = sorted({name for key, duties in known.items() if key[1] == code for name in duties.inputs})
        inputs += [position_input(code, name, input_id(name, code, next(iter(pairings)))) for name in names]
    inputs += [year_input(years)] if years else []
    # The elasticities of demand and, where a world is solved, of trade.
    e = scenario.report.elasticity
    ends, shape = (f"{e / 2.0:g}", f"{2.0 * e:g}"), "log-uniform" if e > 0 else "none"
    inputs.append(Input(ELASTICITY, e, e / 2.0, 2.0 * e, shape, title=INPUTS[ELASTICITY], ends=ends))
    if scenario.report.world:
        if sets := tuple(str(name) for name in economy.parameters.get("elasticity_sets", ())):
            usual = str(economy.parameters["elasticities"])
            inputs.append(Input(SET, usual, shape="choice", choices=sets, title=SETS))
        ends = (f"{LEAST_SCALE:g}", "1")
        inputs.append(Input(SCALE, 1.0, LEAST_SCALE, 1.0, "uniform", title="elasticity_scale", ends=ends))
        inputs.append(Input(BALANCE, scenario.closure, shape="choice", choices=CLOSURES, title=BALANCES))
    named = titles_of({code: pairs[0].after.law for code, pairs in pairings.items()})
    loaded, year = world_at(scenario, folder), years[0] if years else ""
    return Model(variants, tuple(inputs), trade, parties_of(pairings), loaded, year, named)


@on_one_thread
def drawn(model: Model, draws: int, seed: int, progress: Progress | None = None) -> JointDraws:
    """Joint draws of a scenario by Latin hypercube, and every input alone at its ends.

    Raises
    ------
    InputError : fewer than one draw.
    SolveError : more than a twentieth of the draws without an equilibrium, or none at the central values.
    """
    sample = sampled(model.inputs, draws, seed)
    middle = central(model.inputs)
    main = model.numbers(middle)
    keys = tuple(main)
    tasks = [(quantity.name, label, value) for quantity in model.inputs for label, value in quantity.alone()]
    points = (*({**middle, name: value} for name, _, value in tasks), *sample.rows)
    numbered = enumerate(spans(len(points), CHUNK))
    chunks = [Chunk(n, len(rows), partial(_chunk, points[rows.start : rows.stop])) for n, rows in numbered]
    shelf = in_memory()
    go_on(chunks, shelf, Crew(SEVERAL, given=(model, keys), forked=True), progress)
    every = np.concatenate(shelf.in_order())
    alone: dict[str, dict[str, Floats]] = {quantity.name: {} for quantity in model.inputs}
    for (name, label, _), row in zip(tasks, every, strict=False):
        alone[name][label] = row
    numbers = every[len(tasks) :]
    drawn_numbers = JointDraws(sample, keys, np.asarray(list(main.values())), alone, numbers, model.names)
    if (failed := drawn_numbers.failed) > MOST_FAILED * draws:
        words = "without draws each change of duty is solved alone"
        raise SolveError(f"{failed} of {draws} draws have no equilibrium; {words}.")
    return drawn_numbers


@on_one_thread
def _chunk(rows: Sequence[Values]) -> Floats:
    """The numbers of a chunk, NaN where there is no equilibrium. A draw solves economies of its own, in any order."""
    model, keys = given_value()
    measured = []
    for row in rows:
        try:
            numbers = model.numbers(row)
        except SolveError:
            numbers = dict.fromkeys(keys, np.nan)
        measured.append([numbers[key] for key in keys])
    return np.array(measured)


def ranges_table(draws: JointDraws) -> Table:
    """5-95% of every headline number, with the two inputs that move it most."""
    low, middle, high = quantiles(draws.numbers, (BAND[0], 0.5, BAND[1]))
    rows: list[tuple[object, ...]] = []
    for k, key in draws.headlines:
        real = [(draws.titles[each.name], each.share) for each in draws.drivers(k)]
        pair = [*real, ("", np.nan), ("", np.nan)][:2]
        way = moved_by(float(draws.central[k]), float(low[k]), float(high[k]), draws.moves(k))
        rows.append((*key, draws.central[k], low[k], middle[k], high[k], *pair[0], *pair[1], way))
    inputs = len(draws.sample.inputs)
    clauses = [
        declared_note("ranges.hypercube", draws=len(draws.numbers), inputs=inputs, seed=draws.sample.seed),
        declared_note("ranges.drawn", least=LEAST_SCALE),
    ]
    if draws.failed:
        clauses.append(declared_note("ranges.failed", draws=draws.failed))
    return table_of("ranges.ranges", rows, ("; ".join(clauses),)).named(draws.names)


def tornado_table(draws: JointDraws) -> Table:
    """What each input does to each headline number alone, widest first, and its share in the joint draws."""
    rows: list[tuple[object, ...]] = []
    for k, key in draws.headlines:
        bars: list[tuple[str, float, float, str, str, float]] = []
        for driver in draws.all_drivers(k):
            alone = {DEFAULT: float(draws.central[k])}
            ends = {label: float(numbers[k]) for label, numbers in draws.alone[driver.name].items()}
            alone |= {label: number for label, number in ends.items() if np.isfinite(number)}
            low, high = (pick(alone, key=lambda label: alone[label]) for pick in (min, max))
            bars.append((draws.titles[driver.name], alone[low], alone[high], low, high, driver.share))
        bars.sort(key=lambda bar: bar[1] - bar[2])
        rows += [(*key, title, low, draws.central[k], high, *rest) for title, low, high, *rest in bars]

    return table_of("ranges.tornado", rows).named(draws.names)


#: Tables of the world economy whose numbers are drawn.
NAMES = ("economy", "incomes", "world", "parties")

INCOMES = ("real_income_low", "real_income_high")
#: Columns of the ends of ranges.
ENDS = {"economy": ("low", "high"), "parties": ("duty_low", "duty_high")}


def drawn_everywhere(tables: Mapping[str, Table], draws: JointDraws) -> list[Table]:
    """Those of some tables whose numbers were drawn, with the ranges of the draws; none of few draws."""
    if len(draws.numbers) < LEAST_DRAWS:
        return []
    places = {key: k for k, key in enumerate(draws.keys)}
    low, high = quantiles(draws.numbers, BAND)
    note, drawn = declared_note("ranges.percentiles", draws=len(draws.numbers)), []
    for name, table in ((name, tables[name]) for name in NAMES if name in tables):
        # The measure of each row, its country and partner.
        measure, country = FIXED.get(name), "importer" if name == "parties" else "country"
        keys = [
            (str(row["variant"]), measure or str(row["measure"]), str(row[country]), str(row.get("partner", "")))
            for row in table.rows()
        ]
        known = np.asarray([key in places for key in keys])
        k = np.asarray([places.get(key, 0) for key in keys], dtype=np.int64)
        ends, data = ENDS.get(name, INCOMES), dict(table.data)
        for column, end in zip(ends, (low, high), strict=True):
            # A duty is given as a level, its draws as a change.
            level = end[k] if name != "parties" else data["duty_before"] * (1.0 + end[k])
            data[column] = np.where(known, level, data[column])
        if name == "economy":
            ways = [
                moved_by(float(draws.central[i]), float(low[i]), float(high[i]), draws.moves(i)) for i in k.tolist()
            ]
            texts = {"low_set": [""] * len(k), "high_set": [""] * len(k), "moved_by": ways}
            data |= {column: np.where(known, np.asarray(text), data[column]) for column, text in texts.items()}
        if name == "incomes":
            numbers = zip(*(data[column].tolist() for column in ("real_income", *ends)), strict=True)
            data["sign"] = np.asarray([sign_of(*three) for three in numbers])
        notes = tuple(each for each in table.notes if not each.startswith("range: "))
        drawn.append(replace(table, data=data, notes=(note, *notes)).named(draws.names))
    return drawn


#: The measure of tables whose rows name none.
FIXED = {"parties": "duty_collected", "incomes": EVERYBODY, "world": EVERYBODY}
