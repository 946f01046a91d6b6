"""Help of the program and of each command: plain lines, in groups, with an example; nothing is imported for it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import Any

from typer.core import TyperCommand, TyperGroup

from detente.faces.cli.catalogue import ELSE, EXAMPLES

#: Letters of a line of help.
NARROWEST, WIDEST = 80, 100

#: Letters that the column of options may take; a longer name has a line of its own.
NAMES = 30

#: What stands for a value in help, by its type.
BY_TYPE = {"int": "N", "float": "X", "path": "PATH"}

#: What stands for a value, by the name of the option, where that name says it badly; elsewhere the name itself.
BY_NAME = (
    dict.fromkeys(("on", "from", "to", "as-of", "against"), "DAY")
    | dict.fromkeys(("set", "cost"), "NAME=X")
    | {"of": "COUNTRY", "void": "NAME", "announce": "NAME", "switch": "NAME", "elasticities": "NAME"}
)


#: Options that every command with a format takes, in place of the format that they name.
SHORT = {"--json": ("--format", "json"), "--csv": ("--format", "csv")}


def _with_formats(command: Any, args: list[str]) -> list[str]:
    """The words of a call to a command that has a format, with the formats that are short for one in full."""
    own = {name for parameter in command.params for name in parameter.opts}
    if "--format" not in own:
        return args
    return [part for word in args for part in ((word,) if word in own else SHORT.get(word, (word,)))]


class AsGiven:
    """Leaves the values of parameters as they are: to check them the library loads much, a fifth of a start."""

    def coerce(self, value: Any, **about: Any) -> Any:
        """The value; of a parameter that takes several an empty one where there is none."""
        several = about["param"].multiple or about["param"].nargs == -1
        return () if value is None and several else value


def as_given(parameters: Sequence[Any]) -> Sequence[Any]:
    """Parameters whose values the library does not check."""
    for parameter in parameters:
        parameter.get_runtime_param = AsGiven
    return parameters


#: How a number below zero begins, where options begin so too.
BELOW_ZERO = re.compile(r"-\$?\.?\d")


class Command(TyperCommand):
    """A command that prints its help in plain lines, and has others behind its name: `talks` and `talks record`.

    Attributes
    ----------
    words : by the word that follows the name, what makes the command that is meant.
    reads : whether the library reads its values; questions read their own.
    alone : options that may stand without a value, and the value that they have then; an entry of its settings.
    whole : whether its help shows options of experts too.
    """

    whole = False

    reads = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.alone: dict[str, str] = (kwargs.get("context_settings") or {}).pop("alone", {})
        super().__init__(*args, **kwargs)
        self.words: dict[str, Callable[[], Any]] = {}

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of the command, or of the one that its first word names."""
        if args and args[0] in self.words:
            return self.words[args[0]]().make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        self.whole = ALL in args
        args = ["--help" if word == ALL else word for word in args]
        return super().make_context(info_name, self._filled(args), parent, **extra)

    def get_params(self, ctx: Any) -> Any:
        """Its parameters."""
        own = super().get_params(ctx)
        return own if self.reads else as_given(own)

    def _filled(self, args: list[str]) -> list[str]:
        """The words of a call, with the value of each option that stands alone; --json is short for --format json.

        A number below zero that is no value of an option has a minus sign in place of its hyphen, which marks options.
        """
        args, filled = _with_formats(self, args), list[str]()
        args = [
            f"\u2212{word[1:]}" if BELOW_ZERO.match(word) and not before.startswith("-") else word
            for before, word in zip(["", *args], args, strict=False)
        ]
        for word, after in zip_longest(args, args[1:], fillvalue="--"):
            filled += [word, self.alone[word]] if word in self.alone and after.startswith("-") else [word]
        return filled

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write usage, what it does, examples, the commands behind it, arguments and options."""
        rows = [(f"{ctx.info_name} {word}", _summary(made())) for word, made in self.words.items()]
        arguments = [(str(p.name).upper(), _meaning(p)) for p in self.get_params(ctx) if _is_argument(p)]
        listed = [
            line
            for title, several in (("Commands", rows), ("Arguments", arguments))
            if several
            for line in ("", title, *side_by_side(several, max(len(name) for name, _ in several)))
        ]
        lines = [*head(self, ctx), *listed, *option_lines(self, ctx, self.whole)]
        formatter.write("\n".join([*lines, *([] if self.whole else _long_options(self, ctx))]))


class CommandGroup(TyperGroup):
    """A group of commands that prints its help in plain lines.

    Attributes
    ----------
    first : the command that is meant where none is named; "" where one must be.
    """

    first = ""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of the group; its own --json is short as that of a command is."""
        args = ["--help"] if args == [ALL] else args
        own = set(args) & set(self.commands) or args[:1] in (["--help"], ["-h"])
        completed = extra.get("resilient_parsing") and not args
        if self.first and not own and not completed:
            from detente.faces.ask.renamed import renamed

            word = f"{info_name} {args[0]}" if args else ""
            former = word in renamed()["gone"] or word in renamed().get("commands", {})
            args = args if former else [*self._meant(info_name, args), *args]
        words = args if any(word in self.commands for word in args) else _with_formats(self, args)
        return super().make_context(info_name, words, parent, **extra)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Its commands, and what the first of them takes, as that one may be left out."""
        own = super().shell_complete(ctx, incomplete)
        command = self.commands.get(self.first)
        if command is None:
            return own
        inside = command.make_context(self.first, [], parent=ctx, resilient_parsing=True)
        subjects = [each for each in command.params if each.param_type_name == "argument"][:1]
        offers = (each.shell_complete(inside, incomplete) for each in (command, *subjects))
        return list({item.value: item for part in (own, *offers) for item in part}.values())

    def _meant(self, group: str | None, args: list[str]) -> list[str]:
        """The command that is meant where none is named: another one where its subject is none that the first takes.

        None where the first takes no subject, so that a word is the name of a command that there is not.
        """
        from detente.faces.ask.question import find

        question = find(f"{group} {self.first}")
        known = question.choices_of(question.subjects[0]) if question.subjects else ()
        strange = args and not args[0].startswith("-") and args[0].lower() not in known
        own = self.first if question.subjects or not strange else ""
        return [word for word in (ELSE.get(group or "", own) if strange else own,) if word]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write usage, what it is about, an example, its commands and options."""
        rows = [(name, _summary(command)) for name, command in self.commands.items() if not command.hidden]
        commands = ["", "Commands", *side_by_side(rows, wide=max((len(name) for name, _ in rows), default=0))]
        formatter.write("\n".join([*head(self, ctx), *commands, *option_lines(self, ctx)]))


def plain(app: Any) -> Any:
    """The program with commands and groups, at every depth, that print their help so."""
    own = app.info.cls
    app.info.cls = own if isinstance(own, type) and issubclass(own, CommandGroup) else CommandGroup
    for command in app.registered_commands:
        command.cls = Command
    for group in app.registered_groups:
        group.cls = plain(group.typer_instance).info.cls
    return app


def width() -> int:
    """Letters of a line of help on this terminal."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((WIDEST, 40)).columns))


def head(command: Any, ctx: Any) -> Iterator[str]:
    """Usage, meaning and example."""
    path = str(ctx.command_path)
    arguments = [(f"{str(p.name).upper()}{'...' if p.nargs == -1 else ''}", p.required)
                 for p in command.get_params(ctx) if _is_argument(p)]  # fmt: skip
    needed = " ".join(name if required else f"[{name}]" for name, required in arguments)
    place = "COMMAND " if isinstance(command, TyperGroup) else ""
    yield f"Usage: {path} {place}{needed}{' ' if needed else ''}[OPTIONS]"
    yield ""
    yield from wrap(" ".join(str(command.help or "").split()), width(), break_on_hyphens=False)
    own = [f"detente {line}" for line in getattr(command.callback, "examples", ())]
    examples = own or [line for line in [EXAMPLES.get(path.partition(" ")[2], "")] if line]
    yield from ("", *(f"  {example}" for example in examples)) if examples else ()


def _summary(command: Any) -> str:
    return str(command.short_help or command.help or "").strip().partition("\n")[0]


def _is_argument(parameter: Any) -> bool:
    return parameter.param_type_name == "argument"


#: What asks for every option; marks of options that the short help leaves out: for experts, and of every answer.
ALL, EXPERT, SHOWN = "--help-all", "expert", "shown"


def _panel(option: Any) -> str:
    return str(getattr(option, "rich_help_panel", None) or "")


def _long_options(command: Any, ctx: Any) -> Iterator[str]:
    """Options that the short help names alone."""
    options = [p for p in command.get_params(ctx) if not _is_argument(p) and not p.hidden]
    shown, expert = ([max(p.opts, key=len) for p in options if _panel(p) == mark] for mark in (SHOWN, EXPERT))
    if shown:
        yield from ("", *wrap(f"Of every answer: {' '.join(shown)} --json --csv", width(), break_on_hyphens=False))
    if expert:
        yield from wrap(f"For experts: {' '.join(expert)} ({ALL})", width(), break_on_hyphens=False)


def option_lines(command: Any, ctx: Any, whole: bool = True) -> list[str]:
    """The options of a command with what they mean, beneath a head.

    Parameters
    ----------
    whole : with those of experts and of every answer.
    """
    options = [p for p in command.get_params(ctx) if not _is_argument(p) and not p.hidden and (whole or not _panel(p))]
    rows = [(_named(option), _meaning(option)) for option in options]
    wide = max((len(name) for name, _ in rows if len(name) <= NAMES), default=0)
    return ["", "Options", *side_by_side(rows, wide)]


def _named(option: Any) -> str:
    """An option with its short form and what stands for its value; a flag has none."""
    names = ", ".join([*sorted(option.opts, key=len), *option.secondary_opts])
    return names if option.is_flag else f"{names} {_placeholder(option)}"


def _placeholder(option: Any) -> str:
    described = getattr(option, "type_descriptor", None)
    kind = str(getattr(described, "annotation", "")).lower()
    name = max(option.opts, key=len).lstrip("-")
    known = next((sign for type_, sign in BY_TYPE.items() if type_ in kind), None)
    return known or BY_NAME.get(name) or name.upper()


def _meaning(parameter: Any) -> str:
    """What a parameter means, and its default where the words do not say it."""
    text, default = " ".join(str(parameter.help or "").split()), parameter.default
    if isinstance(default, bool) or default in (None, "", [], ()):
        return text
    words = f"{default:g}" if isinstance(default, float) else str(default)
    return text if words in text else f"{text.rstrip('.')}; {words} by default."


def side_by_side(rows: Sequence[tuple[str, str]], wide: int) -> Iterable[str]:
    """Names and meanings side by side; a meaning goes on beneath itself."""
    indent = 2 + wide + 2
    for name, text in rows:
        lines = wrap(text, width() - indent, break_on_hyphens=False) or [""]
        if len(name) > wide:
            yield f"  {name}"
        else:
            yield f"  {name.ljust(wide)}  {lines.pop(0)}".rstrip()
        yield from (f"{'':{indent}}{line}" for line in lines)
