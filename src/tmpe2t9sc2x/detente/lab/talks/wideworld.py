"""From a case between any parties, with duties of any type, to the world of its talks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.data.caserows import CaseFile, ChoiceRow, FromLaw, IssueRow, LawRow, Rows, WholeLaw
from detente.economy import Economy, goods
from detente.lab.ground.axes import points_by_partner, rows_of, tariff_under
from detente.lab.talks.rates import axis_of, base_rates, receivers_of
from detente.lab.talks.world import added_points, whole_laws
from detente.talks.duties import FIRST_PARTS, group_of
from detente.talks.materials import Flow
from detente.talks.payoff import PayoffTerm
from detente.talks.surface import NODES
from detente.talks.weights import Line
from detente.talks.wide import WideSpace

Number = Callable[[str, float], float]
"""Value of a parameter of a case, or what stands in for it."""

Floats = NDArray[np.float64]
STEP = 1e-4
"""Step of the differences by which a choice is read, share."""

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


def duty_rows(case: CaseFile, *, switched: bool = True) -> list[IssueRow]:
    """Issues that move tariffs; those whose level is the whole duty where a switch is on are floors then."""
    rows = [row for row in case.issues if row.moves_tariffs]
    return [row.model_copy(update={"type": "floor", "in_all": ""}) if row.in_all and switched else row for row in rows]


def is_wide(case: CaseFile, economy: Economy) -> bool:
    """Whether a case needs more than two countries and three duties in points between them."""
    duties = duty_rows(case)
    plain = all(row.plain for row in duties) and len(duties) <= len(NODES)
    return not plain or len(case.parties) != 2 or any(code not in economy.countries for code in case.parties)


def wide_space(case: CaseFile, economy: Economy, factor: float = 1.0, *, switched: bool = True) -> WideSpace:
    """Base law and duties of a case on a world.

    Parameters
    ----------
    switched : whether what hangs on a switch is on.

    Raises
    ------
    InputError, UnknownName : what the case names is not in a law, a tariff or the world.
    """
    laws, rows = whole_laws(case.base_law), duty_rows(case, switched=switched)
    for code, row in laws.items():
        if row.third:
            what = "scales what falls on third countries, which cases between two countries alone do"
            raise InputError(f"whole law of {code}", what, "leave 'third' out")
    duties = tuple(axis_of(case, row, economy, laws.get(row.party)) for row in rows)
    members = tuple(tuple(rows_of(economy, code).tolist()) for code in case.parties)
    on = [row for row in case.always if switched or not (isinstance(row, LawRow) and row.switch)]
    always = added_points(case, economy, on, factor) if on else None
    options = {"closure": case.world.closure}
    return WideSpace(economy, case.parties, members, tariff_of(case, economy, case.base_law, factor), duties, always,
                     options)  # fmt: skip


def tariff_of(case: CaseFile, economy: Economy, rows: Rows, factor: float = 1.0) -> Floats:
    """Tariff of a world under some rows of a case: whole laws in place of its own tariffs, points on top."""
    laws = {code: base_rates(case, row, economy) for code, row in whole_laws(rows).items()}
    more = [row for row in rows if not isinstance(row, WholeLaw)]
    tariff = tariff_under(economy, laws)
    return tariff + added_points(case, economy, more, factor) if more else tariff


def named_levels(issues: Sequence[str], space: WideSpace, outcomes: Sequence[Floats]) -> list[Floats]:
    """Levels of the duties in some outcomes, each of shape (duty,)."""
    columns = [issues.index(name) for name in space.issues]
    return [outcome[columns] for outcome in outcomes]


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


# --- choices of the past ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Move:
    """A duty that a party moved alone: the tariffs of that day, and the points of one more share of it."""

    space: WideSpace
    points: Floats


def wide_line(file: CaseFile, row: ChoiceRow, economy: Economy, group: Floats, horizon: str) -> Line:
    """The line of a choice of the past, by exact central differences; see `talks.weights.line_of`."""
    move = _move(file, row, economy)
    space, n = move.space, len(economy.countries)
    parts = []
    for sign in (1.0, -1.0):
        extra = np.zeros((n, n, len(economy.sectors)))
        extra[rows_of(economy, row.party)] = sign * STEP * move.points
        parts.append(space.parts_at(np.zeros(0), extra.reshape(space.base.shape))[file.parties.index(row.party)])
    slope = (parts[0] - parts[1]) / (200.0 * STEP)
    added = slope[len(FIRST_PARTS) :] @ group
    return Line(row.name, row.date.isoformat(), row.party, horizon, float(slope[0]), float(slope[1]), float(added))


def _move(file: CaseFile, row: ChoiceRow, economy: Economy) -> _Move:
    free = file.model_copy(update={"issues": ()})
    members = tuple(tuple(rows_of(economy, code).tolist()) for code in file.parties)
    space = WideSpace(economy, file.parties, members, tariff_of(free, economy, row.law), (), None,
                      {"closure": file.world.closure})  # fmt: skip
    others = [code for code in file.parties if code != row.party]
    points = np.zeros((len(economy.countries), len(economy.sectors)))
    exporters = [k for code in others for k in rows_of(economy, code).tolist()]
    points[exporters] = group_of(economy, goods(economy))
    if isinstance(row.direction, FromLaw):
        law = row.direction
        laid = points_by_partner(economy, row.party, law.on, (law.authority,))[0]
        points[exporters] = np.clip(laid[exporters] / law.rate, 0.0, 1.0)
    return _Move(space, points)
