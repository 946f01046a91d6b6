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

GONE = {
    "--lang": ("is gone, as the program speaks English alone since this version", "leave it out"),
    "average history --series": (
        "is gone: prices, uncertainty and the yuan are a table of the package",
        "see detente data show monthly_series",
    ),
    "average --definition": ("is gone", "leave it out: the table has the average before and after buyers respond"),
    "average --range": ("is gone, as the range stands beside the average", "leave it out, or add --table range"),
    "score --estimated": ("is gone: estimates stand beside what they forecast", "add --rates collected"),
    "events --timeline": ("is gone: events of your own belong to a scenario", "name the file there, as record.events"),
    "data fetch": (
        "is gone, as the program opens no connection to publishers any more",
        "download the file from the address in `detente data show FORMAT`, and give it to `detente data add`",
    ),
    "data update --yes": (
        "is gone, as the program opens no connection to publishers any more",
        "download the new file, and give it after the name of the table",
    ),
    "talks record --rule": ("is gone", "see the scores of every rule with --table track_rules"),
    "talks record --file": ("is gone: promises of your own are read in Python", "call detente.lab.record.tables"),
    "entries --top": ("is gone: tables are whole", "take the first rows of --csv"),
    "entries --scope": ("is gone", "leave the rows of chapters 98 and 99 out of the file"),
    "entries --dask": ("is gone", "set DETENTE_DASK to the address of the scheduler"),
    "entries --resume": ("is gone", "name a folder with --work: what is finished is found there again"),
    "event-study": ("is gone", "call `detente.evidence.study` from Python, as docs/evidence.md shows"),
    **dict.fromkeys(
        ("talks advice --play", "talks advice --strategy"),
        ("is gone", "ask detente deal offers how the other side answers"),
    ),
    "talks advice --list": ("is a list of its own now", "write detente data list cases"),
    "talks advice --full": ("is gone", "name a table with --table, which shows it whole"),
    **dict.fromkeys(
        ("talks advice --resume", "talks advice --workers"),
        ("is gone", "call detente.lab.talks.workers.bands with a folder, or processes, from Python"),
    ),
    "economy balance": ("is gone", "call `detente.economy.balance` from Python"),
    "economy solve --by-sector": ("is two arguments now", "write --by sector --country US"),
    "economy war --method": ("is gone: both are tables of the answer now", "add --table by_formula"),
    "economy optimal --highest": ("is gone", "leave it out: rates up to 500% are looked at"),
    **dict.fromkeys(
        ("economy optimal --on", "economy war --on", "economy decouple --on", "economy concessions --on"),
        (
            "is gone: the tariffs are those of the world's own year",
            "leave it out; all rows of --costs count",
        ),
    ),
    "--access-fields": ("is gone", "leave it out: a line of --access-log has every field but those that name people"),
    "law check --hts": ("is an action of its own", "write detente law update FILE --dry-run --only all"),
    "law check --only": ("is gone", "look at --table findings, which has them all"),
    **dict.fromkeys(("law new --look", "law update --look"), ("is --dry-run now", "write --dry-run")),
    "replicate": (
        "is an ending of a run now",
        "write detente run SCENARIO --out FILE.zip",
    ),
    "run --schema": ("is a table of the package now", "write detente data show scenario.schema"),
    "run --brief": ("is gone: a report is whole, and begins with its brief", "leave it out"),
    "run --full": ("is gone: a report is whole, and begins with its brief", "leave it out"),
    "sweep --dask": ("is gone", "set DETENTE_DASK to the address of the scheduler"),
    "sweep --resume": ("is gone: a folder goes on by itself", "name it with --work FOLDER"),
    "run --list": ("is a list of its own now", "write detente data list scenarios"),
    "chain --list": ("is a list of its own now", "write detente chain, or detente chain acts --table paths"),
    **dict.fromkeys(
        ("chain run --scope", "chain levers --scope", "chain show --scope"),
        ("is gone: both are shown", "see the tables losses and needs"),
    ),
    "chain run --full": ("is gone", "call detente.lab.chains.answer.disrupt_chain(full=True) from Python"),
    **dict.fromkeys(
        ("chain run --checkpoint", "chain run --workers"), ("is gone, as a run takes seconds", "leave it out")
    ),
    "chain levers --cost": ("is a value of --set now", "write --set thrift_cost=2e8"),
    "chain show --figures": ("is a table now", "write --table figures"),
    "check --readings": ("is a table now", "write --table readings"),
    "check --quantities": ("is a list of its own now", "write detente data list quantities"),
    "completion": ("is an option of the program now", "write detente --completion bash, or zsh, fish or powershell"),
    "--keys": ("is gone", "let a proxy ask each user for a password, as deploy/nginx.conf.template does"),
    "server key": ("is gone", "let a proxy ask each user for a password, as deploy/nginx.conf.template does"),
    "server backup": ("is gone", "use the tool of the database: VACUUM INTO of SQLite, or pg_dump"),
    "server restore": ("is gone", "put the copy in the place of server.sqlite, or use pg_restore"),
}
"""Commands, options and endings of reports of earlier versions -> why they went, and what to do instead.

A name has its command before it, as `talks --side`, where the same name is of use elsewhere.
"""

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
    whole = f"{where} {name}".strip()
    return InputError(whole, *GONE[whole]) if whole in GONE else None


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
