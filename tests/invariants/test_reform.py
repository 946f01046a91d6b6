"""Changes of a measure for some partners and goods leave everything else of the law as it is."""

from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
import yaml

from detente.data.importers import importer
from detente.data.small_world import SECTORS
from detente.lab.averages.averages import class_of_lines
from detente.lab.averages.laid_law import laid_law
from detente.lab.averages.plane import carrier, plane
from detente.lab.averages.reform import lines_named, part_of, reformed, shortest
from detente.lab.scenario import Change, LawChange, NamedGoods, parse_scenario

DAY = date(2025, 5, 14)
SMALL = tuple(name for name in SECTORS if name != "SVC")
LEVERS = {
    "USA": ({"us": "reciprocal", "fentanyl": "fentanyl"}, "CHN", {"us": 0.34, "fentanyl": 0.2}),
    "CHN": ({"cn": "retaliation_reciprocal"}, "USA", {"cn": 0.3}),
}


def average(code, changes, on=DAY):
    """Average duty under changes, given as keywords, and the duty owed by partner, USD."""
    where = importer(code)
    content = {"on": on, code.lower(): {"change": changes}}
    change = getattr(parse_scenario(content, "test", "test"), code.lower())
    ground = laid_law(reformed(where, where.law, change, on, Path(), "test"))
    return float(ground.flows.value @ ground.rates(on).total) / ground.flows.total


@lru_cache(maxsize=2)
def table(code):
    levers, partner, levels = LEVERS[code]
    return plane(importer(code).law, DAY, levers, partner, (("USA", "CHN", "ROW"), SMALL)), partner, levels


@pytest.mark.sampled(3)
@pytest.mark.parametrize("code", ["USA", "CHN"])
@pytest.mark.parametrize("exempt", [("ELE",), ("AGR", "VEH"), ("PHA", "ENE"), SMALL])
def test_exempt_sectors_as_changes_give_the_duty_of_the_deal(code, exempt):
    law, partner, levels = table(code)
    where, change = importer(code), law.changes(levels, partner, exempt)
    ground = laid_law(reformed(where, where.law, change, DAY, Path(), "test"))
    found = float(ground.flows.value @ ground.rates(DAY).total) / ground.flows.total
    assert found == pytest.approx(law.average(law.owed(levels, exempt)), abs=1e-12)
    assert found < law.average(law.owed(levels)) - 1e-5


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("code", "measure", "on"),
    [
        ("USA", "rec_base", date(2025, 9, 1)), ("USA", "fent_can", date(2025, 9, 1)), ("CHN", "cn_reciprocal", DAY),
        ("USA", "s122", date(2026, 3, 15)), ("USA", "s301_l3", DAY), ("USA", "rec_country", date(2025, 9, 1)),
        ("USA", "s232_auto", DAY),
    ],
)  # fmt: skip
def test_two_halves_of_the_goods_make_the_whole(code, measure, on):
    whole = {"measure": measure, "rate": 0.37}
    low = [f"{chapter:02d}" for chapter in range(1, 78) if chapter != 77]
    halves = [whole | {"goods": {"codes": low}}, whole | {"goods": {"sectors": list(SMALL), "except": low}}]
    if measure == "s232_auto":
        halves = [whole | {"goods": {"codes": ["87"]}}]
    assert average(code, halves, on) == pytest.approx(average(code, [whole], on), abs=1e-12)


@pytest.mark.parametrize(
    ("measure", "on", "rate"),
    [
        ("s122", date(2026, 3, 15), "10%"),
        ("s301_fl_flat10", date(2026, 9, 1), "10%"),
        ("s232_mhd", DAY.replace(2026), "25%"),
    ],
)
def test_a_measure_under_its_own_rate_is_the_law(measure, on, rate):
    """Some measures have several scopes at once: trade that claims an agreement and trade that does not."""
    assert average("USA", [{"measure": measure, "rate": rate}], on) == pytest.approx(average("USA", [], on), abs=1e-12)


@pytest.mark.parametrize(
    ("code", "measure", "partner", "on"),
    [
        ("CHN", "cn_reciprocal", "USA", DAY), ("USA", "s301_l3", "CHN", DAY),
        ("USA", "fent_mex", "MEX", date(2025, 9, 1)),
    ],
)  # fmt: skip
def test_naming_the_only_partner_changes_nothing(code, measure, partner, on):
    """A rule or exemption that names a measure holds for the copy of it that some partners get."""
    change = {"measure": measure, "rate": 0.3}
    assert average(code, [change | {"partners": [partner]}], on) == pytest.approx(
        average(code, [change], on), abs=1e-12
    )


def test_a_later_change_lies_over_an_earlier_one():
    first = {"measure": "rec_chn", "rate": 0.5, "partners": ["CHN"]}
    second = {"measure": "rec_chn", "rate": 0.2}
    goods = {"goods": {"sectors": ["ELE"]}}
    rest = {"goods": {"sectors": [name for name in SMALL if name != "ELE"]}}
    both = average("USA", [first, second | goods])
    assert both == pytest.approx(average("USA", [first | rest, second | goods]), abs=1e-12)
    assert average("USA", [second]) < both < average("USA", [first])


@pytest.mark.parametrize("code", ["USA", "CHN"])
def test_sectors_by_code_name_or_word_are_the_same_lines(code):
    where = importer(code)
    given = ["C26", "c26", "Computers, electronics and optics", "electronics", "ELE"]
    found = [lines_named(where, NamedGoods(sectors=[name]), "test") for name in given]
    assert all(np.array_equal(one, found[0]) for one in found)
    assert np.array_equal(found[0], class_of_lines(where, "icio28") == "C26")


@pytest.mark.parametrize("code", ["USA", "CHN"])
def test_the_shortest_prefixes_cover_the_lines_and_no_other(code):
    where = importer(code)
    for name in ("ELE", "OMF", "C24A"):
        lines = lines_named(where, NamedGoods(sectors=[name]), "test")
        prefixes = shortest(where.lines, lines)
        assert np.array_equal(where.lines.mask(prefixes), lines)
        assert not any(a != b and a.startswith(b) for a in prefixes for b in prefixes)
    whole = np.ones(len(where.lines), dtype=bool)
    assert all(len(prefix) == 2 for prefix in shortest(where.lines, whole))


def test_a_part_keeps_conditions_and_days_and_goods_survive_a_file():
    where = importer("USA")
    measure = where.law.measure("s232_alu")
    lines = lines_named(where, NamedGoods(codes=["76"]), "test")
    parts = part_of(where, measure.goods, lines)
    held = {(block.where, block.start, block.end) for block in measure.goods}
    assert parts
    assert {(block.where, block.start, block.end) for block in parts} <= held
    assert all(prefix.startswith("76") for block in parts for prefix in block.prefixes)
    change = LawChange(change=[Change(measure="rec_chn", rate=0.0, goods=NamedGoods(sectors=["ELE"], codes=["8703"]))])
    text = yaml.safe_dump(change.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    assert LawChange.model_validate(yaml.safe_load(text)) == change


@pytest.mark.parametrize(("authority", "also"), [("section_301", True), ("reciprocal", False), ("fentanyl", False)])
def test_lists_of_one_authority_carry_a_level_together_and_parts_of_one_duty_add_up(authority, also):
    held = carrier(importer("USA").law, "us", authority, "CHN", date(2025, 5, 9))
    laid, rest = held.changes(0.2, "CHN")[: 1 + len(held.also)], held.changes(0.2, "CHN")[1 + len(held.also) :]
    assert bool(held.also) is also
    assert {change.rate for change in laid} == {0.2}
    assert {change.rate for change in rest} <= {0.0}


def test_section_301_as_a_lever_moves_all_that_its_lists_cover():
    levers = plane(importer("USA").law, date(2025, 5, 9), {"us": "section_301"}, "CHN", (("USA", "CHN", "ROW"), SMALL))
    low, high = (levers.average(levers.owed({"us": level}), "CHN") for level in (0.0, 0.25))
    assert 0.1 < high - low < 0.25, "25 points on about half of the goods"
