"""Purchases that were pledged, against what was bought: US exports of a good to China by calendar year, dollars.

A good is a code of two to six digits, or one of the words pledges use. Tonnes need a price, which nothing here holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import isfinite

from detente.codes import InputError, UnknownName, declared_note
from detente.codes.countries import fold
from detente.data.tables import countries, place
from detente.data.trade_record import us_exports_to_china
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.trade import added_up, measured, period_of
from detente.lab.claims.vocabulary import level_or_change

BUYER = "CHN"
GOODS: Mapping[str, tuple[str, ...]] = {
    "soybeans": ("120190",),
    "corn": ("1005",),
    "wheat": ("1001",),
    "sorghum": ("1007",),
    "cotton": ("5201",),
    "beef": ("0201", "0202"),
    "pork": ("0203",),
    "poultry": ("0207",),
    "agricultural goods": tuple(f"{chapter:02d}" for chapter in range(1, 25)),
    "energy": ("27",),
    "crude oil": ("2709",),
    "liquefied natural gas": ("271111",),
    "propane": ("271112",),
    "coal": ("2701",),
    "semiconductors": ("8542",),
    "cars": ("8703",),
    "medicines": ("3004",),
}
"""Goods of pledges -> codes that they begin with."""


def purchases(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Purchases of a good by China from the United States in a year, USD; or their change, share.

    Raises
    ------
    UnknownName : a good that is neither a code nor one of the words.
    """
    buyer = countries().resolve(row.partner, f"quantity {row.name}, partner") if row.partner else BUYER
    name = row.line or row.population
    if row.unit == "tonnes":
        return Measured(float("nan"), remark=declared_note("claims.purchases_no_tonnes", good=name))
    if buyer != BUYER:
        what = declared_note("claims.purchases_other_buyer", buyer=place(buyer), known=place(BUYER))
        return Measured(float("nan"), remark=what)
    series = added_up([us_exports_to_china(code) for code in codes_of(name)])
    kind = reading.of or level_or_change(row, None)
    words = declared_note("claims.purchases", good=name, buyer=place(BUYER))
    answer = measured(series, kind, row, period_of(row), words)
    known = answer.known if isfinite(answer.value) else None
    inputs = (declared_note("claims.source_exports_to_china"),)
    return Measured(answer.value, inputs=inputs, known=known, remark=answer.remark)


def codes_of(name: str) -> tuple[str, ...]:
    """Codes of a good, by code or by word.

    Raises
    ------
    UnknownName : with the nearest words. InputError : no good.
    """
    if not name:
        raise InputError("quantity purchases", "names no good", 'add population: soybeans, or line: "1201.90"')
    plain = name.replace(".", "")
    if plain.isdigit():
        return (plain[:6],)
    words = {fold(word): codes for word, codes in GOODS.items()}
    if fold(name) not in words:
        raise UnknownName("good", name, GOODS, "quantity purchases, population", f"use {', '.join(GOODS)} or a line")
    return words[fold(name)]
