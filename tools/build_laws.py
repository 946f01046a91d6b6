"""Build `src/detente/data/laws`: laws, names and tables that most runs read, ready to use.

    python tools/build_laws.py

To be run after a change of a lawbook, of the names of countries, of a table of US lines or of how they are read; until
then the files themselves are read, which is slower.
"""

import pickle
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from _shared import placed
from detente.data import library as kept
from detente.data import tables
from detente.data.importerfile import read_importer
from detente.data.importers import read_law, read_shares
from detente.data.lawbook import programmes_of
from detente.data.library import NAMES, STORED, StoredLaw, digest, digest_of, find, package_folder, stored_law


def main() -> None:
    """Write what is not stored as its files are."""
    names = [package_folder() / name for name in NAMES]
    write("countries", tables.read_countries(), digest_of(*names))
    for name in STORED:
        root = package_folder() / "lawbooks" / name
        file = read_importer(root)
        law = read_law(root, file.id)
        lists = [aspect.table for aspect in law.aspects.values() if aspect.table.endswith(".csv")]
        shares = {table: read_shares(root / table, table) for table in lists}
        parts = StoredLaw(pickle.dumps(law, protocol=5), programmes_of(file), replace(file, folder=Path()), shares)
        held = stored_law(root)
        if held is not None and held.law == law and replace(held, pickled=parts.pickled) == parts:
            print(f"{name}.bin: stands")  # sets are written in no order
        else:
            write(name, parts, digest(root))
    for name in sorted({*kept.ARRAYS, *kept.ROWS}):
        frame = tables.read(name)
        wanted = kept.ARRAYS.get(name, ())
        arrays = {columns: tables.columns_of(frame.select(columns or frame.columns)) for columns in wanted}
        rows = {row[0]: row[1:] for row in frame.select("code", *kept.ROWS[name]).rows()} if name in kept.ROWS else {}
        write(name, {"arrays": arrays, "rows": rows_kept(rows)}, bytes.fromhex(find(name).sha256))


def write(name: str, content: object, digest: bytes) -> None:
    """Store content under a name, unless it stands there."""
    made, path = to_keep(content, digest), kept.kept_path(name)
    if path.exists() and path.read_bytes() == made:
        return print(f"{path.name}: stands")
    with placed(path) as beside:
        beside.write_bytes(made)
    print(f"{path.name}: {path.stat().st_size:,} bytes")


def to_keep(content: Any, digest: bytes) -> bytes:
    """Content as it is kept."""
    return digest + zlib.compress(pickle.dumps(content, protocol=5), 9)


def rows_kept(rows: Mapping[str, tuple[Any, ...]]) -> dict[str, bytes]:
    """Rows by code as they are kept, those with the same first digits together."""
    parts: dict[str, dict[str, tuple[Any, ...]]] = {}
    for code, row in rows.items():
        parts.setdefault(code[: kept.HEAD], {})[code] = row
    return {head: zlib.compress(pickle.dumps(part, protocol=5), 9) for head, part in parts.items()}


if __name__ == "__main__":
    main()
