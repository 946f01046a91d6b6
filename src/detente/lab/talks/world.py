"""From a case file to the world of its talks: economy, base law, duties under negotiation, choices of the past."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, declared_note
from detente.data.caserows import (
    ALL_GOODS,
    AS_LAW,
    EVERYBODY,
    CaseFile,
    ChoiceRow,
    ConstraintRow,
    FromLaw,
    IssueRow,
    LawRow,
    PointsRow,
    Rows,
    WholeLaw,
)
from detente.data.powers import power_of
from detente.data.small_world import EVERY_REGION, sectors_on
from detente.data.worlds import load_economy
from detente.economy import Economy, baseline_tariff, goods
from detente.lab.ground.axes import coverage, exact_points
from detente.lab.talks.law import base_rates, choice_rates, coverage_by_law
from detente.talks.duties import DutyIssue, DutySpace, group_of
from detente.talks.endowment import THREE, alike, endowments
from detente.talks.space import LAWFUL, Constraint, Issue, linear
from detente.talks.weights import DutyChoice

Floats = NDArray[np.float64]
TEXTBOOK: Mapping[str, Callable[[], Economy]] = {"two-country": endowments, "three-country": partial(alike, THREE)}
"""Worlds of the textbook by name."""

THIRD_COUNTRIES = "third_countries"


@lru_cache(maxsize=12)
def economy_of(name: str, elasticities: str = "", scale: float = 1.0) -> Economy:
    """The world of a case with its trade elasticities multiplied by a number.

    Raises
    ------
    InputError : a set of elasticities for a textbook's world.
    """
    if name in TEXTBOOK and elasticities:
        raise InputError(Parameter("elasticities"), f"world {name} has an elasticity of its own", "leave it out")
    economy = TEXTBOOK[name]() if name in TEXTBOOK else load_economy(name, elasticities=elasticities or None)
    if scale == 1.0:
        return economy
    theta = np.asarray(economy.parameters["trade_elasticity"], dtype=np.float64) * scale
    return replace(economy, parameters={**economy.parameters, "trade_elasticity": theta})


def sectors_of(economy: Economy, names: Iterable[str]) -> list[str]:
    """Sectors of a world by the names of its own or of the small and the large worlds."""
    return list(dict.fromkeys(code for name in names for code in sectors_on(economy.sectors, name)))


def countries_of(economy: Economy, code: str) -> tuple[str, ...]:
    """Countries of a world by a code of its own or by a region of the small world."""
    return (code,) if code in economy.countries else EVERY_REGION.get(code, (code,))


def covered(case: CaseFile, economy: Economy, row: IssueRow, other: str) -> Floats:
    """Coverage of a duty by sector, shape (sector,), or by exporter and sector, shape (country, sector)."""
    if row.coverage == AS_LAW:
        return coverage_by_law(case, whole_laws(case.base_law)[row.party], economy, row.name)
    if row.coverage == ALL_GOODS:
        return group_of(economy, goods(economy))
    if isinstance(row.coverage, FromLaw):
        law = row.coverage
        return coverage(economy, row.party, other, law.on, law.authority, law.rate)[0]
    return np.asarray(row.coverage, dtype=np.float64)


def whole_laws(rows: Rows) -> dict[str, WholeLaw]:
    """Whole laws among some rows, by importer."""
    return {row.importer: row for row in rows if isinstance(row, WholeLaw)}


def duties_of(case: CaseFile, economy: Economy) -> tuple[DutyIssue, ...]:
    """The duties of a case, in the order of its issues."""
    duties = []
    for row in case.issues:
        if row.moves_tariffs:
            if row.party not in case.parties:
                raise InputError(f"issue {row.name}", "a duty is laid by one side", f"name {' or '.join(case.parties)}")
            other = next(code for code in case.parties if code != row.party)
            duties.append(
                DutyIssue(row.name, row.party, other, covered(case, economy, row, other), float(row.top or 0.0))
            )
    return tuple(duties)


def base_tariff(case: CaseFile, economy: Economy, rows: Rows, factor: float = 1.0, *, chosen: bool = False) -> Floats:
    """Tariff of a world under some rows of a case: whole laws in place of its own tariffs, points on top.

    Parameters
    ----------
    factor : scale of what falls on third countries; `chosen` : the law of a choice, at the levels of its rows.
    """
    n, laws = len(economy.countries), whole_laws(rows)
    tariff = np.array(baseline_tariff(economy)).reshape(n, n, -1)
    rates = choice_rates if chosen else base_rates
    for code, row in laws.items():
        tariff[economy.country(code)] = rates(case, row, economy)
        if row.third and factor != 1.0:
            without = tuple(party for party in case.parties if party != code)
            points = exact_points(economy, code, row.whole, row.third, (), without, row.uncounted)
            tariff += (factor - 1.0) * points
    more = [row for row in rows if not isinstance(row, WholeLaw)]
    return tariff.reshape(baseline_tariff(economy).shape) + added_points(case, economy, more, factor)


def added_points(case: CaseFile, economy: Economy, rows: Sequence[LawRow | PointsRow], factor: float = 1.0) -> Floats:
    """Points of some rows of a case, shaped like the tariff; `factor` scales what falls on third countries."""
    points = np.zeros(baseline_tariff(economy).shape)
    for row in rows:
        size = 1.0 if row.exporter else factor
        if size:
            points += size * (_law(case, economy, row) if isinstance(row, LawRow) else _points(case, economy, row))
    return points


def _law(case: CaseFile, economy: Economy, row: LawRow) -> Floats:
    points = _law_points(economy, row, row.on, tuple(case.parties))
    if row.less is not None:
        points = points - _law_points(economy, row, row.less, tuple(case.parties))
    return row.scale * points.reshape(baseline_tariff(economy).shape)


def _law_points(economy: Economy, row: LawRow, on: date, parties: tuple[str, ...]) -> Floats:
    partners = (row.exporter,) if row.exporter else ()
    without = () if row.exporter else tuple(code for code in parties if code != row.importer)
    return exact_points(economy, row.importer, on, row.authorities, partners, without, row.uncounted)


def _points(case: CaseFile, economy: Economy, row: PointsRow) -> Floats:
    """The same points on all goods."""
    n = len(economy.countries)
    points = np.zeros((n, n, len(economy.sectors)))
    index = economy.country(row.importer)
    chosen = [row.exporter] if row.exporter else [code for code in economy.countries if code not in case.parties]
    points[index, [economy.country(code) for code in chosen]] = row.points * group_of(economy, goods(economy))
    return points.reshape(baseline_tariff(economy).shape)


def duty_space(case: CaseFile, economy: Economy, factor: float = 1.0, *, switched: bool = True) -> DutySpace:
    """Base law and duties of a case on a world.

    Parameters
    ----------
    factor : scale of the points on third countries.
    switched : whether what hangs on a switch is on.
    """
    rows = [row for row in case.always if switched or not (isinstance(row, LawRow) and row.switch)]
    return DutySpace(
        economy,
        case.parties,
        base_tariff(case, economy, case.base_law, factor),
        duties_of(case, economy),
        added_points(case, economy, rows) if rows else None,
        {"closure": case.world.closure},
    )


def choice_of(case: CaseFile, row: ChoiceRow, economy: Economy) -> DutyChoice:
    """A choice of the past in the world of a case: the law of its day and the direction of the move."""
    base = base_tariff(case, economy, row.law, chosen=True)
    space = DutySpace(economy, case.parties, base, (), options={"closure": case.world.closure})
    partner = next(code for code in case.parties if code != row.party)
    if isinstance(row.direction, FromLaw):
        law = row.direction
        direction = coverage(economy, row.party, partner, law.on, law.authority, law.rate)[0]
    else:
        direction = group_of(economy, goods(economy))
    return DutyChoice(row.name, row.date.isoformat(), row.statement, row.party, partner, space, np.zeros(0), direction)


def issue_of(row: IssueRow) -> Issue:
    """An issue for the solvers."""
    receivers = () if EVERYBODY in row.receivers else row.receivers
    return Issue(
        row.name, row.party, np.array(row.listed()), row.unit, row.track, row.kind, row.instrument,
        row.expiry.isoformat() if row.expiry else None, row.default, row.worst, row.whole, row.label, receivers,
    )  # fmt: skip


def limits_of(case: CaseFile, today: Floats) -> Iterator[Constraint]:
    """What all may sign: a duty or control rises only as a threat, and no higher than its authority allows.

    Parameters
    ----------
    today : levels of the law that goes on without a deal, shape (issue,).
    """
    names = tuple(row.name for row in case.issues)
    for row, level in zip(case.issues, today.tolist(), strict=True):
        if row.kind not in ("duty", "control") or row.type == "cut" or row.whole:
            continue
        power = power_of(row.party, row.authority, case.on)
        if power.one_rate:
            words = declared_note("talks.one_rate", issue=row.label or row.name)
            yield linear(row.name, names, {row.name: 1.0}, -level, kind="equal", statement=words, source=power.citation)
            continue
        most = min(power.most, row.listed()[-1] if row.rises else level)
        if most < row.listed()[-1]:
            words = declared_note("talks.no_rise", issue=row.label or row.name)
            source = power.citation or declared_note("talks.no_offer")
            yield linear(row.name, names, {row.name: -1.0}, most, statement=words, source=source)


def constraint_sets(case: CaseFile, issues: tuple[str, ...], today: Floats) -> dict[str, tuple[Constraint, ...]]:
    """Conditions of each set of a case by its name, what all may sign in every one and in a set of its own."""
    made, lawful = {row.name: constraint_of(row, issues) for row in case.constraints}, tuple(limits_of(case, today))
    sets = {title: (*lawful, *(made[name] for name in names)) for title, names in case.sets.items()}
    return {LAWFUL: lawful, **sets}


def constraint_of(row: ConstraintRow, issues: tuple[str, ...]) -> Constraint:
    """A constraint for the solvers; `issues` : names of all, in order."""
    return linear(
        row.name, issues, row.coefficients, row.constant, kind=row.kind, statement=row.statement, source=row.source
    )
