"""A tariff of one's own: rows in the address, what they change, undo, names, and a file that gives the same numbers."""

import contextlib
import json
import sys
import time
from html import unescape

import pytest

from detente.faces.cli.app import main

pytest.importorskip("sqlalchemy")
httpx = pytest.importorskip("httpx")
QueryParams = pytest.importorskip("starlette.datastructures").QueryParams

from detente.faces.web.pages.tariff import FIELDS, packed, read_tariff, unpacked  # noqa: E402
from detente.faces.words.language import load  # noqa: E402

ROWS = ("USA:EU:VEH:25:2025-05-01:", "USA:all,-Canada:all:10::2025-12-31", "USA:Japan:8703.23,7208:min15::")
MINE = "on=2025-05-14&title=My+tariff&" + "&".join(f"row={row}" for row in ROWS)
WIDER = """[...document.querySelectorAll("body *")].filter(e => !e.closest(".scroll, svg, .unseen, .skip")
  && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + e.className)"""


@pytest.fixture(scope="module")
def client(served_app):
    return httpx.Client(base_url=f"http://127.0.0.1:{served_app[0]}", timeout=180)


def visit(browser, client, path, width=1280):
    browser.visit(str(client.base_url).rstrip("/") + path, width)


def read(query):
    return read_tariff(QueryParams(query), load())


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_an_address_is_the_row_of_the_form(row):
    assert packed(unpacked(row)) == row


def test_the_closure_of_trade_balances_goes_from_the_address_into_the_scenario():
    own = read(f"{MINE}&closure=zero")
    assert own.scenario.closure == "zero"
    assert "closure=zero" in own.query()
    assert read(MINE).scenario.closure == "fixed-transfers"
    wrong = read(f"{MINE}&closure=zeroo")
    assert wrong.scenario.closure == "fixed-transfers"
    assert "did you mean 'zero'" in wrong.messages[0]


def test_rows_are_read_as_they_are_meant():
    own = read(MINE)
    assert own.messages == ()
    vehicles, everybody, codes = own.duties
    assert (vehicles.partners, vehicles.sector, vehicles.rate) == (("EU27",), "VEH", 0.25)
    assert (everybody.partners, everybody.without, everybody.until.year) == (("all",), ("CAN",), 2025)
    assert (codes.codes, codes.floor, codes.rate) == (("870323", "7208"), True, 0.15)
    assert own.query() == MINE


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("USA:Narnia:all:10::", "Narnia"), ("USA:EU:all:much::", "is no number"), ("USA:EU:9999.99:10::", "9999.99"),
        ("USA:EU:all:900::", "out of range"), ("CHN:Japan:all:10::", "trade of China"), ("USA:US:all:10::", "importer"),
        ("FRA:US:all:10::", "no lawbook"), ("USA:EU:all:10:2025-06-01:2025-05-01", "before the first day"),
        ("USA:EU:all:10:2025-13-01:", "2025-13-01"), ("USA:EU:SVC:10::", "SVC"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_left_out_and_named(row, words):
    own = read(f"on=2025-05-14&row={ROWS[0]}&row={row}")
    assert own.duties[1] is None
    (message,) = own.messages
    assert message.startswith("Row 2 is left out: ")
    assert words in message
    assert len(own.scenario.usa.add) == 1


def test_a_row_of_another_time_is_said_to_move_nothing():
    (message,) = read("on=2025-05-14&row=USA:EU:all:10:2026-01-01:").messages
    assert message == "Row 1 is not in force on 14 May 2025, so it moves no number of that day."


def test_a_form_leads_to_a_short_address(client):
    rows = [unpacked(row) for row in ROWS]
    form = [("on", "2025-05-14"), ("title", "My tariff"), *((name, row[name]) for row in rows for name in FIELDS)]
    answer = client.get("/tariff", params=[*form, ("do", "show")])
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/tariff?{MINE}"
    assert client.get("/tariff", params=[*form, ("do", "more")]).headers["location"].endswith("&blank=1")
    assert client.get("/tariff.yaml").status_code == 404
    assert 'id="tariff-keep" disabled' in client.get(f"/tariff?{MINE}").text


def test_the_file_gives_the_numbers_of_the_page(client, tmp_path, capsys, monkeypatch):
    """And has the key of the result that the page shows."""
    end = time.monotonic() + 120
    while "What it does is being computed" in (page := client.get(f"/tariff?{MINE}").text):
        assert time.monotonic() < end
        time.sleep(0.5)
    key = page.split('href="/runs/')[1][:12]
    (tmp_path / "mine.yaml").write_text(client.get(f"/tariff.yaml?{MINE}").text, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["detente", "run", str(tmp_path / "mine.yaml"), "--format", "json"])
    with contextlib.suppress(SystemExit):
        main()
    printed = json.loads(capsys.readouterr().out)
    run = client.get(f"/api/v1/runs/{key}").json()
    assert printed["key"] == key
    for name in ("headline", "incomes", "households", "parties"):
        assert printed["tables"][name]["rows"] == run["tables"][name]
    assert printed["headline"].split(". ")[0] in unescape(page)
    assert client.get(f"/runs/{key}").status_code == 200
    assert key not in client.get("/runs").text


@pytest.mark.parametrize("width", [1280, 390])
def test_the_form_fits(chrome, client, width):
    visit(chrome, client, "/tariff?on=2025-05-14&row=USA:Narnia:8703,7208:min15:2025-05-01:2025-12-31", width)
    assert chrome.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert chrome.evaluate(WIDER) == []
    chrome.reads("[...document.querySelectorAll('.coded')].map(e => e.hidden)", [False])


def test_rows_are_built_taken_back_undone_and_kept(chrome, client):
    visit(chrome, client, "/tariff?on=2025-05-14")
    chrome.evaluate("sessionStorage.clear(); localStorage.clear(); 0")
    visit(chrome, client, "/tariff?on=2025-05-14")
    chrome.evaluate("document.getElementById('to-1').focus()")
    chrome.call("Input.insertText", text="European Union")
    chrome.click("button[value=more]")
    chrome.until("document.querySelectorAll('fieldset').length === 2")
    chrome.evaluate("document.getElementById('to-2').value = 'Japan'; document.getElementById('goods-2').value = 'VEH'")
    chrome.click("button[value=show]")
    words = "[...document.querySelectorAll('#changed span')].map(e => e.textContent)"
    both = ["United States: 10% on all goods from European Union", "United States: 10% on vehicles from Japan"]
    chrome.reads(words, both)
    chrome.evaluate("document.getElementById('tariff-title').value = 'Two rows'")
    chrome.click("#tariff-keep")
    assert chrome.text("#tariff-shelf a") == "Two rows"
    chrome.click("#changed a")
    chrome.reads(words, both[1:])
    chrome.click("#tariff-undo")
    chrome.reads(words, both)
    chrome.click("#tariff-redo")
    chrome.reads(words, both[1:])
    chrome.click("#tariff-shelf a")
    chrome.reads(words, both)
    chrome.click("#tariff-shelf button")
    chrome.until("document.getElementById('tariff-shelf').hidden")
    assert chrome.console == []
