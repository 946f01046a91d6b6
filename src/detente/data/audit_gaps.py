"""Known gaps between a lawbook and the schedule: `audit.yaml` of a lawbook names each with its reason.

An entry names headings of chapter 99 without a measure, measures whose heading or rate the schedule lacks, tariff
lines, or footnotes by the heading they name (and, if need be, the lines they stand at). With `until` it counts for
revisions up to that day only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from detente.codes import InputError, dotted
from detente.codes.hs import digits
from detente.data.models import CODE_LENGTHS, Day, FileModel, Prose, Texts, read_rows
from detente.law.headings import Span, covers, read_headings
from detente.law.measure import FOREVER

FILE = "audit.yaml"
CHECKS = ("headings", "measures", "rates", "lines", "footnotes")
"""What an audit compares, in this order."""

OF_MEASURES = ("measures", "rates")
"""Comparisons whose findings are measures."""


class KnownGapRow(FileModel):
    """A known gap: one of the comparisons with what it names, and why it is left."""

    headings: str = ""
    measures: Texts = ()
    rates: Texts = ()
    lines: Texts = ()
    footnotes: str = ""
    at: Texts = ()
    until: Day = FOREVER
    why: Prose


@dataclass(frozen=True, slots=True)
class AuditGap:
    """A known gap and why it is left.

    Attributes
    ----------
    check : the comparison it belongs to, one of `CHECKS`.
    spans : headings, of a gap of headings or footnotes.
    names : ids of measures; prefixes of lines, () where all are meant.
    until : last day of the law for which it counts.
    source : file and entry it was read from.
    """

    check: str
    spans: tuple[Span, ...]
    names: tuple[str, ...]
    why: str
    written: str
    until: date = FOREVER
    source: str = ""

    def explains(self, check: str, heading: str, name: str) -> bool:
        """Whether a finding of a check is this gap: at a heading, a measure or a line."""
        if check != self.check or (self.spans and not covers(self.spans, heading)):
            return False
        if check in OF_MEASURES:
            return name in self.names
        return not self.names or name.startswith(self.names)

    def unmet(self, findings: Sequence[tuple[str, str]]) -> tuple[str, ...]:
        """What it names that no finding is about; `findings` of its check as (heading, name) pairs."""
        own = [(heading, name) for heading, name in findings if self.explains(self.check, heading, name)]
        spans = [str(span) for span in self.spans if not any(heading in span for heading, _ in own)]
        whole = self.check in OF_MEASURES
        names = (n for n in self.names if not any(name == n if whole else name.startswith(n) for _, name in own))
        return (*spans, *(name if whole else dotted(name) for name in names))


def read_gaps(folder: Path) -> tuple[AuditGap, ...]:
    """Known gaps of a lawbook folder; none where it has no such file."""
    path = folder / FILE
    if not path.is_file():
        return ()
    where = f"{folder.name}/{FILE}"
    rows = read_rows(KnownGapRow, path, where)
    return tuple(_gap(row, f"{where}, entry {number}") for number, row in enumerate(rows, 1))


def _gap(row: KnownGapRow, where: str) -> AuditGap:
    given = [check for check in CHECKS if check in row.model_fields_set]
    if len(given) != 1:
        raise InputError(where, f"names {len(given)} of {', '.join(CHECKS)}", "give exactly one of them")
    check, why = given[0], " ".join(row.why.split())
    written: Any = getattr(row, check)
    names: tuple[str, ...] = (written,) if isinstance(written, str) else written
    text = ", ".join(names)
    if check in OF_MEASURES:
        return AuditGap(check, (), names, why, text, row.until, where)
    lines = tuple(digits(code, where, CODE_LENGTHS) for code in (row.lines or row.at))
    return AuditGap(check, () if row.lines else read_headings(text, where), lines, why, text, row.until, where)


def explanation(gaps: Sequence[AuditGap], check: str, heading: str, name: str) -> AuditGap | None:
    """The first gap that explains a finding."""
    return next((gap for gap in gaps if gap.explains(check, heading, name)), None)
