"""Whole laws of a case: of a day, as the acts known on a day make them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from detente.codes import UnknownName
from detente.data.casefile import check_known, last_known
from detente.data.caserows import CaseFile, Rows, WholeLaw
from detente.data.days import signings
from detente.data.importers import importer
from detente.law import Law
from detente.law.branches import fate_names, states, under_fate
from detente.law.known import known_law, same_on
from detente.law.record import RENEWED


def law_of(row: WholeLaw) -> Law:
    """The law of a row: of an importer, as known on a day where one is named.

    Raises
    ------
    UnknownName : no clause of the law that is open on the day has the fate.
    """
    law = importer(row.importer).law
    if row.fate:
        clauses = () if law.record is None else law.record.open_on(row.whole)
        if row.fate not in fate_names(clauses):
            where = f"whole law of {row.importer}"
            raise UnknownName("fate of open clauses", row.fate, fate_names(clauses), where, "or leave 'fate' out")
        law = under_fate(law, row.fate, clauses)
    elif row.known is not None:
        return law_known(row.importer, row.known)
    return law if row.known is None else known_law(law, row.known, signings())


def fate_of(row: WholeLaw) -> str:
    """Fate of the open clauses in a row's law; `RENEWED` for any that comes to the same law on the day."""
    record = importer(row.importer).law.record
    if not row.fate or record is None:
        return row.fate
    known = states(record.open_on(row.whole), row.whole)
    return RENEWED.name if known.get(row.fate) == known.get(RENEWED.name) else row.fate


@lru_cache(maxsize=8)
def law_known(code: str, day: date) -> Law:
    """The law of an importer that the acts signed by a day make, on that day and later ones."""
    return known_law(importer(code).law, day, signings())


def cut_laws(case: CaseFile, day: date) -> CaseFile:
    """The case with its whole laws as known on a day; laws that no later act touches stay as they are."""
    weights = case.weights
    choices = tuple(row.model_copy(update={"law": _cut(row.law, day)}) for row in weights.choices)
    return case.model_copy(
        update={"base_law": _cut(case.base_law, day), "weights": weights.model_copy(update={"choices": choices})}
    )


def _cut(rows: Rows, day: date) -> Rows:
    return tuple(
        row.model_copy(update={"known": day}) if isinstance(row, WholeLaw) and _later_acts(row, day) else row
        for row in rows
    )


def _later_acts(row: WholeLaw, day: date) -> bool:
    """Whether acts later than a day are in the law of a row."""
    before = row.known is None or row.known > day
    return before and not same_on(importer(row.importer).law, law_known(row.importer, day), row.whole)


def as_known(file: CaseFile, day: date | None = None) -> CaseFile:
    """The case as known on a day, by default the last whose facts it may hold: its laws without the acts since.

    Raises
    ------
    InputError : rows that were known only later, or that do not say since when; all of them at once.
    """
    cut = last_known(file) if day is None else day
    check_known(file, cut)
    return cut_laws(file, cut).model_copy(update={"as_known": min(cut, last_known(file))})
