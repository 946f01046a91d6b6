"""Library: finds a table by name or path, tells its hash, and says what to do when it is not here.

Order of search: a path given by the user; the user's library folder (`DETENTE_LIBRARY`, or the platform's
data folder); the tables embedded in the package. Nothing is fetched: a user downloads what is not here.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import tomllib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.codes import MissingData, UnknownName
from detente.data.limits import memoized
from detente.data.yamlfile import as_date

if TYPE_CHECKING:
    from detente.law.law import Law


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table that was found: its path, where it came from and its sha256."""

    name: str
    path: Path
    origin: str
    sha256: str


@dataclass(frozen=True)
class Later:
    """A library that is loaded when something of it is first asked for."""

    name: str

    def __getattr__(self, part: str) -> Any:
        return getattr(import_module(self.name), part)


if TYPE_CHECKING:
    import polars as pl  # pyright: ignore[reportUnusedImport]  # taken from here by every reader
else:
    pl = Later("polars")


def package_folder() -> Path:
    """Folder of the embedded data."""
    return Path(str(files("detente.data")))


#: Folders of embedded tables, worlds and surfaces, and how their files end.
EMBEDDED = (("tables", ".parquet"), ("worlds", ".npz"), ("surfaces", ".npz"))


def embedded(name: str) -> Path:
    """File of an embedded table, world or surface.

    Raises
    ------
    UnknownName : none has that name.
    """
    paths = [package_folder() / folder / f"{name}{end}" for folder, end in EMBEDDED]
    path = next((path for path in (*paths, _beside_law(name)) if path is not None and path.is_file()), None)
    if path is None:
        raise UnknownName("table", name, catalogue(), repair="list them with `detente data list tables`")
    return path


def _beside_law(name: str) -> Path | None:
    """File of a table that lies in the folder of an importer's law; None where the name is no such table's."""
    file = str(catalogue().get(name, {}).get("file", ""))
    return package_folder() / file.removeprefix("../") if file.startswith("../lawbooks/") else None


def tables_starting(prefix: str) -> tuple[str, ...]:
    """Names of the embedded tables that begin so, in order."""
    return tuple(sorted(path.stem for path in (package_folder() / "tables").glob(f"{prefix}*.parquet")))


def user_folder() -> Path:
    """The user's library folder."""
    given = os.environ.get("DETENTE_LIBRARY")
    if given:
        return Path(given).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("detente"))


@memoized
def catalogue() -> Mapping[str, Mapping[str, Any]]:
    """Entries of catalogue.toml, tables, schedules, worlds and surfaces, by name."""
    with (package_folder() / "catalogue.toml").open("rb") as handle:
        content = tomllib.load(handle)
    kinds = (content.get(kind, []) for kind in ("table", "schedule", "world", "surface"))
    return {entry["name"]: entry for rows in kinds for entry in rows}


@memoized
def _sha256(path: Path, size: int, modified: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sha256(path: Path) -> str:
    """sha256 of a file, kept while the file does not change."""
    stat = path.stat()
    return _sha256(path, stat.st_size, stat.st_mtime)


def hashes_within(folder: Path, ends: tuple[str, ...]) -> dict[str, str]:
    """sha256 of each file of a folder, and of the folders in it, whose name ends so, by its path within.

    They are read anew each time: of many small files that is quicker than to ask whether each has changed.
    """
    hashes, above = {}, len(str(folder)) + 1
    for inner, _, names in os.walk(folder):
        for path in (f"{inner}/{name}" for name in names if name.endswith(ends)):
            with open(path, "rb", buffering=0) as content:
                hashes[path[above:]] = hashlib.sha256(content.read()).hexdigest()
    return hashes


def find(name: str) -> TableFile:
    """The table of that name, or at that path.

    Raises
    ------
    MissingData
        naming the file, its publisher, its hash and the folder to drop it in.
    UnknownName
        when the name is neither a path nor in the catalogue.
    """
    path = Path(name)
    if path.suffix and path.exists():
        return TableFile(name, path, "given path", sha256(path))
    for origin, folder in (("user library", user_folder()), ("embedded", package_folder() / "tables")):
        candidate = folder / f"{name}.parquet"
        if candidate.exists():
            return TableFile(name, candidate, origin, sha256(candidate))
    beside = _beside_law(name)
    if beside is not None:
        return TableFile(name, beside, "embedded", sha256(beside))
    entry = catalogue().get(name)
    if entry is None:
        raise UnknownName("table", name, catalogue(), repair="list them with `detente data list tables`")
    raise MissingData(_how_to_get(name, entry))


def _how_to_get(name: str, entry: Mapping[str, Any]) -> str:
    hashed = entry.get("sha256", "no hash on record")
    return (
        f"table '{name}' is not here: get {entry.get('file', name)} from {entry.get('publisher', 'its publisher')} "
        f"(sha256 {hashed}) and put it into {user_folder()}"
    )


# --- vintage: which data a copy of the package has, in one hash and three days; read without loading any of i --------


NAME = "frontier.yaml"
#: Hex digits of the hash that are shown.
LENGTH = 12

#: Tables that the answers rest on first: trade by line, and the world economy.
TRADE, WORLD = "usa_imports_2024", "icio-2022"

MARK = "read_to:"


@dataclass(frozen=True)
class DataVintage:
    """Which data a package has.

    Attributes
    ----------
    key : 12 hex digits of the catalogue, which holds the hash of every table.
    tables : how many it names.
    trade, world : vintage of the trade by line and of the world economy.
    read_to : day to which the law of the United States was read.
    """

    key: str
    tables: int
    trade: str
    world: str
    read_to: date


def vintage() -> DataVintage:
    """The data of this package."""
    text = (package_folder() / "catalogue.toml").read_bytes()
    rows = catalogue()
    trade, world = (str(rows.get(name, {}).get("vintage", "")) for name in (TRADE, WORLD))
    return DataVintage(hashlib.sha256(text).hexdigest()[:LENGTH], len(rows), trade, world, read_to("usa"))


def read_to(folder: str) -> date:
    """Day to which a lawbook of the package was read, from the head of its frontier file."""
    path = package_folder() / "lawbooks" / folder / NAME
    with path.open(encoding="utf-8") as lines:
        day = next(line for line in lines if line.startswith(MARK))
    return as_date(day.removeprefix(MARK).strip(), NAME)


# --- laws ready to use: what lawbooks, names and tables of the package come to, stored beside them -------------------
#
# What is stored counts only as long as the files that it was read from have the bytes they had then; otherwise they are
# read. `tools/build_laws.py` writes it.

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


@memoized
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
once = memoized(stored_law)


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
