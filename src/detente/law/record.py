"""Record: how far a law was read, from which sources, what is open beyond that day and what it lacks before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from detente.codes.hs import nested
from detente.codes.standing import LIKELY
from detente.law.measure import ALWAYS, FOREVER


@dataclass(frozen=True, slots=True)
class Source:
    """A series of texts, the last piece of it that was read, and its day.

    Attributes
    ----------
    authorities : authorities whose measures stand in the series; empty = none of them is told apart.
    """

    what: str
    read: str
    day: date
    authorities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fate:
    """What may have become of an open clause, other than that it lapsed as written.

    Attributes
    ----------
    name : one lower-case word, as in names of columns.
    until : last day to which what the clause ends goes on, and before which what it begins does not begin.
    title : in words, as "prolonged to 9 January 2027".
    likely : whether what is known speaks for it.
    """

    name: str
    until: date = FOREVER
    title: str = ""
    likely: bool = False
    citation: str = ""

    @property
    def words(self) -> str:
        """What it is called for readers."""
        return f"{self.title or self.name}{LIKELY if self.likely else ''}"


RENEWED = Fate("renewed")
"""The fate of a clause that names none: it went on without end."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause on record that was to end, or to let something begin, after the record does; its fate is unknown.

    Attributes
    ----------
    day : first day of the change.
    ends : ids of measures that end the day before, as the clause is written.
    begins : ids of measures that begin on the day, as it is written.
    programmes : symbols of preference programmes that end the day before, as it is written.
    fates : what else may have become of it.
    source : file it was read from.
    """

    id: str
    title: str
    day: date
    ends: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    citation: str = ""
    programmes: tuple[str, ...] = ()
    fates: tuple[Fate, ...] = (RENEWED,)
    source: str = field(default="", compare=False)

    def fate(self, name: str) -> Fate | None:
        """The fate of a name; None where the clause has none of it, and so stands as written."""
        return next((fate for fate in self.fates if fate.name == name), None)

    @property
    def names(self) -> frozenset[str]:
        """Ids of all measures that it ends or begins."""
        return frozenset((*self.ends, *self.begins))

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"{self.source}, clause {self.id}" if self.source else f"clause {self.id}"


@dataclass(frozen=True, slots=True)
class Gap:
    """What the law lacks in a span of days (both in), on some lines and partners.

    Attributes
    ----------
    says : one sentence for readers.
    prefixes : codes it concerns; ("",) = all.
    partners : whom it concerns; None = all.
    """

    start: date
    end: date
    says: str
    prefixes: tuple[str, ...] = ("",)
    partners: frozenset[str] | None = None

    def concerns(self, first: date, last: date, code: str = "", partners: frozenset[str] | None = None) -> bool:
        """Whether it falls on days from first to last; "" asks about all goods at once, None about all partners."""
        if last < self.start or first > self.end:
            return False
        if partners is not None and self.partners is not None and not partners & self.partners:
            return False
        near = (nested(code, prefix) for prefix in self.prefixes)
        return any(near) if code else self.prefixes == ("",)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Something that may end in duties: an investigation, an announced act, a power not used; no rate is in force.

    Attributes
    ----------
    title : in words that fit a list, as "section 301 on excess capacity (no rate proposed)".
    start : first day on which it was known.
    day : day for which it stands in prospect; None where none is set.
    partners, prefixes : whose goods, and which; None and ("",) = all.
    """

    title: str
    start: date
    day: date | None = None
    partners: frozenset[str] | None = None
    prefixes: tuple[str, ...] = ("",)
    citation: str = ""
    source: str = field(default="", compare=False)

    def concerns(self, on: date, partners: frozenset[str], code: str = "") -> bool:
        """Whether it was in prospect on a day for goods of some partners, and for a code; "" = all goods."""
        known = self.start <= on and (self.partners is None or bool(self.partners & partners))
        return known and (not code or any(nested(code, prefix) for prefix in self.prefixes))


@dataclass(frozen=True, slots=True)
class LawRecord:
    """How far a law was read.

    Attributes
    ----------
    to : last day for which every source was read.
    clauses : what is open beyond that day.
    gaps : what is known to be lacking before it.
    ahead : what may come, without a rate in force.
    """

    to: date
    sources: tuple[Source, ...] = ()
    clauses: tuple[Clause, ...] = ()
    gaps: tuple[Gap, ...] = ()
    ahead: tuple[Foreseen, ...] = ()

    def read_for(self, authorities: Collection[str]) -> date:
        """Day of the newest text read in the series behind some authorities, the oldest of these days."""
        return min((s.day for s in self.sources if {*s.authorities} & {*authorities}), default=self.to)

    def open_on(self, day: date) -> tuple[Clause, ...]:
        """Clauses whose day has come by then, without a word on what became of them."""
        return tuple(clause for clause in self.clauses if clause.day <= day)

    def may_come(self, on: date, partners: frozenset[str], code: str = "") -> tuple[Foreseen, ...]:
        """What was in prospect on a day for goods of some partners."""
        return tuple(entry for entry in self.ahead if entry.concerns(on, partners, code))

    def lacking(
        self, first: date, last: date, code: str = "", partners: frozenset[str] | None = None
    ) -> tuple[str, ...]:
        """Sentences on what the law lacks on these days, for a code and partners, or for all at once ("", None)."""
        chosen = (gap.says for gap in self.gaps if gap.concerns(first, last, code, partners))
        return tuple(dict.fromkeys(chosen))


def joined_record(own: LawRecord | None, more: LawRecord | None) -> LawRecord | None:
    """The record of a layer over that of the law below: clauses still open by then, and all gaps, stay."""
    if own is None or more is None:
        return more or own
    named = {clause.id for clause in more.clauses}
    kept = tuple(clause for clause in own.clauses if clause.day > more.to and clause.id not in named)
    gaps, ahead = own.gaps + more.gaps, own.ahead + more.ahead
    return LawRecord(more.to, more.sources or own.sources, kept + more.clauses, gaps, ahead)


COLUMN_2 = "column_2"
"""A column of base duties, beside the general one, that a ruling may put a partner's goods under."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A ruling, or an act that says under which column of base duties a partner's goods stand.

    Attributes
    ----------
    day : the day it was given, or from which it holds.
    voids : selectors of measures that it voids from their first day; they count in all readings but that of the ruling.
    column : column of base duties that goods of `partners` and of members of `group` owe; "" = none.
    group : id of a dated group of countries, "" = none.
    rates : table of rates, by line and days, that stand in place of the column; "" = none.
    source : file it was read from.
    """

    id: str
    title: str
    day: date = ALWAYS
    voids: tuple[str, ...] = ()
    column: str = ""
    partners: frozenset[str] = frozenset()
    group: str = ""
    rates: str = ""
    citation: str = ""
    source: str = field(default="", compare=False)

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"{self.source}, ruling {self.id}" if self.source else f"ruling {self.id}"
