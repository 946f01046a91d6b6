"""What the United States sold in 2024 to five countries by subheading: usa_exports_2024.

Source: US Census Bureau, exports of domestic and foreign goods by HS10 (Ireland, Switzerland, Turkey, Vietnam) and by
HS6 (China). Chapters 98 and 99 have no subheading of the Harmonized System and are left out.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from _shared import arguments, write_table

FILE = "importers/imports_from_usa_hs6_2024_CHN_CHE_IRL_TUR_VNM.parquet"


def exports(path: Path) -> pl.DataFrame:
    """importer, hs6, value (USD), one row a pair."""
    table = pl.read_parquet(path).rename({"imp": "importer", "v": "value"})
    table = table.filter((pl.col("value") > 0) & (pl.col("hs6") < "98"))
    return table.group_by("importer", "hs6").agg(pl.col("value").sum().cast(pl.Int64)).sort("importer", "hs6")


def main() -> None:
    options = arguments(__doc__ or "")
    write_table(exports(options.data / FILE), options.out / "usa_exports_2024.parquet")


if __name__ == "__main__":
    main()
