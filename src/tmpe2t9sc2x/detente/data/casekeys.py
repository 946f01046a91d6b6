"""Keys of a case file: type, unit, default, meaning and an example of each, and the JSON schema of the whole.

Types and defaults are those of the rows; meaning, unit and example stand in `casekeys.toml`. What the page, the command
and the schema say is this.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from detente.codes import Table, UnknownName, table_of
from detente.data.casefaults import MORE, rows_in
from detente.data.caserows import CaseFile, Steps
from detente.data.library import package_folder

NAME = "casekeys.toml"
REQUIRED = "required"
BESIDE = {"like": "text", "variants": "mapping by name of keys of the file", "giver": "text"}
"""Types of the keys that a file has and its rows do not."""

WORDS: Mapping[Any, str] = {str: "text", float: "number", int: "whole number", bool: "true or false", date: "day"}
LIMITS = {"gt": "above {}", "ge": "at least {}", "lt": "below {}", "le": "at most {}"}


@dataclass(frozen=True)
class CaseKey:
    """A key of a case file.

    Attributes
    ----------
    row : class of the row that has it; place : where the row stands, "" for the file itself.
    type, unit, default : in words; the unit is "" where there is none.
    means : one sentence; example : a value that is accepted.
    """

    row: str
    place: str
    name: str
    type: str
    unit: str
    default: str
    means: str
    example: Any

    @property
    def path(self) -> str:
        """The key with the place of its row; the first place where a row stands in several."""
        first = self.place.split(",")[0]
        return f"{first}.{self.name}" if first else self.name

    @property
    def shown(self) -> str:
        """The example as a line of YAML."""
        return f"{self.name}: {as_yaml(self.example)}"


@dataclass(frozen=True)
class CaseRow:
    """A kind of row of a case file: class, where it stands, what it is, and its keys."""

    kind: type[BaseModel]
    place: str
    title: str
    keys: tuple[CaseKey, ...]

    @property
    def words(self) -> frozenset[str]:
        """What it may be called: words of its places, and its class."""
        parts = self.place.replace("[]", "").replace(",", " ").replace(".", " ").split()
        return frozenset({*parts, self.kind.__name__, *(() if self.place else ("file",))})


def kinds() -> tuple[type[BaseModel], ...]:
    """Kinds of rows of a case file, the file first, each after what holds it."""
    seen: dict[type[BaseModel], None] = {CaseFile: None}
    queue: list[type[BaseModel]] = [CaseFile]
    while queue:
        below = [row for field in queue.pop(0).model_fields.values() for row in rows_in(field.annotation)]
        queue += [row for row in dict.fromkeys(below) if row not in seen]
        seen |= dict.fromkeys(below)
    return tuple(seen)


@lru_cache(maxsize=1)
def case_rows() -> tuple[CaseRow, ...]:
    """Every kind of row with its keys."""
    register = tomllib.loads((package_folder() / NAME).read_text(encoding="utf-8"))
    return tuple(_row(kind, register[kind.__name__]) for kind in kinds())


def _row(kind: type[BaseModel], entry: Mapping[str, Any]) -> CaseRow:
    place, keys = entry["place"], []
    for name in (*kind.model_fields, *MORE.get(kind, ())):
        means, unit, example = entry["keys"][name]
        field = kind.model_fields.get(name)
        words = BESIDE[name] if field is None else type_words(field)
        default = "none" if field is None else _default(field)
        keys.append(CaseKey(kind.__name__, place, name, words, unit, default, means, example))
    return CaseRow(kind, place, entry["title"], tuple(keys))


def type_words(field: FieldInfo) -> str:
    """The type of a key in words, with its limits."""
    limits = [
        words.format(f"{getattr(limit, name):g}")
        for limit in _limits(field)
        for name, words in LIMITS.items()
        if hasattr(limit, name)
    ]
    return " ".join([_words(field.annotation), ", ".join(limits)]).strip()


def _limits(field: FieldInfo) -> Sequence[Any]:
    """Limits of a number, of the key or of its kind of number."""
    below = [part for part in get_args(field.annotation) if hasattr(part, "__metadata__")]
    inner = [limit for part in below for info in part.__metadata__ for limit in getattr(info, "metadata", ())]
    return [*field.metadata, *inner]


def _words(annotation: Any) -> str:
    if annotation in WORDS:
        return WORDS[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "steps {first, last, step}" if annotation is Steps else f"row {annotation.__name__}"
    origin, parts = get_origin(annotation), [part for part in get_args(annotation) if part is not type(None)]
    if hasattr(annotation, "__metadata__"):
        return _words(annotation.__origin__)
    if origin is Literal:
        values = [str(part) for part in parts if part != ""]
        return values[0] if len(values) == 1 else f"one of {', '.join(values)}"
    if origin is tuple:
        return f"list of {_plural(_words(parts[0]))}"
    if origin is dict:
        return f"mapping by name of {_plural(_words(parts[1]))}"
    return " or ".join(dict.fromkeys(_words(part) for part in parts))


def _plural(words: str) -> str:
    """Words of a kind of value for several."""
    first, mark, rest = words.partition(" or ")
    head, space, name = first.partition(" ")
    plural = f"{head}s{space}{name}" if head in ("text", "number", "row", "day") else first
    return f"{plural}{mark}{_plural(rest)}" if mark else plural


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return REQUIRED
    value = field.get_default(call_default_factory=True)
    empty = value is None or value in ("", (), {})
    return "none" if empty or isinstance(value, BaseModel) else as_yaml(value)


def as_yaml(value: Any) -> str:
    """A value on one line of YAML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {as_yaml(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(as_yaml, value))}]"
    if isinstance(value, float | int):
        return f"{value:g}" if value != float("inf") else ".inf"
    text = str(value)
    return json.dumps(text) if isinstance(value, str) and _needs_marks(text) else text


def _needs_marks(text: str) -> bool:
    """Whether YAML would read a text without quotation marks as something else."""
    return text.replace(".", "").isdigit() or any(mark in text for mark in ":{}[],#>=&*")


def chosen_rows(word: str = "") -> tuple[CaseRow, ...]:
    """Rows by a word of their place, as "issues", or with a key of that name; all of them without a word.

    Raises
    ------
    UnknownName : neither a row nor a key.
    """
    rows = case_rows()
    chosen = tuple(row for row in rows if not word or word in row.words)
    if chosen:
        return chosen
    some = [CaseRow(row.kind, row.place, row.title, tuple(k for k in row.keys if k.name == word)) for row in rows]
    if not any(row.keys for row in some):
        known = [*(word for row in rows for word in row.words), *(key.name for row in rows for key in row.keys)]
        raise UnknownName("key", word, dict.fromkeys(known), "keys of a case", "leave it out for all of them")
    return tuple(row for row in some if row.keys)


def keys_table(word: str = "") -> Table:
    """Table `case_keys`: every key of the chosen rows; errors as `chosen_rows`."""
    keys = [key for row in chosen_rows(word) for key in row.keys]
    return table_of("case.case_keys", [(k.path, k.type, k.unit, k.default, k.means, k.shown) for k in keys])


def case_schema() -> dict[str, Any]:
    """JSON Schema of a case file, with the meaning, unit and example of each key.

    A file that is `like` another needs no key but that.
    """
    schema = CaseFile.model_json_schema()
    for row in case_rows():
        content = schema if row.kind is CaseFile else schema["$defs"][row.kind.__name__]
        content["description"] = f"{row.title}."
        for key in row.keys:
            known = content["properties"].setdefault(key.name, _beside(key.name))
            known["description"] = f"{key.means} Unit: {key.unit}." if key.unit else key.means
            known["examples"] = [json.loads(json.dumps(key.example, default=str))]
    schema["anyOf"] = [{"required": ["like"]}, {"required": schema.pop("required")}]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema | {"title": "A case of the talks"}


def _beside(name: str) -> dict[str, Any]:
    return {"type": "object"} if name == "variants" else {"type": "string"}
