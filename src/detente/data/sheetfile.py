"""Tables in a publisher's own form, as rows of text: CSV with any separator, Excel, Parquet; packed or not.

Titles above the head, blank rows and cells that are missing at the end of a row are what such files have; what a column
means is for `data/schedule_heads.py`.
"""

from __future__ import annotations

import csv
import io
import lzma
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from detente.codes import InputError, UnknownName
from detente.codes.countries import fold
from detente.codes.errors import DetenteError
from detente.data.containers import LONGEST, check_size
from detente.data.userfile import MOST_TABLE, read_bytes, unpacked

SEPARATORS = ",;\t|"
WORKBOOKS = (".xlsx", ".xlsm")
KNOWN = ".csv, .tsv, .txt, .xlsx or .parquet, also packed as .gz or .xz"
EVERY = "all"
LAST_HEAD = 40
"""Rows among which the head of a table is looked for."""


@dataclass(frozen=True)
class Sheet:
    """A table of texts.

    Attributes
    ----------
    name : of the file.
    rows : cells by row, blanks around them taken off; all rows of the file but blank ones.
    numbers : row of the file of each.
    typed : columns that hold numbers in the file, so that zeros in front are lost.
    note : what was done to read it; "" for nothing.
    """

    name: str
    rows: Sequence[Sequence[str]] = field(repr=False)
    numbers: Sequence[int] = field(repr=False)
    typed: frozenset[int] = frozenset()
    note: str = ""


def read_sheet(path: Path, name: str = "") -> Sheet:
    """A table as it lies in a file.

    Parameters
    ----------
    name : of the sheet of a workbook, or "all" of them one below another; the first by default.

    Raises
    ------
    InputError : what is no table, is too large, or is a workbook that no library here reads.
    """
    content = read_bytes(path)
    suffix = path.suffix.lower()
    if suffix == ".xz":
        content, suffix = _plain_of(content, str(path)), Path(path.stem).suffix.lower()
    elif suffix == ".gz":
        content, suffix = unpacked(content, str(path)), Path(path.stem).suffix.lower()
    if suffix == ".parquet":
        return _of_parquet(content, path)
    if suffix in WORKBOOKS or content[:4] == b"PK\x03\x04":
        return _of_workbook(content, path, name)
    if content[:4] == b"%PDF" or content[:200].lstrip()[:1] == b"<":
        raise InputError(str(path), "is a document, not a table", f"copy its table into a file: {KNOWN}")
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    if suffix == ".xls" or (b"\0" in content[:1000] and not wide):
        raise InputError(str(path), "is no table of a kind that is read here", f"save it as {KNOWN}")
    return _of_text(content, path)


def only_rows(sheet: Sheet, wanted: Mapping[str, str]) -> Sheet:
    """The rows of a table in which columns have some value, with all rows up to the head that names them.

    Raises
    ------
    InputError, UnknownName : no such column, or no row with the value.
    """
    for name, value in wanted.items():
        head = next((i for i, row in enumerate(sheet.rows[:LAST_HEAD]) if fold(name) in map(fold, row)), None)
        if head is None:
            columns = max(sheet.rows[:LAST_HEAD], key=lambda row: sum(map(bool, row)))
            raise UnknownName("column", name, [cell for cell in columns if cell], sheet.name)
        place = [fold(cell) for cell in sheet.rows[head]].index(fold(name))
        kept = [
            i for i, row in enumerate(sheet.rows) if i <= head or fold("".join(row[place : place + 1])) == fold(value)
        ]
        if len(kept) == head + 1:
            values = dict.fromkeys("".join(row[place : place + 1]) for row in sheet.rows[head + 1 :])
            raise UnknownName("value", value, values, f"{sheet.name}, {name}", f"it has {', '.join([*values][:8])}")
        sheet = replace(sheet, rows=[sheet.rows[i] for i in kept], numbers=[sheet.numbers[i] for i in kept])
    return sheet


def _plain_of(content: bytes, where: str) -> bytes:
    try:
        plain = lzma.LZMADecompressor().decompress(content, MOST_TABLE + 1)
    except lzma.LZMAError:
        raise InputError(where, "is cut off or damaged", "fetch it again") from None
    if len(plain) > MOST_TABLE:
        raise InputError(where, f"unpacks to more than {MOST_TABLE >> 20} MiB", "give a smaller file")
    return plain


def _of_text(content: bytes, path: Path) -> Sheet:
    text, note = _decoded(content, str(path))
    separator = _separator(text)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise InputError(str(path), f"is not a table ({error})", "check quotes and separators") from None
    check_size(len(rows), sum(map(len, rows)), str(path))
    return _sheet(path, rows, note=note)


def _decoded(content: bytes, where: str) -> tuple[str, str]:
    """The text of some bytes, and what is to be said of its encoding."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace"), ""
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        if b"\0" in content:
            raise InputError(where, "cannot be read as text", f"save it as {KNOWN}") from None
        return content.decode("cp1252", errors="replace"), "it is not UTF-8 and was read as Windows text"


def _separator(text: str) -> str:
    """The sign that parts cells: the one that most of the first rows agree on, outside of quotes."""
    lines = [line for line in text.splitlines()[:LAST_HEAD] if line.strip()]
    scores = {sign: _agreement(lines, sign) for sign in SEPARATORS}
    return max(scores, key=lambda sign: scores[sign])


def _agreement(lines: Sequence[str], sign: str) -> tuple[int, int]:
    try:
        counts = [len(row) - 1 for row in csv.reader(lines, delimiter=sign)]
    except csv.Error:  # the whole text is read later, and says where
        return 0, 0
    usual = max(set(counts), key=lambda n: (counts.count(n) if n else 0, n), default=0)
    return (counts.count(usual) if usual else 0), usual


def _of_parquet(content: bytes, path: Path) -> Sheet:
    import polars as pl

    try:
        frame = pl.read_parquet(io.BytesIO(content))
    except (Exception, pl.exceptions.PanicException) as error:
        # A damaged file meets the library in more ways than it names.
        raise InputError(str(path), f"cannot be read ({type(error).__name__})", f"give {KNOWN}") from None
    check_size(frame.height, frame.height * frame.width, str(path))
    typed = frozenset(i for i, kind in enumerate(frame.dtypes) if kind.is_numeric())
    rows = [frame.columns, *([_text_of(cell) for cell in row] for row in frame.iter_rows())]
    return _sheet(path, rows, typed)


def _of_workbook(content: bytes, path: Path, name: str) -> Sheet:
    try:
        import openpyxl
    except ImportError:
        raise InputError(
            str(path), "is a workbook, which needs openpyxl", "install detente[excel], or save the sheet as CSV"
        ) from None
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        if name and name not in (*book.sheetnames, EVERY):
            raise UnknownName("sheet", name, book.sheetnames, str(path), f"sheets: {', '.join(book.sheetnames)}")
        names = book.sheetnames if name == EVERY else [name or book.sheetnames[0]]
        raw = list(_cells((row for sheet in names for row in book[sheet].iter_rows()), str(path)))
    except DetenteError:
        raise
    except Exception as error:
        # A damaged workbook meets the library in more ways than it names, and its rows are read late.
        raise InputError(str(path), f"cannot be read ({type(error).__name__})", f"give {KNOWN}") from None
    rows = [[text for text, _ in row] for row in raw]
    typed = frozenset(i for row in raw for i, (_, numeric) in enumerate(row) if numeric)
    others = book.sheetnames[1:]
    note = f"sheet '{names[0]}' was read; others: {', '.join(others[:8])}" if others and not name else ""
    return _sheet(path, rows, typed, note)


def _cells(rows: Iterable[Any], where: str) -> Iterator[list[tuple[str, bool]]]:
    """Texts of rows of a workbook, and whether each is a number there; a share shown as per cent is written so."""
    cells = 0
    for number, row in enumerate(rows, start=1):
        cells += len(row)
        check_size(number, cells, where)
        yield [_cell(cell) for cell in row]


def _cell(cell: Any) -> tuple[str, bool]:
    value = cell.value
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    if numeric and "%" in str(cell.number_format or ""):
        return f"{value * 100:.10g}%", False
    return _text_of(value), numeric


def _text_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return "" if value != value else f"{value:.12g}"
    return str(value).strip()


def _sheet(path: Path, rows: Iterable[Sequence[str]], typed: frozenset[int] = frozenset(), note: str = "") -> Sheet:
    kept: list[list[str]] = []
    numbers: list[int] = []
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip()[:LONGEST] for cell in row]
        if any(cells):
            kept.append(cells)
            numbers.append(number)
    if len(kept) < 2:
        raise InputError(str(path), "has no rows under a head", "give a table with names of columns in its first row")
    return Sheet(str(path), kept, numbers, typed, note)
