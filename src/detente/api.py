"""The public functions of the package, in the words of the field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from detente.chains.disrupt import disrupt
from detente.codes import Parameter, Table, UnknownName
from detente.codes.kinds import checked
from detente.data.chain_build import load_chain
from detente.data.flows import chn_imports, usa_imports
from detente.data.importerfile import importer_id
from detente.data.importers import importer as _importer
from detente.data.readers import read_flows
from detente.data.tables import concordance
from detente.data.trade_years import LINES_KNOWN
from detente.data.worlds import load_economy
from detente.data.yamlfile import as_date
from detente.economy import (
    Shock,
    gradient,
    solve,
)
from detente.faces.ask.answer import Answer
from detente.faces.formats import frame as _frame
from detente.faces.python.files import read_data
from detente.faces.python.talks import settle
from detente.lab.averages.laid_law import LaidLaw, check_meant, laid_law
from detente.lab.scenario import Scenario, load_scenario
from detente.lab.talks.talk import open_talk
from detente.law import Law, Reading, Schedule
from detente.trade import Flows

if TYPE_CHECKING:
    import polars as pl

_Named = TypeVar("_Named", bound=StrEnum)

__all__ = [
    "Answer", "Scenario", "Shock", "Table", "concordance", "disrupt", "frame", "gradient",
    "load_chain", "load_economy", "load_flows", "load_law", "load_scenario", "open_talk",
    "read_data", "schedule", "settle", "solve",
]  # fmt: skip


@checked
def load_law(country: str = "USA") -> Law:
    """The law of an importer by code or name, as "USA", "EU27" or "Canada"; of a member that of its union."""
    return _importer(importer_id(country, Parameter("country"))).law


@checked
def load_flows(name: str = "usa-imports-2024") -> Flows:
    """Flows by name or from the user's CSV or Parquet file.

    Names are "usa-imports-2024", or another year of 2015 to 2025, and "chn-imports-from-usa", of 2024 or with a year,
    as in "chn-imports-from-usa-2017". A file has the columns `line, partner, value` (USD) and optionally `claim` (share
    of value); lines have 6, 8 or 10 digits.
    """
    for start, load in (("usa-imports-", _usa_year), ("chn-imports-from-usa-", chn_imports)):
        year = name.removeprefix(start)
        if year != name and year.isascii() and year.isdigit():
            return load(int(year))
    return chn_imports() if name == "chn-imports-from-usa" else read_flows(Path(name))


def _usa_year(year: int) -> Flows:
    return usa_imports(year=year)


@checked
def schedule(law: Law, on: date | str, *, flows: Flows | None = None, reading: str = "effective") -> Schedule:
    """The law on a date, on all lines and all partners that trade.

    `rate(authority)` of the result has shape (lines, columns): two columns per partner, without and
    with a claim that lifts the base duty; `explain(line, partner)` lists every rung.
    """
    return _ground(law, flows).schedule(_day(on), _named(Reading, reading, "reading"))


@checked
def frame(table: Table) -> pl.DataFrame:
    """A table as a polars data frame; `.to_pandas()` of it gives a pandas one."""
    return _frame(table)


def _ground(
    law: Law,
    flows: Flows | None,
    parameters: Mapping[str, float] | None = None,
    weights: int | str | Path = LINES_KNOWN,
    claims: str = "",
) -> LaidLaw:
    if flows is None:
        check_meant(law.importer, str(weights), claims)
        return laid_law(law, parameters, claims=claims, weights=str(weights))
    return LaidLaw(law, flows, dict(parameters or {}))


def _named(kind: type[_Named], text: str, what: str) -> _Named:
    """One of a few by its name."""
    names = [member.value for member in kind]
    if text not in names:
        raise UnknownName(what, text, names, repair=f"use {', '.join(names)}")
    return kind(text)


def _day(value: date | str) -> date:
    return as_date(value, "day")
