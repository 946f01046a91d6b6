"""Solve ahead of time what the shipped cases of the talks need: laws, surfaces, lines of choices, exact threats.

Writes us-china.npz, pairs.npz (the cases of all others) and chains.npz (losses from withheld licences) in
src/detente/data/surfaces, or `--only` one of them; minutes of work on two cores. To be run again when a case, a
lawbook, the trade of a side, the chain or a world changes; `tests/golden/test_surfaces.py` says so.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from detente.data.casefile import case_names, load_case, variant_names
from detente.data.caserows import ThreatRow
from detente.data.surface_tables import CHAINS, NAME, PAIRS, Arrays, key_of, store, stored, surface_file
from detente.lab.talks.case import Case
from detente.lab.talks.materials import loss_arrays, loss_content
from detente.lab.talks.near import of_both_sides
from detente.lab.talks.ready import WIDE_LINES, law_arrays, law_content, line_arrays, point_content, surface_arrays
from detente.lab.talks.ready_wide import wide_arrays, wide_content, wide_surface_arrays
from detente.lab.talks.wideworld import wide_space
from detente.lab.talks.world import duty_space

Job = tuple[str, str, str, bool, bool]
"""Case, variant, what to solve, whether in the short run, whether with what hangs on a switch."""


def jobs() -> Iterator[Job]:
    """Everything to be solved, the longest first."""
    # A variant that changes nothing of what is solved is left out.
    laws = {
        key_of("law", law_content(load_case(name, variant), 1.0, switched=True)): (name, variant)
        for name in case_names()
        if of_both_sides(name)
        for variant in (*variant_names(name), "")
    }
    opened = list(laws.values())
    for name, variant in opened:
        for switched in (True, False)[: 1 + bool(Case(load_case(name, variant)).switch)]:
            yield from ((name, variant, "surface", short, switched) for short in (False, True))
    for name, variant in opened:
        yield from ((name, variant, "rest", short, True) for short in (False, True))


def solved(job: Job) -> dict[str, Arrays]:
    """The tables of a job by key."""
    name, variant, what, short, switched = job
    case = Case(load_case(name, variant))
    space = duty_space(case.file, case.economy(short=short), switched=switched)
    if what == "surface":
        law = key_of("law", law_content(case.file, 1.0, switched=switched))
        content = case.content(short=short, switched=switched)
        return {law: law_arrays(space), key_of("surface", content): surface_arrays(space)}
    case._kept["space", short, True] = space
    found: dict[str, Arrays] = {}
    if case.file.weights.choices:
        found[key_of("lines", case.lines_content(short=short))] = line_arrays(case.solved_lines(short=short))
    for levels, guards in points(case):
        key = key_of("parts", point_content(case.content(short=short), levels, guards))
        found[key] = {"parts": case.exact_parts(levels, guards, short=short, fresh=True)}
    return found


def wide_solved(job: Job, missing: bool) -> dict[str, Arrays]:
    """The tables of a case between any parties by key: its duties, its surface, or the lines of its choices.

    Parameters
    ----------
    missing : whether what is stored under its key stays.
    """
    name, variant, what, short, switched = job
    case = Case(load_case(name, variant))
    keys = (lines_key(case, short),) if what == "lines" else wide_keys(case, short, switched)
    if missing and all(stored(key) for key in keys):
        return {key: stored(key) for key in keys}
    if what == "lines":
        return {keys[0]: line_arrays(case.solved_lines(short=short))}
    space = wide_space(case.file, case.economy(short=short), switched=switched)
    law, surface = wide_keys(case, short, switched)
    return {law: wide_arrays(space), surface: wide_surface_arrays(case.sparse(space))}


def wide_keys(case: Case, short: bool, switched: bool) -> tuple[str, str]:
    """Under what duties and surface of a case are stored."""
    law = wide_content(case.file, 1.0, switched=switched)
    return key_of("wide", law), key_of("wide-surface", case.wide_content(short=short, switched=switched))


def lines_key(case: Case, short: bool) -> str:
    """Under what the lines of the choices of a case are stored."""
    return key_of(WIDE_LINES, case.lines_content(short=short))


def wide_jobs() -> list[Job]:
    """What is solved for cases that stand on sparse grids; a variant that changes nothing of it is left out."""
    jobs: dict[str, Job] = {}
    for name in wide_cases():
        for variant in ("", *variant_names(name)):
            case = Case(load_case(name, variant))
            for short in (False, True):
                for switched in (True, False)[: 1 + bool(case.switch)]:
                    jobs.setdefault(wide_keys(case, short, switched)[1], (name, variant, "surface", short, switched))
                if case.file.weights.choices:
                    jobs.setdefault(lines_key(case, short), (name, variant, "lines", short, True))
    return list(jobs.values())


def lost(job: tuple[str, bool]) -> dict[str, Arrays]:
    """Losses of a country from licences withheld from it alone, or from all buyers, by key."""
    return {key_of("losses", loss_content(*job)): loss_arrays(*job)}


def wide_cases() -> list[str]:
    """Cases of the package that stand on sparse grids."""
    return [name for name in case_names() if not of_both_sides(name) and Case(load_case(name)).wide]


def points(case: Case) -> Iterator[tuple[Any, Mapping[str, float]]]:
    """Levels of the duties and guards of third countries in threats that no surface holds."""
    duties = case.space().duties
    columns = [case.issues.index(duty.issue) for duty in duties]
    for row in (row for row in case.file.threats if row.kind not in ("war", "expected")):
        levels = _outcome(case, row)[columns]
        if row.third_countries:
            yield from ((levels, {}), (levels, row.third_countries))
        elif any(level > duty.top for level, duty in zip(levels.tolist(), duties, strict=True)):
            yield levels, {}


def _outcome(case: Case, row: ThreatRow) -> Any:
    return case.outcome(row.outcome) if row.outcome else case._point(row.levels or {})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", choices=(NAME, PAIRS, CHAINS))
    parser.add_argument("--missing", action="store_true", help=f"keep what {PAIRS} holds under its key")
    given = parser.parse_args()
    with ProcessPoolExecutor(given.workers) as pool:
        if given.only in (None, NAME):
            _written(NAME, zip(jobs(), pool.map(solved, list(jobs())), strict=True))
        if given.only in (None, CHAINS):
            losses = [(country, everyone) for country in ("USA",) for everyone in (False, True)]
            _written(CHAINS, zip(losses, pool.map(lost, losses), strict=True))
        if given.only in (None, PAIRS):
            pairs = wide_jobs()
            tables = pool.map(partial(wide_solved, missing=given.missing), pairs)
            _written(PAIRS, zip(pairs, tables, strict=True))


def _written(name: str, done: Iterable[tuple[tuple[Any, ...], dict[str, Arrays]]]) -> None:
    found: dict[str, Arrays] = {}
    for job, tables in done:
        found |= tables
        print(*job, sorted(tables), flush=True)
    store(found, surface_file(name))
    print(f"{surface_file(name)}: {len(found)} tables, {surface_file(name).stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
