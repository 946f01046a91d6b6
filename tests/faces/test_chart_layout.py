"""Labels of charts touch nothing: not one another, no point, no line, no edge; at a column, half a page and a page."""

import numpy as np
import pytest

from detente.faces.charts import NARROW, WIDE, charts
from detente.faces.charts.course import Course, Notice, Trace, course, day_ticks
from detente.faces.charts.drawing import _vega, tidy
from detente.faces.charts.drawing import svg as drawing_of
from detente.faces.charts.frame import lowered, whose
from detente.faces.charts.globe import Globe, land_of
from detente.faces.charts.layout import Box, Canvas, Tag, place, shorter, text_box, text_width, ticks
from detente.faces.charts.theme import FONT
from touching import read, touching

PAGE = 900
"""Width of a whole page, pixels."""


def svg_of(spec):
    import json

    return tidy(_vega(json.dumps(spec)), "test", "test")


@pytest.mark.parametrize("width", [NARROW, WIDE, PAGE])
def test_no_label_touches_anything(drawable, geneva, width):
    drawn = {chart.name: chart for tables in (geneva.tables, drawable) for chart in charts(tables)}
    problems = {name: touching(drawing_of(chart, width)) for name, chart in drawn.items()}
    assert not {name: pairs for name, pairs in problems.items() if pairs}
    assert len(drawn) > 25


@pytest.mark.parametrize(
    ("marks", "problem"),
    [
        ([{"text": "a word"}, {"text": "a ward", "x": 32}], "meets 'a ward'"),
        ([{"text": "a word"}, {"point": 1, "x": 35}], "meets a point"),
        ([{"text": "a word"}, {"line": 1, "x": 35}], "meets a line"),
        ([{"text": "a word"}, {"bar": 1, "x": 35}], "meets the edge of a bar"),
        ([{"text": "a word that runs on and on beyond the edge of all"}], "leaves the frame"),
    ],
)
def test_what_touches_is_found(marks, problem):
    """Each kind of fault by itself, in a drawing as the program writes it."""
    parts = []
    for mark in marks:
        x = mark.get("x", 30)
        if "text" in mark:
            parts.append(
                f'<text text-anchor="start" transform="translate({x},24)" font-size="12px">{mark["text"]}</text>'
            )
        elif "point" in mark:
            parts.append(f'<g fill="none"><circle cx="{x}" cy="20" r="4" fill="#12436d"/></g>')
        elif "line" in mark:
            parts.append(f'<line transform="translate({x},0)" x2="0" y2="40" stroke="#12436d"/>')
        else:
            parts.append(f'<path transform="translate({x},0)" d="M0,0h60v40h-60Z" fill="#12436d"/>')
    found = touching(f'<svg width="200" height="40">{"".join(parts)}</svg>')
    assert len(found) == 1
    assert found[0].endswith(problem)
    assert not touching(f'<svg width="200" height="40">{parts[0]}</svg>') or problem == "leaves the frame"


def test_words_are_as_wide_as_the_renderer_takes_them_for():
    """A box of words here is one of the renderer: what it makes room for beside a plot tells."""
    spec = {"width": 10, "height": 10, "padding": 0, "autosize": "pad", "data": {"values": [{"label": "X"}]}}
    for text in ("Motor vehicle parts", "iiiiiiii", "WWWW \u2212 12.8%"):
        axis = {"title": None, "labelLimit": 0, "ticks": False, "domain": False, "labelPadding": 0, "labelFontSize": 12}
        encoding = {"y": {"field": "label", "type": "nominal", "axis": axis}}
        font = {"font": FONT}
        here = {
            **spec,
            "data": {"values": [{"label": text}]},
            "mark": {"type": "bar"},
            "encoding": encoding,
            "config": font,
        }
        found = read(svg_of(here))
        assert found.frame.right - 10 == pytest.approx(text_width(text), abs=3)


def test_a_label_moves_then_shortens_then_takes_a_lead_line():
    free = Canvas(Box(0, 0, 400, 100))
    (beside,) = place([Tag(20, 50, ("a long label here", "short"))], free)
    assert (beside.align, beside.lead) == ("left", None)
    (moved,) = place([Tag(390, 50, ("a long label here", "short"))], Canvas(Box(0, 0, 400, 100)))
    assert moved.text == "a long label here"
    assert moved.align != "left"
    (cut,) = place([Tag(30, 20, ("a long label here", "short"))], Canvas(Box(0, 0, 75, 40)))
    assert cut.text == "short"
    walled = Canvas(Box(0, 0, 400, 200), boxes=[Box(60, 60, 92, 140), Box(108, 60, 140, 140), Box(60, 104, 140, 150)])
    (led,) = place([Tag(100, 100, ("a long label here",))], walled)
    assert led.lead is not None
    (none,) = place([Tag(20, 20, ("far too long for so small a frame",))], Canvas(Box(0, 0, 30, 30)))
    assert none is None


def test_a_line_beside_a_box_is_told_as_by_the_part_of_it_within():
    box, steps = Box(10, 20, 30, 40), np.random.default_rng(7).integers(0, 12, (2000, 2, 2)) * 5.0
    lines = [((x, y), (u, v)) for (x, y), (u, v) in steps.tolist()]
    crossed = [box.crossed(line) for line in lines]
    assert crossed == [box.within(line) is not None for line in lines]
    assert 0 < sum(crossed) < len(crossed)


def test_short_forms_end_at_words():
    assert shorter("China's demand, all unilateral duties off", 110) == "China's demand"
    assert shorter("12 Apr: 125 points in place of 84", 110) == "12 Apr: 125 points"
    assert text_width(shorter("one two three four", 50)) <= 50


def test_ticks_are_round_and_hold_the_values():
    for low, high in ((0.0, 41.3), (-153.0, 0.0), (0.0, 0.0037)):
        steps = ticks(low, high, 5)
        assert steps[0] <= low <= high <= steps[-1]
        assert np.allclose(np.diff(steps), steps[1] - steps[0])
    names = day_ticks(739251.0, 739900.0, 5)
    assert 2 <= len(names) <= 5
    assert all(name[:3].isalpha() or name.isdigit() for name in names.values())


def test_acts_stand_in_lanes_and_a_veil_lies_where_no_law_is():
    line = Trace(("United States 12.0%",), ((739251.0, 3.0), (739380.0, 23.0), (739500.0, 12.0)), "#12436d")
    words = "something long happens to all duties"
    acts = tuple(Notice(739370.0 + 3 * k, f"{k} Apr: {words}", weight=1.0) for k in range(6))
    form = Course((line,), "%", stepped=True, acts=acts, veil=(739450.0, ("law read to 1 July 2025",)))
    for width in (NARROW, WIDE):
        drawn = svg_of(course(form, width))
        assert not touching(drawn)
        assert "law read to 1 July 2025" in drawn
    assert drawn.count("Apr") >= 3


def test_places_lie_where_the_renderer_puts_them():
    """Lead lines of the map end at towns: the projection here is the one that draws."""
    globe = Globe.of(592)
    towns = [{"lon": lon, "lat": lat} for lon, lat in ((-77.0, 38.9), (116.4, 39.9), (151.2, -33.9), (0.0, 0.0))]
    at = {key: {"field": name, "type": "quantitative"} for key, name in (("longitude", "lon"), ("latitude", "lat"))}
    spec = {"width": globe.wide, "height": globe.high, "padding": 0, "data": {"values": towns}, "encoding": at}
    spec |= {"mark": {"type": "circle", "size": 9}}
    spec |= {"projection": {"type": "equalEarth", "scale": globe.scale, "translate": list(globe.origin)}}
    dots = read(svg_of(spec)).points
    for town, dot in zip(towns, dots, strict=True):
        x, y = globe.at(town["lon"], town["lat"])
        assert (dot.left + dot.right) / 2 == pytest.approx(x, abs=0.2)
        assert (dot.top + dot.bottom) / 2 == pytest.approx(y, abs=0.2)


def test_land_is_where_it_is():
    globe, land = Globe.of(592), land_of(592)
    for lon, lat, dry in ((-100, 40, True), (100, 30, True), (-30, 30, False), (-140, 0, False), (20, 5, True)):
        x, y = globe.at(lon, lat)
        assert land.within(Box(x - 2, y - 2, x + 2, y + 2)) is dry


def test_names_within_a_title():
    assert whose("United States") == "the US"
    assert whose("China") == "China's"
    assert lowered("Base metals") == "base metals"
    assert lowered("China and others") == "China and others"
    assert lowered("US content") == "US content"


def test_a_box_of_words_stands_on_its_middle():
    box = text_box("one\ntwo", 10, 50, "left", 12)
    assert (box.top + box.bottom) / 2 == pytest.approx(50, abs=1.5)
    assert box.left == 10
