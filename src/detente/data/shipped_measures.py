"""The package's measures of an importer, taken over into a folder that a user makes from a schedule of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from detente.codes import InputError, Parameter
from detente.data.importerfile import NAME
from detente.data.law_folder import BEYOND, EXAMPLE
from detente.data.library import package_folder
from detente.data.yamlfile import dumped, read_yaml

AUTHORITIES, PROGRAMMES, FRONTIER, CASES = "authorities.yaml", "programmes.yaml", "frontier.yaml", "cases.yaml"
MERGED = (AUTHORITIES, PROGRAMMES, FRONTIER)
OF_SCHEDULE = (NAME, CASES, "known.csv", "schedule.parquet", "preferences.parquet")
"""Files of a shipped folder that speak of its own schedule."""

NO_SCHEDULE = ("is not on record by line", "schedule is not on record")
"""Words of gaps that a schedule fills."""


def measures_shipped(importer: str) -> int:
    """How many measures the package has of an importer: they stand in folders of their authorities."""
    return sum((path.parent.parent / NAME).is_file() for path in _folder(importer).rglob("*.yaml"))


def with_measures(files: Mapping[str, bytes], importer: str) -> dict[str, bytes]:
    """The files of a new folder with the package's measures, their authorities, agreements, facts and gaps.

    Raises
    ------
    InputError : the package has no measure of the importer.
    """
    root = _folder(importer)
    if not measures_shipped(importer):
        raise InputError(Parameter("with_measures"), f"the package has no measure of {importer}", "leave it out")
    copied = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).as_posix() not in (*MERGED, *OF_SCHEDULE)
    }
    kept = {name: content for name, content in files.items() if name != EXAMPLE}
    kept[NAME] = files[NAME].replace(BEYOND.encode(), TAKEN.encode())
    entries = (line for line in files[AUTHORITIES].splitlines(keepends=True) if not line.startswith(b"#"))
    merged = {
        AUTHORITIES: (root / AUTHORITIES).read_bytes() + b"".join(entries),
        FRONTIER: _frontier(files[FRONTIER], root),
    }
    programmes = _programmes(files.get(PROGRAMMES, b""), root)
    return {**kept, **copied, **merged, **({PROGRAMMES: programmes} if programmes else {})}


TAKEN = "measures later than those of the package, which were taken over as they were"


def _folder(importer: str) -> Path:
    return package_folder() / "lawbooks" / importer.lower()


def _programmes(own: bytes, root: Path) -> bytes:
    """Agreements of the new folder's columns, and those of the package that free goods by their codes."""
    path = root / PROGRAMMES
    if not path.is_file():
        return own
    known = {str(row["symbol"]) for row in yaml.safe_load(own)} if own else set()
    more = [row for row in read_yaml(path, PROGRAMMES) if row.get("free") and str(row["symbol"]) not in known]
    return own + (dumped(more).encode() if more else b"")


def _frontier(own: bytes, root: Path) -> bytes:
    """How far both were read; what the package lacks, but for the schedule that is there now."""
    new: dict[str, Any] = yaml.safe_load(own)
    shipped = read_yaml(root / FRONTIER, FRONTIER)
    gaps = [gap for gap in shipped["gaps"] if not any(words in gap["says"] for words in NO_SCHEDULE)]
    content = {
        "read_to": shipped["read_to"],
        "sources": [*new["sources"], *shipped["sources"]],
        "gaps": [*new["gaps"][1:], *gaps],
        **{key: value for key, value in shipped.items() if key not in ("read_to", "sources", "gaps")},
    }
    return dumped(content).encode()
