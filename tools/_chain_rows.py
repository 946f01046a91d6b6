"""Rows of the supply-chain tables: who spends what, who uses it, parameters, plants, elements, shares by stage."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from _chain_notes import ALTERNATIVE, CHOKES, INTERNAL_PARAMETERS, PARAMETERS, SOURCE, USES, notes_of
from _chain_sources import PLACES, confidence_of, source_of

Row = dict[str, Any]

TOLERANCE = 0.06
"""Customs values of 2024 may differ from the working file by this share (Slovakia stood in it twice)."""


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def table(found: Iterable[Row], schema: dict[str, Any]) -> pl.DataFrame:
    """Rows in the order of the schema; a key that the schema lacks is an error."""
    listed = list(found)
    strange = {key for row in listed for key in row} - set(schema)
    if strange:
        raise ValueError(f"columns without a type: {sorted(strange)}")
    return pl.DataFrame([{key: row.get(key) for key in schema} for row in listed], schema=schema, orient="row")


def number(text: str | None) -> float | None:
    """First number of a text with thousands separators; None where there is none."""
    found = re.search(r"-?\d[\d,]*\.?\d*", text or "")
    return float(found[0].replace(",", "")) if found else None


def numbers(text: str) -> list[float]:
    return [float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*\.?\d*", text)]


def origin(row: dict[str, str], key: str = "") -> Row:
    """Source, basis in our own words, and confidence of a row."""
    remark = row.get("source", row.get("rule", ""))
    source = SOURCE.get(key) or source_of(remark)
    return {"source": source, "basis": notes_of(key), "confidence": confidence_of(row["confidence"])}


class Places:
    """ISO3 of the names in the working files."""

    def __init__(self, countries: Path) -> None:
        self.known = dict(PLACES)
        for row in pl.read_parquet(countries, columns=["iso3", "name", "aliases"]).to_dicts():
            for name in (row["iso3"], row["name"], *(row["aliases"] or [])):
                self.known.setdefault(str(name), str(row["iso3"]))

    def code(self, name: str) -> str:
        return "+".join(self.known[part] for part in ([name] if name in self.known else name.split("+")))


TEXT, NUMBER, FLAG = pl.String, pl.Float64, pl.Boolean
ORIGIN = {"source": TEXT, "basis": TEXT, "confidence": TEXT}
RANGE = {"central": NUMBER, "low": NUMBER, "high": NUMBER}


# --- parameters and prices at which users do without ------------------------------------------------------------------


def parameters(folder: Path) -> pl.DataFrame:
    """One row a parameter: default and range."""
    found = []
    for row in rows(folder, "chain_parameters"):
        key, unit = PARAMETERS[row["parameter"]]
        bounds = {name: float(row[name]) for name in RANGE}
        found.append({"parameter": key, **bounds, "unit": unit, **origin(row, f"parameter:{key}")})
    return table([*found, *INTERNAL_PARAMETERS], {"parameter": TEXT, **RANGE, "unit": TEXT, **ORIGIN})


def chokes(folder: Path) -> pl.DataFrame:
    """Extra cost per kg of element at which a use does without it, USD."""
    found = []
    for row in rows(folder, "choke_prices"):
        use = CHOKES[row["application"]]
        bounds = {"central": float(row["usd_per_kg_element"]), "low": float(row["low"]), "high": float(row["high"])}
        for element in row["element"].split(", "):
            found.append({"element": element, "use": use, **bounds, **origin(row, f"choke:{row['element']}:{use}")})
    return table(found, {"element": TEXT, "use": TEXT, **RANGE, **ORIGIN})


# --- who spends, who uses ---------------------------------------------------------------------------------------------

US_ITEMS = {
    "NdFeB sintered": ("ndfeb_sintered", "ndfeb", ("8505110070",)),
    "other metal magnets": ("ndfeb_bonded", "ndfeb", ("8505110090",)),
    "SmCo sintered": ("smco", "smco", ("8505110050",)),
    "alnico and ceramic": ("other_magnets", "", ("8505110010", "8505110030")),
    "compounds": ("compounds", "compounds", ("284690",)),
    "metals": ("metals", "compounds", ("280530",)),
    "gallium metal": ("gallium", "gallium", ("8112921000",)),
    "gallium arsenide": ("gaas_wafers", "gallium_wafers", ("3818000010",)),
    "germanium unwrought": ("germanium", "germanium", ("8112926000", "8112926500")),
    "germanium oxides": ("germanium_oxides", "", ("2825600000",)),
}
BONDED = (0.6, 0.3, 0.8)
"""Share of the other metal magnets taken as bonded NdFeB: central, low, high."""

ITEMS = {
    "NdFeB": ("ndfeb", "ndfeb", "direct"),
    "NdFeB (with Germany)": ("ndfeb", "ndfeb", "direct"),
    "NdFeB imported": ("ndfeb", "ndfeb", "direct"),
    "NdFeB made at home": ("ndfeb_home", "ndfeb", "home"),
    "compounds and metals": ("compounds", "compounds", "direct"),
    "NdFeB, all use": ("ndfeb_world", "ndfeb", "world"),
}


def spending(folder: Path, imports: Path) -> pl.DataFrame:
    """USD of 2024 by country and item; the US from the trade of 2024 by statistical number."""
    trade = pl.read_parquet(imports)
    found = [_spent(row, trade) for row in rows(folder, "spend_by_country")]
    found.append(_requirement(found))
    schema = {"country": TEXT, "item": TEXT, "product": TEXT, "scope": TEXT, "hs": TEXT}
    return table(found, {**schema, **RANGE, "from_restrictor": NUMBER, **ORIGIN})


def _spent(row: dict[str, str], trade: pl.DataFrame) -> Row:
    value = float(row["usd_m_2024"]) * 1e6
    china = float(row["of_which_from_china"]) * 1e6 if row["of_which_from_china"] else None
    if row["country"] == "USA":
        return _bought(row, trade, value)
    item, product, scope = ITEMS[row["item"]]
    country = PLACES.get(row["country"], row["country"])
    place = {"country": country, "item": item, "product": product, "scope": scope, "hs": ""}
    bounds = {"central": value, "low": value, "high": value}
    return {**place, **bounds, "from_restrictor": china, **origin(row, f"spending:{country}:{item}")}


def _bought(row: dict[str, str], trade: pl.DataFrame, stated: float) -> Row:
    start = next(name for name in US_ITEMS if row["item"].startswith(name))
    item, product, codes = US_ITEMS[start]
    part = trade.filter(pl.any_horizontal(*(pl.col("code").str.starts_with(code) for code in codes)))
    shares = BONDED if item == "ndfeb_bonded" else (1.0, 1.0, 1.0)
    value = float(part["value"].sum())
    china = float(part.filter(pl.col("partner") == "CHN")["value"].sum())
    if abs(value * shares[0] / stated - 1) > TOLERANCE:
        raise ValueError(f"{row['item']}: {value * shares[0]:,.0f} USD in the trade of 2024, {stated:,.0f} on file")
    bounds = {name: value * share for name, share in zip(RANGE, shares, strict=True)}
    place = {"country": "USA", "item": item, "product": product, "scope": "direct", "hs": " ".join(codes)}
    return {**place, **bounds, "from_restrictor": china * shares[0], **origin(row, f"spending:USA:{item}")}


def _requirement(found: list[Row]) -> Row:
    """US need with the magnets inside imported parts: its share of the world's need."""
    world = next(row["central"] for row in found if row["scope"] == "world")
    share = next(row for row in INTERNAL_PARAMETERS if row["parameter"] == "requirement_share_USA")
    place = {"country": "USA", "item": "ndfeb_requirement", "product": "ndfeb", "scope": "requirement", "hs": ""}
    bounds = {name: world * share[name] for name in RANGE}
    words = {"source": "alonso-2023", "basis": notes_of("spending:USA:ndfeb_requirement"), "confidence": "derived"}
    return {**place, **bounds, "from_restrictor": None, **words}


def applications(folder: Path) -> pl.DataFrame:
    """Share of each application in world use of NdFeB, and of heavy-bearing grades in it."""
    found = []
    for row in rows(folder, "magnet_applications"):
        application = USES[row["application"]]
        shares = {"share": row["share_of_world_ndfeb"], "share_low": row["low"], "share_high": row["high"]}
        heavy = {"heavy": row["heavy_bearing_share"], "heavy_low": row["heavy_low"], "heavy_high": row["heavy_high"]}
        values = {name: float(text) for name, text in (shares | heavy).items()}
        words = {"product": "ndfeb", "application": application, "sigma_class": row["sigma_class"]}
        found.append(words | values | origin(row, f"application:{application}"))
    schema = {"product": TEXT, "application": TEXT, "share": NUMBER, "share_low": NUMBER, "share_high": NUMBER}
    return table(found, {**schema, "heavy": NUMBER, "heavy_low": NUMBER, "heavy_high": NUMBER,
                         "sigma_class": TEXT, **ORIGIN})  # fmt: skip


PRODUCTS = {"NdFeB": "ndfeb", "SmCo": "smco", "compounds and metals": "compounds", "Ga": "gallium", "Ge": "germanium"}


def users(folder: Path) -> pl.DataFrame:
    """Industries by product and application: share, share of the industry that touches the material, class."""
    classes = {row["application"]: row["sigma_class"] for row in rows(folder, "magnet_applications")}
    found = [_magnet_user(row, classes) for row in rows(folder, "user_shares")]
    found += [_minor_user(row) for row in rows(folder, "gallium_germanium_users")]
    schema = {"product": TEXT, "application": TEXT, "scheme": TEXT, "code": TEXT, "share": NUMBER}
    return table(found, {**schema, "exposed": NUMBER, "sigma_class": TEXT, **ORIGIN})


def _magnet_user(row: dict[str, str], classes: dict[str, str]) -> Row:
    word = row["application_or_class"]
    product = PRODUCTS[row["product"]]
    place = {"product": product, "application": USES.get(word, ""), "scheme": row["scheme"], "code": row["code"]}
    rest = {"share": float(row["share"]), "sigma_class": classes.get(word) or word.removeprefix("class ")}
    return place | rest | origin(row, f"users:{product}:{row['scheme']}")


def _minor_user(row: dict[str, str]) -> Row:
    product = PRODUCTS[row["element"]]
    place = {"product": product, "application": "", "scheme": row["scheme"], "code": row["code"]}
    rest = {"share": float(row["share_of_use"]), "exposed": float(row["exposed_share_of_code"])}
    words = origin(row, f"users:{product}:{row['scheme']}:{row['code']}")
    return place | rest | {"sigma_class": row["sigma_class"]} | words


def exposed(folder: Path) -> pl.DataFrame:
    """Share of each ICIO sector that touches the material."""
    found = [
        {"sector": row["icio_sector"], "share": float(row["exposed_share"]), **origin(row, "exposed")}
        for row in rows(folder, "exposed_share_icio28")
    ]
    return table(found, {"sector": TEXT, "share": NUMBER, **ORIGIN})


# --- who makes it -----------------------------------------------------------------------------------------------------


def plants(folder: Path) -> pl.DataFrame:
    """Supply outside the restrictor: capacity in kg a year, first month, months of ramp-up."""
    found = []
    for row, (key, ramp, kind) in zip(rows(folder, "alternative_supply"), ALTERNATIVE, strict=True):
        start = "" if row["from"] == "base" else row["from"] if "-" in row["from"] else f"{row['from']}-01"
        material = {"NdFeB": "ndfeb"}.get(row["element_or_grade"], "")
        material = material or row["element_or_grade"].split(" ")[0]
        facts = {"plant": key, "stage": row["stage"].replace("oxide", "separation"), "material": material, "kind": kind}
        place = {"country": row["country"] or "ROW", "start": start, "ramp_months": ramp}
        capacity = float(row["capacity_per_year"]) * 1000
        found.append(facts | place | {"capacity": capacity} | origin(row, f"plant:{key}"))
    schema = {"plant": TEXT, "stage": TEXT, "material": TEXT, "kind": TEXT, "country": TEXT, "start": TEXT}
    return table(found, {**schema, "ramp_months": pl.Int32, "capacity": NUMBER, **ORIGIN})


STAGES = {
    "mining": "mine", "mining quota": "mine", "extraction": "mine", "refining": "separation", "smelting": "metal",
    "separation": "separation", "separation/refining": "separation", "smelting and separation quota": "separation",
    "metal refining": "metal", "metal, alloy and magnet conversion": "metal+magnet", "primary gallium": "metal",
    "permanent magnets": "magnet", "permanent magnets (sintered)": "magnet",
    "permanent magnets (sintered NdFeB)": "magnet",
}  # fmt: skip
MATERIALS = {
    "magnet REE (Nd,Pr,Dy,Tb)": "magnet_elements", "magnet REE": "magnet_elements", "all REE": "all",
    "heavy REE (Dy,Tb)": "Dy+Tb", "heavy REE": "heavy", "magnets": "ndfeb", "metals+magnets": "all",
}  # fmt: skip


def stages(folder: Path, places: Places) -> pl.DataFrame:
    """Shares of countries by stage, every source in its own row."""
    found = []
    for row in rows(folder, "ree_stage_shares"):
        unit, quantity = row["unit_or_note"], number(row["quantity"])
        scale = {"kt": 1e6, "kg": 1.0}.get(unit.split(" ")[0], 1e3)
        bound = ">" if unit.startswith(">") else "<" if "up to" in unit else ""
        place = {"stage": STAGES[row["stage"]], "material": MATERIALS.get(row["element_group"], row["element_group"])}
        place |= {"country": places.code(row["country"]), "year": int(row["year"])}
        kind = "projection" if "proje" in unit else "quota" if "quota" in row["stage"] else "output"
        values = {"quantity": None if quantity is None else quantity * scale, "share": number(row["share"])}
        note = f"stage:{place['stage']}:{place['material']}:{place['country']}:{place['year']}"
        found.append(place | {"kind": kind, "bound": bound} | values | origin(row, note))
    schema = {"stage": TEXT, "material": TEXT, "country": TEXT, "year": pl.Int32, "kind": TEXT, "bound": TEXT}
    return table(found, {**schema, "quantity": NUMBER, "share": NUMBER, **ORIGIN})


def mines(folder: Path, places: Places) -> pl.DataFrame:
    """Mine production and reserves by country and edition, kg of oxides."""
    found = []
    for row in rows(folder, "reo_mine_production_reserves"):
        reserves = number(row["reserves_t_reo"])
        found.append(
            {
                "country": places.code(row["country"]),
                "year": int(row["year"]),
                "edition": int(row["edition"].removeprefix("MCS")),
                "production": float(row["mine_production_t_reo"]) * 1e3,
                "reserves": None if reserves is None else reserves * 1e3,
                "reserves_bound": ">" if row["reserves_t_reo"].startswith(">") else "",
                "source": source_of(row["source"]),
            }
        )
    schema = {"country": TEXT, "year": pl.Int32, "edition": pl.Int32, "production": NUMBER, "reserves": NUMBER}
    return table(found, {**schema, "reserves_bound": TEXT, "source": TEXT})
