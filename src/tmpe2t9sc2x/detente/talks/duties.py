"""Duties under negotiation on the axes of a world, and what one outcome of them is worth: the parts of a payoff.

A duty covers a share of each sector of what one party buys from the other, so that the tariff of sector j is

    tau_j = base_j + sum over duties of coverage_j x level.

The reference is the base law of the case with every level at zero; an equilibrium is measured from the equilibrium
there, in USD bn a year at the prices of the base year:

    EV = I (I^ / P^ - 1),   REV = R' / P^ - R,   VA_s = VA'_s / P^ - VA_s,   BAL = change of the balance in goods
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from detente.codes import InputError, UnknownName
from detente.economy import Economy, Equilibrium, Shock, goods, solve
from detente.economy.frame import Floats, baseline_tariff
from detente.economy.input_output.accounts import accounts

BILLION = 1e9
FIRST_PARTS = ("EV", "REV", "BAL")
SHARP = 1e-13
"""Residual of the two solves of the reference that are compared."""

ZERO = 1e-8
"""A part above this at the reference is a mistake, USD bn a year."""


@dataclass(frozen=True)
class DutyIssue:
    """A duty that is an issue of the talks.

    Attributes
    ----------
    issue : name of the issue; its level is a share (1.25 is 125 points).
    importer, exporter : who lays it on whose goods.
    coverage : share of the trade of each sector that owes it, shape (sector,); or of each exporter and sector, shape
        (country, sector), where goods of others owe it too, as those of Hong Kong owe duties on China.
    top : highest level that surfaces reach, share.
    """

    issue: str
    importer: str
    exporter: str
    coverage: Floats = field(repr=False)
    top: float

    def own(self, economy: Economy) -> Floats:
        """Coverage of the exporter's goods, shape (sector,)."""
        return self.coverage if self.coverage.ndim == 1 else self.coverage[economy.country(self.exporter)]


@dataclass(frozen=True, eq=False)
class DutySpace:
    """A world, its base law and the duties under negotiation.

    Attributes
    ----------
    economy : the world, with the elasticities in use.
    parties : the two sides.
    base : tariffs of the reference, third countries included, shape (importer, exporter, sector), shares.
    duties : the duties, in the order of their issues.
    always : points that every outcome adds to `base`, the reference excepted, same shape; None for none.
    options : options of the shocks, such as the closure.
    """

    economy: Economy
    parties: tuple[str, ...]
    base: Floats = field(repr=False)
    duties: tuple[DutyIssue, ...] = field(repr=False)
    always: Floats | None = field(default=None, repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = baseline_tariff(self.economy).shape
        if self.base.shape != shape:
            raise InputError("base law", f"shape {self.base.shape} does not fit {shape}", "use the world's own axes")
        for duty in self.duties:
            _check_duty(self.economy, duty)

    @property
    def issues(self) -> tuple[str, ...]:
        """Names of the duties."""
        return tuple(duty.issue for duty in self.duties)

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts: EV, REV, BAL and VA by sector."""
        return (*FIRST_PARTS, *(f"VA {sector}" for sector in self.economy.sectors))

    @cached_property
    def reference(self) -> Equilibrium:
        """The equilibrium from which payoffs are measured."""
        return solve(self.economy, Shock(tariff=self.base, options=self.options))

    @cached_property
    def level(self) -> Base:
        """Levels of the reference."""
        return base_of(self)

    def tariff(self, levels: Floats, extra: Floats | None = None) -> Floats:
        """Tariffs at levels of the duties, shape (duty,), shares; `extra` points on top, shaped like the tariff."""
        tariff = np.array(self.base if self.always is None else self.base + self.always)
        cells = tariff.reshape(len(self.economy.countries), len(self.economy.countries), -1)
        for duty, level in zip(self.duties, levels, strict=True):
            row, column = self.economy.country(duty.importer), self.economy.country(duty.exporter)
            cells[(row, column) if duty.coverage.ndim == 1 else row] += duty.coverage * level
        return tariff if extra is None else tariff + extra

    def solved(self, levels: Floats, warm: Equilibrium | None = None, extra: Floats | None = None) -> Equilibrium:
        """The equilibrium at levels of the duties; `SolveError` if there is none."""
        shock = Shock(tariff=self.tariff(levels, extra), options=self.options)
        return solve(self.economy, shock, warm=warm or self.reference)

    def parts_at(self, levels: Floats, extra: Floats | None = None) -> Floats:
        """Parts of an outcome by an exact solve, shape (party, part), USD bn a year."""
        return self.measured_at(levels, extra)[0]

    def measured_at(self, levels: Floats, extra: Floats | None = None) -> tuple[Floats, Floats]:
        """The same, and EV of every country, shape (country,), USD bn a year."""
        return measured(self, self.solved(np.asarray(levels, dtype=np.float64), extra=extra))


def _check_duty(economy: Economy, duty: DutyIssue) -> None:
    where = f"duty {duty.issue}"
    economy.country(duty.importer, where)
    economy.country(duty.exporter, where)
    by_sector, by_country = (len(economy.sectors),), (len(economy.countries), len(economy.sectors))
    if duty.coverage.shape not in (by_sector, by_country):
        raise InputError(where, f"coverage has shape {duty.coverage.shape}", f"give {len(economy.sectors)} shares")
    if not ((duty.coverage >= 0.0) & (duty.coverage <= 1.0 + 1e-9)).all():
        raise InputError(where, "coverage lies outside 0 to 1", "give shares of the trade of each sector")
    if not duty.top > 0.0:
        raise InputError(where, f"the highest level is {duty.top:g}", "give a share above zero")


@dataclass(frozen=True)
class Base:
    """Levels of the reference, by country, USD bn; P is one there.

    Attributes
    ----------
    income : I, final spending; `revenue` : R; `log_price` : log of the price index, from the world's baseline.
    added : value added, shape (country, sector).
    balance : balance in goods of each party with the others, shape (party,).
    """

    income: Floats = field(repr=False)
    revenue: Floats = field(repr=False)
    log_price: Floats = field(repr=False)
    added: Floats = field(repr=False)
    balance: Floats = field(repr=False)


def base_of(space: DutySpace) -> Base:
    """Levels at the reference."""
    return _levels(space, space.reference)


def _levels(space: DutySpace, equilibrium: Equilibrium) -> Base:
    return levels_of(space.economy, equilibrium, _balances(space, equilibrium.levels["trade"]))


def levels_of(economy: Economy, equilibrium: Equilibrium, balance: Floats) -> Base:
    """Levels of an equilibrium; `balance` : of the parties, as in `Base`."""
    levels = equilibrium.levels
    shares = accounts(economy).value_added_share
    return Base(
        income=levels["expenditure"] / BILLION,
        revenue=levels["revenue"] / BILLION,
        log_price=np.log1p(equilibrium.changes["prices"]),
        added=shares * levels["output"] / BILLION,
        balance=balance,
    )


def real_changes(old: Base, new: Base) -> tuple[Floats, Floats, Floats]:
    """EV, change of revenue, shape (country,), and of value added, shape (country, sector), at prices of `old`."""
    deflated = np.exp(old.log_price - new.log_price)
    return (
        new.income * deflated - old.income,
        new.revenue * deflated - old.revenue,
        new.added * deflated[:, None] - old.added,
    )


def _balances(space: DutySpace, trade: Floats) -> Floats:
    """Exports less imports of goods of each party with the other, net of duty, shape (party,), USD bn."""
    economy, (home, partner) = space.economy, [space.economy.country(code) for code in space.parties]
    cells = trade.reshape(len(economy.countries), len(economy.countries), -1)
    traded = [economy.sector(name) for name in goods(economy)]
    first = (cells[partner, home, traded].sum() - cells[home, partner, traded].sum()) / BILLION
    return np.array([first, -first])


def measured(space: DutySpace, equilibrium: Equilibrium) -> tuple[Floats, Floats]:
    """Parts of an equilibrium, shape (party, part), and EV of every country, shape (country,), USD bn a year."""
    old, new = space.level, _levels(space, equilibrium)
    worth, revenue, added = real_changes(old, new)
    members = [space.economy.country(code) for code in space.parties]
    first = np.stack([worth[members], revenue[members], new.balance - old.balance], axis=1)
    return np.concatenate([first, added[members]], axis=1), worth


def check_reference(space: DutySpace) -> float:
    """The largest part at the base law solved afresh from the world's baseline, USD bn a year.

    Raises
    ------
    InputError : it is not zero: two references are in use.
    """
    shock = Shock(tariff=space.base, options=space.options)
    equilibrium = solve(space.economy, shock, tol=SHARP)
    sharp = replace(space)
    sharp.__dict__["reference"] = solve(space.economy, shock, tol=SHARP, warm=space.reference)
    off = float(np.abs(measured(sharp, equilibrium)[0]).max())
    if off > ZERO:
        raise InputError("reference", f"the base law is worth {off:.3g} USD bn, not 0", "use one reference per case")
    return off


def group_of(economy: Economy, sectors: Sequence[str]) -> Floats:
    """One for the sectors of a group, zero for others, shape (sector,)."""
    group = np.zeros(len(economy.sectors))
    for name in sectors:
        if name not in economy.sectors:
            raise UnknownName("sector", name, economy.sectors, f"world {economy.name}")
        group[economy.sector(name)] = 1.0
    return group
