"""Prices: what a change of US law does to consumer prices and households, and which sources of duty do it.

Both laws of a pairing are compared with the law of `START`, on whose prices the accounts rest; the change is the later
effect less the earlier one. The model is in `trade.prices`, tables are made in `price_tables`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, wraps
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_of
from detente.codes.axis import Floats, Ints
from detente.codes.days import check_day
from detente.codes.names import words
from detente.data.flows import SPECIAL_CHAPTERS
from detente.data.importers import importer
from detente.data.limits import memoized
from detente.data.price_tables import budgets
from detente.data.price_tables import price_tables as accounts
from detente.data.tables import countries
from detente.draws import band, moved_by, widest
from detente.lab.averages.averages import class_of_lines
from detente.lab.averages.laid_law import LaidLaw, laid_law
from detente.lab.averages.ranges import at_claims, claims_between, of_other_year, other_year_drawn, years_of
from detente.lab.averages.sides import START, Pairing, Row, Side, fate_words
from detente.lab.statute.standing import beside, by_fate, with_fates
from detente.law import Law, Reading, Schedule
from detente.trade import Flows, PairRates, post_value
from detente.trade.prices import (
    DRAWN,
    Burden,
    PassThrough,
    PriceEffect,
    PriceTables,
    burden,
    drawn_lines,
    drawn_weights,
    duty_shock,
    ends,
    latin_hypercube,
    price_effect,
)

SEED = 20250512
DRAWS = 200
CLASS = {"detail": "bea_detail", "summary": "bea_summary"}
#: Commodity without a row in the use tables -> the one that holds it: secondary aluminium is in primary.
STANDS_IN = {"331314": "331313"}
#: Classes that are no good: goods of chapters 98 and 99 have no price.
NO_COMMODITY = ("S00300", "Other")

#: What the base duty is called among authorities and measures.
BASE = "base"

#: What is drawn beside the assumptions, where it moves a duty: it changes the duties themselves.
CHOICES = ("claims", "year")


@memoized
def commodity_of_lines(level: str) -> Ints:
    """Commodity of the accounts of each US line by position, -1 where it has none, shape (lines,)."""
    place = {code: i for i, code in enumerate(accounts(level).commodities)}
    place = {code: i for code, i in place.items() if code not in NO_COMMODITY}
    where = importer("USA")
    names = [str(name) for name in class_of_lines(where, CLASS[level])]
    positions = np.asarray([place.get(STANDS_IN.get(name, name), -1) for name in names], dtype=np.int64)
    return np.where(where.lines.mask(SPECIAL_CHAPTERS), -1, positions)


@dataclass(frozen=True)
class Start:
    """The shipped law of `START` on the trade of a side: what every effect is measured against."""

    ground: LaidLaw = field(repr=False)
    rates: PairRates = field(repr=False)

    @classmethod
    def of(cls, side: Side) -> Start:
        """The start of a side; a scenario that ends old measures does not move it."""
        ground = side.ground.under(importer("USA").law)
        return cls(ground, side.start if ground is side.ground else ground.rates(START))

    @cached_property
    def side(self) -> Side:
        """The start as a side of its own, whose duties are known."""
        side = Side("start", START, Reading.EFFECTIVE, self.ground.law, self.ground)
        side.__dict__["rates"] = self.rates
        return side

    def serves(self, side: Side) -> bool:
        """Whether a side has the same trade and shares of goods."""
        return self.ground.trade is side.ground.trade and self.ground.parameters == side.ground.parameters


@dataclass(frozen=True)
class Shocks:
    """Duties of one side less those of the start, as rises of duty-inclusive import prices by commodity.

    Attributes
    ----------
    side : the law on its trade; start : what it is measured against; level : of the accounts.
    """

    side: Side
    start: Start
    level: str

    @cached_property
    def _aligned(self) -> tuple[Flows, PairRates, PairRates]:
        """Flows with the duty of each pair now and at the start; divided by member if one law tells members apart."""
        own, first = self.side.ground.flows, self.start.ground.flows
        if own is first:
            return own, self.side.rates, self.start.rates
        (flows, here), (_, there) = own.expanded(), first.expanded()
        return flows, self.side.rates.take(here), self.start.rates.take(there)

    @property
    def flows(self) -> Flows:
        """The trade."""
        return self._aligned[0]

    @cached_property
    def commodity(self) -> Ints:
        """Commodity of each pair, shape (pairs,)."""
        return commodity_of_lines(self.level)[self.flows.line_at]

    def of(self, change: Floats) -> Floats:
        """Shock of a change of duty by pair, share of customs value, shape (commodities,)."""
        n = len(accounts(self.level).commodities)
        return duty_shock(self.flows.value, self._aligned[2].total, change, self.commodity, n)

    @cached_property
    def total(self) -> Floats:
        """Shock of the whole law, shape (commodities,)."""
        _, new, old = self._aligned
        return self.of(new.total - old.total)

    @cached_property
    def corners(self) -> Floats:
        """Shock of the whole law by claims and by year of weights, each as it is and at the other bound.

        Shape (2, 2, commodities).
        """
        flows, new, old = self._aligned
        claimed = [(new.total, old.total), self._at_other_claims]
        weights = [flows.value, self._other_year]
        return np.asarray([[self._weighed(*rates, value) for value in weights] for rates in claimed])

    def _weighed(self, new: Floats, old: Floats, value: Floats) -> Floats:
        n = len(accounts(self.level).commodities)
        return duty_shock(value, old, new - old, self.commodity, n)

    @property
    def _at_other_claims(self) -> tuple[Floats, Floats]:
        """Duty of each pair now and at the start at the other bound of claims, each of shape (pairs,)."""
        _, new, old = self._aligned
        own, first = at_claims(self.side), at_claims(self.start.side)
        if self.side.ground.flows is not self.start.ground.flows:
            (_, here), (_, there) = self.side.ground.flows.expanded(), self.start.ground.flows.expanded()
            own, first = (None if rates is None else rates[place] for rates, place in ((own, here), (first, there)))
        return new.total if own is None else own, old.total if first is None else first

    @property
    def _other_year(self) -> Floats:
        """Trade of the other year, of shape (pairs,), USD; as it is where no other is known."""
        other = of_other_year(self.flows)
        return self.flows.value if other is None else other

    @property
    def duty(self) -> float:
        """Duty of a year less that of the start, USD."""
        _, new, old = self._aligned
        return float(self.flows.value @ (new.total - old.total))

    def after_answer(self, elasticity: float) -> Shocks:
        """The same once every flow has answered what the law adds to its duty; see `trade.effective.post_value`."""
        flows, new, old = self._aligned
        moved = replace(flows, value=post_value(flows.value, old.total, new.total, elasticity))
        other = replace(self)
        other.__dict__["_aligned"] = (moved, new, old)
        return other

    @property
    def unmapped(self) -> float:
        """Share of the trade without a commodity."""
        return float(self.flows.value[self.commodity < 0].sum()) / self.flows.total

    def by_authority(self) -> dict[str, Floats]:
        """Shock of the base duty and of each authority, by id; they add up to `total`."""
        _, new, old = self._aligned
        parts, none = {BASE: self.of(new.base - old.base)}, np.zeros(new.base.size)
        for code in dict.fromkeys((*old.by_authority, *new.by_authority)):
            parts[code] = self.of(new.by_authority.get(code, none) - old.by_authority.get(code, none))
        return parts

    def by_measure(self) -> dict[str, Floats]:
        """Shock of the base duty and of each measure, by id; they add up to `total`."""
        _, new, old = self._aligned
        parts = {BASE: self.of(new.base - old.base)}
        for side, schedule, sign in (
            (self.side.here, self.side.schedule, 1.0),
            (self.start.ground.at(START), self.start.ground.schedule(START), -1.0),
        ):
            # Claims differ by day, pairs do not: they are divided wherever `_aligned` divides them.
            divided = self.side.ground.flows is not self.start.ground.flows
            rows = side.flows.expanded()[1] if divided else slice(None)
            for name in dict.fromkeys(p.item.measure.id for p in schedule.duties):
                shock = self.of(sign * side.exposure.pair_rates(_only(schedule, name))[rows])
                parts[name] = parts.get(name, 0.0) + shock
        return parts

    def by_partner(self) -> dict[str, Floats]:
        """Shock of each partner's goods, by ISO3; they add up to `total`."""
        whole, new, old = self._aligned
        flows, source = whole.expanded()
        change, commodity = (new.total - old.total)[source], self.commodity[source]
        n, known = len(accounts(self.level).commodities), commodity >= 0
        cell = flows.partner_at * n + commodity
        duty = np.bincount(cell[known], (flows.value * change)[known], minlength=len(flows.partners) * n).reshape(-1, n)
        paid = np.bincount(commodity[known], (flows.value * (1.0 + old.total[source]))[known], minlength=n)
        shares = duty / np.where(paid > 0, paid, 1.0)
        return {code: shares[i] for i, code in enumerate(flows.partners) if shares[i].any()}


def _only(schedule: Schedule, measure: str) -> Schedule:
    """The schedule with one measure, as it stands beside the others."""
    return replace(schedule, painted=tuple(p for p in schedule.painted if p.item.measure.id == measure))


@dataclass(frozen=True)
class PriceChange:
    """Consumer prices under both laws of a pairing.

    Attributes
    ----------
    variant : of the scenario; before, after : shocks of the two laws.
    assumed : assumptions of the middle value; draws, seed : of its range.
    fates : the same without draws under each fate of open clauses, by name; empty where they do not matter.
    fate_words : what each fate is called for readers.
    """

    variant: str
    before: Shocks = field(repr=False)
    after: Shocks = field(repr=False)
    assumed: PassThrough
    draws: int = DRAWS
    seed: int = SEED
    fates: Mapping[str, PriceChange] = field(default_factory=dict, repr=False)
    fate_words: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def tables(self) -> PriceTables:
        """The accounts."""
        return accounts(self.after.level)

    @cached_property
    def effects(self) -> tuple[PriceEffect, PriceEffect]:
        """Effect of the earlier and the later law, each against `START`."""
        old, new = (price_effect(self.tables, side.total, self.assumed) for side in (self.before, self.after))
        return old, new

    @property
    def bounds(self) -> dict[str, tuple[float, float]]:
        """Bounds of what is drawn; an assumption that the user set away from its default is not drawn."""
        given, default = self.assumed, PassThrough()
        return {name: pair for name, pair in DRAWN.items() if getattr(given, name) == getattr(default, name)}

    @cached_property
    def drawn(self) -> dict[str, Floats]:
        """Draws of the assumptions, shape (draws,) each."""
        bounds = self.bounds
        whole = {name: bounds.get(name, (getattr(self.assumed, name),) * 2) for name in DRAWN}
        return latin_hypercube(self.draws, self.seed, whole)

    def parts(self, drawn: dict[str, Floats], places: tuple[Floats, Floats] | None = None) -> Floats:
        """Change of each line, direct and indirect, in each draw, shape (2, draws, lines).

        Parameters
        ----------
        places : how far claims lie towards their other bound, and whether weights are of the other year, 0 to 1, each
            of shape (draws,); None for both as they are.
        """
        old, new = (drawn_lines(self.tables, self._shock(side, places), drawn) for side in (self.before, self.after))
        return new - old

    @staticmethod
    def _shock(side: Shocks, places: tuple[Floats, Floats] | None) -> Floats:
        """Shock of a side, shape (commodities,), or of each draw, shape (draws, commodities)."""
        if places is None:
            return side.total
        claims, year = (place[:, None] for place in places)
        (here, other), (claimed, both) = side.corners
        return (1.0 - claims) * ((1.0 - year) * here + year * other) + claims * ((1.0 - year) * claimed + year * both)

    @cached_property
    def places(self) -> tuple[Floats, Floats]:
        """Where claims and year of weights lie in each draw: the draws of an average duty, each of shape (draws,)."""
        flows = self.after.flows
        years = years_of(flows)
        year = other_year_drawn(years, self.draws, self.seed) if years else np.zeros(self.draws)
        return claims_between(flows.importer, self.draws, self.seed), np.asarray(year, dtype=np.float64)

    @cached_property
    def spread(self) -> Floats:
        """`parts` of the joint draws."""
        return self.parts(self.drawn, self.places) if self.draws else self.parts(self.drawn)

    @cached_property
    def swings(self) -> dict[str, tuple[float, float]]:
        """Change of the headline with one input at its low and its high bound, the others as assumed, by its id."""
        rows = self._headlines(self.parts(ends(self.assumed, self.bounds)))
        pairs = zip(rows[1::2], rows[2::2], strict=True)
        swings = {name: (float(low), float(high)) for name, (low, high) in zip(self.bounds, pairs, strict=True)}
        single = {name: np.full(2, getattr(self.assumed, name)) for name in DRAWN}
        others = self._headlines(self.parts(single, (np.array([1.0, 0.0]), np.array([0.0, 1.0]))))
        return swings | {name: (float(rows[0]), float(end)) for name, end in zip(CHOICES, others, strict=True)}

    def _headlines(self, parts: Floats) -> Floats:
        return parts.sum(axis=0) @ self.tables.purchasers / self.tables.total

    @property
    def change(self) -> float:
        """Change of all consumer prices, share."""
        return self.effects[1].headline - self.effects[0].headline

    @property
    def movers(self) -> str:
        """The two inputs that move the headline most, in words."""
        return "; ".join(words("input", name) for name in widest(self.change, self.swings))

    @property
    def moved_by(self) -> str:
        """The input that alone moves the headline from the end of its range where it lies; "" without draws."""
        if not self.draws:
            return ""
        low, high = band(self._headlines(self.spread))
        return moved_by(self.change, float(low), float(high), self.swings)

    def contributions(self, split: Callable[[Shocks], dict[str, Floats]]) -> dict[str, tuple[Floats, Floats]]:
        """Parts of the headline that sources make under the two laws: as assumed first, then each draw."""
        parts: dict[str, list[Floats]] = {}
        single = {name: np.concatenate([[getattr(self.assumed, name)], self.drawn[name]]) for name in DRAWN}
        for i, side in enumerate((self.before, self.after)):
            weights = drawn_weights(self.tables, side.total, single)
            for name, shock in split(side).items():
                parts.setdefault(name, [np.zeros(self.draws + 1) for _ in range(2)])[i] = weights @ shock
        return {name: (old, new) for name, (old, new) in parts.items()}

    @cached_property
    def burden(self) -> tuple[Burden, Burden]:
        """Cost of the change by decile of households: as assumed, and in each draw."""
        old, new = self.effects
        main = burden(self.tables, new.lines - old.lines, budgets())
        return main, burden(self.tables, self.spread.sum(axis=0), budgets())


def price_changes(
    pairings: Sequence[Pairing],
    assumed: PassThrough | None = None,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    level: str = "detail",
) -> list[PriceChange]:
    """Consumer prices of each variant of a scenario; a law that several share is laid on the accounts once.

    Parameters
    ----------
    pairings : laws of the United States.
    level : accounts in use, `detail` (2017) or `summary` (2024).

    Raises
    ------
    InputError
        for the law of another importer: the accounts are those of the United States.
    """
    known: dict[int, Shocks] = {}
    starts: list[Start] = []
    others = [pair.fates for pair in pairings]
    for pair in (*pairings, *(other for fates in others for other in fates.values())):
        for side in (pair.before, pair.after):
            if side.law.importer != "USA":
                raise InputError("prices", f"there are no accounts of {side.law.importer}", "use the law of USA")
            if id(side) in known:
                continue
            start = next((earlier for earlier in starts if earlier.serves(side)), None) or Start.of(side)
            starts.append(start)
            known[id(side)] = Shocks(side, start, level)

    def change(pair: Pairing, draws: int) -> PriceChange:
        sides = known[id(pair.before)], known[id(pair.after)]
        return PriceChange(pair.variant, *sides, assumed or PassThrough(), draws, seed)

    def fated(fates: Mapping[str, Pairing]) -> dict[str, PriceChange]:
        made = {id(pair): change(pair, 0) for pair in fates.values()}
        return {name: made[id(pair)] for name, pair in fates.items()}

    return [
        replace(change(pair, draws), fates=fated(fates), fate_words=fate_words([pair]))
        for pair, fates in zip(pairings, others, strict=True)
    ]


def days_apart(law: Law, days: tuple[date, date], reading: Reading, parameters: Mapping[str, float]) -> Pairing:
    """One law on two days, the earlier as it shipped.

    Raises
    ------
    InputError
        for a day outside the law.
    """
    shipped = laid_law(importer(law.importer).law, parameters)
    for day in days:
        check_day(day)
    first, last = (
        Side(str(day), day, reading, ground.law, ground)
        for day, ground in zip(days, (shipped, laid_law(law, parameters)), strict=True)
    )
    return Pairing(f"{days[0]} to {days[1]}", first, last)


# --- tables -----------------------------------------------------------------------------------------------------------

#: Sources of a table; the others are summed.
MOST_SOURCES = 40


def price_tables(pairings: Sequence[Pairing], draws: int = DRAWS, seed: int = SEED) -> list[Table]:
    """Tables `prices` and `households` of a run."""
    changes = price_changes(pairings, draws=draws, seed=seed)
    return [category_table(changes), household_table(changes)]


def notes(changes: Sequence[PriceChange]) -> tuple[str, ...]:
    """What the numbers rest on, for readers."""
    change = changes[0]
    a, flows = change.assumed, change.after.flows
    ranges = "; ".join(f"{words('input', k)} {low:g} to {high:g}" for k, (low, high) in change.bounds.items())
    assumed = {"border": a.border, "follow": a.follow, "margin": a.margin, "imports": a.import_share}
    spread = (
        declared_note("prices.drawn", **assumed, draws=change.draws, ranges=ranges)
        if change.draws and ranges
        else "; ".join((declared_note("prices.assumed", **assumed), declared_note("prices.not_drawn")))
    )
    weighed = declared_note("prices.accounts_used", flows=flows.period, year=change.tables.year)
    return (
        *compared_laws(changes),
        "; ".join((declared_note("prices.first_round", start=START), weighed)),
        spread,
        declared_note("prices.no_commodity", share=change.after.unmapped),
    )


def compared_laws(changes: Sequence[PriceChange]) -> tuple[str, ...]:
    """Which laws of the United States are compared, once for variants that compare the same ones."""
    by_words: dict[str, list[str]] = {}
    for change in changes:
        old, new = change.before.side, change.after.side
        key = "prices.laws" if old.law is new.law else "prices.laws_changed"
        words = declared_note(key, before=old.on, after=new.on)
        words += "" if new.reading is Reading.EFFECTIVE else f", {new.reading.value} reading"
        by_words.setdefault(words, []).append(change.variant)
    if len(by_words) == 1:
        return tuple(by_words)
    return tuple(f"{', '.join(variants)}: {words}" for words, variants in by_words.items())


def _moved(old: Any, new: Any, spread: Floats) -> tuple[float, float, float, float, float]:
    """Before, after, change and the range of the change."""
    return float(old), float(new), float(new - old), *_quantiles(spread)


Build = Callable[[Sequence[PriceChange]], Table]


def fated(*names: str) -> Callable[[Build], Build]:
    """A builder of a table with some of its numbers under each fate of open clauses, where they matter."""

    def around(build: Build) -> Build:
        @wraps(build)
        def built(changes: Sequence[PriceChange]) -> Table:
            made, words = build(changes), {n: w for change in changes for n, w in change.fate_words.items()}
            return beside(made, by_fate(build, changes, words, lambda change: (change,)), names, words)

        return built

    return around


@fated("change")
def category_table(changes: Sequence[PriceChange]) -> Table:
    """Rise of consumer prices: all, its direct and indirect part, and each budget category."""
    rows = [row for change in changes for row in _category_rows(change)]
    whose = {change.variant: f"{change.variant}: " if len(changes) > 1 else "" for change in changes}
    moved = [whose[c.variant] + declared_note("prices.movers", inputs=c.movers) for c in changes if c.movers]
    return table_of("prices.prices", rows, (*notes(changes), *moved))


#: Id of the first row of consumer prices.
ALL = "all"


def _category_rows(change: PriceChange) -> list[Row]:
    t, (old, new) = change.tables, change.effects
    weight = t.purchasers / t.total
    whole = [
        (change.variant, name, spent, *_moved(o @ weight, n @ weight, part @ weight), (n - o) @ weight, way)
        for name, spent, o, n, part, way in (
            (ALL, t.total, old.lines, new.lines, change.spread.sum(axis=0), change.moved_by),
            ("direct", np.nan, old.direct, new.direct, change.spread[0], ""),
            ("indirect", np.nan, old.indirect, new.indirect, change.spread[1], ""),
        )
    ]
    groups = [(name, t.category_at == i) for i, name in enumerate(t.used_categories)]
    rows = []
    for name, lines in [*groups, (declared_note("prices.outside"), t.category_at < 0)]:
        spent = t.purchasers * lines
        o, n, part = (x @ spent / spent.sum() for x in (old.lines, new.lines, change.spread.sum(axis=0)))
        part_of_all = (n - o) * spent.sum() / t.total
        rows.append((change.variant, name, float(spent.sum()), *_moved(o, n, part), part_of_all, ""))
    return whole + sorted(rows, key=lambda row: -abs(row[-2]))


@fated("change")
def line_table(changes: Sequence[PriceChange]) -> Table:
    """Rise of each line of consumer spending, the largest parts of the change first."""
    rows = []
    for change in changes:
        t, (old, new), lines = change.tables, change.effects, change.spread.sum(axis=0)
        part = (new.lines - old.lines) * t.purchasers / t.total
        for i in np.argsort(-np.abs(part), kind="stable"):
            moved = _moved(old.lines[i], new.lines[i], lines[:, i])
            rows.append((change.variant, t.titles[i], t.categories[i], t.purchasers[i], *moved, part[i]))
    return table_of("prices.price_lines", rows, notes(changes))


def source_table(changes: Sequence[PriceChange], by: str = "authority") -> Table:
    """What each authority, measure or partner adds to consumer prices; rows add up to the whole.

    Raises
    ------
    UnknownName
        for another way of splitting.
    """
    if by not in SPLITS:
        raise UnknownName("source of prices", by, SPLITS, Parameter("by"), f"use {', '.join(SPLITS)}")
    words = {name: text for change in changes for name, text in change.fate_words.items()}
    pairs = [pair for change in changes for pair in _source_rows(change, by, tuple(words))]
    rows = [row for row, _ in pairs]
    rows = rows or [(changes[0].variant, "none", "no duty moved", *(0.0,) * 6)]
    made = table_of("prices.prices_by", rows, notes(changes), by=by)
    fates = {name: {"change": np.asarray([own[k] for _, own in pairs] or [0.0])} for k, name in enumerate(words)}
    return with_fates(made, fates, words)


def _source_rows(change: PriceChange, by: str, fates: Sequence[str]) -> Iterator[tuple[Row, list[float]]]:
    """The largest sources of a change and the sum of the others, each with the change under each fate."""
    parts = change.contributions(SPLITS[by])
    again = [change.fates[name].contributions(SPLITS[by]) if name in change.fates else parts for name in fates]
    ranked = sorted(parts, key=lambda name: (-abs(parts[name][1][0] - parts[name][0][0]), name))
    first = [(name, _title(change, by, name), [name]) for name in ranked[:MOST_SOURCES]]
    for name, title, members in (*first, ("others", "all others", ranked[MOST_SOURCES:])):
        if not members:
            continue
        old, new = np.sum([parts[member] for member in members], axis=0)
        if old.any() or new.any():
            row = (change.variant, name, title, *_moved(old[0], new[0], (new - old)[1:]))
            yield row, [float(sum(o[m][1][0] - o[m][0][0] for m in members if m in o)) for o in again]


SPLITS: dict[str, Callable[[Shocks], dict[str, Floats]]] = {
    "authority": Shocks.by_authority,
    "measure": Shocks.by_measure,
    "partner": Shocks.by_partner,
}


def _title(change: PriceChange, by: str, name: str) -> str:
    """What a source is called for readers."""
    laws = (change.before.start.ground.law, change.before.side.law, change.after.side.law)
    if by == "partner":
        return countries().names.get(name, name)
    if by == "measure":
        titles = {m.id: m.title for law in laws for m in law.measures}
    else:
        titles = {a.id: a.name for law in laws for a in law.authorities}
    return titles.get(name, "Base duty" if name == BASE else name)


@fated("change")
def input_table(changes: Sequence[PriceChange]) -> Table:
    """What each assumption alone does to the change of consumer prices, the strongest first."""
    rows = []
    for change in changes:
        main, bounds = change.change, change.bounds
        for name in sorted(change.swings, key=lambda n: -abs(change.swings[n][1] - change.swings[n][0])):
            both = change.swings[name]
            rows.append((change.variant, name, *bounds.get(name, (0.0, 1.0)), min(both), main, max(both)))
    rows = rows or [(changes[0].variant, declared_note("prices.all_set"), np.nan, np.nan, np.nan, np.nan, np.nan)]
    return table_of("prices.inputs", rows, notes(changes))


@fated("pocket", "accounts")
def household_table(changes: Sequence[PriceChange]) -> Table:
    """Cost of the change to a household by decile of income, on both bases."""
    rows = [row for change in changes for row in _household_rows(change)]
    return table_of("prices.households", rows, (*_household_notes(changes), *notes(changes)[:-1]))


def _household_rows(change: PriceChange) -> list[Row]:
    rows: list[Row] = []
    main, drawn = change.burden
    for label, a, b in (("", main, drawn), ("all", main.mean, drawn.mean)):
        for i in range(a.rate.shape[-1]):
            cells = [float(a.rate[i])]
            for name in COSTS:
                cells += [float(getattr(a, name)[i]), *_quantiles(getattr(b, name)[:, i])]
            head = (change.variant, label or str(i + 1), a.budgets.income[i], a.budgets.expenditure[i])
            rows.append((*head, *cells, float(a.share_of_income[i])))
    return rows


COSTS = ("out_of_pocket", "national_accounts")


def _quantiles(spread: Floats) -> tuple[float, float]:
    if not spread.size:
        return float("nan"), float("nan")
    low, high = band(spread)
    return float(low), float(high)


def _household_notes(changes: Sequence[PriceChange]) -> tuple[str, ...]:
    outside = max(_outside(change) for change in changes)
    accounts = declared_note("prices.accounts", year=2024, households=budgets().households / 1e6)
    return (
        "; ".join((declared_note("prices.pocket"), accounts, declared_note("prices.published_basis"))),
        declared_note("prices.no_outlay", share=outside),
        declared_note("prices.first_decile"),
    )


def _outside(change: PriceChange) -> float:
    """Share of the change that no budget category holds."""
    old, new = change.effects
    whole = new.headline - old.headline
    return (new.unallocated - old.unallocated) / whole if whole else 0.0
