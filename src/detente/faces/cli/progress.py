"""How far a command is, on the error stream: one line rewritten on a terminal, elsewhere a line for each tenth."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import Any

#: Seconds before the first word, and between two on a terminal; parts of the work that are told elsewhere.
QUIET_UNTIL, EVERY, TENTHS = 0.5, 0.5, 10

#: Letters of a line on a terminal.
WIDE = 78


class Progress:
    """How far some work is; used as `with Progress("sweep") as progress:`.

    On a terminal a clock tells the seconds also where nothing is counted. It is an alarm of the system and no thread:
    processes may be forked meanwhile.

    Parameters
    ----------
    what : the command, as it stands before the numbers.
    noun : what is counted, as "draws".
    quiet : say nothing.
    """

    def __init__(self, what: str, noun: str = "", *, quiet: bool = False) -> None:
        self.what, self.noun, self.quiet = what, noun, quiet or sys.stderr is None
        self.terminal = not self.quiet and sys.stderr is not None and sys.stderr.isatty()
        self.start = time.monotonic()
        self._counted: tuple[str, int, int] = ("", 0, 0)
        self._first, self._since, self._shown, self._tenth = -1, self.start, False, 0
        self._before: Any = None

    def __enter__(self) -> Progress:
        if self.terminal and hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGALRM, self._rung)
            signal.setitimer(signal.ITIMER_REAL, QUIET_UNTIL, EVERY)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            signal.signal(signal.SIGALRM, self._before)
            self._before = None
        if self._shown and self.terminal:
            self._write(f"\r{'':{WIDE}}\r")

    def __call__(self, done: int, total: int) -> None:
        """Take note of how much of the work is done."""
        self.part(self._counted[0], done, total)

    def part(self, name: str, done: int, total: int, *, everywhere: bool = True) -> None:
        """Take note of how much is done of a part with a name; a small one is not told elsewhere than on a terminal."""
        if name != self._counted[0] or done < self._counted[1]:
            self._first, self._tenth = -1, 0
        if self._first < 0:
            self._first, self._since = done, time.monotonic()
        self._counted = name, done, total
        if self.quiet or self.terminal or time.monotonic() - self.start < QUIET_UNTIL:
            if self.terminal and self._before is None:
                self._rung()
            return
        tenth = done * TENTHS // total if total else 0
        if everywhere and tenth > self._tenth:
            self._tenth = tenth
            print(self.line(), file=sys.stderr, flush=True)

    def line(self) -> str:
        """What is told now: "sweep: 120 of 1,000 points, 4 s, about 29 s left"."""
        name, done, total = self._counted
        now = time.monotonic()
        words = [f"{done:,} of {total:,} {self.noun or name}".strip()] if total else []
        left = (now - self._since) / (done - self._first) * (total - done) if 0 <= self._first < done else 0.0
        words += [f"{now - self.start:.0f} s", *([f"about {left:.0f} s left"] if left >= 1.0 else [])]
        return f"{self.what}: {', '.join(words)}"

    def _rung(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        if time.monotonic() - self.start < QUIET_UNTIL:
            return
        self._shown = True
        self._write(f"\r{self.line()[:WIDE]:{WIDE}}")

    def _write(self, text: str) -> None:
        """Write past the stream's buffer: an alarm may come while the program writes to it."""
        try:
            os.write(sys.stderr.fileno(), text.encode("ascii", "replace"))
        except OSError:
            self.terminal = False
