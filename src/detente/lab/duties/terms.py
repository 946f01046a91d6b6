"""Terms: what the law of a scenario changes, measure by measure, for every importer whose law moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from detente.codes import Table, table_of
from detente.lab.averages.reform import COPY
from detente.lab.averages.sides import Pairing, Row, Side
from detente.law import Law, Measure, MeasureKind, Period, Status
from detente.law.measure import FOREVER

BEGINS, ENDS, VOIDED, CHANGES, STAYS = "begins", "ends", "void", "changes", ""
"""What becomes of a measure."""

DUTIES = (MeasureKind.DUTY, MeasureKind.EXEMPTION, MeasureKind.BAN)


@dataclass(frozen=True)
class _State:
    """A measure on a day: the period in force, None where it is not."""

    measure: Measure
    period: Period | None

    @property
    def rate(self) -> float:
        """Its one rate, share of value; zero where it is not in force, NaN where goods or partners differ."""
        if self.period is None:
            return 0.0
        rate = self.period.rate
        return np.nan if rate is None or rate.by_partner or rate.value is None else rate.value


def terms_table(pairings: Sequence[Pairing]) -> Table:
    """Measures that differ between two laws; those that move the average most come first.

    Parameters
    ----------
    pairings : variants beside what they are compared with, of any importers.
    """
    rows = [row for pairing in pairings for row in _rows(pairing)]
    return table_of("duties.terms", rows)


def _rows(pairing: Pairing) -> Iterator[Row]:
    before, after = pairing.before, pairing.after
    if before.law is after.law and before.on == after.on:
        return
    old, new = _states(before.law, before.on), _states(after.law, after.on)
    moves = _moves(before, after)
    yield from _programmes(pairing, moves)
    changed = [name for name in (old | new) if _step(old.get(name), new.get(name))]
    for name in sorted(changed, key=lambda name: -abs(moves.get(name, 0.0))):
        then, now = old.get(name), new.get(name)
        shown = now or then
        assert shown is not None
        until = now.period.end if now and now.period else FOREVER
        yield (
            pairing.variant, after.law.importer, name, shown.measure.title, shown.measure.authority,
            _step(then, now), then.rate if then else 0.0, now.rate if now else 0.0, moves.get(name, 0.0),
            "" if until == FOREVER else str(until),
            (shown.period.citation if shown.period else "") or shown.measure.citation,
        )  # fmt: skip


PREFERENCE = "preference"
"""Under what programmes are counted whose goods owe less."""


def _programmes(pairing: Pairing, moves: Mapping[str, float]) -> Iterator[Row]:
    """Programmes of preference that end or begin; what no measure moves is theirs, told of the first."""
    before, after = pairing.before, pairing.after
    changed = [change for change in after.law.programmes if change not in before.law.programmes]
    left = after.average - before.average - sum(moves.values())
    for change in changed:
        programme = after.ground.where.programmes.by_symbol[change.symbol]
        yield (
            pairing.variant, after.law.importer, change.symbol, programme.name, PREFERENCE,
            BEGINS if change.opens else ENDS, np.nan, np.nan, left, "", programme.title,
        )  # fmt: skip
        left = 0.0


def _states(law: Law, on: date) -> dict[str, _State]:
    """Measures that lie on goods, by id; of a measure that a scenario changes, its copy."""
    return {
        _root(m.id): _State(m, next(iter(m.periods_on(on)), None) if m.status is Status.IN_FORCE else None)
        for m in law.measures
        if m.kind in DUTIES
    }


def _root(name: str) -> str:
    return name.partition(COPY)[0]


def _step(old: _State | None, new: _State | None) -> str:
    """What becomes of a measure between two states; "" where nothing does."""
    stood, stands = bool(old and old.period), bool(new and new.period)
    if stood and new is not None and new.measure.status is Status.VOID:
        return VOIDED
    if stood != stands:
        return BEGINS if stands else ENDS
    if not stands:
        return STAYS
    assert old is not None
    assert new is not None
    assert old.period is not None
    assert new.period is not None
    return STAYS if old.period.rate == new.period.rate else CHANGES


def _moves(before: Side, after: Side) -> Mapping[str, float]:
    """What each measure moves the average duty by, share of value."""
    moves: dict[str, float] = {}
    for side, sign in ((before, -1.0), (after, 1.0)):
        for name, share in side.by_measure().items():
            moves[_root(name)] = moves.get(_root(name), 0.0) + sign * share
    return moves
