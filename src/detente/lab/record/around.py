"""The record beside a run: its place in history, the events around it, and the claims of the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from detente.codes import Table
from detente.lab.averages.sides import START
from detente.lab.record.history import entries_of, places_table, years_table
from detente.lab.record.tables import events_table

if TYPE_CHECKING:
    from detente.lab.averages.sides import Pairing
    from detente.lab.scenario import Record

EVENT_COLUMNS = (
    "event", "announced", "effective", "expires", "actor", "verb", "track", "what", "usa_on_chn", "chn_on_usa",
    "instrument",
)  # fmt: skip


def history_tables(pairings: Sequence[Pairing]) -> list[Table]:
    """Tables `places` (where each variant's average duty stands) and `history` (the average by year from 1901)."""
    return [places_table(entries_of(pairings)), years_table()]


def record_tables(record: Record, folder: Path, on: date, draws: int, seed: int) -> list[Table]:
    """Tables `events` and `claims` of what a scenario names.

    Parameters
    ----------
    folder : of the scenario's file, for ledgers named by path; `on` : day whose record counts unless it names another.
    draws : of shares nobody observes in the claims; 0 leaves the claims out, as they take a world economy each.
    """
    tables = []
    if record.events:
        first, last = record.since or START, record.until or on
        tables.append(events_table(first, last, source=source_of(record.events, folder)).select(EVENT_COLUMNS))
    if record.claims and draws:
        # Half of the program stands behind verdicts: it is loaded where they are asked for.
        from detente.lab.claims.check import DRAWS, check
        from detente.lab.claims.ledger import load_ledger
        from detente.lab.claims.words import checks_table

        ledger = load_ledger(source_of(record.claims, folder))
        judged = check(ledger, as_of=record.as_of or on, draws=min(draws, DRAWS), seed=seed)
        tables.append(replace(checks_table(judged), name="claims"))
    return tables


def source_of(name: str, folder: Path) -> str | Path:
    """A name of the package as it is, a path from the scenario's folder."""
    return folder / name if name.endswith((".yaml", ".yml")) else name
