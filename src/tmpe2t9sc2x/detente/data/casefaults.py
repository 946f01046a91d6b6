"""From the keys of a case file to its rows, or to all of its mistakes at once.

A mistake is refused, then mended in a copy as the writer most likely meant it, so that what else is wrong is found in
the same pass. What a row says is not held against it twice: checks of a row whose keys are wrong are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from detente.codes import InputError, UnknownName, check_none
from detente.codes.errors import did_you_mean
from detente.data.casechecks import case_faults
from detente.data.caserows import CaseFile, IssueRow

Path = tuple[str | int, ...]
MORE = {CaseFile: ("like", "variants"), IssueRow: ("giver",)}
"""Keys of a file that its rows do not have, or have under another name."""

HELD = ("parties", "issues", "outcomes", "threats", "parameters", "constraints")
"""Keys without which nothing else can be held against one another."""

NAMED = ("outcomes", "parameters")
"""Keys that hold rows by name."""

PASSES = 6
UNKNOWN, MISSING = "extra_forbidden", "missing"
WORDS = {
    "model_type": "should be a mapping of keys to values",
    "dict_type": "should be a mapping of keys to values",
    "tuple_type": "should be a list",
    "string_type": "should be a text",
    "float_type": "should be a number",
    "float_parsing": "should be a number",
    "bool_parsing": "should be true or false",
    "bool_type": "should be true or false",
    MISSING: "is missing",
}
"""What should stand in place of a value, by the kind of mistake."""

TITLES: Mapping[str, str] = {
    "issues": "issue '{name}'", "outcomes": "outcome '{key}'", "constraints": "constraint '{name}'",
    "threats": "threat '{name}'", "beliefs": "beliefs about {party}", "terms": "term {part} of {party}",
    "weights": "choice",
}  # fmt: skip
"""What checks call a row of each key."""


@dataclass(frozen=True)
class Slip:
    """A mistake in the keys of a file.

    Attributes
    ----------
    path : keys and places from the top to the value; kind : as pydantic names it; text : its words.
    arm : of the ways in which the value may be written, the one that was tried; "" where there is one.
    deep : whether the value was of the shape of that way.
    """

    path: Path
    kind: str
    text: str
    arm: str = ""
    deep: bool = True

    @property
    def what(self) -> str:
        """What is wrong, in words."""
        if self.kind.startswith("date"):
            return "should be a day, as 2025-05-08"
        return WORDS.get(self.kind, self.text.removeprefix("Value error, ").lower())


def case_of(content: Mapping[str, Any], where: str) -> CaseFile:
    """A case from the keys of its file.

    Raises
    ------
    InputError, UnknownName : one mistake; `Faults` : several, each a sentence.
    """
    keys = _copied(dict(content))
    slips = _slips(keys)
    if not slips:
        case = _shelved(CaseFile.model_validate(keys))
        check_none(list(case_faults(case, where)))
        return case
    faults = [_fault(keys, slip, where) for slip in slips]
    check_none([*faults, *_further(keys, slips, where)])
    raise AssertionError("mistakes were told")


def _copied(value: Any) -> Any:
    """Mappings and lists of a value anew."""
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list | tuple) else value


def _shelved(case: CaseFile) -> CaseFile:
    """The case with issues that are not tabled on its shelf."""
    shelf = tuple(row for row in case.issues if not row.tabled)
    if not shelf:
        return case
    tabled = tuple(row for row in case.issues if row.tabled)
    return case.model_copy(update={"issues": tabled, "shelf": (*case.shelf, *shelf)})


# --- mistakes of keys ------------------------------------------------------------------------------------------------


def _slips(content: Any) -> list[Slip]:
    """Mistakes in the keys: of the ways to write a value those of the nearest, and one for a key under another name."""
    try:
        CaseFile.model_validate(content)
    except ValidationError as error:
        rows = [_slip(content, row["loc"], row["type"], row["msg"]) for row in error.errors()]
    else:
        return []
    by_value: dict[Path, dict[str, list[Slip]]] = defaultdict(lambda: defaultdict(list))
    for value, slip in rows:
        by_value[value][slip.arm].append(slip)
    return [slip for arms in by_value.values() for slip in min((_plain(a) for a in arms.values()), key=_size)]


def _size(slips: Sequence[Slip]) -> tuple[bool, int]:
    return not any(slip.deep for slip in slips), len(slips)


def _plain(slips: list[Slip]) -> list[Slip]:
    """Mistakes without keys that are missing because they stand there under another name."""
    unknown = [slip.path for slip in slips if slip.kind == UNKNOWN]
    meant = {(*path[:-1], near) for path in unknown if (near := _nearest(path))}
    return [slip for slip in slips if slip.kind != MISSING or slip.path not in meant]


def _slip(content: Any, loc: Path, kind: str, text: str) -> tuple[Path, Slip]:
    """The value that a mistake is grouped by, and the mistake: names of ways to write a value are no keys."""
    value: Any = content
    for depth, part in enumerate(loc):
        known = _holds(value, part)
        if not known and not (depth == len(loc) - 1 and kind == MISSING):
            rest = loc[depth + 1 :]
            path = (*loc[:depth], *rest)
            return loc[:depth], Slip(path, kind, text, str(part), bool(rest))
        value = value[part] if known else None
    # Keys of a row stand together, so that one that is missing is held against one that is unknown.
    return loc[:-1] if kind in (UNKNOWN, MISSING) else loc, Slip(loc, kind, text)


def _holds(value: Any, part: str | int) -> bool:
    if isinstance(value, Mapping):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and part < len(value)


def _fault(content: Any, slip: Slip, where: str) -> InputError:
    key = ".".join(_named(content, slip.path))
    if slip.kind == UNKNOWN:
        return UnknownName("key", str(slip.path[-1]), known_keys(slip.path), f"{where}, {key}")
    return InputError(f"{where}, {key}", slip.what, "see the cases in the package")


def _named(content: Any, path: Path) -> Iterator[str]:
    """The parts of a path, a row of a list by its name where it has one."""
    value: Any = content
    for part in path:
        value = value[part] if _holds(value, part) else None
        name = value.get("name") if isinstance(part, int) and isinstance(value, Mapping) else part
        yield name if isinstance(name, str) and name else str(part)


def known_keys(path: Path) -> tuple[str, ...]:
    """Keys that may stand where a path ends."""
    models = _models_at(path[:-1])
    return tuple(dict.fromkeys(name for kind in models for name in (*kind.model_fields, *MORE.get(kind, ()))))


def _models_at(path: Path) -> list[type[BaseModel]]:
    """Rows that may stand at a path: those of its keys; names and places in between have none of their own."""
    models: list[type[BaseModel]] = [CaseFile]
    for part in path:
        fields = [kind.model_fields[part] for kind in models if part in kind.model_fields]
        if fields:
            models = [kind for field in fields for kind in rows_in(field.annotation)]
    return models


def rows_in(annotation: Any) -> list[type[BaseModel]]:
    """Rows that an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [kind for part in get_args(annotation) for kind in rows_in(part)]


def _nearest(path: Path) -> str:
    """The key that was most likely meant by an unknown one; "" for none."""
    return did_you_mean(str(path[-1]), known_keys(path), 1).strip("'")


# --- what else is wrong ----------------------------------------------------------------------------------------------


def _further(content: dict[str, Any], slips: Sequence[Slip], where: str) -> Iterator[InputError]:
    """What does not fit in the case once its keys are mended, where they leave anything to hold together."""
    bad = {_title(content, slip.path, where) for slip in slips if not (slip.kind == UNKNOWN and _nearest(slip.path))}
    if any(slip.path[0] in HELD and len(slip.path) == 1 for slip in slips):
        return
    keys = _copied(content)
    for _ in range(PASSES):
        for slip in reversed(slips):
            _mend(keys, slip)
        slips = _slips(keys)
        if not slips:
            case = _shelved(CaseFile.model_validate(keys))
            yield from (fault for fault in case_faults(case, where) if not _hangs_on(fault, bad))
            return
        bad |= {_title(keys, slip.path, where) for slip in slips}


def _hangs_on(fault: InputError, bad: set[str]) -> bool:
    """Whether a mistake is one of a row whose keys are wrong, or of a level on the axis of such an issue."""
    return any(fault.where.startswith(title) or f"issue '{fault.what.split()[0]}'" in title for title in bad)


def _title(content: Any, path: Path, where: str) -> str:
    """Where checks say that a row stands."""
    top, title = path[0], TITLES.get(str(path[0]), "")
    row = reduce(lambda value, part: value[part] if _holds(value, part) else None, path[:2], content)
    if not title or len(path) < 2:
        return f"{where}, {top}"
    known = {**row, "key": path[1]} if isinstance(row, Mapping) else {"key": path[1]}
    return f"{where}, {title.format_map(defaultdict(str, known))}"


def _mend(content: Any, slip: Slip) -> None:
    """Put right one mistake as the writer most likely meant it, or take the value away."""
    parent, last = reduce(lambda value, part: value[part], slip.path[:-1], content), slip.path[-1]
    value = parent[last] if _holds(parent, last) else None
    if slip.kind == UNKNOWN:
        near = _nearest(slip.path)
        if near and near not in parent:
            parent[near] = value
        del parent[last]
    elif slip.kind == MISSING:
        parent[last] = _blank(slip.path)
    elif isinstance(value, Mapping) and slip.kind == "value_error":
        fields = {name: field for kind in _models_at(slip.path) for name, field in kind.model_fields.items()}
        parent[last] = {key: item for key, item in value.items() if key in fields and fields[key].is_required()}
    elif slip.path[0] in NAMED and len(slip.path) == 2:
        parent[last] = {}
    else:
        del parent[last]


def _blank(path: Path) -> Any:
    """A value of the kind that a key takes, in place of one that is missing."""
    for kind in _models_at(path[:-1]):
        if path[-1] in kind.model_fields:
            return _empty(kind.model_fields[str(path[-1])].annotation)
    return ""


def _empty(annotation: Any) -> Any:
    if annotation in (date, str, float):
        return {date: date.min, str: "", float: 0.0}[annotation]
    origin = get_origin(annotation)
    if origin is Literal:
        return get_args(annotation)[0]
    if origin in (dict, tuple):
        return {} if origin is dict else []
    # Levels, in steps or as a list.
    return [0.0, 1.0]
