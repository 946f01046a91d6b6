"""Tables of any side: China's counterpart of what a run shows of the United States, and both by day."""

from datetime import date
from pathlib import Path

import pytest

from detente.faces.charts import charts
from detente.lab.averages.sides import pairings_of
from detente.lab.duties.tables import by_side, daily_tables
from detente.lab.scenario import dated, load_scenario


def test_the_other_side_has_its_table_and_its_chart():
    scenario = dated(load_scenario("geneva")[0], date(2025, 6, 1))
    pairings = list(pairings_of(scenario, "CHN", Path()))
    table = by_side(pairings)
    assert table.name == "section_chn"
    assert table.title == "Average tariff of China by section"
    whole = (table["imports"] * table["after"]).sum() / table["imports"].sum()
    assert whole == pytest.approx(pairings[0].after.average, abs=1e-9)
    (chart,) = charts({"section_chn": table}, ("sections",))
    assert chart.name == "sections-chn"
    assert chart.title == "China's tariff on machinery and electrical equipment falls from 136.3% to 21.3%"


def test_both_sides_by_day_make_one_chart_with_a_veil_beyond_the_record():
    scenario = dated(load_scenario("today")[0], date(2026, 11, 1))
    pairings = {code: list(pairings_of(scenario, code, Path())) for code in ("USA", "CHN")}
    tables = {table.name: table for table in daily_tables(scenario, pairings)}
    assert list(tables) == ["daily", "daily_chn"]
    assert tables["daily_chn"].title == "Average duty by day: China"
    (chart,) = charts(tables, ("daily",))
    assert "United States" in chart.alt
    assert "China" in chart.alt
    assert "Shaded: our tariff record does not cover the days after 7 October 2026." in chart.note
