"""Other bounds of a side's trade: the claims of another time and the trade of another year, pair by pair.

Neither touches the law, so a duty under them is the same law on other weights. What is modelled with the trade of a
year, and what claims of a preference it is laid under, is a choice; ranges hold both sides of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.data.embedded import EMBEDDED
from detente.data.flows import chn_imports, usa_imports, usa_pairs
from detente.data.importers import importer
from detente.data.trade_years import YEARS, Pairs
from detente.draws import Input, sampled
from detente.lab.ground.uncertain import claim_bounds, position_input
from detente.law import Schedule
from detente.trade import Exposure, Flows, Onto
from detente.trade.ranges import CLAIMS

if TYPE_CHECKING:
    from detente.lab.ground.sides import Side

Floats = NDArray[np.float64]
YEAR = "year of weights"
"""What readers call the choice of the year whose trade weighs duties."""


CLAIMS_MOVED, YEAR_MOVED = "claims", "year"
"""What ranges of the economy hold beside sets of elasticities and closures, where it moves a duty."""


def weighed_by(trade: Onto, value: Floats, other: Floats | None) -> Onto:
    """Trade on the axes of a world with other values of its pairs; as it is without them.

    Parameters
    ----------
    value, other : of the undivided pairs, USD, each of shape (pairs,).
    """
    if other is None:
        return trade
    scale = other / np.where(value > 0.0, value, 1.0)
    return replace(trade, value=trade.value * scale[trade.source])


def at_claims(side: Side) -> Floats | None:
    """Duty of every pair at the other bound of claims, share of customs value, shape (pairs,); None where none is.

    Kept with the side.
    """
    if RATES not in side.__dict__:
        side.__dict__[RATES] = _at_claims(side)
    return side.__dict__[RATES]


def _at_claims(side: Side) -> Floats | None:
    return claimed_otherwise(side.here.exposure, side.schedule, side.rates.total)


def claimed_otherwise(exposure: Exposure, schedule: Schedule, rates: Floats) -> Floats | None:
    """Duties of pairs at the other bound of claims, share, shape (pairs,); None where none is."""
    claim, other = claim_bounds(exposure.flows)
    if not (moves := other != claim).any():
        return None
    rates = rates.copy()
    rates[moves] += (other - claim)[moves] * exposure.preference(schedule)[moves]
    return rates


def years_of(flows: Flows) -> tuple[str, str] | None:
    """The year whose trade weighs duties and the one before it (after it, for the first); None for other trade."""
    table, text = importer(flows.importer).file.schedule.table, flows.period[:4]
    if table not in EMBEDDED or not flows.source.startswith(("usa_imports", "chn_imports")) or not text.isdigit():
        return None
    year = int(text)
    return text, str(year - 1 if year > YEARS[0] else year + 1)


def of_other_year(flows: Flows) -> Floats | None:
    """The trade of the other year on the pairs of this one, USD, shape (pairs,); None where no other is known.

    Trade in goods that a partner does not sell in this year goes with its trade in the same chapter. Kept with the
    flows, once for all claims.
    """
    known = flows.same_trade or flows
    if OTHER not in known.__dict__:
        known.__dict__[OTHER] = _of_other_year(known)
    return known.__dict__[OTHER]


OTHER, RATES = "_of_other_year", "_at_claims"


def _of_other_year(flows: Flows) -> Floats | None:
    years = years_of(flows)
    if years is None:
        return None
    year = int(years[1])
    if flows.importer == "USA" and flows.split is not None:
        return onto_pairs(*usa_pairs(year), flows)
    other = usa_imports(year=year).expanded()[0] if flows.importer == "USA" else chn_imports(year)
    return onto_pairs(other.partners, Pairs(other.line_at, other.partner_at, other.value), flows)


def year_input(years: tuple[str, str]) -> Input:
    """The choice of the year, each as likely; its draws are the same in every answer."""
    return Input(YEAR, years[0], shape="choice", choices=years, title="year")


def other_year_drawn(years: tuple[str, str], draws: int, seed: int) -> list[float]:
    """Whether each draw weighs by the other year, 1 or 0, shape (draws,)."""
    return [float(row[YEAR] != years[0]) for row in sampled([year_input(years)], draws, seed).rows] if draws else []


def claims_between(code: str, draws: int, seed: int) -> Floats:
    """How far claims of each draw lie from their default to their other bound, 0 to 1, shape (draws,)."""
    if not draws:
        return np.zeros(0)
    return np.maximum(0.0, sampled([position_input(code, CLAIMS)], draws, seed).values[:, 0])


def onto_pairs(partners: Sequence[str], other: Pairs, flows: Flows) -> Floats:
    """Trade laid on the pairs of other trade of the same lines, USD, shape (pairs,).

    Parameters
    ----------
    other : the trade, whose partners are those named.
    """
    places = {code: place for place, code in enumerate(flows.partners)}
    partner = np.asarray([places.get(code, -1) for code in partners], dtype=np.int64)[other.partner]
    lines, n = len(flows.lines), len(flows.partners)
    row = np.full(n * lines, -1)
    row[flows.partner_at * lines + flows.line_at] = np.arange(flows.value.size)
    place = np.where(partner >= 0, row[partner * lines + other.line], -1)
    value = np.bincount(place[place >= 0], other.value[place >= 0], minlength=flows.value.size)
    chapter = np.unique(flows.lines.codes.astype("<U2"), return_inverse=True)[1]
    cell, rest = flows.partner_at * CHAPTERS + chapter[flows.line_at], (partner >= 0) & (place < 0)
    beside = (partner * CHAPTERS + chapter[other.line])[rest]
    more = np.bincount(beside, other.value[rest], minlength=n * CHAPTERS)
    laid = np.bincount(cell, value, minlength=n * CHAPTERS)
    return value * (1.0 + more / np.where(laid > 0, laid, np.inf))[cell]


CHAPTERS = 100
"""Chapters at most."""
