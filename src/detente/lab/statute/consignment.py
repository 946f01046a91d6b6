"""Consignment: lines of one origin on one day, the duty on them under any law, and the facts it hangs on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.codes.axis import Floats
from detente.codes.days import duty_words
from detente.codes.names import Readable
from detente.data.base_law import BaseLaw, averaged, base_law
from detente.data.importers import Importer
from detente.law import Aspect, Law, MeasureKind, PartnerColumn, Reading, Schedule, Shares, schedule_on
from detente.law.duty import Duty, DutyPart, check_parts, read_quantity
from detente.law.law import fate_names, under_fate
from detente.law.measure import MinimumPrice, Period

#: Beginning of the id of a fact that is one of two readings of a text.
SWITCH = "switch:"

#: What stands for clauses whose fate is not on record, as the condition of a fact.
CLAUSES = "open clauses"

#: Id of the fact that goods come in under a preference programme.
CLAIM = "claim"

#: Duties that differ by less are the same, share of customs value.
SAME = 1e-9


class UnlistedRate(InputError):
    """A good whose base duty is on record by the mean of its sector alone, which is no rate of it."""


@dataclass(frozen=True, slots=True)
class State:
    """One state of a fact and the duty under it; None where the goods may not be imported."""

    name: str
    total: float | None


@dataclass(frozen=True, slots=True, repr=False)
class Fact(Readable):
    """A fact that the answer hangs on.

    Attributes
    ----------
    id : aspect of the goods, or `CLAIM`.
    title : what it is, for readers.
    assumed : state -> share of the value assumed in the answer.
    states : the duty if the whole value were in that state, all other facts as assumed.
    given : the state of another fact without which this one does not matter; "" = none.
    """

    id: str
    title: str
    assumed: Mapping[str, float]
    states: tuple[State, ...]
    given: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Duties:
    """Duties of the atoms of a few lines in one column on one day, for any shares of their states.

    Attributes
    ----------
    line : line of each atom, shape (atoms,).
    additional : additional duty of each atom, share of customs value, shape (atoms,).
    banned : whether the atom may not be imported, shape (atoms,).
    states : aspect id -> state of each atom, shape (atoms,).
    asked : aspect id -> lines on which the law asks about it, shape (lines,).
    base : base duty by line, share of customs value, shape (lines,).
    """

    line: NDArray[np.int64]
    additional: Floats
    banned: NDArray[np.bool_]
    states: Mapping[str, NDArray[np.int8]]
    asked: Mapping[str, NDArray[np.bool_]]
    base: Floats

    def total(self, shares: Mapping[str, Floats], weights: Floats) -> float | None:
        """Mean duty over the lines with these weights; None if nothing of the value may be imported.

        Parameters
        ----------
        shares : aspect id -> share of each state by line, shape (states, lines).
        weights : of the lines, shape (lines,).
        """
        weight = weights[self.line]
        for name, state in self.states.items():
            mask = self.asked[name][self.line]
            weight = weight * np.where(mask, shares[name][state, self.line], 1.0)
        if weight.sum() > 0 and weight[self.banned].sum() > weight.sum() - SAME:
            return None
        return float(weights @ self.base + weight @ self.additional)


def duties_of(schedule: Schedule, column: int) -> Duties:
    """Duties of all atoms of a schedule whose space keeps every state, in one of its columns."""
    space = schedule.space
    cell = int(space.column_of[column])
    points, floors = schedule.coefficients()
    base = space.base[space.columns[column].base]
    atoms = space.atoms
    additional = points[space.pattern, cell] - floors[space.pattern, cell] * base[atoms.line]
    banned = np.zeros(space.shape[0], dtype=bool)
    for painted in schedule.painted:
        places = np.flatnonzero(painted.cols == cell)
        if painted.item.measure.kind is MeasureKind.BAN and places.size:
            banned[painted.rows] |= painted.applies[:, places[0]]
    masks = {name: mask for name, mask in atoms.asked.items() if mask.any()}
    states = {name: atoms.states[name] for name in masks}
    return Duties(atoms.line, additional, banned[space.pattern], states, masks, base)


def full_shares(shares: Shares) -> dict[str, Floats]:
    """Share of every state of every aspect by line, the first included, arrays of shape (states, lines)."""
    return {name: np.vstack([1.0 - share.sum(axis=0), share]) for name, share in shares.by_aspect.items()}


def open_facts(schedule: Schedule, column: int, shares: Shares, weights: Floats) -> tuple[Fact, ...]:
    """Facts about the goods that change the duty in a column; those that matter only under another come after it."""
    duties, assumed = duties_of(schedule, column), full_shares(shares)
    direct = tuple(_facts(schedule, duties, assumed, weights))
    known = {fact.id for fact in direct}
    aspects = schedule.law.aspects
    # Two facts may matter only together; of many lines at once those that matter alone are looked under.
    names = [*known, *(name for name in duties.states if name not in known)] if weights.size == 1 else [*known]
    nested: list[Fact] = []
    for name in names:
        for k, state in enumerate(aspects[name].states):
            given = _with_limits(aspects, {**assumed, name: _all_in(assumed[name], k)})
            for other in _facts(schedule, duties, given, weights):
                if other.id not in known and other.id != name:
                    nested.append(replace(other, given=(name, state)))
                    known.add(other.id)
    return (*direct, *nested)


def _facts(schedule: Schedule, duties: Duties, shares: Mapping[str, Floats], weights: Floats) -> Iterator[Fact]:
    aspects = schedule.law.aspects
    for name in duties.states:
        aspect = aspects[name]
        if aspect.above is not None:  # follows from another aspect
            continue
        settings = ({**shares, name: _all_in(shares[name], k)} for k in range(len(aspect.states)))
        totals = [duties.total(_with_limits(aspects, setting), weights) for setting in settings]
        if differ(totals):
            mean = (shares[name] @ weights).tolist()
            assumed = {state: share for state, share in zip(aspect.states, mean, strict=True) if share > SAME}
            states = tuple(State(state, total) for state, total in zip(aspect.states, totals, strict=True))
            yield Fact(name, aspect.title, assumed, states)


def _with_limits(aspects: Mapping[str, Aspect], shares: Mapping[str, Floats]) -> dict[str, Floats]:
    """The shares with aspects that say whether another one is over a limit made to follow it."""
    settled = dict(shares)
    for aspect in aspects.values():
        if aspect.above is not None and aspect.id in settled:
            of, limit = aspect.above
            over = (1.0 - settled[of][0] > limit).astype(np.float64)
            settled[aspect.id] = np.stack([1.0 - over, over])
    return settled


def _all_in(share: Floats, state: int) -> Floats:
    """The whole value in one state, shape (states, lines)."""
    return np.eye(share.shape[0])[:, [state]] * np.ones(share.shape[1])


def differ(totals: Iterable[float | None]) -> bool:
    """Whether some duties differ; a ban differs from any duty."""
    values = list(totals)
    known = [value for value in values if value is not None]
    return (bool(known) and len(known) < len(values)) or (len(known) > 1 and max(known) - min(known) > SAME)


def _owed(schedule: Schedule) -> list[tuple[object, ...]]:
    """What is owed on each line: the base duty, what each measure adds, and who forbids it."""
    ladders = [schedule.ladder(line, 0) for line in range(len(schedule.space.lines))]
    return [
        (
            round(ladder.base, 9),
            {term.measure: points for term in ladder.terms if (points := round(term.points, 9))},
            {ban.measure: round(ban.share, 9) for ban in ladder.bans},
        )
        for ladder in ladders
    ]


def base_is_set(given: Mapping[str, float]) -> bool:
    """Whether shares of the goods name their base duty."""
    return bool({"base", "ave"} & set(given))


@dataclass(frozen=True)
class Consignment:
    """Lines of one origin on one day, under any law.

    `programme` : symbol of what is claimed; `left` : of what is claimed and left open by a fate of open clauses alone.
    """

    where: Importer
    codes: tuple[str, ...]
    origin: str
    programme: str
    on: date
    reading: Reading
    given: Mapping[str, float]
    context: str = "line"
    left: str = ""

    @cached_property
    def lines(self) -> Importer:
        """The importer with these lines alone."""
        return self.where.only(self.codes)

    @cached_property
    def base_law(self) -> BaseLaw | None:
        """The base duty as the law states it; None where lines differ or it was set as a share."""
        base = self._column(self.origin, self.programme).base
        return None if base_is_set(self.given) else base_law(self.lines, base, self.on)

    @cached_property
    def averaged(self) -> NDArray[np.bool_]:
        """Lines whose base duty is the mean of their sector, shape (lines,); none where it was set."""
        base = self._column(self.origin, self.programme).base
        return averaged(self.lines, base, self.on) & (not base_is_set(self.given))

    @cached_property
    def programmes(self) -> tuple[str, ...]:
        """Symbols of the programmes that the goods may claim; the one they do claim comes first, "" for none."""
        every = (p for p in self.where.programmes.by_symbol.values() if p.kind != "use")
        others = (p.symbol for p in every if p.open_to(self.origin, self.on) and p.covers(self.codes))
        return tuple(dict.fromkeys((self.programme, "", *others)))

    def schedule(self, law: Law) -> Schedule:
        """The law on the day, every state of the goods kept; one column for each entry of `programmes`."""
        return self._compiled(law, [self._column(self.origin, programme) for programme in self.programmes])

    def _column(self, origin: str, programme: str) -> PartnerColumn:
        return PartnerColumn(origin, bool(programme), self.where.base_column(origin, self.on, programme))

    def _compiled(self, law: Law, columns: Sequence[PartnerColumn]) -> Schedule:
        own = law.on_day(self.on)
        space = self.lines.space(own, columns, context=self.context, overrides=self.given, on=self.on, keep_states=True)
        return schedule_on(space, self.on, self.reading, record=True)

    def total(self, law: Law, weights: Sequence[float]) -> float | None:
        """Duty under a law, share of customs value; None where the goods may not be imported."""
        return self.totals(law, [self.origin], weights)[self.origin]

    def totals(self, law: Law, origins: Sequence[str], weights: Sequence[float]) -> dict[str, float | None]:
        """Duty on the goods from several origins, with the claim that is made."""
        still = any(c.symbol == self.left and c.until is not None and self.on <= c.until for c in law.programmes)
        programme = self.left if still else self.programme
        schedule = self._compiled(law, [self._column(origin, programme) for origin in origins])
        full, of_lines = full_shares(self._shares(schedule)), np.asarray(weights)
        return {origin: duties_of(schedule, i).total(full, of_lines) for i, origin in enumerate(origins)}

    def _shares(self, schedule: Schedule) -> Shares:
        return self.lines.shares(schedule.law, self.context, self.given)

    def facts(self, law: Law, schedule: Schedule, weights: NDArray[np.float64]) -> tuple[Fact, ...]:
        """What the duty hangs on: a claim, facts about the goods, readings of the text, the fate of open clauses."""
        shares = self._shares(schedule)
        full = full_shares(shares)
        totals = [duties_of(schedule, i).total(full, weights) for i in range(len(self.programmes))]
        facts = [*open_facts(schedule, 0, shares, weights)]
        names = [self.where.programmes.by_symbol[symbol].name if symbol else "none" for symbol in self.programmes]
        facts += self._only_under(((schedule, i, (CLAIM, name)) for i, name in enumerate(names) if i), weights, facts)
        if differ(totals) or any(fact.given[0] == CLAIM for fact in facts):
            states = tuple(State(name, total) for name, total in zip(names, totals, strict=True))
            facts.insert(0, Fact(CLAIM, "Claim of a preference programme", {names[0]: 1.0}, states))
        clauses = law.record.open_on(self.on) if law.record is not None and self.on > law.record.to else ()
        laws = ((name, under_fate(law, name, clauses)) for name in fate_names(clauses))
        fates = ((self.schedule(other), 0, (CLAUSES, name)) for name, other in laws)
        return (*facts, *self._readings(law, schedule, weights, totals[0]), *self._only_under(fates, weights, facts))

    def _only_under(
        self, schedules: Iterable[tuple[Schedule, int, tuple[str, str]]], weights: Floats, known: Iterable[Fact]
    ) -> Iterator[Fact]:
        """Facts that matter only if a programme is claimed, or under a fate of open clauses other than that as written.

        Parameters
        ----------
        schedules : each with the column that is looked at, and what is given in it.
        """
        names = {fact.id for fact in known}
        for schedule, column, given in schedules:
            for fact in open_facts(schedule, column, self._shares(schedule), weights):
                if fact.id not in names and (given[0] == CLAIM or not fact.given[0]):
                    names.add(fact.id)
                    yield replace(fact, given=given)

    def idle(self, law: Law, schedule: Schedule, given: Iterable[str]) -> tuple[str, ...]:
        """Names that could be left out, among them `CLAIM`: without any one, lines owe the same by the same measures.

        Parameters
        ----------
        schedule : the law of the day on these goods; given : names of shares to try.
        """

        def without(name: str, programme: str) -> Consignment:
            return replace(self, programme=programme, given={k: share for k, share in self.given.items() if k != name})

        aspect = self.where.programmes.aspect(self.programme)
        tried = {CLAIM: without(aspect, "")} if self.programme else {}
        tried |= {name: without(name, self.programme) for name in given}
        owed = _owed(schedule) if tried else []
        columns = ((name, goods, goods._column(goods.origin, goods.programme)) for name, goods in tried.items())
        return tuple(name for name, goods, column in columns if _owed(goods._compiled(law, [column])) == owed)

    def _readings(
        self, law: Law, schedule: Schedule, weights: NDArray[np.float64], taken: float | None
    ) -> Iterator[Fact]:
        """Texts that may be read in two ways, where that changes the duty taken."""
        here = {painted.item.measure.id for painted in schedule.painted if painted.applies.any()}
        rules = [rule for rule in law.rules if rule.start <= self.on <= rule.end and (rule.switch or rule.unless)]
        for rule in rules:
            if not here & {name for selector in rule.of for name in law.selected.get(selector, ())}:
                continue
            name = rule.switch or rule.unless
            other = self.total(replace(law, switches=law.switches ^ {name}), weights.tolist())
            if differ((taken, other)):
                states = (State("as taken", taken), State("other way", other))
                yield Fact(f"{SWITCH}{name}", f"Reading: {name.replace('_', ' ')}", {"as taken": 1.0}, states)


def members_of(where: Importer, partner: str, on: date) -> list[str]:
    """Members of a group of countries on a day, in order; none for a single country."""
    if where.countries.group(partner) is None or partner.strip().upper() in where.countries.names:
        return []
    return sorted(where.countries.expand(partner, on, "partner") - where.members)


def check_alike(goods: Consignment, law: Law, members: Iterable[str], weights: Sequence[float], partner: str) -> None:
    """Refuse a group whose members owe different duties on the goods."""
    totals = goods.totals(law, list(members), weights)
    if differ(totals.values()):
        low, high = (pick(totals, key=lambda m: totals[m] or 0.0) for pick in (min, max))
        parts = " and ".join(f"{m} {duty_words(totals[m])}" for m in (low, high))
        raise InputError("partner", f"members of {partner} owe different duties, {parts}", "name one of them")


@dataclass(frozen=True, slots=True)
class Shipment:
    """Goods under one tariff code in one entry.

    Attributes
    ----------
    value : customs value, USD.
    quantity : amounts by the measures of the base duty and of a minimum price; empty where none was given.
    base : base duty by its text, share of the value; None where the rate or its equivalent is used.
    """

    value: float
    quantity: Mapping[str, float] = field(default_factory=dict)
    base: float | None = None


def shipment_of(
    law: BaseLaw | None,
    value: float | None,
    quantity: str | float | None,
    given: Mapping[str, float],
    minimum: MinimumPrice | None = None,
) -> Shipment | None:
    """A shipment from what a reader gives; None without a value.

    Parameters
    ----------
    law : base duty of the line, None where the lines under the code differ.
    value : customs value, USD.
    quantity : as `detente.law.duty.read_quantity` reads it.
    given : shares of the goods that were set.
    minimum : minimum price, or least duty, that the goods stand under.

    Raises
    ------
    InputError
        a value that is not positive, a quantity without a value, a quantity the base duty cannot use.
    """
    if value is None and quantity is None:
        return None
    if value is None:
        raise InputError("quantity", "the duty on a quantity needs the customs value", "give the value in USD")
    if not 0.0 < value < float("inf"):
        raise InputError("value", f"{value:g} is not a customs value", "give a positive number of USD")
    if quantity is None:
        return Shipment(value)
    if minimum is not None:
        # The quantity is in the unit of the minimum price, and in those of the base duty if it has any.
        own = None if law is None or base_is_set(given) else law.duty
        what = "least duty" if minimum.whole else "minimum price"
        words = f"{own.words if own else 'a share of value'}, with a {what} of {minimum.price:g} USD/{minimum.unit}"
        amounts = read_quantity(quantity, by_unit(minimum, words, own.parts if own else ()))
        exact = own is not None and not own.ad_valorem
        return Shipment(value, amounts, own.of(value, amounts) / value if own is not None and exact else None)
    if base_is_set(given):
        raise InputError("quantity", "the base duty is set as a share already", "leave one of the two out")
    if law is None:
        raise InputError("quantity", "the lines under this code have different base duties", "give ten digits")
    if law.duty is None:
        raise InputError("quantity", "the base duty of this line is in the package as a share only", "leave it out")
    amounts = read_quantity(quantity, law.duty)
    check_parts(value, amounts)
    return Shipment(value, amounts, law.duty.of(value, amounts) / value)


def by_unit(price: MinimumPrice, words: str, parts: tuple[DutyPart, ...] = ()) -> Duty:
    """A price by the unit as a duty, beside other addends."""
    return Duty(words, "specific", (*parts, DutyPart(price.price, price.unit)))


def items_of(quantity: str | float | None, period: Period) -> float:
    """Number of items in a small parcel under a flat amount; one where nothing is said."""
    price = period.minimum
    if quantity is None or price is None:
        return 1.0
    return read_quantity(quantity, by_unit(price, f"{price.price:g} USD/{price.unit}"))[price.unit]
