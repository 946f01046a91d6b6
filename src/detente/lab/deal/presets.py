"""Presets as addresses of the Deal page: the levels of the scenario, or of the outcome of a case, that each is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from detente.codes import UnknownName
from detente.data.casefile import settled_case
from detente.data.caserows import CaseFile
from detente.data.presets import Preset
from detente.lab.deal.levers import in_address, issue_rows, short, span
from detente.lab.deal.signing import outcome_of
from detente.lab.deal.terms import agreed, terms_of
from detente.lab.ground.sides import pairings_of
from detente.lab.scenario import Scenario, opened
from detente.lab.talks.before import duties_of
from detente.lab.talks.case import Case


def preset_address(preset: Preset, today: date) -> dict[str, str]:
    """Keys and values of the address of a preset on a day; an outcome is kept within the days of its case.

    Raises
    ------
    UnknownName : no such scenario, variant or outcome.
    """
    file = settled_case(preset.case)
    address, days = {"case": preset.case}, {}
    if preset.scenario:
        scenario, folder = opened(preset.scenario, today)
        variant = preset.variant or next(iter(scenario.variants), scenario.name)
        on, levels = day_of(scenario, variant), _levels_of(file, scenario, variant, folder)
        days = {} if scenario.until is None else {"duration": str((scenario.until - on).days)}
    else:
        first, last = span(file)
        on, levels = min(max(preset.on or today, first), last), _levels(file, preset.outcome)
    levers = {name: short(in_address(name, levels[row.name])) for name, row in issue_rows(file).items()}
    return address | {"date": on.isoformat()} | levers | days


def day_of(scenario: Scenario, variant: str) -> date:
    """Day of a variant of a dated scenario.

    Raises
    ------
    UnknownName : no such variant.
    """
    points = scenario.variants or {scenario.name: scenario}
    if variant not in points:
        raise UnknownName("variant", variant, points, f"scenario {scenario.name}")
    on = points[variant].on
    assert isinstance(on, date)
    return on


def _levels(file: CaseFile, outcome: str) -> dict[str, float]:
    """Levels of an outcome of a case, by issue."""
    case = Case(file)
    return dict(zip(case.issues, case.outcome(outcome).tolist(), strict=True))


def _levels_of(file: CaseFile, scenario: Scenario, variant: str, folder: Path) -> Mapping[str, float]:
    """Levels of all issues in a variant of a scenario, as the talks behind a run of it take them."""
    sides = {
        code: next(pair.after for pair in pairings_of(scenario, code, folder) if pair.variant == variant)
        for code in file.parties
    }
    now = _levels(file, next(row.outcome for row in file.threats if row.kind == "status-quo"))
    levels = outcome_of(file, duties_of(file, sides), now)
    assert levels is not None
    case = Case(file)
    return {name: case.level(x) for name, x in agreed(file, levels, terms_of(scenario).get(variant)).items()}
