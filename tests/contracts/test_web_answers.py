"""Answers that take long: page and call stand at once, one computation serves all who ask, and is kept for good."""

import re
import threading
import time

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")

from starlette.testclient import TestClient

from detente.faces.ask.question import find
from detente.faces.web.app import create_app
from detente.faces.web.settings import Settings
from detente.faces.web.work.questions import Pending, answer_to, usual
from detente.faces.web.work.store import open_store

HOME = "/api/v1"
LEVERS = f"{HOME}/chain/levers?mineral=gallium-germanium&acts=full-stop"


def levers_of(mineral, **given):
    return answer_to(find("chain levers"), {"mineral": mineral, **given})


def claims_of(ledger, day, **given):
    return answer_to(find("check"), {"ledger": ledger, "as_of": day, **given})


def opened(folder, **more):
    return TestClient(create_app(Settings(data_folder=folder, rate=0.0, case="", **more)))


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("server")) as found:
        yield found


def test_a_call_is_answered_at_once_then_followed_then_kept(client):
    begun = time.monotonic()
    first = client.get(LEVERS + "&wait=0")
    assert time.monotonic() - begun < 20.0
    assert first.status_code == 202
    said = first.json()
    assert said["job"] == first.headers["location"]
    assert said["again"] == LEVERS + "&wait=0"
    assert int(first.headers["retry-after"]) > 0
    assert "etag" not in first.headers
    with client.stream("GET", f"{said['job']}/events") as followed:
        events = "".join(followed.iter_text())
    assert "event: end" in events
    job = client.get(said["job"]).json()
    assert (job["status"], job["done"]) == ("done", job["total"])
    assert job["total"] == 2**3
    found = client.get(said["again"])
    assert found.status_code == 200
    assert found.headers["etag"].startswith(f'"{found.json()["key"]}')
    assert client.get(LEVERS, headers={"if-none-match": found.headers["etag"]}).status_code == 304
    assert found.json()["tables"]["levers"]["rows"]


def test_waiting_is_bounded_and_brings_the_answer(client):
    path = f"{LEVERS}&set=levers%3Drecycling%2Bstockpile&months=12"
    found = client.get(f"{path}&wait=60")
    assert found.status_code == 200
    assert {row["lever"] for row in found.json()["tables"]["levers"]["rows"]} == {"stockpile", "recycling"}
    for bad in (-1, 61, "x"):
        assert client.get(f"{path}&wait={bad}").status_code == 422


def test_a_mistake_is_refused_before_any_work(client):
    before = client.get(f"{HOME}/jobs").json()["total"]
    home = "/chain/levers?mineral=gallium"
    for path in (
        "/chain/levers", f"{home}&acts=x", f"{home}&cut=2", f"{home}&country=Narnia", "/check?ledger=none",
        "/check?kind=rumour", "/chain/levers?mineral=x.toml", "/check?statement=claims.yaml",
    ):  # fmt: skip
        found = client.get(f"{HOME}{path}")
        assert (found.status_code, found.headers["content-type"]) == (422, "application/problem+json"), path
    assert client.get(f"{HOME}/jobs").json()["total"] == before


def test_many_who_ask_at_once_begin_one_job(tmp_path):
    app = create_app(Settings(data_folder=tmp_path, rate=0.0, case=""))
    question, found, gate = levers_of("gallium-germanium", cut="0.7", months="6"), [], threading.Barrier(16)

    def ask():
        gate.wait()
        found.append(app.state.questions.ask(question))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(isinstance(one, Pending) for one in found)
    assert len({one.name for one in found}) == 1
    assert app.state.store.jobs(10, 0, ("answer",))[1] == 1


def test_who_asks_goes_before_what_is_worked_out_ahead(tmp_path):
    app = create_app(Settings(data_folder=tmp_path, rate=0.0, case=""))
    store, questions = app.state.store, app.state.questions
    early = [levers_of("gallium-germanium", cut=cut, months="6") for cut in ("0.1", "0.2")]
    names = [questions.ask(one, early=True).name for one in early]
    asked = questions.ask(levers_of("gallium-germanium", cut="0.3", months="6")).name
    questions.ask(early[1])
    taken = [store.take_job("me", ("answer",), 15.0)["id"] for _ in range(3)]
    assert set(taken[:2]) == {asked, names[1]}
    assert taken[2] == names[0]


def test_answers_are_not_listed_among_the_runs_and_jobs_of_people(client):
    assert client.get(LEVERS + "&wait=60").status_code == 200
    assert client.get(f"{HOME}/runs").json()["total"] == 0
    assert client.get(f"{HOME}/jobs").json()["total"] == 0


def test_an_answer_survives_a_restart_and_needs_no_second_job(tmp_path):
    with opened(tmp_path) as first:
        tag = first.get(LEVERS + "&wait=60").headers["etag"]
    with opened(tmp_path) as second:
        found = second.get(LEVERS)
        assert (found.status_code, found.headers["etag"]) == (200, tag)
        assert second.app.state.store.jobs(10, 0, ("answer",))[1] == 1


def test_a_server_that_stops_in_the_middle_leaves_the_work_to_the_next(tmp_path, until):
    path = f"{HOME}/chain/levers?mineral=rare-earths&months=6&set=levers%3Dstockpile%2Bthrift%2Bplants"
    with opened(tmp_path) as first:
        job = first.get(path + "&wait=0").json()["job"]
        until(lambda: first.get(job).json(), lambda one: one["status"] == "running")
    with opened(tmp_path) as second:
        assert second.get(path + "&wait=0").json()["job"] == job
        found = until(lambda: second.get(job).json(), lambda one: one["status"] == "done")
        assert found["attempts"] == 1
        assert second.get(path).status_code == 200


def test_what_could_not_be_computed_says_why_and_is_tried_again_later(tmp_path):
    app = create_app(Settings(data_folder=tmp_path, rate=0.0, case=""))
    store, client = app.state.store, TestClient(app)
    name = client.get(LEVERS).json()["job"].rsplit("/", 1)[1]
    store.change_job(name, status="failed", finished=time.time(), error="the job needs more memory than there is.")
    found = client.get(LEVERS)
    assert found.status_code == 422
    assert found.json()["detail"] == "the job needs more memory than there is."
    assert "more memory" in client.get(LEVERS.removeprefix(HOME), headers={"accept": "text/html"}).text
    store.change_job(name, finished=time.time() - 3600.0)
    again = client.get(LEVERS).json()["job"]
    assert again.rsplit("/", 1)[1] != name
    store.change_job(again.rsplit("/", 1)[1], status="cancelled", finished=time.time())
    assert client.get(LEVERS).status_code == 202


def test_the_key_names_question_version_and_data(tmp_path, monkeypatch):
    question = claims_of("may-2025", "2025-05-31")
    key = question.key
    assert re.fullmatch("[0-9a-f]{12}", key)
    assert claims_of("may-2025", "2025-06-01").key != key
    assert claims_of("may-2025", "2025-05-31", statement="C01").key != key
    monkeypatch.setattr("detente.version.VERSION", "0.0.0")
    assert question.key != key
    monkeypatch.undo()
    monkeypatch.setenv("DETENTE_LIBRARY", str(tmp_path))
    other = question.key
    (tmp_path / "usa_imports_2024.parquet").write_bytes(b"another table")
    assert question.key != other


def test_a_page_stands_at_once_and_comes_again_without_a_script(tmp_path):
    client = TestClient(create_app(Settings(data_folder=tmp_path, rate=0.0, case="")))
    for path, heading in (
        ("/check?as_of=2025-05-31", "Whether a claim holds"),
        ("/chain/levers?mineral=gallium&country=JPN", "What would help against a shortage"),
    ):
        found = client.get(path)
        assert found.status_code == 200
        assert heading in found.text
        assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in found.text
        assert f'<a href="{path.replace("&", "&amp;")}" data-swap>Look again</a>' in found.text
        name = re.search(r'data-pending="([0-9a-f]{16})"', found.text)[1]
        assert client.get(f"{HOME}/jobs/{name}").json()["status"] == "waiting"


def test_what_pages_show_first_is_worked_out_ahead(tmp_path, until):
    app = create_app(Settings(data_folder=tmp_path, rate=0.0, case=""))
    begin = threading.Event()
    app.state.questions.ahead(begin)
    time.sleep(0.3)
    store, kinds = app.state.store, ("answer",)
    assert store.jobs(50, 0, kinds)[1] == 0
    begin.set()
    until(lambda: store.jobs(50, 0, kinds)[1], lambda total: total == len(usual()), 20.0)
    app.state.questions.stop()
    assert all(row["early"] == 1 for row in store.jobs(50, 0, kinds)[0])
    shown = {answer_to(find("check"), {}).key, levers_of("gallium-germanium").key}
    assert shown <= {row["answer"] for row in store.jobs(50, 0, kinds)[0]}


def test_a_database_of_an_older_version_is_taken_over(tmp_path):
    import sqlite3

    path = tmp_path / "server.sqlite"
    with sqlite3.connect(path) as old:
        old.execute(
            "CREATE TABLE jobs (id VARCHAR(16) PRIMARY KEY, kind VARCHAR(16) NOT NULL, request TEXT NOT NULL, "
            "status VARCHAR(16) NOT NULL, part TEXT NOT NULL, done INTEGER NOT NULL, total INTEGER NOT NULL, "
            "created FLOAT NOT NULL, started FLOAT, finished FLOAT, attempts INTEGER NOT NULL, run VARCHAR(12), "
            "error TEXT NOT NULL)"
        )
        old.execute("INSERT INTO jobs VALUES ('0123456789abcdef','run','{}','running','',0,0,1.0,1.0,NULL,1,NULL,'')")
    store = open_store(f"sqlite:///{path}")
    assert store.take_job("me", ("run", "answer"), 15.0) is None  # nobody knows its kind of work any more
    row = open_store(f"sqlite:///{path}").job("0123456789abcdef")
    assert row["status"] == "cancelled"
    assert row["error"]
