"""Prices that claims speak of: of consumers under a law, of a category of goods, and as they were measured.

Consumer prices and costs of households that claims speak of: US law of a day against that of the base day.

A reading fixes what buyers pay of a duty, which domestic prices follow and how margins move; the import share of what
consumers buy is drawn between its bounds. Nobody substitutes.

Consumer prices of a category of goods that claims speak of: its lines of consumer spending, weighed by spending.

A category is one of everyday words (toys, cars, clothing), a budget category of the survey, or a line by its title.

Prices that were measured: consumer and import prices by month, as change of their index over a period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import isfinite, log

import numpy as np

from detente.codes import InputError, UnknownName, declared_note
from detente.codes.axis import Floats
from detente.codes.countries import fold
from detente.data.evidence_tables import TradeSeries, monthly_series
from detente.data.importers import importer
from detente.data.limits import memoized
from detente.data.price_tables import budgets
from detente.data.price_tables import price_tables as accounts
from detente.data.tables import arrays
from detente.lab.averages.laid_law import laid_law
from detente.lab.averages.revenue import collected_in
from detente.lab.averages.sides import Side
from detente.lab.claims.fitting import CHANGE
from detente.lab.claims.measurand import Basis, Measured, nothing, quantities
from detente.lab.claims.rates import COLLECTED, IMPORTS, LAWBOOK, PUBLISHED, START, data_to, law_under
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.trade import about, of_series, on_record, period_of
from detente.lab.prices.prices import Shocks, Start
from detente.law import Law
from detente.law import Reading as Time
from detente.trade.prices import DRAWN, PassThrough, burden, drawn_lines, latin_hypercube, price_effect

LEVEL = "detail"
ACCOUNTS = "input-output accounts of 2017"
SURVEY = "consumer expenditures of 2023"


def consumer_prices(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Rise of consumer prices, share of spending; that part of it which a partner's goods make, where one is named."""
    lines = _lines(basis, row, reading, as_of)
    tables = accounts(LEVEL)
    rise = lines @ tables.purchasers / tables.total
    return Measured(float(rise[0]), rise[1:], (LAWBOOK, IMPORTS, ACCOUNTS), remark=_compared(row, reading, as_of))


def household_cost(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Cost to the average household, USD a year, on the basis the reading names."""
    mean = burden(accounts(LEVEL), _lines(basis, row, reading, as_of), budgets()).mean
    cost = (mean.out_of_pocket if reading.of == "pocket" else mean.national_accounts)[:, 0]
    inputs = (LAWBOOK, IMPORTS, ACCOUNTS, SURVEY)
    return Measured(float(cost[0]), cost[1:], inputs, remark=_compared(row, reading, as_of))


def _compared(row: QuantityRow, reading: ReadingRow, as_of: date) -> str:
    partner = reading.partner or row.partner
    goods = f", goods of {partner} alone" if partner else ""
    return f"tariffs of {reading.on or as_of} compared with {row.base or START}{goods}"


def _lines(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Floats:
    """Rise of each line of consumer spending, shape (1 + draws, lines): as the reading assumes first, then draws."""
    law, on = law_under(reading, as_of)
    partner = reading.partner or row.partner
    later = _shock(law, on, reading.scope, partner)
    earlier = _shock(importer("USA").law, row.base or START, reading.scope, partner)
    assumed = PassThrough(reading.border, reading.follow, reading.margin)
    tables = accounts(LEVEL)
    middle = price_effect(tables, later, assumed).lines - price_effect(tables, earlier, assumed).lines
    if not basis.draws:
        return middle[None, :]
    # Draws of what no reading fixes.
    bounds = {name: (getattr(assumed, name),) * 2 for name in DRAWN}
    drawn = latin_hypercube(basis.draws, basis.seed, {**bounds, "import_share": DRAWN["import_share"]})
    spread = (drawn_lines(tables, later, drawn) - drawn_lines(tables, earlier, drawn)).sum(axis=0)
    return np.concatenate([middle[None, :], spread])


@memoized
def _shock(law: Law, on: date, scope: str, partner: str) -> Floats:
    """Rise of duty-inclusive import prices by commodity since the law of `START`, shape (commodities,)."""
    side = Side(str(on), on, Time.EFFECTIVE, law, laid_law(law, None, scope))
    shocks = Shocks(side, Start.of(side), LEVEL)
    if not partner:
        return shocks.total
    members = importer("USA").countries.expand(partner, START, "partner")
    if not members & set(shocks.flows.expanded()[0].partners):
        raise InputError("partner", f"there are no US imports from {partner}", "name another partner")
    rises = [shock for code, shock in shocks.by_partner().items() if code in members]
    return np.sum([np.zeros_like(shocks.total), *rises], axis=0)


AUTOS = ("New domestic autos", "New foreign autos", "New light trucks")
CLOTHES = ("Women's and girls' clothing", "Men's and boys' clothing", "Children's and infants' clothing")
APPLIANCES = ("Major household appliances", "Small electric household appliances")
COMPUTERS = ("Personal computers/tablets and peripheral equipment",)
PHONES = ("Telephone and related communication equipment",)
VIDEO = ("Televisions", "Other video equipment", "Audio equipment", "Photographic equipment")
FRESH = ("Fruit (fresh)", "Vegetables (fresh)")
AT_HOME = (
    "Cereals and bakery products", "Meats, poultry, fish, and eggs", "Dairy products", "Fruits and vegetables",
    "Other food at home",
)  # fmt: skip

#: Everyday words -> budget categories or lines.
WORDS: Mapping[str, tuple[str, ...]] = {
    "toys": ("Games, toys, and hobbies",),
    "cars": AUTOS,
    "new cars": AUTOS,
    "vehicles": AUTOS,
    "car parts": ("Accessories and parts",),
    "tires": ("Tires",),
    "clothing": CLOTHES,
    "clothes": CLOTHES,
    "apparel": CLOTHES,
    "shoes": ("Shoes and other footwear",),
    "footwear": ("Shoes and other footwear",),
    "furniture": ("Furniture",),
    "appliances": APPLIANCES,
    "computers": COMPUTERS,
    "laptops": COMPUTERS,
    "phones": PHONES,
    "smartphones": PHONES,
    "televisions": ("Televisions",),
    "electronics": (*VIDEO, *COMPUTERS, *PHONES),
    "groceries": AT_HOME,
    "food": AT_HOME,
    "food at home": AT_HOME,
    "fresh produce": FRESH,
    "fruit": ("Fruit (fresh)",),
    "vegetables": ("Vegetables (fresh)",),
    "beef": ("Beef and veal",),
    "fish": ("Fish and seafood",),
    "coffee": ("Coffee, tea, and other beverage materials",),
    "medicines": ("Pharmaceutical products",),
    "drugs": ("Pharmaceutical products",),
    "gasoline": ("Gasoline and other motor fuel",),
    "bicycles": ("Bicycles and accessories",),
    "jewellery": ("Jewelry",),
    "sporting goods": ("Sporting equipment, supplies, guns, and ammunition",),
    "tools": ("Tools, hardware, and supplies",),
    "dishes": ("Dishes and flatware",),
    "bedding": ("Household linens",),
}


def category_price(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Rise of the consumer prices of a category under the law of the day, share of spending on it.

    Raises
    ------
    InputError : no category. UnknownName : one that consumer spending does not have.
    """
    if not row.category:
        raise InputError(f"quantity {row.name}", "names no category", "add category: toys")
    lines = lines_of(row.category)
    tables = accounts(LEVEL)
    spent = tables.purchasers * lines
    rise = _lines(basis, row, reading, as_of) @ spent / spent.sum()
    titles = [title for title, inside in zip(tables.titles, lines, strict=True) if inside]
    goods = titles[0] if len(titles) == 1 else f"{len(titles)} lines of consumer spending"
    remark = f"{goods}, {_compared(row, reading, as_of)}"
    return Measured(float(rise[0]), rise[1:], (LAWBOOK, IMPORTS, ACCOUNTS), remark=remark)


@memoized
def lines_of(name: str) -> np.ndarray:
    """Which lines of consumer spending a category holds, shape (lines,).

    Raises
    ------
    UnknownName : with the nearest names.
    """
    tables = accounts(LEVEL)
    words = {fold(word): parts for word, parts in WORDS.items()}
    parts = {fold(part) for part in words.get(fold(name), (name,))}
    inside = [fold(t) in parts or fold(c) in parts for t, c in zip(tables.titles, tables.categories, strict=True)]
    if not any(inside):
        known = (*WORDS, *tables.used_categories, *tables.titles)
        raise UnknownName("category", name, known, "quantity category_price, category", f"use {', '.join(WORDS)}")
    return np.asarray(inside, dtype=bool)


#: Populations -> series on record.
SERIES: Mapping[str, str] = {
    "consumer prices": "consumer-prices",
    "goods without food and energy": "goods-prices",
    "import prices": "all-import-prices",
    "import prices without fuel": "import-prices",
    "yuan per dollar": "yuan",
}

#: Days after the end of a month until its prices are published.
RELEASED = timedelta(days=17)


def price_index(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Change of a price index over a month or a span of months, share."""
    population = quantities()[row.name].population(row.population)
    change = reading if reading.of else reading.model_copy(update={"of": CHANGE})
    return of_series(_index(SERIES[population]), row, change, population, "claims.source_prices", RELEASED)


def pass_through(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Share of a duty that importers bear: sellers who bore all of it would cut prices before duty by as much.

    One plus the change of import prices without fuel over that of one plus the duty collected, both as logarithms and
    against the same months of the year before.
    """
    period, prices = period_of(row), _index("import-prices").values
    inputs = (declared_note("claims.source_prices"), COLLECTED)
    months = [month for month in period.months if _known(month, prices)]
    missing = [month for month in period.months if month not in months]
    if len(missing) > len(months):
        words = f"{on_record(_index('import-prices'), 'import prices')}; duty collected: {data_to()}"
        return nothing(f"{words}; {about(period)}", *inputs)
    moves = log(_duty_factor(months) / _duty_factor([_before(month) for month in months]))
    paces = [[log(prices[m] / prices[_before(m)]) for m in span] for span in (months, map(_before, months))]
    price, pace = (float(np.mean(each)) for each in paces)
    price -= 0.0 if reading.of == "plain" else pace
    remark = declared_note("claims.prices_and_duty", period=period.text, price=price, duty=moves)
    remark += f"; without {', '.join(missing)}" if missing else ""
    if abs(moves) < LEAST:
        return nothing(f"{remark}; {declared_note('claims.duty_moved_little')}", *inputs)
    value, known = 1.0 + price / moves, period.last_day + PUBLISHED
    if not 0.0 <= value <= 1.0:
        remark = f"{declared_note('claims.pass_through_beyond', value=value)}; {remark}"
        return replace(nothing(remark, *inputs), known=known)
    return Measured(value, inputs=inputs, known=known, remark=remark)


#: Least change of the duty, as a logarithm, from which a share of it can be read off prices.
LEAST = 0.02


def _before(month: str) -> str:
    """The same month of the year before."""
    return f"{int(month[:4]) - 1}{month[4:]}"


def _known(month: str, prices: Mapping[str, float]) -> bool:
    """Whether prices of a month and of the two years before are on record, and duty of it and the year before."""
    earlier = _before(month)
    return {month, earlier, _before(earlier)} <= set(prices) and all(
        isfinite(collected_in(m)) for m in (month, earlier)
    )


def _duty_factor(months: Sequence[str]) -> float:
    """One plus the duty collected over imports in some months."""
    table = arrays("usa_collected_monthly")
    own = (table["partner"] == "all") & np.isin(table["month"], months)
    return 1.0 + float(table["duty"][own].sum() / table["imports"][own].sum())


def _index(name: str) -> TradeSeries:
    """Level of an index by month; the sum over months of two equal spans compares their means."""
    months, level = monthly_series(name)
    return TradeSeries("Bureau of Labor Statistics", dict(zip(months.tolist(), level.tolist(), strict=True)))
