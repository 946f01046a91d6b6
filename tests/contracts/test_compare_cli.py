"""`detente run A B`: names and keys whole at any width, whatever is compared."""

import re

import pytest

pytestmark = pytest.mark.usefixtures("runs_kept")
PAIR = ("status-quo-2025-05-08", "geneva")


@pytest.mark.parametrize("columns", ["60", "80", "120", "200"])
def test_names_days_and_keys_are_whole_at_any_width(detente, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    rows = detente("run", *PAIR, "--draws", "0", "--format", "csv").out.splitlines()[1:]
    keys = [row.rsplit(",", 1)[1] for row in rows]
    assert [len(key) for key in keys] == [12, 12]
    printed = detente("run", *PAIR, "--draws", "0").out
    for text in (*PAIR, "2025-05-08", "2025-05-14", *keys):
        assert re.search(rf"(?<![\w-]){re.escape(text)}(?![\w-])", printed), text
    assert max(map(len, printed.splitlines())) <= int(columns)
