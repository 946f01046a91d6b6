"""Quantities of a shipment in the units a duty is charged by: `1000 kg, 20 No.`."""

from __future__ import annotations

import re

from detente.codes.errors import InputError
from detente.law.duty import DEGREE, MONEY, Duty

UNITS: dict[str, tuple[str, float, tuple[str, ...]]] = {
    "kg": ("kg", 1.0, ("kgs", "kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes")),
    "g": ("g", 1.0, ("gram", "grams", "gramme", "grammes")),
    "t": ("kg", 1000.0, ("tonne", "tonnes", "metric ton", "metric tons", "mt")),
    "lb": ("kg", 0.45359237, ("lbs", "pound", "pounds")),
    "clean kg": ("clean kg", 1.0, ("clean kgs", "kg clean", "clean kilograms")),
    "liter": ("liter", 1.0, ("l", "liters", "litre", "litres", "ltr")),
    "hl": ("liter", 100.0, ("hectoliter", "hectoliters", "hectolitre", "hectolitres")),
    "pf.liter": ("pf.liter", 1.0, ("pf liter", "pf liters", "pf. liter", "pf.liters", "proof liter", "proof liters")),
    "bbl": ("bbl", 1.0, ("bbls", "barrel", "barrels")),
    "m": ("m", 1.0, ("meter", "meters", "metre", "metres", "lin. m", "lin m", "lin.m")),
    "m2": ("m2", 1.0, ("m²", "sq m", "sqm", "square meter", "square meters", "square metres")),
    "m3": ("m3", 1.0, ("m³", "cu m", "cubic meter", "cubic meters", "cubic metres")),
    "each": ("each", 1.0, ("no", "nos", "number", "unit", "units", "piece", "pieces", "pcs", "head", "article", "x")),
    "doz": ("doz", 1.0, ("dozen", "dozens", "dz")),
    "gross": ("gross", 1.0, ()),
    "thousand": ("thousand", 1.0, ("1000", "1,000", "thousands")),
    "pr": ("pr", 1.0, ("pair", "pairs", "prs")),
    "pack": ("pack", 1.0, ("packs",)),
    "jewel": ("jewel", 1.0, ("jewels",)),
    "jewel over 7": ("jewel over 7", 1.0, ("jewels over 7",)),
    "line/gross": ("line/gross", 1.0, ("line gross", "lines gross")),
    "W": ("W", 1.0, ("watt", "watts", "wp")),
    "kW": ("W", 1e3, ("kilowatt", "kilowatts")),
    "MW": ("W", 1e6, ("megawatt", "megawatts")),
    DEGREE: (DEGREE, 1.0, ("degrees", "°", "deg")),
    MONEY: (MONEY, 1.0, ("$", "dollar", "dollars", "us$")),
}
"""Unit -> unit the duty is kept in, how many of those it holds, other spellings."""

ALSO = {
    ("each", "doz"): 1 / 12, ("each", "gross"): 1 / 144, ("each", "thousand"): 0.001,
    ("doz", "each"): 12.0, ("doz", "gross"): 1 / 12, ("gross", "each"): 144.0, ("thousand", "each"): 1000.0,
    ("g", "kg"): 0.001, ("kg", "g"): 1000.0, ("liter", "bbl"): 1 / 158.987294928, ("bbl", "liter"): 158.987294928,
}  # fmt: skip
"""(given, charged) -> how many of the second one of the first is: counts, and the barrel of 42 gallons."""

NAMES = {name.lower(): entry[:2] for name, entry in UNITS.items()}
NAMES |= {other: entry[:2] for entry in UNITS.values() for other in entry[2]}

ITEM = re.compile(r"^(\$)?\s*(\d[\d,_]*(?:\.\d+)?|\.\d+)\s*(.*)$")
BREAK = re.compile(r"\s*(?:;|(?<!\d),|,(?!\d{3}))\s*")
BASIS = re.compile(r"^.*? (?:on|of|including) ")
SMALL = frozenset("on of the in and value including".split())


def unit_named(word: str) -> tuple[str, float] | None:
    """The unit a word names and how many of it the word holds; None for a word nobody knows."""
    plain = re.sub(r"\s+", " ", word.strip().lower())
    return NAMES.get(plain) or NAMES.get(plain.rstrip("."))


def read_quantity(text: str | float, duty: Duty) -> dict[str, float]:
    """Amounts of a duty's measures from a reader's words; a bare number is of the first measure.

    `text` is a number or words such as "1000 kg", "1 t, 96 degrees" or "12 No., 400 USD case".

    Raises
    ------
    InputError
        no number, a negative one, a unit the duty is not charged by, a unit given twice.
    """
    duty.check()
    found: dict[str, float] = {}
    for item in BREAK.split(str(text).strip(" ,;")):
        measure, amount = _read_item(item, duty)
        if measure in found:
            raise InputError("quantity", f"{measure} is given twice", "give each unit once")
        found[measure] = amount
    return found


def _read_item(item: str, duty: Duty) -> tuple[str, float]:
    matched = ITEM.match(item)
    if not matched:
        raise InputError("quantity", f"'{item}' is not an amount with a unit", _repair(duty))
    amount = float(re.sub(r"[,_]", "", matched[2]))
    words = f"{MONEY if matched[1] else ''} {matched[3]}".strip()
    if not words:
        return _first(duty), amount
    return _measure(words, amount, duty)


def _first(duty: Duty) -> str:
    if not duty.measures:
        raise InputError("quantity", f"the base duty, {duty.words}, is on value alone", "leave the quantity out")
    return duty.measures[0]


def _measure(words: str, amount: float, duty: Duty) -> tuple[str, float]:
    """The one measure of the duty that the words mean, and the amount in its unit."""
    _first(duty)
    unit, rest = _split(words)
    fitting = [(m, f) for m in duty.measures if (f := _factor(unit, m)) and _speaks_of(rest, m)]
    if unit is None or len(fitting) != 1:
        raise InputError("quantity", f"the base duty, {duty.words}, is not charged by '{words}'", _repair(duty))
    measure, factor = fitting[0]
    return measure, amount * factor


def _split(words: str) -> tuple[tuple[str, float] | None, list[str]]:
    """The unit at the head of some words, longest first, and the words after it that say of what."""
    pieces = words.lower().split()
    for n in range(len(pieces), 0, -1):
        unit = unit_named(" ".join(pieces[:n]))
        if unit:
            return unit, [w.strip(",.") for w in pieces[n:] if w not in SMALL]
    return None, []


def _factor(unit: tuple[str, float] | None, measure: str) -> float:
    """How many of a measure's unit one of the given unit is; 0 where they do not compare."""
    if unit is None:
        return 0.0
    charged = next((u for u in sorted(UNITS, key=len, reverse=True) if measure == u or measure.startswith(f"{u} ")), "")
    return unit[1] if unit[0] == charged else unit[1] * ALSO.get((unit[0], charged), 0.0)


def _speaks_of(words: list[str], measure: str) -> bool:
    """Whether words name a measure's basis; contents and values of parts must be named, other weights need not be."""
    basis = BASIS.sub("", measure) if BASIS.search(measure) else ""
    if not basis:
        return not words
    named = all(word in basis for word in words)
    return named and (bool(words) or not _must_be_named(measure, basis))


def _must_be_named(measure: str, basis: str) -> bool:
    return measure.startswith(MONEY) or (measure.startswith("kg ") and basis.endswith((" content", "sugars")))


def _repair(duty: Duty) -> str:
    return f"give {', '.join(f'N {m}' for m in duty.measures)}"
