"""Servers in processes of their own, and a cluster of PostgreSQL that is thrown away, for tests of what they share."""

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

HOME = "/api/v1"
SMALL = {
    "title": "small", "on": "2025-05-14", "record": {"history": False},
    "report": {"world": False, "prices": False, "talks": False, "draws": 0, "by": ["partner"]},
}  # fmt: skip
"""A scenario that is run in a moment."""

DOCUMENT = {
    "key": "0123456789ab", "version": "1", "scenario": {"name": "é", "title": "A result", "on": "2025-05-14"},
    "sentences": [], "tables": {}, "about": {}, "checks": [], "assumptions": [], "vintages": {}, "record": {},
}  # fmt: skip
"""A run as it is kept."""

RUN = {"question": "run", "arguments": {"scenario": SMALL, "draws": 0}}


def swept(rates):
    """A sweep over one rate, as a job: parts of one point each."""
    return {"question": "sweep", "arguments": {"scenario": SMALL, "over": {"usa.change.rec_chn.rate": rates}}}


def cut(share, mineral="gallium-germanium"):
    """A short run of a chain, as a job."""
    return {"question": "chain run", "arguments": {"mineral": mineral, "months": 3, "cut": share, "draws": 0}}


LONG = swept("0%..60%/60")
"""So long that it runs until it is ended."""

SOON = (
    "import detente.faces.web.work.jobs as jobs; jobs.LEASE = 3.0; "
    "import sys; sys.argv[0] = 'detente'; from detente.faces.cli import main; main()"
)
"""The command, for a server that takes up what has given no sign of life for three seconds."""

DETENTE = str(Path(sys.executable).with_name("detente"))
USER, PASSWORD = "detente", "not-for-any-log-7f3a"


def until(look, holds=bool, seconds=90.0, pause=0.03):
    """Look again until what is seen holds; what was seen last. Fails after a while."""
    end = time.monotonic() + seconds
    while not holds(found := look()):
        assert time.monotonic() < end, found
        time.sleep(pause)
    return found


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def children(parent=None):
    """Processes of jobs that are alive and were started by a process, by this one where none is named."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            rest = path.read_text().rsplit(")", 1)[1].split()
            worker = b"web.work.worker" in (path.parent / "cmdline").read_bytes()
            if worker and int(rest[1]) == (parent or os.getpid()) and rest[0] != "Z":
                found.add(int(path.parent.name))
    return found


def alive(processes):
    """Which of some processes are there."""
    return processes & {int(path.name) for path in Path("/proc").glob("[0-9]*")}


def ended(client, name, where=HOME):
    """A job once it has ended: its events are followed, nobody looks again and again."""
    with client.stream("GET", f"{where}/jobs/{name}/events") as told:
        told.read()
    return client.get(f"{where}/jobs/{name}").json()


class Here:
    """What stands in the place of a worker's process: it works in this one, where answers are kept for all faces."""

    returncode = 0

    def __init__(self, _folder):
        self.stdin, self.stdout, self.task = self, self, {}

    def write(self, text):
        self.task = json.loads(text)

    def __iter__(self):
        from detente.faces.web.work import worker

        told = []
        worker.answered(self.task, lambda **content: told.append(json.dumps(content)))
        return iter(told)

    def flush(self):
        """Nothing is held back."""

    wait = close = flush


class Server:
    """A server in a process of its own; with a database in its folder where no other is named."""

    def __init__(self, folder, url="", program=(DETENTE,)):
        import httpx

        port = free_port()
        self.folder, self.log = folder, folder / "log.txt"
        folder.mkdir(exist_ok=True)
        command = [*program, "serve", "--port", str(port), "--data", str(folder), "--case", "", "--no-ahead"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=os.environ | {"DETENTE_DATABASE": url}, stdout=log, stderr=log)
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}{HOME}", timeout=60)
        until(self.up)

    def up(self):
        import httpx

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
        return children(self.process.pid)

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(30)
        self.client.close()


@contextlib.contextmanager
def two_servers(url, folder):
    """Two servers that share one database, started at once while it is empty."""
    found = [None, None]

    def start(number):
        found[number] = Server(folder / f"server {number}", url)

    together(start, 2)
    try:
        yield found
    finally:
        for one in found:
            if one is not None and one.process.poll() is None:
                one.end()


def together(work, count):
    """Have some threads do something at once."""
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Cluster:
    """A cluster of PostgreSQL of its own."""

    def __init__(self):
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
        on_path = shutil.which("initdb")
        if not found and not on_path:
            pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
        if os.geteuid() == 0 and shutil.which("setpriv") is None:
            pytest.skip("root cannot run PostgreSQL, and setpriv is not there to become another")
        self.programs, self.port = (found[-1] if found else Path(on_path)).parent, free_port()
        self.folder = folder = Path(tempfile.mkdtemp(prefix="detente-postgres-"))
        (folder / "password").write_text(PASSWORD)
        (folder / "password").chmod(0o644)
        made = ["-D", f"{folder}/data", "-U", USER, "-A", "scram-sha-256", f"--pwfile={folder / 'password'}", "-N"]
        subprocess.run(self.command("initdb", *made), check=True, capture_output=True, cwd=folder)
        run = ["-D", f"{folder}/data", "-h", "127.0.0.1", "-p", str(self.port), "-k", str(folder), "-F"]
        self.process = subprocess.Popen(self.command("postgres", *run), stderr=subprocess.DEVNULL, cwd=folder)
        until(self.answers, seconds=30.0)

    def command(self, program, *words):
        """A command as somebody who may run PostgreSQL: it refuses root."""
        command = [str(self.programs / program), *words]
        if os.geteuid() != 0:
            return command
        shutil.chown(self.folder, "postgres", "postgres")
        return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", *command]

    def admin(self, *lines, database="postgres"):
        """What the last of some statements gives."""
        import pg8000.native as pg

        place = {"host": "127.0.0.1", "port": self.port, "password": PASSWORD}
        with contextlib.closing(pg.Connection(USER, database=database, **place)) as open_:
            return [open_.run(line) for line in lines][-1]

    def answers(self):
        with contextlib.suppress(Exception):
            return bool(self.admin("SELECT 1"))

    def created(self):
        """Address of an empty database."""
        name = f"t{secrets.token_hex(6)}"
        self.admin(f"CREATE DATABASE {name}")
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{name}"

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)
