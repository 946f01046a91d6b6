"""Tools for assistants: each once, each with a wrong argument, sizes, and the numbers of the other faces."""

import json
import re
import threading
from pathlib import Path

import pytest

pytest.importorskip("mcp", reason="the mcp extra is not installed")

import anyio
from mcp import Client
from mcp.shared.exceptions import MCPError

from detente.codes import InputError
from detente.faces.ask import Answer
from detente.faces.mcp.desk import AT_WORK, WAITING, Desk
from detente.faces.mcp.resources import GUIDES, REFERENCES
from detente.faces.mcp.server import assistants
from detente.faces.mcp.tools import TOOLS

ROOT = Path(__file__).resolve().parents[2]
MOST = 20_000
"""Letters of the list of tools at most, which a client carries in every conversation."""

GOOD = {"line": "8507.60.00.20", "partner": "China", "on": "2025-05-14"}


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


@pytest.mark.parametrize("name", [tool.name for tool in TOOLS])
def test_an_argument_nobody_knows_is_refused(desk, name):
    (result,) = answers(desk, (name, {"pth": "/etc/passwd"}))
    assert result.is_error
    assert "unknown argument 'pth'" in result.content[0].text


def test_an_unknown_tool_is_refused_with_the_nearest_name(desk):
    (result,) = answers(desk, ("rates", {}))
    assert result.is_error
    assert "did you mean 'rate'" in result.content[0].text


def test_clients_of_the_older_handshake_are_served_as_well(desk):
    (result,) = answers(desk, ("rate", GOOD), mode="legacy")
    assert result.structured_content["number"]["value"] == pytest.approx(0.409)


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


def test_who_asks_for_a_member_of_a_bloc_is_told_whose_numbers_come(desk):
    """Germany is counted in the European Union; who names the union, or a country counted apart, is told nothing."""
    cut = {"mineral": "gallium", "cut": 0.8, "months": 3}
    told = []
    for name in ("Germany", "European Union", "Japan"):
        (answer,) = answers(desk, ("chain_run", cut | {"country": name}))
        assert not answer.is_error, answer.content[0].text
        told.append(answer.structured_content["warnings"])
    ends = "is not counted apart in the chains: the numbers are those of the European Union, to which it belongs."
    assert told == [[f"Germany {ends}"], [], []]


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

    monkeypatch.setattr("detente.lab.chains.asked.chain_answer", broken)
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
    assert json.loads(texts[0])["USA"]["sources"]["title"].startswith("Law of the United States, on record to")


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


def test_the_page_of_the_documentation_lists_the_tools_and_what_they_take():
    page = (ROOT / "docs" / "assistants.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (`.*) \|$", page, re.MULTILINE))
    takes = {tool: ", ".join(f"`{name}`" for name in tool.takes["properties"]) for tool in TOOLS}
    wanted = {tool.name: f"{names} | {tool.meaning}" for tool, names in takes.items()}
    assert rows == wanted
    resources = dict(re.findall(r"^\| `(detente://[\w/]+)` \| (.*) \|$", page, re.MULTILINE))
    assert resources == {entry.uri: entry.meaning for entry in REFERENCES}
