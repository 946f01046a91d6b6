"""The command line of questions: one command a question, made of its declaration."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from detente.codes.errors import InputError, NotRated, Parameter
from detente.faces.ask.answer import Answer
from detente.faces.ask.arguments import KINDS
from detente.faces.ask.question import Question
from detente.faces.cli.help import EXPERT, SHOWN

#: What stands for a value in help, by its kind; else the name of the argument.
METAVAR = {
    "day": "DAY", "first": "DAY", "last": "DAY", "importer": "COUNTRY", "country": "COUNTRY", "list": "NAME",
    "mapping": "NAME=VALUE", "fields": "FIELD=VALUES",
    "share": "SHARE", "number": "X", "whole": "N", "path": "FILE", "scenario": "SCENARIO",
}  # fmt: skip

#: Options that every question has: type, default and help.
SHOWING: dict[str, tuple[Any, Any, str]] = {
    "table": (list[str] | None, None, "Show another table of the answer, whole; repeatable."),
    "chart": (str, "", "Chart to draw into --out."),
    "notes": (bool, False, "Show sources and method."),
    "format_": (str, "text", "text, json, csv, markdown or latex; --json and --csv are short for two."),
    "out": (Path | None, None, "Write a file; its ending names the format: .csv .xlsx .parquet .json .png ..."),
    "quiet": (bool, False, "Show the numbers alone."),
}

#: Options of a question whose work may be kept.
KEEPING: dict[str, tuple[Any, Any, str]] = {
    "work": (Path | None, None, "Folder that keeps what is finished, so that a stopped run goes on."),
    "workers": (int | None, None, "Processes; by default one a core."),
}

#: Options of a question whose answer can be proved.
PROVING: dict[str, tuple[Any, Any, str]] = {
    "proof": (Path | None, None, "Write an archive too that tools/verify.py checks without this program."),
}

SHORT = {"out": ("-o",), "quiet": ("-q",), "format_": ("-f",)}


def command_of(question: Question) -> Any:
    """The function behind a command, whose signature the command line reads."""

    def run(**given: Any) -> None:
        options = _options(given)
        _check_shown(question, options)
        wanted = {name: value for name, value in given.items() if value not in (None, [], (), "", False)}
        with _kept(question, wanted):
            followed = question.long or question.keeps
            _deliver(
                lambda: _followed(question, wanted, options["quiet"]) if followed else question.ask(wanted), options
            )

    rows = [_parameter(question, name) for name in question.parameters]
    more = (KEEPING if question.keeps else {}) | (PROVING if "proof.zip" in question.endings else {})
    rows += [_shown(name, *about) for name, about in (SHOWING | more).items()]
    run.__signature__ = inspect.Signature(sorted(rows, key=lambda row: row.default is not inspect.Parameter.empty))
    run.__doc__, run.examples = question.title, question.examples  # type: ignore[attr-defined]
    return run


def answering(name: str, command: Callable[..., Answer]) -> Any:
    """A command that is no question and gives an answer all the same, with the options of every answer but charts."""

    def run(**given: Any) -> None:
        options = {"chart": "", **_options(given)}
        words = {key: str(value) for key, value in given.items() if value}
        _deliver(lambda: command(**given).asked(name, words), options)

    own = inspect.signature(command, eval_str=True).parameters.values()
    shown = [_shown(name, *about) for name, about in SHOWING.items() if name != "chart"]
    run.__signature__ = inspect.Signature([*(row.replace(kind=row.KEYWORD_ONLY) for row in own), *shown])
    run.__doc__ = command.__doc__
    return run


def _options(given: dict[str, Any]) -> dict[str, Any]:
    """How an answer is to be shown, taken out of what is given."""
    options = {name: given.pop(name) for name in (*SHOWING, *PROVING) if name in given}
    out = options["out"]
    return options | {"table": options["table"] or (), "out": None if out is None else Path(out)}


def _deliver(make: Callable[[], Answer], options: dict[str, Any]) -> None:
    """Have an answer made and show it; the command ends with its code."""
    from detente.faces.ask.answer import HOW, deliver

    token = HOW.set(options)
    try:
        answer = make()
        deliver(answer, options["out"], options["format_"], options)
    finally:
        HOW.reset(token)
    if answer.unfinished:
        raise NotRated(answer.unfinished)
    if answer.code:
        raise typer.Exit(answer.code)


def _kept(question: Question, given: dict[str, Any]) -> AbstractContextManager[None]:
    """How long work is done, as the options say."""
    if not question.keeps:
        return nullcontext()
    from detente.faces.ask.answer import Working, working

    return working(Working(given.pop("work", None), given.pop("workers", None)))


def _followed(question: Question, given: dict[str, Any], quiet: bool) -> Answer:
    """The answer to a long question; how far it is stands on the error stream."""
    from detente.faces.ask.answer import heard_by, how
    from detente.faces.cli.progress import Progress

    try:
        with Progress(question.name, quiet=quiet) as progress, heard_by(progress.part):
            return question.ask(given)
    except KeyboardInterrupt:
        if how().folder is not None:
            print(f"\nwhat is finished is in {how().folder}: ask again to go on", file=sys.stderr)
        raise


def _check_shown(question: Question, options: dict[str, Any]) -> None:
    """Refuse what cannot be written before anything is worked out."""
    from detente.faces.ask.answer import PICTURES, ending_of
    from detente.faces.formats import is_stdout

    out = options["out"]
    if out is not None and not is_stdout(out) and options["format_"] == "text":
        ending_of(out, question.endings)
    if options["chart"] and (out is None or not str(out).lower().endswith(PICTURES)):
        raise InputError(Parameter("chart"), "is drawn into a file", "add --out chart.svg, or .png")


def _parameter(question: Question, name: str) -> inspect.Parameter:
    """One argument as the command line takes it: a text, several texts, or a mark that stands alone."""
    about, required = question.arguments[name], question.is_required(name)
    last = name not in question.subjects or name == question.subjects[-1]
    default, many = question.parameters[name].default, question.is_repeated(name) and last
    single, several = (str, list[str]) if required else (str | None, list[str] | None)
    kind: Any = bool if about.kind == "flag" else several if many else single
    choices = () if about.kind in ("name", "country") else question.choices_of(name)  # there are too many names to list
    listed = f" ({', '.join(choices)})" if choices and len(", ".join(choices)) < WIDEST else ""
    standard = ",".join(default) if isinstance(default, tuple) else default
    standard = "" if required or default in (None, "", (), False) else f" [{standard}]"
    words = f"{about.meaning}{listed}.{standard}"
    if name in question.subjects:
        option: Any = typer.Argument(help=words, show_default=False)
    else:
        shown = METAVAR.get(about.kind, name.upper())
        flag = f"--{name.replace('_', '-')}"
        option = typer.Option(
            flag, help=words, show_default=False, metavar=None if about.kind == "flag" else shown,
            rich_help_panel=EXPERT if about.expert else None,
        )  # fmt: skip
    empty = inspect.Parameter.empty if required else False if about.kind == "flag" else None
    own = question.parameters[name].name
    return inspect.Parameter(own, inspect.Parameter.KEYWORD_ONLY, default=empty, annotation=Annotated[kind, option])


#: Letters of choices that help lists.
WIDEST = 90


def _shown(name: str, kind: Any, default: Any, words: str) -> inspect.Parameter:
    flags = (f"--{name.strip('_')}", *SHORT.get(name, ()))
    option = typer.Option(*flags, help=words, show_default=False, rich_help_panel=SHOWN)
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, option])


assert set(METAVAR) <= set(KINDS)
