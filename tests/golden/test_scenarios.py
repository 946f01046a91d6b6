"""Every shipped scenario against what is on record for it, and the schema file against the model."""

import json
from datetime import date

import pytest

from detente.data.library import package_folder
from detente.lab.run import run
from detente.lab.scenario import expectations, load_scenario, schema, shipped


@pytest.mark.parametrize("name", shipped())
def test_scenario_gives_what_is_on_record(ran, name):
    result = ran(name)
    assert len(result.checks) == 4 * len(expectations(name)["variants"])
    assert [check for check in result.checks if not check.holds] == []


@pytest.mark.parametrize("name", shipped())
def test_parts_add_up(ran, name):
    """What authorities and measures add sums to the average, before and after, in every variant."""
    result = ran(name)
    head = {r["variant"]: r for r in result.table("headline").rows() if r["definition"] == "fixed weights"}
    for variant, row in head.items():
        for column in ("before", "after", "change"):
            parts = [r[column] for r in result.table("authority").rows() if r["variant"] == variant]
            assert sum(parts) == pytest.approx(row[column], abs=1e-12)
        moved = [r["change"] for r in result.table("measures").rows() if r["variant"] == variant]
        assert sum(moved) == pytest.approx(row["change"], abs=1e-5)


def test_ranges_hold_the_average_and_name_their_movers(ran):
    rows = [r for r in ran("geneva", draws=None).table("headline").rows() if r["definition"] == "fixed weights"]
    for row in rows:
        assert row["low"] < row["after"] < row["high"]
        assert row["movers"].startswith("preference claims")


def test_same_scenario_same_key_and_another_day_another_key(ran):
    first, again = ran("status-quo-2025-05-08"), run("status-quo-2025-05-08", draws=0)
    assert first.key == again.key
    assert run("status-quo-2025-05-08", on=date(2025, 5, 20), draws=0).key != first.key


def test_the_shipped_schema_is_that_of_the_model():
    path = package_folder() / "schema" / "scenario.schema.json"
    assert json.loads(path.read_text(encoding="utf-8")) == schema()


@pytest.mark.parametrize("name", shipped())
def test_every_scenario_says_what_it_stands_for(name):
    scenario, _ = load_scenario(name)
    assert scenario.title
    assert len(scenario.note) > 80
