"""Claims in words: keys that each quantity takes, and tables of claims and readings.

Keys of claims for readers: those that each quantity has to name, those that it may, and an example.

Verdicts in words and tables: what was computed, under which reading it holds, what was known when.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from detente.codes import Table, declared_note, table_of
from detente.data.importers import importer
from detente.evidence import ClaimCheck, Quantity
from detente.evidence.verdicts import SURE, Comparator, Floats, Verdict
from detente.lab.claims.measurand import quantities
from detente.lab.claims.rows import UNITS
from detente.lab.statute.standing import standing_of

#: What an example says under a key, where its quantity has nothing of its own.
USUAL: Mapping[str, str] = {
    "value": "20",
    "base": "2025-01-01",
    "partner": "CHN",
    "line": '"8517.13.00"',
    "market": "S&P 500",
    "year": "2025",
    "as_of": "2025-05-08",
}

#: Keys that do as well as one that is needed, where the quantity takes them.
INSTEAD: Mapping[str, tuple[str, ...]] = {"year": ("period",)}


def needed(name: str) -> tuple[str, ...]:
    """Keys a claim about a quantity has to name; "year or period" where either does."""
    quantity = quantities()[name]
    either = {key: [k for k in INSTEAD.get(key, ()) if k in quantity.narrowed_by] for key in quantity.needs}
    return tuple(" or ".join((key, *others)) for key, others in either.items())


def optional(name: str) -> tuple[str, ...]:
    """Keys it may name besides, its unit and comparator aside."""
    either = {other for key in quantities()[name].needs for other in INSTEAD.get(key, ())}
    return tuple(key for key in quantities()[name].optional if key not in either)


def example_of(name: str) -> str:
    """The `quantity:` of a claim that names all it has to, as a file has it."""
    quantity = quantities()[name]
    usual = {**USUAL, "population": next(iter(quantity.populations), ""), **quantity.example}
    # Keys that the example names, and those that it has to name and names no other in the place of.
    own = quantity.example
    keys = [
        key
        for key in dict.fromkeys((*quantity.needs, *own))
        if key in own or own.keys().isdisjoint(INSTEAD.get(key, ()))
    ]
    return "{" + ", ".join((f"name: {name}", *(f"{key}: {usual[key]}" for key in keys))) + "}"


SUFFIX = {
    "percent": "%", "points": " points", "months": " months", "usd_bn": "bn", "tonnes": " tonnes",
}  # fmt: skip
#: From here on a number is written out in full: four digits would need an exponent.
LONG = 1e4


def amount(value: float, quantity: Quantity) -> str:
    """A value in the unit of its claim; rates in per cent, rises in points."""
    if not np.isfinite(value):
        return "nothing"
    if quantity.unit in ("percent", "points"):
        digits = 2 if abs(value) < 0.05 else 1
        return f"{value * 100:.{digits}f}{SUFFIX[quantity.unit]}"
    if quantity.unit == "year":
        return f"{value * 100:.1f}{' points' if quantity.base is not None else '%'}"
    return in_unit(value / UNITS[quantity.unit], quantity.unit, plainly)


def in_unit(value: float, unit: str, written: Callable[[float], str]) -> str:
    """A number with its unit, the sign before the dollars."""
    if unit.startswith("usd"):
        return f"{'-' if value < 0 else ''}${written(abs(value))}{SUFFIX.get(unit, '')}"
    return f"{written(value)}{SUFFIX.get(unit, '')}"


def plainly(value: float) -> str:
    """A number of four digits, a longer one in full."""
    return f"{value:,.0f}" if abs(value) >= LONG else f"{float(f'{value:.4g}'):,.10g}"


MOVED = {-1: "fell", 1: "rose"}


COMPARED = {"=": "", "about": "about ", ">": "above ", "<": "below ", ">=": "at least ", "<=": "at most "}


def claimed_words(quantity: Quantity | None) -> str:
    """How the number of a claim was read: of what it is, and what the claim says it is."""
    if quantity is None:
        return ""
    name = quantity.words or quantity.name.replace("_", " ")
    name += f" in {quantity.period}" if quantity.period else ""
    if quantity.value is None:
        return f"{name} {quantity.comparator}"
    if quantity.unit == "year":
        return f"nothing as high since {quantity.value:.0f}"
    number = quantity.value * (quantity.direction or 1) / UNITS[quantity.unit]
    value = COMPARED.get(quantity.comparator, "") + in_unit(number, quantity.unit, lambda each: f"{each:,.10g}")
    return f"{name} {MOVED[quantity.direction]} by {value}" if quantity.direction else f"{name} is {value}"


def cause_words(check: ClaimCheck, draws: Floats, sign: float) -> tuple[str, ...]:
    """How far a claim of cause lies from the model: its number from the range, or its sign from that of the effect."""
    quantity = check.part.quantity
    assert quantity is not None
    if check.verdict is Verdict.DISAGREES:
        return (_sign_words(check.value, draws, sign),)
    if not quantity.value or check.verdict not in (Verdict.SIGN_ONLY, Verdict.DEPENDS):
        return ()
    low, high = (check.low, check.high) if np.isfinite(check.low) else (check.value, check.value)
    gap = quantity.value - (high if quantity.value > high else low if quantity.value < low else check.value)
    where = "above" if gap > 0.0 else "below"
    span = "the range" if high > low else "it"
    return (f"the {amount(quantity.value, quantity)} claimed is {_gap(abs(gap), quantity)} {where} {span}",)


def _gap(value: float, quantity: Quantity) -> str:
    """A difference between two values of a quantity; of per cents it is in points."""
    return amount(value, replace(quantity, unit="points" if quantity.unit in ("percent", "share") else quantity.unit))


def _sign_words(value: float, draws: Floats, sign: float) -> str:
    """That the effect has the other sign, or that its sign is open."""
    share = float(np.mean(np.sign(draws) == sign)) if draws.size else float(np.sign(value) == sign)
    if share >= 1.0 - SURE:
        return declared_note("claims.sign_open", share=share)
    return declared_note("claims.other_sign" if value else "claims.no_effect")


def said_of(check: ClaimCheck, claimed: float | None) -> str:
    """One sentence: the value under the default reading, its range, the claim, and what else is to be known."""
    quantity = check.part.quantity
    assert quantity is not None
    shown = next((r for r in check.readings if r.default), check.readings[0])
    if not np.isfinite(shown.value):
        return shown.remark or "no data"
    words = [f"{amount(shown.value, quantity)} ({shown.label})"]
    if np.isfinite(shown.low) and shown.high - shown.low > 1e-9:
        words.append(f"{shown.range_of or '5-95%'}: {amount(shown.low, quantity)} to {amount(shown.high, quantity)}")
    if claimed is not None:
        words.append(f"against {amount(claimed, quantity)}")
    words += [shown.remark] if shown.remark else []
    return "; ".join(words)


def checks_table(checks: Sequence[ClaimCheck]) -> Table:
    """One row a statement."""
    rows = [_row(check) for check in checks]
    days = sorted({check.checked for check in checks})
    return standing_with(table_of("claims.checks", rows, days=", ".join(map(str, days))), checks)


def standing_with(table: Table, checks: Sequence[ClaimCheck]) -> Table:
    """A table of claims with how far US law is on record on the days they were checked."""
    days = sorted({check.checked for check in checks})
    return table.standing_on(standing_of(importer("USA").law, days[0], days[-1])) if days else table


def _row(check: ClaimCheck) -> tuple[Any, ...]:
    mark = " (uncertain)" if check.uncertain else ""
    speaker = check.claim.speaker
    return (
        check.name,
        str(check.part.kind),
        check.part.statement,
        f"{check.verdict}{mark}",
        str(check.verdict_then),
        claimed_words(check.part.quantity),
        check.explanation,
        check.value,
        check.low,
        check.high,
        check.agreement,
        check.definition,
        _with_values(check, check.holds_under),
        _with_values(check, check.fails_under),
        _with_values(check, [r.label for r in check.readings if r.illustrative]),
        check.likely,
        " | ".join(check.inputs),
        " | ".join(check.known_later),
        str(check.claim.said),
        speaker.name or speaker.role,
        check.claim.quote,
    )


def _with_values(check: ClaimCheck, labels: Sequence[str]) -> str:
    """Readings by their labels, each with its value."""
    quantity = check.part.quantity
    chosen = [r for r in check.readings if r.label in labels]
    return " | ".join(f"{r.label}: {amount(r.value, quantity)}" for r in chosen) if quantity is not None else ""


def quantities_table() -> Table:
    """What a claim can be about, what it has to name, and how each quantity is read."""
    rows = [
        (
            name,
            quantity.units[0],
            quantity.what,
            row.population,
            row.label,
            "default" if row.default else "other",
            quantity.tolerance,
            ", ".join(needed(name)),
            ", ".join(optional(name)),
            example_of(name),
        )
        for name, quantity in quantities().items()
        for row in quantity.readings
    ]
    return table_of("claims.quantities", rows)


def readings_table(checks: Sequence[ClaimCheck]) -> Table:
    """One row a reading of a statement."""
    rows = [_reading_row(check, reading) for check in checks for reading in check.readings]
    return standing_with(table_of("claims.readings", rows), checks)


def _reading_row(check: ClaimCheck, reading: Any) -> tuple[Any, ...]:
    role = "shown beside" if reading.illustrative else "default" if reading.default else "other"
    quantity = check.part.quantity
    tolerance = float("nan")
    if quantity is not None and quantity.comparator not in (Comparator.ROSE, Comparator.FELL):
        # The one that decided on the reading; of a relative one the share.
        measurand = quantities()[reading.judged_as or quantity.name]
        relative = measurand.relative
        tolerance = measurand.tolerance if relative else measurand.allowed(quantity.value, reading.kind)
    known = "" if reading.known is None else str(reading.known)
    near, inputs = str(reading.nearness or ""), " | ".join(reading.inputs)
    values = (reading.value, reading.low, reading.high, near, tolerance, reading.agreement)
    return (check.name, reading.label, role, *values, reading.remark, inputs, known)
