"""Rows of a lawbook's files: what each may say, and how a text of it becomes a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from detente.codes import InputError, UnknownName
from detente.data.models import (
    Code,
    Codes,
    Day,
    FileModel,
    Number,
    Part,
    Prose,
    Rate,
    Sentences,
    Several,
    Texts,
    Truth,
    Whole,
    lookup,
    model_of,
    one_of,
)
from detente.data.tables import countries
from detente.law.law import COLUMN_2
from detente.law.measure import ALWAYS, FOREVER, MeasureKind, Partners, Status, When


class PartnerSpan(FileModel):
    """A partner, or a group of them, for a span of days."""

    code: str
    start: Day = Field(default=ALWAYS, alias="from")
    end: Day = Field(default=FOREVER, alias="until")


@lookup
def _scope(value: Any) -> tuple[Partners, ...] | None:
    """Partner scope; None means every partner. Exclusions are taken from all, or from what is named."""
    entries = list(value) if isinstance(value, list | tuple) else [value]
    if not entries:
        raise InputError("", "is empty", "name partners, or leave the key out")
    if entries == ["all"]:
        return None
    expand, named, excluded = countries().expand, list[Partners](), frozenset[str]()
    for entry in entries:
        if isinstance(entry, Mapping):
            span = model_of(PartnerSpan, entry, "")
            group = expand(span.code, None if span.start == ALWAYS else span.start)
            named.append(Partners(group, span.start, span.end))
        elif not isinstance(entry, str):
            shown = {True: "YES", False: "NO"}.get(entry, entry) if isinstance(entry, bool) else entry
            repair = 'put quotes around country codes, as in "NO"'
            raise InputError("", f"{shown} without quotes is read as {entry!r}, not as text", repair)
        elif entry.startswith("-"):
            excluded |= expand(entry[1:])
        elif entry != "all":
            named.append(Partners(expand(entry)))
    if "all" in entries or (excluded and not named):
        named.insert(0, Partners(frozenset(countries().names)))
    return tuple(replace(scope, countries=scope.countries - excluded) for scope in named)


Scope = Annotated[Any, BeforeValidator(_scope)]
Filled = Annotated[str, Field(min_length=1)]
Selectors = Annotated[Texts, Field(min_length=1)]
Text = Annotated[str, AfterValidator(str.strip)]
#: States may be written yes and no without quotes, which YAML reads as true and false.
State = Annotated[str, BeforeValidator(lambda value: ("no", "yes")[value] if isinstance(value, bool) else value)]
Conditions = Annotated[dict[str, Annotated[tuple[State, ...], Several, Field(min_length=1)]], Field(min_length=1)]
#: Values that rows of a list may have, by column.
Cells = Annotated[dict[str, Annotated[Sentences, Field(min_length=1)]], Field(min_length=1)]

Country = Annotated[str, AfterValidator(lookup(lambda name: countries().resolve(name)))]


class DaysRow(FileModel):
    """Days from the first to the last, both in."""

    start: Day = Field(default=ALWAYS, alias="from")
    end: Day = Field(default=FOREVER, alias="until")


class GoodsRow(DaysRow):
    """A block of goods: codes, or the rows of a list beside the measure."""

    codes: Codes = ()
    list: Filled | None = None
    rows: Cells | None = None
    less: Codes = Field(default=(), alias="except")
    where: Conditions | None = None
    published: Day | None = None
    all: Truth = False


class PeriodRow(FileModel):
    """A span of days with its rate, its floor, or a table of rates by partner."""

    rate: Rate | None = None
    least: str | None = None
    floor: Rate | None = None
    table: str | None = None
    column: str = ""
    minimum: str | None = None
    whole: Truth = False
    flat: str | None = None
    start: Day = Field(alias="from")
    end: Day = Field(default=FOREVER, alias="until")
    published: Day | None = None
    instrument: Text = ""
    citation: Text = ""
    heading: Text = ""
    headings: str = ""
    partners: Scope = None
    where: Conditions | None = None
    note: Text = ""
    control: str = ""


class MeasureFile(FileModel):
    """One measure."""

    #: What checks call a row of each key.
    titles: ClassVar[Mapping[str, str]] = {"goods": "goods", "periods": "period from {from}"}

    id: str
    title: str
    authority: str
    stack_class: Filled = Field(default="", alias="class")
    kind: MeasureKind = MeasureKind.DUTY
    status: Status = Status.IN_FORCE
    instrument: Text = ""
    citation: Text = ""
    heading: Text = ""
    link: Text = ""
    confidence: Text = ""
    note: Text = ""
    goods: Annotated[tuple[Literal["all"] | GoodsRow, ...], Several, Field(min_length=1)]
    partners: Scope = None
    exempts: Selectors = ()
    replaces: Selectors = ()
    periods: Annotated[tuple[PeriodRow, ...], Several, Field(min_length=1)]
    control: str = ""
    reviewed: Day | None = None
    up_to: Annotated[Number, Field(gt=0.0, allow_inf_nan=False)] | None = None


class AuthorityRow(FileModel):
    """An authority on which measures rest, and its place on an entry."""

    id: str
    name: str
    legal_basis: Prose = ""
    description: Prose = ""
    filing: Whole = 0


class RuleRow(DaysRow):
    """A rule of stacking: what takes the place of what."""

    id: str
    by: Selectors
    of: Selectors
    when: When = When.OWED
    published: Day | None = None
    partners: Scope = None
    citation: Prose = ""
    confidence: Prose = ""
    switch: Filled = ""
    unless: Filled = ""
    note: Prose = ""


class SharesRow(FileModel):
    """Shares of goods of which something is true: by default, by the beginning of the code, or from a table."""

    default: Rate = 0.0
    by_prefix: dict[Code, Rate] = Field(default_factory=dict)
    table: str = ""


class AspectRow(FileModel):
    """A fact about goods that a code cannot show."""

    id: str
    title: Prose = ""
    states: Annotated[tuple[str, ...], Several, Field(min_length=2)]
    statement: Prose = ""
    source: Prose = ""
    bounds: tuple[Rate, ...] = (0.0, 1.0)
    line: Rate | SharesRow = 0.0
    presumed: Truth = False
    trade: Rate | SharesRow = 0.0
    whole: dict[Code, State] = Field(default_factory=dict)
    above: Annotated[dict[str, Rate], Field(max_length=1)] = Field(default_factory=dict)
    counts_from: Rate | None = None
    used_by: Prose = ""
    switch: str = ""
    note: Prose = ""


class RulingRow(FileModel):
    """What a court or an act says beside the measures: what it voids, or the column of base duties it sets."""

    id: str
    title: Prose
    day: Day = ALWAYS
    voids: Texts = ()
    column: Annotated[str, one_of((COLUMN_2,), "column")] = ""
    partners: Annotated[tuple[Country, ...], Several] = ()
    group: str = ""
    rates: str = ""
    citation: Prose = ""
    note: Prose = ""


class GrantRow(FileModel):
    """Goods that a programme frees by a heading of chapter 98."""

    heading: Prose
    codes: Codes = ()
    list: str = ""
    rows: dict[str, Prose] = Field(default_factory=dict)
    partners: Scope = None


class LapseRow(FileModel):
    """First and last day on which a programme had lapsed."""

    start: Day = Field(alias="from")
    end: Day = Field(alias="until")


class ProgrammeRow(DaysRow):
    """A preference programme: one symbol of the special rates."""

    symbol: str
    also: Texts = ()
    name: str
    title: str = ""
    kind: str = "agreement"
    aliases: Texts = ()
    partners: Scope = None
    free: Annotated[tuple[GrantRow, ...], Several] = ()
    only_free: Truth = False
    lapse: LapseRow | None = None
    aspect: str = ""
    basis: Prose = ""
    note: Prose = ""


class SourceRow(FileModel):
    """A series of texts, the last piece of it that was read, and its day."""

    what: Prose
    read: Prose
    day: Day
    authorities: Texts = ()


class FateRow(FileModel):
    """What may have become of an open clause."""

    name: str
    until: Day = FOREVER
    title: Prose = ""
    likely: Truth = False
    citation: Prose = ""


class ClauseRow(FileModel):
    """A clause that was to end, or to let something begin, after the record does."""

    id: str
    title: Prose
    day: Day
    ends: Texts = ()
    begins: Texts = ()
    programmes: Texts = ()
    citation: Prose = ""
    fates: Annotated[tuple[FateRow, ...], Several] = ()


Lines = Literal["all"] | Annotated[Codes, Field(min_length=1)]


class GapRow(DaysRow):
    """What the law lacks in a span of days."""

    says: Prose
    lines: Lines = "all"
    partners: Scope = None


class AheadRow(FileModel):
    """What may come after the record."""

    title: Prose
    start: Day = Field(alias="from")
    day: Day | None = None
    citation: Prose
    lines: Lines = "all"
    partners: Scope = None


class FrontierFile(FileModel):
    """How far a law was read, what is open beyond that day and what it lacks before it."""

    read_to: Day
    sources: Annotated[tuple[SourceRow, ...], Several] = ()
    clauses: Annotated[tuple[ClauseRow, ...], Several] = ()
    gaps: Annotated[tuple[GapRow, ...], Several] = ()
    may_come: Annotated[tuple[AheadRow, ...], Several] = ()


# --- what `importer.yaml` of an importer's folder says: whose law the folder holds, and where its schedule li --------


#: Digits of the longest tariff line.
LONGEST = 10


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
