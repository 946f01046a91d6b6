"""Pages whose answer is being computed, in a browser: they stand at once and bring it, also without a script."""

import re
import threading
import time

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("sqlalchemy")
uvicorn = pytest.importorskip("uvicorn")

from detente.faces.web.app import create_app  # noqa: E402
from detente.faces.web.settings import Settings  # noqa: E402
from detente.faces.web.work.jobs import Jobs  # noqa: E402
from serving import Here  # noqa: E402

LEVERS = "/chain/levers?mineral=gallium&months=3&set=levers%3Dstockpile&country="


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    """Answers are worked out in this process, which has loaded what they need."""
    monkeypatch.setattr("detente.faces.web.work.jobs._process", Here)


@pytest.fixture(scope="module")
def home(chrome, tmp_path_factory):
    """Address of a running server that has worked nothing out yet."""
    yield from served(chrome, tmp_path_factory)


def served(browser, tmp_path_factory):
    """Starts a server, gives its address, and ends it."""
    app = create_app(Settings(data_folder=tmp_path_factory.mktemp("server"), port=8765, rate=0.0, case=""))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    browser.leave()  # a page that follows a job would be waited for
    server.should_exit = True
    thread.join(20)


@pytest.fixture
def unanswered(monkeypatch):
    """Answers come no sooner than the test lets them: what it does while one is computed is done in time everywhere."""
    follow, go = Jobs._follow, threading.Event()

    def followed(*given):
        last = follow(*given)
        go.wait(180)
        return last

    monkeypatch.setattr(Jobs, "_follow", followed)
    yield go
    go.set()


PENDING = "!!document.querySelector('[data-pending] progress')"
HEADS = "[...document.querySelectorAll('#answer h2')].map(h => h.textContent)"


def test_levers_come_by_themselves(chrome, home, unanswered):
    chrome.open(home + LEVERS + "USA", 390)
    assert chrome.evaluate(PENDING)
    assert "being worked out" in chrome.evaluate("document.querySelector('[data-pending] p').textContent")
    assert chrome.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    unanswered.set()
    chrome.until(f"!{PENDING} && {HEADS}.some(t => t.startsWith('Worth of levers'))")
    assert chrome.evaluate("document.querySelectorAll('#answer table').length") >= 2
    assert chrome.console == []
    chrome.open(home + LEVERS + "USA")
    assert not chrome.evaluate(PENDING)


def test_without_a_script_the_page_comes_again_until_the_answer_is_there(chrome, home, unanswered):
    chrome.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        chrome.open(home + LEVERS + "JPN")
        chrome.until(PENDING)
        chrome.reads("document.querySelector('[data-pending] a').getAttribute('href')", LEVERS + "JPN")
        unanswered.set()
        chrome.until(f"{HEADS}.some(t => t.startsWith('Worth of levers')) && !{PENDING}")
    finally:
        chrome.call("Emulation.setScriptExecutionDisabled", value=False)


def test_a_job_that_is_gone_ends_in_a_look_again_not_in_a_page_that_waits_for_ever(chrome, home, unanswered):
    chrome.open(home + LEVERS + "KOR")
    assert chrome.evaluate(PENDING)
    job = chrome.evaluate("document.querySelector('[data-pending]').dataset.pending")
    assert chrome.evaluate(f"fetch('/api/v1/jobs/{job}', {{method: 'DELETE'}}).then(answer => answer.ok)")
    unanswered.set()
    chrome.until(f"{HEADS}.some(t => t.startsWith('Worth of levers')) && !{PENDING}")


def refuse(monkeypatch):
    """Let the server tell everybody to wait."""
    from detente.faces.web.security import Limiter

    monkeypatch.setattr(Limiter, "wait", lambda *_given: 0.4)


def test_a_page_that_was_refused_says_so_and_asks_again_by_itself(chrome, home, monkeypatch):
    chrome.open(home + "/events")
    refuse(monkeypatch)
    chrome.click("form[data-swap] button")
    state = "document.getElementById('state')"
    # It says so between two tries, so that words and height are looked at together.
    words, height = chrome.until(
        f"{state}.textContent.includes('tries again') && [{state}.textContent, {state}.getBoundingClientRect().height]"
    )
    assert height > 10
    assert re.fullmatch(r"Too many questions at once\. This page tries again in \d+ s\.", words)
    monkeypatch.undo()
    chrome.until(f"!{state}.textContent.includes('tries again')")
    assert chrome.evaluate("location.pathname") == "/events"


def test_a_whole_page_that_was_refused_comes_by_itself(chrome, home, monkeypatch):
    refuse(monkeypatch)
    chrome.open(home + "/chain/acts")
    assert chrome.text("h1") == "Too many requests"
    monkeypatch.undo()
    chrome.until("document.querySelector('h1').textContent !== 'Too many requests'")
