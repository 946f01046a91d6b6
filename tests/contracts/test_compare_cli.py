"""`detente run A B`: names and keys whole at any width, columns that say something, refusals before any work."""

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


CASES = [
    ((*PAIR, "--draws", "-1"), ("draws", "0 to 10000")),
    (("geneva", "genva"), ("genva", "did you mean 'geneva'")),
]


@pytest.mark.parametrize(("args", "hints"), CASES, ids=[" ".join(args) for args, _ in CASES])
def test_refused_in_one_sentence_before_anything_is_computed(detente, monkeypatch, args, hints):
    import detente.lab.compare as lab

    monkeypatch.setattr(lab, "rates_of", lambda *a, **k: pytest.fail("it ran"))
    ran = detente("run", *args)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("detente: ")
    assert len(ran.err.strip().splitlines()) == 1
    assert all(hint in ran.err for hint in hints)
