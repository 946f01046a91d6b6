"""A supply chain from its file: grades, users, sources, feed, plants, stocks and markets on one time axis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from detente.chains.chain import EVERY, NEEDED, Feed, GradeSource, Market, Plant, Range, Stock, SupplyChain, User
from detente.chains.chain import Grade as ChainGrade
from detente.chains.chain import Stage as ChainStage
from detente.codes import InputError, Parameter
from detente.codes.hs import nested
from detente.codes.kinds import checked
from detente.data import chain_world
from detente.data.chain_tables import facts
from detente.data.chainfile import (
    ROUNDING,
    ChainFile,
    Choke,
    Element,
    GradeRow,
    Spending,
    UserRow,
    chain_file,
    symbols,
    totals,
)
from detente.data.days import day_named
from detente.data.limits import memoized

#: First month of the time axis unless a scenario has its own.
START = f"{day_named('licences'):%Y-%m}"

#: Figure of a chain: value of the finished good for a dollar of the material in it; and where a chain has none.
LAST, LAST_RUNG = "value_multiple", Range(1000.0, 300.0, 2000.0)

#: Elements that a recipe names together.
PAIRS = {"Nd": "NdPr", "Pr": "NdPr"}

#: What plants of two elements make: Dy to Tb as 3 to 1, the proportion of the one plant that gives it.
MIXES = {"Dy+Tb": {"Dy": 0.75, "Tb": 0.25}}

#: Keys of [licence] whose parameter has another name.
LICENCE = {"wait": "licence_wait"}


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
        parameters=_parameters_asked(file, figures),
        notes=file.notes,
        asked=totals((purchase.product, purchase.usd) for purchase in bought),
    )


def _month(text: str, where: str = "start") -> int:
    """Months since year 0 of a month written as 2025-04."""
    year, _, month = text.partition("-")
    if not (year.isdigit() and month[:2].isdigit() and 1 <= int(month[:2]) <= 12):
        raise InputError(where, f"'{text}' is not a month", "write it as 2025-04")
    return int(year) * 12 + int(month[:2]) - 1


def _parameters_asked(file: ChainFile, figures: Figures) -> dict[str, Range]:
    """Parameters of the file and of its licences, with the values asked for; then figures that stocks name."""
    licence = {LICENCE.get(key, key): given for key, given in file.licence.items()}
    ranges = dict(file.parameters) | licence | figures.seen
    for name in NEEDED:
        if name not in ranges:
            raise InputError(f"{file.name}, parameters", f"'{name}' is missing", "add it under [parameter]")
    for name in ranges.keys() & figures.values.keys():
        value, span = figures.values[name], ranges[name]
        ranges[name] = replace(span, central=value, low=min(span.low, value), high=max(span.high, value))
    return ranges


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
    """The market of an element with a price and ways of doing without, from its options or else its choke prices.

    Options may leave demand that nothing carries: that goes without, at the value of the finished good. Uses with a
    choke price weigh the same.
    """
    row = _of_element(file, element)
    uses = [choke for choke in file.chokes if choke.element == row.element]
    options = [option for option in file.options if option.element == row.element]
    if row.price_2024 is None or not (uses or options):
        return None
    price = row.price_2024 / (row.metal_in_oxide or 1.0)
    blocks = [
        (1.0 / len(uses), price + figures.of_row(use, "USD/kg", f"cost of doing without {use.element}, {use.use}"))
        for use in uses
    ]
    if options:
        blocks = [
            (
                figures.value(o.share, f"share of {o.name}"),
                price * (1.0 + 2.0 * figures.value(o.cost, f"cost of {o.name}")),
            )
            for o in options
        ]
        left, last = 1.0 - sum(share for share, _ in blocks), file.parameters.get(LAST, LAST_RUNG).central
        blocks += [(left, price * (1.0 + 2.0 * last))] if left > 0.0 else []
    traders = next((s for s in file.stocks if s.holder == "traders" and s.material in symbols(element)), None)
    reserve = figures.name(traders.months, f"traders' stock of {element}") if traders else 0.0
    rows = [s for s in file.stocks if s.holder == "users" and not s.codes and s.material in ("", *symbols(element))]
    cover = figures.name(rows[-1].months, f"cover of users of {element}") if rows else 0.0
    return Market(element, price, tuple(blocks), float("nan"), traders=reserve, cover=cover)


# --- who needs how much of which grade and where it comes from: rows of a file as users and sources (steps 1 ---------


EXPOSED = "exposed shares, times"
EXPOSED_RANGE = Range(1.0, 0.7, 1.3, "ratio", "own", "exposed shares follow one country's structure", "assumption")


@dataclass
class Figures:
    """The figures a chain is made of: central values, or values drawn, by name.

    Attributes
    ----------
    file : where they come from; `values` : values in place of the central ones, by name.
    seen : ranges of all figures asked for, by name: what a draw has to draw.
    """

    file: ChainFile
    values: Mapping[str, float]
    seen: dict[str, Range] = field(default_factory=dict)

    def name(self, figure: Range, label: str) -> str:
        """Name of a figure: that of the parameter it is, else the label."""
        known = next((name for name, parameter in self.file.parameters.items() if parameter is figure), label)
        self.seen[known] = figure
        return known

    def value(self, figure: Range, label: str) -> float:
        """Value of a figure."""
        return float(self.values.get(self.name(figure, label), figure.central))

    def of_row(self, row: Spending | Choke, unit: str, label: str) -> float:
        """Value of a row with its range."""
        return self.value(Range(row.central, row.low, row.high, unit, row.source, row.basis, row.confidence), label)

    def shares(self, rows: Iterable[tuple[str, float, float, float]]) -> np.ndarray:
        """Central shares, or drawn ones brought back to their sum; rows are (label, low, central, high)."""
        ranges = [Range(c, lo, hi, "share") for _, lo, c, hi in rows]
        drawn = np.array([self.value(r, row[0]) for row, r in zip(rows, ranges, strict=True)])
        return drawn / drawn.sum() * sum(r.central for r in ranges) if drawn.size else drawn


@dataclass(frozen=True)
class Purchase:
    """What a bloc spends on a product: USD a year, share straight from the restrictor, and whose the rest is.

    `own` marks the product of its own plants, `rest` a share of what all others spend: its other origins are not known.
    """

    bloc: str
    item: str
    product: str
    usd: float
    licensed: float
    hs: str = ""
    own: bool = False
    rest: bool = False


@dataclass(frozen=True)
class PurchasePart:
    """What an industry takes of a purchase: grade, share of its value, class of elasticity, exposed part."""

    code: str
    grade: str
    share: float
    sigma_class: str
    part: str
    exposed: float


def purchases(
    file: ChainFile, figures: Figures, scope: str, running: Mapping[str, tuple[str, float]]
) -> list[Purchase]:
    """Purchases of every bloc with a row, and of those without one their share of what all others buy.

    Parameters
    ----------
    running : product and kg a year of plants outside the restrictor that ran before the time axis, by country.
    """
    bought: list[Purchase] = []
    for row in file.spending:
        bloc = chain_world.bloc_of(row.country)
        if _counted(file, row, bloc, scope):
            usd = figures.of_row(row, "USD a year", f"spending of {row.country} on {row.item}")
            own = row.scope == "home"
            share = 0.0 if own else _licensed(file, row, figures)
            bought.append(Purchase(bloc, row.item, row.product, usd, share, row.hs, own))
    home = {(p.bloc, p.product) for p in bought if p.own}
    for country, (product, kg) in running.items():
        if (country, product) not in home:
            usd = kg * _mean_price(file, figures, product)
            bought.append(Purchase(country, f"{product}_home", product, usd, 0.0, own=True))
    return [part for purchase in bought for part in _shared_out(file, purchase, bought)]


def _counted(file: ChainFile, row: Spending, bloc: str, scope: str) -> bool:
    same = [other for other in file.spending if other.product == row.product and other is not row]
    if not any(user.product == row.product for user in file.users) or bloc not in chain_world.BLOCS:
        return False
    if row.country != bloc and any(other.country == bloc for other in same):
        return False
    if row.scope == "requirement":
        inside = any(other.country == row.country and other.scope == "direct" for other in same)
        return scope == "requirement" and not inside
    return row.scope in ("direct", "home")


def _licensed(file: ChainFile, row: Spending, figures: Figures) -> float:
    """Share straight from the restrictor; it moves with the range of the restrictor's share at the stage."""
    stages = {grade.stage for grade in file.grades if grade.product == row.product}
    made = [
        p for p in file.producers if p.country == file.restrictor and p.material == row.product and p.stage in stages
    ]
    factor = 1.0
    if made:
        label = f"share of {file.restrictor} in {row.product} at {made[0].stage}"
        factor = figures.value(made[0].share, label) / made[0].share.central
    known = made[0].share.central if made else 1.0
    share = known if row.from_restrictor is None else row.from_restrictor / row.central if row.central else 0.0
    return min(1.0, share * factor)


def _mean_price(file: ChainFile, figures: Figures, product: str) -> float:
    prices = [grade.price for grade in file.grades if grade.product == product and grade.price is not None]
    mean = file.parameters.get("price_NdFeB_mean") if product == "ndfeb" else None
    if mean is not None:
        return figures.value(mean, "price_NdFeB_mean")
    return float(np.mean([price.central for price in prices]))


def _shared_out(file: ChainFile, purchase: Purchase, all_: list[Purchase]) -> list[Purchase]:
    """A purchase itself, or that of all others divided among blocs without a row by the output of its users."""
    if purchase.bloc != chain_world.REST or purchase.own:
        return [purchase]
    named = {p.bloc for p in all_ if p.product == purchase.product and p.bloc != chain_world.REST}
    left = [bloc for bloc in chain_world.BLOCS if bloc not in {*named, file.restrictor}]
    weight = np.array([_users_output(file, purchase.product, bloc) for bloc in left])
    if not weight.sum() > 0.0:
        _check_whole(file, purchase, 0.0)
    shares = weight / weight.sum()
    return [
        Purchase(bloc, purchase.item, purchase.product, purchase.usd * share, purchase.licensed, purchase.hs, rest=True)
        for bloc, share in zip(left, shares.tolist(), strict=True)
    ]


def _users_output(file: ChainFile, product: str, bloc: str) -> float:
    """Output of the sectors that use a product, each over the world's and weighed by its share of the product."""
    made = chain_world.sector_output()
    world = np.sum(list(made.values()), axis=0)
    weight = {row.application: row.share for row in file.applications if row.product == product}
    total = 0.0
    for row in file.users:
        if (row.product, row.scheme) == (product, "icio28"):
            sector = chain_world.world().sector(row.code)
            total += weight.get(row.application, 1.0) * row.share * float(made[bloc][sector] / world[sector])
    return total


def parts_of(file: ChainFile, figures: Figures, purchase: Purchase) -> list[PurchasePart]:
    """A purchase by industry and grade (steps 2 and 3)."""
    scheme = chain_world.scheme_of(purchase.bloc)
    rows = [row for row in file.users if (row.product, row.scheme) == (purchase.product, scheme)]
    uses = [row for row in file.applications if row.product == purchase.product]
    names = [(f"share of {row.application} in {row.product}", row.share_low, row.share, row.share_high) for row in uses]
    weight = dict(zip((row.application for row in uses), figures.shares(names).tolist(), strict=True))
    heavy = {
        row.application: figures.value(
            Range(row.heavy, row.heavy_low, row.heavy_high, "share", row.source, row.basis, row.confidence),
            f"heavy share of {row.application}",
        )
        for row in uses
    }
    grades = _grades(file, purchase)
    return [
        PurchasePart(row.code, grade, weight.get(row.application, 1.0) * row.share * share, row.sigma_class, *_exposed(
            file, figures, row, scheme))
        for row in rows
        for grade, share in _by_grade(file, grades, row, heavy.get(row.application, 1.0)).items()
    ]  # fmt: skip


def _grades(file: ChainFile, purchase: Purchase) -> list[GradeRow]:
    """Grades of a product that a purchase consists of: those under its customs codes, else those of the first stage."""
    grades = [grade for grade in file.grades if grade.product == purchase.product]
    if not grades or not grades[0].element:
        return grades
    codes = purchase.hs.split()
    named = [g for g in grades if any(nested(code, hs) for hs in g.hs for code in codes)]
    first = (named or grades)[0].stage
    return [grade for grade in (named or grades) if grade.stage == first]


def _by_grade(file: ChainFile, grades: list[GradeRow], row: UserRow, heavy: float) -> dict[str, float]:
    """Share of each grade in the value that an industry buys."""
    if len(grades) == 1:
        return {grades[0].id: 1.0}
    if grades[0].element:
        return _blended(file, grades, row)
    controlled = [grade.id for grade in grades if grade.controlled]
    others = [grade.id for grade in grades if not grade.controlled]
    if not controlled or not others:
        return {grade.id: 1.0 / len(grades) for grade in grades}
    of_heavy = {name: heavy / len(controlled) for name in controlled}
    return of_heavy | {name: (1.0 - heavy) / len(others) for name in others}


def _blended(file: ChainFile, grades: list[GradeRow], row: UserRow) -> dict[str, float]:
    by_element = {grade.element: grade.id for grade in grades}
    blend = [b for b in file.blends if (b.product, b.scheme, b.code) == (row.product, row.scheme, row.code)]
    if not blend:
        where = f"{file.name}, user {row.code} of {row.product}"
        raise InputError(where, "no row says which elements it buys", "add [[blend]] rows that sum to 1")
    return {by_element[b.element]: b.share for b in blend}


def _exposed(file: ChainFile, figures: Figures, row: UserRow, scheme: str) -> tuple[str, float]:
    """Name of the exposed part of an industry, and its share of the industry."""
    factor = figures.value(EXPOSED_RANGE, EXPOSED)
    if row.exposed is not None:
        named = [g.element for g in file.grades if g.product == row.product and g.element]
        elements = named or [r.element for g in file.grades if g.product == row.product for r in file.recipes
                             if r.grade == g.id]  # fmt: skip
        return "+".join(dict.fromkeys(elements)), min(1.0, row.exposed * factor)
    share = next((e.share for e in file.exposed if e.sector == row.code), 1.0) if scheme == "icio28" else 1.0
    return "", share if share == 1.0 else min(1.0, share * factor)


@dataclass
class Basket:
    """What one user buys: USD by grade and by class."""

    grades: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    classes: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    exposed: float = 1.0


def users_and_sources(
    file: ChainFile, figures: Figures, bought: Iterable[Purchase], cover: Mapping[tuple[str, str], float | str]
) -> tuple[tuple[User, ...], tuple[GradeSource, ...]]:
    """Users with their defence part apart, and the origins of every bloc's need.

    Parameters
    ----------
    cover : median stock of users, months or the name of a parameter, by (start of industry code, element).
    """
    baskets: dict[tuple[str, str, str], Basket] = defaultdict(Basket)
    origins: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for purchase in bought:
        parts = parts_of(file, figures, purchase)
        whole = sum(part.share for part in parts)
        _check_whole(file, purchase, whole)
        for part in parts:
            usd = purchase.usd * part.share / (whole if abs(whole - 1.0) > 1e-12 else 1.0)
            basket = baskets[purchase.bloc, part.code, part.part]
            basket.grades[part.grade] += usd
            basket.classes[part.sigma_class] += usd
            basket.exposed = part.exposed
            for origin, share in _origins(file, purchase, part.grade).items():
                origins[purchase.bloc, part.grade][origin] += usd * share
    users = [user for key, basket in baskets.items() for user in _users(file, figures, key, basket, cover)]
    need: dict[tuple[str, str], float] = defaultdict(float)
    for (bloc, _, _), basket in baskets.items():
        for grade, usd in basket.grades.items():
            need[bloc, grade] += usd
    sources = [
        GradeSource(bloc, grade, origin, min(usd / need[bloc, grade], 1.0))
        for (bloc, grade), shares in origins.items()
        for origin, usd in shares.items()
        if usd > 0.0
    ]
    return tuple(users), tuple(sources)


def _check_whole(file: ChainFile, purchase: Purchase, share: float) -> None:
    """Refuse a purchase of which some reaches no industry: its need would be missing from the run."""
    if abs(share - 1.0) <= ROUNDING:
        return
    scheme = chain_world.scheme_of(purchase.bloc)
    what = f"industries of {purchase.bloc} that use {purchase.product} take {share:.4g} of it"
    repair = f"give [[user]] rows with scheme = '{scheme}' and product = '{purchase.product}' whose shares sum to 1"
    raise InputError(f"{file.name}, spending of {purchase.bloc} on {purchase.item}", what, repair)


def _origins(file: ChainFile, purchase: Purchase, grade_id: str) -> dict[str, float]:
    """Share of each named origin in a purchase; what no origin names stays as it is under a control."""
    if purchase.own:
        return {purchase.bloc: 1.0}
    origins = {file.restrictor: purchase.licensed}
    left = 1.0 - purchase.licensed
    if purchase.rest or left <= 1e-12:
        return origins
    for origin, share in _others(file, purchase, grade_id):
        origins[origin] = origins.get(origin, 0.0) + left * share
    return origins


def _others(file: ChainFile, purchase: Purchase, grade_id: str) -> tuple[tuple[str, float], ...]:
    grade = next(g for g in file.grades if g.id == grade_id)
    if grade.element:
        group = next((e.group for e in file.elements if e.element == grade.element), "")
        if group == "light":
            return ()
        makers = _shippers(grade.element) if purchase.bloc == "USA" else {}
    else:
        rows = [p for p in file.producers if (p.stage, p.material) == (grade.stage, grade.product)]
        makers = {p.country: p.share.central for p in rows}
    return _blocs(makers, {file.restrictor, purchase.bloc})


@memoized
def _shippers(element: str) -> dict[str, float]:
    """Who ships an element to the United States; shippers are not origins."""
    rows = [row for row in facts("import_source") if row.item == element]
    latest = max((row.period for row in rows), default="")
    return {row.place: row.low for row in rows if row.period == latest and row.place != chain_world.REST}


def _blocs(makers: Mapping[str, float], without: set[str]) -> tuple[tuple[str, float], ...]:
    shares: dict[str, float] = defaultdict(float)
    for country, share in makers.items():
        if (bloc := chain_world.bloc_of(country)) not in without and country != "ROW":
            shares[bloc] += share
    total = sum(shares.values())
    return tuple((bloc, share / total) for bloc, share in shares.items()) if total else ((chain_world.REST, 1.0),)


def _users(
    file: ChainFile,
    figures: Figures,
    key: tuple[str, str, str],
    basket: Basket,
    cover: Mapping[tuple[str, str], float | str],
) -> list[User]:
    bloc, code, part = key
    total = sum(basket.classes.values())
    classes = {name: usd / total for name, usd in basket.classes.items()}
    made = _output(bloc, code) * basket.exposed
    scheme = chain_world.scheme_of(bloc)
    row = next((row for row in file.defence if (row.scheme, row.code) == (scheme, code)), None)
    military = figures.value(row.share, f"defence share of {code}") if row else 0.0
    months = {grade: _cover(file, cover, code, grade) for grade in basket.grades}
    usual = next(iter(months.values()))
    stocks = {grade: value for grade, value in months.items() if value != usual}
    users = []
    for defence, share in ((False, 1.0 - military), (True, military)):
        if share > 0.0:
            own = stocks | (_defence_stocks(file, figures, bloc, basket) if defence else {})
            need = {grade: usd * share for grade, usd in basket.grades.items()}
            users.append(User(bloc, code, need, usual, defence, made * share, max(classes, key=lambda c: classes[c]),
                              own, classes, basket.exposed, part))  # fmt: skip
    return users


@memoized
def _output(bloc: str, code: str) -> float:
    return chain_world.output(bloc)[code]


def elements_of(file: ChainFile, grade_id: str) -> tuple[str, ...]:
    """Elements in a grade."""
    grade = next(g for g in file.grades if g.id == grade_id)
    listed = tuple(r.element for r in file.recipes if r.grade == grade_id)
    return listed or ((grade.element,) if grade.element else ())


def _cover(file: ChainFile, cover: Mapping[tuple[str, str], float | str], code: str, grade_id: str) -> float | str:
    """The stock of the most particular row: one that names the industry, then the element, then any."""
    elements = elements_of(file, grade_id)
    fits = [key for key in cover if code.startswith(key[0]) and (not key[1] or key[1] in elements)]
    if not fits:
        return 0.0
    return cover[max(fits, key=lambda key: (len(key[0]), bool(key[1])))]


def _defence_stocks(file: ChainFile, figures: Figures, bloc: str, basket: Basket) -> dict[str, float | str]:
    """Stocks for defence, by grade that holds their element."""
    return {
        grade: figures.name(row.months, f"defence stock of {row.material}, {row.country}")
        for row in file.stocks
        if row.holder == "defence" and chain_world.bloc_of(row.country) == bloc
        for grade in basket.grades
        if not row.material or set(symbols(row.material)) & set(elements_of(file, grade))
    }
