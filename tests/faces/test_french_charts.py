"""Charts in French: no English is left in them, numbers are the same, and no label touches another."""

import re

import pytest

from detente.data.importers import importer
from detente.faces.charts import NARROW, charts
from detente.faces.charts.drawing import svg
from detente.faces.charts.touching import touching
from detente.faces.charts.verdicts import verdicts
from detente.faces.words.language import English, load
from detente.faces.words.tables import text_in

FRENCH = load("fr")
ENGLISH = frozenset(
    "the and of with from what which who whose this that these those each both all law duty duties rate rates deal "
    "deals claim claims changes changed month months day days year years share value number numbers weights country "
    "countries goods trade income price prices before after against between billion not known is are was be "
    "by to at until under over worth loss its their they has have how when where why more most less least other than "
    "only average real other rises falls rose fell loses imports exports output need step steps".split()
)
"""Words that stand in English charts and in no French one."""

MADE_UP = {"A list: of many goods", "Another", "List 4A", "bridge", "ladder"}
"""Texts of tables that only these tests have."""

WORDS = ("title", "subtitle", "alt", "unit", "note", "source")


@pytest.fixture(scope="module")
def pairs(drawable):
    """Every chart there is in English and in French, by its name."""
    english, french = ({chart.name: chart for chart in charts(drawable, say=say)} for say in (load(), FRENCH))
    assert list(english) == list(french)
    return {name: (english[name], french[name]) for name in english}


def without(text):
    for words in MADE_UP:
        text = text.replace(words, "")
    return text


def english_in(text):
    return set(re.findall(r"[^\W\d_]+", without(text).lower())) & ENGLISH


def test_no_english_is_left_in_the_words_of_a_chart(pairs):
    for name, (_, chart) in pairs.items():
        assert set(chart.foreign) <= MADE_UP, name
        assert chart.lang == "fr"
        for key in WORDS:
            assert not english_in(getattr(chart, key)), (name, key, getattr(chart, key))
    assert len(pairs) > 25
    (counted,) = verdicts({"for": 3, "open": 1}, FRENCH.day("2025-05-31"), FRENCH)
    assert not any(english_in(getattr(counted, key)) for key in WORDS)


def test_no_english_is_drawn_and_no_french_label_touches_anything(pairs):
    """At the width of a telephone, where room is least; `make charts` looks at the others."""
    problems = {}
    for name, (_, chart) in pairs.items():
        drawn = svg(chart, NARROW)
        words = " ".join(re.sub(r"<[^>]+>", " ", text) for text in re.findall(r"<text[^>]*>.*?</text>", drawn))
        problems[name] = [*touching(drawn), *english_in(words)]
    assert not {name: found for name, found in problems.items() if found}


def numbers(text, decimal, thousands):
    text = re.sub(rf"(?<=\d){re.escape(thousands)}(?=\d{{3}})", "", text).replace(decimal, ".")
    return sorted(re.findall(r"\d+\.\d+", text))


def test_numbers_are_the_same_in_both_languages(pairs):
    """Decimals tell: whole numbers may be in words, as years and counts are."""
    seen = 0
    for name, (english, french) in pairs.items():
        ours = numbers(english.title, ".", ",")
        assert numbers(french.title, ",", FRENCH.forms["thousands"]) == ours, name
        seen += len(ours)
    assert seen > 20


def test_what_the_language_has_no_words_for_is_marked(drawable):
    """A measure of one's own keeps its name, as English."""
    (chart,) = charts(drawable, ("waterfall",), say=FRENCH)
    assert "A list: of many goods" in chart.foreign
    assert re.search(r'<text lang="en"[^>]*>A list: of many goods', svg(chart))


@pytest.mark.parametrize("code", ["USA", "CHN"])
def test_every_measure_of_the_two_sides_has_a_french_title(code):
    """Titles of acts are the program's own short ones; a new act takes one line of the catalogue more."""
    titles = {measure.title for measure in importer(code).law.measures}
    assert [title for title in sorted(titles) if isinstance(text_in(title, FRENCH), English)] == []
    assert len(titles) > 40
