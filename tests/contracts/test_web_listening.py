"""Connections that begin and do not end: they are closed in time, and stop nobody meanwhile."""

import socket
import threading
import time
from contextlib import ExitStack, contextmanager, suppress

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")

import uvicorn

from detente.codes import InputError
from detente.faces.web.app import create_app
from detente.faces.web.listening import config_of
from detente.faces.web.settings import Settings

STATUS = b"GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
HALF = b"GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
POST = (
    b"POST /api/v1/data/list HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Content-Length: 5000\r\n\r\n{"
)


@contextmanager
def serving(folder, **more):
    """The address of a server with the limits of `detente serve`, in this process."""
    settings = Settings(port=8765, data_folder=folder, rate=0.0, case="", **more)
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


def test_a_connection_that_says_nothing_is_closed_without_a_word(quick):
    answer, seconds = said(quick, b"")
    assert answer == b""
    assert seconds < 10.0


def test_a_body_that_does_not_come_is_closed_in_time(quick):
    answer, seconds = said(quick, POST)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert 0.8 < seconds < 10.0


def test_a_second_request_that_is_only_begun_is_closed_too(quick):
    with socket.create_connection(quick, timeout=10) as one:
        one.sendall(STATUS.replace(b"Connection: close\r\n", b""))
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
        time.sleep(2.5)
        assert said(quick, STATUS)[0].startswith(b"HTTP/1.1 200 ")
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
            answer, seconds = said(place, STATUS)
            assert answer.startswith(b"HTTP/1.1 200 ")
            assert seconds < 10.0


def test_the_one_that_goes_is_of_the_address_with_most_and_the_oldest():
    from types import SimpleNamespace

    from detente.faces.web.listening import _make_room

    def one(address, since, idle=True):
        gone = []
        transport = SimpleNamespace(is_closing=lambda: False, abort=lambda: gone.append(1))
        return SimpleNamespace(address=address, since=since, idle=idle, transport=transport, gone=gone)

    held = [one("b", 1.0), one("a", 2.0), one("a", 0.5, idle=False), one("a", 3.0)]
    _make_room(held)
    assert [len(each.gone) for each in held] == [0, 1, 0, 0]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ({"connections": 0}, "--connections"), ({"head_seconds": 0.0}, "--header-timeout"),
        ({"body_seconds": float("nan")}, "--body-timeout"),
    ],
)  # fmt: skip
def test_limits_that_are_none_are_refused(words, name):
    with pytest.raises(InputError, match=name):
        Settings(**words).checked()
