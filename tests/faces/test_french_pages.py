"""Every page in French: no English word is left but in what is marked as English, and all numbers are the same."""

import json
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

pytest.importorskip("sqlalchemy")
httpx = pytest.importorskip("httpx")

from detente.faces.words.language import languages, load  # noqa: E402

GENEVA = "case=us-china-2025-05&date=2025-05-14&us=10&fentanyl=20&cn=10&licences=1&action=0"
PAGES = {
    "deal": f"/deal?{GENEVA}",
    "embedded": f"/embed/deal?{GENEVA}",
    "prices": f"/deal/prices?{GENEVA}",
    "law": "/law",
    "search": "/law?q=lithium",
    "line": "/law/line/8507.60.00.10?partner=CHN&on=2025-05-14",
    "code of many lines": "/law/line/8507.60?partner=JPN&on=2025-05-14",
    "measure": "/law/measure?id=rec_chn",
    "changes": "/law/changes?of=CHN",
    "diff": "/law/diff?before=2025-05-13&after=2025-05-14",
    "watch": "/watch?row=8507.60:China&row=1201.90:USA:China:soja&since=2026-07-01",
    "entries": "/entries",
    "micro": "/micro",
    "facing": "/facing?exporter=VNM&after=2025-10-01&by=section",
    "duty": "/duty?partner=MEX&from=2025-05-01&to=2025-07-01",
    "reconcile": "/reconcile?number=$2800&on=2025-05-12",
    "world": "/world",
    "war": "/world?ask=nash&of=icio-2022-small",
    "country": f"/world/DEU?{GENEVA}",
    "materials": "/materials",
    "months": "/materials?ask=months&without=april-2025&deal=general-licence&months=12",
    "talks": "/talks",
    "claims": "/claims?as_of=2025-05-31",
    "score": "/claims/score?made=2025-06&as=collected",
    "tariff": "/tariff?on=2025-05-14&row=USA:EU:VEH:25:2025-06-01:",
    "chart in a frame": "/embed/duty/chart/daily?from=2025-05-01&to=2025-06-01",
    "chain in a frame": "/embed/materials/chart/chain",
    "runs": "/runs",
    "delete": "/runs/{key}/delete",
    "run": "/runs/{key}",
    "frozen": "/embed/deal?frozen={key}",
    "two deals": "/compare?a=us%3D10&b=us%3D34",
    "two results": "/compare?a={key}&b={key}",
    "nothing there": "/nix",
    "no such line": "/law/line/99999999",
    "mended": "/world?ask=nix&first=XXX&cost=abc",
}
ENGLISH = frozenset(
    "the and of with from what which who whose this that these those each both all law duty duties rate rates deal "
    "deals claim claims change changes changed month months day days year years share value number numbers weights "
    "country countries goods trade income price prices before after against range find show search compare compute "
    "not known is are was were be been by to at until under over worth loss first saved open start none never data "
    "page here there its their it they has have had if how when where why does do did out into more most less least "
    "between same other others another any some than then only answer question tariff average real world table of "
    "chapter appendix method words used reading record held taken lines line measure measures".split()
) - {"page", "table", "do", "change", "question", "measure"}
"""Words that no French text has, or that are no words of these pages in French."""

SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-said", "content")
VOID = {"meta", "link", "input", "br", "hr", "img"}
SILENT = {"script", "style", "code", "pre"}


class Visible(HTMLParser):
    """Texts and spoken attributes of a page with their language, and the cells of its numbers."""

    def __init__(self):
        super().__init__()
        self.open, self.texts, self.cells = [], [], []

    def handle_starttag(self, tag, attrs):
        own = dict(attrs)
        lang = own.get("lang") or (self.open[-1][1] if self.open else "")
        self.texts += [(lang, own[name]) for name in SPOKEN if own.get(name) and own.get("name") != "viewport"]
        if tag not in VOID:
            self.open.append((tag, lang))
        if tag == "td":
            self.cells.append("")

    def handle_startendtag(self, tag, attrs):
        """A drawing's part, which holds nothing."""

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tags = {tag for tag, _ in self.open}
        if data.strip() and not tags & SILENT:
            self.texts.append((self.open[-1][1] if self.open else "", " ".join(data.split())))
            if "td" in tags:
                self.cells[-1] += data


def read(text):
    page = Visible()
    page.feed(text)
    return page


def english_in(texts):
    return [text for text in texts if set(re.findall(r"[^\W\d_]+", text.lower())) & ENGLISH]


@pytest.fixture(scope="module")
def site(served_app):
    port, app = served_app
    app.state.engine.engine("us-china-2025-05")
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=180, headers={"accept": "text/html"})
    key = client.post(f"/api/v1/deal/keep?{GENEVA}", json={}).json()["key"]
    return SimpleNamespace(client=client, key=key, pages={})


def page_in(site, name, lang):
    """A page in a language, as a browser of that language asks for it; each is asked for once."""
    if (name, lang) not in site.pages:
        answer = site.client.get(PAGES[name].format(key=site.key), headers={"accept-language": lang})
        site.pages[name, lang] = read(answer.text)
    return site.pages[name, lang]


@pytest.mark.parametrize("name", PAGES)
def test_no_english_is_left_on_a_french_page(site, name):
    page = page_in(site, name, "fr")
    french = [text for lang, text in page.texts if lang != "en"]
    assert english_in(french) == []
    assert sum(map(len, french)) > 50
    assert any("Aller au contenu" in text for text in french)


@pytest.mark.parametrize("name", ["country", "months", "code of many lines", "duty", "run"])
def test_numbers_of_tables_are_the_same_in_every_language(site, name):
    english, french = (page_in(site, name, lang).cells for lang in ("en", "fr"))
    thousands, decimal = (load("fr").forms[form] for form in ("thousands", "decimal"))
    plain = [re.sub(r"\s", "", cell).replace("%", "") for cell in english]
    again = [cell.replace(decimal, ".").replace(thousands, ",") if re.search(r"\d", cell) else cell for cell in french]
    pairs = list(zip(plain, (re.sub(r"\s", "", cell).replace("%", "") for cell in again), strict=True))
    numbers = [pair for pair in pairs if re.fullmatch(r"[+−-]?[\d,]*\.?\d+", pair[0])]
    assert len(numbers) > 3
    for ours, theirs in numbers:
        assert ours.replace(",", "") == theirs.replace(",", "")


def test_the_switch_keeps_the_address_and_the_choice(site):
    with httpx.Client(base_url=site.client.base_url, timeout=60) as plain:
        text = plain.get("/law/diff?before=2025-05-13&after=2025-05-14", headers={"accept-language": "en"}).text
        links = re.findall(r'href="(\?[^"]+)" lang="fr"', text)
        assert links == ["?before=2025-05-13&amp;after=2025-05-14&amp;lang=fr"]
        assert '<html lang="fr">' in plain.get("/law/diff" + links[0].replace("&amp;", "&")).text
        assert '<html lang="fr">' in plain.get("/runs").text  # what was chosen is kept
        assert '<html lang="en">' in plain.get("/runs?lang=en").text


def test_every_page_offers_every_language(site):
    for path in ("/law", "/runs", "/claims?as_of=2025-05-31", "/nix"):
        text = site.client.get(path).text
        assert path == "/nix" or all(f'data-lang="{code}"' in text for code in languages())


def test_the_deal_page_is_french_in_a_browser_too(chrome, site):
    """What scripts write, with the labels of levers, chart and tables."""
    address = f"{str(site.client.base_url).rstrip('/')}/deal?{GENEVA}&lang=fr"
    chrome.visit(address)
    try:
        texts = chrome.until(
            """(texts => texts.length > 200 && texts)([...document.querySelectorAll('body *')]
            .filter(e => !e.closest('[lang=en], script, noscript, code'))
            .flatMap(e => [...['aria-label', 'title', 'aria-valuetext'].map(n => e.getAttribute(n)),
            ...[...e.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent.trim())]).filter(Boolean))"""
        )
        assert english_in(texts) == []
        assert chrome.console == []
    finally:
        chrome.call("Network.clearBrowserCookies")
    assert json.dumps(texts).count("Md USD") > 20
