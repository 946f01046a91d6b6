"""Imports of goods by a country from a partner in a month, a year or a span of months, or their change."""

from __future__ import annotations

from detente.lab.claims.vocabulary import of_trade

QUANTITY = of_trade(
    "imports of goods from a partner, or from all, in a period; in per cent their change against the year before",
    # Releases and records by month differ by up to a fiftieth: general imports hold what goes into warehouses.
    tolerance=0.02,
    order=200,
    example={"value": "30", "partner": "CHN", "period": "2025-03"},
    labels={
        "published": "as the importer's office publishes it",
        "detailed": "imports for consumption, customs value",
        "adjusted": "imports of goods, seasonally adjusted",
        "accounts": "national accounts",
        "mirror": "exports as the partner records them",
        "table": "goods in the world table of 2022",
    },
    named=("importer",),
)
