"""The law under a deal, as a plane: averages of an importer's duty at any levels of the duties under negotiation.

A duty of a deal is the measure of the day under another rate. Duties add up on a good, and what displaces them hangs on
whether they are owed, not on how much: between the corners of the levels the duty of every group of goods is linear in
each. Four laws are compiled once; every deal is read off them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import declared_note
from detente.codes.axis import Floats
from detente.data.flows import STANDS_FOR
from detente.data.importers import importer
from detente.lab.averages.axes import Axes, refuse_outside
from detente.lab.averages.laid_law import DEFAULT, laid_law
from detente.lab.averages.ranges import CLAIMS_MOVED, YEAR_MOVED, claimed_otherwise, of_other_year, weighed_by
from detente.lab.averages.reform import lines_named, part_of, reformed
from detente.lab.scenario import Change, LawChange, NamedGoods
from detente.law import Law, Measure, MeasureKind, Status
from detente.law.measure import names_partner
from detente.trade import onto

#: Level of the far corners, share.
TOP = 1.5

#: Partners up to which a measure is changed for all of them; of one on more, the one partner's rate alone.
FEW = 6


@dataclass(frozen=True)
class Held:
    """A measure that carries a duty of a deal on the day.

    Attributes
    ----------
    measure : the measure in force; None where the law of the day has none to change.
    why : the rule in words where there is none; `title` : of the measure of another day, or of its authority.
    begins, ended : first day of one to come and last day of one that was, where there are such.
    beside : measures that add to it on the same goods and partners; the deal says the sum, so that they owe nothing
        under it. also : measures of the same authority on other goods, which owe the level as well.
    """

    lever: str
    measure: Measure | None
    why: str = ""
    title: str = ""
    begins: date | None = None
    ended: date | None = None
    beside: tuple[Measure, ...] = ()
    also: tuple[Measure, ...] = ()

    def changes(self, level: float, partner: str) -> list[Change]:
        """The level as changes of measures; none where there is no measure."""
        if self.measure is None:
            return []
        laid = [_change(measure, level, partner) for measure in (self.measure, *self.also)]
        return [*laid, *(_change(measure, 0.0, partner) for measure in self.beside)]


@dataclass(frozen=True)
class Plane:
    """Duties of one importer on one day over the levels of a deal.

    Attributes
    ----------
    importer, on : whose law, on which day; `partner` : whose goods owe the duties of a deal.
    held : by lever, the measure that carries it, in the order of the corners' axes.
    partners : codes; `sectors` : of the world, the last "" for goods without one.
    region : region of the world of each partner, "" where the world does not have it.
    law : the law of the importer, of which a deal changes measures.
    worth : imports, USD, shape (partner, sector).
    duty : duty owed by corner, USD, shape (2, ..., 2, partner, sector): one axis a lever, at zero and at `TOP`.
    weights : year of the trade that weighs duties.
    bound : the other bound of claims or years that duties stand at, "" for none.
    """

    importer: str
    on: date
    partner: str
    held: tuple[Held, ...]
    partners: tuple[str, ...]
    sectors: tuple[str, ...]
    region: tuple[str, ...]
    law: Law = field(repr=False)
    worth: Floats = field(repr=False)
    duty: Floats = field(repr=False)
    weights: str = DEFAULT
    bound: str = ""

    def owed(self, levels: Mapping[str, float], exempt: Sequence[str] = ()) -> Floats:
        """Duty at levels of the levers, USD, shape (partner, sector); none of a deal's duties on exempt sectors."""
        duty = self.duty
        for carrier in self.held:
            part = levels.get(carrier.lever, 0.0) / TOP
            duty = (1.0 - part) * duty[0] + part * duty[1]
        if exempt:
            columns = [self.sectors.index(name) for name in exempt]
            duty = np.array(duty)
            duty[:, columns] = self.duty[(0,) * len(self.held)][:, columns]
        return duty

    def members(self, partner: str) -> list[str]:
        """A country, or the countries of a region of the world."""
        plain = (STANDS_FOR.get(code, code) for code in self.partners)
        return sorted({code for code, region in zip(plain, self.region, strict=True) if partner in (code, region)})

    def layer(self, partner: str, rate: float) -> Floats:
        """A duty on all goods of a partner, or of all partners of a region, USD, shape (partner, sector)."""
        return self.layer_on(self.members(partner), rate)

    def layer_on(self, members: Sequence[str], rate: float) -> Floats:
        """A duty on all goods of some partners, USD, shape (partner, sector)."""
        inside = set(members)
        return rate * self._laid * np.array([STANDS_FOR.get(code, code) in inside for code in self.partners])[:, None]

    @cached_property
    def _laid(self) -> Floats:
        """Duty of 100% on all goods of all partners, less what the law exempts, USD, shape (partner, sector)."""
        zero, add = [0.0] * len(self.held), (layer_measure(["all"], 1.0, self.on),)
        _, _, duty = _corner(
            self.law, self.on, zero, self.partner, self.sectors[:-1], self.weights, self.bound, self.held, add
        )
        return duty - self.duty[(0,) * len(self.held)]

    def average(self, owed: Floats, partner: str = "") -> float:
        """Average duty, share of customs value; of one partner where named."""
        if not partner:
            return float(owed.sum() / self.worth.sum())
        rows = [index for index, code in enumerate(self.partners) if code == partner]
        return float(owed[rows].sum() / self.worth[rows].sum())

    def covered(self, lever: str, sector: str) -> float:
        """Share of what is bought of a sector from the partner that owes the duty of a lever."""
        column, rows = self.sectors.index(sector), [code == self.partner for code in self.partners]
        added = (self.owed({lever: 1.0}) - self.owed({}))[rows, column].sum()
        worth = float(self.worth[rows, column].sum())
        return float(added) / worth if worth else 0.0

    def lays(self, levels: Mapping[str, float]) -> bool:
        """Whether the law of the day itself lays duties at these levels."""
        own = ((carrier.lever, carrier.measure) for carrier in self.held if carrier.measure is not None)
        return all(
            {period.rate.value for period in measure.periods_on(self.on) if period.rate} == {levels.get(lever, 0.0)}
            for lever, measure in own
        )

    def changes(self, levels: Mapping[str, float], partner: str, exempt: Sequence[str] = ()) -> LawChange:
        """The levels as changes of measures, for a scenario file; on goods of exempt sectors the measures owe 0%."""
        rows = [change for carrier in self.held for change in carrier.changes(levels.get(carrier.lever, 0.0), partner)]
        if exempt:
            where, goods = importer(self.importer), NamedGoods(sectors=list(exempt))
            lines = lines_named(where, goods, "exceptions of the deal")
            own = [carrier.measure for carrier in self.held if carrier.measure is not None]
            covering = [measure for measure in own if part_of(where, measure.goods, lines)]
            rows += [_change(measure, 0.0, partner).model_copy(update={"goods": goods}) for measure in covering]
        return LawChange(change=rows)


def plane(
    law: Law,
    on: date,
    levers: Mapping[str, str],
    partner: str,
    axes: tuple[Sequence[str], Sequence[str]],
    weights: str = DEFAULT,
    bound: str = "",
) -> Plane:
    """The plane of an importer's law.

    Parameters
    ----------
    levers : lever -> authority of its duty in the lawbook.
    partner : whose goods owe the duties.
    axes : regions and sectors of the world; `weights` : year of the trade.
    bound : `CLAIMS_MOVED` or `YEAR_MOVED`, for duties at the other bound of claims or of years; "" for none.
    """
    carriers = tuple(carrier(law, name, authority, partner, on) for name, authority in levers.items())
    regions, sectors = axes
    corners = [
        _corner(law, on, levels, partner, sectors, weights, bound, carriers)
        for levels in product((0.0, TOP), repeat=len(carriers))
    ]
    partners, worth = corners[0][0], corners[0][1]
    duty = np.stack([corner[2] for corner in corners]).reshape(*(2,) * len(carriers), *worth.shape)
    rows = Axes(tuple(regions), tuple(sectors)).rows(partners)
    refuse_outside(rows, worth.sum(axis=1))
    place = tuple(str(regions[row]) if row >= 0 else "" for row in rows.tolist())
    return Plane(law.importer, on, partner, carriers, partners, (*sectors, ""), place, law, worth, duty, weights, bound)


def carrier(law: Law, lever: str, authority: str, partner: str, on: date) -> Held:
    """The measure of an authority that lays a duty on a partner on a day: of several the one on fewest partners.

    Others on no more partners than that add to it where they are on the same goods, as a duty and a part of it that was
    suspended and came back; on other goods, as the lists of section 301, they carry the level too.
    """
    duties = (m for m in law.measures if m.authority == authority and m.kind is MeasureKind.DUTY and m.partners)
    own = [m for m in duties if m.status is Status.IN_FORCE and names_partner(m.partners, partner, on)]
    now = [m for m in own if any(p.rate and not p.rate.floor for p in m.periods_on(on))]
    if now:
        named = {m.id: [country for scope in m.partners or () for country in scope.countries] for m in now}
        first = min(now, key=lambda m: len(named[m.id]))
        more = [m for m in now if m is not first and {*named[m.id]} <= {*named[first.id]}]
        axis = importer(law.importer).lines
        lines = {m.id: np.any([block.lines(axis) for block in m.goods], axis=0) for m in (first, *more) if more}
        beside = tuple(m for m in more if (lines[first.id] & lines[m.id]).any())
        return Held(lever, first, beside=beside, also=tuple(m for m in more if m not in beside))
    start = min((m.start for m in own if m.start > on), default=None)
    last = max((m.end for m in own if m.end < on), default=None)
    title = own[0].title if own else f"duty under {authority}"
    when = "averages.lever_begins" if start else "averages.lever_ended" if last else "averages.lever_unknown"
    why = declared_note(when, on=on, title=title, day=start or last)
    return Held(lever, None, why, title, start, None if start else last)


def layer_measure(partners: Sequence[str], rate: float, on: date) -> dict[str, Any]:
    """A duty on all goods of some partners from a day on, in the format of the lawbook."""
    return {
        "id": "deal_layer", "title": "Layer of the deal", "authority": "country_orders", "goods": "all",
        "partners": list(partners), "periods": [{"rate": rate, "from": on.isoformat()}],
    }  # fmt: skip


def _change(measure: Measure, level: float, partner: str) -> Change:
    several = sum(len(scope.countries) for scope in measure.partners or ()) > FEW
    return Change(measure=measure.id, rate=level, partners=[partner] if several else None)


def _corner(
    law: Law, on: date, levels: Sequence[float], partner: str, sectors: Sequence[str], weights: str, bound: str,
    carriers: Sequence[Held], add: Sequence[dict[str, Any]] = (),
) -> tuple[tuple[str, ...], Floats, Floats]:  # fmt: skip
    """Partners, imports and duty, each of shape (partner, sector), under the law at one corner."""
    own = zip(carriers, levels, strict=True)
    rows = [change for carrier, level in own for change in carrier.changes(level, partner)]
    change = LawChange(change=rows, add=list(add))
    ground = laid_law(reformed(importer(law.importer), law, change, on, Path(), "deal"), weights=weights).at(on)
    schedule = ground.schedule(on)
    rates = ground.exposure.pair_base + ground.exposure.pair_rates(schedule)
    if bound == CLAIMS_MOVED and (other := claimed_otherwise(ground.exposure, schedule, rates)) is not None:
        rates = other
    flows, _ = ground.flows.expanded()
    column = Axes((), tuple(sectors)).columns(ground)
    column = np.where(column < 0, len(sectors), column)
    trade = onto(ground.flows, np.arange(len(flows.partners)), column, (len(flows.partners), len(sectors) + 1))
    if bound == YEAR_MOVED and law.importer == "USA":
        trade = weighed_by(trade, ground.flows.value, of_other_year(ground.flows))
    return tuple(flows.partners), trade.worth, trade.owed(rates)
