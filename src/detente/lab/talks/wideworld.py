"""From a case between any parties, with duties of any type, to the world of its talks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.data.caserows import CaseFile, ChoiceRow, FromLaw, IssueRow, Rows, WholeLaw
from detente.economy import Economy, goods
from detente.lab.ground.axes import rows_of, tariff_under
from detente.lab.talks.rates import axis_of, base_rates
from detente.lab.talks.world import added_points, whole_laws
from detente.talks.duties import FIRST_PARTS, group_of
from detente.talks.materials import Flow
from detente.talks.payoff import PayoffTerm
from detente.talks.surface import NODES
from detente.talks.weights import Line
from detente.talks.wide import WideSpace, WideSurface, solved_points, trusted_wide, wide_surface

if TYPE_CHECKING:
    from detente.lab.talks.case import Case

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


def duty_rows(case: CaseFile) -> list[IssueRow]:
    """Issues that move tariffs."""
    return [row for row in case.issues if row.kind == "duty" and not row.whole]


def is_wide(case: CaseFile, economy: Economy) -> bool:
    """Whether a case needs more than two countries and three duties in points between them."""
    duties = duty_rows(case)
    plain = all(row.plain for row in duties) and len(duties) <= len(NODES)
    return not plain or len(case.parties) != 2 or any(code not in economy.countries for code in case.parties)


def wide_space(case: CaseFile, economy: Economy, factor: float = 1.0) -> WideSpace:
    """Base law and duties of a case on a world.

    Raises
    ------
    InputError, UnknownName : what the case names is not in a law, a tariff or the world.
    """
    laws, rows = whole_laws(case.base_law), duty_rows(case)
    for code, row in laws.items():
        if row.third:
            what = "scales what falls on third countries, which cases between two countries alone do"
            raise InputError(f"whole law of {code}", what, "leave 'third' out")
    duties = tuple(axis_of(case, row, economy, laws.get(row.party)) for row in rows)
    members = tuple(tuple(rows_of(economy, code).tolist()) for code in case.parties)
    always = added_points(case, economy, case.always, factor) if case.always else None
    options = {"closure": case.world.closure}
    return WideSpace(economy, case.parties, members, tariff_of(case, economy, case.base_law, factor), duties, always,
                     options)  # fmt: skip


def tariff_of(case: CaseFile, economy: Economy, rows: Rows, factor: float = 1.0) -> Floats:
    """Tariff of a world under some rows of a case: whole laws in place of its own tariffs, points on top."""
    laws = {code: base_rates(case, row, economy) for code, row in whole_laws(rows).items()}
    more = [row for row in rows if not isinstance(row, WholeLaw)]
    tariff = tariff_under(economy, laws)
    return tariff + added_points(case, economy, more, factor) if more else tariff


def solved_surface(case: Case, space: WideSpace) -> WideSurface:
    """The surface of a case, checked by exact solves where the case is to be checked."""
    if not case.check:
        return wide_surface(space, progress=case.told)
    columns = [case.issues.index(name) for name in space.issues]
    named = [case.outcome(name)[columns] for name in case.file.outcomes]
    return trusted_wide(space, also=named, progress=case.told)


# --- pledges ----------------------------------------------------------------------------------------------------------


def pledge_terms(case: Case) -> list[PayoffTerm]:
    """What purchases and investments are worth to both sides, USD bn a year as linear functions of their levels.

    A dollar bought is no gain: of what is delivered a part is additional, and only a margin of it is worth something to
    the seller. An investment brings its host a share of what is additional; its owner is out the difference of returns.
    """
    terms = []
    for row in case.file.issues:
        if row.type in PLEDGES:
            receivers = row.receivers or tuple(code for code in case.parties if code != row.party)
            giver, receiver = (_purchase if row.type == "purchase" else _investment)(case, row)
            terms.append(PayoffTerm(f"{row.type}s", row.party, row.name, _linear(giver)))
            terms += [PayoffTerm(f"{row.type}s", code, row.name, _linear(receiver / len(receivers)))
                      for code in receivers]  # fmt: skip
    return terms


def _standard(case: Case, name: str) -> float:
    return case.number(name, STANDARD[name])


def _purchase(case: Case, row: IssueRow) -> tuple[float, float]:
    """Worth to buyer and seller of the whole pledge, USD bn a year."""
    delivered = _standard(case, "delivered_contracted" if row.contracted else "delivered")
    more = _standard(case, "additional") * delivered * float(row.amount or 0.0)
    return -_standard(case, "buyer_premium") * more, _standard(case, "seller_margin") * more


def _investment(case: Case, row: IssueRow) -> tuple[float, float]:
    """Worth to source and host of the whole pledge, USD bn a year."""
    yearly = float(row.amount or 0.0) / float(row.years or 1.0)
    more = _standard(case, "investment_delivered") * _standard(case, "investment_additional") * yearly
    lost = _standard(case, "return_out") - (1.0 - row.kept) * _standard(case, "return_in")
    return -lost * more, _standard(case, "host_share") * more


def _linear(worth: float) -> Flow:
    return Flow(lambda x: worth * x, lambda x: np.full_like(x, worth), "a share of the pledge")


# --- choices of the past ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Move:
    """A duty that a party moved alone: the tariffs of that day, and the points of one more share of it."""

    space: WideSpace
    points: Floats


def wide_line(case: Case, row: ChoiceRow, *, short: bool = False) -> Line:
    """The line of a choice of the past, by exact central differences; see `talks.weights.line_of`."""
    economy = case.economy(short=short)
    move = _move(case.file, row, economy)
    space, n = move.space, len(economy.countries)
    parts = []
    for sign in (1.0, -1.0):
        extra = np.zeros((n, n, len(economy.sectors)))
        extra[rows_of(economy, row.party)] = sign * STEP * move.points
        parts.append(space.parts_at(np.zeros(0), extra.reshape(space.base.shape))[case.parties.index(row.party)])
    slope = (parts[0] - parts[1]) / (200.0 * STEP)
    added = slope[len(FIRST_PARTS) :] @ case.group
    horizon = "short run" if short else "long run"
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
        from detente.lab.ground.axes import points_by_partner

        law = row.direction
        laid = points_by_partner(economy, row.party, law.on, (law.authority,))[0]
        points[exporters] = np.clip(laid[exporters] / law.rate, 0.0, 1.0)
    return _Move(space, points)


def others_at(surface: WideSurface, levels: Floats) -> Floats:
    """Change of real income of every country at one set of levels, shape (country,), USD bn a year."""
    return surface.others_at(levels[None])[0]


def exact_others(space: WideSpace, levels: Floats) -> Floats:
    """The same by an exact solve."""
    return solved_points(space, levels[None])[1][0]
