"""Names for the single figures of the working files, row by row: topic, item, place, measure, unit and factor."""

from __future__ import annotations

from typing import NamedTuple


class Fact(NamedTuple):
    """What a figure is; `value` (low, high) only where the text does not hold it as a plain number or range."""

    topic: str
    item: str
    place: str
    measure: str
    unit: str
    factor: float = 1.0
    period: str = ""
    value: tuple[float, float] | None = None
    basis: str = ""


def _iea(topic: str, item: str, period: str) -> Fact:
    return Fact(topic, item, "WLD", "magnet elements", "kg", 1e6, period)


INTENSITY = (
    Fact("intensity", "ev_traction_motor", "WLD", "NdFeB per vehicle", "kg"),
    Fact("intensity", "ev_traction_motor", "WLD", "NdFeB per vehicle", "kg"),
    Fact("intensity", "nev", "WLD", "rare-earth magnets per vehicle", "kg"),
    Fact("intensity", "ev", "WLD", "rare earths per vehicle", "kg", basis="twice a petrol car"),
    Fact("intensity", "ev", "WLD", "Dy per vehicle", "kg", 1e-3),
    Fact("intensity", "wind_direct_drive", "WLD", "NdFeB per MW", "kg", 1e3),
    Fact("intensity", "wind_permanent_magnet", "WLD", "NdFeB per MW", "kg", 1e3),
    Fact("intensity", "wind_by_type", "WLD", "NdFeB per MW", "kg", value=(80, 650),
         basis="direct drive 650, medium speed 160, small 80"),
    Fact("intensity", "ndfeb", "WLD", "rare earths per kg of magnet", "kg"),
    Fact("intensity", "ndfeb_wind", "WLD", "Dy per kg of magnet", "kg"),
    Fact("intensity", "ndfeb", "WLD", "Nd per kg of magnet", "kg"),
    Fact("intensity", "f35", "USA", "rare-earth materials per aircraft", "kg", value=(417, 417),
         basis="disputed: mass of materials, not of elements"),
    Fact("intensity", "f35", "USA", "SmCo magnets per aircraft", "kg", value=(22, 22)),
    Fact("intensity", "ddg51", "USA", "rare-earth materials per ship", "kg", value=(2359, 2359)),
    Fact("intensity", "ssn774", "USA", "rare-earth materials per boat", "kg", value=(4173, 4173)),
    _iea("demand", "ev", "2024"),
    _iea("demand", "wind", "2024"),
    _iea("demand", "other", "2024"),
    _iea("demand", "total", "2024"),
    _iea("demand", "total_stated_policies", "2030"),
    Fact("demand", "clean_technology", "WLD", "Dy", "kg", 1e6, "2024"),
    Fact("demand", "clean_technology", "WLD", "Tb", "kg", 1e6, "2024"),
    Fact("demand", "consumer_electronics", "WLD", "share of NdFeB", "share", basis="almost"),
    Fact("demand", "automotive", "WLD", "share of NdFeB", "share"),
    Fact("demand", "wind", "WLD", "NdFeB", "kg", 1e3, "2025"),
    Fact("demand", "wind", "WLD", "NdFeB", "kg", 1e3, "2020"),
    Fact("demand", "nev", "WLD", "NdFeB", "kg", 1e3, "2027"),
)  # fmt: skip

STOCKS = (
    Fact("stock", "rare_metals", "JPN", "target, days of use", "days", value=(60, 60), basis="42 national"),
    Fact("stock", "firms_out_within_three_months", "CHN", "share of US firms asked", "share", value=(0.75, 0.75)),
    Fact("stock", "Y", "WLD", "traders outside China, months of use", "months", value=(1, 12)),
    Fact("outcome", "line_stops", "WLD", "weeks after the licences began", "weeks", value=(7, 14),
         basis="two firms stopped after 7 to 8 weeks, others warned of week 14; an outcome, never a source of cover"),
    Fact("stock", "Sm", "USA", "defence, months of use", "months", value=(12, 12), basis="about 200 t"),
    Fact("purchase", "NdPr_oxide", "USA", "national stockpile, up to, year to September 2025", "kg", 1e3),
    Fact("purchase", "NdFeB_block", "USA", "national stockpile, up to, year to September 2025", "kg", 1e3),
    Fact("purchase", "SmCo_alloy", "USA", "national stockpile, up to, year to September 2025", "kg", 1e3),
    Fact("purchase", "Sc_oxide", "USA", "stockpile, over five years", "kg", value=(6000, 6000), basis="more than"),
    Fact("stock", "gallium", "USA", "users, months of use, end of 2025", "months", value=(2.1, 2.1),
         basis="3,400 kg against 19,000 kg a year"),
    Fact("stock", "defence_industry", "JPN", "weeks of use", "weeks", value=(3, 6), basis="claim of little weight"),
    Fact("lead_time", "mine", "WLD", "years to open", "years", value=(7, 7), basis="up to"),
    Fact("lead_time", "plant", "WLD", "years to open, mean", "years", value=(8, 8)),
    Fact("recycling", "end_of_life", "WLD", "share", "share", value=(0, 0.01), basis="less than"),
    Fact("saving", "vehicle_motor", "JPN", "Dy, share of need", "share", value=(0.4, 0.4)),
    Fact("saving", "hybrid_motor", "JPN", "Dy, share of need", "share", value=(0.3, 0.3)),
    Fact("saving", "grain_boundary_diffusion", "WLD", "Dy, share of need", "share", value=(0, 0.7), basis="up to"),
    Fact("saving", "programme_2012", "JPN", "Dy, share of yearly use", "share", value=(0.3, 0.5), basis="200 to 400 t"),
)  # fmt: skip

EPISODE = (
    Fact("episode_2010", "Dy_oxide", "CHN", "FOB price", "USD/kg"),
    Fact("episode_2010", "Dy_oxide", "CHN", "FOB price", "USD/kg"),
    Fact("episode_2010", "Nd_metal", "WLD", "price", "USD/kg"),
    Fact("episode_2010", "Nd_metal", "WLD", "price", "USD/kg"),
    Fact("episode_2010", "Dy_metal", "WLD", "price", "USD/kg"),
    Fact("episode_2010", "Dy_metal", "WLD", "price", "USD/kg"),
    Fact("episode_2010", "all", "WLD", "largest rise of a price", "times"),
    Fact("episode_2010", "export_quota", "CHN", "oxides", "kg", 1e3),
    Fact("episode_2010", "export_quota", "CHN", "oxides", "kg", 1e3),
    Fact("episode_2010", "export_quota", "CHN", "oxides", "kg", 1e3),
    Fact("episode_2010", "demand", "JPN", "oxides", "kg", 1e3),
    Fact("episode_2010", "demand", "JPN", "oxides", "kg", 1e3),
    Fact("episode_2010", "patents", "EU27", "rise in exposed industries", "share", 0.01),
)

_RELIANCE = Fact("import_reliance", "all", "USA", "net imports over use", "share", 0.01)
_HEAVY = Fact("imports", "heavy", "USA", "compounds and metals, oxides", "kg", 1e3)
_YTTRIUM = Fact("imports", "Y", "USA", "oxide", "kg", 1e3)
_USE = Fact("apparent_use", "all", "USA", "compounds and metals, oxides", "kg", 1e3)
_VALUE = Fact("imports", "all", "USA", "compounds and metals, value", "USD", 1e6)
_JAPAN = Fact("import_share", "all", "JPN", "from China", "share", 0.01)
RELIANCE = (
    *(_RELIANCE._replace(basis="edition of 2025") for _ in range(5)),
    *(_RELIANCE._replace(basis="edition of 2026") for _ in range(5)),
    *(_RELIANCE._replace(item=item) for item in ("heavy", "Y", "Sc", "Ga")),
    *(_HEAVY,) * 5,
    *(_YTTRIUM,) * 5,
    *(_USE,) * 4,
    _USE._replace(basis="three times any year before, unexplained: take need from 2021 to 2024"),
    *(_VALUE,) * 2,
    Fact("import_share", "NdFeB", "EU27", "from China", "share", 0.01),
    Fact("import_share", "all", "EUR", "euro area, from China", "share", 0.01),
    *(_JAPAN,) * 3,
)

_KILOS = Fact(
    "end_use", "", "WLD", "", "kg", 1e3, basis="quoted from memory; column sums agree; phosphors have collapsed since"
)
_END_USE = {
    "NdFeB magnets": "ndfeb", "Phosphors": "phosphors", "Ceramics": "ceramics", "Battery alloys": "batteries",
    "Metallurgy (ex battery)": "metallurgy", "Auto catalysts": "car catalysts", "Glass additives": "glass",
}  # fmt: skip
_2008 = {
    "NdFeB magnets": "Nd Pr Dy Gd Tb", "Phosphors": "Y Ce La Eu Tb Gd", "Ceramics": "Y La Ce Nd Pr",
    "Battery alloys": "La Ce Nd Pr Sm", "Metallurgy (ex battery)": "Ce La Nd Pr", "Auto catalysts": "Ce La Nd Pr",
    "Glass additives": "Ce La Nd Y Pr other",
}  # fmt: skip


def _share(item: str, place: str, measure: str) -> Fact:
    return Fact("end_use", item, place, measure, "share", 0.01)


END_USES = (
    *(_KILOS._replace(item=item, measure=_END_USE[use]) for use, items in _2008.items() for item in items.split()),
    _share("all", "WLD", "permanent magnets"),
    _share("all", "WLD", "catalysts, glass, lighting, metallurgy"),
    _share("all", "WLD", "batteries, ceramics, magnets"),
    _share("all", "WLD", "magnets, of value"),
    _share("Sc", "WLD", "alloys and fuel cells: principal"),
    _share("Y", "WLD", "ceramics and phosphors: leading"),
    _share("Ga", "USA", "integrated circuits"),
    _share("Ga", "USA", "optoelectronics"),
    *(_share("all", "USA", use) for use in ("catalysts", "ceramics and glass", "polishing", "metallurgy", "other")),
    Fact("requirement", "all", "USA", "share of the world's need with imported products", "share", 0.01),
)

ELEMENT_USES = {
    "La": "cracking catalysts, batteries, optics", "Ce": "polishing, car catalysts, glass", "Pr": "NdFeB, ceramics",
    "Nd": "NdFeB", "Pm": "none in trade", "Sm": "SmCo", "Eu": "phosphors", "Gd": "imaging, magnets, reactors",
    "Tb": "hot NdFeB, phosphors", "Dy": "hot NdFeB", "Ho": "lasers, magnets", "Er": "fibre amplifiers",
    "Tm": "portable X-ray, lasers", "Yb": "fibre lasers", "Lu": "PET scanners, cracking catalysts",
    "Y": "coatings, ceramics, phosphors, lasers", "Sc": "aluminium alloys, fuel cells",
}  # fmt: skip

# Key, kind (control, relief, outcome, other) and our words for each dated event, in the order of the working file.
EVENTS = (
    ("quota-2010", "control", "China cuts the export quota of the second half-year by 72%, of the year by two fifths"),
    ("japan-2010", "control", "Shipments to Japan stop after the incident at the Senkaku islands"),
    ("wto-2014", "relief", "WTO rules against the quotas; they end in 2015"),
    ("ga-ge-licences", "control", "Export licences for gallium and germanium"),
    ("technology-2023", "control", "Ban on exports of extraction, separation and magnet technology"),
    ("ga-ge-sb-ban", "control", "Ban on gallium, germanium and antimony to the United States"),
    ("april-2025", "control", "Announcement 18: licences for Sm, Gd, Tb, Dy, Lu, Sc, Y, SmCo and NdFeB with Tb or Dy"),
    ("ford-2025", "outcome", "Ford stops a line in Chicago for about a week"),
    ("suzuki-2025", "outcome", "Suzuki stops the Swift, until 6 to 16 June"),
    ("clepa-2025", "outcome", "Lines of several European suppliers stand still"),
    ("london-2025", "relief", "Talks in London; licences speed up"),
    ("mp-2025", "other", "US defence department and MP Materials: floor of 110 USD/kg NdPr, 400 m USD of equity"),
    ("eu-chamber-2025", "outcome", "Fewer than a quarter of some 140 requests granted, says the EU Chamber"),
    ("october-2025", "control", "Ho, Er, Tm, Eu, Yb and equipment added; rule for foreign products from 0.1% of value"),
    ("suspension-2025", "relief", "The October controls are suspended to 10 November 2026; those of April stay"),
    ("general-licences", "relief", "General licences for rare earths, Ga, Ge, Sb and graphite announced"),
    ("general-licences-start", "relief", "The general licences start"),
    ("japan-2026", "control", "Ban on dual-use exports to Japan"),
)  # fmt: skip
