"""Times of sweeps against the aims of the design, beside plain peers in the same run.

    python benchmarks/sweeps.py [--points 1000] [--scenarios 12] [--workers 2] [--full] [--json FILE]

`--full` takes the 10,000 points of the aim. Wall time and processor time of all processes are shown apart: on a shared
machine the second is what the work costs. Peers: the same points solved one by one, as a loop written in a few lines
does; the same sweep on a Dask cluster of this machine, where Dask can be imported, with its workers already up.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402
from run import Figure, show  # noqa: E402

from detente.economy import Shock, baseline_tariff, goods, solve  # noqa: E402
from detente.lab.sweep.job import dask, sweep  # noqa: E402
from detente.lab.sweep.world import sweep_world  # noqa: E402
from detente.lab.world.effects import WorldSetting  # noqa: E402

WORLD = "icio-2022-small"
OVER = {"tariff.USA.CHN": "0%..145%", "tariff.CHN.USA": "0%..125%", "scale": "0.5..1"}
"""Each point has elasticities of its own, the dearest case: points that share them are solved together."""

SCENARIO = {"usa.change.rec_chn.rate": "10%..60%", "report.elasticity": "1..2"}
FULL, AIM = 10_000, 60.0
"""Points of the design's aim, and the seconds it gives them on two cores."""

SOME = 50
"""Points that the loop is given."""

DASK = 1.1
"""Time on Dask over time on processes, at most."""

NONE = float("inf")
"""No aim."""


@dataclass(frozen=True)
class Time:
    """Wall time of an action, and processor time of this process and of those that it started and that ended."""

    wall: float
    cpu: float


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def timed(action: Callable[[], object]) -> Time:
    """Time of an action done once: a sweep is long, and a second time would find its data loaded."""
    start, before = time.perf_counter(), _cpu()
    action()
    return Time(time.perf_counter() - start, _cpu() - before)


@contextmanager
def cluster(workers: int) -> Iterator[str]:
    """Address of the scheduler of some Dask workers on this machine, once they are there."""
    from distributed import Client

    with tempfile.TemporaryDirectory() as folder:
        common = ("--scheduler-file", f"{folder}/scheduler.json")
        alone = ("--host", "127.0.0.1", "--no-dashboard")
        running = [_dask("scheduler", *common, *alone, "--port", "0")]
        running += [_dask("worker", *common, *alone, "--nthreads", "1", "--no-nanny") for _ in range(workers)]
        try:
            with Client(scheduler_file=common[1], timeout=60, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=60)
                address = client.scheduler.address
            yield address
        finally:
            for process in running:
                process.kill()
                process.wait()


def _dask(part: str, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{part}", *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def content(folder: Path) -> dict[str, bytes]:
    """What a sweep has written."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*.parquet"))}


def worlds(points: int, workers: int, folder: Path) -> Iterator[Figure]:
    """Points of the small world on processes, and the ratio to a loop over solves."""
    given: dict[str, Any] = {"world": WORLD, "lhs": points, "seed": 7}
    took = timed(lambda: sweep_world(OVER, **given, workers=workers, out=folder / "processes"))
    aim = AIM * points / FULL
    yield Figure(f"{points:,} points, {workers} processes", took.wall, aim, "s")
    yield Figure("  processor time of all", took.cpu, workers * aim, "s")
    yield Figure("  one point, processor time", 1e3 * took.cpu / points, NONE, "ms")
    loop = timed(one_by_one)
    yield Figure("a loop over solves, times its processor time", loop.cpu / SOME / (took.cpu / points), NONE, "x")
    if importlib.util.find_spec("distributed"):
        yield from clustered(given, workers, folder, took)


def clustered(given: dict[str, Any], workers: int, folder: Path, took: Time) -> Iterator[Figure]:
    """The same on Dask; bytes are compared."""
    with cluster(workers) as address, dask(address) as executor:
        other = timed(lambda: sweep_world(OVER, **given, executor=executor, out=folder / "dask"))
    assert content(folder / "processes") == content(folder / "dask")
    yield Figure(f"the same, {workers} workers of Dask", other.wall, NONE, "s")
    yield Figure("  Dask over processes", other.wall / took.wall, DASK, "x")


def one_by_one() -> None:
    """Some points of the world as a script would solve them: elasticities set, tariff set, solved."""
    economy = WorldSetting(WORLD).economy()
    theta = np.asarray(economy.parameters["trade_elasticity"])
    usa, chn = economy.country("USA"), economy.country("CHN")
    at = [economy.sector(code) for code in goods(economy)]
    for k in range(SOME):
        share = (k + 0.5) / SOME
        scaled = economy.with_parameters(trade_elasticity=theta * (0.5 + 0.5 * share))
        tariff = np.array(baseline_tariff(scaled))
        tariff[usa, chn, at], tariff[chn, usa, at] = 1.45 * share, 1.25 * share
        solve(scaled, Shock(tariff))


def scenarios(points: int, workers: int) -> Iterator[Figure]:
    """Points of a scenario, from the law to the world economy of 81 countries."""
    for tables in (("headline",), ("headline", "economy")):
        ran = timed(lambda tables=tables: sweep("geneva", SCENARIO, lhs=points, tables=tables, workers=workers))
        yield Figure(f"geneva, {points:,} points: {', '.join(tables)}", ran.wall, NONE, "s")
        yield Figure("  one point, processor time", ran.cpu / points, NONE, "s")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--points", type=int, default=1000)
    options.add_argument("--scenarios", type=int, default=12)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--full", action="store_true", help="the 10,000 points of the aim")
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    points = FULL if chosen.full else chosen.points
    with tempfile.TemporaryDirectory() as folder:
        found = [*worlds(points, chosen.workers, Path(folder)), *scenarios(chosen.scenarios, chosen.workers)]
    show(found, chosen.json)


if __name__ == "__main__":
    main()
