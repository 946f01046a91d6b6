"""Names of earlier versions: what an argument, a command or an address is called now."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from importlib.resources import files
from typing import Any

from detente.data.limits import memoized


@memoized
def renamed() -> Mapping[str, Any]:
    """What is called otherwise now, by kind: `python`, `commands`, `addresses`, `arguments`, or those of a question."""
    return tomllib.loads((files("detente.faces.ask") / "renamed.toml").read_text(encoding="utf-8"))


def new_name(question: str, known: Collection[str], old: str) -> str:
    """What an argument of a question is called now; "" where it never was one, or is gone.

    One that is a value of another now has that name before it: "set margin=", and "by month" where it stood alone.

    Parameters
    ----------
    known : arguments of the question.
    """
    plain = old.strip("-").replace("-", "_").rstrip("_")
    now = renamed().get(question, {}).get(plain, renamed()["arguments"].get(plain, ""))
    return now if now.partition(" ")[0] in known else ""


def new_command(words: Sequence[str]) -> list[str]:
    """The words of a command line with the command as it is called now; {} takes the word that stood there."""
    commands = renamed().get("commands", {})
    old = next((name for size in (2, 1) if (name := " ".join(words[:size])) in commands), "")
    if not old:
        return [*words]
    now, options = commands[old], dict[str, str]()
    if not isinstance(now, str):  # options that have another name in the question
        now, options = now["to"], {f"--{name}": f"--{new}" for name, new in now["names"].items()}
    pairs = (word.partition("=") for word in words[len(old.split()) :])
    rest = [f"{options.get(name, name)}{equals}{value}" for name, equals, value in pairs]
    given, line = {word.partition("=")[0] for word in rest}, list[str]()
    for part in re.split(r" (?=--)", now):  # an option that is given stands once, one without its word not at all
        filled = part.replace("{}", rest.pop(0)) if "{}" in part and rest and rest[0][:1] != "-" else part
        if part[:2] != "--" or ("{}" not in filled and filled.split()[0] not in given):
            line += filled.removesuffix(" {}").split()
    return [*line, *rest]


@memoized
def moved() -> Mapping[str, tuple[str, Mapping[str, str], Mapping[str, str], Mapping[str, str]]]:
    """Addresses of earlier versions: where each leads now, its parameters by new name ("" is gone), and added ones.

    Last, where it leads if a parameter, by its old name, is given.
    """
    rows = renamed().get("addresses", {})
    return {old: (row["to"], *(row.get(key, {}) for key in ("names", "more", "with"))) for old, row in rows.items()}


def gone() -> Mapping[str, tuple[str, str]]:
    """Commands and options that went for good, with why, and what to do instead."""
    return renamed()["gone"]
