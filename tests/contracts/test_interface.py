"""The interface for programs: shapes, tags, pages, parameters, problems, files, and how far the law is on record."""

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
pytest.importorskip("jsonschema")
pytest.importorskip("sqlalchemy")

import copy
import csv
import html
import io
import re
import zipfile
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import jsonschema
from starlette.routing import compile_path
from starlette.testclient import TestClient

from detente.data.importers import importer
from detente.faces.web import app as web
from detente.faces.web import files as downloads
from detente.faces.web import interface
from detente.faces.web.answers import check_names, taken
from detente.faces.web.app import create_app
from detente.faces.web.pages import routes as pages
from detente.faces.web.pages.routes import PLACES
from detente.faces.web.problems import wants_page
from detente.faces.web.settings import Settings
from rows import rows_of
from serving import cut

LISTED = rows_of(__file__)

HOME = "/api/v1"
GENEVA = "case=us-china-2025-05&date=2025-05-14&us=10&fentanyl=20&cn=10&licences=1&action=0.5&duration=90"
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    settings = Settings(data_folder=tmp_path_factory.mktemp("server"), rate=0.0, ahead=False, patience=400.0)
    found = create_app(settings)

    @found.get("/broken", include_in_schema=False)
    def broken() -> None:
        raise RuntimeError("<b>secret</b>")

    return found


@pytest.fixture(scope="module")
def client(app):
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as found:
        assert found.get(f"/deal/live?{GENEVA}").status_code == 200
        yield found


def placed(path):
    """An address below the interface, or that of the Deal page, which is its own."""
    return path if path.startswith("/deal/live") else f"{HOME}{path}"


def get(client, path, code=200):
    found = client.get(placed(path))
    assert found.status_code == code, found.text[:500]
    return found.json() if code != 304 else {}


def test_a_deal_has_what_the_page_needs(client):
    found = get(client, f"/deal/live?{GENEVA}")
    own = "key scenario sentence hold assumed numbers sides walks flat point levers parties laid pairs alone names"
    assert {*own.split(), "record_to", "record_lines", "brief", "keeps", "outlook", "moves"} <= set(found)
    assert found["scenario"]["query"].startswith("v=1&case=us-china-2025-05&date=2025-05-14&us=10")
    assert found["scenario"]["messages"] == []
    for row in found["numbers"]:
        assert {"id", "label", "value", "low", "high", "unit", "definition", "baseline", "table", "text"} <= set(row)
    assert {row["threat"] for row in found["walks"]} >= {"D0", "DP", "DN"}
    assert all(isinstance(row["USA"], bool) for row in found["walks"])
    assert set(found["sides"]) == {"USA", "CHN", "third"}
    for lever in found["levers"].values():
        assert lever["least"] <= lever["value"] <= lever["most"]
        assert lever["ticks"]
    assert found["key"] in client.get(f"/deal/live?{GENEVA}").headers["etag"]


def test_a_quick_answer_has_the_same_numbers_without_the_ranges_that_take_time(client):
    quick, whole = (client.get(f"/deal/live?{GENEVA}{more}") for more in ("&quick=1", ""))
    assert quick.headers["etag"] != whole.headers["etag"]
    assert (quick.json()["key"], quick.json()["scenario"]) == (whole.json()["key"], whole.json()["scenario"])
    for short, full in zip(quick.json()["numbers"], whole.json()["numbers"], strict=True):
        assert (short["id"], short["value"], short["text"]) == (full["id"], full["value"], full["text"])
        if full["id"] in ("income_USA", "revenue_CHN", "prices_USA"):
            assert short["low"] is None
            assert full["low"] is not None
            assert short["range"] == "no range yet: it comes with the whole answer"
        elif full["table"] == "deal_gains":
            assert (short["low"], short["high"]) == (full["low"], full["high"])
    assert "[" not in quick.json()["sentence"]


def test_levers_that_move_no_duty_solve_nothing_again(client, monkeypatch):
    first = get(client, f"/deal/live?{GENEVA}")

    def refuse(*_given, **_named):
        raise AssertionError("solved again")

    monkeypatch.setattr("detente.lab.deal.economy.solve", refuse)
    other = GENEVA.replace("licences=1", "licences=0.37").replace("duration=90", "duration=95")
    moved = get(client, f"/deal/live?{other}")
    held = {row["id"]: row for row in moved["numbers"]}
    same = ("value", "low", "high", "baseline_value")
    for row in first["numbers"]:
        if row["id"].startswith(("income_", "revenue_", "imports_", "prices_")):
            assert [held[row["id"]][key] for key in same] == [row[key] for key in same]
    assert moved["point"] != first["point"]


def test_what_the_client_holds_is_not_sent_again(client):
    for path in (f"/deal/live?{GENEVA}", "/law/changes", "/data/list", "/deal/live/set"):
        first = client.get(placed(path))
        tag = first.headers["etag"]
        again = client.get(placed(path), headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["etag"] == tag
        other = client.get(placed(path), headers={"if-none-match": '"other"'})
        assert other.content == first.content
    assert client.get("/deal/live?us=11").headers["etag"] != client.get("/deal/live?us=12").headers["etag"]
    plain, mended = (client.get(f"/deal/live?us=11{more}") for more in ("", "&case=none"))
    assert plain.headers["etag"] != mended.headers["etag"]


def test_pages_of_a_table_are_linked_and_make_the_whole(client):
    whole = get(client, "/law/list?status=all")["tables"]["measures"]
    rows, path = [], "/law/list?status=all&limit=40"
    while path:
        found = get(client, path.removeprefix(HOME))["tables"]["measures"]
        rows, path = rows + found["rows"], found["next"] or ""
    assert (rows, whole["total"]) == (whole["rows"], len(rows))
    assert get(client, "/law/list?offset=100000")["tables"]["measures"]["rows"] == []
    for bad in ("limit=0", "limit=10001", "offset=-1", "limit=x", "limit=1e3"):
        assert get(client, f"/law/list?{bad}", 422)["status"] == 422


def test_a_page_that_is_asked_for_again_is_not_drawn_again(client, monkeypatch):
    first = client.get("/average?from=2025-05-01&to=2025-05-20")
    monkeypatch.setattr("detente.faces.web.html.templates", lambda: pytest.fail("the page was made again"))
    again = client.get("/average?from=2025-05-01&to=2025-05-20")
    assert (first.status_code, again.text) == (200, first.text)


def test_a_watch_list_is_asked_for_and_sent_and_comes_as_files(client):
    span = "from=2026-06-30&on=2026-10-01"
    rows = get(client, f"/watch?file=8507.60:China&{span}")["tables"]["watch"]["rows"]
    assert [row["date"] for row in rows if row["part"] == "changes"] == ["2026-07-24"]
    for content, media in (
        (b"line,partner\n8507.60,China\n", "text/csv"),
        (b'[{"line": "8507.60", "partner": "CHN"}]', "application/json"),
    ):
        sent = client.post(f"{HOME}/watch?{span}", content=content, headers={"content-type": media})
        assert sent.json()["tables"]["watch"]["rows"] == rows
    assert client.post(f"{HOME}/watch", content=b"[[]]").status_code == 422
    for form, media in (("rss", "application/rss+xml"), ("ics", "text/calendar"), ("jsonl", "application/x-ndjson")):
        earlier = f"{HOME}/watch.{form}?row=8507.60:China&since=2026-06-30&on=2026-10-01"
        old = client.get(earlier, follow_redirects=False)
        assert old.headers["location"] == f"/api/v1/watch.{form}?file=8507.60%3AChina&{span}"
        found = client.get(f"{HOME}/watch.{form}?file=8507.60:China&{span}")
        assert found.headers["content-type"].startswith(media)
        assert found.text.count("8507.60 from China") >= len(rows)
        again = client.get(found.url, headers={"if-none-match": found.headers["etag"]})
        assert again.status_code == 304


@pytest.mark.sampled(3)
@pytest.mark.parametrize("path", LISTED["a_mistake_is_one_clear_problem"])
def test_a_mistake_is_one_clear_problem(client, path):
    found = client.get(placed(path))
    assert found.status_code == 422, found.text[:300]
    assert found.headers["content-type"] == "application/problem+json"
    content = found.json()
    assert {"type", "title", "status", "detail"} <= set(content)
    assert content["detail"]
    assert "\n" not in content["detail"]


def test_better_and_counter_offers(client):
    better = client.post("/deal/live/improve?us=60&cn=60").json()
    assert min(better["better"].values()) > -1e6
    body = client.post("/deal/live/improve", json={"us": 60, "cn": 60}).json()
    assert body == better
    reply = client.post("/deal/live/counter?strategy=nash&us=60").json()
    assert reply["accepts"] in (True, False)
    again = get(client, f"/deal/live?{reply['scenario']['query']}")
    assert again["point"]["USA"] == pytest.approx(reply["point"]["USA"], rel=1e-3)
    assert client.post("/deal/live/counter?strategy=shout").status_code == 422
    near = get(client, f"/deal/live/nearest?x={better['point']['USA']}&y={better['point']['CHN']}&{GENEVA}")
    assert abs(near["point"]["USA"] - better["point"]["USA"]) < 2e9


def test_a_kept_deal_is_a_run(client):
    made = client.post(f"/deal/live/keep?{GENEVA}")
    key = made.json()["key"]
    assert made.headers["location"] == f"{HOME}/runs/{key}"
    assert client.post(f"/deal/live/keep?{GENEVA}").json()["key"] == key
    listed = get(client, "/runs")
    assert [row["key"] for row in listed["rows"]].count(key) == 1
    deal, run = get(client, f"/deal/live?{GENEVA}"), get(client, f"/runs/{key}")
    held = {row["number"]: row for rows in run["tables"].values() for row in rows}
    for number in deal["numbers"]:
        row = held[number["id"]]
        assert (row["value"], row["low"], row["high"]) == (number["value"], number["low"], number["high"]), number["id"]
    assert get(client, "/runs/0123456789ab", 404)["detail"] == "there is no run 0123456789ab"
    assert get(client, f"/runs/{key}/tables/deal_gains?limit=2")["total"] >= 5
    for form in ("html", "xlsx", "json", "csv", "zip"):
        found = client.get(f"{HOME}/runs/{key}/report/{form}")
        assert (found.status_code, "attachment" in found.headers["content-disposition"]) == (200, True), form
        assert client.get(f"/runs/{key}.{form}").content == found.content


def test_the_page_as_it_stands_as_a_file(client):
    deal = get(client, f"/deal/live?{GENEVA}")
    rows = list(csv.DictReader(io.StringIO(client.get(f"/deal.csv?{GENEVA}").text)))
    assert [row["number"] for row in rows] == [row["id"] for row in deal["numbers"]]
    assert float(rows[0]["value"]) == deal["numbers"][0]["value"]
    assert client.get(f"/deal.json?{GENEVA}").json() == deal
    page = client.get(f"/deal.html?{GENEVA}")
    assert deal["key"] in page.text
    packed = zipfile.ZipFile(io.BytesIO(client.get(f"/deal.zip?{GENEVA}").content))
    names = {name.split("/", 1)[1] for name in packed.namelist()}
    assert {"scenario.yaml", "README.md", "references.bib", "tables/deal_gains.csv"} <= names
    assert client.get(f"/deal.zip?{GENEVA}").content == client.get(f"/deal.zip?{GENEVA}").content
    assert client.get("/deal.exe").status_code == client.get(f"/deal.png?{GENEVA}").status_code == 404


def test_do_it_yourself_in_python(client, capsys):
    program = client.get(f"/deal.py?{GENEVA}").text
    exec(compile(program, "deal.py", "exec"), {})
    assert get(client, f"/deal/live?{GENEVA}")["sentence"] in capsys.readouterr().out
    shell = client.get(f"/deal.sh?{GENEVA}").text
    assert shell.startswith("#!/bin/sh\n")
    assert "detente run" in shell
    assert 'pip install --quiet "${1:?give the wheel' in shell, "nothing is installed by a name that is not ours"


def test_the_script_of_the_charts_is_kept_for_ever_and_small(client):
    found = client.get("/static/vega.js")
    assert "immutable" in found.headers["cache-control"]
    assert found.headers["content-encoding"] == "gzip"
    assert b"vegaEmbed" in found.content
    again = client.get("/static/vega.js", headers={"if-none-match": found.headers["etag"]})
    assert again.status_code == 304


DESCRIBED = LISTED["described"]


@pytest.fixture(scope="module")
def said(client):
    """The description as a client gets it."""
    return client.get(f"{HOME}/openapi.json").json()


@pytest.fixture(scope="module")
def strict(said):
    """The components, in which an object holds what is named and nothing else, where it does not say it holds more."""
    found = copy.deepcopy(said["components"])
    shut(found)
    return found


def shut(value):
    if isinstance(value, list):
        for item in value:
            shut(item)
    elif isinstance(value, dict):
        if isinstance(value.get("properties"), dict) and value.get("type") == "object":
            value.setdefault("additionalProperties", False)
        for item in value.values():
            shut(item)


def fits(said, strict, path, method, answer):
    """An answer against the shape that is described for it."""
    content = said["paths"][HOME + path][method]["responses"][str(answer.status_code)]["content"]
    schema = {**content["application/json"]["schema"], "components": strict}
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(answer.json()))
    assert not errors, "\n".join(f"{list(one.absolute_path)}: {one.message[:300]}" for one in errors[:5])


@pytest.mark.sampled(5)
@pytest.mark.parametrize(("path", "more"), DESCRIBED, ids=[path + more for path, more in DESCRIBED])
def test_answers_are_as_they_are_described(client, said, strict, path, more):
    found = client.get(HOME + path + more)
    if found.status_code == 202:
        fits(said, strict, path, "get", found)
        found = client.get(f"{HOME}{path}{more}&wait=60")
    assert found.status_code == 200, found.text[:300]
    fits(said, strict, path, "get", found)


def test_jobs_and_runs_are_too(client, said, strict):
    key = client.post(f"/deal/live/keep?{GENEVA}").json()["key"]
    for path in ("/runs", "/runs/{key}"):
        found = client.get(HOME + path.replace("{key}", key).replace("{name}", "deal_gains"))
        assert found.status_code == 200
        fits(said, strict, path, "get", found)
    made = client.post(f"{HOME}/jobs", json=cut(0.5))
    fits(said, strict, "/jobs", "post", made)
    place = made.headers["location"]
    with client.stream("GET", f"{place}/events") as followed:
        followed.read()
    fits(said, strict, "/jobs/{name}", "get", client.get(place))
    fits(said, strict, "/jobs", "get", client.get(f"{HOME}/jobs"))
    run = client.get(f"{HOME}/runs/{client.get(place).json()['run']}")
    fits(said, strict, "/runs/{key}", "get", run)


def test_every_problem_is_as_described(client, strict):
    schema = {"$ref": "#/components/schemas/Problem", "components": strict}
    for path in ("/none", "/law/changes?from=x", "/deal/offers?case=none", "/runs/0123456789ab"):
        found = client.get(HOME + path)
        assert found.status_code >= 400
        jsonschema.Draft202012Validator(schema).validate(found.json())


def bare(value, components, seen=()):
    """Places of a schema that say no more than that there is an object or something."""
    if "$ref" in value:
        name = value["$ref"].rsplit("/", 1)[1]
        if name not in seen:
            yield from bare(components[name], components, (*seen, name))
        return
    if value.get("type") == "object" and not value.get("properties") and "additionalProperties" not in value:
        yield value
    for item in (value.get("properties") or {}).values():
        yield from bare(item, components, seen)
    if isinstance(value.get("items"), dict):
        yield from bare(value["items"], components, seen)


def test_every_answer_says_more_than_object_and_has_an_example(said):
    components = said["components"]["schemas"]
    assert said["info"]["title"] == "Détente"
    for path, methods in said["paths"].items():
        assert path.startswith(HOME)
        for method, operation in methods.items():
            later = operation["responses"].get("202", {})
            assert "job" in path or not later or {"Location", "Retry-After"} <= set(later["headers"])
            assert operation["summary"], (method, path)
            assert any(code.startswith("4") for code in operation["responses"])
            for code in ("200", "201", "202"):
                content = operation["responses"].get(code, {}).get("content", {}).get("application/json")
                if content is None or "/report/" in path:
                    continue
                schema = content["schema"]
                name = schema.get("$ref", "").rsplit("/", 1)[-1]
                whole = components[name] if name else schema
                assert whole.get("properties") or whole.get("additionalProperties"), (method, path)
                assert not list(bare(schema, components)), (method, path)
                assert content["example"], (method, path)


def test_every_field_has_a_type_and_says_what_it_is(said):
    from detente.faces.web.interface import shapes

    for name in shapes():
        for field, shape in (said["components"]["schemas"][name].get("properties") or {}).items():
            assert shape.get("$ref") or shape.get("description"), (name, field)


PARTS = {"code": "8507.60", "name": "rec_chn", "place": "DEU", "case": "us-china-2025-05", "key": "0123456789ab",
         "form": "csv", "id": "0123456789abcdef", "ledger": "may-2025", "country": "DEU"}  # fmt: skip
"""What stands in the place of a part of a path."""

LINK = re.compile(r'(?:href|action|src|data-map)="((?:/|\?)[^"]*)"')
FORM = re.compile(r'<form [^>]*?method="(get|post)" action="([^"]+)".*?</form>', re.DOTALL)
FIELD = re.compile(r'<(?:input|select|textarea|button)[^>]*? name="([^"]+)"')


def filled(path):
    return re.sub(r"\{(\w+)\}", lambda part: PARTS.get(part[1], "x"), path)


@pytest.fixture(scope="module")
def addresses(client):
    """Every operation of the description and every page: path, method, and what is taken of the query, with whether a
    name may be given several times.
    """
    rows = [
        (route.path, method, taken(route))
        for router in (pages.router, downloads.router, web.assets, interface.router)
        for route in router.routes
        for method in getattr(route, "methods", ())  # others are routers within, whose operations are described
    ]
    for path, methods in client.get(f"{HOME}/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            queries = [row for row in operation.get("parameters", ()) if row["in"] == "query"]
            several = {q["name"]: q["schema"].get("type") == "array" and q.get("explode", True) for q in queries}
            rows.append((path, method.upper(), several))
    return rows


def test_every_operation_and_every_page_refuses_a_parameter_that_it_does_not_take(client, addresses):
    assert len(addresses) > 100
    for path, method, _ in addresses:
        found = client.request(method, f"{filled(path)}?nosuchword=1", follow_redirects=False)
        assert found.status_code == 422, (method, path, found.status_code, found.text[:200])
        assert (found.headers["content-type"], found.json()["kind"]) == ("application/problem+json", "parameter")
        assert "unknown parameter 'nosuchword'" in found.json()["detail"]


def test_changes_come_as_a_feed_and_what_a_browser_would_rather_read_changes_nothing(client):
    found = client.get(f"{HOME}/law/changes.atom?from=2025-05-01&to=2025-05-31")
    assert found.headers["content-type"].startswith("application/atom+xml")
    space = "{http://www.w3.org/2005/Atom}"
    entries = ElementTree.fromstring(found.content).findall(f"{space}entry")
    rows = get(client, "/law/changes?from=2025-05-01&to=2025-05-31")["tables"]["changes"]
    assert len(entries) == rows["total"]
    assert len({entry.findtext(f"{space}id") for entry in entries}) == len(entries)
    path = f"{HOME}/law/changes?from=x&to=2025-05-14"
    plain, asked = (client.get(path, headers=more) for more in ({}, {"accept-language": "fr"}))
    assert asked.content == plain.content
    assert plain.json()["detail"].startswith("from: 'x' is not a day; write it as 2025-04-15")
    assert plain.headers["vary"] == "Accept"


def test_a_parameter_given_twice_is_refused_where_one_counts(client, addresses):
    known = [(path, method, *each) for path, method, names in addresses for each in names.items()]
    single = [(path, method, name) for path, method, name, several in known if not several]
    assert len(single) > 400
    for path, method, name in single:
        found = client.request(method, f"{filled(path)}?{name}=1&{name}=2", follow_redirects=False)
        assert found.status_code == 422, (path, name)
        assert found.json()["detail"] == f"{name}: is given 2 times; give it once.", (path, name)
    assert client.get("/watch?file=8507.60:China&file=1201.90:USA:China", headers=BROWSER).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "words"),
    [
        ("GET", f"{HOME}/rate?line=8507.60&partner=CHN&date=2025-04-15", "use 'on'"),
        ("GET", f"{HOME}/check?ledgr=2025-26", "did you mean 'ledger'?"),
        ("GET", f"{HOME}/average?first=2025-04-01", "use 'from'"),
        ("GET", f"{HOME}/revenue?last=2025-04-01", "use 'to'"),
        ("GET", "/deal/live?uss=10", "did you mean 'us'?"),
        ("GET", "/deal?licenses=1", "did you mean 'licences'?"),
        ("POST", "/deal/live/improve", "did you mean 'us'?"),
    ],
)
def test_the_refusal_names_the_parameter_that_is_meant(client, method, path, words):
    found = client.request(method, path, json={"uss": 10} if method == "POST" else None)
    assert found.status_code == 422
    assert words in found.json()["detail"]


@pytest.mark.parametrize(("old", "now"), LISTED["links_of_earlier_versions_lead_on"])
def test_links_of_earlier_versions_lead_on(client, old, now):
    found = client.get(old, follow_redirects=False)
    assert (found.status_code, found.headers["location"]) == (308, now)


SHOWN = LISTED["shown"]


def names_taken(addresses, method, path):
    """What the address that answers a path takes; None where it is a file, or lies elsewhere."""
    for known, by, names in addresses:
        if by == method and compile_path(known)[0].match(path):
            return names
    return None


@pytest.mark.sampled(9)
@pytest.mark.parametrize("shown", SHOWN)
def test_pages_send_only_what_is_read(client, addresses, shown):
    """Links of a page, and fields of its forms, name nothing that their address does not take."""
    found = client.get(shown, headers=BROWSER)
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


PAGE = "text/html; charset=utf-8"
PROBLEM = "application/problem+json"
WRONG = (
    ("GET", "/<script>alert(1)</script>", 404), ("GET", "/nothing", 404),
    ("GET", f"{HOME}/none", 404), ("GET", "/static/none.js", 404),
    ("GET", f"{HOME}/runs/0123456789ab", 404), ("GET", "/deal.exe", 404), ("POST", "/deal", 405),
    ("PUT", f"{HOME}/jobs", 405), ("POST", "/static/web.css", 405), ("GET", f"{HOME}/law/changes?from=x", 422),
    ("GET", "/deal/live/nearest", 422), ("POST", f"{HOME}/run", 413), ("GET", "/broken", 500),
    ("DELETE", f"{HOME}/jobs/0123456789abcdef", 404), ("GET", "/deal?day=2025-04-15", 422),
)  # fmt: skip


def ask(client, method, path, headers):
    body = b"x" * 1_000_001 if path.endswith("/run") else None
    return client.request(method, path, headers=headers, content=body)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("method", "path", "code"), WRONG)
def test_browsers_get_a_page_and_programs_json(client, method, path, code):
    page, plain = (ask(client, method, path, headers) for headers in (BROWSER, {"accept": "*/*"}))
    assert (page.status_code, page.headers["content-type"]) == (code, PAGE)
    assert (plain.status_code, plain.headers["content-type"]) == (code, PROBLEM)
    assert all("Accept" in found.headers["vary"].split(", ") for found in (page, plain))
    said = plain.json()
    assert f"<h1>{said['title']}</h1>" in page.text
    assert "secret" not in page.text + plain.text
    assert "<script>alert" not in page.text
    assert page.headers["content-security-policy"] == plain.headers["content-security-policy"]
    assert page.headers.get("allow") == plain.headers.get("allow")


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
        assert f"This page tries again in {after} seconds." in found.text
        sent = client.post(f"{HOME}/jobs", json={}, headers=BROWSER)
        assert sent.status_code == 429
        assert 'http-equiv="refresh"' not in sent.text


def test_a_server_with_a_token_shows_browsers_the_door(tmp_path):
    app = create_app(Settings(data_folder=tmp_path, case="", token="a-token-of-some-length"))
    found = TestClient(app).get(f"{HOME}/status", headers=BROWSER)
    assert (found.status_code, found.headers["content-type"]) == (401, PAGE)
    assert 'href="/login"' in found.text
    assert TestClient(app).put("/login").headers["allow"] == "GET, HEAD, POST"


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
    feed = f"{HOME}/law/changes.atom"
    for path in ("/deal", f"{HOME}/data/list", feed, "/static/web.css", "/static/vega.js", "/none"):
        got, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (got.status_code, b""), path
        for name in ("content-type", "etag", "link", "content-security-policy"):
            assert head.headers.get(name) == got.headers.get(name), (path, name)


TO = importer("USA").law.record.to
LINE = f"ur tariff record runs to {TO.day} {TO:%B %Y}"
LATER, WITHIN = "2026-12-15", "2026-10-01"
DEAL = "case=us-china-today&us=12.5&cn=10&licences=0.9&action=0"
DATED = {"": f"{DEAL}&date={{day}}", "/nearest": f"{DEAL}&date={{day}}&x=5e9&y=5e9", "/set": "case=us-china-today"}
"""What the Deal page asks about a day of the law."""

DAYS = {"on", "date", "from", "to", "as_of", "before", "after"}


def dated(path, day):
    return f"/deal/live{path}?{DATED[path].format(day=day)}"


def parts_of(content):
    """Every part of an answer that speaks of the record."""
    if isinstance(content, list):
        return [part for item in content for part in parts_of(item)]
    if not isinstance(content, dict):
        return []
    own = [content] if "beyond_record" in content else []
    return own + [part for item in content.values() for part in parts_of(item)]


@pytest.mark.sampled(5)
def test_every_operation_with_a_day_is_a_question(app):
    """Questions are tried all with a day beyond the record."""
    for path, operations in app.openapi()["paths"].items():
        for operation in operations.values():
            names = {parameter["name"] for parameter in operation.get("parameters", ())}
            assert "x-question" in operation or not names & DAYS, path


@pytest.mark.parametrize("path", DATED)
def test_an_answer_about_a_later_day_says_how_far_the_record_goes(client, path):
    later = client.get(dated(path, LATER))
    assert later.status_code == 200, later.text[:300]
    parts = parts_of(later.json())
    assert parts, path
    assert all(part["beyond_record"] and part["record_to"] == TO.isoformat() for part in parts), path


@pytest.mark.parametrize("path", ["/improve", "/counter"])
def test_offers_about_a_later_day_say_it_too(client, path):
    headers = {"origin": "http://127.0.0.1"}
    later, before = (client.post(f"/deal/live{path}?{deal}", json={}, headers=headers) for deal in (DEAL, GENEVA))
    assert (later.status_code, later.json()["record_to"]) == (200, TO.isoformat()), later.text
    assert any(LINE in line for line in later.json()["record_lines"])
    assert before.json()["record_lines"] == []


@pytest.fixture(scope="module")
def kept(client):
    """Keys of two deals of a later day and of one of May 2025, saved."""
    queries = (DEAL, DEAL.replace("cn=10", "cn=20"), GENEVA)
    headers = {"origin": "http://127.0.0.1"}
    return [client.post(f"/deal/live/keep?{query}", json={}, headers=headers).json()["key"] for query in queries]


SAYING = {"/law": f"/law?on={LATER}", "/runs/{key}": "/runs/{key}"}

SILENT = {
    "/runs": "a list of titles", "/runs/{key}/delete": "a title",
    "/tariff": "part of a run, whose brief says it", "/tariff.yaml": "a scenario, without a number",
    "/deal/prices": "part of the Deal page, which says it", "/deal/prices.csv": "the same",
    "/deal/worth": "part of the Deal page, which says it",
    "/deal/country": "leads on to the brief, which says it", "/deal/prices/chart/{name}.{form}": "the same",
    "/deal/chart/{name}.{form}": "a picture of gains, which the case's own law bounds",
    "/runs/{key}/chart/{name}.{form}": "a picture of a run, whose page says it",
    **{f"/embed{at}/chart/{{name}}": "the picture alone" for at in ("/deal", "/deal/prices", "/runs/{key}")},
}  # fmt: skip


def test_every_page_is_looked_at():
    assert {path for path, *_ in PLACES} == {*SAYING, *SILENT}


@pytest.mark.parametrize("path", SAYING)
def test_a_page_about_a_later_day_says_how_far_the_record_goes(client, kept, path):
    found = client.get(SAYING[path].format(key=kept[0], other=kept[1]))
    assert found.status_code == 200
    assert LINE in " ".join(found.text.split()), path


@pytest.mark.parametrize("place", ["/deal", "/embed/deal"])
def test_the_deal_page_says_it_beside_the_law_as_written(client, place):
    client.get(f"/deal/live?{DEAL}")
    text = client.get(f"{place}?{DEAL}").text
    assert text.count('<p class="note record">') == 2
    assert LINE in text
    assert "compared with the lapse of the suspensions of November 2025" in text
    for name in ("income_USA", "us_on_china", "revenue_USA"):
        row = text.split(f'<tr data-id="{name}">')[1].split("</tr>")[0]
        assert "if prolonged to 9 January 2027 (likely) or renewed for a year: " in row, name
    client.get(f"/deal/live?{GENEVA}")
    # What scripts may say stands in the page in any case.
    before = re.sub(r"<script.*?</script>", "", client.get(f"{place}?{GENEVA}").text, flags=re.DOTALL)
    assert '<tr data-id="income_USA">' in before
    assert "note record" not in before
    assert "if prolonged" not in before


def test_a_kept_deal_and_its_files_say_it(client, kept):
    frozen = client.get(f"/embed/deal?frozen={kept[0]}").text
    assert LINE in " ".join(frozen.split())
    rows = list(csv.DictReader(client.get(f"/deal.csv?{DEAL}").text.splitlines()))
    assert rows
    assert {row["record_to"] for row in rows} == {TO.isoformat()}
    duty = next(row for row in rows if row["number"] == "china_on_us")
    assert float(duty["before"]) - float(duty["before_if_renewed"]) > 0.2
    for form in ("html", "json"):
        assert LINE in " ".join(client.get(f"/deal.{form}?{DEAL}").text.split()), form
    table = client.get(f"{HOME}/runs/{kept[0]}/tables/deal_duties").json()
    assert table["beyond_record"]
    assert all(row["branches"] for row in table["rows"])
    assert "record_to" in client.get(f"/runs/{kept[0]}.csv").text
    assert "record_to" not in client.get(f"/deal.csv?{GENEVA}").text
    assert not client.get(f"{HOME}/runs/{kept[2]}/tables/deal_duties").json()["beyond_record"]
