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


def flat_duty(
    law: Law, codes: Iterable[str], partner: str, on: date, value: float, states: Mapping[str, float]
) -> tuple[Measure, Period] | None:
    """The regime for small parcels whose flat amount takes the place of every duty, and its period; None for none.

    Parameters
    ----------
    value : customs value of the consignment, USD; `states` : facts that were set, as shares.
    """
    lines = list(codes)
    for measure in law.measures:
        small = measure.kind is MeasureKind.REGIME and (measure.up_to is None or value <= measure.up_to)
        if not small or measure.status is not Status.IN_FORCE or not names_partner(measure.partners, partner, on):
            continue
        for period in measure.periods_on(on):
            fits = all(("yes" in names) == (states.get(fact, 0.0) == 1.0) for fact, names in period.where)
            if period.minimum is not None and fits and all(_covers(measure.goods, code, on) for code in lines):
                return measure, period
    return None


def with_flat_duty(law: Law, regime: Measure, period: Period, value: float, items: float) -> Law:
    """The law with the flat amount of a regime as its only duty, on some items of a value in USD."""
    assert period.minimum is not None
    rate = Rate(period.minimum.duty(value, items) / value)
    flat = replace(
        regime, kind=MeasureKind.DUTY, up_to=None, periods=(replace(period, rate=rate, minimum=None, where=()),)
    )
    others = (MeasureKind.BAN, MeasureKind.CONTROL)
    kept = tuple(flat if m is regime else m for m in law.measures if m is regime or m.kind in others)
    return replace(law, measures=kept, rules=())


def _charged(measure: Measure, value: float, amounts: Mapping[str, float]) -> Measure:
    """A minimum price as a duty; itself where the amount in its unit is not known, as every other measure."""
    prices = [p.minimum for p in measure.periods if p.minimum is not None]
    if not prices or measure.kind is MeasureKind.REGIME or not all(price.unit in amounts for price in prices):
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
