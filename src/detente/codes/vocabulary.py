"""Words of the ids in tables: a file read once, `codes/words.toml`, a section for each kind of id."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from detente.codes.errors import UnknownName


@cache
def words_file(file: str) -> dict[str, dict[str, Any]]:
    """What a file of words beside this module says; `FileNotFoundError` where there is none."""
    import tomllib  # Only what shows a table needs it.
    from pkgutil import get_data

    return tomllib.loads((get_data("detente.codes", file) or b"").decode())


def vocabulary(kind: str, file: str = "words.toml") -> dict[str, Any]:
    """Ids of a kind with their words: a text, or texts by form; or another section of a file of words beside it."""
    return words_file(file)[kind]


def words(kind: str, key: str, names: Mapping[str, str] | None = None, form: str = "name") -> str:
    """An id in words; "" for the blank one.

    Parameters
    ----------
    names : words of ids that come from data, as those of a lawbook. form : as "over", where an id has several.

    Raises
    ------
    UnknownName : nobody has given the id words.
    """
    if not key or (names and key in names):
        return names[key] if key and names else ""
    known = vocabulary(kind)
    if key not in known:
        raise UnknownName(kind, key, known, "codes/words.toml")
    entry = known[key]
    return entry if isinstance(entry, str) else str(entry.get(form, entry["name"]))
