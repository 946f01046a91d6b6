"""Trade of a publisher's file as weights: imports of one importer, laid on the lines of its schedule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from detente.codes import InputError, UnknownName
from detente.data.containers import open_original
from detente.data.flow_reader import check_flows, laid_on
from detente.data.formats.declared import TRADE, ReadFile
from detente.data.formats.known import detect, known_formats, read_original
from detente.data.importers import Importer
from detente.data.own_tables import own_frame, own_table
from detente.data.tables import countries

if TYPE_CHECKING:
    import polars as pl

SHORTEST = 6
"""Digits of codes of goods that are told apart enough."""

UNMAPPED = 0.05
"""Share of the value that may find no line."""


def published_trade(path: Path) -> ReadFile | None:
    """Trade of a publisher's file, or of a table of the library by its name; None where it is none.

    Raises
    ------
    InputError : a file of such a format that cannot be read.
    """
    if not path.is_file():
        return None if path.exists() else _of_library(path.name)
    try:
        original = open_original(path)
        entry = detect(original)
    except InputError:
        return None
    return read_original(original, entry) if entry.becomes == TRADE else None


def _of_library(name: str) -> ReadFile | None:
    """A table of trade of the user's library, as it was when its file was read."""
    try:
        table = own_table(name)
    except UnknownName:
        return None
    entry = known_formats().get(table.format)
    if table.becomes != TRADE or entry is None:
        return None
    return ReadFile(entry, name, own_frame(table), table.source_sha256)


def imports_from(file: ReadFile, where: Importer) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Imports of an importer by line, partner and value in USD, and what was done to get them.

    Codes of another edition go by concordance. Rows of the world, of areas and of trade among members are left out.

    Raises
    ------
    InputError : no imports of it, several years, another money, or too much value without a line.
    """
    import polars as pl

    if file.format.money != "USD":
        repair = "turn its values into USD, in a file with line, partner, value"
        raise InputError(file.source, f"is in {file.format.money}, weights are in USD", repair)
    own = file.frame.filter(pl.col("reporter").is_in(list(where.members)) & (pl.col("flow") == "import"))
    if not own.height:
        raise InputError(file.source, f"has no imports of {where.file.name}", "give a file that it reports")
    _check_year(own, file.source)
    digits = own["line"].str.len_chars()
    longest = int(digits.filter(own["line"].str.contains(r"^\d+$")).max() or 0)  # type: ignore[arg-type]
    if longest < SHORTEST:
        raise InputError(file.source, f"has goods by {longest} digits", "give a file by six digits or more")
    kept = own.filter((digits == longest) & pl.col("partner").is_in(list(set(countries().names) - where.members)))
    total = kept.group_by("line", "partner").agg(pl.col("value").sum()).sort("line", "partner")
    taken = {(line, partner): value for line, partner, value in total.iter_rows() if value}
    if not taken:
        raise InputError(file.source, "has no value above zero", "give imports by line and country")
    laid = laid_on(taken, {}, where.lines, where.file.edition, ())
    check_flows(laid, file.source, UNMAPPED)
    pairs = sorted(laid.rows)
    data = {
        "line": [line for line, _ in pairs],
        "partner": [partner for _, partner in pairs],
        "value": [laid.rows[pair] for pair in pairs],
    }
    return pl.DataFrame(data), tuple(_notes(file, own.height - kept.height, laid.converted / laid.total, laid.unmapped))


def _check_year(own: pl.DataFrame, source: str) -> None:
    """Refuse several years; months of one year are summed."""
    years = sorted(set(own["period"].str.slice(0, 4).to_list()))
    if len(years) > 1:
        raise InputError(source, f"holds the years {years[0]} to {years[-1]}", "give a file of one year")
    if own["period"].str.len_chars().n_unique() > 1:
        raise InputError(source, "holds a year and months of it", "give the year or its months")


def _notes(file: ReadFile, left: int, converted: float, unmapped: float) -> list[str]:
    notes = [f"values of {file.format.publisher}, format {file.format.name}"]
    if left:
        notes.append(f"rows of totals, areas and shorter codes that were left out: {left:,}")
    if converted:
        notes.append(f"{converted:.1%} of the value went by concordance to lines of another edition")
    if unmapped:
        notes.append(f"USD {unmapped:,.0f} found no line")
    return notes
