"""Minimum prices and least duties: found for goods, and turned into rates once value and quantity are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from detente.law.law import Law
from detente.law.measure import Goods, Measure, MeasureKind, MinimumPrice, Period, Rate, Status, names_partner


def minimum_price(law: Law, codes: Iterable[str], partner: str, on: date) -> MinimumPrice | None:
    """The minimum price, or the least duty, of goods on a day, where one holds for all of some lines; else None.

    Parameters
    ----------
    codes : tariff lines, digits alone; `partner` : origin, ISO3.
    """
    lines = list(codes)
    for measure in law.measures:
        if (
            measure.kind in (MeasureKind.MINIMUM, MeasureKind.DUTY)
            and measure.status is Status.IN_FORCE
            and names_partner(measure.partners, partner, on)
        ):
            prices = [p.minimum for p in measure.periods_on(on) if p.minimum is not None]
            if prices and all(_covers(measure.goods, code, on) for code in lines):
                return prices[0]
    return None


def _covers(goods: Iterable[Goods], code: str, on: date) -> bool:
    return any(
        block.start <= on <= block.end and code.startswith(block.prefixes) and not code.startswith(block.excepted)
        for block in goods
    )


def with_minimum_prices(law: Law, value: float, amounts: Mapping[str, float]) -> Law:
    """The law with its minimum prices as duties on goods of a value (USD) and amounts by unit; itself without any.

    A duty that is owed in no less than an amount has the rate that this comes to, where it is higher.
    """
    charged = tuple(_charged(measure, value, amounts) for measure in law.measures)
    return law if all(a is b for a, b in zip(charged, law.measures, strict=True)) else replace(law, measures=charged)


def _charged(measure: Measure, value: float, amounts: Mapping[str, float]) -> Measure:
    """A minimum price as a duty; itself where the amount in its unit is not known, as every other measure."""
    prices = [p.minimum for p in measure.periods if p.minimum is not None]
    if not prices or not all(price.unit in amounts for price in prices):
        return measure
    return replace(measure, kind=MeasureKind.DUTY, periods=tuple(_rated(p, value, amounts) for p in measure.periods))


def _rated(period: Period, value: float, amounts: Mapping[str, float]) -> Period:
    price = period.minimum
    if price is None:
        return period
    share = price.duty(value, amounts[price.unit]) / value
    if period.rate is None or period.rate.value is None:
        return replace(period, rate=Rate(share))
    return replace(period, rate=replace(period.rate, value=max(period.rate.value, share)))
