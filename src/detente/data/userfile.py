"""Files that users give, read within limits: bytes, text, JSON and TOML; what cannot be read is one sentence.

A limit stands before every reader, so that a device, a pipe that never ends or a huge file is refused and not read on.
"""

from __future__ import annotations

import gzip
import io
import json
import math
import tomllib
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from detente.codes import InputError

MEBIBYTE = 1 << 20
#: Bytes of a file that a person writes: YAML, TOML.
MOST_TEXT = 4 * MEBIBYTE

#: Bytes of a table.
MOST_TABLE = 256 * MEBIBYTE

#: Bytes of a result or another JSON file.
MOST_RESULT = 64 * MEBIBYTE

#: Levels to which content may nest.
DEEPEST = 64

#: Values in one file, counted as often as the file repeats them.
MOST_NODES = 500_000


#: Whole numbers are smaller than this.
LARGEST = 2**63


def read_bytes(path: Path, where: str = "", most: int = MOST_TABLE) -> bytes:
    """Content of a file.

    Parameters
    ----------
    where : what a refusal calls the file; its path by default.
    most : bytes it may have.

    Raises
    ------
    InputError : no such file, a folder, a file that cannot be read or is too large.
    """
    name = where or str(path)
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except FileNotFoundError:
        raise InputError(name, "there is no such file", "check the path") from None
    except IsADirectoryError:
        raise InputError(name, "is a folder", "give a file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(name, f"cannot be read ({reason.lower()})", "check the path") from None
    if len(content) > most:
        raise InputError(name, f"is larger than {most // MEBIBYTE} MiB", "give a smaller file")
    return content


def unpacked(content: bytes, where: str, most: int = MOST_TABLE) -> bytes:
    """Content that may be gzipped, unpacked within a limit.

    Raises
    ------
    InputError : what is cut off, damaged or unpacks to more than `most` bytes.
    """
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            whole = file.read(most + 1)
    except (EOFError, OSError, zlib.error):
        raise InputError(where, "is cut off or damaged", "fetch it again") from None
    if len(whole) > most:
        raise InputError(where, f"unpacks to more than {most // MEBIBYTE} MiB", "give a smaller file")
    return whole


def read_text(path: Path, where: str = "", most: int = MOST_TEXT) -> str:
    """Text of a UTF-8 file, without the mark some programs put before it; refused as in `read_bytes`."""
    return as_utf8(read_bytes(path, where, most), where or str(path))


def as_utf8(content: bytes, where: str) -> str:
    """Bytes as UTF-8 text; `InputError` names where they are not."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{where}, line {line}", "cannot be read as text (not UTF-8)", "save it as UTF-8") from None


def read_json(path: Path, repair: str, where: str = "") -> Any:
    """Content of a JSON file: no NaN, no infinity, no depth without end."""
    name = where or str(path)
    text = read_text(path, name, MOST_RESULT)
    try:
        content = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise InputError(name, f"is not a JSON file (line {error.lineno})", repair) from None
    except (ValueError, RecursionError):
        raise InputError(name, "holds a number or a depth that JSON does not have", repair) from None
    return checked(content, name)


def _no_constant(text: str) -> float:
    raise ValueError(text)


def read_toml(path: Path, where: str = "") -> dict[str, Any]:
    """Content of a TOML file; every number in it is finite."""
    name = where or str(path)
    try:
        content = tomllib.loads(read_text(path, name))
    except tomllib.TOMLDecodeError as error:
        raise InputError(name, f"is not valid TOML ({error})", "check quotes, brackets and commas") from None
    except (ValueError, RecursionError):
        raise InputError(name, "holds a number or a depth that is too large", "write it shorter") from None
    return checked(content, name)


def checked(content: Any, where: str, path: str = "", depth: int = 0) -> Any:
    """The content itself, once it is not too deep and every number is finite."""
    place = f"{where}, {path}" if path else where
    if depth > DEEPEST:
        raise InputError(where, f"nests deeper than {DEEPEST} levels", "flatten it")
    if isinstance(content, Mapping):
        for key, item in content.items():
            checked(item, where, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(content, list):
        for item in content:
            checked(item, where, path, depth + 1)
    elif isinstance(content, int) and abs(content) >= LARGEST:
        raise InputError(place, "holds a number that is too large", "write it shorter")
    elif isinstance(content, float) and not math.isfinite(content):
        raise InputError(place, f"{content:g} is not a finite number", "give a finite number")
    return content
