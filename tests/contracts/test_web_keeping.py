"""What a server keeps: of users with keys of their own, brought forward, away and back, and what is too old."""

import gzip
import json
import re

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
pytest.importorskip("sqlalchemy")

import sqlalchemy as sa
from starlette.testclient import TestClient

from detente.codes import InputError, UnknownName
from detente.faces.web.app import create_app
from detente.faces.web.settings import Settings
from detente.faces.web.work.archive import backup, prune, restore
from detente.faces.web.work.keys import Keyring, add_key, keys_of, remove_key
from detente.faces.web.work.schema import CURRENT, STEPS, version_of
from detente.faces.web.work.store import open_store

TOKEN = "a token that is long enough"
KEY, OTHER = "0123456789ab", "ba9876543210"
DOCUMENT = {
    "key": KEY, "version": "1", "scenario": {"name": "x", "title": "A result", "on": "2025-05-14"}, "sentences": [],
    "tables": {}, "about": {}, "checks": [], "assumptions": [], "vintages": {}, "record": {},
}  # fmt: skip
ORIGIN = {"origin": "http://localhost"}


def app_of(folder, **more):
    return create_app(Settings(data_folder=folder, rate=0.0, case="", ahead=False, **more))


def client_of(app, **more):
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False, follow_redirects=False, **more)


# --- users ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def users(tmp_path):
    """Two users and the operator of a server, each as a program."""
    app = app_of(tmp_path, keys=True, token=TOKEN)
    keys = [add_key(app.state.store, name) for name in ("one", "two")]
    return [client_of(app, headers={"authorization": f"Bearer {key}"}) for key in (*keys, TOKEN)]


def begun(client, key):
    """A job of somebody, whose run is kept as it would be at its end."""
    job = client.post("/api/v1/jobs", json={"kind": "run", "scenario": "geneva"}).json()["id"]
    store = client.app.state.store
    store.save_run(DOCUMENT | {"key": key}, "run", store.job(job)["maker"])
    return job


def test_a_user_sees_what_is_his_and_nothing_else(users):
    one, two, operator = users
    mine, theirs = begun(one, KEY), begun(two, OTHER)
    assert [row["key"] for row in one.get("/api/v1/runs").json()["rows"]] == [KEY]
    assert [row["id"] for row in one.get("/api/v1/jobs").json()["rows"]] == [mine]
    for path in (f"/api/v1/runs/{OTHER}", f"/api/v1/runs/{OTHER}/tables", f"/api/v1/runs/{OTHER}/report/json",
                 f"/api/v1/runs/compare?a={KEY}&b={OTHER}", f"/runs/{OTHER}", f"/runs/{OTHER}.json",
                 f"/runs/{OTHER}/delete", f"/api/v1/jobs/{theirs}", f"/api/v1/jobs/{theirs}/events"):  # fmt: skip
        assert one.get(path).status_code == 404, path
    assert one.delete(f"/api/v1/runs/{OTHER}").status_code == 404
    assert one.delete(f"/api/v1/jobs/{theirs}").status_code == 404
    assert OTHER not in one.get("/runs").text
    assert operator.get("/api/v1/runs").json()["total"] == 2
    assert operator.get(f"/api/v1/jobs/{theirs}").json()["id"] == theirs
    assert operator.get(f"/api/v1/runs/{OTHER}").json()["key"] == OTHER


def test_a_user_deletes_all_that_is_his(users):
    one, two, _ = users
    mine, theirs = begun(one, KEY), begun(two, KEY)
    begun(one, OTHER)
    assert "You made 2 results." in one.get("/runs/all/delete").text
    assert one.delete("/api/v1/runs").json() == {"runs": 2, "jobs": 2}
    store = one.app.state.store
    assert store.job(mine) is None
    assert store.job(theirs)["status"] == "waiting"
    assert (store.run(KEY) is not None, store.run(OTHER)) == (True, None), "what another made too stays for him"
    assert one.get("/api/v1/runs").json()["total"] == 0
    assert two.post("/runs/all/delete", headers=ORIGIN).headers["location"] == "/runs?emptied=1"
    assert "1 result is deleted." in two.get("/runs?emptied=1").text
    assert store.run(KEY) is None


def test_a_key_is_known_by_its_hash_alone_and_can_be_taken_away(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'x.sqlite'}")
    key = add_key(store, "Ministry")
    assert key.encode() not in (tmp_path / "x.sqlite").read_bytes() + (tmp_path / "x.sqlite-wal").read_bytes()
    ring = Keyring(store)
    assert ring.owner(key) == keys_of(store)[0]["id"]
    assert ring.remembered(key) == ring.owner(key)
    assert keys_of(store)[0]["used"] is not None
    assert [ring.owner(wrong) for wrong in (key[:-1] + ("a" if key[-1] != "a" else "b"), "", TOKEN, key + "x")] == [
        ""
    ] * 4
    with pytest.raises(InputError, match="has a key already"):
        add_key(store, "Ministry")
    with pytest.raises(InputError, match="no line of text"):
        add_key(store, "a\nb")
    with pytest.raises(UnknownName, match="did you mean 'Ministry'"):
        remove_key(store, "Minstry")
    remove_key(store, "Ministry")
    assert Keyring(store).owner(key) == ""


def test_a_key_opens_the_door_for_a_browser(users):
    one, *_ = users
    key = one.headers["authorization"].removeprefix("Bearer ")
    browser = client_of(one.app)
    form = {"content-type": "application/x-www-form-urlencoded", **ORIGIN}
    assert browser.post("/login", content="token=dt_00000000_" + "x" * 32, headers=form).status_code == 401
    assert browser.post("/login", content=f"token={key}", headers=form).status_code == 303
    begun(one, KEY)
    assert KEY in browser.get("/runs").text
    assert "detente_maker" not in browser.cookies


# --- the store: forward, away and back, and what is too old -----------------------------------------------------------

FIRST = (
    "CREATE TABLE runs (key VARCHAR(12) PRIMARY KEY, kind VARCHAR(16) NOT NULL, name TEXT NOT NULL,"
    " title TEXT NOT NULL, version VARCHAR(32) NOT NULL, created FLOAT NOT NULL,"
    " size INTEGER NOT NULL, document {blob} NOT NULL)",
    "CREATE TABLE jobs (id VARCHAR(16) PRIMARY KEY, kind VARCHAR(16) NOT NULL, request TEXT NOT NULL,"
    " status VARCHAR(16) NOT NULL, part TEXT NOT NULL, done INTEGER NOT NULL, total INTEGER NOT NULL,"
    " created FLOAT NOT NULL, started FLOAT, finished FLOAT, attempts INTEGER NOT NULL, run VARCHAR(12),"
    " error TEXT NOT NULL)",
    "INSERT INTO jobs VALUES ('00000000000000aa', 'run', '{{}}', 'done', '', 1, 1, 5.0, 5.0, 6.0, 1, NULL, '')",
)
"""The store of the first version, with a job."""


def test_a_store_of_the_first_version_is_brought_forward(tmp_path):
    url = f"sqlite:///{tmp_path / 'old.sqlite'}"
    engine = sa.create_engine(url)
    with engine.begin() as open_:
        for line in FIRST:
            open_.execute(sa.text(line.format(blob="BLOB")))
    engine.dispose()
    store = open_store(url)
    with store.open() as open_:
        assert version_of(open_) == CURRENT
        indexes = {index["name"] for index in sa.inspect(open_).get_indexes("jobs")}
    assert "jobs_answer_once" in indexes
    old = store.job("00000000000000aa")
    assert (old["status"], old["maker"], old["early"], old["answer"]) == ("done", "", 0, None)
    store.save_run(DOCUMENT, "run", "me")
    assert store.made_by("me", [KEY]) == {KEY}
    assert add_key(store, "x")
    store.close()
    again = open_store(url)
    with again.open() as open_:
        assert open_.execute(sa.text("SELECT count(*) FROM schema_version")).scalar() == len(STEPS)
        open_.execute(sa.text(f"INSERT INTO schema_version VALUES ({CURRENT + 1}, 1.0)"))
    again.close()
    with pytest.raises(InputError, match="newer than this program"):
        open_store(url)


def test_steps_are_numbered_one_after_the_other():
    assert [step.version for step in STEPS] == list(range(1, CURRENT + 1))


@pytest.fixture
def filled(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
    store.save_run(DOCUMENT, "run", "me")
    store.save_run(DOCUMENT | {"key": OTHER}, "claims")
    job = {
        "kind": "run",
        "request": "{}",
        "part": "",
        "done": 0,
        "total": 0,
        "attempts": 0,
        "error": "",
        "answer": None,
    }
    store.add_job(job | {"id": "1" * 16, "status": "done", "created": 5.0, "run": KEY})
    store.add_job(job | {"id": "2" * 16, "status": "waiting", "created": 5.0})
    add_key(store, "Ministry")
    return store


def test_a_backup_brings_back_what_was_lost_and_leaves_the_rest(filled, tmp_path):
    file = tmp_path / "deep" / "x.gz"
    assert backup(filled, file) == {"runs": 2, "makers": 1, "jobs": 2, "keys": 1}
    assert not file.stat().st_mode & 0o077, "it holds what is not for others"
    other = open_store(f"sqlite:///{tmp_path / 'b.sqlite'}")
    assert restore(other, file) == {"runs": 2, "makers": 1, "jobs": 2, "keys": 1}
    assert restore(other, file) == {"runs": 0, "makers": 0, "jobs": 0, "keys": 0}
    assert other.run(KEY) == filled.run(KEY)
    assert (other.job("1" * 16), other.made_by("me", [KEY])) == (filled.job("1" * 16), {KEY})
    filled.delete_run(KEY)
    assert restore(filled, file)["runs"] == 1
    assert filled.run(KEY)["key"] == KEY


def test_a_backup_that_is_cut_short_or_changed_restores_nothing(filled, tmp_path):
    file, wrong = tmp_path / "x.gz", tmp_path / "y.gz"
    backup(filled, file)
    whole, lines = file.read_bytes(), gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    head = json.loads(lines[0])
    for content, words in (
        (whole[:-20], "cut short"), (whole[: len(whole) // 2], "cut short"), (b"", "backup"),
        (b"plain text", "no backup"),
        (gzip.compress(b"".join(lines[:2] + lines[3:])), "cut short or changed"),
        (gzip.compress(b"".join(lines).replace(b"waiting", b"running")), "cut short or changed"),
        (gzip.compress(b'{"some": "json"}\n'), "no backup"), (gzip.compress(b"[1]\n"), "no backup"),
        (gzip.compress(json.dumps(head | {"schema": CURRENT + 1}).encode()), "newer version"),
    ):  # fmt: skip
        wrong.write_bytes(content)
        other = open_store(f"sqlite:///{tmp_path / 'c.sqlite'}")
        with pytest.raises(InputError, match=words):
            restore(other, wrong)
        assert other.counts() == {"runs": 0}
    with pytest.raises(InputError, match="is not there"):
        restore(filled, tmp_path / "none.gz")


def test_what_is_too_old_goes_and_what_runs_stays(filled):
    aged = sa.text("UPDATE runs SET created = created - 100 * 86400")
    assert prune(filled, 90) == {"runs": 0, "jobs": 1}
    with filled.open() as open_:
        open_.execute(aged)
    assert prune(filled, 90, dry=True) == {"runs": 2, "jobs": 0}
    assert prune(filled, 90, only_answers=True) == {"runs": 1, "jobs": 0}
    assert filled.run(KEY) is not None
    assert prune(filled, 90) == {"runs": 1, "jobs": 0}
    assert filled.made_by("me", [KEY]) == set()
    assert filled.counts() == {"runs": 0, "waiting": 1}


def test_commands_keep_the_store(detente, tmp_path):
    at = ("--data", str(tmp_path / "s"))
    key = detente("server", "key", "add", "Ministry of Trade", *at).out.strip()
    assert re.fullmatch(r"dt_[0-9a-f]{8}_[\w-]{32}", key)
    listed = detente("server", "key", "list", *at).out
    assert "Ministry of Trade" in listed
    assert key not in listed
    file = str(tmp_path / "x.gz")
    assert "1 keys" in detente("server", "backup", file, *at).out
    assert "removed" in detente("server", "key", "remove", "Ministry of Trade", *at).out
    assert "1 keys" in detente("server", "restore", file, *at).out
    assert "would be removed: 0 runs" in detente("server", "prune", "--older", "12w", "--dry-run", *at).out
    for wrong in ("", "soon", "0d", "-3d"):
        refused = detente("server", "prune", f"--older={wrong}", *at)
        assert (refused.code, "is no age" in refused.err) == (2, True), wrong
