"""View: how an average is taken, as the choices that published averages differ in; and the average it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np

from detente.codes.days import BASE_DAY
from detente.data.importers import importer
from detente.data.worlds import load_economy
from detente.lab.ground.answered import answered_average
from detente.lab.ground.averages import class_of_lines, effective_rate
from detente.lab.ground.collected import collected_rate, receipts_rate
from detente.lab.ground.ground import Ground, ground_of
from detente.lab.ground.subheadings import average_by_subheading
from detente.law import Reading
from detente.trade import Definition, Flows

REPLIES = ("CHN",)
"""Importers whose duties on US goods are a reply."""

SALES_WORLD = "icio-2022"
"""World whose exports weigh sectors where an exporter's sales to all the world are meant."""


@dataclass(frozen=True)
class View:
    """How an average is taken: the choices that publications differ in.

    Attributes
    ----------
    claims : as in `ground_of`; "" = its default. weights : a year, or the path of a file.
    announced : ids of announced measures put in force; given : shares of goods set, by name.
    schedule : whether the base duty is that of the schedule, with no exemption claimed.
    post : "" = trade as it was; "own" = after each flow has answered its own duty since 1 January 2025; "world" = after
        the world economy has, by partner and sector; "partners" = the same, by partner alone.
    retaliation : whether China's duties on US goods are laid on the world that answers.
    exports : goods weighed by what the exporter sells to the whole world, by sector.
    by_hs6 : see `average_by_subheading`.
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
    given: tuple[tuple[str, float], ...] = ()
    schedule: bool = False
    post: str = ""
    retaliation: bool = False
    exports: bool = False
    by_hs6: bool = False
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
        return paid_rate(view.month)
    ground = ground_of_view(view)
    if view.by_hs6:
        return average_by_subheading(ground, view.on, view.reading, whole_metals=True)
    if view.post in ("world", "partners"):
        replies = REPLIES if view.retaliation else ()
        return answered_average(ground.reaching(view.on), view.on, view.reading, view.post == "world", replies)
    ground = ground.reaching(min(view.on, BASE_DAY))
    return _after_answer(ground, view) if view.post else ground.whole(view.on, view.reading)


def _after_answer(ground: Ground, view: View) -> float:
    """The average at trade that has answered, flow by flow, what was added since 1 January 2025."""
    table = effective_rate(
        ground.schedule(view.on, view.reading),
        ground.at(view.on).exposure,
        definition=Definition.POST,
        before=ground.schedule(BASE_DAY, view.reading),
        where=ground.where,
        exposure_before=ground.at(BASE_DAY).exposure,
    )
    return float(table["average"][0])


def paid_rate(month: str) -> float:
    """Duty collected over imports of a month, share; else receipts of the month after over them; NaN without either."""
    paid = collected_rate(month)
    return receipts_rate(month) if np.isnan(paid) else paid


def ground_of_view(view: View) -> Ground:
    """The law and the trade that a view averages, whatever the day of the law."""
    return _ground(replace(view, on=date.min, post="", retaliation=False, since=None, by_hs6=False))


@lru_cache(maxsize=32)
def _ground(view: View) -> Ground:
    law = importer(view.importer).law
    if view.announced:
        law = law.with_announced(view.announced)
    ground = ground_of(law, dict(view.given), view.scope, view.claims, view.weights)
    if view.partner:
        ground = ground.only(ground.where.countries.expand(view.partner, BASE_DAY, "partner"))
    if view.schedule:
        flows = ground.flows
        ground = Ground(law, flows.claiming(np.zeros_like(flows.claim)), ground.parameters)
    return at_world_sales(ground) if view.exports else ground


def at_world_sales(ground: Ground) -> Ground:
    """The same law on trade with one partner whose sectors weigh as the partner's exports to the world do.

    Exports are those of `icio-2022`; lines of a sector keep to each other.
    """
    (seller,) = {ground.flows.partners[index] for index in np.unique(ground.flows.partner_at).tolist()}
    world = load_economy(SALES_WORLD)
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
