"""How a command ends that did not do what was asked: a sentence on the error stream for each mistake, and a code."""

from __future__ import annotations

import errno
import os
import re
import sys

import typer

from detente.codes.errors import DetenteError, Parameter, UnknownName, each_fault
from detente.faces.cli import usage

NO_MEMORY = "there is not enough memory; raise the limit, or ask for less: fewer draws, no --out."
FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def ended(error: Exception) -> int:
    """Says what happened and gives the exit code."""
    if isinstance(error, usage.UsageError):
        return _misused(error)
    if isinstance(error, typer.Abort):
        return _said(_told("the input ended before the command did"), 1)
    if isinstance(error, DetenteError):
        return max(_said(_told(fault), error.exit_code) for fault in each_fault(error))
    if isinstance(error, BrokenPipeError):
        # The reader (head, less) has gone: nothing is lost and nobody wants a traceback.
        return _without_output(0)
    if isinstance(error, OSError):
        return _of_system(error)
    if isinstance(error, MemoryError):
        return _said(_told(NO_MEMORY), 1)
    what = f"internal error ({type(error).__name__}: {error})"
    return _said(_told(f"{what}; run again with --trace and report it"), 1)


def _told(error: DetenteError | str) -> str:
    """The sentence of an error."""
    return error if isinstance(error, str) else in_flags(error)


def in_flags(error: DetenteError) -> str:
    """The sentence of an error as the command line says it: a parameter by its flag, `as_of=` in it too."""
    where, text = getattr(error, "where", ""), str(error)
    if isinstance(error, UnknownName) and error.kind == "country" and _is_scenario(error.name):
        line = f"detente brief Germany --scenario {error.name}"
        return f"{error.name} is a scenario, not a country; try: {line}"
    if isinstance(where, Parameter):
        text = f"{_flag(where.name)}{text[len(where.name) :]}"
    return ARGUMENT.sub(lambda argument: _flag(argument[1]), text)


def _is_scenario(name: str) -> bool:
    """Whether a scenario of the package has the name; looked up where a country of that name was sought."""
    from detente.lab.scenario import shipped

    return name in shipped()


ARGUMENT = re.compile(r"`([a-z_]+)=`")
"""How a sentence below the faces names a parameter, in the words of Python."""


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _said(sentence: str, code: int) -> int:
    if sys.stderr is not None:
        # Closed, it would send the sentence to standard output, among what a program reads.
        print(f"detente: {sentence}", file=sys.stderr)
    return code


def _misused(error: Exception) -> int:
    if not usage.is_help(error):
        return _said(_told(usage.in_one_sentence(error)), 2)
    print(error)
    return 2


def _of_system(error: OSError) -> int:
    """A file, a disk or a stream that the system refuses."""
    name = error.filename2 or error.filename
    repair = "free some space, or write elsewhere" if error.errno in FULL else "check the path"
    code = _said(_told(f"{name or 'standard output'}: {(error.strerror or 'cannot be used').lower()}; {repair}."), 2)
    return code if name else _without_output(code)


def _without_output(code: int) -> int:
    """The code, once what is still held for standard output is dropped: it cannot be written at the end either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return code
