"""What errors say has the form of one sentence: the texts are read from the code."""

import re
import sys
from pathlib import Path

import pytest

from detente.codes.errors import InputError

sys.path.insert(0, str(Path(__file__).parent))

from raised import Code

UNTIDY = re.compile(r"  |\s$|^\s|;\.|,\.")


@pytest.fixture(scope="module")
def texts():
    found = Code().texts
    assert len(found["what"]) > 1000
    assert len(found["repair"]) > 1000
    return found


def test_what_to_do_has_no_full_stop_as_the_error_adds_it(texts):
    repairs = texts["repair"]
    stopped = [text for text in repairs if text.endswith(".") and not text.endswith("...")]
    assert [f"{repairs[text]}: {text}" for text in stopped] == []
    assert str(InputError("a", "is empty", "give one")) == "a: is empty; give one."


def test_no_text_of_a_refusal_has_stray_blanks_or_marks(texts):
    found = {**texts["what"], **texts["repair"]}
    assert [f"{place}: {text}" for text, place in found.items() if UNTIDY.search(text)] == []
