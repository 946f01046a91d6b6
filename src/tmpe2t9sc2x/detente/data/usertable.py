"""One strict reader of the tables that users give, CSV or Parquet.

A column that is misspelt, there twice or of another kind is refused, as are numbers that are none, cells left blank,
ragged rows and tables beyond all use. What the values mean is for those who ask for the table.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.codes import InputError, UnknownName
from detente.data.userfile import as_utf8, read_bytes

if TYPE_CHECKING:
    import polars as pl

MOST_ROWS = 2_000_000
"""Rows of a table: a world of 160 countries and 65 sectors has 1.7 million flows."""

MOST_COLUMNS = 1_000
MOST_CELLS = 20_000_000
FEW_CELLS = 1_000_000
"""Separators in a text up to which no limit can be met; cells are then not counted one by one."""
LONGEST = 1_000
"""Letters of a cell."""
_PADDED = (" ,", ", ", " \n", "\n ", " \r", ' "', '" ', "\t", "\v", "\f")
"""Where a text of plain letters has blanks around cells, if it has any."""

NUMBER = "give a number, with a point before decimals"


@dataclass(frozen=True)
class Columns:
    """What a table may hold.

    Attributes
    ----------
    texts, numbers : columns it must have. Numbers are finite; none of either kind is blank.
    maybe_texts, maybe_numbers : columns it may have; a text may be blank there and is then "".
    others : whether columns of other names may stand there, of text or numbers; they are taken as they are.
    number : what to do about a cell that is no number.
    no_rows : whether a header alone says something.
    """

    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    maybe_texts: tuple[str, ...] = ()
    maybe_numbers: tuple[str, ...] = ()
    others: bool = False
    number: str = NUMBER
    no_rows: bool = False

    @property
    def known(self) -> tuple[str, ...]:
        """Every name it speaks of."""
        return (*self.texts, *self.numbers, *self.maybe_texts, *self.maybe_numbers)


def read_table(path: Path, columns: Columns) -> pl.DataFrame:
    """A CSV or Parquet file whose columns are texts (String) and finite numbers (Float64), as asked.

    Row 2 of a file, as refusals count, is the first under its header.

    Raises
    ------
    InputError, UnknownName : what cannot be read or is not as asked, with column and row.
    """
    frame = _parquet(path) if path.suffix == ".parquet" else _csv(path)
    _check_names(frame.columns, columns, str(path))
    if not frame.height and not columns.no_rows:
        raise InputError(str(path), "has no rows", f"give rows of {', '.join(columns.known)}")
    return _typed(frame, columns, str(path))


def _check_names(names: Sequence[str], columns: Columns, where: str) -> None:
    wanted = ", ".join((*columns.texts, *columns.numbers, *(f"{name} (optional)" for name in _maybe(columns))))
    unknown = [name for name in names if name not in columns.known]
    missing = [name for name in (*columns.texts, *columns.numbers) if name not in names]
    if missing and not (unknown and _near(unknown[0], missing)):
        raise InputError(where, f"has no column '{missing[0]}'", f"columns are {wanted}{_signs(names)}")
    if unknown and (missing or not columns.others):
        raise UnknownName("column", unknown[0], columns.known, where, f"columns are {wanted}")
    for name in unknown:
        check_spelling(name, columns.known, names, where)


def _maybe(columns: Columns) -> tuple[str, ...]:
    return (*columns.maybe_texts, *columns.maybe_numbers)


def _near(name: str, known: Iterable[str]) -> bool:
    from detente.codes import did_you_mean

    return bool(did_you_mean(name, known))


def _signs(names: Sequence[str]) -> str:
    """What a header in one piece tells of: another sign between columns."""
    return ", with commas between them" if len(names) == 1 and any(sign in names[0] for sign in ";\t|") else ""


def check_spelling(name: str, known: Iterable[str], header: Iterable[str], where: str) -> None:
    """Refuse a column of free name that is all but a known one which the table lacks.

    Raises
    ------
    UnknownName : with the name that was meant.
    """
    present = set(header)
    lacking = [column for column in known if column not in present and _one_slip(name.lower(), column)]
    if lacking:
        raise UnknownName("column", name, lacking, where, "or give it another name")


def _one_slip(given: str, known: str) -> bool:
    """Whether two words differ by a letter more, less, changed or moved; words of three letters are left alone."""
    if given == known:
        return True
    if len(known) < 4 or abs(len(given) - len(known)) > 1:
        return False
    first = next((i for i, (a, b) in enumerate(zip(given, known, strict=False)) if a != b), min(len(given), len(known)))
    rest, other = given[first:], known[first:]
    swapped = rest[:2] == other[:2][::-1] and rest[2:] == other[2:]
    return swapped or rest[1:] == other[1:] or rest[1:] == other or rest == other[1:]


def _csv(path: Path) -> pl.DataFrame:
    """A CSV file as texts."""
    import polars as pl

    header, rows = csv_rows(read_bytes(path), str(path))
    columns = zip(*rows, strict=True) if rows else ((),) * len(header)
    data = {name: list(values) for name, values in zip(header, columns, strict=True)}
    return pl.DataFrame(data, schema=dict.fromkeys(header, pl.String))


def csv_rows(content: bytes, where: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a CSV file, blanks around cells taken off; blank rows may only end it.

    Raises
    ------
    InputError : text that is none, a header that is empty or names a column twice, ragged or blank rows, too much.
    """
    text = as_utf8(content, where)
    if "\0" in text:
        raise InputError(where, "is not a CSV file", "save it as CSV in UTF-8")
    try:
        reader = csv.reader(io.StringIO(text, newline=""))
        table = list(_limited(reader, where) if text.count(",") + text.count("\n") >= FEW_CELLS else reader)
    except csv.Error as error:
        raise InputError(where, f"is not a CSV file ({error})", "check quotes and commas") from None
    if not text.isascii() or text != text.strip(" ") or any(sign in text for sign in _PADDED):
        table = [[cell.strip() for cell in row] for row in table]
    while table and not any(table[-1]):
        table.pop()
    if not table:
        raise InputError(where, "is empty", "give a header and rows under it")
    header, rows = table[0], table[1:]
    check_header(header, where)
    for number, row in enumerate(rows, start=2):
        if not any(row):
            raise InputError(f"{where}, row {number}", "is blank", "delete it")
        if len(row) != len(header):
            what = f"has {len(row)} {'field' if len(row) == 1 else 'fields'}, the header {len(header)}"
            raise InputError(f"{where}, row {number}", what, "check commas and quotes")
    return header, rows


def _limited(rows: Iterable[list[str]], where: str) -> Iterable[list[str]]:
    cells = 0
    for number, row in enumerate(rows, start=1):
        cells += len(row)
        check_size(number - 1, cells, where)
        yield row


def check_size(rows: int, cells: int, where: str) -> None:
    """Refuse a table beyond all use."""
    if rows > MOST_ROWS or cells > MOST_CELLS:
        limit = f"{MOST_ROWS:,} rows" if rows > MOST_ROWS else f"{MOST_CELLS:,} cells"
        raise InputError(where, f"has more than {limit}", "give a smaller table")


def check_header(header: Sequence[str], where: str) -> None:
    """Refuse columns without a name, or two of one name."""
    if len(header) > MOST_COLUMNS:
        raise InputError(where, f"has more than {MOST_COLUMNS:,} columns", "give a smaller table")
    for number, name in enumerate(header, start=1):
        if not name:
            raise InputError(where, f"column {number} has no name", "name every column in the first row")
        if header.index(name) < number - 1:
            raise InputError(where, f"column '{name}' is there twice", "keep one of them")


def _parquet(path: Path) -> pl.DataFrame:
    """A Parquet file, once its own account of its size is within the limits."""
    import polars as pl

    where, content = str(path), read_bytes(path)
    try:
        scan = pl.scan_parquet(io.BytesIO(content))
        header = scan.collect_schema().names()
        check_header(header, where)
        rows = int(scan.select(pl.len()).collect().item())
        check_size(rows, rows * len(header), where)
        return pl.read_parquet(io.BytesIO(content))
    except InputError:
        raise
    except (Exception, pl.exceptions.PanicException) as error:
        # A damaged file meets the library in more ways than it names.
        name = type(error).__name__
        raise InputError(where, f"cannot be read ({name})", "give CSV or Parquet, whole") from None


def _typed(frame: pl.DataFrame, columns: Columns, where: str) -> pl.DataFrame:
    """The frame with every column of the kind asked for."""
    import polars as pl

    return pl.DataFrame([_column(series, columns, where) for series in frame.get_columns()])


def _column(series: pl.Series, columns: Columns, where: str) -> pl.Series:
    if series.name in (*columns.numbers, *columns.maybe_numbers):
        return _numbers(series, where, columns.number)
    if series.name not in columns.known and series.dtype.is_numeric():
        return series
    return _texts(series, where, series.name in columns.texts)


def _texts(series: pl.Series, where: str, needed: bool) -> pl.Series:
    import polars as pl

    textual = pl.String | pl.Categorical | pl.Enum | pl.Date | pl.Datetime | pl.Null
    if not isinstance(series.dtype, textual):
        kind = "numbers" if series.dtype.is_numeric() else str(series.dtype).lower()
        raise InputError(where, f"column '{series.name}' holds {kind}, not text", "store it as text")
    texts = series.cast(pl.String).fill_null("").str.strip_chars()
    _refuse(texts, texts.str.len_bytes() > LONGEST, where, f"has more than {LONGEST:,} letters", "shorten it")
    if needed:
        _refuse(texts, texts == "", where, "is blank", "fill it in, or delete the row")
    return texts


def _numbers(series: pl.Series, where: str, repair: str) -> pl.Series:
    import polars as pl

    if not isinstance(series.dtype, pl.String | pl.Null) and not series.dtype.is_numeric():
        kind = str(series.dtype).lower()
        raise InputError(where, f"column '{series.name}' holds {kind}, not numbers", "store it as numbers")
    values = series.cast(pl.Float64, strict=False)
    _refuse(series, ~values.is_finite().fill_null(False), where, "is not a number", repair)
    return values


def _refuse(series: pl.Series, wrong: pl.Series, where: str, what: str, repair: str) -> None:
    """Refuse the first cell that is wrong."""
    if wrong.any():
        row = int(wrong.arg_true()[0])
        raise InputError(f"{where}, row {row + 2}", f"{shown(series[row])} in '{series.name}' {what}", repair)


def shown(cell: Any) -> str:
    """A cell as a refusal names it."""
    text = "" if cell is None else str(cell)
    return f"'{text[:40]}...'" if len(text) > 40 else f"'{text}'"
