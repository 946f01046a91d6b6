"""The errors a user can meet: one clear sentence each, with the exit code the command line returns.

The tree, drawn once::

    DetenteError                  exit 2
    ├── InputError                exit 2   a file, key, code or value that cannot be used
    │   ├── UnknownName           exit 2   a code, country, measure or key nobody knows ("did you mean")
    │   ├── LawError              exit 2   measures that contradict one another, cycles of displacement
    │   └── Faults                exit 2   several mistakes of one file, each a sentence
    ├── MissingData               exit 3   a table or file that is not here
    ├── SolveError                exit 4   a solve that did not converge
    └── NotRated                  exit 5   rows of entries that could not be rated, while the others were
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


class DetenteError(Exception):
    """Base of every error raised on purpose; its text is one paragraph for the user."""

    exit_code = 2

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes as it stands, however a kind of error is made."""
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[DetenteError], args: tuple[object, ...], attributes: dict[str, object]) -> DetenteError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(attributes)
    return error


class Parameter(str):
    """A parameter that holds a mistake, with its value where that helps, as the place of an error.

    Each face says it in its own way: the command line as a flag, the web as a field.
    """

    def __new__(cls, name: str, value: str = "") -> Parameter:
        """The name, and the value after it."""
        parameter = super().__new__(cls, f"{name} {value}" if value else name)
        parameter.name = name.partition(" ")[0]
        return parameter

    name: str


class InputError(DetenteError):
    """Bad input: says where, what is wrong and what to do.

    Parameters
    ----------
    where : file, line, key or option that holds the mistake.
    what : what is wrong with it.
    repair : what to do about it; may be empty.
    """

    def __init__(self, where: str, what: str, repair: str = "") -> None:
        self.where, self.what, self.repair = where, what, repair
        text = f"{where}: {what}" if where else what
        super().__init__(f"{text}; {repair}{'' if repair.endswith('?') else '.'}" if repair else f"{text}.")

    def at(self, place: str) -> InputError:
        """The same mistake, said of another place."""
        error = _again(type(self), self.args, dict(self.__dict__))
        assert isinstance(error, InputError)
        error.where, error.args = place, (f"{place}{str(self).removeprefix(self.where)}",)
        return error

    def inside(self, place: str) -> InputError:
        """The same mistake, said of a place that holds the one it names: a file, a claim."""
        error = _again(type(self), self.args, dict(self.__dict__))
        assert isinstance(error, InputError)
        error.where = f"{place}, {self.where}" if self.where else place
        error.args = (f"{place}, {self}" if self.where else f"{place}: {self}",)
        return error


def with_extra(name: str) -> str:
    """The repair where a library is missing that only an extra of the package brings."""
    return f"pip install '.[{name}]' in a clone, or add [{name}] to the path of the wheel"


class UnknownName(InputError):
    """A name outside a known set, with the nearest known names; with those there are where nothing else helps."""

    def __init__(self, kind: str, name: str, known: Iterable[str], where: str = "", repair: str = "") -> None:
        self.kind, self.name = kind, name
        names = tuple(map(str, known))
        near = did_you_mean(name, names)
        hint = f"did you mean {near}?" if near else "" if repair else _there_are([*filter(None, names)])
        joined = " ".join(part for part in (hint, repair) if part)
        super().__init__(where, f"unknown {kind} '{name}'", joined.rstrip("."))
        text = f"{where}: unknown {kind} '{name}'" if where else f"unknown {kind} '{name}'"
        sentence = f"{text}; {joined}" if joined else text
        self.args = (sentence if sentence.endswith(("?", ".")) else f"{sentence}.",)


def _there_are(names: Sequence[str]) -> str:
    """What may be named: every name, or where they are many how many, with the first of them."""
    if not names:
        return "there is none"
    listed = ", ".join(names)
    return f"use {listed}" if len(listed) <= LISTED else f"there are {len(names)}, as {', '.join(names[:3])}"


#: Letters of the names that an error lists.
LISTED = 200


class LawError(InputError):
    """Measures that contradict one another or displace one another in a circle."""


class Faults(InputError):
    """Several mistakes of one file at once; its text is a paragraph with a sentence for each."""

    def __init__(self, faults: Iterable[DetenteError]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        self.where, self.what, self.repair = getattr(first, "where", ""), str(first), ""
        self.args = (" ".join(str(fault) for fault in self.faults),)

    def inside(self, place: str) -> InputError:
        """The same mistakes, said of a place that holds what they name."""
        return Faults(fault.inside(place) if isinstance(fault, InputError) else fault for fault in self.faults)


def each_fault(error: DetenteError) -> tuple[DetenteError, ...]:
    """The mistakes that an error names, one by one."""
    return error.faults if isinstance(error, Faults) else (error,)


class MissingData(DetenteError):
    """A table or file that is neither embedded nor in the user's library."""

    exit_code = 3


class SolveError(DetenteError):
    """A solve that ended above its tolerance; carries the last residuals."""

    exit_code = 4


class NotRated(DetenteError):
    """Rows of a file of entries that could not be rated, each with its reason, while the others were."""

    exit_code = 5


#: Least likeness of a name that is offered, and how far behind the nearest another may be.
NEAR, BEHIND = 0.6, 0.15


#: Letters of a code of a country.
CODE = 3


def did_you_mean(name: str, known: Iterable[str], n: int = 3) -> str:
    """The nearest known names, quoted and joined with "or"; empty if none is near, and none far behind the nearest."""
    pool: dict[str, str] = {}
    word = str(name).lower()
    for item in map(str, known):
        # Of words as short as a code of a country any is like any: a slip of one is as long, or begins with it.
        if len(item) > CODE or len(item) == len(word) or word.startswith(item.lower()):
            pool.setdefault(item.lower(), item)
    close = difflib.get_close_matches(word, list(pool), n=n, cutoff=NEAR)
    if close:
        # Likeness of two words as `difflib` measures it, 0 to 1.
        close = difflib.get_close_matches(
            word, close, n=n, cutoff=max(NEAR, difflib.SequenceMatcher(a=close[0], b=word).ratio() - BEHIND)
        )
    return " or ".join(f"'{pool[item]}'" for item in close)


def check_none(faults: Sequence[DetenteError]) -> None:
    """Raise the mistakes that were collected, if there are any: one as it is, several together."""
    if faults:
        raise faults[0] if len(faults) == 1 else Faults(faults)
