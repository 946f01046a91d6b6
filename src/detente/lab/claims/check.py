"""Check: every statement of a ledger of claims gets a verdict by rule, from the program's own modules.

Forecasts of a number: settled by the figure of their quantity once it is public, under the readings of a claim.

What readings of the shipped ledgers give, ready to use, as computing them all takes half a minute.

A stored number counts only as long as the data of the package and the program that computes have the bytes they had
then; a reader's own tables or laws rule it out as well. `tools/build_ledger.py` writes the store.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import (
    MOST_DRAWS,
    DetenteError,
    InputError,
    Parameter,
    UnknownName,
    check_none,
    declared_note,
    whole_number,
)
from detente.data.importerfile import lawbooks, stamp
from detente.data.importers import importer
from detente.data.library import package_folder, sha256, user_folder
from detente.data.limits import memoized
from detente.data.yamlfile import as_date
from detente.draws import BAND, band
from detente.evidence import (
    Claim,
    ClaimCheck,
    ClaimedNumber,
    ClaimReading,
    Kind,
    Nearness,
    Quantity,
    Verdict,
    of_cause,
    of_measurement,
    of_number,
    of_reaction,
    settle,
)
from detente.evidence.forecasts import Expectation
from detente.evidence.verdicts import CERTAIN, Comparator
from detente.lab.claims.ledger import AHEAD, Ledger, Statement, ledger_names, load_ledger
from detente.lab.claims.meaning import why_unread
from detente.lab.claims.measurand import Basis, Hook, Measured, Read, quantities
from detente.lab.claims.rates import announced, as_known, as_said, levels
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.trade import MIRROR
from detente.lab.claims.words import cause_words, said_of
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
    refused: list[DetenteError] | None = None,
    made: dict[str, Given] | None = None,
) -> tuple[ClaimCheck, ...]:
    """Judge the claims of a ledger by name, a file by path, or a ledger that was read.

    Parameters
    ----------
    as_of : day whose record counts; later announcements are not seen.
    draws, seed : of the shares nobody observes.
    hooks : quantity -> function that computes it in place of the program's own module, whatever the population.
    only : id of one claim or part; "" judges all.
    progress : told how many statements are judged, and of how many.
    refused : takes what is wrong with claims that cannot be judged, so that the others are; None raises all of it. What
        it holds already is of claims that were left out of the ledger.
    made : takes the readings of every statement with what they gave, by the name of the statement.

    Raises
    ------
    InputError : a claim that cannot be judged as it stands, or a day before it was said.
    UnknownName : neither a ledger nor a path, or no such claim.
    """
    as_of = as_date(as_of, "as_of")
    draws, seed = whole_number(draws, "draws", 0, MOST_DRAWS), whole_number(seed, "seed", 0)
    faults: list[DetenteError] = [] if refused is None else refused
    ledger = claims if isinstance(claims, Ledger) else load_ledger(claims, faults)
    faults[:] = [fault for fault in faults if not only or f", claim {only}" in str(fault)]
    stored = kept(ledger.name, draws, seed) if ledger.name in STORED and not hooks else {}
    basis = Basis(ledger.events, draws, seed, dict(hooks or {}), stored, {} if made is None else made)
    statements = _sayable(ledger, as_of, only, faults)
    checks: list[ClaimCheck] = []
    for number, statement in enumerate(statements, start=1):
        try:
            checks.append(_judged(statement, basis, as_of))
        except DetenteError as error:
            faults.append(_placed(error, f"{ledger.name}, claim {statement.claim.claim_id}{statement.part.part}"))
        if progress is not None:
            progress(number, len(statements))
    if refused is None:
        check_none(faults)
    return tuple(checks)


def _placed(error: DetenteError, place: str) -> DetenteError:
    """A mistake, said of the claim that holds it."""
    return error.inside(place) if isinstance(error, InputError) else type(error)(f"{place}: {error}")


def _sayable(ledger: Ledger, as_of: date, only: str, faults: list[DetenteError]) -> list[Statement]:
    """Statements that are judged on a day; those said later are mistakes, unless all of them are."""
    if faults and not any(only in ("", s.claim.claim_id, s.claim.claim_id + s.part.part) for s in ledger.statements):
        return []
    early = [s for s in ledger.statements if s.claim.said <= as_of]
    if not early:
        return chosen(ledger, as_of, only)
    for name in {s.claim.claim_id: s for s in ledger.statements if s.claim.said > as_of and not only}:
        try:
            chosen(ledger, as_of, name)
        except InputError as error:
            faults.append(error)
    return chosen(ledger if only else replace(ledger, statements=tuple(early)), as_of, only)


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
        words = declared_note("claims.evaluation")
        return ClaimCheck(claim, part, Verdict.NOT_RATED, Verdict.NOT_RATED, words, as_of, VERSION)
    return _rated(statement, basis, as_of)


def _rated(statement: Statement, basis: Basis, as_of: date) -> ClaimCheck:
    """A measurement or a statement of cause, under every reading."""
    claim, part = statement.claim, statement.part
    assert part.quantity is not None
    if part.quantity.as_of > as_of:
        words = declared_note("claims.open_until", day=part.quantity.as_of)
        return ClaimCheck(claim, part, Verdict.OPEN, Verdict.OPEN, words, as_of, VERSION)
    if part.quantity.name not in basis.hooks and (unread := _unread(statement)) is not None:
        return ClaimCheck(claim, part, unread[0], unread[0], unread[1], as_of, VERSION)
    measured = _given(statement, basis)
    sized = part.kind is Kind.CAUSAL
    judged = tuple(_reading(row, value, part.quantity, sized) for row, value in measured)
    readings, early = (tuple(_seen(reading, day) for reading in judged) for day in (as_of, claim.said))
    verdict, then = (_verdict(statement, measured, some) for some in (readings, early))
    announcement = ""
    if part.kind is Kind.MEASUREMENT and verdict not in (Verdict.SUPPORTED, Verdict.NOT_CHECKABLE):
        announcement = announced(statement, basis) if part.quantity.name not in basis.hooks else ""
        verdict, then = (Verdict.ANNOUNCED, Verdict.ANNOUNCED) if announcement else (verdict, then)
    words = "; ".join(filter(None, (announcement, statement.period)))
    return _filled(ClaimCheck(claim, part, verdict, then, "", as_of, VERSION), readings, measured, words)


def _unread(statement: Statement) -> tuple[Verdict, str] | None:
    """Verdict and words where nothing measures what a claim speaks of, or where it leaves out what it needs."""
    assert statement.row is not None
    if not statement.readings:
        return Verdict.NOT_MODELLED, why_unread(statement.row)
    return (Verdict.NOT_CHECKABLE, statement.lacks) if statement.lacks else None


def _measured(statement: Statement, basis: Basis) -> list[Read]:
    """Each reading with what it gives."""
    row, quantity = statement.row, statement.part.quantity
    assert row is not None
    assert quantity is not None
    hook = basis.hooks.get(row.name)
    if hook is not None:
        readings = statement.readings or (ReadingRow(label=declared_note("claims.own_module"), default=True),)
        return [(reading, hook(row, reading, quantity.as_of)) for reading in readings]
    measurand, day = quantities()[row.name], quantity.as_of
    readings = statement.readings
    if "published" in measurand.uses:
        readings = as_said(row, readings, day, statement.claim.said)
    return as_known([(reading, measurand.measured(basis, row, reading, day)) for reading in readings])


def _given(statement: Statement, basis: Basis) -> list[Read]:
    """Each reading with what it gives, as it was computed before where it was."""
    assert statement.row is not None
    name = name_of(statement.claim, statement.part.part, statement.row, statement.readings)
    if name not in basis.made:
        basis.made[name] = basis.kept.get(name) or _with_named(statement, _measured(statement, basis), basis)
    return list(basis.made[name])


def _reading(row: ReadingRow, measured: Measured, quantity: Quantity, sized: bool = False) -> ClaimReading:
    """One reading judged by the number that the program has for it; draws give its range, and how sure the verdict is.

    Parameters
    ----------
    sized : the number is laid to a cause, and compared with the range of the model.
    """
    drawn = measured.draws if measured.range_of == "" else np.zeros(0)
    value = measured.value
    claimed = quantity.value if measured.claimed is None else measured.claimed
    measurand = quantities()[quantity.name]
    other = measurand.judged_as.get(row.of, "")
    tolerance, half = measurand.allowed(claimed, row.of), quantity.half_unit
    if other:
        # A number of another kind is the one claimed only if it is written alike: tolerance holds within one kind.
        tolerance, half = 0.0, max(half, WRITTEN)
    number = ClaimedNumber(claimed, half, quantity.comparator, tolerance, quantity.direction)
    low, high = _bounds(measured)
    near = _nearness(value, (low, high), number, sized) if np.isfinite(value) else None
    same = number.agreement(drawn, near) if near is not None else float("nan")
    flags = (row.default, row.likely, row.illustrative)
    label = row.label or row.name
    words = (measured.inputs, measured.known, measured.remark, measured.range_of, other, row.of)
    return ClaimReading(row.name, label, value, near, *flags, low, high, same, *words)


def _with_named(statement: Statement, measured: list[Read], basis: Basis) -> list[Read]:
    """Readings with those of publishers that meet a number which none of them meets; worked out for such alone."""
    quantity, row = statement.part.quantity, statement.row
    assert quantity is not None
    assert row is not None
    if statement.part.kind is Kind.CAUSAL or not statement.listed or quantity.name in basis.hooks:
        return measured
    if "weights" not in quantities()[row.name].uses or any(reading.of == "rise" for reading, _ in measured):
        return measured
    if any(_meets(*read, quantity) for read in measured):
        return measured
    from detente.lab.claims.ranks import named_readings  # Definitions of publishers are read for such claims alone.

    others = [read for read in named_readings(statement.claim, row, quantity) if _meets(*read, quantity)]
    if any(reading.likely for reading, _ in others):
        measured = [(reading.model_copy(update={"likely": False}), value) for reading, value in measured]
    return [*measured, *others]


def _meets(row: ReadingRow, value: Measured, quantity: Quantity) -> bool:
    return _reading(row, value, quantity).nearness is Nearness.IN


STRICT = (Comparator.MORE, Comparator.LESS)
#: Half of a point: how near a mean lies to a legal rate that reads as the same number.
WRITTEN = 0.005


def _nearness(value: float, span: tuple[float, float], number: ClaimedNumber, sized: bool) -> Nearness:
    """Where a value lies relative to a claim; where a cause has a size, where the range of its effect does."""
    if sized and number.value is not None:
        ends = span if np.isfinite(span[0]) else (value, value)
        # A number several times the effect itself is not met, however small both are.
        allowed = min(number.tolerance, max(map(abs, ends)) / 2.0)
        return replace(number, tolerance=allowed).judge_range(value, ends)
    legal = number.comparator in STRICT and number.tolerance == 0.0
    if legal and number.value is not None and abs(value - number.value) < 1e-12:
        return Nearness.OUT  # A legal rate of 145 is not more than 145.
    return number.judge(value)


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


def _verdict(statement: Statement, measured: list[Read], readings: tuple[ClaimReading, ...]) -> Verdict:
    quantity = statement.part.quantity
    assert quantity is not None
    if statement.part.kind is Kind.MEASUREMENT:
        verdict = of_measurement(readings, statement.part.open)
        mirrored = {row.record for row, value in measured if np.isfinite(value.value)} == {MIRROR}
        return Verdict.NOT_CHECKABLE if mirrored and verdict is Verdict.NOT_SUPPORTED else verdict
    first = next((value for row, value in measured if row.default), measured[0][1])
    if not np.isfinite(first.value):
        return Verdict.NOT_CHECKABLE
    verdict = _on_sign(quantity, first)
    return of_number(verdict, readings) if quantity.value else verdict


def _on_sign(quantity: Quantity, first: Measured) -> Verdict:
    """The verdict on the direction of an effect."""
    if np.isfinite(first.p_value):
        return of_reaction(first.value, first.p_value, quantity.comparator, quantity.value)
    effects = first.draws if first.draws.size else np.asarray([first.value])
    return of_cause(effects, _direction(quantity), first.base)


def _direction(quantity: Quantity) -> float:
    """Sign of the effect a claim of cause names: that of its number, or of its comparator where the number is zero."""
    if quantity.value or quantity.direction:
        return float(np.sign(quantity.value or quantity.direction))
    return -1.0 if quantity.comparator in (Comparator.FELL, Comparator.LESS, Comparator.AT_MOST) else 1.0


def _filled(blank: ClaimCheck, readings: tuple[ClaimReading, ...], measured: list[Read], period: str) -> ClaimCheck:
    """The check with its value, the readings on both sides and its words.

    Parameters
    ----------
    period : what is to be said of the time that the claim speaks of, where the model knows another.
    """
    quantity = blank.part.quantity
    shown = next((r for r in readings if r.default), readings[0])
    sided = blank.part.kind is Kind.MEASUREMENT or (quantity is not None and bool(quantity.value))
    inside, outside = _labels_by_side(readings) if sided else ((), ())
    likely = next((r.label for r in readings if r.likely), "")
    later = [f"{', '.join(r.inputs)} ({r.known})" for r in readings if r.known and r.known > blank.claim.said]
    inputs = tuple(dict.fromkeys(name for r in readings for name in r.inputs))
    filled = replace(
        blank, definition=shown.label, value=shown.value, low=shown.low, high=shown.high, agreement=shown.agreement,
        uncertain=bool(shown.agreement < CERTAIN) and blank.part.kind is Kind.MEASUREMENT, holds_under=inside,
        fails_under=outside, likely=likely, inputs=inputs, known_later=tuple(dict.fromkeys(later)), readings=readings,
    )  # fmt: skip
    first = next((m for row, m in measured if row.default), measured[0][1])
    words = [said_of(filled, first.claimed), *_of_cause(filled, first), period]
    return replace(filled, explanation="; ".join(filter(None, words)))


def _of_cause(check: ClaimCheck, first: Measured) -> tuple[str, ...]:
    """How far the number or the sign of a claim of cause lies from the model."""
    quantity = check.part.quantity
    if check.part.kind is not Kind.CAUSAL or quantity is None or not np.isfinite(check.value):
        return ()
    return cause_words(check, first.draws, _direction(quantity))


def _ahead(statement: Statement, basis: Basis, as_of: date) -> ClaimCheck:
    """A forecast, promise, threat or intent: settled by the record."""
    claim, part = statement.claim, statement.part
    assert statement.expected is not None
    now, then = (
        settle(statement.expected, basis.events, claim.said, day, in_force, levels) for day in (as_of, claim.said)
    )
    verdict, before = (_word(settlement.verdict, part.kind) for settlement in (now, then))
    known = {event.event_id: event for event in basis.events}
    later = tuple(f"{name} ({known[name].announced})" for name in now.events if known[name].announced > claim.said)
    blank = ClaimCheck(claim, part, verdict, before, now.reason, as_of, VERSION, known_later=later, inputs=now.events)
    settled = declared_note("claims.settled_by", day=statement.expected.window[1])
    filled = replace(blank, value=now.value, definition=settled)
    unread = statement.lacks or not statement.readings
    by_number = statement.expected.test == "figure" and part.quantity is not None
    if unread or part.quantity is None or part.quantity.as_of > as_of:
        lacks = statement.lacks or (why_unread(statement.row) if statement.row and not statement.readings else "")
        return by_figure(filled, statement.expected, as_of, lacks) if by_number else filled
    readings = tuple(_reading(row, value, part.quantity) for row, value in _given(statement, basis))
    inside, outside = _labels_by_side(readings)
    filled = replace(filled, readings=readings, holds_under=inside, fails_under=outside)
    return by_figure(filled, statement.expected, as_of) if by_number else filled


def _labels_by_side(readings: tuple[ClaimReading, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels of the readings under which a claim holds, and of those under which it does not."""
    counted = [r for r in readings if not r.illustrative]
    inside, outside = (tuple(r.label for r in counted if r.nearness is near) for near in (Nearness.IN, Nearness.OUT))
    return inside, outside


INTENTS = {Verdict.KEPT: Verdict.BORNE_OUT, Verdict.BROKEN: Verdict.NOT_BORNE_OUT}


def _word(verdict: Verdict, kind: Kind) -> Verdict:
    """An intent is borne out, where a promise is kept."""
    return INTENTS.get(verdict, verdict) if kind is Kind.INTENT else verdict


def in_force(code: str, name: str, day: date) -> bool:
    """Whether a measure of an importer's lawbook is in force on a day."""
    measure = importer(code).law.measure(name, f"lawbook of {code}")
    return bool(measure.periods_on(day)) and measure.status is Status.IN_FORCE


SETTLED = {Nearness.IN: Verdict.KEPT, Nearness.NEAR: Verdict.PARTLY, Nearness.OUT: Verdict.BROKEN}


def by_figure(check: ClaimCheck, expected: Expectation, as_of: date, lacks: str = "") -> ClaimCheck:
    """The check of a forecast whose test is a figure, settled by its readings.

    It is open until its day, and until its figure is public; then kept where the usual reading has the number, partly
    where that is near or another reading has it, broken else.

    Parameters
    ----------
    lacks : why the quantity cannot be computed as it stands; "" where it can.
    """
    last = expected.window[1]
    if as_of <= last:
        words = declared_note("claims.open_until", day=last)
        return replace(check, verdict=Verdict.OPEN, verdict_then=Verdict.OPEN, explanation=words)
    if lacks or not check.readings:
        words = lacks or check.explanation
        return replace(check, verdict=Verdict.NOT_CHECKABLE, verdict_then=Verdict.OPEN, explanation=words)
    shown = next((reading for reading in check.readings if reading.default), check.readings[0])
    if shown.known is not None and shown.known > as_of:
        words = declared_note("claims.figure_not_public", day=shown.known)
        return replace(check, verdict=Verdict.OPEN, verdict_then=Verdict.OPEN, explanation=words)
    verdict = Verdict.NOT_CHECKABLE if shown.nearness is None else SETTLED[shown.nearness]
    if verdict is Verdict.BROKEN and check.holds_under:
        verdict = Verdict.PARTLY
    verdict = _word(verdict, check.part.kind)
    inputs = tuple(dict.fromkeys(name for reading in check.readings for name in reading.inputs))
    filled = replace(check, verdict=verdict, verdict_then=Verdict.OPEN, value=shown.value, inputs=inputs)
    return replace(filled, definition=shown.label, explanation=said_of(filled, None))


#: Readings of a statement, each with what it gives.
Given = Sequence[Read]

#: Ledgers of the package whose numbers are stored.
STORED = ("2025-26", "may-2025")

DATA = (".csv", ".npz", ".parquet", ".toml", ".yaml")
#: Package of the program that computes nothing.
FACES = "faces"

#: Where the sentences of remarks stand, beneath the program.
REGISTER = "codes/tables"


def store_path(ledger: str) -> Path:
    """Where the numbers of a ledger of the package are stored."""
    return package_folder() / "ledgers" / f"{ledger}.json.gz"


def name_of(claim: Claim, part: str, row: QuantityRow, readings: Sequence[ReadingRow]) -> str:
    """What a statement is stored under: all that it, its quantity and its readings say."""
    own = [claim.claim_id, part, claim.quote, str(claim.speaker), str(claim.said), sorted(claim.source.items())]
    words = [*own, row.model_dump_json(), *(reading.model_dump_json() for reading in readings)]
    return hashlib.blake2b(json.dumps(words).encode(), digest_size=16).hexdigest()


def kept(ledger: str, draws: int, seed: int) -> Mapping[str, Given]:
    """Readings of the statements of a ledger by their names; none where nothing is stored that still holds."""
    # Whether a reader has tables or laws that come before those of the package.
    own = any(user_folder().glob("*.parquet")) or any(stamp(folder) for folder in lawbooks().values())
    return {} if own else _kept(ledger, draws, seed)


@memoized
def _kept(ledger: str, draws: int, seed: int) -> Mapping[str, Given]:
    try:
        content = json.loads(gzip.decompress(store_path(ledger).read_bytes()))
        if [content[key] for key in ("rests_on", "draws", "seed")] != [rests_on(), draws, seed]:
            return {}
        return {name: [_read(*pair) for pair in pairs] for name, pairs in content["measured"].items()}
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        # A store that another version wrote is as good as none.
        return {}


@memoized
def rests_on() -> str:
    """One hash of the data of the package, of the program that computes and of the register that has its words."""
    total = hashlib.blake2b(digest_size=16)
    for path in files():
        total.update(f"{path.name} {sha256(path)}\n".encode())
    return total.hexdigest()


def files() -> list[Path]:
    """Files that decide what the readings of a statement give, remarks among it."""
    data, program = package_folder(), Path(__file__).parents[2]
    paths = [path for path in sorted(data.rglob("*")) if path.suffix in DATA]
    paths += [path for path in sorted(program.rglob("*.py")) if path.relative_to(program).parts[0] != FACES]
    return paths + sorted((program / REGISTER).glob("*.toml"))


FIELDS = ("value", "claimed", "base", "p_value", "remark", "range_of")


def written(reading: ReadingRow, measured: Measured) -> list[dict[str, Any]]:
    """A reading and what it gave, as JSON holds them."""
    own = {key: getattr(measured, key) for key in FIELDS}
    numbers = {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in own.items()}
    more = {"draws": measured.draws.tolist(), "inputs": list(measured.inputs), "known": str(measured.known or "")}
    return [reading.model_dump(mode="json", exclude_defaults=True), numbers | more]


def _read(reading: Mapping[str, Any], content: Mapping[str, Any]) -> tuple[ReadingRow, Measured]:
    own = {key: content[key] for key in FIELDS}
    own |= {key: float("nan") for key in ("value", "p_value") if own[key] is None}
    known = date.fromisoformat(content["known"]) if content["known"] else None
    draws, inputs = np.asarray(content["draws"], float), tuple(content["inputs"])
    return ReadingRow.model_validate(reading), Measured(draws=draws, inputs=inputs, known=known, **own)
