"""The program interface: shapes, tags, pages, problems, and that every number shown is one of the result's."""

import csv
import io
import json
import zipfile
from xml.etree import ElementTree

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")

from starlette.testclient import TestClient

from detente.faces.web.app import create_app
from detente.faces.web.settings import Settings

HOME = "/api/v1"
GENEVA = "case=us-china-2025-05&date=2025-05-14&us=10&fentanyl=20&cn=10&licences=1&action=0.5&duration=90"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    settings = Settings(data_folder=tmp_path_factory.mktemp("server"), rate=0.0, ahead=False, patience=400.0)
    with TestClient(create_app(settings)) as found:
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
    assert quick.json()["key"] == whole.json()["key"]
    assert quick.json()["scenario"] == whole.json()["scenario"]
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
    moved = get(
        client, f"/deal/live?{GENEVA.replace('licences=1', 'licences=0.37').replace('duration=90', 'duration=95')}"
    )
    held = {row["id"]: row for row in moved["numbers"]}
    same = ("value", "low", "high", "baseline_value")
    for row in first["numbers"]:
        if row["id"].startswith(("income_", "revenue_", "imports_", "prices_")):
            assert [held[row["id"]][key] for key in same] == [row[key] for key in same]
    assert moved["point"] != first["point"]


def test_bad_keys_of_an_address_are_never_an_error(client):
    found = get(client, "/deal/live?us=abc&cn=-4&date=1999-01-01&partner=%F0%9F%A6%84&except=%00&case=none&v=")
    assert len(found["scenario"]["messages"]) >= 5
    assert found["scenario"]["cn"] == "0"
    assert found["scenario"]["case"] == "us-china-2025-05"


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
    assert rows == whole["rows"]
    assert whole["total"] == len(rows)
    assert get(client, "/law/list?offset=100000")["tables"]["measures"]["rows"] == []
    for bad in ("limit=0", "limit=10001", "offset=-1", "limit=x", "limit=1e3"):
        assert get(client, f"/law/list?{bad}", 422)["status"] == 422


def test_changes_come_as_a_feed(client):
    found = client.get(f"{HOME}/law/changes.atom?from=2025-05-01&to=2025-05-31")
    assert found.headers["content-type"].startswith("application/atom+xml")
    space = "{http://www.w3.org/2005/Atom}"
    tree = ElementTree.fromstring(found.content)
    entries = tree.findall(f"{space}entry")
    rows = get(client, "/law/changes?from=2025-05-01&to=2025-05-31")["tables"]["changes"]
    assert len(entries) == rows["total"]
    assert len({entry.findtext(f"{space}id") for entry in entries}) == len(entries)


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
        old = client.get(
            f"{HOME}/watch.{form}?row=8507.60:China&since=2026-06-30&on=2026-10-01", follow_redirects=False
        )
        assert old.headers["location"] == f"/api/v1/watch.{form}?file=8507.60%3AChina&{span}"
        found = client.get(f"{HOME}/watch.{form}?file=8507.60:China&{span}")
        assert found.headers["content-type"].startswith(media)
        assert found.text.count("8507.60 from China") >= len(rows)
        again = client.get(found.url, headers={"if-none-match": found.headers["etag"]})
        assert again.status_code == 304


def test_rates_are_those_of_the_command(client):
    from datetime import date

    import detente as dt
    from detente.lab.ground.ground import ground_of

    found = get(client, "/average?on=2025-05-14")
    mine = ground_of(dt.load_law("USA")).whole(date(2025, 5, 14))
    assert found["number"]["value"] == pytest.approx(mine, abs=1e-9)
    days = get(client, "/average?from=2025-05-13&to=2025-05-14")["tables"]["daily"]
    assert [row["date"] for row in days["rows"]] == ["2025-05-13", "2025-05-14"]


def test_rates_are_counted_as_a_publisher_counts(client):
    import detente as dt

    found = get(client, "/average?on=2025-05-12&publisher=yale")
    mine = dt.average("2025-05-12", publisher="yale")
    assert found["number"]["value"] == pytest.approx(float(mine), abs=1e-9)
    assert found["tables"]["average"]["notes"][0].startswith("as Yale Budget Lab counts: ")
    yours = get(client, "/average?on=2025-05-12&publisher=yale&weights=2017-2019")
    assert "trade of 2017-2019 (yours)" in yours["tables"]["average"]["notes"][0]


@pytest.mark.parametrize(
    "path",
    [
        "/economy/war?countries=USA", "/economy/war?world=/etc/passwd", "/economy/optimal?country=XXX",
        "/law/show?measure=none", "/law/changes?from=2025-05-02&to=2025-05-01",
        "/average?publisher=yail", "/average?publisher=yale&weights=mine.csv",
        "/average?from=1900-01-01", "/revenue?on=2025-05-14&from=2024",
        "/chain/show?mineral=none", "/chain/run?mineral=gallium&cut=2",
        "/chain/run?mineral=gallium&cut=1&partner=XXX", "/check?ledger=none",
        "/deal/live/set?case=none",
        "/deal/live/set?weights=none", "/deal/live/set?horizon=none&weights=x",
        "/deal/live/nearest", "/deal/live/nearest?x=z&y=1", "/deal/live/set?sides=USA,DEU",
        "/deal/live/nearest?x=nan&y=1", "/runs/xyz",
        "/watch?file=8507.60:Narnia", "/watch?file=8507.6:China&file=:", "/watch?from=2025-01-01", "/watch?file=a.csv",
    ],
)  # fmt: skip
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


@pytest.mark.parametrize("form", ["html", "xlsx", "json", "csv", "zip"])
def test_a_run_downloads_in_every_format(client, form):
    key = client.post(f"/deal/live/keep?{GENEVA}").json()["key"]
    found = client.get(f"{HOME}/runs/{key}/report/{form}")
    assert found.status_code == 200, found.text[:300]
    assert "attachment" in found.headers["content-disposition"]
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


def test_the_description_has_an_example_of_everything(client):
    found = get(client, "/openapi.json")
    assert found["info"]["title"] == "Détente"
    for path, methods in found["paths"].items():
        assert path.startswith(HOME)
        for method, one in methods.items():
            later = one["responses"].get("202", {})
            assert "job" in path or not later or {"Location", "Retry-After"} <= set(later["headers"])
            answer = one["responses"].get("200") or one["responses"].get("201") or one["responses"]["202"]
            for media, content in answer["content"].items():
                if media == "application/json":
                    assert "example" in content, (method, path)
            assert one["summary"], (method, path)
            assert any(code.startswith("4") for code in one["responses"])


def test_the_script_of_the_charts_is_kept_for_ever_and_small(client):
    found = client.get("/static/vega.js")
    assert "immutable" in found.headers["cache-control"]
    assert found.headers["content-encoding"] == "gzip"
    assert b"vegaEmbed" in found.content
    again = client.get("/static/vega.js", headers={"if-none-match": found.headers["etag"]})
    assert again.status_code == 304


def test_answers_are_plain_json_without_infinities(client):
    def refuse(text):
        raise AssertionError(text)

    for path in (f"/deal/live?{GENEVA}", "/deal/live/set"):
        json.loads(client.get(placed(path)).content, parse_constant=refuse)
