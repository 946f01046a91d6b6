"""The share of the duty that importers bear, as import prices before duty show it."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, Measurand, Readings, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import SHARES, period

SHOPS = (
    "how importers and consumers share a duty is not on record here: say population: importers for what both bear, or "
    "claim price_index or price_effect"
)
CONSUMERS = ("consumers", "us consumers", "american consumers", "households", "shoppers")


def _of_importers(row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
    """Readings at the border; how importers and consumers share it is not on record."""
    return () if row.population.casefold() in CONSUMERS else listed


QUANTITY = Measurand(
    what="share of the duty that US importers bear and foreign sellers do not, by import prices before duty",
    units=SHARES,
    # Prices move by a tenth of the duty for other reasons; studies of entries part by as much.
    tolerance=0.1,
    order=287,
    example={"value": "90", "period": "2025-01..2025-11"},
    needs={"value": refused, "year": period},
    narrowed_by=("year", "period"),
    uses=("of",),
    kinds=("", "plain"),
    populations={
        "importers": (
            "US importers", "American importers", "Americans", "US buyers", "American buyers", "United States",
            "US side", "US companies and consumers", "importers and consumers",
        ),
    },
    fitting=_of_importers,
    readings=(
        ReadingRow(name="border", label="import prices without fuel, less their pace of the year before"),
        ReadingRow(name="plain", label="the same without regard to their pace", of="plain"),
    ),
    unmodelled=SHOPS,
    compute=Elsewhere("prices", "pass_through"),
)  # fmt: skip
