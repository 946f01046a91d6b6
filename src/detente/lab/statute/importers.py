"""Importers: whose law is on record, at what level, of what vintage, how far it was read, and what it lacks."""

from __future__ import annotations

from detente.codes import Table, table_of
from detente.codes.names import first_upper
from detente.data.importerfile import LEVELS, importer_file, lawbooks, stamp
from detente.data.importers import importer
from detente.data.tables import partner_name


def importers_tables(of: str = "") -> list[Table]:
    """Every importer on record, or one, and what the record of each lacks; those of national lines come first."""
    named = [of] if of else list(importers_by_level())
    rows = [_row(code) for code in named]
    lacking = [(code, partner_name(code), text) for code in named for text in _lacking(code)]
    return [table_of("law.importers", rows), table_of("law.not_covered", lacking)]


def _row(code: str) -> tuple[str | int, ...]:
    where = importer(code)
    file, record = where.file, where.law.record
    vintage = "" if file.schedule.vintage is None else file.schedule.vintage.isoformat()
    read = record.to if record is not None else file.read_to
    return (
        code, partner_name(code), file.level, len(where.lines), len(where.law.measures), vintage,
        "" if read is None else read.isoformat(), file.edition, str(file.folder) if stamp(file.folder) else "package",
    )  # fmt: skip


def _lacking(code: str) -> list[str]:
    where = importer(code)
    gaps = () if where.law.record is None else (gap.says for gap in where.law.record.gaps)
    return [f"{first_upper(text).removesuffix('.')}." for text in (*where.file.not_covered, *gaps)]


def importers_by_level() -> dict[str, str]:
    """Names of all importers by id: those of national lines first, then subheadings, then sectors, each by name."""
    levels = {code: LEVELS.index(importer_file(folder).level) for code, folder in lawbooks().items()}
    order = sorted(levels, key=lambda code: (levels[code], partner_name(code)))
    return {code: partner_name(code) for code in order}
