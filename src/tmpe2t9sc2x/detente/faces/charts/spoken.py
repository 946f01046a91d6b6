"""A chart in the language of its page: numbers of its axes, and what it says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from detente.faces.charts.frame import Chart, Spec
from detente.faces.words.language import ENGLISH, Language


def spoken(chart: Chart, say: Language, foreign: Sequence[str] = ()) -> Chart:
    """The same chart with the separators of the language on its axes; English is what the renderer has by itself.

    Parameters
    ----------
    foreign : texts of the chart that the language has no words for.
    """
    if say.code == ENGLISH:
        return chart
    return replace(chart, lang=say.code, foreign=tuple(foreign), spec=lambda width: _with_marks(chart.spec(width), say))


def _with_marks(spec: Spec, say: Language) -> Spec:
    """A specification whose axes write numbers as the language does."""
    marks = {"decimal": say.forms["decimal"], "thousands": say.forms["thousands"], "grouping": [3]}
    return {**spec, "config": {**spec["config"], "locale": {"number": {**marks, "currency": ["", ""]}}}}
