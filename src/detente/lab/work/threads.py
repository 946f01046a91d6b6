"""Linear algebra on one thread: quicker on arrays as small as these, and the same bytes on any number of cores.

Memory: what a command frees it keeps for its next arrays, as pages given back and taken again cost a tenth of it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache, wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController


Given = ParamSpec("Given")
Found = TypeVar("Found")

#: Settings of the environment that libraries of linear algebra read when they are loaded.
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def on_one_thread(function: Callable[Given, Found]) -> Callable[Given, Found]:
    """The function with linear algebra on one thread, as it is where `OPENBLAS_NUM_THREADS` is 1 from the start."""

    @wraps(function)
    def limited(*args: Given.args, **named: Given.kwargs) -> Found:
        if _from_the_start():
            return function(*args, **named)
        with _controller().limit(limits=1, user_api="blas"):
            return function(*args, **named)

    return limited


@cache
def _from_the_start() -> bool:
    """Whether NumPy's library has one thread and the libraries that are loaded later will have as many."""
    if any(os.environ.get(name) != "1" for name in THREADS):
        return False
    from threadpoolctl import threadpool_info

    return all(library["num_threads"] == 1 for library in threadpool_info())


@cache
def _controller() -> ThreadpoolController:
    # SciPy brings a library of its own, which is only found once it is loaded.
    import scipy.linalg  # noqa: F401  # pyright: ignore[reportUnusedImport]
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


#: Blocks up to this size, bytes, lie where they can be used again; the most that the library allows.
LARGEST = 1 << 25

#: Free memory above which some is given back, bytes.
KEPT = 1 << 28

#: Numbers of the two settings in `mallopt`.
TRIM, MAPPED = -1, -3


def keep_memory() -> None:
    """Keep what arrays free, on Linux with the GNU library; elsewhere nothing happens."""
    if sys.platform != "linux":
        return
    import ctypes

    setting = getattr(ctypes.CDLL(None), "mallopt", None)
    if setting is not None:
        setting(MAPPED, LARGEST)
        setting(TRIM, KEPT)
