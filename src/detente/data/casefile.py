"""Case files: a negotiation as a YAML file, checked key by key before anything is solved.

Levels of duties are shares (1.25 is 125 points). Every parameter has a central value and a range, every position and
constraint its source. `case_names()` lists the cases of the package; a user's own is given by its path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from detente.codes import InputError, UnknownName
from detente.data.casechecks import check_case
from detente.data.caserows import CaseFile, Strict
from detente.data.library import package_folder
from detente.data.yamlfile import read_yaml


def case_names() -> tuple[str, ...]:
    """Names of the cases of the package."""
    return tuple(sorted(path.stem for path in (package_folder() / "cases").glob("*.yaml")))


def load_case(name: str | Path, variant: str = "") -> CaseFile:
    """A case by name, or a user's own by path; a variant replaces some of its keys.

    Raises
    ------
    UnknownName : neither a case of the package nor a file, or a variant it does not have.
    InputError : what the file holds cannot be used; names file, key and repair.
    """
    content, where = _content(name)
    variants = content.pop("variants", {})
    if variant:
        if variant not in variants:
            raise UnknownName("variant", variant, variants, where)
        content = _over(content, variants[variant])
        content["name"] = f"{content['name']}:{variant}"
    return parse_case(content, where)


def variant_names(name: str | Path) -> tuple[str, ...]:
    """Names of the variants of a case; none where it has one form only."""
    return tuple(_content(name)[0].get("variants", {}))


def _content(name: str | Path) -> tuple[dict[str, Any], str]:
    """The keys of a case file, with those of the case that it is `like` where it leaves them out."""
    if str(name) in case_names():
        path = package_folder() / "cases" / f"{name}.yaml"
        where = path.name
    else:
        path = Path(name)
        where = str(path)
        if path.suffix not in {".yaml", ".yml"} and len(path.parts) == 1:
            raise UnknownName("case", str(name), case_names(), repair=f"the package has {', '.join(case_names())}")
    content = read_yaml(path, where)
    if not isinstance(content, dict):
        raise InputError(where, "should be a mapping of keys to values", "see the cases in the package")
    base = content.pop("like", "")
    return (_over(_content(base)[0], content) if base else content), where


def _over(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Keys of `given` over those of `base`; outcomes and parameters are replaced one by one, null takes one away."""
    content = {**base, **given}
    for key in ("outcomes", "parameters"):
        if isinstance(base.get(key), dict) and isinstance(given.get(key), dict):
            merged = {**base[key], **given[key]}
            content[key] = {name: value for name, value in merged.items() if value is not None}
    return content


def parse_case(content: Any, where: str) -> CaseFile:
    """The content of a case file, checked; errors are those of `load_case`."""
    if not isinstance(content, Mapping):
        raise InputError(where, "should be a mapping of keys to values", "see the cases in the package")
    try:
        case = CaseFile.model_validate(dict(content))
    except ValidationError as error:
        raise _refusal(error, where) from None
    shelf = tuple(row for row in case.issues if not row.tabled)
    if shelf:
        tabled = tuple(row for row in case.issues if row.tabled)
        case = case.model_copy(update={"issues": tabled, "shelf": (*case.shelf, *shelf)})
    check_case(case, where)
    return case


def _refusal(error: ValidationError, where: str) -> InputError:
    """The first mistake in one sentence."""
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return UnknownName("key", str(first["loc"][-1]), _known_keys(first["loc"]), f"{where}, {key}")
    what = "is missing" if first["type"] == "missing" else first["msg"].removeprefix("Value error, ").lower()
    return InputError(f"{where}, {key}", what, "see the cases in the package")


def _known_keys(place: tuple[int | str, ...]) -> Iterable[str]:
    """Keys where a key was not known: those of every row that a case has."""
    if len(place) == 1:
        return CaseFile.model_fields
    return sorted({name for kind in _kinds(Strict) for name in kind.model_fields})


def _kinds(kind: type[Strict]) -> list[type[Strict]]:
    """A kind of row and all that are built on it."""
    return [kind, *(each for below in kind.__subclasses__() for each in _kinds(below))]
