"""Minimum prices: found for goods, and turned into duties once value and quantity are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from detente.law.law import Law
from detente.law.measure import Goods, Kind, Measure, MinimumPrice, Partners, Period, Rate, Status


def minimum_price(law: Law, codes: Iterable[str], partner: str, on: date) -> MinimumPrice | None:
    """The minimum price of goods on a day, where one holds for all of some lines; else None.

    Parameters
    ----------
    codes : tariff lines, digits alone; `partner` : origin, ISO3.
    """
    lines = list(codes)
    for measure in law.measures:
        if measure.kind is Kind.MINIMUM and measure.status is Status.IN_FORCE and _meant(measure.partners, partner, on):
            prices = [p.minimum for p in measure.periods_on(on) if p.minimum is not None]
            if prices and all(_covers(measure.goods, code, on) for code in lines):
                return prices[0]
    return None


def _meant(scopes: tuple[Partners, ...] | None, partner: str, on: date) -> bool:
    return scopes is None or any(partner in s.countries and s.start <= on <= s.end for s in scopes)


def _covers(goods: Iterable[Goods], code: str, on: date) -> bool:
    return any(
        block.start <= on <= block.end and code.startswith(block.prefixes) and not code.startswith(block.excepted)
        for block in goods
    )


def with_minimum_prices(law: Law, value: float, amounts: Mapping[str, float]) -> Law:
    """The law with its minimum prices as duties on goods of a value (USD) and amounts by unit; itself without any."""
    charged = [_charged(m, value, amounts) for m in law.measures if m.kind is Kind.MINIMUM]
    found = [measure for measure in charged if measure is not None]
    return replace(law, measures=_in_place(law.measures, found)) if found else law


def _in_place(measures: Iterable[Measure], changed: Iterable[Measure]) -> tuple[Measure, ...]:
    by_id = {measure.id: measure for measure in changed}
    return tuple(by_id.get(measure.id, measure) for measure in measures)


def _charged(measure: Measure, value: float, amounts: Mapping[str, float]) -> Measure | None:
    """A minimum price as a duty; None where the amount in its unit is not known."""
    if not all(p.minimum is not None and p.minimum.unit in amounts for p in measure.periods):
        return None
    return replace(measure, kind=Kind.DUTY, periods=tuple(_rated(p, value, amounts) for p in measure.periods))


def _rated(period: Period, value: float, amounts: Mapping[str, float]) -> Period:
    price = period.minimum
    assert price is not None
    return replace(period, rate=Rate(price.duty(value, amounts[price.unit]) / value))
