"""The public surface is what `__all__` says: nothing missing, nothing leaking, everything documented."""

import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

import detente

PACKAGES = ["detente", *(f"detente.{m.name}" for m in pkgutil.iter_modules(detente.__path__) if m.ispkg)]


def promised(package: ModuleType) -> list[str]:
    return list(getattr(package, "__all__", []))


def shown(package: ModuleType) -> set[str]:
    """Public names a reader meets in `dir()`, less submodules and what `__future__` leaves behind."""
    names = {name for name in dir(package) if not name.startswith("_")} - {"annotations"}
    submodules = {m.name for m in pkgutil.iter_modules(package.__path__)}
    return names - (submodules - set(promised(package)))


@pytest.mark.parametrize("name", PACKAGES)
def test_dir_shows_what_is_promised_and_nothing_else(name):
    package = importlib.import_module(name)
    assert shown(package) == {n for n in promised(package) if not n.startswith("_")}


@pytest.mark.parametrize("name", PACKAGES)
def test_every_promised_name_resolves_once(name):
    package = importlib.import_module(name)
    assert len(promised(package)) == len(set(promised(package)))
    missing = [n for n in promised(package) if not hasattr(package, n)]
    assert not missing, f"{name}.__all__ names what is not there: {missing}"


@pytest.mark.parametrize("name", PACKAGES)
def test_every_promised_class_and_function_says_what_it_is(name):
    package = importlib.import_module(name)
    bare = []
    for member in promised(package):
        value = getattr(package, member)
        if (inspect.isclass(value) or inspect.isfunction(value)) and not inspect.getdoc(value):
            bare.append(member)
    assert not bare, f"{name}: no docstring on {bare}"


def test_every_package_says_what_it_is():
    silent = [name for name in PACKAGES if not importlib.import_module(name).__doc__]
    assert not silent, f"packages without a docstring: {silent}"


def test_unknown_attribute_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        detente.no_such_name  # noqa: B018
