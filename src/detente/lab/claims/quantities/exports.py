"""Exports of goods of a country to a partner in a month, a year or a span of months, or their change."""

from __future__ import annotations

from detente.lab.claims.vocabulary import of_trade

QUANTITY = of_trade(
    "exports of goods to a partner, or to all, in a period; in per cent their change against the year before",
    # Releases are revised by up to a fiftieth, and what the partner records holds freight.
    tolerance=0.02,
    order=210,
    example={"value": "150", "partner": "CHN", "year": "2024"},
    labels={
        "published": "as the exporter's office publishes it",
        "detailed": "exports by good, free alongside ship",
        "accounts": "national accounts",
        "mirror": "imports as the partner records them",
        "table": "goods in the world table of 2022",
    },
)
