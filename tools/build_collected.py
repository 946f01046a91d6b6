"""Build usa_collected_monthly: US imports for consumption and duty collected on them by month and partner."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from _shared import arguments, write_table

BY_PARTNER = "us_imports/us_imports_naics3_by_country_monthly_2013_2025.parquet"
TOTAL = "tariff_history/TOTALnaics-imports-duty-monthly.parquet"
ALL = "all"
BLOCKS = {"TOTAL FOR ALL COUNTRIES": ALL, "EUROPEAN UNION": "EUU", "KOREA, SOUTH": "KOR"}
LEFT_OUT = "USMCA (NAFTA)"
#: Computers and electronic products.
COMPUTERS = "334"


def main() -> None:
    """Partners by month from the file by NAICS-3; the last months of the total from the file by NAICS-6."""
    options = arguments(__doc__ or "")
    partners = by_partner(options.data / BY_PARTNER, options.out / "countries.parquet")
    newest = str(partners["month"].max())
    later = total(options.data / TOTAL).filter(pl.col("month") > newest)
    table = pl.concat([partners, later]).sort("partner", "month")
    write_table(table, options.out / "usa_collected_monthly.parquet")
    year = (
        table.filter(pl.col("partner") == ALL)
        .group_by(pl.col("month").str.slice(0, 4))
        .agg(pl.col("imports").sum() / 1e9, (pl.col("duty").sum() / pl.col("imports").sum()).alias("rate"))
    )
    print(year.sort("month"))


def by_partner(path: Path, countries: Path) -> pl.DataFrame:
    """Imports and duty by partner and month, all products."""
    names = pl.read_parquet(countries, columns=["iso3", "name", "aliases"])
    known = {str(row["name"]).upper(): row["iso3"] for row in names.to_dicts()}
    for row in names.to_dicts():
        known |= {str(alias).upper(): row["iso3"] for alias in row["aliases"] or [] if str(alias).upper() not in known}
    every = pl.read_parquet(path).filter(pl.col("CTY_NAME") != LEFT_OUT)
    pair = ["CTY_NAME", "time"]
    computers = every.filter(pl.col("NAICS") == COMPUTERS).group_by(pair).agg(computers=pl.col("imports").sum())
    raw = every.filter(pl.col("NAICS_SDESC") == "ALL PRODUCTS").join(computers, on=pair, how="left")
    partner = {name: BLOCKS.get(name) or known[name] for name in raw["CTY_NAME"].unique()}
    return raw.select(
        pl.col("CTY_NAME").replace_strict(partner).alias("partner"),
        pl.col("time").dt.strftime("%Y-%m").alias("month"),
        pl.col("imports").cast(pl.Int64),
        pl.col("duty").cast(pl.Int64),
        pl.col("computers").fill_null(0.0).cast(pl.Int64),
    )


def total(path: Path) -> pl.DataFrame:
    """Imports and duty of all partners by month."""
    raw = pl.read_parquet(path)
    value = pl.col("CON_VAL_MO").cast(pl.Int64)
    return (
        raw.group_by(pl.col("time").alias("month"))
        .agg(
            pl.lit(ALL).first().alias("partner"),
            value.sum().alias("imports"),
            pl.col("CAL_DUT_MO").cast(pl.Int64).sum().alias("duty"),
            value.filter(pl.col("NAICS").str.starts_with(COMPUTERS)).sum().alias("computers"),
        )
        .select("partner", "month", "imports", "duty", "computers")
    )


if __name__ == "__main__":
    main()
