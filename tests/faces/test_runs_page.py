"""The Runs page in a browser: a result is deleted after a question, by keyboard, and the list says so."""

import pytest

pytest.importorskip("sqlalchemy")
httpx = pytest.importorskip("httpx")


@pytest.fixture(scope="module")
def client(served_app):
    port, app = served_app
    app.state.engine.engine("us-china-2025-05")
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=180)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_result_is_deleted_after_a_question(chrome, client, width):
    key = client.post(f"/deal/live/keep?us=41&cn={width % 97}", json={}).json()["key"]
    chrome.open(f"{str(client.base_url).rstrip('/')}/runs", width)
    link = f'a[href="/runs/{key}/delete"]'
    heading = "document.querySelector('h1')?.textContent === 'Delete this result?'"
    chrome.click(link)
    chrome.until(heading)
    assert chrome.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    chrome.click("main form a")
    chrome.middle(link)
    assert client.get(f"/runs/{key}").status_code == 200
    chrome.click(link)
    chrome.until(f"{heading} && !!document.querySelector('main form button')")
    chrome.evaluate("document.querySelector('main form button').focus()")
    chrome.press("Enter")
    chrome.until(f"document.body?.innerText.includes('Result {key} is deleted.')")
    assert client.get(f"/runs/{key}").status_code == 404
    assert chrome.console == []
