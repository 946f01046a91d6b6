"""Places of a partner among all: the first supplier of a country, its third market, its largest deficit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import isfinite

import numpy as np

from detente.codes import InputError, declared_note
from detente.data.tables import arrays, countries, place
from detente.data.trade_record import BALANCE, EXPORTS, IMPORTS, UNION
from detente.data.worlds import load_economy
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.period import MonthSpan
from detente.lab.claims.quantities import quantities
from detente.lab.claims.rates import START
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.trade import HOME, SOURCES, TABLE, TradeFlow, flow_of, period_of, public_on, total

FEWEST = 10
"""A place among fewer partners than these is none."""

SHOWN = 3
UNIONS: Mapping[str, str] = {code: union for union, code in UNION.items()}
"""Codes of tables of US trade -> groups that they hold as one partner."""

BOTH = "trade"
KINDS = {"imports": IMPORTS, "exports": EXPORTS, "deficits": BALANCE, "surpluses": BALANCE, BOTH: BOTH}
RECORDS: Mapping[str, tuple[str, ...]] = {IMPORTS: ("detailed", "published", "table"), EXPORTS: ("published", "table")}


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
    flow, period = flow_of(row, reading, KINDS[kind]), period_of(row)
    sign = -1.0 if kind == "deficits" else 1.0
    for record in RECORDS.get(flow.kind, ("published",)):
        values = {code: sign * value for code, value in _by_partner(record, flow, period).items()}
        if flow.partner in values and len(values) >= FEWEST:
            return _placed(values, flow, period, record)
    what = declared_note("claims.too_few_partners", flow=kind, country=place(flow.country), period=period.text)
    return Measured(float("nan"), remark=what)


def _placed(values: Mapping[str, float], flow: TradeFlow, period: MonthSpan, record: str) -> Measured:
    order = sorted(values, key=lambda code: -values[code])
    first = ", ".join(place(code) for code in order[:SHOWN])
    known = declared_note("claims.partners_ranked", partners=len(order), period=period.text)
    remark = f"{declared_note('claims.first_partners', names=first)}; {known}"
    series = SOURCES[record](replace(flow, kind=IMPORTS) if flow.kind == BOTH else flow)
    number = float(order.index(flow.partner) + 1)
    return Measured(
        number, inputs=(f"trade in goods: {series.source}",), known=public_on(series, period), remark=remark
    )


def _by_partner(record: str, flow: TradeFlow, period: MonthSpan) -> dict[str, float]:
    """What every partner on record sells or buys, or both; a union or its members, never both."""
    if flow.kind == BOTH:
        sold, bought = (_by_partner(record, replace(flow, kind=kind), period) for kind in (EXPORTS, IMPORTS))
        return {code: sold[code] + bought[code] for code in sold.keys() & bought.keys()}
    values = {code: total(SOURCES[record](replace(flow, partner=code)), period) for code in _partners(flow)}
    return {code: value for code, value in values.items() if isfinite(value)}


def _partners(flow: TradeFlow) -> Sequence[str]:
    known = _codes(flow.country)
    unions = {union for union in UNION if union != flow.partner}
    inside = countries().expand(flow.partner, START) if flow.partner in countries().groups else frozenset()
    return [code for code in known if code not in unions and code not in inside and code != flow.country]


def _codes(country: str) -> Sequence[str]:
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
