"""Entries as separated text, plain or gzipped: looked through once for every fault, then read in pieces."""

from __future__ import annotations

import csv
import gzip
import io
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.codes.errors import DetenteError

if TYPE_CHECKING:
    import polars as pl

Ints = NDArray[np.int64]

BLOCK = 1 << 22
"""Bytes read at a time."""

SEPARATORS = (",", ";", "\t", "|")
MARK = b"\xef\xbb\xbf"
MOST_FAULTS = 20
"""Faults that are named; of more it is said how many."""

QUOTES = "check separators and quotes"
"""What to do about a row that cannot be read."""

LONGEST_ROW = 1 << 20
"""Bytes without the end of a row after which a file is no table."""


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A part of a text: where it begins and how long it is, in bytes, and the number of its first row."""

    start: int
    length: int
    row: int


class EntryText:
    """Entries as separated text.

    Attributes
    ----------
    header : names of the columns.
    rows, parts : rows under it and the pieces they are read in, known once `faults` was asked for.
    """

    def __init__(self, path: Path | bytes, where: str, size: int, *, packed: bool = False) -> None:
        self._path, self.where, self._size, self._packed = path, where, size, packed
        self._under = 0
        self._sep, self.header = self._first()
        self.rows, self._end = 0, self._under
        self.parts: list[TextPiece] = []

    def _open(self) -> BinaryIO:
        file = io.BytesIO(self._path) if isinstance(self._path, bytes) else self._path.open("rb")
        return gzip.GzipFile(fileobj=file) if self._packed else file  # type: ignore[return-value]

    def _first(self) -> tuple[str, list[str]]:
        """Separator and names of the columns."""
        try:
            with self._open() as file:
                line = file.readline(LONGEST_ROW)
        except (EOFError, OSError, zlib.error):
            raise _cut(self.where) from None
        self._under = len(line)
        if line[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in line:
            raise InputError(self.where, "is not UTF-8 text", "save it as CSV in UTF-8")
        try:
            text = line.removeprefix(MARK).decode("utf-8").strip("\r\n")
        except UnicodeDecodeError:
            raise InputError(f"{self.where}, row 1", "cannot be read as text (not UTF-8)", "save it as UTF-8") from None
        if not text.strip():
            raise InputError(self.where, "is empty", "give a header and rows under it")
        if "\r" in text:
            repair = "save it as CSV in UTF-8 with the line ends of Windows or Linux"
            raise InputError(f"{self.where}, row 1", "has rows that end as on old Macs", repair)
        separator = max(SEPARATORS, key=text.count)
        try:
            return separator, [cell.strip() for cell in next(csv.reader([text], delimiter=separator, strict=True))]
        except csv.Error as error:
            raise InputError(f"{self.where}, row 1", f"cannot be read ({error})", QUOTES) from None

    def faults(self) -> list[DetenteError]:
        """Everything that is wrong with the text: encoding, rows of another width, an end that is missing."""
        faults: list[DetenteError] = []
        more, row, waiting, start = 0, 2, 0, self._under
        self.rows, self.parts = 0, []
        begun = row
        for offset, block in self._blocks(faults):
            own, count, lines = self._looked(block, row)
            more += max(0, len(faults) + len(own) - MOST_FAULTS)
            faults += own[: max(0, MOST_FAULTS - len(faults))]
            self.rows += count
            for rows, end in self._cuts(block, lines, self._size - waiting):
                self.parts.append(TextPiece(start, offset + end - start, begun))
                start, begun, waiting = offset + end, row + rows, -rows
            waiting += lines
            row += lines
        if waiting:
            self.parts.append(TextPiece(start, self._end - start, begun))
        if more:
            faults.append(InputError(self.where, f"has {more:,} more rows with faults", "mend these and look again"))
        return faults

    def _cuts(self, block: bytes, lines: int, first: int) -> Iterator[tuple[int, int]]:
        """Where a block is cut between pieces: rows before the cut, and bytes."""
        if not self._plain(block):
            if lines >= first:
                yield lines, len(block)
            return
        ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == 10) + 1
        for rows in range(first, min(lines, ends.size) + 1, self._size):
            yield rows, int(ends[rows - 1])

    @staticmethod
    def _plain(block: bytes) -> bool:
        """Whether every line of a block is a row, and every separator parts two cells."""
        return b'"' not in block.replace(b'""', b"") and not _has_blanks(block)

    def _blocks(self, faults: list[DetenteError]) -> Iterator[tuple[int, bytes]]:
        """Blocks of whole rows under the header, each with its place; what stops short is put among the faults."""
        rest, place = b"", self._under
        try:
            with self._open() as file:
                file.read(self._under)
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
        self._end = place + len(rest)
        if rest.strip():
            yield place, rest

    def _looked(self, block: bytes, row: int) -> tuple[list[DetenteError], int, int]:
        """Faults of a block whose first row has a number, how many rows it has, and how many with blank ones."""
        if b"\0" in block:
            zero = InputError(f"{self.where}, row {row}", "holds zero bytes", "save it as CSV in UTF-8")
            return [zero], 0, 0
        try:
            block.decode("utf-8")
        except UnicodeDecodeError:
            return self._undecoded(block, row)
        try:
            widths, numbers, lines = self._widths(block, row)
        except InputError as unread:
            return [unread], 0, 0
        wrong = np.flatnonzero(widths != len(self.header))
        return [self._ragged(int(numbers[i]), int(widths[i])) for i in wrong.tolist()], int(widths.size), lines

    def _undecoded(self, block: bytes, row: int) -> tuple[list[DetenteError], int, int]:
        """Rows of a block that are no UTF-8."""
        faults: list[DetenteError] = []
        lines = block.splitlines()
        for number, line in enumerate(lines, start=row):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                faults.append(
                    InputError(f"{self.where}, row {number}", "cannot be read as text (not UTF-8)", "save it as UTF-8")
                )
        return faults, len(lines), len(lines)

    def _widths(self, block: bytes, row: int) -> tuple[Ints, Ints, int]:
        """Fields of each row that is not blank, its number in the file, and how many rows there are with blank ones.

        Raises
        ------
        InputError : a row that cannot be parted into cells.
        """
        if not self._plain(block):
            counts: list[int] = []
            try:
                counts.extend(map(len, self._cells(block)))
            except csv.Error as error:
                where = f"{self.where}, row {row + len(counts)}"
                raise InputError(where, f"cannot be read ({error})", QUOTES) from None
            widths = np.asarray(counts, dtype=np.int64)
            return widths[widths > 0], np.flatnonzero(widths) + row, widths.size
        data = np.frombuffer(block if block.endswith(b"\n") else block + b"\n", dtype=np.uint8)
        ends = np.flatnonzero(data == 10)
        signs = np.flatnonzero(data == ord(self._sep))
        widths = np.diff(np.searchsorted(signs, ends), prepend=0) + 1
        return widths, np.arange(row, row + widths.size), widths.size

    def _cells(self, block: bytes) -> Iterator[list[str]]:
        return csv.reader(io.StringIO(block.decode("utf-8"), newline=""), delimiter=self._sep, strict=True)

    def _ragged(self, row: int, width: int) -> InputError:
        what = f"has {width} {'field' if width == 1 else 'fields'}, the header {len(self.header)}"
        repair = f"{QUOTES}; a last row that is short may be cut off"
        return InputError(f"{self.where}, row {row}", what, repair)

    @property
    def count(self) -> int:
        """How many pieces there are."""
        return len(self.parts)

    def pieces(self) -> Iterator[pl.DataFrame]:
        """Pieces in order, in one pass."""
        with self._open() as file:
            file.read(self._under)
            for part in self.parts:
                yield self._frame(file.read(part.length), part.row)

    def piece(self, number: int) -> pl.DataFrame:
        """One piece."""
        part = self.parts[number]
        with self._open() as file:
            file.seek(part.start)
            return self._frame(file.read(part.length), part.row)

    def _frame(self, block: bytes, row: int) -> pl.DataFrame:
        import polars as pl

        if _has_blanks(block):
            return self._by_cells(block, row)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # of quotes that stand where they part nothing
                frame = pl.read_csv(
                    block, has_header=False, new_columns=self.header, separator=self._sep, infer_schema=False
                )
        except pl.exceptions.PolarsError:
            return self._by_cells(block, row)
        if b'"' in block and frame.height != sum(map(bool, self._cells(block))):
            return self._by_cells(block, row)
        return frame.select(pl.Series("row", range(row, row + frame.height), dtype=pl.Int64), pl.all())

    def _by_cells(self, block: bytes, row: int) -> pl.DataFrame:
        import polars as pl

        rows = [(number, *cells) for number, cells in enumerate(self._cells(block), start=row) if cells]
        kinds = {"row": pl.Int64, **dict.fromkeys(self.header, pl.String)}
        return pl.DataFrame(rows, schema=kinds, orient="row", infer_schema_length=None)


def _has_blanks(block: bytes) -> bool:
    """Whether some line of a block has nothing on it, as far as can be seen without reading cells."""
    return b"\n\n" in block or b"\n\r\n" in block or block[:1] in (b"\n", b"\r")


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
