"""What an address may say: every operation and every page refuses what it does not read, and pages send only that."""

import html
import re
from urllib.parse import parse_qsl, urlsplit

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")

from starlette.routing import compile_path
from starlette.testclient import TestClient

from detente.faces.web import app as web
from detente.faces.web.api import describe, downloads
from detente.faces.web.app import create_app
from detente.faces.web.pages import routes as pages
from detente.faces.web.query import check_names, taken
from detente.faces.web.settings import Settings

HOME = "/api/v1"
PAGES = {"accept": "text/html"}
PARTS = {"code": "8507.60", "name": "rec_chn", "place": "DEU", "case": "us-china-2025-05", "key": "0123456789ab",
         "form": "csv", "id": "0123456789abcdef", "ledger": "may-2025", "country": "DEU"}  # fmt: skip
"""What stands in the place of a part of a path."""

LINK = re.compile(r'(?:href|action|src|data-map)="((?:/|\?)[^"]*)"')
FORM = re.compile(r'<form [^>]*?method="(get|post)" action="([^"]+)".*?</form>', re.DOTALL)
FIELD = re.compile(r'<(?:input|select|textarea|button)[^>]*? name="([^"]+)"')


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return create_app(Settings(data_folder=tmp_path_factory.mktemp("server"), rate=0.0, ahead=False, case=""))


@pytest.fixture(scope="module")
def client(app):
    with TestClient(app, raise_server_exceptions=False) as found:
        yield found


def filled(path):
    return re.sub(r"\{(\w+)\}", lambda part: PARTS.get(part[1], "x"), path)


@pytest.fixture(scope="module")
def addresses(client):
    """Every operation of the description and every page: path, method, and what is taken of the query, with whether a
    name may be given several times.
    """
    rows = [
        (route.path, method, taken(route))
        for router in (pages.router, downloads.router, web.assets, describe.router)
        for route in router.routes
        for method in getattr(route, "methods", ())  # others are routers within, whose operations are described
    ]
    for path, methods in client.get(f"{HOME}/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            queries = [row for row in operation.get("parameters", ()) if row["in"] == "query"]
            several = {
                row["name"]: row["schema"].get("type") == "array" and row.get("explode", True) for row in queries
            }
            rows.append((path, method.upper(), several))
    return rows


def test_every_operation_and_every_page_refuses_a_parameter_that_it_does_not_take(client, addresses):
    assert len(addresses) > 100
    for path, method, _ in addresses:
        found = client.request(method, f"{filled(path)}?nosuchword=1", follow_redirects=False)
        assert found.status_code == 422, (method, path, found.status_code, found.text[:200])
        assert found.headers["content-type"] == "application/problem+json"
        assert found.json()["kind"] == "parameter"
        assert "unknown parameter 'nosuchword'" in found.json()["detail"]


def test_a_parameter_given_twice_is_refused_where_one_counts(client, addresses):
    single = [
        (path, method, name) for path, method, names in addresses for name, several in names.items() if not several
    ]
    assert len(single) > 400
    for path, method, name in single:
        found = client.request(method, f"{filled(path)}?{name}=1&{name}=2", follow_redirects=False)
        assert found.status_code == 422, (path, name)
        assert found.json()["detail"] == f"{name}: is given 2 times; give it once.", (path, name)
    assert client.get("/watch?file=8507.60:China&file=1201.90:USA:China", headers=PAGES).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "words"),
    [
        ("GET", f"{HOME}/rate?line=8507.60&partner=CHN&date=2025-04-15", "use 'on'"),
        ("GET", f"{HOME}/check?ledgr=2025-26", "did you mean 'ledger'?"),
        ("GET", f"{HOME}/average?first=2025-04-01", "use 'from'"),
        ("GET", f"{HOME}/revenue?last=2025-04-01", "use 'to'"),
        ("GET", "/deal/live?uss=10", "did you mean 'us'?"),
        ("GET", "/deal?licenses=1", "did you mean 'licences'?"),
    ],
)
def test_the_refusal_names_the_parameter_that_is_meant(client, method, path, words):
    found = client.request(method, path)
    assert found.status_code == 422
    assert words in found.json()["detail"]


def test_a_page_shows_the_refusal_to_who_reads_pages(client):
    found = client.get("/deal?day=2025-04-15", headers=PAGES)
    assert found.status_code == 422
    assert "nknown parameter" in found.text
    assert "text/html" in found.headers["content-type"]


def test_a_key_of_a_body_that_no_deal_has_is_refused(client):
    found = client.post("/deal/live/improve", json={"uss": 10})
    assert found.status_code == 422
    assert "did you mean 'us'?" in found.json()["detail"]


@pytest.mark.parametrize(
    ("old", "now"),
    [
        ("/claims?name=2025-26&side=for", "/check?ledger=2025-26&verdict=for"),
        ("/materials?chain=gallium-germanium", "/chain/run?mineral=gallium-germanium"),
        ("/facing?exporter=VNM&before=2025-01-01&after=2025-10-01",
         "/average?by=importer&partner=VNM&against=2025-01-01&on=2025-10-01"),
        ("/facing?by=section&on=2025-10-01", "/average?partner=USA&by=importer%2Csection&on=2025-10-01"),
        ("/duty", "/average?from=2025-01-01"), ("/duty?of=CHN&from=2025-04-01", "/average?of=CHN&from=2025-04-01"),
        ("/law/changes?of=CHN&since=2025-01-01", "/law/changes?of=CHN&from=2025-01-01"),
    ],
)  # fmt: skip
def test_links_of_earlier_versions_lead_on(client, old, now):
    found = client.get(old, follow_redirects=False)
    assert (found.status_code, found.headers["location"]) == (308, now)


def test_names_are_looked_up_among_those_for_the_same_thing_first():
    check_names(["on"], ["on", "of"])
    for name, known, words in (
        ("day", ["on", "by"], "use 'on'"),
        ("importer", ["of"], "use 'of'"),
        ("xyz", [], "none"),
    ):
        with pytest.raises(Exception, match=f"unknown parameter '{name}'; .*{words}"):
            check_names([name], known)


SHOWN = (
    "/", "/find", "/find?q=coffee+from+Brazil",
    "/law", "/law?of=CHN", "/entries", "/watch", "/average", "/average?of=EU27", "/revenue",
    "/reconcile", "/reconcile?number=17.8&on=2025-05-12&publisher=yale", "/chain/run",
    "/chain/acts", "/score", "/runs", "/deal", "/tariff",
    "/tariff?on=2025-05-14&row=USA:Narnia:8703:min15::",
)  # fmt: skip


def names_taken(addresses, method, path):
    """What the address that answers a path takes; None where it is a file, or lies elsewhere."""
    for known, by, names in addresses:
        if by == method and compile_path(known)[0].match(path):
            return names
    return None


@pytest.mark.parametrize("shown", SHOWN)
def test_pages_send_only_what_is_read(client, addresses, shown):
    """Links of a page, and fields of its forms, name nothing that their address does not take."""
    found = client.get(shown, headers=PAGES)
    assert found.status_code == 200, found.text[:300]
    calls = []
    for address in map(html.unescape, LINK.findall(found.text)):
        parts = urlsplit(address)
        names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
        calls.append(("GET", parts.path or urlsplit(shown).path, names))
    for form in FORM.finditer(found.text):
        names = FIELD.findall(form[0]) if form[1] == "get" else []
        calls.append((form[1].upper(), form[2], names))
    assert calls
    for method, path, names in calls:
        taken_there = names_taken(addresses, method, path)
        if taken_there is not None:
            check_names(names, taken_there)
