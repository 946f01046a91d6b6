"""Times and memory of microdata against the aims of the design, beside a data-frame join in the same run.

    python benchmarks/micro.py [--rows 20000000] [--months 24] [--workers 2] [--folder DIR] [--json FILE]

Rows are made by `microdata.py`, unless the folder holds them. The command is started afresh; memory is that of all its
processes together, pages they share counted once. Wall time, and processor time of all processes, are shown apart: on a
shared machine the second is what the work costs. The peer joins the rows of one month to the schedule of each stretch
of its days, as scripts do; it leaves out stacking, conditions and claims.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import polars as pl
from microdata import generate, months_from
from peers import schedule_by_joins
from run import COLD, Figure, show

from detente.data.importers import importer
from detente.lab.micro.micro import days_of

AIM, AIM_ROWS, MEMORY = 60.0, 20_000_000, 2000.0
NONE = float("inf")
EVERY = 0.1
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Used:
    """What a command took: seconds of the clock, of processors, and MB of all its processes at most."""

    wall: float
    cpu: float
    memory: float


NOT_RATED = 5
"""How a command ends that has rated entries, some of which could not be."""


def measured(*arguments: str) -> Used:
    """A command in a fresh interpreter."""
    start, before = time.perf_counter(), _cpu()
    process = subprocess.Popen([sys.executable, "-c", COLD, *arguments], stdout=subprocess.DEVNULL)
    peak = [0.0]

    def watch() -> None:
        while process.poll() is None:
            peak[0] = max(peak[0], _memory(process.pid))
            time.sleep(EVERY)

    thread = threading.Thread(target=watch)
    thread.start()
    code = process.wait()
    thread.join()
    if code not in (0, NOT_RATED):
        raise SystemExit(f"{' '.join(arguments)}: ended with {code}")
    return Used(time.perf_counter() - start, _cpu() - before, peak[0])


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory(pid: int) -> float:
    """MB of a process and all below it: the pages of each alone, and those it shares where they are most."""
    alone, shared = zip(*_pages(pid), strict=True)
    return (sum(alone) + max(shared)) / 1024


def _pages(pid: int) -> Iterator[tuple[int, int]]:
    """What a process, and each below it, has alone and what it may share, kB."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        yield 0, 0
        return
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in rollup.splitlines()[1:]}
    alone = sizes.get("Private_Clean", 0) + sizes.get("Private_Dirty", 0)
    yield alone, sizes.get("Rss", 0) - alone
    for child in below:
        yield from _pages(int(child))


def by_joins(folder: Path, month: str) -> float:
    """Average duty of each stretch of days of a month, by data-frame joins; processor seconds."""
    start = time.process_time()
    first, last = days_of(month)
    days = sorted({first, *(day for day in importer("USA").law.dates if first < day <= last)})
    rows = pl.read_parquet(folder / f"month={month}" / "part-0.parquet", hive_partitioning=False)
    for day in days:
        _average(rows, day)
    return time.process_time() - start


def _average(rows: pl.DataFrame, day: date) -> float:
    joined = rows.join(schedule_by_joins(day), on=["line", "partner"], how="left")
    return float((joined["value"] * (joined["base"] + joined["duty"]).fill_null(0.0)).sum() / joined["value"].sum())


def figures(folder: Path, rows: int, months: int, workers: int, work: Path) -> Iterator[Figure]:
    """Every question, cold; the first one groups the rows, the others find them grouped."""
    common = ("--work", str(work), "--workers", str(workers), "--quiet", "--format", "json")
    aim = AIM * rows / AIM_ROWS * 2 / workers
    asks = {"daily": (), "weights": (), "paid": (), "refunds": ("--void", "basis:IEEPA")}
    for ask, more in asks.items():
        used = measured("entries", str(folder), "--table", ask, *more, *common)
        what = f"{rows:,} rows, {months} months, {ask}" if ask == "daily" else f"  then {ask}"
        yield Figure(f"{what}, {workers} processes", used.wall, aim if ask == "daily" else NONE, "s")
        yield Figure("  processor time of all", used.cpu, workers * aim if ask == "daily" else NONE, "s")
        yield Figure("  memory of all", used.memory, MEMORY, "MB")
        if ask == "daily":
            month = sorted(path.name for path in folder.glob("month=*"))[-1].removeprefix("month=")
            ratio = by_joins(folder, month) * months / used.cpu
            yield Figure("joins, estimated from one month, times its processor time", ratio, NONE, "x")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=AIM_ROWS)
    options.add_argument("--months", type=int, default=24)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--folder", type=Path)
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = chosen.folder or Path(name) / "rows"
        if not folder.exists():
            generate(folder, chosen.rows, months_from("2024-01", chosen.months))
        rows = pl.scan_parquet(folder / "**/*.parquet", hive_partitioning=False).select(pl.len()).collect().item()
        months = len(list(folder.glob("month=*")))
        work = Path(name) / "work"
        work.mkdir()
        measures = []
        for figure in figures(folder, rows, months, chosen.workers, work):
            measures.append(figure)
            show([figure], None)
            sys.stdout.flush()
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(figure) for figure in measures], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
