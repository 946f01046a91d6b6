"""Bad input: one clear sentence that says where, what and what to do; exit code 2; no traceback."""

import pickle

import pytest

from detente.codes import InputError, SolveError, UnknownName

MEASURE = """\
id: my_duty
title: A duty of mine
authority: section_232
goods:
  - {codes: ["8507.60"]}
partners: [CHN]
periods:
  - {rate: 10%, from: 2025-06-01}
"""


def test_a_circle_of_displacement_is_refused(detente, tmp_path):
    one = MEASURE + "replaces: [your_duty]\n"
    two = MEASURE.replace("my_duty", "your_duty") + "replaces: [my_duty]\n"
    (tmp_path / "one.yaml").write_text(one, encoding="utf-8")
    (tmp_path / "two.yaml").write_text(two, encoding="utf-8")
    ran = detente("rate", "8507.60.00.10", "CHN", "--on", "2025-08-01", "--lawbook", str(tmp_path))
    assert ran.code == 2
    assert "circle" in ran.err


LISTS = [
    ("wrong columns", "kode,from\n850760,\n", "code"),
    ("no rows", "code\n", "rows"),
    ("a code with letters", "code\n8507x0\n", "tariff code"),
    ("a code twice", "code\n850760\n850760\n", "twice"),
    ("a ragged row", "code,from\n850760\n", "row 2"),
    ("a blank row", "code\n\n850760\n", "row 2: is blank"),
    ("a misspelt column", "code,form\n850760,\n", "did you mean 'from'"),
    ("a column twice", "code,code\n850760,1\n", "twice"),
]


@pytest.mark.parametrize(("text", "hint"), [b[1:] for b in LISTS], ids=[b[0] for b in LISTS])
def test_broken_lists_are_refused(detente, tmp_path, text, hint):
    (tmp_path / "mine.csv").write_text(text, encoding="utf-8")
    measure = MEASURE.replace('{codes: ["8507.60"]}', "{list: mine.csv}")
    (tmp_path / "mine.yaml").write_text(measure, encoding="utf-8")
    ran = detente("rate", "8507.60.00.10", "CHN", "--on", "2025-08-01", "--lawbook", str(tmp_path))
    assert ran.code == 2, ran.out
    assert hint in ran.err


def test_a_scenario_of_an_unknown_measure_is_refused(detente, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("on: 2025-05-14\nusa: {lift: [fent_chnn]}\n", encoding="utf-8")
    ran = detente("run", str(path), "--draws", "0")
    assert ran.code == 2, ran.out
    assert "fent_chn" in ran.err
    assert "Traceback" not in ran.err


FLOWS = [
    ("wrong columns", "line,partner,worth\n8507600010,CHN,1\n", "value"),
    ("a negative value", "line,partner,value\n8507600010,CHN,-1\n", "below 0"),
    ("an unknown line", "line,partner,value\n8507600099,CHN,1\n", "8507600099"),
    ("an unknown partner", "line,partner,value\n8507600010,CHX,1\n", "CHX"),
    ("a pair twice", "line,partner,value\n8507600010,CHN,1\n8507600010,CHN,2\n", "twice"),
    ("text for a number", "line,partner,value\n8507600010,CHN,many\n", "many"),
    ("no rows", "line,partner,value\n", "rows"),
]


@pytest.mark.parametrize(("text", "hint"), [b[1:] for b in FLOWS], ids=[b[0] for b in FLOWS])
def test_broken_flows_are_refused(tmp_path, text, hint):
    import detente as dt

    path = tmp_path / "flows.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(dt.DetenteError, match=hint):
        dt.load_flows(str(path))


@pytest.mark.parametrize(
    "error",
    [InputError("a file", "is empty", "fill it"), UnknownName("claim", "C1", ["C01"], "--only"), SolveError("no end")],
)
def test_an_error_travels_between_processes(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), again.exit_code, again.__dict__) == (str(error), error.exit_code, error.__dict__)


def test_a_mistake_in_a_ledger_is_one_sentence_though_claims_are_judged_beside_the_run(detente, tmp_path):
    (tmp_path / "bad.yaml").write_text("claims: [{claim_id: X1}]\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(
        "on: 2025-05-14\nagainst: {on: 2025-05-13}\nrecord: {claims: bad.yaml}\n"
        "report: {world: false, prices: false, talks: false}\n",
        encoding="utf-8",
    )
    ran = detente("run", str(tmp_path / "mine.yaml"), "--draws", "2")
    assert ran.code == 2
    assert "bad.yaml" in ran.err
    assert "Traceback" not in ran.err
