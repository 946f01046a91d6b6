"""The Deal page in a browser: marks between two steps of a lever, what holds a deal, what of its gain is assumed."""

import io
import json
import re
import zipfile
from pathlib import Path

import pytest

import detente
from detente.faces.formats import to_csv

pytest.importorskip("sqlalchemy")
httpx = pytest.importorskip("httpx")

GENEVA = "case=us-china-2025-05&date=2025-05-14&us=10&fentanyl=20&cn=10&licences=1&action=0"
VALUE = "document.querySelector('#lever-us').getAttribute('aria-valuetext')"
PRESSED = "[...document.querySelectorAll('.lever:first-of-type button[aria-pressed=true] b')].map(b => b.textContent)"


@pytest.fixture(scope="module")
def client(served_app):
    port, app = served_app
    app.state.engine.engine("us-china-2025-05")
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=180)


def visit(browser, client, path, width=1280):
    """Open the deal page, and wait until its chart stands."""
    browser.visit(str(client.base_url).rstrip("/") + path, width)


def press(browser, key):
    """A key on the lever of the US duty."""
    event = f"new KeyboardEvent('keydown', {{key: {json.dumps(key)}, bubbles: true}})"
    browser.evaluate(f"document.querySelector('#lever-us').dispatchEvent({event})")


def test_a_mark_between_two_steps_is_shown_and_kept_as_it_is(chrome, client):
    visit(chrome, client, "/deal?case=us-china-today&us=12.5&cn=10&licences=0.9")
    chrome.until(f"{VALUE}.startsWith('12.5 per cent, law of')")
    marks = chrome.evaluate("[...document.querySelectorAll('.lever .ticks button b')].map(b => b.textContent)")
    assert {"12.5", "6.25"} <= set(marks)
    chrome.reads(PRESSED, ["12.5"])
    press(chrome, "ArrowRight")
    chrome.reads(VALUE, "13 per cent")
    press(chrome, "ArrowLeft")
    chrome.reads(VALUE, "12 per cent")
    chrome.reads(PRESSED, [])
    assert chrome.console == []


def test_the_page_says_whether_a_deal_holds_and_what_is_assumed(chrome, client):
    visit(chrome, client, f"/deal?{GENEVA}")
    deal = client.get("/deal/live?" + chrome.evaluate("location.search").lstrip("?")).json()
    heads = chrome.evaluate("[...document.querySelectorAll('h2')].map(h => h.textContent)")
    assert heads.count("Will it hold") == 1
    chrome.reads("[...document.querySelectorAll('#holds p')].map(p => p.textContent)", deal["brief"]["hold"])
    chrome.reads("[...document.querySelectorAll('#assumed p')].map(p => p.textContent)", deal["assumed"])
    assert deal["assumed"][0].startswith("Licences make up +0.1 $bn a year of what the United States gains from Geneva")
    rows = "[...document.querySelectorAll('#walks tbody th')].map(th => th.textContent).slice(0, 2)"
    chrome.reads(rows, ["status quo (tariffs of 8 May 2025)", "past law (tariffs of 1 April 2025)"])


CODES = re.compile(r"\b(D0G?|DP|DN|DX|DE)\b")
TOUCH = """(() => {
  const boxes = [...document.querySelectorAll('#plane .texts text')].map(text => text.getBoundingClientRect());
  const dots = [...document.querySelectorAll('#plane .dot, #plane .star')].map(mark => mark.getBoundingClientRect());
  const home = document.querySelector('#plane svg').getBoundingClientRect();
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const pairs = boxes.flatMap((a, i) => [...boxes.slice(i + 1), ...dots].filter(b => meet(a, b)));
  const out = boxes.filter(a => a.left < home.left || a.right > home.right);
  return [boxes.length, pairs.length, out.length];
})()"""


@pytest.mark.parametrize("width", [1280, 640, 390])
def test_labels_of_the_plane_touch_nothing_and_are_words(chrome, client, width):
    """Names of packages and of what failed talks lead to: in words, apart from one another and from all marks."""
    for path in (f"/deal?{GENEVA}", "/deal?us=34&cn=34", "/deal?us=120&cn=0&licences=0.2"):
        visit(chrome, client, path, width)
        chrome.until(f"(([labels, touching, outside]) => labels >= 6 && !touching && !outside)({TOUCH})", 60)
    assert not CODES.search(chrome.evaluate("document.querySelector('figure.scripted').innerText"))
    words = "document.querySelector('#plane-alt').textContent"
    chrome.until(f"{words}.includes('If without a deal we get the tariffs of 8 May 2025, ')")


STYLE = Path(detente.__file__).parent / "faces/web/static/web.css"
BACKS = {"ink": ("paper", "soft", "wash", "warm"), "quiet": ("paper", "soft"), "mark": ("paper", "soft"),
         "chn": ("paper",), "on": ("mark", "deep"), "off": ("soft",)}  # fmt: skip


def brightness(colour):
    """Relative luminance of a colour, as the accessibility guidelines define it."""
    digits = "".join(2 * d for d in colour[1:]) if len(colour) == 4 else colour[1:]
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [1, 2])
def test_words_stand_out_from_what_is_behind_them_in_both_themes(theme):
    found = re.findall(r"--([a-z-]+):light-dark\((#[0-9a-f]+),(#[0-9a-f]+)\)", STYLE.read_text(encoding="utf-8"))
    colours = {row[0]: row[theme] for row in found}
    for words, backs in BACKS.items():
        for back in backs:
            pair = sorted(brightness(colours[name]) for name in (words, back))
            assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, (words, back)


BACK = "getComputedStyle(document.body).backgroundColor"


def test_a_page_is_dark_where_the_reader_wants_it_and_paper_is_light(chrome, client):
    def media(scheme, kind=""):
        feature = {"name": "prefers-color-scheme", "value": scheme}
        chrome.call("Emulation.setEmulatedMedia", media=kind, features=[feature])

    light, dark = "rgb(255, 255, 255)", "rgb(20, 24, 29)"
    try:
        media("dark")
        visit(chrome, client, "/law")
        chrome.reads(BACK, dark)
        chrome.click("#theme")
        chrome.reads(BACK, light)
        visit(chrome, client, "/runs")
        chrome.reads(BACK, light)
        chrome.click("#theme")
        chrome.reads(BACK, dark)
        media("dark", "print")
        chrome.reads(BACK, light)
    finally:
        media("light")
        chrome.evaluate("localStorage.clear()")


def test_threats_are_words_where_a_case_names_others_by_their_letters(client):
    walks = client.get("/deal/live?case=us-china-today").json()["walks"]
    assert not [row["words"] for row in walks if CODES.search(row["words"])]


SEARCH = "new URLSearchParams(location.search).get('us')"
CHANGED = "[...document.querySelectorAll('#changed li span')].map(one => one.textContent)"


def test_what_was_changed_is_listed_taken_back_undone_and_done_again(chrome, client):
    """One step back for each move that came to rest; the list says it against the law of the case."""
    visit(chrome, client, f"/deal?{GENEVA}")
    # The tests before it share the page; a browser keeps fifty places, and this one goes back among its own.
    chrome.call("Page.resetNavigationHistory")
    chrome.until(f"{CHANGED}.length === 3 && {CHANGED}[0] === 'US reciprocal tariff: 125% to 10%'")
    assert chrome.evaluate("document.getElementById('undo').disabled")
    entries = chrome.evaluate("history.length")
    for value in (20, 30, 34):
        slide = "(e => { e.value = %s; e.dispatchEvent(new Event('%s')); })(document.querySelector('#lever-us'))"
        chrome.evaluate(slide % (value, "input"))
    chrome.evaluate("document.querySelector('#lever-us').dispatchEvent(new Event('change'))")
    chrome.until(f"{SEARCH} === '34' && history.length === {entries + 1}")
    chrome.click("#changed li:first-child button")
    chrome.until(f"{SEARCH} === '125' && {CHANGED}.length === 2")
    chrome.click("#undo")
    chrome.until(f"{SEARCH} === '34' && {CHANGED}[0] === 'US reciprocal tariff: 125% to 34%'")
    chrome.click("#undo")
    chrome.until(f"{SEARCH} === '10' && document.querySelector('#lever-us').value === '10'")
    chrome.evaluate("history.forward()")
    chrome.until(f"{SEARCH} === '34' && document.querySelector('#lever-us').value === '34'")
    chrome.until("!document.getElementById('redo').disabled")
    assert chrome.console == []


def test_a_deal_is_kept_by_a_name_and_forgotten(chrome, client):
    visit(chrome, client, f"/deal?{GENEVA}")
    try:
        chrome.evaluate("document.getElementById('keep-name').value = 'Mine <b>'")
        chrome.click("#keep")
        chrome.until("document.querySelector('#shelf a')?.textContent === 'Mine <b>'")
        chrome.until("document.querySelector('#shelf a').href.includes('us=10')")
        visit(chrome, client, "/deal?us=34")
        chrome.until("document.querySelectorAll('#shelf li').length === 1")
        chrome.click("#shelf button")
        chrome.until("document.getElementById('shelf-part').hidden")
    finally:
        chrome.evaluate("localStorage.clear()")


def test_prices_and_households_are_those_of_the_question(client, tmp_path):
    """Of the file that the page hands out, asked as the question is."""
    archive = client.get(f"/deal.zip?{GENEVA}").content
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        name = next(name for name in opened.namelist() if name.endswith(".yaml"))
        (tmp_path / "deal.yaml").write_bytes(opened.read(name))
    answer = detente.prices(str(tmp_path / "deal.yaml"))
    for table in ("households", "prices"):
        found = client.get(f"/deal/prices.csv?{GENEVA}&table={table}", follow_redirects=True)
        assert found.text == to_csv(answer.tables[table])
    assert answer.headline in client.get(f"/deal/prices?{GENEVA}", follow_redirects=True).text
    for place in ("/deal/prices/chart/households.svg", "/embed/deal/prices/chart/households"):
        assert "<svg" in client.get(f"{place}?{GENEVA}", follow_redirects=True).text


def test_prices_follow_the_deal_on_its_page(chrome, client):
    visit(chrome, client, f"/deal?{GENEVA}")
    chrome.evaluate("document.getElementById('household').scrollIntoView()")
    cost = "document.querySelector('#household .lead b')?.textContent"
    before = chrome.until(cost)
    press(chrome, "End")
    chrome.until(f"{cost} !== {json.dumps(before)}")
    assert chrome.console == []


def test_sentences_follow_the_deal(chrome, client):
    visit(chrome, client, f"/deal?{GENEVA}")
    press(chrome, "End")
    chrome.until("location.search.includes('us=125&')")
    said = client.get("/deal/live" + chrome.evaluate("location.search")).json()["brief"]
    chrome.until(f"document.querySelector('#sentence').textContent === {json.dumps(said['deal'])}")
    chrome.reads("[...document.querySelectorAll('#does p')].map(p => p.textContent)", said["does"])
    assert chrome.console == []
