"""The law of an importer laid on its trade, under the claims and programmes of the day that is named."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note
from detente.codes.axis import Floats
from detente.codes.countries import fold
from detente.codes.days import BASE_DAY, Standing, check_day
from detente.data.flows import (
    CLAIMS_OF,
    EARLIEST,
    LATEST,
    OBSERVED,
    SPECIAL_CHAPTERS,
    STANDS_FOR,
    check_claims,
    chn_imports,
    claim_months,
    claims_on,
    only_from,
    usa_imports,
    usmca_pairs,
    with_usmca,
)
from detente.data.importer_flows import imports_of
from detente.data.importer_lines import REST, Programmes, SectorTariffs
from detente.data.importers import Importer, importer
from detente.data.limits import memoized
from detente.data.tables import EMBEDDED, partner_name, place
from detente.data.trade_years import LINES_KNOWN
from detente.lab.statute.standing import standing_of
from detente.law import Law, ProgrammeChange, Reading, Resolver, Schedule, Space, schedule_on
from detente.law.measure import FOREVER
from detente.trade import Exposure, Flows, PairRates, daily, days_between, expose, pair_rates, whole_table

if TYPE_CHECKING:
    from detente.lab.scenario import Scenario

#: USD; a sector without trade divides as the plain mean of its years.
TINY = 1e-9

#: Goods of chapters 1-97, which have a tariff line, or all imports with chapters 98 and 99.
SCOPES = ("tariff-lines", "all")

DEFAULT = str(LINES_KNOWN)
#: Digits of a year.
FOUR = 4

AMERICAN = "usa_lines"


def span_of(weights: str) -> tuple[str, ...]:
    """The years that a span of weights names, as "2017-2019"; none where it is a single year or a file."""
    first, mark, last = (part.strip() for part in weights.partition("-"))
    plain = all(len(text) == FOUR and text.isascii() and text.isdigit() for text in (first, last))
    if not mark or not plain:
        return ()
    if int(first) >= int(last):
        what = f"the span {weights} ends before it begins"
        raise InputError(Parameter("weights"), what, "name the earlier year first")
    return tuple(map(str, range(int(first), int(last) + 1)))


def is_known(weights: str, code: str = "USA", where: str = Parameter("weights")) -> bool:
    """Whether weights are a year or a span of years of the package, and no file; errors as `year_of`."""
    span = span_of(weights)
    return all(year_of(year, code, where) is not None for year in span or (weights,))


def year_of(weights: str, code: str = "USA", where: str = Parameter("weights")) -> int | None:
    """The year that weights are named by; None where they are a file.

    Parameters
    ----------
    where : what the reader calls them, for messages.

    Raises
    ------
    InputError : a year whose trade is not known.
    """
    text = weights.strip()
    if not (text.isascii() and text.isdigit()):
        return None
    table = EMBEDDED.get(importer(code).file.schedule.table)
    # Of other importers one year is modelled, whichever is named.
    if table is not None and int(text) not in table.years:
        span = f"years run from {table.years[0]} to {table.years[-1]}, or give a file with line, partner, value"
        raise InputError(where, f"there are no {table.whose} of {text}", span)
    return int(text)


def check_meant(code: str, weights: str = DEFAULT, claims: str = "") -> None:
    """Refuse a year of trade and shares of claims that an importer has not; they would change nothing.

    Raises
    ------
    InputError : with the repair.
    """
    if claims and importer(code).file.schedule.table != AMERICAN:
        raise InputError(Parameter("claims"), "are of US imports under the USMCA", "leave it out, or ask for US duties")
    if weights == DEFAULT or EMBEDDED.get(importer(code).file.schedule.table) is not None:
        return
    if is_known(weights, code, Parameter("weights")):
        what = f"imports of {place(code)} are on record for one year alone"
        raise InputError(Parameter("weights"), what, "leave it out, or give a file with line, partner, value")


def weights_of(scenario: Scenario, folder: Path) -> str:
    """The year a scenario names, or the path of its file, which lies beside it."""
    known = is_known(scenario.weights, scenario.importer, f"scenario {scenario.name}, weights")
    return scenario.weights if known else str(folder / scenario.weights)


def trade_of(code: str, scope: str, claims: str, weights: str = DEFAULT) -> Flows:
    """The trade of an importer that weighs its duties, in a scope of goods.

    Parameters
    ----------
    claims : as in `usa_imports`.
    """
    if span := span_of(weights):
        return pooled([trade_of(code, scope, claims, each) for each in span])
    year, named = year_of(weights, code), check_claims(claims)
    if year is None:
        from detente.data.readers import read_weights

        return _in_scope(read_weights(Path(weights), code, named), scope)
    table = importer(code).file.schedule.table
    if table == AMERICAN:
        return scoped(scope, named, year)
    return chn_imports(year) if table else _in_scope(imports_of(code), scope)


def pooled(years: Sequence[Flows]) -> Flows:
    """The mean of the trade of some years, pair by pair; claims are means by value, a block divides as in all of them.

    Parameters
    ----------
    years : trade of one importer, on the same lines and with the same partners, oldest first.
    """
    first, last = years[0], years[-1]
    n, width = len(years), len(first.partners)
    key = np.concatenate([year.line_at * width + year.partner_at for year in years])
    value = np.concatenate([year.value for year in years])
    pair, place = np.unique(key, return_inverse=True)
    worth = np.bincount(place, value)
    parts = [year.claim * year.value for year in years], [year.duty for year in years]
    claim, duty = (np.bincount(place, np.concatenate(part)) for part in parts)
    return replace(
        last,
        period=f"{first.period} to {last.period}",
        line_at=pair // width,
        partner_at=pair % width,
        value=worth / n,
        claim=claim / np.where(worth > 0, worth, 1.0),
        duty=duty / n,
        estimated=np.ones(pair.size, dtype=bool),
        source=f"{first.source} to {last.period}",
        split=None if last.split is None else replace(last.split, share=_shares(years)),
        notes=(*last.notes, declared_note("averages.weights_mean", years=n)),
    )


def _shares(years: Sequence[Flows]) -> Floats:
    """How a block divides among its members by sector, mean of the years by the block's trade."""
    total: Floats | float = 0.0
    worth: Floats | float = 0.0
    for year in years:
        assert year.split is not None
        inside = year.partner_at == year.partners.index(year.split.block)
        sector = year.split.sector[year.line_at[inside]]
        own = np.bincount(sector, year.value[inside], minlength=len(year.split.share)).astype(np.float64) + TINY
        total, worth = total + own[:, None] * year.split.share, worth + own
    return np.asarray(total) / np.asarray(worth)[:, None]


@memoized
def scoped(scope: str = SCOPES[0], claims: str = OBSERVED, year: int = LINES_KNOWN) -> Flows:
    """US imports of a year in a scope of goods."""
    return _in_scope(usa_imports(claims, year), scope)


def _in_scope(flows: Flows, scope: str) -> Flows:
    return flows if scope == "all" else flows.take(scope_mask(flows, scope))


def scope_mask(flows: Flows, scope: str) -> NDArray[np.bool_]:
    """Pairs of the trade in a scope of goods, shape (pairs,); `UnknownName` for another than `SCOPES`."""
    if scope not in SCOPES:
        raise UnknownName("scope", scope, SCOPES, Parameter("scope"), f"use {' or '.join(SCOPES)}")
    if scope == "all":
        return np.ones(flows.value.size, dtype=np.bool_)
    return ~flows.lines.mask(SPECIAL_CHAPTERS)[flows.line_at]


def at_other_claims(flows: Flows) -> Flows | None:
    """The same trade at the other bound of its claim shares, for ranges; None where claims are the file's own.

    The bound is the latest claims on record, or those of 2024 for trade that already stands at the latest.
    """
    if importer(flows.importer).file.schedule.table != AMERICAN or flows.own_claims or not flows.claims:
        return None
    return with_usmca(flows, EARLIEST if flows.claims == LATEST else LATEST)


def weighed_note(flows: Flows) -> str:
    """Whose trade the weights are."""
    return f"weights: {flows.period}, {flows.valuation}"


#: Reading of time -> the note that says it beneath an average.
READ = {
    Reading.EFFECTIVE: "averages.read_effective",
    Reading.PUBLISHED: "averages.read_published",
    Reading.RULED: "averages.read_ruled",
}


# --- a law on its trade ---------------------------------------------------------------------------------------------

#: Kind of a programme that any partner may claim, by what the good is for; it frees no trade of an agreement.
USE = "use"


def with_changed_programmes(
    law: Law, where: Importer, ended: Sequence[str], begun: Sequence[str], on: date, label: str
) -> Law:
    """The law with some programmes ended, and others in force, from a day on.

    Raises
    ------
    UnknownName : no such programme. InputError : one whose claims nobody knows before it is in force.
    """
    if begun and where.file.schedule.table:
        what = f"what would be claimed under {begun[0]} is not on record"
        raise InputError(f"{label}, begin_programmes", what, "add a measure that lifts the duty instead")
    programmes = list(where.programmes.by_symbol.values())
    by_name = {
        fold(text): p.symbol for p in reversed(programmes) for text in (p.symbol, *p.also, p.name, p.title, *p.aliases)
    }
    changes, known = [], [p.name for p in programmes]
    for names, key in ((ended, "end_programmes"), (begun, "begin_programmes")):
        for name in names:
            if fold(name) not in by_name:
                repair = f"use {', '.join(known[:8])}" if known else "it has none"
                raise UnknownName("programme", name, known, f"{label}, {key}", repair)
            changes.append(ProgrammeChange(by_name[fold(name)], on, opens=names is begun))
    return replace(law, programmes=(*law.programmes, *changes)) if changes else law


@memoized
def _under(code: str, folder: Path, changes: tuple[ProgrammeChange, ...]) -> Importer:
    """An importer whose programmes end and begin as a law says, kept for a folder."""
    where = importer(code)
    by_symbol, old = dict(where.programmes.by_symbol), where.programmes
    for change in changes:
        own = by_symbol[change.symbol]
        if change.opens:
            days = {"start": min(own.start, change.day)}
        elif change.until is not None:
            days = {"end": max(own.end, change.until)}
        else:
            days = {"end": min(own.end, change.day - timedelta(1))}
        by_symbol[change.symbol] = replace(own, **days)
    return replace(where, programmes=Programmes(by_symbol, old.table, old.rates), _only={}, _columns={})


def ending(law: Law) -> tuple[ProgrammeChange, ...]:
    """The programmes that end after the trade claimed them: by the changes of a law, and by its open clauses."""
    named = {change.symbol for change in law.programmes}
    clauses = law.record.clauses if law.record is not None else ()
    open_ = (ProgrammeChange(symbol, clause.day) for clause in clauses for symbol in clause.programmes)
    own = (change for change in open_ if change.symbol not in named)
    gone = (ProgrammeChange(c.symbol, c.until + timedelta(1)) for c in law.programmes if c.until not in (None, FOREVER))
    return (*(change for change in law.programmes if change.ends), *gone, *own)


def shut_out(where: Importer, changes: Sequence[ProgrammeChange], partner: str, on: date) -> bool:
    """Whether goods of a partner lose a programme that they could claim until it ended."""
    ended = [change for change in changes if change.day <= on]
    by_symbol = importer(where.iso3).programmes.by_symbol
    return any(by_symbol[change.symbol].open_to(partner, change.day - timedelta(1)) for change in ended)


def without_claims(flows: Flows, where: Importer, changes: Sequence[ProgrammeChange], on: date) -> Flows:
    """The trade of an embedded table once programmes have ended: what no programme left open covers claims none.

    Parameters
    ----------
    where : the importer with the programmes that are left; changes : what ends.
    """
    claim = flows.claim.copy()
    kept = [p for p in where.programmes.by_symbol.values() if p.kind != USE]
    for position, partner in enumerate(flows.partners):
        if shut_out(where, changes, partner, on):
            covered = np.zeros(len(where.lines), dtype=bool)
            for programme in (p for p in kept if p.open_to(partner, on)):
                covered |= where.lines.mask(programme.only) if programme.only else True
            claim[(flows.partner_at == position) & ~covered[flows.line_at]] = 0.0
    return replace(flows, claim=claim, own_claims=True)


def on_general_duties(where: Importer, changes: Sequence[ProgrammeChange], on: date) -> Importer:
    """An importer whose schedule is of sectors, once programmes have ended.

    Applied duties on goods of a partner that lost one are those on the rest of the world, as general rates by line are
    not on record.
    """
    sectors = where.own.sectors
    if sectors is None:
        return where
    tariff, rest = sectors.tariff.copy(), sectors.partners.index(REST)
    for row, partner in enumerate(sectors.partners):
        if shut_out(where, changes, partner, on):
            tariff[row] = np.maximum(tariff[row], tariff[rest])
    own = replace(where.own, sectors=SectorTariffs(sectors.partners, tariff, sectors.sector))
    return replace(where, own=own, _only={}, _columns={})


#: From this day on the law tells no members of the European Union apart; older law does, in the aircraft dispute.
PRESENT = BASE_DAY

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")
Other = TypeVar("Other")

#: Days of which a ground keeps what is laid on them: each holds some sixteen megabytes, and is soon made again.
KEPT = 3


class Latest(Generic[Key, Thing]):
    """What was used last, `KEPT` of it, and what somebody else still uses."""

    def __init__(self) -> None:
        self._latest: OrderedDict[Key, Thing] = OrderedDict()
        self._used: WeakValueDictionary[Hashable, Any] = WeakValueDictionary()

    def __reduce__(self) -> tuple[type[Latest[Key, Thing]], tuple[()]]:
        """What is kept does not travel: it is soon made again."""
        return type(self), ()

    def __len__(self) -> int:
        """How many things it keeps or somebody uses."""
        return len(self._used)

    def got(self, key: Key, make: Callable[[], Thing]) -> Thing:
        """What is kept under a key; made where it is not."""
        self._latest[key] = value = self.shared(key, make)
        self._latest.move_to_end(key)
        while len(self._latest) > KEPT:
            self._latest.popitem(last=False)
        return value

    def shared(self, key: Hashable, make: Callable[[], Other]) -> Other:
        """What somebody uses under a key; made where nobody does, and not kept beyond its use."""
        value = self._used.get(key)
        if value is None:
            self._used[key] = value = make()
        return value


@dataclass(frozen=True)
class LaidLaw:
    """A law laid on an importer's trade, ready to be averaged.

    Attributes
    ----------
    law : the law; trade : what was traded; parameters : shares set by the user.
    divided : whether older law counts as well where a block of partners is divided; see `reaching`.
    since : first day of the base duties it was laid under; None where they have no dates.
    lapsed : day from which on programmes that the law ends are gone from the trade; None while they stand.
    chosen : partners whose goods alone it holds; None = all.

    Where claims follow the day (`Flows.claims_follow`), the trade stands at the latest claims until a day is named.
    Grounds of other days know their root and share what it keeps; it knows none of them, so that they go when unused.
    """

    law: Law = field(repr=False)
    trade: Flows = field(repr=False)
    parameters: Mapping[str, float] = field(default_factory=dict)
    divided: bool = False
    since: date | None = None
    lapsed: date | None = None
    chosen: frozenset[str] | None = None
    _trades: Latest[tuple[str, date | None], Flows] = field(repr=False, compare=False, default_factory=Latest)
    _laid: Latest[tuple[str, date | None, date | None], Exposure] = field(
        repr=False, compare=False, default_factory=Latest
    )
    _root: LaidLaw | None = field(repr=False, compare=False, default=None)
    _model: LaidLaw | None = field(repr=False, compare=False, default=None)

    @cached_property
    def where(self) -> Importer:
        """The importer, with the programmes that the law leaves it."""
        where = importer(self.law.importer)
        if self.law.programmes:
            where = _under(where.iso3, where.lawbook, self.law.programmes)
        return where if self.lapsed is None else on_general_duties(where, self._ended, self.lapsed)

    @cached_property
    def flows(self) -> Flows:
        """The trade, its block of partners divided if the law tells the members apart."""
        return self.trade.expanded()[0] if (self._root or self)._tells_apart else self.trade

    @cached_property
    def _tells_apart(self) -> bool:
        split, law = self.trade.split, self.law if self.divided else self.law.since(PRESENT)
        return split is not None and law.tells_apart(frozenset(split.members))

    @cached_property
    def exposure(self) -> Exposure:
        """The flows on the cells of the law."""
        return self._exposed() if self._root is None else self._laid.got(self._key, self._exposed)

    @property
    def _key(self) -> tuple[str, date | None, date | None]:
        """What tells the ground from others of its root."""
        return self.trade.claims, self.lapsed, self.since

    def _exposed(self) -> Exposure:
        root = self._root
        if root is not None and root.since == self.since and self.lapsed is None:
            return self._like(root)
        if self._model is not None and (known := self._model.exposure.under(self.law)) is not None:
            return known
        codes = [STANDS_FOR.get(code, code) for code in self.flows.partners]
        columns = self.where.trade_columns(sorted(set(codes)))
        space = self.where.space(self.law, columns, overrides=self.parameters, on=self.since)
        return expose(space, self.flows, STANDS_FOR)

    def _like(self, root: LaidLaw) -> Exposure:
        """The exposure at other claims than those of the root, with which it shares what claims do not move."""
        known = self._model.exposure.under(self.law) if self._model is not None else None
        if known is None:
            moving = expose(root.exposure.space, self.flows.take(usmca_pairs(self.flows)), STANDS_FOR)
            known = root._steady.with_more(moving, self.flows)
        return known.like(root.exposure)

    @cached_property
    def _steady(self) -> Exposure:
        """The flows whose claims are the same at all times, on the cells of the law."""
        steady = expose(self.exposure.space, self.flows.take(~usmca_pairs(self.flows)), STANDS_FOR)
        return replace(steady, flows=self.flows)

    def at(self, on: date) -> LaidLaw:
        """The ground under the base duties of a day; itself where base duties have no dates, or are set by the user."""
        here = self.as_of(on)
        if here is not self:
            return here.at(on)
        since = self.where.base_since(on)
        if since == self.since or "base" in self.parameters:
            return self
        dated = replace(self, since=since, _root=self._root or self, _model=None)
        dated.__dict__["exposure"] = self._laid.got(dated._key, lambda: self._rebased(dated))
        return dated

    def _rebased(self, dated: LaidLaw) -> Exposure:
        """The exposure of the ground under other base duties."""
        if not self._floors_later:
            return dated._exposed()
        space = self.exposure.space
        return expose(replace(space, base=self.where.base(space.base, dated.since)), self.flows, STANDS_FOR)

    def as_of(self, on: date) -> LaidLaw:
        """The ground with the trade of a day: its claims, and without what programmes ended by then covered."""
        root, ends = self._root or self, max((change.day for change in self._ended if change.day <= on), default=None)
        claims = claims_on(on) if root.trade.claims_follow else root.trade.claims
        if (claims, ends) == (self.trade.claims, self.lapsed):
            return self
        here = root._with_claims(claims)
        return here if ends is None else here._without(ends)

    def _with_claims(self, claims: str) -> LaidLaw:
        """The ground at other claims of its trade."""
        if claims == self.trade.claims:
            return self
        model = self._model._with_claims(claims) if self._model is not None else None
        trade = self._trades.got(
            (claims, None), lambda: with_usmca(self.trade, claims) if model is None else model.trade
        )
        return replace(self, trade=trade, _root=self, _model=model)

    def pinned(self, on: date) -> LaidLaw:
        """The ground with the claims of a day on every day."""
        here = self.as_of(on)
        trade = replace(here.trade, claims_follow=False)
        fixed = replace(here, trade=trade, _trades=Latest(), _laid=Latest(), _root=None, _model=None)
        fixed.__dict__["exposure"] = here.exposure
        return fixed

    @cached_property
    def _ended(self) -> tuple[ProgrammeChange, ...]:
        """Programmes that end after the trade claimed them."""
        return ending(self.law)

    def _without(self, day: date) -> LaidLaw:
        """The ground once the programmes that the law ends up to a day are gone."""
        trade, where = self.trade, self.where
        if where.file.schedule.table:
            programmes = self._ended
            key = trade.claims, day
            trade = self._trades.got(key, lambda: without_claims(self.trade, where, programmes, day))
        return replace(self, trade=trade, since=None, lapsed=day, _root=self._root or self, _model=None)

    @cached_property
    def _floors_later(self) -> bool:
        """Whether floors begin after base duties last changed: no cell depends on the base duty before them."""
        periods = (item.period for item in self.exposure.space.items)
        starts = [p.start for p in periods if p.rate is not None and p.rate.floor]
        return not starts or self.where.base_days[-1] <= min(starts)

    def under(self, law: Law) -> LaidLaw:
        """The same trade and shares under another law; what is laid on cells stays where they are fine enough."""
        if law is self.law:
            return self
        root = self._root or self
        if root is not self and root.trade.claims_follow:
            # Claims go with the day, not with the law: what is named next is a day.
            return root.under(law)
        other = LaidLaw(law, self.trade, self.parameters, self.divided, self.since, chosen=self.chosen)
        return replace(other, _model=self) if other.flows is self.flows else other

    def reaching(self, day: date) -> LaidLaw:
        """The ground for averages from a day on: before 2025 with a block divided where older law asks for it."""
        root = self._root or self
        return self if day >= PRESENT else root._with_division or root

    @cached_property
    def _with_division(self) -> LaidLaw | None:
        """The ground with the block divided, if older law asks for it."""
        other = replace(self, divided=True, _laid=Latest(), _model=None)
        return None if other.flows is self.flows else other

    def only(self, partners: frozenset[str]) -> LaidLaw:
        """The trade with some partners only."""
        flows, _ = self.flows.expanded()
        if partners <= self.where.members:  # its own goods, and those of members of its union
            itself = len(self.where.members) == 1
            who = f"{partner_name(min(partners))} is" if len(partners) == 1 else "these countries are"
            union = f"within {place(self.where.iso3)}, whose members trade free of duty"
            what = f"{who} {'the importer itself' if itself else union}"
            raise InputError(Parameter("partner"), what, "name a partner outside")
        missing = partners - set(flows.partners)
        if missing == partners:
            names = ", ".join(sorted(partners))
            raise InputError(
                Parameter("partner"), f"there is no trade with {names} in {flows.period}", "name another partner"
            )
        kept = only_from(flows, partners)
        return LaidLaw(self.law, kept, self.parameters, self.divided, self.since, chosen=partners)

    def kept_space(self, on: date) -> Space:
        """The cells of the law of one day with every state of the goods kept, for draws of shares."""
        columns = self.exposure.space.columns
        since = self.where.base_since(on)
        return self.where.space(self.law.on_day(on), columns, overrides=self.parameters, on=since, keep_states=True)

    def schedule(self, on: date, reading: Reading = Reading.EFFECTIVE) -> Schedule:
        """The law on a day."""
        check_day(on)
        space = self.at(on).exposure.space
        # A schedule holds its space, so that no other has its id while the schedule is used.
        return self._laid.shared((id(space), on, reading), lambda: schedule_on(space, on, reading))

    def rates(self, on: date, reading: Reading = Reading.EFFECTIVE) -> PairRates:
        """Duty of every pair on a day."""
        here = self.at(on)
        key = ("rates", *here._key, on, reading)
        return self._laid.shared(key, lambda: pair_rates(self.schedule(on, reading), here.exposure))

    def whole(self, on: date, reading: Reading = Reading.EFFECTIVE) -> float:
        """Average duty over all the trade on a day at fixed weights, share of customs value."""
        return float(whole_table(self.schedule(on, reading), self.at(on).exposure)["average"][0])

    def standing(self, first: date, last: date, reading: Reading = Reading.EFFECTIVE) -> Standing | None:
        """How far the law is on record, with the average duty of the last day under each fate of the open clauses."""
        standing = standing_of(
            self.law, first, last, lambda law: self.under(law).whole(last, reading), partners=self.chosen
        )
        return None if standing is None else replace(standing, of="an average tariff of ")

    def daily(self, first: date, last: date, reading: Reading = Reading.EFFECTIVE, by: str = "authority") -> Table:
        """Average duty by day."""
        check_day(first)
        check_day(last)
        ground = self.reaching(first)
        parts, resolver = [], None
        for days in self._spans(first, last):
            exposure = ground.at(days[0]).exposure
            if resolver is None or resolver.space is not exposure.space:
                resolver = Resolver(exposure.space, reading)
            parts.append(daily(exposure, days, reading, by, resolver))
        return parts[0] if len(parts) == 1 else joined(parts, _notes_told([part.notes for part in parts]))

    def notes_of(self, first: date, last: date) -> tuple[str, ...]:
        """What is to be said of the trade from a day to another: claims that change between them are told so."""
        return _notes_told([self.at(day).flows.notes for day in (first, last)])

    def _spans(self, first: date, last: date) -> list[list[date]]:
        """The days from first to last, parted where base duties change."""
        spans: dict[date | None, list[date]] = {}
        edges = [*self.where.base_days, *(change.day for change in self._ended)]
        if (self._root or self).trade.claims_follow:
            months = [date.fromisoformat(f"{month}-01") for month in claim_months()]
            edges += [*months, (months[-1] + timedelta(32)).replace(day=1)]
        for day in days_between(first, last):
            spans.setdefault(max((edge for edge in edges if edge <= day), default=None), []).append(day)
        return list(spans.values())


def laid_law(
    law: Law,
    parameters: Mapping[str, float] | None = None,
    scope: str = SCOPES[0],
    claims: str = "",
    weights: str = DEFAULT,
) -> LaidLaw:
    """An importer's law on its trade: US imports of 2024, or China's imports from the United States.

    Parameters
    ----------
    claims : shares that claim the USMCA, as in `usa_imports`; by default those observed in the month of the law.
    weights : year of the trade or a span of years, or the path of a file with line, partner, value.
    """
    given = tuple(sorted((parameters or {}).items()))
    span, named = span_of(weights), check_claims(claims)
    year = None if span else year_of(weights, law.importer)
    if year is None:
        return LaidLaw(law, trade_of(law.importer, scope, named, weights), dict(given))
    folder = importer(law.importer).lawbook
    return _shipped_ground(law.importer, folder, given, scope, named, str(year)).under(law)


@memoized
def _shipped_ground(
    code: str, folder: Path, given: tuple[tuple[str, float], ...], scope: str, claims: str, weights: str
) -> LaidLaw:
    """The law of an importer's folder on its trade, kept for the folder."""
    return LaidLaw(importer(code).law, trade_of(code, scope, claims, weights), dict(given))


def _notes_told(several: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Notes of spans of days that follow one another; claims that change with the month are told so."""
    notes = several[0]
    if all(each == notes for each in several):
        return notes
    about = (note for note in notes if not note.startswith(CLAIMS_OF))
    return (*about, declared_note("averages.claims_by_month"))


def joined(parts: Sequence[Table], notes: tuple[str, ...]) -> Table:
    """Daily series of spans of days that follow one another, as one table; what a span lacks is zero in it."""
    names = dict.fromkeys(c for part in parts for c in part.columns)
    data = {c.name: np.concatenate([part.data.get(c.name, np.zeros(len(part))) for part in parts]) for c in names}
    return Table("daily", parts[0].title, tuple(names), data, notes)
