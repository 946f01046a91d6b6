"""The average duty from day to day, of both sides, around the day of a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from detente.codes import Table, table_of
from detente.lab.averages.averages import daily_averages
from detente.lab.averages.sides import Pairing, Side
from detente.lab.duties.among import title_of
from detente.lab.duties.tables import CHINA
from detente.lab.scenario import SHORT, Scenario

DAILY = "daily"
BEYOND = timedelta(days=90)
"""How far beyond the day of a scenario its law is followed, where it does not say until when it runs."""


def daily_tables(scenario: Scenario, pairings: Mapping[str, Sequence[Pairing]]) -> list[Table]:
    """Tables `daily`, `daily_chn` and, of further importers, `importer_daily`, of the first variant.

    Date, average duty and what each authority adds to it. They begin with the year of the scenario, or with the law
    it is compared with, and end when the deal does.
    """
    own, *others = pairings
    tables = [_table(scenario, pairings[own][0], DAILY)]
    if CHINA in scenario.sides[1:]:
        table = _table(scenario, pairings[CHINA][0], f"{DAILY}_chn")
        tables.append(replace(table, title=title_of(DAILY, CHINA)))
    own_table = {CHINA} if CHINA in scenario.sides[1:] else set()
    further = [code for code in others if code not in own_table and (code in scenario.sides or code not in SHORT)]
    more = {code: _table(scenario, pairings[code][0], DAILY) for code in further}
    return [*tables, _together(more)] if more else tables


def _table(scenario: Scenario, pairing: Pairing, name: str) -> Table:
    first, last = _span(scenario, pairing.before, pairing.after)
    return replace(daily_averages(pairing.after.ground, first, last, pairing.after.reading), name=name)


def _together(by_importer: Mapping[str, Table]) -> Table:
    """The average of several importers by day."""
    rows = [(row["date"], code, row["average"]) for code, table in by_importer.items() for row in table.rows()]
    return table_of("daily.importer_daily", rows)


def _span(scenario: Scenario, before: Side, after: Side) -> tuple[date, date]:
    end = scenario.until if scenario.until and scenario.until > after.on else after.on + BEYOND
    return min(before.on, date(after.on.year, 1, 1)), end
