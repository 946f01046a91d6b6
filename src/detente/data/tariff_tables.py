"""Readers of tables on the countries and sectors of a world: tariffs, quotas, trade costs, productivity.

One rule for all of them. A country may be a code of the world, any name, a dated group (`EU27`, `EU27@2015-01-01`) or
`all`; without a sector a row speaks of goods; a number is a share, or per cent with its sign (25%).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from detente.codes import InputError, Parameter, UnknownName
from detente.codes.names import vocabulary
from detente.data.library import pl
from detente.data.small_world import EVERY_REGION, REGIONS
from detente.data.tables import countries
from detente.data.usertable import RATIO, ROW, FileColumn, TableKind, read_table, table_kinds
from detente.data.yamlfile import as_date, read_yaml
from detente.economy.tariff_table import ALL, GOODS, SERVICES, TableRow

ENDS = ("importer", "exporter")
#: Columns of numbers of a table of tariffs: a new level, or points on top of the baseline's.
TARIFFS = ("tariff", "added")

#: A file of tariffs, or its rows.
TariffRows = Path | Sequence[Mapping[str, Any]]


def read_tariffs(
    given: TariffRows,
    countries_known: Sequence[str],
    sectors: Sequence[str],
    columns: Sequence[str] = TARIFFS,
    *,
    no_rows: bool = False,
) -> list[TableRow]:
    """Rows of a file, or rows by column, on the countries and sectors of a world.

    Columns are `importer, exporter`, optionally `sector`, and `tariff` (a level) or `added` (points on top of it), or
    one other column of numbers such as `quota`. Pairs left out keep what they have. A header alone is refused, unless
    `no_rows` says that what all pairs have is meant.

    Raises
    ------
    InputError, UnknownName, Faults
        a missing file or column, numbers that are none, unknown countries or sectors, each with its row.
    """
    kind = table_kinds()["tariffs"]
    if tuple(columns) != TARIFFS:
        kind = replace(kind, columns=(*kind.columns[:3], _numbers(columns[0])))
    kind = replace(_on_world(kind, ENDS, countries_known, sectors), empty=no_rows)
    return [row for row, *_ in _tariff_rows(given, kind, columns)]


#: A row of tariffs with its first and last day; None where it is open.
DatedRow = tuple[TableRow, date | None, date | None]


def read_dated(given: TariffRows, countries_known: Sequence[str], sectors: Sequence[str]) -> list[DatedRow]:
    """Rows of `read_tariffs`, each with its first and last day in columns `from` and `until`.

    Raises
    ------
    InputError, UnknownName, Faults : as `read_tariffs`; a row that ends before it begins.
    """
    return _tariff_rows(given, _on_world(table_kinds()["dated_tariffs"], ENDS, countries_known, sectors), TARIFFS)


def _tariff_rows(given: TariffRows, kind: TableKind, columns: Sequence[str]) -> list[DatedRow]:
    if isinstance(given, Path):
        where, frame = str(given), read_table(given, kind)
    else:
        where, frame = "tariffs", _of_rows(given, kind, "tariffs", Parameter("tariffs"), EXAMPLE)
    rows = []
    for row in frame.iter_rows(named=True):
        name = next(name for name in columns if row.get(name) is not None)
        named = (row["sector"],) if row.get("sector") else ()
        importer, exporter = (tuple(row[end]) for end in ENDS)
        # A share of 2 or more has the sign of per cent, or it was refused.
        place = f"{where}, row {row[ROW]}"
        rows.append((TableRow(importer, exporter, row[name], named, name == "added", True, place), *_span(row, place)))
    return rows


def _span(row: Mapping[str, Any], place: str) -> tuple[date | None, date | None]:
    """First and last day of a row."""
    start, end = row.get("from"), row.get("until")
    if start and end and start > end:
        raise InputError(place, f"ends on {end}, before it begins on {start}", "swap from and until")
    return start, end


EXAMPLE = 'as in [{"importer": "USA", "exporter": "CHN", "tariff": 0.34}]'


def _numbers(name: str) -> FileColumn:
    return FileColumn(name, (name,), RATIO)


def _on_world(kind: TableKind, ends: Sequence[str], known: Sequence[str], sectors: Sequence[str]) -> TableKind:
    """A kind of table whose countries and sectors are those of a world."""
    readers = {end: lambda text, end=end: side_of(text, known, end) for end in ends}
    return kind.of(**readers, sector=lambda text: _sector(text, sectors, "sector"))


def _of_rows(given: Any, kind: TableKind, place: str, where: str, example: str) -> pl.DataFrame:
    """Rows by column, read as those of a file; the first is row 1."""
    rows = [given] if isinstance(given, Mapping) else given
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not rows:
        raise InputError(where, "should be rows", example)
    names = [column.name for column in kind.columns]
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            what = "should be a mapping of keys to values"
            raise InputError(f"{place}, row {number}", what, f"keys are {', '.join(names)}")
        for key in row:
            if key not in names:
                raise UnknownName("key", str(key), names, f"{place}, row {number}", f"known keys: {', '.join(names)}")
    there = [c.name for c in kind.columns if c.needed or c.group or any(row.get(c.name) is not None for row in rows)]
    data = {name: ["" if row.get(name) is None else str(row[name]) for row in rows] for name in there}
    return read_table(pl.DataFrame(data), kind, place, first=1)


def read_by_country(
    path: Path, countries_known: Sequence[str], sectors: Sequence[str], column: str
) -> list[tuple[tuple[str, ...], tuple[str, ...], float, str]]:
    """Rows (countries, sectors or none, number, where) of a file with `country`, a column of numbers and `sector`.

    Errors are those of `read_tariffs`.
    """
    sector = FileColumn("sector", ("sector",), needed=False, blank=True)
    kind = TableKind("by country", (FileColumn("country", ("country",)), _numbers(column), sector))
    frame = read_table(path, _on_world(kind, ("country",), countries_known, sectors))
    return [
        (tuple(row["country"]), (row["sector"],) if row.get("sector") else (), row[column], f"{path}, row {row[ROW]}")
        for row in frame.iter_rows(named=True)
    ]


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
    members = group.on(as_date(day, where) if day else None)
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
        named = f"{vocabulary('region').get(inside[0], inside[0])} ({inside[0]})" if inside else ""
        more = f"there it is part of {named}" if inside else "see `detente data list worlds`"
        raise UnknownName("country", text, known, where, f"the world does not have it; {more}")
    return code


def _sector(text: str, sectors: Sequence[str], where: str) -> str:
    if text not in (*sectors, ALL, GOODS, SERVICES):
        repair = f"sectors: {', '.join(sectors)}; or {GOODS}, {SERVICES}, {ALL}"
        raise UnknownName("sector", text, (*sectors, ALL, GOODS, SERVICES), where, repair)
    return text


# --- trade costs that are not duties ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class CostRow:
    """One change of trade costs: a licence, a border check, an agreement, a control of exports.

    Attributes
    ----------
    importer, exporter : as written: a code, a name, a group or all; `sector` : "" for all goods.
    hat : cost new over old, above zero.
    from_, until : first and last day; None where it is open.
    note : what it stands for; `where` : file and row, for messages.
    """

    importer: str
    exporter: str
    sector: str
    hat: float
    from_: date | None = None
    until: date | None = None
    note: str = ""
    where: str = ""

    @property
    def change(self) -> float:
        """The change, share: -0.05 for five per cent less."""
        return self.hat - 1.0

    def holds(self, on: date | None) -> bool:
        """Whether it is in force on a day; without a day every row is."""
        return on is None or ((self.from_ or on) <= on <= (self.until or on))


def read_costs(path: Path, where: str = "") -> tuple[CostRow, ...]:
    """Rows of a file, a table or a list in YAML.

    Columns, or keys of each row, are `exporter, importer`, `change` (in per cent, -5%) or `cost` (new over old, 0.95),
    and optionally `sector`, `from`, `until`, `note`.

    Raises
    ------
    InputError, UnknownName, Faults : what cannot be read, with the file, the row and the key.
    """
    name = where or str(path)
    if path.suffix in (".yaml", ".yml"):
        return parse_costs(read_yaml(path, name), name)
    return _costs(read_table(path, table_kinds()["costs"], name), name)


def parse_costs(content: Any, where: str) -> tuple[CostRow, ...]:
    """Rows from the content of a file of YAML or of a scenario; errors as `read_costs`."""
    example = "as in - {exporter: EU27, importer: BRA, change: -5%}"
    return _costs(_of_rows(content, table_kinds()["costs"], where, where, example), where)


def _costs(frame: pl.DataFrame, where: str) -> tuple[CostRow, ...]:
    rows = []
    for row in frame.iter_rows(named=True):
        place = f"{where}, row {row[ROW]}"
        start, end = _span(row, place)
        hat = row["cost"] if row.get("cost") is not None else 1.0 + row["change"]
        importer, exporter = (row[end] or "" for end in ENDS)
        sector, note = (row.get(name) or "" for name in ("sector", "note"))
        rows.append(CostRow(importer, exporter, sector, hat, start, end, note, place))
    return tuple(rows)


def in_force(rows: Sequence[CostRow], on: date | None) -> tuple[CostRow, ...]:
    """The rows that hold on a day."""
    return tuple(row for row in rows if row.holds(on))


def costs_schema() -> dict[str, Any]:
    """What a scenario may hold, for editors that check as one types."""
    numbers = {"type": ["string", "number"]}
    kinds = {"share": numbers, "ratio": numbers, "day": {"type": "string", "format": "date"}}
    columns = table_kinds()["costs"].columns
    properties = {c.name: {**kinds.get(c.kind, {"type": "string"}), "description": c.means} for c in columns}
    items = {
        "type": "object", "additionalProperties": False, "required": ["exporter", "importer"], "properties": properties,
    }  # fmt: skip
    return {"anyOf": [{"type": "string"}, {"type": "array", "items": items}]}
