"""Averages published elsewhere: the pages that hold them beside ours are current, and what is not met has a reason."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields, replace
from datetime import date

import pytest

from detente.data.definitions import Chosen, definitions, published_figures
from detente.data.importers import importer
from detente.lab.averages.averages import average
from detente.lab.averages.definitions import average_by_subheading, figure_choices, value_of, value_of_figure, view_as
from detente.lab.averages.laid_law import laid_law
from detente.lab.averages.waterfall import walk
from detente.law import Reading
from rows import rows_of
from write_published_averages import chapter

LISTED = rows_of(__file__)

CURRENT = 0.05
"""Points that a printed figure may lie from the computed one."""
MET = 0.5
"""Points within which a figure is met."""
NAMED = ("yale", "yale-tracker", "piie", "tax-foundation", "wto-imf", "fitch", "bloomberg", "pwbm", "gta")
"""Publishers of whose figures at least three are met; of the others every rest has a reason."""
WALKED = LISTED["walked"]
"""Figures whose steps are computed again: one of each kind."""


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "published_averages.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def shown(page):
    """Cells of the first table by number."""
    rows = re.findall(r"^\| (\d+)\*? \| (.+) \|$", page, re.MULTILINE)
    return {int(number): rest.split(" | ") for number, rest in rows if rest.count(" | ") > 3}


@pytest.fixture(scope="module")
def steps(page):
    found: dict[int, list[tuple[str, float]]] = {}
    for number, name, points in re.findall(r"^\| (\d+) \| ([^|]+) \| ([+-]\d+\.\d\d) \|$", page, re.MULTILINE):
        found.setdefault(int(number), []).append((name, float(points)))
    return found


def test_what_stands_in_for_missing_data_moves_a_number_by_what_its_file_says():
    """PIIE's average of China on the United States: both choices that stand in, on one day."""
    who, on = definitions()["piie-china"], date(2025, 5, 14)
    view = view_as(who, on)
    whole = value_of(view)
    for lack in who.missing:
        moved = 100 * (whole - value_of(replace(view, **{lack.choice: False})))
        assert moved == pytest.approx(lack.moves[on], abs=0.1), lack.data
    known = {item.name for item in fields(Chosen)}
    for publisher in definitions().values():
        assert {lack.choice for lack in publisher.missing} <= known
    assert {name for name, publisher in definitions().items() if publisher.missing} >= {"piie-china", "yale"}


def test_the_page_holds_every_figure(shown):
    figures = published_figures()
    assert sorted(shown) == list(range(1, len(figures) + 1))
    for number, figure in enumerate(figures, start=1):
        who, law, report, _, value, *_ = shown[number]
        assert (who, law, report) == (figure.who, str(figure.law), str(figure.report))
        assert float(value) == pytest.approx(figure.value * 100, abs=0.005)


def test_steps_sum_to_what_lies_between(shown, steps):
    for number, cells in shown.items():
        published, ours, theirs, rest = map(float, cells[4:8])
        assert sum(points for _, points in steps[number]) == pytest.approx(published - ours, abs=CURRENT), number
        assert dict(steps[number])["rest"] == rest == pytest.approx(published - theirs, abs=0.011)


def test_what_is_not_met_has_a_reason(shown, page):
    reasons = dict(re.findall(r"^\| (\d+) \| ([^|]+) \|$", page[page.index("## Why a rest") :], re.MULTILINE))
    for number, cells in shown.items():
        met = abs(float(cells[7])) <= MET + 0.005
        assert cells[8] == ("met" if met else "reason below"), cells
        assert met or len(reasons[str(number)].split()) > 4, cells


def test_three_figures_of_each_named_publisher_are_met(shown):
    met = Counter(
        figure.definition
        for number, figure in enumerate(published_figures(), start=1)
        if abs(float(shown[number][7])) <= MET + 0.005
    )
    assert all(met[name] >= 3 for name in NAMED), met


@pytest.mark.parametrize(("name", "law", "substitution"), WALKED)
def test_figures_are_current(shown, steps, name, law, substitution):
    number, figure = next(
        (number, figure)
        for number, figure in enumerate(published_figures(), start=1)
        if (figure.definition, str(figure.law), figure.substitution) == (name, law, substitution)
    )
    walked = walk(*figure_choices(figure), value_of, 0.0, "")
    printed = shown[number]
    assert walked.ours * 100 == pytest.approx(float(printed[5]), abs=CURRENT)
    assert walked.reached * 100 == pytest.approx(float(printed[6]), abs=CURRENT)
    assert value_of_figure(figure) == pytest.approx(walked.reached, abs=1e-12)
    named = [step for step, _ in steps[number][:-1]]
    assert named == [bar.words for bar in walked.steps if bar.words in named]


def test_every_publisher_says_what_is_known_and_where(root):
    text = (root / "docs" / "definitions.md").read_text(encoding="utf-8")
    for publisher in definitions().values():
        # The chapter as it is written now, with all that it chooses today and chose before.
        assert chapter(publisher, []).strip() in text
        for sentence in (*publisher.known, *publisher.guessed):
            assert len(sentence.split()) <= 20, sentence
        assert publisher.known


def test_an_average_by_subheading_is_at_least_that_of_its_lines():
    ground = laid_law(importer("USA").law, {}, weights="2017").only(frozenset({"CHN"}))
    day = date(2025, 11, 9)
    mean = float(average(ground, day)["average"][0])
    highest = average_by_subheading(ground, day, Reading.EFFECTIVE, whole_metals=False)
    assert mean < highest < average_by_subheading(ground, day, Reading.EFFECTIVE, whole_metals=True)
    ground = laid_law(importer("USA").law, {"base": 0.1}, weights="2017").only(frozenset({"CHN"}))
    assert average_by_subheading(ground, date(2018, 1, 2), Reading.EFFECTIVE, whole_metals=True) == pytest.approx(0.1)
