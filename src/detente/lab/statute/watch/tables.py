"""Tables of a watch: what changed, what is known to come, and how far the law of each importer was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan
from typing import Any

from detente.codes import Table, declared_note, table_of
from detente.codes.standing import Standing
from detente.data.importers import importer
from detente.data.tables import partner_name
from detente.lab.statute.standing import standing_of
from detente.lab.statute.watch.seen import DutyChange, MovedMeasure, Watch
from detente.law import MeasureKind

CHANGES, COMING = "changes", "coming"
"""The two parts of a watch."""


def watch_tables(seen: Watch) -> list[Table]:
    """Tables `changes`, `coming` and `read`."""
    words, standing = _said_of(seen), _standing(seen)
    past = table_of("watch.changes", [_row(c) for c in seen.past], **words)
    coming = table_of("watch.coming", [_row(c) for c in seen.coming], tuple(_ahead(seen)), **words)
    return [past.standing_on(standing), coming.standing_on(standing), _read(seen)]


def watch_table(seen: Watch) -> Table:
    """Both parts in one table, for files that hold one."""
    rows = [(part, *_row(c)) for part, own in ((CHANGES, seen.past), (COMING, seen.coming)) for c in own]
    return table_of("watch.watch", rows, **_said_of(seen)).standing_on(_standing(seen))


def _ahead(seen: Watch) -> Iterator[str]:
    """What may come for watched goods and has no rate, with the partners it concerns."""
    partners: dict[str, dict[str, None]] = {}
    for good in seen.goods:
        record = importer(good.importer).law.record
        for entry in record.may_come(seen.today, frozenset(good.members), good.code) if record is not None else ():
            partners.setdefault(entry.title, {})[good.partner] = None
    for title, names in partners.items():
        yield declared_note("watch.may_come", title=title, partners=", ".join(names))


def change_words(change: DutyChange) -> str:
    """The measures behind a change, each with what it adds before and after."""
    if not change.moved:
        return declared_note("watch.lines")
    return "; ".join(_words(part) for part in change.moved)


def _words(part: MovedMeasure) -> str:
    if part.words:
        return f"{part.title}: {part.words}"
    if part.kind is MeasureKind.DUTY:
        return f"{part.title}: {100 * part.before:.4g} to {100 * part.after:.4g} points"
    if not part.before or not part.after:
        share = part.before or part.after
        some = "" if share > 1.0 - 1e-6 else f" on {100 * share:.3g}% of the goods"
        return f"{part.title}: {'begins' if part.after else 'ends'}{some}"
    return declared_note("watch.share", title=part.title, before=100 * part.before, after=100 * part.after)


def _row(change: DutyChange) -> tuple[Any, ...]:
    good = change.good
    acts = dict.fromkeys(part.act for part in change.moved if part.act)
    return (
        "" if change.day is None else change.day.isoformat(), good.row, good.importer, good.line, change.partner,
        _range(change), change.before, change.after, _moved_by(change), change_words(change), "; ".join(acts),
        " ".join(part.measure for part in change.moved), change.status,
        "; ".join(f"{100 * duty:.4g}% if {fate}" for fate, duty in change.fates), change.clause, good.note,
    )  # fmt: skip


def _range(change: DutyChange) -> str:
    """Lowest and highest duty of the lines, before and after; "" where all owe the same on both days."""
    spans = (change.range_before, change.range_after)
    if not any(span and span[0] != span[1] for span in spans):
        return ""
    words = (" to ".join(dict.fromkeys(f"{duty:.2%}" for duty in span)) for span in spans)
    return ", then ".join(dict.fromkeys(words))


def _moved_by(change: DutyChange) -> float:
    """By how much the duty moves; where it is on record on neither day, by what its measures add."""
    if isnan(change.before) and isnan(change.after):
        return sum(part.after - part.before for part in change.moved if part.kind is MeasureKind.DUTY)
    return change.after - change.before


def _said_of(seen: Watch) -> dict[str, Any]:
    """What titles and notes say: the days, rows that did not move, and how far each law was read."""
    moved = {change.good for change in (*seen.past, *seen.coming)}
    days = [f"{partner_name(code)} {day or 'not on record'}" for code, day in seen.read.items()]
    counts = {"count": len(seen.goods), "still": len(seen.goods) - len(moved)}
    return {"since": seen.since, "today": seen.today, "read": ", ".join(days), **counts}


def _read(seen: Watch) -> Table:
    moved = {change.good for change in (*seen.past, *seen.coming)}
    rows = [
        (
            code, partner_name(code), "" if day is None else day.isoformat(),
            sum(good.importer == code for good in seen.goods), sum(good.importer == code for good in moved),
        )
        for code, day in seen.read.items()
    ]  # fmt: skip
    return table_of("watch.read", rows)


def _standing(seen: Watch) -> Standing | None:
    """Standing of the law that was read least far; None where no law of the list says how far it was."""
    laws = [importer(code).law for code, day in seen.read.items() if day is not None]
    standings = [standing for law in laws if (standing := standing_of(law, seen.since, seen.today)) is not None]
    return min(standings, key=lambda standing: standing.to) if standings else None


__all__: Sequence[str] = ["CHANGES", "COMING", "change_words", "watch_table", "watch_tables"]
