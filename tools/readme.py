"""Renew what README.md shows: the output of its commands, and what they take.

python tools/readme.py            # outputs
python tools/readme.py --seconds  # outputs, and the table of seconds and memory

A block under `<!-- output -->` gets what its command prints, one under `<!-- output: 16 -->` the first sixteen lines.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "README.md"
BLOCK = re.compile(r"(<!-- output(?:: (\d+))? -->\n```console\n\$ ([^\n]*)\n).*?(```\n)", re.DOTALL)
SECONDS = re.compile(r"(<!-- seconds -->\n).*?(<!-- end -->\n)", re.DOTALL)
MEASURED = (
    "rate 8507.60.00.10 China --on 2025-04-15",
    "average --on 2025-05-14 --by partner",
    "average --from 2025-01-01 --to 2025-06-30",
    "run geneva --draws 0",
    "run geneva --draws 0 --out geneva.html",
    "talks advice us-china-2025-05",
    "chain run rare-earths --cut 0.8 --months 12 --draws 0",
    "economy solve --world icio-2022 --tariffs t.csv",
)
PROGRAM = "import sys; from detente.faces.cli import main; sys.argv[0] = 'detente'; main()"
TARIFFS = "importer,exporter,tariff\nUSA,CHN,0.34\nCHN,USA,0.34\n"
WIDTH = "120"
"""As in the tests, which hold the page to what is printed."""


def started(line: str, folder: str) -> subprocess.Popen[str]:
    """A command of the program in a folder of its own."""
    (Path(folder) / "t.csv").write_text(TARIFFS, encoding="utf-8")
    settings = {**os.environ, "COLUMNS": WIDTH, "NO_COLOR": "1"}
    command = [sys.executable, "-c", PROGRAM, *shlex.split(line)]
    return subprocess.Popen(command, cwd=folder, env=settings, text=True, stdout=subprocess.PIPE)


def printed(line: str) -> list[str]:
    """What a command prints, without the blank lines at its ends."""
    with tempfile.TemporaryDirectory() as folder:
        text, _ = started(line.removeprefix("detente "), folder).communicate()
    return [row.rstrip() for row in text.strip("\n").splitlines()]


def renewed(block: re.Match[str]) -> str:
    """A block with its output."""
    head, most, line, end = block.groups()
    rows = printed(line)
    cut = rows[: int(most)] if most else rows
    return "".join([head, *(f"{row}\n" for row in cut), "...\n" * (len(cut) < len(rows)), end])


def taken(line: str) -> str:
    """A row of the table: seconds of processor and peak memory of a command."""
    with tempfile.TemporaryDirectory() as folder:
        running = started(line, folder)
        assert running.stdout is not None
        running.stdout.read()
        _, status, usage = os.wait4(running.pid, 0)
    if status:
        raise SystemExit(f"detente {line} did not end well")
    memory = usage.ru_maxrss / 1e6 if sys.platform != "darwin" else usage.ru_maxrss / 1e9
    return f"| `detente {line}` | {usage.ru_utime + usage.ru_stime:.1f} | {memory:.2f} |"


def main() -> None:
    """Write the page."""
    text = BLOCK.sub(renewed, PAGE.read_text(encoding="utf-8"))
    if "--seconds" in sys.argv[1:]:
        rows = "\n".join(["| command | seconds | GB |", "| --- | --- | --- |", *map(taken, MEASURED)])
        text = SECONDS.sub(lambda found: f"{found[1]}{rows}\n{found[2]}", text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
