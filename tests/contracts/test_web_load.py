"""A server under load: it says that it lives, tells who comes too late to come again, and works for nobody who left."""

import asyncio
import json
import time

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from detente.faces.web.security import THREADS, WAITING, Guard
from detente.faces.web.settings import Settings


class Slow:
    """An application each of whose answers holds a thread for a while."""

    def __init__(self, seconds):
        self.seconds, self.done = seconds, 0

    async def __call__(self, scope, receive, send):
        await run_in_threadpool(self._work)
        await Response("done")(scope, receive, send)

    def _work(self):
        time.sleep(self.seconds)
        self.done += 1


async def asked(app, path, gone=None):
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


def guard(tmp_path, app):
    return Guard(app, Settings(data_folder=tmp_path, rate=0.0))


def test_health_is_told_at_once_and_who_is_too_much_is_told_to_come_again(tmp_path):
    slow = Slow(0.4)
    app = guard(tmp_path, slow)

    async def crowd():
        crowd = [asyncio.create_task(asked(app, f"/deal/live/{n}")) for n in range(THREADS + WAITING + 20)]
        await asyncio.sleep(0.1)
        late = await asked(app, "/deal/live")
        return await asked(app, "/healthz"), late, await asyncio.gather(*crowd)

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
    app = guard(tmp_path, slow)

    async def leave():
        gone = asyncio.Event()
        crowd = [asyncio.create_task(asked(app, "/deal/live", gone)) for _ in range(THREADS + 12)]
        await asyncio.sleep(0.1)
        gone.set()
        await asyncio.gather(*crowd)
        return await asked(app, "/deal/live")

    assert asyncio.run(leave())[0] == 200
    assert slow.done == THREADS + 1


def test_a_database_that_does_not_answer_holds_no_health_check(tmp_path, monkeypatch):
    class Away:
        def answers(self):
            time.sleep(1.0)

    monkeypatch.setattr("detente.faces.web.security.LOOK", 0.2)
    app = Guard(Slow(0.0), Settings(data_folder=tmp_path, rate=0.0), Away())
    status, _, _, seconds = asyncio.run(asked(app, "/healthz"))
    assert status == 503
    assert seconds < 0.9
