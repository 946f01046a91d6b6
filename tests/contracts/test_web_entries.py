"""Entries that are sent to the server: by the interface and by the page, within limits, every fault named."""

import gzip

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
pytest.importorskip("sqlalchemy")

from starlette.testclient import TestClient

from detente.faces.web.app import create_app
from detente.faces.web.settings import Settings
from detente.faces.web.work import sent_entries

HEAD = "line,partner,date,value\n"
ROW = "8507.60.00.10,China,2025-09-05,1000\n"
OWN = {"origin": "http://127.0.0.1"}
API = "/api/v1/entries"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    app = create_app(Settings(data_folder=folder, rate=0.0, case="", ahead=False))
    with TestClient(app, base_url="http://127.0.0.1") as found:
        yield found


def sent(client, content, kind="text/csv", query=""):
    return client.post(f"{API}{query}", content=content, headers={**OWN, "content-type": kind})


def test_a_file_comes_back_in_dollars(client):
    answer = sent(client, HEAD + ROW + ROW.replace("China", "Narnia"), query="?void=basis:IEEPA&limit=1").json()
    assert (answer["rows"], answer["not_rated"], answer["dollars"]["refund"]) == (2, 1, 200.0)
    tables = {table["name"]: table for table in answer["tables"]}
    assert tables["entry_filing"]["rows"][0]["heading"]
    assert len(tables["entry_rows"]["rows"]) == 1
    assert tables["entry_reasons"]["rows"][0]["reason"].startswith("partner: unknown country 'Narnia'")


@pytest.mark.parametrize(
    ("content", "kind", "query", "status", "words"),
    [
        (HEAD + "1,2\n", "text/csv", "", 422, "row 2"),
        (HEAD + ROW, "text/html", "", 415, "text/csv"),
        (gzip.compress((HEAD + ROW).encode()), "text/csv", "", 422, "send it unpacked"),
        (HEAD + ROW, "text/csv", "?void=basis:IEPA", 422, "void"),
        (HEAD + ROW, "text/csv", "?reading=past", 422, "reading"),
        (b"PAR1", "application/vnd.apache.parquet", "", 422, "cannot be read"),
    ],
    ids=["short row", "another kind", "packed", "no such measure", "no such reading", "half a file"],
)
def test_what_cannot_be_used_is_one_sentence(client, content, kind, query, status, words):
    answer = sent(client, content, kind, query)
    assert answer.status_code == status
    assert words in answer.json()["detail"]


def test_a_file_of_too_many_rows_is_refused(client, monkeypatch):
    monkeypatch.setattr(sent_entries, "MOST_ROWS", 1)
    assert "send 1 or fewer" in sent(client, HEAD + ROW * 2).json()["detail"]


@pytest.mark.parametrize("query", ["", "?lang=fr"])
def test_the_page_takes_a_file_without_a_script(client, query):
    assert 'enctype="multipart/form-data"' in client.get(f"/entries{query}").text
    files, form = {"file": ("mine.csv", HEAD + ROW)}, {"void": "basis:IEEPA", "do": "show"}
    page = client.post(f"/entries{query}", files=files, data=form, headers=OWN)
    assert page.status_code == 200
    assert "734" in page.text
    assert "8507.60.00.10" in page.text


def test_the_page_names_every_fault_and_gives_rows_as_a_file(client):
    broken = client.post("/entries", files={"file": ("a.csv", "line,date\n1\n")}, data={"do": "show"}, headers=OWN).text
    for words in ("&#39;partner&#39;", "&#39;value&#39;", "row 2"):
        assert words in broken
    none = client.post("/entries", data={"do": "show"}, headers=OWN)
    assert none.status_code == 200
    file = client.post("/entries", files={"file": ("a.csv", HEAD + ROW)}, data={"do": "csv"}, headers=OWN)
    assert file.headers["content-type"].startswith("text/csv")
    assert ",734.0," in file.text
