"""Rate texts as publishers write them, put in the one form that `duty_text` reads.

`12,5 %`, `Libre`, `NZ$0.30 per kg`, `10% plus $5/dozen`, `75% or $345/MT whichever is higher` and the like. What leaves
the amount to seasons, quotas or prices is kept as text; what nobody understands is said to be so.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from detente.codes.errors import InputError
from detente.codes.names import vocabulary
from detente.law.duty import Duty, parse_duty, unit_named

#: What publishers write: words for no duty, months, signs and codes of money, units.
FILE = "rate_words.toml"

FREE = frozenset(vocabulary("free", FILE)["words"])
MONTH = f"(?:{'|'.join(vocabulary('months', FILE)['words'])})"
SYMBOLS, MONEY = vocabulary("symbols", FILE), vocabulary("money", FILE)
CODES, UNITS = frozenset(MONEY["codes"]), vocabulary("units", FILE)
EXTRA = {word: (row["unit"], row["holds"]) for row in UNITS["by_word"] for word in row["words"]}
PER_CENT = re.compile(
    r"\s*(?:per ?cent|percent|pct|p\. ?cent|por ciento|por cento|pour cent|prozent|v\. ?h\.)(?![a-z])", re.IGNORECASE
)
AD_VALOREM = re.compile(r"\b(?:ad[ -]?valorem|ad[ -]?val\.?|a\.v\.)\s*", re.IGNORECASE)
SEASON = re.compile(
    rf"\d\s*(?:st|nd|rd|th|er|º)?\.?\s*{MONTH}|{MONTH}[a-zéû]*\.?\s*\d|season|saison|{MONTH}[a-z]*\s*[-–to]+\s*{MONTH}",
    re.IGNORECASE,
)
QUOTA = re.compile(r"quota|contingent|cuota|cupo|\btrq\b|関税割当|配额", re.IGNORECASE)
FORMULA = re.compile(
    r"(?-i:\+\s*EA\b)|ADSZ|ADFM|entry price|差額|課税価格|含有率|calculated on|in the blend|"
    r"variable|formula|〜|~|less the customs value",
    re.IGNORECASE,
)
#: How Mexico's tariff writes US dollars before a unit: `0.338 Dls Kg`.
DOLLARS_OF_MEXICO = re.compile(r"\b(?:dls|dlls)\.?\s*/?\s*(?=[a-z])", re.IGNORECASE)

MARKS = re.compile(r"(?<=\d)\s*((?:BK|BIT|[*#§†‡]|\(\s*[*#§\d]{1,3}\s*\))+)$|(?<=%)\s*([*#§†‡]|\(\s*[*#§]+\s*\))+$")

NUMBER = r"\d[\d .,]*"
SHARE = re.compile(r"^(\d[\d .,]*)\s*%$")
BARE = re.compile(r"^(\d[\d .,]*)$")

#: A sign that several kinds of money share, where the importer's own is none of them.
AMBIGUOUS = "$"

CENTS = re.compile(rf"^({NUMBER})\s*(?:¢|cents?|c)(?=\s*(?:/|per\b|each\b))\s*(.*)$", re.IGNORECASE)
_SIGNS = "|".join(sorted((re.escape(s) for s in (*SYMBOLS, "$", "Rs.", "Rs")), key=len, reverse=True))
_MONEY = rf"(?:{_SIGNS}|[A-Z]{{3}}(?![A-Za-z]))"
BEFORE = re.compile(rf"^(?P<money>{_MONEY})\s*(?P<number>{NUMBER})\s*(?P<rest>(?:/|per\b|each\b|por\b|par\b|the\b).*)$")
AFTER = re.compile(rf"^(?P<number>{NUMBER})\s*(?P<money>{_MONEY})\s*(?P<rest>(?:/|per\b|each\b|por\b|par\b).*)$")

WHICHEVER = re.compile(
    r"[,;]?\s*\(?(?:whichever (?:is|be) (?:the )?|if |et le |le plus )"
    r"(?P<which>higher|greater|highest|lower|lesser|less|élevé|faible)(?: (?:amount|rate|duty|of the two))?\)?\.?$",
    re.IGNORECASE,
)
LEADING = re.compile(
    r"^(?:the )?(?:whichever is the |whichever is )?(?P<which>higher|greater|lower|lesser) of:? (?P<rest>.+)$",
    re.IGNORECASE,
)
MIDDLE = re.compile(
    r"^(?P<first>.+?),?\s+or,?\s+if (?P<which>lower|less|higher|greater),?\s+(?P<second>.+)$", re.IGNORECASE
)
JAPANESE = re.compile(r"^(?P<first>.+?)又は(?P<second>.+?)のうちいずれか(?P<which>高|低)い税率$")
OR = re.compile(r"[,;]?\s+(?:or|ou|o|oder)[,]?\s+", re.IGNORECASE)
BOUND = re.compile(
    r"[,;]?\s*\b(?P<which>but not less than|not less than|minimum of|minimum|with a minimum of|at least|min\.?|"
    r"but not more than|not exceeding|maximum of|maximum|at most|max\.?)\s*:?\s+",
    re.IGNORECASE,
)
LEAST = ("less", "min", "least")
PLUS = re.compile(r"\s*(?:\+|\bplus\b|&|,?\s+\band\b|\bet\b|\by\b|\bund\b)\s*", re.IGNORECASE)

TAKEN = ("free", "ad_valorem", "specific", "compound", "mixed")
NOT_READ, SEASONAL, BY_QUOTA, BY_FORMULA, UNKNOWN_UNIT, UNKNOWN_MONEY = (
    "not read", "seasonal", "quota", "formula", "unknown unit", "money",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RateWords:
    """A rate as the package writes it.

    Attributes
    ----------
    text : in the form of `duty_text`; as the publisher wrote it where kind is other.
    kind : of the duty.
    share : of value owed at least.
    why : what leaves it open where kind is other: season, quota, formula, unknown unit, money without a rate, not read.
    what : the unit or money that is meant by it.
    marks : signs after the rate that were left out.
    bare : whether it is a number without a sign of per cent.
    """

    text: str
    kind: str
    share: float
    why: str = ""
    what: str = ""
    marks: str = ""
    bare: bool = False

    @property
    def read(self) -> bool:
        """Whether it is understood, be it that a season, a quota or a formula decides."""
        return self.why in ("", SEASONAL, BY_QUOTA, BY_FORMULA)


@dataclass(frozen=True, slots=True)
class Money:
    """Kinds of money that amounts may be in: the importer's own, and units of each for one USD."""

    own: str = ""
    per_usd: float = 0.0

    @property
    def rates(self) -> dict[str, float]:
        """Units of each for one USD."""
        return {"USD": 1.0} | ({self.own: self.per_usd} if self.own and self.per_usd else {})

    def code(self, sign: str) -> str:
        """Code of a sign; the sign itself where it may be several kinds."""
        if sign == AMBIGUOUS:
            return self.own if self.own in MONEY["dollars"] else ("USD" if self.own else AMBIGUOUS)
        if sign.startswith("Rs"):
            return self.own if self.own in MONEY["rupees"] else "INR"
        if sign == "¥" and self.own == "CNY":
            return "CNY"
        return SYMBOLS.get(sign, sign)


class _Unread(Exception):
    """A part that cannot be read: why, and which word."""

    def __init__(self, why: str, what: str = "") -> None:
        self.why, self.what = why, what
        super().__init__(why)


def read_rate(cell: str, money: Money | None = None) -> RateWords | None:
    """The rate of a cell; None for a blank one.

    Parameters
    ----------
    money : what amounts are in; without it amounts of money other than USD are left as text.
    """
    # Without line breaks, doubled blanks, letters of double width and signs of dashes.
    text = unicodedata.normalize("NFKC", cell).replace("\u2013", "-").replace("\u2212", "-").replace("٪", "%")
    plain = re.sub(r"\s+", " ", text).strip()
    if not plain:
        return None
    marked = MARKS.search(plain)
    marks = marked[0].strip() if marked else ""
    stem = plain[: marked.start()].strip() if marked else plain
    if stem.lower().rstrip(".") in FREE:
        return RateWords("Free", "free", 0.0, marks=marks, bare=stem == "0")
    for pattern, why in ((SEASON, SEASONAL), (QUOTA, BY_QUOTA), (FORMULA, BY_FORMULA)):
        if pattern.search(stem):  # what leaves the amount open
            return _kept(stem, why)
    try:
        text = _normal(stem, money or Money())
    except _Unread as unread:
        if not _is_ours(stem, money or Money()):
            return _kept(stem, unread.why, unread.what)
        text = stem
    duty = _taken(text, money or Money())
    if duty is None:
        return _kept(stem, NOT_READ)
    if duty.kind == "ad_valorem" and duty.minimum == 0.0:
        return RateWords("Free", "free", 0.0, marks=marks, bare=bool(BARE.match(stem)))
    return RateWords(text, duty.kind, round(duty.minimum, 8), marks=marks, bare=bool(BARE.match(stem)))


def _taken(text: str, money: Money) -> Duty | None:
    """The duty of a text in the words of `duty`; None where it states none that can be worked out."""
    duty = parse_duty(text, money.rates)
    return duty if duty is not None and duty.kind in TAKEN and not duty.limit else None


def _is_ours(text: str, money: Money) -> bool:
    """Whether a text states a duty in the words of `duty` itself, its units known: "3.7¢/kg on drained weight"."""
    if money.own != "USD" and re.search(r"[$¢]", text):
        return False
    try:
        duty = _taken(text, money)
    except InputError:
        return False
    parts = () if duty is None else (*duty.parts, *duty.least, *duty.most)
    return duty is not None and all(part.is_share or unit_named(part.unit) for part in parts)


def _kept(text: str, why: str, what: str = "") -> RateWords:
    """What is kept as text, with the lowest per cent of it; 0 where some goods are free or owe an amount alone."""
    shares = [float(number.replace(",", ".")) for number in re.findall(r"(\d+(?:[.,]\d+)?)\s*%(?!\s*vol)", text)]
    free = any(word in text.lower() for word in ("free", "libre", "無税"))
    amounts = re.search(r"whichever|lower|\bor\b|又は|max", text, re.IGNORECASE)
    lowest = 0.0 if free or amounts or not shares else round(min(min(shares) / 100.0, 35.0), 8)
    return RateWords(text, "other", lowest, why, what)


def _normal(text: str, money: Money) -> str:
    """A text in the form of `duty_text`."""
    text = AD_VALOREM.sub("", PER_CENT.sub("%", DOLLARS_OF_MEXICO.sub("USD/", text))).strip(" ;:")
    text = re.sub(r"^(\d[\d.,]*%)\s*(?:of|on|du|de la|del)\b.*\b(?:value|valeur|valor)\b.*$", r"\1", text)
    for pattern in (WHICHEVER, LEADING, MIDDLE, JAPANESE):
        either = pattern.search(text) if pattern is WHICHEVER else pattern.match(text)
        if either:
            return _either(text, either, money)
    bounds = list(BOUND.finditer(text))
    return _bounded(text, bounds, money) if bounds else _sum(text, money)


def _either(text: str, either: re.Match[str], money: Money) -> str:
    groups = either.groupdict()
    if "first" in groups:
        parts = [groups["first"], groups["second"]]
    else:
        rest = groups.get("rest") or text[: either.start()]
        parts = [part for part in OR.split(rest) if part.strip()]
        if len(parts) == 1:
            parts = re.split(r" and |, ", rest)
    if len(parts) != 2:
        raise _Unread(NOT_READ)
    higher = groups["which"].lower() in ("higher", "greater", "highest", "élevé", "高")
    first, second = (_sum(part.strip(" ,;()"), money) for part in parts)
    return f"the {'greater' if higher else 'lesser'} of {first} or {second}"


def _bounded(text: str, bounds: list[re.Match[str]], money: Money) -> str:
    """`A MIN B MAX C` as the package writes it."""
    stated = _sum(text[: bounds[0].start()].strip(" ,;"), money)
    ends = [bound.start() for bound in bounds[1:]] + [len(text)]
    sides: dict[str, str] = {}
    for bound, end in zip(bounds, ends, strict=True):
        least = any(word in bound["which"].lower() for word in LEAST)
        sides["least" if least else "most"] = _sum(text[bound.end() : end].strip(" ,;"), money)
    if len(sides) != len(bounds):
        raise _Unread(NOT_READ)
    if len(sides) == 1:
        word = "greater" if "least" in sides else "lesser"
        return f"the {word} of {stated} or {next(iter(sides.values()))}"
    return f"{stated}, at least {sides['least']}, at most {sides['most']}"


def _sum(text: str, money: Money) -> str:
    return " + ".join(_addend(part.strip(" ,;()"), money) for part in PLUS.split(text))


def _addend(text: str, money: Money) -> str:
    if text.lower() in FREE:
        return "0%"
    share = SHARE.match(text) or BARE.match(text)
    if share:
        return f"{_number(share[1], percent=True)}%"
    cents = CENTS.match(text)
    if cents:
        return _specific(float(_number(cents[1])) / 100.0, money.own or AMBIGUOUS, cents[2], money)
    amount = BEFORE.match(text) or AFTER.match(text)
    if amount is None:
        raise _Unread(NOT_READ)
    return _specific(float(_number(amount["number"])), money.code(amount["money"]), amount["rest"], money)


def _specific(amount: float, code: str, rest: str, money: Money) -> str:
    if code != AMBIGUOUS and code not in CODES:
        raise _Unread(NOT_READ)
    words = re.sub(r"^(?:/|per\b|for each\b|por\b|par\b|the\b)\s*", "", rest, flags=re.IGNORECASE).strip()
    unit, holds = _unit_and_count(re.sub(r"^each\b\s*", "each", words) if words == "each" else words)
    if code not in money.rates:
        raise _Unread(UNKNOWN_MONEY, code)
    per = f"{round(amount / holds, 10):.12g}"
    if "e" in per:
        per = f"{amount / holds:.10f}".rstrip("0")
    return f"{per} {code} each" if unit == "each" else f"{per} {code}/{unit}"


def _unit_and_count(words: str) -> tuple[str, float]:
    """The unit of some words, and how many of it they hold."""
    plain = re.sub(r"\s+", " ", words).strip(" .")
    for row in UNITS["by_pattern"]:
        if re.fullmatch(row["pattern"], plain, re.IGNORECASE):
            return row["unit"], row["holds"]
    counted = re.match(r"^(1[ ,.]?000|\d+)\s*(?=\D)(.+)$", plain)
    times = float(re.sub(r"\D", "", counted[1])) if counted else 1.0
    name = (counted[2] if counted else plain).strip().lower()
    name = re.sub(r"\s*/?\s*net$", "", name) if name.endswith("net") and name != "net" else name
    known = unit_named(name) or EXTRA.get(name)
    if known is None or known[0] in ("USD", "degree"):
        raise _Unread(UNKNOWN_UNIT, plain)
    return known[0], known[1] * times


def _number(text: str, *, percent: bool = False) -> str:
    """A number with a point, whatever parts its thousands."""
    plain = text.strip().rstrip(".,").replace(" ", "")
    comma, point = plain.rfind(","), plain.rfind(".")
    if comma >= 0 and point >= 0:
        thousands = "," if point > comma else "."
        plain = plain.replace(thousands, "").replace(",", ".")
    elif comma >= 0:
        groups = bool(re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+", plain)) and not percent
        plain = plain.replace(",", "" if groups else ".")
    elif plain.count(".") > 1:
        plain = plain.replace(".", "")
    try:
        return f"{float(plain):.12g}"
    except ValueError:
        raise _Unread(NOT_READ) from None
