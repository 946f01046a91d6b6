"""Importers: whose law is on record, at what level, of what vintage, how far it was read, and what it lacks."""

from __future__ import annotations

from detente.codes import Table, table_of
from detente.data.importerfile import LEVELS, importer_file, lawbooks, stamp
from detente.data.importers import importer
from detente.data.tables import partner_name


def importers_table() -> Table:
    """Every importer on record: those of national lines first, then subheadings, then sectors."""
    rows = sorted((_row(code) for code in lawbooks()), key=lambda row: (LEVELS.index(str(row[2])), str(row[1])))
    counts = [f"{sum(row[2] == level for row in rows)} at the level {level}" for level in LEVELS]
    return table_of("law.importers", rows, ("; ".join(text for text in counts if text[0] != "0"),))


def _row(code: str) -> tuple[str | int, ...]:
    where = importer(code)
    file, record = where.file, where.law.record
    vintage = "" if file.schedule.vintage is None else file.schedule.vintage.isoformat()
    read = record.to if record is not None else file.read_to
    gaps = [gap.says for gap in record.gaps] if record is not None else []
    lacks = " ".join(f"{text[0].upper()}{text[1:].removesuffix('.')}." for text in (*file.not_covered, *gaps))
    return (
        code, partner_name(code), file.level, file.edition, len(where.lines), vintage, len(where.law.measures),
        "" if read is None else read.isoformat(), str(file.folder) if stamp(file.folder) else "package", lacks,
    )  # fmt: skip


def importers_by_level() -> dict[str, str]:
    """Names of all importers by id: those of national lines first, then subheadings, then sectors, each by name."""
    levels = {code: LEVELS.index(importer_file(folder).level) for code, folder in lawbooks().items()}
    order = sorted(levels, key=lambda code: (levels[code], partner_name(code)))
    return {code: partner_name(code) for code in order}
