"""Dated tariffs as tariffs of quarters: laws on record, rows with days, deals that last a number of days.

A quarter has the mean of log(1 + tariff) over its days, cell by cell, so that 90 days are 90 days and no quarter.
As collected, the duties of the United States are what its months on record say of theirs: a part of the duty of the
law by partner, on goods of which some still owe the law of the month before. Other importers publish no such months.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from detente.codes import InputError, Parameter
from detente.data.importerfile import lawbooks
from detente.data.importers import importer
from detente.data.tables import countries
from detente.data.tariff_tables import DatedRow
from detente.economy import Economy, baseline_tariff, shock_of
from detente.economy.frame import Floats
from detente.lab.averages.axes import Axes, laid, rows_of, tariff_under
from detente.lab.averages.laid_law import laid_law
from detente.lab.score.forecast import CLAIMING, GROUPS, REST, claimed, estimates

AMERICAN = "USA"
MONTH = timedelta(days=30)
MONTHS = 12
#: First day of what came before.
EVER = date.min

#: Tariffs of a world, each from its first day to that of the next; the first is that of all time before.
Spells = Sequence[tuple[date, Floats]]


def quarter_days(start: date, count: int) -> list[date]:
    """First days of some quarters from a day on, and the day after the last."""
    return [_months_on(start, 3 * k) for k in range(count + 1)]


def _months_on(day: date, months: int) -> date:
    """The same day some months on, or the last of a shorter month."""
    whole = day.month - 1 + months
    first = date(day.year + whole // MONTHS, whole % MONTHS + 1, 1)
    after = date(first.year + first.month // MONTHS, first.month % MONTHS + 1, 1)
    return min(first + timedelta(day.day - 1), after - timedelta(1))


def by_quarter(spells: Spells, edges: Sequence[date], late: Floats | None = None) -> list[Floats]:
    """Tariff of each quarter; one array stands for quarters that have the same.

    Parameters
    ----------
    edges : first days of the quarters, and the day after the last.
    late : part of the goods of each importer that still owe the law of the month before, shape (country,).
    """
    first = spells[0][1]
    moves = np.zeros(first.shape, dtype=np.bool_)
    for _, tariff in spells[1:]:
        moves |= tariff != first
    logs = np.log1p(np.stack([tariff[moves] for _, tariff in spells]))
    part = None if late is None else late[np.nonzero(moves)[0]]
    known: dict[tuple[float, ...], Floats] = {}
    tariffs = []
    for start, end in pairwise(edges):
        own = _weights(spells, start, end)
        before = own if part is None else _weights(spells, start - MONTH, end - MONTH)
        key = (*own, *before)
        if key not in known:
            now = np.asarray(own) @ logs
            mean = now if part is None else now + part * (np.asarray(before) @ logs - now)
            # Cells that never move keep every digit.
            known[key] = first.copy()
            known[key][moves] = np.expm1(mean)
        tariffs.append(known[key])
    return tariffs


def _weights(spells: Spells, start: date, end: date) -> tuple[float, ...]:
    """Share of the days of a span under each of the spells."""
    ends = [*(first for first, _ in spells[1:]), date.max]
    days = [max(0, (min(end, last) - max(start, first)).days) for (first, _), last in zip(spells, ends, strict=True)]
    return tuple(count / (end - start).days for count in days)


@dataclass(frozen=True)
class Paid:
    """What is paid of what the law of an importer says, on the countries of a world.

    Attributes
    ----------
    kept : share of the duty that is collected, shape (importer, exporter); `late` : share of goods that still owe the
        law of the month before, shape (importer,). months : on which both are estimated.
    """

    kept: Floats = field(repr=False)
    late: Floats = field(repr=False)
    months: int

    def of(self, tariff: Floats) -> Floats:
        """Tariffs as they are collected."""
        return tariff * self.kept.reshape(*self.kept.shape, *[1] * (tariff.ndim - 2))


def paid(economy: Economy) -> Paid:
    """Delay and share collected of US duties, as all months on record say, and everything of other importers."""
    n, estimate = len(economy.countries), estimates(claimed(CLAIMING[0])[0][-1])
    kept, late = np.ones((n, n)), np.zeros(n)
    union = countries().expand(UNION)
    share: dict[str, float] = dict(zip(GROUPS, (each.value for each in estimate.collection.kept), strict=True))
    groups = [
        code if code in share else PARTNER_UNION if code in (*union, REGION) else REST for code in economy.countries
    ]
    for row in rows_of(economy, AMERICAN):
        kept[row], late[row] = [min(share[group], 1.0) for group in groups], estimate.collection.late.value
    np.fill_diagonal(kept, 1.0)
    return Paid(kept, late, estimate.months)


#: The European Union: as a group, as a partner of US months, as a region of the small worlds.
UNION, PARTNER_UNION, REGION = "EU27", "EUU", "EUN"


def on_record(economy: Economy, first: date, last: date, owed: Paid | None = None) -> list[tuple[date, Floats]]:
    """Tariffs under the laws of all importers, day by day: from that of `first`, which stands for all time before.

    Importers whose law does not change between the two days keep the tariffs of the world.

    Parameters
    ----------
    owed : what is paid of the laws.

    Raises
    ------
    InputError : a span in which no law changes.
    """
    axes, by_day = Axes.of(economy), dict[date, dict[str, Floats]]()
    for code in lawbooks():
        known = importer(code)
        days = sorted(day for day in {*known.law.dates, *known.base_days} if first < day <= last)
        if days and _is_in(economy, code):
            ground = laid_law(known.law)
            trade = laid(ground, axes)
            for day in (first, *days):
                by_day.setdefault(day, {})[code] = trade.mean(ground.rates(day).total)
    if not by_day:
        raise InputError(Parameter("from"), f"no law on record changes from {first} to {last}", "give an earlier day")
    duties, spells = dict[str, Floats](), []
    for day in sorted(by_day):
        duties |= by_day[day]
        tariff = tariff_under(economy, duties)
        tariff = tariff if owed is None else owed.of(tariff)
        if not spells or not np.array_equal(tariff, spells[-1][1]):
            spells.append((day if spells else EVER, tariff))
    return spells


def _is_in(economy: Economy, code: str) -> bool:
    """Whether a world tells an importer apart."""
    try:
        return bool(rows_of(economy, code).size)
    except InputError:
        return False


def of_rows(economy: Economy, rows: Sequence[DatedRow]) -> list[tuple[date, Floats]]:
    """Tariffs under rows with days: those of the world's own year, and those of each span that rows begin or end.

    Raises
    ------
    InputError, UnknownName : as `shock_of`; two rows that speak of one cell on one day.
    """
    starts = {first or EVER for _, first, _ in rows} | {last + timedelta(1) for *_, last in rows if last}
    spells = [] if EVER in starts else [(EVER, baseline_tariff(economy))]
    for day in sorted(starts):
        force = [row for row, first, last in rows if (first or EVER) <= day and (last is None or day <= last)]
        try:
            tariff = shock_of(economy, force).tariff if force else baseline_tariff(economy)
        except InputError as error:
            raise error if day == EVER else error.inside(f"on {day}") from None
        assert tariff is not None
        spells.append((day, tariff))
    return spells


def lasting(before: Spells, after: Floats, start: date, days: int | None) -> list[tuple[date, Floats]]:
    """Other tariffs from a day on, for some days or permanently; then those of the last spell are back."""
    spells = [*(each for each in before if each[0] < start), (start, after)]
    return spells if days is None else [*spells, (start + timedelta(days), before[-1][1])]
