"""Answers of months on disk: each a file that appears whole or not at all, and is read when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from detente.data.store import write_bytes
from detente.lab.micro.months import unpacked


@dataclass(frozen=True)
class MonthShelf(Mapping[str, bytes]):
    """Answers by month.

    Attributes
    ----------
    names : month -> name of its file, with the key of all it depends on; months by the number of their chunk.
    """

    folder: Path
    names: Mapping[str, str] = field(repr=False)

    def __getitem__(self, month: str) -> bytes:
        return (self.folder / self.names[month]).read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def holds(self, number: int) -> bool:
        """Whether a month is done; a file that is cut short or damaged is not."""
        import polars as pl

        try:
            unpacked(self[list(self.names)[number]])
        except (OSError, pl.exceptions.PolarsError):
            return False
        return True

    def keep(self, number: int, content: bytes) -> None:
        """Keep the answer of a month."""
        write_bytes(self.folder / list(self.names.values())[number], content)
