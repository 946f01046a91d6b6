"""Memory of a server: what the program keeps to be quick is let go where the process holds more than it may.

Everything that is kept in passing lies in the caches of functions. Which of them are large depends on what was asked;
so the process is measured as a whole, and once it is over its budget the caches are emptied room by room, those of
answers first and those of tables and laws last, until it is well below.
"""

from __future__ import annotations

import ctypes
import functools
import gc
import re
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from detente.codes import InputError
from detente.data.limits import resident

ROOMS = ("detente.faces", "detente.lab", "detente.")
"""Modules whose caches are emptied, in this order."""

BELOW, AGAIN = 0.75, 1.25
"""Share of the budget at which enough is let go; and growth since, after which a process that stays above is looked at
again."""

SINGLE = 2
"""Entries of a cache that holds one thing for good, as templates or a description: those are small, and stay."""

LEAST = 300_000_000
SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kKmMgG]?)[bB]?")
UNITS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}


def size_of(text: str, where: str = "--memory") -> int:
    """Bytes given as 1500M or 2G.

    Raises
    ------
    InputError : no size, or one in which the program cannot work.
    """
    match = SIZE.fullmatch(text.strip())
    if match is None:
        raise InputError(where, f"'{text[:20]}' is no size", "write it as 1500M or 2G")
    size = round(float(match[1]) * UNITS[match[2].lower()])
    if size < LEAST:
        raise InputError(where, f"{text[:20]} is too little", f"give {LEAST // 1_000_000}M or more")
    return size


@dataclass
class Memory:
    """The memory of this process.

    Attributes
    ----------
    budget : bytes that it may hold; 0 = as many as there are. emptied : times that it was over them.
    """

    budget: int
    emptied: int = 0
    _next: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def over(self) -> bool:
        """Whether something is to be let go."""
        return self.budget > 0 and resident() > max(self.budget, self._next)

    def trim(self) -> None:
        """Let go what is kept in passing, until the process is well below its budget or nothing more is kept."""
        with self._lock:
            if not self.over:
                return
            self.emptied += 1
            for room in ROOMS:
                for cache in caches(room):
                    cache.cache_clear()
                gc.collect()
                _give_back()
                if resident() < BELOW * self.budget:
                    break
            self._next = AGAIN * resident()


def caches(room: str) -> Iterator[Any]:
    """Caches of functions in the modules of a room that grow with what is asked."""
    for name, module in list(sys.modules.items()):
        if name.startswith(room):
            for value in list(vars(module).values()):
                if isinstance(value, functools._lru_cache_wrapper):
                    most = value.cache_parameters()["maxsize"]
                    if most is None or most > SINGLE:
                        yield value


def _give_back() -> None:
    """Have the C library return to the system what was freed, where it can."""
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):
        return
