"""Runs and jobs in a PostgreSQL database that two servers share, on a cluster of the tests' own."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
pg8000 = pytest.importorskip("pg8000.native", reason="the postgres extra is not installed")
httpx = pytest.importorskip("httpx")

from detente.codes import InputError  # noqa: E402
from detente.faces.web.settings import Settings  # noqa: E402
from detente.faces.web.work.jobs import ATTEMPTS, LEASE  # noqa: E402
from detente.faces.web.work.schema import CURRENT, version_of  # noqa: E402
from detente.faces.web.work.store import open_store  # noqa: E402

HOME = "/api/v1"
USER, PASSWORD = "detente", "not-for-any-log-7f3a"
SMALL = {
    "title": "small", "on": "2025-05-14", "record": {"history": False},
    "report": {"world": False, "prices": False, "talks": False, "draws": 0, "by": ["partner"]},
}  # fmt: skip
DETENTE = str(Path(sys.executable).with_name("detente"))


def chain_job(cut):
    """A short run of a chain, as a job."""
    return {"question": "chain run",
            "arguments": {"mineral": "gallium-germanium", "months": 3, "cut": cut, "draws": 0}}  # fmt: skip


def swept(rates):
    """A sweep over one rate, as a job."""
    return {"question": "sweep", "arguments": {"scenario": SMALL, "over": {"usa.change.rec_chn.rate": rates}}}


LONG = swept("0%..60%/60")
"""So long that it runs until it is ended, in parts of one point each."""

SOON = (
    "import detente.faces.web.work.jobs as jobs; jobs.LEASE = 3.0; "
    "import sys; sys.argv[0] = 'detente'; from detente.faces.cli import main; main()"
)
"""The command, for a server that takes up what has given no sign of life for three seconds."""


def programs():
    """Folder of the newest PostgreSQL, None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def as_postgres(command, folder):
    """A command as somebody who may run PostgreSQL: it refuses root."""
    if os.geteuid() != 0:
        return command
    shutil.chown(folder, "postgres", "postgres")
    return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", *command]


@pytest.fixture(scope="module")
def cluster(until):
    """Port of a cluster that is thrown away."""
    bin_ = programs()
    if bin_ is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("root cannot run PostgreSQL, and setpriv is not there to become another")
    folder, port = Path(tempfile.mkdtemp(prefix="detente-postgres-")), free_port()
    (folder / "password").write_text(PASSWORD)
    os.chmod(folder / "password", 0o644)
    data = str(folder / "data")
    made = [f"{bin_}/initdb", "-D", data, "-U", USER, "-A", "scram-sha-256", f"--pwfile={folder / 'password'}", "-N"]
    subprocess.run(as_postgres(made, folder), check=True, capture_output=True, cwd=folder)
    run = [f"{bin_}/postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", str(folder), "-F"]
    process = subprocess.Popen(as_postgres(run, folder), stderr=subprocess.DEVNULL, cwd=folder)
    try:
        until(lambda: answers(port), seconds=30.0)
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def admin(port, *lines, database="postgres"):
    """What the last of some statements gives."""
    with contextlib.closing(
        pg8000.Connection(USER, host="127.0.0.1", port=port, password=PASSWORD, database=database)
    ) as open_:
        return [open_.run(line) for line in lines][-1]


def answers(port):
    try:
        return bool(admin(port, "SELECT 1"))
    except Exception:
        return False


def created(port):
    """Address of an empty database."""
    name = f"t{secrets.token_hex(6)}"
    admin(port, f"CREATE DATABASE {name}")
    return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port}/{name}"


@pytest.fixture
def url(cluster):
    """Address of an empty database."""
    return created(cluster)


def ended(job):
    return job["status"] not in ("waiting", "running")


def store_of(url):
    return open_store(Settings(database=url).database_url)


class Server:
    """A server in a process of its own."""

    def __init__(self, url, folder, until, program=(DETENTE,)):
        port = free_port()
        self.folder, self.log = folder, folder / "log.txt"
        folder.mkdir(exist_ok=True)
        command = [*program, "serve", "--port", str(port), "--data", str(folder), "--case", "", "--no-ahead"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=os.environ | {"DETENTE_DATABASE": url}, stdout=log, stderr=log)
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}{HOME}", timeout=60)
        until(self.up)

    def up(self):
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(httpx.TransportError):
            return self.client.get("/status").status_code == 200

    def get(self, path):
        return self.client.get(path).json()

    def begin(self, asked):
        found = self.client.post("/jobs", json=asked)
        assert found.status_code == 202, found.text
        return found.json()["id"]

    def job(self, name):
        return self.get(f"/jobs/{name}")

    def workers(self):
        """Processes of its jobs that are alive."""
        found = set()
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                rest = path.read_text().rsplit(")", 1)[1].split()
                if int(rest[1]) == self.process.pid and rest[0] != "Z":
                    found.add(int(path.parent.name))
        return found

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(30)
        self.client.close()


@contextlib.contextmanager
def started(url, folder, until):
    """Two servers that share one database, started at once while it is empty."""
    found = [None, None]

    def start(number):
        found[number] = Server(url, folder / f"server {number}", until)

    threads = [threading.Thread(target=start, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        yield found
    finally:
        for one in found:
            if one is not None and one.process.poll() is None:
                one.end()


@pytest.fixture(scope="module")
def pair(cluster, tmp_path_factory, until):
    """Two servers for the tests that leave both of them running."""
    with started(created(cluster), tmp_path_factory.mktemp("pair"), until) as found:
        yield found


@pytest.fixture
def two(url, tmp_path, until):
    """Two servers for one test that ends one of them."""
    with started(url, tmp_path, until) as found:
        yield found


# ------------------------------------------------------------------------------------------------------ the store


def test_runs_are_kept_as_they_were(url):
    store = store_of(url)
    document = {"key": "0123456789ab", "scenario": {"name": "é", "title": "A"}, "tables": {"t": [{"x": 0.25}]}}
    store.save_run(document | {"version": "1"}, "run")
    store.save_run(document | {"version": "2"}, "run")
    store.save_run(document | {"key": "ffffffffffff"}, "claims")
    store.close()
    again = store_of(url)
    assert again.run("0123456789ab") == document | {"version": "1"}
    assert [row["key"] for row in again.runs(10, 0)[0]] == ["0123456789ab"]
    assert again.run("ffffffffffff")["key"] == "ffffffffffff"
    assert again.run("000000000000") is None
    again.close()


def test_a_database_that_is_not_there_or_refuses_is_named_as_such(url):
    whole, _, _ = url.rpartition("/")
    with pytest.raises(InputError, match="database that is not there; create it"):
        store_of(f"{whole}/nobody_made_this")


def added(store, name, **more):
    row = {"id": name, "kind": "run", "request": "{}", "status": "waiting", "part": "", "done": 0, "total": 0,
           "created": time.time(), "attempts": 0, "error": ""}  # fmt: skip
    return store.add_job(row | more)


def test_a_job_is_taken_by_one_server_however_many_look(url):
    stores = [store_of(url) for _ in range(4)]
    names = [f"{number:016x}" for number in range(40)]
    for name in names:
        added(stores[0], name)
    taken, gate = [], threading.Barrier(4)

    def take(number):
        gate.wait()
        end = time.monotonic() + 30
        while len(taken) < len(names) and time.monotonic() < end:
            found = stores[number].take_job(f"server {number}", ("run",), LEASE)
            if found is not None:
                taken.append(found["id"])

    threads = [threading.Thread(target=take, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == names
    for store in stores:
        store.close()


def test_one_job_at_a_time_works_for_an_answer(url):
    first, second = store_of(url), store_of(url)
    assert added(first, "0" * 16, kind="claims", answer="0123456789ab")
    assert not added(second, "1" * 16, kind="claims", answer="0123456789ab")
    assert second.job_for("0123456789ab")["id"] == "0" * 16
    first.change_job("0" * 16, status="failed")
    assert added(second, "2" * 16, kind="claims", answer="0123456789ab")
    assert added(first, "3" * 16), "jobs for no answer do not stand in each other's way"
    assert added(first, "4" * 16)
    first.close()
    second.close()


def test_a_silent_server_loses_its_job_and_a_job_that_ends_every_server_is_given_up(url):
    store = store_of(url)
    added(store, "0" * 16)
    assert store.take_job("one", ("run",), LEASE)["attempts"] == 1
    assert store.take_job("two", ("run",), LEASE) is None, "one has just given a sign of life"
    store.change_job("0" * 16, seen=0.0)
    assert store.take_job("two", ("run",), LEASE)["attempts"] == 2
    assert store.beat("one", ["0" * 16]) == set()
    assert store.beat("two", ["0" * 16]) == {"0" * 16}
    assert not store.change_own("0" * 16, "one", status="done")
    store.change_job("0" * 16, seen=0.0, attempts=ATTEMPTS)
    store.give_up(LEASE, ATTEMPTS)
    assert store.job("0" * 16)["status"] == "interrupted"
    store.close()


# ------------------------------------------------------------------------------------------------------ two servers


def test_both_servers_see_what_either_does_and_each_job_runs_once(pair, until):
    before = {row["key"] for row in pair[0].get("/runs?limit=100")["rows"]}
    names = [pair[i % 2].begin(chain_job(0.2 + 0.1 * i)) for i in range(5)]
    for i, name in enumerate(names):
        other = pair[1 - i % 2]
        found = until(lambda name=name, other=other: other.job(name), ended)
        assert (found["status"], found["attempts"]) == ("done", 1), found
    first, second = (one.get("/runs?limit=100") for one in pair)
    assert first["rows"] == second["rows"]
    assert {row["key"] for row in first["rows"]} == before | {pair[0].job(name)["run"] for name in names}
    key = first["rows"][0]["key"]
    assert pair[0].client.get(f"/runs/{key}").content == pair[1].client.get(f"/runs/{key}").content


def test_two_who_ask_two_servers_for_one_answer_begin_one_job(pair):
    path = "/chain/levers?mineral=gallium&cut=0.5&set=levers%3Dstockpile&wait=0"
    found = [None, None]

    def ask(number):
        found[number] = pair[number].client.get(path)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.status_code for one in found] == [202, 202]
    assert found[0].headers["location"] == found[1].headers["location"]
    last = [one.client.get(f"{path[:-1]}60") for one in pair]
    assert last[0].status_code == 200
    assert (last[0].content, last[0].headers["etag"]) == (last[1].content, last[1].headers["etag"])


def running(two, until, asked=LONG):
    """A job that has begun, the server that runs it, and the other."""
    name = two[0].begin(asked)
    until(lambda: two[0].job(name), lambda job: job["status"] == "running" and job["done"] > 0)
    mine, other = (two[0], two[1]) if two[0].workers() else (two[1], two[0])
    assert mine.workers()
    assert not other.workers()
    return name, mine, other


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes of Linux")
def test_a_job_is_cancelled_through_the_other_server(pair, until):
    name, mine, other = running(pair, until)
    assert other.client.delete(f"/jobs/{name}").json()["status"] == "cancelled"
    until(mine.workers, lambda found: not found, 10.0)
    assert [one.job(name)["status"] for one in pair] == ["cancelled"] * 2
    assert mine.client.delete(f"/jobs/{name}").status_code == 409


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes of Linux")
def test_killed_in_the_middle_the_other_server_takes_the_job_up(two, until):
    name, mine, other = running(two, until, swept("0%..60%/12"))
    own = mine.workers()
    mine.end(signal.SIGKILL)
    until(lambda: own & {int(path.name) for path in Path("/proc").glob("[0-9]*")}, lambda left: not left, 10.0)
    begun = time.monotonic()
    found = until(lambda: other.job(name), lambda job: job["attempts"] == 2, LEASE + 10.0)
    assert time.monotonic() - begun > 1.0, "a living server would have lost its job as well"
    found = until(lambda: other.job(name), ended, 120.0)
    assert (found["status"], found["attempts"]) == ("done", 2)
    assert other.get(f"/runs/{found['run']}?table=headline&limit=500")["total"] >= 12


def test_a_stopped_server_hands_its_job_over_at_once_and_the_next_takes_up_what_a_killed_one_left(two, url, until):
    name, mine, other = running(two, until, swept("0%..60%/20"))
    mine.end()
    found = until(lambda: other.job(name), lambda job: job["status"] == "running" and other.workers(), LEASE - 5.0)
    assert found["attempts"] == 1
    until(lambda: other.job(name), lambda job: job["done"] > 0)
    other.end(signal.SIGKILL)
    third = Server(url, other.folder, until, program=(sys.executable, "-c", SOON))
    try:
        found = until(lambda: third.job(name), lambda job: job["status"] == "done", 120.0)
        assert found["attempts"] == 2
        assert third.get(f"/runs/{found['run']}")["key"] == found["run"]
    finally:
        third.end()


# ---------------------------------------------------------------------------------- a database that goes, and secrets


def test_a_database_that_is_away_for_a_moment_costs_no_job(url, cluster, tmp_path, until):
    server = Server(url, tmp_path / "server", until)
    try:
        name = server.begin(swept("0%..60%/6"))
        until(lambda: server.job(name), lambda job: job["done"] > 0)
        database = url.rsplit("/", 1)[1]
        thrown = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
        admin(cluster, f"ALTER DATABASE {database} WITH ALLOW_CONNECTIONS false", thrown)
        answers = [server.client.get("/runs") for _ in range(40) if not time.sleep(0.05)]
        assert {answer.status_code for answer in answers} <= {200, 503}, [one.text for one in answers]
        assert answers[-1].status_code == 503
        assert answers[-1].headers["content-type"] == "application/problem+json"
        assert answers[-1].json()["detail"] == "the database of this server does not answer; ask again"
        admin(cluster, f"ALTER DATABASE {database} WITH ALLOW_CONNECTIONS true")
        for _ in range(20):
            admin(cluster, thrown)
            answers += [server.client.get("/runs") for _ in range(3)]
        assert {answer.status_code for answer in answers} <= {200, 503}, [one.text for one in answers]
        found = until(
            lambda: server.client.get(f"/jobs/{name}"),
            lambda answer: answer.status_code == 200 and ended(answer.json()),
        )
        assert (found.json()["status"], found.json()["attempts"]) == ("done", 1)
        assert server.get(f"/runs/{found.json()['run']}")["tables"]
    finally:
        server.end()
    written = server.log.read_text()
    assert PASSWORD not in written
    assert "Traceback" not in written


def test_the_password_stands_in_no_message_and_no_list_of_processes(url, tmp_path, until):
    wrong = url.replace(PASSWORD, "wrong-" + PASSWORD)
    mistaken = f"postgresql://{USER}:{PASSWORD}@[x/name"
    for bad in (wrong, f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{free_port()}/none", f"{url}_missing", mistaken):
        with pytest.raises(InputError) as found:
            store_of(bad)
        assert PASSWORD not in str(found.value)
        assert found.value.__suppress_context__
    server = Server(url, tmp_path / "server", until)
    try:
        server.client.get("/runs/000000000000")
        name = server.begin(
            {
                "question": "chain run",
                "arguments": {"mineral": "gallium-germanium", "months": 3, "cut": 0.5, "draws": 0},
            }
        )
        until(lambda: server.job(name), lambda job: job["status"] == "running" or job["run"])
        for pid in {server.process.pid, *server.workers()}:
            assert PASSWORD.encode() not in (Path("/proc") / str(pid) / "cmdline").read_bytes()
        for pid in server.workers():
            with contextlib.suppress(OSError):
                assert PASSWORD.encode() not in (Path("/proc") / str(pid) / "environ").read_bytes()
        until(lambda: server.job(name), lambda job: job["status"] == "done")
        assert PASSWORD not in json.dumps(server.get("/jobs"))
    finally:
        server.end()
    written = [path for path in tmp_path.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]
    assert written == []
    assert PASSWORD not in repr(Settings(database=url))


def test_the_command_refuses_a_database_without_saying_its_password(url):
    command = [DETENTE, "serve", "--port", str(free_port()), "--case", ""]
    wrong = url.replace(PASSWORD, "wrong-" + PASSWORD)
    given = os.environ | {"DETENTE_DATABASE": wrong}
    found = subprocess.run(command, env=given, capture_output=True, text=True, timeout=60)
    assert found.returncode == 2
    assert "--database: is refused for its user or password" in found.stderr
    assert PASSWORD not in found.stdout + found.stderr
    assert "Traceback" not in found.stderr


OLD = (
    "CREATE TABLE runs (key VARCHAR(12) PRIMARY KEY, kind VARCHAR(16) NOT NULL, name TEXT NOT NULL,"
    " title TEXT NOT NULL, version VARCHAR(32) NOT NULL, created FLOAT NOT NULL, size INTEGER NOT NULL,"
    " document BYTEA NOT NULL)",
    "CREATE TABLE jobs (id VARCHAR(16) PRIMARY KEY, kind VARCHAR(16) NOT NULL, request TEXT NOT NULL,"
    " status VARCHAR(16) NOT NULL, part TEXT NOT NULL, done INTEGER NOT NULL, total INTEGER NOT NULL,"
    " created FLOAT NOT NULL, started FLOAT, finished FLOAT, attempts INTEGER NOT NULL, run VARCHAR(12),"
    " error TEXT NOT NULL)",
    "INSERT INTO jobs VALUES ('00000000000000aa', 'run', '{}', 'done', '', 1, 1, 5.0, 5.0, 6.0, 1, NULL, '')",
)
"""The store of the first version, with a job."""


def test_an_old_store_is_brought_forward_and_copied_by_the_tools_of_the_database(cluster, url, tmp_path):
    name = url.rsplit("/", 1)[1]
    admin(cluster, *OLD, database=name)
    document = {"key": "0123456789ab", "scenario": {"name": "a"}, "tables": {}, "version": "1"}
    store = store_of(url)
    with store.open() as open_:
        assert version_of(open_) == CURRENT
    assert store.job("00000000000000aa")["maker"] == ""
    store.save_run(document, "run")
    copy = tmp_path / "detente.dump"
    subprocess.run([programs() / "pg_dump", "-Fc", "-f", copy, url], check=True, timeout=60)
    store.delete_run(document["key"])
    assert store.prune(90) == (0, 1)
    assert store.counts() == {"runs": 0}
    store.close()
    subprocess.run([programs() / "pg_restore", "--clean", "--if-exists", "-d", url, copy], check=True, timeout=60)
    again = store_of(url)
    assert again.run(document["key"]) == document
    assert again.counts() == {"runs": 1, "done": 1}
    again.close()
    admin(cluster, f"INSERT INTO schema_version VALUES ({CURRENT + 1}, 1.0)", database=name)
    with pytest.raises(InputError, match="newer than this program"):
        store_of(url)
