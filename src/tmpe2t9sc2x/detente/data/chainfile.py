"""A supply chain as a TOML file: read, checked row by row, given as plain records.

A section is a list of rows (``[[grade]]``), a table named under ``[tables]``, or both; a row of the file takes the
place of the table's row with the same key. A figure is a number, ``{central, low, high, source, ...}`` or the name of
a parameter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from detente.chains.rows import Range
from detente.codes import InputError, UnknownName
from detente.data.chainchecks import check_chain, validated
from detente.data.chainhead import head_of, of_names
from detente.data.chainrows import (
    Application,
    Blend,
    ChainFile,
    Choke,
    Defence,
    Element,
    Exposed,
    GradeRow,
    LeverRow,
    PlantRow,
    Producer,
    Recipe,
    Spending,
    StageRow,
    StockRow,
    UserRow,
)
from detente.data.library import package_folder
from detente.data.userfile import read_toml
from detente.data.yamlfile import as_list, as_text, check_keys

SECTIONS: dict[str, tuple[str, type[Any], tuple[str, ...]]] = {
    "stage": ("stages", StageRow, ("id",)),
    "element": ("elements", Element, ("element",)),
    "grade": ("grades", GradeRow, ("id",)),
    "recipe": ("recipes", Recipe, ("grade", "element")),
    "producer": ("producers", Producer, ("stage", "material", "country")),
    "plant": ("plants", PlantRow, ("plant",)),
    "application": ("applications", Application, ("product", "application")),
    "user": ("users", UserRow, ("product", "application", "scheme", "code")),
    "blend": ("blends", Blend, ("product", "scheme", "code", "element")),
    "spending": ("spending", Spending, ("country", "item")),
    "stock": ("stocks", StockRow, ("holder", "country", "material", "codes")),
    "choke": ("chokes", Choke, ("element", "use")),
    "defence": ("defence", Defence, ("scheme", "code")),
    "lever": ("levers", LeverRow, ("id",)),
    "exposed": ("exposed", Exposed, ("sector",)),
}
"""Key in the file -> attribute, record, and the fields that tell one row from another."""

LICENCE = ("wait", "approved_share", "approved_share_defence", "hold_up_share")
SHAPES = ("triangular", "uniform")
RANGE_KEYS = tuple(item.name for item in fields(Range))


def chain_names() -> tuple[str, ...]:
    """Names of the chains in the package."""
    return tuple(sorted(_shipped()))


def _shipped() -> dict[str, Path]:
    """Files of the chains of the package by name; words of a name are parted by hyphens."""
    return {path.stem.replace("_", "-"): path for path in (package_folder() / "chains").glob("*.toml")}


def chain_file(name: str | Path) -> ChainFile:
    """A chain by name, or from a TOML file.

    Raises
    ------
    InputError, UnknownName
        for what cannot be used, with file, row and repair.
    """
    path = Path(name)
    if path.suffix == ".toml":
        if not path.exists():
            raise InputError(str(path), "there is no such file", "check the path")
        return _load(str(path), path.stat().st_mtime)
    if str(name) not in chain_names():
        known = chain_names()
        raise UnknownName("chain", str(name), known, repair=f"known: {', '.join(known)}, or a path that ends in .toml")
    path = _shipped()[str(name)]
    return _load(str(path), path.stat().st_mtime)


@lru_cache(maxsize=16)
def _load(path: str, modified: float) -> ChainFile:
    return parse_chain(read_toml(Path(path), Path(path).name), path)


def parse_chain(content: Mapping[str, Any], path: str) -> ChainFile:
    """The chain in the content of a TOML file; `path` is named in errors."""
    where = Path(path).name
    known = (*SECTIONS, "chain", "tables", "parameter", "licence", "source")
    check_keys(content, known, where, required=("chain", "stage", "grade"))
    head = head_of(content["chain"], f"{where}, [chain]")
    parameters = _parameters(content, where)
    sections = {
        attribute: _section(content, key, kind, identity, parameters, where)
        for key, (attribute, kind, identity) in SECTIONS.items()
    }
    sections["grades"] = tuple(grade for row in sections["grades"] for grade in _by_element(row, sections["elements"]))
    licence = check_keys(content.get("licence", {}), LICENCE, f"{where}, [licence]")
    chain = ChainFile(
        name=head["name"],
        title=head.get("title", head["name"]),
        path=path,
        restrictor=head["restrictor"],
        base_year=head["base_year"],
        notes=tuple(head.get("notes", ())),
        parameters=parameters,
        licence={key: _range(value, parameters, f"{where}, [licence] {key}") for key, value in licence.items()},
        sources=_citations(content, where),
        **sections,
    )
    check_chain(chain, where)
    return chain


def _citations(content: Mapping[str, Any], where: str) -> dict[str, str]:
    from detente.data.chain_tables import sources

    own = of_names(content, "source", where)
    own = {name: as_text(value, f"{where}, [source] {name}") for name, value in own.items()}
    return {name: row.citation for name, row in sources().items()} | own


def _parameters(content: Mapping[str, Any], where: str) -> dict[str, Range]:
    from detente.data.chain_tables import parameters

    ranges = dict(parameters()) if "parameter" in of_names(content, "tables", where) else {}
    for name, value in of_names(content, "parameter", where).items():
        ranges[name] = _range(value, ranges, f"{where}, [parameter] {name}")
    return ranges


def _range(value: Any, parameters: Mapping[str, Range], where: str) -> Range:
    """A number, a table of central, low and high, or the name of a parameter as a range."""
    if isinstance(value, str):
        if value not in parameters:
            raise UnknownName("parameter", value, parameters, where, "name one of [parameter] or give a number")
        return parameters[value]
    if isinstance(value, bool) or not isinstance(value, int | float | Mapping):
        raise InputError(where, f"{value!r} is not a figure", "write 0.3 or {central = 0.3, low = 0.2, high = 0.4}")
    given = {"central": value} if isinstance(value, int | float) else dict(value)
    check_keys(given, RANGE_KEYS, where, required=("central",))
    span = Range(**{"low": given["central"], "high": given["central"], **given})
    for key in RANGE_KEYS[3:]:
        as_text(getattr(span, key), f"{where}, {key}")
    if span.shape not in SHAPES:
        raise UnknownName("shape", span.shape, SHAPES, where, f"use {' or '.join(SHAPES)}")
    ends = (span.low, span.central, span.high)
    if any(isinstance(end, bool) or not isinstance(end, int | float) for end in ends):
        raise InputError(where, "holds a range that is not of numbers", "write {central = 0.3, low = 0.2, high = 0.4}")
    if not span.low <= span.central <= span.high:
        ends_text = f"low {span.low:g}, central {span.central:g}, high {span.high:g}"
        raise InputError(where, f"is out of order ({ends_text})", "low <= central <= high")
    return span


def _section(
    content: Mapping[str, Any],
    key: str,
    kind: type[Any],
    identity: Sequence[str],
    parameters: Mapping[str, Range],
    where: str,
) -> tuple[Any, ...]:
    """Rows of the named table, then of the file; a row of the file replaces the table's with the same key."""
    records: dict[tuple[Any, ...], Any] = {}
    for number, row in enumerate(_table_rows(content.get("tables", {}).get(key), kind, f"{where}, [tables] {key}"), 1):
        record = validated(kind, row, f"{where}, {key} row {number} of the table")
        records[tuple(getattr(record, name) for name in identity)] = record
    of_table = set(records)
    listed = content.get(key, [])
    if not isinstance(listed, list):
        raise InputError(f"{where}, {key}", "should be a list of rows", f"write [[{key}]]")
    for number, given in enumerate(listed, 1):
        place = f"{where}, [[{key}]] {number}"
        record = validated(kind, _with_ranges(kind, given, parameters, place), place)
        name = tuple(getattr(record, part) for part in identity)
        if name in records and name not in of_table:
            raise InputError(place, f"{_named(name)} is there twice", "keep one of the rows")
        of_table.discard(name)
        records[name] = record
    return tuple(records.values())


def _named(key: tuple[Any, ...]) -> str:
    return "'" + " ".join(str(part) for part in key if part) + "'"


def _with_ranges(kind: type[Any], row: Any, parameters: Mapping[str, Range], where: str) -> dict[str, Any]:
    if not isinstance(row, Mapping):
        raise InputError(where, "should be a table of keys", "see the chains in the package")
    ranged = {item.name for item in fields(kind) if str(item.type).startswith("Range")}
    return {key: _range(value, parameters, f"{where}, {key}") if key in ranged else value for key, value in row.items()}


def _table_rows(given: Any, kind: type[Any], where: str) -> list[dict[str, Any]]:
    """Rows of an embedded table that pass `where`, with the columns that the record has."""
    import polars as pl

    from detente.data.tables import read

    if given is None:
        return []
    query = check_keys({"table": given} if isinstance(given, str) else given, ("table", "where"), where, ("table",))
    table = read(query["table"])
    conditions = query.get("where", {})
    if not isinstance(conditions, dict):
        raise InputError(f"{where}, where", "should name columns and values", 'as in where = {element = "Dy"}')
    for column, values in conditions.items():
        if column not in table.columns:
            raise UnknownName("column", column, table.columns, where)
        texts = [str(value).lower() if isinstance(value, bool) else str(value) for value in as_list(values)]
        table = table.filter(table[column].cast(pl.String).is_in(texts))
    if not table.height:
        raise InputError(where, f"no row of '{query['table']}' is left", "check the words of `where`")
    names = [item.name for item in fields(kind) if item.name in table.columns]
    return table.select(names).to_dicts()


def _by_element(grade: GradeRow, elements: Sequence[Element]) -> tuple[GradeRow, ...]:
    """A grade of `element = "each"` stands for one grade an element in trade, controlled as the element is."""
    if grade.element != "each":
        return (grade,)
    given = {item.name: getattr(grade, item.name) for item in fields(GradeRow)}
    return tuple(
        GradeRow(**given | {"id": f"{row.element}-{grade.id}", "element": row.element, "price": _price(grade, row),
                         "controlled": row.controlled_2025_04})
        for row in elements
        if row.metal_in_oxide
    )  # fmt: skip


def _price(grade: GradeRow, element: Element) -> Range | None:
    if grade.stage != "separation" or element.price_2024 is None:
        return grade.price
    ends = sorted((element.price_2024, element.price_2025 or element.price_2024))
    return Range(element.price_2024, ends[0], ends[1], "USD/kg", element.source, "", "found")
