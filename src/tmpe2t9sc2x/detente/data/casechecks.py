"""What a case file must hold: sides, two or more threats, known names, levels in order, shares that sum to one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from detente.codes import InputError, UnknownName
from detente.data.caserows import EVERYBODY, CaseFile, IssueRow, Rows

SUM = 1e-9
MOST_PARTIES = 6
DUTIES = ("", "points", "floor", "ceiling", "cut", "sector", "quota")

Faults = Iterator[InputError]


def case_faults(case: CaseFile, where: str) -> Faults:
    """What does not fit in a case as a whole, each in a sentence that names the place; none where all does."""
    if not 2 <= len(case.parties) <= MOST_PARTIES or len(set(case.parties)) != len(case.parties):
        what = f"{len(set(case.parties))} are given"
        # Nothing else fits sides that are not known.
        yield InputError(f"{where}, parties", what, f"a case has two to {MOST_PARTIES} different sides")
        return
    if len(case.threats) < 2:
        what = f"only {case.threats[0].name}" if case.threats else "none"
        yield InputError(
            f"{where}, threats", f"{what} is given", "give two or more: no result is shown for one threat point"
        )
    names = [row.name for row in case.issues]
    for place, row in enumerate(case.issues):
        yield from _issue(case, row, where)
        if row.name in names[:place]:
            yield InputError(f"{where}, issue '{row.name}'", "is there twice", "give each issue a name of its own")
    for name, outcome in case.outcomes.items():
        yield from _levels(case, outcome.levels, f"{where}, outcome '{name}'", names)
    yield from _constraints(case, where, names)
    yield from _threats(case, where, names)
    yield from _numbers(case, where)
    yield from _parts(case, where, names)
    yield from _switches(case, where)
    yield from _beliefs(case, where)
    yield from _laws(case, where)


def _issue(case: CaseFile, row: IssueRow, where: str) -> Faults:
    place = f"{where}, issue '{row.name}'"
    if not row.party:
        yield InputError(place, "no party sets it", f"add 'party: ...', one of {', '.join(case.parties)} or both")
    elif row.party not in (*case.parties, "both"):
        yield UnknownName("party", row.party, (*case.parties, "both"), place)
    yield from _receivers(case, row, place)
    levels = row.listed()
    if not _ascend(levels):
        yield InputError(place, "levels cross", "list them in ascending order, each once")
        return
    if row.plain and row.kind == "duty" and row.unit == "share" and row.top is None:
        yield InputError(place, "a duty needs the highest level of its surface", "add 'top: 1.35'")
    yield from _type(row, place)
    if row.top is not None and row.top < levels[-1]:
        yield InputError(place, f"its levels pass the top of {row.top:g}", "raise the top")


def _receivers(case: CaseFile, row: IssueRow, place: str) -> Faults:
    """Whom an issue falls on: named where there are more than two sides."""
    if not row.receivers and len(case.parties) > 2 and row.party != "both":
        yield InputError(
            place, "says not on whom it falls", f"add 'receiver: ...', of {', '.join(case.parties)} or all"
        )
    for code in row.receivers:
        if code not in (*case.parties, EVERYBODY):
            yield UnknownName("party", code, (*case.parties, EVERYBODY), f"{place}, receiver")
        elif code == row.party:
            yield InputError(f"{place}, receiver", f"is {code}, which sets it", "name another party")


def _type(row: IssueRow, place: str) -> Faults:
    """What a level may be, and what each type needs."""
    levels, what = row.listed(), f"type {row.type}"
    if row.kind == "duty" and row.unit == "share" and row.type in DUTIES and levels[0] < 0.0:
        yield InputError(place, f"a duty of {100 * levels[0]:g} points", "use type cut for less than the base duty")
    if row.type in ("cut", "purchase", "investment", "control") and not 0.0 <= levels[0] <= levels[-1] <= 1.0:
        yield InputError(place, f"levels of {what} lie outside 0 to 1", "give them as shares")
    if row.type in ("purchase", "investment") and row.amount is None:
        yield InputError(place, f"{what} has no amount", "add 'amount: 50', USD billion at level 1")
    if row.type == "investment" and row.years is None:
        yield InputError(place, f"{what} has no years", "add 'years: 4'")
    if row.type == "quota" and row.quota is None:
        yield InputError(place, f"{what} has no duties", "add 'quota: {inside: 0.0, outside: 0.5}'")
    if row.quota is not None and not row.quota.inside < row.quota.outside:
        yield InputError(place, "the duty within the quota is not below that beyond it", "change the two")


def _levels(
    case: CaseFile, levels: Mapping[str, float | str], where: str, names: list[str], *, beyond: bool = False
) -> Faults:
    rows = {row.name: row for row in case.issues}
    for issue, level in levels.items():
        if issue in [row.name for row in case.shelf]:
            yield InputError(where, f"'{issue}' is not on the table", "take 'tabled: false' out of the issue")
        elif issue not in rows:
            yield UnknownName("issue", issue, names, where)
        elif isinstance(level, str) and level not in case.parameters:
            yield UnknownName("parameter", level, case.parameters, f"{where}, {issue}")
        elif not beyond:
            number = case.parameters[level].central if isinstance(level, str) else level
            yield from _within(rows[issue], number, where)


def _within(row: IssueRow, level: float, where: str) -> Faults:
    """A level of an outcome lies on the axis of its issue; an axis that is wrong itself is told of there."""
    listed = row.listed()
    if _ascend(listed) and not listed[0] <= level <= listed[-1]:
        what = f"{row.name} {level:g} lies outside {listed[0]:g} to {listed[-1]:g}"
        yield InputError(where, what, "widen its levels or move it")


def _ascend(levels: Sequence[float]) -> bool:
    """Whether there are two levels or more, in ascending order."""
    return len(levels) > 1 and all(a < b for a, b in pairwise(levels))


def _constraints(case: CaseFile, where: str, names: list[str]) -> Faults:
    known = [row.name for row in case.constraints]
    for row in case.constraints:
        for issue in row.coefficients:
            if issue not in names:
                yield UnknownName("issue", issue, names, f"{where}, constraint '{row.name}'")
    for title, members in case.sets.items():
        for member in members:
            if member not in known:
                yield UnknownName("constraint", member, known, f"{where}, set '{title}'")


def _threats(case: CaseFile, where: str, names: list[str]) -> Faults:
    for row in case.threats:
        place = f"{where}, threat '{row.name}'"
        if row.outcome and row.outcome not in case.outcomes:
            yield UnknownName("outcome", row.outcome, case.outcomes, place)
        yield from _levels(case, row.levels or {}, place, names, beyond=True)
        if row.kind == "expected" and row.p is None:
            yield InputError(place, "has no probability", "add 'p: 0.5', that the status quo lasts")
        if row.kind not in ("war", "expected") and not row.outcome and row.levels is None:
            yield InputError(place, "stands for no outcome", "add 'outcome: ...' or 'levels: ...'")
    kinds = [row.kind for row in case.threats]
    if "expected" in kinds and not {"status-quo", "past-law"} <= set(kinds):
        yield InputError(f"{where}, threats", "an expected threat mixes the status quo and the past law", "add both")


def _numbers(case: CaseFile, where: str) -> Faults:
    for party, rate in case.discount.items():
        if party not in case.parties:
            yield UnknownName("party", party, case.parties, f"{where}, discount")
        if not 0.0 < rate < 1.0:
            yield InputError(f"{where}, discount of {party}", f"{rate:g} lies outside (0, 1)", "give a share a year")
    if case.power:
        if set(case.power) != set(case.parties):
            yield InputError(f"{where}, power", "does not name both parties", f"name {', '.join(case.parties)}")
        yield from _sum(case.power.values(), f"{where}, power")


def _sum(values: Iterable[float], where: str) -> Faults:
    total = sum(values)
    if abs(total - 1.0) > SUM:
        yield InputError(where, f"sums to {total:.6g}", "make it sum to 1")


def _parts(case: CaseFile, where: str, names: list[str]) -> Faults:
    for term in case.terms:
        place = f"{where}, term {term.part} of {term.party}"
        if term.issue not in names:
            yield UnknownName("issue", term.issue, names, place)
        for parameter in (term.parameter, term.stock_months):
            if parameter and parameter not in case.parameters:
                yield UnknownName("parameter", parameter, case.parameters, place)
    for row in (*case.base_law, *case.always):
        switch = getattr(row, "switch", "")
        if switch and switch not in names:
            yield UnknownName("issue", switch, names, f"{where}, always")
    for place, party in _named(case, where):
        if party not in case.parties:
            yield UnknownName("party", party, case.parties, place)
    if case.signed and case.signed not in case.outcomes:
        yield UnknownName("outcome", case.signed, case.outcomes, f"{where}, signed")


def _switches(case: CaseFile, where: str) -> Faults:
    """Issues that are on or off, and what hangs on them: one for a case, as each doubles what is solved."""
    rows, names = {row.name: row for row in case.issues}, [row.name for row in case.issues]
    for row in (row for row in case.issues if row.in_all):
        place = f"{where}, issue '{row.name}', in_all"
        switch = rows.get(row.in_all)
        if switch is None:
            yield UnknownName("issue", row.in_all, names, place)
        elif not switch.whole or switch.listed() != (0.0, 1.0):
            yield InputError(place, f"'{switch.name}' is not on or off", "give it 'whole: true' and 'levels: [0, 1]'")
        if not row.moves_tariffs or row.type not in ("", "points", "sector"):
            yield InputError(place, "is for duties whose level is on top", "leave it out, or make the type points")
    named = (*(row.in_all for row in case.issues), *(getattr(row, "switch", "") for row in case.always))
    if len(used := list(dict.fromkeys(name for name in named if name))) > 1:
        yield InputError(where, f"{' and '.join(used)} are both on or off", "let everything hang on one of them")


def _named(case: CaseFile, where: str) -> Iterator[tuple[str, str]]:
    """Parties that rows name, with the place of each."""
    yield from ((where, row.party) for row in (*case.terms, *case.commitments))
    yield from ((f"{where}, choice '{choice.name}'", choice.party) for choice in case.weights.choices)
    for name, given in case.weights.given.items():
        yield from ((f"{where}, weights '{name}'", party) for party in given)


def _laws(case: CaseFile, where: str) -> Faults:
    """Whole laws are those of the sides, once each, and duties that take their coverage from one have one."""
    yield from _whole(case.base_law, case, f"{where}, base_law")
    for choice in case.weights.choices:
        yield from _whole(choice.law, case, f"{where}, choice '{choice.name}'")
    base = _importers(case.base_law)
    for row in case.issues:
        lacking = row.party not in base or not (row.authority or row.from_law)
        if row.coverage == "as-law" and row.party in case.parties and lacking:
            lacks = "authority" if row.party in base else f"whole law of {row.party} in base_law"
            repair = "add it, or give the coverage as all-goods or by sector"
            yield InputError(
                f"{where}, issue '{row.name}'", f"takes its coverage from a law but has no {lacks}", repair
            )


def _importers(rows: Rows) -> list[str]:
    """Importers of the whole laws among some rows."""
    return [row.importer for row in rows if hasattr(row, "whole")]


def _whole(rows: Rows, case: CaseFile, where: str) -> Faults:
    """The whole laws among some rows are those of the sides, once each."""
    named = _importers(rows)
    for code in dict.fromkeys(named):
        if code not in case.parties:
            yield UnknownName("party", code, case.parties, where)
        if named.count(code) > 1:
            yield InputError(where, f"has the whole law of {code} twice", "keep one")


def _beliefs(case: CaseFile, where: str) -> Faults:
    for row in case.beliefs:
        place = f"{where}, beliefs about {row.party}"
        yield from _sum(row.types.values(), f"{place}, prior")
        for act in row.acts:
            if set(act.likelihood) != set(row.types):
                what, repair = "likelihoods do not name every type", f"name {', '.join(row.types)}"
                yield InputError(f"{place}, act of {act.date}", what, repair)
