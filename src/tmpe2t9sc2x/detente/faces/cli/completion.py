"""`detente completion`: commands, options and names completed in bash, zsh and fish; what to complete is asked here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer
from typer.main import get_command

from detente.codes.errors import UnknownName
from detente.faces.cli.app import app as program
from detente.faces.cli.catalogue import GROUPS
from detente.faces.cli.known import known
from detente.faces.cli.program import Program

SCRIPTS = {
    "bash": """# Completion of detente in bash: add this to ~/.bashrc, or source it.
_detente() {
  local value rest
  COMPREPLY=()
  while IFS=$'\\t' read -r value rest; do
    COMPREPLY+=("$(printf %q "$value")")
  done < <(detente complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -o bashdefault -F _detente detente
""",
    "zsh": """#compdef detente
# Completion of detente in zsh: add this to ~/.zshrc after compinit, or save it as _detente in a folder of fpath.
_detente() {
  local value text
  local -a rows
  while IFS=$'\\t' read -r value text; do
    rows+=("${value//:/\\\\:}:$text")
  done < <(detente complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( $#rows )); then _describe detente rows; else _files; fi
}
compdef _detente detente
""",
    "fish": """# Completion of detente in fish: save this as ~/.config/fish/completions/detente.fish.
function __detente
  set -l before (commandline -opc)
  set -e before[1]
  set -l word (commandline -ct)
  set -l rows (detente complete -- $before "$word" 2>/dev/null)
  if test (count $rows) -gt 0
    printf '%s\\n' $rows
  else
    __fish_complete_path "$word"
  end
end
complete -c detente -f -a '(__detente)'
""",
}


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("completion")(completion)
    app.command("complete", hidden=True)(complete)


def completion(shell: Annotated[str, typer.Argument(help="bash, zsh or fish.")]) -> None:
    """The script that lets a shell complete commands, options, and names of scenarios, cases, worlds and countries."""
    if shell not in SCRIPTS:
        raise UnknownName("shell", shell, SCRIPTS, "completion", "use bash, zsh or fish")
    print(SCRIPTS[shell], end="")


def complete(words: Annotated[list[str] | None, typer.Argument(help="Words after `detente`.")] = None) -> None:
    """What may stand for the last of some words, each with its meaning behind a tab."""
    for value, meaning in candidates(words or [""]):
        print(f"{value}\t{meaning}")


def candidates(words: Sequence[str]) -> list[tuple[str, str]]:
    """Commands, options or names that begin with the last word, each with its meaning.

    Parameters
    ----------
    words : what is typed after the program's name; the last is not finished, and may be empty.
    """
    *before, last = (_bare(word) for word in words)
    if last == "=":
        last = ""
    path, command, given, waiting = _walked([word for word in before if word != "="])
    if waiting:
        return _named(path, waiting, last)
    if last.startswith("--") and "=" in last:
        option, _, value = last.partition("=")
        return [(f"{option}={name}", text) for name, text in _named(path, option.lstrip("-"), value)]
    if last.startswith("-"):
        return _options(command, last)
    inside = _commands(command)
    if inside:
        return [row for row in inside if row[0].startswith(last)]
    behind = [row for row in _words(command).items() if not given and row[0].startswith(last)]
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    if not arguments:
        return behind
    place = min(given, len(arguments) - 1)
    more = given < len(arguments) or arguments[place].nargs == -1
    return [*behind, *(_named(path, str(arguments[place].name), last) if more else [])]


def _bare(word: str) -> str:
    """A word without the quotes and backslashes that a shell hands on."""
    return word.lstrip("\"'").replace("\\", "")


def _walked(words: Iterable[str]) -> tuple[str, Any, int, str]:
    """The command some words lead to, the arguments it has, and the option that waits for its value."""
    command: Any = get_command(program)
    path, given, waiting = "", 0, ""
    for word in words:
        if waiting:
            waiting = ""
        elif word.startswith("-") and word != "-":
            waiting = "" if "=" in word else _waiting(command, word)
        elif not given and word in _words(command):
            command, path = command.words[word], f"{path} {word}"
        elif _commands(command):
            inner = command.get_command(None, word)
            command, path = (inner, f"{path} {word}".strip()) if inner is not None else (command, path)
        else:
            given += 1
    return path, command, given, waiting


def _words(command: Any) -> dict[str, str]:
    """Commands behind the name of another, with their meaning: `record` of `talks`."""
    known: dict[str, Any] = getattr(command, "words", {})
    return {word: str(inner.help or "").strip().partition("\n")[0] for word, inner in known.items()}


def _waiting(command: Any, word: str) -> str:
    """Name of an option that needs a value; "" for a flag or an option nobody knows."""
    for option in command.params:
        if option.param_type_name == "option" and not option.is_flag and word in option.opts:
            return max(option.opts, key=len).lstrip("-")
    return ""


def _commands(command: Any) -> list[tuple[str, str]]:
    """Commands of a group that are shown, with what they do; none of a command."""
    if isinstance(command, Program):
        return [row for commands in GROUPS.values() for row in commands.items()]
    inner = getattr(command, "commands", {})
    return [(name, str(own.help or "").partition("\n")[0]) for name, own in inner.items() if not own.hidden]


def _options(command: Any, last: str) -> list[tuple[str, str]]:
    rows = []
    for option in command.params:
        if option.param_type_name == "option" and not option.hidden:
            names = [*option.opts, *option.secondary_opts]
            rows += [(name, str(option.help or "")) for name in names if name.startswith("--")]
    rows.append(("--help", "Show this message and exit."))
    return [row for row in rows if row[0].startswith(last)]


def _named(path: str, name: str, last: str) -> list[tuple[str, str]]:
    """Values of an option or argument that begin with what is typed; of a list, its last entry."""
    head, comma, entry = last.rpartition(",")
    rows = [row for row in known(path, name) if row[0].lower().startswith(entry.lower())]
    return [(f"{head}{comma}{value}", meaning) for value, meaning in rows]
