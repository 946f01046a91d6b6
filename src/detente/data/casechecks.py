"""What a case file must hold: sides, two or more threats, known names, levels in order, shares that sum to one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from detente.codes import InputError, UnknownName
from detente.data.caserows import EVERYBODY, CaseFile, IssueRow, Rows

SUM = 1e-9
MOST_PARTIES = 6
DUTIES = ("", "points", "floor", "ceiling", "cut", "sector", "quota")


def check_case(case: CaseFile, where: str) -> None:
    """Checks of a case as a whole; `InputError` and `UnknownName` name what does not fit."""
    if not 2 <= len(case.parties) <= MOST_PARTIES or len(set(case.parties)) != len(case.parties):
        what = f"{len(set(case.parties))} are given"
        raise InputError(f"{where}, parties", what, f"a case has two to {MOST_PARTIES} different sides")
    if len(case.threats) < 2:
        what = f"only {case.threats[0].name}" if case.threats else "none"
        raise InputError(
            f"{where}, threats", f"{what} is given", "give two or more: no result is shown for one threat point"
        )
    for row in case.issues:
        _check_issue(case, row, where)
    names = [row.name for row in case.issues]
    for name, outcome in case.outcomes.items():
        _check_levels(case, outcome.levels, f"{where}, outcome '{name}'", names)
    _check_constraints(case, where, names)
    _check_threats(case, where, names)
    _check_numbers(case, where)
    _check_parts(case, where, names)
    _check_beliefs(case, where)
    _check_laws(case, where)


def _check_issue(case: CaseFile, row: IssueRow, where: str) -> None:
    place = f"{where}, issue '{row.name}'"
    if not row.party:
        raise InputError(place, "no party sets it", f"add 'party: ...', one of {', '.join(case.parties)} or both")
    if row.party not in (*case.parties, "both"):
        raise UnknownName("party", row.party, (*case.parties, "both"), place)
    levels = row.listed()
    if len(levels) < 2 or any(b <= a for a, b in pairwise(levels)):
        raise InputError(place, "levels cross", "list them in ascending order, each once")
    if row.plain and row.kind == "duty" and row.unit == "share" and row.top is None:
        raise InputError(place, "a duty needs the highest level of its surface", "add 'top: 1.35'")
    _check_receivers(case, row, place)
    _check_type(row, place)
    if row.top is not None and row.top < levels[-1]:
        raise InputError(place, f"its levels pass the top of {row.top:g}", "raise the top")
    if [other.name for other in case.issues].count(row.name) > 1:
        raise InputError(place, "is there twice", "give each issue a name of its own")


def _check_receivers(case: CaseFile, row: IssueRow, place: str) -> None:
    """Whom an issue falls on: named where there are more than two sides."""
    if not row.receivers and len(case.parties) > 2 and row.party != "both":
        raise InputError(
            place, "says not on whom it falls", f"add 'receiver: ...', of {', '.join(case.parties)} or all"
        )
    for code in row.receivers:
        if code not in (*case.parties, EVERYBODY):
            raise UnknownName("party", code, (*case.parties, EVERYBODY), f"{place}, receiver")
        if code == row.party:
            raise InputError(f"{place}, receiver", f"is {code}, which sets it", "name another party")


def _check_type(row: IssueRow, place: str) -> None:
    """What a level may be, and what each type needs."""
    levels, what = row.listed(), f"type {row.type}"
    if row.kind == "duty" and row.unit == "share" and row.type in DUTIES and levels[0] < 0.0:
        raise InputError(place, f"a duty of {100 * levels[0]:g} points", "use type cut for less than the base duty")
    if row.type in ("cut", "purchase", "investment", "control") and not 0.0 <= levels[0] <= levels[-1] <= 1.0:
        raise InputError(place, f"levels of {what} lie outside 0 to 1", "give them as shares")
    if row.type in ("purchase", "investment") and row.amount is None:
        raise InputError(place, f"{what} has no amount", "add 'amount: 50', USD billion at level 1")
    if row.type == "investment" and row.years is None:
        raise InputError(place, f"{what} has no years", "add 'years: 4'")
    if row.type == "quota" and row.quota is None:
        raise InputError(place, f"{what} has no duties", "add 'quota: {inside: 0.0, outside: 0.5}'")
    if row.quota is not None and not row.quota.inside < row.quota.outside:
        raise InputError(place, "the duty within the quota is not below that beyond it", "change the two")


def _check_levels(
    case: CaseFile, levels: Mapping[str, float | str], where: str, names: list[str], *, beyond: bool = False
) -> None:
    rows = {row.name: row for row in case.issues}
    for issue, level in levels.items():
        if issue not in names:
            if issue in [row.name for row in case.shelf]:
                raise InputError(where, f"'{issue}' is not on the table", "take 'tabled: false' out of the issue")
            raise UnknownName("issue", issue, names, where)
        ends = rows[issue].listed()
        if isinstance(level, str):
            if level not in case.parameters:
                raise UnknownName("parameter", level, case.parameters, f"{where}, {issue}")
            level = case.parameters[level].central
        if not beyond and not ends[0] <= level <= ends[-1]:
            raise InputError(
                where, f"{issue} {level:g} lies outside {ends[0]:g} to {ends[-1]:g}", "widen its levels or move it"
            )


def _check_constraints(case: CaseFile, where: str, names: list[str]) -> None:
    known = [row.name for row in case.constraints]
    for row in case.constraints:
        for issue in row.coefficients:
            if issue not in names:
                raise UnknownName("issue", issue, names, f"{where}, constraint '{row.name}'")
    for title, members in case.sets.items():
        for member in members:
            if member not in known:
                raise UnknownName("constraint", member, known, f"{where}, set '{title}'")


def _check_threats(case: CaseFile, where: str, names: list[str]) -> None:
    for row in case.threats:
        place = f"{where}, threat '{row.name}'"
        if row.outcome and row.outcome not in case.outcomes:
            raise UnknownName("outcome", row.outcome, case.outcomes, place)
        _check_levels(case, row.levels or {}, place, names, beyond=True)
        if row.kind == "expected" and row.p is None:
            raise InputError(place, "has no probability", "add 'p: 0.5', that the status quo lasts")
        if row.kind not in ("war", "expected") and not row.outcome and row.levels is None:
            raise InputError(place, "stands for no outcome", "add 'outcome: ...' or 'levels: ...'")
    kinds = [row.kind for row in case.threats]
    if "expected" in kinds and not {"status-quo", "past-law"} <= set(kinds):
        raise InputError(f"{where}, threats", "an expected threat mixes the status quo and the past law", "add both")


def _check_numbers(case: CaseFile, where: str) -> None:
    for party, rate in case.discount.items():
        if party not in case.parties:
            raise UnknownName("party", party, case.parties, f"{where}, discount")
        if not 0.0 < rate < 1.0:
            raise InputError(f"{where}, discount of {party}", f"{rate:g} lies outside (0, 1)", "give a share a year")
    if case.power:
        if set(case.power) != set(case.parties):
            raise InputError(f"{where}, power", "does not name both parties", f"name {', '.join(case.parties)}")
        _check_sum(case.power.values(), f"{where}, power")


def _check_sum(values: Iterable[float], where: str) -> None:
    total = sum(values)
    if abs(total - 1.0) > SUM:
        raise InputError(where, f"sums to {total:.6g}", "make it sum to 1")


def _check_parts(case: CaseFile, where: str, names: list[str]) -> None:
    for term in case.terms:
        place = f"{where}, term {term.part} of {term.party}"
        if term.issue not in names:
            raise UnknownName("issue", term.issue, names, place)
        for parameter in (term.parameter, term.stock_months):
            if parameter and parameter not in case.parameters:
                raise UnknownName("parameter", parameter, case.parameters, place)
    for party in (*(t.party for t in case.terms), *(c.party for c in case.commitments)):
        if party not in case.parties:
            raise UnknownName("party", party, case.parties, where)
    for row in (*case.base_law, *case.always):
        switch = getattr(row, "switch", "")
        if switch and switch not in names:
            raise UnknownName("issue", switch, names, f"{where}, always")
    for choice in case.weights.choices:
        if choice.party not in case.parties:
            raise UnknownName("party", choice.party, case.parties, f"{where}, choice '{choice.name}'")
    for name, given in case.weights.given.items():
        for party in given:
            if party not in case.parties:
                raise UnknownName("party", party, case.parties, f"{where}, weights '{name}'")
    if case.signed and case.signed not in case.outcomes:
        raise UnknownName("outcome", case.signed, case.outcomes, f"{where}, signed")


def _check_laws(case: CaseFile, where: str) -> None:
    """Whole laws are those of the sides, once each, and duties that take their coverage from one have one."""
    base = _check_whole(case.base_law, case, f"{where}, base_law")
    for choice in case.weights.choices:
        _check_whole(choice.law, case, f"{where}, choice '{choice.name}'")
    for row in case.issues:
        if row.coverage == "as-law" and (row.party not in base or not (row.authority or row.from_law)):
            lacks = "authority" if row.party in base else f"whole law of {row.party} in base_law"
            repair = "add it, or give the coverage as all-goods or by sector"
            raise InputError(
                f"{where}, issue '{row.name}'", f"takes its coverage from a law but has no {lacks}", repair
            )


def _check_whole(rows: Rows, case: CaseFile, where: str) -> list[str]:
    """Importers of the whole laws among some rows."""
    whole = [row for row in rows if hasattr(row, "whole")]
    named = [row.importer for row in whole]
    for row in whole:
        if row.importer not in case.parties:
            raise UnknownName("party", row.importer, case.parties, where)
        if named.count(row.importer) > 1:
            raise InputError(where, f"has the whole law of {row.importer} twice", "keep one")
    return named


def _check_beliefs(case: CaseFile, where: str) -> None:
    for row in case.beliefs:
        place = f"{where}, beliefs about {row.party}"
        _check_sum(row.types.values(), f"{place}, prior")
        for act in row.acts:
            if set(act.likelihood) != set(row.types):
                raise InputError(f"{place}, act of {act.date}", "likelihoods do not name every type",
                                 f"name {', '.join(row.types)}")  # fmt: skip
