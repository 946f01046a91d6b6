"""What every table builder needs: where the sources are, where tables go, how codes are cleaned."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from detente.data.containers import open_original
from detente.data.hts_revision import rows_of

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "src" / "detente" / "data"
TABLES = DATA / "tables"
LAWBOOKS = DATA / "lawbooks"

# The European Union is one partner in the 2024 flows, and Slovakia has a file of its own besides.
EU_CENSUS = "0003"
EU_PARTNER = "EUU"
COUNTED_TWICE = "4359"

# Stored revisions of the Harmonized Tariff Schedule, oldest first.
REVISIONS = (
    "2025_basic",
    "2025_rev_7",
    "2025_rev_16",
    "2025_rev_18",
    "2025_rev_32",
    "2026_basic",
    "2026_rev_4",
    "2026_rev_5",
    "2026_rev_9",
    "2026_rev_10",
)


def arguments(description: str) -> argparse.Namespace:
    """Command line shared by the builders: `--shared PATH` (source figures) and `--out PATH` (tables)."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder that holds data/ and spec/")
    parser.add_argument("--out", type=Path, default=TABLES, help="folder the tables are written to")
    options = parser.parse_args()
    options.data = options.shared / "data"
    options.out.mkdir(parents=True, exist_ok=True)
    return options


@contextmanager
def placed(path: Path) -> Iterator[Path]:
    """A name beside a file, moved into its place at the end: a build that is killed leaves the file as it was."""
    beside = path.with_name(f".{path.name}")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_table(table: pl.DataFrame, path: Path) -> None:
    """Write one embedded table (zstd, no statistics) and print what a reader gets back."""
    with placed(path) as beside:
        table.write_parquet(beside, compression="zstd", compression_level=19, statistics=False)
        back = pl.read_parquet(beside)
        if not back.equals(table):
            raise RuntimeError(f"{path.name} does not read back as written")
    print(f"{path.name}: {back.height:,} rows x {back.width}, {path.stat().st_size / 1024:.0f} KiB")


def digits(text: str) -> str:
    """`9101.21.50` -> `91012150`."""
    return re.sub(r"\D", "", text)


def read_text_csv(path: Path, **options: Any) -> pl.DataFrame:
    """Read a CSV with every column as text and only empty fields as null (the ISO2 code of Namibia is NA)."""
    return pl.read_csv(path, infer_schema=False, null_values=[""], **options)


def read_schedule(data: Path, revision: str) -> list[dict[str, Any]]:
    """The lines of one stored revision of the tariff schedule, as the publisher gives them."""
    return rows_of(open_original(data / "hts" / f"hts_{revision}.json.gz"))


def legal_dates(data: Path) -> dict[str, str]:
    """Revision -> ISO date from which the text it carries is law."""
    table = read_text_csv(data / "hts" / "revision_dates.csv")
    names = [name if name.startswith("2026") else f"2025_{name}" for name in table["revision"]]
    return dict(zip(names, table["policy_effective_date"], strict=True))


def census_partners(out: Path) -> dict[str, str]:
    """Census country code -> ISO3, with the European Union as `EUU`."""
    countries = pl.read_parquet(out / "countries.parquet")
    main = countries.drop_nulls("census").select("census", "iso3").iter_rows()
    second = countries.drop_nulls("census_second").select("census_second", "iso3").iter_rows()
    return {**dict(main), **dict(second), EU_CENSUS: EU_PARTNER}


def read_imports(data: Path, partners: dict[str, str]) -> pl.DataFrame:
    """US imports for consumption 2024: code, partner, value, duty (USD), one row a pair, nothing counted twice."""
    parts: list[pl.DataFrame] = []
    for path in sorted((data / "us_imports").glob("2024-hs10-imports*.parquet")):
        census = path.stem.removeprefix("2024-hs10-imports")
        if census == COUNTED_TWICE:
            continue
        part = pl.read_parquet(path, columns=["HS10", "imports", "duty"])
        parts.append(part.with_columns(partner=pl.lit(partners[census])))
    table = pl.concat(parts).rename({"HS10": "code", "imports": "value"})
    table = table.group_by("code", "partner").agg(pl.col("value", "duty").sum().cast(pl.Int64))
    return table.filter(pl.col("value") > 0).sort("code", "partner")


def most_common(pairs: Iterable[tuple[str, str | None]], length: int) -> dict[str, str]:
    """Prefix of `length` digits -> the value most of its codes have; ties go to the first in order."""
    frame = pl.DataFrame(list(pairs), schema=["code", "value"], orient="row").drop_nulls()
    frame = frame.with_columns(prefix=pl.col("code").str.slice(0, length))
    counts = frame.group_by("prefix", "value").len().sort(["prefix", "len", "value"], descending=[False, True, False])
    best = counts.unique("prefix", keep="first", maintain_order=True)
    return dict(best.select("prefix", "value").iter_rows())
