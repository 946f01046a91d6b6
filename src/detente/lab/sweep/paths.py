"""Paths of a sweep into a scenario: dotted names of its fields, checked against the schema."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from detente.codes import InputError, UnknownName
from detente.data.importers import SET_ALIASES, importer, parameter_names
from detente.lab.scenario import SHORT, Change, LawChange, Point, Scenario, parse_scenario
from detente.lab.sweep.design import Point as SweepPoint
from detente.lab.sweep.design import label

Content = dict[str, Any]


def content_of(scenario: Scenario) -> Content:
    """What a scenario's file says, defaults left out."""
    return scenario.model_dump(by_alias=True, exclude_unset=True, exclude_none=True)


def check_paths(scenario: Scenario, paths: Mapping[str, Any]) -> None:
    """Refuse a path that leads nowhere, a measure or a share of goods nobody knows.

    Raises
    ------
    UnknownName : with the nearest known names.
    InputError : a path beyond a value, or an entry of a list that is not there.
    """
    for path in paths:
        placed(content_of(scenario), path, None)
        _check_names(scenario, path)


def _check_names(scenario: Scenario, path: str) -> None:
    first, *rest = path.split(".")
    where = f"over {path}"
    if first == "set" and rest:
        known = parameter_names(importer(scenario.importer).law)
        if SET_ALIASES.get(rest[0], rest[0]) not in known:
            raise UnknownName("parameter", rest[0], known, where, f"known: {', '.join(known)}")
    for code, change, name in _measures_named(scenario, path):
        law = importer(code).law
        if not change.lawbook and not change.add and name not in law.by_id:
            raise UnknownName("measure", name, law.by_id, where, "find it with `detente find`")


def _measures_named(scenario: Scenario, path: str) -> list[tuple[str, LawChange, str]]:
    """Importer, its change and the measure that a path goes through by name."""
    parts = path.split(".")
    places = {(key,): code for code, key in SHORT.items()} | {("laws", code): code for code in scenario.laws}
    for place, code in places.items():
        own, *rest = parts[len(place) :] or [""]
        if tuple(parts[: len(place)]) == place and own == "change" and rest and not rest[0].isdigit():
            return [(code, scenario.changes[code], rest[0])]
    return []


def placed(content: Content, path: str, value: Any) -> Content:
    """A scenario's content with one value in its place; what is on the way is made.

    A list is entered by number, counted from 0; the list `change` also by the id of a measure.

    Raises
    ------
    UnknownName, InputError : as `check_paths`.
    """
    parts = path.split(".")
    if not all(parts):
        raise InputError(f"over {path}", "is not a path", "join names with dots, as in report.elasticity")
    varied = copy.deepcopy(content)
    _enter(Scenario, varied, parts, value, f"over {path}")
    return varied


def _enter(kind: Any, holder: Any, parts: list[str], value: Any, where: str) -> None:
    """Put a value into a mapping or list at the end of a path."""
    step, *rest = parts
    key, inner = _step(kind, holder, step, where)
    if not rest:
        holder[key] = str(value) if _is_text(inner) and type(value) is int else value
        return
    if _shape(inner)[0] == "value":
        raise InputError(where, f"'{step}' is a value and has no fields", f"end the path at {step}")
    if isinstance(holder, dict) and holder.get(key) is None:
        holder[key] = [] if _shape(inner)[0] == "list" else {}
    _enter(inner, holder[key], rest, value, where)


def _step(kind: Any, holder: Any, step: str, where: str) -> tuple[Any, Any]:
    """Key of one step of a path in its holder, and the type of what lies there."""
    shape, inner = _shape(kind)
    if shape == "model":
        fields = {field.alias or name: field.annotation for name, field in inner.model_fields.items()}
        if step not in fields:
            raise UnknownName("field", step, fields, where, f"known: {', '.join(fields)}")
        return step, fields[step]
    if shape == "dict":
        if isinstance(inner, type) and issubclass(inner, Point) and step not in holder:
            raise UnknownName("variant", step, holder, where, f"the scenario has {', '.join(holder) or 'none'}")
        return step, inner
    return _entry(inner, holder, step, where), inner


def _entry(inner: Any, holder: list[Any], step: str, where: str) -> int:
    """Place of an entry in a list; a change of a measure that is not there yet is added."""
    if step.isdigit():
        if int(step) < len(holder):
            return int(step)
        raise InputError(where, f"there is no entry {step}", f"the list has {len(holder)}, counted from 0")
    if inner is not Change:
        raise InputError(where, f"'{step}' is not the number of an entry", "lists are entered by number, from 0")
    for index, entry in enumerate(holder):
        if entry.get("measure") == step:
            return index
    holder.append({"measure": step})
    return len(holder) - 1


def _shape(kind: Any) -> tuple[str, Any]:
    """Whether a type is a model, a list, a mapping or a value, and what it holds."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _shape(arguments[0])
    if origin in (Union, UnionType):
        shapes = [_shape(argument) for argument in arguments if argument is not type(None)]
        return next((shape for shape in shapes if shape[0] != "value"), ("value", None))
    if origin is list:
        return "list", arguments[0]
    if origin is dict:
        return "dict", arguments[1]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "model", kind
    return "value", None


def _is_text(kind: Any) -> bool:
    """Whether a value is text alone, so that 2024 typed without quotes is "2024"."""
    return kind is str or (get_origin(kind) is Literal and all(isinstance(value, str) for value in get_args(kind)))


def scenario_at(content: Content, point: SweepPoint, number: int, name: str) -> Scenario:
    """The scenario of one point.

    Raises
    ------
    InputError : a value the schema refuses, naming the point.
    """
    varied = content
    for path, value in point.items():
        varied = placed(varied, path, value)
    return parse_scenario(varied, f"point {number} ({label(point)})", name)
