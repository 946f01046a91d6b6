"""Claims as a reader asks for them: a sentence, an id, words, a file, rows or whole ledgers, and their board.

A ledger at a glance: each claim with its verdict, our number beside it, and when and by what it was settled.

Forecasts, promises, threats and intents settle by themselves as law and record change: day and act are those of
the settlement that gave the verdict.

Claims that others send, to a server or a tool: none changes a law or names a file, and they are few.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from detente.codes import DetenteError, InputError, Parameter, Table, UnknownName, check_none, declared_note, table_of
from detente.data.importers import importer
from detente.data.yamlfile import is_file
from detente.evidence import ClaimCheck, Kind, Resolution, Verdict, settle
from detente.evidence.events import Event
from detente.evidence.forecasts import Expectation
from detente.lab.claims.check import check, in_force
from detente.lab.claims.ledger import AHEAD, Ledger, Statement, ledger_names, ledger_of, load_ledger
from detente.lab.claims.rates import levels
from detente.lab.claims.typed import row_of
from detente.lab.claims.words import amount, checks_table, claimed_words, readings_table, standing_with
from detente.lab.work.chunks import Progress

SHOWN = ("claim", "said", "speaker", "statement", "verdict", "claimed", "ours")
#: Claims of the ledgers that are shown beside one's own.
NEAR = 5

WORD = re.compile(r"[a-z]{4,}|\d+(?:\.\d+)?")


@dataclass(frozen=True)
class AskedClaims:
    """Verdicts on claims.

    Attributes
    ----------
    tables : `checks` first. refused : what is wrong with claims that could not be judged.
    """

    checks: tuple[ClaimCheck, ...]
    tables: tuple[Table, ...]
    refused: tuple[DetenteError, ...] = ()


def claims_answer(
    statement: Any,
    as_of: date,
    *,
    what: str = "",
    speaker: str = "",
    kind: str = "",
    verdict: str = "",
    ledger: str = "",
    draws: int = 60,
    seed: int = 20250512,
    progress: Progress | None = None,
) -> AskedClaims:
    """Judge what a statement means; nothing means every claim of the ledgers.

    Parameters
    ----------
    what : quantity of a sentence that does not say it. speaker, kind, verdict : of the claims that are wanted.
    ledger : of the package, whose claims are meant; all by default.

    Raises
    ------
    InputError, UnknownName : what cannot be judged, with every reason.
    """
    refused: list[DetenteError] = []
    books = [_narrowed(book, speaker, kind) for book in _books(statement, as_of, what, ledger, refused)]
    kept = [book for book in books if isinstance(book, Ledger)]
    if not kept and not refused:
        raise next(book for book in books if not isinstance(book, Ledger))
    pairs = [
        (book, check(book, as_of=as_of, draws=draws, seed=seed, refused=refused, progress=progress))
        for book in kept if book.statements
    ]  # fmt: skip
    if not any(checks for _, checks in pairs):
        check_none(refused)
    pairs = [(book, with_verdict(checks, verdict)) for book, checks in pairs]
    checks = tuple(claim for _, some in pairs for claim in some)
    glance = _together([board(some, book) for book, some in pairs if some] or [table_of("claims.board", [], title="")])
    own = not isinstance(statement, str) or (bool(statement) and len(checks) == 1)
    near = [_near(checks)] if own and len(checks) == 1 else []
    tables = [
        replace(glance.select(SHOWN), name="checks", title=checks_table(checks).title),
        replace(checks_table(checks), name="details"), readings_table(checks), glance,
        *([by_side(glance)] if len(checks) > 1 else near),
    ]  # fmt: skip
    return AskedClaims(checks, tuple(tables), tuple(refused))


def _books(statement: Any, as_of: date, what: str, ledger: str, refused: list[DetenteError]) -> list[Ledger]:
    """The ledgers that a statement means, with its claims alone."""
    names = (ledger,) if ledger else ledger_names()
    if not isinstance(statement, str):
        return [ledger_sent([statement] if isinstance(statement, Mapping) else statement, as_of, refused)]
    text = statement.strip()
    if not text:
        return [load_ledger(name) for name in names]
    if is_file(text):
        return [load_ledger(Path(text), refused)]
    if " " not in text:
        kept = next((own for own in (_only(load_ledger(name), text) for name in names) if own.statements), None)
        if kept is None:
            known = list(dict.fromkeys(s.claim.claim_id for name in names for s in load_ledger(name).statements))
            repair = () if ledger else ("give a sentence, or a claim's id",)
            raise UnknownName("claim", text[:40], known, Parameter("statement"), *repair)
        return [kept]
    if what or re.search(r"\d", text):
        return [ledger_of([row_of(text, what, str(as_of))], "statement", refused=refused)]
    books, wanted = [load_ledger(name) for name in names], text.lower().split()
    books = [
        replace(book, statements=tuple(s for s in book.statements
                                       if all(word in _told(s.claim, s.part) for word in wanted)))
        for book in books
    ]  # fmt: skip
    if not any(book.statements for book in books):
        raise InputError(Parameter("statement"), "has no number, and no claim of the ledgers has its words",
                         "give a number, as: the average tariff is 28 percent")  # fmt: skip
    return [book for book in books if book.statements]


def _only(book: Ledger, claim: str) -> Ledger:
    """One claim of a ledger, or one part of it."""
    kept = tuple(s for s in book.statements if claim in (s.claim.claim_id, s.claim.claim_id + s.part.part))
    return replace(book, statements=kept)


def _who(speaker: Any) -> str:
    return speaker.name or speaker.role


def _told(claim: Any, part: Any) -> str:
    speaker = claim.speaker
    names = (speaker.name, speaker.role, speaker.side, str(claim.source.get("publisher", "")))
    return " ".join((claim.quote, part.statement, *names)).lower()


def _narrowed(book: Ledger, speaker: str, kind: str) -> Ledger | UnknownName:
    try:
        return narrowed(book, speaker, kind)
    except UnknownName as error:
        return error


def _near(checks: Sequence[ClaimCheck]) -> Table:
    """Claims of the ledgers that share most words with one."""
    words = set(WORD.findall(_told(checks[0].claim, checks[0].part)))
    rows = [
        (len(words & set(WORD.findall(_told(s.claim, s.part)))), s)
        for name in ledger_names() for s in load_ledger(name).statements
        if s.claim.quote != checks[0].claim.quote
    ]  # fmt: skip
    rows.sort(key=lambda row: -row[0])
    return table_of("claims.near", [
        (s.claim.claim_id + s.part.part, str(s.claim.said), _who(s.claim.speaker), s.part.statement)
        for _, s in rows[:NEAR]
    ])  # fmt: skip


def _together(tables: Sequence[Table]) -> Table:
    """Boards of several ledgers as one."""
    first = tables[0]
    if len(tables) == 1:
        return first
    data = {c.name: np.concatenate([table[c.name] for table in tables]) for c in first.columns}
    whole = Table(first.name, "; ".join(table.title for table in tables), first.columns, data, first.notes)
    return whole.standing_on(first.standing)


#: How a verdict is marked; every other is open. The longest beginning that fits decides.
MARKS: Mapping[str, tuple[str, ...]] = {
    "for": ("supported", "kept", "borne out", "model agrees"),
    "between": ("depends", "close", "partly", "kept late", Verdict.SIGN_ONLY),
    "against": ("not supported", "announced, not in force", "broken", "not borne out", "model disagrees"),
}

OPEN = "open"
UNSAID = "not said"


def mark_of(verdict: str) -> str:
    """Mark of a verdict: for, between, against or open."""
    fits = [(len(start), mark) for mark, starts in MARKS.items() for start in starts if verdict.startswith(start)]
    return max(fits)[1] if fits else OPEN


class Settled(NamedTuple):
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
    return standing_with(table_of("claims.board", rows, title=ledger.title), checks)


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


#: Keys of a claim that change the law or name files.
CLOSED = ("law", "extend", "halve_since", "lawbook", "file", "events")

#: Claims that are judged while one waits.
MOST = 20

#: Letters of a claim.
LONGEST = 3_000

WHERE = "claims"


def check_sent(content: Any, where: str) -> None:
    """Refuse a claim that changes the law or names a file."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            if str(key) in CLOSED:
                raise InputError(f"{where}, {key}", "is not taken here", "leave it out, or check a file of claims")
            check_sent(value, where)
    elif isinstance(content, list):
        for value in content:
            check_sent(value, where)


def ledger_sent(content: Any, today: date, refused: list[DetenteError] | None = None) -> Ledger:
    """The ledger of claims that were sent.

    Parameters
    ----------
    content : as of a file: a list of claims, or a mapping with `claims:`.
    today : day on which a claim was said that names none. refused : takes what is wrong with claims; None raises it.

    Raises
    ------
    InputError : no list of claims, or too many.
    """
    check_sent(content, WHERE)
    given = content.get("claims") if isinstance(content, Mapping) else content
    rows = given if isinstance(given, list) else []
    if len(rows) > MOST:
        raise InputError(WHERE, f"are {len(rows)}", f"send at most {MOST} at a time, or a file to `detente check`")
    if any(len(json.dumps(row, default=str)) > LONGEST for row in rows):
        raise InputError(WHERE, f"hold one of more than {LONGEST:,} letters", "shorten it")
    return ledger_of(_dated(content, today), WHERE, refused=refused)


def _dated(content: Any, today: date) -> Any:
    """The claims with the day of those that name none."""
    head = dict(content) if isinstance(content, Mapping) else {"claims": content}
    named = [
        {"claim_id": "own", "quote": "as given", **row} if isinstance(row, Mapping) else row for row in head["claims"]
    ]
    return {"said": today, **head, "claims": named}
