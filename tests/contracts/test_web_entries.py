"""Entries and microdata that are sent: by the interface and by the page, within limits, every fault named."""

import gzip
import io

import polars as pl
import pytest

import detente as dt
from detente.faces.web.work import uploads as sending

HEAD = "line,partner,date,value\n"
ROW = "8507.60.00.10,China,2025-09-05,1000\n"
OWN = {"origin": "http://127.0.0.1"}
API = "/api/v1/entries"
MONTHS = """month,line,partner,programme,value,duty
2025-03,8507600020,China,,1000000,230000
2025-04,8507600020,China,,900000,800000
2025-04,8703230190,Germany,,1400000,385000
"""


def sent(client, content, kind="text/csv", query=""):
    return client.post(f"{API}{query}", content=content, headers={**OWN, "content-type": kind})


def test_a_file_comes_back_in_dollars(client):
    answer = sent(client, HEAD + ROW + ROW.replace("China", "Narnia"), query="?void=basis:IEEPA&limit=1").json()
    assert answer["headline"].startswith("1 of the 2 rows of entries.csv could be rated, and owe $734.00 in tariffs")
    tables = answer["tables"]
    assert tables["filing"]["rows"][0]["heading"]
    assert (len(tables["rows"]["rows"]), tables["rows"]["total"]) == (1, 2)
    assert tables["totals"]["rows"][0]["refund"] == 200.0
    assert tables["reasons"]["rows"][0]["reason"].startswith("partner: unknown country 'Narnia'")


@pytest.mark.parametrize(
    ("content", "kind", "query", "status", "words"),
    [
        (HEAD + "1,2\n", "text/csv", "", 422, "row 2"),
        (HEAD + ROW, "text/html", "", 415, "text/csv"),
        (gzip.compress((HEAD + ROW).encode(), mtime=0), "text/csv", "", 422, "send it unpacked"),
        (HEAD + ROW, "text/csv", "?void=basis:IEPA", 422, "void"),
        (HEAD + ROW, "text/csv", "?viod=basis:IEEPA", 422, "did you mean 'void'"),
        (HEAD + ROW, "text/csv", "?reading=past", 422, "reading"),
        (b"PAR1", "application/vnd.apache.parquet", "", 422, "cannot be read"),
        ('{"file": "/etc/passwd"}', "application/json", "", 422, "names a file, and a server reads none"),
        ("{}", "application/json", "", 422, "curl --data-binary @mine.csv"),
        (MONTHS, "text/csv", "?from=2025-13", 422, "'2025-13"),
        ("month,line\n2025-03,85\n", "text/csv", "", 422, "entries.csv: has no column 'partner'"),
        (MONTHS.replace("China", "Narnia"), "text/csv", "", 422, "entries.csv, row 2: the partner is unknown"),
        (MONTHS, "text/csv", "?by=weight", 422, "weight"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_without_a_place_of_the_server(client, content, kind, query, status, words):
    answer = sent(client, content, kind, query)
    assert answer.status_code == status
    assert words in answer.json()["detail"]
    assert "/tmp" not in answer.text


def test_a_file_is_missing_in_one_sentence(client):
    answer = client.get(API)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("file: is missing; send it as the body: curl --data-binary @mine.csv")


def test_files_above_the_limits_are_refused(client, monkeypatch):
    monkeypatch.setattr("detente.lab.micro.micro.MOST_MONTHS", 1)
    assert "there are 2 to answer for" in sent(client, MONTHS).json()["detail"]
    monkeypatch.setattr(sending, "MOST_ROWS", 1)
    for content in (HEAD + ROW * 2, MONTHS):
        assert "send 1 or fewer" in sent(client, content).json()["detail"]


@pytest.mark.parametrize("rows", [HEAD + ROW, MONTHS])
def test_every_way_to_send_a_file_gives_the_answer_of_python(client, tmp_path, rows):
    (tmp_path / "mine.csv").write_text(rows)
    answer = dt.entries(tmp_path / "mine.csv", void="basis:IEEPA")
    own = client.post(API, files={"file": ("mine.csv", rows)}, data={"void": "basis:IEEPA"}, headers=OWN).json()
    assert (own["key"], own["headline"]) == (answer.key, answer.headline)
    assert sent(client, rows, query="?void=basis:IEEPA").json()["key"] == answer.key
    frame = pl.read_csv(tmp_path / "mine.csv", infer_schema=False)
    listed = client.post(API, json={"file": frame.to_dicts(), "void": "basis:IEEPA"}, headers=OWN).json()
    assert listed["tables"].keys() == own["tables"].keys()
    if "date" in frame.columns:
        assert listed["tables"]["totals"]["rows"][0]["duty"] == own["tables"]["totals"]["rows"][0]["duty"]
    book = io.BytesIO()
    frame.write_excel(book)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert sent(client, book.getvalue(), kind, "?void=basis:IEEPA").json()["tables"].keys() == own["tables"].keys()


def test_the_page_takes_a_file_without_a_script_and_gives_it_back_as_a_file(client):
    assert 'enctype="multipart/form-data"' in client.get("/entries").text
    files = {"file": ("../mine.csv", HEAD + ROW)}
    page = client.post("/entries", files=files, data={"void": "basis:IEEPA", "on": ""}, headers=OWN)
    assert page.status_code == 200
    assert "The row of mine.csv owes $734.00" in page.text
    assert "8507.60.00.10" in page.text
    file = client.post("/entries.csv", files=files, headers=OWN)
    assert file.headers["content-type"].startswith("text/csv")
    assert ",734.0," in file.text


def test_the_page_names_every_fault(client):
    browser = OWN | {"accept": "text/html"}
    broken = client.post("/entries", files={"file": ("a.csv", "line,date\n1\n")}, headers=browser)
    assert broken.status_code == 422
    for words in ("&#39;partner&#39;", "&#39;value&#39;", "row 2"):
        assert words in broken.text
    nothing = b'--b\r\ncontent-disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--b--'
    kind = {"content-type": "multipart/form-data; boundary=b"}
    assert client.post("/entries", content=nothing, headers=browser | kind).status_code == 200
    assert "a.xlsx" in client.post("/entries", files={"file": ("a.xlsx", b"PK")}, headers=browser).text
    assert client.get("/micro?of=USA", follow_redirects=False).headers["location"] == "/entries?of=USA"
    fields = (("file", "8507.60:China"), ("from", "2026-06-30"))
    form = "".join(f'--b\r\ncontent-disposition: form-data; name="{n}"\r\n\r\n{text}\r\n' for n, text in fields)
    typed = client.post("/watch", content=f"{form}--b--", headers=OWN | kind, follow_redirects=False)
    assert typed.headers["location"] == "/watch?file=8507.60%3AChina&from=2026-06-30"
