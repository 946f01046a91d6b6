"""Every format by name, what format a file is of, and a file read: recognised, checked, brought to its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from detente.codes import InputError, Parameter, UnknownName, declared_columns
from detente.data import formats
from detente.data.containers import KINDS, Original, open_original, sheets_of
from detente.data.formats import shapes
from detente.data.formats.declared import KEYS, ROWS, PublishedFormat, ReadFile, grid_of, has_columns, head_row
from detente.data.library import pl
from detente.data.limits import memoized
from detente.data.usertable import ROW, checked, columns_of, twice
from detente.data.yamlfile import read_yaml

#: Sheets of a workbook that are looked at.
MOST_SHEETS = 12

#: Share of the columns of a format that a file must have to be called like it.
ALIKE = 0.5

#: Lists of areas that columns of countries name.
AREAS = "areas.yaml"


@memoized
def known_formats() -> Mapping[str, PublishedFormat]:
    """Formats by name: those of every YAML file of this folder."""
    files = [path for folder in formats.__path__ for path in sorted(Path(folder).glob("*.yaml"))]
    areas = next(read_yaml(path, AREAS) for path in files if path.name == AREAS)
    contents = [read_yaml(path, path.name) for path in files if path.name != AREAS]
    every = [_declared(name, dict(keys), areas) for content in contents for name, keys in content.items()]
    return {entry.name: entry for entry in sorted(every, key=lambda entry: (entry.becomes == ROWS, entry.name))}


def _declared(name: str, keys: dict[str, Any], areas: Mapping[str, Any]) -> PublishedFormat:
    functions = {use: getattr(shapes, keys.pop(use)) for use in ("recognise", "grid", "finish") if use in keys}
    packed = {"containers": tuple(keys.pop("containers"))} if "containers" in keys else {}
    return PublishedFormat(name=name, columns=columns_of(keys.pop("columns", {}), areas), **packed, **functions, **keys)


def format_named(name: str) -> PublishedFormat:
    """The format of a name.

    Raises
    ------
    UnknownName : with the nearest names.
    """
    known = known_formats()
    if name not in known:
        raise UnknownName("format", name, known, Parameter("format"), "list them with `detente data list formats`")
    return known[name]


def detect(original: Original) -> PublishedFormat:
    """The format that a file is of, by its content alone; of several the one with most columns.

    Raises
    ------
    InputError : it is of none, with the nearest one and the columns that the file lacks.
    """
    fits = [entry for entry in known_formats().values() if fits_format(original, entry)]
    fits.sort(key=lambda entry: (entry.becomes != ROWS, len(entry.needed)), reverse=True)
    if fits:
        return fits[0]
    raise InputError(original.name, "is of no format that is known", _nearest(original))


def fits_format(original: Original, entry: PublishedFormat) -> bool:
    """Whether a file is of a format."""
    if original.container not in entry.containers:
        return False
    if entry.recognise is not None:
        return entry.recognise(original, entry)
    return has_columns(original, entry.columns)


def _lacking(original: Original, entry: PublishedFormat) -> list[str]:
    """Heads of the columns that a file must have and has not."""
    _, heads = head_row(original, entry.columns)
    return [column.heads[0] for column in entry.needed if column.place(heads) is None]


def _nearest(original: Original) -> str:
    """What a file that is of no format is most like."""
    shares = [
        (1 - len(lacking) / len(entry.needed), entry, lacking)
        for entry in known_formats().values()
        if entry.needed and original.container in entry.containers
        for lacking in [_lacking(original, entry)]
    ]
    likeness, entry, lacking = max(shares, key=lambda row: row[0], default=(0.0, None, []))
    if entry is None or likeness < ALIKE:
        return "`detente data list formats` lists what is read"
    columns = ", ".join(f"'{head}'" for head in lacking[:6])
    return f"did you mean '{entry.name}'? It lacks the column{'s' if len(lacking) > 1 else ''} {columns}"


def read_published(
    path: Path | str,
    name: str = "",
    *,
    encoding: str = "",
    member: str = "",
    words: Mapping[str, str] | None = None,
) -> ReadFile:
    """A file of a publisher, checked, in the columns of what it becomes.

    Parameters
    ----------
    name : of its format; by default told by its content.
    encoding : of its text. member : of an archive of several files.
    words : what the file does not say itself, as `reporter` or `year`.

    Raises
    ------
    InputError, Faults : what cannot be read, every fault with file, row and key; nothing is written.
    """
    named = format_named(name) if name else None
    given = dict(words or {})
    usual = _usual_member(named, given)
    original = open_original(Path(path), encoding=encoding, member=member, usual=usual, words=given)
    original = _sheet_of(original, named)
    entry = named or detect(original)
    if named is not None and not fits_format(original, named):
        _refuse_other(original, named)
    return read_original(original, entry)


def _sheet_of(original: Original, named: PublishedFormat | None) -> Original:
    """A workbook at its first sheet that is of a publisher's format, where the user names none."""
    if original.container != "workbook" or "sheet" in original.words:
        return original
    entries = [named] if named is not None else [entry for entry in known_formats().values() if entry.becomes != ROWS]
    for sheet in sheets_of(original)[:MOST_SHEETS]:
        there = replace(original, words={**original.words, "sheet": sheet})
        if any(fits_format(there, entry) for entry in entries):
            return there
    return original


def _usual_member(named: PublishedFormat | None, words: Mapping[str, str]) -> str:
    """Part of the name of a file in an archive: as its format declares, else the year that a user gives."""
    member = named.member if named is not None else ""
    for word, value in words.items():
        member = member.replace(f"{{{word}}}", value)
    return words.get("year", "") if "{" in member or not member else member


def _refuse_other(original: Original, named: PublishedFormat) -> None:
    """Refuse a file that is of another format than a user says; one that lacks a column is left to its own refusal."""
    if original.container not in named.containers:
        wanted = " or ".join(KINDS[kind] for kind in named.containers)
        raise InputError(original.name, f"is {KINDS[original.container]}, and '{named.name}' is {wanted}", named.how)
    other = next(
        (entry for entry in known_formats().values() if entry.becomes != ROWS and fits_format(original, entry)), None
    )
    if other is not None:
        raise InputError(original.name, f"is not '{named.name}'", f"did you mean '{other.name}'?")
    if named.recognise is not None:
        raise InputError(original.name, f"is not '{named.name}', or is cut off", named.how)


def read_original(original: Original, entry: PublishedFormat) -> ReadFile:
    """A file of a format."""
    frame, first = entry.grid(original, entry) if entry.grid is not None else grid_of(original, entry.columns)
    notes: tuple[str, ...] = ()
    if entry.columns:
        # Columns of the file that name a row in messages: all but numbers and words.
        key = [name for name in KEYS[entry.becomes] if name in {column.name for column in entry.columns}]
        frame, notes = checked(frame, first, entry.columns, original.name, key)
    frame = entry.finished(frame, original)
    if entry.unique:
        twice(frame, KEYS[entry.becomes], original.name)
    return ReadFile(entry, Path(original.path).name, _in_order(frame, entry), original.sha256, notes)


def _in_order(frame: pl.DataFrame, entry: PublishedFormat) -> pl.DataFrame:
    """The columns of the kind of table, those that the file lacks left blank."""
    if entry.becomes == ROWS:
        return frame.drop(ROW, strict=False)
    columns = declared_columns(f"formats.{entry.becomes}", unit="", money="", title="")
    blank = {True: pl.lit(None, dtype=pl.Float64), False: pl.lit("")}
    chosen = [pl.col(c.name) if c.name in frame.columns else blank[c.name in NUMBERS].alias(c.name) for c in columns]
    return frame.select(chosen)


#: Columns of numbers of the kinds of table.
NUMBERS = frozenset(("value", "quantity", "weight", "duty", "rate"))
