"""What a server keeps, in SQLite and in PostgreSQL: runs, jobs in line, stores of earlier versions, what is too old."""

import gc
import sqlite3
import subprocess
import time

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
pytest.importorskip("sqlalchemy")

import sqlalchemy as sa

from detente.codes import InputError
from detente.faces.web.problems import Problem
from detente.faces.web.settings import Settings
from detente.faces.web.work.jobs import ATTEMPTS, LEASE, Jobs, _environment
from detente.faces.web.work.store import CURRENT, open_store, version_of
from serving import DETENTE, DOCUMENT, PASSWORD, USER, free_port, together, until

KEY, OTHER = DOCUMENT["key"], "ffffffffffff"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """Address of an empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'server.sqlite'}"
    return Settings(database=request.getfixturevalue("cluster").created()).database_url


@pytest.fixture
def store(url):
    opened = open_store(url)
    yield opened
    opened.close()


def added(store, name, **more):
    row = {"id": name, "kind": "run", "request": "{}", "status": "waiting", "part": "", "done": 0, "total": 0,
           "created": time.time(), "attempts": 0, "error": ""}  # fmt: skip
    return store.add_job(row | more)


def test_runs_are_kept_as_they_were(store, url):
    store.save_run(DOCUMENT, "run")
    store.save_run(DOCUMENT | {"version": "2"}, "run")
    store.save_run(DOCUMENT | {"key": OTHER}, "claims")
    again = open_store(url)
    assert again.run(KEY) == DOCUMENT
    assert [row["key"] for row in again.runs(10, 0)[0]] == [KEY], "what the server keeps for its pages is not listed"
    assert (again.runs(10, 0)[1], again.run(OTHER)["key"]) == (1, OTHER)
    assert again.run("no key") is None
    again.close()


def test_a_store_that_nobody_closes_is_closed_with_it(url):
    store = open_store(url)
    assert store.runs(10, 0) == ([], 0)
    engine = store.engine
    assert engine.pool.checkedin()
    del store
    gc.collect()
    assert not engine.pool.checkedin()


def test_a_job_is_taken_by_one_server_however_many_look(url):
    stores = [open_store(url) for _ in range(4)]
    names, taken = [f"{number:016x}" for number in range(40)], []
    for name in names:
        added(stores[0], name)

    def take(number):
        end = time.monotonic() + 30
        while len(taken) < len(names) and time.monotonic() < end:
            found = stores[number].take_job(f"server {number}", ("run",), LEASE)
            if found is not None:
                taken.append(found["id"])

    together(take, 4)
    assert sorted(taken) == names
    for each in stores:
        each.close()


def test_one_job_at_a_time_works_for_an_answer(store, url):
    second = open_store(url)
    assert added(store, "0" * 16, kind="claims", answer=KEY)
    assert not added(second, "1" * 16, kind="claims", answer=KEY)
    assert second.job_for(KEY)["id"] == "0" * 16
    store.change_job("0" * 16, status="failed")
    assert added(second, "2" * 16, kind="claims", answer=KEY)
    assert added(store, "3" * 16), "jobs for no answer do not stand in each other's way"
    assert added(store, "4" * 16)
    second.close()


def test_a_silent_server_loses_its_job_and_a_job_that_ends_every_server_is_given_up(store, tmp_path):
    added(store, "0" * 16)
    assert store.take_job("one", ("run",), LEASE)["attempts"] == 1
    assert store.take_job("two", ("run",), LEASE) is None, "one has just given a sign of life"
    store.change_job("0" * 16, seen=0.0)
    assert (store.take_job("two", ("run",), LEASE)["attempts"], store.beat("one", ["0" * 16])) == (2, set())
    assert store.beat("two", ["0" * 16]) == {"0" * 16}
    assert not store.change_own("0" * 16, "one", status="done")
    store.change_job("0" * 16, seen=0.0, attempts=ATTEMPTS)
    jobs = Jobs(store, tmp_path / "jobs")
    jobs.start()
    found = jobs.view("0" * 16)
    jobs.stop()
    assert found["status"] == "interrupted"
    assert "the server ended" in found["error"]
    with pytest.raises(Problem, match="there is no job"):
        jobs.view("f" * 16)


def test_what_ended_jobs_have_left_is_removed_and_nothing_else(store, tmp_path):
    for at, (status, attempts) in enumerate((("cancelled", 1), ("running", ATTEMPTS), ("waiting", 0))):
        added(store, f"{at:016x}", kind="none", status=status, attempts=attempts, created=1.0)
        (tmp_path / "jobs" / f"{at:016x}").mkdir(parents=True)
    for other in ("notes", f"{9:016x}"):
        (tmp_path / "jobs" / other).mkdir()
    jobs = Jobs(store, tmp_path / "jobs")
    jobs.start()
    left = {f"{2:016x}", f"{9:016x}", "notes"}
    until(lambda: {one.name for one in (tmp_path / "jobs").iterdir()}, lambda found: found == left, 10.0)
    jobs.stop()


FIRST = (
    "CREATE TABLE runs (key VARCHAR(12) PRIMARY KEY, kind VARCHAR(16) NOT NULL, name TEXT NOT NULL,"
    " title TEXT NOT NULL, version VARCHAR(32) NOT NULL, created FLOAT NOT NULL,"
    " size INTEGER NOT NULL, document {blob} NOT NULL)",
    "CREATE TABLE jobs (id VARCHAR(16) PRIMARY KEY, kind VARCHAR(16) NOT NULL, request TEXT NOT NULL,"
    " status VARCHAR(16) NOT NULL, part TEXT NOT NULL, done INTEGER NOT NULL, total INTEGER NOT NULL,"
    " created FLOAT NOT NULL, started FLOAT, finished FLOAT, attempts INTEGER NOT NULL, run VARCHAR(12),"
    " error TEXT NOT NULL)",
    "INSERT INTO jobs VALUES ('00000000000000aa', 'run', '', 'done', '', 1, 1, 5.0, 5.0, 6.0, 1, NULL, '')",
    "INSERT INTO jobs VALUES ('00000000000000bb', 'run', '', 'running', '', 0, 0, 1.0, 1.0, NULL, 1, NULL, '')",
)
"""The store of the first version, with a job that is done and one at work."""


def test_a_store_of_the_first_version_is_brought_forward_and_one_of_a_later_is_left_alone(url):
    engine = sa.create_engine(url)
    with engine.begin() as open_:
        for line in FIRST:
            open_.execute(sa.text(line.format(blob="BLOB" if "sqlite" in url else "BYTEA")))
    engine.dispose()
    store = open_store(url)
    with store.open() as open_:
        assert version_of(open_) == CURRENT
        assert "jobs_answer_once" in {index["name"] for index in sa.inspect(open_).get_indexes("jobs")}
    old, open_job = store.job("00000000000000aa"), store.job("00000000000000bb")
    assert (old["status"], old["early"], old["answer"]) == ("done", 0, None)
    assert store.take_job("me", ("run", "answer"), 15.0) is None  # nobody knows its kind of work any more
    assert open_job["status"] == "cancelled"
    assert "ask again" in open_job["error"]
    store.save_run(DOCUMENT, "run")
    with store.open() as open_:
        open_.execute(sa.text(f"INSERT INTO schema_version VALUES ({CURRENT + 1}, 1.0)"))
    store.close()
    with pytest.raises(InputError, match="newer than this program"):
        open_store(url)


def test_jobs_of_an_earlier_version_end_and_say_why(store, url):
    for number, kind in enumerate(("claims", "run", "answer")):
        added(store, str(number) * 16, kind=kind)
    with store.open() as open_:
        open_.execute(sa.text("UPDATE schema_version SET version = 6"))
    again = open_store(url)
    rows = [again.job(str(number) * 16) for number in range(3)]
    assert [row["status"] for row in rows] == ["cancelled", "cancelled", "waiting"]
    assert "ask again" in rows[0]["error"]
    again.close()


@pytest.fixture
def filled(store):
    store.save_run(DOCUMENT, "run")
    store.save_run(DOCUMENT | {"key": OTHER}, "claims")
    added(store, "1" * 16, status="done", created=5.0, run=KEY)
    added(store, "2" * 16, created=5.0)
    return store


def test_a_copy_by_the_database_itself_is_a_whole_store(filled, request, url, tmp_path):
    copy = tmp_path / "copy"
    if "sqlite" in url:
        with sqlite3.connect(tmp_path / "server.sqlite") as beside:
            beside.execute("VACUUM INTO ?", (str(copy),))
        beside.close()
        again = f"sqlite:///{copy}"
    else:
        cluster, plain = request.getfixturevalue("cluster"), url.replace("+pg8000", "")
        again = Settings(database=(other := cluster.created())).database_url
        subprocess.run([cluster.programs / "pg_dump", "-Fc", "-f", copy, plain], check=True, timeout=60)
        subprocess.run([cluster.programs / "pg_restore", "-d", other, copy], check=True, timeout=60)
    filled.delete_run(KEY)
    other = open_store(again)
    assert (other.run(KEY), other.counts()) == (DOCUMENT, {"runs": 2, "done": 1, "waiting": 1})
    assert (filled.run(KEY), filled.job("1" * 16)["run"]) == (None, None)
    other.close()


def test_what_is_too_old_goes_and_what_runs_stays(filled):
    assert filled.prune(90) == (0, 1)
    with filled.open() as open_:
        open_.execute(sa.text("UPDATE runs SET created = created - 100 * 86400"))
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


def test_a_worker_gets_nothing_that_opens_something(monkeypatch):
    secret = {"PGPASSWORD", "PGPASSFILE", "DETENTE_TOKEN", "DETENTE_DATABASE", "AWS_SECRET_ACCESS_KEY"}
    for name in secret:
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("PAGER", "less")
    given = _environment()
    assert not secret & set(given)
    assert given["PAGER"] == "less"
    assert "PATH" in given


def test_a_database_that_is_not_there_or_refuses_is_named_without_its_password(cluster, monkeypatch, tmp_path):
    with pytest.raises(InputError, match="cannot be opened"):
        open_store(f"sqlite:///{tmp_path}")
    url = cluster.created()
    with pytest.raises(InputError, match="database that is not there; create it"):
        open_store(Settings(database=f"{url}_missing").database_url)
    wrong = url.replace(PASSWORD, f"wrong-{PASSWORD}")
    nowhere = f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{free_port()}/none"
    for bad in (wrong, nowhere, f"{url}_missing", f"postgresql://{USER}:{PASSWORD}@[x/name"):
        with pytest.raises(InputError) as found:
            open_store(Settings(database=bad).database_url)
        assert PASSWORD not in str(found.value)
        assert found.value.__suppress_context__
    monkeypatch.setenv("DETENTE_DATABASE", wrong)
    command = [DETENTE, "serve", "--port", str(free_port()), "--case", ""]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 2
    assert "--database: is refused for its user or password" in ran.stderr
    assert PASSWORD not in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
