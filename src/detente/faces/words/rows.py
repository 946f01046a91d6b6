"""Rows of the first variant of a result's tables, as words and lines ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detente.codes import Table
from detente.lab.spans import printed

Row = Mapping[str, Any]


class Rows:
    """Tables of a result, of its first variant; of few draws the ends of ranges are blank.

    Attributes
    ----------
    variant : name of the variant shown; `variants` : how many there are.
    """

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.tables = printed(tables)
        headline = self.tables.get("headline")
        names = list(dict.fromkeys(headline["variant"].tolist())) if headline is not None else [""]
        self.variant, self.variants = str(names[0]), len(names)

    def all(self, table: str, **wanted: object) -> list[Row]:
        """Rows of a table that hold some values; none where the result lacks the table."""
        if table not in self.tables:
            return []
        rows = [row for row in self.tables[table].rows() if row.get("variant", self.variant) == self.variant]
        return [row for row in rows if all(row.get(key) == value for key, value in wanted.items())]

    def first(self, table: str, **wanted: object) -> Row | None:
        """The first of those rows."""
        return next(iter(self.all(table, **wanted)), None)
