"""What was seen on pages and charts and is mended: names for codes, zeros without a sign, labels in their place."""

import re
from dataclasses import replace

import numpy as np
import pytest

from detente.codes import Column, Table, Unit
from detente.faces.charts import charts
from detente.faces.charts.course import Course, Trace, course
from detente.faces.charts.drawing import svg
from detente.faces.charts.gallery import setting
from detente.faces.charts.materials import month_in_short
from detente.faces.report.readers import grid
from detente.faces.words.language import load
from detente.faces.words.number import set_name
from detente.lab.averages.averages import by_measure
from detente.lab.chains.tables import user_names
from detente.lab.statute.book import count_of_codes as _codes


def table(name, columns, *rows):
    heads = tuple(Column(key, unit, key) for key, unit in columns)
    return Table(name, name, heads, {key: np.asarray([row[i] for row in rows]) for i, (key, _) in enumerate(columns)})


def test_signs_labels_players_and_counts_are_written_as_people_read_them():
    small = table("x", (("share", Unit.SHARE), ("none", Unit.SHARE)), (-1e-9, 2e-8), (-0.001, 0.0))
    assert [row[0] for row in grid(small).rows] == ["0.0000", "−0.1000"]
    assert [row[1] for row in grid(small).rows] == ["0.00", "0.00"]
    numbers = table("deal_income", (("number", Unit.CODE), ("label", Unit.TEXT)), ("income_USA", "Real income"))
    assert grid(numbers).heads == ("label",)
    assert grid(table("nash", (("player", Unit.CODE),), ("USA",))).rows == (("United States",),)
    assert [_codes(count, "joins", "join") for count in (0, 1, 2)] == ["", "1 code joins", "2 codes join"]
    columns = (("country", Unit.CODE), ("user", Unit.CODE), ("defence", Unit.COUNT))
    named = user_names(table("users", columns, ("USA", "336320", 0), ("IND", "C302T309", 1)))
    assert named[0].startswith("Motor vehicle electrical")
    assert named[1] == "Aircraft, railway and other transport equipment (defence)"


def test_measures_of_days_stand_in_rows_under_their_titles():
    columns = (("date", Unit.DATE), ("average", Unit.SHARE), ("base", Unit.SHARE), ("s232_auto", Unit.SHARE),
               ("nothing", Unit.SHARE))  # fmt: skip
    daily = table("daily", columns, ("2025-01-01", 0.02, 0.02, 0.0, 0.0), ("2025-01-02", 0.02, 0.02, 0.0, 0.0),
                  ("2025-01-03", 0.05, 0.02, 0.03, 1e-6))  # fmt: skip
    turned = by_measure(daily)
    assert [c.name for c in turned.columns] == ["measure", "title", "2025-01-01", "2025-01-03"]
    assert (turned["measure"].tolist(), turned["2025-01-03"].tolist()) == (["", "", "s232_auto"], [0.05, 0.02, 0.03])


def wide(form):
    import json

    from detente.faces.charts.drawing import _vega

    return float(re.search(r'width="([\d.]+)"', _vega(json.dumps(course(form, 350))))[1])


def test_a_line_is_as_wide_with_its_name_and_the_name_as_high_as_its_value():
    """The page shows both as wide as its column: a drawing without names at its side would have larger words."""
    short = Trace(("a name of some length",), ((0.0, 50.0), (1.0, 2.0), (10.0, 1.0)), "#12436d")
    assert wide(Course((short,), "%", dates=False)) == pytest.approx(350, abs=16)
    assert wide(Course((replace(short, forms=()),), "%", dates=False)) == pytest.approx(350, abs=16)
    points = ((0.0, 20.0), (9.0, 20.0), (9.5, 45.0), (10.0, 45.0))
    places = []
    for stands in (None, 20.0):
        form = Course((Trace(("China 20%",), points, "#12436d", stands=stands),), "%", dates=False)
        layer = next(x for x in course(form, 350)["layer"] if x["data"]["values"][0].get("text") == "China 20%")
        places.append(layer["encoding"]["y"]["value"])
    assert places[1] > places[0] + 50


def test_what_is_not_explained_stands_in_the_table_and_names_stand_for_codes():
    columns = (("step", Unit.TEXT), ("what", Unit.TEXT), ("moves", Unit.POINTS), ("level", Unit.SHARE))
    steps = (("ours", "ours", np.nan, 0.15), ("claims", "claims of 2024", 0.021, 0.171),
             ("rest", "not explained: what is said at some length of data", -0.003, 0.168),
             ("theirs", "theirs", np.nan, 0.168))  # fmt: skip
    chart = charts({"bridge": table("bridge", columns, *steps)}, ("bridge",))[0]
    assert chart.title == "The largest step is claims of 2024: +2.10"
    assert "Not explained" in svg(chart, 350)
    assert "at some length" not in svg(chart, 350)
    about = setting((), load())
    assert [about.country(code) for code in ("HOM", "CHN", "XYZ")] == ["Home", "China", "XYZ"]
    assert [set_name(name) for name in ("giri-yi", "in-sample", "uniform-4")] == ["Giri, Yi", "in-sample", "uniform-4"]
    assert [month_in_short(text, about) for text in ("2025-04", "7")] == ["Apr 2025", "7"]
