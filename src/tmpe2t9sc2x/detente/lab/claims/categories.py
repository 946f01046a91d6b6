"""Consumer prices of a category of goods that claims speak of: its lines of consumer spending, weighed by spending.

A category is one of everyday words (toys, cars, clothing), a budget category of the survey, or a line by its title.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import numpy as np

from detente.codes import InputError, UnknownName
from detente.codes.countries import fold
from detente.data.price_tables import price_tables
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.prices import ACCOUNTS, LEVEL, rises_by_line
from detente.lab.claims.rates import IMPORTS, LAWBOOK, START
from detente.lab.claims.rows import QuantityRow, ReadingRow

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
"""Everyday words -> budget categories or lines."""


def category_price(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Rise of the consumer prices of a category under the law of the day, share of spending on it.

    Raises
    ------
    InputError : no category. UnknownName : one that consumer spending does not have.
    """
    if not row.category:
        raise InputError(f"quantity {row.name}", "names no category", "add category: toys")
    lines = lines_of(row.category)
    tables = price_tables(LEVEL)
    spent = tables.purchasers * lines
    rise = rises_by_line(basis, row, reading, as_of) @ spent / spent.sum()
    titles = [title for title, inside in zip(tables.titles, lines, strict=True) if inside]
    goods = titles[0] if len(titles) == 1 else f"{len(titles)} lines of consumer spending"
    partner = reading.partner or row.partner
    whose = f", goods of {partner} alone" if partner else ""
    remark = f"{goods}, law of {reading.on or as_of} against {row.base or START}{whose}"
    return Measured(float(rise[0]), rise[1:], (LAWBOOK, IMPORTS, ACCOUNTS), remark=remark)


@lru_cache(maxsize=64)
def lines_of(name: str) -> np.ndarray:
    """Which lines of consumer spending a category holds, shape (lines,).

    Raises
    ------
    UnknownName : with the nearest names.
    """
    tables = price_tables(LEVEL)
    words = {fold(word): parts for word, parts in WORDS.items()}
    parts = {fold(part) for part in words.get(fold(name), (name,))}
    inside = [fold(t) in parts or fold(c) in parts for t, c in zip(tables.titles, tables.categories, strict=True)]
    if not any(inside):
        known = (*WORDS, *tables.used_categories, *tables.titles)
        raise UnknownName("category", name, known, "quantity category_price, category", f"use {', '.join(WORDS)}")
    return np.asarray(inside, dtype=bool)
