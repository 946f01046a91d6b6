"""The rise of the consumer prices of a category of goods under US law of the day, against that of the base day."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, Measurand, Wording, base, refused
from detente.lab.claims.rows import ReadingRow
from detente.lab.claims.vocabulary import PRICE_KEYS, SHARES


def _category(wording: Wording) -> str:
    """Prices of what?"""
    return "" if wording.row.category else "the claim does not say of which goods; add category: toys"


QUANTITY = Measurand(
    what="rise of the consumer prices of a category under US law of the day, against the law of the base day",
    units=SHARES,
    # Import shares of single lines are known to about a tenth, which is a point on a rise of ten.
    tolerance=0.01,
    order=115,
    effect=True,
    settled="once the duties have come through to the shelf in full",
    example={"value": "10", "category": "toys", "as_of": "2025-05-08"},
    needs={"value": refused, "base": base, "category": _category},
    narrowed_by=("partner", "category", "horizon"),
    uses=PRICE_KEYS,
    readings=(
        ReadingRow(name="full", label="buyers pay the whole duty, margins fixed in dollars, nobody substitutes"),
        ReadingRow(name="border-80", label="the same with 80% of the duty paid by buyers", border=0.8),
        ReadingRow(name="margins", label="the same with half of the margins in per cent", margin=0.5),
        ReadingRow(name="all-margins", label="the same with all margins in per cent", margin=1.0),
    ),
    compute=Elsewhere("prices", "category_price"),
)
