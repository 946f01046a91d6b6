"""What the machine grants this process: memory and processors within the control groups that batch systems and
containers set (Linux, both versions of them); and the one memory in which the program keeps what it can make again.

A group's limits hold for all groups below it, so the process's own group and each above it are read. Where the path
that the process sees does not exist, as in a container that shows its own group as the root, the root is what counts.
"""

from __future__ import annotations

import gc
import math
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from pathlib import Path, PurePosixPath
from typing import Any, ParamSpec, TypeVar
from weakref import WeakValueDictionary

P = ParamSpec("P")
R = TypeVar("R")

#: Where the system shows its control groups.
GROUPS = Path("/sys/fs/cgroup")

#: What says in which groups this process is.
OWN = Path("/proc/self/cgroup")

#: Bytes from which a limit of the first version means that there is none.
ENDLESS = 1 << 62


def memory_left(root: Path = GROUPS, own: Path = OWN) -> int | None:
    """Bytes that this process may still take before the tightest of its control groups is full.

    Memory that holds nothing but files which were read counts as free: the system gives it up first.

    Parameters
    ----------
    root : where the control groups are shown; own : the list of the process's groups.

    Returns
    -------
    None where no group limits memory, or the system has no such groups.
    """
    return min(
        (left for group in _folders("memory", root, own) if (left := _bytes_left(group)) is not None), default=None
    )


def resident() -> int:
    """Bytes of memory that this process holds; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def processors(root: Path = GROUPS, own: Path = OWN) -> int:
    """Processors that this process may keep busy, at least 1: those it may run on, within its groups' shares of time.

    Parameters
    ----------
    root : where the control groups are shown; own : the list of the process's groups.
    """
    shares = [share for group in _folders("cpu", root, own) if (share := _share(group)) is not None]
    return max(1, min([_granted(), *map(math.ceil, shares)]))


def _granted() -> int:
    """Processors on which the system lets this process run."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1


def _folders(controller: str, root: Path, own: Path) -> Iterator[Path]:
    """Folders of the groups that may limit what the controller counts: the process's own and all above it."""
    for line in _system_text(own).splitlines():
        number, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        if controller in names.split(","):
            yield from _upwards(root / controller, path)
        elif number == "0":
            yield from _upwards(root, path)


def _upwards(top: Path, path: str) -> Iterator[Path]:
    group = PurePosixPath(path.lstrip("/"))
    # A process that stands outside of what its container is shown has a path that leads out of it.
    if ".." not in group.parts:
        yield from (top / above for above in (group, *group.parents) if above != PurePosixPath())
    yield top


def _bytes_left(group: Path) -> int | None:
    """Bytes left in a group, of either version; None where it has no limit."""
    most = _number(group, "memory.max", "memory.limit_in_bytes")
    if most is None or most >= ENDLESS:
        return None
    used = _number(group, "memory.current", "memory.usage_in_bytes") or 0
    return max(0, most - max(0, used - _files(group)))


def _files(group: Path) -> int:
    """Bytes of a group that hold files nobody has looked at for long."""
    counts = dict(line.split(" ", 1) for line in _system_text(group / "memory.stat").splitlines() if " " in line)
    # The first version counts the groups below apart, under names of their own.
    count = counts.get("total_inactive_file", counts.get("inactive_file", ""))
    return int(count) if count.isdigit() else 0


def _share(group: Path) -> float | None:
    """Processors' time that a group may use, of either version; None where it has no limit."""
    quota, _, period = _system_text(group / "cpu.max").strip().partition(" ")
    if not quota:
        quota, period = (_system_text(group / f"cpu.cfs_{part}_us").strip() for part in ("quota", "period"))
    if not (quota.isdigit() and period.isdigit() and int(period)):
        return None
    return int(quota) / int(period)


def _number(group: Path, *names: str) -> int | None:
    """The number in the first of the files that holds one."""
    texts = (_system_text(group / name).strip() for name in names)
    return next((int(text) for text in texts if text.isdigit()), None)


def _system_text(path: Path) -> str:
    """What a file of the system says; nothing where there is none."""
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""


# --- what is kept: results of functions, by their arguments, as long as there is memory for them -------------------

#: Bytes above which a process lets go what it has not used for longest, where nobody sets another bound.
BUDGET = 1_200_000_000

#: Share of the budget at which enough is let go; and growth since, after which a process that stays above is looked at
#: again.
BELOW, AGAIN = 0.75, 1.25

#: What no function returns.
_NOTHING = object()

#: Results by function and arguments: those made or used since some were last let go, and those that were not.
_KEPT: list[dict[Any, Any]] = [{}, {}]

#: Results of plain arguments as long as anybody has them, whether they are kept or not: a law or an economy that is
#: still in use is given again and not made a second time, since what is one object is compared as one.
_IN_USE: WeakValueDictionary[Any, Any] = WeakValueDictionary()

#: What plain arguments are; none of them can hold a result, which would then never go.
_PLAIN = (str, int, float, date, Path, type(None))


def memoized(function: Callable[P, R]) -> Callable[P, R]:
    """A function whose results are kept by its arguments, which are hashable; over the budget those go that were used
    least lately, and are made again when they are asked for.
    """

    @wraps(function)
    def kept(*args: P.args, **named: P.kwargs) -> R:
        key = (function, args, *named.items())
        used, unused = _KEPT
        result = used.get(key, _NOTHING)
        if result is _NOTHING:
            result = unused.pop(key, _IN_USE.get(key, _NOTHING))
            if result is _NOTHING:
                if MEMORY.over:
                    MEMORY.trim()
                result = function(*args, **named)
                if _plain((args, *named.values())):
                    # A number or a tuple cannot be referred to in this way; nobody asks whether it is the same one.
                    with suppress(TypeError):
                        _IN_USE[key] = result
            _KEPT[0][key] = result  # the part that is used may be another by now
        return result

    return kept


def _plain(value: Any) -> bool:
    """Whether an argument is plain, or made of such."""
    return all(map(_plain, value)) if isinstance(value, tuple) else isinstance(value, _PLAIN)


def forget(*functions: Any) -> None:
    """Let go all that is kept, or all that these functions of `memoized` returned; what is in use is made again too."""
    of = {function.__wrapped__ for function in functions}
    _KEPT[:] = [{key: result for key, result in part.items() if of and key[0] not in of} for part in _KEPT]
    for key in list(_IN_USE):
        if not of or key[0] in of:
            _IN_USE.pop(key, None)


@dataclass
class Memory:
    """The memory of this process.

    Attributes
    ----------
    budget : bytes that it may hold; 0 = as many as there are. emptied : times that it was over them.
    """

    budget: int = BUDGET
    emptied: int = 0
    _next: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def over(self) -> bool:
        """Whether something is to be let go."""
        return self.budget > 0 and resident() > max(self.budget, self._next)

    def trim(self) -> None:
        """Let go what was not used since the last time, then the rest, until the process is well below its budget."""
        with self._lock:
            if not self.over:
                return
            self.emptied += 1
            for _ in _KEPT:
                _KEPT[:] = [{}, _KEPT[0]]
                _give_back()
                if resident() < BELOW * self.budget:
                    break
            else:
                # What is held in circles: looking for them takes long, and frees little.
                gc.collect()
                _give_back()
            self._next = AGAIN * resident()


#: The memory that is looked at whenever something more is to be kept.
MEMORY = Memory()


def _give_back() -> None:
    """Have the C library return to the system what was freed, where it can."""
    import ctypes  # Most processes stay below their budget.

    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):
        return
