"""Rates that were announced and laid on nobody: what a claim about one of them is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from detente.codes import declared_note
from detente.data.importers import importer
from detente.evidence.verdicts import Comparator
from detente.lab.claims.ledger import Statement
from detente.lab.claims.measured import Basis
from detente.lab.claims.quantities import quantities
from detente.lab.claims.rates import importer_of, partner_of
from detente.law import Measure, Status
from detente.law.measure import names_partner

RATES = ("partner_additional_rate", "partner_average_rate", "line_rate")
"""Quantities that an announced rate can be mistaken for."""

AHEAD = timedelta(days=180)
"""How long before its first day a rate may have been spoken of."""


def announced(statement: Statement, basis: Basis) -> str:
    """That the rate a claim names was announced and is in force on no day; "" where it was not.

    It is the rate that the text names for the partner, or the one that the claim's own reading gives with the measure
    in force.
    """
    row, quantity = statement.row, statement.part.quantity
    if row is None or quantity is None or quantity.name not in RATES or quantity.value is None:
        return ""
    if quantity.comparator not in (Comparator.EQUAL, Comparator.ABOUT) or not statement.readings:
        return ""
    reading = next((r for r in statement.readings if r.default), statement.readings[0])
    code = importer_of(row)
    partner, half = partner_of(row, reading, code), max(quantity.half_unit, HAIR)
    for measure in _announced(code, partner, quantity.as_of):
        day = min(max(quantity.as_of, measure.start), measure.end)
        changes = ({}, {"law": {**reading.law, "announce": [*reading.law.get("announce", ()), measure.id]}})
        readings = (reading.model_copy(update={"on": day, **change}) for change in changes)
        now, laid = (quantities()[row.name].compute(basis, row, given, quantity.as_of).value for given in readings)
        rates = [laid, *(_named(measure, partner) if quantity.name == RATES[0] else ())]
        if abs(laid - now) > HAIR and any(abs(rate - quantity.value) <= half for rate in rates):
            return declared_note("claims.announced_rate", title=measure.title, day=quantity.as_of)
    return ""


HAIR = 1e-9


def _announced(code: str, partner: str, day: date) -> Iterator[Measure]:
    """Measures of an importer's law that were announced by a day for a partner, and never laid."""
    for measure in importer(code).law.measures:
        named = measure.partners is None or names_partner(measure.partners, partner, measure.start)
        if measure.status is Status.ANNOUNCED and named and day >= measure.start - AHEAD:
            yield measure


def _named(measure: Measure, partner: str) -> Iterator[float]:
    """Rates that a measure names for a partner."""
    for period in measure.periods:
        if period.rate is not None:
            rate = period.rate.by_partner.get(partner, period.rate.value)
            if rate is not None:
                yield float(rate)
