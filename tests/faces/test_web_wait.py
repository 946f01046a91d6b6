"""Pages whose answer is being computed, in a browser: they stand at once and bring it, also without a script."""

import json
import re
import threading
import time
from types import SimpleNamespace

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("sqlalchemy")
uvicorn = pytest.importorskip("uvicorn")

from detente.faces.web.app import create_app  # noqa: E402
from detente.faces.web.settings import Settings  # noqa: E402

LEVERS = "/materials?chain=gallium-germanium&ask=levers&months=12&country="


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Address of a running server that has worked nothing out yet; claims are judged on few draws."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("detente.faces.web.work.questions.DRAWS", 2)
        yield from served(tmp_path_factory)


def served(tmp_path_factory):
    """Starts a server, gives its address, and ends it."""
    app = create_app(Settings(data_folder=tmp_path_factory.mktemp("server"), port=8765, rate=0.0, case=""))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


def show(browser, address, width=1280):
    browser.open(SimpleNamespace(as_uri=lambda: address), width)
    # A page that came again by itself may have ended the wait for this one.
    until(browser, f"location.href === {json.dumps(address)} && document.readyState === 'complete'")


def until(browser, script, seconds=60.0):
    end = time.monotonic() + seconds
    while not (found := browser.evaluate(script)):
        assert time.monotonic() < end, script
        time.sleep(0.05)
    return found


PENDING = "!!document.querySelector('[data-pending] progress')"
HEADS = "[...document.querySelectorAll('#answer h2')].map(h => h.textContent)"


@pytest.mark.parametrize(
    ("width", "country", "name"), [(1280, "USA", "United States"), (390, "EU27", "European Union")]
)
def test_levers_come_by_themselves(chrome, home, width, country, name):
    show(chrome, home + LEVERS + country, width)
    assert chrome.evaluate(PENDING)
    assert "being computed" in chrome.evaluate("document.querySelector('[data-pending] p').textContent")
    assert chrome.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    until(chrome, f"!{PENDING} && {HEADS}.some(t => t === 'What levers are worth to {name}, 12 months')")
    assert chrome.evaluate("document.querySelectorAll('#answer table').length") >= 2
    assert chrome.console == []
    show(chrome, home + LEVERS + country, width)
    assert not chrome.evaluate(PENDING)


def test_levers_asked_for_on_the_page_come_too(chrome, home):
    show(chrome, home + "/materials?chain=gallium-germanium")
    chrome.evaluate("document.getElementById('months').value = 6")
    chrome.evaluate("document.querySelector('button[value=levers]').click()")
    until(chrome, f"{HEADS}.some(t => t === 'What levers are worth to United States, 6 months') && !{PENDING}")
    assert chrome.evaluate("location.search").endswith("ask=levers")
    assert chrome.console == []


def test_without_a_script_the_page_comes_again_until_the_answer_is_there(chrome, home):
    chrome.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        show(chrome, home + LEVERS + "JPN")
        assert chrome.evaluate(PENDING)
        assert chrome.evaluate("document.querySelector('[data-pending] a').getAttribute('href')") == LEVERS + "JPN"
        until(chrome, f"{HEADS}.some(t => t === 'What levers are worth to Japan, 12 months') && !{PENDING}")
    finally:
        chrome.call("Emulation.setScriptExecutionDisabled", value=False)


def test_a_job_that_is_gone_ends_in_a_look_again_not_in_a_page_that_waits_for_ever(chrome, home):
    show(chrome, home + LEVERS + "KOR")
    assert chrome.evaluate(PENDING)
    job = chrome.evaluate("document.querySelector('[data-pending]').dataset.pending")
    chrome.evaluate(f"fetch('/api/v1/jobs/{job}', {{method: 'DELETE'}})")
    until(chrome, f"{HEADS}.some(t => t === 'What levers are worth to South Korea, 12 months') && !{PENDING}")


def test_the_ledger_stands_while_its_verdicts_are_computed(chrome, home):
    show(chrome, home + "/claims?as_of=2025-07-01")
    assert chrome.evaluate(PENDING)
    assert chrome.evaluate("document.querySelector('[data-pending] progress').getAttribute('aria-label')") == "Progress"
    assert chrome.evaluate("document.querySelectorAll('.claim').length") > 20
    until(chrome, "document.querySelector('[data-pending] progress').max > 20", 60)
    assert re.search(r", \d+ of \d+\.", chrome.evaluate("document.querySelector('[data-pending] p').textContent"))
    until(chrome, f"!{PENDING} && document.querySelectorAll('.verdict').length > 20", 120)
    assert chrome.console == []


def refuse(monkeypatch):
    """Let the server tell everybody to wait."""
    from detente.faces.web.security import Limiter

    monkeypatch.setattr(Limiter, "wait", lambda *_given: 0.4)


def test_a_page_that_was_refused_says_so_and_asks_again_by_itself(chrome, home, monkeypatch):
    show(chrome, home + "/law")
    refuse(monkeypatch)
    chrome.evaluate("document.querySelector('form[data-swap] button').click()")
    said = until(chrome, "document.getElementById('state').textContent.includes('asks again') && 1")
    assert said
    assert chrome.evaluate("document.getElementById('state').getBoundingClientRect().height") > 10
    words = chrome.evaluate("document.getElementById('state').textContent")
    assert re.fullmatch(r"Too many questions at once\. This page asks again by itself in \d+ s\.", words)
    monkeypatch.undo()
    until(chrome, "!document.getElementById('state').textContent.includes('asks again')", 20)
    assert chrome.evaluate("location.pathname") == "/law"


def test_a_whole_page_that_was_refused_comes_by_itself(chrome, home, monkeypatch):
    refuse(monkeypatch)
    show(chrome, home + "/materials?chain=gallium-germanium")
    assert chrome.evaluate("document.querySelector('h1').textContent") == "Too many requests"
    monkeypatch.undo()
    until(chrome, "!['Too many requests', undefined].includes(document.querySelector('h1')?.textContent)", 20)


def test_a_deal_asked_for_while_the_network_is_gone_comes_when_it_is_back(chrome, home):
    gone = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    show(chrome, home + "/deal")
    sentence = "document.getElementById('sentence').textContent"
    until(chrome, f"{sentence}.includes('On the table')", 120)
    chrome.call("Network.emulateNetworkConditions", offline=True, **gone)
    try:
        chrome.evaluate("document.querySelectorAll('a[data-preset]')[2].click()")
        until(
            chrome, "document.getElementById('messages').textContent.includes('does not answer. This page asks again')"
        )
        before = chrome.evaluate(sentence)
    finally:
        chrome.call("Network.emulateNetworkConditions", offline=False, **gone)
    until(chrome, f"{sentence} !== {json.dumps(before)} && document.getElementById('messages').hidden", 30)
