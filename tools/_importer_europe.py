"""The tariffs of the European Union and of the United Kingdom as of January 2021, from one list of the latter.

Both name goods by codes of eight or ten digits; all are put in ten here, as their customs do. A code of ten digits
beside its own eight is a part of the goods that a suspension or a measure names, and has the rate of the whole. Where
it ends in 00 it is the whole: the list then has the same goods twice, and the row of ten digits stands.
"""

from __future__ import annotations

import csv
import lzma
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from _importer_editions import carried
from _importer_rows import Folder, Line, Rate, lowest_share, number, share, shortened, stated, unstated

FILES = {"eu27": "importers/eu_cn2021.csv.xz", "gbr": "importers/gbr_ukgt2021.csv.xz"}
DIGITS = 10

MONTH = r"(?:JAN|FEB|MAR|APR|MAY|JUNE?|JULY?|AUG|SEP|OCT|NOV|DEC)"
SEASON = re.compile(rf"\(\d+ {MONTH}|\d+ {MONTH}\b", re.IGNORECASE)
RECIPE = re.compile(r"\bEA\b|ADSZ|ADFM|Entry Price")
MONEY = re.compile(r"^(?P<amount>[\d,]+(?:\.\d+)?) ?(?P<money>EUR|GBP|€) ?/ ?(?P<per>.+)$")
PERCENT = re.compile(r"^(?P<percent>[\d.]+) ?%?$")

UNITS: tuple[tuple[str, str, float], ...] = (
    (r"100 ?kg ?/ ?net ?/? ?% ?sacchar\.?", "kg on sucrose content", 1.0),
    (r"100 ?kg ?/ ?net drained wt|100 ?kg eda", "kg on drained weight", 100.0),
    (r"100 ?kg ?/ ?net dry|100 ?kg mas", "kg on dry matter", 100.0),
    (r"100 ?kg ?/? ?std qual", "kg of standard quality", 100.0),
    (r"100 ?kg ?/ ?gross|100 ?kg ?/ ?br", "kg on gross weight", 100.0),
    (r"100 ?kg(?: ?/ ?net)?", "kg", 100.0),
    (r"kg ?/ ?lactic matter", "kg on lactic matter", 1.0),
    (r"kg ?/ ?dry lactic matter", "kg on dry lactic matter", 1.0),
    (r"kg ?/ ?tot alc", "kg on total alcohol", 1.0),
    (r"tonne|1000 ?kg", "kg", 1000.0),
    (r"% ?vol ?/ ?hl", "liter of alcohol", 1.0),
    (r"hl", "liter", 100.0),
    (r"1,?000 ?items", "each", 1000.0),
    (r"100 ?items", "each", 100.0),
    (r"item", "each", 1.0),
    (r"100 ?m", "m", 100.0),
    (r"m2", "m2", 1.0),
)
"""How a unit is written, the unit of the package, and how many of it the written one holds.

A duty per hectolitre for each per cent of alcohol is one per litre of alcohol; one per 100 kg for each per cent of
sucrose is one per kilogram of it.
"""


def amount(text: str) -> str | None:
    """A sum of shares and amounts in the form of the package; None where it is none."""
    addends = [_addend(part.strip()) for part in text.split("+")]
    return " + ".join(a for a in addends if a) if all(addends) else None


def _addend(text: str) -> str | None:
    percent, money = PERCENT.match(text), MONEY.match(text)
    if percent:
        return f"{number(percent['percent'])}%"
    if not money:
        return None
    code = "EUR" if money["money"] == "€" else money["money"]
    for pattern, unit, holds in UNITS:
        if re.fullmatch(pattern, money["per"].strip(), re.IGNORECASE):
            per = number(float(money["amount"].replace(",", "")) / holds)
            return f"{per} {code} each" if unit == "each" else f"{per} {code}/{unit}"
    return None


def normal(text: str) -> str | None:
    """A duty with bounds in the form of the package; None where a part of it is no amount.

    `MIN` is the least and `MAX` the most that is owed.
    """
    parts = re.split(r"\b(MIN|MAX)\b", text)
    amounts = [amount(part.strip()) for part in parts[::2]]
    if not all(amounts):
        return None
    bounds = dict(zip(parts[1::2], amounts[1:], strict=True))
    if len(bounds) == 1:
        word = "greater" if "MIN" in bounds else "lesser"
        return f"the {word} of {amounts[0]} or {amounts[1]}"
    least, most = bounds.get("MIN"), bounds.get("MAX")
    return f"{amounts[0]}, at least {least}, at most {most}" if bounds else amounts[0]


def rate(percent: str, text: str) -> Rate:
    """The duty of one cell, from the share the table gives or from its text."""
    if percent:
        return share(percent)
    plain = re.sub(r"\s+", " ", text.replace("\xa0", " ")).strip()
    form = None if SEASON.search(plain) or RECIPE.search(plain) else normal(plain)
    if form is None:
        return unstated(tidy(plain), lowest_share(plain))
    return stated(form)


def tidy(text: str) -> str:
    """A text that is kept, with its numbers as short as they can be."""
    return re.sub(r"\d+\.\d+", lambda digits: number(digits[0]), text)


def read(data: Path, name: str) -> Folder:
    """The schedule of the Union or of the United Kingdom."""
    with lzma.open(data / FILES[name], "rt", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    codes = {row["line"] for row in rows}
    rows = [row for row in rows if f"{row['line']}00" not in codes]
    whole = {row["line"] for row in rows}
    lines = list(_lines(rows, whole))
    kinds = {line.code: line.rate.kind for line in lines}
    unread = [(row["line"], row["mfn_text"]) for row in rows if kinds[row["line"].ljust(DIGITS, "0")] == "other"]
    return Folder(name, carried(lines, data, DIGITS), unread=unread)


def _lines(rows: list[dict[str, str]], whole: set[str]) -> Iterator[Line]:
    for row in rows:
        part = len(row["line"]) == DIGITS and row["line"][:8] in whole
        yield Line(
            row["line"].ljust(DIGITS, "0"),
            rate(row["mfn_pct"], row["mfn_text"]),
            shortened(row["description"]),
            confidence=_confidence(row, part),
        )


def _confidence(row: Mapping[str, str], part: bool) -> str:
    """C where a suspension may lower the rate of a part of the goods, else B: the list is of 2021."""
    return "C" if part or "suspension" in row["flags"] else "B"
