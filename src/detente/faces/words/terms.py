"""What the deal is, in one sentence: for each side whose law moves, the step that moves its duties most."""

from __future__ import annotations

import re
from collections.abc import Sequence

from detente.faces.words.language import Language
from detente.faces.words.rows import Row, Rows
from detente.lab.duties.terms import BEGINS, CHANGES, ENDS, PREFERENCE, VOIDED

CLAUSES = 3
"""Sides of which is told what they change."""

LEAST = 5e-6
"""Share of the average duty that a step must move to be told."""

PLAIN = re.compile(r"^(reciprocal |additional )?dut(y|ies)\b", re.IGNORECASE)
"""Titles that are a noun of the sentence; others are names, and stand in quotes."""


def deal_sentence(rows: Rows, say: Language) -> str:
    """What the law of the scenario changes, one clause a side; that nothing moves where nothing does."""
    sides = [rows.all("terms", importer=code) for code in dict.fromkeys(row["importer"] for row in rows.all("terms"))]
    clauses = [clause for side in sides if (clause := _clause(_steps(side), say))]
    if not clauses:
        return say("deal_none")
    *others, last = clauses[:CLAUSES]
    return (
        say("deal_joined", first=say.forms["clauses"].join(others), second=last)
        if others
        else say("deal_alone", first=last)
    )


def _steps(side: Sequence[Row]) -> list[Row]:
    """Duties of a side that move its average; all of them where none does."""
    moving = [row for row in side if abs(float(row["moves"])) > LEAST]
    return moving or [row for row in side if row["step"] in (BEGINS, CHANGES)]


def _clause(steps: Sequence[Row], say: Language) -> str:
    if not steps:
        return ""
    main = steps[0]
    before, after = float(main["before"]), float(main["after"])
    parts = {
        "country": say.country(str(main["importer"]), "the"),
        "of_country": say.country(str(main["importer"]), "of"),
        "count": say.number(len(steps)),
        "act": act(str(main["title"]), say),
        "before": say.rate(before) if before == before else "",
        "after": say.rate(after) if after == after else "",
    }
    if main["authority"] == PREFERENCE:
        name = "deal_claims_begin" if main["step"] == BEGINS else "deal_claims_end"
        return say(name, country=parts["country"], act=str(main["title"]))
    return say(_sentence(steps, before, after), **parts)


def _sentence(steps: Sequence[Row], before: float, after: float) -> str:
    """Id of the clause for some steps, of which the first moves most."""
    kinds = {str(row["step"]) for row in steps}
    kind = kinds.pop() if len(kinds) == 1 else CHANGES
    known = before == before and after == after
    if len(steps) > 1:
        same = {BEGINS: "deal_more_begins", ENDS: "deal_more_ends", VOIDED: "deal_more_void"}
        return same.get(kind, "deal_more_changes") if known else "deal_changes"
    if kind == CHANGES:
        return "deal_changes" if not known else "deal_cuts" if after < before else "deal_raises"
    return f"deal_{kind}" if known else f"deal_{kind}_open"


def act(title: str, say: Language) -> str:
    """A measure within a sentence: "the reciprocal duty on China"; in quotes where its title is no such noun."""
    if not PLAIN.match(title):
        return say("act_quoted", title=title)
    return say("act_plain", title=f"{title[:1].lower()}{title[1:]}")
