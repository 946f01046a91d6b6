"""How far the law is on record, in the browser and for programs: no page and no answer about a later day is silent."""

import csv
import json
import re
from datetime import date

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
pytest.importorskip("sqlalchemy")

from starlette.testclient import TestClient

from detente.data.importers import importer
from detente.faces.web.app import create_app
from detente.faces.web.pages.routes import PLACES
from detente.faces.web.settings import Settings
from detente.lab.ground.ground import ground_of
from detente.law.branches import under_fate

HOME = "/api/v1"
TO = importer("USA").law.record.to
LINE = f"aw on record to {TO.day} {TO:%B %Y}"
LATER, WITHIN = "2026-12-15", "2026-10-01"
DEAL = "case=us-china-today&us=12.5&cn=10&licences=0.9&action=0"
GENEVA = "case=us-china-2025-05&date=2025-05-14&us=10&fentanyl=20&cn=10&licences=1&action=0"

DATED = {
    "": f"{DEAL}&date={{day}}",
    "/nearest": f"{DEAL}&date={{day}}&usa=5e9&chn=5e9",
    "/set": "case=us-china-today",
}
"""What the Deal page asks about a day of the law."""

POSTED = ("/improve", "/counter")

DAYS = {"on", "date", "from", "to", "as_of", "before", "after"}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    return create_app(Settings(data_folder=folder, rate=0.0, case="", ahead=False, patience=400.0))


@pytest.fixture(scope="module")
def client(app):
    with TestClient(app, base_url="http://127.0.0.1") as found:
        yield found


def asked(path, day):
    return f"/deal/live{path}?{DATED[path].format(day=day)}"


def parts_of(content):
    """Every part of an answer that speaks of the record."""
    if isinstance(content, list):
        return [part for item in content for part in parts_of(item)]
    if not isinstance(content, dict):
        return []
    own = [content] if "beyond_record" in content else []
    return own + [part for item in content.values() for part in parts_of(item)]


def test_every_operation_with_a_day_is_a_question(app):
    """Questions are tried all with a day beyond the record."""
    for path, operations in app.openapi()["paths"].items():
        for operation in operations.values():
            names = {parameter["name"] for parameter in operation.get("parameters", ())}
            assert "x-question" in operation or not names & DAYS, path


@pytest.mark.parametrize("path", DATED)
def test_an_answer_about_a_later_day_says_how_far_the_record_goes(client, path):
    later = client.get(asked(path, LATER))
    assert later.status_code == 200, later.text[:300]
    parts = parts_of(later.json())
    assert parts, path
    assert all(part["beyond_record"] and part["record_to"] == TO.isoformat() for part in parts), path


@pytest.mark.parametrize("path", POSTED)
def test_offers_about_a_later_day_say_it_too(client, path):
    found = client.post(f"/deal/live{path}?{DEAL}", json={}, headers={"origin": "http://127.0.0.1"})
    assert found.status_code == 200, found.text
    assert found.json()["record_to"] == TO.isoformat()
    assert any(LINE in line for line in found.json()["record_lines"])
    before = client.post(f"/deal/live{path}?{GENEVA}", json={}, headers={"origin": "http://127.0.0.1"})
    assert before.json()["record_lines"] == []


def test_rows_of_averages_have_both_fates(client):
    usa = importer("USA").law
    other = under_fate(usa, "renewed", usa.record.open_on(date.fromisoformat(LATER)))
    (row,) = client.get(f"{HOME}/average?on={LATER}").json()["tables"]["average"]["rows"]
    totals = {branch["branch"]: branch["total"] for branch in row["branches"]}
    for name, law in (("lapsed", usa), ("renewed", other)):
        assert totals[name] == pytest.approx(ground_of(law).whole(date.fromisoformat(LATER)), abs=1e-11)
    rows = client.get(f"{HOME}/average?from=2026-09-01&to={LATER}").json()["tables"]["daily"]["rows"]
    assert {row["date"] < "2026-11-10": bool(row["branches"]) for row in rows} == {True: False, False: True}


def test_one_number_in_the_deal_the_rates_and_the_command(client, detente):
    """The law before a deal, as written and if the clauses were renewed, in three faces."""
    numbers = {row["id"]: row for row in client.get(asked("", LATER)).json()["numbers"]}
    for name, more, words in (
        ("us_average", "", ()),
        ("us_on_china", "&partner=CHN", ("--partner", "CHN")),
        ("china_on_us", "&of=CHN", ("--of", "CHN")),
    ):
        (row,) = client.get(f"{HOME}/average?on={LATER}{more}").json()["tables"]["average"]["rows"]
        told = json.loads(detente("average", "--on", LATER, *words, "--json").out)["tables"]["average"]["rows"][0]
        lapsed, short, again = numbers[name]["branches"]
        assert numbers[name]["baseline_value"] == pytest.approx(told["average"], abs=1e-11)
        assert lapsed["baseline_value"] == pytest.approx(row["average"], abs=1e-11)
        assert again["baseline_value"] == pytest.approx(row["if_renewed"], abs=1e-11)
        assert told["if_renewed"] == pytest.approx(row["if_renewed"], abs=1e-11)
        assert short["baseline_value"] == pytest.approx(row["if_prolonged"], abs=1e-11)


@pytest.fixture(scope="module")
def kept(client):
    """Keys of two deals of a later day and of one of May 2025, saved."""
    queries = (DEAL, DEAL.replace("cn=10", "cn=20"), GENEVA)
    headers = {"origin": "http://127.0.0.1"}
    return [client.post(f"/deal/live/keep?{query}", json={}, headers=headers).json()["key"] for query in queries]


PAGES = {
    "/law": f"/law?on={LATER}",
    "/runs/{key}": "/runs/{key}",
}
SILENT = {
    "/runs": "a list of titles", "/runs/{key}/delete": "a title",
    "/tariff": "part of a run, whose brief says it", "/tariff.yaml": "a scenario, without a number",

    "/deal/prices": "part of the Deal page, which says it", "/deal/prices.csv": "the same",
    "/deal/prices/chart/{name}.{form}": "the same",
    "/deal/chart/{name}.{form}": "a picture of gains, which the case's own law bounds",
    "/runs/{key}/chart/{name}.{form}": "a picture of a run, whose page says it",
    **{f"/embed{place}/chart/{{name}}": "the picture alone" for place in
       ("/deal", "/deal/prices", "/runs/{key}")},
}  # fmt: skip


def test_every_page_is_looked_at():
    assert {path for path, *_ in PLACES} == {*PAGES, *SILENT}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_about_a_later_day_says_how_far_the_record_goes(client, kept, path):
    found = client.get(PAGES[path].format(key=kept[0], other=kept[1]))
    assert found.status_code == 200
    assert LINE in " ".join(found.text.split()), path


@pytest.mark.parametrize("place", ["/deal", "/embed/deal"])
def test_the_deal_page_says_it_beside_the_law_as_written(client, place):
    client.get(f"/deal/live?{DEAL}")
    text = client.get(f"{place}?{DEAL}").text
    assert text.count('<p class="note record">') == 2
    assert LINE in text
    assert "against the lapse of the suspensions of November 2025" in text
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
