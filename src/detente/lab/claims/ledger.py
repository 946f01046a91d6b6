"""Ledgers of claims as YAML files, checked key by key before anything is judged.

A file of claims is a list, or a mapping with `claims:` and defaults (`said`, `source`, `events`). Numbers stand as the
source gives them: 23 with `unit: percent` is 23 per cent, and its last digit says how exact it is meant to be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from detente.codes import DetenteError, InputError, UnknownName, check_none, each_fault
from detente.data.eventfile import check_unique, expectation, in_rows, load_events, path_of
from detente.data.library import package_folder
from detente.data.limits import memoized
from detente.data.models import FileModel, Prose, Texts, model_of
from detente.data.yamlfile import read_yaml
from detente.evidence.events import Event
from detente.evidence.forecasts import Expectation
from detente.evidence.verdicts import Claim, ClaimPart, Kind, Speaker
from detente.lab.claims.fitting import claimed_quantity
from detente.lab.claims.meaning import check_uses, lacking, meant, readings_meant, short_words
from detente.lab.claims.measurand import Wording, function, quantities
from detente.lab.claims.rows import ClaimRow, PartRow, QuantityRow, ReadingRow, period_named

RATED = (Kind.MEASUREMENT, Kind.CAUSAL)
AHEAD = (Kind.FORECAST, Kind.PROMISE, Kind.THREAT, Kind.INTENT)
#: Timeline of the package that settles forecasts unless a file names its own.
TIMELINE = "us-china-events"


@dataclass(frozen=True)
class Statement:
    """A part of a claim with what decides it.

    Attributes
    ----------
    row : the quantity as written; readings : definitions to compute, the default first; expected : rule V4.
    lacks : what the quantity does not say and has to, as a question; "" where it says all.
    period : what is to be said of the time that the words speak of, and of a base they leave out; "" = nothing.
    listed : whether its readings are those of its quantity, and not the claim's own.
    """

    claim: Claim
    part: ClaimPart
    row: QuantityRow | None
    readings: tuple[ReadingRow, ...]
    expected: Expectation | None
    lacks: str = ""
    period: str = ""
    listed: bool = False


@dataclass(frozen=True)
class Ledger:
    """A file of claims, ready to be judged.

    Attributes
    ----------
    name : of the ledger or path; events : the timeline that settles its forecasts.
    """

    name: str
    title: str
    note: str
    statements: tuple[Statement, ...]
    events: tuple[Event, ...]
    sources: Mapping[str, Mapping[str, str]]

    @property
    def month_end(self) -> date:
        """Last day of the month in which the last of its claims was made."""
        last = max(statement.claim.said for statement in self.statements)
        return (last.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


class Head(FileModel):
    """What stands above the claims of a file: what holds of each claim unless it says otherwise, and its timelines."""

    title: Prose = "Claims"
    note: Prose = ""
    said: Any = None
    source: Any = None
    events: Texts = (TIMELINE,)
    claims: Any = None


#: Key by which a file of the folder is one of claims.
CLAIMS = re.compile(r"^claims:", re.MULTILINE)


@memoized
def ledger_names() -> tuple[str, ...]:
    """Ledgers of claims in the package: files of its folder that hold claims, not events or promises."""
    paths = sorted((package_folder() / "ledgers").glob("*.yaml"))
    return tuple(path.stem for path in paths if CLAIMS.search(path.read_text(encoding="utf-8")))


def load_ledger(name: str | Path = "may-2025", refused: list[DetenteError] | None = None) -> Ledger:
    """A ledger of the package by name, or a user's file of claims by path.

    Parameters
    ----------
    refused : takes every mistake of the claims, which are left out then; None raises them, all at once.

    Raises
    ------
    InputError : a claim without quantity or day, a key nobody knows, a number that cannot be read.
    UnknownName : neither a ledger nor a path.
    """
    path, where = path_of(name)
    return ledger_of(read_yaml(path, where), where, str(name), path, refused)


def ledger_of(
    content: Any, where: str, name: str = "", beside: Path | None = None, refused: list[DetenteError] | None = None
) -> Ledger:
    """A ledger from the content of a file of claims.

    Parameters
    ----------
    where : what to call the content; `name` : of the ledger, the same by default.
    beside : the file it was read from, beside which its timeline may lie.
    refused : as of a file.

    Raises
    ------
    InputError : as of a file.
    """
    file = dict(in_rows(content, "claims", where, "claim_id"))
    given = file.pop("claims")
    head = model_of(Head, file, where)
    loaded = [load_events(name if beside is None else _beside(beside, name)) for name in head.events]
    events = tuple(event for own, _ in loaded for event in own)
    sources = {name: source for _, own in loaded for name, source in own.items()}
    faults: list[DetenteError] = []
    statements = _every(_in_themes(given, beside), file, events, where, faults)
    if refused is None:
        check_none(faults)
    else:
        refused += faults
    return Ledger(name or where, head.title, head.note, tuple(statements), events, sources)


def _in_themes(rows: Sequence[Any], beside: Path | None) -> list[Any]:
    """Rows of a ledger; in the package a row that is a name stands for the file of claims of that name."""
    if beside is None or beside.parent != package_folder() / "ledgers":
        return list(rows)
    whole: list[Any] = []
    for row in rows:
        theme = beside.parent / f"{row}.yaml"
        whole += read_yaml(theme, theme.name) if isinstance(row, str) else [row]
    return whole


def _every(
    given: Sequence[Any], head: Mapping[str, Any], events: Sequence[Event], where: str, faults: list[DetenteError]
) -> list[Statement]:
    """The statements of the rows that can be read, and the mistakes of the others."""
    statements: list[Statement] = []
    for number, row in enumerate(given, start=1):
        place = f"{where}, claim {(row.get('claim_id') if isinstance(row, Mapping) else '') or number}"
        try:
            own = _statements(_with_defaults(row, head), place, events, faults)
            check_unique([s.claim.claim_id + s.part.part for s in (*statements, *own)], where)
            statements += own
        except DetenteError as error:
            faults += each_fault(error)
    return statements


def _beside(path: Path, name: str) -> str | Path:
    """A timeline of the package by name, or a file that lies beside the claims."""
    near = path.parent / name
    return near if Path(name).suffix and near.exists() else name


def _with_defaults(row: Any, head: Mapping[str, Any]) -> Any:
    if not isinstance(row, Mapping):
        return row
    given = {key: head[key] for key in ("said", "source") if key in head}
    if "said_utc" in row or "said" in row:
        given.pop("said", None)
    return _in_moments({**given, **row})


def _in_moments(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose day is a moment, as 2025-04-03T22:00Z, with the moment under its own key."""
    day = row.get("said")
    if "said_utc" in row or not (isinstance(day, datetime) or (isinstance(day, str) and "T" in day)):
        return row
    return {**{key: value for key, value in row.items() if key != "said"}, "said_utc": day}


def _statements(row: Any, where: str, events: Sequence[Event], faults: list[DetenteError]) -> list[Statement]:
    claim_row = model_of(ClaimRow, row, where)
    moment = claim_row.said_utc
    day = moment.date() if moment else claim_row.said
    if day is None:
        raise InputError(where, "has no day", "add said: 2025-05-09, or said_utc: 2025-05-09T10:00Z")
    known = {event.event_id for event in events}
    missing = [name for name in claim_row.event_ids if name not in known]
    if missing:
        raise UnknownName("event", missing[0], known, where)
    rows: list[tuple[PartRow, ClaimPart, str]] = []
    if not (claim_row.parts or claim_row.kind):
        raise InputError(where, "has no kind", f"add kind: {', '.join(k.value for k in Kind)}")
    alone = {name: getattr(claim_row, name) for name in PartRow.model_fields} if not claim_row.parts else {}
    for given in claim_row.parts or [PartRow(**alone)]:
        try:
            part, assumed = meant(given, day)
            rows.append((part, _part(part, claim_row, day, where), assumed))
        except DetenteError as error:
            faults += each_fault(error)
    claim = Claim(
        claim_row.claim_id, claim_row.quote, Speaker(**claim_row.speaker.model_dump()), day,
        tuple(part for _, part, _ in rows), moment, claim_row.language,
        {key: str(value) for key, value in claim_row.source.items()}, tuple(claim_row.event_ids),
    )  # fmt: skip
    statements: list[Statement] = []
    for own, part, assumed in rows:
        try:
            statements.append(_statement(claim, part, own, events, where, assumed))
        except DetenteError as error:
            faults += each_fault(error)
    return statements


def _part(row: PartRow, claim: ClaimRow, day: date, where: str) -> ClaimPart:
    kind = Kind(row.kind)
    place = f"{where}{f', part {row.part}' if row.part else ''}"
    if kind in RATED and row.quantity is None:
        raise InputError(
            place, f"a {kind} needs a quantity", f"add quantity: {{name: {next(iter(quantities()))}, value: 23}}"
        )
    if kind in AHEAD and row.expect is None:
        raise InputError(place, f"a {kind} says nothing that can be settled", "add expect: {test: ..., window: soon}")
    quantity = claimed_quantity(row.quantity, day, place) if row.quantity else None
    if quantity is not None and quantity.base is not None and quantity.base > quantity.as_of:
        what = f"the base {quantity.base} comes after the day it is compared with, {quantity.as_of}"
        raise InputError(f"{place}, quantity", what, "swap base and as_of")
    return ClaimPart(row.part, kind, row.statement or claim.quote, quantity, row.open, row.modality, tuple(row.hedges))


def _due(row: PartRow) -> date | None:
    """Last day of the months whose figure settles a forecast, unless it says another; None for other tests."""
    if row.expect is None or row.expect.test != "figure" or row.quantity is None:
        return None
    months = row.quantity.period or str(row.quantity.year or "")
    return period_named(months).last_day if months else row.quantity.as_of


def _statement(
    claim: Claim, part: ClaimPart, row: PartRow, events: Sequence[Event], where: str, assumed: str = ""
) -> Statement:
    place = f"{where}{f', part {part.part}' if part.part else ''}"
    expected = expectation(row.expect, claim.said, _due(row), events, place) if row.expect else None
    readings, lacks = tuple(row.readings), ""
    period, listed = "", row.definition is None and not row.readings
    if row.quantity is not None:
        lacks = lacking(Wording(row.quantity, row.definition, readings), part.kind, row.open)
        readings = readings_meant(row.quantity, row.definition, readings)
        if check := quantities()[row.quantity.name].check:
            function(check)(row.quantity, readings, place)
        for reading in readings:
            check_uses(row.quantity.name, reading, f"{place}, reading {reading.name}")
        short = short_words(row.quantity, f"{claim.quote} {part.statement} {' '.join(part.hedges)}")
        period = "; ".join(filter(None, (assumed, short)))
    return Statement(claim, part, row.quantity, readings, expected, lacks, period, listed)
