"""Times and peak memory of the commands and of the law, against the aims of the design.

    python benchmarks/run.py [--repeat 5] [--json FILE]

Commands are started afresh each time (cold, as a user meets them); the rest is timed in one process after the data are
loaded. Of several repeats the median is shown. Nothing here passes or fails: machines differ, figures are for reading.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "detente"
COLD = "from detente.faces.cli import main; main()"


@dataclass(frozen=True)
class Figure:
    """A measured figure beside what the design aims at."""

    what: str
    found: float
    aim: float
    unit: str


def seconds(action: Callable[[], object], repeat: int) -> float:
    """Median wall time of an action."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def fresh(*arguments: str, program: str = COLD) -> Callable[[], object]:
    """A command in a fresh interpreter."""
    command = [sys.executable, "-c", program, *arguments]
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def commands(repeat: int) -> list[Figure]:
    """Cold starts."""
    rate = ("rate", "8507.60.00.10", "CHN", "--on", "2025-04-15")
    days = ("average", "--from", "2025-01-01", "--to", "2026-12-31", "--format", "csv")
    return [
        Figure("import detente", seconds(fresh(program="import detente"), repeat), 0.15, "s"),
        Figure("detente --help", seconds(fresh("--help"), repeat), 0.3, "s"),
        Figure("detente rate, cold", seconds(fresh(*rate), repeat), 0.8, "s"),
        Figure("detente average by day, two years, cold", seconds(fresh(*days), 1), 3.0, "s"),
        Figure("detente run geneva, cold", seconds(fresh("run", "geneva"), 1), 3.0, "s"),
        *reports(repeat),
    ]


def reports(repeat: int) -> list[Figure]:
    """The main job with its report, without draws and with 200."""
    with tempfile.TemporaryDirectory() as folder:
        plain, drawn = (fresh("run", "geneva", "--draws", n, "--report", f"{folder}/{n}") for n in ("0", "200"))
        return [
            Figure("run geneva --draws 0 --report, cold", seconds(plain, repeat), 5.0, "s"),
            Figure("run geneva --draws 200 --report, cold", seconds(drawn, 1), 60.0, "s"),
        ]


def whole_schedule() -> object:
    """Every line from every partner on one day, compiled anew."""
    from detente.data.importers import importer
    from detente.data.tables import countries
    from detente.law import schedule_on

    where = importer("USA")
    columns = where.trade_columns(sorted(set(countries().names) - {"USA"}))
    return schedule_on(where.space(where.law, columns), date(2025, 8, 15)).rate()


def law(repeat: int) -> list[Figure]:
    """The law on loaded data: a whole schedule, two years of days, a what-if."""
    from detente.lab.averages.averages import average
    from detente.lab.averages.laid_law import laid_law

    book = load()
    ground = laid_law(book)
    first, last = date(2025, 1, 1), date(2026, 12, 31)
    first_time = seconds(whole_schedule, 1)
    ground.rates(first)

    def what_if() -> object:
        return average(laid_law(book.without(["basis:IEEPA"])), date(2025, 5, 8))

    return [
        Figure("all lines, all partners, first time", first_time, 0.5, "s"),
        Figure("all lines, all partners, another day", seconds(whole_schedule, repeat), 0.5, "s"),
        Figure("daily series, two years", seconds(lambda: laid_law(book).daily(first, last), repeat), 1.0, "s"),
        Figure("what-if: IEEPA void", seconds(what_if, repeat), 0.05, "s"),
    ]


TEN = ("USA", "CHN", "EU27", "JPN", "GBR", "BRA", "AUS", "CAN", "MEX", "IND")
"""Importers whose laws are laid on their trade, each with its own way of a schedule."""


def importers(repeat: int) -> list[Figure]:
    """Laws of other importers: ten of them on two days, first as a fresh process has them, and what goods face."""
    from detente.data.importers import importer
    from detente.lab.averages.averages import facing_tables
    from detente.lab.averages.laid_law import LaidLaw, laid_law

    def both_laws() -> object:
        grounds = [laid_law(importer(code).law) for code in TEN]
        fresh_ones = [LaidLaw(ground.law, ground.trade) for ground in grounds]
        return [ground.whole(day) for ground in fresh_ones for day in (date(2025, 1, 1), date(2026, 10, 1))]

    return [
        Figure("ten importers, both laws, first time", seconds(both_laws, 1), 3.0, "s"),
        Figure("ten importers, both laws, compiled anew", seconds(both_laws, repeat), 3.0, "s"),
        Figure("US goods in every importer", seconds(lambda: facing_tables("US", date(2026, 10, 1)), 1), 5.0, "s"),
    ]


def peers(own: float) -> list[Figure]:
    """The same schedule by data-frame joins in this very run, and how many times slower it is."""
    from peers import schedule_by_joins

    joins = seconds(lambda: schedule_by_joins(date(2025, 8, 15)), 1)
    return [
        Figure("all lines, all partners, by joins", joins, float("inf"), "s"),
        Figure("joins over painting", joins / own, float("inf"), "x"),
    ]


def load() -> object:
    """The law of the United States."""
    import detente

    return detente.load_law("USA")


def sizes() -> list[Figure]:
    """Peak memory of this process and size of the embedded data."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    embedded = sum(path.stat().st_size for path in (PACKAGE / "data").rglob("*") if path.is_file())
    return [Figure("peak memory", peak, 400.0, "MiB"), Figure("embedded data", embedded / 1e6, 12.0, "MB")]


def show(figures: Sequence[Figure], to: Path | None) -> None:
    """Print figures beside their aims, and keep them as JSON where a file is named."""
    for figure in figures:
        mark = "" if figure.found <= figure.aim else "  over"
        aim = "" if figure.aim == float("inf") else f"aim {figure.aim:g}"
        print(f"{figure.what:44} {figure.found:11.4g} {figure.unit:4} {aim}{mark}")
    if to:
        to.write_text(json.dumps([asdict(figure) for figure in figures], indent=1), encoding="utf-8")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--repeat", type=int, default=5)
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    timed = law(chosen.repeat)
    memory = sizes()
    own = next(f.found for f in timed if f.what.endswith("another day"))
    others = importers(chosen.repeat)
    show([*commands(chosen.repeat), *timed, *others, *memory, *peers(own)], chosen.json)


if __name__ == "__main__":
    main()
