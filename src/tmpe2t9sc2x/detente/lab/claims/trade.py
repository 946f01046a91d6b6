"""Trade in goods that claims speak of: imports, exports and balances by partner, a partner's share, its place.

Figures come from sources that count differently, so that each is a reading: releases of statistical offices, records
by month or good, national accounts, the partner's own record, and a table of the world economy of one year. A claim
is judged on those that have its period; where none has, the words say how far the record goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from math import isfinite
from typing import TypeVar

from detente.codes import InputError, UnknownName, declared_note
from detente.data.tables import countries, place
from detente.data.trade_record import (
    ALL,
    BALANCE,
    EXPORTS,
    IMPORTS,
    NOTHING,
    WITH_SERVICES,
    TradeSeries,
    accounts,
    published,
    us_exports_to_china,
    us_imports,
    us_imports_adjusted,
)
from detente.data.worlds import load_economy
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.period import MonthSpan, period_named
from detente.lab.claims.quantities import quantities
from detente.lab.claims.rates import PUBLISHED, START
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import BEFORE, CHANGE, level_or_change

HOME = "USA"
"""Whose trade a claim is about that names no country."""

WORLD = ("", "all", "world", "the world", "everybody", "all countries", "all partners")
TABLE, TABLE_YEAR = "icio-2022", "2022"
MOST_NAMED = 8
"""Periods of a record with gaps that are named, the latest."""

FEW_GAPS = 3
"""Gaps of a record that are named; with more of them its periods are."""

MONTHS, YEAR_DIGITS = 12, 4
NONE = float("nan")
T = TypeVar("T")


@dataclass(frozen=True)
class TradeFlow:
    """Trade that a claim is about.

    Attributes
    ----------
    kind : exports, imports or balance; country : whose; partner : with whom, a country, a group or all.
    """

    kind: str
    country: str
    partner: str

    @property
    def words(self) -> str:
        """The flow for readers: "imports of the United States from China"."""
        way = {EXPORTS: "to", IMPORTS: "from"}.get(self.kind, "with")
        names = {BALANCE: "trade balance", WITH_SERVICES: declared_note("claims.whole_balance")}
        whom = "the world" if self.partner == ALL else place(self.partner)
        return f"{names.get(self.kind, self.kind)} of {place(self.country)} {way} {whom}"

    @property
    def mirrored(self) -> TradeFlow:
        """The same goods in the record of the partner."""
        turned = {EXPORTS: IMPORTS, IMPORTS: EXPORTS}.get(self.kind, self.kind)
        return TradeFlow(turned, self.partner, self.country)


def flow_of(row: QuantityRow, reading: ReadingRow | None = None, kind: str = "") -> TradeFlow:
    """What trade a claim is about.

    Raises
    ------
    UnknownName : a country or partner nobody knows. InputError : trade of a country with itself.
    """
    whose = row.country or row.importer or HOME
    country = _code(whose, f"quantity {row.name}, country")
    partner = _code((reading.partner if reading else "") or row.partner, f"quantity {row.name}, partner")
    if country == partner:
        raise InputError(f"quantity {row.name}", f"{place(partner)} has no trade with itself", "name another partner")
    return TradeFlow(kind or _kind(row), country, partner)


def _kind(row: QuantityRow) -> str:
    """The flow that a quantity is of, as its population says."""
    population = quantities()[row.name].population(row.population)
    return WITH_SERVICES if population == WHOLE else KINDS.get(row.name, IMPORTS)


WHOLE = "goods and services"


KINDS = {"imports": IMPORTS, "exports": EXPORTS, "trade_balance": BALANCE}


def _code(text: str, where: str) -> str:
    """A country by its code, a group by its id, or all of them."""
    if text.strip().casefold() in WORLD:
        return ALL
    group = countries().group(text)
    return countries().resolve(text, where) if group is None else group.id


def period_of(row: QuantityRow) -> MonthSpan:
    """The months that a claim is about.

    Raises
    ------
    InputError : neither a year nor a period.
    """
    if not row.period and row.year is None:
        what = "does not say of which month or year it is"
        raise InputError(f"quantity {row.name}", what, "add period: 2025-07, or year: 2025")
    return period_named(row.period or str(row.year))


def _published(flow: TradeFlow) -> TradeSeries:
    own = published(flow.country, flow.partner, flow.kind)
    return added(own, _difference(_published, flow)) if flow.kind == BALANCE else own


def _detailed(flow: TradeFlow) -> TradeSeries:
    if flow.kind == BALANCE:
        return _difference(_detailed, flow)
    if flow.country == HOME and flow.kind == IMPORTS:
        return _of_members(us_imports, flow.partner)
    return us_exports_to_china() if flow == TradeFlow(EXPORTS, HOME, "CHN") else NOTHING


def _adjusted(flow: TradeFlow) -> TradeSeries:
    return us_imports_adjusted() if flow == TradeFlow(IMPORTS, HOME, ALL) else NOTHING


def _accounts(flow: TradeFlow) -> TradeSeries:
    return _difference(_accounts, flow) if flow.kind == BALANCE else accounts(flow.country, flow.partner, flow.kind)


def _mirror(flow: TradeFlow) -> TradeSeries:
    """What the partner records; its balance with the country the other way round."""
    if flow.partner == ALL:
        return NOTHING
    other = flow.mirrored
    theirs = added(_published(other), _detailed(other))
    sign = 1.0 if flow.kind in (EXPORTS, IMPORTS) else -1.0
    return replace(theirs, values={key: sign * value for key, value in theirs.values.items()})


def _table(flow: TradeFlow) -> TradeSeries:
    """Goods in the table of the world economy of one year."""
    if flow.kind == WITH_SERVICES:
        return NOTHING
    if flow.kind == BALANCE:
        return _difference(_table, flow)
    value = _goods(flow)
    return NOTHING if value is None else TradeSeries(declared_note("claims.source_table"), {TABLE_YEAR: value})


@lru_cache(maxsize=256)
def _goods(flow: TradeFlow) -> float | None:
    """Value of goods that one sells another; None for those that the table has no row of."""
    economy = load_economy(TABLE)
    services = set(map(str, economy.parameters.get("services", ())))
    goods = [n for n, sector in enumerate(economy.sectors) if sector not in services]
    seller, buyer = (flow.country, flow.partner) if flow.kind == EXPORTS else (flow.partner, flow.country)
    sellers, buyers = (_rows_of(code, economy.countries) for code in (seller, buyer))
    if not sellers or not buyers:
        return None
    flows = economy.arrays["flows"]
    pairs = [
        (i, j)
        for i in buyers
        for j in sellers
        if i != j and not (i in sellers and j in buyers and ALL not in (seller, buyer))
    ]
    return float(sum(flows[i, j, goods].sum() for i, j in pairs))


def _rows_of(code: str, known: Sequence[str]) -> list[int]:
    if code == ALL:
        return list(range(len(known)))
    members = countries().expand(code, START) if code in countries().groups else {code}
    rows = [n for n, country in enumerate(known) if country in members]
    return rows if len(rows) == len(members) else []


def _services(flow: TradeFlow) -> TradeSeries:
    """The balance that headlines give, with services, of a claim that says nothing of what it is a balance of."""
    whole = flow.kind == BALANCE and flow.partner == ALL
    return published(flow.country, ALL, WITH_SERVICES) if whole else NOTHING


SERVICES = "services"
MIRROR = "mirror"
"""Record of the partner, which may bear out a claim about a country's own and not refute it."""

SOURCES: Mapping[str, Callable[[TradeFlow], TradeSeries]] = {
    "published": _published,
    "detailed": _detailed,
    "adjusted": _adjusted,
    "accounts": _accounts,
    MIRROR: _mirror,
    SERVICES: _services,
    "table": _table,
}
"""How each record is read, in the order in which a claim that names none takes them."""


def _difference(source: Callable[[TradeFlow], TradeSeries], flow: TradeFlow) -> TradeSeries:
    """Exports less imports in the same record."""
    sold, bought = (source(replace(flow, kind=kind)) for kind in (EXPORTS, IMPORTS))
    shared = sold.values.keys() & bought.values.keys()
    values = {key: sold.values[key] - bought.values[key] for key in shared}
    dated = shared & sold.public.keys() & bought.public.keys()
    public = {key: max(sold.public[key], bought.public[key]) for key in dated}
    releases = {key: _both(sold.releases.get(key, ""), bought.releases.get(key, "")) for key in shared}
    return TradeSeries(sold.source or bought.source, values, public, releases)


def _both(first: str, second: str) -> str:
    return ", ".join(dict.fromkeys(filter(None, (first, second))))


def added(first: TradeSeries, second: TradeSeries) -> TradeSeries:
    """Two series of one thing; the first counts where both have a period."""
    public = {**_others(second.public, first), **first.public}
    releases = {**_others(second.releases, first), **first.releases}
    source = ", ".join(dict.fromkeys(filter(None, (s.source for s in (first, second) if s.values))))
    return TradeSeries(source, {**second.values, **first.values}, public, releases)


def _others(of_key: Mapping[str, T], first: TradeSeries) -> dict[str, T]:
    """What is said of the periods that the first series does not have."""
    return {key: value for key, value in of_key.items() if key not in first.values}


def _of_members(source: Callable[[str], TradeSeries], partner: str) -> TradeSeries:
    """A series of a partner with its whole years; of a group that has none of its own, the sum of its members."""
    whole = with_years(source(partner))
    if whole.values or partner not in countries().groups:
        return whole
    return added_up([with_years(source(code)) for code in sorted(countries().expand(partner, START))])


def added_up(parts: Sequence[TradeSeries]) -> TradeSeries:
    """The sum of some series, over the periods that all of them have."""
    shared = set.intersection(*(set(part.values) for part in parts)) if parts else set()
    values = {key: sum(part.values[key] for part in parts) for key in shared}
    return TradeSeries(parts[0].source if parts else "", values)


def with_years(series: TradeSeries) -> TradeSeries:
    """A series by month with the sums of its complete years."""
    sums: dict[str, list[float]] = {}
    for key, value in series.values.items():
        if len(key) > YEAR_DIGITS:
            sums.setdefault(key[:YEAR_DIGITS], []).append(value)
    years = {year: sum(values) for year, values in sums.items() if len(values) == MONTHS}
    return replace(series, values={**years, **series.values})


def total(series: TradeSeries, period: MonthSpan) -> float:
    """What a series gives over a period: the figure of the period, or the sum of its months or years; else NaN."""
    keys = _keys(series, period)
    return sum(series.values[key] for key in keys) if keys else NONE


def _keys(series: TradeSeries, period: MonthSpan) -> tuple[str, ...]:
    """The figures of a series that make up a period, or none."""
    ways = ((period.key,), period.months, _years(period))
    return next((keys for keys in ways if keys and all(key in series.values for key in keys)), ())


def _years(period: MonthSpan) -> tuple[str, ...]:
    """The calendar years that a period is made of, or none."""
    if period.first % MONTHS or period.length % MONTHS:
        return ()
    return tuple(str(period.first // MONTHS + n) for n in range(period.length // MONTHS))


def on_record(series: TradeSeries, words: str) -> str:
    """How far a series goes, for a claim that it cannot answer."""
    if not series.values:
        return declared_note("claims.flow_unknown", flow=words)
    months = sorted(key for key in series.values if len(key) > YEAR_DIGITS)
    years = sorted(set(series.values) - set(months) - {month[:YEAR_DIGITS] for month in months})
    spans = [_span(keys) for keys in (months, years) if keys]
    return declared_note("claims.flow_to", flow=words, spans=" and ".join(spans))


def beyond(series: TradeSeries, words: str, period: MonthSpan) -> str:
    """The same, and what the claim is about."""
    return f"{on_record(series, words)}; {about(period)}"


def about(period: MonthSpan) -> str:
    """The period of a claim, in words."""
    return declared_note("claims.about", period=period.text)


def _span(keys: Sequence[str]) -> str:
    """Months or years in words: from the first to the last less a few gaps, or those there are one by one."""
    whole = period_named(f"{keys[0]}..{keys[-1]}")
    every = whole.months if len(keys[0]) > YEAR_DIGITS else _years(whole)
    gaps = [key for key in every if key not in keys]
    if len(keys) == 1 or len(gaps) > FEW_GAPS:
        return f"for {', '.join(keys[-MOST_NAMED:])}"
    return f"{keys[0]} to {keys[-1]}" + (f" without {', '.join(gaps)}" if gaps else "")


def public_on(series: TradeSeries, period: MonthSpan) -> date:
    """Day from which the figure of a period was public."""
    return series.public.get(period.key) or period.last_day + PUBLISHED


def compared_with(kind: str, row: QuantityRow, period: MonthSpan) -> MonthSpan:
    """The period against which a change counts: that of the base day, the year before, or the one just before."""
    if row.base is not None:
        return period.around(row.base)
    return period.before() if kind == BEFORE else period.year_before()


def measured(series: TradeSeries, kind: str, row: QuantityRow, period: MonthSpan, words: str) -> Measured:
    """A level, or a change in it, of a series over a period."""
    value, remark, used = total(series, period), f"{words}, {period.text}", _keys(series, period)
    if kind in (CHANGE, BEFORE):
        other = compared_with(kind, row, period)
        earlier = total(series, other)
        value = value / earlier - 1.0 if earlier and value * earlier > 0.0 else NONE
        remark, used = f"{remark} against {other.text}", (*used, *_keys(series, other))
    if not isfinite(value):
        return Measured(NONE, inputs=_inputs(series), remark=beyond(series, words, period))
    return Measured(value, inputs=_inputs(series, used), known=public_on(series, period), remark=remark)


def _inputs(series: TradeSeries, used: Sequence[str] = ()) -> tuple[str, ...]:
    """Whose figures these are, with the ids of their releases."""
    if not series.source:
        return ()
    releases = ", ".join(dict.fromkeys(filter(None, (series.releases.get(key, "") for key in used))))
    return (f"trade in goods: {series.source}{f' ({releases})' if releases else ''}",)


def traded(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Imports, exports or balance of a country with a partner over a period, USD; or their change, share."""
    flow, period = flow_of(row, reading), period_of(row)
    record = known_record(reading, SOURCES) or _records(flow, row, reading.of)[0]
    given = measured(SOURCES[record](flow), reading.of or level_or_change(row, None), row, period, flow.words)
    if record != MIRROR or not isfinite(given.value):
        return given
    own = declared_note("claims.record_of_partner", country=place(flow.country))
    return replace(given, remark=f"{given.remark}; {own}")


def _records(flow: TradeFlow, row: QuantityRow, kind: str) -> list[str]:
    """Records that have what a claim asks for; the one that goes furthest where none does."""
    series = {name: source(flow) for name, source in SOURCES.items() if name != SERVICES or not row.population}
    full = [name for name, own in series.items() if answers(own, row, kind)]
    # The table is of one year and another statistic: it stands in where a country has no record here.
    full = [name for name in full if name != "table"] or full
    return full or [furthest(series)]


def furthest(series: Mapping[str, TradeSeries]) -> str:
    """The record that goes furthest, for a claim that none answers."""
    return max(series, key=lambda name: max(series[name].values, default=""))


def answers(series: TradeSeries, row: QuantityRow, kind: str) -> bool:
    """Whether a series has the period of a claim, and the one it is compared with."""
    period = period_of(row)
    spans = [period, *([compared_with(kind, row, period)] if kind in (CHANGE, BEFORE) else [])]
    return all(isfinite(total(series, span)) for span in spans)


def fitted(row: QuantityRow, own: ReadingRow | None, listed: tuple[ReadingRow, ...]) -> tuple[ReadingRow, ...]:
    """Listed readings whose record has the period of a claim, as level or change."""
    quantity = quantities()[row.name]
    if row.population and not quantity.population(row.population):
        return ()
    if not row.period and row.year is None:
        return quantity.readings
    kind = (own.of if own else "") or level_or_change(row, own)
    return as_asked(quantity.readings, _records(flow_of(row, own), row, kind), kind)


def as_asked(readings: Sequence[ReadingRow], names: Sequence[str], kind: str) -> tuple[ReadingRow, ...]:
    """Readings of some records, in their order, as level or change."""
    return tuple(_with(reading, kind) for name in names for reading in readings if reading.record == name)


CHANGED = {CHANGE: "claims.against_year_before", BEFORE: "claims.against_period_before"}


def _with(reading: ReadingRow, kind: str) -> ReadingRow:
    label = f"{reading.label}, {declared_note(CHANGED[kind])}" if kind in CHANGED else reading.label
    return reading.model_copy(update={"of": kind, "label": label, "default": False, "likely": False})


def known_record(reading: ReadingRow, known: Iterable[str]) -> str:
    """The record that a reading names, "" for none.

    Raises
    ------
    UnknownName : none of the records there are.
    """
    if reading.record and reading.record not in known:
        raise UnknownName("record", reading.record, known, f"reading {reading.name}", f"use {', '.join(known)}")
    return reading.record
