"""Known values that fields of pages list."""

from __future__ import annotations

SECTORS = (
    ("AGR", "farm goods"), ("ENE", "energy"), ("ORE", "ores"), ("FOO", "food"), ("TEX", "textiles, clothing"),
    ("WPP", "wood, paper"), ("CHM", "chemicals"), ("PHA", "medicines"), ("MET", "metals"), ("ELE", "electronics"),
    ("EEQ", "electrical equipment"), ("MAC", "machinery"), ("VEH", "vehicles"), ("OMF", "other manufactures"),
)  # fmt: skip
"""Sectors of goods of the small world, as `except` names them."""

YEARS = tuple(map(str, range(2015, 2026)))
"""Years of the trade that weighs duties."""
