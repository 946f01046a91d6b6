"""View: how an average is taken, as the choices that published averages differ in; and the average it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, Table, declared_note, table_with
from detente.codes.days import BASE_DAY
from detente.data.importers import importer
from detente.data.worlds import load_economy
from detente.lab.ground.answered import answered_weights
from detente.lab.ground.averages import ELASTICITY, average, class_of_lines, grouping
from detente.lab.ground.axes import WORLD
from detente.lab.ground.collected import paid_table
from detente.lab.ground.ground import Ground, ground_of
from detente.lab.ground.subheadings import average_by_subheading, whole_metal_rates
from detente.lab.statute.standing import standing_of
from detente.law import Law, Reading
from detente.trade import Definition, Flows, PairRates, average_table, post_value

Floats = NDArray[np.float64]
ANSWERED = ("world", "partners")
"""Kinds of substitution for which the world economy is solved."""

REPLIES = ("CHN",)
"""Importers whose duties on US goods are a reply."""


@dataclass(frozen=True)
class View:
    """How an average is taken: the choices that publications differ in.

    Attributes
    ----------
    claims : as in `ground_of`; "" = its default. weights : a year, or the path of a file.
    announced, void : measures put in force and out of it, by id or as "basis:IEEPA".
    given : shares of goods set, by name.
    schedule : whether the base duty is that of the schedule, with no exemption claimed.
    post : "" = trade as it was; "own" = after each flow has answered its own duty since 1 January 2025; "world" = after
        the world economy has, by partner and sector; "partners" = the same, by partner alone.
    retaliation : whether China's duties on US goods are laid on the world that answers.
    exports : goods weighed by what the exporter sells to the whole world, by sector.
    by_hs6 : see `average_by_subheading`. whole_metals : duties on the metal in a good are owed on the whole of it.
    paid : duty collected in the month of the day instead of the law, or receipts of the month after.
    since : where a change is meant, the day it is counted from.
    """

    on: date
    importer: str = "USA"
    partner: str = ""
    scope: str = "tariff-lines"
    claims: str = ""
    weights: str = "2024"
    reading: Reading = Reading.EFFECTIVE
    announced: tuple[str, ...] = ()
    void: tuple[str, ...] = ()
    given: tuple[tuple[str, float], ...] = ()
    schedule: bool = False
    post: str = ""
    retaliation: bool = False
    exports: bool = False
    by_hs6: bool = False
    whole_metals: bool = False
    paid: bool = False
    since: date | None = None

    @property
    def month(self) -> str:
        """Month of the day, as "2025-03"."""
        return self.on.strftime("%Y-%m")


def value_of(view: View) -> float:
    """The average of a view, or its change, share of customs value."""
    if view.since is None:
        return _value_on(view)
    return _value_on(view) - _value_on(replace(view, on=view.since))


@lru_cache(maxsize=256)
def _value_on(view: View) -> float:
    if view.paid:
        return float(paid_table(view.month, view.partner or "all")["rate"][0])
    if view.by_hs6:
        return average_by_subheading(ground_of_view(view), view.on, view.reading, whole_metals=True)
    ground = ground_of_view(view).reaching(min(view.on, BASE_DAY))
    if not view.post and not view.whole_metals:
        return ground.whole(view.on, view.reading)
    rates, weights = _total(view, ground, view.on)[ground.flows.expanded()[1]], _weights(view, ground)
    return float(weights @ rates / weights.sum())


def table_of_view(view: View, by: Sequence[str] = (), law: Law | None = None) -> Table:
    """The average of a view by any of `averages.BY`, as `average` has it.

    Parameters
    ----------
    law : in the place of the importer's on record.

    Raises
    ------
    InputError : groups of an average that has none: of duty paid, or by subheading at the highest duty.
    """
    if by and (view.paid or (view.by_hs6 and tuple(by) != ("partner",))):
        raise InputError(Parameter("by"), "this definition has the whole alone", "leave the groups out")
    if view.paid:
        return paid_table(view.month, view.partner or "all")
    ground = ground_of_view(view, law)
    if view.by_hs6:
        return _by_subheading(view, ground, bool(by))
    if view.post not in ANSWERED and not view.whole_metals:
        how = Definition.POST if view.post else Definition.FIXED
        return average(ground, view.on, by, definition=how, reading=view.reading)
    ground = ground.reaching(view.on)
    flows, source = ground.flows.expanded()
    rates, weights = _rates(view, ground, view.on).take(source), _weights(view, ground)
    groups = [grouping(ground.where, flows, name) for name in by]
    note = _weighed(view, flows.period)
    table = average_table(ground.law, rates, weights, groups, (note, f"law of {view.on}, reading: {view.reading}"))
    return table.standing_on(standing_of(ground.law, view.on, view.on, partners=ground.chosen))


def _by_subheading(view: View, ground: Ground, named: bool) -> Table:
    """One row, with the partner whose goods they are where it is to be named."""
    mean = average_by_subheading(ground, view.on, view.reading, whole_metals=True)
    data: dict[str, NDArray[np.generic]] = {"partner": np.asarray([view.partner])} if named else {}
    data |= {"imports": np.asarray([ground.flows.total]), "average": np.asarray([mean])}
    notes = (
        declared_note("averages.weights_fixed", flows=ground.flows.period),
        f"law of {view.on}, reading: {view.reading}",
    )
    group = [{"group": "partner", "unit": "code", "title": "partner", "label": "partner"}] if named else []
    return table_with("averages.average", data, notes, ("base",), group=group, authority=[])


def _weighed(view: View, flows: str) -> str:
    """What the weights of a view are, from trade of a year."""
    if view.post in ANSWERED:
        return declared_note("averages.weights_answered", flows=flows, world=WORLD, law=BASE_DAY)
    if view.post:
        return declared_note("averages.weights_elastic", flows=flows, elasticity=ELASTICITY)
    return declared_note("averages.weights_fixed", flows=flows)


def _rates(view: View, ground: Ground, day: date) -> PairRates:
    return whole_metal_rates(ground, day, view.reading) if view.whole_metals else ground.rates(day, view.reading)


def _weights(view: View, ground: Ground) -> Floats:
    """Weight of each pair of the divided flows, USD."""
    if view.post in ANSWERED:
        replies = REPLIES if view.retaliation else ()
        duty = partial(_total, view, ground)
        return answered_weights(ground, view.on, duty, view.post == "world", replies)
    flows, source = ground.flows.expanded()
    if not view.post:
        return flows.value
    old, new = (_total(view, ground, day)[source] for day in (BASE_DAY, view.on))
    return post_value(flows.value, old, new, ELASTICITY)


def _total(view: View, ground: Ground, day: date) -> Floats:
    return _rates(view, ground, day).total


def ground_of_view(view: View, law: Law | None = None) -> Ground:
    """The law and the trade that a view averages, whatever the day of the law; `law` in the place of that on record."""
    bare = replace(view, on=date.min, post="", retaliation=False, since=None, by_hs6=False, whole_metals=False)
    return _ground(bare) if law is None else _laid(bare, law)


@lru_cache(maxsize=4)
def _ground(view: View) -> Ground:
    return _laid(view, importer(view.importer).law)


def _laid(view: View, law: Law) -> Ground:
    if view.announced:
        law = law.with_announced(view.announced)
    if view.void:
        law = law.without(view.void)
    ground = ground_of(law, dict(view.given), view.scope, view.claims, view.weights)
    if view.partner:
        ground = ground.only(partners_of(view.partner, view.importer))
    if view.schedule:
        flows = ground.flows
        ground = Ground(law, flows.claiming(np.zeros_like(flows.claim)), ground.parameters)
    return at_world_sales(ground) if view.exports else ground


def partners_of(partner: str, code: str) -> frozenset[str]:
    """Partners that a country or group stands for."""
    return importer(code).countries.expand(partner, where=Parameter("partner"))


def at_world_sales(ground: Ground) -> Ground:
    """The same law on trade with one partner whose sectors weigh as the partner's exports to the world do.

    Exports are those of `icio-2022`; lines of a sector keep to each other.
    """
    sellers = [ground.flows.partners[index] for index in np.unique(ground.flows.partner_at).tolist()]
    if len(sellers) != 1:
        what = f"names {len(sellers)} countries, and this way of counting weighs goods by what one of them exports"
        raise InputError(Parameter("partner"), what, "name one country, as in China")
    (seller,) = sellers
    world = load_economy(WORLD)
    index = world.countries.index(seller)
    abroad = np.delete(world.arrays["flows"][:, index, :], index, axis=0).sum(axis=0)
    sales = dict(zip(world.sectors, abroad.tolist(), strict=True))
    return Ground(
        ground.law, _by_sector(ground.flows, class_of_lines(ground.where, "icio28"), sales), ground.parameters
    )


def _by_sector(flows: Flows, classes: np.ndarray, sales: Mapping[str, float]) -> Flows:
    """Flows with the sum of each sector in proportion to its sales; goods without a sector are left out."""
    names, sector = np.unique(classes, return_inverse=True)
    have = np.bincount(sector[flows.line_at], flows.value, minlength=names.size)
    goal = np.asarray([sales.get(name, 0.0) for name in names.tolist()])
    factor = np.where(have > 0, goal / np.where(have > 0, have, 1.0), 0.0)
    moved = replace(flows, value=flows.value * factor[sector[flows.line_at]] * flows.total / goal[have > 0].sum())
    return moved.take(moved.value > 0)
