"""Two countries, two goods, two tariffs: an economy with analytic answers, as payoffs of a negotiation.

Each country is endowed with one good and consumes both with constant elasticity sigma (Johnson 1953, "Optimum Tariffs
and Retaliation"). With the price of the home good 1, of the foreign good p, and tariffs t, t* on imports::

    share of own good   l = b / [b + (1 - b) (p (1 + t))^(1 - sigma)],  abroad with (1 + t*) / p
    income              Y = E / [1 - (1 - l) t / (1 + t)],  abroad p E* / [1 - (1 - l*) t* / (1 + t*)]
    balanced trade      (1 - l) Y / (1 + t) = (1 - l*) Y* / (1 + t*)

Welfare is income over the CES price index. A negative rate is a subsidy, so that efficient pairs of Mayer (1981),
"Theoretical Considerations on Negotiated Tariff Adjustments", can be reached: (1 + t) (1 + t*) = 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from detente.codes import InputError, SolveError, Table
from detente.economy import Economy
from detente.lab.averages.sides import Pairing
from detente.lab.deal.signing import talks_tables
from detente.lab.scenario import Scenario
from detente.lab.talks.near import case_for, law_of_talks
from detente.talks.space import FREE, Floats, Issue, Negotiation, OutcomeSpace, Threat, linear
from detente.talks.stability import tariff_war
from detente.talks.world import DutyIssue, TalksWorld

STEPS = 60
"""Most Newton steps on the price."""

BOUND = 1e-13
"""Balance of trade at which the price is found, share of imports."""


@dataclass(frozen=True)
class TwoCountries:
    """The two-country endowment economy as payoffs over (home tariff, foreign tariff).

    Attributes
    ----------
    sigma : elasticity of substitution between the two goods, above 1.
    own : weight of the own good in spending at equal prices, by country, share.
    size : endowment of each country, in units of its good.
    billions : value of one unit at the prices of free trade, USD billion a year.
    parties : codes.
    """

    sigma: float = 4.0
    own: tuple[float, float] = (0.8, 0.8)
    size: tuple[float, float] = (1.0, 1.0)
    billions: float = 1000.0
    parties: tuple[str, str] = ("home", "foreign")

    def __post_init__(self) -> None:
        if self.sigma <= 1.0:
            raise InputError("sigma", f"{self.sigma} is not above 1", "best tariffs are finite only above 1")
        if not all(0.0 < share < 1.0 for share in self.own) or min(self.size) <= 0.0:
            raise InputError("two countries", "own shares must lie in (0, 1), sizes above 0", "change them")

    def _parts(self, log_price: Floats, X: Floats) -> tuple[Floats, Floats, Floats]:
        """Shares of imports in spending, incomes and import prices, each of shape (outcomes, 2)."""
        price = np.exp(log_price)
        ratio = np.stack([price, 1.0 / price], axis=1) * (1.0 + X)
        own = np.array(self.own)
        foreign = (1.0 - own) * ratio ** (1.0 - self.sigma)
        share = foreign / (own + foreign)
        worth = np.stack([np.full_like(price, self.size[0]), price * self.size[1]], axis=1)
        return share, worth / (1.0 - share * X / (1.0 + X)), ratio

    def _gap(self, log_price: Floats, X: Floats) -> tuple[Floats, Floats]:
        """Log of home over foreign imports, and its derivative in the log price, shape (outcomes,)."""
        share, income, _ = self._parts(log_price, X)
        imports = share * income / (1.0 + X)
        gap = np.log(imports[:, 0] / imports[:, 1])
        wedge = X / (1.0 + X)
        # An import share falls by (sigma - 1) times the own share for each log point of its price; income follows.
        bend = (1.0 - share) * (self.sigma - 1.0) * (1.0 + share * wedge / (1.0 - share * wedge))
        return gap, -bend.sum(axis=1) - 1.0

    def log_price(self, X: Floats) -> Floats:
        """Log price of the foreign good in units of the home good, shape (outcomes,)."""
        X = np.asarray(X, dtype=np.float64)
        log, gap = np.zeros(len(X)), np.ones(1)
        for _ in range(STEPS):
            gap, slope = self._gap(log, X)
            log = log - np.clip(gap / slope, -1.0, 1.0)
            if np.abs(gap).max(initial=0.0) <= BOUND:
                return log
        if np.abs(gap).max() > 1e3 * BOUND:
            raise SolveError(
                f"two countries: imports differ by {np.abs(gap).max():.1e} of themselves; lower the rates."
            )
        return log

    def welfare(self, X: Floats) -> Floats:
        """Real income of each country, in units of its good, shape (outcomes, 2)."""
        X = np.asarray(X, dtype=np.float64)
        log = self.log_price(X)
        _, income, ratio = self._parts(log, X)
        own = np.array(self.own)
        prices = (own + (1.0 - own) * ratio ** (1.0 - self.sigma)) ** (1.0 / (1.0 - self.sigma))
        return income / np.stack([np.ones(len(X)), np.exp(log)], axis=1) / prices

    @cached_property
    def free_trade(self) -> Floats:
        """Real income under free trade, shape (2,)."""
        return self.welfare(np.zeros((1, 2)))[0]

    @cached_property
    def autarky(self) -> Floats:
        """Real income without trade, shape (2,)."""
        return np.array(self.size) * np.array(self.own) ** (1.0 / (self.sigma - 1.0))

    def value(self, X: Floats) -> Floats:
        """Change of real income from free trade, USD billion a year, shape (outcomes, 2)."""
        return self.billions * np.array(self.size) * (self.welfare(X) / self.free_trade - 1.0)

    def slope(self, X: Floats) -> Floats:
        """Derivatives in each tariff, USD billion a year, shape (outcomes, 2, 2).

        Each tariff moves welfare on its own and through the price that balances trade.
        """
        X = np.asarray(X, dtype=np.float64)
        log = self.log_price(X)
        share, _, _ = self._parts(log, X)
        wedge = X / (1.0 + X)
        base = 1.0 - share * wedge
        # Response of an import share to its relative price, then of income to the price and to the tariff.
        fall = -(self.sigma - 1.0) * (1.0 - share)
        by_price = share * wedge * fall / base
        by_rate = by_price + share / (1.0 + X) / base
        gap_rate = fall + by_rate - 1.0
        total = (fall + by_price).sum(axis=1) - 1.0
        price_rate = -np.array([1.0, -1.0]) * gap_rate / total[:, None]
        sign = np.array([1.0, -1.0])
        through = sign * (by_price - share)
        direct = by_rate - share
        slope = through[:, :, None] * price_rate[:, None, :]
        slope[:, [0, 1], [0, 1]] += direct
        level = self.billions * np.array(self.size) * self.welfare(X) / self.free_trade
        return level[:, :, None] * slope / (1.0 + X)[:, None, :]

    def supply_elasticity(self, X: Floats) -> Floats:
        """Elasticity of each partner's export supply in its world price, shape (outcomes, 2).

        Column i is what country i faces: one over it is its best tariff.
        """
        X = np.asarray(X, dtype=np.float64)
        share, _, _ = self._parts(self.log_price(X), X)
        wedge = X / (1.0 + X)
        # Under balanced trade supply pays for demand: its elasticity is that of the partner's import demand less 1.
        supply = (1.0 - share) * (self.sigma - 1.0) * (1.0 + share * wedge / (1.0 - share * wedge))
        return supply[:, ::-1]


def two_countries(
    economy: TwoCountries | None = None,
    *,
    highest: float = 1.0,
    levels: int = 41,
    lowest: float = 0.0,
    last: float = 0.6,
) -> Negotiation:
    """The teaching case: two tariffs, the war and the tariffs of the day as threats; `last` is that of both, a share
    and the threat D0, and a tenth of it the past law DP.
    """
    economy = economy or TwoCountries()
    home, foreign = economy.parties
    grid = np.linspace(lowest, highest, levels)
    issues = (Issue("home_tariff", home, grid), Issue("foreign_tariff", foreign, grid))
    names = ("home_tariff", "foreign_tariff")
    mirror = linear("mirror", names, {names[0]: 1.0, names[1]: -1.0}, kind="equal", statement="equal tariffs")
    day, past = np.full(2, last), np.full(2, 0.1 * last)
    named = {"today": day, "past": past, "free trade": np.zeros(2), "half": 0.5 * day}
    space = OutcomeSpace(economy.parties, issues, {FREE: (), "mirror": (mirror,)}, named)
    war = tariff_war(space, economy)
    value = economy.value(np.stack([day, past]))
    threats = (
        Threat("D0", "status quo", "the tariffs of the day for ever", value[0], day, kind="status-quo"),
        Threat("DP", "past law", "the tariffs before the quarrel", value[1], past, kind="past-law"),
        Threat("DN", "tariff war", "mutual best responses", war.payoffs, war.outcome, kind="war"),
    )
    return Negotiation(space, economy, threats, name="two-country")


def duty_on(economy: Economy, issue: str, importer: str, exporter: str, covered: Floats, top: float) -> DutyIssue:
    """A duty of one country on another, on shares of the trade of each sector, shape (sector,)."""
    points = np.zeros((2, len(economy.countries), len(economy.sectors)))
    points[1, economy.country(exporter)] = top * covered
    places = (economy.country(importer),), (economy.country(exporter),)
    return DutyIssue(issue, *places, np.array([0.0, top]), points)


def world_between(
    economy: Economy, parties: Sequence[str], base: Floats, duties: Sequence[DutyIssue] = ()
) -> TalksWorld:
    """The world of talks between single countries."""
    members = tuple((economy.country(code),) for code in parties)
    return TalksWorld(economy, tuple(parties), members, base, tuple(duties))


def run_tables(
    scenario: Scenario, usa: Sequence[Pairing], chn: Sequence[Pairing], chain: Table | None = None
) -> tuple[list[Table], list[str]]:
    """Tables and remarks of the talks behind a run, from the laws of both sides."""
    return talks_tables(scenario, law_of_talks(case_for(scenario.on), usa, chn), chain)
