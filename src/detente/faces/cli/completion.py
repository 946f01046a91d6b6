"""Completion in a shell: Typer's own, which asks here for the commands and for the names that are known."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

from typer._completion_classes import completion_init
from typer._completion_shared import get_completion_script
from typer.core import TyperArgument, TyperOption

from detente.codes.errors import UnknownName
from detente.data.library import package_folder
from detente.data.tables import countries
from detente.faces.cli.catalogue import ASKED

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


Rows = Iterable[tuple[str, str]]

#: Words of options, wherever they stand.
WORDS = {
    "format": ("text", "json", "csv", "parquet", "xlsx", "latex"),
    "claims": ("observed", "2025H2", "2024"),
    "preference": ("USMCA", "KORUS"),
    "completion": ("bash", "zsh", "fish", "powershell"),
}


def known(path: str, name: str) -> list[tuple[str, str]]:
    """Names for an option or argument of a command, each with its meaning or "".

    Parameters
    ----------
    path : words of the command, as "chain run"; name : of the option without dashes, or of the argument.
    """
    maker = MAKERS.get(f"{path} {name}") or MAKERS.get(name)
    return [(word, "") for word in WORDS.get(name) or _choices(path, name)] if maker is None else list(maker())


def _choices(path: str, name: str) -> Iterable[str]:
    """What an argument of a question may be."""
    from detente.faces.ask.question import find, names

    argument = name.replace("-", "_")
    return find(path).choices_of(argument) if path in names() and argument in find(path).parameters else ()


def _files(folder: str, suffix: str) -> Rows:
    return ((path.stem, "") for path in sorted((package_folder() / folder).glob(f"*{suffix}")))


def _scenarios() -> Rows:
    return _files("scenarios", ".yaml")


def _countries() -> Rows:
    known_ = countries()
    return [("EU", "European Union"), *((name, code) for code, name in known_.names.items()),
            *((code, name) for code, name in known_.names.items())]  # fmt: skip


def _importers() -> Rows:
    from detente.data.importerfile import lawbooks
    from detente.data.tables import partner_name

    names = {code: partner_name(code) for code in lawbooks()}
    members = sorted({m for code in names for m in countries().expand(code) if code in countries().groups})
    return [("US", "the United States"), ("EU", "European Union"), *((name, code) for code, name in names.items()),
            *names.items(), *((countries().name(code), code) for code in members)]  # fmt: skip


def _measures() -> Rows:
    from detente.data.importers import importer

    return ((measure.id, measure.title) for measure in importer("USA").law.measures)


def _tables() -> Rows:
    return ((path.stem, "") for path in sorted((package_folder() / "tables").glob("*.parquet")))


#: What makes the names of an option or argument; of a command alone where its words stand before.
MAKERS: dict[str, Callable[[], Rows]] = {
    **dict.fromkeys(("partner", "country", "countries", "parties"), _countries),
    "scenario": _scenarios,
    "of": _importers,
    "case": lambda: (row for row in _files("cases", ".yaml") if not row[0].endswith(".happened")),
    "law show measure": _measures,
    **dict.fromkeys(("data show name", "data verify name"), _tables),
}
