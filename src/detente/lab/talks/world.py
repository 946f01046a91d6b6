"""From a case file to the world of its talks: economy, base law, duties under negotiation, choices, pledges, limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, declared_note
from detente.data.caserows import (
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
from detente.data.small_world import EVERY_REGION
from detente.data.worlds import load_economy
from detente.economy import Economy, baseline_tariff, goods
from detente.lab.averages.axes import exact_points, rows_of, tariff_under
from detente.lab.talks.law import base_rates, covered_on, duty_of, receivers_of
from detente.talks.endowment import TEXTBOOK, alike
from detente.talks.materials import Flow
from detente.talks.payoff import PayoffTerm
from detente.talks.space import LAWFUL, Constraint, Issue, linear
from detente.talks.weights import DutyChoice
from detente.talks.world import TalksWorld, group_of

Floats = NDArray[np.float64]
Number = Callable[[str, float], float]
"""Value of a parameter of a case, or what stands in for it."""

THIRD_COUNTRIES = "third_countries"

PLEDGES = ("purchase", "investment")

STANDARD = {
    "delivered": 0.57,
    "delivered_contracted": 0.9,
    "additional": 0.2,
    "seller_margin": 0.10,
    "buyer_premium": 0.03,
    "investment_delivered": 0.3,
    "investment_additional": 0.3,
    "host_share": 0.10,
    "return_out": 0.06,
    "return_in": 0.06,
}
"""What pledges are worth where a case does not say: delivery as of 2020-21 (Bown 2022), the others assumed."""

BOUNDS = {
    "delivered": (0.3, 1.0),
    "additional": (0.0, 0.6),
    "seller_margin": (0.0, 0.3),
    "buyer_premium": (0.0, 0.15),
    "investment_delivered": (0.05, 0.7),
    "investment_additional": (0.0, 0.7),
    "host_share": (0.0, 0.2),
}
"""Lowest and highest that each may be; the others have no range."""


@lru_cache(maxsize=12)
def economy_of(name: str, elasticities: str = "", scale: float = 1.0) -> Economy:
    """The world of a case with its trade elasticities multiplied by a number.

    Raises
    ------
    InputError : a set of elasticities for a textbook's world.
    """
    if name in TEXTBOOK and elasticities:
        raise InputError(Parameter("elasticities"), f"world {name} has an elasticity of its own", "leave it out")
    economy = alike(TEXTBOOK[name]) if name in TEXTBOOK else load_economy(name, elasticities=elasticities or None)
    if scale == 1.0:
        return economy
    theta = np.asarray(economy.parameters["trade_elasticity"], dtype=np.float64) * scale
    return replace(economy, parameters={**economy.parameters, "trade_elasticity": theta})


def countries_of(economy: Economy, code: str) -> tuple[str, ...]:
    """Countries of a world by a code of its own or by a region of the small world."""
    return (code,) if code in economy.countries else EVERY_REGION.get(code, (code,))


def whole_laws(rows: Rows) -> dict[str, WholeLaw]:
    """Whole laws among some rows, by importer."""
    return {row.importer: row for row in rows if isinstance(row, WholeLaw)}


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


def duty_rows(case: CaseFile, *, switched: bool = True) -> list[IssueRow]:
    """Issues that move tariffs; those whose level is the whole duty where a switch is on are floors then."""
    rows = [row for row in case.issues if row.moves_tariffs]
    return [row.model_copy(update={"type": "floor", "in_all": ""}) if row.in_all and switched else row for row in rows]


def world_of(case: CaseFile, economy: Economy, factor: float = 1.0, *, switched: bool = True) -> TalksWorld:
    """Base law and duties of a case on a world.

    Parameters
    ----------
    factor : scale of what falls on third countries; `switched` : whether what hangs on a switch is on.

    Raises
    ------
    InputError, UnknownName : what the case names is not in a law, a tariff or the world.
    """
    laws, rows = whole_laws(case.base_law), duty_rows(case, switched=switched)
    duties = tuple(duty_of(case, row, economy, laws.get(row.party)) for row in rows)
    on = always_rows(case, switched=switched)
    always = added_points(case, economy, on, factor) if on else None
    return TalksWorld(
        economy, case.parties, members_in(case, economy), tariff_of(case, economy, case.base_law, factor), duties,
        always, {"closure": case.world.closure},
    )  # fmt: skip


def always_rows(case: CaseFile, *, switched: bool = True) -> list[LawRow | PointsRow]:
    """Points that every outcome adds; those that hang on a switch only where it is on."""
    return [row for row in case.always if switched or not (isinstance(row, LawRow) and row.switch)]


def members_in(case: CaseFile, economy: Economy) -> tuple[tuple[int, ...], ...]:
    """Countries of a world in each party, positions."""
    return tuple(tuple(rows_of(economy, code).tolist()) for code in case.parties)


def tariff_of(case: CaseFile, economy: Economy, rows: Rows, factor: float = 1.0) -> Floats:
    """Tariff of a world under some rows of a case: whole laws in place of its own tariffs, points on top.

    Parameters
    ----------
    factor : scale of what falls on third countries.
    """
    laws = whole_laws(rows)
    tariff = tariff_under(economy, {code: base_rates(case, row, economy) for code, row in laws.items()})
    members = dict(zip(case.parties, members_in(case, economy), strict=True))
    for code, row in laws.items():
        if row.third and factor != 1.0:
            without = tuple(economy.countries[k] for party, some in members.items() if party != code for k in some)
            points = exact_points(economy, code, row.whole, row.third, (), without, row.uncounted)
            tariff = tariff + (factor - 1.0) * points.reshape(tariff.shape)
    more = [row for row in rows if not isinstance(row, WholeLaw)]
    return tariff + added_points(case, economy, more, factor) if more else tariff


def choice_of(case: CaseFile, row: ChoiceRow, economy: Economy) -> DutyChoice:
    """A choice of the past in the world of a case: the law of its day and the direction of the move."""
    free = case.model_copy(update={"issues": ()})
    members = members_in(case, economy)
    tariff, options = tariff_of(free, economy, row.law), {"closure": case.world.closure}
    space = TalksWorld(economy, case.parties, members, tariff, (), None, options)
    points = np.zeros((len(economy.countries), len(economy.sectors)))
    exporters = [k for code, some in zip(case.parties, members, strict=True) if code != row.party for k in some]
    points[exporters] = group_of(economy, goods(economy))
    if isinstance(row.direction, FromLaw):
        points[exporters] = covered_on(economy, row.party, row.direction)[exporters]
    return DutyChoice(row.name, row.date.isoformat(), row.party, space, np.zeros(0), points)


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


# --- pledges ----------------------------------------------------------------------------------------------------------


def pledge_terms(file: CaseFile, number: Number) -> list[PayoffTerm]:
    """What purchases and investments are worth to both sides, USD bn a year as linear functions of their levels.

    A dollar bought is no gain: of what is delivered a part is additional, and only a margin of it is worth something to
    the seller. An investment brings its host a share of what is additional; its owner is out the difference of returns.
    """
    terms = []
    for row in file.issues:
        if row.type in PLEDGES:
            receivers = receivers_of(file, row)
            giver, receiver = (_purchase if row.type == "purchase" else _investment)(number, row)
            terms.append(PayoffTerm(f"{row.type}s", row.party, row.name, _linear(giver)))
            terms += [PayoffTerm(f"{row.type}s", code, row.name, _linear(receiver / len(receivers)))
                      for code in receivers]  # fmt: skip
    return terms


def pledge_ends(file: CaseFile, number: Number) -> list[tuple[PayoffTerm, PayoffTerm, PayoffTerm]]:
    """Each of `pledge_terms` with all that it rests on at the low ends, as it is, and at the high ends."""

    def bound(end: int) -> Number:
        def value(name: str, default: float) -> float:
            parameter = file.parameters.get(name)
            return parameter.ends[end] if parameter is not None else BOUNDS.get(name, (default, default))[end]

        return value

    low, now, high = (pledge_terms(file, values) for values in (bound(0), number, bound(1)))
    return list(zip(low, now, high, strict=True))


def pledged(file: CaseFile) -> list[str]:
    """Names of the standard numbers that the pledges of a case take."""
    read: dict[str, None] = {}

    def number(name: str, default: float) -> float:
        read[name] = None
        return default

    pledge_terms(file, number)
    return list(read)


def _standard(number: Number, name: str) -> float:
    return number(name, STANDARD[name])


def _purchase(number: Number, row: IssueRow) -> tuple[float, float]:
    """Worth to buyer and seller of the whole pledge, USD bn a year."""
    delivered = _standard(number, "delivered_contracted" if row.contracted else "delivered")
    more = _standard(number, "additional") * delivered * float(row.amount or 0.0)
    return -_standard(number, "buyer_premium") * more, _standard(number, "seller_margin") * more


def _investment(number: Number, row: IssueRow) -> tuple[float, float]:
    """Worth to source and host of the whole pledge, USD bn a year."""
    yearly = float(row.amount or 0.0) / float(row.years or 1.0)
    more = _standard(number, "investment_delivered") * _standard(number, "investment_additional") * yearly
    lost = _standard(number, "return_out") - (1.0 - row.kept) * _standard(number, "return_in")
    return -lost * more, _standard(number, "host_share") * more


def _linear(worth: float) -> Flow:
    return Flow(lambda x: worth * x, lambda x: np.full_like(x, worth), "a share of the pledge")
