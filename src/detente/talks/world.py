"""The world of some talks: base law, duties under negotiation, and what an outcome of them is worth to each party.

Each issue adds points to the tariffs of its importers, a function of its level: linear where the level is a rate on
top, bent where it is a floor of the whole duty. A party is a country of the world or several that act as one. The
reference is the base law with every level at zero; an equilibrium is measured from the equilibrium there, in USD bn a
year at the prices of the base year:

    EV = I (I^ / P^ - 1),   REV = R' / P^ - R,   VA_s = VA'_s / P^ - VA_s,   BAL = change of the balance in goods

A quota adds the rent of its exporters.

Endowments and CES demand are one sector of the family with many sectors: labour is the endowment, the trade elasticity
is sigma - 1, and there are no inputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from detente.codes import InputError, UnknownName, declared_note
from detente.economy import Economy, Equilibrium, Shock, goods, solve, solve_many
from detente.economy.frame import Floats, baseline_tariff
from detente.economy.input_output.accounts import PARAMETERS, accounts
from detente.talks.fit import LIMIT, MOST, DutyAxis, Ints, PayoffFit, Terms, Told, checks_of, fitted

BILLION = 1e9
FIRST_PARTS = ("EV", "REV", "BAL")
#: What the part of a quota begins with.
RENT = "RENT"

#: Equilibria solved side by side.
BATCH = 32

#: Least that mean points rise between two levels of a duty.
APART = 1e-9


@dataclass(frozen=True)
class DutyIssue:
    """An issue that moves tariffs.

    Attributes
    ----------
    issue : name; `top` : highest level that fits reach.
    importers, exporters : countries of the world that lay it, and whose goods owe it, positions.
    levels : at which its points are known, ascending from 0, shape (levels,).
    points : added to the tariff by exporter and sector, share, shape (levels, country, sector); linear between levels.
    inside : duty up to the amount of a quota, share; None for what is no quota.
    """

    issue: str
    importers: tuple[int, ...]
    exporters: tuple[int, ...]
    levels: Floats = field(repr=False)
    points: Floats = field(repr=False)
    inside: float | None = None

    def __post_init__(self) -> None:
        if self.levels.ndim != 1 or self.levels.size < 2 or (np.diff(self.levels) <= 0.0).any():
            raise InputError(f"duty {self.issue}", "levels cross", "list them in ascending order, each once")
        if not np.isfinite(self.points).all():
            raise InputError(f"duty {self.issue}", "points are not numbers", "give shares")

    @property
    def top(self) -> float:
        """Highest level."""
        return float(self.levels[-1])

    def at(self, level: float) -> Floats:
        """Points at a level, shape (country, sector); beyond the last level the last slope goes on."""
        k = int(np.clip(np.searchsorted(self.levels, level) - 1, 0, self.levels.size - 2))
        share = (level - self.levels[k]) / (self.levels[k + 1] - self.levels[k])
        return self.points[k] + share * (self.points[k + 1] - self.points[k])

    def bought(self, trade: Floats) -> Floats:
        """What its importers buy of those who owe it, by sector, of trade (importer, exporter, sector), its unit."""
        return trade[np.ix_(self.importers, self.exporters)].sum(axis=(0, 1))

    def covered(self, trade: Floats) -> Floats:
        """Points at the last level for each of it, mean by sector over the exporters that owe it, shape (sector,)."""
        bought = trade[np.ix_(self.importers, self.exporters)].sum(axis=0)
        points = self.points[-1][list(self.exporters)] / self.top
        total = bought.sum(axis=0)
        return np.where(total > 0.0, (points * bought).sum(axis=0) / np.where(total > 0.0, total, 1.0), 0.0)

    def axis(self, trade: Floats) -> DutyAxis:
        """The duty as a fit sees it, of trade (importer, exporter, sector)."""
        bought = trade[list(self.importers)].sum(axis=0) * (self.points[-1] != 0.0)
        mean = np.abs((self.points * bought).sum(axis=(1, 2))) / max(float(bought.sum()), 1e-12)
        rising = np.maximum.accumulate(mean - mean[0]) + APART * np.arange(mean.size)
        return DutyAxis(self.issue, tuple(self.levels.tolist()), tuple(rising.tolist()))


@dataclass(frozen=True)
class Base:
    """Levels of an equilibrium, by country, USD bn; P is one at the reference.

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


@dataclass(frozen=True)
class ExactParts:
    """What exact solves say of some outcomes.

    Attributes
    ----------
    parts : shape (point, party, part), USD bn a year from the reference.
    world : change of real income of every country, shape (point, country), USD bn a year.
    residual : the largest.
    """

    parts: Floats = field(repr=False)
    world: Floats = field(repr=False)
    residual: float


@dataclass(frozen=True, eq=False)
class TalksWorld:
    """A world, its base law and duties between several parties.

    Attributes
    ----------
    economy : the world; `parties` : codes; `members` : countries of the world in each party, positions.
    base : tariffs of the reference, shape (importer, exporter, sector), shares.
    duties : in the order of their issues.
    always : points that every outcome adds to the base, the reference excepted, same shape; None for none.
    options : options of the shocks, such as the closure.
    """

    economy: Economy
    parties: tuple[str, ...]
    members: tuple[tuple[int, ...], ...]
    base: Floats = field(repr=False)
    duties: tuple[DutyIssue, ...] = field(repr=False)
    always: Floats | None = field(default=None, repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = baseline_tariff(self.economy).shape
        if self.base.shape != shape:
            raise InputError("base law", f"shape {self.base.shape} does not fit {shape}", "use the world's own axes")

    @property
    def issues(self) -> tuple[str, ...]:
        """Names of the duties."""
        return tuple(duty.issue for duty in self.duties)

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts: EV, REV, BAL, VA by sector, and a rent for each quota."""
        added = (f"VA {sector}" for sector in self.economy.sectors)
        return (*FIRST_PARTS, *added, *(f"{RENT} {duty.issue}" for duty in self.duties if duty.inside is not None))

    @cached_property
    def axes(self) -> tuple[DutyAxis, ...]:
        """The duties as fits see them."""
        n = len(self.economy.countries)
        trade = self.economy.arrays["flows"].reshape(n, n, -1)
        return tuple(duty.axis(trade) for duty in self.duties)

    @cached_property
    def reference(self) -> Equilibrium:
        """The equilibrium from which payoffs are measured."""
        return solve(self.economy, Shock(tariff=self.base, options=self.options))

    @cached_property
    def level(self) -> Base:
        """Levels of the reference."""
        return self._levels(self.reference)

    def tariff(self, levels: Floats, extra: Floats | None = None) -> Floats:
        """Tariffs at levels of the duties, shape (duty,), none below zero; `extra` points on top."""
        tariff = np.array(self.base if self.always is None else self.base + self.always)
        n = len(self.economy.countries)
        cells = tariff.reshape(n, n, -1)
        for duty, level in zip(self.duties, levels, strict=True):
            if level:
                cells[list(duty.importers)] += duty.at(float(level))
        tariff = np.maximum(tariff, 0.0)
        return tariff if extra is None else tariff + extra

    def shock(self, levels: Floats, extra: Floats | None = None) -> Shock:
        """The same as a shock of the world."""
        return Shock(tariff=self.tariff(levels, extra), options=self.options)

    def solve(self, levels: Floats, tell: Told | None = None) -> ExactParts:
        """Exact parts at some levels of the duties, shape (point, duty).

        Parameters
        ----------
        tell : hears how many equilibria are solved, and of how many.

        Raises
        ------
        SolveError : no equilibrium at some of them.
        """
        parts = np.empty((len(levels), len(self.parties), len(self.parts)))
        world, worst = np.empty((len(levels), len(self.economy.countries))), 0.0
        for start in range(0, len(levels), BATCH):
            some = levels[start : start + BATCH]
            for k, equilibrium in enumerate(solve_many(self.economy, [self.shock(each) for each in some]), start):
                parts[k], world[k] = self.measured(equilibrium, levels[k])
                worst = max(worst, equilibrium.certificate.residual)
            if tell is not None:
                tell(min(start + BATCH, len(levels)), len(levels))
        return ExactParts(parts, world, worst)

    def parts_at(self, levels: Floats, extra: Floats | None = None) -> Floats:
        """Parts of an outcome by an exact solve, shape (party, part), USD bn a year."""
        return self.measured_at(levels, extra)[0]

    def measured_at(self, levels: Floats, extra: Floats | None = None) -> tuple[Floats, Floats]:
        """The same, and EV of every country, shape (country,), USD bn a year."""
        levels = np.asarray(levels, dtype=np.float64)
        return self.measured(solve(self.economy, self.shock(levels, extra), warm=self.reference), levels)

    def measured(self, equilibrium: Equilibrium, levels: Iterable[float] = ()) -> tuple[Floats, Floats]:
        """Parts of an equilibrium, shape (party, part), and EV of every country, shape (country,), USD bn a year.

        Parameters
        ----------
        levels : of the duties, for the rents of quotas; none are had where they are not given.
        """
        old, new = self.level, self._levels(equilibrium)
        deflated = np.exp(old.log_price - new.log_price)
        worth, revenue = new.income * deflated - old.income, new.revenue * deflated - old.revenue
        by_country = (worth, revenue, new.added * deflated[:, None] - old.added)
        mine, theirs, added = (self.summed(values) for values in by_country)
        first = np.stack([mine, theirs, new.balance - old.balance], axis=1)
        return np.concatenate([first, added, *self._rents(equilibrium, levels)], axis=1), worth

    def summed(self, values: Floats) -> Floats:
        """Sums over the countries of each party, shape (country, ...) to (party, ...)."""
        return np.stack([values[list(some)].sum(axis=0) for some in self.members])

    def _levels(self, equilibrium: Equilibrium) -> Base:
        economy, levels = self.economy, equilibrium.levels
        between = self._trade(equilibrium)[:, :, [economy.sector(name) for name in goods(economy)]].sum(axis=2)
        flow = np.array([[between[np.ix_(home, away)].sum() for away in self.members] for home in self.members])
        np.fill_diagonal(flow, 0.0)
        return Base(
            income=levels["expenditure"] / BILLION,
            revenue=levels["revenue"] / BILLION,
            log_price=np.log1p(equilibrium.changes["prices"]),
            added=accounts(economy).value_added_share * levels["output"] / BILLION,
            balance=flow.sum(axis=0) - flow.sum(axis=1),
        )

    def _trade(self, equilibrium: Equilibrium) -> Floats:
        """Imports net of duty, shape (importer, exporter, sector), USD bn."""
        n = len(self.economy.countries)
        return equilibrium.levels["trade"].reshape(n, n, -1) / BILLION

    def _rents(self, equilibrium: Equilibrium, levels: Iterable[float]) -> list[Floats]:
        """Rent of each quota as its exporters would have it, from its importers, shape (party, 1), USD bn a year."""
        rents = []
        for duty, level in zip(self.duties, levels, strict=False):
            if duty.inside is None:
                continue
            covered = duty.points[-1] / max(duty.top, 1e-12)
            cells = self._trade(equilibrium)[list(duty.importers)].sum(axis=0) * covered
            each = max(float(level) - duty.inside, 0.0) * cells.sum(axis=1)
            rent = self.summed(each)
            payers = [bool(set(some) & set(duty.importers)) for some in self.members]
            rent[payers] = -each.sum() / max(sum(payers), 1)
            rents.append(rent[:, None])
        return rents


@dataclass(frozen=True)
class Error:
    """What the check of a fit by exact solves found, USD bn a year.

    Attributes
    ----------
    by_part : largest error of each part over points and parties.
    points : outcomes solved exactly; zero where none was.
    """

    by_part: dict[str, float]
    points: int

    @property
    def largest(self) -> float:
        """The largest error of any part."""
        return max(self.by_part.values(), default=float("nan"))


@dataclass(frozen=True, eq=False)
class Surface:
    """Parts of payoffs at any levels of the duties, read off a fit.

    Attributes
    ----------
    issues, parties, parts : names along the axes.
    fit : of parts by party.
    residual : the largest of all solves; `solves` : nodes; `error` : what the exact check found.
    values : exact quantities at the nodes, shape (node, quantity); empty where several fits are mixed.
    """

    issues: tuple[str, ...]
    parties: tuple[str, ...]
    parts: tuple[str, ...]
    fit: PayoffFit = field(repr=False)
    residual: float
    solves: int
    error: Error = field(default_factory=lambda: Error({}, 0))
    values: Floats = field(default_factory=lambda: np.zeros((0, 0)), repr=False)

    @property
    def tops(self) -> tuple[float, ...]:
        """Highest level of each duty."""
        return tuple(self.fit.terms.tops.tolist())

    @property
    def degrees(self) -> Ints:
        """Degrees of the terms, shape (term, axis)."""
        return self.fit.terms.degrees

    def parts_at(self, levels: Floats) -> Floats:
        """Parts at levels of the duties, shape (point, duty); returns (point, party, part), USD bn a year."""
        parts = self.fit.at(levels)
        return parts.reshape(len(parts), len(self.parties), len(self.parts))

    def weighted(self, weights: Floats) -> PayoffFit:
        """Weighted sum of the parts, weights of shape (party, part), as one quantity a party."""
        own = self.fit.weights.reshape(-1, len(self.parties), len(self.parts))
        return replace(self.fit, weights=np.einsum("npk,pk->np", own, weights))

    def blended(self, other: Surface, share: float) -> Surface:
        """This surface with `share` of another of the same duties: parts are mixed, not outcomes."""
        if self.issues != other.issues or self.tops != other.tops:
            raise InputError("surfaces", "they are of different duties", "solve both for the same")
        residual = max(self.residual, other.residual)
        return replace(self, fit=self.fit.blended(other.fit, share), residual=residual, values=np.zeros((0, 0)))


def surface_of(
    world: TalksWorld,
    limit: float = LIMIT,
    also: Sequence[Floats] = (),
    start: Ints | None = None,
    aim: float | None = None,
    most: int = MOST,
    tell: Told | None = None,
) -> Surface:
    """The parts of a world at any levels, checked by exact solves of outcomes drawn at random, of corners and others.

    Parameters
    ----------
    limit : largest error of a part, USD bn a year; `also` : further outcomes that are checked, each of shape (duty,).
    start : degrees that the fit begins with, as of another surface of the same duties.
    aim : error down to which it is still refined where that is cheap; `most` : nodes.
    tell : hears how many equilibria are solved, and of how many as far as is known.

    Raises
    ------
    SolveError : no equilibrium at some node, or a fit that stays above the limit.
    """
    count, residuals = 0, [0.0]

    def progress(done: int, total: int) -> None:
        if tell is not None:
            tell(count + done, count + total)

    def exact(levels: Floats) -> Floats:
        nonlocal count
        solved = world.solve(levels, progress)
        count += len(levels)
        residuals.append(solved.residual)
        return solved.parts.reshape(len(levels), -1)

    tops = np.array([axis.top for axis in world.axes])
    inside = [levels for levels in also if (levels <= tops + 1e-9).all()]
    checks = np.concatenate([checks_of(world.axes), np.reshape(inside, (-1, tops.size))])
    fit, error, values = fitted(world.axes, exact, limit, checks=checks, start=start, aim=aim, most=most)
    by_part = error.reshape(len(world.parties), -1).max(axis=0)
    certificate = Error(dict(zip(world.parts, by_part.tolist(), strict=True)), len(checks))
    return read_off(world, fit, values, max(residuals), certificate)


def surface_on(world: TalksWorld, degrees: Ints, tell: Told | None = None) -> Surface:
    """The parts of a world read off the nodes of degrees that serve one much like it, unchecked."""
    terms = Terms(world.axes, degrees)
    solved = world.solve(terms.nodes, tell)
    values = solved.parts.reshape(len(degrees), -1)
    return read_off(world, PayoffFit.through(terms, values), values, solved.residual, Error({}, 0))


def read_off(world: TalksWorld, fit: PayoffFit, values: Floats, residual: float, error: Error) -> Surface:
    """A surface of a world."""
    return Surface(world.issues, world.parties, world.parts, fit, residual, len(values), error, values)


def group_of(economy: Economy, sectors: Sequence[str]) -> Floats:
    """One for the sectors of a group, zero for others, shape (sector,)."""
    group = np.zeros(len(economy.sectors))
    for name in sectors:
        if name not in economy.sectors:
            raise UnknownName("sector", name, economy.sectors, f"world {economy.name}")
        group[economy.sector(name)] = 1.0
    return group


# --- the economy of the textbook (Johnson 1953) -----------------------------------------------------------------------


#: Worlds of the textbook by name, with their countries.
TEXTBOOK = {"two-country": ("HOM", "FOR"), "three-country": ("HOM", "FOR", "OTH")}

TRILLION = 1000.0


def identical_countries(
    names: tuple[str, ...], sigma: float = 4.0, own: float = 0.8, size: float = TRILLION
) -> Economy:
    """A balanced endowment economy of several countries that differ in name alone, without duties.

    Where all lay the same duty t on all, prices stay at one by symmetry, and with b = (1 - own) (1 + t)^(1 - sigma) the
    share of imports in spending is s = b / (own + b), income size / (1 - s t / (1 + t)), and the price index
    (own + b)^(1 / (1 - sigma)): real income in closed form.

    Parameters
    ----------
    own : share of spending on the own good where prices are one; the rest falls on the others alike.
    size : income of each, USD bn a year.

    Raises
    ------
    InputError : fewer than two names, sigma not above one, a share outside (0, 1), a size that is not positive.
    """
    if len(names) < 2 or not sigma > 1.0 or not 0.0 < own < 1.0 or size <= 0.0:
        raise InputError("economy of the textbook", "names, sigma, share or size do not fit", "mend them")
    n = len(names)
    shares = np.full((n, n), (1.0 - own) / (n - 1))
    np.fill_diagonal(shares, own)
    arrays = {
        "flows": shares * size * BILLION,
        "tariff": np.zeros((n, n)),
        "input_share": np.zeros((n, 1, 1)),
        "final_share": np.ones((n, 1)),
    }
    notes = (declared_note("bargain.alike", count=n, sigma=sigma),)
    parameters = {**PARAMETERS, "trade_elasticity": sigma - 1.0}
    name = next((name for name, some in TEXTBOOK.items() if len(some) == n), "countries alike")
    return Economy(name, "caliendo_parro", names, ("all",), arrays, parameters, notes)
