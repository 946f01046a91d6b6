"""Weights: the trade an average stands on, of a known year or from the user's own file."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from detente.codes import InputError, Parameter, UnknownName
from detente.data.flows import (
    CHINA_YEARS,
    EARLIEST,
    LATEST,
    OBSERVED,
    SPECIAL_CHAPTERS,
    check_claims,
    chn_imports,
    usa_imports,
    with_usmca,
)
from detente.data.importer_flows import imports_of
from detente.data.importers import importer
from detente.data.readers import read_weights
from detente.data.trade_years import LINES_KNOWN, YEARS
from detente.trade import Flows

if TYPE_CHECKING:
    from detente.lab.scenario import Scenario

SCOPES = ("tariff-lines", "all")
"""Goods of chapters 1-97, which have a tariff line, or all imports with chapters 98 and 99."""

DEFAULT = str(LINES_KNOWN)
AMERICAN = "usa_lines"
KNOWN = {AMERICAN: ("US imports", YEARS), "chn_lines": ("Chinese imports from the United States", CHINA_YEARS)}
"""Whose trade is known by year, by table of lines; of other importers one year is modelled, whichever is named."""


def year_of(weights: str, code: str = "USA", where: str = Parameter("weights")) -> int | None:
    """The year that weights are named by; None where they are a file.

    Parameters
    ----------
    where : what the reader calls them, for messages.

    Raises
    ------
    InputError : a year whose trade is not known.
    """
    text = weights.strip()
    if not (text.isascii() and text.isdigit()):
        return None
    known = KNOWN.get(importer(code).file.schedule.table)
    if known is None:
        return int(text)
    whose, years = known
    if int(text) not in years:
        span = f"years run from {years[0]} to {years[-1]}, or give a file with line, partner, value"
        raise InputError(where, f"there are no {whose} of {text}", span)
    return int(text)


def weights_of(scenario: Scenario, folder: Path) -> str:
    """The year a scenario names, or the path of its file, which lies beside it."""
    where = f"scenario {scenario.name}, weights"
    year = year_of(scenario.weights, scenario.importer, where)
    return scenario.weights if year is not None else str(folder / scenario.weights)


def trade_of(code: str, scope: str, claims: str, weights: str = DEFAULT) -> Flows:
    """The trade of an importer that weighs its duties, in a scope of goods.

    Parameters
    ----------
    claims : as in `usa_imports`.
    """
    year, named = year_of(weights, code), check_claims(claims)
    if year is None:
        return _in_scope(read_weights(Path(weights), code, named), scope)
    table = importer(code).file.schedule.table
    if table == AMERICAN:
        return scoped(scope, named, year)
    return chn_imports(year) if table else _in_scope(imports_of(code), scope)


@lru_cache(maxsize=4)
def scoped(scope: str = SCOPES[0], claims: str = OBSERVED, year: int = LINES_KNOWN) -> Flows:
    """US imports of a year in a scope of goods."""
    return _in_scope(usa_imports(claims, year), scope)


def _in_scope(flows: Flows, scope: str) -> Flows:
    if scope not in SCOPES:
        raise UnknownName("scope", scope, SCOPES, Parameter("scope"), f"use {' or '.join(SCOPES)}")
    if scope == "all":
        return flows
    return flows.take(~flows.lines.mask(SPECIAL_CHAPTERS)[flows.line_at])


def at_other_claims(flows: Flows) -> Flows | None:
    """The same trade at the other bound of its claim shares, for ranges; None where claims are the file's own.

    The bound is the latest claims on record, or those of 2024 for trade that already stands at the latest.
    """
    if importer(flows.importer).file.schedule.table != AMERICAN or flows.own_claims or not flows.claims:
        return None
    return with_usmca(flows, EARLIEST if flows.claims == LATEST else LATEST)


def weighed_note(flows: Flows) -> str:
    """Whose trade the weights are."""
    return f"weights: {flows.period}, {flows.valuation}"
