"""`detente entries`: files whole or not at all, a reason in its row for what cannot be rated, an exit code."""

import gc
import os
import shutil
import signal
import subprocess
import sys

import polars as pl
import pytest

import detente as dt
from detente.codes import InputError
from detente.codes.errors import NotRated
from detente.lab.entries.job import EntriesOrder, rate_entries
from rows import rows_of

LISTED = rows_of(__file__)

HEAD = "line,partner,date,value\n"
ROW = "8507.60.00.10,China,2025-04-15,1000\n"
FILED = "9903.91.01 250.00; 9903.01.24 200.00; 9903.01.63 1250.00; 8507.60.00.10 34.00"


@pytest.fixture
def entries(tmp_path):
    """A file of two rows, one of which cannot be rated."""
    path = tmp_path / "entries.csv"
    path.write_text(HEAD + ROW + ROW.replace("China", "Atlantis"), encoding="utf-8")
    return str(path)


def test_a_file_is_written_whole_and_rows_that_failed_are_counted(detente, entries, tmp_path):
    out = tmp_path / "rated.csv"
    ran = detente("entries", entries, "--out", str(out), "-q")
    assert ran.code == NotRated.exit_code
    assert "1 of 2 rows could not be rated" in ran.err
    rows = pl.read_csv(out, infer_schema=False)
    assert (rows["status"].to_list(), rows["filing"][0]) == (["rated", "not rated"], FILED)
    assert "unknown country 'Atlantis'" in rows["reason"][1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["entries.csv", "rated.csv"]


def test_a_file_that_is_refused_leaves_the_output_as_it_was(detente, tmp_path):
    out = tmp_path / "rated.csv"
    out.write_text("as it was", encoding="utf-8")
    broken = tmp_path / "broken.csv"
    broken.write_text(HEAD + "1,2\n1,2,3,4,5\n", encoding="utf-8")
    ran = detente("entries", str(broken), "--out", str(out), "-q")
    assert ran.code == 2
    assert "row 2" in ran.err
    assert "row 3" in ran.err
    assert out.read_text(encoding="utf-8") == "as it was"


def test_a_sign_for_inches_loses_no_row(tmp_path):
    path = tmp_path / "inches.csv"
    rows = [
        f"8507.60.00.10,China,2025-04-15,{100 + k},{mark}\n" for k, mark in enumerate(('8"', '"a ""b"""', 'x"y', "z"))
    ]
    path.write_text("line,partner,date,value,note\n" + "".join(rows), encoding="utf-8")
    rated = rate_entries(path, EntriesOrder())
    assert (rated.sums["rows"], rated.sums["value"]) == (4, 406)


def test_a_reader_gets_sums_and_what_would_be_refunded(detente, entries):
    ran = detente("entries", entries, "--void", "basis:IEEPA", "-q")
    assert ran.out.startswith("1 of the 2 rows of entries.csv could be rated, and owe $1,734.00 in tariffs and $")
    for words in ("$1,450.00 of what is owed would come back", "9903.01.63 1250.00"):
        assert words in " ".join(ran.out.split())


@pytest.mark.parametrize(("args", "words"), LISTED["bad_options_are_one_sentence"])
def test_bad_options_are_one_sentence(detente, entries, args, words):
    ran = detente("entries", entries, *args, "-q")
    assert ran.code == 2
    assert words in ran.err
    assert not ran.out


KILLED = """
import os, signal
from detente.faces.cli import main
from detente.lab.entries import job, shelf

write, done = shelf.write_bytes, []

def third_dies(path, content):
    if len(done) == 2:
        path.with_name(f".{path.name}.k1_l").write_bytes(content[:99])
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(write(path, content))

shelf.write_bytes = third_dies
job.rate_entries.__kwdefaults__["size"] = 3
main()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a process is killed by a signal of its own here")
def test_killed_in_the_middle_and_asked_again_gives_the_same_bytes(detente, tmp_path, monkeypatch):
    monkeypatch.setitem(rate_entries.__kwdefaults__, "size", 3)
    partners = ("China", "Mexico", "Germany", "Atlantis", "Japan")
    rows = [ROW.replace("China", partners[i % 5]).replace("1000", str(100 + i)) for i in range(14)]
    file, whole, out = (tmp_path / name for name in ("entries.csv", "whole.csv", "rated.csv"))
    file.write_text(HEAD + "".join(rows), encoding="utf-8")
    pieces = tmp_path / "pieces"
    args = ("entries", str(file), "--workers", "1", "--work", str(pieces), "-q", "--out")
    assert detente(*args, str(whole)).code == NotRated.exit_code
    shutil.rmtree(pieces)
    killed = subprocess.run([sys.executable, "-c", KILLED, *args, str(out)], capture_output=True, env=os.environ)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert sum(not path.name.startswith(".") for path in pieces.iterdir()) == 2
    assert not out.exists()
    again = []
    monkeypatch.setattr(
        "detente.lab.entries.shelf.write_bytes", lambda path, content: again.append(path.write_bytes(content))
    )
    assert detente(*args, str(out)).code == NotRated.exit_code
    assert (len(again), out.read_bytes()) == (3, whole.read_bytes())


def test_a_long_file_is_read_piece_by_piece_and_leaves_nothing(detente, entries, tmp_path, monkeypatch):
    monkeypatch.setattr("detente.faces.ask.questions.goods.LARGE", 1)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    out = tmp_path / "rated.parquet"
    assert detente("entries", entries, "--out", str(out), "-q").code == NotRated.exit_code
    assert pl.read_parquet(out).height == 2
    assert detente("entries", entries, "-q").code == NotRated.exit_code
    gc.collect()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["entries.csv", "rated.parquet"]


def test_days_facts_and_scenarios_are_those_of_single_rates(entries):
    rows = dt.entries(entries, "2025-05-20", scenario="thirty-four")
    assert rows["date"].tolist() == ["2025-05-20"] * 2
    assert len(dt.entries(entries, from_="2025-05", to="2025-06")) == 0
    assert len(dt.entries(entries, from_="2025-04", to="2025-04")) == 2
    car = {"line": ["8703.23.01.90"], "partner": ["Mexico"], "date": ["2025-09-15"], "value": [10_000]}
    stated = float(dt.entries(car | {"us_content": [0.4], "claim": ["USMCA"]}))
    assert float(dt.entries(car | {"claim": ["USMCA"]}, set={"us_content": 0.4})) == stated
    assert float(dt.entries(car | {"claim": ["USMCA"]})) > stated
    assert rows["duty"][0] == float(dt.entries({"line": ["8507.60.00.10"], "partner": ["China"], "value": [1000],
                                                "date": ["2025-05-20"]}, scenario="thirty-four"))  # fmt: skip


def test_what_was_paid_stands_beside_what_is_owed():
    given = {"line": ["8507.60.00.10"] * 2, "partner": ["China", "Japan"], "date": ["2025-04-15"] * 2}
    answer = dt.entries(given | {"value": [1000, 1000], "duty_paid": ["$2,000", ""], "note": ["a", "b"]}, by="partner")
    paid = {row["partner"]: row for row in answer.tables["paid"]}
    assert (paid["CHN"]["gap"], paid["JPN"]["paid"]) == (-266.0, 0.0)
    assert answer.tables["rows"]["note"].tolist() == ["a", "b"]
    assert "$2,000.00 in tariffs was paid" in answer.headline


def test_a_folder_of_files_is_one_file(entries, tmp_path):
    folder = tmp_path / "year"
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text(HEAD + ROW, encoding="utf-8")
    assert dt.entries(folder)["row"].tolist() == [2, 3]
    assert dt.entries([folder / "b.csv", folder / "a.csv"])["duty"].tolist() == [1734.0, 1734.0]
    (folder / "c.csv").write_text("line,partner,date,value,mode\n" + ROW.replace("\n", ",air\n"), encoding="utf-8")
    with pytest.raises(InputError, match="has other columns than"):
        dt.entries(folder)
