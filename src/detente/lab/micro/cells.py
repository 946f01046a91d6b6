"""Cells: rows of microdata summed by month, line and partner, block by block; money in whole cents, so that sums are
the same in any order and on any number of processes.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import polars as pl

from detente.codes import InputError, declared_note
from detente.codes.countries import fold
from detente.data.importer_lines import editions
from detente.data.importers import importer
from detente.data.limits import memoized
from detente.data.rowfile import RowBlock, claimed_share, frames_of
from detente.lab.entries.shelf import packed
from detente.lab.key import made_with
from detente.lab.statute.lookup import codes_of_day, line_days
from detente.lab.work.chunks import chunk_key
from detente.law.measure import ALWAYS

KEYS, SUMS = ("month", "line", "partner"), ("value", "duty", "claimed", "rows")
CENTS = 100
#: What a block holds beside a table for each month: its rows and what they know of; rows that cannot be used by reason,
#: with under the reason "" those whose code is not of their month; and the first of them, named.
ABOUT, FAULTS, FIRST = "about", "faults", "first"

#: Rows that are named of those that cannot be used.
SHOWN = 10

#: Note of the register that says what is wrong with the numbers of a row, by its kind.
VALUES: Mapping[int, str] = {
    1: "micro.no_value",
    2: "micro.negative_value",
    3: "micro.no_duty",
    4: "micro.negative_duty",
    5: "micro.no_claim",
}

#: A month before every change of codes.
BEFORE = ALWAYS.isoformat()[:7]

#: USD of a row at most: a sum of cents keeps within whole numbers.
MOST = 1e13


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


def grouped(block: RowBlock, code: str, edition: str) -> bytes:
    """The cells of a block, packed: a table for each month, and what `ABOUT`, `FAULTS` and `FIRST` stand for.

    Parameters
    ----------
    code : importer whose tariff has the lines. edition : of the process that asks.

    Raises
    ------
    InputError : a file that is damaged, another version than that of the process that asks.
    """
    check_edition(edition)
    rows, parts = 0, [_empty()]
    for frame in frames_of(block):
        parts.append(_cells(_typed(frame), code, Path(block.path).name))
        rows += frame.height
    cells, faults, first = (pl.concat(each) for each in zip(*parts, strict=True))
    cells = cells.group_by(KEYS).agg(pl.col(SUMS).sum()).sort(KEYS)
    known = {"duty": "duty" in block.columns, "claimed": bool({"programme", "claim"} & {*block.columns})}
    about = {"rows": rows, "has": [name for name, there in known.items() if there]}
    months = {str(month): own for (month,), own in cells.partition_by("month", as_dict=True).items()}
    whole = {ABOUT: json.dumps(about).encode(), FAULTS: faults, FIRST: first.sort("row").head(SHOWN)}
    return packed({**whole, **dict(sorted(months.items()))})


def _empty() -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    whole, text = pl.Int64, pl.String
    schemas = (
        {**dict.fromkeys(KEYS, text), **dict.fromkeys(SUMS, whole)},
        {"reason": text, "rows": whole, "value": whole},
        {"file": text, "row": pl.UInt32, "words": text},
    )
    cells, faults, first = map(pl.DataFrame, [None] * 3, schemas)
    return cells, faults, first


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with texts that are never missing, money in cents and the number of the reason of `VALUES` why not."""
    names = frame.columns
    month = pl.col("month").str.strip_chars().fill_null("")
    if "year" in names:
        alone = pl.col("year").str.strip_chars() + "-" + month.str.zfill(2)
        month = pl.when(month.str.len_chars() <= 2).then(alone).otherwise(month).fill_null("")
    wrong = [_wrong("value", 1), *([_wrong("duty", 3)] if "duty" in names else [])]
    value, share = pl.col("value").fill_nan(None), claimed_share(names)
    if "claim" in names:
        wrong.append(pl.when(~pl.col("claim").is_between(0.0, 1.0).fill_null(False)).then(5))
    return frame.select(
        "row",
        month.alias("month"),
        pl.col("line", "partner").fill_null(""),
        value=_cents(value),
        duty=_cents(pl.col("duty").fill_nan(None) if "duty" in names else pl.lit(0.0)),
        claimed=_cents(pl.lit(0.0) if share is None else value * share),
        wrong=pl.coalesce(*wrong, pl.lit(0)).cast(pl.Int8),
    )


def _wrong(name: str, first: int) -> pl.Expr:
    """Missing for a number that can be used, `first` for none, the one after it for a negative one."""
    number = pl.col(name).fill_nan(None)
    return pl.when(number.is_null() | (number.abs() > MOST)).then(first).when(number < 0).then(first + 1)


def _cents(amount: pl.Expr) -> pl.Expr:
    return (amount * CENTS).round().fill_null(0.0).clip(-MOST * CENTS, MOST * CENTS).cast(pl.Int64)


def _cells(frame: pl.DataFrame, code: str, name: str) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The cells of some rows with codes of the package, and the rows that have none; each text is read once."""
    money = pl.col("value", "duty", "claimed").sum()
    sums = frame.lazy().group_by(*KEYS, "wrong").agg(money, rows=pl.len().cast(pl.Int64)).collect(engine="streaming")
    for key, reader in zip(KEYS, (_month, _line_of, _partner_of(code)), strict=True):
        texts = sums[key].unique().to_list()
        codes, whys = zip(*map(reader, texts), strict=True) if texts else ((), ())
        read = {key: texts, f"{key}_code": codes, f"{key}_why": whys}
        sums = sums.join(pl.DataFrame(read, schema=dict.fromkeys(read, pl.String)), on=key)
    spans = {month: span_of(code, month) for month in sums["month_code"].unique().to_list()}
    sums = sums.with_columns(pl.col("month_code").replace_strict(spans, return_dtype=pl.Int64).alias("span"))
    # The codes that hold the goods of each line in the tariff of a span of months, none where it has no such goods.
    pairs = sums.select("line_code", "span").unique()
    heirs = [stand_ins(code, line, span) if line and span >= 0 else () for line, span in pairs.iter_rows()]
    pairs = pairs.with_columns(pl.Series("heirs", heirs, dtype=pl.List(pl.String)))
    sums = sums.join(pairs, on=["line_code", "span"], how="left")
    values = pl.col("wrong").replace_strict(list(VALUES), [declared_note(key) for key in VALUES.values()], default="")
    # The tariff of the month must have goods of the code.
    gone = pl.when(pl.col("heirs").list.len() == 0).then(pl.lit(declared_note("micro.no_line")))
    whys = (*(pl.col(f"{key}_why") for key in KEYS), values)
    reason = pl.coalesce(*(pl.when(why != "").then(why) for why in whys), gone, pl.lit(""))
    moved = (pl.col("heirs").list.len() != 1) | (pl.col("heirs").list.first() != pl.col("line_code"))
    sums = sums.with_columns(reason=reason)
    good = pl.col("reason") == ""
    cells = sums.filter(good).select(*(pl.col(f"{key}_code").alias(key) for key in KEYS), *SUMS)
    faults = sums.filter(~good | moved).group_by("reason").agg(pl.col("rows", "value").sum())
    bad = sums.filter(~good).select(*KEYS, "wrong", "reason")
    first = frame.join(bad, on=[*KEYS, "wrong"]).sort("row").head(SHOWN)
    words = pl.format("{} ({}, {}, {})", "reason", *KEYS).alias("words")
    return cells, faults, first.select(pl.lit(name).alias("file"), pl.col("row").cast(pl.UInt32), words)


def _month(text: str) -> tuple[str, str]:
    """A month as 2025-04 of 2025-04, 2025-04-30 or 202504."""
    parts = re.fullmatch(r"(\d{4})-?(0[1-9]|1[0-2])(?:-?\d\d(?:[T ].*)?)?", text)
    return (f"{parts[1]}-{parts[2]}", "") if parts else ("", declared_note("micro.no_month"))


def _line_of(text: str) -> tuple[str, str]:
    """The digits of a line; whether the tariff has it depends on the month."""
    plain = re.sub(r"[\s.\-'`]", "", text)
    sound = plain.isascii() and plain.isdigit() and len(plain) in (6, 8, 10)
    return (plain, "") if sound else ("", declared_note("micro.no_line"))


@memoized
def _partner_of(code: str) -> Callable[[str], tuple[str, str]]:
    """Reader of the partners of an importer."""
    where = importer(code)

    def read(text: str) -> tuple[str, str]:
        upper = text.strip().upper()
        iso3 = upper if upper in where.countries.names else where.countries.aliases.get(fold(text), "")
        if iso3 in where.members:
            return "", declared_note("micro.own_goods")
        return iso3, "" if iso3 else declared_note("micro.no_partner")

    return read


@memoized
def _code_months(code: str) -> Sequence[str]:
    """Months in which codes of a tariff come or go, in order."""
    days = {f"{day:%Y-%m}" for day in line_days(importer(code))}
    return BEFORE, *sorted(days | {f"{year}-01" for year in editions()})


def span_of(code: str, month: str) -> int:
    """Number of the span of months, from one change of the codes of a tariff to the next, that a month is of."""
    return bisect_right(_code_months(code), month) - 1


@lru_cache(maxsize=1 << 18)
def stand_ins(code: str, line: str, span: int) -> tuple[str, ...]:
    """The codes of a tariff that hold the goods of a line in a span of months, by the last day of its first month."""
    return codes_of_day(importer(code), line, last_day(_code_months(code)[span]))


def last_day(month: str) -> date:
    """The last day of a month."""
    return (date.fromisoformat(f"{month}-01") + timedelta(31)).replace(day=1) - timedelta(1)
