"""Microdata of a statistical office: many rows by month, line and partner, cut into blocks that are read one by one.

A block is a span of a CSV file, some row groups of a Parquet file or a whole gzipped file. Its key is a hash of its
content, so that what was made of it is known again wherever the file lies and in whatever order files are given.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import warnings
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from detente.codes import InputError, did_you_mean
from detente.codes.countries import fold

if TYPE_CHECKING:
    import polars as pl

NAMES: Mapping[str, tuple[str, ...]] = {
    "month": ("month", "period", "time", "date"),
    "year": ("year",),
    "line": ("line", "hts10", "hts", "hs10", "commodity", "i commodity", "code"),
    "partner": ("partner", "cty name", "country", "origin", "iso3", "cty code"),
    "value": ("value", "customs value", "con val mo", "value usd"),
    "duty": ("duty", "duties", "calculated duty", "cal dut mo"),
    "programme": ("programme", "program", "preference"),
    "claim": ("claim",),
}
"""Heads that a column may have, folded, the first that is there; others are left aside, as districts and ports."""

NEEDED = ("month", "line", "partner", "value")
NUMBERS = ("value", "duty", "claim")
SEPARATORS = ",;\t|"

TEXT = 64 << 20
"""Bytes of a block of text, and of each piece of a gzipped file."""

ROWS = 2_000_000
"""Rows of Parquet in a block, about."""

HEAD = 1 << 16
"""Bytes in which a header must end."""

ENDINGS = (".csv", ".txt", ".tsv", ".gz", ".parquet")


@dataclass(frozen=True)
class RowBlock:
    """Some rows of a file.

    Attributes
    ----------
    kind : "csv", "gz" or "parquet". `start`, `stop` : bytes of a CSV file, rows of a Parquet file; 0 and 0 for all.
    row : number of the first row as a reader counts it, the header being row 1.
    key : hash of the content and of how it is read.
    columns : what each column is -> its head in the file; `fixed` : what the folders of the path say.
    header : all heads of a text in order; `separator` between them.
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
    blocks = {block.key: block for path in _files(paths) for block in _blocks(path, _folders(path))}
    if not blocks:
        raise InputError(", ".join(map(str, paths)), "has no rows", "give rows of month, line, partner and value")
    return [blocks[key] for key in sorted(blocks)]


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """Each file, those below folders in order."""
    if not paths:
        raise InputError("files", "none is given", "name files or folders of microdata")
    for path in paths:
        if not path.exists():
            raise InputError(str(path), "there is no such file", "check the path")
        inside = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix in ENDINGS) if path.is_dir() else [path]
        if not inside:
            raise InputError(str(path), "holds no table", f"put files there that end in {', '.join(ENDINGS)}")
        yield from inside


def _folders(path: Path) -> dict[str, str]:
    """What the folders of a partitioned table say, as month=2025-04."""
    pairs = (part.partition("=") for part in path.resolve().parts[:-1])
    return {fold(name): value for name, mark, value in pairs if mark}


def _blocks(path: Path, folders: Mapping[str, str]) -> Iterator[RowBlock]:
    try:
        if path.suffix == ".parquet":
            yield from _parquet_blocks(path, folders)
        elif path.suffix == ".gz":
            yield _packed_block(path, folders)
        else:
            yield from _text_blocks(path, folders)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise _damaged(path) from None
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({str(error.strerror).lower()})", "check the file") from None


def _damaged(path: Path | str) -> InputError:
    return InputError(str(path), "is cut short or damaged", "fetch the file again")


def _columns(heads: Sequence[str], folders: Mapping[str, str], where: Path) -> tuple[dict[str, str], dict[str, str]]:
    """What each column is -> its head, and what each folder says.

    Raises
    ------
    InputError : a column that is needed and missing.
    """
    known = {fold(head.replace("_", " ")): head for head in reversed(heads)}
    columns: dict[str, str] = {}
    fixed: dict[str, str] = {}
    for use, names in NAMES.items():
        head = next((known[name] for name in names if name in known), None)
        word = next((folders[name] for name in names if name in folders), None)
        if head is not None:
            columns[use] = head
        elif word is not None:
            fixed[use] = word
    lacking = [use for use in NEEDED if use not in columns and use not in fixed]
    if lacking:
        near = did_you_mean(lacking[0], list(heads))
        what = f"has no column '{lacking[0]}'{f', but {near}' if near else ''}"
        raise InputError(str(where), what, "columns are month, line, partner, value and, if known, duty, programme")
    return columns, fixed


def _key(digest: Any, columns: Mapping[str, str], fixed: Mapping[str, str], *more: object) -> str:
    digest.update(repr((sorted(columns.items()), sorted(fixed.items()), more)).encode())
    return digest.hexdigest()[:24]


def _text_blocks(path: Path, folders: Mapping[str, str]) -> Iterator[RowBlock]:
    with path.open("rb") as file:
        header, separator, start = _header(file, path)
        columns, fixed = _columns(header, folders, path)
        row = 2
        while True:
            file.seek(start)
            content = file.read(TEXT)
            content += file.readline()
            if not content:
                return
            key = _key(hashlib.blake2b(content), columns, fixed, header, separator)
            count = content.count(b"\n") + (not content.endswith(b"\n"))
            stop = start + len(content)
            yield RowBlock(str(path.absolute()), "csv", start, stop, row, key, columns, fixed, header, separator, count)
            row, start = row + count, stop


def _header(file: BinaryIO, path: Path) -> tuple[tuple[str, ...], str, int]:
    """Heads of a text, the sign between them, and where its rows begin."""
    line = file.readline(HEAD)
    try:
        text = line.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise InputError(str(path), "is no text in UTF-8", "save it as CSV in UTF-8, or as Parquet") from None
    if not text.strip() or "\x00" in text:
        raise InputError(str(path), "does not begin with a header", "name the columns in the first row")
    separator = max(SEPARATORS, key=text.count)
    heads = tuple(head.strip().strip('"').strip() for head in text.split(separator))
    if len(set(heads)) < len(heads):
        raise InputError(str(path), "has a column of the same name twice", "give each its own name")
    return heads, separator, len(line)


def _packed_block(path: Path, folders: Mapping[str, str]) -> RowBlock:
    with gzip.open(path, "rb") as file:
        header, separator, _ = _header(file, path)  # type: ignore[arg-type]
    columns, fixed = _columns(header, folders, path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "blake2b")
    size = max(1, path.stat().st_size // 8)
    return RowBlock(
        str(path.absolute()),
        "gz",
        0,
        0,
        2,
        _key(digest, columns, fixed, header, separator),
        columns,
        fixed,
        header,
        separator,
        size,
    )


def _parquet_blocks(path: Path, folders: Mapping[str, str]) -> Iterator[RowBlock]:
    import polars as pl

    try:
        heads = list(pl.read_parquet_schema(path))
        rows = int(pl.scan_parquet(path, hive_partitioning=False).select(pl.len()).collect().item())
    except pl.exceptions.PolarsError:
        raise _damaged(path) from None
    columns, fixed = _columns(heads, folders, path)
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "blake2b").digest()
    for start in range(0, rows, ROWS):
        stop = min(start + ROWS, rows)
        key = _key(hashlib.blake2b(content), columns, fixed, start)
        yield RowBlock(str(path.absolute()), "parquet", start, stop, start + 2, key, columns, fixed, size=stop - start)


def frames_of(block: RowBlock) -> Iterator[pl.DataFrame]:
    """The rows of a block: `row`, texts `month`, `line`, `partner`, `programme`, numbers `value`, `duty`, `claim`.

    What the file does not have is missing. A value that is no number is null.

    Raises
    ------
    InputError : a file that is damaged or ragged.
    """
    import polars as pl

    row = block.row
    try:
        for frame in _raw(block):
            yield _named(frame, block, row)
            row += frame.height
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise _damaged(block.path) from None
    except pl.exceptions.PolarsError as error:
        reason = str(error).splitlines()[0][:100].lower()
        raise InputError(block.path, f"cannot be read near row {row:,} ({reason})", "mend the rows there") from None


def _raw(block: RowBlock) -> Iterator[pl.DataFrame]:
    import polars as pl

    if block.kind == "parquet":
        rows = pl.scan_parquet(block.path, hive_partitioning=False).slice(block.start, block.stop - block.start)
        yield rows.select(list(dict.fromkeys(block.columns.values()))).collect()
        return
    for content in _pieces(block):
        yield _parsed(content, block)


def _pieces(block: RowBlock) -> Iterator[bytes]:
    """Whole rows of text, without the header."""
    if block.kind == "csv":
        with Path(block.path).open("rb") as file:
            file.seek(block.start)
            yield file.read(block.stop - block.start)
        return
    with gzip.open(block.path, "rb") as file:
        file.readline(HEAD)
        while content := file.read(TEXT):
            yield content + file.readline()


def _parsed(content: bytes, block: RowBlock) -> pl.DataFrame:
    import polars as pl

    uses = {head: use for use, head in block.columns.items()}
    kinds = {head: pl.Float64 if uses.get(head) in NUMBERS else pl.String for head in block.header}
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        frame = pl.read_csv(
            io.BytesIO(content),
            has_header=False,
            separator=block.separator,
            columns=[i for i, head in enumerate(block.header) if head in uses],
            schema=dict(zip(block.header, kinds.values(), strict=True)),
            ignore_errors=True,
            encoding="utf8-lossy",
        )
    if any("malformed" in str(warning.message) for warning in warned):
        # Rows are lost then, not only cells.
        raise InputError(
            block.path, f"cannot be read near row {block.row:,} (quotes)", "mend quotes and separators there"
        )
    return frame


def _named(frame: pl.DataFrame, block: RowBlock, row: int) -> pl.DataFrame:
    import polars as pl

    def column(use: str, head: str) -> pl.Expr:
        kind = frame.schema[head]
        if use in NUMBERS:
            return pl.col(head).cast(pl.Float64, strict=False).alias(use)
        text = pl.col(head).dt.strftime("%Y-%m") if kind in (pl.Date, pl.Datetime) else pl.col(head).cast(pl.String)
        # A number has lost the zeros that it began with.
        return (text.str.zfill(10) if use == "line" and kind.is_integer() else text).alias(use)

    made = frame.select(column(use, head) for use, head in block.columns.items())
    fixed = [pl.lit(word).alias(use) for use, word in block.fixed.items()]
    return made.with_columns(fixed).with_row_index("row", offset=row)
