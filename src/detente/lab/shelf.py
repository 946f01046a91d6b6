"""Shelf: the catalogue of embedded tables, for readers."""

from __future__ import annotations

import numpy as np

from detente.codes import Column, Table, Unit, UnknownName
from detente.data.library import catalogue


def catalogue_table() -> Table:
    """Every table of the package with publisher, vintage and licence."""
    names = ("name", "title", "publisher", "vintage", "licence")
    rows = [[str(entry.get(key, "")) for key in names] for entry in catalogue().values()]
    columns = tuple(Column(name, Unit.TEXT, name) for name in names)
    data = {name: np.asarray([row[i] for row in rows]) for i, name in enumerate(names)}
    return Table("catalogue", "Tables in the package", columns, data)


def table_card(name: str) -> Table:
    """One table: its facts and its columns."""
    if name not in catalogue():
        raise UnknownName("table", name, catalogue(), repair="list them with `detente data`")
    entry = catalogue()[name]
    rows = [(key, str(value)) for key, value in entry.items() if key != "columns"]
    rows += [(f"column {key}", str(value)) for key, value in entry.get("columns", {}).items()]
    columns = (Column("key", Unit.TEXT, "key"), Column("value", Unit.TEXT, "value"))
    data = {"key": np.asarray([r[0] for r in rows]), "value": np.asarray([r[1] for r in rows])}
    return Table(name, str(entry.get("title", name)), columns, data)
