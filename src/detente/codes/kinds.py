"""Kinds of arguments: a public function refuses what its annotation does not allow, in a sentence that names it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from detente.codes.errors import InputError, Parameter

P = ParamSpec("P")
R = TypeVar("R")

#: By the name of an annotation: what is allowed, and its words.
KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "str": (lambda value: isinstance(value, str), "a text"),
    "Path": (lambda value: hasattr(value, "__fspath__"), "a path"),
    "date": (lambda value: isinstance(value, date), "a day"),
    "Mapping": (lambda value: isinstance(value, Mapping), "a mapping"),
    "Groups": (lambda value: isinstance(value, Mapping), "a mapping of codes to groups"),
    "None": (lambda value: value is None, "None"),
}

#: Classes that annotations name; told by their names, since this layer knows none of them.
VALUES = "Economy Equilibrium Flows Law Ledger Licences Schedule Shock SupplyChain Table".split()


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """A function that refuses arguments of a wrong kind before it looks at them.

    Annotations made of texts, paths, days, mappings and the values of this package are checked; all others are left to
    the function.
    """
    kinds = {name: known for name, text in function.__annotations__.items() if (known := _known(str(text)))}
    kinds.pop("return", None)
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    own = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    renamed = {old: now for old, now in RENAMED.items() if now in own and old not in own}

    @wraps(function)
    def call(*given: P.args, **named: P.kwargs) -> R:
        for name in renamed.keys() & named.keys():
            words = f"{function.__name__}: {name}= is now {renamed[name]}="
            warnings.warn(words, DeprecationWarning, stacklevel=2)
            named[renamed[name]] = named.pop(name)
        for name, value in (*zip(names, given, strict=False), *named.items()):
            if name in kinds and not any(_is(value, kind) for kind in kinds[name]):
                raise not_of(name, value, [kind for kind in kinds[name] if kind != "None"])
        return function(*given, **named)

    return call


def not_of(name: str, value: Any, kinds: Sequence[str]) -> InputError:
    """That the value of an argument is of none of some kinds, with what makes one."""
    words, wanted = (" or ".join(map(say, kinds)) for say in (_words, _made))
    shown = repr(value)
    text = shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}..."
    return InputError(Parameter(name), f"{' '.join(text.split())} is not {words}", f"give {wanted}")


#: Arguments of an earlier version by the name that they have now, where a function has that one: they are taken with a
#: warning.
RENAMED = {"first": "from_", "last": "to", "start": "from_", "end": "to", "parameters": "set", "facts": "set",
           "settings": "set"}  # fmt: skip

#: Letters of a value in a message.
LONGEST = 40


def _known(annotation: str) -> tuple[str, ...]:
    """Kinds of an annotation; none where one of them is not known here."""
    kinds = tuple(part.partition("[")[0].strip() for part in annotation.split(" | "))
    return kinds if all(kind in KINDS or kind in VALUES for kind in kinds) else ()


def _is(value: Any, kind: str) -> bool:
    if kind in KINDS:
        return KINDS[kind][0](value)
    return any(base.__name__ == kind for base in type(value).__mro__)


def _words(kind: str) -> str:
    return KINDS[kind][1] if kind in KINDS else f"a value of the class {kind}"


def _made(kind: str) -> str:
    return f"{_words(kind)}, as {MADE_BY[kind]} makes" if kind in MADE_BY else _words(kind)


#: What a reader of Python makes a value of some classes by.
MADE_BY: Mapping[str, str] = {
    "Law": 'load_law("Canada")', "Flows": 'load_flows("usa-imports-2024")', "Economy": 'load_economy("icio-2022")',
}  # fmt: skip
