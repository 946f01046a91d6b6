"""Tables in the user's library: added from a publisher's file with a record of where they come from, held to its hash.

A table is `NAME.parquet` in the library's folder, its record `NAME.json` beside it. Both appear whole or not at all.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from detente.codes import InputError, Parameter, Table, UnknownName, table_of
from detente.data.containers import open_original
from detente.data.formats.declared import KEYS, VALUES, PublishedFormat, ReadFile
from detente.data.formats.known import detect, known_formats
from detente.data.library import catalogue, embedded, package_folder, pl, sha256, user_folder
from detente.data.store import remove_file, write_bytes
from detente.data.yamlfile import read_json

NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")
ENDINGS = re.compile(r"(\.(csv|json|txt|dat|xlsx|parquet|dta|duckdb))?(\.(gz|xz|bz2|zip))?$")
#: States of a table.
WHOLE, CHANGED, MISSING, UNRECORDED = "whole", "changed", "missing", "without a record"

#: Ending of the record of a table that is being written.
COMING = ".coming"


@dataclass(frozen=True, slots=True)
class OwnTable:
    """The record of a table in the library.

    Attributes
    ----------
    format, becomes, money : as the format of its file declares. key : columns that name a row.
    source, source_sha256 : name and hash of the file that it was read from.
    address : where an earlier version got that file; "" in new records.
    sha256 : of the table. added : day on which it was.
    """

    name: str
    format: str
    becomes: str
    money: str
    publisher: str
    licence: str
    source: str
    source_sha256: str
    sha256: str
    added: str
    rows: int
    key: tuple[str, ...] = ()
    address: str = ""
    notes: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """File of the table."""
        return user_folder() / f"{self.name}.parquet"

    @property
    def state(self) -> str:
        """Whether the file has the hash on record."""
        if not self.path.is_file():
            return MISSING
        return WHOLE if sha256(self.path) == self.sha256 else CHANGED


def own_tables() -> tuple[OwnTable, ...]:
    """Records of the library, in order of names."""
    _finish()
    folder = user_folder()
    paths = sorted(folder.glob("*.json")) if folder.is_dir() else []
    return tuple(own_table(path.stem) for path in paths if NAME.fullmatch(path.stem))


def own_names() -> tuple[str, ...]:
    """Names of the tables of the library, those without a record too."""
    return (*(table.name for table in own_tables()), *(path.stem for path in unrecorded()))


def unrecorded() -> tuple[Path, ...]:
    """Tables in the library's folder that have no record: put there by hand."""
    folder = user_folder()
    paths = sorted(folder.glob("*.parquet")) if folder.is_dir() else []
    return tuple(path for path in paths if not path.with_suffix(".json").is_file())


def own_table(name: str) -> OwnTable:
    """The record of a table.

    Raises
    ------
    UnknownName : no such table in the library. InputError : a record that is damaged.
    """
    _finish()
    path = user_folder() / f"{name}.json"
    if not NAME.fullmatch(name) or not path.is_file():
        known = [other.stem for other in user_folder().glob("*.json")] if user_folder().is_dir() else []
        raise UnknownName("table of your library", name, known, repair="list them with `detente data list`")
    content = read_json(path, "add the table again")
    try:
        lists = {key: tuple(map(str, content[key])) for key in ("key", "notes")}
        return OwnTable(**{**content, **lists})
    except (KeyError, TypeError):
        raise InputError(str(path), "is no record of a table", "add the table again") from None


def add_table(file: ReadFile, name: str, today: date, *, key: Sequence[str] = (), replace: bool = False) -> OwnTable:
    """Put a file that was read into the library; its record says where it comes from.

    Parameters
    ----------
    key : columns that name a row, where the kind of table has none of its own.
    replace : whether a table of that name may be replaced.

    Raises
    ------
    InputError : a name that cannot be, or one that is taken; a key the table lacks. Nothing is written then.
    """
    _check_name(name, file.frame, replace)
    for column in key:
        if column not in file.frame.columns:
            repair = f"'{name}' has none of that name"
            raise UnknownName("column", column, file.frame.columns, Parameter("key"), repair)
    written = io.BytesIO()
    file.frame.write_parquet(written, compression="zstd")
    raw = written.getvalue()
    of_format = {key: getattr(file.format, key) for key in ("becomes", "money", "publisher", "licence")}
    table = OwnTable(
        name=name,
        format=file.format.name,
        source=file.source,
        source_sha256=file.sha256,
        sha256=hashlib.sha256(raw).hexdigest(),
        added=today.isoformat(),
        rows=file.frame.height,
        key=tuple(key) or KEYS[file.format.becomes],
        notes=file.notes,
        **of_format,
    )
    record = json.dumps(asdict(table), indent=1, ensure_ascii=False).encode() + b"\n"
    # Whoever looks next finds it whole, even where this is killed in between.
    coming = user_folder() / f".{name}{COMING}"
    for path, content in ((coming, record), (table.path, raw), (table.path.with_suffix(".json"), record)):
        write_bytes(path, content)
    remove_file(coming)
    return table


def _finish() -> None:
    """Give a table its record where whoever wrote it was killed between the two."""
    for path in user_folder().glob(f".*{COMING}"):
        table = user_folder() / f"{path.name[1:].removesuffix(COMING)}.parquet"
        record = read_json(path, "add the table again")
        if table.is_file() and record.get("sha256") == sha256(table):
            write_bytes(table.with_suffix(".json"), path.read_bytes())
            remove_file(path)


def _check_name(name: str, frame: pl.DataFrame, replace: bool) -> None:
    if not NAME.fullmatch(name):
        what = f"'{name}' is no name of a table"
        raise InputError(Parameter("name"), what, "use small letters, digits, and - _ . between them")
    if not replace:
        _check_free(name)
    if name in catalogue():
        try:
            columns = list(pl.read_parquet_schema(embedded(name)))
        except (UnknownName, pl.exceptions.PolarsError):
            columns = []
        if columns != frame.columns:
            what = f"'{name}' is a table of the package, which has other columns"
            raise InputError(Parameter("name"), what, "give another name")


def _check_free(name: str) -> None:
    """Refuse the name of a table that is there; one that is no longer what was added may be added again."""
    own = {table.name: table for table in own_tables()}
    if name in own and own[name].state == WHOLE:
        repair = "give another, or use `detente data update`"
        raise InputError(Parameter("name"), f"'{name}' is in your library", repair)
    if name not in own and (user_folder() / f"{name}.parquet").exists():
        raise InputError(Parameter("name"), f"'{name}' was put into your library by hand", "give another")


def name_after_file(source: str) -> str:
    """A name for a table after that of its file."""
    stem = ENDINGS.sub("", source.split("/")[-1].lower())
    return re.sub(r"[^a-z0-9_.-]+", "-", stem).strip("-._")[:80] or "table"


def own_frame(table: OwnTable) -> pl.DataFrame:
    """Rows of a table of the library.

    Raises
    ------
    InputError : the file is missing, or is not what was added.
    """
    if table.state != WHOLE:
        raise InputError(str(table.path), f"is {table.state} since it was added", "add it again from its source")
    return pl.read_parquet(table.path)


def verified(name: str = "") -> Iterator[tuple[str, str, str, str, str]]:
    """Tables held against the hashes on record: name, origin, state, hash of the file and what to do.

    Parameters
    ----------
    name : of the table; every one of package and library by default.
    """
    own = {table.name: table for table in own_tables()}
    if name and name not in own and name not in catalogue():
        raise UnknownName("table", name, [*own, *catalogue()], repair="list them with `detente data list`")
    for table in own.values():
        if name in ("", table.name):
            repair = {WHOLE: "", MISSING: "add it again", CHANGED: f"add it again from {table.source}"}[table.state]
            yield table.name, "library", table.state, sha256(table.path) if table.path.is_file() else "", repair
    for path in unrecorded():
        if name in ("", path.stem):
            yield path.stem, "library", UNRECORDED, sha256(path), "it was put there by hand: add it from its source"
    for entry, facts in catalogue().items():
        if name in ("", entry) and facts.get("sha256"):
            yield _package_row(entry, facts)


def _package_row(name: str, facts: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    try:
        path = embedded(name)
    except UnknownName:
        path = package_folder() / str(facts.get("file", ""))
        if not path.is_file():
            return name, "package", MISSING, "", "install the package again"
    digest = sha256(path)
    whole = digest == facts["sha256"]
    return name, "package", WHOLE if whole else CHANGED, digest, "" if whole else "install the package again"


# --- what a reader asks of the tables here: lists, cards, states, and places -----------------------------------------


def formats_table() -> Table:
    """Every format that is read."""
    rows = [(f.name, f.publisher, f.title, f.becomes, f.how, f.licence) for f in known_formats().values()]
    return table_of("formats.formats", rows)


def library_table() -> Table:
    """Tables of the user's library; those without a record too."""
    rows = [(t.name, t.publisher, t.format, t.added, t.rows, t.licence, t.state) for t in own_tables()]
    rows += [(path.stem, "", "", "", 0, "", "without a record") for path in unrecorded()]
    return table_of("formats.library", sorted(rows))


def info_table(name: str) -> Table:
    """Where a table of the library or the package comes from, a format of a publisher, or a file of one."""
    own = {table.name: table for table in own_tables()}
    if name in own:
        rows = _card(own[name])
    elif name in catalogue():
        rows = [(key, str(value)) for key, value in catalogue()[name].items() if key != "columns"]
    else:
        entry, more = _format_of(name)
        fields = ("title", "publisher", "licence", "becomes")
        rows = [("format", entry.name), *((field, str(getattr(entry, field))) for field in fields), *more]
    title = f"Your table {name}" if name in own else str(catalogue().get(name, {}).get("title", Path(name).name))
    return table_of("package.card", rows, name="source", title=title)


def columns_table(name: str) -> Table:
    """Columns of a table of the package, or of the files of a format, with what each holds."""
    entry = catalogue().get(name)
    if entry is not None:
        rows = [(key, str(value)) for key, value in entry.get("columns", {}).items()]
    elif name in {table.name for table in own_tables()}:
        rows = []
    else:
        known = _format_of(name)[0]
        rows = [(column.heads[0], _meaning(known, column.name, column.factor)) for column in known.columns]
    return table_of("package.columns", rows, title=Path(name).name)


def _card(table: OwnTable) -> list[tuple[str, str]]:
    names = "publisher licence format becomes source source_sha256 address added rows sha256".split()
    rows = [(name, str(getattr(table, name))) for name in names]
    return [*rows, ("key", ", ".join(table.key)), ("state", table.state), ("file", str(table.path)),
            *(("note", note) for note in table.notes)]  # fmt: skip


def _format_of(name: str) -> tuple[PublishedFormat, list[tuple[str, str]]]:
    """The format of that name or of the file at that path, and what is known of the file."""
    known = known_formats()
    if name in known:
        return known[name], [("how to get it", known[name].how)]
    original = open_original(Path(name))
    return detect(original), [("packed as", original.container), ("sha256", original.sha256)]


def _meaning(entry: PublishedFormat, name: str, factor: float) -> str:
    times = f", times {factor:,g}" if factor != 1.0 else ""
    money = f" in {entry.money}" if name in ("value", "duty") and entry.becomes in ("trade", "use") else ""
    return f"{name}{money}{times}"


def verified_table(name: str = "") -> Table:
    """Tables held against their hashes."""
    return table_of("formats.verified", list(verified(name)), (f"your library: {user_folder()}",))


# --- what changed between two vintages of a table: rows added, dropped and changed, and the largest changes ----------


ADDED, DROPPED, ALTERED, SAME = "added", "dropped", "changed", "the same"
LARGEST = 20
#: Tells rows of one key apart where a table has several.
TIMES = "time it stands there"


@dataclass(frozen=True)
class VintageChanges:
    """Two vintages side by side.

    Attributes
    ----------
    key : columns that name a row. value : the column whose changes count, "" where texts alone do.
    rows : a row for each key, with `what`, and every other column before and after.
    """

    name: str
    key: tuple[str, ...]
    value: str
    rows: pl.DataFrame = field(repr=False)

    def count(self, what: str) -> int:
        """Rows of one kind."""
        return int((self.rows["what"] == what).sum())

    @property
    def tables(self) -> tuple[Table, Table]:
        """Counts with sums, and the largest changes."""
        return _counts(self), _largest(self)


def compare_vintages(
    before: pl.DataFrame, after: pl.DataFrame, key: Sequence[str], becomes: str, name: str
) -> VintageChanges:
    """Changes from one vintage of a table to the next.

    Raises
    ------
    InputError : columns differ, or nothing names a row.
    """
    lacking = [column for column in before.columns if column not in after.columns]
    if lacking:
        raise InputError(name, f"the new vintage lacks the column '{lacking[0]}'", "give a file of the same format")
    names = tuple(column for column in key if column in before.columns)
    if not names:
        raise InputError(name, "has no columns that name a row", "say which, `key=`")
    value = VALUES.get(becomes, "")
    numbers = [column for column in before.columns if before[column].dtype.is_numeric() and column not in names]
    value = value if value in before.columns else numbers[0] if numbers else ""
    others = [column for column in before.columns if column not in names]
    left, right = (_numbered(frame.select(before.columns), names) for frame in (before, after))
    on = [*names, TIMES]
    joined = left.with_columns(old=True).join(
        right.with_columns(new=True), on=on, how="full", coalesce=True, nulls_equal=True, suffix=" after"
    )
    differs = [pl.col(column).ne_missing(pl.col(f"{column} after")) for column in others]
    what = (
        pl.when(pl.col("old").is_null())
        .then(pl.lit(ADDED))
        .when(pl.col("new").is_null())
        .then(pl.lit(DROPPED))
        .when(pl.any_horizontal(differs) if differs else pl.lit(False))
        .then(pl.lit(ALTERED))
        .otherwise(pl.lit(SAME))
    )
    return VintageChanges(name, names, value, joined.with_columns(what.alias("what")).sort(on))


def _numbered(frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    return frame.with_columns(pl.int_range(pl.len()).over(list(key)).alias(TIMES))


def _counts(changes: VintageChanges) -> Table:
    rows = []
    for what in (ADDED, DROPPED, ALTERED, SAME):
        part = changes.rows.filter(changes.rows["what"] == what)
        sums = [float(part[name].sum() or 0.0) for name in _shown_sides(changes)] or [float("nan")] * 2
        rows.append((what, part.height, *sums))
    return table_of("formats.vintages", rows, name=changes.name)


def _shown_sides(changes: VintageChanges) -> list[str]:
    return [changes.value, f"{changes.value} after"] if changes.value else []


def _largest(changes: VintageChanges) -> Table:
    """The largest changes of the value, or the first changed rows of a table of text."""
    part = changes.rows.filter(pl.col("what") != SAME)
    if changes.value:
        before, after = (pl.col(name).fill_null(0.0) for name in _shown_sides(changes))
        part = part.sort((after - before).abs(), descending=True, nulls_last=True, maintain_order=True)
    rows = [
        (row["what"], " ".join(str(row[name]) for name in changes.key), *_both(row, changes))
        for row in part.head(LARGEST).to_dicts()
    ]
    return table_of("formats.largest", rows, name=changes.name)


def _both(row: dict[str, object], changes: VintageChanges) -> tuple[str, str]:
    """The value before and after; of a table of text the columns that differ."""
    if changes.value and row[changes.value] != row[f"{changes.value} after"]:
        return _shown(row[changes.value]), _shown(row[f"{changes.value} after"])
    others = [name for name in row if f"{name} after" in row and (row[name] or "") != (row[f"{name} after"] or "")]
    sides = ([f"{name}: {_shown(row[f'{name}{end}'])}" for name in others] for end in ("", " after"))
    before, after = ("; ".join(side) for side in sides)
    return ("" if row["what"] == ADDED else before), ("" if row["what"] == DROPPED else after)


def _shown(value: object) -> str:
    return "" if value is None else f"{value:,.6g}" if isinstance(value, float) else str(value)
