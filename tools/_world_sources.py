"""What the world builders read: inter-country flows, the world input-output table, tariffs, customs data, groups."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from _shared import census_partners, most_common, read_imports, read_text_csv

Floats = NDArray[np.float64]
SERVICES = "Services (aggregate)"
FOOD, FOOD_CAP = "C10T12", 0.30
SMALL_CELL = 1e6
EU27 = (
    "AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN SWE"
).split()

# Assumption, points: what China's retaliation of 2018-19 net of exclusions adds on goods of the United States.
RETALIATION = {
    "A01": 12, "A02": 10, "A03": 15, "B05": 10, "B06": 5, "B07": 10, "B08": 8, "B09": 0, "C10T12": 15, "C13T15": 15,
    "C16": 12, "C17_18": 8, "C19": 5, "C20": 8, "C21": 3, "C22": 10, "C23": 10, "C24A": 12, "C24B": 12, "C25": 10,
    "C26": 5, "C27": 8, "C28": 7, "C29": 0, "C301": 0, "C302T309": 0, "C31T33": 6, SERVICES: 0,
}  # fmt: skip


@dataclass(frozen=True)
class Groups:
    """How countries and sectors go together.

    Attributes
    ----------
    countries, sectors : codes in the order of the flows.
    region, section : small region of each country, small sector of each sector.
    wiod : code in the world input-output table, "" if none; `donor` its group of incomes.
    group : position of each sector in `groups` (16 of them).
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    region: tuple[str, ...]
    section: tuple[str, ...]
    wiod: tuple[str, ...]
    donor: tuple[str, ...]
    groups: tuple[str, ...]
    group: NDArray[np.int64]


def read_groups(spec: Path, countries: tuple[str, ...], sectors: tuple[str, ...]) -> Groups:
    """The maps on the axes of the flows."""
    land = {row["icio_country"]: row for row in _rows(spec / "map_icio81_to_small.csv")}
    work = {row["icio_sector"]: row for row in _rows(spec / "map_icio28_to_small.csv")}
    names = tuple(dict.fromkeys(work[s]["group16"] for s in sectors))
    return Groups(
        countries,
        sectors,
        tuple(land[c]["small20"] for c in countries),
        tuple(work[s]["small15"] for s in sectors),
        tuple(land[c]["wiod_country"] or "" for c in countries),
        tuple(land[c]["donor_group"] for c in countries),
        names,
        np.asarray([names.index(work[s]["group16"]) for s in sectors], dtype=np.int64),
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    return read_text_csv(path).to_dicts()


def read_flows(path: Path) -> tuple[NDArray[np.float32], tuple[str, ...], tuple[str, ...]]:
    """Flows [exporter, importer, sector], million USD, with countries and sectors."""
    held = np.load(path, allow_pickle=False)
    return held["flows_musd"], tuple(held["countries"].tolist()), tuple(held["sectors"].tolist())


@dataclass(frozen=True)
class Table:
    """The world input-output table in groups: use [country, input, user], output and final use [country, group]."""

    countries: tuple[str, ...]
    use: Floats
    output: Floats
    final: Floats


def read_table(path: Path, spec: Path, groups: tuple[str, ...]) -> Table:
    """The table of 41 countries summed over suppliers and to groups, million USD."""
    held = read_rdata(path)["wiot_2011"]
    names = tuple(str(code) for code in held["countries"])
    to_group = industry_groups(spec, groups)
    c, s = len(names), len(to_group)
    inter = np.asarray(held["inter"], dtype=np.float64).reshape(c, s, c, s).sum(axis=0)
    final = np.asarray(held["final"], dtype=np.float64).reshape(c, s, c, -1).sum(axis=(0, 3))
    return Table(
        names,
        np.einsum("kng,kK,gG->nKG", inter, to_group, to_group),
        np.asarray(held["output"], dtype=np.float64).reshape(c, s) @ to_group,
        (to_group.T @ final).T,
    )


def industry_groups(spec: Path, groups: tuple[str, ...]) -> Floats:
    """Which group each industry of the table belongs to, shape (industry, group)."""
    rows = {int(row["wiod_index"]): row["group16"] for row in _rows(spec / "map_wiod35_to_icio28.csv")}
    to_group = np.zeros((len(rows), len(groups)))
    for industry, group in rows.items():
        to_group[industry - 1, groups.index(group)] = 1.0
    return to_group


def read_rdata(path: Path) -> Mapping[str, Any]:
    """The objects of an R file."""
    import rdata

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return rdata.read_rda(path)


def read_gdp(folder: Path) -> dict[str, float]:
    """GDP of 2023 by ISO3, USD; countries without a figure are left out."""
    labels = read_text_csv(folder / "country_labels.csv")["iso3"].to_list()
    values = pl.read_csv(folder / "gdp.csv")["gdp"].to_list()
    return {code: float(v) for code, v in zip(labels, values, strict=True) if v is not None and float(v) > 0}


def repaired_tariffs(published: Floats, who: Groups, us: Floats) -> Floats:
    """Baseline tariffs [exporter, importer, sector], repaired in the order of the recipe.

    `published` are the averages as published, same axes; `us` [exporter, sector] the rates of the United States.
    """
    tariff = published.astype(np.float64)
    at = {code: i for i, code in enumerate(who.countries)}
    rest = at["ROW"]
    tariff[:, :, who.sectors.index(SERVICES)] = 0.0
    food = who.sectors.index(FOOD)
    tariff[:, :, food] = np.minimum(tariff[:, :, food], FOOD_CAP)
    others = [i for i in range(len(at)) if i != rest]
    for n in others:
        tariff[rest, n] = np.median(tariff[[i for i in others if i != n], n], axis=0)
    middle = [n for n in others if who.donor[n] == "middle"]
    medians = [np.median(tariff[[i for i in others if i != n], n], axis=0) for n in middle]
    tariff[:, rest] = np.mean(medians, axis=0)
    tariff[:, at["USA"]] = us
    tariff[at["USA"], at["CHN"]] += np.asarray([RETALIATION[s] / 100 for s in who.sectors])
    tariff[range(len(at)), range(len(at))] = 0.0
    return tariff


def us_tariffs(data: Path, spec: Path, out: Path, who: Groups) -> tuple[Floats, float]:
    """Duty over customs value of 2024 [exporter, sector], and the share of value without a sector."""
    imports = read_imports(data, census_partners(out))
    sector = _sector_of(data, spec, imports["code"].unique().to_list())
    found = pl.DataFrame(
        {"code": list(sector), "sector": list(sector.values())}, schema={"code": pl.String, "sector": pl.String}
    )
    table = imports.join(found, on="code", how="left")
    whole = table["value"].sum()
    table = table.drop_nulls("sector")
    left_out = 1.0 - table["value"].sum() / whole
    average = _rates(table.group_by("sector").agg(pl.col("value", "duty").sum()), ["sector"], 0.0)
    cells = _rates(
        table.group_by("partner", "sector").agg(pl.col("value", "duty").sum()), ["partner", "sector"], SMALL_CELL
    )
    rates = np.zeros((len(who.countries), len(who.sectors)))
    for i, country in enumerate(who.countries):
        partner = "EUU" if country in EU27 else country
        for j, name in enumerate(who.sectors):
            if name != SERVICES:
                rates[i, j] = cells.get((partner, name), average.get((name,), 0.0))
    return rates, left_out


def _rates(table: pl.DataFrame, keys: list[str], least: float) -> dict[tuple[Any, ...], float]:
    kept = table.filter(pl.col("value") >= least)
    return {tuple(row[k] for k in keys): row["duty"] / row["value"] for row in kept.to_dicts()}


def _sector_of(data: Path, spec: Path, codes: list[str]) -> dict[str, str]:
    """Sector of each statistical number: by NAICS, else by what most numbers of its HS6 have."""
    prefixes = {row["naics_prefix"]: row["icio_sector"] for row in _rows(spec / "map_naics_to_icio28.csv")}
    known: dict[str, str] = {}
    for row in _rows(data / "concordances" / "hs10_naics_crosswalk.csv"):
        name = next((prefixes[row["naics"][:n]] for n in range(6, 1, -1) if row["naics"][:n] in prefixes), None)
        if name is not None and row["hs10"][:2] not in ("98", "99"):
            known[row["hs10"]] = name
    by_six = most_common(known.items(), 6)
    goods = [code for code in codes if code[:2] not in ("98", "99")]
    found = {code: known.get(code) or by_six.get(code[:6]) for code in goods}
    return {code: name for code, name in found.items() if name}
