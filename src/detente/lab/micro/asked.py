"""Microdata as they are asked for: files, or what stands for them, and the answers of each month as they are wanted."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from detente.codes import InputError, Table, UnknownName
from detente.data.rowfile import MONTHLY, SentFile, blocks_of, read_texts
from detente.data.store import PassingFolder, write_bytes
from detente.lab.micro.micro import BAD, OWN_MONTH, Micro, micro
from detente.lab.micro.setting import MicroSetting
from detente.lab.work.workers import dask

MOST_MONTHS = 24
"""Months that a server lays a law on."""

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class AskedMonths:
    """Rows by month, and how they are answered for.

    Attributes
    ----------
    given : files, a file that was sent, or a data frame; name : what messages call it.
    by : groupings; void : what is void, for refunds. first, last : months. weights : of the daily series.
    bad : share of the rows that may be unusable. folder : that keeps what is done; workers : processes.
    cluster : address of a Dask cluster. most : rows that it may have.
    """

    given: Any = field(repr=False)
    name: str
    setting: MicroSetting
    by: Sequence[str] = ()
    daily_by: Sequence[str] = ()
    void: tuple[str, ...] = ()
    weights: str = OWN_MONTH
    first: str = ""
    last: str = ""
    bad: float = BAD
    folder: Path | None = None
    workers: int | None = 1
    cluster: str = ""
    most: int | None = None
    tell: Tell | None = None

    @cached_property
    def _passing(self) -> PassingFolder:
        return PassingFolder("detente-micro")

    @cached_property
    def paths(self) -> list[Path]:
        """Files and folders that hold the rows; what is no file that is read as rows is written as one."""
        named = list(self.given) if isinstance(self.given, tuple) else []
        if named and all(path.suffix.lower() in MONTHLY or path.is_dir() or not path.exists() for path in named):
            return named
        sent = self.given
        if isinstance(sent, SentFile) and sent.name.lower().endswith(MONTHLY):
            paths = [write_bytes(self._passing.path / Path(sent.name).name, sent.content)]
        else:
            frame = read_texts(self.given, self.name)
            out = io.BytesIO()
            frame.write_parquet(out)
            paths = [write_bytes(self._passing.path / f"{Path(self.name).stem}.parquet", out.getvalue())]
        rows = sum(block.size for block in blocks_of(paths))
        if self.most is not None and rows > self.most:
            raise InputError(self.name, f"has {rows:,} rows", f"send {self.most:,} or fewer, or use the command")
        return paths

    @cached_property
    def _known(self) -> dict[str, Micro]:
        return {}

    def answer(self, ask: str) -> Micro:
        """The answer to one of the questions about the rows; kept.

        Raises
        ------
        UnknownName, InputError : as `micro`.
        """
        if ask not in self._known:
            self._known[ask] = self._made(ask)
        return self._known[ask]

    def table(self, ask: str, name: str) -> Table:
        """A table of an answer."""
        return self.answer(ask).tables[name]

    def _made(self, ask: str) -> Micro:
        try:
            with dask(self.cluster) if self.cluster else nullcontext(None) as executor:
                return micro(
                    self.paths, ask, setting=self.setting, void=self.void if ask == "refunds" else (),
                    by={"daily": self.daily_by, "refunds": ()}.get(ask, self.by),
                    weights=self.weights if ask == "daily" else OWN_MONTH, first=self.first, last=self.last,
                    bad=self.bad, work=self.folder or self._passing.path / "work", workers=self.workers,
                    executor=executor, tell=self.tell, most=None if self.most is None else MOST_MONTHS,
                )  # fmt: skip
        except UnknownName:
            raise
        except InputError as error:
            if isinstance(self.given, tuple):
                raise
            # The folder is of this program, the file of whoever gave it.
            where, what = (str(text).replace(f"{self._passing.path}/", "") for text in (error.where, error.what))
            raise InputError(where, what, error.repair) from None
