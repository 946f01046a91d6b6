"""Flows by month, prices, elements, facts, customs trade and mineral summaries, in one schema each."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from _chain_facts import ELEMENT_USES, END_USES, EPISODE, EVENTS, INTENSITY, RELIANCE, STOCKS, Fact
from _chain_notes import notes_of
from _chain_rows import FLAG, NUMBER, ORIGIN, TEXT, Places, Row, number, numbers, origin, rows, table
from _chain_sources import confidence_of, source_of

# --- flows ------------------------------------------------------------------------------------------------------------

PRODUCTS = {
    "magnets (HS 8505.11, all grades)": "magnets", "Dy, all forms": "Dy", "Tb, all forms": "Tb", "Ga metal": "gallium",
    "Ge": "germanium", "rare-earth compounds and metals": "compounds", "NdPr oxide, Lynas to China": "NdPr_oxide",
}  # fmt: skip
KILOGRAMS = {"t": 1000.0, "kg": 1.0}


def flows(folder: Path, places: Places) -> pl.DataFrame:
    """Exports of China by product, period and destination: kg, or shares."""
    found = [_flow(row, places) for row in rows(folder, "chain_flows_by_destination")]
    found += [flow for row in rows(folder, "china_magnet_exports") for flow in _magnets(row)]
    kept: dict[tuple, Row] = {}
    for row in found:
        key = (row["product"], row["period"], row["kind"], row["destination"])
        if kept.setdefault(key, row)["value"] != row["value"]:
            raise ValueError(f"two values of {key}: {kept[key]['value']}, {row['value']}")
    schema = {"product": TEXT, "kind": TEXT, "period": TEXT, "destination": TEXT, "value": NUMBER, "unit": TEXT}
    return table(kept.values(), {**schema, **ORIGIN}).sort("product", "kind", "period", "destination")


def _flow(row: dict[str, str], places: Places) -> Row:
    period, unit, value = row["period"], row["unit"], float(row["value"])
    kind = {4: "year", 7: "month"}.get(len(period), "base_share")
    if "on 2024" in unit:
        kind = "growth"
    elif unit.startswith("%"):
        kind = "share"
    product = PRODUCTS[row["product"]]
    destination = "TOP10" if row["destination"].startswith("top 10") else places.code(row["destination"])
    amount = value * KILOGRAMS[unit] if unit in KILOGRAMS else value / 100 if unit.startswith("%") else value
    words = {"product": product, "kind": kind, "period": period[-10:-6] if kind == "base_share" else period}
    rest = {"destination": destination, "value": amount, "unit": "kg" if unit in KILOGRAMS else "share"}
    return words | rest | origin(row, _flow_note(kind, row["confidence"], destination))


def _flow_note(kind: str, confidence: str, destination: str) -> str:
    if kind == "base_share":
        key = f"flow:magnets:base:{destination}"
        return key if notes_of(key) else "flow:magnets:base"
    return "flow:some_forms" if "some forms" in confidence else "flow:growth" if confidence == "derived" else ""


def _magnets(row: dict[str, str]) -> list[Row]:
    period = row["period"]
    kind = "month" if re.fullmatch(r"\d{4}-\d\d", period) else "year" if len(period) == 4 else "part_year"
    of_usa = {"found (total); derived (US)": "derived", "found/derived": "derived"}.get(row["confidence"])
    found = []
    for column, destination in (("total_t", "WLD"), ("to_us_t", "USA")):
        if row[column]:
            word = (
                of_usa if of_usa and destination == "USA" else "found" if of_usa else confidence_of(row["confidence"])
            )
            note = notes_of("flow:customs") if word == "derived" else ""
            words = {"source": source_of(row["source"]), "basis": note, "confidence": word}
            place = {"product": "magnets", "kind": kind, "period": period, "destination": destination}
            found.append(place | {"value": float(row[column]) * 1000, "unit": "kg"} | words)
    return found


# --- prices and elements ----------------------------------------------------------------------------------------------

MARKETS = (
    ("USGS year-end", "year_end"), ("USGS annual average", "annual"), ("FOB", "fob_china"),
    ("Europe (ask)", "europe_ask"), ("Europe", "europe"), ("US import", "usa_import"),
    ("China benchmark", "china"), ("US DoD floor", "usa_floor"),
    ("volume-weighted", "segment"),
)  # fmt: skip
SEGMENTS = {"96 percent": 0.96, "nearly 4": 0.04, "75 percent": 0.75, "nearly 25": 0.25, "under 1": 0.01}


def prices(folder: Path) -> pl.DataFrame:
    """Quotes and averages, USD a kg; a row without a price (a multiple) is left to the facts."""
    found = []
    for row in rows(folder, "prices"):
        if not row["low_usd_kg"]:
            continue
        low, high = float(row["low_usd_kg"]), float(row["high_usd_kg"] or row["low_usd_kg"])
        market = next(mine for words, mine in MARKETS if words in row["market"])
        share = next((part for words, part in SEGMENTS.items() if words in row["market"]), None)
        words = {"element": row["element"], "form": row["form"], "market": market, "date": row["date"].split(" ")[0]}
        values = {"low": low, "high": high, "bound": "" if row["high_usd_kg"] else ">", "volume_share": share}
        found.append(words | values | origin(row, "price:midpoint" if "midpoint" in row["source"] else ""))
    schema = {"element": TEXT, "form": TEXT, "market": TEXT, "date": TEXT, "low": NUMBER, "high": NUMBER}
    return table(found, {**schema, "bound": TEXT, "volume_share": NUMBER, **ORIGIN})


OXYGEN = 15.999
OXIDES = {
    "La": (138.905, 2, 3), "Ce": (140.116, 1, 2), "Pr": (140.908, 6, 11), "Nd": (144.242, 2, 3),
    "Sm": (150.36, 2, 3), "Eu": (151.964, 2, 3), "Gd": (157.25, 2, 3), "Tb": (158.925, 4, 7), "Dy": (162.50, 2, 3),
    "Ho": (164.930, 2, 3), "Er": (167.259, 2, 3), "Tm": (168.934, 2, 3), "Yb": (173.045, 2, 3),
    "Lu": (174.967, 2, 3), "Y": (88.906, 2, 3), "Sc": (44.956, 2, 3),
}  # fmt: skip
"""Atomic weight, atoms of metal and of oxygen in the oxide traded."""

GROUPS = {"light": "light", "heavy": "heavy", "other REE": "other"}


def elements(folder: Path) -> pl.DataFrame:
    """The 17 elements: group, controls, mass of metal in the oxide, world or Chinese quantity, prices of the oxide."""
    found = []
    for row in rows(folder, "elements"):
        quantity = numbers(row["annual_quantity_t"])
        basis = "world" if "world" in row["quantity_basis"] else "china" if quantity else ""
        controlled = {f"controlled_{day}": row[f"controlled_{day}_{rest}"].startswith("yes") for day, rest in
                      (("2025_04", "04"), ("2025_10", "09"))}  # fmt: skip
        found.append(
            {
                "element": row["symbol"],
                "name": row["name"].lower(),
                "number": int(row["atomic_number"]),
                "group": GROUPS.get(row["group"], "medium"),
                **controlled,
                "metal_in_oxide": metal_share(row["symbol"]),
                "quantity_low": quantity[0] * 1000 if quantity else None,
                "quantity_high": quantity[-1] * 1000 if quantity else None,
                "quantity_of": basis,
                "price_2024": number(row["price_2024_usd_kg_oxide"]),
                "price_2025": number(row["price_2025e_usd_kg_oxide"]),
                "uses": ELEMENT_USES[row["symbol"]],
                "source": "mcs-2026",
            }
        )
    schema = {"element": TEXT, "name": TEXT, "number": pl.Int32, "group": TEXT, "controlled_2025_04": FLAG,
              "controlled_2025_10": FLAG, "metal_in_oxide": NUMBER, "quantity_low": NUMBER, "quantity_high": NUMBER,
              "quantity_of": TEXT, "price_2024": NUMBER, "price_2025": NUMBER, "uses": TEXT,
              "source": TEXT}  # fmt: skip
    return table(found, schema)


def metal_share(element: str) -> float | None:
    """Mass of metal in a kg of the oxide; None for promethium, which has none in trade."""
    if element not in OXIDES:
        return None
    weight, metal, oxygen = OXIDES[element]
    return round(metal * weight / (metal * weight + oxygen * OXYGEN), 4)


# --- facts ------------------------------------------------------------------------------------------------------------

FILES: tuple[tuple[str, str, tuple[Fact, ...]], ...] = (
    ("magnet_intensity_and_demand", "value", INTENSITY),
    ("stocks_and_mitigation", "value", STOCKS),
    ("episode_2010", "value", EPISODE),
    ("import_reliance_and_volumes", "value", RELIANCE),
    ("end_uses_by_element", "quantity_t_or_share", END_USES),
)


def facts(folder: Path, places: Places) -> pl.DataFrame:
    """Single figures by topic, item, place and period; per cent as shares, tonnes as kg."""
    found: list[Row] = []
    for name, column, words in FILES:
        pairs = zip(rows(folder, name), words, strict=True)
        found += [_fact(row, row[column], fact) for row, fact in pairs if fact.value or numbers(row[column])]
    found += [_import_source(row, places) for row in rows(folder, "us_import_sources")]
    found += [_multiple(row) for row in rows(folder, "prices") if not row["low_usd_kg"]]
    schema = {"topic": TEXT, "item": TEXT, "place": TEXT, "measure": TEXT, "period": TEXT, "low": NUMBER}
    return table(found, {**schema, "high": NUMBER, "unit": TEXT, "bound": TEXT, **ORIGIN})


def _fact(row: dict[str, str], text: str, fact: Fact) -> Row:
    low, high = fact.value or _range(text, fact)
    bound = ">" if text.lstrip().startswith(">") else "<" if text.lstrip().startswith("<") else ""
    place = {"topic": fact.topic, "item": fact.item, "place": fact.place, "measure": fact.measure}
    period = fact.period or row.get("year") or row.get("date") or ""
    values = {"period": period, "low": low, "high": high, "unit": fact.unit, "bound": bound}
    words = {"source": source_of(row["source"]), "basis": fact.basis, "confidence": confidence_of(row["confidence"])}
    return place | values | words


def _range(text: str, fact: Fact) -> tuple[float, float]:
    values = [float(f"{value * fact.factor:.12g}") for value in numbers(text)]
    return values[0], values[-1]


IMPORTED = {
    "rare-earth compounds and metals": "all", "Gallium metal": "Ga", "Scandium oxide": "Sc", "Yttrium": "Y",
    "Terbium": "Tb", "Holmium": "Ho", "Lutetium": "Lu", "Erbium": "Er", "Ytterbium": "Yb",
}  # fmt: skip


def _import_source(row: dict[str, str], places: Places) -> Row:
    item = IMPORTED[row["commodity"]]
    share = float(row["share_pct"]) / 100
    place = {"topic": "import_source", "item": item, "place": places.code(row["country"]), "period": row["period"]}
    values = {"measure": "share of US imports", "low": share, "high": share, "unit": "share", "bound": ""}
    return place | values | origin(row, "import_source")


def _multiple(row: dict[str, str]) -> Row:
    times = 69.0 if row["element"] == "Y" else 60.0
    if str(int(times)) not in row["source"]:
        raise ValueError(f"no multiple of {times:g} in: {row['source']}")
    place = {"topic": "price_multiple", "item": row["element"], "place": "USA" if times == 60 else "EUR"}
    values = {"measure": "quote over the usual price", "period": row["date"], "low": times, "high": times}
    return place | values | {"unit": "times", "bound": ""} | origin(row, "price:multiple")


# --- events, customs trade, mineral summaries, economies --------------------------------------------------------------


def events(folder: Path) -> pl.DataFrame:
    """Dated events: controls, reliefs, outcomes."""
    pairs = zip(rows(folder, "policy_timeline"), EVENTS, strict=True)
    found = [
        {"date": row["date"], "event": key, "kind": kind, "title": title, "source": source_of(row["source"])}
        for row, (key, kind, title) in pairs
    ]
    return table(found, dict.fromkeys(("date", "event", "kind", "title", "source"), TEXT))


def imports_hs4(folder: Path, places: Places) -> pl.DataFrame:
    """US imports of 2805, 2846 and 8505 by partner: USD and kg."""
    found = [
        {
            "hs4": row["hs4"],
            "partner": places.code(row["partner"]),
            "year": int(row["year"]),
            "months": 12 if row["period"] == "annual" else 4,
            "value": float(row["customs_value_usd"]),
            "quantity": number(row["quantity_kg"]),
        }
        for row in rows(folder, "us_imports_hs4_by_partner")
    ]
    schema = {"hs4": TEXT, "partner": TEXT, "year": pl.Int32, "months": pl.Int32, "value": NUMBER, "quantity": NUMBER}
    return table(found, schema).sort("hs4", "partner", "year", "months")


STATISTICS = {
    "Production": "production", "Import": "imports", "Export": "exports", "Price": "price", "Reserves": "reserves",
    "Import sources 2021-2024": "import_source", "Consumption": "consumption", "Net import reliance": "import_reliance",
    "Employment": "employment", "Capacity": "capacity", "Stock": "stocks", "Sold or used": "sold_or_used",
    "Shipment": "shipments", "Sales": "sales", "Sold": "sold", "Supply": "supply",
}  # fmt: skip
WITHHELD = {"W": "withheld", "NA": "not available", "—": "zero", "-": "zero", "E": "net exporter", "s": "small"}


def minerals(folder: Path, places: Places) -> pl.DataFrame:
    """Every observation of the mineral summaries of 2026 as printed."""
    found = []
    for row in rows(folder, "usgs_mcs2026_all_minerals"):
        raw = row["value_raw"].strip()
        critical = row["critical_2025"]
        found.append(
            {
                "chapter": row["chapter"].lower(),
                "mineral": row["commodity"],
                "place": places.code(row["country"]),
                "statistic": STATISTICS[row["statistic"]],
                "detail": row["detail"],
                "unit": row["unit"].strip(),
                "year": row["year"],
                "value": float(row["value"]) if row["value"] else None,
                "printed": "" if row["value"] else WITHHELD.get(raw, raw),
                "bound": row["comparator"],
                "estimated": row["estimated"] == "1",
                "critical": critical != "No" and critical != "",
            }
        )
    schema = dict.fromkeys(("chapter", "mineral", "place", "statistic", "detail", "unit", "year"), TEXT)
    return table(
        found, {**schema, "value": NUMBER, "printed": TEXT, "bound": TEXT, "estimated": FLAG, "critical": FLAG}
    )


RENAMED = {
    "bauxite": "bauxite and alumina",
    "feldspar": "feldspar and nepheline syenite",
    "gemanium": "germanium",
    "graphite": "graphite (natural)",
    "helium": "helium and rare gases",
    "niobium": "niobium (columbium)",
    "nitrogen(fixed) - ammonia": "nitrogen (fixed)—ammonia",
    "pumice & pumicite": "pumice and pumicite",
    "talc, crude": "talc and pyrophyllite",
    "titanium & titanium dioxide": "titanium and titanium dioxide",
}
"""Chapters of the edition of 2025 -> those of 2026."""

WORLD_TOTAL = re.compile(r"World total( \(rounded\))?( \d+)?")
PRODUCED = {"2023": "PROD_2023", "2024": "PROD_EST_ 2024"}


def minerals_2025(folder: Path, places: Places) -> pl.DataFrame:
    """Production by country of 2023 and 2024 as the mineral summaries of 2025 printed it."""
    found = []
    for row in rows(folder, "MCS2025_World_Data"):
        whole = row["COUNTRY"].replace("\xa0", " ").strip()
        plain = re.sub(r"\(.*|,.*", "", whole).strip()
        place = "WLD" if WORLD_TOTAL.fullmatch(whole) else places.known.get(whole) or places.known.get(plain)
        chapter = row["COMMODITY"].strip().lower()
        for year, column in PRODUCED.items():
            value = row[column].replace(",", "").strip()
            if place is not None and re.fullmatch(r"[0-9.]+", value):
                own = {"chapter": RENAMED.get(chapter, chapter), "place": place, "detail": row["TYPE"].split(",")[0]}
                found.append({**own, "unit": row["UNIT_MEAS"].strip(), "year": year, "value": float(value)})
    return table(found, {**dict.fromkeys(("chapter", "place", "detail", "unit", "year"), TEXT), "value": NUMBER})


YEARS = ("2018", "2019", "2020", "2021", "2022", "2023", "2024")
WDI_YEAR = "2017"
GOVERNANCE = ("voice_accountability", "political_stability", "government_effectiveness", "regulatory_quality",
              "rule_of_law", "control_of_corruption")  # fmt: skip
OLD_CODES = {"ZAR": "COD", "ROM": "ROU", "TMP": "TLS", "WBG": "PSE", "ADO": "AND", "KSV": "XKX"}


def economies(folder: Path) -> pl.DataFrame:
    """GDP in current USD, 2017 to 2024, and governance of 2021 by country."""
    gdp: dict[str, Row] = {}
    for row in rows(folder, "imf_weo_2025_10"):
        if row["year"] in YEARS and row["gdp_usd_bn"]:
            code = {"KOS": "XKX", "WBG": "PSE"}.get(row["iso3"], row["iso3"])
            gdp.setdefault(code, {})[f"gdp_{row['year']}"] = round(float(row["gdp_usd_bn"]) * 1e9)
    for code, value in _wdi(folder).items():
        if code in gdp:
            gdp[code][f"gdp_{WDI_YEAR}"] = round(value)
    for row in rows(folder, "wgi_estimates_2010_2021"):
        code = OLD_CODES.get(row["wb_code"], row["wb_code"])
        values = [float(row[name]) for name in GOVERNANCE if row[name]]
        if row["year"] == "2021" and len(values) == len(GOVERNANCE):
            gdp.setdefault(code, {})["governance"] = round(sum(values) / len(values), 4)
    schema = {"country": TEXT, **{f"gdp_{year}": pl.Int64 for year in (WDI_YEAR, *YEARS)}, "governance": NUMBER}
    return table(({"country": code, **values} for code, values in sorted(gdp.items())), schema)


def _wdi(folder: Path) -> dict[str, float]:
    import xlrd

    sheet = xlrd.open_workbook(folder / "wdi_gdp_current_usd_1960_2023_with_region_and_income.xls").sheet_by_name(
        "Data"
    )
    at = sheet.row_values(3).index(WDI_YEAR)
    lines = (sheet.row_values(i) for i in range(4, sheet.nrows))
    return {line[1]: float(line[at]) for line in lines if line[at] != ""}
