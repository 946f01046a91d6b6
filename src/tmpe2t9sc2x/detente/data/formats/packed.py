"""Packed: rows of workbooks, of Parquet and of Stata, whose cells are not text until they are read."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from detente.codes import InputError, did_you_mean
from detente.data.usertable import check_size

if TYPE_CHECKING:
    import polars as pl

    from detente.data.formats.original import Original

AGAIN = "fetch it again"


def sheets_of(original: Original) -> list[str]:
    """Names of the sheets of a workbook."""
    return _book(original).sheetnames


def _book(original: Original) -> Any:
    try:
        import openpyxl
    except ImportError:
        raise InputError(
            original.name, "is a workbook, which needs openpyxl", "install detente[excel], or save the sheet as CSV"
        ) from None
    try:
        with warnings.catch_warnings(action="ignore"):
            return openpyxl.load_workbook(io.BytesIO(original.content), read_only=True, data_only=True)
    except Exception as error:
        # A damaged workbook meets the library in more ways than it names.
        raise InputError(original.name, f"is cut off or damaged ({type(error).__name__})", AGAIN) from None


def workbook_rows(original: Original, most: int | None = None) -> list[list[str]]:
    """Rows of a sheet of a workbook as text: the one that the user names, else the first."""
    book = _book(original)
    try:
        sheet = original.words.get("sheet", "") or book.sheetnames[0]
        if sheet not in book.sheetnames:
            near = did_you_mean(sheet, book.sheetnames)
            what = f"has no sheet '{sheet}'"
            raise InputError(original.name, what, f"did you mean {near}?" if near else ", ".join(book.sheetnames[:8]))
        book[sheet].reset_dimensions()  # some programs write a size that is not the sheet's
        rows = book[sheet].iter_rows(values_only=True, max_row=most)
        return list(_limited(rows, original.name))
    except InputError:
        raise
    except Exception as error:
        # A damaged workbook meets the library in more ways than it names.
        raise InputError(original.name, f"is cut off or damaged ({type(error).__name__})", AGAIN) from None


def _limited(rows: Iterable[Sequence[Any]], name: str) -> Iterator[list[str]]:
    """Rows as text, as long as they are of some use."""
    cells = 0
    for number, row in enumerate(rows, start=1):
        cells += len(row)
        check_size(number, cells, name)
        yield [text_of(cell) for cell in row]


def text_of(cell: Any) -> str:
    """A cell as text: a day without its time, a number without idle digits."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.12g}"
    return cell.date().isoformat() if hasattr(cell, "date") else str(cell).strip()


def typed_frame(original: Original) -> pl.DataFrame:
    """Rows of a file of Parquet or Stata, as they are there."""
    import polars as pl

    content = io.BytesIO(original.content)
    try:
        if original.container == "parquet":
            return pl.read_parquet(content)
        try:
            import pandas as pd
        except ImportError:
            raise InputError(
                original.name, "is a file of Stata, which needs pandas", "install detente[pandas], or save it as CSV"
            ) from None
        frame: Any = pd.read_stata(content, convert_categoricals=False, convert_dates=False)
        return pl.DataFrame({str(name): frame[name].to_list() for name in frame.columns})
    except InputError:
        raise
    except (Exception, pl.exceptions.PanicException) as error:
        # A damaged file meets the library in more ways than it names.
        raise InputError(original.name, f"is cut off or damaged ({type(error).__name__})", AGAIN) from None
