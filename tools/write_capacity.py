"""Write docs/capacity.md: what an office should buy, from measurements in benchmarks/capacity.json.

python tools/write_capacity.py

Measurements are added by `python benchmarks/capacity.py` on the machine that is meant; the latest of each task and
number of processes counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE, STORE = ROOT / "docs" / "capacity.md", ROOT / "benchmarks" / "capacity.json"
MILLION = 1_000_000

WORDS = {
    "rows": "rows of microdata to a daily series",
    "entries": "entries, dollars owed by heading",
    "points": "points of the small world, each with elasticities of its own",
    "scenarios": "scenarios from the law to the averages",
}
"""Tasks in words."""

JOBS: Sequence[tuple[str, str, int]] = (
    ("two years of months, 20 million rows", "rows", 20 * MILLION),
    ("ten years by line, country and district, 300 million rows", "rows", 300 * MILLION),
    ("a broker's year, a million entries", "entries", MILLION),
    ("10,000 tariffs of the small world", "points", 10_000),
    ("a million tariffs of the small world", "points", MILLION),
    ("1,000 scenarios", "scenarios", 1000),
    ("100,000 scenarios", "scenarios", 100_000),
)
"""What somebody wants to do: its words, task and number of units."""

CORES = (2, 8, 32)
PATIENCE = 8.0
"""Hours that a job may take: a night."""

ROOM = 1.5
"""Memory to buy over memory measured."""

HEAD = """# What to buy

Written by `tools/write_capacity.py` from measurements of `benchmarks/capacity.py`. Run that on your own machine, and
the page is about yours.
"""

FOOT = """## How it is reckoned

The time of a job is that of processors for a unit times units, over cores. Load is how many
processes wanted a processor at the end of the measurement. The measurement of most units counts, with the start of its
processes in it: small ones are on the high side. Memory is that of one process, and what each further one added,
and half as much again as room. The machine of the measurements has two cores, which others used at the same time: wall
times say little, four processes were not tried, and processor times are on the high side.

Beyond one machine the same work goes to a Dask cluster, whose address stands in `DETENTE_DASK` ([sweeps](sweeps.md),
[microdata](micro.md)); its workers need the memory of a process each. Larger worlds take longer: a solve of 81
countries and 28 sectors costs about ten times one of the small world.
"""


def page() -> str:
    """The page."""
    latest = measurements()
    return "\n".join([HEAD, *jobs(latest), *measured(latest), FOOT])


def measurements() -> dict[str, dict[int, Mapping[str, Any]]]:
    """The latest measurement of each task by number of processes."""
    latest: dict[str, dict[int, Mapping[str, Any]]] = {}
    for row in json.loads(STORE.read_text(encoding="utf-8")):
        latest.setdefault(row["task"], {})[row["workers"]] = row
    return latest


def jobs(latest: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> Iterator[str]:
    """The table of jobs: hours on some numbers of cores, and the fewest cores that do them in a night."""
    heads = [f"on {n} cores" for n in CORES]
    yield "| what you want to do | " + " | ".join([*heads, "cores for a night", "memory for them, GB"]) + " |"
    yield "| --- |" + " ---: |" * (len(heads) + 2)
    for words, task, count in JOBS:
        if task in latest:
            hours = [hours_of(latest[task], count, n) for n in CORES]
            cores = next(n for n in (2, 4, 8, 16, 32, 64, 128, 256) if hours_of(latest[task], count, n) <= PATIENCE)
            cells = [*map(spelled, hours), str(cores), f"{memory_of(latest[task], cores) / 1000:.1f}"]
            yield f"| {words} | " + " | ".join(cells) + " |"
    yield ""


def seconds_of(rows: Mapping[int, Mapping[str, Any]]) -> float:
    """Processor seconds a unit, of the measurement of most units, where starts weigh least."""
    largest = max((rows[n] for n in sorted(rows)), key=lambda row: row["count"])
    return largest["cpu"] / largest["count"]


def hours_of(rows: Mapping[int, Mapping[str, Any]], count: int, cores: int) -> float:
    """Hours of a job on some cores."""
    return count * seconds_of(rows) / cores / 3600


def memory_of(rows: Mapping[int, Mapping[str, Any]], cores: int) -> float:
    """MB to buy for a process on each core."""
    return ROOM * (rows[min(rows)]["memory"] + each_of(rows) * (cores - 1))


def each_of(rows: Mapping[int, Mapping[str, Any]]) -> float:
    """MB that a further process adds; those of one where no more were measured."""
    first, last = min(rows), max(rows)
    if first == last:
        return float(rows[first]["memory"])
    return max(0.0, (rows[last]["memory"] - rows[first]["memory"]) / (last - first))


def spelled(hours: float) -> str:
    """A time for readers, in the unit it is told in."""
    seconds = hours * 3600
    if seconds < 100:
        return f"{seconds:.2g} s"
    return f"{seconds / 60:,.0f} min" if seconds < 100 * 60 else f"{hours:,.0f} h"


def measured(latest: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> Iterator[str]:
    """The table of measurements."""
    yield "## What was measured\n"
    yield "| work | units | processes | wall, s | processor, s | that a million | memory, MB | machine, day, load |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |"
    for task, words in WORDS.items():
        for workers, row in sorted(latest.get(task, {}).items()):
            dear = row["cpu"] / row["count"] * MILLION / 3600
            cells = [f"{row['count']:,}", str(workers), f"{row['wall']:,.0f}", f"{row['cpu']:,.0f}", spelled(dear)]
            where = f"{row['machine']}, {row['date']}, {row['load']:.0f}"
            yield f"| {words} | {' | '.join(cells)} | {row['memory']:,} | {where} |"
    missing = [WORDS[task] for task in WORDS if task not in latest]
    yield "" if not missing else f"\nNot measured yet: {'; '.join(missing)}.\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
