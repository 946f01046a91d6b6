"""The cost to the average US household a year under US law of the day, against that of the base day."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, Measurand, base, refused
from detente.lab.claims.rows import ReadingRow
from detente.lab.claims.vocabulary import PRICE_KEYS

QUANTITY = Measurand(
    what="cost to the average US household a year under US law of the day, against the law of the base day",
    units=("usd",),
    tolerance=0.1,
    relative=True,
    order=120,
    effect=True,
    settled="a full year once the duties have come through to the shelf",
    example={"value": "2700", "as_of": "2025-05-08"},
    needs={"value": refused, "base": base},
    narrowed_by=("partner", "horizon"),
    uses=("of", *PRICE_KEYS),
    kinds=("", "accounts", "pocket"),
    populations={
        "households": (
            "average household", "household", "US households", "average US household", "American households",
            "average American household", "families", "average family",
        ),
    },
    readings=(
        ReadingRow(
            name="accounts", label="national-accounts basis, buyers pay the whole duty, nobody substitutes",
            of="accounts",
        ),
        ReadingRow(name="pocket", label="what households pay out of pocket", of="pocket"),
        ReadingRow(
            name="accounts-80", label="national-accounts basis with 80% of the duty paid by buyers", of="accounts",
            border=0.8,
        ),
        ReadingRow(
            name="margins", label="national-accounts basis with half of the margins in per cent", of="accounts",
            margin=0.5,
        ),
    ),
    compute=Elsewhere("prices", "household_cost"),
)  # fmt: skip
