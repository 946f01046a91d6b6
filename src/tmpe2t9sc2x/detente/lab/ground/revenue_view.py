"""Duty of a year as others count it: the choices in which published revenues differ, and the amount each gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np

from detente.codes import InputError, Parameter, declared_note
from detente.codes.days import BASE_DAY
from detente.data.importers import importer
from detente.lab.ground.averages import ELASTICITY
from detente.lab.ground.ground import ground_of
from detente.lab.ground.waterfall import Option, of_law
from detente.lab.ground.weights import DEFAULT
from detente.lab.ground.yearly import revenue
from detente.law import Reading

OFFSET = 0.25
"""Part of a duty that the budget loses in income and payroll taxes; the Congressional Budget Office says 21 to 25%."""

Amounts = tuple[float, float, float]
"""Duty of a year with imports as they were, with demand that answers, as collected (NaN = not on record), USD."""


@dataclass(frozen=True)
class RevenueView:
    """How the duty of a year is counted; the defaults are those of our first number.

    Attributes
    ----------
    on : day of the law; `partner` : on whose goods, "" = all; scope, claims, weights : as in `ground_of`.
    answers : demand answers what was added since 1 January 2025. added : only what was added since then.
    paid : duty collected in the month, at annual rate. net : less the income and payroll taxes it costs.
    """

    on: date
    importer: str = "USA"
    partner: str = ""
    scope: str = "tariff-lines"
    claims: str = ""
    weights: str = DEFAULT
    reading: Reading = Reading.EFFECTIVE
    answers: bool = False
    added: bool = False
    paid: bool = False
    net: bool = False


def duty_of_year(view: RevenueView) -> float:
    """Duty of a year under a view, USD.

    Raises
    ------
    InputError : duty collected in a month that is not on record.
    """
    duty = _duty(view)
    if view.added:
        duty -= _duty(replace(view, on=BASE_DAY, paid=False))
    return duty * (1.0 - OFFSET if view.net else 1.0)


def _duty(view: RevenueView) -> float:
    static, elastic, paid = _amounts(replace(view, answers=False, added=False, paid=False, net=False))
    if view.paid and np.isnan(paid):
        what = f"the duty collected in {view.on:%Y-%m} is not on record"
        raise InputError(Parameter("choices"), what, "leave out the choice paid")
    return paid if view.paid else elastic if view.answers else static


@lru_cache(maxsize=128)
def _amounts(view: RevenueView) -> Amounts:
    law = importer(view.importer).law
    ground = ground_of(law, scope=view.scope, claims=view.claims, weights=view.weights)
    (row,) = revenue(ground, view.on, partner=view.partner, elasticity=ELASTICITY, reading=view.reading).rows()
    return row["static"], row["elastic"], row.get("collected", float("nan"))


def revenue_options(view: RevenueView, law: date | None = None) -> tuple[Option[RevenueView], ...]:
    """What others may choose otherwise about the duty of a year, in the order of a waterfall.

    Parameters
    ----------
    law : day of the law that they mean, where it is another.
    """
    return tuple(_options(view, law))


def _options(view: RevenueView, law: date | None) -> Iterator[Option[RevenueView]]:
    american = view.importer == "USA"
    if law is not None:
        yield of_law(law)
    yield Option("reading", declared_note("choices.published"), lambda v: replace(v, reading=Reading.PUBLISHED))
    if american:
        yield Option("scope", declared_note("choices.all"), lambda v: replace(v, scope="all"))
        yield Option("claims", declared_note("choices.claims_2024"), lambda v: replace(v, claims="2024"))
    yield Option("answers", declared_note("choices.demand"), lambda v: replace(v, answers=True))
    yield Option("added", declared_note("choices.added"), lambda v: replace(v, added=True))
    if american:
        if np.isfinite(_amounts(view)[2]):
            words = declared_note("choices.collected", month=f"{view.on:%Y-%m}")
            yield Option("paid", words, lambda v: replace(v, paid=True))
        yield Option("net", declared_note("choices.net"), lambda v: replace(v, net=True))
