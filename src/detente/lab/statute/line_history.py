"""A line over time: every day on which the duty on one good changed, what changed it, and the act behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Table, declared_note, dotted, table_with
from detente.codes.days import BASE_DAY, EARLIEST, LATEST, check_day, check_span
from detente.data.importers import Importer, importer
from detente.data.tables import place
from detente.lab.statute.book import steps, tariff_steps
from detente.lab.statute.lookup import LineDuty, line_days, lines_under, look_up, substitute, weights_of
from detente.law import DutyTerm, Ladder, Law, PartnerColumn, Reading, Schedule, Space, schedule_on

BASE = "base"
"""Name of the base duty among measures."""

LEAST = 1e-9
"""Change of a duty below which nothing changed, share."""


def line_history(
    line: str, partner: str, *, first: date = EARLIEST, last: date | None = None, of: str = "USA",
    law: Law | None = None, claim: str = "", shares: Mapping[str, float] | None = None,
    reading: Reading = Reading.EFFECTIVE,
) -> Table:  # fmt: skip
    """The duty on a good from a partner over time, one row per level.

    Parameters
    ----------
    line : tariff code of 4 to 10 digits; of several lines the range of their duties and the mean, as `look_up` weighs.
    first, last : span; steps of the law within it are looked at, by default to the last one on record.
    law, claim, shares, reading : as `look_up` has them; a programme counts on the days on which it is open.

    Raises
    ------
    UnknownName, InputError : as `look_up`, and a span that runs backwards.
    """
    where, last = importer(of), last or last_act(of)
    check_span(first, last)
    check_day(first)
    book = where.law if law is None else law
    answer = look_up(line, partner, last, of=of, law=book, claim=claim, parameters=shares, reading=reading)
    # Days on which numbers under the code came into the schedule, or had left it.
    renewed = line_days(where, [where.lines.slice(code) for code in (answer.stands_in or (answer.code,))])
    acts = {step.day for step in steps(book, first + timedelta(1), last)}
    days = [
        first,
        *sorted(acts | {day for day in (*where.base_days, *renewed) if first < day <= last}),
    ]
    levels = _levels(where, book, answer, days)
    turns = [n for n in range(len(days)) if n == 0 or levels[n].apart(levels[n - 1])]
    rows = [_row(where, answer.partner, levels, n) for n in turns]
    ends = [str(days[n] - timedelta(1)) for n in turns[1:]] + [""]
    data = {name: np.asarray([row[name] for row in rows]) for name in rows[0]} | {"until": np.asarray(ends)}
    code = dotted(answer.code)
    several = max((level for level in levels if level.apart()), key=lambda level: len(level.weights), default=None)
    note = declared_note("law.history_line", code=code)
    if several is not None:
        note = declared_note("law.history_mean", code=code, count=len(several.weights), basis=several.basis)
    table = table_with("law.line_history", data, partner=place(answer.partner), line=code)
    return table.noted(note).standing_on(answer.standing)


def last_act(of: str = "USA", by: date = LATEST) -> date:
    """Day of the last step on record of an importer's law, of those by a day; the base day where there is none."""
    where = importer(of)
    moves = {step.day for step in (*steps(where.law, EARLIEST, by), *tariff_steps(where, EARLIEST, by))}
    return max(moves, default=BASE_DAY)


@dataclass(frozen=True)
class _Level:
    """The lines under a code on a day: what each owes and weighs, shape (lines,), and what the weights are."""

    schedule: Schedule
    owed: NDArray[np.float64]
    weights: tuple[float, ...]
    basis: str

    @property
    def ends(self) -> NDArray[np.float64]:
        """Mean, lowest and highest duty."""
        return np.asarray([self.owed @ np.asarray(self.weights), self.owed.min(), self.owed.max()])

    def apart(self, other: _Level | None = None) -> bool:
        """Whether its lines owe different duties, or other ones than those of another day."""
        span = np.ptp(self.owed) if other is None else np.abs(self.ends - other.ends).max()
        return bool(span > LEAST)

    @cached_property
    def ladders(self) -> tuple[Ladder, ...]:
        """The ladder of each line."""
        return tuple(self.schedule.ladder(i, 0) for i in range(self.owed.size))

    @cached_property
    def base(self) -> float:
        """Mean base duty."""
        return float(sum(w * ladder.base for w, ladder in zip(self.weights, self.ladders, strict=True)))

    def points(self) -> dict[str, tuple[DutyTerm, float]]:
        """What each measure adds, as the mean over the lines."""
        sums: dict[str, tuple[DutyTerm, float]] = {}
        for weight, ladder in zip(self.weights, self.ladders, strict=True):
            for term in ladder.terms:
                first, before = sums.get(term.measure, (term, 0.0))
                sums[term.measure] = first, before + weight * term.points
        return sums


def _levels(where: Importer, law: Law, answer: LineDuty, days: list[date]) -> list[_Level]:
    """The lines of every day; the law is compiled once for each set of them and each base duty that applies."""
    spaces: dict[object, Space] = {}
    levels = []
    for day in days:
        prefixes = substitute(where, answer.code, day) or (answer.code,)
        try:
            codes = tuple(line for prefix in prefixes for line in lines_under(where, prefix, day))
        except InputError:  # a schedule that does not reach back: the lines of the last day stand in
            codes = tuple(ladder.line for ladder in answer.ladders)
        programme = where.programmes.by_symbol.get(answer.claim)
        claim = answer.claim if programme is not None and programme.open_to(answer.partner, day) else ""
        base = where.base_column(answer.partner, day, claim)
        key = (codes, base, where.base_since(day), claim)
        if key not in spaces:
            column = PartnerColumn(answer.partner, bool(claim), base)
            given = answer.parameters
            spaces[key] = where.only(codes).space(law, [column], context="line", on=day, overrides=given)
        schedule = schedule_on(spaces[key], day, answer.reading, record=True)
        owed = (schedule.base() + schedule.rate())[:, 0]
        levels.append(_Level(schedule, owed, *weights_of(owed.tolist(), codes, answer.partner, where.iso3, prefixes)))
    return levels


def _row(where: Importer, partner: str, levels: list[_Level], index: int) -> Mapping[str, object]:
    now, day = levels[index], levels[index].schedule.on
    before = levels[index - 1] if index else None
    moved = list[tuple[str, str, str]]()
    old, new = (level.points() if before is not None and level is not None else {} for level in (before, now))
    for name in dict.fromkeys((*old, *new)):  # measures that add something else than the day before: id, words, act
        was, is_ = (terms[name][1] if name in terms else 0.0 for terms in (old, new))
        if abs(was - is_) > LEAST:
            term = (new.get(name) or old[name])[0]
            words = f"{term.title}: {100 * was:.4g} to {100 * is_:.4g} points"
            moved.append((name, words, "; ".join(part for part in (term.instrument, term.citation) if part)))
    if before is not None and abs(before.base - now.base) > LEAST:
        words = f"Base duty: {100 * before.base:.4g} to {100 * now.base:.4g} points"
        moved.insert(0, (BASE, words, where.base_source(now.ladders[0].line, day, partner)))
    mean, low, high = now.ends.tolist()
    names, words, acts = zip(*moved, strict=True) if moved else ((), (), ())
    return {
        "date": str(day), "low": low, "high": high, "total": mean,
        "change": np.nan if before is None else mean - before.ends[0], "what": "; ".join(words),
        "measures": " ".join(names), "citation": "; ".join(dict.fromkeys(filter(None, acts))),
    }  # fmt: skip


__all__ = ["last_act", "line_history"]


__all__ = ["last_act", "line_history"]
