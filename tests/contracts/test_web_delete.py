"""Runs are deleted by whoever may enter the server, after a step that asks."""

import pytest

pytest.importorskip("sqlalchemy")
from starlette.testclient import TestClient

from detente.faces.web.app import create_app
from detente.faces.web.settings import Settings

TOKEN = "a token that is long enough"
KEY, OTHER = "0123456789ab", "ba9876543210"
DOCUMENT = {
    "key": KEY, "version": "1", "scenario": {"name": "x", "title": "A result", "on": "2025-05-14"}, "sentences": [],
    "tables": {}, "about": {}, "checks": [], "assumptions": [], "vintages": {}, "record": {},
}  # fmt: skip
ORIGIN = {"origin": "http://localhost"}


def app_of(folder, **more):
    return create_app(Settings(data_folder=folder, rate=0.0, case="", ahead=False, **more))


@pytest.fixture
def app(tmp_path):
    return app_of(tmp_path, token=TOKEN)


@pytest.fixture
def browser(app):
    client = TestClient(app, base_url="http://localhost", headers=ORIGIN)
    client.cookies.set("detente_token", TOKEN)
    return client


def begun(client):
    """A job that waits, and a run as it would be kept at its end."""
    answer = client.post("/api/v1/jobs", json={"question": "run", "arguments": {"scenario": "geneva"}})
    assert answer.status_code == 202, answer.text
    client.app.state.store.save_run(DOCUMENT, "run")
    return answer.json()["id"]


def test_a_run_is_deleted_after_a_page_that_asks(app, browser):
    begun(browser)
    assert f"/runs/{KEY}/delete" in browser.get("/runs").text
    asked = browser.get(f"/runs/{KEY}/delete")
    assert "Delete this result?" in asked.text
    assert app.state.store.run(KEY) is not None  # asking deletes nothing
    done = browser.post(f"/runs/{KEY}/delete", follow_redirects=True)
    assert f"Result {KEY} is deleted." in done.text
    assert app.state.store.run(KEY) is None
    assert browser.get(f"/runs/{KEY}/delete").status_code == 404
    assert browser.delete(f"/api/v1/runs/{KEY}").status_code == 404
    assert set(browser.cookies) == {"detente_token"}


def test_who_does_not_show_the_token_deletes_nothing(app, browser):
    begun(browser)
    stranger = TestClient(app, base_url="http://localhost", headers=ORIGIN, follow_redirects=False)
    assert stranger.delete(f"/api/v1/runs/{KEY}").status_code == 401
    assert stranger.delete("/api/v1/runs").status_code == 401
    assert stranger.post(f"/runs/{KEY}/delete").status_code == 401
    assert app.state.store.run(KEY) is not None


def test_a_page_of_another_site_deletes_nothing(app, browser):
    begun(browser)
    assert browser.post(f"/runs/{KEY}/delete", headers={"origin": "http://elsewhere.test"}).status_code == 403
    assert app.state.store.run(KEY) is not None


def test_whoever_shows_the_token_deletes_every_run(app, browser):
    job = begun(browser)
    app.state.store.save_run(DOCUMENT | {"key": OTHER}, "claims")
    assert "There is 1 result." in browser.get("/runs/all/delete").text
    program = TestClient(app, base_url="http://localhost", headers={"authorization": f"Bearer {TOKEN}"})
    assert program.delete("/api/v1/runs").json() == {"runs": 1, "jobs": 1}
    assert (app.state.store.run(KEY), app.state.store.job(job)) == (None, None)
    assert app.state.store.run(OTHER) is not None, "what the server keeps for its pages stays"
    begun(browser)
    assert "1 result is deleted." in browser.post("/runs/all/delete", follow_redirects=True).text
    assert browser.get("/api/v1/runs").json()["total"] == 0


def test_an_answer_that_the_server_keeps_for_its_pages_is_not_deleted(tmp_path):
    app = app_of(tmp_path)
    app.state.store.save_run(DOCUMENT | {"key": OTHER}, "claims")
    client = TestClient(app, base_url="http://localhost", headers=ORIGIN)
    assert client.delete(f"/api/v1/runs/{OTHER}").status_code == 403
    assert f"/runs/{OTHER}/delete" not in client.get(f"/runs/{OTHER}").text
    assert client.get(f"/runs/{OTHER}/delete").status_code == 404


def test_on_a_server_of_ones_own_nothing_has_to_be_shown(tmp_path):
    app = app_of(tmp_path)
    app.state.store.save_run(DOCUMENT, "run")
    client = TestClient(app, base_url="http://localhost", headers=ORIGIN)
    assert f"/runs/{KEY}/delete" in client.get(f"/runs/{KEY}").text
    assert client.delete(f"/api/v1/runs/{KEY}").json() == {"key": KEY, "gone": True}
    assert client.get("/api/v1/runs").json()["total"] == 0


def test_a_job_forgets_a_run_that_is_deleted(app, browser):
    job = begun(browser)
    app.state.store.change_job(job, run=KEY, status="done")
    browser.delete(f"/api/v1/runs/{KEY}")
    assert app.state.store.job(job)["run"] is None
