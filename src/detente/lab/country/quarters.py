"""What tariffs do quarter by quarter, and what they are worth if they last 90 days, a year or permanently."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter, Table, declared_note, table_of
from detente.codes.days import BASE_DAY, Standing
from detente.data.tariff_tables import read_dated
from detente.economy import Economy, baseline_tariff
from detente.economy.frame import Floats, flows_of, without_noise
from detente.economy.input_output.accounts import INVESTMENT
from detente.economy.paths.chain import MOST_QUARTERS, Pace, QuarterPath, path
from detente.lab.country.dated import EVER, Paid, Spells, by_quarter, lasting, of_rows, on_record, paid, quarter_days
from detente.lab.country.every import TODAY, laws_meant, rows_of
from detente.lab.world.choices import Given
from detente.lab.world.effects import WorldSetting

COLLECTED, STATUTORY = RATES = ("collected", "statutory")

#: Quarters that are solved at least, for present values; what is shown is a part of them.
SOLVED = 60

#: Quarters at the end of the fourth and of the tenth year.
FOURTH, TENTH = 16, 40

MOST_LENGTHS, LONGEST = 6, 36_500
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
        for length in self.paths:
            share, worth = self.present(length)
            income, end = self.change(length, "real_income"), self._end(length)
            places = [min(self.first + k, len(income)) - 1 for k in (1, FOURTH, TENTH)]
            for code in codes:
                n = self.economy.country(code)
                numbers = (share[n], worth[n], *(income[k, n] for k in places), end[n])
                rows.append((length, code, *(float(without_noise(np.asarray(number))) for number in numbers)))
        return self._table("path.lengths", rows)

    def table(self, codes: Sequence[str]) -> Table:
        """One row a length, country and quarter."""
        rows = []
        for length, own in self.paths.items():
            changes = [without_noise(self.change(length, name)) for name in own.columns]
            for code in codes:
                n = self.economy.country(code)
                rows += [(length, code, q + 1, str(self.edges[q]), *(each[q, n] for each in changes))
                         for q in range(self.quarters)]  # fmt: skip
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


def pace_of(given: dict[str, Any]) -> Pace:
    """How fast things move, from values by name, which are taken out of those given; errors as `Pace`."""
    values = {each.name: given.pop(each.name) for each in fields(Pace) if each.name in given}
    read = {}
    for name, value in values.items():
        try:
            read[name] = float(value)
        except (TypeError, ValueError):
            what = f"'{str(value)[:40]}' is not a number"
            raise InputError(Parameter("set", name), what, f"write it as {name}={getattr(Pace, name)}") from None
    return Pace(**read)


def lengths_of(lasts: Sequence[Any]) -> list[int]:
    """Days, as they are given.

    Raises
    ------
    InputError : what is no number of days, too many of them.
    """
    days = []
    for text in lasts:
        whole = str(text).strip()
        if not (whole.isascii() and whole.isdigit() and 0 < int(whole) <= LONGEST):
            what = f"'{whole[:40]}' is no number of days"
            raise InputError(Parameter("lasts"), what, f"give whole numbers from 1 to {LONGEST}, as 90,365")
        days.append(int(whole))
    if len(days) > MOST_LENGTHS:
        raise InputError(Parameter("lasts"), f"{len(days)} lengths are too many", f"give at most {MOST_LENGTHS}")
    return sorted(dict.fromkeys(days))


def in_quarters(
    setting: WorldSetting,
    scenario: Any,
    tariffs: Given,
    on: date | None,
    first: date | None,
    lasts: Sequence[Any],
    quarters: int,
    rates: str,
    pace: Pace,
    fits: Callable[[Economy], object] = id,
) -> InQuarters:
    """Paths under the later law of a scenario, under rows of tariffs, or under the laws on record from a day on.

    Parameters
    ----------
    fits : is called with the world before anything is solved, and refuses what it cannot be asked for.

    Raises
    ------
    InputError, UnknownName : what cannot be used. SolveError : no equilibrium.
    """
    days = lengths_of(lasts)
    if tariffs:
        for name, value in (("scenario", scenario), ("from", first), ("on", on)):
            if value:
                raise InputError(Parameter("tariffs"), f"are given beside '{name}'", "leave one of them out")
        fits(setting.economy())
        return _of_rows(setting, tariffs, days, quarters, pace)
    if first is not None and not scenario:
        fits(setting.economy())
        return _recorded(setting, first, quarters, rates, pace)
    meant = laws_meant(setting, scenario or TODAY, on)
    laws, economy = meant.laws, meant.economy
    fits(economy)
    if laws.after.cost_hat is not None or laws.before.cost_hat is not None:
        what = "changes trade costs, which have no days in a path"
        raise InputError(Parameter("scenario"), what, "leave its costs out")
    assert laws.after.tariff is not None
    assert laws.before.tariff is not None
    owed = _paid(economy, rates)
    before, after = (
        (laws.before.tariff, laws.after.tariff)
        if owed is None
        else map(owed.of, (laws.before.tariff, laws.after.tariff))
    )
    start = meant.days[1]
    known: Spells = [(EVER, before)]
    if first is not None:
        if not first < start:
            raise InputError(Parameter("from"), f"{first} is not before {start}", "name a day before the scenario's")
        known = [*on_record(economy, first, start - timedelta(1), owed), (start, before)]
    several = {_named(count): lasting(known, after, start, count) for count in (*days, None)}
    return _solved(
        economy, meant.options, several, known, first or start, start, quarters, pace, owed,
        days=meant.days, standing=meant.standing, **_sides(economy, before, after),
    )  # fmt: skip


def _named(days: int | None) -> str:
    return declared_note("path.ever") if days is None else declared_note("path.days", days=days)


def _paid(economy: Economy, rates: str) -> Paid | None:
    return paid(economy) if rates == COLLECTED else None


def _of_rows(setting: WorldSetting, tariffs: Given, days: Sequence[int], quarters: int, pace: Pace) -> InQuarters:
    """Rows with days as they are dated; rows without for some days and permanently, from the first day of 2025."""
    economy = setting.economy()
    given = rows_of(tariffs)
    assert given is not None
    rows = read_dated(given, economy.countries, economy.sectors)
    spells, base = of_rows(economy, rows), baseline_tariff(economy)
    start = next((day for day, _ in spells if day != EVER), BASE_DAY)
    several: dict[str, Spells] = {declared_note("path.dated"): spells}
    if len(spells) == 1:
        several = {_named(count): lasting([(EVER, base)], spells[0][1], start, count) for count in (*days, None)}
    sides = _sides(economy, base, *(tariff for _, tariff in spells))
    return _solved(economy, setting.options(economy), several, None, start, start, quarters, pace, None, **sides)


def _recorded(setting: WorldSetting, first: date, quarters: int, rates: str, pace: Pace) -> InQuarters:
    """Laws on record from a day on, compared with those of the day, unchanged."""
    economy, owed = setting.economy(), _paid(setting.economy(), rates)
    spells = on_record(economy, first, quarter_days(first, quarters)[-1], owed)
    sides = _sides(economy, *(tariff for _, tariff in spells))
    return _solved(
        economy, setting.options(economy), {declared_note("path.recorded"): spells}, spells[:1], first, first, quarters,
        pace, owed, days=(first, first), **sides,
    )  # fmt: skip


def _sides(economy: Economy, base: Floats, *others: Floats) -> dict[str, tuple[str, ...]]:
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


def _solved(
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
