"""A line over time: every day on which the duty on one good changed, what changed it, and the act behind it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np

from detente.codes import Table, digits, dotted, table_with
from detente.codes.days import BASE_DAY, EARLIEST, LATEST, check_day, check_span
from detente.data.importers import Importer, importer
from detente.data.tables import place
from detente.lab.statute.book import steps
from detente.lab.statute.lookup import LineDuty, look_up
from detente.lab.statute.tariff_steps import tariff_steps
from detente.law import Ladder, Law, PartnerColumn, Space, schedule_on

BASE = "base"
"""Name of the base duty among measures."""

LEAST = 1e-9
"""Change of a duty below which nothing changed, share."""


def line_history(
    line: str, partner: str, *, first: date = EARLIEST, last: date | None = None, of: str = "USA"
) -> Table:
    """The duty on a good from a partner over time, one row per level.

    Parameters
    ----------
    line : tariff code of 4 to 10 digits; of several lines the duty of the one with the largest weight.
    first, last : span; steps of the law within it are looked at, by default to the last one on record.

    Raises
    ------
    UnknownName, InputError : as `look_up`, and a span that runs backwards.
    """
    where, last = importer(of), last or last_act(of)
    check_span(first, last)
    check_day(first)
    answer = look_up(line, partner, last, of=of)
    acts = {step.day for step in steps(where.law, first + timedelta(1), last)}
    days = [first, *sorted(acts | {day for day in where.base_days if first < day <= last})]
    ladders = _ladders(where, answer, days)
    turns = [n for n in range(len(days)) if n == 0 or abs(ladders[n].total - ladders[n - 1].total) > LEAST]
    rows = [_row(where, answer.partner, days, ladders, n) for n in turns]
    ends = [str(days[n] - timedelta(1)) for n in turns[1:]] + [""]
    data = {name: np.asarray([row[name] for row in rows]) for name in rows[0]} | {"until": np.asarray(ends)}
    named = {"line": dotted(digits(line, "line", where.file.lengths)), "code": dotted(answer.main.line)}
    return table_with("law.line_history", data, partner=place(answer.partner), **named).standing_on(answer.standing)


def last_act(of: str = "USA", by: date = LATEST) -> date:
    """Day of the last step on record of an importer's law, of those by a day; the base day where there is none."""
    where = importer(of)
    moves = {step.day for step in (*steps(where.law, EARLIEST, by), *tariff_steps(where, EARLIEST, by))}
    return max(moves, default=BASE_DAY)


def _ladders(where: Importer, answer: LineDuty, days: list[date]) -> list[Ladder]:
    """The ladder of the main line on every day; the law is compiled once for each base duty that applies."""
    code = answer.main.line
    spaces: dict[tuple[str, date | None], Space] = {}
    ladders = []
    for day in days:
        base = where.base_column(answer.partner, day)
        key = (base, where.base_since(day))
        if key not in spaces:
            spaces[key] = _space(where, where.law, code, PartnerColumn(answer.partner, False, base), day)
        ladders.append(schedule_on(spaces[key], day, answer.reading, record=True).ladder(0, 0))
    return ladders


def _space(where: Importer, law: Law, code: str, column: PartnerColumn, day: date) -> Space:
    return where.only([code]).space(law, [column], context="line", on=day)


def _row(where: Importer, partner: str, days: list[date], ladders: list[Ladder], index: int) -> Mapping[str, object]:
    now = ladders[index]
    before = ladders[index - 1] if index else None
    moved = _moved(before, now) if before is not None else []
    if before is not None and abs(before.base - now.base) > LEAST:
        words = f"Base duty: {100 * before.base:.4g} to {100 * now.base:.4g} points"
        moved.insert(0, (BASE, words, where.base_source(now.line, days[index], partner)))
    return {
        "date": str(days[index]),
        "total": now.total,
        "change": now.total - before.total if before is not None else np.nan,
        "what": "; ".join(words for _, words, _ in moved),
        "measures": " ".join(name for name, _, _ in moved),
        "citation": "; ".join(dict.fromkeys(cited for _, _, cited in moved if cited)),
    }


def _moved(before: Ladder, now: Ladder) -> list[tuple[str, str, str]]:
    """Measures that add something else than the day before: id, words, act."""
    old, new = ({term.measure: term for term in ladder.terms} for ladder in (before, now))
    changes = []
    for name in dict.fromkeys((*old, *new)):
        was, is_ = (terms[name].points if name in terms else 0.0 for terms in (old, new))
        if abs(was - is_) <= LEAST:
            continue
        term = new.get(name) or old[name]
        words = f"{term.title}: {100 * was:.4g} to {100 * is_:.4g} points"
        changes.append((name, words, "; ".join(part for part in (term.instrument, term.citation) if part)))
    return changes


__all__ = ["last_act", "line_history"]
