"""Averages published elsewhere: the page that holds them beside ours is current, and its steps sum to the gap."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

import pytest

from detente.data.importers import importer
from detente.lab.ground.averages import average
from detente.lab.ground.ground import ground_of
from detente.lab.ground.reconciliation import Published, decompose, reconcile, reconciliation_table
from detente.lab.ground.subheadings import average_by_subheading
from detente.law import Reading

UNITS = {
    "average": "level",
    "average of one partner": "partner_level",
    "collected": "realised",
    "change": "change_pp",
    "change, Canada": "partner_change_pp",
}
CURRENT = 0.05
"""Points that a printed figure may lie from the computed one."""
ROUNDING = 0.04
"""Points, for up to seven numbers of two decimals."""
WALKED = (2, 5, 7, 10, 11, 33, 35, 38, 39, 40)
"""Figures whose steps are computed again: one of each kind."""


@dataclass
class Shown:
    published: Published
    ours: float
    gap: float
    verdict: str


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "published_averages.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def shown(page):
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", page, re.MULTILINE)
    cells = {int(number): rest.split(" | ") for number, rest in rows if rest.count(" | ") > 3}
    return {number: _shown(*row) for number, row in cells.items()}


def _shown(source, regime, unit, value, ours, gap, tolerance, verdict):
    one = Published(source, regime, float(value) / 100, float(tolerance) / 100, UNITS[unit])
    return Shown(one, float(ours), float(gap), verdict)


@pytest.fixture(scope="module")
def steps(page):
    found: dict[int, list[tuple[str, float]]] = {}
    for number, name, points in re.findall(r"^\| (\d+) \| ([^|]+) \| ([+-]\d+\.\d\d) \|$", page, re.MULTILINE):
        found.setdefault(int(number), []).append((name, float(points)))
    return found


def test_the_page_holds_every_figure(shown):
    assert sorted(shown) == list(range(1, 50))


def test_steps_sum_to_the_gap(shown, steps):
    outside = [number for number, one in shown.items() if one.verdict != "inside"]
    assert sorted(steps) == outside
    for number in outside:
        assert sum(points for _, points in steps[number]) == pytest.approx(shown[number].gap, abs=ROUNDING)
        rest = dict(steps[number])["rest"]
        tolerance = shown[number].published.tolerance * 100
        assert (abs(rest) <= tolerance) == (shown[number].verdict == "explained")


def test_no_figure_keeps_a_rest_outside_its_tolerance(shown):
    assert {one.verdict for one in shown.values()} == {"inside", "explained"}


def test_ours_are_current(shown):
    for number, one in shown.items():
        # As if every figure were ours already: then only the headline is computed.
        figure = reconcile(replace(one.published, value=one.ours / 100, tolerance=1.0))
        assert figure.ours * 100 == pytest.approx(one.ours, abs=CURRENT), number
        inside = abs(one.published.value - figure.ours) <= one.published.tolerance
        assert inside == (one.verdict == "inside"), number


@pytest.mark.parametrize("number", WALKED)
def test_steps_are_current(shown, steps, number):
    one = shown[number].published
    post = any(name.startswith("substitution") for name, _ in steps[number])
    figure = reconcile(Published(one.source, one.regime, one.value, one.tolerance, one.unit, "post" if post else "pre"))
    found = dict(figure.steps) | {"rest": figure.rest}
    for name, points in steps[number]:
        assert found[name] * 100 == pytest.approx(points, abs=CURRENT), name


def test_a_difference_is_the_sum_of_its_steps():
    one = Published("somebody", "2025-05-12", 0.25, 0.01, "level")
    figure = decompose(one, [("", 0.20), ("first", 0.23), ("nothing", 0.23), ("second", 0.22)])
    assert figure.ours == 0.20
    assert dict(figure.steps) == pytest.approx({"first": 0.03, "second": -0.01})
    assert figure.rest == pytest.approx(0.03)
    assert not figure.inside
    assert not figure.explained
    table = reconciliation_table([figure])
    assert table["points"].sum() == pytest.approx(0.05)
    assert table["step"].tolist() == ["first", "second", "rest"]


def test_a_figure_within_its_tolerance_takes_no_steps():
    ours = reconcile(Published("somebody", "2025-05-12", 0.0, 2.0, "level")).ours
    figure = reconcile(Published("somebody", "2025-05-12", ours + 0.004, 0.005, "level"))
    assert figure.inside
    assert figure.steps == ()
    assert figure.rest == pytest.approx(0.004)


def test_an_average_by_subheading_is_at_least_the_mean_of_its_lines():
    ground = ground_of(importer("USA").law, {}, weights="2017").only(frozenset({"CHN"}))
    day = date(2025, 11, 9)
    mean = float(average(ground, day)["average"][0])
    highest = average_by_subheading(ground, day, Reading.EFFECTIVE, whole_metals=False)
    assert mean < highest < average_by_subheading(ground, day, Reading.EFFECTIVE, whole_metals=True)


def test_an_average_by_subheading_of_one_rate_is_that_rate():
    ground = ground_of(importer("USA").law, {"base": 0.1}, weights="2017").only(frozenset({"CHN"}))
    assert average_by_subheading(ground, date(2018, 1, 2), Reading.EFFECTIVE, whole_metals=True) == pytest.approx(0.1)
