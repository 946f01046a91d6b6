"""A file that somebody gave: unpacked, told by its content what it is, its cells as text.

What a file is called says nothing: its first bytes do. A name that says otherwise is refused, as is a file that ends in
the middle of a line where a publisher's is meant, so that what was cut off is not taken for the whole.
"""

from __future__ import annotations

import bz2
import csv
import hashlib
import io
import json
import lzma
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from detente.codes import InputError, Parameter, UnknownName, check_none
from detente.codes.errors import DetenteError
from detente.data.library import pl
from detente.data.yamlfile import MEBIBYTE, read_bytes, unpacked

#: Bytes of a file, unpacked.
MOST = 1024 * MEBIBYTE

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 20_000_000, 1_000, 400_000_000
#: Letters of a cell that a person writes.
LONGEST = 1_000

#: Lines among which the head of a table is looked for.
FIRST_LINES = 40

#: Letters of a file among which its head is looked for.
LONGEST_HEAD = 4_000_000

#: Bytes of a workbook unpacked, and how many times its size, above which it is no honest table.
MOST_UNPACKED, BOMB = 64 * MEBIBYTE, 100

#: Bytes without the end of a row after which a file is no table.
LONGEST_ROW = 1 << 20

#: Faults of a file that are told one by one.
SHOWN = 20

SEPARATORS = (",", ";", "\t", "|")
AGAIN = "fetch it again"
#: What to do about a row that cannot be read.
QUOTES = "check separators and quotes"

PARQUET, ZIPPED, PACKED = b"PAR1", b"PK\x03\x04", b"\x1f\x8b"
#: First bytes -> what a file is, or why it is not read and what to do.
SIGNS: tuple[tuple[bytes, str, str], ...] = (
    (PARQUET, "parquet", ""),
    (b"<stata_dta>", "stata", ""),
    (b"\xd0\xcf\x11\xe0", "", "is an old workbook (.xls); save it as .xlsx or CSV"),
    (b"7z\xbc\xaf\x27\x1c", "", "is a 7z archive; unpack it first and give the file in it"),
    (b"\x28\xb5\x2f\xfd", "", "is packed with zstd; unpack it first"),
    (b"%PDF", "", "is a document (PDF), not a table; get the table as CSV or .xlsx"),
    (b"RDX", "", "is a file of R; save its table in R with write.csv"),
    (b"RDA", "", "is a file of R; save its table in R with write.csv"),
    (b"\x89HDF", "", "is an HDF5 or MATLAB file; save its table as CSV"),
    (b"MATLAB", "", "is a MATLAB file; save its table as CSV"),
)

#: How a name ends -> what it says the file is.
ENDINGS = {
    ".csv": "text", ".tsv": "text", ".txt": "text", ".dat": "text", ".json": "json", ".xlsx": "workbook",
    ".xlsm": "workbook", ".parquet": "parquet", ".dta": "stata", ".duckdb": "duckdb",
}  # fmt: skip

#: What a table of plain columns may be packed as.
TABULAR = ("text", "workbook", "parquet", "stata")

KINDS = {
    "text": "text", "json": "JSON", "workbook": "a workbook", "parquet": "Parquet", "stata": "a file of Stata",
    "duckdb": "a DuckDB database",
}  # fmt: skip
USUAL = {kind: ending for ending, kind in reversed(ENDINGS.items())}
#: In the place of a sheet's name: every sheet, one below another.
EVERY = "all"


@dataclass(frozen=True)
class Original:
    """A file, unpacked.

    Attributes
    ----------
    name : of the file, with the member of an archive.
    container : what it is: text, json, workbook, parquet, stata or duckdb.
    sha256 : of the file as it lies on the disk.
    words : what a user says of it, by name: `reporter`, `year`, `sheet`.
    asks : whether a user may say its encoding.
    """

    path: Path
    name: str
    content: bytes = field(repr=False)
    container: str
    sha256: str
    encoding: str = "utf-8-sig"
    words: dict[str, str] = field(default_factory=dict)
    asks: bool = False

    @cached_property
    def text(self) -> str:
        """The file as text.

        Raises
        ------
        InputError : it is not of the encoding, with the line.
        """
        try:
            return self.content.decode(self.encoding)
        except UnicodeDecodeError as error:
            line = self.content.count(b"\n", 0, error.start) + 1
            what = f"cannot be read as text (not {self.encoding.removesuffix('-sig').upper()})"
            repair = f"save it as UTF-8{', or say `encoding=` cp1252' if self.asks else ''}"
            raise InputError(f"{self.name}, line {line}", what, repair) from None

    @cached_property
    def lines(self) -> list[str]:
        """The first lines; of other files than text none."""
        if self.container != "text":
            return []
        # Not `splitlines`, which takes signs for ends of lines that readers of tables do not.
        return [line.rstrip("\r") for line in self.text[:LONGEST_HEAD].split("\n", FIRST_LINES)[:FIRST_LINES]]

    @cached_property
    def json(self) -> Any:
        """Content of a JSON file."""
        try:
            return json.loads(self.text)
        except json.JSONDecodeError as error:
            what = f"is not whole JSON (line {error.lineno}): it is cut off or damaged"
            raise InputError(self.name, what, AGAIN) from None
        except (ValueError, RecursionError):
            raise InputError(self.name, "is damaged", AGAIN) from None

    @cached_property
    def separator(self) -> str:
        """What parts the cells of a table of text."""
        return separator_of(self.lines)

    @cached_property
    def first_rows(self) -> list[list[str]]:
        """The first rows of a table, however it is packed: titles above its head, and the head."""
        if self.container != "text":
            typed = self.container in ("parquet", "stata")
            return [self.frame.columns] if typed else self.rows(FIRST_LINES) if self.container == "workbook" else []
        if any("\r" in line for line in self.lines):
            repair = "save it with the line ends of Windows or Linux"
            raise InputError(f"{self.name}, row 1", "has rows that end as on old Macs", repair)
        try:
            return [[cell.strip() for cell in row] for row in csv.reader(self.lines, delimiter=self.separator)]
        except csv.Error as error:
            raise InputError(self.name, f"is no table ({error})", QUOTES) from None

    def rows(self, most: int | None = None) -> list[list[str]]:
        """Rows of a table as text, however it is packed: of a workbook those of the sheet that the user names."""
        if self.container == "workbook":
            return workbook_rows(self, most)
        if self.container in ("parquet", "stata"):
            frame = texts_of(self.frame)
            return [frame.columns, *map(list, frame.iter_rows())]
        try:
            rows = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.separator)
            return list(within(([cell.strip() for cell in row] for row in rows), self.name))
        except csv.Error as error:
            raise InputError(self.name, f"is no table ({error})", QUOTES) from None

    @cached_property
    def frame(self) -> pl.DataFrame:
        """Rows of a file that has typed columns."""
        return typed_frame(self)

    def check_end(self) -> None:
        """Refuse a text that ends in the middle of a line, which is how a file that was cut off ends."""
        if self.container == "text" and not self.text.endswith(("\n", "\r", "\x1a")):
            last = self.text.count("\n") + 1
            what = "ends in the middle of a line, so that it may be cut off"
            raise InputError(f"{self.name}, line {last}", what, f"{AGAIN}; of a file that is whole, end its last line")


def separator_of(lines: Sequence[str]) -> str:
    """The sign that parts cells: the one that most of the first rows agree on, outside of quotes."""
    lines = [line for line in lines[:FIRST_LINES] if line.strip()]

    def agreement(sign: str) -> tuple[int, int]:
        try:
            counts = [len(row) - 1 for row in csv.reader(lines, delimiter=sign)]
        except csv.Error:  # the whole text is read later, and says where
            return 0, 0
        usual = max(set(counts), key=lambda n: (counts.count(n) if n else 0, n), default=0)
        return (counts.count(usual) if usual else 0), usual

    return max(SEPARATORS, key=agreement)


# --- opening ---------------------------------------------------------------------------------------------------------


def open_original(
    path: Path, *, encoding: str | None = None, member: str = "", usual: str = "", words: dict[str, str] | None = None,
    content: bytes | None = None, name: str = "",
) -> Original:  # fmt: skip
    """A file of somebody's.

    Parameters
    ----------
    encoding : of its text, by default UTF-8, or UTF-16 where its first bytes say so.
    member : name of the file within an archive of several, or a part of it.
    usual : part of the name that it usually has there, where a user names none.
    content : its bytes, where it lies nowhere. name : what messages call it; its path by default.

    Raises
    ------
    InputError : a file that is missing, cut off, of another kind than its name says, or of no kind that is read.
    """
    raw = read_bytes(path, name, most=MOST) if content is None else content
    if not raw or raw.isspace():
        raise InputError(name or str(path), "is empty", "give a header and rows under it")
    name, content, inner = _unpacked(raw, path, name or str(path), member, usual)
    container = _container(content, name)
    says = ENDINGS.get(Path(inner).suffix.lower())
    if says is not None and says != container:
        what = f"is {KINDS[container]}, though its name ends in {Path(inner).suffix.lower()}"
        raise InputError(name, what, f"name it {Path(inner).stem}{USUAL[container]} once you know that it is whole")
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    code = _encoding(encoding) if encoding else "utf-16" if wide else "utf-8-sig"
    return Original(
        path, name, content, container, hashlib.sha256(raw).hexdigest(), code, dict(words or {}), encoding is not None
    )


def _encoding(name: str) -> str:
    try:
        "".encode(name)
    except LookupError:
        known = ("utf-8", "cp1252", "latin-1", "utf-16", "cp1250", "gb18030")
        raise UnknownName("encoding", name, known, Parameter("encoding"), "use cp1252 or utf-16") from None
    return name


def _unpacked(raw: bytes, path: Path, name: str, member: str, usual: str) -> tuple[str, bytes, str]:
    """Name in messages, content, and the name whose ending counts."""
    inner = path.name
    stem = inner.rpartition(".")[0] or inner
    try:
        if raw[:2] == PACKED:
            return name, unpacked(raw, name, MOST), stem
        if raw[:6] == b"\xfd7zXZ\x00":
            return name, _within(lzma.LZMADecompressor(), raw, name), stem
        if raw[:3] == b"BZh":
            return name, _within(bz2.BZ2Decompressor(), raw, name), stem
        if raw[:4] == ZIPPED:
            return _of_archive(raw, name, inner, member, usual)
    except (lzma.LZMAError, zipfile.BadZipFile, EOFError, OSError):
        raise InputError(name, "is cut off or damaged", AGAIN) from None
    if inner.lower().endswith((".gz", ".xz", ".bz2")):
        raise InputError(name, f"is called {Path(inner).suffix} and is none, or is damaged", "fetch or save it again")
    return name, raw, inner


def _within(unpacker: Any, raw: bytes, name: str) -> bytes:
    whole: bytes = unpacker.decompress(raw, MOST + 1)
    if len(whole) > MOST:
        raise InputError(name, f"unpacks to more than {MOST // MEBIBYTE:,} MiB", "give a smaller file")
    if not unpacker.eof:
        raise InputError(name, "is cut off or damaged", AGAIN)
    return whole


#: The data of archives that hold codes beside them, one file each.
DATA_MEMBERS = re.compile(r"(IMP|EXP)_DETL\.txt$", re.IGNORECASE)

#: What lies beside the data in other archives.
BESIDE = re.compile(r"readme|licen[cs]e|country_codes|product_codes|\.pdf$", re.IGNORECASE)


def _of_archive(raw: bytes, where: str, inner: str, member: str, usual: str) -> tuple[str, bytes, str]:
    """The one table of an archive; a workbook is an archive too and stays as it is."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
        if "xl/workbook.bin" in names:
            raise InputError(where, "is a binary workbook (.xlsb)", "save it as .xlsx or CSV")
        if any(name.startswith(("xl/", "word/", "ppt/")) for name in names):
            size = sum(info.file_size for info in archive.infolist())
            if size > MOST_UNPACKED and size > BOMB * len(raw):
                raise InputError(where, f"unpacks to {size >> 20:,} MiB", "save it again, or as CSV")
            return where, raw, inner
        data = [name for name in names if DATA_MEMBERS.search(name)]
        chosen = data or [name for name in names if not BESIDE.search(name)]
        if member:
            whole = [name for name in names if member in (name, Path(name).name)]
            chosen = whole or [name for name in names if member.lower() in name.lower()]
        elif usual:
            chosen = [name for name in chosen if usual.lower() in name.lower()] or chosen
        if len(chosen) != 1:
            shown = ", ".join((chosen or names)[:6])
            what = f"holds {len(chosen) or len(names)} files: {shown}" if names else "holds no file"
            raise InputError(where, what, "name one of them, `member=`")
        info = archive.getinfo(chosen[0])
        if info.file_size > MOST:
            raise InputError(where, f"unpacks to more than {MOST // MEBIBYTE:,} MiB", "give a smaller file")
        return f"{where}, {chosen[0]}", archive.read(info), Path(chosen[0]).name


def _container(content: bytes, name: str) -> str:
    """What a file is, by its first bytes."""
    for sign, kind, why in SIGNS:
        if content.startswith(sign):
            if kind == "parquet" and content[-4:] != PARQUET:
                raise InputError(name, "is cut off: a Parquet file ends in PAR1", AGAIN)
            if not kind:
                raise InputError(name, *why.split("; ", 1))
            return kind
    if content[8:12] == b"DUCK":
        return "duckdb"
    if content[:4] == ZIPPED:
        return "workbook"
    if content[:4] == b"\x04\0\0\0" and content[8:12] == b"\x04\0\0\0":
        what = "is a header array file of GEMPACK"
        raise InputError(name, what, "write it as CSV with har2csv, and save that as .xlsx or Parquet")
    if content[:1] in (b"\x71", b"\x72", b"\x73") and content[1:4] in (b"\x01\x01\x00", b"\x02\x01\x00"):
        return "stata"
    start = content[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    if start[:1] == b"<":
        what = "is SDMX in XML" if b"sdmx" in start.lower() else "is a page or XML, not a table"
        raise InputError(name, what, "ask for CSV: a publisher's answer of an error is a page too")
    if b"\0" in content[:4096] and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        repair = "save it as CSV in UTF-8, or give .xlsx, Parquet or .dta"
        raise InputError(name, "is not a CSV file or another table that is read here, or is damaged", repair)
    return "json" if start[:1] in (b"{", b"[") else "text"


# --- cells -----------------------------------------------------------------------------------------------------------


def grid(original: Original, head: int = 0, strict: bool = False) -> pl.DataFrame:
    """Cells under a row of heads as text without blanks around them, columns named "0", "1" and so on.

    Parameters
    ----------
    head : place of the row of heads among `first_rows`. strict : whether a row that is shorter is refused, and a blank
        one that is not at the end.
    """
    heads = original.first_rows[head]
    names = [str(n) for n in range(len(heads))]
    if original.container in ("parquet", "stata"):
        frame = texts_of(original.frame)
        frame.columns = names
        return frame
    if original.container == "text":
        frame = _text_grid(original, head, names, strict)
    else:
        rows = ([*row[: len(names)], *[""] * (len(names) - len(row))] for row in original.rows()[head + 1 :])
        frame = pl.DataFrame(list(rows), schema=dict.fromkeys(names, pl.String), orient="row")
    blank = frame.select(pl.all_horizontal(pl.all() == "")).to_series()
    last = (~blank).arg_true()
    frame = frame.head(int(last[-1]) + 1 if len(last) else 0)
    if strict and blank.head(frame.height).any():
        raise InputError(f"{original.name}, row {int(blank.arg_true()[0]) + head + 2}", "is blank", "delete it")
    return frame


def _text_grid(original: Original, head: int, names: Sequence[str], strict: bool) -> pl.DataFrame:
    content = original.content if original.encoding == "utf-8-sig" else original.text.encode()
    try:
        frame = pl.read_csv(
            content, infer_schema=False, skip_lines=head, separator=original.separator,
        )  # fmt: skip
        frame.columns = names
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        original.text  # noqa: B018 - names the line of what is no text
        ragged(original, head + 1, len(names))
        raise InputError(original.name, f"is no table ({type(error).__name__})", QUOTES) from None
    parted = (len(names) - 1) * (frame.height + 1)
    if strict and (head or b'"' in content or content.count(original.separator.encode()) != parted):
        ragged(original, head + 1, len(names))
    return frame.select(pl.all().str.strip_chars().fill_null(""))


def heads_and_cells(original: Original) -> tuple[list[str], pl.DataFrame]:
    """Heads of a table whose heads are its first row, and its cells as text under them; all rows are of one width.

    Raises
    ------
    InputError : no table of columns; columns without a name or of one name; blank and ragged rows.
    """
    if original.container not in TABULAR:
        raise InputError(original.name, "holds no table of columns", "give CSV, Excel or Parquet")
    heads = list(original.first_rows[0]) if original.first_rows else [""]
    while original.container == "workbook" and heads and not heads[-1]:
        heads.pop()
    check_header(heads, original.name)
    cells = grid(original, strict=True)[:, : len(heads)]
    cells.columns = heads
    return heads, cells


def ragged(original: Original, head: int, wide: int) -> None:
    """Refuse rows of a table of text that have more or fewer cells than its head, all at once.

    Parameters
    ----------
    head : lines above the first row. wide : cells of the head.
    """
    rows = csv.reader(io.StringIO(original.text, newline=""), delimiter=original.separator)
    faults: list[InputError] = []
    number = 0
    try:
        for number, row in enumerate(rows, start=1):
            if number > head and row and len(row) != wide and len(faults) < SHOWN:
                what = f"has {len(row)} {'field' if len(row) == 1 else 'fields'}, the header {wide}"
                faults.append(InputError(f"{original.name}, row {number}", what, QUOTES))
    except csv.Error as error:
        faults.append(InputError(f"{original.name}, row {number + 1}", f"cannot be read ({error})", QUOTES))
    check_none(faults)


def check_header(header: Sequence[str], where: str) -> None:
    """Refuse columns without a name, or two of one name."""
    if len(header) > MOST_COLUMNS:
        raise InputError(where, f"has more than {MOST_COLUMNS:,} columns", "give a smaller table")
    for number, name in enumerate(header, start=1):
        if not name:
            raise InputError(where, f"column {number} has no name", "name every column in the first row")
        if header.index(name) < number - 1:
            raise InputError(where, f"column '{name}' is there twice", "keep one of them")


def sheets_of(original: Original) -> list[str]:
    """Names of the sheets of a workbook."""
    return _book(original).sheetnames


def _book(original: Original) -> Any:
    try:
        import openpyxl
    except ImportError:
        raise InputError(
            original.name, "is a workbook, which needs openpyxl", "install detente[excel], or save the sheet as CSV"
        ) from None
    try:
        with warnings.catch_warnings(action="ignore"):
            return openpyxl.load_workbook(io.BytesIO(original.content), read_only=True, data_only=True)
    except Exception as error:
        # A damaged workbook meets the library in more ways than it names.
        raise InputError(original.name, f"is cut off or damaged ({type(error).__name__})", AGAIN) from None


def workbook_rows(original: Original, most: int | None = None, typed: set[int] | None = None) -> list[list[str]]:
    """Rows of a sheet of a workbook as text: the one that the user names, else the first.

    Parameters
    ----------
    typed : takes the columns in which numbers stand; a share shown as per cent is then written so.
    """
    book = _book(original)
    try:
        named = original.words.get("sheet", "") or book.sheetnames[0]
        if named not in (*book.sheetnames, EVERY):
            raise UnknownName("sheet", named, book.sheetnames, original.name, f"sheets: {', '.join(book.sheetnames)}")
        rows: list[list[str]] = []
        for name in book.sheetnames if named == EVERY else [named]:
            book[name].reset_dimensions()  # some programs write a size that is not the sheet's
            every = book[name].iter_rows(values_only=typed is None, max_row=most)
            rows += within((_texts(row, typed) for row in every), original.name)
        return rows
    except DetenteError:
        raise
    except Exception as error:
        # A damaged workbook meets the library in more ways than it names, and its rows are read late.
        raise InputError(original.name, f"is cut off or damaged ({type(error).__name__})", AGAIN) from None


def _texts(row: Sequence[Any], typed: set[int] | None) -> list[str]:
    if typed is None:
        return [text_of(cell) for cell in row]
    texts = []
    for place, cell in enumerate(row):
        numeric = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
        shown = numeric and "%" in str(cell.number_format or "")
        texts.append(f"{cell.value * 100:.10g}%" if shown else text_of(cell.value))
        if numeric and not shown:
            typed.add(place)
    return texts


def within(rows: Iterable[list[str]], name: str) -> Iterator[list[str]]:
    """Rows, as long as they are of some use."""
    cells = 0
    for number, row in enumerate(rows, start=1):
        cells += len(row)
        check_size(number - 1, cells, name)
        yield row


def check_size(rows: int, cells: int, where: str) -> None:
    """Refuse a table beyond all use."""
    if rows > MOST_ROWS or cells > MOST_CELLS:
        limit = f"{MOST_ROWS:,} rows" if rows > MOST_ROWS else f"{MOST_CELLS:,} cells"
        raise InputError(where, f"has more than {limit}", "give a smaller table")


def text_of(cell: Any) -> str:
    """A cell as text: a day without its time, a number without idle digits."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < 1e15
        return "" if cell != cell else str(int(cell)) if whole else f"{cell:.12g}"
    return "" if cell is None else cell.date().isoformat() if hasattr(cell, "date") else str(cell).strip()


def typed_frame(original: Original) -> pl.DataFrame:
    """Rows of a file of Parquet or Stata, as they are there."""
    content = io.BytesIO(original.content)
    try:
        if original.container == "parquet":
            scan = pl.scan_parquet(content)
            rows, wide = int(scan.select(pl.len()).collect().item()), len(scan.collect_schema())
            check_size(rows, rows * wide, original.name)
            return scan.collect()
        try:
            import pandas as pd
        except ImportError:
            raise InputError(
                original.name, "is a file of Stata, which needs pandas", "install detente[pandas], or save it as CSV"
            ) from None
        frame: Any = pd.read_stata(content, convert_categoricals=False, convert_dates=False)
        return pl.DataFrame({str(name): frame[name].to_list() for name in frame.columns})
    except InputError:
        raise
    except (Exception, pl.exceptions.PanicException) as error:
        # A damaged file meets both libraries in more ways than they name.
        raise InputError(original.name, f"cannot be read ({type(error).__name__})", AGAIN) from None


def texts_of(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame with every cell as text; a whole number has no point, days are as 2025-04-15."""

    def text(series: pl.Series) -> pl.Series:
        if isinstance(series.dtype, pl.Datetime):
            series = series.dt.date()
        if series.dtype.is_nested() or series.dtype in (pl.Binary, pl.Object):
            return pl.Series(series.name, map(str, series.to_list()), dtype=pl.String)
        if series.dtype == pl.Boolean:
            return series.replace_strict({True: "yes", False: "no"}, default="", return_dtype=pl.String)
        if series.dtype.is_float():
            whole = series.is_finite() & (series == series.floor()) & (series.abs() < 1e15)
            numbers = series.cast(pl.Int64, strict=False).cast(pl.String)
            series = numbers.zip_with(whole.fill_null(False), series.fill_nan(None).cast(pl.String))
        return series.cast(pl.String, strict=False).fill_null("").str.strip_chars()

    return frame.select(text(series) for series in frame.get_columns())


# --- lists of a lawbook: CSV files with a header, beside the measure that names them ---------------------------------


#: Columns of a list that mean something by themselves; others are for its reader, or for `rows` to choose by.
LIST_COLUMNS = ("code", "from", "until", "except")


def read_csv(path: Path, where: str, required: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a CSV file with a header; refuses missing columns, empty files and ragged rows."""
    header, rows = read_rows(path, where, required)
    return [dict(zip(header, row, strict=True)) for row in rows]


def check_columns(header: Sequence[str], where: str, required: Sequence[str]) -> None:
    """Refuse a header without a column that is needed, or with one that is all but a column of lists."""
    missing = [name for name in required if name not in header]
    if missing:
        raise InputError(where, f"has no column '{missing[0]}'", f"columns are {', '.join(header)}")
    for name in header:
        meant = [column for column in LIST_COLUMNS if column not in header and _one_slip(name.lower(), column)]
        if meant and name not in required:
            raise UnknownName("column", name, meant, where, "or give it another name")


def read_rows(path: Path, where: str, required: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a CSV file, refused as in `read_csv`."""
    if not path.exists():
        raise InputError(where, "there is no such file", "put the list beside the measure that names it")
    header, cells = heads_and_cells(open_original(path, name=where))
    check_columns(header, where, required)
    if not cells.height:
        raise InputError(where, "has no rows", f"give a header with {', '.join(required)} and rows under it")
    return header, list(map(list, cells.iter_rows()))


def _one_slip(given: str, known: str) -> bool:
    """Whether two words differ by a letter more, less, changed or moved; words of three letters are left alone."""
    if given == known or len(known) < 4 or abs(len(given) - len(known)) > 1:
        return given == known
    first = next((i for i, (a, b) in enumerate(zip(given, known, strict=False)) if a != b), min(len(given), len(known)))
    rest, other = given[first:], known[first:]
    swapped = rest[:2] == other[:2][::-1] and rest[2:] == other[2:]
    return swapped or rest[1:] == other[1:] or rest[1:] == other or rest == other[1:]
