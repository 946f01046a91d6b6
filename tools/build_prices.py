"""Build price_*: input-output accounts, consumer spending, and budgets of households by income."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import polars as pl

from _shared import arguments, read_text_csv, write_table

LEVELS = {"detail": "", "summary": "summary"}
TEN_MILLION = 1e7
UNITS_2023 = 134_600_000
"""Consumer units of 2023 in the survey of consumer expenditures, rounded to a hundred thousand."""

OWN_NAMES = {
    "Used": "Used and secondhand goods, scrap",
    "Other": "Noncomparable imports and rest of the world",
    "GFGD": "Federal general government (defense)",
    "GFGN": "Federal general government (nondefense)",
    "GFE": "Federal government enterprises",
    "GSLG": "State and local general government",
    "GSLE": "State and local government enterprises",
}
"""Commodities of the summary tables that their list of names leaves out."""


def figures(path: Path, value: str) -> dict[str, int]:
    """Code -> a figure in USD million."""
    table = pl.read_csv(path, schema_overrides={"bea_code": pl.String})
    return dict(table.select("bea_code", pl.col(value).round().cast(pl.Int64)).iter_rows())


def square(path: Path) -> tuple[list[str], list[str], np.ndarray]:
    """Row codes, column codes and cells of a matrix."""
    table = pl.read_csv(path, schema_overrides={"bea_code": pl.String})
    rows, columns = table["bea_code"].to_list(), table.columns[1:]
    return rows, columns, table.select(columns).to_numpy().astype(float)


def commodities(folder: Path, level: str) -> pl.DataFrame:
    """Supply and intermediate use by commodity, imported and domestic."""
    names = dict(read_text_csv(folder / "bea_commodity_descriptions.csv").iter_rows()) | OWN_NAMES
    spent = figures(folder / "bea_pce_by_commodity.csv", "pce")
    columns: dict[str, object] = {}
    codes: list[str] = []
    for kind, total in (("import", "import_total"), ("domestic", "domestic_total")):
        codes, _, cells = square(folder / f"bea_use_{kind}.csv")
        known = figures(folder / "bea_commodity_use_totals.csv", total)
        columns[kind] = [known[code] for code in codes]
        columns[f"{kind}_inputs"] = np.rint(cells.sum(axis=1)).astype(int)
    head = {"level": [level] * len(codes), "code": codes, "name": [names[code] for code in codes]}
    return pl.DataFrame({**head, **columns, "consumption": [spent[code] for code in codes]})


def industries(folder: Path, level: str) -> pl.DataFrame:
    """Output of each industry and what it buys of other industries, USD million."""
    output = figures(folder / "bea_industry_output.csv", "output")
    _, codes, domestic = square(folder / "bea_use_domestic.csv")
    _, same, imported = square(folder / "bea_use_import.csv")
    assert codes == same
    bought = {
        name: np.rint(cells.sum(axis=0)).astype(int)
        for name, cells in (("domestic_inputs", domestic), ("imported_inputs", imported))
    }
    head = {"level": [level] * len(codes), "code": codes, "output": [output[code] for code in codes]}
    return pl.DataFrame({**head, **bought})


def cells(path: Path, level: str, kinds: tuple[str, str], places: dict[str, list[str]], unit: float) -> pl.DataFrame:
    """The cells of a matrix that are not zero, in whole units; rows and columns by position, matched by code."""
    rows, columns, values = square(path)
    whole = np.rint(values * unit).astype(np.int64)
    at = np.nonzero(whole)
    first, second = (
        np.asarray([places[kind].index(code) for code in codes], dtype=np.uint16)[where]
        for kind, codes, where in zip(kinds, (rows, columns), at, strict=True)
    )
    data = {"level": [level] * at[0].size, kinds[0]: first, kinds[1]: second, "value": whole[at].astype(np.int32)}
    return pl.DataFrame(data)


def bridge(folder: Path, level: str) -> pl.DataFrame:
    """Consumer spending by line of the national accounts and commodity, at producers' and purchasers' prices."""
    table = pl.read_csv(folder / "pce_bridge.csv", schema_overrides={"bea_code": pl.String})
    found = table.select(
        pl.lit(level).alias("level"),
        pl.col("nipa_line").cast(pl.Int16).alias("line"),
        pl.col("bea_code").alias("commodity"),
        pl.col("producers_value").cast(pl.Int32).alias("producers"),
        pl.col("purchasers_value").cast(pl.Int32).alias("purchasers"),
    )
    return found.sort("line", "commodity")


def spending_lines(folder: Path, households: Path, level: str) -> pl.DataFrame:
    """Lines of consumer spending with the budget category each belongs to."""
    titles = pl.read_csv(folder / "pce_bridge.csv", columns=["nipa_line", "pce_category"]).unique()
    name = "pce_detail_to_ce_category.csv" if level == "detail" else "pce_to_ce_category.csv"
    category = pl.read_csv(households / name, columns=["nipa_line", "ce_category"])
    joined = titles.join(category, on="nipa_line", how="left", validate="1:1").sort("nipa_line")
    return joined.select(
        pl.lit(level).alias("level"),
        pl.col("nipa_line").cast(pl.Int16).alias("line"),
        pl.col("pce_category").alias("title"),
        pl.col("ce_category").alias("category"),
    )


def budgets(households: Path) -> pl.DataFrame:
    """Income, spending and budget shares by decile of income before taxes."""
    table = pl.read_csv(households / "ce_2023_deciles_expenditure_shares.csv")
    table = table.filter(~pl.col("category").str.starts_with("Share of aggregate"))
    kinds = {"Income after taxes ($)": "income", "Average annual expenditures ($)": "expenditure"}
    long = table.unpivot(index=["category", "unit"], variable_name="decile", value_name="value")
    kind = pl.col("category").replace_strict(kinds, default="share")
    return long.select(
        pl.col("decile").str.slice(1).cast(pl.Int8),
        kind.alias("kind"),
        pl.when(kind == "share").then(pl.col("category")).alias("category"),
        pl.when(kind == "share").then((pl.col("value") / 100).round(6)).otherwise(pl.col("value")).alias("value"),
    )


def totals(data: Path) -> pl.DataFrame:
    """Consumer spending and number of households in the years the tables stand for."""
    spent = {
        level: int(pl.read_csv(data / "io_us" / folder / "pce_bridge.csv")["purchasers_value"].sum())
        for level, folder in LEVELS.items()
    }
    book = openpyxl.load_workbook(data / "households" / "ce_2017_table1110_deciles_aggregate_shares.xlsx")
    sheet = book.active
    assert sheet is not None
    row = next(r for r in sheet.iter_rows(values_only=True) if str(r[0]).startswith("Number of consumer units"))
    units = round(float(str(row[1])) * 1000)
    rows = [
        ("consumption_2017", 2017, spent["detail"] * 1_000_000, "USD", "BEA, bridge of the 2017 benchmark"),
        ("consumption_2024", 2024, spent["summary"] * 1_000_000, "USD", "BEA, bridge of the 2024 summary tables"),
        ("households_2017", 2017, units, "consumer units", "BLS, Consumer Expenditure Survey, table 1110 of 2017"),
        ("households_2023", 2023, UNITS_2023, "consumer units", "BLS, Consumer Expenditure Survey of 2023, rounded"),
    ]
    return pl.DataFrame(rows, schema=["name", "year", "value", "unit", "source"], orient="row")


def main() -> None:
    options = arguments(__doc__ or "")
    accounts, households = options.data / "io_us", options.data / "households"
    parts: dict[str, list[pl.DataFrame]] = {}
    for level, name in LEVELS.items():
        folder = accounts / name
        goods, makers = commodities(folder, level), industries(folder, level)
        places = {"commodity": goods["code"].to_list(), "industry": makers["code"].to_list()}
        imported = folder / "bea_use_import.csv"
        required = folder / "bea_requirements_domestic.csv"
        made = {
            "price_commodities": goods,
            "price_industries": makers,
            "price_imported_use": cells(imported, level, ("commodity", "industry"), places, 1.0),
            "price_requirements": cells(required, level, ("industry", "commodity"), places, TEN_MILLION),
            "price_bridge": bridge(folder, level),
            "price_lines": spending_lines(folder, households, level),
        }
        for key, table in made.items():
            parts.setdefault(key, []).append(table)
    tables = {key: pl.concat(several) for key, several in parts.items()}
    tables |= {"price_budgets": budgets(households), "price_totals": totals(options.data)}
    for key, table in tables.items():
        write_table(table, options.out / f"{key}.parquet")


if __name__ == "__main__":
    main()
