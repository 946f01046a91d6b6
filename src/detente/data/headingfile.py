"""Headings by partner: a list beside a measure that says where the schedule carries the duty on each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from detente.codes import InputError
from detente.data.listfile import read_csv
from detente.law.headings import read_headings

if TYPE_CHECKING:
    from detente.data.lawbook import Reader


def partner_headings(path: Path, reader: Reader) -> dict[str, tuple[str, str]]:
    """Headings by partner from a list, each with that of goods that meet a floor already, or again the same."""
    where = reader.short(path)
    headings: dict[str, tuple[str, str]] = {}
    for row in read_csv(path, where, ("partner", "heading")):
        for text in (row["heading"], row.get("met", "")):
            read_headings(text, where)
        for code in reader.countries.expand(row["partner"], None, where):
            if code in headings:
                raise InputError(where, f"partner '{code}' is there twice", "keep one row")
            headings[code] = (row["heading"], row.get("met") or row["heading"])
    return headings
