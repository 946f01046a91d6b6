"""Fees on entries that are no duties: amounts by fiscal year, who is free of them, words for modes of transport."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from detente.codes.countries import fold
from detente.data.library import package_folder
from detente.data.yamlfile import as_date, read_yaml

VESSEL, OTHER, UNKNOWN = "vessel", "other", ""
"""Modes of transport as far as a fee tells them apart; the last for one that nobody knows."""


@dataclass(frozen=True, slots=True)
class ProcessingYear:
    """The merchandise processing fee from a day on: least and most of a formal entry, that of an informal one, USD."""

    start: date
    least: float
    most: float
    informal: float
    source: str


@dataclass(frozen=True)
class Fees:
    """Fees of the United States.

    Attributes
    ----------
    rate : of the merchandise processing fee, share of customs value; `years` : its limits, in order of days.
    known_to : last day for which limits are on record.
    claims : programmes whose claim frees goods of it. `origins` : countries whose goods are free of it.
    harbor : rate of the harbor maintenance fee, share of customs value.
    harbor_nothing : fee of an entry up to which it is not collected where nothing else is owed, USD.
    """

    rate: float
    years: tuple[ProcessingYear, ...]
    known_to: date
    informal_up_to: float
    claims: frozenset[str]
    origins: frozenset[str]
    origins_of: frozenset[str]
    chapters: tuple[str, ...]
    harbor: float
    harbor_nothing: float
    modes: Mapping[str, str] = field(repr=False)
    sources: Mapping[str, str] = field(repr=False, default_factory=dict)

    def mode(self, text: str) -> str:
        """Mode of transport by a word or a code of Customs; `UNKNOWN` for any other text."""
        return self.modes.get(fold(text), UNKNOWN)


@lru_cache(maxsize=1)
def fees() -> Fees:
    """The fees on record."""
    content: Mapping[str, Any] = read_yaml(package_folder() / NAME, NAME)
    fee, harbor = content["merchandise_processing"], content["harbor_maintenance"]
    words = content["modes"]
    modes = {fold(str(word)): mode for mode in (VESSEL, OTHER) for word in words[mode]}
    sources = {name: text for name, text in fee.items() if name.endswith("source")} | {"harbor": harbor["source"]}
    return Fees(
        fee["rate"], tuple(_year(row) for row in fee["years"]), as_date(fee["known_to"], NAME),
        float(fee["informal_up_to"]), frozenset(fee["claims"]), frozenset(fee["origins"]),
        frozenset(fee["origins_of"]), tuple(fee["chapters"]), harbor["rate"],
        float(harbor["nothing_up_to"]), modes, sources,
    )  # fmt: skip


def _year(row: Mapping[str, Any]) -> ProcessingYear:
    least, most, informal = (float(row[name]) for name in ("least", "most", "informal"))
    return ProcessingYear(as_date(row["from"], NAME), least, most, informal, row["source"])


NAME = "fees.yaml"
