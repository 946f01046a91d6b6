"""The Talks pages and their interface: the page of `detente talks` for any country, once it is worked out."""

import csv
import json
from html import unescape

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
pytest.importorskip("sqlalchemy")

from starlette.testclient import TestClient

from detente.data.casefile import case_names
from detente.faces.cli.talks_page import page_text
from detente.faces.formats import to_json
from detente.faces.web.app import create_app
from detente.faces.web.settings import Settings
from detente.faces.web.work.advised import advice_asked, kept_pages
from detente.faces.web.work.results import result_of_document
from detente.faces.web.work.worker import run_advice

CASE = "us-korea-2025-07"
HOME = "/api/v1/talks"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """A server on which the work of two questions is done."""
    folder = tmp_path_factory.mktemp("server")
    made = create_app(Settings(data_folder=folder, rate=0.0, case="", ahead=False))
    for side in ("", "VNM"):
        question = advice_asked(CASE, "", side)
        document = run_advice({**question.words, "key": question.key}, folder, lambda *_: None)
        made.state.store.save_run(json.loads(to_json(document)), question.kind)
    return made


@pytest.fixture(scope="module")
def client(app):
    return TestClient(app, base_url="http://127.0.0.1")


@pytest.mark.parametrize("side", ["KOR", "VNM"])
def test_the_page_has_the_words_and_the_numbers_of_the_command(app, client, detente, side):
    document = app.state.store.run(advice_asked(CASE, "", side).key)
    page = kept_pages(document, result_of_document(document).tables).pages[side]
    assert page_text(page, CASE).strip() == detente("talks", CASE, "--for", side).out.strip()
    found = client.get(f"{HOME}/{CASE}?side={side}").json()
    assert json.loads(to_json(found["page"])) == document["pages"][side]["page"]
    text = unescape(client.get(f"/talks/{CASE}?side={side}").text)
    for block in found["words"]["blocks"]:
        assert " ".join(block["sentences"]) in text
    for row in found["words"]["packages"]["rows"]:
        assert all(cell in text for cell in row)
    assert "data-pending" not in text
    rows = list(csv.reader(client.get(f"/talks/{CASE}.csv?side={side}").text.splitlines()))
    assert rows[1:] == found["words"]["packages"]["rows"]


def test_a_page_draws_what_both_can_accept_and_how_long_bargains_live(client):
    text = client.get(f"/talks/{CASE}?side=KOR").text
    assert all(f'id="figure-{name}"' in text for name in ("acceptable", "survival"))
    assert "This advice gives" in unescape(text)
    assert "Gain over the even odds of the law of 29 July 2025 and the law of 2 April 2025" in unescape(text)
    drawn = csv.DictReader(client.get(f"/talks/{CASE}.csv?side=KOR&table=deals").text.splitlines())
    (offer,) = [row for row in drawn if row["label"] == "this advice"]
    packages = client.get(f"{HOME}/{CASE}?side=KOR").json()["page"]["packages"]
    (own,) = [row for row in packages if row["kind"] == "advice"]
    # What is drawn is what the page says that its advice is worth.
    assert [float(offer["usa"]) / 1e9, float(offer["kor"]) / 1e9] == pytest.approx(own["gains"], abs=1e-4)
    assert client.get(f"/talks/{CASE}/chart/acceptable.svg?side=KOR").status_code == 200


def test_every_case_is_listed_with_what_stands_on_its_day(client):
    rows = client.get(HOME).json()["cases"]
    assert {row["case"] for row in rows} == set(case_names())
    text = unescape(client.get("/talks").text)
    assert all(f'href="/talks/{name}"' in text for name in case_names())
    assert "The United States threatens “reciprocal rate by letter” for 1 August 2025; chance of a deal 25%" in text


def test_a_page_is_asked_for_by_any_name_and_no_work_begins_for_a_mistake(client):
    assert client.get(f"{HOME}/{CASE}?side=South Korea").json()["side"] == "KOR"
    for query in ("?side=Narnia", "?variant=never"):
        assert client.get(f"{HOME}/{CASE}{query}").status_code == 422
        assert client.get(f"/talks/{CASE}{query}").status_code == 404
    assert client.get("/talks/nowhere").status_code == 404
    waits = client.get("/talks/two-country")
    assert "data-pending" in waits.text
    assert client.get(f"{HOME}/two-country").status_code == 202


def test_a_country_within_a_region_has_the_page_of_the_region(detente):
    """As in a small world, where Norway is one of the EFTA countries."""
    found = detente("talks", CASE, "--for", "Norway")
    assert found.code == 0, found.err
    assert "what it does to EFTA countries" in found.out
