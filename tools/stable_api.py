"""Renew the list of what is public: python tools/stable_api.py

It writes docs/stable_api.md and tests/house/stable_api.txt.

Names of `import detente`, with their signatures and the members of their types; commands with their options; operations
of the program interface with their parameters; columns of tables that other programs read stand in docs/cli.md. A test
compares the list with the program, so that nothing public changes unseen.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE, LIST = ROOT / "docs" / "stable_api.md", ROOT / "tests" / "house" / "stable_api.txt"
HEAD = """\
# What is stable

Written by `tools/stable_api.py`; a test fails when the program and this page differ. What stands here keeps its name
and its meaning under the [deprecation policy](deprecation.md). What does not may change with any version: modules
below `detente`, private names, pages and their markup, texts that people read.

Besides this page these are stable: columns, JSON fields and exit codes of [the command line](cli.md), tables of
[a run](tables.md), keys of scenarios, lawbooks and claims, and the columns of the embedded [data](data.md).
"""
ADDRESS = re.compile(r" at 0x[0-9a-f]+")
PARTS = {"python": "Python", "command": "Commands", "interface": "Program interface", "extra": "Extras"}


def python_lines() -> Iterator[str]:
    """Public names of the package: signatures of functions, members of types."""
    import detente
    from detente.faces.ask.question import Question

    for name in sorted(detente.__all__):
        value = getattr(detente, name)
        if inspect.isclass(value):
            bases = ", ".join(base.__name__ for base in value.__mro__[1:-1] if base.__module__.startswith("detente."))
            yield f"{name}{f'({bases})' if bases else ''}"
            yield from (f"{name}.{line}" for line in members(value))
        elif inspect.isfunction(value) or isinstance(value, Question):
            yield f"{name}{signature(value)}"
        else:
            yield f"{name}: {type(value).__name__.lstrip('_')}"
            if type(value).__module__.startswith("detente."):
                yield from (f"{name}.{line}" for line in members(type(value)))


def members(kind: type) -> Iterator[str]:
    """Public members of a type of this package."""
    own = {name for base in kind.__mro__ if base.__module__.startswith("detente.") for name in vars(base)}
    fields = {name for base in kind.__mro__ for name in vars(base).get("__annotations__", {})}
    for name in sorted(name for name in own | fields if not name.startswith("_")):
        member = inspect.getattr_static(kind, name, None)
        plain = member.__func__ if isinstance(member, staticmethod | classmethod) else member
        yield f"{name}{signature(plain)}" if inspect.isfunction(plain) else name


def signature(function: Any) -> str:
    """Names, kinds and defaults of what a function takes; types stand in the reference."""
    parameters = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in inspect.signature(function).parameters.values()
    ]
    text = str(inspect.Signature(parameters))
    return ADDRESS.sub("", text)


def command_lines() -> Iterator[str]:
    """Every command with its arguments and options."""
    from detente.faces.cli.app import command_named
    from detente.faces.cli.catalogue import GROUPS

    for name in sorted(name for commands in GROUPS.values() for name in commands):
        yield from _commands(f"detente {name}", command_named(name))


def _commands(words: str, command: Any) -> Iterator[str]:
    inner = getattr(command, "commands", {}) or {name: made() for name, made in getattr(command, "words", {}).items()}
    given = [_option(part) for part in command.params if not getattr(part, "hidden", False) and part.name != "help"]
    yield " ".join([words, *given])
    for name in sorted(inner):
        yield from _commands(f"{words} {name}", inner[name])


def _option(part: Any) -> str:
    if part.param_type_name == "argument":
        name = str(part.name).upper().rstrip("_")
        return name if part.required else f"[{name}]"
    return f"[{'|'.join([*part.opts, *part.secondary_opts])}]"


def interface_lines() -> Iterator[str]:
    """Every operation of the program interface with its parameters."""
    from fastapi import FastAPI

    from detente.faces.web.asked import question_routers
    from detente.faces.web.interface import router

    app = FastAPI()
    app.include_router(question_routers()[0])
    app.include_router(router)
    for path, methods in sorted(app.openapi()["paths"].items()):
        for method, operation in sorted(methods.items()):
            names = sorted(part["name"] for part in operation.get("parameters", ()) if part["in"] == "query")
            body = " body" if "requestBody" in operation else ""
            yield f"{method.upper()} {path}{' ?' + ','.join(names) if names else ''}{body}"


def extra_lines() -> Iterator[str]:
    """Extras by which more is installed."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    own = ("dev", "docs", "games")
    yield from (f"detente[{name}]" for name in sorted(project["optional-dependencies"]) if name not in own)


def public() -> list[str]:
    """Every line, with its part in front."""
    parts = {"python": python_lines, "command": command_lines, "interface": interface_lines, "extra": extra_lines}
    return [f"{part}: {line}" for part, lines in parts.items() for line in lines()]


def page(lines: list[str]) -> str:
    """The page of the documentation."""
    out = [HEAD.rstrip()]
    for part, title in PARTS.items():
        rows = [line.removeprefix(f"{part}: ") for line in lines if line.startswith(f"{part}: ")]
        out += [f"\n## {title}\n", "```text", *rows, "```"]
    return "\n".join([*out, ""])


def main() -> None:
    """Write page and list, or only say whether they are as the program is."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--check", action="store_true")
    lines = public()
    texts = {LIST: "\n".join([*lines, ""]), PAGE: page(lines)}
    if asked.parse_args().check:
        stale = [path.name for path, text in texts.items() if path.read_text(encoding="utf-8") != text]
        sys.exit(f"not as the program is: {', '.join(stale)}" if stale else 0)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
