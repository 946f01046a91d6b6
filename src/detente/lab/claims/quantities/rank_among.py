"""The place of a partner among all partners of a country: first supplier, third market, largest deficit."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, Measurand, refused
from detente.lab.claims.rows import ReadingRow
from detente.lab.claims.vocabulary import US_IMPORTS, period

QUANTITY = Measurand(
    what="place of a partner, 1 for the largest, in imports, exports, trade, deficits or surpluses of a country",
    units=("count",),
    # A place is counted, not measured: the second is not the first.
    tolerance=0.0,
    exact=True,
    order=260,
    example={"value": "2", "population": "suppliers", "year": "2024"},
    needs={"value": refused, "population": refused, "partner": refused, "year": period},
    narrowed_by=("partner", "importer", "country", "year", "period"),
    uses=("population", "partner"),
    populations={
        "imports": (*US_IMPORTS, "suppliers", "largest supplier", "sources of imports", "goods imports"),
        "exports": ("US exports", "markets", "export markets", "largest market", "customers", "goods exports"),
        "trade": ("trading partners", "largest trading partner", "two-way trade", "total trade", "trading partner"),
        "deficits": ("trade deficits", "deficit", "largest deficit", "goods deficits", "trade deficit"),
        "surpluses": ("trade surpluses", "surplus", "largest surplus", "trade surplus"),
    },
    readings=(
        ReadingRow(name="imports", label="place among those it buys from", population="imports"),
        ReadingRow(name="exports", label="place among those it sells to", population="exports"),
        ReadingRow(name="trade", label="place by exports and imports together", population="trade"),
        ReadingRow(name="deficits", label="place among its deficits in goods", population="deficits"),
        ReadingRow(name="surpluses", label="place among its surpluses in goods", population="surpluses"),
    ),
    compute=Elsewhere("trade", "rank_among"),
)
