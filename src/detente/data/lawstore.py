"""Laws ready to use: what some lawbooks of the package come to, stored beside them, as reading them takes a while.

A stored law counts only as long as every file that it was read from has the bytes it had then; otherwise the lawbook is
read. `tools/build_laws.py` writes them.
"""

from __future__ import annotations

import hashlib
import pickle
import zlib
from pathlib import Path

from detente.data.library import package_folder
from detente.law.law import Law

STORED = ("chn", "usa")
"""Folders of the lawbooks that are stored."""

APART = ("cases.yaml", "programmes.yaml", "frontier.yaml", "audit.yaml", "powers.yaml")
"""Files of a lawbook that are no part of its law."""

NAMES = ("country_groups.yaml", "tables/countries.parquet")
"""Files outside a lawbook that say whom it names."""

DIGEST = 32
"""Bytes of the digest before the law."""


def stored_path(root: Path) -> Path:
    """Where the law of a lawbook of the package is stored."""
    return package_folder() / "laws" / f"{root.name}.bin"


def stored_law(root: Path) -> Law | None:
    """The law of a lawbook folder as it is stored; None where none is, or where a file has changed since."""
    if root.name not in STORED or root.parent != package_folder() / "lawbooks":
        return None
    try:
        content = stored_path(root).read_bytes()
        if content[:DIGEST] != digest(root):
            return None
        return pickle.loads(zlib.decompress(content[DIGEST:]))
    except (OSError, ImportError, AttributeError, TypeError, ValueError, pickle.UnpicklingError, zlib.error):
        # A store that another version wrote is as good as none.
        return None


def to_store(law: Law, root: Path) -> bytes:
    """A law as it is stored."""
    return digest(root) + zlib.compress(pickle.dumps(law, protocol=5), 9)


def digest(root: Path) -> bytes:
    """Digest of the files that the law of a lawbook is read from."""
    total = hashlib.blake2b(digest_size=DIGEST)
    own = [path for path in sorted(root.rglob("*")) if path.suffix in (".yaml", ".csv") and path.name not in APART]
    for path in (*own, *(package_folder() / name for name in NAMES)):
        content = path.read_bytes()
        total.update(f"{path.name} {len(content)}\n".encode())
        total.update(content)
    return total.digest()
