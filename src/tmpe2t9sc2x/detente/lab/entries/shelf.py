"""Shelf: frames of pieces that were rated, packed, in memory or in a file each, and read table by table."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from detente.codes import InputError
from detente.data.store import write_bytes

if TYPE_CHECKING:
    import polars as pl

DATED = (2025, 1, 1, 0, 0, 0)
"""Date within a packed piece: a fixed one, so that the same rows give the same bytes."""


def packed(frames: Mapping[str, pl.DataFrame]) -> bytes:
    """Frames as bytes, the same for the same rows."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, frame in frames.items():
            table = io.BytesIO()
            # Arrow files may lay the same texts out in several ways; these do not.
            frame.write_parquet(table, compression="lz4", statistics=False)
            archive.writestr(zipfile.ZipInfo(name, DATED), table.getvalue())
    return out.getvalue()


@dataclass(frozen=True)
class PieceShelf:
    """Pieces that were rated.

    Attributes
    ----------
    folder : where each is a file; None keeps them in memory. `key` : of everything they depend on.
    """

    folder: Path | None
    key: str
    _memory: dict[int, bytes] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.folder is not None and self.folder.exists() and not self.folder.is_dir():
            raise InputError(str(self.folder), "is a file, not a folder", "move it away, or write elsewhere")

    def path(self, number: int) -> Path:
        """File of a piece."""
        assert self.folder is not None
        return self.folder / f"{self.key}-{number:05d}.zip"

    def holds(self, number: int) -> bool:
        """Whether a piece is done; one that is cut short or damaged is not."""
        if self.folder is None:
            return number in self._memory
        try:
            with zipfile.ZipFile(self.path(number)) as archive:
                return archive.testzip() is None
        except (OSError, zipfile.BadZipFile, EOFError):
            return False

    def keep(self, number: int, content: bytes) -> None:
        """Keep a packed piece."""
        if self.folder is None:
            self._memory[number] = content
        else:
            write_bytes(self.path(number), content)

    def table(self, number: int, name: str) -> pl.DataFrame:
        """One table of a piece."""
        import polars as pl

        file = self.path(number) if self.folder is not None else io.BytesIO(self._memory[number])
        with zipfile.ZipFile(file) as archive:
            return pl.read_parquet(io.BytesIO(archive.read(name)))
