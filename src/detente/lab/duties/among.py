"""Whose law a result is about: its two sides, everyone whose duties move, and their duties on goods of the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from detente.codes import Table
from detente.data.tables import partner_name

#: Sides of a result whose tables name no others.
USUAL = ("USA", "CHN")

#: China's duty as it is owed.
EXCLUDED = "effective"

#: Tables of several importers, and the name under which the rows of one stand alone, before its code.
OF_IMPORTERS = {"importer_partners": "partner", "importer_sections": "section", "importer_daily": "daily"}


def two_sides(tables: Mapping[str, Table]) -> tuple[str, str]:
    """The importer whose imports are averaged, and the other side."""
    codes = list(dict.fromkeys(tables["importers"]["importer"].tolist())) if "importers" in tables else []
    return (str(codes[0]), str(codes[1])) if len(codes) > 1 else USUAL


def parties(tables: Mapping[str, Table]) -> tuple[str, ...]:
    """The two sides, and every other importer whose average duty moves."""
    sides = two_sides(tables)
    rows = tables["importers"].rows() if "importers" in tables else ()
    return tuple(dict.fromkeys([*sides, *(str(row["importer"]) for row in rows if row["before"] != row["after"])]))


def usual(tables: Mapping[str, Table]) -> bool:
    """Whether the result is of the United States and China, of which talks and history are on record."""
    return two_sides(tables) == USUAL


def duty_on_first(tables: Mapping[str, Table], code: str, variant: str) -> Mapping[str, Any] | None:
    """The row of a party's duty on goods of the first side in a variant; None where it is not on record."""
    first, other = two_sides(tables)
    if "china" in tables and (code, other) == ("CHN", "CHN"):
        return _row(tables["china"], variant, reading=EXCLUDED)
    return _row(tables.get("importer_pairs"), variant, importer=code, partner=first)


def _row(table: Table | None, variant: str, **wanted: str) -> Mapping[str, Any] | None:
    rows = table.rows() if table is not None else ()
    wanted = {"variant": variant, **wanted}
    return next((row for row in rows if all(row.get(key) == value for key, value in wanted.items())), None)


def importer_row(tables: Mapping[str, Table], code: str, variant: str) -> Mapping[str, Any] | None:
    """An importer's average duty over all its imports, with what weighs it."""
    return _row(tables.get("importers"), variant, importer=code)


def apart(tables: Mapping[str, Table]) -> dict[str, Table]:
    """The tables with those of several importers as one for each party but the first: `partner_can`, `daily_eu27`.

    That of the first side, and China's as the other side, stand alone as they are.
    """
    made = {name: table for name, table in tables.items() if name not in OF_IMPORTERS}
    for name, by in OF_IMPORTERS.items():
        for code in parties(tables)[1:] if name in tables else ():
            key = f"{by}_{code.lower()}"
            table = tables[name].take(tables[name]["importer"] == code)
            if key not in tables and len(table) and not ("china" in tables and code == "CHN"):
                kept = table.select([column.name for column in table.columns if column.name != "importer"])
                rows = tables["importers"].rows() if "importers" in tables else ()
                weights = dict.fromkeys(f"weights: {row['weights']}" for row in rows if row["importer"] == code)
                made[key] = replace(kept, name=key, title=title_of(by, code), notes=(*kept.notes, *weights))
    return made


def title_of(by: str, code: str) -> str:
    """The title of a table of an importer's averages that stands beside that of the first side."""
    return f"{WHOSE[by]}: {partner_name(code)}"


WHOSE = {
    "partner": "Average duty by partner",
    "section": "Average duty by section",
    "daily": "Average duty by day",
}
