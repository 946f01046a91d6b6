"""How a command ends that did not do what was asked: a sentence on the error stream for each mistake, and a code."""

from __future__ import annotations

import codecs
import errno
import io
import os
import re
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any, cast

import typer

from detente.codes.errors import DetenteError, InputError, Parameter, UnknownName, did_you_mean, each_fault

NO_MEMORY = "there is not enough memory; raise the limit, or ask for less: fewer draws, no --out."
FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def ended(error: Exception) -> int:
    """Says what happened and gives the exit code."""
    if isinstance(error, UsageError):
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


#: How a sentence below the faces names a parameter, in the words of Python.
ARGUMENT = re.compile(r"`([a-z_]+)=`")


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _said(sentence: str, code: int) -> int:
    if sys.stderr is not None:
        # Closed, it would send the sentence to standard output, among what a program reads.
        print(f"detente: {sentence}", file=sys.stderr)
    return code


def _misused(error: Exception) -> int:
    if not is_help(error):
        return _said(_told(in_one_sentence(error)), 2)
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


#: What every usage error is; of them the library names only this one's children in public.
UsageError = cast("type[Exception]", typer.BadParameter.__bases__[0])

#: What a value should be, and one for an example, by the name the library has for it.
KINDS = {
    "int": ("a whole number", "10"),
    "float": ("a number", "0.5"),
    "bool": ("yes or no", "yes"),
}

_NO_COMMAND = re.compile(r"No such command (?P<sign>['\"])(?P<name>.*?)(?P=sign)(\.|$)")
_TOO_MANY = re.compile(r"unexpected extra argument\S* \((?P<rest>.*)\)\.?$")

_THOUSANDS = re.compile(r"-?(?:\d+|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d+)?")
_DECIMAL_COMMA = re.compile(r"-?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+")


def is_help(error: Exception) -> bool:
    """Whether it is no mistake: a group of commands without a command, which prints its help."""
    return type(error).__name__ == "NoArgsIsHelpError"


def in_one_sentence(error: Exception) -> InputError:
    """The same mistake as an error of this program, with the nearest known name where a name is unknown."""
    known: Any = error
    context, message = getattr(error, "ctx", None), str(getattr(error, "message", error))
    where, help_ = _command(context)
    if hasattr(error, "possibilities"):
        gone = _gone(where, known.option_name) or _gone("", known.option_name)
        if gone is not None:
            return gone
        return UnknownName("option", known.option_name, _options(context, known.option_name), where, help_)
    if hasattr(error, "option_name"):
        if "requires" in message:
            return InputError(known.option_name, "has no value", f"give one after it, as {known.option_name} VALUE")
        return InputError(known.option_name, "takes no value", f"write {known.option_name} alone")
    if hasattr(error, "param_type"):
        return _missing(known.param, where, help_)
    if isinstance(error, typer.BadParameter):
        return _unfit(error, message, help_)
    unknown = _NO_COMMAND.match(message)
    if unknown and context is not None:
        gone = _gone(where, unknown["name"])
        if gone is not None:
            return gone
        return UnknownName("command", unknown["name"], context.command.list_commands(context), where, help_)
    extra = _TOO_MANY.search(message)
    if extra:
        repair = f"leave it out, put a name with spaces in quotes, or {help_}"
        return InputError(where, f"'{extra['rest']}' is more than it takes", repair)
    return InputError(where, _lowered(message).rstrip("."), help_)


def _gone(where: str, name: str) -> InputError | None:
    """What to say of a command or an option of an earlier version; None where it never was one."""
    from detente.faces.ask.renamed import gone

    whole = f"{where} {name}".strip()
    return InputError(whole, *gone()[whole]) if whole in gone() else None


def _command(context: Any) -> tuple[str, str]:
    """The command within the program, and where its help is."""
    words = [] if context is None else str(context.command_path).split(" ")[1:]
    return " ".join(words), f"see {' '.join(('detente', *words))} --help"


def _options(context: Any, name: str) -> Iterator[str]:
    """Options near a name, dashes apart: those make any two options look alike."""
    for parameter in context.command.get_params(context) if context is not None else ():
        for option in (*parameter.opts, *parameter.secondary_opts):
            if option.startswith("--") and did_you_mean(name.lstrip("-"), [option.lstrip("-")]):
                yield option


def _named(parameter: Any) -> str:
    """An option by its longest name, an argument in capitals, as help and documents write them."""
    if parameter is None:
        return ""
    return max(parameter.opts, key=len) if parameter.param_type_name == "option" else str(parameter.name).upper()


def _missing(parameter: Any, where: str, help_: str) -> InputError:
    name, meaning = _named(parameter), str(getattr(parameter, "help", None) or "").rstrip(". ")
    gloss = f" ({_lowered(meaning)})" if meaning else ""
    return InputError(where, f"{name} is missing", f"give it{gloss}, or {help_}")


def _lowered(text: str) -> str:
    """A sentence within another one: its first letter is small, but for a name in capitals, as CSV."""
    return text if text[:2].isupper() else f"{text[:1].lower()}{text[1:]}"


def _unfit(error: typer.BadParameter, message: str, help_: str) -> InputError:
    """A value that is not what an option takes."""
    name, cause = _named(getattr(error, "param", None)), error.__cause__
    first = cast("Any", cause).errors()[0] if hasattr(cause, "errors") else {"input": "", "type": ""}
    value, kind = str(first["input"]), str(first["type"]).split("_")[0]
    if kind not in KINDS:
        return InputError(name, _lowered(message).rstrip("."), help_)
    wanted, example = KINDS[kind]
    return InputError(name, f"'{value}' is not {wanted}", _in_digits(name, value if kind == "float" else "", example))


def _in_digits(name: str, value: str, example: str) -> str:
    """How to write a number; one with a comma or a currency sign as it should have been written."""
    plain = value.strip(" $")
    if _THOUSANDS.fullmatch(plain):
        return f"write it without commas and signs, as {name} {plain.replace(',', '')}"
    if _DECIMAL_COMMA.fullmatch(plain):
        return f"write decimals with a point, as {name} {plain.replace('.', '').replace(',', '.')}"
    return f"write it in digits, as {name} {example}"


#: Signs of the program's own texts in plain letters; of others the accent is left away.
PLAIN = {
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-", "\u2212": "-",
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2026": "...", "\u2022": "*", "\u00b7": ".",
    "\u00d7": "x", "\u2192": "->", "\u2190": "<-", "\u2194": "<->", "\u2264": "<=", "\u2265": ">=", "\u2248": "~",
    "\u00b1": "+/-", "\u00df": "ss", "\u00e6": "ae", "\u00f8": "o", "\u00d8": "O", "\u00c6": "AE", "\u0142": "l",
    "\u20ac": "EUR", "\u00a7": "s. ", "\u00a0": " ", "\u202f": " ", "\u00ab": "<<", "\u00bb": ">>",
    "\u2500": "-", "\u2502": "|", "\u2514": "`", "\u251c": "+", "\u03c3": "sigma", "\u03b1": "alpha",
    "\u03b3": "gamma", "\u03c1": "rho", "\u03bd": "nu", "\u03b8": "theta", "\u0394": "Delta",
}  # fmt: skip


def prepare() -> None:
    """Have standard output and the error stream write what they cannot encode in plain letters."""
    codecs.register_error("detente", _plain)
    for stream in (sys.stdout, sys.stderr):
        encoding = getattr(stream, "encoding", None) or ""
        if isinstance(stream, io.TextIOWrapper) and encoding.lower().replace("-", "") not in ("utf8", "utf16", "utf32"):
            stream.reconfigure(errors="detente")


def _plain(error: UnicodeError) -> tuple[str, int]:
    """What stands for signs that an encoding lacks; in JSON its own escapes, which lose nothing."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    exact = error.object[:1] in ("{", "[")
    return "".join(map(_escape if exact else _letters, signs)), error.end


def _escape(sign: str) -> str:
    pairs = sign.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pairs[i] << 8 | pairs[i + 1]:04x}" for i in range(0, len(pairs), 2))


def _letters(sign: str) -> str:
    if sign in PLAIN:
        return PLAIN[sign]
    return unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode("ascii") or "?"
