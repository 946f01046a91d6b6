"""Average duties that others published, each on the law of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from detente.data.library import package_folder
from detente.data.yamlfile import as_date, as_text, check_keys, read_yaml

NAME = "published_averages.yaml"
KEYS = ("who", "said", "law", "percent", "says")


@dataclass(frozen=True, slots=True)
class PublishedAverage:
    """An average US duty in print.

    Attributes
    ----------
    who, said : publisher and day; `law` : day of the law it is about.
    rate : share of customs value.
    says : what it counts, in a few words.
    """

    who: str
    said: date
    law: date
    rate: float
    says: str


@lru_cache(maxsize=1)
def published_averages() -> tuple[PublishedAverage, ...]:
    """All figures of the package, in the order of their file."""
    rows = read_yaml(package_folder() / NAME)
    return tuple(_row(row, f"{NAME}, entry {number}") for number, row in enumerate(rows, start=1))


def _row(row: dict[str, object], where: str) -> PublishedAverage:
    check_keys(row, KEYS, where)
    percent = row["percent"]
    assert isinstance(percent, float)
    who, says = (as_text(row[key], where) for key in ("who", "says"))
    spoken, law = (as_date(row[key], f"{where}, {key}") for key in ("said", "law"))
    return PublishedAverage(who, spoken, law, percent / 100.0, says)
