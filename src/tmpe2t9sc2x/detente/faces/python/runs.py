"""Runs: a scenario run with what writes its report and draws its charts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from detente.data.yamlfile import as_date
from detente.faces.python.plots import plot
from detente.faces.report import write_report
from detente.faces.words.brief import spoken
from detente.lab.result import Result
from detente.lab.run import run
from detente.lab.scenario import Scenario


def run_shown(
    scenario: Scenario | str | Path,
    *,
    today: date | str | None = None,
    on: date | str | None = None,
    draws: int | None = None,
) -> Result:
    """Run a scenario by name, path or value, days as dates or as text; the result can be plotted and written up."""
    days = [None if day is None else as_date(day, "day") for day in (today, on)]
    result = run(scenario, today=days[0], on=days[1], draws=draws)
    return replace(spoken(result), writer=write_report, plotter=plot)
