"""A supply chain as a TOML file: read, checked row by row, given as plain records.

A section is a list of rows (``[[grade]]``), a table named under ``[tables]``, or both; a row of the file takes the
place of the table's row with the same key. A figure is a number, ``{central, low, high, source, ...}`` or the name of
a parameter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from detente.chains.rows import Range
from detente.codes import InputError, UnknownName
from detente.data.chainhead import head_of, of_names
from detente.data.library import package_folder
from detente.data.userfile import read_toml
from detente.data.yamlfile import as_list, as_text, check_keys

STRICT = {"extra": "forbid"}
"""Configuration of a record for pydantic: a key that is no field is an error."""


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage of the chain: its name, the stages that feed it, and the yield of what it takes in (share)."""

    __pydantic_config__ = STRICT
    id: str
    after: tuple[str, ...] = ()
    yields: Range = field(default_factory=lambda: Range(1.0, 1.0, 1.0))
    lag_months: Range = field(default_factory=lambda: Range(0.0, 0.0, 0.0))
    title: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """An element: group, whether it is controlled, kg of metal in a kg of oxide, price of the oxide in USD/kg."""

    __pydantic_config__ = STRICT
    element: str
    name: str = ""
    group: str = ""
    controlled_2025_04: bool = False
    controlled_2025_10: bool = False
    metal_in_oxide: float | None = None
    quantity_low: float | None = None
    quantity_high: float | None = None
    price_2024: float | None = None
    price_2025: float | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class GradeRow:
    """What is sold at a stage: product, customs codes, price in USD/kg; `controlled` under the licence of April 2025.

    `code_shared_with` names grades that customs cannot tell apart; `element` is set where a grade is one element.
    """

    __pydantic_config__ = STRICT
    id: str
    product: str
    stage: str
    controlled: bool
    hs: tuple[str, ...] = ()
    price: Range | None = None
    code_shared_with: tuple[str, ...] = ()
    element: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """kg of an element (metal) in a kg of a grade."""

    __pydantic_config__ = STRICT
    grade: str
    element: str
    content: Range


@dataclass(frozen=True, slots=True)
class Producer:
    """Share of a country in the world's output of a material at a stage."""

    __pydantic_config__ = STRICT
    stage: str
    material: str
    country: str
    share: Range


@dataclass(frozen=True, slots=True)
class PlantRow:
    """Supply outside the restrictor: kg a year from a month on; `kind` is capacity, output, feed or idle."""

    __pydantic_config__ = STRICT
    plant: str
    stage: str
    material: str
    kind: str
    country: str
    start: str
    ramp_months: int
    capacity: float
    source: str = ""
    basis: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """Share of an application in the world's use of a product, and of its heavy-bearing grade within it."""

    __pydantic_config__ = STRICT
    product: str
    application: str
    share: float
    share_low: float
    share_high: float
    heavy: float
    heavy_low: float
    heavy_high: float
    sigma_class: str
    source: str = ""
    basis: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class UserRow:
    """Share of an industry in a product's use (within the application where there is one).

    `exposed` is the share of the industry that touches the material, where the file knows it.
    """

    __pydantic_config__ = STRICT
    product: str
    application: str
    scheme: str
    code: str
    share: float
    exposed: float | None
    sigma_class: str
    source: str = ""
    basis: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Blend:
    """Share of an element in the value of what an industry buys of a product that is sold one element a grade."""

    __pydantic_config__ = STRICT
    product: str
    scheme: str
    code: str
    element: str
    share: float
    source: str = ""
    basis: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Spending:
    """USD of the base year that a country spends on an item; `scope` is direct, requirement, home or world."""

    __pydantic_config__ = STRICT
    country: str
    item: str
    product: str
    scope: str
    central: float
    low: float
    high: float
    hs: str = ""
    from_restrictor: float | None = None
    source: str = ""
    basis: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class StockRow:
    """Cover of a holder (users, national, traders, defence) in months of use.

    `codes` are the industries it holds for, by the start of their code; none means every industry not named elsewhere.
    """

    __pydantic_config__ = STRICT
    holder: str
    months: Range
    country: str = ""
    material: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choke:
    """Extra cost, USD per kg of element, at which a use does without it."""

    __pydantic_config__ = STRICT
    element: str
    use: str
    central: float
    low: float
    high: float
    source: str = ""
    basis: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Defence:
    """Share of an industry's purchases that serve military end users."""

    __pydantic_config__ = STRICT
    scheme: str
    code: str
    share: Range


@dataclass(frozen=True, slots=True)
class LeverRow:
    """A remedy: what it changes, by how much, and after how many months it is in full effect."""

    __pydantic_config__ = STRICT
    id: str
    changes: str
    effect: Range
    lag_months: Range
    title: str = ""


@dataclass(frozen=True, slots=True)
class Exposed:
    """Share of an ICIO sector that touches the material."""

    __pydantic_config__ = STRICT
    sector: str
    share: float
    source: str = ""
    basis: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class ChainFile:
    """A checked chain file: figures as ranges, sections as records in the order of the file.

    Attributes
    ----------
    restrictor : ISO3 of the country whose licences are modelled.
    base_year : year of the spending, whose unit is USD.
    parameters : name -> range.
    licence : wait, approved_share, approved_share_defence, hold_up_share -> range.
    sources : short name -> citation.
    """

    name: str
    title: str
    path: str
    restrictor: str
    base_year: int
    notes: tuple[str, ...]
    stages: tuple[StageRow, ...]
    elements: tuple[Element, ...]
    grades: tuple[GradeRow, ...]
    recipes: tuple[Recipe, ...]
    producers: tuple[Producer, ...]
    plants: tuple[PlantRow, ...]
    applications: tuple[Application, ...]
    users: tuple[UserRow, ...]
    blends: tuple[Blend, ...]
    spending: tuple[Spending, ...]
    stocks: tuple[StockRow, ...]
    chokes: tuple[Choke, ...]
    defence: tuple[Defence, ...]
    levers: tuple[LeverRow, ...]
    exposed: tuple[Exposed, ...]
    parameters: Mapping[str, Range]
    licence: Mapping[str, Range]
    sources: Mapping[str, str]


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
    return tuple(sorted(path.stem.replace("_", "-") for path in (package_folder() / "chains").glob("*.toml")))


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
    path = package_folder() / "chains" / f"{str(name).replace('-', '_')}.toml"
    return _load(str(path), path.stat().st_mtime)


@lru_cache(maxsize=16)
def _load(path: str, modified: float) -> ChainFile:
    return parse_chain(read_toml(Path(path), Path(path).name), path)


def parse_chain(content: Mapping[str, Any], path: str) -> ChainFile:
    """The chain in the content of a TOML file; `path` is named in errors."""
    from detente.data.chainchecks import check_chain

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
    from detente.data.chainchecks import validated

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
