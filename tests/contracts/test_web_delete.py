"""Runs are deleted by who made them, after a step that asks: browsers by their cookie, programs by the token."""

import pytest

pytest.importorskip("sqlalchemy")
from starlette.testclient import TestClient

from detente.faces.web.app import create_app
from detente.faces.web.settings import Settings
from detente.faces.web.work.makers import COOKIE

TOKEN = "a token that is long enough"
KEY, OTHER = "0123456789ab", "ba9876543210"
DOCUMENT = {
    "key": KEY, "version": "1", "scenario": {"name": "x", "title": "A result", "on": "2025-05-14"}, "sentences": [],
    "tables": {}, "about": {}, "checks": [], "assumptions": [], "vintages": {}, "record": {},
}  # fmt: skip
ORIGIN = {"origin": "http://localhost"}


def app_of(folder, **more):
    return create_app(Settings(data_folder=folder, rate=0.0, case="", ahead=False, **more))


def browser(app):
    client = TestClient(app, base_url="http://localhost")
    client.cookies.set("detente_token", TOKEN)
    return client


@pytest.fixture
def app(tmp_path):
    return app_of(tmp_path, token=TOKEN)


def begun(client, app):
    """A job of somebody, whose run is kept as it would be at its end."""
    answer = client.post("/api/v1/jobs", json={"kind": "run", "scenario": "geneva"}, headers=ORIGIN)
    assert answer.status_code == 202, answer.text
    row = app.state.store.job(answer.json()["id"])
    app.state.store.save_run(DOCUMENT, "run", row["maker"])
    return row


def test_who_made_a_run_may_delete_it_and_nobody_else(app):
    mine, theirs = browser(app), browser(app)
    row = begun(mine, app)
    assert COOKIE in mine.cookies
    assert mine.cookies[COOKIE] not in str(row)
    assert f"/runs/{KEY}/delete" in mine.get("/runs").text
    assert f"/runs/{KEY}/delete" not in theirs.get("/runs").text
    assert theirs.get(f"/runs/{KEY}/delete").status_code == 403
    assert theirs.post(f"/runs/{KEY}/delete", headers=ORIGIN).status_code == 403
    assert theirs.delete(f"/api/v1/runs/{KEY}", headers=ORIGIN).status_code == 403
    program = TestClient(app, base_url="http://localhost", headers={"authorization": f"Bearer {TOKEN}"})
    assert program.delete(f"/api/v1/runs/{KEY}").status_code == 403
    asked = mine.get(f"/runs/{KEY}/delete")
    assert "Delete this result?" in asked.text
    assert app.state.store.run(KEY) is not None  # asking deletes nothing
    done = mine.post(f"/runs/{KEY}/delete", headers=ORIGIN, follow_redirects=True)
    assert f"Result {KEY} is deleted." in done.text
    assert app.state.store.run(KEY) is None
    assert mine.get(f"/runs/{KEY}/delete").status_code == 404
    assert mine.delete(f"/api/v1/runs/{KEY}", headers=ORIGIN).status_code == 404


def test_a_page_of_another_site_deletes_nothing(app):
    mine = browser(app)
    begun(mine, app)
    assert mine.post(f"/runs/{KEY}/delete", headers={"origin": "http://elsewhere.test"}).status_code == 403
    assert app.state.store.run(KEY) is not None


def test_what_two_made_stays_for_the_other(app):
    first, second = browser(app), browser(app)
    begun(first, app)
    begun(second, app)
    assert "it stays" in first.post(f"/runs/{KEY}/delete", headers=ORIGIN, follow_redirects=True).text
    assert app.state.store.run(KEY) is not None
    assert first.delete(f"/api/v1/runs/{KEY}", headers=ORIGIN).status_code == 403
    assert second.delete(f"/api/v1/runs/{KEY}", headers=ORIGIN).json() == {"key": KEY, "gone": True}
    assert app.state.store.run(KEY) is None


def test_a_program_deletes_what_programs_made(app):
    program = TestClient(app, base_url="http://localhost", headers={"authorization": f"Bearer {TOKEN}"})
    begun(program, app)
    assert COOKIE not in program.cookies
    assert program.delete(f"/api/v1/runs/{KEY}").json()["gone"]


def test_on_a_server_of_ones_own_all_runs_are_ones_own(tmp_path):
    app = app_of(tmp_path)
    app.state.store.save_run(DOCUMENT, "run")
    app.state.store.save_run(DOCUMENT | {"key": OTHER}, "claims")
    client = TestClient(app, base_url="http://localhost")
    assert client.delete(f"/api/v1/runs/{OTHER}", headers=ORIGIN).status_code == 403  # an answer of the server
    assert f"/runs/{KEY}/delete" in client.get(f"/runs/{KEY}").text
    assert client.delete(f"/api/v1/runs/{KEY}", headers=ORIGIN).json()["gone"]
    assert client.get("/api/v1/runs").json()["total"] == 0


def test_a_job_forgets_a_run_that_is_deleted(app):
    mine = browser(app)
    row = begun(mine, app)
    app.state.store.change_job(row["id"], run=KEY, status="done")
    mine.delete(f"/api/v1/runs/{KEY}", headers=ORIGIN)
    assert app.state.store.job(row["id"])["run"] is None
