"""GTAP: a header as the program har2csv of GEMPACK writes it; header array files themselves are not read here.

The one library in Python for header array files, harpy3, is under the GNU GPL, which this package does not depend on.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from detente.codes import InputError
from detente.data.formats.cells import checked, grid_of
from detente.data.formats.declared import NUMBER, ROWS, FileColumn, PublishedFormat
from detente.data.formats.original import Original

if TYPE_CHECKING:
    import polars as pl

LONGEST = 10_000
"""Letters in which the heads of columns stand, whatever ends a line."""

SETS = frozenset((
    "REG COMM TRAD_COMM ACTS PROD_COMM ENDW ENDW_COMM ENDWM ENDWS ENDWF MARG MARG_COMM NMRG CGDS_COMM DEMD DEMD_COMM "
    "ENDWM_COMM ENDWS_COMM ERG FUEL FUEL_COMM EGYCOM DIR SRC GEMPACK TARTYPE"
).split())  # fmt: skip
"""Sets of the data base of GTAP."""

HOW = "run `har2csv FILE.har OUT.csv HEADER` of GEMPACK (free at copsmodels.com) and give the CSV"
LICENCE = "licence of GTAP: by subscription, not for passing on"


def _heads(original: Original) -> list[str]:
    first = original.text[:LONGEST].splitlines()[:1]
    return [head.strip() for row in csv.reader(first) for head in row]


def _is_csv(original: Original) -> bool:
    heads = _heads(original)
    return len(heads) > 1 and heads[-1].lower() == "value" and bool({head.upper() for head in heads[:-1]} & SETS)


def _columns(heads: list[str]) -> list[str]:
    """Names of columns; a set that stands twice, as exporters and importers do, is numbered."""
    return [head if heads.index(head) == k else f"{head}_{heads[: k + 1].count(head)}" for k, head in enumerate(heads)]


def _grid(original: Original) -> tuple[pl.DataFrame, int]:
    """Elements of the sets and the value of each cell."""
    heads = _heads(original)
    names = _columns(heads)
    rest = original.text.replace("\r\n", "\n").replace("\r", "\n").partition("\n")[2]
    again = Original(original.path, original.name, (",".join(names) + "\n" + rest).encode(), "text", original.sha256)
    columns = [FileColumn(name, (name,)) for name in names[:-1]]
    columns.append(FileColumn("value", (names[-1],), NUMBER, signed=True))
    frame, first = grid_of(again, columns)
    return checked(frame, first, columns, original.name, names[:-1])[0], first


def _refused(original: Original) -> tuple[pl.DataFrame, int]:
    what = "is a header array file of GEMPACK, which is not read: its one library is under the GNU GPL"
    raise InputError(original.name, what, HOW)


def _is_har(original: Original) -> bool:
    return original.container == "har"


FORMATS = (
    PublishedFormat(
        name="gtap",
        title="a header of the GTAP data base as har2csv writes it",
        publisher="Global Trade Analysis Project, Purdue University",
        becomes=ROWS,
        how=HOW,
        licence=LICENCE,
        containers=("text",),
        recognise=_is_csv,
        grid=_grid,
    ),
    PublishedFormat(
        name="gtap-har",
        title="header array files: refused, with the way to CSV",
        publisher="Global Trade Analysis Project, Purdue University",
        becomes=ROWS,
        how=HOW,
        licence=LICENCE,
        containers=("har",),
        recognise=_is_har,
        grid=_refused,
    ),
)
