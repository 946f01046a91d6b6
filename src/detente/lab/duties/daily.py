"""The average duty from day to day, of both sides, around the day of a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from detente.codes import Table
from detente.lab.duties.sides import named
from detente.lab.ground.averages import daily_averages
from detente.lab.ground.sides import Pairing, Side
from detente.lab.scenario import Scenario

BEYOND = timedelta(days=90)
"""How far beyond the day of a scenario its law is followed, where it does not say until when it runs."""


def daily_tables(scenario: Scenario, pairings: Mapping[str, Sequence[Pairing]]) -> list[Table]:
    """Tables `daily` and `daily_chn`: date, average duty and what each authority adds to it, of the first variant.

    They begin with the year of the scenario, or with the law it is compared with, and end when the deal does.
    """
    return [_table(scenario, pairs[0], named("daily", code)) for code, pairs in pairings.items() if pairs]


def _table(scenario: Scenario, pairing: Pairing, name: str) -> Table:
    first, last = _span(scenario, pairing.before, pairing.after)
    return replace(daily_averages(pairing.after.ground, first, last, pairing.after.reading), name=name)


def _span(scenario: Scenario, before: Side, after: Side) -> tuple[date, date]:
    end = scenario.until if scenario.until and scenario.until > after.on else after.on + BEYOND
    return min(before.on, date(after.on.year, 1, 1)), end
