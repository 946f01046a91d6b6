"""What the record of an importer holds: its lines and trade, its vintage and gaps, and whether its cases hold.

Coverage: what the folder of an importer holds, line by line and by section, and the trade it answers for.

Importers: whose law is on record, at what level, of what vintage, how far it was read, and what it lacks.

Checks: the cases beside the law, run by the program itself, and what the schedule beside it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, Table, declared_note, table_of
from detente.codes.axis import Floats
from detente.codes.hs import SECTIONS, section
from detente.codes.names import first_upper
from detente.data.flows import chn_imports, usa_imports
from detente.data.importer_flows import all_imports
from detente.data.importer_lines import SECTOR
from detente.data.importerfile import LEVELS, comes_first, importer_file, lawbooks, stamp
from detente.data.importers import Importer, importer
from detente.data.new_law import TO_CONFIRM
from detente.data.tables import COUNTED, EMBEDDED, partner_name
from detente.lab.statute.audit import audit_file, audit_tables
from detente.lab.statute.book import CASES, LawCase, cases
from detente.lab.statute.lookup import LineDuty
from detente.law import Law
from detente.trade.flows import Flows

ALL = "all"
LAST_CHAPTER = 97
#: Chapter that the Harmonized System keeps empty.
RESERVED = "77"

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class _Schedule:
    """Lines as they stand on the latest day.

    Attributes
    ----------
    kinds, rate, weight : of duty, share of value, imports in USD; shape (lines,).
    listed : lines of the schedule; the others stand at means of sectors.
    """

    codes: NDArray[np.str_]
    kinds: NDArray[np.str_]
    rate: Floats
    weight: Floats
    listed: Flags

    def share(self, chosen: Flags) -> float:
        """Part of the imports on some lines."""
        total = float(self.weight.sum())
        return float(self.weight[chosen].sum()) / total if total else float("nan")

    def mean(self, chosen: Flags) -> float:
        """Simple mean of the duties of some lines that are shares of value."""
        rates = self.rate[chosen & self.counted]
        return float(rates.mean()) if rates.size else float("nan")

    @property
    def counted(self) -> Flags:
        """Lines whose duty is known as a share of value, be it none."""
        return np.isin(self.kinds, COUNTED)


def coverage_tables(where: Importer) -> list[Table]:
    """Lines by kind of duty and by section, with means and trade; what is missing stands in the notes.

    Means are simple ones over lines whose duty is a share of value.
    """
    # Trade of the package's own tables where the importer has one; else its folder's, or modelled.
    table = EMBEDDED.get(where.file.schedule.table)
    trade = all_imports(where) if table is None else chn_imports() if table.bought_of else usa_imports()
    weight = np.bincount(trade.line_at, trade.value, minlength=len(where.lines)).astype(np.float64)
    kinds = where.table["kind"] if "kind" in where.table else np.full(len(where.lines), "ad_valorem")
    kinds = np.where(kinds == "", "ad_valorem", kinds)
    lines = _Schedule(where.lines.codes, kinds, where.table["general"], weight, kinds != SECTOR)
    whole = lines.listed if lines.listed.any() else ~lines.listed
    names = [name for name in dict.fromkeys((*ORDER, SECTOR)) if (whole & (kinds == name)).any()]
    rows = [_row(name, whole & (kinds == name), whole, lines) for name in names]
    rows.append(_row(ALL, whole, whole, lines))
    return [
        table_of("law.coverage", rows, tuple(_notes(where, trade, lines)), importer=where.file.name),
        table_of("law.coverage_sections", list(_sections(lines)), importer=where.file.name),
    ]


ORDER = ("free", "ad_valorem", "specific", "compound", "mixed", "other")


def _row(name: str, chosen: Flags, whole: Flags, of: _Schedule) -> tuple[str, int, float, float, float]:
    lines = int(chosen.sum())
    return name, lines, lines / int(whole.sum()), of.mean(chosen), of.share(chosen)


def _sections(of: _Schedule) -> Iterator[tuple[str, str, int, float, float, float]]:
    sections = np.asarray([section(chapter) for chapter in of.codes.astype("<U2").tolist()])
    for roman, _, _, title in SECTIONS:
        inside = (sections == roman) & of.listed
        if inside.any():
            counted = float(of.counted[inside].mean())
            yield roman, title, int(inside.sum()), counted, of.mean(inside), of.share(inside)


def _notes(where: Importer, trade: Flows, of: _Schedule) -> Iterator[str]:
    present = {*of.codes[of.listed].astype("<U2").tolist(), RESERVED}
    missing = [chapter for n in range(1, LAST_CHAPTER + 1) if (chapter := f"{n:02d}") not in present]
    stood_in = "law.missing_chapters" if of.listed.all() else "law.chapters_by_sector"
    yield declared_note(stood_in if missing else "law.every_chapter", chapters=spans(missing))
    six, place = np.unique(of.codes[of.counted].astype("<U6"), return_inverse=True)
    if six.size:
        means = np.bincount(place, of.rate[of.counted]) / np.bincount(place)
        yield declared_note("law.mean", count=six.size, mean=means.mean())
    yield declared_note("law.by_value", share=np.nan_to_num(of.share(of.counted)))
    yield from trade.notes
    if not (where.lawbook / CASES).is_file():
        yield declared_note("law.no_cases")
    elif waiting := sum(case.status == TO_CONFIRM for case in cases(where.iso3)):
        yield declared_note("law.waiting_cases", count=waiting)


def spans(codes: Sequence[str]) -> str:
    """Numbers in a row as a span: 01, 03 to 05."""
    parts: list[list[str]] = []
    for code in codes:
        if parts and int(parts[-1][-1]) + 1 == int(code):
            parts[-1].append(code)
        else:
            parts.append([code])
    return ", ".join(part[0] if len(part) == 1 else f"{part[0]} to {part[-1]}" for part in parts)


def importers_tables(of: str = "") -> list[Table]:
    """Every importer on record, or one, and what the record of each lacks; those of national lines come first."""
    named = [of] if of else list(importers_by_level())
    rows, lacking = [_importer_row(code) for code in named], []
    for where in map(importer, named):
        gaps = () if where.law.record is None else (gap.says for gap in where.law.record.gaps)
        texts = (f"{first_upper(text).removesuffix('.')}." for text in (*where.file.not_covered, *gaps))
        lacking += [(where.iso3, partner_name(where.iso3), text) for text in texts]
    return [table_of("law.importers", rows), table_of("law.not_covered", lacking)]


def _importer_row(code: str) -> tuple[str | int, ...]:
    where = importer(code)
    file, record = where.file, where.law.record
    vintage = "" if file.schedule.vintage is None else file.schedule.vintage.isoformat()
    read = record.to if record is not None else file.read_to
    return (
        code, partner_name(code), file.level, len(where.lines), len(where.law.measures), vintage,
        "" if read is None else read.isoformat(), file.edition, str(file.folder) if stamp(file.folder) else "package",
    )  # fmt: skip


def importers_by_level() -> dict[str, str]:
    """Names of all importers by id: those of national lines first, then subheadings, then sectors, each by name."""
    levels = {code: LEVELS.index(importer_file(folder).level) for code, folder in lawbooks().items()}
    order = sorted(levels, key=lambda code: (levels[code], partner_name(code)))
    return {code: partner_name(code) for code in order}


CLOSE = 1e-9
#: Whose schedule is in the package as published.
AUDITED = "USA"


def holds(case: LawCase, answer: LineDuty) -> bool:
    """Whether an answer has the case's total, its base duty and the points of each authority it names."""
    ladder, authorities = answer.main, answer.main.by_authority()
    if case.banned or case.total is None or answer.banned:
        return case.banned in {ban.measure for ban in answer.banned}
    wanted = [(case.total, answer.total), (case.base, ladder.base)]
    wanted += [(points, authorities.get(name, 0.0)) for name, points in case.authorities.items()]
    return all(own is None or abs(number - own) <= CLOSE for own, number in wanted)


def _cases(named: Iterable[tuple[str, Law | None, Path | None]]) -> Table:
    """Each case of some importers with what the law says and what the program finds, to twelve decimals.

    Parameters
    ----------
    named : importers, each with a law in place of its own and a folder of cases in place of the shipped ones.
    """
    rows: list[tuple[Any, ...]] = []
    for code, law, folder in named:
        for case in cases(code, folder):
            answer = case.answer(code, law)
            says, number = None if case.banned else case.total, None if answer.banned else answer.total
            numbers = (float("nan") if total is None else round(total, 12) for total in (says, number))
            rows.append((code, case.id, case.title, case.status, *numbers, holds(case, answer)))
    return table_of("law.cases", rows, holding=sum(bool(row[-1]) for row in rows), count=len(rows))


def checks(folder: Path | None, of: str, law: Law | None, lawbook: Path | None) -> list[Table]:
    """Each case with what the law says and what the program finds; of all importers where none is named.

    Of one importer with what its schedule covers, and of the United States, as shipped, with its newest schedule beside
    the law.

    Parameters
    ----------
    folder : of an importer of one's own. law : of the importer, with the lawbook on top.
    lawbook : its cases are run where it has some.

    Raises
    ------
    InputError, UnknownName : a folder of another importer, or without cases; a case that cannot be read.
    """
    with comes_first(folder) as own:
        if own and of not in ("", own):
            raise InputError(Parameter("of"), f"{folder} is of {own}", "leave it out")
        if not (own or of):
            return [_cases((code, None, None) for code, place in lawbooks().items() if (place / CASES).is_file())]
        where = importer(own or of)
        beside = lawbook if lawbook is not None and (lawbook / CASES).is_file() else None
        tables = [_cases([(where.iso3, law or where.law, beside)]), *coverage_tables(where)]
        if where.iso3 == AUDITED and lawbook is None:
            report = audit_file(AUDITED, where.law, None, None, today=date.today())
            tables += audit_tables(report, whole=True)
        return tables
