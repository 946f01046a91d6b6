"""The average duty from day to day, of both sides, around the day of a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from detente.codes import Table, table_of
from detente.lab.averages.averages import daily_averages
from detente.lab.averages.sides import Pairing
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

    def table(code: str, name: str) -> Table:
        before, after = pairings[code][0].before, pairings[code][0].after
        end = scenario.until if scenario.until and scenario.until > after.on else after.on + BEYOND
        first = min(before.on, date(after.on.year, 1, 1))
        return replace(daily_averages(after.ground, first, end, after.reading), name=name)

    tables, own_tables = [table(own, DAILY)], set()
    if CHINA in scenario.sides[1:]:
        tables.append(replace(table(CHINA, f"{DAILY}_chn"), title=title_of(DAILY, CHINA)))
        own_tables = {CHINA}
    further = [code for code in others if code not in own_tables and (code in scenario.sides or code not in SHORT)]
    rows = [(row["date"], code, row["average"]) for code in further for row in table(code, DAILY).rows()]
    return [*tables, table_of("daily.importer_daily", rows)] if further else tables
