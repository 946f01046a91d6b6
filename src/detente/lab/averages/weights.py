"""Weights: the trade an average stands on, of a known year or from the user's own file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, UnknownName, declared_note
from detente.data.embedded import EMBEDDED
from detente.data.flows import (
    CLAIMS_OF,
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
from detente.data.tables import place
from detente.data.trade_years import LINES_KNOWN
from detente.trade import Flows

if TYPE_CHECKING:
    from detente.lab.scenario import Scenario

Floats = NDArray[np.float64]
TINY = 1e-9
"""USD; a sector without trade divides as the plain mean of its years."""

SCOPES = ("tariff-lines", "all")
"""Goods of chapters 1-97, which have a tariff line, or all imports with chapters 98 and 99."""

DEFAULT = str(LINES_KNOWN)
FOUR = 4
"""Digits of a year."""

AMERICAN = "usa_lines"


def span_of(weights: str) -> tuple[str, ...]:
    """The years that a span of weights names, as "2017-2019"; none where it is a single year or a file."""
    first, mark, last = (part.strip() for part in weights.partition("-"))
    plain = all(len(text) == FOUR and text.isascii() and text.isdigit() for text in (first, last))
    if not mark or not plain:
        return ()
    if int(first) >= int(last):
        what = f"the span {weights} ends before it begins"
        raise InputError(Parameter("weights"), what, "name the earlier year first")
    return tuple(map(str, range(int(first), int(last) + 1)))


def is_known(weights: str, code: str = "USA", where: str = Parameter("weights")) -> bool:
    """Whether weights are a year or a span of years of the package, and no file; errors as `year_of`."""
    span = span_of(weights)
    return all(year_of(year, code, where) is not None for year in span or (weights,))


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
    table = EMBEDDED.get(importer(code).file.schedule.table)
    # Of other importers one year is modelled, whichever is named.
    if table is not None and int(text) not in table.years:
        span = f"years run from {table.years[0]} to {table.years[-1]}, or give a file with line, partner, value"
        raise InputError(where, f"there are no {table.whose} of {text}", span)
    return int(text)


def check_meant(code: str, weights: str = DEFAULT, claims: str = "") -> None:
    """Refuse a year of trade and shares of claims that an importer has not; they would change nothing.

    Raises
    ------
    InputError : with the repair.
    """
    if claims and importer(code).file.schedule.table != AMERICAN:
        raise InputError(Parameter("claims"), "are of US imports under the USMCA", "leave it out, or ask for US duties")
    if weights == DEFAULT or EMBEDDED.get(importer(code).file.schedule.table) is not None:
        return
    if is_known(weights, code, Parameter("weights")):
        what = f"imports of {place(code)} are on record for one year alone"
        raise InputError(Parameter("weights"), what, "leave it out, or give a file with line, partner, value")


def weights_of(scenario: Scenario, folder: Path) -> str:
    """The year a scenario names, or the path of its file, which lies beside it."""
    known = is_known(scenario.weights, scenario.importer, f"scenario {scenario.name}, weights")
    return scenario.weights if known else str(folder / scenario.weights)


def trade_of(code: str, scope: str, claims: str, weights: str = DEFAULT) -> Flows:
    """The trade of an importer that weighs its duties, in a scope of goods.

    Parameters
    ----------
    claims : as in `usa_imports`.
    """
    if span := span_of(weights):
        return pooled([trade_of(code, scope, claims, each) for each in span])
    year, named = year_of(weights, code), check_claims(claims)
    if year is None:
        from detente.data.readers import read_weights

        return _in_scope(read_weights(Path(weights), code, named), scope)
    table = importer(code).file.schedule.table
    if table == AMERICAN:
        return scoped(scope, named, year)
    return chn_imports(year) if table else _in_scope(imports_of(code), scope)


def pooled(years: Sequence[Flows]) -> Flows:
    """The mean of the trade of some years, pair by pair; claims are means by value, a block divides as in all of them.

    Parameters
    ----------
    years : trade of one importer, on the same lines and with the same partners, oldest first.
    """
    first, last = years[0], years[-1]
    n, width = len(years), len(first.partners)
    key = np.concatenate([year.line_at * width + year.partner_at for year in years])
    value = np.concatenate([year.value for year in years])
    pair, place = np.unique(key, return_inverse=True)
    worth = np.bincount(place, value)
    parts = [year.claim * year.value for year in years], [year.duty for year in years]
    claim, duty = (np.bincount(place, np.concatenate(part)) for part in parts)
    return replace(
        last,
        period=f"{first.period} to {last.period}",
        line_at=pair // width,
        partner_at=pair % width,
        value=worth / n,
        claim=claim / np.where(worth > 0, worth, 1.0),
        duty=duty / n,
        estimated=np.ones(pair.size, dtype=bool),
        source=f"{first.source} to {last.period}",
        split=None if last.split is None else replace(last.split, share=_shares(years)),
        notes=(*last.notes, declared_note("averages.weights_mean", years=n)),
    )


def _shares(years: Sequence[Flows]) -> Floats:
    """How a block divides among its members by sector, mean of the years by the block's trade."""
    total: Floats | float = 0.0
    worth: Floats | float = 0.0
    for year in years:
        assert year.split is not None
        inside = year.partner_at == year.partners.index(year.split.block)
        sector = year.split.sector[year.line_at[inside]]
        own = np.bincount(sector, year.value[inside], minlength=len(year.split.share)).astype(np.float64) + TINY
        total, worth = total + own[:, None] * year.split.share, worth + own
    return np.asarray(total) / np.asarray(worth)[:, None]


@lru_cache(maxsize=4)
def scoped(scope: str = SCOPES[0], claims: str = OBSERVED, year: int = LINES_KNOWN) -> Flows:
    """US imports of a year in a scope of goods."""
    return _in_scope(usa_imports(claims, year), scope)


def _in_scope(flows: Flows, scope: str) -> Flows:
    return flows if scope == "all" else flows.take(scope_mask(flows, scope))


def scope_mask(flows: Flows, scope: str) -> NDArray[np.bool_]:
    """Pairs of the trade in a scope of goods, shape (pairs,); `UnknownName` for another than `SCOPES`."""
    if scope not in SCOPES:
        raise UnknownName("scope", scope, SCOPES, Parameter("scope"), f"use {' or '.join(SCOPES)}")
    if scope == "all":
        return np.ones(flows.value.size, dtype=np.bool_)
    return ~flows.lines.mask(SPECIAL_CHAPTERS)[flows.line_at]


def at_other_claims(flows: Flows) -> Flows | None:
    """The same trade at the other bound of its claim shares, for ranges; None where claims are the file's own.

    The bound is the latest claims on record, or those of 2024 for trade that already stands at the latest.
    """
    if importer(flows.importer).file.schedule.table != AMERICAN or flows.own_claims or not flows.claims:
        return None
    return with_usmca(flows, EARLIEST if flows.claims == LATEST else LATEST)


def weighed_as(flows: Flows) -> tuple[str, ...]:
    """What an average stands on, as its title names it: "weights: 2024", "USMCA claims of May 2025"."""
    claims = (note.partition(",")[0] for note in flows.notes if note.startswith(CLAIMS_OF))
    return f"weights: {flows.period}", *claims


def weighed_note(flows: Flows) -> str:
    """Whose trade the weights are."""
    return f"weights: {flows.period}, {flows.valuation}"
