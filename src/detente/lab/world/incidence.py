"""Incidence: from compiled law to the tariffs of a world, and what they do to every country.

The duty of every line and partner is averaged by trade into the world's sectors and countries; what has no sector is
reported. Both laws of a pairing are solved from the same baseline, and the later one is told against the earlier one.
Tables are made in `world_tables`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.codes.axis import Floats, Ints
from detente.economy import Economy, Equilibrium, Shock, elasticities, solve
from detente.economy.solver import beside, under_closure
from detente.lab.averages.axes import Axes, laid, rows_of, tariff_under
from detente.lab.averages.ranges import CLAIMS_MOVED, YEAR_MOVED, at_claims, of_other_year, weighed_by
from detente.lab.averages.sides import Pairing, Side
from detente.lab.world.chosen import NO_COSTS, Pair, TradeCosts
from detente.trade import Onto

#: The two sides of a scenario that names no others.
PARTIES = ("USA", "CHN")


#: What may happen to trade balances in a run, as a scenario names it; the first is the default.
CLOSURES = ("fixed-transfers", "proportional", "zero")

DEFAULT = CLOSURES[0]

#: Ids of the choice of a set of elasticities, and of that of a closure.
SETS, BALANCES = "elasticities", "balances"

#: The duties of a side on the axes of a world, averaged by trade, NaN without trade.
Read = Callable[[Side, Onto], Floats]


def shock(
    sides: Sequence[Side], economy: Economy, known: dict[int, Onto] | None = None, read: Read | None = None
) -> tuple[Shock, dict[str, float]]:
    """The tariffs of a world under the laws of some importers, and the share of the trade of each without a sector.

    Parameters
    ----------
    known : where the trade lies in this world, by what it is; filled for sides of the same trade.
    read : how duties are averaged; by default at the claims and weights of the side.
    """
    known, duties, unplaced = {} if known is None else known, {}, {}
    for side in sides:
        key, code = id(side.ground.flows), side.law.importer
        if key not in known:
            known[key] = laid(side.ground, Axes.of(economy))
        duties[code], unplaced[code] = (read or _as_is)(side, known[key]), known[key].unplaced
    return Shock(tariff=tariff_under(economy, duties)), unplaced


def _as_is(side: Side, trade: Onto) -> Floats:
    return trade.mean(side.rates.total)


def _claimed(side: Side, trade: Onto) -> Floats:
    """Duties at the other bound of claims, where there is one."""
    rates = at_claims(side)
    return trade.mean(side.rates.total if rates is None else rates)


def _weighed(side: Side, trade: Onto) -> Floats:
    """Duties weighed by the trade of the other year, where it is known, of whoever knows its trade line by line."""
    if side.law.importer != "USA":
        return _as_is(side, trade)
    return weighed_by(trade, side.ground.flows.value, of_other_year(side.ground.flows)).mean(side.rates.total)


BOUNDS: Mapping[str, Read] = {CLAIMS_MOVED: _claimed, YEAR_MOVED: _weighed}


@dataclass(frozen=True)
class Effect:
    """What one pair of laws does: two equilibria from one baseline.

    Attributes
    ----------
    unmapped : share of the trade of each importer without a sector.
    parties : importers whose laws were laid on the world, the two sides first; a union is the sum of its members.
    """

    variant: str
    before: Equilibrium
    after: Equilibrium
    unmapped: Mapping[str, float]
    parties: tuple[str, ...] = PARTIES

    @property
    def economy(self) -> Economy:
        """The world both were solved in."""
        return self.after.economy

    def change(self, name: str) -> Floats:
        """Change from the earlier law to the later one by country, share."""
        return (1.0 + self.after.changes[name]) / (1.0 + self.before.changes[name]) - 1.0

    def rows(self, party: str) -> Ints:
        """Countries of the world that are a party: itself, or the members of a union, shape (members,)."""
        return rows_of(self.economy, party)

    def number(self, name: str, party: str) -> float:
        """Change of a party, share; of a union the mean of its members by what they spent before."""
        rows, change = self.rows(party), self.change(name)
        if rows.size == 1:
            return float(change[rows[0]])
        return float(np.average(change[rows], weights=self.before.levels["trade"][rows].sum(axis=(1, 2))))

    def hat(self, name: str, party: str) -> Floats:
        """Later over earlier by sector, less one; of a union the mean of its members by what they sold before."""
        rows = self.rows(party)
        change = self.after.hats[name][rows] / self.before.hats[name][rows] - 1.0
        if rows.size == 1:
            return change[0]
        sold = self.before.levels["trade"][:, rows].sum(axis=0)
        return (change * sold).sum(axis=0) / np.where(sold.sum(axis=0) > 0, sold.sum(axis=0), 1.0)

    def trade(self, importer: str, exporter: str) -> float:
        """Change of the value imported from a party, net of duty, share."""
        cell = np.ix_(self.rows(importer), self.rows(exporter))
        return float(self.after.levels["trade"][cell].sum() / self.before.levels["trade"][cell].sum() - 1.0)

    def bought(self, party: str) -> tuple[Floats, Floats]:
        """Imports of a party from every country, net of duty, before and after, USD, each of shape (country,)."""
        rows = self.rows(party)
        old, new = (e.levels["trade"][rows].sum(axis=(0, 2)) for e in (self.before, self.after))
        return old, new

    def made(self, party: str) -> Floats:
        """Change of the output of a party by sector, a volume, share; NaN where it makes nothing."""
        old, new = (each.quantity[:, self.rows(party)].sum(axis=(0, 1)) for each in (self.before, self.after))
        return _growth(old, new)

    def crossing(self, party: str, *, out: bool) -> Floats:
        """Change of exports or imports of a party by sector, a volume, share; NaN where there were none."""
        return _growth(*(_abroad(each.quantity, self.rows(party), out) for each in (self.before, self.after)))

    def revenue(self, party: str) -> tuple[float, float]:
        """Duty a year before and after, in equilibrium, USD."""
        rows = self.rows(party)
        return float(self.before.levels["revenue"][rows].sum()), float(self.after.levels["revenue"][rows].sum())


def _growth(old: Floats, new: Floats) -> Floats:
    return np.where(old > 0, new / np.where(old > 0, old, 1.0) - 1.0, np.nan)


def _abroad(trade: Floats, rows: Ints, out: bool) -> Floats:
    """Exports (out) or imports of some countries together by sector, USD."""
    whole = (trade[:, rows].sum(axis=0) if out else trade[rows].sum(axis=1)).sum(axis=0)
    return whole - trade[np.ix_(rows, rows)].sum(axis=(0, 1))


@dataclass(frozen=True)
class Laws:
    """The tariffs of one pair of laws on a world's axes, and the trade costs that come with them."""

    variant: str
    before: Shock
    after: Shock
    unmapped: Mapping[str, float]
    parties: tuple[str, ...] = PARTIES

    def solved(
        self,
        economy: Economy,
        before: Equilibrium | None = None,
        options: Mapping[str, Any] | None = None,
        near: Effect | None = None,
    ) -> Effect:
        """Both laws in one world of these axes.

        Parameters
        ----------
        before : the earlier law, where it is solved; `options` : of the shocks, as a closure has them.
        near : the same laws in a world near by, from whose answers the search sets out.
        """
        warm = (None, None) if near is None else (near.before, near.after)
        first = before or solve(economy, replace(self.before, options=options or {}), warm=warm[0])
        after = solve(economy, replace(self.after, options=options or {}), warm=warm[1])
        if near is not None:
            # What is told of a world near by is in the answers: what their equations were set up with is most of them.
            first.shock.memo.clear()
            after.shock.memo.clear()
        return Effect(self.variant, first, after, self.unmapped, self.parties)


def laws(pairings: Mapping[str, Sequence[Pairing]], economy: Economy, costs: Sequence[Pair] = ()) -> list[Laws]:
    """The tariffs of each variant under the laws of all importers, with trade costs where there are some.

    Laws that several variants share are mapped once.
    """
    return _laws(pairings, economy, costs, {}, None)


def bounded_laws(
    pairings: Mapping[str, Sequence[Pairing]], economy: Economy, costs: Sequence[Pair] = ()
) -> dict[str, list[Laws]]:
    """The same, and under each other bound of claims and weights that moves a duty; "" for the laws as they are."""
    trade: dict[int, Onto] = {}
    main = _laws(pairings, economy, costs, trade, None)
    others = {name: _laws(pairings, economy, costs, trade, read) for name, read in BOUNDS.items()}
    return {"": main} | {name: given for name, given in others.items() if _differ(main, given)}


def _differ(main: Sequence[Laws], other: Sequence[Laws]) -> bool:
    """Whether some tariff of the one is another in the other."""
    pairs = [(a, b) for x, y in zip(main, other, strict=True) for a, b in ((x.before, y.before), (x.after, y.after))]
    tariffs = [(a.tariff, b.tariff) for a, b in pairs]
    return any(not np.array_equal(a, b) for a, b in tariffs if a is not None and b is not None)


def _laws(
    pairings: Mapping[str, Sequence[Pairing]],
    economy: Economy,
    costs: Sequence[Pair],
    trade: dict[int, Onto],
    read: Read | None,
) -> list[Laws]:
    known: dict[tuple[int, ...], tuple[Shock, dict[str, float]]] = {}

    def of(sides: Sequence[Side], cost: TradeCosts) -> tuple[Shock, dict[str, float]]:
        key = (*map(id, sides), id(cost))
        if key not in known:
            bare, unmapped = shock(sides, economy, trade, read)
            known[key] = replace(bare, cost_hat=cost.hat, notes=cost.notes), unmapped
        return known[key]

    variants = list(zip(*pairings.values(), strict=True))
    pairs = []
    for several, cost in zip(variants, costs or [(NO_COSTS, NO_COSTS)] * len(variants), strict=True):
        before, unmapped = of([pair.before for pair in several], cost[0])
        after = of([pair.after for pair in several], cost[1])[0]
        pairs.append(Laws(several[0].variant, before, after, unmapped, parties_of(pairings)))
    return pairs


def parties_of(pairings: Mapping[str, Sequence[Pairing]]) -> tuple[str, ...]:
    """The two sides, which come first, and everyone else whose duties differ between the laws compared."""
    codes = tuple(pairings)
    moving = (code for code in codes[2:] if any(pair.before.average != pair.after.average for pair in pairings[code]))
    return (*codes[:2], *moving)


def effects(
    given: Sequence[Laws],
    economy: Economy,
    options: Mapping[str, Any] | None = None,
    near: Sequence[Effect] | None = None,
) -> list[Effect]:
    """One effect per variant; an earlier law that several share is solved once.

    Parameters
    ----------
    options : of the shocks, as a closure has them; `near` : the effects of the same laws in a world near by.
    """
    solved: dict[int, Equilibrium] = {}
    results = []
    for pair, start in zip(given, near or [None] * len(given), strict=True):
        effect = pair.solved(economy, solved.get(id(pair.before)), options, start)
        solved[id(pair.before)] = effect.before
        results.append(effect)
    return results


@dataclass(frozen=True)
class Spread(Mapping[str, Sequence[Effect]]):
    """Effects by what they rest on, those that are shown first: what ranges without draws run over.

    Attributes
    ----------
    by : name -> one effect a variant; of a set of trade elasticities, a closure, claims or weights.
    sets : names of the sets of trade elasticities among them; closure : of those that are shown.
    """

    by: Mapping[str, Sequence[Effect]]
    sets: tuple[str, ...]
    closure: str

    def __getitem__(self, name: str) -> Sequence[Effect]:
        return self.by[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by)

    def __len__(self) -> int:
        return len(self.by)

    @property
    def used(self) -> str:
        """The set of elasticities in use."""
        return self.sets[0]

    @property
    def elasticities(self) -> dict[str, Sequence[Effect]]:
        """Effects by set of trade elasticities."""
        return {name: self.by[name] for name in self.sets}

    @property
    def inputs(self) -> dict[str, list[str]]:
        """Id of what varies -> the names it takes."""
        balances = [name for name in CLOSURES if name in self.by]
        rest = {name: [name] for name in self.others if name not in balances}
        return {SETS: list(self.sets), BALANCES: balances, **rest}

    @property
    def others(self) -> tuple[str, ...]:
        """What else the range runs over."""
        return tuple(name for name in self.by if name not in self.sets)


def shown(
    given: Sequence[Laws], economy: Economy, closure: str = DEFAULT, near: Sequence[Effect] | None = None
) -> list[Effect]:
    """The effects under the elasticities of a world and a closure; `near` : those of the same laws in another world."""
    return effects(given, *under_closure(economy, closure), near)


def alone(economy: Economy, main: Sequence[Effect], closure: str = DEFAULT) -> Spread:
    """The effects that are shown, and no others: no range."""
    used = set_in_use(economy)
    return Spread({used: main}, (used,), closure)


def spread(
    given: Sequence[Laws],
    economy: Economy,
    main: Sequence[Effect],
    closure: str = DEFAULT,
    bounds: Mapping[str, Sequence[Laws]] | None = None,
) -> Spread:
    """The effects under every set of trade elasticities, closure and other bound, each with all else as it is shown.

    Parameters
    ----------
    main : the effects that are shown; `bounds` : the laws at other claims and weights, by name.
    """
    used, *others = worlds(economy)
    by: dict[str, Sequence[Effect]] = {used: main}
    by |= {name: shown(given, worlds(economy)[name], closure, main) for name in others}
    by |= {name: shown(given, economy, name, main) for name in CLOSURES if name != closure}
    by |= {name: shown(laws, economy, closure, main) for name, laws in (bounds or {}).items()}
    return Spread(by, (used, *others), closure)


def set_in_use(economy: Economy) -> str:
    """Name of the set of trade elasticities of a world."""
    return str(economy.parameters.get("elasticities", "default"))


def worlds(economy: Economy) -> dict[str, Economy]:
    """The world under every named set of its trade elasticities, the set in use first; kept with it."""
    if "worlds" not in economy.memo:
        others = [name for name in economy.parameters.get("elasticity_sets", ()) if name != set_in_use(economy)]
        economy.memo["worlds"] = {name: beside(elasticities(economy, name), economy) for name in others}
    return {set_in_use(economy): economy, **economy.memo["worlds"]}
