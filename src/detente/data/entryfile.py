"""Files of entries: CSV, Parquet or Excel, packed or not, looked through for faults and then read in pieces.

Every fault of a file is named at once, with its row and what to do. What a row says is for those who rate it: a cell
that cannot be used costs its row, not the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.codes import InputError, UnknownName
from detente.codes.errors import DetenteError, check_none, did_you_mean
from detente.data.entrycsv import EntryText
from detente.data.usertable import check_header

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
    "importer",
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
    "entry_type": "type type_of_entry",
    "steel_content": "steel steel_share",
    "aluminum_content": "aluminum aluminium aluminium_content aluminum_share aluminium_share",
    "copper_content": "copper copper_share",
    "us_content": "us_share us_content_share american_content",
}
"""Column -> other names it goes by."""

PARQUET, ZIPPED, PACKED = b"PAR1", b"PK\x03\x04", b"\x1f\x8b"
KINDS = (".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".xlsm")
KNOWN = ".csv, .tsv, .parquet or .xlsx; text also packed as .gz"
UNDER_HEAD = 2
"""Number of the first row of a file; the header is the row before it."""

PIECE = 250_000
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

    def pieces(self, size: int = PIECE) -> Iterator[pl.DataFrame]:
        """The rows in order, `size` at a time, every cell as text, with the column `row`: their number in the file."""
        yield from (self._named(frame) for frame in self._source.pieces(size))

    def piece(self, number: int, size: int = PIECE) -> pl.DataFrame:
        """One piece by its number, from 0."""
        return self._named(self._source.piece(number, size))

    def _named(self, frame: pl.DataFrame) -> pl.DataFrame:
        names = {theirs: ours for ours, theirs in self.columns.items()}
        return frame.rename({name: names.get(name, name) for name in frame.columns})


def open_entries(given: Path | pl.DataFrame, facts: Sequence[str], name: str = "") -> EntryFile:
    """A file of entries, or a frame of them, once nothing in it is found wrong.

    Parameters
    ----------
    facts : names of shares and other facts about goods that may stand as columns.
    name : what messages call a frame, or a file that was sent.

    Raises
    ------
    InputError, Faults : everything that is wrong with the file itself, each with its row and the repair.
    """
    where = name or (str(given) if isinstance(given, Path) else "entries")
    source = _source(given, where) if isinstance(given, Path) else EntryTable(given, where, 1)
    header = source.header
    check_header(header, where)
    faults: list[DetenteError] = []
    columns, others = _columns(header, facts, where, faults)
    faults += source.faults()
    check_none(faults)
    if not source.rows:
        raise InputError(where, "has no rows under its header", "give one row for each line of an entry")
    return EntryFile(where, columns, others, source.rows, source)


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


def _source(path: Path, where: str) -> Any:
    """What reads a file of its kind; a file whose content is of another kind than its name says is refused."""
    head = _head(path, where)
    suffixes = [suffix.lower() for suffix in path.suffixes]
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
        return EntryTable(_parquet(path, where), where)
    if named == ".xlsx":
        return EntryTable(_workbook(path, where), where)
    return EntryText(path, where)


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


def _parquet(path: Path, where: str) -> pl.LazyFrame:
    import polars as pl

    try:
        frame = pl.scan_parquet(path)
        frame.collect_schema()
        frame.select(pl.all().null_count()).collect()
    except (Exception, pl.exceptions.PanicException) as error:
        # A damaged file meets the library in more ways than it names.
        raise InputError(where, f"cannot be read ({type(error).__name__})", "fetch or write it again, whole") from None
    return frame


def _workbook(path: Path, where: str) -> pl.DataFrame:
    """The first sheet of a workbook, cells as texts; codes and days as they stand there."""
    import zipfile

    import polars as pl

    try:
        import openpyxl
    except ImportError:
        repair = "install detente[excel], or save the sheet as CSV"
        raise InputError(where, "is a workbook, which needs openpyxl", repair) from None
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        rows = [list(row) for row in book[book.sheetnames[0]].iter_rows(values_only=True)]
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError) as error:
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


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer() and abs(value) < 1e15):
        return _whole(int(value))
    return value.date().isoformat() if hasattr(value, "date") else str(value)


def _whole(number: int) -> str:
    return str(number)


class EntryTable:
    """Entries in a frame: of the caller, of a Parquet file or of a sheet."""

    def __init__(self, frame: pl.DataFrame | pl.LazyFrame, where: str, first: int = UNDER_HEAD) -> None:
        self._frame, self.where, self._first = frame.lazy(), where, first
        self._schema = self._frame.collect_schema()
        self.header = list(self._schema.names())

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

    def pieces(self, size: int) -> Iterator[pl.DataFrame]:
        """Pieces in order."""
        for number in range(-(-self.rows // size)):
            yield self.piece(number, size)

    def piece(self, number: int, size: int) -> pl.DataFrame:
        """One piece, cells as texts."""
        import polars as pl

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
