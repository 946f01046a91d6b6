"""Every command with its arguments and options, from what `--help` is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from detente.faces.cli.app import app

HEAD = """\
# Every command

Written from the program itself: what `detente COMMAND --help` says. What other programs may rely on stands under
[Command line](../cli.md).
"""


def commands_page() -> str:
    """The page."""
    return "\n".join([HEAD, *_command(get_command(app), "detente", 2)])


def _command(command: Any, name: str, depth: int) -> Iterator[str]:
    """A command, then those below it."""
    below = dict(getattr(command, "commands", {}))
    if name == "detente":
        below = {key: command.get_command(None, key) for key in command.list_commands(None)}
    if name != "detente":
        yield f"{'#' * min(depth, 4)} {name}\n"
        yield f"{_text(command.help)}\n"
        yield from _parameters(command)
    for key, sub in below.items():
        if not sub.hidden:
            yield from _command(sub, f"{name} {key}", depth + (name != "detente"))


def _parameters(command: Any) -> Iterator[str]:
    """Arguments and options as a table."""
    rows = [row for parameter in command.params if (row := _row(parameter))]
    if rows:
        yield "| argument or option | means | default |\n| --- | --- | --- |"
        yield from rows
        yield ""


def _row(parameter: Any) -> str:
    """One line of the table; blank for what is not shown."""
    words = _text(getattr(parameter, "help", ""))
    if getattr(parameter, "hidden", False) or "--help" in parameter.opts:
        return ""
    names = " ".join(f"`{name}`" for name in [*parameter.opts, *parameter.secondary_opts])
    names = names if parameter.param_type_name == "option" else f"`{parameter.name.upper()}`"
    return f"| {names} | {words} | {_default(parameter)} |"


def _default(parameter: Any) -> str:
    """What is taken where nothing is given."""
    value = getattr(parameter, "show_default", None)
    value = value if isinstance(value, str) else parameter.default
    if callable(value) or value is None or value in ("", (), [], False) or str(value).startswith("Sentinel"):
        return "required" if parameter.required else ""
    return f"`{value}`"


def _text(words: str | None) -> str:
    """Help on one line, safe within a table."""
    return " ".join((words or "").split()).replace("|", "\\|").replace("<", "&lt;")
