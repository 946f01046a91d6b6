"""What the embedded tables hold, by queries: counts as published, sums as printed, no row astray."""

from functools import lru_cache
from pathlib import Path

import polars as pl
import pytest
import yaml

DATA = Path(__file__).resolve().parents[2] / "src" / "detente" / "data"
FACTS = yaml.safe_load((Path(__file__).parents[1] / "data" / "table_facts.yaml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def context() -> pl.SQLContext:
    """The embedded tables by name, and the tables and lists of lawbooks by folder and path."""
    frames = {path.stem: pl.scan_parquet(path) for path in (DATA / "tables").glob("*.parquet")}
    for path in (DATA / "lawbooks").rglob("*.*"):
        name = "_".join(path.relative_to(DATA / "lawbooks").with_suffix("").parts)
        if path.suffix == ".csv":
            frames[name] = pl.scan_csv(path, infer_schema=False)
        elif path.suffix == ".parquet":
            frames[name] = pl.scan_parquet(path)
    return pl.SQLContext(frames)


def answers(rows: list[tuple], wanted: object) -> bool:
    if not isinstance(wanted, list):
        return rows == [(wanted,)]
    if wanted[:1] == ["about"]:
        _, number, how, off = wanted if len(wanted) > 2 else (*wanted, "rel", 1e-6)
        return rows[0][0] == pytest.approx(number, **{how: off})
    if wanted[:1] == ["between"]:
        return wanted[1] <= rows[0][0] <= wanted[2]
    return rows == [tuple(row) if isinstance(row, list) else (row,) for row in wanted]


@pytest.mark.parametrize("claim", FACTS)
def test_tables_hold_what_is_known_of_them(claim):
    for query, wanted in FACTS[claim].items():
        rows = context().execute(query).collect().rows()
        assert answers(rows, wanted), f"{query}: {rows[:5]}, not {wanted}"
