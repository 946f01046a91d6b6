"""Memory: what a command frees it keeps for its next arrays, as pages given back and taken again cost a tenth of it."""

from __future__ import annotations

import sys

LARGEST = 1 << 25
"""Blocks up to this size, bytes, lie where they can be used again; the most that the library allows."""

KEPT = 1 << 28
"""Free memory above which some is given back, bytes."""

TRIM, MAPPED = -1, -3
"""Numbers of the two settings in `mallopt`."""


def keep_memory() -> None:
    """Keep what arrays free, on Linux with the GNU library; elsewhere nothing happens."""
    if sys.platform != "linux":
        return
    import ctypes

    setting = getattr(ctypes.CDLL(None), "mallopt", None)
    if setting is not None:
        setting(MAPPED, LARGEST)
        setting(TRIM, KEPT)
