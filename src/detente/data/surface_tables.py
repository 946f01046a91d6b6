"""What the shipped cases need of solves, ahead of time: tables of numbers by a key of all that they rest on.

A key is a kind and a hash of a content: sides, duties, laws, world, elasticities. What has another content finds
nothing and is solved. That the tables are those of the laws and worlds of the package, the tests say.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.data.library import package_folder
from detente.data.npzfile import read_npz
from detente.data.store import write_bytes

NAME = "cases"
CHAINS = "chains"
"""Files of the package: what the cases need, and losses from a supply chain."""

MANY = 5_000
"""Most arrays in a file of the package."""

Arrays = Mapping[str, NDArray[Any]]


def surface_file(name: str = NAME) -> Path:
    """A file of the package."""
    return package_folder() / "surfaces" / f"{name}.npz"


def key_of(kind: str, content: Mapping[str, Any]) -> str:
    """Key of what rests on a content; `kind` : what it is, as "surface"."""
    text = json.dumps(content, sort_keys=True, allow_nan=False)
    return f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def stored(key: str) -> dict[str, NDArray[Any]]:
    """Arrays under a key by name; none where nothing is stored under it."""
    return _by_key(CHAINS if key.startswith("losses-") else NAME).get(key, {})


@lru_cache(maxsize=2)
def _by_key(file: str) -> dict[str, dict[str, NDArray[Any]]]:
    """Tables of a file of the package by key; each file is read when it is first asked."""
    tables: dict[str, dict[str, NDArray[Any]]] = {}
    path = surface_file(file)
    for name, values in read_npz(path, MANY).items() if path.exists() else ():
        key, _, part = name.partition(".")
        values.flags.writeable = False
        tables.setdefault(key, {})[part] = values
    return tables


def store(tables: Mapping[str, Arrays], path: Path) -> None:
    """Write tables by key; the same numbers give the same bytes."""
    arrays = {
        f"{key}.{part}": values for key, table in sorted(tables.items()) for part, values in sorted(table.items())
    }
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)  # type: ignore[arg-type]
    write_bytes(path, content.getvalue())
