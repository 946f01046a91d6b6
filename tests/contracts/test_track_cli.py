"""The record of threats and deals is one in the command line, in files and in Python."""

import csv

import pytest

import detente as dt


def test_every_face_has_the_same_record(detente):
    printed = detente("talks", "record", "--kind", "truce", "--format", "csv", "--table", "track_lives").out
    table = dt.track_record("truce")["track_lives"]
    rows = list(csv.DictReader(printed.splitlines()))
    assert [float(row["day_90"]) for row in rows] == pytest.approx(table["day_90"].tolist(), abs=1e-12)
    answer = dt.track_record("truce")
    assert all(sentence in detente("talks", "record", "--kind", "truce").out for sentence in answer.sentences)


def test_a_word_behind_a_command_is_a_command(detente):
    assert "talks record" in detente("talks", "--help").out
    helped = detente("talks", "record", "--help").out
    assert helped.startswith("Usage: detente talks record [OPTIONS]")
    assert "Example: detente talks record --kind truce" in helped
    refused = detente("talks", "record", "--kind", "treaty")
    assert refused.code == 2
    assert refused.err.count("\n") == 1
