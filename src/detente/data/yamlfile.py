"""YAML files read strictly: duplicate keys, empty files and misspelt keys are refused in one sentence.

Content may repeat itself by anchors, but not without end: what it comes to, written out, has limits.
"""

from __future__ import annotations

import gzip
import io
import json
import math
import re
import tomllib
import zlib
from collections.abc import Hashable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from detente.codes import InputError

# --- files that users give, read within limits: bytes, text, JSON and TOML -------------------------------------------
#
# A limit stands before every reader, so that a device, a pipe that never ends or a huge file is not read on.

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
    return finite_content(content, name)


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
    return finite_content(content, name)


def finite_content(content: Any, where: str, path: str = "", depth: int = 0) -> Any:
    """The content itself, once it is not too deep and every number is finite."""
    place = f"{where}, {path}" if path else where
    if depth > DEEPEST:
        raise InputError(where, f"nests deeper than {DEEPEST} levels", "flatten it")
    if isinstance(content, Mapping):
        for key, item in content.items():
            finite_content(item, where, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(content, list):
        for item in content:
            finite_content(item, where, path, depth + 1)
    elif isinstance(content, int) and abs(content) >= LARGEST:
        raise InputError(place, "holds a number that is too large", "write it shorter")
    elif isinstance(content, float) and not math.isfinite(content):
        raise InputError(place, f"{content:g} is not a finite number", "give a finite number")
    return content


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Strict(_Base):
    """Safe loader that refuses a key given twice; plain maps, lists and texts are made without its detours."""

    def get_single_data(self) -> Any:
        """The one document of a file as plain values; None where it is empty."""
        node = self.get_single_node()
        return None if node is None else _value(self, node)


class _Repeating(_Strict):
    """The same for text that may repeat itself: measured before it is written out."""

    def get_single_node(self) -> Any:
        """The root of the one document."""
        node = super().get_single_node()
        if node is not None:
            _written_out(node, {}, 0)
        return node


STR, BOOL, NULL, MERGE, MAP, SEQ = (
    f"tag:yaml.org,2002:{name}" for name in ("str", "bool", "null", "merge", "map", "seq")
)
#: Signs that open a level, and how many of them a text may have before its depth is measured.
OPENING, OPENED = ("[", "{", "- ", "? ", "-\t", "?\t"), 2_000

SCALARS = (BOOL, *(f"tag:yaml.org,2002:{name}" for name in ("int", "float", "null", "timestamp")))


#: Of files that are read so; JSON is YAML.
ENDINGS = (".yaml", ".yml", ".json")


def is_file(text: Any) -> bool:
    """Whether a text names a file of YAML."""
    return isinstance(text, str) and text.strip().lower().endswith(ENDINGS)


def _value(loader: Any, node: Any, depth: int = 0) -> Any:
    """A node as a plain value."""
    if node.tag == STR and node.__class__ is yaml.ScalarNode:
        return node.value
    if depth > DEEPEST:
        raise _too_deep(node)
    if node.tag == MAP and node.__class__ is yaml.MappingNode:
        return _mapping(loader, node, depth + 1)
    if node.tag == SEQ and node.__class__ is yaml.SequenceNode:
        return [_value(loader, item, depth + 1) for item in node.value]
    return _scalar(loader, node)


def _scalar(loader: Any, node: Any) -> Any:
    """A number, truth, date or null; what else a tag asks for is refused."""
    where = f"line {node.start_mark.line + 1}"
    if node.__class__ is not yaml.ScalarNode or node.tag not in SCALARS:
        raise InputError(where, f"has the tag {str(node.tag)[:60]}", "leave tags out")
    try:
        value = loader.construct_object(node)
    except (ValueError, KeyError, AttributeError, OverflowError):
        if node.value[:1].isdigit() and node.tag.endswith("timestamp"):
            return node.value  # a day that no calendar has: whoever takes the value says that it is none
        value = LARGEST
    if isinstance(value, int) and abs(value) >= LARGEST:
        repair = "dates are written 2025-04-15; put quotes around text"
        raise InputError(where, f"'{str(node.value)[:40]}' cannot be read as a value", repair)
    return value


def _too_deep(node: Any) -> InputError:
    place = f"line {node.start_mark.line + 1}"
    return InputError(place, f"nests deeper than {DEEPEST} levels, or within itself", "flatten it")


def _written_out(node: Any, sizes: dict[int, int], depth: int) -> int:
    """Values under a node, counted as often as aliases repeat them; refuses depth and size without end."""
    if depth > DEEPEST:
        raise _too_deep(node)
    if id(node) in sizes:
        return sizes[id(node)]
    parts = node.value if node.__class__ is not yaml.ScalarNode else ()
    items = [item for pair in parts for item in pair] if node.__class__ is yaml.MappingNode else parts
    size = 1 + sum(_written_out(item, sizes, depth + 1) for item in items)
    if size > MOST_NODES:
        place = f"line {node.start_mark.line + 1}"
        raise InputError(place, f"comes to more than {MOST_NODES:,} values, written out", "repeat less of it")
    sizes[id(node)] = size
    return size


def _mapping(loader: Any, node: Any, depth: int) -> dict[Hashable, Any]:
    keys: dict[str, Any] = {}
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise InputError(f"line {key.start_mark.line + 1}", "a key is no single word", "write it as name: value")
        if key.tag == NULL:
            repair = "write a name before the colon, in quotes if it is the word null"
            raise InputError(f"line {key.start_mark.line + 1}", "a key is empty", repair)
        if key.tag == BOOL:
            # YAML reads the bare word "on" as true; as a key it is a word.
            key.tag = STR
        if key.value in keys:
            raise InputError(f"line {key.start_mark.line + 1}", f"key '{key.value}' is there twice", "keep one of them")
        keys[key.value] = key
    if any(key.tag == MERGE for key in keys.values()):
        loader.flatten_mapping(node)
    return {_value(loader, key): _value(loader, value, depth) for key, value in node.value}


def read_yaml(path: Path, where: str = "") -> Any:
    """Content of a YAML file; `InputError` names file and line of what cannot be read."""
    name = where or str(path)
    return parse_yaml(read_text(path, name), name)


def parse_yaml(text: str, name: str) -> Any:
    """Content of YAML text."""
    try:
        _check_depth(text)
        content = yaml.load(text, Loader=_Repeating if "&" in text and "*" in text else _Strict)
    except InputError as error:
        raise InputError(f"{name}, {error.where}", error.what, error.repair) from None
    except yaml.YAMLError as error:
        raise InputError(_place(name, error), "is not valid YAML", _problem(error)) from None
    except RecursionError:
        raise InputError(name, f"nests deeper than {DEEPEST} levels", "flatten it") from None
    if content is None:
        raise InputError(name, "is empty", "see the documentation for an example to start from")
    return content


def _check_depth(text: str) -> None:
    """Refuse depth on which the library would end the program: it has no limit of its own in every version.

    Indentation alone cannot reach it within the size of a file; signs that open a level are counted first.
    """
    if sum(map(text.count, OPENING)) < OPENED:
        return
    depth = 0
    for event in yaml.parse(text, Loader=_Base):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            place = f"line {event.start_mark.line + 1}"
            raise InputError(place, f"nests deeper than {DEEPEST} levels", "flatten it")


def _place(name: str, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"{name}, line {mark.line + 1}" if mark is not None else name


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", "") or "check colons, quotes and indentation").strip()


def as_date(value: Any, where: str) -> date:
    """A date from YAML or text; refuses anything else."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise InputError(where, f"'{value}' is not a date", "write it as 2025-04-15") from None


def as_share(value: Any, where: str) -> float:
    """A rate or share: '25%' or 0.25. A bare number of 2 or more is refused, since 25 could mean either."""
    if isinstance(value, str) and value.strip().endswith("%"):
        try:
            share = float(value.strip().removesuffix("%").replace(",", "")) / 100.0
        except ValueError:
            share = math.nan
        if not math.isfinite(share):
            raise InputError(where, f"'{value}' is not a rate", "write it as 25% or 0.25")
        return share
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(where, f"'{value}' is not a rate", "write it as 25% or 0.25")
    if abs(value) >= 2:
        raise InputError(where, f"rate {value:g} would mean {value:.0%}", f"write {value:g}% if you mean per cent")
    return float(value)


#: Texts that need no quotation marks.
UNQUOTED = re.compile(r"[A-Za-z][A-Za-z0-9_.%'/ ()-]*")

#: Texts that would be read as something else.
WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"}


def as_yaml(value: Any) -> str:
    """A value on one line of YAML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{as_yaml(key)}: {as_yaml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(as_yaml, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return ".inf" if value == math.inf else f"{value:.6g}" if value % 1.0 else f"{value:.1f}"
    if isinstance(value, int | date):
        return str(value)
    plain = UNQUOTED.fullmatch(value) and value.lower() not in WORDS and not value.endswith(" ")
    return value if plain else json.dumps(value, ensure_ascii=False)


class _Writer(yaml.SafeDumper):
    """Writes a value as often as it is there, and never refers to one above."""

    def ignore_aliases(self, data: Any) -> bool:
        """Whether a value is written out again."""
        return True


def dumped(content: Any) -> str:
    """Content as a file of YAML, a line for each key; what holds no more than values stands on one line."""
    return yaml.dump(content, None, _Writer, allow_unicode=True, sort_keys=False, width=120, default_flow_style=None)
