"""The page about the server says what happens: its addresses answer, its client runs."""

import re
import shlex
import socket
import threading
import time

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")

import uvicorn

from detente.faces.web.app import create_app
from detente.faces.web.settings import Settings

HERE = "http://127.0.0.1:8765"


@pytest.fixture(scope="module")
def page(request):
    return (request.config.rootpath / "docs" / "server.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A real server on loopback, in this process."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    app = create_app(Settings(port=port, data_folder=tmp_path_factory.mktemp("server"), rate=0.0, ahead=False))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
        assert thread.is_alive()
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


def test_the_client_of_the_page_runs(page, address, capsys):
    program = re.search(r"^```py\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[1]
    assert len([line for line in program.splitlines() if line.strip()]) <= 10
    exec(compile(program.replace(HERE, address), "server.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert all("Real income" in line for line in lines)


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
