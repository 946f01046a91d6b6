"""Usage errors of the command-line library in the one sentence of all others: where, what, what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import typer

from detente.codes.errors import InputError, UnknownName, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

UsageError = cast("type[Exception]", typer.BadParameter.__bases__[0])
"""What every usage error is; of them the library names only this one's children in public."""

KINDS = {
    "int": ("a whole number", "10"),
    "integer": ("a whole number", "10"),
    "float": ("a number", "0.5"),
    "bool": ("yes or no", "yes"),
    "boolean": ("yes or no", "yes"),
}
"""What a value should be, and one for an example, by the name the library has for it."""

_NO_COMMAND = re.compile(r"No such command (?P<sign>['\"])(?P<name>.*?)(?P=sign)(\.|$)")
_TOO_MANY = re.compile(r"unexpected extra argument\S* \((?P<rest>.*)\)\.?$")
_NOT_VALID = re.compile(r"'(?P<value>.*)' is not a valid (?P<kind>\w+)")

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
    match = _NOT_VALID.search(message)
    value, kind = (match["value"], match["kind"]) if match else ("", "")
    if hasattr(cause, "errors"):
        first = cast("Any", cause).errors()[0]
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
