"""Claims as a reader asks for them: a sentence, the id of a claim, words, a file, rows, or whole ledgers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import DetenteError, InputError, Parameter, Table, UnknownName, check_none, table_of
from detente.data.yamlfile import is_file
from detente.evidence import ClaimCheck
from detente.lab.claims.board import board, by_side, narrowed, with_verdict
from detente.lab.claims.check import check
from detente.lab.claims.ledger import Ledger, ledger_names, ledger_of, ledger_with, load_ledger
from detente.lab.claims.sent import ledger_sent
from detente.lab.claims.sentence import row_of
from detente.lab.claims.words import checks_table, readings_table
from detente.lab.work.chunks import Progress

SHOWN = ("claim", "said", "speaker", "statement", "verdict", "claimed", "ours")
NEAR = 5
"""Claims of the ledgers that are shown beside one's own."""

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
        own = ledger or ledger_with(text)
        if not own:
            raise UnknownName(
                "claim", text[:40], _ids(names), Parameter("statement"), "give a sentence, or a claim's id"
            )
        return [_only(load_ledger(own), text)]
    if what or re.search(r"\d", text):
        return [ledger_of([row_of(text, what, str(as_of))], "statement", refused=refused)]
    books = [_with_words(load_ledger(name), text) for name in names]
    if not any(book.statements for book in books):
        raise InputError(Parameter("statement"), "has no number, and no claim of the ledgers has its words",
                         "give a number, as: the average tariff is 28 percent")  # fmt: skip
    return [book for book in books if book.statements]


def _ids(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(s.claim.claim_id for name in names for s in load_ledger(name).statements))


def _only(book: Ledger, claim: str) -> Ledger:
    """One claim of a ledger, or one part of it."""
    kept = tuple(s for s in book.statements if claim in (s.claim.claim_id, s.claim.claim_id + s.part.part))
    if not kept:
        raise UnknownName("claim", claim[:40], _ids([book.name]), Parameter("statement"))
    return replace(book, statements=kept)


def _with_words(book: Ledger, words: str) -> Ledger:
    """The claims of a ledger that have all words, in what was said, by whom or where it was read."""
    wanted = words.lower().split()
    kept = tuple(s for s in book.statements if all(word in _told(s.claim, s.part) for word in wanted))
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
