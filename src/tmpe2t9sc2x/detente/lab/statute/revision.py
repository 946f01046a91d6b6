"""A revision of the US schedule beside the newest in the package, and kept in the user's library."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from detente.codes import InputError
from detente.data.formats.declared import SCHEDULE
from detente.data.formats.known import read_published
from detente.data.hts_revision import EMBEDDED, Revision, RevisionEntry, embedded_revision, revision_name
from detente.data.own_tables import add_table, own_table
from detente.data.vintages import VintageChanges, compare_vintages

if TYPE_CHECKING:
    import polars as pl

FORMAT = "hts"
COLUMNS = ("line", "quantity_unit", "general", "other", "footnotes")


def revision_changes(given: Revision) -> VintageChanges:
    """Lines and headings added, dropped or changed against the newest revision in the package."""
    newest = embedded_revision()
    before, after = (_frame((*revision.lines.values(), *revision.headings.values())) for revision in (newest, given))
    if given.tabular:
        # A CSV export has no footnotes: none of them is a change.
        before, after = before.drop("footnotes"), after.drop("footnotes")
    return compare_vintages(before, after, ("line",), SCHEDULE, f"schedule, {EMBEDDED} and {given.name}")


def _frame(entries: Iterable[RevisionEntry]) -> pl.DataFrame:
    import polars as pl

    rows = [(e.code, e.unit, e.general, e.other, " ".join(sorted(e.footnotes))) for e in entries]
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def keep_revision(path: Path, name: str, today: date) -> str:
    """Put a revision into the user's library; its name there.

    A table of that name that was made from a file of this format is replaced, any other refuses.
    """
    file = read_published(path, FORMAT)
    named = name or f"{FORMAT}-{revision_name(path.name).replace(' ', '-')}".strip("-")
    return add_table(file, named, today, replace=_own(named)).name


def _own(name: str) -> bool:
    """Whether a table of the library came from a revision."""
    try:
        return own_table(name).format == FORMAT
    except InputError:
        return False
