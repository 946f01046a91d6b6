"""Run: a scenario's chain of steps, from law to rates and revenue, for both sides."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from detente.codes import MOST_DRAWS, Table, whole_number
from detente.codes.standing import Standing
from detente.data.importers import importer
from detente.data.yamlfile import as_share
from detente.lab import parts
from detente.lab.duties import tables as build
from detente.lab.duties.sides import Pairing, latest_standing, pairings_of
from detente.lab.duties.tables import FIXED, POST
from detente.lab.key import data_hashes, key_of, vintages
from detente.lab.parts import Progress
from detente.lab.register import assumptions
from detente.lab.result import Check, Result
from detente.lab.scenario import Scenario, expectations, opened, shipped_as
from detente.lab.statute.standing import record_sentences, written_sentence
from detente.lab.work import beside as run_beside
from detente.lab.work.threads import on_one_thread


@on_one_thread
def run(
    scenario: Scenario | str | Path,
    *,
    today: date | None = None,
    on: date | None = None,
    draws: int | None = None,
    progress: Progress | None = None,
    only: Collection[str] = (),
    beside: Executor | None = None,
    ready: run_beside.Ready | None = None,
) -> Result:
    """Run a scenario by name, path or value.

    Parameters
    ----------
    today : the day that "today" means in a scenario; required if the scenario says it.
    on : a day in place of the scenario's own.
    draws : draws of the ranges. None: the scenario's own, for the shares of goods alone; 0: none; a number asked for:
        joint draws of all inputs as well, ranges of the materials, and the claims of the day, which takes longer.
    progress : told the part, how much of it is done, and of how much.
    beside : one more process, for parts that can be done meanwhile; the same bytes with it and without.
    ready : told the tables that stand before the talks, and those that stand after them.
    only : tables of the world economy to build, where not all of them are wanted; finding the duty that raises most
        costs more than both equilibria.

    Raises
    ------
    InputError, UnknownName : draws that cannot be, a name nobody knows, "today" without a day.
    """
    draws = None if draws is None else whole_number(draws, "draws", 0, MOST_DRAWS)
    scenario, folder = opened(scenario, today, on)
    timings: dict[str, float] = {}
    short = run_beside.begun(beside, scenario, folder, draws)
    with _timed(timings, "law"):
        pairings = {code: list(pairings_of(scenario, code, folder)) for code in ("USA", "CHN")}
    with _timed(timings, "rates"):
        for pairing in (p for several in pairings.values() for p in several):
            _ = pairing.before.rates, pairing.after.rates
    with _timed(timings, "tables"):
        tables = build.tables(scenario, pairings["USA"], pairings["CHN"], draws)
    if scenario.report.world:
        with _timed(timings, "world"):
            tables |= parts.world(pairings["USA"], pairings["CHN"], ranges=draws != 0, only=only)
    if scenario.report.prices:
        with _timed(timings, "prices"):
            tables |= parts.prices(pairings["USA"], scenario.report.draws if draws is None else draws, scenario.seed)
    told: list[str] = []
    with parts.recorded(scenario, pairings["USA"], folder, draws) as record:
        if scenario.materials is not None:
            with _timed(timings, "materials"):
                found, told = short() if short else parts.materials(scenario, folder, draws, progress)
                tables |= found
        if ready is not None:
            ready(tables | record())
        if scenario.report.talks:
            with _timed(timings, "talks"):
                found, signed = parts.talks(scenario, pairings, tables.get("materials"))
                tables, told = tables | found, told + signed
            if ready is not None:
                ready(tables | record())
        joint = {}
        if draws:
            with _timed(timings, "ranges"):
                joint = parts.joint(scenario, pairings, draws, progress)
        with _timed(timings, "record"):
            tables |= record()
        tables |= joint
    hashes, standings = data_hashes(scenario), _standings(pairings)
    return Result(
        scenario,
        key_of(scenario, folder, draws, hashes),
        {name: replace(table, standing=standings.get("USA")) for name, table in tables.items()},
        tuple(_sentences(tables, told, standings)),
        tuple(checks(scenario, tables)) if shipped_as(scenario) else (),
        tuple(assumptions(importer("USA").law)),
        vintages(hashes),
        timings,
        standings,
    )


def _standings(pairings: Mapping[str, list[Pairing]]) -> dict[str, Standing]:
    """How far each importer's law is on record on the latest day that is compared."""
    latest = {code: latest_standing(several) for code, several in pairings.items()}
    return {code: standing for code, standing in latest.items() if standing is not None}


def _sentences(tables: dict[str, Table], told: list[str], standings: Mapping[str, Standing]) -> list[str]:
    """The findings in words; `told` : those of the materials and the talks."""
    first, *others = build.sentences(tables)
    return [
        first,
        *record_sentences(standings),
        *filter(None, [written_sentence(standings)]),
        *others,
        *parts.world_sentences(tables),
        *parts.price_sentences(tables),
        *parts.history_sentences(tables),
        *told,
    ]


@contextmanager
def _timed(timings: dict[str, float], step: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    timings[step] = time.perf_counter() - start


TOLERANCE = 5e-6
"""Expected averages are on record to a thousandth of a point."""


def checks(scenario: Scenario, found: Mapping[str, Table]) -> Iterator[Check]:
    """What came out of a shipped scenario against what is on record for its day."""
    record = expectations(scenario.name)
    if not record or str(record.get("on")) != str(scenario.on):
        return
    head = {r["variant"]: r for r in found["headline"].rows() if r["definition"] == FIXED}
    post = {r["variant"]: r for r in found["headline"].rows() if r["definition"] == POST}
    other = {r["variant"]: r for r in found["china"].rows() if r["reading"] == "with exclusions"}
    for variant, wanted in record["variants"].items():
        rows = {"before": head, "after": head, "post_shock": post, "china": other}
        for name, value in wanted.items():
            column = "after" if name in ("china", "post_shock") else name
            yield Check(
                f"{variant}, {name}", as_share(value, "expected results"), rows[name][variant][column], TOLERANCE
            )
