"""The families of models by name: the one place that lists them, each loaded when a world first asks for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache

from detente.codes import InputError
from detente.economy.family import Family
from detente.economy.frame import Economy


def _armington() -> Family:
    from detente.economy.armington.family import Armington

    return Armington()


def _caliendo_parro() -> Family:
    from detente.economy.input_output.family import CaliendoParro

    return CaliendoParro()


#: How each family is loaded, by name; the first is that of worlds that show no mark of another.
FAMILIES: Mapping[str, Callable[[], Family]] = {"armington": _armington, "caliendo_parro": _caliendo_parro}


@lru_cache(maxsize=16)
def family_named(name: str) -> Family:
    """A family by name; `KeyError` for one nobody knows."""
    return FAMILIES[name]()


def family_of(economy: Economy) -> Family:
    """The family of a world; `InputError` for one nobody knows."""
    if economy.family not in FAMILIES:
        known = " or ".join(FAMILIES)
        raise InputError(f"world {economy.name}", f"unknown family '{economy.family}'", f"use {known}")
    return family_named(economy.family)


def family_marked(arrays: Collection[str]) -> str:
    """Name of the family that a world's arrays belong to: the one whose marks are among them."""
    marked = (name for name in FAMILIES if any(mark in arrays for mark in family_named(name).marks))
    return next(marked, next(iter(FAMILIES)))
