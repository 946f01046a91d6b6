"""Published steps: what moves most between our average and each in print; `tools/write_published_steps.py` has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from detente.data.library import package_folder
from detente.data.yamlfile import as_date, as_list, as_text, check_keys, read_yaml

NAME = "published_steps.yaml"
KEYS = ("definition", "report", "law", "ours", "steps")
Figure = tuple[str, date, date]
"""Definition, day of the report, day of the law."""


@dataclass(frozen=True, slots=True)
class StepsToFigure:
    """Our headline, share, and the two largest steps from it, words and share, the largest first."""

    ours: float
    steps: tuple[tuple[str, float], ...]


@lru_cache(maxsize=1)
def published_steps() -> Mapping[Figure, StepsToFigure]:
    """Steps by figure.

    Raises
    ------
    InputError, UnknownName : names file, key and repair.
    """
    rows = as_list(read_yaml(package_folder() / NAME))
    return dict(_row(row, f"{NAME}, entry {number}") for number, row in enumerate(rows, start=1))


def _row(row: Any, where: str) -> tuple[Figure, StepsToFigure]:
    keys = check_keys(row, KEYS, where, KEYS)
    report, law = (as_date(keys[key], f"{where}, {key}") for key in ("report", "law"))
    steps = tuple((as_text(words, where), float(points) / 100.0) for words, points in as_list(keys["steps"]))
    figure = as_text(keys["definition"], where), report, law
    return figure, StepsToFigure(float(keys["ours"]) / 100.0, steps)
