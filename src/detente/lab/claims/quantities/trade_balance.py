"""The balance of trade in goods of a country with a partner in a period, or the change of the gap."""

from __future__ import annotations

from detente.lab.claims.vocabulary import of_trade

QUANTITY = of_trade(
    "exports less imports of goods with a partner or all, a deficit below zero; in per cent the gap's change",
    # A difference of two flows moves more than either; revisions are about a thirtieth of the larger gaps.
    tolerance=0.03,
    order=220,
    example={"value": "-295", "partner": "CHN", "year": "2024"},
    labels={
        "published": "as the office of the country publishes it",
        "detailed": "exports less imports for consumption",
        "accounts": "national accounts",
        "mirror": "the balance that the partner records",
        "services": "the balance of goods and services, which headlines give",
        "table": "goods in the world table of 2022",
    },
    populations={
        "goods": ("goods trade", "merchandise", "trade in goods", "goods deficit"),
        "goods and services": ("trade in goods and services", "whole trade", "overall trade", "total trade"),
    },
)
