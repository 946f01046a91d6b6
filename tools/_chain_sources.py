"""Where the figures of the supply chains come from: short names, citations, terms, and codes of places."""

from __future__ import annotations

PUBLIC = "US government work, public domain"
REPORTED = "single figures quoted from a published report"
PAPER = "figures quoted from a paper"
OWN = "assumption of this project"

# Short name, words that mark the source in the working files, citation, terms. The first row whose words occur counts.
SOURCES: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("iea-explorer", ("IEA Critical Minerals Data Explorer",), "IEA, Critical Minerals Data Explorer", "CC BY 4.0"),
    ("iea-outlook-2024", ("IEA Global Critical",),
     "IEA, Global Critical Minerals Outlook 2024 (SEAISI, 3 June 2024)", REPORTED),
    ("iea-2025-10", ("IEA commentary",),
     "IEA, commentary of 23 October 2025 (Rare Earth Exchanges, 24 Oct 2025)", REPORTED),
    ("goldman-2025-10", ("Goldman Sachs",), "Goldman Sachs, note of 20 October 2025 (Reuters)", REPORTED),
    ("doe-2022-review", ("DOE/US Government",), "US Department of Energy, supply-chain review, 2022", PUBLIC),
    ("doe-magnets-2022", ("DOE Rare Earth",),
     "US Department of Energy, Rare Earth Permanent Magnets, February 2022", PUBLIC),
    ("jrc-rmis", ("JRC RMIS",), "European Commission JRC, RMIS, dysprosium (quoted in a post, April 2025)", REPORTED),
    ("china-quota-2024", ("China quota 2024",),
     "Chinese quotas of 2024 (Mexico Business News; Mining.com, 2025)", REPORTED),
    ("china-org-2013", ("china.org.cn",), "china.org.cn, 12 August 2013", REPORTED),
    ("nyt-2025-06", ("New York Times June", "NYT 2025"), "New York Times, June 2025", REPORTED),
    ("mp-press-2022-12", ("press report on MP Materials",), "press on MP Materials, 15 December 2022", REPORTED),
    ("lynas-2025-05", ("Lynas Rare Earths announcement",), "Lynas Rare Earths, announcement of 16 May 2025", REPORTED),
    ("rawmaterials-2025-10", ("rawmaterials.net on Lynas",), "rawmaterials.net, October 2025", REPORTED),
    ("heavy-99", ("widely quoted",), "Reuters and CSIS, 2025", REPORTED),
    ("reuters-2020-01", ("Reuters 2020-01",), "Reuters, January 2020, on Chinese customs data", REPORTED),
    ("reuters-2025-07-20", ("Reuters 2025-07-20",), "Reuters, 20 July 2025, on Chinese customs data", REPORTED),
    ("reuters-2026-01-20", ("Reuters 2026-01-20",), "Reuters, 20 January 2026, on Chinese customs data", REPORTED),
    ("reuters-2026-04-20", ("Reuters 2026-04-20",), "Reuters, 20 April 2026, on Chinese customs data", REPORTED),
    ("gac-press", ("General Administration of Customs",),
     "General Administration of Customs of China (Reuters, press)", REPORTED),
    ("scmp-2025-08", ("South China Morning Post",),
     "South China Morning Post, August 2025, on Chinese customs data", REPORTED),
    ("asiacity-2025-10", ("asiacity.news",), "asiacity.news, October 2025, on Chinese customs data", REPORTED),
    ("vnnow-2025-07", ("vnnow.net",), "vnnow.net, 21 July 2025, on Chinese customs data", REPORTED),
    ("rawmaterials-2025-06", ("rawmaterials.net 2025-06",),
     "rawmaterials.net, June 2025, on Chinese customs data", REPORTED),
    ("rawmaterials-2026-01", ("rawmaterials.net 2026-01",),
     "rawmaterials.net, 20 January 2026, on Chinese customs data", REPORTED),
    ("rex-2025-09", ("Rare Earth Exchanges 2025-09",),
     "Rare Earth Exchanges, 5 September 2025, on Chinese customs data", REPORTED),
    ("tradium-2025-10", ("tradium.com 2025",), "Tradium, October 2025, on Chinese customs data", REPORTED),
    ("tradium-2023-10", ("tradium.com 2023",), "Tradium, October 2023", REPORTED),
    ("germanium-notes", ("germanium.com",),
     "germanium.com and rawmaterials.net, monthly notes on Chinese customs data", REPORTED),
    ("csis-power", ("CSIS China Power",), "CSIS China Power (stonenews.eu)", REPORTED),
    ("reo-observer-2025", ("Rare Earth Observer",), "The Rare Earth Observer, 2025, on Chinese import data", REPORTED),
    ("metalnomist-2025-03", ("Metalnomist 2025-03",), "Metalnomist, March 2025, on Chinese customs data", REPORTED),
    ("metalnomist-2025-10", ("Metalnomist 2025-10", "Metalnomist (Argus"), "Metalnomist, October 2025", REPORTED),
    ("metalnomist-2026-01", ("Metalnomist 2026-01",), "Metalnomist, January 2026", REPORTED),
    ("adamas-2011", ("Mining.com/Adamas",), "Adamas Intelligence (Mining.com, April 2025)", REPORTED),
    ("adamas-2023", ("Green Car Congress 2023",), "Adamas Intelligence (Green Car Congress, 6 May 2023)", REPORTED),
    ("adamas-2025", ("Adamas Intelligence 2025",), "Adamas Intelligence, 2025", REPORTED),
    ("adamas-2026", ("Adamas Intelligence 2026", "Adamas Intelligence, "), "Adamas Intelligence, 2026", REPORTED),
    ("argus-2025-05-09", ("GMTEight",), "Argus (GMTEight, 9 May 2025)", REPORTED),
    ("argus-2025-06-09", ("Argus via Nikkei",), "Argus (Nikkei Asia; Xe Today, 9 June 2025)", REPORTED),
    ("argus-2025-09-25", ("Argus weekly",), "Argus, weekly review of 25 September 2025", REPORTED),
    ("argus-2025-11", ("samarium.dev",), "Argus (press, November and December 2025)", REPORTED),
    ("kr36-2025-12", ("36Kr",), "36Kr, 17 December 2025", REPORTED),
    ("reuters-2026-02", ("Nation Thailand",), "Reuters (Nation Thailand, 27 February 2026)", REPORTED),
    ("wsj-2025-08", ("Wall Street Journal",), "Wall Street Journal, August 2025", REPORTED),
    ("mp-2025-07", ("MP Materials/DoD", "press reports of the MP", "MP Materials 2025-07", "MP Materials"),
     "MP Materials and US Department of Defense, 10 July 2025", REPORTED),
    ("mcs-2016", ("USGS MCS 2016",), "USGS, Mineral Commodity Summaries 2016", PUBLIC),
    ("mcs-2020", ("USGS MCS 2020",), "USGS, Mineral Commodity Summaries 2020", PUBLIC),
    ("mcs-2021", ("USGS MCS 2021",), "USGS, Mineral Commodity Summaries 2021", PUBLIC),
    ("mcs-2025", ("USGS MCS 2025", "Mineral Commodity Summaries 2025"),
     "USGS, Mineral Commodity Summaries 2025", PUBLIC),
    ("mcs-2026", ("USGS MCS 2026", "Mineral Commodity Summaries 2026"),
     "USGS, Mineral Commodity Summaries 2026, doi 10.5066/P1WKQ63T", PUBLIC),
    ("usgs-sir-2011", ("SIR 2011-5094",), "Goonan (2011), USGS Scientific Investigations Report 2011-5094", PUBLIC),
    ("usgs-ofr-2024", ("OFR 2024-1057",), "USGS, Open-File Report 2024-1057", PUBLIC),
    ("alonso-2023", ("Alonso",), "Alonso et al. (2023), Journal of Industrial Ecology (USGS)", PAPER),
    ("alfaro-2025", ("Alfaro",), "Alfaro, Fadinger, Schymik and Virananda (2025), NBER 33877", PAPER),
    ("boehm-2019", ("Boehm",), "Boehm, Flaaen and Pandalai-Nayar (2019), Review of Economics and Statistics", PAPER),
    ("baqaee-2019", ("Baqaee",), "Baqaee and Farhi (2019), Econometrica; Atalay (2017), AEJ Macroeconomics", PAPER),
    ("fally-2018", ("Fally",), "Fally and Sayre (2018), NBER 24599", PAPER),
    ("heim-2023", ("Heim",), "Heim and Vander Wal (2023), Minerals 13(10) 1274", PAPER),
    ("ganguli-2018", ("Ganguli",), "Ganguli and Cook (2018), MRS Energy & Sustainability", PAPER),
    ("crs-r41744", ("CRS R41744",), "Grasso (2013), Congressional Research Service R41744", PUBLIC),
    ("roskill-2021", ("Roskill",), "Roskill (Canadian Mining Journal, 25 February 2021)", REPORTED),
    ("mckinsey-2025", ("McKinsey",), "McKinsey, 2025 (trade press)", REPORTED),
    ("ecb-eb-2025-06", ("ECB Economic Bulletin",), "ECB, Economic Bulletin 6/2025", REPORTED),
    ("eu-press-2025", ("DW/CLEPA",), "European Commission and CLEPA (press, 2025)", REPORTED),
    ("quartz-2021", ("Quartz",), "Quartz, 2021; Xinhua, 2012", REPORTED),
    ("birmingham-2013", ("Birmingham",), "University of Birmingham, 2013; Telecom Asia, 2010", REPORTED),
    ("japan-metal", ("Japan Metal Bulletin",), "Japan Metal Bulletin", REPORTED),
    ("jogmec", ("JOGMEC",), "JOGMEC and METI (Mining.com, 2020, and press)", REPORTED),
    ("amcham-2025", ("AmCham",), "AmCham China, survey of 2025 (DW, June 2025)", REPORTED),
    ("eu-chamber-2025-09", ("EU chamber",), "EU Chamber of Commerce in China, 16 September 2025 (press)", REPORTED),
    ("smm-2025-06", ("SMM 2025-06",), "SMM and rawmaterials.net, June 2025", REPORTED),
    ("mofcom-18", ("Announcement 18", "MOFCOM translation", "45 working days"),
     "MOFCOM and GAC of China, Announcement 18 of 4 April 2025", "official document"),
    ("mofcom-2025-10", ("MOFCOM 55",), "MOFCOM and GAC of China, announcements of 9 October 2025", "official document"),
    ("chemradar", ("Chemradar",), "MOFCOM Announcement 70 of 2025 (Chemradar)", REPORTED),
    ("white-house-2025-11", ("White House",), "White House, fact sheet of 1 November 2025", PUBLIC),
    ("nikkei-2025-05", ("Reuters/Nikkei",), "Reuters and Nikkei, May 2025", REPORTED),
    ("argonne-2021", ("Argonne",), "Argonne National Laboratory (National Defense, 2021)", REPORTED),
    ("engadget-2012", ("Engadget",), "Engadget and Green Car Congress, 2012", REPORTED),
    ("time-2013", ("Time 2013",), "Time, 2013", REPORTED),
    ("econotimes-2025", ("Econotimes",), "Econotimes, June 2025", REPORTED),
    ("rovjok", ("rovjok",), "rovjok.com, critical minerals", REPORTED),
    ("fastmarkets-2024", ("Fastmarkets",), "Fastmarkets, June 2024; Australian Mining, May 2025", REPORTED),
    ("lcdproduct-2025", ("lcdproduct",), "Lynas announcement of October 2025 (lcdproduct.com)", REPORTED),
    ("couragemagnet", ("couragemagnet",), "couragemagnet.com, 2023", REPORTED),
    ("strategic-metal", ("strategic-metal",), "strategic-metal.com", REPORTED),
    ("company-plans", ("company plan",), "company announcements", REPORTED),
    ("dataweb", ("USITC DataWeb",), "US International Trade Commission, DataWeb", PUBLIC),
    ("census-2024", ("HS10 import files",), "US Census Bureau, imports for consumption 2024", PUBLIC),
    ("bea-2017", ("US output 2017",), "US Bureau of Economic Analysis, input-output accounts, 2017 detail", PUBLIC),
    ("research-note-2026", ("public research note",), "public research note on rare-earth risk, April 2026", REPORTED),
    ("market-notes", ("market reports", "market statistics"), "market notes, 2023-24", REPORTED),
    ("reuters-2025", ("Reuters",), "Reuters, 2025", REPORTED),
    ("press", ("press", "industry press"), "press", REPORTED),
    ("weo-2025-10", (),
     "International Monetary Fund, World Economic Outlook database, October 2025", "attribution (IMF)"),
    ("wdi-2025-03", (), "World Bank, World Development Indicators, 24 March 2025", "CC BY 4.0"),
    ("wgi-2022", (), "World Bank, Worldwide Governance Indicators, 2022 edition", "CC BY 4.0"),
    ("iupac", (), "IUPAC standard atomic weights, abridged", PAPER),
    ("own", (), "assumption of this project", OWN),
)  # fmt: skip

CONFIDENCE = ("found", "derived", "recalled", "secondary", "assumption")

PLACES = {
    "United States": "USA", "China": "CHN", "Myanmar": "MMR", "Burma": "MMR", "Myanmar (Burma)": "MMR",
    "Malaysia (Lynas)": "MYS", "Rest of world": "ROW", "Other": "ROW", "Other countries": "ROW", "World": "WLD",
    "World total": "WLD", "World total (rounded)": "WLD", "Europe": "EUR", "EUN": "EU27", "Russia": "RUS",
    "Republic of Korea": "KOR", "South Korea": "KOR", "Korea, Republic of": "KOR", "Korea, North": "PRK",
    "Turkey": "TUR", "Vietnam": "VNM", "Congo (Kinshasa)": "COD", "Democratic Republic of the Congo": "COD",
    "The Bahamas": "BHS", "Côte d’Ivoire": "CIV", "China, Germany, and Russia": "CHN+DEU+RUS",
}  # fmt: skip
"""Names in the working files that are not the names of the table of countries. ROW: others; WLD: world; EUR: Europe."""


def source_of(text: str) -> str:
    """Short name of the source a text names; `own` where it names none."""
    for name, marks, _, _ in SOURCES:
        if any(mark in text for mark in marks):
            return name
    return "own"


def confidence_of(text: str) -> str:
    """The weakest word in a remark such as "found; range assumption"."""
    words = {"assumption": "assumption", "secondary": "secondary", "well-known": "recalled", "derived": "derived"}
    return next((mine for theirs, mine in words.items() if theirs in text), "found")
