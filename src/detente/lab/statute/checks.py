"""Checks: the cases beside the law, run by the program itself, and what the schedule beside it says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from detente.codes import InputError, Parameter, Table, table_of
from detente.data.importerfile import comes_first, lawbooks
from detente.data.importers import importer
from detente.lab.statute.audit import audit_file, audit_tables
from detente.lab.statute.book import CASES, LawCase, cases
from detente.lab.statute.coverage import coverage_tables
from detente.lab.statute.lookup import LineDuty
from detente.law import Law

CLOSE = 1e-9
AUDITED = "USA"
"""Whose schedule is in the package as published."""


def holds(case: LawCase, answer: LineDuty) -> bool:
    """Whether an answer has the case's total, its base duty and the points of each authority it names."""
    ladder, authorities = answer.main, answer.main.by_authority()
    if case.total is None or answer.banned:
        return case.banned in {ban.measure for ban in answer.banned}
    if abs(answer.total - case.total) > CLOSE or (case.base is not None and abs(ladder.base - case.base) > CLOSE):
        return False
    return all(abs(authorities.get(name, 0.0) - points) <= CLOSE for name, points in case.authorities.items())


def _number(total: float | None) -> float:
    """A total to twelve decimals, NaN where the good may not be imported."""
    return float("nan") if total is None else round(total, 12)


def _rows(code: str, law: Law | None = None, folder: Path | None = None) -> Iterable[tuple[Any, ...]]:
    for case in cases(code, folder):
        answer = case.answer(code, law)
        rate = _number(None if answer.banned else answer.total)
        yield code, case.id, case.title, case.status, _number(case.total), rate, holds(case, answer)


def _table(rows: list[tuple[Any, ...]]) -> Table:
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
            named = (code for code, place in lawbooks().items() if (place / CASES).is_file())
            return [_table([row for code in named for row in _rows(code)])]
        where = importer(own or of)
        beside = lawbook if lawbook is not None and (lawbook / CASES).is_file() else None
        tables = [_table(list(_rows(where.iso3, law or where.law, beside))), *coverage_tables(where)]
        if where.iso3 == AUDITED and lawbook is None:
            report = audit_file(AUDITED, where.law, None, None, today=date.today())
            tables += audit_tables(report, whole=True)
        return tables
