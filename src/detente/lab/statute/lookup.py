"""Look up the duty on one good: line, partner, date, with every rung of the ladder.

The duty rests on rates, or means of sectors. Lines under a code weigh by the trade of 2024, of a partner or of all, or
the same for each. Goods that were on the water as a duty began owe what it was before, if they are entered in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, UnknownName, declared_note, digits, dotted
from detente.codes.days import Standing, check_day
from detente.codes.names import Readable
from detente.data.base_law import OPEN, BaseLaw, unstated
from detente.data.importer_lines import SECTOR, SIX, check_edition, of_earlier_edition, renumbered, successors
from detente.data.importerfile import LONGEST
from detente.data.importers import HOME, PRESUMED, Importer, importer
from detente.data.library import package_folder
from detente.data.limits import memoized
from detente.data.tables import EMBEDDED
from detente.lab.statute.consignment import (
    CLAIM,
    SWITCH,
    Consignment,
    Fact,
    Shipment,
    UnlistedRate,
    check_alike,
    differ,
    items_of,
    members_of,
    shipment_of,
)
from detente.lab.statute.standing import standing_of_goods
from detente.law import DutyTerm, Ladder, Law, MeasureKind, Reading, Schedule, Status
from detente.law.duty import ExactDuty, flat_duty, minimum_price, with_flat_duty, with_minimum_prices
from detente.law.measure import FOREVER, Measure

NAME = "in_transit.yaml"
DAY = timedelta(1)


@dataclass(frozen=True)
class TransitClause:
    """A clause on goods in transit.

    Attributes
    ----------
    of : importer. `measures` : selectors of those that do not yet fall on the goods.
    loaded : day before which they are loaded; `first`, `entered` : from and before which they are entered.
    as_of : day of which the measures count. `heading` : under which the goods are filed.
    filed : free or reduced where the heading is for such goods alone, with nothing or some duty paid under it.
    """

    of: str
    measures: tuple[str, ...]
    loaded: date
    first: date
    entered: date
    as_of: date
    heading: str
    source: str
    filed: str = ""

    def held(self, measure: Measure) -> Measure:
        """The measure with the periods of its earlier day in the place of those of the clause's days."""
        last = self.entered - DAY
        periods = [replace(p, start=self.first, end=last) for p in measure.periods_on(self.as_of)]
        for period in measure.periods:
            if period.start < self.first:
                periods.append(replace(period, end=min(period.end, self.first - DAY)))
            if period.end > last:
                periods.append(replace(period, start=max(period.start, self.entered)))
        return replace(measure, periods=tuple(sorted(periods, key=lambda period: period.start)))


def _clauses() -> tuple[TransitClause, ...]:
    from detente.data.yamlfile import read_yaml  # Only goods in transit need it.

    rows = read_yaml(package_folder() / NAME, NAME)
    return tuple(TransitClause(**{"first": row["loaded"], **row, "measures": tuple(row["measures"])}) for row in rows)


def clauses_of(of: str, loaded: date | None, on: date) -> tuple[TransitClause, ...]:
    """Clauses that goods loaded and entered on two days are under, that of the latest day first; none without a day.

    Raises
    ------
    InputError : a day of loading after that of entry.
    """
    if loaded is None:
        return ()
    if loaded > on:
        raise InputError("loaded", f"{loaded} is after the day of entry, {on}", "give the day the goods set out")
    mine = [c for c in _clauses() if c.of == of and loaded < c.loaded and c.first <= on < c.entered]
    return tuple(sorted(mine, key=lambda clause: clause.loaded, reverse=True))


def clauses_filed(of: str) -> tuple[TransitClause, ...]:
    """Clauses of an importer whose heading is for goods in transit alone."""
    return tuple(clause for clause in _clauses() if clause.of == of and clause.filed)


@memoized
def law_in_transit(law: Law, clauses: tuple[TransitClause, ...]) -> Law:
    """The law on goods under some clauses; an earlier one counts where several name a measure."""
    if not clauses:
        return law
    measures = {measure.id: measure for measure in law.measures}
    for clause in clauses:
        for chosen in law.select(clause.measures):
            measures[chosen.id] = clause.held(law.by_id[chosen.id])
    return replace(law, measures=tuple(measure for measure in measures.values() if measure.periods))


def weights_of(
    totals: Sequence[float], codes: Sequence[str], partner: str, of: str, prefixes: tuple[str, ...]
) -> tuple[tuple[float, ...], str]:
    """Weights of the lines under a code: 2024 imports from the partner, or from all, or equal; and what they are.

    Parameters
    ----------
    totals : duty on each line, shares; where they agree no weight matters.
    prefixes : the code, or what stands in for it.
    """
    n = len(totals)
    if n == 1 or max(totals) - min(totals) < 1e-12:
        return tuple([1.0 / n] * n), ""
    worth = _worth(codes, partner, of, prefixes)
    if worth.sum() > 0:
        return tuple((worth / worth.sum()).tolist()), "imports of 2024"
    table = importer(of).table
    worth = table["weight"][importer(of).lines.positions(codes)] if "weight" in table else np.ones(n)
    if 0 < worth.sum() < n:
        return tuple((worth / worth.sum()).tolist()), declared_note("law.traded_lines")
    return tuple([1.0 / n] * n), declared_note("law.lines_equal")


def _worth(codes: Sequence[str], partner: str, of: str, prefixes: tuple[str, ...]) -> NDArray[np.float64]:
    """Imports of 2024 of each line from a partner, shape (codes,), USD; zero where none is on record by line."""
    table = EMBEDDED.get(importer(of).file.schedule.table)
    if table is None or (table.bought_of and partner != table.bought_of):
        return np.zeros(len(codes))
    if not table.bought_of:
        return _with_successors(codes, partner, prefixes)
    from detente.data.flows import chn_imports

    flows = chn_imports()
    worth = np.bincount(flows.line_at, flows.value, minlength=len(flows.lines))
    return worth[flows.lines.positions(codes)].astype(np.float64)


def _with_successors(codes: Sequence[str], partner: str, prefixes: tuple[str, ...]) -> NDArray[np.float64]:
    """2024 imports of each line; what retired lines under the codes traded goes evenly to the lines that are new."""
    from detente.data.flows import usa_imports

    where = importer("USA")
    inside = [line for code in prefixes for line in where.lines.codes[where.lines.slice(code)].tolist()]
    positions = usa_imports().lines.positions(inside)
    own = _imported(partner)[positions]
    trade = dict(zip(inside, (own if own.sum() else _imported("")[positions]).tolist(), strict=True))
    worth = np.asarray([trade[c] for c in codes])
    fresh = (where.table["from"][where.lines.positions(codes)] != "") & (worth == 0)
    retired = sum(trade.values()) - float(worth.sum())
    return worth + np.where(fresh, retired / max(int(fresh.sum()), 1), 0.0)


@memoized
def _imported(partner: str) -> NDArray[np.float64]:
    """US imports of 2024 by line from a partner, "" = from all, shape (lines,), USD; kept, as goods share partners."""
    from detente.data.flows import BLOCK, usa_imports

    flows = usa_imports()
    if not partner:
        return np.bincount(flows.line_at, flows.value, minlength=len(flows.lines)).astype(np.float64)
    names = {partner, BLOCK} if partner in importer("USA").countries.expand("EU27") else {partner}
    own = np.isin(flows.partner_at, [i for i, p in enumerate(flows.partners) if p in names])
    return np.bincount(flows.line_at[own], flows.value[own], minlength=len(flows.lines)).astype(np.float64)


def check_listed(goods: Consignment, law: Law, ladders: Sequence[Ladder], code: str) -> bool:
    """Whether the base duties are rates; refuses means of sectors where the duty depends on them."""
    bare, tried = (replace(goods, given={**goods.given, "base": base}) for base in (0.0, TRIED))
    schedule, count = bare.schedule(law), len(ladders)
    totals = [schedule.ladder(i, 0).total for i in range(count)]
    other = tried.schedule(law)
    if not differ([*totals, *(other.ladder(i, 0).total for i in range(count))]):
        return False
    mean = sum(ladder.base for ladder in ladders) / count
    facts = bare.facts(law, schedule, np.full(count, 1.0 / count))
    states = [state.total for fact in facts for state in fact.states if state.total is not None]
    adds = f"measures add {_span(totals)}" if max(totals) > LEAST else "no measure adds to it"
    adds += f" ({_span(states)} by facts that its code does not show)" if differ(states) else ""
    what = (
        f"the base duty of {goods.where.file.name} on {dotted(code)} is not on record; the mean of its sector was "
        f"{mean:.2%} in 2022, which is no rate of this good; {adds}"
    )
    raise UnlistedRate("line", what, "set the base duty if you know it, as in base=0.05, or ask for an average")


def _span(totals: Sequence[float]) -> str:
    low, high = min(totals), max(totals)
    return f"{low:.2%}" if high - low < LEAST else f"{low:.2%} to {high:.2%}"


#: Base duty that is tried beside none, to see whether a duty depends on it.
TRIED = 0.01

#: Share of value below which nothing is added.
LEAST = 1e-9


@dataclass(frozen=True, repr=False)
class LineDuty(Readable):
    """The duty on a code from a partner on a date.

    Attributes
    ----------
    code : digits as asked, 4 to 10.
    ladders : one per statistical line under the code.
    weights : share of each line, shape (lines,); one line has weight 1.
    basis : what the weights are, "" for a single line.
    facts : what the duty hangs on that the code does not show, with the duty under each state.
    standing : how far the law behind it is on record; None for a law without a record.
    law : the law it was looked up in.
    stands_in : codes taken for a statistical number that the schedule of the day lacks: those that replaced it, or
        its 8-digit line; empty = none needed.
    base_law : the base duty as the law states it; None where lines differ or it was set.
    shipment : the goods in one entry, where a value was given.
    retired : last day of a statistical number that has left the schedule since; "" = it is there.
    programme : name of the programme claimed; "" = none.
    idle : names of parameters, and "claim", that make no difference to the duty.
    level : what its base duty is of: a line, a subheading (hs6), or a sector where its rate is not on record and the
        duty does not depend on it.
    presumed : whether facts that nobody stated are those of the average in trade.
    loaded : day on which the goods were loaded, where it was given; `transit` : clauses that they are under.
    """

    code: str
    partner: str
    on: date
    reading: Reading
    claim: str
    ladders: tuple[Ladder, ...]
    weights: tuple[float, ...]
    basis: str = ""
    controls: tuple[Measure, ...] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    standing: Standing | None = None
    law: Law | None = field(repr=False, default=None)
    stands_in: tuple[str, ...] = ()
    base_law: BaseLaw | None = None
    shipment: Shipment | None = None
    idle: tuple[str, ...] = ()
    retired: str = ""
    programme: str = ""
    level: str = "line"
    presumed: bool = False
    loaded: date | None = None
    transit: tuple[TransitClause, ...] = ()

    @property
    def by_quantity(self) -> str:
        """The base duty as text where it is by quantity and stands in the total with no more than its share of value.

        "" where the total is all that is owed: of a share of value, an equivalent of a known year, or a known quantity.
        """
        law, exact = self.base_law, self.shipment is not None and self.shipment.base is not None
        return law.text if law is not None and law.source == OPEN and not exact else ""

    @property
    def total(self) -> float:
        """Duty, share of customs value; the weighted mean where lines under the code differ."""
        return float(sum(w * ladder.total for w, ladder in zip(self.weights, self.ladders, strict=True)))

    @property
    def unstated(self) -> str:
        """What the special rate claimed says where no amount can be read from it and the general rate stands in; ""."""
        if not self.claim or self.law is None:
            return ""
        where = importer(self.law.importer)
        texts = (unstated(where, self.claim, ladder.line, self.on) for ladder in self.ladders)
        return next((text for text in texts if text), "")

    @property
    def banned(self) -> tuple[DutyTerm, ...]:
        """Acts under which no good under the code may be imported."""
        first, *others = ([ban for ban in ladder.bans if ban.entire] for ladder in self.ladders)
        return tuple(ban for ban in first if all(ban.measure in {b.measure for b in bans} for bans in others))

    @property
    def exempted(self) -> tuple[Measure, ...]:
        """Exemptions that took away a duty on some of the value."""
        if self.law is None:
            return ()
        names = dict.fromkeys(n for ladder in self.ladders for term in ladder.terms for n in term.displaced_by)
        measures = (self.law.by_id[name] for name in names if name in self.law.by_id)
        return tuple(m for m in measures if m.kind is MeasureKind.EXEMPTION)

    @property
    def uniform(self) -> bool:
        """Whether every line under the code owes the same."""
        return max(x.total for x in self.ladders) - min(x.total for x in self.ladders) < 1e-12

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest duty of the lines under the code that may be imported, shares; the total for one line."""
        totals = [x.total for x in self.ladders if not any(ban.entire for ban in x.bans)] or [self.total]
        return min(totals), max(totals)

    @property
    def main(self) -> Ladder:
        """The ladder of the line with the largest weight."""
        return self.ladders[int(np.argmax(self.weights))]


def look_up(
    line: str,
    partner: str,
    on: date,
    *,
    law: Law | None = None,
    claim: str = "",
    reading: Reading = Reading.EFFECTIVE,
    parameters: Mapping[str, float] | None = None,
    of: str = "USA",
    value: float | None = None,
    quantity: str | float | None = None,
    presume: bool = False,
    loaded: date | None = None,
) -> LineDuty:
    """The duty on one good.

    A fact that is not stated is as in a filing without the claim: no metal is declared, no American content, no use.

    Parameters
    ----------
    line : tariff code of 4 to 10 digits, dots allowed.
    partner : country of origin, any code or name.
    claim : preference programme claimed, as "USMCA"; "" = none.
    parameters : shares of the goods the code cannot tell, as {"us_content": 0.4}.
    value : customs value of a shipment, USD; rules for small parcels of such a value are among the controls.
    quantity : its quantity, a number in the unit of the base duty or words as "1000 kg, 96 degrees"; makes a base
        duty by the unit exact, and a minimum price a duty.
    presume : whether facts that are not stated are those of the average in trade instead.
    loaded : day on which the goods were loaded onto the vessel that brings them; `on` is the day they are entered.

    Raises
    ------
    UnknownName
        unknown code, country, programme or parameter.
    InputError
        a date outside the lawbook, a claim the partner cannot make, a unit the base duty is not charged by.
    UnlistedRate
        the base duty is on record by the mean of its sector alone, and the duty depends on it.
    """
    where = importer(of)
    book = where.law if law is None else law
    transit: tuple[TransitClause, ...] = ()
    if loaded is not None:
        book = law_in_transit(book, transit := clauses_of(where.iso3, loaded, on))
    code, members, origin, stands_in, codes = meant(where, book, line, partner, on)
    published = reading is Reading.PUBLISHED
    programme, left = _claimed(where, book, claim, origin, on, published) if claim else ("", "")
    if programme:
        where.programmes.check_goods(programme, codes)
    given = dict(parameters or {})
    if where.programmes.aspect(programme) in book.aspects:
        given.setdefault(where.programmes.aspect(programme), 1.0)
    small, shipped = None, value is not None or quantity is not None
    if shipped:
        small = flat_duty(book, codes, origin, on, value, given) if value is not None and not programme else None
    tried = [name for name in parameters or {} if small is None or name not in dict(small[1].where)]
    if small is not None and value is not None:
        items = items_of(quantity, small[1])
        book, given, quantity = with_flat_duty(book, *small, value, items), {**given, "base": ExactDuty(0.0)}, None
    context = PRESUMED if presume else "line"
    goods = Consignment(where, tuple(codes), origin, programme, on, reading, given, context, left)
    stated = goods.base_law
    cargo = None
    if shipped:
        cargo = shipment_of(stated, value, quantity, given, minimum_price(book, codes, origin, on))
        book = with_minimum_prices(book, cargo.value, cargo.quantity) if cargo is not None else book
    # Shares of the goods with the exact base duty among them, so that floors meet what is owed.
    exact = {} if cargo is None or cargo.base is None else {"base": ExactDuty(cargo.base)}
    goods = replace(goods, given={**given, **exact})
    schedule = goods.schedule(book)
    ladders = tuple(schedule.ladder(i, 0) for i in range(len(codes)))
    listed = True
    if goods.averaged.any():
        listed = check_listed(goods, book, ladders, code)
    weights, basis = weights_of([ladder.total for ladder in ladders], codes, origin, of, stands_in or (code,))
    idle = goods.idle(book, schedule, tried)
    if programme and any(where.programmes.text(programme, code, on) for code in codes):
        idle = tuple(name for name in idle if name != CLAIM)  # rates by quantity, which no share of value shows
    if members:
        check_alike(goods, book, members, weights, partner)
    return LineDuty(
        code, where.countries.group(partner).id if members else origin,  # type: ignore[union-attr]
        on, reading, programme, ladders, weights, basis, _controls(schedule, value), given,
        goods.facts(book, schedule, np.asarray(weights)),
        standing_of_goods(goods, book, ladders, weights, code, listed), book, stands_in, stated, cargo,
        idle, retired(where, code, on),
        where.programmes.by_symbol[programme].name if programme else "",
        SIX if where.file.level == SIX else "line" if listed else SECTOR, presume, loaded, transit,
    )  # fmt: skip


def look_up_added(line: str, partner: str, on: date, *, law: Law, of: str) -> LineDuty:
    """As `look_up` where what measures add is asked: without a base duty where none is on record."""
    try:
        return look_up(line, partner, on, law=law, of=of)
    except UnlistedRate:
        return look_up(line, partner, on, law=law, of=of, parameters={"base": 0.0})


def _claimed(where: Importer, book: Law, claim: str, origin: str, on: date, published: bool) -> tuple[str, str]:
    """Symbol of the programme that is claimed, and of one that some fate of the open clauses alone leaves open."""
    try:
        return where.programmes.claimed(claim, origin, on, published=published), ""
    except InputError:
        for clause in book.record.open_on(on) if book.record is not None else ():
            with suppress(InputError):
                symbol = where.programmes.claimed(claim, origin, clause.day - timedelta(days=1), published=published)
                if symbol in clause.programmes:
                    return "", symbol
        raise


class Meant(NamedTuple):
    """What a reader names: digits, members of a group (none of a country), origin, stand-ins, lines of the day."""

    code: str
    members: list[str]
    origin: str
    stands_in: tuple[str, ...]
    lines: list[str]


def meant(where: Importer, book: Law, line: str, partner: str, on: date) -> Meant:
    """The goods that a code and a partner name on a day.

    Raises
    ------
    UnknownName, InputError : as `look_up`.
    """
    check_day(on)
    code = digits(line, "line", where.file.lengths)
    members = members_of(where, partner, on)
    origin = members[0] if members else where.countries.resolve(partner, "partner")
    if origin in where.members and not code.startswith(RETURNED):
        raise own_goods(origin, where)
    stands_in = substitute(where, code, on)
    lines = [x for prefix in stands_in or (code,) for x in lines_under(where, prefix, on)]
    return Meant(code, members, origin, stands_in, lines)


def partners_first(named: Sequence[str], on: date, of: str = "USA") -> list[str]:
    """Codes of partners by code or name, of groups their members on a day.

    Raises
    ------
    UnknownName : a partner nobody knows.
    """
    where = importer(of)
    return [
        code for name in named for code in (members_of(where, name, on) or [where.countries.resolve(name, "partner")])
    ]


#: Chapter of the tariff of the United States under which their own goods come back.
RETURNED = "98"


def own_goods(origin: str, where: Importer) -> InputError:
    """That goods are the importer's own."""
    itself = "the importer itself" if origin == where.iso3 else f"within {where.file.name}"
    back = "; American goods come back under 9801 or 9802" if where.iso3 == HOME else ""
    return InputError("partner", f"{origin} is {itself}", f"give the country of origin of the goods{back}")


#: Digits of a subheading, which stands for lines that are on record by their sector alone.
SUBHEADING = 6


def substitute(where: Importer, code: str, on: date) -> tuple[str, ...]:
    """Codes that answer for a statistical number on no record, or younger than the day; none where it is there.

    Numbers change by the quarter while the rate stands on the 8-digit line, so the line answers for them; where it is
    known which numbers replaced an old one, they do. For a day before the schedule on record the subheading answers, or
    those that hold its goods since.
    """
    inside = where.lines.slice(code)
    longest = where.file.digits
    if inside.stop == inside.start and len(code) > SUBHEADING and code[:SUBHEADING] in where.lines:
        return (code[:SUBHEADING],)
    if len(code) > longest:
        return (code[:longest],) if in_schedule(where, code[:longest], on) else ()
    if inside.stop > inside.start and (len(code) != LONGEST or where.table["from"][inside.start] <= on.isoformat()):
        return ()
    heirs = renumbered(where.lawbook).get(code, ()) if len(code) == LONGEST else ()
    starts = where.table["from"] if "from" in where.table else np.zeros(0, str)
    # A day before the first on which numbers of the schedule on record are known to have changed.
    early = on.isoformat() < min(starts[starts != ""].tolist(), default="")
    shorter = (code[:n] for n in (8, SUBHEADING) if n < len(code) and (n == 8 or early))
    line = next(((prefix,) for prefix in shorter if in_schedule(where, prefix, on)), ())
    return heirs or line or (successors(code, where.lines) if of_earlier_edition(code, on) else ())


def codes_of_day(where: Importer, code: str, on: date) -> tuple[str, ...]:
    """The code itself or what stands in for it on a day; none where the tariff has no goods of it."""
    codes = substitute(where, code, on) or (code,)
    strict = where.file.schedule.strict
    there = (in_schedule(where, x, on) if strict else len(where.lines.codes[where.lines.slice(x)]) for x in codes)
    return codes if all(there) else ()


def line_days(where: Importer, places: Iterable[slice] = (slice(None),)) -> set[date]:
    """Days on which numbers of the schedule, or of some parts of it, come, or have left it."""
    if "from" not in where.table:
        return set()
    inside = list(places)
    starts, ends = (
        {date.fromisoformat(day) for place in inside for day in np.unique(where.table[name][place]).tolist() if day}
        for name in ("from", "until")
    )
    return starts | {day + timedelta(1) for day in ends if day < FOREVER}


def retired(where: Importer, code: str, on: date) -> str:
    """Last day of a statistical number that has left the schedule by the day, as ISO text; "" while it is there."""
    inside = where.lines.slice(code) if len(code) == 10 else slice(0, 0)
    last = str(where.table["until"][inside.start]) if inside.stop > inside.start else ""
    return last if last and last < on.isoformat() else ""


def lines_under(where: Importer, code: str, on: date) -> list[str]:
    """Lines under a code, those in the schedule on the day if there are any."""
    inside = where.lines.slice(code)
    if inside.start == inside.stop:
        check_edition(code, where.lines)
        near = where.lines.codes[where.lines.slice(code[:6])] if len(code) > 6 else where.lines.codes
        known = [dotted(c[: len(code)]) for c in near.tolist()] or [dotted(c[: len(code)]) for c in where.lines.codes]
        raise UnknownName(
            "tariff line", dotted(code), dict.fromkeys(known), repair="search by words with `detente find WORDS`"
        )
    codes = where.lines.codes[inside]
    now = _standing(where, inside, on)
    if "trade_only" in where.table:
        now &= ~where.table["trade_only"][inside]
    if now.any():
        return codes[now].tolist()
    if where.file.schedule.strict:
        # Its lists name the lines of their own year: a retired line would miss them and look free.
        raise InputError("line", f"{dotted(code)} is not in the tariff of {on}", _live(where, code, on))
    return codes.tolist()


def in_schedule(where: Importer, code: str, on: date) -> bool:
    """Whether some line under a code is in the schedule on the day."""
    return bool(_standing(where, where.lines.slice(code), on).any())


def _standing(where: Importer, inside: slice, on: date) -> NDArray[np.bool_]:
    """Which lines of a part of the tariff are in the schedule on the day."""
    start, end, day = where.table["from"][inside], where.table["until"][inside], on.isoformat()
    return ((start == "") | (start <= day)) & ((end == "") | (day <= end))


def _live(where: Importer, code: str, on: date) -> str:
    """Lines of the day under the same subheading, or under those that hold its goods since."""
    under = dict.fromkeys((code[:6], *successors(code, where.lines)))
    near = [*(c for six in under for c in where.lines.codes[where.lines.slice(six)].tolist()), *where.made_of(code[:6])]
    live = [dotted(c) for c in dict.fromkeys(near) if in_schedule(where, c, on)]
    return f"use {', '.join(live[:6])}" if live else "see `detente find WORDS`"


def _controls(schedule: Schedule, value: float | None) -> tuple[Measure, ...]:
    """Licences and minimum prices in force on any of the lines; rules for small parcels where the value is one's."""
    space, kinds = schedule.space, {MeasureKind.CONTROL, MeasureKind.MINIMUM}
    controls = dict[str, Measure]()
    for item in space.items:
        m, period = item.measure, item.period
        small = m.kind is MeasureKind.REGIME and value is not None and (m.up_to is None or value <= m.up_to)
        stands = m.status is Status.IN_FORCE and period.start <= schedule.on <= period.end
        named = item.partners is None or any(space.columns[0].partner in p.countries for p in item.partners)
        lines = (space.painter.masks[block.mask_id] for block in item.blocks)
        if (small or m.kind in kinds) and stands and named and any(mask.any() for mask in lines):
            controls[m.id] = m
    return tuple(controls.values())


YES, NO = ("yes", "true"), ("no", "false")
#: What is set that is no share: the day on which goods were loaded; that facts are those of the average in trade.
LOADED, PRESUME = "loaded", "presume"


@dataclass(frozen=True)
class AskedLaw:
    """The law that is meant, with what is known of the goods.

    Attributes
    ----------
    of : whose law. claim : preference that is claimed; shares : of the goods, which their code cannot tell.
    """

    of: str
    law: Law
    on: date
    reading: Reading = Reading.EFFECTIVE
    claim: str = ""
    shares: Mapping[str, float] = field(default_factory=dict)
    presume: bool = False
    loaded: date | None = None

    def duty(self, line: str, partner: str, value: float | None = None, quantity: str = "") -> LineDuty:
        """The duty on a good; errors as `look_up`."""
        with asked_names():
            return look_up(
                line, partner, self.on, law=self.law, claim=self.claim, reading=self.reading, parameters=self.shares,
                of=self.of, value=value, quantity=quantity or None, presume=self.presume, loaded=self.loaded,
            )  # fmt: skip


@contextmanager
def asked_names() -> Iterator[None]:
    """Mistakes by the names that questions give to what holds them."""
    try:
        yield
    except InputError as error:
        unknown = isinstance(error, UnknownName) and error.kind == "parameter"
        now = "set" if unknown else ASKED.get(error.where.partition(" ")[0], "")
        raise error.at(Parameter(now)) if now else error from None


#: What holds a mistake, by the name that it has in a look-up.
ASKED = {"claim": "preference", "value": "value", "quantity": "quantity", "loaded": "set", "parameter": "set"}


def asked_law(
    of: str = "USA",
    meant: tuple[Law, date, Reading, Mapping[str, float]] | None = None,
    on: date | None = None,
    preference: str = "",
    given: Mapping[str, Any] | None = None,
) -> AskedLaw:
    """The law of a day, by default today.

    Parameters
    ----------
    meant : another law with its day, how it is read and shares that it assumes, as `law_meant` has it.
    given : facts of the goods and readings of stacking rules: name to yes, no, a state, a share; `loaded` to a day.

    Raises
    ------
    InputError, UnknownName : what cannot be used.
    """
    law, day, read, assumed = meant or (importer(of).law, on or date.today(), Reading.EFFECTIVE, {})
    shares = dict(assumed)
    switches = [name for rule in law.rules for name in (rule.switch, rule.unless) if name] if given else []
    known: dict[str, Any] = {}
    for name, value in (given or {}).items():
        plain = name.removeprefix(SWITCH)
        if name == CLAIM:
            preference = preference or str(value)
        elif name == LOADED:
            known[LOADED] = _day(value)
        elif plain in switches:
            law = law.with_switches([plain], "set") if _share(name, value, law) > 0.0 else law
        elif name == PRESUME:
            known[PRESUME] = _share(name, value, law) > 0.0
        else:
            shares[name] = _share(name, value, law)
    return AskedLaw(of, law, day, read, preference, shares, **known)


def _day(value: Any) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value).strip())
    except ValueError:
        raise InputError(Parameter("set", LOADED), f"'{value!s:.40}' is not a day", "write it as 2025-04-15") from None


def _share(name: str, value: Any, law: Law) -> float:
    """An answer as a share of the goods: yes is all of them."""
    text = str(value).strip().lower()
    if text in YES + NO:
        return float(text in YES)
    states = [str(state) for state in law.aspects[name].states] if name in law.aspects else []
    if text in states:
        return float(states.index(text) > 0)
    try:
        return float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        repair = " or ".join(["say yes, no, a share as 0.4", *states])
        raise InputError(Parameter("set", name[:40]), f"'{text[:40]}' is no answer", repair) from None
