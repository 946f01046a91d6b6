"""Every refusal that the declarations of the questions give, as it was read through: a change shows here."""

from pathlib import Path

import pytest

import write_messages

PAGE = Path(__file__).parent / "messages.txt"
LEAST = 300
"""Sentences that are held at least."""


@pytest.fixture(scope="module")
def said():
    return dict(write_messages.messages())


def test_every_refusal_is_the_sentence_that_was_read_through(said):
    kept = dict(line.split("\t", 1) for line in PAGE.read_text(encoding="utf-8").splitlines())
    assert {key: text for key, text in said.items() if text} == kept, "see tools/write_messages.py"
    assert len(kept) >= LEAST
    assert not [key for key, text in said.items() if not text]
    for key, text in said.items():
        assert "\n" not in text, key
        assert "Traceback" not in text, key
        assert len(text) < 600, key
