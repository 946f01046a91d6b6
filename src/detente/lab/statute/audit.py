"""A revision of the US tariff schedule held against a law: what the one says and the other does not know.

Audit: a revision of the US tariff schedule held against a law. What the one says and the other does not know.

Five comparisons: headings of chapter 99 without a measure; measures in force whose heading the schedule lacks, or whose
rate its headings do not state; tariff lines added, dropped or changed; footnotes of lines that name a heading whose
measure's list lacks the line.

A revision can also be held against the newest in the package, and kept in the user's library.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis, InputError, Parameter, Table, UnknownName, declared_note, dotted, table_of
from detente.data.audit_gaps import CHECKS, OF_MEASURES, AuditGap, explanation, read_gaps
from detente.data.formats.declared import SCHEDULE
from detente.data.formats.known import read_published
from detente.data.hts_revision import (
    EMBEDDED,
    EXPORT,
    Revision,
    RevisionEntry,
    embedded_revision,
    read_revision,
    revision_days,
    revision_name,
    units,
)
from detente.data.importers import Importer, importer
from detente.data.line_texts import line_words
from detente.data.own_tables import add_table, own_table
from detente.data.tables import arrays
from detente.data.vintages import VintageChanges, compare_vintages
from detente.law import Law, Measure, Period, Status
from detente.law.headings import Span, covers, read_headings, written

if TYPE_CHECKING:
    import polars as pl


LINES = "usa_lines"
UNKNOWN = 0.2
"""Share of unknown or missing lines from which on a schedule is of another year than the table of lines."""

_ADDED = re.compile(r"(?:\+|plus)\s*(?:a duty of )?(\d+(?:\.\d+)?)\s*%")
_ALONE = re.compile(r"(\d+(?:\.\d+)?)%")
PLACES = 6
"""Decimals to which rates are compared."""

Days = tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a revision and a law do not share.

    Attributes
    ----------
    check : the comparison, one of `CHECKS`.
    code : heading or line as the schedule prints it, or the id of a measure.
    text : what the schedule says there.
    gap : the known gap that explains it; None = nobody has named it yet.
    """

    check: str
    code: str
    what: str
    text: str
    heading: str = ""
    gap: AuditGap | None = None


@dataclass(frozen=True)
class Audit:
    """A revision held against a law on a day: what was compared, what it found, and what to know of it.

    Attributes
    ----------
    stale : known gaps with what they name and nothing is found of any more.
    """

    revision: str
    on: date
    checks: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    stale: tuple[tuple[AuditGap, str], ...] = ()

    @property
    def unnamed(self) -> tuple[Finding, ...]:
        """Findings that no known gap explains."""
        return tuple(finding for finding in self.findings if finding.gap is None)


def audit(where: Importer, law: Law, revision: Revision, gaps: Sequence[AuditGap], on: date, only: str = "") -> Audit:
    """Every comparison, or one of them, on a day.

    Raises
    ------
    InputError
        where the importer's schedule is not that of the United States, the revision is of another year than the table
        of lines or not whole, or has no footnotes although the form has them.
    """
    if where.iso3 != "USA":
        raise InputError(Parameter("of"), "the audit reads the schedule of the United States only", "leave it out")
    if only and only not in CHECKS:
        raise UnknownName("comparison", only, CHECKS, Parameter("only"), f"use {', '.join(CHECKS)}")
    lines = _lines_on(on)
    _check_same_schedule(revision, lines)
    comparisons = {
        "headings": lambda: headings_without_measure(law, revision),
        "measures": lambda: measures_without_heading(law, revision, on),
        "rates": lambda: rates_not_stated(law, revision, on),
        "lines": lambda: lines_changed(revision, lines),
        "footnotes": lambda: lines_off_their_list(law, revision, on),
    }
    checks = _checks(revision, only)
    check_gaps(gaps, law)
    current = [gap for gap in gaps if on <= gap.until]
    findings = tuple(_explained(finding, current) for check in checks for finding in comparisons[check]())
    return Audit(revision.name, on, checks, findings, tuple(_notes(law, revision, on, only)))


def audit_file(
    of: str,
    law: Law,
    hts: Path | Revision | None,
    lawbook: Path | None,
    *,
    today: date,
    on: date | None = None,
    only: str = "",
) -> Audit:
    """A file of the publisher, or the embedded revision, held against a law with the known gaps of its lawbooks.

    Gaps that name what is not found any more are looked for in the user's lawbook, else in the shipped one. A revision
    older than that in the package says nothing on them.

    Parameters
    ----------
    lawbook : a user's folder, whose `audit.yaml` counts besides.
    on : day of the law; None = the first day of the revision where that is on record, else `today`.
    """
    where = importer(of)
    revision = read_revision(hts) if isinstance(hts, Path) else hts or embedded_revision()
    shipped = read_gaps(where.lawbook)
    own = read_gaps(lawbook) if lawbook is not None else ()
    day = on or revision.start or today
    report = audit(where, law, revision, (*shipped, *own), day, only)
    newest = revision_days()[EMBEDDED]
    stale = stale_gaps(report, shipped if lawbook is None else own) if (revision.start or day) >= newest else ()
    notes = (*_day_notes(revision, on, day), *report.notes)
    return replace(report, notes=notes, stale=stale)


def _day_notes(revision: Revision, on: date | None, day: date) -> Iterator[str]:
    """Says which law was taken where the revision does not tell its day."""
    if revision.start is None and on is None:
        yield declared_note("law.first_day", revision=revision.name, day=day)


def check_gaps(gaps: Sequence[AuditGap], law: Law) -> None:
    """Refuse known gaps of measures that nobody knows."""
    for gap in gaps:
        for name in gap.names if gap.check in OF_MEASURES else ():
            law.measure(name, gap.source)


def stale_gaps(report: Audit, gaps: Sequence[AuditGap]) -> tuple[tuple[AuditGap, str], ...]:
    """Known gaps of the comparisons made, each with what it names of which nothing was found."""
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for finding in report.findings:
        pairs[finding.check].append(_named(finding))
    current = (gap for gap in gaps if report.on <= gap.until and gap.check in report.checks)
    return tuple((gap, name) for gap in current for name in gap.unmet(pairs[gap.check]))


def _checks(revision: Revision, only: str) -> tuple[str, ...]:
    """What can be compared; a CSV export has no footnotes, a JSON export always has."""
    checks = (only,) if only else CHECKS
    if revision.footnoted or "footnotes" not in checks:
        return checks
    if only or not revision.tabular:
        repair = f"{EXPORT}, or choose another comparison"
        raise InputError(revision.name, "has no footnotes, so they cannot be compared", repair)
    return tuple(check for check in checks if check != "footnotes")


def _notes(law: Law, revision: Revision, on: date, only: str) -> Iterator[str]:
    if not only and not revision.footnoted:
        yield declared_note("law.no_footnotes", export=EXPORT)
    silent = without_heading(law, on)
    if silent and only in ("", "measures"):
        yield declared_note("law.no_heading", measures=", ".join(silent))


def _explained(finding: Finding, gaps: Sequence[AuditGap]) -> Finding:
    return replace(finding, gap=explanation(gaps, finding.check, *_named(finding)))


def _named(finding: Finding) -> tuple[str, str]:
    """Heading and name of a finding as known gaps name them."""
    name = finding.code if finding.check in OF_MEASURES else finding.code.replace(".", "")
    return finding.heading or name, name


# --- headings and measures -------------------------------------------------------------------------------------------


def headings_of(measure: Measure) -> tuple[Span, ...]:
    """Every heading that a measure or one of its periods names."""
    texts = (measure.heading, *(period.heading for period in measure.periods))
    return tuple(span for text in texts for span in read_headings(text, measure.source))


def _in_force(measure: Measure, on: date) -> Days:
    """Periods of a measure on a day; none where it is not law."""
    if measure.status is not Status.IN_FORCE:
        return ()
    return measure.periods_on(on)


def headings_without_measure(law: Law, revision: Revision) -> Iterator[Finding]:
    """Headings of chapter 99 that no measure names, in force or not."""
    spans = sorted({span for measure in law.measures for span in headings_of(measure)})
    for code, entry in sorted(revision.headings.items()):
        if not covers(spans, code):
            rate = f" [{entry.general}]" if entry.general else ""
            yield Finding("headings", written(code), "no measure", f"{entry.text}{rate}")


def measures_without_heading(law: Law, revision: Revision, on: date) -> Iterator[Finding]:
    """Measures in force on a day that name a heading, or a range of them, of which the revision has none."""
    known = sorted(revision.headings)
    for measure in law.measures:
        texts = dict.fromkeys(period.heading or measure.heading for period in _in_force(measure, on))
        spans = dict.fromkeys(span for text in texts for span in read_headings(text, measure.source))
        lacking = [str(span) for span in spans if not any(code in span for code in known)]
        if lacking:
            what = f"the schedule has no {', '.join(lacking)}"
            yield Finding("measures", measure.id, what, measure.title)


def rates_not_stated(law: Law, revision: Revision, on: date) -> Iterator[Finding]:
    """Measures in force on a day with a rate that none of their headings states, where one states a rate at all."""
    stated = {
        code: rate for code, entry in revision.headings.items() if (rate := stated_rate(entry.general)) is not None
    }
    for measure in law.measures:
        for period in _in_force(measure, on):
            spans = read_headings(period.heading or measure.heading, measure.source)
            printed = {rate for code, rate in stated.items() if covers(spans, code)}
            strange = sorted(_rates(period) - printed) if printed else []
            if strange:
                what = f"{_per_cent(strange)}, while its headings state {_per_cent(sorted(printed))}"
                yield Finding("rates", measure.id, what, measure.title)


def stated_rate(text: str) -> float | None:
    """Points that a heading adds to the duty, or the whole duty it states, share of value; None without either."""
    match = _ADDED.search(text) or _ALONE.fullmatch(text)
    return round(float(match[1]) / 100.0, PLACES) if match else None


def _rates(period: Period) -> set[float]:
    rate = period.rate
    if rate is None:
        return set()
    values = rate.by_partner.values() if rate.value is None else (rate.value,)
    return {round(value, PLACES) for value in values}


def _per_cent(rates: Iterable[float]) -> str:
    return ", ".join(f"{rate * 100:g}%" for rate in rates)


def without_heading(law: Law, on: date) -> tuple[str, ...]:
    """Measures in force on a day that name no heading at all."""
    return tuple(m.id for m in law.measures if _in_force(m, on) and not headings_of(m))


# --- lines -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def _lines_on(on: date) -> dict[str, tuple[str, str, str]]:
    """Unit, general rate and column 2 rate as printed, of each line of the table on a day, by code."""
    table = arrays(LINES, ("code", "from", "until", "trade_only", "unit", "general_text", "other_text"))
    day, start, end = str(on), table["from"], table["until"]
    live = ~table["trade_only"] & (start <= day) & ((end == "") | (end >= day))
    columns = (table[name][live].tolist() for name in ("code", "unit", "general_text", "other_text"))
    return {code: (units(unit.split(";")), general, other) for code, unit, general, other in zip(*columns, strict=True)}


def _check_same_schedule(revision: Revision, lines: Mapping[str, object]) -> None:
    """Refuse a schedule of another year, and one that is not whole."""
    ever = set(arrays(LINES, ("code",))["code"].tolist())
    unknown = sum(code not in ever for code in revision.lines)
    if unknown > UNKNOWN * len(revision.lines):
        what = f"{unknown:,} of its {len(revision.lines):,} lines are not in the lawbook's table: it is of another year"
        raise InputError(revision.name, what, EXPORT)
    missing = sum(code not in revision.lines for code in lines)
    if missing > UNKNOWN * len(lines):
        what = f"it lacks {missing:,} of the {len(lines):,} lines of the lawbook's table: it is not the whole schedule"
        raise InputError(revision.name, what, EXPORT)
    lacking = sorted({code[:2] for code in lines} - {code[:2] for code in revision.lines})
    if lacking or not revision.headings:
        what = f"it has nothing of chapter {lacking[0] if lacking else 99}: it is not the whole schedule"
        raise InputError(revision.name, what, EXPORT)


def lines_changed(revision: Revision, lines: Mapping[str, tuple[str, str, str]]) -> Iterator[Finding]:
    """Lines that the table of lines lacks, has besides, or has with other words, rates or units."""
    words = line_words()
    for code, entry in sorted(revision.lines.items()):
        if code not in lines:
            yield Finding("lines", dotted(code), "added", entry.text)
            continue
        changes = list(_changes(entry, lines[code], words.get(code, ("",))[-1]))
        if changes:
            yield Finding("lines", dotted(code), "; ".join(changes), entry.text)
    for code in sorted(set(lines) - set(revision.lines)):
        yield Finding("lines", dotted(code), "dropped", ": ".join(words.get(code, ())))


def _changes(entry: RevisionEntry, known: tuple[str, str, str], words: str) -> Iterator[str]:
    unit, general, other = known
    if entry.text and words and entry.text.rstrip(": ") != words:
        yield f"words were '{words}'"
    for name, new, old in (
        ("unit", entry.unit, unit),
        ("rate", entry.general, general),
        ("column 2", entry.other, other),
    ):
        if new != old:
            yield f"{name} '{new}' was '{old}'"


# --- footnotes -------------------------------------------------------------------------------------------------------


def lines_off_their_list(law: Law, revision: Revision, on: date) -> Iterator[Finding]:
    """Lines whose footnote names a heading, while no measure in force under it covers the line."""
    axis = Axis.of("line", revision.lines)
    spans = {measure.id: headings_of(measure) for measure in law.measures}
    for heading, positions in sorted(_lines_by_heading(axis, revision).items()):
        measures = [measure for measure in law.measures if covers(spans[measure.id], heading)]
        if not measures and heading in revision.headings:
            continue  # named with the headings
        live = [measure for measure in measures if _in_force(measure, on)]
        if measures and not live:
            continue
        covered = _covered(axis, live, on)
        names = ", ".join(m.id for m in live)
        what = declared_note("law.off_list", measures=names) if live else "neither measure nor heading"
        for i in positions:
            if not covered[i]:
                code = str(axis.codes[i])
                yield Finding(
                    "footnotes", dotted(code), f"{written(heading)}: {what}", revision.lines[code].text, heading
                )


def _lines_by_heading(axis: Axis, revision: Revision) -> dict[str, list[int]]:
    """Positions of the lines whose footnotes name each heading."""
    lines: dict[str, list[int]] = defaultdict(list)
    for position, code in enumerate(axis.codes.tolist()):
        for heading in revision.lines[code].footnotes:
            lines[heading].append(position)
    return lines


def _covered(axis: Axis, measures: Iterable[Measure], on: date) -> NDArray[np.bool_]:
    """Lines that one of the measures names on a day, whatever else it asks of the goods; shape (lines,)."""
    covered = np.zeros(len(axis), dtype=bool)
    for goods in (block for measure in measures for block in measure.goods):
        if goods.start <= on <= goods.end:
            block = axis.mask(goods.prefixes)
            covered |= block & ~axis.mask(goods.excepted) if goods.excepted else block
    return covered


# --- tables ----------------------------------------------------------------------------------------------------------


def audit_tables(report: Audit, *, whole: bool = False) -> list[Table]:
    """Counts of each comparison, its findings (unnamed ones, or all), and how much each known gap explains."""
    shown = report.findings if whole else report.unnamed
    return [_counts(report), _findings(shown, whole), _known(report.findings), _stale(report.stale)]


def _counts(report: Audit) -> Table:
    every = Counter(finding.check for finding in report.findings)
    named = Counter(finding.check for finding in report.findings if finding.gap is not None)
    rows = [(check, every[check], named[check], every[check] - named[check]) for check in report.checks]
    return table_of("law.audit", rows, report.notes, revision=report.revision, on=report.on)


def _findings(findings: Sequence[Finding], whole: bool) -> Table:
    rows = [(f.check, f.code, f.what, f.text, f.gap.why if f.gap else "") for f in findings]
    table = table_of("law.findings", rows, title="Findings" if whole else declared_note("law.unexplained"))
    return table if whole else table.select([column.name for column in table.columns[:-1]])


def _stale(stale: Iterable[tuple[AuditGap, str]]) -> Table:
    return table_of("law.stale", [(gap.source, gap.check, name) for gap, name in stale])


def known_gaps(findings: Iterable[Finding]) -> list[tuple[AuditGap, int]]:
    """Known gaps that explain some finding, in the order of the findings, each with how many it explains."""
    return list(Counter(finding.gap for finding in findings if finding.gap is not None).items())


def _known(findings: Iterable[Finding]) -> Table:
    rows = [(gap.written, gap.check, count, gap.why) for gap, count in known_gaps(findings)]
    return table_of("law.known", rows)


FORMAT = "hts"
COLUMNS = ("line", "quantity_unit", "general", "other", "footnotes")


def revision_changes(given: Revision) -> VintageChanges:
    """Lines and headings added, dropped or changed against the newest revision in the package."""
    newest = embedded_revision()
    before, after = (_frame((*revision.lines.values(), *revision.headings.values())) for revision in (newest, given))
    if given.tabular:
        # A CSV export has no footnotes: none of them is a change.
        before, after = before.drop("footnotes"), after.drop("footnotes")
    return compare_vintages(before, after, ("line",), SCHEDULE, f"schedule, {EMBEDDED} and {given.name}")


def _frame(entries: Iterable[RevisionEntry]) -> pl.DataFrame:
    import polars as pl

    rows = [(e.code, e.unit, e.general, e.other, " ".join(sorted(e.footnotes))) for e in entries]
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def keep_revision(path: Path, name: str, today: date) -> str:
    """Put a revision into the user's library; its name there.

    A table of that name that was made from a file of this format is replaced, any other refuses.
    """
    file = read_published(path, FORMAT)
    named = name or f"{FORMAT}-{revision_name(path.name).replace(' ', '-')}".strip("-")
    return add_table(file, named, today, replace=_own(named)).name


def _own(name: str) -> bool:
    """Whether a table of the library came from a revision."""
    try:
        return own_table(name).format == FORMAT
    except InputError:
        return False
