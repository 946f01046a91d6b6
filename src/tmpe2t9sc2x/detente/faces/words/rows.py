"""Rows of the first variant of a result's tables, as words and lines ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detente.codes import Table
from detente.faces.words.spans import printed
from detente.lab.duties.among import duty_on_first, parties, two_sides

Row = Mapping[str, Any]


class Rows:
    """Tables of a result, of its first variant; of few draws the ends of ranges are blank.

    Attributes
    ----------
    variant : name of the variant shown; `variants` : how many there are.
    sides : the importer whose imports are averaged, and the other side.
    parties : both sides, and whose duties move besides.
    """

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.tables = printed(tables)
        headline = self.tables.get("headline")
        names = list(dict.fromkeys(headline["variant"].tolist())) if headline is not None else [""]
        self.variant, self.variants = str(names[0]), len(names)
        self.sides, self.parties = two_sides(tables), parties(tables)

    def all(self, table: str, **wanted: object) -> list[Row]:
        """Rows of a table that hold some values; none where the result lacks the table."""
        if table not in self.tables:
            return []
        rows = [row for row in self.tables[table].rows() if row.get("variant", self.variant) == self.variant]
        return [row for row in rows if all(row.get(key) == value for key, value in wanted.items())]

    def on_first(self, code: str) -> Row | None:
        """The duty of a party on goods of the first side."""
        return duty_on_first(self.tables, code, self.variant)

    def first(self, table: str, **wanted: object) -> Row | None:
        """The first of those rows."""
        return next(iter(self.all(table, **wanted)), None)
