"""Every shipped scenario against what is on record for it, and the schema file against the model."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from detente.codes.days import of_fate
from detente.codes.declared import KINDS, Declared, DeclaredColumn, subject_tables
from detente.codes.table import Column, Table
from detente.data.library import package_folder
from detente.data.worlds import load_economy
from detente.faces.charts import charts
from detente.lab.averages.averages import points_of_claims
from detente.lab.averages.sides import pairings_of
from detente.lab.compare import compare, rates_of
from detente.lab.duties.tables import by_side, daily_tables, reach_table, short_of
from detente.lab.parts import PARTS
from detente.lab.run import run
from detente.lab.scenario import Scenario, dated, expectations, load_scenario, parse_scenario, schema, shipped


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", shipped())
def test_scenario_gives_what_is_on_record_in_parts_that_add_up_and_columns_of_the_register(ran, name):
    result = ran(name)
    assert len(result.checks) == 4 * len(expectations(name)["variants"])
    assert [check for check in result.checks if not check.holds] == []
    # What authorities and measures add sums to the average, before and after, in every variant.
    head = {r["variant"]: r for r in result.table("headline").rows() if r["definition"] == "fixed"}
    for variant, row in head.items():
        for column in ("before", "after", "change"):
            parts = [r[column] for r in result.table("authority").rows() if r["variant"] == variant]
            assert sum(parts) == pytest.approx(row[column], abs=1e-10 * len(parts)), "each is kept to ten digits"
        moved = [r["change"] for r in result.table("measures").rows() if r["variant"] == variant]
        assert sum(moved) == pytest.approx(row["change"], abs=1e-5)
    # With its unit, its meaning and its type.
    subjects = {table: part.name for part in PARTS for table in part.tables}
    tables = ran(name).tables
    wrong = {key: unknown(table, subjects.get(key, "duties")) for key, table in tables.items()}
    assert len(tables) > 5
    assert not {key: columns for key, columns in wrong.items() if columns}


def test_ranges_hold_the_average_keys_are_of_scenario_and_day_and_claims_are_told(ran):
    """In the table and under its chart; a deal of the same month has one set of claims and says nothing."""
    spring = ran("status-quo-2025-05-08")
    (points,) = filter(None, map(points_of_claims, spring.table("measures").notes))
    assert -0.01 < float(points) / 100 < 0.0
    (chart,) = charts(spring.tables, ("waterfall",))
    assert points_of_claims(chart.note.removesuffix("."))
    assert not any(map(points_of_claims, ran("geneva").table("measures").notes))
    rows = [r for r in ran("geneva", draws=None).table("headline").rows() if r["definition"] == "fixed"]
    for row in rows:
        assert row["low"] < row["after"] < row["high"]
        assert row["mover"] == "claims"
    # A key is that of the whole run, whatever tables are asked for.
    name, few = "status-quo-2025-05-08", ("headline",)
    first, again = ran(name), run(name, draws=0, only=few)
    assert first.key == again.key
    assert run(name, on=date(2025, 5, 20), draws=0, only=few).key != first.key


def test_the_shipped_schema_is_that_of_the_model():
    path = package_folder() / "schema" / "scenario.schema.json"
    assert json.loads(path.read_text(encoding="utf-8")) == schema()


@pytest.mark.parametrize("name", shipped())
def test_every_scenario_says_what_it_stands_for(name):
    scenario, _ = load_scenario(name)
    assert scenario.title
    assert len(scenario.note) > 80


def matches(text: str, given: str) -> bool:
    """Whether a text of the register, with words in braces, can say what is given."""
    pattern = "".join(".*" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", text))
    return re.fullmatch(pattern, given, re.DOTALL) is not None


def fits(declared: DeclaredColumn, column: Column, values: np.ndarray) -> bool:
    name, fate = of_fate(column.name)
    texts = [(declared.name, name), (declared.unit, column.unit)]
    head = declared.label or declared.name.replace("_", " ")
    texts.append((f"{head} if {fate}{{likely}}" if fate else declared.label, column.label))
    about = column.description.partition(", if the open clauses were")[0]
    kind = np.dtype(KINDS[declared.type_of(column.unit)]).kind
    return all(matches(*pair) for pair in (*texts, (declared.description, about))) and values.dtype.kind == kind


def unknown(table: Table, subject: str) -> list[str]:
    """Columns of a table that no table of its name in the register has."""

    def absent(entry: Declared) -> list[str]:
        return [c.name for c in table.columns if not any(fits(d, c, table[c.name]) for d in entry.columns)]

    entries = [entry for entry in subject_tables(subject).values() if matches(entry.name, table.name)]
    return min((absent(entry) for entry in entries), key=len, default=["the table"])


def test_a_column_beside_the_register_is_seen(ran):
    table = ran("geneva").table("headline")
    assert unknown(table, "duties") == []
    head = table.columns[0]
    assert unknown(Table("headline", "", (Column("x", head.unit, ""),), {"x": table[head.name]}), "duties") == ["x"]
    counted = Table("headline", "", (head,), {head.name: np.arange(3)})
    assert unknown(counted, "duties") == [head.name]


@pytest.mark.parametrize("name", ["geneva", "status-quo-2025-05-08"])
def test_a_row_is_what_the_whole_run_says(name, ran):
    whole = compare([ran(name)])
    alone = compare([rates_of(name, date(2026, 7, 25), draws=0)])
    assert json.dumps(list(alone.rows()), default=str) == json.dumps(list(whole.rows()), default=str)


def test_draws_asked_for_give_the_range_and_another_key():
    few, none = rates_of("status-quo-2025-05-08", draws=60), rates_of("status-quo-2025-05-08", draws=0)
    assert few.key != none.key
    first, second = (next(iter(compare([one]).rows())) for one in (few, none))
    assert first["low"] < first["average"] < first["high"]
    assert not second["low"] < second["high"]


TEN = {"id": "ten", "title": "Ten on everything", "goods": "all", "partners": "all"}


def added(authority: str, on: date = date(2026, 3, 15)) -> list:
    measure = TEN | {"authority": authority, "periods": [{"rate": "10%", "from": str(on)}]}
    scenario = Scenario.model_validate({"name": "ten", "on": on, "usa": {"add": [measure]}})
    return list(pairings_of(scenario, "USA", Path()))


@pytest.fixture(scope="module")
def reciprocal():
    return added("reciprocal")


def test_an_added_duty_moves_its_rate_on_what_it_is_owed_on_beside_what_takes_it_first(reciprocal):
    table = reach_table(reciprocal)
    meant, owed = table["imports"][:2]
    total = reciprocal[0].after.ground.flows.total
    assert meant == pytest.approx(total)
    assert reciprocal[0].after.by_measure()["ten"] == pytest.approx(0.1 * owed / total)
    assert table["imports"][2:].sum() >= meant - owed > 0
    ((meant, owed, taken),) = short_of(reach_table(reciprocal))
    assert owed["imports"] < meant["imports"] == pytest.approx(reciprocal[0].after.ground.flows.total)
    assert (taken[0]["what"], len(taken)) == ("Civil aircraft and their parts, European Union", 6)


def test_each_exemption_named_gives_back_its_trade_when_it_is_lifted(reciprocal):
    side = reciprocal[0].after
    table = reach_table(reciprocal)
    owed, (name, imports) = table["imports"][1], (table["by"][3], table["imports"][3])
    law = side.law.without([name])
    lifted = replace(side, law=law, ground=side.ground.under(law)).by_measure()["ten"]
    assert name == "exm_info"
    assert (lifted - side.by_measure()["ten"]) * side.ground.flows.total == pytest.approx(0.1 * imports)
    assert owed + imports <= table["imports"][0]


def test_only_a_scenario_that_adds_a_duty_has_its_table_and_its_chart():
    on = date(2026, 3, 15)
    scenario = Scenario.model_validate({"name": "none", "on": on, "usa": {"void": ["s122"]}})
    assert reach_table(list(pairings_of(scenario, "USA", Path()))) is None
    scenario = dated(load_scenario("geneva")[0], date(2025, 6, 1))
    pairings = list(pairings_of(scenario, "CHN", Path()))
    table = by_side(pairings)
    assert (table.name, table.title) == ("section_chn", "Average tariff of China by section")
    whole = (table["imports"] * table["after"]).sum() / table["imports"].sum()
    assert whole == pytest.approx(pairings[0].after.average, abs=1e-9)
    (chart,) = charts({"section_chn": table}, ("sections",))
    assert chart.name == "sections-chn"
    assert chart.title == "China's tariff on machinery and electrical equipment falls from 136.3% to 21.3%"


def test_both_sides_by_day_make_one_chart_with_a_veil_beyond_the_record():
    scenario = dated(load_scenario("today")[0], date(2026, 11, 1))
    pairings = {code: list(pairings_of(scenario, code, Path())) for code in ("USA", "CHN")}
    tables = {table.name: table for table in daily_tables(scenario, pairings)}
    assert (list(tables), tables["daily_chn"].title) == (["daily", "daily_chn"], "Average duty by day: China")
    (chart,) = charts(tables, ("daily",))
    assert "United States" in chart.alt
    assert "China" in chart.alt
    assert "Shaded: our tariff record does not cover the days after 7 October 2026." in chart.note


@pytest.fixture(scope="module")
def geneva(ran):
    return ran("geneva")


def rows(result, name, key):
    return {row[key]: row for row in result.table(name).rows()}


def test_sectors_of_a_party_add_up_and_work_only_moves(geneva):
    """Work is of fixed supply in this world: sectors gain what others lose, weighted by what they pay."""
    from detente.economy.input_output.accounts import accounts

    economy = load_economy("icio-2022")
    base = accounts(economy)
    for code in ("USA", "CHN"):
        moved = np.array([r["employment"] for r in geneva.table("sectors").rows() if r["country"] == code])
        paid = (base.value_added_share * base.output)[economy.country(code)]
        assert abs((moved * paid).sum() / paid.sum()) < 0.005
        assert moved.min() < 0 < moved.max()


def test_headline_numbers_lie_in_their_range(ran):
    table = ran("geneva", draws=None).table("economy")
    assert (table["low"] <= table["change"]).all()
    assert (table["change"] <= table["high"]).all()
    assert (table["low"] < table["high"]).all()


def test_a_scenario_that_changes_nothing_changes_nobody():
    report = {"prices": False, "talks": False}
    scenario = parse_scenario({"title": "x", "on": "2025-05-20", "report": report}, "test", "nothing")
    world = run(scenario, draws=0).table("world")
    for column in ("real_income", "real_wage", "exports_to_gdp", "imports_to_gdp", "real_gdp"):
        assert np.abs(world[column]).max() < 1e-12


def test_the_duty_of_a_sector_is_that_of_its_trade():
    """Chinese toys and clothing at the height of the dispute owe well over the emergency duties of 145%."""
    from datetime import date
    from pathlib import Path

    from detente.lab.averages.axes import Axes, laid
    from detente.lab.averages.sides import _side
    from detente.lab.scenario import Point, load_scenario

    economy = load_economy("icio-2022")
    scenario, _ = load_scenario("geneva")
    side = _side(scenario, Point(on=date(2025, 5, 8)), "USA", Path(), "before")
    trade = laid(side.ground, Axes.of(economy))
    duty = trade.mean(side.rates.total)[economy.country("CHN")]
    assert duty[economy.sector("C13T15")] > 1.45
    assert duty[economy.sector("C31T33")] > 1.40
    assert duty[economy.sector("C26")] < 0.9
    assert trade.unplaced < 0.01


def test_the_range_names_its_sets(ran):
    table = ran("geneva", draws=None).table("elasticities")
    assert len(table) == 8
    assert (table["usa"] > 0).all()


def test_answers_of_worlds_near_by_keep_nothing_of_their_equations():
    """Two thirds of what an answer holds are the equations it solved, which only the one that is shown is asked for."""
    from detente.economy import Shock, baseline_tariff
    from detente.lab.world.incidence import Laws, shown

    economy = load_economy("icio-2022-small")
    tariff = np.array(baseline_tariff(economy))
    tariff[0, 1] += 0.1
    laws = [Laws("one", Shock(), Shock(tariff=tariff), {})]
    main = shown(laws, economy)
    near = shown(laws, economy, "proportional", main)
    assert all(answer.shock.memo for answer in (main[0].before, main[0].after))
    assert not any(answer.shock.memo for answer in (near[0].before, near[0].after))
    assert near[0].number("welfare", "USA") != main[0].number("welfare", "USA")
