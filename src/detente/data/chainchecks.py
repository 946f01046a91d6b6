"""What a chain file must hold: known names, shares within 1, no circle of stages, nothing negative."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any

from detente.chains.rows import Range
from detente.codes import InputError, UnknownName
from detente.data.chainrows import ChainFile
from detente.data.tables import arrays, countries

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


@lru_cache(maxsize=64)
def _adapter(kind: type[Any]) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def validated(kind: type[Any], row: dict[str, Any], where: str) -> Any:
    """A row as a record; refused with the key that is wrong, missing or not known."""
    from pydantic import ValidationError

    names = [item.name for item in fields(kind)]
    for key in row:
        if key not in names:
            raise UnknownName("key", key, names, where, f"known keys: {', '.join(names)}")
    try:
        record = _adapter(kind).validate_python(row)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "row"
        raise InputError(f"{where}, {key}", first["msg"].lower(), "see the chains in the package") from None
    _within(record, where)
    return record


def _within(record: Any, where: str) -> None:
    for item in fields(record):
        value = getattr(record, item.name)
        ends = (value.low, value.central, value.high) if isinstance(value, Range) else (value,)
        for end in ends:
            if isinstance(end, bool) or not isinstance(end, int | float):
                continue
            if not end >= 0:
                raise InputError(f"{where}, {item.name}", f"is negative or not a number ({end:g})", "give 0 or more")
            if item.name in SHARES and end > 1:
                raise InputError(f"{where}, {item.name}", f"share {end:g} is over 1", "write 25% as 0.25")


def check_chain(chain: ChainFile, where: str) -> None:
    """Checks of a file as a whole.

    Raises
    ------
    InputError, UnknownName
        naming file, row and repair.
    """
    _check_stages(chain, where)
    _check_grades(chain, where)
    _check_users(chain, where)
    _check_supply(chain, where)
    _check_sums(chain, where)
    _check_sources(chain, where)


def _one_of(kind: str, name: str, known: Iterable[str], where: str) -> None:
    listed = list(known)
    if name not in listed:
        raise UnknownName(kind, name, listed, where, f"known: {', '.join(listed[:20])}")


def _place(name: str, where: str, *, blank: bool = False) -> None:
    """A country, several joined by +, or a bloc."""
    if blank and not name:
        return
    for part in name.split("+"):
        if part not in BLOCS and part not in _iso3():
            raise UnknownName("country", part, [*_iso3(), *BLOCS], where, "use ISO3 codes")


@lru_cache(maxsize=1)
def _iso3() -> tuple[str, ...]:
    return tuple(countries().names)


@lru_cache(maxsize=4)
def _industries(scheme: str) -> tuple[str, ...]:
    table, column = {"bea": ("io_usa_industries", "code"), "icio28": ("icio28_sectors", "sector")}[scheme]
    return tuple(arrays(table)[column].tolist())


def _industry(scheme: str, code: str, where: str) -> None:
    _one_of("scheme", scheme, ("bea", "icio28"), where)
    if code not in _industries(scheme):
        raise UnknownName(f"{scheme} industry", code, _industries(scheme), where, "see `detente data list tables`")


def _check_stages(chain: ChainFile, where: str) -> None:
    _place(chain.restrictor, f"{where}, [chain] restrictor")
    names = [stage.id for stage in chain.stages]
    for stage in chain.stages:
        for before in stage.after:
            _one_of("stage", before, names, f"{where}, stage '{stage.id}', after")
    open_stages = {stage.id: set(stage.after) for stage in chain.stages}
    while ready := [name for name, before in open_stages.items() if not before & set(open_stages)]:
        for name in ready:
            del open_stages[name]
    if open_stages:
        circle = ", ".join(sorted(open_stages))
        raise InputError(f"{where}, stages {circle}", "feed one another in a circle", "take one out of an `after`")


def _check_grades(chain: ChainFile, where: str) -> None:
    stages = [stage.id for stage in chain.stages]
    grades, elements = [grade.id for grade in chain.grades], [row.element for row in chain.elements]
    for grade in chain.grades:
        place = f"{where}, grade '{grade.id}'"
        _one_of("stage", grade.stage, stages, place)
        for other in grade.code_shared_with:
            _one_of("grade", other, grades, f"{place}, code_shared_with")
        if grade.element:
            _one_of("element", grade.element, elements, place)
    for recipe in chain.recipes:
        place = f"{where}, recipe of '{recipe.grade}'"
        _one_of("grade", recipe.grade, grades, place)
        for part in symbols(recipe.element):
            _one_of("element", part, elements, place)
    for grade, total in _totals((row.grade, row.content.central) for row in chain.recipes).items():
        if total > 1 + ROUNDING:
            raise InputError(f"{where}, recipe of '{grade}'", f"adds up to {total:.3g} kg a kg", "keep it within 1")


def symbols(material: str) -> tuple[str, ...]:
    """Elements in a material such as Dy, Dy+Tb or NdPr."""
    return ("Nd", "Pr") if material == "NdPr" else tuple(material.split("+"))


def _check_users(chain: ChainFile, where: str) -> None:
    products = [grade.product for grade in chain.grades]
    for row in chain.users:
        place = f"{where}, user {row.code} of {row.product}"
        _one_of("product", row.product, products, place)
        _one_of("class", row.sigma_class, CLASSES, place)
        _industry(row.scheme, row.code, place)
        if row.application:
            known = [item.application for item in chain.applications if item.product == row.product]
            _one_of("application", row.application, known, place)
    for row in chain.applications:
        place = f"{where}, application '{row.application}'"
        _one_of("product", row.product, products, place)
        _one_of("class", row.sigma_class, CLASSES, place)
        _ordered(place, (row.share_low, row.share, row.share_high), (row.heavy_low, row.heavy, row.heavy_high))
    for row in chain.blends:
        place = f"{where}, blend of {row.product} in {row.code}"
        _one_of("product", row.product, products, place)
        _one_of("element", row.element, [item.element for item in chain.elements], place)
        _industry(row.scheme, row.code, place)
    for row in chain.defence:
        _industry(row.scheme, row.code, f"{where}, defence {row.code}")
    for row in chain.exposed:
        _industry("icio28", row.sector, f"{where}, exposed {row.sector}")


def _ordered(where: str, *ranges: Sequence[float]) -> None:
    for low, central, high in ranges:
        if not low <= central <= high:
            raise InputError(where, f"range {low:g}, {central:g}, {high:g} is out of order", "low <= central <= high")


def _check_supply(chain: ChainFile, where: str) -> None:
    stages, products = [stage.id for stage in chain.stages], [grade.product for grade in chain.grades]
    materials = {row.element for row in chain.elements} | {grade.id for grade in chain.grades} | set(products)
    for kind, rows in (("producer", chain.producers), ("plant", chain.plants)):
        for row in rows:
            place = f"{where}, {kind} {row.country} of {row.material} at {row.stage}"
            _one_of("stage", row.stage, stages, place)
            _place(row.country, place)
            _material(row.material, materials, place)
    for row in chain.spending:
        place = f"{where}, spending {row.country} on {row.item}"
        _place(row.country, place)
        _one_of("product", row.product, products, place)
        _one_of("scope", row.scope, SCOPES, place)
        _ordered(place, (row.low, row.central, row.high))
    for row in chain.stocks:
        _one_of("holder", row.holder, HOLDERS, f"{where}, stock")
        _place(row.country, f"{where}, stock of {row.holder}", blank=True)
        if row.material:
            _material(row.material, materials, f"{where}, stock of {row.holder}")
    for row in chain.chokes:
        _material(row.element, materials, f"{where}, choke {row.use}")
        _ordered(f"{where}, choke {row.element} {row.use}", (row.low, row.central, row.high))
    for row in chain.levers:
        _one_of("change", row.changes, LEVERS, f"{where}, lever '{row.id}'")


def _material(name: str, known: set[str], where: str) -> None:
    if name not in GROUPS and name not in known and not set(symbols(name)) <= known:
        raise UnknownName("material", name, [*sorted(known), *GROUPS], where)


def _totals(pairs: Iterable[tuple[Any, float]]) -> dict[Any, float]:
    totals: dict[Any, float] = defaultdict(float)
    for key, value in pairs:
        totals[key] += value
    return totals


def _check_sums(chain: ChainFile, where: str) -> None:
    """Shares of one whole add up to 1 at most."""
    of_users = (((row.product, row.scheme, row.application), row.share) for row in chain.users)
    of_uses = (((row.product, "applications", ""), row.share) for row in chain.applications)
    of_makers = (((row.material, row.stage, "producers"), row.share.central) for row in chain.producers)
    of_blends = (((row.product, row.scheme, row.code), row.share) for row in chain.blends)
    for shares in (of_users, of_uses, of_makers, of_blends):
        for key, total in _totals(shares).items():
            if total > 1 + ROUNDING:
                name = " ".join(part for part in key if part)
                raise InputError(f"{where}, shares of {name}", f"add up to {total:.4g}, over 1", "lower one of them")


def _check_sources(chain: ChainFile, where: str) -> None:
    sections = (getattr(chain, item.name) for item in fields(chain))
    rows = [row for section in sections if isinstance(section, tuple) for row in section if not isinstance(row, str)]
    named = {getattr(row, "source", "") for row in rows} | {value.source for value in chain.parameters.values()}
    ranges = (getattr(row, item.name) for row in rows for item in fields(row))
    named |= {value.source for value in ranges if isinstance(value, Range)}
    for name in sorted(named - {""}):
        _one_of("source", name, chain.sources, f"{where}, source")
