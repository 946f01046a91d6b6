"""Case files: a negotiation as a YAML file, checked key by key before anything is solved.

Levels of duties are shares (1.25 is 125 points). Every parameter has a central value and a range, every position and
constraint its source. `case_names()` lists the cases of the package; a user's own is given by its path.

A case holds what was known on its day. What came of it stands in a file beside it, `NAME.happened.yaml`, which is read
as its variant `happened` and by nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import NoneType
from typing import Any

from detente.codes import InputError, UnknownName
from detente.data.casefaults import case_of
from detente.data.caserows import CaseFile
from detente.data.library import package_folder
from detente.data.userfile import read_text
from detente.data.yamlfile import read_yaml

LATEST = "latest"
"""In place of the name of a set of weights: the last that a choice identifies, none where no choice does."""

DAY = re.compile(r"^on: *(\d{4}-\d{2}-\d{2}) *$", re.MULTILINE)
"""The day of a case in its file."""

HAPPENED = "happened"
"""The variant of a case that knows what was agreed; it stands in a file of its own."""


def case_names() -> tuple[str, ...]:
    """Names of the cases of the package."""
    names = (path.stem for path in (package_folder() / "cases").glob("*.yaml"))
    return tuple(sorted(name for name in names if not name.endswith(f".{HAPPENED}")))


def load_case(name: str | Path, variant: str = "") -> CaseFile:
    """A case by name, or a user's own by path; a variant replaces some of its keys.

    The variant may stand in the name, as in "us-china-2025-05:happened".

    Raises
    ------
    UnknownName : neither a case of the package nor a file, or a variant it does not have.
    InputError : what the file holds cannot be used; names file, key and repair.
    """
    content, where = _content(name, variant)
    content.pop("variants", None)
    return parse_case(content, where)


def settled_case(name: str, variant: str = "") -> CaseFile:
    """A case of the package with what came of it, where that is on record, under its own name; errors as `load_case`.

    Runs of scenarios and the deal page stand on it: they are about deals that were signed.
    """
    known = HAPPENED if not variant and _has_happened(name) else variant
    return load_case(name, known) if known != HAPPENED else load_case(name, known).model_copy(update={"name": name})


def _has_happened(name: str) -> bool:
    """Whether what came of a case is on record; that it stands in a file of its own is seen without reading one."""
    return _beside(_place(name)[0]).exists() or HAPPENED in variant_names(name)


@lru_cache(maxsize=1)
def settled_days() -> Mapping[str, date]:
    """Day of each case of the package, as `settled_case` has it, by its name; read without the rest of its file."""
    return {name: _day_of(name) for name in case_names()}


def _day_of(name: str) -> date:
    path, where = _place(name)
    dated = DAY.search(read_text(_beside(path) if _beside(path).exists() else path, where))
    return date.fromisoformat(dated[1]) if dated else settled_case(name).on


def variant_names(name: str | Path) -> tuple[str, ...]:
    """Names of the variants of a case; none where it has one form only."""
    path, where = _place(_parted(name, "")[0])
    beside = (HAPPENED,) if _beside(path).exists() else ()
    return (*_variants(_own(path, where), where), *beside)


def _parted(name: str | Path, variant: str) -> tuple[str | Path, str]:
    """The name of a case and the variant that may follow it after a colon."""
    head, colon, tail = str(name).partition(":")
    return (head, variant or tail) if colon and head in case_names() else (name, variant)


def _beside(path: Path) -> Path:
    """The file of what happened, beside that of a case."""
    return path.with_name(f"{path.stem}.{HAPPENED}{path.suffix}")


def _place(name: str | Path) -> tuple[Path, str]:
    """The file of a case, and what messages call it."""
    if str(name) in case_names():
        path = package_folder() / "cases" / f"{name}.yaml"
        return path, path.name
    path = Path(name)
    if path.suffix not in {".yaml", ".yml"} and len(path.parts) == 1:
        raise UnknownName("case", str(name), case_names())
    return path, str(path)


def _content(name: str | Path, variant: str = "") -> tuple[dict[str, Any], str]:
    """The keys of a case in one of its variants, and the file they are from."""
    name, variant = _parted(name, variant)
    path, where = _place(name)
    content = _own(path, where)
    return _varied(content, variant, path, where) if variant else (content, where)


def _own(path: Path, where: str) -> dict[str, Any]:
    """The keys of a case file, with those of the case that it is `like` where it leaves them out."""
    content = read_yaml(path, where)
    if not isinstance(content, dict):
        raise InputError(where, "should be a mapping of keys to values", "see the cases in the package")
    base = content.pop("like", "")
    if base and _place(_parted(base, "")[0])[0] == path:
        raise InputError(f"{where}, like", "names the file itself", "name another case")
    return _over(_content(base)[0], content, where) if base else content


def _variants(content: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    """The variants of a case by name, each the keys that it replaces."""
    variants = content.get("variants") or {}
    if not isinstance(variants, dict) or not all(isinstance(keys, dict | NoneType) for keys in variants.values()):
        what = "should be a mapping of names to the keys that each variant replaces"
        raise InputError(f"{where}, variants", what, "see us-china-today.yaml in the package")
    return variants


def is_case(name: str) -> bool:
    """Whether a name is that of a case of the package, or of a file that holds one."""
    if str(_parted(name, "")[0]) in case_names():
        return True
    path = Path(name)
    if path.suffix not in {".yaml", ".yml"} or not path.is_file():
        return False
    content = read_yaml(path, str(path))
    if not isinstance(content, dict):
        return False
    return "threats" in content or "parties" in content or ("like" in content and is_case(str(content["like"])))


def _varied(content: dict[str, Any], variant: str, path: Path, where: str) -> tuple[dict[str, Any], str]:
    """The keys of a variant, and the file they are from: what happened stands beside the case, others within it."""
    beside, variants, name = _beside(path), _variants(content, where), content.get("name")
    if variant == HAPPENED and beside.exists():
        content, where = _signed_first(_own(beside, beside.name)), str(Path(where).with_name(beside.name))
    elif variant in variants:
        content = _over(content, variants[variant] or {}, f"{where}, variant {variant}")
    else:
        raise UnknownName("variant", variant, [*variants, *([HAPPENED] if beside.exists() else [])], where)
    return content | ({"name": f"{name}:{variant}"} if name else {}), where


def _signed_first(content: dict[str, Any]) -> dict[str, Any]:
    """What was signed before all other outcomes but those of the status quo and the past law."""
    outcomes, signed = content.get("outcomes"), content.get("signed")
    if isinstance(outcomes, dict) and signed in outcomes:
        first = ("status_quo", "past_law", signed)
        order = {**{name: 0 for name in first if name in outcomes}, **outcomes}
        content["outcomes"] = {name: outcomes[name] for name in order}
    return content


def _over(base: Mapping[str, Any], given: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Keys of `given` over those of `base`; outcomes and parameters are replaced one by one, null takes one away.

    What was known goes with the day: a case of another day does not take over the `as_known` of the one it is like.
    """
    dated = "on" in given and "as_known" not in given
    content = {**{key: value for key, value in base.items() if not (dated and key == "as_known")}, **given}
    for key in ("outcomes", "parameters"):
        if isinstance(base.get(key), dict) and isinstance(given.get(key), dict):
            for name, value in given[key].items():
                if value is None and name not in base[key]:
                    raise UnknownName(key.removesuffix("s"), name, base[key], f"{where}, {key}")
            merged = {**base[key], **given[key]}
            content[key] = {name: value for name, value in merged.items() if value is not None}
    return content


def parse_case(content: Any, where: str) -> CaseFile:
    """The content of a case file, checked; all mistakes are told at once, with the errors of `load_case`."""
    if not isinstance(content, Mapping):
        raise InputError(where, "should be a mapping of keys to values", "see the cases in the package")
    return case_of(content, where)
