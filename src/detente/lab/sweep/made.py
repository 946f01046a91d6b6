"""What a sweep was made with: versions and data that its bytes depend on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version

from detente.data.library import package_folder, sha256
from detente.version import VERSION

LIBRARIES = ("numpy", "polars", "scipy")
DATA = (".csv", ".npz", ".parquet", ".toml", ".yaml")


@lru_cache(maxsize=1)
def made_with() -> Mapping[str, str]:
    """Versions of the program and of the libraries that compute, and one hash of all embedded data."""
    return {"detente": VERSION, **{name: version(name) for name in LIBRARIES}, "data": _data_hash()}


def _data_hash() -> str:
    root = package_folder()
    found = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.suffix in DATA):
        found.update(f"{path.relative_to(root).as_posix()} {sha256(path)}\n".encode())
    return found.hexdigest()
