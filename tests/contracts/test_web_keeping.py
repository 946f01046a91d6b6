"""What a server keeps: brought forward, copied by the tools of its database, and what is too old."""

import sqlite3

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
pytest.importorskip("sqlalchemy")

import sqlalchemy as sa

from detente.codes import InputError
from detente.faces.web.work.schema import CURRENT, STEPS, version_of
from detente.faces.web.work.store import open_store

KEY, OTHER = "0123456789ab", "ba9876543210"
DOCUMENT = {
    "key": KEY, "version": "1", "scenario": {"name": "x", "title": "A result", "on": "2025-05-14"}, "sentences": [],
    "tables": {}, "about": {}, "checks": [], "assumptions": [], "vintages": {}, "record": {},
}  # fmt: skip

FIRST = (
    "CREATE TABLE runs (key VARCHAR(12) PRIMARY KEY, kind VARCHAR(16) NOT NULL, name TEXT NOT NULL,"
    " title TEXT NOT NULL, version VARCHAR(32) NOT NULL, created FLOAT NOT NULL,"
    " size INTEGER NOT NULL, document {blob} NOT NULL)",
    "CREATE TABLE jobs (id VARCHAR(16) PRIMARY KEY, kind VARCHAR(16) NOT NULL, request TEXT NOT NULL,"
    " status VARCHAR(16) NOT NULL, part TEXT NOT NULL, done INTEGER NOT NULL, total INTEGER NOT NULL,"
    " created FLOAT NOT NULL, started FLOAT, finished FLOAT, attempts INTEGER NOT NULL, run VARCHAR(12),"
    " error TEXT NOT NULL)",
    "INSERT INTO jobs VALUES ('00000000000000aa', 'run', '{{}}', 'done', '', 1, 1, 5.0, 5.0, 6.0, 1, NULL, '')",
)
"""The store of the first version, with a job."""


def test_a_store_of_the_first_version_is_brought_forward(tmp_path):
    url = f"sqlite:///{tmp_path / 'old.sqlite'}"
    engine = sa.create_engine(url)
    with engine.begin() as open_:
        for line in FIRST:
            open_.execute(sa.text(line.format(blob="BLOB")))
    engine.dispose()
    store = open_store(url)
    with store.open() as open_:
        assert version_of(open_) == CURRENT
        indexes = {index["name"] for index in sa.inspect(open_).get_indexes("jobs")}
        assert {"makers", "keys"} <= set(sa.inspect(open_).get_table_names()), "released steps are never changed"
    assert "jobs_answer_once" in indexes
    old = store.job("00000000000000aa")
    assert (old["status"], old["maker"], old["early"], old["answer"]) == ("done", "", 0, None)
    store.save_run(DOCUMENT, "run")
    store.close()
    again = open_store(url)
    with again.open() as open_:
        assert open_.execute(sa.text("SELECT count(*) FROM schema_version")).scalar() == len(STEPS)
        open_.execute(sa.text(f"INSERT INTO schema_version VALUES ({CURRENT + 1}, 1.0)"))
    again.close()
    with pytest.raises(InputError, match="newer than this program"):
        open_store(url)


def test_jobs_of_an_earlier_version_end_and_say_why(tmp_path):
    url = f"sqlite:///{tmp_path / 'a.sqlite'}"
    store = open_store(url)
    for number, kind in enumerate(("claims", "run", "answer")):
        row = {"id": str(number) * 16, "kind": kind, "request": "{}", "status": "waiting", "part": "", "error": ""}
        store.add_job(row | {"done": 0, "total": 0, "created": 1.0, "attempts": 0})
    with store.open() as open_:
        open_.execute(sa.text("DELETE FROM schema_version WHERE version = 7"))
    store.close()
    again = open_store(url)
    rows = [again.job(str(number) * 16) for number in range(3)]
    assert [row["status"] for row in rows] == ["cancelled", "cancelled", "waiting"]
    assert "ask again" in rows[0]["error"]
    again.close()


def test_steps_are_numbered_one_after_the_other():
    assert [step.version for step in STEPS] == list(range(1, CURRENT + 1))


@pytest.fixture
def filled(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
    store.save_run(DOCUMENT, "run")
    store.save_run(DOCUMENT | {"key": OTHER}, "claims")
    job = {
        "kind": "run",
        "request": "{}",
        "part": "",
        "done": 0,
        "total": 0,
        "attempts": 0,
        "error": "",
        "answer": None,
    }
    store.add_job(job | {"id": "1" * 16, "status": "done", "created": 5.0, "run": KEY})
    store.add_job(job | {"id": "2" * 16, "status": "waiting", "created": 5.0})
    return store


def test_a_copy_by_the_database_itself_is_a_whole_store(filled, tmp_path):
    with sqlite3.connect(tmp_path / "a.sqlite") as beside:
        beside.execute("VACUUM INTO ?", (str(tmp_path / "b.sqlite"),))
    beside.close()
    filled.delete_run(KEY)
    other = open_store(f"sqlite:///{tmp_path / 'b.sqlite'}")
    assert other.run(KEY)["key"] == KEY
    assert other.counts() == {"runs": 2, "done": 1, "waiting": 1}
    assert (filled.run(KEY), filled.job("1" * 16)["run"]) == (None, None)


def test_what_is_too_old_goes_and_what_runs_stays(filled):
    aged = sa.text("UPDATE runs SET created = created - 100 * 86400")
    assert filled.prune(90) == (0, 1)
    with filled.open() as open_:
        open_.execute(aged)
    assert filled.prune(90, dry=True) == (2, 0)
    assert filled.prune(90, only_answers=True) == (1, 0)
    assert filled.run(KEY) is not None
    assert filled.prune(90) == (1, 0)
    assert filled.counts() == {"runs": 0, "waiting": 1}


def test_the_command_removes_what_is_too_old(detente, tmp_path):
    at = ("--data", str(tmp_path / "s"))
    assert detente("serve", "prune", "--older", "12w", "--dry-run", *at).out == "would be removed: 0 runs, 0 jobs\n"
    assert detente("serve", "prune", "--older", "12w", *at).out == "removed: 0 runs, 0 jobs\n"
    for wrong in ("", "soon", "0d", "-3d"):
        refused = detente("serve", "prune", f"--older={wrong}", *at)
        assert (refused.code, "is no age" in refused.err) == (2, True), wrong


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("server", "key", "add", "Ministry"), "server key: is gone; let a proxy ask each user for a password"),
        (("server", "backup", "x.gz"), "server backup: is gone; use the tool of the database"),
        (("server", "restore", "x.gz"), "server restore: is gone; put the copy in the place of server.sqlite"),
        (("serve", "--keys"), "--keys: is gone; let a proxy ask each user for a password"),
    ],
)
def test_what_is_gone_says_what_to_do_instead(detente, given, words):
    refused = detente(*given)
    assert refused.code == 2
    assert refused.err.startswith(f"detente: {words}")
    assert refused.err.count("\n") == 1
