"""Quantities of a shipment in the units a duty is charged by: `1000 kg, 20 No.`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from detente.codes.errors import InputError
from detente.law.duty import DEGREE, MONEY, Duty, measure_words

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
    "each": (
        *("each", 1.0),
        (
            *("no", "nos", "number", "unit", "units", "piece", "pieces", "pcs", "head", "article", "articles", "x"),
            *("item", "items", "watch", "watches", "clock", "clocks", "movement", "movements"),
        ),
    ),
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

ITEM = re.compile(r"^(\$)?\s*(-?(?:\d[\d,_]*(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?)\s*(.*)$", re.IGNORECASE)
BREAK = re.compile(r"\s*(?:;|,\s+(?=[$\d.-])|(?<!\d),(?=[$\d.-]))\s*")
"""Between two amounts: a semicolon, or a comma with a number after it; a comma within a number parts thousands."""

COMMAS = re.compile(r"\d[\d._]*(?:,\d[\d._]*)+")
THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
BASIS = re.compile(r"^.*? (?:on|of|including) ")
SMALL = frozenset("on of the in and value including".split())
PURE_SUGAR = 100.0
"""Degrees of polarisation of pure sugar, the most there are."""

KEPT = frozenset(("apparatus", "sugars", "contents"))
"""Words of the schedule that end in s."""

PROOF_LITERS = 2.0
"""Proof liters in a liter of pure alcohol: one proof liter is a liter at half alcohol."""


def unit_named(word: str) -> tuple[str, float] | None:
    """The unit a word names and how many of it the word holds; None for a word nobody knows."""
    plain = re.sub(r"\s+", " ", word.strip().lower())
    return NAMES.get(plain) or NAMES.get(plain.rstrip("."))


def read_quantity(text: str | float, duty: Duty) -> dict[str, float]:
    """Amounts of a duty's measures from a reader's words; a bare number is of the first measure.

    `text` is a number or words such as "1000 kg", "1 t, 96 degrees" or "12 No., 400 USD case". Parts that one measure
    taxes together are added up.

    Raises
    ------
    InputError
        no number, one below zero or out of its range, a comma that may mean two things, a unit the duty is not charged
        by, a unit given twice.
    """
    duty.check()
    amounts: dict[str, float] = {}
    parts: set[tuple[str, str]] = set()
    for item in BREAK.split(_without_doubt(str(text).strip(" ,;"))):
        measure, amount, words = _read_item(item, duty)
        if measure in amounts and ((measure, words) in parts or not words):
            raise InputError("quantity", f"{measure} is given twice", "give each unit once")
        parts.add((measure, words))
        amounts[measure] = amounts.get(measure, 0.0) + amount
    _check_range(amounts, duty)
    return amounts


def _without_doubt(text: str) -> str:
    """The text itself; refused where a comma within a number parts no thousands."""
    for number in COMMAS.findall(text):
        if not THOUSANDS.fullmatch(number):
            meant = _with_point(number)
            hint = f"did you mean {meant}? " if meant else ""
            repair = f"{hint}write decimals with a point, and a blank after the comma between two amounts"
            raise InputError("quantity", f"'{number}' has a comma that parts no thousands", repair)
    return text


def _with_point(number: str) -> str:
    """A number with a decimal comma as it is written with a point; "" where it is none."""
    whole, _, decimals = number.replace(".", "").rpartition(",")
    return f"{whole}.{decimals}" if "," not in whole else ""


def _read_item(item: str, duty: Duty) -> tuple[str, float, str]:
    """Measure, amount in its unit, and the words that say of which part of the goods."""
    matched = ITEM.match(item)
    if not matched:
        raise InputError("quantity", f"'{item}' is not an amount with a unit", _repair(duty))
    amount = float(re.sub(r"[,_]", "", matched[2]))
    if not 0.0 <= amount < math.inf:
        raise InputError("quantity", f"'{item}' is not an amount of goods", "give a positive number")
    words = f"{MONEY if matched[1] else ''} {matched[3]}".strip()
    if not words:
        return _first(duty), amount, ""
    return _measure(words, amount, duty)


def _check_range(amounts: Mapping[str, float], duty: Duty) -> None:
    """Refuse a shipment of nothing and degrees over those of pure sugar."""
    first = duty.measures[0]
    whole = first in amounts and first in UNITS
    if not any(amounts.values()) or (whole and not amounts[first]):
        raise InputError("quantity", f"0 {first} is no shipment", "give a positive number")
    if amounts.get(DEGREE, 0.0) > PURE_SUGAR:
        what = f"{amounts[DEGREE]:g} degrees is over the {PURE_SUGAR:g} of pure sugar"
        raise InputError("quantity", what, f"give degrees of polarisation from 0 to {PURE_SUGAR:g}")


def check_parts(value: float, amounts: Mapping[str, float]) -> None:
    """Refuse parts that are worth more than the goods, and more alcohol than there is liquid.

    Parameters
    ----------
    value : customs value of the goods, USD.
    amounts : as `read_quantity` returns them.
    """
    worth = sum(amount for measure, amount in amounts.items() if measure.startswith(f"{MONEY} "))
    if worth > value * (1.0 + 1e-9):
        what = f"parts worth {worth:,.2f} USD are more than the goods, worth {value:,.2f} USD"
        raise InputError("quantity", what, "give as value that of all the goods, parts and all")
    alcohol = sum(amount for measure, amount in amounts.items() if measure.startswith("pf.liter"))
    most = PROOF_LITERS * amounts.get("liter", math.inf)
    if alcohol > most:
        what = f"{alcohol:,.10g} pf.liter is more than {most:,.10g}, which is pure alcohol"
        raise InputError("quantity", what, "count a liter at 40% alcohol as 0.8 pf.liter")


def _first(duty: Duty) -> str:
    if not duty.measures:
        raise InputError("quantity", f"the base duty{duty.in_brief} is on value alone", "leave the quantity out")
    return duty.measures[0]


def _measure(words: str, amount: float, duty: Duty) -> tuple[str, float, str]:
    """The one measure of the duty that the words mean, the amount in its unit, and the words after the unit."""
    _first(duty)
    unit, rest = _split(words)
    fitting = [(m, f) for m in duty.measures if (f := _factor(unit, m)) and _speaks_of(rest, m)]
    if len(fitting) > 1 and not rest:
        fitting = [(m, f) for m, f in fitting if not BASIS.search(m)]
    if unit is None or len(fitting) != 1:
        raise InputError("quantity", f"the base duty{duty.in_brief} is not charged by '{words}'", _repair(duty))
    measure, factor = fitting[0]
    return measure, amount * factor, " ".join(rest)


def _split(words: str) -> tuple[tuple[str, float] | None, list[str]]:
    """The unit at the head of some words, longest first, and the words after it that say of what."""
    pieces = words.lower().split()
    for n in range(len(pieces), 0, -1):
        unit = unit_named(" ".join(pieces[:n]))
        if unit:
            return unit, [_singular(w.strip(",.")) for w in pieces[n:] if w not in SMALL]
    return None, []


def _singular(word: str) -> str:
    """Straps is strap, batteries is battery; the words of the schedule are singular."""
    if word in KEPT or not word.endswith("s"):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


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
    proof = " (a liter at 40% alcohol is 0.8)" if any(m.startswith("pf.liter") for m in duty.measures) else ""
    return f"give {', '.join(f'N {measure_words(m)}' for m in duty.measures)}{proof}"
