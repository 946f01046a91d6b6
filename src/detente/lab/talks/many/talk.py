"""A case between several parties with what is asked of it; searches run on surfaces, what is printed is solved exactly.

Every result is computed when a table first asks for it, and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, SolveError
from detente.codes.portrait import Readable
from detente.lab.talks.advice import ODDS
from detente.lab.talks.case import Case
from detente.lab.talks.counsel import SAME, STAKES
from detente.lab.talks.odds import even_odds
from detente.lab.talks.talk import Setting, Talk
from detente.talks.acceptable import break_even
from detente.talks.answers import CONJECTURES, outside_pairs
from detente.talks.coalitions import (
    BlockingCoalition,
    CoalitionDeal,
    LeastCore,
    blocks,
    coalition_deal,
    coalition_values,
    coalitions,
    least_core,
)
from detente.talks.delay import WEEKS
from detente.talks.directions import (
    HarmDone,
    ManyFrontier,
    PairCurve,
    harms,
    many_frontier,
    on_table,
    pair_curve,
)
from detente.talks.horizon import Horizon
from detente.talks.improvements import LeftOver
from detente.talks.joint import CommonGround, JointDeal, common_ground, largest_sum, nash_deals, power_of_threats
from detente.talks.lexicographic import FairShare, fair_share
from detente.talks.limits import signable, within
from detente.talks.pairwise import PairwiseDeal, SignedInTurn, in_turn, nash_in_nash, pairs_of
from detente.talks.payoff import SurfacePayoffs
from detente.talks.scatter import moved_by, scattered
from detente.talks.space import FREE, LAWFUL, Negotiation, Threat
from detente.talks.stability import Truce, moves_from, truce

Floats = NDArray[np.float64]
T = TypeVar("T")

LEAKS = (0.0, 0.5)
"""Shares of a transferred dollar that are lost, for which the core with transfers is shown."""

ORDER = (
    "real income", "revenue", "value added", "balance", "materials", "controls", "purchases", "investments",
    "quota rents", "fentanyl", "rules",
)  # fmt: skip
"""Parts of payoffs in the order of their columns; a part that is not here comes before the last, audience."""

NASH, SHARES, LEXIMIN, SUM = "nash", "fair shares", "leximin", "largest sum"
CONCEPTS = (NASH, SHARES, LEXIMIN, SUM)
"""Packages: largest product of gains; Kalai and Smorodinsky, lexicographic; leximin in dollars; utilitarian."""


@dataclass(frozen=True, repr=False)
class SolvedDeal(Readable):
    """An outcome solved exactly.

    Attributes
    ----------
    outcome : shape (issues,); `parts` : of each party, shape (party, part), USD bn a year from the reference.
    world : change of real income of every country, shape (country,), USD bn a year.
    """

    outcome: Floats = field(repr=False)
    parts: Floats = field(repr=False)
    world: Floats = field(repr=False)


@dataclass(frozen=True, eq=False, repr=False)
class Round(Readable):
    """Talks of several parties.

    Attributes
    ----------
    talk : the case, and under which weights, horizons, threats and constraints it is asked.
    """

    talk: Talk
    _kept: dict[tuple[object, ...], object] = field(default_factory=dict, repr=False)

    @property
    def case(self) -> Case:
        """The case."""
        return self.talk.case

    @property
    def parties(self) -> tuple[str, ...]:
        """Codes of the parties."""
        return self.case.parties

    @property
    def constraints(self) -> str:
        """The set under which packages are sought where one is shown: the last one asked for."""
        return self.talk.signable

    @cached_property
    def outsiders(self) -> tuple[int, ...]:
        """Countries of the world in no party, positions."""
        space = self.case.space()
        inside = {place for some in space.members for place in some}
        return tuple(k for k in range(len(space.economy.countries)) if k not in inside)

    @cached_property
    def hubs(self) -> tuple[str, ...]:
        """Parties with something on the table with two others or more, each alone."""
        pairs = pairs_of(self.negotiation(self.talk.headline))
        return tuple(code for code in self.parties if sum(code in pair for pair in pairs) > 1)

    def negotiation(self, setting: Setting) -> Negotiation:
        """The negotiation with the threats asked for."""
        return self.talk.negotiation(setting)

    def payoffs(self, setting: Setting) -> SurfacePayoffs:
        """Payoffs under a setting."""
        return self._once(("payoffs", setting), lambda: self.case.payoffs(setting.weights, setting.horizon))

    # --- what is solved exactly -------------------------------------------------------------------------------------

    def solved(self, outcomes: Sequence[Floats], horizon: Horizon) -> list[SolvedDeal]:
        """Outcomes by exact solves, each once."""
        runs = [(False, 1.0 - horizon.short), (True, horizon.short)]
        several = [(self._runs(outcomes, short=short), share) for short, share in runs if share]
        rows = []
        for k, outcome in enumerate(outcomes):
            parts = sum((share * some[k][0] for some, share in several), np.zeros(1))
            rows.append(SolvedDeal(outcome, parts, sum((share * some[k][1] for some, share in several), np.zeros(1))))
        return rows

    def _runs(self, outcomes: Sequence[Floats], *, short: bool) -> list[tuple[Floats, Floats]]:
        """Parts and real income of every country at each outcome."""
        columns = [self.case.issues.index(name) for name in self.case.space(short=short).issues]
        states = [self.case.switched(outcome) for outcome in outcomes]
        levels = [outcome[columns] for outcome in outcomes]
        keys = [("solved", short, on, *np.round(x, 12).tolist()) for on, x in zip(states, levels, strict=True)]
        for on in dict.fromkeys(states):
            rows = zip(keys, levels, states, strict=True)
            self._solve({key: x for key, x, state in rows if state == on and key not in self._kept}, short, on)
        return [cast(tuple[Floats, Floats], self._kept[key]) for key in keys]

    def _solve(self, new: Mapping[tuple[object, ...], Floats], short: bool, on: bool) -> None:
        """Solve levels of the duties by what they are kept under; `on` : whether what hangs on a switch is."""
        space = self.case.space(short=short, switched=on)
        if new:
            solved = space.solve(np.stack(list(new.values())))
            self._kept.update(zip(new, zip(solved.parts, solved.world, strict=True), strict=True))

    def worth(self, outcomes: Sequence[Floats], setting: Setting) -> Floats:
        """Exact payoffs, shape (outcome, party), USD bn a year from the reference."""
        payoffs = self.payoffs(setting)
        rows = [payoffs.of_parts(deal.parts, deal.outcome) for deal in self.solved(outcomes, setting.horizon)]
        return np.array(rows).reshape(len(outcomes), len(self.parties))

    def by_part(self, outcomes: Sequence[Floats], setting: Setting) -> dict[str, Floats]:
        """Exact payoffs by named part, each of shape (outcome, party); parts that no issue or weight moves are out."""
        solved = np.stack([deal.parts for deal in self.solved(outcomes, setting.horizon)])
        split = self.payoffs(setting).breakdown(np.stack(outcomes), solved)
        known = {name: values for name, values in split.items() if name == ORDER[0] or np.abs(values).max() > 0.0}
        names = [name for name in ORDER if name in known]
        return {name: known[name] for name in (*names, *(name for name in known if name not in ORDER))}

    def gains(self, outcomes: Sequence[Floats], setting: Setting, threat: Threat) -> Floats:
        """Exact gains over a threat, shape (outcome, party), USD bn a year."""
        return self.worth(outcomes, setting) - self.fallen(setting, threat)

    def odds(self, setting: Setting) -> Threat | None:
        """An even chance of today's law and the law before, by exact payoffs; None where there are not both."""
        whole = self.talk.whole(setting)
        mix, chance = even_odds(whole, whole.threats[0])
        pair = (whole.of_kind("status-quo"), whole.of_kind("past-law"))
        values = [self.fallen(setting, threat) for threat in pair if threat is not None]
        return None if chance is None else replace(mix, value=np.mean(values, axis=0))

    @cached_property
    def advised(self) -> tuple[Threat, Floats | None, Floats | None]:
        """Over which gains of the page are, the package of its advice, and that for who believes in today's law.

        The advice is what all sign at even odds; None where nothing is, or where it changes nothing.
        """
        setting = self.talk.headline
        threat, odds = self.negotiation(setting).threats[0], self.odds(setting)
        believed = self._moving(setting, threat)
        if odds is None or (believed is not None and (self.worth([believed], setting)[0] >= odds.value).all()):
            return threat, believed, None
        package = self._moving(setting, odds)
        signed = package is not None and (self.worth([package], setting)[0] >= odds.value).all()
        return odds, package if signed else None, believed

    @cached_property
    def stakes(self) -> float:
        """The most that any party gains or loses between two outcomes that all may sign, USD bn a year."""
        negotiation, space = self.negotiation(self.talk.headline), self.case.outcome_space
        free, base, _ = within(space, np.ones(len(space.issues), dtype=np.bool_), self.case.today, self.constraints)
        V = negotiation.payoffs.value(scattered(space, free, base, self.constraints))
        return float(np.ptp(V, axis=0).max())

    def _moving(self, setting: Setting, threat: Threat) -> Floats | None:
        if self.stakes < STAKES:
            return None
        deals = self.nash(setting, threat, self.constraints)
        moves = bool(deals) and np.abs(deals[0].outcome - self.case.today).max() > SAME
        return deals[0].outcome if moves else None

    def fallen(self, setting: Setting, threat: Threat) -> Floats:
        """Exact payoffs of a threat, shape (party,); those of a mix of laws, or with third countries, as they are."""
        if threat.name == ODDS:
            return self.odds(setting).value  # type: ignore[union-attr]
        row = next(row for row in self.case.file.threats if row.name == threat.name)
        if threat.outcome is None or row.third_countries:
            return threat.value
        return self.worth([threat.outcome], setting)[0]

    def signs(self, setting: Setting, values: Floats) -> Floats:
        """Chance of the status quo above which each signs, of exact payoffs, shape (..., party); NaN where none is."""
        whole = self.talk.whole(setting)
        exact = tuple(replace(threat, value=self.fallen(setting, threat)) for threat in whole.threats)
        return break_even(replace(whole, threats=exact), values)

    # --- what all can agree on --------------------------------------------------------------------------------------

    def base(self, threat: Threat) -> Floats:
        """An outcome on the table near which a threat stands, shape (issues,)."""
        space = self.case.outcome_space
        return np.clip(space.default if threat.outcome is None else threat.outcome, space.lower, space.upper)

    def ground(self, setting: Setting, threat: Threat, constraints: str) -> CommonGround:
        """What is acceptable to all over a threat."""
        negotiation, base = self.negotiation(setting), self.base(threat)
        key = ("ground", setting, threat.name, constraints)
        return self._once(key, lambda: common_ground(negotiation, base, threat.value, constraints))

    def nash(self, setting: Setting, threat: Threat, constraints: str) -> list[JointDeal]:
        """Packages of Nash, the best first."""
        ground = self.ground(setting, threat, constraints)
        key = ("nash", setting, threat.name, constraints)
        made = self.negotiation(setting), self.base(threat), threat.value, constraints, ground
        return self._once(key, lambda: nash_deals(*made))

    def packages(self, setting: Setting, threat: Threat, constraints: str) -> dict[str, Floats]:
        """Outcome of each concept, shape (issues,); none where no deal gains for all."""
        key = ("packages", setting, threat.name, constraints)
        return self._once(key, lambda: self._packages(setting, threat, constraints))

    def _packages(self, setting: Setting, threat: Threat, constraints: str) -> dict[str, Floats]:
        deals = self.nash(setting, threat, constraints)
        if not deals:
            return {}
        negotiation, base = self.negotiation(setting), self.base(threat)
        made: dict[str, JointDeal | FairShare | None] = {
            NASH: deals[0],
            SHARES: fair_share(negotiation, base, threat.value, constraints=constraints),
            LEXIMIN: fair_share(negotiation, base, threat.value, dollars=True, constraints=constraints),
            SUM: largest_sum(negotiation, base, threat.value, constraints, [deals[0].outcome]),
        }
        return {name: deal.outcome for name, deal in made.items() if deal is not None}

    def deal(self, setting: Setting, threat: Threat) -> Floats:
        """The package from which blocking, leverage and stability are measured: that of Nash, else the reference."""
        deals = self.nash(setting, threat, self.constraints)
        return deals[0].outcome if deals else self.case.outcome(self.talk.reference)

    def frontier(self, setting: Setting, threat: Threat) -> ManyFrontier | None:
        """The frontier above a threat."""
        ground, free = self.ground(setting, threat, self.constraints), self.constraints
        key = ("frontier", setting, threat.name)
        return self._once(key, lambda: many_frontier(self.negotiation(setting), ground, threat.value, free))

    def curves(self, setting: Setting, threat: Threat) -> list[PairCurve]:
        """What each pair can have with the others held at the package of Nash."""
        deals = self.nash(setting, threat, self.constraints)
        if not deals:
            return []
        negotiation, origin = self.negotiation(setting), threat.value
        return self._once(
            ("curves", setting, threat.name),
            lambda: [
                pair_curve(negotiation, pair, deals[0].outcome, origin, self.constraints)
                for pair in combinations(self.parties, 2)
            ],
        )

    def left(self, setting: Setting, outcome: Floats) -> LeftOver:
        """What an outcome leaves on the table."""
        key = ("left", setting, outcome.tobytes())
        return self._once(key, lambda: on_table(self.negotiation(setting), outcome, self.constraints))

    # --- what some can do -------------------------------------------------------------------------------------------

    def on_table(self, threat: Threat) -> bool:
        """Whether a threat is one law within the table, so that some can leave it and the others stay."""
        space = self.case.outcome_space
        inside = threat.outcome is not None and bool((threat.outcome <= space.upper + 1e-9).all())
        return inside and bool((cast(Floats, threat.outcome) >= space.lower - 1e-9).all())

    def coalition(
        self, setting: Setting, threat: Threat, conjecture: str = CONJECTURES[0], leak: float = 0.0
    ) -> dict[tuple[str, ...], CoalitionDeal]:
        """What every coalition reaches by itself; empty for a mix of laws; without those whose answers go round."""
        key = ("coalition", setting, threat.name, conjecture, leak)
        return self._once(key, lambda: self._coalition(setting, threat, conjecture, leak))

    def _coalition(
        self, setting: Setting, threat: Threat, conjecture: str, leak: float
    ) -> dict[tuple[str, ...], CoalitionDeal]:
        if not self.on_table(threat):
            return {}
        negotiation, base = self.negotiation(setting), self.base(threat)
        if conjecture == CONJECTURES[0]:
            return coalition_values(negotiation, base, conjecture, signable(negotiation.space), leak)
        values, space = {}, negotiation.space
        known = self.coalition(setting, threat, leak=leak) if conjecture == CONJECTURES[2] else {}
        for some in coalitions(self.parties, proper=False):
            if some in known and not outside_pairs(space, some):
                values[some] = replace(known[some], conjecture=conjecture)
                continue
            try:
                values[some] = coalition_deal(
                    negotiation, some, base, conjecture, signable(negotiation.space), leak=leak
                )
            except SolveError:
                continue
        return values

    def core(self, setting: Setting, threat: Threat, conjecture: str, leak: float) -> LeastCore | None:
        """The least core with transfers, values over the threat; None where a coalition has none."""
        values = self.coalition(setting, threat, conjecture, leak)
        if len(values) < 2 ** len(self.parties) - 1:
            return None
        places = {code: k for k, code in enumerate(self.parties)}
        over = {some: deal.value - sum(threat.value[places[code]] for code in some) for some, deal in values.items()}
        return least_core(over, self.parties)

    def blocked(self, setting: Setting, threat: Threat, outcome: Floats) -> list[BlockingCoalition]:
        """For every coalition its best deal against an outcome, the largest gain first; empty for a mix of laws."""
        if not self.on_table(threat):
            return []
        key = ("blocked", setting, threat.name, outcome.tobytes())
        negotiation, base = self.negotiation(setting), self.base(threat)
        return self._once(key, lambda: blocks(negotiation, base, negotiation.value(outcome), LAWFUL))

    def one_by_one(self, setting: Setting, threat: Threat) -> list[PairwiseDeal] | None:
        """Results of parallel talks of two; empty where none settles, None where they cannot be."""
        negotiation = self.negotiation(setting)
        if not self.on_table(threat) or len(pairs_of(negotiation)) < 2:
            return None
        starts = [deal.outcome for deal in self.nash(setting, threat, FREE)]
        key = ("one by one", setting, threat.name)
        return self._once(key, lambda: nash_in_nash(negotiation, self.base(threat), starts))

    def turns(self, setting: Setting, threat: Threat, hub: str) -> list[SignedInTurn]:
        """What everybody gets in every order in which a hub signs."""
        if not self.on_table(threat):
            return []

        def solve() -> list[SignedInTurn]:
            try:
                return in_turn(self.negotiation(setting), hub, self.base(threat))
            except InputError:
                return []

        return self._once(("turns", setting, threat.name, hub), solve)

    def between(self, members: Sequence[str]) -> tuple[str, ...]:
        """Names of the issues between some parties alone."""
        space = self.case.outcome_space
        return tuple(name for name, moves in zip(space.names, moved_by(space, members), strict=True) if moves)

    # --- leverage and stability -------------------------------------------------------------------------------------

    def harm(self, setting: Setting, threat: Threat) -> list[HarmDone]:
        """What each can do to each other from the package."""
        key = ("harm", setting, threat.name)
        return self._once(key, lambda: harms(self.negotiation(setting), self.deal(setting, threat)))

    def power(self, setting: Setting, threat: Threat) -> Floats | None:
        """How the package moves with threat payoffs, shape (parties, parties); None without a deal."""
        deals = self.nash(setting, threat, self.constraints)
        if not deals:
            return None
        negotiation, key = self.negotiation(setting), ("power", setting, threat.name)
        return self._once(key, lambda: power_of_threats(negotiation, deals[0], threat.value, self.constraints))

    def truces(self, setting: Setting, outcome: Floats) -> dict[str, Truce]:
        """Whether each party keeps an outcome, by the threat that answers a breach."""

        def solve() -> dict[str, Truce]:
            negotiation = self.negotiation(setting)
            moves = moves_from(negotiation, outcome)
            answers = [*negotiation.threats, *filter(None, [self.odds(setting)])]
            return {threat.name: truce(negotiation, outcome, threat, moves=moves) for threat in answers}

        return self._once(("truces", setting, outcome.tobytes()), solve)

    def week(self, setting: Setting, outcome: Floats) -> Floats:
        """What a first week of today's law without an outcome costs each party, shape (party,), USD bn."""
        first = replace(self.payoffs(setting), terms=self.case.terms(np.ones(1)))
        pair = [outcome, self.case.today]
        after, before = (
            first.of_parts(parts, some) for some, (parts, _) in zip(pair, self._runs(pair, short=True), strict=True)
        )
        return (after - before) / WEEKS

    def _once(self, key: tuple[object, ...], make: Callable[[], T]) -> T:
        if key not in self._kept:
            self._kept[key] = make()
        return cast(T, self._kept[key])
