"""Files of the user: a path, standard input, a file that was sent, a data frame or rows, as every face gives them."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from detente.codes import InputError, Parameter, Table
from detente.data.containers import PACKED, PARQUET, ZIPPED
from detente.data.rowfile import SentFile

#: A row that is typed in the place of a file: a code, a country, and what else belongs to it.
ROW = re.compile(r"\d[\d.]{3,}:[^/\\]+")

STDIN = "-"
#: What messages call a data frame.
TABLE = "table"


@dataclass(frozen=True)
class UserFile:
    """A file of the user.

    Attributes
    ----------
    name : what messages and answers call it.
    given : paths, a file that was sent, a polars data frame, or rows that were typed.
    """

    name: str
    given: tuple[Path, ...] | SentFile | Any = field(repr=False)

    def __str__(self) -> str:
        return self.name

    @cached_property
    def digest(self) -> str:
        """A hash of its content, whatever its name."""
        made = sha256()
        if isinstance(self.given, tuple):
            for path in self.given:
                for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
                    if file.is_file():
                        with file.open("rb") as content:
                            while block := content.read(1 << 20):
                                made.update(block)
        elif isinstance(self.given, SentFile):
            made.update(self.given.content)
        else:
            made.update(
                repr(self.given if isinstance(self.given, list) else self.given.to_dict(as_series=False)).encode()
            )
        return made.hexdigest()

    @property
    def most(self) -> int | None:
        """Rows that it may have; None where nobody limits them."""
        return self.given.most if isinstance(self.given, SentFile) else None


def file_of(value: Any, where: Parameter) -> UserFile:
    """A file of the user.

    Parameters
    ----------
    value : a path or several, a folder, "-" for standard input, a file that was sent, anything with columns, rows as
        mappings, or rows that are typed as LINE:PARTNER.

    Raises
    ------
    InputError : what is none of these.
    """
    if isinstance(value, UserFile):
        return value
    if isinstance(value, SentFile):
        return UserFile(value.name, value)
    if isinstance(value, str | Path):
        value = [value]
    if isinstance(value, list | tuple) and value and all(isinstance(item, str | Path) for item in value):
        return _named([str(item).strip() for item in value], where)
    return UserFile(TABLE, _frame(value, where))


def typed(value: Any) -> bool:
    """Whether it is rows that are typed in the place of a file."""
    items = value if isinstance(value, list | tuple) else [value]
    return all(isinstance(item, str) and _rows(item) for item in items)


def _rows(text: str) -> list[str]:
    """Rows of a text, with commas between; none where it is no such text."""
    rows = [part.strip() for part in re.split(r",\s*(?=\d[\d.]{3,}:)|\n", text) if part.strip()]
    return rows if rows and all(map(ROW.fullmatch, rows)) else []


def _named(texts: list[str], where: Parameter) -> UserFile:
    rows = [_rows(text) for text in texts]
    if all(rows):
        every = [row for own in rows for row in own]
        return UserFile("; ".join(every)[:200], every)
    if texts == [STDIN]:
        return UserFile("standard input", _read())
    if STDIN in texts:
        raise InputError(where, "is standard input and files", "give one of them")
    return UserFile(", ".join(Path(text).name or text for text in texts)[:200], tuple(map(Path, texts)))


def _read() -> SentFile:
    """Standard input, of the kind that its content says."""
    content = sys.stdin.buffer.read()
    kinds = {PARQUET: ".parquet", ZIPPED: ".xlsx"}
    ending = kinds.get(content[:4], ".csv.gz" if content[:2] == PACKED else ".csv")
    return SentFile(f"standard input{ending}", content)


def _frame(given: Any, where: Parameter) -> Any:
    """A data frame of polars from whatever holds columns or rows."""
    import polars as pl

    try:
        if isinstance(given, pl.LazyFrame):
            return given.collect()
        if isinstance(given, Table):
            return pl.DataFrame({name: values.tolist() for name, values in given.data.items()})
        if type(given).__module__.startswith("pandas"):
            return pl.from_pandas(given)
        return pl.DataFrame(given)
    except (TypeError, ValueError, AttributeError, pl.exceptions.PolarsError) as error:
        what = f"{type(given).__name__} holds no columns ({type(error).__name__})"
        raise InputError(where, what, "give a path, a data frame, or rows") from None
