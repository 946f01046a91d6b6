"""Tools for assistants over standard input and over HTTP: the same answers, and only who may gets them."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time

import pytest

pytest.importorskip("mcp", reason="the mcp extra is not installed")

import anyio
import httpx
import uvicorn
from mcp import Client, StdioServerParameters
from starlette.testclient import TestClient

from detente.faces.mcp.desk import Desk
from detente.faces.mcp.server import guarded, served
from detente.faces.mcp.tools import TOOLS
from detente.faces.web.app import create_app
from detente.faces.web.listening import config_of
from detente.faces.web.settings import Settings

TOKEN = "a-token-of-some-length"
GOOD = {"line": "8507.60.00.20", "partner": "China", "on": "2025-05-14"}
BAD = GOOD | {"partner": "Chnia"}
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
JSON = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


async def tried(client):
    """What a client sees of the list, of a good call and of a bad one."""
    tools = [tool.name for tool in (await client.list_tools()).tools]
    good, bad = await client.call_tool("rate", GOOD), await client.call_tool("rate", BAD)
    text = (await client.read_resource("detente://glossary")).contents[0].text
    return tools, good, bad, text


def check(seen):
    tools, good, bad, text = seen
    assert tools == [tool.name for tool in TOOLS]
    assert not good.is_error
    assert good.structured_content["number"]["value"] == pytest.approx(0.409)
    assert bad.is_error
    assert "did you mean 'China'" in bad.content[0].text
    assert "customs value" in text


@contextlib.contextmanager
def listening(app, settings):
    """An application on a port of its own."""
    server = uvicorn.Server(config_of(app, settings))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + 30.0
    while not server.started and time.monotonic() < end:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/mcp"
    finally:
        server.should_exit = True
        thread.join(10.0)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_a_client_over_standard_input_and_output(tmp_path):
    """The command as clients start it; it ends when they leave, and leaves nothing behind."""
    program = "import sys; from detente.faces.cli import main; sys.argv = ['detente', 'mcp']; main()"
    own = {"cwd": str(tmp_path), "env": dict(os.environ)}
    command = StdioServerParameters(command=sys.executable, args=["-c", program], **own)

    async def go():
        async with Client(command) as client:
            return await tried(client)

    check(anyio.run(go))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_client_over_http_alone(mode):
    settings = Settings(port=free_port(), hosts=("127.0.0.1",))

    async def go(url):
        async with Client(url, mode=mode) as client:
            return await tried(client)

    with listening(guarded(settings, Desk(patience=60.0)), settings) as url:
        check(anyio.run(go, url))


def test_a_client_over_http_beside_the_pages(tmp_path):
    settings = Settings(port=free_port(), data_folder=tmp_path, case="")

    async def go(url):
        async with Client(url) as client:
            return await tried(client)

    with listening(create_app(settings, (served,)), settings) as url:
        check(anyio.run(go, url))
        assert httpx.get(url.replace("/mcp", "/api/v1/status")).status_code == 200


def alone(**more):
    return TestClient(guarded(Settings(**more)), raise_server_exceptions=False)


def test_who_shows_no_token_stays_out():
    with alone(token=TOKEN) as client:
        assert client.post("/mcp", json=LIST, headers=JSON).status_code == 401
        wrong = JSON | {"authorization": f"Bearer {TOKEN}x"}
        assert client.post("/mcp", json=LIST, headers=wrong).status_code == 401
        good = JSON | {"authorization": f"Bearer {TOKEN}"}
        assert client.post("/mcp", json=LIST, headers=good).status_code == 200


@pytest.mark.parametrize("beside", [False, True])
def test_names_sizes_and_pages_of_other_sites_are_held_as_by_the_server(tmp_path, beside):
    settings = Settings(data_folder=tmp_path, case="", body=2000)
    app = create_app(settings, (served,)) if beside else guarded(settings)
    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.post("/mcp", json=LIST, headers=JSON).status_code == 200
        assert client.post("/mcp", json=LIST, headers=JSON | {"host": "evil.example"}).status_code == 421
        assert client.post("/mcp", json=LIST, headers=JSON | {"origin": "http://evil.example"}).status_code == 403
        assert client.post("/mcp", json=LIST | {"x": "y" * 3000}, headers=JSON).status_code == 413
        for method in ("GET", "DELETE", "HEAD"):
            refused = client.request(method, "/mcp", headers=JSON)
            assert (refused.status_code, refused.headers["allow"]) == (405, "POST"), method
        found = client.post("/mcp", content=b"{", headers=JSON)
        assert found.status_code == 400
        assert "Traceback" not in found.text


def test_the_command_checks_its_settings_and_lists_its_tools(detente):
    assert detente("mcp", "--check").out == "settings are sound: standard input and output\n"
    assert "http://127.0.0.1:8766/mcp" in detente("mcp", "--http", "--check").out
    found = detente("mcp", "--http", "--host", "0.0.0.0", "--check")
    assert found.code == 2
    assert "would let anybody on the network in" in found.err
    listed = detente("mcp", "--list").out
    assert all(f"{tool.name} " in listed for tool in TOOLS)


def test_without_the_library_one_sentence_says_what_to_install(detente, monkeypatch):
    # What is loaded anew meanwhile takes the place of the package in its parent, too.
    monkeypatch.setattr("detente.faces.mcp", sys.modules["detente.faces.mcp"])
    for name in [name for name in sys.modules if name.split(".")[0] == "mcp" or name.startswith("detente.faces.mcp")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)
    found = detente("mcp")
    assert found.code == 2
    assert "pip install '.[mcp]'" in found.err
    assert found.err.count("\n") == 1


def test_help_and_other_commands_load_no_library_of_assistants():
    program = "import sys; from detente.faces.cli.app import app; app(['rate', '-h'], standalone_mode=False)"
    program = f"{program}; print('mcp' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("False\n")
