"""The program `detente`: commands, and what happens when something goes wrong."""

from __future__ import annotations

import atexit
import gc
import os
import shlex
import signal
import sys
from typing import Annotated

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    # Arrays here are small: threads of the linear algebra cost more than they give. Set before NumPy loads.
    os.environ.setdefault(_name, "1")
# Nobody watches how values are checked: otherwise plugins that do are looked for in every package that is installed.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

import typer  # noqa: E402

from detente.faces.cli.endings import UsageError, ended, is_help, prepare  # noqa: E402
from detente.faces.cli.program import ASKED, Program  # noqa: E402

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
