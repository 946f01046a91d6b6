"""Cells of publishers' tables as text, and text as codes, countries, numbers and periods, every fault with its row."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from detente.codes import InputError, check_none, did_you_mean
from detente.codes.countries import fold
from detente.data.formats.declared import CODE, COUNTRY, MISSING, NUMBER, PERIOD, FileColumn, fold_head
from detente.data.formats.original import AGAIN, Original, ragged, text_of, workbook_rows
from detente.data.tables import countries

if TYPE_CHECKING:
    import polars as pl

SHOWN = 20
"""Faults of a file that are told one by one."""

ROW = "row of the file"
"""Column of what was checked that says which row of the file a row is; it goes in the end."""

LONG = 40
"""Letters of a cell in a message."""

PERIODS = r"^(\d{4})(?:[-M/]?(0[1-9]|1[0-2])|[-]?(Q[1-4])|52)?(?:-\d\d)?$"


def grid_of(original: Original, columns: Sequence[FileColumn]) -> tuple[pl.DataFrame, int]:
    """Columns of a table, as text under their names in the result, and the row of the file of the first.

    Raises
    ------
    InputError : columns that are missing, all at once; rows of another length than the head.
    """
    import polars as pl

    original.check_end()
    head, heads = head_row(original, columns)
    places = {column.name: place for column in columns if (place := column.place(heads)) is not None}
    _check_columns(original, columns, heads)
    if original.container in ("parquet", "stata"):
        frame = original.frame
        return pl.DataFrame({name: _as_text(frame[:, place]) for name, place in places.items()}), 1
    if original.container == "workbook":
        rows = [row for row in workbook_rows(original)[head + 1 :]]
        data = {name: [row[place] if place < len(row) else "" for row in rows] for name, place in places.items()}
        return _without_end(pl.DataFrame(data, schema=dict.fromkeys(places, pl.String))), head + 2
    return _without_end(_text_grid(original, head, places, len(original.first_rows[head]))), head + 2


def json_grid(rows: Sequence[Mapping[str, Any]], columns: Sequence[FileColumn], name: str) -> pl.DataFrame:
    """Rows of an answer in JSON as text, under the names of the result; what no row has is left out.

    Raises
    ------
    InputError : no rows; columns that no row has.
    """
    import polars as pl

    if not rows or not all(isinstance(row, Mapping) for row in rows):
        raise InputError(name, "holds no rows", AGAIN)
    folded = [{fold_head(str(key)): cell for key, cell in row.items()} for row in rows]
    heads = {head: 0 for row in folded for head in row}
    missing = [column.heads[0] for column in columns if column.needed and column.place(heads) is None]
    check_none([InputError(name, f"has no column '{head}'", "ask for it too") for head in missing])
    data, faults = {}, list[InputError]()
    for column in columns:
        head = next((fold_head(head) for head in column.heads if fold_head(head) in heads), None)
        if head is not None:
            bare = [number for number, row in enumerate(folded, 1) if head not in row] if column.needed else []
            faults += [InputError(f"{name}, row {n}", f"has no '{column.heads[0]}'", AGAIN) for n in bare[:SHOWN]]
            data[column.name] = [text_of(row.get(head)) for row in folded]
    check_none(faults[:SHOWN])
    return pl.DataFrame(data, schema=dict.fromkeys(data, pl.String))


def _as_text(series: pl.Series) -> pl.Series:
    import polars as pl

    if series.dtype.is_float():
        whole = ((series == series.round()) | series.is_null()).all()
        return (series.cast(pl.Int64, strict=False) if whole else series).cast(pl.String).fill_null("")
    return series.cast(pl.String, strict=False).fill_null("").str.strip_chars()


def head_row(original: Original, columns: Sequence[FileColumn]) -> tuple[int, dict[str, int]]:
    """The row that holds most heads of some columns, and position by folded head."""
    best, chosen = -1, (0, dict[str, int]())
    for number, row in enumerate(original.first_rows):
        heads: dict[str, int] = {}
        for place, cell in enumerate(row):
            heads.setdefault(fold_head(cell), place)
        score = sum(column.place(heads) is not None for column in columns)
        if score > best:
            best, chosen = score, (number, heads)
    return chosen


def _check_columns(original: Original, columns: Sequence[FileColumn], heads: Mapping[str, int]) -> None:
    faults: list[InputError] = []
    for column in columns:
        if column.needed and column.place(heads) is None:
            near = did_you_mean(fold_head(column.heads[0]), [head for head in heads if head])
            hint = f"did you mean {near}?" if near else "get the file again with it"
            faults.append(InputError(original.name, f"has no column '{column.heads[0]}'", hint))
    check_none(faults)


def _text_grid(original: Original, head: int, places: Mapping[str, int], wide: int) -> pl.DataFrame:
    import polars as pl

    content = original.content if original.encoding == "utf-8-sig" else original.text.encode()
    try:
        frame = pl.read_csv(
            io.BytesIO(content),
            has_header=False,
            infer_schema=False,
            skip_lines=head + 1,
            separator=original.separator,
            columns=sorted(set(places.values())),
            truncate_ragged_lines=False,
        )
    except pl.exceptions.NoDataError:
        raise InputError(original.name, "has no rows under its head", AGAIN) from None
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        original.text  # noqa: B018 - names the line of what is no text
        ragged(original, head + 1, wide)
        raise InputError(
            original.name, f"is no table ({type(error).__name__})", "check quotes and separators"
        ) from None
    order = {place: frame[:, k] for k, place in enumerate(sorted(set(places.values())))}
    return pl.DataFrame({name: order[place].str.strip_chars().fill_null("") for name, place in places.items()})


def _without_end(frame: pl.DataFrame) -> pl.DataFrame:
    """Without blank rows at the end."""
    import polars as pl

    if not frame.height:
        return frame
    filled = frame.select(pl.any_horizontal(pl.all() != "")).to_series()
    last = filled.arg_true()
    return frame.head(int(last[-1]) + 1 if len(last) else 0)


class Faulty:
    """Faults of rows of a file, gathered so that all are told at once."""

    def __init__(self, name: str, first: int, frame: pl.DataFrame, key: Sequence[str]) -> None:
        self.name, self.first, self.frame = name, first, frame
        self.key = [column for column in key if column in frame.columns]
        self.rows: dict[int, InputError] = {}
        self.count = 0

    def add(self, wrong: pl.Series, column: str, what: str, repair: str) -> None:
        """Note a fault for every row that is wrong in a column."""
        places = wrong.arg_true().to_list()
        self.count += len(places)
        for place in places[:SHOWN]:
            cell = str(self.frame[column][place])
            shown = f"'{cell[:LONG]}...'" if len(cell) > LONG else f"'{cell}'"
            self.rows.setdefault(place, InputError(self.where(place), f"{shown} in '{column}' {what}", repair))

    def where(self, place: int) -> str:
        """File, row and key of a row."""
        key = " ".join(str(self.frame[column][place]) for column in self.key if column in self.frame.columns)
        return f"{self.name}, row {place + self.first}{f' ({key[:80]})' if key.strip() else ''}"

    def refuse(self) -> None:
        """Raise what was gathered, the first rows one by one."""
        faults = [self.rows[place] for place in sorted(self.rows)][:SHOWN]
        if self.count > len(faults):
            faults.append(InputError(self.name, f"has {self.count - len(faults):,} further faults", AGAIN))
        check_none(faults)


def checked(
    frame: pl.DataFrame, first: int, columns: Sequence[FileColumn], name: str, key: Sequence[str]
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The columns as what they are, and what was done to them.

    Parameters
    ----------
    first : row of the file of the first row. key : columns that name a row.

    Raises
    ------
    InputError, Faults : every cell that cannot be used, with row, key and repair.
    """
    import polars as pl

    if not frame.height:
        raise InputError(name, "has no rows under its head", AGAIN)
    faults, notes = Faulty(name, first, frame, key), list[str]()
    there = [column for column in columns if column.name in frame.columns]
    data = {column.name: _column(frame[column.name], column, faults, notes) for column in there}
    faults.refuse()
    return pl.DataFrame(data).with_row_index(ROW, offset=first), tuple(notes)


def _column(cells: pl.Series, column: FileColumn, faults: Faulty, notes: list[str]) -> pl.Series:
    if not column.blank and column.kind != NUMBER:
        faults.add(cells == "", column.name, "is blank", "fill it in, or leave the row out")
    if column.kind == NUMBER:
        return _numbers(cells, column, faults)
    if column.kind == CODE:
        return _codes(cells, column, faults, notes)
    if column.kind == COUNTRY:
        return _countries(cells, column, faults)
    return _periods(cells, column, faults) if column.kind == PERIOD else cells


def _numbers(cells: pl.Series, column: FileColumn, faults: Faulty) -> pl.Series:
    import polars as pl

    plain = cells
    grouped = cells.str.contains(r"^-?\d{1,3}(,\d{3})+(\.\d+)?$")
    if grouped.any():
        plain = cells.str.replace_all(",", "", literal=True)
    values = plain.cast(pl.Float64, strict=False)
    none = cells.is_in(list(MISSING)) if column.blank else pl.repeat(False, len(cells), eager=True)
    wrong = ~none & (~values.is_finite()).fill_null(True)
    faults.add(wrong, column.name, "is no number", "give a number with a point before decimals")
    if not column.signed:
        faults.add((values < 0).fill_null(False), column.name, "is below zero", "give zero or more")
    return (values * column.factor if column.factor != 1.0 else values).alias(cells.name)


def _codes(cells: pl.Series, column: FileColumn, faults: Faulty, notes: list[str]) -> pl.Series:
    codes = cells.str.replace_all(r"[.\s]", "")
    known = codes.is_in([*column.areas, *([""] if column.blank else ())])
    if column.others:
        known |= codes.str.contains(column.others)
    digits = codes.str.contains(r"^\d+$")
    longest = max(column.digits, default=0)
    if longest and longest - 1 not in column.digits:
        short = digits & (codes.str.len_chars() == longest - 1)
        if short.any():
            notes.append(f"codes that had lost a zero in front: {int(short.sum()):,}")
            codes = codes.to_frame().select(_padded(codes.name, longest)).to_series()
    fits = digits & (codes.str.len_chars().is_in(list(column.digits)) if column.digits else True)
    lengths = " or ".join(map(str, sorted(column.digits)))
    repair = f"give a code of {lengths} digits, zeros in front" if lengths else "give a code of digits"
    faults.add(~(fits | known), column.name, "is no code of goods", repair)
    return codes.replace(dict(column.areas)) if column.areas else codes


def _padded(name: str, width: int) -> pl.Expr:
    import polars as pl

    column = pl.col(name)
    short = column.str.contains(r"^\d+$") & (column.str.len_chars() == width - 1)
    return pl.when(short).then(pl.lit("0") + column).otherwise(column).alias(name)


def _countries(cells: pl.Series, column: FileColumn, faults: Faulty) -> pl.Series:
    import polars as pl

    names = {text: _country(text, column.areas) for text in cells.unique().to_list()}
    unknown = [text for text, code in names.items() if code is None and text]
    for text in unknown[:SHOWN]:
        near = did_you_mean(text, [*countries().names.values(), *column.areas]) if not text.isdigit() else ""
        repair = f"did you mean {near}?" if near else "give a country's code as the publisher has it"
        faults.add(cells == text, column.name, "is no country or area of this publisher", repair)
    return cells.replace_strict(names, default=None, return_dtype=pl.String).fill_null("")


def _country(text: str, areas: Mapping[str, str]) -> str | None:
    """ISO3, an area's name, or None."""
    if text in areas:
        return areas[text]
    book = countries()
    code = text.upper()
    if code in book.names:
        return code
    return book.aliases.get(fold(text)) or (book.aliases.get(text.zfill(3)) if text.isdigit() else None)


def _periods(cells: pl.Series, column: FileColumn, faults: Faulty) -> pl.Series:
    wrong = ~cells.str.contains(PERIODS) & ~((cells == "") & column.blank)
    faults.add(wrong, column.name, "is no year or month", "write it as 2024 or 2024-01")
    return cells.replace({text: period_of(text) for text in cells.unique().to_list()})


def period_of(text: str) -> str:
    """A year, a month as 2024-01 or a quarter as 2024-Q1; other text stays."""
    match = re.match(PERIODS, text)
    if match is None:
        return text
    part = match[2] or match[3]
    return f"{match[1]}-{part}" if part else match[1]


def twice(frame: pl.DataFrame, key: Sequence[str], name: str) -> None:
    """Refuse rows whose key stands there twice, the first of them one by one."""
    import polars as pl

    names = [column for column in key if column in frame.columns]
    if not names:
        return
    again = frame.filter(~pl.struct(names).is_first_distinct())
    faults: list[InputError] = []
    for row in again.head(SHOWN).to_dicts():
        where = f"{name}, row {row[ROW]}" if ROW in row else name
        words = " ".join(str(row[column]) for column in names).strip()
        faults.append(InputError(f"{where} ({words})", "is there twice", "keep one, or sum them"))
    if len(faults) < again.height:
        faults.append(InputError(name, f"has {again.height - len(faults):,} further rows twice", AGAIN))
    check_none(faults)
