"""A claim typed as one sentence: its number, what it measures, whose and when; read as a row of a file of claims.

A grammar of few words, no model. What the words do not decide is refused with what would decide it, never guessed at:
an answer to another question is worse than none. The answer says how the sentence was read.
"""

from __future__ import annotations

import re
from calendar import month_abbr, month_name
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field

from detente.codes import InputError, Parameter
from detente.codes.countries import fold
from detente.codes.days import BASE_DAY
from detente.data.models import FileModel, Texts, shipped
from detente.data.tables import countries
from detente.lab.claims.measurand import quantities
from detente.lab.claims.prices import WORDS as CATEGORIES
from detente.lab.claims.rows import SIZES
from detente.lab.statute.search import candidates

CAUSAL = (
    "household_cost",
    "real_income_change",
    "gdp_change",
    "price_effect",
    "category_price",
    "jobs",
    "pass_through",
)
"""Effects of tariffs, which the model answers; all else is measured."""

SINCE = ("average_tariff_rise", "household_cost", "real_income_change", "gdp_change", "price_effect", "category_price")
"""Changes, of which a sentence is taken to mean those since the start of 2025."""

MOVABLE = ("price_effect", "category_price", "household_cost", "real_income_change", "gdp_change", "jobs", "imports",
           "exports", "trade_balance", "tariff_revenue", "magnet_exports", "index_return")  # fmt: skip
"""Quantities of which a word of movement says a direction."""

SPOKEN = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "seventeen": 17, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
}  # fmt: skip

MONTHS = {name.lower(): n for names in (month_name, month_abbr) for n, name in enumerate(names) if name}
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
A_DAY = re.compile(
    rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<m>{MONTH})\b\.?,?(?: (?P<y>(?:19|20)\d\d))?"
    rf"|\b(?P<m2>{MONTH})\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d),?(?: (?P<y2>(?:19|20)\d\d))?"
)
A_MONTH = re.compile(
    rf"\b(?P<when>in|of|for|by|from|during|since) (?:early |late |the middle of )?"
    rf"(?P<m>{MONTH})\b\.?(?: (?P<y>(?:19|20)\d\d))?"
)
A_YEAR = re.compile(r"\b(?:in|of|for|by|during)(?: the end of| calendar)? (?P<y>(?:19|20)\d\d)\b")
SINCE_YEAR = re.compile(
    r"\b(?:since|after|seen (?:around|about|in)) (?:the year |world war |the )?(?P<y>1[89]\d\d|20\d\d)(?P<s>s?)\b"
)
CENTURY = re.compile(
    r"\bin (?:over |more than |about |almost |nearly )?(?:a|1) century\b|\bin (?:over |more than )?100 years\b"
)
NUMBER = re.compile(
    r"(?P<sign>-|−|minus )?(?P<dollars>\$|usd |us\$)? ?(?P<value>\d[\d,]*(?:\.\d+)?)(?:-|–| ?)"
    r"(?P<many>thousand|million|mn\b|bn\b|billion|trillion|tn\b|k\b|m\b)?[ -]?"
    r"(?P<unit>%|per ?cent(?:age)?(?: |-)points?|per ?cent\b|pct\b|pp\b|points?\b|tonnes?\b|tons?\b|dollars?\b|usd\b"
    r"|jobs?\b|workers\b|months?\b|times\b|fold\b)?"
)
TIMES = {"thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6, "bn": 1e9, "billion": 1e9, "trillion": 1e12,
         "tn": 1e12}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A number of a sentence.

    Attributes
    ----------
    value : in its unit; `kind` : percent, points, dollars, tonnes, months, ratio, or "" for a bare number.
    start, end : its place in the text.
    """

    value: float
    kind: str
    start: int
    end: int


class Rule(FileModel):
    """A quantity, patterns of which a sentence about it has one, kinds of number that it takes, and what bars it."""

    about: str
    has: Texts
    kinds: tuple[Literal["percent", "points", "dollars", "tonnes", "jobs", "none"], ...]
    bars: Annotated[Texts, Field(alias="not")] = ()


class Grammar(FileModel):
    """What sentences are read by.

    Attributes
    ----------
    words : name -> words, as patterns. patterns : name -> alternatives. rules : what a sentence is about.
    markets : pattern -> index of shares. shares : pattern -> what a share is of. peoples : name -> code of a country.
    """

    words: dict[str, Texts]
    patterns: dict[str, Texts]
    rules: tuple[Rule, ...]
    markets: dict[str, str]
    shares: dict[str, str]
    peoples: dict[str, str]


@cache
def grammar() -> Grammar:
    """The grammar of the package."""
    return shipped(Grammar, "sentences.yaml")


@cache
def pattern(*alternatives: str) -> re.Pattern[str]:
    """One pattern of many; a name in angle brackets stands for its words, and plain words for themselves, whole."""

    words = grammar().words

    def whole(text: str) -> str:
        return re.sub("(?<!P)<([a-z ]+)>", lambda name: rf"\b(?:{'|'.join(map(whole, words[name[1]]))})(?![a-z])", text)

    return re.compile("|".join(
        text if text[:1] in "\\^<" else rf"\b(?:{text})(?![a-z])" for text in map(whole, alternatives)
    ))  # fmt: skip


def says(name: str, text: str) -> re.Match[str] | None:
    """Where a text has one of the words, or the pattern, of a name in the grammar."""
    return pattern(*(grammar().patterns.get(name) or (f"<{name}>",))).search(text)


def row_of(sentence: str, what: str, day: str) -> dict[str, Any]:
    """A sentence as a row of a file of claims; its number, and the years of which it is the highest, are a part each.

    Parameters
    ----------
    what : name of the quantity, where the sentence does not say it. day : on which it is taken to be said, ISO.

    Raises
    ------
    InputError : no number, or no words that say what it measures.
    """
    today, text = date.fromisoformat(day[:10]), _plain(sentence)
    times, bare = _times(text, today)
    numbers = list(_numbers(bare))
    row = {"claim_id": "own", "quote": sentence.strip(), "said": day}
    ranked = [] if what not in ("", "rank_since") else [_part(quantity) for quantity in _ranked(text, today)]
    if ranked and (what or not any(number.kind for number in numbers)):
        return {**row, **ranked[0]}
    if not numbers:
        raise _unread("has no number", "give one, as: the average tariff is 28 percent")
    plain = pattern(*grammar().patterns["condition"]).sub(_blank, bare)
    number = _meant(numbers, bare, plain, "percent" if says("market", text) else "")
    name = what or _about(plain, number, bare, text)
    if not name:
        raise _unread("does not say what its number measures", "name it by what, as average_tariff_level")
    if name in CAUSAL and says("own tariff", text):
        raise _unread("is about tariffs of its own, not about those in force", "put them into a scenario and run it")
    on = date.fromisoformat(times.get("as_of", str(today)))
    quantity = _quantity(name, number, plain if _countries_in(plain) else bare, text, on)
    takes = {*quantities()[name].needs, *quantities()[name].optional}
    quantity |= {key: own for key, own in times.items() if key in takes and not (key == "year" and "period" in times)}
    quantity |= {"base": str(BASE_DAY)} if name in SINCE else {}
    part = _part(quantity)
    if not ranked or not name.startswith("average_tariff"):
        return {**row, **part}
    return {**row, "parts": [part | {"part": "a", "statement": sentence.strip()}, ranked[0] | {"part": "b"}]}


def _ranked(text: str, today: date) -> list[dict[str, Any]]:
    """The year since which a sentence says that nothing was as high, as a quantity; none where it says none."""
    if not says("highest", text):
        return []
    since, old = SINCE_YEAR.search(text), says("century", text)
    if since is None and old is None:
        return []
    year = today.year - 100 if since is None else int(since["y"]) + (9 if since["s"] else 0)
    base = {"base": str(BASE_DAY)} if re.search(r"\b(?:rise|increase|jump)\b", text) else {}
    return [{"name": "rank_since", "value": str(year), "comparator": ">", "unit": "year"} | base]


def _part(quantity: dict[str, Any]) -> dict[str, Any]:
    """A quantity as what a claim says."""
    part = {"kind": "causal" if quantity["name"] in CAUSAL else "measurement", "quantity": quantity}
    ranked = quantity["name"] == "rank_since"
    part |= {"statement": f"no year since {quantity['value']} was as high"} if ranked else {}
    return part | ({"definition": {"of": "rise"}} if ranked and "base" in quantity else {})


def _unread(what: str, repair: str) -> InputError:
    return InputError(Parameter("statement"), what, repair)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


# --- when -------------------------------------------------------------------------------------------------------------


def _plain(sentence: str) -> str:
    """Small letters, and numbers in words as digits."""
    text = " ".join(sentence.lower().replace("\u2019", "'").split())
    text = re.sub(r"\bhalf a (trillion|billion|million)\b", r"0.5 \1", text)
    text = re.sub(r"\ba (trillion|billion|million)\b(?=[ -]dollar|\Wa year)", r"1 \1", text)
    spoken = re.compile(rf"\b({'|'.join(SPOKEN)})\b(?!\W(?:years?|days?|weeks?)\b)")
    return spoken.sub(lambda match: str(SPOKEN[match[1]]), text)


def _times(text: str, today: date) -> tuple[dict[str, Any], str]:
    """Day, month and year that a sentence names, as keys of a quantity; and the sentence without them."""
    times: dict[str, Any] = {}
    bare = pattern(*grammar().patterns["no number"]).sub(_blank, text)
    for match in A_DAY.finditer(bare):
        month, day, year = (match[a] or match[b] for a, b in (("m", "m2"), ("d", "d2"), ("y", "y2")))
        try:
            times["as_of"] = str(date(int(year or today.year), MONTHS[month], int(day)))
        except ValueError:
            raise _unread(f"names a day that there is not: {match[0].strip()}", "mend the day") from None
    bare = A_DAY.sub(_blank, bare)
    if (match := A_MONTH.search(bare)) and match["when"] not in ("since", "from"):
        month = MONTHS[match["m"]]
        times["period"] = f"{match['y'] or (today.year if month <= today.month else today.year - 1)}-{month:02}"
    bare = A_MONTH.sub(_blank, bare)
    if match := A_YEAR.search(bare):
        times["year"] = int(match["y"])
    return times, pattern(*grammar().patterns["a year"]).sub(_blank, A_YEAR.sub(_blank, bare))


# --- numbers ----------------------------------------------------------------------------------------------------------


def _numbers(text: str) -> Iterator[Said]:
    """Every number of a text, in its order, with what kind of number it is."""
    for match in NUMBER.finditer(text):
        unit, many = (match["unit"] or "").strip(), (match["many"] or "").strip()
        value = float(match["value"].replace(",", "").rstrip(".")) * TIMES.get(many, 1.0)
        dollars = match["dollars"] or many in ("bn", "billion", "trillion", "tn") or unit.startswith(("dollar", "usd"))
        kinds = {"points": "point|pp", "percent": "%|per|pct", "tonnes": "ton", "jobs": "job|worker", "months": "month",
                 "ratio": "times|fold"}  # fmt: skip
        kind = next((kind for kind, words in kinds.items() if re.search(words, unit)), "dollars" if dollars else "")
        yield Said(-value if match["sign"] else value, kind, match.start("value"), match.end())


def _meant(numbers: list[Said], text: str, plain: str, kind: str) -> Said:
    """The number that a sentence is about: not of its condition; of two, that which it ends at.

    Parameters
    ----------
    plain : the text without its condition. kind : of which the number has to be, if any is.
    """
    shared = next((number.kind for number in reversed(numbers) if number.kind), "")
    numbers = [number if number.kind else replace(number, kind=shared) for number in numbers]
    numbers = [number for number in numbers if plain[number.start : number.end].strip()] or numbers
    numbers = [number for number in numbers if kind and number.kind == kind] or numbers
    for earlier, later in pairwise(numbers):
        before, between = text[: earlier.start].rstrip(" $"), text[earlier.end : later.start].strip(" $")
        if earlier.kind != later.kind:
            continue
        if between == "to" and (before.endswith("from") or (before.endswith("by") and earlier.kind == "dollars")):
            return later
        if re.fullmatch(r"(?:points? )?on top of", between) or (between == "and" and re.search(r"\bpays?\b", text)):
            return replace(later, value=earlier.value + later.value)
    return numbers[0]


def _comparator(text: str, number: Said, moved: str) -> str:
    """How the sentence compares with its number: a size, a direction, or both."""
    known = sorted(((word, size) for size, words in SIZES.items() for word in (size, *words) if len(word) > 1),
                   key=lambda pair: -len(pair[0]))  # fmt: skip
    tail = f" {text[: number.start].rstrip(' $')} "
    size = next((size for word, size in known if tail.endswith(f" {word} ")), "=")
    if size == "=" and re.match(r"[ a-z]{0,9}\b(?:or|and) more\b", text[number.end :]):
        size = ">="
    if not moved or size == "=":
        return moved or size
    return f"{moved} by {next(word for word in SIZES[size] if word)}"


# --- what is measured, and whose --------------------------------------------------------------------------------------


def _about(plain: str, number: Said, bare: str, text: str) -> str:
    """The quantity that a sentence is about; "" where its words do not say."""
    kind = number.kind
    for rule in grammar().rules:
        if (
            (kind or "none") in rule.kinds
            and pattern(*rule.has).search(text)
            and not (rule.bars and pattern(*rule.bars).search(text))
            and (rule.about != "category_price" or _category(text))
        ):
            return rule.about
    if kind not in ("percent", "points") or says("other", bare) or re.match(r" ?of (?!all )", bare[number.end :]):
        return ""
    importer, partner = _sides(plain)
    whole, added, taxed = says("average", plain), says("added", plain), says("taxed", plain)
    goods = _goods(plain)
    if goods and partner:
        return "line_rate"
    if partner:
        if whole or (importer and re.search(r"\bcharges?\b", plain) and not added):
            return "partner_average_rate"
        return "partner_additional_rate" if taxed or added else ""
    if says("goods alone", plain):
        raise _unread(
            "names goods but not whose they are", "name one country, as: tariffs on steel from Canada are 50%"
        )
    if kind == "points" and (says("above start", plain) or ((whole or taxed) and says("up", plain))):
        return "average_tariff_rise"
    return "average_tariff_level" if whole or taxed or says("tariff", bare) else ""


def _quantity(name: str, number: Said, plain: str, text: str, on: date) -> dict[str, Any]:
    """A quantity with its number, unit and whose it is."""
    units = quantities()[name].units
    takes = {*quantities()[name].needs, *quantities()[name].optional}
    value, unit = number.value, number.kind
    if unit == "dollars":
        unit, value = ("usd_bn", value / 1e9) if "usd_bn" in units else ("usd", value)
    amounts = unit in ("usd_bn", "tonnes")
    moved = _moved(text) if name in MOVABLE and not amounts else ""
    if (
        name == "trade_balance"
        and unit == "usd_bn"
        and "surplus" not in text
        and re.search(r"\bdeficit|\bsubsidi", text)
    ):
        value = -abs(value)
    if name == "index_return":
        value, moved = (-value if moved == "fell" else value), ""
    quantity: dict[str, Any] = {"name": name, "value": f"{value:.12g}", "unit": unit if unit in units else units[0]}
    quantity["comparator"] = _comparator(plain, number, moved)
    importer, partner = _sides(plain)
    to_home = says("to home", text)
    if name in ("exports", "magnet_exports") and to_home:
        # What another country sells to the United States: on its own books where it says exports, else US imports.
        if name == "exports" and partner and not re.search(r"\bexport", text):
            quantity["name"] = "imports"
        elif name == "exports":
            quantity, partner = quantity | ({"country": partner} if partner else {}), "USA"
        else:
            partner = "USA"
    elif name in ("magnet_exports", "purchases"):
        partner = ""
    quantity |= {key: side for key, side in (("importer", importer), ("partner", partner)) if side and key in takes}
    if name == "line_rate":
        quantity["line"] = _line(plain, importer, partner, on)
    if name == "index_return":
        quantity["market"] = next(market for words, market in grammar().markets.items() if re.search(words, text))
    if name == "category_price":
        quantity["category"] = _category(text)
    population = _population(name, text)
    return quantity | ({"population": population} if population else {})


def _moved(text: str) -> str:
    """Which way something went, by its verb; "" where none says so."""
    return next((way for way in ("fell", "rose") if says(way, text)), "")


def _sides(text: str) -> tuple[str, str]:
    """Importer, where it is not the United States, and the partner that a sentence names; "" for those it does not."""
    others = _countries_in(text)
    if len(others) != 1:
        return "", ""
    if says("object", text) or (re.search(r"'s (?:[a-z]+ ){1,2}(?:duty|tariff)", text) and not says("home", text)):
        return others[0], "USA"
    return "", others[0]


def _countries_in(text: str) -> list[str]:
    """Countries but the United States that a text names, each once."""
    padded = f" {re.sub(r'[^a-z ]', ' ', re.sub(chr(39) + 's?', ' ', text))} "
    return list(dict.fromkeys(code for name, code in _names().items() if f" {name} " in padded))


@cache
def _names() -> dict[str, str]:
    """Names of countries and peoples, folded, with their codes."""
    names = {fold(name): code for name, code in countries().aliases.items() if len(name) > 3 and not name.isdigit()}
    return {name: code for name, code in (names | grammar().peoples).items() if code != "USA"}


COVERING = {"goods", "products", "imports", "exports", "everything", "all", "most", "rate", "tariff", "duty", "average"}
"""Words for all goods, and words that are none."""


@cache
def _goods(text: str) -> str:
    """Goods that a sentence names beside their country; "" where it names none, or all."""
    sides = sorted((*_names(), "us", "american", "america", "united states"), key=len, reverse=True)
    where = rf"(?:the )?(?:{'|'.join(map(re.escape, sides))})(?:'s|s')?\b"
    for words in grammar().patterns["goods"]:
        full = words.replace("{where}", where).replace("{goods}", "(?P<goods>[a-z][a-z' -]*?)")
        match = pattern(full).search(text.strip())
        named = " ".join(word for word in match["goods"].split() if word not in ("the", "all", "us")) if match else ""
        if named and COVERING.isdisjoint(named.split()) and not says("tariff", named):
            return named
    return ""


def _line(text: str, importer: str, partner: str, on: date) -> str:
    """The tariff line that fits the goods of a sentence best.

    Raises
    ------
    InputError : no line on record holds their name.
    """
    goods = _goods(text)
    try:
        table = candidates(goods, partner, on, of=importer or "USA", most=1)
    except (InputError, LookupError):
        raise _unread(f"names goods of which no tariff line is found: {goods}", "name them by their code") from None
    return str(table.data[table.columns[0].name][0])


def _category(text: str) -> str:
    """Goods whose consumer price is spoken of."""
    return next((name for name in CATEGORIES if re.search(rf"\b{re.escape(fold(name))}\b", text)), "")


def _population(name: str, text: str) -> str:
    """Of what a share or a count is, or what is bought; "" where a quantity takes none."""
    if name == "share":
        kinds = grammar().shares
        return next((kind for words, kind in kinds.items() if re.search(rf"\b{words}", text)), "rare earths")
    if name == "material_share":
        match = says("material", text)
        return match["goods"] if match else ""
    return {"purchases": "soybeans", "count": "controlled rare earths"}.get(name, "")
