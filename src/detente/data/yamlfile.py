"""YAML files read strictly: duplicate keys, empty files and misspelt keys are refused in one sentence."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from detente.codes import InputError, UnknownName

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Strict(_Base):
    """Safe loader that refuses a key given twice; plain maps, lists and texts are made without its detours."""

    def get_single_data(self) -> Any:
        """The one document of a file as plain values; None where it is empty."""
        node = self.get_single_node()
        return None if node is None else _value(self, node)


STR, BOOL, MERGE = (f"tag:yaml.org,2002:{name}" for name in ("str", "bool", "merge"))


def _value(loader: Any, node: Any) -> Any:
    """A node as a plain value."""
    if node.tag == STR:
        return node.value
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node)
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item) for item in node.value]
    return loader.construct_object(node)


def _mapping(loader: Any, node: Any) -> dict[Hashable, Any]:
    keys: dict[str, Any] = {}
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise InputError(f"line {key.start_mark.line + 1}", "a key is no single word", "write it as name: value")
        if key.tag == BOOL:
            # YAML reads the bare word "on" as true; as a key it is a word.
            key.tag = STR
        if key.value in keys:
            raise InputError(f"line {key.start_mark.line + 1}", f"key '{key.value}' is there twice", "keep one of them")
        keys[key.value] = key
    if any(key.tag == MERGE for key in keys.values()):
        loader.flatten_mapping(node)
    return {_value(loader, key): _value(loader, value) for key, value in node.value}


def read_yaml(path: Path, where: str = "") -> Any:
    """Content of a YAML file; `InputError` names file and line of what cannot be read."""
    name = where or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(name, "there is no such file", "check the path") from None
    except (IsADirectoryError, PermissionError, UnicodeDecodeError) as error:
        raise InputError(name, f"cannot be read as text ({type(error).__name__})", "give a YAML text file") from None
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str) -> Any:
    """Content of YAML text."""
    try:
        content = yaml.load(text, Loader=_Strict)
    except InputError as error:
        raise InputError(f"{name}, {error.where}", error.what, error.repair) from None
    except yaml.YAMLError as error:
        raise InputError(_place(name, error), "is not valid YAML", _problem(error)) from None
    except ValueError as error:
        raise InputError(name, f"holds a value that cannot be read ({error})", "dates are written 2025-04-15") from None
    if content is None:
        raise InputError(name, "is empty", "see the documentation for an example to start from")
    return content


def _place(name: str, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"{name}, line {mark.line + 1}" if mark is not None else name


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", "") or "check colons, quotes and indentation").strip()


def check_keys(content: Any, known: Iterable[str], where: str, required: Iterable[str] = ()) -> dict[str, Any]:
    """The mapping itself, once every key is known and every required key is there."""
    allowed = list(known)
    if not isinstance(content, Mapping):
        raise InputError(where, "should be a mapping of keys to values", f"keys are {', '.join(allowed)}")
    for key in content:
        if key not in allowed:
            raise UnknownName("key", str(key), allowed, where, f"known keys: {', '.join(allowed)}")
    for key in required:
        if content.get(key) is None:
            raise InputError(where, f"key '{key}' is missing", f"add '{key}: ...'")
    return dict(content)


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
            return float(value.strip().removesuffix("%").replace(",", "")) / 100.0
        except ValueError:
            raise InputError(where, f"'{value}' is not a rate", "write it as 25% or 0.25") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(where, f"'{value}' is not a rate", "write it as 25% or 0.25")
    if abs(value) >= 2:
        raise InputError(where, f"rate {value:g} would mean {value:.0%}", f"write {value:g}% if you mean per cent")
    return float(value)


def as_text(value: Any, where: str, repair: str = "put quotes around it") -> str:
    """Text; refuses what YAML has turned into something else (an unquoted NO is False, 0101 a number)."""
    if not isinstance(value, str):
        was = "NO" if value is False else "YES" if value is True else value
        raise InputError(where, f"{was} without quotes is read as {value!r}, not as text", repair)
    return value


def as_list(value: Any) -> list[Any]:
    """A list, whether one item or several were given."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
