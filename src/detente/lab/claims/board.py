"""A ledger at a glance: each claim with its verdict, our number beside it, and when and by what it was settled.

Forecasts, promises, threats and intents settle by themselves as law and record change: day and act are those of
the settlement that gave the verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from detente.codes import Parameter, Table, UnknownName, declared_note, table_of
from detente.data.importers import importer
from detente.evidence import ClaimCheck, Kind, Resolution, Verdict, settle
from detente.evidence.events import Event
from detente.evidence.forecasts import Expectation
from detente.lab.claims.check import in_force
from detente.lab.claims.lawbooks import levels
from detente.lab.claims.ledger import AHEAD, Ledger, Statement
from detente.lab.claims.words import amount, claimed_words
from detente.lab.statute.standing import standing_of

MARKS: Mapping[str, tuple[str, ...]] = {
    "for": ("supported", "kept", "borne out", "model agrees"),
    "between": ("depends", "close", "partly", "kept late", Verdict.SIGN_ONLY),
    "against": ("not supported", "announced, not in force", "broken", "not borne out", "model disagrees"),
}
"""How a verdict is marked; every other is open. The longest beginning that fits decides."""

OPEN = "open"
UNSAID = "not said"


def mark_of(verdict: str) -> str:
    """Mark of a verdict: for, between, against or open."""
    fits = [(len(start), mark) for mark, starts in MARKS.items() for start in starts if verdict.startswith(start)]
    return max(fits)[1] if fits else OPEN


@dataclass(frozen=True)
class Settled:
    """When a statement about the future was settled, and by what; no day while it is open or where nothing came."""

    when: date | None = None
    act: str = ""


def settled(expected: Expectation, spoken: date, as_of: date, events: Sequence[Event]) -> Settled:
    """Day and act by which an expectation is settled on the record of a day."""
    outcome = settle(expected, events, spoken, as_of, in_force, levels)
    if expected.measure or expected.rate:
        return Settled(outcome.when, _act_of_law(expected, outcome))
    if outcome.when is None:
        return Settled()
    named = [event for event in events if event.event_id in outcome.events]
    begun = [event for event in named if expected.test == "event" or event.effective == outcome.when]
    return Settled(outcome.when, ", ".join(dict.fromkeys(event.instrument or event.what for event in begun)))


def _act_of_law(expected: Expectation, outcome: Resolution) -> str:
    """The act behind a measure of a lawbook, or what the lawbook says of a measure that came to nothing."""
    law = importer(expected.actor).law
    named = expected.measure or expected.rate
    if named not in law.by_id:
        return ""
    measure, last = law.by_id[named], expected.window[1]
    if outcome.when is None:
        if expected.rate:
            return declared_note("claims.act_no_rate", title=measure.title, rate=expected.level, day=last)
        if expected.test == "measure_on":
            return declared_note("claims.act_not_in_force", title=measure.title, day=last)
        return declared_note("claims.act_in_force", title=measure.title, day=last)
    return str(measure.instrument or measure.citation or measure.title) if expected.test != "measure_off" else ""


def board(checks: Sequence[ClaimCheck], ledger: Ledger) -> Table:
    """One row a statement: who, when, verdict, our number with its range, and what settled it."""
    known = {s.claim.claim_id + s.part.part: s for s in ledger.statements}
    rows = [_row(check, known[check.name], ledger.events) for check in checks]
    table = table_of("claims.board", rows, title=ledger.title)
    days = [check.checked for check in checks]
    return table.standing_on(standing_of(importer("USA").law, min(days), max(days))) if days else table


def _row(check: ClaimCheck, statement: Statement, events: Sequence[Event]) -> tuple[Any, ...]:
    claim, speaker, source = check.claim, check.claim.speaker, check.claim.source
    end = Settled()
    if check.part.kind in AHEAD and statement.expected is not None:
        end = settled(statement.expected, claim.said, check.checked, events)
    return (
        check.name,
        str(claim.said),
        speaker.name or speaker.role or UNSAID,
        speaker.role if speaker.name else "",
        speaker.side or UNSAID,
        str(check.part.kind),
        check.part.statement,
        f"{check.verdict}{' (uncertain)' if check.uncertain else ''}",
        mark_of(str(check.verdict)),
        claimed_words(check.part.quantity),
        number_of(check, end),
        str(end.when or ""),
        end.act if end.when else "",
        *(source.get(key, "") for key in ("publisher", "document", "url", "retrieved", "confidence")),
    )


def number_of(check: ClaimCheck, end: Settled) -> str:
    """Our number with its range where there is one, or the day and the act of a settlement."""
    quantity = check.part.quantity
    if check.part.kind in AHEAD:
        words = f"settled on {end.when}{f' by {end.act}' if end.act else ''}" if end.when else end.act
        return words if check.verdict is not Verdict.OPEN and words else check.explanation
    if quantity is None or not np.isfinite(check.value):
        return "" if check.part.kind is Kind.EVALUATION else check.explanation
    low, high = check.low, check.high
    spread = bool(np.isfinite(low) and high - low > 1e-9)
    return amount(check.value, quantity) + (f" ({amount(low, quantity)} to {amount(high, quantity)})" if spread else "")


def by_side(table: Table) -> Table:
    """How many claims of each side are borne out, depend, are not borne out, or stay open."""
    counts = Counter((str(row["side"]), str(row["mark"])) for row in table.rows())
    sides = dict.fromkeys(str(row["side"]) for row in table.rows())
    marks = (*MARKS, OPEN)
    rows = [(side, [counts[side, mark] for mark in marks]) for side in sides]
    rows.sort(key=lambda row: (-sum(row[1]), row[0]))
    if len(rows) > 1:
        rows.append(("all", [sum(column) for column in zip(*(some for _, some in rows), strict=True)]))
    return table_of("claims.sides", [(side, *some, sum(some)) for side, some in rows])


def narrowed(ledger: Ledger, speaker: str = "", kind: str = "") -> Ledger:
    """The statements of a ledger by one speaker (part of a name, role or side) and of one kind.

    Raises
    ------
    UnknownName : no such speaker or kind in the ledger.
    """
    speakers = [s.claim.speaker for s in ledger.statements]
    names = sorted({name for s in speakers for name in (s.name or s.role, s.side) if name})
    if not ledger.statements:
        return ledger
    kept = _chosen(ledger.statements, speaker, "speaker", names, _spoken)
    kinds = sorted({str(s.part.kind) for s in ledger.statements})
    kept = _chosen(kept, kind, "kind", kinds, lambda statement: str(statement.part.kind))
    return replace(ledger, statements=kept)


def _chosen(
    statements: tuple[Statement, ...], wanted: str, what: str, known: Sequence[str], words: Callable[[Statement], str]
) -> tuple[Statement, ...]:
    """Statements whose words hold what is wanted; all where nothing is."""
    kept = tuple(s for s in statements if wanted.strip().lower() in words(s).lower())
    if not kept:
        raise UnknownName(what, wanted, known, Parameter(what), f"use {', '.join(known[:12])}")
    return kept


def _spoken(statement: Statement) -> str:
    speaker = statement.claim.speaker
    return f"{speaker.name} {speaker.role} {speaker.side}"


def with_verdict(checks: Sequence[ClaimCheck], verdict: str) -> tuple[ClaimCheck, ...]:
    """Checks with a verdict, or with a mark (for, between, against, open); all where none is named.

    Raises
    ------
    UnknownName : neither a verdict nor a mark.
    """
    if not verdict:
        return tuple(checks)
    known = (*(str(v) for v in Verdict), *MARKS)
    if verdict not in known:
        raise UnknownName("verdict", verdict, known, Parameter("verdict"), f"use {', '.join(known)}")
    if verdict in MARKS:
        return tuple(check for check in checks if mark_of(str(check.verdict)) == verdict)
    return tuple(check for check in checks if str(check.verdict) == verdict)
