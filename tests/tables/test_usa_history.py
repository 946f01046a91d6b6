"""The lists of 2018 to 2024 against what the notices count."""

from datetime import date

import pytest

from detente.data.containers import read_csv
from detente.data.importers import importer

USA = importer("USA")
LISTS = {"l1": 3, "l2": 3, "l3": 14, "l4a": 8}
"""Statistical numbers of U.S. note 20(vvv) that are excluded as a whole; one of list 3 is two numbers today."""


def rows(name, *columns):
    return read_csv(USA.lawbook / name, name, columns)


@pytest.mark.parametrize("name", LISTS)
def test_an_exclusion_lies_on_the_list_it_relieves(name):
    measure = USA.law.measure(f"s301_excl_{name}")
    relieved = [USA.law.measure(other) for other in measure.exempts]
    covered = {p for m in relieved for goods in m.goods for p in goods.prefixes}
    astray = {
        code
        for goods in measure.goods
        for code in goods.prefixes
        if not any(code.startswith(p) or p.startswith(code) for p in covered)
    }
    assert astray <= {"7217203000", "7217204530"}  # Wire that stood on list 4B when the exclusion was granted.


def test_every_code_of_the_aircraft_dispute_is_a_line_today():
    codes = {r["code"] for r in rows("section_301_aircraft/goods.csv", "code")}
    assert all(USA.lines.slice(code).start < USA.lines.slice(code).stop for code in codes)


def test_the_aircraft_dispute_ends_on_two_days():
    last = {m.id: m.end for m in USA.law.measures if m.authority == "section_301_aircraft"}
    assert last.pop("s301_aircraft_gbr") == date(2021, 3, 3)
    assert last.pop("s301_aircraft_grc") == date(2020, 8, 31)
    assert set(last.values()) <= {date(2021, 3, 10), date(2020, 3, 4)}
