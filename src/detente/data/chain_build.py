"""A supply chain from its file: grades, users, sources, feed, plants, stocks and markets on one time axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from detente.chains.chain import EVERY, NEEDED, Feed, GradeSource, Market, Plant, Range, Stock, SupplyChain
from detente.chains.chain import Grade as ChainGrade
from detente.chains.chain import Stage as ChainStage
from detente.codes import InputError, Parameter
from detente.codes.kinds import checked
from detente.data import chain_world
from detente.data.chain_need import Figures, elements_of, purchases, users_and_sources
from detente.data.chainfile import ChainFile, Element, GradeRow, chain_file, symbols, totals
from detente.data.days import day_named

START = f"{day_named('licences'):%Y-%m}"
"""First month of the time axis unless a scenario has its own."""

PAIRS = {"Nd": "NdPr", "Pr": "NdPr"}
"""Elements that a recipe names together."""

MIXES = {"Dy+Tb": {"Dy": 0.75, "Tb": 0.25}}
"""What plants of two elements make: Dy to Tb as 3 to 1, the proportion of the one plant that gives it."""

LICENCE = {"wait": "licence_wait"}
"""Keys of [licence] whose parameter has another name."""


@checked
def load_chain(
    name: str | Path, *, scope: str = "direct", start: str = START, values: Mapping[str, float] | None = None
) -> SupplyChain:
    """A supply chain by name, or from a TOML file of one's own.

    Parameters
    ----------
    scope : "direct" counts what industries of a country buy; "requirement" adds grades that come inside imported parts.
        Imported parts themselves are a matter of the economy behind the chain.
    start : first month of the time axis, as 2025-04; plants start on it.
    values : values in place of the central ones, by the names of `figures`.

    Raises
    ------
    InputError, UnknownName : file, row and repair.
    """
    return build(chain_file(name), scope=scope, start=start, values=values)


def figures(name: str | Path, *, scope: str = "requirement", start: str = START) -> dict[str, Range]:
    """Every figure of a chain that is a range, by name: parameters first, then rows of the file."""
    file = chain_file(name)
    figures = Figures(file, {})
    chain = _built(file, figures, scope, _month(start, Parameter("start")))
    return dict(chain.parameters) | figures.seen


def build(
    file: ChainFile, *, scope: str = "direct", start: str = START, values: Mapping[str, float] | None = None
) -> SupplyChain:
    """A supply chain from a checked file; see `load_chain`."""
    return _built(file, Figures(file, values or {}), scope, _month(start, Parameter("start")))


def _built(file: ChainFile, figures: Figures, scope: str, start: int) -> SupplyChain:
    bought = purchases(file, figures, scope, _running(file, start))
    users, sources = users_and_sources(file, figures, bought, _covers(file, figures))
    used = {grade for user in users for grade in user.need}
    elements = _elements(file, used)
    grades = tuple(_grade(file, figures, grade) for grade in file.grades if grade.id in used)
    feeds = _feeds(file, figures, sources, grades)
    stages = (ChainStage(s.id, s.after, {EVERY: figures.value(s.yields, f"yield of {s.id}")}) for s in file.stages)
    stocks, markets = _stocks(file, figures, used, elements), (_market(file, figures, name) for name in elements)
    return SupplyChain(
        name=file.name,
        scope=scope,
        restrictor=file.restrictor,
        elements=elements,
        stages=tuple(stages),
        grades=grades,
        users=users,
        sources=sources,
        feeds=feeds,
        plants=_plants(file, start, elements, grades),
        stocks=stocks,
        markets=tuple(market for market in markets if market is not None),
        parameters=_parameters(file, figures),
        notes=file.notes,
        asked=totals((purchase.product, purchase.usd) for purchase in bought),
    )


def _month(text: str, where: str = "start") -> int:
    """Months since year 0 of a month written as 2025-04."""
    year, _, month = text.partition("-")
    if not (year.isdigit() and month[:2].isdigit() and 1 <= int(month[:2]) <= 12):
        raise InputError(where, f"'{text}' is not a month", "write it as 2025-04")
    return int(year) * 12 + int(month[:2]) - 1


def _parameters(file: ChainFile, figures: Figures) -> dict[str, Range]:
    """Parameters of the file and of its licences, with the values asked for; then figures that stocks name."""
    licence = {LICENCE.get(key, key): given for key, given in file.licence.items()}
    ranges = dict(file.parameters) | licence | figures.seen
    for name in NEEDED:
        if name not in ranges:
            raise InputError(f"{file.name}, parameters", f"'{name}' is missing", "add it under [parameter]")
    return {name: _valued(range_, figures.values[name]) if name in figures.values else range_
            for name, range_ in ranges.items()}  # fmt: skip


def _valued(span: Range, value: float) -> Range:
    return replace(span, central=value, low=min(span.low, value), high=max(span.high, value))


def _elements(file: ChainFile, used: set[str]) -> tuple[str, ...]:
    listed = [_element(file, element) for grade in file.grades if grade.id in used
              for element in elements_of(file, grade.id)]  # fmt: skip
    return tuple(dict.fromkeys(listed))


def _element(file: ChainFile, element: str) -> str:
    """The element, or the pair it is counted in where a recipe names the pair."""
    pair = PAIRS.get(element, element)
    return pair if any(row.element == pair for row in file.recipes) else element


def _of_element(file: ChainFile, element: str) -> Element:
    return next(row for row in file.elements if row.element == symbols(element)[0])


def _grade(file: ChainFile, figures: Figures, row: GradeRow) -> ChainGrade:
    recipe = {
        _element(file, r.element): figures.value(r.content, f"content of {r.element} in {row.id}")
        for r in file.recipes
        if r.grade == row.id
    }
    if row.element and not recipe:
        metal = _of_element(file, row.element).metal_in_oxide or 1.0
        recipe = {_element(file, row.element): metal if row.stage == _first_raw(file) else 1.0}
    if not recipe:
        raise InputError(f"{file.name}, grade '{row.id}'", "has no recipe", "add [[recipe]] rows with its elements")
    code = row.hs[0] if row.code_shared_with else row.id
    return ChainGrade(row.id, row.stage, recipe, _price(file, figures, row), code, row.product)


def _price(file: ChainFile, figures: Figures, row: GradeRow) -> float:
    if row.price is not None:
        return figures.value(row.price, f"price of {row.id}")
    element = _of_element(file, row.element) if row.element else None
    if element is None or element.price_2024 is None:
        raise InputError(f"{file.name}, grade '{row.id}'", "has no price", "give `price`, USD per kg")
    return element.price_2024 / (element.metal_in_oxide or 1.0)


def _first_raw(file: ChainFile) -> str:
    """The first stage at which single elements are sold: there producers buy their feed."""
    raw = {grade.stage for grade in file.grades if grade.element}
    return next((stage.id for stage in file.stages if stage.id in raw), file.stages[0].id)


def _feeds(
    file: ChainFile, figures: Figures, sources: tuple[GradeSource, ...], grades: tuple[ChainGrade, ...]
) -> tuple[Feed, ...]:
    """Feed of every country that makes a grade outside the restrictor, by element."""
    recipes = {grade.name: grade.recipe for grade in grades}
    keys = dict.fromkeys(
        (source.origin, element)
        for source in sources
        if source.origin != file.restrictor
        for element in recipes[source.grade]
    )
    stage = _first_raw(file)
    return tuple(Feed(country, element, stage, _outside(file, figures, country, element)) for country, element in keys)


def _outside(file: ChainFile, figures: Figures, country: str, element: str) -> float | str:
    """Share of an element outside that is not the restrictor's, or the parameter that holds it."""
    group = _of_element(file, element).group
    for name in (f"{element}_{country}", f"{group}_{country}", element, group):
        if f"other_feed_{name}" in file.parameters:
            return f"other_feed_{name}"
    near = next((name for name in file.parameters if name.startswith(f"other_feed_{group}_")), "")
    return near or 1.0 - _made_by_restrictor(file, figures, element)


def _made_by_restrictor(file: ChainFile, figures: Figures, element: str) -> float:
    """The restrictor's share in the last stage for which the file has the element; 1 where it has none."""
    names = {element, *symbols(element), "all"}
    order = [stage.id for stage in file.stages]
    rows = [p for p in file.producers if p.country == file.restrictor and names & {p.material, *symbols(p.material)}]
    if not rows:
        return 1.0
    row = max(rows, key=lambda p: (p.material != "all", order.index(p.stage)))
    return figures.value(row.share, f"share of {file.restrictor} in {row.material} at {row.stage}")


def _running(file: ChainFile, start: int) -> dict[str, tuple[str, float]]:
    """Product and kg a year of plants that ran in full before the time axis, by bloc."""
    products = {grade.product for grade in file.grades if not grade.element}
    running: dict[str, tuple[str, float]] = {}
    for row in file.plants:
        if row.material in products and row.kind in ("output", "capacity") and _ran(row.start, row.ramp_months, start):
            bloc = chain_world.bloc_of(row.country)
            running[bloc] = (row.material, running.get(bloc, ("", 0.0))[1] + row.capacity)
    return running


def _ran(begun: str, ramp: int, start: int) -> bool:
    return not begun or _month(begun) + ramp <= start


def _plants(
    file: ChainFile, start: int, elements: tuple[str, ...], grades: tuple[ChainGrade, ...]
) -> tuple[Plant, ...]:
    """Plants that come on during or after the time axis; feed and idle capacity are no output."""
    plants: list[Plant] = []
    families = {grade.family: grade for grade in grades}
    for row in file.plants:
        if row.kind in ("feed", "idle") or _ran(row.start, row.ramp_months, start):
            continue
        begins, bloc = float(_month(row.start) - start), chain_world.bloc_of(row.country)
        if row.material in families:
            own = tuple(e for e in families[row.material].recipe if _of_element(file, e).group == "light")
            plants.append(Plant(row.plant, row.stage, bloc, row.material, row.capacity, begins, row.ramp_months,
                               own_feed=own))  # fmt: skip
            continue
        mix = MIXES.get(row.material, {row.material: 1.0})
        for element, share in mix.items():
            if element in elements:
                kg = row.capacity * share * (_of_element(file, element).metal_in_oxide or 1.0)
                label = row.plant if len(mix) == 1 else f"{row.plant}, {element}"
                plants.append(Plant(label, row.stage, bloc, element, kg, begins, row.ramp_months, EVERY))
    return tuple(plants)


def _covers(file: ChainFile, figures: Figures) -> dict[tuple[str, str], float | str]:
    """Stocks of users by (start of industry code, element)."""
    return {
        (code, row.material): figures.name(row.months, f"cover of users {' '.join(row.codes)} {row.material}".strip())
        for row in file.stocks
        if row.holder == "users"
        for code in (row.codes or ("",))
    }


def _stocks(file: ChainFile, figures: Figures, users_of: set[str], elements: tuple[str, ...]) -> tuple[Stock, ...]:
    """National stocks: of elements as feed, and of the grades that are one element; no finished product."""
    raw = {g.id: _element(file, g.element) for g in file.grades if g.element and g.id in users_of}
    stocks: list[Stock] = []
    for row in file.stocks:
        if row.holder == "national":
            cover = figures.name(row.months, f"national stock of {row.material or 'all'}, {row.country}")
            covered = {_element(file, e) for e in symbols(row.material)} if row.material else set(elements)
            items = [e for e in elements if e in covered] + [
                name for name, element in raw.items() if element in covered
            ]
            stocks += [Stock(f"national, {item}", chain_world.bloc_of(row.country), item, cover) for item in items]
    return tuple(stocks)


def _market(file: ChainFile, figures: Figures, element: str) -> Market | None:
    """The market of an element with a price and a cost of doing without; uses weigh the same where none is known."""
    row = _of_element(file, element)
    uses = [choke for choke in file.chokes if choke.element == row.element]
    if not uses or row.price_2024 is None:
        return None
    price = row.price_2024 / (row.metal_in_oxide or 1.0)
    blocks = tuple(
        (1.0 / len(uses), price + figures.of_row(use, "USD/kg", f"cost of doing without {use.element}, {use.use}"))
        for use in uses
    )
    traders = next((s for s in file.stocks if s.holder == "traders" and s.material in symbols(element)), None)
    reserve = figures.name(traders.months, f"traders' stock of {element}") if traders else 0.0
    rows = [s for s in file.stocks if s.holder == "users" and not s.codes and s.material in ("", *symbols(element))]
    cover = figures.name(rows[-1].months, f"cover of users of {element}") if rows else 0.0
    return Market(element, price, blocks, float("nan"), traders=reserve, cover=cover)
