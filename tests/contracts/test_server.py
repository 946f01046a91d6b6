"""The server: whom it lets in, what it refuses, what it does under load, on a full disk, beneath a path."""

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
pytest.importorskip("sqlalchemy")

import json
import re
import socket
import threading
import time
from pathlib import Path
from types import SimpleNamespace

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from detente.codes import InputError
from detente.faces.ask.question import all_questions, names
from detente.faces.web.answers import base_of, moved
from detente.faces.web.app import create_app
from detente.faces.web.listening import Team
from detente.faces.web.security import Guard, Limiter, dress
from detente.faces.web.settings import Settings
from detente.faces.web.traffic import Traffic, Visit
from rows import rows_of
from serving import DOCUMENT

LISTED = rows_of(__file__)

TOKEN, METRICS = "a-token-of-some-length", "another that is long enough"
KEY = DOCUMENT["key"]
ROOT = "/detente"
ORIGIN = {"origin": "http://localhost"}
HTML = {"accept": "text/html"}
ADDRESS = re.compile(r'\s(?:href|src|action|formaction|data-[a-z-]+)="(/[^"]*)"')


def app_of(folder, **more):
    return create_app(Settings(data_folder=folder, rate=0.0, case="", ahead=False, **more))


def client_of(app, **more):
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False, follow_redirects=False, **more)


@pytest.fixture(scope="module")
def under(tmp_path_factory):
    app = app_of(tmp_path_factory.mktemp("under"), root=ROOT, token=TOKEN, metrics=METRICS)
    app.state.store.save_run(DOCUMENT, "run")
    client = client_of(app)
    client.headers["authorization"] = f"Bearer {TOKEN}"
    return client


SHOWN = ("/runs", "/runs/all/delete", "/nothing", f"/embed/deal?frozen={KEY}")


@pytest.mark.parametrize("path", SHOWN)
def test_every_address_of_a_page_stands_beneath_the_path(under, path):
    text = under.get(ROOT + path, headers=HTML).text
    places = ADDRESS.findall(text)
    assert places, path
    assert not [place for place in places if not place.startswith(f"{ROOT}/")]
    assert f"{ROOT}{ROOT}" not in text


def test_what_stands_beneath_a_path_and_a_proxy_that_took_it_off(under):
    with_path, without = (under.get(f"{root}/runs", headers=HTML) for root in (ROOT, ""))
    assert with_path.status_code == without.status_code == 200
    assert (with_path.text, under.get(f"{ROOT}ed/runs").status_code) == (without.text, 404)
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


def test_only_addresses_of_this_server_are_moved_and_scripts_ask_beneath_the_path():
    page = b'<a href="/x?q=1">a</a> <a href="//o/x" data-map="/m"> <input value="/v"> href=&#34;/t&#34; <a href="?l=1">'
    assert moved(page, ROOT) == page.replace(b'"/x', b'"/detente/x').replace(b'"/m', b'"/detente/m')
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
        ({"host": "0.0.0.0"}, "--read-only"), ({"connections": 0}, "--connections"),
        ({"head_seconds": 0.0}, "--header-timeout"), ({"body_seconds": float("nan")}, "--body-timeout"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused(more, words):
    with pytest.raises(InputError, match=words):
        Settings(**more).checked()
    assert Settings(host="0.0.0.0", read_only=True).checked()
    assert Settings(host="0.0.0.0", token=TOKEN, root="/a/b").checked()


def test_the_health_check_is_open_and_says_nothing_else(under, monkeypatch):
    stranger = TestClient(under.app, base_url="http://10.0.0.7:8765")
    for path in ("/healthz", f"{ROOT}/healthz"):
        answer = stranger.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert (stranger.head("/healthz").status_code, stranger.get("/healthz/x").status_code) == (200, 421)
    from detente.faces.web.problems import Away
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


def test_a_process_that_ended_is_begun_again_but_not_for_ever():
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
    team = Team(lambda: Worker(lives=False), 2)
    for _ in range(3):
        team.fill()
    with pytest.raises(InputError, match="end as soon as they begin"):
        team.fill()


LOOKED_AT = ("/api/v1/status", "/api/v1/data/list", "/nothing", "/api/v1/runs/0123456789ab", "/static/vega.js")


def asked(question, **arguments):
    return {"question": question, "arguments": arguments}


def ran(scenario, **more):
    return asked("run", scenario=scenario, **more)


def swept(over):
    return asked("sweep", scenario="geneva", over=over)


def own_client(tmp_path, **more):
    return TestClient(create_app(Settings(data_folder=tmp_path, case="", **more)), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with own_client(tmp_path_factory.mktemp("server"), rate=0.0) as found:
        yield found


@pytest.mark.parametrize("path", LOOKED_AT)
def test_every_answer_carries_the_headers(client, path):
    found = client.get(path)
    policy = found.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert (found.headers["x-content-type-options"], found.headers["x-frame-options"]) == ("nosniff", "DENY")
    assert "server" not in found.headers


def test_only_embedded_pages_may_stand_in_frames():
    from starlette.datastructures import MutableHeaders

    inside, outside = MutableHeaders(), MutableHeaders()
    dress(inside, "/embed/deal")
    dress(outside, "/embedded")
    assert "frame-ancestors *" in inside["content-security-policy"]
    assert "x-frame-options" not in inside
    assert "frame-ancestors 'none'" in outside["content-security-policy"]


def test_a_token_is_asked_for_everywhere_but_at_the_door(tmp_path):
    with own_client(tmp_path, token=TOKEN) as client:
        assert client.get("/api/v1/status").status_code == 401
        assert client.get("/api/v1/status").headers["www-authenticate"] == "Bearer"
        assert client.get("/api/v1/openapi.json").status_code == 401
        assert client.post("/api/v1/jobs", json=ran("geneva")).status_code == 401
        for wrong in ("Bearer ", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}"):
            assert client.get("/api/v1/status", headers={"authorization": wrong}).status_code == 401
        good = {"authorization": f"Bearer {TOKEN}"}
        assert client.get("/api/v1/status", headers=good).status_code == 200
        assert client.get("/login").status_code == 200
        sent = client.get("/deal", headers={"accept": "text/html"}, follow_redirects=False)
        assert (sent.status_code, sent.headers["location"]) == (303, "/login")


def test_the_door_gives_a_cookie_that_scripts_and_other_sites_do_not_see(tmp_path):
    with own_client(tmp_path, token=TOKEN) as client:
        form = {"content-type": "application/x-www-form-urlencoded"}
        assert client.post("/login", content="token=wrong", headers=form).status_code == 401
        found = client.post("/login", content=f"token={TOKEN}", headers=form, follow_redirects=False)
        assert found.status_code == 303
        cookie = found.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert client.get("/api/v1/status").status_code == 200


HOSTS = {
    421: ("evil.example", "evil.example:8765", "127.0.0.1.evil.example", "[::2]", ""),
    200: ("localhost", "127.0.0.1:8765", "[::1]:8765", "LOCALHOST"),
}


@pytest.mark.parametrize("code", HOSTS)
def test_another_name_of_the_server_is_refused_and_its_own_are_not(client, code):
    assert {client.get("/api/v1/status", headers={"host": host}).status_code for host in HOSTS[code]} == {code}


@pytest.mark.parametrize(
    "headers", [{"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}]
)
def test_pages_of_other_sites_change_nothing(client, headers):
    assert client.post("/api/v1/jobs", json=ran("geneva"), headers=headers).status_code == 403
    assert client.get("/api/v1/jobs").json()["total"] == 0


def test_its_own_pages_change_something(client):
    headers = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}
    assert client.post("/api/v1/data/list", json={}, headers=headers).status_code == 200


def test_too_many_requests_are_told_to_wait(tmp_path):
    with own_client(tmp_path, rate=0.1, burst=3) as client:
        codes = [client.get("/api/v1/status").status_code for _ in range(5)]
        assert codes == [200, 200, 200, 429, 429]
        assert int(client.get("/api/v1/status").headers["retry-after"]) >= 1


def test_a_client_that_waits_may_ask_again():
    held = Limiter(2.0, 1)
    assert (held.wait("a", 0.0), held.wait("a", 0.1), held.wait("b", 0.1)) == (0.0, pytest.approx(0.4), 0.0)
    assert held.wait("a", 0.6) == 0.0


def test_a_body_above_the_limit_is_refused_said_or_unsaid(tmp_path):
    with own_client(tmp_path, body=1000) as client:
        assert client.post("/api/v1/run", content=b"x" * 1001).status_code == 413

        def pieces():
            for _ in range(20):
                yield b"y" * 100

        found = client.post("/api/v1/run", content=pieces())
        assert (found.status_code, found.headers["content-type"]) == (413, "application/problem+json")
        assert client.get("/api/v1/status", headers={"content-length": "x"}).status_code == 400


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
YAML = {"content-type": "application/yaml"}
HOSTILE = [
    (b"\xff\xfe\x00", YAML), (b"{", {}), (b"null", {}), (b"[1,2]", {}), (b"NaN", {}), (b'{"on": NaN}', {}),
    (b"[" * 100_000, {}), (b"[" * 100_000, YAML), (b"{a: " * 5_000, YAML), (BOMB.encode(), YAML),
    (b"!!python/object/apply:os.system ['touch /tmp/never']", YAML), (b"on: !!python/name:os.system", YAML),
    (b"? [a]\n: b", YAML), (b"on: 2025-05-14\non: 2025-05-15", YAML), (b"on: 9999999999999999-01-01", YAML),
    (b"on: 2025-05-14\nusa: {lawbook: /etc}", YAML), (b"on: 2026-10-01\nlaws: {CAN: {lawbook: /etc}}", YAML),
    (b"on: 2025-05-14\nworld: /etc/mine.npz", YAML), (b"on: 2025-05-14\nusa: {add: [/etc/passwd]}", YAML),
    (b"on: 2025-05-14\nusa: {add: [{id: x, title: x, authority: reciprocal, goods: [{list: /etc/passwd}], "
     b"periods: [{rate: 10%, from: 2025-05-14}]}]}", YAML),
    (b"on: 2025-05-14\nmaterials: {chain: ../../etc/passwd}", YAML),
    (b"on: 2025-05-14\nmaterials: {without: x.toml}", YAML),
    (b"on: 2025-05-14\nrecord: {claims: /etc/passwd}", YAML),
    (b"on: 2025-05-14\nusa: {change: [{measure: nothing, rate: 5%}]}", YAML),
    (b"on: 2025-05-14\nusa: {change: [{measure: rec_chn, rate: 1e400}]}", YAML), (b"on: 1700-01-01", YAML),
    (b"title: \x00", YAML),
    (json.dumps({"on": "2025-05-14", "variants": {str(k): {"on": "2025-05-14"} for k in range(30_000)}}).encode(), {}),
    (b"on: 2025-05-14", {"content-type": "application/x-python-pickle"}),
    (b"on: 2025-05-14", {"content-type": "multipart/form-data; boundary=x"}),
]  # fmt: skip


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("body", "headers"), HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_scenarios_get_a_problem(client, body, headers):
    headers = headers or {"content-type": "application/json"}
    found = client.post("/api/v1/run", content=body, headers=headers)
    assert 400 <= found.status_code < 500, found.text
    assert (found.headers["content-type"], found.json()["status"]) == ("application/problem+json", found.status_code)
    assert "Traceback" not in found.text
    assert "root:" not in found.text


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "body",
    [
        {"question": "rm"}, {"kind": "run"}, asked("sweep", scenario="geneva"), ran("../geneva"), ran({"on": []}),
        ran("geneva", draws=10**9), ran("geneva", x=1), ran("geneva", draws=-1),
        swept({"usa.change.rec_chn.rate": "0..1/1000000"}),
        swept({"usa.change.rec_chn.rate": "0..1/99999999999999999999"}),
        swept({k: "1,2,3,4,5,6,7,8,9,10" for k in "abcdefgh"}), asked("talks advice", case="/etc/passwd"),
        asked("chain run", mineral="/etc/passwd", cut=1), asked("chain run", mineral="rare-earths", acts="x.toml"),
        ran({"on": "2025-05-14", "title": "\ud800"}), ran({"on": "2025-05-14", "title": "\x00"}),
        ran({"on": "1900-01-01"}), ran({"on": "2025-05-14", "usa": {"add": [{"id": "a"}]}}),
        swept({"usa.change.rec_chn.rate": [float("nan")]}), swept({"usa.change.rec_chn.rate": [float("inf"), 1]}),
        swept({"usa.lawbook": "/etc,/tmp"}), swept({"materials.chain": "/etc/passwd,x"}),
        swept({"record.claims": "/etc/passwd,x"}), swept({"usa.add": "/etc/passwd,x"}),
        asked("chain run", mineral="rare-earths", cut=7), [], "run", None, 7,
    ],
)  # fmt: skip
def test_hostile_jobs_are_refused_and_none_is_kept(client, body):
    text, headers = json.dumps(body), {"content-type": "application/json"}
    found = client.post("/api/v1/jobs", content=text, headers=headers)
    assert found.status_code == 422, found.text
    assert client.get("/api/v1/jobs").json()["total"] == 0


@pytest.mark.parametrize("path", LISTED["paths_lead_nowhere_else"])
def test_paths_lead_nowhere_else(client, path):
    found = client.get(path)
    assert found.status_code in (404, 405, 422)
    assert "import" not in found.text


def test_settings_hide_what_is_secret_and_refuse_strangers(tmp_path):
    held = Settings(token=TOKEN, database="postgresql://me:password@host/name")
    assert TOKEN not in repr(held)
    assert "password" not in repr(held)
    assert held.database_url == "postgresql+pg8000://me:password@host/name"
    with pytest.raises(InputError, match="would let anybody on the network in"):
        Settings(host="0.0.0.0").checked()
    with pytest.raises(InputError, match="is short"):
        Settings(token="short").checked()
    with pytest.raises(InputError, match="cannot be opened") as raised:
        create_app(Settings(data_folder=tmp_path, database="postgresql://me:password@127.0.0.1:1/name", case=""))
    assert "password@" not in str(raised.value)


def test_the_command_refuses_a_stranger_and_a_port_that_is_taken_in_one_sentence(detente, tmp_path, monkeypatch):
    monkeypatch.delenv("DETENTE_TOKEN", raising=False)
    assert "--token" in detente("serve", "--host", "0.0.0.0", "--check").err
    said = detente("serve", "--host", "0.0.0.0", "--token", TOKEN, "--check").out
    assert "token asked for" in said
    assert TOKEN not in said
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert "is taken" in detente("serve", "--port", port, "--data", str(tmp_path), "--case", "").err


def test_requests_that_wait_for_a_case_leave_room_for_pages(tmp_path, monkeypatch):
    from detente.faces.web import deal as kept
    from detente.faces.web.problems import Problem

    free = threading.Event()
    late = SimpleNamespace(ready=lambda: free.wait(30) and "us-china-2025-05")
    monkeypatch.setattr("detente.lab.deal.answer.engine_of", lambda case: late)
    deals = kept.Deals(patience=30.0)
    threads = [threading.Thread(target=deals.engine, daemon=True) for _ in range(kept.SEATS)]
    for one in threads:
        one.start()
    while deals._seats._value:
        assert all(one.is_alive() for one in threads)
    with pytest.raises(Problem, match="ask again") as raised:
        deals.engine()
    assert (raised.value.status, raised.value.headers["retry-after"]) == (503, "2")
    free.set()
    for one in threads:
        one.join(5)
    assert deals.engine() == "us-china-2025-05"


OTHER = "ba9876543210"


@pytest.fixture
def guarded_app(tmp_path):
    return app_of(tmp_path, token=TOKEN)


@pytest.fixture
def browser(guarded_app):
    client = TestClient(guarded_app, base_url="http://localhost", headers=ORIGIN)
    client.cookies.set("detente_token", TOKEN)
    return client


def begun(client):
    """A job that waits, and a run as it would be kept at its end."""
    answer = client.post("/api/v1/jobs", json={"question": "run", "arguments": {"scenario": "geneva"}})
    assert answer.status_code == 202, answer.text
    client.app.state.store.save_run(DOCUMENT, "run")
    return answer.json()["id"]


def test_a_run_is_deleted_after_a_page_that_asks_whoever_shows_no_token(guarded_app, browser):
    begun(browser)
    stranger = TestClient(guarded_app, base_url="http://localhost", headers=ORIGIN, follow_redirects=False)
    assert stranger.delete(f"/api/v1/runs/{KEY}").status_code == 401
    assert stranger.delete("/api/v1/runs").status_code == 401
    assert stranger.post(f"/runs/{KEY}/delete").status_code == 401
    assert browser.post(f"/runs/{KEY}/delete", headers={"origin": "http://elsewhere.test"}).status_code == 403
    assert guarded_app.state.store.run(KEY) is not None
    begun(browser)
    assert f"/runs/{KEY}/delete" in browser.get("/runs").text
    asked = browser.get(f"/runs/{KEY}/delete")
    assert "Delete this result?" in asked.text
    assert guarded_app.state.store.run(KEY) is not None  # asking deletes nothing
    done = browser.post(f"/runs/{KEY}/delete", follow_redirects=True)
    assert f"Result {KEY} is deleted." in done.text
    assert guarded_app.state.store.run(KEY) is None
    assert browser.get(f"/runs/{KEY}/delete").status_code == 404
    assert (browser.delete(f"/api/v1/runs/{KEY}").status_code, set(browser.cookies)) == (404, {"detente_token"})


def test_whoever_shows_the_token_deletes_every_run(guarded_app, browser):
    job = begun(browser)
    guarded_app.state.store.save_run(DOCUMENT | {"key": OTHER}, "claims")
    assert "There is 1 result." in browser.get("/runs/all/delete").text
    program = TestClient(guarded_app, base_url="http://localhost", headers={"authorization": f"Bearer {TOKEN}"})
    assert program.delete("/api/v1/runs").json() == {"runs": 1, "jobs": 1}
    assert (guarded_app.state.store.run(KEY), guarded_app.state.store.job(job)) == (None, None)
    assert guarded_app.state.store.run(OTHER) is not None, "what the server keeps for its pages stays"
    begun(browser)
    assert "1 result is deleted." in browser.post("/runs/all/delete", follow_redirects=True).text
    assert browser.get("/api/v1/runs").json()["total"] == 0


def test_without_a_token_nothing_has_to_be_shown_and_what_the_server_keeps_for_its_pages_stays(tmp_path):
    app = app_of(tmp_path)
    app.state.store.save_run(DOCUMENT | {"key": OTHER}, "claims")
    app.state.store.save_run(DOCUMENT, "run")
    client = TestClient(app, base_url="http://localhost", headers=ORIGIN)
    assert client.delete(f"/api/v1/runs/{OTHER}").status_code == 403
    assert f"/runs/{OTHER}/delete" not in client.get(f"/runs/{OTHER}").text
    assert client.get(f"/runs/{OTHER}/delete").status_code == 404
    assert f"/runs/{KEY}/delete" in client.get(f"/runs/{KEY}").text
    assert client.delete(f"/api/v1/runs/{KEY}").json() == {"key": KEY, "gone": True}
    assert client.get("/api/v1/runs").json()["total"] == 0


def test_a_job_forgets_a_run_that_is_deleted(guarded_app, browser):
    job = begun(browser)
    guarded_app.state.store.change_job(job, run=KEY, status="done")
    browser.delete(f"/api/v1/runs/{KEY}")
    assert guarded_app.state.store.job(job)["run"] is None
