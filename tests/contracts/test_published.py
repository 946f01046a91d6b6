"""What others published for a law: nearest first, one a publisher."""

from datetime import date
from types import SimpleNamespace

import pytest

from detente.data.definitions import PublishedFigure, published_steps
from detente.faces.words.brief import brief
from detente.faces.words.language import MINUS
from detente.lab.record import history as published

ON = date(2025, 4, 10)


def figure(who, day, rate):
    return PublishedFigure(
        who=who, definition="", report=day, law=day, value=rate, tolerance=0.01, says="imports of 2024"
    )


def test_figures_stand_by_their_nearest_and_once_a_publisher(monkeypatch):
    far, near = figure("A", date(2025, 4, 14), 0.21), figure("A", ON, 0.22)
    between = figure("B", date(2025, 4, 12), 0.23)
    monkeypatch.setattr(published, "published_averages", lambda: (far, between, near))
    ground = SimpleNamespace(whole=lambda on, reading: 0.2)
    side = SimpleNamespace(
        shipped=True, on=ON, reading=None, average=0.2, ground=ground, law=SimpleNamespace(importer="USA")
    )
    table = published.published_table(side)
    assert table["who"].tolist() == ["A", "B"]
    assert table["rate"].tolist() == [0.22, 0.23]


FRESH = 5e-4
"""Share of value that a stored step may lie from the computed one."""


@pytest.mark.parametrize(("name", "report"), [("yale", "2025-05-12"), ("tax-foundation", "2025-05-15")])
def test_stored_steps_are_fresh(name, report):
    figure = next(f for f in published.published_averages() if (f.definition, str(f.report)) == (name, report))
    ours, every = published.steps_to(figure)
    steps, stored = dict(every), published_steps()[name, figure.report, figure.law]
    assert stored.ours == pytest.approx(ours, abs=FRESH), "run tools/write_published_steps.py"
    assert ours + sum(points for _, points in every) == pytest.approx(figure.value, abs=1e-9)
    largest = sorted(map(abs, steps.values()), reverse=True)[:2]
    assert [abs(points) for _, points in stored.steps] == pytest.approx(largest, abs=FRESH)
    for words, points in stored.steps:
        assert points == pytest.approx(steps[words], abs=FRESH), "run tools/write_published_steps.py"


def test_every_average_in_print_has_its_steps():
    figures = {(f.definition, f.report, f.law) for f in published.published_averages()}
    assert set(published_steps()) == figures


def test_steps_stand_where_our_average_is_taken_as_they_take_it():
    figure = next(f for f in published.published_averages() if f.definition == "yale" and str(f.report) == "2025-05-12")
    ours = published_steps()["yale", figure.report, figure.law].ours
    (first, _), (second, points) = published.steps_from(figure, ours)
    assert "method of that spring" in first
    assert (second, round(points, 3)) == ("not explained", -0.007)
    assert published.steps_from(figure, ours + 0.01) == [published.NO_STEP] * 2


def test_the_brief_says_why_we_differ(ran):
    result = ran("geneva")
    told = brief(result)
    yale = next(other for other in told.others if other.who.startswith("Yale"))
    assert "method of that spring +3.1" in yale.steps
    assert f"not explained {MINUS}0.7" in yale.steps
    assert len(yale.steps.split()) <= 20
    assert "detente reconcile" in told.walk
