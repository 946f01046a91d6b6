"""Vintage: which data a copy of the package has, in one hash and three days; read without loading any of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from detente.data.library import catalogue, package_folder
from detente.data.yamlfile import as_date

NAME = "frontier.yaml"
LENGTH = 12
"""Hex digits of the hash that are shown."""

TRADE, WORLD = "usa_imports_2024", "icio-2022"
"""Tables that the answers rest on first: trade by line, and the world economy."""

MARK = "read_to:"


@dataclass(frozen=True)
class DataVintage:
    """Which data a package has.

    Attributes
    ----------
    key : 12 hex digits of the catalogue, which holds the hash of every table.
    tables : how many it names.
    trade, world : vintage of the trade by line and of the world economy.
    read_to : day to which the law of the United States was read.
    """

    key: str
    tables: int
    trade: str
    world: str
    read_to: date


def vintage() -> DataVintage:
    """The data of this package."""
    text = (package_folder() / "catalogue.toml").read_bytes()
    rows = catalogue()
    trade, world = (str(rows.get(name, {}).get("vintage", "")) for name in (TRADE, WORLD))
    return DataVintage(hashlib.sha256(text).hexdigest()[:LENGTH], len(rows), trade, world, read_to("usa"))


def read_to(folder: str) -> date:
    """Day to which a lawbook of the package was read, from the head of its frontier file."""
    path = package_folder() / "lawbooks" / folder / NAME
    with path.open(encoding="utf-8") as lines:
        day = next(line for line in lines if line.startswith(MARK))
    return as_date(day.removeprefix(MARK).strip(), NAME)
