"""Tools for assistants: each once, each with a wrong argument, sizes, and the numbers of the other faces."""

import json
import re
import shlex
import threading
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("mcp", reason="the mcp extra is not installed")

import anyio
from mcp import Client
from mcp.shared.exceptions import MCPError

from detente.codes import InputError
from detente.faces.mcp.answers import MOST_ROWS, fitted, size
from detente.faces.mcp.arguments import Arguments
from detente.faces.mcp.asked import QuestionTool
from detente.faces.mcp.desk import AT_WORK, WAITING, Desk
from detente.faces.mcp.resources import GUIDES, REFERENCES
from detente.faces.mcp.server import assistants
from detente.faces.mcp.shapes import ToolAnswer
from detente.faces.mcp.tool import Tool
from detente.faces.mcp.tools import TOOLS as LISTED
from detente.lab.ground.definitions import average_as

ROOT = Path(__file__).resolve().parents[2]
MOST = 20_000
TOOLS = [tool for tool in LISTED if not isinstance(tool, QuestionTool)]
"""Tools with a declaration of their own; those of questions are tried with their questions."""

GOOD_OF = {"line": "8507.60.00.20", "partner": "China", "on": "2025-05-14"}
OWN = {
    "title": "US at 34", "on": "2025-05-14", "report": {"draws": 0},
    "usa": {"change": [{"measure": "rec_chn", "rate": "34%"}]},
}  # fmt: skip
DUTY = {"importer": "USA", "exporter": "China", "tariff": 0.6}
CALLS = {
    "find_code": {"words": "lithium batteries", "limit": 3},
    "rate": GOOD_OF,
    "explain": GOOD_OF,
    "average": {"on": "2025-05-14", "by": "partner"},
    "revenue": {"on": "2025-10-01", "importer": "Canada", "by": "partner"},
    "facing": {"exporter": "US", "on": "2025-03-31", "against": "2025-03-01"},
    "run_deal": {"scenario": "geneva", "draws": 0},
    "compare": {"scenarios": ["geneva", OWN]},
    "talks": {"levels": {"us": 34, "cn": 30}},
}
WRONG = {
    "find_code": ({"words": "lithum"}, "lithium"),
    "rate": (GOOD_OF | {"partner": "Chnia"}, "did you mean 'China'"),
    "explain": (GOOD_OF | {"set": {"us_contnt": 1}}, "us_content"),
    "average": ({"by": "partnr"}, "did you mean 'partner'"),
    "revenue": ({"importer": "Candaa"}, "did you mean 'Canada'"),
    "facing": ({"exporter": "Chnia"}, "did you mean 'China'"),
    "run_deal": ({"scenario": "genva"}, "did you mean 'geneva'"),
    "table": ({"key": "nothing", "name": "headline"}, "12 hex digits"),
    "compare": ({"scenarios": ["geneva", "genva"]}, "did you mean 'geneva'"),
    "talks": ({"levels": {"us": 400}}, "out of range; give 0 to 125 %"),
}


@pytest.fixture(scope="module")
def desk():
    return Desk(patience=120.0)


@pytest.fixture(autouse=True)
def kept(runs_kept):
    """Runs are made once for the suite."""


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


def test_the_list_says_what_each_tool_takes_and_gives_and_that_it_only_reads():
    tools = listed(lambda client: client.list_tools()).tools
    assert [tool.name for tool in tools] == [tool.name for tool in LISTED]
    tools = [tool for tool in tools if tool.name in {own.name for own in TOOLS}]
    assert set(CALLS) | {"table"} == set(WRONG) == {tool.name for tool in TOOLS}
    for tool in tools:
        assert tool.description.count(".") == 1, tool.name
        assert tool.annotations.read_only_hint
        assert not tool.annotations.destructive_hint
        assert not tool.annotations.open_world_hint
        for field in ("sentence", "numbers", "rows", "more", "law_read_to", "sources", "key", "command"):
            assert field in tool.output_schema["properties"]
        names = set(tool.input_schema["properties"])
        assert not names & {"path_of", "file", "folder", "url", "shell", "out"}
        assert all("description" in entry for entry in tool.input_schema["properties"].values()), tool.name
        assert "x-one-of" not in json.dumps(tool.input_schema)
    by_name = {tool.name: tool.input_schema["properties"] for tool in tools}
    assert "EU27" in by_name["average"]["importer"]["description"]
    # A client carries the list in every conversation.
    assert sum(len(tool.model_dump_json(exclude={"output_schema"})) for tool in tools) < MOST


def test_a_mistake_is_told_by_the_name_of_the_argument(desk):
    calls = ("check", {"statement": "C999"}), ("table", {"key": "zzz", "name": "headline"})
    claim, key = (result.content[0].text for result in answers(desk, *calls))
    assert claim.startswith("statement: unknown claim 'C999'")
    assert key == "table, key: is not written so; give key of a run, 12 hex digits."


@pytest.mark.parametrize("name", CALLS)
def test_each_tool_answers_with_every_field_and_fits_a_conversation(desk, name):
    (result,) = answers(desk, (name, CALLS[name]))
    assert not result.is_error, result.content[0].text
    content = result.structured_content
    tool = next(tool for tool in TOOLS if tool.name == name)
    answer = tool.answer.model_validate(content)
    assert answer.ready
    assert answer.sentence.endswith((".", ".)")), answer.sentence
    assert len(answer.key) == 12
    assert answer.command.startswith("detente ")
    assert answer.sources
    assert len(answer.rows) <= MOST_ROWS
    assert all(number.range or (number.low is not None) for number in answer.numbers if number.name != "imports")
    assert len(result.model_dump_json().encode()) <= MOST
    assert result.content[0].text.startswith(answer.sentence)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_argument_is_refused_in_one_sentence_with_the_nearest_name(desk, name):
    given, words = WRONG[name]
    (result,) = answers(desk, (name, given))
    assert result.is_error
    assert words in result.content[0].text
    assert "\n" not in result.content[0].text


@pytest.mark.parametrize("name", [tool.name for tool in TOOLS])
def test_an_argument_nobody_knows_is_refused(desk, name):
    (result,) = answers(desk, (name, {"pth": "/etc/passwd"}))
    assert result.is_error
    assert f"{name}: unknown argument 'pth'" in result.content[0].text


def test_an_unknown_tool_is_refused_with_the_nearest_name(desk):
    (result,) = answers(desk, ("rates", {}))
    assert result.is_error
    assert "did you mean 'rate'" in result.content[0].text


def test_clients_of_the_older_handshake_are_served_as_well(desk):
    (result,) = answers(desk, ("rate", GOOD_OF), mode="legacy")
    assert result.structured_content["numbers"][0]["value"] == pytest.approx(0.409)


def test_a_run_shows_its_tables_by_its_key(desk, ran):
    run, *others = answers(desk, ("run_deal", CALLS["run_deal"]))
    key = run.structured_content["key"]
    table, unknown = answers(
        desk, ("table", {"key": key, "name": "headline"}), ("table", {"key": key, "name": "headlin"})
    )
    rows = table.structured_content["rows"]
    assert rows[0]["after"] == pytest.approx(ran("geneva").table("headline")["after"][0])
    assert unknown.is_error
    assert "did you mean 'headline'" in unknown.content[0].text
    assert not others


def test_an_average_is_counted_as_a_publisher_counts(desk):
    """The choices stand in the sentence, and the command gives the same."""
    (found,) = answers(desk, ("average", {"on": "2025-05-12", "publisher": "yale"}))
    content = found.structured_content
    assert content["sentence"].startswith("The average duty on 2025-05-12, as Yale Budget Lab counts: USMCA claims")
    assert content["numbers"][0]["value"] == pytest.approx(average_as("yale", date(2025, 5, 12)), abs=1e-9)
    assert "--as yale" in content["command"]


def test_the_numbers_are_those_of_the_command_line(desk, detente):
    """One number in every face: the duty on a good, an average with its range, the headline of a run."""
    rate, average, run = answers(
        desk, ("rate", GOOD_OF), ("average", {"on": "2025-05-14"}), ("run_deal", {"scenario": "geneva"})
    )
    content = json.loads(detente("rate", "8507.60.00.20", "China", "--on", "2025-05-14", "-f", "json").out)
    assert rate.structured_content["numbers"][0]["value"] == content["total"]
    tables = json.loads(detente("average", "--on", "2025-05-14", "--range", "-f", "json").out)
    shown = average.structured_content["numbers"][0]
    assert shown["value"] == tables["average"][0]["average"]
    assert (shown["low"], shown["high"]) == tuple(tables["range"][0][end] for end in ("low", "high"))
    result = json.loads(detente("run", "geneva", "-f", "json").out)
    first = run.structured_content["numbers"][0]
    head = result["tables"]["headline"][0]
    assert (first["value"], first["before"]) == (head["after"], head["before"])
    assert (first["low"], first["high"]) == (head["low"], head["high"])
    assert run.structured_content["key"] == result["key"]


@pytest.mark.parametrize("name", ["rate", "average"])
def test_a_command_that_is_named_gives_the_same(desk, detente, name):
    given = GOOD_OF | {"set": {"us_content": "40%"}} if name == "rate" else {"on": "2025-05-14", "partner": "EU27"}
    (result,) = answers(desk, (name, given))
    words = shlex.split(result.structured_content["command"])[1:]
    content = json.loads(detente(*words, "-f", "json").out)
    value = content["total"] if name == "rate" else content[0]["average"]
    assert result.structured_content["numbers"][0]["value"] == pytest.approx(value, abs=1e-12)


def test_answers_to_open_questions_move_the_duty(desk):
    plain, answered = answers(desk, ("rate", GOOD_OF), ("rate", GOOD_OF | {"set": {"us_content": "us"}}))
    question = next(row for row in plain.structured_content["open"] if row["fact"] == "us_content")
    states = {row["state"]: row["total"] for row in question["states"]}
    assert answered.structured_content["numbers"][0]["value"] == pytest.approx(states["us"])
    assert states["us"] < plain.structured_content["numbers"][0]["value"]


@pytest.mark.parametrize(
    "claim",
    [{"kind": "measurement", "quantity": {"name": "average_tariff_level", "value": 13}, "definition": {"law": {}}},
     {"events": "/etc/passwd"}],
)  # fmt: skip
def test_a_claim_given_in_place_names_no_file_and_changes_no_law(desk, claim):
    (result,) = answers(desk, ("check", {"statement": claim}))
    assert result.is_error
    assert "is not taken here" in result.content[0].text


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [("rate", GOOD_OF | {"line": "8" * 1001}, "holds a text of 1,001 letters"),
     ("run_deal", {"scenario": OWN | {"name": "x" * 61}}, "scenario, name: has 61 letters"),
     ("check", {"statement": {"hedges": ["x" * 999] * 4}}, "more than 3,000 letters")],
)  # fmt: skip
def test_texts_that_no_answer_could_repeat_are_refused(desk, name, given, words):
    (result,) = answers(desk, (name, given))
    assert result.is_error
    assert words in result.content[0].text


@pytest.mark.parametrize(
    "scenario", ["../x.yaml", {"on": "2025-05-14", "usa": {"lawbook": "/tmp"}}, {"on": "2025-05-14", "weights": "/x"}]
)
def test_a_scenario_given_in_place_names_no_file(desk, scenario):
    (result,) = answers(desk, ("run_deal", {"scenario": scenario}))
    assert result.is_error


def slow_tool(gate):
    """A tool that answers once a gate is open."""

    def work(call):
        gate.wait(20.0)
        return ToolAnswer(sentence="Done.")

    return Tool("slow", "A slow tool.", Arguments, ToolAnswer, work, long=True)


def test_what_takes_longer_answers_with_a_key_and_is_there_when_asked_again():
    gate, desk = threading.Event(), Desk(patience=0.05)
    tool = slow_tool(gate)

    async def go():
        first = await tool.called({}, desk)
        with pytest.raises(InputError, match="still being worked out"):
            desk.run(first.key)
        gate.set()
        for _ in range(200):
            again = await tool.called({}, desk)
            if again.ready:
                return first, again
            await anyio.sleep(0.02)
        return first, again

    first, again = anyio.run(go)
    assert not first.ready
    assert "ask again" in first.sentence
    assert again.ready
    assert first.key == again.key


@pytest.mark.parametrize(("long", "most"), [(True, WAITING), (False, AT_WORK)])
def test_too_many_questions_are_refused_for_a_while(long, most):
    gate, desk = threading.Event(), Desk(patience=0.01)

    async def go():
        for number in range(most):
            await desk.answer(f"{number}", lambda: gate.wait(20.0) and ToolAnswer(sentence="."), long)
        with pytest.raises(InputError, match=f"{most} .*questions are under way; ask again"):
            await desk.answer("more", lambda: ToolAnswer(sentence="."), long)

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


def test_a_mistake_of_the_program_is_told_by_its_kind_alone(desk, monkeypatch):
    def broken(*given, **named):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("detente.lab.chains.asked.chain_answer", broken)
    (result,) = answers(desk, ("chain_run", {"mineral": "gallium", "cut": 0.31}))
    assert result.is_error
    assert "ZeroDivisionError" in result.content[0].text
    assert "secret" not in result.content[0].text


def test_rows_that_do_not_fit_are_left_out_and_counted():
    rows = [{"text": "x" * 900} for _ in range(MOST_ROWS)]
    answer = fitted(ToolAnswer(sentence="Long.", rows=rows, total=80, offset=10), pages=True)
    assert size(answer) <= MOST
    shown = len(answer.rows)
    assert 0 < shown < MOST_ROWS
    assert answer.more == f"{70 - shown} more rows: ask again with offset={10 + shown}"


def test_pages_of_a_table_follow_one_another(desk):
    first, second = answers(
        desk,
        ("average", {"on": "2025-05-14", "by": "partner"}),
        ("average", {"on": "2025-05-14", "by": "partner", "offset": 1}),
    )
    rows, others = (result.structured_content["rows"] for result in (first, second))
    assert rows[1:] == others[: len(rows) - 1]
    content = first.structured_content
    assert content["more"].endswith(f"offset={len(rows)}")
    assert content["total"] > MOST_ROWS


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


def takes(tool):
    return tool.takes["properties"] if isinstance(tool, QuestionTool) else tool.arguments.model_fields


def test_the_page_of_the_documentation_lists_the_tools_and_what_they_take():
    page = (ROOT / "docs" / "assistants.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (`.*) \|$", page, re.MULTILINE))
    wanted = {tool.name: f"{', '.join(f'`{name}`' for name in takes(tool))} | {tool.meaning}" for tool in LISTED}
    assert rows == wanted
    resources = dict(re.findall(r"^\| `(detente://[\w/]+)` \| (.*) \|$", page, re.MULTILINE))
    assert resources == {entry.uri: entry.meaning for entry in REFERENCES}
