"""Solve ahead of time what the shipped cases of the talks need: laws, surfaces, lines of choices, exact threats.

Writes cases.npz (of the cases) and chains.npz (losses from withheld licences) in src/detente/data/surfaces, or `--only`
one of them; minutes of work on two cores. To be run again when a case, a lawbook, the trade of a side, the chain or a
world changes; `tests/golden/test_us_china_case.py` says so.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from detente.data.casefile import case_names, load_case, variant_names
from detente.data.npzfile import CHAINS, NAME, Arrays, key_of, store, stored, surface_file
from detente.lab.talks.case import Case, law_arrays, law_content, line_arrays, point_content, surface_arrays
from detente.lab.talks.losses import loss_arrays, loss_content
from detente.lab.talks.world import world_of

FINE, CLOSE = 5e-4, 1e-6
"""Error that surfaces are built to where few nodes do, USD bn a year, and that of two countries of the textbook."""

Job = tuple[str, str, bool, bool]
"""Case, variant, whether in the short run, whether with what hangs on a switch."""


def jobs() -> list[Job]:
    """Everything to be solved; a variant that changes nothing of it is left out."""
    found: dict[tuple[str, ...], Job] = {}
    for name in case_names():
        for variant in ("", *variant_names(name)):
            case = Case(load_case(name, variant))
            for short in (False, True):
                for switched in (True, False)[: 1 + bool(case.switch)]:
                    found.setdefault(keys(case, short, switched), (name, variant, short, switched))
    return list(found.values())


def keys(case: Case, short: bool, switched: bool) -> tuple[str, ...]:
    """Under what law, surface, lines and exact threats of a case are stored."""
    content = case.content(short=short, switched=switched)
    lines = [key_of("lines", case.lines_content(short=short))] if case.file.weights.choices else []
    exact = [key_of("parts", point_content(content, *each)) for each in (points(case) if switched else ())]
    law = law_content(case.file, 1.0, switched=switched)
    return key_of("law", law), key_of("surface", content), *lines, *exact


def solved(job: Job, missing: bool) -> dict[str, Arrays]:
    """The tables of a job by key.

    Parameters
    ----------
    missing : whether what is stored under its key stays.
    """
    name, variant, short, switched = job
    case = Case(load_case(name, variant))
    law, surface, *others = keys(case, short, switched)
    if missing and all(stored(key) for key in (law, surface, *others)):
        return {key: stored(key) for key in (law, surface, *others)}
    world = world_of(case.file, case.economy(short=short), switched=switched)
    case._spaces[short, switched] = world
    aim = CLOSE if case.file.world.name == "two-country" else FINE
    found: dict[str, Arrays] = {law: law_arrays(world), surface: surface_arrays(case.fitted(world, aim=aim))}
    if case.file.weights.choices:
        found[others[0]] = line_arrays(case.solved_lines(short=short))
    for levels, guards in points(case) if switched else ():
        key = key_of("parts", point_content(case.content(short=short), levels, guards))
        found[key] = {"parts": case.exact_parts(levels, guards, short=short, fresh=True)}
    return found


def points(case: Case) -> Iterator[tuple[Any, Mapping[str, float]]]:
    """Levels of the duties and guards of third countries in threats that no surface holds."""
    duties = [row for row in case.file.issues if row.moves_tariffs]
    columns = [case.issues.index(row.name) for row in duties]
    for row in (row for row in case.file.threats if row.kind not in ("war", "expected")):
        levels = (case.outcome(row.outcome) if row.outcome else case._point(row.levels or {}))[columns]
        tops = [float(row.top or row.listed()[-1]) for row in duties]
        if row.third_countries:
            yield from ((levels, {}), (levels, row.third_countries))
        elif any(level > top for level, top in zip(levels.tolist(), tops, strict=True)):
            yield levels, {}


def lost(job: tuple[str, bool]) -> dict[str, Arrays]:
    """Losses of a country from licences withheld from it alone, or from all buyers, by key."""
    return {key_of("losses", loss_content(*job)): loss_arrays(*job)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", choices=(NAME, CHAINS))
    parser.add_argument("--missing", action="store_true", help=f"keep what {NAME} holds under its key")
    given = parser.parse_args()
    # Tables that the parent has read hold threads, which do not live through a fork.
    with ProcessPoolExecutor(given.workers, get_context("spawn")) as pool:
        if given.only in (None, CHAINS):
            losses = [(country, everyone) for country in ("USA",) for everyone in (False, True)]
            _written(CHAINS, zip(losses, pool.map(lost, losses), strict=True))
        if given.only in (None, NAME):
            listed = jobs()
            _written(NAME, zip(listed, pool.map(partial(solved, missing=given.missing), listed), strict=True))


def _written(name: str, done: Iterable[tuple[tuple[Any, ...], dict[str, Arrays]]]) -> None:
    found: dict[str, Arrays] = {}
    for job, tables in done:
        found |= tables
        print(*job, sorted(tables), flush=True)
    store(found, surface_file(name))
    print(f"{surface_file(name)}: {len(found)} tables, {surface_file(name).stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
