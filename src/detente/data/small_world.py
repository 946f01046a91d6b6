"""How the countries and sectors of a large world go together in its small one: `icio-2022`, `icio-2025`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

#: The world of every command, page, scenario, case and function that names none.
DEFAULT = "icio-2022"

#: Sectors of `icio-2022` in each sector of `icio-2022-small`.
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

#: Industries of `icio-2025` in each sector of `icio-2025-small`: steel, other metals, vehicles and chips apart.
SECTORS_2025: Mapping[str, tuple[str, ...]] = {
    **{name: SECTORS[name] for name in ("AGR", "ENE", "ORE", "FOO", "TEX", "WPP", "CHM", "PHA")},
    "STL": ("C24A",),
    "NFM": ("C24B",),
    "FMP": ("C25",),
    **{name: SECTORS[name] for name in ("ELE", "EEQ", "MAC")},
    "MVH": ("C29",),
    "OTE": ("C301", "C302T309"),
    "OMF": SECTORS["OMF"],
    "SVC": tuple("D E F G H49 H50 H51 H52 H53 I J58T60 J61 J62_63 K L M N O P Q R S T".split()),
}

#: Countries of `icio-2022` in each region of its small world; all others stand alone.
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

#: Economies of `icio-2025` in each region of its small world; neither has a rest of the world.
REGIONS_2025: Mapping[str, tuple[str, ...]] = {
    **{name: members for name, members in REGIONS.items() if name != "ROW"},
    "OTH": tuple(code for code in REGIONS["ROW"] if code != "ROW"),
}

EVERY_SECTOR: Mapping[str, tuple[str, ...]] = {**SECTORS, **SECTORS_2025}
#: Groups of both small worlds; a code that both have means the same in both, but for services.
EVERY_REGION: Mapping[str, tuple[str, ...]] = {**REGIONS, **REGIONS_2025}


def group_of_member(groups: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Group of each member: of sectors or countries of a large world those of its small one; others stand alone."""
    return {member: name for name, members in groups.items() for member in members}


def groups_on(axis: Sequence[str], *maps: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Group of each member by the one of several maps whose groups an axis has most of."""
    return group_of_member(max(maps, key=lambda groups: sum(name in axis for name in groups)))


def sectors_on(axis: Sequence[str], name: str) -> tuple[str, ...]:
    """Sectors of a world that a name of its own, of a small or of a large world means; the name where none does."""
    if name in axis:
        return (name,)
    groups = groups_on(axis, SECTORS, SECTORS_2025)
    for members in (SECTORS.get(name, ()), SECTORS_2025.get(name, ()), (name,)):
        codes = dict.fromkeys(code if code in axis else groups.get(code, "") for code in members)
        if codes and "" not in codes:
            return tuple(codes)
    return (name,)
