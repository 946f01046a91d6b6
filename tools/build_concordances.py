"""Concordances from HS6 (editions 2017 and 2022) to ISIC, to the 28 sectors of the world table, to end use.

Sources: UN Statistics Division, correspondence of HS with ISIC Rev. 4 and Broad Economic Categories Rev. 5; US Census
Bureau, HS-NAICS concordance and imports of 2024 (public domain), which weigh the sectors where a code has several.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import polars as pl
import rdata

from _shared import arguments, digits, read_text_csv, write_table

SERVICES = "Services (aggregate)"
DIVISIONS = {
    "01": "A01", "02": "A02", "03": "A03", "05": "B05", "06": "B06", "07": "B07", "08": "B08", "09": "B09",
    "10": "C10T12", "11": "C10T12", "12": "C10T12", "13": "C13T15", "14": "C13T15", "15": "C13T15",
    "16": "C16", "17": "C17_18", "18": "C17_18", "19": "C19", "20": "C20", "21": "C21", "22": "C22", "23": "C23",
    "25": "C25", "26": "C26", "27": "C27", "28": "C28",
    "29": "C29", "31": "C31T33", "32": "C31T33", "33": "C31T33",
}  # fmt: skip
# Basic metals and other transport equipment are split below the division.
CLASSES = {"241": "C24A", "2431": "C24A", "242": "C24B", "2432": "C24B", "301": "C301", "30": "C302T309"}

# ISIC Rev. 3, which the UN gives as one class a code: longest prefix first.
REV3 = {
    "01": "A01", "02": "A02", "05": "A03", "10": "B05", "11": "B06", "112": "B09", "12": "B07", "13": "B07",
    "14": "B08", "15": "C10T12", "16": "C10T12", "17": "C13T15", "18": "C13T15", "19": "C13T15",
    "20": "C16", "21": "C17_18", "22": "C17_18", "23": "C19",
    "24": "C20", "2423": "C21", "25": "C22", "26": "C23", "271": "C24A", "2731": "C24A", "272": "C24B",
    "2732": "C24B", "28": "C25", "29": "C28", "293": "C27", "30": "C26", "31": "C27", "32": "C26", "33": "C26",
    "3311": "C31T33", "34": "C29", "35": "C302T309", "351": "C301", "36": "C31T33",
}  # fmt: skip
REPAIR = "33"
# Works of art: ISIC files the artist's service, trade statistics the good. Solid-state storage and parts of telephones
# are electronics (the UN tables have recorded media and machinery); 7115.90 is mostly bullion in the imports of 2024.
ASSUMED = {"97": "C31T33", "852351": "C26", "851771": "C26", "851779": "C26", "711590": "C24B"}

NAMES = {
    "A01": "Crops and animals", "A02": "Forestry", "A03": "Fishing and aquaculture", "B05": "Coal and lignite",
    "B06": "Crude oil and natural gas", "B07": "Metal ores", "B08": "Quarrying and other mining",
    "B09": "Support to mining", "C10T12": "Food, beverages and tobacco",
    "C13T15": "Textiles, clothing and leather", "C16": "Wood and cork",
    "C17_18": "Paper and printing", "C19": "Coke and refined petroleum", "C20": "Chemicals", "C21": "Pharmaceuticals",
    "C22": "Rubber and plastics", "C23": "Non-metallic mineral products", "C24A": "Iron and steel",
    "C24B": "Non-ferrous metals",
    "C25": "Fabricated metal products", "C26": "Computers, electronics and optics", "C27": "Electrical equipment",
    "C28": "Machinery", "C29": "Motor vehicles and parts", "C301": "Ships and boats",
    "C302T309": "Aircraft, railway and other transport equipment", "C31T33": "Furniture, other manufactures and repair",
    SERVICES: "Services, utilities and construction",
}  # fmt: skip

Row = tuple[str, str, float, str]


def read_r(path: Path) -> pl.DataFrame:
    """The one data frame of an R file, as text columns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = next(iter(rdata.read_rda(path).values()))
    return pl.DataFrame({str(name): [str(value) for value in frame[name]] for name in frame.columns})


def icio_sector(isic: str) -> str:
    """Sector of an ISIC Rev. 4 class, group or division."""
    found = (CLASSES.get(isic[:length]) for length in (4, 3, 2))
    return next(filter(None, found), None) or DIVISIONS.get(isic[:2], SERVICES)


def editions(folder: Path) -> dict[str, tuple[bool, bool]]:
    """HS6 code -> whether it is in the editions of 2017 and of 2022."""
    old = {code for name in ("isic3", "naics") for code in read_r(folder / f"concordance_hs5_{name}.RData")["HS5_6d"]}
    new = {code for name in ("isic3", "naics") for code in read_r(folder / f"concordance_hs6_{name}.RData")["HS6_6d"]}
    return {code: (code in old, code in new) for code in old | new if code.isdigit() and code < "98"}


def trade_by_sector(out: Path, spec: Path) -> dict[str, dict[str, float]]:
    """HS6 -> sector -> US imports of 2024 (USD), by the NAICS code of each statistical number."""
    prefixes = dict(read_text_csv(spec / "map_naics_to_icio28.csv").iter_rows())
    lines = pl.read_parquet(out / "usa_lines.parquet", columns=["code", "naics"]).drop_nulls()
    flows = pl.read_parquet(out / "usa_imports_2024.parquet").group_by("code").agg(pl.col("value").sum())
    table: dict[str, dict[str, float]] = {}
    for code, naics, value in lines.join(flows, on="code", how="left").fill_null(0).sort("code").iter_rows():
        sector = longest(naics, prefixes)
        if sector and code < "98":
            sectors = table.setdefault(code[:6], {})
            sectors[sector] = sectors.get(sector, 0.0) + value + 1.0
    return table


def longest(code: str, prefixes: Mapping[str, str]) -> str | None:
    """The value of the longest prefix of a code."""
    return next((prefixes[code[:n]] for n in range(len(code), 1, -1) if code[:n] in prefixes), None)


def shares(amounts: Mapping[str, float]) -> dict[str, float]:
    """Amounts as shares of their sum, in six digits; the largest takes the rounding."""
    whole = sum(amounts.values())
    parts = {key: round(value / whole, 6) for key, value in sorted(amounts.items())}
    largest = max(parts, key=lambda key: parts[key])
    parts[largest] = round(1.0 - sum(value for key, value in parts.items() if key != largest), 6)
    return {key: value for key, value in parts.items() if value > 0}


def isic_candidates(folder: Path) -> dict[str, list[str]]:
    """HS6 -> ISIC Rev. 4 classes; services and repair only where no producer of goods is named."""
    table = (
        read_r(folder / "concordance_hs_isic4.RData")
        .select(pl.col("HS_6d"), pl.col("ISIC4_4d"))
        .unique()
        .sort(pl.all())
    )
    groups: dict[str, list[str]] = {}
    for code, isic in table.iter_rows():
        if isic.isdigit():
            groups.setdefault(code, []).append(isic)
    return {code: [c for c in classes if c[:2] < REPAIR] or classes for code, classes in groups.items()}


def rev3_sectors(folder: Path) -> dict[str, str]:
    """HS6 -> sector through its one class of ISIC Rev. 3; editions 2022 and 2017 before the older ones."""
    found: dict[str, str] = {}
    for name, column in (("hs6_isic3", "HS6_6d"), ("hs5_isic3", "HS5_6d")):
        table = read_r(folder / f"concordance_{name}.RData").select(column, "ISIC3_4d")
        for code, isic in table.iter_rows():
            sector = longest(isic, REV3)
            if sector:
                found.setdefault(code, sector)
    return found


def sector_shares(
    code: str, classes: Iterable[str], trade: Mapping[str, float], rev3: str | None
) -> tuple[dict[str, float], str]:
    """Sectors of one HS6 code and how they were found."""
    if assumed := longest(code, ASSUMED):
        return {assumed: 1.0}, "assumed"
    candidates = ({icio_sector(isic) for isic in classes} | {rev3 or SERVICES}) - {SERVICES}
    if len(candidates) == 1:
        return dict.fromkeys(candidates, 1.0), "isic"
    common = {sector: value for sector, value in trade.items() if sector in candidates}
    if common:
        return shares(common), "isic_trade"
    if rev3:
        return {rev3: 1.0}, "isic_rev3"
    if candidates:
        return shares(dict.fromkeys(candidates, 1.0)), "isic_equal"
    return (shares(trade), "naics_trade") if trade else ({}, "")


def nearest(code: str, known: Mapping[str, Mapping[str, float]]) -> tuple[dict[str, float], str]:
    """Mean of the codes under the same heading, then chapter."""
    for length in (4, 2):
        like = [shares_ for other, shares_ in known.items() if other[:length] == code[:length]]
        if like:
            totals: dict[str, float] = {}
            for part in like:
                for sector, weight in part.items():
                    totals[sector] = totals.get(sector, 0.0) + weight
            return shares(totals), f"mean_hs{length}"
    return {}, ""


def all_goods(known: Mapping[str, Mapping[str, float]], out: Path) -> dict[str, float]:
    """Shares of the imports of 2024 that are classified: what is assumed of chapters 98 and 99."""
    flows = (
        pl.read_parquet(out / "usa_imports_2024.parquet")
        .group_by(pl.col("code").str.slice(0, 6))
        .agg(pl.col("value").sum())
    )
    totals: dict[str, float] = {}
    for code, value in flows.sort("code").iter_rows():
        for target, weight in known.get(code, {}).items():
            totals[target] = totals.get(target, 0.0) + weight * value
    return shares(totals)


def completed(codes: Iterable[str], found: Mapping[str, tuple[dict[str, float], str]], out: Path) -> list[Row]:
    """Rows source, target, weight, method for every code: gaps from neighbours, chapters 98 and 99 as all goods."""
    known = {code: weights for code, (weights, _) in found.items() if weights}
    whole = all_goods(known, out)
    rows: list[Row] = []
    for code in sorted(codes):
        weights, method = found.get(code, ({}, ""))
        if not weights:
            weights, method = (whole, "all_goods") if code >= "98" else nearest(code, known)
        rows.extend((code, target, weight, method) for target, weight in sorted(weights.items()))
    return rows


def us_codes(out: Path) -> set[str]:
    """HS6 of the schedule and of the trade of 2024."""
    return set(pl.read_parquet(out / "usa_lines.parquet")["code"].str.slice(0, 6))


def table_of(rows: list[Row], years: Mapping[str, tuple[bool, bool]]) -> pl.DataFrame:
    table = pl.DataFrame(rows, schema=["source", "target", "weight", "method"], orient="row")
    marks = [years.get(code, (False, True)) for code in table["source"]]
    return table.with_columns(pl.Series("hs2017", [m[0] for m in marks]), pl.Series("hs2022", [m[1] for m in marks]))


def isic_rows(sectors: pl.DataFrame, classes: Mapping[str, list[str]]) -> list[Row]:
    """HS6 -> ISIC Rev. 4 classes: each sector's weight in equal parts over the code's classes in it.

    A sector without a class of its own passes its weight to the code's other classes; a code without classes takes
    those of its heading, then chapter. Nothing for chapters 98 and 99.
    """
    known: dict[str, dict[str, float]] = {}
    for code, part in sectors.filter(pl.col("source") < "98").group_by("source", maintain_order=True):
        weights = dict(part.select("target", "weight").iter_rows())
        groups = {s: [c for c in classes.get(str(code[0]), ()) if icio_sector(c) == s] for s in weights}
        amounts = {c: weights[s] / len(group) for s, group in groups.items() for c in group}
        if amounts:
            known[str(code[0])] = shares(amounts)
    rows: list[Row] = []
    for code in sorted(set(sectors["source"])):
        found, method = (known[code], "un_split") if code in known else nearest(code, known)
        rows.extend((code, target, weight, method) for target, weight in found.items() if code < "98")
    return rows


def end_uses(folder: Path) -> dict[str, tuple[dict[str, float], str]]:
    """HS6 -> end use: CONS consumption, INT intermediate, CAP capital, OTHER."""
    table = pl.read_parquet(folder / "hs6-enduse.parquet")
    return {digits(code): ({use: 1.0}, "un") for code, use in table.iter_rows()}


def main() -> None:
    options = arguments(__doc__ or "")
    folder, out = options.data / "concordances", options.out
    years, classes = editions(folder), isic_candidates(folder)
    codes = set(years) | us_codes(out)
    trade = trade_by_sector(out, options.shared / "spec")
    rev3 = rev3_sectors(folder)
    found = {c: sector_shares(c, classes.get(c, ()), trade.get(c, {}), rev3.get(c)) for c in codes if c < "98"}
    sectors = table_of(completed(codes, found, out), years)
    write_table(sectors, out / "concordance_hs6_icio28.parquet")
    write_table(table_of(isic_rows(sectors, classes), years), out / "concordance_hs6_isic4.parquet")
    write_table(table_of(completed(codes, end_uses(folder), out), years), out / "concordance_hs6_bec.parquet")
    every = sorted({isic for group in classes.values() for isic in group})
    isic = pl.DataFrame([(c, icio_sector(c), 1.0) for c in every], schema=["source", "target", "weight"], orient="row")
    write_table(isic, out / "concordance_isic4_icio28.parquet")
    prefixes = dict(read_text_csv(options.shared / "spec" / "map_naics_to_icio28.csv").iter_rows())
    naics = sorted(set(pl.read_parquet(out / "usa_lines.parquet")["naics"].drop_nulls()))
    pairs = [(code, sector, 1.0) for code in naics if (sector := longest(code, prefixes))]
    write_table(
        pl.DataFrame(pairs, schema=["source", "target", "weight"], orient="row"),
        out / "concordance_naics_icio28.parquet",
    )
    write_table(pl.DataFrame({"sector": list(NAMES), "name": list(NAMES.values())}), out / "icio28_sectors.parquet")
    check_sectors(options.data)


def check_sectors(data: Path) -> None:
    """The sector ids must be those of the world table."""
    with np.load(data / "trade_model" / "icio" / "icio2022_flows_81x81x28.npz", allow_pickle=True) as file:
        if sorted(str(s) for s in file["sectors"]) != sorted(NAMES):
            raise ValueError("sectors differ from those of the world input-output table")


if __name__ == "__main__":
    main()
