"""US imports for consumption in 2024: by statistical number and partner, and by GTAP sector for every partner.

Source: US Census Bureau, International Trade (annual 2024), public domain. Customs value and calculated duty, USD.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from _shared import EU_PARTNER, arguments, census_partners, read_imports, read_text_csv, write_table

NO_SECTOR = "ch98_99"
WORLD = "TOTAL FOR ALL COUNTRIES"
MEMO = "s232_pharma_imports"
EU_MEMBERS = (
    "AUT BEL BGR HRV CYP CZE DNK EST FIN FRA DEU GRC HUN IRL ITA LVA LTU LUX MLT NLD POL PRT ROU SVK SVN ESP SWE"
).split()
NAMED_MEMBERS = {
    "AUSTRIA": "AUT", "BELGIUM": "BEL", "FRANCE": "FRA", "GERMANY": "DEU", "IRELAND": "IRL",
    "ITALY": "ITA", "NETHERLANDS": "NLD", "SPAIN": "ESP", "SWEDEN": "SWE",
}  # fmt: skip


def sector_table(data: Path, partners: dict[str, str]) -> pl.DataFrame:
    """partner, sector (GTAP, lower case), value (USD): every partner, chapters 1 to 97."""
    wide = read_text_csv(data / "us_imports" / "imports_by_country_gtap_2024.csv")
    sectors = {name: name.split(" ")[0] for name in wide.columns[3:] if not name.startswith(MEMO)}
    wide = wide.rename(sectors).with_columns(partner=pl.col("cty_code").replace_strict(partners))
    long = wide.unpivot(on=list(sectors.values()), index="partner", variable_name="sector", value_name="value")
    long = long.with_columns(pl.col("value").cast(pl.Int64)).group_by("partner", "sector").agg(pl.col("value").sum())
    return long.filter(pl.col("value") > 0)


def naics_totals(data: Path) -> dict[str, int]:
    """Name in the NAICS table -> imports of 2024 over all chapters, USD."""
    table = pl.read_parquet(data / "us_imports" / "us_imports_naics3_by_country_monthly_2013_2025.parquet")
    year = table.filter((pl.col("time").dt.year() == 2024) & (pl.col("NAICS") == "00"))
    totals = year.group_by("CTY_NAME").agg(pl.col("imports").sum().round().cast(pl.Int64))
    return dict(totals.iter_rows())


def spread(total: int, weights: dict[str, int]) -> dict[str, int]:
    """An amount over partners in proportion to their weights, in whole dollars that add up exactly."""
    whole, left, shares = sum(weights.values()), total, {}
    for partner in sorted(weights):
        shares[partner] = round(total * weights[partner] / whole)
        left -= shares[partner]
    shares[max(weights, key=lambda partner: weights[partner])] += left
    return shares


def without_sector(sectors: pl.DataFrame, flows: pl.DataFrame, published: dict[str, int]) -> dict[str, int]:
    """Imports of chapters 98 and 99 by partner, USD: published total less the sectors.

    Known for partners with flows and for nine members of the European Union; the rest of the Union and of the world
    share what is left in proportion to their imports in the sectors.
    """
    classified = dict(sectors.group_by("partner").agg(pl.col("value").sum()).iter_rows())
    totals = dict(flows.group_by("partner").agg(pl.col("value").sum()).iter_rows())
    union = totals.pop(EU_PARTNER)
    known = totals | {iso3: published[name] for name, iso3 in NAMED_MEMBERS.items()}
    rest = {partner: known[partner] - classified[partner] for partner in known}
    small = {partner: classified[partner] for partner in EU_MEMBERS if partner not in known}
    named = sum(known[partner] for partner in EU_MEMBERS if partner in known)
    rest |= spread(union - named - sum(small.values()), small)
    others = {partner: value for partner, value in classified.items() if partner not in rest}
    world = published[WORLD] - union - sum(totals.values())
    return rest | spread(world - sum(others.values()), others)


def main() -> None:
    options = arguments(__doc__ or "")
    partners = census_partners(options.out)
    flows = read_imports(options.data, partners)
    write_table(flows, options.out / "usa_imports_2024.parquet")
    published = naics_totals(options.data)
    sectors = sector_table(options.data, partners)
    rest = without_sector(sectors, flows, published)
    extra = pl.DataFrame([{"partner": p, "sector": NO_SECTOR, "value": v} for p, v in rest.items() if v != 0])
    table = pl.concat([sectors, extra]).sort("partner", "sector")
    write_table(table, options.out / "usa_imports_2024_sectors.parquet")
    special = flows.filter(pl.col("code").str.slice(0, 2).is_in(["98", "99"]))["value"].sum()
    print(f"flows {flows['value'].sum():,} of {published[WORLD]:,} USD, chapters 98-99 {special:,}")
    print(f"sectors {table['value'].sum():,} USD, smallest {table['value'].min():,}")


if __name__ == "__main__":
    main()
