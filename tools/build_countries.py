"""Countries and territories: codes of ISO, the UN and the US Census, the names people type, place and income group.

Sources: UN Statistics Division and ISO 3166 codes (Open Data Commons public-domain compilation), US Census Bureau
country codes (public domain), World Bank list of economies of April 2026 (CC BY 4.0: income group and capital).
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import polars as pl

from _shared import arguments, read_text_csv, write_table

# Spellings beyond the official ones; keys are ISO3.
ALIASES: dict[str, str] = {
    "ARE": "UAE;Emirates;U.A.E.",
    "BES": "Bonaire;Bonaire, Sint Eustatius and Saba",
    "BHS": "The Bahamas",
    "BIH": "Bosnia-Herzegovina;BiH",
    "BOL": "Bolivia, Plurinational State of",
    "BRN": "Brunei Darussalam",
    "CAF": "CAR",
    "CHE": "Swiss Confederation",
    "CHN": "PRC;People's Republic of China;Mainland China;China (mainland);P.R. China",
    "CIV": "Ivory Coast;Cote d'Ivoire;Côte d'Ivoire",
    "COD": "DRC;DR Congo;Congo (Kinshasa);Congo-Kinshasa;Zaire;Congo, Democratic Republic of the",
    "COG": "Congo;Congo (Brazzaville);Congo-Brazzaville;Republic of the Congo;Congo, Republic of the",
    "CPV": "Cabo Verde",
    "CZE": "Czech Republic",
    "DEU": "Federal Republic of Germany;Deutschland",
    "FLK": "Falklands;Malvinas",
    "FSM": "Micronesia, Federated States of;Federated States of Micronesia",
    "GBR": "UK;U.K.;Britain;Great Britain;United Kingdom;England",
    "GMB": "The Gambia",
    "HKG": "Hong Kong SAR;China, Hong Kong SAR;Hongkong;Hong Kong, China",
    "IRN": "Islamic Republic of Iran",
    "KGZ": "Kyrgyz Republic",
    "KNA": "St. Kitts and Nevis;St Kitts",
    "KOR": "Korea;South Korea;Republic of Korea;Korea, South;Korea, Rep.;Korea, Republic of;S. Korea;ROK",
    "LAO": "Lao PDR;Laos;Lao",
    "LCA": "St Lucia",
    "MAC": "Macau;Macao SAR;China, Macao SAR;Macau SAR",
    "MDA": "Republic of Moldova",
    "MKD": "Macedonia;FYROM",
    "MMR": "Burma;Burma (Myanmar)",
    "NLD": "Holland;The Netherlands",
    "NZL": "Aotearoa",
    "PHL": "The Philippines",
    "PRK": "DPRK;North Korea;Korea, North;Korea, Dem. People's Rep.",
    "PSE": "Palestinian Territories;West Bank and Gaza;West Bank;Gaza Strip;Occupied Palestinian Territory",
    "ROU": "Rumania",
    "RUS": "Russian Federation",
    "SAU": "KSA;Kingdom of Saudi Arabia",
    "SHN": "St Helena;Saint Helena, Ascension and Tristan da Cunha",
    "STP": "Sao Tome",
    "SUR": "Surinam",
    "SWZ": "Swaziland",
    "SYR": "Syria",
    "TLS": "East Timor",
    "TTO": "Trinidad",
    "TUR": "Turkey;Türkiye;Turkiye",
    "TWN": "Chinese Taipei;Taiwan, China;Taiwan, Province of China;Taiwan (China);Republic of China;ROC;Formosa",
    "TZA": "Tanzania, United Republic of",
    "UKR": "The Ukraine",
    "USA": "United States;US;U.S.;U.S.A.;America;USA",
    "VAT": "Vatican;Holy See (Vatican City)",
    "VCT": "St. Vincent and the Grenadines;St Vincent",
    "VEN": "Venezuela, RB",
    "VGB": "BVI;Virgin Islands, British",
    "VIR": "Virgin Islands, U.S.;US Virgin Islands;Virgin Islands of the United States",
    "VNM": "Vietnam;Viet Nam",
    "WSM": "Western Samoa",
    "XKX": "Kosovo;XK;Republic of Kosovo",
}

# Latitude and longitude (degrees) of the main town where the World Bank list has none.
PLACES: dict[str, tuple[float, float]] = {
    "ALA": (60.10, 19.94), "AIA": (18.22, -63.05), "ATA": (-77.85, 166.67), "BES": (12.15, -68.27),
    "BVT": (-54.42, 3.36), "IOT": (-7.31, 72.41), "CXR": (-10.42, 105.68), "CCK": (-12.19, 96.83),
    "COK": (-21.21, -159.78), "CUW": (12.12, -68.93), "FLK": (-51.70, -57.85), "GUF": (4.94, -52.33),
    "ATF": (-49.35, 70.22), "GIB": (36.14, -5.35), "GLP": (16.00, -61.73), "GGY": (49.46, -2.54),
    "HMD": (-53.10, 73.51), "VAT": (41.90, 12.45), "JEY": (49.19, -2.11), "MTQ": (14.60, -61.08),
    "MYT": (-12.78, 45.23), "MSR": (16.79, -62.21), "NIU": (-19.06, -169.92), "NFK": (-29.06, 167.96),
    "PCN": (-25.07, -130.10), "REU": (-20.88, 55.45), "BLM": (17.90, -62.85), "SHN": (-15.92, -5.72),
    "MAF": (18.07, -63.08), "SPM": (46.78, -56.18), "SXM": (18.03, -63.05), "SGS": (-54.28, -36.51),
    "PSE": (31.90, 35.20), "SJM": (78.22, 15.64), "TWN": (25.03, 121.57), "TKL": (-9.20, -171.85),
    "UMI": (19.28, 166.65), "WLF": (-13.28, -176.18), "ESH": (27.15, -13.20), "XKX": (42.66, 21.17),
}  # fmt: skip

# Census names whose spelling meets no other list.
CENSUS_NAMES: dict[str, str] = {
    "1610": "SPM", "6029": "HMD", "6413": "WLF", "7810": "IOT", "7905": "ATF", "2390": "CUB", "5790": "PRK",
    "4803": "XKX", "5082": "PSE", "5083": "PSE", "9030": "PRI", "9110": "VIR", "9350": "GUM", "9510": "ASM",
    "9610": "MNP", "9800": "UMI", "1000": "USA", "7323": "SSD",
}  # fmt: skip
SECOND_CENSUS = {"PSE": ("5083", "5082")}

KOSOVO = {
    "iso3": "XKX", "iso2": "XK", "m49": "412", "name": "Kosovo", "un_name": "Kosovo", "region": "Europe",
    "subregion": "Southern Europe", "bank_region": "Europe & Central Asia", "income": "Upper middle income",
}  # fmt: skip
# The World Bank list has no line for Taiwan; its own classification note puts it in the high-income group.
TAIWAN = {"region": "Asia", "subregion": "Eastern Asia", "bank_region": "East Asia & Pacific", "income": "High income"}


# Names shown in tables, where the joined list has one that reads oddly in a sentence.
DISPLAY = {
    "BIH": "Bosnia and Herzegovina", "COD": "DR Congo", "COG": "Congo", "GBR": "United Kingdom", "USA": "United States",
    "CPV": "Cabo Verde", "SHN": "Saint Helena", "CCK": "Cocos (Keeling) Islands",
}  # fmt: skip


def census_codes(data: Path) -> dict[str, list[str]]:
    """ISO3 -> Census codes, the main one first."""
    mapped = read_text_csv(data / "us_imports" / "CensusCountryMapping_FRBAtl_short.csv").drop_nulls("CTY_CODE")
    iso3 = {**dict(mapped.select("CTY_CODE", "ISO3").iter_rows()), **CENSUS_NAMES}
    official = set(read_text_csv(data / "us_imports" / "census_codes.csv")["Code"])
    codes: dict[str, list[str]] = {}
    for code in sorted(official):
        codes.setdefault(iso3[code], []).append(code)
    return {**codes, **{key: list(pair) for key, pair in SECOND_CENSUS.items()}}


def base_rows(data: Path) -> list[dict[str, str | None]]:
    """One row a country from the joined list, in our column names; three-digit numeric codes."""
    names = {"name_short": "name", "name_un": "un_name", "un_region": "region", "un_subregion": "subregion"}
    names |= {"wb_region": "bank_region", "wb_income": "income", "latitude": "lat", "longitude": "lon"}
    table = read_text_csv(data / "countries" / "countries.csv").rename(names)
    rows = [{**row, "m49": str(row["m49"]).zfill(3)} for row in table.iter_rows(named=True)]
    for row in rows:
        row["un_name"] = ";".join(filter(None, (row["un_name"], row["name"])))
        row["name"] = DISPLAY.get(str(row["iso3"]), row["name"])
    return [{**row, **TAIWAN} if row["iso3"] == "TWN" else row for row in rows] + [{**KOSOVO}]


def official_names(data: Path) -> dict[str, list[str]]:
    """ISO3 -> names in English of the UN, ISO, CLDR and Census lists."""
    columns = ["official_name_en", "UNTERM English Short", "UNTERM English Formal", "CLDR display name"]
    table = read_text_csv(data / "countries" / "country-codes.csv")
    key = "ISO3166-1-Alpha-3"
    names = {row[key]: [row[column] for column in columns] for row in table.iter_rows(named=True) if row[key]}
    census = dict(read_text_csv(data / "us_imports" / "census_codes.csv").select("Code", "Name").iter_rows())
    for iso3, codes in census_codes(data).items():
        names.setdefault(iso3, []).extend(census[code] for code in codes)
    return names


def plain(text: str) -> str:
    """The name without accents, as it is typed on most keyboards."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).replace("’", "'")


def spellings(row: dict[str, str | None], official: list[str]) -> list[str]:
    """Every name of one country once, without its display name, in alphabetical order."""
    name, iso3 = str(row["name"]), str(row["iso3"])
    names = {
        str(n).strip() for n in [*str(row["un_name"]).split(";"), *official, *ALIASES.get(iso3, "").split(";")] if n
    }
    names |= {n.replace("St. ", "Saint ").replace(" & ", " and ") for n in (name, *names)}
    names = {
        n.strip().removeprefix("the ").removesuffix("(the)").rstrip("* ")
        for n in names
        if not n.endswith("(formerly Za")
    }
    return sorted((names | {plain(n) for n in names | {name}}) - {name})


def country_row(row: dict[str, str | None], census: list[str], official: list[str]) -> dict[str, object]:
    iso3 = str(row["iso3"])
    place = PLACES.get(iso3) or (float(str(row["lat"])), float(str(row["lon"])))
    copied = {key: row[key] for key in ("iso3", "iso2", "m49", "name", "region", "subregion", "bank_region", "income")}
    codes = {"census": census[0] if census else None, "census_second": census[1] if census[1:] else None}
    return {**copied, **codes, "lat": place[0], "lon": place[1], "aliases": spellings(row, official)}


def check_names(table: pl.DataFrame) -> None:
    """A name that means two countries would be read wrongly: refuse it."""
    names = pl.concat([table.select("iso3", "name"), table.explode("aliases").select("iso3", name="aliases")])
    counts = names.with_columns(pl.col("name").str.to_lowercase()).group_by("name").agg(pl.col("iso3").n_unique())
    double = counts.filter(pl.col("iso3") > 1)
    if double.height:
        sys.exit(f"names of more than one country: {double['name'].to_list()}")


def main() -> None:
    options = arguments(__doc__ or "")
    census, official = census_codes(options.data), official_names(options.data)
    rows = [
        country_row(r, census.get(str(r["iso3"]), []), official.get(str(r["iso3"]), []))
        for r in base_rows(options.data)
    ]
    order = ["iso3", "iso2", "m49", "census", "census_second", "name", "aliases"]
    order += ["region", "subregion", "bank_region", "income", "lat", "lon"]
    table = pl.DataFrame(rows, infer_schema_length=None).select(order).sort("iso3")
    check_names(table)
    write_table(table, options.out / "countries.parquet")


if __name__ == "__main__":
    main()
