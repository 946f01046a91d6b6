"""The server lets in whom it should, refuses what is too much, and answers hostile uploads with a problem."""

import json
import logging
from types import SimpleNamespace

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")

from starlette.testclient import TestClient

from detente.codes import InputError
from detente.faces.web.app import create_app
from detente.faces.web.security import Limiter, dress
from detente.faces.web.settings import Settings

TOKEN = "a-token-of-some-length"
PATHS = ("/api/v1/status", "/api/v1/data/list", "/nothing", "/api/v1/runs/0123456789ab", "/static/vega.js")


def asked(question, **arguments):
    return {"question": question, "arguments": arguments}


def ran(scenario, **more):
    return asked("run", scenario=scenario, **more)


def swept(over):
    return asked("sweep", scenario="geneva", over=over)


def client_of(tmp_path, **more):
    return TestClient(create_app(Settings(data_folder=tmp_path, case="", **more)), raise_server_exceptions=False)


@pytest.fixture
def client(tmp_path):
    with client_of(tmp_path) as found:
        yield found


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers(client, path):
    found = client.get(path)
    policy = found.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["x-frame-options"] == "DENY"
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
    with client_of(tmp_path, token=TOKEN) as client:
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
    with client_of(tmp_path, token=TOKEN) as client:
        form = {"content-type": "application/x-www-form-urlencoded"}
        assert client.post("/login", content="token=wrong", headers=form).status_code == 401
        found = client.post("/login", content=f"token={TOKEN}", headers=form, follow_redirects=False)
        assert found.status_code == 303
        cookie = found.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert client.get("/api/v1/status").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "[::2]", ""])
def test_another_name_of_the_server_is_refused(client, host):
    assert client.get("/api/v1/status", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8765", "[::1]:8765", "LOCALHOST"])
def test_its_own_names_are_not(client, host):
    assert client.get("/api/v1/status", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers", [{"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}]
)
def test_pages_of_other_sites_change_nothing(client, headers):
    assert client.post("/api/v1/jobs", json=ran("geneva"), headers=headers).status_code == 403
    assert client.get("/api/v1/jobs").json()["total"] == 0


def test_its_own_pages_do(client):
    headers = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}
    assert client.post("/api/v1/data/list", json={}, headers=headers).status_code == 200


def test_too_many_requests_are_told_to_wait(tmp_path):
    with client_of(tmp_path, rate=1.0, burst=3) as client:
        codes = [client.get("/api/v1/status").status_code for _ in range(5)]
        assert codes == [200, 200, 200, 429, 429]
        assert int(client.get("/api/v1/status").headers["retry-after"]) >= 1


def test_a_client_that_waits_may_ask_again():
    held = Limiter(2.0, 1)
    assert held.wait("a", 0.0) == 0.0
    assert held.wait("a", 0.1) == pytest.approx(0.4)
    assert held.wait("b", 0.1) == 0.0
    assert held.wait("a", 0.6) == 0.0


def test_a_body_above_the_limit_is_refused_said_or_unsaid(tmp_path):
    with client_of(tmp_path, body=1000) as client:
        assert client.post("/api/v1/run", content=b"x" * 1001).status_code == 413

        def pieces():
            for _ in range(20):
                yield b"y" * 100

        found = client.post("/api/v1/run", content=pieces())
        assert found.status_code == 413
        assert found.headers["content-type"] == "application/problem+json"
        assert client.get("/api/v1/status", headers={"content-length": "x"}).status_code == 400


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
YAML = {"content-type": "application/yaml"}
HOSTILE = [
    (b"\xff\xfe\x00", YAML),
    (b"{", {}),
    (b"null", {}),
    (b"[1,2]", {}),
    (b"NaN", {}),
    (b'{"on": NaN}', {}),
    (b"[" * 100_000, {}),
    (b"[" * 100_000, YAML),
    (b"{a: " * 5_000, YAML),
    (BOMB.encode(), YAML),
    (b"!!python/object/apply:os.system ['touch /tmp/never']", YAML),
    (b"on: !!python/name:os.system", YAML),
    (b"? [a]\n: b", YAML),
    (b"on: 2025-05-14\non: 2025-05-15", YAML),
    (b"on: 9999999999999999-01-01", YAML),
    (b"on: 2025-05-14\nusa: {lawbook: /etc}", YAML),
    (b"on: 2025-05-14\nusa: {add: [/etc/passwd]}", YAML),
    (b"on: 2025-05-14\nusa: {add: [{id: x, title: x, authority: reciprocal, goods: [{list: /etc/passwd}], "
     b"periods: [{rate: 10%, from: 2025-05-14}]}]}", YAML),
    (b"on: 2025-05-14\nmaterials: {chain: ../../etc/passwd}", YAML),
    (b"on: 2025-05-14\nmaterials: {without: x.toml}", YAML),
    (b"on: 2025-05-14\nrecord: {claims: /etc/passwd}", YAML),
    (b"on: 2025-05-14\nusa: {change: [{measure: nothing, rate: 5%}]}", YAML),
    (b"on: 2025-05-14\nusa: {change: [{measure: rec_chn, rate: 1e400}]}", YAML),
    (b"on: 1700-01-01", YAML),
    (b"title: \x00", YAML),
    (json.dumps({"on": "2025-05-14", "variants": {str(k): {"on": "2025-05-14"} for k in range(30_000)}}).encode(), {}),
    (b"on: 2025-05-14", {"content-type": "application/x-python-pickle"}),
    (b"on: 2025-05-14", {"content-type": "multipart/form-data; boundary=x"}),
]  # fmt: skip


@pytest.mark.parametrize(("body", "headers"), HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_scenarios_get_a_problem(client, body, headers):
    headers = headers or {"content-type": "application/json"}
    found = client.post("/api/v1/run", content=body, headers=headers)
    assert 400 <= found.status_code < 500, found.text
    assert found.headers["content-type"] == "application/problem+json"
    assert found.json()["status"] == found.status_code
    assert "Traceback" not in found.text
    assert "root:" not in found.text


@pytest.mark.parametrize(
    "body",
    [
        {"question": "rm"}, {"kind": "run"}, asked("sweep", scenario="geneva"),
        ran("../geneva"),
        ran({"on": []}),
        ran("geneva", draws=10**9), ran("geneva", x=1),
        ran("geneva", draws=-1),
        swept({"usa.change.rec_chn.rate": "0..1/1000000"}),
        swept({"usa.change.rec_chn.rate": "0..1/99999999999999999999"}),
        swept({k: "1,2,3,4,5,6,7,8,9,10" for k in "abcdefgh"}),
        asked("talks advice", case="/etc/passwd"),
        asked("chain run", mineral="/etc/passwd", cut=1),
        asked("chain run", mineral="rare-earths", acts="x.toml"),
        ran({"on": "2025-05-14", "title": "\ud800"}),
        ran({"on": "2025-05-14", "title": "\x00"}),
        ran({"on": "1900-01-01"}),
        ran({"on": "2025-05-14", "usa": {"add": [{"id": "a"}]}}),
        swept({"usa.change.rec_chn.rate": [float("nan")]}),
        swept({"usa.change.rec_chn.rate": [float("inf"), 1]}),
        swept({"usa.lawbook": "/etc,/tmp"}),
        swept({"materials.chain": "/etc/passwd,x"}),
        swept({"record.claims": "/etc/passwd,x"}),
        swept({"usa.add": "/etc/passwd,x"}),
        asked("chain run", mineral="rare-earths", cut=7), [], "run", None, 7,
    ],
)  # fmt: skip
def test_hostile_jobs_are_refused_and_none_is_kept(client, body):
    text, headers = json.dumps(body), {"content-type": "application/json"}
    found = client.post("/api/v1/jobs", content=text, headers=headers)
    assert found.status_code == 422, found.text
    assert client.get("/api/v1/jobs").json()["total"] == 0


@pytest.mark.parametrize(
    "path",
    [
        "/static/../settings.py", "/static/..%2f..%2fsettings.py", "/static/%2e%2e/settings.py", "/static//etc/passwd",
        "/static/....//settings.py", "/runs/..%2f..%2fetc%2fpasswd.csv", "/api/v1/runs/%00",
        "/api/v1/chain/show?mineral=..%2f..",
        "/api/v1/runs/0123456789ab' OR 1=1 --", "/api/v1/data/show?name=..%2f..%2fsettings",
    ],
)  # fmt: skip
def test_paths_lead_nowhere_else(client, path):
    found = client.get(path)
    assert found.status_code in (404, 405, 422)
    assert "import" not in found.text


def test_methods_and_pages_that_are_not_there_are_problems(client):
    for method, path, code in (
        ("PUT", "/api/v1/jobs", 405),
        ("GET", "/api/v1/none", 404),
        ("PATCH", "/api/v1/runs", 405),
    ):
        found = client.request(method, path)
        assert found.status_code == code
        assert found.headers["content-type"] == "application/problem+json"
        assert found.json()["status"] == code


def test_an_unforeseen_mistake_says_nothing_of_itself(tmp_path, caplog):
    app = create_app(Settings(data_folder=tmp_path, case="", token=TOKEN))

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError(f"secret {TOKEN}")

    with TestClient(app, raise_server_exceptions=False) as client, caplog.at_level(logging.CRITICAL):
        found = client.get("/broken", headers={"authorization": f"Bearer {TOKEN}"})
    assert found.status_code == 500
    assert found.headers["content-type"] == "application/problem+json"
    assert TOKEN not in found.text
    assert found.headers["content-security-policy"]


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


def test_the_command_refuses_in_one_sentence(capsys, monkeypatch):
    import typer

    from detente.faces.cli.serve import register

    program = typer.Typer()
    program.command("other")(lambda: None)
    register(program)
    monkeypatch.delenv("DETENTE_TOKEN", raising=False)
    with pytest.raises(InputError, match="--token"):
        program(["serve", "--host", "0.0.0.0", "--check"], standalone_mode=False)
    program(["serve", "--host", "0.0.0.0", "--token", TOKEN, "--check"], standalone_mode=False)
    said = capsys.readouterr().out
    assert "token asked for" in said
    assert TOKEN not in said


def test_a_port_that_is_taken_is_told_in_one_sentence(tmp_path):
    import socket

    import typer

    from detente.faces.cli.serve import register

    program = typer.Typer()
    program.command("other")(lambda: None)
    register(program)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with pytest.raises(InputError, match="is taken"):
            program(["serve", "--port", port, "--data", str(tmp_path), "--case", ""], standalone_mode=False)


def test_requests_that_wait_for_a_case_leave_room_for_pages(tmp_path, monkeypatch):
    import threading

    from detente.faces.web.problems import Problem
    from detente.faces.web.work import kept

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
    assert raised.value.status == 503
    assert raised.value.headers["retry-after"] == "2"
    free.set()
    for one in threads:
        one.join(5)
    assert deals.engine() == "us-china-2025-05"
