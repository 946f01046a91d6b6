"""Drawings for a telephone: words as large as those around them, none of them longer than its place."""

import re

import pytest

from detente.codes import Column, Table, Unit
from detente.faces.charts.gallery import charts
from detente.faces.web.pages.draw import draw_chain
from detente.faces.words.language import load

STAGES = [
    (name, [("CHN", "China", 0.61), ("MMR", "Myanmar", 0.16), ("ROW", "Others", 0.1), ("USA", "United States", 0.09)])
    for name in ("mine", "separation", "metal", "magnet")
]
BUYERS = [("EU27", "European Union", 0.4, 0.9), ("JPN", "Japan", 0.35, 0.2), ("KOR", "South Korea", 0.25, 1.0)]
TEXT = re.compile(r'<text x="([\d.]+)" y="[\d.]+">([^<]*)</text>')
BAR = re.compile(r'<rect class="(?:restrictor|other)" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"')


@pytest.mark.parametrize(("width", "columns"), [(360, 4), (360, 2), (1000, 4)])
def test_labels_of_a_chain_stand_within_their_bars_and_say_who(width, columns):
    drawn = str(draw_chain(STAGES[:columns], BUYERS, "CHN", width, load()))
    bars = {float(x): float(wide) for x, wide in reversed(BAR.findall(drawn))}
    labels = [(float(x), words) for x, words in TEXT.findall(drawn)]
    assert len(labels) >= 5 * columns
    for x, words in labels:
        start = max(at for at in bars if at <= x + 0.11)
        assert x + 6.6 * len(words) <= start + max(bars.values()) + 12
    assert not any(re.fullmatch(r"\d+%", words) for _, words in labels)


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
