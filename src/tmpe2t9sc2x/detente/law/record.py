"""Record: how far a law was read, from which sources, what is open beyond that day and what it lacks before."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from detente.codes.hs import nested


@dataclass(frozen=True, slots=True)
class Source:
    """A series of texts, the last piece of it that was read, and its day."""

    what: str
    read: str
    day: date


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause on record that was to end, or to let something begin, after the record does; its fate is unknown.

    Attributes
    ----------
    day : first day of the change.
    ends : ids of measures that end the day before, unless the clause is renewed.
    begins : ids of measures that begin on the day, unless the clause is renewed.
    source : file it was read from.
    """

    id: str
    title: str
    day: date
    ends: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    citation: str = ""
    source: str = field(default="", compare=False)

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
class LawRecord:
    """How far a law was read.

    Attributes
    ----------
    to : last day for which every source was read.
    clauses : what is open beyond that day.
    gaps : what is known to be lacking before it.
    """

    to: date
    sources: tuple[Source, ...] = ()
    clauses: tuple[Clause, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def open_on(self, day: date) -> tuple[Clause, ...]:
        """Clauses whose day has come by then, without a word on what became of them."""
        return tuple(clause for clause in self.clauses if clause.day <= day)

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
    return LawRecord(more.to, more.sources or own.sources, kept + more.clauses, own.gaps + more.gaps)
