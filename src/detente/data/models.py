"""From the content of a file to a checked model, or to every mistake of the file at once.

One translator for every kind of file. A mistake says where it is, what is wrong and what to do. It is then mended in a
copy, as the writer most likely meant it, so that whatever else does not fit together is ways in the same pass.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, is_dataclass
from dataclasses import fields as parts_of
from datetime import date
from enum import Enum
from functools import cache, partial
from operator import itemgetter
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from detente.codes import InputError, UnknownName, check_none
from detente.codes.errors import did_you_mean
from detente.codes.hs import digits
from detente.data.library import package_folder
from detente.data.limits import memoized
from detente.data.yamlfile import as_date, as_share, read_text, read_toml, read_yaml

Place = tuple[str | int, ...]
Checks = Callable[[Any, str], Iterable[InputError]]
Line = Callable[[Place], int]
M = TypeVar("M")
UNKNOWN, ABSENT, EMPTY, TOLD = "extra_forbidden", "missing", "empty", "told"
PASSES = 6
ROWS = (list, tuple, frozenset, Sequence)
#: Digits of a prefix that a file may name.
CODE_LENGTHS = tuple(range(2, 11))

#: Keys of a mapping that are named in a message.
LISTED = 12

#: Keys by whose value a row is named in messages.
NAMES = ("id", "name", "event_id", "claim_id", "promise_id", "symbol")

#: What is wrong with a value out of bounds, and what it should be, by the kind of mistake.
BOUNDS = {
    "greater_than": ("is too small", "more than {gt:g}"), "greater_than_equal": ("is too small", "{ge:g} or more"),
    "less_than": ("is too large", "less than {lt:g}"), "less_than_equal": ("is too large", "{le:g} or less"),
    "string_too_long": ("is too long", "at most {max_length} letters"), "string_too_short": ("is empty", "a text"),
    "too_short": ("has too few", "{min_length} or more"), "too_long": ("has too many", "{max_length} at most"),
    "finite_number": ("is not finite", "a finite number"),
}  # fmt: skip

#: What may stand in a key, by its type.
PLAIN = {str: "a text", float: "a number", int: "a whole number", bool: "true or false", date: "a day, as 2025-05-08"}


# --- kinds of values that files share --------------------------------------------------------------------------------


class FileModel(BaseModel):
    """A mapping whose keys are all known. How it is checked is made when the first file is read, not as it loads."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


#: Configuration of a record whose keys are all known, as its `__pydantic_config__`.
STRICT = ConfigDict(extra="forbid")


def lookup(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A reader whose refusals stand among the mistakes of the file, with what is wrong and what to do as it says."""

    def check(value: Any) -> Any:
        try:
            return read(value)
        except InputError as error:
            raise PydanticCustomError(TOLD, "{what}", {"what": error.what, "repair": error.repair}) from None

    return check


def one_of(known: Sequence[str], kind: str) -> BeforeValidator:
    """Check of a key that holds one of the known names of a kind."""

    def check(value: Any) -> Any:
        if value not in known:
            raise UnknownName(kind, str(value), known, "", f"use {', '.join(filter(None, known))}")
        return value

    return BeforeValidator(lookup(check))


@lookup
def _day(value: Any) -> Any:
    if not isinstance(value, date | str):
        raise InputError("", f"{_shown(value)} is not a day", "write it as 2025-04-15")
    return as_date(value, "")


def _prose(value: Any) -> Any:
    if isinstance(value, int | float | date):
        return str(value)
    return value.strip() if isinstance(value, str) else value


Day = Annotated[date, BeforeValidator(_day)]
Rate = Annotated[float, BeforeValidator(lookup(partial(as_share, where="")))]
Number = Annotated[float, Strict()]
Finite = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Part = Annotated[float, Strict(), Field(ge=0.0, le=1.0)]
Whole = Annotated[int, Strict()]
Truth = Annotated[bool, Strict()]
Prose = Annotated[str, BeforeValidator(_prose)]
Several = BeforeValidator(lambda value: value if isinstance(value, list | tuple) else [value])
#: One text, or several.
Texts = Annotated[tuple[str, ...], Several]

#: The beginning of a tariff code, without its dots.
Code = Annotated[str, BeforeValidator(lookup(lambda value: digits(value, "", CODE_LENGTHS)))]

Codes = Annotated[tuple[Code, ...], Several]
Sentences = Annotated[tuple[Prose, ...], Several]


# --- what others call ------------------------------------------------------------------------------------------------


def read_model(kind: type[M], path: Path, where: str = "", checks: Checks | None = None) -> M:
    """A file of YAML, JSON or TOML as its model; errors as `model_of`, each with its line where the file has lines."""
    name = where or str(path)
    if path.suffix == ".toml":
        return model_of(kind, read_toml(path, name), name, checks)
    return model_of(kind, read_yaml(path, name), name, checks, lines_of(path))


def read_rows(kind: type[M], path: Path, where: str = "", checks: Checks | None = None) -> tuple[M, ...]:
    """The rows of a file, where one may stand alone; errors as `read_model`."""
    rows: Any = Annotated[tuple[kind, ...], Several]
    return read_model(rows, path, where, checks)


@memoized
def shipped(kind: Any, name: str) -> Any:
    """A file of the package as its model, read once; errors as `read_model`."""
    return read_model(kind, package_folder() / name, name)


def lines_of(path: Path) -> Line:
    """A finder of the lines of a YAML file; the file is read again only where there is a mistake to tell of."""
    return lambda place: line_of(read_text(path), place)


def line_of(text: str, place: Place) -> int:
    """Line of YAML text on which the key or row of a place begins; 0 where the text does not have it."""
    node, line = yaml.compose(text, Loader=yaml.SafeLoader), 0
    for part in place:
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            pair = node.value[part], node.value[part]
        else:
            pair = None
        if pair is None:
            return line
        line, node = pair[0].start_mark.line + 1, pair[1]
    return line


def model_of(
    kind: type[M],
    content: Any,
    where: str,
    checks: Checks | None = None,
    line: Line | None = None,
    known: Mapping[str, Any] | None = None,
) -> M:
    """The content of a file as its model.

    Parameters
    ----------
    kind : a pydantic model, a dataclass, or a list or mapping of them.
    checks : what must hold of the whole; asked once keys and types are right, or are mended.
    line : on which a place stands; asked for mistakes alone.
    known : what validators of the model look up, as their context.

    Raises
    ------
    InputError, UnknownName : one mistake; `Faults` : several, each a sentence.
    """
    if _is_model(kind) and not isinstance(content, Mapping):
        # Keys that a file begins with: those that its model names, or those that must be there.
        names = getattr(kind, "begin", ()) or [name for name, key in _keys(kind).items() if key.required]
        first_keys = [f"'{name}:'" for name in [*(names or _keys(kind))][:3]]
        raise InputError(where, "should be a mapping of keys to values", f"start with {' and '.join(first_keys)}")
    made, slips = _validated(kind, content, known)
    if made is not None:
        check_none([*(checks(made, where) if checks else ())])
        return made
    numbered = [(line(slip.place) if line else 0, slip) for slip in slips]
    faults = [
        _fault(kind, content, slip, f"{where}, line {number}" if number else where)
        for number, slip in sorted(numbered, key=itemgetter(0))
    ]
    check_none([*faults, *(_further(kind, content, slips, where, checks, known) if checks else ())])
    raise AssertionError("mistakes were told")


def faults_of(kind: Any, content: Any, error: ValidationError, where: str) -> None:
    """Raise what is wrong with content that pydantic refused, in sentences."""
    check_none([_fault(kind, content, slip, where) for slip in _slips(kind, content, error)])


def record_of(kind: type[M], row: Any, **more: Any) -> M:
    """A record of another layer from a row of a file: the fields that both have, and more, which comes first."""
    own = {part.name: getattr(row, part.name) for part in parts_of(kind) if hasattr(row, part.name)}  # type: ignore
    return kind(**{**own, **more})


def keys_of(kind: Any) -> tuple[str, ...]:
    """Names of the keys of a model, other names of them too."""
    return (*_keys(kind), *getattr(kind, "also", ()))


# --- what a place leads to -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slip:
    """A mistake.

    Attributes
    ----------
    place : keys and numbers of rows from the top to the value; kind, text, about : as pydantic has them.
    given : the value.
    arms : ways to write a value that were tried on the way, each with its place.
    """

    place: Place
    kind: str
    text: str = ""
    given: Any = None
    about: Mapping[str, Any] = field(default_factory=dict)
    arms: tuple[tuple[Place, str], ...] = ()

    def deep(self, level: int) -> bool:
        """Whether the value was of the shape of the way that was tried."""
        return len(self.place) > len(self.arms[level][0])


@dataclass(frozen=True)
class Key:
    """A key of a model: what may stand in it, and whether it must be there."""

    annotation: Any
    required: bool


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and (issubclass(kind, BaseModel) or is_dataclass(kind))


@cache
def _keys(kind: Any) -> Mapping[str, Key]:
    """Keys of a model by name."""
    if issubclass(kind, BaseModel):
        return {
            item.alias or name: Key(item.annotation, item.is_required()) for name, item in kind.model_fields.items()
        }
    hints, keys = get_type_hints(kind, include_extras=True), {}
    for item in parts_of(kind):
        infos = [info for info in getattr(hints[item.name], "__metadata__", ()) if isinstance(info, FieldInfo)]
        alias = next((info.alias for info in infos if info.alias), item.name)
        keys[alias] = Key(hints[item.name], item.default is MISSING and item.default_factory is MISSING)
    return keys


def _arms(annotation: Any) -> list[Any]:
    """Ways of writing a value, but for leaving it out."""
    if get_origin(annotation) is Annotated:
        return _arms(get_args(annotation)[0])
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [Literal[tuple(str(member) for member in annotation)]]
    if get_origin(annotation) in (Union, UnionType):
        return [arm for part in get_args(annotation) if part is not NoneType for arm in _arms(part)]
    return [annotation]


def _step(arm: Any, part: str | int) -> Iterator[Any]:
    """What may stand one step further."""
    origin, args = get_origin(arm), get_args(arm)
    if _is_model(arm) and part in _keys(arm):
        yield _keys(arm)[str(part)].annotation
    elif origin in (dict, Mapping):
        yield args[1]
    elif origin in ROWS and isinstance(part, int):
        yield args[0]


@cache
def at(kind: Any, place: Place) -> tuple[Any, ...]:
    """Annotations of the values that a place leads to."""
    ways = _arms(kind)
    for part in place:
        ways = [way for arm in ways for annotation in _step(arm, part) for way in _arms(annotation)]
    return tuple(ways)


def known_keys(kind: Any, place: Place) -> tuple[str, ...]:
    """Keys that may stand where a place ends."""
    models = [arm for arm in at(kind, place[:-1]) if _is_model(arm)]
    return tuple(dict.fromkeys(name for model in models for name in keys_of(model)))


def words_of(arms: Iterable[Any]) -> str:
    """What may stand in a key, in words."""
    words: dict[str, None] = {}
    for arm in arms:
        origin, args = get_origin(arm), get_args(arm)
        if _is_model(arm):
            words[f"a mapping with {_listed(keys_of(arm))}"] = None
        elif origin is Literal:
            values = [str(value) for value in args if value != ""]
            words[f"one of {', '.join(values)}" if len(values) > 1 else f"'{values[0]}'"] = None
        elif origin in ROWS:
            words[f"a list of {_plural(words_of(_arms(args[0])))}"] = None
        else:
            words["a mapping of names to values" if origin in (dict, Mapping) else PLAIN.get(arm, "a value")] = None
    return " or ".join(words)


def _plural(words: str) -> str:
    head, joint, tail = words.removeprefix("a ").partition(" with ")
    return f"{head.partition(',')[0].replace(' or a ', 's or ')}s{joint}{tail}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:LISTED]) + (" and others" if len(names) > LISTED else "")


# --- mistakes of keys and types --------------------------------------------------------------------------------------


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _validated(kind: type[M], content: Any, known: Any) -> tuple[M | None, list[Slip]]:
    """The model, or mistakes: of several ways to write a value those of the nearest, one for a key misspelt."""
    slips, made, empty = list[Slip](), None, [*_empty(content)]
    try:
        made = _adapter(kind).validate_python(content, context=known)
    except ValidationError as error:
        slips = [s for s in _slips(kind, content, error) if s.given is not None or s.kind in (UNKNOWN, ABSENT)]
    strange = {slip.place for slip in slips if slip.kind == UNKNOWN}
    slips += [slip for slip in empty if slip.place not in strange]
    return (None, slips) if slips else (made, [])


def _empty(content: Any, place: Place = ()) -> Iterator[Slip]:
    """Keys and rows that are there without a value."""
    if content is None and place:
        yield Slip(place, EMPTY)
        return
    value: Any = content
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value) if _is_list(value) else ()
    for part, item in pairs:
        yield from _empty(item, (*place, part))


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _slips(kind: Any, content: Any, error: ValidationError) -> list[Slip]:
    return _nearest_arms(kind, [_slip(content, row) for row in error.errors(include_url=False)])


def _plain(kind: Any, slips: list[Slip]) -> list[Slip]:
    """Mistakes without keys that are missing because they stand there under another name."""
    meant = {(*s.place[:-1], near) for s in slips if s.kind == UNKNOWN and (near := _nearest(kind, s.place))}
    return [slip for slip in slips if slip.kind != ABSENT or slip.place not in meant]


def _slip(content: Any, row: Any) -> Slip:
    """A mistake with the place of its value in the content: names of ways to write a value are no keys."""
    value, place, arms = content, [], []
    for depth, part in enumerate(row["loc"]):
        if _holds(value, part):
            value = value[part]
        elif not (row["type"] == ABSENT and depth == len(row["loc"]) - 1):
            arms.append((tuple(place), str(part)))
            continue
        place.append(part)
    kind = UNKNOWN if row["type"] == "unexpected_keyword_argument" else row["type"]
    return Slip(tuple(place), kind, row["msg"], row.get("input"), row.get("ctx", {}), tuple(arms))


def _holds(value: Any, part: str | int) -> bool:
    if isinstance(value, Mapping):
        return part in value
    return _is_list(value) and isinstance(part, int) and part < len(value)


def _nearest_arms(kind: Any, slips: Sequence[Slip], level: int = 0) -> list[Slip]:
    """Mistakes of the nearest of several ways to write each value."""
    groups: dict[Place, dict[str, list[Slip]]] = defaultdict(lambda: defaultdict(list))
    for slip in slips:
        if len(slip.arms) > level:
            place, arm = slip.arms[level]
            groups[place][arm].append(slip)
    chosen = _plain(kind, [slip for slip in slips if len(slip.arms) <= level])
    for arms in groups.values():
        chosen += min((_nearest_arms(kind, arm, level + 1) for arm in arms.values()), key=partial(_far, level))
    return chosen


def _far(level: int, slips: Sequence[Slip]) -> tuple[bool, int, int]:
    """How far a value is from a way to write it: of another shape, number of mistakes, and of another type."""
    types = sum(slip.kind.endswith("_type") or slip.kind.endswith("_parsing") for slip in slips)
    return not any(slip.deep(level) for slip in slips), len(slips), types


def _nearest(kind: Any, place: Place) -> str:
    """The key that was most likely meant by an unknown one; "" for none."""
    return did_you_mean(str(place[-1]), known_keys(kind, place), 1).strip("'")


def _fault(kind: Any, content: Any, slip: Slip, where: str) -> InputError:
    """A mistake in one sentence."""
    parts = [*_named(content, slip.place)]
    place, above = (", ".join(filter(None, (where, ".".join(some)))) for some in (parts, parts[:-1]))
    arms, given, last = at(kind, slip.place), slip.given, str(slip.place[-1]) if slip.place else ""
    if slip.kind == UNKNOWN:
        gone = {key: text for arm in at(kind, slip.place[:-1]) for key, text in getattr(arm, "gone", {}).items()}
        if last in gone:
            return InputError(above, f"key '{last}' is gone", gone[last])
        return UnknownName("key", last, known_keys(kind, slip.place), above)
    if slip.kind == TOLD:
        return InputError(place, slip.about["what"], slip.about["repair"])
    wanted = words_of(arms)
    if slip.kind == ABSENT:
        return InputError(above, f"key '{last}' is missing", f"add '{last}: ...', {wanted}")
    if slip.kind == EMPTY:
        return InputError(place, "is empty", f"give {wanted or 'a value'}, or leave the key out")
    if slip.kind in ("value_error", "assertion_error"):
        what, _, repair = slip.text.partition(", ")[2].partition("; ")
        shown = "" if isinstance(given, Mapping | list) or _shown(given) in what else f"{_shown(given)}: "
        return InputError(place, shown + what, repair.rstrip("."))
    literals = [str(value) for arm in arms if get_origin(arm) is Literal for value in get_args(arm) if value != ""]
    if slip.kind in ("literal_error", "enum") and literals and isinstance(given, str):
        return UnknownName("word", given, literals, place, f"use {', '.join(literals)}")
    if slip.kind in BOUNDS:
        what, most = BOUNDS[slip.kind] if given or given == 0 else ("is empty", "one or more")
        shown = "" if _is_list(given) or given == "" or isinstance(given, Mapping) else f"{_shown(given)} "
        return InputError(place, f"{shown}{what}", f"give {most.format(**slip.about)}")
    if slip.kind == "string_type" and isinstance(given, bool | int | float | date):
        written = {True: "YES", False: "NO"}[given] if isinstance(given, bool) else given
        kind = "true or false" if isinstance(given, bool) else "a day" if isinstance(given, date) else "a number"
        return InputError(place, f"{written} without quotes is read as {kind}, not as text", "put quotes around it")
    if isinstance(given, Mapping) or _is_list(given):
        return InputError(place, "is a mapping" if isinstance(given, Mapping) else "is a list", f"give {wanted}")
    plain = len(arms) == 1 and arms[0] in PLAIN
    what = f"{_shown(given)} is not {wanted.partition(',')[0]}" if plain else f"{_shown(given)} cannot be used here"
    return InputError(place, what, f"give {wanted}")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}" if abs(value) < 1e6 else str(value)
    text = " ".join(str(value).split()) if not _is_list(value) else ", ".join(map(str, value))
    return f"'{text[:40]}{'...' if len(text) > 40 else ''}'"


def _named(content: Any, place: Place) -> Iterator[str]:
    """The parts of a place, a row of a list by its name where it has one, else by its number."""
    value: Any = content
    for part in place:
        value = value[part] if _holds(value, part) else None
        row = value if isinstance(part, int) and isinstance(value, Mapping) else {}
        name = next((row[key] for key in NAMES if isinstance(row.get(key), str) and row[key]), None)
        yield name or str(part + 1 if isinstance(part, int) and not isinstance(part, bool) else part)


# --- what else is wrong ----------------------------------------------------------------------------------------------


def _further(
    kind: Any, content: Any, slips: Sequence[Slip], where: str, checks: Checks, known: Any
) -> Iterator[InputError]:
    """What does not fit in the whole once its keys are mended; rows that were mended are not held against it."""
    if any(len(slip.place) == 1 and (slip.kind == ABSENT or _is_rows(kind, slip.place)) for slip in slips):
        return
    keys, bad, names = _copied(content), set[str](), set[str]()
    for _ in range(PASSES):
        bad |= {_title(kind, keys, s, where) for s in slips if not (s.kind == UNKNOWN and _nearest(kind, s.place))}
        names |= {str(slip.place[-1]) for slip in slips if slip.place}
        for slip in reversed(slips):
            _mend(kind, keys, slip)
        made, slips = _validated(kind, keys, known)
        if made is not None:
            yield from (fault for fault in checks(made, where) if not _hangs_on(fault, bad, names))
            return


def _title(kind: Any, content: Any, slip: Slip, where: str) -> str:
    """Where checks say that the row of a mistake stands: as the model calls rows of the key, or by its place."""
    title = getattr(kind, "titles", {}).get(slip.place[0], "") if slip.place else ""
    if not title or len(slip.place) < 2:
        row_at = slip.place[: 1 if slip.place and isinstance(slip.place[0], int) else 2]
        return f"{where}, {'.'.join(_named(content, row_at))}"
    row = content[slip.place[0]]
    row = row[slip.place[1]] if _holds(row, slip.place[1]) else None
    known = {**(row if isinstance(row, Mapping) else {}), "key": slip.place[1]}
    return f"{where}, {title.format_map(defaultdict(str, known))}"


def _is_rows(kind: Any, place: Place) -> bool:
    return any(get_origin(arm) in (*ROWS, dict, Mapping) for arm in at(kind, place))


def _hangs_on(fault: InputError, bad: set[str], names: set[str]) -> bool:
    """Whether a mistake is one of a row that was mended, names it, or is of a level on the axis of such an issue."""
    if isinstance(fault, UnknownName) and fault.name in names:
        return True
    return any(fault.where.startswith(title) or f"'{fault.what.split()[0]}'" in title for title in bad)


def _mend(kind: Any, content: Any, slip: Slip) -> None:
    """Put right one mistake as the writer most likely meant it, or take the value away."""
    if not slip.place:
        return
    parent: Any = content
    last = slip.place[-1]
    for part in slip.place[:-1]:
        parent = parent[part] if _holds(parent, part) else None
    value = parent[last] if _holds(parent, last) else None
    if slip.kind == ABSENT:
        parent[last] = _blank(at(kind, slip.place))
    elif slip.kind == UNKNOWN:
        near = _nearest(kind, slip.place)
        del parent[last]
        if near and near not in parent:
            parent[near] = value
    elif slip.kind == "value_error" and isinstance(value, Mapping):
        keys = {name: key for arm in at(kind, slip.place) if _is_model(arm) for name, key in _keys(arm).items()}
        parent[last] = {key: item for key, item in value.items() if key in keys and keys[key].required}
    elif _holds(parent, last):
        del parent[last]


def _blank(arms: Sequence[Any]) -> Any:
    """A value of the kind that a key takes, in place of one that is missing."""
    arm = next((arm for arm in arms if get_origin(arm) or arm in PLAIN), str)
    if arm in PLAIN:
        return date.min if arm is date else arm()
    origin, args = get_origin(arm), get_args(arm)
    if origin in ROWS and float in _arms(args[0]):
        return [0.0, 1.0]
    return args[0] if origin is Literal else {} if origin in (dict, Mapping) else []


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if _is_list(value) else value
