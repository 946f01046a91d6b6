"""What the model says of a case under the one configuration whose forecasts are scored, fixed before they were.

Weights are the latest choice on record, else real income; flows count over a year; positions known bind; talks fail
into the threat with a deadline, else into the law of the day; sides split by Nash with equal power; controls cost what
the supply chain says. The general rate is the sum of the duties of the United States that fall on all goods: rates of
a sector are left out. Every case is the one as known on its day: nothing here reads what came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from detente.data.caserows import CaseFile, IssueRow
from detente.data.dealrecord import threats
from detente.evidence.chances import RecordedThreat, scored
from detente.lab.averages.axes import rows_of
from detente.lab.talks.outlook import AMERICA, forecast, stands
from detente.lab.talks.paged import reader_talk
from detente.lab.talks.talk import Talk
from detente.talks import Negotiation, Threat
from detente.talks.frontier import Survey, survey
from detente.talks.leverage import WEEKS
from detente.talks.payoff import Horizon
from detente.talks.solutions import nash_deals
from detente.talks.space import Floats, expected
from detente.talks.world import BILLION

#: Over which flows count.
YEAR = Horizon("one year", 1.0)

#: Share of postponed threats that talks that fail are taken to end in.
HALF = 0.5

#: Cost of a week below which it is set to this, USD bn.
FLOOR = 0.01

#: Ends of the logarithm of the two costs, and of what a threat is worth over trade.
STEEP, NEAR = 3.0, 0.05

#: Types of duties that make up the general rate.
GENERAL = ("", "points", "floor")


@dataclass(frozen=True)
class Primary:
    """A case between the United States and one other under the configuration that is scored."""

    talk: Talk

    @classmethod
    def of(cls, case: str, **inputs: float) -> Primary:
        """A case of the package, with other values of what it assumes."""
        talk = reader_talk(case, check=False, inputs=inputs)
        year = replace(YEAR, rate=talk.case.number("discount_rate", YEAR.rate))
        return cls(replace(talk, horizons=(year,), weights=talk.weights[-1:], _kept={}))

    @property
    def file(self) -> CaseFile:
        """The file of the case."""
        return self.talk.case.file

    @cached_property
    def whole(self) -> Negotiation:
        """With every threat of the case."""
        return self.talk.whole(self.talk.headline)

    @cached_property
    def threat(self) -> RecordedThreat | None:
        """The threat of the United States with the next deadline on the day."""
        ahead = [each for each in threats() if each.giver == AMERICA and stands(each, self.file)]
        return min(ahead, key=lambda each: (each.deadline, each.announced, each.id), default=None)

    @cached_property
    def carried_out(self) -> Threat | None:
        """What the case holds of the threat."""
        return self.whole.of_kind("escalation") if self.threat is not None else None

    @property
    def day(self) -> Threat:
        """The law of the day, which goes on."""
        return next(each for each in self.whole.threats if each.kind == "status-quo")

    @cached_property
    def p(self) -> float:
        """Chance that failed talks end in the threat, by the record of the day: carried out and half of postponed."""
        if self.threat is None or self.carried_out is None:
            return 0.0
        known = [each for each in scored(threats()) if each.deadline is not None and each.deadline < self.file.on]
        imposed, postponed, *_ = forecast(self.threat, known)
        return imposed + HALF * postponed

    @property
    def failure(self) -> Threat:
        """What failed talks are worth."""
        return self.day if self.carried_out is None else expected(self.carried_out, self.day, self.p)

    @cached_property
    def grid(self) -> Survey:
        """Outcomes that the positions known allow."""
        return survey(self.whole, self.talk.sets[-1])

    @cached_property
    def package(self) -> Floats | None:
        """The Nash package that keeps the positions known; None where nothing that does gains for both."""
        near = self.whole.space.near(self.failure)
        deals = nash_deals(replace(self.whole, power={}), near, self.failure.value, self.talk.sets[-1])
        return deals[0].outcome if deals else None

    @cached_property
    def general(self) -> list[int]:
        """Places of the issues that make up the general rate."""
        return [k for k, row in enumerate(self.file.issues) if row.party == AMERICA and _duty(row)]

    def rate(self, levels: Floats) -> float:
        """The general rate at levels of all issues, share."""
        return float(levels[self.general].sum())

    @property
    def before(self) -> float:
        """The general rate of the day."""
        return self.rate(np.asarray(self.day.outcome))

    @property
    def agreed(self) -> float:
        """That of the package; NaN without one."""
        return float("nan") if self.package is None else self.rate(self.package)

    @cached_property
    def trade(self) -> float:
        """Trade between the two before any duty on the table, USD bn a year."""
        economy = self.talk.case.economy()
        flows = np.asarray(economy.arrays["flows"]).reshape(len(economy.countries), len(economy.countries), -1)
        near, far = (rows_of(economy, party) for party in self.talk.parties)
        return float(flows[np.ix_(near, far)].sum() + flows[np.ix_(far, near)].sum()) / BILLION

    def numbers(self) -> tuple[float, float, float]:
        """Room, asymmetry and credibility of the threat; NaN without one."""
        if self.carried_out is None or self.threat is None:
            return float("nan"), float("nan"), float("nan")
        me = self.talk.parties.index(AMERICA)
        gains = self.grid.V - self.failure.value
        sums = gains.sum(axis=1)[(gains >= 0.0).all(axis=1)]
        cost = np.maximum((self.day.value - self.carried_out.value) / WEEKS, FLOOR)
        worth = (self.carried_out.value[me] - self.day.value[me]) / self.trade
        return (
            float(np.log1p(1000.0 * max(float(sums.max(initial=0.0)), 0.0) / self.trade)),
            float(np.clip(np.log(cost[1 - me] / cost[me]), -STEEP, STEEP)),
            100.0 * float(np.clip(worth, -NEAR, NEAR)),
        )

    def terms(self) -> dict[str, bool | None]:
        """Whether the package has what partners give: cuts of their duties, purchases, investment."""
        theirs = [(k, row) for k, row in enumerate(self.file.issues) if row.party != AMERICA]
        made: dict[str, bool | None] = {}
        for name, kinds in CONCEDED.items():
            places = [k for k, row in theirs if row.type in kinds or (name == "cuts" and _duty(row))]
            made[name] = None if not places else self.package is not None and any(map(self._given, places))
        return made

    def _given(self, place: int) -> bool:
        """Whether the package has a concession of a partner that the law of the day has not."""
        assert self.package is not None
        row = self.file.issues[place]
        before, after = float(np.asarray(self.day.outcome)[place]), float(self.package[place])
        return after < before - GIVEN if _duty(row) else after > before + GIVEN


#: What partners give, by column of the record, and the types of issues that it is.
CONCEDED: Mapping[str, Sequence[str]] = {"cuts": ("cut",), "purchases": ("purchase",), "investment": ("investment",)}

#: Levels that differ by less are the same.
GIVEN = 0.05


def _duty(row: IssueRow) -> bool:
    """Whether an issue is a duty on goods in general."""
    return row.kind == "duty" and row.type in GENERAL
