"""Who needs how much of which grade and where it comes from: rows of a file as users and sources (steps 1 to 4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from detente.chains.chain import GradeSource, Range, User
from detente.codes import InputError
from detente.codes.hs import nested
from detente.data import chain_world
from detente.data.chain_tables import facts
from detente.data.chainfile import ROUNDING, ChainFile, Choke, GradeRow, Spending, UserRow, symbols

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


def inside_parts(file: ChainFile) -> bool:
    """Whether a country buys a grade only inside imported parts: it then has users more in scope requirement."""
    direct = {(row.country, row.product) for row in file.spending if row.scope == "direct"}
    return any(row.scope == "requirement" and (row.country, row.product) not in direct for row in file.spending)


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


@lru_cache(maxsize=64)
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
    military = _military(file, figures, bloc, code)
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


@lru_cache(maxsize=4096)
def _output(bloc: str, code: str) -> float:
    return chain_world.output(bloc)[code]


def _military(file: ChainFile, figures: Figures, bloc: str, code: str) -> float:
    scheme = chain_world.scheme_of(bloc)
    row = next((row for row in file.defence if (row.scheme, row.code) == (scheme, code)), None)
    return figures.value(row.share, f"defence share of {code}") if row else 0.0


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
