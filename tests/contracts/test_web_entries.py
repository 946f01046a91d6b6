"""Entries and microdata that are sent: by the interface and by the page, within limits, every fault named."""

import gzip

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
pytest.importorskip("sqlalchemy")

from starlette.testclient import TestClient

import detente as dt
from detente.faces.formats import json_rows
from detente.faces.web.app import create_app
from detente.faces.web.settings import Settings
from detente.faces.web.work import sent_entries, sent_micro

HEAD = "line,partner,date,value\n"
ROW = "8507.60.00.10,China,2025-09-05,1000\n"
OWN = {"origin": "http://127.0.0.1"}
API = "/api/v1/entries"
MONTHS = """month,line,partner,programme,value,duty
2025-03,8507600020,China,,1000000,230000
2025-04,8507600020,China,,900000,800000
2025-04,8703230190,Germany,,1400000,385000
"""


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


def test_the_page_takes_a_file_without_a_script(client):
    assert 'enctype="multipart/form-data"' in client.get("/entries").text
    files, form = {"file": ("mine.csv", HEAD + ROW)}, {"void": "basis:IEEPA", "do": "show"}
    page = client.post("/entries", files=files, data=form, headers=OWN)
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


def micro(client, query, content=MONTHS, kind="text/csv"):
    return client.post(f"/api/v1/micro?{query}", content=content, headers={**OWN, "content-type": kind})


@pytest.mark.parametrize(("query", "tables"), [
    ("ask=weights&by=country", ["micro_weights"]),
    ("ask=gap&by=partner&from=2025-04", ["micro_gap_months", "micro_gap"]),
    ("ask=refunds&void=basis:IEEPA&to=2025-03", ["micro_refunds_months", "micro_refunds_partners", "micro_refunds"]),
    ("ask=daily&by=authority&to=2025-03&limit=3", ["daily"]),
])  # fmt: skip
def test_microdata_come_back_as_the_command_answers_them(client, tmp_path, query, tables):
    answer = micro(client, query)
    assert answer.status_code == 200, answer.text
    content = answer.json()
    assert (content["rows"], content["unusable"]) == (3, 0)
    assert [table["name"] for table in content["tables"]] == tables
    words = dict(part.split("=") for part in query.split("&"))
    (tmp_path / "rows.csv").write_text(MONTHS)
    given = {own: words.get(name, "") for own, name in (("void", "void"), ("from_", "from"), ("to", "to"))}
    by = words.get("by", "").replace("country", "partner")
    told = dt.micro(tmp_path / "rows.csv", words["ask"], by=by or (), **given)
    for table in content["tables"]:
        own = told[table["name"]]
        assert table["total"] == len(own)
        for row, expected in zip(table["rows"], json_rows(own)[: int(words.get("limit", 50))], strict=True):
            assert row == {n: pytest.approx(v, rel=1e-11) if isinstance(v, float) else v for n, v in expected.items()}


@pytest.mark.parametrize(
    ("query", "content", "status", "words"),
    [
        ("ask=dayly", MONTHS, 422, "did you mean 'daily'"),
        ("ask=refunds", MONTHS, 422, "void"),
        ("ask=weights&from=march", MONTHS, 422, "'march' is not a month"),
        ("", "month,line\n2025-03,85\n", 422, "micro.csv: has no column 'partner'"),
        ("", MONTHS.replace("China", "Narnia"), 422, "micro.csv, row 2: the partner is unknown"),
        ("by=weight", MONTHS, 422, "unknown grouping"),
        ("", gzip.compress(MONTHS.encode()), 422, "send it unpacked"),
    ],
    ids=["question", "nothing void", "month", "column", "rows", "grouping", "packed"],
)
def test_microdata_that_cannot_be_used_are_one_sentence_without_a_place_of_the_server(
    client, query, content, status, words
):
    answer = micro(client, query, content)
    assert answer.status_code == status, answer.text
    assert words in answer.json()["detail"]
    assert "/tmp" not in answer.text
    assert "detente-sent" not in answer.text


def test_microdata_above_the_limits_are_refused(client, monkeypatch):
    monkeypatch.setattr(sent_micro, "MOST_MONTHS", 1)
    assert "there are 2 to answer for" in micro(client, "ask=weights").json()["detail"]
    monkeypatch.setattr(sent_micro, "MOST_ROWS", 2)
    assert "has 3 rows; send 2 or fewer" in micro(client, "ask=weights").json()["detail"]
    assert (
        micro(client, "", kind="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet").status_code == 415
    )


def test_the_page_of_microdata_takes_a_file_without_a_script(client):
    assert 'enctype="multipart/form-data"' in client.get("/micro").text
    files = {"file": ("../mine.csv", MONTHS)}
    form = {"ask": "gap", "by": "partner", "first": "2025-04", "do": "show"}
    page = client.post("/micro", files=files, data=form, headers=OWN)
    assert page.status_code == 200
    assert '<option value="gap" selected>' in page.text
    assert "Germany" in page.text
    assert "1,400,000" in page.text
    file = client.post("/micro", files=files, data=form | {"do": "csv"}, headers=OWN)
    assert file.text.startswith("month,imports,owed,collected")
    nothing = b'--b\r\ncontent-disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--b--'
    kind = {"content-type": "multipart/form-data; boundary=b"}
    assert "No file was chosen" in client.post("/micro", content=nothing, headers=OWN | kind).text
    broken = client.post("/micro", files={"file": ("a.xlsx", b"PK")}, data=form, headers=OWN)
    assert "a.xlsx" in broken.text
