"""The public functions of the package, in the words of the field."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.chains.disrupt import disrupt
from detente.codes import InputError, Parameter, Table, UnknownName
from detente.codes.kinds import checked
from detente.data.chain_build import load_chain
from detente.data.flows import chn_imports, usa_imports
from detente.data.formats.known import read_published
from detente.data.importerfile import importer_id
from detente.data.importers import importer as _importer
from detente.data.readers import read_flows
from detente.data.tables import concordance
from detente.data.worlds import load_economy
from detente.data.yamlfile import as_date
from detente.economy import (
    Shock,
    gradient,
    solve,
)
from detente.faces.ask.answer import Answer
from detente.faces.formats import polars_frame as _frame
from detente.lab.averages.laid_law import LaidLaw, laid_law
from detente.lab.scenario import Scenario, load_scenario
from detente.lab.talks.talk import Talk, open_talk
from detente.law import Law, Reading, Schedule
from detente.talks import Negotiation, Settlement
from detente.talks import settle as _settle
from detente.trade import Flows

if TYPE_CHECKING:
    import polars as pl

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
    for start, load in (("usa-imports-", partial(usa_imports, "")), ("chn-imports-from-usa-", chn_imports)):
        year = name.removeprefix(start)
        if year != name and year.isascii() and year.isdigit():
            return load(int(year))
    return chn_imports() if name == "chn-imports-from-usa" else read_flows(Path(name))


@checked
def schedule(law: Law, on: date | str, *, flows: Flows | None = None, reading: str = "effective") -> Schedule:
    """The law on a date, on all lines and all partners that trade.

    `rate(authority)` of the result has shape (lines, columns): two columns per partner, without and
    with a claim that lifts the base duty; `explain(line, partner)` lists every rung.
    """
    known = [each.value for each in Reading]
    if reading not in known:
        raise UnknownName("reading", reading, known, repair=f"use {', '.join(known)}")
    ground = laid_law(law) if flows is None else LaidLaw(law, flows, {})
    return ground.schedule(as_date(on, "day"), Reading(reading))


@checked
def frame(table: Table) -> pl.DataFrame:
    """A table as a polars data frame; `.to_pandas()` of it gives a pandas one."""
    return _frame(table)


@checked
def read_data(path: str | Path, as_: str = "", *, encoding: str = "", member: str = "", **words: str) -> Table:
    """A publisher's file as a table: recognised by its content, checked, in the units of its columns.

    Parameters
    ----------
    as_ : its format, as `detente data list formats` names it, where the content does not tell.
    encoding : of its text; UTF-8 by default. member : file within an archive of several.
    words : what the file does not say: `sheet` of a workbook, `table` of a database, `year`.

    Raises
    ------
    InputError : every fault at once, with file, row, key and repair.
    """
    return read_published(path, as_, encoding=encoding, member=member, words=words).table


def settle(negotiation: Negotiation | Talk, **options: Any) -> Settlement:
    """What each side would accept, what deal could be struck, and whether it would hold.

    Parameters
    ----------
    negotiation : a negotiation, or a case as `detente.open_talk` gives it, which is settled under its headline setting.
    options : of `detente.talks.settle`, for a negotiation.

    Raises
    ------
    InputError : options beside a case, or what is no negotiation. SolveError : a search does not converge.
    """
    if isinstance(negotiation, Talk):
        if options:
            name = next(iter(options))
            raise InputError(Parameter(name), "is for a negotiation alone", "leave it out: the case says it")
        return negotiation.settled(negotiation.headline)
    if not isinstance(negotiation, Negotiation):
        repair = "give dt.open_talk('us-china-2025-05') or a Negotiation"
        raise InputError(Parameter("negotiation"), f"{negotiation!r:.40} is no negotiation", repair)
    return _settle(negotiation, **options)
