"""Completion in a shell: Typer's own, which asks here for the commands and for the names that are known."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

from typer._completion_classes import completion_init
from typer._completion_shared import get_completion_script
from typer.core import TyperArgument, TyperOption

from detente.codes.errors import UnknownName
from detente.faces.cli.known import known
from detente.faces.cli.program import ASKED

SHELLS = ("bash", "zsh", "fish", "powershell")


def script(shell: str) -> str:
    """The script that lets a shell complete commands, options, and names of scenarios, cases, worlds and countries."""
    if shell not in SHELLS:
        raise UnknownName("shell", shell, SHELLS, "--completion", f"use {', '.join(SHELLS)}")
    return get_completion_script(prog_name="detente", complete_var=ASKED, shell=shell)


def prepare() -> None:
    """Have Typer's completion offer, for an option or argument, the names that are known."""
    completion_init()
    kinds: tuple[Any, ...] = (TyperArgument, TyperOption)
    for kind in kinds:
        kind.shell_complete = _offered


def _offered(parameter: Any, context: Any, typed: str) -> list[SimpleNamespace]:
    """Names that begin with what is typed, of a list its last entry; and the commands behind the name of another."""
    head, comma, entry = typed.rpartition(",")
    names = known(context.command_path.partition(" ")[2], max(parameter.opts, key=len).lstrip("-"))
    rows = [(f"{head}{comma}{name}", text) for name, text in names if name.lower().startswith(entry.lower())]
    if parameter.param_type_name == "argument":
        behind: dict[str, Any] = getattr(context.command, "words", {})
        rows += [(word, made().get_short_help_str()) for word, made in behind.items() if word.startswith(typed)]
    space = "\\ " if os.environ[ASKED].endswith("bash") else " "
    return [SimpleNamespace(value=name.replace(" ", space), help=text) for name, text in rows]
