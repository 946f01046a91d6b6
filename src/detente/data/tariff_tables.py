"""Readers of tables on the countries and sectors of a world: tariffs, quotas, trade costs, productivity.

One rule for all of them: a country may be a code of the world, any name, a dated group (`EU27`, `EU27@2015-01-01`) or
`all`; without a sector a row speaks of goods; a number is a share, or per cent with its sign (25%).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from detente.codes import InputError, Parameter, UnknownName
from detente.data.small_world import EVERY_REGION, REGION_NAMES, REGIONS
from detente.data.tables import countries
from detente.data.usertable import Columns, read_table
from detente.data.yamlfile import check_keys
from detente.economy.tariff_table import ALL, GOODS, SERVICES, TableRow

ENDS = ("importer", "exporter")
TARIFFS = ("tariff", "added")
"""Columns of numbers of a table of tariffs: a new level, or points on top of the baseline's."""


TariffRows = Path | Sequence[Mapping[str, Any]]
"""A file of tariffs, or its rows."""


def read_tariffs(
    given: TariffRows,
    countries_known: Sequence[str],
    sectors: Sequence[str],
    columns: Sequence[str] = TARIFFS,
    *,
    no_rows: bool = False,
) -> list[TableRow]:
    """Rows of a CSV or Parquet file, or rows by column, on the countries and sectors of a world.

    Columns are `importer, exporter`, optionally `sector`, and `tariff` (a level) or `added` (points on top of it), or
    one other column of numbers such as `quota`. Pairs left out keep what they have. A header alone is refused, unless
    `no_rows` says that what all pairs have is meant.

    Raises
    ------
    InputError, UnknownName
        a missing file or column, a number that is none, an unknown country or sector, each with its row.
    """
    places, listed = _rows_of(given, (*columns, "sector"), no_rows)
    rows = []
    for where, row in zip(places, listed, strict=True):
        sides = [side_of(row.get(end) or "", countries_known, f"{where}, {end}") for end in ENDS]
        present = [name for name in columns if name in row] or columns[:1]
        value, added, sure = _number(row, present, where)
        named = _sectors(row.get("sector") or "", sectors, where)
        rows.append(TableRow(sides[0], sides[1], value, named, added, sure, where))
    return rows


def _rows_of(given: TariffRows, maybe: Sequence[str], no_rows: bool) -> tuple[list[str], list[dict[str, str | None]]]:
    """Rows with texts by column, and where each stands."""
    if isinstance(given, Path):
        frame = read_table(given, Columns(ENDS, maybe_texts=(*maybe,), no_rows=no_rows))
        if not set(maybe[:-1]) & set(frame.columns):
            wanted = f"{', '.join(ENDS)}, {' or '.join(maybe[:-1])}, sector (optional)"
            raise InputError(str(given), f"has no column '{maybe[0]}'", f"columns are {wanted}")
        return [f"{given}, row {number}" for number in range(2, frame.height + 2)], list(frame.iter_rows(named=True))
    example = 'as in [{"importer": "USA", "exporter": "CHN", "tariff": 0.34}]'
    if not isinstance(given, Sequence) or not given or not all(isinstance(row, Mapping) for row in given):
        raise InputError(Parameter("tariffs"), "are no rows by column", example)
    places = [f"tariffs, row {number}" for number in range(1, len(given) + 1)]
    for where, row in zip(places, given, strict=True):
        check_keys(row, (*ENDS, *maybe), where, ENDS)
    return places, [{name: None if value is None else str(value) for name, value in row.items()} for row in given]


def read_by_country(
    path: Path, countries_known: Sequence[str], sectors: Sequence[str], column: str
) -> list[tuple[tuple[str, ...], tuple[str, ...], float, str]]:
    """Rows (countries, sectors or none, number, where) of a file with `country`, a column of numbers and `sector`.

    Errors are those of `read_tariffs`.
    """
    frame = read_table(path, Columns(("country", column), maybe_texts=("sector",)))
    rows = []
    for number, row in enumerate(frame.iter_rows(named=True), start=2):
        where = f"{path}, row {number}"
        named = _sectors(row.get("sector") or "", sectors, where)
        codes = side_of(row["country"] or "", countries_known, f"{where}, country")
        rows.append((codes, named, _number(row, [column], where)[0], where))
    return rows


def side_of(text: str, known: Sequence[str], where: str) -> tuple[str, ...]:
    """Codes of a world that a cell stands for: one country, the members of a dated group it has, or all."""
    text = text.strip()
    if not text:
        raise InputError(where, "is empty", "name a country, a group such as EU27, or all")
    if text in known:
        return (text,)
    if text.lower() == ALL:
        return (ALL,)
    name, _, day = text.partition("@")
    group = countries().group(name)
    if group is None:
        return (_country(text, known, where),)
    members = group.on(_day(day, where) if day else None)
    codes = tuple(code for code in known if code in members or members.issuperset(REGIONS.get(code, ("-",))))
    if not codes:
        raise InputError(
            where, f"no member of {group.id} is a country of this world", f"it has {', '.join(known[:8])} ..."
        )
    return codes


def _country(text: str, known: Sequence[str], where: str) -> str:
    """Code of a country in a world by any name of it."""
    book = countries()
    try:
        code = book.resolve(text, where)
    except UnknownName:
        names = [*known, *(book.name(one_code) for one_code in known)]
        raise UnknownName("country", text, names, where, "give a code of the world or a name") from None
    if code not in known:
        inside = [region for region, members in EVERY_REGION.items() if code in members and region in known]
        named = f"{REGION_NAMES.get(inside[0], inside[0])} ({inside[0]})" if inside else ""
        more = f"there it is part of {named}" if inside else "see `detente data list worlds`"
        raise UnknownName("country", text, known, where, f"the world does not have it; {more}")
    return code


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(where, f"'{text}' is not a date", "write the group as EU27@2015-01-01") from None


def _sectors(text: str, sectors: Sequence[str], where: str) -> tuple[str, ...]:
    text = text.strip()
    if text and text not in (*sectors, ALL, GOODS, SERVICES):
        repair = f"sectors: {', '.join(sectors)}; or {GOODS}, {SERVICES}, {ALL}"
        raise UnknownName("sector", text, (*sectors, ALL, GOODS, SERVICES), where, repair)
    return (text,) if text else ()


def _number(row: dict[str, str | None], columns: Sequence[str], where: str) -> tuple[float, bool, bool]:
    """The number of a row, whether it is points on top, and whether it was written with the sign of per cent."""
    given = [(name, (row[name] or "").strip()) for name in columns if (row[name] or "").strip()]
    if len(given) != 1:
        what = f"gives both {' and '.join(columns)}" if given else f"'{columns[0]}' is empty"
        raise InputError(where, what, "give one number")
    name, text = given[0]
    sure = text.endswith("%")
    try:
        value = float(text.removesuffix("%")) / (100.0 if sure else 1.0)
    except ValueError:
        raise InputError(where, f"'{text}' in '{name}' is not a number", "give a share, as 0.25 or 25%") from None
    return value, name == "added", sure
