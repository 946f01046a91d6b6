"""Texts of charts are measured on the metrics of the package, which agree with the typeface that is shown."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

from detente.faces.charts.drawing import METRICS, _vega
from detente.faces.charts.layout import text_width
from detente.faces.charts.theme import FONT

WORDS = ("Yttrium oxide, 99.9%", "−12.6 points → 34%", "Real income: España, Côte d'Ivoire, Türkiye", "≥ 0.5 × GDP…")


def _drawn(font: str, words: str, weight: str = "normal") -> str:
    spec = {
        "data": {"values": [{"label": words}]},
        "mark": {"type": "bar", "clip": True},
        "encoding": {"y": {"field": "label", "axis": {"labelLimit": 0, "labelFontWeight": weight, "title": None}}},
        "config": {"font": font, "axis": {"labelFontSize": 100}},
    }
    return _vega(json.dumps(spec))


def _width(drawn: str) -> float:
    found = re.search(r'<svg [^>]*width="([\d.]+)"', drawn)
    assert found
    return float(found[1])


@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize("words", WORDS)
def test_a_text_is_as_wide_as_in_the_typeface_that_is_shown(words: str, weight: str) -> None:
    found = shutil.which("fc-match")
    if (
        found is None
        or "Liberation"
        not in subprocess.run([found, "Liberation Sans"], capture_output=True, text=True, check=True).stdout
    ):
        pytest.skip("Liberation Sans is not on this machine")
    shown = _width(_drawn("Liberation Sans", words, weight))
    measured = _width(_drawn(FONT, words, weight))
    # Letters 100 pixels high: the typeface moves some pairs of them together, by less than a tenth of a letter.
    assert measured == pytest.approx(shown, abs=12)
    assert measured > 100 * 0.3 * len(words)


@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize("words", ["Steel", "Yttrium oxide, 99.9%", "−12.6 points → 34%", "España ffi 0123456789"])
def test_letters_that_stand_as_one_glyph_take_the_room_of_each(words: str, weight: str) -> None:
    twice, once = (_width(_drawn(FONT, text, weight)) for text in (f"{words}{words}", words))
    assert twice - once == pytest.approx(text_width(words, 100.0, weight == "bold"), abs=1)


def test_wide_letters_take_more_room_than_narrow_ones() -> None:
    assert _width(_drawn(FONT, "WWWWWWWW")) > 2.5 * _width(_drawn(FONT, "iiiiiiii"))
    assert _width(_drawn(FONT, "Steel", "bold")) > _width(_drawn(FONT, "Steel"))


def test_the_picture_names_the_typeface_and_not_what_it_was_measured_on() -> None:
    drawn = _drawn(FONT, "Steel")
    assert METRICS not in drawn
    assert FONT in drawn
