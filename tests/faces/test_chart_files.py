"""Every chart of every place as drawing, picture and data, and alone in a frame of another page."""

import csv
import io
import re
from html import unescape

import pytest

from detente.faces.report.saved import as_document

pytest.importorskip("sqlalchemy")
httpx = pytest.importorskip("httpx")

DEAL = "case=us-china-2025-05&date=2025-05-14&us=34&fentanyl=20&cn=10&licences=1&action=0"
PAGES = {
    f"/deal?{DEAL}": {"acceptable"},
}
LINK = re.compile(r'href="([^"]*/chart/([\w-]+)\.(svg|png|csv)[^"]*)"')
FRAME = re.compile(r'href="(/embed/[^"]*/chart/([\w-]+)[^"]*)"')


@pytest.fixture(scope="module")
def client(served_app):
    port, app = served_app
    app.state.engine.engine("us-china-2025-05")
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=180)


def check_files(client, page):
    """Names of the charts whose files a page offers, each of them asked for."""
    named = set()
    for address, name, form in LINK.findall(page):
        answer = client.get(unescape(address))
        assert answer.status_code == 200, address
        start = {"svg": b"<svg", "png": b"\x89PNG", "csv": b""}[form]
        assert answer.content.startswith(start), address
        if form == "csv":
            assert len(list(csv.DictReader(io.StringIO(answer.text)))) > 1, address
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


@pytest.mark.parametrize("page", PAGES)
def test_every_chart_of_a_page_has_files_and_a_frame(client, page):
    assert check_files(client, client.get(page).text) >= PAGES[page]


def test_charts_of_a_saved_result_have_files_and_frames(client, served_app, geneva):
    served_app[1].state.store.save_run(as_document(geneva), "run")
    named = check_files(client, client.get(f"/runs/{geneva.key}").text)
    assert {"acceptable", "sections", "households"} <= {name.partition("-")[0] for name in named}
    assert client.get(f"/runs/{geneva.key}/chart/none.svg").status_code == 404


def test_the_plane_as_a_file_has_the_deal_of_the_address(client):
    point = client.get(f"/deal/live?{DEAL}").json()["point"]
    words = [f"{point[side] / 1e9:.1f}" for side in ("USA", "CHN")]
    assert all(word in client.get(f"/embed/deal/chart/acceptable?{DEAL}").text for word in words)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "path", ["/embed/chain/show?mineral=gallium&chart=makers", f"/embed/deal/chart/acceptable?{DEAL}"]
)
def test_a_frame_fits_and_asks_for_nothing_else(chrome, client, path, width):
    chrome.open(str(client.base_url).rstrip("/") + path, width)
    assert chrome.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert chrome.console == []
    shown = "[...document.querySelectorAll('svg')].filter(s => s.getBoundingClientRect().width > 100).length"
    assert chrome.evaluate(shown) == 1
