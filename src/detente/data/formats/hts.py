"""The tariff schedule of the United States as the USITC exports it: JSON or CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.codes import check_none
from detente.codes.errors import DetenteError, InputError
from detente.data.formats.cells import SHOWN, head_row
from detente.data.formats.declared import SCHEDULE, FileColumn, PublishedFormat
from detente.data.formats.original import Original
from detente.data.hts_revision import CSV_COLUMNS, JSON_KEYS, plain, rows_of_text, units

if TYPE_CHECKING:
    import polars as pl

HEADS = tuple(FileColumn(key, (head,)) for key, head in CSV_COLUMNS.items())
SHORTEST, LONGEST = 2, 10


def _is_schedule(original: Original) -> bool:
    if original.container == "json":
        content = original.json
        return (
            isinstance(content, list)
            and bool(content)
            and isinstance(content[0], dict)
            and (content[0].keys() >= JSON_KEYS)
        )
    _, heads = head_row(original, HEADS)
    return sum(column.place(heads) is not None for column in HEADS) >= len(HEADS) - 1


def _grid(original: Original) -> tuple[pl.DataFrame, int]:
    """Every row with a number of eight or ten digits."""
    import polars as pl

    original.check_end()
    rows = rows_of_text(original.text, original.name)
    faults: list[DetenteError] = []
    lines: list[tuple[str, ...]] = []
    for number, row in enumerate(rows, start=1 if original.container == "json" else 2):
        code = str(row["htsno"] or "").replace(".", "").strip()
        if code and not (code.isascii() and code.isdigit() and SHORTEST <= len(code) <= LONGEST):
            what = f"'{str(row['htsno'])[:30]}' is no number of the schedule"
            faults.append(InputError(f"{original.name}, row {number}", what, "numbers have 4 to 10 digits"))
        elif len(code) >= 8:
            rates = (plain(row.get(key)) for key in ("general", "special", "other"))
            lines.append((code, plain(row["description"]), units(map(str, row.get("units") or ())), *rates))
    check_none(faults[:SHOWN])
    if not lines:
        raise InputError(original.name, "has no line of eight or ten digits", "export the whole schedule")
    names = ["line", "description", "quantity_unit", "general", "special", "other"]
    return pl.DataFrame(lines, schema=dict.fromkeys(names, pl.String), orient="row"), 2


FORMATS = (
    PublishedFormat(
        name="hts",
        title="Harmonized Tariff Schedule of the United States, a revision",
        publisher="US International Trade Commission",
        becomes=SCHEDULE,
        how=(
            "export the whole schedule as JSON at hts.usitc.gov, or from "
            "https://hts.usitc.gov/reststop/exportList?from=0101&to=9999&format=JSON&styles=false"
        ),
        licence="work of the US government, in the public domain",
        containers=("json", "text"),
        recognise=_is_schedule,
        grid=_grid,
        unique=False,
    ),
)
