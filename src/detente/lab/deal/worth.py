"""Paths of the world economy in quarters under laws that last shorter and longer: what a deal is worth by its length.

Everything that tells what a deal is worth if it lasts 90 days, a year or permanently asks `of_laws`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter, Table, declared_note, table_of
from detente.codes.days import Standing
from detente.economy import Economy
from detente.economy.frame import Floats, flows_of, without_noise
from detente.economy.input_output.accounts import INVESTMENT
from detente.economy.paths.chain import MOST_QUARTERS, Pace, QuarterPath, path
from detente.lab.deal.dated import EVER, Paid, Spells, by_quarter, lasting, on_record, paid, quarter_days
from detente.lab.world.incidence import Laws

COLLECTED, STATUTORY = RATES = ("collected", "statutory")

#: Quarters that are solved at least, for present values; what is shown is a part of them.
SOLVED = 40

#: Quarters at the end of the fourth and of the tenth year.
FOURTH, TENTH = 16, 40

#: Countries that are shown where none is named.
SHOWN = 4


@dataclass(frozen=True)
class InQuarters:
    """Paths of one world under tariffs that last shorter and longer.

    Attributes
    ----------
    economy : the world; `edges` : first days of its quarters, and the day after the last; `quarters` : those shown.
    paths : by how long the tariffs last, in words. other : what they are compared with, None for the world's own year.
    start : of the tariffs. parties : whose tariffs change, most trade first; sellers : whose goods they fall on.
    days : of the laws compared, if any.
    notes : what a reader must know of the numbers.
    chances : that the tariffs last so long, by length; empty where none are taken.
    """

    economy: Economy
    edges: Sequence[date]
    quarters: int
    paths: Mapping[str, QuarterPath]
    other: QuarterPath | None
    start: date
    parties: tuple[str, ...]
    sellers: tuple[str, ...]
    days: tuple[date, ...] = ()
    standing: Standing | None = None
    notes: tuple[str, ...] = ()
    chances: Mapping[str, float] = field(default_factory=dict)

    def change(self, length: str, name: str) -> Floats:
        """A column less that of what it is compared with, share, shape (quarter, country)."""
        new = self.paths[length].columns[name]
        return new if self.other is None else _beside(name, new, self.other.columns[name])

    def _end(self, length: str) -> Floats:
        new = self.paths[length].end["real_income"]
        return new if self.other is None else _beside("real_income", new, self.other.end["real_income"])

    def present(self, length: str) -> tuple[Floats, Floats]:
        """Worth of the consumption gained, share of consumption, and USD, each of shape (country,)."""
        own = self.paths[length]
        worth = own.worth(self.other)
        return worth * (1.0 - own.pace.discount), worth * own.consumption / 4.0

    @cached_property
    def first(self) -> int:
        """The quarter in which the tariffs begin, counted from 0."""
        return max(0, sum(day <= self.start for day in self.edges) - 1)

    def lengths(self, codes: Sequence[str]) -> Table:
        """One row a length and country."""
        rows = []
        for length, numbers in self._each(self._numbers):
            for code in codes:
                own = numbers[:, self.economy.country(code)]
                rows.append((length, code, *(float(without_noise(np.asarray(number))) for number in own)))
        return self._table("path.path_lengths", rows)

    def _numbers(self, length: str) -> Floats:
        """Worth as a share and in USD, real income in some quarters and in the end, shape (6, country)."""
        income = self.change(length, "real_income")
        places = [min(self.first + k, len(income)) - 1 for k in (1, FOURTH, TENTH)]
        return np.stack([*self.present(length), *income[places], self._end(length)])

    def _each(self, read: Callable[[str], Floats]) -> Iterator[tuple[str, Floats]]:
        """What is read of each length, and what is expected by their chances, where these are given."""
        every = {length: read(length) for length in self.paths}
        yield from every.items()
        if self.chances:
            mean = np.sum([chance * every[length] for length, chance in self.chances.items()], axis=0)
            yield declared_note("path.expected"), mean

    def branches(self, codes: Sequence[str]) -> list[Table]:
        """Chance and worth of each length, one row a length and country; no table where no chances are taken."""
        if not self.chances:
            return []
        rows = []
        for length, chance in self.chances.items():
            worth = self.present(length)[1]
            rows += [(length, chance, code, float(worth[self.economy.country(code)])) for code in codes]
        return [self._table("path.branches", rows)]

    def table(self, codes: Sequence[str]) -> Table:
        """One row a length, country and quarter."""
        rows = []
        names = [*next(iter(self.paths.values())).columns]
        for length, changes in self._each(lambda own: np.stack([self.change(own, name) for name in names])):
            for code in codes:
                own = without_noise(changes[:, : self.quarters, self.economy.country(code)])
                rows += [(length, code, q + 1, str(self.edges[q]), *own[:, q]) for q in range(self.quarters)]
        return self._table("path.quarters", rows)

    def trade(self, importers: Sequence[str], exporters: Sequence[str]) -> Table:
        """Imports of some countries from others, one row a length, pair and quarter."""
        rows = []
        base = flows_of(self.economy).reshape(*[len(self.economy.countries)] * 2, -1).sum(axis=2)
        for length, own in self.paths.items():
            for buyer in importers:
                for seller in (code for code in exporters if code != buyer):
                    i, j = self.economy.country(buyer), self.economy.country(seller)
                    new = own.trade[: self.quarters, i, j]
                    old = (
                        np.full(self.quarters, base[i, j])
                        if self.other is None
                        else self.other.trade[: self.quarters, i, j]
                    )
                    change = without_noise(np.where(old > 0, new / np.where(old > 0, old, 1.0) - 1.0, np.nan))
                    rows += [(length, buyer, seller, q + 1, str(self.edges[q]), new[q], change[q])
                             for q in range(self.quarters)]  # fmt: skip
        return self._table("path.trade", rows)

    def certificate(self) -> Table:
        """What the solve of each quarter ended with."""
        others = {} if self.other is None else {declared_note("path.without"): self.other}
        return table_of("path.certificate", list(_ended({**self.paths, **others})), world=self.economy.name)

    def _table(self, name: str, rows: Sequence[tuple[Any, ...]]) -> Table:
        return table_of(name, rows, self.notes, world=self.economy.name).settled().standing_on(self.standing)


def _beside(name: str, new: Floats, old: Floats) -> Floats:
    return new - old if name == "revenue" else (1.0 + new) / (1.0 + old) - 1.0


def _ended(paths: Mapping[str, QuarterPath]) -> Iterator[tuple[str, str, str, int, str]]:
    for name, each in paths.items():
        known = {**{str(q + 1): c for q, c in enumerate(each.certificates)}, declared_note("path.steady"): each.ended}
        for quarter, c in known.items():
            yield name, quarter, f"{c.residual:.3g}", c.iterations, c.worst


#: Lengths that are told beside that of a deal, in days.
USUAL = (90, 365)


def of_laws(
    economy: Economy,
    options: Mapping[str, Any],
    laws: Laws,
    start: date,
    lasts: Sequence[int] = USUAL,
    *,
    rates: str = COLLECTED,
    pace: Pace | None = None,
    quarters: int = FOURTH,
    first: date | None = None,
    **more: Any,
) -> InQuarters:
    """Paths under the later of two laws from a day on, for some days and permanently, beside those of the earlier one.

    Parameters
    ----------
    economy, options : as the closure has them; `lasts` : days.
    first : day of the path, from which laws on record count.

    Raises
    ------
    InputError : trade costs, a family without paths, a day that does not fit. SolveError : no equilibrium.
    """
    if laws.after.cost_hat is not None or laws.before.cost_hat is not None:
        what = "changes trade costs, which have no days in a path"
        raise InputError(Parameter("scenario"), what, "leave its costs out")
    assert laws.after.tariff is not None
    assert laws.before.tariff is not None
    owed = paid_of(economy, rates)
    before, after = (
        (laws.before.tariff, laws.after.tariff)
        if owed is None
        else map(owed.of, (laws.before.tariff, laws.after.tariff))
    )
    known: Spells = [(EVER, before)]
    if first is not None:
        if not first < start:
            raise InputError(Parameter("from"), f"{first} is not before {start}", "name a day before the scenario's")
        known = [*on_record(economy, first, start - timedelta(1), owed), (start, before)]
    several = {length_named(count): lasting(known, after, start, count) for count in (*lasts, None)}
    return solved_as(
        economy, options, several, known, first or start, start, quarters, pace or Pace(), owed,
        **sides_moved(economy, before, after), **more,
    )  # fmt: skip


def worth_of(economy: Economy, options: Mapping[str, Any], laws: Laws, start: date, days: int) -> InQuarters | None:
    """The paths of a deal of some days, beside the usual lengths.

    None where no tariff moves, trade costs do, or the world has no paths.
    """
    before, after = laws.before.tariff, laws.after.tariff
    if before is None or after is None or np.array_equal(before, after):
        return None
    try:
        return of_laws(economy, options, laws, start, sorted({days, *USUAL}))
    except InputError:
        return None


def chances_of(days: Sequence[int], alive: Sequence[float]) -> dict[str, float]:
    """Chance of each length: that tariffs lapse on a day, and that they never do.

    Parameters
    ----------
    alive : chance that they are still there after each of the days.
    """
    left = np.array([1.0, *alive, 0.0])
    ends = (left[:-1] - left[1:]).tolist()
    return {length_named(count): chance for count, chance in zip([*days, None], ends, strict=True)}


def length_named(days: int | None) -> str:
    """A length in words; None is permanent."""
    if days is None:
        return declared_note("path.ever")
    return declared_note("path.one_day") if days == 1 else declared_note("path.days", days=days)


def paid_of(economy: Economy, rates: str) -> Paid | None:
    """What is paid of the laws, where duties count as they are collected."""
    return paid(economy) if rates == COLLECTED else None


def sides_moved(economy: Economy, base: Floats, *others: Floats) -> dict[str, tuple[str, ...]]:
    """Countries whose tariffs change, and those whose goods they fall on; most of that trade first, some at most."""
    moved = np.zeros(base.shape, dtype=np.bool_)
    for other in others:
        moved |= other != base
    n = len(economy.countries)
    worth = np.where(moved, flows_of(economy), 0.0).reshape(n, n, -1).sum(axis=2)

    def most(trade: Floats) -> tuple[str, ...]:
        order = np.argsort(-trade, kind="stable")[:SHOWN]
        return tuple(economy.countries[k] for k in order if trade[k] > 0.0) or economy.countries[:1]

    return {"parties": most(worth.sum(axis=1)), "sellers": most(worth.sum(axis=0))}


def solved_as(
    economy: Economy,
    options: Mapping[str, Any],
    several: Mapping[str, Spells],
    other: Spells | None,
    first: date,
    start: date,
    quarters: int,
    pace: Pace,
    owed: Paid | None,
    **more: Any,
) -> InQuarters:
    """The paths under several tariffs in time, and under those that they are compared with.

    Parameters
    ----------
    several : by how long the tariffs last, in words; `other` : None for the world's own year.
    first, start : days on which the path begins, and the new tariffs; `owed` : what is paid of the laws.
    """
    edges = quarter_days(first, min(max(quarters, SOLVED), MOST_QUARTERS))
    late = None if owed is None else owed.late

    def solved(spells: Spells) -> QuarterPath:
        return path(economy, by_quarter(spells, edges, late), pace=pace, options=options)

    numbers = asdict(pace)
    speeds = {key: numbers[key] for key in ("adoption", "depreciation", "discount")}
    notes = [declared_note("path.pace" if pace.depreciation else "path.no_capital", ratio=pace.short_ratio, **speeds)]
    if owed is not None:
        notes.append(declared_note("path.collected", months=owed.months, late=owed.late.max()))
    if INVESTMENT not in economy.arrays:
        notes.append(declared_note("path.composition"))
    paths = {name: solved(spells) for name, spells in several.items()}
    compared = None if other is None else solved(other)
    notes.append(declared_note("path.not_here"))
    return InQuarters(economy, edges, quarters, paths, compared, start, notes=(*economy.notes, *notes), **more)
