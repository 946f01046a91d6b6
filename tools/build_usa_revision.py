"""The newest stored revision of the US tariff schedule in short, and the whole words of every tariff line.

Source: USITC Harmonized Tariff Schedule, ten revisions of 2025 and 2026 (public domain).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from _schedule import Line, all_revisions
from _shared import REVISIONS, arguments, write_table
from detente.data.hts_revision import EMBEDDED, TABLE, Revision, RevisionEntry, read_revision
from detente.data.importer_lines import TABLE as TEXTS


def words_of(line: Line) -> str:
    """The headings above a line and its own words, one a line of text."""
    return "\n".join(part.rstrip(": ") for part in line.path if part.rstrip(": "))


def texts_table(data: Path) -> pl.DataFrame:
    """Words of each statistical number in its last stored revision."""
    lines: dict[str, Line] = {}
    for revision in all_revisions(data).values():
        lines.update(revision)
    codes = sorted(lines)
    return pl.DataFrame({"code": codes, "text": [words_of(lines[code]) for code in codes]})


def row_of(entry: RevisionEntry) -> tuple[str | None, ...]:
    """A row of the revision; the words of a line stand in the other table."""
    text = entry.text if len(entry.code) == 8 else ""
    values = (entry.code, text, entry.unit, entry.general, entry.other, " ".join(entry.footnotes))
    return tuple(value or None for value in values)


def revision_table(revision: Revision) -> pl.DataFrame:
    entries = sorted((*revision.lines.values(), *revision.headings.values()), key=lambda entry: entry.code)
    columns = ["code", "text", "unit", "general", "other", "footnotes"]
    return pl.DataFrame([row_of(entry) for entry in entries], schema=dict.fromkeys(columns, pl.String), orient="row")


def main() -> None:
    options = arguments(__doc__ or "")
    newest = read_revision(options.data / "hts" / f"hts_{REVISIONS[-1]}.json.gz")
    if newest.name != EMBEDDED:
        raise RuntimeError(f"the newest revision is {newest.name}, the reader names {EMBEDDED}")
    write_table(texts_table(options.data), options.out / f"{TEXTS}.parquet")
    write_table(revision_table(newest), options.out / f"{TABLE}.parquet")


if __name__ == "__main__":
    main()
