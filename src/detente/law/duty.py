"""A duty as its text states it: its addends, what a shipment owes under it in its units, minimum prices, least duties.

Rate texts of a tariff schedule are read into duties: `2.4¢/kg + 5%` is an amount per kilogram and a share of value.
Amounts in other money carry its code, `125 JPY/kg`. Two duties of which the higher or the lower is owed are written
`the greater of 15% or 125 JPY/kg` and `the lesser of ...`, bounds `4.5%, at least 0.3 EUR each, at most 0.8 EUR each`.
Quantities of a shipment are written `1000 kg, 20 No.`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from operator import is_

from detente.codes.errors import InputError
from detente.law.law import Law
from detente.law.measure import Goods, Measure, MeasureKind, MinimumPrice, Period, Rate, Status, names_partner

#: Measure of the polarisation of sugar.
DEGREE = "degree"

#: Degrees of polarisation raw sugar is traded at; equivalents of duties by degree are taken there.
RAW_SUGAR = 96.0

#: First word of the measures that are values of a part of the good, as in `USD on the case`.
MONEY = "USD"


@dataclass(frozen=True, slots=True)
class DutyPart:
    """One addend of a duty.

    Attributes
    ----------
    amount : USD per `unit`; without a unit, a share of value.
    unit : unit of quantity; "" for a share.
    basis : what the share or the quantity is taken of, as "on the case"; "" for the whole good.
    per_degree : USD per unit less for each degree under 100.
    least : USD per unit that degrees cannot go below.
    """

    amount: float
    unit: str = ""
    basis: str = ""
    per_degree: float = 0.0
    least: float = 0.0

    @property
    def is_share(self) -> bool:
        """Whether it is a share of value."""
        return not self.unit

    @property
    def measure(self) -> str:
        """What must be known of a shipment besides its value: "kg", "kg on lead content", "USD on the case"."""
        if self.is_share:
            return f"{MONEY} {self.basis}" if self.basis else ""
        return f"{self.unit} {self.basis}".strip()

    def rate(self, degrees: float = 100.0) -> float:
        """USD per unit at some degrees of polarisation, or the share."""
        return max(self.amount - self.per_degree * (100.0 - degrees), self.least)


@dataclass(frozen=True)
class Duty:
    """A rate text and its addends.

    Attributes
    ----------
    kind : free, ad_valorem, specific, compound, mixed (the greater or the lesser of two), or other for a text that
        states no amount.
    parts : addends.
    limit : words of the text that the amounts alone cannot carry out; "" where there are none.
    least, most : addends of the amounts it cannot go below, or above; none where it has no such bound.
    """

    text: str
    kind: str
    parts: tuple[DutyPart, ...] = ()
    limit: str = ""
    least: tuple[DutyPart, ...] = ()
    most: tuple[DutyPart, ...] = ()

    @property
    def ad_valorem(self) -> bool:
        """Whether it is nothing but a share of the whole value."""
        return self.kind in ("free", "ad_valorem")

    @property
    def words(self) -> str:
        """The text in plain letters: "33.87 cents/kg"."""
        return self.text.replace(" ¢", "¢").replace("¢", " cents")

    @property
    def in_brief(self) -> str:
        """The text between commas within a sentence; "" where it is too long for one."""
        return f", {self.words}," if len(self.words) <= LONGEST else ""

    @property
    def minimum(self) -> float:
        """Share of the value owed at least: the shares of the whole good, or the lowest of those of its parts."""
        owed = max(_share_of(self.parts), _share_of(self.least))
        return min(owed, _share_of(self.most)) if self.most else owed

    @property
    def single_unit(self) -> DutyPart | None:
        """The one amount per unit, where every other addend is a share of the whole value."""
        specific = [p for p in self.parts if not p.is_share]
        shares = [p for p in self.parts if p.is_share]
        bounded = self.least or self.most
        return specific[0] if len(specific) == 1 and not bounded and not any(p.basis for p in shares) else None

    @property
    def measures(self) -> tuple[str, ...]:
        """What must be known of a shipment besides its value, in the order of the text."""
        parts = (*self.parts, *self.least, *self.most)
        measures = [p.measure for p in parts if p.measure]
        if any(p.per_degree for p in parts):
            measures.append(DEGREE)
        return tuple(dict.fromkeys(measures))

    def of(self, value: float, quantity: Mapping[str, float]) -> float:
        """The duty on a shipment, USD.

        Parameters
        ----------
        value : customs value, USD.
        quantity : amount of each of `measures`.

        Raises
        ------
        InputError
            a text without an amount, or a measure that is missing.
        """
        self.check()
        missing = [m for m in self.measures if m not in quantity and not m.endswith(IF_ANY)]
        if missing:
            given = [f"{quantity[m]:g} {measure_words(m)}" for m in self.measures if m in quantity]
            lacking = [measure_words(m) for m in missing]
            example = ", ".join([*given, *(f"N {words}" for words in lacking)])
            what = f"the base duty{self.in_brief} also needs {', '.join(lacking)}"
            raise InputError("quantity", what, f"give '{example}'")
        owed = self._owed(self.parts, value, quantity)
        if self.least:
            owed = max(owed, self._owed(self.least, value, quantity))
        return min(owed, self._owed(self.most, value, quantity)) if self.most else owed

    @staticmethod
    def _owed(parts: tuple[DutyPart, ...], value: float, quantity: Mapping[str, float]) -> float:
        degrees = quantity.get(DEGREE, 100.0)
        return sum(p.rate(degrees) * (quantity.get(p.measure, 0.0) if p.measure else value) for p in parts)

    def check(self) -> None:
        """Refuse a text whose duty cannot be worked out from a value and quantities."""
        if self.kind == "other":
            raise InputError("quantity", f"the base duty reads '{self.words}' and states no amount", REPAIR)
        if self.limit:
            raise InputError("quantity", f"the base duty reads '{self.words}': its limit is another duty", REPAIR)


def _share_of(parts: tuple[DutyPart, ...]) -> float:
    """Share of the value that some addends come to at least."""
    whole = [p.amount for p in parts if p.is_share and not p.basis]
    shares = [p.amount for p in parts if p.is_share and p.basis]
    return sum(whole) + (min(shares) if len(shares) == len(parts) and len(shares) > 1 else 0.0)


def measure_words(measure: str) -> str:
    """A measure as a reader may write it: `USD on the case and strap, band or bracelet` is "USD case and strap"."""
    if not measure.startswith(f"{MONEY} "):
        return measure
    return JOINING.sub(" ", measure).split(", ", 1)[0]


#: Letters of a text up to which a sentence repeats it.
LONGEST = 60

JOINING = re.compile(r" on (?:the )?(?:value of the )?")
#: End of the measures that a shipment may be without.
IF_ANY = ", if any"

REPAIR = "leave the quantity out, or set the base duty as a share"


class ExactDuty(float):
    """A base duty worked out from a quantity: spirits and tobacco owe many times their value."""


#: Unit -> unit the duty is kept in, how many of those it holds, other spellings.
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

#: (given, charged) -> how many of the second one of the first is: counts, and the barrel of 42 gallons.
ALSO = {
    ("each", "doz"): 1 / 12, ("each", "gross"): 1 / 144, ("each", "thousand"): 0.001,
    ("doz", "each"): 12.0, ("doz", "gross"): 1 / 12, ("gross", "each"): 144.0, ("thousand", "each"): 1000.0,
    ("g", "kg"): 0.001, ("kg", "g"): 1000.0, ("liter", "bbl"): 1 / 158.987294928, ("bbl", "liter"): 158.987294928,
}  # fmt: skip

NAMES = {name.lower(): entry[:2] for name, entry in UNITS.items()}
NAMES |= {other: entry[:2] for entry in UNITS.values() for other in entry[2]}

ITEM = re.compile(r"^(\$)?\s*(-?(?:\d[\d,_]*(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?)\s*(.*)$", re.IGNORECASE)
#: Between two amounts: a semicolon, or a comma with a number after it; a comma within a number parts thousands.
BREAK = re.compile(r"\s*(?:;|,\s+(?=[$\d.-])|(?<!\d),(?=[$\d.-]))\s*")

COMMAS = re.compile(r"\d[\d._]*(?:,\d[\d._]*)+")
THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
BASIS = re.compile(r"^.*? (?:on|of|including) ")
SMALL = frozenset("on of the in and value including".split())
#: Degrees of polarisation of pure sugar, the most there are.
PURE_SUGAR = 100.0

PLURAL = re.compile(r"(ie)?s$")
#: Words of the schedule that end in s.
KEPT = frozenset(("apparatus", "sugars", "contents"))

#: Proof liters in a liter of pure alcohol: one proof liter is a liter at half alcohol.
PROOF_LITERS = 2.0


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
            whole, _, decimals = number.replace(".", "").rpartition(",")
            hint = "" if "," in whole else f"did you mean {whole}.{decimals}? "
            repair = f"{hint}write decimals with a point, and a blank after the comma between two amounts"
            raise InputError("quantity", f"'{number}' has a comma that parts no thousands", repair)
    return text


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
    """The unit at the head of some words, longest first, and the words after it that say of what, as singulars."""
    pieces = words.lower().split()
    for n in range(len(pieces), 0, -1):
        if unit := unit_named(" ".join(pieces[:n])):
            named = (word.strip(",.") for word in pieces[n:] if word not in SMALL)
            return unit, [word if word in KEPT else PLURAL.sub(lambda m: "y" if m[1] else "", word) for word in named]
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
    if not basis or not words:
        content = measure.startswith("kg ") and basis.endswith((" content", "sugars"))
        return not words and not (basis and (measure.startswith(MONEY) or content))
    return all(word in basis for word in words)


def _repair(duty: Duty) -> str:
    proof = " (a liter at 40% alcohol is 0.8)" if any(m.startswith("pf.liter") for m in duty.measures) else ""
    return f"give {', '.join(f'N {measure_words(m)}' for m in duty.measures)}{proof}"


PERCENT = re.compile(r"^(\d+(?:\.\d+)?)(?: (\d+)/(\d+))?\s*(?:%|percent)\s*(.*)$")
SPECIFIC = re.compile(r"^(\$)?\s*(\d*\.?\d+)\s*(¢)?\s*(/|each\b|on\b|for each\b)?\s*(.*)$")
OTHER_MONEY = re.compile(r"^(\d+(?:\.\d+)?) ([A-Z]{3})(/| )(.+)$")
EITHER = re.compile(r"^the (?P<which>greater|lesser) of (?P<stated>.+?) or (?P<bound>.+)$")
BOUNDED = re.compile(r"^(?P<stated>.+?)(?:, at least (?P<least>.+?))?(?:, at most (?P<most>.+))?$")
SLIDING = re.compile(
    r"^(?P<top>.+?) less (?P<step>\d*\.?\d+)\s*¢\s*/kg for each degree under 100 degrees "
    r"\(and fractions of a degree in proportion\) but not less (?:than )?(?P<least>\d*\.?\d+)\s*¢\s*/kg$"
)
LIMIT = re.compile(r",? but (?=if |in no case |not )")
FOOTNOTE = re.compile(r"\s*\d+/(?:\s*,?\s*\d+/)*\s*$")
TAG = re.compile(r"<[^>]*>")
#: How words after a percentage begin that say what it is taken of; others make the text another one.
TAKEN_OF = re.compile(r"$|ad valorem|(?:on|of|including) ", re.IGNORECASE)

WHOLE = ("", "ad valorem", "on the entire set", "of the fair retail value")
TAKEN_ON = re.compile(r"^(?P<unit>.*?)\s*\b(?P<basis>(?:on|of|including) .+)$")
JOINED = {"m2of": "m2 of", "thebattery": "the battery", "on case": "on the case", "thou- sand": "thousand"}


def clean(text: str | None) -> str:
    """Without tags, footnote marks, line breaks and doubled spaces."""
    plain = TAG.sub("", text or "").replace("\xa0", " ")
    plain = re.sub(r"\s+", " ", plain).strip()
    return FOOTNOTE.sub("", plain) if not plain.endswith("%") else plain


def parse_duty(text: str | None, per_usd: Mapping[str, float] | None = None) -> Duty | None:
    """The duty a rate text states, kind "other" where it states no amount; None for a blank cell.

    Parameters
    ----------
    per_usd : how many units of each other money, by its code, are one USD.

    Raises
    ------
    InputError
        an amount in a money without a rate.
    """
    plain, money = clean(text), per_usd or {}
    if not plain:
        return None
    if plain.lower().startswith("free"):
        return Duty(plain, "free")
    either, bounded = EITHER.match(plain), BOUNDED.fullmatch(plain)
    texts = bounded.groupdict() if bounded else {}
    if either:
        texts = {"stated": either["stated"], "least" if either["which"] == "greater" else "most": either["bound"]}
    if texts.get("least") or texts.get("most"):
        stated, least, most = (_addends(texts.get(name), money) for name in ("stated", "least", "most"))
        if stated is None or least is None or most is None:
            return Duty(plain, "other")
        return Duty(plain, "mixed", stated, "", least, most)
    # The slide of sugar is no limit but an amount.
    amounts, *limits = [plain] if SLIDING.match(plain) else LIMIT.split(plain, maxsplit=1)
    parts = _addends(amounts, money)
    if parts is None:
        return Duty(plain, "other")
    shares = [part.is_share for part in parts]
    kind = "ad_valorem" if shares == [True] and not parts[0].basis else "compound" if any(shares) else "specific"
    return Duty(plain, kind, parts, "".join(limits))


def _addends(text: str | None, money: Mapping[str, float]) -> tuple[DutyPart, ...] | None:
    """The addends of a sum; None where one of them is no amount, none for no text."""
    parts = [_part(addend.strip(), money) for addend in text.split("+")] if text else []
    known = tuple(part for part in parts if part)
    return known if len(known) == len(parts) else None


def _part(text: str, money: Mapping[str, float]) -> DutyPart | None:
    """An addend: a share, an amount in USD, or USD of one in other money; tonnes are put in kilograms."""
    if sliding := SLIDING.match(text):
        top = _part(sliding["top"], money)
        return top and DutyPart(top.amount, top.unit, top.basis, _cents(sliding["step"]), _cents(sliding["least"]))
    if share := PERCENT.match(text):
        whole, top, bottom, words = share.groups()
        # What it is taken of; the entire set, the retail value or the cost of repairs is the whole entry.
        basis = _tidy(words)
        basis = "" if basis in WHOLE or basis.startswith("of the cost of such") else basis
        fraction = int(top) / int(bottom) if top and bottom else 0.0
        return DutyPart(round((float(whole) + fraction) / 100, 8), basis=basis) if TAKEN_OF.match(words) else None
    if other := OTHER_MONEY.match(text):
        amount, code, _, words = other.groups()
        if code not in money:
            what = f"'{text}' is in {code}, for which there is no rate"
            raise InputError("duty", what, f"set currency: {{code: {code}, per_usd: ...}} in importer.yaml")
        unit, basis, factor = _unit(words)
        return DutyPart(round(float(amount) / money[code] / factor, 12), unit, basis)
    specific = SPECIFIC.match(text)
    if not specific or not (specific[1] or specific[3]):
        return None
    by_piece = (specific[4] or "").endswith("each")
    unit, basis, factor = ("each", specific[5], 1.0) if by_piece else _unit(specific[5])
    return DutyPart(round(float(specific[2]) / (100 if specific[3] else 1) / factor, 12), unit, basis)


def _unit(words: str) -> tuple[str, str, float]:
    """Unit, what it is counted of, and how many of the unit the printed one holds."""
    plain = _tidy(words).replace(", including", " including")
    split = TAKEN_ON.match(plain)
    name, basis = (split["unit"], split["basis"]) if split else (plain, "")
    known = unit_named(re.sub(r"^1,000 pins$", "thousand", name))
    if known is None:
        return name or "each", basis, 1.0
    return known[0], basis, known[1]


def _tidy(words: str) -> str:
    plain = words.strip(" /").lower()
    for wrong, right in JOINED.items():
        plain = plain.replace(wrong, right)
    return re.sub(r"/ +", "/", plain)


def _cents(number: str) -> float:
    return round(float(number) / 100, 12)


def minimum_price(law: Law, codes: Iterable[str], partner: str, on: date) -> MinimumPrice | None:
    """The minimum price, or the least duty, of goods on a day, where one holds for all of some lines; else None.

    Parameters
    ----------
    codes : tariff lines, digits alone; `partner` : origin, ISO3.
    """
    lines = list(codes)
    for measure in law.measures:
        if (
            measure.kind in (MeasureKind.MINIMUM, MeasureKind.DUTY)
            and measure.status is Status.IN_FORCE
            and names_partner(measure.partners, partner, on)
        ):
            prices = [p.minimum for p in measure.periods_on(on) if p.minimum is not None]
            if prices and all(_covers(measure.goods, code, on) for code in lines):
                return prices[0]
    return None


def _covers(goods: Iterable[Goods], code: str, on: date) -> bool:
    return any(
        block.start <= on <= block.end and code.startswith(block.prefixes) and not code.startswith(block.excepted)
        for block in goods
    )


def with_minimum_prices(law: Law, value: float, amounts: Mapping[str, float]) -> Law:
    """The law with its minimum prices as duties on goods of a value (USD) and amounts by unit; itself without any.

    A duty that is owed in no less than an amount has the rate that this comes to, where it is higher. A price in a unit
    whose amount is not known stays as it is.
    """

    def rated(period: Period) -> Period:
        price, rate = period.minimum, period.rate
        if price is None:
            return period
        share = price.duty(value, amounts[price.unit]) / value
        if rate is None or rate.value is None:
            return replace(period, rate=Rate(share))
        return replace(period, rate=replace(rate, value=max(rate.value, share)))

    charged = []
    for m in law.measures:
        units = {p.minimum.unit for p in m.periods if p.minimum is not None}
        if units and m.kind is not MeasureKind.REGIME and units <= set(amounts):
            m = replace(m, kind=MeasureKind.DUTY, periods=tuple(map(rated, m.periods)))
        charged.append(m)
    return law if all(map(is_, charged, law.measures)) else replace(law, measures=tuple(charged))


def flat_duty(
    law: Law, codes: Iterable[str], partner: str, on: date, value: float, states: Mapping[str, float]
) -> tuple[Measure, Period] | None:
    """The regime for small parcels whose flat amount takes the place of every duty, and its period; None for none.

    Parameters
    ----------
    value : customs value of the consignment, USD; `states` : facts that were set, as shares.
    """
    lines = list(codes)
    for measure in law.measures:
        small = measure.kind is MeasureKind.REGIME and (measure.up_to is None or value <= measure.up_to)
        if not small or measure.status is not Status.IN_FORCE or not names_partner(measure.partners, partner, on):
            continue
        for period in measure.periods_on(on):
            fits = all(("yes" in names) == (states.get(fact, 0.0) == 1.0) for fact, names in period.where)
            if period.minimum is not None and fits and all(_covers(measure.goods, code, on) for code in lines):
                return measure, period
    return None


def with_flat_duty(law: Law, regime: Measure, period: Period, value: float, items: float) -> Law:
    """The law with the flat amount of a regime as its only duty, on some items of a value in USD."""
    assert period.minimum is not None
    rate = Rate(period.minimum.duty(value, items) / value)
    flat = replace(
        regime, kind=MeasureKind.DUTY, up_to=None, periods=(replace(period, rate=rate, minimum=None, where=()),)
    )
    others = (MeasureKind.BAN, MeasureKind.CONTROL)
    kept = tuple(flat if m is regime else m for m in law.measures if m is regime or m.kind in others)
    return replace(law, measures=kept, rules=())
