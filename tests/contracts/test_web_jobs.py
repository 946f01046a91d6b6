"""Jobs: progress, cancel that ends the process, and a server that is killed in the middle loses nothing."""

import html
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
httpx = pytest.importorskip("httpx")

from starlette.testclient import TestClient  # noqa: E402

from detente.faces.web.app import create_app  # noqa: E402
from detente.faces.web.problems import Problem  # noqa: E402
from detente.faces.web.settings import Settings  # noqa: E402
from detente.faces.web.work.jobs import ATTEMPTS, Jobs, _environment  # noqa: E402
from detente.faces.web.work.store import open_store  # noqa: E402

HOME = "/api/v1"
SMALL = {
    "title": "small", "on": "2025-05-14", "record": {"history": False},
    "report": {"world": False, "prices": False, "talks": False, "draws": 0, "by": ["partner"]},
}  # fmt: skip


def swept(rates):
    """A sweep over one rate, as a job."""
    return {"question": "sweep", "arguments": {"scenario": SMALL, "over": {"usa.change.rec_chn.rate": rates}}}


LONG = swept("0%..60%/60")
"""So long that it runs until it is ended, in parts of one point each."""

SERVE = (
    "import detente.faces.web.work.jobs as jobs; jobs.LEASE = 3.0; "
    "import sys, uvicorn; from pathlib import Path; from detente.faces.web.app import create_app; "
    "from detente.faces.web.settings import Settings; "
    "s = Settings(port=int(sys.argv[1]), data_folder=Path(sys.argv[2]), rate=0.0, case=''); "
    "uvicorn.run(create_app(s), host=s.host, port=s.port, log_level='error', access_log=False)"
)
"""A server that takes up what has given no sign of life for three seconds."""


@pytest.fixture
def client(tmp_path):
    settings = Settings(data_folder=tmp_path, rate=0.0, case="")
    with TestClient(create_app(settings)) as found:
        yield found


def until(look, *states, seconds=90):
    """The job once it is in one of some states."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found["status"] in states:
            return found
        assert found["status"] not in ("failed", "interrupted"), found
        time.sleep(0.1)
    raise AssertionError(found)


def workers() -> set[int]:
    """Processes of jobs that are alive."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"detente.faces.web.work.worker" in path.read_bytes() and "Z" not in (path.parent / "stat").read_text():
                found.add(int(path.parent.name))
        except OSError:
            continue
    return found


def descends(pid: int, parent: int) -> bool:
    """Whether a process was started by another, or has lost its parent."""
    try:
        return int((Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[1]) == parent
    except OSError:
        return False


def test_a_run_is_done_with_progress_and_kept(client):
    made = client.post(f"{HOME}/jobs", json={"question": "run", "arguments": {"scenario": SMALL, "draws": 0}})
    assert made.status_code == 202
    where = made.headers["location"]
    with client.stream("GET", f"{where}/events") as followed:
        assert followed.headers["content-type"].startswith("text/event-stream")
        text = "".join(followed.iter_text())
    told = [block for block in text.strip().split("\n\n") if not block.startswith(":")]
    events = [dict(line.split(": ", 1) for line in block.splitlines()) for block in told]
    assert events[-1]["event"] == "end"
    assert {one["event"] for one in events[:-1]} <= {"progress"}
    last = json.loads(events[-1]["data"])
    assert last["status"] == "done", last
    run = client.get(f"{HOME}/runs/{last['run']}").json()
    assert run["scenario"]["title"] == "small"
    assert run["tables"]["headline"]
    import detente as dt

    assert dt.run(SMALL | {"name": "uploaded"}, draws=0).key == last["run"]


def test_talks_chain_and_sweep_are_jobs_too(client):
    asked = [
        {"question": "chain run", "arguments": {"mineral": "rare-earths", "cut": 0.5, "months": 3, "draws": 0}},
        swept("10%,20%"),
        {"question": "talks advice", "arguments": {"case": "two-country", "draws": 0}},
    ]
    names = [client.post(f"{HOME}/jobs", json=one).json()["id"] for one in asked]
    for name in names:
        found = until(lambda name=name: client.get(f"{HOME}/jobs/{name}").json(), "done", seconds=120)
        run = client.get(f"{HOME}/runs/{found['run']}").json()
        assert any(run["tables"].values()), found
        page = client.get(f"/runs/{found['run']}")
        assert run["answer"]["headline"][:40] in html.unescape(page.text)
    rates = client.get(f"{HOME}/runs/{client.get(f'{HOME}/jobs/{names[1]}').json()['run']}?table=headline").json()
    assert {row["over.usa.change.rec_chn.rate"] for row in rates["rows"]} in ({"10%", "20%"}, {0.1, 0.2})


def test_a_mistake_found_late_is_the_job_s_word(client):
    late = {
        "question": "sweep",
        "arguments": {"scenario": SMALL, "over": {"usa.change.no_such_measure.rate": "10%,20%"}},
    }
    name = client.post(f"{HOME}/jobs", json=late).json()["id"]
    end = time.monotonic() + 60
    while (found := client.get(f"{HOME}/jobs/{name}").json())["status"] not in ("failed", "done"):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert found["status"] == "failed"
    assert "no_such_measure" in found["error"]
    assert "Traceback" not in found["error"]


def test_cancel_ends_the_process_at_once(client):
    before = workers()
    name = client.post(f"{HOME}/jobs", json=LONG).json()["id"]
    until(lambda: client.get(f"{HOME}/jobs/{name}").json(), "running")
    mine = set()
    while not mine:
        mine = {pid for pid in workers() - before if descends(pid, os.getpid())}
    assert client.delete(f"{HOME}/jobs/{name}").json()["status"] == "cancelled"
    end = time.monotonic() + 5
    while mine & workers():
        assert time.monotonic() < end, "the worker is still there"
        time.sleep(0.05)
    assert client.get(f"{HOME}/jobs/{name}").json()["status"] == "cancelled"
    again = client.delete(f"{HOME}/jobs/{name}")
    assert (again.status_code, again.json()["title"]) == (409, "Not in this state")


def test_a_job_that_waits_is_cancelled_before_it_begins(client):
    first = client.post(f"{HOME}/jobs", json=LONG).json()["id"]
    assert client.post(f"{HOME}/jobs", json=LONG).json()["id"] == first, "who asks for the same joins the work"
    other = {**LONG, "arguments": {**LONG["arguments"], "seed": 5}}
    second = client.post(f"{HOME}/jobs", json=other).json()["id"]
    assert client.get(f"{HOME}/jobs/{second}").json()["status"] == "waiting"
    assert client.delete(f"{HOME}/jobs/{second}").json()["attempts"] == 0
    client.delete(f"{HOME}/jobs/{first}")
    assert client.get(f"{HOME}/jobs").json()["total"] == 2
    assert client.get(f"{HOME}/jobs/0123456789abcdef").status_code == 404


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def serve(port: int, folder: Path) -> subprocess.Popen:
    process = subprocess.Popen([sys.executable, "-c", SERVE, str(port), str(folder)])
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if httpx.get(f"http://127.0.0.1:{port}{HOME}/status", timeout=5).status_code == 200:
                return process
        except httpx.TransportError:
            time.sleep(0.05)
    process.kill()
    raise AssertionError("the server did not start")


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes of Linux")
def test_killed_in_the_middle_of_a_job_the_next_server_takes_it_up_and_no_run_is_lost(tmp_path):
    port = free_port()
    url = f"http://127.0.0.1:{port}{HOME}"
    asked = swept("0%..60%/12")
    process = serve(port, tmp_path)
    try:
        with httpx.Client(timeout=30) as client:
            first = client.post(
                f"{url}/jobs", json={"question": "run", "arguments": {"scenario": SMALL, "draws": 0}}
            ).json()["id"]
            saved = until(lambda: client.get(f"{url}/jobs/{first}").json(), "done")["run"]
            name = client.post(f"{url}/jobs", json=asked).json()["id"]
            until(lambda: client.get(f"{url}/jobs/{name}").json(), "running")
            end = time.monotonic() + 60
            while not client.get(f"{url}/jobs/{name}").json()["done"]:
                assert time.monotonic() < end
                time.sleep(0.02)
        own = {pid for pid in workers() if descends(pid, process.pid)}
        assert own
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    end = time.monotonic() + 5
    while own & workers():
        assert time.monotonic() < end, "a worker outlived its server"
        time.sleep(0.05)
    process = serve(port, tmp_path)
    try:
        with httpx.Client(timeout=30) as client:
            assert client.get(f"{url}/runs/{saved}").json()["key"] == saved
            found = until(lambda: client.get(f"{url}/jobs/{name}").json(), "done", seconds=120)
            assert found["attempts"] == 2
            run = client.get(f"{url}/runs/{found['run']}?table=headline&limit=500").json()
            assert run["total"] >= 12
            assert {row["key"] for row in client.get(f"{url}/runs").json()["rows"]} == {saved, found["run"]}
    finally:
        process.terminate()
        process.wait(20)


def test_a_job_that_kills_every_server_is_reported_not_begun_again(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'server.sqlite'}")
    row = {"id": "0123456789abcdef", "kind": "run", "request": "{}", "status": "running", "part": "", "done": 0,
           "total": 0, "created": 1.0, "attempts": ATTEMPTS, "error": ""}  # fmt: skip
    store.add_job(row)
    jobs = Jobs(store, tmp_path / "jobs")
    jobs.start()
    found = jobs.view("0123456789abcdef")
    jobs.stop()
    assert found["status"] == "interrupted"
    assert "the server ended" in found["error"]
    with pytest.raises(Problem, match="there is no job"):
        jobs.view("fedcba9876543210")


def killed(client, name, times, before):
    """Kill the worker of a job again and again, each time when a new one is at work."""
    gone = set()
    end = time.monotonic() + 90
    while len(gone) < times:
        assert time.monotonic() < end, client.get(f"{HOME}/jobs/{name}").json()
        for pid in workers() - before - gone:
            if descends(pid, os.getpid()) and client.get(f"{HOME}/jobs/{name}").json()["done"] > len(gone):
                os.kill(pid, signal.SIGKILL)
                gone.add(pid)
        time.sleep(0.02)


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes of Linux")
def test_a_worker_that_is_killed_is_begun_again_from_what_was_done(client, tmp_path):
    before = workers()
    asked = swept("0%..60%/8")
    name = client.post(f"{HOME}/jobs", json=asked).json()["id"]
    killed(client, name, ATTEMPTS - 1, before)
    found = until(lambda: client.get(f"{HOME}/jobs/{name}").json(), "done", seconds=120)
    assert found["attempts"] == ATTEMPTS
    assert client.get(f"{HOME}/runs/{found['run']}?table=headline").json()["total"] >= 8
    assert left(tmp_path, ()) == []


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes of Linux")
def test_a_worker_that_is_killed_every_time_is_a_failure_with_a_reason_and_leaves_nothing(client, tmp_path):
    before = workers()
    name = client.post(f"{HOME}/jobs", json=LONG).json()["id"]
    killed(client, name, ATTEMPTS, before)
    end = time.monotonic() + 30
    while (found := client.get(f"{HOME}/jobs/{name}").json())["status"] in ("running", "waiting"):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert found["status"] == "failed"
    assert f"was killed (SIGKILL), {ATTEMPTS} times" in found["error"]
    assert left(tmp_path, ()) == []


def left(folder, expected):
    """Folders of jobs once they are those expected, or after some seconds."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        found = [one.name for one in (folder / "jobs").iterdir()] if (folder / "jobs").exists() else []
        if found == list(expected):
            break
        time.sleep(0.05)
    return found


def test_what_ended_jobs_have_left_is_removed_and_nothing_else(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'server.sqlite'}")
    row = {"kind": "none", "request": "{}", "part": "", "done": 0, "total": 0, "created": 1.0, "error": ""}
    for at, (status, attempts) in enumerate((("cancelled", 1), ("running", ATTEMPTS), ("waiting", 0))):
        name = f"{at:016x}"
        store.add_job(row | {"id": name, "status": status, "attempts": attempts})
        (tmp_path / "jobs" / name).mkdir(parents=True)
    for other in ("notes", f"{9:016x}"):
        (tmp_path / "jobs" / other).mkdir()
    jobs = Jobs(store, tmp_path / "jobs")
    jobs.start()
    expected = {f"{2:016x}", f"{9:016x}", "notes"}
    end = time.monotonic() + 5
    while {one.name for one in (tmp_path / "jobs").iterdir()} != expected and time.monotonic() < end:
        time.sleep(0.05)
    jobs.stop()
    assert {one.name for one in (tmp_path / "jobs").iterdir()} == expected


def test_tables_are_made_for_postgresql_as_well():
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.schema import CreateTable

    from detente.faces.web.work.schema import JOBS, RUNS

    text = " ".join(str(CreateTable(table).compile(dialect=postgresql.dialect())) for table in (RUNS, JOBS))
    assert "BYTEA" in text
    assert "DOUBLE PRECISION" in text or "FLOAT" in text


def test_a_worker_gets_no_secrets(monkeypatch):
    from detente.faces.web.work.jobs import _environment

    monkeypatch.setenv("DETENTE_TOKEN", "a-secret-token-here")
    monkeypatch.setenv("DETENTE_DATABASE", "postgresql://me:password@host/name")
    assert not {"DETENTE_TOKEN", "DETENTE_DATABASE"} & set(_environment())


def test_a_run_saved_twice_stays_as_it_was(tmp_path):
    store = open_store(str(Settings(data_folder=tmp_path).database_url))
    document = {"key": "0123456789ab", "scenario": {"name": "a", "title": "A"}, "tables": {}, "version": "1"}
    store.save_run(document, "run")
    store.save_run(document | {"version": "2"}, "run")
    assert store.run("0123456789ab")["version"] == "1"
    assert store.runs(10, 0)[1] == 1
    assert store.run("no key") is None
    store.close()
    assert open_store(f"sqlite:///{tmp_path / 'server.sqlite'}").run("0123456789ab")["version"] == "1"


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes of Linux")
def test_a_worker_that_a_drained_machine_ends_is_no_attempt(client, tmp_path):
    """Who empties a machine ends every process politely, a worker perhaps before its server: nothing went wrong."""
    before, gone = workers(), set()
    asked = swept("0%..60%/8")
    name = client.post(f"{HOME}/jobs", json=asked).json()["id"]
    end = time.monotonic() + 120
    while len(gone) < ATTEMPTS + 1:
        assert time.monotonic() < end, client.get(f"{HOME}/jobs/{name}").json()
        for pid in workers() - before - gone:
            if descends(pid, os.getpid()):
                os.kill(pid, signal.SIGTERM)
                gone.add(pid)
        time.sleep(0.02)
    found = until(lambda: client.get(f"{HOME}/jobs/{name}").json(), "done", seconds=120)
    assert found["attempts"] == 1


def test_a_worker_gets_nothing_that_opens_something(monkeypatch):
    for name in ("PGPASSWORD", "PGPASSFILE", "DETENTE_TOKEN", "DETENTE_DATABASE", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("PAGER", "less")
    given = _environment()
    assert not {"PGPASSWORD", "PGPASSFILE", "DETENTE_TOKEN", "DETENTE_DATABASE", "AWS_SECRET_ACCESS_KEY"} & set(given)
    assert given["PAGER"] == "less"
    assert "PATH" in given


def test_a_folder_named_from_where_the_server_stands_serves_its_jobs(tmp_path, monkeypatch):
    """`detente serve --data ./d1`: workers stand in folders of their own, and find it all the same."""
    monkeypatch.chdir(tmp_path)
    settings = Settings(data_folder=Path("./d1"), database="runs.sqlite", rate=0.0, case="").checked()
    assert settings.data_folder == tmp_path / "d1"
    assert settings.database_url == f"sqlite:///{tmp_path / 'runs.sqlite'}"
    with TestClient(create_app(Settings(data_folder=Path("./d1"), rate=0.0, case=""))) as own:
        name = own.post(f"{HOME}/jobs", json={"question": "run", "arguments": {"scenario": SMALL, "draws": 0}}).json()[
            "id"
        ]
        found = until(lambda: own.get(f"{HOME}/jobs/{name}").json(), "done", seconds=120)
        assert own.get(f"{HOME}/runs/{found['run']}").status_code == 200
