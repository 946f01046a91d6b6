"""The brief of a country: the same words and numbers in terminal, Python and program interface."""

import json

import pytest

import detente as dt
from detente.faces.words.country import country_page
from detente.lab.country.brief import country_brief


def test_every_face_says_the_same(detente, tmp_path):
    pytest.importorskip("fastapi", reason="the web extra is not installed")
    from starlette.testclient import TestClient

    from detente.faces.web.app import create_app
    from detente.faces.web.settings import Settings

    study = country_brief("VNM", "geneva")
    page = country_page(study)
    ran = detente("brief", "Vietnam", "--deal", "geneva", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["stands"] == list(page.stands)
    assert str(page).splitlines()[3:9] == detente("brief", "Vietnam", "--deal", "geneva").out.splitlines()[3:9]
    answer = dt.brief("Vietnam", deal="geneva")
    assert answer.page.sentences == page.sentences
    assert str(answer).count("\n") < 30
    client = TestClient(create_app(Settings(data_folder=tmp_path, case="", rate=0.0)), base_url="http://127.0.0.1")
    content = client.get("/api/v1/brief/VNM?deal=geneva").json()
    assert client.get("/api/v1/brief/Narnia?deal=geneva").status_code == 422
    assert client.get("/api/v1/brief/VNM?deal=../x").status_code == 422
    assert content["replies"] == list(page.replies)
    assert content["tables"]["numbers"]["rows"][0]["after"] == pytest.approx(study.tables["numbers"]["after"][0])
