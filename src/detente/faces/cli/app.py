"""The program `detente`: commands, and what happens when something goes wrong."""

from __future__ import annotations

import atexit
import codecs
import errno
import gc
import io
import json
import os
import re
import shlex
import signal
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from importlib import import_module
from textwrap import wrap
from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup
from typer.main import get_command

from detente.codes.errors import DetenteError, InputError, Parameter, UnknownName, did_you_mean, each_fault
from detente.faces.ask.questions import MODULES as QUESTIONS
from detente.faces.cli.catalogue import ABOUT, ASKED, BEGIN, EVERY, FIRST, GROUPS, MODULES
from detente.faces.cli.help import CommandGroup, as_given, option_lines, plain, side_by_side, width

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    # Arrays here are small: threads of the linear algebra cost more than they give. Set before NumPy loads.
    os.environ.setdefault(_name, "1")
# Nobody watches how values are checked: otherwise plugins that do are looked for in every package that is installed.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

# --- the program as a group of commands, each made when it is called, so that help starts quickly --------------------

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
    behind = (other for names in QUESTIONS.values() for other in names if other.partition(" ")[0] == name)
    command = _grouped(own, {other: partial(_question_command, other) for other in behind}).get(name)
    if command is not None and name in FIRST:
        command.first = FIRST[name]
    return command


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
    makers = makers or {}
    commands = commands | {name: make() for name, make in makers.items() if " " not in name}
    late = {name: make for name, make in makers.items() if " " in name}
    late |= {name: lambda own=own: own for name, own in commands.items() if " " in name}
    commands = {name: own for name, own in commands.items() if " " not in name}
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


# --- how a command ends that did not do what was asked: a sentence for each mistake, and a code ----------------------

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
    if isinstance(error, UnknownName) and error.kind == "country":
        from detente.lab.scenario import shipped  # looked up only where a country of that name was sought

        if error.name in shipped():
            line = f"detente brief Germany --scenario {error.name}"
            return f"{error.name} is a scenario, not a country; try: {line}"
    if isinstance(where, Parameter):
        text = f"{_flag(where.name)}{text[len(where.name) :]}"
    return ARGUMENT.sub(lambda argument: _flag(argument[1]), text)


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
    return json.dumps(signs)[1:-1] if exact else "".join(map(_letters, signs)), error.end


def _letters(sign: str) -> str:
    if sign in PLAIN:
        return PLAIN[sign]
    return unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode("ascii") or "?"


# --- the command line ------------------------------------------------------------------------------------------------

app = typer.Typer(
    name="detente",
    cls=Program,
    help="A laboratory for trade negotiations: what would this deal do, and will it hold?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


#: Environment variable with folders of the user's importers, as `data/importerfile.py` reads it.
LAWBOOKS = "DETENTE_LAWBOOKS"

#: Exit code of a command that was interrupted from the keyboard; the library makes it of the interruption.
INTERRUPTED = 130


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version, and which data it has.")] = False,
    trace: Annotated[bool, typer.Option("--trace", help="Show the traceback of an error.")] = False,
    completion: Annotated[
        str,
        typer.Option("--completion", metavar="SHELL", help="Print completion for bash, zsh, fish or powershell."),
    ] = "",
    lawbooks: Annotated[
        str, typer.Option("--lawbooks", metavar="DIR", help="Folder of your own importers; may stand anywhere.")
    ] = "",
) -> None:
    """A laboratory for trade negotiations: what would this deal do, and will it hold?"""
    if lawbooks:
        _own_lawbooks(lawbooks)
    if version:
        _version()
        raise typer.Exit
    if completion:
        from detente.faces.cli.completion import script

        print(script(completion))
        raise typer.Exit


def _version() -> None:
    """Print the version of the program, which data it has, and how far its law was read."""
    from detente.data.library import vintage
    from detente.faces.words.language import load
    from detente.version import VERSION

    data = vintage()
    print(f"detente {VERSION}")
    print(f"data {data.key}: {data.tables} tables; trade of {_year(data.trade)}, world of {_year(data.world)}")
    print(f"law of the United States read to {load().day(data.read_to)}")


def _year(vintage: str) -> str:
    """The year at the head of a vintage, as "2022" of "2022; input structure 2011"."""
    return vintage.split(";")[0].split(",")[0]


def _own_lawbooks(folder: str) -> None:
    """Folders of the user's importers before those already named, for this process and those it starts."""
    from pathlib import Path

    from detente.data.importerfile import own_folders

    own_folders(Path(folder), "--lawbooks")
    before = os.environ.get(LAWBOOKS)
    os.environ[LAWBOOKS] = os.pathsep.join(filter(None, (folder, before)))


def _restore(before: str | None) -> None:
    """The environment as it was before the command, for whoever calls several in one process."""
    if before is None:
        os.environ.pop(LAWBOOKS, None)
    else:
        os.environ[LAWBOOKS] = before


def _first(words: list[str], name: str) -> list[str]:
    """Words of the command line with an option of the program, given after a command, before it."""
    for i, word in enumerate(words):
        if word == name and i + 1 < len(words):
            return [*words[i : i + 2], *words[:i], *words[i + 2 :]]
        if word.startswith(f"{name}="):
            return [word, *words[:i], *words[i + 1 :]]
    return words


def _run(words: list[str]) -> object:
    """Run a command line; one in names of an earlier version runs too, after the line that it is now."""
    try:
        # Otherwise the library prints its own usage errors, in boxes of several lines, and leaves.
        return app(words, prog_name="detente", standalone_mode=False)
    except UsageError as error:
        from detente.codes import InputError
        from detente.faces.ask.question import command_line
        from detente.faces.ask.renamed import gone

        both = " ".join(words[:2])
        if both in gone():
            raise InputError(both, *gone()[both]) from None
        now = command_line(words)
        if is_help(error) or now == words:
            raise
        print(f"detente: this is now: detente {shlex.join(now)}", file=sys.stderr)
        return app(now, prog_name="detente", standalone_mode=False)


def main() -> None:
    """Run the command line; mistakes of the user end in one sentence and an exit code."""
    prepare()
    # A command makes much that lives to its end, and few cycles: looking for them seldom saves a twentieth.
    gc.set_threshold(400_000, 20, 50)
    # Nor are they looked for at the end, which took longer than to print: the memory goes back as a whole.
    atexit.register(gc.freeze)
    if hasattr(signal, "SIGPIPE") and "pytest" not in sys.modules:
        # The reader (head, less) may leave early: stop quietly, as other commands of a shell do.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    trace = "--trace" in sys.argv
    if trace:
        sys.argv.remove("--trace")
    sys.argv[1:] = _first(sys.argv[1:], "--lawbooks")
    before = os.environ.get(LAWBOOKS)
    if ASKED in os.environ:
        from detente.faces.cli import completion

        completion.prepare()
    try:
        code = _run(sys.argv[1:])
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception as error:
        if trace and not isinstance(error, typer.Abort | BrokenPipeError) and not is_help(error):
            raise
        sys.exit(ended(error))
    finally:
        _restore(before)
    if code == INTERRUPTED:
        print("detente: interrupted", file=sys.stderr)
    sys.exit(code if isinstance(code, int) else 0)
