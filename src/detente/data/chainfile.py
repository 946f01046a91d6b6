"""A supply chain as a TOML file: read, checked row by row, given as plain records.

A section is a list of rows (``[[grade]]``), a table named under ``[tables]``, or both; a row of the file takes the
place of the table's row with the same key. A figure is a number, ``{central, low, high, source, ...}`` or the name of
a parameter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationInfo, create_model

from detente.chains.chain import Range
from detente.codes import DetenteError, InputError, UnknownName, check_none, each_fault
from detente.data import chain_tables
from detente.data.library import package_folder, pl
from detente.data.limits import memoized
from detente.data.models import STRICT, FileModel, Number, Sentences, Truth, Whole, lookup, model_of, one_of
from detente.data.tables import arrays, countries, read
from detente.data.yamlfile import read_toml

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
    low, high = (row.central if end is None else end for end in (row.low, row.high))
    if not low <= row.central <= high:
        ends = f"low {low:g}, central {row.central:g}, high {high:g}"
        raise InputError("", f"is out of order ({ends})", "low <= central <= high")
    return Range(**{**dict(row), "low": low, "high": high})


def _figure(value: Any, info: ValidationInfo) -> Any:
    known = (info.context or {}).get("parameters", {})
    return lookup(lambda given: range_of(given, known))(value)


Figure = Annotated[Range, BeforeValidator(_figure)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A row of a section, whose keys are all known."""

    __pydantic_config__ = STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sourced(_Row):
    """A row that says where its figures come from."""

    source: str = ""
    basis: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow(_Row):
    """A stage of the chain: its name, the stages that feed it, and the yield of what it takes in (share)."""

    id: str
    after: tuple[str, ...] = ()
    yields: Figure = field(default_factory=lambda: Range(1.0, 1.0, 1.0))
    lag_months: Figure = field(default_factory=lambda: Range(0.0, 0.0, 0.0))
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element(_Row):
    """An element: group, whether it is controlled, kg of metal in a kg of oxide, price of the oxide in USD/kg."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRow(_Row):
    """What is sold at a stage: product, customs codes, price in USD/kg; `controlled` under the licence of April 2025.

    `code_shared_with` names grades that customs cannot tell apart; `element` is set where a grade is one element.
    """

    id: str
    product: str
    stage: str
    controlled: Truth
    hs: tuple[str, ...] = ()
    price: Figure | None = None
    code_shared_with: tuple[str, ...] = ()
    element: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe(_Row):
    """kg of an element (metal) in a kg of a grade."""

    grade: str
    element: str
    content: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Producer(_Row):
    """Share of a country in the world's output of a material at a stage."""

    stage: str
    material: str
    country: str
    share: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantRow(_Sourced):
    """Supply outside the restrictor: kg a year from a month on; `kind` is capacity, output, feed or idle."""

    plant: str
    stage: str
    material: str
    kind: str
    country: str
    start: str
    ramp_months: Whole
    capacity: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Application(_Sourced):
    """Share of an application in the world's use of a product, and of its heavy-bearing grade within it."""

    product: str
    application: str
    share: Number
    share_low: Number
    share_high: Number
    heavy: Number
    heavy_low: Number
    heavy_high: Number
    sigma_class: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow(_Sourced):
    """Share of an industry in a product's use (within the application where there is one).

    `exposed` is the share of the industry that touches the material, where the file knows it.
    """

    product: str
    application: str
    scheme: str
    code: str
    share: Number
    exposed: Number | None
    sigma_class: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Blend(_Sourced):
    """Share of an element in the value of what an industry buys of a product that is sold one element a grade."""

    product: str
    scheme: str
    code: str
    element: str
    share: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending(_Sourced):
    """USD of the base year that a country spends on an item; `scope` is direct, requirement, home or world."""

    country: str
    item: str
    product: str
    scope: str
    central: Number
    low: Number
    high: Number
    hs: str = ""
    from_restrictor: Number | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRow(_Row):
    """Cover of a holder (users, national, traders, defence) in months of use.

    `codes` are the industries it holds for, by the start of their code; none means every industry not named elsewhere.
    """

    holder: str
    months: Figure
    country: str = ""
    material: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choke(_Sourced):
    """Extra cost, USD per kg of element, at which a use does without it."""

    element: str
    use: str
    central: Number
    low: Number
    high: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionRow(_Sourced):
    """A way of doing without an element: extra cost over its value in the mean, and share of all need it can carry."""

    element: str
    name: str
    cost: Figure
    share: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Defence(_Row):
    """Share of an industry's purchases that serve military end users."""

    scheme: str
    code: str
    share: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class LeverRow(_Row):
    """A remedy: what it changes, by how much, and after how many months it is in full effect."""

    id: str
    changes: str
    effect: Figure
    lag_months: Figure
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed(_Sourced):
    """Share of an ICIO sector that touches the material."""

    sector: str
    share: Number


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
    """What the file of a chain says besides the rows of its sections."""

    chain: HeadRow
    tables: dict[str, str | QueryRow] = Field(default_factory=dict)
    licence: LicenceRow = LicenceRow()
    parameter: dict[str, Any] = Field(default_factory=dict)
    source: dict[str, str] = Field(default_factory=dict)


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
    options: tuple[OptionRow, ...]
    defence: tuple[Defence, ...]
    levers: tuple[LeverRow, ...]
    exposed: tuple[Exposed, ...]
    parameters: Mapping[str, Range]
    licence: Mapping[str, Range]
    sources: Mapping[str, str]


#: Key in the file -> attribute, record, and the fields that tell one row from another.
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
    "option": ("options", OptionRow, ("element", "name")),
    "defence": ("defence", Defence, ("scheme", "code")),
    "lever": ("levers", LeverRow, ("id",)),
    "exposed": ("exposed", Exposed, ("sector",)),
}

NEEDED = ("stage", "grade")
_rows: dict[str, Any] = {
    key: (tuple[kind, ...], ... if key in NEEDED else ()) for key, (_, kind, _) in SECTIONS.items()
}
#: The same with the rows of every section.
_CONTENT = create_model("ChainContent", __base__=ChainContent, **_rows)


def chain_names() -> tuple[str, ...]:
    """Names of the chains in the package."""
    return tuple(_shipped())


def _shipped() -> dict[str, Path]:
    """Files of the chains of the package by name; words of a name are parted by hyphens."""
    paths = (package_folder() / "chains").glob("*.toml")
    return dict(sorted((path.stem.replace("_", "-"), path) for path in paths))


def chain_file(name: str | Path) -> ChainFile:
    """A chain by name, or from a TOML file.

    Raises
    ------
    InputError, UnknownName
        for what cannot be used, with file, row and repair.
    """
    path, shipped = Path(name), _shipped()
    if path.suffix == ".toml" and not path.exists():
        raise InputError(str(path), "there is no such file", "check the path")
    if path.suffix != ".toml" and str(name) not in shipped:
        repair = f"known: {', '.join(shipped)}, or a path that ends in .toml"
        raise UnknownName("chain", str(name), shipped, repair=repair)
    path = shipped.get(str(name), path)
    return _load(str(path), path.stat().st_mtime)


@memoized
def _load(path: str, modified: float) -> ChainFile:
    return parse_chain(read_toml(Path(path), Path(path).name), path)


def parse_chain(content: Mapping[str, Any], path: str) -> ChainFile:
    """The chain in the content of a TOML file; `path` is named in errors."""
    where, faults = Path(path).name, list[DetenteError]()
    parameters = _parameters(content, where, faults)
    known, file = {"parameters": parameters}, None
    try:
        file = model_of(_CONTENT, content, where, known=known)
    except InputError as error:
        faults += each_fault(error)
    check_none(faults)
    assert file is not None
    sections: dict[str, Any] = {
        attribute: _section(file, key, kind, identity, where) for key, (attribute, kind, identity) in SECTIONS.items()
    }
    sections["grades"] = tuple(grade for row in sections["grades"] for grade in _by_element(row, sections["elements"]))
    chain = ChainFile(
        path=path,
        parameters=parameters,
        licence={key: value for key, value in file.licence if value is not None},
        sources={name: row.citation for name, row in chain_tables.sources().items()} | file.source,
        **({**dict(file.chain), "title": file.chain.title or file.chain.name} | sections),
    )
    check_none([*_chain_faults(chain, where)])
    return chain


def _parameters(content: Mapping[str, Any], where: str, faults: list[DetenteError]) -> dict[str, Range]:
    """Parameters of the named table, then those of the file, which may name one another."""
    tables, own = (content.get(key) for key in ("tables", "parameter"))
    ranges = dict(chain_tables.parameters()) if isinstance(tables, Mapping) and "parameter" in tables else {}
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

#: Places beside countries: the Union, Europe, the world, all others.
BLOCS = ("EU27", "EUR", "WLD", "ROW")

GROUPS = ("all", "light", "medium", "heavy", "magnet_elements")
CLASSES = ("A", "B", "C")
SCOPES = ("direct", "requirement", "home", "world")
HOLDERS = ("users", "national", "traders", "defence")
LEVERS = ("stock", "thrift", "substitution", "recycling", "capacity", "diversion", "sharing", "price_floor")
ROUNDING = 5e-3

#: Fields that lie between 0 and 1; every other figure is 0 or more.
SHARES = {
    "share", "share_low", "share_high", "heavy", "heavy_low", "heavy_high", "exposed", "yields", "content",
    "metal_in_oxide",
}  # fmt: skip


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
    yield from _faults_of_rows(chain, where)
    yield from _faults_of_sums(chain, where)
    yield from _faults_of_sources(chain, where)


def _one_of(kind: str, name: str, known: Iterable[str], where: str) -> Iterator[InputError]:
    listed = list(known)
    if name not in listed:
        yield UnknownName(kind, name, listed, where, f"known: {', '.join(listed[:20])}")


def _place(name: str, where: str) -> Iterator[InputError]:
    """A country, several joined by +, or a bloc."""
    known = countries().names
    for part in name.split("+"):
        if part not in BLOCS and part not in known:
            yield UnknownName("country", part, [*known, *BLOCS], where, "use ISO3 codes")


def _industries(scheme: str) -> tuple[str, ...]:
    table, column = {"bea": ("io_usa_industries", "code"), "icio28": ("icio28_sectors", "sector")}[scheme]
    return tuple(arrays(table)[column].tolist())


def _industry(scheme: str, code: str, where: str) -> Iterator[InputError]:
    yield from _one_of("scheme", scheme, ("bea", "icio28"), where)
    if code not in _industries(scheme):
        yield UnknownName(f"{scheme} industry", code, _industries(scheme), where, "see `detente data list tables`")


def symbols(material: str) -> tuple[str, ...]:
    """Elements in a material such as Dy, Dy+Tb or NdPr."""
    return ("Nd", "Pr") if material == "NdPr" else tuple(material.split("+"))


#: What messages call a row of each section.
TITLES = {
    "stage": "stage '{id}'", "element": "element {element}", "grade": "grade '{id}'", "recipe": "recipe of '{grade}'",
    "producer": "producer {country} of {material} at {stage}", "plant": "plant {country} of {material} at {stage}",
    "application": "application '{application}'", "user": "user {code} of {product}",
    "blend": "blend of {product} in {code}", "spending": "spending {country} on {item}", "stock": "stock of {holder}",
    "choke": "choke {element} {use}", "option": "option {element} {name}",
    "defence": "defence {code}", "lever": "lever '{id}'",
    "exposed": "exposed {sector}",
}  # fmt: skip

#: Names that a row may leave out, by section and field.
BLANK = {("grade", "element"), ("stock", "material"), ("stock", "country")}

RANGES = (("low", "central", "high"), ("share_low", "share", "share_high"), ("heavy_low", "heavy", "heavy_high"))


def _faults_of_rows(chain: ChainFile, where: str) -> Iterator[InputError]:
    """Names that nobody knows, ranges out of order, stages in a circle and recipes of more than a kg a kg."""
    stages, grades, elements = (
        [getattr(row, name) for row in rows]
        for rows, name in ((chain.stages, "id"), (chain.grades, "id"), (chain.elements, "element"))
    )
    products = [grade.product for grade in chain.grades]
    materials = {*elements, *grades, *products}
    known: dict[str, tuple[str, Sequence[str]]] = {
        "after": ("stage", stages), "stage": ("stage", stages), "grade": ("grade", grades),
        "code_shared_with": ("grade", grades), "element": ("element", elements), "product": ("product", products),
        "sigma_class": ("class", CLASSES), "scope": ("scope", SCOPES), "holder": ("holder", HOLDERS),
        "changes": ("change", LEVERS),
    }  # fmt: skip
    yield from _place(chain.restrictor, f"{where}, [chain] restrictor")
    for key, (attribute, _, _) in SECTIONS.items():
        for row in getattr(chain, attribute):
            given = {item.name: getattr(row, item.name) for item in fields(row)}
            place = f"{where}, {TITLES[key].format_map(given)}"
            if key == "recipe":
                given["element"] = symbols(row.element)
            elif key == "choke":
                given["material"] = given.pop("element")
            named = {name: value for name, value in given.items() if value or (key, name) not in BLANK}
            for name in filter(named.__contains__, known):
                several = named[name] if isinstance(named[name], tuple) else (named[name],)
                for value in several:
                    yield from _one_of(known[name][0], value, known[name][1], place)
            material = named.get("material", "")
            if material and material not in {*GROUPS, *materials} and not set(symbols(material)) <= materials:
                yield UnknownName("material", material, [*sorted(materials), *GROUPS], place)
            if "country" in named:
                yield from _place(named["country"], place)
            if "code" in named:
                yield from _industry(row.scheme, row.code, place)
            if key == "exposed":
                yield from _industry("icio28", row.sector, place)
            if key == "user" and row.application:
                uses = [item.application for item in chain.applications if item.product == row.product]
                yield from _one_of("application", row.application, uses, place)
            for ends in RANGES:
                if named.keys() >= set(ends):
                    yield from _ordered(place, *(named[end] for end in ends))
    try:
        TopologicalSorter({stage.id: stage.after for stage in chain.stages}).prepare()
    except CycleError as error:
        circle = ", ".join(sorted(set(error.args[1])))
        yield InputError(f"{where}, stages {circle}", "feed one another in a circle", "take one out of an `after`")
    for grade, total in totals((row.grade, row.content.central) for row in chain.recipes).items():
        if total > 1 + ROUNDING:
            yield InputError(f"{where}, recipe of '{grade}'", f"adds up to {total:.3g} kg a kg", "keep it within 1")


def _ordered(where: str, low: float, central: float, high: float) -> Iterator[InputError]:
    if not low <= central <= high:
        yield InputError(where, f"range {low:g}, {central:g}, {high:g} is out of order", "low <= central <= high")


def totals(pairs: Iterable[tuple[Any, float]]) -> dict[Any, float]:
    """Sums by key."""
    sums: dict[Any, float] = defaultdict(float)
    for key, value in pairs:
        sums[key] += value
    return dict(sums)


def _faults_of_sums(chain: ChainFile, where: str) -> Iterator[InputError]:
    """Shares of one whole add up to 1 at most."""
    of_users = (((row.product, row.scheme, row.application), row.share) for row in chain.users)
    of_uses = (((row.product, "applications", ""), row.share) for row in chain.applications)
    of_makers = (((row.material, row.stage, "producers"), row.share.central) for row in chain.producers)
    of_blends = (((row.product, row.scheme, row.code), row.share) for row in chain.blends)
    for shares in (of_users, of_uses, of_makers, of_blends):
        for key, total in totals(shares).items():
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
