"""A server that an institution runs: beneath a path, measured, read only, with several processes."""

import json
import re
import time
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
pytest.importorskip("sqlalchemy")

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from detente.codes import InputError
from detente.faces.ask.question import all_questions, names
from detente.faces.web.app import create_app
from detente.faces.web.beneath import base_of, moved
from detente.faces.web.many import Team
from detente.faces.web.security import Guard
from detente.faces.web.settings import Settings
from detente.faces.web.traffic import Traffic, Visit

TOKEN, METRICS = "a token that is long enough", "another that is long enough"
KEY = "0123456789ab"
DOCUMENT = {
    "key": KEY, "version": "1", "scenario": {"name": "x", "title": "A result", "on": "2025-05-14"}, "sentences": [],
    "tables": {}, "about": {}, "checks": [], "assumptions": [], "vintages": {}, "record": {},
}  # fmt: skip
ROOT = "/detente"
ORIGIN = {"origin": "http://localhost"}
HTML = {"accept": "text/html"}
ADDRESS = re.compile(r'\s(?:href|src|action|formaction|data-[a-z-]+)="(/[^"]*)"')


def app_of(folder, **more):
    return create_app(Settings(data_folder=folder, rate=0.0, case="", ahead=False, **more))


def client_of(app, **more):
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False, follow_redirects=False, **more)


# --- beneath a path ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def under(tmp_path_factory):
    app = app_of(tmp_path_factory.mktemp("under"), root=ROOT, token=TOKEN, metrics=METRICS)
    app.state.store.save_run(DOCUMENT, "run")
    client = client_of(app)
    client.headers["authorization"] = f"Bearer {TOKEN}"
    return client


PAGES = ("/runs", "/runs/all/delete", "/nothing", f"/embed/deal?frozen={KEY}")


@pytest.mark.parametrize("path", PAGES)
def test_every_address_of_a_page_stands_beneath_the_path(under, path):
    text = under.get(ROOT + path, headers=HTML).text
    places = ADDRESS.findall(text)
    assert places, path
    assert not [place for place in places if not place.startswith(f"{ROOT}/")]
    assert f"{ROOT}{ROOT}" not in text


def test_a_proxy_may_have_taken_the_path_off(under):
    with_path, without = (under.get(f"{root}/runs", headers=HTML) for root in (ROOT, ""))
    assert with_path.status_code == without.status_code == 200
    assert with_path.text == without.text
    assert under.get(f"{ROOT}ed/runs").status_code == 404


def test_what_leads_elsewhere_stays_beneath_the_path(under):
    assert f'action="{ROOT}/find"' in under.get(ROOT, headers=HTML).text
    listed = under.get(f"{ROOT}/api/v1/runs")
    assert re.findall(r"<([^?]*)\?", listed.headers["link"]) == [f"{ROOT}/api/v1/runs"] * 2
    begun = under.post(f"{ROOT}/api/v1/jobs", json={"question": "run", "arguments": {"scenario": "geneva"}})
    assert begun.headers["location"].startswith(f"{ROOT}/api/v1/jobs/")
    scope = {"type": "http", "scheme": "https", "path": "/x", "headers": [(b"host", b"a.org")], "app": under.app}
    assert base_of(Request(scope)) == f"https://a.org{ROOT}", "of feeds"


def test_the_door_stands_beneath_the_path(under):
    client = client_of(under.app)
    sent = client.get(f"{ROOT}/runs", headers=HTML)
    assert (sent.status_code, sent.headers["location"]) == (303, f"{ROOT}/login")
    assert f'action="{ROOT}/login"' in client.get(f"{ROOT}/login").text
    form = {"content-type": "application/x-www-form-urlencoded", **ORIGIN}
    entered = client.post(f"{ROOT}/login", content=f"token={TOKEN}", headers=form)
    assert entered.headers["location"] == f"{ROOT}/"
    assert f"Path={ROOT};" in entered.headers["set-cookie"]


def test_only_addresses_of_this_server_are_moved():
    page = b'<a href="/x?q=1">a</a> <a href="//o/x" data-map="/m"> <input value="/v"> href=&#34;/t&#34; <a href="?l=1">'
    assert moved(page, ROOT) == page.replace(b'"/x', b'"/detente/x').replace(b'"/m', b'"/detente/m')


def test_scripts_ask_beneath_the_path_too():
    from importlib.resources import files

    calls = r"(?:fetch|import|EventSource|assign|open)\([`'\"]/"
    bare = re.compile(rf"{calls}|setAttribute\(\"(?:href|src)\", [`'\"]/|origin\}}/")
    wrong = []
    for script in (files("detente.faces.web") / "static").iterdir():
        if script.name.endswith(".js") and script.name != "dom.js":
            wrong += [f"{script.name}: {match}" for match in bare.findall(script.read_text(encoding="utf-8"))]
    assert not wrong, "write placed(...) of dom.js around the address"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"root": "detente"}, "--root-path"), ({"root": "/a/"}, "--root-path"), ({"root": "/a?b"}, "--root-path"),
        ({"frames": ("example.org",)}, "--frame-origin"), ({"frames": ("https://a; script-src *",)}, "--frame-origin"),
        ({"workers": 0}, "--workers"), ({"metrics": "short"}, "METRICS"),
        ({"host": "0.0.0.0"}, "--read-only"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused(more, words):
    with pytest.raises(InputError, match=words):
        Settings(**more).checked()
    assert Settings(host="0.0.0.0", read_only=True).checked()
    assert Settings(host="0.0.0.0", token=TOKEN, root="/a/b").checked()


# --- health, measurements, ids, log -----------------------------------------------------------------------------------


def test_the_health_check_is_open_and_says_nothing_else(under, monkeypatch):
    stranger = TestClient(under.app, base_url="http://10.0.0.7:8765")
    for path in ("/healthz", f"{ROOT}/healthz"):
        answer = stranger.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert stranger.head("/healthz").status_code == 200
    assert stranger.get("/healthz/x").status_code == 421
    from detente.faces.web.faults import Away
    from detente.faces.web.work.store import Store

    def away(_):
        raise Away("gone")

    monkeypatch.setattr(Store, "answers", away)
    assert stranger.get("/healthz").status_code == 503


def test_measurements_are_read_by_a_token_of_their_own(under, tmp_path):
    assert under.get(f"{ROOT}/metrics").status_code == 401, "the token of the server is not theirs"
    text = under.get("/metrics", headers={"authorization": f"Bearer {METRICS}"}).text
    assert re.search(r'detente_requests_total\{worker="\d+",method="GET",status="2xx"\} \d+', text)
    assert "detente_runs 1\n" in text
    assert re.search(r'detente_info\{version="[\d.]+"\} 1', text)
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) detente_\w+ .+|detente_\w+(\{[^{}]*\})? -?[\d.e+-]+", line), line
    assert client_of(app_of(tmp_path)).get("/metrics").status_code == 404, "off unless a token is set"


def test_times_are_counted_in_steps():
    traffic = Traffic()
    for taken, status in ((0.001, 200), (0.3, 404), (60.0, 200)):
        traffic.begin()
        traffic.end(Visit("i", "GET", "/", began=time.perf_counter() - taken, status=status))
    text = traffic.text({})
    steps = {match[0]: int(match[1]) for match in re.findall(r'le="([^"]+)"\} (\d+)', text)}
    assert (steps["0.005"], steps["0.1"], steps["0.5"], steps["10"], steps["+Inf"]) == (1, 1, 2, 2, 3)
    assert re.search(r"requests_open\{[^}]*\} 0", text)


def test_every_answer_has_the_id_of_its_request(under, caplog, monkeypatch):
    assert under.get("/healthz", headers={"x-request-id": "proxy-17"}).headers["x-request-id"] == "proxy-17"
    fresh = [
        under.get("/nothing", headers={"x-request-id": given}).headers["x-request-id"]
        for given in ("", "a b\t", "x" * 65)
    ]
    assert all(re.fullmatch("[0-9a-f]{16}", word) for word in fresh)
    assert len(set(fresh)) == 3
    monkeypatch.setattr(type(under.app.state.store), "runs", lambda *_: 1 / 0)
    with caplog.at_level("ERROR", logger="detente.server"):
        assert under.get("/api/v1/runs", headers={"x-request-id": "proxy-18"}).status_code == 500
    assert "[request proxy-18]" in caplog.text


def test_a_log_of_access_names_nobody_and_has_no_query(tmp_path):
    path = tmp_path / "access.log"
    client = client_of(app_of(tmp_path / "a", access_log=str(path)))
    client.get("/api/v1/runs?limit=7&offset=31", headers={"x-request-id": "r1"})
    client.post("/api/v1/jobs", json={"kind": "a body nobody keeps"}, headers=ORIGIN)
    text = path.read_text(encoding="utf-8")
    first, second = map(json.loads, text.splitlines())
    assert (first["path"], first["request"], first["status"]) == ("/api/v1/runs", "r1", 200)
    assert list(first) == ["time", "request", "method", "path", "status", "milliseconds", "bytes", "worker"]
    assert first["bytes"] > 10
    assert second["method"] == "POST"
    assert "offset" not in text
    assert "nobody keeps" not in text
    with pytest.raises(InputError, match="--access-log"):
        app_of(tmp_path / "c", access_log=str(tmp_path / "no" / "x.log"))


# --- read only --------------------------------------------------------------------------------------------------------


def test_a_server_that_keeps_nothing_takes_nothing_in():
    """Whatever is posted or deleted is refused, but for what computes with the numbers it is given."""

    async def inner(scope, receive, send):
        await PlainTextResponse("let in")(scope, receive, send)

    client = TestClient(Guard(inner, Settings(read_only=True, rate=0.0)), base_url="http://localhost")
    lines = (Path(__file__).parents[1] / "house" / "stable_api.txt").read_text(encoding="utf-8").splitlines()
    operations = [re.match(r"interface: (\w+) (\S+)", line) for line in lines if line.startswith("interface: ")]
    changing = {(match[1], match[2]) for match in operations if match[1] != "GET"}
    let_in = {(kind, path) for kind, path in changing if client.request(kind, path, headers=ORIGIN).text == "let in"}
    kept = {each.name for each in all_questions() if each.long or each.file}
    assert let_in == {("POST", f"/api/v1/{name.replace(' ', '/')}") for name in set(names()) - kept}
    assert {"entries", "run", "sweep"} < kept
    assert client.post("/deal/live/improve", headers=ORIGIN).text == "let in"
    assert "keeps nothing" in client.post("/api/v1/jobs", headers=ORIGIN).json()["detail"]
    assert client.post(f"/runs/{KEY}/delete", headers=ORIGIN).status_code == 403
    assert client.get("/runs").text == "let in"


def test_pages_of_a_server_that_keeps_nothing_stand_in_the_frames_it_names(tmp_path):
    app = app_of(tmp_path, read_only=True, host="0.0.0.0", frames=("https://example.org", "'self'"))
    app.state.store.save_run(DOCUMENT, "run")
    client = client_of(app)
    page = client.get("/runs", headers=HTML).text
    assert "data-read-only" in page
    assert "/delete" not in page
    assert "/delete" not in client.get(f"/runs/{KEY}", headers=HTML).text
    assert "this server is read only" in client.get(f"/runs/{KEY}/delete", headers=HTML).text
    frame = client.get(f"/embed/deal?frozen={KEY}")
    assert "frame-ancestors https://example.org 'self'" in frame.headers["content-security-policy"]
    assert "x-frame-options" not in frame.headers
    assert "frame-ancestors 'none'" in client.get("/api/v1/runs").headers["content-security-policy"]


# --- several processes ------------------------------------------------------------------------------------------------


class Worker:
    def __init__(self, lives):
        self.lives, self.ended = lives, False

    def is_alive(self):
        return self.lives and not self.ended

    def terminate(self):
        self.ended = True

    def join(self, _):
        pass

    kill = terminate


def test_a_process_that_ended_is_begun_again_and_all_end_together():
    team = Team(lambda: Worker(lives=True), 2)
    team.fill()
    first = [process for process, _ in team.members]
    first[0].ended = True
    team.members = [(process, began - 60.0) for process, began in team.members]
    team.fill()
    assert team.members[0][0] is first[1]
    assert len(team.members) == 2
    team.end()
    assert all(process.ended for process, _ in team.members)


def test_processes_that_do_not_last_are_not_begun_for_ever():
    team = Team(lambda: Worker(lives=False), 2)
    for _ in range(3):
        team.fill()
    with pytest.raises(InputError, match="end as soon as they begin"):
        team.fill()
