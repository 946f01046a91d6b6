"""What can end a bargain beside its sides, from `ends.yaml`: laws before a court, and breaches on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from detente.data.library import package_folder
from detente.data.yamlfile import as_date, as_list, as_text, check_keys, read_yaml

NAME = "ends.yaml"


@dataclass(frozen=True)
class CourtCase:
    """A law that duties rest on and that stands before a court.

    Attributes
    ----------
    law : word by which an instrument names it; since : first day on which a case was open.
    struck : day on which the law fell, None where it has not.
    """

    law: str
    since: date
    struck: date | None

    def open_on(self, day: date) -> bool:
        """Whether a case was open on a day."""
        return self.since <= day and (self.struck is None or day < self.struck)


@dataclass(frozen=True)
class Breach:
    """A breach of a bargain on record: by whom, and whether of a duty or a control."""

    pair: frozenset[str]
    day: date
    kind: str
    by: str
    what: str


@lru_cache(maxsize=1)
def court_cases() -> tuple[CourtCase, ...]:
    """Laws that stand or stood before a court."""
    return tuple(
        CourtCase(as_text(row["law"], NAME), as_date(row["since"], NAME), _day(row.get("struck")))
        for row in _rows("courts", "law since struck source")
    )


@lru_cache(maxsize=1)
def breaches() -> tuple[Breach, ...]:
    """Breaches on record, the first first."""
    return tuple(
        Breach(
            frozenset(as_text(code, NAME) for code in as_list(row["pair"])),
            as_date(row["day"], NAME),
            *(as_text(row[key], NAME) for key in ("kind", "by", "what")),
        )
        for row in _rows("breaches", "pair day kind by what")
    )


def _rows(block: str, keys: str) -> list[Any]:
    whole = check_keys(read_yaml(package_folder() / NAME, NAME), ["courts", "breaches"], NAME)
    return [check_keys(row, keys.split(), f"{NAME}, {block}") for row in as_list(whole[block])]


def _day(value: Any) -> date | None:
    return None if value is None else as_date(value, NAME)
