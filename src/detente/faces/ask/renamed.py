"""Names of earlier versions: what an argument, a command or an address is called now."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _names() -> Mapping[str, Any]:
    return tomllib.loads((files(__package__) / "renamed.toml").read_text(encoding="utf-8"))


def new_name(question: str, old: str) -> str:
    """What an argument of a question is called now; "" where it never was one, or is gone."""
    from detente.faces.ask.question import find

    plain = old.strip("-").replace("-", "_").rstrip("_")
    now = _names().get(question, {}).get(plain, _names()["arguments"].get(plain, ""))
    return now if now in find(question).parameters else ""


@cache
def moved() -> Mapping[str, tuple[str, Mapping[str, str], Mapping[str, str]]]:
    """Addresses of earlier versions: where each leads now, its parameters by new name ("" is gone), and added ones."""
    rows = _names().get("addresses", {})
    return {old: (row["to"], row.get("names", {}), row.get("more", {})) for old, row in rows.items()}


def is_old(command: str) -> bool:
    """Whether a command of earlier versions was called so, and has another name now."""
    return command in _names().get("commands", {})


def command_line(words: list[str]) -> list[str]:
    """A command line in the names of now; itself where it has none of an earlier version."""
    from detente.faces.ask.question import names

    commands = _names().get("commands", {})
    old = next((name for size in (2, 1) if (name := " ".join(words[:size])) in commands), "")
    line = commands[old].split() + words[len(old.split()) :] if old else list(words)
    question = next((name for size in (2, 1) if (name := " ".join(line[:size])) in names()), "")
    if not question:
        return line
    return [*question.split(), *(_option(question, word) for word in line[len(question.split()) :])]


def _option(question: str, word: str) -> str:
    name, equals, value = word.partition("=")
    now = new_name(question, name) if name.startswith("--") else ""
    return f"--{now.replace('_', '-')}{equals}{value}" if now else word
