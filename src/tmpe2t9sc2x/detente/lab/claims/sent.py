"""Claims that others send, to a server or a tool: none changes a law or names a file, and they are few."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from detente.codes import DetenteError, InputError, check_none
from detente.evidence import ClaimCheck
from detente.lab.claims.check import check
from detente.lab.claims.ledger import ledger_of

CLOSED = ("law", "extend", "halve_since", "lawbook", "file", "events")
"""Keys of a claim that change the law or name files."""

MOST = 20
"""Claims that are judged while one waits."""

LONGEST = 3_000
"""Letters of a claim."""

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


def judged_sent(
    content: Any, as_of: date, draws: int, today: date
) -> tuple[tuple[ClaimCheck, ...], tuple[DetenteError, ...]]:
    """Verdicts on claims that were sent, and what is wrong with those that cannot be judged.

    Parameters
    ----------
    content : as of a file: a list of claims, or a mapping with `claims:`.
    today : day on which a claim was said that names none.

    Raises
    ------
    InputError : no list of claims, too many, or none that can be judged; every reason is named.
    """
    check_sent(content, WHERE)
    given = content.get("claims") if isinstance(content, Mapping) else content
    rows = given if isinstance(given, list) else []
    if len(rows) > MOST:
        raise InputError(WHERE, f"are {len(rows)}", f"send at most {MOST} at a time, or use `detente check`")
    if any(len(json.dumps(row, default=str)) > LONGEST for row in rows):
        raise InputError(WHERE, f"hold one of more than {LONGEST:,} letters", "shorten it")
    refused: list[DetenteError] = []
    ledger = ledger_of(_dated(content, today), WHERE, refused=refused)
    checks = check(ledger, as_of=as_of, draws=draws, refused=refused)
    if not checks:
        check_none(refused)
    return checks, tuple(refused)


def _dated(content: Any, today: date) -> Any:
    """The claims with the day of those that name none."""
    head = dict(content) if isinstance(content, Mapping) else {"claims": content}
    return {"said": today, **head}
