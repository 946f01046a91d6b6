"""Controls and stops of trade in materials as rows of `acts.yaml`, and how each stands on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from detente.data.models import Day, FileModel, Prose, Texts, lookup, one_of, shipped
from detente.data.tables import countries

NAME = "acts.yaml"

#: What an act is -> whether goods stay back while it is in force.
KINDS: Mapping[str, bool] = {
    "licence": True, "ban": True, "quota": True, "production quota": True, "informal stop": True,
    "physical stop": True, "entity list": True, "letter": True, "foreign-product rule": True, "technology": True,
    "order": True, "import ban": True, "regulation": True, "general licence": False, "suspension": False,
    "truce": False, "framework": False, "undertaking": False, "statute": False, "dispute": False, "list": False,
    "stockpile": False, "import investigation": False,
}  # fmt: skip

#: How an act may stand; open: a suspension or a stop has run out since the acts were read.
STANDS = ("in force", "open", "suspended", "not yet", "announced", "ended")
#: Names of what may have become of an act that is open.
BRANCHES = ("lapse", "extended", "closed", "reopened")
#: What an act may do in a branch, and how it then stands.
OUTCOMES: Mapping[str, str] = {"binds": "in force", "suspended": "suspended", "ended": "ended"}

Country = Annotated[str, AfterValidator(lookup(lambda code: countries().code(code)))]
Places = tuple[Country, ...]


class ActSpan(FileModel):
    """Days on which an act is suspended; for good where no last day is set."""

    start: Day = Field(alias="from")
    until: Day | None = None


class ActOpen(FileModel):
    """From this day on nobody knows which branch holds: what the act does in each."""

    day: Day
    branches: dict[Annotated[str, one_of(BRANCHES, "branch")], Annotated[str, one_of(tuple(OUTCOMES), "outcome")]]


class ActEntry(FileModel):
    """An act; `by` those who passed it, or a `place` that is stopped and the countries `behind` it."""

    id: str
    title: Prose
    kind: Annotated[str, one_of(tuple(KINDS), "kind")]
    announced: Day
    start: Day | None = Field(None, alias="from")
    until: Day | None = None
    suspended: tuple[ActSpan, ...] = ()
    open: ActOpen | None = None
    by: Places = ()
    place: Prose = ""
    behind: Places = ()
    towards: Places = ()
    who: Prose = ""
    minerals: Texts = ()
    hs: Texts = ()
    law: Texts = ()
    citation: Prose = ""
    source: Prose = ""
    confidence: Annotated[str, one_of(("found", "second-hand", "recalled"), "confidence")]
    note: Prose = ""

    def stands(self, on: date, branch: str = "") -> str:
        """How it stands on a day that is not before its announcement; `branch` is taken where the act is open."""
        if self.start is None:
            return "announced"
        if self.until is not None and on > self.until:
            return "ended"
        if on < self.start:
            return "not yet"
        if self.open is not None and on >= self.open.day:
            return OUTCOMES[self.open.branches[branch]] if branch in self.open.branches else "open"
        return (
            "suspended" if any(span.start <= on <= (span.until or date.max) for span in self.suspended) else "in force"
        )

    def ends(self, on: date) -> date | None:
        """The day up to which it stands as it does: that of its suspension while it is suspended, else its last."""
        spans = (span.until for span in self.suspended if span.start <= on <= (span.until or date.max))
        return next(spans, self.until)


class ActFile(FileModel):
    """All acts, and the day to which they were read."""

    read_to: Day
    acts: tuple[ActEntry, ...]


def acts() -> ActFile:
    """The acts on record, by the day of their announcement."""
    return shipped(ActFile, NAME)
