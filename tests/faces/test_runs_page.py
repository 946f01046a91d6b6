"""The Runs page in a browser: a result is deleted after a question, by keyboard, and the list says so."""

import json
import time
from types import SimpleNamespace

import pytest

pytest.importorskip("sqlalchemy")
httpx = pytest.importorskip("httpx")


@pytest.fixture(scope="module")
def client(served_app):
    port, app = served_app
    app.state.engine.engine("us-china-2025-05")
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120)


def until(browser, script, seconds=60.0):
    end = time.monotonic() + seconds
    while not browser.evaluate(script):
        assert time.monotonic() < end, script
        time.sleep(0.1)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_result_is_deleted_after_a_question(chrome, client, width):
    key = client.post(f"/api/v1/deal/keep?us=41&cn={width % 97}", json={}).json()["key"]
    chrome.open(SimpleNamespace(as_uri=lambda: f"{str(client.base_url).rstrip('/')}/runs"), width)
    address = f'a[href="/runs/{key}/delete"]'
    link = f"document.querySelector({json.dumps(address)})"
    heading = "document.querySelector('h1')?.textContent === 'Delete this result?'"
    chrome.evaluate(f"{link}.click()")
    until(chrome, heading)
    assert chrome.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    chrome.evaluate("document.querySelector('main form a').click()")
    until(chrome, f"!!{link}")
    assert client.get(f"/runs/{key}").status_code == 200
    chrome.evaluate(f"{link}.click()")
    until(chrome, f"{heading} && !!document.querySelector('main form button')")
    chrome.evaluate("document.querySelector('main form button').focus()")
    for kind, more in (("rawKeyDown", {}), ("char", {"text": "\r"}), ("keyUp", {})):
        chrome.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, **more)
    until(chrome, f"document.body?.innerText.includes('Result {key} is deleted.')")
    assert client.get(f"/runs/{key}").status_code == 404
    assert chrome.console == []
