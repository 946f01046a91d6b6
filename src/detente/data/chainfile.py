"""A supply chain as a TOML file: read, checked row by row, given as plain records.

A section is a list of rows (``[[grade]]``), a table named under ``[tables]``, or both; a row of the file takes the
place of the table's row with the same key. A figure is a number, ``{central, low, high, source, ...}`` or the name of
a parameter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationInfo

from detente.chains.rows import Range
from detente.codes import DetenteError, InputError, UnknownName, check_none, each_fault
from detente.data.library import package_folder
from detente.data.models import STRICT, FileModel, Number, Sentences, Truth, Whole, lookup, model_of, one_of
from detente.data.tables import arrays, countries
from detente.data.userfile import read_toml

SHAPES = ("triangular", "uniform")


class RangeRow(FileModel):
    """A figure with its range and where it comes from."""

    central: Number
    low: Number | None = None
    high: Number | None = None
    unit: str = ""
    source: str = ""
    basis: str = ""
    confidence: str = ""
    shape: Annotated[str, one_of(SHAPES, "shape")] = SHAPES[0]


def range_of(value: Any, parameters: Mapping[str, Range]) -> Range:
    """A number, a table of central, low and high, or the name of a parameter as a range; `InputError` otherwise."""
    if isinstance(value, Range):
        return value
    if isinstance(value, str):
        if value not in parameters:
            raise UnknownName("parameter", value, parameters, "", "name one of [parameter] or give a number")
        return parameters[value]
    if isinstance(value, bool) or not isinstance(value, int | float | Mapping):
        raise InputError("", f"{value!r} is not a figure", "write 0.3 or {central = 0.3, low = 0.2, high = 0.4}")
    row = model_of(RangeRow, value if isinstance(value, Mapping) else {"central": value}, "")
    given: dict[str, Any] = {name: getattr(row, name) for name in RangeRow.model_fields}
    low, high = (row.central if end is None else end for end in (row.low, row.high))
    if not low <= row.central <= high:
        ends = f"low {low:g}, central {row.central:g}, high {high:g}"
        raise InputError("", f"is out of order ({ends})", "low <= central <= high")
    given |= {"low": low, "high": high}
    return Range(**given)


def _figure(value: Any, info: ValidationInfo) -> Any:
    known = (info.context or {}).get("parameters", {})
    return lookup(lambda given: range_of(given, known))(value)


Figure = Annotated[Range, BeforeValidator(_figure)]


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage of the chain: its name, the stages that feed it, and the yield of what it takes in (share)."""

    __pydantic_config__ = STRICT
    id: str
    after: tuple[str, ...] = ()
    yields: Figure = field(default_factory=lambda: Range(1.0, 1.0, 1.0))
    lag_months: Figure = field(default_factory=lambda: Range(0.0, 0.0, 0.0))
    title: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """An element: group, whether it is controlled, kg of metal in a kg of oxide, price of the oxide in USD/kg."""

    __pydantic_config__ = STRICT
    element: str
    name: str = ""
    group: str = ""
    controlled_2025_04: Truth = False
    controlled_2025_10: Truth = False
    metal_in_oxide: Number | None = None
    quantity_low: Number | None = None
    quantity_high: Number | None = None
    price_2024: Number | None = None
    price_2025: Number | None = None
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
    controlled: Truth
    hs: tuple[str, ...] = ()
    price: Figure | None = None
    code_shared_with: tuple[str, ...] = ()
    element: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """kg of an element (metal) in a kg of a grade."""

    __pydantic_config__ = STRICT
    grade: str
    element: str
    content: Figure


@dataclass(frozen=True, slots=True)
class Producer:
    """Share of a country in the world's output of a material at a stage."""

    __pydantic_config__ = STRICT
    stage: str
    material: str
    country: str
    share: Figure


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
    ramp_months: Whole
    capacity: Number
    source: str = ""
    basis: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """Share of an application in the world's use of a product, and of its heavy-bearing grade within it."""

    __pydantic_config__ = STRICT
    product: str
    application: str
    share: Number
    share_low: Number
    share_high: Number
    heavy: Number
    heavy_low: Number
    heavy_high: Number
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
    share: Number
    exposed: Number | None
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
    share: Number
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
    central: Number
    low: Number
    high: Number
    hs: str = ""
    from_restrictor: Number | None = None
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
    months: Figure
    country: str = ""
    material: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choke:
    """Extra cost, USD per kg of element, at which a use does without it."""

    __pydantic_config__ = STRICT
    element: str
    use: str
    central: Number
    low: Number
    high: Number
    source: str = ""
    basis: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Defence:
    """Share of an industry's purchases that serve military end users."""

    __pydantic_config__ = STRICT
    scheme: str
    code: str
    share: Figure


@dataclass(frozen=True, slots=True)
class LeverRow:
    """A remedy: what it changes, by how much, and after how many months it is in full effect."""

    __pydantic_config__ = STRICT
    id: str
    changes: str
    effect: Figure
    lag_months: Figure
    title: str = ""


@dataclass(frozen=True, slots=True)
class Exposed:
    """Share of an ICIO sector that touches the material."""

    __pydantic_config__ = STRICT
    sector: str
    share: Number
    source: str = ""
    basis: str = ""
    confidence: str = ""


class HeadRow(FileModel):
    """Whose licences are modelled, and the year of the spending."""

    name: str
    title: str = ""
    restrictor: str
    base_year: Whole
    notes: Sentences = ()


class QueryRow(FileModel):
    """An embedded table, and the words that its rows must have in some columns."""

    table: str
    where: dict[str, Sentences] = Field(default_factory=dict)


class LicenceRow(FileModel):
    """How licences are granted."""

    wait: Figure | None = None
    approved_share: Figure | None = None
    approved_share_defence: Figure | None = None
    hold_up_share: Figure | None = None


class ChainContent(FileModel):
    """What the file of a chain says."""

    chain: HeadRow
    tables: dict[str, str | QueryRow] = Field(default_factory=dict)
    licence: LicenceRow = LicenceRow()
    parameter: dict[str, Any] = Field(default_factory=dict)
    source: dict[str, str] = Field(default_factory=dict)
    stage: tuple[StageRow, ...]
    element: tuple[Element, ...] = ()
    grade: tuple[GradeRow, ...]
    recipe: tuple[Recipe, ...] = ()
    producer: tuple[Producer, ...] = ()
    plant: tuple[PlantRow, ...] = ()
    application: tuple[Application, ...] = ()
    user: tuple[UserRow, ...] = ()
    blend: tuple[Blend, ...] = ()
    spending: tuple[Spending, ...] = ()
    stock: tuple[StockRow, ...] = ()
    choke: tuple[Choke, ...] = ()
    defence: tuple[Defence, ...] = ()
    lever: tuple[LeverRow, ...] = ()
    exposed: tuple[Exposed, ...] = ()


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
    where, faults = Path(path).name, list[DetenteError]()
    parameters = _parameters(content, where, faults)
    known, file = {"parameters": parameters}, None
    try:
        file = model_of(ChainContent, content, where, known=known)
    except InputError as error:
        faults += each_fault(error)
    check_none(faults)
    assert file is not None
    sections = {
        attribute: _section(file, key, kind, identity, where) for key, (attribute, kind, identity) in SECTIONS.items()
    }
    sections["grades"] = tuple(grade for row in sections["grades"] for grade in _by_element(row, sections["elements"]))
    chain = ChainFile(
        name=file.chain.name,
        title=file.chain.title or file.chain.name,
        path=path,
        restrictor=file.chain.restrictor,
        base_year=file.chain.base_year,
        notes=file.chain.notes,
        parameters=parameters,
        licence={key: value for key, value in file.licence if value is not None},
        sources=_citations() | file.source,
        **sections,
    )
    check_none([*_chain_faults(chain, where)])
    return chain


def _citations() -> dict[str, str]:
    from detente.data.chain_tables import sources

    return {name: row.citation for name, row in sources().items()}


def _parameters(content: Mapping[str, Any], where: str, faults: list[DetenteError]) -> dict[str, Range]:
    """Parameters of the named table, then those of the file, which may name one another."""
    from detente.data.chain_tables import parameters

    tables, own = (content.get(key) for key in ("tables", "parameter"))
    ranges = dict(parameters()) if isinstance(tables, Mapping) and "parameter" in tables else {}
    for name, value in own.items() if isinstance(own, Mapping) else ():
        try:
            ranges[name] = range_of(value, ranges)
        except InputError as error:
            faults.append(error.inside(f"{where}, parameter.{name}"))
    return ranges


def _section(file: ChainContent, key: str, kind: type[Any], identity: Sequence[str], where: str) -> tuple[Any, ...]:
    """Rows of the named table, then of the file; a row of the file replaces the table's with the same key."""
    rows = _table_rows(file.tables.get(key), kind, f"{where}, tables.{key}")
    records = {_key(record, identity): record for record in map(TypeAdapter(kind).validate_python, rows)}
    of_table = set(records)
    for number, record in enumerate(getattr(file, key), 1):
        name = _key(record, identity)
        if name in records and name not in of_table:
            raise InputError(f"{where}, {key} {number}", f"'{_named(name)}' is there twice", "keep one of the rows")
        of_table.discard(name)
        records[name] = record
    return tuple(records.values())


def _key(record: Any, identity: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(record, name) for name in identity)


def _named(key: tuple[Any, ...]) -> str:
    return " ".join(part if isinstance(part, str) else ", ".join(part) for part in key if part)


def _table_rows(given: str | QueryRow | None, kind: type[Any], where: str) -> list[dict[str, Any]]:
    """Rows of an embedded table that pass `where`, with the columns that the record has."""
    import polars as pl

    from detente.data.tables import read

    if given is None:
        return []
    query = QueryRow(table=given) if isinstance(given, str) else given
    try:
        table = read(query.table)
    except UnknownName as error:
        raise error.inside(where) from None
    for column, values in query.where.items():
        if column not in table.columns:
            raise UnknownName("column", column, table.columns, where)
        texts = [value.lower() if value in ("True", "False") else value for value in values]
        table = table.filter(table[column].cast(pl.String).is_in(texts))
    if not table.height:
        raise InputError(where, f"no row of '{query.table}' is left", "check the words of `where`")
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


# --- what a chain must hold ------------------------------------------------------------------------------------------

BLOCS = ("EU27", "EUR", "WLD", "ROW")
"""Places beside countries: the Union, Europe, the world, all others."""

GROUPS = ("all", "light", "medium", "heavy", "magnet_elements")
CLASSES = ("A", "B", "C")
SCOPES = ("direct", "requirement", "home", "world")
HOLDERS = ("users", "national", "traders", "defence")
LEVERS = ("stock", "thrift", "substitution", "recycling", "capacity", "diversion", "sharing", "price_floor")
ROUNDING = 5e-3

SHARES = {
    "share", "share_low", "share_high", "heavy", "heavy_low", "heavy_high", "exposed", "yields", "content",
    "metal_in_oxide",
}  # fmt: skip
"""Fields that lie between 0 and 1; every other figure is 0 or more."""


def _within(record: Any, where: str) -> Iterator[InputError]:
    """Figures of a row that are negative, and shares over 1."""
    for item in fields(record):
        value = getattr(record, item.name)
        ends = (value.low, value.high) if isinstance(value, Range) else (value,)
        if any(isinstance(end, bool) or not isinstance(end, int | float) for end in ends):
            continue
        place = f"{where}, {item.name}"
        if not ends[0] >= 0:
            yield InputError(place, f"is negative or not a number ({ends[0]:g})", "give 0 or more")
        elif item.name in SHARES and ends[-1] > 1:
            yield InputError(place, f"share {ends[-1]:g} is over 1", "write 25% as 0.25")


def _chain_faults(chain: ChainFile, where: str) -> Iterator[InputError]:
    """What does not fit in a file as a whole, each in a sentence that names the row."""
    figures = [
        fault
        for key, (attribute, _, identity) in SECTIONS.items()
        for record in getattr(chain, attribute)
        for fault in _within(record, f"{where}, {key} '{_named(_key(record, identity))}'")
    ]
    if figures:  # sums and ranges of such figures would only say the same again
        yield from figures
        return
    yield from _faults_of_stages(chain, where)
    yield from _faults_of_grades(chain, where)
    yield from _faults_of_users(chain, where)
    yield from _faults_of_supply(chain, where)
    yield from _faults_of_sums(chain, where)
    yield from _faults_of_sources(chain, where)


def _one_of(kind: str, name: str, known: Iterable[str], where: str) -> Iterator[InputError]:
    listed = list(known)
    if name not in listed:
        yield UnknownName(kind, name, listed, where, f"known: {', '.join(listed[:20])}")


def _place(name: str, where: str, *, blank: bool = False) -> Iterator[InputError]:
    """A country, several joined by +, or a bloc."""
    if blank and not name:
        return
    for part in name.split("+"):
        if part not in BLOCS and part not in _iso3():
            yield UnknownName("country", part, [*_iso3(), *BLOCS], where, "use ISO3 codes")


@lru_cache(maxsize=1)
def _iso3() -> tuple[str, ...]:
    return tuple(countries().names)


@lru_cache(maxsize=4)
def _industries(scheme: str) -> tuple[str, ...]:
    table, column = {"bea": ("io_usa_industries", "code"), "icio28": ("icio28_sectors", "sector")}[scheme]
    return tuple(arrays(table)[column].tolist())


def _industry(scheme: str, code: str, where: str) -> Iterator[InputError]:
    yield from _one_of("scheme", scheme, ("bea", "icio28"), where)
    if code not in _industries(scheme):
        yield UnknownName(f"{scheme} industry", code, _industries(scheme), where, "see `detente data list tables`")


def _faults_of_stages(chain: ChainFile, where: str) -> Iterator[InputError]:
    yield from _place(chain.restrictor, f"{where}, [chain] restrictor")
    names = [stage.id for stage in chain.stages]
    for stage in chain.stages:
        for before in stage.after:
            yield from _one_of("stage", before, names, f"{where}, stage '{stage.id}', after")
    open_stages = {stage.id: set(stage.after) for stage in chain.stages}
    while ready := [name for name, before in open_stages.items() if not before & set(open_stages)]:
        for name in ready:
            del open_stages[name]
    if open_stages:
        circle = ", ".join(sorted(open_stages))
        yield InputError(f"{where}, stages {circle}", "feed one another in a circle", "take one out of an `after`")


def _faults_of_grades(chain: ChainFile, where: str) -> Iterator[InputError]:
    stages = [stage.id for stage in chain.stages]
    grades, elements = [grade.id for grade in chain.grades], [row.element for row in chain.elements]
    for grade in chain.grades:
        place = f"{where}, grade '{grade.id}'"
        yield from _one_of("stage", grade.stage, stages, place)
        for other in grade.code_shared_with:
            yield from _one_of("grade", other, grades, f"{place}, code_shared_with")
        if grade.element:
            yield from _one_of("element", grade.element, elements, place)
    for recipe in chain.recipes:
        place = f"{where}, recipe of '{recipe.grade}'"
        yield from _one_of("grade", recipe.grade, grades, place)
        for part in symbols(recipe.element):
            yield from _one_of("element", part, elements, place)
    for grade, total in _totals((row.grade, row.content.central) for row in chain.recipes).items():
        if total > 1 + ROUNDING:
            yield InputError(f"{where}, recipe of '{grade}'", f"adds up to {total:.3g} kg a kg", "keep it within 1")


def symbols(material: str) -> tuple[str, ...]:
    """Elements in a material such as Dy, Dy+Tb or NdPr."""
    return ("Nd", "Pr") if material == "NdPr" else tuple(material.split("+"))


def _faults_of_users(chain: ChainFile, where: str) -> Iterator[InputError]:
    products = [grade.product for grade in chain.grades]
    for row in chain.users:
        place = f"{where}, user {row.code} of {row.product}"
        yield from _one_of("product", row.product, products, place)
        yield from _one_of("class", row.sigma_class, CLASSES, place)
        yield from _industry(row.scheme, row.code, place)
        if row.application:
            known = [item.application for item in chain.applications if item.product == row.product]
            yield from _one_of("application", row.application, known, place)
    for row in chain.applications:
        place = f"{where}, application '{row.application}'"
        yield from _one_of("product", row.product, products, place)
        yield from _one_of("class", row.sigma_class, CLASSES, place)
        yield from _ordered(place, row.share_low, row.share, row.share_high)
        yield from _ordered(place, row.heavy_low, row.heavy, row.heavy_high)
    for row in chain.blends:
        place = f"{where}, blend of {row.product} in {row.code}"
        yield from _one_of("product", row.product, products, place)
        yield from _one_of("element", row.element, [item.element for item in chain.elements], place)
        yield from _industry(row.scheme, row.code, place)
    for row in chain.defence:
        yield from _industry(row.scheme, row.code, f"{where}, defence {row.code}")
    for row in chain.exposed:
        yield from _industry("icio28", row.sector, f"{where}, exposed {row.sector}")


def _ordered(where: str, low: float, central: float, high: float) -> Iterator[InputError]:
    if not low <= central <= high:
        yield InputError(where, f"range {low:g}, {central:g}, {high:g} is out of order", "low <= central <= high")


def _faults_of_supply(chain: ChainFile, where: str) -> Iterator[InputError]:
    stages, products = [stage.id for stage in chain.stages], [grade.product for grade in chain.grades]
    materials = {row.element for row in chain.elements} | {grade.id for grade in chain.grades} | set(products)
    for kind, rows in (("producer", chain.producers), ("plant", chain.plants)):
        for row in rows:
            place = f"{where}, {kind} {row.country} of {row.material} at {row.stage}"
            yield from _one_of("stage", row.stage, stages, place)
            yield from _place(row.country, place)
            yield from _material(row.material, materials, place)
    for row in chain.spending:
        place = f"{where}, spending {row.country} on {row.item}"
        yield from _place(row.country, place)
        yield from _one_of("product", row.product, products, place)
        yield from _one_of("scope", row.scope, SCOPES, place)
        yield from _ordered(place, row.low, row.central, row.high)
    for row in chain.stocks:
        yield from _one_of("holder", row.holder, HOLDERS, f"{where}, stock")
        yield from _place(row.country, f"{where}, stock of {row.holder}", blank=True)
        if row.material:
            yield from _material(row.material, materials, f"{where}, stock of {row.holder}")
    for row in chain.chokes:
        yield from _material(row.element, materials, f"{where}, choke {row.use}")
        yield from _ordered(f"{where}, choke {row.element} {row.use}", row.low, row.central, row.high)
    for row in chain.levers:
        yield from _one_of("change", row.changes, LEVERS, f"{where}, lever '{row.id}'")


def _material(name: str, known: set[str], where: str) -> Iterator[InputError]:
    if name not in GROUPS and name not in known and not set(symbols(name)) <= known:
        yield UnknownName("material", name, [*sorted(known), *GROUPS], where)


def _totals(pairs: Iterable[tuple[Any, float]]) -> dict[Any, float]:
    totals: dict[Any, float] = defaultdict(float)
    for key, value in pairs:
        totals[key] += value
    return totals


def _faults_of_sums(chain: ChainFile, where: str) -> Iterator[InputError]:
    """Shares of one whole add up to 1 at most."""
    of_users = (((row.product, row.scheme, row.application), row.share) for row in chain.users)
    of_uses = (((row.product, "applications", ""), row.share) for row in chain.applications)
    of_makers = (((row.material, row.stage, "producers"), row.share.central) for row in chain.producers)
    of_blends = (((row.product, row.scheme, row.code), row.share) for row in chain.blends)
    for shares in (of_users, of_uses, of_makers, of_blends):
        for key, total in _totals(shares).items():
            if total > 1 + ROUNDING:
                name = " ".join(part for part in key if part)
                yield InputError(f"{where}, shares of {name}", f"add up to {total:.4g}, over 1", "lower one of them")


def _faults_of_sources(chain: ChainFile, where: str) -> Iterator[InputError]:
    sections = (getattr(chain, item.name) for item in fields(chain))
    rows = [row for section in sections if isinstance(section, tuple) for row in section if not isinstance(row, str)]
    named = {getattr(row, "source", "") for row in rows} | {value.source for value in chain.parameters.values()}
    ranges = (getattr(row, item.name) for row in rows for item in fields(row))
    named |= {value.source for value in ranges if isinstance(value, Range)}
    for name in sorted(named - {""}):
        yield from _one_of("source", name, chain.sources, f"{where}, source")
