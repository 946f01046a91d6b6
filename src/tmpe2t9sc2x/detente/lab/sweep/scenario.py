"""Sweep of a scenario: every point is a scenario of its own, run whole; chosen tables are kept."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from detente.codes import DetenteError, SolveError, Table
from detente.data.library import sha256
from detente.lab.key import made_with, own_files, own_laws, rooted
from detente.lab.parts import trimmed
from detente.lab.run import run
from detente.lab.scenario import Scenario
from detente.lab.sweep.chunks import FAILED as FAILED_TABLE
from detente.lab.sweep.chunks import Batch, Inputs, Numbered, Refused, TableChoice, failed_table, joined
from detente.lab.sweep.paths import check_paths, content_of, scenario_at
from detente.lab.work.parquet import to_parquet
from detente.lab.work.threads import on_one_thread

TABLES = ("headline", "economy")
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
    tables: tuple[TableChoice, ...]
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
            "files": {os.path.relpath(path, self.root): sha256(path) for path in own_files(self.scenario, self.root)}
            | {name: sha256(path) for name, path in own_laws(self.scenario).items()},
            "draws": self.draws,
            "today": str(self.today) if _says_today(self.scenario) else None,
        }

    @on_one_thread
    def run(self, number: int, rows: Sequence[Numbered]) -> Batch:
        """The tables of one chunk of points."""
        content = content_of(self.scenario)
        kept: dict[str, list[Table]] = {choice.table: [] for choice in self.tables}
        solved: list[Numbered] = []
        failed: list[tuple[Numbered, str]] = []
        for point_number, point in rows:
            try:
                tables = self._tables(content, point_number, point)
                chosen = {choice.table: choice.of(tables) for choice in self.tables}
            except SolveError as error:
                failed.append(((point_number, point), str(error)))
                continue
            except DetenteError as error:
                return Batch(number, {}, 0, Refused.of(error, point_number, point), made_with())
            solved.append((point_number, point))
            for name, table in chosen.items():
                kept[name].append(table)
        parts = {name: to_parquet(joined(self.inputs, solved, pieces)) for name, pieces in kept.items() if pieces}
        if failed:
            parts[FAILED_TABLE] = to_parquet(failed_table(self.inputs, failed))
        return Batch(number, parts, len(failed), None, made_with())

    def _tables(self, content: dict[str, Any], number: int, point: Mapping[str, Any]) -> Mapping[str, Table]:
        scenario = scenario_at(content, point, number, self.scenario.name)
        scenario = trimmed(rooted(scenario, self.root), {choice.table for choice in self.tables})
        only = {choice.table for choice in self.tables}
        return run(scenario, today=self.today, draws=None if DRAWS in point else self.draws, only=only).tables


def _says_today(scenario: Scenario) -> bool:
    points = (scenario, scenario.against, *scenario.variants.values())
    return any(point is not None and point.on == "today" for point in points)
