"""The program as a group of commands: each is made when it is called, so that help and every command start quickly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib import import_module
from textwrap import wrap
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from detente.faces.ask.questions import MODULES as QUESTIONS
from detente.faces.cli.catalogue import ABOUT, BEGIN, EVERY, FIRST, GROUPS, MODULES
from detente.faces.cli.help import CommandGroup, as_given, option_lines, plain, side_by_side, width

#: Environment variable by which a shell asks what may stand for the last word of a line.
ASKED = "_DETENTE_COMPLETE"

MODULE_OF = {name: module for module, names in MODULES.items() for name in names}


class Program(TyperGroup):
    """The program, whose help lists the commands in groups with an example of each group."""

    def get_params(self, ctx: Any) -> Any:
        """Its options, whose values stay as they are given."""
        return as_given(super().get_params(ctx))

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of the commands, in the order of the help; questions that no group has stand last."""
        own = [name for commands in GROUPS.values() for name in commands]
        firsts = (name.partition(" ")[0] for names in QUESTIONS.values() for name in names)
        return [*own, *dict.fromkeys(name for name in firsts if name not in own)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, made now; None where there is none."""
        return command_named(cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write what the program is, where to begin, its commands by group, and its options."""
        known = self.list_commands(ctx)
        wide = max(map(len, known))
        lines = ["Usage: detente COMMAND [OPTIONS]", "", *wrap(ABOUT, width()), ""]
        lines += [*side_by_side(list(BEGIN.items()), max(map(len, BEGIN))), ""]
        others = [name for name in known if not any(name in commands for commands in GROUPS.values())]
        more = {"More": {name: str(command_named(name).help or "") for name in others}} if others else {}
        for title, commands in (GROUPS | more).items():
            lines += [title, *side_by_side(list(commands.items()), wide), ""]
        lines += ["Options of every answer", *side_by_side(list(EVERY.items()), max(map(len, EVERY)))]
        lines += [
            *option_lines(self, ctx),
            "",
            "detente COMMAND --help shows a command; --help-all shows every option.",
        ]
        formatter.write("\n".join(lines))


@cache
def command_named(name: str) -> Any:
    """The command of that name, a question or of a module of this package; None where there is none.

    Questions of two words that begin with the name stand behind it.
    """
    own = commands_of(MODULE_OF[name]) if name in MODULE_OF else {}
    command = _grouped(own, question_makers(name)).get(name)
    if command is not None and name in FIRST:
        command.first = FIRST[name]
    return command


def question_makers(first: str) -> dict[str, Callable[[], Any]]:
    """What makes the commands of the questions whose name begins with a word, by name; empty where there is none."""
    names = (name for own in QUESTIONS.values() for name in own if name.partition(" ")[0] == first)
    return {name: partial(_question_command, name) for name in names}


def _question_command(name: str) -> Any:
    from detente.faces.ask.question import find
    from detente.faces.cli.asked import command_of

    app = typer.Typer(pretty_exceptions_enable=False)
    app.callback()(_nothing)
    question = find(name)
    app.command(name)(command_of(question))
    command = _commands(app)[name]
    command.reads = question.keeps
    return command


def _commands(app: Any) -> dict[str, Any]:
    group: Any = get_command(plain(app))
    return dict(group.commands)


def about(name: str) -> str:
    """What a command of the help gives, in one line."""
    return next((f"{commands[name]}." for commands in GROUPS.values() if name in commands), f"Questions on {name}.")


def _grouped(commands: dict[str, Any], makers: Mapping[str, Callable[[], Any]] | None = None) -> dict[str, Any]:
    """Commands by name; one of two words stands behind the command of its first, or in the group of that name.

    Parameters
    ----------
    makers : what makes further commands; one that stands behind a command is made when it is called.
    """
    late = dict(makers or {})
    commands |= {name: late.pop(name)() for name in [*late] if " " not in name}
    late |= {name: partial(_itself, commands.pop(name)) for name in [*commands] if " " in name}
    for name, made in late.items():
        first, _, word = name.partition(" ")
        if first not in commands:  # questions that no command stands before
            commands[first] = CommandGroup(name=first, help=about(first))
        behind = getattr(commands[first], "words", None)
        if behind is None:
            commands[first].commands[word] = made()
        else:
            behind[word] = made
    return commands


def _itself(command: Any) -> Any:
    return command


@cache
def commands_of(module: str) -> dict[str, Any]:
    """The commands that a module of this package adds to the program, by name.

    One of two words, as `talks record`, stands behind the command of its first.
    """
    app = typer.Typer(pretty_exceptions_enable=False)
    app.callback()(_nothing)
    import_module(f"detente.faces.cli.{module}").register(app)
    return _grouped(_commands(app))


def _nothing() -> None:
    """Have one command be a group too."""
