"""Arrays of a `.npz` file, read within limits: every array says its size before it is unpacked."""

from __future__ import annotations

import hashlib
import io
import json
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from detente.codes import InputError
from detente.data.library import package_folder
from detente.data.limits import memoized
from detente.data.store import write_bytes
from detente.data.yamlfile import MEBIBYTE, read_bytes

#: Bytes of all arrays of a file, unpacked: twice the largest world that models of this kind have.
MOST_BYTES = 512 * MEBIBYTE

MOST_ARRAYS = 200
#: Kinds of values: truths, numbers and texts.
KINDS = "biufUS"

REPAIR = "save it with numpy.savez"


def read_npz(path: Path, most: int = MOST_ARRAYS) -> dict[str, NDArray[Any]]:
    """Arrays by name.

    Parameters
    ----------
    most : arrays that it may hold.

    Raises
    ------
    InputError : no such file; one that is damaged or too large; arrays of other values than numbers and texts.
    """
    where, content = str(path), read_bytes(path)
    try:
        with warnings.catch_warnings(action="error"), zipfile.ZipFile(io.BytesIO(content)) as file:
            members = file.infolist()
            _check_size(members, where, most)
            return {member.filename.removesuffix(".npy"): _checked_array(file, member, where) for member in members}
    except InputError:
        raise
    except Exception as error:
        # A damaged file meets the two libraries in more ways than they name.
        raise InputError(where, f"cannot be read ({type(error).__name__})", REPAIR) from None


def _check_size(members: list[zipfile.ZipInfo], where: str, most: int) -> None:
    if len(members) > most:
        raise InputError(where, f"holds more than {most} arrays", REPAIR)
    names = [member.filename for member in members]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise InputError(where, f"holds the array '{twice.removesuffix('.npy')}' twice", REPAIR)
    if sum(member.file_size for member in members) > MOST_BYTES:
        raise InputError(where, f"unpacks to more than {MOST_BYTES // MEBIBYTE} MiB", "give a smaller world")


def _checked_array(file: zipfile.ZipFile, member: zipfile.ZipInfo, where: str) -> NDArray[Any]:
    """One array, whose header agrees with what the archive says of its size."""
    place = f"{where}, {member.filename.removesuffix('.npy')[:40]}"
    with file.open(member) as stream:
        raw = stream.read(member.file_size + 1)
    source = io.BytesIO(raw)
    version = npy.read_magic(source)
    header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, kind = header(source)
    if kind.kind not in KINDS:
        raise InputError(place, f"holds {kind}, neither numbers nor texts", REPAIR)
    if int(np.prod(shape, dtype=object)) * kind.itemsize != len(raw) - source.tell():
        raise InputError(place, "is cut off or damaged", REPAIR)
    source.seek(0)
    return npy.read_array(source, allow_pickle=False)


# --- what the shipped cases need of solves, ahead of time: tables of numbers by a key of all that they rest o --------
# A key is a kind and a hash of a content: sides, duties, laws, world, elasticities. What has another content finds
# nothing and is solved. That the tables are those of the laws and worlds of the package, the tests say.


NAME = "cases"
#: Files of the package: what the cases need, and losses from a supply chain.
CHAINS = "chains"

#: Most arrays in a file of the package.
MANY = 5_000

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


@memoized
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
