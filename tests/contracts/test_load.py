"""A server at work: under load, on a full disk, over its memory, with connections that do not end; and its page."""

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
pytest.importorskip("sqlalchemy")

import asyncio
import errno
import inspect
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import uvicorn
from sqlalchemy import event
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.testclient import TestClient

from detente.codes import InputError
from detente.data import limits as memory
from detente.data.importers import importer
from detente.data.limits import MEMORY, Memory, forget, memoized, resident
from detente.data.worlds import load_economy
from detente.faces.web.app import create_app
from detente.faces.web.listening import _make_room, config_of
from detente.faces.web.problems import unwritable
from detente.faces.web.security import THREADS, WAITING, Guard
from detente.faces.web.settings import Settings
from detente.faces.web.traffic import size_of
from serving import cut

METRICS = "another that is long enough"
HTML = {"accept": "text/html"}


def app_of(folder, **more):
    return create_app(Settings(data_folder=folder, rate=0.0, case="", ahead=False, **more))


HOME = "/api/v1"
FULL = "the disk of this server is full"


@pytest.fixture
def disk(tmp_path):
    return app_of(tmp_path)


def narrow(app, pragma):
    """Let the database take no more: a real answer of SQLite, for what a full or read-only disk would do."""
    engine = app.state.store.engine
    engine.dispose()
    event.listen(engine, "connect", lambda connection, _record: connection.execute(pragma))


def full(app):
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
    assert (unwritable(inner), unwritable(OSError(errno.ENOENT, "no such file"))) == (words, "")


def test_a_full_disk_is_named_by_call_and_page(disk):
    full(disk)
    client = TestClient(disk, raise_server_exceptions=False)
    codes = []
    for number in range(40):
        found = client.post(f"{HOME}/jobs", json=cut(0.5 + number / 100))
        codes.append(found.status_code)
        if found.status_code != 202:
            break
    assert codes[-1] == 507, found.text
    assert found.headers["content-type"] == "application/problem+json"
    assert found.json()["title"] == "Nothing can be saved"
    assert found.json()["detail"].startswith(FULL)
    shown = client.post(f"{HOME}/jobs", json=cut(0.95), headers=HTML)
    assert (shown.status_code, shown.headers["content-type"]) == (507, "text/html; charset=utf-8")
    assert "The disk of this server is full" in shown.text
    assert client.get(f"{HOME}/runs").json()["total"] == 1


def test_a_read_only_database_is_named_and_what_is_there_is_still_shown(disk):
    client = TestClient(disk, raise_server_exceptions=False)
    disk.state.store.save_run({"key": "0123456789ab"}, "run")
    narrow(disk, "PRAGMA query_only = ON")
    found = client.post(f"{HOME}/jobs", json=cut(0.5))
    assert found.status_code == 507
    assert "the database of this server is read-only" in found.json()["detail"]
    assert (client.get(f"{HOME}/runs/0123456789ab").status_code, client.get("/runs").status_code) == (200, 200)


def test_a_file_that_a_call_cannot_write_is_no_internal_error(disk):
    @disk.get("/writes")
    def writes() -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), "/secret/path")

    client = TestClient(disk, raise_server_exceptions=False)
    found = client.get("/writes")
    assert (found.status_code, "is read-only" in found.json()["detail"], "secret" in found.text) == (507, True, False)
    assert "is read-only" in client.get("/writes", headers=HTML).text


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


@memoized
def large(number):
    # More than the 32 MiB up to which the C library may keep for itself what was freed.
    return np.full(5_000_000, float(number))


def kept():
    """Numbers of which `large` is kept."""
    return sorted(key[1][0] for part in memory._KEPT for key in part if key[0] is large.__wrapped__)


@pytest.fixture
def hundreds():
    """Some hundred megabytes that are kept, and nothing beside them that tests before have left."""
    forget()
    for number in range(10):
        large(number)
    yield
    forget(large)


MEASURED = """
before = resident()
calm = Memory(budget=2 * before)
calm.trim()
below = calm.over, calm.emptied, kept()
tight = Memory(budget=before - 100_000_000)
over = tight.over
tight.trim()
print(json.dumps([below, (over, tight.over, tight.emptied, kept()), before - resident()]))
"""


@pytest.mark.skipif(not resident(), reason="the system does not say what a process holds")
def test_what_is_kept_is_let_go_over_the_budget_and_not_below_it():
    """In a process of its own: here other tests and threads move memory meanwhile."""
    heads = "import json", "import numpy as np", "from detente.data import limits as memory"
    names = "from detente.data.limits import Memory, memoized, resident"
    filled = "for number in range(10): large(number)"
    program = "\n".join(
        (*heads, names, inspect.getsource(large.__wrapped__), inspect.getsource(kept), filled, MEASURED)
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    below, above, given_back = json.loads(done.stdout)
    assert below == [False, 0, [*range(10)]]
    assert above == [True, False, 1, []]
    assert given_back > 250_000_000


def test_a_process_that_stays_above_is_not_emptied_again_and_again(hundreds, monkeypatch):
    monkeypatch.setattr(memory, "resident", lambda: 1000)
    tight = Memory(budget=10)
    tight.trim()
    tight.trim()
    assert tight.emptied == 1
    monkeypatch.setattr(memory, "resident", lambda: 1300)
    tight.trim()
    assert tight.emptied == 2


def test_what_was_used_since_the_last_time_stays_where_the_rest_is_enough(hundreds, monkeypatch):
    tight, held = Memory(budget=1000), iter([2000, 500, 500, 2000, 500, 500])
    monkeypatch.setattr(memory, "resident", lambda: next(held))
    tight.trim()
    third = large(3)
    tight.trim()
    assert (tight.emptied, kept()) == (2, [3])
    assert large(3) is third


def test_results_are_kept_by_all_arguments_and_made_while_memory_is_short_too(monkeypatch):
    made = []
    twice = memoized(lambda *args, **named: made.append((args, named)))
    for _ in range(2):
        twice(1), twice(1, 2), twice(1, a=2), twice(a=1)
    assert len(made) == 4
    monkeypatch.setattr(memory, "resident", lambda: 10 * MEMORY.budget)
    monkeypatch.setattr(MEMORY, "_next", 0.0)
    assert twice(3) is twice(3) is None
    assert len(made) == 5
    forget(twice)
    twice(3)
    assert len(made) == 6


def test_what_is_still_in_use_is_one_object_whatever_was_let_go(monkeypatch):
    """Else a law of the lawbooks would be called changed, and a model read twice, after memory was short once."""
    law, world = importer("USA").law, load_economy("icio-2022-small", elasticities="fontagne")
    of_day = memoized(lambda day: Settings(data_folder=day))
    held = of_day("a")
    monkeypatch.setattr(memory, "resident", lambda: 10 * MEMORY.budget)
    monkeypatch.setattr(MEMORY, "_next", 0.0)
    MEMORY.trim()
    assert importer("USA").law is law
    assert load_economy("icio-2022-small", elasticities="fontagne") is world
    assert of_day("a") is held
    forget(of_day)
    assert of_day("a") is not held


def test_sizes_of_memory_are_read():
    assert [size_of(text) for text in ("1500M", "2G", "1.5 GB")] == [1_500_000_000, 2_000_000_000, 1_500_000_000]
    for text in ("", "much", "-1G", "100M", "5"):
        with pytest.raises(InputError, match="--memory"):
            size_of(text)


def test_measurements_have_the_memory_and_its_budget(tmp_path, monkeypatch):
    monkeypatch.setattr(MEMORY, "budget", MEMORY.budget)
    settings = Settings(data_folder=tmp_path, rate=0.0, case="", metrics=METRICS, memory=700_000_000)
    with TestClient(create_app(settings)) as client:
        text = client.get("/metrics", headers={"authorization": f"Bearer {METRICS}"}).text
    found = dict(re.findall(r"^detente_(\w+)\{worker=\S+\} (\S+)$", text, re.MULTILINE))
    assert float(found["memory_budget_bytes"]) == 7e8
    assert float(found["memory_bytes"]) > 5e7
    assert float(found["caches_emptied_total"]) == MEMORY.emptied


class Slow:
    """An application each of whose answers holds a thread for a while, or until it is let go."""

    def __init__(self, seconds):
        self.seconds, self.done, self.let_go = seconds, 0, threading.Event()

    async def __call__(self, scope, receive, send):
        await run_in_threadpool(self._work)
        await Response("done")(scope, receive, send)

    def _work(self):
        self.let_go.wait(self.seconds)
        self.done += 1


async def sent(app, path, gone=None):
    """Status, headers, body and seconds of a request; `gone` is set once its client has left."""
    begun, said = time.monotonic(), []
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(b"host", b"127.0.0.1")], "client": ("127.0.0.1", 1), "scheme": "http",
    }  # fmt: skip
    told = []

    async def receive():
        if not told:
            told.append(True)
            return {"type": "http.request", "body": b"", "more_body": False}
        await (gone or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    async def send(message):
        said.append(message)

    await app(scope, receive, send)
    if not said:
        return 0, {}, b"", time.monotonic() - begun
    headers = {name.decode(): value.decode() for name, value in said[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in said[1:])
    return said[0]["status"], headers, body, time.monotonic() - begun


def behind(tmp_path, app):
    return Guard(app, Settings(data_folder=tmp_path, rate=0.0))


def test_health_is_told_at_once_and_who_is_too_much_is_told_to_come_again(tmp_path):
    slow = Slow(60.0)
    app = behind(tmp_path, slow)

    async def crowd():
        crowd = [asyncio.create_task(sent(app, f"/deal/live/{n}")) for n in range(THREADS + WAITING + 20)]
        while len(app.unanswered) < THREADS + WAITING:
            await asyncio.sleep(0.01)
        late = await sent(app, "/deal/live")
        well = [await sent(app, "/healthz") for _ in range(3)]
        slow.let_go.set()
        return min(well, key=lambda answer: answer[3]), late, await asyncio.gather(*crowd)

    (status, _, body, seconds), (late, headers, words, _), answers = asyncio.run(crowd())
    assert (status, json.loads(body)) == (200, {"status": "ok"})
    assert seconds < 0.3
    assert (late, headers["retry-after"]) == (503, "5")
    assert "requests wait already" in json.loads(words)["detail"]
    statuses = [answer[0] for answer in answers]
    assert statuses.count(200) == slow.done >= WAITING
    assert set(statuses) == {200, 503}


def test_nothing_is_worked_out_for_who_has_left(tmp_path):
    slow = Slow(0.3)
    app = behind(tmp_path, slow)

    async def leave():
        gone = asyncio.Event()
        crowd = [asyncio.create_task(sent(app, "/deal/live", gone)) for _ in range(THREADS + 12)]
        await asyncio.sleep(0.1)
        gone.set()
        await asyncio.gather(*crowd)
        return await sent(app, "/deal/live")

    assert (asyncio.run(leave())[0], slow.done) == (200, THREADS + 1)


def test_a_database_that_does_not_answer_holds_no_health_check(tmp_path, monkeypatch):
    class Away:
        def answers(self):
            time.sleep(1.0)

    monkeypatch.setattr("detente.faces.web.security.LOOK", 0.2)
    app = Guard(Slow(0.0), Settings(data_folder=tmp_path, rate=0.0), Away())
    status, _, _, seconds = asyncio.run(sent(app, "/healthz"))
    assert status == 503
    assert seconds < 0.9


ASKED = b"GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
HALF = b"GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
POST = (
    b"POST /api/v1/data/list HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Content-Length: 5000\r\n\r\n{"
)


@contextmanager
def serving(folder, **more):
    """The address of a server with the limits of `detente serve`, in this process."""
    settings = Settings(**{"port": 8765, "data_folder": folder, "rate": 0.0, "case": "", **more})
    server = uvicorn.Server(config_of(create_app(settings), settings, port=0))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
        assert thread.is_alive()
    yield server.servers[0].sockets[0].getsockname()
    server.should_exit = True
    thread.join(20)


def said(place, words, most=10.0):
    """All that a server answers to some bytes until it closes, and after how many seconds."""
    with socket.create_connection(place, timeout=most) as one:
        begun = time.monotonic()
        one.sendall(words)
        return rest(one), time.monotonic() - begun


def rest(one):
    """What comes until the other side closes."""
    found = b""
    try:
        while piece := one.recv(65536):
            found += piece
    except ConnectionResetError:
        pass
    return found


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """A server that waits half a second for heads and a second for bodies, with room for twenty."""
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, head_seconds=0.5, body_seconds=1.0, connections=20) as place:
        yield place


def test_a_head_that_does_not_end_is_closed_in_time_however_it_drips(quick):
    answer, seconds = said(quick, HALF)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert answer.endswith(b"The request did not come in time.\n")
    assert 0.4 < seconds < 10.0
    with socket.create_connection(quick, timeout=10) as one:
        begun = time.monotonic()
        one.sendall(HALF)
        with suppress(BrokenPipeError, ConnectionResetError):
            while time.monotonic() - begun < 15.0:
                one.sendall(b"x")
                time.sleep(0.1)
        assert time.monotonic() - begun < 12.0


def test_a_connection_without_a_word_a_body_and_half_a_request_are_closed_in_time(quick):
    answer, seconds = said(quick, b"")
    assert answer == b""
    assert seconds < 10.0
    answer, seconds = said(quick, POST)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert 0.8 < seconds < 10.0
    with socket.create_connection(quick, timeout=10) as one:
        one.sendall(ASKED.replace(b"Connection: close\r\n", b""))
        assert one.recv(65536).startswith(b"HTTP/1.1 200 ")
        begun = time.monotonic()
        one.sendall(HALF)
        rest(one)
        assert time.monotonic() - begun < 10.0


def test_an_answer_that_nobody_reads_is_given_up(quick):
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.settimeout(20)
        one.connect(quick)
        ask = b"GET /static/vega.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        one.sendall(ask * 20)
        time.sleep(6)
        assert said(quick, ASKED)[0].startswith(b"HTTP/1.1 200 ")
        whole = rest(one)
    # What lay in the buffers of both systems came; the rest of twenty scripts did not.
    assert whole.count(b"HTTP/1.1 200 ") < 20


def test_half_open_connections_stop_nobody(tmp_path):
    """Three times as many as there is room for, and none of them has come to its deadline."""
    with serving(tmp_path, connections=20) as place, ExitStack() as held:
        for number in range(60):
            one = held.enter_context(socket.create_connection(place, timeout=10))
            one.sendall(HALF if number % 2 else POST)
        for _ in range(5):
            answer, seconds = said(place, ASKED)
            assert answer.startswith(b"HTTP/1.1 200 ")
            assert seconds < 10.0


def test_the_one_that_goes_is_of_the_address_with_most_and_the_oldest():
    def one(address, since, idle=True):
        gone = []
        transport = SimpleNamespace(is_closing=lambda: False, abort=lambda: gone.append(1))
        return SimpleNamespace(address=address, since=since, idle=idle, transport=transport, gone=gone)

    held = [one("b", 1.0), one("a", 2.0), one("a", 0.5, idle=False), one("a", 3.0)]
    _make_room(held)
    assert [len(each.gone) for each in held] == [0, 1, 0, 0]


HERE = "http://127.0.0.1:8765"


@pytest.fixture(scope="module")
def page(request):
    return (request.config.rootpath / "docs" / "server.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A real server on loopback, in this process."""
    settings = {"ahead": False, "case": "us-china-2025-05", "patience": 300.0}
    with serving(tmp_path_factory.mktemp("server"), **settings) as (host, port):
        yield f"http://{host}:{port}"


@pytest.mark.sampled(5, also="docs/server.md")
def test_the_client_of_the_page_runs(page, address, capsys):
    program = re.search(r"^```py\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[1]
    assert len([line for line in program.splitlines() if line.strip()]) <= 10
    exec(compile(program.replace(HERE, address), "server.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert all("Real income" in line for line in lines)


@pytest.mark.sampled(5, also="docs/server.md")
def test_every_command_of_the_page_is_answered(page, address):
    httpx = pytest.importorskip("httpx")
    commands = re.findall(r"^curl ((?:[^\n\\]|\\\n)*)$", page, re.MULTILINE)
    assert len(commands) >= 10
    for command in commands:
        words = shlex.split(command.replace("\\\n", " "))
        if any("/jobs/ID" in word for word in words):
            continue
        url = next(word for word in words if word.startswith(HERE))
        body = words[words.index("-d") + 1] if "-d" in words else None
        method = words[words.index("-X") + 1] if "-X" in words else "GET"
        headers = {"content-type": "application/json"} if body else {}
        found = httpx.request(method, url.replace(HERE, address), content=body, headers=headers, timeout=60)
        assert found.status_code < 300, (command, found.text[:200])


def test_every_key_of_an_address_is_named_on_the_page(page):
    from detente.lab.deal.levers import FRAME, MORE

    assert not [key for key in (*FRAME, *MORE) if f"{key}=" not in page and f"`{key}`" not in page]
