"""Reconciliation: from our average duty on a day to a figure published elsewhere, through named choices.

Published averages differ from one another because they answer other questions. Each step here changes one choice of
ours (what is imported, who claims a treaty, which law is meant, what buyers do) and keeps all steps before it; the
steps and a rest without a name sum to the difference. A step says what a choice moves, not that the publisher made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from detente.codes import Table, table_of
from detente.data.definitions import MethodChange, Publisher, by_title
from detente.data.importers import importer
from detente.lab.ground.collected import collected_rate, receipts_rate
from detente.lab.ground.definitions import Choice
from detente.lab.ground.view import View, value_of
from detente.lab.ground.waterfall import made, walk
from detente.law import Reading

SMALLEST = 5e-5
"""Share of value; steps that move less are not named."""


@dataclass(frozen=True)
class Published:
    """A published average duty or change of one.

    Attributes
    ----------
    source : who published it, and of what; regime : day or month of the law, ISO.
    value, tolerance : share of customs value.
    unit : level, partner_level, realised, change_pp or partner_change_pp.
    substitution : "post..." where buyers' answer is in it.
    """

    source: str
    regime: str
    value: float
    tolerance: float
    unit: str
    substitution: str = ""
    note: str = ""

    @property
    def on(self) -> date:
        """Day of the law; the middle of a month."""
        return date.fromisoformat(self.regime if len(self.regime) > 7 else f"{self.regime}-15")


@dataclass(frozen=True)
class Reconciled:
    """A published figure beside ours.

    Attributes
    ----------
    ours : our headline of the same law. steps : name and points (as a share) of each choice, in order.
    """

    published: Published
    ours: float
    steps: tuple[tuple[str, float], ...] = field(default=())

    @property
    def inside(self) -> bool:
        """Whether our headline is within the tolerance of the published figure."""
        return abs(self.published.value - self.ours) <= self.published.tolerance

    @property
    def rest(self) -> float:
        """What no step explains: steps and rest sum to published less ours."""
        return self.published.value - self.ours - sum(points for _, points in self.steps)

    @property
    def explained(self) -> bool:
        """Whether the rest is within the tolerance."""
        return abs(self.rest) <= self.published.tolerance


def decompose(published: Published, values: Sequence[tuple[str, float]]) -> Reconciled:
    """The difference between a published figure and the first of some averages, by the steps between them.

    Parameters
    ----------
    values : our headline, then the average after each step with the name of the step, share.
    """
    numbers = [value for _, value in values]
    moved = [(name, value - before) for (name, value), before in zip(values[1:], numbers, strict=False)]
    return Reconciled(published, numbers[0], tuple((n, v) for n, v in moved if abs(v) >= SMALLEST))


BEGUN_LATER = "the act began some days later than announced"
LATE = timedelta(7)
ALL_IMPORTS = "over all imports, chapters 98 and 99 among them"
CLAIMS_THEN = "USMCA claims of 2024, not of the month"
AS_PUBLISHED = "texts out by that day only"
SPRING = "the publisher's method of that spring, since given up"
MORE_ELECTRONICS = "electronics carved out more widely, since given up"
BUYERS = "substitution, import-demand elasticity 2"
BUYERS_AS_PUBLISHED = "substitution, as the publisher gives it"
WEIGHTS_2017 = "trade of 2017"
EXPORTS = "the exporter's sales to the world by sector"
BY_HS6 = "each subheading at the highest duty of its lines, metals duties on whole goods"
AS_BEFORE = "weights and method, as on 14 February 2020"
NO_EXCLUSIONS = "without exclusions from the duties of 2018 and 2019"
SCHEDULE = "base duty of the schedule, no exemption claimed"
AIRCRAFT = "codes listed for civil aircraft exempt whatever their use"
PARTS = "switchboards taken for car parts"
COLLECTED = "collected by customs in the month"
RECEIPTS = "receipts of the month after, when duty falls due"

Steps = tuple[View, list[Choice]]
"""Our view of a figure, and the choices from it to the publisher's."""


def reconcile(published: Published) -> Reconciled:
    """A published figure beside our headline; where that lies outside the tolerance, the steps between them."""
    kinds = {"partner_level": _partner_steps, "level": _level_steps, "realised": _collected_steps}
    view, steps = kinds.get(published.unit, _change_steps)(published)
    ours = ("", value_of(view))
    head = decompose(published, [ours])
    if head.inside:
        return head
    walked = walk(view, steps, value_of, published.value, "rest")
    return decompose(published, [ours, *((bar.words, bar.level) for bar in walked.steps)])


def _set(words: str, **values: Any) -> Choice:
    return Choice(next(iter(values)), words, lambda view: replace(view, **values))


def _level_steps(published: Published) -> Steps:
    view, publisher = View(published.on), by_title(published.source)
    steps = [_set(ALL_IMPORTS, scope="all"), _set(CLAIMS_THEN, claims="2024")]
    if not _early(publisher, published.on):
        steps.append(_set(AS_PUBLISHED, reading=Reading.PUBLISHED))
    counted = publisher.counts.get(published.regime)
    if counted is not None:
        steps.append(_set(counted.says, on=counted.on or view.on, announced=counted.announced))
    steps += own_figures(publisher, published.on, made(view, steps))
    if published.substitution.startswith("post"):
        before = publisher.before_shifts.get(published.regime)
        given = Choice("post", BUYERS_AS_PUBLISHED, points=published.value - (before or 0.0))
        steps.append(_set(BUYERS, post="own") if before is None else given)
    return view, steps


def own_figures(publisher: Publisher, on: date, view: View) -> list[Choice]:
    """What a publisher's own figures say of its method, as choices that add points.

    Parameters
    ----------
    on : day of the report. view : of the publisher, with its other choices made.
    """
    if (view.importer, view.partner) != (publisher.importer, publisher.partner):
        return []
    steps = []
    if publisher.method is not None and on < publisher.method.until:
        steps.append(Choice("method", SPRING, points=_spring(view, publisher.method)))
    if publisher.electronics is not None and _early(publisher, on):
        fall = publisher.electronics.average - publisher.electronics.next_average
        steps.append(Choice("electronics", MORE_ELECTRONICS, points=fall))
    if publisher.settled is not None:
        settled, level = publisher.settled
        steps.append(Choice("settled", AS_BEFORE, points=level - value_of(replace(view, on=settled))))
    return steps


def _early(publisher: Publisher, on: date) -> bool:
    """Whether a report is from before the publisher gave up its first carve-out of electronics."""
    return publisher.electronics is not None and on < publisher.electronics.until


def _spring(view: View, change: MethodChange) -> float:
    """What a change of method took away: the publisher's fall over two reports less that of the law."""
    days = (change.law, change.next_law)
    then, after = (value_of(replace(view, on=on, announced=(), reading=Reading.PUBLISHED)) for on in days)
    return (change.average - change.next_average) - (then - after)


def _partner_steps(published: Published) -> Steps:
    """Averages of one partner: of the United States on China, or of China on the United States."""
    publisher = by_title(published.source)
    view = View(published.on, publisher.importer, publisher.partner)
    steps = [_set(NO_EXCLUSIONS, given=((publisher.exclusions, 0.0),))] if publisher.exclusions else []
    steps += [
        _set(SCHEDULE, schedule=True),
        _set(WEIGHTS_2017, weights="2017"),
        _set(EXPORTS, exports=True),
        _set(BY_HS6, by_hs6=True),
    ]
    return view, [*steps, *own_figures(publisher, published.on, made(view, steps))]


def _change_steps(published: Published) -> Steps:
    """Change of the average on a day, of all imports or of those from Canada."""
    partner = "CAN" if published.unit.startswith("partner") else ""
    view = View(published.on, partner=partner, since=published.on - timedelta(1))
    begun = [day for day in importer(view.importer).law.dates if view.on < day <= view.on + LATE]
    steps = [_set(BEGUN_LATER, on=max(begun))] if begun else []
    steps += [_set(ALL_IMPORTS, scope="all"), _set(CLAIMS_THEN, claims="2024")]
    publisher = by_title(published.source)
    if publisher.aircraft_whole:
        steps.append(_set(AIRCRAFT, given=(("aircraft_use", 1.0),)))
    if publisher.parts:
        steps.append(Choice("parts", PARTS, points=publisher.parts))
    return view, steps


def _collected_steps(published: Published) -> Steps:
    """The law in the middle of a month, and what customs collected in it."""
    view, month = View(published.on), published.regime
    steps = [_set(ALL_IMPORTS, scope="all")]
    if not np.isnan(collected_rate(month)):
        steps.append(_set(COLLECTED, paid=True))
    elif not np.isnan(receipts_rate(month)):
        steps.append(_set(RECEIPTS, paid=True))
    return view, steps


def reconciliation_table(figures: Sequence[Reconciled]) -> Table:
    """Every published figure with its steps: one row a step, the last of each the rest; rows of one sum to the gap."""
    rows = [
        (number, figure.published.source, figure.published.regime, name, points)
        for number, figure in enumerate(figures, start=1)
        for name, points in (*figure.steps, ("rest", figure.rest))
    ]
    return table_of("averages.reconciliation", rows)
