"""A file as its publisher wrote it: unpacked, told by its content what it is, its cells as text.

What a file is called says nothing: its first bytes do. A name that says otherwise is refused, as is a file that ends in
the middle of a line, so that what was cut off is not taken for the whole.
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
from typing import TYPE_CHECKING, Any

from detente.codes import InputError, Parameter, UnknownName, check_none, did_you_mean
from detente.data.userfile import MEBIBYTE, read_bytes, unpacked
from detente.data.usertable import check_size

if TYPE_CHECKING:
    import polars as pl


MOST = 1024 * MEBIBYTE
"""Bytes of a publisher's file, unpacked."""

FIRST_LINES = 40
"""Lines among which the head of a table is looked for."""

LONGEST_HEAD = 4_000_000
"""Letters of a file among which its head is looked for."""

SEPARATORS = (",", ";", "\t", "|")
SIGNS: tuple[tuple[bytes, str, str], ...] = (
    (b"PAR1", "parquet", ""),
    (b"<stata_dta>", "stata", ""),
    (b"\xd0\xcf\x11\xe0", "", "is an old workbook (.xls); save it as .xlsx or CSV"),
    (b"7z\xbc\xaf\x27\x1c", "", "is a 7z archive; unpack it first and give the file in it"),
    (b"\x28\xb5\x2f\xfd", "", "is packed with zstd; unpack it first"),
    (b"%PDF", "", "is a document (PDF); get the table as CSV or .xlsx"),
    (b"RDX", "", "is a file of R; save its table in R with write.csv"),
    (b"RDA", "", "is a file of R; save its table in R with write.csv"),
    (b"\x89HDF", "", "is an HDF5 or MATLAB file; save its table as CSV"),
    (b"MATLAB", "", "is a MATLAB file; save its table as CSV"),
)
"""First bytes -> what a file is, or why it is not read and what to do."""

ENDINGS = {
    ".csv": "text", ".tsv": "text", ".txt": "text", ".dat": "text", ".json": "json", ".xlsx": "workbook",
    ".xlsm": "workbook", ".parquet": "parquet", ".dta": "stata", ".duckdb": "duckdb",
}  # fmt: skip
"""How a name ends -> what it says the file is."""

KINDS = {
    "text": "text", "json": "JSON", "workbook": "a workbook", "parquet": "Parquet", "stata": "a file of Stata",
    "duckdb": "a DuckDB database",
}  # fmt: skip
USUAL = {kind: ending for ending, kind in reversed(ENDINGS.items())}


@dataclass(frozen=True)
class Original:
    """A file, unpacked.

    Attributes
    ----------
    name : of the file, with the member of an archive.
    container : what it is: text, json, workbook, parquet, stata or duckdb.
    sha256 : of the file as it lies on the disk.
    words : what a user says of it, by name: `reporter`, `year`, `sheet`.
    """

    path: Path
    name: str
    content: bytes = field(repr=False)
    container: str
    sha256: str
    encoding: str = "utf-8-sig"
    words: dict[str, str] = field(default_factory=dict)

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
            raise InputError(
                f"{self.name}, line {line}",
                f"is not {self.encoding.removesuffix('-sig').upper()}",
                "save it as UTF-8, or say `encoding=` cp1252",
            ) from None

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
        return max(SEPARATORS, key=lambda sign: max((line.count(sign) for line in self.lines), default=0))

    @cached_property
    def first_rows(self) -> list[list[str]]:
        """The first rows of a table, however it is packed: titles above its head, and the head."""
        if self.container == "text":
            try:
                return list(csv.reader(self.lines, delimiter=self.separator))
            except csv.Error as error:
                if any("\r" in line.rstrip("\r\n") for line in self.lines):
                    what, repair = "has rows that end as on old Macs", "save it with the line ends of Windows or Linux"
                else:
                    what, repair = f"is no table ({error})", "check quotes and separators"
                raise InputError(self.name, what, repair) from None
        if self.container == "workbook":
            return workbook_rows(self, FIRST_LINES)
        if self.container in ("parquet", "stata"):
            return [self.frame.columns]
        return []

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


def open_original(
    path: Path, *, encoding: str = "", member: str = "", usual: str = "", words: dict[str, str] | None = None
) -> Original:
    """A file of a publisher.

    Parameters
    ----------
    encoding : of its text, by default UTF-8.
    member : name of the file within an archive of several, or a part of it.
    usual : part of the name that it usually has there, where a user names none.

    Raises
    ------
    InputError : a file that is missing, cut off, of another kind than its name says, or of no kind that is read.
    """
    raw = read_bytes(path, most=MOST)
    if not raw:
        raise InputError(str(path), "is empty", AGAIN)
    name, content, inner = _unpacked(raw, path, member, usual)
    container = _container(content, name)
    _check_ending(inner, container, name)
    return Original(
        path,
        name,
        content,
        container,
        hashlib.sha256(raw).hexdigest(),
        _encoding(encoding),
        dict(words or {}),
    )


def _encoding(name: str) -> str:
    if not name:
        return "utf-8-sig"
    try:
        "".encode(name)
    except LookupError:
        known = ("utf-8", "cp1252", "latin-1", "utf-16", "cp1250", "gb18030")
        raise UnknownName("encoding", name, known, Parameter("encoding"), "use cp1252 or utf-16") from None
    return name


def _unpacked(raw: bytes, path: Path, member: str, usual: str) -> tuple[str, bytes, str]:
    """Name in messages, content, and the name whose ending counts."""
    name, inner = str(path), path.name
    stem = inner.rpartition(".")[0] or inner
    try:
        if raw[:2] == b"\x1f\x8b":
            return name, unpacked(raw, name, MOST), stem
        if raw[:6] == b"\xfd7zXZ\x00":
            return name, _within(lzma.LZMADecompressor(), raw, name), stem
        if raw[:3] == b"BZh":
            return name, _within(bz2.BZ2Decompressor(), raw, name), stem
        if raw[:4] == b"PK\x03\x04":
            return _of_archive(raw, path, member, usual)
    except (lzma.LZMAError, zipfile.BadZipFile, EOFError, OSError):
        raise InputError(name, "is cut off or damaged", AGAIN) from None
    return name, raw, inner


def _within(unpacker: Any, raw: bytes, name: str) -> bytes:
    whole: bytes = unpacker.decompress(raw, MOST + 1)
    if len(whole) > MOST:
        raise InputError(name, f"unpacks to more than {MOST // MEBIBYTE:,} MiB", "give a smaller file")
    if not unpacker.eof:
        raise InputError(name, "is cut off or damaged", AGAIN)
    return whole


def _of_archive(raw: bytes, path: Path, member: str, usual: str) -> tuple[str, bytes, str]:
    """The one table of an archive; a workbook is an archive too and stays as it is."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
        if "xl/workbook.bin" in names:
            raise InputError(str(path), "is a binary workbook (.xlsb)", "save it as .xlsx or CSV")
        if any(name.startswith(("xl/", "word/", "ppt/")) for name in names):
            return str(path), raw, path.name
        chosen = _members(names, member, usual)
        if len(chosen) != 1:
            shown = ", ".join((chosen or names)[:6])
            what = f"holds {len(chosen) or len(names)} files: {shown}" if names else "holds no file"
            raise InputError(str(path), what, "name one of them, `member=`")
        info = archive.getinfo(chosen[0])
        if info.file_size > MOST:
            raise InputError(str(path), f"unpacks to more than {MOST // MEBIBYTE:,} MiB", "give a smaller file")
        return f"{path}, {chosen[0]}", archive.read(info), Path(chosen[0]).name


DATA_MEMBERS = re.compile(r"(IMP|EXP)_DETL\.txt$", re.IGNORECASE)
"""The data of archives that hold codes beside them, one file each."""

BESIDE = re.compile(r"readme|licen[cs]e|country_codes|product_codes|\.pdf$", re.IGNORECASE)
"""What lies beside the data in other archives."""


def _members(names: Sequence[str], member: str, usual: str) -> list[str]:
    """Files of an archive that may be meant."""
    if member:
        whole = [name for name in names if member in (name, Path(name).name)]
        return whole or [name for name in names if member.lower() in name.lower()]
    data = [name for name in names if DATA_MEMBERS.search(name)]
    tables = data or [name for name in names if not BESIDE.search(name)]
    return [name for name in tables if usual and usual.lower() in name.lower()] or tables


def _container(content: bytes, name: str) -> str:
    """What a file is, by its first bytes."""
    for sign, kind, why in SIGNS:
        if content.startswith(sign):
            if kind == "parquet" and content[-4:] != b"PAR1":
                raise InputError(name, "is cut off: a Parquet file ends in PAR1", AGAIN)
            if not kind:
                what, _, repair = why.partition("; ")
                raise InputError(name, what, repair)
            return kind
    if content[8:12] == b"DUCK":
        return "duckdb"
    if content[:4] == b"PK\x03\x04":
        return "workbook"
    if content[:4] == b"\x04\0\0\0" and content[8:12] == b"\x04\0\0\0":
        what = "is a header array file of GEMPACK"
        raise InputError(name, what, "write it as CSV with har2csv, and save that as .xlsx or Parquet")
    if content[:1] in (b"\x71", b"\x72", b"\x73") and content[1:4] in (b"\x01\x01\x00", b"\x02\x01\x00"):
        return "stata"
    return _of_text(content, name)


def _of_text(content: bytes, name: str) -> str:
    start = content[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    if start[:1] == b"<":
        what = "is SDMX in XML" if b"sdmx" in start.lower() else "is a page or XML, not a table"
        raise InputError(name, what, "ask for CSV: a publisher's answer of an error is a page too")
    if b"\0" in content[:4096] and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError(name, "is of no kind that is read, or damaged", "give CSV, JSON, .xlsx, Parquet or .dta")
    return "json" if start[:1] in (b"{", b"[") else "text"


def _check_ending(inner: str, container: str, name: str) -> None:
    """Refuse a file whose name says that it is another kind."""
    ending = Path(inner).suffix.lower()
    says = ENDINGS.get(ending)
    if says is not None and says != container:
        what = f"is {KINDS[container]}, though its name ends in {ending}"
        raise InputError(name, what, f"name it {Path(inner).stem}{USUAL[container]} once you know that it is whole")


def ragged(original: Original, head: int, wide: int) -> None:
    """Refuse rows of a table of text that have more or fewer cells than its head, all at once.

    Parameters
    ----------
    head : lines above the first row. wide : cells of the head.
    """
    rows = csv.reader(io.StringIO(original.text, newline=""), delimiter=original.separator)
    faults: list[InputError] = []
    for number, row in enumerate(rows, start=1):
        if number > head and row and len(row) != wide:
            what = f"has {len(row)} {'field' if len(row) == 1 else 'fields'}, the head {wide}"
            faults.append(InputError(f"{original.name}, row {number}", what, "check separators and quotes"))
    check_none(faults[:20])


AGAIN = "fetch it again"


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


def workbook_rows(original: Original, most: int | None = None) -> list[list[str]]:
    """Rows of a sheet of a workbook as text: the one that the user names, else the first."""
    book = _book(original)
    try:
        sheet = original.words.get("sheet", "") or book.sheetnames[0]
        if sheet not in book.sheetnames:
            near = did_you_mean(sheet, book.sheetnames)
            what = f"has no sheet '{sheet}'"
            raise InputError(original.name, what, f"did you mean {near}?" if near else ", ".join(book.sheetnames[:8]))
        book[sheet].reset_dimensions()  # some programs write a size that is not the sheet's
        rows = book[sheet].iter_rows(values_only=True, max_row=most)
        return list(_limited(rows, original.name))
    except InputError:
        raise
    except Exception as error:
        # A damaged workbook meets the library in more ways than it names.
        raise InputError(original.name, f"is cut off or damaged ({type(error).__name__})", AGAIN) from None


def _limited(rows: Iterable[Sequence[Any]], name: str) -> Iterator[list[str]]:
    """Rows as text, as long as they are of some use."""
    cells = 0
    for number, row in enumerate(rows, start=1):
        cells += len(row)
        check_size(number, cells, name)
        yield [text_of(cell) for cell in row]


def text_of(cell: Any) -> str:
    """A cell as text: a day without its time, a number without idle digits."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.12g}"
    return cell.date().isoformat() if hasattr(cell, "date") else str(cell).strip()


def typed_frame(original: Original) -> pl.DataFrame:
    """Rows of a file of Parquet or Stata, as they are there."""
    import polars as pl

    content = io.BytesIO(original.content)
    try:
        if original.container == "parquet":
            return pl.read_parquet(content)
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
        # A damaged file meets the library in more ways than it names.
        raise InputError(original.name, f"is cut off or damaged ({type(error).__name__})", AGAIN) from None
