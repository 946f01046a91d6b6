"""The head of a chain file, and its sections whose keys are names of the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detente.codes import InputError
from detente.data.yamlfile import as_list, as_text, check_keys

TEXTS = ("name", "title", "restrictor")
HEAD = (*TEXTS, "base_year", "notes")


def head_of(given: Any, where: str) -> dict[str, Any]:
    """The section [chain]: texts, a year and notes."""
    head = check_keys(given, HEAD, where, required=("name", "restrictor", "base_year"))
    notes = head.get("notes", [])
    for key, value in [*((key, head.get(key, "")) for key in TEXTS), *(("notes", note) for note in as_list(notes))]:
        as_text(value, f"{where}, {key}")
    year = head["base_year"]
    if isinstance(year, bool) or not isinstance(year, int):
        raise InputError(f"{where}, base_year", f"{year!r} is not a year", "write base_year = 2024")
    return head | {"notes": as_list(notes)}


def of_names(content: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
    """A section whose keys are names of one's own."""
    given = content.get(key, {})
    if not isinstance(given, dict):
        raise InputError(f"{where}, {key}", "should be a table of keys", f"write [{key}] above them")
    return given
