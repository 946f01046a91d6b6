"""Renew what README.md shows: the output of its commands.

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
PROGRAM = "import sys; from detente.faces.cli import main; sys.argv[0] = 'detente'; main()"
WIDTH = "120"
"""As in the tests, which hold the page to what is printed."""


def printed(line: str) -> list[str]:
    """What a command prints in a folder of its own, without the blank lines at its ends."""
    settings = {**os.environ, "COLUMNS": WIDTH, "NO_COLOR": "1"}
    command = [sys.executable, "-c", PROGRAM, *shlex.split(line.removeprefix("detente "))]
    with tempfile.TemporaryDirectory() as folder:
        text = subprocess.run(command, cwd=folder, env=settings, text=True, stdout=subprocess.PIPE, check=True).stdout
    return [row.rstrip() for row in text.strip("\n").splitlines()]


def renewed(block: re.Match[str]) -> str:
    """A block with its output."""
    head, most, line, end = block.groups()
    rows = printed(line)
    cut = rows[: int(most)] if most else rows
    return "".join([head, *(f"{row}\n" for row in cut), "...\n" * (len(cut) < len(rows)), end])


def main() -> None:
    """Write the page."""
    text = BLOCK.sub(renewed, PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
