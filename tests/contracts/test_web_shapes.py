"""The description says what answers hold: real ones validate, no field is left out, known values are listed."""

import copy
import re

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
jsonschema = pytest.importorskip("jsonschema", reason="checks answers against their shapes")

from starlette.testclient import TestClient  # noqa: E402

from detente.faces.web.app import create_app  # noqa: E402
from detente.faces.web.settings import Settings  # noqa: E402

HOME = "/api/v1"
GENEVA = "case=us-china-2025-05&date=2025-05-14&us=10&fentanyl=20&cn=10"
CUT = {"question": "chain run", "arguments": {"mineral": "rare-earths", "cut": 0.5, "months": 2, "draws": 0}}
ASKED = (
    ("/deal", "?levels=us%3D34"),
    ("/reconcile", "?number=17.8&on=2025-05-12&publisher=yale&limit=3"),
    ("/reconcile", "?number=$2800&on=2026-11-20&limit=3"),
    ("/watch", "?file=8507.60:China&file=1201.90:USA:China:soy&from=2026-06-30&on=2026-11-20&limit=3"),
    ("/status", ""),
)
SENT = (("/watch", "?from=2026-06-30&on=2026-10-01", [{"line": "8507.60", "partner": "China"}], 200),)
LATER = (
    ("/chain/levers", "/chain/levers?mineral=gallium&cut=0.5&months=3&set=levers%3Dstockpile"),
    ("/check", "/check?statement=C01&as_of=2025-05-08&draws=0"),
)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    settings = Settings(data_folder=tmp_path_factory.mktemp("server"), rate=0.0, case="", ahead=False, patience=400.0)
    with TestClient(create_app(settings)) as found:
        yield found


@pytest.fixture(scope="module")
def said(client):
    """The description as a client gets it."""
    return client.get(f"{HOME}/openapi.json").json()


@pytest.fixture(scope="module")
def strict(said):
    """The components, in which an object holds what is named and nothing else, where it does not say it holds more."""
    found = copy.deepcopy(said["components"])
    closed(found)
    return found


def closed(value):
    if isinstance(value, list):
        for item in value:
            closed(item)
    elif isinstance(value, dict):
        if isinstance(value.get("properties"), dict) and value.get("type") == "object":
            value.setdefault("additionalProperties", False)
        for item in value.values():
            closed(item)


def check(said, strict, path, method, answer):
    """An answer against the shape that is described for it."""
    content = said["paths"][HOME + path][method]["responses"][str(answer.status_code)]["content"]
    schema = {**content["application/json"]["schema"], "components": strict}
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(answer.json()))
    assert not errors, "\n".join(f"{list(one.absolute_path)}: {one.message[:300]}" for one in errors[:5])


@pytest.mark.parametrize(("path", "more"), ASKED, ids=[path + more for path, more in ASKED])
def test_answers_are_as_they_are_described(client, said, strict, path, more):
    found = client.get(HOME + path + more)
    assert found.status_code == 200, found.text[:300]
    check(said, strict, path, "get", found)


@pytest.mark.parametrize(("path", "query", "body", "code"), SENT, ids=[path for path, *_ in SENT])
def test_answers_to_what_is_sent_are_too(client, said, strict, path, query, body, code):
    found = client.post(HOME + path + query, json=body)
    assert found.status_code == code, found.text[:300]
    check(said, strict, path, "post", found)


def test_jobs_and_runs_are_too(client, said, strict):
    key = client.post(f"/deal/live/keep?{GENEVA}").json()["key"]
    for path in ("/runs", "/runs/{key}"):
        found = client.get(HOME + path.replace("{key}", key).replace("{name}", "deal_gains"))
        assert found.status_code == 200
        check(said, strict, path, "get", found)
    made = client.post(f"{HOME}/jobs", json=CUT)
    check(said, strict, "/jobs", "post", made)
    place = made.headers["location"]
    with client.stream("GET", f"{place}/events") as followed:
        followed.read()
    check(said, strict, "/jobs/{name}", "get", client.get(place))
    check(said, strict, "/jobs", "get", client.get(f"{HOME}/jobs"))
    run = client.get(f"{HOME}/runs/{client.get(place).json()['run']}")
    check(said, strict, "/runs/{key}", "get", run)


@pytest.mark.parametrize(("path", "asked"), LATER, ids=[path for path, _ in LATER])
def test_answers_that_come_later_are_too(client, said, strict, path, asked):
    found = client.get(HOME + asked)
    if found.status_code == 202:
        check(said, strict, path, "get", found)
        found = client.get(f"{HOME}{asked}&wait=60")
    assert found.status_code == 200, found.text[:300]
    check(said, strict, path, "get", found)


def test_every_problem_is_as_described(client, strict):
    schema = {"$ref": "#/components/schemas/Problem", "components": strict}
    for path in ("/none", "/law/changes?from=x", "/deal/offers?case=none", "/runs/0123456789ab"):
        found = client.get(HOME + path)
        assert found.status_code >= 400
        jsonschema.Draft202012Validator(schema).validate(found.json())


def test_every_shape_that_the_description_names_is_in_it(said):
    text = str(said)
    for name in set(re.findall(r"#/components/schemas/(\w+)", text)):
        assert name in said["components"]["schemas"], name


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


def test_every_answer_says_more_than_object(said):
    components = said["components"]["schemas"]
    for path, methods in said["paths"].items():
        for method, operation in methods.items():
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
    from detente.faces.web.api.shapes import SHAPES

    for name in SHAPES:
        for field, shape in (said["components"]["schemas"][name].get("properties") or {}).items():
            assert shape.get("$ref") or shape.get("description"), (name, field)
