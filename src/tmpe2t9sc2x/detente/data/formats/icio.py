"""Inter-Country Input-Output tables of the OECD, editions of 2021, 2023 and 2025; million USD at basic prices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detente.data.formats.declared import USE, PublishedFormat
from detente.data.formats.matrix import (
    TOTALS,
    check_countries,
    complete,
    iso3,
    long_of,
    matrix_rows,
    year_of,
)
from detente.data.formats.original import Original

if TYPE_CHECKING:
    import polars as pl

LABEL = re.compile(r"^([A-Z][A-Z0-9]{2})_([A-Z][A-Z0-9_]*)$")
FINAL = frozenset(("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR", "NONRES", "P33"))
"""Kinds of final use."""

OLDER = re.compile(r"_A01_02$")
"""Agriculture in one industry: editions before that of 2025."""

MILLION = 1e6


def _is_icio(original: Original, older: bool) -> bool:
    heads = original.first_rows[0] if original.first_rows else []
    labels = [cell for cell in heads if LABEL.match(cell.strip())]
    if len(labels) < 4 or len(labels) < len(heads) - 3:
        return False
    return any(OLDER.search(label) for label in labels) is older


def _older(original: Original) -> bool:
    return _is_icio(original, True)


def _newer(original: Original) -> bool:
    return _is_icio(original, False)


def _grid(original: Original) -> tuple[pl.DataFrame, int]:
    """Uses other than zero; rows of value added and taxes have no country."""
    import polars as pl

    frame, heads, first = matrix_rows(original, 0, (0,))
    industries = [head for head in heads if (match := LABEL.match(head)) and match[2] not in FINAL]
    rows = frame["label 0"].fill_null("").to_list()
    check_countries(original, [label[:3] for label in (*industries, *rows) if LABEL.match(label)])
    complete(original, rows, industries)
    long = long_of(original, frame, heads, first)
    long = long.filter(~pl.col("label 0").is_in(list(TOTALS)) & ~pl.col("column").is_in(list(TOTALS)))
    labels = {label: LABEL.match(label) for label in {*rows, *heads}}
    sellers = {label: iso3(match[1]) if match else "" for label, match in labels.items()}
    products = {label: match[2] if match else label for label, match in labels.items()}
    return (
        long.select(
            pl.col("label 0").replace_strict(sellers, default="").alias("seller"),
            pl.col("label 0").replace_strict(products, default="").alias("product"),
            pl.col("column").replace_strict(sellers, default="").alias("user"),
            pl.col("column").replace_strict(products, default="").alias("use"),
            pl.lit(year_of(original)).alias("period"),
            (pl.col("value") * MILLION).alias("value"),
        ),
        first,
    )


def _edition(name: str, title: str, older: bool) -> PublishedFormat:
    return PublishedFormat(
        name=name,
        title=title,
        publisher="OECD",
        becomes=USE,
        how="get the archive of years of the ICIO tables at www.oecd.org/sti/ind; give the CSV of a year",
        licence="CC BY 4.0: cite the OECD's ICIO tables and the edition",
        containers=("text",),
        recognise=_older if older else _newer,
        grid=_grid,
        member="{year}",
    )


FORMATS = (
    _edition("icio-2023", "use by source of 76 economies and the rest, 45 industries (edition of 2023)", True),
    _edition("icio-2025", "use by source of 80 economies and the rest, 50 industries (edition of 2025)", False),
)
