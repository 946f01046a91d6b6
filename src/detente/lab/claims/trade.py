"""Trade that claims speak of: flows, partners and their places, records, magnets, pledged purchases.

Trade in goods that claims speak of: imports, exports and balances by partner, a partner's share, its place.

Figures come from sources that count differently, so that each is a reading: releases of statistical offices, records
by month or good, national accounts, the partner's own record, and a table of the world economy of one year. A claim
is judged on those that have its period; where none has, the words say how far the record goes.

Partners that claims compare: the share of one in a country's imports or exports, and its place among all.

Places of a partner among all: the first supplier of a country, its third market, its largest deficit.

China's exports of magnets that claims speak of, by month, tonnes: what its customs publish, as reported.

Purchases that were pledged, against what was bought: US exports of a good to China by calendar year, dollars.

A good is a code of two to six digits, or one of the words pledges use. Tonnes need a price, which nothing here holds.

Places in time: whether duties, trade or magnets of a month or year were a record, or the lowest since a year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import isfinite
from typing import TypeVar

import numpy as np

from detente.codes import InputError, UnknownName, declared_note
from detente.codes.countries import fold
from detente.data.evidence_tables import (
    ALL,
    BALANCE,
    EXPORTS,
    IMPORTS,
    NOTHING,
    UNION,
    WITH_SERVICES,
    TradeSeries,
    accounts,
    customs_receipts,
    published,
    us_duties,
    us_exports_to_china,
    us_imports,
    us_imports_adjusted,
)
from detente.data.tables import arrays, countries, place
from detente.data.worlds import load_economy
from detente.lab.claims.fitting import BEFORE, CHANGE, LEVEL, level_or_change
from detente.lab.claims.measurand import Basis, Measured, nothing, quantities
from detente.lab.claims.rates import PUBLISHED, START
from detente.lab.claims.rows import MonthSpan, QuantityRow, ReadingRow, period_named

#: Whose trade a claim is about that names no country.
HOME = "USA"

WORLD = ("", "all", "world", "the world", "everybody", "all countries", "all partners")
TABLE, TABLE_YEAR = "icio-2022", "2022"
#: Periods of a record with gaps that are named, the latest.
MOST_NAMED = 8

#: Gaps of a record that are named; with more of them its periods are.
FEW_GAPS = 3

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
#: Record of the partner, which may bear out a claim about a country's own and not refute it.
MIRROR = "mirror"

#: How each record is read, in the order in which a claim that names none takes them.
SOURCES: Mapping[str, Callable[[TradeFlow], TradeSeries]] = {
    "published": _published,
    "detailed": _detailed,
    "adjusted": lambda flow: us_imports_adjusted() if flow == TradeFlow(IMPORTS, HOME, ALL) else NOTHING,
    "accounts": _accounts,
    MIRROR: _mirror,
    SERVICES: _services,
    "table": _table,
}


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
    public = {**_of_other_periods(second.public, first), **first.public}
    releases = {**_of_other_periods(second.releases, first), **first.releases}
    source = ", ".join(dict.fromkeys(filter(None, (s.source for s in (first, second) if s.values))))
    return TradeSeries(source, {**second.values, **first.values}, public, releases)


def _of_other_periods(of_key: Mapping[str, T], first: TradeSeries) -> dict[str, T]:
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
    spans = [_periods_in_words(keys) for keys in (months, years) if keys]
    return declared_note("claims.flow_to", flow=words, spans=" and ".join(spans))


def beyond(series: TradeSeries, words: str, period: MonthSpan) -> str:
    """The same, and what the claim is about."""
    return f"{on_record(series, words)}; {about(period)}"


def about(period: MonthSpan) -> str:
    """The period of a claim, in words."""
    return declared_note("claims.about", period=period.text)


def _periods_in_words(keys: Sequence[str]) -> str:
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
        return nothing(beyond(series, words, period), *_inputs(series))
    return Measured(value, inputs=_inputs(series, used), known=public_on(series, period), remark=remark)


def of_series(
    series: TradeSeries,
    row: QuantityRow,
    reading: ReadingRow,
    words: str,
    source: str = "",
    lag: timedelta | None = None,
) -> Measured:
    """A level or a change of a series over the period of a claim, as the reading or the unit says.

    Parameters
    ----------
    source : note that names its figures in place of their own source; lag : after the period until they are public.
    """
    period = period_of(row)
    answer = measured(series, reading.of or level_or_change(row, None), row, period, words)
    known = period.last_day + lag if lag is not None and isfinite(answer.value) else answer.known
    return replace(answer, known=known, inputs=(declared_note(source),) if source else answer.inputs)


def _inputs(series: TradeSeries, used: Sequence[str] = ()) -> tuple[str, ...]:
    """Whose figures these are, with the ids of their releases."""
    if not series.source:
        return ()
    releases = ", ".join(dict.fromkeys(filter(None, (series.releases.get(key, "") for key in used))))
    return (f"trade in goods: {series.source}{f' ({releases})' if releases else ''}",)


def traded(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Imports, exports or balance of a country with a partner over a period, USD; or their change, share."""
    flow = flow_of(row, reading)
    record = known_record(reading, SOURCES) or _records(flow, row, reading.of)[0]
    given = of_series(SOURCES[record](flow), row, reading, flow.words)
    if record != MIRROR or not isfinite(given.value):
        return given
    own = declared_note("claims.record_of_partner", country=place(flow.country))
    return replace(given, remark=f"{given.remark}; {own}")


def _records(flow: TradeFlow, row: QuantityRow, kind: str) -> list[str]:
    """Records that have what a claim asks for."""
    return with_figures(
        {name: source(flow) for name, source in SOURCES.items() if name != SERVICES or not row.population}, row, kind
    )


def with_figures(series: Mapping[str, TradeSeries], row: QuantityRow, kind: str) -> list[str]:
    """Those of some series that have what a claim asks for; the one that goes furthest where none does."""
    full = [name for name, own in series.items() if answers(own, row, kind)]
    # The table is of one year and another statistic: it stands in where a country has no record here.
    return [name for name in full if name != "table"] or full or [furthest(series)]


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
    kind = (own.of if own else "") or level_or_change(row, own)
    if not row.period and row.year is None:
        return tuple(reading.model_copy(update={"of": kind}) for reading in quantity.readings)
    return as_asked(quantity.readings, _records(flow_of(row, own), row, kind), kind)


CHANGED = {CHANGE: "claims.against_year_before", BEFORE: "claims.against_period_before"}


def as_asked(readings: Sequence[ReadingRow], names: Sequence[str], kind: str) -> tuple[ReadingRow, ...]:
    """Readings of some records, in their order, as level or change."""
    against = f", {declared_note(CHANGED[kind])}" if kind in CHANGED else ""
    chosen = (reading for name in names for reading in readings if reading.record == name)
    return tuple(reading.model_copy(update={"of": kind, "label": reading.label + against, "default": False,
                                            "likely": False}) for reading in chosen)  # fmt: skip


def known_record(reading: ReadingRow, known: Iterable[str]) -> str:
    """The record that a reading names, "" for none.

    Raises
    ------
    UnknownName : none of the records there are.
    """
    if reading.record and reading.record not in known:
        raise UnknownName("record", reading.record, known, f"reading {reading.name}", f"use {', '.join(known)}")
    return reading.record


#: Records that hold single partners and all of them together.
WITH_ALL: Sequence[str] = ("published", "detailed", "table")


def partner_share(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Share of a partner in the imports or exports of a country over a period.

    Raises
    ------
    InputError : no partner. UnknownName : a country or a record there is none of.
    """
    flow, period = _flow(row, reading), period_of(row)
    record = known_record(reading, WITH_ALL) or _partner_records(flow, row)[0]
    own, whole = SOURCES[record](flow), _whole(record, flow)
    value = total(own, period) / total(whole, period)
    inputs = (f"trade in goods: {own.source}",) if own.source else ()
    if not isfinite(value):
        lacking = own if not isfinite(total(own, period)) else whole
        words = flow.words if lacking is own else replace(flow, partner=ALL).words
        return nothing(beyond(lacking, words, period), *inputs)
    known = max(public_on(series, period) for series in (own, whole))
    return Measured(value, inputs=inputs, known=known, remark=f"{flow.words}, {period.text}")


def _ratio(own: TradeSeries, whole: TradeSeries) -> TradeSeries:
    shared = own.values.keys() & whole.values.keys()
    return replace(own, values={key: own.values[key] / whole.values[key] for key in shared})


def _whole(record: str, flow: TradeFlow) -> TradeSeries:
    """Trade with all partners in a record; where releases leave out a period, imports for consumption stand in."""
    every = replace(flow, partner=ALL)
    own = SOURCES[record](every)
    return added(own, SOURCES["detailed"](every)) if record == "published" else own


def _flow(row: QuantityRow, reading: ReadingRow | None) -> TradeFlow:
    if not ((reading.partner if reading else "") or row.partner):
        raise InputError(f"quantity {row.name}", "names no partner", "add partner: CHN")
    population = (reading.population if reading else "") or row.population
    kind = quantities()[row.name].population(population)
    return flow_of(row, reading, EXPORTS if kind == EXPORTS else IMPORTS)


def _partner_records(flow: TradeFlow, row: QuantityRow) -> list[str]:
    """Records that have the partner and all partners in the period of a claim."""
    pairs = {name: (SOURCES[name](flow), _whole(name, flow)) for name in WITH_ALL}
    full = [name for name, pair in pairs.items() if all(answers(series, row, LEVEL) for series in pair)]
    return [name for name in full if name != "table"] or full or [furthest({n: own for n, (own, _) in pairs.items()})]


def fitted_partners(row: QuantityRow, own: ReadingRow | None, listed: Sequence[ReadingRow]) -> tuple[ReadingRow, ...]:
    """Listed readings of the flow a claim names whose record has its period."""
    if not listed or not row.partner or (not row.period and row.year is None):
        return tuple(listed)
    names = _partner_records(_flow(row, own), row)
    return tuple(reading for name in names for reading in listed if reading.record == name)


#: A place among fewer partners than these is none.
FEWEST_PARTNERS = 10

SHOWN = 3
#: Codes of tables of US trade -> groups that they hold as one partner.
UNIONS: Mapping[str, str] = {code: union for union, code in UNION.items()}

BOTH = "trade"
RANKED = {"imports": IMPORTS, "exports": EXPORTS, "deficits": BALANCE, "surpluses": BALANCE, BOTH: BOTH}
RANK_RECORDS: Mapping[str, tuple[str, ...]] = {
    IMPORTS: ("detailed", "published", "table"),
    EXPORTS: ("published", "table"),
}


def rank_among(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Place of a partner, 1 for the largest, in the imports, exports, deficits or surpluses of a country.

    The members of a union are ranked apart, unless the union is the partner.

    Raises
    ------
    InputError : no partner.
    """
    kind = quantities()[row.name].population(reading.population or row.population)
    if not row.partner:
        raise InputError(f"quantity {row.name}", "names no partner", "add partner: CHN")
    flow, period = flow_of(row, reading, RANKED[kind]), period_of(row)
    sign = -1.0 if kind == "deficits" else 1.0
    for record in RANK_RECORDS.get(flow.kind, ("published",)):
        values = {code: sign * value for code, value in _by_partner(record, flow, period).items()}
        if flow.partner in values and len(values) >= FEWEST_PARTNERS:
            return _among_partners(values, flow, period, record)
    what = declared_note("claims.too_few_partners", flow=kind, country=place(flow.country), period=period.text)
    return nothing(what)


def _among_partners(values: Mapping[str, float], flow: TradeFlow, period: MonthSpan, record: str) -> Measured:
    order = sorted(values, key=lambda code: -values[code])
    first = ", ".join(place(code) for code in order[:SHOWN])
    known = declared_note("claims.partners_ranked", partners=len(order), period=period.text)
    remark = f"{declared_note('claims.first_partners', names=first)}; {known}"
    series = SOURCES[record](replace(flow, kind=IMPORTS) if flow.kind == BOTH else flow)
    inputs = (f"trade in goods: {series.source}",)
    return Measured(float(order.index(flow.partner) + 1), inputs=inputs, known=public_on(series, period), remark=remark)


def _by_partner(record: str, flow: TradeFlow, period: MonthSpan) -> dict[str, float]:
    """What every partner on record sells or buys, or both; a union or its members, never both."""
    if flow.kind == BOTH:
        sold, bought = (_by_partner(record, replace(flow, kind=kind), period) for kind in (EXPORTS, IMPORTS))
        return {code: sold[code] + bought[code] for code in sold.keys() & bought.keys()}
    values = {code: total(SOURCES[record](replace(flow, partner=code)), period) for code in _partners(flow)}
    return {code: value for code, value in values.items() if isfinite(value)}


def _partners(flow: TradeFlow) -> Sequence[str]:
    known = _partner_codes(flow.country)
    unions = {union for union in UNION if union != flow.partner}
    inside = countries().expand(flow.partner, START) if flow.partner in countries().groups else frozenset()
    return [code for code in known if code not in unions and code not in inside and code != flow.country]


def _partner_codes(country: str) -> Sequence[str]:
    """Partners that some record of a country has."""
    table = arrays("trade_published")
    codes = set(table["partner"][table["country"] == country].tolist())
    if country == HOME:
        codes |= set(np.unique(arrays("usa_imports_2024", ("partner",))["partner"]).tolist())
        codes |= set(np.unique(arrays("usa_collected_monthly")["partner"]).tolist())
    else:
        codes |= set(load_economy(TABLE).countries)
    known = countries()
    named = {UNIONS.get(code, code) for code in codes}
    return sorted(code for code in named if code in known.names or code in known.groups)


#: Kilograms in a tonne.
KG = 1000.0

#: Days after the end of a month until China's customs publish its exports by good.
RELEASED = timedelta(days=20)

PERIODS = ("month", "year", "part_year")


def magnet_exports(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """China's exports of permanent magnets to a partner, or to all, over a period, tonnes; or their change, share.

    Raises
    ------
    UnknownName : a partner nobody knows. InputError : no period.
    """
    partner = _code(reading.partner or row.partner, "quantity magnet_exports, partner")
    words = declared_note("claims.magnet_exports_to", partner=place(partner))
    words = declared_note("claims.magnet_exports") if partner == ALL else words
    return of_series(exported_to(partner), row, reading, words, "claims.source_chinese_exports", RELEASED)


def exported_to(partner: str) -> TradeSeries:
    """Exports of magnets to a partner by code, or to all, by month and year, tonnes."""
    table = arrays("chain_flows")
    own = (table["product"] == "magnets") & (table["destination"] == ("WLD" if partner == ALL else partner))
    rows = [row for row in own.nonzero()[0] if table["kind"][row] in PERIODS]
    return TradeSeries("customs of China", {str(table["period"][r]): float(table["value"][r]) / KG for r in rows})


BUYER = "CHN"
#: Goods of pledges -> codes that they begin with.
GOODS: Mapping[str, tuple[str, ...]] = {
    "soybeans": ("120190",),
    "corn": ("1005",),
    "wheat": ("1001",),
    "sorghum": ("1007",),
    "cotton": ("5201",),
    "beef": ("0201", "0202"),
    "pork": ("0203",),
    "poultry": ("0207",),
    "agricultural goods": tuple(f"{chapter:02d}" for chapter in range(1, 25)),
    "energy": ("27",),
    "crude oil": ("2709",),
    "liquefied natural gas": ("271111",),
    "propane": ("271112",),
    "coal": ("2701",),
    "semiconductors": ("8542",),
    "cars": ("8703",),
    "medicines": ("3004",),
}


def purchases(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Purchases of a good by China from the United States in a year, USD; or their change, share.

    Raises
    ------
    UnknownName : a good that is neither a code nor one of the words.
    """
    buyer = countries().resolve(row.partner, f"quantity {row.name}, partner") if row.partner else BUYER
    name = row.line or row.population
    if row.unit == "tonnes":
        return nothing(declared_note("claims.purchases_no_tonnes", good=name))
    if buyer != BUYER:
        return nothing(declared_note("claims.purchases_other_buyer", buyer=place(buyer), known=place(BUYER)))
    series = added_up([us_exports_to_china(code) for code in codes_of(name)])
    words = declared_note("claims.purchases", good=name, buyer=place(BUYER))
    return of_series(series, row, reading, words, "claims.source_exports_to_china")


def codes_of(name: str) -> tuple[str, ...]:
    """Codes of a good, by code or by word.

    Raises
    ------
    UnknownName : with the nearest words. InputError : no good.
    """
    if not name:
        raise InputError("quantity purchases", "names no good", 'add population: soybeans, or line: "1201.90"')
    plain = name.replace(".", "")
    if plain.isdigit():
        return (plain[:6],)
    words = {fold(word): codes for word, codes in GOODS.items()}
    if fold(name) not in words:
        raise UnknownName("good", name, GOODS, "quantity purchases, population", f"use {', '.join(GOODS)} or a line")
    return words[fold(name)]


HIGHEST, LOWEST = "highest", "lowest"
BALANCES = ("trade_balance",)
#: Months of a record from which on a place on it is one of all time, where a claim names no year.
EVER = 10 * MONTHS

#: A place among fewer periods than these is none.
FEWEST_PERIODS = 3


def _duties(row: QuantityRow, reading: ReadingRow) -> Mapping[str, TradeSeries]:
    flow = flow_of(row, reading)
    receipts = {"receipts": customs_receipts()} if flow.partner == ALL else {}
    return {**receipts, "calculated": us_duties(flow.partner)[1]}


def _trade_series(row: QuantityRow, reading: ReadingRow) -> Mapping[str, TradeSeries]:
    whole = row.of in BALANCES and quantities()[row.name].population(row.population) == WHOLE
    flow = flow_of(row, reading, WITH_SERVICES if whole else KINDS[row.of])
    return {name: source(flow) for name, source in SOURCES.items() if name != SERVICES}


def _shares(row: QuantityRow, reading: ReadingRow) -> Mapping[str, TradeSeries]:
    """Shares of a partner by month and year, in every record with all partners; other periods are no sums of them."""
    if period_of(row).length not in (1, MONTHS):
        return {"none": NOTHING}
    flow = _flow(row, reading)
    return {name: _ratio(with_years(SOURCES[name](flow)), with_years(_whole(name, flow))) for name in WITH_ALL}


#: Quantities that have a place in time -> their records.
SERIES: Mapping[str, Callable[[QuantityRow, ReadingRow], Mapping[str, TradeSeries]]] = {
    "tariff_revenue": _duties,
    **dict.fromkeys(KINDS, _trade_series),
    "partner_share": _shares,
    "magnet_exports": lambda row, reading: {
        "customs": exported_to(_code(reading.partner or row.partner, "quantity magnet_exports, partner"))
    },
}


def rank_in_time(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Place of a month or year among those since a year, 1 for the highest, or for the lowest; a deficit by its size.

    Periods up to the one that is ranked count. The record is the one that has most of them.

    Raises
    ------
    UnknownName : a quantity that has no place in time, or a record there is none of.
    InputError : neither the highest nor the lowest.
    """
    if row.of not in SERIES:
        raise UnknownName("quantity", row.of, SERIES, f"quantity {row.name}, of", f"use {', '.join(SERIES)}")
    if reading.of not in ("", HIGHEST, LOWEST):
        raise InputError(f"reading {reading.name}", f"unknown of '{reading.of}'", f"use {HIGHEST}, {LOWEST}")
    period, records = period_of(row), {n: with_years(s) for n, s in SERIES[row.of](row, reading).items()}
    named = known_record(reading, records)
    ranked = {name: _periods(own, period, reading.since) for name, own in records.items() if named in ("", name)}
    record = max(ranked, key=lambda name: len(ranked[name]))
    words = row.of.replace("_", " ")
    if len(ranked[record]) < FEWEST_PERIODS:
        little = declared_note("claims.too_little", period=period.text)
        return nothing(f"{on_record(records[furthest(records)], words)}; {little}")
    placed = _among_periods(ranked[record], records[record], period, reading.of == LOWEST, words)
    first = list(ranked[record])[-1]
    begun = period_named(first).first
    if placed.value > 1 or (period.first - begun >= EVER if reading.since is None else begun <= reading.since * MONTHS):
        return placed
    # A place before the record begins can be refuted by it, never borne out.
    unknown = declared_note("claims.unknown_before", first=first)
    if reading.since:
        unknown = declared_note("claims.unknown_between", first=first, since=reading.since)
    return replace(placed, value=float("nan"), remark=f"{placed.remark}; {unknown}")


def _periods(series: TradeSeries, period: MonthSpan, since: int | None) -> dict[str, float]:
    """Values of the periods of the same length since a year, up to the one ranked; none where it has no value."""
    if not isfinite(total(series, period)):
        return {}
    first, step, values = (since or 0) * 12, period.shifted(0), dict[str, float]()
    while step.first >= first and isfinite(value := total(series, step)):
        values[step.text], step = value, step.before()
    return values


def _among_periods(
    values: Mapping[str, float], series: TradeSeries, period: MonthSpan, lowest: bool, words: str
) -> Measured:
    own = total(series, period)
    sizes = {text: abs(value) for text, value in values.items()}
    before = [text for text, size in sizes.items() if (size < abs(own) if lowest else size > abs(own))]
    oldest = list(values)[-1]
    remark = f"{words}, {len(values)} periods from {oldest} to {period.text}"
    if before:
        last = declared_note("claims.last_lower" if lowest else "claims.last_higher", period=before[0])
        remark += f"; {last}"
    inputs = (f"record: {series.source}",)
    return Measured(float(len(before) + 1), inputs=inputs, known=public_on(series, period), remark=remark)
