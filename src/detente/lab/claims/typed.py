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
from functools import cache, partial
from itertools import pairwise
from string import ascii_lowercase
from typing import Annotated, Any, Literal

from pydantic import Field

from detente.codes import InputError, Parameter, dotted
from detente.codes.countries import fold
from detente.codes.days import BASE_DAY
from detente.data.limits import memoized
from detente.data.models import FileModel, Texts, shipped
from detente.data.tables import countries
from detente.lab.claims.measurand import RATES, quantities
from detente.lab.claims.prices import WORDS as CATEGORIES
from detente.lab.claims.rows import SIZES
from detente.lab.statute.lookup import SUBHEADING
from detente.lab.statute.search import candidates, stemmed, synonyms

#: Effects of tariffs, which the model answers; all else is measured.
CAUSAL = (
    "household_cost",
    "real_income_change",
    "gdp_change",
    "price_effect",
    "category_price",
    "jobs",
    "pass_through",
)

#: Changes, of which a sentence is taken to mean those since the start of 2025.
SINCE = ("average_tariff_rise", "household_cost", "real_income_change", "gdp_change", "price_effect", "category_price")

#: Words of a piece that is too short to say whose number it gives.
FRAGMENT = 4

#: What is bought, sold and collected: in dollars their size, in per cent how far they moved.
FLOWS = ("imports", "exports", "trade_balance", "tariff_revenue", "magnet_exports")

#: Flows between countries.
TRADE = ("imports", "exports", "trade_balance")

#: Quantities of which a word of movement says a direction.
MOVABLE = ("price_effect", "category_price", "household_cost", "real_income_change", "gdp_change", "jobs", "imports",
           "exports", "trade_balance", "tariff_revenue", "magnet_exports", "index_return")  # fmt: skip

#: Quantities in per cent of something.
PARTS = ("share", "material_share", "partner_share", "pass_through", "average_tariff_level", "real_income_change")

SPOKEN = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
#: A whole number in words, below a million; not of years, days or weeks.
SPELLED = re.compile(
    rf"\b(?:{(some := '|'.join(SPOKEN))})(?:[- ](?:{some}|(?:hundred|thousand)(?: and)?))*\b"
    r"(?!\W(?:years?|days?|weeks?|of the|after|more)\b)"
)

MONTHS = {name.lower(): n for names in (month_name, month_abbr) for n, name in enumerate(names) if name}
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
A_DAY = re.compile(
    rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<m>{MONTH})\b\.?,?(?: (?P<y>(?:19|20)\d\d))?"
    rf"|\b(?P<m2>{MONTH})\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d),?(?: (?P<y2>(?:19|20)\d\d))?"
)
A_MONTH = re.compile(
    rf"\b(?P<when>in|of|for|by|from|during|since|year to) (?:early |late |the middle of )?"
    rf"(?P<m>{MONTH})\b\.?(?: (?P<y>(?:19|20)\d\d))?"
)
#: Months otherwise than one by one: of a flow, from one to another, a quarter, a fiscal year, the last one.
SPANS = re.compile(
    rf"\b(?P<m>{MONTH})(?:'s)?,? (?:(?P<my>20\d\d) )?(?:goods |trade |overall )*"
    r"(?=(?:saw|exports|imports|shipments|trade|deficit|surplus|customs)\b)"
    rf"|\b(?P<a>{MONTH}) ?(?:through|to|-|–) ?(?P<b>{MONTH})\b(?: (?P<y>20\d\d))?"
    r"|\b(?:q(?P<q>[1-4])\b|(?P<n>second|third|fourth) quarter)(?: (?:of )?(?P<qy>20\d\d))?"
    r"|\b(?:first (?P<f>\d+) months of )?(?:the )?(?:fiscal (?:year )?(?P<fy>20\d\d)|(?P<yf>20\d\d) fiscal year)\b"
    r"|(?<!\bfrom )(?<!\bthan )(?<!\bover )(?<!\bwith )(?<!\bto )(?<!\bon )\blast (?P<last>month|year)\b(?!')"
)
A_YEAR = re.compile(r"\b(?:in|of|for|by|during)(?: the end of| calendar)? (?P<y>(?:19|20)\d\d)\b")
FIRST = re.compile(
    r"\bfirst (?:(?P<n>\d+) )?(?P<unit>half|quarter|month)s?(?: of (?:the |this )?(?:year|(?P<y>20\d\d)))?\b"
)
SINCE_YEAR = re.compile(
    r"\b(?:since|after|seen (?:around|about|in)) (?:the year |world war |the )?(?P<y>1[89]\d\d|20\d\d)(?P<s>s?)\b"
)
NUMBER = re.compile(
    r"(?P<sign>-|−|minus )?(?P<foreign>\b(?:ca?|au?|hk|nt|s)\$|\b(?:cad|aud|eur|gbp|jpy|cny|rmb|inr|krw|chf) ?|[€£¥₹])?"
    r"(?P<dollars>\$|usd |us\$)? ?(?P<value>\d[\d,]*(?:\.\d+)?)(?:-|–| ?)"
    r"(?P<many>thousand|million|mn\b|bn\b|billion|trillion|tn\b|k\b|m\b)?[ -]?"
    r"(?P<unit>%|per ?cent(?:age)?(?: |-)points?|per ?cent\b|pct\b|pp\b|points?\b|(?:metric )?(?:tonnes?|tons?)\b"
    r"|dollars?\b|usd\b|jobs?\b|workers\b|months?\b|times\b|fold\b"
    r"|(?:yen|euros?|yuan|renminbi|pounds?|rupees?|francs?|canadian dollars)\b)?"
)
#: What follows a number that counts things.
COUNTED = re.compile(
    r" ?(?!to\b|or\b|and\b|per\b|in\b|on\b|from\b|up\b|of\b|at\b|by\b|before\b|after\b|now\b|last\b)[a-z]"
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


class LeftOut(FileModel):
    """Quantities, all where none is named, and patterns of what a sentence may say that their readings don't keep."""

    has: Texts
    of: Texts = ()


class Grammar(FileModel):
    """What sentences are read by.

    Attributes
    ----------
    words : name -> words, as patterns. patterns : name -> alternatives. rules : what a sentence is about.
    left_out : what bars a reading.
    markets : pattern -> index of shares. shares : pattern -> what a share is of. peoples : name -> code of a country.
    fractions : pattern of parts in words -> the same in digits.
    """

    words: dict[str, Texts]
    patterns: dict[str, Texts]
    rules: tuple[Rule, ...]
    left_out: tuple[LeftOut, ...]
    markets: dict[str, str]
    shares: dict[str, str]
    peoples: dict[str, str]
    fractions: dict[str, str]


@memoized
def grammar() -> Grammar:
    """The grammar of the package."""
    return shipped(Grammar, "sentences.yaml")


@cache
def pattern(*alternatives: str) -> re.Pattern[str]:
    """One pattern of many; a name in angle brackets stands for its words, and plain words for themselves, whole."""

    words = grammar().words
    known, country = (
        "|".join(sorted(map(re.escape, names), key=len, reverse=True)) for names in (synonyms(), _names())
    )

    def whole(text: str) -> str:
        text = text.replace("{known}", f"(?:{known})").replace("{country}", f"(?:{country})")
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
    row, today = {"claim_id": "own", "quote": sentence.strip(), "said": day}, date.fromisoformat(day[:10])
    whole = _plain(sentence)
    named = _countries_in(whole)
    parts: list[dict[str, Any]] = []
    refused: list[InputError] = []
    for piece in _pieces(sentence):
        try:
            # A sentence that names no country is about the one that the others name.
            parts += _parts_of(piece, what, today, named if len(named) == 1 else [])
        except InputError as error:
            refused.append(error)
    if not parts:
        raise max(refused, key=lambda error: error.what != NO_NUMBER)
    if len(parts) == 1:
        return {**row, **parts[0]}
    return {
        **row,
        "parts": [{"statement": sentence.strip(), **part, "part": ascii_lowercase[k]} for k, part in enumerate(parts)],
    }


#: Dollars that no household pays, and that no country's trade or revenue is below.
MOST = 1e6

#: Per cent that no tariff is above.
MOST_RATE = 1e3

NO_NUMBER = "has no number"
#: Where one sentence ends and another begins; an abbreviation ends none.
PIECES = re.compile(r"(?<=[a-z0-9%)\"'][.!?;])\s+(?=[A-Z0-9$\"'])")

CLAUSES = re.compile(
    r",? (?:and|but|with) (?=an? |[A-Z][a-z.]+(?:'s)? (?:tariff|dut|lev)\w+ on )"
    r"|,? (?:while|whereas|as well as) |; |, (?=and an? )"
)
#: Where one tariff of a list ends and that of another country begins.
LISTED = re.compile(
    r"(?:,|,? and|,? plus|;) (?=(?:an? )?[\d.]+ ?(?:%|per ?cent)(?: [a-z]+){0,2}?"
    r" (?:on|for|from|against|tariff|dut|lev)"
    r"|(?:from|on|for) (?:the )?[A-Z][^,]* (?:to|at|by) \d)"
)


def _pieces(sentence: str) -> list[str]:
    """The sentences of a text; one that lays several tariffs on several countries in its parts."""
    pieces = []
    for each in PIECES.split(sentence.strip()):
        text = _plain(each)
        ways = [CLAUSES.split(each)] + [LISTED.split(each)] * bool(
            says("tariff", text) and not any(says(name, text) for name in ("supposed", "not laid"))
        )
        first, *others = next((way for way in ways if len(way) > 1 and all(map(_sound, way))), [each])
        pieces += [first, *map(_with_tariff, others)]
    return pieces


def _sound(clause: str) -> bool:
    """Whether a clause has a number and a country, so that it can stand alone."""
    return bool(re.search(r"\d", text := _plain(clause)) and _countries_in(text))


def _with_tariff(clause: str) -> str:
    """A clause of a list of tariffs, with the word that only its first has."""
    if says("tariff", _plain(clause)) or not LISTED.search(f", {clause}"):
        return clause
    return f"tariffs {'' if clause[0].isalpha() else 'of '}{clause}"


def _parts_of(sentence: str, what: str, today: date, context: list[str]) -> list[dict[str, Any]]:
    """What one sentence claims, a part for each country of which it says the same.

    Parameters
    ----------
    context : country that the sentences beside it are about.
    """
    text = _plain(sentence)
    times, bare = _times(text, today)
    numbers = list(_numbers(bare))
    ranked = [] if what not in ("", "rank_since") else [_part(quantity) for quantity in _ranked(text, today)]
    if ranked and (what or not any(number.kind for number in numbers)):
        return ranked
    if not numbers:
        raise _unread(NO_NUMBER, "give one, as: the average tariff is 28 percent")
    conditions = pattern(*grammar().patterns["condition"])
    plain = conditions.sub(_blank, bare)
    if not any(plain[number.start : number.end].strip() for number in numbers):
        # What has no number says nothing of the tariff that it answers.
        spans = [match.span() for match in conditions.finditer(bare)]
        a, b = next(span for span in spans if span[0] <= numbers[0].start < span[1])
        plain = bare = " " * a + bare[a:b] + " " * (len(bare) - b)
    number = _meant(numbers, bare, plain, "percent" if says("market", text) else "")
    # What is said of a further number is said of no other.
    end = _end(number, numbers, bare)
    clause = text[:end]
    times = _times(clause[number.start :], today)[0] or _times(clause, today)[0]
    if number.kind == "money":
        raise _unread("gives an amount in another money than dollars", "give it in dollars")
    if not what and says("supposed", text):
        raise _unread("is about tariffs of its own, not about those in force", "put them into a scenario and run it")
    if not what and says("opinion" if number.kind in ("percent", "points") else "a firm", text):
        raise _unread("is about opinions, chances, rates of interest or a firm", "ask about tariffs, trade or prices")
    here = context if not _countries_in(bare) and len(bare.split()) > FRAGMENT else []
    importer, partners = _importer_and_partners(plain[:end], here)
    name = what or _about(plain[:end], number, bare, clause, (importer, *partners))
    if not partners:
        importer, partners = _importer_and_partners(bare[:end], here)
    if not name:
        raise _unread("does not say what its number measures", "name it by what, as average_tariff_level")
    if not what and (lost := _left_out(name, number, plain, clause)):
        raise _unread(f"says more than our reading would keep: {lost}", "leave it out, or name the quantity by what")
    if name in CAUSAL and says("own tariff", text):
        raise _unread("is about tariffs of its own, not about those in force", "put them into a scenario and run it")
    if name in TRADE and not (partners or says("home", clause)) and _countries_in(bare):
        raise _unread("does not say whose trade it is", "name the country, as: China's exports fell by 2%")
    on = date.fromisoformat(times.get("as_of", str(today)))
    takes = {*quantities()[name].needs, *quantities()[name].optional}
    monthly = number.kind == "percent" and name in (*FLOWS, "price_index")
    monthly = monthly and not says("a year before", text[number.end :]) and says("month before", text[number.start :])
    times = _month_after(monthly, times, today) if monthly else times
    dated = {key: own for key, own in times.items() if key in takes and not (key == "year" and "period" in times)}
    dated |= {"base": str(BASE_DAY)} if name in SINCE else {}
    if not _joined(text, partners):
        if name in RATES and sum(each.kind == number.kind for each in numbers) > 1:
            raise _unread("gives the tariffs of several countries", "give them one by one")
        partners = partners[:1]
    elif len(partners) > 1 and name not in (*RATES, *CAUSAL) and "partner" in takes:
        raise _unread("gives one number of several countries", "give that of each")
    several = [
        _part(
            _quantity(name, number, plain[:end], text, clause, on, importer, partner) | dated, "before" * bool(monthly)
        )
        for partner in (partners if "partner" in takes else partners[:1]) or ("",)
    ]
    return several + (ranked if name.startswith("average_tariff") else [])


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


def _part(quantity: dict[str, Any], of: str = "") -> dict[str, Any]:
    """A quantity as what a claim says, of what definition where the usual one is not meant."""
    part = {"kind": "causal" if quantity["name"] in CAUSAL else "measurement", "quantity": quantity}
    ranked = quantity["name"] == "rank_since"
    part |= {"statement": f"no year since {quantity['value']} was as high"} if ranked else {}
    of = "rise" if ranked and "base" in quantity else of
    return part | ({"definition": {"of": of}} if of else {})


def _unread(what: str, repair: str) -> InputError:
    return InputError(Parameter("statement"), what, repair)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


# --- when -------------------------------------------------------------------------------------------------------------


def _plain(sentence: str) -> str:
    """Small letters, the United States in full, and numbers in words as digits."""
    text = re.sub(r"\bU\.? ?S\.?(?: ?A\b\.?)?(?!\w)(?!\$)", "united states", " ".join(sentence.split()))
    text = re.sub(r"\b([EU])\.([KU])\.", r"\1\2", text)
    text = re.sub(r"\ba (?=(?:hundred|thousand)\b(?! of))", "one ", text.lower().replace("\u2019", "'"))
    text = SPELLED.sub(_in_digits, text)
    for words, digits in grammar().fractions.items():
        text = re.sub(words, digits, text)
    return text


def _in_digits(words: re.Match[str]) -> str:
    """A number in words as digits: seventy-two is 72, three thousand and five 3005."""
    whole = part = 0
    for word in words[0].replace(" and", "").replace("-", " ").split():
        if word == "thousand":
            whole, part = whole + 1000 * part, 0
        else:
            part = 100 * part if word == "hundred" else part + SPOKEN[word]
    return str(whole + part)


def _times(text: str, today: date) -> tuple[dict[str, Any], str]:
    """Day, month and year that a sentence names, as keys of a quantity; and the sentence without them."""
    times: dict[str, Any] = {}
    text = pattern(*grammar().patterns["compared"]).sub(_blank, text)
    bare = pattern(*grammar().patterns["no number"]).sub(_blank, FIRST.sub(_blank, text))
    for match in A_DAY.finditer(bare):
        if re.search(r"\b(?:since|until|till|before) $", bare[: match.start()]):
            continue
        month, day, year = (match[a] or match[b] for a, b in (("m", "m2"), ("d", "d2"), ("y", "y2")))
        try:
            times["as_of"] = str(date(int(year or today.year), MONTHS[month], int(day)))
        except ValueError:
            raise _unread(f"names a day that there is not: {match[0].strip()}", "mend the day") from None
    bare = A_DAY.sub(_blank, bare)
    if (match := A_MONTH.search(bare)) and match["when"] not in ("since", "from"):
        month = MONTHS[match["m"]]
        times["period"] = f"{match['y'] or (today.year if month <= today.month else today.year - 1)}-{month:02}"
    if match := SPANS.search(text):
        times["period"], bare = _period_of(match, today), SPANS.sub(_blank, bare)
    elif match := FIRST.search(text):
        months = int(match["n"] or 1) * {"half": 6, "quarter": 3, "month": 1}[match["unit"]]
        times["period"] = f"{match['y'] or today.year}-01..{match['y'] or today.year}-{min(months, 12):02}"
    bare = A_MONTH.sub(_blank, bare)
    if match := A_YEAR.search(bare):
        times["year"] = int(match["y"])
    return times, pattern(*grammar().patterns["a year"]).sub(_blank, A_YEAR.sub(_blank, bare))


def _month_after(against: re.Match[str], times: dict[str, Any], today: date) -> dict[str, Any]:
    """Times of a change against the month before.

    Raises
    ------
    InputError : the months lie further apart, or none is named.
    """
    named = {key: MONTHS[month] for key, month in against.groupdict().items() if month}
    before, after = named.get("first") or named.get("month"), named.get("next")
    period = str(times.get("period", ""))
    if after or (before and not period):
        month = after or (before or 0) % 12 + 1
        period = f"{today.year - (month > today.month)}-{month:02}"
    if not re.fullmatch(r"\d{4}-\d\d", period) or before not in (None, (int(period[5:]) - 2) % 12 + 1):
        raise _unread("compares months that do not follow each other", "name the month and the one before")
    return times | {"period": period}


def _period_of(match: re.Match[str], today: date) -> str:
    """Months named together, as a period."""
    if fiscal := match["fy"] or match["yf"]:
        first, months = 12 * int(fiscal) - 3, int(match["f"] or 12)
    elif match["last"] == "year":
        first, months = 12 * (today.year - 1), 12
    elif match["last"]:
        first, months = 12 * today.year + today.month - 2, 1
    else:
        quarter = int(match["q"] or {"second": 2, "third": 3, "fourth": 4}.get(match["n"], 0))
        month = 3 * quarter - 2 if quarter else MONTHS[match["m"] or match["a"]]
        months = 3 if quarter else MONTHS[match["b"]] - month + 1 if match["b"] else 1
        year = int(match["my"] or match["y"] or match["qy"] or today.year - (month > today.month))
        first = 12 * year + month - 1
    ends = [f"{month // 12}-{month % 12 + 1:02}" for month in (first, first + months - 1)]
    return "..".join(ends[: 1 + (months > 1)])


# --- numbers ----------------------------------------------------------------------------------------------------------


def _numbers(text: str) -> Iterator[Said]:
    """Every number of a text, in its order, with what kind of number it is."""
    for match in NUMBER.finditer(text):
        unit, many = (match["unit"] or "").strip(), (match["many"] or "").strip()
        value = float(match["value"].replace(",", "").rstrip(".")) * TIMES.get(many, 1.0)
        dollars = match["dollars"] or many in ("bn", "billion", "trillion", "tn") or unit.startswith(("dollar", "usd"))
        kinds = {"money": "yen|euro|yuan|renmin|pound|rupee|franc|canadian", "points": "point|pp",
                 "percent": "%|per|pct", "tonnes": "ton", "jobs": "job|worker", "months": "month",
                 "ratio": "times|fold"}  # fmt: skip
        kind = next((kind for kind, words in kinds.items() if re.search(words, unit)), "dollars" if dollars else "")
        kind = "money" if match["foreign"] else kind
        yield Said(-value if match["sign"] else value, kind, match.start("value"), match.end())


def _meant(numbers: list[Said], text: str, plain: str, kind: str) -> Said:
    """The number that a sentence is about: not of its condition; of two, that which it ends at.

    Parameters
    ----------
    plain : the text without its condition. kind : of which the number has to be, if any is.
    """
    shared = next((number.kind for number in reversed(numbers) if number.kind), "")
    numbers = [
        number if number.kind or COUNTED.match(text[number.end :]) else
        replace(number, kind="" if kind else shared or ("percent" if _in_percent(number, text) else ""))
        for number in numbers
    ]  # fmt: skip
    for earlier, later in pairwise(numbers):
        between = re.sub(r"[ $]*(?:\bus|\busd)?[ $]*$", "", text[earlier.end : later.start])
        moved = says("moved before", text[: earlier.start]) and says("reaching", between)
        if (earlier.kind, later.kind) == ("percent", "dollars") and (
            moved or re.fullmatch(r"(?: of [a-z ]+)?,? or(?: about)?", between)
        ):
            return later
    numbers = [number for number in numbers if plain[number.start : number.end].strip()] or numbers
    numbers = [number for number in numbers if kind and number.kind == kind] or numbers
    numbers = [number for number in numbers if number.kind] or numbers
    # A change against a year before goes before one against a month.
    yearly = [number for number in numbers if says("a year before", text[number.end :])]
    numbers = yearly if len(yearly) == 1 and yearly[0].kind == "percent" and kind != "dollars" else numbers
    # An amount that is taxed, promised or earned is not what a sentence with another number is about.
    beside = [number for number in numbers if says("beside", text[: number.start].rstrip(" $"))]
    beside += [later for earlier, later in pairwise(numbers)
               if earlier in beside and text[earlier.end : later.start].strip(" $") == "and"]  # fmt: skip
    numbers = [number for number in numbers if number.kind != "dollars" or number not in beside] or numbers
    if named := [number for number in numbers if number.kind == "dollars" and says("in tariffs", text[number.end :])]:
        return named[0]
    for earlier, later in pairwise(numbers):
        rates = earlier.kind in ("percent", "points") and later.kind == "percent"
        if rates and says("brought to", text[earlier.end : later.start].rstrip()):
            return later
    for earlier, later in pairwise(number for number in numbers if number.kind == numbers[0].kind):
        before, between = text[: earlier.start].rstrip(" $"), text[earlier.end : later.start].strip(" $")
        apart = re.search(r"\b(?:and|while|but|with)\b|;", between)
        grown = says("became", between)
        span = between == "to" and before.endswith("by") and earlier.kind != "dollars"
        if (grown and not apart) or says("by now", text[: later.start].rstrip(" $")):
            return later
        if LED_TO.search(between) and not (apart or span) and says("changes", before):
            return later
        if re.fullmatch(r"(?:points? )?on top of", between) or (between == "and" and re.search(r"\bpays?\b", text)):
            return replace(later, value=earlier.value + later.value)
    return numbers[0]


#: What stands between a number and the one that it became.
LED_TO = re.compile(
    r"(?:^|(?<!compared)[ ,])to(?: (?:about|around|over|roughly|nearly|almost|approximately|just|only|more than))*$"
)


def _in_percent(number: Said, text: str) -> bool:
    """Whether a bare number is the rate of a tariff, by what stands before it."""
    return number.value < MOST_RATE and says("tariff before", text[: number.start]) is not None


def _end(number: Said, numbers: list[Said], text: str) -> int:
    """Where what a sentence says of one of its numbers ends: at the conjunction before the next of its kind."""
    later = (each for each in numbers if each.kind == number.kind and each.start > number.end)
    cuts = ([*CONJUNCTION.finditer(text, number.end, each.start)] for each in later)
    return next((cut[-1].start() for cut in cuts if cut), len(text))


#: What begins what is said of another number; of two numbers alone it does not.
CONJUNCTION = re.compile(
    r"(?:[,;]|\b(?:and|while|but|whereas|yet|though)\b)(?= \$?[a-z])|(?<=[a-z])(?:,| and| or)(?= )"
    r"|\b(?:(?:higher|lower) than|(?:up|down) from|compared (?:with|to)|versus)\b|, from\b"
)


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


def _about(plain: str, number: Said, bare: str, text: str, sides: tuple[str, ...]) -> str:
    """The quantity that a sentence is about; "" where its words do not say."""
    kind, (importer, *partners) = number.kind, sides
    around = says("tariff behind", bare[number.end :]), says("tariff before", bare[: number.start])
    laid = kind == "percent" and any(around)
    for rule in grammar().rules:
        if (
            not laid
            and (kind or "none") in rule.kinds
            and pattern(*rule.has).search(stretch := plain if rule.about in FLOWS else text)
            and not (rule.bars and pattern(*rule.bars).search(stretch))
            and (rule.about != "category_price" or _category(text))
        ):
            return rule.about
    behind = bare[number.end :]
    if kind not in ("percent", "points") or re.match(r" ?of (?!all )", behind) or says("a year before", behind):
        return ""
    if not laid and (says("other", bare) or says("other measure", plain[: number.start])):
        return ""
    whole, added, taxed = says("average tariff", plain), says("added", plain), says("taxed", plain)
    open_side = not says("home", plain) and any(_fits("whose rate", code, plain) for code in sides if code)
    if open_side or (not (whole or any(sides)) and says("object", plain)):
        raise _unread("does not say whose tariff it is", "name the country, as: China's tariff on US goods is 10%")
    if (taxed or added) and not whole and _goods(plain):
        return "line_rate"
    if any(partners):
        if whole or (importer and re.search(r"\bcharges?\b", plain) and not added):
            return "partner_average_rate"
        return "partner_additional_rate" if taxed or added else ""
    if not whole and says("goods alone", plain):
        raise _unread("names goods that are not known", "name them by their code, as: the tariff on 7403.11 is 50%")
    if not whole and says("on all", plain) and not says("tariffs at", bare):
        raise _unread("is about a tariff on all countries", "name one, as: the additional tariff on Japan is 10%")
    if kind == "points" and (says("above start", plain) or ((whole or taxed) and says("up", plain))):
        return "average_tariff_rise"
    return "average_tariff_level" if whole or says("tariffs at", bare) else ""


def _left_out(name: str, number: Said, plain: str, text: str) -> str:
    """Words of a sentence that a reading would not keep; "" where it keeps all."""
    bars = [has for each in grammar().left_out if name in (each.of or (name,)) for has in each.has]
    match = pattern(*bars).search(plain[: len(text)]) if bars else None
    match = match or (says("for long", text) if name in (*FLOWS, *CAUSAL, "index_return") else None)
    if name in ("price_effect", "category_price"):
        match = match or says("measured", text) or says("month before", text)
    if match is not None:
        return match[0].strip()
    before, behind = f"{text[: number.start].rstrip(' $')} ", text[number.end :]
    changed = number.kind not in ("percent", "points") or says("moved before", before) or says("moved behind", behind)
    up = before.endswith(" by ") or (re.search(r"\bby(?: [a-z]+){1,2} $", before) and says("moved before", before))
    more = up or says("more behind", behind) or (name != "tariff_revenue" and says("changed by", before))
    flows = name not in FLOWS or (not more if number.kind == "dollars" else changed)
    of = number.kind == "percent" and name not in PARTS and re.match(r" ?of (?!all )", behind)
    kept = flows and not of and not (up and name in (*RATES, "average_tariff_level"))
    return "" if kept and not before.endswith(" from ") else text[number.start : number.end].strip()


def _quantity(
    name: str, number: Said, plain: str, text: str, clause: str, on: date, importer: str, partner: str
) -> dict[str, Any]:
    """A quantity with its number, unit and whose it is.

    Parameters
    ----------
    clause : what the text says up to a further number.
    """
    units = quantities()[name].units
    takes = {*quantities()[name].needs, *quantities()[name].optional}
    value, unit = number.value, number.kind
    if unit == "dollars":
        least, most = (0.0, MOST) if name == "household_cost" else (MOST, float("inf"))
        if not least <= value <= most:
            raise _unread(f"has an amount that is too {'large' if value > most else 'small'} for what it is about",
                          "name what it measures by what, as household_cost")  # fmt: skip
        unit, value = ("usd_bn", value / 1e9) if "usd_bn" in units else ("usd", value)
    amounts = unit in ("usd_bn", "tonnes")
    moved = _moved(text, number) if name in MOVABLE and not amounts else ""
    if name == "household_cost" and moved == "fell" and not says("cheaper", text):
        moved = "rose"
    if (
        name == "trade_balance"
        and unit == "usd_bn"
        and "surplus" not in text
        and re.search(r"\bdeficit|\bsubsidi|\bgap\b|imbalance|\blos[eti]", text)
    ):
        value = -abs(value)
    if name == "index_return":
        value, moved = (-value if moved == "fell" else value), ""
    quantity: dict[str, Any] = {"name": name, "value": f"{value:.12g}", "unit": unit if unit in units else units[0]}
    quantity["comparator"] = _comparator(plain, number, moved)
    to_home = says("to home", text)
    if name in ("exports", "magnet_exports") and to_home:
        # What another country sells to the United States: on its own books where it says exports, else US imports.
        if name == "exports" and partner and not re.search(r"\bexport", text):
            quantity["name"] = "imports"
        elif name == "exports" and not partner:
            raise _unread("does not say whose exports they are", "name the country, as: China's exports to the US")
        elif name == "exports":
            quantity, partner = quantity | {"country": partner}, "USA"
        else:
            partner = "USA"
    elif name in ("magnet_exports", "purchases"):
        partner = ""
    elif name in TRADE and (owner := _owner(plain)):
        others = [code for code in _countries_in(plain) if code != owner]
        quantity, partner = quantity | {"country": owner}, "USA" if says("with home", plain) else "".join(others[:1])
    quantity |= {key: side for key, side in (("importer", importer), ("partner", partner)) if side and key in takes}
    if name == "partner_share":
        quantity |= {"country": partner, "partner": "USA"} if partner and not says("own exports", text) else {}
    if name == "line_rate" or (name == "share" and says("share of goods", text)):
        quantity["line"] = _line(plain, importer, partner, on)
    if name == "index_return":
        quantity["market"] = next(market for words, market in grammar().markets.items() if re.search(words, text))
    if name == "category_price":
        quantity["category"] = _category(clause)
    population = _population(name, text)
    return quantity | ({"population": population} if population else {})


def _moved(text: str, number: Said) -> str:
    """Which way something went, by the verb nearest to its number, first before it; "" where none says so."""
    text = pattern(*grammar().patterns["sizes"]).sub(_blank, text)
    spots = [(match.start(), way) for way in ("fell", "rose") for match in pattern(f"<{way}>").finditer(text)]
    before = [spot for spot in spots if spot[0] < number.start]
    return (max(before) if before else min(spots, default=(0, "")))[1]


def _owner(text: str) -> str:
    """The country, not the United States, whose trade with others a text is about; "" where it is of none."""
    return next((code for code in _countries_in(text) if _fits("owner", code, text)), "")


def _importer_and_partners(text: str, context: list[str]) -> tuple[str, tuple[str, ...]]:
    """Importer, where it is not the United States, and the partners that a sentence names."""
    others = _countries_in(text) or context
    importer = next((code for code in others if _lays(code, text)), "")
    if not importer and len(others) == 1 and says("object", text):
        importer = others[0]
    if not importer:
        return "", tuple(others)
    partners = tuple(code for code in others if code != importer)
    return importer, partners or (() if says("average", text) and not says("object", text) else ("USA",))


def _joined(text: str, codes: tuple[str, ...]) -> bool:
    """Whether countries are named side by side, as one thing is said of all of them."""
    padded = f" {re.sub(r'[^a-z, ]', ' ', text)} "

    def spot(code: str) -> tuple[int, int]:
        names = (re.search(rf"(?<= ){name}(?=[ ,])", padded) for name, own in _names().items() if own == code)
        return min((name.span() for name in names if name), key=lambda span: (span[0], -span[1]), default=(0, 0))

    spots = sorted(map(spot, codes))
    return all(re.fullmatch(r"(?:[ ,]|and|or|the|s|on|from)*", padded[a[1] : b[0]]) for a, b in pairwise(spots))


def _lays(code: str, text: str) -> bool:
    """Whether a country is the one whose tariffs a sentence is about."""
    return _fits("lays", code, text) or (not says("home", text) and _fits("lays alone", code, text))


def _fits(name: str, code: str, text: str) -> bool:
    """Whether a text has a pattern of a name with this country in it."""
    where = f"(?:{'|'.join(sorted((name for name, own in _names().items() if own == code), key=len, reverse=True))})"
    return pattern(*(words.replace("{where}", where) for words in grammar().patterns[name])).search(text) is not None


def _countries_in(text: str) -> list[str]:
    """Countries but the United States that a text names, each once, in their order."""
    padded = f" {re.sub(r'[^a-z ]', ' ', re.sub(chr(39) + 's?', ' ', text))} "
    spots = {code: padded.find(f" {name} ") for name, code in _names().items() if f" {name} " in padded}
    return sorted(spots, key=lambda code: spots[code])


@memoized
def _names() -> dict[str, str]:
    """Names of countries and peoples, folded, with their codes."""
    names = {fold(name): code for name, code in countries().aliases.items() if len(name) > 3 and not name.isdigit()}
    peoples = {name + s: code for name, code in grammar().peoples.items() for s in ("", "s" * name.endswith("n"))}
    return {name: code for name, code in (names | peoples).items() if code != "USA"}


#: Words for all goods, and words that are none.
COVERING = {
    "goods",
    "exporters",
    "competitors",
    "products",
    "imports",
    "exports",
    "everything",
    "all",
    "most",
    "majority",
    "rate",
    "tariff",
    "duty",
    "average",
}


@memoized
def _goods(text: str) -> str:
    """Goods that a sentence names, beside their country or their tariff; "" where it names none, or all."""
    sides = sorted((*_names(), "us", "american", "america", "united states"), key=len, reverse=True)
    where = rf"(?:the )?(?:{'|'.join(map(re.escape, sides))})(?:'s|s'|-made)?\b"
    names = []
    for words in grammar().patterns["goods"]:
        full = words.replace("{where}", where).replace("{goods}", "(?P<goods>[a-z][a-z' -]*?)")
        match = pattern(full).search(text.strip())
        named = pattern("<of goods>").sub("", match["goods"]).strip() if match else ""
        barred = _countries_in(named) or any(says(name, named) for name in ("home", "tariff", "no goods"))
        if named and COVERING.isdisjoint(named.split()) and not barred:
            names.append(named)
    match = says("goods known", text)
    known = [name for name in (match.groupdict().values() if match else ()) if name and not says("no goods", name)]
    # Goods that people name stand before words that only stand where goods do.
    return next(filter(partial(says, "some goods"), names), next(iter(known + names), ""))


def _line(plain: str, importer: str, partner: str, on: date) -> str:
    """The tariff line that fits the goods of a sentence best.

    Raises
    ------
    InputError : no line on record holds their name.
    """
    goods = _goods(plain)
    try:
        table = candidates(goods, partner or "CHN", on, of=importer or "USA", most=1)
    except (InputError, LookupError):
        table = None
    hs = [dotted(code) for code in getattr(synonyms().get(stemmed(goods)), "codes", ()) if len(code) == SUBHEADING]
    code, *_, text = (
        (*hs[:1], "", goods) if table is None else (str(table.data[column.name][0]) for column in table.columns)
    )
    # A line that only holds the words somewhere, or a special provision, is not what a sentence means.
    if code and code < "98" and (says("goods by name", goods) or stemmed(goods).split()[-1] in stemmed(text).split()):
        return code
    if " and " in goods:
        return _line(plain.replace(goods, goods.partition(" and ")[0]), importer, partner, on)
    raise _unread(f"names goods of which no tariff line is found: {goods}", "name them by their code")


def _category(text: str) -> str:
    """Goods whose consumer price is spoken of."""
    stems = {name: re.escape(fold(name).removesuffix("s")) for name in CATEGORIES}
    return next((name for name, stem in stems.items() if re.search(rf"\b{stem}(?:e?s)?\b", text)), "")


def _population(name: str, text: str) -> str:
    """Of what a share or a count is, or what is bought; "" where a quantity takes none."""
    if name == "share" and says("share of goods", text):
        return "US imports"
    if name == "share":
        kinds = grammar().shares
        return next((kind for words, kind in kinds.items() if re.search(rf"\b{words}", text)), "rare earths")
    if name == "material_share":
        match = says("material", text)
        return match["goods"] if match else ""
    return {
        "partner_share": "exports",
        "price_index": "consumer prices",
        "purchases": "soybeans",
        "count": "controlled rare earths",
    }.get(name, "")
