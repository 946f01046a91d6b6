"""Entries as separated text, plain or gzipped: looked through once for every fault, then read in pieces."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from detente.codes import InputError
from detente.codes.errors import DetenteError

if TYPE_CHECKING:
    import polars as pl

BLOCK = 1 << 23
"""Bytes read at a time."""

SEPARATORS = (",", ";", "\t", "|")
MARK = b"\xef\xbb\xbf"
MOST_FAULTS = 20
"""Faults that are named; of more it is said how many."""

LONGEST_ROW = 1 << 20
"""Bytes without the end of a row after which a file is no table."""


class EntryText:
    """Entries as separated text.

    Attributes
    ----------
    header : names of the columns. `rows` : under it, known once `faults` was asked for.
    """

    def __init__(self, path: Path, where: str) -> None:
        self._path, self.where = path, where
        self._sep, self.header = self._first()
        self.rows = 0
        self._starts: list[tuple[int, int]] = []

    def _open(self) -> BinaryIO:
        return gzip.open(self._path, "rb") if self._path.suffix.lower() == ".gz" else self._path.open("rb")  # type: ignore[return-value]

    def _first(self) -> tuple[str, list[str]]:
        """Separator and names of the columns."""
        try:
            with self._open() as file:
                line = file.readline(LONGEST_ROW)
        except (EOFError, OSError, zlib.error):
            raise _cut(self.where) from None
        if line[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in line:
            raise InputError(self.where, "is not UTF-8 text", "save it as CSV in UTF-8")
        try:
            text = line.removeprefix(MARK).decode("utf-8").strip("\r\n")
        except UnicodeDecodeError:
            raise InputError(f"{self.where}, row 1", "cannot be read as text (not UTF-8)", "save it as UTF-8") from None
        if not text.strip():
            raise InputError(self.where, "is empty", "give a header and rows under it")
        separator = max(SEPARATORS, key=text.count)
        return separator, [cell.strip() for cell in next(csv.reader([text], delimiter=separator))]

    def faults(self) -> list[DetenteError]:
        """Everything that is wrong with the text: encoding, rows of another width, an end that is missing."""
        faults: list[DetenteError] = []
        more, row = 0, 2
        for block in self._blocks(faults):
            own, count = self._looked(block, row)
            more += max(0, len(faults) + len(own) - MOST_FAULTS)
            faults += own[: max(0, MOST_FAULTS - len(faults))]
            row += count
        self.rows = row - 2
        if more:
            faults.append(InputError(self.where, f"has {more:,} more rows with faults", "mend these and look again"))
        return faults

    def _blocks(self, faults: list[DetenteError] | None = None) -> Iterator[bytes]:
        """The text under the header in blocks of whole rows; what stops it short is put among the faults."""
        rest = b""
        try:
            with self._open() as file:
                file.readline(LONGEST_ROW)
                while piece := file.read(BLOCK):
                    rest += piece
                    end = _end_of_row(rest)
                    if len(rest) - end > LONGEST_ROW:
                        # A quote that is never closed would make the rest of the file one row.
                        yield rest
                        return
                    if end:
                        yield rest[:end]
                        rest = rest[end:]
        except (EOFError, OSError, zlib.error):
            if faults is None:
                raise _cut(self.where) from None
            faults.append(_cut(self.where))
            return
        if rest.strip():
            yield rest

    def _looked(self, block: bytes, row: int) -> tuple[list[DetenteError], int]:
        """Faults of a block whose first row has a number, and how many rows it has."""
        if b"\0" in block:
            return [InputError(f"{self.where}, row {row}", "holds zero bytes", "save it as CSV in UTF-8")], 0
        try:
            block.decode("utf-8")
        except UnicodeDecodeError:
            return self._undecoded(block, row)
        widths, numbers = self._widths(block, row)
        wrong = np.flatnonzero(widths != len(self.header))
        return [self._ragged(int(numbers[i]), int(widths[i])) for i in wrong.tolist()], int(widths.size)

    def _undecoded(self, block: bytes, row: int) -> tuple[list[DetenteError], int]:
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
        return faults, len(lines)

    def _widths(self, block: bytes, row: int) -> tuple[np.ndarray, np.ndarray]:
        """Fields of each row that is not blank, and its number in the file."""
        if b'"' in block or b"\n\n" in block or b"\n\r\n" in block or block[:1] in (b"\n", b"\r"):
            try:
                pairs = [(len(cells), n) for n, cells in enumerate(self._cells(block), start=row) if cells]
            except csv.Error:
                return np.asarray([0]), np.asarray([row])
            widths, numbers = zip(*pairs, strict=True) if pairs else ((), ())
            return np.asarray(widths, dtype=np.int64), np.asarray(numbers, dtype=np.int64)
        data = np.frombuffer(block if block.endswith(b"\n") else block + b"\n", dtype=np.uint8)
        ends = np.flatnonzero(data == 10)
        signs = np.flatnonzero(data == ord(self._sep))
        widths = np.diff(np.searchsorted(signs, ends), prepend=0) + 1
        return widths, np.arange(row, row + widths.size)

    def _cells(self, block: bytes) -> Iterator[list[str]]:
        return csv.reader(io.StringIO(block.decode("utf-8"), newline=""), delimiter=self._sep)

    def _ragged(self, row: int, width: int) -> InputError:
        what = f"has {width} {'field' if width == 1 else 'fields'}, the header {len(self.header)}"
        repair = "check separators and quotes; a last row that is short may be cut off"
        return InputError(f"{self.where}, row {row}", what, repair)

    def pieces(self, size: int) -> Iterator[pl.DataFrame]:
        """Pieces in order."""
        import polars as pl

        frames: list[pl.DataFrame] = []
        waiting = row = 0
        for block in self._blocks():
            frame = self._frame(block, row + 2)
            row += block.count(b"\n") if frame["row"].is_empty() else int(frame["row"][-1]) - row - 1
            frames.append(frame)
            waiting += frame.height
            if waiting < size:
                continue
            whole = pl.concat(frames)
            yield from (whole.slice(i * size, size) for i in range(waiting // size))
            frames = [whole.slice(waiting - waiting % size)]
            waiting %= size
        if waiting:
            yield pl.concat(frames)

    def piece(self, number: int, size: int) -> pl.DataFrame:
        """One piece."""
        return next(frame for i, frame in enumerate(self.pieces(size)) if i == number)

    def _frame(self, block: bytes, row: int) -> pl.DataFrame:
        import polars as pl

        if b'"' in block or b"\n\n" in block or b"\n\r\n" in block or block[:1] in (b"\n", b"\r"):
            rows = [(number, *cells) for number, cells in enumerate(self._cells(block), start=row) if cells]
            kinds = {"row": pl.Int64, **dict.fromkeys(self.header, pl.String)}
            return pl.DataFrame(rows, schema=kinds, orient="row", infer_schema_length=None)
        frame = pl.read_csv(
            block, has_header=False, new_columns=self.header, separator=self._sep, infer_schema=False, quote_char=None
        )
        return frame.select(pl.Series("row", range(row, row + frame.height), dtype=pl.Int64), pl.all())


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
