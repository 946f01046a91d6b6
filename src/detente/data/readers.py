"""Readers of a user's own files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, UnknownName, digits
from detente.data.containers import open_original
from detente.data.flow_reader import check_flows, laid_on
from detente.data.flows import chn_imports, claimed, usa_imports
from detente.data.formats.declared import TRADE, ReadFile
from detente.data.formats.known import detect, known_formats, read_original
from detente.data.importers import Importer, importer
from detente.data.library import pl
from detente.data.own_tables import own_frame, own_table
from detente.data.rowfile import blocks_of, claimed_share, files_of, frames_of, has_months
from detente.data.tables import countries
from detente.data.trade_years import within
from detente.data.usertable import TableKind, read_table, table_kinds
from detente.trade.flows import Flows

SHORT = "lines of fewer digits are divided as the trade of 2024 with the partner, else with all, else evenly"


def read_flows(path: Path, of: str = "USA") -> Flows:
    """Flows from a table with `line, partner, value` (USD) and optionally `claim`.

    A file of trade as its publisher wrote it is taken too, in any format of `data/formats`: imports of the importer.
    Of a folder all tables below it are summed; those may have rows by month, any number of them for a pair.

    Lines have as many digits as the tariff's own, or 6 or 8 of them. The value of a shorter line is divided among the
    lines under it as in the trade of 2024 with the partner, else as in all trade, else evenly, and is then estimated.

    Raises
    ------
    InputError
        a missing file or column, an unknown line or partner, the importer as its own partner, a negative value, a
        claim that is no share or a duplicate pair, each with its row; a file without any value above zero.
    """
    where = importer(of)
    frame, notes = _rows_below(path, where) if path.is_dir() else _rows_of(path, where)
    value = frame["value"].to_numpy()
    if not value.any():
        raise InputError(str(path), "has no value above zero", "give the trade that weighs the duties")
    lines = frame["line"].to_list()
    partners, partner_at = np.unique(frame["partner"].to_numpy().astype(np.str_), return_inverse=True)
    source, line_at, part = on_lines(where, lines, partners[partner_at], f"{path}, row")
    own = "claim" in frame.columns
    claim = frame["claim"].fill_null(0.0).to_numpy() if own else np.zeros(value.size)
    short = np.asarray([len(code) < where.file.digits for code in lines])
    return Flows(
        of,
        path.name if path.is_dir() else path.stem,
        where.lines,
        tuple(partners.tolist()),
        line_at,
        partner_at[source],
        value[source] * part,
        claim[source],
        np.zeros(source.size),
        short[source],
        valuation="values of the file",
        source=str(path),
        notes=(*((SHORT,) if short.any() else ()), *notes),
        own_claims=own,
    )


def _rows_of(path: Path, where: Importer) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Line, partner, value and perhaps claim of a file, and what was done to get them."""
    try:
        return read_table(path, _weights_of(where)), ()
    except InputError:
        file = published_trade(path)
        if file is None:
            raise
        return imports_from(file, where)


def _rows_below(folder: Path, where: Importer) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The same of all tables below a folder, summed by line and partner; claims count where every table has them."""
    read = [(_months_of if has_months(path) else _rows_of)(path, where) for path in files_of(folder)]
    names = ["value", "claimed"] if all("claim" in frame.columns for frame, _ in read) else ["value"]
    claim = pl.col("value") * pl.col("claim").fill_null(0.0) if len(names) > 1 else pl.lit(0.0)
    rows = pl.concat(frame.select("line", "partner", "value", claimed=claim) for frame, _ in read)
    total = rows.group_by("line", "partner").agg(pl.col(names).sum().round(2)).sort("line", "partner")
    if len(names) > 1:
        total = total.with_columns(claim=(pl.col("claimed") / pl.col("value")).fill_nan(0.0).clip(0.0, 1.0))
    return total.drop("claimed", strict=False), tuple(dict.fromkeys(note for _, notes in read for note in notes))


def _months_of(path: Path, where: Importer) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The same of a table of rows by month."""
    parts, key = list[pl.DataFrame](), ("line", "partner")
    for frame in (frame for block in blocks_of([path]) for frame in frames_of(block)):
        bad = frame.filter(pl.col("value").fill_nan(None).is_null() | (pl.col("value") < 0))
        for (row,) in bad.select("row").head(1).rows():
            raise InputError(f"{path}, row {row}", "has no value of 0 or more in USD", "mend it, or leave the row out")
        share = claimed_share(frame.columns)
        sums = [pl.col("value").sum(), *([(pl.col("value") * share).sum().alias("claim")] if share is not None else [])]
        parts.append(frame.group_by(key).agg(sums))
    total = pl.concat(parts).group_by(key).agg(pl.all().sum().round(2)).sort(key)
    if "claim" in total.columns:
        total = total.with_columns((pl.col("claim") / pl.col("value")).fill_nan(0.0).clip(0.0, 1.0))
    # A country may be spelled in several ways: its rows are summed with those of all files.
    return read_table(total, replace(_weights_of(where), unique=()), str(path)), ()


def _weights_of(where: Importer) -> TableKind:
    """The table of flows of an importer: its codes, and partners that are not itself."""
    lengths = tuple(sorted({6, 8, where.file.digits}))

    def partner(text: str) -> str:
        code = countries().resolve(text, "partner")
        if code in where.members:
            itself = "the importer itself" if code == where.iso3 else f"within {where.file.name}"
            raise InputError("partner", f"{code} is {itself}", "leave the row out")
        return code

    return table_kinds()["weights"].of(line=lambda text: digits(text, "line", lengths), partner=partner)


def read_weights(path: Path, of: str, claims: str) -> Flows:
    """Flows of a file as weights: where it has no claims, the package's shares by line and partner are taken."""
    flows = read_flows(path, of)
    if flows.own_claims or importer(of).file.schedule.table != "usa_lines":
        return flows
    return claimed(flows, claims)


def on_lines(
    where: Importer, codes: Sequence[str] | NDArray[np.str_], partners: NDArray[np.str_], place: str
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Row, line and share of the row for each line under each row's code that is traded.

    Parameters
    ----------
    codes : digits of each row; partners : of each row, shape (rows,); place : what a refusal calls a row, before its
        number.

    Raises
    ------
    InputError : a code without a line.
    """
    given = np.asarray(codes)
    first = np.searchsorted(where.lines.codes, given)
    end = np.searchsorted(where.lines.codes, np.char.add(given, ":"))
    count = end - first
    for row in np.flatnonzero(count == 0)[:1]:
        _no_line(where, str(codes[row]), f"{place} {row + 2}")
    source = np.repeat(np.arange(given.size), count)
    line = np.arange(source.size) - np.repeat(np.cumsum(count) - count, count) + first[source]
    share = np.ones(source.size)
    if (count > 1).any():
        share = within(source, given.size, *_mixes(where, line, partners[source]))
    traded = share > 0
    return source[traded], line[traded], share[traded]


def _no_line(where: Importer, code: str, place: str) -> None:
    if len(code) == where.file.digits:
        where.lines.index(code, place)
    raise InputError(place, f"there is no line under {code}", "look it up with `detente find`")


def _mixes(where: Importer, line: NDArray[np.int64], partner: NDArray[np.str_]) -> Iterator[NDArray[np.float64]]:
    """Trade of 2024 on some lines with the partner of each, and with all partners, USD."""
    if where.file.schedule.table != "usa_lines":
        if where.file.schedule.table:
            yield chn_imports().by_line[line]
        return
    known, _ = usa_imports().expanded()
    n = len(known.partners)
    value = np.bincount(known.line_at * n + known.partner_at, known.value, minlength=len(known.lines) * n)
    value = value.reshape(-1, n)
    index = {code: i for i, code in enumerate(known.partners)}
    column = np.asarray([index.get(code, -1) for code in partner.tolist()])
    yield np.where(column >= 0, value[line, column], 0.0)
    yield value.sum(axis=1)[line]


# --- trade of a publisher's file as weights: imports of one importer, laid on the lines of its schedule --------------


#: Digits of codes of goods that are told apart enough.
SHORTEST = 6

#: Share of the value that may find no line.
UNMAPPED = 0.05


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
