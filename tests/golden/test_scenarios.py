"""Every shipped scenario against what is on record for it, and the schema file against the model."""

import json
import re
from datetime import date

import numpy as np
import pytest

from detente.codes.declared import KINDS, Declared, DeclaredColumn, subject_tables
from detente.codes.standing import of_fate
from detente.codes.table import Column, Table
from detente.data.library import package_folder
from detente.faces.charts import charts
from detente.lab.averages.averages import points_of_claims
from detente.lab.parts import PARTS
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
    head = {r["variant"]: r for r in result.table("headline").rows() if r["definition"] == "fixed"}
    for variant, row in head.items():
        for column in ("before", "after", "change"):
            parts = [r[column] for r in result.table("authority").rows() if r["variant"] == variant]
            assert sum(parts) == pytest.approx(row[column], abs=1e-10 * len(parts)), "each is kept to ten digits"
        moved = [r["change"] for r in result.table("measures").rows() if r["variant"] == variant]
        assert sum(moved) == pytest.approx(row["change"], abs=1e-5)


def test_what_claims_moved_is_told_where_the_two_days_have_others(ran):
    """In the table and under its chart; a deal of the same month has one set of claims and says nothing."""
    spring = ran("status-quo-2025-05-08")
    (points,) = filter(None, map(points_of_claims, spring.table("measures").notes))
    assert -0.01 < float(points) / 100 < 0.0
    (chart,) = charts(spring.tables, ("waterfall",))
    assert points_of_claims(chart.note.removesuffix("."))
    assert not any(map(points_of_claims, ran("geneva").table("measures").notes))


def test_ranges_hold_the_average_and_name_their_movers(ran):
    rows = [r for r in ran("geneva", draws=None).table("headline").rows() if r["definition"] == "fixed"]
    for row in rows:
        assert row["low"] < row["after"] < row["high"]
        assert row["mover"] == "claims"


def test_same_scenario_same_key_and_another_day_another_key(ran):
    """A key is that of the whole run, whatever tables are asked for."""
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


@pytest.mark.parametrize("name", shipped())
def test_every_column_of_a_result_is_in_the_register(ran, name):
    """With its unit, its meaning and its type."""
    subjects = {table: part.name for part in PARTS for table in part.tables}
    tables = ran(name).tables
    wrong = {key: unknown(table, subjects.get(key, "duties")) for key, table in tables.items()}
    assert len(tables) > 5
    assert not {key: columns for key, columns in wrong.items() if columns}


def test_a_column_beside_the_register_is_seen(ran):
    table = ran("geneva").table("headline")
    assert unknown(table, "duties") == []
    head = table.columns[0]
    assert unknown(Table("headline", "", (Column("x", head.unit, ""),), {"x": table[head.name]}), "duties") == ["x"]
    counted = Table("headline", "", (head,), {head.name: np.arange(3)})
    assert unknown(counted, "duties") == [head.name]
