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

NAME = "us-china"
PAIRS = "pairs"
CHAINS = "chains"
"""Files of the package: cases between the United States and China, all others, and losses from a supply chain."""

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
    return _by_key().get(key, {})


@lru_cache(maxsize=1)
def _by_key() -> dict[str, dict[str, NDArray[Any]]]:
    tables: dict[str, dict[str, NDArray[Any]]] = {}
    for path in map(surface_file, (NAME, PAIRS, CHAINS)):
        for name, values in read_npz(path).items() if path.exists() else ():
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
