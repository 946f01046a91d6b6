"""Rate texts of a tariff schedule read into duties: `2.4¢/kg + 5%` is an amount per kilogram and a share of value.

Amounts in other money carry its code, `125 JPY/kg`. Two duties of which the higher or the lower is owed are written
`the greater of 15% or 125 JPY/kg` and `the lesser of ...`, bounds `4.5%, at least 0.3 EUR each, at most 0.8 EUR each`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from detente.codes.errors import InputError
from detente.law.duty import Duty, DutyPart

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
TAKEN_OF = re.compile(r"$|ad valorem|(?:on|of|including) ", re.IGNORECASE)
"""How words after a percentage begin that say what it is taken of; others make the text another one."""

WHOLE = ("", "ad valorem", "on the entire set", "of the fair retail value")
BASIS = re.compile(r"^(?P<unit>.*?)\s*\b(?P<basis>(?:on|of|including) .+)$")
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
    plain = clean(text)
    if not plain:
        return None
    if plain.lower().startswith("free"):
        return Duty(plain, "free")
    money = per_usd or {}
    duty = _bounded(plain, money)
    return duty if duty is not None else _stated(plain, money)


def _stated(plain: str, money: Mapping[str, float]) -> Duty:
    """A duty without bounds."""
    stated, limit = _limited(plain)
    known = _addends(stated, money)
    return Duty(plain, "other") if known is None else Duty(plain, _kind(known), known, limit)


def _bounded(plain: str, money: Mapping[str, float]) -> Duty | None:
    """A duty that is the greater or the lesser of two, or kept within bounds; None where the text is none."""
    texts = _bounds(plain)
    if not (texts["least"] or texts["most"]):
        return None
    stated, least, most = (_addends(texts[name], money) for name in ("stated", "least", "most"))
    if stated is None or least is None or most is None:
        return Duty(plain, "other")
    return Duty(plain, "mixed", stated, "", least, most)


def _bounds(plain: str) -> dict[str, str | None]:
    """The duty of a text, and what it is at least and at most."""
    either, bounded = EITHER.match(plain), BOUNDED.fullmatch(plain)
    if either:
        side, other = ("least", "most") if either["which"] == "greater" else ("most", "least")
        return {"stated": either["stated"], side: either["bound"], other: None}
    return dict(bounded.groupdict()) if bounded else {"stated": plain, "least": None, "most": None}


def _addends(text: str | None, money: Mapping[str, float]) -> tuple[DutyPart, ...] | None:
    """The addends of a sum; None where one of them is no amount, none for no text."""
    parts = [_part(addend.strip(), money) for addend in text.split("+")] if text else []
    known = tuple(part for part in parts if part)
    return known if len(known) == len(parts) else None


def _limited(text: str) -> tuple[str, str]:
    """The amounts of a text, and the words that limit them; the slide of sugar is no limit but an amount."""
    if SLIDING.match(text):
        return text, ""
    stated, *limits = LIMIT.split(text, maxsplit=1)
    return stated, "".join(limits)


def _part(text: str, money: Mapping[str, float]) -> DutyPart | None:
    sliding = SLIDING.match(text)
    if sliding:
        top = _part(sliding["top"], money)
        return top and DutyPart(top.amount, top.unit, top.basis, _cents(sliding["step"]), _cents(sliding["least"]))
    share = PERCENT.match(text)
    if share:
        return _share(*share.groups()) if TAKEN_OF.match(share[4]) else None
    other = OTHER_MONEY.match(text)
    return _exchanged(text, other, money) if other else _amount(text)


def _exchanged(text: str, other: re.Match[str], money: Mapping[str, float]) -> DutyPart:
    """USD per unit of an amount in other money."""
    amount, code, _, words = other.groups()
    if code not in money:
        what = f"'{text}' is in {code}, for which there is no rate"
        raise InputError("duty", what, f"set currency: {{code: {code}, per_usd: ...}} in importer.yaml")
    unit, basis, factor = _unit(words)
    return DutyPart(round(float(amount) / money[code] / factor, 12), unit, basis)


def _share(whole: str, top: str | None, bottom: str | None, words: str) -> DutyPart:
    fraction = int(top) / int(bottom) if top and bottom else 0.0
    return DutyPart(round((float(whole) + fraction) / 100, 8), basis=_basis(words))


def _amount(text: str) -> DutyPart | None:
    """USD per unit; tonnes are put in kilograms."""
    specific = SPECIFIC.match(text)
    if not specific or not (specific[1] or specific[3]):
        return None
    amount = float(specific[2]) / (100 if specific[3] else 1)
    by_piece = (specific[4] or "").endswith("each")
    unit, basis, factor = ("each", specific[5], 1.0) if by_piece else _unit(specific[5])
    return DutyPart(round(amount / factor, 12), unit, basis)


def _unit(words: str) -> tuple[str, str, float]:
    """Unit, what it is counted of, and how many of the unit the printed one holds."""
    plain = _tidy(words).replace(", including", " including")
    split = BASIS.match(plain)
    name, basis = (split["unit"], split["basis"]) if split else (plain, "")
    from detente.law.quantity import unit_named

    known = unit_named(re.sub(r"^1,000 pins$", "thousand", name))
    if known is None:
        return name or "each", basis, 1.0
    return known[0], basis, known[1]


def _tidy(words: str) -> str:
    plain = words.strip(" /").lower()
    for wrong, right in JOINED.items():
        plain = plain.replace(wrong, right)
    return re.sub(r"/ +", "/", plain)


def _basis(words: str) -> str:
    """What a percentage is taken of; the entire set, the retail value or the cost of repairs is the whole entry."""
    basis = _tidy(words)
    return "" if basis in WHOLE or basis.startswith("of the cost of such") else basis


def _cents(number: str) -> float:
    return round(float(number) / 100, 12)


def _kind(parts: tuple[DutyPart, ...]) -> str:
    shares = [part.is_share for part in parts]
    if all(shares):
        return "ad_valorem" if len(parts) == 1 and not parts[0].basis else "compound"
    return "compound" if any(shares) else "specific"
