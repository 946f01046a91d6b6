"""Tables of any side under one naming: what is shown of the United States bare, of others with the code behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from detente.codes import Table
from detente.data.importers import importer
from detente.data.tables import countries
from detente.lab.duties.tables import breakdown
from detente.lab.ground.averages import daily_averages, ground_of

if TYPE_CHECKING:
    from detente.lab.ground.sides import Pairing

BARE = "USA"
"""The importer whose tables have no code in their names."""


def named(name: str, code: str) -> str:
    """Name of a table of an importer: "section" of the United States, "section_chn" of China."""
    return name if code == BARE else f"{name}_{code.lower()}"


def by_side(pairings: Sequence[Pairing], by: str = "section") -> Table:
    """Average duty of the importer of some pairings before and after, by partner, section or another grouping.

    The counterpart, for any importer, of what a run tells of the United States.
    """
    code = pairings[0].after.ground.where.iso3
    made = breakdown(pairings, by)
    if code == BARE:
        return made
    title = f"Average duty of {countries().names.get(code, code)} by {by.replace('_', ' ')}"
    return replace(made, name=named(by, code), title=title)


def by_day(codes: Sequence[str], first: date, last: date) -> dict[str, Table]:
    """Average duty of each importer by day and authority on its own trade, by the names of the tables.

    Raises
    ------
    InputError
        for days before the laws on record.
    """
    tables: dict[str, Table] = {}
    for code in codes:
        made = daily_averages(ground_of(importer(code).law), first, last)
        tables[named("daily", code)] = replace(made, name=named("daily", code))
    return tables
