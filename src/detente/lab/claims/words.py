"""Verdicts in words and tables: what was computed, under which reading it holds, what was known when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from detente.codes import Column, Table, Unit
from detente.data.importers import importer
from detente.evidence import ClaimCheck, Quantity
from detente.evidence.verdicts import Comparator
from detente.lab.claims.quantities import quantities
from detente.lab.statute.standing import standing_of

SUFFIX = {"percent": "%", "points": " points", "months": " months", "usd": " USD"}


def amount(value: float, quantity: Quantity) -> str:
    """A value in the unit of its claim; rates in per cent, rises in points."""
    if not np.isfinite(value):
        return "nothing"
    if quantity.unit in ("percent", "points"):
        digits = 2 if abs(value) < 0.05 else 1
        return f"{value * 100:.{digits}f}{SUFFIX[quantity.unit]}"
    if quantity.unit == "year":
        return f"{value * 100:.1f}{' points' if quantity.base is not None else '%'}"
    return f"{value:.4g}{SUFFIX.get(quantity.unit, '')}"


def claimed_words(quantity: Quantity | None) -> str:
    """What the claim says the quantity is."""
    if quantity is None:
        return ""
    name = quantity.name.replace("_", " ")
    if quantity.value is None:
        return f"{name} {quantity.comparator}"
    if quantity.unit == "year":
        return f"nothing as high since {quantity.value:.0f}"
    value = f"{quantity.value * 100:g}" if quantity.unit in ("percent", "points") else f"{quantity.value:g}"
    return f"{name} {quantity.comparator} {value}{SUFFIX.get(quantity.unit, '')}"


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


COLUMNS = (
    ("claim", Unit.CODE, "id of the claim and its part"),
    ("kind", Unit.TEXT, "kind of statement, which decides the rule"),
    ("statement", Unit.TEXT, "what was said, in the ledger's words"),
    ("verdict", Unit.TEXT, "on the record of the day of the check"),
    ("then", Unit.TEXT, "on what was known the day it was said"),
    ("claimed", Unit.TEXT, "quantity and number of the claim"),
    ("found", Unit.TEXT, "what was computed or recorded, and under which reading"),
    ("value", Unit.NONE, "computed under the definition, in the program's units: shares for per cent and points"),
    ("low", Unit.NONE, "5th percentile of draws, or lowest of the sources"),
    ("high", Unit.NONE, "95th percentile of draws, or highest of the sources"),
    ("agreement", Unit.SHARE, "share of draws that give the same"),
    ("definition", Unit.TEXT, "reading under which the value stands"),
    ("holds_under", Unit.TEXT, "readings under which the claim holds, with their values"),
    ("fails_under", Unit.TEXT, "readings under which it does not"),
    ("beside", Unit.TEXT, "shown beside the claim, not counted for or against it"),
    ("likely", Unit.TEXT, "reading the source most likely meant"),
    ("inputs", Unit.TEXT, "tables, lawbooks and events used"),
    ("known_later", Unit.TEXT, "inputs of after the day it was said"),
    ("said", Unit.DATE, "day it was said"),
    ("speaker", Unit.TEXT, "who said it"),
    ("quote", Unit.TEXT, "the whole claim, in the ledger's words"),
)


def checks_table(checks: Sequence[ClaimCheck]) -> Table:
    """One row a statement."""
    rows = [_row(check) for check in checks]
    columns = tuple(Column(*entry) for entry in COLUMNS)
    data = {c.name: np.asarray([row[c.name] for row in rows]) for c in columns}
    days = sorted({check.checked for check in checks})
    notes = (
        f"record of {', '.join(map(str, days))}; no verdict says true or false, only under which definition it holds",
        "tolerances: average duty 0.75 points, partner average 3, shares 2, index 1%, legal rates and counts none",
    )
    return _standing(Table("checks", "Claims checked", columns, data, notes), checks)


def _standing(table: Table, checks: Sequence[ClaimCheck]) -> Table:
    """A table of claims with how far US law is on record on the days they were checked."""
    days = sorted({check.checked for check in checks})
    return table.standing_on(standing_of(importer("USA").law, days[0], days[-1])) if days else table


def _row(check: ClaimCheck) -> dict[str, Any]:
    mark = " (uncertain)" if check.uncertain else ""
    speaker = check.claim.speaker
    return {
        "claim": check.name,
        "kind": str(check.part.kind),
        "statement": check.part.statement,
        "verdict": f"{check.verdict}{mark}",
        "then": str(check.verdict_then),
        "claimed": claimed_words(check.part.quantity),
        "found": check.explanation,
        "value": check.value,
        "low": check.low,
        "high": check.high,
        "agreement": check.agreement,
        "definition": check.definition,
        "holds_under": _with_values(check, check.holds_under),
        "fails_under": _with_values(check, check.fails_under),
        "beside": _with_values(check, [r.label for r in check.readings if r.illustrative]),
        "likely": check.likely,
        "inputs": " | ".join(check.inputs),
        "known_later": " | ".join(check.known_later),
        "said": str(check.claim.said),
        "speaker": speaker.name or speaker.role,
        "quote": check.claim.quote,
    }


def _with_values(check: ClaimCheck, labels: Sequence[str]) -> str:
    """Readings by their labels, each with its value."""
    quantity = check.part.quantity
    chosen = [r for r in check.readings if r.label in labels]
    return " | ".join(f"{r.label}: {amount(r.value, quantity)}" for r in chosen) if quantity is not None else ""


def quantities_table() -> Table:
    """What a claim can be about, and how each quantity is read."""
    rows = [
        (
            name,
            quantity.units[0],
            quantity.what,
            row.population,
            row.label,
            "default" if row.default else "other",
            quantity.tolerance,
        )
        for name, quantity in quantities().items()
        for row in quantity.readings
    ]
    entries = (
        ("quantity", Unit.CODE, "name in `quantity:`"),
        ("unit", Unit.TEXT, "unit a claim gives it in"),
        ("what", Unit.TEXT, "meaning"),
        ("population", Unit.TEXT, "`population:` that the reading is of; blank: the quantity has one meaning"),
        ("reading", Unit.TEXT, "definition"),
        ("role", Unit.TEXT, "default or other"),
        ("tolerance", Unit.NONE, "in the program's units; household cost as a share of the claim"),
    )
    data = {name: np.asarray([row[i] for row in rows]) for i, (name, _, _) in enumerate(entries)}
    return Table("quantities", "What a claim can be about", tuple(Column(*entry) for entry in entries), data)


def readings_table(checks: Sequence[ClaimCheck]) -> Table:
    """One row a reading of a statement."""
    rows = [(check, reading) for check in checks for reading in check.readings]
    entries = (
        ("claim", Unit.CODE, "id of the claim and its part"),
        ("reading", Unit.TEXT, "definition of the quantity"),
        ("role", Unit.TEXT, "default, other, or shown beside"),
        ("value", Unit.NONE, "computed, in the program's units"),
        ("low", Unit.NONE, "5th percentile of draws"),
        ("high", Unit.NONE, "95th percentile of draws"),
        ("nearness", Unit.TEXT, "in, near or out of the tolerance"),
        ("tolerance", Unit.NONE, "fixed by quantity"),
        ("agreement", Unit.SHARE, "share of draws that give the same"),
        ("remark", Unit.TEXT, "what else the reader should know"),
        ("inputs", Unit.TEXT, "tables, lawbooks and events used"),
        ("known", Unit.DATE, "day the inputs were public; blank: before the claim"),
    )
    columns = tuple(Column(*entry) for entry in entries)
    values = [_reading_row(check, reading) for check, reading in rows]
    return _standing(Table.of_rows("readings", "Readings of the claims", columns, values), checks)


def _reading_row(check: ClaimCheck, reading: Any) -> tuple[Any, ...]:
    role = "shown beside" if reading.illustrative else "default" if reading.default else "other"
    quantity = check.part.quantity
    words = quantity is not None and quantity.comparator not in (Comparator.ROSE, Comparator.FELL)
    tolerance = quantities()[reading.judged_as or quantity.name].tolerance if quantity and words else float("nan")
    known = "" if reading.known is None else str(reading.known)
    near, inputs = str(reading.nearness or ""), " | ".join(reading.inputs)
    values = (reading.value, reading.low, reading.high, near, tolerance, reading.agreement)
    return (check.name, reading.label, role, *values, reading.remark, inputs, known)
