"""A revision of the US tariff schedule as its publisher, the USITC, exports it: JSON or CSV, also gzipped.

Statistical numbers take rates and footnotes from the line above them, as the schedule does. The newest revision the
package knows is embedded.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from detente.codes import InputError
from detente.data.containers import AGAIN, Original, open_original
from detente.data.models import Day, shipped
from detente.data.tables import read
from detente.law.headings import NAMED

#: The revision in the package.
EMBEDDED = "2026 rev 10"

TABLE = "usa_revision"
EXPORT = "export the whole schedule as JSON from hts.usitc.gov"
CSV_COLUMNS = {
    "htsno": "HTS Number",
    "indent": "Indent",
    "description": "Description",
    "units": "Unit of Quantity",
    "general": "General Rate of Duty",
    "special": "Special Rate of Duty",
    "other": "Column 2 Rate of Duty",
}
#: What every row of a JSON export has.
JSON_KEYS = {"htsno", "description", "general", "other"}

#: A column that some exports have besides.
FOOTNOTES = "Footnotes"

_NAME = re.compile(r"(20\d\d).*?(basic|rev(?:ision)?[ _-]*(\d+))", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_MARK = re.compile(r"\s*\d+/(?:\s*,?\s*\d+/)*\s*$")
#: Says that a footnote of a line holds only for the statistical numbers that repeat it.
_PARTIAL = "certain goods of this rate line"


@dataclass(frozen=True, slots=True)
class RevisionEntry:
    """A statistical number, or a heading of chapter 99, in one revision.

    Attributes
    ----------
    code : ten digits; of a heading eight.
    text : its own words; "" where they are not on record.
    footnotes : headings of chapter 99 that its footnotes name, eight digits each.
    """

    code: str
    text: str
    unit: str
    general: str
    other: str
    footnotes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Revision:
    """A revision: its name, its first day where known, lines of chapters 1 to 98 and headings of chapter 99.

    Attributes
    ----------
    tabular : read from a CSV export, whose form has no footnotes.
    """

    name: str
    start: date | None
    lines: Mapping[str, RevisionEntry]
    headings: Mapping[str, RevisionEntry]
    tabular: bool = False

    @property
    def footnoted(self) -> bool:
        """Whether any line has a footnote that names a heading."""
        return any(entry.footnotes for entry in self.lines.values())


def revision_days() -> dict[str, date]:
    """First day in force of the revisions whose day is on record, by name ("2026 rev 10")."""
    return shipped(dict[str, Day], "hts_revisions.yaml")


def revision_name(text: str) -> str:
    """Name of a revision as a file name gives it: "hts_2026_rev_10.json.gz" is "2026 rev 10"; "" where it does not."""
    match = _NAME.search(text)
    if match is None:
        return ""
    return f"{match[1]} rev {int(match[3])}" if match[3] else f"{match[1]} basic"


def embedded_revision() -> Revision:
    """The newest revision in the package."""
    rows = read(TABLE).fill_null("").rows()
    entries = (
        RevisionEntry(code, text, unit, general, other, tuple(footnotes.split()))
        for code, text, unit, general, other, footnotes in rows
    )
    return _revision(EMBEDDED, entries)


def read_revision(path: Path) -> Revision:
    """A revision from a file.

    Raises
    ------
    InputError
        where the file is missing, cut off, empty, no export of the schedule, or of a year before the lawbook's.
    """
    name = revision_name(path.name)
    _check_year(name, str(path))
    original = open_original(path)
    revision = _revision(name or path.name, _entries(rows_of(original)), tabular=original.container != "json")
    if not revision.lines:
        raise InputError(str(path), "has no tariff lines of chapters 1 to 98", EXPORT)
    return revision


def rows_of(original: Original) -> list[dict[str, Any]]:
    """Rows of an export, of every level, with what the publisher has in each; refused as in `read_revision`."""
    if original.container != "json":
        return _csv_rows(original.text, original.name)
    rows = original.json
    if rows == []:
        raise InputError(original.name, "holds no rows", EXPORT)
    if not isinstance(rows, list) or not all(isinstance(row, dict) and row.keys() >= JSON_KEYS for row in rows):
        raise InputError(original.name, "is not an export of the Harmonized Tariff Schedule", EXPORT)
    return [{**row, "footnotes": _notes(row.get("footnotes")), "units": _listed(row.get("units"))} for row in rows]


def _revision(name: str, entries: Iterable[RevisionEntry], tabular: bool = False) -> Revision:
    by_code = {entry.code: entry for entry in entries}
    headings = {code: entry for code, entry in by_code.items() if len(code) == 8}
    lines = {code: entry for code, entry in by_code.items() if len(code) == 10}
    return Revision(name, revision_days().get(name), lines, headings, tabular)


def _check_year(name: str, where: str) -> None:
    first = min(int(known[:4]) for known in revision_days())
    if name and int(name[:4]) < first:
        raise InputError(where, f"is a revision of {name[:4]}; the lawbook's lines begin with {first}", EXPORT)


def _notes(value: Any) -> list[str]:
    return [str(note.get("value", "")) for note in _listed(value) if isinstance(note, dict)]


def _listed(value: Any) -> list[Any]:
    """A list, whatever stands in its place."""
    return value if isinstance(value, list) else [value] if value else []


def _csv_rows(text: str, where: str) -> list[dict[str, Any]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [column for column in CSV_COLUMNS.values() if column not in (reader.fieldnames or ())]
    if missing:
        raise InputError(where, f"is not an export of the Harmonized Tariff Schedule: no column '{missing[0]}'", EXPORT)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise InputError(where, f"is not a whole CSV file ({error})", AGAIN) from None
    if not rows:
        raise InputError(where, "holds no rows", EXPORT)
    short = next((number for number, row in enumerate(rows, 2) if None in row.values()), 0)
    if short:
        raise InputError(f"{where}, row {short}", "has too few fields: the file is cut off or damaged", AGAIN)
    return [_from_csv(row, f"{where}, row {number}") for number, row in enumerate(rows, 2)]


def _from_csv(row: Mapping[str, str], where: str) -> dict[str, Any]:
    content: dict[str, Any] = {key: row[column] for key, column in CSV_COLUMNS.items()}
    units = content["units"].strip()
    try:
        content["units"] = (
            json.loads(units) if units.startswith("[") else [u.strip() for u in units.split(",") if u.strip()]
        )
    except json.JSONDecodeError:
        raise InputError(where, f"the unit of quantity reads '{units}'", 'it should read as in ["kg"]') from None
    note = row.get(FOOTNOTES) or ""
    return content | {"footnotes": [note] if note.strip() else []}


def _entries(rows: list[dict[str, Any]]) -> Iterator[RevisionEntry]:
    """Statistical numbers of chapters 1 to 98 and headings of chapter 99 that state something."""
    codes = [str(row["htsno"] or "").replace(".", "").strip() for row in rows]
    parents = {code[:8] for code in codes if len(code) == 10}
    rated: dict[str, dict[str, Any]] = {}
    for code, row in zip(codes, rows, strict=True):
        if len(code) == 8:
            rated[code] = row
        if code.startswith("99"):
            if len(code) == 8:
                yield _entry(code, row, row)
        elif len(code) == 10 or (len(code) == 8 and code not in parents):
            yield _entry(code.ljust(10, "0"), row, rated.get(code[:8], row))


def _entry(code: str, row: dict[str, Any], above: dict[str, Any]) -> RevisionEntry:
    """One entry; `above` is the row of its eight digits."""
    rates = row if str(row["general"] or "").strip() else above
    notes = (
        row["footnotes"] if above is row else [*row["footnotes"], *(n for n in above["footnotes"] if _PARTIAL not in n)]
    )
    # Headings that a footnote names, eight digits each: "See 9903.88.15 and 9903.91.06.".
    named = dict.fromkeys(heading.replace(".", "") for note in notes for heading in NAMED.findall(note))
    unit = units(map(str, row.get("units") or ()))
    return RevisionEntry(
        code, plain(row["description"]), unit, plain(rates["general"]), plain(rates["other"]), tuple(named)
    )


def units(words: Iterable[str]) -> str:
    """Units of quantity, joined."""
    return "; ".join(filter(None, map(plain, words)))


@lru_cache(maxsize=20_000)
def plain(text: Any) -> str:
    """Without tags, entities, footnote marks, line breaks and doubled blanks."""
    words = str(text or "")
    if "<" in words or "&" in words:
        words = html.unescape(_TAG.sub("", words))
    words = " ".join(words.split())
    return words if words.endswith("%") or "/" not in words else _MARK.sub("", words)
