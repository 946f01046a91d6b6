"""What a claim can be about: each quantity is one file of this folder, with one value `QUANTITY`, found by its name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from detente.codes import InputError
from detente.lab.claims.measurand import Measurand


def quantities() -> Mapping[str, Measurand]:
    """Every quantity by its name, which is that of its file.

    Raises
    ------
    InputError : a file of the folder that declares no quantity, or one that no claim could be read by.
    """
    return _in_folders(tuple(__path__))


@lru_cache(maxsize=8)
def _in_folders(folders: tuple[str, ...]) -> Mapping[str, Measurand]:
    declared = {module.name: _declared(module.name) for module in iter_modules(folders)}
    return dict(sorted(declared.items(), key=lambda entry: (entry[1].order, entry[0])))


def _declared(name: str) -> Measurand:
    where = f"lab/claims/quantities/{name}.py"
    try:
        quantity = getattr(import_module(f"{__name__}.{name}"), "QUANTITY", None)
    except InputError as error:
        raise error.inside(where) from error
    if not isinstance(quantity, Measurand):
        raise InputError(where, "declares no quantity", "write QUANTITY = Measurand(...)")
    return quantity
