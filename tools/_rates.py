"""Rate texts of the tariff schedule read into numbers: `2.4¢/kg + 5%` -> two terms, one of them ad valorem."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

PERCENT = re.compile(r"^(\d+(?:\.\d+)?)(?: (\d+)/(\d+))?\s*(?:%|percent)\s*(.*)$")
SPECIFIC = re.compile(r"^(\$)?\s*(\d*\.?\d+)\s*(¢)?\s*(/|each\b|on\b)?\s*(.*)$")
FOOTNOTE = re.compile(r"\s*\d+/(?:\s*,?\s*\d+/)*\s*$")
WHOLE = ("", "ad valorem", "on the entire set", "of the fair retail value")
TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Term:
    """One addend of a rate: `amount` USD per `unit`, or a share of the value of `basis` (empty = the whole good)."""

    amount: float
    unit: str = ""
    basis: str = ""

    @property
    def is_share(self) -> bool:
        return not self.unit


@dataclass(frozen=True)
class Rate:
    """A rate text and its terms; `kind` is free, ad_valorem, specific, compound or other."""

    text: str
    kind: str
    terms: tuple[Term, ...] = ()

    @property
    def minimum(self) -> float:
        """Share of the value owed at least: the terms on the whole good, or the lowest of the terms on its parts."""
        whole = [t.amount for t in self.terms if t.is_share and not t.basis]
        parts = [t.amount for t in self.terms if t.is_share and t.basis]
        lowest = min(parts, default=0.0) if len(parts) == len(self.terms) and len(parts) > 1 else 0.0
        return sum(whole) + lowest

    @property
    def single_unit(self) -> Term | None:
        """The one specific term, when every other term is a share of the whole value."""
        specific = [t for t in self.terms if not t.is_share]
        shares = [t for t in self.terms if t.is_share]
        return specific[0] if len(specific) == 1 and not any(t.basis for t in shares) else None


def clean(text: str | None) -> str:
    """Without tags, entities, footnote marks, line breaks and doubled spaces."""
    plain = html.unescape(TAG.sub("", text or "")).replace("\xa0", " ")
    plain = re.sub(r"\s+", " ", plain).strip()
    return FOOTNOTE.sub("", plain) if not plain.endswith("%") else plain


def unit_of(word: str) -> str:
    """One spelling a unit: `kg less ...` is kg, `pf.liter` and `pf. liter` are one."""
    unit = re.split(r"\s+less\b|,| including| of total sugars", word)[0]
    unit = re.sub(r"(?<=[a-z])\.\s*", "", unit.strip().lower()).replace("- ", "").replace("/ ", "/")
    unit = re.sub(r"kg on (drained we\w+|contents and container|entire contents of container)", "kg", unit)
    return {"t": "tonne", "each": "each", "article": "each", "no": "each", "head": "each"}.get(unit, unit)


def read_term(text: str) -> Term | None:
    share = PERCENT.match(text)
    if share:
        whole, top, bottom, basis = share.groups()
        fraction = int(top) / int(bottom) if top else 0.0
        return Term(round((float(whole) + fraction) / 100, 8), basis=share_basis(basis))
    specific = SPECIFIC.match(text)
    if not specific or not (specific[1] or specific[3]):
        return None
    amount = float(specific[2]) / (100 if specific[3] else 1)
    unit = "each" if specific[4] == "each" else unit_of(specific[5])
    return Term(round(amount, 10), unit=unit or "each")


def share_basis(words: str) -> str:
    """What a percentage is taken of; the entire set, the retail value or the cost of repairs is the whole entry."""
    basis = words.strip(" /").lower().replace("thebattery", "the battery")
    return "" if basis in WHOLE or basis.startswith("of the cost of such") else basis


def per_tonne_in_kg(term: Term) -> Term:
    return Term(term.amount / 1000, unit="kg") if term.unit == "tonne" else term


def read_rate(text: str | None) -> Rate | None:
    """A rate text, or None where the cell is blank."""
    plain = clean(text)
    if not plain:
        return None
    if plain.lower().startswith("free"):
        return Rate(plain, "free")
    terms = [read_term(part.strip()) for part in plain.split("+")]
    known = tuple(per_tonne_in_kg(t) for t in terms if t)
    return Rate(plain, kind_of(known), known) if len(known) == len(terms) else Rate(plain, "other")


def kind_of(terms: tuple[Term, ...]) -> str:
    shares = [t.is_share for t in terms]
    if all(shares):
        return "ad_valorem" if len(terms) == 1 and not terms[0].basis else "compound"
    return "compound" if any(shares) else "specific"
