"""What `importer.yaml` of an importer's folder says: whose law the folder holds, and where its schedule lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from detente.codes import InputError, UnknownName
from detente.data.models import Day, FileModel, Number, Part, Sentences, Texts, Truth, Whole, lookup
from detente.data.tables import countries

LONGEST = 10
"""Digits of the longest tariff line."""


class ScheduleContent(FileModel):
    """Where the duties of an importer's lines are written."""

    table: str = ""
    file: str = ""
    texts: str = ""
    strict: Truth = False
    vintage: Day | None = None
    source: str = ""
    note: str = ""


class NomenclatureRow(FileModel):
    """The list of goods that the lines are of."""

    name: str = ""
    edition: str = "HS2022"
    digits: Annotated[Whole, Field(ge=6, le=LONGEST)] = LONGEST


class CurrencyRow(FileModel):
    """The currency of duties by quantity."""

    code: str = "USD"
    per_usd: Annotated[Number, Field(gt=0.0, allow_inf_nan=False)] = 1.0
    year: Whole | None = None
    source: str = ""


class UtilisationRow(FileModel):
    """Share of the trade open to a preference that claims it, with its range."""

    share: Part
    low: Part | None = None
    high: Part | None = None
    source: str = ""
    confidence: str = ""

    @property
    def ends(self) -> tuple[float, float]:
        """Low and high."""
        return self.share if self.low is None else self.low, self.share if self.high is None else self.high


@lookup
def _known_importer(name: str) -> str:
    known = countries()
    if name not in known.groups and name not in known.names:
        raise UnknownName("importer", name, (*known.groups, *known.names), "", "use an ISO3 code or a group's id")
    return name


class ImporterContent(FileModel):
    """Whose law a folder holds, and where its schedule lies."""

    importer: Annotated[str, AfterValidator(_known_importer)]
    name: str = ""
    also: Texts = ()
    level: Literal["line", "hs6", "sector"]
    currency: CurrencyRow = CurrencyRow()
    valuation: Literal["CIF", "FOB"] = "CIF"
    nomenclature: NomenclatureRow = NomenclatureRow()
    schedule: ScheduleContent = ScheduleContent()
    preferences: str = ""
    known: str = ""
    utilisation: UtilisationRow = UtilisationRow(share=1.0)
    flows: str = ""
    read_to: Day | None = None
    not_covered: Sentences = ()


def importer_faults(file: ImporterContent, where: str) -> Iterator[InputError]:
    """What does not fit in the file as a whole."""
    schedule, (low, high) = file.schedule, file.utilisation.ends
    if file.level != "sector" and not (schedule.table or schedule.file):
        yield InputError(where, f"has the level {file.level} and no schedule", "add schedule: {file: schedule.csv}")
    if schedule.table and schedule.file:
        yield InputError(f"{where}, schedule", "names a table and a file", "keep one of them")
    if not low <= file.utilisation.share <= high:
        what = f"the share {file.utilisation.share:g} lies outside its range {low:g} to {high:g}"
        yield InputError(f"{where}, utilisation", what, "widen the range")
