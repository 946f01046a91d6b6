"""One strict reader of tables, in CSV, Excel, Parquet or Stata, packed or not, by one schema for each kind.

A schema is a list of columns: heads, type, what a cell may hold. Cells are read as text and typed column by column, and
every fault is told with its row. What a column writes is settled once for all of its cells, by those that leave no
doubt: a point or a comma before decimals, the day or the month first. What stays in doubt is refused, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from detente.codes import InputError, UnknownName, check_none, did_you_mean
from detente.codes.countries import fold
from detente.codes.errors import DetenteError
from detente.data.containers import (
    AGAIN,
    LONGEST,
    SHOWN,
    Original,
    check_size,
    heads_and_cells,
    open_original,
    texts_of,
)
from detente.data.library import package_folder, pl
from detente.data.limits import memoized
from detente.data.tables import countries
from detente.data.yamlfile import read_yaml

#: Column of a typed table that says which row of the file a row is.
ROW = "row of the file"

TEXT, NUMBER, SHARE, RATIO, DAY = "text", "number", "share", "ratio", "day"
#: Types of columns. A share of 2 or more must have the sign of per cent; a ratio may have it, a number may not.
CODE, COUNTRY, PERIOD = "code", "country", "period"

#: What stands where there is no figure.
MISSING = ("", "NA", "N/A", "(NA)", "na", "n/a", "..", "...", ":", "-", "--", "---", "(D)", "W", "XX")

EXAMPLES = {NUMBER: "1234.50", SHARE: "0.25 or 25%", RATIO: "1.25 or 125%"}
#: Letters of a cell in a message.
LONG = 40

PERIODS = r"^(\d{4})(?:[-M/]?(0[1-9]|1[0-2])|[-]?(Q[1-4])|52)?(?:-\d\d)?$"
ISO, DOTTED = r"^(\d{4})-?(\d\d)-?(\d\d)(?:[T ].*)?$", r"^(\d{1,2})\.(\d{1,2})\.(\d{4})$"
SLASHED = r"^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$"
POINT = r"^[+-]?(?:\d+|\d{1,3}(?:[,\s'’]\d{3})+)?(?:\.\d+)?(?:[eE][+-]?\d+)?$"
COMMA = r"^[+-]?(?:\d+|\d{1,3}(?:[.\s'’]\d{3})+)?(?:,\d+)?(?:[eE][+-]?\d+)?$"
#: A number whose sign may stand before decimals or before thousands.
EITHER = r"^[+-]?\d{1,3}[.,]\d{3}$"

Lookup = Callable[[str], Any]


def fold_head(text: str) -> str:
    """A head without case, blanks and signs, for comparison."""
    return re.sub(r"[^a-z0-9]+", "", text.lower())


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of a table.

    Attributes
    ----------
    name : of the column that it becomes.
    heads : its heads in files, as publishers have changed them; the first is the usual one.
    kind : its type. unit : of its numbers, in messages.
    factor : what one of the file is in the unit of the result.
    digits : lengths that a code may have; of one digit less than the longest, a zero in front is lost.
    needed : whether a file must have it. blank : whether a cell may say nothing.
    signed : whether a number may be below zero. low, high : bounds of a number. above : a number that it lies over.
    areas : codes of the publisher that are no country -> what they become.
    others : pattern of codes of goods that are not all digits.
    words : every text that a cell may have -> what it becomes.
    group : of the columns of a group, each row fills exactly one. means : what it is, for editors.
    lookup : reads each different text once, and refuses what it does not know.
    """

    name: str
    heads: tuple[str, ...] = ()
    kind: str = TEXT
    unit: str = "a number"
    factor: float = 1.0
    digits: tuple[int, ...] = ()
    needed: bool = True
    blank: bool = False
    signed: bool = False
    low: float | None = None
    high: float | None = None
    above: float | None = None
    areas: Mapping[str, str] = field(default_factory=dict)
    others: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    means: str = ""
    lookup: Lookup | None = field(default=None, repr=False)

    def place(self, heads: Mapping[str, int]) -> int | None:
        """Position of the column among folded heads."""
        return next((heads[fold_head(head)] for head in self.heads if fold_head(head) in heads), None)


@dataclass(frozen=True)
class TableKind:
    """A kind of table that users write.

    Attributes
    ----------
    unique : columns that name a row, once. carries : whether other columns are carried along.
    most : rows that it may have. empty : whether a header alone says something.
    free : columns whose misspelt heads are carried along.
    """

    name: str
    columns: tuple[FileColumn, ...]
    unique: tuple[str, ...] = ()
    carries: bool = False
    most: int = 0
    empty: bool = False
    free: tuple[str, ...] = ()

    def of(self, **lookups: Lookup) -> TableKind:
        """The same with readers of names, by column."""
        columns = tuple(replace(c, lookup=lookups.get(c.name, c.lookup)) for c in self.columns)
        return replace(self, columns=columns)

    @property
    def heads(self) -> dict[str, str]:
        """Folded head -> column that it may stand for."""
        return {fold_head(head): column.name for column in self.columns for head in column.heads}

    @property
    def listed(self) -> str:
        """The columns in words."""
        return ", ".join(c.name if c.needed or c.group else f"{c.name} (optional)" for c in self.columns)


@memoized
def table_kinds() -> Mapping[str, TableKind]:
    """The kinds that users write, as `usertables.yaml` declares them."""
    content = read_yaml(package_folder() / "usertables.yaml", "usertables.yaml")
    return {
        name: TableKind(
            name,
            columns_of(keys.pop("columns")),
            tuple(keys.pop("unique", ())),
            free=tuple(keys.pop("free", ())),
            **keys,
        )
        for name, keys in content.items()
    }


def columns_of(content: Mapping[str, Any], areas: Mapping[str, Any] | None = None) -> tuple[FileColumn, ...]:
    """Columns as YAML declares them; `areas` : lists of areas that they name."""
    return tuple(_declared(name, dict(keys or {}), areas or {}) for name, keys in content.items())


def _declared(name: str, keys: dict[str, Any], areas: Mapping[str, Mapping[str, str]]) -> FileColumn:
    heads = tuple(keys.pop("heads", ())) or (name, *keys.pop("also", ()))
    named = keys.pop("areas", {})
    every = named if isinstance(named, dict) else {k: v for each in named.split() for k, v in areas[each].items()}
    digits = tuple(keys.pop("digits", ()))
    return FileColumn(name, heads, keys.pop("type", TEXT), areas=every, digits=digits, **keys)


# --- faults ----------------------------------------------------------------------------------------------------------


class Faulty:
    """Faults of rows of a file, gathered so that all are told at once; each cell is told of once."""

    def __init__(self, name: str, first: int, frame: pl.DataFrame, key: Sequence[str] = ()) -> None:
        self.name, self.first, self.frame = name, first, frame
        self.key = [column for column in key if column in frame.columns]
        self.rows: dict[tuple[int, str], InputError] = {}
        self.count = 0

    def add(self, wrong: pl.Series, column: str, what: str, repair: str, shown: bool = True) -> None:
        """Note a fault for every row that is wrong in a column."""
        places = [place for place in wrong.arg_true().to_list() if (place, column) not in self.rows]
        self.count += len(places)
        for place in places[:SHOWN]:
            text = f"{self.cell(place, column)} in '{column}' {what}" if shown else what
            self.rows[place, column] = InputError(self.where(place), text, repair)

    def note(self, wrong: pl.Series, column: str, error: InputError) -> None:
        """Note what a reader of names says of every row with some text."""
        places = wrong.arg_true().to_list()
        self.count += len(places)
        for place in places[:SHOWN]:
            self.rows[place, column] = error.at(f"{self.where(place)}, {column}")

    def cell(self, place: int, column: str) -> str:
        """A cell as messages show it."""
        text = str(self.frame[column][place])
        return f"'{text[:LONG]}...'" if len(text) > LONG else f"'{text}'"

    def where(self, place: int) -> str:
        """File, row and key of a row."""
        key = " ".join(str(self.frame[column][place]) for column in self.key)
        return f"{self.name}, row {place + self.first}{f' ({key[:80]})' if key.strip() else ''}"

    def refuse(self) -> None:
        """Raise what was gathered, the first rows one by one."""
        faults = [self.rows[place] for place in sorted(self.rows)][:SHOWN]
        if self.count > len(faults):
            faults.append(InputError(self.name, f"has {self.count - len(faults):,} further faults", AGAIN))
        check_none(faults)


def twice(frame: pl.DataFrame, key: Sequence[str], name: str, repair: str = "keep one, or sum them") -> None:
    """Refuse rows whose key stands there twice, the first of them one by one."""
    names = [column for column in key if column in frame.columns]
    again = frame.filter(~pl.struct(names).is_first_distinct()) if names else frame.clear()
    faults: list[InputError] = []
    for row in again.head(SHOWN).to_dicts():
        where = f"{name}, row {row[ROW]}" if ROW in row else name
        words = " ".join(str(row[column]) for column in names).strip()
        faults.append(InputError(f"{where} ({words})", "is there twice", repair))
    if len(faults) < again.height:
        faults.append(InputError(name, f"has {again.height - len(faults):,} further rows twice", AGAIN))
    check_none(faults)


# --- a user's table --------------------------------------------------------------------------------------------------


def read_table(given: Path | Original | pl.DataFrame, kind: TableKind, where: str = "", first: int = 2) -> pl.DataFrame:
    """Rows of a table, typed; `ROW` is their number in the file, whose header is row 1.

    Parameters
    ----------
    where : what messages call it. first : number of the first row.

    Raises
    ------
    InputError, UnknownName, Faults : all that is wrong with it, with rows and repairs.
    """
    where = where or (str(given) if isinstance(given, Path) else getattr(given, "name", "table"))
    original = open_original(given, name=where) if isinstance(given, Path) else given
    separator = ""
    if isinstance(original, pl.DataFrame):
        heads, cells = original.columns, texts_of(original)
        _check_types(original, kind, where)
    else:
        heads, cells = heads_and_cells(original)
        if original.container == "text":
            separator = original.separator
        elif original.container != "workbook":
            _check_types(original.frame, kind, where)
    faults: list[DetenteError] = []
    taken, others = matched(heads, kind, where, faults, separator)
    check_none(faults)
    if not cells.height and not kind.empty:
        raise InputError(where, "has no rows", f"give rows of {kind.listed}")
    if kind.most and cells.height > kind.most:
        raise InputError(where, f"has {cells.height:,} rows", f"give at most {kind.most:,}")
    check_size(cells.height, cells.height * cells.width, where)
    columns = {column.name: column for column in kind.columns}
    mine = cells.select(cells[theirs].alias(ours) for ours, theirs in taken.items())
    faulty = Faulty(where, first, mine)
    for group in dict.fromkeys(c.group for c in kind.columns if c.group):
        _check_group(mine, [c.name for c in kind.columns if c.group == group], faulty)
    typed = [_column(mine[name], columns[name], faulty, [], separator) for name in taken]
    faulty.refuse()
    frame = pl.DataFrame([*typed, *(cells[name] for name in others)]).with_row_index(ROW, offset=first)
    twice(frame, kind.unique, where)
    return frame


def _check_types(frame: pl.DataFrame, kind: TableKind, where: str) -> None:
    """Refuse columns of a typed file that hold lists or truths, and codes and names that are numbers there."""
    numbers = {head for c in kind.columns if c.kind in (NUMBER, SHARE, RATIO) for head in map(fold_head, c.heads)}
    for name, dtype in frame.schema.items():
        wanted = "numbers" if fold_head(name) in numbers else "text"
        holds = "numbers" if dtype.is_numeric() else str(dtype).lower()
        textual = dtype.is_temporal() or holds in ("string", "null", "categorical", "enum")
        if not (textual or (wanted == "numbers" and dtype.is_numeric())):
            raise InputError(where, f"column '{name}' holds {holds}, not {wanted}", f"store it as {wanted}")


def matched(
    heads: Sequence[str], kind: TableKind, where: str, faults: list[DetenteError], separator: str = ""
) -> tuple[dict[str, str], list[str]]:
    """Column -> its head in a file, and heads that are carried along.

    Columns that are misspelt, unknown, there twice or missing are put among the faults; one that is misspelt is not
    missing as well.
    """
    known = kind.heads
    taken: dict[str, str] = {}
    others: list[str] = []
    for head in heads:
        own = known.get(fold_head(head))
        if own in taken:
            both = f"columns '{taken[own]}' and '{head}' are both read as {own}"
            faults.append(InputError(where, both, "keep one of them"))
        elif own is not None:
            taken[own] = head
        else:
            others.append(head)
    names = {head: column.name for column in kind.columns for head in column.heads}
    meant = set[str]()
    for head in others:
        plain = "_".join(head.strip().lower().replace("-", " ").split())
        lacking = [word for word, name in names.items() if name not in (*taken, *kind.free)]
        near = did_you_mean(plain, lacking, 1).strip("'")
        if near or not kind.carries:
            meant.add(names.get(near, ""))
            more = "or give it another name to carry it along" if kind.carries else f"columns are {kind.listed}"
            known_as = lacking if near else [column.name for column in kind.columns]
            faults.append(UnknownName("column", head, known_as, where, more))
    signs = ", with commas between them" if len(heads) == 1 and separator != "," else ""
    groups: dict[str, list[FileColumn]] = {}
    for column in kind.columns:
        if column.needed or column.group:
            groups.setdefault(column.group or column.name, []).append(column)
    for columns in groups.values():
        if not {c.name for c in columns} & {*taken, *meant}:
            also = f"; it may be called '{columns[0].heads[1]}' as well" if len(columns[0].heads) > 1 else ""
            wanted = f"columns are {kind.listed}{signs}" if not kind.carries else "add it"
            faults.append(InputError(where, f"has no column '{columns[0].name}'", f"{wanted}{also}"))
    return taken, others if kind.carries else []


def _check_group(cells: pl.DataFrame, names: Sequence[str], faults: Faulty) -> None:
    """Of the columns of a group, each row fills one."""
    there = [name for name in names if name in cells.columns]
    filled = cells.select(pl.sum_horizontal((pl.col(n) != "").cast(pl.Int8) for n in there)).to_series()
    faults.add(filled == 0, there[0], f"gives neither {' nor '.join(names)}", "give one number", shown=False)
    faults.add(filled > 1, there[0], f"gives both {' and '.join(names)}", "give one number", shown=False)


# --- columns ---------------------------------------------------------------------------------------------------------


def checked(
    frame: pl.DataFrame, first: int, columns: Sequence[FileColumn], name: str, key: Sequence[str]
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Columns of a publisher's file as what they are, and what was done to them.

    Parameters
    ----------
    first : row of the file of the first row. key : columns that name a row.

    Raises
    ------
    InputError, Faults : every cell that cannot be used, with row, key and repair.
    """
    if not frame.height:
        raise InputError(name, "has no rows under its head", AGAIN)
    faults, notes = Faulty(name, first, frame, key), list[str]()
    there = [column for column in columns if column.name in frame.columns]
    data = {column.name: _column(frame[column.name], column, faults, notes) for column in there}
    faults.refuse()
    return pl.DataFrame(data).with_row_index(ROW, offset=first), tuple(notes)


def _column(cells: pl.Series, column: FileColumn, faults: Faulty, notes: list[str], separator: str = "") -> pl.Series:
    """A column as what it is; `separator` : between cells, "" where a point is known to stand before decimals."""
    name = column.name
    empty = cells.is_in(list(MISSING)) if column.kind in (NUMBER, SHARE, RATIO, DAY) else cells == ""
    if not (column.blank or column.group or not column.needed):
        faults.add(empty, name, "is blank", "fill it in, or leave the row out")
    if column.kind in (NUMBER, SHARE, RATIO):
        return _numbers(cells, empty, column, faults, separator)
    if column.kind == CODE:
        return _codes(cells, column, faults, notes)
    if column.kind == DAY:
        return _days(cells, empty, faults)
    if column.kind == COUNTRY or column.lookup is not None:
        return _looked_up(cells, replace(column, lookup=column.lookup or _country_of(column)), faults)
    if column.kind == PERIOD:
        faults.add(~cells.str.contains(PERIODS) & ~empty, name, "is no year or month", "write it as 2024 or 2024-01")
        return cells.replace({text: period_of(text) for text in cells.unique().to_list()})
    if column.words:
        wrong = ~cells.is_in(list(column.words)) & ~empty
        faults.add(wrong, name, "is not known", f"use {', '.join(column.words)}")
        return cells.replace(dict(column.words))
    faults.add(cells.str.len_bytes() > LONGEST, name, f"has more than {LONGEST:,} letters", "shorten it")
    return cells


def _looked_up(cells: pl.Series, column: FileColumn, faults: Faulty) -> pl.Series:
    """Each different text read once; blank ones are not read."""
    assert column.lookup is not None
    codes: dict[str, Any] = {"": None}
    for text in cells.unique().to_list():
        try:
            codes[text] = column.lookup(text) if text else None
        except InputError as error:
            codes[text] = None
            faults.note(cells == text, column.name, error)
    values = [list(code) if isinstance(code, tuple) else code for code in codes.values()]
    kind = pl.List(pl.String) if any(isinstance(value, list) for value in values) else pl.String
    table = pl.DataFrame({"text": list(codes), "code": pl.Series(values, dtype=kind)})
    joined = cells.alias("text").to_frame().join(table, on="text", how="left", maintain_order="left")
    made = joined["code"].alias(cells.name)
    return made.fill_null("") if kind == pl.String else made


def _country_of(column: FileColumn) -> Lookup:
    """Reader of a publisher's countries: ISO3, or the name of an area."""
    book = countries()

    def read(text: str) -> str:
        if text in column.areas:
            return column.areas[text]
        code = text.upper()
        number = book.aliases.get(text.zfill(3)) if text.isdigit() else None
        iso3 = code if code in book.names else book.aliases.get(fold(text)) or number
        if iso3 is None:
            near = did_you_mean(text, [*book.names.values(), *column.areas]) if not text.isdigit() else ""
            repair = f"did you mean {near}?" if near else "give a country's code as the publisher has it"
            raise InputError(column.name, f"'{text[:LONG]}' is no country or area of this publisher", repair)
        return iso3

    return read


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
            codes = ("0" + codes).zip_with(short, codes).alias(cells.name)
    fits = digits & (codes.str.len_chars().is_in(list(column.digits)) if column.digits else True)
    few = len(column.digits) < 5
    lengths = " or ".join(map(str, sorted(column.digits))) if few else f"{min(column.digits)} to {longest}"
    repair = f"give a code of {lengths} digits, zeros in front" if lengths else "give a code of digits"
    faults.add(~(fits | known), column.name, "is no code of goods", repair)
    return codes.replace(dict(column.areas)) if column.areas else codes


def _numbers(cells: pl.Series, empty: pl.Series, column: FileColumn, faults: Faulty, separator: str) -> pl.Series:
    """Numbers, whose decimals stand after a point or after a comma, by the cells that leave no doubt."""
    name, give = column.name, f"give {column.unit}"
    per_cent = cells.str.ends_with("%")
    plain = cells.str.strip_suffix("%").str.strip_chars().str.replace(r"^(?:US)?\$\s*", "")
    values = plain.cast(pl.Float64, strict=False)
    if not separator:
        grouped = plain.str.contains(r"^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
        if grouped.any():
            values = plain.str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False)
    elif (values.is_null() & ~empty).any() or (separator != "," and plain.str.contains(EITHER).any()):
        values = _written(plain, empty, name, faults)
    wrong = ~empty & ~values.is_finite().fill_null(False)
    faults.add(wrong, name, "is not a number", f"{give}, as {EXAMPLES[column.kind]}")
    values = (values / 100.0).zip_with(per_cent, values) if per_cent.any() else values
    if column.kind == NUMBER:
        faults.add(per_cent, name, "is in per cent", give)
    if column.kind == SHARE:
        doubtful = (values.abs() >= 2).fill_null(False) & ~per_cent
        faults.add(doubtful, name, "may be a share or per cent", "write it as 0.25 or 25%")
    free = column.signed or column.above is not None or column.kind != NUMBER
    low = column.low if column.low is not None or free else 0.0
    if low is not None:
        faults.add((values < low).fill_null(False), name, f"is below {low:g}", f"{give}, {low:g} or more")
    if column.high is not None:
        over = (values > column.high).fill_null(False)
        faults.add(over, name, f"is over {column.high:g}", f"{give}, at most {column.high:g}")
    if column.above is not None:
        under = (values <= column.above).fill_null(False)
        faults.add(under, name, f"is not above {column.above:g}", f"{give} above {column.above:g}")
    return (values * column.factor if column.factor != 1.0 else values).alias(cells.name)


def _written(plain: pl.Series, empty: pl.Series, name: str, faults: Faulty) -> pl.Series:
    """Numbers by the sign before decimals that the column's cells agree on; null where there is none."""
    points = plain.str.contains(POINT) & ~plain.str.contains(COMMA)
    commas = plain.str.contains(COMMA) & ~plain.str.contains(POINT)
    if commas.any() and points.any():
        few = commas if commas.sum() <= points.sum() else points
        faults.add(few & ~empty, name, "has another sign before decimals than other rows", "write it as 1234.50")
    elif not commas.any() and not points.any():
        either = plain.str.contains(EITHER)
        faults.add(either, name, "may have decimals or thousands after its sign", "write it as 1234 or 1.2340")
    comma = commas.any() and not points.any()
    whole = plain.str.contains(COMMA if comma else POINT) & plain.str.contains(r"\d")
    bare = plain.str.replace_all(r"[.\s’']" if comma else r"[,\s’']", "").str.replace(",", ".", literal=True)
    return bare.to_frame().select(pl.when(whole).then(bare)).to_series().cast(pl.Float64, strict=False)


def _days(cells: pl.Series, empty: pl.Series, faults: Faulty) -> pl.Series:
    """Days; of those with slashes one that has a number over 12 says which of the two is the month."""
    first, second = (cells.str.extract(SLASHED, k).cast(pl.Int32) for k in (1, 2))
    day_first, month_first = (first > 12).fill_null(False), (second > 12).fill_null(False)
    made = pl.Series(cells.name, [None], dtype=pl.Date).new_from_index(0, len(cells))
    orders = ((ISO, (1, 2, 3)), (DOTTED, (3, 2, 1)), (SLASHED, (3, 2, 1) if day_first.any() else (3, 1, 2)))
    for pattern, places in orders:
        year, month, day = (cells.str.extract(pattern, k).str.zfill(2) for k in places)
        made = made.zip_with(made.is_not_null(), (year + "-" + month + "-" + day).str.to_date("%Y-%m-%d", strict=False))
    write = "write it as 2025-04-15"
    if day_first.any() and month_first.any():
        few = month_first if month_first.sum() <= day_first.sum() else day_first
        faults.add(few, cells.name, "has day and month the other way round than other rows", write)
    elif first.is_not_null().any() and not (day_first.any() or month_first.any()):
        faults.add(first.is_not_null(), cells.name, "may begin with the day or with the month", write)
    faults.add(made.is_null() & ~empty, cells.name, "is not a day", write)
    return made


def period_of(text: str) -> str:
    """A year, a month as 2024-01 or a quarter as 2024-Q1; other text stays."""
    match = re.match(PERIODS, text)
    if match is None:
        return text
    part = match[2] or match[3]
    return f"{match[1]}-{part}" if part else match[1]
