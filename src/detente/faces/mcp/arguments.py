"""Arguments: rows that say what a tool takes; the first mistake in one sentence, with the nearest known name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from detente.codes import InputError, UnknownName
from detente.data.importerfile import importer_id
from detente.faces.web.answers import day_of
from detente.faces.web.api.describe import values
from detente.faces.web.known import one_of
from detente.faces.web.work.uploads import measured

Model = TypeVar("Model", bound="Arguments")
Day = Annotated[str, Field(max_length=10, description="a day, as 2025-05-14; today if left out")]
Importer = Annotated[
    str,
    Field(
        max_length=60,
        description="whose law, by id or name: USA, EU27, Japan",
        json_schema_extra=one_of("importers"),
    ),
]
Partner = Annotated[str, Field(min_length=1, max_length=60, description="country, by code or name")]
Offset = Annotated[int, Field(ge=0, le=1_000_000, description="rows to leave out first")]

LONGEST = 1_000
"""Letters of a text at most."""

LISTED = 24
"""Values of a set that a schema lists at most."""

KINDS = {
    "string": "a text", "int": "a whole number", "float": "a number", "bool": "true or false", "list": "a list",
    "dict": "a mapping of names to values", "model": "a mapping of names to values",
}  # fmt: skip
"""What a value should be, by the beginning of the name that the checking library has for the mistake."""

LIMITS = {
    "greater_than_equal": ("is below {}", "ge"), "greater_than": ("is not above {}", "gt"),
    "less_than_equal": ("is above {}", "le"), "less_than": ("is not below {}", "lt"),
    "string_too_short": ("is empty", "min_length"), "string_too_long": ("is longer than {} letters", "max_length"),
    "too_long": ("has more than {} entries", "max_length"), "too_short": ("has fewer than {} entries", "min_length"),
    "finite_number": ("is not finite", ""), "string_pattern_mismatch": ("is not written so", ""),
}  # fmt: skip
"""Limits by the name that the checking library has for the mistake: what is wrong, and where the limit stands."""


class Arguments(BaseModel):
    """What a tool takes; no argument that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def read(model: type[Model], given: Any, tool: str) -> Model:
    """Arguments of a call, checked.

    Raises
    ------
    InputError, UnknownName : the first mistake, with what to do about it.
    """
    content = {} if given is None else given
    if not isinstance(content, Mapping):
        raise InputError(tool, "takes its arguments by name", f"give {', '.join(model.model_fields)}")
    try:
        measured(content)
    except InputError as error:
        raise InputError(tool, error.what, error.repair) from None
    _brief(content, tool)
    try:
        return model.model_validate(dict(content))
    except ValidationError as error:
        first = min(error.errors(), key=lambda entry: entry["type"] != "extra_forbidden")
        raise _mistake(model, first, tool) from None


def _brief(content: Any, tool: str) -> None:
    """Refuse texts that no answer could repeat."""
    items = content.values() if isinstance(content, Mapping) else content if isinstance(content, list) else ()
    for item in items:
        if isinstance(item, str) and len(item) > LONGEST:
            raise InputError(tool, f"holds a text of {len(item):,} letters", f"give {LONGEST:,} at most")
        _brief(item, tool)


def _mistake(model: type[Arguments], entry: Any, tool: str) -> InputError:
    """The first mistake that the checking library saw, as an error of this program."""
    path, kind = [str(part) for part in entry["loc"]], str(entry["type"])
    name, fields = path[0] if path else tool, model.model_fields
    if kind == "extra_forbidden" and len(path) == 1:
        return UnknownName("argument", name[:60], fields, tool, f"it takes {', '.join(fields)}")
    meaning = fields[name].description if name in fields else ""
    repair = f"give {meaning}" if meaning else ""
    if kind == "missing":
        missing = path[-1]
        return InputError(tool, f"{missing} is missing", repair if len(path) == 1 else f"give {missing}")
    where = f"{tool}, {'.'.join(part for part in path if not _is_kind(part))[:80]}"
    return InputError(where, _wrong(entry, kind), repair)


def _is_kind(part: str) -> bool:
    """Whether a part of a place names a kind of value, which the checking library puts beside names of fields."""
    return part in ("str", "int", "float", "bool") or part.startswith("dict[") or part[:1].isupper()


def _wrong(entry: Any, kind: str) -> str:
    """What is wrong with a value."""
    if kind in LIMITS:
        words, limit = LIMITS[kind]
        return words.format(entry.get("ctx", {}).get(limit, ""))
    if kind == "extra_forbidden":
        return "is not known"
    wanted = KINDS.get(kind.split("_")[0])
    return f"is not {wanted}" if wanted else "cannot be used"


def schema_of(model: type[Arguments]) -> dict[str, Any]:
    """What a tool takes as JSON Schema, with the values of short sets; what only names it again is left out."""
    schema = model.model_json_schema()
    _listed(schema)
    for part in (schema, *schema.get("$defs", {}).values()):
        for entry in (part, *part["properties"].values()):
            entry.pop("title", None)
    schema.pop("description", None)  # the tool has its own
    return schema


def _listed(value: Any) -> None:
    """Put the values of a set in place of its mark; a long one is left to its meaning, which costs a reader less."""
    if isinstance(value, list):
        for item in value:
            _listed(item)
    elif isinstance(value, dict):
        name = value.pop("x-one-of", "")
        if name and len(values(name)) <= LISTED:
            # What says nothing is left blank.
            value["enum"] = [*values(name), *([""] if value.get("default") == "" else [])]
        for item in list(value.values()):
            _listed(item)


def known(value: str, names: Any, kind: str, where: str) -> str:
    """A value that is one of some names."""
    choices = [str(name) for name in names]
    if value not in choices:
        raise UnknownName(kind, value[:60], choices, where, f"use {', '.join(filter(None, choices[:12]))}")
    return value


def whose(text: str, where: str = "importer") -> str:
    """Id of an importer by any of its names; of a member of a union that of the union."""
    return importer_id(text, where)


def day(text: str, where: str) -> date:
    """A day given as text; today where nothing is given."""
    return day_of(text, where)
