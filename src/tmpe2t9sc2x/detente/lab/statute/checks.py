"""Checks: the cases beside the law, run by the program itself."""

from __future__ import annotations

from pathlib import Path

from detente.codes import Table, table_of
from detente.data.tables import place
from detente.lab.statute.book import LawCase, cases
from detente.lab.statute.lookup import LineDuty
from detente.law import Law

CLOSE = 1e-9


def holds(case: LawCase, answer: LineDuty) -> bool:
    """Whether an answer has the case's total, its base duty and the points of each authority it names."""
    ladder, authorities = answer.main, answer.main.by_authority()
    if case.total is None or answer.banned:
        return case.banned in {ban.measure for ban in answer.banned}
    if abs(answer.total - case.total) > CLOSE or (case.base is not None and abs(ladder.base - case.base) > CLOSE):
        return False
    return all(abs(authorities.get(name, 0.0) - points) <= CLOSE for name, points in case.authorities.items())


def _number(total: float | None) -> float:
    """A total, NaN where the good may not be imported."""
    return float("nan") if total is None else total


def _found(answer: LineDuty) -> float:
    return _number(None if answer.banned else answer.total)


def cases_table(importer_code: str, law: Law | None = None, folder: Path | None = None) -> Table:
    """Each case with what the law says and what the program finds; of the shipped lawbook or a user's folder."""
    rows = []
    for case in cases(importer_code, folder):
        answer = case.answer(importer_code, law)
        rows.append((case.id, case.title, case.status, _number(case.total), _found(answer), holds(case, answer)))
    holding = sum(bool(row[5]) for row in rows)
    return table_of("law.cases", rows, importer=place(importer_code), holding=holding, count=len(rows))
