"""A language: sentences by id from its catalogue, and numbers, days and countries as its readers write them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib.resources import files
from string import Formatter
from typing import Any
from unicodedata import combining, normalize

from detente.codes import UnknownName
from detente.codes.errors import Parameter
from detente.codes.names import first_upper
from detente.data.tables import arrays, partner_name, place

ENGLISH = "en"
MINUS = "\N{MINUS SIGN}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
LAW_OF = re.compile(r"^law of (\d{1,2}) (\w+) (\d{4})$")


class English(str):
    """A text of the layers below, which speak English in every language."""


@dataclass(frozen=True)
class Language:
    """Sentences and forms of one language.

    Attributes
    ----------
    code : as in `--lang en`.
    sentences : id -> text with named parts; those of a page by page and id, as "law.title", those of a chart as
        "chart.daily_title".
    tables : words for tables by their English: heads, units, texts of the register, cells. English needs none.
    """

    code: str
    sentences: Mapping[str, str] = field(repr=False)
    forms: Mapping[str, Any] = field(repr=False)
    tables: Mapping[str, Any] = field(repr=False, default_factory=dict)

    def __call__(self, name: str, /, **parts: object) -> str:
        """A sentence by its id, with its parts put in; where it depends on a `count`, the form of one or of more."""
        if name not in self.sentences:
            name = f"{name}_{'one' if parts['count'] in self.forms['singular'] else 'other'}"
            parts["count"] = self.number(parts["count"])  # pyright: ignore[reportArgumentType]
        text = self.sentences[name].format(**parts)
        return first_upper(text) if text.endswith((".", ":")) else text

    def texts(self, *pages: str) -> dict[str, str]:
        """Texts of pages by their ids, for a script; of several pages together."""
        heads = tuple(f"{page}." for page in pages)
        return {key.partition(".")[2]: text for key, text in self.sentences.items() if key.startswith(heads)}

    def figures(self, text: str) -> str:
        """A number that is written as in English, with the separators of the language."""
        marks = {",": self.forms["thousands"], ".": self.forms["decimal"], "%": self.forms["percent"]}
        return "".join(marks.get(mark, mark) for mark in text)

    def number(self, value: float, digits: int = 0, *, sign: bool = False) -> str:
        """A number with the separators of the language; zero has no sign."""
        rounded = round(float(value), digits) + 0.0
        text = f"{rounded:{'+' if sign and rounded else ''},.{digits}f}".replace("-", self.forms["minus"])
        marks = {",": self.forms["thousands"], ".": self.forms["decimal"]}
        return "".join(marks.get(mark, mark) for mark in text)

    def plain(self, value: float) -> str:
        """A number with no more digits than it has."""
        return f"{value:g}".replace(".", self.forms["decimal"]).replace("-", self.forms["minus"])

    def percent(self, share: float, digits: int = 1, *, sign: bool = False) -> str:
        """A share as per cent."""
        return f"{self.number(100.0 * share, digits, sign=sign)}{self.forms['percent']}"

    def rate(self, share: float) -> str:
        """A rate of the law: as many decimals as it has."""
        digits = next((d for d in range(3) if abs(round(100.0 * share, d) - 100.0 * share) < 1e-9), 2)
        return self.percent(share, digits)

    def billions(self, value: float) -> str:
        """An amount of dollars in words, of two significant digits: "9.0 billion dollars"."""
        unit, size = ("billion", 1e9) if abs(value) >= 0.995e9 else ("million", 1e6)
        scaled = abs(value) / size
        digits = 1 if scaled < 9.95 else 0
        rounded = scaled if scaled < 100 else round(scaled, -1 if scaled < 1000 else -2)
        form = "one" if round(rounded, digits) < self.forms["plural_from"] else "other"
        return self.sentences[f"amount_{unit}_{form}"].format(number=self.number(rounded, digits))

    def day(self, day: date | str) -> str:
        """A day in words: "12 May 2025"; a text that is none, as 2025-13-01 in a reader's file, stays as it is."""
        try:
            day = date.fromisoformat(day) if isinstance(day, str) else day
        except ValueError:
            return str(day)
        first = self.forms.get("first", "") if day.day == 1 else ""
        return f"{first or day.day} {self.forms['months'][day.month - 1]} {day.year}"

    def dated(self, text: str) -> str:
        """A text whose days, as 2025-05-13, are in words; none that stands in it is lost."""
        return ISO_DAY.sub(lambda match: self.day(match[0]), text)

    def short_day(self, day: date | str) -> str:
        """A day without its year, its month shortened: "14 May"."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        first = self.forms.get("first", "") if day.day == 1 else ""
        return f"{first or day.day} {self.forms['months_short'][day.month - 1]}"

    def month(self, day: date) -> str:
        """The month of a day in words: "March 2027"."""
        return f"{self.forms['months'][day.month - 1]} {day.year}"

    def country(self, code: str, form: str = "the") -> str:
        """A country within a sentence.

        `the` as subject, `in` where something is, `of` whose something is, `from` whence it comes, `origin` the same
        behind the word for it. Before a noun it is an `adjective`, before goods and duties `goods`, before what it
        imports `imports`; before its own duty `possessive`, before what the duty falls on `owner`.
        """
        own = self.forms.get("countries", {}).get(code, {})
        if form in own:
            return own[form]
        kind = next((kind for kind in self.forms.get("kinds", {}).values() if code in kind["codes"]), {})
        alike = self.forms.get("alike", {}).get(form, form)
        pattern = kind.get(form) or own.get(alike) or kind.get(alike) or self.forms[f"country_{form}"]
        name, alone = own.get("name") or self._name(code), self.name(code)
        parts = {"name": name, "alone": alone, "adjective": own.get("adjective", alone)}
        return pattern.format(s="" if name[-1] == "s" else "s", **parts)

    def name(self, code: str) -> str:
        """A country by its name alone, as lists have it."""
        own = self.forms.get("countries", {}).get(code, {})
        return own.get("name") or (partner_name(code) if self.code == ENGLISH else self._name(code))

    def _name(self, code: str) -> str:
        if self.code == ENGLISH:
            return place(code)
        return _territories(self.code).get(_iso2().get(code, ""), partner_name(code))

    def goods(self, name: str) -> str:
        """A kind of goods by its English name."""
        return self.forms.get("goods", {}).get(name, name)

    def law(self, label: str) -> str:
        """What a case calls a law: "law of 8 May 2025" as a phrase of the language; anything else as it stands."""
        match = LAW_OF.match(label)
        if match is None:
            known = f"outcome_{label.replace(' ', '_')}"
            return self.sentences.get(known, label)
        number, month, year = match.groups()
        months = load(ENGLISH).forms["months"]
        return self("law_of", day=self.day(date(int(year), months.index(month) + 1, int(number))))

    def listed(self, items: list[str]) -> str:
        """Items in a row: "a, b and c"."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self.sentences['and']} {items[-1]}"


LOCALES = files("detente.faces.words").joinpath("locales")
"""Folder of the languages."""


def languages() -> list[str]:
    """Codes of the languages there are: one file each."""
    names = (entry.name for entry in LOCALES.iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def load(code: str = ENGLISH) -> Language:
    """A language by its code.

    Raises
    ------
    UnknownName : no such language.
    """
    return kept_language(code)


@lru_cache(maxsize=8)
def kept_language(code: str) -> Language:
    """The same, read once whether its code is given or left out."""
    if code not in languages():
        raise UnknownName("language", code, languages(), Parameter("lang"), f"there are {', '.join(languages())}")
    content = tomllib.loads(REFUSALS.sub("", _catalogue(code)))
    forms, pages, tables = content.pop("forms"), content.pop("web"), content.pop("tables", {})
    charts = content.pop("charts")
    sentences = {key: text for part in content.values() for key, text in part.items()}
    sentences |= {f"{page}.{key}": text for page, part in pages.items() for key, text in part.items()}
    sentences |= {f"chart.{chart}_{key}": text for chart, part in charts.items() for key, text in part.items()}
    marks = forms.get("tight", "")
    tables = {part: {key: _tight(text, marks) for key, text in rows.items()} for part, rows in tables.items()}
    return Language(code, {key: _tight(text, marks) for key, text in sentences.items()}, forms, tables)


REFUSALS = re.compile(r"^\[refusals\..*?(?=^\[(?!refusals\.)|\Z)", re.DOTALL | re.MULTILINE)
"""The part of a catalogue with what errors say; it is read when something is refused."""


def _catalogue(code: str) -> str:
    """The file of a language."""
    return LOCALES.joinpath(f"{code}.toml").read_text("utf-8")


@lru_cache(maxsize=8)
def refusals(code: str) -> Mapping[str, Mapping[str, str]]:
    """What errors say in a language, by part and by its English; English needs none."""
    marks = load(code).forms.get("tight", "")
    content = tomllib.loads("".join(REFUSALS.findall(_catalogue(code)))).get("refusals", {})
    return {part: {key: _tight(text, marks) for key, text in rows.items()} for part, rows in content.items()}


def _tight(text: str, marks: str) -> str:
    """A text whose lines do not break before some marks, nor after an opening one, where spaces stand beside them."""
    for mark in marks:
        text = text.replace("« ", f"«{NARROW}") if mark == "«" else text.replace(f" {mark}", f"{NARROW}{mark}")
    return text


def sorted_as(name: str) -> str:
    """What a name is sorted by: its letters without accents, so that "États-Unis" stands among the E."""
    plain = "".join(letter for letter in normalize("NFD", name) if not combining(letter))
    return plain.casefold()


def parts_of(text: str) -> set[str]:
    """Names of the parts that a sentence takes."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@lru_cache(maxsize=1)
def _iso2() -> Mapping[str, str]:
    known = arrays("countries", ("iso3", "iso2"))
    return dict(zip(known["iso3"].tolist(), known["iso2"].tolist(), strict=True))


@lru_cache(maxsize=8)
def _territories(code: str) -> Mapping[str, str]:
    """Names of countries by ISO2 code, from the Unicode CLDR."""
    from babel import Locale

    return dict(Locale(code).territories)
