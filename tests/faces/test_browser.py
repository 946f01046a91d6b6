"""The pages in a real browser: silent console, no request, nothing wider than the screen, one sheet in print."""

import re

import pytest

from detente.faces.report import rendered

WIDER = """[...document.querySelectorAll("body *")].filter(e => !e.closest("table") && !e.closest("svg")
  && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + " " + e.textContent.slice(0, 40))"""
CUT = """[...document.querySelectorAll("svg text")].filter(e => {
  const box = e.getBoundingClientRect(), frame = e.ownerSVGElement.getBoundingClientRect();
  return box.width && (box.left < frame.left - 2 || box.right > frame.right + 2
    || box.top < frame.top - 3 || box.bottom > frame.bottom + 3); }).map(e => e.textContent)"""
SMALLEST = """Math.min(...[...document.querySelectorAll("svg text")].map(e => e.getBoundingClientRect().height)
  .filter(h => h > 0))"""
SEEN = """[...document.querySelectorAll("figure")].map(f => [...f.querySelectorAll("svg")]
  .filter(s => s.getBoundingClientRect().width > 100 && s.querySelectorAll("path,line,rect,circle").length > 2)
  .length)"""
TOUCHING = """[...document.querySelectorAll("svg")].flatMap(s => {
  const words = [...s.querySelectorAll(".role-axis-label text")].map(e => [e, e.getBoundingClientRect()]);
  return words.filter(([e, a], i) => a.width && words.some(([f, b], j) => j > i && e.textContent !== f.textContent
    && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2))
    .map(([e]) => e.textContent); })"""
FOLDED = """[...document.querySelectorAll(".table details, #assumptions-made details")]
  .filter(e => e.offsetHeight < 60).length"""


@pytest.fixture(scope="module", params=["full", "brief", "everything"])
def page(request, geneva, everything, tmp_path_factory):
    """The report of a run, its brief, and a report with a table for every chart there is."""
    path = tmp_path_factory.mktemp("pages") / f"{request.param}.html"
    result = everything if request.param == "everything" else geneva
    path.write_bytes(rendered(result, ".html", brief=request.param == "brief"))
    return path


def test_the_page_asks_for_nothing_and_the_console_is_silent(chrome, page):
    chrome.open(page)
    assert chrome.evaluate("document.querySelectorAll('figure').length") >= 2
    assert (chrome.console, chrome.asked) == ([], set())


def test_a_page_that_asked_for_something_and_what_is_cut_would_be_found(chrome, tmp_path):
    path = tmp_path / "page.html"
    path.write_text('<img src="http://127.0.0.1:9/x.png"><script>console.error("seen")</script>', encoding="utf-8")
    chrome.open(path)
    chrome.evaluate("1")  # what was said before this answer has been heard
    assert chrome.asked == {"http://127.0.0.1:9/x.png"}
    assert any("seen" in line for line in chrome.console)
    picture = '<svg width="100" height="20"><text x="60" y="15">a long label</text></svg>'
    path.write_text(f'<p style="width:2000px">wide</p>{picture}', encoding="utf-8")
    chrome.open(path, 390)
    assert (chrome.evaluate(CUT), chrome.evaluate(WIDER)) == (["a long label"], ["P wide"])


@pytest.mark.sampled(3)
@pytest.mark.parametrize("width", [1280, 390])
def test_it_is_readable_at_both_widths(chrome, page, width):
    chrome.open(page, width)
    assert chrome.evaluate("innerWidth") == width
    assert chrome.evaluate("document.documentElement.scrollWidth") <= width
    assert (chrome.evaluate(WIDER), chrome.evaluate(CUT), chrome.evaluate(TOUCHING)) == ([], [], [])
    assert set(chrome.evaluate(SEEN)) == {1}
    assert chrome.evaluate(SMALLEST) >= 9


@pytest.mark.parametrize("page", ["full", "everything"], indirect=True)
def test_every_link_of_the_contents_leads_to_a_chapter(chrome, page):
    chrome.open(page)
    links = "[...document.querySelectorAll('nav a')].map(a => a.getAttribute('href'))"
    assert len(chrome.evaluate(links)) >= 5
    assert chrome.evaluate(f"{links}.every(name => document.querySelector(name).querySelector('h2'))")


def test_it_prints(chrome, page):
    chrome.open(page, 688)
    pages = len(re.findall(rb"/Type\s*/Page[^s]", chrome.pdf()))
    chrome.call("Emulation.setEmulatedMedia", media="print")
    try:
        wide = chrome.evaluate("document.documentElement.scrollWidth")
        folded = chrome.evaluate(FOLDED)
    finally:
        chrome.call("Emulation.setEmulatedMedia", media="")
    assert wide <= 688
    assert folded == 0
    fewest, most = (1, 1) if "brief" in page.name else (8, 70)
    assert fewest <= pages <= most
