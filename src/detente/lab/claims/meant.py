"""What a claim means where its words leave something out: the usual base, and the quantity that has its population."""

from __future__ import annotations

from datetime import date, timedelta

from detente.codes import declared_note
from detente.codes.days import BASE_DAY
from detente.lab.claims.quantities import quantities
from detente.lab.claims.questions import Wording
from detente.lab.claims.rows import PartRow, QuantityRow
from detente.lab.claims.vocabulary import YEARS_END

CHAIN_SHARE, TRADE_SHARE = "share", "partner_share"
"""Two names of one quantity: shares in stages of a supply chain and on lines, and shares in the trade of a country."""


def meant(part: PartRow, spoken: date) -> tuple[PartRow, str]:
    """A statement with the quantity that its words mean, and what is to be said of that; "" where nothing is left out.

    Parameters
    ----------
    spoken : day of the claim, which a quantity without a day is about.
    """
    row, words = part.quantity, ""
    if row is None:
        return part, ""
    if not part.readings and part.definition is None and row.name in (CHAIN_SHARE, TRADE_SHARE):
        row = _share(row)
    question = quantities()[row.name].needs.get("base")
    in_time = question is not None and "law" in quantities()[row.name].uses and (row.as_of or spoken) >= BASE_DAY
    if in_time and question is not None and question(Wording(row, part.definition, part.readings)):
        row, words = row.model_copy(update={"base": BASE_DAY}), declared_note("claims.base_assumed", base=BASE_DAY)
    return part.model_copy(update={"quantity": row}), words


def _share(row: QuantityRow) -> QuantityRow:
    """A share under the name by which its population is measured, in the period that its day means."""
    chain, trade = (quantities()[name].population(row.population) for name in (CHAIN_SHARE, TRADE_SHARE))
    if row.name == TRADE_SHARE and chain and not trade:
        return row.model_copy(update={"name": CHAIN_SHARE})
    if row.name == TRADE_SHARE or chain or not trade:
        return row
    period = {} if row.period or row.year else _period(row.as_of)
    return row.model_copy(update={"name": TRADE_SHARE, **period})


def _period(day: date | None) -> dict[str, object]:
    """The year that a day ends, or the months of its year that are over; nothing without a day."""
    if day is None:
        return {}
    if (day.month, day.day) == YEARS_END:
        return {"year": day.year}
    last = (day + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    return {"year": last.year} if last.month == 12 else {"period": f"{last.year}-01..{last:%Y-%m}"}
