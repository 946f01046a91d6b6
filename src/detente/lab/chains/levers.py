"""What the levers of a chain are worth to a country: the economy's loss with and without, by month (step 25).

What a side can do about a shortage, and what it is worth (step 25).

A lever is a change of the chain and a cost. Its worth is the loss without it less the loss with it, by month; net of
cost over the run. Levers overlap, so shares of their joint worth do not depend on an order (Shapley 1953). The
break-even probability is cost over worth: the least probability of the disruption at which the lever pays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import factorial

import numpy as np

from detente.chains.chain import EVERY, Floats, Plant, Redesign, Stock, SupplyChain, Thrift
from detente.chains.equilibrium import real_income_change
from detente.chains.licences import Licences
from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_with
from detente.data import chain_world
from detente.data.chainfile import ChainFile, LeverRow
from detente.lab.chains.effects import Effects, EffectsCase, effects_many, nations
from detente.lab.chains.months import DIRECT, REQUIREMENT, ChainQuestion, exposed_shares, months_of, run_question
from detente.lab.work.chunks import Progress

#: Levers that are combined at once: 2^8 runs.
MOST = 8

#: Loss by month of a chain under the licences at hand, USD, shape (month,).
Loss = Callable[[SupplyChain], Floats]


@dataclass(frozen=True)
class Lever:
    """Something that changes a chain.

    Attributes
    ----------
    change : the chain with the lever pulled.
    cost : USD over the run; NaN where it is not known.
    """

    name: str
    change: Callable[[SupplyChain], SupplyChain] = field(repr=False)
    cost: float = float("nan")


@dataclass(frozen=True)
class LeverWorth:
    """What levers are worth.

    Attributes
    ----------
    levers : names.
    loss : without any, USD by month, shape (month,).
    alone, shares : loss avoided by each alone, and its share of what all avoid together, shape (lever, month).
    together : loss avoided by all, shape (month,).
    cost : USD over the run, shape (lever,); NaN where not known.
    """

    levers: tuple[str, ...]
    loss: Floats = field(repr=False)
    alone: Floats = field(repr=False)
    shares: Floats = field(repr=False)
    together: Floats = field(repr=False)
    cost: Floats = field(repr=False)

    @property
    def break_even(self) -> Floats:
        """Cost over loss avoided alone, shape (lever,); infinite where nothing is avoided."""
        avoided = self.alone.sum(axis=1)
        return np.divide(self.cost, avoided, out=np.full(avoided.shape, np.inf), where=avoided > 0.0)

    def table(self) -> Table:
        """One row a lever: loss avoided alone and its share of all, cost, and when it pays."""
        avoided = self.alone.sum(axis=1)
        data = {
            "lever": np.array(self.levers, dtype=np.str_),
            "alone": avoided,
            "share": self.shares.sum(axis=1),
            "cost": self.cost,
            "net": avoided - self.cost,
            "break_even": self.break_even,
        }
        total = declared_note("chains.together", avoided=self.together.sum(), loss=self.loss.sum())
        return table_with("chains.levers", data, (total,))


def worth(chain: SupplyChain, levers: Sequence[Lever], loss: Loss) -> LeverWorth:
    """Worth of levers alone and together, with shares that do not depend on an order.

    Raises
    ------
    InputError : no lever, more than `MOST`, or two of one name.
    """
    n = len(levers)
    names = tuple(lever.name for lever in levers)
    if not 1 <= n <= MOST:
        raise InputError("levers", f"{n} levers cannot be combined", f"give 1 to {MOST}")
    if len(set(names)) < n:
        raise InputError("levers", "two levers have one name", "name each differently")
    losses = {mask: np.asarray(loss(_pulled(chain, levers, mask)), dtype=np.float64) for mask in range(2**n)}
    avoided = {mask: losses[0] - value for mask, value in losses.items()}
    return LeverWorth(
        names,
        losses[0],
        np.array([avoided[1 << k] for k in range(n)]),
        np.array([_shapley(avoided, k, n) for k in range(n)]),
        avoided[2**n - 1],
        np.array([lever.cost for lever in levers], dtype=np.float64),
    )


def _pulled(chain: SupplyChain, levers: Sequence[Lever], mask: int) -> SupplyChain:
    for k, lever in enumerate(levers):
        if mask >> k & 1:
            chain = lever.change(chain)
    return chain


def _shapley(avoided: dict[int, Floats], k: int, n: int) -> Floats:
    """Mean gain of adding a lever over all orders, shape (month,)."""
    total = np.zeros_like(avoided[0])
    for mask in avoided:
        if not mask >> k & 1:
            size = mask.bit_count()
            total += factorial(size) * factorial(n - size - 1) / factorial(n) * (avoided[mask | 1 << k] - avoided[mask])
    return total


def adding(name: str, cost: float = float("nan"), **rows: Sequence[object]) -> Lever:
    """A lever that adds stocks, changes, plants or pools to a chain.

    A plant that comes on during the run is capacity, and recycling where it has its own feed. A thrift stretches feed,
    not finished goods, which need a licence all the same. A pool shares what reaches its countries without an end-use
    condition by what they lack.
    """
    return Lever(
        name, lambda chain: replace(chain, **{key: (*getattr(chain, key), *new) for key, new in rows.items()}), cost
    )


def substitution(factor: float) -> Lever:
    """Doing without gets easier: long-run elasticities times a factor, cost of doing without divided by it."""

    def change(chain: SupplyChain) -> SupplyChain:
        values = {
            name: parameter.central * factor
            for name, parameter in chain.parameters.items()
            if name.startswith("sigma_end")
        }
        markets = tuple(
            replace(m, blocks=tuple((share, m.price + (choke - m.price) / factor) for share, choke in m.blocks))
            for m in chain.markets
        )
        return replace(chain.with_values(values), markets=markets)

    return Lever("substitution", change)


MONTHS = 12.0

#: Yearly cost of holding a stock, share of its value.
CARRY = 0.08


@dataclass(frozen=True)
class LeversWorth:
    """Worth of levers to a country.

    Attributes
    ----------
    country, months : whose loss of exact real income, over how long. worth : by lever and month, USD.
    notes : what each lever is, and what it is measured against.
    """

    country: str
    months: int
    worth: LeverWorth = field(repr=False)
    notes: tuple[str, ...] = ()


def levers_worth(
    question: ChainQuestion,
    country: str,
    *,
    names: Sequence[str] = (),
    costs: dict[str, float] | None = None,
    progress: Progress | None = None,
) -> LeversWorth:
    """Worth, break-even and order-free shares of the levers in a chain's file.

    All are measured against the chain without them: without the plants that are announced, which are a lever too.

    Parameters
    ----------
    names : levers by id; all by default. costs : USD over the run by lever; a stock has its purchase price and 8% a
        year, other levers have none unless given.

    Raises
    ------
    UnknownName : a lever the file does not have. InputError : more than eight levers, or a scope of both.
    """
    scope = DIRECT if question.scope == "both" else question.scope
    country = chain_world.check_bloc(country)
    narrowed = replace(question, scope=scope, countries=(country,))
    ran = run_question(narrowed)
    chain, file = ran.chains[scope], narrowed.file
    rows = _chosen(file, names)
    given = costs or {}
    for name in given:
        if name not in [row.id for row in rows]:
            raise UnknownName("lever", name, [row.id for row in rows], Parameter("cost"))
    bare = replace(chain, plants=())
    made = [(row, _lever(row, chain, file, country, narrowed.months)) for row in rows]
    pulled = [replace(lever, name=row.id, cost=given.get(row.id, lever.cost)) for row, lever in made]
    loss = _loss(narrowed, country, ran.licences, progress, 2 ** len(pulled))
    value = worth(bare, pulled, loss)
    notes = [f"{row.id}: {_words(row, narrowed.months)}" for row in rows]
    against = (declared_note("chains.levers_against"), declared_note("chains.lever_costs"))
    return LeversWorth(country, narrowed.months, value, (*notes, *against))


def _chosen(file: ChainFile, names: Sequence[str]) -> list[LeverRow]:
    known = {row.id: row for row in file.levers}
    for name in names:
        if name not in known:
            raise UnknownName("lever", name, known, Parameter("levers"), f"in the file: {', '.join(known)}")
    chosen = [known[name] for name in names] if names else list(file.levers)
    if not chosen:
        raise InputError(file.name, "has no levers", "add [[lever]] rows")
    if len(chosen) > MOST:
        raise InputError(Parameter("levers"), f"{len(chosen)} levers cannot be combined", f"name at most {MOST}")
    return chosen


def _words(row: LeverRow, months: int) -> str:
    effect = row.effect
    title = row.title[:1].lower() + row.title[1:]
    spread = f" ({effect.low:g} to {effect.high:g})" if effect.low < effect.high else ""
    lag = row.lag_months.central
    parts = [f"{title}: {effect.central:g}{spread}, in full after {lag:g} months"]
    if row.changes == "substitution":
        parts.append(declared_note("chains.lever_part", part=come_into_effect(lag, months)))
    return "; ".join(parts)


def _lever(row: LeverRow, chain: SupplyChain, file: ChainFile, country: str, months: int) -> Lever:
    """The lever of a row at its central effect."""
    effect, lag = row.effect.central, row.lag_months.central
    made = [grade for grade in chain.grades if len(grade.recipe) > 1]
    makers: dict[str, Callable[[], Lever]] = {
        "stock": lambda: _stock(chain, country, effect, months),
        "thrift": lambda: adding("", changes=_thrift(chain, file, effect, lag)),
        "substitution": lambda: substitution(1.0 + (effect - 1.0) * come_into_effect(lag, months)),
        "recycling": lambda: adding("", plants=_recycled(chain, effect, lag)),
        "capacity": lambda: adding("", plants=_announced(row, chain, file, country, effect, lag)),
        "sharing": lambda: adding("", 0.0, pools=[tuple(dict.fromkeys(user.country for user in chain.users))]),
        "price_floor": lambda: _floor(row, chain, file, months),
        "diversion": lambda: adding("", changes=[Redesign(grade.name, effect, over=lag) for grade in made]),
    }
    return makers[row.changes]()


def come_into_effect(lag: float, months: int) -> float:
    """Part of a lever that acts on average over a run, if it grows evenly from nothing to all of it over its lag."""
    return 1.0 - 0.5 * lag / months if lag <= months else 0.5 * months / lag


def _stock(chain: SupplyChain, country: str, cover: float, months: int) -> Lever:
    """A national stock of so many months of need; costs its value at base prices and 8% of it a year."""
    layout = chain.layout
    if country not in layout.places:
        raise InputError("levers", f"{country} has no users in the chain", "name another country")
    value = float(layout.spending[layout.country == layout.places.index(country)].sum()) * cover / MONTHS
    return adding("", value * (1.0 + CARRY * months / MONTHS), stocks=[Stock("lever", country, EVERY, cover)])


def _thrift(chain: SupplyChain, file: ChainFile, saving: float, over: float) -> list[Thrift]:
    """Less of every controlled element in products that are made, and their heavy grades stretched as far."""
    controlled = {row.element for row in file.elements if row.controlled_2025_04} or set(chain.elements)
    products = [grade for grade in chain.grades if len(grade.recipe) > 1]
    return [
        Thrift(e, saving, over=over)
        for e in chain.elements
        if e in controlled and any(e in grade.recipe for grade in products)
    ]


def _recycled(chain: SupplyChain, share: float, lag: float) -> tuple[Plant, ...]:
    """Plants that make a share of every country's need of a grade from scrap; they need no other feed."""
    layout = chain.layout
    plants = []
    for i, country in enumerate(layout.places):
        for g, grade in enumerate(chain.grades):
            kg = share * float(layout.need[i, g])
            if kg > 0.0 and len(grade.recipe) > 1:
                plants.append(Plant(f"scrap, {country} {grade.name}", grade.stage, country, grade.name, kg, 0.0, lag))
    for grade in chain.grades:
        if len(grade.recipe) == 1:
            element, content = next(iter(grade.recipe.items()))
            kg = share * float(layout.need[:, chain.grade(grade.name)].sum()) * content
            plants.append(Plant(f"scrap, {grade.name}", grade.stage, layout.places[0], element, kg, 0.0, lag, EVERY))
    return tuple(plants)


def _announced(
    row: LeverRow, chain: SupplyChain, file: ChainFile, country: str, share: float, lag: float
) -> tuple[Plant, ...]:
    """A share of the plants announced and of idle capacity, later by the lag; those a price floor brings on are its."""
    floors = {lever.source for lever in (other.effect for other in file.levers if other.changes == "price_floor")}
    mine = {plant.plant for plant in file.plants if plant.source not in floors}
    plants = [
        replace(plant, capacity=plant.capacity * share, start=plant.start + lag)
        for plant in chain.plants
        if plant.name.split(",")[0] in mine
    ]
    for idle in file.plants:
        if idle.kind == "idle" and idle.material in chain.elements:
            home = chain_world.bloc_of(idle.country.split("+")[0])
            plants.append(Plant(idle.plant, idle.stage, home, idle.material, idle.capacity * share, 0.0, lag, EVERY))
    return tuple(plants)


def _floor(row: LeverRow, chain: SupplyChain, file: ChainFile, months: int) -> Lever:
    """Plants of the same deal as the floor, which is paid over the market price of the light elements they work up."""
    names = {plant.plant for plant in file.plants if plant.source == row.effect.source}
    plants = [plant for plant in chain.plants if plant.name.split(",")[0] in names]
    market = next((m for m in chain.markets if m.element == "NdPr"), None)
    paid = max(row.effect.central - (market.price if market else 0.0), 0.0)
    made = float(sum(float(plant.rise(np.arange(0.5, months)).sum()) / MONTHS * paid for plant in plants))
    content = max((grade.recipe.get("NdPr", 0.0) for grade in chain.grades), default=0.0)
    return adding("", made * content, plants=plants)


def _loss(
    question: ChainQuestion, country: str, licences: Licences, progress: Progress | None, runs: int
) -> Callable[[SupplyChain], Floats]:
    """Loss of exact real income of a country by month, USD, of any chain under the licences at hand."""
    exposed, done = exposed_shares(question), [0]
    blocs = chain_world.BLOCS if question.scope == REQUIREMENT and exposed else (country,)

    def loss(chain: SupplyChain) -> Floats:
        run = months_of(question, chain, licences)
        networks = nations(chain, blocs, exposed=exposed)
        case = EffectsCase(networks, run, (question.scope,), (country,), question.allocation == "price")
        (effect,) = effects_many([case])
        done[0] += 1
        if progress is not None:
            progress(done[0], runs)
        return _monthly(question, effect, country, question.scope)

    return loss


def _monthly(question: ChainQuestion, effect: Effects, country: str, scope: str) -> Floats:
    """Loss of exact real income by month, USD; a quarter's is spread evenly over its months."""
    gdp = chain_world.gdp(country) / MONTHS
    out = np.zeros(question.months)
    for quarter, equilibrium in zip(effect.quarters, effect.path(scope, country), strict=True):
        out[quarter.period.months] = -real_income_change(equilibrium) * gdp
    return out
