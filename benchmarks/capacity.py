"""What long work costs on this machine, kept beside earlier measurements: `docs/capacity.md` is made from them.

    python benchmarks/capacity.py [--rows DIR] [--entries 300000] [--points 2000] [--scenarios 12] [--only rows,entries]

Each task is a command started afresh, on 1, 2 and 4 processes as far as the machine has processors. Kept are wall time,
processor time of all processes and their memory together, with the machine and the day. `tools/write_capacity.py`
writes the page.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
from entries import synthetic
from micro import measured
from microdata import generate, months_from

from detente.data.limits import processors

STORE = Path(__file__).with_name("capacity.json")
WORKERS = (1, 2, 4)
ROWS, MONTHS = 2_000_000, 2


def tasks(chosen: argparse.Namespace, folder: Path) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Name of a task, how many units it has, and its command without processes and folder."""
    if "rows" in chosen.only:
        rows = chosen.rows or folder / "rows"
        if chosen.rows is None:
            generate(rows, ROWS, months_from("2025-03", MONTHS))
        count = pl.scan_parquet(rows / "**/*.parquet", hive_partitioning=False).select(pl.len()).collect().item()
        yield "rows", count, ("entries", str(rows), "--table", "daily", "--format", "json", "--work")
    if "entries" in chosen.only:
        file = folder / "entries.csv"
        frame = synthetic(chosen.entries)
        frame.write_csv(file)
        yield "entries", frame.height, ("entries", str(file), "--out")
    if "points" in chosen.only:
        over = ("tariff.USA.CHN=0%..145%", "tariff.CHN.USA=0%..125%", "scale=0.5..1")
        pairs = [word for pair in over for word in ("--over", pair)]
        yield "points", chosen.points, ("sweep", "economy", *pairs, "--sample", str(chosen.points), "--out")
    if "scenarios" in chosen.only:
        over = ("--over", "usa.change.rec_chn.rate=10%..60%", "--sample", str(chosen.scenarios))
        yield "scenarios", chosen.scenarios, ("sweep", "geneva", *over, "--table", "headline", "--out")


def machine() -> str:
    """Processor and cores that this process may use."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    model = next((line.split(":")[1].strip() for line in text.splitlines() if line.startswith("model name")), "")
    return f"{model or platform.machine()}, {processors()} cores"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=Path, help="folder of rows; made where it is not given")
    options.add_argument("--entries", type=int, default=300_000, help="rows of entries")
    options.add_argument("--points", type=int, default=2000)
    options.add_argument("--scenarios", type=int, default=12)
    options.add_argument("--only", default="rows,entries,points,scenarios")
    chosen = options.parse_args()
    kept = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else []
    with tempfile.TemporaryDirectory() as name:
        for task, count, command in tasks(chosen, Path(name)):
            for workers in (n for n in WORKERS if n <= processors()):
                used = measured(*command, f"{name}/{task}-{workers}", "--workers", str(workers), "--quiet")
                load = os.getloadavg()[0]
                kept.append(
                    {
                        "task": task, "count": count, "workers": workers, "wall": round(used.wall, 1),
                        "cpu": round(used.cpu, 1), "memory": round(used.memory), "load": round(load, 1),
                        "machine": machine(), "date": date.today().isoformat(),
                    }
                )  # fmt: skip
                print(kept[-1], flush=True)
                STORE.write_text("[\n" + ",\n".join(map(json.dumps, kept)) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
