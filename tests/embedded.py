"""The tables of the package as a database, for what is counted by hand."""

from functools import lru_cache
from pathlib import Path

import polars as pl

DATA = Path(__file__).resolve().parents[1] / "src" / "detente" / "data"


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


def answers_of(query: str) -> list[tuple]:
    """Rows that a query gives."""
    return context().execute(query).collect().rows()
