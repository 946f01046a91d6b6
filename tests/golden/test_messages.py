"""Every refusal that the declarations of the questions give, as it was read through: a change shows here."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

PAGE = Path(__file__).parent / "messages.txt"
TOOL = Path(__file__).resolve().parents[2] / "tools" / "write_messages.py"
LEAST = 300
"""Sentences that are held at least."""


@pytest.fixture(scope="module")
def said():
    spec = spec_from_file_location("write_messages", TOOL)
    tool = module_from_spec(spec)
    spec.loader.exec_module(tool)
    return dict(tool.messages())


def test_every_refusal_is_the_sentence_that_was_read_through(said):
    kept = dict(line.split("\t", 1) for line in PAGE.read_text(encoding="utf-8").splitlines())
    assert {key: text for key, text in said.items() if text} == kept, "see tools/write_messages.py"
    assert len(kept) >= LEAST


def test_nothing_that_is_bad_is_taken(said):
    assert not [key for key, text in said.items() if not text]


def test_a_refusal_is_a_sentence(said):
    for key, text in said.items():
        assert "\n" not in text, key
        assert "Traceback" not in text, key
        assert len(text) < 600, key
