"""Reconciliation: from our average duty on a day to a figure published elsewhere, through named choices.

Published averages differ from one another because they answer other questions. Each step here changes one choice of
ours (what is imported, who claims a treaty, which law is meant, what buyers do) and keeps all steps before it; the
steps and a rest without a name sum to the difference. A step says what a choice moves, not that the publisher made it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from detente.codes import Table, table_of
from detente.data.definitions import MethodChange, by_title
from detente.data.importers import importer
from detente.lab.ground.collected import collected_rate, receipts_rate
from detente.lab.ground.view import View, value_of
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
CLAIMS_THEN = "USMCA claims of 2024, not of late 2025"
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
CLAIMS_OF_MONTH = "USMCA claims of the month"
COLLECTED = "collected by customs in the month"
RECEIPTS = "receipts of the month after, when duty falls due"

Step = tuple[str, View | float]
"""Name of a choice and the view after it, or the points it adds where the publisher's own figures say them."""


def reconcile(published: Published) -> Reconciled:
    """A published figure beside our headline; where that lies outside the tolerance, the steps between them."""
    steps = _steps(published)
    values = _values(steps)
    head = decompose(published, [next(values)])
    return head if head.inside else decompose(published, [("", head.ours), *values])


def _values(steps: Iterator[Step]) -> Iterator[tuple[str, float]]:
    """Our headline, then the average after each step."""
    level = added = 0.0
    for name, step in steps:
        if isinstance(step, View):
            level = value_of(step)
        else:
            added += step
        yield name, level + added


def _steps(published: Published) -> Iterator[Step]:
    kinds = {"partner_level": _partner_steps, "level": _level_steps, "realised": _collected_steps}
    yield from kinds.get(published.unit, _change_steps)(published)


def _level_steps(published: Published) -> Iterator[Step]:
    view, publisher = View(published.on), by_title(published.source)
    yield "", view
    yield ALL_IMPORTS, (view := replace(view, scope="all"))
    yield CLAIMS_THEN, (view := replace(view, claims="2024"))
    early = publisher.electronics is not None and published.on < publisher.electronics.until
    if not early:
        yield AS_PUBLISHED, (view := replace(view, reading=Reading.PUBLISHED))
    counted = publisher.counts.get(published.regime)
    if counted is not None:
        yield counted.says, (view := replace(view, on=counted.on or view.on, announced=counted.announced))
    if publisher.method is not None and published.on < publisher.method.until:
        yield SPRING, _spring(view, publisher.method)
    if publisher.electronics is not None and early:
        yield MORE_ELECTRONICS, publisher.electronics.average - publisher.electronics.next_average
    if published.substitution.startswith("post"):
        before = publisher.before_shifts.get(published.regime)
        yield (BUYERS, replace(view, post="own")) if before is None else (BUYERS_AS_PUBLISHED, published.value - before)


def _spring(view: View, change: MethodChange) -> float:
    """What a change of method took away: the publisher's fall over two reports less that of the law."""
    days = (change.law, change.next_law)
    then, after = (value_of(replace(view, on=on, announced=(), reading=Reading.PUBLISHED)) for on in days)
    return (change.average - change.next_average) - (then - after)


def _partner_steps(published: Published) -> Iterator[Step]:
    """Averages of one partner: of the United States on China, or of China on the United States."""
    publisher = by_title(published.source)
    view = View(published.on, publisher.importer, publisher.partner)
    yield "", view
    if publisher.exclusions:
        yield NO_EXCLUSIONS, (view := replace(view, given=((publisher.exclusions, 0.0),)))
    yield SCHEDULE, (view := replace(view, schedule=True))
    yield WEIGHTS_2017, (view := replace(view, weights="2017"))
    yield EXPORTS, (view := replace(view, exports=True))
    yield BY_HS6, (view := replace(view, by_hs6=True))
    if publisher.settled is not None:
        settled, level = publisher.settled
        yield AS_BEFORE, level - value_of(replace(view, on=settled))


def _change_steps(published: Published) -> Iterator[Step]:
    """Change of the average on a day, of all imports or of those from Canada."""
    partner = "CAN" if published.unit.startswith("partner") else ""
    view = View(published.on, partner=partner, since=published.on - timedelta(1))
    yield "", view
    begun = [day for day in importer(view.importer).law.dates if view.on < day <= view.on + LATE]
    if begun:
        yield BEGUN_LATER, (view := replace(view, on=max(begun)))
    yield ALL_IMPORTS, (view := replace(view, scope="all"))
    yield CLAIMS_THEN, (view := replace(view, claims="2024"))
    publisher = by_title(published.source)
    if publisher.aircraft_whole:
        yield AIRCRAFT, replace(view, given=(("aircraft_use", 1.0),))
    if publisher.parts:
        yield PARTS, publisher.parts


def _collected_steps(published: Published) -> Iterator[Step]:
    """The law in the middle of a month, and what customs collected in it."""
    month, view = published.regime, View(published.on, scope="all")
    yield "", replace(view, scope="tariff-lines")
    yield ALL_IMPORTS, view
    yield CLAIMS_OF_MONTH, (view := replace(view, claims="monthly"))
    paid = collected_rate(month)
    if not np.isnan(paid):
        yield COLLECTED, paid - value_of(view)
    elif not np.isnan(received := receipts_rate(month)):
        yield RECEIPTS, received - value_of(view)


def reconciliation_table(figures: Sequence[Reconciled]) -> Table:
    """Every published figure with its steps: one row a step, the last of each the rest; rows of one sum to the gap."""
    rows = [
        (number, figure.published.source, figure.published.regime, name, points)
        for number, figure in enumerate(figures, start=1)
        for name, points in (*figure.steps, ("rest", figure.rest))
    ]
    return table_of("averages.reconciliation", rows)
