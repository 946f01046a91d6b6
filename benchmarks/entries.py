"""Entries by the row: a file of synthetic entries rated, beside a plain join of data frames on the same rows.

`python benchmarks/entries.py --rows 1000000`; `--write FILE.csv` keeps the entries. They are drawn with a seed from the
US imports of 2024, line and partner by value, on days of two years; some claim a programme, some state contents.
The peer is what a spreadsheet of rates gives: one rate a line and partner of one day, joined and multiplied.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

FIRST, LAST = date(2025, 1, 1), date(2026, 9, 30)
CLAIMS = {
    "MEX": ("USMCA", 0.75),
    "CAN": ("USMCA", 0.75),
    "KOR": ("KORUS", 0.7),
    "AUS": ("AUSFTA", 0.5),
    "CHL": ("US-Chile FTA", 0.8),
}
MODES = (("vessel", 0.55), ("air", 0.25), ("truck", 0.17), ("", 0.03))


def synthetic(rows: int, seed: int = 20250512) -> pl.DataFrame:
    """Entries drawn from the imports of 2024: a few lines an entry, values spread over four orders of magnitude."""
    from detente.data.flows import BLOCK, usa_imports
    from detente.data.importers import importer
    from detente.data.tables import countries

    flows, where, draw = usa_imports(), importer("USA"), np.random.default_rng(seed)
    members = sorted(countries().expand("EU27"))
    chosen = draw.choice(flows.value.size, rows, p=flows.value / flows.value.sum())
    partner = np.asarray(flows.partners)[flows.partner_at[chosen]].astype("U3")
    block = np.asarray(flows.partners)[flows.partner_at[chosen]] == BLOCK
    partner[block] = draw.choice(members, int(block.sum()))
    entry = np.cumsum(draw.random(rows) < 0.4)
    day = draw.integers(FIRST.toordinal(), LAST.toordinal() + 1, int(entry[-1]) + 1)[entry]
    value = np.round(np.exp(draw.normal(9.0, 1.6, rows)), 2)
    line = flows.lines.codes[flows.line_at[chosen]]
    claim = np.full(rows, "", dtype="U16")
    for code, (name, share) in CLAIMS.items():
        claim[(partner == code) & (draw.random(rows) < share)] = name
    steel = np.where(
        np.char.startswith(line, "73") & (draw.random(rows) < 0.5), draw.integers(20, 100, rows) / 100, np.nan
    )
    names, odds = zip(*MODES, strict=True)
    mode = draw.choice(names, int(entry[-1]) + 1, p=odds)[entry]
    kilograms = np.maximum(np.round(value / draw.uniform(1.0, 40.0, rows)), 1).astype(np.int64)
    known = np.isin(partner, sorted(set(where.countries.names) - where.members))
    frame = pl.DataFrame({
        "entry": [f"E{n:08d}" for n in entry.tolist()], "line": line, "partner": partner,
        "date": pl.Series(day - 719163).cast(pl.Int32).cast(pl.Date).cast(pl.String), "value": value,
        "quantity": [f"{kg} kg" for kg in kilograms.tolist()], "claim": claim, "steel_content": steel, "mode": mode,
    })  # fmt: skip
    return frame.filter(pl.Series(known)).with_columns(pl.col("steel_content").fill_nan(None))


def peer(frame: pl.DataFrame) -> tuple[float, float, float]:
    """Wall and processor seconds of a join with one rate a line and partner, and the dollars that it comes to."""
    rates = frame.select("line", "partner").unique().with_columns(rate=0.1)
    start, spent = time.perf_counter(), time.process_time()
    owed = frame.join(rates, on=["line", "partner"], how="left").select(
        (pl.col("value") * pl.col("rate")).round(2).sum()
    )
    return time.perf_counter() - start, time.process_time() - spent, float(owed.item())


def main() -> None:
    """Print seconds, memory and dollars."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--write", type=Path, help="where the entries stay")
    parser.add_argument("--rate", type=Path, help="rate this file and leave")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.rate:
            return rated(options.rate, Path(folder), options.workers)
        path = options.write or Path(folder) / "entries.csv"
        frame = synthetic(options.rows)
        frame.write_csv(path)
        wall, cpu, _ = peer(frame)
        print(
            f"peer: one join of {frame.height:,} rows, {wall:.2f} s on the clock, {cpu:.2f} s of processor", flush=True
        )
        # A process of its own, so that memory and time of making the entries are not in the figures.
        words = ["--rate", str(path), "--workers", str(options.workers)]
        subprocess.run([sys.executable, __file__, *words], check=True)
    return None


def rated(path: Path, folder: Path, workers: int) -> None:
    """Rate a file with all of its tables of totals, and print what it took."""
    from detente.lab.entries.job import EntriesOrder, rate_entries

    start = time.perf_counter()
    sums = rate_entries(path, EntriesOrder(), folder=folder / "pieces", workers=workers).sums
    wall = time.perf_counter() - start
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(kind) for kind in who]
    cpu, peak = sum(u.ru_utime + u.ru_stime for u in used), [u.ru_maxrss / 1024 for u in used]
    print(f"entries: {sums['rows']:,.0f} rows, {sums['not_rated']:,.0f} not rated, {sums['entries']:,} entries")
    print(f"duty {sums['duty']:,.2f}, fees {sums['processing_fee'] + sums['harbor_fee']:,.2f} USD")
    print(f"{wall:.1f} s on the clock, {cpu:.1f} s of processor in all processes")
    print(f"at most {peak[0]:,.0f} MiB in this process, {peak[1]:,.0f} MiB in the largest other")


if __name__ == "__main__":
    main()
