"""Shelf: what the program knows by name, kind by kind, and what one of these things holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import Column, Table, UnknownName, table_of
from detente.codes.units import Unit
from detente.data.caserows import case_rows
from detente.data.formats.known import known_formats
from detente.data.library import catalogue, find, pl
from detente.data.own_tables import columns_table, info_table, own_frame, own_tables
from detente.lab.scenario import load_scenario, schema, shipped


@dataclass(frozen=True)
class ShelfKind:
    """Things of one kind.

    Attributes
    ----------
    words : what one of them and several are called.
    names, table : module and function of their names, and of the table that lists them.
    columns : of that table: name, title, source and licence; "" for one that it does not have.
    """

    words: tuple[str, str]
    names: str
    table: str
    columns: tuple[str, str, str, str]


#: Kinds of things, in the order in which they are listed.
KINDS: Mapping[str, ShelfKind] = {
    "library": ShelfKind(("table of your own", "tables of your own"), "data.own_tables.own_names",
                    "data.own_tables.library_table", ("name", "format", "publisher", "licence")),
    "scenarios": ShelfKind(("scenario", "scenarios"), "lab.scenario.shipped", "lab.scenario.scenarios_table",
                      ("name", "title", "", "")),
    "cases": ShelfKind(("case of talks", "cases of talks"), "data.casefile.case_names", "lab.talks.report.case_table",
                  ("case", "title", "", "")),
    "worlds": ShelfKind(("world economy", "world economies"), "data.worlds.world_names",
                   "lab.world.effects.worlds_table", ("world", "about", "", "")),
    "minerals": ShelfKind(("mineral", "minerals"), "data.chainfile.chain_names", "lab.chains.asked.chains_table",
                     ("chain", "title", "", "")),
    "publishers": ShelfKind(("publisher's way of counting", "publishers' ways of counting"),
                       "data.definitions.definitions", "lab.averages.definitions.definitions_table",
                       ("name", "who", "source", "")),
    "quantities": ShelfKind(("quantity of claims", "quantities of claims"), "lab.claims.words.quantities",
                       "lab.claims.words.quantities_table", ("quantity", "what", "", "")),
    "tables": ShelfKind(("table", "tables"), "data.library.catalogue", "data.assumptions.catalogue_table",
                   ("name", "title", "publisher", "licence")),
    "formats": ShelfKind(("format of a publisher", "formats of publishers"), "data.formats.known.known_formats",
                    "data.own_tables.formats_table", ("name", "title", "publisher", "licence")),
}  # fmt: skip


def _made(path: str) -> Any:
    module, _, function = path.rpartition(".")
    return getattr(import_module(f"detente.{module}"), function)()


def listed(kind: str = "") -> tuple[Table, ...]:
    """Names of the things of a kind, and the list with all that is said of each; of every kind the names alone."""
    tables = {name: _made(KINDS[name].table) for name in ([kind] if kind else KINDS)}
    rows = dict.fromkeys(row for name, table in tables.items() for row in _named(name, table))
    return (table_of("package.names", list(rows)), *(tables.values() if kind else ()))


def _named(kind: str, table: Table) -> Iterator[tuple[str, ...]]:
    for row in table.rows():
        yield (kind, *(str(row[column]) if column else "" for column in KINDS[kind].columns))


#: In place of a name: the keys that a scenario file, or the file of a case of talks, may have.
SCHEMA, CASE = "scenario.schema", "case.schema"


def public_names() -> tuple[str, ...]:
    """Names that may be shown to anyone: what is in the package, not what lies on this machine."""
    kinds = (_made(kind.names) for name, kind in KINDS.items() if name != "library")
    return (SCHEMA, CASE, *dict.fromkeys(name for names in kinds for name in names))


def shown(name: str) -> tuple[Table, ...]:
    """What a thing holds: its content, where it has rows of its own; its columns; where it comes from.

    Parameters
    ----------
    name : what `listed` names; `SCHEMA` or `CASE`; a publisher's file.

    Raises
    ------
    UnknownName : nothing has that name.
    """
    if name == SCHEMA:
        return (table_of("package.keys", list(_keys(schema())), name=name),)
    if name == CASE:
        keys = [(k.path, k.type, k.unit, k.default, k.means, k.shown) for row in case_rows() for k in row.keys]
        return (table_of("case.case_keys", keys),)
    if name in shipped():
        content = load_scenario(name)[0].model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return (_card(name, dict(_flat(content)), content["title"]),)
    own = {table.name: table for table in own_tables()}
    if name not in (*own, *catalogue(), *known_formats()) and not Path(name).exists():
        return (_row(name),)
    source, columns = info_table(name), columns_table(name)
    frame = own_frame(own[name]) if name in own else _frame(name)
    content = () if frame is None else (_content(name, source.title, frame, columns),)
    return (*content, *([columns] if len(columns) else []), source)


def _row(name: str) -> Table:
    """What the list of its kind says of a thing."""
    kind = next((kind for kind in KINDS.values() if name in _made(kind.names)), None)
    if kind is None:
        # Names that may be shown to anyone: what is in the package, not what lies on this machine.
        kinds = (_made(kind.names) for name, kind in KINDS.items() if name != "library")
        public = (SCHEMA, CASE, *dict.fromkeys(name for names in kinds for name in names))
        known = (*(table.name for table in own_tables()), *public)
        raise UnknownName("name", name[:60], known, "name", "list what there is with `detente data list`")
    column, title = kind.columns[:2]
    row = next(row for row in _made(kind.table).rows() if row[column] == name)
    return _card(name, {key: str(value) for key, value in row.items()}, str(row[title]))


def _card(name: str, rows: Mapping[str, str], title: str) -> Table:
    return table_of("package.card", list(rows.items()), name=name, title=title or name)


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every value of a nested mapping with the way to it."""
    parts = value.items() if isinstance(value, Mapping) else enumerate(value, 1) if isinstance(value, list) else ()
    if not parts:
        yield path, str(value)
    for key, part in parts:
        yield from _flat(part, f"{path}.{key}".lstrip("."))


def _keys(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Keys of a scenario file, each with what it means."""
    for name, about in content["properties"].items():
        yield name, str(about.get("description") or about.get("title") or about.get("type", ""))


def _frame(name: str) -> pl.DataFrame | None:
    """The rows of a table of the package; None for what is no table of rows."""
    entry = str(catalogue().get(name, {}).get("file", ""))
    if not entry.endswith(".parquet"):
        return None
    return pl.read_parquet(find(name).path)


def _content(name: str, title: str, frame: pl.DataFrame, columns: Table) -> Table:
    meanings = dict(zip(columns["column"], columns["meaning"], strict=True))
    data = {column: _array(frame[column]) for column in frame.columns}
    heads = [Column(column, Unit.NONE if values.dtype.kind in "fi" else Unit.TEXT, str(meanings.get(column, "")))
             for column, values in data.items()]  # fmt: skip
    return Table(name, title, tuple(heads), data)


def _array(values: pl.Series) -> np.ndarray[Any, Any]:
    if values.dtype.is_numeric():
        return values.to_numpy()
    if isinstance(values.dtype, pl.List):
        values = values.list.eval(pl.element().cast(pl.String)).list.join(", ")
    return values.cast(pl.String).fill_null("").to_numpy()
