"""What readers see above a column."""

from __future__ import annotations

from detente.codes import Column


def spoken(name: str) -> str:
    """A column's name in words: "usa_p_star" -> "usa p*"."""
    return name.replace("p_star", "p*").replace("_", " ")


def head_of(column: Column) -> str:
    """What readers see above a column, without its unit."""
    return column.label or spoken(column.name)
