"""A file fetched from a server on this machine: whole and of its hash, resumed where it broke, or refused."""

import hashlib
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from detente.codes import InputError, MissingData
from detente.data.fetching import Patience, fetch

BODY = bytes(range(256)) * 400
HASH = hashlib.sha256(BODY).hexdigest()


class Recorded(BaseHTTPRequestHandler):
    """Answers as they are recorded, by path; what was asked is kept."""

    answers: ClassVar[dict[str, Callable]] = {}
    requests: ClassVar[list[tuple[str, str]]] = []

    def do_GET(self):
        self.requests.append((self.path, self.headers.get("Range", "")))
        self.answers[self.path](self)

    def log_message(self, *args):
        pass

    def give(self, code, body=b"", length=None, **headers):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorded)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def answers():
    Recorded.answers.clear()
    Recorded.requests.clear()
    return Recorded.answers


@pytest.fixture
def waits():
    return []


@pytest.fixture
def patience(waits):
    return Patience(answer=30.0, tries=3, longest=60.0, sleep=waits.append)


def in_turn(*givers):
    """One answer after another; the last again and again."""
    left = list(givers)
    return lambda handler: (left.pop(0) if len(left) > 1 else left[0])(handler)


def test_a_file_comes_whole_and_of_its_hash(server, answers, tmp_path, patience):
    answers["/a.csv"] = lambda h: h.give(200, BODY, ETag='"1"')
    file = fetch(f"{server}/a.csv", tmp_path / "in" / "a.csv", sha256=HASH.upper(), patience=patience)
    assert (file.path.read_bytes(), file.sha256, file.size, file.resumed) == (BODY, HASH, len(BODY), 0)
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["a.csv"]


def test_another_hash_keeps_nothing_and_leaves_what_was(server, answers, tmp_path, patience):
    answers["/a.csv"] = lambda h: h.give(200, BODY)
    (tmp_path / "a.csv").write_text("before")
    with pytest.raises(MissingData, match=r"the publisher has changed it, or it is damaged\. Nothing was kept"):
        fetch(f"{server}/a.csv", tmp_path / "a.csv", sha256="0" * 64, patience=patience)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.csv", "before")]


def broken(handler):
    handler.give(200, BODY[:50_000], length=len(BODY), ETag='"1"')
    handler.close_connection = True


def rest(handler):
    start = int(handler.headers["Range"].removeprefix("bytes=").rstrip("-"))
    assert handler.headers["If-Range"] == '"1"'
    span = f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"
    handler.give(206, BODY[start:], ETag='"1"', Content_Range=span)


def test_a_transfer_that_breaks_off_goes_on_where_it_broke(server, answers, tmp_path, patience):
    answers["/a.csv"] = in_turn(broken, rest)
    file = fetch(f"{server}/a.csv", tmp_path / "a.csv", sha256=HASH, patience=patience)
    assert (file.path.read_bytes(), file.resumed) == (BODY, 1)
    assert Recorded.requests == [("/a.csv", ""), ("/a.csv", "bytes=50000-")]


def test_another_call_goes_on_from_what_came(server, answers, tmp_path, patience):
    answers["/a.csv"] = broken
    hasty = Patience(answer=30.0, tries=1, sleep=patience.sleep)
    with pytest.raises(MissingData, match=r"breaks off in the middle of the file; .* 50,000 bytes"):
        fetch(f"{server}/a.csv", tmp_path / "a.csv", patience=hasty)
    assert not (tmp_path / "a.csv").exists()
    answers["/a.csv"] = rest
    assert fetch(f"{server}/a.csv", tmp_path / "a.csv", sha256=HASH, patience=hasty).resumed == 1


def test_a_file_that_changed_since_it_broke_comes_anew(server, answers, tmp_path, patience):
    new = BODY[::-1]
    answers["/a.csv"] = in_turn(broken, lambda h: h.give(200, new, ETag='"2"'))
    assert fetch(f"{server}/a.csv", tmp_path / "a.csv", patience=patience).path.read_bytes() == new


def test_a_busy_server_is_waited_for_as_it_asks(server, answers, tmp_path, patience, waits):
    answers["/a.csv"] = in_turn(lambda h: h.give(429, Retry_After="7"), lambda h: h.give(200, BODY))
    fetch(f"{server}/a.csv", tmp_path / "a.csv", patience=patience)
    assert waits == [7.0]
    answers["/a.csv"] = lambda h: h.give(503, Retry_After="3600")
    with pytest.raises(MissingData, match="is busy and asks to wait 3,600 seconds; try again then"):
        fetch(f"{server}/a.csv", tmp_path / "b.csv", patience=patience)


def test_an_error_of_the_server_is_tried_again_and_said(server, answers, tmp_path, patience, waits):
    answers["/a.csv"] = lambda h: h.give(500)
    with pytest.raises(MissingData, match="answers 500, 3 times"):
        fetch(f"{server}/a.csv", tmp_path / "a.csv", patience=patience)
    assert waits == [1.0, 2.0]


@pytest.mark.parametrize(("code", "hint"), [(404, "has no such file"), (401, "wants a key"), (410, "answer 410")])
def test_an_answer_that_stays_is_asked_for_once(server, answers, tmp_path, patience, code, hint):
    answers["/a.csv"] = lambda h: h.give(code)
    with pytest.raises(MissingData, match=hint):
        fetch(f"{server}/a.csv", tmp_path / "a.csv", patience=patience)
    assert len(Recorded.requests) == 1


def test_a_server_that_does_not_answer_ends_in_time(server, answers, tmp_path):
    over = threading.Event()
    answers["/a.csv"] = lambda h: over.wait(5)
    try:
        with pytest.raises(MissingData, match=r"does not answer within 0\.1 seconds;"):
            fetch(f"{server}/a.csv", tmp_path / "a.csv", patience=Patience(answer=0.1, tries=1))
    finally:
        over.set()


def test_a_redirect_is_followed_within_the_host_alone(server, answers, tmp_path, patience):
    answers["/a.csv"] = lambda h: h.give(302, Location="/b.csv")
    answers["/b.csv"] = lambda h: h.give(200, BODY)
    assert fetch(f"{server}/a.csv", tmp_path / "a.csv", patience=patience).sha256 == HASH
    answers["/a.csv"] = lambda h: h.give(302, Location="https://elsewhere.example/b.csv")
    with pytest.raises(InputError, match=r"sends on to another host, https://elsewhere\.example"):
        fetch(f"{server}/a.csv", tmp_path / "c.csv", patience=patience)


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("http://example.org/a.csv", "is not https"),
        ("ftp://example.org/a.csv", "is no address of a file"),
        ("file:///etc/passwd", "is no address of a file"),
        ("https://me:secret@example.org/a.csv", "with a password in it"),
    ],
)
def test_addresses_that_are_not_fetched_from(tmp_path, address, hint):
    with pytest.raises(InputError, match=hint) as refused:
        fetch(address, tmp_path / "a.csv")
    assert "secret" not in str(refused.value)


def test_nobody_there(tmp_path, patience):
    with pytest.raises(MissingData, match="cannot be reached"):
        fetch("http://127.0.0.1:9/a.csv", tmp_path / "a.csv", patience=patience)
