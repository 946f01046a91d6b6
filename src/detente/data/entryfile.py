"""Files of entries: CSV, Parquet or Excel, packed or not, looked through for faults and then read in pieces.

Every fault of a file is named at once, with its row and what to do. What a row says is for those who rate it: a cell
that cannot be used costs its row, not the file.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.codes import InputError, UnknownName
from detente.codes.errors import DetenteError, check_none, did_you_mean
from detente.data.containers import check_header
from detente.data.entrycsv import EntryText

if TYPE_CHECKING:
    import polars as pl

NEEDED = ("line", "partner", "date", "value")
"""Columns that every file has."""

TEXTS = (
    "entry",
    "entry_line",
    "quantity",
    "unit",
    "quantity_2",
    "unit_2",
    "claim",
    "mode",
    "port",
    "entry_type",
    "zone_status",
    "zone_date",
    "transit_date",
    "loaded",
    "importer",
    "paid",
)
"""Columns that it may have, beside shares of contents and other facts about the goods."""

ALIASES: Mapping[str, str] = {
    "line": "hts hts_code hts_number htsus hs tariff tariff_code tariff_line code hts10",
    "partner": "origin country country_of_origin coo country_code",
    "date": "entry_date date_of_entry entered day",
    "value": "customs_value entered_value value_usd value_of_goods",
    "entry": "entry_id entry_number entry_no entry_summary",
    "entry_line": "entry_line_number line_number line_no line_id",
    "quantity": "quantity_1 qty qty_1 quantity1",
    "quantity_2": "qty_2 quantity2",
    "unit": "uom uom_1 unit_1 unit_of_quantity",
    "unit_2": "uom_2",
    "claim": "claims programme program spi preference",
    "mode": "transport mode_of_transport mot transport_mode",
    "port": "port_of_entry port_code",
    "entry_type": "type type_of_entry entry_type_code",
    "zone_status": "ftz_status foreign_trade_zone_status",
    "zone_date": "ftz_date status_date ftz_status_date",
    "transit_date": "it_date immediate_transportation_date",
    "loaded": "date_loaded loading_date",
    "paid": "duty_paid duties_paid paid_duty duty",
    "steel_content": "steel steel_share",
    "aluminum_content": "aluminum aluminium aluminium_content aluminum_share aluminium_share",
    "copper_content": "copper copper_share",
    "us_content": "us_share us_content_share american_content",
}
"""Column -> other names it goes by."""

PARQUET, ZIPPED, PACKED = b"PAR1", b"PK\x03\x04", b"\x1f\x8b"
KINDS = (".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".xlsm")
ENDINGS = (*KINDS, ".gz")
KNOWN = ".csv, .tsv, .parquet or .xlsx; text also packed as .gz"
UNDER_HEAD = 2
"""Number of the first row of a file; the header is the row before it."""

PIECE = 25_000
"""Rows of a piece."""


@dataclass(frozen=True)
class EntryFile:
    """A file of entries.

    Attributes
    ----------
    name : of the file, for messages.
    columns : column as the program calls it -> as the file does.
    others : columns that are carried along and not read.
    rows : how many rows it has.
    """

    name: str
    columns: Mapping[str, str]
    others: tuple[str, ...]
    rows: int
    _source: Any = field(repr=False, default=None)

    @property
    def count(self) -> int:
        """How many pieces it is read in."""
        return self._source.count

    def pieces(self) -> Iterator[pl.DataFrame]:
        """The rows in order, piece by piece, every cell as text, with the column `row`: their number in the file."""
        yield from (self._named(frame) for frame in self._source.pieces())

    def piece(self, number: int) -> pl.DataFrame:
        """One piece by its number, from 0."""
        return self._named(self._source.piece(number))

    def _named(self, frame: pl.DataFrame) -> pl.DataFrame:
        names = {theirs: ours for ours, theirs in self.columns.items()}
        return frame.select(frame[name].alias(names.get(name, name)) for name in frame.columns)


@dataclass(frozen=True)
class SentFile:
    """A file that was sent: its name, which says of what kind it is, its content, and the rows that it may have."""

    name: str
    content: bytes = field(repr=False)
    most: int | None = None


Given = Path | SentFile | tuple[Path, ...]
"""Where entries come from, beside a data frame: files and folders of them count as one."""


def open_entries(
    given: Given | pl.DataFrame, facts: Sequence[str], name: str = "", most: int | None = None,
    size: int = PIECE,
) -> EntryFile:  # fmt: skip
    """A file of entries, or a frame of them, once nothing in it is found wrong.

    Parameters
    ----------
    facts : names of shares and other facts about goods that may stand as columns.
    name : what messages call it. `most` : rows that it may have. `size` : rows of a piece.

    Raises
    ------
    InputError, Faults : everything that is wrong with the file itself, each with its row and the repair.
    """
    where = name or (str(given) if isinstance(given, Path) else getattr(given, "name", "entries"))
    source = _opened(given, where, size)
    header = source.header
    check_header(header, where)
    faults: list[DetenteError] = []
    columns, others = _columns(header, facts, where, faults)
    faults += source.faults()
    check_none(faults)
    if not source.rows:
        raise InputError(where, "has no rows under its header", "give one row for each line of an entry")
    if most is not None and source.rows > most:
        raise InputError(where, f"has {source.rows:,} rows", f"send {most:,} or fewer, or use the command")
    return EntryFile(where, columns, others, source.rows, source)


def _opened(given: Given | pl.DataFrame, where: str, size: int) -> Any:
    """What reads a file, several as one, or a frame."""
    if not isinstance(given, Path | SentFile | tuple):
        return EntryTable(given, where, size, 1)
    paths = files_of(given) if not isinstance(given, SentFile) else [given]
    if len(paths) == 1:
        return _source(paths[0], where if isinstance(given, SentFile) else str(paths[0]), size)
    return EntryFiles([_source(path, str(path), size) for path in paths], where)


def files_of(given: Path | tuple[Path, ...]) -> list[Path]:
    """Files, and those below folders, in order.

    Raises
    ------
    InputError : a folder without a table.
    """
    files: list[Path] = []
    for path in given if isinstance(given, tuple) else (given,):
        own = [p for p in sorted(path.rglob("*")) if p.is_file() and p.name.lower().endswith(ENDINGS)]
        if path.is_dir() and not own:
            raise InputError(str(path), "holds no table", f"put files there that end in {', '.join(ENDINGS)}")
        files += own if path.is_dir() else [path]
    return files


def header_of(given: Given | pl.DataFrame, where: str) -> list[str]:
    """Names of the columns, of several files those of the first.

    Raises
    ------
    InputError : what is no table.
    """
    first = files_of(given)[:1] if isinstance(given, Path | tuple) else given
    return list(_opened(tuple(first) if isinstance(first, list) else first, where, PIECE).header)


def read_texts(given: Given | pl.DataFrame, where: str) -> pl.DataFrame:
    """A whole table, every cell as text, with the number of each row as `row`.

    Raises
    ------
    InputError, Faults : what cannot be read.
    """
    import polars as pl

    source = _opened(given, where, PIECE)
    check_header(source.header, where)
    check_none(source.faults())
    return pl.concat(source.pieces()) if source.rows else pl.DataFrame(schema=["row", *source.header])


def _columns(
    header: Sequence[str], facts: Sequence[str], where: str, faults: list[DetenteError]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Columns that are read, and those that are carried along; what looks like a misspelt one is a fault."""
    proper = {name: name for name in (*NEEDED, *TEXTS, *facts)}
    known = proper | {alias: name for name, words in ALIASES.items() if name in proper for alias in words.split()}
    columns: dict[str, str] = {}
    others: list[str] = []
    for name in header:
        plain = "_".join(name.strip().lower().replace("-", " ").split())
        own = known.get(plain)
        if own in columns:
            both = f"columns '{columns[own]}' and '{name}' are both read as {own}"
            faults.append(InputError(where, both, "keep one of them"))
        elif own is not None:
            columns[own] = name
        elif did_you_mean(plain, known):
            faults.append(UnknownName("column", name, known, where, "or give it another name to carry it along"))
        else:
            others.append(name)
    for name in NEEDED:
        if name not in columns and name not in {getattr(fault, "missing", "") for fault in faults}:
            also = ALIASES[name].split()[0]
            faults.append(InputError(where, f"has no column '{name}'", f"add it; it may be called '{also}' as well"))
    return columns, tuple(others)


def _source(given: Path | SentFile, where: str, size: int) -> Any:
    """What reads a file of its kind; a file whose content is of another kind than its name says is refused."""
    sent = isinstance(given, SentFile)
    head = given.content[:4] if sent else _head(given, where)
    path = given.content if sent else given
    suffixes = [suffix.lower() for suffix in (Path(given.name).suffixes)]
    packed = suffixes[-1:] == [".gz"]
    kind = (suffixes[-2:-1] if packed else suffixes[-1:]) or [""]
    if kind[0] not in KINDS:
        raise InputError(where, "is no file of a kind that is read here", f"give {KNOWN}")
    actual = {PARQUET: ".parquet", ZIPPED: ".xlsx"}.get(head, ".gz" if head[:2] == PACKED else "")
    named = ".gz" if packed else {".xlsm": ".xlsx"}.get(kind[0], kind[0])
    if actual and actual != named:
        raise InputError(where, f"is called {named} and holds {actual[1:]}", f"rename it to end in {actual}")
    if not actual and named in (".parquet", ".xlsx", ".gz"):
        what = "is empty" if not head else f"is called {named} and is none, or is damaged"
        raise InputError(where, what, "fetch or save it again")
    if named == ".parquet":
        return EntryTable(_parquet(path, where), where, size, again=path)
    if named == ".xlsx":
        return EntryTable(_workbook(path, where), where, size)
    return EntryText(path, where, size, packed=packed)


def _head(path: Path, where: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4)
    except FileNotFoundError:
        raise InputError(where, "there is no such file", "check the path") from None
    except IsADirectoryError:
        raise InputError(where, "is a folder", "give a file") from None
    except OSError as error:
        raise InputError(where, f"cannot be read ({str(error.strerror).lower()})", "check the path") from None


def _parquet(path: Path | bytes, where: str) -> pl.LazyFrame:
    import polars as pl

    try:
        frame = pl.scan_parquet(io.BytesIO(path) if isinstance(path, bytes) else path)
        frame.collect_schema()
        frame.select(pl.all().null_count()).collect()
    except (Exception, pl.exceptions.PanicException) as error:
        # A damaged file meets the library in more ways than it names.
        raise InputError(where, f"cannot be read ({type(error).__name__})", "fetch or write it again, whole") from None
    return frame


def _workbook(path: Path | bytes, where: str) -> pl.DataFrame:
    """The first sheet of a workbook, cells as texts; codes and days as they stand there."""
    import polars as pl

    try:
        import openpyxl
    except ImportError:
        repair = "install detente[excel], or save the sheet as CSV"
        raise InputError(where, "is a workbook, which needs openpyxl", repair) from None
    try:
        _check_unpacked(path, where)
        file = io.BytesIO(path) if isinstance(path, bytes) else path
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        rows = [list(row) for row in book[book.sheetnames[0]].iter_rows(values_only=True)]
    except InputError:
        raise
    except Exception as error:
        # A damaged workbook meets the library in more ways than it names: archive, XML, numbers, days.
        raise InputError(where, f"cannot be read ({type(error).__name__})", "save it again, or as CSV") from None
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    if not rows:
        raise InputError(where, "is empty", "give a header and rows under it")
    header = [str(cell or "").strip() for cell in rows[0]]
    while header and not header[-1]:
        header.pop()
    check_header(header, where)
    table = {name: [_cell(row[i]) if i < len(row) else None for row in rows[1:]] for i, name in enumerate(header)}
    return pl.DataFrame(table, schema=dict.fromkeys(header, pl.String))


def _check_unpacked(path: Path | bytes, where: str) -> None:
    """Refuse a workbook that unpacks to more than any table of entries."""
    with zipfile.ZipFile(io.BytesIO(path) if isinstance(path, bytes) else path) as archive:
        size = sum(part.file_size for part in archive.infolist())
    packed = len(path) if isinstance(path, bytes) else path.stat().st_size
    if size > MOST_UNPACKED and size > BOMB * packed:
        raise InputError(where, f"unpacks to {size >> 20:,} MiB", "save it again, or as CSV")


MOST_UNPACKED, BOMB = 64 << 20, 100
"""Bytes of a workbook unpacked, and how many times its size, above which it is no honest table."""


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer() and abs(value) < 1e15):
        return _whole(int(value))
    return value.date().isoformat() if isinstance(value, datetime) else str(value)


def _whole(number: int) -> str:
    return str(number)


class EntryFiles:
    """Entries in several files with the same columns, as one: rows are counted through."""

    def __init__(self, parts: Sequence[Any], where: str) -> None:
        self.parts, self.where, self.header = parts, where, list(parts[0].header)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(part.rows for part in self.parts)

    def faults(self) -> list[DetenteError]:
        """Faults of all files, and files of other columns than the first."""
        other = [part for part in self.parts if list(part.header) != self.header]
        what = f"has other columns than {self.parts[0].where}"
        faults = [fault for part in self.parts for fault in part.faults()]
        return [*faults, *(InputError(part.where, what, "give files of the same columns") for part in other)]

    @property
    def count(self) -> int:
        """How many pieces there are."""
        return sum(part.count for part in self.parts)

    def pieces(self) -> Iterator[pl.DataFrame]:
        """Pieces in order."""
        before = 0
        for part in self.parts:
            yield from (_later(frame, before) for frame in part.pieces())
            before += part.rows

    def piece(self, number: int) -> pl.DataFrame:
        """One piece, cells as texts."""
        before = 0
        for part in self.parts:
            if number < part.count:
                return _later(part.piece(number), before)
            number, before = number - part.count, before + part.rows
        raise IndexError(number)


def _later(frame: pl.DataFrame, rows: int) -> pl.DataFrame:
    import polars as pl

    return frame.with_columns(pl.col("row") + rows) if rows else frame


class EntryTable:
    """Entries in a frame: of the caller, of a Parquet file or of a sheet."""

    def __init__(
        self, frame: pl.DataFrame | pl.LazyFrame, where: str, size: int, first: int = UNDER_HEAD,
        again: Path | bytes | None = None,
    ) -> None:  # fmt: skip
        self._frame, self.where, self._size, self._first, self._again = frame.lazy(), where, size, first, again
        self._schema = self._frame.collect_schema()
        self.header = list(self._schema.names())

    def __getstate__(self) -> dict[str, Any]:
        """What travels to another process: a file is opened there again, a frame goes along."""
        state = dict(self.__dict__)
        return state | {"_frame": self._frame.collect() if self._again is None else None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        frame = state["_frame"]
        self._frame = _parquet(state["_again"], self.where) if frame is None else frame.lazy()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        import polars as pl

        return int(self._frame.select(pl.len()).collect().item())

    def faults(self) -> list[DetenteError]:
        """Columns of a kind that holds neither texts, numbers nor days."""
        import polars as pl

        odd = [n for n, kind in self._schema.items() if kind.is_nested() or kind in (pl.Binary, pl.Object)]
        return [InputError(self.where, f"column '{n}' holds no texts or numbers", "store it as text") for n in odd]

    @property
    def count(self) -> int:
        """How many pieces there are."""
        return -(-self.rows // self._size)

    def pieces(self) -> Iterator[pl.DataFrame]:
        """Pieces in order."""
        for number in range(self.count):
            yield self.piece(number)

    def piece(self, number: int) -> pl.DataFrame:
        """One piece, cells as texts."""
        import polars as pl

        size = self._size
        frame = self._frame.slice(number * size, size).collect()
        texts = [_texts(frame[name]) for name in self.header]
        start = number * size + self._first
        numbers = pl.Series("row", range(start, start + frame.height), dtype=pl.Int64)
        return pl.DataFrame([numbers, *texts])


def _texts(series: pl.Series) -> pl.Series:
    """A column as texts; a number that is whole has no point, days are as 2025-04-15."""
    import polars as pl

    if isinstance(series.dtype, pl.Datetime):
        return series.dt.date().cast(pl.String)
    if series.dtype == pl.Boolean:
        return series.replace_strict({True: "yes", False: "no"}, return_dtype=pl.String)
    if series.dtype.is_float():
        whole = series.is_finite() & (series == series.floor()) & (series.abs() < 1e15)
        return (
            series.cast(pl.Int64, strict=False).cast(pl.String).zip_with(whole.fill_null(False), series.cast(pl.String))
        )
    return series.cast(pl.String)
