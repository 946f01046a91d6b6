"""US imports for consumption of other years: by partner and three-digit NAICS, and by HS6 for four partners.

Sources: US Census Bureau, International Trade (imports for consumption by NAICS), public domain; imports by HS6 from
China, Mexico and Vietnam as reported to UN Comtrade, from Taiwan by USITC DataWeb. Older editions of the HS are laid on
the edition of 2022 by the correlation tables of the UN Statistics Division. Customs value, USD.

The Union is that of 27 members in every year: the Census counts the United Kingdom in until 2017.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from _shared import EU_PARTNER, arguments, read_text_csv, write_table

YEARS = tuple(range(2015, 2026))
REST = "ROW"
"""All partners without a row of their own."""

WORLD, UNION, NORTH = "TOTAL FOR ALL COUNTRIES", "EUROPEAN UNION", "USMCA (NAFTA)"
MEMBERS = {
    "AUSTRIA": "AUT", "BELGIUM": "BEL", "FRANCE": "FRA", "GERMANY": "DEU", "IRELAND": "IRL",
    "ITALY": "ITA", "NETHERLANDS": "NLD", "SPAIN": "ESP", "SWEDEN": "SWE",
}  # fmt: skip
OTHERS = {
    "AUSTRALIA": "AUS", "BRAZIL": "BRA", "CANADA": "CAN", "CHILE": "CHL", "CHINA": "CHN", "COLOMBIA": "COL",
    "INDIA": "IND", "INDONESIA": "IDN", "ISRAEL": "ISR", "JAPAN": "JPN", "KOREA, SOUTH": "KOR", "MALAYSIA": "MYS",
    "MEXICO": "MEX", "RUSSIA": "RUS", "SAUDI ARABIA": "SAU", "SINGAPORE": "SGP", "SWITZERLAND": "CHE", "TAIWAN": "TWN",
    "THAILAND": "THA", "UNITED KINGDOM": "GBR", "VIETNAM": "VNM",
}  # fmt: skip
LEFT_THE_UNION, LAST_YEAR_INSIDE = "GBR", 2017
NOT_SPECIFIED = "999999"
OWN_LINE = ("1:1", "n:1")
"""Links to a code that comes from one older code only."""

TRUE_YEAR = 2024
"""Its trade is published line by line."""

UNIT = 100_000.0
"""USD; unit of the values by HS6."""


def sector_values(data: Path) -> pl.DataFrame:
    """partner, naics3, year, value: every partner of the Census table, the Union with 27 members, and the rest."""
    path = data / "us_imports" / "us_imports_naics3_by_country_monthly_2013_2025.parquet"
    names = {**MEMBERS, **OTHERS, UNION: EU_PARTNER, WORLD: REST}
    table = pl.read_parquet(path).with_columns(year=pl.col("time").dt.year())
    table = table.filter(
        (pl.col("NAICS") != "00") & (pl.col("CTY_NAME") != NORTH) & pl.col("year").is_in(YEARS)
    ).with_columns(partner=pl.col("CTY_NAME").replace_strict(names))
    found = table.group_by("partner", naics3="NAICS", year="year").agg(value=pl.col("imports").sum().round())
    found = found.with_columns(pl.col("value").cast(pl.Int64))
    left = (pl.col("partner") == LEFT_THE_UNION) & (pl.col("year") <= LAST_YEAR_INSIDE)
    found = less(found, found.filter(left), EU_PARTNER)
    return less(found, found.filter(~pl.col("partner").is_in([*MEMBERS.values(), REST])), REST)


def less(table: pl.DataFrame, taken: pl.DataFrame, partner: str) -> pl.DataFrame:
    """The table with some rows taken from those of a partner, by sector and year."""
    sums = taken.group_by("naics3", "year").agg(taken=pl.col("value").sum())
    joined = table.join(sums, on=["naics3", "year"], how="left").with_columns(pl.col("taken").fill_null(0))
    rest = pl.when(pl.col("partner") == partner).then(pl.col("value") - pl.col("taken")).otherwise(pl.col("value"))
    return joined.with_columns(value=rest).drop("taken")


def links(data: Path) -> dict[str, dict[str, list[str]]]:
    """Edition -> its subheadings -> those of the next edition they went into."""
    table = read_text_csv(data / "concordances" / "hs_revisions_un.csv")
    found: dict[str, dict[str, list[str]]] = {}
    for step, source in (("2017 to 2012", "HS2012"), ("2022 to 2017", "HS2017")):
        rows = table.filter(pl.col("adjustment") == step).with_columns(
            old=pl.col("code.before").str.zfill(6), new=pl.col("code.after").str.zfill(6)
        )
        new = set(rows["new"])
        goes: dict[str, list[str]] = {}
        own: dict[str, list[str]] = {}
        for old, code, relation in rows.select("old", "new", "Relationship").iter_rows():
            goes.setdefault(old, []).append(code)
            if relation in OWN_LINE:
                own.setdefault(old, []).append(code)
        found[source] = {old: [old] if old in new else own.get(old, codes) for old, codes in goes.items()}
    return found


def shares(codes: list[str], *mixes: Mapping[str, float]) -> list[tuple[str, float]]:
    """How a value is divided among subheadings: as in the first mix that has any of them, else evenly."""
    for weights in mixes:
        total = sum(weights.get(code, 0.0) for code in codes)
        if total > 0:
            return [(code, weights.get(code, 0.0) / total) for code in codes if weights.get(code, 0.0) > 0]
    return [(code, 1.0 / len(codes)) for code in codes]


def on_2022(
    edition: str, code: str, steps: Mapping[str, dict[str, list[str]]], *mixes: Mapping[str, float]
) -> list[tuple[str, float]]:
    """Subheadings of the HS of 2022 for one of an older edition, with the share of each."""
    codes = [code]
    for source in ("HS2012", "HS2017"):
        if edition <= source:
            codes = sorted({new for old in codes for new in steps[source].get(old, [old])})
    return shares(codes, *mixes)


def subheadings(data: Path) -> pl.DataFrame:
    """partner, year, edition, hs6, value: what is known by HS6, at customs value or, where that is not known, CIF."""
    folder = data / "us_imports"
    value = pl.coalesce(pl.col("customs_value_usd").cast(pl.Float64), pl.col("cif_usd").cast(pl.Float64))
    columns = ("partner", "year", "hs_edition", "hs6", "value")
    china = read_text_csv(folder / "us_imports_from_china_hs6_2015_2025.csv").with_columns(partner=pl.lit("CHN"))
    china = china.with_columns(pl.col("year").cast(pl.Int32), value=value)
    north = pl.read_parquet(folder / "us_imports_from_mexico_vietnam_hs6_2015_2025.parquet").with_columns(value=value)
    taiwan = read_text_csv(folder / "us_imports_from_taiwan_hs6_2015_2025.csv").with_columns(
        pl.col("year").cast(pl.Int32),
        pl.col("customs_value_usd").cast(pl.Float64).alias("value"),
        partner=pl.lit("TWN"),
    )
    edition = pl.when(pl.col("year") < 2017).then(pl.lit("HS2012"))
    edition = edition.when(pl.col("year") < 2022).then(pl.lit("HS2017")).otherwise(pl.lit("HS2022"))
    taiwan = taiwan.with_columns(hs_edition=edition)
    table = pl.concat([part.select(columns) for part in (china, north, taiwan)])
    return table.filter((pl.col("hs6") != NOT_SPECIFIED) & (pl.col("value") > 0) & (pl.col("year") != TRUE_YEAR))


def laid_on_2022(table: pl.DataFrame, data: Path, out: Path) -> pl.DataFrame:
    """partner, year, hs6, value: every subheading in the edition of 2022."""
    steps = links(data)
    trade = pl.read_parquet(out / "usa_imports_2024.parquet").with_columns(hs6=pl.col("code").str.slice(0, 6))
    world = dict(trade.group_by("hs6").agg(pl.col("value").sum()).iter_rows())
    mixes = {
        partner: dict(trade.filter(pl.col("partner") == partner).group_by("hs6").agg(pl.col("value").sum()).iter_rows())
        for partner in table["partner"].unique()
    }
    rows = [
        (partner, year, goal, value * share)
        for partner, year, edition, code, value in table.iter_rows()
        for goal, share in on_2022(edition, code, steps, mixes[partner], world)
    ]
    found = pl.DataFrame(rows, schema=["partner", "year", "hs6", "value"], orient="row")
    return found.group_by("partner", "year", "hs6").agg(pl.col("value").sum())


def wide(table: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """One column a year, zero where nothing was traded."""
    found = table.sort("year").pivot("year", index=key, values="value").fill_null(0)
    return found.rename({str(year): f"y{year}" for year in YEARS if str(year) in found.columns}).sort(key)


def main() -> None:
    options = arguments(__doc__ or "")
    sectors = sector_values(options.data)
    if sectors["value"].min() < 0:  # type: ignore[operator]
        raise RuntimeError("a partner has less than the partners inside it")
    write_table(wide(sectors, ["partner", "naics3"]), options.out / "usa_imports_years.parquet")
    known = laid_on_2022(subheadings(options.data), options.data, options.out)
    # Finer figures do not move an average, and take room.
    known = known.with_columns(value=(pl.col("value") / UNIT).round().cast(pl.Int32)).filter(pl.col("value") > 0)
    write_table(wide(known, ["partner", "hs6"]), options.out / "usa_imports_years_hs6.parquet")
    for year in YEARS:
        whole = (pl.col("year") == year) & ~pl.col("partner").is_in(list(MEMBERS.values()))
        total = sectors.filter(whole)["value"].sum()
        six = known.filter(pl.col("year") == year)["value"].sum() * UNIT / 1e9
        print(f"{year}: {total / 1e9:,.1f} bn USD, {six:,.1f} of it by HS6")


if __name__ == "__main__":
    main()
