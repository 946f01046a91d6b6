"""Readers of the embedded tables, each read once and kept, and what stands beside the table of an importer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis
from detente.codes.axis import Floats
from detente.codes.countries import Countries, Group, Membership, alias_index
from detente.codes.errors import UnknownName
from detente.codes.names import in_sentence
from detente.data.library import ARRAYS, NAMES, ROWS, digest_of, find, kept, kept_row, kept_table, package_folder, pl
from detente.data.limits import memoized
from detente.law.law import COLUMN_2, Ruling

if TYPE_CHECKING:
    from detente.codes import Concordance


def read(name: str, columns: list[str] | None = None) -> pl.DataFrame:
    """An embedded (or user's) table as a data frame."""
    return pl.read_parquet(find(name).path, columns=columns)


@memoized
def arrays(name: str, columns: tuple[str, ...] | None = None) -> dict[str, NDArray[Any]]:
    """Columns of a table as NumPy arrays; texts as fixed-width str with "" for missing."""
    known = kept_table(name, find(name).sha256).get("arrays", {}) if name in ARRAYS else {}
    return known[columns] if columns in known else columns_of(read(name, list(columns) if columns else None))


def row_of(name: str, code: str) -> tuple[Any, ...] | None:
    """Columns that are kept of the row of a code; None where the table has no such row."""
    row = kept_row(name, find(name).sha256, code) if name in ROWS else None
    return row if row is not None else _rows(name).get(code)


@memoized
def _rows(name: str) -> dict[str, tuple[Any, ...]]:
    return {row[0]: row[1:] for row in read(name, ["code", *ROWS.get(name, ("text",))]).rows()}


def columns_of(frame: pl.DataFrame) -> dict[str, NDArray[Any]]:
    """Columns of a data frame as NumPy arrays; texts as fixed-width str with "" for missing."""
    return {column: _array(frame, column) for column in frame.columns}


def _array(frame: pl.DataFrame, column: str) -> NDArray[Any]:
    series = frame.get_column(column)
    if series.dtype in (pl.String, pl.Categorical) or isinstance(series.dtype, pl.Enum):
        if len(series) < FEW:
            return np.asarray(["" if text is None else text for text in series.to_list()], dtype=np.str_)
        series = series.cast(pl.String).fill_null("")
        if len(series) < MANY:
            return _texts(series)
        distinct = series.unique()
        return _texts(distinct)[series.cast(pl.Enum(distinct)).to_physical().to_numpy()]
    return series.to_numpy()


def _texts(series: pl.Series) -> NDArray[np.str_]:
    """Texts as fixed-width str; codes of up to `CODE` ASCII characters by one padded string, which is much quicker."""
    width = int(series.str.len_bytes().max() or 0)  # pyright: ignore[reportArgumentType]
    joined = str(series.str.pad_end(width, "\0").str.join()[0]) if 0 < width <= CODE else ""
    if not joined or not joined.isascii():
        return np.asarray(series.to_list(), dtype=np.str_)
    return np.frombuffer(joined.encode("ascii"), dtype=f"S{width}").astype(f"U{width}")


@memoized
def countries() -> Countries:
    """Every country with its codes, names and dated groups."""
    if find("countries").path.parent != package_folder() / "tables":
        return read_countries()
    return kept("countries", digest_of(*(package_folder() / name for name in NAMES))) or read_countries()


def read_countries() -> Countries:
    """The same, read from its files."""
    frame = read("countries", ["iso3", "iso2", "m49", "census", "census_second", "name", "aliases"])
    rows = frame.to_dicts()
    names = {row["iso3"]: row["name"] for row in rows}
    codes = [(row["iso3"], [row["iso3"], row["iso2"], row["census"], row["census_second"]]) for row in rows]
    words = [(row["iso3"], [row["name"], *(row["aliases"] or []), row["m49"]]) for row in rows]
    return Countries(names, alias_index([*codes, *words]), _groups())


def place(code: str) -> str:
    """A country or bloc as it stands within a sentence: "the United States", "China", "the European Union"."""
    known = countries()
    group = known.groups.get(code)
    return in_sentence(known.names.get(code, code if group is None else group.title))


#: Names of codes that are no country's.
GROUPS = {"ROW": "Rest of the world", "EU27": "European Union", "WLD": "World"}


def partner_name(code: str) -> str:
    """A country or a group of countries by name: "China", "European Union"."""
    known = countries()
    return known.names[code] if code in known.names else known.groups[code].title


def _groups() -> dict[str, Group]:
    from detente.data.yamlfile import read_yaml

    content = read_yaml(package_folder() / "country_groups.yaml", "country_groups.yaml")
    groups: dict[str, Group] = {}
    for row in content:
        members = tuple(_membership(entry) for entry in row["members"])
        groups[row["id"]] = Group(row["id"], row.get("title", row["id"]), members, tuple(row.get("aliases") or ()))
    return groups


def _membership(entry: Any) -> Membership:
    return (
        Membership(entry)
        if isinstance(entry, str)
        else Membership(entry["code"], entry.get("from"), entry.get("until"))
    )


#: Classifications that the table of US lines gives for each line.
ATTRIBUTES = {"naics": "naics", "bea_detail": "bea_detail", "bea_summary": "bea_summary", "gtap": "gtap"}

#: Longest text that is read as a code.
CODE = 16

#: Rows up to which texts are taken one by one, and from which on texts of a column are turned into arrays once each.
FEW, MANY = 4_000, 50_000

STORED = ("hs6_isic4", "hs6_icio28", "hs6_bec", "isic4_icio28", "naics_icio28")


@memoized
def concordance(source: str, target: str) -> Concordance:
    """A concordance between two classifications; weights of each source code sum to one.

    Known pairs: "line" (US statistical numbers) to hs6, naics, bea_detail, bea_summary, gtap, isic4, icio28, bec;
    "hs6" to isic4, icio28, bec; "isic4" and "naics" to icio28.
    """
    from detente.codes.axis import Concordance

    name = f"{source}_{target}"
    if name in STORED:
        table = arrays(f"concordance_{name}")
        return Concordance.of(name, table["source"], table["target"], table["weight"])
    if source != "line":
        known = [*STORED, *(f"line_{t}" for t in ("hs6", "isic4", "icio28", "bec", *ATTRIBUTES))]
        raise UnknownName("concordance", name, known, repair=f"known: {', '.join(known)}")
    return _from_lines(name, target)


def _from_lines(name: str, target: str) -> Concordance:
    """Concordance from US lines, direct or by way of HS6."""
    from detente.codes.axis import Concordance

    lines = arrays("usa_lines", ("code", *([ATTRIBUTES[target]] if target in ATTRIBUTES else [])))
    codes = lines["code"]
    six, whole = codes.astype("<U6"), np.ones(codes.size)
    if target in ATTRIBUTES:
        return Concordance.of(name, codes, lines[ATTRIBUTES[target]], whole)
    if target == "hs6":
        return Concordance.of(name, codes, six, whole)
    step = concordance("hs6", target)
    where, count = step.source.positions(six), np.bincount(step.source_at, minlength=len(step.source))
    order, first = np.argsort(step.source_at, kind="stable"), np.cumsum(count) - count
    goals = np.where(where >= 0, count[where], 1)
    row = np.repeat(np.arange(where.size), goals)
    known, place = where[row] >= 0, np.arange(row.size) - np.repeat(np.cumsum(goals) - goals, goals)
    entry = order[np.where(known, first[where[row]] + place, 0)]
    # Codes outside the concordance go to "unknown".
    targets = np.where(known, step.target.codes[step.target_at[entry]], "unknown")
    return Concordance.of(name, codes[row], targets, np.where(known, step.weight[entry], 1.0))


# --- importers whose lines are a table of the package, and what stands beside each table -----------------------------
#
# An importer's folder names its table (`schedule: {table: ...}`); everything that depends on the table is said here.

EQUIVALENT = "equivalent"
#: Kinds of duty that are a share of value alone.
COUNTED = ("free", "ad_valorem", "")

#: Years of trade on record by importer and line.
YEARS = tuple(range(2015, 2026))


@dataclass(frozen=True)
class EmbeddedTable:
    """A table of lines and what is on record beside it.

    Attributes
    ----------
    columns : those that are read together; `more` : those that few questions need.
    texts : whether the words of each base duty are in it; otherwise it says of what kind the duty is.
    steps : table of base duties by date; `special` : of special rates by programme; "" where there is none.
    trade : table of its imports by code.
    bought_of : the one partner of whose goods trade and duties are known; "" for all.
    whose : what its trade is called; `years` : of which it is known.
    """

    columns: tuple[str, ...]
    more: tuple[str, ...]
    texts: bool
    trade: str
    whose: str
    steps: str = ""
    special: str = ""
    bought_of: str = ""
    years: tuple[int, ...] = YEARS


#: Table of lines -> what is on record beside it.
EMBEDDED: Mapping[str, EmbeddedTable] = {
    "usa_lines": EmbeddedTable(
        columns=("code", "from", "until", "trade_only", "general", "other"),
        more=("gtap", "naics", "bea_detail", "bea_summary"),
        texts=True,
        trade="usa_imports_2024",
        whose="US imports",
        special="usa_special",
    ),
    "chn_lines": EmbeddedTable(
        columns=("code", "hs6", "from", "until", "general", "weight"),
        more=("like",),
        texts=False,
        trade="chn_imports_from_usa",
        whose="Chinese imports from the United States",
        steps="chn_base_steps",
        bought_of="USA",
    ),
}


def unrated(kind: Sequence[str] | NDArray[np.str_], equivalent: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Lines whose duty is no share of value alone, and of which no equivalent is known, shape (lines,)."""
    return ~np.isin(kind, COUNTED) & np.isnan(equivalent)


# --- base duties by date: days on which a general rate is another than in the line table -----------------------------

SCHEDULES = {2018: "MFN schedule of 2018, Ministry of Finance"}
SCHEDULE_2019 = "MFN schedule of 1 January 2019, Ministry of Finance"
#: How a rate of China's line table was found, where that is not the rate of the line itself.
KINDS = {
    "quota": "rate within the tariff quota",
    "specific": "a duty by quantity, not counted",
    "equivalent": "ad valorem equivalent of a duty by quantity",
    "mean": "mean of the line's numbers",
}


@dataclass(frozen=True)
class BaseSteps:
    """Rows of a table of base duties by date; `from` and `until` are ISO days, "" = open."""

    rows: Mapping[str, NDArray[Any]] = field(repr=False)

    @cached_property
    def edges(self) -> tuple[date, ...]:
        """Days on which some base duty changes, in order."""
        starts = {date.fromisoformat(day) for day in np.unique(self.rows["from"]).tolist() if day}
        ends = {date.fromisoformat(day) + timedelta(1) for day in np.unique(self.rows["until"]).tolist() if day}
        return tuple(sorted(starts | ends))

    def active(self, on: date) -> NDArray[np.bool_]:
        """Rows in force on a day, shape (rows,)."""
        day, start, end = on.isoformat(), self.rows["from"], self.rows["until"]
        active: NDArray[np.bool_] = (start <= day) & ((end == "") | (day <= end))
        return active

    def since(self, on: date | None) -> date | None:
        """First day of the base duties of a day; None where they are those of the line table."""
        if on is None or not self.edges or not self.active(on).any():
            return None
        return max((edge for edge in self.edges if edge <= on), default=date.min)

    def laid(self, lines: Axis, general: Floats, on: date) -> Floats:
        """Base duty of a day by line, shape (lines,), share of customs value."""
        now = self.active(on)
        positions, rate = lines.positions(self.rows["code"][now]), self.rows["rate"][now]
        duty = general.copy()
        duty[positions[positions >= 0]] = rate[positions >= 0]
        return duty

    def source(self, code: str, on: date) -> str:
        """Where the base duty of a line on a day is written; "" where it is that of the line table."""
        hit = np.flatnonzero(self.active(on) & (self.rows["code"] == code))
        return str(self.rows["source"][hit[0]]) if hit.size else ""


@memoized
def base_steps(table: str) -> BaseSteps | None:
    """The base duties by date of an embedded table of lines; None where they have no dates."""
    own = EMBEDDED.get(table)
    return BaseSteps(arrays(own.steps)) if own is not None and own.steps else None


def chinese_source(code: str, on: date) -> str:
    """Where China's base duty on a line on a day is written, and what stands in for what is not on record."""
    steps = base_steps("chn_lines")
    dated = steps.source(code, on) if steps is not None else ""
    if dated:
        return dated
    table = arrays("chn_lines", ("code", "general_kind", "like"))
    row = np.flatnonzero(table["code"] == code)[0]
    kind, like = str(table["general_kind"][row]), str(table["like"][row])
    how = f"rate of line {like}, of which it was made" if kind == "inherited" else KINDS.get(kind, "")
    stands_in = f"stands in for {on.year}" if on.year > 2019 else ""
    return "; ".join(part for part in (SCHEDULES.get(on.year, SCHEDULE_2019), how, stands_in) if part)


# --- column 2 of a tariff: whose goods owe it from which day, and rates that stand in its place, as rulings s --------


@dataclass(frozen=True)
class Column2:
    """Rulings that put goods of some partners under column 2.

    Attributes
    ----------
    rulings : those of an importer that name the column; none where its tariff has no such column.
    """

    rulings: tuple[Ruling, ...]
    countries: Countries

    @cached_property
    def _members(self) -> tuple[Membership, ...]:
        groups = (self.countries.groups[ruling.group] for ruling in self.rulings if ruling.group)
        return tuple(member for group in groups for member in group.members)

    def of(self, partner: str, on: date | None) -> str:
        """Name of the column of base duties of a partner's goods on a day; "" where they are under column 1.

        Without a day it is the column of a partner that is under it now. A column bears the partner's name where its
        rates have dates.
        """
        own = [member for member in self._members if member.country == partner]
        if not any(member.holds(on) for member in own):
            return ""
        dated = any(member.start is not None for member in own)
        return f"{COLUMN_2}:{partner}" if dated else COLUMN_2

    def base(self, name: str, lines: Axis, general: Floats, other: Floats, on: date | None) -> Floats:
        """Base duty by line in a column of `of`, shape (lines,), share of customs value.

        Parameters
        ----------
        general, other : columns 1 and 2 as printed, shape (lines,).
        """
        _, _, partner = name.partition(":")
        if not partner:
            return other
        if not self.of(partner, on):
            return general
        table = self._table(partner)
        return _raised(table, lines, other, on) if table else other

    def _acts(self, partner: str) -> Iterator[Ruling]:
        return (ruling for ruling in self.rulings if partner in ruling.partners)

    def _table(self, partner: str) -> str:
        """Table of rates in place of the column on a partner's goods; "" where it owes the column itself."""
        return next((ruling.rates for ruling in self._acts(partner) if ruling.rates), "")

    def heading(self, code: str, partner: str, on: date) -> str:
        """Heading of chapter 99 that stands in place of column 2 on a good on a day; "" where none does."""
        table = self._table(partner)
        row = _row(table, code, on) if table else -1
        return str(arrays(table)["heading"][row]) if row >= 0 else ""

    def source(self, code: str, partner: str, on: date) -> str:
        """Act under which goods of a partner owe the rate of column 2, or the one in its place, on a day."""
        table = self._table(partner)
        row = _row(table, code, on) if table else -1
        if row >= 0:
            start = date.fromisoformat(str(arrays(table)["from"][row]))
            act = max((r for r in self._acts(partner) if r.rates and r.day <= start), key=lambda ruling: ruling.day)
            return f"{arrays(table)['heading'][row]}, {act.citation}"
        acts = [ruling.citation for ruling in self._acts(partner) if not ruling.rates]
        return "; ".join(["Harmonized Tariff Schedule, column 2", *acts])

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Days on which goods of some partner came under column 2, or its rates changed, in order."""
        days = {member.start for member in self._members if member.start is not None}
        for table in {ruling.rates for ruling in self.rulings if ruling.rates}:
            days |= set(BaseSteps(arrays(table)).edges)
        return tuple(sorted(days))


def _raised(table: str, lines: Axis, other: Floats, on: date | None) -> Floats:
    rows = arrays(table)
    now = BaseSteps(rows).active(on or date.max)
    positions = lines.longest_prefix(rows["code"][now].tolist())
    return np.where(positions >= 0, np.append(rows["rate"][now], 0.0)[positions], other)


def _row(table: str, code: str, on: date) -> int:
    """Row of the rate in place of column 2 on a good on a day; -1 where there is none."""
    rows = np.flatnonzero(BaseSteps(arrays(table)).active(on) & (arrays(table)["code"] == code[:8]))
    return int(rows[0]) if rows.size else -1
