"""Effective rates: three definitions, never confused.

* ``fixed``: statutory duty at fixed (pre-shock) weights, no substitution.
* ``post``: statutory duty at post-shock weights: trade shrinks with an import-demand elasticity.
* ``collected``: duty collected over imports, an observation, not a model (see `trade.collected`).

The average duty day by day, at fixed weights, with what each authority adds.

Revenue: static, and with an import-demand elasticity.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Table, UnknownName, table_with
from detente.codes.days import check_span
from detente.law import Law, MeasureKind, Reading, Resolver, Schedule
from detente.trade.exposure import Exposure
from detente.trade.flows import Floats, Flows, Ints


class Definition(StrEnum):
    """What an effective rate is an average of."""

    FIXED = "fixed"
    POST = "post"
    COLLECTED = "collected"


@dataclass(frozen=True)
class PairRates:
    """Duty of every pair of the flows under one schedule.

    Attributes
    ----------
    base, total : base duty and total duty, shape (pairs,), share of customs value.
    by_authority : additional duty by authority, each of shape (pairs,).
    """

    base: Floats = field(repr=False)
    total: Floats = field(repr=False)
    by_authority: dict[str, Floats] = field(repr=False)

    def take(self, pairs: Ints) -> PairRates:
        """The rates of some pairs, in that order."""
        return PairRates(
            self.base[pairs], self.total[pairs], {name: rate[pairs] for name, rate in self.by_authority.items()}
        )


def pair_rates(schedule: Schedule, exposure: Exposure) -> PairRates:
    """Duty of every pair under a schedule, by authority."""
    base = exposure.pair_base
    used = {p.item.measure.authority for p in schedule.duties}
    zero = np.zeros(base.size)
    by_authority = {
        name: exposure.pair_rates(schedule, name) if name in used else zero for name in schedule.authorities
    }
    return PairRates(base, base + sum(by_authority.values(), start=np.zeros(base.size)), by_authority)


def post_value(value: Floats, before: Floats, after: Floats, elasticity: float) -> Floats:
    """Value after substitution: value * ((1 + after) / (1 + before))^(-elasticity), USD, shape (pairs,).

    Constant-elasticity import demand at full pass-through; prices before duty do not move.
    """
    if not 0.0 <= elasticity < float("inf"):
        wrong = "is negative" if elasticity < 0 else "is no finite number"
        raise InputError("elasticity", f"{elasticity:g} {wrong}", "give the size of the fall, as in 2")
    return value * ((1.0 + after) / (1.0 + before)) ** (-elasticity)


@dataclass(frozen=True)
class Grouping:
    """A way of sorting pairs into groups.

    Attributes
    ----------
    name : column name; codes : group codes in order; labels : names of the groups.
    group : group of each pair, shape (pairs,).
    """

    name: str
    codes: tuple[str, ...]
    labels: tuple[str, ...]
    group: Ints = field(repr=False)


def grouped(name: str, keys: NDArray[np.str_], of: Ints, labels: dict[str, str] | None = None) -> Grouping:
    """Grouping of pairs by the key of their line or partner: `keys` of shape (keys,), `of` that of each pair."""
    codes, places = np.unique(keys, return_inverse=True)
    present = np.bincount(places[of], minlength=codes.size) > 0
    names = tuple(str(c) for c in codes[present])
    where = (np.cumsum(present) - 1)[places][of]
    return Grouping(name, names, tuple((labels or {}).get(c, c) for c in names), where.astype(np.int64))


def cross(groupings: Sequence[Grouping], pairs: int) -> tuple[Ints, list[tuple[int, ...]]]:
    """Groups of several groupings at once: the group of each pair, and the members of each group."""
    if not groupings:
        return np.zeros(pairs, dtype=np.int64), [()]
    sizes = [len(g.codes) for g in groupings]
    cells, group = np.unique(np.ravel_multi_index([g.group for g in groupings], sizes), return_inverse=True)
    parts = np.unravel_index(cells, sizes)
    return group, list(zip(*(part.tolist() for part in parts), strict=True))


def member_columns(groupings: Sequence[Grouping], members: Sequence[tuple[int, ...]]) -> dict[str, NDArray[Any]]:
    """Columns that name the members of groups: their codes, and in words where these are others."""
    data: dict[str, NDArray[Any]] = {}
    for i, g in enumerate(groupings):
        data[g.name] = np.asarray([g.codes[member[i]] for member in members])
        if g.labels != g.codes:
            data[f"{g.name}_name"] = np.asarray([g.labels[member[i]] for member in members])
    return data


def heads_of(columns: Iterable[str]) -> list[dict[str, str]]:
    """Heads of such columns."""
    heads = []
    for name in columns:
        own = name.removesuffix("_name")
        head = HEADS.get(own, own.replace("_", " "))
        words = {"unit": "code", "title": head, "label": head}
        if own != name:
            words = {"unit": "text", "title": f"name of the {head}", "label": f"{head} name"}
        heads.append({"group": name, **words})
    return heads


def whole_table(schedule: Schedule, exposure: Exposure, notes: tuple[str, ...] = ()) -> Table:
    """Average duty over all pairs at fixed weights, from the cells alone; as `average_table` without groupings."""
    total = exposure.total
    points = dict.fromkeys(schedule.authorities, 0.0)
    for painted in schedule.duties:
        points[painted.item.measure.authority] += exposure.duty_of(painted) / total
    base = exposure.base_duty / total
    values = {"imports": total, "average": base + sum(points.values()), "base": base, **points}
    data = {name: np.asarray([value]) for name, value in values.items()}
    return table_with("averages.average", data, notes, group=[], authority=_named(schedule.law, points))


#: Heads of columns of groups whose own name says little.
HEADS = {
    "hs4": "heading", "hs6": "subheading", "line": "tariff line", "sector": "GTAP sector", "naics": "NAICS industry",
    "bea": "BEA commodity", "isic4": "ISIC class", "icio28": "ICIO sector",
}  # fmt: skip


def _named(law: Law, names: Iterable[str]) -> list[dict[str, str]]:
    """What authorities that add to an average are called."""
    titles = {authority.id: authority.name for authority in law.authorities}
    return [{"authority": n, "title": titles.get(n, n), "label": titles.get(n, "")} for n in names]


def average_table(
    law: Law, rates: PairRates, weights: Floats, groupings: Sequence[Grouping], notes: tuple[str, ...] = ()
) -> Table:
    """Average duty by group with what each authority adds; the last columns sum to `average`.

    Parameters
    ----------
    law : whose authorities the rates are counted under.
    weights : value of each pair used as weight, USD, shape (pairs,).
    groupings : none gives one row for the whole.
    """
    group, members = cross(groupings, weights.size)
    n = len(members)
    worth = np.bincount(group, weights, minlength=n)
    safe = np.where(worth > 0, worth, 1.0)

    def mean(rate: Floats) -> Floats:
        return np.bincount(group, weights * rate, minlength=n) / safe

    data = member_columns(groupings, members)
    groups = heads_of(data)
    data |= {"imports": worth, "average": mean(rates.total), "base": mean(rates.base)}
    data |= {name: mean(rate) for name, rate in rates.by_authority.items()}
    return table_with("averages.average", data, notes, group=groups, authority=_named(law, rates.by_authority))


#: What the columns of a daily series stand for.
GROUPS = ("authority", "measure")


def days_between(first: date, last: date) -> list[date]:
    """Every day from first to last, both in."""
    check_span(first, last)
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def measure_duties(
    exposure: Exposure, days: Sequence[date], reading: Reading, resolver: Resolver | None = None
) -> list[dict[str, float]]:
    """Duty owed under each measure on each day, USD; days between acts repeat the day before.

    Parameters
    ----------
    resolver : of the same cells and reading, which knows what it painted before; a new one by default.
    """
    resolver = resolver or Resolver(exposure.space, reading)
    edges = sorted(exposure.space.law.dates)
    known: dict[int, float] = {}
    by_day: list[dict[str, float]] = []
    for i, day in enumerate(days):
        if i and bisect_right(edges, day) == bisect_right(edges, days[i - 1]):  # nothing begins or ends between
            by_day.append(by_day[-1])
            continue
        duties: dict[str, float] = {}
        for painted in resolver.on(day):
            if painted.item.measure.kind is MeasureKind.DUTY:
                if painted.key not in known:
                    known[painted.key] = exposure.duty_of(painted)
                name = painted.item.measure.id
                duties[name] = duties.get(name, 0.0) + known[painted.key]
        by_day.append(duties)
    return by_day


def daily(
    exposure: Exposure,
    days: Sequence[date],
    reading: Reading = Reading.EFFECTIVE,
    by: str = "authority",
    resolver: Resolver | None = None,
) -> Table:
    """Average duty by day at fixed weights, one column per authority (or measure); they sum to the average.

    Returns a Table with `date`, `average`, `base` and the columns, all shares of customs value.
    """
    if by not in GROUPS:
        raise UnknownName("column choice", by, GROUPS, "by", f"use {' or '.join(GROUPS)}")
    law = exposure.space.law
    duties = measure_duties(exposure, days, reading, resolver)
    owner = {m.id: (m.authority if by == "authority" else m.id) for m in law.measures}
    if by == "authority":
        names = [a.id for a in law.levying]
        titles = {a.id: a.name for a in law.levying}
    else:
        names = [m.id for m in law.measures if any(m.id in row for row in duties)]
        titles = {m.id: m.title for m in law.measures}
    data = {name: np.zeros(len(days)) for name in names}
    for i, row in enumerate(duties):
        for measure, duty in row.items():
            data[owner[measure]][i] += duty
    total = exposure.total
    data = {name: duty / total for name, duty in data.items()}
    base = np.full(len(days), exposure.base_duty / total)
    average = base + sum(data.values(), start=np.zeros(len(days)))
    heads = titles if by == "authority" else {}
    weighed = f"weights: {exposure.flows.period}, {exposure.flows.valuation}; reading of time: {reading}"
    return table_with(
        "averages.daily",
        {"date": np.asarray([d.isoformat() for d in days]), "average": average, "base": base, **data},
        (weighed, *exposure.flows.notes),
        part=[{"part": name, "title": titles[name], "label": heads.get(name, "")} for name in names],
    )


@dataclass(frozen=True, slots=True)
class Revenue:
    """Duty on a year's imports, USD.

    Attributes
    ----------
    static : at the weights of the flows' year.
    elastic : at post-shock weights.
    imports : imports at post-shock weights.
    """

    static: float
    elastic: float
    imports: float


def yearly_revenue(flows: Flows, before: PairRates, after: PairRates, elasticity: float) -> Revenue:
    """Duty a year under `after`, with imports as they were and moved from those under `before`."""
    moved = post_value(flows.value, before.total, after.total, elasticity)
    return Revenue(float(flows.value @ after.total), float(moved @ after.total), float(moved.sum()))
