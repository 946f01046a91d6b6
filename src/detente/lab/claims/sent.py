"""Claims that others send, to a server or a tool: none changes a law or names a file, and they are few."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from detente.codes import DetenteError, InputError
from detente.lab.claims.ledger import Ledger, ledger_of

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
