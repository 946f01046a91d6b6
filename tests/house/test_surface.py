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
def test_a_package_shows_what_it_promises_and_each_name_of_it_is_there_once_and_says_what_it_is(name):
    package = importlib.import_module(name)
    assert package.__doc__
    assert shown(package) == {member for member in promised(package) if not member.startswith("_")}
    assert len(promised(package)) == len(set(promised(package)))
    values = {member: getattr(package, member, None) for member in promised(package)}
    assert not [member for member in values if not hasattr(package, member)], "named and not there"
    assert not [member for member, value in values.items()
                if (inspect.isclass(value) or inspect.isfunction(value)) and not inspect.getdoc(value)]  # fmt: skip


def test_unknown_attribute_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        detente.no_such_name  # noqa: B018
