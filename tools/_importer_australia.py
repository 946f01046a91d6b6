"""Australia's tariff: Schedule 3 as of April 2026, as far as the copy goes, and what its agreements free.

Steps of a rate (`5% From 1 July 2018 2.5% From 1 July 2019 Free`) are lines of their own, each for its days. Duties on
alcohol, tobacco and fuel stand in for the excise that goods made there owe; agreements free what comes on top of them,
not them, and the equivalent of such a line is the part on top alone.
"""

from __future__ import annotations

import csv
import lzma
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

from _importer_grants import ALL, FREE
from _importer_rows import Folder, Line, Preference, Rate, number, share, shortened, stated, unstated

FILE = "importers/aus_sch3_2026.csv.xz"
MONTHS: Mapping[str, int] = dict(zip("January February March April May June July".split(), range(1, 8), strict=True))
STEP = re.compile(r"From\s*(\d+)\s*([A-Z][a-z]+)\s*(\d{4})\s*(Free|[\d.]+%)")
FIRST = re.compile(r"^(Free|[\d.]+%)(?=\s*From|$)")
MALAYSIA = re.compile(r"\s*MY\s*(Free)$")
EXCISE = re.compile(r"^NZ ?/.*?(\$.+?)(?=DCS|DCT|$)")
AMOUNT = re.compile(r"^\$([\d,.]+)/(.+)$")
CANADA = re.compile(r"CA\s*(Free|[\d.]+%)")

UNITS = (
    (r"L of alcohol, calculated on that alcohol content by which .* exceeds ([\d.]+)", r"liter of alcohol above \1%"),
    (r"L of alcohol", "liter of alcohol"),
    (r"L of (\w+)(?: \(if any\))?(?: in the blend)?", r"liter of \1"),
    (r"L of other substances(?: \(if any\))?(?: in the blend)?", "liter of other substances"),
    (r"L", "liter"),
    (r"kg TSS", "kg of total soluble solids"),
    (r"kg of tobacco content", "kg of tobacco content"),
    (r"kg", "kg"),
    (r"stick", "each"),
)  # fmt: skip

FREED = {
    "USA": "2015-01-01",
    "NZL": "",
    "SGP": "",
    "THA": "2015-01-01",
    "CHL": "2015-01-01",
    "MYS": "",
    "KOR": "2021-01-01",
    "JPN": "2021-01-01",
    "CHN": "2019-01-01",
    "HKG": "",
    "IDN": "",
    "IND": "2026-01-01",
    "AANZFTA": "2020-01-01",
    "LDC": "",
    "FORUM": "",
}
"""Agreements and preferences under which all goods are free, and the day of the last step."""

BY_2028 = ("72", "73")
"""Goods on which the agreement with the United Kingdom steps down longest."""


def normal(text: str) -> str | None:
    """A duty in the form of the package; None for a text that states no amount."""
    lower = text.split(", or, if lower, ")
    if len(lower) == 2:
        parts = [normal(part) for part in lower]
        return f"the lesser of {parts[0]} or {parts[1]}" if all(parts) else None
    addends = [_addend(part.strip()) for part in re.split(r", and | plus ", text)]
    known = [a for a in addends if a]
    return " + ".join(known) if len(known) == len(addends) else None


def _addend(text: str) -> str | None:
    if re.fullmatch(r"[\d.]+%", text):
        return f"{number(text[:-1])}%"
    money = AMOUNT.match(text)
    for pattern, form in UNITS if money else ():
        matched = re.fullmatch(pattern, money[2]) if money else None
        if matched and money:
            unit = matched.expand(form)
            return f"{number(money[1])} AUD each" if unit == "each" else f"{number(money[1])} AUD/{unit}"
    return None


def rate(text: str) -> Rate:
    plain = text.strip()
    if plain == "Free":
        return FREE
    form = normal(plain)
    return unstated(plain) if form is None else stated(form)


def steps(text: str) -> list[tuple[str, str, Rate]]:
    """First day, last day and duty of each step of a text; "" = open."""
    plain = MALAYSIA.sub("", text.strip())
    first, later = FIRST.match(plain), list(STEP.finditer(plain))
    if not later:
        return [("", "", rate(plain))]
    starts = [date(int(s[3]), MONTHS[s[2]], int(s[1])).isoformat() for s in later]
    texts = [s[4] for s in later]
    if first:
        starts, texts = ["", *starts], [first[1], *texts]
    else:
        starts[0] = ""
    ends = [(date.fromisoformat(day) - timedelta(1)).isoformat() for day in starts[1:]] + [""]
    return [(start, end, rate(words)) for start, end, words in zip(starts, ends, texts, strict=True)]


def read(data: Path) -> Folder:
    """The lines of the copy and what agreements free."""
    with lzma.open(data / FILE, "rt", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [line for row in rows for line in _lines(row)]
    unread = [(line.code, line.rate.text) for line in lines if line.rate.kind == "other"]
    return Folder("aus", lines, [*_granted(rows), *_canada(rows)], unread)


def _lines(row: Mapping[str, str]) -> Iterator[Line]:
    words = shortened(row["description"])
    excise = EXCISE.match(row["preferences_text"]) is not None
    for start, end, duty in steps(row["mfn_text"]):
        name, surety = "" if words == "Other" else words, "B" if start or end else "A"
        yield Line(row["line"], duty, name, start, end, surety, duty.least if excise else None)


def _granted(rows: list[dict[str, str]]) -> Iterator[Preference]:
    """All goods free under each agreement but the part that stands in for the excise."""
    excise = [(row["line"], matched[1].strip()) for row in rows if (matched := EXCISE.match(row["preferences_text"]))]
    duties = [(code, rate(text)) for code, text in excise]
    for symbol, start in FREED.items():
        yield from (Preference(chapter, symbol, FREE, start) for chapter in ALL)
        yield from (Preference(code, symbol, duty, start) for code, duty in duties)
    yield from (Preference(chapter, "GBR", FREE) for chapter in ALL if chapter not in BY_2028)
    yield from (Preference(code, "GBR", duty) for code, duty in duties)


def _canada(rows: list[dict[str, str]]) -> Iterator[Preference]:
    """Rates for Canada, the last of each text."""
    for row in rows:
        given = CANADA.findall(row["preferences_text"])
        if given:
            yield Preference(row["line"], "CAN", FREE if given[-1] == "Free" else share(given[-1][:-1]))
