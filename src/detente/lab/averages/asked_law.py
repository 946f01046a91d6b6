"""The law as it is asked for: of an importer, or as a scenario or a lawbook changes it; its lists and changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from detente.codes import InputError, Parameter, Table
from detente.codes.days import EARLIEST, check_span
from detente.codes.given import Several, several
from detente.codes.hs import digits, is_words
from detente.data.importers import Importer, importer
from detente.data.lawbook import read_own
from detente.lab.averages.averages import contributions
from detente.lab.averages.laid_law import laid_law
from detente.lab.averages.reform import laid_on, own_law
from detente.lab.averages.sides import side_meant
from detente.lab.scenario import Scenario
from detente.lab.statute.book import Wanted, changes_table, lines_table, measure_named, measures_table, net_table, show
from detente.lab.statute.coverage import AUDITED, checks
from detente.lab.statute.search import search
from detente.law import Law, Measure

MONTH = timedelta(days=30)
CODES, SUBHEADING = (2, 4, 6, 8, 10), 6
"""Digits of a code that acts are looked for under, and of those that words stand for."""


def asked_law(
    of: str, on: date | None = None, scenario: str | Mapping[str, Any] | Scenario = "", lawbook: str | Path = ""
) -> tuple[Importer, Law, date]:
    """An importer, its law, and the day that is meant: the one given, the scenario's own, else today.

    Raises
    ------
    InputError, UnknownName : a scenario or lawbook that cannot be used, a scenario of several variants.
    """
    where = importer(of)
    if not scenario:
        return where, own_law(where, lawbook), on or date.today()
    side = side_meant(scenario, of, on)
    law = laid_on(side.law, read_own(Path(lawbook), of), where) if lawbook else side.law
    return where, law, side.on


def _wanted(where: Importer, partners: Several, lines: Several, on: date) -> Wanted:
    """What an act must be on: goods of countries or groups of them, by codes or words."""
    named = (where.countries.expand(text, on, Parameter("partner")) for text in several(partners, "partner"))
    codes = dict[str, None]()
    for text in several(lines, "line"):
        if not is_words(text):
            codes[digits(text, Parameter("line"), CODES)] = None
            continue
        (goods,) = search(where, where.law, text, "lines")
        if not len(goods):
            raise InputError(Parameter("line"), f"'{text[:40]}' names no goods", "give a tariff code, as 8507.60")
        codes |= dict.fromkeys(str(line).replace(".", "")[:SUBHEADING] for line in goods["line"])
    return Wanted(frozenset[str]().union(*named), tuple(codes))


def listed(
    of: str, on: date | None, partners: Several, lines: Several, status: str, scenario: Any, lawbook: str
) -> tuple[Table, date]:
    """Measures of a law on goods of some partners and under some codes, with the day that is meant."""
    where, law, day = asked_law(of, on, scenario, lawbook)
    return measures_table(law, day, status, _wanted(where, partners, lines, day)), day


def shown(name: str, of: str, on: date, lawbook: str) -> tuple[Measure, list[Table]]:
    """One measure by id or title, and its tables; the lines it covers last."""
    where, law, _ = asked_law(of, on, lawbook=lawbook)
    measure = measure_named(law, name)
    return measure, [*show(law, measure, on), lines_table(where, measure, on)]


@dataclass(frozen=True)
class Changed:
    """What changed in a law from a day to another.

    Attributes
    ----------
    changes, net : one row a change; what differs between the two days.
    mover, points : title of the act that moved the average most, "" where none did, and by how much, a share.
    """

    first: date
    last: date
    changes: Table
    net: Table
    mover: str = ""
    points: float = 0.0


def changed(
    of: str, first: date | None, last: date | None, partners: Several, lines: Several, scenario: Any, lawbook: str
) -> Changed:
    """What changed from a day to another, by default in the last 30 days, and what differs between the two."""
    end = last or date.today()
    start = first or max(end - MONTH, EARLIEST)
    check_span(start, end)
    where, law, _ = asked_law(of, None, scenario, lawbook)
    wanted = _wanted(where, partners, lines, end)
    changes = changes_table(law, start, end, wanted)
    net = net_table(law, start, end, wanted)
    # The act among changes that moved the average most, by its title, and by how much.
    acts, before = set(changes["measure"].tolist()), max(start - timedelta(1), EARLIEST)
    moved = contributions(laid_law(law), before, end).rows() if acts and before < end else ()
    most = next(((str(row["title"]), row["change"]) for row in moved if row["measure"] in acts), ("", 0.0))
    return Changed(start, end, changes, net, *most)


def checked(folder: str, of: str, lawbook: str) -> tuple[str, list[Table]]:
    """Whose cases were run, "" of all, and the tables of `checks`."""
    code = of or (AUDITED if lawbook and not folder else "")
    law = asked_law(code, lawbook=lawbook)[1] if lawbook else None
    tables = checks(Path(folder) if folder else None, code, law, Path(lawbook) if lawbook else None)
    return code or (str(tables[0]["importer"][0]) if folder else ""), tables
