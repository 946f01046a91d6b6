"""Whether charts can be drawn at all: what draws them ends the whole process where it gets too little memory."""

from __future__ import annotations

import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from detente.data.limits import memory_left

LEFT_OUT = "Charts are left out: the memory this process may use is too little to draw them."
PROBE = """
import mmap, sys
held = mmap.mmap(-1, int(sys.argv[1]))
import vl_convert
vl_convert.vegalite_to_svg('{"mark": "point", "data": {"values": [{}]}}')
"""
"""Draws one point with as much memory taken as the program has."""

ROOM = 256 << 20
"""Bytes of memory that the charts of a whole report take, in half of it; more than one point does."""

LONGEST = 60
"""Seconds to wait for the point."""


@lru_cache(maxsize=1)
def can_draw() -> bool:
    """Whether charts can be drawn: never tried where a control group is nearly full, for the system then ends whichever
    process of the group it likes; where a limit of this process is set, tried in one of its own.
    """
    left = memory_left()
    return (left is None or left >= ROOM) and (not _limited() or _drawn_elsewhere())


def _limited() -> bool:
    """Whether the system limits the memory of this process alone."""
    try:
        import resource
    except ImportError:  # no limits of this kind
        return False
    kinds = (resource.RLIMIT_AS, resource.RLIMIT_DATA)
    return any(resource.getrlimit(kind)[0] != resource.RLIM_INFINITY for kind in kinds)


def _drawn_elsewhere() -> bool:
    command = [sys.executable, "-c", PROBE, str(_taken() + ROOM)]
    try:
        return not subprocess.run(command, capture_output=True, timeout=LONGEST, check=False).returncode
    except (OSError, subprocess.TimeoutExpired):
        return False


def _taken() -> int:
    """Bytes of memory the process has, where the system says so."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return ROOM
    import resource

    return pages * resource.getpagesize()
