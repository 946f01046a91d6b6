"""Drawings for a telephone: words as large as those around them, none of them longer than its place."""

import pytest

from detente.codes import Column, Table, Unit
from detente.faces.charts.gallery import charts


@pytest.fixture(scope="module")
def incomes():
    values = {"CHN": 0.004, "USA": -0.002, "BRA": 0.0001, "AUS": -0.0003}
    columns = (Column("country", Unit.CODE, "country"), Column("real_income", Unit.SHARE, "change of real income"))
    return Table("incomes", "By country", columns, {"country": list(values), "real_income": list(values.values())})


def labels(spec):
    return {row["text"] for layer in spec["layer"] for row in layer["data"]["values"] if "text" in row}


def test_a_map_names_countries_at_sea_on_a_telephone_too(incomes):
    chart = charts({"world": incomes, "incomes": incomes}, ("map",))[0]
    for width in (360, 900):
        named = {label.replace("\n", " ") for label in labels(chart.spec(width))}
        assert "China +0.40%" in named
        assert named & {f"{name} \u22120.20%" for name in ("United States", "USA")}
    assert chart.spec(520)["width"] == 512


def test_a_map_says_what_its_changes_lie_between(incomes):
    tables = {"world": incomes, "incomes": incomes}
    plain, told = (charts(tables, ("map",), between=words)[0] for words in ("", "against the tariffs of 2022"))
    assert "between the two laws" in plain.alt
    assert "between the two laws" not in told.alt + told.note
    assert "against the tariffs of 2022" in told.alt
    assert "in the United States" in told.alt
