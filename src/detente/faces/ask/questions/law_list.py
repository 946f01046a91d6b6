"""Law list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from detente.faces.ask import Answer, question

STATUSES = {"in-force": "in force", "announced": "announced", "void": "struck down", "all": "on record"}
"""Which acts may be listed, and what they are called."""


@question(
    "Tariffs", "law list --on 2025-05-14", "law list --of Canada --partner USA", "law list --status announced",
    choices={"status": tuple(STATUSES)}, own_day=True,
)  # fmt: skip
def law_list(
    on: date | None = None,
    *,
    of: str = "USA",
    partner: str | Sequence[str] = (),
    line: str | Sequence[str] = (),
    status: str = "in-force",
    scenario: str | Mapping[str, Any] = "",
    lawbook: str = "",
) -> Answer:
    """The tariff acts of a country that are in force, announced or struck down.

    >>> import detente as dt
    >>> acts = dt.law_list("2025-05-14", partner="Canada")
    >>> "fent_can" in acts["id"]
    True

    Parameters
    ----------
    partner, line : only acts on goods of these countries, and on these goods; a code of two digits is a chapter.
    """
    from detente.faces.words.language import load
    from detente.lab.averages.asked_law import listed

    table, day = listed(of, on, partner, line, status, scenario, lawbook)
    say = load()
    begun = max((row for row in table.rows() if row["from"]), key=lambda row: row["from"], default=None)
    newest = "" if begun is None else f" The newest is “{begun['title']}”, of {say.day(begun['from'])}."
    acts = f"{len(table) or 'No'} tariff act{'' if len(table) == 1 else 's'} of {say.country(of)}"
    some = " that fit" if partner or line or scenario or lawbook else ""
    verb = "is" if len(table) == 1 else "are"
    when = f" on {say.day(day)}" if status == "in-force" else ""
    return Answer.of(f"{acts}{some} {verb} {STATUSES[status]}{when}.{newest}", [table], arguments={"on": day},
                     following="detente law show ID")  # fmt: skip
