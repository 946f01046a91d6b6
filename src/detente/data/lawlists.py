"""Lists of a lawbook as blocks of goods, each with the days of its rows."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from detente.codes import InputError
from detente.data.aspectfile import CODE_LENGTHS
from detente.data.listfile import check_columns, read_csv, read_rows
from detente.data.minimumfile import DOLLARS
from detente.data.tables import Countries
from detente.data.yamlfile import as_date, as_list
from detente.law.headings import read_headings
from detente.law.measure import ALWAYS, FOREVER, Goods


@dataclass(frozen=True)
class Reader:
    """Where a lawbook is read from, and whose names it may use."""

    root: Path
    countries: Countries
    per_usd: Mapping[str, float] = field(default_factory=lambda: DOLLARS, repr=False, compare=False)
    lists: dict[Path, tuple[list[str], list[list[str]]]] = field(default_factory=dict, repr=False, compare=False)

    def rows(self, path: Path, required: Sequence[str]) -> tuple[list[str], list[list[str]]]:
        """Header and rows of a list, which many blocks may share; refused as in `read_csv`."""
        where = self.short(path)
        if path in self.lists:
            check_columns(self.lists[path][0], where, required)
        else:
            self.lists[path] = read_rows(path, where, required)
        return self.lists[path]

    def short(self, path: Path) -> str:
        """Path as shown to the reader."""
        text, above = str(path), f"{self.root.parent}{os.sep}"
        return text.removeprefix(above)


def day_or(value: Any, default: date, where: str) -> date:
    """A day, or another where none is written."""
    return default if value in (None, "") else as_date(value, where)


def rows_wanted(rows: Any, where: str) -> dict[str, set[str]]:
    """Values that rows of a list may have, by column."""
    wanted = {}
    for column, value in rows.items() if isinstance(rows, dict) else ():
        wanted[str(column)] = {str(v) for v in as_list(value) if v is not None}
    if not isinstance(rows, dict) or not all(wanted.values()):
        raise InputError(where, f"'rows' should name columns and values, not {rows!r}", "as in rows: {annex: a}")
    return wanted


def listed(path: Path, wanted: dict[str, set[str]], reader: Reader, goods: Callable[..., Goods]) -> list[Goods]:
    """One block for each span of days of the rows that pass the filter."""
    where = reader.short(path)
    spans: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    header, chosen = reader.rows(path, ("code", *wanted))
    code, filters = header.index("code"), [(header.index(column), values) for column, values in wanted.items()]
    start, end, but = (header.index(name) if name in header else -1 for name in ("from", "until", "except"))
    for column, values in filters:
        chosen = [row for row in chosen if row[column] in values]
    for row in chosen:
        span = (row[start] if start >= 0 else "", row[end] if end >= 0 else "")
        codes, less = spans.setdefault(span, ([], []))
        codes.append(row[code])
        if but >= 0 and row[but]:
            less += [prefix for prefix in row[but].split(";") if prefix]
    if not spans:
        chosen_by = " and ".join(f"{column} {' or '.join(sorted(values))}" for column, values in wanted.items())
        raise InputError(where, f"no row has {chosen_by}", "mend 'rows' of the measure, or the list")
    blocks: list[Goods] = []
    for (first, last), (codes, less) in spans.items():
        _check_codes(codes, where)
        block = goods(codes, less, *in_order(first, last, where), where)
        if block.start <= block.end:  # rows that join after the block has ended never count in it
            blocks.append(block)
    return blocks


def in_order(first: Any, last: Any, where: str) -> tuple[date, date]:
    """First and last day of a span, open where blank; refused where it ends before it begins."""
    start, end = day_or(first, ALWAYS, where), day_or(last, FOREVER, where)
    if end < start:
        raise InputError(where, f"a span ends {end} before it begins {start}", "swap the days")
    return start, end


def _check_codes(codes: list[str], where: str) -> None:
    joined, lengths = "".join(codes), set(map(len, codes))
    if not (joined.isascii() and joined.isdigit() and lengths <= set(CODE_LENGTHS)):
        wrong = next(c for c in codes if not (c.isascii() and c.isdigit() and len(c) in CODE_LENGTHS))
        raise InputError(where, f"'{wrong}' is not a tariff code", "write 2 to 10 digits without dots")
    if len(set(codes)) != len(codes):
        twice = next(code for code in codes if codes.count(code) > 1)
        raise InputError(where, f"code '{twice}' is there twice for the same days", "keep one row")


def partner_headings(path: Path, reader: Reader) -> dict[str, tuple[str, str]]:
    """Headings by partner from a list, each with that of goods that meet a floor already, or again the same."""
    where = reader.short(path)
    headings: dict[str, tuple[str, str]] = {}
    for row in read_csv(path, where, ("partner", "heading")):
        for text in (row["heading"], row.get("met", "")):
            read_headings(text, where)
        for code in reader.countries.expand(row["partner"], None, where):
            if code in headings:
                raise InputError(where, f"partner '{code}' is there twice", "keep one row")
            headings[code] = (row["heading"], row.get("met") or row["heading"])
    return headings
