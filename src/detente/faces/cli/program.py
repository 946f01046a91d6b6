"""The program as a group of commands: each is made when it is called, so that help and every command start quickly."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from textwrap import wrap
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from detente.faces.cli.catalogue import EXAMPLES, GROUPS, MODULES
from detente.faces.cli.help import option_lines, plain, side_by_side, width

ASKED = "_DETENTE_COMPLETE"
"""Environment variable by which a shell asks what may stand for the last word of a line."""

MODULE_OF = {name: module for module, names in MODULES.items() for name in names}


class Program(TyperGroup):
    """The program, whose help lists the commands in groups with an example of each group."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of the commands, in the order of the help."""
        return [name for commands in GROUPS.values() for name in commands]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, made now; None where there is none."""
        return commands_of(MODULE_OF[cmd_name]).get(cmd_name) if cmd_name in MODULE_OF else None

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write what the program is, its commands by group, and its options."""
        lines = ["Usage: detente COMMAND [OPTIONS]", "", *wrap(self.help or "", width()), ""]
        wide = max(map(len, self.list_commands(ctx)))
        for title, commands in GROUPS.items():
            example = EXAMPLES[next(iter(commands))]
            lines += [f"{title}, as: {example}", *side_by_side(list(commands.items()), wide), ""]
        lines += [
            *option_lines(self, ctx)[1:],
            "",
            "detente COMMAND --help has the options of a command, and an example.",
        ]
        formatter.write("\n".join(lines))


@cache
def commands_of(module: str) -> dict[str, Any]:
    """The commands that a module of this package adds to the program, by name.

    One of two words, as `talks record`, stands behind the command of its first.
    """
    app = typer.Typer(pretty_exceptions_enable=False)
    app.callback()(_nothing)
    import_module(f"detente.faces.cli.{module}").register(app)
    group: Any = get_command(plain(app))
    commands: dict[str, Any] = dict(group.commands)
    for name in [name for name in commands if " " in name]:
        first, _, word = name.partition(" ")
        commands[first].words[word] = commands.pop(name)
    return commands


def _nothing() -> None:
    """Have one command be a group too."""
