"""Synthetic microdata from the embedded trade: month, line, partner, district, programme, value and duty collected.

    python benchmarks/microdata.py FOLDER [--rows 20000000] [--first 2024-01] [--months 24] [--form parquet] [--seed 7]

Each pair of line and partner goes to some districts; its claims are rows of their own with a programme. The duty is
what the law owes, mean over the days of the month, times the compliance of the partner, which `compliance.json` keeps:
a gap that is measured can be held against what was put in. Forms: parquet (a folder a month), csv and csv.gz (a
file a month), one (all in one CSV, rows in no order), bulk (heads of the bulk files of the Census Bureau).
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from detente.codes.days import EARLIEST
from detente.data.flows import usa_imports
from detente.data.importers import importer
from detente.lab.averages.laid_law import LaidLaw
from detente.lab.micro.micro import days_of
from detente.trade import Flows

DISTRICTS = ("01", "04", "10", "13", "17", "20", "23", "25", "27", "29", "30", "38", "39", "41", "52", "53", "55")
"""Customs districts that take most trade."""

FEWEST, MOST = 0.86, 1.0
"""Compliance of partners is drawn between them."""

BULK = {
    "line": "I_COMMODITY", "partner": "CTY_NAME", "district": "DISTRICT", "value": "CON_VAL_MO", "duty": "CAL_DUT_MO",
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What is made.

    Attributes
    ----------
    pairs : trade by line and partner, the largest pairs. districts : how many each pair goes to, shape (pairs,).
    """

    pairs: Flows
    districts: np.ndarray
    compliance: dict[str, float]
    seed: int


def planned(rows: int, seed: int) -> Plan:
    """Pairs and districts for about so many rows a month."""
    rng = np.random.default_rng(seed)
    flows, _ = usa_imports().expanded()
    flows = replace(flows, claims_follow=False, split=None)
    flows = flows.take(flows.value > 0)
    most = np.argsort(-flows.value, kind="stable")[: max(1, rows // 3)]
    flows = flows.take(np.sort(most))
    districts = 1 + rng.poisson(max(0.0, rows / flows.value.size - 1.3), flows.value.size)
    share = {p: round(float(rng.uniform(FEWEST, MOST)), 3) for p in flows.partners}
    return Plan(flows, np.minimum(districts, len(DISTRICTS)), share, seed)


def month_of(plan: Plan, month: str) -> pl.DataFrame:
    """Rows of one month."""
    rng = np.random.default_rng([plan.seed, int(month.replace("-", ""))])
    flows = plan.pairs
    value = flows.value / 12 * rng.lognormal(0.0, 0.4, flows.value.size)
    plain, claimed = _owed(replace(flows, value=value), month)
    comply = np.asarray([plan.compliance[p] for p in flows.partners])[flows.partner_at]
    pair = np.repeat(np.arange(value.size), plan.districts)
    part = rng.exponential(1.0, pair.size)
    part /= np.bincount(pair, part)[pair]
    names = np.asarray(flows.partners)
    frames = []
    for programme, share, rate in (("", 1.0 - flows.claim, plain), ("S", flows.claim, claimed)):
        worth = np.round(value[pair] * part * share[pair], 2)
        rows = worth >= 1.0
        at = pair[rows]
        frames.append(
            pl.DataFrame(
                {
                    "month": np.full(at.size, month),
                    "line": flows.lines.codes[flows.line_at[at]],
                    "partner": names[flows.partner_at[at]],
                    "district": rng.choice(DISTRICTS, at.size),
                    "programme": np.full(at.size, programme),
                    "value": worth[rows],
                    "duty": np.round(worth[rows] * (rate * comply)[at], 2),
                }
            )
        )
    return pl.concat(frames)


def _owed(flows: Flows, month: str) -> tuple[np.ndarray, np.ndarray]:
    """Duty of each pair without and with a claim, mean over the days of a month, share."""
    first, last = days_of(month)
    ground = LaidLaw(importer("USA").law, flows)
    edges = {*ground.law.dates, *ground.where.base_days}
    starts = sorted({max(first, EARLIEST), *(day for day in edges if first < day <= last)})
    ends = [*starts[1:], last + timedelta(1)]
    plain, claimed = np.zeros(flows.value.size), np.zeros(flows.value.size)
    for start, end in zip(starts, ends, strict=True):
        sides = ground.at(start).exposure.pair_sides(ground.schedule(start))
        plain, claimed = (x + side * (end - start).days for x, side in zip((plain, claimed), sides, strict=True))
    days = (last - first).days + 1
    return plain / days, claimed / days


def months_from(first: str, count: int) -> list[str]:
    """Months in a row."""
    year, month = map(int, first.split("-"))
    return [f"{date(year + (month - 1 + n) // 12, (month - 1 + n) % 12 + 1, 1):%Y-%m}" for n in range(count)]


def generate(folder: Path, rows: int, months: Sequence[str], form: str = "parquet", seed: int = 7) -> int:
    """Write the rows; how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    plan = planned(rows // len(months), seed)
    written = 0
    for month in months:
        frame = month_of(plan, month)
        written += frame.height
        _write(folder, month, frame, form, seed)
    if form == "one":
        _shuffled(folder, seed)
    (folder / "compliance.json").write_text(json.dumps(plan.compliance, indent=1), encoding="utf-8")
    return written


def _write(folder: Path, month: str, frame: pl.DataFrame, form: str, seed: int) -> None:
    if form == "parquet":
        place = folder / f"month={month}"
        place.mkdir(exist_ok=True)
        frame.drop("month").write_parquet(place / "part-0.parquet")
    elif form == "csv.gz":
        (folder / f"{month}.csv.gz").write_bytes(gzip.compress(frame.write_csv().encode(), 1))
    elif form == "bulk":
        dated = frame.with_columns(YEAR=pl.lit(month[:4]), MONTH=pl.lit(month[5:])).drop("month", "programme")
        dated.rename(BULK).write_csv(folder / f"{month}.csv")
    else:
        frame.write_csv(folder / f"{month}.csv")


def _shuffled(folder: Path, seed: int) -> None:
    """All months in one file, rows in no order."""
    files = sorted(folder.glob("*.csv"))
    whole = pl.concat([pl.read_csv(file, infer_schema=False) for file in files])
    for file in files:
        file.unlink()
    whole.sample(fraction=1.0, shuffle=True, seed=seed).write_csv(folder / "all.csv")


def lines(folder: Path) -> Iterator[Path]:
    """Files of the folder, without what was put in."""
    yield from (path for path in sorted(folder.rglob("*")) if path.suffix in (".csv", ".gz", ".parquet"))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--rows", type=int, default=20_000_000)
    options.add_argument("--first", default="2024-01")
    options.add_argument("--months", type=int, default=24)
    options.add_argument("--form", choices=("parquet", "csv", "csv.gz", "one", "bulk"), default="parquet")
    options.add_argument("--seed", type=int, default=7)
    chosen = options.parse_args()
    written = generate(chosen.folder, chosen.rows, months_from(chosen.first, chosen.months), chosen.form, chosen.seed)
    print(f"{written:,} rows in {chosen.folder}")


if __name__ == "__main__":
    main()
