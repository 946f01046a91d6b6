"""Jobs and answers that take long: followed, cancelled, kept, and taken up by the next server when one is killed."""

import errno
import html
import io
import json
import os
import re
import signal
import sys
import time
from concurrent.futures import Future
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
pytest.importorskip("sqlalchemy")

from starlette.testclient import TestClient

import detente as dt
import serving
from detente.faces.ask.question import find
from detente.faces.web.app import create_app
from detente.faces.web.problems import Unwritable
from detente.faces.web.settings import Settings
from detente.faces.web.work import jobs, worker
from detente.faces.web.work.jobs import ATTEMPTS, LEASE, Jobs
from detente.faces.web.work.questions import Pending, answer_to, usual
from serving import HOME, Server, cut, ended, until

LEVERS = f"{HOME}/chain/levers?mineral=gallium-germanium&acts=full-stop"
linux = pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes of Linux")


def app_of(folder, **more):
    return create_app(Settings(data_folder=folder, rate=0.0, case="", **more))


@pytest.fixture
def client(tmp_path):
    with TestClient(app_of(tmp_path)) as found:
        yield found


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A server that many tests ask; its answers are worked out in this process, which has loaded what they need."""
    folder, apart = tmp_path_factory.mktemp("server"), jobs._process
    with pytest.MonkeyPatch.context() as patched, TestClient(app_of(folder)) as found:
        patched.setattr(jobs, "_process", lambda at: serving.Here(at) if at.is_relative_to(folder) else apart(at))
        yield found


def begin(client, asked):
    answer = client.post(f"{HOME}/jobs", json=asked)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def job(client, name):
    return client.get(f"{HOME}/jobs/{name}").json()


def test_a_run_is_done_with_progress_and_kept(kept):
    made = kept.post(f"{HOME}/jobs", json=serving.RUN)
    assert made.status_code == 202
    with kept.stream("GET", f"{made.headers['location']}/events") as followed:
        assert followed.headers["content-type"].startswith("text/event-stream")
        text = "".join(followed.iter_text())
    told = [block for block in text.strip().split("\n\n") if not block.startswith(":")]
    events = [dict(line.split(": ", 1) for line in block.splitlines()) for block in told]
    assert {one["event"] for one in events[:-1]} <= {"progress"}
    assert events[-1]["event"] == "end"
    last = json.loads(events[-1]["data"])
    assert last["status"] == "done", last
    run = kept.get(f"{HOME}/runs/{last['run']}").json()
    assert run["scenario"]["title"] == "small"
    assert run["tables"]["headline"]
    assert dt.run(serving.SMALL, draws=0).key == last["run"]


def test_talks_chain_and_sweep_are_jobs_too(kept):
    advice = {"question": "talks advice", "arguments": {"case": "two-country", "draws": 0}}
    names = [begin(kept, asked) for asked in (cut(0.5), serving.swept("10%,20%"), advice)]
    runs = [ended(kept, name)["run"] for name in names]
    for key in runs:
        run = kept.get(f"{HOME}/runs/{key}").json()
        assert any(run["tables"].values())
        assert run["answer"]["headline"][:40] in html.unescape(kept.get(f"/runs/{key}").text)
    rates = kept.get(f"{HOME}/runs/{runs[1]}?table=headline").json()
    assert {row["over.usa.change.rec_chn.rate"] for row in rates["rows"]} in ({"10%", "20%"}, {0.1, 0.2})


def test_a_mistake_found_late_is_the_job_s_word(kept):
    over = {"usa.change.no_such_measure.rate": "10%,20%"}
    found = ended(kept, begin(kept, {"question": "sweep", "arguments": {"scenario": serving.SMALL, "over": over}}))
    assert found["status"] == "failed"
    assert "no_such_measure" in found["error"]
    assert "Traceback" not in found["error"]


@linux
def test_cancel_ends_the_process_at_once_and_who_waits_is_cancelled_before_he_begins(client):
    name = begin(client, serving.LONG)
    mine = until(serving.children)
    assert begin(client, serving.LONG) == name, "who asks for the same joins the work"
    second = begin(client, {**serving.LONG, "arguments": {**serving.LONG["arguments"], "seed": 5}})
    assert job(client, second)["status"] == "waiting"
    assert client.delete(f"{HOME}/jobs/{second}").json()["attempts"] == 0
    assert client.delete(f"{HOME}/jobs/{name}").json()["status"] == "cancelled"
    until(lambda: not mine & serving.children(), seconds=5.0)
    assert job(client, name)["status"] == "cancelled"
    again = client.delete(f"{HOME}/jobs/{name}")
    assert (again.status_code, again.json()["title"]) == (409, "Not possible right now")
    assert client.get(f"{HOME}/jobs").json()["total"] == 2
    assert client.get(f"{HOME}/jobs/0123456789abcdef").status_code == 404


def killed(client, name, times, how=signal.SIGKILL, work=True):
    """End the worker of a job again and again, each time when a new one is at work."""
    gone = set()

    def look():
        for pid in serving.children() - gone:
            if not work or job(client, name)["done"] > len(gone):
                os.kill(pid, how)
                gone.add(pid)
        return len(gone)

    until(look, lambda count: count >= times, 120.0)


def left(folder):
    """Whether jobs have left nothing."""
    return not (folder / "jobs").exists() or not list((folder / "jobs").iterdir())


@pytest.mark.sampled(3)
@linux
@pytest.mark.parametrize("times", [ATTEMPTS - 1, ATTEMPTS])
def test_a_worker_that_is_killed_is_begun_again_from_what_was_done_and_not_for_ever(client, tmp_path, times):
    """Who empties a machine ends every process politely, a worker perhaps before its server: that is no attempt."""
    name = begin(client, serving.swept("0%..60%/8"))
    killed(client, name, 1, signal.SIGTERM, work=False)
    killed(client, name, times)
    found = ended(client, name)
    if times < ATTEMPTS:
        assert (found["status"], found["attempts"]) == ("done", ATTEMPTS)
        assert client.get(f"{HOME}/runs/{found['run']}?table=headline").json()["total"] >= 8
    else:
        assert found["status"] == "failed"
        assert f"was killed (SIGKILL), {ATTEMPTS} times" in found["error"]
    until(lambda: left(tmp_path), seconds=5.0)


@pytest.mark.sampled(5)
@linux
def test_killed_in_the_middle_of_a_job_the_next_server_takes_it_up_and_no_run_is_lost(tmp_path):
    program = (sys.executable, "-c", serving.SOON)
    first = Server(tmp_path, program=program)
    saved = ended(first.client, first.begin(serving.RUN), "")["run"]
    name = first.begin(serving.swept("0%..60%/12"))
    until(lambda: first.job(name), lambda one: one["done"] > 0)
    own = first.workers()
    assert own
    first.end(signal.SIGKILL)
    until(lambda: not serving.alive(own), seconds=5.0)
    second = Server(tmp_path, program=program)
    try:
        assert second.get(f"/runs/{saved}")["key"] == saved
        found = ended(second.client, name, "")
        assert (found["status"], found["attempts"]) == ("done", 2)
        assert second.get(f"/runs/{found['run']}?table=headline&limit=500")["total"] >= 12
        assert {row["key"] for row in second.get("/runs")["rows"]} == {saved, found["run"]}
    finally:
        second.end()


def test_a_folder_named_from_where_the_server_stands_serves_its_jobs(tmp_path, monkeypatch):
    """`detente serve --data ./d1`: workers stand in folders of their own, and find it all the same."""
    monkeypatch.chdir(tmp_path)
    settings = Settings(data_folder=Path("./d1"), database="runs.sqlite", rate=0.0, case="").checked()
    assert (settings.data_folder, settings.database_url) == (tmp_path / "d1", f"sqlite:///{tmp_path / 'runs.sqlite'}")
    with TestClient(app_of(Path("./d1"))) as own:
        assert own.get(f"{HOME}/runs/{ended(own, begin(own, cut(0.5)))['run']}").status_code == 200


@pytest.fixture(scope="module")
def pair(cluster, tmp_path_factory):
    """Two servers for the tests that leave both of them running."""
    with serving.two_servers(cluster.created(), tmp_path_factory.mktemp("pair")) as found:
        yield found


@pytest.fixture
def url(cluster):
    return cluster.created()


@pytest.fixture
def two(url, tmp_path):
    """Two servers for one test that ends one of them."""
    with serving.two_servers(url, tmp_path) as found:
        yield found


def running(two, asked=serving.LONG):
    """A job that has begun, the server that runs it, and the other."""
    name = two[0].begin(asked)
    until(lambda: two[0].job(name), lambda one: one["status"] == "running" and one["done"] > 0)
    mine, other = (two[0], two[1]) if two[0].workers() else (two[1], two[0])
    assert mine.workers()
    assert not other.workers()
    return name, mine, other


@pytest.mark.sampled(6, together="pair")
def test_both_servers_see_what_either_does_and_each_job_runs_once(pair):
    names = [pair[i % 2].begin(cut(0.2 + 0.1 * i)) for i in range(4)]
    for i, name in enumerate(names):
        found = ended(pair[1 - i % 2].client, name, "")
        assert (found["status"], found["attempts"]) == ("done", 1), found
    first, second = (one.get("/runs?limit=100") for one in pair)
    assert first["rows"] == second["rows"]
    assert {pair[0].job(name)["run"] for name in names} <= {row["key"] for row in first["rows"]}
    key = first["rows"][0]["key"]
    assert pair[0].client.get(f"/runs/{key}").content == pair[1].client.get(f"/runs/{key}").content


@pytest.mark.sampled(6, together="pair")
def test_two_who_ask_two_servers_for_one_answer_begin_one_job(pair):
    path, found = "/chain/levers?mineral=gallium&cut=0.5&set=levers%3Dstockpile&wait=0", [None, None]

    def ask(number):
        found[number] = pair[number].client.get(path)

    serving.together(ask, 2)
    assert [one.status_code for one in found] == [202, 202]
    assert found[0].headers["location"] == found[1].headers["location"]
    last = [one.client.get(f"{path[:-1]}60") for one in pair]
    assert last[0].status_code == 200
    assert (last[0].content, last[0].headers["etag"]) == (last[1].content, last[1].headers["etag"])


@pytest.mark.sampled(6, together="pair")
@linux
def test_a_job_is_cancelled_through_the_other_server(pair):
    name, mine, other = running(pair)
    assert other.client.delete(f"/jobs/{name}").json()["status"] == "cancelled"
    until(mine.workers, lambda found: not found, 10.0)
    assert [one.job(name)["status"] for one in pair] == ["cancelled"] * 2
    assert mine.client.delete(f"/jobs/{name}").status_code == 409


@pytest.mark.sampled(5)
@linux
def test_a_killed_server_loses_its_job_to_a_living_one_and_a_stopped_one_hands_it_over_at_once(two, url):
    name, mine, other = running(two, serving.swept("0%..60%/36"))
    own = mine.workers()
    mine.end(signal.SIGKILL)
    until(lambda: not serving.alive(own), seconds=10.0)
    begun = time.monotonic()
    until(lambda: other.job(name), lambda one: one["attempts"] == 2 and one["done"] > 0, LEASE + 20.0)
    assert time.monotonic() - begun > 1.0, "a living server would have lost its job as well"
    third = Server(mine.folder, url)
    try:
        other.end()
        until(lambda: third.job(name), lambda one: one["status"] == "running" and third.workers(), LEASE - 5.0)
        found = ended(third.client, name, "")
        assert (found["status"], found["attempts"]) == ("done", 2)
        assert third.get(f"/runs/{found['run']}?table=headline&limit=500")["total"] >= 36
    finally:
        third.end()


@pytest.mark.sampled(5)
def test_a_database_that_is_away_for_a_moment_costs_no_job_and_its_password_stands_nowhere(url, cluster, tmp_path):
    server = Server(tmp_path / "server", url)
    try:
        name = server.begin(serving.swept("0%..60%/6"))
        until(lambda: server.job(name), lambda one: one["done"] > 0)
        for pid in {server.process.pid, *server.workers()}:
            assert serving.PASSWORD.encode() not in (Path("/proc") / str(pid) / "cmdline").read_bytes()
        for pid in server.workers():
            assert serving.PASSWORD.encode() not in (Path("/proc") / str(pid) / "environ").read_bytes()
        database = url.rsplit("/", 1)[1]
        thrown = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
        cluster.admin(f"ALTER DATABASE {database} WITH ALLOW_CONNECTIONS false", thrown)
        answers = [server.client.get("/runs") for _ in range(40) if not time.sleep(0.05)]
        assert (answers[-1].status_code, answers[-1].headers["content-type"]) == (503, "application/problem+json")
        assert answers[-1].json()["detail"] == "the database of this server does not answer; ask again"
        cluster.admin(f"ALTER DATABASE {database} WITH ALLOW_CONNECTIONS true")
        for _ in range(20):
            cluster.admin(thrown)
            answers += [server.client.get("/runs") for _ in range(3)]
        assert {answer.status_code for answer in answers} <= {200, 503}, [one.text for one in answers]
        until(lambda: server.client.get("/runs").status_code == 200)
        found = until(
            lambda: server.client.get(f"/jobs/{name}"),
            lambda answer: answer.status_code == 200 and answer.json()["status"] == "done",
        ).json()
        assert found["attempts"] == 1
        assert server.get(f"/runs/{found['run']}")["tables"]
        assert serving.PASSWORD not in json.dumps(server.get("/jobs"))
    finally:
        server.end()
    assert "Traceback" not in server.log.read_text()
    assert not [
        path for path in tmp_path.rglob("*") if path.is_file() and serving.PASSWORD.encode() in path.read_bytes()
    ]
    assert serving.PASSWORD not in repr(Settings(database=url))


def levers_of(**given):
    return answer_to(find("chain levers"), {"mineral": "gallium-germanium", "months": "6", **given})


def claims_of(day, **given):
    return answer_to(find("check"), {"ledger": "may-2025", "as_of": day, **given})


def test_a_call_is_answered_at_once_then_followed_then_kept(kept):
    before = [kept.get(f"{HOME}/{name}").json()["total"] for name in ("runs", "jobs")]
    begun = time.monotonic()
    first = kept.get(LEVERS + "&wait=0")
    assert time.monotonic() - begun < 20.0
    assert first.status_code == 202
    said = first.json()
    assert (said["job"], said["again"]) == (first.headers["location"], LEVERS + "&wait=0")
    assert int(first.headers["retry-after"]) > 0
    assert "etag" not in first.headers
    done = ended(kept, said["job"].rsplit("/", 1)[1])
    assert (done["status"], done["done"], done["total"]) == ("done", 8, 8)
    found = kept.get(said["again"])
    assert found.status_code == 200
    assert found.headers["etag"].startswith(f'"{found.json()["key"]}')
    assert kept.get(LEVERS, headers={"if-none-match": found.headers["etag"]}).status_code == 304
    assert found.json()["tables"]["levers"]["rows"]
    # It is not listed among the runs and jobs of people.
    assert [kept.get(f"{HOME}/{name}").json()["total"] for name in ("runs", "jobs")] == before


def test_waiting_is_bounded_and_brings_the_answer(kept):
    path = f"{LEVERS}&set=levers%3Drecycling%2Bstockpile&months=12"
    found = kept.get(f"{path}&wait=60")
    assert found.status_code == 200
    assert {row["lever"] for row in found.json()["tables"]["levers"]["rows"]} == {"stockpile", "recycling"}
    for bad in (-1, 61, "x"):
        assert kept.get(f"{path}&wait={bad}").status_code == 422


def test_a_mistake_is_refused_before_any_work_and_many_who_ask_begin_one_job(tmp_path):
    client, home = TestClient(app_of(tmp_path)), "/chain/levers?mineral=gallium"
    for path in (
        "/chain/levers", f"{home}&acts=x", f"{home}&cut=2", f"{home}&country=Narnia", "/check?ledger=none",
        "/check?kind=rumour", "/chain/levers?mineral=x.toml", "/check?statement=claims.yaml",
    ):  # fmt: skip
        found = client.get(f"{HOME}{path}")
        assert (found.status_code, found.headers["content-type"]) == (422, "application/problem+json"), path
    assert client.app.state.store.jobs(10, 0, ("answer",))[1] == 0
    app, found = app_of(tmp_path), []
    serving.together(lambda _: found.append(app.state.questions.ask(levers_of(cut="0.7"))), 16)
    assert all(isinstance(one, Pending) for one in found)
    assert (len({one.name for one in found}), app.state.store.jobs(10, 0, ("answer",))[1]) == (1, 1)


def test_who_asks_goes_before_what_is_worked_out_ahead(tmp_path):
    app = app_of(tmp_path)
    store, questions = app.state.store, app.state.questions
    early = [levers_of(cut=share) for share in ("0.1", "0.2")]
    names = [questions.ask(one, early=True).name for one in early]
    asked = questions.ask(levers_of(cut="0.3")).name
    questions.ask(early[1])
    taken = [store.take_job("me", ("answer",), 15.0)["id"] for _ in range(3)]
    assert (set(taken[:2]), taken[2]) == ({asked, names[1]}, names[0])


def test_a_server_that_stops_in_the_middle_leaves_the_work_to_the_next_and_the_answer_to_all_after(tmp_path):
    path = f"{HOME}/chain/levers?mineral=rare-earths&months=6&set=levers%3Dstockpile%2Bthrift%2Bplants"
    with TestClient(app_of(tmp_path)) as first:
        place = first.get(path + "&wait=0").json()["job"]
        until(lambda: first.get(place).json(), lambda one: one["status"] == "running")
    with TestClient(app_of(tmp_path)) as second:
        assert second.get(path + "&wait=0").json()["job"] == place
        assert ended(second, place.rsplit("/", 1)[1])["attempts"] == 1
        tag = second.get(path).headers["etag"]
    with TestClient(app_of(tmp_path)) as third:
        found = third.get(path)
        assert (found.status_code, found.headers["etag"]) == (200, tag)
        assert third.app.state.store.jobs(10, 0, ("answer",))[1] == 1


def test_what_could_not_be_computed_says_why_and_is_tried_again_later(tmp_path):
    app = app_of(tmp_path)
    store, client = app.state.store, TestClient(app)
    name = client.get(LEVERS + "&wait=0").json()["job"].rsplit("/", 1)[1]
    store.change_job(name, status="failed", finished=time.time(), error="the job needs more memory than there is.")
    found = client.get(LEVERS)
    assert (found.status_code, found.json()["detail"]) == (422, "the job needs more memory than there is.")
    assert "more memory" in client.get(LEVERS.removeprefix(HOME), headers={"accept": "text/html"}).text
    store.change_job(name, finished=time.time() - 3600.0)
    again = client.get(LEVERS + "&wait=0").json()["job"].rsplit("/", 1)[1]
    assert again != name
    store.change_job(again, status="cancelled", finished=time.time())
    assert client.get(LEVERS + "&wait=0").status_code == 202


def test_the_key_names_question_version_and_data(tmp_path, monkeypatch):
    question = claims_of("2025-05-31")
    key = question.key
    assert re.fullmatch("[0-9a-f]{12}", key)
    assert claims_of("2025-06-01").key != key
    assert claims_of("2025-05-31", statement="C01").key != key
    monkeypatch.setattr("detente.faces.web.work.questions.VERSION", "0.0.0")
    assert question.key != key
    monkeypatch.undo()
    monkeypatch.setenv("DETENTE_LIBRARY", str(tmp_path))
    other = question.key
    (tmp_path / "usa_imports_2024.parquet").write_bytes(b"another table")
    assert question.key != other


def test_what_pages_show_first_is_worked_out_ahead(tmp_path):
    app, begin_it, kinds = app_of(tmp_path), Future(), ("answer",)
    app.state.questions.ahead(begin_it)
    time.sleep(0.3)
    store = app.state.store
    assert store.jobs(50, 0, kinds)[1] == 0
    begin_it.set_result(None)
    until(lambda: store.jobs(50, 0, kinds)[1], lambda total: total == len(usual()), 20.0)
    app.state.questions.stop()
    rows = store.jobs(50, 0, kinds)[0]
    assert {row["early"] for row in rows} == {1}
    first = {answer_to(find("check"), {}).key, answer_to(find("chain levers"), {"mineral": "gallium-germanium"}).key}
    assert first <= {row["answer"] for row in rows}


@pytest.mark.parametrize("at", ["folder", "result"])
def test_a_job_for_which_there_is_no_room_says_why(tmp_path, monkeypatch, at):
    app = app_of(tmp_path)
    line, full = Jobs(app.state.store, tmp_path / "jobs"), "the disk of this server is full"

    def no_room(*_given, **_named):
        raise OSError(errno.ENOSPC, "No space left on device") if at == "folder" else Unwritable(full)

    if at == "folder":
        monkeypatch.setattr("detente.faces.web.work.jobs._process", no_room)
    else:
        monkeypatch.setattr(type(app.state.store), "save_run", no_room)
    line.start()
    name = line.submit("question", cut(0.5))
    found = until(lambda: line.view(name), lambda one: one["status"] not in ("waiting", "running"))
    line.stop()
    assert (found["status"], found["error"]) == (
        "failed", full if at == "folder" else f"the result cannot be kept: {full}",
    )  # fmt: skip
    until(lambda: left(tmp_path), seconds=10.0)


def test_a_worker_that_cannot_write_says_why(monkeypatch):
    def no_room(*_given):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(worker, "run", no_room)
    told = io.StringIO()
    worker.answered({"request": {}, "folder": "."}, lambda **content: told.write(json.dumps(content)))
    assert json.loads(told.getvalue()) == {"error": "the disk of this server is read-only"}
