"""Libraries that only some formats need: imported when such a report is written, refused in one sentence before."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from detente.codes import InputError, with_extra


def require(module: str, what: str) -> None:
    """Refuse a format whose library is not installed.

    Raises
    ------
    InputError
        that says what to install.
    """
    if importlib.util.find_spec(module) is None:
        raise InputError(what, f"needs the library '{module}'", with_extra("documents"))


def imported(module: str, what: str) -> Any:
    """The library, once it is known to be there."""
    require(module, what)
    return importlib.import_module(module)
