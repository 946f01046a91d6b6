"""Ready to use: what lawbooks, names and tables of the package come to, stored beside them, as reading takes a while.

What is stored counts only as long as the files that it was read from have the bytes they had then; otherwise they are
read. `tools/build_laws.py` writes it.
"""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.data.library import package_folder

if TYPE_CHECKING:
    from detente.law.law import Law

#: Tables whose arrays are kept, with the columns that are read together; None for all.
ARRAYS: Mapping[str, tuple[tuple[str, ...] | None, ...]] = {
    "usa_lines": (("code", "from", "until", "trade_only", "general", "other"),), "aircraft_use": (None,),
    "deal_record": (None,), "deal_threats": (None,),
}  # fmt: skip

#: Tables of which single rows are kept, by the column `code`, with the columns that are kept of each.
ROWS: Mapping[str, tuple[str, ...]] = {
    "usa_lines": ("general_text", "other_text", "ave_source", "other_source"), "usa_texts": ("text",),
}  # fmt: skip

#: Digits by which rows lie together.
HEAD = 2


def kept_path(name: str) -> Path:
    """Where the content of a name is kept."""
    return package_folder() / "laws" / f"{name}.bin"


def kept(name: str, digest: bytes) -> Any:
    """What is kept under a name; None where nothing is, or where it was read from other files."""
    try:
        content = kept_path(name).read_bytes()
        if content[: len(digest)] != digest:
            return None
        return pickle.loads(zlib.decompress(content[len(digest) :]))
    except (OSError, ImportError, AttributeError, TypeError, ValueError, pickle.UnpicklingError, zlib.error):
        # A store that another version wrote is as good as none.
        return None


@lru_cache(maxsize=8)
def kept_table(name: str, sha256: str) -> Mapping[str, Any]:
    """What is kept of a table: `arrays` by columns, and `rows` by the first digits of their code; empty where nothing.

    Parameters
    ----------
    sha256 : of the file that the table is read from.
    """
    return (kept(name, bytes.fromhex(sha256)) if name in ARRAYS or name in ROWS else None) or {}


def kept_row(name: str, sha256: str, code: str) -> tuple[Any, ...] | None:
    """The columns of `ROWS` of one row; None where none is kept."""
    part = kept_table(name, sha256).get("rows", {}).get(code[:HEAD])
    return None if part is None else pickle.loads(zlib.decompress(part)).get(code)


#: Folders of the lawbooks that are stored.
STORED = ("chn", "usa")

#: Files of a lawbook that are no part of what is stored of it.
APART = ("cases.yaml", "audit.yaml", "powers.yaml")

#: Files outside a lawbook that say whom it names.
NAMES = ("country_groups.yaml", "tables/countries.parquet")


@dataclass(frozen=True)
class StoredLaw:
    """A lawbook folder as it is stored: its law with how far it was read, pickled, and what else the folder says.

    Attributes
    ----------
    programmes, file : a `Programmes` and an `ImporterFile`.
    shares : codes and shares of the lists that its aspects name.
    """

    pickled: bytes
    programmes: Any
    file: Any
    shares: Mapping[str, tuple[list[str], list[float]]]

    @cached_property
    def law(self) -> Law:
        """The law."""
        return pickle.loads(self.pickled)


def stored_law(root: Path) -> StoredLaw | None:
    """A lawbook folder as it is stored; None where none is, or where a file has changed since."""
    if root.name not in STORED or root.parent != package_folder() / "lawbooks":
        return None
    return kept(root.name, digest(root))


#: The same, looked at once: files of the package do not change while the program runs.
once = lru_cache(maxsize=len(STORED) + 64)(stored_law)


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
