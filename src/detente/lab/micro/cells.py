"""Cells: rows of microdata summed by month, line and partner, block by block; money in whole cents, so that sums are
the same in any order and on any number of processes.
"""

from __future__ import annotations

import io
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.codes import InputError, declared_note
from detente.codes.countries import fold
from detente.data.importers import importer
from detente.data.old_codes import editions
from detente.data.rowfile import RowBlock, frames_of
from detente.data.store import write_bytes
from detente.lab.key import made_with
from detente.lab.statute.lookup import codes_of_day, line_days
from detente.lab.work.chunks import chunk_key
from detente.law.measure import ALWAYS

if TYPE_CHECKING:
    import polars as pl


KEY = "detente"
"""Name of the entry of a Parquet file that says what is in it."""

KEYS, SUMS = ("month", "line", "partner"), ("value", "duty", "claimed", "rows")
CENTS = 100
NO_PROGRAMME = ("", "0", "00", "none", "no", "mfn", "n/a", "na")
"""What stands in a column of programmes where none is claimed, folded."""

SHOWN = 10
"""Rows that are named of those that cannot be used."""

VALUES: Mapping[int, str] = {
    1: "micro.no_value",
    2: "micro.negative_value",
    3: "micro.no_duty",
    4: "micro.negative_duty",
    5: "micro.no_claim",
}
"""Note of the register that says what is wrong with the numbers of a row, by its kind."""

BEFORE = ALWAYS.isoformat()[:7]
"""A month before every change of codes."""

MOST = 1e13
"""USD of a row at most: a sum of cents keeps within whole numbers."""


@dataclass(frozen=True)
class Unusable:
    """Rows of a block that cannot be used.

    Attributes
    ----------
    count : reason -> rows; value : reason -> USD of those that have one.
    first : file, number of a row, and what is said of it.
    moved : rows that can be used though their code is not of their month, and their value in cents.
    """

    count: Mapping[str, int] = field(default_factory=dict)
    value: Mapping[str, float] = field(default_factory=dict)
    first: tuple[tuple[str, int, str], ...] = ()
    moved: tuple[int, int] = (0, 0)

    def and_those(self, other: Unusable) -> Unusable:
        """The faults of both."""
        reasons = sorted({*self.count, *other.count})
        count = {r: self.count.get(r, 0) + other.count.get(r, 0) for r in reasons}
        value = {r: round(self.value.get(r, 0.0) + other.value.get(r, 0.0), 2) for r in reasons}
        moved = self.moved[0] + other.moved[0], self.moved[1] + other.moved[1]
        return Unusable(count, value, tuple(sorted((*self.first, *other.first))[:SHOWN]), moved)


@dataclass(frozen=True)
class Grouped:
    """What a block gave.

    Attributes
    ----------
    content : cells as a Parquet file; `rows` of the block, those with faults too.
    months : that are in it, in order. has : which of "duty" and "claimed" the file knows.
    """

    content: bytes = field(repr=False)
    rows: int
    months: tuple[str, ...]
    faults: Unusable
    has: tuple[str, ...]


def edition_here() -> str:
    """Key of the program and the data that this process works with."""
    return chunk_key(made_with())


def check_edition(edition: str) -> None:
    """Refuse to work for a process of another version: what it keeps would be under a wrong key.

    Raises
    ------
    InputError : program or data of the two differ.
    """
    if edition_here() != edition:
        raise InputError("workers", "one has another version of the program or its data", "install the same on all")


def grouped(block: RowBlock, code: str, edition: str) -> Grouped:
    """The cells of a block, for an importer's tariff.

    Raises
    ------
    InputError : a file that is damaged, another version than that of the process that asks.
    """
    import polars as pl

    check_edition(edition)
    parts: list[pl.DataFrame] = []
    rows, faults = 0, Unusable()
    for frame in frames_of(block):
        cells, wrong = _cells(_typed(frame), code, Path(block.path).name)
        rows, faults = rows + frame.height, faults.and_those(wrong)
        parts.append(cells)
    empty = pl.DataFrame(schema={**dict.fromkeys(KEYS, pl.String), **dict.fromkeys(SUMS, pl.Int64)})
    every = pl.concat([empty, *parts]).lazy().group_by(KEYS).agg(pl.col(SUMS).sum()).sort(KEYS)
    whole = parts[0] if len(parts) == 1 else every.collect(engine="streaming")
    has = ("duty",) * ("duty" in block.columns) + ("claimed",) * bool({"programme", "claim"} & {*block.columns})
    months = tuple(sorted(whole["month"].unique().to_list()))
    about = {
        "rows": rows,
        "months": months,
        "has": has,
        "faults": [faults.count, faults.value, faults.first, faults.moved],
    }
    out = io.BytesIO()
    whole.write_parquet(out, compression="zstd", row_group_size=1 << 17, metadata={KEY: json.dumps(about)})
    return Grouped(out.getvalue(), rows, months, faults, has)


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with texts that are never missing, money in cents and the number of the reason of `VALUES` why not."""
    import polars as pl

    names = frame.columns
    month = pl.col("month").str.strip_chars().fill_null("")
    if "year" in names:
        alone = pl.col("year").str.strip_chars() + "-" + month.str.zfill(2)
        month = pl.when(month.str.len_chars() <= 2).then(alone).otherwise(month).fill_null("")
    wrong = _wrong("value", 1)
    wrong = wrong if "duty" not in names else pl.when(wrong > 0).then(wrong).otherwise(_wrong("duty", 3))
    if "claim" in names:
        share = pl.col("claim").is_between(0.0, 1.0).fill_null(False)
        wrong = pl.when(wrong > 0).then(wrong).otherwise(pl.when(share).then(0).otherwise(5))
    whole = pl.col("value").fill_nan(None)
    return frame.select(
        "row",
        month.alias("month"),
        pl.col("line").fill_null(""),
        pl.col("partner").fill_null(""),
        _cents(whole).alias("value"),
        _cents(pl.col("duty").fill_nan(None) if "duty" in names else pl.lit(0.0)).alias("duty"),
        _cents(whole * _claimed(names)).alias("claimed"),
        wrong.cast(pl.Int8).alias("wrong"),
    )


def _wrong(name: str, first: int) -> pl.Expr:
    """0 for a number that can be used, `first` for none, the one after it for a negative one."""
    import polars as pl

    number = pl.col(name).fill_nan(None)
    none = number.is_null() | (number.abs() > MOST)
    return pl.when(none).then(first).when(number < 0).then(first + 1).otherwise(0)


def _cents(amount: pl.Expr) -> pl.Expr:
    import polars as pl

    return (amount * CENTS).round().fill_null(0.0).clip(-MOST * CENTS, MOST * CENTS).cast(pl.Int64)


def _claimed(names: Sequence[str]) -> pl.Expr:
    """Share of each row that claims a preference."""
    import polars as pl

    if "claim" in names:
        return pl.col("claim").fill_nan(None)
    if "programme" in names:
        none = pl.col("programme").str.strip_chars().str.to_lowercase().is_in(NO_PROGRAMME).fill_null(True)
        return pl.when(none).then(0.0).otherwise(1.0)
    return pl.lit(0.0)


def _cells(frame: pl.DataFrame, code: str, name: str) -> tuple[pl.DataFrame, Unusable]:
    """The cells of some rows with codes of the package, and the rows that have none; each text is read once."""
    import polars as pl

    money = pl.col("value", "duty", "claimed").sum()
    sums = frame.lazy().group_by(*KEYS, "wrong").agg(money, rows=pl.len().cast(pl.Int64)).collect(engine="streaming")
    for key, reader in zip(KEYS, (_month, _line_of, _partner_of(code)), strict=True):
        texts = sums[key].unique().to_list()
        codes, whys = zip(*map(reader, texts), strict=True) if texts else ((), ())
        read = {key: texts, f"{key}_code": codes, f"{key}_why": whys}
        sums = sums.join(pl.DataFrame(read, schema=dict.fromkeys(read, pl.String)), on=key)
    spans = {month: span_of(code, month) for month in sums["month_code"].unique().to_list()}
    sums = sums.with_columns(pl.col("month_code").replace_strict(spans, return_dtype=pl.Int64).alias("span"))
    values = pl.col("wrong").replace_strict(list(VALUES), [declared_note(key) for key in VALUES.values()], default="")
    whys = (*(pl.col(f"{key}_why") for key in KEYS), values)
    reason = pl.coalesce(*(pl.when(why != "").then(why) for why in whys), pl.lit(""))
    sums = sums.with_columns(reason.alias("reason")).join(_stands(sums, code), on=["line_code", "span"], how="left")
    # The tariff of the month must have goods of the code.
    gone = (pl.col("reason") == "") & ~pl.col("stands")
    sums = sums.with_columns(
        pl.when(gone).then(pl.lit(declared_note("micro.no_line"))).otherwise("reason").alias("reason")
    )
    good = sums.filter(pl.col("reason") == "")
    moved = good.filter(~pl.col("itself")).select(pl.col("rows", "value").sum()).row(0)
    named = good.lazy().select(*(pl.col(f"{key}_code").alias(key) for key in KEYS), *SUMS)
    cells = named.group_by(KEYS).agg(pl.col(SUMS).sum()).sort(KEYS).collect(engine="streaming")
    bad = sums.filter(pl.col("reason") != "")
    return cells, replace(_faults(frame, bad, name) if bad.height else Unusable(), moved=moved)


def _stands(sums: pl.DataFrame, code: str) -> pl.DataFrame:
    """Whether the tariff of a span of months has goods of each code, and whether it is the code itself that has."""
    import polars as pl

    pairs = sums.select("line_code", "span").unique()
    read = stand_ins(code)
    heirs = [read(line, span) if line and span >= 0 else () for line, span in pairs.iter_rows()]
    own = [codes == (line,) for codes, line in zip(heirs, pairs["line_code"].to_list(), strict=True)]
    stands = pl.Series("stands", [bool(codes) for codes in heirs], dtype=pl.Boolean)
    return pairs.with_columns(stands, pl.Series("itself", own, dtype=pl.Boolean))


def _faults(frame: pl.DataFrame, bad: pl.DataFrame, name: str) -> Unusable:
    import polars as pl

    sums = bad.group_by("reason").agg(pl.col("rows").sum(), pl.col("value").sum()).sort("reason")
    first = frame.join(bad.select(*KEYS, "wrong", "reason"), on=[*KEYS, "wrong"]).sort("row").head(SHOWN)
    shown = ("row", "reason", "month", "line", "partner")
    named_rows = tuple((name, row, f"{why} ({m}, {li}, {p})") for row, why, m, li, p in first.select(shown).iter_rows())
    reasons = sums["reason"].to_list()
    count = dict(zip(reasons, sums["rows"].to_list(), strict=True))
    return Unusable(count, {r: v / CENTS for r, v in zip(reasons, sums["value"].to_list(), strict=True)}, named_rows)


def _month(text: str) -> tuple[str, str]:
    """A month as 2025-04 of 2025-04, 2025-04-30 or 202504."""
    parts = re.fullmatch(r"(\d{4})-?(0[1-9]|1[0-2])(?:-?\d\d(?:[T ].*)?)?", text)
    return (f"{parts[1]}-{parts[2]}", "") if parts else ("", declared_note("micro.no_month"))


def _line_of(text: str) -> tuple[str, str]:
    """The digits of a line; whether the tariff has it depends on the month."""
    plain = re.sub(r"[\s.\-'`]", "", text)
    sound = plain.isascii() and plain.isdigit() and len(plain) in (6, 8, 10)
    return (plain, "") if sound else ("", declared_note("micro.no_line"))


@lru_cache(maxsize=8)
def _changes(code: str) -> tuple[str, ...]:
    """Months in which codes of a tariff come or go, in order."""
    days = {f"{day:%Y-%m}" for day in line_days(importer(code))}
    return BEFORE, *sorted(days | {f"{year}-01" for year in editions()})


def span_of(code: str, month: str) -> int:
    """Number of the span of months, from one change of the codes of a tariff to the next, that a month is of."""
    return bisect_right(_changes(code), month) - 1


def span_day(code: str, span: int) -> date:
    """A day of a span, the last of its first month: by then the change has come."""
    return last_day(_changes(code)[span])


@lru_cache(maxsize=8)
def stand_ins(code: str) -> Callable[[str, int], tuple[str, ...]]:
    """Reader, which remembers, of the codes of a tariff that hold the goods of a line in a span of months."""
    where = importer(code)

    @lru_cache(maxsize=1 << 18)
    def read(line: str, span: int) -> tuple[str, ...]:
        return codes_of_day(where, line, span_day(code, span))

    return read


def last_day(month: str) -> date:
    """The last day of a month."""
    return (date.fromisoformat(f"{month}-01") + timedelta(31)).replace(day=1) - timedelta(1)


@lru_cache(maxsize=8)
def _partner_of(code: str) -> Callable[[str], tuple[str, str]]:
    """Reader of the partners of an importer, which remembers."""
    where = importer(code)

    @lru_cache(maxsize=1 << 14)
    def read(text: str) -> tuple[str, str]:
        upper = text.strip().upper()
        iso3 = upper if upper in where.countries.names else where.countries.aliases.get(fold(text), "")
        if iso3 in where.members:
            return "", declared_note("micro.own_goods")
        return iso3, "" if iso3 else declared_note("micro.no_partner")

    return read


@dataclass(frozen=True)
class CellsShelf:
    """Where cells are kept: a folder with a file a block, under its key; blocks by the number of their chunk.

    Attributes
    ----------
    code : importer; edition : key of the program and data that read lines and partners.
    """

    folder: Path
    code: str
    edition: str
    blocks: Sequence[RowBlock] = field(repr=False)
    about: dict[int, dict[str, Any]] = field(default_factory=dict, repr=False)

    def path(self, number: int) -> Path:
        """The file of a block."""
        return self.folder / f"cells-{self.code.lower()}-{self.edition}-{self.blocks[number].key}.parquet"

    def holds(self, number: int) -> bool:
        """Whether a block is done; a file that is cut short or damaged is not."""
        import polars as pl

        if number not in self.about:
            try:
                about = json.loads(pl.read_parquet_metadata(self.path(number))[KEY])
                count = pl.scan_parquet(self.path(number)).select(pl.len()).collect().item()
            except (pl.exceptions.PolarsError, OSError, KeyError, ValueError):
                return False
            counts, values, first, moved = about["faults"]
            self.about[number] = about | {
                "cells": count,
                "faults": Unusable(counts, values, tuple((n, row, text) for n, row, text in first), tuple(moved)),
            }
        return True

    def keep(self, number: int, content: Grouped) -> None:
        """Keep the cells of a block."""
        write_bytes(self.path(number), content.content)
        if not self.holds(number):
            raise InputError(str(self.path(number)), "cannot be read back", "look for room on the disk")

    @property
    def faults(self) -> Unusable:
        """Rows of all blocks that cannot be used."""
        every = Unusable()
        for number in sorted(self.about):
            every = every.and_those(self.about[number]["faults"])
        return every

    @property
    def rows(self) -> int:
        """Rows of all blocks."""
        return sum(about["rows"] for about in self.about.values())

    @property
    def has(self) -> frozenset[str]:
        """What every block knows of "duty" and "claimed"."""
        sets = [frozenset(about["has"]) for about in self.about.values()]
        return frozenset.intersection(*sets) if sets else frozenset()

    @property
    def months(self) -> dict[str, list[Path]]:
        """Month -> the files that hold some of it, in order of both."""
        known: dict[str, list[Path]] = {}
        for number in sorted(self.about):
            for month in self.about[number]["months"]:
                known.setdefault(month, []).append(self.path(number))
        return dict(sorted(known.items()))
