"""One run of the Geneva scenario for all tests of pages and charts, small tables for the other charts, and a browser.

Chromium is told what to do through two pipes, so that no library and no port is needed. It is patient: a page counts as
open when it has loaded, an element is clicked when it stands still, and `until` waits for what a test reads. With
DETENTE_SLOW=8 in the environment the browser computes eight times slower and each answer comes late, which shows tests
that do not wait.
"""

import base64
import json
import os
import pickle
import select
import shutil
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

import numpy as np
import pytest
import vl_convert

import detente as dt
from detente.codes import Column, Table
from detente.codes.units import Unit
from detente.faces.words.findings import findings
from detente.lab.claims.check import check
from detente.lab.claims.words import checks_table
from detente.lab.record.history import history
from detente.lab.record.tables import events_table


def make(name, columns, rows):
    heads = tuple(Column(key, unit, key) for key, unit in columns)
    return Table(name, name, heads, {key: np.asarray([row[i] for row in rows]) for i, (key, _) in enumerate(columns)})


@pytest.fixture(scope="session", autouse=True)
def _pictures_once():
    """A picture that several formats hold is made of its drawing once."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(vl_convert, "svg_to_png", lru_cache(maxsize=256)(vl_convert.svg_to_png))
        yield


@pytest.fixture(scope="session")
def geneva(ran):
    """Drawn seldom: pages and charts show whatever ranges there are."""
    result = ran("geneva", draws=4)
    return replace(result, sentences=findings(result))


def texts(names):
    """Columns of texts by their names."""
    return [(name, Unit.TEXT) for name in names.split()]


def shares(names, unit=Unit.SHARE):
    """Columns of shares, or of another unit."""
    return [(name, unit) for name in names.split()]


@pytest.fixture(scope="session")
def constructed(made_once):
    """Tables that other modules may add to a result, with the columns the charts document."""
    return pickle.loads(
        made_once("constructed", lambda path: path.write_bytes(pickle.dumps(tables_made()))).read_bytes()
    )


def tables_made():
    usd, nan = Unit.USD, float("nan")
    angles = np.linspace(0, np.pi / 2, 12)
    arc = [(20e9 * np.cos(x), 10e9 * np.sin(x)) for x in angles]
    inside = [(u * 0.7, c * 0.6) for u, c in arc] + [(-5e9, 3e9), (4e9, -2e9)]
    shortage = [(m, f"user {k}", max(0.0, (m - k) / 10)) for k in range(3) for m in range(1, 9)]
    days = [(f"2025-{m:02}-{d:02}", 0.02 * m, 0.01, 0.02 * m - 0.01) for m in range(1, 7) for d in (1, 15)]
    daily = [("date", Unit.DATE), *shares("average base reciprocal")]
    moved = [*texts("name"), ("imports", usd), *shares("before after change")]
    partners = [("China", 4e11, 1.1, 0.4, -0.7), ("Mexico", 5e11, 0.02, 0.05, 0.03), ("Canada", 4e11, 0.1, 0.1, 0.0)]
    steps_of_it = [("Reciprocal duty on China", -0.08), ("A list: of many goods", -0.02), ("Another", 0.0008814)]
    steps = [("base", "", "", 0.034), ("301", "l", "List 4A", 0.075), ("total", "", "", 0.109)]
    paid = [("2025-04", "calculated duty", 0.07), ("2025-05", "calculated duty", 0.088),
            ("2025-06", "customs receipts", 0.091), ("2025-07", "", nan)]  # fmt: skip
    inputs = [("elasticities", 0.001, 0.003, 0.004), ("claims", 0.0025, 0.003, 0.0033), ("year", 0.003, 0.003, 0.003)]
    rung = [*texts("authority measure title"), *shares("adds")]
    tables = [
        make("acceptable", shares("usa chn", usd), inside),
        make("frontier", shares("usa chn", usd), arc),
        make("deals", [*texts("label"), *shares("usa chn", usd), *texts("kind")], [("A deal", 6.1e9, 5.2e9, "deal")]),
        make("materials_prices", [*texts("element month"), *shares("inside without deal average", Unit.DOLLARS)],
             [("Dy", f"2025-{m:02}", 300.0, 1500.0 - 40 * m, 310.0, 400.0 + m) for m in (4, 6, 9, 12)]),
        make("bridge", [*texts("step what"), ("moves", Unit.POINTS), *shares("level")],
             [("ours", "ours", nan, 0.15), ("claims", "claims of 2024", 0.021, 0.171),
              ("weights", "trade of 2017", -0.004, 0.167), ("rest", "not explained: data", 0.001, 0.168),
              ("theirs", "theirs", nan, 0.168)]),
        make("score_rates",
             [*texts("partner"), ("month", Unit.DATE), *texts("source"), *shares("came forecast low high with_law")],
             [("all", *month, 0.09, 0.08, 0.1, 0.15) for month in paid]),
        make("track_calibration", [*texts("bin"), ("count", Unit.COUNT), *shares("chance share")],
             [("below 25%", 13, 0.2, 0.31), ("25 to 40%", 62, 0.31, 0.5), ("above 40%", 21, 0.49, 0.52)]),
        make("months", [("month", Unit.COUNT), *texts("group"), *shares("short")], shortage),
        make("tornado", [*texts("measure country input"), *shares("low base high")],
             [("real_income", "USA", *row) for row in inputs]),
        make("ranges", [*texts("measure country first second"), *shares("value low high")],
             [("real_income", "USA", "elasticities", "claims", 0.003, 0.001, 0.004)]),
        make("clocks", [("month", Unit.MONTHS), *shares("usa chn", usd), *shares("stock")],
             [(float(m), -120e9 - 1e9 * m, -110e9 + 1e9 * m, 1 - m / 24) for m in range(25)]),
        make("materials_deal", [*texts("country scope measure period"), *shares("without deal")],
             [("USA", "direct", "GDP", "year 1", 0.003, 0.001), ("JPN", "direct", "GDP", "year 1", 0.004, 0.002)]),
        make("daily", daily, days),
        make("daily_chn", daily, [(day, 1.4 - 8 * average, *rest) for day, average, *rest in days]),
        make("partner", moved, partners),
        make("section_chn", moved, [("Toys", *partners[0][1:]), ("Steel", *partners[1][1:])]),
        make("measures", [*texts("title"), *shares("change")], steps_of_it),
        dt.rate_history("8507.60.00.10", "CHN", "2025-01-01", "2026-06-30").main,
        events_table(date(2025, 1, 1), date(2025, 12, 31)),
        *history(scenario="", on=date(2025, 5, 14)),
        replace(checks_table(check("may-2025", as_of=date(2025, 8, 15), draws=0)), name="claims"),
        make("ladders", [*texts("product partner"), *rung], [("Toys", "CHN", *step) for step in steps]),
        make("ladder", rung, steps),
        make("households", [*texts("decile"), *shares("rate rate_low rate_high")],
             [(str(i), 0.02 - 0.001 * i, 0.015, 0.03) for i in range(1, 11)]),
    ]  # fmt: skip
    return {table.name: table for table in tables}


@pytest.fixture(scope="session")
def everything(geneva, constructed):
    """A result that has a table for every chart there is.

    In the run one measure and one partner move and few draws tell no driver from chance: of these there is no chart.
    """
    moving = {name: constructed[name] for name in ("measures", "partner", "tornado", "ranges")}
    others = {name: table for name, table in constructed.items() if name not in BESIDE_A_RUN}
    return replace(geneva, tables={**others, **geneva.tables, **moving})


BESIDE_A_RUN = ("section_chn", "daily_chn", "bridge", "line_history", "score_rates", "track_calibration")
"""Tables that charts are drawn of and no chapter of a report holds."""


@pytest.fixture(scope="session")
def drawable(everything, constructed):
    """Tables for every chart there is, those beside a run among them."""
    return {**everything.tables, **{name: constructed[name] for name in BESIDE_A_RUN}}


@pytest.fixture(scope="session")
def chrome(tmp_path_factory):
    """One page of a browser."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((found for name in names if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with browser(program, tmp_path_factory.mktemp("profile")) as opened:
        yield opened


FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars --remote-debugging-pipe"
).split()
LIMIT = 180.0
"""Seconds for one answer of the browser, and for what a page is waited for."""

SLOW = float(os.environ.get("DETENTE_SLOW", 1))
"""How many times slower than this machine the browser computes."""

LATE = 100.0
"""Milliseconds by which each answer comes later on a slow machine."""

ANY_SPEED = {"downloadThroughput": -1, "uploadThroughput": -1}
PAUSE = 0.05
"""Seconds between two looks at a page."""

PLANE = (
    "!document.getElementById('plane') || document.querySelectorAll('.plane .handle').length > 0"
    " && document.querySelectorAll('.plane .named').length > 0"
)
MAP = "innerWidth < 600 || !document.querySelector('[data-map]') || document.querySelectorAll('.vega-embed svg').length"
KEYS = {
    "Tab": 9, "Enter": 13, " ": 32, "PageUp": 33, "PageDown": 34, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38,
    "ArrowRight": 39, "ArrowDown": 40,
}  # fmt: skip
PLACE = """(e => {
  if (!e || e.disabled || e.getAttribute('aria-disabled') === 'true') return null;
  e.scrollIntoView({block: 'center', behavior: 'instant'});
  const r = e.getBoundingClientRect();
  return r.width * r.height > 0 ? [r.x + r.width / 2, r.y + r.height / 2, r.width] : null;
})(%s)"""
"""Middle and width of an element that can be clicked, once it is scrolled into view."""


def element(selector):
    """Expression of the first element with a selector."""
    return f"document.querySelector({json.dumps(selector)})"


@dataclass
class Browser:
    """One page of a running browser.

    Attributes
    ----------
    console : messages, errors and violations of the page's policy since the last `open`.
    asked : addresses the page asked for, its own left out.
    """

    into: int
    out: int
    session: str = ""
    console: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    _count: int = 0
    _rest: bytes = b""
    _stands: list[str] = field(default_factory=list)
    _loaded: set[str] = field(default_factory=set)

    def call(self, method, **params):
        """Answer of one command of the DevTools protocol."""
        self._count += 1
        message = {"id": self._count, "method": method, "params": params}
        message |= {"sessionId": self.session} if self.session else {}
        os.write(self.into, json.dumps(message).encode() + b"\0")
        while True:
            found = self._next()
            if found.get("id") == self._count:
                assert "error" not in found, f"{method}: {found['error']}"
                return found["result"]

    def _next(self):
        """The next message; events are noted on the way."""
        until = time.monotonic() + LIMIT
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self.out], [], [], max(0.0, until - time.monotonic()))
            assert ready, "the browser does not answer"
            part = os.read(self.out, 1 << 20)
            assert part, "the browser is gone"
            self._rest += part
        text, _, self._rest = self._rest.partition(b"\0")
        found = json.loads(text)
        self._note(found.get("method", ""), found.get("params", {}))
        return found

    def _note(self, method, params):
        if method == "Runtime.consoleAPICalled":
            self.console.append(" ".join(str(arg.get("value", "")) for arg in params["args"]))
        elif method == "Runtime.exceptionThrown":
            self.console.append(params["exceptionDetails"]["text"])
        elif method == "Log.entryAdded":
            self.console.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            address = params["request"]["url"]
            if not address.startswith(("file:", "data:", "about:")):
                self.asked.add(address)
        elif method == "Page.frameNavigated" and "parentId" not in params["frame"]:
            self._stands.append(params["frame"]["loaderId"])
        elif method == "Page.lifecycleEvent" and params["name"] == "load":
            self._loaded.add(params["loaderId"])

    def open(self, page, width=1280, height=900):
        """Open a file or an address at a width, and wait until it has loaded and its scripts have run."""
        # A page of before may still ask a server that has ended: it is left first, and what it said is not of this one.
        self.leave()
        self.console.clear()
        self.asked.clear()
        self.size(width, height)
        self._go(page if isinstance(page, str) else page.as_uri())

    def size(self, width, height=900):
        """Make the window so large; one of a telephone below 600."""
        sized = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.call("Emulation.setDeviceMetricsOverride", **sized)

    def resize(self, width):
        """Make the window of an open page so large; what a slow browser has not done is asked for again."""
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            self.size(width)
            with suppress(AssertionError):
                return self.until(f"innerWidth === {width}", seconds=5.0)
        raise AssertionError(f"the page is {self.evaluate('innerWidth')} wide, not {width}")

    def visit(self, address, width=1280):
        """Open a page of the server and wait for what its scripts draw: the plane of a deal, a map."""
        self.open(address, width)
        self.until(f"({PLANE}) && ({MAP})")

    def leave(self):
        """Open an empty page, so that nothing is asked of a server any more."""
        self._go("about:blank")

    def _go(self, address):
        """Navigate, and wait for the end of this load: that of a page of before may come late, and counts nothing."""
        self._stands.clear()
        found = self.call("Page.navigate", url=address)
        assert not found.get("errorText"), f"{address}: {found['errorText']}"
        own = found["loaderId"]
        # A page that goes on to another by itself may do so before it has loaded.
        while own not in self._loaded and not (own in self._stands and self._stands[-1] != own):
            self._next()

    def evaluate(self, script):
        """Value of an expression of the page as it is now."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def until(self, script, seconds=LIMIT):
        """Wait until the page has loaded and an expression of it holds; its value.

        An expression that fails, as where an element is not there yet or another page is on its way, does not hold.
        """
        end = time.monotonic() + seconds * max(1.0, SLOW / 4)
        seen = None
        while time.monotonic() < end:
            try:
                seen = self.evaluate(f"document.readyState === 'complete' && ({script})")
            except AssertionError as error:
                seen = error
            else:
                if seen:
                    return seen
            time.sleep(PAUSE)
        raise AssertionError(f"not within {seconds} s: {script}; last seen: {seen}")

    def reads(self, script, value):
        """Wait until an expression of the page has a value."""
        self.until(f"JSON.stringify({script}) === JSON.stringify({json.dumps(value)})")

    def rest(self, script, seconds=0.4):
        """Value of an expression once it has not changed for a while."""
        last, since = self.until(script), time.monotonic()
        end = since + LIMIT
        while time.monotonic() - since < seconds:
            assert time.monotonic() < end, f"does not come to rest: {script}"
            time.sleep(PAUSE)
            if (now := self.evaluate(script)) != last:
                last, since = now, time.monotonic()
        return last

    def text(self, selector):
        """Text of an element, once it is there and has one."""
        return self.until(f"{element(selector)}.textContent")

    def middle(self, selector, expression=""):
        """Middle and width of an element in view, once it is there, can be used and stands still."""
        script = PLACE % (expression or element(selector))
        before, end = None, time.monotonic() + LIMIT
        while (place := self.until(script)) != before:
            assert time.monotonic() < end, f"does not stand still: {selector or expression}"
            before = place
            time.sleep(PAUSE)
        return place

    def mouse(self, kind, x, y):
        """What a mouse does: mousePressed, mouseMoved, mouseReleased."""
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)

    def click(self, selector, expression=""):
        """Click an element by mouse, once it stands still."""
        x, y, _ = self.middle(selector, expression)
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.mouse(kind, x, y)

    def press(self, key, times=1):
        """A key, as the keyboard sends it."""
        for kind in ("rawKeyDown", "char", "keyUp") * times:
            if kind == "char" and key not in ("Enter", " "):
                continue
            text = {"text": "\r" if key == "Enter" else key} if kind == "char" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=KEYS[key], **text)

    def screenshot(self, whole=True):
        """The page, or what of it is seen, as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=whole)["data"])

    def pdf(self):
        """The page as it prints."""
        return base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"])


OPENED: list[Browser] = []
"""The browsers of these tests: their pages are left before a server ends, which would wait for them."""


@contextmanager
def browser(program, profile):
    """A browser that is closed at the end."""
    theirs_in, into = os.pipe()
    out, theirs_out = os.pipe()

    def pipes():
        # The protocol's numbers; what they stand on may be one of them, so both are copied out of the way first.
        high = os.dup(theirs_in), os.dup(theirs_out)
        os.dup2(high[0], 3)
        os.dup2(high[1], 4)

    flags = [*FLAGS, f"--user-data-dir={profile}"]
    process = subprocess.Popen(
        [program, *flags], preexec_fn=pipes, close_fds=False, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    os.close(theirs_in)
    os.close(theirs_out)
    try:
        found = Browser(into, out)
        target = found.call("Target.createTarget", url="about:blank")["targetId"]
        found.session = found.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            found.call(f"{domain}.enable")
        found.call("Page.setLifecycleEventsEnabled", enabled=True)
        if SLOW > 1:
            found.call("Emulation.setCPUThrottlingRate", rate=SLOW)
            found.call("Network.emulateNetworkConditions", offline=False, latency=LATE, **ANY_SPEED)
        OPENED.append(found)
        yield found
    finally:
        OPENED.clear()
        process.terminate()
        process.wait(timeout=20)
        os.close(into)
        os.close(out)


@pytest.fixture(scope="module")
def served_app(tmp_path_factory):
    """Port and application of a server of its own, which works on nothing ahead and judges claims on few draws."""
    pytest.importorskip("fastapi")
    uvicorn = pytest.importorskip("uvicorn")
    from detente.faces.web.app import create_app
    from detente.faces.web.settings import Settings

    # A test that asks for a case waits until it is warm, however slow the machine.
    folder = tmp_path_factory.mktemp("server")
    app = create_app(Settings(data_folder=folder, port=8765, rate=0.0, ahead=False, patience=600.0))
    # Answers under way at the end are waited for no longer than by the program itself.
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", timeout_graceful_shutdown=3)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield server.servers[0].sockets[0].getsockname()[1], app
    for opened in OPENED:
        opened.leave()
    server.should_exit = True
    thread.join(20)
