"""Readers of the embedded tables; each is read once and kept."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.codes.countries import Countries, Group, Membership, alias_index
from detente.codes.errors import UnknownName
from detente.codes.names import in_sentence
from detente.data.lawstore import ARRAYS, NAMES, ROWS, digest_of, kept, kept_row, kept_table
from detente.data.library import find, package_folder, pl

if TYPE_CHECKING:
    from detente.codes import Concordance


def read(name: str, columns: list[str] | None = None) -> pl.DataFrame:
    """An embedded (or user's) table as a data frame."""
    return pl.read_parquet(find(name).path, columns=columns)


@lru_cache(maxsize=64)
def arrays(name: str, columns: tuple[str, ...] | None = None) -> dict[str, NDArray[Any]]:
    """Columns of a table as NumPy arrays; texts as fixed-width str with "" for missing."""
    known = kept_table(name, find(name).sha256).get("arrays", {}) if name in ARRAYS else {}
    return known[columns] if columns in known else columns_of(read(name, list(columns) if columns else None))


def row_of(name: str, code: str) -> tuple[Any, ...] | None:
    """Columns that are kept of the row of a code; None where the table has no such row."""
    row = kept_row(name, find(name).sha256, code) if name in ROWS else None
    return row if row is not None else _rows(name).get(code)


@lru_cache(maxsize=4)
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


@lru_cache(maxsize=1)
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


@lru_cache(maxsize=16)
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
