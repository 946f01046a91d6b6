"""What comes next: threats that still run with their chances, when talks end, and what else bargains contain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from detente.codes import Table, declared_note, table_of
from detente.evidence.chances import Floats, record_of
from detente.evidence.threats import RecordedThreat, SettledThreat, Timing, postponements, running, timing
from detente.lab.score.threats import Threats, side

SOON = 30
"""Days within which a settlement is soon."""

AHEAD, DUE = "ahead", declared_note("track.due_not_read")
"""Whether a deadline has come by the day of the question, beyond the day to which the record is read."""

STRUCK = ("deal", "framework", "truce")
"""Kinds of rows whose terms are counted."""

TERMS = {
    "cuts": declared_note("track.terms_cuts"),
    "purchases": declared_note("track.terms_purchases"),
    "investment": declared_note("track.terms_investment"),
    "expires": declared_note("track.terms_expires"),
}
"""Columns of the record, and what they say."""


def next_table(
    threats: Threats, settlements: Sequence[SettledThreat], rule: str = "record", today: date | None = None
) -> Table:
    """Threats whose deadline lies ahead of the day to which the record is read, with the chances of a rule as of it.

    Parameters
    ----------
    today : day of the question; deadlines that have come by then are told apart, since what came of them is not read.
    """
    ahead = running(threats.all, threats.day)
    open_ones = [replace(each, deadline=due, came="dropped", final="") for each, due in ahead]
    record = record_of([*threats.scored, *open_ones])
    rules = threats.rules_of([*threats.scored, *open_ones])
    known = np.arange(record.outcome.size) < len(threats.scored)
    when = timing(settlements, threats.day)
    rows = [
        _row(each, rules[rule](record, k, record.ahead(k, known)), threats.day, when, today or threats.day)
        for k, each in enumerate(open_ones, len(threats.scored))
    ]
    none = () if rows else (declared_note("track.none_ahead"),)
    return table_of("track.track_next", rows, (f"rule {rule}", *none), day=threats.day.isoformat())


def _row(each: RecordedThreat, made: Floats, day: date, when: Timing, today: date) -> tuple[object, ...]:
    due = each.deadline or day
    left, settled = (due - day).days, float(made[1] + made[2])
    return (
        each.id, side(each.giver), side(each.receiver), each.measure, each.rate / 100.0, due.isoformat(), left,
        *made.tolist(), when.soon(settled, left, SOON), DUE if due <= today else AHEAD,
    )  # fmt: skip


def when_table(threats: Threats, settlements: Sequence[SettledThreat]) -> Table:
    """How long before its deadline a threat is settled, and by how much deadlines are put off."""
    left = timing(settlements, threats.day).left
    late = postponements(threats.all, threats.day)
    rows = [
        (what, len(days), *np.quantile(days, (0.25, 0.5, 0.75)).tolist())
        for what, days in (("settled before the deadline", left), ("deadline put off by", late))
        if days
    ]
    return table_of("track.track_when", rows, (declared_note("track.letters_left_out"),))


def terms_table(rows: Sequence[Mapping[str, Any]], day: date) -> Table:
    """What else earlier bargains contain: how many name it, and the chance that the next does."""
    struck = [row for row in rows if row["kind"] in STRUCK and row["announced"] < day.isoformat()]
    counts = {key: sum(bool(row[key]) for row in struck) for key in TERMS}
    cells = [(TERMS[key], n, len(struck), (n + 1.0) / (len(struck) + 2.0)) for key, n in counts.items()]
    return table_of("track.track_terms", cells, (declared_note("track.terms_counted"),))
