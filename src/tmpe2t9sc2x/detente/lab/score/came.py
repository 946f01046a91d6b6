"""What came: imports and duty collected by month and partner, receipts, claims and prices as they are on record."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detente.data.evidence_tables import monthly_series
from detente.data.tables import arrays
from detente.lab.score.duties import ALL, EVERYONE, PARTNERS
from detente.lab.score.months import moved

Floats = NDArray[np.float64]

CENSUS, RECEIPTS = "calculated duty", "customs receipts"
"""Where a month's duty is taken from: entries of the month, or cash of the month after over imports of the month."""


def on_record() -> tuple[Floats, dict[str, int], dict[str, int]]:
    """Imports and duty by month and partner in the order of `EVERYONE`, USD, NaN where not on record.

    Returns
    -------
    Values of shape (2, months, partners), the place of each month, and the place of each partner.
    """
    table = arrays("usa_collected_monthly")
    months = {month: n for n, month in enumerate(np.unique(table["month"]).tolist())}
    partners = {code: n for n, code in enumerate(EVERYONE)}
    values = np.full((2, len(months), len(EVERYONE)), np.nan)
    rows = np.flatnonzero(np.isin(table["partner"], (ALL, *PARTNERS)))
    cells = [months[m] for m in table["month"][rows].tolist()], [partners[p] for p in table["partner"][rows].tolist()]
    for k, name in enumerate(("imports", "duty")):
        values[k][cells] = table[name][rows]
    values[:, :, -1] = values[:, :, 0] - values[:, :, 1:-1].sum(axis=2)
    return values, months, partners


def imports_and_duty(months: Sequence[str]) -> tuple[Floats, Floats]:
    """Imports for consumption and duty of some months, USD, each of shape (months, partners); NaN where unknown."""
    values, place, _ = on_record()
    blank = np.full((2, 1, len(EVERYONE)), np.nan)
    rows = np.concatenate([values, blank], axis=1)[:, [place.get(month, len(place)) for month in months]]
    return rows[0], rows[1]


def receipts(months: Sequence[str]) -> tuple[Floats, Floats]:
    """Customs receipts, and imports of goods, of some months, USD, seasonally adjusted; NaN where not on record."""
    table = arrays("evidence_tariff_months")
    place = {month: n for n, month in enumerate(table["month"].tolist())}
    rows = [place.get(month, -1) for month in months]
    pick = [np.where(np.asarray(rows) >= 0, table[name][rows], np.nan) for name in ("duties", "imports")]
    return pick[0], pick[1]


def world_rates(months: Sequence[str]) -> tuple[Floats, list[str]]:
    """Duty collected over imports of every partner by month, share, and where each month is taken from."""
    imports, duty = imports_and_duty(months)
    rate = duty[:, 0] / imports[:, 0]
    cash = receipts([moved(month, 1) for month in months])[0] / receipts(months)[1]
    entered, paid = np.isfinite(rate).tolist(), np.isfinite(cash).tolist()
    sources = [CENSUS if known else RECEIPTS if later else "" for known, later in zip(entered, paid, strict=True)]
    return np.where(entered, rate, cash), sources


def last_on_record() -> str:
    """Last month of which duty is on record, on entries or by receipts of the month after."""
    entries = max(arrays("usa_collected_monthly")["month"].tolist())
    return max(entries, moved(max(arrays("evidence_tariff_months")["month"].tolist()), -1))


def claimed(partner: str) -> tuple[list[str], Floats]:
    """Months on record of claims of USMCA, and the share of imports from a partner that claimed in each."""
    table = arrays("usa_claims_usmca_monthly")
    own = np.flatnonzero((table["code"] == "") & (table["partner"] == partner))
    months = table["month"][own].tolist()
    order = np.argsort(months, kind="stable")
    return [months[k] for k in order], table["share"][own][order].astype(float)


def price_level(name: str, months: Sequence[str]) -> Floats:
    """Level of a monthly series of prices; NaN where it is not on record."""
    known = dict(zip(*(part.tolist() for part in monthly_series(name)), strict=True))
    return np.asarray([known.get(month, np.nan) for month in months])
