"""The US network from the input-output accounts: matched by code, cleaned, with the summary group of each industry."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import polars as pl

WHOLESALE = "424200"
MISPLACED = ("334413", "33441A")
"""Chips and other electronic parts booked as used by drug wholesalers: left out."""

ROW_LIMIT = 0.999
LEAST_VALUE_ADDED = 0.02

PARTS = (
    "335312 335314 335210 335220 334112 334220 334300 33441A 334510 334511 336310 336320 336350 336390 3363A0 336412 "
    "333415 333611 33399A"
).split()
"""Parts that come with magnets inside."""

STAGES = {"separated compounds": "compound", "magnet (ferrite)": "substitute", "end product": "product"}


def figures(path: Path, key: str, value: str) -> dict[str, str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row[key]: row[value] for row in csv.DictReader(file)}


def matrix(path: Path) -> tuple[list[str], list[str], np.ndarray]:
    table = pl.read_csv(path, schema_overrides={"bea_code": pl.String})
    rows, columns = table["bea_code"].to_list(), table.columns[1:]
    return rows, columns, table.select(columns).to_numpy().astype(np.int64)


def clean(path: Path, codes: list[str]) -> np.ndarray:
    """Cells of the codes in order (commodity, industry), USD m: no negative cell, no misplaced flow."""
    rows, columns, cells = matrix(path)
    picked = np.maximum(cells[np.ix_([rows.index(c) for c in codes], [columns.index(c) for c in codes])], 0)
    picked[[codes.index(c) for c in MISPLACED], codes.index(WHOLESALE)] = 0
    return picked


def matched(folder: Path) -> list[str]:
    """Codes that are both commodity and industry, with output."""
    rows, columns, _ = matrix(folder / "bea_use_domestic.csv")
    output = figures(folder / "bea_industry_output.csv", "bea_code", "output")
    total = figures(folder / "bea_commodity_use_totals.csv", "bea_code", "domestic_total")
    both = [code for code in rows if code in set(columns)]
    return [code for code in both if float(output[code]) > 0 and float(total[code]) > 0]


def scales(domestic: np.ndarray, imported: np.ndarray, supply: np.ndarray, output: np.ndarray) -> tuple:
    """Factors of rows and of columns: uses of a row within its supply, then value added within its least share."""
    use = domestic / output * supply
    row = np.minimum(1.0, ROW_LIMIT * supply / np.maximum(use.sum(axis=1), 1e-9))
    cost = (use * row[:, None]).sum(axis=0) + (imported / output * supply).sum(axis=0)
    column = np.minimum(1.0, (1 - LEAST_VALUE_ADDED) * supply / np.maximum(cost, 1e-9))
    return row, column


def network(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tables io_usa_industries and io_usa_use."""
    codes = matched(folder)
    domestic, imported = (clean(folder / f"bea_use_{kind}.csv", codes) for kind in ("domestic", "import"))
    industries = describe(folder, codes)
    supply, output = (industries[name].to_numpy().astype(float) for name in ("supply", "output"))
    row, column = scales(domestic, imported, supply, output)
    industries = industries.with_columns(row_scale=pl.Series(row), input_scale=pl.Series(column))
    at = np.nonzero((domestic > 0) | (imported > 0))
    use = pl.DataFrame(
        {
            "commodity": at[0].astype(np.uint16),
            "industry": at[1].astype(np.uint16),
            "domestic": domestic[at].astype(np.int32),
            "imported": imported[at].astype(np.int32),
        }
    )
    return industries, use


def describe(folder: Path, codes: list[str]) -> pl.DataFrame:
    """Names, summary codes, totals and place in the chain of each industry."""
    names = figures(folder / "bea_commodity_descriptions.csv", "Commodity Code", "Description")
    summary = figures(folder / "bea_summary_to_detail.csv", "detail_code", "summary_code")
    stage = figures(folder / "bea_ree_carriers.csv", "bea_code", "chain_stage")
    totals = folder / "bea_commodity_use_totals.csv"
    domestic = figures(totals, "bea_code", "domestic_total")
    imported = figures(totals, "bea_code", "import_total")
    output = figures(folder / "bea_industry_output.csv", "bea_code", "output")
    return pl.DataFrame(
        {
            "code": codes,
            "name": [names[c] for c in codes],
            "summary": [summary[c] for c in codes],
            "stage": [STAGES.get(stage.get(c, ""), stage.get(c, "")) for c in codes],
            "part": [c in PARTS for c in codes],
            "supply": [round(float(domestic[c])) for c in codes],
            "imports": [round(float(imported[c])) for c in codes],
            "output": [round(float(output[c])) for c in codes],
        },
        schema_overrides={"supply": pl.Int64, "imports": pl.Int64, "output": pl.Int64},
    )
