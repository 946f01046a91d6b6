"""The brief of a country: the same words and numbers in terminal, Python and program interface."""

import json

import pytest

import detente as dt
from detente.data.tables import arrays
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


def test_what_is_owed_and_what_is_paid_stand_side_by_side(detente):
    content = json.loads(detente("brief", "Mexico", "--on", "2025-05-14", "--json").out)
    rows = {row["measure"]: row for row in content["tables"]["numbers"]}
    month = arrays("usa_collected_monthly")
    chosen = (month["month"] == "2025-05") & (month["partner"] == "MEX")
    paid = float(month["duty"][chosen][0] / month["imports"][chosen][0])
    assert rows["duty paid on its goods"]["after"] == pytest.approx(paid)
    assert paid < 0.05 < rows["duty on its goods"]["after"]
    gap = rows["duty paid on its goods"]["after"] - rows["duty paid on goods of all others"]["after"]
    assert rows["difference paid"]["after"] == pytest.approx(gap)
    told = " ".join(detente("brief", "Mexico", "--on", "2025-05-14").out.split())
    assert f"importers paid {paid:.1%} on its goods" in told
    assert f"It is {-100 * gap:.1f} points ahead of its rivals" in told
    assert "USMCA claims of May 2025" in told


def test_what_nobody_has_paid_yet_is_not_said_to_be_paid(detente):
    told = " ".join(detente("brief", "Mexico", "--on", "2026-10-01").out.split())
    assert "importers paid" not in told
    assert "points ahead of its rivals" in told or "points behind its rivals" in told
