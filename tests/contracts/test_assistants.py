"""Tools for assistants: each once, each with a wrong argument, their sizes, over standard input and over HTTP."""

import pytest

pytest.importorskip("mcp", reason="the mcp extra is not installed")

import contextlib
import json
import os
import sys
import threading
import time

import anyio
import httpx
import uvicorn
from mcp import Client, StdioServerParameters
from mcp.shared.exceptions import MCPError
from starlette.testclient import TestClient

from detente.codes import InputError
from detente.faces.ask.answer import Answer
from detente.faces.mcp.server import GUIDES, REFERENCES, assistants, guarded, served
from detente.faces.mcp.tools import AT_WORK, TOOLS, WAITING, Desk
from detente.faces.web.app import create_app
from detente.faces.web.listening import config_of
from detente.faces.web.settings import Settings
from serving import free_port

MOST = 20_000
"""Letters of the list of tools at most, which a client carries in every conversation."""


@pytest.fixture(scope="module")
def desk():
    return Desk(patience=120.0)


def answers(desk, *calls, mode="auto"):
    """Results of calls (name, arguments), made one after the other by one client in this process."""

    async def go():
        async with Client(assistants(desk), mode=mode) as client:
            return [await client.call_tool(name, given) for name, given in calls]

    return anyio.run(go)


def listed(ask):
    async def go():
        async with Client(assistants()) as client:
            return await ask(client)

    return anyio.run(go)


def test_the_list_says_what_each_tool_takes_and_that_it_only_reads():
    tools = listed(lambda client: client.list_tools()).tools
    assert [tool.name for tool in tools] == [tool.name for tool in TOOLS]
    for tool in tools:
        assert tool.annotations.read_only_hint
        assert not tool.annotations.destructive_hint
        assert not tool.annotations.open_world_hint
        assert not set(tool.input_schema["properties"]) & {"folder", "url", "shell", "out"}
        assert all("description" in entry for entry in tool.input_schema["properties"].values()), tool.name
    assert len(tools) <= 15
    assert sum(len(tool.model_dump_json()) for tool in tools) < MOST


def test_an_argument_and_a_tool_that_nobody_knows_are_refused(desk):
    *every, tool = answers(desk, *((tool.name, {"pth": "/etc/passwd"}) for tool in TOOLS), ("rates", {}))
    assert all(result.is_error and "unknown argument 'pth'" in result.content[0].text for result in every)
    assert tool.is_error
    assert "did you mean 'rate'" in tool.content[0].text


@pytest.mark.parametrize(
    "scenario", ["../x.yaml", {"on": "2025-05-14", "usa": {"lawbook": "/tmp"}}, {"on": "2025-05-14", "weights": "/x"}]
)
def test_a_scenario_given_in_place_names_no_file(desk, scenario):
    (result,) = answers(desk, ("run", {"scenario": scenario}))
    assert result.is_error


def test_what_takes_longer_says_so_and_is_there_when_asked_again():
    gate, desk = threading.Event(), Desk(patience=0.05)

    def work():
        gate.wait(20.0)
        return DONE

    async def go():
        first = await desk.answer("slow", work, True)
        gate.set()
        for _ in range(200):
            again = await desk.answer("slow", work, True)
            if again is not None:
                break
            await anyio.sleep(0.02)
        return first, again

    assert anyio.run(go) == (None, DONE)


DONE = Answer("Done.", {})


@pytest.mark.parametrize(("long", "most"), [(True, WAITING), (False, AT_WORK)])
def test_too_many_questions_are_refused_for_a_while(long, most):
    gate, desk = threading.Event(), Desk(patience=0.01)

    async def go():
        for number in range(most):
            await desk.answer(f"{number}", lambda: gate.wait(20.0) and DONE, long)
        with pytest.raises(InputError, match=f"{most} .*questions are under way; ask again"):
            await desk.answer("more", lambda: DONE, long)

    try:
        anyio.run(go)
    finally:
        gate.set()


def test_more_gives_the_rows_that_follow_another_table_and_what_is_ready_later():
    desk, given = Desk(patience=0.0), {"on": "2025-05-14", "by": ["country"]}
    (first,) = answers(desk, ("average", given))
    if first.structured_content.get("state") == "working":
        (first,) = answers(desk, ("more", {"key": first.structured_content["key"]}))
    whole = first.structured_content
    (table,) = whole["tables"]
    key, count = whole["key"], len(whole["tables"][table]["rows"])
    then, other, wrong = answers(
        desk, ("more", {"key": key, "offset": count}), ("more", {"key": key, "table": "none"}), ("more", {"key": "0"})
    )
    rows = then.structured_content["tables"][table]["rows"]
    assert rows[0] not in whole["tables"][table]["rows"]
    assert other.is_error
    assert "ask the question again" in wrong.content[0].text


def test_a_mistake_of_the_program_is_told_by_its_kind_alone(desk, monkeypatch):
    def broken(*given, **named):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("detente.faces.ask.questions.chains.chain_answer", broken)
    (result,) = answers(desk, ("chain_run", {"mineral": "gallium", "cut": 0.31}))
    assert result.is_error
    assert "ZeroDivisionError" in result.content[0].text
    assert "secret" not in result.content[0].text


def test_resources_are_read_and_unknown_ones_refused():
    async def ask(client):
        uris = [entry.uri for entry in (await client.list_resources()).resources]
        texts = [(await client.read_resource(uri)).contents[0].text for uri in uris]
        with pytest.raises(MCPError, match="did you mean 'detente://cases'"):
            await client.read_resource("detente://case")
        return uris, texts

    uris, texts = listed(ask)
    assert uris == [entry.uri for entry in REFERENCES]
    assert all(json.loads(text) for text in texts)
    assert json.loads(texts[0])["USA"]["sources"]["title"].startswith("Tariffs of the United States, on record to")


def test_prompts_are_filled_and_wrong_arguments_refused():
    async def ask(client):
        names = [entry.name for entry in (await client.list_prompts()).prompts]
        text = (await client.get_prompt("brief_a_minister", {"scenario": "geneva"})).messages[0].content.text
        odd = (await client.get_prompt("check_this_article", {"article": "{as_of} 23%"})).messages[0].content.text
        for name, given, words in (
            ("brief_the_minister", {}, "did you mean 'brief_a_minister'"),
            ("brief_a_minister", {}, "scenario is missing"),
            ("brief_a_minister", {"scenari": "x"}, "did you mean 'scenario'"),
        ):
            with pytest.raises(MCPError, match=words):
                await client.get_prompt(name, given)
        return names, text, odd

    names, text, odd = listed(ask)
    assert names == [guide.name for guide in GUIDES]
    assert "scenario geneva" in text
    assert "the United States" in text
    assert "{" not in text
    assert "23%" in odd


RATE = {"line": "8507.60.00.20", "partner": "China", "on": "2025-05-14"}
BAD = RATE | {"partner": "Chnia"}
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
JSON = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


async def tried(client):
    """What a client sees of the list, of a good call and of a bad one."""
    tools = [tool.name for tool in (await client.list_tools()).tools]
    good, bad = await client.call_tool("rate", RATE), await client.call_tool("rate", BAD)
    text = (await client.read_resource("detente://glossary")).contents[0].text
    return tools, good, bad, text


def fits(seen):
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


def test_a_client_over_standard_input_and_output(tmp_path):
    """The command as clients start it; it ends when they leave, and leaves nothing behind."""
    program = "import sys; from detente.faces.cli import main; sys.argv = ['detente', 'mcp']; main()"
    own = {"cwd": str(tmp_path), "env": dict(os.environ)}
    command = StdioServerParameters(command=sys.executable, args=["-c", program], **own)

    async def go():
        async with Client(command) as client:
            return await tried(client)

    fits(anyio.run(go))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_client_over_http_alone(mode):
    settings = Settings(port=free_port(), hosts=("127.0.0.1",))

    async def go(url):
        async with Client(url, mode=mode) as client:
            return await tried(client)

    with listening(guarded(settings, Desk(patience=60.0)), settings) as url:
        fits(anyio.run(go, url))


def test_a_client_over_http_beside_the_pages(tmp_path):
    settings = Settings(port=free_port(), data_folder=tmp_path, case="")

    async def go(url):
        async with Client(url) as client:
            return await tried(client)

    with listening(create_app(settings, (served,)), settings) as url:
        fits(anyio.run(go, url))
        assert httpx.get(url.replace("/mcp", "/api/v1/status")).status_code == 200


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
