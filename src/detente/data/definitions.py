"""How others count: average duties, and what tariffs raise and cost, with the figures that they printed.

Definitions of publishers of average duties are one file each in `definitions/`; what moves most between our average and
theirs is in `published_steps.yaml`, which `tools/write_published_steps.py` writes. Other counts are in
`other_counts.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from detente.codes import Parameter, UnknownName
from detente.data.library import package_folder
from detente.data.limits import memoized
from detente.data.models import (
    STRICT,
    Day,
    FileModel,
    Number,
    Prose,
    Rate,
    Sentences,
    Texts,
    Truth,
    lines_of,
    model_of,
    one_of,
    shipped,
)
from detente.data.yamlfile import read_yaml

FOLDER = "definitions"
#: The definition that is our own: nothing is chosen otherwise.
OURS = "detente"

UNITS = ("level", "partner_level", "realised", "change_pp", "partner_change_pp")
SUBSTITUTION = ("pre", "own", "world", "partners")
#: After substitution, as the publisher takes it.
POST = "post"

READINGS = ("effective", "published")
#: Shares by name.
Given = Annotated[
    tuple[tuple[str, Rate], ...], BeforeValidator(lambda v: tuple(v.items()) if isinstance(v, Mapping) else v)
]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a publisher chose.

    Attributes
    ----------
    importer, partner : whose imports, and from whom, "" = all.
    scope, weights, claims, reading : as of an average of ours, "" = ours.
    given : shares of goods set, by name, as "s301_exclusion: 0". schedule : no exemption from base duty is claimed.
    exports : sectors weigh as the partner's sales to all the world. by_hs6 : see `average_by_subheading`.
    whole_metals : duties on the metal in a good are owed on the whole of it.
    substitution : "pre" = trade as it was, "own" = each flow answers its own duty, "world" = the world economy answers,
        "partners" = it moves partners against partners alone; "post" = its `answer`.
    answer : what it publishes after substitution, where it gives both; retaliation : with China's replies.
    paid : duty collected, not the law.
    """

    __pydantic_config__ = STRICT
    importer: str = "USA"
    partner: str = ""
    scope: str = ""
    weights: Prose = ""
    claims: Prose = ""
    reading: Annotated[str, one_of(READINGS, "reading")] = ""
    given: Given = ()
    schedule: Truth = False
    exports: Truth = False
    by_hs6: Truth = False
    whole_metals: Truth = False
    substitution: Annotated[str, one_of(SUBSTITUTION, "substitution")] = "pre"
    answer: Annotated[str, one_of(SUBSTITUTION[1:], "answer")] = "world"
    retaliation: Truth = False
    paid: Truth = False


@dataclass(frozen=True, slots=True)
class Counted:
    """Law that the report of a day counts though it is not that of its day.

    Attributes
    ----------
    says : in words. on : day of the law, None = that of the report.
    announced, void : measures put in force and out of it, by id or as "basis:IEEPA".
    """

    __pydantic_config__ = STRICT
    report: Day
    says: str
    on: Day | None = None
    announced: Texts = ()
    void: Texts = ()


@dataclass(frozen=True, slots=True)
class MethodChange:
    """Averages of two reports with a change of method between them, share of customs value, and the laws they count.

    Attributes
    ----------
    until : first day on which the older method no longer holds.
    """

    __pydantic_config__ = STRICT
    until: Day
    average: Rate
    next_average: Rate
    law: Day = date.min
    next_law: Day = date.min


@dataclass(frozen=True)
class StandIn:
    """Data of a publisher that are not on record, and the choice that stands in for them.

    Attributes
    ----------
    data : what is missing. choice : its key. moves : day of the law -> what the choice moves the number by, points.
    """

    __pydantic_config__ = STRICT
    data: Prose
    choice: str
    moves: Annotated[dict[Day, Number], Field(min_length=1)]

    @property
    def words(self) -> str:
        """What is missing, and how far what stands in for it moves the number."""
        points = sorted(self.moves.values())
        ends = dict.fromkeys(f"{end:+.1f}" for end in (points[0], points[-1]))
        return f"{self.data}; what stands in for it moves the number by {' to '.join(ends)} points"


class OlderChoices(FileModel):
    """Choices that held before a day, where they differ from those of today."""

    until: Day
    choices: dict[str, Any]


class Theirs(FileModel):
    """Changes of method, by the publisher's own figures, for reconciliations alone."""

    method: MethodChange | None = None
    electronics: MethodChange | None = None


class FigureRow(FileModel):
    """A figure in print, on the law of a day.

    Attributes
    ----------
    report, law : day of print, day of the law.
    value, tolerance : share of customs value. unit : one of `UNITS`. partner : whose goods, where not the definition's.
    substitution : one of `SUBSTITUTION`, or "post". says : what the number counts.
    gap : why it cannot be met, "" where it can.
    outside : whether it was added after the choices were made, as a check of them.
    """

    report: Day
    law: Day
    value: Rate
    tolerance: Rate
    unit: Annotated[str, one_of(UNITS, "unit")] = UNITS[0]
    partner: str = ""
    substitution: Annotated[str, one_of((*SUBSTITUTION, POST), "substitution")] = SUBSTITUTION[0]
    says: Prose = ""
    gap: Prose = ""
    outside: Truth = False


class PublishedFigure(FigureRow):
    """The same with title and name of its definition."""

    who: str
    definition: str


class DefinitionFile(FileModel):
    """How one publisher counts, as its file says.

    Attributes
    ----------
    title : who, and which series. short : who, as tables name it. source : where it is published.
    known, guessed : what is known of its choices and what is our guess, in short sentences.
    counts : law of a later day that reports count.
    missing : data of its own that are not on record.
    """

    title: str
    short: str = ""
    source: Prose = ""
    known: Sentences = ()
    guessed: Sentences = ()
    choices: Chosen = Chosen()
    changes: tuple[OlderChoices, ...] = ()
    counts: tuple[Counted, ...] = ()
    theirs: Theirs = Theirs()
    missing: tuple[StandIn, ...] = ()
    figures: tuple[FigureRow, ...] = ()


class Publisher(DefinitionFile):
    """How one publisher counts: a definition by the name of its file.

    Attributes
    ----------
    older : choices that held before a day, by the day, the oldest first.
    """

    name: str
    figures: tuple[PublishedFigure, ...] = ()  # pyright: ignore[reportIncompatibleVariableOverride]
    older: Mapping[date, Chosen] = Field(default_factory=dict)

    def chosen_on(self, on: date) -> Chosen:
        """The choices that held on a day."""
        return next((chosen for until, chosen in self.older.items() if on < until), self.choices)

    def counted(self, on: date) -> Counted | None:
        """The later law that a report of the day counts, if it counts any."""
        return next((law for law in self.counts if law.report == on), None)

    @property
    def importer(self) -> str:
        """Whose imports."""
        return self.choices.importer

    @property
    def partner(self) -> str:
        """From whom, "" = all."""
        return self.choices.partner


def definition_names() -> tuple[str, ...]:
    """Names of the definitions of the package, ours first."""
    return tuple(definitions())


def definition(name: str, where: str = Parameter("as")) -> Publisher:
    """A definition by name.

    Raises
    ------
    UnknownName : none has that name.
    """
    known = definitions()
    text = name.strip().lower().replace("_", "-").replace(" ", "-")
    if text not in known:
        raise UnknownName("definition", name, known, where, f"known are {', '.join(known)}")
    return known[text]


@memoized
def definitions() -> Mapping[str, Publisher]:
    """Definitions of the package by name, from the files in their folder, ours first.

    Raises
    ------
    InputError, UnknownName : names file, key and repair.
    """
    paths = sorted((package_folder() / FOLDER).glob("*.yaml"), key=lambda path: (path.stem != OURS, path.stem))
    return {path.stem: read_definition(path) for path in paths}


def published_figures() -> tuple[PublishedFigure, ...]:
    """All figures of all definitions, by definition and as their files order them."""
    return tuple(figure for publisher in definitions().values() for figure in publisher.figures)


def read_definition(path: Path) -> Publisher:
    """One definition from its file; errors as `definitions`."""
    where = f"{FOLDER}/{path.name}"
    content = read_yaml(path, where)
    file = model_of(DefinitionFile, content, where, line=lines_of(path))
    older = {
        row.until: model_of(Chosen, {**content.get("choices", {}), **row.choices}, f"{where}, changes")
        for row in sorted(file.changes, key=lambda row: row.until)
    }
    figures = [PublishedFigure(who=file.title, definition=path.stem, **dict(row)) for row in file.figures]
    more = {"short": file.short or file.title, "figures": figures, "older": older, "name": path.stem}
    return Publisher(**{**dict(file), **more})


# --- what moves most between our average and each in print -----------------------------------------------------------

STEPS = "published_steps.yaml"
#: Definition, day of the report, day of the law.
Figure = tuple[str, date, date]


def _share(per_cent: float) -> float:
    return per_cent / 100.0


class StepsToFigure(FileModel):
    """Our headline on the law of a figure, share, and the two largest steps from it, words and share."""

    definition: str
    report: Day
    law: Day
    ours: Annotated[Number, AfterValidator(_share)]
    steps: tuple[tuple[str, Annotated[Number, AfterValidator(_share)]], ...]


def published_steps() -> Mapping[Figure, StepsToFigure]:
    """Steps by figure.

    Raises
    ------
    InputError, UnknownName : names file, key and repair.
    """
    rows = shipped(tuple[StepsToFigure, ...], STEPS)
    return {(row.definition, row.report, row.law): row for row in rows}


# --- what tariffs raise and cost, as others count it -----------------------------------------------------------------

COUNTS = "other_counts.yaml"


@dataclass(frozen=True, slots=True)
class CountedFigure:
    """A figure of others, on the law of a day.

    Attributes
    ----------
    report, law : day of print, day of the law. value : share, or USD a year. of : country, where it is of a country.
    choices : that it makes beside those of its row. announced : measures that were announced and are counted as law.
    says : what the number counts, where its row does not say it.
    """

    __pydantic_config__ = STRICT
    report: Day
    law: Day
    value: Rate | Number
    of: str = "USA"
    choices: Texts = ()
    announced: Texts = ()
    says: Prose = ""


@dataclass(frozen=True, slots=True)
class OtherCount:
    """How somebody counts.

    Attributes
    ----------
    name : of the definition; who : publisher.
    since, until : laws of which days it is about; the last day is not among them.
    choices : names of what is chosen otherwise than we do.
    source, known, guessed : in words. missing : what keeps us from meeting it.
    """

    __pydantic_config__ = STRICT
    name: str
    who: str
    what: Literal["revenue", "prices", "households", "gdp", "income", "jobs", "imports"]
    choices: Texts
    source: Prose
    known: Prose
    guessed: Prose
    missing: Prose
    since: Day = date.min
    until: Day = date.max
    figures: tuple[CountedFigure, ...] = ()


def counts_of(what: str, on: date) -> tuple[OtherCount, ...]:
    """Definitions of a quantity that held on a day."""
    return tuple(row for row in other_counts() if row.what == what and row.since <= on < row.until)


def other_counts() -> tuple[OtherCount, ...]:
    """All definitions, in the order of their file.

    Raises
    ------
    InputError, UnknownName : names file, key and repair.
    """
    return shipped(tuple[OtherCount, ...], COUNTS)
