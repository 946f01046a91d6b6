"""Names of earlier versions: what an argument, a command or an address is called now."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _names() -> Mapping[str, Any]:
    return tomllib.loads((files(__package__) / "renamed.toml").read_text(encoding="utf-8"))


def new_name(question: str, old: str) -> str:
    """What an argument of a question is called now; "" where it never was one, or is gone.

    One that is a value of another now has that name before it: "set margin=".
    """
    from detente.faces.ask.question import find

    plain = old.strip("-").replace("-", "_").rstrip("_")
    now = _names().get(question, {}).get(plain, _names()["arguments"].get(plain, ""))
    return now if now.partition(" ")[0] in find(question).parameters else ""


@cache
def moved() -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """Addresses of earlier versions: where each leads now, and its parameters that have another name; "" is gone."""
    rows = _names().get("addresses", {})
    return {old: (row["to"], row.get("names", {})) for old, row in rows.items()}


def command_line(words: list[str]) -> list[str]:
    """A command line in the names of now; itself where it has none of an earlier version."""
    from detente.faces.ask.question import names

    commands = _names().get("commands", {})
    old = next((name for size in (2, 1) if (name := " ".join(words[:size])) in commands), "")
    line = commands[old].split() + words[len(old.split()) :] if old else list(words)
    question = next((name for size in (2, 1) if (name := " ".join(line[:size])) in names()), "")
    if not question:
        return line
    rest, now = iter(line[len(question.split()) :]), question.split()
    for word in rest:
        now += _option(question, word, rest)
    return now


def _option(question: str, word: str, rest: Iterator[str]) -> list[str]:
    name, equals, value = word.partition("=")
    now, blank, before = (new_name(question, name) if name.startswith("--") else "").partition(" ")
    flag = f"--{now.replace('_', '-')}"
    if blank:
        return [flag, f"{before}{value if equals else next(rest, '')}"]
    return [f"{flag}{equals}{value}" if now else word]
