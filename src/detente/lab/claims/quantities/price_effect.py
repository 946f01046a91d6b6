"""The rise of consumer prices under US law of the day, against that of the base day."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, Measurand, base, refused
from detente.lab.claims.rows import ReadingRow
from detente.lab.claims.vocabulary import PRICE_KEYS, SHARES

QUANTITY = Measurand(
    what="rise of consumer prices under US law of the day, against the law of the base day (1 January 2025)",
    units=SHARES,
    tolerance=0.0025,
    order=110,
    effect=True,
    settled="once the duties have come through to the shelf in full",
    example={"value": "1.9", "as_of": "2025-05-08"},
    needs={"value": refused, "base": base},
    narrowed_by=("partner", "horizon"),
    uses=PRICE_KEYS,
    populations={
        "consumer prices": ("prices", "consumer price level", "price level", "consumption", "PCE"),
    },
    readings=(
        ReadingRow(name="full", label="buyers pay the whole duty, margins fixed in dollars, nobody substitutes"),
        ReadingRow(name="border-80", label="the same with 80% of the duty paid by buyers", border=0.8),
        ReadingRow(name="margins", label="the same with half of the margins in per cent", margin=0.5),
    ),
    compute=Elsewhere("prices", "consumer_prices"),
)
