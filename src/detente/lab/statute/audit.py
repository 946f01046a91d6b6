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
from pathlib import Path
from typing import Any

from detente.codes import Axis, InputError, Parameter, Table, UnknownName, declared_note, dotted, table_of
from detente.codes.hs import digits
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
from detente.data.importer_lines import line_words
from detente.data.importers import Importer, importer
from detente.data.library import pl
from detente.data.limits import memoized
from detente.data.models import CODE_LENGTHS, Day, FileModel, Prose, Texts, read_rows
from detente.data.own_tables import VintageChanges, add_table, compare_vintages, own_table
from detente.data.tables import arrays
from detente.law import Law, Measure, Period, Status
from detente.law.headings import Span, covers, headings_of, read_headings, written
from detente.law.measure import FOREVER, lines_on

LINES = "usa_lines"
#: Share of unknown or missing lines from which on a schedule is of another year than the table of lines.
UNKNOWN = 0.2

_ADDED = re.compile(r"(?:\+|plus)\s*(?:a duty of )?(\d+(?:\.\d+)?)\s*%")
_ALONE = re.compile(r"(\d+(?:\.\d+)?)%")
#: Decimals to which rates are compared.
PLACES = 6


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
    every_finding = (finding for check in checks for finding in comparisons[check]())
    findings = tuple(replace(each, gap=explanation(current, each.check, *_named(each))) for each in every_finding)
    silent = [m.id for m in law.measures if _in_force(m, on) and not headings_of(m)]
    notes = [declared_note("law.no_footnotes", export=EXPORT)] if not only and not revision.footnoted else []
    if silent and only in ("", "measures"):
        notes.append(declared_note("law.no_heading", measures=", ".join(silent)))
    return Audit(revision.name, on, checks, findings, tuple(notes))


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
    # Which law was taken where the revision does not tell its day.
    untold = revision.start is None and on is None
    first = (declared_note("law.first_day", revision=revision.name, day=day),) if untold else ()
    return replace(report, notes=(*first, *report.notes), stale=stale)


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


def _named(finding: Finding) -> tuple[str, str]:
    """Heading and name of a finding as known gaps name them."""
    name = finding.code if finding.check in OF_MEASURES else finding.code.replace(".", "")
    return finding.heading or name, name


# --- headings and measures -------------------------------------------------------------------------------------------


def _in_force(measure: Measure, on: date) -> tuple[Period, ...]:
    """Periods of a measure on a day; none where it is not law."""
    return measure.periods_on(on) if measure.status is Status.IN_FORCE else ()


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
            yield Finding("measures", measure.id, f"the schedule has no {', '.join(lacking)}", measure.title)


def rates_not_stated(law: Law, revision: Revision, on: date) -> Iterator[Finding]:
    """Measures in force on a day with a rate that none of their headings states, where one states a rate at all."""
    stated = {
        code: rate for code, entry in revision.headings.items() if (rate := stated_rate(entry.general)) is not None
    }
    for measure in law.measures:
        for period in _in_force(measure, on):
            spans = read_headings(period.heading or measure.heading, measure.source)
            printed = {rate for code, rate in stated.items() if covers(spans, code)}
            rates = [] if period.rate is None else period.rate.by_partner.values()
            if period.rate is not None and period.rate.value is not None:
                rates = [period.rate.value]
            strange = sorted({round(value, PLACES) for value in rates} - printed) if printed else []
            if strange:
                what = f"{_per_cent(strange)}, while its headings state {_per_cent(sorted(printed))}"
                yield Finding("rates", measure.id, what, measure.title)


def stated_rate(text: str) -> float | None:
    """Points that a heading adds to the duty, or the whole duty it states, share of value; None without either."""
    match = _ADDED.search(text) or _ALONE.fullmatch(text)
    return round(float(match[1]) / 100.0, PLACES) if match else None


def _per_cent(rates: Iterable[float]) -> str:
    return ", ".join(f"{rate * 100:g}%" for rate in rates)


# --- lines -----------------------------------------------------------------------------------------------------------


@memoized
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
        known = words.get(code, ("",))[-1]
        changes = [f"words were '{known}'"] if entry.text and known and entry.text.rstrip(": ") != known else []
        cells = zip(("unit", "rate", "column 2"), (entry.unit, entry.general, entry.other), lines[code], strict=True)
        changes += [f"{name} '{new}' was '{old}'" for name, new, old in cells if new != old]
        if changes:
            yield Finding("lines", dotted(code), "; ".join(changes), entry.text)
    for code in sorted(set(lines) - set(revision.lines)):
        yield Finding("lines", dotted(code), "dropped", ": ".join(words.get(code, ())))


# --- footnotes -------------------------------------------------------------------------------------------------------


def lines_off_their_list(law: Law, revision: Revision, on: date) -> Iterator[Finding]:
    """Lines whose footnote names a heading, while no measure in force under it covers the line."""
    axis = Axis.of("line", revision.lines)
    spans = {measure.id: headings_of(measure) for measure in law.measures}
    named: dict[str, list[str]] = defaultdict(list)
    for code in axis.codes.tolist():
        for heading in revision.lines[code].footnotes:
            named[heading].append(code)
    for heading, codes in sorted(named.items()):
        measures = [measure for measure in law.measures if covers(spans[measure.id], heading)]
        live = [measure for measure in measures if _in_force(measure, on)]
        if (measures and not live) or (not measures and heading in revision.headings):
            continue  # the latter are named with the headings
        covered = lines_on(live, axis, on)
        names = ", ".join(m.id for m in live)
        what = declared_note("law.off_list", measures=names) if live else "neither measure nor heading"
        for code in (code for code in codes if not covered[axis.index(code)]):
            text = revision.lines[code].text
            yield Finding("footnotes", dotted(code), f"{written(heading)}: {what}", text, heading)


# --- tables ----------------------------------------------------------------------------------------------------------


def audit_tables(report: Audit, *, whole: bool = False) -> list[Table]:
    """Counts of each comparison, its findings (unnamed ones, or all), and how much each known gap explains."""
    shown = report.findings if whole else report.unnamed
    every = Counter(finding.check for finding in report.findings)
    open_ = Counter(finding.check for finding in report.unnamed)
    counts = [(check, every[check], every[check] - open_[check], open_[check]) for check in report.checks]
    rows = [(f.check, f.code, f.what, f.text, f.gap.why if f.gap else "") for f in shown]
    table = table_of("law.findings", rows, title="Findings" if whole else declared_note("law.unexplained"))
    explained = [(gap.written, gap.check, count, gap.why) for gap, count in known_gaps(report.findings)]
    return [
        table_of("law.audit", counts, report.notes, revision=report.revision, on=report.on),
        table if whole else table.select([column.name for column in table.columns[:-1]]),
        table_of("law.known", explained),
        table_of("law.stale", [(gap.source, gap.check, name) for gap, name in report.stale]),
    ]


def known_gaps(findings: Iterable[Finding]) -> list[tuple[AuditGap, int]]:
    """Known gaps that explain some finding, in the order of the findings, each with how many it explains."""
    return list(Counter(finding.gap for finding in findings if finding.gap is not None).items())


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
    rows = [(e.code, e.unit, e.general, e.other, " ".join(sorted(e.footnotes))) for e in entries]
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def keep_revision(path: Path, name: str, today: date) -> str:
    """Put a revision into the user's library; its name there.

    A table of that name that was made from a file of this format is replaced, any other refuses.
    """
    file = read_published(path, FORMAT)
    named = name or f"{FORMAT}-{revision_name(path.name).replace(' ', '-')}".strip("-")
    try:
        own = own_table(named).format == FORMAT
    except InputError:
        own = False
    return add_table(file, named, today, replace=own).name


# --- known gaps between a lawbook and the schedule: `audit.yaml` of a lawbook names each with its reason -------------
# An entry names headings of chapter 99 without a measure, measures whose heading or rate the schedule lacks, tariff
# lines, or footnotes by the heading they name (and, if need be, the lines they stand at). With `until` it counts for
# revisions up to that day only.


FILE = "audit.yaml"
#: What an audit compares, in this order.
CHECKS = ("headings", "measures", "rates", "lines", "footnotes")

#: Comparisons whose findings are measures.
OF_MEASURES = ("measures", "rates")


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
