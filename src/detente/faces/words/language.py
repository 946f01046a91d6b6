"""The language of the program: sentences by id from its catalogue; numbers, days and countries as it writes them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from string import Formatter
from typing import Any
from unicodedata import combining, normalize

from detente.codes.names import first_upper
from detente.data.limits import memoized
from detente.data.tables import partner_name, place

MINUS = "\N{MINUS SIGN}"
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: The sign of an amount stands before its unit: −$651.
SIGNED_DOLLARS = re.compile(r"\$([+\u2212-])")

LAW_OF = re.compile(r"^tariffs of (\d{1,2}) (\w+) (\d{4})$")


@dataclass(frozen=True)
class Language:
    """Sentences and forms of English.

    Attributes
    ----------
    sentences : id -> text with named parts; those of a page by page and id, as "law.title", those of a chart as
        "chart.daily_title".
    """

    sentences: Mapping[str, str] = field(repr=False)
    forms: Mapping[str, Any] = field(repr=False)

    def __call__(self, name: str, /, **parts: object) -> str:
        """A sentence by its id, with its parts put in; where it depends on a `count`, the form of one or of more."""
        if name not in self.sentences:
            name = f"{name}_{'one' if parts['count'] in self.forms['singular'] else 'other'}"
            parts["count"] = self.number(parts["count"])  # pyright: ignore[reportArgumentType]
        text = SIGNED_DOLLARS.sub(r"\1$", self.sentences[name].format(**parts))
        return first_upper(text) if text.endswith((".", ":")) else text

    def texts(self, *pages: str) -> dict[str, str]:
        """Texts of pages by their ids, for a script; of several pages together."""
        heads = tuple(f"{page}." for page in pages)
        return {key.partition(".")[2]: text for key, text in self.sentences.items() if key.startswith(heads)}

    def number(self, value: float, digits: int = 0, *, sign: bool = False) -> str:
        """A number with separators; zero has no sign."""
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
        return f"{day.day} {self.forms['months'][day.month - 1]} {day.year}"

    def dated(self, text: str) -> str:
        """A text whose days, as 2025-05-13, are in words; none that stands in it is lost."""
        return ISO_DAY.sub(lambda match: self.day(match[0]), text)

    def short_day(self, day: date | str) -> str:
        """A day without its year, its month shortened: "14 May"."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        return f"{day.day} {self.forms['months_short'][day.month - 1]}"

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
        name, alone = own.get("name") or place(code), self.name(code)
        parts = {"name": name, "alone": alone, "adjective": own.get("adjective", alone)}
        return self.forms[f"country_{form}"].format(s="" if name[-1] == "s" else "s", **parts)

    def name(self, code: str) -> str:
        """A country by its name alone, as lists have it."""
        own = self.forms.get("countries", {}).get(code, {})
        return own.get("name") or partner_name(code)

    def law(self, label: str) -> str:
        """What a case calls a law: "tariffs of 8 May 2025" as a phrase; anything else as it stands."""
        match = LAW_OF.match(label)
        if match is None:
            known = f"outcome_{label.replace(' ', '_')}"
            return self.sentences.get(known, label)
        number, month, year = match.groups()
        return self("law_of", day=self.day(date(int(year), self.forms["months"].index(month) + 1, int(number))))

    def listed(self, items: list[str]) -> str:
        """Items in a row: "a, b and c"."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self.sentences['and']} {items[-1]}"


def catalogue(name: str, package: str = "detente.faces.words.locales") -> dict[str, Any]:
    """Texts of a file of the package, `name`.toml."""
    return tomllib.loads(files(package).joinpath(f"{name}.toml").read_text("utf-8"))


@memoized
def report_texts() -> dict[str, Any]:
    """What a report says and how it is laid out: cards, chapters, columns of wide tables, method, terms."""
    return catalogue("report")


@memoized
def load() -> Language:
    """The language, its catalogue read once."""
    content = catalogue("en")
    forms, pages, charts = content.pop("forms"), content.pop("web"), content.pop("charts")
    sentences = {key: text for part in content.values() for key, text in part.items()}
    sentences |= {f"{page}.{key}": text for page, part in pages.items() for key, text in part.items()}
    sentences |= {f"chart.{chart}_{key}": text for chart, part in charts.items() for key, text in part.items()}
    return Language(sentences, forms)


def sorted_as(name: str) -> str:
    """What a name is sorted by: its letters without accents, so that "États-Unis" stands among the E."""
    plain = "".join(letter for letter in normalize("NFD", name) if not combining(letter))
    return plain.casefold()


def fields_of(text: str) -> set[str]:
    """Names of the parts that a sentence takes."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}
