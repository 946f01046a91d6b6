"""What words find: tariff lines with their duties, acts and countries."""

from __future__ import annotations

import re
from datetime import date
from itertools import zip_longest

import numpy as np

from detente.codes import InputError, Parameter, Table, UnknownName, table_of
from detente.codes.countries import fold
from detente.codes.standing import Standing
from detente.data.importers import Importer, importer
from detente.data.tables import countries, place
from detente.lab.statute.lookup import LineDuty, UnlistedRate, look_up
from detente.lab.statute.search import search
from detente.law import Law

RATED = 25
"""Lines whose duty is looked up: the nearest."""

FROM = re.compile(r"^\s*(.+)\s+(?:from|of)\s+(.+?)\s*$", re.IGNORECASE)


def matches(words: str, on: date, *, of: str = "USA", partner: str = "", law: Law | None = None) -> list[Table]:
    """Lines, acts and countries that words find; the lines with their duty on a day, the nearest first.

    Parameters
    ----------
    words : of the goods, a code, or goods and the country they come from, as "coffee from Brazil".
    partner : whose goods the whole duty is of; "" leaves the base duty alone.

    Raises
    ------
    InputError : nothing holds the words.
    """
    where = importer(of)
    book = where.law if law is None else law
    goods, origin = (words, partner) if partner else goods_and_origin(words)
    named = [(code, name) for code, name in countries().names.items() if f" {fold(words)} " in f" {fold(name)} "]
    try:
        tables = {table.name: table for table in search(where, book, goods)}
    except InputError as error:
        if not named:
            raise error.at(Parameter("words")) from None
        tables = {}
    rows, standing = _with_duties(tables.get("lines"), where, book, origin, on)
    title = f" on goods from {place(origin)}" if origin else ""
    made = table_of("law.lines_found", rows, words=goods, whose=title, on=on).standing_on(standing)
    acts = tables.get("measures")
    return [made, *([acts] if acts is not None else []), table_of("law.countries", named, words=words)]


def _with_duties(
    lines: Table | None, where: Importer, law: Law, origin: str, on: date
) -> tuple[list[tuple[object, ...]], Standing | None]:
    """Lines in their order, those that have left the schedule last; duties of the first, and how far they are read."""
    every = [] if lines is None else sorted(lines.rows(), key=lambda row: bool(row["until"]))
    answers = [_looked_up(str(row["line"]), where, law, origin, on) for row in every[:RATED]]
    rows: list[tuple[object, ...]] = []
    for row, answer in zip_longest(every, answers):
        base = np.nan if answer is None else answer.main.base
        known = answer is not None and origin and not (answer.banned or answer.by_quantity)
        total = answer.total if known and answer is not None else np.nan
        rows.append((row["line"], row["description"], base, total, row["from"], row["until"]))
    return rows, next((answer.standing for answer in answers if answer is not None), None)


def _looked_up(line: str, where: Importer, law: Law, origin: str, on: date) -> LineDuty | None:
    """None where the schedule of the day is not on record by line, or lacks the line."""
    try:
        return look_up(line, origin or ("CHN" if where.iso3 == "USA" else "USA"), on, law=law, of=where.iso3)
    except UnlistedRate:
        return None
    except UnknownName as error:
        if error.kind.startswith("partner") or error.where == "partner":
            raise
        return None


def goods_and_origin(text: str) -> tuple[str, str]:
    """Words of goods and the code of the country that they come from, as in "coffee from Brazil" or "coffee Brazil".

    The code is "" where no country is named.
    """
    match, words = FROM.match(text), text.split()
    pairs = [(match[1], match[2])] if match else []
    pairs += [(" ".join(words[:-n]), " ".join(words[-n:])) for n in (4, 3, 2, 1) if len(words) > n]
    for goods, origin in pairs:
        try:
            return goods, countries().resolve(origin)
        except InputError:
            continue
    return text, ""
