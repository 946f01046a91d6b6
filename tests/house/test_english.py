"""Plain English: phrases that a reader would have to decode stand in no text that people read."""

import re
import tomllib
from pathlib import Path

import pytest

from rows import rows_of

LISTED = rows_of(__file__)

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [
    *sorted((ROOT / "src/detente/faces/words/locales").glob("*.toml")),
    *sorted((ROOT / "src/detente/codes/tables").glob("*.toml")),
]
PAGES = [ROOT / "README.md", ROOT / "docs/index.md", *sorted((ROOT / "docs/tutorials").glob("*.md"))]

DECODED = LISTED["decoded"]
"""What readers did not understand, as patterns; the plain words for each are in use everywhere else."""

README_WORDS = 700


def texts(value):
    """Every text within a table of a file that has a space in it: names and codes are not for readers."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)
    elif isinstance(value, str) and " " in value:
        yield value


def decoded(text):
    """The phrases of a text that ask to be decoded; what is put in for a name in braces is not looked at."""
    text = re.sub(r"\{[^{}]*\}", "", text)
    return [match[0] for phrase in DECODED for match in re.finditer(rf"\b{phrase}\b", text, re.IGNORECASE)]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_no_text_of_the_program_asks_to_be_decoded(path):
    found = {text: decoded(text) for text in texts(tomllib.loads(path.read_text(encoding="utf-8"))) if decoded(text)}
    assert not found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_for_newcomers_asks_to_be_decoded(path):
    assert decoded(path.read_text(encoding="utf-8")) == []


def test_such_a_phrase_would_be_found_and_the_readme_is_short():
    assert decoded("Both sides gain over the law of 8 May, which failed talks would leave.") == [
        "failed talks", "over the law of"
    ]  # fmt: skip
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= README_WORDS
