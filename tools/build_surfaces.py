"""Solve ahead of time what the shipped cases of the talks need: laws, surfaces, lines of choices, exact threats.

Writes cases.npz (of the cases) and chains.npz (losses from withheld licences) in src/detente/data/surfaces, or `--only`
one of them; minutes of work on two cores. To be run again when a case, a lawbook, the trade of a side, the chain or a
world changes; `tests/golden/test_us_china_case.py` says so.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from detente.codes import SolveError
from detente.data.casefile import case_names, load_case, variant_names
from detente.data.npzfile import CHAINS, NAME, Arrays, key_of, store, stored, surface_file
from detente.economy import baseline_tariff
from detente.lab.chains.draws import sample_of
from detente.lab.chains.months import RunCase, run_many
from detente.lab.talks.case import STEP, Case, law_content, point_content
from detente.lab.talks.losses import DRAWS, LEVELS, SEED, central_of, loss_content, loss_path, question_of
from detente.lab.talks.world import world_of
from detente.talks.inference import Line
from detente.talks.space import Floats
from detente.talks.world import Surface, TalksWorld

FINE, CLOSE = 5e-4, 1e-6
"""Error that surfaces are built to where few nodes do, USD bn a year, and that of two countries of the textbook."""

#: Quantiles of the draws that a loss is shown between.
ENDS = (0.05, 0.95)

#: Runs of a chain solved side by side.
BLOCK = 10

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


def law_arrays(world: TalksWorld) -> Arrays:
    """Base law and duties as they are stored: rows of the tariff that differ from the world's, points by duty."""
    known = np.array(baseline_tariff(world.economy))
    n = len(world.economy.countries)
    moved = np.flatnonzero((world.base.reshape(n, -1) != known.reshape(n, -1)).any(axis=1))
    arrays: Arrays = {"rows": moved, "base": world.base[moved].astype(np.float32)}
    if world.always is not None:
        added = np.flatnonzero(world.always.reshape(n, -1).any(axis=1))
        arrays |= {"added": added, "always": world.always[added].astype(np.float32)}
    for k, duty in enumerate(world.duties):
        reached = np.flatnonzero(duty.points.any(axis=(0, 2)))
        arrays |= {f"levels{k}": duty.levels, f"reached{k}": reached,
                   f"points{k}": duty.points[:, reached].astype(np.float32)}  # fmt: skip
    return arrays


def surface_arrays(surface: Surface) -> Arrays:
    """A surface, solved and checked, as it is stored."""
    errors = [surface.error.by_part[part] for part in surface.parts]
    return {
        "degrees": surface.degrees.astype(np.int8),
        "values": np.rint(surface.values / STEP).astype(np.int32),
        "found": np.array([surface.residual, surface.error.points, *errors]),
    }


def line_arrays(lines: Sequence[Line]) -> Arrays:
    """Lines as they are stored: slopes of income, revenue and value added."""
    return {"slopes": np.array([[line.income, line.revenue, line.added] for line in lines])}


def loss_arrays(country: str, everyone: bool) -> Arrays:
    """Losses with their range and rents, by exact runs, as they are stored: shape (4, levels, months)."""
    central, rents = central_of(country, everyone)
    low, high = np.zeros_like(central), np.zeros_like(central)
    for k, level in enumerate(LEVELS[1:], start=1):
        drawn = _drawn(country, everyone, level)
        low[k], high[k] = np.quantile(drawn, ENDS, axis=0)
    # The range holds the central run, which is no draw.
    return {"losses": np.stack([central, np.minimum(low, central), np.maximum(high, central), rents])}


def _drawn(country: str, everyone: bool, level: float) -> Floats:
    """Losses by draw and month, shape (draws, months); draws without an equilibrium are left out."""
    question = question_of(country, everyone, level)
    sample, losses = sample_of(question, DRAWS, SEED), []
    rows = [dict(zip(sample.names, row, strict=True)) for row in sample.values.tolist()]
    for start in range(0, len(rows), BLOCK):
        cases = [RunCase(replace(question, values=values)) for values in rows[start : start + BLOCK]]
        losses += [loss_path(ran, country) for ran in run_many(cases) if not isinstance(ran, SolveError)]
    return np.stack(losses)


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
