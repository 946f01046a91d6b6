"""Codes of publishers that are no country, and those of countries that differ from the usual ones."""

from __future__ import annotations

WORLD = "WLD"
UN_AREAS = {
    "0": WORLD, "W00": WORLD, "842": "USA", "841": "USA", "251": "FRA", "757": "CHE", "579": "NOR", "699": "IND",
    "381": "ITA", "490": "TWN", "S19": "TWN", "711": "ZAF", "736": "SDN", "530": "ANT", "532": "ANT", "58": "BLX",
    "891": "SCG", "810": "SUN", "200": "CSK", "278": "DDR", "280": "DEU", "97": "EUU", "975": "ASN",
    **{
        code: f"X{code}"
        for code in (
            "129 221 290 471 472 473 492 527 536 568 577 636 637 697 837 838 839 849 879 899".split()
        )
    },
}  # fmt: skip
"""Codes of the United Nations' trade statistics; areas that are no country have an X before their number."""

EU_AREAS = {
    "EU": "EUU", "EU27_2020": "EUU", "EU27_2020_INTRA": "EU_INTRA", "EU27_2020_EXTRA": "EU_EXTRA", "INT_EU": "EU_INTRA",
    "EXT_EU": "EU_EXTRA", "EA": "EA", "EA20": "EA20", "EL": "GRC", "UK": "GBR", "XI": "XNI", "XU": "GBR", "XK": "XKX",
    "XS": "SRB", "XC": "ESP", "XL": "ESP", "WORLD": WORLD, "TOTAL": WORLD,
    **{code: code for code in "QP QQ QR QS QU QV QW QX QY QZ XR XZ XM XO XP XT XV XW XN".split()},
}  # fmt: skip
"""Codes of Eurostat's geonomenclature that are no ISO code of a country."""

CENSUS_AREAS = {
    "-": WORLD, "0000": WORLD, "8220": "X8220", "8500": "X8500", "8000": "X8000",
    **{f"{number:04d}": f"C{number:04d}" for number in range(1, 100)},
    **{f"{first}XXX": f"C{first}XXX" for first in range(1, 8)},
}  # fmt: skip
"""Codes of the US Census that are no country: its groups of countries, and goods that are not of one."""
