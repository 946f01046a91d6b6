"""Whole laws on the axes of a world, for the talks: the tariffs that a run and the deal page solve, level for level.

The law of a side is averaged by trade into the countries and sectors of the world; what a duty under negotiation adds
is linear in its level (see `deal/law.py`), so that base law and coverage say all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.data.caserows import CaseFile, WholeLaw
from detente.economy import Economy
from detente.lab.ground.axes import tariff_under
from detente.lab.ground.plane import Held, Plane, plane
from detente.lab.talks.whole import law_of
from detente.trade.onto import mean_by_cell

Floats = NDArray[np.float64]
Cells = NDArray[np.float64]
"""Rates by exporter and sector of a world, shape (country, sector), shares."""


def law_plane(case: CaseFile, row: WholeLaw, economy: Economy, levers: Mapping[str, str]) -> Plane:
    """The law of a row over the levels of some duties; `levers` : issue -> authority."""
    partner = next(code for code in case.parties if code != row.importer)
    return _plane(
        row.importer, row.whole, row.known, row.fate, partner, tuple(levers.items()), economy.countries,
        economy.sectors,
    )  # fmt: skip


@lru_cache(maxsize=16)
def _plane(
    code: str, on: date, known: date | None, fate: str, partner: str, levers: tuple[tuple[str, str], ...],
    countries: tuple[str, ...], sectors: tuple[str, ...],
) -> Plane:  # fmt: skip
    law = law_of(WholeLaw(importer=code, whole=on, known=known, fate=fate))
    return plane(law, on, dict(levers), partner, (countries, sectors))


def rates_on(plane: Plane, economy: Economy, owed: Floats) -> Cells:
    """Rates of a law on the axes of a world; cells without trade keep the tariff of the world.

    Parameters
    ----------
    owed : duty, USD, shape (partner, sector) of the plane.
    """
    tariff = tariff_under(economy, {plane.importer: mean_rates(plane, economy, owed)})
    return tariff[economy.country(plane.importer)]


def mean_rates(plane: Plane, economy: Economy, owed: Floats) -> Cells:
    """Average duty by country and sector of a world, share; NaN without trade."""
    worth, duty = (by_country(plane, economy, amounts) for amounts in (plane.worth, owed))
    return mean_by_cell(duty, worth)


def by_country(plane: Plane, economy: Economy, amounts: Floats) -> Floats:
    """Amounts by country and sector of a world; goods without a sector and partners outside it are left out."""
    cells = np.zeros((len(economy.countries), len(economy.sectors)))
    inside = [row for row, name in enumerate(plane.region) if name]
    rows = [economy.country(plane.region[row]) for row in inside]
    np.add.at(cells, rows, amounts[inside, : len(economy.sectors)])
    return cells


def authorities_of(case: CaseFile, party: str) -> dict[str, str]:
    """Authority of each duty that a side has under negotiation, by issue."""
    rows = (row for row in case.issues if row.moves_tariffs and row.party == party)
    return {row.name: row.authority for row in rows if row.authority}


def base_rates(case: CaseFile, row: WholeLaw, economy: Economy) -> Cells:
    """Rates of a base law, the duties under negotiation at zero."""
    plane = law_plane(case, row, economy, authorities_of(case, row.importer))
    return rates_on(plane, economy, plane.owed({}))


def choice_rates(case: CaseFile, row: WholeLaw, economy: Economy) -> Cells:
    """Rates of the law of a choice: those of the day, or at the levels of the row, by authority.

    Raises
    ------
    InputError : the law of the day has no measure that lays a duty whose level is given.
    """
    plane = law_plane(case, row, economy, {name: name for name in row.levels})
    for carrier in plane.held:
        _check_carried(carrier, f"whole law of {row.importer}, level of {carrier.lever}")
    return rates_on(plane, economy, plane.owed(row.levels))


def _check_carried(carrier: Held, where: str) -> None:
    if carrier.measure is None:
        raise InputError(where, f"is {carrier.why}", "take another day")


def coverage_by_law(case: CaseFile, row: WholeLaw, economy: Economy, issue: str) -> Cells:
    """Share of each exporter's goods that owes a duty under negotiation, by sector.

    Raises
    ------
    InputError : the law of the day has no measure that lays it.
    """
    plane = law_plane(case, row, economy, authorities_of(case, row.importer))
    _check_carried(next(carrier for carrier in plane.held if carrier.lever == issue), f"issue {issue}, coverage by law")
    full, none = (rates_on(plane, economy, plane.owed(levels)) for levels in ({issue: 1.0}, {}))
    return np.clip(full - none, 0.0, 1.0)
