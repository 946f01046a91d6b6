"""Check: every statement of a ledger of claims gets a verdict by rule, from the program's own modules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from detente.codes import MOST_DRAWS, InputError, Parameter, UnknownName, whole_number
from detente.data.importers import importer
from detente.data.yamlfile import as_date
from detente.draws import BAND, band
from detente.evidence import (
    ClaimCheck,
    ClaimReading,
    Kind,
    Nearness,
    Quantity,
    Resolution,
    Verdict,
    agreement,
    judge,
    of_cause,
    of_measurement,
    of_reaction,
    settle,
)
from detente.evidence.verdicts import CERTAIN, Comparator
from detente.lab.claims.lawbooks import levels
from detente.lab.claims.ledger import AHEAD, Ledger, Statement, ledger_names, load_ledger
from detente.lab.claims.measured import Basis, Hook, Measured
from detente.lab.claims.quantities import quantities
from detente.lab.claims.readings import why_unread
from detente.lab.claims.rows import ReadingRow
from detente.lab.claims.words import amount, said_of
from detente.lab.work.chunks import Progress
from detente.law import Status
from detente.version import VERSION

DRAWS = 60
SEED = 20250512


def check(
    claims: str | Path | Ledger = "may-2025",
    *,
    as_of: date,
    draws: int = DRAWS,
    seed: int = SEED,
    hooks: Mapping[str, Hook] | None = None,
    only: str = "",
    progress: Progress | None = None,
    refused: list[InputError] | None = None,
) -> tuple[ClaimCheck, ...]:
    """Judge the claims of a ledger by name, a file by path, or a ledger that was read.

    Parameters
    ----------
    as_of : day whose record counts; later announcements are not seen.
    draws, seed : of the shares nobody observes.
    hooks : quantity -> function that computes it in place of the program's own module, whatever the population.
    only : id of one claim or part; "" judges all.
    progress : told how many statements are judged, and of how many.
    refused : takes what is wrong with claims that cannot be judged, so that the others are; None raises the first.

    Raises
    ------
    InputError : a claim that cannot be judged as it stands, or a day before it was said.
    UnknownName : neither a ledger nor a path, or no such claim.
    """
    as_of = as_date(as_of, "as_of")
    draws, seed = whole_number(draws, "draws", 0, MOST_DRAWS), whole_number(seed, "seed", 0)
    ledger = claims if isinstance(claims, Ledger) else load_ledger(claims)
    basis = Basis(ledger.events, draws, seed, dict(hooks or {}))
    statements = chosen(ledger, as_of, only)
    checks: list[ClaimCheck] = []
    for number, statement in enumerate(statements, start=1):
        try:
            checks.append(_judged(statement, basis, as_of))
        except InputError as error:
            placed = error.inside(f"{ledger.name}, claim {statement.claim.claim_id}{statement.part.part}")
            if refused is None:
                raise placed from error
            refused.append(placed)
        if progress is not None:
            progress(number, len(statements))
    return tuple(checks)


def chosen(ledger: Ledger, as_of: date, only: str = "") -> list[Statement]:
    """Statements of a ledger that are judged on a day.

    Parameters
    ----------
    only : id of one claim or part; "" takes all.

    Raises
    ------
    InputError : a claim that was said after the day. UnknownName : no such claim.
    """
    statements = [s for s in ledger.statements if only in ("", s.claim.claim_id, s.claim.claim_id + s.part.part)]
    if not statements:
        known = list(dict.fromkeys(s.claim.claim_id for s in ledger.statements))
        raise UnknownName("claim", only, known, Parameter("only"), f"ledgers: {', '.join(ledger_names())}")
    for claim in (statement.claim for statement in statements):
        if as_of < claim.said:
            words = f"claim {claim.claim_id} of {ledger.name} was said on {claim.said}, after {as_of}"
            raise InputError(Parameter("as_of"), words, "give a later day")
    return statements


def _judged(statement: Statement, basis: Basis, as_of: date) -> ClaimCheck:
    claim, part = statement.claim, statement.part
    if part.kind in AHEAD:
        return _ahead(statement, basis, as_of)
    if part.kind is Kind.EVALUATION:
        words = "an evaluation: stored, not rated"
        return ClaimCheck(claim, part, Verdict.NOT_RATED, Verdict.NOT_RATED, words, as_of, VERSION)
    return _rated(statement, basis, as_of)


def _rated(statement: Statement, basis: Basis, as_of: date) -> ClaimCheck:
    """A measurement or a statement of cause, under every reading."""
    claim, part = statement.claim, statement.part
    assert part.quantity is not None
    if part.quantity.as_of > as_of:
        words = f"open until {part.quantity.as_of}"
        return ClaimCheck(claim, part, Verdict.OPEN, Verdict.OPEN, words, as_of, VERSION)
    if part.quantity.name not in basis.hooks and (unread := _unread(statement)) is not None:
        return ClaimCheck(claim, part, unread[0], unread[0], unread[1], as_of, VERSION)
    measured = _measured(statement, basis)
    judged = tuple(_reading(row, value, part.quantity) for row, value in measured)
    readings, early = (tuple(_seen(reading, day) for reading in judged) for day in (as_of, claim.said))
    verdict, then = (_verdict(statement, measured, some) for some in (readings, early))
    return _filled(ClaimCheck(claim, part, verdict, then, "", as_of, VERSION), readings, measured)


def _unread(statement: Statement) -> tuple[Verdict, str] | None:
    """Verdict and words where nothing measures what a claim speaks of, or where it leaves out what it needs."""
    assert statement.row is not None
    if not statement.readings:
        return Verdict.NOT_MODELLED, why_unread(statement.row)
    return (Verdict.NOT_CHECKABLE, statement.lacks) if statement.lacks else None


def _measured(statement: Statement, basis: Basis) -> list[tuple[ReadingRow, Measured]]:
    """Each reading with what it gives."""
    row, quantity = statement.row, statement.part.quantity
    assert row is not None
    assert quantity is not None
    hook = basis.hooks.get(row.name)
    if hook is not None:
        readings = statement.readings or (ReadingRow(label="as the module reads it", default=True),)
        return [(reading, hook(row, reading, quantity.as_of)) for reading in readings]
    compute = quantities()[row.name].compute
    return [(reading, compute(basis, row, reading, quantity.as_of)) for reading in statement.readings]


def _reading(row: ReadingRow, measured: Measured, quantity: Quantity) -> ClaimReading:
    """One reading judged: value is the median of the draws where there are any."""
    value = float(np.median(measured.draws)) if measured.draws.size else measured.value
    claimed = quantity.value if measured.claimed is None else measured.claimed
    other = quantities()[quantity.name].judged_as.get(row.of, "")
    tolerance = quantities()[other or quantity.name].allowed(claimed)
    how = (claimed, quantity.half_unit, quantity.comparator, tolerance)
    near = judge(value, *how) if np.isfinite(value) else None
    low, high = _bounds(measured)
    remark = measured.remark
    if measured.draws.size and abs(measured.value - value) > 5e-5:
        remark = "; ".join(filter(None, (f"{amount(measured.value, quantity)} at default shares", remark)))
    drawn = measured.draws if measured.range_of == "" else np.zeros(0)
    same = agreement(drawn, *how, near) if near is not None else float("nan")
    flags = (row.default, row.likely, row.illustrative)
    label = row.label or row.name
    words = (measured.inputs, measured.known, remark, measured.range_of, other)
    return ClaimReading(row.name, label, value, near, *flags, low, high, same, *words)


def _bounds(measured: Measured) -> tuple[float, float]:
    """5-95% of draws, or lowest and highest of what is no draw."""
    if not measured.draws.size:
        return float("nan"), float("nan")
    low, high = band(measured.draws, (0.0, 1.0) if measured.range_of else BAND)
    return float(low), float(high)


def _seen(reading: ClaimReading, day: date) -> ClaimReading:
    """A reading as a day knows it: without a value where its inputs were not public yet."""
    if reading.known is None or reading.known <= day:
        return reading
    nothing = float("nan")
    remark = f"not public before {reading.known}"
    return replace(reading, value=nothing, low=nothing, high=nothing, agreement=nothing, nearness=None, remark=remark)


def _verdict(
    statement: Statement, measured: list[tuple[ReadingRow, Measured]], readings: tuple[ClaimReading, ...]
) -> Verdict:
    quantity = statement.part.quantity
    assert quantity is not None
    if statement.part.kind is Kind.MEASUREMENT:
        return of_measurement(readings, statement.part.open)
    first = next((value for row, value in measured if row.default), measured[0][1])
    if not np.isfinite(first.value):
        return Verdict.NOT_CHECKABLE
    if np.isfinite(first.p_value):
        return of_reaction(first.value, first.p_value, quantity.comparator)
    effects = first.draws if first.draws.size else np.asarray([first.value])
    verdict = of_cause(effects, _direction(quantity), first.base)
    shown = next((reading for reading in readings if reading.default), readings[0])
    sized = verdict is Verdict.AGREES and quantity.value is not None and shown.nearness is Nearness.OUT
    return Verdict.SIGN_ONLY if sized else verdict


def _direction(quantity: Quantity) -> float:
    """Sign of the effect a claim of cause names: that of its number, or of its comparator where the number is zero."""
    if quantity.value:
        return float(np.sign(quantity.value))
    return -1.0 if quantity.comparator in (Comparator.FELL, Comparator.LESS) else 1.0


def _filled(
    blank: ClaimCheck, readings: tuple[ClaimReading, ...], measured: list[tuple[ReadingRow, Measured]]
) -> ClaimCheck:
    """The check with its value, the readings on both sides and its words."""
    shown = next((r for r in readings if r.default), readings[0])
    inside, outside = _sides(readings) if blank.part.kind is Kind.MEASUREMENT else ((), ())
    likely = next((r.label for r in readings if r.likely), "")
    later = [f"{', '.join(r.inputs)} ({r.known})" for r in readings if r.known and r.known > blank.claim.said]
    inputs = tuple(dict.fromkeys(name for r in readings for name in r.inputs))
    filled = replace(
        blank, definition=shown.label, value=shown.value, low=shown.low, high=shown.high, agreement=shown.agreement,
        uncertain=bool(shown.agreement < CERTAIN) and blank.part.kind is Kind.MEASUREMENT, holds_under=inside,
        fails_under=outside, likely=likely, inputs=inputs, known_later=tuple(dict.fromkeys(later)), readings=readings,
    )  # fmt: skip
    first = next((m for row, m in measured if row.default), measured[0][1])
    return replace(filled, explanation=said_of(filled, first.claimed))


def _ahead(statement: Statement, basis: Basis, as_of: date) -> ClaimCheck:
    """A forecast, promise, threat or intent: settled by the record."""
    claim, part = statement.claim, statement.part
    assert statement.expected is not None
    now, then = (
        settle(statement.expected, basis.events, claim.said, day, in_force, levels) for day in (as_of, claim.said)
    )
    verdict, before = (_word(settlement, part.kind) for settlement in (now, then))
    known = {event.event_id: event for event in basis.events}
    later = tuple(f"{name} ({known[name].announced})" for name in now.events if known[name].announced > claim.said)
    blank = ClaimCheck(claim, part, verdict, before, now.reason, as_of, VERSION, known_later=later, inputs=now.events)
    filled = replace(blank, value=now.value, definition=f"settled by the record up to {statement.expected.window[1]}")
    unread = statement.lacks or not statement.readings
    if unread or part.quantity is None or part.quantity.as_of > as_of:
        return filled
    readings = tuple(_reading(row, value, part.quantity) for row, value in _measured(statement, basis))
    inside, outside = _sides(readings)
    return replace(filled, readings=readings, holds_under=inside, fails_under=outside)


def _sides(readings: tuple[ClaimReading, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels of the readings under which a claim holds, and of those under which it does not."""
    counted = [r for r in readings if not r.illustrative]
    inside, outside = (tuple(r.label for r in counted if r.nearness is near) for near in (Nearness.IN, Nearness.OUT))
    return inside, outside


def _word(resolution: Resolution, kind: Kind) -> Verdict:
    """An intent is borne out, where a promise is kept."""
    if kind is not Kind.INTENT:
        return resolution.verdict
    same = {Verdict.KEPT: Verdict.BORNE_OUT, Verdict.BROKEN: Verdict.NOT_BORNE_OUT}
    return same.get(resolution.verdict, resolution.verdict)


def in_force(code: str, name: str, day: date) -> bool:
    """Whether a measure of an importer's lawbook is in force on a day."""
    measure = importer(code).law.measure(name, f"lawbook of {code}")
    return bool(measure.periods_on(day)) and measure.status is Status.IN_FORCE
