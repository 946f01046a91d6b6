"""How the countries and sectors of `icio-2022` go together in `icio-2022-small`."""

from __future__ import annotations

from collections.abc import Mapping

SECTORS: Mapping[str, tuple[str, ...]] = {
    "AGR": ("A01", "A02", "A03"),
    "ENE": ("B05", "B06", "B09", "C19"),
    "ORE": ("B07", "B08"),
    "FOO": ("C10T12",),
    "TEX": ("C13T15",),
    "WPP": ("C16", "C17_18"),
    "CHM": ("C20", "C22", "C23"),
    "PHA": ("C21",),
    "MET": ("C24A", "C24B", "C25"),
    "ELE": ("C26",),
    "EEQ": ("C27",),
    "MAC": ("C28",),
    "VEH": ("C29", "C301", "C302T309"),
    "OMF": ("C31T33",),
    "SVC": ("Services (aggregate)",),
}
"""Sectors of the large world in each sector of the small one."""

REGIONS: Mapping[str, tuple[str, ...]] = {
    "EUN": tuple(
        "AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN "
        "SWE".split()
    ),
    "EFT": ("CHE", "ISL", "NOR"),
    "ANZ": ("AUS", "NZL"),
    "ASE": ("BRN", "IDN", "KHM", "LAO", "MMR", "MYS", "PHL", "THA"),
    "HUB": ("HKG", "SGP"),
    "CIS": ("BLR", "KAZ", "RUS", "UKR"),
    "MEA": ("ARE", "EGY", "ISR", "JOR", "MAR", "SAU", "TUN", "TUR"),
    "LAM": ("ARG", "CHL", "COL", "CRI", "PER"),
    "ROW": ("AGO", "BGD", "CIV", "CMR", "COD", "NGA", "PAK", "SEN", "STP", "ZAF", "ROW"),
}
"""Countries of the large world in each region of the small one; all others stand alone."""

REGION_NAMES: Mapping[str, str] = {
    "EUN": "European Union",
    "EFT": "EFTA countries",
    "ANZ": "Australia and New Zealand",
    "ASE": "other South-East Asia",
    "HUB": "Hong Kong and Singapore",
    "CIS": "Russia and neighbours",
    "MEA": "Middle East and North Africa",
    "LAM": "other Latin America",
    "ROW": "rest of the world",
}
"""Names of the regions of the small world."""


def sector_groups() -> dict[str, str]:
    """Sector of the small world of each sector of the large one."""
    return {member: name for name, members in SECTORS.items() for member in members}


def region_groups() -> dict[str, str]:
    """Region of the small world of each country of the large one that does not stand alone."""
    return {member: name for name, members in REGIONS.items() for member in members}
