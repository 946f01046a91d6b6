"""Question: a function of `questions/` with what every face must know of it; found by name when it is asked."""

from __future__ import annotations

import inspect
import pkgutil
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property, partial, update_wrapper
from importlib import import_module
from math import inf
from pathlib import Path
from typing import Any

from detente.codes.errors import DetenteError, InputError, Parameter, UnknownName, check_none
from detente.data.importerfile import member_note
from detente.faces.ask.answer import Answer, Working, working
from detente.faces.ask.arguments import KINDS, Argument, arguments, parts_of
from detente.faces.ask.questions import MODULES

#: Groups of questions, in the order of help and of the site.
GROUPS = ("Tariffs", "Your goods", "Deals", "World", "Record", "Program")

#: Values, what gives them, or where they are found, as "detente.data.worlds:world_names"; several places have a blank
#: between.
Choices = Sequence[str] | Callable[[], Sequence[str]]

#: Where a docstring begins to say what arguments mean in its question, and what it says of one.
PARAMETERS, NOTE = "Parameters\n----------\n", re.compile(r"^(\w+) : (.+(?:\n +.+)*)", re.MULTILINE)


@dataclass(eq=False)
class Question:
    """A question, which is asked by calling it.

    Attributes
    ----------
    name : one or two words with a blank between. title : what it answers, one line; `about` : all that is said of it.
    group : one of `GROUPS`. examples : command lines without `detente`.
    choices : by argument: what it may be, or what gives that.
    kinds : by argument, how its value is read where that differs from all other questions.
    long : whether it takes more than some seconds, so that a server works it out beside. tool : whether assistants
        list it.
    own_places : whether a world of the user's own may have countries that nobody else knows, so that it judges them.
    own_day : whether what is asked about has a day of its own, as a scenario has, so that none is not today.
    endings : of files that its answers may be written to beside those of every answer.
    sample : content of the file that its examples name, where it takes one. typed : what may stand for a file.
    keeps : whether a folder may keep its work, which several processes may do: `work` and `workers` say how.
    known_key : gives the key of its answer before it is worked out, from what is given; "" where it is none's but its
        own.
    """

    name: str
    work: Callable[..., Answer]
    group: str
    examples: tuple[str, ...] = ()
    choices: Mapping[str, Choices] | None = None
    long: bool = False
    tool: bool = False
    own_day: bool = False
    own_places: bool = False
    endings: tuple[str, ...] = ()
    kinds: Mapping[str, str] | None = None
    sample: str = ""
    typed: str = ""
    keeps: bool = False
    known_key: Callable[[Mapping[str, Any]], str] | None = None

    def __post_init__(self) -> None:
        # The function shows as it was written: signature, docstring, name.
        update_wrapper(self, self.work)

    @property
    def about(self) -> str:
        """What is said of it."""
        return inspect.getdoc(self.work) or ""

    @property
    def title(self) -> str:
        """What it answers, in one line."""
        return self.about.partition("\n")[0]

    @cached_property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """Arguments by the name that every face but Python writes, with their defaults."""
        own = inspect.signature(self.work).parameters
        return {name.rstrip("_"): parameter for name, parameter in own.items()}

    @cached_property
    def arguments(self) -> Mapping[str, Argument]:
        """What each argument means: what its own docstring says of it, else what all questions say."""
        known, own = arguments(), self.about.partition(PARAMETERS)[2]
        notes = {name: " ".join(words.split()).rstrip(".") for name, words in NOTE.findall(own)}
        kinds = self.kinds or {}
        return {
            name: replace(
                about := known[name], meaning=notes.get(name, about.meaning), kind=kinds.get(name, about.kind)
            )
            for name in self.parameters
        }

    @property
    def subjects(self) -> tuple[str, ...]:
        """Arguments that stand without a name on the command line: those before the day."""
        days = ("on", "from", "to")
        keyword = inspect.Parameter.KEYWORD_ONLY
        return tuple(name for name, p in self.parameters.items() if p.kind is not keyword and name not in days)

    @property
    def file(self) -> str:
        """The argument that is a file of the user; "" where none is."""
        return next((name for name, about in self.arguments.items() if about.kind == "file"), "")

    def is_required(self, name: str) -> bool:
        """Whether an argument has no default."""
        return self.parameters[name].default is inspect.Parameter.empty

    def is_repeated(self, name: str) -> bool:
        """Whether an argument takes several values: its kind does, or it is a file, or annotated as a sequence."""
        kind, note = self.arguments[name].kind, str(self.parameters[name].annotation)
        about, several = KINDS[kind][1], kind == "file" or (kind != "rows" and "Sequence[" in note)
        return about in ("array", "object") or (about == "string" and several)

    def choices_of(self, name: str) -> tuple[str, ...]:
        """What an argument may be; empty where anything of its kind."""
        about = self.arguments.get(name)
        known = (self.choices or {}).get(name, about.choices if about else "")
        if isinstance(known, str):
            return tuple(str(value) for place in known.split() for value in _found(place))
        return tuple(known() if callable(known) else known)

    def read(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Values for the function, by the names of its parameters.

        Parameters
        ----------
        given : texts or values by argument; None and "" mean the default.

        Raises
        ------
        InputError, UnknownName, Faults : what cannot be used, all faults at once.
        """
        faults: list[DetenteError] = []
        values: dict[str, Any] = {}
        for name in given:
            if name.rstrip("_") not in self.parameters:
                faults.append(self._unknown(name))
        for name, parameter in self.parameters.items():
            value = next((given[key] for key in (name, f"{name}_") if key in given), None)
            if value is None or (isinstance(value, str) and not value.strip()):
                if self.is_required(name):
                    faults.append(self._missing(name))
                continue
            try:
                values[parameter.name] = self.arguments[name].bounded(self._value(name, value))
            except DetenteError as error:
                faults.append(error)
            else:
                if self.is_required(name) and values[parameter.name] in ((), []):  # commas alone
                    faults.append(self._missing(name))
        check_none(faults)
        if "on" in self.parameters and not self.own_day:
            values["on"] = values.get("on") or self.parameters["on"].default or date.today()
        return values

    def _value(self, name: str, value: Any) -> Any:
        """A value of an argument, or several of them, separated by commas or repeated."""
        kind = self.arguments[name].kind
        reader, shape = KINDS["place" if self.own_places and kind == "country" else kind]
        where, choices = Parameter(name), self.choices_of(name)
        value = self.arguments[name].same.get(value, value) if isinstance(value, str) else value
        if self.arguments[name].kind == "file" or shape in ("array", "object") or not self.is_repeated(name):
            return reader(value, where, choices)
        try:
            made = [reader(part, where, choices) for part in parts_of(value, name, self.arguments[name].kind)]
        except DetenteError as error:
            if not isinstance(value, list | tuple) or self.arguments[name].kind != "country":
                raise
            try:  # South Korea in two words, of which one alone is no country
                made = [reader(" ".join(map(str, value)), where, choices)]
            except DetenteError:
                raise error from None
        return tuple(part for i, part in enumerate(made) if part not in made[:i])

    def _unknown(self, name: str) -> UnknownName:
        from detente.faces.ask.renamed import new_name

        now = new_name(self.name, self.parameters, name)
        repair = f"'{name}' is now '{now}'" if now else ""
        return UnknownName("argument", name[:60], () if now else self.parameters, Parameter(name[:60]), repair)

    def _missing(self, name: str) -> InputError:
        shown = " or ".join(f"detente {line}" for line in self.examples[:2])
        meaning = self.arguments[name].meaning
        return InputError(Parameter(name), f"is missing ({meaning[0].lower()}{meaning[1:]})", shown and f"try: {shown}")

    def ask(self, given: Mapping[str, Any]) -> Answer:
        """The answer to a question, from texts or values by argument."""
        values = self.read(given)
        answer = self.work(**values)
        resolved = {name.rstrip("_"): value for name, value in values.items()}
        return answer.asked(self.name, {**resolved, **answer.arguments}, tuple(self._unions(given, resolved)))

    def _unions(self, given: Mapping[str, Any], resolved: Mapping[str, Any]) -> Iterator[str]:
        """What who names a member of a union is told of the law that is meant."""
        for name in (name for name in resolved if self.arguments[name].kind == "importer"):
            values = resolved[name] if isinstance(resolved[name], tuple) else (resolved[name],)
            texts = parts_of(given.get(name) or "", name, "importer")
            for text, value in zip(texts, values, strict=False):
                note = member_note(text.strip(), value) if value and value != text else ""
                yield from (f"{note}.",) if note else ()

    def __call__(self, *given: Any, **named: Any) -> Answer:
        """The answer, as Python asks for it: subjects and the day by position, all else by name."""
        first = [name for name, p in self.parameters.items() if p.kind is not inspect.Parameter.KEYWORD_ONLY]
        if len(given) > len(first):
            what = f"takes {len(first)} values by position, and {len(given)} are given"
            raise InputError(self.work.__name__, what, f"name those after {first[-1] if first else 'none'}")
        options = {name: named.pop(name) for name in ("work", "workers") if self.keeps and name in named}
        words = dict(zip(first, given, strict=False)) | {self._now(name): named[name] for name in named}
        if not options:
            return self.ask(words)
        folder = options.get("work")
        with working(Working(Path(folder) if folder else None, options.get("workers", 1))):
            return self.ask(words)

    def _now(self, name: str) -> str:
        """An argument of an earlier version by its name of now, with a warning."""
        from detente.faces.ask.renamed import new_name

        now = "" if name.rstrip("_") in self.parameters else new_name(self.name, self.parameters, name)
        if now in self.parameters:
            warnings.warn(f"{self.work.__name__}: {name}= is now {now}=", DeprecationWarning, stacklevel=3)
            return now
        return name

    def schema(self, everyday: bool = False) -> dict[str, Any]:
        """What it takes, as JSON Schema.

        Parameters
        ----------
        everyday : without the arguments of experts.
        """
        shown = [name for name in self.parameters if not (everyday and self.arguments[name].expert)]
        needed = [name for name in shown if self.is_required(name)]
        properties = {name: self.shape(name) for name in shown}
        return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}

    def shape(self, name: str) -> dict[str, Any]:
        """What an argument is, as JSON Schema."""
        about, kind = self.arguments[name], KINDS[self.arguments[name].kind][1]
        kind = "array" if kind == "string" and self.is_repeated(name) else kind
        made: dict[str, Any] = {"type": kind, "description": about.served or about.meaning}
        if kind == "array":
            made["items"] = {"type": ["string", "object"] if about.kind == "file" else "string"}
        made |= {key: end for key, end in (("minimum", about.least), ("maximum", about.most)) if abs(end) < inf}
        choices = self.choices_of(name)
        if choices and kind == "string" and about.kind != "country" and len(choices) <= LISTED:
            made["enum"] = [*choices, *([] if self.is_required(name) else [""])]
        default = self.parameters[name].default
        if default not in (inspect.Parameter.empty, None, "", ()):
            plain = isinstance(default, str | int | float)
            made["default"] = default if plain else list(default) if isinstance(default, tuple) else str(default)
        return made


def _found(place: str) -> Iterable[Any]:
    """Values by where they are found, which is loaded now: names, or a function that gives them."""
    value: Any = pkgutil.resolve_name(place)
    values: Any = value() if callable(value) and not isinstance(value, type) else value
    return values


#: Choices that a schema lists at most.
LISTED = 24


def question(
    group: str, *examples: str, choices: Mapping[str, Choices] | None = None, **more: Any
) -> Callable[[Callable[..., Answer]], Question]:
    """Make a function a question; its name and docstring are those of the question.

    Parameters
    ----------
    group : one of `GROUPS`. examples : command lines without `detente`, which are run by the tests.
    choices, more : the others of `Question`, by name.
    """

    def declare(work: Callable[..., Answer]) -> Question:
        return Question(work.__name__.replace("_", " "), work, group, examples, choices, **more)

    return declare


def names() -> tuple[str, ...]:
    """Names of all questions; none of them is loaded for that."""
    return tuple(sorted(name for own in MODULES.values() for name in own))


@cache
def find(name: str) -> Question:
    """The question of a name, loaded now.

    Raises
    ------
    UnknownName : there is none.
    """
    plain = name.replace("_", " ").replace("/", " ")
    module = next((module for module, own in MODULES.items() if plain in own), "")
    if not module:
        raise UnknownName("question", name[:60], names(), "", f"use {', '.join(names())}")
    return getattr(import_module(f"detente.faces.ask.questions.{module}"), plain.replace(" ", "_"))


def all_questions() -> tuple[Question, ...]:
    """Every question, by group and name."""
    return tuple(sorted(map(find, names()), key=lambda each: (GROUPS.index(each.group), each.name)))


def command_line(words: list[str]) -> list[str]:
    """A command line in the names of now; itself where it has none of an earlier version."""
    from detente.faces.ask.renamed import new_command, new_name

    line = words if " ".join(words[:2]) in names() else new_command(words)
    name = next((name for size in (2, 1) if (name := " ".join(line[:size])) in names()), "")
    if not name:
        return line
    question, rest, now = find(name), iter(line[len(name.split()) :]), list[str]()
    for word in rest:
        now += _option(partial(new_name, name), (*question.parameters, *SHOWN), word, rest)
    return [*name.split(), *_unnamed(question.subjects, now)]


def _unnamed(subjects: Sequence[str], words: list[str]) -> list[str]:
    """Words of a command line with its subjects, which stood behind an option in earlier versions, in front."""
    first: list[str] = []
    for name in subjects:
        place = next((i for i, word in enumerate(words) if word.partition("=")[0] == f"--{name}"), None)
        if place is not None:
            _, equals, value = words.pop(place).partition("=")
            first.append(value if equals else words.pop(place) if place < len(words) else "")
    return [*first, *words]


#: Options of every question on the command line, which earlier versions called otherwise too.
SHOWN = ("out", "table", "chart", "notes", "format", "quiet")


def _option(
    named: Callable[[Sequence[str], str], str], known: Sequence[str], word: str, rest: Iterator[str]
) -> list[str]:
    name, equals, value = word.partition("=")
    old = name.startswith("--") and name[2:].replace("-", "_") not in known
    now, blank, before = (named((*known, "table"), name) if old else "").partition(" ")
    flag = f"--{now.replace('_', '-')}"
    if blank and not before.endswith("="):  # a mark that is a value of another argument now
        return [flag, before]
    if blank:  # a value of another argument now, with its name before it
        return [flag, f"{before}{value if equals else next(rest, '')}"]
    return [f"{flag}{equals}{value}" if now else word]
