"""Files of many rows, read in pieces: entries, each with its day, and rows of a statistical office, by month.

Entries are looked through once for every fault of the file itself, each told with its row. What a row says is for those
who rate it: a cell that cannot be used costs its row, not the file. Rows by month are cut into blocks whose key is a
hash of their content, so that what was made of them is known again wherever the file lies.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import warnings
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from detente.codes import InputError, check_none, did_you_mean
from detente.codes.errors import DetenteError
from detente.data.containers import (
    LONGEST_ROW,
    PACKED,
    PARQUET,
    QUOTES,
    SHOWN,
    ZIPPED,
    check_header,
    heads_and_cells,
    open_original,
    separator_of,
    texts_of,
)
from detente.data.library import pl
from detente.data.usertable import NUMBER, FileColumn, TableKind, fold_head, matched, table_kinds

#: Bytes of a text that are looked through at a time.
BLOCK = 1 << 24

#: Rows of a piece, about.
PIECE = 125_000

ENDINGS = (".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".xlsm", ".gz", ".xz")
#: Number of the first row of a file; the header is the row before it.
UNDER_HEAD = 2


@dataclass(frozen=True)
class SentFile:
    """A file that was sent: its name, which says of what kind it is, its content, and the rows that it may have."""

    name: str
    content: bytes = field(repr=False)
    most: int | None = None


#: Where rows come from, beside a data frame: files and folders of them count as one.
Given = Path | SentFile | tuple[Path, ...]


# --- text ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A part of a text: where it begins and how long it is, in bytes, and the number of its first row."""

    start: int
    length: int
    row: int


class RowText:
    """Rows as separated text, plain or gzipped.

    Attributes
    ----------
    header, separator : names of the columns, and the sign between them. under : bytes of the header.
    rows, parts : rows under it and the pieces they are read in, known once `faults` was asked for.
    """

    def __init__(self, source: Path | bytes, where: str, size: int = PIECE, *, packed: bool = False) -> None:
        self._source, self.where, self._size, self._packed = source, where, size, packed
        self.rows = 0
        self.parts: list[TextPiece] = []
        try:
            with self._open() as file:
                line = file.readline(LONGEST_ROW)
        except (EOFError, OSError, zlib.error):
            raise _cut(where) from None
        self.under = len(line)
        try:
            text = line.decode("utf-8-sig").strip("\r\n")
        except UnicodeDecodeError:
            raise InputError(f"{where}, row 1", "cannot be read as text (not UTF-8)", "save it as UTF-8") from None
        if "\0" in text:
            raise InputError(where, "is not UTF-8 text", "save it as CSV in UTF-8")
        if not text.strip():
            raise InputError(where, "is empty", "give a header and rows under it")
        if "\r" in text:
            repair = "save it as CSV in UTF-8 with the line ends of Windows or Linux"
            raise InputError(f"{where}, row 1", "has rows that end as on old Macs", repair)
        self.separator = separator_of([text])
        try:
            self.header = [cell.strip() for cell in next(csv.reader([text], delimiter=self.separator, strict=True))]
        except csv.Error as error:
            raise InputError(f"{where}, row 1", f"cannot be read ({error})", QUOTES) from None

    def _open(self) -> BinaryIO:
        file = io.BytesIO(self._source) if isinstance(self._source, bytes) else self._source.open("rb")
        return gzip.GzipFile(fileobj=file) if self._packed else file  # type: ignore[return-value]

    def faults(self) -> list[DetenteError]:
        """Everything that is wrong with the text: encoding, rows of another width, an end that is missing."""
        faults: list[DetenteError] = []
        count, row = 0, UNDER_HEAD
        self.rows, self.parts = 0, []
        for start, block in self._blocks(faults):
            try:
                own, widths, ends = self._looked(block, row)
            except InputError as unread:
                faults.append(unread)
                continue
            faults += own[: max(0, SHOWN - len(faults))]
            count += len(own)
            # A block that has quotes or blank lines is not cut: the end of a line need not be that of a row there.
            parts = max(1, -(-len(ends) // self._size))
            cuts = [len(ends) * k // parts for k in range(parts + 1)]
            places = [0, *(int(ends[cut - 1]) for cut in cuts[1:-1]), len(block)]
            self.parts += [
                TextPiece(start + a, b - a, row + cut) for a, b, cut in zip(places, places[1:], cuts, strict=False)
            ]
            self.rows += int((widths > 0).sum())
            row += widths.size
        if count > SHOWN:
            faults.append(
                InputError(self.where, f"has {count - SHOWN:,} more rows with faults", "mend these and look again")
            )
        return faults

    def _blocks(self, faults: list[DetenteError]) -> Iterator[tuple[int, bytes]]:
        """Blocks of whole rows under the header, each with its place; what stops short is put among the faults."""
        rest, place = b"", self.under
        try:
            with self._open() as file:
                file.read(self.under)
                while piece := file.read(BLOCK):
                    rest += piece
                    end = _end_of_row(rest)
                    if len(rest) - end > LONGEST_ROW:
                        # A quote that is never closed would make the rest of the file one row.
                        break
                    if end:
                        yield place, rest[:end]
                        rest, place = rest[end:], place + end
        except (EOFError, OSError, zlib.error):
            faults.append(_cut(self.where))
            return
        if rest.strip():
            yield place, rest

    def _looked(self, block: bytes, row: int) -> tuple[list[DetenteError], np.ndarray, np.ndarray]:
        """Faults of a block whose first row has a number, fields of its rows, 0 of blank ones, and where rows end.

        Raises
        ------
        InputError : a block that cannot be parted into rows.
        """
        if b"\0" in block:
            raise InputError(f"{self.where}, row {row}", "holds zero bytes", "save it as CSV in UTF-8")
        try:
            block.decode("utf-8")
        except UnicodeDecodeError as error:
            line = row + block.count(b"\n", 0, error.start)
            what = "cannot be read as text (not UTF-8)"
            raise InputError(f"{self.where}, row {line}", what, "save it as UTF-8") from None
        if _plain(block):
            data = np.frombuffer(block if block.endswith(b"\n") else block + b"\n", dtype=np.uint8)
            ends = np.flatnonzero(data == 10) + 1
            signs = np.searchsorted(np.flatnonzero(data == ord(self.separator)), ends)
            widths = np.diff(signs, prepend=0) + 1
        else:
            counts: list[int] = []
            try:
                counts.extend(map(len, self._cells(block)))
            except csv.Error as error:
                where = f"{self.where}, row {row + len(counts)}"
                raise InputError(where, f"cannot be read ({error})", QUOTES) from None
            widths, ends = np.asarray(counts, dtype=np.int64), np.zeros(0, dtype=np.int64)
        faults: list[DetenteError] = []
        for place in np.flatnonzero((widths != len(self.header)) & (widths > 0)).tolist():
            wide = int(widths[place])
            what = f"has {wide} {'field' if wide == 1 else 'fields'}, the header {len(self.header)}"
            repair = f"{QUOTES}; a last row that is short may be cut off"
            faults.append(InputError(f"{self.where}, row {row + place}", what, repair))
        return faults, widths, ends

    def _cells(self, block: bytes) -> Iterator[list[str]]:
        return csv.reader(io.StringIO(block.decode("utf-8"), newline=""), delimiter=self.separator, strict=True)

    @property
    def count(self) -> int:
        """How many pieces there are."""
        return len(self.parts)

    def pieces(self) -> Iterator[pl.DataFrame]:
        """Pieces in order, in one pass."""
        with self._open() as file:
            file.read(self.under)
            for part in self.parts:
                yield self._frame(file.read(part.length), part.row)

    def piece(self, number: int) -> pl.DataFrame:
        """One piece."""
        part = self.parts[number]
        with self._open() as file:
            file.seek(part.start)
            return self._frame(file.read(part.length), part.row)

    def _frame(self, block: bytes, row: int) -> pl.DataFrame:
        if not _plain(block):
            rows = [(number, *cells) for number, cells in enumerate(self._cells(block), start=row) if cells]
            columns = zip(("row", *self.header), zip(*rows, strict=True), strict=True)
            return pl.DataFrame([pl.Series(name, values) for name, values in columns])
        frame = pl.read_csv(
            block, has_header=False, new_columns=self.header, separator=self.separator, infer_schema=False
        )
        return frame.select(pl.int_range(row, row + frame.height, dtype=pl.Int64).alias("row"), pl.all())


def _plain(block: bytes) -> bool:
    """Whether every line of a block is a row, and every separator parts two cells."""
    blank = b"\n\n" in block or b"\n\r\n" in block or block[:1] in (b"\n", b"\r")
    # An empty cell may be written as two quotes.
    return not blank and b'"' not in block.replace(b'""', b"")


def _end_of_row(text: bytes) -> int:
    """Where the last whole row of a text ends, 0 where none does: at a line's end outside of quotes."""
    end = text.rfind(b"\n") + 1
    if b'"' not in text:
        return end
    data = np.frombuffer(text, dtype=np.uint8)
    ends, quotes = np.flatnonzero(data == 10), np.flatnonzero(data == ord('"'))
    outside = ends[np.searchsorted(quotes, ends) % 2 == 0]
    return int(outside[-1]) + 1 if outside.size else 0


def _cut(where: str) -> InputError:
    return InputError(where, "is cut off or damaged", "fetch or pack it again")


# --- entries ---------------------------------------------------------------------------------------------------------


class RowTable:
    """Rows of a frame, of the caller's or of a sheet, or of a Parquet file, which is never read whole."""

    def __init__(self, given: pl.DataFrame | Path, where: str, size: int, first: int = UNDER_HEAD) -> None:
        self._given, self.where, self._size, self._first = given, where, size, first
        try:
            self._schema = self._scan().collect_schema()
            self.rows = int(self._scan().select(pl.len()).collect().item())
        except (Exception, pl.exceptions.PanicException) as error:
            # A damaged file meets the library in more ways than it names.
            raise InputError(
                where, f"cannot be read ({type(error).__name__})", "fetch or write it again, whole"
            ) from None
        self.header, self.count = list(self._schema.names()), -(-self.rows // size)

    def _scan(self) -> pl.LazyFrame:
        return pl.scan_parquet(self._given) if isinstance(self._given, Path) else self._given.lazy()

    def faults(self) -> list[DetenteError]:
        """Columns of a kind that holds neither texts, numbers nor days."""
        odd = [n for n, kind in self._schema.items() if kind.is_nested() or kind in (pl.Binary, pl.Object)]
        return [InputError(self.where, f"column '{n}' holds no texts or numbers", "store it as text") for n in odd]

    def pieces(self) -> Iterator[pl.DataFrame]:
        """Pieces in order."""
        yield from map(self.piece, range(self.count))

    def piece(self, number: int) -> pl.DataFrame:
        """One piece, cells as texts."""
        start = number * self._size
        frame = texts_of(self._scan().slice(start, self._size).collect())
        numbers = pl.int_range(start + self._first, start + self._first + frame.height, dtype=pl.Int64)
        return frame.select(numbers.alias("row"), pl.all())


@dataclass(frozen=True)
class EntryFile:
    """A file of entries, or several as one whose rows are counted through.

    Attributes
    ----------
    name : of the file, for messages.
    columns : column as the program calls it -> as the file does.
    others : columns that are carried along and not read.
    rows : how many rows it has. ready : whether its pieces have the names of the program already.
    """

    name: str
    columns: Mapping[str, str]
    others: tuple[str, ...]
    rows: int
    _sources: Sequence[Any] = field(repr=False, default=())
    ready: bool = False

    @property
    def count(self) -> int:
        """How many pieces it is read in."""
        return sum(source.count for source in self._sources)

    def pieces(self) -> Iterator[pl.DataFrame]:
        """The rows in order, piece by piece, every cell as text, with the column `row`: their number in the file."""
        before = 0
        for source in self._sources:
            yield from (self._named(frame, before) for frame in source.pieces())
            before += source.rows

    def piece(self, number: int) -> pl.DataFrame:
        """One piece by its number, from 0."""
        before = 0
        for source in self._sources:
            if number < source.count:
                return self._named(source.piece(number), before)
            number, before = number - source.count, before + source.rows
        raise IndexError(number)

    def _named(self, frame: pl.DataFrame, before: int) -> pl.DataFrame:
        if self.ready:
            return frame
        names = {theirs: ours for ours, theirs in self.columns.items()}
        return frame.select(pl.col("row") + before, *(pl.col(n).alias(names.get(n, n)) for n in frame.columns[1:]))


def entry_kind(facts: Sequence[str]) -> TableKind:
    """The table of entries, with facts about goods that may stand as columns."""
    kind = table_kinds()["entries"]
    known = [c for c in kind.columns if not c.name.endswith("_content") or c.name in facts]
    names = {column.name for column in known}
    more = [FileColumn(name, (name,), needed=False) for name in facts if name not in names]
    return replace(kind, columns=(*known, *more))


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
    sources = _sources(given, where, size)
    header = sources[0].header
    check_header(header, where)
    faults: list[DetenteError] = []
    columns, others = matched(header, entry_kind(facts), where, faults)
    faults += [fault for source in sources for fault in source.faults()]
    what = f"has other columns than {sources[0].where}"
    faults += [InputError(s.where, what, "give files of the same columns") for s in sources if s.header != header]
    check_none(faults)
    rows = sum(source.rows for source in sources)
    if not rows:
        raise InputError(where, "has no rows under its header", "give one row for each line of an entry")
    read = EntryFile(where, columns, tuple(others), rows, sources)
    if _needs_reading(read.piece(0)):
        whole = AsFiled(pl.concat(read.pieces()), where, size)
        columns = columns | {name: name for name in whole.made}
        return replace(read, columns=columns, rows=whole.rows, _sources=[whole], ready=True)
    if most is not None and rows > most:
        raise InputError(where, f"has {rows:,} rows", f"send {most:,} or fewer, or use the command")
    return read


# --- reports of Customs and files of brokers -------------------------------------------------------------------------

#: Columns of days and of money of an entry.
ENTRY_DAYS = ("date", "liquidated", "reliquidated", "deposited", "zone_date", "transit_date", "loaded", "as_of")
ENTRY_MONEY = ("value", "paid", "paid_emergency", "entry_paid")
SLASHED_DAY = r"^(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?$"
MONEY = r"^\$?\s*-?\d{1,3}(?:,\d{3})*(?:\.\d+)?$"
#: Beginning of the numbers of chapters 99 and 98, and of those under which emergency duties were paid, without dots.
CHAPTER_99, CHAPTER_98, EMERGENCY = "99", "98", "^99030[12]"


def _plain_code(name: str = "line") -> pl.Expr:
    return pl.col(name).fill_null("").str.replace_all(r"\D", "")


def _needs_reading(first: pl.DataFrame) -> bool:
    """Whether a file is one of Customs or a broker: slashes in days, signs in money, a row a number."""
    signs = [pl.col(n).str.contains("/").any() for n in ENTRY_DAYS if n in first.columns]
    signs += [pl.col(n).str.contains(r"[$,]").any() for n in ENTRY_MONEY if n in first.columns]
    if {"entry", "entry_line"} <= {*first.columns}:
        signs.append(_plain_code().str.starts_with(CHAPTER_99).any())
    return "entry_paid" in first.columns or bool(first.select(pl.any_horizontal(signs)).item())


class AsFiled:
    """Entries of such a file read whole: days and money as the program writes them, each line of an entry one row.

    Attributes
    ----------
    rows : of the lines. made : columns that the numbers of chapter 99 of a line became.
    """

    def __init__(self, frame: pl.DataFrame, where: str, size: int) -> None:
        own = {"entry", "entry_line"} <= {*frame.columns}
        lines = own and bool(frame.select(_plain_code().str.starts_with(CHAPTER_99).any()).item())
        money = [name for name in ENTRY_MONEY if name in frame.columns]
        text = {name: pl.col(name).fill_null("").str.strip_chars() for name in money}
        frame = _ordered_days(frame, where, month_first=lines).with_columns(
            pl.when(expr.str.contains(MONEY)).then(expr.str.replace_all(r"[$,\s]", "")).otherwise(expr).alias(name)
            for name, expr in text.items()
        )
        before = set(frame.columns)
        frame = _one_row_a_line(frame) if lines else frame
        _check_sums(frame, where)
        self.made = tuple(name for name in frame.columns if name not in before)
        self._frame, self.where, self._size, self.rows = frame, where, size, frame.height
        self.count = -(-frame.height // size)

    def pieces(self) -> Iterator[pl.DataFrame]:
        """Pieces in order."""
        yield from map(self.piece, range(self.count))

    def piece(self, number: int) -> pl.DataFrame:
        """One piece; rows keep their numbers in the file."""
        return self._frame.slice(number * self._size, self._size)


def _ordered_days(frame: pl.DataFrame, where: str, *, month_first: bool) -> pl.DataFrame:
    """Days with slashes as the program writes days; a cell that is none stays, for its row to be told of.

    Raises
    ------
    InputError : days in two orders in one file, or in one that none of them tells.
    """
    # Where some days are written as the program does, one with slashes is a slip, of which its row is told.
    plain = [pl.col(name).str.contains(r"^\s*\d{4}-").any() for name in ENTRY_DAYS if name in frame.columns]
    names = [name for name, known in frame.select(plain).row(0, named=True).items() if not known] if plain else []
    parts = {name: [frame[name].str.strip_chars().str.extract(SLASHED_DAY, k).cast(pl.Int32) for k in (1, 2, 3)]
             for name in names}  # fmt: skip
    places = {order: [(int(place[0]), name) for name in names if (place := (parts[name][order] > 12).arg_true()).len()]
              for order in (0, 1)}  # fmt: skip
    if places[0] and places[1]:
        (later, name), (sooner, _) = sorted((min(places[0]), min(places[1])), reverse=True)
        what = f"'{frame[name][later]}' has day and month the other way round than row {frame['row'][sooner]}"
        raise InputError(f"{where}, row {frame['row'][later]}, {name}", what, "write days as 2025-04-15")
    doubt = [(int(place[0]), name) for name in names if (place := parts[name][0].is_not_null().arg_true()).len()]
    if doubt and not (places[0] or places[1] or month_first):
        place, name = min(doubt)
        what = f"'{frame[name][place]}' may begin with the day or with the month, and no row tells"
        raise InputError(f"{where}, row {frame['row'][place]}, {name}", what, "write days as 2025-04-15")
    made = []
    for name, (first, second, year) in parts.items():
        day, month = (first, second) if places[0] else (second, first)
        m, d = (number.cast(pl.String).str.zfill(2) for number in (month, day))
        words = year.cast(pl.String) + "-" + m + "-" + d
        made.append(words.zip_with(words.is_not_null(), frame[name]).alias(name))
    return frame.with_columns(made)


def _one_row_a_line(frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers of chapter 99 put together with the first other number of their line: what was paid, and what was filed.

    A number of chapter 98 beside one of the goods is put together with it too: its value is what owes nothing.
    A line that has none but chapter 99 stays as it is, and its row is told of; so do further numbers of a line.
    """
    key, paid = ["entry", "entry_line"], pl.lit(0.0)
    if "paid" in frame.columns:
        paid = pl.col("paid").cast(pl.Float64, strict=False).fill_null(0.0)
    whole = frame.with_columns(extra=_plain_code().str.starts_with(CHAPTER_99), own=paid)
    goods = ~pl.col("extra") & ~_plain_code().str.starts_with(CHAPTER_98)
    special = pl.col("special")
    whole = whole.with_columns(special=~pl.col("extra") & ~goods & goods.any().over(key))
    whole = whole.with_columns(extra=pl.col("extra") | special)
    head = ~pl.col("extra") & ((~pl.col("extra")).cum_sum().over(key) == 1)
    whole = whole.with_columns(head=head, alone=pl.col("extra").all().over(key))
    sums = whole.filter(pl.col("extra") | pl.col("head")).group_by(key).agg(
        paid=pl.col("own").sum().round(2).cast(pl.String),
        paid_emergency=pl.col("own").filter(_plain_code().str.contains(EMERGENCY)).sum().round(2).cast(pl.String),
        filed=pl.format("{} {}", pl.col("line").str.strip_chars(), pl.col("own")).str.join("; "),
        chapter_98=pl.col("line").filter(special).first().fill_null(""),
        beside=pl.col("value").cast(pl.Float64, strict=False).filter(special).sum(),
    )  # fmt: skip
    kept = whole.filter(~pl.col("extra") | pl.col("alone")).join(
        sums, on=key, how="left", maintain_order="left", suffix=" of the line"
    )
    names = [n for n in ("paid", "paid_emergency") if n in frame.columns]
    taken = [pl.when("head").then(f"{n} of the line").otherwise(n).alias(n) for n in names]
    # What owes nothing stands beside the number of chapter 98, what owes duty beside that of the goods.
    beside, part = pl.col("head") & (pl.col("beside") > 0), pl.col("value").cast(pl.Float64, strict=False)
    whole = (part + pl.col("beside")).cast(pl.String)
    kept = kept.with_columns(
        *taken, value=pl.when(beside).then(whole).otherwise("value"),
        dutiable_value=pl.when(beside & (pl.col("chapter_98") != "")).then("value").otherwise(pl.lit("")),
    )  # fmt: skip
    others = ["chapter_98", "dutiable_value"] if (kept["chapter_98"].fill_null("") != "").any() else []
    made = [n for n in ("paid_emergency", "filed", *others) if n not in (*names, *frame.columns)]
    return kept.select(*frame.columns, *(pl.when("head").then(n).otherwise(pl.lit("")).alias(n) for n in made))


def _check_sums(frame: pl.DataFrame, where: str) -> None:
    """Refuse what was paid by row that does not sum to what a column says of the whole entry."""
    if not {"entry", "paid", "entry_paid"} <= {*frame.columns}:
        return
    amounts = frame.with_columns(pl.col("paid", "entry_paid").cast(pl.Float64, strict=False))
    sums = amounts.group_by("entry", maintain_order=True).agg(
        pl.col("row").first(), pl.col("paid").sum(), pl.col("entry_paid").max()
    )
    wrong = sums.filter((pl.col("paid") - pl.col("entry_paid")).abs() > 0.005)
    for entry, row, paid, whole in wrong.head(1).iter_rows():
        what = f"the rows of entry {entry} sum to ${paid:,.2f}, and the column of its total says ${whole:,.2f}"
        raise InputError(f"{where}, row {row}, paid", what, "mend one of them, or leave out the column of totals")


def _sources(given: Given | pl.DataFrame, where: str, size: int) -> list[Any]:
    """What reads each file, or a frame."""
    if isinstance(given, SentFile):
        return [_source(Path(given.name), where, size, given.content)]
    if isinstance(given, Path | tuple):
        return [_source(path, str(path), size) for path in files_of(given)]
    return [RowTable(given, where, size, 1)]


def files_of(given: Path | tuple[Path, ...]) -> list[Path]:
    """Files, and those below folders, in order.

    Raises
    ------
    InputError : no such file, or a folder without a table.
    """
    files: list[Path] = []
    for path in given if isinstance(given, tuple) else (given,):
        if not path.exists():
            raise InputError(str(path), "there is no such file", "check the path")
        own = [p for p in sorted(path.rglob("*")) if p.is_file() and p.name.lower().endswith(ENDINGS)]
        if path.is_dir() and not own:
            raise InputError(str(path), "holds no table", f"put files there that end in {', '.join(ENDINGS)}")
        files += own if path.is_dir() else [path]
    return files


def has_months(given: Given | pl.DataFrame, where: str = "") -> bool:
    """Whether rows are of months, as those of a statistical office, and not of entries with a day each.

    Raises
    ------
    InputError : what is no table, or none that is there.
    """
    heads = _heads(given, where)
    if heads & _words("entries", "date"):
        return False
    folders = [part for path in (files_of(given)[:1] if isinstance(given, Path | tuple) else ()) for part in path.parts]
    named = heads | {fold_head(part.partition("=")[0]) for part in folders if "=" in part}
    return bool(named & (_words("months", "month") | _words("months", "year")))


def has_days(given: Given | pl.DataFrame, where: str = "") -> bool:
    """Whether rows are entries, each with its day and value, and not a list of goods; errors as `has_months`."""
    heads = _heads(given, where)
    return bool(heads & _words("entries", "date")) and bool(heads & _words("entries", "value"))


def _heads(given: Given | pl.DataFrame, where: str) -> set[str]:
    """Names of the columns, folded; of several files those of the first."""
    first = files_of(given)[0] if isinstance(given, Path | tuple) else given
    return set(map(fold_head, _sources(first, where, PIECE)[0].header))


def _words(kind: str, column: str) -> set[str]:
    """Folded heads of a column of a kind of table."""
    return {fold_head(head) for each in table_kinds()[kind].columns if each.name == column for head in each.heads}


def read_texts(given: Given | pl.DataFrame, where: str) -> pl.DataFrame:
    """A whole table, every cell as text.

    Raises
    ------
    InputError, Faults : what cannot be read.
    """
    (source,) = _sources(given, where, PIECE)
    check_header(source.header, where)
    check_none(source.faults())
    rows = pl.concat(source.pieces()).drop("row") if source.rows else pl.DataFrame(schema=source.header)
    return rows.select(pl.all().cast(pl.String))


def _source(path: Path, where: str, size: int, content: bytes | None = None) -> RowText | RowTable:
    """What reads a file: long texts and Parquet in pieces, all else whole."""
    if content is None:
        try:
            with path.open("rb") as file:
                head = file.read(4)
        except OSError as error:
            raise InputError(where, f"cannot be read ({str(error.strerror).lower()})", "check the path") from None
    else:
        head = content[:4]
    suffixes = [suffix.lower() for suffix in path.suffixes]
    packed = suffixes[-1:] == [".gz"] and head[:2] == PACKED
    text = (suffixes[-2:-1] if packed else suffixes[-1:]) in ([".csv"], [".tsv"], [".txt"])
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    if text and head and not wide and (packed or (head not in (PARQUET, ZIPPED) and head[:2] != PACKED)):
        return RowText(path if content is None else content, where, size, packed=packed)
    if head == PARQUET and suffixes[-1:] == [".parquet"] and content is None:
        return RowTable(path, where, size)
    original = open_original(path, content=content, name=where)
    typed = original.container in ("parquet", "stata")
    return RowTable(original.frame if typed else heads_and_cells(original)[1], where, size)


# --- rows by month ---------------------------------------------------------------------------------------------------

#: Bytes of a block of text, and of each piece of a gzipped file.
TEXT = 64 << 20

#: Rows of Parquet in a block, about.
ROWS = 2_000_000

#: Endings of files of which blocks are cut.
MONTHLY = (".csv", ".txt", ".tsv", ".gz", ".parquet")


@dataclass(frozen=True)
class RowBlock:
    """Some rows of a file: a span of a text, some rows of Parquet, or a whole gzipped file.

    Attributes
    ----------
    kind : "csv", "gz" or "parquet". `start`, `stop` : bytes of a CSV file, rows of a Parquet file; 0 and 0 for all.
    row : number of the first row as a reader counts it, the header being row 1.
    key : hash of the content and of how it is read.
    columns : what each column is -> its head in the file; `fixed` : what the folders of the path say.
    header : all heads of a text in order; `separator` between them. size : rows, about.
    """

    path: str
    kind: str
    start: int
    stop: int
    row: int
    key: str
    columns: Mapping[str, str] = field(repr=False)
    fixed: Mapping[str, str] = field(default_factory=dict, repr=False)
    header: tuple[str, ...] = field(default=(), repr=False)
    separator: str = ","
    size: int = 1


def blocks_of(paths: Sequence[Path]) -> list[RowBlock]:
    """The blocks of files and of all files below folders, each content once, in the order of their keys.

    Raises
    ------
    InputError : no such file, no table in a folder, a file without the columns that are needed or that is damaged.
    """
    if not paths:
        raise InputError("files", "none is given", "name files or folders of microdata")
    blocks = {block.key: block for path in files_of(tuple(paths)) for block in _blocks(path)}
    if not blocks:
        raise InputError(", ".join(map(str, paths)), "has no rows", "give rows of month, line, partner and value")
    return [blocks[key] for key in sorted(blocks)]


def _blocks(path: Path) -> Iterator[RowBlock]:
    kind, place = {".parquet": "parquet", ".gz": "gz"}.get(path.suffix, "csv"), str(path.absolute())
    try:
        text = None if kind == "parquet" else RowText(path, str(path), packed=kind == "gz")
        heads = list(pl.read_parquet_schema(path)) if text is None else text.header
        check_header(heads, str(path))
        separator = "" if text is None else text.separator
        columns, fixed = _months(heads, path)
        reading = (sorted(columns.items()), sorted(fixed.items()), heads, separator)
        block = RowBlock(place, kind, 0, 0, UNDER_HEAD, "", columns, fixed, tuple(heads), separator)
        with path.open("rb") as file:
            if text is not None and kind == "csv":
                yield from _spans(file, block, text.under, reading)
                return
            content = hashlib.file_digest(file, "blake2b")
            if kind == "gz":
                yield replace(block, key=_key(content, reading), size=max(1, path.stat().st_size // 8))
                return
        rows = int(pl.scan_parquet(path, hive_partitioning=False).select(pl.len()).collect().item())
        for start in range(0, rows, ROWS):
            stop = min(start + ROWS, rows)
            key = _key(content.copy(), (reading, start))
            yield replace(block, start=start, stop=stop, row=start + UNDER_HEAD, key=key, size=stop - start)
    except (EOFError, gzip.BadGzipFile, zlib.error, pl.exceptions.PolarsError):
        raise _cut(str(path)) from None
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({str(error.strerror).lower()})", "check the file") from None


def _spans(file: BinaryIO, block: RowBlock, start: int, reading: object) -> Iterator[RowBlock]:
    """Spans of whole lines of a text."""
    row = UNDER_HEAD
    file.seek(start)
    while content := file.read(TEXT):
        content += file.readline()
        count, stop = content.count(b"\n") + (not content.endswith(b"\n")), start + len(content)
        key = _key(hashlib.blake2b(content), reading)
        yield replace(block, start=start, stop=stop, row=row, key=key, size=count)
        row, start = row + count, stop


def _key(digest: Any, reading: object) -> str:
    digest.update(repr(reading).encode())
    return digest.hexdigest()[:24]


def _months(heads: Sequence[str], path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """What each column is -> its head, and what the folders of a partitioned table say, as month=2025-04.

    Raises
    ------
    InputError : a column that is needed and missing.
    """
    pairs = (part.partition("=") for part in path.resolve().parts[:-1])
    folders = {fold_head(name): value for name, mark, value in pairs if mark}
    known = {fold_head(head): head for head in reversed(heads)}
    columns: dict[str, str] = {}
    fixed: dict[str, str] = {}
    for column in table_kinds()["months"].columns:
        for words, taken in ((known, columns), (folders, fixed)):
            head = next((words[fold_head(name)] for name in column.heads if fold_head(name) in words), None)
            if head is not None and column.name not in columns:
                taken[column.name] = head
        if column.needed and column.name not in columns and column.name not in fixed:
            near = did_you_mean(column.name, list(heads))
            what = f"has no column '{column.name}'{f', but {near}' if near else ''}"
            raise InputError(str(path), what, "columns are month, line, partner, value and, if known, duty, programme")
    return columns, fixed


def frames_of(block: RowBlock) -> Iterator[pl.DataFrame]:
    """The rows of a block: `row`, texts `month`, `line`, `partner`, `programme`, numbers `value`, `duty`, `claim`.

    What the file does not have is missing. A value that is no number is null.

    Raises
    ------
    InputError : a file that is damaged or ragged.
    """
    row = block.row
    try:
        for frame in _raw(block):
            yield _named(frame, block, row)
            row += frame.height
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise _cut(block.path) from None
    except pl.exceptions.PolarsError as error:
        reason = str(error).splitlines()[0][:100].lower()
        raise InputError(block.path, f"cannot be read near row {row:,} ({reason})", "mend the rows there") from None


def _raw(block: RowBlock) -> Iterator[pl.DataFrame]:
    if block.kind == "parquet":
        rows = pl.scan_parquet(block.path, hive_partitioning=False).slice(block.start, block.stop - block.start)
        yield rows.select(list(dict.fromkeys(block.columns.values()))).collect()
        return
    path = Path(block.path)
    with path.open("rb") if block.kind == "csv" else gzip.open(path, "rb") as file:
        if block.kind == "csv":
            file.seek(block.start)
        else:
            file.readline(LONGEST_ROW)
        while content := file.read(block.stop - block.start or TEXT):
            yield _parsed(content + (file.readline() if block.kind == "gz" else b""), block)
            if block.kind == "csv":
                return


def _parsed(content: bytes, block: RowBlock) -> pl.DataFrame:
    uses = {head: use for use, head in block.columns.items()}
    kinds = {head: pl.Float64 if _is_number(uses.get(head, "")) else pl.String for head in block.header}
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        frame = pl.read_csv(
            content,
            has_header=False,
            separator=block.separator,
            columns=[i for i, head in enumerate(block.header) if head in uses],
            schema=kinds,
            ignore_errors=True,
            encoding="utf8-lossy",
        )
    if any("malformed" in str(warning.message) for warning in warned):
        # Rows are lost then, not only cells.
        what = f"cannot be read near row {block.row:,} (quotes)"
        raise InputError(block.path, what, "mend quotes and separators there")
    return frame


#: What stands in a column of programmes where none is claimed, folded.
NO_PROGRAMME = ("", "0", "00", "none", "no", "mfn", "n/a", "na")


def claimed_share(names: Sequence[str]) -> pl.Expr | None:
    """Share of the value of rows by month that claims a preference, null for none; None where no column says it."""
    if "claim" in names:
        return pl.col("claim").fill_nan(None)
    if "programme" not in names:
        return None
    none = pl.col("programme").str.strip_chars().str.to_lowercase().is_in(NO_PROGRAMME).fill_null(True)
    return pl.when(none).then(0.0).otherwise(1.0)


def _is_number(name: str) -> bool:
    return any(column.name == name and column.kind == NUMBER for column in table_kinds()["months"].columns)


def _named(frame: pl.DataFrame, block: RowBlock, row: int) -> pl.DataFrame:
    def column(use: str, head: str) -> pl.Expr:
        kind = frame.schema[head]
        if _is_number(use):
            return pl.col(head).cast(pl.Float64, strict=False).alias(use)
        text = pl.col(head).dt.strftime("%Y-%m") if kind in (pl.Date, pl.Datetime) else pl.col(head).cast(pl.String)
        # A number has lost the zeros that it began with.
        return (text.str.zfill(10) if use == "line" and kind.is_integer() else text).alias(use)

    made = frame.select(column(use, head) for use, head in block.columns.items())
    fixed = [pl.lit(word).alias(use) for use, word in block.fixed.items()]
    return made.with_columns(fixed).with_row_index("row", offset=row)
