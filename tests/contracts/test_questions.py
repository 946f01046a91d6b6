"""Every question in every face: the same arguments, the same answer, every format, and one sentence for what is bad."""

import asyncio
import html
import inspect
import json
import re
import shlex
import sys
import time
from functools import lru_cache
from importlib import import_module
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")

from starlette.testclient import TestClient

import detente as dt
from detente.faces.ask import questions
from detente.faces.ask.answer import PICTURES, PROOF, forms, warnings_of
from detente.faces.ask.arguments import KINDS, arguments
from detente.faces.ask.question import NOTE, PARAMETERS, Question, all_questions, find, names
from detente.faces.ask.renamed import moved
from detente.faces.cli.app import command_named
from detente.faces.cli.asked import KEEPING, PROVING, SHOWING
from detente.faces.mcp.server import called, described
from detente.faces.mcp.tools import TOOLS, Desk, tools
from detente.faces.web.app import create_app
from detente.faces.web.asked import BESPOKE, path_of
from detente.faces.web.asked import SHOWING as SHOWN
from detente.faces.web.settings import Settings

pytestmark = [pytest.mark.usefixtures("answers_kept"), pytest.mark.filterwarnings("error::RuntimeWarning")]
QUESTIONS = [question.name for question in all_questions()]
BAD = {
    "day": "15/04/2025", "first": "2025-13", "last": "tomorrowish", "importer": "Narnia", "country": "Narnia",
    "choice": "no-such-choice", "number": "many", "whole": "2.5", "share": "80", "mapping": "=alone",
    "file": "no-such-file.csv",
    "moment": "2025-99-99", "list": "no-such-group", "printed": "no number", "scenario": "no-such-scenario",
}  # fmt: skip
"""A value that no argument of a kind takes; texts and paths are judged by what is asked."""


BROWSER = {"accept": "text/html"}


@pytest.fixture(scope="module", autouse=True)
def _served(tmp_path_factory, answers_kept):
    """A server that works: long questions are answered by its jobs."""
    SERVER["folder"] = tmp_path_factory.mktemp("server")
    yield
    if client.cache_info().currsize:
        client().__exit__(None, None, None)
        client.cache_clear()


SERVER = {}


@pytest.fixture(autouse=True)
def _files(tmp_path, monkeypatch):
    """The files that examples name, in the folder of the test."""
    for question in filter(lambda each: each.file, all_questions()):
        (tmp_path / example(question.name)[question.file]).write_text(question.sample, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


class Client(TestClient):
    """A client that sends a file where one is named, with a form as a page does, and all else beside it."""

    def get(self, path, *, params=None, **more):
        sent = self.sent(params or {})
        limit = {key: sent["data"].pop(key) for key in ("limit",) if sent and key in sent["data"]}
        return self.post(path, params=limit, **sent, **more) if sent else super().get(path, params=params, **more)

    def post(self, path, *, json=None, **more):
        sent = self.sent(json or {})
        return super().post(path, **(sent or ({} if json is None else {"json": json})), **more)

    def sent(self, given):
        place = Path(str(given.get("file", "")))
        if not place.is_file():
            return {}
        fields = {key: value for key, value in given.items() if key != "file"}
        return {"data": fields, "files": {"file": (place.name, place.read_bytes())}}


@lru_cache(maxsize=1)
def client():
    settings = Settings(data_folder=SERVER["folder"], ahead=False, case="")
    return Client(create_app(settings), base_url="http://127.0.0.1", follow_redirects=False).__enter__()


def got(path, **given):
    """What an address answers, once it is worked out."""
    answer = client().get(path, **given)
    while answer.status_code == 202:
        time.sleep(0.02)
        answer = client().get(path, **given)
    return answer


def put(question, subjects, given, word):
    """A word without a name: a subject, or one more value of the last where that takes several."""
    if subjects:
        given[subjects.pop(0)] = word
    else:
        given[question.subjects[-1]] += f",{word}"


@lru_cache(maxsize=64)
def given_of(name, line):
    """The arguments of a command line of a question, as texts."""
    question, words, given = find(name), shlex.split(line)[len(name.split()) :], {}
    subjects = list(question.subjects)
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            put(question, subjects, given, word)
        elif word == "--table":
            words.pop(0)
        elif question.arguments[key := word[2:].replace("-", "_")].kind == "flag":
            given[key] = "yes"
        else:
            given.setdefault(key, []).append(words.pop(0))
    return {key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in given.items()}


def example(name):
    """The arguments of the first example of a question."""
    return given_of(name, find(name).examples[0])


@lru_cache(maxsize=1)
def operations():
    """What the interface says of its operations."""
    return client().get("/api/v1/openapi.json").json()["paths"]


def command(name, given, *more):
    question, words = find(name), name.split()
    words += [given[key] for key in question.subjects if key in given]
    for key, value in given.items():
        if key not in question.subjects:
            flag = f"--{key.replace('_', '-')}"
            flags = question.arguments[key].kind == "flag"
            words += [flag] if flags else [part for v in ([value] if isinstance(value, str) else value)
                                           for part in (flag, v)]  # fmt: skip
    return [*words, *more]


def home(name):
    """Where files of a question are: a page made by hand has its own beside it."""
    return f"{'/api/v1' if name in BESPOKE else ''}{path_of(find(name))}"


def told(content):
    """What must agree: everything but rows left out."""
    return {key: content[key] for key in ("question", "arguments", "headline", "number", "warnings", "key", "tables")}


def test_every_argument_is_declared_once_with_a_kind_and_a_meaning():
    used = {name for each in all_questions() for name in each.parameters}
    assert used <= set(arguments())
    for about in arguments().values():
        assert about.kind in KINDS
        assert about.meaning[0].isupper()
        assert not about.meaning.endswith(".")


@pytest.mark.parametrize("name", QUESTIONS)
def test_all_faces_take_the_same_arguments(name, detente):
    question = find(name)
    own = list(question.parameters)
    python = [each.rstrip("_") for each in inspect.signature(getattr(dt, name.replace(" ", "_"))).parameters]
    assert python == own
    help_ = detente(*name.split(), "--help-all").out
    flags = set(re.findall(r"^  (?:-\w, )?(--[\w-]+)", help_, re.M))
    shown = {f"--{each.strip('_')}" for each in SHOWING} | {"--help", "--json", "--csv"}
    shown |= {f"--{each}" for each in KEEPING if question.keeps}
    shown |= {f"--{each}" for each in PROVING if PROOF in question.endings}
    assert flags - shown == {f"--{each.replace('_', '-')}" for each in own if each not in question.subjects}
    for subject in question.subjects:
        assert subject.upper() in help_
    words = " ".join(help_.split())
    assert [each for each, about in question.arguments.items() if about.meaning not in words] == []
    assert {each for each, _ in NOTE.findall(question.about.partition(PARAMETERS)[2])} <= set(own)
    assert all(about.meaning[0].isupper() for about in question.arguments.values())
    interface = operations()[f"/api/v1{path_of(question)}"]["get"]
    assert [row["name"] for row in interface["parameters"]] == [*own, *(SHOWN if question.long else SHOWN[:-1])]
    said = [about.served or about.meaning for about in question.arguments.values()]
    assert [row["description"] for row in interface["parameters"][: len(own)]] == said
    for tool in tools():
        if getattr(tool, "question", None) is question:
            schema = described(tool).input_schema["properties"]
            everyday = [each for each in own if not question.arguments[each].expert]
            assert list(schema) == everyday
            assert {each: row["description"] for each, row in schema.items()} == {
                each: question.shape(each)["description"] for each in everyday
            }


@pytest.mark.sampled(6)
@pytest.mark.parametrize("name", QUESTIONS)
def test_all_faces_give_the_same_answer(name, detente):
    question, given = find(name), example(name)
    ran = detente(*command(name, given, "--format", "json"))
    assert ran.code == 0, ran.err
    by_command = told(json.loads(ran.out))
    python = {question.parameters[key].name: value for key, value in given.items()}
    answer = getattr(dt, name.replace(" ", "_"))(**python)
    assert told(json.loads(json.dumps(answer.to_dict()))) == by_command
    with pytest.raises(dt.UnknownName, match="no_such"):
        answer.table("no_such")
    interface = got(f"/api/v1{path_of(question)}", params={**given, "limit": 10_000})
    assert interface.status_code == 200, interface.text
    found = interface.json()
    for table in found["tables"].values():
        table.pop("next")
    assert told(found) == by_command
    sent = client().post(f"/api/v1{path_of(question)}?limit=10000", json=given).json()
    assert sent["key"] == by_command["key"]
    page = client().get(path_of(question), params=given, follow_redirects=True)
    assert page.status_code == 200
    if name not in BESPOKE:
        assert answer.headline.replace("&", "&amp;").replace("'", "&#39;") in page.text
    if question.tool:
        said = asyncio.run(called(Desk(patience=300), name.replace(" ", "_"), given))
        assert not said.is_error, said.content[0].text
        assert answer.headline in said.content[0].text
        assert said.structured_content["key"] == by_command["key"]


@pytest.mark.sampled(9)
@pytest.mark.parametrize("name", QUESTIONS)
def test_every_format_is_written_and_read_back(name, detente, tmp_path):
    import polars as pl

    answer = find(name).ask(example(name))
    drawn = bool(answer.charts)
    for form in forms():
        if form in PICTURES and not drawn:
            continue
        response = client().get(f"{home(name)}.{form}", params=example(name))
        assert response.status_code == 200, form
        if not form.endswith("png"):
            path = answer.save(tmp_path / f"answer.{form}")
            assert path.stat().st_size
        if form in ("csv", "md", "tex", "sdmx.csv", "svg", "parquet"):
            assert response.content == path.read_bytes(), form
    for chart in answer.charts[1:]:
        drawn_here = client().get(f"{home(name)}.svg", params={**example(name), "chart": chart})
        assert drawn_here.content.startswith(b"<svg"), chart
    if drawn and name not in BESPOKE:
        frame = client().get(f"/embed{path_of(find(name))}", params={**example(name), "chart": answer.charts[-1]})
        assert "frame-ancestors *" in frame.headers["content-security-policy"]
        assert "<svg" in frame.text
    assert pl.read_parquet(tmp_path / "answer.parquet").height == len(answer)
    assert len(answer.to_polars()) == len(answer) == len(pl.DataFrame(answer)) == len(list(answer))
    assert answer.head(2).columns == answer.columns
    shown = repr(answer)
    assert len(shown.splitlines()) <= 30
    assert max(map(len, shown.splitlines())) <= 120
    assert not re.search(r"\b[A-Z]\w+\(\w+=|array\(|<.* object at 0x", shown), "nobody took care"
    assert answer._repr_html_().startswith("<")


@pytest.mark.sampled(9)
@pytest.mark.parametrize("name", QUESTIONS)
def test_every_example_runs(name, detente):
    first, *others = find(name).examples
    few = " --draws 0" if "draws" in find(name).parameters else ""
    for line in (first, *(other if "--draws" in other else f"{other}{few}" for other in others)):
        ran = detente(*shlex.split(line))
        assert ran.code == 0, (line, ran.err)
        assert ran.out.splitlines()[0][:20] in find(name).ask(given_of(name, line)).headline.replace("\n", " ")


CASES = [(name, key) for name in QUESTIONS for key, about in find(name).arguments.items()
         if about.kind in BAD and (about.kind != "list" or find(name).choices_of(key))]  # fmt: skip


@pytest.mark.sampled(12)
@pytest.mark.parametrize(("name", "key"), CASES, ids=[f"{name}-{key}" for name, key in CASES])
def test_a_bad_value_is_one_sentence_that_names_the_argument(name, key, detente):
    question = find(name)
    kind = question.arguments[key].kind
    given = {**example(name), key: BAD[kind]}
    ran = detente(*command(name, given))
    assert (ran.code, ran.out) == (2, ""), ran.err
    flag = f"--{key.replace('_', '-')}"
    assert flag in ran.err or key in ran.err or BAD[kind] in ran.err
    assert len([line for line in ran.err.splitlines() if line.startswith("detente: ")]) == 1
    refused = client().get(f"/api/v1{path_of(question)}", params=given)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert BAD[kind] in refused.json()["detail"] or key in refused.json()["detail"]
    if (name, key) == next(case for case in CASES if case[0] == name):
        page = client().get(path_of(question), params=given, headers=BROWSER)
        assert page.status_code == (307 if name in BESPOKE else 422)  # a page made by hand mends what it can


@pytest.mark.parametrize("name", QUESTIONS)
def test_nothing_unknown_is_accepted(name, detente):
    question, given = find(name), {**example(name), "colour": "red"}
    assert detente(*name.split(), "--colour", "red").code == 2
    for refused in (
        client().get(f"/api/v1{path_of(question)}", params=given),
        client().post(f"/api/v1{path_of(question)}", json=given),
        client().get(f"{home(name)}.csv", params=given),
    ):
        assert refused.status_code == 422
        assert "colour" in refused.json()["detail"]
    assert client().get(path_of(question), params=given, headers=BROWSER).status_code == 422
    with pytest.raises(dt.InputError, match="colour"):
        getattr(dt, name.replace(" ", "_"))(colour="red")


@pytest.mark.parametrize("old", sorted(moved()))
def test_an_address_of_an_earlier_version_leads_on(old):
    place, now = (re.sub(r"\{\w+\}", "x", address) for address in (old, moved()[old][0]))
    response = client().get(place)
    assert (response.status_code, response.headers["location"].partition("?")[0]) == (308, now)


def test_the_register_has_every_question_and_each_is_a_function_of_python():
    assert len(names()) == len(set(names()))
    for module, own in questions.MODULES.items():
        held = vars(import_module(f"detente.faces.ask.questions.{module}")).values()
        assert sorted(each.name for each in held if isinstance(each, Question)) == sorted(own)
    assert {path.stem for path in Path(questions.__file__).parent.glob("[a-z]*.py")} == set(questions.MODULES)
    for name in names():
        assert getattr(dt, name.replace(" ", "_")) is find(name)
        assert len(name.split()) <= 2
        assert find(name).examples


def test_an_unknown_name_is_answered_with_the_nearest_and_assistants_list_few_tools():
    with pytest.raises(AttributeError, match="did you mean 'reconcile'"):
        dt.reconcil  # noqa: B018
    assert len(tools()) <= 15
    assert {tool.name for tool in tools()} <= {tool.name for tool in TOOLS}


def test_a_page_says_once_how_far_the_record_goes_and_that_a_table_is_empty():
    page = got("/week", params={"on": "2026-12-02"}).text
    assert page.count("Two measures were due to change on 10 November 2026") == 1
    assert "Nothing to list." in page


@pytest.mark.sampled(12)
@pytest.mark.parametrize("name", [name for name in QUESTIONS if "on" in find(name).parameters])
def test_a_day_beyond_the_record_is_said_in_every_face(name, detente):
    later = {**example(name), "on": "2026-11-20"}
    answer = find(name).ask(later)
    if answer.standing is None:
        return
    assert answer.standing.beyond
    (line,) = [text for text in warnings_of(answer) if text.lower().startswith("our tariff record runs to")]
    assert " ".join(line.split()) in " ".join(detente(*command(name, later)).out.split())
    content = got(f"/api/v1{path_of(find(name))}", params=later).json()
    if name not in BESPOKE:
        assert line in html.unescape(client().get(path_of(find(name)), params=later).text)
    assert content["read_to"] == answer.read_to.isoformat()
    assert all(row["record_to"] == content["read_to"] for row in content["tables"][answer.main.name]["rows"])
    if find(name).tool:
        words = asyncio.run(called(Desk(patience=300), name.replace(" ", "_"), later)).content[0].text
        assert line in words
    earlier = find(name).ask(example(name))
    assert earlier.standing is None or not earlier.standing.beyond or name in BESPOKE  # its case is of a later day


def test_a_long_question_is_worked_out_beside_the_server(monkeypatch):
    """A call that does not wait is told of the job; the answer, its late tables and files come when it is done."""
    monkeypatch.setattr(find("prices"), "long", True)
    given = {"on": "2025-05-20", "draws": "0"}
    first = client().get("/api/v1/prices", params=given | {"wait": "0"})
    assert first.status_code == 202
    job = client().get(first.json()["job"]).json()
    assert (job["kind"], job["request"]["question"]) == ("answer", "prices")
    assert "data-pending" in client().get("/prices", params=given).text
    content = got("/api/v1/prices", params=given | {"limit": "10000"})
    alone = dt.prices(on="2025-05-20", draws=0).to_dict()
    assert told(json.loads(json.dumps(alone))) == told(content.json() | {"tables": {
        name: {key: value for key, value in table.items() if key != "next"}
        for name, table in content.json()["tables"].items()
    }})  # fmt: skip
    assert content.headers["cache-control"] == "max-age=86400"
    late = got("/api/v1/prices", params=given | {"table": "years"}).json()
    assert list(late["tables"]) == ["years"]
    assert got("/prices.csv", params=given).text.startswith("variant,category")
    assert alone["headline"] in client().get("/prices", params=given).text
    assert client().get("/api/v1/prices", params=given | {"wait": "61"}).status_code == 422
    assert client().get("/api/v1/prices?on=never").status_code == 422


NEW = '''
from datetime import date

from detente.faces.ask.answer import Answer
from detente.faces.ask.question import question
from detente.lab.statute.coverage import importers_tables


@question("Record", "colour of --of Canada", tool=True)
def colour_of(*, on: date = date(2025, 4, 15), of: str = "USA") -> Answer:
    """What colour a country has on our maps.

    Parameters
    ----------
    on : Day whose colour is
        meant.
    """
    return Answer.of(f"{of} is blue on {on}.", importers_tables())
'''


def test_a_new_question_is_a_function_and_its_name_and_appears_in_every_face(detente, tmp_path, monkeypatch):
    (tmp_path / "colours.py").write_text(NEW, encoding="utf-8")
    kept = (find, command_named)
    try:
        monkeypatch.setattr(questions, "__path__", [*questions.__path__, str(tmp_path)])
        monkeypatch.setitem(questions.MODULES, "colours", ("colour of",))
        for cached in kept:
            cached.cache_clear()
        headline = "CAN is blue on 2025-04-15."
        assert dt.colour_of(of="Canada").headline == headline
        assert detente("colour", "of", "--of", "Canada").out.startswith(headline)
        assert "\n  colour " in detente("--help").out
        words, default = "Day whose colour is meant", "2025-04-15"
        assert f"{words}. [{default}]" in detente("colour", "of", "--help").out
        found = TestClient(create_app(Settings(data_folder=SERVER["folder"])))
        assert found.get("/api/v1/colour/of?of=Canada").json()["headline"] == headline
        page = found.get("/colour/of?of=Canada").text
        assert headline in page
        assert words in page
        assert f'placeholder="{default}"' in page
        day, _ = found.get("/api/v1/openapi.json").json()["paths"]["/api/v1/colour/of"]["get"]["parameters"][:2]
        (tool,) = (described(tool) for tool in tools() if tool.name == "colour_of")
        assert day["description"] == tool.input_schema["properties"]["on"]["description"] == words
        assert day["schema"]["default"] == tool.input_schema["properties"]["on"]["default"] == default
    finally:
        for cached in kept:
            cached.cache_clear()
        sys.modules.pop("detente.faces.ask.questions.colours", None)
        vars(dt).pop("colour_of", None)
