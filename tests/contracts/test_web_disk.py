"""A disk that is full, read-only or closed is named as such: at the start, by pages and calls, and by jobs."""

import errno
import os
import sqlite3
import time
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")

from sqlalchemy import event
from starlette.testclient import TestClient

from detente.codes import InputError
from detente.faces.web.app import create_app
from detente.faces.web.faults import Unwritable, unwritable
from detente.faces.web.settings import Settings
from detente.faces.web.work.jobs import Jobs
from detente.faces.web.work.store import open_store

HOME = "/api/v1"
FULL = "the disk of this server is full"


def job(cut):
    """Jobs that are not the same."""
    return {**JOB, "arguments": {**JOB["arguments"], "cut": cut}}


JOB = {"question": "chain run", "arguments": {"mineral": "rare-earths", "cut": 0.5, "months": 2, "draws": 0}}
PAGE = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def app(tmp_path):
    return create_app(Settings(data_folder=tmp_path, rate=0.0, case="", ahead=False))


def narrow(app, pragma):
    """Let the database take no more: a real answer of SQLite, for what a full or read-only disk would do."""
    engine = app.state.store.engine
    engine.dispose()
    event.listen(engine, "connect", lambda connection, _record: connection.execute(pragma))


def filled(app):
    """A database whose file may not grow, with so much in it that the next row needs another page."""
    app.state.store.save_run({"key": "0123456789ab", "text": os.urandom(20_000).hex()}, "run")
    narrow(app, "PRAGMA max_page_count = 1")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_the_kinds_of_a_disk_that_takes_nothing_have_words(number):
    words = unwritable(OSError(number, os.strerror(number), "/secret/path"))
    assert words.startswith("the ")
    assert "secret" not in words
    inner = RuntimeError("x")
    inner.__cause__ = OSError(number, os.strerror(number))
    assert unwritable(inner) == words
    assert unwritable(OSError(errno.ENOENT, "no such file")) == ""


def test_a_full_disk_is_named_by_call_and_page(app):
    filled(app)
    client = TestClient(app, raise_server_exceptions=False)
    codes = []
    for number in range(40):
        found = client.post(f"{HOME}/jobs", json=job(0.5 + number / 100))
        codes.append(found.status_code)
        if found.status_code != 202:
            break
    assert codes[-1] == 507, found.text
    assert found.headers["content-type"] == "application/problem+json"
    assert found.json()["title"] == "Nothing can be stored"
    assert found.json()["detail"].startswith(FULL)
    shown = client.post(f"{HOME}/jobs", json=job(0.95), headers=PAGE)
    assert (shown.status_code, shown.headers["content-type"]) == (507, "text/html; charset=utf-8")
    assert "The disk of this server is full" in shown.text
    assert client.get(f"{HOME}/runs").json()["total"] == 1


def test_a_read_only_database_is_named_and_what_is_there_is_still_shown(app):
    client = TestClient(app, raise_server_exceptions=False)
    app.state.store.save_run({"key": "0123456789ab"}, "run")
    narrow(app, "PRAGMA query_only = ON")
    found = client.post(f"{HOME}/jobs", json=JOB)
    assert found.status_code == 507
    assert "the database of this server is read-only" in found.json()["detail"]
    assert client.get(f"{HOME}/runs/0123456789ab").status_code == 200
    assert client.get("/runs").status_code == 200


@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, "is full"), (errno.EROFS, "is read-only")])
def test_a_file_that_a_call_cannot_write_is_no_internal_error(app, number, words):
    @app.get("/writes")
    def writes() -> None:
        raise OSError(number, os.strerror(number), "/secret/path")

    client = TestClient(app, raise_server_exceptions=False)
    found = client.get("/writes")
    assert found.status_code == 507
    assert words in found.json()["detail"]
    assert "secret" not in found.text
    assert words in client.get("/writes", headers=PAGE).text


def ended(jobs, name):
    end = time.monotonic() + 60
    while (found := jobs.view(name))["status"] in ("waiting", "running"):
        assert time.monotonic() < end, found
        time.sleep(0.05)
    return found


def test_a_job_whose_folder_cannot_be_made_says_why(tmp_path, monkeypatch):
    store = open_store(f"sqlite:///{tmp_path / 'server.sqlite'}")
    jobs = Jobs(store, tmp_path / "jobs")

    def no_room(*_given, **_named):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("detente.faces.web.work.jobs._process", no_room)
    jobs.start()
    found = ended(jobs, jobs.submit("question", {}))
    jobs.stop()
    assert (found["status"], found["error"]) == ("failed", FULL)
    assert list((tmp_path / "jobs").iterdir()) == []


def test_a_result_for_which_there_is_no_room_is_a_failure_that_says_so(tmp_path, monkeypatch):
    store = open_store(f"sqlite:///{tmp_path / 'server.sqlite'}")
    jobs = Jobs(store, tmp_path / "jobs")

    def no_room(*_given):
        raise Unwritable(FULL)

    monkeypatch.setattr(type(store), "save_run", no_room)
    jobs.start()
    found = ended(jobs, jobs.submit("question", JOB))
    jobs.stop()
    assert (found["status"], found["error"]) == ("failed", f"the result cannot be kept: {FULL}")


def test_a_worker_that_cannot_write_says_why(tmp_path, monkeypatch, capsys):
    import io
    import json
    import sys

    from detente.faces.web.work import worker

    def no_room(*_given):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(worker, "run", no_room)
    monkeypatch.setattr(worker, "_end_with_server", lambda: None)
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps({"kind": "chain", "request": {}, "folder": "."}) + "\n"))
    out, sys.stdout = sys.stdout, io.StringIO()
    try:
        told = sys.stdout
        worker.main()
    finally:
        sys.stdout = out
    assert json.loads(told.getvalue()) == {"error": "the disk of this server is read-only"}


def test_a_folder_that_takes_no_file_is_refused_at_the_start(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(InputError, match=r"--data .*give a folder of yours"):
        create_app(Settings(data_folder=file / "below", case=""))
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    # To the user who may do everything that folder is open, but that of the kernel is not.
    closed = closed if os.geteuid() else Path("/sys/detente")
    if not closed.parent.exists():
        pytest.skip("no folder is closed to this user")
    with pytest.raises(InputError, match=r"may not be written to|is read-only"):
        create_app(Settings(data_folder=closed, case=""))


def test_a_database_that_cannot_be_written_is_refused_at_the_start(tmp_path):
    path = tmp_path / "server.sqlite"
    sqlite3.connect(path).close()
    with pytest.raises(InputError, match="cannot be opened"):
        open_store(f"sqlite:///{tmp_path}")
