"""Call-outs of a deal in words: every reason there is has a sentence, with all that it names."""

import re
from pathlib import Path

import pytest

from detente.faces.words.deal import called_out
from detente.faces.words.language import load
from detente.lab.deal import numbers

DAYS = {"on": "2026-06-01", "begins": None, "ended": None, "title": "Reciprocal duty"}
ROWS = {
    "not_in_force": DAYS | {"ended": "2026-02-23"},
    "careless": {"party": "CHN", "issue": "x"},
    "careless_other": {"party": "USA", "issue": "x"},
    "zero_layer": {"partner": "MEX"},
    "zero_exceptions": {},
    "little_exception": {"sector": "PHA", "covered": 0.012},
    "no_shortage": {"withheld": 0.2, "unmet": 0.034, "short": 0.05},
    "outside": {"rule": "the same on both sides", "source": "the case"},
    "clock": {"end": "2025-08-06", "instrument": "the truce", "ends": "2025-07-01", "back": "the old duties return"},
}


@pytest.mark.parametrize("reason", ROWS)
def test_every_reason_is_said(reason):
    sentence = called_out({"reason": reason, "parts": ROWS[reason]}, load())
    assert sentence.endswith(".")
    assert "{" not in sentence


def test_all_reasons_of_the_lab_are_looked_at():
    source = Path(numbers.__file__).read_text(encoding="utf-8")
    made = set(re.findall(r'CallOut\([^)]*?"(\w+)"(?:, \{|, parts|\))', source)) | {"careless", "careless_other"}
    assert made - {"rate"} <= set(ROWS)
    assert set(ROWS) <= set(re.findall(r'"(\w+)"', source))


@pytest.mark.parametrize(
    ("more", "words"),
    [({"ended": "2026-02-23"}, "it ended on 23 February 2026"), ({"begins": "2026-07-01"}, "begins on 1 July 2026"),
     ({}, "is not in the lawbook")],
)  # fmt: skip
def test_a_duty_of_another_day_says_which(more, words):
    assert words in called_out({"reason": "not_in_force", "parts": DAYS | more}, load())
