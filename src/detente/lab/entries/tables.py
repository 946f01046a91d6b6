"""Tables of rated entries, from their frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from detente.codes import Table, declared_note, table_of
from detente.codes.days import spelled_day
from detente.codes.declared import declared_columns, table_with
from detente.codes.units import TEXTS, Unit
from detente.data.fees import fees
from detente.data.importers import HOME, importer
from detente.data.refunds import refund_law
from detente.data.tables import countries, place
from detente.lab.entries.job import LONG, RatedEntries
from detente.lab.entries.refunds import deadlines

SUMMARY = "entry_summary"
WORDS = {
    "value": "customs value", "duty": "duty", "paid": "duty paid", "processing_fee": "merchandise processing fee",
    "harbor_fee": "harbor maintenance fee", "total": "duty and fees", "refund": "refund if void",
}  # fmt: skip


def entry_table(entries: RatedEntries, name: str, by: Sequence[str] = (), rows: int | None = None) -> Table:
    """A table by name.

    Parameters
    ----------
    by : kinds of sums, all where none is named; groups of what was paid. rows : at most, of a long table.
    """
    if name == SUMMARY:
        return summary(entries)
    if name in REFUNDS:
        return _refunds(entries, name)
    if name in ("entry_paid", "entry_weights"):
        return _sums_by(entries, name, by)
    if name == "entry_headings":
        return _table(entries.headings, name, entries)
    whole = rows is None or name not in LONG
    frame = entries.frame(name) if whole else next(entries.frames(name)).head(rows or 0)
    if name == "entry_sums":
        frame = frame.filter(frame["by"].is_in(list(by))) if by else frame
        frame = _in_words(frame, entries.order.of)
    table = _table(frame, name, entries)
    return table.noted(*_notes(entries)) if name in ("entry_totals", "entry_rows") else table


REFUNDS = ("entry_refunds", "entry_deadlines")


def _refunds(entries: RatedEntries, name: str) -> Table:
    """Refunds by entry, or what can still be done for entries, with how they are counted."""
    refunds, order = name == "entry_refunds", entries.order
    if not refunds:
        return deadline_table(entries.refunds, entries.name)
    notes = [declared_note("entries.refund_interest", payer=PAID_TO[order.payer]), declared_note("entries.refund_base")]
    return _table(entries.refunds, name, entries).noted(_read_to(), *notes)


def deadline_table(known: pl.DataFrame, name: str) -> Table:
    """What can still be done for entries, as `of_entries` gives them."""
    frame = deadlines(known).with_columns(pl.col("latest", "file_by").cast(pl.String))
    columns = [column.name for column in declared_columns("entries.entry_deadlines")]
    data = {column: frame[column].to_numpy().astype(np.str_) for column in columns}
    return table_with("entries.entry_deadlines", data, name=Path(name).name).noted(_read_to())


def _read_to() -> str:
    return declared_note("entries.refunds", day=spelled_day(refund_law().read_to))


PAID_TO = {"corporation": "corporations", "other": "persons and partnerships"}

#: What owed and paid duty may be grouped by.
PAID_BY = ("partner", "line", "chapter", "month", "entry")

#: Kinds of sums.
SUMS_BY = ("heading", "authority", "partner", "month")


def _sums_by(entries: RatedEntries, name: str, by: Sequence[str]) -> Table:
    """Value by line and partner, or duty owed beside duty paid by group."""
    groups = [each for each in by if each in PAID_BY] or ["line", "partner"]
    frame = entries.weights() if name == "entry_weights" else entries.paid(groups)
    data = {column: frame[column].to_numpy() for column in frame.columns}
    data |= {group: data[group].astype(np.str_) for group in groups}
    heads = [{"group": group, "title": group} for group in groups]
    return table_with(f"entries.{name}", data, name=Path(entries.name).name, group=heads)


def _in_words(frame: pl.DataFrame, of: str) -> pl.DataFrame:
    """The sums with authorities and partners in words."""
    authorities = {each.id: each.name for each in importer(of).law.authorities}
    words = {
        "authority": lambda key: authorities.get(key, key),
        "partner": lambda key: place(key) if key in countries().names else key,
    }
    titles = [words[by](key) if by in words else "" for by, key in frame.select("by", "key").iter_rows()]
    return frame.with_columns(pl.Series("title", titles, dtype=pl.String))


def _table(frame: pl.DataFrame, name: str, entries: RatedEntries) -> Table:
    """A frame as a table of the register, columns that were carried along left out."""
    lacks = ("paid",) if not entries.has_paid and name != "entry_headings" else ()
    without = (*(() if entries.order.void else ("refund",)), *lacks)
    known = declared_columns(f"entries.{name}", without, carried=[])
    carried = [each for each in frame.columns if each not in {column.name for column in known}]
    words = {"name": Path(entries.name).name, "carried": carried if name == "entry_rows" else []}
    columns = declared_columns(f"entries.{name}", without, carried=words["carried"])
    data = {}
    for column in columns:
        series = frame[column.name]
        series = series.cast(pl.String) if series.dtype == pl.Date else series
        blank = "" if column.unit in TEXTS else 0 if column.unit is Unit.COUNT else np.nan
        values = series.fill_null(blank).to_numpy() if series.len() else np.zeros(0)
        data[column.name] = values.astype(np.str_) if column.unit in TEXTS else values
    return table_with(f"entries.{name}", data, without=without, **words)


def summary(entries: RatedEntries) -> Table:
    """The sums of a file in one table, with how it was counted beneath."""
    sums = entries.sums
    rows = [(WORDS[name], sums[name]) for name in WORDS if name in sums]
    named = {"name": Path(entries.name).name, "sentence": _counted(entries)}
    return table_of("entries.entry_summary", rows, list(_notes(entries)), **named)


def _counted(entries: RatedEntries) -> str:
    sums = entries.sums
    rows, wrong = int(sums["rows"]), int(sums["not_rated"])
    counted = f"{rows:,} rows in {sums['entries']:,} entries"
    return f"{counted}, {wrong:,} of them not rated" if wrong else counted


#: Entries with a flag of their own that the notes name; all of them are in the table of entries.
NAMED = 5


def _notes(entries: RatedEntries) -> Iterator[str]:
    order = entries.order
    yield declared_note("entries.law", country=place(order.of))
    yield declared_note("entries.rounded")
    if order.of == HOME:
        known = fees()
        yield declared_note("entries.processing", rate=known.rate)
        yield declared_note("entries.harbor", rate=known.harbor)
    else:
        yield declared_note("entries.no_fees")
    if "entry" not in entries.columns:
        yield declared_note("entries.no_entry")
    flagged = entries.totals.filter(entries.totals["flags"] != "").select("entry", "flags").head(NAMED)
    yield from (f"{entry}: {flag}" for entry, flag in flagged.rows())
    yield declared_note("entries.not_in")
    if order.void:
        yield declared_note("entries.refund", void=", ".join(order.void))
    if entries.others:
        yield declared_note("entries.others", columns=", ".join(entries.others[:8]))
