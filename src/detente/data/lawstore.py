"""Laws ready to use: what some lawbooks of the package come to, kept beside them; see `kept`."""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from detente.data.kept import kept
from detente.data.library import package_folder

if TYPE_CHECKING:
    from detente.data.importerfile import ImporterFile
    from detente.data.programmes import Programmes
    from detente.law.law import Law

STORED = ("chn", "usa")
"""Folders of the lawbooks that are stored."""

APART = ("cases.yaml", "audit.yaml", "powers.yaml")
"""Files of a lawbook that are no part of what is stored of it."""

NAMES = ("country_groups.yaml", "tables/countries.parquet")
"""Files outside a lawbook that say whom it names."""


@dataclass(frozen=True)
class StoredLaw:
    """A lawbook folder as it is stored: its law with how far it was read, pickled, and what else the folder says."""

    pickled: bytes
    programmes: Programmes
    file: ImporterFile

    @cached_property
    def law(self) -> Law:
        """The law."""
        return pickle.loads(self.pickled)


def stored_law(root: Path) -> StoredLaw | None:
    """A lawbook folder as it is stored; None where none is, or where a file has changed since."""
    if root.name not in STORED or root.parent != package_folder() / "lawbooks":
        return None
    return kept(root.name, digest(root))


once = lru_cache(maxsize=len(STORED) + 64)(stored_law)
"""The same, looked at once: files of the package do not change while the program runs."""


def digest(root: Path) -> bytes:
    """Digest of the files that a lawbook is read from."""
    own = [path for path in sorted(root.rglob("*")) if path.suffix in (".yaml", ".csv") and path.name not in APART]
    return digest_of(*own, *(package_folder() / name for name in NAMES))


def digest_of(*paths: Path) -> bytes:
    """Digest of files: of their names and what is in them."""
    total = hashlib.blake2b(digest_size=32)
    for path in paths:
        content = path.read_bytes()
        total.update(f"{path.name} {len(content)}\n".encode())
        total.update(content)
    return total.digest()
