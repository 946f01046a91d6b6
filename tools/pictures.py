"""Pictures of the README: the brief of Geneva and the table in the browser, drawn by Chromium into docs/pictures.

python tools/pictures.py

Run it again after every change of the brief or of the Deal page. Each picture stays under 200 kB.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import detente as dt
from _shared import ROOT

FOLDER = ROOT / "docs" / "pictures"
DAY = "2025-05-14"
DEAL = "v=1&case=us-china-2025-05&date=2025-05-14&us=10&fentanyl=20&cn=10&licences=1&action=0&duration=90"
FLAGS = "--headless --no-sandbox --disable-gpu --hide-scrollbars --virtual-time-budget=15000".split()
PAPER, SCREEN = (900, 1270), (1280, 1000)
"""Widths and heights: a sheet of A4, a window."""
LIMIT = 200_000
WAIT = 120.0


def browser() -> str:
    """Chromium, under one of its names."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if program := shutil.which(name):
            return program
    raise SystemExit("Chromium is not installed: apt-get install chromium")


def draw(address: str, name: str, size: tuple[int, int]) -> None:
    """A page as a picture."""
    target = FOLDER / f"{name}.webp"
    window = f"--window-size={size[0]},{size[1]}"
    command = [browser(), *FLAGS, window, f"--screenshot={target}", address]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if target.stat().st_size >= LIMIT:
        raise SystemExit(f"{target.name} has {target.stat().st_size} bytes; {LIMIT} is the limit")
    print(f"{target.name}: {target.stat().st_size} bytes")


@contextlib.contextmanager
def table() -> Iterator[str]:
    """Address of a server that has answered the deal of the picture."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        options = ["serve", "--port", str(port), "--data", data, "--database", f"{data}/db", "--no-ahead"]
        program = f"import sys; from detente.faces.cli import main; sys.argv = ['detente', *{options!r}]; main()"
        server = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.DEVNULL)
        try:
            answered(f"http://127.0.0.1:{port}/deal/live?{DEAL}")
            yield f"http://127.0.0.1:{port}/deal?{DEAL}"
        finally:
            server.terminate()
            server.wait()


def answered(address: str) -> None:
    """Wait until an address gives an answer."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        try:
            with urlopen(address, timeout=WAIT) as answer:
                if answer.status == 200:
                    return
        except (URLError, ConnectionError):
            pass
        time.sleep(0.5)
    raise SystemExit(f"no answer from {address}")


def main() -> None:
    """Both pictures."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        written = dt.run("geneva").save(Path(folder) / "report.html")
        draw(written.as_uri(), "brief", PAPER)
    with table() as address:
        draw(address, "table", SCREEN)


if __name__ == "__main__":
    main()
