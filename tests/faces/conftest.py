"""One run of the Geneva scenario for all tests of pages and charts, small tables for the other charts, and a browser.

Chromium is told what to do through two pipes, so that no library and no port is needed.
"""

import base64
import json
import os
import select
import shutil
import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

import numpy as np
import pytest
import vl_convert

from detente.codes import Column, Table
from detente.codes.units import Unit
from detente.faces.python.rates import rate_series
from detente.faces.words.findings import findings
from detente.lab.claims.check import check
from detente.lab.claims.words import checks_table
from detente.lab.record.event_study import event_study
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


@pytest.fixture(scope="session")
def constructed():
    """Tables that other modules may add to a result, with the columns the charts document."""
    usd, share, text = Unit.USD, Unit.SHARE, Unit.TEXT
    angles = np.linspace(0, np.pi / 2, 12)
    arc = [(20e9 * np.cos(x), 10e9 * np.sin(x)) for x in angles]
    inside = [(u * 0.7, c * 0.6) for u, c in arc] + [(-5e9, 3e9), (4e9, -2e9)]
    shortage = [(m, f"user {k}", max(0.0, (m - k) / 10)) for k in range(3) for m in range(1, 9)]
    days = [(f"2025-{m:02}-{d:02}", 0.02 * m, 0.01, 0.02 * m - 0.01) for m in range(1, 7) for d in (1, 15)]
    daily = [("date", Unit.DATE), ("average", share), ("base", share), ("reciprocal", share)]
    moved = [("name", text), ("imports", usd), ("before", share), ("after", share), ("change", share)]
    partners = [("China", 4e11, 1.1, 0.4, -0.7), ("Mexico", 5e11, 0.02, 0.05, 0.03), ("Canada", 4e11, 0.1, 0.1, 0.0)]
    steps_of_it = [("Reciprocal duty on China", -0.08), ("A list: of many goods", -0.02), ("Another", 0.0008814)]
    steps = [("base", "", "", 0.034), ("301", "l", "List 4A", 0.075), ("total", "", "", 0.109)]
    tables = [
        make("acceptable", [("usa", usd), ("chn", usd)], inside),
        make("frontier", [("usa", usd), ("chn", usd)], arc),
        make(
            "deals", [("label", text), ("usa", usd), ("chn", usd), ("kind", text)], [("A deal", 6.1e9, 5.2e9, "deal")]
        ),
        make(
            "materials_prices",
            [("element", text), ("month", text)]
            + [(key, Unit.DOLLARS) for key in ("inside", "without", "deal", "average")],
            [("Dy", f"2025-{m:02}", 300.0, 1500.0 - 40 * m, 310.0, 400.0 + m) for m in (4, 6, 9, 12)],
        ),
        make(
            "bridge",
            [("step", text), ("what", text), ("moves", Unit.POINTS), ("level", share)],
            [
                ("ours", "ours", np.nan, 0.15),
                ("claims", "claims of 2024", 0.021, 0.171),
                ("weights", "trade of 2017", -0.004, 0.167),
                ("rest", "not explained: data", 0.001, 0.168),
                ("theirs", "theirs", np.nan, 0.168),
            ],
        ),
        make(
            "score_rates",
            [("partner", text), ("month", Unit.DATE), ("source", text)]
            + [(key, share) for key in ("came", "forecast", "low", "high", "with_law")],
            [
                ("all", month, source, came, 0.09, 0.08, 0.1, 0.15)
                for month, source, came in (
                    ("2025-04", "calculated duty", 0.07),
                    ("2025-05", "calculated duty", 0.088),
                    ("2025-06", "customs receipts", 0.091),
                    ("2025-07", "", float("nan")),
                )
            ],
        ),
        make("months", [("month", Unit.COUNT), ("group", text), ("short", share)], shortage),
        make(
            "tornado",
            [("measure", text), ("country", text), ("input", text), ("low", share), ("base", share), ("high", share)],
            [
                ("real income", "USA", "trade elasticities", 0.001, 0.003, 0.004),
                ("real income", "USA", "American content (us_content)", 0.0025, 0.003, 0.0033),
                ("real income", "USA", "of no account", 0.003, 0.003, 0.003),
            ],
        ),
        make(
            "ranges",
            [(key, text) for key in ("measure", "country", "first", "second")]
            + [(key, share) for key in ("value", "low", "high")],
            [("real income", "USA", "trade elasticities", "American content (us_content)", 0.003, 0.001, 0.004)],
        ),
        make(
            "clocks",
            [("month", Unit.MONTHS), ("usa", usd), ("chn", usd), ("stock", share)],
            [(float(m), -120e9 - 1e9 * m, -110e9 + 1e9 * m, 1 - m / 24) for m in range(25)],
        ),
        make(
            "materials_deal",
            [(key, text) for key in ("country", "scope", "measure", "period")] + [("without", share), ("deal", share)],
            [("USA", "direct", "GDP", "year 1", 0.003, 0.001), ("JPN", "direct", "GDP", "year 1", 0.004, 0.002)],
        ),
        make("daily", daily, days),
        make("daily_chn", daily, [(day, 1.4 - 8 * average, *rest) for day, average, *rest in days]),
        make("partner", moved, partners),
        make("section_chn", moved, [("Toys", *partners[0][1:]), ("Steel", *partners[1][1:])]),
        make("measures", [("title", text), ("change", share)], steps_of_it),
        rate_series("8507.60.00.10", "CHN", "2025-01-01", "2026-06-30").levels,
        events_table(date(2025, 1, 1), date(2025, 12, 31)),
        *history(scenario="", on=date(2025, 5, 14)),
        event_study("usdcny", [date(2025, 5, 12)]),
        replace(checks_table(check("may-2025", as_of=date(2025, 8, 15), draws=0)), name="claims"),
        make(
            "ladders",
            [
                ("product", text),
                ("partner", text),
                ("authority", text),
                ("measure", text),
                ("title", text),
                ("adds", share),
            ],
            [("Toys", "CHN", *step) for step in steps],
        ),
        make("ladder", [("authority", text), ("measure", text), ("title", text), ("adds", share)], steps),
        make(
            "households",
            [("decile", text), ("rate", share), ("rate_low", share), ("rate_high", share)],
            [(str(i), 0.02 - 0.001 * i, 0.015, 0.03) for i in range(1, 11)],
        ),
    ]
    return {table.name: table for table in tables}


@pytest.fixture(scope="session")
def everything(geneva, constructed):
    """A result that has a table for every chart there is.

    In the run one measure and one partner move and few draws tell no driver from chance: of these there is no chart.
    """
    moving = {name: constructed[name] for name in ("measures", "partner", "tornado", "ranges")}
    others = {name: table for name, table in constructed.items() if name not in BESIDE_A_RUN}
    return replace(geneva, tables={**others, **geneva.tables, **moving})


BESIDE_A_RUN = ("section_chn", "daily_chn", "bridge", "line_history", "score_rates")
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

LIMIT = 60.0
"""Seconds for one answer."""


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
    _events: list[dict] = field(default_factory=list)

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
        self._note(found)
        return found

    def _note(self, found):
        method, params = found.get("method", ""), found.get("params", {})
        self._events.append(method)
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

    def open(self, page, width=1280, height=900):
        """Open a file at a width, and wait until it has loaded."""
        # A page of before may still ask a server that has ended: it is left first, and what it said is not of this one.
        self._go("about:blank")
        self.console.clear()
        self.asked.clear()
        sized = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.call("Emulation.setDeviceMetricsOverride", **sized)
        self._go(page.as_uri())

    def _go(self, address):
        self._events.clear()
        self.call("Page.navigate", url=address)
        while "Page.loadEventFired" not in self._events:
            self._next()

    def evaluate(self, script):
        """Value of an expression of the page."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def screenshot(self, whole=True):
        """The page, or what of it is seen, as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=whole)["data"])

    def pdf(self):
        """The page as it prints."""
        return base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"])


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
        yield found
    finally:
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

    app = create_app(Settings(data_folder=tmp_path_factory.mktemp("server"), port=8765, rate=0.0, ahead=False))
    # Answers under way at the end are waited for no longer than by the program itself.
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", timeout_graceful_shutdown=3)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("detente.faces.web.work.questions.DRAWS", 2)
        yield server.servers[0].sockets[0].getsockname()[1], app
    server.should_exit = True
    thread.join(20)
