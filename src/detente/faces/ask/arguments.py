"""Arguments of questions: what each means, and how its value is read, whichever face it comes from."""

from __future__ import annotations

import json
import math
import os
import re
import tomllib
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

from detente.codes.errors import InputError, Parameter, UnknownName
from detente.codes.names import vocabulary
from detente.data.importerfile import importer_id
from detente.data.limits import memoized
from detente.data.tables import countries

#: Letters of a text at most.
LONGEST = 200


@dataclass(frozen=True)
class Argument:
    """An argument, as every question means it.

    Attributes
    ----------
    name : as command line, interface and assistants write it; Python writes `from_` for `from`.
    kind : how its value is read, a key of `KINDS`. meaning : one line. example : a value that works, as text.
    served : the same where no file can be named, as on a page; "" where it is no other.
    expert : whether help and tools leave it out unless all is asked for. least, most : bounds of a number.
    same : other words for some of its values, as earlier versions had them.
    choices : where its values are found, as `Choices` of a question says it; a question may have its own.
    """

    name: str
    kind: str
    meaning: str
    example: str = ""
    served: str = ""
    expert: bool = False
    least: float = -math.inf
    most: float = math.inf
    same: Mapping[str, str] = field(default_factory=dict)
    choices: str = ""

    def bounded(self, value: Any) -> Any:
        """A number within its bounds; anything else as it is.

        Raises
        ------
        InputError : a number that is not.
        """
        if isinstance(value, int | float) and not self.least <= value <= self.most:
            ends = (
                f"from {self.least:,.0f} to {self.most:,.0f}" if self.most < math.inf else f"of at least {self.least:g}"
            )
            raise InputError(Parameter(self.name), f"{value:g} is out of range", f"give a number {ends}")
        return value


@memoized
def arguments() -> Mapping[str, Argument]:
    """Every argument by its name."""
    content = tomllib.loads((files("detente.faces.ask") / "arguments.toml").read_text(encoding="utf-8"))
    return {name: Argument(name, **about) for name, about in content.items()}


def _several(value: Any, name: str) -> Sequence[str]:
    if isinstance(value, str) and "," not in value:
        return [text] if (text := value.strip()) else []
    from detente.codes.given import several

    return several(value, name)


def _text(value: Any, where: Parameter, choices: Sequence[str]) -> str:
    value = os.fspath(value) if isinstance(value, os.PathLike) else value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InputError(where, f"{value!r:.40} is not a text", "give a text")
    text = str(value).strip()
    if text != text.encode("utf-8", "replace").decode():
        raise InputError(where, "holds a character that is half of one", "type it anew")
    if len(text) > LONGEST:
        raise InputError(where, f"holds {len(text):,} letters", f"give {LONGEST} at most")
    return text


def day(value: Any, where: Parameter) -> date | None:
    """A day as every face reads one; None where nothing is given.

    Raises
    ------
    InputError : it is none.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = _text(value, where, ()).lower()
    if text in ("", "today", "yesterday"):
        return date.today() - timedelta(days=text == "yesterday") if text else None
    try:
        return date.fromisoformat(text) if len(text) == len("2025-04-15") else _not_a_day(text, where)
    except ValueError:
        return _not_a_day(text, where)


def _not_a_day(text: str, where: Parameter) -> date:
    raise InputError(where, f"'{text[:40]}' is not a day", "write it as 2025-04-15")


def _edge_day(value: Any, where: Parameter, *, last: bool) -> date | None:
    """The first or the last day of a month or a year; a day as it is."""
    text = value.strip() if isinstance(value, str) else ""
    if len(text) == len("2025") and text.isdigit():
        text = f"{text}-{'12' if last else '01'}"
    elif len(text) != len("2025-04"):
        return day(value, where)
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise InputError(where, f"'{value}' is not a month", "write it as 2025-04") from None
    return first.replace(day=monthrange(first.year, first.month)[1]) if last else first


def _country(value: Any, where: Parameter, choices: Sequence[str]) -> str:
    text = _text(value, where, choices)
    if text.upper() in (*vocabulary("region"), *choices):  # a world, or a textbook, has them in place of countries
        return text.upper()
    return countries().code(text, where) if text else ""


def _place(value: Any, where: Parameter, choices: Sequence[str]) -> str:
    """A country, or what only a world of the user's own may know."""
    try:
        return _country(value, where, choices)
    except UnknownName:
        return _text(value, where, choices)


def _importer(value: Any, where: Parameter, choices: Sequence[str]) -> str:
    text = _text(value, where, choices)
    return importer_id(text, where) if text else ""


#: What a value is called where it is unknown, by argument; else as the argument.
NOUNS = {
    "by": "grouping",
    "what": "quantity",
    "rates": "way of counting",
    "values": "way to value",
    "vary": "way to vary",
    "limits": "limit",
}


def _choice(value: Any, where: Parameter, choices: Sequence[str]) -> str:
    text = _text(value, where, choices)
    known = {name.lower(): name for name in choices}
    if text and text.lower() not in known:
        raise UnknownName(
            NOUNS.get(where.name, where.name.replace("_", " ")), text[:60], choices, where, f"use {', '.join(choices)}"
        )
    return known.get(text.lower(), text)


def _list(value: Any, where: Parameter, choices: Sequence[str]) -> tuple[str, ...]:
    # What is repeated may have commas too.
    parts = [part for item in _several(value, where.name) for part in _several(item, where.name)]
    return tuple(_choice(part, where, choices) for part in parts) if choices else tuple(dict.fromkeys(parts))


def _number(value: Any, where: Parameter, choices: Sequence[str]) -> float:
    text = value.strip() if isinstance(value, str) else value
    try:
        number = float(text.replace(",", "") if isinstance(text, str) and THOUSANDS.fullmatch(text) else text)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        repair = "write decimals with a point, as 2.5" if "," in str(value) else "give a number, as 2.5"
        raise InputError(where, f"{str(value)[:40]!r} is not a number", repair)
    return number


#: A number whose commas part thousands; others would be read as another number.
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")


def _whole(value: Any, where: Parameter, choices: Sequence[str]) -> int:
    try:
        number = _number(value, where, choices)
    except InputError:
        number = math.nan
    if number != number or number != int(number):
        raise InputError(where, f"{str(value)[:40]!r} is not a whole number", "give a whole number, as 10")
    return int(number)


def _flag(value: Any, where: Parameter, choices: Sequence[str]) -> bool:
    known = {"true": True, "yes": True, "1": True, "on": True, "false": False, "no": False, "0": False, "off": False}
    text = str(value).strip().lower()
    if text not in known:
        raise InputError(where, f"{str(value)[:40]!r} is neither yes nor no", "write yes or no")
    return known[text]


def _mapping(value: Any, where: Parameter, choices: Sequence[str]) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return {str(name): item for name, item in value.items()}
    pairs = [part for item in _several(value, where.name) for part in _several(item, where.name)]
    made = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not name.strip() or (equals and not text.strip()):
            raise InputError(
                where,
                f"'{pair[:40]}' is not a name and a value",
                f"write it as {arguments()[where.name].example or 'name=value'}",
            )
        made[name.strip()] = text.strip() or "yes"  # a name alone is a choice that is taken
    return made


def _fields(value: Any, where: Parameter, choices: Sequence[str]) -> dict[str, Any]:
    """Fields with the values they take, each as name=values: commas part the values."""
    if isinstance(value, Mapping):
        return {str(name): item for name, item in value.items()}
    made: dict[str, Any] = {}
    for text in [value] if isinstance(value, str) else _several(value, where.name):
        name, equals, values = map(str.strip, text.partition("="))
        if not equals or not name:
            raise InputError(where, f"'{text[:60]}' is no field with values", "write it as report.elasticity=1,2,4")
        if name in made:
            raise InputError(where, f"'{name[:60]}' is given twice", "put all its values into one")
        made[name] = values
    return made


def _share(value: Any, where: Parameter, choices: Sequence[str]) -> float:
    from detente.codes.given import share

    return share(value, where.name, 0.0, 1.0)


def _printed(value: Any, where: Parameter, choices: Sequence[str]) -> str:
    return f"{value:g}" if isinstance(value, float) else _text(value, where, choices)


def _moment(value: Any, where: Parameter, choices: Sequence[str]) -> date | str:
    """A day where it is written as one; else the name of what is compared with."""
    text = value if isinstance(value, date) else _text(value, where, choices)
    return day(text, where) or "" if isinstance(text, date) or text[:4].isdigit() else text


def _scenario(value: Any, where: Parameter, choices: Sequence[str]) -> Any:
    """A scenario as it is given; its content where it was made in Python, or a text is one, as an address has it."""
    if hasattr(value, "model_dump"):
        return value.to_dict()
    if isinstance(value, str) and "\n" in value.strip() and not value.lstrip().startswith("{"):
        from detente.data.yamlfile import parse_yaml

        return parse_yaml(value, where)
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return value
    return _json(value, where, "write the content of a scenario, or name one")


def _rows(value: Any, where: Parameter, choices: Sequence[str]) -> Any:
    """Rows as they are given; from a text those it holds, else the name of a file."""
    if not isinstance(value, str) or not value.lstrip().startswith("["):
        return _text(value, where, choices) if isinstance(value, str) else value
    return _json(value, where, "write a list of mappings, or name a file")


def _json(text: str, where: Parameter, repair: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(where, "is not JSON that can be read", repair) from None


def _file(value: Any, where: Parameter, choices: Sequence[str]) -> Any:
    from detente.faces.ask.files import file_of

    return file_of(value, where)


def _statement(value: Any, where: Parameter, choices: Sequence[str]) -> Any:
    """A sentence, the id of a claim or the name of a file; a claim, or several, as a mapping, rows or JSON."""
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, str) and text.startswith("{"):
        text = f"[{text}]"
    if isinstance(text, str) and text.startswith("["):
        return _rows(text, where, choices)
    return text if isinstance(text, Mapping | list) else _text(text, where, choices)


def parts_of(value: Any, name: str, kind: str) -> list[Any]:
    """Values of an argument that takes several, separated by commas or repeated; of scenarios also contents."""
    items = value if isinstance(value, list | tuple) else [value] if kind == "scenario" else _several(value, name)
    parts: list[Any] = []
    for item in items:
        # A text may be the content of a scenario, JSON or YAML, and no name.
        content = not isinstance(item, str) or item.lstrip().startswith("{") or "\n" in item.strip()
        names = kind != "scenario" or not content
        parts += _several(item, name) if names else [item]
    return parts


#: By the name of a kind: what reads a value, raising `InputError`, and its type in JSON.
KINDS: dict[str, tuple[Callable[[Any, Parameter, Sequence[str]], Any], str]] = {
    "text": (_text, "string"),
    "day": (lambda value, where, _: day(value, where), "string"),
    "first": (lambda value, where, _: _edge_day(value, where, last=False), "string"),
    "last": (lambda value, where, _: _edge_day(value, where, last=True), "string"),
    "country": (_country, "string"),
    "place": (_place, "string"),
    "importer": (_importer, "string"),
    "choice": (_choice, "string"),
    "list": (_list, "array"),
    "number": (_number, "number"),
    "whole": (_whole, "integer"),
    "share": (_share, "number"),
    "flag": (_flag, "boolean"),
    "mapping": (_mapping, "object"),
    "fields": (_fields, "object"),
    "moment": (_moment, "string"),
    "printed": (_printed, "string"),
    "path": (_text, "string"),
    "name": (_text, "string"),
    "weights": (_text, "string"),
    "scenario": (_scenario, "string"),
    "rows": (_rows, "string"),
    "file": (_file, "string"),
    "statement": (_statement, "string"),
    "given": (lambda value, *_: value, "string"),
}
