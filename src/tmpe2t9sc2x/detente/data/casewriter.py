"""Case files written with their comments: keys in order, short rows on one line, every comment above its row."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from textwrap import wrap
from typing import Any

from detente.codes import InputError
from detente.data.store import write_bytes

WIDTH = 118
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.%'/ ()-]*")
"""Texts that need no quotation marks."""

WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"}
"""Texts that would be read as something else."""


@dataclass(frozen=True)
class Noted:
    """A row of a list with the comment above it."""

    values: Mapping[str, Any]
    comment: str = ""


@dataclass(frozen=True)
class Section:
    """A key of a case file: its value or rows, a comment above it, and rows that are comments below it."""

    key: str
    value: Any
    comment: str = ""
    examples: Sequence[str] = ()


def case_text(head: str, sections: Sequence[Section]) -> str:
    """A case file as text.

    Parameters
    ----------
    head : comment at the top.
    """
    lines = _comment(head, "")
    for section in sections:
        if section.comment and lines:
            lines.append("")
        lines += [*_comment(section.comment, ""), *_section(section)]
        lines += [f"# {line}" for line in section.examples]
    return "\n".join(lines) + "\n"


def write_case(path: Path, text: str, *, replace: bool = False) -> Path:
    """Write a case file whole or not at all.

    Raises
    ------
    InputError : there is one of that name already, and it is not to be replaced.
    """
    if path.exists() and not replace:
        raise InputError(str(path), "is there already", "give another name, or remove it first")
    return write_bytes(path, text.encode("utf-8"))


def _section(section: Section) -> list[str]:
    key, value = section.key, section.value
    if _rows(value):
        return [f"{key}:", *(line for row in value for line in _row(row, "  "))]
    if isinstance(value, list) and value and all(isinstance(text, str) and " " in text for text in value):
        return [f"{key}:", *(f"  - {_scalar(text, quoted=True)}" for text in value)]
    if isinstance(value, dict) and value and all(isinstance(row, dict) for row in value.values()):
        return [f"{key}:", *(line for name, row in value.items() for line in _named(name, row))]
    if isinstance(value, dict) and any(_rows(part) for part in value.values()):
        return [f"{key}:", *(line for name, part in value.items() for line in _part(name, part))]
    if isinstance(value, str) and len(value) > WIDTH - len(key) - 2:
        return [f"{key}: >-", *(f"  {line}" for line in wrap(value, WIDTH))]
    return [f"{key}: {flow(value)}"]


def _rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Noted)


def _part(name: str, value: Any) -> list[str]:
    if _rows(value):
        return [f"  {name}:", *(line for row in value for line in _row(row, "    "))]
    return [f"  {name}: {flow(value)}"]


def _row(row: Noted, indent: str) -> list[str]:
    line = f"{indent}- {flow(row.values)}"
    body = [line] if len(line) <= WIDTH else _block(row.values, f"{indent}- ", f"{indent}  ")
    return [*_comment(row.comment, indent), *body]


def _named(name: str, row: Mapping[str, Any]) -> list[str]:
    line = f"  {name}: {flow(row)}"
    return [line] if len(line) <= WIDTH else [f"  {name}:", *_block(row, "    ", "    ")]


def _block(values: Mapping[str, Any], first: str, rest: str) -> list[str]:
    pairs = [f"{key}: {flow(value)}" for key, value in values.items()]
    return [f"{rest if index else first}{pair}" for index, pair in enumerate(pairs)]


def _comment(text: str, indent: str) -> list[str]:
    lines = [line for paragraph in text.splitlines() for line in wrap(paragraph, WIDTH - len(indent) - 2)]
    return [f"{indent}# {line}" for line in lines]


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return _scalar(value)


def _scalar(value: Any, *, quoted: bool = False) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return ".inf" if value == float("inf") else f"{value:.6g}" if value % 1.0 else f"{value:.1f}"
    if isinstance(value, int | date):
        return str(value)
    plain = PLAIN.fullmatch(value) and value.lower() not in WORDS and not value.endswith(" ")
    return value if plain and not quoted else json.dumps(value, ensure_ascii=False)
