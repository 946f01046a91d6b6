"""Shelf: pieces of long work packed, in memory or in a file each, and read table by table."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from detente.codes import InputError
from detente.data.store import write_bytes

#: Date within a packed piece: a fixed one, so that the same rows give the same bytes.
DATED = (2025, 1, 1, 0, 0, 0)


def packed(tables: Mapping[str, pl.DataFrame | bytes]) -> bytes:
    """Tables, and what is bytes already, as bytes: the same for the same rows."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, table in tables.items():
            content = table
            if not isinstance(content, bytes):
                own = io.BytesIO()
                # Arrow files may lay the same texts out in several ways; these do not.
                content.write_parquet(own, compression="lz4", statistics=False)
                content = own.getvalue()
            archive.writestr(zipfile.ZipInfo(name, DATED), content)
    return out.getvalue()


@dataclass(frozen=True)
class PieceShelf:
    """Pieces that are done, by number.

    Attributes
    ----------
    folder : where each is a file; None keeps them in memory.
    name : number of a piece -> name of its file, with the key of everything that it depends on.
    """

    folder: Path | None
    name: Callable[[int], str] = field(repr=False)
    _memory: dict[int, bytes] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.folder is not None and self.folder.exists() and not self.folder.is_dir():
            raise InputError(str(self.folder), "is a file, not a folder", "move it away, or write elsewhere")

    def place(self, number: int) -> Path | io.BytesIO:
        """Where a piece is read."""
        return io.BytesIO(self._memory[number]) if self.folder is None else self.folder / self.name(number)

    def holds(self, number: int) -> bool:
        """Whether a piece is done; one that is cut short or damaged is not."""
        try:
            with zipfile.ZipFile(self.place(number)) as archive:
                return archive.testzip() is None
        except (OSError, zipfile.BadZipFile, EOFError, KeyError):
            return False

    def keep(self, number: int, content: bytes) -> None:
        """Keep a packed piece."""
        if self.folder is None:
            self._memory[number] = content
        else:
            write_bytes(self.folder / self.name(number), content)

    def tables(self, number: int) -> list[str]:
        """Names of what is in a piece."""
        with zipfile.ZipFile(self.place(number)) as archive:
            return archive.namelist()

    def content(self, number: int, name: str) -> bytes:
        """What a piece holds under a name."""
        with zipfile.ZipFile(self.place(number)) as archive:
            return archive.read(name)

    def height(self, number: int, name: str) -> int:
        """Rows of a table of a piece, of which no more is read."""
        return int(pl.scan_parquet(io.BytesIO(self.content(number, name))).select(pl.len()).collect().item())

    def table(self, number: int, name: str) -> pl.DataFrame:
        """One table of a piece."""
        return pl.read_parquet(io.BytesIO(self.content(number, name)))
