"""Errors have the form that is asked for, and say which methods an address takes."""

import re

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")

from starlette.testclient import TestClient

from detente.faces.web.app import create_app
from detente.faces.web.pages.routes import PLACES
from detente.faces.web.problems import wants_page
from detente.faces.web.settings import Settings

HOME = "/api/v1"
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}
PAGE = "text/html; charset=utf-8"
PROBLEM = "application/problem+json"
ASKED = (
    ("GET", "/nothing", 404), ("GET", f"{HOME}/none", 404), ("GET", "/static/none.js", 404),
    ("GET", f"{HOME}/runs/0123456789ab", 404), ("GET", "/deal.exe", 404), ("POST", "/deal", 405),
    ("PUT", f"{HOME}/jobs", 405), ("POST", "/static/web.css", 405), ("GET", f"{HOME}/law/changes?from=x", 422),
    ("GET", "/deal/live/nearest", 422), ("POST", f"{HOME}/run", 413), ("GET", "/broken", 500),
    ("DELETE", f"{HOME}/jobs/0123456789abcdef", 404),
)  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    found = create_app(Settings(data_folder=tmp_path_factory.mktemp("server"), rate=0.0, case="", body=1000))

    @found.get("/broken")
    def broken() -> None:
        raise RuntimeError("<b>secret</b>")

    return found


@pytest.fixture(scope="module")
def client(app):
    return TestClient(app, raise_server_exceptions=False)


def ask(client, method, path, headers):
    body = b"x" * 2000 if path.endswith("/run") else None
    return client.request(method, path, headers=headers, content=body)


@pytest.mark.parametrize(("method", "path", "code"), ASKED)
def test_browsers_get_a_page_and_programs_json(client, method, path, code):
    page, plain = (ask(client, method, path, headers) for headers in (BROWSER, {"accept": "*/*"}))
    assert (page.status_code, page.headers["content-type"]) == (code, PAGE)
    assert (plain.status_code, plain.headers["content-type"]) == (code, PROBLEM)
    assert all("Accept" in found.headers["vary"].split(", ") for found in (page, plain))
    said = plain.json()
    assert f"<h1>{said['title']}</h1>" in page.text
    assert "secret" not in page.text + plain.text
    assert page.headers["content-security-policy"] == plain.headers["content-security-policy"]
    assert page.headers.get("allow") == plain.headers.get("allow")


def test_a_page_of_an_error_escapes_what_was_asked_for(client):
    found = client.get("/<script>alert(1)</script>", headers=BROWSER)
    assert found.status_code == 404
    assert "<script>alert" not in found.text


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        ("", False), ("*/*", False), ("application/json", False), ("text/html", True), ("text/html;q=0", False),
        ("text/html;q=0.5, application/json", False), ("application/json;q=0.5, text/html", True),
        ("application/problem+json, text/html", False), ("text/event-stream", False), (BROWSER["accept"], True),
        ("text/html;q=x", False), ("application/xhtml+xml", True), (";,;q=1,", False),
    ],
)  # fmt: skip
def test_the_header_that_says_which_is_read_as_it_stands(accept, page):
    assert wants_page(accept) is page


def test_a_refused_page_asks_again_by_itself(tmp_path):
    with TestClient(create_app(Settings(data_folder=tmp_path, case="", rate=0.1, burst=1))) as client:
        assert client.get(f"{HOME}/status").status_code == 200
        found = client.get("/law", headers=BROWSER)
        assert (found.status_code, found.headers["content-type"]) == (429, PAGE)
        after = found.headers["retry-after"]
        assert f'<meta http-equiv="refresh" content="{after}">' in found.text
        assert f"This page asks again by itself in {after} seconds." in found.text
        sent = client.post(f"{HOME}/jobs", json={}, headers=BROWSER)
        assert sent.status_code == 429
        assert 'http-equiv="refresh"' not in sent.text


def test_a_server_with_a_token_shows_browsers_the_door(tmp_path):
    app = create_app(Settings(data_folder=tmp_path, case="", token="a-token-of-some-length"))
    found = TestClient(app).get(f"{HOME}/status", headers=BROWSER)
    assert (found.status_code, found.headers["content-type"]) == (401, PAGE)
    assert 'href="/login"' in found.text
    assert TestClient(app).put("/login").headers["allow"] == "GET, HEAD, POST"


def filled(path):
    """An address of a route, something in every place that is open."""
    return re.sub(r"\{(\w+)\}", lambda found: {"key": "0123456789ab", "form": "csv"}.get(found[1], "x"), path)


def routes(app):
    """Every address with the methods it takes."""
    found = {path: {name.upper() for name in held} for path, held in app.openapi()["paths"].items()}
    found |= {path: {"GET"} for path, *_ in PLACES}
    found |= {"/runs/{key}/delete": {"GET", "POST"}}
    found |= {path: {"GET"} for path in ("/", "/deal", "/embed/deal", "/deal.{form}", "/runs/{key}.{form}")}
    return found | {path: {"GET"} for path in ("/static/vega.js", "/static/web.css", f"{HOME}/openapi.json")}


def test_every_address_names_the_methods_it_takes(app, client):
    known = routes(app)
    for path, methods in known.items():
        others = [one for one in known if one != path and filled(one) == filled(path)]
        expected = set().union(methods, *(known[one] for one in others))
        expected |= {"HEAD"} if "GET" in expected else set()
        for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - expected:
            found = client.request(method, filled(path))
            assert found.status_code == 405, (method, path)
            assert set(found.headers["allow"].split(", ")) == expected, (method, path)


def test_a_head_has_the_headers_of_a_get_and_no_body(client):
    for path in (
        "/deal",
        f"{HOME}/data/list",
        f"{HOME}/law/changes.atom",
        "/static/web.css",
        "/static/vega.js",
        "/none",
    ):
        got, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (got.status_code, b""), path
        for name in ("content-type", "etag", "link", "content-security-policy"):
            assert head.headers.get(name) == got.headers.get(name), (path, name)


@pytest.mark.parametrize("path", ["/law?lang=en", "/deal/live?us=10&lang=fr", "/nowhere?lang="])
def test_an_address_that_asks_for_a_language_is_refused_with_its_reason(client, path):
    found = client.get(path)
    assert (found.status_code, found.headers["content-type"]) == (422, PROBLEM)
    assert (
        found.json()["detail"] == "lang: is gone, as the program speaks English alone since this version; leave it out."
    )
    assert "speaks English alone" in client.get(path, headers={"accept": "text/html"}).text


def test_what_a_browser_would_rather_read_changes_nothing(client):
    path = f"{HOME}/law/changes?from=x&to=2025-05-14"
    plain, asked = (client.get(path, headers=more) for more in ({}, {"accept-language": "fr"}))
    assert asked.content == plain.content
    assert plain.json()["detail"].startswith("from: 'x' is not a day; write it as 2025-04-15")
    assert plain.headers["vary"] == "Accept"
