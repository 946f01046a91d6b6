"""Sweep of a scenario: every point is a scenario of its own, run whole; chosen tables are kept."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from detente.codes import DetenteError, InputError, SolveError, Table
from detente.data.library import sha256
from detente.lab.key import made_with, own_files
from detente.lab.run import run
from detente.lab.scenario import NO_RECORD, Scenario
from detente.lab.sweep.chunks import FAILED as FAILED_TABLE
from detente.lab.sweep.chunks import Batch, Choice, Inputs, Numbered, Refused, failed_table, joined, to_parquet
from detente.lab.sweep.paths import check_paths, content_of, rooted, scenario_at
from detente.lab.work.threads import on_one_thread

TABLES = ("headline", "economy")
PRODUCTS = ("products", "ladders")
RATES = ("headline", "authority", "measures", "revenue", "china", *PRODUCTS)
SECTIONS = {
    "world": ("economy", "world", "incomes", "parties", "diverted", "sectors", "concessions", "laffer", "elasticities"),
    "prices": ("prices", "households"),
    "talks": (
        *("deals", "signing", "solutions", "acceptable", "frontier", "stability", "linkage", "clocks"),
        "talks_assumed",
    ),
}
MATERIALS = ("materials", "materials_short", "months", "materials_prices")
RECORD = ("places", "history", "events", "event_study", "claims")
"""Switch of a scenario's report -> tables it brings; what no table asks for is not computed."""

DRAWS = "report.draws"


@dataclass(frozen=True)
class ScenarioJob:
    """Runs of a scenario at some points.

    Attributes
    ----------
    scenario : as its file says; `root` : its folder.
    inputs : columns of the inputs; `tables` : what is kept of each point.
    draws : of the ranges at each point; None keeps the scenario's own.
    today : the day "today" means.
    """

    scenario: Scenario
    root: Path
    inputs: Inputs
    tables: tuple[Choice, ...]
    draws: int | None
    today: date | None = None
    size: int = field(default=1)

    def check(self, rows: Sequence[Numbered]) -> None:
        """Refuse paths and values no scenario can have, before anything runs.

        Raises
        ------
        InputError : naming the path, or the point and its values.
        """
        check_paths(self.scenario, self.inputs.numeric)
        content = content_of(self.scenario)
        for number, point in rows:
            scenario_at(content, point, number, self.scenario.name)

    @property
    def about(self) -> Mapping[str, Any]:
        """What the results depend on besides the points."""
        return {
            "scenario": self.scenario.model_dump(mode="json", by_alias=True),
            "files": {os.path.relpath(path, self.root): sha256(path) for path in own_files(self.scenario, self.root)},
            "draws": self.draws,
            "today": str(self.today) if _says_today(self.scenario) else None,
        }

    @on_one_thread
    def run(self, number: int, rows: Sequence[Numbered]) -> Batch:
        """The tables of one chunk of points."""
        content = content_of(self.scenario)
        kept: dict[str, list[Table]] = {one.table: [] for one in self.tables}
        solved: list[Numbered] = []
        failed: list[tuple[Numbered, str]] = []
        for at, point in rows:
            try:
                tables = self._tables(content, at, point)
                found = {one.table: one.of(tables) for one in self.tables}
            except SolveError as error:
                failed.append(((at, point), str(error)))
                continue
            except DetenteError as error:
                return Batch(number, {}, 0, Refused.of(error, at, point), made_with())
            solved.append((at, point))
            for name, table in found.items():
                kept[name].append(table)
        parts = {name: to_parquet(joined(self.inputs, solved, held)) for name, held in kept.items() if held}
        if failed:
            parts[FAILED_TABLE] = to_parquet(failed_table(self.inputs, failed))
        return Batch(number, parts, len(failed), None, made_with())

    def _tables(self, content: dict[str, Any], number: int, point: Mapping[str, Any]) -> Mapping[str, Table]:
        scenario = scenario_at(content, point, number, self.scenario.name)
        scenario = trimmed(rooted(scenario, self.root), {one.table for one in self.tables})
        only = {one.table for one in self.tables} & set(SECTIONS["world"])
        return run(scenario, today=self.today, draws=None if DRAWS in point else self.draws, only=only).tables


def trimmed(scenario: Scenario, wanted: set[str]) -> Scenario:
    """The scenario without parts of its report that no table to keep needs.

    Raises
    ------
    InputError : a table of a part that the scenario switches off.
    """
    off = [name for name, tables in SECTIONS.items() if not wanted & set(tables)]
    for name, tables in SECTIONS.items():
        if not getattr(scenario.report, name, True) and wanted & set(tables):
            names = ", ".join(sorted(wanted & set(tables)))
            raise InputError("--table", f"{names} is not part of the report", f"set report.{name}: true")
    brought = [table for tables in SECTIONS.values() for table in tables]
    known = {*RATES, *scenario.report.by, *brought, *MATERIALS, *RECORD}
    if not wanted <= known:
        return scenario
    update: dict[str, Any] = {name: False for name in off if name in type(scenario.report).model_fields}
    update["by"] = [name for name in scenario.report.by if name in wanted]
    if not wanted & set(PRODUCTS):
        update["products"] = []
    held: dict[str, Any] = {"report": scenario.report.model_copy(update=update)}
    if not wanted & set(MATERIALS):
        held["materials"] = None
    if not wanted & set(RECORD):
        held["record"] = NO_RECORD
    return scenario.model_copy(update=held)


def _says_today(scenario: Scenario) -> bool:
    points = (scenario, scenario.against, *scenario.variants.values())
    return any(point is not None and point.on == "today" for point in points)
