"""Every public name of `import detente`, from its docstring; then the types that the functions give."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Iterator
from typing import Any

import detente

HEAD = """\
# Python

Written from the docstrings. `import detente as dt` offers the names of the first two parts; what their answers can do
stands in the third. In a notebook `dt.NAME?` shows the same.
"""
SECTION = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}\n", re.MULTILINE)
ITEM = re.compile(r"^(\*{0,2}[\w.]+(?:, \*{0,2}[\w.]+)*)(?: : |\n(?= {4}))", re.MULTILINE)
QUOTED = re.compile(r"(: |-> )(['\"])(.*?)\2(?=[,) =\n]|$)")
"""An annotation as Python keeps it, in quotes."""
WIDTH = 88
"""Letters of a signature on one line."""


def python_page() -> str:
    """The page."""
    public = {name: getattr(detente, name) for name in detente.__all__ if not name.startswith("_")}
    functions = {name: value for name, value in public.items() if not inspect.isclass(value)}
    classes = {name: value for name, value in public.items() if inspect.isclass(value)}
    answers = {kind.__name__: kind for kind in _answers(functions.values()) if kind not in classes.values()}
    lines = [HEAD, "## Functions\n"]
    lines += [line for name in sorted(functions) for line in _named(f"dt.{name}", functions[name])]
    lines += ["## Types and errors\n"]
    lines += [line for name in sorted(classes) for line in _class(f"dt.{name}", classes[name])]
    lines += ["## What functions give\n"]
    lines += [line for name in sorted(answers) for line in _class(name, answers[name])]
    return "\n".join(lines)


def _answers(functions: typing.Iterable[Any]) -> list[type]:
    """Types of this package that functions return."""
    kinds: dict[type, None] = {}
    for function in functions:
        try:
            answer = typing.get_type_hints(function).get("return")
        except (NameError, TypeError):
            continue
        for kind in (answer, *typing.get_args(answer)):
            if inspect.isclass(kind) and kind.__module__.startswith("detente."):
                kinds[kind] = None
    return list(kinds)


def _class(title: str, kind: type) -> Iterator[str]:
    """A type with its public properties and methods."""
    yield from _named(title, kind, issubclass(kind, BaseException))
    own = {name for base in kind.__mro__ if base.__module__.startswith("detente.") for name in vars(base)}
    for name, member in inspect.getmembers_static(kind):
        words = inspect.getdoc(member)
        if name.startswith("_") or name not in own or not words or issubclass(kind, BaseException):
            continue
        if isinstance(member, property):
            yield f"* `.{name}` {_line(words)}"
        elif callable(member) or isinstance(member, classmethod | staticmethod):
            yield f"* `.{name}{' '.join(_signature(getattr(kind, name)).split())}` {_line(words)}"
    yield ""


def _named(title: str, value: Any, bare: bool = False) -> Iterator[str]:
    """Heading, signature and docstring."""
    yield f"### {title}\n"
    if callable(value) and not bare and not getattr(value, "_is_protocol", False):
        yield f"```py\n{title.rsplit('.', 1)[-1]}{_signature(value).removesuffix(' -> None')}\n```\n"
    yield from _documented(inspect.getdoc(value) or "")


def _documented(words: str) -> Iterator[str]:
    """A docstring as Markdown: its text, then each section with its entries."""
    text, *sections = SECTION.split(words)
    yield f"{_safe(text)}\n"
    for title, body in zip(sections[::2], sections[1::2], strict=True):
        yield f"**{title}**\n"
        yield from (_entry(paragraph) for paragraph in re.split(r"\n\n(?=\S)", body.strip()))
        yield ""


def _entry(paragraph: str) -> str:
    """Entries of a section as a list; words without a name before them stay a paragraph."""
    before, *parts = ITEM.split(paragraph)
    if before.strip() or not parts:
        return f"{_safe(paragraph)}\n"
    named = zip(parts[::2], parts[1::2], strict=True)
    return "\n".join(f"* `{name}`: {_safe(' '.join(text.split()))}" for name, text in named) + "\n"


def _safe(words: str) -> str:
    """Text of which nothing is taken for a tag."""
    return words.strip().replace("<", "&lt;")


def _signature(value: Callable[..., Any]) -> str:
    """Parameters as written, without the module paths of annotations."""
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return "(...)"
    kept = [p for name, p in signature.parameters.items() if name not in ("self", "cls")]
    signature = signature.replace(parameters=kept)
    text = signature.format(max_width=WIDTH)
    text = "(...)" if " object at " in text else QUOTED.sub(r"\1\3", text)
    return re.sub(r"(?:detente|collections|datetime|pathlib|typing|numpy)\.(?:\w+\.)*(?=[A-Za-z])", "", text)


def _line(words: str) -> str:
    """The first paragraph of a docstring on one line."""
    return " ".join(words.split("\n\n", 1)[0].split()).replace("<", "&lt;")
